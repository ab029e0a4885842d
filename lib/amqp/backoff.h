/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WB_AMQP_BACKOFF_H
#define WB_AMQP_BACKOFF_H

#include <pwwb/error.h>

/* How long to wait before the next connection. No clock and no chance of its own. */
typedef struct wb_amqp_backoff {
    int64_t longest_ms;
    int64_t next_ms; /* the wait after the next failure; 0 = the first one */
} wb_amqp_backoff;

/* After a connection that ended with `last` and was ready for useful_ms (0: it never was).
 * `chance` is any number: of the wait, up to a quarter is left out. */
int64_t wb_amqp_backoff_wait(wb_amqp_backoff *backoff, pwwb_status last, int64_t useful_ms,
                             uint32_t chance);

#endif /* WB_AMQP_BACKOFF_H */
