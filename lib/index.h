/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WB_INDEX_H
#define WB_INDEX_H

/* A hashed index over a table in memory: each bucket holds the place of the first entry of a chain
 * that the entries carry on. Places count from 1; 0 ends a chain. */

#include <stddef.h>
#include <stdint.h>

#define WB_INDEX_SALT_SIZE 16
#define WB_INDEX_ID_MAX    16

typedef struct wb_index {
    size_t    size; /* buckets */
    uint32_t *heads;
    uint8_t   salt[WB_INDEX_SALT_SIZE]; /* so that nobody outside can choose who shares a bucket */
} wb_index;

/* The crypto libraries are ready before. -1 = no memory; drop it all the same. */
int  wb_index_make(wb_index *index, size_t size);
void wb_index_drop(wb_index *index);
void wb_index_clear(wb_index *index);

/* The head of the chain for an id of at most WB_INDEX_ID_MAX octets. */
uint32_t *wb_index_chain(const wb_index *index, const void *id, size_t len);

/* Put the entry at `place`, whose link in the chain is `next`, at the chain's head. */
void wb_index_push(uint32_t *chain, uint32_t *next, size_t place);

#endif /* WB_INDEX_H */
