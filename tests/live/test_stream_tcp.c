/* SPDX-License-Identifier: Apache-2.0 */
/* How a socket is made, and what interrupts it. */
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/time.h>

#include "talk.h"

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
    CHECK_INT(PWWB_ORIGIN_ERRNO, pwwb_error_origin(t.err));
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
    CHECK_STATUS(PWWB_OK, pwwb_stream_connect("two.test", plain_echo.port, LONG_MS, &stream, NULL));
    CHECK_INT(1, resolver_calls);
    pwwb_stream_free(stream);
    CHECK_STATUS(PWWB_E_CONNECT,
                 pwwb_stream_connect("none.test", plain_echo.port, LONG_MS, &stream, NULL));
    CHECK(stream == NULL);
}

static void
an_address_that_does_not_answer_leaves_time_for_the_next(void)
{
    dead_end     d     = dead_end_start("127.0.0.2", &plain_echo.port);
    int64_t      start = now_ms();
    pwwb_stream *stream;

    CHECK_STATUS(PWWB_OK, pwwb_stream_connect("two.test", plain_echo.port, 400, &stream, NULL));
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
    CHECK_STATUS(PWWB_OK, pwwb_stream_connect("127.0.0.1", plain_echo.port, -1, &stream, NULL));
    pwwb_stream_free(stream);
    CHECK_STATUS(PWWB_E_CONNECT, pwwb_stream_connect("::1", 1, LONG_MS, &stream, NULL));
    CHECK_INT(0, resolver_calls);
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
    talk_stop();
    return DONE;
}
