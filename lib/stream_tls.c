/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "error.h"
#include "ops.h"
#include "stream.h"
#include "tls.h"

/* How long after its deadline a call still takes what is there already: with a timeout of 0 that
 * is all there is. Without an end, a flood of empty records would hold the caller for good. */
#define GRACE_MS 50

#define LEAST WB_SIZE_UP_TO(pwwb_tls_options, name)

typedef struct tls_stream {
    pwwb_stream *under;
    wb_tls      *tls;
    int64_t      deadline; /* of the call at hand */
    int          is_hasty; /* which may not wait at all */
    int32_t      cut_off;  /* directions whose last wish ended before it came to `under` */
    int          reads;    /* the caller does, and would again */
    int32_t      waits;    /* calls, as directions, that timed out last */
    int32_t      may_go;   /* of those, which the other call has made way for */
} tls_stream;

static void
begin(tls_stream *t, int64_t timeout_ms)
{
    t->deadline = wb_stream_deadline(timeout_ms);
    t->is_hasty = timeout_ms == 0;
}

static pwwb_status
time_left(tls_stream *t, int32_t direction, int64_t *ret_left, pwwb_error *err)
{
    *ret_left = wb_stream_left(t->deadline);
    t->cut_off &= ~direction;
    if (*ret_left != 0 || wb_stream_left(t->deadline + GRACE_MS) != 0)
        return PWWB_OK;

    t->cut_off |= direction;
    return wb_fail(err, PWWB_E_TIMEOUT, "the other side is slow: time is over");
}

static pwwb_status
under_read(void *ctx, uint8_t *buf, size_t buf_size, size_t *ret_len, pwwb_error *err)
{
    tls_stream *t = ctx;
    int64_t     left;
    pwwb_status st;

    st = time_left(t, PWWB_READABLE, &left, err);
    if (st != PWWB_OK)
        return st;

    return pwwb_stream_read(t->under, buf, buf_size, ret_len, left, err);
}

/* In haste what cannot go out now is no failure: it is taken later. */
static pwwb_status
under_write(void *ctx, const uint8_t *data, size_t len, size_t *ret_len, pwwb_error *err)
{
    tls_stream *t = ctx;
    int64_t     left;
    pwwb_status st;

    st = time_left(t, PWWB_WRITABLE, &left, err);
    if (st == PWWB_OK)
        st = pwwb_stream_write_some(t->under, data, len, ret_len, left, err);
    return st == PWWB_E_TIMEOUT && t->is_hasty ? PWWB_OK : st;
}

/* Each may finish the handshake, and a read may bring out what a write waits for: no descriptor tells
 * the other. */
static pwwb_status
done(tls_stream *t, int32_t call, wb_tls_stage before, pwwb_status status)
{
    t->waits &= ~call;
    t->may_go &= ~call;
    if (wb_tls_stage_of(t->tls) > before)
        t->may_go |= before == WB_TLS_BEGUN ? t->waits : t->waits & PWWB_WRITABLE;
    if (status == PWWB_E_TIMEOUT)
        t->waits |= call;
    if (call == PWWB_READABLE)
        t->reads = status == PWWB_OK || status == PWWB_E_TIMEOUT;
    return status;
}

static pwwb_status
tls_read(void *ctx, uint8_t *buf, size_t buf_size, size_t *ret_len, int64_t timeout_ms,
         pwwb_error *err)
{
    tls_stream        *t      = ctx;
    const wb_tls_stage before = wb_tls_stage_of(t->tls);

    begin(t, timeout_ms);
    return done(t, PWWB_READABLE, before, wb_tls_read(t->tls, buf, buf_size, ret_len, err));
}

static pwwb_status
tls_write(void *ctx, const uint8_t *data, size_t len, size_t *ret_len, int64_t timeout_ms,
          pwwb_error *err)
{
    tls_stream        *t      = ctx;
    const wb_tls_stage before = wb_tls_stage_of(t->tls);

    begin(t, timeout_ms);
    return done(t, PWWB_WRITABLE, before, wb_tls_write(t->tls, data, len, ret_len, err));
}

