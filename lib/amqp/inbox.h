/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WB_AMQP_INBOX_H
#define WB_AMQP_INBOX_H

#include <proton/delivery.h>
#include <pwwb/amqp.h>
#include <pwwb/policy.h>

#include "message.h"

/* Messages that came in and are not settled: as many places as credit is given at most, made at birth. Those
 * that the host has and keeps for later hold none of them. */

#define WB_AMQP_HELD_MAX 512

typedef struct wb_amqp_letter {
    pn_delivery_t *delivery; /* NULL: a free place */
    uint64_t       tag;
    int            is_handed; /* to the host */
    int32_t        is_redelivered;
    uint8_t        id[PWWB_ID_SIZE];
    size_t         len;
    uint8_t        octets[PWWB_ENVELOPE_MAX];
} wb_amqp_letter;

typedef struct wb_amqp_held {
    pn_delivery_t *delivery;
    uint64_t       tag;
} wb_amqp_held;

typedef struct wb_amqp_inbox {
    wb_amqp_letter *letters;
    size_t          size;
    wb_amqp_held    held[WB_AMQP_HELD_MAX];
    size_t          held_count;
    uint32_t        count;      /* of this connection, part of each tag */
    int             tells_first; /* the peer has said that nobody had a message before us */
} wb_amqp_inbox;

/* 0, or -1 without memory. */
int  wb_amqp_inbox_make(wb_amqp_inbox *inbox, size_t size);
void wb_amqp_inbox_drop(wb_amqp_inbox *inbox);

/* Forget all: their connection is gone. */
void wb_amqp_inbox_empty(wb_amqp_inbox *inbox);

/* Keep a whole delivery's octets. 1; or 0, when there is no place; or -1, it is no message of ours. */
int wb_amqp_inbox_put(wb_amqp_inbox *inbox, pn_delivery_t *delivery, uint32_t generation,
                      const uint8_t *octets, size_t len);

/* The oldest that nobody has; NULL = none. */
wb_amqp_letter *wb_amqp_inbox_next(wb_amqp_inbox *inbox);

/* How many the host has. */
int wb_amqp_inbox_handed(const wb_amqp_inbox *inbox);

/* The one of that tag which the host has; NULL = none. */
wb_amqp_letter *wb_amqp_inbox_find(wb_amqp_inbox *inbox, uint64_t tag);

/* Give its place to another. -1 = no more can be held. */
int wb_amqp_inbox_hold(wb_amqp_inbox *inbox, wb_amqp_letter *letter);

/* Take one out that is held; NULL = none of that tag. */
pn_delivery_t *wb_amqp_inbox_unhold(wb_amqp_inbox *inbox, uint64_t tag);

#endif /* WB_AMQP_INBOX_H */
