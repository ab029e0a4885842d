/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WB_AMQP_WEBSOCKET_WS_H
#define WB_AMQP_WEBSOCKET_WS_H

#include <wslay/wslay.h>

#include "deadline.h"
#include "http_ask.h"

/* Inside a WebSocket: shared by websocket*.c. */

#define WB_AMQP_WS_DATA_MAX    16384            /* octets of one message of ours */
#define WB_AMQP_WS_CONTROL_MAX 125              /* RFC 6455 5.5 */
#define WB_AMQP_WS_FRAME_MAX   ((uint64_t)1 << 20) /* of the other side */
#define WB_AMQP_WS_ACCEPT_SIZE 29               /* base64 of SHA-1, with its NUL */

/* A data frame, and behind it a pong and a close; each head has 8 octets at most. */
#define WB_AMQP_WS_OUT_SIZE (WB_AMQP_WS_DATA_MAX + 8 + 2 * (WB_AMQP_WS_CONTROL_MAX + 8))

typedef struct wb_amqp_ws {
    pwwb_stream            *under;
    wslay_frame_context_ptr frames;
    int                     is_open;       /* the handshake is done */
    int                     is_closing;    /* our close frame is made */
    pwwb_status             over;          /* what later calls answer; PWWB_OK while it lives */
    char                    why[256];

    int64_t     deadline; /* of the call at hand */
    pwwb_error *err;
    pwwb_status io;       /* of the last read below; */
    int         is_dry;   /* which found nothing: nor is anything left in wslay */
    int         reads;    /* the caller does, and would again */

    const uint8_t *data;        /* of the frame at hand, in wslay's buffer */
    size_t         data_len;
    int            is_in_frame;
    int            is_in_message; /* its last frame is yet to come */
    int            is_final;
    uint8_t        opcode;
    uint64_t       frame_left;
    size_t         control_len;
    uint8_t        control[WB_AMQP_WS_CONTROL_MAX];

    int     has_ping; /* the newest, to be answered */
    size_t  ping_len;
    uint8_t ping[WB_AMQP_WS_CONTROL_MAX];

    size_t      out_at, out_len; /* what is yet to be sent */
    uint8_t     out[WB_AMQP_WS_OUT_SIZE];
    char        accept[WB_AMQP_WS_ACCEPT_SIZE];
    wb_amqp_ask ask;
} wb_amqp_ws;

/* It is over: record why, for this call and all later ones. */
pwwb_status wb_amqp_ws_end(wb_amqp_ws *ws, pwwb_status status, const char *why);

/* websocket_open.c: make the request (0 when it has no room); go on with the handshake. */
int         wb_amqp_ws_ask(wb_amqp_ws *ws, const char *host, const char *path);
pwwb_status wb_amqp_ws_open(wb_amqp_ws *ws);

/* websocket_out.c: put a frame behind what waits; send what waits; send what can be sent at once. */
void        wb_amqp_ws_put(wb_amqp_ws *ws, uint8_t opcode, const uint8_t *data, size_t len);
void        wb_amqp_ws_put_close(wb_amqp_ws *ws, const uint8_t *body, size_t len);
pwwb_status wb_amqp_ws_flush(wb_amqp_ws *ws, int64_t deadline);
int         wb_amqp_ws_waits(const wb_amqp_ws *ws);

/* websocket_in.c: some of the next frame. What it has for the reader stands in data. */
pwwb_status wb_amqp_ws_take(wb_amqp_ws *ws);
ssize_t     wb_amqp_ws_receive(uint8_t *buf, size_t len, int flags, void *ctx);
ssize_t     wb_amqp_ws_collect(const uint8_t *data, size_t len, int flags, void *ctx);
int         wb_amqp_ws_mask(uint8_t *buf, size_t len, void *ctx);

#endif /* WB_AMQP_WEBSOCKET_WS_H */
