/* SPDX-License-Identifier: Apache-2.0 */
/* rows: 17 */
/* TLS that never waits, over a line that breaks off at any octet and in any call. The other side
 * is mbedTLS' own server. */
#include "faults.h"
#include "tls_host.h"

static void
any_piece_and_any_window_serve(void)
{
    static const size_t most[]  = {1, 2, 7, 100, 70000};
    static const size_t rooms[] = {1, 3, 64, 5000, 65536};
    static const long   every[] = {0, 2, 3};
    size_t              i, k, n;

    for (i = 0; i < 5; i++) {
        for (k = 0; k < 5; k++) {
            for (n = 0; n < 3; n++) {
                size_t len = most[i] < 100 || rooms[k] < 64 ? 300 : sizeof(ours);
                host  *h   = host_start(most[i], every[n], rooms[k], len);

                h->server.say_after = n == 1 ? len : 0;
                CHECK_STATUS(PWWB_OK, host_talk(h));
                check_heard(h);
                if (every[n] == 0)
                    CHECK_INT(0, h->idle); /* it was never woken for nothing */
                host_end(h);
            }
        }
    }
}

/* How many calls a conversation makes of what is under it, at least: signatures differ by a few
 * octets. */
static long
count_calls(void)
{
    host *h = host_start(50, 0, 400, 1000);
    long  calls;

    CHECK_STATUS(PWWB_OK, host_talk(h));
    check_heard(h);
    calls = h->wire.calls - 4;
    printf("# %ld calls, %s\n", calls, mbedtls_ssl_get_version(&h->server.ssl));
    host_end(h);
    return calls;
}

static void
a_call_that_is_told_to_wait_loses_nothing_wherever_it_is(void)
{
    long calls = count_calls();
    long nth;

    for (nth = 1; nth <= calls; nth++) {
        host *h = host_start(50, 0, 400, 1000);

        h->wire.nth    = nth;
        h->wire.status = PWWB_E_TIMEOUT;
        CHECK_STATUS(PWWB_OK, host_talk(h));
        check_heard(h);
        host_end(h);
    }
}

static void
a_failure_ends_the_session_wherever_it_is(void)
{
    long calls = count_calls();
    long nth;

    for (nth = 1; nth <= calls; nth++) {
        host         *h = host_start(50, 0, 400, 1000);
        pwwb_interest i = {.size = sizeof(i)};
        int64_t       ms;
        uint8_t       octet;
        size_t        len;

        h->wire.nth    = nth;
        h->wire.status = PWWB_E_STOPPED;
        CHECK_STATUS(PWWB_E_STOPPED, host_talk(h));
        CHECK_STATUS(PWWB_E_CLOSED, pwwb_stream_read(h->stream, &octet, 1, &len, 0, h->err));
        CHECK_STATUS(PWWB_E_CLOSED,
                     pwwb_stream_write_some(h->stream, ours, sizeof(ours), &len, 0, h->err));
        CHECK_STATUS(PWWB_E_CLOSED, pwwb_stream_interest(h->stream, &i, &ms, h->err));
        CHECK_INT(nth, h->wire.calls);
        host_end(h);
    }
}

static void
a_certificate_for_another_name_is_told_by_a_call(void)
{
    host *h = host_start(30, 2, 100, 1000);

    h->name = "other.test";
    CHECK_STATUS(PWWB_E_TLS_NAME, host_talk(h));
    CHECK_INT(0, h->server.told_len);
    host_end(h);
}

/* Up, with nothing on its way. */
static host *
host_up(int renegotiates)
{
    host *h = host_start(SIZE_MAX, 0, 65536, 4);

    if (renegotiates) {
        tls_server_end(&h->server);
        tls_server_start(&h->server, 65536, 1);
        h->server.say     = theirs;
        h->server.say_len = 4;
    }
    CHECK_STATUS(PWWB_OK, host_talk(h));
    return h;
}

/* The line takes some octets of the record, and no more. */
static void
check_repeated(size_t takes)
{
    host  *h = host_up(0);
    size_t len;

    h->wire.takes = takes;
    CHECK_STATUS(PWWB_E_TIMEOUT, pwwb_stream_write_some(h->stream, ours + 4, 96, &len, 0, h->err));
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT,
                 pwwb_stream_write_some(h->stream, ours + 4, 95, &len, 0, h->err));
    CHECK_STATUS(PWWB_E_TIMEOUT, pwwb_stream_write_some(h->stream, ours + 4, 500, &len, 0, h->err));
    CHECK_INT(0, len);
    CHECK_INT(PWWB_WRITABLE, h->wire.waits & PWWB_WRITABLE);
    tls_server_work(&h->server);
    CHECK_INT(4, h->server.told_len);

    h->wire.takes = SIZE_MAX;
    CHECK_STATUS(PWWB_OK, pwwb_stream_write_some(h->stream, ours + 4, 500, &len, 0, h->err));
    CHECK_INT(96, len);
    CHECK_STATUS(PWWB_OK, pwwb_stream_write_some(h->stream, ours + 100, 400, &len, 0, h->err));
    CHECK_INT(400, len);
    tls_server_work(&h->server);
    CHECK_MEM(ours, 500, h->server.told, h->server.told_len);
    host_end(h);
}

