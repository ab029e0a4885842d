/* SPDX-License-Identifier: Apache-2.0 */
/* rows: 5 17 19 */
#include "envelope.h"

#include "cose.h"
#include "envelopes.h"
#include "secret.h"

static pwwb_keyring *
of_suite(int32_t suite)
{
    return env_keys[suite == PWWB_SUITE_RSA ? 0 : 1];
}

static sealed
outer_around(const pwwb_keyring *keyring, const char *label, wb_span inner)
{
    sealed s;

    s.len = wb_outer_seal(wb_keyring_active(keyring), label, inner, s.octets,
                          sizeof(s.octets));
    if (s.len > sizeof(s.octets))
        abort();
    return s;
}

/* Claims as docs/protocol.md lists them, each with its value already in CBOR. */
static const struct claim {
    int64_t key;
    octets  value;
} right_claims[12] = {
    {3, OCTETS("\x6apwwb-agent")},
    {4, OCTETS("\x1a\x68\xe7\x78\x3c")}, /* EXP */
    {6, OCTETS("\x1a\x68\xe7\x78\x00")}, /* IAT */
    {7, OCTETS("\x50some request cti")},
    {-65537, OCTETS("\x50tenant of a test")},
    {-65538, OCTETS("\x03")},
    {-65539, OCTETS("\x03")},
    {-65540, OCTETS("\x81\x01")},
    {-65541, OCTETS("\x01")},
    {-65542, OCTETS("\x82\x01\x50the object's GUI")},
    {-65543, OCTETS("\x00")},
    {-65544, OCTETS("\x60")},
};

static const octets right_secret  = OCTETS("\xa1\x01\x70Horse-Correct-16");
static const octets change_secret = OCTETS("\xa2\x01\x70Horse-Correct-16\x02\x6estaple battery");

/* What a holder of the tenant key, who is no portal of ours, may put together. All zero: a request
 * that is right. */
typedef struct forgery {
    int32_t        suite;        /* of the epoch; 0 = X25519 */
    int            recipient;    /* suite of the recipient's layer, when another */
    octets         claims;       /* CBOR; empty = right_claims */
    octets         secret;       /* empty = right_secret */
    size_t         bucket;       /* 0 = 192 */
    const uint8_t *padding;      /* one octet that is not zero, at the end; NULL = none */
    const uint8_t *kid;          /* of the recipient; NULL = the epoch's */
    octets         protected_;   /* the whole inner bucket; empty = {1: 3, 15: claims} */
    int            iv_len;       /* 0 = 12 */
    int            has_bad_wrap; /* RSA: padding; X25519: a secret of zeros, and a key from it */
    int            has_bad_tag;
} forgery;

static octets
print_claims(char buf[512], const struct claim *claims, size_t count)
{
    wb_cbor_out out = wb_cbor_write((uint8_t *)buf, 512);
    size_t      i;

    wb_cbor_put_map(&out, count);
    for (i = 0; i < count; i++) {
        wb_cbor_put_int(&out, claims[i].key);
        wb_cbor_put_raw(&out, octets_span(claims[i].value));
    }
    return (octets){buf, out.need};
}

static octets
print_protected(char buf[700], octets claims)
{
    static const octets alg_and_15 = OCTETS("\xa2\x01\x03\x0f");
    wb_cbor_out         out        = wb_cbor_write((uint8_t *)buf, 700);

    wb_cbor_put_raw(&out, octets_span(alg_and_15));
    wb_cbor_put_raw(&out, octets_span(claims));
    return (octets){buf, out.need};
}

/* [ h'', {1: -41, 4: kid}, RSA(cek) ] */
static void
put_rsa(wb_cbor_out *out, const wb_epoch *epoch, const forgery *f, const uint8_t *cek)
{
    uint8_t           wrapped[WB_RSA_SIZE];
    wb_cose_recipient r = {.alg = WB_COSE_RSA_OAEP, .kid = {f->kid, WB_KID_SIZE}};

    if (epoch->rsa_public == NULL)
        wb_random(wrapped, sizeof(wrapped));
    else if (wb_rsa_seal(epoch->rsa_public, cek, wrapped, NULL) != PWWB_OK)
        abort();
    wrapped[100] ^= (uint8_t)f->has_bad_wrap;
    r.ciphertext = wb_span_of(wrapped, sizeof(wrapped));
    wb_cose_put_recipient(out, &r);
}

/* [ {1: -25}, {-1: ephemeral, 4: kid}, h'' ]; fills `cek`. A bad one is a point of low order, and
 * whoever sent it knows the key. */
static void
put_x25519(wb_cbor_out *out, const wb_epoch *epoch, const forgery *f, uint8_t *cek)
{
    static const octets protected_ = OCTETS("\xa1\x01\x38\x18");
    static const octets context = OCTETS("\x84\x03\x83\xf6\xf6\xf6\x83\xf6\xf6\xf6\x82\x19\x01\x00"
                                         "\x44\xa1\x01\x38\x18"); /* RFC 9053 5.2 */
    uint8_t             secret[32], ephemeral[32] = {0}, shared[32];
    wb_cose_recipient   r = {.alg        = WB_COSE_ECDH_ES,
                             .protected_ = octets_span(protected_),
                             .kid        = {f->kid, WB_KID_SIZE},
                             .ephemeral  = {ephemeral, sizeof(ephemeral)}};

    wb_random(secret, sizeof(secret));
    if (!f->has_bad_wrap)
        wb_x25519_public(secret, ephemeral);
    if (epoch->public_len != sizeof(shared) || wb_x25519(secret, epoch->public_, shared) != 0
        || f->has_bad_wrap)
        memset(shared, 0, sizeof(shared));
    wb_hkdf32(shared, sizeof(shared), octets_span(context), cek);
    wb_cose_put_recipient(out, &r);
}

static void
put_plain(uint8_t *plain, size_t bucket, const forgery *f)
{
    octets secret = f->secret.len > 0 ? f->secret : right_secret;

    memset(plain, 0, bucket);
    memcpy(plain, secret.p, secret.len);
    if (f->padding != NULL)
        plain[bucket - 1] = *f->padding;
}

static sealed
forge(forgery f)
{
    const pwwb_keyring *keyring   = of_suite(f.suite);
    const wb_epoch     *epoch     = wb_keyring_active(keyring);
    int32_t             recipient = f.recipient != 0 ? f.recipient : epoch->suite;
    size_t              bucket    = f.bucket != 0 ? f.bucket : 192;
    char                claims[512], protected_[700];
    uint8_t             inner[PWWB_ENVELOPE_MAX], aad[800], cek[WB_KEY_SIZE] = {7}, iv[16] = {1};
    uint8_t             plain[2048], tail[400];
    wb_cbor_out         out  = wb_cbor_write(inner, sizeof(inner));
    wb_cbor_out         last = wb_cbor_write(tail, sizeof(tail));
    uint8_t            *sealed_;
    size_t              aad_len;

    if (f.claims.len == 0)
        f.claims = print_claims(claims, right_claims, COUNT(right_claims));
    if (f.protected_.len == 0)
        f.protected_ = print_protected(protected_, f.claims);
    if (f.kid == NULL)
        f.kid = epoch->recipient_kid;
    if (recipient == PWWB_SUITE_RSA)
        put_rsa(&last, epoch, &f, cek);
    else
        put_x25519(&last, epoch, &f, cek);

    put_plain(plain, bucket, &f);
    aad_len =
        wb_cose_aad(aad, sizeof(aad), "Encrypt", octets_span(f.protected_), wb_span_of("", 0));
    wb_cose_put_encrypt(&out, octets_span(f.protected_),
                        wb_span_of(iv, f.iv_len != 0 ? (size_t)f.iv_len : WB_IV_SIZE));
    sealed_ = wb_cbor_put_room(&out, bucket + WB_TAG_SIZE);
    (void)wb_gcm_seal(cek, iv, wb_span_of(aad, aad_len), plain, bucket, sealed_);
    sealed_[bucket] ^= (uint8_t)f.has_bad_tag;
    wb_cbor_put_raw(&out, wb_span_of(tail, last.need));
    return outer_around(keyring, WB_LABEL_REQUEST, wb_span_of(inner, out.need));
}

