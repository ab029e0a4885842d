/* SPDX-License-Identifier: Apache-2.0 */
#include "nearest.h"

#include <string.h>

enum { LONGEST = 63 };

static size_t
least(size_t a, size_t b, size_t c)
{
    size_t ab = a < b ? a : b;

    return ab < c ? ab : c;
}

/* Levenshtein's: the fewest octets to put in, take out or replace. */
static size_t
distance(const char *a, const char *b)
{
    size_t row[LONGEST + 1];
    size_t a_len = strnlen(a, LONGEST), b_len = strnlen(b, LONGEST), i, j;

    for (j = 0; j <= b_len; j++)
        row[j] = j;
    for (i = 1; i <= a_len; i++) {
        size_t before = row[0];

        row[0] = i;
        for (j = 1; j <= b_len; j++) {
            size_t above = row[j];

            row[j] = least(above + 1, row[j - 1] + 1, before + (a[i - 1] != b[j - 1]));
            before = above;
        }
    }
    return row[b_len];
}

const char *
nearest(const char *written, const char *best, const char *name)
{
    return best == NULL || distance(written, name) < distance(written, best) ? name : best;
}
