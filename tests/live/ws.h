/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WS_H
#define WS_H

/* The peers of tests/fixtures/websocket, as its env tells them: streams to them, and the record of
 * what the WebSockets' server has seen. */

#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

#include "amqp/http_proxy.h"
#include "amqp/websocket.h"
#include "harness.h"

#define LONG_MS 10000

static inline const char *
ws(const char *name)
{
    const char *value = getenv(name);

    return value != NULL ? value : "";
}

static inline int32_t
ws_number(const char *name)
{
    return (int32_t)atoi(ws(name));
}

/* A WebSocket to what its path asks for, over TLS over `tcp`. Nothing waits yet. */
static inline pwwb_stream *
ws_upgrade(pwwb_stream *tcp, const char *path)
{
    const pwwb_tls_options tls = {
        .size = sizeof(tls), .ca_file = ws("WS_CA"), .name = ws("WS_NAME")};
    pwwb_stream           *secure = NULL, *stream = NULL;

    CHECK_STATUS(PWWB_OK, pwwb_stream_new_tls(tcp, &tls, 0, &secure, NULL));
    CHECK_STATUS(PWWB_OK, wb_amqp_websocket(secure, ws("WS_NAME"), path, &stream, NULL));
    return stream;
}

static inline pwwb_stream *
ws_dial(int32_t port)
{
    pwwb_stream *tcp = NULL;

    CHECK_STATUS(PWWB_OK, pwwb_stream_new_tcp(ws("WS_ADDR"), port, 0, &tcp, NULL));
    return tcp;
}

static inline pwwb_stream *
ws_open(const char *path)
{
    return ws_upgrade(ws_dial(ws_number("WS_PORT")), path);
}

/* Read `len` octets, or as many as come before a failure. */
static inline pwwb_status
ws_read_all(pwwb_stream *stream, uint8_t *buf, size_t len, size_t *ret_len, pwwb_error *err)
{
    pwwb_status st = PWWB_OK;
    size_t      some;

    for (*ret_len = 0; *ret_len < len && st == PWWB_OK; *ret_len += some)
        st = pwwb_stream_read(stream, buf + *ret_len, len - *ret_len, &some, LONG_MS, err);
    return st;
}

/* The record's last line, once there are `count` of them. */
static inline const char *
ws_record(int count)
{
    static char line[256];
    char        next[256];
    int         tries, lines = 0;

    for (tries = 0; tries < 1000 && lines < count; tries++) {
        FILE *f = fopen(ws("WS_RECORD"), "r");

        for (lines = 0; f != NULL && fgets(next, sizeof(next), f) != NULL; lines++)
            snprintf(line, sizeof(line), "%.*s", (int)strcspn(next, "\n"), next);
        if (f != NULL)
            fclose(f);
        if (lines < count)
            usleep(5000);
    }
    CHECK_INT(count, lines);
    return line;
}

/* How many lines there are now. */
static inline int
ws_recorded(void)
{
    FILE *f     = fopen(ws("WS_RECORD"), "r");
    int   lines = 0, c;

    while (f != NULL && (c = fgetc(f)) != EOF)
        lines += c == '\n';
    if (f != NULL)
        fclose(f);
    return lines;
}

#endif /* WS_H */
