/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TLS_HOST_H
#define TLS_HOST_H

/* A host with a loop of its own, which is TLS' client over a line that breaks off on command. */

#include <stdlib.h>

#include <pwwb/stream.h>

#include "tls_server.h"

#define NONE (-1000) /* no status: the host would wait for ever */

/* What is under TLS: a few octets at a time, and some calls are told to wait for no reason. */
typedef struct wire {
    tls_server *server;
    size_t      most;    /* octets at a time */
    long        every;   /* one of so many calls is told to wait, by no rule; 0 = none */
    long        nth;     /* this one fails; 0 = none */
    pwwb_status status;  /* with this */
    size_t      takes;   /* so many octets more are taken; SIZE_MAX = all */
    long        calls;
    uint32_t    dice;
    int32_t     waits;
    size_t      moved;
    long        destroyed;
} wire;

static inline pwwb_status
wire_answer(wire *w, int32_t direction, size_t some)
{
    w->waits &= ~direction;
    w->moved += some;
    if (w->calls == w->nth && w->status != PWWB_E_TIMEOUT)
        return w->status;
    if (some == 0 || direction == PWWB_READABLE) /* a reader waits for more */
        w->waits |= direction;
    return some > 0 ? PWWB_OK : PWWB_E_TIMEOUT;
}

/* How many octets this call may move. */
static inline size_t
wire_most(wire *w)
{
    w->calls++;
    w->dice = w->dice * 1664525 + 1013904223;
    if (w->calls == w->nth || (w->every > 0 && (w->dice >> 16) % (unsigned long)w->every == 0))
        return 0;

    return w->most;
}

static inline pwwb_status
wire_read(void *ctx, uint8_t *buf, size_t buf_size, size_t *ret_len, int64_t timeout_ms,
          pwwb_error *err)
{
    wire *w = ctx;

    (void)err;
    CHECK_INT(0, timeout_ms);
    *ret_len = queue_take(&w->server->out, buf, buf_size, wire_most(w));
    return wire_answer(w, PWWB_READABLE, *ret_len);
}

static inline pwwb_status
wire_write(void *ctx, const uint8_t *data, size_t len, size_t *ret_len, int64_t timeout_ms,
           pwwb_error *err)
{
    wire  *w    = ctx;
    size_t most = wire_most(w);

    (void)err;
    CHECK_INT(0, timeout_ms);
    *ret_len = queue_put(&w->server->in, data, len, most < w->takes ? most : w->takes);
    if (w->takes != SIZE_MAX)
        w->takes -= *ret_len;
    return wire_answer(w, PWWB_WRITABLE, *ret_len);
}

static inline pwwb_status
wire_interest(void *ctx, pwwb_interest *ret_interest, int64_t *ret_timeout_ms, pwwb_error *err)
{
    const wire *w = ctx;

    (void)ret_timeout_ms;
    (void)err;
    ret_interest->descriptor = 5;
    ret_interest->directions = w->waits;
    return PWWB_OK;
}

static inline void
wire_destroy(void *ctx)
{
    ((wire *)ctx)->destroyed++;
}

static const pwwb_stream_ops wire_ops = {
    .size = sizeof(pwwb_stream_ops), .read = wire_read, .write = wire_write,
    .destroy = wire_destroy, .interest = wire_interest,
};

/* One conversation: what the client has to say, and what it was told. */
typedef struct host {
    wire         wire;
    tls_server   server;
    pwwb_stream *stream;
    pwwb_error  *err;
    const char  *name;
    size_t       say_len, said;
    uint8_t      told[65536];
    size_t       told_len;
    long         idle; /* turns in which nothing moved */
} host;

static uint8_t ours[40000], theirs[40000];

static inline void
fill(void)
{
    uint32_t x = 1;
    size_t   i;

    for (i = 0; i < sizeof(ours); i++) {
        x         = x * 1664525 + 1013904223;
        ours[i]   = (uint8_t)(x >> 24);
        theirs[i] = (uint8_t)(x >> 16);
    }
}

