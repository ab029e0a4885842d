/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SHY_STREAM_H
#define SHY_STREAM_H

#include "fake_stream.h"

/* fake_stream.h's, as it looks to a host with an event loop: every other call answers PWWB_E_TIMEOUT
 * where `is_shy`, and its end is silence where `stays`. */
typedef struct shy_stream {
    fake_stream f;
    int         is_shy;
    int         stays;
    int         is_full; /* no write is taken */
    int         is_sink; /* what is written is not kept */
    long        reads, writes;
} shy_stream;

static inline pwwb_status
shy_stream_read(void *ctx, uint8_t *buf, size_t buf_size, size_t *ret_len, int64_t timeout_ms,
                pwwb_error *err)
{
    shy_stream *s = ctx;

    if ((s->is_shy && ++s->reads % 2 == 1) || (s->stays && s->f.at == s->f.in_len))
        return PWWB_E_TIMEOUT;

    return fake_stream_read(&s->f, buf, buf_size, ret_len, timeout_ms, err);
}

static inline pwwb_status
shy_stream_write(void *ctx, const uint8_t *data, size_t len, size_t *ret_len, int64_t timeout_ms,
                 pwwb_error *err)
{
    shy_stream *s = ctx;

    if (s->is_full || (s->is_shy && ++s->writes % 2 == 1))
        return PWWB_E_TIMEOUT;
    if (s->is_sink)
        s->f.out_len = 0;

    return fake_stream_write(&s->f, data, len, ret_len, timeout_ms, err);
}

static inline pwwb_status
shy_stream_interest(void *ctx, pwwb_interest *ret_interest, int64_t *ret_timeout_ms,
                    pwwb_error *err)
{
    (void)ctx;
    (void)err;
    ret_interest->descriptor = 77;
    ret_interest->directions = PWWB_READABLE;
    *ret_timeout_ms          = 1234;
    return PWWB_OK;
}

static inline pwwb_stream *
shy_stream_over(shy_stream *s)
{
    const pwwb_stream_ops ops = {
        .size     = sizeof(pwwb_stream_ops),
        .read     = shy_stream_read,
        .write    = shy_stream_write,
        .destroy  = fake_stream_destroy, /* the fake stands first */
        .interest = shy_stream_interest,
    };
    pwwb_stream *stream;

    CHECK_STATUS(PWWB_OK, pwwb_stream_new(&ops, s, &stream, NULL));
    return stream;
}

static inline void
shy_stream_hears(shy_stream *s, const void *in, size_t in_len)
{
    s->f.in     = in;
    s->f.in_len = in_len;
    s->f.at     = 0;
}

#endif /* SHY_STREAM_H */
