/* SPDX-License-Identifier: Apache-2.0 */
#ifndef AMQP_WORLD_H
#define AMQP_WORLD_H

/* A connection of libpwwb-amqp, a broker over memory (amqp_peer.h) for each time that it connects,
 * and a clock that stands still. */

#include <proton/logger.h>
#include <pwwb/amqp.h>

#include "amqp_peer.h"

#define AMQP_SECRET "correct horse"

typedef struct amqp_world {
    amqp_script script;
    amqp_peer   peer;        /* of the last connection */
    pwwb_amqp  *amqp;
    int64_t     now_ms;      /* monotonic */
    int64_t     wall_ms;
    size_t      most;        /* octets at a time; 0 = many */
    int         opens;       /* tries to connect */
    int         writes;      /* calls, each a packet */
    int         made, frees; /* streams that were opened and closed */
    pwwb_status open_status; /* what a try answers */
    pwwb_status read_status; /* what a read answers; PWWB_OK = what there is */
    int         is_stuck;    /* no write is taken */
    int         is_quiet;    /* the broker's Qpid Proton traces nothing */
    int         is_dumb;     /* the stream does not tell what it waits for */
} amqp_world;

static inline pwwb_status
world_read(void *ctx, uint8_t *buf, size_t buf_size, size_t *ret_len, int64_t timeout_ms,
           pwwb_error *err)
{
    amqp_world *w = ctx;

    (void)timeout_ms;
    if (w->read_status != PWWB_OK)
        return pwwb_error_set(err, w->read_status, "as told");

    *ret_len = peer_out(&w->peer, buf, w->most > 0 && w->most < buf_size ? w->most : buf_size);
    return *ret_len > 0 ? PWWB_OK : PWWB_E_TIMEOUT;
}

static inline pwwb_status
world_write(void *ctx, const uint8_t *data, size_t len, size_t *ret_len, int64_t timeout_ms,
            pwwb_error *err)
{
    amqp_world *w = ctx;

    (void)timeout_ms;
    (void)err;
    if (w->is_stuck)
        return PWWB_E_TIMEOUT;

    w->writes++;
    *ret_len = w->most > 0 && w->most < len ? w->most : len;
    peer_in(&w->peer, data, *ret_len);
    return PWWB_OK;
}

static inline pwwb_status
world_interest(void *ctx, pwwb_interest *ret_interest, int64_t *ret_timeout_ms, pwwb_error *err)
{
    amqp_world *w = ctx;

    (void)ret_interest; /* no descriptor */
    (void)err;
    if (w->read_status != PWWB_OK ? w->read_status != PWWB_E_TIMEOUT : peer_has_out(&w->peer))
        *ret_timeout_ms = 0;
    return PWWB_OK;
}

static inline void
world_destroy(void *ctx)
{
    amqp_world *w = ctx;

    w->frees++;
}

static inline pwwb_status
world_open(void *ctx, int64_t timeout_ms, pwwb_stream **ret_stream, pwwb_error *err)
{
    amqp_world     *w   = ctx;
    pwwb_stream_ops ops = {.size     = sizeof(ops),
                           .read     = world_read,
                           .write    = world_write,
                           .destroy  = world_destroy,
                           .interest = w->is_dumb ? NULL : world_interest};

    CHECK(timeout_ms > 0);
    w->opens++;
    if (w->open_status != PWWB_OK)
        return pwwb_error_set(err, w->open_status, "as told");

    w->made++;
    peer_drop(&w->peer);
    peer_make(&w->peer, &w->script);
    if (w->is_quiet)
        pn_logger_reset_mask(pn_transport_logger(w->peer.driver.transport), PN_SUBSYSTEM_ALL,
                             PN_LEVEL_ALL);
    return pwwb_stream_new(&ops, w, ret_stream, err);
}

static inline int64_t
world_wall(void *ctx)
{
    return ((amqp_world *)ctx)->wall_ms;
}

static inline int64_t
world_now(void *ctx)
{
    return ((amqp_world *)ctx)->now_ms;
}

static const pwwb_clock_ops world_clock = {
    .size = sizeof(pwwb_clock_ops), .wall_ms = world_wall, .monotonic_ms = world_now,
};

