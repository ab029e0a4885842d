/* SPDX-License-Identifier: Apache-2.0 */
/* rows: 17 19 20 21 */
#include "envelope.h"

#include <pthread.h>
#include <sodium.h>

#include "envelopes.h"
#include "faults.h"
#include "leftover.h"

static void
check_password(octets expected, const uint8_t *password, size_t len)
{
    CHECK_MEM(expected.p, expected.len, password, len);
}

static void
check_same_claims(const pwwb_claims *a, const pwwb_claims *b)
{
    CHECK_INT(sizeof(pwwb_claims), b->size);
    CHECK_MEM(a->tenant, PWWB_ID_SIZE, b->tenant, PWWB_ID_SIZE);
    CHECK_MEM(a->cti, PWWB_ID_SIZE, b->cti, PWWB_ID_SIZE);
    CHECK_INT(a->iat, b->iat);
    CHECK_INT(a->exp, b->exp);
    CHECK_INT(a->operation, b->operation);
    CHECK_INT(a->origin, b->origin);
    CHECK_INT(a->actor, b->actor);
    CHECK_INT(a->user_type, b->user_type);
    CHECK_INT(a->must_change, b->must_change);
    CHECK_INT(a->flags, b->flags);
    CHECK_INT(a->anchor.kind, b->anchor.kind);
    CHECK_MEM(a->anchor.guid, PWWB_ID_SIZE, b->anchor.guid, PWWB_ID_SIZE);
    CHECK_MEM(a->actor_id, PWWB_ID_SIZE, b->actor_id, PWWB_ID_SIZE);
    CHECK_STR(a->reply_to, b->reply_to);
}

/* Sealed, opened and read again, without one octet read beyond the message. */
static void
check_round_trip(pwwb_keyring *keyring, pwwb_claims *claims)
{
    octets         password = claims->operation == PWWB_OPERATION_UNLOCK ? env_none : env_password;
    octets         old_password = env_is_change(claims->operation) ? env_old_password : env_none;
    const uint8_t *text;
    uint8_t       *copy;
    sealed         s;
    size_t         len;

    CHECK_STATUS(PWWB_OK, env_seal(keyring, claims, password, old_password, &s));
    CHECK_MEM(env_tenant, PWWB_ID_SIZE, claims->tenant, PWWB_ID_SIZE);
    CHECK(!sodium_is_zero(claims->cti, PWWB_ID_SIZE));

    copy = octets_guarded(s.octets, s.len);
    CHECK_STATUS(PWWB_OK, env_open(keyring, copy, s.len));
    sodium_free(copy);
    check_same_claims(claims, pwwb_request_claims(env_request));
    CHECK(pwwb_request_password(env_request, &len) == NULL);

    CHECK_STATUS(PWWB_OK, pwwb_request_open_secret(env_request, NULL));
    text = pwwb_request_password(env_request, &len);
    check_password(password, text, len);
    text = pwwb_request_old_password(env_request, &len);
    check_password(old_password, text, len);
}

static void
every_operation_of_both_suites_comes_back_as_it_was_sealed(void)
{
    int32_t operation;
    size_t  i;

    for (i = 0; i < COUNT(env_keys); i++)
        for (operation = 1; operation <= 5; operation++) {
            pwwb_claims claims = env_claims(operation);

            check_round_trip(env_keys[i], &claims);
        }
}

static void
every_value_of_every_claim_comes_back(void)
{
    pwwb_claims claims;
    int32_t     value;

    for (value = 1; value <= 11; value++) {
        claims             = env_claims(PWWB_OPERATION_RESET_SELF);
        claims.origin      = value;
        claims.actor       = 1 + value % 2;
        claims.user_type   = 1 + value % 4;
        claims.must_change = value % 3;
        claims.flags       = (uint32_t)value % 4;
        claims.anchor.kind = 1 + value % 2;
        claims.exp         = claims.iat + 27 * value;
        memset(claims.cti, value, sizeof(claims.cti));
        memset(claims.actor_id, value - 1, sizeof(claims.actor_id));
        memset(claims.anchor.guid, value - 1, sizeof(claims.anchor.guid));
        memset(claims.reply_to, 0, sizeof(claims.reply_to));
        memset(claims.reply_to, 'r', (size_t)(value * 127 / 11));
        check_round_trip(env_keys[1], &claims);
    }
    claims     = env_claims(PWWB_OPERATION_RESET_SELF);
    claims.iat = 0;
    claims.exp = 300;
    CHECK_STATUS(PWWB_OK,
                 env_seal(env_keys[1], &claims, env_password, env_none, &(sealed){{0}, 0}));
}

static void
two_requests_of_the_same_share_no_id_and_no_octets_beyond_the_headers(void)
{
    sealed a = env_sealed(env_keys[1], PWWB_OPERATION_RESET_SELF);
    sealed b = env_sealed(env_keys[1], PWWB_OPERATION_RESET_SELF);
    size_t i, same = 0;

    CHECK_INT(a.len, b.len);
    CHECK_MEM(a.octets, 19, b.octets, 19); /* up to the IV */
    for (i = 19; i < a.len; i++)
        same += a.octets[i] == b.octets[i];
    CHECK(same < a.len / 16); /* 3 octets of heads and 1 of 256 */
}