static void
a_write_that_is_told_to_wait_is_repeated_with_as_many_octets_or_more(void)
{
    size_t takes;

    for (takes = 0; takes <= 96; takes += 6)
        check_repeated(takes);
}

/* A read may have to write: RFC 5246 7.4.1.1. */
static void
check_alert(size_t takes)
{
    host   *h = host_up(1);
    uint8_t octet;
    size_t  len;

    h->wire.takes = takes;
    CHECK_INT(0, mbedtls_ssl_renegotiate(&h->server.ssl));
    CHECK_STATUS(PWWB_E_TIMEOUT, pwwb_stream_read(h->stream, &octet, 1, &len, 0, h->err));
    CHECK_INT(PWWB_READABLE | PWWB_WRITABLE, h->wire.waits);
    CHECK_STATUS(PWWB_E_TIMEOUT, pwwb_stream_write_some(h->stream, ours + 4, 96, &len, 0, h->err));

    h->wire.takes = SIZE_MAX;
    CHECK_STATUS(PWWB_OK, pwwb_stream_write_some(h->stream, ours + 4, 90, &len, 0, h->err));
    CHECK_INT(90, len); /* none was in a record */
    CHECK_STATUS(PWWB_OK, pwwb_stream_write_some(h->stream, ours + 94, 6, &len, 0, h->err));
    tls_server_work(&h->server);
    CHECK_MEM(ours, 100, h->server.told, h->server.told_len);
    host_end(h);
}

/* It goes before the next data, and is not taken for them. */
static void
an_alert_that_waits_is_not_taken_for_data(void)
{
    size_t takes;

    for (takes = 0; takes < 5 + 2; takes++) /* a record of an alert, and more with its tag */
        check_alert(takes);
}

/* A write waits; a read brings out what it waits for, and no descriptor tells. */
static void
what_a_read_brings_out_wakes_the_write(void)
{
    host         *h = host_up(0);
    pwwb_interest i = {.size = sizeof(i)};
    int64_t       ms;
    uint8_t       octet;
    size_t        len;

    h->wire.takes = 20;
    CHECK_STATUS(PWWB_E_TIMEOUT, pwwb_stream_write_some(h->stream, ours + 4, 96, &len, 0, h->err));
    CHECK_STATUS(PWWB_E_TIMEOUT, pwwb_stream_read(h->stream, &octet, 1, &len, 0, h->err));
    CHECK_STATUS(PWWB_OK, pwwb_stream_interest(h->stream, &i, &ms, h->err));
    CHECK_INT(-1, ms);
    CHECK_INT(PWWB_READABLE | PWWB_WRITABLE, i.directions);

    h->wire.takes = SIZE_MAX;
    CHECK_STATUS(PWWB_E_TIMEOUT, pwwb_stream_read(h->stream, &octet, 1, &len, 0, h->err));
    CHECK_STATUS(PWWB_OK, pwwb_stream_interest(h->stream, &i, &ms, h->err));
    CHECK_INT(0, ms);
    CHECK_STATUS(PWWB_OK, pwwb_stream_write_some(h->stream, ours + 4, 96, &len, 0, h->err));
    CHECK_STATUS(PWWB_OK, pwwb_stream_interest(h->stream, &i, &ms, h->err));
    CHECK_INT(-1, ms);
    CHECK_INT(PWWB_READABLE, i.directions);
    host_end(h);
}

/* A record has come whole, and the host has read a part of it. */
static void
octets_that_tls_has_already_are_not_waited_for(void)
{
    host         *h = host_up(0);
    pwwb_interest i = {.size = sizeof(i)};
    int64_t       ms;
    uint8_t       buf[10];
    size_t        len;

    h->server.say_len = 14;
    tls_server_work(&h->server);
    CHECK_STATUS(PWWB_OK, pwwb_stream_read(h->stream, buf, 9, &len, 0, h->err));
    CHECK_INT(0, h->server.out.len);
    CHECK_STATUS(PWWB_OK, pwwb_stream_interest(h->stream, &i, &ms, h->err));
    CHECK_INT(0, ms);
    CHECK_STATUS(PWWB_OK, pwwb_stream_read(h->stream, buf + 9, 1, &len, 0, h->err));
    CHECK_MEM(theirs + 4, 10, buf, 9 + len);
    CHECK_STATUS(PWWB_OK, pwwb_stream_interest(h->stream, &i, &ms, h->err));
    CHECK_INT(-1, ms);
    CHECK_INT(PWWB_READABLE, i.directions);
    host_end(h);
}

