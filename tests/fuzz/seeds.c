/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_seeds FOLDER: messages that mean something, into FOLDER/<target>/, each named as a corpus
 * names it. tests/fuzz/grow puts them into the corpora, and adds what libFuzzer found. */
#include <limits.h>
#include <sys/stat.h>

#include "seeds.h"

static const char *folder;

void
put(const char *target, const void *data, size_t len)
{
    uint8_t hash[WB_SHA256_SIZE];
    char    hex[17], path[PATH_MAX];
    FILE   *f;

    wb_sha256(data, len, hash);
    (void)sodium_bin2hex(hex, sizeof(hex), hash, 8);
    (void)snprintf(path, sizeof(path), "%s/%s", folder, target);
    (void)mkdir(path, 0755);
    (void)snprintf(path, sizeof(path), "%s/%s/%s", folder, target, hex);
    f = fopen(path, "wb");
    FUZZ_CHECK(f != NULL && fwrite(data, 1, len, f) == len && fclose(f) == 0);
}

void
put_changed(const char *target, const uint8_t *data, size_t len, size_t at)
{
    uint8_t changed[PWWB_ENVELOPE_MAX];

    memcpy(changed, data, len);
    changed[at] ^= 1;
    put(target, changed, len);
}

static pwwb_claims
claims_of(int32_t operation)
{
    pwwb_claims claims = {.size        = sizeof(claims),
                          .iat         = FUZZ_IAT,
                          .exp         = FUZZ_IAT + 60,
                          .operation   = operation,
                          .origin      = PWWB_FROM_RESET_PORTAL,
                          .actor       = PWWB_ACTOR_USER,
                          .user_type   = PWWB_USER_HASH_SYNC,
                          .must_change = PWWB_MUST_CHANGE_SET,
                          .flags       = PWWB_FLAG_UNLOCK,
                          .anchor      = {PWWB_ANCHOR_SOURCE, "an object's GUI"},
                          .reply_to    = "replies/portal-00001"};

    memcpy(claims.tenant, fuzz_tenant, PWWB_ID_SIZE);
    memcpy(claims.cti, fuzz_cti, PWWB_ID_SIZE);
    return claims;
}

/* Claims, and after them a secret: what fuzz_open seals. */
static void
put_portals(const pwwb_claims *claims, const char *password, const char *old_password)
{
    uint8_t     octets_[PWWB_ENVELOPE_MAX], secret[WB_SECRET_MAX];
    wb_cbor_out out = wb_cbor_write(octets_, sizeof(octets_));
    size_t      len;

    wb_wire_put_claims(&out, claims);
    put("claims", octets_, out.need);
    len = wb_wire_put_secret(secret, wb_span_of(password, strlen(password)),
                             wb_span_of(old_password, strlen(old_password)));
    put("claims", secret, len);
    put_changed("claims", secret, len, len - 1);
    memcpy(octets_ + out.need, secret, len);
    put("open", octets_, out.need + len);
}

static void
portals_requests(void)
{
    static const char password[] = "Horse-Correct-16", old[] = "staple battery";
    char              longest[1025];
    pwwb_claims       claims;
    int32_t           operation;
    size_t            i;

    for (operation = PWWB_OPERATION_CHANGE; operation <= PWWB_OPERATION_UNLOCK; operation++) {
        claims = claims_of(operation);
        put_portals(&claims, wb_wire_wants_password(operation) ? password : "",
                          wb_wire_wants_old_password(operation) ? old : "");
    }
    claims = claims_of(PWWB_OPERATION_RESET_SELF); /* a secret of another operation */
    put_portals(&claims, "", old);
    claims.exp = FUZZ_NOW - 121;
    claims.iat = claims.exp - 60;
    put_portals(&claims, password, "");
    claims.iat = FUZZ_NOW + 121;
    claims.exp = claims.iat + 60;
    put_portals(&claims, password, "");
    claims = claims_of(PWWB_OPERATION_RESET_ADMIN);
    claims.tenant[0] ^= 1;
    claims.actor       = PWWB_ACTOR_ADMIN;
    claims.actor_id[3] = 7;
    memset(claims.reply_to, 'r', sizeof(claims.reply_to) - 1);
    put_portals(&claims, password, "");
    for (i = 0; i < 256; i++)
        memcpy(longest + 3 * i, "\xe2\x82\xac", 4);
    claims = claims_of(PWWB_OPERATION_CHANGE);
    put_portals(&claims, longest, "x");
    put_portals(&claims, longest, longest);
}

/* A request of the library's own, its layers, and each with one bit changed: outside in the kid and
 * in what is sealed; inside in the recipient's octets. */
