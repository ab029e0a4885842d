/* SPDX-License-Identifier: Apache-2.0 */
/* parses: cose.c */
/* COSE_Encrypt0 and COSE_Encrypt: what parses is written again, and parses to the same. */
#include "cose.h"
#include "envelope.h"
#include "fuzz.h"
#include "octets.h"

static int
is_same(wb_span a, wb_span b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.p, b.p, a.len) == 0);
}

static int
is_within(wb_span part, wb_span whole)
{
    return part.len == 0 || (part.p >= whole.p && part.p + part.len <= whole.p + whole.len);
}

static void
check_spans(wb_span in, const wb_cose_layer *layer)
{
    const wb_cose_recipient *r = &layer->recipient;

    FUZZ_CHECK(is_within(layer->protected_, in) && is_within(layer->claims, layer->protected_)
               && is_within(layer->kid, layer->protected_) && is_within(layer->iv, in)
               && is_within(layer->ciphertext, in) && is_within(r->protected_, in)
               && is_within(r->kid, in) && is_within(r->ephemeral, in)
               && is_within(r->ciphertext, in));
    FUZZ_CHECK(r->ephemeral.len == 0 || r->ephemeral.len == 32);
}

/* What is made of hostile parts: as long as was said, and never longer than the room. */
static void
write_parts(const wb_cose_layer *layer)
{
    const wb_cose_recipient *r     = &layer->recipient;
    size_t                   whole = wb_cose_aad(NULL, 0, "Encrypt", layer->protected_, r->kid);
    uint8_t                 *room  = octets_room(whole);

    FUZZ_CHECK(wb_cose_aad(room, whole, "Encrypt", layer->protected_, r->kid) == whole);
    FUZZ_CHECK(wb_cose_aad(room, whole - 1, "Encrypt", layer->protected_, r->kid) == whole);
    FUZZ_CHECK(wb_cose_kdf_context(room, whole, r->alg, 256, r->protected_) > r->protected_.len);
    FUZZ_CHECK(wb_cose_key_x25519(room, whole, r->ephemeral) > r->ephemeral.len);
    FUZZ_CHECK(wb_cose_key_rsa(room, whole, r->ciphertext, r->kid) > r->ciphertext.len);
    sodium_free(room);
}

static void
write_again(const wb_cose_layer *layer, int has_recipient)
{
    const wb_cose_recipient *r = &layer->recipient;
    uint8_t                  octets_[16384];
    wb_cbor_out              out = wb_cbor_write(octets_, sizeof(octets_));
    wb_cose_layer            again;
    pwwb_status              st;

    if (has_recipient)
        wb_cose_put_encrypt(&out, layer->protected_, layer->iv);
    else
        wb_cose_put_encrypt0(&out, layer->protected_, layer->iv);
    wb_cbor_put_octets(&out, layer->ciphertext);
    if (has_recipient)
        wb_cose_put_recipient(&out, r);
    FUZZ_CHECK(wb_cbor_fits(&out));
    st = has_recipient ? wb_cose_parse_encrypt(wb_span_of(octets_, out.need), &again)
                       : wb_cose_parse_encrypt0(wb_span_of(octets_, out.need), &again);
    /* Writers put a kid always, and one of algorithm and ephemeral key outside the bucket. */
    if (has_recipient && (r->kid.len == 0 || r->alg_is_protected != (r->ephemeral.len > 0)))
        return;
    FUZZ_CHECK(st == PWWB_OK && again.alg == layer->alg && is_same(again.kid, layer->kid)
               && is_same(again.iv, layer->iv) && is_same(again.claims, layer->claims)
               && is_same(again.ciphertext, layer->ciphertext));
    FUZZ_CHECK(again.recipient.alg == r->alg && is_same(again.recipient.kid, r->kid)
               && is_same(again.recipient.ephemeral, r->ephemeral)
               && is_same(again.recipient.ciphertext, r->ciphertext));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    wb_span       in = {data, size};
    wb_cose_layer layer;
    int           has_recipient;

    fuzz_begin();
    if (size > PWWB_ENVELOPE_MAX)
        return 0;

    for (has_recipient = 0; has_recipient < 2; has_recipient++) {
        if ((has_recipient ? wb_cose_parse_encrypt(in, &layer) : wb_cose_parse_encrypt0(in, &layer))
            != PWWB_OK)
            continue;
        check_spans(in, &layer);
        write_parts(&layer);
        write_again(&layer, has_recipient);
    }
    return 0;
}
