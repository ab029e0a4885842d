/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WB_WATCH_H
#define WB_WATCH_H

#include <pthread.h>
#include <pwwb/watch.h>

#include "clock.h"

/* One agent: its last heartbeat, and how that came. */
typedef struct wb_watched {
    pwwb_heartbeat last;     /* size 0 = nobody */
    int64_t        heard_ms; /* monotonic */
    int64_t        lag_ms;   /* our clock less its own then: how late it came, or how wrong a clock is */
    int64_t        late_ms;  /* monotonic: when the first of those came that all came late; -1 = not late */
    int64_t        right_ms; /* its latest time that was in our past or present; 0 = none */
    int            is_skewed;
} wb_watched;

struct pwwb_watch {
    wb_clock        clock; /* a callback, never called under the mutex */
    pwwb_keyring   *keyring; /* NULL = none */
    int64_t         stale_ms;
    int64_t         skew_ms;
    int32_t         version_least;
    int64_t         begun_ms; /* monotonic */
    pthread_mutex_t mutex;
    int32_t         is_configured; /* enum pwwb_answer: whether a key is active, */
    uint64_t        keys_version;  /* in this version of the store */
    pwwb_status     relay;         /* what presence said last, */
    int32_t         listening;     /* enum pwwb_answer, */
    int64_t         told_ms;       /* and when, monotonic */
    int64_t         heard_ms;      /* the last news, by the wall; 0 = never */
    wb_watched      agents[PWWB_WATCH_AGENTS];
};

/* Whether an agent's last heartbeat is so old that nothing as old can make it alive again. */
int wb_watch_is_long_gone(const pwwb_watch *watch, const wb_watched *w, int64_t now_ms);

/* Note what the keys are like; and whether those of this version of a store are noted already. */
void wb_watch_keys(pwwb_watch *watch, const pwwb_keyring *keyring);
int  wb_watch_knows_keys(pwwb_watch *watch, uint64_t version);

/* watch_state.c: the report, under the mutex; by the monotonic clock. */
void wb_watch_judge(const pwwb_watch *watch, int64_t now_ms, pwwb_watch_info *report);

/* One agent: enum pwwb_watched_state, and how old its last word is. */
int32_t wb_watched_state(const pwwb_watch *watch, const wb_watched *w, int64_t now_ms);
int64_t wb_watched_age(const wb_watched *w, int64_t now_ms);

/* Whether every agent that is known said that it stops: then nobody takes a request. */
int wb_watch_all_stopped(const pwwb_watch_info *report);

#endif /* WB_WATCH_H */