/* `count` characters of one kind. */
static octets
characters(const char *one, size_t count, char text[PWWB_PASSWORD_MAX])
{
    octets o = {text, count * strlen(one)};
    size_t i;

    for (i = 0; i < count; i++)
        memcpy(text + i * strlen(one), one, strlen(one));
    return o;
}

static size_t
sealed_size(pwwb_keyring *keyring, int32_t operation, const char *one, size_t count)
{
    char        text[PWWB_PASSWORD_MAX];
    octets      password = characters(one, count, text);
    pwwb_claims claims   = env_claims(operation);
    sealed      s;

    CHECK_STATUS(PWWB_OK, env_seal(keyring, &claims, password,
                                   env_is_change(operation) ? password : env_none, &s));
    CHECK_STATUS(PWWB_OK, env_open(keyring, s.octets, s.len));
    CHECK_STATUS(PWWB_OK, pwwb_request_open_secret(env_request, NULL));
    return s.len;
}

/* Octets of a request with a reply address of 20 characters, as docs/protocol.md adds up by hand:
 * outer layer 2 + 14 + 15 + 3 + tag 16; inner layer 3 + 15, claims 2 + 4 + 148, bucket with its
 * head and tag 2 + 192 + 16 (3 + 640 + 16, 3 + 1600 + 16), recipient 276 (RSA) or 60 (X25519). */
static const struct size_row {
    const char *one;
    size_t      count;
    size_t      rsa_reset, rsa_change;
    size_t      x25519_reset, x25519_change;
} size_rows[] = {
    {"a", 1, 708, 708, 492, 492},
    {"a", 16, 708, 708, 492, 492},
    {"a", 127, 708, 1157, 492, 941},
    {"a", 256, 1157, 1157, 941, 941},
    {"\xe6\xb0\xb4", 16, 708, 708, 492, 492},
    {"\xe6\xb0\xb4", 127, 1157, 2117, 941, 1901},
    {"\xe6\xb0\xb4", 256, 2117, 2117, 1901, 1901},
};

/* Of a string in CBOR. */
static size_t
head(size_t len)
{
    return len < 24 ? 1 : len < 256 ? 2 : 3;
}

/* The same from the lengths alone: texts of `text` octets, and their number. */
static size_t
size_by_hand(size_t text, size_t texts, size_t recipient)
{
    size_t secret = 1 + texts * (1 + head(text) + text); /* map; key, head and text of each */
    size_t bucket = secret <= 192 ? 192 : secret <= 640 ? 640 : 1600;
    size_t inner  = 3 + 15 + 154 + head(bucket + 16) + bucket + 16 + recipient;

    return 2 + 14 + 15 + head(inner + 16) + inner + 16;
}

static void
sizes_are_those_of_the_table(void)
{
    static const size_t recipients[] = {276, 60};
    size_t              i, way;

    printf("# characters  RSA: reset change  X25519: reset change\n");
    for (i = 0; i < COUNT(size_rows); i++) {
        const struct size_row *r = &size_rows[i];
        size_t                 got[4];

        got[0] = sealed_size(env_keys[0], PWWB_OPERATION_RESET_SELF, r->one, r->count);
        got[1] = sealed_size(env_keys[0], PWWB_OPERATION_CHANGE, r->one, r->count);
        got[2] = sealed_size(env_keys[1], PWWB_OPERATION_RESET_SELF, r->one, r->count);
        got[3] = sealed_size(env_keys[1], PWWB_OPERATION_CHANGE, r->one, r->count);
        printf("# %3zu of %zu octet%s  %zu %zu  %zu %zu\n", r->count, strlen(r->one),
               strlen(r->one) == 1 ? " " : "s", got[0], got[1], got[2], got[3]);
        CHECK_INT(r->rsa_reset, got[0]);
        CHECK_INT(r->rsa_change, got[1]);
        CHECK_INT(r->x25519_reset, got[2]);
        CHECK_INT(r->x25519_change, got[3]);
        for (way = 0; way < 4; way++)
            CHECK_INT(size_by_hand(r->count * strlen(r->one), 1 + way % 2, recipients[way / 2]),
                      got[way]);
        CHECK(got[1] <= PWWB_ENVELOPE_MAX);
    }
    CHECK(size_rows[1].rsa_reset <= 750);
    CHECK(size_rows[1].x25519_reset <= 550);
}

static void
no_length_of_1_to_16_shows_and_not_whether_it_is_a_change(void)
{
    size_t i, count, one;

    for (i = 0; i < COUNT(env_keys); i++) {
        one = sealed_size(env_keys[i], PWWB_OPERATION_RESET_SELF, "a", 1);
        for (count = 2; count <= 16; count++)
            CHECK_INT(one, sealed_size(env_keys[i], PWWB_OPERATION_RESET_SELF, "a", count));
        CHECK_INT(one, sealed_size(env_keys[i], PWWB_OPERATION_CHANGE, "a", 16));
        CHECK_INT(one, sealed_size(env_keys[i], PWWB_OPERATION_CHANGE, "a", 1));
        CHECK_INT(one, env_sealed(env_keys[i], PWWB_OPERATION_UNLOCK).len);
    }
}

static pwwb_status
seal_password(int32_t operation, octets password, octets old_password)
{
    pwwb_claims claims = env_claims(operation);
    sealed      s;

    return env_seal(env_keys[1], &claims, password, old_password, &s);
}

