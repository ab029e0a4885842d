/* SPDX-License-Identifier: Apache-2.0 */
/* rows: 6 */
/* The handshake: RFC 6455 1.3, 4.1. SHA-1: RFC 3174 7.3. */
#include "amqp/sha1.h"
#include "faults.h"
#include "websockets.h"

static void
check_sha1(const char *text, int times, const char *expected)
{
    static char data[1000001];
    uint8_t     digest[WB_AMQP_SHA1_SIZE];
    char        hex[2 * WB_AMQP_SHA1_SIZE + 1];
    size_t      len = strlen(text);
    int         i;

    for (i = 0; i < times; i++)
        memcpy(data + (size_t)i * len, text, len);
    wb_amqp_sha1((const uint8_t *)data, (size_t)times * len, digest);
    CHECK_STR(expected, sodium_bin2hex(hex, sizeof(hex), digest, sizeof(digest)));
}

static void
sha1_is_that_of_rfc_3174(void)
{
    check_sha1("abc", 1, "a9993e364706816aba3e25717850c26c9cd0d89d");
    check_sha1("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 1,
               "84983e441c3bd26ebaae4aa1f95129e5e54670f1");
    check_sha1("a", 1000000, "34aa973cd4c4daa4f61eeb2bdbad27316534016f");
    check_sha1("0123456701234567012345670123456701234567012345670123456701234567", 10,
               "dea356a2cddd90c7a7ecedc5ebb563934f460452");
    check_sha1("", 1, "da39a3ee5e6b4b0d3255bfef95601890afd80709"); /* FIPS 180, of nothing */
}

static void
a_handshake_is_that_of_rfc_6455(void)
{
    shy_stream   s      = {.stays = 1};
    pwwb_stream *stream = WS_OVER(&s, "");
    char         text[8];

    CHECK_INT(0, s.f.calls);
    CHECK_STATUS(PWWB_E_TIMEOUT, ws_read_text(stream, text, sizeof(text), 0, NULL));
    CHECK_SENT("", &s);
    pwwb_stream_free(stream);
    CHECK_SENT(WS_1000, &s);
    CHECK_INT(1, s.f.destroyed);
}

static void
what_is_freed_before_it_is_open_says_nothing(void)
{
    shy_stream s = {.stays = 1};

    pwwb_stream_free(ws_over(&s, "", 0));
    CHECK_INT(0, s.f.out_len);
    CHECK_INT(1, s.f.destroyed);
}

static void
frames_in_the_same_read_as_the_answer_are_not_lost(void)
{
    shy_stream   s      = {.stays = 1};
    pwwb_stream *stream = WS_OVER(&s, "\x82\x05Hello");
    char         text[8];

    CHECK_STATUS(PWWB_OK, ws_read_text(stream, text, 3, 100, NULL));
    CHECK_STR("He", text);
    CHECK_STATUS(PWWB_OK, ws_read_text(stream, text, sizeof(text), 100, NULL));
    CHECK_STR("llo", text);
    CHECK_STATUS(PWWB_E_TIMEOUT, ws_read_text(stream, text, sizeof(text), 0, NULL));
    pwwb_stream_free(stream);
}

/* What another side answers, and what is said of it, now and later. */
static void
check_answer(const char *in, pwwb_status expected, const char *why)
{
    shy_stream   s      = {.stays = 1};
    pwwb_stream *stream = ws_over(&s, in, strlen(in));
    pwwb_error  *err    = pwwb_error_new();
    char         text[8];
    long         calls;

    CHECK_STATUS(expected, ws_read_text(stream, text, sizeof(text), 100, err));
    CHECK_STR(why, pwwb_error_message(err));
    calls = s.f.calls;
    CHECK_STATUS(expected, pwwb_stream_write(stream, (const uint8_t *)"a", 1, 100, err));
    CHECK_STR(why, pwwb_error_message(err));
    CHECK_INT(calls, s.f.calls);
    pwwb_stream_free(stream);
    CHECK_SENT("", &s);
    pwwb_error_free(err);
}

