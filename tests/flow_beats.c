/* SPDX-License-Identifier: Apache-2.0 */
/* rows: 8 20 */
/* When heartbeats go, and how many: over a day, at changes, at the end; and that every instance of a
 * portal sees the same. */
#include "beats.h"
#include "faults.h"

#define DAY (24 * 60 * MINUTE)

static void
a_day_of_two_agents_with_three_workers_is_a_message_each_five_minutes(void)
{
    static world w;
    size_t       i;

    world_make(&w, 2, 3);
    turn(&w);
    check_state(&w, PWWB_READY_UP);
    for (i = 0; i < INSTANCES; i++)
        CHECK_INT(2, w.instances[i].heard); /* at once */
    run_for(&w, DAY, 10 * SECOND);
    for (i = 0; i < INSTANCES; i++) {
        pwwb_watch_info r = report_of(&w.instances[i]);

        CHECK_INT(2 + 2 * 288, w.instances[i].heard);
        CHECK_INT(2 + 2 * 288, w.instances[i].news);
        CHECK_INT(PWWB_READY_UP, r.state);
        CHECK_INT(2, r.agents);
        CHECK_INT(0, r.agents_silent + r.agents_stopped + r.agents_skewed);
        CHECK_INT(2, r.directories);
        CHECK_INT(2, r.directories_up);
        CHECK_INT(8, r.min_length);
        CHECK_INT(PWWB_YES, r.complexity);
        CHECK_INT(24, r.history_length);
        CHECK_INT(86400, r.min_age_s);
        CHECK_INT(0, r.max_age_s);
    }
    printf("# %ld messages to each instance in a day and its first moment\n", w.instances[0].heard);
    /* the rules were asked for once for each heartbeat, whatever the number of workers */
    CHECK_INT(289, w.processes[0].sites[0].summaries);
    CHECK_INT(289, w.processes[1].sites[1].summaries);
    world_drop(&w);
}

static void
without_an_id_none_is_sent_and_nobody_is_asked(void)
{
    static world       w;
    pwwb_agent_options o = {.size = sizeof(o)};
    pwwb_agent        *agent;

    world_prepare(&w, 0, 0);
    o.keyring   = w.keys;
    o.transport = w.replies;
    o.journal   = w.journal;
    CHECK_STATUS(PWWB_OK, pwwb_agent_new(&o, &agent, NULL));
    CHECK_STATUS(PWWB_E_TIMEOUT, pwwb_agent_step(agent, 0, NULL));
    CHECK_INT(PWWB_MAYBE, pwwb_agent_is_up(agent, ""));
    turn(&w);
    CHECK_INT(0, w.instances[0].heard);
    check_state(&w, PWWB_READY_UNREACHABLE); /* the relay says that nobody listens */
    pwwb_agent_free(agent);
    world_drop(&w);
}

/* Any worker tells the same. */
static void
check_up(world *w, int32_t first, int32_t second)
{
    size_t i;

    for (i = 0; i < 3; i++) {
        CHECK_INT(first, pwwb_agent_is_up(w->processes[0].workers[i].agent, names[0]));
        CHECK_INT(second, pwwb_agent_is_up(w->processes[0].workers[i].agent, names[1]));
    }
    CHECK_INT(PWWB_MAYBE, pwwb_agent_is_up(w->processes[0].workers[0].agent, "nowhere"));
}

/* Noticed at the heartbeat's own question; noticed when it is back, within the half minute. */
static void
a_change_of_health_is_told_by_one_message_more(void)
{
    static world w;
    long         heard;

    world_make(&w, 1, 3);
    check_up(&w, PWWB_MAYBE, PWWB_MAYBE);
    turn(&w);
    check_up(&w, PWWB_YES, PWWB_YES);
    break_site(&w, 0, 1, PWWB_E_CONNECT);
    run_for(&w, 5 * MINUTE, 10 * SECOND);
    check_up(&w, PWWB_YES, PWWB_NO);
    CHECK_INT(2, w.instances[0].heard); /* the one that was due says it */
    check_state(&w, PWWB_READY_DEGRADED);
    CHECK_INT(1, report_of(&w.instances[1]).directories_up);
    CHECK_INT(-1, report_of(&w.instances[1]).min_length); /* not known of one */
    run_for(&w, MINUTE, 10 * SECOND);
    CHECK_INT(2, w.instances[0].heard);
    break_site(&w, 0, 1, PWWB_OK);
    run_for(&w, 30 * SECOND, 10 * SECOND);
    check_up(&w, PWWB_YES, PWWB_YES);
    heard = w.instances[0].heard;
    CHECK_INT(3, heard);
    check_state(&w, PWWB_READY_UP);
    CHECK_INT(8, report_of(&w.instances[1]).min_length);
    run_for(&w, 10 * MINUTE, 10 * SECOND);
    CHECK_INT(heard + 2, w.instances[0].heard); /* and the others go when they would have gone */
    world_drop(&w);
}

