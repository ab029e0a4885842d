/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WB_CORPUS_H
#define WB_CORPUS_H

/* A sorted text of SHA-1 hashes, `HEX:COUNT` a line, searched where it lies. Whatever is read of it
 * is checked: it may be cut, changed or out of order at any time. No malloc. */

#include <pwwb/error.h>

#include "crypto.h"

/* How to reach its octets. */
typedef struct wb_corpus {
    int64_t size;
    /* Fill buf with the len octets at a place; a status that is passed on when it cannot. */
    pwwb_status (*read)(void *ctx, int64_t at, uint8_t *buf, size_t len, pwwb_error *err);
    void *ctx;
} wb_corpus;

/* Look through its beginning, its end and some places between: PWWB_E_MALFORMED, or read's. */
pwwb_status wb_corpus_check(const wb_corpus *corpus, pwwb_error *err);

/* Whether it holds a hash with a count above 0. A failure is never a no. */
pwwb_status wb_corpus_find(const wb_corpus *corpus, const uint8_t hash[WB_SHA1_SIZE],
                           int *ret_found, pwwb_error *err);

#endif /* WB_CORPUS_H */
