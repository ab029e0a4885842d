/* SPDX-License-Identifier: Apache-2.0 */
/* How a socket is made, and what interrupts it. */
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/resource.h>
#include <sys/time.h>

#include "faults.h"
#include "loop.h"

/* The lowest descriptor that is free: one that is never closed would be seen here. */
static int
next_descriptor(void)
{
    int fd = dup(STDOUT_FILENO);

    close(fd);
    return fd;
}

static void
a_connection_that_is_not_answered_ends_at_the_deadline(void)
{
    int      port = 0;
    dead_end d    = dead_end_start("127.0.0.1", &port);
    talk     t    = talk_to(port, 0, WAIT_MS);
    int      next = next_descriptor();

    CHECK_STATUS(PWWB_E_TIMEOUT, timed(&t, CONNECT));
    CHECK(t.stream == NULL);
    CHECK_INT(next, next_descriptor());
    talk_end(&t);
    dead_end_stop(&d);
}

static void
a_closed_port_refuses_with_its_errno(void)
{
    int  port = 0;
    int  fd   = listen_at("127.0.0.1", 0, &port);
    talk t    = talk_to(port, 0, LONG_MS);

    close(fd);
    CHECK_STATUS(PWWB_E_CONNECT, timed(&t, CONNECT));
    CHECK_INT(fd, next_descriptor());
    CHECK_INT(PWWB_LAYER_ERRNO, pwwb_error_layer(t.err));
    CHECK_INT(ECONNREFUSED, pwwb_error_code(t.err));
    talk_end(&t);
}

static volatile sig_atomic_t alarms;

static void
on_alarm(int number)
{
    (void)number;
    alarms++;
}

static void
set_alarms(int every_us)
{
    const struct itimerval often = {{0, every_us}, {0, every_us}};
    struct sigaction       act   = {.sa_handler = on_alarm}; /* no SA_RESTART */

    sigaction(SIGALRM, &act, NULL);
    setitimer(ITIMER_REAL, &often, NULL);
}

static void
signals_neither_end_a_call_nor_make_it_longer(void)
{
    int is_tls;

    for (is_tls = 0; is_tls <= 1; is_tls++) {
        talk    t = talk_to(is_tls ? tls_echo.port : plain_echo.port, is_tls, LONG_MS);
        int64_t start;

        alarms = 0;
        set_alarms(2000);
        CHECK_STATUS(PWWB_OK, steps(&t, CONNECT, STEPS));
        t.timeout_ms = WAIT_MS;
        start        = now_ms();
        CHECK_STATUS(PWWB_E_TIMEOUT, timed(&t, READ));
        CHECK(now_ms() - start >= WAIT_MS);
        set_alarms(0);
        CHECK(alarms >= 20);
        talk_end(&t);
    }
}

static void
a_call_that_may_not_wait_does_not(void)
{
    int is_tls;

    for (is_tls = 0; is_tls <= 1; is_tls++) {
        talk    t = talk_to(is_tls ? tls_echo.port : plain_echo.port, is_tls, LONG_MS);
        uint8_t buf[8];
        size_t  len;
        int64_t start;

        CHECK_STATUS(PWWB_OK, steps(&t, CONNECT, STEPS));
        start = now_ms();
        CHECK_STATUS(PWWB_E_TIMEOUT, pwwb_stream_read(t.stream, buf, sizeof(buf), &len, 0, t.err));
        CHECK(now_ms() - start < 50);
        CHECK_STATUS(PWWB_OK, steps(&t, WRITE, STEPS));
        talk_end(&t);
    }
}

static void
a_socket_does_not_block_and_is_closed_on_exec_and_when_freed(void)
{
    talk      t       = talk_to(plain_echo.port, 0, LONG_MS);
    int       fd      = next_descriptor();
    int       is_soon = 0;
    socklen_t len     = sizeof(is_soon);

    CHECK_STATUS(PWWB_OK, timed(&t, CONNECT));
    CHECK_INT(FD_CLOEXEC, fcntl(fd, F_GETFD));
    CHECK((fcntl(fd, F_GETFL) & O_NONBLOCK) != 0);
    CHECK_INT(0, getsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &is_soon, &len));
    CHECK(is_soon);
    talk_end(&t);
    CHECK_INT(-1, fcntl(fd, F_GETFD));
}

/* The linker sends the library's calls here (--wrap=getaddrinfo). */
int __real_getaddrinfo(const char *host, const char *service, const struct addrinfo *hints,
                       struct addrinfo **list);
int __wrap_getaddrinfo(const char *host, const char *service, const struct addrinfo *hints,
                       struct addrinfo **list);

static int resolver_calls;

/* "two.test" has two addresses; the second is good. */
int
__wrap_getaddrinfo(const char *host, const char *service, const struct addrinfo *hints,
                   struct addrinfo **list)
{
    int rc;