static void
no_directory_at_all_is_unreachable_and_comes_back_the_same_way(void)
{
    static world w;

    world_make(&w, 1, 1);
    break_site(&w, 0, 0, PWWB_E_TIMEOUT);
    break_site(&w, 0, 1, PWWB_E_AUTH);
    turn(&w);
    check_state(&w, PWWB_READY_UNREACHABLE);
    CHECK_INT(PWWB_CODE_UNREACHABLE, report_of(&w.instances[0]).code);
    CHECK_INT(1, report_of(&w.instances[0]).agents);
    break_site(&w, 0, 0, PWWB_OK);
    run_for(&w, 30 * SECOND, 5 * SECOND);
    check_state(&w, PWWB_READY_DEGRADED);
    break_site(&w, 0, 1, PWWB_OK);
    run_for(&w, 30 * SECOND, 5 * SECOND);
    check_state(&w, PWWB_READY_UP);
    CHECK_INT(3, w.instances[0].heard);
    world_drop(&w);
}

/* The directory is asked at once, and the answer told; so nobody else has to suffer first. */
static void
a_request_that_fails_makes_the_change_known_at_once(void)
{
    static world w;
    pwwb_portal *portal;

    world_make(&w, 1, 3);
    portal = portal_of(&w, NULL);
    turn(&w);
    run_for(&w, 20 * SECOND, SECOND);
    CHECK_INT(PWWB_CODE_OK, ask(&w, portal, 0, "Horse-Correct-16"));
    break_site(&w, 0, 1, PWWB_E_CONNECT);
    CHECK_INT(PWWB_CODE_UNREACHABLE, ask(&w, portal, 1, "Horse-Correct-16"));
    turn(&w);
    CHECK_INT(2, w.instances[0].heard);
    check_state(&w, PWWB_READY_DEGRADED);
    CHECK_INT(2, (intmax_t)report_of(&w.instances[0]).counters[PWWB_COUNT_RECEIVED]);
    CHECK_INT(1, (intmax_t)report_of(&w.instances[0]).counters[PWWB_COUNT_SET]);
    CHECK_INT(1, (intmax_t)report_of(&w.instances[0]).counters[PWWB_COUNT_NOT_SET]);
    pwwb_portal_free(portal);
    world_drop(&w);
}

/* The directory answers the question that follows. */
static void
one_request_that_fails_by_itself_changes_nothing(void)
{
    static world w;
    pwwb_portal *portal;

    world_make(&w, 1, 1);
    portal = portal_of(&w, NULL);
    turn(&w);
    run_for(&w, 20 * SECOND, SECOND);
    w.processes[0].sites[0].fake.set_fault = (fake_fault){.nth = 1, .status = PWWB_E_TIMEOUT};
    CHECK_INT(PWWB_CODE_OUTCOME_UNKNOWN, ask(&w, portal, 0, "Horse-Correct-16"));
    run_for(&w, 60 * SECOND, SECOND);
    CHECK_INT(2, w.processes[0].sites[0].summaries);
    CHECK_INT(1, w.instances[0].heard);
    check_state(&w, PWWB_READY_UP);
    pwwb_portal_free(portal);
    world_drop(&w);
}

/* What comes and goes each second, and somebody asks each second. */
static void
a_directory_that_comes_and_goes_makes_no_flood(void)
{
    static world w;
    pwwb_portal *portal;
    int          i;

    world_make(&w, 1, 1);
    portal = portal_of(&w, NULL);
    turn(&w);
    for (i = 0; i < 299; i++) {
        break_site(&w, 0, 0, i % 3 ? PWWB_E_CLOSED : PWWB_OK);
        (void)ask(&w, portal, 1, "Horse-Correct-16");
        run_for(&w, SECOND, SECOND);
    }
    CHECK(w.instances[0].heard > 5);
    CHECK(w.instances[0].heard <= 1 + 299 / 10);
    printf("# %ld messages in five minutes\n", w.instances[0].heard);
    pwwb_portal_free(portal);
    world_drop(&w);
}

static void
the_last_worker_that_stops_says_so_once(void)
{
    static world w;
    process     *p = &w.processes[0];
    int          i;

    world_make(&w, 1, 3);
    turn(&w);
    for (i = 0; i < 3; i++) {
        CHECK_INT(1, w.instances[1].heard);
        check_state(&w, PWWB_READY_UP);
        pwwb_agent_stop(p->workers[i].agent);
        CHECK_STATUS(PWWB_E_STOPPED, pwwb_agent_step(p->workers[i].agent, 0, NULL));
        CHECK_STATUS(PWWB_E_STOPPED, pwwb_agent_step(p->workers[i].agent, 0, NULL));
        turn(&w);
    }
    CHECK_INT(2, w.instances[1].heard);
    check_state(&w, PWWB_READY_UNREACHABLE);
    CHECK_INT(1, report_of(&w.instances[0]).agents_stopped);
    run_for(&w, 10 * MINUTE, MINUTE);
    CHECK_INT(2, w.instances[1].heard);
    world_drop(&w);
}

