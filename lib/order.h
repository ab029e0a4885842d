/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WB_ORDER_H
#define WB_ORDER_H

/* What agents and portals tell each other about keys, as docs/protocol.md describes it: orders
 * signed by the agents' identity, the portal's control messages, tickets. Octets in and out. */

#include <pwwb/exchange.h>

#include "keyring.h"

/* An agents' order. Holds keys: in locked memory. */
typedef struct wb_order {
    int32_t  kind; /* one of enum pwwb_exchange_kind; REVOKE says that a revoke was obeyed */
    uint8_t  id[PWWB_ID_SIZE];
    int64_t  issued_s;
    uint8_t  tenant[PWWB_ID_SIZE];
    uint8_t  portal[WB_X25519_SIZE];   /* whom it is sealed to */
    uint8_t  identity[WB_ED25519_SIZE];
    uint8_t  control_key[WB_KEY_SIZE]; /* seals the answer */
    uint8_t  token[WB_TOKEN_SIZE];     /* enable */
    uint64_t generation;               /* from here: enable and roll */
    int32_t  suite;
    int64_t  created_s;
    uint8_t  tenant_key[WB_KEY_SIZE];
    size_t   public_len;
    uint8_t  public_[WB_RSA_PUB_MAX];
} wb_order;

int wb_order_has_bundle(int32_t kind);

/* Sign by the identity's seed and seal. Octets needed; the digest is of what was signed. */
pwwb_status wb_order_seal(const wb_order *order, const uint8_t seed[WB_ED25519_SIZE], uint8_t *buf,
                          size_t size, size_t *ret_len, uint8_t digest[WB_SHA256_SIZE],
                          pwwb_error *err);

/* The kid of whom it is sealed to; MALFORMED, TOO_LARGE. */
pwwb_status wb_order_kid(wb_span sealed, uint8_t kid[WB_KID_SIZE], pwwb_error *err);

/* Open by a portal's private key, verify and read: MALFORMED, NOT_AUTHENTIC, WRONG_TENANT. */
pwwb_status wb_order_open(wb_span sealed, const uint8_t portal[WB_X25519_SIZE],
                          const uint8_t tenant[PWWB_ID_SIZE], wb_order *order,
                          uint8_t digest[WB_SHA256_SIZE], pwwb_error *err);

/* A portal's message about keys. */
enum wb_control_kind { WB_CONTROL_ANSWER = 1, WB_CONTROL_REVOKE = 2 };

typedef struct wb_control {
    int32_t  kind;
    uint8_t  id[PWWB_ID_SIZE];
    int32_t  code;
    int32_t  state;
    uint64_t generation;
    int64_t  time_s;
    uint8_t  digest[WB_SHA256_SIZE]; /* of the order that is answered */
} wb_control;

/* Octets needed; written when they fit. */
size_t wb_control_seal(const wb_control *control, const uint8_t key[WB_KEY_SIZE],
                       const uint8_t tenant[PWWB_ID_SIZE], uint8_t *buf, size_t size);
/* By the control key of the keyring that its kid names: KEY_UNKNOWN, and as wb_outer_open(). */
pwwb_status wb_control_open(const pwwb_keyring *keyring, wb_span sealed, wb_control *control,
                            const uint8_t **ret_key, pwwb_error *err);

/* The readers alone, for tests. */
pwwb_status wb_control_read(wb_span plain, wb_control *control);

/* A ticket's content. Holds secrets: in locked memory. */
typedef struct wb_ticket {
    uint8_t  tenant[PWWB_ID_SIZE];
    uint8_t  portal[WB_X25519_SIZE];
    uint8_t  token[WB_TOKEN_SIZE];
    int64_t  expires_s;
    char     address[WB_ADDRESS_MAX + 1];
    char     credential[WB_CREDENTIAL_MAX + 1];
    uint64_t generation; /* the newest that the portal knows */
} wb_ticket;

/* Octets of the text with its NUL; written when they fit. */
size_t      wb_ticket_print(const wb_ticket *ticket, char *text, size_t size);
/* White space around it is passed over. */
pwwb_status wb_ticket_parse(const char *text, size_t len, wb_ticket *ticket, pwwb_error *err);

pwwb_status wb_ticket_read(wb_span octets, wb_ticket *ticket);

#endif /* WB_ORDER_H */
