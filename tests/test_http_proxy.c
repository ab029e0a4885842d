/* SPDX-License-Identifier: Apache-2.0 */
/* rows: 6 */
/* The request is that of RFC 9110 9.3.6 and RFC 9112 3.2.3; the credentials are RFC 7617's example. */
#include "amqp/http_proxy.h"
#include "faults.h"
#include "shy_stream.h"

#define OPEN  "HTTP/1.1 200 OK\r\n\r\n"
#define PLAIN "CONNECT relay.example:5671 HTTP/1.1\r\nHost: relay.example:5671\r\n\r\n"

static pwwb_stream *
proxy_over(shy_stream *s, const char *in)
{
    pwwb_stream *stream = NULL;

    shy_stream_hears(s, in, strlen(in));
    CHECK_STATUS(PWWB_OK, wb_amqp_http_proxy(shy_stream_over(s), "relay.example", 5671, NULL, NULL,
                                             &stream, NULL));
    return stream;
}

static pwwb_status
read_text(pwwb_stream *stream, char *text, size_t size, int64_t timeout_ms, pwwb_error *err)
{
    size_t      len = 0;
    pwwb_status st  = pwwb_stream_read(stream, (uint8_t *)text, size - 1, &len, timeout_ms, err);

    text[len] = '\0';
    return st;
}

static void
nothing_is_asked_before_the_first_read_or_write(void)
{
    shy_stream   s      = {0};
    pwwb_stream *stream = proxy_over(&s, OPEN);

    CHECK_INT(0, s.f.calls);
    pwwb_stream_free(stream);
    CHECK_INT(1, s.f.destroyed);
    CHECK_INT(0, s.f.out_len);
}

static void
a_write_asks_first_and_then_goes_through(void)
{
    shy_stream   s      = {.stays = 1};
    pwwb_stream *stream = proxy_over(&s, OPEN);

    CHECK_STATUS(PWWB_OK, pwwb_stream_write(stream, (const uint8_t *)"AMQP", 4, 100, NULL));
    CHECK_MEM(PLAIN "AMQP", sizeof(PLAIN "AMQP") - 1, s.f.out, s.f.out_len);
    pwwb_stream_free(stream);
}

static void
nothing_behind_the_head_is_lost(void)
{
    shy_stream   s      = {.stays = 1};
    pwwb_stream *stream = proxy_over(&s, OPEN "HTTP/1.1 hello");
    char         text[20];

    CHECK_STATUS(PWWB_OK, read_text(stream, text, 6, 100, NULL));
    CHECK_STR("HTTP/", text);
    CHECK_STATUS(PWWB_OK, read_text(stream, text, sizeof(text), 100, NULL));
    CHECK_STR("1.1 hello", text);
    CHECK_STATUS(PWWB_E_TIMEOUT, read_text(stream, text, sizeof(text), 0, NULL));

    shy_stream_hears(&s, " again", 6);
    CHECK_STATUS(PWWB_OK, read_text(stream, text, sizeof(text), 0, NULL));
    CHECK_STR(" again", text);
    pwwb_stream_free(stream);
}

/* The whole exchange in pieces of any size, each after a call that had to wait. */
static void
check_in_pieces(size_t most)
{
    shy_stream   s      = {.f.most = most, .is_shy = 1, .stays = 1};
    pwwb_stream *stream = proxy_over(&s, "HTTP/1.0 200 Connection established\r\n"
                                         "Proxy-agent: tinyproxy/1.11.1\r\n\r\nhello");
    char         text[8], all[8] = "";
    int          i;

    for (i = 0; i < 1000 && strlen(all) < 5; i++) {
        pwwb_status st = read_text(stream, text, sizeof(text) - strlen(all), 0, NULL);

        CHECK(st == PWWB_OK || st == PWWB_E_TIMEOUT);
        strcat(all, text);
    }
    CHECK_STR("hello", all);
    CHECK_STR(PLAIN, (s.f.out[s.f.out_len] = '\0', (const char *)s.f.out));
    pwwb_stream_free(stream);
}

static void
it_works_in_pieces_of_any_size(void)
{
    size_t most;

    for (most = 1; most <= 80; most++)
        check_in_pieces(most);
}

