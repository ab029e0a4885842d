/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LOOP_H
#define LOOP_H

/* A host with a loop of its own: no call of a stream waits, poll() does, for what the stream tells. */

#include <poll.h>

#include "talk.h"

static long wakes; /* how often poll() came back */

/* At most so long. */
static inline void
wait_for(pwwb_stream *stream, int64_t most_ms)
{
    pwwb_interest i = {.size = sizeof(i)};
    struct pollfd p = {.fd = -1};
    int64_t       ms;

    CHECK_STATUS(PWWB_OK, pwwb_stream_interest(stream, &i, &ms, NULL));
    p.fd = (int)i.descriptor;
    if ((i.directions & PWWB_READABLE) != 0)
        p.events |= POLLIN;
    if ((i.directions & PWWB_WRITABLE) != 0)
        p.events |= POLLOUT;
    (void)poll(&p, 1, (int)(ms < 0 || ms > most_ms ? most_ms : ms));
    wakes++;
}

/* What is to be said, and what was heard. */
typedef struct flow {
    const uint8_t *say;
    size_t         say_len, said;
    uint8_t       *heard;
    size_t         hear_len, heard_len;
} flow;

/* One call, which does not wait. */
static inline pwwb_status
flow_call(flow *f, talk *t, int is_read)
{
    int64_t     start = now_ms();
    size_t      some;
    pwwb_status st;

    if (is_read)
        st = pwwb_stream_read(t->stream, f->heard + f->heard_len, f->hear_len - f->heard_len, &some,
                              0, t->err);
    else
        st = pwwb_stream_write_some(t->stream, f->say + f->said, f->say_len - f->said, &some, 0,
                                    t->err);
    *(is_read ? &f->heard_len : &f->said) += some;
    cases++;
    CHECK(now_ms() - start <= LATE_MS);
    return st;
}

/* Write and read until both would wait. */
static inline pwwb_status
flow_step(flow *f, talk *t)
{
    pwwb_status st = PWWB_OK;

    while (st == PWWB_OK && f->said < f->say_len)
        st = flow_call(f, t, 0);
    if (st == PWWB_E_TIMEOUT)
        st = PWWB_OK;
    while (st == PWWB_OK && f->heard_len < f->hear_len)
        st = flow_call(f, t, 1);
    return st;
}

/* To its end, or to the deadline of the conversation. */
static inline pwwb_status
flow_run(flow *f, talk *t)
{
    int64_t     end = now_ms() + t->timeout_ms;
    pwwb_status st;

    for (;;) {
        st = flow_step(f, t);
        if (st == PWWB_OK && f->said < f->say_len)
            st = PWWB_E_TIMEOUT; /* all was heard, and not all is said */
        if (st != PWWB_E_TIMEOUT || now_ms() >= end)
            return st;

        wait_for(t->stream, end - now_ms());
    }
}

/* Begin a conversation; nothing of it has happened when this is back. */
static inline pwwb_status
begin(talk *t)
{
    int64_t     timeout_ms = t->timeout_ms;
    pwwb_status st;

    t->timeout_ms = 0;
    st            = steps(t, CONNECT, WRITE);
    t->timeout_ms = timeout_ms;
    return st;
}

/* The line goes and comes back. */
static inline pwwb_status
say_line(talk *t)
{
    uint8_t     buf[LINE_LEN];
    flow        f  = {.say      = (const uint8_t *)line,
                      .say_len  = LINE_LEN,
                      .heard    = buf,
                      .hear_len = LINE_LEN};
    pwwb_status st = flow_run(&f, t);

    if (st == PWWB_OK)
        CHECK_MEM(line, LINE_LEN, buf, f.heard_len);
    return st;
}

#endif /* LOOP_H */
