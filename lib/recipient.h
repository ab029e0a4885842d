/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WB_RECIPIENT_H
#define WB_RECIPIENT_H

/* Content keys for an X25519 recipient: ECDH-ES + HKDF-256, RFC 9053 6.3.1. */

#include "cose.h"
#include "crypto.h"

/* What a recipient's spans point to. */
typedef struct wb_recipient_room {
    uint8_t protected_[8];
    uint8_t ephemeral[WB_X25519_SIZE];
} wb_recipient_room;

/* Secrets on the way to a content key; in locked memory, wiped by whoever owns it. */
typedef struct wb_recipient_work {
    uint8_t ephemeral[WB_X25519_SIZE];
    uint8_t shared[WB_X25519_SIZE];
    uint8_t cek[WB_KEY_SIZE];
} wb_recipient_work;

/* A fresh key pair, its recipient but for the kid, and the content key. -1: that is no key. */
int wb_recipient_seal(const uint8_t public_[WB_X25519_SIZE], wb_recipient_work *w,
                      wb_recipient_room *room, wb_cose_recipient *r);

/* The content key; a random one where there is none, so that the layer within fails instead. */
void wb_recipient_open(const uint8_t secret[WB_X25519_SIZE], const wb_cose_recipient *r,
                       wb_recipient_work *w);

/* Whether a recipient has the form that wb_recipient_seal() gives it, and that kid. */
int wb_recipient_fits(const wb_cose_recipient *r, const uint8_t *kid, size_t kid_len);

#endif /* WB_RECIPIENT_H */
