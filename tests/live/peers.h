/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PEERS_H
#define PEERS_H

/* The other sides of a stream, each a process of its own on 127.0.0.1: an echo, "openssl s_server"
 * as a TLS echo, and a relay in front of either that misbehaves after so many octets or on command.
 * All of them die with the test. */

#include <arpa/inet.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* What a relay does, or is asked. */
enum { PASS = 'p', DRIP = 'd', STALL = 's', CLOSE = 'c', RESET = 'r', HALF = 'h' };
enum { COUNT = 'n', COUNT_UP = 'u' };

typedef struct peer {
    pid_t pid;
    int   port;
    int   control; /* a relay takes orders here */
} peer;

/* *port 0 = any, and then the one it is. */
static inline int
listen_at(const char *address, int backlog, int *port)
{
    struct sockaddr_in at  = {.sin_family      = AF_INET,
                              .sin_port        = htons((uint16_t)*port),
                              .sin_addr.s_addr = inet_addr(address)};
    socklen_t          len = sizeof(at);
    int                fd  = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (fd < 0 || bind(fd, (struct sockaddr *)&at, len) != 0 || listen(fd, backlog) != 0 ||
        getsockname(fd, (struct sockaddr *)&at, &len) != 0)
        abort();
    *port = ntohs(at.sin_port);
    return fd;
}

/* Where a relay finds its upstream. */
static const char *upstream_address = "127.0.0.1";

static inline int
dial(int port)
{
    struct sockaddr_in to = {.sin_family      = AF_INET,
                             .sin_port        = htons((uint16_t)port),
                             .sin_addr.s_addr = inet_addr(upstream_address)};
    int                fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (fd < 0 || connect(fd, (struct sockaddr *)&to, sizeof(to)) != 0)
        return -1;
    return fd;
}

/* fork(), and 0 in a child that ends with its parent. */
static inline pid_t
spawn(void)
{
    pid_t pid = fork();

    if (pid < 0)
        abort();
    if (pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        signal(SIGPIPE, SIG_IGN);
    }
    return pid;
}

static inline void
peer_end(peer *p)
{
    if (p->pid > 0) {
        kill(p->pid, SIGKILL);
        waitpid(p->pid, NULL, 0);
    }
    if (p->control >= 0)
        close(p->control);
    p->pid     = 0;
    p->control = -1;
}

/* Everything comes back. */
static inline peer
echo_start(void)
{
    peer p  = {.control = -1};
    int  fd = listen_at("127.0.0.1", 8, &p.port);

    p.pid = spawn();
    while (p.pid == 0) {
        char    buf[4096];
        int     client = accept(fd, NULL, NULL);
        ssize_t n;

        while ((n = read(client, buf, sizeof(buf))) > 0)
            if (write(client, buf, (size_t)n) != n)
                break;
        close(client);
    }
    close(fd);
    return p;
}

/* The port that s_server writes to `out` once it listens; 0 when it never does. */
static inline int
said_port(int out)
{
    char text[4096];
    int  port = 0, tries;

    for (tries = 0; port == 0 && tries < 1000; tries++) {
        ssize_t     n = pread(out, text, sizeof(text) - 1, 0);
        const char *at;

        text[n > 0 ? n : 0] = '\0';
        at                  = strstr(text, "ACCEPT 127.0.0.1:");
        if (at == NULL || strchr(at, '\n') == NULL || sscanf(at, "%*[^:]:%d", &port) != 1)
            usleep(5000);
    }
    return port;
}

/* "openssl s_server" sends each line back, reversed. It is told one option more, or NULL. */
static inline peer
tls_start(const char *certs, const char *cert, const char *option)
{
    peer  p   = {.control = -1};
    FILE *out = tmpfile();
    char  pem[512], key[512];

    snprintf(pem, sizeof(pem), "%s/%s.pem", certs, cert);
    snprintf(key, sizeof(key), "%s/%s.key", certs, cert);
    p.pid = out != NULL ? spawn() : -1;
    if (p.pid == 0) {
        dup2(fileno(out), STDOUT_FILENO);
        dup2(fileno(out), STDERR_FILENO);
        execlp("openssl", "openssl", "s_server", "-accept", "127.0.0.1:0", "-rev", "-cert", pem,
               "-key", key, "-cipher", "DEFAULT:@SECLEVEL=0", option, (char *)NULL);
        _exit(127);
    }
    p.port = p.pid > 0 ? said_port(fileno(out)) : 0;
    if (p.port == 0) {
        printf("Bail out! no openssl s_server for %s\n", cert);
        exit(1);
    }
    fclose(out);
    return p;
}

