/* SPDX-License-Identifier: Apache-2.0 */
/* Requests, replies and heartbeats. */
#include "vectors.h"

#define EURO_4   "\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac"
#define EURO_32  EURO_4 EURO_4 EURO_4 EURO_4 EURO_4 EURO_4 EURO_4 EURO_4
#define EURO_256 EURO_32 EURO_32 EURO_32 EURO_32 EURO_32 EURO_32 EURO_32 EURO_32
#define TEN(text) text text text text text text text text text text

static const struct request {
    const char *name;
    int32_t     suite;
    const char *password;
    const char *old_password;
    pwwb_claims claims; /* life in exp; tenant, times and cti are put in */
} requests[] = {
    {"reset by an administrator, must change", 1, "Tr0ub4dor&3-Xyz!", NULL,
     {.operation = PWWB_OPERATION_RESET_ADMIN, .origin = PWWB_FROM_ADMIN_PORTAL,
      .actor = PWWB_ACTOR_ADMIN, .user_type = PWWB_USER_HASH_SYNC,
      .must_change = PWWB_MUST_CHANGE_SET, .exp = 300, .anchor = {.kind = PWWB_ANCHOR_SOURCE},
      .actor_id = "administrator's", .reply_to = "portal-7.replies"}},
    {"reset of one's own, not ASCII", 2,
     "Gr\xc3\xbc\xc3\x9f" "e-aus-Z\xc3\xbcrich-\xf0\x9f\x94\x91-7", NULL,
     {.operation = PWWB_OPERATION_RESET_SELF, .origin = PWWB_FROM_RESET_PORTAL,
      .actor = PWWB_ACTOR_USER, .user_type = PWWB_USER_FEDERATED, .exp = 120,
      .flags = PWWB_FLAG_UNLOCK | PWWB_FLAG_OWN_ACCOUNT, .anchor = {.kind = PWWB_ANCHOR_CLOUD}}},
    {"change, both passwords the longest", 1, EURO_256, EURO_256,
     {.operation = PWWB_OPERATION_CHANGE, .origin = PWWB_FROM_ACCOUNT_PORTAL,
      .actor = PWWB_ACTOR_USER, .user_type = PWWB_USER_PASS_THROUGH, .exp = 300,
      .flags = PWWB_FLAG_OWN_ACCOUNT, .anchor = {.kind = PWWB_ANCHOR_SOURCE},
      .actor_id = "the same person", .reply_to = "portal-7.replies"}},
    {"forced change, the second bucket", 2, TEN("Correct-Horse-"), "Old-Battery-Staple-1",
     {.operation = PWWB_OPERATION_CHANGE_FORCED, .origin = PWWB_FROM_SIGN_IN,
      .actor = PWWB_ACTOR_USER, .user_type = PWWB_USER_HASH_SYNC, .exp = 1,
      .must_change = PWWB_MUST_CHANGE_CLEAR, .flags = PWWB_FLAG_OWN_ACCOUNT,
      .anchor = {.kind = PWWB_ANCHOR_SOURCE}, .reply_to = "r"}},
    {"unlock", 1, NULL, NULL,
     {.operation = PWWB_OPERATION_UNLOCK, .origin = PWWB_FROM_RESET_PORTAL,
      .actor = PWWB_ACTOR_USER, .user_type = PWWB_USER_HASH_SYNC, .exp = 300,
      .flags = PWWB_FLAG_UNLOCK | PWWB_FLAG_OWN_ACCOUNT, .anchor = {.kind = PWWB_ANCHOR_SOURCE},
      .reply_to = "portal-7.replies"}},
    {"unlock by X25519", 2, NULL, NULL,
     {.operation = PWWB_OPERATION_UNLOCK, .origin = PWWB_FROM_RESET_PORTAL,
      .actor = PWWB_ACTOR_USER, .user_type = PWWB_USER_HASH_SYNC, .exp = 300,
      .flags = PWWB_FLAG_UNLOCK, .anchor = {.kind = PWWB_ANCHOR_SOURCE},
      .reply_to = "portal-7.replies"}},
};

static const char *
epoch_name(int32_t suite)
{
    return suite == PWWB_SUITE_RSA ? "rsa" : "x25519";
}

