/* SPDX-License-Identifier: Apache-2.0 */
#include "dn.h"

#include <string.h>

#include "letter.h"
#include "utf.h"

/* Each "type=value" ends with NUL, and each of the names between commas with one more. */
typedef struct fold {
    const char *at;
    uint8_t    *out;
    size_t      size;
    size_t      used;
    int         is_bad; /* sticky */
} fold;

static void
put(fold *f, uint8_t octet)
{
    if (f->used < f->size)
        f->out[f->used++] = octet;
    else
        f->is_bad = 1;
}

static void
skip_spaces(fold *f)
{
    while (*f->at == ' ')
        f->at++;
}

static int
is_type(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-';
}

static void
fold_type(fold *f)
{
    size_t begin = f->used;
    char   c;

    skip_spaces(f);
    for (;; f->at++) {
        c = (char)wb_letter_small((uint8_t)*f->at);
        if (!is_type(c))
            break;
        put(f, (uint8_t)c);
    }
    skip_spaces(f);
    if (f->used == begin || *f->at != '=')
        f->is_bad = 1;
    else
        put(f, (uint8_t)*f->at++);
}

static int
digit(char c)
{
    int32_t small = wb_letter_small((uint8_t)c);

    if (small >= '0' && small <= '9')
        return small - '0';
    return small >= 'a' && small <= 'f' ? small - 'a' + 10 : -1;
}

/* What stands behind a backslash: two hexadecimal digits, or a sign that means itself. */
static void
put_escaped(fold *f)
{
    const char *p = f->at;
    int         octet;

    if (digit(p[0]) >= 0 && digit(p[1]) >= 0) {
        octet = digit(p[0]) * 16 + digit(p[1]);
        f->at += 2;
    } else {
        octet = *p != '\0' && strchr(" \"#+,;<=>\\", *p) != NULL ? *p : '\0';
        f->at += octet != '\0';
    }
    if (octet == '\0')
        f->is_bad = 1;
    else
        put(f, (uint8_t)octet);
}

/* Small letters, none of which is longer than its capital. */
static size_t
put_code(uint8_t *out, const uint8_t *text, size_t len, int32_t code)
{
    int32_t small = wb_letter_small(code);

    if (small == code) {
        memmove(out, text, len);
        return len;
    }
    if (small < 0x80) {
        out[0] = (uint8_t)small;
        return 1;
    }
    out[0] = (uint8_t)(0xC0 | small >> 6);
    out[1] = (uint8_t)(0x80 | (small & 0x3F));
    return 2;
}

/* In place: one space between words, none around them. */
static void
fold_letters(fold *f, size_t begin)
{
    uint8_t *text   = f->out + begin;
    size_t   len    = f->used - begin;
    size_t   at     = 0, to = 0, last;
    int      spaces = 0;
    int32_t  code;

    while (at < len && !f->is_bad) {
        last = at;
        code = wb_utf8_next(text, len, &at);
        if (code < 0) {
            f->is_bad = 1;
        } else if (code == ' ') {
            spaces = to > 0;
        } else {
            if (spaces)
                text[to++] = ' ';
            spaces = 0;
            to += put_code(text + to, text + last, at - last, code);
        }
    }
    f->used = begin + to;
}

static void
fold_value(fold *f)
{
    size_t begin = f->used;

    skip_spaces(f);
    if (*f->at == '#')
        f->is_bad = 1;
    while (!f->is_bad && *f->at != '\0' && *f->at != ',' && *f->at != '+') {
        char c = *f->at++;

        if (c == '\\')
            put_escaped(f);
        else if (strchr("\";<>", c) != NULL)
            f->is_bad = 1;
        else
            put(f, (uint8_t)c);
    }
    if (!f->is_bad)
        fold_letters(f, begin);
    put(f, 0);
}

size_t
wb_dn_fold(const char *text, uint8_t *out, size_t out_size)
{
    fold f = {text, out, out_size, 0, 0};
    char end;

    do {
        fold_type(&f);
        fold_value(&f);
        end = f.is_bad ? '\0' : *f.at;
        if (end != '+')
            put(&f, 0);
        f.at += end != '\0';
    } while (end != '\0');
    return f.is_bad ? 0 : f.used;
}

int
wb_dn_is_within(const uint8_t *dn, size_t len, const uint8_t *top, size_t top_len)
{
    size_t above;

    if (len < top_len || top_len == 0)
        return 0;

    above = len - top_len;
    return memcmp(dn + above, top, top_len) == 0
           && (above == 0 || (above >= 2 && dn[above - 1] == 0 && dn[above - 2] == 0));
}
