/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A portal in a loop of one's own around poll(), many requests at once.
 */
#define _POSIX_C_SOURCE 200809L
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>

#include "loop_portal.h"

/* [wait] */
/* One wait: until something is ready, or the time is over. */
static int
wait_for(loop_portal *portal)
{
    pwwb_interest list[LOOP_PORTAL_WATCHES];
    struct pollfd fds[LOOP_PORTAL_WATCHES] = {0};
    int64_t       timeout_ms;
    size_t        count = loop_portal_interest(portal, list, &timeout_ms), i;

    for (i = 0; i < count; i++) {
        fds[i].fd     = (int)list[i].descriptor; /* poll() passes over one below 0 */
        fds[i].events = (short)((list[i].directions & PWWB_READABLE ? POLLIN : 0)
                                | (list[i].directions & PWWB_WRITABLE ? POLLOUT : 0));
    }
    if (timeout_ms > INT_MAX)
        timeout_ms = INT_MAX;
    return poll(fds, (nfds_t)count, (int)timeout_ms) >= 0 || errno == EINTR;
}
/* [wait] end */

int
main(int argc, char **argv)
{
    int          code   = 0;
    loop_portal *portal = loop_portal_new(argc, argv, "poll() and nothing else", &code);

    if (portal == NULL)
        return code;

    while (!loop_portal_is_done(portal) && wait_for(portal))
        loop_portal_service(portal);
    if (!loop_portal_is_done(portal)) {
        perror("poll");
        code = 1;
    }
    loop_portal_free(portal);
    return code;
}