/* Whether the calls that wait need nobody. */
static int
is_at_once(const tls_stream *t)
{
    return (t->cut_off | t->may_go) != 0 || (t->reads && wb_tls_has_more(t->tls));
}

/* What TLS waits for is what its calls of the stream under it wait for: that it has read there does
 * not make the caller a reader. */
static pwwb_status
tls_interest(void *ctx, pwwb_interest *ret_interest, int64_t *ret_timeout_ms, pwwb_error *err)
{
    const tls_stream *t     = ctx;
    wb_tls_stage      stage = wb_tls_stage_of(t->tls);
    pwwb_status       st;

    if (stage == WB_TLS_OVER)
        return wb_fail(err, PWWB_E_CLOSED, "the TLS session is over since an earlier failure");

    st = pwwb_stream_interest(t->under, ret_interest, ret_timeout_ms, err);
    if (st != PWWB_OK)
        return st;

    if (stage != WB_TLS_BEGUN && !t->reads && (ret_interest->directions & PWWB_WRITABLE) != 0)
        ret_interest->directions = PWWB_WRITABLE;
    if (is_at_once(t))
        *ret_timeout_ms = 0;
    return PWWB_OK;
}

/* Free all but what is under it; the farewell does not wait. */
static void
forget(tls_stream *t)
{
    begin(t, 0);
    wb_tls_free(t->tls);
    free(t);
}

static void
tls_destroy(void *ctx)
{
    tls_stream  *t     = ctx;
    pwwb_stream *under = t->under;

    forget(t);
    pwwb_stream_free(under);
}

static const pwwb_stream_ops tls_ops = {
    .size     = sizeof(pwwb_stream_ops),
    .read     = tls_read,
    .write    = tls_write,
    .destroy  = tls_destroy,
    .interest = tls_interest,
};

static pwwb_status
take_options(const pwwb_tls_options *options, wb_tls_peer *peer, pwwb_error *err)
{
    pwwb_tls_options ours;
    pwwb_status      st;

    st = wb_ops_import(&ours, sizeof(ours), LEAST, options);
    if (st != PWWB_OK)
        return wb_fail(err, st, "TLS options of size %zu do not fit this library", options->size);
    if (ours.ca != NULL ? ours.ca_len == 0 : ours.ca_file == NULL)
        return wb_fail(err, PWWB_E_INVALID_ARGUMENT, "TLS needs a CA");
    if (ours.name == NULL || *ours.name == '\0')
        return wb_fail(err, PWWB_E_INVALID_ARGUMENT, "TLS needs the name of the other side");

    peer->ca      = wb_span_of(ours.ca, ours.ca_len);
    peer->ca_file = ours.ca_file;
    peer->name    = ours.name;
    return PWWB_OK;
}

/* Who may not wait leaves the handshake to reads and writes. */
static pwwb_status
start(tls_stream *t, const wb_tls_peer *peer, pwwb_error *err)
{
    const wb_tls_io io = {.read = under_read, .write = under_write, .ctx = t};
    pwwb_status     st;

    st = wb_tls_new(peer, io, &t->tls, err);
    return st == PWWB_OK && !t->is_hasty ? wb_tls_handshake(t->tls, err) : st;
}

pwwb_status
pwwb_stream_new_tls(pwwb_stream *under, const pwwb_tls_options *options, int64_t timeout_ms,
                pwwb_stream **ret_stream, pwwb_error *err)
{
    wb_tls_peer peer;
    tls_stream *t;
    pwwb_status st;

    wb_ok(err);
    if (ret_stream != NULL)
        *ret_stream = NULL;
    if (under == NULL || options == NULL || ret_stream == NULL)
        return wb_fail(err, PWWB_E_INVALID_ARGUMENT, "under, options and ret_stream must be given");

    st = take_options(options, &peer, err);
    if (st != PWWB_OK)
        return st;

    t = calloc(1, sizeof(*t));
    if (t == NULL)
        return wb_fail(err, PWWB_E_NO_MEMORY, "no memory for TLS");

    t->under = under;
    begin(t, timeout_ms);
    st = start(t, &peer, err);
    if (st == PWWB_OK)
        st = pwwb_stream_new(&tls_ops, t, ret_stream, err);
    if (st != PWWB_OK)
        forget(t);
    return st;
}
