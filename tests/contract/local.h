/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CONTRACT_LOCAL_H
#define CONTRACT_LOCAL_H

/* The relay in this process, as a maker. It has no wire that could be cut or frozen. */

#include "contract.h"

static pwwb_relay *local_relay;

static inline void
local_begin(void)
{
    CHECK_STATUS(PWWB_OK, pwwb_relay_new(65536, NULL, NULL, &local_relay, NULL));
}

static inline void
local_end(void)
{
    pwwb_relay_free(local_relay);
}

static inline pwwb_transport *
local_connect(int32_t end)
{
    pwwb_transport *t;

    CHECK_STATUS(PWWB_OK, pwwb_transport_new_relay(local_relay, end, &t, NULL));
    return t;
}

static inline pwwb_transport *
local_wait(pwwb_transport *t, int32_t end)
{
    (void)end;
    return t;
}

static inline void
local_fault(int32_t fault)
{
    int32_t  kind  = PWWB_RELAY_RESTART;
    uint32_t count = 1;

    if (fault == CT_DUPLICATE)
        kind = PWWB_RELAY_DUPLICATE;
    if (fault == CT_FULL || fault == CT_HEAL) {
        kind  = PWWB_RELAY_FULL;
        count = fault == CT_FULL ? 1000 : 0;
    }
    CHECK_STATUS(PWWB_OK, pwwb_relay_fault(local_relay, kind, count, NULL));
}

static inline void
local_take_and_die(const char *text)
{
    pwwb_transport *t = local_connect(PWWB_RELAY_AGENT);

    (void)ct_takes(t, text);
    pwwb_transport_free(t);
}

static const ct_maker local_maker = {
    .name         = "the relay in this process",
    .can          = CT_RESTART | CT_LOSE | CT_DUPLICATE | CT_FULL,
    .knows        = CT_KNOWS_FULL | CT_KNOWS_NOBODY | CT_KNOWS_AGAIN | CT_KNOWS_ITS_AGENT | CT_KNOWS_TIME,
    .long_ms      = 10000,
    .quiet_ms     = 40,
    .heal_ms      = 20,
    .storm        = 4000,
    .pace_ms      = 1,
    .begin        = local_begin,
    .end          = local_end,
    .connect      = local_connect,
    .wait         = local_wait,
    .fault        = local_fault,
    .take_and_die = local_take_and_die,
};

#endif /* CONTRACT_LOCAL_H */
