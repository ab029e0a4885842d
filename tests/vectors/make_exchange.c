/* SPDX-License-Identifier: Apache-2.0 */
/* Orders, control messages, tickets and fingerprints. */
#include "vectors.h"

/* The first octet of a revoke's id, which *revoked* repeats. */
enum { REVOKE_ID = 0xee };

static const struct order_case {
    const char *name;
    int32_t     kind;
    int32_t     suite; /* of the bundle, or the newest epoch's */
} orders[] = {
    {"enable", PWWB_EXCHANGE_ENABLE, PWWB_SUITE_RSA},
    {"enable by X25519", PWWB_EXCHANGE_ENABLE, PWWB_SUITE_X25519},
    {"roll", PWWB_EXCHANGE_ROLL, PWWB_SUITE_X25519},
    {"disable", PWWB_EXCHANGE_DISABLE, PWWB_SUITE_X25519},
    {"revoked", PWWB_EXCHANGE_REVOKE, PWWB_SUITE_X25519},
};

static void
make_order(const struct order_case *c, wb_order *o)
{
    const wb_epoch *epoch = &w.of[c->suite]->epochs[0];

    memset(o, 0, sizeof(*o));
    random_begin("tickets and orders");
    wb_random(o->token, sizeof(o->token));
    wb_random(o->id, sizeof(o->id));
    o->id[0]      = c->kind == PWWB_EXCHANGE_REVOKE ? REVOKE_ID : (uint8_t)(c - orders + 1);
    o->kind       = c->kind;
    o->issued_s   = NOW + 60 * (c - orders);
    o->generation = epoch->generation;
    o->suite      = epoch->suite;
    o->created_s  = epoch->created_s;
    o->public_len = epoch->public_len;
    memcpy(o->tenant, tenant, sizeof(tenant));
    memcpy(o->portal, w.portal, sizeof(w.portal));
    memcpy(o->identity, w.identity, sizeof(w.identity));
    memcpy(o->control_key, epoch->keys->control, WB_KEY_SIZE);
    memcpy(o->tenant_key, epoch->keys->tenant, WB_KEY_SIZE);
    memcpy(o->public_, epoch->public_, epoch->public_len);
}

/* The message, taken apart. */
static void
put_order_message(const char *name, wb_span sealed)
{
    uint8_t       external[WB_EXTERNAL_SIZE], cek[WB_KEY_SIZE], aad[64];
    uint8_t       signed_[PWWB_ENVELOPE_MAX], structure[PWWB_ENVELOPE_MAX];
    size_t        len;
    wb_span       payload, signature, external_span = {external, sizeof(external)};
    wb_cose_layer layer;

    wb_wire_external(WB_LABEL_ORDER, tenant, external);
    MUST(wb_cose_parse_encrypt(sealed, &layer) == PWWB_OK);
    json_begin("recipient", '{');
    random_begin(name);
    put_agreement(w.portal_private, &layer.recipient, cek);
    json_end('}');
    len = wb_cose_aad(aad, sizeof(aad), "Encrypt", layer.protected_, external_span);
    MUST(wb_gcm_open(cek, layer.iv.p, wb_span_of(aad, len), layer.ciphertext, signed_) == 0);
    MUST(wb_cose_parse_sign1(wb_span_of(signed_, layer.ciphertext.len - WB_TAG_SIZE), &payload,
                             &signature)
         == PWWB_OK);
    json_span("content", payload);
    json_octets("sig_structure", structure,
                wb_cose_sig_structure(structure, sizeof(structure), external_span, payload));
    json_span("signature", signature);
    json_octets("sign1", signed_, layer.ciphertext.len - WB_TAG_SIZE);
    json_begin("outer", '{');
    json_span("external_aad", external_span);
    json_span("protected", layer.protected_);
    json_span("iv", layer.iv);
    json_octets("enc_structure", aad, len);
    json_span("message", sealed);
    json_end('}');
}

static void
put_order(const struct order_case *c)
{
    uint8_t  sealed[PWWB_ENVELOPE_MAX], digest[WB_SHA256_SIZE];
    size_t   len;
    wb_order o, read;

    make_order(c, &o);
    random_begin(c->name);
    MUST(wb_order_seal(&o, w.seed, sealed, sizeof(sealed), &len, digest, NULL) == PWWB_OK);
    MUST(wb_order_open(wb_span_of(sealed, len), w.portal_private, tenant, &read, digest, NULL)
         == PWWB_OK);
    json_begin(NULL, '{');
    json_text("name", c->name);
    json_int("kind", o.kind);
    json_octets("id", o.id, sizeof(o.id));
    json_int("issued", o.issued_s);
    json_text("epoch", c->suite == PWWB_SUITE_RSA ? "rsa" : "x25519");
    if (o.kind == PWWB_EXCHANGE_ENABLE)
        json_octets("token", o.token, sizeof(o.token));
    put_order_message(c->name, wb_span_of(sealed, len));
    json_octets("digest", digest, sizeof(digest));
    json_end('}');
}

void
put_orders(void)
{
    size_t i;

    for (i = 0; i < COUNT(orders); i++)
        put_order(&orders[i]);
}