static void
a_refusal_is_told_with_its_number(void)
{
    check_answer("HTTP/1.1 401 Unauthorized\r\n\r\n", PWWB_E_AUTH,
                 "the other side refused a WebSocket (401)");
    check_answer("HTTP/1.1 404 Not Found\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
                 PWWB_E_CONNECT, "the other side refused a WebSocket (404)");
    check_answer("HTTP/1.1 200 OK\r\n" WS_FIELDS WS_ACCEPT WS_AMQP "\r\n", PWWB_E_CONNECT,
                 "the other side refused a WebSocket (200)");
    check_answer("HTTP/1.1 301 Moved\r\nLocation: https://elsewhere/\r\n\r\n", PWWB_E_CONNECT,
                 "the other side refused a WebSocket (301)");
}

static void
an_answer_must_switch_to_a_websocket(void)
{
    check_answer(WS_101 WS_ACCEPT WS_AMQP "\r\n", PWWB_E_MALFORMED,
                 "the other side does not switch to a WebSocket");
    check_answer(WS_101 "Upgrade: h2c\r\nConnection: Upgrade\r\n" WS_ACCEPT WS_AMQP "\r\n",
                 PWWB_E_MALFORMED, "the other side does not switch to a WebSocket");
    check_answer(WS_101 "Upgrade: websocket\r\nUpgrade: websocket\r\n" WS_ACCEPT WS_AMQP "\r\n",
                 PWWB_E_MALFORMED, "the other side does not switch to a WebSocket");
    check_answer(WS_101 "Upgrade: websocket\r\nConnection: close\r\n" WS_ACCEPT WS_AMQP "\r\n",
                 PWWB_E_MALFORMED, "the other side does not switch its connection");
    check_answer("HTTP/1.0 101 Switching\r\n" WS_FIELDS WS_ACCEPT WS_AMQP "\r\n", PWWB_E_MALFORMED,
                 "the answer to a WebSocket is of HTTP/1.0");
}

static void
an_answer_must_belong_to_the_key(void)
{
    static const char why[] = "the answer belongs to another WebSocket";

    check_answer(WS_101 WS_FIELDS WS_AMQP "\r\n", PWWB_E_MALFORMED, why);
    check_answer(WS_101 WS_FIELDS WS_AMQP "Sec-WebSocket-Accept:\r\n\r\n", PWWB_E_MALFORMED, why);
    check_answer(WS_101 WS_FIELDS WS_AMQP WS_ACCEPT WS_ACCEPT "\r\n", PWWB_E_MALFORMED, why);
    check_answer(WS_101 WS_FIELDS WS_AMQP
                 "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo\r\n\r\n",
                 PWWB_E_MALFORMED, why);
    check_answer(WS_101 WS_FIELDS WS_AMQP
                 "Sec-WebSocket-Accept: S3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n",
                 PWWB_E_MALFORMED, why);
    check_answer(WS_101 WS_FIELDS WS_AMQP
                 "Sec-WebSocket-Accept: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
                 PWWB_E_MALFORMED, why);
}

static void
an_answer_must_be_for_amqp_without_extensions(void)
{
    static const char why[] = "the other side's WebSocket is not for AMQP";

    check_answer(WS_101 WS_FIELDS WS_ACCEPT "\r\n", PWWB_E_MALFORMED, why);
    check_answer(WS_101 WS_FIELDS WS_ACCEPT "Sec-WebSocket-Protocol: mqtt\r\n\r\n",
                 PWWB_E_MALFORMED, why);
    check_answer(WS_101 WS_FIELDS WS_ACCEPT "Sec-WebSocket-Protocol: amqp, mqtt\r\n\r\n",
                 PWWB_E_MALFORMED, why);
    check_answer(WS_101 WS_FIELDS WS_ACCEPT WS_AMQP WS_AMQP "\r\n", PWWB_E_MALFORMED, why);
    check_answer(WS_101 WS_FIELDS WS_ACCEPT WS_AMQP
                 "Sec-WebSocket-Extensions: permessage-deflate\r\n\r\n",
                 PWWB_E_MALFORMED, "the other side's WebSocket has extensions that nobody asked for");
}

