/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EXAMPLES_AGENT_OUTSIDE_H
#define EXAMPLES_AGENT_OUTSIDE_H

/* What the agent takes from the system; a test has its own, on a clock of its own. */

#include "../common/relay_settings.h"
#include "agent_settings.h"

#include <pwwb/pwwb.h>

typedef struct agent_outside {
    const pwwb_clock_ops *clock; /* NULL = the system's */
    void                 *clock_ctx;
    /* A worker's end of the relay; with it, where there is one, the connection below, which lives as long: without
     * it the worker is taken to be connected. */
    pwwb_status (*open_transport)(void *ctx, const agent_settings *settings, const relay_login *login,
                                  pwwb_transport **ret_transport, pwwb_amqp **ret_amqp, pwwb_error *err);
    /* One handle of a directory. */
    pwwb_status (*open_directory)(void *ctx, const agent_directory *settings,
                                  pwwb_directory **ret_directory, pwwb_error *err);
    void *ctx;
} agent_outside;

extern const agent_outside agent_system;

/* By the clock of outside. */
int64_t agent_wall_ms(const agent_outside *outside);
int64_t agent_monotonic_ms(const agent_outside *outside);

#endif /* EXAMPLES_AGENT_OUTSIDE_H */