static void
passwords_that_are_no_text_for_a_directory_are_not_sealed(void)
{
    static const octets wrong[] = {
        OCTETS("\xff"),
        OCTETS("abc\xc3"),
        OCTETS("nul\0inside"),
        OCTETS("\0"),
        OCTETS("\xed\xa0\x80"),             /* a lone surrogate */
        OCTETS("\xed\xa0\xbd\xed\xb8\x80"), /* a pair of them: CESU-8 */
        OCTETS("\xc0\xaf"),
        OCTETS("\xf4\x90\x80\x80"),
    };
    char   text[PWWB_PASSWORD_MAX + 4];
    size_t i;

    for (i = 0; i < COUNT(wrong); i++) {
        CHECK_STATUS(PWWB_E_MALFORMED,
                     seal_password(PWWB_OPERATION_RESET_SELF, wrong[i], env_none));
        CHECK_STATUS(PWWB_E_MALFORMED,
                     seal_password(PWWB_OPERATION_CHANGE, env_password, wrong[i]));
    }
    CHECK_STATUS(PWWB_OK, seal_password(3, characters("a", 256, text), env_none));
    CHECK_STATUS(PWWB_E_MALFORMED, seal_password(3, characters("a", 257, text), env_none));
    CHECK_STATUS(PWWB_OK, seal_password(3, characters("\xe6\xb0\xb4", 256, text), env_none));
    CHECK_STATUS(PWWB_E_MALFORMED,
                 seal_password(3, characters("\xe6\xb0\xb4", 257, text), env_none));
    CHECK_STATUS(PWWB_OK, seal_password(3, characters("\xf0\x9f\x98\x80", 128, text), env_none));
    CHECK_STATUS(PWWB_E_MALFORMED,
                 seal_password(3, characters("\xf0\x9f\x98\x80", 129, text), env_none));
}

static void
passwords_where_none_belong_and_the_other_way_round_are_refused(void)
{
    static const octets empty = OCTETS("");
    static const struct {
        int32_t operation;
        int     has_password, has_old;
    } wrong[] = {{1, 0, 0}, {1, 1, 0}, {1, 0, 1}, {2, 1, 0}, {3, 0, 0}, {3, 1, 1},
                 {4, 0, 0}, {4, 1, 1}, {5, 1, 0}, {5, 1, 1}, {5, 0, 1}};
    size_t i;

    for (i = 0; i < COUNT(wrong); i++)
        CHECK_STATUS(PWWB_E_INVALID_ARGUMENT,
                     seal_password(wrong[i].operation,
                                   wrong[i].has_password ? env_password : env_none,
                                   wrong[i].has_old ? env_old_password : env_none));
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, seal_password(3, empty, env_none));
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, seal_password(1, env_password, empty));
}

/* Each sets one claim out of its range. */
static void
spoil(pwwb_claims *c, int how)
{
    switch (how) {
    case 0: c->exp = c->iat; break;
    case 1: c->exp = c->iat + 301; break;
    case 2: c->exp = c->iat - 1; break;
    case 3: c->iat = -1; break;
    case 4: c->exp = INT64_MAX; break;
    case 5: c->operation = 0; break;
    case 6: c->operation = 6; break;
    case 7: c->origin = 0; break;
    case 8: c->origin = 12; break;
    case 9: c->actor = 3; break;
    case 10: c->user_type = 5; break;
    case 11: c->user_type = 0; break;
    case 12: c->must_change = 3; break;
    case 13: c->must_change = -1; break;
    case 14: c->flags = 4; break;
    case 15: c->anchor.kind = 0; break;
    case 16: c->anchor.kind = 3; break;
    case 17: memset(c->reply_to, 'r', sizeof(c->reply_to)); break;
    case 18: c->reply_to[3] = '\xff'; break;
    default: c->actor = 0; break;
    }
}

static void
claims_out_of_range_are_not_sealed(void)
{
    int how;

    for (how = 0; how < 20; how++) {
        pwwb_claims claims = env_claims(PWWB_OPERATION_RESET_SELF);
        sealed      s;

        spoil(&claims, how);
        CHECK_STATUS(PWWB_E_INVALID_ARGUMENT,
                     env_seal(env_keys[1], &claims, env_password, env_none, &s));
        CHECK_INT(0, s.len);
    }
}

static void
claims_of_another_size_are_judged_by_their_tail(void)
{
    struct {
        pwwb_claims claims;
        uint8_t     newer[8];
    } larger = {env_claims(PWWB_OPERATION_RESET_SELF), {0}};
    sealed s;

    larger.claims.size = sizeof(larger);
    CHECK_STATUS(PWWB_OK, env_seal(env_keys[1], &larger.claims, env_password, env_none, &s));
    CHECK_INT(sizeof(larger), larger.claims.size);
    larger.newer[7] = 1;
    CHECK_STATUS(PWWB_E_ABI, env_seal(env_keys[1], &larger.claims, env_password, env_none, &s));
    larger.claims.size = sizeof(size_t);
    CHECK_STATUS(PWWB_E_ABI, env_seal(env_keys[1], &larger.claims, env_password, env_none, &s));
}

