/* SPDX-License-Identifier: Apache-2.0 */
#include "connection.h"

#include <sodium.h>
#include <stdio.h>
#include <unistd.h>

#include "way.h"

#define ROUNDS 16 /* of reading and writing in one service, so that a flood does not hold it */

int
wb_amqp_connection_is_ready(const pwwb_amqp *amqp)
{
    return amqp->stream != NULL && amqp->engine.state == WB_AMQP_OPEN;
}

int
wb_amqp_connection_is_leaving(const pwwb_amqp *amqp)
{
    return amqp->stream != NULL && amqp->engine.state == WB_AMQP_LEAVING;
}

static void
drop(pwwb_amqp *amqp)
{
    wb_amqp_engine_stop(&amqp->engine);
    pwwb_stream_free(amqp->stream);
    amqp->stream   = NULL;
    amqp->ready_ms = 0;
    amqp->tick_ms  = -1;
}

/* It has ended, or was not made: when to try again depends on why. */
static void
lose(pwwb_amqp *amqp, pwwb_status status, const char *why)
{
    int64_t now    = wb_amqp_now_ms(&amqp->options);
    int64_t useful = amqp->ready_ms > 0 ? now - amqp->ready_ms : 0;

    amqp->last = status;
    (void)snprintf(amqp->why, sizeof(amqp->why), "%s", why);
    amqp->next_try_ms =
        now + wb_amqp_backoff_wait(&amqp->backoff, status, useful, randombytes_random());
    drop(amqp);
}

/* What a stream's failure means. One that waits too long is no connection. */
static void
lose_stream(pwwb_amqp *amqp, pwwb_status status)
{
    lose(amqp, status == PWWB_E_TIMEOUT ? PWWB_E_CONNECT : status, pwwb_error_message(amqp->err));
}

static void
connect_now(pwwb_amqp *amqp)
{
    pwwb_status st;

    amqp->deadline_ms = wb_amqp_now_ms(&amqp->options) + amqp->options.of.connect_ms;
    amqp->is_blocked  = 0;
    amqp->has_more    = 0;
    amqp->tick_ms     = -1;
    st                = wb_amqp_way_open(&amqp->options, &amqp->stream, amqp->err);
    if (st == PWWB_OK)
        st = wb_amqp_engine_start(&amqp->engine, amqp->err);
    if (st != PWWB_OK)
        lose_stream(amqp, st);
}

/* 1 = some octets moved, 0 = none can now, -1 = the connection is lost. */
static int
write_some(pwwb_amqp *amqp)
{
    wb_amqp_octets out = wb_amqp_engine_out(&amqp->engine);
    size_t         len = 0;
    pwwb_status    st;

    amqp->is_blocked = 0;
    if (out.len == 0)
        return 0;

    st = pwwb_stream_write_some(amqp->stream, out.p, out.len, &len, 0, amqp->err);
    if (st == PWWB_OK) {
        wb_amqp_engine_took(&amqp->engine, len);
        amqp->octets_out += len;
        return 1;
    }
    amqp->is_blocked = st == PWWB_E_TIMEOUT;
    if (amqp->is_blocked)
        return 0;

    lose_stream(amqp, st);
    return -1;
}

static int
read_some(pwwb_amqp *amqp)
{
    size_t      len = 0;
    pwwb_status st  = pwwb_stream_read(amqp->stream, amqp->buf, sizeof(amqp->buf), &len, 0, amqp->err);

    if (st == PWWB_OK) {
        wb_amqp_engine_in(&amqp->engine, amqp->buf, len);
        amqp->octets_in += len;
        return 1;
    }
    if (st == PWWB_E_TIMEOUT)
        return 0;

    lose_stream(amqp, st);
    return -1;
}

/* Whether the stream can go on with nobody's help. One that cannot tell what it waits for would have to
 * be called for ever. -1 as above. */
