/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FAKE_STREAM_H
#define FAKE_STREAM_H

#include <time.h>

#include <pwwb/stream.h>

#include "harness.h"

/* A stream that hands out `in` and keeps what is written; a method fails on command at its nth
 * call, once or from then on. */
typedef struct fake_stream {
    const uint8_t *in;
    size_t         in_len;
    int            is_endless; /* `in` begins anew at its end */
    size_t         most;       /* octets taken or given at a time; 0 = all */
    long           nth;        /* which call fails; 0 = none */
    int            persists;   /* and all after it */
    pwwb_status    status;     /* what it answers then, */
    size_t         len;        /* in ret_len */
    int            says;       /* whether it says why */
    int            sleep_ms;   /* in every call, whatever the timeout */
    long           calls;
    long           destroyed;
    int64_t        timeout_ms; /* of the last call */
    pwwb_interest  interest;   /* what it tells */
    int64_t        wait_ms;
    size_t         at;
    uint8_t        out[4096];
    size_t         out_len;
} fake_stream;

static inline int
fake_stream_fails(fake_stream *f, size_t *ret_len, int64_t timeout_ms, pwwb_error *err)
{
    const struct timespec nap = {f->sleep_ms / 1000, f->sleep_ms % 1000 * 1000000};

    f->timeout_ms = timeout_ms;
    f->calls++;
    if (f->sleep_ms > 0)
        nanosleep(&nap, NULL);
    if (f->nth == 0 || (f->persists ? f->calls < f->nth : f->calls != f->nth))
        return 0;

    *ret_len = f->len;
    if (f->says)
        (void)pwwb_error_set(err, f->status, "the fake fails");
    return 1;
}

static inline size_t
fake_stream_part(const fake_stream *f, size_t len, size_t size)
{
    size_t most = f->most > 0 && f->most < size ? f->most : size;

    return len < most ? len : most;
}

static inline pwwb_status
fake_stream_read(void *ctx, uint8_t *buf, size_t buf_size, size_t *ret_len, int64_t timeout_ms,
                 pwwb_error *err)
{
    fake_stream *f = ctx;

    if (fake_stream_fails(f, ret_len, timeout_ms, err))
        return f->status;
    if (f->at == f->in_len && f->is_endless)
        f->at = 0;
    if (f->at == f->in_len)
        return PWWB_E_CLOSED;

    *ret_len = fake_stream_part(f, f->in_len - f->at, buf_size);
    memcpy(buf, f->in + f->at, *ret_len);
    f->at += *ret_len;
    return PWWB_OK;
}

static inline pwwb_status
fake_stream_write(void *ctx, const uint8_t *data, size_t len, size_t *ret_len, int64_t timeout_ms,
                  pwwb_error *err)
{
    fake_stream *f = ctx;

    if (fake_stream_fails(f, ret_len, timeout_ms, err))
        return f->status;

    *ret_len = fake_stream_part(f, sizeof(f->out) - f->out_len, len);
    memcpy(f->out + f->out_len, data, *ret_len);
    f->out_len += *ret_len;
    return PWWB_OK;
}

static inline void
fake_stream_destroy(void *ctx)
{
    fake_stream *f = ctx;

    f->destroyed++;
}

static inline pwwb_status
fake_stream_interest(void *ctx, pwwb_interest *ret_interest, int64_t *ret_timeout_ms,
                     pwwb_error *err)
{
    fake_stream *f = ctx;
    size_t       len;

    if (fake_stream_fails(f, &len, 0, err))
        return f->status;

    *ret_interest   = f->interest;
    *ret_timeout_ms = f->wait_ms;
    return PWWB_OK;
}

static const pwwb_stream_ops fake_stream_ops = {
    .size     = sizeof(pwwb_stream_ops),
    .read     = fake_stream_read,
    .write    = fake_stream_write,
    .destroy  = fake_stream_destroy,
    .interest = fake_stream_interest,
};

static inline pwwb_stream *
fake_stream_over(fake_stream *f)
{
    pwwb_stream *stream;

    CHECK_STATUS(PWWB_OK, pwwb_stream_new(&fake_stream_ops, f, &stream, NULL));
    return stream;
}

static inline int64_t
now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

#endif /* FAKE_STREAM_H */
