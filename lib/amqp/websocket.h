/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WB_AMQP_WEBSOCKET_H
#define WB_AMQP_WEBSOCKET_H

#include <pwwb/stream.h>

/* A stream of octets inside a WebSocket (RFC 6455) of the subprotocol "amqp", as its client.
 *
 * Returns at once: the first reads and writes do the handshake, and answer PWWB_E_TIMEOUT until it
 * is done. Each write is one binary message, of at most 16 KiB; octets that it takes may still
 * wait here, then the next read or write sends them. A read gives octets of whichever frames come.
 *
 * PWWB_E_CONNECT: the other side refuses, and the error says with which number; PWWB_E_AUTH: with
 * 401. PWWB_E_MALFORMED, PWWB_E_TOO_LARGE: what it says is no HTTP, no WebSocket of "amqp", or
 * breaks its rules. PWWB_E_CLOSED: it closed; the error says with which code. A stream that failed
 * answers the same for ever.
 *
 * `host` is a name or address, with a port where it is not the usual one; `path` begins with a "/".
 * Both are copied. `under` is taken over on success. */
pwwb_status wb_amqp_websocket(pwwb_stream *under, const char *host, const char *path,
                              pwwb_stream **ret_stream, pwwb_error *err);

#endif /* WB_AMQP_WEBSOCKET_H */
