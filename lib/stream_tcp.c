/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <limits.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "error.h"
#include "stream.h"

typedef struct tcp {
    int fd;
} tcp;

static pwwb_status
fail_errno(pwwb_error *err, pwwb_status status, const char *sentence)
{
    int code = errno;

    return wb_fail_from(err, status, PWWB_ORIGIN_ERRNO, code, "%s", sentence);
}

/* A signal neither ends the wait nor makes it longer. */
static pwwb_status
wait_for(int fd, short events, int64_t deadline, pwwb_error *err)
{
    struct pollfd p = {.fd = fd, .events = events};

    for (;;) {
        int64_t left = wb_stream_left(deadline);
        int     ms   = left > INT_MAX ? INT_MAX : (int)left;
        int     n    = poll(&p, 1, ms);

        if (n > 0)
            return PWWB_OK;
        if (n == 0 && ms == left)
            return wb_fail(err, PWWB_E_TIMEOUT, "the other side is silent: time is over");
        if (n < 0 && errno != EINTR)
            return fail_errno(err, PWWB_E_SYSTEM, "poll() failed");
    }
}

/* After a call that did not succeed: PWWB_OK when it is worth another. */
static pwwb_status
again(int fd, short events, int64_t deadline, pwwb_error *err)
{
    if (errno == EINTR)
        return PWWB_OK;
    if (errno == EAGAIN || errno == EWOULDBLOCK)
        return wait_for(fd, events, deadline, err);

    return fail_errno(err, PWWB_E_CLOSED, "the connection was lost");
}

static pwwb_status
tcp_read(void *ctx, uint8_t *buf, size_t buf_size, size_t *ret_len, int64_t timeout_ms,
         pwwb_error *err)
{
    const tcp  *t        = ctx;
    int64_t     deadline = wb_stream_deadline(timeout_ms);
    pwwb_status st       = PWWB_OK;

    while (st == PWWB_OK) {
        ssize_t n = recv(t->fd, buf, buf_size, 0);

        if (n > 0) {
            *ret_len = (size_t)n;
            return PWWB_OK;
        }
        if (n == 0)
            return wb_fail(err, PWWB_E_CLOSED, "the other side ended the connection");

        st = again(t->fd, POLLIN, deadline, err);
    }
    return st;
}

static pwwb_status
tcp_write(void *ctx, const uint8_t *data, size_t len, size_t *ret_len, int64_t timeout_ms,
          pwwb_error *err)
{
    const tcp  *t        = ctx;
    int64_t     deadline = wb_stream_deadline(timeout_ms);
    pwwb_status st       = PWWB_OK;

    while (st == PWWB_OK) {
        ssize_t n = send(t->fd, data, len, MSG_NOSIGNAL);

        if (n > 0) {
            *ret_len = (size_t)n;
            return PWWB_OK;
        }
        st = again(t->fd, POLLOUT, deadline, err);
    }
    return st;
}

static void
tcp_destroy(void *ctx)
{
    tcp *t = ctx;

    if (t->fd >= 0)
        (void)close(t->fd);
    free(t);
}

static const pwwb_stream_ops tcp_ops = {
    .size    = sizeof(pwwb_stream_ops),
    .read    = tcp_read,
    .write   = tcp_write,
    .destroy = tcp_destroy,
};

/* A numeric address asks nobody; only what is none goes to the resolver. */
static pwwb_status
resolve(const char *host, int32_t port, struct addrinfo **ret_list, pwwb_error *err)
{
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
    char            service[12];
    int             rc;

    snprintf(service, sizeof(service), "%d", (int)port);
    hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV;
    rc             = getaddrinfo(host, service, &hints, ret_list);
    if (rc == EAI_NONAME) {
        hints.ai_flags = AI_NUMERICSERV;
        rc             = getaddrinfo(host, service, &hints, ret_list);
    }
    if (rc == 0)
        return PWWB_OK;
    if (rc == EAI_MEMORY)
        return wb_fail(err, PWWB_E_NO_MEMORY, "no memory for addresses");

    return wb_fail(err, PWWB_E_CONNECT, "the host's name has no address: %s", gai_strerror(rc));
}