/* Another boot of the same agent counts at once; one that died is silent, not stopped. */
static void
a_process_that_starts_again_is_heard_at_once(void)
{
    static world w;

    world_make(&w, 1, 2);
    turn(&w);
    process_end(&w, 0);
    pass(&w, SECOND);
    turn(&w);
    CHECK_INT(1, w.instances[0].heard);
    CHECK_INT(0, report_of(&w.instances[0]).agents_stopped);
    process_start(&w, 0);
    pass(&w, SECOND);
    turn(&w);
    CHECK_INT(2, w.instances[0].news);
    check_state(&w, PWWB_READY_UP);
    CHECK_INT(1, report_of(&w.instances[0]).agents);
    process_end(&w, 0);
    run_for(&w, 11 * MINUTE + SECOND, SECOND);
    check_state(&w, PWWB_READY_UNREACHABLE);
    CHECK_INT(1, report_of(&w.instances[0]).agents_silent);
    world_drop(&w);
}

/* One that was not sent is sent again, and no other is sent for it. */
static void
what_the_relay_did_not_take_is_sent_again(void)
{
    static world w;

    world_make(&w, 1, 1);
    CHECK_STATUS(PWWB_OK, pwwb_relay_fault(w.relay, PWWB_RELAY_FULL, 2, NULL));
    turn(&w);
    CHECK_INT(0, w.instances[0].heard);
    run_for(&w, 9 * SECOND, SECOND);
    CHECK_INT(0, w.instances[0].heard);
    run_for(&w, 11 * SECOND, SECOND);
    CHECK_INT(1, w.instances[0].heard);
    CHECK_INT(1, w.processes[0].sites[0].summaries);
    run_for(&w, 5 * MINUTE, SECOND);
    CHECK_INT(2, w.instances[0].heard);
    world_drop(&w);
}

static void
another_period_is_kept_as_well(void)
{
    static world w;

    world_prepare(&w, 1, 2);
    w.heartbeat_s = 60;
    process_start(&w, 0);
    turn(&w);
    run_for(&w, 60 * MINUTE, SECOND);
    CHECK_INT(61, w.instances[0].heard);
    world_drop(&w);
}

static void
options_that_do_not_fit_each_other_are_refused(void)
{
    static world       w;
    pwwb_agent_options o = {.size = sizeof(o)};
    pwwb_agent        *agent;

    world_make(&w, 1, 2);
    o.keyring     = w.keys;
    o.transport   = w.replies;
    o.journal     = w.journal;
    o.heartbeat_s = 301;
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_agent_new(&o, &agent, NULL));
    o.heartbeat_s = -1;
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_agent_new(&o, &agent, NULL));
    o.heartbeat_s = 0;
    o.reserved    = 1;
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_agent_new(&o, &agent, NULL));
    o.reserved = 0;
    o.lead     = w.processes[0].workers[1].agent; /* which has a lead itself */
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_agent_new(&o, &agent, NULL));
    o.lead        = w.processes[0].workers[0].agent;
    o.agent_id[0] = 1;
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_agent_new(&o, &agent, NULL));
    CHECK(agent == NULL);
    world_drop(&w);
}

/* Start, heartbeat and stop, with each allocation failing once: it goes on, and says so later. */
static void
running_out_of_memory_anywhere_is_survived(void)
{
    static world w;
    long         calls, nth;

    world_prepare(&w, 1, 2);
    faults_count();
    process_start(&w, 0);
    turn(&w);
    calls = faults_stop();
    CHECK(calls > 10);
    process_end(&w, 0);
    for (nth = 1; nth <= calls; nth++) {
        pwwb_status st;

        pass(&w, MINUTE);
        faults_fail(nth);
        st = worker_make(&w, 0, 0);
        if (st == PWWB_OK)
            st = worker_make(&w, 0, 1);
        turn(&w);
        faults_stop();
        CHECK(st == PWWB_OK || st == PWWB_E_NO_MEMORY);
        run_for(&w, 20 * SECOND, SECOND);
        if (st == PWWB_OK)
            check_state(&w, PWWB_READY_UP);
        process_end(&w, 0);
    }
    world_drop(&w);
}

int
main(void)
{
    RUN(a_day_of_two_agents_with_three_workers_is_a_message_each_five_minutes);
    RUN(without_an_id_none_is_sent_and_nobody_is_asked);
    RUN(a_change_of_health_is_told_by_one_message_more);
    RUN(no_directory_at_all_is_unreachable_and_comes_back_the_same_way);
    RUN(a_request_that_fails_makes_the_change_known_at_once);
    RUN(one_request_that_fails_by_itself_changes_nothing);
    RUN(a_directory_that_comes_and_goes_makes_no_flood);
    RUN(the_last_worker_that_stops_says_so_once);
    RUN(a_process_that_starts_again_is_heard_at_once);
    RUN(what_the_relay_did_not_take_is_sent_again);
    RUN(another_period_is_kept_as_well);
    RUN(options_that_do_not_fit_each_other_are_refused);
    RUN(running_out_of_memory_anywhere_is_survived);
    return DONE;
}
