/* SPDX-License-Identifier: Apache-2.0 */
#include "envelope.h"

#include "cose.h"
#include "error.h"

/* {1: A256GCM, 4: kid} */
static size_t
put_protected(uint8_t *buf, size_t size, const wb_epoch *epoch)
{
    wb_cbor_out out = wb_cbor_write(buf, size);

    wb_cbor_put_map(&out, 2);
    wb_cbor_put_int(&out, 1);
    wb_cbor_put_int(&out, WB_COSE_A256GCM);
    wb_cbor_put_int(&out, 4);
    wb_cbor_put_octets(&out, wb_span_of(epoch->kid, WB_KID_SIZE));
    return out.need;
}

size_t
wb_outer_seal(const wb_epoch *epoch, const uint8_t tenant[PWWB_ID_SIZE], const char *label,
              wb_span plain, uint8_t *buf, size_t size)
{
    uint8_t     external[WB_EXTERNAL_SIZE];
    uint8_t     protected_[32];
    uint8_t     aad[128];
    uint8_t     iv[WB_IV_SIZE];
    wb_span     bucket  = {protected_, put_protected(protected_, sizeof(protected_), epoch)};
    wb_cbor_out out     = wb_cbor_write(buf, size);
    wb_span     authenticated = {aad, 0};
    uint8_t    *sealed;

    wb_wire_external(label, tenant, external);
    authenticated.len = wb_cose_aad(aad, sizeof(aad), "Encrypt0", bucket,
                                    wb_span_of(external, sizeof(external)));
    wb_random(iv, sizeof(iv));
    wb_cose_put_encrypt0(&out, bucket, wb_span_of(iv, sizeof(iv)));
    sealed = wb_cbor_put_room(&out, plain.len + WB_TAG_SIZE);
    if (sealed != NULL)
        (void)wb_gcm_seal(epoch->keys->tenant, iv, authenticated, plain.p, plain.len, sealed);
    return out.need;
}

/* The profile: this algorithm, protected; a kid; a 96-bit IV; no claims out here. */
static int
is_profile(const wb_cose_layer *layer)
{
    return layer->alg == WB_COSE_A256GCM && layer->kid.len > 0 && layer->iv.len == WB_IV_SIZE
           && layer->claims.len == 0 && layer->ciphertext.len >= WB_TAG_SIZE;
}

pwwb_status
wb_outer_open(const pwwb_keyring *keyring, const char *label, wb_span sealed, uint8_t *plain,
              size_t *ret_len, const wb_epoch **ret_epoch, pwwb_error *err)
{
    uint8_t         external[WB_EXTERNAL_SIZE];
    uint8_t         aad[WB_AAD_MAX];
    wb_cose_layer   layer;
    const wb_epoch *epoch;
    size_t          aad_len;

    if (sealed.len > PWWB_ENVELOPE_MAX)
        return wb_fail(err, PWWB_E_TOO_LARGE, "an envelope of %zu octets: the most is %d",
                       sealed.len, PWWB_ENVELOPE_MAX);
    if (wb_cose_parse_encrypt0(sealed, &layer) != PWWB_OK || !is_profile(&layer))
        return wb_fail(err, PWWB_E_MALFORMED, "not an envelope of this profile");

    epoch = wb_keyring_find(keyring, layer.kid);
    if (epoch == NULL)
        return wb_fail(err, PWWB_E_KEY_UNKNOWN, "sealed with a key that is not in the keyring");

    wb_wire_external(label, wb_keyring_tenant(keyring), external);
    aad_len = wb_cose_aad(aad, sizeof(aad), "Encrypt0", layer.protected_,
                          wb_span_of(external, sizeof(external)));
    if (wb_gcm_open(epoch->keys->tenant, layer.iv.p, wb_span_of(aad, aad_len), layer.ciphertext,
                    plain)
        != 0)
        return wb_fail(err, PWWB_E_NOT_AUTHENTIC, "the envelope cannot be opened");

    *ret_len   = layer.ciphertext.len - WB_TAG_SIZE;
    *ret_epoch = epoch;
    return PWWB_OK;
}
