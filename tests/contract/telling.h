/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CONTRACT_TELLING_H
#define CONTRACT_TELLING_H

/* What a relay tells beside the messages: that one came before, that an agent listens; and what it
 * gives to everybody. */

#include "timing.h"

/* What may be said where `answer` is true: that, or that it is not known. */
static inline void
ct_check_answer(unsigned knows, int32_t answer, int32_t actual)
{
    if ((ct->knows & knows) != 0 || actual != PWWB_MAYBE)
        CHECK_INT(answer, actual);
    else
        CHECK_INT(PWWB_MAYBE, actual);
}

static inline void
a_message_is_marked_from_its_second_delivery_on(void)
{
    ct_scene s;
    ct_taken taken;
    int      i;

    ct_set_up(&s, 1);
    ct_sends(s.portal, "", "again");
    taken = ct_takes(s.agent, "again");
    ct_check_answer(CT_KNOWS_AGAIN, PWWB_NO, taken.delivery.is_redelivered);
    for (i = 0; i < 2; i++) {
        ct_settles(&taken, PWWB_SETTLE_RELEASE);
        taken = ct_takes(s.agent, "again");
        ct_check_answer(CT_KNOWS_AGAIN, PWWB_YES, taken.delivery.is_redelivered);
    }
    ct_free(&s.agent);
    s.agent = ct_connect(PWWB_RELAY_AGENT);
    ct_sends(s.portal, "", "new");
    taken = ct_takes(s.agent, "again");
    ct_check_answer(CT_KNOWS_AGAIN, PWWB_YES, taken.delivery.is_redelivered);
    ct_settles(&taken, PWWB_SETTLE_ACCEPT);
    taken = ct_takes(s.agent, "new");
    ct_check_answer(CT_KNOWS_AGAIN, PWWB_NO, taken.delivery.is_redelivered);
    ct_settles(&taken, PWWB_SETTLE_ACCEPT);
    ct_tear_down(&s);
}

static inline pwwb_status
ct_ask_presence(pwwb_transport *t, int32_t *ret_agents)
{
    int64_t     begun = ct_now_ms();
    pwwb_status st    = wb_transport_presence(t, ret_agents, NULL);

    CHECK_INT(0, ct_late_ms(begun, 0));
    return st;
}

static inline void
presence_follows_the_agents(void)
{
    ct_scene s;
    int32_t  agents;

    ct_set_up(&s, 0);
    CHECK_STATUS(PWWB_OK, ct_ask_presence(s.portal, &agents));
    ct_check_answer(CT_KNOWS_ITS_AGENT, PWWB_NO, agents);
    s.agent = ct_connect(PWWB_RELAY_AGENT);
    s.other = ct_connect(PWWB_RELAY_AGENT);
    CHECK_STATUS(PWWB_OK, ct_ask_presence(s.portal, &agents));
    ct_check_answer(CT_KNOWS_ITS_AGENT, PWWB_YES, agents);
    ct_free(&s.agent);
    CHECK_STATUS(PWWB_OK, ct_ask_presence(s.portal, &agents));
    ct_check_answer(CT_KNOWS_ITS_AGENT, PWWB_YES, agents);
    ct_free(&s.other);
    CHECK_STATUS(PWWB_OK, ct_ask_presence(s.portal, &agents));
    ct_check_answer(CT_KNOWS_ITS_AGENT, PWWB_NO, agents);
    ct_tear_down(&s);
}