static void
put_claims(const pwwb_claims *c)
{
    json_begin("claims", '{');
    json_int("exp", c->exp);
    json_int("iat", c->iat);
    json_octets("cti", c->cti, PWWB_ID_SIZE);
    json_int("operation", c->operation);
    json_int("origin", c->origin);
    json_begin("actor", '[');
    json_int(NULL, c->actor);
    if (c->actor_id[0] != 0)
        json_octets(NULL, c->actor_id, PWWB_ID_SIZE);
    json_end(']');
    json_int("user_type", c->user_type);
    json_begin("anchor", '[');
    json_int(NULL, c->anchor.kind);
    json_octets(NULL, c->anchor.guid, PWWB_ID_SIZE);
    json_end(']');
    json_int("flags", c->flags);
    json_int("must_change", c->must_change);
    json_text("reply_to", c->reply_to);
    json_end('}');
}

/* The content key, and how it came to be; what was drawn for it is drawn again. */
static void
put_content_key(const wb_epoch *epoch, const char *name, const wb_cose_recipient *r,
                uint8_t cek[WB_KEY_SIZE])
{
    uint8_t seed[WB_SHA256_SIZE], drawn[WB_KEY_SIZE];

    json_begin("recipient", '{');
    random_begin(name);
    if (epoch->suite == PWWB_SUITE_RSA) {
        wb_random(drawn, sizeof(drawn));
        wb_random(seed, sizeof(seed));
        MUST(wb_rsa_open(epoch->rsa_private, r->ciphertext, cek, NULL) == PWWB_OK);
        MUST(memcmp(drawn, cek, WB_KEY_SIZE) == 0);
        json_octets("content_key", cek, WB_KEY_SIZE);
        json_octets("oaep_seed", seed, sizeof(seed));
        json_span("encrypted_key", r->ciphertext);
    } else {
        put_agreement(epoch->keys->x25519, r, cek);
    }
    json_end('}');
}

static void
put_inner(const wb_epoch *epoch, const char *name, wb_span inner)
{
    uint8_t       cek[WB_KEY_SIZE], aad[640], plain[WB_SECRET_MAX];
    wb_cose_layer layer;
    size_t        len;

    MUST(wb_cose_parse_encrypt(inner, &layer) == PWWB_OK);
    MUST(layer.ciphertext.len <= sizeof(plain) + WB_TAG_SIZE);
    put_content_key(epoch, name, &layer.recipient, cek);
    len = wb_cose_aad(aad, sizeof(aad), "Encrypt", layer.protected_, wb_span_of(NULL, 0));
    MUST(len <= sizeof(aad));
    MUST(wb_gcm_open(cek, layer.iv.p, wb_span_of(aad, len), layer.ciphertext, plain) == 0);
    put_padded(wb_span_of(plain, layer.ciphertext.len - WB_TAG_SIZE));
    json_begin("inner", '{');
    json_span("protected", layer.protected_);
    json_span("iv", layer.iv);
    json_octets("enc_structure", aad, len);
    json_span("message", inner);
    json_end('}');
}

static size_t
seal_request(const struct request *r, pwwb_claims *claims, uint8_t sealed[PWWB_ENVELOPE_MAX])
{
    size_t len;

    *claims      = r->claims;
    claims->size = sizeof(*claims);
    claims->iat  = NOW;
    claims->exp += NOW;
    random_begin("ids");
    wb_random(claims->cti, PWWB_ID_SIZE);
    claims->cti[0] = (uint8_t)(r - requests + 1);
    wb_random(claims->anchor.guid, PWWB_ID_SIZE);
    random_begin(r->name);
    MUST(pwwb_request_seal(w.of[r->suite], claims, (const uint8_t *)r->password,
                           r->password != NULL ? strlen(r->password) : 0,
                           (const uint8_t *)r->old_password,
                           r->old_password != NULL ? strlen(r->old_password) : 0, sealed,
                           PWWB_ENVELOPE_MAX, &len, NULL)
         == PWWB_OK);
    return len;
}

size_t
make_request(size_t index, uint8_t sealed[PWWB_ENVELOPE_MAX])
{
    pwwb_claims claims;
    size_t      len = seal_request(&requests[index], &claims, sealed);

    random_begin("what is changed");
    return len;
}

int32_t
request_suite(size_t index)
{
    return requests[index].suite;
}

