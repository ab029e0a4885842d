/* SPDX-License-Identifier: Apache-2.0 */
/* rows: 17 */
/* Streams that never wait, in a loop with poll(), against "openssl s_server". */
#include <fcntl.h>

#include "loop.h"

#define MUCH ((size_t)8 << 20)

static void
lines_go_and_come_back(void)
{
    int is_tls, i;

    for (is_tls = 0; is_tls <= 1; is_tls++) {
        talk t = talk_to(is_tls ? tls_echo.port : plain_echo.port, is_tls, LONG_MS);

        CHECK_STATUS(PWWB_OK, begin(&t));
        for (i = 0; i < 3; i++)
            CHECK_STATUS(PWWB_OK, say_line(&t));
        talk_end(&t);
    }
}

static void
check_refused(const char *cert, const char *ca, const char *name, pwwb_status expected)
{
    peer server = tls_start(certs, cert, NULL);
    talk t      = talk_to(server.port, 1, LONG_MS);

    t.ca   = ca;
    t.name = name;
    CHECK_STATUS(PWWB_OK, begin(&t));
    CHECK_STATUS(expected, say_line(&t));
    CHECK_STATUS(expected, pwwb_error_status(t.err));
    CHECK_INT(PWWB_LAYER_MBEDTLS, pwwb_error_layer(t.err));
    talk_end(&t);
    peer_end(&server);
}

static void
each_fault_of_a_certificate_is_told_by_a_call(void)
{
    check_refused("good", "other-ca", "server.test", PWWB_E_TLS_CA);
    check_refused("good", "ca", "serve.test", PWWB_E_TLS_NAME);
    check_refused("wrongname", "ca", "server.test", PWWB_E_TLS_NAME);
    check_refused("expired", "ca", "server.test", PWWB_E_TLS_EXPIRED);
    check_refused("notyet", "ca", "server.test", PWWB_E_TLS_EXPIRED);
}

/* It goes on as if nothing had been, and nobody was woken in between. */
static void
check_stalled(size_t after)
{
    proxy between = before(tls_echo.port);
    talk  t       = talk_to(between.port, 1, WAIT_MS);
    long  woken;

    proxy_order(&between, "stall after %zu down", after);
    CHECK_STATUS(PWWB_OK, begin(&t));
    CHECK_STATUS(PWWB_E_TIMEOUT, say_line(&t));
    woken = wakes;
    CHECK_STATUS(PWWB_E_TIMEOUT, say_line(&t));
    CHECK(wakes - woken <= 2);
    proxy_order(&between, "pass");
    t.timeout_ms = LONG_MS;
    CHECK_STATUS(PWWB_OK, say_line(&t));
    CHECK_STATUS(PWWB_OK, say_line(&t));
    talk_end(&t);
    proxy_end(&between);
}

static void
a_handshake_that_stalls_goes_on_later(void)
{
    size_t after;

    for (after = 0; after < 700; after += 53)
        check_stalled(after);
}

static void
check_cut(const char *fault, size_t after)
{
    proxy       between = before(tls_echo.port);
    talk        t       = talk_to(between.port, 1, LONG_MS);
    pwwb_status st;

    proxy_order(&between, "%s after %zu down", fault, after);
    st = begin(&t);
    if (st == PWWB_OK)
        st = say_line(&t);
    CHECK(st == PWWB_E_CLOSED || (after == 0 && st == PWWB_E_CONNECT));
    CHECK_STATUS(st, pwwb_error_status(t.err));
    talk_end(&t);
    proxy_end(&between);
}

static void
a_handshake_that_is_cut_is_closed(void)
{
    size_t after;

    for (after = 0; after < 700; after += 61) {
        check_cut("close", after);
        check_cut("reset", after);
        check_cut("half", after);
    }
}

/* "openssl s_server", which says what is in one pipe, and what it hears goes into a file. */
static peer
mouth_start(int say, int hear)
{
    peer  p   = {0};
    int   fd  = listen_at("127.0.0.1", 1, &p.port);
    char  pem[512], key[512], at[32];

    close(fd); /* a port that was free a moment ago */
    snprintf(pem, sizeof(pem), "%s/good.pem", certs);
    snprintf(key, sizeof(key), "%s/good.key", certs);
    snprintf(at, sizeof(at), "127.0.0.1:%d", p.port);
    p.pid = spawn();
    if (p.pid == 0) {
        dup2(say, STDIN_FILENO);
        dup2(hear, STDOUT_FILENO);
        execlp("openssl", "openssl", "s_server", "-accept", at, "-quiet", "-cert", pem, "-key", key,
               (char *)NULL);
        _exit(127);
    }
    return p;
}