static pwwb_status
open_forged(forgery f)
{
    sealed s = forge(f);

    return env_open(of_suite(f.suite), s.octets, s.len);
}

/* What the second phase says of it. The first must have gone well. */
static pwwb_status
open_forged_secret(forgery f, pwwb_error *err)
{
    CHECK_STATUS(PWWB_OK, open_forged(f));
    return pwwb_request_open_secret(env_request, err);
}

static void
a_request_put_together_by_hand_opens(void)
{
    const uint8_t *password;
    size_t         len;
    int32_t        suite;

    for (suite = PWWB_SUITE_RSA; suite <= PWWB_SUITE_X25519; suite++) {
        CHECK_STATUS(PWWB_OK, open_forged_secret((forgery){.suite = suite}, NULL));
        password = pwwb_request_password(env_request, &len);
        CHECK_MEM("Horse-Correct-16", 16, password, len);
        CHECK_INT(PWWB_OPERATION_RESET_SELF, pwwb_request_claims(env_request)->operation);
        CHECK_MEM("some request cti", 16, pwwb_request_claims(env_request)->cti, 16);
    }
}

/* Layout by docs/protocol.md: heads, kid (8 to 15), IV (19 to 30), ciphertext from 34 on. */
static pwwb_status
expected_of_flip(size_t at)
{
    if (at >= 8 && at < 16)
        return PWWB_E_KEY_UNKNOWN;
    return (at >= 19 && at < 31) || at >= 34 ? PWWB_E_NOT_AUTHENTIC : PWWB_E_MALFORMED;
}

static void
one_flipped_bit_of_a_request_is_refused_with_its_code(void)
{
    size_t i, bit;

    for (i = 0; i < COUNT(env_keys); i++) {
        sealed s = env_sealed(env_keys[i], PWWB_OPERATION_CHANGE);

        for (bit = 0; bit < 8 * s.len; bit++) {
            s.octets[bit / 8] ^= (uint8_t)(1 << bit % 8);
            CHECK_STATUS(expected_of_flip(bit / 8), env_open(env_keys[i], s.octets, s.len));
            s.octets[bit / 8] ^= (uint8_t)(1 << bit % 8);
        }
        CHECK(pwwb_request_claims(env_request) == NULL);
        CHECK_STATUS(PWWB_OK, env_open(env_keys[i], s.octets, s.len));
    }
}

static void
a_request_cut_anywhere_is_malformed_and_not_read_beyond(void)
{
    size_t i, len;

    for (i = 0; i < COUNT(env_keys); i++) {
        sealed s = env_sealed(env_keys[i], PWWB_OPERATION_RESET_SELF);

        for (len = 0; len < s.len; len++) {
            uint8_t *cut = octets_guarded(s.octets, len);

            CHECK_STATUS(PWWB_E_MALFORMED, env_open(env_keys[i], cut, len));
            sodium_free(cut);
        }
        s.octets[s.len] = 0;
        CHECK_STATUS(PWWB_E_MALFORMED, env_open(env_keys[i], s.octets, s.len + 1));
        CHECK_STATUS(PWWB_E_TOO_LARGE, env_open(env_keys[i], s.octets, PWWB_ENVELOPE_MAX + 1));
    }
}

/* The inner layer of a request, with one bit of it flipped, sealed anew by who has the tenant key:
 * neither phase may take it for the request it was. */
static void
check_flipped_inside(pwwb_keyring *keyring, size_t step)
{
    sealed          s = env_sealed(keyring, PWWB_OPERATION_CHANGE);
    uint8_t         inner[PWWB_ENVELOPE_MAX];
    const wb_epoch *epoch;
    size_t          len, bit, opened = 0;

    CHECK_STATUS(PWWB_OK, wb_outer_open(keyring, WB_LABEL_REQUEST, wb_span_of(s.octets, s.len),
                                        inner, &len, &epoch, NULL));
    for (bit = 0; bit < 8 * len; bit += step) {
        sealed      forged;
        pwwb_status st;

        inner[bit / 8] ^= (uint8_t)(1 << bit % 8);
        forged = outer_around(keyring, WB_LABEL_REQUEST, wb_span_of(inner, len));
        inner[bit / 8] ^= (uint8_t)(1 << bit % 8);
        st = env_open(keyring, forged.octets, forged.len);
        if (st == PWWB_OK) {
            CHECK_STATUS(PWWB_E_NOT_AUTHENTIC, pwwb_request_open_secret(env_request, NULL));
            opened++;
        } else {
            CHECK(st == PWWB_E_MALFORMED || st == PWWB_E_WRONG_TENANT || st == PWWB_E_EXPIRED
                  || st == PWWB_E_NOT_YET);
        }
    }
    CHECK(opened > len / 2 / step);
}

static void
one_flipped_bit_inside_is_refused_by_one_phase_or_the_other(void)
{
    check_flipped_inside(env_keys[1], 1);
    check_flipped_inside(env_keys[0], 9); /* RSA takes its time */
}

static void
an_inner_layer_cut_anywhere_is_malformed(void)
{
    sealed          s = env_sealed(env_keys[1], PWWB_OPERATION_RESET_SELF);
    uint8_t         inner[PWWB_ENVELOPE_MAX];
    const wb_epoch *epoch;
    size_t          len, whole;

    CHECK_STATUS(PWWB_OK, wb_outer_open(env_keys[1], WB_LABEL_REQUEST, wb_span_of(s.octets, s.len),
                                        inner, &whole, &epoch, NULL));
    for (len = 0; len < whole; len++) {
        sealed forged = outer_around(env_keys[1], WB_LABEL_REQUEST, wb_span_of(inner, len));

        CHECK_STATUS(PWWB_E_MALFORMED, env_open(env_keys[1], forged.octets, forged.len));
    }
}

/* The parts of a genuine request. */
typedef struct taken {
    uint8_t       inner[PWWB_ENVELOPE_MAX];
    wb_cose_layer layer;
} taken;

static void
take_apart(pwwb_keyring *keyring, const sealed *s, taken *t)
{
    const wb_epoch *epoch;
    size_t          len = 0;

    CHECK_STATUS(PWWB_OK, wb_outer_open(keyring, WB_LABEL_REQUEST, wb_span_of(s->octets, s->len),
                                        t->inner, &len, &epoch, NULL));
    CHECK_STATUS(PWWB_OK, wb_cose_parse_encrypt(wb_span_of(t->inner, len), &t->layer));
}

