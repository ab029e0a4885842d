/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>
#include <sodium.h>
#include <string.h>

#include "websocket_ws.h"

/* wslay's way out leads into the buffer, which always has room (wb_amqp_ws_put). */
ssize_t
wb_amqp_ws_collect(const uint8_t *data, size_t len, int flags, void *ctx)
{
    wb_amqp_ws *ws = ctx;

    (void)flags;
    assert(len <= sizeof(ws->out) - ws->out_len);
    memcpy(ws->out + ws->out_len, data, len);
    ws->out_len += len;
    return (ssize_t)len;
}

int
wb_amqp_ws_mask(uint8_t *buf, size_t len, void *ctx)
{
    (void)ctx;
    randombytes_buf(buf, len);
    return 0;
}

void
wb_amqp_ws_put(wb_amqp_ws *ws, uint8_t opcode, const uint8_t *data, size_t len)
{
    struct wslay_frame_iocb frame;
    ssize_t                 n;

    memset(&frame, 0, sizeof(frame));
    frame.fin            = 1;
    frame.opcode         = opcode;
    frame.mask           = 1;
    frame.payload_length = len;
    frame.data           = data;
    frame.data_length    = len;
    n                    = wslay_frame_send(ws->frames, &frame);
    assert(n == (ssize_t)len);
    (void)n;
}

/* At most one, and nothing after it. */
void
wb_amqp_ws_put_close(wb_amqp_ws *ws, const uint8_t *body, size_t len)
{
    if (ws->is_closing || !ws->is_open)
        return;

    ws->is_closing = 1;
    ws->has_ping   = 0;
    wb_amqp_ws_put(ws, WSLAY_CONNECTION_CLOSE, body, len);
}

int
wb_amqp_ws_waits(const wb_amqp_ws *ws)
{
    return ws->out_len > 0 || ws->has_ping;
}

static pwwb_status
send_out(wb_amqp_ws *ws, int64_t deadline)
{
    while (ws->out_at < ws->out_len) {
        size_t      some;
        pwwb_status st;

        st = pwwb_stream_write_some(ws->under, ws->out + ws->out_at, ws->out_len - ws->out_at,
                                    &some, wb_amqp_left(deadline), ws->err);
        if (st != PWWB_OK)
            return st;
        ws->out_at += some;
    }
    sodium_memzero(ws->out, ws->out_len);
    ws->out_at = ws->out_len = 0;
    return PWWB_OK;
}

/* Of several pings only the newest needs an answer (RFC 6455 5.5.3), so a flood of them that the
 * other side does not let us answer takes no memory. */
pwwb_status
wb_amqp_ws_flush(wb_amqp_ws *ws, int64_t deadline)
{
    pwwb_status st;

    while ((st = send_out(ws, deadline)) == PWWB_OK && ws->has_ping) {
        ws->has_ping = 0;
        wb_amqp_ws_put(ws, WSLAY_PONG, ws->ping, ws->ping_len);
    }
    if (st != PWWB_OK && st != PWWB_E_TIMEOUT)
        return wb_amqp_ws_end(ws, st, pwwb_error_message(ws->err));

    return st;
}
