/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CONTRACT_SETTLING_H
#define CONTRACT_SETTLING_H

/* What becomes of a message that was received. */

#include "contract.h"

static inline void
what_is_accepted_is_gone(void)
{
    ct_scene s;

    ct_set_up(&s, 2);
    ct_sends(s.portal, "", "accepted");
    {
        ct_taken taken = ct_any_takes(s.agent, s.other, "accepted");

        ct_settles(&taken, PWWB_SETTLE_ACCEPT);
    }
    ct_quiet(s.agent, s.other);
    ct_free(&s.agent); /* who took it may go */
    ct_quiet(s.other, NULL);
    ct_tear_down(&s);
}

static inline void
what_is_rejected_does_not_come_again(void)
{
    ct_scene s;
    ct_taken taken;

    ct_set_up(&s, 2);
    ct_sends(s.portal, "", "poison");
    taken = ct_any_takes(s.agent, s.other, "poison");
    ct_settles(&taken, PWWB_SETTLE_REJECT);
    ct_quiet(s.agent, s.other);
    ct_sends(s.portal, "", "good");
    taken = ct_any_takes(s.agent, s.other, "good");
    ct_settles(&taken, PWWB_SETTLE_ACCEPT);
    ct_tear_down(&s);
}

static inline void
what_is_released_comes_again(void)
{
    ct_scene s;
    ct_taken taken;
    int      i;

    ct_set_up(&s, 2);
    ct_sends(s.portal, "", "released");
    for (i = 0; i < 5; i++) {
        taken = ct_any_takes(s.agent, s.other, "released");
        ct_settles(&taken, PWWB_SETTLE_RELEASE);
    }
    taken = ct_any_takes(s.agent, s.other, "released");
    ct_settles(&taken, PWWB_SETTLE_ACCEPT);
    ct_quiet(s.agent, s.other);
    ct_tear_down(&s);
}

/* Credit is one here: what an agent keeps for later holds up nobody, and comes again when it is given back. */
static inline void
what_is_held_holds_up_nobody(void)
{
    ct_scene s;
    ct_taken held, taken;

    ct_set_up(&s, 1);
    ct_sends(s.portal, "", "held");
    held = ct_takes(s.agent, "held");
    CHECK_STATUS(PWWB_OK, wb_transport_hold(s.agent, held.delivery.tag, NULL));
    ct_sends(s.portal, "", "good");
    taken = ct_takes(s.agent, "good");
    ct_settles(&taken, PWWB_SETTLE_ACCEPT);
    ct_settles(&held, PWWB_SETTLE_RELEASE);
    ct_gets(s.agent, "held");
    ct_tear_down(&s);
}

/* One that does not ask gets nothing, though it was the one that gave it back. */
static inline void
what_is_released_goes_to_another_that_asks(void)
{
    ct_scene s;
    ct_taken taken;

    ct_set_up(&s, 1);
    ct_sends(s.portal, "", "handed");
    taken   = ct_takes(s.agent, "handed");
    s.other = ct_connect(PWWB_RELAY_AGENT);
    ct_settles(&taken, PWWB_SETTLE_RELEASE);
    ct_free(&s.agent);
    ct_gets(s.other, "handed");
    ct_tear_down(&s);
}

static inline void
what_a_freed_agent_held_comes_again(void)
{
    ct_scene s;

    ct_set_up(&s, 1);
    ct_sends(s.portal, "", "held");
    (void)ct_takes(s.agent, "held");
    ct_free(&s.agent);
    s.other = ct_connect(PWWB_RELAY_AGENT);
    ct_gets(s.other, "held");
    ct_quiet(s.other, NULL);
    ct_tear_down(&s);
}

/* Also when its process ends without a word. */
static inline void
what_a_dead_agent_held_comes_again(void)
{
    ct_scene s;
    ct_taken taken;

    ct_set_up(&s, 0);
    ct_sends(s.portal, "", "held");
    ct->take_and_die("held");
    s.agent = ct_connect(PWWB_RELAY_AGENT);
    taken   = ct_any_takes(s.agent, NULL, "held");
    ct_settles(&taken, PWWB_SETTLE_ACCEPT);
    ct_quiet(s.agent, NULL);
    ct_tear_down(&s);
}

static inline void
only_what_is_held_can_be_settled_and_once(void)
{
    ct_scene s;
    ct_taken taken, not_ours;

    ct_set_up(&s, 1);
    ct_sends(s.portal, "", "once");
    taken    = ct_takes(s.agent, "once");
    not_ours = taken;
    not_ours.delivery.tag += 1000;
    CHECK_STATUS(PWWB_E_NOT_FOUND, ct_settle(&not_ours, PWWB_SETTLE_ACCEPT));
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, ct_settle(&taken, 0));
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, ct_settle(&taken, PWWB_SETTLE_REJECT + 1));
    ct_settles(&taken, PWWB_SETTLE_ACCEPT);
    CHECK_STATUS(PWWB_E_NOT_FOUND, ct_settle(&taken, PWWB_SETTLE_ACCEPT));
    CHECK_STATUS(PWWB_E_NOT_FOUND, ct_settle(&taken, PWWB_SETTLE_RELEASE));
    ct_quiet(s.agent, NULL);
    ct_tear_down(&s);
}

static inline void
one_duplicated_message_comes_twice_and_no_other(void)
{
    ct_scene s;

    ct_set_up(&s, 1);
    ct->fault(CT_DUPLICATE);
    ct_sends(s.portal, "", "twice");
    ct_sends(s.portal, "", "once");
    ct_gets(s.agent, "twice");
    ct_gets(s.agent, "twice");
    ct_gets(s.agent, "once");
    ct_quiet(s.agent, NULL);
    ct_tear_down(&s);
}

static inline void
ct_run_settling(void)
{
    RUN(what_is_accepted_is_gone);
    RUN(what_is_rejected_does_not_come_again);
    RUN(what_is_released_comes_again);
    RUN(what_is_held_holds_up_nobody);
    RUN(what_is_released_goes_to_another_that_asks);
    RUN(what_a_freed_agent_held_comes_again);
    RUN(what_a_dead_agent_held_comes_again);
    RUN(only_what_is_held_can_be_settled_and_once);
    CT_RUN(CT_DUPLICATE, 0, one_duplicated_message_comes_twice_and_no_other);
}

#endif /* CONTRACT_SETTLING_H */
