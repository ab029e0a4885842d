/* SPDX-License-Identifier: Apache-2.0 */
/* rows: 5 15 */
#include <sodium.h>
#include <stdlib.h>

#include "harness.h"
#include "utf.h"

/* A copy that ends where a guard page begins: one octet read too far is a crash. */
static uint8_t *
guarded(const void *data, size_t len)
{
    uint8_t *p = sodium_malloc(len);

    if (p == NULL)
        abort();
    if (len > 0)
        memcpy(p, data, len);
    return p;
}

static int64_t
units_of(const void *data, size_t len)
{
    uint8_t *p     = guarded(data, len);
    int64_t  units = wb_utf8_units(p, len);

    sodium_free(p);
    return units;
}

/* RFC 3629 3, written anew: the other direction, from number to octets. */
static size_t
encode(uint32_t code, uint8_t out[4])
{
    size_t more = code < 0x80 ? 0 : code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
    size_t i;

    for (i = more; i > 0; i--, code >>= 6)
        out[i] = (uint8_t)(0x80 | (code & 0x3F));
    out[0] = (uint8_t)(more == 0 ? code : (0xF0u << (3 - more) & 0xFF) | code);
    return more + 1;
}

static void
every_code_point_is_read_as_it_was_written(void)
{
    uint32_t code;
    long     wrong = 0;

    for (code = 0; code <= 0x10FFFF; code++) {
        uint8_t text[4];
        size_t  len  = encode(code, text);
        size_t  at   = 0;
        int32_t read = wb_utf8_next(text, len, &at);

        if (code >= 0xD800 && code <= 0xDFFF)
            wrong += read != -1 || at != 0;
        else
            wrong += read != (int32_t)code || at != len;
    }
    CHECK_INT(0, wrong);
}

/* All strings of up to three octets, and all of four whose last two are on an edge, against the
 * table of RFC 3629 4. */
static int
is_utf8(const uint8_t *p, size_t len)
{
    uint8_t low = 0x80, high = 0xBF;
    size_t  i;

    if (p[0] < 0x80)
        return len == 1;
    if (p[0] == 0xE0)
        low = 0xA0;
    else if (p[0] == 0xED)
        high = 0x9F;
    else if (p[0] == 0xF0)
        low = 0x90;
    else if (p[0] == 0xF4)
        high = 0x8F;
    if (p[0] < 0xC2 || p[0] > 0xF4 || len != (p[0] < 0xE0 ? 2u : p[0] < 0xF0 ? 3u : 4u)
        || p[1] < low || p[1] > high)
        return 0;
    for (i = 2; i < len; i++)
        if (p[i] < 0x80 || p[i] > 0xBF)
            return 0;
    return 1;
}

static void
no_other_octets_are_read(void)
{
    static const uint8_t edges[] = {0, 0x7F, 0x80, 0xBF, 0xC0, 0xFF};
    uint8_t             *p       = guarded("\0\0\0\0", 4);
    uint32_t             n;
    long                 wrong = 0;

    for (n = 0; n < 0x10000 * 36; n++) {
        size_t len;

        p[0] = (uint8_t)(n >> 8);
        p[1] = (uint8_t)n;
        p[2] = edges[(n >> 16) % 6];
        p[3] = edges[(n >> 16) / 6];
        for (len = 1; len <= 4; len++) {
            size_t  at   = 0;
            int32_t code = wb_utf8_next(p, len, &at);

            wrong += code >= 0 ? !is_utf8(p, at) : at != 0;
            wrong += is_utf8(p, len) && (code < 0 || at != len);
        }
    }
    CHECK_INT(0, wrong);
    sodium_free(p);
}

static void
a_cut_sequence_is_not_read_and_nothing_behind_it_is(void)
{
    static const char text[] = "A\xC3\xA9\xE6\xBC\xA2\xF0\x9F\x98\x80";
    /* units of each prefix: A, é, U+6F22, U+1F600 */
    static const int64_t units[] = {0, 1, -1, 2, -1, -1, 3, -1, -1, -1, 5};
    size_t               len;

    for (len = 0; len < sizeof(text); len++)
        CHECK_INT(units[len], units_of(text, len));
}

static void
behind_the_end_there_is_nothing(void)
{
    uint8_t *p  = guarded("a", 1);
    size_t   at = 0;

    CHECK_INT('a', wb_utf8_next(p, 1, &at));
    CHECK_INT(-1, wb_utf8_next(p, 1, &at));
    CHECK_INT(1, at);
    CHECK_INT(0, units_of("", 0));
    CHECK_INT(0, wb_utf8_units(NULL, 0));
    sodium_free(p);
}

