/* SPDX-License-Identifier: Apache-2.0 */
#include "letter.h"

#include <stddef.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* Capitals, each `step` behind the one before, and how far their small letters are. Left out is what
 * has no partner of its own: sharp s, dotted and dotless i, long s, kra, final sigma. */
static const struct {
    uint16_t first;
    uint16_t last;
    uint8_t  step;
    int8_t   to_small;
} capitals[] = {
    {'A', 'Z', 1, 0x20},      {0xC0, 0xD6, 1, 0x20},    {0xD8, 0xDE, 1, 0x20},
    {0x100, 0x12E, 2, 1},     {0x132, 0x136, 2, 1},     {0x139, 0x147, 2, 1}, /* Latin Extended-A */
    {0x14A, 0x176, 2, 1},     {0x178, 0x178, 1, -0x79}, {0x179, 0x17D, 2, 1},
    {0x386, 0x386, 1, 0x26},  {0x388, 0x38A, 1, 0x25},  {0x38C, 0x38C, 1, 0x40}, /* Greek */
    {0x38E, 0x38F, 1, 0x3F},  {0x391, 0x3A1, 1, 0x20},  {0x3A3, 0x3A9, 1, 0x20},
    {0x401, 0x40C, 1, 0x50},  {0x40E, 0x40F, 1, 0x50},  {0x410, 0x42F, 1, 0x20}, /* Cyrillic */
    {0x490, 0x490, 1, 1},
};

/* Hebrew, Arabic, Devanagari, Thai, Hiragana, Katakana, Han, Hangul. */
static const struct {
    uint16_t first;
    uint16_t last;
} caseless[] = {
    {0x5D0, 0x5EA},   {0x621, 0x63A},   {0x641, 0x64A},   {0x905, 0x939},   {0xE01, 0xE30},
    {0x3041, 0x3094}, {0x30A1, 0x30FA}, {0x4E00, 0x9FA5}, {0xAC00, 0xD7A3},
};

/* The row of capitals that a code stands in, or its capital if it is a small letter; -1. */
static int
row_of(int32_t code, int is_small)
{
    size_t i;

    if (code < 0 || code > 0xFFFF)
        return -1;

    for (i = 0; i < COUNT(capitals); i++) {
        int32_t at = is_small ? code - capitals[i].to_small : code;

        if (at >= capitals[i].first && at <= capitals[i].last
            && (at - capitals[i].first) % capitals[i].step == 0)
            return (int)i;
    }
    return -1;
}

int
wb_letter_kind(int32_t code)
{
    size_t i;

    if (row_of(code, 0) >= 0)
        return WB_LETTER_CAPITAL;
    if (row_of(code, 1) >= 0)
        return WB_LETTER_SMALL;
    for (i = 0; i < COUNT(caseless); i++)
        if (code >= caseless[i].first && code <= caseless[i].last)
            return WB_LETTER_CASELESS;
    return WB_LETTER_NOT_KNOWN;
}

int32_t
wb_letter_small(int32_t code)
{
    int row = row_of(code, 0);

    return row >= 0 ? code + capitals[row].to_small : code;
}
