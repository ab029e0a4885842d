/* SPDX-License-Identifier: Apache-2.0 */
#include "letter.h"
#include "policy.h"
#include "utf.h"

/* Which kind a character is. The two texts agree on printable ASCII, on the space and the tab, on
 * the two currency signs that Learn names, and on letters without case. Of letters with case beyond
 * ASCII MS-SAMR makes OTHER, Learn UPPER and LOWER. */
enum {
    UPPER  = 1,
    LOWER  = 2,
    DIGIT  = 4,
    MARK   = 8,
    OTHER  = 16,
    NONE   = 0,
    LETTER = -1, /* beyond U+FFFF: an alphabetic one at most, its halves are of no kind */
    ANY    = -2  /* any one kind, or none */
};

#define EURO  0x20AC
#define POUND 0xA3

/* A character's kind by each text: the same, or not. */
typedef struct kind {
    int samr;
    int learn;
} kind;

static kind
both(int of)
{
    return (kind){of, of};
}

static kind
kind_beyond_ascii(int32_t code)
{
    if (code == EURO || code == POUND)
        return both(NONE);
    switch (wb_letter_kind(code)) {
    case WB_LETTER_CAPITAL:
        return (kind){OTHER, UPPER};
    case WB_LETTER_SMALL:
        return (kind){OTHER, LOWER};
    case WB_LETTER_CASELESS:
        return both(OTHER);
    default:
        return both(code > 0xFFFF ? LETTER : ANY);
    }
}

static kind
kind_of(int32_t code)
{
    if (code >= 'A' && code <= 'Z')
        return both(UPPER);
    if (code >= 'a' && code <= 'z')
        return both(LOWER);
    if (code >= '0' && code <= '9')
        return both(DIGIT);
    if (code > ' ' && code <= '~')
        return both(MARK);
    if (code == ' ' || code == '\t')
        return both(NONE);
    return kind_beyond_ascii(code);
}

/* Different characters whose kind is open, by place: each adds at most one kind. Three make any
 * password possible. */
typedef struct open_kinds {
    size_t at[3];
    int    count;
} open_kinds;

static void
note_open(open_kinds *open, wb_span text, size_t at, int32_t code)
{
    int i;

    if (open->count == 3)
        return;

    for (i = 0; i < open->count; i++) {
        size_t there = open->at[i];

        if (wb_utf8_next(text.p, text.len, &there) == code)
            return;
    }
    open->at[open->count++] = at;
}

static int
count_bits(int bits)
{
    int count = 0;

    for (; bits != 0; bits &= bits - 1)
        count++;
    return count;
}

/* The most kinds by one text: characters that are open add one each, letters beyond U+FFFF one. */
static int
count_most(int seen, int has_letter, const open_kinds *open)
{
    return count_bits(has_letter ? seen | OTHER : seen) + open->count;
}

static int
lesser(int a, int b)
{
    return a < b ? a : b;
}

wb_kinds
wb_kinds_of(wb_span text)
{
    open_kinds open       = {{0, 0, 0}, 0};
    kind       seen       = {0, 0};
    int        has_letter = 0;
    size_t     at         = 0;

    while (at < text.len) {
        size_t  before = at;
        int32_t code   = wb_utf8_next(text.p, text.len, &at);
        kind    k      = kind_of(code);

        if (k.samr == ANY) {
            note_open(&open, text, before, code);
        } else if (k.samr == LETTER) {
            has_letter = 1;
        } else {
            seen.samr |= k.samr;
            seen.learn |= k.learn;
        }
    }
    return (wb_kinds){
        .least = lesser(count_bits(seen.samr), count_bits(seen.learn)),
        .most  = -lesser(-count_most(seen.samr, has_letter, &open),
                         -count_most(seen.learn, has_letter, &open)),
    };
}
