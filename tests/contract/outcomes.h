/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CONTRACT_OUTCOMES_H
#define CONTRACT_OUTCOMES_H

/* One outcome per send, and what each promises: looked for at the other side. */

#include <pthread.h>

#include "ledger.h"
#include "timing.h"

static inline int64_t
ct_healed_ms(void)
{
    return ct->heal_ms + ct->quiet_ms;
}

/* Room for three or so, or for none: some are told so, and none of these comes. */
static inline void
a_full_relay_is_never_taken_for_a_success(void)
{
    static ct_ledger l;
    ct_scene         s;
    int              i, told_full = 0;

    memset(&l, 0, sizeof(l));
    l.count = 12;
    ct_set_up(&s, 0);
    ct->fault(CT_FULL);
    for (i = 0; i < l.count; i++) {
        int64_t begun = ct_now_ms();

        told_full += ct_ledger_send(&l, i, s.portal, 300) == PWWB_E_FULL;
        CHECK_INT(0, ct_late_ms(begun, 300));
    }
    CHECK((ct->knows & CT_KNOWS_FULL) == 0 || told_full > 0);
    CHECK(l.told[l.count - 1] != PWWB_OK);
    ct->fault(CT_HEAL);
    s.agent = ct_connect(PWWB_RELAY_AGENT);
    ct_ledger_drain(&l, s.agent, NULL, ct_healed_ms());
    ct_ledger_check(&l);
    ct_sends(s.portal, "", "room");
    ct_gets(s.agent, "room");
    ct_tear_down(&s);
}

static inline void
what_goes_to_nobody_comes_to_nobody(void)
{
    ct_scene    s;
    int64_t     begun;
    pwwb_status st;

    ct_set_up(&s, 1);
    begun = ct_now_ms();
    st    = ct_send(s.agent, "0123456789abcdef", "lost", 2000);
    CHECK_INT(0, ct_late_ms(begun, 2000));
    if ((ct->knows & CT_KNOWS_NOBODY) != 0)
        CHECK_STATUS(PWWB_E_NO_AGENT, st);
    CHECK(ct_promise_of(st) != CT_NO_ANSWER);
    ct_quiet(s.agent, s.portal);
    ct_sends(s.agent, s.address, "found"); /* and the sender goes on */
    ct_gets(s.portal, "found");
    ct_tear_down(&s);
}

/* Its address is not given to the next one, so a late reply is not taken for another's. */
static inline void
a_reply_to_a_portal_that_is_gone_comes_to_nobody(void)
{
    ct_scene s;
    char     old[PWWB_ADDRESS_SIZE];

    ct_set_up(&s, 1);
    memcpy(old, s.address, sizeof(old));
    ct_free(&s.portal);
    s.portal = ct_connect(PWWB_RELAY_PORTAL);
    CHECK_STATUS(PWWB_OK, wb_transport_address(s.portal, s.address, NULL));
    CHECK(strcmp(old, s.address) != 0);
    CHECK(ct_promise_of(ct_send(s.agent, old, "late", 2000)) != CT_NO_ANSWER);
    ct_quiet(s.portal, s.agent);
    ct_tear_down(&s);
}

static inline void
an_address_outlives_its_connection(void)
{
    ct_scene s;
    ct_taken taken;
    char     again[PWWB_ADDRESS_SIZE];

    ct_set_up(&s, 1);
    ct->fault(CT_LOSE);
    ct_take_any(s.portal, s.agent, &taken, ct_healed_ms());
    CHECK_STATUS(PWWB_OK, wb_transport_address(s.portal, again, NULL));
    CHECK_STR(s.address, again);
    ct_sends(s.agent, s.address, "still");
    taken = ct_any_takes(s.portal, NULL, "still");
    ct_settles(&taken, PWWB_SETTLE_ACCEPT);
    ct_tear_down(&s);
}

/* Waiting requests, and one that an agent holds. */
static inline void
what_was_accepted_outlives_a_restart(void)
{
    static ct_ledger l;
    ct_scene         s;
    int              i;

    memset(&l, 0, sizeof(l));
    l.count = 20;
    ct_set_up(&s, 1);
    for (i = 0; i < l.count; i++)
        CHECK_STATUS(PWWB_OK, ct_ledger_send(&l, i, s.portal, ct->long_ms));
    ct_gets(s.agent, "m0");
    (void)ct_takes(s.agent, "m1");
    l.came[0]++;
    ct->fault(CT_RESTART);
    ct_ledger_drain(&l, s.agent, NULL, ct_healed_ms());
    ct_ledger_check(&l);
    ct_tear_down(&s);
}

static inline void
what_was_accepted_outlives_a_lost_connection(void)
{
    ct_scene s;
    ct_taken taken;

    ct_set_up(&s, 1);
    ct_sends(s.portal, "", "held");
    (void)ct_takes(s.agent, "held");
    ct->fault(CT_LOSE);
    taken = ct_any_takes(s.agent, NULL, "held");
    ct_settles(&taken, PWWB_SETTLE_ACCEPT);
    ct_quiet(s.agent, NULL);
    ct_tear_down(&s);
}

/* A verdict on what was held before the connection was lost does not touch what came since. */
static inline void
an_old_tag_settles_nothing_new(void)
{
    ct_scene s;
    ct_taken old, taken;

    ct_set_up(&s, 1);
    ct_sends(s.portal, "", "held");
    old = ct_takes(s.agent, "held");
    ct->fault(CT_LOSE);
    taken = ct_any_takes(s.agent, NULL, "held");
    CHECK(old.delivery.tag != taken.delivery.tag);
    CHECK_STATUS(PWWB_E_NOT_FOUND, ct_settle(&old, PWWB_SETTLE_ACCEPT));
    ct_free(&s.agent);
    s.agent = ct_connect(PWWB_RELAY_AGENT);
    taken   = ct_any_takes(s.agent, NULL, "held");
    ct_settles(&taken, PWWB_SETTLE_ACCEPT);
    ct_tear_down(&s);
}

static inline void
ct_run_outcomes(void)
{
    CT_RUN(CT_FULL, 0, a_full_relay_is_never_taken_for_a_success);
    RUN(what_goes_to_nobody_comes_to_nobody);
    RUN(a_reply_to_a_portal_that_is_gone_comes_to_nobody);
    CT_RUN(CT_LOSE, 0, an_address_outlives_its_connection);
    CT_RUN(CT_RESTART, 0, what_was_accepted_outlives_a_restart);
    CT_RUN(CT_LOSE, 0, what_was_accepted_outlives_a_lost_connection);
    CT_RUN(CT_LOSE, 0, an_old_tag_settles_nothing_new);
}

#endif /* CONTRACT_OUTCOMES_H */
