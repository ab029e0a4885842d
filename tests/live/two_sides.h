/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TWO_SIDES_H
#define TWO_SIDES_H

/* Both sides of a connection through the proxy, in one process: what each of them sees. */

#include <errno.h>
#include <poll.h>
#include <time.h>

#include "fixtures/proxy.h"
#include "fixtures/sockets.h"
#include "harness.h"

#define AT      "127.0.0.1"
#define LONG_MS 2000
#define SOON_MS 60 /* what did not come by then is held */

/* A client and a server with the proxy between them. */
typedef struct way {
    proxy between;
    int   listener;
    int   client, server;
} way;

static inline int64_t
now_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static inline void
meet(way *w)
{
    w->client = dial(AT, w->between.port);
    w->server = accept(w->listener, NULL, NULL);
    CHECK(w->client >= 0 && w->server >= 0);
}

static inline way
way_make(void)
{
    int port = 0;
    way w    = {.listener = listen_at(AT, 8, &port)};

    w.between = proxy_start(AT, 0, AT, port);
    meet(&w);
    return w;
}

static inline void
part(const way *w)
{
    close(w->client);
    close(w->server);
}

static inline void
way_drop(way *w)
{
    part(w);
    close(w->listener);
    proxy_end(&w->between);
}

static inline void
say(int fd, const char *text)
{
    CHECK_INT((intmax_t)strlen(text), send(fd, text, strlen(text), MSG_NOSIGNAL));
}

/* What comes until so many octets are there, the other side ends, or it takes too long. */
static inline size_t
heard(int fd, char *buf, size_t size, int most_ms)
{
    struct pollfd p    = {.fd = fd, .events = POLLIN};
    int64_t       end  = now_ms() + most_ms;
    size_t        used = 0;
    ssize_t       n    = 1;

    while (used < size && n > 0) {
        int64_t left = end - now_ms();

        if (poll(&p, 1, left > 0 ? (int)left : 0) <= 0)
            break;
        n = recv(fd, buf + used, size - used, 0);
        used += n > 0 ? (size_t)n : 0;
    }
    return used;
}

static inline void
check_hears(int fd, const char *expected)
{
    char   buf[64];
    size_t len = heard(fd, buf, strlen(expected), LONG_MS);

    CHECK_MEM(expected, strlen(expected), buf, len);
}

static inline void
check_hears_nothing(int fd)
{
    struct pollfd p = {.fd = fd, .events = POLLIN};

    CHECK_INT(0, poll(&p, 1, SOON_MS));
}

/* How a connection ended: 0 = FIN, an errno, or -1 = it has not. */
static inline int
ending(int fd)
{
    struct pollfd p = {.fd = fd, .events = POLLIN};
    char          octet;
    ssize_t       n = poll(&p, 1, LONG_MS) > 0 ? recv(fd, &octet, 1, 0) : 1;

    if (n > 0)
        return -1;
    return n == 0 ? 0 : errno;
}

#endif /* TWO_SIDES_H */
