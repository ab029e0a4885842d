/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PWWB_CLOCK_H
#define PWWB_CLOCK_H

/**
 * @file pwwb/clock.h
 * @brief Time as a table, so that expiry and age can be tested on a clock of one's own.
 */

#include <pwwb/base.h>

PWWB_BEGIN_DECLS

/**
 * Where the library reads the time. Pass NULL for the system's clocks.
 *
 * Growing: fields are only ever added at the end; see pwwb_transport_ops. Called from any thread
 * that uses the handle it was given to.
 */
typedef struct pwwb_clock_ops {
    /** sizeof(pwwb_clock_ops) where the caller was compiled. */
    size_t size;
    /** Milliseconds since 1970-01-01 UTC. Required. Judges expiry and age, never a timeout. */
    int64_t (*wall_ms)(void *ctx);
    /** Milliseconds that never go back, not negative, from any origin. Required. Judges timeouts. */
    int64_t (*monotonic_ms)(void *ctx);
    /* 0.1 ends here. */
} pwwb_clock_ops;

PWWB_END_DECLS

#endif /* PWWB_CLOCK_H */
