/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <limits.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <resolv.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "crypto.h"
#include "error.h"
#include "resolver_dns.h"
#include "stream.h"

#define PORT     53
#define TURNS    2    /* how often each server is asked */
#define WAIT_MS  5000 /* the longest wait for one answer */
#define SILENCE  (-1) /* beside WB_DNS_*: no answer came */
#define TEXT_SIZE 64  /* an address, with its zone */

typedef struct name_server {
    char    address[TEXT_SIZE];
    int32_t port;
} name_server;

typedef struct name_servers {
    name_server list[PWWB_NAME_SERVERS_MAX];
    size_t count; /* 0 = those of the machine */
} name_servers;

/* One question on its way. */
typedef struct inquiry {
    const char   *name;
    pwwb_service *list;
    size_t       *ret_count;
} inquiry;

/* The port's digits, 1 to 65535; 0 when they are none. */
static int32_t
read_port(const char *text)
{
    int32_t port = 0;

    for (; *text >= '0' && *text <= '9' && port <= 65535; text++)
        port = port * 10 + *text - '0';
    return *text == '\0' && port <= 65535 ? port : 0;
}

/* Free with freeaddrinfo(); NULL when it is no address. */
static struct addrinfo *
parse_address(const name_server *s)
{
    struct addrinfo  hints = {.ai_flags    = AI_NUMERICHOST | AI_NUMERICSERV,
                              .ai_socktype = SOCK_DGRAM};
    struct addrinfo *list  = NULL;
    char             port[12];

    (void)snprintf(port, sizeof(port), "%d", (int)s->port);
    return getaddrinfo(s->address, port, &hints, &list) == 0 ? list : NULL;
}

/* ADDRESS, ADDRESS:PORT or [ADDRESS]:PORT; an address with several colons has no port behind it. */
static int
read_server(const char *text, name_server *s)
{
    const char      *end   = strchr(text, ':');
    struct addrinfo *found = NULL;

    if (text[0] == '[') {
        end = strchr(++text, ']');
        if (end == NULL)
            return -1;
    } else if (end == NULL || strchr(end + 1, ':') != NULL) {
        end = text + strlen(text);
    }
    if (end - text >= TEXT_SIZE)
        return -1;

    memcpy(s->address, text, (size_t)(end - text));
    end += *end == ']';
    s->port = *end == ':' ? read_port(end + 1) : *end == '\0' ? PORT : 0;
    found   = s->port > 0 ? parse_address(s) : NULL;
    if (found == NULL)
        return -1;

    freeaddrinfo(found);
    return 0;
}

/* Of what res_ninit() reads, the servers alone. */
static void
read_machine(name_servers *all)
{
    struct __res_state state;
    int                i;

    memset(&state, 0, sizeof(state));
    all->count = 0;
    if (res_ninit(&state) != 0)
        return;

    for (i = 0; i < state.nscount && i < MAXNS; i++) {
        const struct sockaddr *at   = (const struct sockaddr *)&state.nsaddr_list[i];
        socklen_t              size = sizeof(state.nsaddr_list[i]);
        name_server           *s    = &all->list[all->count];
        char                   port[12];

#ifdef __GLIBC__
        if (at->sa_family != AF_INET && state._u._ext.nsaddrs[i] != NULL) {
            at   = (const struct sockaddr *)state._u._ext.nsaddrs[i];
            size = sizeof(*state._u._ext.nsaddrs[i]);
        }
#endif
        if (getnameinfo(at, size, s->address, TEXT_SIZE, port, sizeof(port),
                        NI_NUMERICHOST | NI_NUMERICSERV) != 0)
            continue;
        s->port = read_port(port);
        all->count += s->port > 0;
    }
    res_nclose(&state);
}

/* Wait for the answer; what is none to this question is passed over. */
static int
listen_for(int fd, const wb_dns_question *question, int64_t deadline, const inquiry *q)
{
    uint8_t answer[WB_DNS_ANSWER_SIZE];

    for (;;) {
        struct pollfd p    = {.fd = fd, .events = POLLIN};
        int64_t       left = wb_stream_left(deadline);
        int           n    = poll(&p, 1, left > INT_MAX ? INT_MAX : (int)left);
        ssize_t       len  = n > 0 ? recv(fd, answer, sizeof(answer), 0) : -1;
        int           verdict;

        if (n == 0 || (n < 0 && errno != EINTR))
            return SILENCE;
        if (n > 0 && len < 0 && errno != EINTR && errno != EAGAIN)
            return WB_DNS_FAILED; /* nobody listens there */
        if (len >= 0) {
            verdict = wb_dns_read(question, wb_span_of(answer, (size_t)len), q->list, q->ret_count);
            if (verdict != WB_DNS_FOREIGN)
                return verdict;
        }
        if (left == 0)
            return SILENCE;
    }
}

/* A datagram from a socket that only the server can answer to. */
static int
ask_by_datagram(const name_server *s, const wb_dns_question *question, int64_t deadline,
                const inquiry *q)
{
    struct addrinfo *at      = parse_address(s);
    int              verdict = WB_DNS_FAILED, fd;

    if (at == NULL)
        return WB_DNS_FAILED;

    fd = socket(at->ai_family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd >= 0 && connect(fd, at->ai_addr, at->ai_addrlen) == 0
        && send(fd, question->octets, question->len, MSG_NOSIGNAL) == (ssize_t)question->len)
        verdict = listen_for(fd, question, deadline, q);
    freeaddrinfo(at);
    if (fd >= 0)
        (void)close(fd);
    return verdict;
}