static inline pwwb_amqp_options
world_options(amqp_world *w, int32_t end)
{
    return (pwwb_amqp_options){.size       = sizeof(pwwb_amqp_options),
                               .end        = end,
                               .user       = "agent",
                               .secret     = (const uint8_t *)AMQP_SECRET,
                               .secret_len = sizeof(AMQP_SECRET) - 1,
                               .name       = "p1",
                               .requests   = "req",
                               .portals    = "ord",
                               .heartbeats_to   = "hbt",
                               .heartbeats_from = "hbt/",
                               .replies    = "rsp.",
                               .open       = world_open,
                               .open_ctx   = w,
                               .clock      = &world_clock,
                               .clock_ctx  = w};
}

static inline void
world_with(amqp_world *w, const pwwb_amqp_options *options)
{
    memset(w, 0, sizeof(*w));
    w->now_ms             = 1000000;
    w->wall_ms            = 1700000000000;
    w->script.disposition = PN_ACCEPTED;
    w->script.credit      = 10;
    CHECK_STATUS(PWWB_OK, pwwb_amqp_new(options, &w->amqp, NULL));
}

static inline void
world_make(amqp_world *w, int32_t end)
{
    pwwb_amqp_options options = world_options(w, end);

    world_with(w, &options);
}

static inline void
world_drop(amqp_world *w)
{
    pwwb_amqp_free(w->amqp);
    peer_drop(&w->peer);
    CHECK_INT(w->made, w->frees);
}

static inline pwwb_amqp_info
world_status(amqp_world *w)
{
    pwwb_amqp_info status = {.size = sizeof(status)};

    CHECK_STATUS(PWWB_OK, pwwb_amqp_describe(w->amqp, &status, NULL));
    return status;
}

/* Serve until it is asked for no more at once; what it then waits for, at most. */
static inline int64_t
world_run(amqp_world *w)
{
    pwwb_interest list[2];
    size_t        count;
    int64_t       timeout_ms = 0;
    int           i;

    for (i = 0; i < 20000 && timeout_ms == 0; i++) {
        CHECK_STATUS(PWWB_OK, pwwb_amqp_service(w->amqp, NULL));
        CHECK_STATUS(PWWB_OK, pwwb_amqp_interest(w->amqp, list, 2, &count, &timeout_ms, NULL));
    }
    CHECK(timeout_ms != 0);
    return timeout_ms;
}

/* Let time pass, and serve. The broker sends a heartbeat when it is due. */
static inline int64_t
world_wait(amqp_world *w, int64_t ms)
{
    w->now_ms += ms;
    w->wall_ms += ms;
    if (w->peer.stage == 2)
        (void)pn_transport_tick(w->peer.driver.transport, w->now_ms);
    return world_run(w);
}

static inline pwwb_message
world_message(const amqp_world *w, const char *to, const char *text)
{
    pwwb_message m = {.size       = sizeof(m),
                      .data       = (const uint8_t *)text,
                      .len        = strlen(text),
                      .id         = "0123456789abcde",
                      .expires_ms = w->wall_ms + 60000};

    snprintf(m.to, sizeof(m.to), "%s", to);
    return m;
}

/* Send one and serve; its outcome, or PWWB_E_NOT_YET when there is none yet. */
static inline pwwb_status
world_send(amqp_world *w, const char *to, const char *text)
{
    pwwb_message m      = world_message(w, to, text);
    uint64_t     ticket = 0, other = 0;
    pwwb_status  status = PWWB_E_NOT_YET;

    CHECK_STATUS(PWWB_OK, pwwb_amqp_send(w->amqp, &m, &ticket, NULL));
    (void)world_run(w);
    if (pwwb_amqp_sent(w->amqp, &other, &status, NULL) != PWWB_OK)
        return PWWB_E_NOT_YET;

    CHECK_INT((intmax_t)ticket, (intmax_t)other);
    return status;
}

static inline pwwb_status
world_receive(amqp_world *w, char text[PWWB_ENVELOPE_MAX + 1], pwwb_delivery *delivery)
{
    pwwb_status st;

    *delivery = (pwwb_delivery){.size = sizeof(*delivery)};
    st        = pwwb_amqp_receive(w->amqp, (uint8_t *)text, PWWB_ENVELOPE_MAX, delivery, NULL);
    text[delivery->len] = '\0';
    return st;
}

#endif /* AMQP_WORLD_H */