    if ((hints->ai_flags & AI_NUMERICHOST) != 0)
        return __real_getaddrinfo(host, service, hints, list);

    resolver_calls++;
    if (strcmp(host, "two.test") != 0)
        return EAI_NONAME;

    rc = __real_getaddrinfo("127.0.0.2", service, hints, list);
    return rc != 0 ? rc : __real_getaddrinfo("127.0.0.1", service, hints, &(*list)->ai_next);
}

static void
each_address_of_a_name_is_tried(void)
{
    pwwb_stream *stream;

    resolver_calls = 0;
    CHECK_STATUS(PWWB_OK, pwwb_stream_new_tcp("two.test", plain_echo.port, LONG_MS, &stream, NULL));
    CHECK_INT(1, resolver_calls);
    pwwb_stream_free(stream);
    CHECK_STATUS(PWWB_E_CONNECT,
                 pwwb_stream_new_tcp("none.test", plain_echo.port, LONG_MS, &stream, NULL));
    CHECK(stream == NULL);
}

static void
an_address_that_does_not_answer_leaves_time_for_the_next(void)
{
    dead_end     d     = dead_end_start("127.0.0.2", &plain_echo.port);
    int64_t      start = now_ms();
    pwwb_stream *stream;

    CHECK_STATUS(PWWB_OK, pwwb_stream_new_tcp("two.test", plain_echo.port, 400, &stream, NULL));
    CHECK(now_ms() - start >= 200);
    CHECK(now_ms() - start < 400);
    pwwb_stream_free(stream);
    dead_end_stop(&d);
}

static void
a_numeric_address_asks_nobody(void)
{
    pwwb_stream *stream;

    resolver_calls = 0;
    CHECK_STATUS(PWWB_OK, pwwb_stream_new_tcp("127.0.0.1", plain_echo.port, -1, &stream, NULL));
    pwwb_stream_free(stream);
    CHECK_STATUS(PWWB_E_CONNECT, pwwb_stream_new_tcp("::1", 1, LONG_MS, &stream, NULL));
    CHECK_INT(0, resolver_calls);
}

/* ---- a connection that is only begun ---- */

static talk
begin_to(const char *host, int port)
{
    talk    t     = talk_to(port, 0, LONG_MS);
    int64_t start = now_ms();

    CHECK_STATUS(PWWB_OK, pwwb_stream_new_tcp(host, port, 0, &t.stream, t.err));
    CHECK(now_ms() - start < LATE_MS);
    return t;
}

static void
the_next_address_is_tried_when_one_fails(void)
{
    talk    t     = begin_to("two.test", plain_echo.port);
    int64_t start = now_ms();

    CHECK_STATUS(PWWB_OK, say_line(&t));
    CHECK(now_ms() - start < 1000);
    talk_end(&t);
}

static void
the_next_address_is_tried_when_one_is_silent_for_a_while(void)
{
    dead_end      d     = dead_end_start("127.0.0.2", &plain_echo.port);
    talk          t     = begin_to("two.test", plain_echo.port);
    int64_t       start = now_ms();
    pwwb_interest i     = {.size = sizeof(i)};
    uint8_t       octet;
    size_t        len;
    int64_t       ms;

    CHECK_STATUS(PWWB_E_TIMEOUT, pwwb_stream_read(t.stream, &octet, 1, &len, 0, t.err));
    CHECK_STATUS(PWWB_OK, pwwb_stream_interest(t.stream, &i, &ms, t.err));
    CHECK_INT(PWWB_WRITABLE, i.directions);
    CHECK(ms > 0 && ms <= 2000);
    wakes = 0;
    CHECK_STATUS(PWWB_OK, say_line(&t));
    CHECK(now_ms() - start >= 1900);
    CHECK(now_ms() - start < 2000 + LATE_MS);
    CHECK(wakes < 10);
    talk_end(&t);
    dead_end_stop(&d);
}

/* With a deadline of its own a call goes from address to address, too. */
static void
a_call_that_waits_takes_what_was_begun_further(void)
{
    dead_end d = dead_end_start("127.0.0.2", &plain_echo.port);
    talk     t = begin_to("two.test", plain_echo.port);

    t.timeout_ms = WAIT_MS;
    CHECK_STATUS(PWWB_E_TIMEOUT, timed(&t, WRITE));
    CHECK_STATUS(PWWB_E_TIMEOUT, timed(&t, READ));
    t.timeout_ms = LONG_MS;
    CHECK_STATUS(PWWB_OK, steps(&t, WRITE, STEPS));
    talk_end(&t);
    dead_end_stop(&d);
}

