/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HOST_KEYS_H
#define HOST_KEYS_H

/* A host's own private key that does as it is told: one pair, made once for the program. */

#include <pwwb/keystore.h>
#include <stdlib.h>
#include <string.h>

#include "crypto.h"
#include "envelope.h"
#include "keyring.h"
#include "secret.h"

/* The pair behind all of them. */
static wb_rsa *hk_private;
static uint8_t hk_public[WB_RSA_PUB_MAX];
static size_t  hk_public_len;

typedef struct host_key {
    int32_t     answer;      /* 0 = what the key says */
    int32_t     once;        /* only to the next call, then what the key says */
    int         is_wrong;    /* OK, with another content key */
    pwwb_status make_status; /* of make */
    size_t      make_len;    /* what make tells; 0 = the truth */
    uint8_t     make_flip;   /* changes the first octet that make gives */
    long        unwraps;
    long        makes;
    long        destroyed;
    long        late; /* calls after destroy */
} host_key;

static inline void
hk_begin(void)
{
    uint8_t *der = wb_crypto_ready(NULL) == PWWB_OK ? wb_secret_new(WB_RSA_DER_MAX) : NULL;
    size_t   len;

    if (der == NULL || wb_rsa_generate(der, &len, hk_public, &hk_public_len, NULL) != PWWB_OK
        || wb_rsa_new(wb_span_of(der, len), 1, &hk_private, NULL) != PWWB_OK)
        abort();
    wb_secret_free(der);
}

static inline void
hk_end(void)
{
    wb_rsa_free(hk_private);
}

static inline int32_t
hk_open(const uint8_t *public_key, size_t public_key_len, const uint8_t *wrapped, uint8_t *cek)
{
    uint8_t plain[WB_RSA_SIZE];
    size_t  len;

    if (public_key_len != hk_public_len || memcmp(public_key, hk_public, hk_public_len) != 0
        || wb_rsa_open_any(hk_private, wb_span_of(wrapped, WB_RSA_SIZE), plain, sizeof(plain), &len)
               != 0
        || len != WB_KEY_SIZE)
        return PWWB_UNWRAP_REJECTED;

    memcpy(cek, plain, WB_KEY_SIZE);
    return PWWB_UNWRAP_OK;
}

/* Whatever it is told to answer, it opens first: no other answer may let a content key through. */
static inline int32_t
hk_unwrap(void *ctx, const uint8_t *public_key, size_t public_key_len, const uint8_t *wrapped,
          uint8_t *cek)
{
    host_key *key    = ctx;
    int32_t   answer = key->once != 0 ? key->once : key->answer;
    int32_t   truth  = hk_open(public_key, public_key_len, wrapped, cek);

    (void)__atomic_fetch_add(&key->unwraps, 1, __ATOMIC_RELAXED);
    (void)__atomic_fetch_add(&key->late, key->destroyed, __ATOMIC_RELAXED);
    if (key->once != 0)
        key->once = 0;
    if (key->is_wrong)
        cek[0] ^= 1;
    return answer != 0 ? answer : truth;
}

static inline pwwb_status
hk_make(void *ctx, uint8_t *public_key, size_t size, size_t *ret_len, pwwb_error *err)
{
    host_key *key = ctx;

    key->makes++;
    key->late += key->destroyed;
    if (key->make_status != PWWB_OK)
        return pwwb_error_set(err, key->make_status, "the token says no");
    if (size < hk_public_len)
        return PWWB_E_BUFFER_TOO_SMALL;

    memcpy(public_key, hk_public, hk_public_len);
    public_key[0] ^= key->make_flip;
    *ret_len = key->make_len != 0 ? key->make_len : hk_public_len;
    return PWWB_OK;
}

static inline void
hk_destroy(void *ctx)
{
    ((host_key *)ctx)->destroyed++;
}

static const pwwb_unwrap_ops hk_ops = {
    .size = sizeof(pwwb_unwrap_ops), .unwrap = hk_unwrap, .make = hk_make, .destroy = hk_destroy};

/* One octet of the wrapped content key changed, by somebody who has the tenant key. */
static inline void
hk_spoil(const pwwb_keyring *keyring, uint8_t *sealed, size_t *len)
{
    uint8_t         inner[PWWB_ENVELOPE_MAX];
    size_t          inner_len;
    const wb_epoch *epoch;
    wb_cose_layer   layer;

    if (wb_outer_open(keyring, WB_LABEL_REQUEST, wb_span_of(sealed, *len), inner, &inner_len, &epoch,
                      NULL)
            != PWWB_OK
        || wb_cose_parse_encrypt(wb_span_of(inner, inner_len), &layer) != PWWB_OK)
        abort();
    inner[layer.recipient.ciphertext.p - inner + 100] ^= 1;
    *len = wb_outer_seal(epoch, WB_LABEL_REQUEST, wb_span_of(inner, inner_len), sealed,
                         PWWB_ENVELOPE_MAX);
}

#endif /* HOST_KEYS_H */
