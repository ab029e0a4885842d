/* SPDX-License-Identifier: Apache-2.0 */
#include "recipient.h"

#include <string.h>

static wb_span
put_protected(wb_recipient_room *room)
{
    wb_cbor_out out = wb_cbor_write(room->protected_, sizeof(room->protected_));

    wb_cbor_put_map(&out, 1);
    wb_cbor_put_int(&out, 1);
    wb_cbor_put_int(&out, WB_COSE_ECDH_ES);
    return wb_span_of(room->protected_, out.need);
}

/* The context names the key's use and the recipient's protected bucket, RFC 9053 5.2. */
static void
derive(wb_span protected_, wb_recipient_work *w)
{
    uint8_t context[64];
    size_t  len =
        wb_cose_kdf_context(context, sizeof(context), WB_COSE_A256GCM, 256, protected_);

    wb_hkdf32(w->shared, sizeof(w->shared), wb_span_of(context, len), w->cek);
}

int
wb_recipient_seal(const uint8_t public_[WB_X25519_SIZE], wb_recipient_work *w,
                  wb_recipient_room *room, wb_cose_recipient *r)
{
    r->alg        = WB_COSE_ECDH_ES;
    r->protected_ = put_protected(room);
    r->ephemeral  = wb_span_of(room->ephemeral, sizeof(room->ephemeral));
    wb_random(w->ephemeral, sizeof(w->ephemeral));
    wb_x25519_public(w->ephemeral, room->ephemeral);
    if (wb_x25519(w->ephemeral, public_, w->shared) != 0)
        return -1;

    derive(r->protected_, w);
    return 0;
}

void
wb_recipient_open(const uint8_t secret[WB_X25519_SIZE], const wb_cose_recipient *r,
                  wb_recipient_work *w)
{
    if (wb_x25519(secret, r->ephemeral.p, w->shared) != 0 || r->protected_.len > 16)
        wb_random(w->cek, sizeof(w->cek));
    else
        derive(r->protected_, w);
}

int
wb_recipient_fits(const wb_cose_recipient *r, const uint8_t *kid, size_t kid_len)
{
    return r->alg == WB_COSE_ECDH_ES && r->alg_is_protected && r->ciphertext.len == 0
           && r->ephemeral.len == WB_X25519_SIZE && r->kid.len == kid_len
           && memcmp(r->kid.p, kid, kid_len) == 0;
}