/* Why the relay cannot be reached; and that it can, once it can. */
static inline void
presence_says_that_the_relay_cannot_be_reached(void)
{
    ct_scene    s;
    int32_t     agents;
    int64_t     end;
    pwwb_status st;

    ct_set_up(&s, 1);
    ct->fault(CT_CUT);
    ct_check_receive(s.portal, 700, 1);
    st = ct_ask_presence(s.portal, &agents);
    if (st != PWWB_E_CLOSED)
        CHECK_STATUS(PWWB_E_CONNECT, st);
    CHECK_INT(PWWB_MAYBE, agents);
    ct->fault(CT_HEAL);
    end = ct_now_ms() + ct->heal_ms;
    do {
        ct_check_receive(s.portal, 60, 1);
        st = ct_ask_presence(s.portal, &agents);
    } while (st != PWWB_OK && ct_now_ms() < end);
    CHECK_STATUS(PWWB_OK, st);
    ct_tear_down(&s);
}

/* Not by the first call that waits, and not only by one that sends. */
static inline void
a_relay_that_froze_is_noticed_in_time(void)
{
    ct_scene    s;
    ct_taken    taken;
    int32_t     agents;
    int64_t     begun;
    pwwb_status st = PWWB_OK;

    ct_set_up(&s, 1);
    ct->fault(CT_FREEZE);
    begun = ct_now_ms();
    while (st == PWWB_OK && ct_now_ms() < begun + 2 * ct->notice_ms) {
        (void)ct_take(s.portal, &taken, 20);
        st = ct_ask_presence(s.portal, &agents);
    }
    CHECK_INT(0, ct_late_ms(begun, ct->notice_ms));
    CHECK(st == PWWB_E_CLOSED || st == PWWB_E_CONNECT);
    ct->fault(CT_HEAL);
    ct_tear_down(&s);
}

static inline void
every_portal_gets_its_own_copy_of_a_heartbeat(void)
{
    ct_scene        s;
    pwwb_transport *all[3];
    ct_taken        taken;
    int             i;

    ct_set_up(&s, 1);
    for (i = 0; i < 3; i++)
        all[i] = ct_connect(PWWB_RELAY_PORTALS);
    ct_sends(s.agent, PWWB_ADDRESS_HEARTBEATS, "beat 1");
    ct_sends(s.agent, PWWB_ADDRESS_HEARTBEATS, "beat 2");
    for (i = 0; i < 3; i++) {
        ct_gets(all[i], "beat 1");
        ct_gets(all[i], "beat 2");
        ct_quiet(all[i], NULL);
    }
    ct_quiet(s.portal, s.agent);
    ct_sends(s.agent, PWWB_ADDRESS_PORTALS, "order");
    for (i = 0; i < 3 && ct_take(all[i], &taken, ct->quiet_ms) != PWWB_OK; i++)
        continue;
    ct_check_text(&taken, "order");
    ct_settles(&taken, PWWB_SETTLE_ACCEPT);
    for (i = 0; i < 3; i++) {
        ct_quiet(all[i], NULL);
        pwwb_transport_free(all[i]);
    }
    ct_tear_down(&s);
}

/* Nobody keeps a heartbeat for a portal that comes later. */
static inline void
a_heartbeat_that_nobody_hears_is_gone(void)
{
    ct_scene        s;
    pwwb_transport *late;

    ct_set_up(&s, 1);
    ct_sends(s.agent, PWWB_ADDRESS_HEARTBEATS, "unheard");
    late = ct_connect(PWWB_RELAY_PORTALS);
    ct_quiet(late, s.portal);
    ct_sends(s.agent, PWWB_ADDRESS_HEARTBEATS, "heard");
    ct_gets(late, "heard");
    pwwb_transport_free(late);
    ct_tear_down(&s);
}

static inline void
ct_run_telling(void)
{
    RUN(a_message_is_marked_from_its_second_delivery_on);
    RUN(presence_follows_the_agents);
    CT_RUN(CT_CUT, 0, presence_says_that_the_relay_cannot_be_reached);
    CT_RUN(CT_FREEZE, 0, a_relay_that_froze_is_noticed_in_time);
    RUN(every_portal_gets_its_own_copy_of_a_heartbeat);
    RUN(a_heartbeat_that_nobody_hears_is_gone);
}

#endif /* CONTRACT_TELLING_H */