static void
what_the_proxy_refuses_is_told_with_its_number_and_for_ever(void)
{
    static const struct {
        const char *in;
        pwwb_status status;
        const char *why;
    } cases[] = {
        {"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 3\r\n\r\nabc", PWWB_E_AUTH,
         "the HTTP proxy wants another name and password (407)"},
        {"HTTP/1.0 401 Unauthorized\r\n\r\n", PWWB_E_AUTH,
         "the HTTP proxy wants another name and password (401)"},
        {"HTTP/1.0 403 Filtered\r\n\r\n", PWWB_E_CONNECT,
         "the HTTP proxy refused to connect (403)"},
        {"HTTP/1.1 502 Bad Gateway\r\n\r\n<html>", PWWB_E_CONNECT,
         "the HTTP proxy refused to connect (502)"},
        {"HTTP/1.1 302 Found\r\nLocation: http://elsewhere/\r\n\r\n", PWWB_E_CONNECT,
         "the HTTP proxy refused to connect (302)"},
        {"HTTP/1.1 101 Switching Protocols\r\n\r\n", PWWB_E_CONNECT,
         "the HTTP proxy refused to connect (101)"},
        {"SSH-2.0-OpenSSH_9.2\r\n", PWWB_E_MALFORMED, "the answer is not one of HTTP/1.1"},
    };
    pwwb_error *err = pwwb_error_new();
    size_t      i;

    for (i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        shy_stream   s      = {.stays = 1};
        pwwb_stream *stream = proxy_over(&s, cases[i].in);
        char         text[8];
        long         calls;

        CHECK_STATUS(cases[i].status, read_text(stream, text, sizeof(text), 100, err));
        CHECK_STR(cases[i].why, pwwb_error_message(err));
        calls = s.f.calls;
        CHECK_STATUS(cases[i].status,
                     pwwb_stream_write(stream, (const uint8_t *)"a", 1, 100, err));
        CHECK_STR(cases[i].why, pwwb_error_message(err));
        CHECK_INT(calls, s.f.calls);
        CHECK_MEM(PLAIN, strlen(PLAIN), s.f.out, s.f.out_len);
        pwwb_stream_free(stream);
    }
    pwwb_error_free(err);
}

/* RFC 9110 9.3.6: in a 2xx to CONNECT, Content-Length and Transfer-Encoding are ignored. */
static void
a_success_has_no_body_whatever_it_says(void)
{
    shy_stream   s = {.stays = 1};
    pwwb_stream *stream;
    char         text[20];

    stream = proxy_over(&s, "HTTP/1.1 204 No\r\nTransfer-Encoding: chunked\r\n"
                            "Content-Length: 99999999999999999999\r\n\r\n5\r\nhello\r\n0\r\n\r\n");
    CHECK_STATUS(PWWB_OK, read_text(stream, text, sizeof(text), 100, NULL));
    CHECK_STR("5\r\nhello\r\n0\r\n\r\n", text);
    pwwb_stream_free(stream);
}

static void
interim_answers_are_passed_over_a_few_of_them(void)
{
    static char  in[40 * 32];
    shy_stream   s      = {.stays = 1};
    pwwb_stream *stream = proxy_over(&s, "HTTP/1.1 100 Continue\r\n\r\n"
                                         "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" OPEN "hi");
    char         text[20];
    int          i;

    CHECK_STATUS(PWWB_OK, read_text(stream, text, sizeof(text), 100, NULL));
    CHECK_STR("hi", text);
    pwwb_stream_free(stream);

    for (i = 0; i < 40; i++)
        strcat(in, "HTTP/1.1 100 Continue\r\n\r\n");
    stream = proxy_over(&s, in);
    CHECK_STATUS(PWWB_E_TOO_LARGE, read_text(stream, text, sizeof(text), 100, NULL));
    pwwb_stream_free(stream);
}

static void
an_end_before_the_answer_is_told(void)
{
    shy_stream   s      = {0};
    pwwb_stream *stream = proxy_over(&s, "HTTP/1.1 200 OK\r\n");
    char         text[20];

    CHECK_STATUS(PWWB_E_CLOSED, read_text(stream, text, sizeof(text), 100, NULL));
    CHECK_STATUS(PWWB_E_CLOSED, read_text(stream, text, sizeof(text), 100, NULL));
    pwwb_stream_free(stream);
}

