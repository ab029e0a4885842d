/* SPDX-License-Identifier: Apache-2.0 */
/* Heartbeats of a process of which some workers cannot reach the relay. rows: 8 */
#include "beats.h"

/* A worker that cannot reach the relay leaves heartbeats to those that can, whichever has its turn first; and the
 * last of those says that the process stops, though the other stops later. */
static void
a_worker_that_is_cut_off_holds_no_heartbeat_back(void)
{
    static world w;
    process     *p = &w.processes[0];
    int          i;

    world_make(&w, 1, 3);
    turn(&w);
    p->workers[0].is_cut = p->workers[2].is_cut = 1;
    run_for(&w, 10 * MINUTE, SECOND);
    CHECK_INT(3, w.instances[0].heard);
    CHECK_INT(0, p->workers[0].tries + p->workers[2].tries);
    p->workers[2].is_cut = 0;
    run_for(&w, 2 * SECOND, SECOND);
    for (i = 2; i >= 1; i--) {
        check_state(&w, PWWB_READY_UP);
        pwwb_agent_stop(p->workers[i].agent);
        turn(&w);
    }
    CHECK_INT(4, w.instances[0].heard);
    CHECK_INT(1, report_of(&w.instances[0]).agents_stopped);
    pwwb_agent_stop(p->workers[0].agent);
    turn(&w);
    CHECK_INT(4, w.instances[0].heard);
    CHECK_INT(0, p->workers[0].tries);
    world_drop(&w);
}

/* One that comes back after that, and is heard, says it again when it stops. */
static void
who_is_heard_after_the_last_word_has_one_of_its_own(void)
{
    static world w;
    process     *p = &w.processes[0];

    world_make(&w, 1, 2);
    turn(&w);
    p->workers[0].is_cut = 1;
    run_for(&w, 2 * SECOND, SECOND);
    pwwb_agent_stop(p->workers[1].agent);
    turn(&w);
    CHECK_INT(1, report_of(&w.instances[0]).agents_stopped);
    p->workers[0].is_cut = 0;
    run_for(&w, 6 * MINUTE, SECOND);
    check_state(&w, PWWB_READY_UP);
    pwwb_agent_stop(p->workers[0].agent);
    turn(&w);
    CHECK_INT(1, report_of(&w.instances[0]).agents_stopped);
    CHECK_INT(0, p->workers[0].tries);
    world_drop(&w);
}

/* Who is cut off and gone counts no more: it is still the last one that says so. */
static void
one_that_left_while_it_was_cut_off_is_not_counted(void)
{
    static world w;
    process     *p = &w.processes[0];

    world_make(&w, 1, 3);
    turn(&w);
    p->workers[0].is_cut = 1;
    run_for(&w, 2 * SECOND, SECOND);
    pwwb_agent_stop(p->workers[0].agent);
    turn(&w);
    pwwb_agent_stop(p->workers[2].agent);
    turn(&w);
    check_state(&w, PWWB_READY_UP);
    pwwb_agent_stop(p->workers[1].agent);
    turn(&w);
    CHECK_INT(1, report_of(&w.instances[0]).agents_stopped);
    CHECK_INT(2, w.instances[0].heard);
    world_drop(&w);
}

int
main(void)
{
    RUN(a_worker_that_is_cut_off_holds_no_heartbeat_back);
    RUN(who_is_heard_after_the_last_word_has_one_of_its_own);
    RUN(one_that_left_while_it_was_cut_off_is_not_counted);
    return DONE;
}
