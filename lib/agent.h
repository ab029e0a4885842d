/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WB_AGENT_H
#define WB_AGENT_H

#include <pwwb/agent.h>

#include <stdatomic.h>

#include "log.h"
#include "writeback.h"

#define WB_AGENT_DIRECTORIES_MAX 32

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
    uint64_t           counts[PWWB_COUNT_RELEASED + 1];
    uint8_t            buf[PWWB_ENVELOPE_MAX + 1]; /* one more: too long shows */
};

/* agent_keys.c: the part of an agent whose keys change. All of them do nothing without an exchange. */
/* Once a second: what is due; orders go out. */
void wb_agent_keys_step(pwwb_agent *agent);
/* A message that is no request we can open. 1 = it was about keys, and is dealt with. */
int  wb_agent_keys_take(pwwb_agent *agent, size_t len);
/* Look into the store, once a second at most. 1 = there are other keys now. */
int  wb_agent_keys_reload(pwwb_agent *agent);

#endif /* WB_AGENT_H */
