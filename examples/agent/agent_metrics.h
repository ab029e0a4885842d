/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EXAMPLES_AGENT_METRICS_H
#define EXAMPLES_AGENT_METRICS_H

/* What is counted, as a file in Prometheus' text format. */

#include <pwwb/agent.h>

typedef struct agent_figures {
    uint64_t    counts[PWWB_COUNT_UNAUDITED + 1]; /* by enum pwwb_agent_counter, of all workers */
    size_t      directory_count;
    const char *directory_names[32];
    int32_t     directory_up[32]; /* 1, 0; -1 = not known */
    int32_t     tenant_state;     /* one of enum pwwb_tenant_state */
    uint64_t    generation;       /* of the newest key */
    int64_t     key_age_s;        /* of the active one; -1 = none is */
    int32_t     relay_connected;
    uint64_t    relay_connects;
    int64_t     start_s;          /* since 1970 */
} agent_figures;

/* Written beside it and renamed, so that a reader sees the old or the new. -1, and errno. */
int agent_metrics_write(const char *path, const agent_figures *figures);

#endif /* EXAMPLES_AGENT_METRICS_H */
