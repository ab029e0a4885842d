/* SPDX-License-Identifier: Apache-2.0 */
#include "envelope.h"

#include "cose.h"
#include "error.h"

/* {1: A256GCM, 4: kid} */
static size_t
put_protected(uint8_t *buf, size_t size, const uint8_t kid[WB_KID_SIZE])
{
    wb_cbor_out out = wb_cbor_write(buf, size);

    wb_cbor_put_map(&out, 2);
    wb_cbor_put_int(&out, 1);
    wb_cbor_put_int(&out, WB_COSE_A256GCM);
    wb_cbor_put_int(&out, 4);
    wb_cbor_put_octets(&out, wb_span_of(kid, WB_KID_SIZE));
    return out.need;
}

size_t
wb_outer_seal_by(const uint8_t key[WB_KEY_SIZE], const uint8_t kid[WB_KID_SIZE],
                 const uint8_t tenant[PWWB_ID_SIZE], const char *label, wb_span plain, uint8_t *buf,
                 size_t size)
{
    uint8_t     external[WB_EXTERNAL_SIZE];
    uint8_t     protected_[32];
    uint8_t     aad[128];
    uint8_t     iv[WB_IV_SIZE];
    wb_span     bucket        = {protected_, put_protected(protected_, sizeof(protected_), kid)};
    wb_cbor_out out           = wb_cbor_write(buf, size);
    wb_span     authenticated = {aad, 0};
    uint8_t    *sealed;

    wb_wire_external(label, tenant, external);
    authenticated.len = wb_cose_aad(aad, sizeof(aad), "Encrypt0", bucket,
                                    wb_span_of(external, sizeof(external)));
    wb_random(iv, sizeof(iv));
    wb_cose_put_encrypt0(&out, bucket, wb_span_of(iv, sizeof(iv)));
    sealed = wb_cbor_put_room(&out, plain.len + WB_TAG_SIZE);
    if (sealed != NULL)
        (void)wb_gcm_seal(key, iv, authenticated, plain.p, plain.len, sealed);
    return out.need;
}

size_t
wb_outer_seal(const wb_epoch *epoch, const char *label, wb_span plain, uint8_t *buf, size_t size)
{
    size_t need = wb_outer_seal_by(epoch->keys->tenant, epoch->kid, epoch->keyring->tenant, label,
                                   plain, buf, size);

    wb_keyring_used(epoch->keyring, PWWB_KEY_USE_SEAL, epoch->generation,
                    need <= size ? PWWB_OK : PWWB_E_BUFFER_TOO_SMALL);
    return need;
}

/* The profile: this algorithm, protected; a kid; a 96-bit IV; no claims out here. */
static int
is_profile(const wb_cose_layer *layer)
{
    return layer->alg == WB_COSE_A256GCM && layer->kid.len > 0 && layer->iv.len == WB_IV_SIZE
           && layer->claims.len == 0 && layer->ciphertext.len >= WB_TAG_SIZE;
}

pwwb_status
wb_outer_parse(wb_span sealed, wb_cose_layer *layer, pwwb_error *err)
{
    if (sealed.len > PWWB_ENVELOPE_MAX)
        return wb_fail(err, PWWB_E_TOO_LARGE, "an envelope of %zu octets: the most is %d",
                       sealed.len, PWWB_ENVELOPE_MAX);
    if (wb_cose_parse_encrypt0(sealed, layer) != PWWB_OK || !is_profile(layer))
        return wb_fail(err, PWWB_E_MALFORMED, "not an envelope of this profile");

    return PWWB_OK;
}

pwwb_status
wb_outer_open_by(const uint8_t key[WB_KEY_SIZE], const uint8_t tenant[PWWB_ID_SIZE],
                 const char *label, const wb_cose_layer *layer, uint8_t *plain, size_t *ret_len,
                 pwwb_error *err)
{
    uint8_t external[WB_EXTERNAL_SIZE];
    uint8_t aad[WB_AAD_MAX];
    size_t  aad_len;

    wb_wire_external(label, tenant, external);
    aad_len = wb_cose_aad(aad, sizeof(aad), "Encrypt0", layer->protected_,
                          wb_span_of(external, sizeof(external)));
    if (wb_gcm_open(key, layer->iv.p, wb_span_of(aad, aad_len), layer->ciphertext, plain) != 0)
        return wb_fail(err, PWWB_E_NOT_AUTHENTIC, "the envelope cannot be opened");

    *ret_len = layer->ciphertext.len - WB_TAG_SIZE;
    return PWWB_OK;
}

int
wb_is_outer(wb_span sealed)
{
    return sealed.len > 0 && sealed.p[0] == 0xd0; /* tag 16: RFC 8949 3.4 */
}

pwwb_status
wb_outer_open(const pwwb_keyring *keyring, const char *label, wb_span sealed, uint8_t *plain,
              size_t *ret_len, const wb_epoch **ret_epoch, pwwb_error *err)
{
    wb_cose_layer   layer;
    const wb_epoch *epoch;
    pwwb_status     st = wb_outer_parse(sealed, &layer, err);

    if (st != PWWB_OK)
        return st;

    epoch = wb_keyring_find(keyring, layer.kid);
    if (epoch == NULL)
        return wb_fail(err, PWWB_E_KEY_UNKNOWN, "sealed with a key that is not in the keyring");
    if (epoch->state == PWWB_EPOCH_PENDING && keyring->half == PWWB_HALF_PORTAL)
        return wb_fail(err, PWWB_E_KEY_INACTIVE, "sealed with a key that nobody confirmed yet");

    st = wb_outer_open_by(epoch->keys->tenant, keyring->tenant, label, &layer, plain, ret_len, err);
    wb_keyring_used(keyring, PWWB_KEY_USE_OPEN, epoch->generation, st);
    *ret_epoch = st == PWWB_OK ? epoch : NULL;
    return st;
}
