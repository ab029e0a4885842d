/* SPDX-License-Identifier: Apache-2.0 */
#include "oaep.h"

#include <sodium.h>
#include <string.h>

#define HASH    crypto_hash_sha256_BYTES
#define DB_SIZE (OAEP_RSA_SIZE - HASH - 1)
#define ONE_AT  (DB_SIZE - OAEP_CEK_SIZE - 1) /* where the message begins, for its size is known */

/* XOR with a mask that grows from a seed: MGF1, RFC 8017 B.2.1. */
static void
mask(uint8_t *data, size_t len, const uint8_t *seed, size_t seed_len)
{
    uint8_t input[DB_SIZE + 4], block[HASH];
    size_t  i, at;

    memcpy(input, seed, seed_len);
    for (at = 0; at < len; at += HASH) {
        memcpy(input + seed_len, (const uint8_t[4]){0, 0, 0, (uint8_t)(at / HASH)}, 4);
        (void)crypto_hash_sha256(block, input, seed_len + 4);
        for (i = 0; i < HASH && at + i < len; i++)
            data[at + i] ^= block[i];
    }
    sodium_memzero(input, sizeof(input));
    sodium_memzero(block, sizeof(block));
}

int
oaep_open(uint8_t em[OAEP_RSA_SIZE], uint8_t cek[OAEP_CEK_SIZE])
{
    uint8_t *seed = em + 1;
    uint8_t *db   = em + 1 + HASH;
    uint8_t  label[HASH], wrong = em[0];
    size_t   i;

    mask(seed, HASH, db, DB_SIZE);
    mask(db, DB_SIZE, seed, HASH);
    (void)crypto_hash_sha256(label, em, 0);
    for (i = 0; i < HASH; i++)
        wrong |= (uint8_t)(db[i] ^ label[i]);
    for (i = HASH; i < ONE_AT; i++)
        wrong |= db[i];
    wrong |= db[ONE_AT] ^ 1;
    memcpy(cek, db + ONE_AT + 1, OAEP_CEK_SIZE);
    sodium_memzero(em, OAEP_RSA_SIZE);
    return wrong == 0 ? 0 : -1;
}