/* This protected bucket, with the password and recipient of that request. */
static sealed
put_together(pwwb_keyring *keyring, wb_span protected_, const taken *t)
{
    uint8_t     inner[PWWB_ENVELOPE_MAX];
    wb_cbor_out out = wb_cbor_write(inner, sizeof(inner));

    wb_cose_put_encrypt(&out, protected_, t->layer.iv);
    wb_cbor_put_octets(&out, t->layer.ciphertext);
    wb_cose_put_recipient(&out, &t->layer.recipient);
    return outer_around(keyring, WB_LABEL_REQUEST, wb_span_of(inner, out.need));
}

/* One claim changed to another that is as good. */
static void
change_claim(pwwb_claims *c, int which)
{
    switch (which) {
    case 0: c->exp++; break;
    case 1: c->iat--; break;
    case 2: c->cti[0] ^= 1; break;
    case 3: c->operation = PWWB_OPERATION_RESET_ADMIN; break;
    case 4: c->origin = PWWB_FROM_ADMIN_PORTAL; break;
    case 5: c->actor = PWWB_ACTOR_ADMIN; break;
    case 6: c->actor_id[0] = 1; break;
    case 7: c->user_type = PWWB_USER_FEDERATED; break;
    case 8: c->anchor.kind = PWWB_ANCHOR_CLOUD; break;
    case 9: c->anchor.guid[15] ^= 1; break;
    case 10: c->flags ^= PWWB_FLAG_OWN_ACCOUNT; break;
    case 11: c->must_change = PWWB_MUST_CHANGE_CLEAR; break;
    case 12: c->reply_to[0] = 'R'; break;
    default: break; /* 13: none, to see that putting together works */
    }
}

static void
no_claim_can_be_changed_by_who_holds_the_tenant_key(void)
{
    size_t i;
    int    which;

    for (i = 0; i < COUNT(env_keys); i++)
        for (which = 0; which <= 13; which++) {
            sealed      s = env_sealed(env_keys[i], PWWB_OPERATION_RESET_SELF);
            pwwb_claims claims;
            uint8_t     changed[512];
            char        protected_[700];
            wb_cbor_out out = wb_cbor_write(changed, sizeof(changed));
            octets      bucket;
            taken       t;

            CHECK_STATUS(PWWB_OK, env_open(env_keys[i], s.octets, s.len));
            claims = *pwwb_request_claims(env_request);
            take_apart(env_keys[i], &s, &t);
            change_claim(&claims, which);
            wb_wire_put_claims(&out, &claims);
            bucket = print_protected(protected_, (octets){(char *)changed, out.need});
            s      = put_together(env_keys[i], octets_span(bucket), &t);

            CHECK_STATUS(PWWB_OK, env_open(env_keys[i], s.octets, s.len));
            CHECK_STATUS(which == 13 ? PWWB_OK : PWWB_E_NOT_AUTHENTIC,
                         pwwb_request_open_secret(env_request, NULL));
        }
}

static void
claims_cannot_be_moved_to_the_password_of_another_request(void)
{
    size_t i;

    for (i = 0; i < COUNT(env_keys); i++) {
        sealed a = env_sealed(env_keys[i], PWWB_OPERATION_RESET_SELF);
        sealed b = env_sealed(env_keys[i], PWWB_OPERATION_RESET_SELF);
        sealed moved;
        taken  x, y;

        take_apart(env_keys[i], &a, &x);
        take_apart(env_keys[i], &b, &y);
        moved = put_together(env_keys[i], x.layer.protected_, &y);
        CHECK_STATUS(PWWB_OK, env_open(env_keys[i], moved.octets, moved.len));
        CHECK_STATUS(PWWB_E_NOT_AUTHENTIC, pwwb_request_open_secret(env_request, NULL));

        y.layer.recipient = x.layer.recipient; /* nor with the other's content key */
        moved             = put_together(env_keys[i], y.layer.protected_, &y);
        CHECK_STATUS(PWWB_OK, env_open(env_keys[i], moved.octets, moved.len));
        CHECK_STATUS(PWWB_E_NOT_AUTHENTIC, pwwb_request_open_secret(env_request, NULL));
    }
}

static void
a_reply_is_no_request_and_a_request_no_reply(void)
{
    sealed      s = env_sealed(env_keys[1], PWWB_OPERATION_RESET_SELF);
    sealed      r;
    pwwb_reply *reply;
    uint8_t     cti[PWWB_ID_SIZE];

    CHECK_STATUS(PWWB_OK, env_open(env_keys[1], s.octets, s.len));
    memcpy(cti, pwwb_request_claims(env_request)->cti, sizeof(cti));
    CHECK_STATUS(PWWB_OK, pwwb_reply_seal(env_request, PWWB_CODE_OK, NULL, NULL, 1, r.octets,
                                          sizeof(r.octets), &r.len, NULL));
    CHECK_STATUS(PWWB_E_NOT_AUTHENTIC, env_open(env_keys[1], r.octets, r.len));
    CHECK_STATUS(PWWB_OK, pwwb_reply_new(&reply, NULL));
    CHECK_STATUS(PWWB_E_NOT_AUTHENTIC,
                 pwwb_reply_open(reply, env_keys[1], cti, s.octets, s.len, NULL));
    CHECK_STATUS(PWWB_OK, pwwb_reply_open(reply, env_keys[1], cti, r.octets, r.len, NULL));
    pwwb_reply_free(reply);
}

