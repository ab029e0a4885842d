/* SPDX-License-Identifier: Apache-2.0 */
#include "stream.h"

#include <assert.h>
#include <stdlib.h>

#include "clock.h"
#include "error.h"
#include "ops.h"

static_assert(sizeof(pwwb_stream_ops) == 5 * sizeof(void *),
              "fields are added at the end, with a new line in NEWS; LEAST stays");

#define LEAST          WB_SIZE_UP_TO(pwwb_stream_ops, destroy)
#define LEAST_INTEREST WB_SIZE_UP_TO(pwwb_interest, reserved)

struct pwwb_stream {
    pwwb_stream_ops ops;
    void           *ctx;
};

int64_t
wb_stream_deadline(int64_t timeout_ms)
{
    const wb_clock clock = {wb_clock_system, NULL};

    return wb_deadline_in(&clock, timeout_ms);
}

int64_t
wb_stream_left(int64_t deadline)
{
    const wb_clock clock = {wb_clock_system, NULL};

    return wb_deadline_left(&clock, deadline);
}

pwwb_status
pwwb_stream_new(const pwwb_stream_ops *ops, void *ctx, pwwb_stream **ret_stream, pwwb_error *err)
{
    pwwb_stream_ops ours;
    pwwb_stream    *stream;
    pwwb_status     st;

    wb_ok(err);
    if (ret_stream != NULL)
        *ret_stream = NULL;
    if (ops == NULL || ret_stream == NULL)
        return wb_fail(err, PWWB_E_INVALID_ARGUMENT, "ops and ret_stream must be given");

    st = wb_ops_import(&ours, sizeof(ours), LEAST, ops);
    if (st != PWWB_OK)
        return wb_fail(err, st, "stream ops of size %zu do not fit this library", ops->size);
    if (ours.read == NULL || ours.write == NULL)
        return wb_fail(err, PWWB_E_INVALID_ARGUMENT, "a stream must read and write");

    stream = calloc(1, sizeof(*stream));
    if (stream == NULL)
        return wb_fail(err, PWWB_E_NO_MEMORY, "no memory for a stream");

    stream->ops = ours;
    stream->ctx = ctx;
    *ret_stream = stream;
    return PWWB_OK;
}

void
pwwb_stream_free(pwwb_stream *stream)
{
    if (stream == NULL)
        return;

    if (stream->ops.destroy != NULL)
        stream->ops.destroy(stream->ctx);
    free(stream);
}

/* What a table answered to a read or write of `size` octets. */
static pwwb_status
judge(pwwb_status status, size_t size, size_t *ret_len, const char *what, pwwb_error *err)
{
    size_t len = *ret_len;

    if (status == PWWB_OK && len > 0 && len <= size) {
        wb_ok(err);
        return PWWB_OK;
    }

    *ret_len = 0;
    if (status != PWWB_OK)
        return wb_answer(err, status, what);

    return wb_fail_from(err, PWWB_E_CALLBACK, PWWB_LAYER_CALLER, status,
                        "%s answered %zu octets of %zu", what, len, size);
}

pwwb_status
pwwb_stream_read(pwwb_stream *stream, uint8_t *buf, size_t buf_size, size_t *ret_len,
                 int64_t timeout_ms, pwwb_error *err)
{
    pwwb_status st;

    wb_ok(err);
    if (ret_len != NULL)
        *ret_len = 0;
    if (stream == NULL || buf == NULL || buf_size == 0 || ret_len == NULL)
        return wb_fail(err, PWWB_E_INVALID_ARGUMENT, "stream, buf and ret_len must be given");

    st = stream->ops.read(stream->ctx, buf, buf_size, ret_len, timeout_ms < 0 ? -1 : timeout_ms,
                          err);
    return judge(st, buf_size, ret_len, "the stream's read", err);
}

pwwb_status
pwwb_stream_write_some(pwwb_stream *stream, const uint8_t *data, size_t len, size_t *ret_len,
                       int64_t timeout_ms, pwwb_error *err)
{
    pwwb_status st;

    wb_ok(err);
    if (ret_len != NULL)
        *ret_len = 0;
    if (stream == NULL || data == NULL || len == 0 || ret_len == NULL)
        return wb_fail(err, PWWB_E_INVALID_ARGUMENT, "stream, data and ret_len must be given");

    st = stream->ops.write(stream->ctx, data, len, ret_len, timeout_ms < 0 ? -1 : timeout_ms, err);
    return judge(st, len, ret_len, "the stream's write", err);
}

pwwb_status
pwwb_stream_write(pwwb_stream *stream, const uint8_t *data, size_t len, int64_t timeout_ms,
                  pwwb_error *err)
{
    int64_t deadline;

    wb_ok(err);
    if (stream == NULL || data == NULL || len == 0)
        return wb_fail(err, PWWB_E_INVALID_ARGUMENT, "stream and data must be given");

    deadline = wb_stream_deadline(timeout_ms);
    for (;;) {
        int64_t     left = wb_stream_left(deadline);
        size_t      some;
        pwwb_status st;

        /* with 0 a TLS session would live on with a record half out */
        st = pwwb_stream_write_some(stream, data, len, &some, left == 0 ? 1 : left, err);
        if (st != PWWB_OK || some == len)
            return st;

        data += some;
        len -= some;
        if (timeout_ms > 0 && left == 0)
            return wb_fail(err, PWWB_E_TIMEOUT, "only a part was written in time");
    }
}

/* What a table told: a descriptor where there is a direction, and no direction that we know not. */
static int
makes_sense(const pwwb_interest *interest, int64_t timeout_ms)
{
    const int32_t all = PWWB_READABLE | PWWB_WRITABLE;

    return (interest->directions & ~all) == 0 && timeout_ms >= -1 && interest->descriptor >= -1 &&
           (interest->descriptor >= 0 || interest->directions == 0);
}

pwwb_status
pwwb_stream_interest(pwwb_stream *stream, pwwb_interest *ret_interest, int64_t *ret_timeout_ms,
                     pwwb_error *err)
{
    pwwb_interest none = {.size = sizeof(none), .descriptor = -1};
    pwwb_interest told = none;
    int64_t       timeout_ms = -1;
    pwwb_status   st;

    wb_ok(err);
    if (ret_timeout_ms != NULL)
        *ret_timeout_ms = -1;
    if (stream == NULL || ret_interest == NULL || ret_timeout_ms == NULL)
        return wb_fail(err, PWWB_E_INVALID_ARGUMENT, "stream and both answers must be given");
    if (wb_ops_export(ret_interest, LEAST_INTEREST, &none, sizeof(none)) != PWWB_OK)
        return wb_fail(err, PWWB_E_ABI, "an interest of size %zu does not fit this library",
                       ret_interest->size);
    if (stream->ops.interest == NULL)
        return wb_fail(err, PWWB_E_NOT_SUPPORTED, "the stream does not tell what it waits for");

    st = stream->ops.interest(stream->ctx, &told, &timeout_ms, err);
    if (st != PWWB_OK)
        return wb_answer(err, st, "the stream's interest");
    if (!makes_sense(&told, timeout_ms))
        return wb_fail(err, PWWB_E_CALLBACK, "the stream's interest makes no sense");

    wb_ok(err);
    *ret_timeout_ms = timeout_ms;
    return wb_ops_export(ret_interest, LEAST_INTEREST, &told, sizeof(told));
}
