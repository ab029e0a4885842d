/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WB_STREAM_SOCKET_H
#define WB_STREAM_SOCKET_H

/* A TCP socket: how it is connected, to one address of a name after the other, and waited for. */

#include <netdb.h>
#include <poll.h>
#include <pwwb/error.h>

typedef struct wb_socket {
    int              fd;       /* -1 = none */
    struct addrinfo *list;     /* the name's addresses; NULL once it is connected or given up */
    struct addrinfo *next;     /* the one to be tried after this */
    int64_t          quiet_ms; /* how long each but the last may be silent; -1 = its share of the
                                  time that is left when it is tried */
    int64_t          next_at;  /* this one has been silent for so long then */
} wb_socket;

/* Resolve the name; nothing is sent yet. */
pwwb_status wb_socket_resolve(wb_socket *s, const char *host, int32_t port, pwwb_error *err);

/* Go on connecting until it is done or the deadline is there. After PWWB_E_TIMEOUT `list` tells
 * whether it can go on; no other failure leaves anything to try. */
pwwb_status wb_socket_connect(wb_socket *s, int64_t deadline, pwwb_error *err);

void wb_socket_drop(wb_socket *s);

/* Until poll() tells one of `events`. A signal neither ends the wait nor makes it longer. */
pwwb_status wb_socket_await(int fd, short events, int64_t deadline, pwwb_error *err);

/* PWWB_E_TIMEOUT. */
pwwb_status wb_socket_silent(pwwb_error *err);

/* With errno as its code. */
pwwb_status wb_socket_fail(pwwb_error *err, pwwb_status status, const char *sentence);

#endif /* WB_STREAM_SOCKET_H */
