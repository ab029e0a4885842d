/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WB_AGENT_BEAT_H
#define WB_AGENT_BEAT_H

/* What the workers of one process share, so that one heartbeat speaks for all of them. No lock is held
 * while a directory or the relay is asked. */

#include <pthread.h>
#include <pwwb/heartbeat.h>

#include "agent.h"

/* A directory, by its name: each worker has a handle of its own. */
typedef struct wb_beat_directory {
    char              name[PWWB_DIRECTORY_NAME_SIZE];
    int               is_up;    /* it answered last */
    int               is_asked; /* somebody is to ask it now */
    int64_t           again_ms; /* when it is asked again while it is not up, monotonic */
    pwwb_policy_rules rules;    /* the weakest there, as it said */
} wb_beat_directory;

typedef struct wb_beat {
    pthread_mutex_t   mutex;
    uint8_t           agent_id[PWWB_ID_SIZE];
    uint8_t           boot_id[PWWB_ID_SIZE];
    int64_t           period_ms;
    size_t            workers; /* that have not stopped */
    size_t            cut;     /* of them, those that cannot reach the relay: they leave heartbeats to the others */
    int               has_said; /* the last heartbeat said that the process stops */
    int               is_busy; /* one of them asks or sends */
    int               is_round; /* every directory is asked before the next heartbeat goes */
    int64_t           round_ms, due_ms, not_before_ms; /* monotonic */
    uint64_t          sequence;
    int32_t           told_up; /* directories that answered, as was told last */
    uint64_t          counts[PWWB_HEARTBEAT_COUNTERS];
    size_t            directory_count;
    wb_beat_directory directories[WB_AGENT_DIRECTORIES_MAX];
} wb_beat;

/* agent_beat_state.c: under the mutex. */

/* A directory of that name; made when it is new, NULL when there is no room. */
wb_beat_directory *wb_beat_directory_of(wb_beat *beat, const char *name);

/* What is to be done now: enum wb_beat_work. */
enum wb_beat_work { WB_BEAT_NOTHING, WB_BEAT_ASK, WB_BEAT_SEND };
int wb_beat_work(wb_beat *beat, int64_t now_ms);

/* The next heartbeat, all but its time. */
void wb_beat_fill(wb_beat *beat, int is_last, pwwb_heartbeat *heartbeat);
/* It was sent, or not. */
void wb_beat_sent(wb_beat *beat, int is_sent, int32_t told_up, int64_t now_ms);

#endif /* WB_AGENT_BEAT_H */
