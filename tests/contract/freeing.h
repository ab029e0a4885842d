/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CONTRACT_FREEING_H
#define CONTRACT_FREEING_H

/* A transport is freed in whatever state it is: at once, and what it held is there for others. */

#include "timing.h"

static inline void
ct_check_frees(pwwb_transport **t)
{
    int64_t begun = ct_now_ms();

    ct_free(t);
    CHECK_INT(0, ct_late_ms(begun, 0));
}

static inline void
an_end_of_each_kind_is_freed_before_it_did_anything(void)
{
    pwwb_transport *t;
    int32_t         end;
    int             waited;

    ct_test++;
    ct->begin();
    for (end = PWWB_RELAY_AGENT; end <= PWWB_RELAY_PORTALS; end++)
        for (waited = 0; waited <= 1; waited++) {
            t = waited ? ct_connect(end) : ct->connect(end);
            CHECK(t != NULL);
            ct_check_frees(&t);
        }
    ct->end();
}

static inline void
an_agent_is_freed_with_messages_held_and_waiting(void)
{
    ct_scene s;

    ct_set_up(&s, 1);
    ct_sends(s.portal, "", "a");
    ct_sends(s.portal, "", "b");
    ct_sends(s.portal, "", "c");
    (void)ct_takes(s.agent, "a");
    ct_check_frees(&s.agent);
    s.agent = ct_connect(PWWB_RELAY_AGENT);
    ct_gets(s.agent, "a");
    ct_gets(s.agent, "b");
    ct_gets(s.agent, "c");
    ct_quiet(s.agent, NULL);
    ct_tear_down(&s);
}

static inline void
a_portal_is_freed_with_replies_waiting(void)
{
    ct_scene s;

    ct_set_up(&s, 1);
    ct_sends(s.agent, s.address, "a");
    ct_sends(s.agent, s.address, "b");
    (void)ct_takes(s.portal, "a");
    ct_check_frees(&s.portal);
    s.portal = ct_connect(PWWB_RELAY_PORTAL);
    ct_sends(s.portal, "", "on");
    ct_gets(s.agent, "on");
    ct_tear_down(&s);
}

/* Before it noticed, in the middle of trying again, and after it came back. */
static inline void
ct_check_frees_under(int32_t fault)
{
    static const int64_t after_ms[] = {0, 30, 400};
    ct_scene             s;
    ct_taken             taken;
    size_t               i;

    for (i = 0; i < sizeof(after_ms) / sizeof(after_ms[0]); i++) {
        ct_set_up(&s, 1);
        ct_sends(s.portal, "", "held");
        (void)ct_takes(s.agent, "held");
        ct->fault(fault);
        if (after_ms[i] > 0) {
            (void)ct_take(s.agent, &taken, after_ms[i]);
            (void)ct_send(s.portal, "", "unsure", after_ms[i]);
        }
        ct_check_frees(&s.agent);
        ct_check_frees(&s.portal);
        ct->fault(CT_HEAL);
        s.portal = ct_connect(PWWB_RELAY_PORTAL);
        s.agent  = ct_connect(PWWB_RELAY_AGENT);
        while (ct_take_any(s.agent, NULL, &taken, ct->long_ms + ct->heal_ms) == PWWB_OK &&
               strcmp(taken.text, "held") != 0)
            ct_settles(&taken, PWWB_SETTLE_ACCEPT);
        ct_check_text(&taken, "held");
        ct_tear_down(&s);
    }
}

static inline void
ends_are_freed_after_their_connection_was_lost(void)
{
    ct_check_frees_under(CT_LOSE);
}

static inline void
ends_are_freed_while_they_are_cut_off(void)
{
    ct_check_frees_under(CT_CUT);
}

static inline void
ends_are_freed_while_they_are_frozen(void)
{
    ct_check_frees_under(CT_FREEZE);
}

static inline void
ct_run_freeing(void)
{
    RUN(an_end_of_each_kind_is_freed_before_it_did_anything);
    RUN(an_agent_is_freed_with_messages_held_and_waiting);
    RUN(a_portal_is_freed_with_replies_waiting);
    CT_RUN(CT_LOSE, 0, ends_are_freed_after_their_connection_was_lost);
    CT_RUN(CT_CUT, 0, ends_are_freed_while_they_are_cut_off);
    CT_RUN(CT_FREEZE, 0, ends_are_freed_while_they_are_frozen);
}

#endif /* CONTRACT_FREEING_H */
