/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WB_AMQP_DEADLINE_H
#define WB_AMQP_DEADLINE_H

#include <stdint.h>
#include <time.h>

/* Deadlines on the system's monotonic clock, the one that poll() waits on. */
#define WB_AMQP_NO_DEADLINE INT64_MAX

static inline int64_t
wb_amqp_now(void)
{
    struct timespec now = {0, 0};

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static inline int64_t
wb_amqp_deadline(int64_t timeout_ms)
{
    int64_t now = wb_amqp_now();

    if (timeout_ms < 0 || timeout_ms > INT64_MAX - now)
        return WB_AMQP_NO_DEADLINE;
    return now + timeout_ms;
}

/* -1 = no limit, 0 = over. */
static inline int64_t
wb_amqp_left(int64_t deadline)
{
    int64_t now = wb_amqp_now();

    if (deadline == WB_AMQP_NO_DEADLINE)
        return -1;
    return deadline > now ? deadline - now : 0;
}

#endif /* WB_AMQP_DEADLINE_H */