static int
goes_on(pwwb_amqp *amqp)
{
    pwwb_interest interest   = {.size = sizeof(interest)};
    int64_t       timeout_ms = -1;
    pwwb_status   st = pwwb_stream_interest(amqp->stream, &interest, &timeout_ms, amqp->err);

    if (st == PWWB_OK)
        return timeout_ms == 0;
    if (st == PWWB_E_CLOSED)
        return 1; /* the next read tells why */

    lose_stream(amqp, st);
    return -1;
}

/* What is there, and then what it makes us say. 1 = there is more to do at once, 0, -1 as above. */
static int
read_and_write(pwwb_amqp *amqp)
{
    int written;

    if (read_some(amqp) < 0)
        return -1;
    written = write_some(amqp);
    if (written < 0)
        return -1;
    if (amqp->engine.state == WB_AMQP_ENDED) {
        lose(amqp, amqp->engine.status, amqp->engine.why);
        return -1;
    }
    return written > 0 && wb_amqp_engine_out(&amqp->engine).len > 0 ? 1 : goes_on(amqp);
}

static void
exchange(pwwb_amqp *amqp)
{
    int i, more = 1;

    for (i = 0; i < ROUNDS && more > 0; i++)
        more = read_and_write(amqp);
    amqp->has_more = more > 0;
}

static void
look_at_time(pwwb_amqp *amqp)
{
    int64_t now = wb_amqp_now_ms(&amqp->options);

    if (amqp->engine.state == WB_AMQP_OPEN && amqp->ready_ms == 0) {
        amqp->ready_ms = now;
        amqp->connects++;
    }
    amqp->tick_ms = wb_amqp_engine_tick(&amqp->engine, now);
    if (amqp->engine.state == WB_AMQP_ENDED)
        lose(amqp, amqp->engine.status, amqp->engine.why);
    else if (amqp->ready_ms == 0 && now >= amqp->deadline_ms)
        lose(amqp, PWWB_E_CONNECT, "the broker was not ready in time");
}

void
wb_amqp_connection_service(pwwb_amqp *amqp)
{
    if (amqp->stream == NULL && wb_amqp_now_ms(&amqp->options) >= amqp->next_try_ms)
        connect_now(amqp);
    if (amqp->stream != NULL)
        exchange(amqp);
    if (amqp->stream != NULL)
        look_at_time(amqp);
}

void
wb_amqp_connection_look(pwwb_amqp *amqp)
{
    int i = 0;

    while (wb_amqp_connection_is_ready(amqp) && i++ < ROUNDS && read_some(amqp) >= 0
           && goes_on(amqp) > 0)
        ;
    if (wb_amqp_connection_is_ready(amqp))
        look_at_time(amqp);
    if (!wb_amqp_connection_is_ready(amqp))
        wb_amqp_connection_service(amqp);
}

void
wb_amqp_connection_flush(pwwb_amqp *amqp)
{
    if (amqp->stream != NULL && write_some(amqp) >= 0)
        look_at_time(amqp);
}

static int64_t
until(int64_t then, int64_t now)
{
    return then > now ? then - now : 0;
}

int64_t
wb_amqp_connection_timeout(pwwb_amqp *amqp)
{
    int64_t now  = wb_amqp_now_ms(&amqp->options);
    int64_t then = amqp->tick_ms;

    if (amqp->stream == NULL)
        return until(amqp->next_try_ms, now);
    if (!amqp->is_blocked && wb_amqp_engine_out(&amqp->engine).len > 0)
        return 0;
    if (amqp->has_more || amqp->engine.state == WB_AMQP_ENDED)
        return 0;
    if (amqp->ready_ms == 0 && (then < 0 || amqp->deadline_ms < then))
        then = amqp->deadline_ms;
    return then < 0 ? -1 : until(then, now);
}

void
wb_amqp_connection_goodbye(pwwb_amqp *amqp)
{
    if (amqp->stream == NULL || amqp->engine.state != WB_AMQP_OPEN)
        return;

    wb_amqp_engine_close(&amqp->engine);
    exchange(amqp);
}

void
wb_amqp_connection_close(pwwb_amqp *amqp)
{
    wb_amqp_connection_goodbye(amqp);
    if (amqp->stream != NULL)
        drop(amqp);
}
