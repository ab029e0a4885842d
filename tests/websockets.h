/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEBSOCKETS_H
#define WEBSOCKETS_H

#include <sodium.h>

#include "amqp/websocket.h"
#include "shy_stream.h"

/* A WebSocket over a shy_stream, with RFC 6455's own example of a handshake (1.3: the nonce "the
 * sample nonce", its key and its accept) and of a mask (5.7: 37 fa 21 3d). */

#define WS_ASKED \
    "GET /$servicebus/websocket HTTP/1.1\r\nHost: relay.example\r\nUpgrade: websocket\r\n" \
    "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: amqp\r\n" \
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
#define WS_FIELDS "Upgrade: websocket\r\nConnection: Upgrade\r\n"
#define WS_ACCEPT "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"
#define WS_AMQP   "Sec-WebSocket-Protocol: amqp\r\n"
#define WS_101    "HTTP/1.1 101 Switching Protocols\r\n"
#define WS_OPEN   WS_101 WS_FIELDS WS_ACCEPT WS_AMQP "\r\n"
#define WS_MASK   "\x37\xfa\x21\x3d"

/* Close frames of a client with that mask: 1000, 1002, 1003, 1009; of a server, 1001 */
#define WS_CLOSED(code_octets) "\x88\x82" WS_MASK code_octets
#define WS_1000                WS_CLOSED("\x34\x12") /* 03e8 */
#define WS_1002                WS_CLOSED("\x34\x10") /* 03ea */
#define WS_1003                WS_CLOSED("\x34\x11") /* 03eb */
#define WS_1009                WS_CLOSED("\x34\x0b") /* 03f1 */
#define WS_1001                WS_CLOSED("\x34\x13") /* 03e9 */

static inline const char *
ws_random_name(void)
{
    return "RFC 6455";
}

static inline void
ws_random_octets(void *const buf, const size_t size)
{
    CHECK(size == 16 || size == 4);
    memcpy(buf, size == 16 ? "the sample nonce" : WS_MASK, size);
}

static inline uint32_t
ws_random_word(void)
{
    return 4;
}

/* First in main(). */
static inline void
ws_not_random(void)
{
    static randombytes_implementation source;

    source.implementation_name = ws_random_name;
    source.random              = ws_random_word;
    source.buf                 = ws_random_octets;
    (void)randombytes_set_implementation(&source);
}

static inline pwwb_stream *
ws_over(shy_stream *s, const void *in, size_t in_len)
{
    pwwb_stream *stream = NULL;

    shy_stream_hears(s, in, in_len);
    CHECK_STATUS(PWWB_OK, wb_amqp_websocket(shy_stream_over(s), "relay.example",
                                            "/$servicebus/websocket", &stream, NULL));
    return stream;
}

/* With what the other side says after its answer, a literal. */
#define WS_OVER(s, frames) ws_over(s, WS_OPEN frames, sizeof(WS_OPEN frames) - 1)

/* What was sent after the request, as a literal. */
#define CHECK_SENT(frames, s) \
    CHECK_MEM(WS_ASKED frames, sizeof(WS_ASKED frames) - 1, (s)->f.out, (s)->f.out_len)

/* One read, as text. */
static inline pwwb_status
ws_read_text(pwwb_stream *stream, char *text, size_t size, int64_t timeout_ms, pwwb_error *err)
{
    size_t      len = 0;
    pwwb_status st  = pwwb_stream_read(stream, (uint8_t *)text, size - 1, &len, timeout_ms, err);

    text[len] = '\0';
    return st;
}

#endif /* WEBSOCKETS_H */