static void
the_need_is_told_and_nothing_is_written_beyond_the_buffer(void)
{
    pwwb_claims claims = env_claims(PWWB_OPERATION_RESET_SELF);
    size_t      need   = env_sealed(env_keys[1], PWWB_OPERATION_RESET_SELF).len;
    size_t      len, size;

    CHECK_STATUS(PWWB_E_BUFFER_TOO_SMALL,
                 pwwb_request_seal(env_keys[1], &claims, (const uint8_t *)"Passw0rd", 8, NULL, 0,
                                   NULL, 0, &len, NULL));
    CHECK_INT(need, len);
    CHECK(sodium_is_zero(claims.cti, PWWB_ID_SIZE)); /* not sealed: no id was given */
    for (size = 1; size <= need; size += size + 7 < need ? 7 : 1) {
        uint8_t *tight = octets_room(size);

        CHECK_STATUS(size < need ? PWWB_E_BUFFER_TOO_SMALL : PWWB_OK,
                     pwwb_request_seal(env_keys[1], &claims, (const uint8_t *)"Passw0rd", 8, NULL,
                                       0, tight, size, &len, NULL));
        CHECK_INT(need, len);
        sodium_free(tight);
    }
}

static pwwb_status
open_at(int64_t now, int64_t skew)
{
    static sealed s;

    if (s.len == 0)
        s = env_sealed(env_keys[1], PWWB_OPERATION_RESET_SELF);
    return pwwb_request_open(env_request, env_keys[1], s.octets, s.len, now, skew, NULL);
}

static void
a_request_lives_from_iat_to_exp_give_or_take_the_skew(void)
{
    CHECK_STATUS(PWWB_E_NOT_YET, open_at(IAT - 1, 0));
    CHECK_STATUS(PWWB_OK, open_at(IAT, 0));
    CHECK_STATUS(PWWB_OK, open_at(EXP, 0));
    CHECK_STATUS(PWWB_E_EXPIRED, open_at(EXP + 1, 0));

    CHECK_STATUS(PWWB_E_NOT_YET, open_at(IAT - 121, 120));
    CHECK_STATUS(PWWB_OK, open_at(IAT - 120, 120));
    CHECK_STATUS(PWWB_OK, open_at(EXP + 120, 120));
    CHECK_STATUS(PWWB_E_EXPIRED, open_at(EXP + 121, 120));

    CHECK_STATUS(PWWB_E_NOT_YET, open_at(0, 0));
    CHECK_STATUS(PWWB_E_EXPIRED, open_at(INT64_MAX, 0));
    CHECK_STATUS(PWWB_OK, open_at(0, INT64_MAX / 2));
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, open_at(-1, 0));
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, open_at(IAT, -1));
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, open_at(IAT, INT64_MAX));
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, open_at(INT64_MAX, 1));
}

static void
a_refused_request_shows_its_claims_and_gets_a_reply_but_no_password(void)
{
    uint8_t reply[PWWB_ENVELOPE_MAX];
    size_t  len;

    CHECK_STATUS(PWWB_E_EXPIRED, open_at(EXP + 1, 0));
    CHECK_INT(IAT, pwwb_request_claims(env_request)->iat);
    CHECK_STATUS(PWWB_E_STATE, pwwb_request_open_secret(env_request, NULL));
    CHECK(pwwb_request_password(env_request, &len) == NULL);
    CHECK_STATUS(PWWB_OK, pwwb_reply_seal(env_request, PWWB_CODE_EXPIRED_MESSAGE, NULL, NULL, 1,
                                          reply, sizeof(reply), &len, NULL));
}

static void
a_request_goes_through_its_states_in_order(void)
{
    sealed  s = env_sealed(env_keys[1], PWWB_OPERATION_RESET_SELF);
    uint8_t reply[PWWB_ENVELOPE_MAX];
    size_t  len;

    pwwb_request_wipe(env_request);
    CHECK(pwwb_request_claims(env_request) == NULL);
    CHECK_STATUS(PWWB_E_STATE, pwwb_request_open_secret(env_request, NULL));
    CHECK_STATUS(PWWB_E_STATE, pwwb_reply_seal(env_request, PWWB_CODE_OK, NULL, NULL, 1, reply,
                                               sizeof(reply), &len, NULL));

    CHECK_STATUS(PWWB_OK, env_open(env_keys[1], s.octets, s.len));
    CHECK_STATUS(PWWB_OK, pwwb_request_open_secret(env_request, NULL));
    wb_request_forget(env_request);
    CHECK(pwwb_request_password(env_request, &len) == NULL);
    CHECK_INT(0, len);
    CHECK(pwwb_request_claims(env_request) != NULL);
    CHECK_STATUS(PWWB_OK, pwwb_request_open_secret(env_request, NULL));

    s.octets[s.len - 1] ^= 1;
    CHECK_STATUS(PWWB_E_NOT_AUTHENTIC, env_open(env_keys[1], s.octets, s.len));
    CHECK(pwwb_request_claims(env_request) == NULL);
    CHECK(pwwb_request_password(env_request, &len) == NULL);
}

static void
a_request_keeps_the_keys_it_was_opened_with(void)
{
    pwwb_keyring *keyring;
    sealed        s;

    CHECK_STATUS(PWWB_OK, pwwb_keyring_new(env_tenant, PWWB_SUITE_X25519, &keyring, NULL));
    s = env_sealed(keyring, PWWB_OPERATION_RESET_SELF);
    CHECK_STATUS(PWWB_OK, env_open(keyring, s.octets, s.len));
    pwwb_keyring_free(keyring);
    CHECK_STATUS(PWWB_OK, pwwb_request_open_secret(env_request, NULL));
    pwwb_request_wipe(env_request);
}

