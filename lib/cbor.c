/* SPDX-License-Identifier: Apache-2.0 */
#include "cbor.h"

#include <string.h>

#include "utf.h"

enum { UINT, NINT, OCTETS, TEXT, ARRAY, MAP, TAG };

wb_cbor
wb_cbor_read(wb_span octets)
{
    wb_cbor in = {octets, PWWB_OK};

    return in;
}

void
wb_cbor_fail(wb_cbor *in)
{
    if (in->status == PWWB_OK)
        in->status = PWWB_E_MALFORMED;
}

static wb_span
take(wb_cbor *in, size_t len)
{
    wb_span taken = in->rest;

    if (in->status != PWWB_OK || len > in->rest.len) {
        wb_cbor_fail(in);
        return wb_span_of(NULL, 0);
    }

    taken.len = len;
    in->rest.p += len;
    in->rest.len -= len;
    return taken;
}

/* The number after a head's first octet. Only the shortest of its five forms is read, RFC 8949
 * 4.2.1; 28 to 31 are reserved or indefinite. */
static uint64_t
argument(wb_cbor *in, uint8_t info)
{
    static const uint64_t least[] = {24, 0x100, 0x10000, 0x100000000};
    uint64_t              value   = 0;
    wb_span               octets;
    size_t                i;

    if (info < 24)
        return info;
    if (info > 27) {
        wb_cbor_fail(in);
        return 0;
    }

    octets = take(in, (size_t)1 << (info - 24));
    for (i = 0; i < octets.len; i++)
        value = value << 8 | octets.p[i];
    if (value < least[info - 24])
        wb_cbor_fail(in);
    return in->status == PWWB_OK ? value : 0;
}

static uint64_t
head(wb_cbor *in, int major)
{
    wb_span first = take(in, 1);

    if (in->status != PWWB_OK)
        return 0;
    if (first.p[0] >> 5 != major) {
        wb_cbor_fail(in);
        return 0;
    }
    return argument(in, first.p[0] & 31);
}

int
wb_cbor_next_is(const wb_cbor *in, int major)
{
    return in->status == PWWB_OK && in->rest.len > 0 && in->rest.p[0] >> 5 == major;
}

uint64_t
wb_cbor_uint(wb_cbor *in)
{
    return head(in, UINT);
}

int64_t
wb_cbor_int(wb_cbor *in)
{
    int      negative = wb_cbor_next_is(in, NINT);
    uint64_t value    = head(in, negative ? NINT : UINT);

    if (value > INT64_MAX) {
        wb_cbor_fail(in);
        return 0;
    }
    return negative && in->status == PWWB_OK ? -1 - (int64_t)value : (int64_t)value;
}

int32_t
wb_cbor_int32(wb_cbor *in)
{
    uint64_t value = wb_cbor_uint(in);

    if (value > INT32_MAX) {
        wb_cbor_fail(in);
        return 0;
    }
    return (int32_t)value;
}

void
wb_cbor_expect(wb_cbor *in, int64_t value)
{
    if (wb_cbor_int(in) != value)
        wb_cbor_fail(in);
}

static wb_span
string(wb_cbor *in, int major)
{
    uint64_t len = head(in, major);

    return take(in, len > SIZE_MAX ? SIZE_MAX : (size_t)len);
}

wb_span
wb_cbor_octets(wb_cbor *in)
{
    return string(in, OCTETS);
}

wb_span
wb_cbor_text(wb_cbor *in)
{
    wb_span text = string(in, TEXT);
    size_t  at   = 0;

    while (at < text.len) {
        if (wb_utf8_next(text.p, text.len, &at) < 0) {
            wb_cbor_fail(in);
            return wb_span_of(NULL, 0);
        }
    }
    return text;
}

/* A count that the octets left cannot hold is malformed at once, so no loop runs for it. */
static size_t
count(wb_cbor *in, int major, size_t most)
{
    uint64_t items = head(in, major);

    if (items > most || items > in->rest.len) {
        wb_cbor_fail(in);
        return 0;
    }
    return (size_t)items;
}

size_t
wb_cbor_array(wb_cbor *in)
{
    return count(in, ARRAY, SIZE_MAX);
}

size_t
wb_cbor_map(wb_cbor *in)
{
    return count(in, MAP, WB_CBOR_PAIRS_MAX);
}

void
wb_cbor_tag(wb_cbor *in, uint64_t tag)
{
    if (head(in, TAG) != tag)
        wb_cbor_fail(in);
}

