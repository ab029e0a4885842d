/* SPDX-License-Identifier: Apache-2.0 */
/* rows: 6 */
/* WebSockets to npm's "ws" over TLS. What it saw stands in its own record: the path, the code that the
 * connection was closed with (1005: none, 1006: no close at all), and the pongs that came. */
#include <time.h>

#include "ws.h"

static int64_t
now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* So many octets there and back, by calls that wait. */
static void
check_echo(const char *path, size_t len)
{
    static uint8_t data[70000], back[70000];
    int            before = ws_recorded();
    pwwb_stream   *stream = ws_open(path);
    size_t         got, i;

    for (i = 0; i < len; i++)
        data[i] = (uint8_t)(i * 7 + len);
    CHECK_STATUS(PWWB_OK, pwwb_stream_write(stream, data, len, LONG_MS, NULL));
    CHECK_STATUS(PWWB_OK, ws_read_all(stream, back, len, &got, NULL));
    CHECK(got == len && memcmp(data, back, len) == 0);
    pwwb_stream_free(stream);
    CHECK(strstr(ws_record(before + 1), " 1000 ") != NULL);
}

static void
octets_come_back_whatever_their_number(void)
{
    static const size_t sizes[] = {1, 125, 126, 127, 4096, 16384, 16385, 65535, 65536, 70000};
    size_t              i;

    for (i = 0; i < sizeof(sizes) / sizeof(*sizes); i++)
        check_echo("/echo", sizes[i]);
}

static void
fragments_of_one_octet_are_put_together(void)
{
    check_echo("/fragments", 1);
    check_echo("/fragments", 3000);
}

static void
wait_for(pwwb_stream *stream)
{
    pwwb_interest interest = {.size = sizeof(interest)};
    int64_t       timeout  = 0;
    struct pollfd p        = {0};

    CHECK_STATUS(PWWB_OK, pwwb_stream_interest(stream, &interest, &timeout, NULL));
    p.fd     = (int)interest.descriptor;
    p.events = (short)((interest.directions & PWWB_READABLE ? POLLIN : 0)
                       | (interest.directions & PWWB_WRITABLE ? POLLOUT : 0));
    CHECK(p.events != 0 || timeout >= 0);
    CHECK(poll(&p, 1, timeout >= 0 && timeout < LONG_MS ? (int)timeout : LONG_MS) > 0
          || timeout >= 0);
}

/* Open, and with nothing to come: poll() has something to wait for, and does. */
static void
check_quiet(pwwb_stream *stream)
{
    pwwb_interest interest = {.size = sizeof(interest)};
    int64_t       timeout;
    struct pollfd p = {.events = POLLIN};
    uint8_t       octet = 'q';
    size_t        len;

    CHECK_STATUS(PWWB_OK, pwwb_stream_write(stream, &octet, 1, LONG_MS, NULL));
    CHECK_STATUS(PWWB_OK, pwwb_stream_read(stream, &octet, 1, &len, LONG_MS, NULL));
    CHECK_STATUS(PWWB_E_TIMEOUT, pwwb_stream_read(stream, &octet, 1, &len, 0, NULL));
    CHECK_STATUS(PWWB_OK, pwwb_stream_interest(stream, &interest, &timeout, NULL));
    CHECK_INT(PWWB_READABLE, interest.directions);
    CHECK_INT(-1, timeout);
    p.fd = (int)interest.descriptor;
    CHECK_INT(0, poll(&p, 1, 50));
}

/* 400 KB there and back with no call that waits, and poll() between them. */
static void
a_host_with_an_event_loop_never_waits_in_a_call(void)
{
    enum { ALL = 400000 };
    static uint8_t data[ALL], back[ALL];
    int            before = ws_recorded();
    pwwb_stream   *stream = ws_open("/echo");
    size_t         sent = 0, got = 0, some, i;
    long           polls = 0;
    pwwb_status    out = PWWB_OK, in = PWWB_OK;

    check_quiet(stream);
    for (i = 0; i < ALL; i++)
        data[i] = (uint8_t)(i >> 3);
    while (got < ALL && polls < 100000) {
        out = sent == ALL ? PWWB_E_TIMEOUT
                          : pwwb_stream_write_some(stream, data + sent, ALL - sent, &some, 0, NULL);
        sent += out == PWWB_OK ? some : 0;
        in = pwwb_stream_read(stream, back + got, ALL - got, &some, 0, NULL);
        got += in == PWWB_OK ? some : 0;
        if ((out != PWWB_OK && out != PWWB_E_TIMEOUT) || (in != PWWB_OK && in != PWWB_E_TIMEOUT))
            break;
        if (out == PWWB_E_TIMEOUT && in == PWWB_E_TIMEOUT) {
            wait_for(stream);
            polls++;
        }
    }
    CHECK_INT(ALL, got);
    CHECK(memcmp(data, back, ALL) == 0);
    printf("# %ld polls\n", polls);
    CHECK(polls < 20000); /* none, where the answers are quicker than the questions */
    pwwb_stream_free(stream);
    CHECK_STR("echo 1000 0", ws_record(before + 1));
}

