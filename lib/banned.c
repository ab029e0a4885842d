/* SPDX-License-Identifier: Apache-2.0 */
#include "banned.h"

#include <string.h>

#include "error.h"
#include "letter.h"
#include "policy.h"
#include "secret.h"
#include "utf.h"

/* With more characters than so many of the longest words there are points enough. */
#define CHARACTERS_MOST ((PWWB_BANNED_POINTS - 1) * PWWB_BANNED_WORD_MOST)

/* A password as it is compared: secret. */
typedef struct folded {
    size_t  count;
    int32_t codes[CHARACTERS_MOST];
} folded;

/* What a character is taken for: concept-password-ban-bad, "normalization". */
static int32_t
fold(int32_t code)
{
    switch (code) {
    case '0':
        return 'o';
    case '1':
        return 'l';
    case '$':
        return 's';
    case '@':
        return 'a';
    default:
        return wb_letter_small(code);
    }
}

/* Fold a text of valid UTF-8; returns how many characters there are, of which `room` were kept. */
static size_t
fold_text(wb_span text, int32_t *codes, size_t room)
{
    size_t at    = 0;
    size_t count = 0;

    while (at < text.len) {
        int32_t code = fold(wb_utf8_next(text.p, text.len, &at));

        if (count < room)
            codes[count] = code;
        count++;
    }
    return count;
}

/* The next line, without its end. */
static wb_span
next_line(wb_span text, size_t *at)
{
    const uint8_t *begin = text.p + *at;
    const uint8_t *end   = memchr(begin, '\n', text.len - *at);
    size_t         len   = end != NULL ? (size_t)(end - begin) : text.len - *at;

    *at += len + (end != NULL);
    if (end != NULL && len > 0 && begin[len - 1] == '\r')
        len--;
    return wb_span_of(begin, len);
}

static pwwb_status
read_word(wb_span line, size_t number, wb_word *ret_word, pwwb_error *err)
{
    if (wb_utf8_units(line.p, line.len) < 0)
        return wb_fail(err, PWWB_E_MALFORMED, "line %zu is not UTF-8, or has NUL inside", number);

    ret_word->count = fold_text(line, ret_word->codes, PWWB_BANNED_WORD_MOST);
    if (ret_word->count < PWWB_BANNED_WORD_LEAST || ret_word->count > PWWB_BANNED_WORD_MOST)
        return wb_fail(err, PWWB_E_MALFORMED, "line %zu: a word has %d to %d characters, not %zu",
                       number, PWWB_BANNED_WORD_LEAST, PWWB_BANNED_WORD_MOST, ret_word->count);

    return PWWB_OK;
}

pwwb_status
wb_banned_parse(wb_span text, wb_word *words, size_t *ret_count, pwwb_error *err)
{
    wb_word     word;
    pwwb_status st     = PWWB_OK;
    size_t      number = 0;
    size_t      count  = 0;
    size_t      at     = 0;

    *ret_count = 0;
    while (st == PWWB_OK && at < text.len) {
        wb_span line = next_line(text, &at);

        number++;
        if (line.len == 0)
            continue;
        if (count == PWWB_BANNED_WORDS_MAX)
            return wb_fail(err, PWWB_E_TOO_LARGE, "more than %d words", PWWB_BANNED_WORDS_MAX);
        st = read_word(line, number, words != NULL ? &words[count] : &word, err);
        count++;
    }
    if (st == PWWB_OK)
        *ret_count = count;
    return st;
}

/* Whether one character changed, put in or left out makes one of the other. */
static int
is_near(const folded *f, const wb_word *word)
{
    size_t longest = f->count > word->count ? f->count : word->count;
    size_t rest, same = 0;

    if (longest - f->count > 1 || longest - word->count > 1)
        return 0;

    while (same < f->count && same < word->count && f->codes[same] == word->codes[same])
        same++;
    if (same == longest)
        return 1;
    rest = longest - same - 1; /* behind the one that differs */
    return memcmp(f->codes + f->count - rest, word->codes + word->count - rest,
                  rest * sizeof(f->codes[0]))
           == 0;
}

static int
stands_at(const folded *f, size_t at, const wb_word *word)
{
    return word->count <= f->count - at
           && memcmp(f->codes + at, word->codes, word->count * sizeof(f->codes[0])) == 0;
}

static void
lower(uint8_t *points, uint8_t to)
{
    if (*points > to)
        *points = to;
}

/* The least points over all ways to cut the password into words and characters. */
static int64_t
least_points(const wb_word *words, size_t count, const folded *f)
{
    uint8_t least[CHARACTERS_MOST + 1] = {0}; /* of so many characters */
    int64_t all;
    size_t  at, i;

    memset(least + 1, CHARACTERS_MOST, f->count);
    for (at = 0; at < f->count; at++) {
        lower(&least[at + 1], (uint8_t)(least[at] + 1));
        for (i = 0; i < count; i++)
            if (stands_at(f, at, &words[i]))
                lower(&least[at + words[i].count], (uint8_t)(least[at] + 1));
    }
    all = least[f->count];
    wb_wipe(least, sizeof(least));
    return all;
}

int64_t
wb_banned_points(const wb_word *words, size_t count, wb_span password)
{
    folded  f;
    int64_t points = PWWB_BANNED_POINTS;
    size_t  i;

    f.count = fold_text(password, f.codes, CHARACTERS_MOST);
    if (f.count <= CHARACTERS_MOST) {
        points = least_points(words, count, &f);
        for (i = 0; i < count; i++)
            if (is_near(&f, &words[i]))
                points = 1;
    }
    wb_wipe(&f, sizeof(f));
    return points;
}

/* Whether what stands in text at this place begins with the part, both folded. */
static int
begins_with(wb_span text, size_t at, wb_span part)
{
    size_t i = 0;

    while (i < part.len) {
        int32_t code = wb_utf8_next(part.p, part.len, &i);

        if (at == text.len || fold(wb_utf8_next(text.p, text.len, &at)) != fold(code))
            return 0;
    }
    return 1;
}

int
wb_banned_holds_name(wb_span password, wb_span display_name)
{
    wb_span part;
    size_t  name_at = 0;
    size_t  at;

    while (wb_name_next(display_name, &name_at, &part)) {
        if (wb_utf8_codes(part.p, part.len) < PWWB_BANNED_WORD_LEAST)
            continue;
        for (at = 0; at < password.len; (void)wb_utf8_next(password.p, password.len, &at))
            if (begins_with(password, at, part))
                return 1;
    }
    return 0;
}
