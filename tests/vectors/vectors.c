/* SPDX-License-Identifier: Apache-2.0 */
#include "vectors.h"

#include <pwwb/anchor.h>
#include <stdio.h>

/* The published RSA and X25519 keys of peers/nested.json. */
static const struct keys {
    octets tenant;
    octets password;
    octets rsa_private;
    octets rsa_public;
    octets rsa_thumbprint;
    octets x25519_secret;
    octets x25519_public;
    octets x25519_thumbprint;
} all_keys[] = {
#include "peers_keys.h"
};
#define published all_keys[0]

/* 6ba7b810-9dad-11d1-80b4-00c04fd430c8 */
const uint8_t tenant[PWWB_ID_SIZE] = {0x10, 0xb8, 0xa7, 0x6b, 0xad, 0x9d, 0xd1, 0x11,
                                      0x80, 0xb4, 0x00, 0xc0, 0x4f, 0xd4, 0x30, 0xc8};
world         w;

_Noreturn void
must_failed(const char *file, int line, const char *what)
{
    fprintf(stderr, "%s:%d: %s\n", file, line, what);
    exit(1);
}

/* As the codecs of the library compose their names: a label, a symmetric key. */
static void
put_symmetric(const char *name, const char *label, const uint8_t *key, const uint8_t *kid)
{
    uint8_t input[32 + WB_KEY_SIZE];
    size_t  len = strlen(label) + 1;

    memcpy(input, label, len);
    memcpy(input + len, key, WB_KEY_SIZE);
    json_begin(name, '{');
    json_octets("key", key, WB_KEY_SIZE);
    json_octets("kid_input", input, len + WB_KEY_SIZE);
    json_octets("kid", kid, WB_KID_SIZE);
    json_end('}');
}

static void
put_x25519(const char *name, const uint8_t *private_, const uint8_t *public_)
{
    uint8_t cose_key[64], kid[WB_KID_SIZE];

    wb_x25519_kid(public_, kid);
    json_begin(name, '{');
    json_octets("private", private_, WB_X25519_SIZE);
    json_octets("public", public_, WB_X25519_SIZE);
    json_octets("kid_input", cose_key,
                wb_cose_key_x25519(cose_key, sizeof(cose_key),
                                   wb_span_of(public_, WB_X25519_SIZE)));
    json_octets("kid", kid, WB_KID_SIZE);
    json_end('}');
}

static void
put_rsa(const char *name, const wb_epoch *epoch)
{
    uint8_t cose_key[WB_RSA_SIZE + 32], n[WB_RSA_SIZE], e[3];

    wb_rsa_numbers(epoch->rsa_public, n, e);
    json_begin(name, '{');
    json_span("private", wb_rsa_der(epoch->rsa_private));
    json_octets("public", epoch->public_, epoch->public_len);
    json_octets("kid_input", cose_key,
                wb_cose_key_rsa(cose_key, sizeof(cose_key), wb_span_of(n, sizeof(n)),
                                wb_span_of(e, sizeof(e))));
    json_octets("kid", epoch->recipient_kid, WB_KID_SIZE);
    json_end('}');
}

static void
put_epoch(const char *name, const wb_epoch *e)
{
    json_begin(name, '{');
    json_int("generation", (int64_t)e->generation);
    json_int("suite", e->suite);
    json_int("created", e->created_s);
    put_symmetric("tenant_key", "pwwb1-tenant", e->keys->tenant, e->kid);
    put_symmetric("control_key", "pwwb1-control", e->keys->control, e->control_kid);
    if (e->suite == PWWB_SUITE_RSA)
        put_rsa("recipient", e);
    else
        put_x25519("recipient", e->keys->x25519, e->public_);
    json_text("relay_credential", (const char *)e->keys->relay);
    json_end('}');
}

void
put_keys(void)
{
    char text[37];

    pwwb_guid_print(tenant, text);
    json_text("tenant_guid", text);
    json_octets("tenant", tenant, sizeof(tenant));
    json_begin("epochs", '{');
    put_epoch("rsa", &w.of[PWWB_SUITE_RSA]->epochs[0]);
    put_epoch("x25519", &w.of[PWWB_SUITE_X25519]->epochs[0]);
    json_end('}');
    json_begin("identity", '{');
    json_octets("seed", w.seed, sizeof(w.seed));
    json_octets("public", w.identity, sizeof(w.identity));
    json_end('}');
    put_x25519("portal", w.portal_private, w.portal);
}

