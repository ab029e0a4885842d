/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WB_KEYRING_H
#define WB_KEYRING_H

#include <pwwb/keyring.h>

#include "crypto.h"

#define WB_KID_SIZE 8

/* Secrets of an epoch, in locked memory. */
typedef struct wb_epoch_keys {
    uint8_t tenant[WB_KEY_SIZE];
    uint8_t x25519[WB_X25519_SIZE]; /* agent half of the X25519 suite */
} wb_epoch_keys;

/* One generation of the tenant's keys. A kid is 8 octets of SHA-256: of a label and the tenant
 * key, or of the recipient key's COSE thumbprint (RFC 9679). */
typedef struct wb_epoch {
    uint64_t       generation;
    int64_t        created_s;
    int32_t        suite;
    uint8_t        kid[WB_KID_SIZE];           /* of the tenant key */
    uint8_t        recipient_kid[WB_KID_SIZE]; /* of the recipient key */
    wb_epoch_keys *keys;
    wb_rsa        *rsa_public;
    wb_rsa        *rsa_private;                /* agent half of the RSA suite */
    size_t         public_len;
    uint8_t        public_[WB_RSA_PUB_MAX];    /* SubjectPublicKeyInfo, or x of X25519 */
} wb_epoch;

/* The one epoch that a kid names, or NULL: no other is ever tried. */
const wb_epoch *wb_keyring_find(const pwwb_keyring *keyring, wb_span kid);
/* The epoch that seals. */
const wb_epoch *wb_keyring_active(const pwwb_keyring *keyring);

const uint8_t *wb_keyring_tenant(const pwwb_keyring *keyring);

/* keyring_codec.c: one half as CBOR in locked memory, and back. */
#define WB_KEYRING_PLAIN_MAX 2048
size_t      wb_keyring_print(const pwwb_keyring *keyring, int32_t half, uint8_t *buf, size_t size);
pwwb_status wb_keyring_parse(wb_span plain, pwwb_keyring **ret_keyring, pwwb_error *err);

/* What the codec fills: an empty keyring, and its epoch made ready. */
pwwb_keyring *wb_keyring_alloc(const uint8_t tenant[PWWB_ID_SIZE]);
wb_epoch     *wb_keyring_epoch(pwwb_keyring *keyring);
/* Load what public_, keys and `private_` hold; private_ empty makes a portal half. */
pwwb_status   wb_keyring_ready(pwwb_keyring *keyring, wb_span private_, pwwb_error *err);

#endif /* WB_KEYRING_H */
