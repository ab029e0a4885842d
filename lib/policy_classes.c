/* SPDX-License-Identifier: Apache-2.0 */
#include "policy.h"
#include "utf.h"

/* Which kind a character is. The two texts agree on printable ASCII, on the space and the tab,
 * and on the two currency signs that Learn names. */
enum {
    UPPER  = 1,
    LOWER  = 2,
    DIGIT  = 4,
    MARK   = 8,
    NONE   = 0,
    LETTER = -1, /* beyond U+FFFF: an alphabetic one at most, its halves are of no kind */
    ANY    = -2  /* any one kind, or none */
};

#define EURO  0x20AC
#define POUND 0xA3

static int
kind_of(int32_t code)
{
    if (code >= 'A' && code <= 'Z')
        return UPPER;
    if (code >= 'a' && code <= 'z')
        return LOWER;
    if (code >= '0' && code <= '9')
        return DIGIT;
    if (code > ' ' && code <= '~')
        return MARK;
    if (code == ' ' || code == '\t' || code == EURO || code == POUND)
        return NONE;
    return code > 0xFFFF ? LETTER : ANY;
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

wb_kinds
wb_kinds_of(wb_span text)
{
    wb_kinds   kinds;
    open_kinds open   = {{0, 0, 0}, 0};
    int        seen   = 0;
    int        letter = 0;
    size_t     at     = 0;

    while (at < text.len) {
        size_t  before = at;
        int32_t code   = wb_utf8_next(text.p, text.len, &at);
        int     kind   = kind_of(code);

        if (kind == ANY)
            note_open(&open, text, before, code);
        else if (kind == LETTER)
            letter = 1;
        else
            seen |= kind;
    }
    kinds.least = count_bits(seen);
    kinds.most  = kinds.least + open.count + letter;
    return kinds;
}
