/* SPDX-License-Identifier: Apache-2.0 */
#include "clock.h"

#include <time.h>

#include "error.h"
#include "ops.h"

static int64_t
read_ms(clockid_t id)
{
    struct timespec now = {0, 0};

    (void)clock_gettime(id, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static int64_t
system_wall_ms(void *ctx)
{
    (void)ctx;
    return read_ms(CLOCK_REALTIME);
}

static int64_t
system_monotonic_ms(void *ctx)
{
    (void)ctx;
    return read_ms(CLOCK_MONOTONIC);
}

const pwwb_clock_ops wb_clock_system = {
    .size         = sizeof(pwwb_clock_ops),
    .wall_ms      = system_wall_ms,
    .monotonic_ms = system_monotonic_ms,
};

pwwb_status
wb_clock_make(wb_clock *clock, const pwwb_clock_ops *ops, void *ctx, pwwb_error *err)
{
    pwwb_status st;

    if (ops == NULL)
        ops = &wb_clock_system;

    st = wb_ops_import(&clock->ops, sizeof(clock->ops), WB_SIZE_UP_TO(pwwb_clock_ops, monotonic_ms),
                       ops);
    if (st != PWWB_OK)
        return wb_fail(err, st, "clock ops of size %zu do not fit this library", ops->size);
    if (clock->ops.wall_ms == NULL || clock->ops.monotonic_ms == NULL)
        return wb_fail(err, PWWB_E_INVALID_ARGUMENT, "a clock must tell wall and monotonic time");

    clock->ctx = ctx;
    return PWWB_OK;
}

int64_t
wb_clock_wall_ms(const wb_clock *clock)
{
    return clock->ops.wall_ms(clock->ctx);
}

int64_t
wb_clock_monotonic_ms(const wb_clock *clock)
{
    int64_t now = clock->ops.monotonic_ms(clock->ctx);

    return now > 0 ? now : 0; /* a callback's answer: sums with it must not overflow */
}

int64_t
wb_deadline_in(const wb_clock *clock, int64_t timeout_ms)
{
    int64_t now;

    if (timeout_ms < 0)
        return WB_NO_DEADLINE;

    now = wb_clock_monotonic_ms(clock);
    return timeout_ms > INT64_MAX - now ? WB_NO_DEADLINE : now + timeout_ms;
}

int64_t
wb_deadline_left(const wb_clock *clock, int64_t deadline)
{
    int64_t now;

    if (deadline == WB_NO_DEADLINE)
        return -1;

    now = wb_clock_monotonic_ms(clock);
    return deadline > now ? deadline - now : 0;
}

int
wb_cond_make(pthread_cond_t *cond)
{
    pthread_condattr_t monotonic;
    int                rc;

    if (pthread_condattr_init(&monotonic) != 0)
        return -1;

    rc = pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    if (rc == 0)
        rc = pthread_cond_init(cond, &monotonic);
    pthread_condattr_destroy(&monotonic);
    return rc == 0 ? 0 : -1;
}

void
wb_cond_wait(pthread_cond_t *cond, pthread_mutex_t *mutex, int64_t deadline)
{
    struct timespec until = {.tv_sec  = (time_t)(deadline / 1000),
                             .tv_nsec = (long)(deadline % 1000 * 1000000)};

    if (deadline == WB_NO_DEADLINE)
        pthread_cond_wait(cond, mutex);
    else
        (void)pthread_cond_timedwait(cond, mutex, &until);
}
