/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DNS_SERVER_H
#define DNS_SERVER_H

/*
 * A name server in this process, on a thread of its own, over UDP and TCP. It answers each question
 * by the next line of a script, and keeps what it was asked. Messages are written by hand after
 * RFC 1035 4 and RFC 2782.
 */

#include <arpa/inet.h>
#include <poll.h>
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

#include "harness.h"

#define DNS_LINES 16

/* What is sent back. */
enum dns_kind {
    DNS_END,       /* as the line before */
    DNS_RECORDS,   /* the line's records, flags and rcode */
    DNS_SILENCE,
    DNS_WRONG_ID,
    DNS_WRONG_NAME,
    DNS_WRONG_TYPE,
    DNS_WRONG_OWNER, /* records of another name than the one that was asked for */
    DNS_NO_ANSWER, /* a question, in form */
    DNS_STRANGER,  /* from another port */
    DNS_GARBAGE,
    DNS_SHORT,     /* cut in the middle of its records */
    DNS_HANG_UP    /* TCP: close without an answer */
};

typedef struct dns_record {
    uint16_t    priority, weight, port;
    const char *target; /* "" = the root, "<" = a pointer to itself; NULL = an alias, not SRV */
} dns_record;

typedef struct dns_line {
    enum dns_kind kind;
    uint8_t       rcode;
    int           is_cut;       /* TC */
    int           is_followed;  /* the next line answers the same question, too */
    int           repeats;      /* each record so often */
    dns_record    records[4];
} dns_line;

typedef struct dns_server {
    dns_line  script[DNS_LINES];
    int       at;
    int       udp, tcp, stranger, control[2];
    uint16_t  port;
    pthread_t thread;

    uint8_t asked[DNS_LINES][512];
    size_t  asked_len[DNS_LINES];
    int     asked_by[DNS_LINES]; /* the client's port */
    int     questions, streams;
} dns_server;

static inline uint8_t *
dns_put16(uint8_t *at, unsigned value)
{
    *at++ = (uint8_t)(value >> 8);
    *at++ = (uint8_t)value;
    return at;
}

static inline uint8_t *
dns_put_name(uint8_t *at, const char *name)
{
    while (*name != '\0') {
        size_t len = strcspn(name, ".");

        *at++ = (uint8_t)len;
        memcpy(at, name, len);
        at += len;
        name += len + (name[len] == '.');
    }
    *at++ = 0;
    return at;
}

static inline uint8_t *
dns_put_record(uint8_t *at, const uint8_t *message, unsigned owner, const dns_record *r)
{
    uint8_t *head = at;

    at = dns_put16(at, 0xc000 + owner); /* a pointer to a name before it, RFC 1035 4.1.4 */
    at = dns_put16(at, r->target != NULL ? 33 : 5);
    at = dns_put16(at, 1);
    at = dns_put16(at, 0);
    at = dns_put16(at, 600) + 2;
    if (r->target != NULL) {
        at = dns_put16(at, r->priority);
        at = dns_put16(at, r->weight);
        at = dns_put16(at, r->port);
    }
    if (r->target != NULL && r->target[0] == '<')
        at = dns_put16(at, 0xc000 + (unsigned)(at - message));
    else
        at = dns_put_name(at, r->target != NULL ? r->target : "other.test");
    (void)dns_put16(head + 10, (unsigned)(at - head - 12));
    return at;
}

/* The answer to a question by a line; its length. */
static inline size_t
dns_answer(const dns_line *line, const uint8_t *question, size_t len, uint8_t *message)
{
    uint8_t *at    = message + len;
    unsigned owner = line->kind == DNS_WRONG_OWNER ? 12 + 6 : 12; /* "_ldap" has six octets */
    unsigned count = 0;
    int      i, n;

    memcpy(message, question, len);
    for (i = 0; i < 4; i++)
        for (n = 0; n < (line->repeats > 0 ? line->repeats : 1); n++)
            if (line->records[i].target != NULL || line->records[i].priority != 0) {
                at = dns_put_record(at, message, owner, &line->records[i]);
                count++;
            }
    message[0] ^= line->kind == DNS_WRONG_ID;
    message[2] = line->kind == DNS_NO_ANSWER ? 0x01 : line->is_cut ? 0x83 : 0x81;
    message[3] = 0x80 | line->rcode;
    (void)dns_put16(message + 6, count);
    message[14] ^= line->kind == DNS_WRONG_NAME;
    message[len - 3] ^= line->kind == DNS_WRONG_TYPE;
    if (line->kind == DNS_GARBAGE)
        memset(message, 0xff, (size_t)(at - message));
    return (size_t)(at - message) - (line->kind == DNS_SHORT ? 5 : 0);
}

