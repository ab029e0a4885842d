/* SPDX-License-Identifier: Apache-2.0 */
#include "order.h"

#include <string.h>

#include "cbor.h"
#include "cose.h"
#include "error.h"
#include "recipient.h"
#include "secret.h"
#include "wire.h"

/* order  = {1: kind, 2: id, 3: issued, 4: tenant, 5: portal key, 6: identity, 7: control key,
 *           ? 8: token, ? 9: bundle}
 * bundle = {1: generation, 2: suite, 3: created, 4: tenant key, 5: public}
 * in this order. */
#define PAYLOAD_MAX 700
#define SIGNED_MAX  (PAYLOAD_MAX + 100)
#define AAD_MAX     (PAYLOAD_MAX + 100)

/* Everything secret of one order on its way, in one locked piece. */
typedef struct work {
    wb_recipient_work recipient;
    uint8_t           payload[PAYLOAD_MAX];
    uint8_t           structure[AAD_MAX];
    uint8_t           signed_[PWWB_ENVELOPE_MAX];
} work;

int
wb_order_has_bundle(int32_t kind)
{
    return kind == PWWB_EXCHANGE_ENABLE || kind == PWWB_EXCHANGE_ROLL;
}

static void
put_int(wb_cbor_out *out, int64_t key, int64_t value)
{
    wb_cbor_put_int(out, key);
    wb_cbor_put_int(out, value);
}

static void
put_octets(wb_cbor_out *out, int64_t key, const uint8_t *octets, size_t len)
{
    wb_cbor_put_int(out, key);
    wb_cbor_put_octets(out, wb_span_of(octets, len));
}

static void
put_bundle(wb_cbor_out *out, const wb_order *o)
{
    wb_cbor_put_int(out, 9);
    wb_cbor_put_map(out, 5);
    put_int(out, 1, (int64_t)o->generation);
    put_int(out, 2, o->suite);
    put_int(out, 3, o->created_s);
    put_octets(out, 4, o->tenant_key, WB_KEY_SIZE);
    put_octets(out, 5, o->public_, o->public_len);
}

static wb_span
put_payload(uint8_t buf[PAYLOAD_MAX], const wb_order *o)
{
    wb_cbor_out out       = wb_cbor_write(buf, PAYLOAD_MAX);
    int         is_enable = o->kind == PWWB_EXCHANGE_ENABLE;

    wb_cbor_put_map(&out, 7 + (size_t)is_enable + (size_t)wb_order_has_bundle(o->kind));
    put_int(&out, 1, o->kind);
    put_octets(&out, 2, o->id, PWWB_ID_SIZE);
    put_int(&out, 3, o->issued_s);
    put_octets(&out, 4, o->tenant, PWWB_ID_SIZE);
    put_octets(&out, 5, o->portal, WB_X25519_SIZE);
    put_octets(&out, 6, o->identity, WB_ED25519_SIZE);
    put_octets(&out, 7, o->control_key, WB_KEY_SIZE);
    if (is_enable)
        put_octets(&out, 8, o->token, WB_TOKEN_SIZE);
    if (wb_order_has_bundle(o->kind))
        put_bundle(&out, o);
    return wb_span_of(buf, out.need);
}

static void
digest_of(wb_span signed_, uint8_t digest[WB_SHA256_SIZE])
{
    wb_sha256_labelled("pwwb1-order", signed_.p, signed_.len, digest);
}

static wb_span
sign(const wb_order *order, const uint8_t *seed, const uint8_t *external, work *w)
{
    wb_span payload = put_payload(w->payload, order);
    uint8_t signature[WB_SIGNATURE_SIZE];
    size_t  len = wb_cose_sig_structure(w->structure, sizeof(w->structure),
                                        wb_span_of(external, WB_EXTERNAL_SIZE), payload);

    wb_ed25519_sign(seed, wb_span_of(w->structure, len), signature);
    len = wb_cose_put_sign1(w->signed_, sizeof(w->signed_), payload,
                            wb_span_of(signature, sizeof(signature)));
    return wb_span_of(w->signed_, len);
}

/* {1: A256GCM} */
static wb_span
put_protected(uint8_t *buf, size_t size)
{
    wb_cbor_out out = wb_cbor_write(buf, size);

    wb_cbor_put_map(&out, 1);
    wb_cbor_put_int(&out, 1);
    wb_cbor_put_int(&out, WB_COSE_A256GCM);
    return wb_span_of(buf, out.need);
}

