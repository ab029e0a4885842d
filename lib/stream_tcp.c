/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "error.h"
#include "stream.h"
#include "stream_socket.h"

/* How long an address may be silent before the next is tried, where nobody waits: RFC 8305 section 5
 * has 2 s at most. */
#define QUIET_MS 2000

typedef struct tcp {
    wb_socket socket;
    int32_t   waits; /* calls, as directions, to be made again */
} tcp;

/* After a call that did not succeed: PWWB_OK when it is worth another. Where no time is left, that call
 * was the last look. */
static pwwb_status
again(int fd, short events, int64_t deadline, pwwb_error *err)
{
    if (errno == EINTR)
        return PWWB_OK;
    if (errno != EAGAIN && errno != EWOULDBLOCK)
        return wb_socket_fail(err, PWWB_E_CLOSED, "the connection was lost");
    if (wb_stream_left(deadline) == 0)
        return wb_socket_silent(err);

    return wb_socket_await(fd, events, deadline, err);
}

/* A call has ended. Who reads waits for more, even when there was some. */
static pwwb_status
done(tcp *t, int32_t call, pwwb_status status)
{
    if (status == PWWB_E_TIMEOUT || (status == PWWB_OK && call == PWWB_READABLE))
        t->waits |= call;
    else
        t->waits &= ~call;
    return status;
}

static pwwb_status
tcp_read(void *ctx, uint8_t *buf, size_t buf_size, size_t *ret_len, int64_t timeout_ms,
         pwwb_error *err)
{
    tcp        *t        = ctx;
    int64_t     deadline = wb_stream_deadline(timeout_ms);
    pwwb_status st       = wb_socket_connect(&t->socket, deadline, err);

    while (st == PWWB_OK) {
        ssize_t n = recv(t->socket.fd, buf, buf_size, 0);

        if (n > 0) {
            *ret_len = (size_t)n;
            return done(t, PWWB_READABLE, PWWB_OK);
        }
        if (n == 0)
            st = wb_fail(err, PWWB_E_CLOSED, "the other side ended the connection");
        else
            st = again(t->socket.fd, POLLIN, deadline, err);
    }
    return done(t, PWWB_READABLE, st);
}

static pwwb_status
tcp_write(void *ctx, const uint8_t *data, size_t len, size_t *ret_len, int64_t timeout_ms,
          pwwb_error *err)
{
    tcp        *t        = ctx;
    int64_t     deadline = wb_stream_deadline(timeout_ms);
    pwwb_status st       = wb_socket_connect(&t->socket, deadline, err);

    while (st == PWWB_OK) {
        ssize_t n = send(t->socket.fd, data, len, MSG_NOSIGNAL);

        if (n > 0) {
            *ret_len = (size_t)n;
            return done(t, PWWB_WRITABLE, PWWB_OK);
        }
        st = again(t->socket.fd, POLLOUT, deadline, err);
    }
    return done(t, PWWB_WRITABLE, st);
}

/* A socket that is not connected yet tells so by being writable, whoever waits. */
static pwwb_status
tcp_interest(void *ctx, pwwb_interest *ret_interest, int64_t *ret_timeout_ms, pwwb_error *err)
{
    const tcp       *t = ctx;
    const wb_socket *s = &t->socket;

    if (s->fd < 0)
        return wb_fail(err, PWWB_E_CLOSED, "there is no connection to wait for");

    ret_interest->descriptor = s->fd;
    ret_interest->directions = s->list != NULL ? PWWB_WRITABLE : t->waits;
    if (s->list != NULL)
        *ret_timeout_ms = wb_stream_left(s->next_at);
    return PWWB_OK;
}

static void
tcp_destroy(void *ctx)
{
    tcp *t = ctx;

    wb_socket_drop(&t->socket);
    free(t);
}

static const pwwb_stream_ops tcp_ops = {
    .size     = sizeof(pwwb_stream_ops),
    .read     = tcp_read,
    .write    = tcp_write,
    .destroy  = tcp_destroy,
    .interest = tcp_interest,
};

pwwb_status
pwwb_stream_new_tcp(const char *host, int32_t port, int64_t timeout_ms, pwwb_stream **ret_stream,
                    pwwb_error *err)
{
    int64_t     deadline = wb_stream_deadline(timeout_ms);
    tcp        *t        = NULL;
    pwwb_status st;

    wb_ok(err);
    if (ret_stream != NULL)
        *ret_stream = NULL;
    if (host == NULL || *host == '\0' || port < 1 || port > 65535 || ret_stream == NULL)
        return wb_fail(err, PWWB_E_INVALID_ARGUMENT, "host, port and ret_stream must be given");

    t = calloc(1, sizeof(*t));
    if (t == NULL)
        return wb_fail(err, PWWB_E_NO_MEMORY, "no memory for a socket");

    t->socket.fd       = -1;
    t->socket.quiet_ms = timeout_ms == 0 ? QUIET_MS : -1;
    st                 = wb_socket_resolve(&t->socket, host, port, err);
    if (st == PWWB_OK)
        st = wb_socket_connect(&t->socket, deadline, err);
    if (st == PWWB_E_TIMEOUT && timeout_ms == 0)
        st = PWWB_OK; /* the first of its calls go on */
    if (st == PWWB_OK) {
        wb_ok(err); /* an earlier address may have failed */
        st = pwwb_stream_new(&tcp_ops, t, ret_stream, err);
    }
    if (st != PWWB_OK)
        tcp_destroy(t);
    return st;
}