static inline host *
host_start(size_t most, long every, size_t room, size_t len)
{
    host *h = calloc(1, sizeof(*h));

    tls_server_start(&h->server, room, 0);
    h->wire = (wire){.server = &h->server, .most = most, .every = every, .takes = SIZE_MAX};
    h->name           = "server.test";
    h->err            = pwwb_error_new();
    h->say_len        = len;
    h->server.say     = theirs;
    h->server.say_len = len;
    return h;
}

static inline void
host_end(host *h)
{
    pwwb_stream_free(h->stream);
    tls_server_end(&h->server);
    pwwb_error_free(h->err);
    free(h);
}

static inline pwwb_status
host_open(host *h)
{
    const pwwb_tls_options options = {.size   = sizeof(options),
                                      .ca     = (const uint8_t *)tls_server_cert,
                                      .ca_len = sizeof(tls_server_cert) - 1,
                                      .name   = h->name};
    pwwb_stream           *under;
    pwwb_status            st;

    st = pwwb_stream_new(&wire_ops, &h->wire, &under, h->err);
    if (st != PWWB_OK)
        return st;

    st = pwwb_stream_new_tls(under, &options, 0, &h->stream, h->err);
    CHECK_INT(0, h->wire.calls);
    if (st != PWWB_OK)
        pwwb_stream_free(under);
    return st;
}

static inline pwwb_status
host_write(host *h)
{
    pwwb_status st = PWWB_OK;
    size_t      some;

    while (st == PWWB_OK && h->said < h->say_len) {
        st = pwwb_stream_write_some(h->stream, ours + h->said, h->say_len - h->said, &some, 0,
                                    h->err);
        h->said += some;
    }
    return st;
}

static inline pwwb_status
host_read(host *h)
{
    pwwb_status st = PWWB_OK;
    size_t      some;

    while (st == PWWB_OK) {
        st = pwwb_stream_read(h->stream, h->told + h->told_len, 1 + h->told_len % 700, &some, 0,
                              h->err);
        h->told_len += some;
    }
    return st;
}

/* Write and read until both would wait, in any order, or one fails. */
static inline pwwb_status
host_work(host *h)
{
    int         is_read = (h->wire.dice & 0x80000000) != 0;
    int         i;
    pwwb_status st = PWWB_E_TIMEOUT;

    for (i = 0; i < 2 && (st == PWWB_E_TIMEOUT || st == PWWB_OK); i++, is_read = !is_read) {
        st = is_read ? host_read(h) : host_write(h);
        CHECK(st == PWWB_OK || st == pwwb_error_status(h->err));
        tls_server_work(&h->server);
    }
    return st;
}

/* Whether what it told to wait for is there. */
static inline int
is_woken(host *h)
{
    pwwb_interest i  = {.size = sizeof(i)};
    int64_t       ms = -1;

    CHECK_STATUS(PWWB_OK, pwwb_stream_interest(h->stream, &i, &ms, h->err));
    CHECK_INT(5, i.descriptor);
    return ms == 0 || ((i.directions & PWWB_READABLE) != 0 && h->server.out.len > 0) ||
           ((i.directions & PWWB_WRITABLE) != 0 && h->server.in.len < h->server.in.room);
}

/* Until both have said and heard everything. Nothing but what TLS told wakes it, and where no call is
 * told to wait for no reason, no waking is for nothing. */
static inline pwwb_status
host_talk(host *h)
{
    pwwb_status st = host_open(h);

    while (st == PWWB_OK) {
        size_t moved = h->wire.moved;

        st = host_work(h);
        if (st != PWWB_E_TIMEOUT && st != PWWB_OK)
            return st;
        h->idle += h->wire.moved == moved;
        if (h->said == h->say_len && h->told_len == h->server.say_len &&
            h->server.told_len == h->say_len)
            return PWWB_OK;
        st = is_woken(h) ? PWWB_OK : NONE;
    }
    return st;
}

static inline void
check_heard(const host *h)
{
    CHECK_MEM(ours, h->say_len, h->server.told, h->server.told_len);
    CHECK_MEM(theirs, h->server.say_len, h->told, h->told_len);
}

#endif /* TLS_HOST_H */