static void
add_epoch(pwwb_keyring *keyring, int32_t suite, int32_t state)
{
    wb_epoch *epoch    = wb_keyring_insert(keyring);
    int       is_rsa   = suite == PWWB_SUITE_RSA;
    octets    private_ = is_rsa ? published.rsa_private : published.x25519_secret;
    octets    public_  = is_rsa ? published.rsa_public : published.x25519_public;
    uint8_t   random[WB_KEY_SIZE];

    random_begin(is_rsa ? "epoch rsa" : "epoch x25519");
    epoch->suite      = suite;
    epoch->generation = (uint64_t)suite;
    epoch->created_s  = NOW - 86400 * (3 - suite);
    wb_epoch_enter(epoch, state, NOW - 3600);
    wb_random(epoch->keys->tenant, WB_KEY_SIZE);
    wb_random(epoch->keys->control, WB_KEY_SIZE);
    wb_random(random, sizeof(random));
    wb_base64url_print(random, sizeof(random), (char *)epoch->keys->relay, WB_RELAY_SIZE);
    epoch->has_relay = 1;
    memcpy(epoch->public_, public_.p, public_.len);
    epoch->public_len = public_.len;
    MUST(wb_epoch_ready(epoch, octets_span(private_), NULL) == PWWB_OK);
    keyring->generation = epoch->generation;
    keyring->state      = PWWB_TENANT_ENABLED;
}

void
world_make(void)
{
    int32_t suite;

    for (suite = PWWB_SUITE_RSA; suite <= PWWB_SUITE_X25519; suite++) {
        w.of[suite] = wb_keyring_alloc(tenant, PWWB_HALF_AGENT);
        MUST(w.of[suite] != NULL);
        add_epoch(w.of[suite], suite, PWWB_EPOCH_ACTIVE);
    }
    w.both = wb_keyring_alloc(tenant, PWWB_HALF_AGENT);
    MUST(w.both != NULL);
    add_epoch(w.both, PWWB_SUITE_RSA, PWWB_EPOCH_OPEN_ONLY);
    add_epoch(w.both, PWWB_SUITE_X25519, PWWB_EPOCH_ACTIVE);

    random_begin("identity and portal");
    wb_random(w.seed, sizeof(w.seed));
    wb_ed25519_public(w.seed, w.identity);
    wb_random(w.portal_private, sizeof(w.portal_private));
    wb_x25519_public(w.portal_private, w.portal);
}

void
world_drop(void)
{
    pwwb_keyring_free(w.of[PWWB_SUITE_RSA]);
    pwwb_keyring_free(w.of[PWWB_SUITE_X25519]);
    pwwb_keyring_free(w.both);
}

void
put_outer(const char *name, const uint8_t *key, const char *label, wb_span message)
{
    uint8_t       external[WB_EXTERNAL_SIZE], aad[128], plain[PWWB_ENVELOPE_MAX];
    size_t        len = 0;
    wb_cose_layer layer;

    MUST(wb_outer_parse(message, &layer, NULL) == PWWB_OK);
    MUST(wb_outer_open_by(key, tenant, label, &layer, plain, &len, NULL) == PWWB_OK);
    wb_wire_external(label, tenant, external);
    json_begin(name, '{');
    json_octets("external_aad", external, sizeof(external));
    json_span("protected", layer.protected_);
    json_span("iv", layer.iv);
    json_octets("enc_structure", aad,
                wb_cose_aad(aad, sizeof(aad), "Encrypt0", layer.protected_,
                            wb_span_of(external, sizeof(external))));
    json_span("message", message);
    json_end('}');
}

void
put_padded(wb_span padded)
{
    wb_cbor in = wb_cbor_read(padded);

    json_span("content", wb_cbor_skip(&in));
    MUST(in.status == PWWB_OK);
    json_span("padded", padded);
}

void
put_agreement(const uint8_t *private_, const wb_cose_recipient *r, uint8_t cek[WB_KEY_SIZE])
{
    wb_recipient_work work;
    uint8_t           context[64], drawn[WB_X25519_SIZE], public_[WB_X25519_SIZE];

    wb_random(drawn, sizeof(drawn));
    wb_x25519_public(drawn, public_);
    MUST(memcmp(public_, r->ephemeral.p, sizeof(public_)) == 0);
    wb_recipient_open(private_, r, &work);
    json_octets("ephemeral_private", drawn, sizeof(drawn));
    json_octets("ephemeral_public", public_, sizeof(public_));
    json_octets("shared_secret", work.shared, sizeof(work.shared));
    json_octets("kdf_context", context,
                wb_cose_kdf_context(context, sizeof(context), WB_COSE_A256GCM, 256, r->protected_));
    json_octets("content_key", work.cek, sizeof(work.cek));
    memcpy(cek, work.cek, sizeof(work.cek));
}
