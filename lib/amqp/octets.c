/* SPDX-License-Identifier: Apache-2.0 */
#include "octets.h"

#include <string.h>

static int
take(wb_amqp_octets *in, uint64_t len, wb_amqp_octets *ret_part)
{
    if (len > in->len)
        return -1;

    *ret_part = (wb_amqp_octets){in->p, (size_t)len};
    in->p += len;
    in->len -= (size_t)len;
    return 0;
}

int
wb_amqp_read_number(wb_amqp_octets *in, size_t width, uint64_t *ret_number)
{
    wb_amqp_octets part;
    size_t         i;

    *ret_number = 0;
    if (take(in, width, &part) != 0)
        return -1;
    for (i = 0; i < width; i++)
        *ret_number = *ret_number << 8 | part.p[i];
    return 0;
}

/* The high half of a constructor tells the width, or how wide the size is. */
int
wb_amqp_read_body(wb_amqp_octets *in, uint8_t code, wb_amqp_octets *ret_body)
{
    static const uint8_t widths[16] = {[0x5] = 1, [0x6] = 2, [0x7] = 4, [0x8] = 8, [0x9] = 16};
    int                  family     = code >> 4;
    uint64_t             len;

    if (family < 0x4)
        return -1;
    if (family < 0xa)
        return take(in, widths[family], ret_body);
    if (wb_amqp_read_number(in, family % 2 == 0 ? 1 : 4, &len) != 0)
        return -1;
    return take(in, len, ret_body);
}

static int
read_descriptor(wb_amqp_octets *in, uint64_t *ret_descriptor)
{
    wb_amqp_octets body;
    uint64_t       code;

    if (wb_amqp_read_number(in, 1, &code) != 0
        || wb_amqp_read_body(in, (uint8_t)code, &body) != 0)
        return -1;
    if (code == WB_AMQP_SMALLULONG || code == WB_AMQP_ULONG)
        return wb_amqp_read_number(&body, body.len, ret_descriptor);
    return 0; /* a symbol: allowed, and nobody's here */
}

int
wb_amqp_read_value(wb_amqp_octets *in, wb_amqp_value *ret_value)
{
    uint64_t code;

    ret_value->descriptor = WB_AMQP_NO_DESCRIPTOR;
    if (wb_amqp_read_number(in, 1, &code) != 0)
        return -1;
    if (code == 0
        && (read_descriptor(in, &ret_value->descriptor) != 0
            || wb_amqp_read_number(in, 1, &code) != 0))
        return -1;

    ret_value->code = (uint8_t)code;
    return wb_amqp_read_body(in, ret_value->code, &ret_value->body);
}

int
wb_amqp_read_list(const wb_amqp_value *value, wb_amqp_octets *ret_fields, uint64_t *ret_count)
{
    *ret_fields = value->body;
    *ret_count  = 0;
    switch (value->code) {
    case WB_AMQP_LIST0:
        return 0;
    case WB_AMQP_LIST8:
        return wb_amqp_read_number(ret_fields, 1, ret_count);
    case WB_AMQP_LIST32:
        return wb_amqp_read_number(ret_fields, 4, ret_count);
    default:
        return -1;
    }
}

void
wb_amqp_write(wb_amqp_writer *out, const void *data, size_t len)
{
    if (out->is_full || len > out->size - out->len) {
        out->is_full = 1;
        return;
    }
    memcpy(out->buf + out->len, data, len);
    out->len += len;
}

void
wb_amqp_write_octet(wb_amqp_writer *out, uint8_t octet)
{
    wb_amqp_write(out, &octet, 1);
}

void
wb_amqp_write_number(wb_amqp_writer *out, uint64_t number, size_t width)
{
    while (width-- > 0)
        wb_amqp_write_octet(out, (uint8_t)(number >> 8 * width));
}

void
wb_amqp_write_text(wb_amqp_writer *out, uint8_t code8, const void *data, size_t len)
{
    int is_long = len > UINT8_MAX;

    wb_amqp_write_octet(out, is_long ? (uint8_t)(code8 + 0x10) : code8);
    wb_amqp_write_number(out, len, is_long ? 4 : 1);
    wb_amqp_write(out, data, len);
}

void
wb_amqp_write_section(wb_amqp_writer *out, uint8_t descriptor, uint8_t count,
                      const uint8_t *fields, size_t len)
{
    size_t  width    = len + 1 > UINT8_MAX ? 4 : 1; /* the size counts the count */
    uint8_t start[4] = {0, WB_AMQP_SMALLULONG, descriptor,
                        width == 1 ? WB_AMQP_LIST8 : WB_AMQP_LIST32};

    wb_amqp_write(out, start, sizeof(start));
    wb_amqp_write_number(out, len + width, width);
    wb_amqp_write_number(out, count, width);
    wb_amqp_write(out, fields, len);
}
