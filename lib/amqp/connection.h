/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WB_AMQP_CONNECTION_H
#define WB_AMQP_CONNECTION_H

#include <stdatomic.h>

#include "backoff.h"
#include "engine.h"

/* A stream, an engine, and when to try again. */
struct pwwb_amqp {
    wb_amqp_options options;
    wb_amqp_engine  engine;
    wb_amqp_backoff backoff;
    pwwb_error     *err;    /* of what happens by itself */
    pwwb_stream    *stream; /* NULL while there is none */
    int             wake_fd;     /* readable when another thread called; */
    atomic_int      is_woken;    /* 1 once it has */
    int             is_blocked;  /* the last write could not go on: no service before the stream says */
    int             has_more;    /* the last service did not come to an end */
    int64_t         next_try_ms; /* monotonic; while there is no stream */
    int64_t         deadline_ms; /* monotonic; while it connects */
    int64_t         ready_ms;    /* since when, monotonic; 0 = it is not */
    int64_t         tick_ms;     /* when the engine is to be called; -1 = never */
    pwwb_status     last;
    char            why[256];
    uint64_t        connects, octets_in, octets_out;
    uint8_t         buf[WB_AMQP_MESSAGE_MAX];
};

/* All that can be done now without waiting. */
void wb_amqp_connection_service(pwwb_amqp *amqp);

/* Of that, only what there is to read: what it makes us say goes out with what follows. All, where the
 * connection is not ready. */
void wb_amqp_connection_look(pwwb_amqp *amqp);

/* Of that, only what was not said yet. */
void wb_amqp_connection_flush(pwwb_amqp *amqp);

/* Whether it is attached. */
int wb_amqp_connection_is_ready(const pwwb_amqp *amqp);

/* How long until something is to be done, whatever the stream waits for; -1 = no such time. */
int64_t wb_amqp_connection_timeout(pwwb_amqp *amqp);

/* Say goodbye, as far as that goes without waiting. A broker answers, and then it is lost. */
void wb_amqp_connection_goodbye(pwwb_amqp *amqp);

/* Whether the answer is awaited. */
int wb_amqp_connection_is_leaving(const pwwb_amqp *amqp);

/* Say it, and close without waiting for the answer. */
void wb_amqp_connection_close(pwwb_amqp *amqp);

#endif /* WB_AMQP_CONNECTION_H */
