/* SPDX-License-Identifier: Apache-2.0 */
#include "stream_socket.h"

#include <errno.h>
#include <limits.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "error.h"
#include "stream.h"

pwwb_status
wb_socket_fail(pwwb_error *err, pwwb_status status, const char *sentence)
{
    int code = errno;

    return wb_fail_from(err, status, PWWB_LAYER_ERRNO, code, "%s", sentence);
}

pwwb_status
wb_socket_silent(pwwb_error *err)
{
    return wb_fail(err, PWWB_E_TIMEOUT, "the other side is silent: time is over");
}

pwwb_status
wb_socket_await(int fd, short events, int64_t deadline, pwwb_error *err)
{
    struct pollfd p = {.fd = fd, .events = events};

    for (;;) {
        int64_t left = wb_stream_left(deadline);
        int     ms   = left > INT_MAX ? INT_MAX : (int)left;
        int     n    = poll(&p, 1, ms);

        if (n > 0)
            return PWWB_OK;
        if (n == 0 && ms == left)
            return wb_socket_silent(err);
        if (n < 0 && errno != EINTR)
            return wb_socket_fail(err, PWWB_E_SYSTEM, "poll() failed");
    }
}

/* A numeric address asks nobody; only what is none goes to the resolver. */
pwwb_status
wb_socket_resolve(wb_socket *s, const char *host, int32_t port, pwwb_error *err)
{
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
    char            service[12];
    int             rc;

    snprintf(service, sizeof(service), "%d", (int)port);
    hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV;
    rc             = getaddrinfo(host, service, &hints, &s->list);
    if (rc == EAI_NONAME) {
        hints.ai_flags = AI_NUMERICSERV;
        rc             = getaddrinfo(host, service, &hints, &s->list);
    }
    if (rc == 0) {
        s->next = s->list;
        return PWWB_OK;
    }

    s->list = NULL;
    if (rc == EAI_MEMORY)
        return wb_fail(err, PWWB_E_NO_MEMORY, "no memory for addresses");

    return wb_fail(err, PWWB_E_CONNECT, "the host's name has no address: %s", gai_strerror(rc));
}

static pwwb_status
open_socket(wb_socket *s, int family, pwwb_error *err)
{
    int one = 1;

    s->fd = socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (s->fd < 0 && (errno == EMFILE || errno == ENFILE))
        return wb_socket_fail(err, PWWB_E_SYSTEM, "no descriptor is left for a socket");
    if (s->fd < 0)
        return wb_socket_fail(err, PWWB_E_CONNECT, "no socket for such an address");

    (void)setsockopt(s->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
    return PWWB_OK;
}

/* When the address at hand has been silent for too long, so that a dead one leaves time for the
 * next. */
static int64_t
patience(const wb_socket *s, int64_t deadline)
{
    const struct addrinfo *at;
    int64_t                left  = wb_stream_left(deadline);
    int64_t                count = 1;

    if (s->quiet_ms >= 0)
        return wb_stream_deadline(s->next != NULL ? s->quiet_ms : -1);

    for (at = s->next; at != NULL; at = at->ai_next)
        count++;
    return wb_stream_deadline(left < 0 ? -1 : left / count);
}

static pwwb_status
try_next(wb_socket *s, int64_t deadline, pwwb_error *err)
{
    const struct addrinfo *at = s->next;
    pwwb_status            st;

    s->next    = at->ai_next;
    s->next_at = patience(s, deadline);
    st         = open_socket(s, at->ai_family, err);
    if (st != PWWB_OK || connect(s->fd, at->ai_addr, at->ai_addrlen) == 0)
        return st;
    if (errno == EINPROGRESS || errno == EINTR) /* EINTR: it goes on by itself */
        return PWWB_OK;

    return wb_socket_fail(err, PWWB_E_CONNECT, "no connection could be made");
}

static pwwb_status
await_connect(const wb_socket *s, int64_t deadline, pwwb_error *err)
{
    pwwb_status st;
    int         error = 0;
    socklen_t   len   = sizeof(error);

    if (deadline < 0 || (s->next_at >= 0 && s->next_at < deadline))
        deadline = s->next_at;
    st = wb_socket_await(s->fd, POLLOUT, deadline, err);
    if (st != PWWB_OK)
        return st;

    if (getsockopt(s->fd, SOL_SOCKET, SO_ERROR, &error, &len) == 0)
        errno = error;
    if (errno != 0)
        return wb_socket_fail(err, PWWB_E_CONNECT, "no connection could be made");

    return PWWB_OK;
}

static void
forget_list(wb_socket *s)
{
    if (s->list != NULL)
        freeaddrinfo(s->list);
    s->list = NULL;
    s->next = NULL;
}

static void
hang_up(wb_socket *s)
{
    if (s->fd >= 0)
        (void)close(s->fd);
    s->fd = -1;
}

void
wb_socket_drop(wb_socket *s)
{
    forget_list(s);
    hang_up(s);
}

/* The last address' failure is told. */
pwwb_status
wb_socket_connect(wb_socket *s, int64_t deadline, pwwb_error *err)
{
    pwwb_status st = PWWB_OK;

    while (s->list != NULL) {
        st = s->fd < 0 ? try_next(s, deadline, err) : PWWB_OK;
        if (st == PWWB_OK)
            st = await_connect(s, deadline, err);
        if (st == PWWB_E_TIMEOUT && wb_stream_left(s->next_at) != 0)
            return st;

        if (st != PWWB_OK)
            hang_up(s);
        if (st == PWWB_OK || st == PWWB_E_SYSTEM || s->next == NULL)
            forget_list(s);
    }
    if (st == PWWB_OK && s->fd < 0)
        return wb_fail(err, PWWB_E_CONNECT, "no address could be reached");

    return st;
}