static void
put_request(const struct request *r)
{
    const wb_epoch *epoch = &w.of[r->suite]->epochs[0];
    uint8_t         sealed[PWWB_ENVELOPE_MAX], inner[PWWB_ENVELOPE_MAX];
    pwwb_claims     claims;
    size_t          len = seal_request(r, &claims, sealed), inner_len;
    const wb_epoch *found;

    json_begin(NULL, '{');
    json_text("name", r->name);
    json_text("epoch", epoch_name(r->suite));
    put_claims(&claims);
    if (r->password != NULL)
        json_text("password", r->password);
    if (r->old_password != NULL)
        json_text("old_password", r->old_password);
    MUST(wb_outer_open(w.of[r->suite], WB_LABEL_REQUEST, wb_span_of(sealed, len), inner, &inner_len,
                       &found, NULL)
         == PWWB_OK);
    put_inner(epoch, r->name, wb_span_of(inner, inner_len));
    put_outer("outer", epoch->keys->tenant, WB_LABEL_REQUEST, wb_span_of(sealed, len));
    json_end('}');
}

void
put_requests(void)
{
    size_t i;

    for (i = 0; i < COUNT(requests); i++)
        put_request(&requests[i]);
}

static const struct reply {
    const char *name;
    size_t      request;
    int32_t     code;
    const char *controller;
    size_t      count;
    wb_finding  findings[PWWB_FINDINGS_MAX];
} replies[] = {
    {"set", 0, PWWB_CODE_OK, "dc1.example.test", 0, {{0, 0, 0, 0}}},
    {"refused, with findings", 1, PWWB_CODE_POLICY_TOO_SHORT, "dc2.example.test", 3,
     {{PWWB_CODE_POLICY_TOO_SHORT, PWWB_BASIS_STATED, 14, 11},
      {PWWB_CODE_POLICY_CONTAINS_NAME, PWWB_BASIS_STATED, 0, PWWB_NAME_DISPLAY},
      {PWWB_CODE_POLICY_HISTORY, PWWB_BASIS_INFERRED, 24, -1}}},
    {"set, with a warning", 4, PWWB_CODE_OK_PENDING_SYNC, "", 0, {{0, 0, 0, 0}}},
    {"refused, the second bucket", 5, PWWB_CODE_POLICY_OTHER,
     TEN("a-long-name.") TEN("of-a-domain."), 1,
     {{PWWB_CODE_POLICY_OTHER, PWWB_BASIS_INFERRED, INT64_C(4294967296), -1}}},
};

static size_t
seal_reply(const struct reply *r, const pwwb_findings *list, pwwb_claims *claims,
           uint8_t sealed[PWWB_ENVELOPE_MAX])
{
    const struct request *of = &requests[r->request];
    uint8_t               asked[PWWB_ENVELOPE_MAX];
    size_t                len = seal_request(of, claims, asked);
    pwwb_request         *request;

    MUST(pwwb_request_new(&request, NULL) == PWWB_OK);
    MUST(pwwb_request_open(request, w.of[of->suite], asked, len, NOW, 0, NULL) == PWWB_OK);
    random_begin(r->name);
    MUST(pwwb_reply_seal(request, r->code, list, r->controller, INT64_C(1000) * NOW + 789, sealed,
                         PWWB_ENVELOPE_MAX, &len, NULL)
         == PWWB_OK);
    pwwb_request_free(request);
    return len;
}

static void
put_reply(const struct reply *r)
{
    const pwwb_keyring *keyring  = w.of[requests[r->request].suite];
    pwwb_findings       findings = {.count = r->count};
    uint8_t             sealed[PWWB_ENVELOPE_MAX], plain[PWWB_ENVELOPE_MAX];
    pwwb_claims         claims;
    size_t              i, len, plain_len;
    const wb_epoch     *epoch;
    wb_reply            reply;

    memcpy(findings.list, r->findings, sizeof(findings.list));
    len = seal_reply(r, &findings, &claims, sealed);
    MUST(wb_outer_open(keyring, WB_LABEL_REPLY, wb_span_of(sealed, len), plain, &plain_len, &epoch,
                       NULL)
         == PWWB_OK);
    MUST(wb_wire_read_reply(wb_span_of(plain, plain_len), &reply) == PWWB_OK);
    json_begin(NULL, '{');
    json_text("name", r->name);
    json_text("epoch", epoch_name(epoch->suite));
    json_int("outcome", reply.outcome);
    json_int("code", r->code);
    json_begin("findings", '[');
    for (i = 0; i < r->count; i++) {
        json_begin(NULL, '[');
        json_int(NULL, r->findings[i].code);
        json_int(NULL, r->findings[i].basis);
        json_int(NULL, r->findings[i].limit);
        json_int(NULL, r->findings[i].actual);
        json_end(']');
    }
    json_end(']');
    json_text("controller", r->controller);
    json_int("time", reply.time_ms);
    json_octets("cti", claims.cti, PWWB_ID_SIZE);
    put_padded(wb_span_of(plain, plain_len));
    put_outer("outer", epoch->keys->tenant, WB_LABEL_REPLY, wb_span_of(sealed, len));
    json_end('}');
}

