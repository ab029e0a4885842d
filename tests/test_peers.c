/* SPDX-License-Identifier: Apache-2.0 */
/* rows: 17 */
#include "cose.h"
#include "crypto.h"
#include "envelope.h"
#include "harness.h"
#include "octets.h"

/* tests/vectors/peers/nested.json: requests that other implementations sealed, rows by json2c.py.
 * Their plaintext is the bare password, and they were sealed without external_aad: so both layers
 * open with the layer functions, and the envelope refuses them for what they lack. */
static const struct message {
    const char *sealed_by;
    int         is_rsa;
    octets      outer;
} messages[] = {
#include "peers_nested.h"
};

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
#define keys all_keys[0]

static int
open_layer(const uint8_t *key, const char *context, const wb_cose_layer *layer, uint8_t *plain)
{
    uint8_t aad[256];
    size_t  len = wb_cose_aad(aad, sizeof(aad), context, layer->protected_, wb_span_of(NULL, 0));

    CHECK_INT(WB_COSE_A256GCM, layer->alg);
    CHECK_INT(WB_IV_SIZE, layer->iv.len);
    return wb_gcm_open(key, layer->iv.p, wb_span_of(aad, len), layer->ciphertext, plain);
}

static void
unwrap_by_rsa(const wb_cose_recipient *r, uint8_t cek[WB_KEY_SIZE])
{
    wb_rsa *rsa;
    size_t  len;

    CHECK_INT(WB_COSE_RSA_OAEP, r->alg);
    CHECK_INT(0, r->protected_.len);
    CHECK_STATUS(PWWB_OK, wb_rsa_new(octets_span(keys.rsa_private), 1, &rsa, NULL));
    CHECK_INT(0, wb_rsa_open_any(rsa, r->ciphertext, cek, WB_KEY_SIZE, &len));
    CHECK_INT(WB_KEY_SIZE, len);
    wb_rsa_free(rsa);
}

static void
unwrap_by_x25519(const wb_cose_recipient *r, uint8_t cek[WB_KEY_SIZE])
{
    uint8_t context[64];
    uint8_t shared[WB_X25519_SIZE];
    size_t  len;

    CHECK_INT(WB_COSE_ECDH_ES, r->alg);
    CHECK_INT(1, r->alg_is_protected);
    CHECK_INT(WB_X25519_SIZE, r->ephemeral.len);
    CHECK_INT(0, wb_x25519(octets_span(keys.x25519_secret).p, r->ephemeral.p, shared));
    len = wb_cose_kdf_context(context, sizeof(context), WB_COSE_A256GCM, 256, r->protected_);
    wb_hkdf32(shared, sizeof(shared), wb_span_of(context, len), cek);
}

static void
check_opens(const struct message *m)
{
    wb_cose_layer outer, inner;
    uint8_t       inner_octets[PWWB_ENVELOPE_MAX];
    uint8_t       plain[PWWB_ENVELOPE_MAX];
    uint8_t       cek[WB_KEY_SIZE];

    CHECK_STATUS(PWWB_OK, wb_cose_parse_encrypt0(octets_span(m->outer), &outer));
    CHECK_INT(0, open_layer(octets_span(keys.tenant).p, "Encrypt0", &outer, inner_octets));

    CHECK_STATUS(PWWB_OK,
                 wb_cose_parse_encrypt(wb_span_of(inner_octets, outer.ciphertext.len - WB_TAG_SIZE),
                                       &inner));
    if (m->is_rsa)
        unwrap_by_rsa(&inner.recipient, cek);
    else
        unwrap_by_x25519(&inner.recipient, cek);
    CHECK_INT(0, open_layer(cek, "Encrypt", &inner, plain));
    CHECK_MEM(keys.password.p, keys.password.len, plain, inner.ciphertext.len - WB_TAG_SIZE);
}

static void
both_layers_of_every_peer_open(void)
{
    size_t i;

    for (i = 0; i < COUNT(messages); i++) {
        printf("# %s\n", messages[i].sealed_by);
        check_opens(&messages[i]);
    }
    CHECK_INT(6, i);
}

/* Its kid is another than ours; @ldclabs/cose-ts puts none, which the profile demands. */
static void
the_envelope_refuses_them_for_their_kid(void)
{
    static const uint8_t tenant[PWWB_ID_SIZE];
    pwwb_keyring        *keyring;
    pwwb_request        *request;
    size_t               i;

    CHECK_STATUS(PWWB_OK, pwwb_keyring_new(tenant, PWWB_SUITE_X25519, &keyring, NULL));
    CHECK_STATUS(PWWB_OK, pwwb_request_new(&request, NULL));
    for (i = 0; i < COUNT(messages); i++) {
        int         has_kid = strstr(messages[i].sealed_by, "cose-ts") == NULL;
        wb_span     outer   = octets_span(messages[i].outer);
        pwwb_status st =
            pwwb_request_open(request, keyring, outer.p, outer.len, 1760000000, 60, NULL);

        CHECK_STATUS(has_kid ? PWWB_E_KEY_UNKNOWN : PWWB_E_MALFORMED, st);
        CHECK(pwwb_request_claims(request) == NULL);
    }
    pwwb_request_free(request);
    pwwb_keyring_free(keyring);
}

/* Under our own tenant key and label the inner layers stay what they are: no claims of ours. */
static void
the_envelope_refuses_what_they_put_inside(void)
{
    static const uint8_t tenant[PWWB_ID_SIZE];
    pwwb_keyring        *keyring;
    pwwb_request        *request;
    size_t               i;

    CHECK_STATUS(PWWB_OK, pwwb_keyring_new(tenant, PWWB_SUITE_X25519, &keyring, NULL));
    CHECK_STATUS(PWWB_OK, pwwb_request_new(&request, NULL));
    for (i = 0; i < COUNT(messages); i++) {
        wb_cose_layer outer;
        uint8_t       inner[PWWB_ENVELOPE_MAX];
        uint8_t       ours[PWWB_ENVELOPE_MAX];
        size_t        len;

        CHECK_STATUS(PWWB_OK, wb_cose_parse_encrypt0(octets_span(messages[i].outer), &outer));
        CHECK_INT(0, open_layer(octets_span(keys.tenant).p, "Encrypt0", &outer, inner));
        len = wb_outer_seal(wb_keyring_active(keyring), WB_LABEL_REQUEST,
                            wb_span_of(inner, outer.ciphertext.len - WB_TAG_SIZE), ours,
                            sizeof(ours));
        CHECK_STATUS(PWWB_E_MALFORMED,
                     pwwb_request_open(request, keyring, ours, len, 1760000000, 60, NULL));
    }
    pwwb_request_free(request);
    pwwb_keyring_free(keyring);
}

int
main(void)
{
    if (wb_crypto_ready(NULL) != PWWB_OK)
        return 1;

    RUN(both_layers_of_every_peer_open);
    RUN(the_envelope_refuses_them_for_their_kid);
    RUN(the_envelope_refuses_what_they_put_inside);
    return DONE;
}