typedef struct relay_state {
    int    client;
    int    server;
    int    control;
    int    mode;
    int    fault; /* what becomes of mode after `left` octets to the client */
    size_t left;
    size_t down; /* octets passed on to the client, */
    size_t up;   /* and from it */
} relay_state;

static inline void
relay_fault(relay_state *r, int fault)
{
    const struct linger at_once = {1, 0};

    r->mode = fault;
    r->left = SIZE_MAX;
    if (r->client < 0)
        return;
    if (fault == RESET)
        setsockopt(r->client, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
    if (fault == HALF)
        shutdown(r->client, SHUT_WR);
    if (fault == RESET || fault == CLOSE) {
        close(r->client);
        close(r->server);
        r->client = r->server = -1;
    }
}

static inline void
relay_order(relay_state *r)
{
    uint32_t answer = 0;
    char     order;

    if (read(r->control, &order, 1) != 1)
        _exit(0);
    if (order == COUNT || order == COUNT_UP)
        answer = (uint32_t)(order == COUNT ? r->down : r->up);
    else
        relay_fault(r, order);
    if (write(r->control, &answer, sizeof(answer)) != sizeof(answer))
        _exit(0);
}

/* 0 when the connection is over. */
static inline int
relay_pass(relay_state *r, int from, int to)
{
    char    buf[4096];
    size_t  size = from == r->server && r->left < sizeof(buf) ? r->left : sizeof(buf);
    ssize_t n    = read(from, buf, r->mode == DRIP ? 1 : size);

    if (n <= 0)
        return 0;
    if (from == r->client) {
        r->up += (size_t)n;
        return r->mode == HALF || write(to, buf, (size_t)n) == n;
    }

    if (r->mode == DRIP)
        usleep(500);
    r->down += (size_t)n;
    if (write(to, buf, (size_t)n) != n)
        return 0;
    if (r->left != SIZE_MAX)
        r->left -= (size_t)n;
    if (r->left == 0)
        relay_fault(r, r->fault);
    return 1;
}

static inline void
relay_serve(relay_state *r)
{
    int is_open = 1;

    while (is_open) {
        int           is_stalled = r->mode == STALL;
        short         in         = is_stalled ? 0 : POLLIN;
        struct pollfd p[]        = {{.fd = r->control, .events = POLLIN},
                                    {.fd = r->client, .events = in},
                                    {.fd = is_stalled ? -1 : r->server, .events = POLLIN}};

        poll(p, 3, -1);
        if (p[0].revents != 0)
            relay_order(r);
        else if (p[1].revents != 0)
            is_open = !is_stalled && relay_pass(r, r->client, r->server);
        else if (p[2].revents != 0)
            is_open = relay_pass(r, r->server, r->client);
    }
    close(r->client);
    close(r->server);
    r->client = r->server = -1;
}

/* Passes one connection on to `upstream`; after so many octets of its answers comes the fault. */
static inline peer
relay_start(int upstream, int fault, size_t after)
{
    peer        p = {0};
    int         pair[2];
    int         fd = listen_at("127.0.0.1", 1, &p.port);
    relay_state r  = {.mode = PASS, .fault = fault, .left = after};

    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
        abort();
    p.pid = spawn();
    if (p.pid == 0) {
        close(pair[0]);
        r.client  = accept(fd, NULL, NULL);
        r.server  = dial(upstream);
        r.control = pair[1];
        close(fd);
        if (after == 0)
            relay_fault(&r, fault);
        relay_serve(&r);
        for (;;)
            relay_order(&r);
    }
    close(pair[1]);
    close(fd);
    p.control = pair[0];
    return p;
}

/* Give an order and wait until it is done. */
static inline uint32_t
relay_tell(const peer *p, int order)
{
    char     c      = (char)order;
    uint32_t answer = 0;

    if (write(p->control, &c, 1) != 1 ||
        read(p->control, &answer, sizeof(answer)) != sizeof(answer))
        printf("# the relay is gone\n");
    return answer;
}

#endif /* PEERS_H */