static pwwb_reply *
opened_reply(int32_t code, const pwwb_findings *findings, const char *controller, int64_t now_ms)
{
    sealed      s = env_sealed(env_keys[1], PWWB_OPERATION_RESET_SELF);
    sealed      r;
    pwwb_reply *reply;

    CHECK_STATUS(PWWB_OK, env_open(env_keys[1], s.octets, s.len));
    CHECK_STATUS(PWWB_OK, pwwb_reply_seal(env_request, code, findings, controller, now_ms, r.octets,
                                          sizeof(r.octets), &r.len, NULL));
    CHECK_STATUS(PWWB_OK, pwwb_reply_new(&reply, NULL));
    CHECK_STATUS(PWWB_OK, pwwb_reply_open(reply, env_keys[1], pwwb_request_claims(env_request)->cti,
                                          r.octets, r.len, NULL));
    return reply;
}

static void
a_reply_of_every_code_comes_back(void)
{
    size_t i;

    for (i = 0; pwwb_code_at(i) != 0; i++) {
        int32_t     code  = pwwb_code_at(i);
        pwwb_reply *reply = opened_reply(code, NULL, NULL, 1760000000123);

        CHECK_INT(code, pwwb_reply_code(reply));
        CHECK_INT(pwwb_code_outcome(code), pwwb_reply_outcome(reply));
        CHECK_INT(1760000000123, pwwb_reply_time_ms(reply));
        CHECK_STR("", pwwb_reply_controller(reply));
        CHECK_INT(0, pwwb_findings_count(pwwb_reply_findings(reply)));
        pwwb_reply_free(reply);
    }
    CHECK(i > 50);
}

static void
findings_come_back_as_many_as_there_can_be(void)
{
    pwwb_findings *findings = pwwb_findings_new();
    pwwb_reply    *reply;
    size_t         i;
    int32_t        code, basis;
    int64_t        limit, actual;

    for (i = 0; i < PWWB_FINDINGS_MAX; i++)
        CHECK_STATUS(PWWB_OK,
                     pwwb_findings_add(findings, PWWB_CODE_POLICY_TOO_YOUNG, PWWB_BASIS_INFERRED,
                                       INT64_MIN, INT64_MAX - (int)i));
    reply = opened_reply(PWWB_CODE_POLICY_OTHER, findings, "dc1.example.com", 5);
    CHECK_STR("dc1.example.com", pwwb_reply_controller(reply));
    CHECK_INT(PWWB_FINDINGS_MAX, pwwb_findings_count(pwwb_reply_findings(reply)));
    CHECK_STATUS(PWWB_OK, pwwb_findings_get(pwwb_reply_findings(reply), PWWB_FINDINGS_MAX - 1,
                                            &code, &basis, &limit, &actual));
    CHECK_INT(PWWB_CODE_POLICY_TOO_YOUNG, code);
    CHECK_INT(PWWB_BASIS_INFERRED, basis);
    CHECK_INT(INT64_MIN, limit);
    CHECK_INT(INT64_MAX - 15, actual);
    pwwb_reply_free(reply);
    pwwb_findings_free(findings);
}

static void
a_warning_among_the_findings_is_part_of_the_outcome(void)
{
    pwwb_findings *findings = pwwb_findings_new();
    pwwb_reply    *reply;

    CHECK_STATUS(PWWB_OK,
                 pwwb_findings_add(findings, PWWB_CODE_OK_UNLOCK_FAILED, PWWB_BASIS_STATED, 0, 0));
    reply = opened_reply(PWWB_CODE_OK, findings, NULL, 5);
    CHECK_INT(PWWB_OUTCOME_SET_WITH_WARNINGS, pwwb_reply_outcome(reply));
    CHECK_INT(PWWB_CODE_OK, pwwb_reply_code(reply));
    pwwb_reply_free(reply);

    reply = opened_reply(PWWB_CODE_PERMISSION, findings, NULL, 5);
    CHECK_INT(PWWB_OUTCOME_NOT_SET, pwwb_reply_outcome(reply));
    pwwb_reply_free(reply);
    pwwb_findings_free(findings);
}

/* The other side reads UTF-8 alone: a reply with anything else could never be read. */
static void
a_controllers_name_is_cut_where_it_stops_being_text(void)
{
    char        name[400];
    pwwb_reply *reply = opened_reply(PWWB_CODE_OK, NULL, "dc1\xff.example.com", 5);

    CHECK_STR("dc1", pwwb_reply_controller(reply));
    pwwb_reply_free(reply);

    memset(name, 'd', sizeof(name));
    memcpy(name + 258, "\xe6\xb0\xb4", 3);
    name[sizeof(name) - 1] = '\0';
    reply                  = opened_reply(PWWB_CODE_OK, NULL, name, 5);
    CHECK_INT(258, strlen(pwwb_reply_controller(reply)));
    pwwb_reply_free(reply);
}

