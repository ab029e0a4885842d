/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "websocket_ws.h"

/* While something waits to be sent, a read comes back after this, to try that again. */
#define SLICE_MS 20

ssize_t
wb_amqp_ws_receive(uint8_t *buf, size_t len, int flags, void *ctx)
{
    wb_amqp_ws *ws   = ctx;
    int64_t     left = wb_amqp_left(ws->deadline);
    size_t      some = wb_amqp_ask_rest(&ws->ask, buf, len);

    (void)flags;
    ws->is_dry = 0;
    if (some > 0)
        return (ssize_t)some;
    if (wb_amqp_ws_waits(ws) && (left < 0 || left > SLICE_MS))
        left = SLICE_MS;

    ws->io     = pwwb_stream_read(ws->under, buf, len, &some, left, ws->err);
    ws->is_dry = ws->io == PWWB_E_TIMEOUT;
    return ws->io == PWWB_OK ? (ssize_t)some : -1;
}

/* Say so to the other side as far as it takes it at once; it is over in any case. */
static pwwb_status
refuse(wb_amqp_ws *ws, uint16_t code, const char *why)
{
    const uint8_t body[2] = {(uint8_t)(code >> 8), (uint8_t)code};

    wb_amqp_ws_put_close(ws, body, sizeof(body));
    (void)wb_amqp_ws_flush(ws, wb_amqp_deadline(0));
    return wb_amqp_ws_end(ws, PWWB_E_MALFORMED, why);
}

static pwwb_status
check_opcode(wb_amqp_ws *ws, const struct wslay_frame_iocb *frame)
{
    switch (frame->opcode) {
    case WSLAY_CONTINUATION_FRAME:
        if (ws->is_in_message)
            return PWWB_OK;
        return refuse(ws, WSLAY_CODE_PROTOCOL_ERROR, "a WebSocket's message has no beginning");
    case WSLAY_BINARY_FRAME:
        if (!ws->is_in_message)
            return PWWB_OK;
        return refuse(ws, WSLAY_CODE_PROTOCOL_ERROR, "a WebSocket's message has no end");
    case WSLAY_TEXT_FRAME:
        return refuse(ws, WSLAY_CODE_UNSUPPORTED_DATA, "a WebSocket's message is text");
    case WSLAY_CONNECTION_CLOSE:
    case WSLAY_PING:
    case WSLAY_PONG:
        return PWWB_OK;
    default:
        return refuse(ws, WSLAY_CODE_PROTOCOL_ERROR, "a WebSocket's frame is of no known kind");
    }
}

static pwwb_status
begin_frame(wb_amqp_ws *ws, const struct wslay_frame_iocb *frame)
{
    pwwb_status st;

    if (frame->mask || frame->rsv != 0)
        return refuse(ws, WSLAY_CODE_PROTOCOL_ERROR, "a WebSocket's frame is not one of a server");
    st = check_opcode(ws, frame);
    if (st != PWWB_OK)
        return st;
    if (frame->payload_length > WB_AMQP_WS_FRAME_MAX)
        return refuse(ws, WSLAY_CODE_MESSAGE_TOO_BIG, "a WebSocket's frame is over 1 MiB");

    ws->is_in_frame = 1;
    ws->opcode      = frame->opcode;
    ws->is_final    = frame->fin;
    ws->frame_left  = frame->payload_length;
    ws->control_len = 0;
    return PWWB_OK;
}

/* RFC 6455 7.4, with what has been registered since. */
static int
is_close_code(unsigned code)
{
    return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014)
           || (code >= 3000 && code <= 4999);
}

/* The other side closes: its code is sent back. */
static pwwb_status
take_close(wb_amqp_ws *ws)
{
    unsigned code = ws->control_len < 2 ? 0 : (unsigned)ws->control[0] << 8 | ws->control[1];
    char     why[80];

    if (ws->control_len > 0 && !is_close_code(code))
        return refuse(ws, WSLAY_CODE_PROTOCOL_ERROR, "a WebSocket's close has no valid code");

    wb_amqp_ws_put_close(ws, ws->control, ws->control_len > 0 ? 2 : 0);
    (void)wb_amqp_ws_flush(ws, wb_amqp_deadline(0));
    snprintf(why, sizeof(why), code == 0 ? "the other side closed the WebSocket"
                                         : "the other side closed the WebSocket (%u)", code);
    return wb_amqp_ws_end(ws, PWWB_E_CLOSED, why);
}

static pwwb_status
end_frame(wb_amqp_ws *ws)
{
    ws->is_in_frame = 0;
    if (!wslay_is_ctrl_frame(ws->opcode)) {
        ws->is_in_message = !ws->is_final;
        return PWWB_OK;
    }
    if (ws->opcode == WSLAY_CONNECTION_CLOSE)
        return take_close(ws);
    if (ws->opcode == WSLAY_PING) {
        memcpy(ws->ping, ws->control, ws->control_len);
        ws->ping_len = ws->control_len;
        ws->has_ping = 1;
    }
    return PWWB_OK;
}

static pwwb_status
take_octets(wb_amqp_ws *ws, const struct wslay_frame_iocb *frame)
{
    ws->frame_left -= frame->data_length;
    if (wslay_is_ctrl_frame(ws->opcode)) { /* wslay refuses one of more than 125 octets */
        memcpy(ws->control + ws->control_len, frame->data, frame->data_length);
        ws->control_len += frame->data_length;
    } else {
        ws->data     = frame->data;
        ws->data_len = frame->data_length;
    }
    return ws->frame_left == 0 ? end_frame(ws) : PWWB_OK;
}

pwwb_status
wb_amqp_ws_take(wb_amqp_ws *ws)
{
    struct wslay_frame_iocb frame;
    pwwb_status             st = PWWB_OK;
    ssize_t                 n;

    memset(&frame, 0, sizeof(frame));
    ws->io = PWWB_OK;
    n      = wslay_frame_recv(ws->frames, &frame);
    if (n == WSLAY_ERR_WANT_READ && (ws->io == PWWB_OK || ws->io == PWWB_E_TIMEOUT))
        return ws->io; /* PWWB_OK: a part of a frame's head */
    if (n == WSLAY_ERR_WANT_READ)
        return wb_amqp_ws_end(ws, ws->io, pwwb_error_message(ws->err));
    if (n < 0)
        return refuse(ws, WSLAY_CODE_PROTOCOL_ERROR, "a WebSocket's frame is malformed");

    if (!ws->is_in_frame)
        st = begin_frame(ws, &frame);
    return st == PWWB_OK ? take_octets(ws, &frame) : st;
}