static const struct control_case {
    const char *name;
    int32_t     kind;
    size_t      order; /* answered */
    int32_t     code;
    int32_t     state;
} controls[] = {
    {"answer: waiting", WB_CONTROL_ANSWER, 0, PWWB_EXCHANGE_WAITING, PWWB_TENANT_PENDING},
    {"answer: done", WB_CONTROL_ANSWER, 2, PWWB_EXCHANGE_DONE, PWWB_TENANT_ENABLED},
    {"revoke", WB_CONTROL_REVOKE, 2, PWWB_EXCHANGE_DONE, PWWB_TENANT_REVOKED},
};

static void
put_control(const struct control_case *c)
{
    int32_t         suite = orders[c->order].suite;
    const wb_epoch *epoch = &w.of[suite]->epochs[0];
    wb_control      control = {.kind       = c->kind,
                               .code       = c->code,
                               .state      = c->state,
                               .generation = epoch->generation,
                               .time_s     = NOW + 600};
    uint8_t         sealed[PWWB_ENVELOPE_MAX], plain[PWWB_ENVELOPE_MAX];
    size_t          len, plain_len;
    wb_cose_layer   layer;
    wb_order        o;

    make_order(&orders[c->order], &o);
    memcpy(control.id, o.id, sizeof(control.id));
    if (c->kind == WB_CONTROL_REVOKE)
        control.id[0] = REVOKE_ID;
    random_begin(orders[c->order].name);
    MUST(wb_order_seal(&o, w.seed, sealed, sizeof(sealed), &len, control.digest, NULL) == PWWB_OK);
    random_begin(c->name);
    len = wb_control_seal(&control, epoch->keys->control, tenant, sealed, sizeof(sealed));
    MUST(wb_outer_parse(wb_span_of(sealed, len), &layer, NULL) == PWWB_OK);
    MUST(wb_outer_open_by(epoch->keys->control, tenant, WB_LABEL_CONTROL, &layer, plain, &plain_len,
                          NULL)
         == PWWB_OK);
    json_begin(NULL, '{');
    json_text("name", c->name);
    json_text("epoch", suite == PWWB_SUITE_RSA ? "rsa" : "x25519");
    json_int("kind", control.kind);
    json_octets("id", control.id, sizeof(control.id));
    json_int("code", control.code);
    json_int("state", control.state);
    json_int("generation", (int64_t)control.generation);
    json_int("time", control.time_s);
    if (c->kind == WB_CONTROL_ANSWER)
        json_octets("digest", control.digest, sizeof(control.digest));
    json_octets("content", plain, plain_len);
    put_outer("outer", epoch->keys->control, WB_LABEL_CONTROL, wb_span_of(sealed, len));
    json_end('}');
}

void
put_controls(void)
{
    size_t i;

    for (i = 0; i < COUNT(controls); i++)
        put_control(&controls[i]);
}

static void
put_ticket(const char *name, const char *address, const char *credential, uint64_t generation)
{
    wb_ticket t = {.expires_s = NOW + 86400, .generation = generation};
    char      text[PWWB_TICKET_SIZE];
    uint8_t   octets_[PWWB_TICKET_SIZE];
    ssize_t   len;

    random_begin("tickets and orders");
    wb_random(t.token, sizeof(t.token));
    memcpy(t.tenant, tenant, sizeof(tenant));
    memcpy(t.portal, w.portal, sizeof(w.portal));
    strcpy(t.address, address);
    strcpy(t.credential, credential);
    MUST(wb_ticket_print(&t, text, sizeof(text)) <= sizeof(text));
    len = wb_base64url_parse(text + 6, strlen(text) - 6, octets_, sizeof(octets_));
    MUST(len > 4);
    json_begin(NULL, '{');
    json_text("name", name);
    json_octets("token", t.token, sizeof(t.token));
    json_int("expires", t.expires_s);
    json_text("address", address);
    json_text("credential", credential);
    json_int("generation", (int64_t)generation);
    json_octets("content", octets_, (size_t)len - 4);
    json_octets("check", octets_ + len - 4, 4);
    json_text("text", text);
    json_end('}');
}

void
put_tickets(void)
{
    put_ticket("the first", "amqps://relay.example.test:5671/tenant", "bootstrap-credential", 0);
    put_ticket("a later one", "amqps://b\xc3\xbc" "cher.example.test", "x", 300);
}

/* By the portal's half: what the agent's gives is the same, or the orders above were not theirs. */
void
put_fingerprint(void)
{
    uint8_t       input[18 + PWWB_ID_SIZE + 2 * WB_KEY_SIZE] = "pwwb1-fingerprint";
    uint8_t       hash[WB_SHA256_SIZE];
    char          text[PWWB_FINGERPRINT_SIZE];
    pwwb_keyring *portal = wb_keyring_alloc(tenant, PWWB_HALF_PORTAL);

    MUST(portal != NULL);
    memcpy(portal->keys->identity, w.identity, sizeof(w.identity));
    memcpy(portal->keys->portal, w.portal_private, sizeof(w.portal_private));
    wb_fingerprint(portal, text);
    pwwb_keyring_free(portal);
    memcpy(input + 18, tenant, PWWB_ID_SIZE);
    memcpy(input + 34, w.portal, WB_KEY_SIZE);
    memcpy(input + 66, w.identity, WB_KEY_SIZE);
    wb_sha256(input, sizeof(input), hash);
    json_begin(NULL, '{');
    json_text("name", "of tenant, portal and identity");
    json_octets("input", input, sizeof(input));
    json_octets("hash", hash, sizeof(hash));
    json_text("text", text);
    json_end('}');
}