static void
the_last_address_is_left_only_by_who_waits(void)
{
    int           port = 0;
    dead_end      d    = dead_end_start("127.0.0.1", &port);
    int           next = next_descriptor();
    talk          t    = begin_to("127.0.0.1", port);
    pwwb_interest i    = {.size = sizeof(i)};
    int64_t       ms   = 0;

    t.timeout_ms = 100;
    wakes        = 0;
    CHECK_STATUS(PWWB_E_TIMEOUT, say_line(&t));
    CHECK(wakes <= 2);
    CHECK_STATUS(PWWB_OK, pwwb_stream_interest(t.stream, &i, &ms, t.err));
    CHECK_INT(PWWB_WRITABLE, i.directions);
    CHECK_INT(-1, ms);
    talk_end(&t);
    CHECK_INT(next, next_descriptor());
    dead_end_stop(&d);
}

/* The kernel may know at once, and then the beginning tells. */
static void
when_every_address_refuses_the_last_errno_is_told(void)
{
    int           port = 0;
    int           fd   = listen_at("127.0.0.1", 0, &port);
    talk          t    = talk_to(port, 0, LONG_MS);
    pwwb_interest i    = {.size = sizeof(i)};
    int64_t       ms;
    pwwb_status   st;

    close(fd);
    st = pwwb_stream_new_tcp("two.test", port, 0, &t.stream, t.err);
    if (st == PWWB_OK)
        st = say_line(&t);
    CHECK_STATUS(PWWB_E_CONNECT, st);
    CHECK_INT(PWWB_LAYER_ERRNO, pwwb_error_layer(t.err));
    CHECK_INT(ECONNREFUSED, pwwb_error_code(t.err));
    if (t.stream != NULL) {
        CHECK_STATUS(PWWB_E_CONNECT, say_line(&t));
        CHECK_STATUS(PWWB_E_CLOSED, pwwb_stream_interest(t.stream, &i, &ms, t.err));
    }
    talk_end(&t);
    CHECK_INT(fd, next_descriptor());
}

static void
without_a_descriptor_nothing_is_begun(void)
{
    talk          t = talk_to(plain_echo.port, 0, LONG_MS);
    struct rlimit old, none;

    CHECK_INT(0, getrlimit(RLIMIT_NOFILE, &old));
    none = (struct rlimit){(rlim_t)next_descriptor(), old.rlim_max};
    CHECK_INT(0, setrlimit(RLIMIT_NOFILE, &none));
    CHECK_STATUS(PWWB_E_SYSTEM, pwwb_stream_new_tcp("127.0.0.1", t.port, 0, &t.stream, t.err));
    CHECK_INT(EMFILE, pwwb_error_code(t.err));
    CHECK_INT(0, setrlimit(RLIMIT_NOFILE, &old));
    CHECK(t.stream == NULL);
    talk_end(&t);
}

static void
running_out_of_memory_anywhere_is_survived(void)
{
    int  next = next_descriptor();
    talk t    = begin_to("two.test", plain_echo.port);
    long count, nth;

    talk_end(&t);
    faults_count();
    CHECK_STATUS(PWWB_OK, pwwb_stream_new_tcp("two.test", plain_echo.port, 0, &t.stream, NULL));
    count = faults_stop();
    pwwb_stream_free(t.stream);
    for (nth = 1; nth <= count; nth++) {
        faults_fail(nth);
        CHECK_STATUS(PWWB_E_NO_MEMORY,
                     pwwb_stream_new_tcp("two.test", plain_echo.port, 0, &t.stream, NULL));
        faults_stop();
        CHECK(t.stream == NULL);
    }
    CHECK(count >= 2);
    CHECK_INT(next, next_descriptor());
}

int
main(int argc, char **argv)
{
    talk_start(argc, argv);
    RUN(a_connection_that_is_not_answered_ends_at_the_deadline);
    RUN(a_closed_port_refuses_with_its_errno);
    RUN(signals_neither_end_a_call_nor_make_it_longer);
    RUN(a_call_that_may_not_wait_does_not);
    RUN(a_socket_does_not_block_and_is_closed_on_exec_and_when_freed);
    RUN(each_address_of_a_name_is_tried);
    RUN(an_address_that_does_not_answer_leaves_time_for_the_next);
    RUN(a_numeric_address_asks_nobody);
    RUN(the_next_address_is_tried_when_one_fails);
    RUN(the_next_address_is_tried_when_one_is_silent_for_a_while);
    RUN(a_call_that_waits_takes_what_was_begun_further);
    RUN(the_last_address_is_left_only_by_who_waits);
    RUN(when_every_address_refuses_the_last_errno_is_told);
    RUN(without_a_descriptor_nothing_is_begun);
    RUN(running_out_of_memory_anywhere_is_survived);
    talk_stop();
    return DONE;
}
