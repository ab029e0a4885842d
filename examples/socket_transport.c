/* SPDX-License-Identifier: Apache-2.0 */
#define _POSIX_C_SOURCE 200809L
#include "socket_transport.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#define HEAD 24 /* id and expiry */
#define KEPT 8  /* released messages that wait to be received again */

typedef struct packet {
    size_t  len;
    uint8_t octets[HEAD + PWWB_ENVELOPE_MAX];
} packet;

struct socket_link {
    int                listener; /* the portal's; -1 at the agent */
    int                peer;     /* -1 = nobody */
    struct sockaddr_un address;
    uint64_t           tag; /* of `now` */
    packet             now; /* received last */
    size_t             kept_count;
    packet             kept[KEPT];
};

static int64_t
clock_ms(clockid_t id)
{
    struct timespec t = {0, 0};

    (void)clock_gettime(id, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Absolute, -1 = none. */
static int64_t
deadline_in(int64_t timeout_ms)
{
    return timeout_ms < 0 ? -1 : clock_ms(CLOCK_MONOTONIC) + timeout_ms;
}

/* 1 = something happened there, an end included; 0 = the deadline came. */
static int
wait_for(int fd, short events, int64_t deadline)
{
    struct pollfd p    = {.fd = fd, .events = events};
    int64_t       left = 0;
    int           n;

    do {
        if (deadline >= 0)
            left = deadline - clock_ms(CLOCK_MONOTONIC);
        left = left > INT_MAX ? INT_MAX : left < 0 ? 0 : left;
        n    = poll(&p, 1, deadline < 0 ? -1 : (int)left);
    } while (n < 0 && errno == EINTR);
    return n != 0;
}

static void
hang_up(socket_link *link)
{
    if (link->peer >= 0)
        close(link->peer);
    link->peer = -1;
}

/* The portal takes the next agent that connects. */
static pwwb_status
have_peer(socket_link *link, int64_t deadline, pwwb_error *err)
{
    while (link->peer < 0) {
        if (link->listener < 0)
            return pwwb_error_set(err, PWWB_E_CLOSED, "the portal has ended the connection");
        if (!wait_for(link->listener, POLLIN, deadline))
            return pwwb_error_set(err, PWWB_E_NO_AGENT, "no agent is connected");

        link->peer = accept(link->listener, NULL, NULL);
    }
    return PWWB_OK;
}

static pwwb_status
send_message(void *ctx, const pwwb_message *message, int64_t timeout_ms, pwwb_error *err)
{
    socket_link *link     = ctx;
    int64_t      deadline = deadline_in(timeout_ms);
    uint8_t      octets[HEAD + PWWB_ENVELOPE_MAX];
    int          i;
    pwwb_status  st;

    if (message->len > PWWB_ENVELOPE_MAX)
        return pwwb_error_set(err, PWWB_E_TOO_LARGE, "the message is too large");

    memcpy(octets, message->id, PWWB_ID_SIZE);
    for (i = 0; i < 8; i++)
        octets[PWWB_ID_SIZE + i] = (uint8_t)((uint64_t)message->expires_ms >> 8 * (7 - i));
    memcpy(octets + HEAD, message->data, message->len);
    for (;;) {
        st = have_peer(link, deadline, err);
        if (st != PWWB_OK)
            return st;
        if (!wait_for(link->peer, POLLOUT, deadline))
            return pwwb_error_set(err, PWWB_E_FULL, "the other side reads nothing");
        if (send(link->peer, octets, HEAD + message->len, MSG_NOSIGNAL | MSG_DONTWAIT) >= 0)
            return PWWB_OK;
        if (errno != EAGAIN && errno != EINTR)
            hang_up(link); /* a packet goes whole or not at all: try with the next agent */
    }
}

static int
is_late(const packet *p)
{
    uint64_t expires = 0;
    int      i;

    for (i = 0; i < 8; i++)
        expires = expires << 8 | p->octets[PWWB_ID_SIZE + i];
    return (int64_t)expires <= clock_ms(CLOCK_REALTIME);
}

/* The next packet, a new one before one that was released, into `now`. */
static pwwb_status
next_packet(socket_link *link, int64_t deadline, pwwb_error *err)
{
    ssize_t n;

    if (link->peer < 0 && link->kept_count == 0) {
        pwwb_status st = have_peer(link, deadline, err);

        if (st != PWWB_OK)
            return st;
    }
    if (link->kept_count == KEPT || (link->kept_count > 0 && !wait_for(link->peer, POLLIN, 0))) {
        link->now = link->kept[0];
        memmove(link->kept, link->kept + 1, --link->kept_count * sizeof(link->kept[0]));
        return PWWB_OK;
    }
    if (!wait_for(link->peer, POLLIN, deadline))
        return pwwb_error_set(err, PWWB_E_TIMEOUT, "no message came");

    n = recv(link->peer, link->now.octets, sizeof(link->now.octets), MSG_DONTWAIT);
    if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR)) {
        hang_up(link);
        return pwwb_error_set(err, PWWB_E_CLOSED, "the other side has ended the connection");
    }
    link->now.len = n > 0 ? (size_t)n : 0;
    return PWWB_OK;
}