static void
a_typical_reply_takes_less_than_300_octets(void)
{
    static const struct {
        size_t findings, octets;
    } rows[]                = {{0, 241}, {1, 241}, {3, 241}, {8, 562}, {16, 562}};
    sealed         s        = env_sealed(env_keys[0], PWWB_OPERATION_RESET_SELF);
    pwwb_findings *findings = pwwb_findings_new();
    uint8_t        reply[PWWB_ENVELOPE_MAX];
    size_t         i, len;

    CHECK_STATUS(PWWB_OK, env_open(env_keys[0], s.octets, s.len));
    for (i = 0; i < COUNT(rows); i++) {
        while (pwwb_findings_count(findings) < rows[i].findings)
            CHECK_STATUS(PWWB_OK,
                         pwwb_findings_add(findings, PWWB_CODE_POLICY_TOO_YOUNG, PWWB_BASIS_STATED,
                                           1760000000000 + (int64_t)pwwb_findings_count(findings),
                                           1760000000000));
        CHECK_STATUS(PWWB_OK, pwwb_reply_seal(env_request, PWWB_CODE_POLICY_TOO_YOUNG, findings,
                                              "dc1.corp.example.com", 1760000000000, reply,
                                              sizeof(reply), &len, NULL));
        printf("# a reply with %zu findings: %zu octets\n", rows[i].findings, len);
        CHECK_INT(rows[i].octets, len);
    }
    CHECK(rows[1].octets <= 300);
    pwwb_findings_free(findings);
}

static void
a_reply_to_another_request_is_told_from_a_changed_one(void)
{
    static const uint8_t other[PWWB_ID_SIZE] = {1};
    sealed               s                   = env_sealed(env_keys[1], PWWB_OPERATION_RESET_SELF);
    sealed               r;
    pwwb_reply          *reply;

    CHECK_STATUS(PWWB_OK, env_open(env_keys[1], s.octets, s.len));
    CHECK_STATUS(PWWB_OK, pwwb_reply_seal(env_request, PWWB_CODE_OK, NULL, "dc1", 7, r.octets,
                                          sizeof(r.octets), &r.len, NULL));
    CHECK_STATUS(PWWB_OK, pwwb_reply_new(&reply, NULL));
    CHECK_STATUS(PWWB_E_NOT_FOUND,
                 pwwb_reply_open(reply, env_keys[1], other, r.octets, r.len, NULL));
    CHECK_INT(PWWB_OUTCOME_UNKNOWN, pwwb_reply_outcome(reply));
    CHECK_INT(0, pwwb_reply_time_ms(reply));
    CHECK_STR("", pwwb_reply_controller(reply));
    pwwb_reply_free(reply);
}

static void
before_anything_was_opened_a_reply_says_unknown(void)
{
    pwwb_reply *reply;

    CHECK_STATUS(PWWB_OK, pwwb_reply_new(&reply, NULL));
    CHECK_INT(PWWB_OUTCOME_UNKNOWN, pwwb_reply_outcome(reply));
    CHECK_INT(PWWB_OUTCOME_UNKNOWN, pwwb_code_outcome(pwwb_reply_code(reply)));
    CHECK_INT(0, pwwb_findings_count(pwwb_reply_findings(reply)));
    CHECK_STR("", pwwb_reply_controller(reply));
    CHECK_INT(0, pwwb_reply_time_ms(reply));
    pwwb_reply_free(reply);
    pwwb_reply_free(NULL);
    CHECK(pwwb_reply_findings(NULL) != NULL);
}

static void
missing_arguments_are_refused(void)
{
    pwwb_claims claims  = env_claims(PWWB_OPERATION_RESET_SELF);
    uint8_t     buf[16] = {0};
    pwwb_reply *reply;
    size_t      len;

    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_request_new(NULL, NULL));
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_reply_new(NULL, NULL));
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT,
                 pwwb_request_seal(NULL, &claims, buf, 1, NULL, 0, buf, 16, &len, NULL));
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT,
                 pwwb_request_seal(env_keys[1], NULL, buf, 1, NULL, 0, buf, 16, &len, NULL));
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT,
                 pwwb_request_seal(env_keys[1], &claims, buf, 1, NULL, 0, NULL, 16, &len, NULL));
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT,
                 pwwb_request_seal(env_keys[1], &claims, buf, 1, NULL, 0, buf, 16, NULL, NULL));
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, env_open(NULL, buf, 16));
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, env_open(env_keys[1], NULL, 16));
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT,
                 pwwb_request_open(NULL, env_keys[1], buf, 16, 1, 1, NULL));
    CHECK_STATUS(PWWB_E_STATE, pwwb_request_open_secret(NULL, NULL));
    CHECK(pwwb_request_claims(NULL) == NULL);
    pwwb_request_wipe(NULL);
    pwwb_request_free(NULL);

    CHECK_STATUS(PWWB_OK, open_at(IAT, 0));
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT,
                 pwwb_reply_seal(env_request, 0, NULL, NULL, 1, buf, 16, &len, NULL));
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT,
                 pwwb_reply_seal(env_request, 7, NULL, NULL, 1, buf, 16, &len, NULL));
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT,
                 pwwb_reply_seal(env_request, 1, NULL, NULL, 1, NULL, 16, &len, NULL));
    CHECK_STATUS(PWWB_E_BUFFER_TOO_SMALL,
                 pwwb_reply_seal(env_request, 1, NULL, NULL, 1, NULL, 0, &len, NULL));
    CHECK_INT(241, len);
    CHECK_STATUS(PWWB_OK, pwwb_reply_new(&reply, NULL));
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_reply_open(reply, NULL, buf, buf, 16, NULL));
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_reply_open(reply, env_keys[1], NULL, buf, 16, NULL));
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_reply_open(reply, env_keys[1], buf, NULL, 16, NULL));
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_reply_open(NULL, env_keys[1], buf, buf, 16, NULL));
    pwwb_reply_free(reply);
}

