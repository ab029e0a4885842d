/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A TLS connection as a stream, in a loop of one's own and then with calls that wait: say a line, and
 * print the line that comes back.
 *
 *     18_tls_stream HOST PORT CA_FILE NAME
 *
 * NAME is the one that the certificate must carry. Exit: 0 a line came twice, 1 it did not, 2 usage.
 */
#define _POSIX_C_SOURCE 200809L
#include <pwwb/pwwb.h>

#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char said[] = "Hello, stream\n";

enum { LONGEST_MS = 5000 };

/* The number of the layer that failed, where there is one. */
/* [why] */
static void
print_why(pwwb_status status, const pwwb_error *err)
{
    static const char *const layers[] = {"pwwb", "errno", "mbedTLS", "LDAP", "callback"};
    int32_t                  origin   = pwwb_error_layer(err);

    printf("%s: %s", pwwb_status_name(status), pwwb_error_message(err));
    if (origin > PWWB_LAYER_PWWB && origin <= PWWB_LAYER_CALLER)
        printf(" (%s %lld)", layers[origin], (long long)pwwb_error_code(err));
    printf("\n");
}
/* [why] end */

/* TLS takes the stream over when it can be put on it. */
static pwwb_status
connect_tls(char **argv, int64_t timeout_ms, pwwb_stream **ret_stream, pwwb_error *err)
{
    pwwb_tls_options tls   = {.size = sizeof(tls), .ca_file = argv[3], .name = argv[4]};
    pwwb_stream     *under = NULL;
    pwwb_status      st = pwwb_stream_new_tcp(argv[1], atoi(argv[2]), timeout_ms, &under, err);

    if (st == PWWB_OK)
        st = pwwb_stream_new_tls(under, &tls, timeout_ms, ret_stream, err);
    if (st != PWWB_OK)
        pwwb_stream_free(under);
    return st;
}

/* [wait] */
/* Until a call that answered PWWB_E_TIMEOUT is worth another try. A host with an event loop gives
 * these to it instead. */
static pwwb_status
wait_for(pwwb_stream *stream, pwwb_error *err)
{
    pwwb_interest interest = {.size = sizeof(interest)};
    int64_t       timeout_ms;
    struct pollfd fd = {.fd = -1};
    pwwb_status   st = pwwb_stream_interest(stream, &interest, &timeout_ms, err);

    if (st != PWWB_OK)
        return st;

    fd.fd     = (int)interest.descriptor; /* -1: poll() only waits for the time */
    fd.events = (short)((interest.directions & PWWB_READABLE ? POLLIN : 0)
                        | (interest.directions & PWWB_WRITABLE ? POLLOUT : 0));
    if (timeout_ms < 0 || timeout_ms > LONGEST_MS)
        timeout_ms = LONGEST_MS;
    return poll(&fd, 1, (int)timeout_ms) != 0 || timeout_ms < LONGEST_MS
               ? PWWB_OK
               : pwwb_error_set(err, PWWB_E_TIMEOUT, "nothing happened");
}
/* [wait] end */

/* [loop] */
/* Connection, handshake, writing and reading, in whatever order they come to be possible. */
static pwwb_status
talk_in_a_loop(pwwb_stream *stream, char *heard, size_t size, pwwb_error *err)
{
    size_t      gone = 0, got = 0, n;
    pwwb_status st = PWWB_OK;

    while (st == PWWB_OK && memchr(heard, '\n', got) == NULL && got < size) {
        if (gone < strlen(said)) {
            st = pwwb_stream_write_some(stream, (const uint8_t *)said + gone, strlen(said) - gone,
                                        &n, 0, err);
            gone += n;
        }
        if (st == PWWB_OK || st == PWWB_E_TIMEOUT) {
            st = pwwb_stream_read(stream, (uint8_t *)heard + got, size - got, &n, 0, err);
            got += n;
        }
        if (st == PWWB_E_TIMEOUT)
            st = wait_for(stream, err);
    }
    heard[got < size ? got : size - 1] = '\0';
    return st;
}
/* [loop] end */

static pwwb_status
talk(pwwb_stream *stream, char *heard, size_t size, pwwb_error *err)
{
    size_t      got = 0, n;
    pwwb_status st = pwwb_stream_write(stream, (const uint8_t *)said, strlen(said), LONGEST_MS, err);

    while (st == PWWB_OK && memchr(heard, '\n', got) == NULL && got < size - 1) {
        st = pwwb_stream_read(stream, (uint8_t *)heard + got, size - 1 - got, &n, LONGEST_MS, err);
        got += n;
    }
    heard[got] = '\0';
    return st;
}

int
main(int argc, char **argv)
{
    char         heard[128] = "";
    pwwb_error  *err        = pwwb_error_new();
    pwwb_stream *stream     = NULL;
    pwwb_status  st         = PWWB_E_INVALID_ARGUMENT;

    if (argc != 5) {
        fprintf(stderr, "usage: 18_tls_stream HOST PORT CA_FILE NAME\n");
        pwwb_error_free(err);
        return 2;
    }

    st = connect_tls(argv, 0, &stream, err); /* nothing waits here: the loop does */
    if (st == PWWB_OK)
        st = talk_in_a_loop(stream, heard, sizeof(heard), err);
    if (st == PWWB_OK)
        printf("in a loop: %s", heard);
    pwwb_stream_free(stream);
    stream = NULL;

    if (st == PWWB_OK)
        st = connect_tls(argv, LONGEST_MS, &stream, err);
    if (st == PWWB_OK)
        st = talk(stream, heard, sizeof(heard), err);
    if (st == PWWB_OK)
        printf("waiting: %s", heard);
    else
        print_why(st, err);
    pwwb_stream_free(stream);
    pwwb_error_free(err);
    return st == PWWB_OK ? 0 : 1;
}
