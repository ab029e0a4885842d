/* SPDX-License-Identifier: Apache-2.0 */
#include "corpus.h"

#include <string.h>

#include "error.h"
#include "secret.h"

#define LINE_MOST 128  /* mark, hash, colon, twenty digits and the end are 66 */
#define BLOCK     4096 /* read at once when so little is left */
#define SAMPLES   64   /* looked at by wb_corpus_check() */

typedef struct line {
    uint8_t hash[WB_SHA1_SIZE];
    int     is_counted;
    size_t  len; /* its end included */
} line;

static const uint8_t first_of_all[WB_SHA1_SIZE];
static const uint8_t last_of_all[WB_SHA1_SIZE]
    = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
       0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff};

static int
compare(const uint8_t *a, const uint8_t *b)
{
    return memcmp(a, b, WB_SHA1_SIZE);
}

static int
nibble(uint8_t c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The hash at *at, which moves behind it; 0 when there is none. */
static int
parse_hash(wb_span text, size_t *at, uint8_t hash[WB_SHA1_SIZE])
{
    size_t i;

    if (text.len - *at < 2 * WB_SHA1_SIZE)
        return 0;

    for (i = 0; i < WB_SHA1_SIZE; i++, *at += 2) {
        int high = nibble(text.p[*at]);
        int low  = nibble(text.p[*at + 1]);

        if (high < 0 || low < 0)
            return 0;
        hash[i] = (uint8_t)(high << 4 | low);
    }
    return 1;
}

/* Digits, of which one is not 0 when it counts; 0 when there are none or too many. */
static int
parse_count(wb_span text, size_t *at, int *ret_is_counted)
{
    size_t digits = 0;

    *ret_is_counted = 0;
    for (; *at < text.len && text.p[*at] >= '0' && text.p[*at] <= '9'; (*at)++, digits++)
        if (text.p[*at] != '0')
            *ret_is_counted = 1;
    return digits > 0 && digits <= 20;
}

/* LF, CRLF, or the end of it all. */
static int
parse_end(wb_span text, size_t *at)
{
    if (*at < text.len && text.p[*at] == '\r')
        (*at)++;
    if (*at == text.len)
        return 1;
    return text.p[(*at)++] == '\n';
}

/* The line that text begins with, a byte order mark before it or not. */
static int
parse(wb_span text, line *ret_line)
{
    size_t at = text.len >= 3 && memcmp(text.p, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;

    if (!parse_hash(text, &at, ret_line->hash) || at == text.len || text.p[at++] != ':'
        || !parse_count(text, &at, &ret_line->is_counted) || !parse_end(text, &at))
        return 0;

    ret_line->len = at;
    return 1;
}

static pwwb_status
no_line(pwwb_error *err, int64_t at)
{
    return wb_fail(err, PWWB_E_MALFORMED, "the breach corpus has no such line at octet %lld",
                   (long long)at);
}

static pwwb_status
no_order(pwwb_error *err, int64_t at)
{
    return wb_fail(err, PWWB_E_MALFORMED, "the breach corpus is not ascending at octet %lld",
                   (long long)at);
}

/* The first line that begins behind `at`, or at the very beginning: room for two must be there. */
static pwwb_status
next_line(const wb_corpus *corpus, int64_t at, int64_t *ret_at, line *ret_line, pwwb_error *err)
{
    uint8_t        buf[2 * LINE_MOST];
    const uint8_t *begin = buf;
    pwwb_status    st    = corpus->read(corpus->ctx, at, buf, sizeof(buf), err);

    if (st == PWWB_OK && at > 0) {
        begin = memchr(buf, '\n', LINE_MOST);
        begin = begin != NULL ? begin + 1 : buf; /* an end of line begins none */
    }
    *ret_at = at + (begin - buf);
    if (st == PWWB_OK && !parse(wb_span_of(begin, sizeof(buf) - (size_t)(begin - buf)), ret_line))
        st = no_line(err, *ret_at);
    wb_wipe(buf, sizeof(buf)); /* which lines were read tells of the hash */
    return st;
}

/* A piece of the corpus that begins and ends with whole lines, and between which hashes. */
typedef struct piece {
    int64_t begin;
    int64_t end;
    uint8_t low[WB_SHA1_SIZE];
    uint8_t high[WB_SHA1_SIZE];
} piece;

static piece
whole(const wb_corpus *corpus)
{
    piece p = {.end = corpus->size};

    memcpy(p.low, first_of_all, sizeof(p.low));
    memcpy(p.high, last_of_all, sizeof(p.high));
    return p;
}

static int
is_between(const line *l, const piece *p)
{
    return compare(l->hash, p->low) >= 0 && compare(l->hash, p->high) <= 0;
}

/* Keep the part that the hash can be in: before the line at this place, behind it, or it alone. */
static void
narrow(piece *p, const line *l, int64_t at, const uint8_t *hash)
{
    int order = compare(hash, l->hash);

    if (order >= 0) {
        p->begin = at;
        memcpy(p->low, l->hash, sizeof(p->low));
    }
    if (order <= 0) {
        p->end = order < 0 ? at : at + (int64_t)l->len;
        memcpy(p->high, l->hash, sizeof(p->high));
    }
}

static pwwb_status
halve(const wb_corpus *corpus, piece *p, const uint8_t *hash, pwwb_error *err)
{
    line        l = {.len = 0};
    int64_t     at;
    pwwb_status st = next_line(corpus, p->begin + (p->end - p->begin) / 2, &at, &l, err);

    if (st == PWWB_OK && !is_between(&l, p))
        st = no_order(err, at);
    if (st == PWWB_OK)
        narrow(p, &l, at, hash);
    wb_wipe(&l, sizeof(l));
    return st;
}

/* The next line of a piece; the piece then begins behind it. */
static pwwb_status
take(wb_span text, piece *p, line *ret_line, pwwb_error *err)
{
    if (!parse(text, ret_line))
        return no_line(err, p->begin);
    if (!is_between(ret_line, p))
        return no_order(err, p->begin);

    p->begin += (int64_t)ret_line->len;
    memcpy(p->low, ret_line->hash, sizeof(p->low));
    return PWWB_OK;
}

/* Every line of a piece that is no longer than a block. */
static pwwb_status
scan(const wb_corpus *corpus, piece *p, const uint8_t *hash, int *ret_found, pwwb_error *err)
{
    uint8_t     buf[BLOCK];
    line        l   = {.len = 0};
    size_t      at  = 0;
    size_t      len = (size_t)(p->end - p->begin);
    pwwb_status st  = corpus->read(corpus->ctx, p->begin, buf, len, err);

    for (; st == PWWB_OK && at < len; at += l.len) {
        st = take(wb_span_of(buf + at, len - at), p, &l, err);
        if (st == PWWB_OK && l.is_counted && compare(l.hash, hash) == 0)
            *ret_found = 1;
    }
    wb_wipe(&l, sizeof(l));
    wb_wipe(buf, sizeof(buf));
    return st;
}

pwwb_status
wb_corpus_find(const wb_corpus *corpus, const uint8_t hash[WB_SHA1_SIZE], int *ret_found,
               pwwb_error *err)
{
    piece       p     = whole(corpus);
    int         found = 0;
    pwwb_status st    = PWWB_OK;

    *ret_found = 0;
    while (st == PWWB_OK && p.end - p.begin > BLOCK)
        st = halve(corpus, &p, hash, err);
    if (st == PWWB_OK)
        st = scan(corpus, &p, hash, &found, err);
    if (st == PWWB_OK)
        *ret_found = found;
    wb_wipe(&p, sizeof(p));
    return st;
}

/* Some lines of a larger one, each behind the one before; the last block is left in `p`. */
static pwwb_status
sample(const wb_corpus *corpus, piece *p, pwwb_error *err)
{
    int64_t     step = (corpus->size - BLOCK) / SAMPLES;
    line        l    = {.len = 0};
    pwwb_status st   = PWWB_OK;
    int         i;

    for (i = 0; i <= SAMPLES && st == PWWB_OK; i++) {
        int64_t from = i < SAMPLES ? i * step : corpus->size - BLOCK;

        st = next_line(corpus, from, &p->begin, &l, err);
        if (st == PWWB_OK && compare(l.hash, p->low) < 0)
            st = no_order(err, p->begin);
        memcpy(p->low, l.hash, sizeof(p->low));
    }
    return st;
}

pwwb_status
wb_corpus_check(const wb_corpus *corpus, pwwb_error *err)
{
    piece       p  = whole(corpus);
    int         found;
    pwwb_status st = PWWB_OK;

    if (corpus->size <= 0)
        return wb_fail(err, PWWB_E_MALFORMED, "the breach corpus is empty");

    if (corpus->size > BLOCK)
        st = sample(corpus, &p, err);
    return st == PWWB_OK ? scan(corpus, &p, first_of_all, &found, err) : st;
}