static pwwb_status
receive_message(void *ctx, uint8_t *buf, size_t buf_size, pwwb_delivery *ret_delivery,
                int64_t timeout_ms, pwwb_error *err)
{
    socket_link *link     = ctx;
    int64_t      deadline = deadline_in(timeout_ms);
    pwwb_status  st;

    do { /* what is no message, or comes too late, is dropped */
        st = next_packet(link, deadline, err);
        if (st != PWWB_OK)
            return st;
    } while (link->now.len <= HEAD || link->now.len - HEAD > buf_size || is_late(&link->now));

    /* Whether it was received before stays MAYBE: nothing is kept to tell it by. */
    ret_delivery->tag = ++link->tag;
    ret_delivery->len = link->now.len - HEAD;
    memcpy(ret_delivery->id, link->now.octets, PWWB_ID_SIZE);
    memcpy(buf, link->now.octets + HEAD, ret_delivery->len);
    return PWWB_OK;
}

static pwwb_status
settle_message(void *ctx, uint64_t tag, int32_t verdict, int64_t timeout_ms, pwwb_error *err)
{
    socket_link *link = ctx;

    (void)timeout_ms;
    if (tag != link->tag || link->now.len == 0)
        return pwwb_error_set(err, PWWB_E_NOT_FOUND, "that message is not waiting");
    if (verdict == PWWB_SETTLE_RELEASE && link->kept_count < KEPT)
        link->kept[link->kept_count++] = link->now;

    link->now.len = 0;
    return PWWB_OK;
}

/* [table] */
const pwwb_transport_ops socket_transport_ops = {
    .size    = sizeof(pwwb_transport_ops),
    .send    = send_message,
    .receive = receive_message,
    .settle  = settle_message,
    .destroy = socket_link_free,
};
/* [table] end */

void
socket_link_free(void *ctx)
{
    socket_link *link = ctx;

    if (link == NULL)
        return;

    hang_up(link);
    if (link->listener >= 0) {
        close(link->listener);
        (void)unlink(link->address.sun_path); /* so that agents see that this is the end */
    }
    free(link);
}

/* Both ends begin so. */
static socket_link *
make_link(const char *path, int *ret_fd)
{
    socket_link *link = calloc(1, sizeof(*link));

    *ret_fd = -1;
    if (link == NULL)
        return NULL;

    link->listener = link->peer = -1;
    link->address.sun_family    = AF_UNIX;
    if (strlen(path) < sizeof(link->address.sun_path)) {
        memcpy(link->address.sun_path, path, strlen(path));
        *ret_fd = socket(AF_UNIX, SOCK_SEQPACKET, 0);
    }
    return link;
}

pwwb_status
socket_link_listen(const char *path, socket_link **ret_link, pwwb_error *err)
{
    int          fd;
    socket_link *link = make_link(path, &fd);
    mode_t       mask = umask(077); /* nobody else may connect */
    int          done;

    (void)unlink(path);
    done = link != NULL && fd >= 0 && fcntl(fd, F_SETFL, O_NONBLOCK) == 0
           && bind(fd, (struct sockaddr *)&link->address, sizeof(link->address)) == 0
           && listen(fd, 8) == 0;
    (void)umask(mask);
    if (!done) {
        if (fd >= 0)
            close(fd);
        free(link);
        return pwwb_error_set(err, PWWB_E_SYSTEM, "the socket cannot be made");
    }
    link->listener = fd;
    *ret_link      = link;
    return PWWB_OK;
}

pwwb_status
socket_link_connect(const char *path, socket_link **ret_link, pwwb_error *err)
{
    int          fd;
    socket_link *link = make_link(path, &fd);

    if (link == NULL || fd < 0
        || connect(fd, (struct sockaddr *)&link->address, sizeof(link->address)) != 0) {
        int is_gone = errno == ENOENT;

        if (fd >= 0)
            close(fd);
        free(link);
        return is_gone ? pwwb_error_set(err, PWWB_E_NOT_FOUND, "there is no such socket")
                       : pwwb_error_set(err, PWWB_E_CONNECT, "nobody listens at the socket");
    }
    link->peer = fd;
    *ret_link  = link;
    return PWWB_OK;
}