static pwwb_status
seal(const wb_order *order, wb_span signed_, const uint8_t *external, work *w, uint8_t *buf,
     size_t size, size_t *ret_len, pwwb_error *err)
{
    wb_cbor_out       out = wb_cbor_write(buf, size);
    wb_cose_recipient r   = {0};
    wb_recipient_room room;
    uint8_t           protected_[8], aad[64], iv[WB_IV_SIZE], kid[WB_KID_SIZE];
    wb_span           bucket = put_protected(protected_, sizeof(protected_));
    uint8_t          *sealed;
    size_t            aad_len;

    if (wb_recipient_seal(order->portal, &w->recipient, &room, &r) != 0)
        return wb_fail(err, PWWB_E_CRYPTO, "the portal's X25519 key is not one");

    wb_x25519_kid(order->portal, kid);
    r.kid   = wb_span_of(kid, sizeof(kid));
    aad_len = wb_cose_aad(aad, sizeof(aad), "Encrypt", bucket,
                          wb_span_of(external, WB_EXTERNAL_SIZE));
    wb_random(iv, sizeof(iv));
    wb_cose_put_encrypt(&out, bucket, wb_span_of(iv, sizeof(iv)));
    sealed = wb_cbor_put_room(&out, signed_.len + WB_TAG_SIZE);
    wb_cose_put_recipient(&out, &r);
    *ret_len = out.need;
    if (sealed == NULL || out.need > size)
        return wb_fail(err, PWWB_E_BUFFER_TOO_SMALL, "the order takes %zu octets", out.need);

    (void)wb_gcm_seal(w->recipient.cek, iv, wb_span_of(aad, aad_len), signed_.p, signed_.len,
                      sealed);
    return PWWB_OK;
}

pwwb_status
wb_order_seal(const wb_order *order, const uint8_t seed[WB_ED25519_SIZE], uint8_t *buf, size_t size,
              size_t *ret_len, uint8_t digest[WB_SHA256_SIZE], pwwb_error *err)
{
    uint8_t     external[WB_EXTERNAL_SIZE];
    work       *w = wb_secret_new(sizeof(*w));
    wb_span     signed_;
    pwwb_status st;

    *ret_len = 0;
    if (w == NULL)
        return wb_fail(err, PWWB_E_NO_MEMORY, "no locked memory for an order");

    wb_wire_external(WB_LABEL_ORDER, order->tenant, external);
    signed_ = sign(order, seed, external, w);
    digest_of(signed_, digest);
    st = seal(order, signed_, external, w, buf, size, ret_len, err);
    wb_secret_free(w);
    return st;
}

/* The outer profile: this algorithm, one X25519 recipient, no claims. */
static pwwb_status
parse(wb_span sealed, wb_cose_layer *layer, pwwb_error *err)
{
    if (sealed.len > PWWB_ENVELOPE_MAX)
        return wb_fail(err, PWWB_E_TOO_LARGE, "an order of %zu octets: the most is %d", sealed.len,
                       PWWB_ENVELOPE_MAX);
    if (wb_cose_parse_encrypt(sealed, layer) != PWWB_OK || layer->alg != WB_COSE_A256GCM
        || layer->kid.len != 0 || layer->claims.len != 0 || layer->iv.len != WB_IV_SIZE
        || layer->ciphertext.len < WB_TAG_SIZE || layer->recipient.kid.len != WB_KID_SIZE
        || !wb_recipient_fits(&layer->recipient, layer->recipient.kid.p, WB_KID_SIZE))
        return wb_fail(err, PWWB_E_MALFORMED, "not an order of this profile");

    return PWWB_OK;
}

pwwb_status
wb_order_kid(wb_span sealed, uint8_t kid[WB_KID_SIZE], pwwb_error *err)
{
    wb_cose_layer layer;
    pwwb_status   st = parse(sealed, &layer, err);

    if (st == PWWB_OK)
        memcpy(kid, layer.recipient.kid.p, WB_KID_SIZE);
    return st;
}

static void
read_bundle(wb_cbor *in, wb_order *o)
{
    wb_span public_;

    wb_cbor_expect(in, 9);
    if (wb_cbor_map(in) != 5)
        wb_cbor_fail(in);
    wb_cbor_expect(in, 1);
    o->generation = wb_cbor_uint(in);
    wb_cbor_expect(in, 2);
    o->suite = wb_cbor_int32(in);
    wb_cbor_expect(in, 3);
    o->created_s = wb_time_read(in);
    wb_cbor_expect(in, 4);
    wb_cbor_fixed(in, o->tenant_key, WB_KEY_SIZE);
    wb_cbor_expect(in, 5);
    public_ = wb_cbor_octets(in);
    if (public_.len == 0 || public_.len > sizeof(o->public_) || o->generation == 0
        || o->generation > WB_GENERATION_MAX
        || (o->suite != PWWB_SUITE_RSA && o->suite != PWWB_SUITE_X25519))
        wb_cbor_fail(in);
    if (in->status != PWWB_OK)
        return;

    memcpy(o->public_, public_.p, public_.len);
    o->public_len = public_.len;
}

