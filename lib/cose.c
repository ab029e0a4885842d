/* SPDX-License-Identifier: Apache-2.0 */
#include "cose.h"

#include <string.h>

enum { TAG_ENCRYPT0 = 16, TAG_ENCRYPT = 96 };
enum { LABEL_ALG = 1, LABEL_KID = 4, LABEL_IV = 5, LABEL_CLAIMS = 15, LABEL_EPHEMERAL = -1 };
enum { HAS_ALG = 1, HAS_KID = 2, HAS_IV = 4, HAS_CLAIMS = 8, HAS_EPHEMERAL = 16 };

/* Both buckets of one layer: a label may stand once in either, never in both. */
typedef struct headers {
    unsigned seen;
    int64_t  alg;
    wb_span  kid;
    wb_span  iv;
    wb_span  claims;
    wb_span  ephemeral;
} headers;

/* COSE_Key of an X25519 ephemeral key: {1: 1, -1: 4, -2: x}, in any order. The highest bit of x
 * says nothing (RFC 7748 5), so it is zero: no two messages differ in that alone. */
static wb_span
read_ephemeral(wb_cbor *in)
{
    size_t   pairs = wb_cbor_map(in);
    unsigned seen  = 0;
    wb_span  x     = {NULL, 0};

    while (pairs-- > 0 && in->status == PWWB_OK) {
        int64_t  label = wb_cbor_int(in);
        unsigned bit   = label == 1 ? 1u : label == -1 ? 2u : label == -2 ? 4u : 0u;

        if (bit == 0 || (seen & bit) != 0)
            wb_cbor_fail(in);
        else if (bit == 4)
            x = wb_cbor_octets(in);
        else if (wb_cbor_int(in) != (bit == 1 ? WB_COSE_OKP : WB_COSE_X25519))
            wb_cbor_fail(in);
        seen |= bit;
    }
    if (seen != 7 || x.len != 32 || (x.p[31] & 0x80) != 0)
        wb_cbor_fail(in);
    return x;
}

static unsigned
bit_of(int64_t label)
{
    switch (label) {
    case LABEL_ALG:
        return HAS_ALG;
    case LABEL_KID:
        return HAS_KID;
    case LABEL_IV:
        return HAS_IV;
    case LABEL_CLAIMS:
        return HAS_CLAIMS;
    case LABEL_EPHEMERAL:
        return HAS_EPHEMERAL;
    default:
        return 0;
    }
}

/* One bucket's map, in which only the labels of `allowed` may stand. */
static void
read_headers(wb_cbor *in, unsigned allowed, headers *h)
{
    size_t pairs = wb_cbor_map(in);

    while (pairs-- > 0 && in->status == PWWB_OK) {
        unsigned bit = bit_of(wb_cbor_int(in));

        if ((bit & allowed) == 0 || (h->seen & bit) != 0) {
            wb_cbor_fail(in);
            return;
        }
        h->seen |= bit;
        switch (bit) {
        case HAS_ALG:
            h->alg = wb_cbor_int(in);
            break;
        case HAS_KID:
            h->kid = wb_cbor_octets(in);
            if (h->kid.len == 0) /* or it would look as if there were none */
                wb_cbor_fail(in);
            break;
        case HAS_IV:
            h->iv = wb_cbor_octets(in);
            break;
        case HAS_CLAIMS:
            h->claims = wb_cbor_skip(in);
            break;
        default:
            h->ephemeral = read_ephemeral(in);
        }
    }
}

/* The protected bucket: a byte string around a map; empty when the map is, RFC 9052 3. */
static wb_span
read_protected(wb_cbor *in, unsigned allowed, headers *h)
{
    wb_span octets = wb_cbor_octets(in);
    wb_cbor inner  = wb_cbor_read(octets);

    if (in->status != PWWB_OK || octets.len == 0)
        return octets;

    read_headers(&inner, allowed, h);
    wb_cbor_end(&inner);
    if (inner.status != PWWB_OK || h->seen == 0)
        wb_cbor_fail(in);
    return octets;
}

static void
read_recipient(wb_cbor *in, wb_cose_recipient *r)
{
    headers h = {0};

    if (wb_cbor_array(in) != 1 || wb_cbor_array(in) != 3)
        wb_cbor_fail(in);
    r->protected_       = read_protected(in, HAS_ALG, &h);
    r->alg_is_protected = (h.seen & HAS_ALG) != 0;
    read_headers(in, HAS_ALG | HAS_KID | HAS_EPHEMERAL, &h);
    r->ciphertext = wb_cbor_octets(in);
    r->alg        = h.alg;
    r->kid        = h.kid;
    r->ephemeral  = h.ephemeral;
}

