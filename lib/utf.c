/* SPDX-License-Identifier: Apache-2.0 */
#include "utf.h"

#define ASTRAL    0x10000
#define CODE_MAX  0x10FFFF
#define SURROGATE 0xD800 /* to 0xDFFF */

/* Octets that follow a lead octet; -1 when it leads nothing: a continuation, 0xC0, 0xC1, 0xF5... */
static int
following(uint8_t lead)
{
    if (lead < 0x80)
        return 0;
    if (lead < 0xC2 || lead > 0xF4)
        return -1;
    return lead < 0xE0 ? 1 : lead < 0xF0 ? 2 : 3;
}

/* Whether a code point may stand in a sequence with so many octets after the lead. */
static int
is_allowed(int32_t code, int more)
{
    static const int32_t least[4] = {0, 0x80, 0x800, ASTRAL};

    return code >= least[more] && code <= CODE_MAX && (code & ~0x7FF) != SURROGATE;
}

int32_t
wb_utf8_next(const uint8_t *text, size_t len, size_t *at)
{
    static const uint8_t lead_mask[4] = {0x7F, 0x1F, 0x0F, 0x07};
    const uint8_t       *p;
    int32_t              code;
    int                  more, i;

    if (*at >= len)
        return -1;
    p    = text + *at;
    more = following(p[0]);
    if (more < 0 || (size_t)more >= len - *at)
        return -1;

    code = p[0] & lead_mask[more];
    for (i = 1; i <= more; i++) {
        if ((p[i] & 0xC0) != 0x80)
            return -1;
        code = code << 6 | (p[i] & 0x3F);
    }
    if (!is_allowed(code, more))
        return -1;

    *at += (size_t)more + 1;
    return code;
}

static int64_t
count(const uint8_t *text, size_t len, int astral_counts)
{
    int64_t total = 0;
    size_t  at    = 0;

    while (at < len) {
        int32_t code = wb_utf8_next(text, len, &at);

        if (code <= 0)
            return -1;
        total += code < ASTRAL ? 1 : astral_counts;
    }
    return total;
}

int64_t
wb_utf8_units(const uint8_t *text, size_t len)
{
    return count(text, len, 2);
}

int64_t
wb_utf8_codes(const uint8_t *text, size_t len)
{
    return count(text, len, 1);
}

static uint8_t *
put_unit(uint8_t *out, int32_t unit)
{
    *out++ = (uint8_t)(unit & 0xFF);
    *out++ = (uint8_t)(unit >> 8);
    return out;
}

static uint8_t *
put_code(uint8_t *out, int32_t code)
{
    if (code < ASTRAL)
        return put_unit(out, code);

    code -= ASTRAL;
    out = put_unit(out, SURROGATE | code >> 10);
    return put_unit(out, SURROGATE | 0x400 | (code & 0x3FF));
}

size_t
wb_utf16_quoted(const uint8_t *text, size_t len, uint8_t *out, size_t out_size)
{
    int64_t  units = wb_utf8_units(text, len);
    uint8_t *p     = out;
    size_t   at    = 0;

    if (units < 0 || (uint64_t)units + 2 > out_size / 2)
        return 0;

    p = put_unit(p, '"');
    while (at < len)
        p = put_code(p, wb_utf8_next(text, len, &at));
    p = put_unit(p, '"');
    return (size_t)(p - out);
}