/* Two records have come at once, and the host has read the first of them. */
static void
a_record_that_came_with_another_is_not_waited_for(void)
{
    host         *h = host_up(0);
    pwwb_interest i = {.size = sizeof(i)};
    int64_t       ms;
    uint8_t       buf[10];
    size_t        len;

    for (h->server.say_len = 14; h->server.say_len <= 24; h->server.say_len += 10)
        tls_server_work(&h->server);
    CHECK_STATUS(PWWB_OK, pwwb_stream_read(h->stream, buf, 10, &len, 0, h->err));
    CHECK_MEM(theirs + 4, 10, buf, len);
    CHECK_INT(0, h->server.out.len);
    CHECK_STATUS(PWWB_OK, pwwb_stream_interest(h->stream, &i, &ms, h->err));
    CHECK_INT(0, ms);
    CHECK_STATUS(PWWB_OK, pwwb_stream_read(h->stream, buf, 10, &len, 0, h->err));
    CHECK_MEM(theirs + 14, 10, buf, len);
    CHECK_STATUS(PWWB_OK, pwwb_stream_interest(h->stream, &i, &ms, h->err));
    CHECK_INT(-1, ms);
    host_end(h);
}

/* It has read for the handshake, and its caller does not: data that come wake nobody. */
static void
who_only_writes_waits_for_nothing_else(void)
{
    host         *h = host_start(SIZE_MAX, 0, 65536, 9000);
    pwwb_interest i = {.size = sizeof(i)};
    pwwb_status   st;
    int64_t       ms;
    size_t        len;

    CHECK_STATUS(PWWB_OK, host_open(h));
    while ((st = pwwb_stream_write_some(h->stream, ours, 4, &len, 0, h->err)) == PWWB_E_TIMEOUT)
        tls_server_work(&h->server);
    CHECK_STATUS(PWWB_OK, st);
    h->wire.takes = 0;
    CHECK_STATUS(PWWB_E_TIMEOUT, pwwb_stream_write_some(h->stream, ours + 4, 9, &len, 0, h->err));
    tls_server_work(&h->server);
    CHECK(h->server.out.len > 0);
    CHECK_STATUS(PWWB_OK, pwwb_stream_interest(h->stream, &i, &ms, h->err));
    CHECK_INT(PWWB_WRITABLE, i.directions);
    CHECK_INT(-1, ms);
    host_end(h);
}

/* A server that asks and asks, and takes no answer, does not fill our memory. */
static void
answers_that_nobody_takes_end_the_session(void)
{
    host       *h  = host_up(1);
    pwwb_status st = PWWB_E_TIMEOUT;
    uint8_t     octet;
    size_t      len;
    long        asked;

    h->wire.takes = 0;
    for (asked = 0; st == PWWB_E_TIMEOUT && asked < 5000; asked++) {
        mbedtls_ssl_renegotiate(&h->server.ssl);
        st = pwwb_stream_read(h->stream, &octet, 1, &len, 0, h->err);
    }
    CHECK_STATUS(PWWB_E_CLOSED, st);
    host_end(h);
}

static void
a_stream_that_is_freed_takes_leave_after_what_it_held(void)
{
    host  *h = host_up(0);
    size_t len;

    h->wire.takes = 0;
    CHECK_STATUS(PWWB_E_TIMEOUT, pwwb_stream_write_some(h->stream, ours + 4, 96, &len, 0, h->err));
    h->wire.takes = SIZE_MAX;
    pwwb_stream_free(h->stream);
    h->stream = NULL;
    CHECK_INT(1, h->wire.destroyed);
    tls_server_work(&h->server);
    CHECK_MEM(ours, 100, h->server.told, h->server.told_len);
    CHECK_INT(MBEDTLS_ERR_SSL_PEER_CLOSE_NOTIFY, h->server.last);
    host_end(h);
}

static void
running_out_of_memory_anywhere_is_survived(void)
{
    host *h = host_start(50, 2, 100, 1000);
    long  count, nth;

    faults_count();
    CHECK_STATUS(PWWB_OK, host_talk(h));
    count = faults_stop();
    host_end(h);
    CHECK(count > 4);
    for (nth = 1; nth <= count; nth++) {
        pwwb_status st;

        h = host_start(50, 2, 100, 1000);
        faults_fail(nth);
        st = host_talk(h);
        faults_stop();
        CHECK_STATUS(PWWB_E_NO_MEMORY, st);
        host_end(h);
    }
}

int
main(void)
{
    fill();
    RUN(any_piece_and_any_window_serve);
    RUN(a_call_that_is_told_to_wait_loses_nothing_wherever_it_is);
    RUN(a_failure_ends_the_session_wherever_it_is);
    RUN(a_certificate_for_another_name_is_told_by_a_call);
    RUN(a_write_that_is_told_to_wait_is_repeated_with_as_many_octets_or_more);
    RUN(an_alert_that_waits_is_not_taken_for_data);
    RUN(what_a_read_brings_out_wakes_the_write);
    RUN(octets_that_tls_has_already_are_not_waited_for);
    RUN(a_record_that_came_with_another_is_not_waited_for);
    RUN(who_only_writes_waits_for_nothing_else);
    RUN(answers_that_nobody_takes_end_the_session);
    RUN(a_stream_that_is_freed_takes_leave_after_what_it_held);
    RUN(running_out_of_memory_anywhere_is_survived);
    return DONE;
}