static void
await_listener(int port)
{
    char text[256], want[48];
    int  tries, is_there = 0;

    snprintf(want, sizeof(want), ": 0100007F:%04X 00000000:0000 0A", (unsigned)port);
    for (tries = 0; !is_there && tries < 1000; tries++) {
        FILE *in = fopen("/proc/net/tcp", "r");

        while (!is_there && fgets(text, sizeof(text), in) != NULL)
            is_there = strstr(text, want) != NULL;
        fclose(in);
        if (!is_there)
            usleep(5000);
    }
    CHECK(is_there);
}

/* A process that writes all of it, and then keeps the pipe open. */
static peer
feeder_start(const uint8_t *data, size_t len, int fd)
{
    peer p = {.pid = spawn()};

    while (p.pid == 0) {
        ssize_t n = len > 0 ? write(fd, data, len) : pause();

        data += n > 0 ? n : 0;
        len -= n > 0 ? (size_t)n : 0;
    }
    return p;
}

/* The descriptor is the library's: only its buffers are made small. A window below one segment of
 * the loopback would be opened by a timer alone. */
static void
make_narrow(talk *t)
{
    pwwb_interest i   = {.size = sizeof(i)};
    int           out = 4096;
    int           in  = 65536;
    int64_t       ms;

    CHECK_STATUS(PWWB_OK, pwwb_stream_interest(t->stream, &i, &ms, NULL));
    CHECK_INT(0, setsockopt((int)i.descriptor, SOL_SOCKET, SO_SNDBUF, &out, sizeof(out)));
    CHECK_INT(0, setsockopt((int)i.descriptor, SOL_SOCKET, SO_RCVBUF, &in, sizeof(in)));
}

static uint8_t *
noise(uint32_t x)
{
    uint8_t *p = malloc(MUCH);
    size_t   i;

    for (i = 0; i < MUCH; i++) {
        x    = x * 1664525 + 1013904223;
        p[i] = (uint8_t)(x >> 24);
    }
    return p;
}

/* What s_server has written so far, once it is all, or after a while. */
static size_t
await_file(FILE *file, uint8_t *buf)
{
    size_t len = 0;
    int    tries;

    for (tries = 0; len < MUCH && tries < 1000; tries++) {
        ssize_t n = pread(fileno(file), buf + len, MUCH - len, (off_t)len);

        len += n > 0 ? (size_t)n : 0;
        if (n <= 0)
            usleep(5000);
    }
    return len;
}

static void
check_same(const uint8_t *expected, const uint8_t *actual, size_t len)
{
    CHECK_INT(MUCH, len);
    CHECK(len == MUCH && memcmp(expected, actual, MUCH) == 0);
}

static void
eight_megabytes_go_both_ways_through_narrow_windows(void)
{
    uint8_t *up = noise(1), *down = noise(2), *heard = malloc(MUCH);
    FILE    *out = tmpfile();
    int      pair[2];
    CHECK_INT(0, pipe2(pair, O_CLOEXEC));
    peer  feeder  = feeder_start(down, MUCH, pair[1]);
    peer  server  = mouth_start(pair[0], fileno(out));
    proxy between = before(server.port);
    talk  t       = talk_to(between.port, 1, 60000);
    flow  f = {.say = up, .say_len = MUCH, .heard = heard, .hear_len = MUCH};

    await_listener(server.port);
    wakes = 0;
    CHECK_STATUS(PWWB_OK, begin(&t));
    make_narrow(&t);
    CHECK_STATUS(PWWB_OK, flow_run(&f, &t));
    check_same(down, heard, f.heard_len);
    check_same(up, heard, await_file(out, heard));
    printf("# poll() came back %ld times\n", wakes);
    talk_end(&t);
    proxy_end(&between);
    peer_end(&server);
    peer_end(&feeder);
    close(pair[0]);
    close(pair[1]);
    fclose(out);
    free(up);
    free(down);
    free(heard);
}

int
main(int argc, char **argv)
{
    talk_start(argc, argv);
    RUN(lines_go_and_come_back);
    RUN(each_fault_of_a_certificate_is_told_by_a_call);
    RUN(a_handshake_that_stalls_goes_on_later);
    RUN(a_handshake_that_is_cut_is_closed);
    RUN(eight_megabytes_go_both_ways_through_narrow_windows);
    talk_stop();
    return DONE;
}
