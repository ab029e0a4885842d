/* SPDX-License-Identifier: Apache-2.0 */
#include "cose.h"

#include <string.h>

/* COSE_Sign1 (RFC 9052 4.2) with EdDSA (RFC 9053 2.2): 18([ {1: -8}, {}, payload, signature ]) */
enum { TAG_SIGN1 = 18 };

static const uint8_t eddsa[] = {0xa1, 0x01, 0x27}; /* {1: -8} */

size_t
wb_cose_sig_structure(uint8_t *buf, size_t size, wb_span external, wb_span payload)
{
    static const char context[] = "Signature1";
    wb_cbor_out       out       = wb_cbor_write(buf, size);

    wb_cbor_put_array(&out, 4);
    wb_cbor_put_text(&out, context, sizeof(context) - 1);
    wb_cbor_put_octets(&out, wb_span_of(eddsa, sizeof(eddsa)));
    wb_cbor_put_octets(&out, external);
    wb_cbor_put_octets(&out, payload);
    return out.need;
}

size_t
wb_cose_put_sign1(uint8_t *buf, size_t size, wb_span payload, wb_span signature)
{
    wb_cbor_out out = wb_cbor_write(buf, size);

    wb_cbor_put_tag(&out, TAG_SIGN1);
    wb_cbor_put_array(&out, 4);
    wb_cbor_put_octets(&out, wb_span_of(eddsa, sizeof(eddsa)));
    wb_cbor_put_map(&out, 0);
    wb_cbor_put_octets(&out, payload);
    wb_cbor_put_octets(&out, signature);
    return out.need;
}

pwwb_status
wb_cose_parse_sign1(wb_span message, wb_span *payload, wb_span *signature)
{
    wb_cbor in = wb_cbor_read(message);
    wb_span protected_;

    wb_cbor_tag(&in, TAG_SIGN1);
    if (wb_cbor_array(&in) != 4)
        wb_cbor_fail(&in);
    protected_ = wb_cbor_octets(&in);
    if (protected_.len != sizeof(eddsa) || memcmp(protected_.p, eddsa, sizeof(eddsa)) != 0)
        wb_cbor_fail(&in);
    if (wb_cbor_map(&in) != 0)
        wb_cbor_fail(&in);
    *payload   = wb_cbor_octets(&in);
    *signature = wb_cbor_octets(&in);
    wb_cbor_end(&in);
    return in.status;
}
