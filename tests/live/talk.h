/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TALK_H
#define TALK_H

/* A conversation with a peer, step by step, each step in time. */

#include <time.h>

#include <pwwb/stream.h>

#include "fixtures/proxy.h"
#include "harness.h"
#include "peers.h"

#define LATE_MS 250 /* the most by which a call may outlast its deadline */
#define WAIT_MS 60  /* the deadline of calls that are meant to time out */
#define LONG_MS 5000

/* Reversed it is the same: what the plain echo and s_server send back. */
static const char line[] = "abcdefghijklmnopqrstuvwxyz.zyxwvutsrqponmlkjihgfedcba\n";
#define LINE_LEN (sizeof(line) - 1)

static const char *certs; /* the folder that tests/fixtures/certs made */
static peer        plain_echo, tls_echo;
static long        cases;
static int64_t     most_late_ms;

/* One conversation; its steps may be called in any state. */
typedef struct talk {
    int          port;
    int          is_tls;
    const char  *ca;   /* a file of the folder of certificates */
    const char  *name; /* to expect */
    int          is_ca_in_memory;
    int64_t      timeout_ms;
    int          is_up; /* the line may be written */
    pwwb_stream *stream;
    pwwb_error  *err;
} talk;

enum { CONNECT, HANDSHAKE, WRITE, READ, WRITE_AGAIN, READ_AGAIN, STEPS };

/* In front of a peer. */
static inline proxy
before(int port)
{
    return proxy_start("127.0.0.1", 0, "127.0.0.1", port);
}

static inline int64_t
now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static inline talk
talk_to(int port, int is_tls, int64_t timeout_ms)
{
    const talk t = {.port       = port,
                    .is_tls     = is_tls,
                    .ca         = "ca",
                    .name       = "server.test",
                    .timeout_ms = timeout_ms,
                    .err        = pwwb_error_new()};

    return t;
}

static inline void
talk_end(talk *t)
{
    pwwb_stream_free(t->stream);
    pwwb_error_free(t->err);
    t->stream = NULL;
    t->err    = NULL;
}

static inline pwwb_status
handshake(talk *t)
{
    char             file[512];
    uint8_t          ca[4096];
    pwwb_tls_options options = {.size = sizeof(options), .ca_file = file, .name = t->name};
    pwwb_stream     *over;
    pwwb_status      st;

    snprintf(file, sizeof(file), "%s/%s.pem", certs, t->ca);
    if (t->is_ca_in_memory) {
        FILE *in = fopen(file, "r");

        options.ca      = ca;
        options.ca_len  = fread(ca, 1, sizeof(ca), in);
        options.ca_file = NULL;
        fclose(in);
    }
    st = pwwb_stream_new_tls(t->stream, &options, t->timeout_ms, &over, t->err);
    if (st == PWWB_OK)
        t->stream = over;
    return st;
}

static inline pwwb_status
read_line(talk *t)
{
    uint8_t     buf[LINE_LEN];
    size_t      done = 0, some;
    int64_t     end  = now_ms() + t->timeout_ms;
    pwwb_status st   = PWWB_OK;

    while (st == PWWB_OK && done < LINE_LEN) {
        int64_t left = end > now_ms() ? end - now_ms() : 0;

        st = pwwb_stream_read(t->stream, buf + done, LINE_LEN - done, &some, left, t->err);
        done += some;
    }
    if (st == PWWB_OK)
        CHECK_MEM(line, LINE_LEN, buf, done);
    return st;
}

static inline pwwb_status
do_step(talk *t, int step)
{
    switch (step) {
    case CONNECT:
        return pwwb_stream_new_tcp("127.0.0.1", t->port, t->timeout_ms, &t->stream, t->err);
    case HANDSHAKE:
        return t->is_tls ? handshake(t) : PWWB_OK;
    case WRITE:
    case WRITE_AGAIN:
        return pwwb_stream_write(t->stream, (const uint8_t *)line, LINE_LEN, t->timeout_ms, t->err);
    default:
        return read_line(t);
    }
}

/* Do a step, in time whatever becomes of it. */
static inline pwwb_status
timed(talk *t, int step)
{
    int64_t     start = now_ms();
    pwwb_status st    = do_step(t, step);
    int64_t     late  = now_ms() - start - t->timeout_ms;

    cases++;
    t->is_up |= step == HANDSHAKE && st == PWWB_OK;
    if (late > most_late_ms)
        most_late_ms = late;
    CHECK(late <= LATE_MS);
    return st;
}

/* Do steps until one fails. */
static inline pwwb_status
steps(talk *t, int from, int to)
{
    pwwb_status st = PWWB_OK;

    for (; st == PWWB_OK && from < to; from++)
        st = timed(t, from);
    return st;
}

/* The folder of certificates is the first argument, or PWWB_TEST_CERTS. */
static inline void
talk_start(int argc, char **argv)
{
    certs = argc > 1 ? argv[1] : getenv("PWWB_TEST_CERTS");
    if (certs == NULL) {
        printf("Bail out! no folder of certificates: give it, or set PWWB_TEST_CERTS\n");
        exit(1);
    }
    signal(SIGPIPE, SIG_DFL);
    plain_echo = echo_start();
    tls_echo   = tls_start(certs, "good", NULL);
}

static inline void
talk_stop(void)
{
    peer_end(&plain_echo);
    peer_end(&tls_echo);
    printf("# %ld calls; the latest was %" PRId64 " ms over its deadline\n", cases, most_late_ms);
}

#endif /* TALK_H */