static void
malformed_text_has_no_units(void)
{
    static const struct {
        const char *text;
        size_t      len;
    } bad[] = {
        {"\xC0\x80", 2},         {"\xC1\xBF", 2},         {"\xE0\x9F\xBF", 3},
        {"\xF0\x8F\xBF\xBF", 4}, {"\xED\xA0\x80", 3},     {"\xED\xBF\xBF", 3},
        {"\xF4\x90\x80\x80", 4}, {"\xF5\x80\x80\x80", 4}, {"\xF8\x88\x80\x80\x80", 5},
        {"\x80", 1},             {"a\xBF", 2},            {"\xC3\x28", 2},
        {"\xE6\xBC\x41", 3},     {"\xFE\xFF", 2},         {"a\0b", 3},
        {"\0", 1},
    };
    size_t i;

    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        uint8_t out[64];

        CHECK_INT(-1, units_of(bad[i].text, bad[i].len));
        CHECK_INT(-1, wb_utf8_codes((const uint8_t *)bad[i].text, bad[i].len));
        CHECK_INT(0, wb_utf16_quoted((const uint8_t *)bad[i].text, bad[i].len, out, sizeof(out)));
    }
}

static void
characters_beyond_the_first_plane_are_two_units(void)
{
    CHECK_INT(4, units_of("\xF0\x9F\x98\x80\xF0\xA0\x80\x80", 8));
    CHECK_INT(2, wb_utf8_codes((const uint8_t *)"\xF0\x9F\x98\x80\xF0\xA0\x80\x80", 8));
    CHECK_INT(1, units_of("\xEF\xBF\xBF", 3));     /* U+FFFF, the last of one unit */
    CHECK_INT(2, units_of("\xF0\x90\x80\x80", 4)); /* U+10000, the first of two */
    CHECK_INT(2, units_of("\xF4\x8F\xBF\xBF", 4)); /* U+10FFFF */
}

/* unicodePwd of Microsoft's example file for ldifde, password newPassword (Microsoft Learn, "Set a
 * user's password with Ldifde"), and RFC 2781 2.1 for the halves of U+10437 and U+10000. */
static void
the_quoted_value_is_little_endian_between_quotation_marks(void)
{
    static const char    example[] = "IgBuAGUAdwBQAGEAcwBzAHcAbwByAGQAIgA=";
    static const char    text[]    = "\xF0\x90\x90\xB7\xE2\x82\xAC\"\xF0\x90\x80\x80";
    static const uint8_t units[]   = {0x22, 0, 0x01, 0xD8, 0x37, 0xDC, 0xAC, 0x20,
                                      0x22, 0, 0x00, 0xD8, 0x00, 0xDC, 0x22, 0};
    uint8_t              quoted[32], out[32];
    size_t               quoted_len = 0;

    CHECK_INT(0, sodium_base642bin(quoted, sizeof(quoted), example, strlen(example), NULL,
                                   &quoted_len, NULL, sodium_base64_VARIANT_ORIGINAL));
    CHECK_MEM(quoted, quoted_len, out,
              wb_utf16_quoted((const uint8_t *)"newPassword", 11, out, sizeof(out)));
    CHECK_MEM(units, sizeof(units), out,
              wb_utf16_quoted((const uint8_t *)text, sizeof(text) - 1, out, sizeof(out)));
    CHECK_INT(4, wb_utf16_quoted((const uint8_t *)"", 0, out, sizeof(out)));
}

static void
a_value_that_does_not_fit_is_not_begun(void)
{
    static const uint8_t zeroes[16];
    const uint8_t       *text = (const uint8_t *)"a\xF0\x9F\x98\x80";
    size_t               size;

    for (size = 0; size < 10; size++) {
        uint8_t *out = guarded(zeroes, size);

        CHECK_INT(0, wb_utf16_quoted(text, 5, out, size));
        CHECK_MEM(zeroes, size, out, size);
        sodium_free(out);
    }
    for (size = 10; size < 13; size++) {
        uint8_t *out = guarded(zeroes, size);

        CHECK_INT(10, wb_utf16_quoted(text, 5, out, size));
        sodium_free(out);
    }
}

int
main(void)
{
    if (sodium_init() < 0)
        return 1;
    RUN(every_code_point_is_read_as_it_was_written);
    RUN(no_other_octets_are_read);
    RUN(a_cut_sequence_is_not_read_and_nothing_behind_it_is);
    RUN(behind_the_end_there_is_nothing);
    RUN(malformed_text_has_no_units);
    RUN(characters_beyond_the_first_plane_are_two_units);
    RUN(the_quoted_value_is_little_endian_between_quotation_marks);
    RUN(a_value_that_does_not_fit_is_not_begun);
    return DONE;
}