static void
what_is_no_http_is_malformed(void)
{
    static const char why[] = "the answer is not one of HTTP/1.1";

    check_answer("AMQP\3\1", PWWB_E_MALFORMED, why);
    check_answer(WS_101 WS_FIELDS " folded\r\n" WS_ACCEPT WS_AMQP "\r\n", PWWB_E_MALFORMED, why);
    check_answer(WS_101 "Upgrade: websocket\nConnection: Upgrade\r\n\r\n", PWWB_E_MALFORMED, why);
}

static void
an_answer_of_more_than_8_kib_is_too_large(void)
{
    static char in[9000] = WS_101 "A: ";

    memset(in + strlen(in), 'x', sizeof(in) - 1 - strlen(in));
    check_answer(in, PWWB_E_TOO_LARGE, "the answer's head is over 8 KiB");
}

static void
interim_answers_are_passed_over(void)
{
    shy_stream   s      = {.stays = 1};
    pwwb_stream *stream = ws_over(&s, "HTTP/1.1 100 Continue\r\n\r\n" WS_OPEN "\x82\x02hi",
                                  strlen("HTTP/1.1 100 Continue\r\n\r\n" WS_OPEN "\x82\x02hi"));
    char         text[8];

    CHECK_STATUS(PWWB_OK, ws_read_text(stream, text, sizeof(text), 100, NULL));
    CHECK_STR("hi", text);
    pwwb_stream_free(stream);
}

static void
check_bad(const char *host, const char *path)
{
    shy_stream   s      = {0};
    pwwb_stream *under  = shy_stream_over(&s);
    pwwb_stream *stream = under;

    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, wb_amqp_websocket(under, host, path, &stream, NULL));
    CHECK(stream == NULL);
    pwwb_stream_free(under);
}

static void
what_would_change_the_request_is_refused(void)
{
    static char long_path[5000] = "/";

    memset(long_path + 1, 'a', sizeof(long_path) - 2);
    check_bad(NULL, "/");
    check_bad("a", NULL);
    check_bad("a\r\nX: y", "/");
    check_bad("a", "");
    check_bad("a", "b");
    check_bad("a", "/ b");
    check_bad("a", "/\r\nX: y");
    check_bad("a", "/\xc3\xbc");
    check_bad("a", long_path);
}

static void
running_out_of_memory_anywhere_is_survived(void)
{
    shy_stream   s     = {0};
    pwwb_stream *under = shy_stream_over(&s), *stream;
    long         n, count;

    faults_count();
    CHECK_STATUS(PWWB_OK, wb_amqp_websocket(under, "a", "/", &stream, NULL));
    count = faults_stop();
    CHECK(count >= 2);
    pwwb_stream_free(stream);

    under = shy_stream_over(&s);
    for (n = 1; n <= count; n++) {
        faults_fail(n);
        CHECK_STATUS(PWWB_E_NO_MEMORY, wb_amqp_websocket(under, "a", "/", &stream, NULL));
        faults_stop();
        CHECK(stream == NULL);
    }
    pwwb_stream_free(under);
}

int
main(void)
{
    ws_not_random();
    RUN(sha1_is_that_of_rfc_3174);
    RUN(a_handshake_is_that_of_rfc_6455);
    RUN(what_is_freed_before_it_is_open_says_nothing);
    RUN(frames_in_the_same_read_as_the_answer_are_not_lost);
    RUN(a_refusal_is_told_with_its_number);
    RUN(an_answer_must_switch_to_a_websocket);
    RUN(an_answer_must_belong_to_the_key);
    RUN(an_answer_must_be_for_amqp_without_extensions);
    RUN(what_is_no_http_is_malformed);
    RUN(an_answer_of_more_than_8_kib_is_too_large);
    RUN(interim_answers_are_passed_over);
    RUN(what_would_change_the_request_is_refused);
    RUN(running_out_of_memory_anywhere_is_survived);
    return DONE;
}
