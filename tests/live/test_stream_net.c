/* SPDX-License-Identifier: Apache-2.0 */
/* rows: 1 */
/* The other side falls silent or goes away, at any octet and between any two calls. */
#include "talk.h"

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
is_expected(int fault, const talk *t, pwwb_status st)
{
    if (fault == RESET && t->stream == NULL)
        return st == PWWB_E_CONNECT;

    return st == (fault == STALL ? PWWB_E_TIMEOUT : PWWB_E_CLOSED);
}

/* A server that ends at some octet of its answers, as `fault` says: the step that is hit fails in
 * time, and so do all later ones. */
static void
check_fault_after(int upstream, int is_tls, int fault, size_t after)
{
    peer        relay = relay_start(upstream, fault, after);
    talk        t     = talk_to(relay.port, is_tls, fault == STALL ? WAIT_MS : LONG_MS);
    pwwb_status st    = steps(&t, CONNECT, STEPS);

    if (!is_expected(fault, &t, st))
        printf("# %c after %zu octets\n", fault, after);
    CHECK(is_expected(fault, &t, st));
    CHECK_STATUS(st, pwwb_error_status(t.err));
    if (t.is_up) {
        (void)timed(&t, WRITE);
        (void)timed(&t, READ);
        (void)timed(&t, WRITE);
        CHECK(timed(&t, READ) != PWWB_OK);
    }
    talk_end(&t);
    peer_end(&relay);
}

static void
sweep(int is_tls, int fault, size_t stride)
{
    int      upstream = is_tls ? tls_echo.port : plain_echo.port;
    peer     relay    = relay_start(upstream, PASS, SIZE_MAX);
    talk     t        = talk_to(relay.port, is_tls, LONG_MS);
    uint32_t total;
    size_t   after;

    CHECK_STATUS(PWWB_OK, steps(&t, CONNECT, STEPS));
    total = relay_tell(&relay, COUNT);
    CHECK(total >= 2 * LINE_LEN);
    talk_end(&t);
    peer_end(&relay);
    for (after = 0; after < total - 8; after += stride) /* signatures differ by a few octets */
        check_fault_after(upstream, is_tls, fault, after);
}

static void
a_stall_at_any_octet_ends_at_the_deadline(void)
{
    sweep(0, STALL, 7);
    sweep(1, STALL, 29);
}

static void
a_hang_up_at_any_octet_is_closed(void)
{
    sweep(0, CLOSE, 3);
    sweep(1, CLOSE, 11);
}

static void
a_reset_at_any_octet_is_closed(void)
{
    sweep(0, RESET, 3);
    sweep(1, RESET, 11);
}

static void
a_half_close_at_any_octet_is_closed(void)
{
    sweep(0, HALF, 3);
    sweep(1, HALF, 11);
}

/* The fault comes between two calls; a write may still go into the kernel's buffer. */
static void
check_fault_before(int is_tls, int fault, int step)
{
    int         upstream = is_tls ? tls_echo.port : plain_echo.port;
    peer        relay    = relay_start(upstream, PASS, SIZE_MAX);
    talk        t        = talk_to(relay.port, is_tls, LONG_MS);
    pwwb_status st;

    CHECK_STATUS(PWWB_OK, steps(&t, CONNECT, step));
    t.timeout_ms = fault == STALL ? WAIT_MS : LONG_MS;
    relay_tell(&relay, fault);
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
    peer_end(&relay);
}

static void
a_fault_between_any_two_calls_is_told_by_a_later_one(void)
{
    static const int faults[] = {STALL, CLOSE, RESET, HALF};
    size_t           i;
    int              step;

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

/* The other side reads nothing: the kernel's buffers fill up. */
static void
a_write_that_nobody_takes_ends_at_the_deadline(void)
{
    static const uint8_t much[32 << 20];
    int                  is_tls;

    for (is_tls = 0; is_tls <= 1; is_tls++) {
        peer    relay = relay_start(is_tls ? tls_echo.port : plain_echo.port, PASS, SIZE_MAX);
        talk    t     = talk_to(relay.port, is_tls, LONG_MS);
        int64_t start;

        CHECK_STATUS(PWWB_OK, steps(&t, CONNECT, WRITE));
        relay_tell(&relay, STALL);
        start = now_ms();
        CHECK_STATUS(PWWB_E_TIMEOUT,
                     pwwb_stream_write(t.stream, much, sizeof(much), WAIT_MS, t.err));
        CHECK(now_ms() - start >= WAIT_MS);
        CHECK(now_ms() - start < WAIT_MS + LATE_MS);

        t.timeout_ms = WAIT_MS; /* a TLS record is half out: that session is over */
        if (is_tls)
            CHECK_STATUS(PWWB_E_CLOSED, timed(&t, WRITE));
        CHECK_STATUS(is_tls ? PWWB_E_CLOSED : PWWB_E_TIMEOUT, timed(&t, READ));
        talk_end(&t);
        peer_end(&relay);
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