/* All that allocates, in a row. */
static pwwb_status
run_all(pwwb_keyring *keyring, pwwb_request **request, pwwb_reply **reply)
{
    pwwb_claims claims = env_claims(PWWB_OPERATION_CHANGE);
    sealed      s, r;
    pwwb_status st;

    *request = NULL;
    *reply   = NULL;
    st       = pwwb_request_new(request, NULL);
    if (st == PWWB_OK)
        st = env_seal(keyring, &claims, env_password, env_old_password, &s);
    if (st == PWWB_OK)
        st = pwwb_request_open(*request, keyring, s.octets, s.len, IAT, 0, NULL);
    if (st == PWWB_OK)
        st = pwwb_request_open_secret(*request, NULL);
    if (st == PWWB_OK)
        st = pwwb_reply_seal(*request, PWWB_CODE_OK, NULL, "dc1", 7, r.octets, sizeof(r.octets),
                             &r.len, NULL);
    if (st == PWWB_OK)
        st = pwwb_reply_new(reply, NULL);
    if (st == PWWB_OK)
        st = pwwb_reply_open(*reply, keyring, claims.cti, r.octets, r.len, NULL);
    return st;
}

/* One of the threads that share a keyring; a handle of its own. */
typedef struct worker {
    pthread_t     thread;
    pwwb_keyring *keyring;
    int           number;
    int           wrong;
} worker;

static void *
seal_and_open(void *arg)
{
    worker       *w = arg;
    pwwb_request *request;
    char          text[17];
    size_t        len;
    int           i;

    if (pwwb_request_new(&request, NULL) != PWWB_OK)
        abort();
    for (i = 0; i < 20; i++) {
        pwwb_claims    claims = env_claims(PWWB_OPERATION_RESET_SELF);
        sealed         s      = {{0}, 0};
        const uint8_t *password;

        snprintf(text, sizeof(text), "%16d", w->number * 100 + i);
        w->wrong += env_seal(w->keyring, &claims, (octets){text, 16}, env_none, &s) != PWWB_OK;
        w->wrong += pwwb_request_open(request, w->keyring, s.octets, s.len, IAT, 0, NULL)
                    != PWWB_OK;
        w->wrong += pwwb_request_open_secret(request, NULL) != PWWB_OK;
        password = pwwb_request_password(request, &len);
        w->wrong += len != 16 || memcmp(password, text, 16) != 0;
    }
    pwwb_request_free(request);
    return NULL;
}

static void
four_threads_on_one_keyring_seal_and_open_their_own(void)
{
    worker workers[4] = {0};
    size_t i;

    for (i = 0; i < COUNT(workers); i++) {
        workers[i].keyring = env_keys[i / 2];
        workers[i].number  = (int)i;
        CHECK_INT(0, pthread_create(&workers[i].thread, NULL, seal_and_open, &workers[i]));
    }
    for (i = 0; i < COUNT(workers); i++) {
        CHECK_INT(0, pthread_join(workers[i].thread, NULL));
        CHECK_INT(0, workers[i].wrong);
    }
}

/* Of new keys each time: a keyring keeps what it sealed in. */
static void
check_out_of_memory(int32_t suite)
{
    pwwb_keyring *keyring;
    pwwb_request *request;
    pwwb_reply   *reply;
    long          nth, count, seen;

    for (nth = 0, count = 0; nth <= count; nth++) {
        CHECK_STATUS(PWWB_OK, pwwb_keyring_new(env_tenant, suite, &keyring, NULL));
        faults_fail(nth);
        CHECK_STATUS(nth == 0 ? PWWB_OK : PWWB_E_NO_MEMORY, run_all(keyring, &request, &reply));
        seen = faults_stop();
        if (nth == 0)
            count = seen;
        pwwb_request_free(request);
        pwwb_reply_free(reply);
        pwwb_keyring_free(keyring);
    }
    CHECK(count >= 4); /* two of a handle, one to seal in, a reply */
}

/* Of one keyring and one handle, after the first message. */
static long
pieces_of_100_messages(pwwb_keyring *keyring)
{
    long   before;
    sealed s = {{0}, 0};
    int    i;

    s = env_sealed(keyring, PWWB_OPERATION_CHANGE);
    CHECK_STATUS(PWWB_OK, env_open(keyring, s.octets, s.len));
    before = faults_locked();
    for (i = 0; i < 100; i++) {
        s = env_sealed(keyring, 1 + i % 5);
        CHECK_STATUS(PWWB_OK, env_open(keyring, s.octets, s.len));
        CHECK_STATUS(PWWB_OK, pwwb_request_open_secret(env_request, NULL));
    }
    return faults_locked() - before;
}

static void
no_message_takes_locked_memory_of_its_own(void)
{
    pwwb_request *request;
    long          before = faults_locked();

    CHECK_STATUS(PWWB_OK, pwwb_request_new(&request, NULL));
    CHECK_INT(1, faults_locked() - before); /* it is counted */
    pwwb_request_free(request);
    CHECK_INT(0, pieces_of_100_messages(env_keys[0]));
    CHECK_INT(0, pieces_of_100_messages(env_keys[1]));
}