static pwwb_status
parse(wb_span message, uint64_t tag, size_t items, wb_cose_layer *layer)
{
    wb_cbor in = wb_cbor_read(message);
    headers h  = {0};

    memset(layer, 0, sizeof(*layer));
    wb_cbor_tag(&in, tag);
    if (wb_cbor_array(&in) != items)
        wb_cbor_fail(&in);
    layer->protected_ = read_protected(&in, HAS_ALG | HAS_KID | HAS_CLAIMS, &h);
    layer->alg        = h.alg;
    read_headers(&in, HAS_IV, &h);
    layer->ciphertext = wb_cbor_octets(&in);
    layer->kid        = h.kid;
    layer->iv         = h.iv;
    layer->claims     = h.claims;
    if (tag == TAG_ENCRYPT)
        read_recipient(&in, &layer->recipient);
    wb_cbor_end(&in);
    return in.status;
}

pwwb_status
wb_cose_parse_encrypt0(wb_span message, wb_cose_layer *layer)
{
    return parse(message, TAG_ENCRYPT0, 3, layer);
}

pwwb_status
wb_cose_parse_encrypt(wb_span message, wb_cose_layer *layer)
{
    return parse(message, TAG_ENCRYPT, 4, layer);
}

size_t
wb_cose_aad(uint8_t *buf, size_t size, const char *context, wb_span protected_, wb_span external)
{
    wb_cbor_out out = wb_cbor_write(buf, size);

    wb_cbor_put_array(&out, 3);
    wb_cbor_put_text(&out, context, strlen(context));
    wb_cbor_put_octets(&out, protected_);
    wb_cbor_put_octets(&out, external);
    return out.need;
}

static void
put_no_party(wb_cbor_out *out)
{
    wb_cbor_put_array(out, 3);
    wb_cbor_put_null(out);
    wb_cbor_put_null(out);
    wb_cbor_put_null(out);
}

size_t
wb_cose_kdf_context(uint8_t *buf, size_t size, int64_t alg, int64_t key_bits,
                    wb_span recipient_protected)
{
    wb_cbor_out out = wb_cbor_write(buf, size);

    wb_cbor_put_array(&out, 4);
    wb_cbor_put_int(&out, alg);
    put_no_party(&out);
    put_no_party(&out);
    wb_cbor_put_array(&out, 2);
    wb_cbor_put_int(&out, key_bits);
    wb_cbor_put_octets(&out, recipient_protected);
    return out.need;
}

static void
put_layer(wb_cbor_out *out, uint64_t tag, size_t items, wb_span protected_, wb_span iv)
{
    wb_cbor_put_tag(out, tag);
    wb_cbor_put_array(out, items);
    wb_cbor_put_octets(out, protected_);
    wb_cbor_put_map(out, 1);
    wb_cbor_put_int(out, LABEL_IV);
    wb_cbor_put_octets(out, iv);
}

void
wb_cose_put_encrypt0(wb_cbor_out *out, wb_span protected_, wb_span iv)
{
    put_layer(out, TAG_ENCRYPT0, 3, protected_, iv);
}

void
wb_cose_put_encrypt(wb_cbor_out *out, wb_span protected_, wb_span iv)
{
    put_layer(out, TAG_ENCRYPT, 4, protected_, iv);
}

static void
put_x25519(wb_cbor_out *out, wb_span x)
{
    wb_cbor_put_map(out, 3);
    wb_cbor_put_int(out, 1);
    wb_cbor_put_int(out, WB_COSE_OKP);
    wb_cbor_put_int(out, -1);
    wb_cbor_put_int(out, WB_COSE_X25519);
    wb_cbor_put_int(out, -2);
    wb_cbor_put_octets(out, x);
}

void
wb_cose_put_recipient(wb_cbor_out *out, const wb_cose_recipient *r)
{
    wb_cbor_put_array(out, 1);
    wb_cbor_put_array(out, 3);
    wb_cbor_put_octets(out, r->protected_);
    wb_cbor_put_map(out, 2);
    if (r->ephemeral.len > 0) {
        wb_cbor_put_int(out, LABEL_EPHEMERAL);
        put_x25519(out, r->ephemeral);
    } else {
        wb_cbor_put_int(out, LABEL_ALG);
        wb_cbor_put_int(out, r->alg);
    }
    wb_cbor_put_int(out, LABEL_KID);
    wb_cbor_put_octets(out, r->kid);
    wb_cbor_put_octets(out, r->ciphertext);
}

size_t
wb_cose_key_rsa(uint8_t *buf, size_t size, wb_span n, wb_span e)
{
    wb_cbor_out out = wb_cbor_write(buf, size);

    wb_cbor_put_map(&out, 3);
    wb_cbor_put_int(&out, 1);
    wb_cbor_put_int(&out, WB_COSE_RSA);
    wb_cbor_put_int(&out, -1);
    wb_cbor_put_octets(&out, n);
    wb_cbor_put_int(&out, -2);
    wb_cbor_put_octets(&out, e);
    return out.need;
}

size_t
wb_cose_key_x25519(uint8_t *buf, size_t size, wb_span x)
{
    wb_cbor_out out = wb_cbor_write(buf, size);

    put_x25519(&out, x);
    return out.need;
}
