/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EXAMPLES_PORTAL_STOP_H
#define EXAMPLES_PORTAL_STOP_H

/* Ctrl-C, SIGTERM and SIGHUP: they arrive nowhere but in here. */

#include <poll.h>
#include <stdint.h>

void portal_stop_install(void);

/* One of them came. */
int portal_stopped(void);

/* poll(); a stop ends it. `timeout_ms` -1 = no limit. */
int portal_poll(struct pollfd *fds, nfds_t count, int64_t timeout_ms);

int64_t portal_now_ms(void); /* monotonic */
int64_t portal_wall_ms(void); /* since 1970 */

#endif /* EXAMPLES_PORTAL_STOP_H */
