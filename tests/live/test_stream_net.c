/* SPDX-License-Identifier: Apache-2.0 */
/* rows: 1 */
/* The other side falls silent or goes away, at any octet and between any two calls. */
#include "talk.h"

#define FULL_MS 1000

static void
two_lines_go_and_come_back(void)
{
    int is_tls;

    for (is_tls = 0; is_tls <= 1; is_tls++) {
        talk t = talk_to(is_tls ? tls_echo.port : plain_echo.port, is_tls, LONG_MS);

        CHECK_STATUS(PWWB_OK, steps(&t, CONNECT, STEPS));
        CHECK_STR("", pwwb_error_message(t.err));
        talk_end(&t);
    }
}

/* When the other side is silent, or gone; a reset at once may hit connect() itself. */
static int
is_expected(const char *fault, const talk *t, pwwb_status st)
{
    if (strcmp(fault, "reset") == 0 && t->stream == NULL)
        return st == PWWB_E_CONNECT;

    return st == (strcmp(fault, "stall") == 0 ? PWWB_E_TIMEOUT : PWWB_E_CLOSED);
}

/* How long to wait where it happens. */
static int64_t
patience(const char *fault)
{
    return strcmp(fault, "stall") == 0 ? WAIT_MS : LONG_MS;
}

/* A server that ends at some octet of its answers, as `fault` says: the step that is hit fails in
 * time, and so do all later ones. */
static void
check_fault_after(int upstream, int is_tls, const char *fault, size_t after)
{
    proxy       between = before(upstream);
    talk        t       = talk_to(between.port, is_tls, patience(fault));
    pwwb_status st;

    proxy_order(&between, "%s after %zu down", fault, after);
    st = steps(&t, CONNECT, STEPS);
    if (!is_expected(fault, &t, st))
        printf("# %s after %zu octets\n", fault, after);
    CHECK(is_expected(fault, &t, st));
    CHECK_STATUS(st, pwwb_error_status(t.err));
    if (t.is_up) {
        (void)timed(&t, WRITE);
        (void)timed(&t, READ);
        (void)timed(&t, WRITE);
        CHECK(timed(&t, READ) != PWWB_OK);
    }
    talk_end(&t);
    proxy_end(&between);
}

static void
sweep(int is_tls, const char *fault, size_t stride)
{
    int    upstream = is_tls ? tls_echo.port : plain_echo.port;
    proxy  between  = before(upstream);
    talk   t        = talk_to(between.port, is_tls, LONG_MS);
    size_t total, after;

    CHECK_STATUS(PWWB_OK, steps(&t, CONNECT, STEPS));
    total = proxy_order(&between, "count").down;
    CHECK(total >= 2 * LINE_LEN);
    talk_end(&t);
    proxy_end(&between);
    for (after = 0; after < total - 8; after += stride) /* signatures differ by a few octets */
        check_fault_after(upstream, is_tls, fault, after);
}

static void
a_stall_at_any_octet_ends_at_the_deadline(void)
{
    sweep(0, "stall", 7);
    sweep(1, "stall", 29);
}

static void
a_hang_up_at_any_octet_is_closed(void)
{
    sweep(0, "close", 3);
    sweep(1, "close", 11);
}

static void
a_reset_at_any_octet_is_closed(void)
{
    sweep(0, "reset", 3);
    sweep(1, "reset", 11);
}

static void
a_half_close_at_any_octet_is_closed(void)
{
    sweep(0, "half", 3);
    sweep(1, "half", 11);
}

/* The fault comes between two calls; a write may still go into the kernel's buffer. */
static void
check_fault_before(int is_tls, const char *fault, int step)
{
    int         upstream = is_tls ? tls_echo.port : plain_echo.port;
    proxy       between  = before(upstream);
    talk        t        = talk_to(between.port, is_tls, LONG_MS);
    pwwb_status st;

    CHECK_STATUS(PWWB_OK, steps(&t, CONNECT, step));
    t.timeout_ms = patience(fault);
    proxy_order(&between, "%s", fault);
    st = steps(&t, step, STEPS);
    if (st == PWWB_OK) /* the answer came before the fault */
        st = steps(&t, WRITE, STEPS);
    CHECK(is_expected(fault, &t, st));
    if (t.is_up) {
        (void)timed(&t, WRITE);
        (void)timed(&t, WRITE);
        CHECK(timed(&t, READ) != PWWB_OK);
    }
    talk_end(&t);
    proxy_end(&between);
}