static pwwb_status
await_connect(int fd, int64_t deadline, pwwb_error *err)
{
    pwwb_status st;
    int         error = 0;
    socklen_t   len   = sizeof(error);

    st = wait_for(fd, POLLOUT, deadline, err);
    if (st != PWWB_OK)
        return st;

    if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &len) == 0)
        errno = error;
    if (errno != 0)
        return fail_errno(err, PWWB_E_CONNECT, "no connection could be made");

    return PWWB_OK;
}

/* On success *ret_fd is a connected socket; else it is closed, and -1. */
static pwwb_status
connect_one(const struct addrinfo *at, int64_t deadline, int *ret_fd, pwwb_error *err)
{
    int         one = 1;
    pwwb_status st  = PWWB_OK;
    int         fd  = socket(at->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

    *ret_fd = -1;
    if (fd < 0 && (errno == EMFILE || errno == ENFILE))
        return fail_errno(err, PWWB_E_SYSTEM, "no descriptor is left for a socket");
    if (fd < 0)
        return fail_errno(err, PWWB_E_CONNECT, "no socket for such an address");

    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
    if (connect(fd, at->ai_addr, at->ai_addrlen) != 0) { /* EINTR: it goes on by itself */
        if (errno == EINPROGRESS || errno == EINTR)
            st = await_connect(fd, deadline, err);
        else
            st = fail_errno(err, PWWB_E_CONNECT, "no connection could be made");
    }
    if (st != PWWB_OK) {
        (void)close(fd);
        return st;
    }

    *ret_fd = fd;
    return PWWB_OK;
}

/* One after the other, each with its share of what is left, so that a dead one leaves time for
 * the next. The last one's failure is told. */
static pwwb_status
connect_any(const struct addrinfo *list, int64_t deadline, int *ret_fd, pwwb_error *err)
{
    const struct addrinfo *at;
    int64_t                count = 0;
    pwwb_status            st    = PWWB_E_CONNECT;

    for (at = list; at != NULL; at = at->ai_next)
        count++;
    for (at = list; at != NULL && st != PWWB_OK && st != PWWB_E_SYSTEM; at = at->ai_next) {
        int64_t left = wb_stream_left(deadline);

        st = connect_one(at, wb_stream_deadline(left < 0 ? -1 : left / count--), ret_fd, err);
    }
    return st;
}

pwwb_status
pwwb_stream_connect(const char *host, int32_t port, int64_t timeout_ms, pwwb_stream **ret_stream,
                    pwwb_error *err)
{
    struct addrinfo *list     = NULL;
    int64_t          deadline = wb_stream_deadline(timeout_ms);
    tcp             *t        = NULL;
    pwwb_status      st;

    wb_ok(err);
    if (ret_stream != NULL)
        *ret_stream = NULL;
    if (host == NULL || *host == '\0' || port < 1 || port > 65535 || ret_stream == NULL)
        return wb_fail(err, PWWB_E_INVALID_ARGUMENT, "host, port and ret_stream must be given");

    t = calloc(1, sizeof(*t));
    if (t == NULL)
        return wb_fail(err, PWWB_E_NO_MEMORY, "no memory for a socket");

    t->fd = -1;
    st    = resolve(host, port, &list, err);
    if (st != PWWB_OK)
        goto out;

    st = connect_any(list, deadline, &t->fd, err);
    if (st != PWWB_OK)
        goto out;

    wb_ok(err); /* an earlier address may have failed */
    st = pwwb_stream_new(&tcp_ops, t, ret_stream, err);
out:
    if (list != NULL)
        freeaddrinfo(list);
    if (st != PWWB_OK)
        tcp_destroy(t);
    return st;
}
