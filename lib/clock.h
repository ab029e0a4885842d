/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WB_CLOCK_H
#define WB_CLOCK_H

#include <pthread.h>
#include <pwwb/clock.h>
#include <pwwb/error.h>

/* A clock as a handle keeps it. */
typedef struct wb_clock {
    pwwb_clock_ops ops;
    void          *ctx;
} wb_clock;

/* Copy a caller's clock, or take the system's when ops is NULL. PWWB_E_ABI when it does not fit,
 * PWWB_E_INVALID_ARGUMENT when a method is missing; both recorded in err. */
pwwb_status wb_clock_make(wb_clock *clock, const pwwb_clock_ops *ops, void *ctx, pwwb_error *err);

int64_t wb_clock_wall_ms(const wb_clock *clock);
int64_t wb_clock_monotonic_ms(const wb_clock *clock);

/* Deadlines are absolute monotonic milliseconds inside, relative ones outside; no limit is -1 on
 * both sides. A deadline that has passed has 0 left. */
#define WB_NO_DEADLINE (-1)

int64_t wb_deadline_in(const wb_clock *clock, int64_t timeout_ms);
int64_t wb_deadline_left(const wb_clock *clock, int64_t deadline);

/* A condition whose deadlines are the system's. 0, or -1 without memory for it. */
int  wb_cond_make(pthread_cond_t *cond);
void wb_cond_wait(pthread_cond_t *cond, pthread_mutex_t *mutex, int64_t deadline);

/* The system's own clocks. */
extern const pwwb_clock_ops wb_clock_system;

#endif /* WB_CLOCK_H */
