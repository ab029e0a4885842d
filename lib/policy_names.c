/* SPDX-License-Identifier: Apache-2.0 */
#include "policy.h"
#include "utf.h"

#define NAME_LEAST 3 /* shorter names and parts do not count: MS-SAMR 3.1.1.7.2 */

/* ASCII letters in lower case, the rest as it is. */
static int32_t
fold(int32_t code)
{
    return code >= 'A' && code <= 'Z' ? code - 'A' + 'a' : code;
}

/* The ASCII letter that a character beyond ASCII has as its other case; 0 for all others. */
static int32_t
ascii_partner(int32_t code)
{
    switch (code) {
    case 0x130: /* capital I with dot */
    case 0x131: /* dotless i */
        return 'i';
    case 0x17F: /* long s */
        return 's';
    case 0x212A: /* Kelvin sign */
        return 'k';
    default:
        return 0;
    }
}

/* Whether two characters are one but for case. Beyond ASCII that takes tables, and which ones a
 * controller uses is written down nowhere. */
static int32_t
is_same(int32_t a, int32_t b)
{
    a = fold(a);
    b = fold(b);
    if (a == b)
        return PWWB_YES;
    if (a < 0x80 || b < 0x80)
        return ascii_partner(a) == b || ascii_partner(b) == a ? PWWB_MAYBE : PWWB_NO;
    return PWWB_MAYBE;
}

/* NO, then MAYBE, then YES: whether one of several is so. */
static int32_t
either(int32_t a, int32_t b)
{
    if (a == PWWB_YES || b == PWWB_YES)
        return PWWB_YES;
    return a == PWWB_MAYBE || b == PWWB_MAYBE ? PWWB_MAYBE : PWWB_NO;
}

/* Whether name stands at this place of text. Behind its end there is -1, which is no character. */
static int32_t
stands_at(wb_span text, size_t at, wb_span name)
{
    int32_t answer = PWWB_YES;
    size_t  i      = 0;

    while (i < name.len && answer != PWWB_NO) {
        int32_t code = wb_utf8_next(name.p, name.len, &i);
        int32_t same = is_same(wb_utf8_next(text.p, text.len, &at), code);

        if (same != PWWB_YES)
            answer = same;
    }
    return answer;
}

int32_t
wb_holds_name(wb_span text, wb_span name)
{
    int64_t units = wb_utf8_units(name.p, name.len);
    int32_t found = PWWB_NO;
    size_t  at    = 0;

    if (units < 0)
        return PWWB_MAYBE;
    if (units < NAME_LEAST)
        return PWWB_NO;

    while (at < text.len && found != PWWB_YES) {
        found = either(found, stands_at(text, at, name));
        (void)wb_utf8_next(text.p, text.len, &at);
    }
    if (found == PWWB_YES && wb_utf8_codes(name.p, name.len) < NAME_LEAST)
        return PWWB_MAYBE; /* two characters, three units */
    return found;
}

static int
is_delimiter(uint8_t c)
{
    return c == ' ' || c == ',' || c == '.' || c == '\t' || c == '-' || c == '_' || c == '#';
}

int
wb_name_next(wb_span display_name, size_t *at, wb_span *ret_part)
{
    size_t from = *at;
    size_t end  = from;

    if (from > display_name.len)
        return 0;

    while (end < display_name.len && !is_delimiter(display_name.p[end]))
        end++;
    *at       = end + 1;
    *ret_part = wb_span_of(display_name.p + from, end - from);
    return 1;
}

int32_t
wb_holds_part(wb_span text, wb_span display_name)
{
    int32_t found = PWWB_NO;
    size_t  at    = 0;
    wb_span part;

    while (wb_name_next(display_name, &at, &part))
        found = either(found, wb_holds_name(text, part));
    return found;
}