/* Exactly so many octets. */
static pwwb_status
read_all(pwwb_stream *stream, uint8_t *buf, size_t len, int64_t deadline)
{
    pwwb_status st = PWWB_OK;

    while (st == PWWB_OK && len > 0) {
        size_t got = 0;

        st = pwwb_stream_read(stream, buf, len, &got, wb_stream_left(deadline), NULL);
        buf += got;
        len -= got;
    }
    return st;
}

/* The same with its length before it, RFC 1035 4.2.2. */
static int
ask_by_stream(const name_server *s, const wb_dns_question *question, int64_t deadline,
              const inquiry *q)
{
    uint8_t      message[WB_DNS_ANSWER_SIZE];
    uint8_t      head[2] = {(uint8_t)(question->len >> 8), (uint8_t)question->len};
    pwwb_stream *stream  = NULL;
    size_t       len     = 0;
    pwwb_status  st;
    int          verdict;

    memcpy(message, head, sizeof(head));
    memcpy(message + 2, question->octets, question->len);
    st = pwwb_stream_new_tcp(s->address, s->port, wb_stream_left(deadline), &stream, NULL);
    if (st == PWWB_OK)
        st = pwwb_stream_write(stream, message, 2 + question->len, wb_stream_left(deadline), NULL);
    if (st == PWWB_OK)
        st = read_all(stream, head, sizeof(head), deadline);
    if (st == PWWB_OK) {
        len = (size_t)head[0] << 8 | head[1];
        st  = len <= sizeof(message) ? read_all(stream, message, len, deadline)
                                     : PWWB_E_TOO_LARGE;
    }
    pwwb_stream_free(stream);
    if (st != PWWB_OK)
        return st == PWWB_E_TIMEOUT ? SILENCE : WB_DNS_FAILED;

    verdict = wb_dns_read(question, wb_span_of(message, len), q->list, q->ret_count);
    return verdict == WB_DNS_FOREIGN || verdict == WB_DNS_CUT ? WB_DNS_FAILED : verdict;
}

static int
ask_server(const name_server *s, int64_t deadline, const inquiry *q)
{
    wb_dns_question question;
    uint16_t        id;
    int             verdict;

    wb_random(&id, sizeof(id));
    if (wb_dns_ask(&question, q->name, id) != 0)
        return WB_DNS_FAILED;

    verdict = ask_by_datagram(s, &question, deadline, q);
    return verdict == WB_DNS_CUT ? ask_by_stream(s, &question, deadline, q) : verdict;
}

/* Each server in turn, each with its share of what is left. */
static pwwb_status
services(void *ctx, const char *name, int64_t timeout_ms, pwwb_service *list, size_t *ret_count,
         pwwb_error *err)
{
    name_servers all      = *(const name_servers *)ctx;
    int64_t      deadline = wb_stream_deadline(timeout_ms);
    inquiry      q        = {name, list, ret_count};
    int          silent   = 0;
    size_t       turn, turns;

    if (all.count == 0)
        read_machine(&all);
    if (!wb_is_host_name(name, 256))
        return wb_fail(err, PWWB_E_NOT_FOUND, "the service's name is none");

    turns = TURNS * all.count;
    for (turn = 0; turn < turns; turn++) {
        int64_t left  = wb_stream_left(deadline);
        int64_t share = left < 0 ? WAIT_MS : left / (int64_t)(turns - turn);

        share = share < WAIT_MS ? share : WAIT_MS;
        switch (ask_server(&all.list[turn % all.count], wb_stream_deadline(share), &q)) {
        case WB_DNS_FOUND:
            return PWWB_OK;
        case WB_DNS_NOTHING:
            return wb_fail(err, PWWB_E_NOT_FOUND, "DNS has no such service");
        case SILENCE:
            silent++;
            break;
        default:
            break;
        }
    }
    return silent > 0 ? wb_fail(err, PWWB_E_TIMEOUT, "the name server is silent: time is over")
                      : wb_fail(err, PWWB_E_CONNECT, "no name server gives an answer");
}

static const pwwb_resolver_ops table = {
    .size     = sizeof(pwwb_resolver_ops),
    .services = services,
    .destroy  = free,
};

pwwb_status
pwwb_resolver_new_system(const char *const *servers, size_t server_count,
                         pwwb_resolver **ret_resolver, pwwb_error *err)
{
    name_servers *all;
    pwwb_status   st;
    size_t        i;

    wb_ok(err);
    if (ret_resolver != NULL)
        *ret_resolver = NULL;
    if (ret_resolver == NULL || (servers == NULL) != (server_count == 0)
        || server_count > PWWB_NAME_SERVERS_MAX)
        return wb_fail(err, PWWB_E_INVALID_ARGUMENT, "servers and ret_resolver must be given");

    st = wb_crypto_ready(err);
    if (st != PWWB_OK)
        return st;
    all = calloc(1, sizeof(*all));
    if (all == NULL)
        return wb_fail(err, PWWB_E_NO_MEMORY, "no memory for a resolver");

    all->count = server_count;
    for (i = 0; i < server_count && st == PWWB_OK; i++)
        if (servers[i] == NULL || read_server(servers[i], &all->list[i]) != 0)
            st = wb_fail(err, PWWB_E_INVALID_ARGUMENT, "a name server is no numeric address");
    if (st == PWWB_OK)
        st = pwwb_resolver_new(&table, all, ret_resolver, err);
    if (st != PWWB_OK)
        free(all);
    return st;
}