static inline const dns_line *
dns_next(dns_server *s)
{
    if (s->at + 1 < DNS_LINES && s->script[s->at + 1].kind != DNS_END)
        return &s->script[s->at++];
    return &s->script[s->at];
}

static inline void
dns_keep(dns_server *s, const uint8_t *question, size_t len, int port)
{
    if (s->questions < DNS_LINES) {
        memcpy(s->asked[s->questions], question, len);
        s->asked_len[s->questions] = len;
        s->asked_by[s->questions]  = port;
    }
    s->questions++;
}

static inline void
dns_serve_datagram(dns_server *s)
{
    struct sockaddr_in from;
    socklen_t          size = sizeof(from);
    uint8_t            question[512], message[8192];
    ssize_t            len = recvfrom(s->udp, question, sizeof(question), 0,
                                      (struct sockaddr *)&from, &size);
    const dns_line    *line;

    if (len < 12)
        return;
    dns_keep(s, question, (size_t)len, ntohs(from.sin_port));
    do {
        line = dns_next(s);
        if (line->kind != DNS_SILENCE)
            (void)!sendto(line->kind == DNS_STRANGER ? s->stranger : s->udp, message,
                          dns_answer(line, question, (size_t)len, message), 0,
                          (struct sockaddr *)&from, size);
    } while (line->is_followed);
}

static inline void
dns_serve_stream(dns_server *s)
{
    uint8_t         question[514], message[8194];
    int             fd   = accept(s->tcp, NULL, NULL);
    ssize_t         len  = fd >= 0 ? recv(fd, question, sizeof(question), 0) : -1;
    const dns_line *line = dns_next(s);
    size_t          out;

    s->streams++;
    if (len > 14 && line->kind != DNS_HANG_UP && line->kind != DNS_SILENCE) {
        out = dns_answer(line, question + 2, (size_t)len - 2, message + 2);
        (void)dns_put16(message, (unsigned)out);
        (void)!write(fd, message, 1); /* in two pieces */
        (void)!write(fd, message + 1, out + 1);
    }
    if (line->kind == DNS_SILENCE)
        (void)!read(s->control[0], message, 1); /* until the test has seen enough */
    close(fd);
}

static inline void *
dns_loop(void *ctx)
{
    dns_server *s = ctx;

    for (;;) {
        struct pollfd p[3] = {{s->control[0], POLLIN, 0}, {s->udp, POLLIN, 0}, {s->tcp, POLLIN, 0}};

        if (poll(p, 3, -1) < 0 || p[0].revents != 0)
            return NULL;
        if (p[1].revents != 0)
            dns_serve_datagram(s);
        if (p[2].revents != 0)
            dns_serve_stream(s);
    }
}

static inline int
dns_socket(const char *address, int type, uint16_t port)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(port)};
    int                fd = socket(AF_INET, type, 0), one = 1;

    CHECK_INT(1, inet_pton(AF_INET, address, &at.sin_addr));
    (void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
    CHECK(fd >= 0 && bind(fd, (struct sockaddr *)&at, sizeof(at)) == 0);
    CHECK(type == SOCK_DGRAM || listen(fd, 4) == 0);
    return fd;
}

/* Answer by the script that stands in it; UDP has a port of its own, and TCP the same. */
static inline void
dns_start(dns_server *s, const char *address)
{
    struct sockaddr_in at;
    socklen_t          size = sizeof(at);

    s->tcp = dns_socket(address, SOCK_STREAM, 0);
    CHECK_INT(0, getsockname(s->tcp, (struct sockaddr *)&at, &size));
    s->port     = ntohs(at.sin_port);
    s->udp      = dns_socket(address, SOCK_DGRAM, s->port);
    s->stranger = dns_socket(address, SOCK_DGRAM, 0);
    CHECK_INT(0, pipe(s->control));
    CHECK_INT(0, pthread_create(&s->thread, NULL, dns_loop, s));
}

static inline void
dns_stop(dns_server *s)
{
    close(s->control[1]);
    pthread_join(s->thread, NULL);
    close(s->control[0]);
    close(s->udp);
    close(s->tcp);
    close(s->stranger);
}

#endif /* DNS_SERVER_H */
