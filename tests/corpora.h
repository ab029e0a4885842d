/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORPORA_H
#define CORPORA_H

/* Breach corpora for tests: the passwords of breach-corpus-format.json, whose hashes are another
 * tool's, among lines that are nobody's. */

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "corpus.h"

static const struct leaked {
    const char *password;
    size_t      len;
    const char *hash;
} leaked[] = {
#include "breach_corpus.h"
};

#define LEAKED (sizeof(leaked) / sizeof(leaked[0]))
#define OTHERS 4994
#define LINES  (OTHERS + LEAKED)

/* How a corpus is written down. */
enum { CRLF = 1, LOWER_CASE = 2, MARKS = 4, NO_LAST_END = 8, UNCOUNTED = 16 };

typedef struct corpus_text {
    uint8_t hashes[LINES][WB_SHA1_SIZE]; /* ascending */
    char    text[LINES * 80];
    size_t  len;
} corpus_text;

static inline int
corpus_compare(const void *a, const void *b)
{
    return memcmp(a, b, WB_SHA1_SIZE);
}

static inline void
corpus_put(corpus_text *c, size_t i, int how)
{
    char hex[2 * WB_SHA1_SIZE + 1];
    long count = (how & UNCOUNTED) != 0 ? 0 : (long)(i * i * 7919 % 99999999) + 1;
    int  len;

    (void)sodium_bin2hex(hex, sizeof(hex), c->hashes[i], WB_SHA1_SIZE);
    for (len = 0; (how & LOWER_CASE) == 0 && hex[len] != '\0'; len++)
        if (hex[len] >= 'a')
            hex[len] = (char)(hex[len] - 'a' + 'A');
    len = snprintf(c->text + c->len, 80, "%s%s:%ld%s",
                   (how & MARKS) != 0 && i % 3 == 0 ? "\xef\xbb\xbf" : "", hex, count,
                   (how & CRLF) != 0 ? "\r\n" : "\n");
    c->len += (size_t)len;
}

/* The first `lines` of a corpus of them all. */
static inline corpus_text *
corpus_text_new(size_t lines, int how)
{
    static const uint8_t seed[randombytes_SEEDBYTES] = {7};
    corpus_text         *c                           = calloc(1, sizeof(*c));
    size_t               i;

    if (c == NULL)
        abort();
    randombytes_buf_deterministic(c->hashes, sizeof(c->hashes[0]) * OTHERS, seed);
    for (i = 0; i < LEAKED; i++)
        if (sodium_hex2bin(c->hashes[OTHERS + i], WB_SHA1_SIZE, leaked[i].hash, 2 * WB_SHA1_SIZE,
                           NULL, NULL, NULL)
            != 0)
            abort();
    qsort(c->hashes, LINES, WB_SHA1_SIZE, corpus_compare);
    for (i = 0; i < lines; i++)
        corpus_put(c, i, how);
    if ((how & NO_LAST_END) != 0)
        c->len -= (how & CRLF) != 0 ? 2 : 1;
    return c;
}

#endif /* CORPORA_H */