static void
a_close_in_the_middle_is_told_with_its_code(void)
{
    int          before = ws_recorded();
    pwwb_stream *stream = ws_open("/close");
    pwwb_error  *err    = pwwb_error_new();
    uint8_t      buf[16];
    size_t       got;

    CHECK_STATUS(PWWB_OK, pwwb_stream_write(stream, (const uint8_t *)"abcdef", 6, LONG_MS, NULL));
    CHECK_STATUS(PWWB_E_CLOSED, ws_read_all(stream, buf, sizeof(buf), &got, err));
    CHECK_MEM("abc", 3, buf, got);
    CHECK_STR("the other side closed the WebSocket (1001)", pwwb_error_message(err));
    pwwb_stream_free(stream);
    CHECK_STR("close 1001 0", ws_record(before + 1));
    pwwb_error_free(err);
}

static void
an_end_without_a_close_is_told(void)
{
    int          before = ws_recorded();
    pwwb_stream *stream = ws_open("/vanish");
    uint8_t      buf[16];
    size_t       got;

    CHECK_STATUS(PWWB_OK, pwwb_stream_write(stream, (const uint8_t *)"abcdef", 6, LONG_MS, NULL));
    CHECK_STATUS(PWWB_E_CLOSED, ws_read_all(stream, buf, sizeof(buf), &got, NULL));
    CHECK_MEM("abc", 3, buf, got);
    pwwb_stream_free(stream);
    CHECK_STR("vanish 1006 0", ws_record(before + 1));
}

static void
a_flood_of_pings_is_answered_and_disturbs_nothing(void)
{
    int  before = ws_recorded(), pongs = 0;
    char rest[16] = "";

    check_echo("/pings", 3000);
    CHECK_INT(1, sscanf(ws_record(before + 1), "pings 1000 %d%15s", &pongs, rest));
    CHECK(pongs >= 1 && pongs <= 2000);
    printf("# %d pongs to 2000 pings\n", pongs);
}

/* A frame that a server must not send: what is said of it, and what the server hears. */
static void
check_refused(const char *path, const char *why, const char *recorded)
{
    int          before = ws_recorded();
    pwwb_stream *stream = ws_open(path);
    pwwb_error  *err    = pwwb_error_new();
    uint8_t      octet;
    size_t       len;

    CHECK_STATUS(PWWB_E_MALFORMED, pwwb_stream_read(stream, &octet, 1, &len, LONG_MS, err));
    CHECK_STR(why, pwwb_error_message(err));
    pwwb_stream_free(stream);
    CHECK_STR(recorded, ws_record(before + 1));
    pwwb_error_free(err);
}

static void
frames_that_a_server_must_not_send_are_refused(void)
{
    check_refused("/masked", "a WebSocket's frame is not one of a server", "masked 1002 0");
    check_refused("/text", "a WebSocket's message is text", "text 1003 0");
    check_refused("/large", "a WebSocket's frame is over 1 MiB", "large 1009 0");
}

/* What becomes of the handshake. */
static void
check_handshake(const char *path, pwwb_status expected, const char *why)
{
    pwwb_stream *stream = ws_open(path);
    pwwb_error  *err    = pwwb_error_new();

    CHECK_STATUS(expected, pwwb_stream_write(stream, (const uint8_t *)"a", 1, LONG_MS, err));
    CHECK_STR(why, pwwb_error_message(err));
    pwwb_stream_free(stream);
    pwwb_error_free(err);
}

static void
handshakes_that_fail_say_why(void)
{
    check_handshake("/404", PWWB_E_CONNECT, "the other side refused a WebSocket (404)");
    check_handshake("/401", PWWB_E_AUTH, "the other side refused a WebSocket (401)");
    check_handshake("/mqtt", PWWB_E_MALFORMED, "the other side's WebSocket is not for AMQP");
}

static void
a_silent_server_is_left_at_the_deadline(void)
{
    pwwb_stream *stream = ws_open("/silent");
    int64_t      start  = now_ms();
    uint8_t      octet;
    size_t       len;

    CHECK_STATUS(PWWB_E_TIMEOUT, pwwb_stream_read(stream, &octet, 1, &len, 500, NULL));
    CHECK(now_ms() - start >= 500);
    CHECK(now_ms() - start < 750);
    pwwb_stream_free(stream);
}

int
main(void)
{
    RUN(octets_come_back_whatever_their_number);
    RUN(fragments_of_one_octet_are_put_together);
    RUN(a_host_with_an_event_loop_never_waits_in_a_call);
    RUN(a_close_in_the_middle_is_told_with_its_code);
    RUN(an_end_without_a_close_is_told);
    RUN(a_flood_of_pings_is_answered_and_disturbs_nothing);
    RUN(frames_that_a_server_must_not_send_are_refused);
    RUN(handshakes_that_fail_say_why);
    RUN(a_silent_server_is_left_at_the_deadline);
    return DONE;
}
