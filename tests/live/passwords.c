/* SPDX-License-Identifier: Apache-2.0 */
#include "passwords.h"

#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* splitmix64 (Steele, Lea, Flood 2014). */
typedef struct dice {
    uint64_t state;
} dice;

static uint32_t
roll(dice *d, uint32_t below)
{
    uint64_t z = d->state += 0x9E3779B97F4A7C15u;

    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return (uint32_t)((z ^ (z >> 31)) >> 32) % below;
}

static int
is_by(dice *d, uint32_t percent)
{
    return roll(d, 100) < percent;
}

static dice
dice_of(uint64_t seed, uint64_t index)
{
    dice d = {seed * 0xD1342543DE82EF95u + index};

    (void)roll(&d, 2);
    return d;
}

/* At a limit, short of it, or well beyond. */
static int64_t
some_length(dice *d, int64_t minimum)
{
    uint32_t part = roll(d, 100);

    if (part < 45)
        return minimum - 1 + roll(d, 3);
    if (part < 65)
        return 1 + roll(d, (uint32_t)minimum - 2);
    return minimum + 2 + roll(d, 12);
}

static void
add(generated *g, uint32_t code)
{
    uint8_t *p = (uint8_t *)g->text + g->len;

    if (code < 0x80) {
        p[0] = (uint8_t)code;
        g->len += 1;
    } else if (code < 0x800) {
        p[0] = (uint8_t)(0xC0 | code >> 6);
        p[1] = (uint8_t)(0x80 | (code & 0x3F));
        g->len += 2;
    } else if (code < 0x10000) {
        p[0] = (uint8_t)(0xE0 | code >> 12);
        p[1] = (uint8_t)(0x80 | (code >> 6 & 0x3F));
        p[2] = (uint8_t)(0x80 | (code & 0x3F));
        g->len += 3;
    } else {
        p[0] = (uint8_t)(0xF0 | code >> 18);
        p[1] = (uint8_t)(0x80 | (code >> 12 & 0x3F));
        p[2] = (uint8_t)(0x80 | (code >> 6 & 0x3F));
        p[3] = (uint8_t)(0x80 | (code & 0x3F));
        g->len += 4;
    }
    g->units += code > 0xFFFF ? 2 : 1;
}

static const char *const ascii_kinds[] = {
    "abcdefghijklmnopqrstuvwxyz",
    "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "0123456789",
    "(~!@#$%^&*_-+=`|\\{}[]:;\"'<>,.?)/",
};

static char
one_of(dice *d, const char *set)
{
    return set[roll(d, (uint32_t)strlen(set))];
}

static void
shuffle(dice *d, char *text, size_t len)
{
    for (; len > 1; len--) {
        size_t other = roll(d, (uint32_t)len);
        char   kept  = text[len - 1];

        text[len - 1] = text[other];
        text[other]   = kept;
    }
}

void
passwords_ascii(uint64_t seed, uint64_t index, int64_t minimum, generated *ret)
{
    static const uint8_t wanted[] = {1, 2, 2, 2, 2, 3, 3, 3, 4, 4};
    dice                 d        = dice_of(seed, index);
    uint8_t              order[]  = {0, 1, 2, 3};
    int64_t              length   = some_length(&d, minimum);
    int                  kinds    = wanted[roll(&d, COUNT(wanted))];
    int                  spaces   = is_by(&d, 10);
    int64_t              i;

    memset(ret, 0, sizeof(*ret));
    shuffle(&d, (char *)order, sizeof(order));
    for (i = 0; i < length; i++) {
        int kind = i < kinds ? (int)i : (int)roll(&d, (uint32_t)kinds);

        add(ret, i >= kinds && spaces && is_by(&d, 20) ? ' '
                                                       : (uint8_t)one_of(&d, ascii_kinds[order[kind]]));
    }
    shuffle(&d, ret->text, ret->len);
}

/* Letters of one script: small ones, and capitals where it has them in a second row. */
typedef struct script {
    uint16_t first;
    uint16_t count;
    int16_t  to_capital; /* 0 = no case */
    uint16_t is_mixed;   /* most of the letters are ASCII's */
} script;

static const script scripts[] = {
    {0xE0, 23, -0x20, 1},  {0xE0, 23, -0x20, 1}, {0xE0, 23, -0x20, 1}, /* Latin-1 */
    {0x430, 32, -0x20, 0}, {0x430, 32, -0x20, 0},                      /* Cyrillic */
    {0x3B3, 15, -0x20, 0},                                             /* Greek */
    {0x4E00, 2000, 0, 0},  {0x4E00, 2000, 0, 0},                       /* Han */
    {0x3042, 80, 0, 0},                                                /* Hiragana */
    {0xAC00, 900, 0, 0},                                               /* Hangul */
    {0x5D0, 27, 0, 0},                                                 /* Hebrew */
    {0x628, 19, 0, 0},                                                 /* Arabic */
};

static uint32_t
letter(dice *d, const script *s)
{
    if (s == NULL || (s->is_mixed && is_by(d, 75)))
        return (uint8_t)one_of(d, ascii_kinds[0]);
    return s->first + roll(d, s->count);
}

static uint32_t
capital(const script *s, uint32_t code)
{
    if (code < 0x80)
        return code - 0x20;
    return s != NULL ? (uint32_t)((int32_t)code + s->to_capital) : code;
}

/* In small letters, with a capital, or all capitals. */
static void
add_word(dice *d, generated *g, const script *s, int64_t length)
{
    uint32_t style = roll(d, 10);
    int64_t  count = 3 + roll(d, 6);
    int64_t  i;

    for (i = 0; i < count && g->units < length; i++) {
        uint32_t code = letter(d, s);

        add(g, style == 9 || (style >= 5 && i == 0) ? capital(s, code) : code);
    }
}

/* Signs, currencies, marks that combine, digits of other scripts, letters without the other case,
 * emoji and letters beyond U+FFFF. */
static void
add_rare(dice *d, generated *g, int64_t length)
{
    static const uint32_t rare[] = {
        0x20AC, 0x20AC, 0x20AC, 0xA3, 0xA3,  0xA7,   0xBF,   0xB0,    0xB2,    0x301,   0x308,
        0x663,  0x967,  0xFF11, 0xDF, 0xAA,  0x1C5,  0x2160, 0x3001,  0x1F600, 0x1F511, 0x1F44D,
        0x20000,
    };
    uint32_t code = rare[roll(d, COUNT(rare))];

    add(g, code > 0xFFFF && g->units + 2 > length ? 0x20AC : code);
}

void
passwords_unicode(uint64_t seed, uint64_t index, int64_t minimum, generated *ret)
{
    dice          d      = dice_of(seed, index);
    const script *s      = &scripts[roll(&d, COUNT(scripts))];
    int64_t       length = some_length(&d, minimum);

    memset(ret, 0, sizeof(*ret));
    while (ret->units < length) {
        uint32_t part = roll(&d, 100);

        if (part < 40)
            add_word(&d, ret, s, length);
        else if (part < 55)
            add_word(&d, ret, NULL, length);
        else if (part < 75)
            add(ret, (uint8_t)one_of(&d, ascii_kinds[2]));
        else if (part < 90)
            add(ret, (uint8_t)one_of(&d, ascii_kinds[3]));
        else
            add_rare(&d, ret, length);
    }
    if ((int64_t)ret->len == ret->units) { /* ASCII alone: its last octet becomes a letter */
        ret->len--;
        ret->units--;
        add(ret, s->first);
    }
}
