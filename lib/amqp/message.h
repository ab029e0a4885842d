/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WB_AMQP_MESSAGE_H
#define WB_AMQP_MESSAGE_H

#include <pwwb/transport.h>

#include "octets.h"

/* Octets of a message with all that a broker puts around ours, at most; more is rejected. */
#define WB_AMQP_MESSAGE_MAX 16384

/* What a message is sent with, beside its own. */
typedef struct wb_amqp_envelope {
    int64_t     now_ms;     /* wall */
    int         is_durable;
    const char *reply_to;   /* a broker's address, at most 512 octets; NULL = none */
} wb_amqp_envelope;

/* As a bare message of AMQP: header, properties, one section of data. 0, or -1: it does not fit. */
int wb_amqp_message_write(wb_amqp_writer *out, const pwwb_message *message,
                          const wb_amqp_envelope *envelope);

/* What is read of one. */
typedef struct wb_amqp_received {
    wb_amqp_octets data;
    uint8_t        id[PWWB_ID_SIZE];  /* zeros when it has none of that form */
    int            is_first_acquirer; /* nobody had it before us */
    uint64_t       delivery_count;    /* failed ones before */
} wb_amqp_received;

/* 0, or -1: malformed, or not one section of data. */
int wb_amqp_message_read(const uint8_t *octets, size_t len, wb_amqp_received *ret_received);

#endif /* WB_AMQP_MESSAGE_H */
