/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WB_AGENT_H
#define WB_AGENT_H

#include <pwwb/agent.h>

#include <stdatomic.h>

#include "log.h"
#include "writeback.h"

#define WB_AGENT_DIRECTORIES_MAX 32
#define WB_AGAIN_MAX             512
#define WB_HELD_MAX              512
#define WB_PAUSE_MS              2 /* after something was given back: others go first */

/* A message that was given back, or kept: see agent_again.c. Times are monotonic. */
typedef struct wb_again {
    uint8_t digest[WB_SHA256_SIZE]; /* of its octets */
    int64_t first_ms;
    int64_t seen_ms; /* the last time */
    int32_t hold_ms; /* the next time */
} wb_again;

/* One that is kept, unsettled. */
typedef struct wb_held {
    uint64_t tag;
    int64_t  due_ms;
} wb_held;

struct pwwb_agent {
    pwwb_transport    *transport;
    pwwb_journal      *journal;
    pwwb_anchors      *anchors;
    pwwb_exchange     *exchange; /* NULL: its keys do not change */
    uint64_t           version;  /* of its keyring, in the exchange's store */
    int64_t            stepped_ms, reloaded_ms; /* monotonic */
    pwwb_writeback    *writeback;
    int64_t            timeout_ms;
    wb_log             log;
    size_t             directory_count;
    wb_named_directory directories[WB_AGENT_DIRECTORIES_MAX];
    atomic_int         stop;
    int32_t            pause_ms;
    size_t             again_count;
    wb_again           again[WB_AGAIN_MAX];
    size_t             held_count;
    wb_held            held[WB_HELD_MAX];
    uint64_t           counts[PWWB_COUNT_UNAUDITED + 1];
    pwwb_agent        *lead;     /* whose heartbeats are this one's, too; NULL = its own, or none */
    struct wb_beat    *beat;     /* NULL: none */
    int                is_cut;   /* it could not reach the relay when it looked last */
    int64_t            look_ms;  /* when it looks again, monotonic */
    int                has_left; /* it stopped, and heartbeats are no matter of it any more */
    uint8_t            buf[PWWB_ENVELOPE_MAX + 1]; /* one more: too long shows */
};

/* agent_keys.c: the part of an agent whose keys change. All of them do nothing without an exchange. */
/* Once a second: what is due; orders go out. */
void wb_agent_keys_step(pwwb_agent *agent);
/* A message that is no request we can open. 1 = it was about keys, and is dealt with. */
int  wb_agent_keys_take(pwwb_agent *agent, size_t len);
/* Look into the store, once a second at most. 1 = there are other keys now. */
int  wb_agent_keys_reload(pwwb_agent *agent);

/* agent_again.c: messages that cannot be dealt with now. */
/* What becomes of one: RELEASE now; KEPT, to be given back later; or REJECT, since its time is over. */
#define WB_KEPT 0
int32_t wb_agent_again(pwwb_agent *agent, const pwwb_delivery *delivery);
/* It was dealt with. */
void    wb_agent_again_done(pwwb_agent *agent, const pwwb_delivery *delivery);
/* Give back what was kept long enough. */
void    wb_agent_again_step(pwwb_agent *agent);
/* How long to wait for others at most, until that is due. */
int64_t wb_agent_again_wait(const pwwb_agent *agent, int64_t most_ms);
/* Give back all. */
void    wb_agent_again_stop(pwwb_agent *agent);
/* Their connection is gone: they come again. */
void    wb_agent_again_lost(pwwb_agent *agent);
void    wb_agent_pause(int32_t ms);

/* agent_beat.c: heartbeats. All of them do nothing in an agent that sends none. */
pwwb_status wb_agent_beat_join(pwwb_agent *agent, const pwwb_agent_options *options, pwwb_error *err);
pwwb_status wb_agent_beat_add(pwwb_agent *agent, const char *name, pwwb_error *err);
void        wb_agent_beat_count(pwwb_agent *agent, int32_t counter);
/* What is due now: ask directories, for a few seconds at most, or send. */
void        wb_agent_beat(pwwb_agent *agent);
/* It stops; the last of those that share heartbeats may send the last one. */
void        wb_agent_beat_leave(pwwb_agent *agent, int may_tell);
void        wb_agent_beat_free(pwwb_agent *agent);

#endif /* WB_AGENT_H */
