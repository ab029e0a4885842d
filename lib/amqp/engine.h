/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WB_AMQP_ENGINE_H
#define WB_AMQP_ENGINE_H

#include <proton/connection_driver.h>

#include "flights.h"
#include "frames.h"
#include "inbox.h"
#include "links.h"
#include "options.h"
#include "sasl.h"

/* AMQP 1.0 without a descriptor: octets in, octets out, messages, and when to be called next. SASL is
 * ours, the rest is Qpid Proton's connection driver. One connection after the other: what was sent
 * and not answered keeps its place when one ends. */

enum wb_amqp_engine_state {
    WB_AMQP_STOPPED,
    WB_AMQP_OPENING, /* up to the attach of every link of this end */
    WB_AMQP_OPEN,
    WB_AMQP_LEAVING, /* we have said goodbye */
    WB_AMQP_ENDED    /* the status says why; to be stopped */
};

typedef struct wb_amqp_engine {
    const wb_amqp_options *options;
    int                    state;
    pwwb_status            status; /* why it ended */
    const char            *why;    /* the same, as a sentence */
    wb_amqp_sasl           sasl;
    wb_amqp_frames         frames;
    pn_connection_driver_t driver;
    wb_amqp_links          links;
    wb_amqp_flights        flights;
    wb_amqp_inbox          inbox;
    uint32_t               generation; /* of connections: part of each tag */
} wb_amqp_engine;

pwwb_status wb_amqp_engine_make(wb_amqp_engine *engine, const wb_amqp_options *options,
                                pwwb_error *err);
void        wb_amqp_engine_drop(wb_amqp_engine *engine);

/* A new connection: from here on there are octets to be written. */
pwwb_status wb_amqp_engine_start(wb_amqp_engine *engine, pwwb_error *err);

/* The connection is gone: messages on their way get their outcome, received ones are forgotten. */
void wb_amqp_engine_stop(wb_amqp_engine *engine);

void wb_amqp_engine_in(wb_amqp_engine *engine, const uint8_t *data, size_t len);

/* What is to be written; it stays the same, but may grow, until some is taken. */
wb_amqp_octets wb_amqp_engine_out(wb_amqp_engine *engine);
void           wb_amqp_engine_took(wb_amqp_engine *engine, size_t len);

/* Notice what is late. When to be called again, on the monotonic clock, or -1. */
int64_t wb_amqp_engine_tick(wb_amqp_engine *engine, int64_t now_ms);

/* End it in order: say goodbye in what is to be written. */
void wb_amqp_engine_close(wb_amqp_engine *engine);

/* As pwwb_amqp_send(), pwwb_amqp_settle(), pwwb_amqp_hold(). */
pwwb_status wb_amqp_engine_send(wb_amqp_engine *engine, const pwwb_message *message,
                                uint64_t *ret_ticket, pwwb_error *err);
pwwb_status wb_amqp_engine_settle(wb_amqp_engine *engine, uint64_t tag, int32_t verdict,
                                  pwwb_error *err);
pwwb_status wb_amqp_engine_hold(wb_amqp_engine *engine, uint64_t tag, pwwb_error *err);

/* It cannot go on. The first reason stays. */
void wb_amqp_engine_end(wb_amqp_engine *engine, pwwb_status status, const char *why);

#endif /* WB_AMQP_ENGINE_H */
