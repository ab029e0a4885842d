/* SPDX-License-Identifier: Apache-2.0 */
/* parses: amqp/websocket_in.c */
/* Frames of a WebSocket's server, in pieces of the first octet's size; the handshake is right. */
#include "amqp/sha1.h"
#include "amqp/websocket.h"
#include "fuzz.h"

typedef struct server {
    const uint8_t *in;
    size_t         in_len, at, most;
    uint8_t        out[4096]; /* the beginning of it */
    size_t         out_len;
    char           answer[512];
} server;

static pwwb_status
server_read(void *ctx, uint8_t *buf, size_t buf_size, size_t *ret_len, int64_t timeout_ms,
            pwwb_error *err)
{
    server *s   = ctx;
    size_t  len = s->in_len - s->at;

    (void)timeout_ms;
    (void)err;
    if (len == 0)
        return PWWB_E_CLOSED;
    len = len < s->most ? len : s->most;
    len = len < buf_size ? len : buf_size;
    memcpy(buf, s->in + s->at, len);
    s->at += len;
    *ret_len = len;
    return PWWB_OK;
}

static pwwb_status
server_write(void *ctx, const uint8_t *data, size_t len, size_t *ret_len, int64_t timeout_ms,
             pwwb_error *err)
{
    server *s    = ctx;
    size_t  left = sizeof(s->out) - s->out_len;
    size_t  some = len < left ? len : left;

    (void)timeout_ms;
    (void)err;
    memcpy(s->out + s->out_len, data, some);
    s->out_len += some;
    *ret_len = len;
    return PWWB_OK;
}

static const pwwb_stream_ops ops = {
    .size = sizeof(ops), .read = server_read, .write = server_write};

/* The key is the same in every run (fuzz.h), so one handshake is learnt and then repeated. */
static const char *
answer(void)
{
    static const char *line = "Sec-WebSocket-Key: ";
    static char        text[300];
    static server      s;
    char               key[80];
    uint8_t            digest[WB_AMQP_SHA1_SIZE], none;
    pwwb_stream       *under, *stream;
    size_t             len;

    if (text[0] != '\0')
        return text;

    FUZZ_CHECK(pwwb_stream_new(&ops, &s, &under, NULL) == PWWB_OK);
    FUZZ_CHECK(wb_amqp_websocket(under, "a", "/", &stream, NULL) == PWWB_OK);
    FUZZ_CHECK(pwwb_stream_read(stream, &none, 1, &len, 0, NULL) == PWWB_E_CLOSED);
    pwwb_stream_free(stream);
    (void)snprintf(key, sizeof(key), "%.24s258EAFA5-E914-47DA-95CA-C5AB0DC85B11",
                   strstr((const char *)s.out, line) + strlen(line));
    wb_amqp_sha1((const uint8_t *)key, strlen(key), digest);
    sodium_bin2base64(key, sizeof(key), digest, sizeof(digest), sodium_base64_VARIANT_ORIGINAL);
    (void)snprintf(text, sizeof(text), "HTTP/1.1 101 Yes\r\nUpgrade: websocket\r\n"
                   "Connection: Upgrade\r\nSec-WebSocket-Protocol: amqp\r\n"
                   "Sec-WebSocket-Accept: %s\r\n\r\n", key);
    fuzz_drawn = 0;
    return text;
}

static void
read_all(pwwb_stream *stream, server *s)
{
    pwwb_error *err = pwwb_error_new();
    uint8_t     buf[100];
    size_t      len, total = 0;
    pwwb_status st, again;

    while ((st = pwwb_stream_read(stream, buf, sizeof(buf), &len, -1, err)) == PWWB_OK)
        total += len;
    FUZZ_CHECK(total <= s->in_len);
    FUZZ_CHECK(st == PWWB_E_CLOSED || st == PWWB_E_MALFORMED);
    fuzz_check_text(err);
    again = pwwb_stream_write_some(stream, buf, 1, &len, 0, err);
    FUZZ_CHECK(again == st);
    pwwb_error_free(err);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static server     s;
    static uint8_t    in[8192];
    const char       *head;
    pwwb_stream      *under, *stream;
    size_t            head_len;

    fuzz_begin();
    head     = answer();
    head_len = strlen(head);
    if (size == 0 || size > 4200)
        return 0;

    memcpy(in, head, head_len);
    memcpy(in + head_len, data + 1, size - 1);
    memset(&s, 0, sizeof(s));
    s.in     = in;
    s.in_len = head_len + size - 1;
    s.most   = (size_t)data[0] + 1;
    FUZZ_CHECK(pwwb_stream_new(&ops, &s, &under, NULL) == PWWB_OK);
    FUZZ_CHECK(wb_amqp_websocket(under, "a", "/", &stream, NULL) == PWWB_OK);
    read_all(stream, &s);
    pwwb_stream_free(stream);
    return 0;
}