static void
a_name_and_password_go_along(void)
{
    static const char asked[] = "CONNECT [::1]:443 HTTP/1.1\r\nHost: [::1]:443\r\n"
                                "Proxy-Authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==\r\n\r\n";
    shy_stream        s       = {.stays = 1};
    pwwb_stream      *stream;
    char              text[8];

    CHECK_STATUS(PWWB_OK, wb_amqp_http_proxy(shy_stream_over(&s), "::1", 443, "Aladdin",
                                             "open sesame", &stream, NULL));
    CHECK_STATUS(PWWB_E_TIMEOUT, read_text(stream, text, sizeof(text), 0, NULL));
    CHECK_MEM(asked, strlen(asked), s.f.out, s.f.out_len);
    pwwb_stream_free(stream);
}

static void
check_bad(const char *host, int32_t port, const char *user, const char *secret)
{
    shy_stream   s      = {0};
    pwwb_stream *under  = shy_stream_over(&s);
    pwwb_stream *stream = under;

    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT,
                 wb_amqp_http_proxy(under, host, port, user, secret, &stream, NULL));
    CHECK(stream == NULL);
    CHECK_INT(0, s.f.destroyed);
    pwwb_stream_free(under);
}

static void
what_would_change_the_request_is_refused(void)
{
    static char long_text[1100];

    memset(long_text, 'a', sizeof(long_text) - 1);
    check_bad(NULL, 1, NULL, NULL);
    check_bad("", 1, NULL, NULL);
    check_bad("a b", 1, NULL, NULL);
    check_bad("a\r\nX: y", 1, NULL, NULL);
    check_bad("a/b", 1, NULL, NULL);
    check_bad("a@b", 1, NULL, NULL);
    check_bad("h\xc3\xbc", 1, NULL, NULL);
    check_bad(long_text, 1, NULL, NULL);
    check_bad("a", 0, NULL, NULL);
    check_bad("a", 65536, NULL, NULL);
    check_bad("a", 1, "u:v", "s");
    check_bad("a", 1, "u\n", "s");
    check_bad("a", 1, "u", "s\x7f");
    check_bad("a", 1, "u", NULL);
    check_bad("a", 1, "u", long_text);
}

static void
what_to_wait_for_is_told_by_what_is_under_it(void)
{
    shy_stream    s        = {.stays = 1};
    pwwb_stream  *stream   = proxy_over(&s, "");
    pwwb_interest interest = {.size = sizeof(interest)};
    int64_t       timeout;

    CHECK_STATUS(PWWB_OK, pwwb_stream_interest(stream, &interest, &timeout, NULL));
    CHECK_INT(77, interest.descriptor);
    CHECK_INT(PWWB_READABLE, interest.directions);
    CHECK_INT(1234, timeout);
    pwwb_stream_free(stream);
}

static void
running_out_of_memory_anywhere_is_survived(void)
{
    shy_stream   s     = {0};
    pwwb_stream *under = shy_stream_over(&s), *stream;
    long         n, count;

    faults_count();
    CHECK_STATUS(PWWB_OK, wb_amqp_http_proxy(under, "a", 1, NULL, NULL, &stream, NULL));
    count = faults_stop();
    CHECK(count >= 2);
    pwwb_stream_free(stream);

    under = shy_stream_over(&s);
    for (n = 1; n <= count; n++) {
        faults_fail(n);
        CHECK_STATUS(PWWB_E_NO_MEMORY,
                     wb_amqp_http_proxy(under, "a", 1, NULL, NULL, &stream, NULL));
        faults_stop();
        CHECK(stream == NULL);
    }
    pwwb_stream_free(under);
}

int
main(void)
{
    RUN(nothing_is_asked_before_the_first_read_or_write);
    RUN(a_write_asks_first_and_then_goes_through);
    RUN(nothing_behind_the_head_is_lost);
    RUN(it_works_in_pieces_of_any_size);
    RUN(what_the_proxy_refuses_is_told_with_its_number_and_for_ever);
    RUN(a_success_has_no_body_whatever_it_says);
    RUN(interim_answers_are_passed_over_a_few_of_them);
    RUN(an_end_before_the_answer_is_told);
    RUN(a_name_and_password_go_along);
    RUN(what_would_change_the_request_is_refused);
    RUN(what_to_wait_for_is_told_by_what_is_under_it);
    RUN(running_out_of_memory_anywhere_is_survived);
    return DONE;
}
