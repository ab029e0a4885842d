/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CONTRACT_TIMING_H
#define CONTRACT_TIMING_H

/* Deadlines of calls, whatever state the connection is in, and the time after which a message does
 * not come any more. */

#include <pthread.h>

#include "contract.h"

static const int64_t ct_timeouts[] = {0, 60, 700};
#define CT_TIMEOUTS (sizeof(ct_timeouts) / sizeof(ct_timeouts[0]))

/* How many ms too late a call ended that began then. */
static inline int64_t
ct_late_ms(int64_t begun_ms, int64_t timeout_ms)
{
    int64_t late_ms = ct_now_ms() - begun_ms - timeout_ms - CT_SLACK;

    return late_ms > 0 ? late_ms : 0;
}

/* A wait that ends with a time-out has waited; one that ends otherwise says why. */
static inline void
ct_check_receive(pwwb_transport *t, int64_t timeout_ms, int may_be_lost)
{
    int64_t     begun = ct_now_ms();
    ct_taken    taken;
    pwwb_status st = ct_take(t, &taken, timeout_ms);

    CHECK_INT(0, ct_late_ms(begun, timeout_ms));
    if (st == PWWB_E_TIMEOUT)
        CHECK(ct_now_ms() - begun >= timeout_ms - 5);
    if (st != PWWB_E_TIMEOUT && !(may_be_lost && st == PWWB_E_CLOSED))
        CHECK_STATUS(may_be_lost ? PWWB_E_CONNECT : PWWB_E_TIMEOUT, st);
}

/* What a send is told while nothing goes through; never that it went. */
static inline pwwb_status
ct_check_unsent(pwwb_transport *t, const char *text, int64_t timeout_ms)
{
    int64_t     begun = ct_now_ms();
    pwwb_status st    = ct_send(t, "", text, timeout_ms);

    CHECK_INT(0, ct_late_ms(begun, timeout_ms));
    if (st != PWWB_E_TIMEOUT && st != PWWB_E_CLOSED)
        CHECK_STATUS(PWWB_E_CONNECT, st);
    return st;
}

static inline void
waiting_for_nothing_ends_in_time(void)
{
    ct_scene s;
    size_t   i;

    ct_set_up(&s, 1);
    for (i = 0; i < CT_TIMEOUTS; i++) {
        ct_check_receive(s.agent, ct_timeouts[i], 0);
        ct_check_receive(s.portal, ct_timeouts[i], 0);
    }
    ct_tear_down(&s);
}

/* A portal and an agent that holds a message; the agent's calls too end in time. What was surely not
 * sent does not come once the fault is over. */
static inline void
ct_check_calls_end_under(int32_t fault)
{
    pwwb_status told[2 * CT_TIMEOUTS];
    ct_scene    s;
    ct_taken    held, taken;
    char        text[12];
    size_t      i;

    ct_set_up(&s, 1);
    ct_sends(s.portal, "", "held");
    held = ct_takes(s.agent, "held");
    ct->fault(fault);
    for (i = 0; i < 2 * CT_TIMEOUTS; i++) {
        int64_t timeout_ms = ct_timeouts[i % CT_TIMEOUTS], begun;

        snprintf(text, sizeof(text), "u%zu", i);
        told[i] = ct_check_unsent(s.portal, text, timeout_ms);
        ct_check_receive(s.portal, timeout_ms, 1);
        begun = ct_now_ms();
        (void)wb_transport_settle(s.agent, held.delivery.tag + 1, PWWB_SETTLE_ACCEPT, timeout_ms,
                                  NULL);
        CHECK_INT(0, ct_late_ms(begun, timeout_ms));
        ct_check_receive(s.agent, timeout_ms, 1);
    }
    ct->fault(CT_HEAL);
    ct_free(&s.agent);
    s.agent = ct_connect(PWWB_RELAY_AGENT);
    while (ct_take_any(s.agent, NULL, &taken, ct->heal_ms + ct->quiet_ms) == PWWB_OK) {
        if (sscanf(taken.text, "u%zu", &i) == 1 && i < 2 * CT_TIMEOUTS)
            CHECK(told[i] != PWWB_E_CONNECT);
        ct_settles(&taken, PWWB_SETTLE_ACCEPT);
    }
    ct_tear_down(&s);
}

static inline void
every_call_ends_in_time_while_it_is_cut_off(void)
{
    ct_check_calls_end_under(CT_CUT);
}

static inline void
every_call_ends_in_time_while_it_is_frozen(void)
{
    ct_check_calls_end_under(CT_FREEZE);
}

/* ---- no limit ---- */

typedef struct ct_waiter {
    pwwb_transport *transport;
    ct_taken        taken;
} ct_waiter;