static void
sealed_requests(int32_t suite)
{
    pwwb_keyring   *keyring = fuzz_keyring(suite, PWWB_HALF_AGENT);
    pwwb_claims     claims  = claims_of(PWWB_OPERATION_RESET_SELF);
    uint8_t         sealed[PWWB_ENVELOPE_MAX], inner[PWWB_ENVELOPE_MAX];
    const wb_epoch *epoch;
    wb_cose_layer   layer;
    wb_span         ephemeral;
    size_t          len, inner_len;

    FUZZ_CHECK(pwwb_request_seal(keyring, &claims, (const uint8_t *)"Horse-Correct-16", 16, NULL, 0,
                                 sealed, sizeof(sealed), &len, NULL)
               == PWWB_OK);
    put("open", sealed, len);
    put("cose", sealed, len);
    put_changed("open", sealed, len, 8);
    put_changed("open", sealed, len, len - 1);
    FUZZ_CHECK(wb_outer_open(keyring, WB_LABEL_REQUEST, wb_span_of(sealed, len), inner, &inner_len,
                             &epoch, NULL)
               == PWWB_OK);
    put("open", inner, inner_len);
    put("cose", inner, inner_len);
    FUZZ_CHECK(wb_cose_parse_encrypt(wb_span_of(inner, inner_len), &layer) == PWWB_OK);
    put_changed("open", inner, inner_len, (size_t)(layer.recipient.kid.p - inner));
    put_changed("open", inner, inner_len, (size_t)(layer.ciphertext.p - inner));
    ephemeral = layer.recipient.ephemeral;
    if (ephemeral.len == 0) {
        put_changed("open", inner, inner_len, inner_len - 1);
        return;
    }
    memset(inner + (ephemeral.p - inner), 0, ephemeral.len); /* a point of low order */
    put("open", inner, inner_len);
}

static void
replies(void)
{
    pwwb_keyring *keyring = fuzz_keyring(PWWB_SUITE_X25519, PWWB_HALF_PORTAL);
    wb_reply      reply   = {.outcome = PWWB_OUTCOME_SET, .code = PWWB_CODE_OK, .time_ms = 1};
    uint8_t       plain[WB_REPLY_MAX], sealed[PWWB_ENVELOPE_MAX + 1];
    wb_finding    finding = {.code = PWWB_CODE_POLICY_TOO_SHORT, .basis = 1, .limit = 9};
    int           turn;
    size_t        i, len;

    memcpy(reply.cti, fuzz_cti, PWWB_ID_SIZE);
    for (turn = 0; turn < 3; turn++) {
        put("reply", plain, wb_wire_put_reply(plain, &reply));
        reply.outcome        = PWWB_OUTCOME_NOT_SET;
        reply.code           = PWWB_CODE_POLICY_TOO_SHORT;
        reply.findings.count = turn == 0 ? 1 : PWWB_FINDINGS_MAX;
        for (i = 0; i < reply.findings.count; i++)
            reply.findings.list[i] = finding;
        memset(reply.controller, 'c', turn == 0 ? 20 : sizeof(reply.controller) - 1);
    }
    len = fuzz_seal_outer(keyring, WB_LABEL_REPLY,
                          wb_span_of(plain, wb_wire_put_reply(plain, &reply)), sealed);
    put("reply", sealed, len);
    put_changed("reply", sealed, len, 8);
    put_changed("reply", sealed, len, len - 1);
    memset(&reply.findings, 0, sizeof(reply.findings));
    reply.controller[0] = '\0';
    memset(plain, 0, sizeof(plain));
    len = wb_wire_put_reply(plain, &reply);
    put_changed("reply", plain, len, len - 1); /* no zero */
    put("reply", plain, len - 1);              /* of no bucket, and of another one */
    put("reply", plain, 512);
    memset(sealed, 0, sizeof(sealed));
    put("reply", sealed, sizeof(sealed)); /* too large */
    reply.cti[0] ^= 1;
    put("reply", plain, wb_wire_put_reply(plain, &reply));
}

static void
texts(void)
{
    static const octets all[] = {
        OCTETS("MDEyMzQ1Njc4OWFiY2RlZg=="),
        OCTETS("User_33323130-3534-3736-3839-616263646566"),
        OCTETS("0000052D: SvcErr: DSID-031A126C, problem 5003 (WILL_NOT_PERFORM), data 0\n"),
        OCTETS("\x31" "0000052: not eight digits"),
        OCTETS("80090308: LdapErr: DSID-0C09042A, comment: AcceptSecurityContext error, data 775, "
               "v3839"),
        OCTETS("0000052D: Constraint violation - check_password_restrictions: the password is too "
               "short. It should be equal or longer than 7 characters!"),
        OCTETS("p\xc3\xa4ss \xe2\x82\xac \xf0\x9f\x94\x91"),
        OCTETS("\xed\xa0\x80 \xc0\x80"),
    };
    size_t i;

    for (i = 0; i < COUNT(all); i++)
        put("texts", all[i].p, all[i].len);
}