void
wb_cbor_fixed(wb_cbor *in, uint8_t *out, size_t len)
{
    wb_span octets = wb_cbor_octets(in);

    if (octets.len != len) {
        wb_cbor_fail(in);
        memset(out, 0, len);
        return;
    }
    memcpy(out, octets.p, len);
}

/* How many more items an item brings; its own octets are taken. */
static size_t
skip_one(wb_cbor *in)
{
    switch (in->rest.len > 0 ? in->rest.p[0] >> 5 : -1) {
    case UINT:
    case NINT:
        (void)wb_cbor_int(in);
        return 0;
    case OCTETS:
        (void)wb_cbor_octets(in);
        return 0;
    case TEXT:
        (void)wb_cbor_text(in);
        return 0;
    case ARRAY:
        return wb_cbor_array(in);
    case MAP:
        return 2 * wb_cbor_map(in);
    default:
        wb_cbor_fail(in);
        return 0;
    }
}

wb_span
wb_cbor_skip(wb_cbor *in)
{
    wb_span item = in->rest;
    size_t  left = 1;

    while (left > 0 && in->status == PWWB_OK)
        left += skip_one(in) - 1;
    if (in->status != PWWB_OK)
        return wb_span_of(NULL, 0);

    item.len -= in->rest.len;
    return item;
}

/* Padding may follow a secret: how far the zeros go must not show in the time. */
void
wb_cbor_zeros(wb_cbor *in)
{
    uint8_t any = 0;
    size_t  i;

    for (i = 0; i < in->rest.len; i++)
        any |= in->rest.p[i];
    in->rest.len = 0;
    if (any != 0)
        wb_cbor_fail(in);
}

void
wb_cbor_end(wb_cbor *in)
{
    if (in->rest.len > 0)
        wb_cbor_fail(in);
}

wb_cbor_out
wb_cbor_write(uint8_t *buf, size_t size)
{
    wb_cbor_out out = {buf, size, 0};

    return out;
}

int
wb_cbor_fits(const wb_cbor_out *out)
{
    return out->need <= out->size;
}

static uint8_t *
room(wb_cbor_out *out, size_t len)
{
    size_t at = out->need;

    out->need += len;
    return wb_cbor_fits(out) && out->buf != NULL ? out->buf + at : NULL;
}

void
wb_cbor_put_raw(wb_cbor_out *out, wb_span octets)
{
    uint8_t *p = room(out, octets.len);

    if (p != NULL && octets.len > 0)
        memcpy(p, octets.p, octets.len);
}

static void
put_head(wb_cbor_out *out, int major, uint64_t value)
{
    uint8_t octets[9];
    size_t  width = value < 24 ? 0 : value < 0x100 ? 1 : value < 0x10000 ? 2
                                   : value < 0x100000000 ? 4
                                                         : 8;
    size_t  i;

    octets[0] = (uint8_t)(major << 5 | (int)(width == 0   ? value
                                             : width == 1 ? 24
                                             : width == 2 ? 25
                                             : width == 4 ? 26
                                                          : 27));
    for (i = 0; i < width; i++)
        octets[1 + i] = (uint8_t)(value >> 8 * (width - 1 - i));
    wb_cbor_put_raw(out, wb_span_of(octets, 1 + width));
}

void
wb_cbor_put_int(wb_cbor_out *out, int64_t value)
{
    if (value < 0)
        put_head(out, NINT, (uint64_t)(-1 - value));
    else
        put_head(out, UINT, (uint64_t)value);
}

uint8_t *
wb_cbor_put_room(wb_cbor_out *out, size_t len)
{
    put_head(out, OCTETS, len);
    return room(out, len);
}

void
wb_cbor_put_octets(wb_cbor_out *out, wb_span octets)
{
    put_head(out, OCTETS, octets.len);
    wb_cbor_put_raw(out, octets);
}

void
wb_cbor_put_text(wb_cbor_out *out, const char *text, size_t len)
{
    put_head(out, TEXT, len);
    wb_cbor_put_raw(out, wb_span_of(text, len));
}

void
wb_cbor_put_array(wb_cbor_out *out, size_t items)
{
    put_head(out, ARRAY, items);
}

void
wb_cbor_put_map(wb_cbor_out *out, size_t pairs)
{
    put_head(out, MAP, pairs);
}

void
wb_cbor_put_tag(wb_cbor_out *out, uint64_t tag)
{
    put_head(out, TAG, tag);
}

void
wb_cbor_put_null(wb_cbor_out *out)
{
    static const uint8_t null = 0xf6;

    wb_cbor_put_raw(out, wb_span_of(&null, 1));
}