static inline void *
ct_wait_for_ever(void *arg)
{
    ct_waiter *w = arg;

    do
        ct_take(w->transport, &w->taken, -1);
    while (w->taken.status == PWWB_E_CLOSED || w->taken.status == PWWB_E_CONNECT);
    return NULL;
}

static inline void
ct_check_wakes(int32_t fault)
{
    ct_scene  s;
    ct_waiter w;
    pthread_t thread;
    ct_taken  taken;

    ct_set_up(&s, 1);
    w.transport = s.agent;
    CHECK_INT(0, pthread_create(&thread, NULL, ct_wait_for_ever, &w));
    ct_pause(50);
    if (fault != 0) {
        ct->fault(fault);
        ct_pause(500);
        ct->fault(CT_HEAL);
        ct_free(&s.portal); /* it may not know yet that its connection is lost */
        s.portal = ct_connect(PWWB_RELAY_PORTAL);
    }
    ct_sends(s.portal, "", "wake");
    pthread_join(thread, NULL);
    taken = w.taken;
    ct_check_text(&taken, "wake");
    ct_tear_down(&s);
}

static inline void
who_waits_without_limit_is_woken_by_a_message(void)
{
    ct_check_wakes(0);
}

static inline void
who_waits_without_limit_outlives_a_cut(void)
{
    ct_check_wakes(CT_CUT);
}

static inline void
who_waits_without_limit_outlives_a_lost_connection(void)
{
    ct_check_wakes(CT_LOSE);
}

/* ---- expiry ---- */

static inline void
ct_sends_for(pwwb_transport *from, const char *to, const char *text, int64_t ttl_ms)
{
    pwwb_message m = ct_message(to, text, ttl_ms);

    CHECK_STATUS(PWWB_OK, wb_transport_send(from, &m, ct->long_ms, NULL));
}

static inline void
what_is_expired_does_not_come(void)
{
    ct_scene s;

    ct_set_up(&s, 0);
    ct_sends_for(s.portal, "", "short", 400);
    ct_pause(450);
    s.agent = ct_connect(PWWB_RELAY_AGENT);
    ct_quiet(s.agent, NULL);
    ct_tear_down(&s);
}

/* The relay may look at its head only. */
static inline void
what_is_expired_behind_one_that_is_not_does_not_come(void)
{
    ct_scene s;

    ct_set_up(&s, 0);
    ct_sends_for(s.portal, "", "long", CT_TTL);
    ct_sends_for(s.portal, "", "short", 400);
    ct_sends_for(s.portal, "", "long too", CT_TTL);
    ct_pause(450);
    s.agent = ct_connect(PWWB_RELAY_AGENT);
    ct_gets(s.agent, "long");
    ct_gets(s.agent, "long too");
    ct_quiet(s.agent, NULL);
    ct_tear_down(&s);
}

/* Delivered to the agent's machine, and not asked for until it was too late. */
static inline void
what_expires_on_its_way_to_the_caller_does_not_come(void)
{
    ct_scene s;

    ct_set_up(&s, 1);
    ct_check_receive(s.agent, 60, 0);
    ct_sends_for(s.portal, "", "short", 400);
    ct_sends_for(s.agent, s.address, "short r", 400);
    ct_pause(450);
    ct_quiet(s.agent, s.portal);
    ct_sends(s.portal, "", "next");
    ct_gets(s.agent, "next");
    ct_tear_down(&s);
}

/* Given back too late it is gone. */
static inline void
what_expires_while_it_is_held_does_not_come_again(void)
{
    ct_scene s;
    ct_taken taken;

    ct_set_up(&s, 1);
    ct_sends_for(s.portal, "", "held", 600);
    taken = ct_takes(s.agent, "held");
    ct_pause(650);
    (void)ct_settle(&taken, PWWB_SETTLE_RELEASE);
    ct_quiet(s.agent, NULL);
    ct_tear_down(&s);
}

static inline void
ct_run_timing(void)
{
    RUN(waiting_for_nothing_ends_in_time);
    CT_RUN(CT_CUT, 0, every_call_ends_in_time_while_it_is_cut_off);
    CT_RUN(CT_FREEZE, 0, every_call_ends_in_time_while_it_is_frozen);
    RUN(who_waits_without_limit_is_woken_by_a_message);
    CT_RUN(CT_CUT, 0, who_waits_without_limit_outlives_a_cut);
    CT_RUN(CT_LOSE, 0, who_waits_without_limit_outlives_a_lost_connection);
    RUN(what_is_expired_does_not_come);
    RUN(what_is_expired_behind_one_that_is_not_does_not_come);
    CT_RUN(0, CT_KNOWS_TIME, what_expires_on_its_way_to_the_caller_does_not_come);
    RUN(what_expires_while_it_is_held_does_not_come_again);
}

#endif /* CONTRACT_TIMING_H */