/* How often the text is put out, reads, the hash, the text. */
static void
corpora(void)
{
#define LOW  "0000000000000000000000000000000000000001"
#define HIGH "FFfFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF"
#define ONE  "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1"
    static const octets all[] = {
        OCTETS("\x00\x00" ONE LOW ":7\r\n\xef\xbb\xbf" HIGH ":12\r\n"),
        OCTETS("\x00\x80" ONE LOW ":7\n"),
        OCTETS("\x00\x00" ONE HIGH ":7\n" LOW ":7\n"),
        OCTETS("\x00\x00" ONE LOW ":0\n" HIGH ":00"),
        OCTETS("\x00\x00" ONE LOW "\n"),
        OCTETS("\x00\x00" ONE LOW ":3\n" HIGH),
        OCTETS("\x00\x00" ONE LOW ":\n"),
        OCTETS("\x00\x00" ONE LOW ":7 \n"),
        OCTETS("\x00\x00" ONE "7g"),
    };
    static const char line[] = LOW ":7\n";
    uint8_t           data[2 + 20 + 90 * sizeof(line)] = {0};
    size_t            i;

    for (i = 0; i < COUNT(all); i++)
        put("corpus", all[i].p, all[i].len);
    for (i = 0; i < 90; i++)
        memcpy(data + 22 + i * (sizeof(line) - 1), line, sizeof(line) - 1);
    data[0]  = 15; /* more than a block, all alike */
    data[21] = 1;
    put("corpus", data, 22 + 90 * (sizeof(line) - 1));
    data[1] = 128 + 3; /* a read fails */
    put("corpus", data, 22 + 90 * (sizeof(line) - 1));
    data[1]  = 0;
    data[21] = 0; /* before them all, behind them all */
    put("corpus", data, 22 + 90 * (sizeof(line) - 1));
    data[21] = 2;
    put("corpus", data, 22 + 90 * (sizeof(line) - 1));
    data[22 + 60 * (sizeof(line) - 1)] = 'F'; /* out of order */
    put("corpus", data, 22 + 90 * (sizeof(line) - 1));
}

static void
lists(void)
{
    static const octets all[] = {
        OCTETS("contoso\r\n\nL0nd0n\nwidget\0C0nt0$0!1@London\0Erin M. Hagens"),
        OCTETS("contoso\0hAgens-2017\0Erin M. Hagens"),
        OCTETS("\xc3\x84" "pfel\n\xd0\x90\xd0\x91\xd0\x80\xd0\x8f\n\xc4\xb9\xc4\xba\xc5\xbd\xc4\x80\0"
               "\xc3\xa4pfel"),
        OCTETS("abc"), OCTETS("12345678901234567"), OCTETS("wo\xffrd"),
        OCTETS("abcdef\nabcdeg\0abcde"), OCTETS("abcdef\0bcdef"), OCTETS("\0abc\0"),
        OCTETS("contoso\0contosocontosocontosocontosocontosocontosocontosocontosocontosocontoso"),
    };
    size_t i;

    for (i = 0; i < COUNT(all); i++)
        put("banned", all[i].p, all[i].len);
}

static void
steps(void)
{
    static const octets all[] = {
        OCTETS("\x05\x00\x01\x02\x93\x0c\x17\x38\x18\x1a\x00\x01\x00\x00\x01"),
        OCTETS("\x04\x03\x04\x35\x0c\x44" "abcd\x65" "tex\xc3\xa9\x44" "wxyz"),
        OCTETS("\x03\x06\x07\x0a\x83\xa1\x01\x82\x20\x40"),
        OCTETS("\x02\x08\x0b\xc0\x00\x00"),
        OCTETS("\x01\x0a\xa2\x01\x62" "ab\x02\x80"),
        OCTETS("\x02\x00\x0e\x1b\xff\xff\xff\xff\xff\xff\xff\xff"),
        OCTETS("\x01\x00\x18\x17"), /* not the shortest */
        OCTETS("\x01\x01\x39\x00\xff"),
        OCTETS("\x01\x0a\x5a\x00\x00\x00\x01" "a"),
        OCTETS("\x01\x00\x1b\x00\x00\x00\x00\xff\xff\xff\xff"),
        OCTETS("\x02\x01\x1d\x3b\x7f\xff\xff\xff\xff\xff\xff\xff"),
    };
    size_t i;

    for (i = 0; i < COUNT(all); i++)
        put("cbor", all[i].p, all[i].len);
}

int
main(int argc, char **argv)
{
    static const uint8_t zeros[PWWB_ENVELOPE_MAX + 1];
    int32_t              suite;

    if (argc != 2)
        return 2;
    folder = argv[1];
    fuzz_begin();
    put("open", zeros, 0);
    put("open", zeros, sizeof(zeros));
    portals_requests();
    for (suite = PWWB_SUITE_RSA; suite <= PWWB_SUITE_X25519; suite++) {
        sealed_requests(suite);
        seed_keyfiles(suite);
    }
    seed_parties();
    seed_exchanges();
    seed_descriptors();
    seed_dns();
    seed_http();
    seed_websocket();
#ifdef SEED_AMQP
    seed_amqp();
#endif
    replies();
    texts();
    corpora();
    lists();
    steps();
    return 0;
}