static void
running_out_of_memory_anywhere_is_survived(void)
{
    check_out_of_memory(PWWB_SUITE_RSA);
    check_out_of_memory(PWWB_SUITE_X25519);
}

/* A password of 32 letters that nobody else in this process has. */
static leftover
draw_password(char text[33])
{
    uint8_t random[32];
    size_t  i;

    wb_random(random, sizeof(random));
    for (i = 0; i < sizeof(random); i++)
        text[i] = (char)('a' + random[i] % 26);
    text[32] = '\0';
    return leftover_of((const uint8_t *)text, 32);
}

/* A change whose passwords are known to `left` alone. */
static sealed
seal_unknown(const pwwb_keyring *keyring, leftover left[2])
{
    pwwb_claims claims = env_claims(PWWB_OPERATION_CHANGE);
    char        text[2][33];
    sealed      s;

    left[0] = draw_password(text[0]);
    left[1] = draw_password(text[1]);
    CHECK_STATUS(PWWB_OK,
                 env_seal(keyring, &claims, (octets){text[0], 32}, (octets){text[1], 32}, &s));
    sodium_memzero(text, sizeof(text));
    return s;
}

/* Sought by the halves that a vector register may have held. */
static void
check_gone(const leftover *l)
{
    leftover half[2] = {*l, *l};

    half[0].len = half[1].len = 16;
    memcpy(half[1].masked, l->masked + 16, 16);
    CHECK_INT(0, leftover_count(&half[0]));
    CHECK_INT(0, leftover_count(&half[1]));
}

static void
check_both_gone(const leftover left[2])
{
    check_gone(&left[0]);
    check_gone(&left[1]);
}

static void
no_password_stays_in_memory(void)
{
    size_t i;

    for (i = 0; i < COUNT(env_keys); i++) {
        pwwb_request *request;
        leftover      left[2];
        sealed        s = seal_unknown(env_keys[i], left);

        check_both_gone(left);
        CHECK_STATUS(PWWB_OK, env_open(env_keys[i], s.octets, s.len));
        CHECK_STATUS(PWWB_OK, pwwb_request_open_secret(env_request, NULL));
        CHECK_INT(1, leftover_count(&left[0])); /* in locked memory, and only there */
        CHECK_INT(1, leftover_count(&left[1]));
        wb_request_forget(env_request);
        check_both_gone(left);

        CHECK_STATUS(PWWB_OK, pwwb_request_open_secret(env_request, NULL));
        pwwb_request_wipe(env_request);
        check_both_gone(left);

        CHECK_STATUS(PWWB_OK, env_open(env_keys[i], s.octets, s.len));
        CHECK_STATUS(PWWB_OK, pwwb_request_open_secret(env_request, NULL));
        CHECK_STATUS(PWWB_E_TOO_LARGE, env_open(env_keys[i], s.octets, PWWB_ENVELOPE_MAX + 1));
        check_both_gone(left);

        CHECK_STATUS(PWWB_OK, pwwb_request_new(&request, NULL));
        CHECK_STATUS(PWWB_OK,
                     pwwb_request_open(request, env_keys[i], s.octets, s.len, IAT, 0, NULL));
        CHECK_STATUS(PWWB_OK, pwwb_request_open_secret(request, NULL));
        pwwb_request_free(request);
        check_both_gone(left);
    }
}

int
main(void)
{
    env_begin();
    RUN(every_operation_of_both_suites_comes_back_as_it_was_sealed);
    RUN(every_value_of_every_claim_comes_back);
    RUN(two_requests_of_the_same_share_no_id_and_no_octets_beyond_the_headers);
    RUN(sizes_are_those_of_the_table);
    RUN(no_length_of_1_to_16_shows_and_not_whether_it_is_a_change);
    RUN(passwords_that_are_no_text_for_a_directory_are_not_sealed);
    RUN(passwords_where_none_belong_and_the_other_way_round_are_refused);
    RUN(claims_out_of_range_are_not_sealed);
    RUN(claims_of_another_size_are_judged_by_their_tail);
    RUN(the_need_is_told_and_nothing_is_written_beyond_the_buffer);
    RUN(a_request_lives_from_iat_to_exp_give_or_take_the_skew);
    RUN(a_refused_request_shows_its_claims_and_gets_a_reply_but_no_password);
    RUN(a_request_goes_through_its_states_in_order);
    RUN(a_request_keeps_the_keys_it_was_opened_with);
    RUN(a_reply_of_every_code_comes_back);
    RUN(findings_come_back_as_many_as_there_can_be);
    RUN(a_warning_among_the_findings_is_part_of_the_outcome);
    RUN(a_controllers_name_is_cut_where_it_stops_being_text);
    RUN(a_typical_reply_takes_less_than_300_octets);
    RUN(a_reply_to_another_request_is_told_from_a_changed_one);
    RUN(before_anything_was_opened_a_reply_says_unknown);
    RUN(missing_arguments_are_refused);
    RUN(no_message_takes_locked_memory_of_its_own);
    RUN(four_threads_on_one_keyring_seal_and_open_their_own);
    RUN(running_out_of_memory_anywhere_is_survived);
    RUN(no_password_stays_in_memory);
    env_end();
    return DONE;
}
