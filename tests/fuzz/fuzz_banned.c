/* SPDX-License-Identifier: Apache-2.0 */
/* parses: banned.c */
/* A list of banned words, a password and a display name, apart by NUL. A word that is in the list is
 * refused, whatever else is there, and one word more never adds points. */
#include "banned.h"
#include "fuzz.h"
#include "utf.h"

static wb_word words[PWWB_BANNED_WORDS_MAX];

static wb_span
next_part(wb_span *rest)
{
    const uint8_t *end  = rest->len > 0 ? memchr(rest->p, '\0', rest->len) : NULL;
    wb_span        part = wb_span_of(rest->p, end != NULL ? (size_t)(end - rest->p) : rest->len);

    *rest = wb_span_of(rest->p + part.len + (end != NULL), rest->len - part.len - (end != NULL));
    return part;
}

static void
judge(const wb_word *list, size_t count, wb_span password)
{
    int64_t points = wb_banned_points(list, count, password);
    int64_t codes  = wb_utf8_codes(password.p, password.len);

    FUZZ_CHECK(points >= 0 && (points <= codes || codes == 0));
    FUZZ_CHECK(codes == 0 || points > 0);
    FUZZ_CHECK(count == 0 || wb_banned_points(list, count - 1, password) >= points);
}

/* The word as it is folded, in UTF-8, as a password. */
static void
ban(const wb_word *list, size_t count, size_t which)
{
    uint8_t text[4 * PWWB_BANNED_WORD_MOST];
    size_t  i, len = 0;

    for (i = 0; i < list[which].count; i++) {
        int32_t c = list[which].codes[i];

        if (c >= 0x80)
            return;
        text[len++] = (uint8_t)c;
    }
    FUZZ_CHECK(wb_banned_points(list, count, wb_span_of(text, len)) == 1);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    wb_span     rest = wb_span_of(data, size), list, password, name;
    pwwb_error *err;
    size_t      count, again;

    fuzz_begin();
    err      = pwwb_error_new();
    list     = next_part(&rest);
    password = next_part(&rest);
    name     = next_part(&rest);
    if (wb_banned_parse(list, NULL, &count, err) == PWWB_OK) {
        FUZZ_CHECK(wb_banned_parse(list, words, &again, NULL) == PWWB_OK && again == count);
        if (wb_utf8_units(password.p, password.len) >= 0) {
            judge(words, count, password);
            (void)wb_banned_holds_name(password, name);
        }
        if (count > 0)
            ban(words, count, size % count);
    } else {
        FUZZ_CHECK(count == 0);
    }
    fuzz_check_text(err);
    pwwb_error_free(err);
    return 0;
}
