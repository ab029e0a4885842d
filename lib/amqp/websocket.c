/* SPDX-License-Identifier: Apache-2.0 */
#include "websocket.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "websocket_ws.h"

/* How long after its deadline a call still takes what is there already: with a timeout of 0 that
 * is all there is. Without an end, a flood of pings would hold the caller for good. */
#define GRACE_MS 50

pwwb_status
wb_amqp_ws_end(wb_amqp_ws *ws, pwwb_status status, const char *why)
{
    ws->over     = status;
    ws->data_len = 0;
    if (why != ws->why)
        snprintf(ws->why, sizeof(ws->why), "%s", why);
    return pwwb_error_set(ws->err, status, ws->why);
}

static pwwb_status
begin(wb_amqp_ws *ws, int64_t timeout_ms, pwwb_error *err)
{
    ws->err      = err;
    ws->deadline = wb_amqp_deadline(timeout_ms);
    if (ws->over != PWWB_OK)
        return pwwb_error_set(err, ws->over, ws->why);

    return wb_amqp_ws_open(ws);
}

static int
is_late(const wb_amqp_ws *ws)
{
    return wb_amqp_now() - GRACE_MS >= ws->deadline;
}

/* Until there are octets for the reader. */
static pwwb_status
await_data(wb_amqp_ws *ws)
{
    while (ws->data_len == 0) {
        int         waits;
        pwwb_status st;

        st = wb_amqp_ws_flush(ws, wb_amqp_deadline(0));
        if (st != PWWB_OK && st != PWWB_E_TIMEOUT)
            return st;

        waits = wb_amqp_ws_waits(ws);
        st    = wb_amqp_ws_take(ws);
        if (st == PWWB_E_TIMEOUT && waits && wb_amqp_left(ws->deadline) != 0)
            continue;
        if (st != PWWB_OK)
            return st;
        if (ws->data_len == 0 && is_late(ws))
            return pwwb_error_set(ws->err, PWWB_E_TIMEOUT, "only frames without octets came");
    }
    return PWWB_OK;
}

static pwwb_status
ws_read(void *ctx, uint8_t *buf, size_t buf_size, size_t *ret_len, int64_t timeout_ms,
        pwwb_error *err)
{
    wb_amqp_ws *ws = ctx;
    pwwb_status st;

    st = begin(ws, timeout_ms, err);
    if (st == PWWB_OK)
        st = await_data(ws);
    ws->reads = st == PWWB_OK || st == PWWB_E_TIMEOUT;
    if (st != PWWB_OK)
        return st;

    *ret_len = ws->data_len < buf_size ? ws->data_len : buf_size;
    memcpy(buf, ws->data, *ret_len);
    ws->data += *ret_len;
    ws->data_len -= *ret_len;
    return PWWB_OK;
}

/* What was begun goes out first. What is taken is taken: the time may end while it is on its way. */
static pwwb_status
ws_write(void *ctx, const uint8_t *data, size_t len, size_t *ret_len, int64_t timeout_ms,
         pwwb_error *err)
{
    wb_amqp_ws *ws   = ctx;
    size_t      some = len < WB_AMQP_WS_DATA_MAX ? len : WB_AMQP_WS_DATA_MAX;
    pwwb_status st;

    st = begin(ws, timeout_ms, err);
    if (st == PWWB_OK)
        st = wb_amqp_ws_flush(ws, ws->deadline);
    if (st != PWWB_OK)
        return st;

    wb_amqp_ws_put(ws, WSLAY_BINARY_FRAME, data, some);
    st = wb_amqp_ws_flush(ws, ws->deadline);
    if (st != PWWB_OK && st != PWWB_E_TIMEOUT)
        return st;

    *ret_len = some;
    return PWWB_OK;
}

static pwwb_status
ws_interest(void *ctx, pwwb_interest *ret_interest, int64_t *ret_timeout_ms, pwwb_error *err)
{
    const wb_amqp_ws *ws = ctx;
    pwwb_status       st;

    st = pwwb_stream_interest(ws->under, ret_interest, ret_timeout_ms, err);
    if (st == PWWB_OK && ws->is_open && ws->reads && !ws->is_dry)
        *ret_timeout_ms = 0; /* wslay may have octets */
    return st;
}

/* All but what is under it. */
static void
forget(wb_amqp_ws *ws)
{
    if (ws->frames != NULL)
        wslay_frame_context_free(ws->frames);
    sodium_free(ws);
}

/* The farewell does not wait, neither for room nor for an answer. */
static void
ws_destroy(void *ctx)
{
    static const uint8_t normal[2] = {WSLAY_CODE_NORMAL_CLOSURE >> 8,
                                      WSLAY_CODE_NORMAL_CLOSURE & 0xff};
    wb_amqp_ws          *ws        = ctx;
    pwwb_stream         *under     = ws->under;

    ws->err = NULL;
    if (ws->over == PWWB_OK) {
        wb_amqp_ws_put_close(ws, normal, sizeof(normal));
        (void)wb_amqp_ws_flush(ws, wb_amqp_deadline(0));
    }
    forget(ws);
    pwwb_stream_free(under);
}

static const pwwb_stream_ops ws_ops = {
    .size     = sizeof(pwwb_stream_ops),
    .read     = ws_read,
    .write    = ws_write,
    .destroy  = ws_destroy,
    .interest = ws_interest,
};

/* Visible ASCII alone, so that it ends no word and no line. */
static int
is_path(const char *path)
{
    size_t i;

    for (i = 0; path[i] > 0x20 && path[i] < 0x7f; i++)
        ;
    return path[0] == '/' && path[i] == '\0';
}

static pwwb_status
new_ws(wb_amqp_ws **ret_ws, pwwb_error *err)
{
    static const struct wslay_frame_callbacks callbacks = {
        wb_amqp_ws_collect, wb_amqp_ws_receive, wb_amqp_ws_mask};
    wb_amqp_ws *ws = NULL;

    *ret_ws = NULL;
    if (sodium_init() < 0)
        return pwwb_error_set(err, PWWB_E_CRYPTO, "libsodium does not start");
    ws = sodium_malloc(sizeof(*ws));
    if (ws == NULL)
        return pwwb_error_set(err, PWWB_E_NO_MEMORY, "no memory for a WebSocket");

    memset(ws, 0, sizeof(*ws));
    if (wslay_frame_context_init(&ws->frames, &callbacks, ws) != 0) {
        ws->frames = NULL;
        forget(ws);
        return pwwb_error_set(err, PWWB_E_NO_MEMORY, "no memory for a WebSocket");
    }
    *ret_ws = ws;
    return PWWB_OK;
}

pwwb_status
wb_amqp_websocket(pwwb_stream *under, const char *host, const char *path,
                  pwwb_stream **ret_stream, pwwb_error *err)
{
    wb_amqp_ws *ws;
    pwwb_status st;

    *ret_stream = NULL;
    if (under == NULL || host == NULL || path == NULL || !wb_amqp_is_host(host) || !is_path(path))
        return pwwb_error_set(err, PWWB_E_INVALID_ARGUMENT, "a host and a path must be given");

    st = new_ws(&ws, err);
    if (st != PWWB_OK)
        return st;

    ws->under     = under;
    ws->ask.under = under;
    if (!wb_amqp_ws_ask(ws, host, path))
        st = pwwb_error_set(err, PWWB_E_INVALID_ARGUMENT, "the WebSocket's path is too long");
    if (st == PWWB_OK)
        st = pwwb_stream_new(&ws_ops, ws, ret_stream, err);
    if (st != PWWB_OK)
        forget(ws);
    return st;
}