static void
a_fault_between_any_two_calls_is_told_by_a_later_one(void)
{
    static const char *const faults[] = {"stall", "close", "reset", "half"};
    size_t                   i;
    int                      step;

    for (i = 0; i < 4; i++) {
        for (step = HANDSHAKE; step < STEPS; step++) {
            check_fault_before(0, faults[i], step);
            check_fault_before(1, faults[i], step);
        }
    }
}

static void
a_server_that_is_killed_between_any_two_calls_is_closed(void)
{
    int step;

    for (step = HANDSHAKE; step < STEPS; step++) {
        peer        server = tls_start(certs, "good", NULL);
        talk        t      = talk_to(server.port, 1, LONG_MS);
        pwwb_status st;

        CHECK_STATUS(PWWB_OK, steps(&t, CONNECT, step));
        peer_end(&server);
        st = steps(&t, step, STEPS);
        if (st == PWWB_OK) /* the answer came before */
            st = steps(&t, WRITE, STEPS);
        CHECK_STATUS(PWWB_E_CLOSED, st);
        talk_end(&t);
    }
}

/* Accepted by the kernel alone. */
static void
a_server_that_never_accepts_ends_at_the_deadline(void)
{
    int  port = 0;
    int  fd   = listen_at("127.0.0.1", 4, &port);
    talk t    = talk_to(port, 1, WAIT_MS);

    CHECK_STATUS(PWWB_OK, timed(&t, CONNECT));
    CHECK_STATUS(PWWB_E_TIMEOUT, timed(&t, HANDSHAKE));
    CHECK_STATUS(PWWB_E_TIMEOUT, timed(&t, READ));
    talk_end(&t);
    close(fd);
}

/* The other side reads nothing: the kernel's buffers fill up, long before this time is over. Between two
 * records the deadline would end no session. */
static void
a_write_that_nobody_takes_ends_at_the_deadline(void)
{
    static const uint8_t much[32 << 20];
    int                  is_tls;

    for (is_tls = 0; is_tls <= 1; is_tls++) {
        proxy   between = before(is_tls ? tls_echo.port : plain_echo.port);
        talk    t       = talk_to(between.port, is_tls, LONG_MS);
        int64_t start;

        CHECK_STATUS(PWWB_OK, steps(&t, CONNECT, WRITE));
        proxy_order(&between, "stall");
        start = now_ms();
        CHECK_STATUS(PWWB_E_TIMEOUT,
                     pwwb_stream_write(t.stream, much, sizeof(much), FULL_MS, t.err));
        CHECK(now_ms() - start >= FULL_MS);
        CHECK(now_ms() - start < FULL_MS + LATE_MS);

        t.timeout_ms = WAIT_MS; /* a TLS record is half out: that session is over */
        if (is_tls)
            CHECK_STATUS(PWWB_E_CLOSED, timed(&t, WRITE));
        CHECK_STATUS(is_tls ? PWWB_E_CLOSED : PWWB_E_TIMEOUT, timed(&t, READ));
        talk_end(&t);
        proxy_end(&between);
    }
}

static void
the_disposition_of_sigpipe_is_untouched(void)
{
    struct sigaction act;

    CHECK_INT(0, sigaction(SIGPIPE, NULL, &act));
    CHECK(act.sa_handler == SIG_DFL);
}

int
main(int argc, char **argv)
{
    talk_start(argc, argv);
    RUN(two_lines_go_and_come_back);
    RUN(a_stall_at_any_octet_ends_at_the_deadline);
    RUN(a_hang_up_at_any_octet_is_closed);
    RUN(a_reset_at_any_octet_is_closed);
    RUN(a_half_close_at_any_octet_is_closed);
    RUN(a_fault_between_any_two_calls_is_told_by_a_later_one);
    RUN(a_server_that_is_killed_between_any_two_calls_is_closed);
    RUN(a_server_that_never_accepts_ends_at_the_deadline);
    RUN(a_write_that_nobody_takes_ends_at_the_deadline);
    RUN(the_disposition_of_sigpipe_is_untouched);
    talk_stop();
    return DONE;
}
