/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EXAMPLES_AGENT_RUN_H
#define EXAMPLES_AGENT_RUN_H

/*
 * An agent that serves: its world, the one that is to take its place, and what is due from time to time.
 *
 *     agent_run_new()      reads the file
 *     agent_duties()       once a second: begins, reloads, ends; with threads or without
 *     agent_worker_step()  of each worker of run->world, where there are no threads
 */

#include "agent_world.h"

/* What it does. */
enum agent_phase {
    AGENT_WAITING  = 0, /* for keys */
    AGENT_SERVING  = 1,
    AGENT_CHANGING = 2, /* the workers leave; then run->next begins */
    AGENT_DRAINING = 3, /* they stop, and say so */
    AGENT_ENDED    = 4
};

typedef struct agent_run {
    const agent_outside *outside;
    const char          *path;
    int                  has_threads;
    int                  phase;
    int                  is_asked_to_reload;
    agent_settings      *settings; /* those that hold, or are tried */
    agent_world         *world, *next;
    pwwb_keystore       *store; /* to look into */
    pwwb_error          *err;
    uint8_t              id[PWWB_ID_SIZE];
    int64_t              start_s;
    int64_t              looked_ms, told_ms, alive_ms, tried_ms; /* monotonic */
    int                  was_connected;                          /* -1 = nothing was said yet */
    int                  has_said_waiting;
    int32_t              tenant_state;
    uint64_t             generation;
    int64_t              created_s;                         /* of the active key; -1 = none is */
    uint64_t             before[PWWB_COUNT_UNAUDITED + 1]; /* counts of worlds that are gone */
    uint64_t             connects_before;
} agent_run;

/* Read the file and the rest that must be right. Exit code: 0, 1 (why was logged), SETTINGS_EXIT (on stderr). */
int  agent_run_new(const char *path, const agent_outside *outside, int has_threads, agent_run **ret_run);
void agent_run_free(agent_run *run);

/* Call it once a second at least. */
void agent_duties(agent_run *run);

/* At the next duties: read the file again. */
void agent_reload(agent_run *run);
/* At once: finish what is at hand, then phase becomes AGENT_ENDED by the duties. */
void agent_drain(agent_run *run);

/* agent_state.c: who this agent is; made when it is not there. */
pwwb_status agent_id_read(const agent_settings *s, uint8_t id[PWWB_ID_SIZE], pwwb_error *err);

/* agent_tell.c: what is told to others while it runs, when it is time. */
void        agent_look_at_keys(agent_run *run);
void        agent_tell(agent_run *run, int64_t now_ms, int is_forced);

const char *agent_tenant_name(int32_t state);

/* agent_check.c, agent_keys.c: commands. Exit codes. */
int agent_check(const char *path);
int agent_enable(const char *path, const char *ticket_file);
int agent_begin(const char *path, int32_t kind); /* one of enum pwwb_exchange_kind */

#endif /* EXAMPLES_AGENT_RUN_H */
