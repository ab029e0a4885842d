/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FUZZ_ORDERS_H
#define FUZZ_ORDERS_H

/* An identity and a portal's key that are the same in every build; what the holder of each can
 * make: any payload, signed, and any octets, sealed to the portal. */

#include "fuzz_keys.h"
#include "order.h"
#include "recipient.h"

static const uint8_t fuzz_identity[WB_ED25519_SIZE + 1] = "the seed of an agents' identity.";
static const uint8_t fuzz_portal[WB_X25519_SIZE + 1]    = "a portal's private X25519 key ..";

/* An order of each kind. */
static inline wb_order
fuzz_order(int32_t kind)
{
    wb_order order = {.kind       = kind,
                      .issued_s   = FUZZ_IAT,
                      .generation = 2,
                      .suite      = PWWB_SUITE_X25519,
                      .created_s  = FUZZ_IAT,
                      .public_len = WB_X25519_SIZE};

    memcpy(order.id, fuzz_cti, PWWB_ID_SIZE);
    memcpy(order.tenant, fuzz_tenant, PWWB_ID_SIZE);
    wb_x25519_public(fuzz_portal, order.portal);
    wb_ed25519_public(fuzz_identity, order.identity);
    memset(order.control_key, 0x71, sizeof(order.control_key));
    memset(order.token, 0x72, sizeof(order.token));
    memset(order.tenant_key, 0x73, sizeof(order.tenant_key));
    memcpy(order.public_, fuzz_peers[0].x25519_public.p, WB_X25519_SIZE);
    return order;
}

/* As docs/protocol.md says; returns how many octets. */
static inline size_t
fuzz_print_order(const wb_order *o, uint8_t *buf, size_t size)
{
    int         is_enable = o->kind == PWWB_EXCHANGE_ENABLE;
    int         is_roll   = o->kind == PWWB_EXCHANGE_ROLL;
    wb_cbor_out out       = wb_cbor_write(buf, size);

    wb_cbor_put_map(&out, is_enable ? 9 : is_roll ? 8 : 7);
    fuzz_put_int(&out, 1, o->kind);
    fuzz_put_octets(&out, 2, wb_span_of(o->id, sizeof(o->id)));
    fuzz_put_int(&out, 3, o->issued_s);
    fuzz_put_octets(&out, 4, wb_span_of(o->tenant, sizeof(o->tenant)));
    fuzz_put_octets(&out, 5, wb_span_of(o->portal, sizeof(o->portal)));
    fuzz_put_octets(&out, 6, wb_span_of(o->identity, sizeof(o->identity)));
    fuzz_put_octets(&out, 7, wb_span_of(o->control_key, sizeof(o->control_key)));
    if (is_enable)
        fuzz_put_octets(&out, 8, wb_span_of(o->token, sizeof(o->token)));
    if (!is_enable && !is_roll)
        return out.need;

    wb_cbor_put_int(&out, 9);
    wb_cbor_put_map(&out, 5);
    fuzz_put_int(&out, 1, (int64_t)o->generation);
    fuzz_put_int(&out, 2, o->suite);
    fuzz_put_int(&out, 3, o->created_s);
    fuzz_put_octets(&out, 4, wb_span_of(o->tenant_key, sizeof(o->tenant_key)));
    fuzz_put_octets(&out, 5, wb_span_of(o->public_, o->public_len));
    return out.need;
}

/* A COSE_Sign1 by the identity; 0 when it does not fit. */
static inline size_t
fuzz_sign(wb_span payload, uint8_t signed_[PWWB_ENVELOPE_MAX])
{
    uint8_t external[WB_EXTERNAL_SIZE], signature[WB_SIGNATURE_SIZE];
    uint8_t structure[PWWB_ENVELOPE_MAX];
    size_t  len;

    wb_wire_external(WB_LABEL_ORDER, fuzz_tenant, external);
    len = wb_cose_sig_structure(structure, sizeof(structure),
                                wb_span_of(external, sizeof(external)), payload);
    if (len > sizeof(structure))
        return 0;
    wb_ed25519_sign(fuzz_identity, wb_span_of(structure, len), signature);
    len = wb_cose_put_sign1(signed_, PWWB_ENVELOPE_MAX, payload,
                            wb_span_of(signature, sizeof(signature)));
    return len <= PWWB_ENVELOPE_MAX ? len : 0;
}

/* A COSE_Encrypt to the portal by anybody who knows its public key; 0 when it does not fit. */
static inline size_t
fuzz_seal_to_portal(wb_span plain, uint8_t sealed[PWWB_ENVELOPE_MAX])
{
    static const octets bucket = OCTETS("\xa1\x01\x03"); /* {1: A256GCM} */
    uint8_t             external[WB_EXTERNAL_SIZE], aad[64], iv[WB_IV_SIZE], kid[WB_KID_SIZE];
    uint8_t             public_[WB_X25519_SIZE];
    wb_cbor_out         out = wb_cbor_write(sealed, PWWB_ENVELOPE_MAX);
    wb_cose_recipient   r   = {0};
    wb_recipient_work   work;
    wb_recipient_room   room;
    uint8_t            *at;
    size_t              len;

    wb_x25519_public(fuzz_portal, public_);
    wb_x25519_kid(public_, kid);
    FUZZ_CHECK(wb_recipient_seal(public_, &work, &room, &r) == 0);
    r.kid = wb_span_of(kid, sizeof(kid));
    wb_wire_external(WB_LABEL_ORDER, fuzz_tenant, external);
    len = wb_cose_aad(aad, sizeof(aad), "Encrypt", octets_span(bucket),
                      wb_span_of(external, sizeof(external)));
    wb_random(iv, sizeof(iv));
    wb_cose_put_encrypt(&out, octets_span(bucket), wb_span_of(iv, sizeof(iv)));
    at = wb_cbor_put_room(&out, plain.len + WB_TAG_SIZE);
    wb_cose_put_recipient(&out, &r);
    if (at == NULL || !wb_cbor_fits(&out))
        return 0;
    FUZZ_CHECK(wb_gcm_seal(work.cek, iv, wb_span_of(aad, len), plain.p, plain.len, at) == 0);
    return out.need;
}

#endif /* FUZZ_ORDERS_H */