static void
one_flipped_bit_of_a_reply_is_refused_with_its_code(void)
{
    sealed      s = env_sealed(env_keys[1], PWWB_OPERATION_RESET_SELF);
    sealed      r;
    pwwb_reply *reply;
    uint8_t     cti[PWWB_ID_SIZE];
    size_t      bit, len;

    CHECK_STATUS(PWWB_OK, env_open(env_keys[1], s.octets, s.len));
    memcpy(cti, pwwb_request_claims(env_request)->cti, sizeof(cti));
    CHECK_STATUS(PWWB_OK, pwwb_reply_seal(env_request, PWWB_CODE_OK, NULL, NULL, 1, r.octets,
                                          sizeof(r.octets), &r.len, NULL));
    CHECK_STATUS(PWWB_OK, pwwb_reply_new(&reply, NULL));
    for (bit = 0; bit < 8 * r.len; bit++) {
        pwwb_status expected = expected_of_flip(bit / 8);

        if (bit / 8 == 33) /* a ciphertext below 256 octets has a head of two */
            expected = PWWB_E_NOT_AUTHENTIC;
        r.octets[bit / 8] ^= (uint8_t)(1 << bit % 8);
        CHECK_STATUS(expected, pwwb_reply_open(reply, env_keys[1], cti, r.octets, r.len, NULL));
        CHECK_INT(PWWB_OUTCOME_UNKNOWN, pwwb_reply_outcome(reply));
        r.octets[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    for (len = 0; len < r.len; len++) {
        uint8_t *cut = octets_guarded(r.octets, len);

        CHECK_STATUS(PWWB_E_MALFORMED, pwwb_reply_open(reply, env_keys[1], cti, cut, len, NULL));
        sodium_free(cut);
    }
    CHECK_STATUS(PWWB_E_TOO_LARGE,
                 pwwb_reply_open(reply, env_keys[1], cti, r.octets, PWWB_ENVELOPE_MAX + 1, NULL));
    pwwb_reply_free(reply);
}

/* The same keys, for another tenant. */
static pwwb_keyring *
of_another_tenant(const pwwb_keyring *keyring)
{
    uint8_t       plain[WB_KEYRING_PLAIN_MAX];
    size_t        len   = wb_keyring_print(keyring, PWWB_HALF_AGENT, plain, sizeof(plain));
    pwwb_keyring *other = NULL;

    plain[5] ^= 1; /* a7 01 01 02 50, then the tenant */
    if (wb_keyring_parse(wb_span_of(plain, len), &other, NULL) != PWWB_OK)
        abort();
    wb_wipe(plain, sizeof(plain));
    return other;
}

static void
requests_of_another_tenant_are_not_opened(void)
{
    static const uint8_t other_tenant[PWWB_ID_SIZE] = {1};
    sealed               s     = env_sealed(env_keys[1], PWWB_OPERATION_RESET_SELF);
    pwwb_keyring        *other = of_another_tenant(env_keys[1]);

    CHECK_STATUS(PWWB_E_NOT_AUTHENTIC, env_open(other, s.octets, s.len));
    pwwb_keyring_free(other);

    CHECK_STATUS(PWWB_OK, pwwb_keyring_new(other_tenant, PWWB_SUITE_X25519, &other, NULL));
    CHECK_STATUS(PWWB_E_KEY_UNKNOWN, env_open(other, s.octets, s.len));
    pwwb_keyring_free(other);
}

/* right_claims with one of them replaced. */
static octets
with_claim(char buf[512], size_t index, octets value)
{
    struct claim claims[COUNT(right_claims)];

    memcpy(claims, right_claims, sizeof(claims));
    claims[index].value = value;
    return print_claims(buf, claims, COUNT(claims));
}

static pwwb_status
open_with_claim(size_t index, octets value)
{
    char buf[512];

    return open_forged((forgery){.claims = with_claim(buf, index, value)});
}

enum { AUD, EXP_, IAT_, CTI, TENANT, OPERATION, ORIGIN, ACTOR, USER_TYPE, ANCHOR, FLAGS, REPLY_TO };

static void
another_tenant_or_audience_in_the_claims_gets_a_reply_that_can_be_read(void)
{
    static const octets audience = OCTETS("\x6apwwb-portal");
    static const octets aud10    = OCTETS("\x6apwwb-agenT");
    static const octets tenant   = OCTETS("\x50other tenant ids");
    pwwb_reply         *reply;
    sealed              r;

    CHECK_STATUS(PWWB_E_MALFORMED, open_with_claim(AUD, audience)); /* 11 octets said to be 10 */
    CHECK_STATUS(PWWB_E_WRONG_TENANT, open_with_claim(AUD, aud10));
    CHECK_STATUS(PWWB_E_WRONG_TENANT, open_with_claim(TENANT, tenant));
    CHECK_STATUS(PWWB_E_STATE, pwwb_request_open_secret(env_request, NULL));

    CHECK_STATUS(PWWB_OK, pwwb_reply_seal(env_request, PWWB_CODE_DECRYPT, NULL, NULL, 1, r.octets,
                                          sizeof(r.octets), &r.len, NULL));
    CHECK_STATUS(PWWB_OK, pwwb_reply_new(&reply, NULL));
    CHECK_STATUS(PWWB_OK, pwwb_reply_open(reply, env_keys[1], (const uint8_t *)"some request cti",
                                          r.octets, r.len, NULL));
    CHECK_INT(PWWB_CODE_DECRYPT, pwwb_reply_code(reply));
    pwwb_reply_free(reply);
}

static void
a_life_over_300_seconds_or_of_none_is_expired(void)
{
    static const octets last   = OCTETS("\x1a\x68\xe7\x79\x2c"); /* IAT + 300 */
    static const octets beyond = OCTETS("\x1a\x68\xe7\x79\x2d");
    static const octets none   = OCTETS("\x1a\x68\xe7\x78\x00");
    static const octets zero   = OCTETS("\x00");
    static const octets far    = OCTETS("\x1b\x00\x00\x01\x00\x00\x00\x00\x00"); /* 2^40 */
    char                buf[512];
    sealed              s;

    CHECK_STATUS(PWWB_OK, open_with_claim(EXP_, last));
    CHECK_STATUS(PWWB_E_EXPIRED, open_with_claim(EXP_, beyond));
    CHECK_STATUS(PWWB_E_EXPIRED, open_with_claim(EXP_, none));
    s = forge((forgery){.claims = with_claim(buf, EXP_, none)}); /* not even at that second */
    CHECK_STATUS(PWWB_E_EXPIRED,
                 pwwb_request_open(env_request, env_keys[1], s.octets, s.len, IAT, 0, NULL));
    CHECK_STATUS(PWWB_E_EXPIRED, open_with_claim(EXP_, zero));
    CHECK_STATUS(PWWB_E_EXPIRED, open_with_claim(EXP_, far));
    CHECK_STATUS(PWWB_E_EXPIRED, open_with_claim(IAT_, zero));
    CHECK(pwwb_request_claims(env_request) != NULL);
}

/* Values that no claim of ours has: of another type, out of range, of another length. */
static const struct wrong_claim {
    size_t index;
    octets value;
} wrong_claims[] = {
    {AUD, OCTETS("\x4apwwb-agent")},
    {AUD, OCTETS("\x00")},
    {EXP_, OCTETS("\x20")},
    {EXP_, OCTETS("\x1b\x00\x00\x01\x00\x00\x00\x00\x01")},
    {EXP_, OCTETS("\x1b\x7f\xff\xff\xff\xff\xff\xff\xff")},
    {EXP_, OCTETS("\x1b\xff\xff\xff\xff\xff\xff\xff\xff")},
    {EXP_, OCTETS("\xc1\x1a\x68\xe7\x78\x3c")},
    {EXP_, OCTETS("\xfb\x41\xda\x39\xde\x0f\x00\x00\x00")},
    {EXP_, OCTETS("\x1b\x00\x00\x00\x00\x68\xe7\x78\x3c")},
    {IAT_, OCTETS("\x20")},
    {IAT_, OCTETS("\x61x")},
    {CTI, OCTETS("\x50\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0")},
    {CTI, OCTETS("\x4fonly 15 octets.")},
    {CTI, OCTETS("\x51seventeen octets.")},
    {CTI, OCTETS("\x70some request cti")},
    {TENANT, OCTETS("\x4f"
                    "0123456789abcde")},
    {TENANT, OCTETS("\x40")},
    {OPERATION, OCTETS("\x00")},
    {OPERATION, OCTETS("\x06")},
    {OPERATION, OCTETS("\x22")},
    {OPERATION, OCTETS("\x1b\x00\x00\x00\x01\x00\x00\x00\x03")},
    {ORIGIN, OCTETS("\x00")},
    {ORIGIN, OCTETS("\x0c")},
    {ACTOR, OCTETS("\x01")},
    {ACTOR, OCTETS("\x80")},
    {ACTOR, OCTETS("\x81\x00")},
    {ACTOR, OCTETS("\x81\x03")},
    {ACTOR, OCTETS("\x82\x01\x4fonly 15 octets.")},
    {ACTOR, OCTETS("\x83\x01")},
    {ACTOR, OCTETS("\x83\x01\x50sixteen octets.!\x00")},
    {USER_TYPE, OCTETS("\x00")},
    {USER_TYPE, OCTETS("\x05")},
    {ANCHOR, OCTETS("\x82\x00\x50the object's GUI")},
    {ANCHOR, OCTETS("\x82\x03\x50the object's GUI")},
    {ANCHOR, OCTETS("\x81\x01")},
    {ANCHOR, OCTETS("\x83\x01\x50the object's GUI\x00")},
    {ANCHOR, OCTETS("\x82\x01\x4fonly 15 octets.")},
    {ANCHOR, OCTETS("\x50the object's GUI")},
    {FLAGS, OCTETS("\x04")},
    {FLAGS, OCTETS("\x18\x80")},
    {FLAGS, OCTETS("\x19\x03\x00")},
    {FLAGS, OCTETS("\x1a\x00\x01\x00\x00")},
    {FLAGS, OCTETS("\x20")},
    {FLAGS, OCTETS("\xf5")},
    {REPLY_TO, OCTETS("\x40")},
    {REPLY_TO, OCTETS("\x61\0")},
    {REPLY_TO, OCTETS("\x61\xff")},
    {REPLY_TO, OCTETS("\x78\x80rrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrr"
                      "rrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrr")},
};

static void
hostile_values_in_any_claim_are_malformed(void)
{
    size_t i;

    for (i = 0; i < COUNT(wrong_claims); i++) {
        pwwb_status st = open_with_claim(wrong_claims[i].index, wrong_claims[i].value);

        CHECK_STATUS(PWWB_E_MALFORMED, st);
        CHECK(pwwb_request_claims(env_request) == NULL);
        if (st != PWWB_E_MALFORMED)
            printf("# row %zu of wrong_claims\n", i);
    }
}

static void
a_claim_missing_twice_or_unknown_is_malformed(void)
{
    static const struct claim unknown  = {8, OCTETS("\xa0")};
    static const struct claim private_ = {-65545, OCTETS("\x00")};
    struct claim              claims[COUNT(right_claims) + 1];
    char                      buf[512];
    size_t                    i;

    for (i = 0; i < COUNT(right_claims); i++) {
        memcpy(claims, right_claims, sizeof(right_claims));
        claims[i] = claims[COUNT(right_claims) - 1]; /* i is missing, the last one there twice */
        if (i < COUNT(right_claims) - 1)
            CHECK_STATUS(PWWB_E_MALFORMED,
                         open_forged((forgery){.claims = print_claims(buf, claims, 12)}));
        CHECK_STATUS(PWWB_E_MALFORMED,
                     open_forged((forgery){.claims = print_claims(buf, claims, 11)}));

        memcpy(claims, right_claims, sizeof(right_claims));
        claims[12] = claims[i];
        CHECK_STATUS(PWWB_E_MALFORMED,
                     open_forged((forgery){.claims = print_claims(buf, claims, 13)}));
    }
    claims[12] = unknown;
    CHECK_STATUS(PWWB_E_MALFORMED, open_forged((forgery){.claims = print_claims(buf, claims, 13)}));
    claims[12] = private_;
    CHECK_STATUS(PWWB_E_MALFORMED, open_forged((forgery){.claims = print_claims(buf, claims, 13)}));
    CHECK_STATUS(PWWB_OK, open_forged((forgery){.claims = print_claims(buf, claims, 12)}));
}

static void
the_order_of_claims_is_free(void)
{
    struct claim claims[COUNT(right_claims)];
    char         buf[512];
    size_t       i;

    for (i = 0; i < COUNT(claims); i++)
        claims[i] = right_claims[COUNT(claims) - 1 - i];
    CHECK_STATUS(PWWB_OK, open_forged((forgery){.claims = print_claims(buf, claims, 12)}));
}

/* {1: 3, 4: kid, 15: claims}: a name where none belongs. */
static octets
with_kid_inside(char buf[700], octets claims)
{
    static const octets begin = OCTETS("\xa3\x01\x03\x04\x41k\x0f");
    wb_cbor_out         out   = wb_cbor_write((uint8_t *)buf, 700);

    wb_cbor_put_raw(&out, octets_span(begin));
    wb_cbor_put_raw(&out, octets_span(claims));
    return (octets){buf, out.need};
}

/* Inner layers that are COSE and not our profile. */
static void
inner_layers_outside_the_profile_are_malformed(void)
{
    static const octets no_claims    = OCTETS("\xa1\x01\x03");
    static const octets claims_only  = OCTETS("\xa1\x0f\xa0");
    static const octets claims_array = OCTETS("\xa2\x01\x03\x0f\x80");
    static const octets claims_bstr  = OCTETS("\xa2\x01\x03\x0f\x41\xa0");
    static const octets a128gcm      = OCTETS("\xa2\x01\x01\x0f\xa0");
    char                buf[512], buf2[700], protected_[700];
    octets              claims = print_claims(buf, right_claims, 12);
    octets              bucket = print_protected(protected_, claims);

    CHECK_STATUS(PWWB_OK, open_forged((forgery){.protected_ = bucket}));
    CHECK_STATUS(PWWB_E_MALFORMED, open_forged((forgery){.iv_len = 11}));
    CHECK_STATUS(PWWB_E_MALFORMED, open_forged((forgery){.iv_len = 13}));
    CHECK_STATUS(PWWB_E_MALFORMED, open_forged((forgery){.protected_ = no_claims}));
    CHECK_STATUS(PWWB_E_MALFORMED, open_forged((forgery){.protected_ = claims_only}));
    CHECK_STATUS(PWWB_E_MALFORMED, open_forged((forgery){.protected_ = claims_array}));
    CHECK_STATUS(PWWB_E_MALFORMED, open_forged((forgery){.protected_ = claims_bstr}));
    CHECK_STATUS(PWWB_E_MALFORMED, open_forged((forgery){.protected_ = a128gcm}));
    bucket = with_kid_inside(buf2, claims);
    CHECK_STATUS(PWWB_E_MALFORMED, open_forged((forgery){.protected_ = bucket}));
    bucket        = print_protected(protected_, claims);
    protected_[2] = 1; /* A128GCM with right claims */
    CHECK_STATUS(PWWB_E_MALFORMED, open_forged((forgery){.protected_ = bucket}));
    CHECK_STATUS(PWWB_E_MALFORMED,
                 open_forged((forgery){.suite = PWWB_SUITE_RSA, .recipient = PWWB_SUITE_X25519}));
    CHECK_STATUS(PWWB_E_MALFORMED,
                 open_forged((forgery){.suite = PWWB_SUITE_X25519, .recipient = PWWB_SUITE_RSA}));
}

/* Recipients with the right kid, and another arrangement of headers than the profile's. `begin`
 * goes up to the kid. */
static const struct odd_recipient {
    const char *why;
    int32_t     suite;
    octets      begin;
    octets      end; /* empty: 256 octets */
} odd_recipients[] = {
    {"RSA, alg protected", PWWB_SUITE_RSA, OCTETS("\x81\x83\x44\xa1\x01\x38\x28\xa1\x04\x48"), {0}},
    {"RSA without alg", PWWB_SUITE_RSA, OCTETS("\x81\x83\x40\xa1\x04\x48"), {0}},
    {"RSA with SHA-1", PWWB_SUITE_RSA, OCTETS("\x81\x83\x40\xa2\x01\x38\x27\x04\x48"), {0}},
    {"RSA, a short wrapping", PWWB_SUITE_RSA, OCTETS("\x81\x83\x40\xa2\x01\x38\x28\x04\x48"),
     OCTETS("\x44wxyz")},
    {"X25519, alg unprotected", PWWB_SUITE_X25519,
     OCTETS("\x81\x83\x40\xa3\x01\x38\x18\x20\xa3\x01\x01\x20\x04\x21\x58\x20"
            "u coordinate of thirty-two octet\x04\x48"),
     OCTETS("\x40")},
    {"X25519, HKDF-512", PWWB_SUITE_X25519,
     OCTETS("\x81\x83\x44\xa1\x01\x38\x19\xa2\x20\xa3\x01\x01\x20\x04\x21\x58\x20"
            "u coordinate of thirty-two octet\x04\x48"),
     OCTETS("\x40")},
    {"X25519 with wrapped octets", PWWB_SUITE_X25519,
     OCTETS("\x81\x83\x44\xa1\x01\x38\x18\xa2\x20\xa3\x01\x01\x20\x04\x21\x58\x20"
            "u coordinate of thirty-two octet\x04\x48"),
     OCTETS("\x41x")},
    {"X25519 without a key", PWWB_SUITE_X25519, OCTETS("\x81\x83\x44\xa1\x01\x38\x18\xa1\x04\x48"),
     OCTETS("\x40")},
    /* and as it should be: RSA, X25519 */
    {NULL, PWWB_SUITE_RSA, OCTETS("\x81\x83\x40\xa2\x01\x38\x28\x04\x48"), {0}},
    {NULL, PWWB_SUITE_X25519,
     OCTETS("\x81\x83\x44\xa1\x01\x38\x18\xa2\x20\xa3\x01\x01\x20\x04\x21\x58\x20"
            "u coordinate of thirty-two octet\x04\x48"),
     OCTETS("\x40")},
};

static void
recipients_outside_the_profile_are_malformed(void)
{
    size_t i;

    for (i = 0; i < COUNT(odd_recipients); i++) {
        const struct odd_recipient *odd     = &odd_recipients[i];
        pwwb_keyring               *keyring = of_suite(odd->suite);
        char                        claims[512], protected_[700];
        uint8_t                     inner[PWWB_ENVELOPE_MAX], zeros[WB_RSA_SIZE] = {0};
        wb_cbor_out                 out = wb_cbor_write(inner, sizeof(inner));
        octets                      bucket;
        sealed                      s;

        bucket = print_protected(protected_, print_claims(claims, right_claims, 12));
        wb_cose_put_encrypt(&out, octets_span(bucket), wb_span_of(zeros, WB_IV_SIZE));
        wb_cbor_put_octets(&out, wb_span_of(zeros, 208));
        wb_cbor_put_raw(&out, octets_span(odd->begin));
        wb_cbor_put_raw(&out, wb_span_of(wb_keyring_active(keyring)->recipient_kid, WB_KID_SIZE));
        if (odd->end.len > 0)
            wb_cbor_put_raw(&out, octets_span(odd->end));
        else
            wb_cbor_put_octets(&out, wb_span_of(zeros, sizeof(zeros)));
        s = outer_around(keyring, WB_LABEL_REQUEST, wb_span_of(inner, out.need));
        if (env_open(keyring, s.octets, s.len) != (odd->why == NULL ? PWWB_OK : PWWB_E_MALFORMED))
            harness_failed(odd->why != NULL ? odd->why : "right", 0, "a recipient",
                           "as its row says", "otherwise");
        CHECK((pwwb_request_claims(env_request) == NULL) == (odd->why != NULL));
    }
}

static void
a_recipient_of_another_epoch_is_malformed(void)
{
    size_t i;

    for (i = 0; i < COUNT(env_keys); i++) {
        int32_t        suite = wb_keyring_active(env_keys[i])->suite;
        const uint8_t *other = wb_keyring_active(env_keys[1 - i])->recipient_kid;

        CHECK_STATUS(PWWB_E_MALFORMED, open_forged((forgery){.suite = suite, .kid = other}));
    }
}

/* Outer layers around an inner one that is right. */
static void
outer_layers_outside_the_profile_are_malformed(void)
{
    static const struct {
        octets begin;
        int    has_kid;
        octets end;
    } outers[] = {
        {OCTETS("\xd0\x83\x4d\xa2\x01\x03\x04\x48"), 1,
         OCTETS("\xa1\x05\x4ctwelve octet\x51"
                "seventeen octets!")},
        {OCTETS("\xd0\x83\x4d\xa2\x01\x01\x04\x48"), 1,
         OCTETS("\xa1\x05\x4ctwelve octet\x51"
                "seventeen octets!")},
        {OCTETS("\xd0\x83\x4d\xa2\x01\x03\x04\x48"), 1,
         OCTETS("\xa1\x05\x4bjust eleven\x51"
                "seventeen octets!")},
        {OCTETS("\xd0\x83\x4d\xa2\x01\x03\x04\x48"), 1,
         OCTETS("\xa1\x05\x4ctwelve octet\x4f"
                "only 15 octets!")},
        {OCTETS("\xd0\x83\x4d\xa2\x01\x03\x04\x48"), 1, OCTETS("\xa0\x51seventeen octets!")},
        {OCTETS("\xd0\x83\x4f\xa3\x0f\xa0\x01\x03\x04\x48"), 1,
         OCTETS("\xa1\x05\x4ctwelve octet\x51seventeen octets!")},
        {OCTETS("\xd0\x83\x43\xa1\x01\x03"), 0,
         OCTETS("\xa1\x05\x4ctwelve octet\x51"
                "seventeen octets!")},
        {OCTETS("\x83\x4d\xa2\x01\x03\x04\x48"), 1,
         OCTETS("\xa1\x05\x4ctwelve octet\x51"
                "seventeen octets!")},
    };
    size_t i;

    for (i = 0; i < COUNT(outers); i++) {
        uint8_t     buf[128];
        wb_cbor_out out = wb_cbor_write(buf, sizeof(buf));

        wb_cbor_put_raw(&out, octets_span(outers[i].begin));
        if (outers[i].has_kid)
            wb_cbor_put_raw(&out, wb_span_of(wb_keyring_active(env_keys[1])->kid, WB_KID_SIZE));
        wb_cbor_put_raw(&out, octets_span(outers[i].end));
        CHECK_STATUS(i == 0 ? PWWB_E_NOT_AUTHENTIC : PWWB_E_MALFORMED,
                     env_open(env_keys[1], buf, out.need));
    }
}

/* Every failure of the second phase: one status, one sentence, no password. */
static void
check_cannot_be_read(forgery f)
{
    pwwb_error *err = pwwb_error_new();
    size_t      len;

    CHECK_STATUS(PWWB_E_NOT_AUTHENTIC, open_forged_secret(f, err));
    CHECK_STR("the password cannot be read", pwwb_error_message(err));
    CHECK_INT(PWWB_LAYER_PWWB, pwwb_error_layer(err));
    CHECK_INT(0, pwwb_error_code(err));
    CHECK(pwwb_request_password(env_request, &len) == NULL);
    CHECK_INT(0, len);
    CHECK(pwwb_request_old_password(env_request, &len) == NULL);
    CHECK(pwwb_request_claims(env_request) != NULL);
    pwwb_error_free(err);
}

static void
bad_wrapping_bad_tag_and_bad_content_are_one_failure(void)
{
    static const octets bad_content = OCTETS("\xa1\x01\x61\xff");
    int32_t             suite;

    for (suite = PWWB_SUITE_RSA; suite <= PWWB_SUITE_X25519; suite++) {
        check_cannot_be_read((forgery){.suite = suite, .has_bad_wrap = 1});
        check_cannot_be_read((forgery){.suite = suite, .has_bad_tag = 1});
        check_cannot_be_read((forgery){.suite = suite, .secret = bad_content});
    }
}

static const octets wrong_secrets[] = {
    OCTETS("\xa0"),             /* a reset without a password */
    OCTETS("\xa1\x01\x60"),     /* an empty one */
    OCTETS("\xa1\x01\x61\xff"), /* not UTF-8 */
    OCTETS("\xa1\x01\x64x\xc3yz"),
    OCTETS("\xa1\x01\x63\xed\xa0\x80"),             /* a lone surrogate */
    OCTETS("\xa1\x01\x66\xed\xa0\xbd\xed\xb8\x80"), /* CESU-8 */
    OCTETS("\xa1\x01\x62\xc0\x80"),                 /* an overlong NUL */
    OCTETS("\xa1\x01\x63x\0y"),                     /* NUL inside */
    OCTETS("\xa1\x01\x44octs"),                     /* octets, not text */
    OCTETS("\xa1\x01\x01"),
    OCTETS("\xa1\x01\xf6"),
    OCTETS("\xa1\x00\x61x"),
    OCTETS("\xa1\x03\x61x"),
    OCTETS("\xa1\x20\x61x"),
    OCTETS("\xa1\x02\x61x"),          /* the old one alone */
    OCTETS("\xa2\x01\x61x\x02\x61y"), /* a reset with both */
    OCTETS("\xa2\x01\x61x\x01\x61y"),
    OCTETS("\xa2\x02\x61y\x01\x61x"), /* the other way round */
    OCTETS("\xa3\x01\x61x\x02\x61y\x03\x61z"),
    OCTETS("\x81\x61x"),
    OCTETS("\x61x"),
    OCTETS("\xd8\x60\xa1\x01\x61x"),
    OCTETS("\xbf\x01\x61x\xff"),
    OCTETS("\xa1\x01\x7f\x61x\xff"),
    OCTETS("\xa1\x01\x78\x01x"), /* a length in two octets */
    OCTETS("\xa1\x01\x78\xffx"), /* beyond the bucket */
    OCTETS("\xa1\x01\x7b\xff\xff\xff\xff\xff\xff\xff\xff"),
    OCTETS("\xa1\x01\x61x\x01"), /* more after the map */
    OCTETS("\xff"),
};

static void
hostile_contents_cannot_be_read(void)
{
    size_t i;

    for (i = 0; i < COUNT(wrong_secrets); i++)
        check_cannot_be_read((forgery){.secret = wrong_secrets[i]});
}

/* `count` times one character, as {1: text}. */
static octets
long_secret(char buf[1600], const char *one, size_t count)
{
    wb_cbor_out out  = wb_cbor_write((uint8_t *)buf, 1600);
    size_t      size = strlen(one);
    char        text[1200];
    size_t      i;

    for (i = 0; i < count; i++)
        memcpy(text + i * size, one, size);
    wb_cbor_put_map(&out, 1);
    wb_cbor_put_int(&out, 1);
    wb_cbor_put_text(&out, text, count * size);
    return (octets){buf, out.need};
}

static void
a_password_over_256_units_cannot_be_read(void)
{
    char buf[1600];

    CHECK_STATUS(
        PWWB_OK,
        open_forged_secret((forgery){.secret = long_secret(buf, "a", 256), .bucket = 640}, NULL));
    check_cannot_be_read((forgery){.secret = long_secret(buf, "a", 257), .bucket = 640});
    check_cannot_be_read(
        (forgery){.secret = long_secret(buf, "\xf0\x9f\x98\x80", 129), .bucket = 640});
    check_cannot_be_read(
        (forgery){.secret = long_secret(buf, "\xe6\xb0\xb4", 257), .bucket = 1600});
}

static void
padding_that_is_not_zero_or_no_bucket_cannot_be_read(void)
{
    static const uint8_t one = 1, high = 0x80;
    static const size_t  sizes[] = {19, 20, 191, 193, 639, 640, 641, 1599, 1600, 1601, 2000};
    size_t               i;

    CHECK_STATUS(PWWB_OK, open_forged_secret((forgery){.bucket = 192}, NULL));
    check_cannot_be_read((forgery){.padding = &one});
    check_cannot_be_read((forgery){.padding = &high});
    for (i = 0; i < COUNT(sizes); i++) /* 640 and 1600 are not the least that hold it */
        check_cannot_be_read((forgery){.bucket = sizes[i]});
}

static void
an_operation_with_another_ones_passwords_cannot_be_read(void)
{
    static const octets empty     = OCTETS("\xa0");
    static const octets third_key = OCTETS("\xa2\x01\x61x\x03\x61y");
    static const octets change    = OCTETS("\x01");
    static const octets unlock    = OCTETS("\x05");
    char                buf[512];
    octets              claims = with_claim(buf, OPERATION, change);

    CHECK_STATUS(PWWB_OK,
                 open_forged_secret((forgery){.claims = claims, .secret = change_secret}, NULL));
    check_cannot_be_read((forgery){.claims = claims, .secret = third_key});
    check_cannot_be_read((forgery){.claims = claims, .secret = right_secret});
    check_cannot_be_read((forgery){.claims = claims, .secret = empty});
    check_cannot_be_read((forgery){.secret = change_secret});

    claims = with_claim(buf, OPERATION, unlock);
    CHECK_STATUS(PWWB_OK, open_forged_secret((forgery){.claims = claims, .secret = empty}, NULL));
    check_cannot_be_read((forgery){.claims = claims, .secret = right_secret});
    check_cannot_be_read((forgery){.claims = claims, .secret = change_secret});
}

/* A reply's contents up to its id, which follows; then zeros up to `bucket`. */
static pwwb_status
open_forged_reply(octets begin, octets after, size_t bucket, pwwb_reply *reply)
{
    uint8_t     plain[2048] = {0};
    wb_cbor_out out         = wb_cbor_write(plain, sizeof(plain));
    sealed      s;

    wb_cbor_put_raw(&out, octets_span(begin));
    wb_cbor_put_octets(&out, wb_span_of("some request cti", 16));
    wb_cbor_put_raw(&out, octets_span(after));
    s = outer_around(env_keys[1], WB_LABEL_REPLY, wb_span_of(plain, bucket));
    return pwwb_reply_open(reply, env_keys[1], (const uint8_t *)"some request cti", s.octets, s.len,
                           NULL);
}

static const octets wrong_replies[] = {
    OCTETS("\xa6\x01\x00\x02\x01\x03\x80\x04\x60\x06\x00\x07"), /* outcome 0 */
    OCTETS("\xa6\x01\x05\x02\x01\x03\x80\x04\x60\x06\x00\x07"), /* outcome 5 */
    OCTETS("\xa6\x01\x01\x02\x20\x03\x80\x04\x60\x06\x00\x07"), /* code -1 */
    OCTETS("\xa6\x01\x01\x02\x1a\x80\x00\x00\x00\x03\x80\x04\x60\x06\x00\x07"),
    OCTETS("\xa6\x02\x01\x01\x01\x03\x80\x04\x60\x06\x00\x07"),         /* out of order */
    OCTETS("\xa5\x01\x01\x02\x01\x03\x80\x04\x60\x07"),                 /* without time */
    OCTETS("\xa7\x01\x01\x02\x01\x03\x80\x04\x60\x05\x00\x06\x00\x07"), /* one more */
    OCTETS("\xa6\x01\x01\x02\x01\x03\x81\x83\x01\x01\x00\x04\x60\x06\x00\x07"),
    OCTETS("\xa6\x01\x01\x02\x01\x03\x81\x84\x20\x01\x00\x00\x04\x60\x06\x00\x07"),
    OCTETS("\xa6\x01\x01\x02\x01\x03\x82\x84\x01\x01\x00\x00\x04\x60\x06\x00\x07"),
    OCTETS("\xa6\x01\x01\x02\x01\x03\x80\x04\x61\0\x06\x00\x07"), /* NUL in the name */
    OCTETS("\xa6\x01\x01\x02\x01\x03\x80\x04\x61\xff\x06\x00\x07"),
    OCTETS("\xa6\x01\x01\x02\x01\x03\x80\x04\x41x\x06\x00\x07"),
    OCTETS("\xa6\x01\x01\x02\x01\x03\x80\x04\x60\x06\xf6\x07"),
    OCTETS("\xa6\x01\x01\x02\x01\x03\x91" /* 17 findings */
           "\x84\1\1\0\0\x84\1\1\0\0\x84\1\1\0\0\x84\1\1\0\0\x84\1\1\0\0\x84\1\1\0\0\x84\1\1\0\0"
           "\x84\1\1\0\0\x84\1\1\0\0\x84\1\1\0\0\x84\1\1\0\0\x84\1\1\0\0\x84\1\1\0\0\x84\1\1\0\0"
           "\x84\1\1\0\0\x84\1\1\0\0\x84\1\1\0\0\x04\x60\x06\x00\x07"),
};

static void
hostile_replies_are_malformed_and_leave_nothing(void)
{
    static const octets right   = OCTETS("\xa6\x01\x01\x02\x01\x03\x80\x04\x60\x06\x00\x07");
    static const octets one     = OCTETS("\x01");
    static const size_t sizes[] = {31, 191, 193, 512, 1024, 1025};
    pwwb_reply         *reply;
    size_t              i;

    CHECK_STATUS(PWWB_OK, pwwb_reply_new(&reply, NULL));
    CHECK_STATUS(PWWB_OK, open_forged_reply(right, env_none, 192, reply));
    for (i = 0; i < COUNT(wrong_replies); i++) {
        CHECK_STATUS(PWWB_E_MALFORMED, open_forged_reply(wrong_replies[i], env_none, 192, reply));
        CHECK_INT(PWWB_OUTCOME_UNKNOWN, pwwb_reply_outcome(reply));
        CHECK_INT(0, pwwb_findings_count(pwwb_reply_findings(reply)));
    }
    CHECK_STATUS(PWWB_E_MALFORMED, open_forged_reply(right, one, 192, reply));
    for (i = 0; i < COUNT(sizes); i++)
        CHECK_STATUS(PWWB_E_MALFORMED, open_forged_reply(right, env_none, sizes[i], reply));
    pwwb_reply_free(reply);
}

static void
a_code_of_a_newer_agent_is_kept(void)
{
    static const octets newer =
        OCTETS("\xa6\x01\x03\x02\x19\x03\xe7\x03\x81\x84\x19\x03\xe6\x09\x01\x02"
               "\x04\x63ns1\x06\x20\x07");
    pwwb_reply *reply;
    int32_t     code, basis;
    int64_t     limit, actual;

    CHECK_STATUS(PWWB_OK, pwwb_reply_new(&reply, NULL));
    CHECK_STATUS(PWWB_OK, open_forged_reply(newer, env_none, 192, reply));
    CHECK_INT(999, pwwb_reply_code(reply));
    CHECK_INT(PWWB_OUTCOME_NOT_SET, pwwb_reply_outcome(reply));
    CHECK_STR("ns1", pwwb_reply_controller(reply));
    CHECK_INT(-1, pwwb_reply_time_ms(reply));
    CHECK_STATUS(PWWB_OK,
                 pwwb_findings_get(pwwb_reply_findings(reply), 0, &code, &basis, &limit, &actual));
    CHECK_INT(998, code);
    CHECK_INT(9, basis);
    CHECK_INT(1, limit);
    CHECK_INT(2, actual);
    pwwb_reply_free(reply);
}

int
main(void)
{
    env_begin();
    RUN(a_request_put_together_by_hand_opens);
    RUN(one_flipped_bit_of_a_request_is_refused_with_its_code);
    RUN(a_request_cut_anywhere_is_malformed_and_not_read_beyond);
    RUN(one_flipped_bit_inside_is_refused_by_one_phase_or_the_other);
    RUN(an_inner_layer_cut_anywhere_is_malformed);
    RUN(no_claim_can_be_changed_by_who_holds_the_tenant_key);
    RUN(claims_cannot_be_moved_to_the_password_of_another_request);
    RUN(a_reply_is_no_request_and_a_request_no_reply);
    RUN(one_flipped_bit_of_a_reply_is_refused_with_its_code);
    RUN(requests_of_another_tenant_are_not_opened);
    RUN(another_tenant_or_audience_in_the_claims_gets_a_reply_that_can_be_read);
    RUN(a_life_over_300_seconds_or_of_none_is_expired);
    RUN(hostile_values_in_any_claim_are_malformed);
    RUN(a_claim_missing_twice_or_unknown_is_malformed);
    RUN(the_order_of_claims_is_free);
    RUN(inner_layers_outside_the_profile_are_malformed);
    RUN(recipients_outside_the_profile_are_malformed);
    RUN(a_recipient_of_another_epoch_is_malformed);
    RUN(outer_layers_outside_the_profile_are_malformed);
    RUN(bad_wrapping_bad_tag_and_bad_content_are_one_failure);
    RUN(hostile_contents_cannot_be_read);
    RUN(a_password_over_256_units_cannot_be_read);
    RUN(padding_that_is_not_zero_or_no_bucket_cannot_be_read);
    RUN(an_operation_with_another_ones_passwords_cannot_be_read);
    RUN(hostile_replies_are_malformed_and_leave_nothing);
    RUN(a_code_of_a_newer_agent_is_kept);
    env_end();
    return DONE;
}