static pwwb_status
read_payload(wb_span payload, wb_order *o)
{
    wb_cbor in    = wb_cbor_read(payload);
    size_t  pairs = wb_cbor_map(&in);
    int     is_enable;

    wb_cbor_expect(&in, 1);
    o->kind   = wb_cbor_int32(&in);
    is_enable = o->kind == PWWB_EXCHANGE_ENABLE;
    if (o->kind < PWWB_EXCHANGE_ENABLE || o->kind > PWWB_EXCHANGE_REVOKE
        || pairs != 7 + (size_t)is_enable + (size_t)wb_order_has_bundle(o->kind))
        wb_cbor_fail(&in);
    wb_cbor_expect(&in, 2);
    wb_cbor_fixed(&in, o->id, PWWB_ID_SIZE);
    wb_cbor_expect(&in, 3);
    o->issued_s = wb_time_read(&in);
    wb_cbor_expect(&in, 4);
    wb_cbor_fixed(&in, o->tenant, PWWB_ID_SIZE);
    wb_cbor_expect(&in, 5);
    wb_cbor_fixed(&in, o->portal, WB_X25519_SIZE);
    wb_cbor_expect(&in, 6);
    wb_cbor_fixed(&in, o->identity, WB_ED25519_SIZE);
    wb_cbor_expect(&in, 7);
    wb_cbor_fixed(&in, o->control_key, WB_KEY_SIZE);
    if (is_enable) {
        wb_cbor_expect(&in, 8);
        wb_cbor_fixed(&in, o->token, WB_TOKEN_SIZE);
    }
    if (wb_order_has_bundle(o->kind))
        read_bundle(&in, o);
    wb_cbor_end(&in);
    return in.status;
}

static pwwb_status
verify(wb_span signed_, const uint8_t *external, work *w, wb_order *order, pwwb_error *err)
{
    wb_span payload, signature;
    size_t  len;

    if (wb_cose_parse_sign1(signed_, &payload, &signature) != PWWB_OK
        || signature.len != WB_SIGNATURE_SIZE || payload.len > PAYLOAD_MAX
        || read_payload(payload, order) != PWWB_OK)
        return wb_fail(err, PWWB_E_MALFORMED, "not an order of this profile");

    len = wb_cose_sig_structure(w->structure, sizeof(w->structure),
                                wb_span_of(external, WB_EXTERNAL_SIZE), payload);
    if (wb_ed25519_verify(order->identity, wb_span_of(w->structure, len), signature.p) != 0)
        return wb_fail(err, PWWB_E_NOT_AUTHENTIC, "the order is not signed by who it says");

    return PWWB_OK;
}

static pwwb_status
open_with(wb_span sealed, const uint8_t *portal, const uint8_t *tenant, work *w, wb_order *order,
          uint8_t digest[WB_SHA256_SIZE], pwwb_error *err)
{
    uint8_t       external[WB_EXTERNAL_SIZE], aad[64], public_[WB_X25519_SIZE];
    wb_cose_layer layer;
    wb_span       signed_ = {w->signed_, 0};
    size_t        aad_len;
    pwwb_status   st = parse(sealed, &layer, err);

    if (st != PWWB_OK)
        return st;

    wb_wire_external(WB_LABEL_ORDER, tenant, external);
    wb_recipient_open(portal, &layer.recipient, &w->recipient);
    aad_len = wb_cose_aad(aad, sizeof(aad), "Encrypt", layer.protected_,
                          wb_span_of(external, sizeof(external)));
    if (aad_len > sizeof(aad)
        || wb_gcm_open(w->recipient.cek, layer.iv.p, wb_span_of(aad, aad_len), layer.ciphertext,
                       w->signed_)
               != 0)
        return wb_fail(err, PWWB_E_NOT_AUTHENTIC, "the order cannot be opened");

    signed_.len = layer.ciphertext.len - WB_TAG_SIZE;
    st          = verify(signed_, external, w, order, err);
    if (st != PWWB_OK)
        return st;

    wb_x25519_public(portal, public_);
    if (memcmp(order->tenant, tenant, PWWB_ID_SIZE) != 0
        || memcmp(order->portal, public_, WB_X25519_SIZE) != 0)
        return wb_fail(err, PWWB_E_WRONG_TENANT, "signed for another tenant or portal");

    digest_of(signed_, digest);
    return PWWB_OK;
}

pwwb_status
wb_order_open(wb_span sealed, const uint8_t portal[WB_X25519_SIZE],
              const uint8_t tenant[PWWB_ID_SIZE], wb_order *order, uint8_t digest[WB_SHA256_SIZE],
              pwwb_error *err)
{
    work       *w = wb_secret_new(sizeof(*w));
    pwwb_status st;

    wb_wipe(order, sizeof(*order));
    if (w == NULL)
        return wb_fail(err, PWWB_E_NO_MEMORY, "no locked memory for an order");

    st = open_with(sealed, portal, tenant, w, order, digest, err);
    if (st != PWWB_OK)
        wb_wipe(order, sizeof(*order));
    wb_secret_free(w);
    return st;
}
