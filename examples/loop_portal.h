/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EXAMPLES_LOOP_PORTAL_H
#define EXAMPLES_LOOP_PORTAL_H

/* A portal that never waits, for a program with an event loop of its own: orders come by standard
 * input, many requests are under way at once, and each is answered by one line. It knows no loop:
 * it says what it waits for, and does what can be done when it is told to.
 *
 *     while (!loop_portal_is_done(portal)) {
 *         count = loop_portal_interest(portal, list, &timeout_ms);
 *         wait for one of them, or so long
 *         loop_portal_service(portal);
 *     }
 *
 * What it waits for changes with every service: descriptors are closed and opened there, also under
 * the same number. Whatever remembers them in a kernel (epoll) is therefore told before a service to
 * forget them, and asked anew after it. */

#include <pwwb/amqp.h>

typedef struct loop_portal loop_portal;

enum { LOOP_PORTAL_WATCHES = 3 }; /* standard input, and two of the connection's */

/* By the arguments of a command line; `loop` is for the help. NULL, after saying why, with what the
 * program is to exit with. */
loop_portal *loop_portal_new(int argc, char **argv, const char *loop, int *ret_exit);
void         loop_portal_free(loop_portal *portal);

/* What to wait for: so many of `list`, or the time; -1 = without an end. */
size_t loop_portal_interest(loop_portal *portal, pwwb_interest list[LOOP_PORTAL_WATCHES],
                            int64_t *ret_timeout_ms);

/* Do what can be done now. */
void loop_portal_service(loop_portal *portal);

/* The input has ended, and every order has been answered. */
int loop_portal_is_done(const loop_portal *portal);

#endif /* EXAMPLES_LOOP_PORTAL_H */