void
put_replies(void)
{
    size_t i;

    for (i = 0; i < COUNT(replies); i++)
        put_reply(&replies[i]);
}

static const struct beat {
    const char    *name;
    int32_t        suite;
    pwwb_heartbeat content;
} beats[] = {
    {"up", 2,
     {.size = sizeof(pwwb_heartbeat), .agent_id = "agent of vector", .boot_id = "boot of vectors",
      .sequence = 42, .time_ms = INT64_C(1000) * NOW + 123, .health = PWWB_HEALTH_UP,
      .counters = {0, 1000, 2, 900, 50, 3, 40, 5}, .min_length = 14, .complexity = PWWB_YES,
      .history_length = 24, .min_age_s = 86400, .max_age_s = 0,
      .rules_source = PWWB_POLICY_DOMAIN, .version = 10203, .directories = 3,
      .directories_up = 3}},
    {"stopping, nothing known", 1,
     {.size = sizeof(pwwb_heartbeat), .agent_id = "agent of vector", .boot_id = "another boot id",
      .sequence = 1, .time_ms = INT64_C(1000) * NOW, .health = PWWB_HEALTH_STOPPING,
      .min_length = -1, .complexity = PWWB_MAYBE, .history_length = -1, .min_age_s = -1,
      .max_age_s = -1, .rules_source = PWWB_POLICY_UNREADABLE, .version = 100, .directories = 1}},
};

static void
put_beat(const pwwb_heartbeat *h)
{
    size_t i;

    json_octets("agent_id", h->agent_id, PWWB_ID_SIZE);
    json_octets("boot_id", h->boot_id, PWWB_ID_SIZE);
    json_int("sequence", (int64_t)h->sequence);
    json_int("time", h->time_ms);
    json_int("health", h->health);
    json_int("key_age", h->key_age_s);
    json_begin("counters", '[');
    for (i = 0; i < PWWB_HEARTBEAT_COUNTERS; i++)
        json_int(NULL, (int64_t)h->counters[i]);
    json_end(']');
    json_begin("rules", '[');
    json_int(NULL, h->min_length);
    json_int(NULL, h->complexity);
    json_int(NULL, h->history_length);
    json_int(NULL, h->min_age_s);
    json_int(NULL, h->max_age_s);
    json_int(NULL, h->rules_source);
    json_end(']');
    json_begin("agent", '[');
    json_int(NULL, h->version);
    json_int(NULL, h->directories);
    json_int(NULL, h->directories_up);
    json_end(']');
}

void
put_heartbeats(void)
{
    size_t i;

    for (i = 0; i < COUNT(beats); i++) {
        pwwb_keyring   *keyring = w.of[beats[i].suite];
        uint8_t         sealed[PWWB_ENVELOPE_MAX], plain[PWWB_ENVELOPE_MAX];
        const wb_epoch *epoch;
        pwwb_heartbeat  read;
        size_t          len, plain_len;

        random_begin(beats[i].name);
        MUST(pwwb_heartbeat_seal(keyring, &beats[i].content, sealed, sizeof(sealed), &len, NULL)
             == PWWB_OK);
        MUST(wb_outer_open(keyring, WB_LABEL_HEARTBEAT, wb_span_of(sealed, len), plain, &plain_len,
                           &epoch, NULL)
             == PWWB_OK);
        MUST(wb_heartbeat_read(wb_span_of(plain, plain_len), &read) == PWWB_OK);
        json_begin(NULL, '{');
        json_text("name", beats[i].name);
        json_text("epoch", epoch_name(beats[i].suite));
        put_beat(&read);
        put_padded(wb_span_of(plain, plain_len));
        put_outer("outer", epoch->keys->tenant, WB_LABEL_HEARTBEAT, wb_span_of(sealed, len));
        json_end('}');
    }
}
