/* SPDX-License-Identifier: Apache-2.0 */
#include "index.h"

#include <stdlib.h>
#include <string.h>

#include "crypto.h"

int
wb_index_make(wb_index *index, size_t size)
{
    index->size  = size;
    index->heads = calloc(size, sizeof(*index->heads));
    wb_random(index->salt, sizeof(index->salt));
    return index->heads != NULL ? 0 : -1;
}

void
wb_index_drop(wb_index *index)
{
    free(index->heads);
    index->heads = NULL;
}

void
wb_index_clear(wb_index *index)
{
    memset(index->heads, 0, index->size * sizeof(*index->heads));
}

uint32_t *
wb_index_chain(const wb_index *index, const void *id, size_t len)
{
    uint8_t  salted[WB_INDEX_SALT_SIZE + WB_INDEX_ID_MAX];
    uint8_t  hash[WB_SHA256_SIZE];
    uint64_t n;

    memcpy(salted, index->salt, WB_INDEX_SALT_SIZE);
    memcpy(salted + WB_INDEX_SALT_SIZE, id, len);
    wb_sha256(salted, WB_INDEX_SALT_SIZE + len, hash);
    memcpy(&n, hash, sizeof(n));
    return &index->heads[n % index->size];
}

void
wb_index_push(uint32_t *chain, uint32_t *next, size_t place)
{
    *next  = *chain;
    *chain = (uint32_t)place;
}
