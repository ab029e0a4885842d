/* SPDX-License-Identifier: Apache-2.0 */
/* rows: 8 */
/* Wrong clocks, programs that start again, and what is given to a watch twice, late or in another order:
 * it makes the state worse, never better. */
#include "watches.h"

#define SKEW INT64_C(120000)

static void
a_clock_within_the_tolerance_is_right(void)
{
    scene   s;
    program p = program_of(1, 1), q = program_of(2, 1);

    scene_make(&s);
    p.ahead_ms = SKEW;
    q.ahead_ms = -SKEW;
    tell(&s, &p, PWWB_HEALTH_UP);
    CHECK_INT(SKEW, report(&s).skew_ms);
    tell(&s, &p, PWWB_HEALTH_STOPPING);
    tell(&s, &q, PWWB_HEALTH_UP);
    CHECK_INT(-SKEW, report(&s).skew_ms);
    CHECK_STATE(PWWB_READY_UP, &s);
    pass(&s, 5 * MINUTE);
    tell(&s, &q, PWWB_HEALTH_UP);
    CHECK_STATE(PWWB_READY_UP, &s);
    scene_drop(&s);
}

static void
check_skewed(scene *s, const sealed *m, pwwb_status expected, int64_t skew_ms)
{
    pwwb_watch_info r;

    CHECK_STATUS(expected, give(s, m));
    r = report(s);
    CHECK_INT(PWWB_READY_CLOCK_SKEW, r.state);
    CHECK_INT(PWWB_CODE_CLOCK, r.code);
    CHECK_INT(1, r.agents_skewed);
    CHECK_INT(skew_ms, r.skew_ms);
}

static void
a_clock_that_is_ahead_is_skew_until_it_is_set_right(void)
{
    scene   s;
    program p = program_of(1, 1);

    scene_make(&s);
    p.ahead_ms = SKEW + 1;
    check_skewed(&s, (sealed[]){say(&s, &p, PWWB_HEALTH_UP)}, PWWB_E_NOT_YET, SKEW + 1);
    CHECK_INT(0, report(&s).agents);
    CHECK_INT(0, report(&s).heard_ms);
    p.ahead_ms = 60 * MINUTE;
    check_skewed(&s, (sealed[]){say(&s, &p, PWWB_HEALTH_UP)}, PWWB_E_NOT_YET, 60 * MINUTE);
    p.ahead_ms = 0;
    tell(&s, &p, PWWB_HEALTH_UP);
    CHECK_STATE(PWWB_READY_UP, &s);
    scene_drop(&s);
}

static void
a_program_of_a_clock_ahead_may_start_again_with_a_right_one(void)
{
    scene   s;
    program p = program_of(1, 1), again = program_of(1, 2);

    scene_make(&s);
    tell(&s, &p, PWWB_HEALTH_UP);
    pass(&s, MINUTE);
    p.ahead_ms = 60 * MINUTE;
    check_skewed(&s, (sealed[]){say(&s, &p, PWWB_HEALTH_UP)}, PWWB_E_NOT_YET, 60 * MINUTE);
    pass(&s, MINUTE);
    tell(&s, &again, PWWB_HEALTH_UP);
    CHECK_STATE(PWWB_READY_UP, &s);
    scene_drop(&s);
}

/* While its last time is not believed, those that were right bar what is older yet. */
static void
a_wrong_clock_opens_no_door_for_an_older_boot(void)
{
    scene   s;
    program p = program_of(1, 1), again = program_of(1, 2);
    sealed  old, last;

    scene_make(&s);
    old = say(&s, &p, PWWB_HEALTH_UP);
    pass(&s, MINUTE);
    last = say(&s, &p, PWWB_HEALTH_STOPPING);
    CHECK_STATUS(PWWB_OK, give(&s, &last));
    again.ahead_ms = 60 * MINUTE;
    check_skewed(&s, (sealed[]){say(&s, &again, PWWB_HEALTH_UP)}, PWWB_E_NOT_YET, 60 * MINUTE);
    CHECK_STATUS(PWWB_E_REPLAYED, give(&s, &old));
    CHECK_STATUS(PWWB_E_REPLAYED, give(&s, &last));
    CHECK_STATE(PWWB_READY_CLOCK_SKEW, &s);
    scene_drop(&s);
}

static void
a_clock_that_is_far_behind_is_skew_until_it_is_set_right(void)
{
    scene   s;
    program p = program_of(1, 1);

    scene_make(&s);
    p.ahead_ms = -60 * MINUTE;
    check_skewed(&s, (sealed[]){say(&s, &p, PWWB_HEALTH_UP)}, PWWB_E_EXPIRED, -60 * MINUTE);
    pass(&s, 5 * MINUTE);
    check_skewed(&s, (sealed[]){say(&s, &p, PWWB_HEALTH_UP)}, PWWB_E_EXPIRED, -60 * MINUTE);
    p.ahead_ms = 0;
    tell(&s, &p, PWWB_HEALTH_UP);
    CHECK_STATE(PWWB_READY_UP, &s);
    scene_drop(&s);
}

/* One late heartbeat was delayed; two with five minutes between them are a clock. */
static void
a_clock_that_is_a_little_behind_is_skew_at_the_second_time(void)
{
    scene   s;
    program p = program_of(1, 1);
    sealed  m;

    scene_make(&s);
    p.ahead_ms = -4 * MINUTE;
    tell(&s, &p, PWWB_HEALTH_UP);
    CHECK_STATE(PWWB_READY_UP, &s);
    tell(&s, &p, PWWB_HEALTH_UP);
    CHECK_STATE(PWWB_READY_UP, &s);
    pass(&s, 5 * MINUTE);
    m = say(&s, &p, PWWB_HEALTH_UP);
    check_skewed(&s, &m, PWWB_OK, -4 * MINUTE);
    p.ahead_ms = 0;
    tell(&s, &p, PWWB_HEALTH_UP);
    CHECK_STATE(PWWB_READY_UP, &s);
    scene_drop(&s);
}

static void
one_wrong_clock_is_worse_than_one_right_clock_is_good(void)
{
    scene   s;
    program p = program_of(1, 1), q = program_of(2, 1);

    scene_make(&s);
    tell(&s, &p, PWWB_HEALTH_UP);
    q.ahead_ms = 60 * MINUTE;
    (void)give(&s, (sealed[]){say(&s, &q, PWWB_HEALTH_UP)});
    CHECK_STATE(PWWB_READY_CLOCK_SKEW, &s);
    CHECK_INT(1, report(&s).agents);
    pass(&s, 10 * MINUTE);
    tell(&s, &p, PWWB_HEALTH_UP);
    pass(&s, MINUTE + 1);
    CHECK_STATE(PWWB_READY_UP, &s); /* it fell silent */
    CHECK_INT(1, report(&s).agents_silent);
    scene_drop(&s);
}

static void
an_old_one_is_no_sign_of_skew_where_a_newer_one_is_known(void)
{
    scene   s;
    program p = program_of(1, 1), again = program_of(1, 2);
    sealed  old, older;

    scene_make(&s);
    older = say(&s, &p, PWWB_HEALTH_UP);
    old   = say(&s, &p, PWWB_HEALTH_UP);
    CHECK_STATUS(PWWB_OK, give(&s, &old));
    pass(&s, 20 * MINUTE);
    tell(&s, &again, PWWB_HEALTH_UP);
    CHECK_STATUS(PWWB_E_REPLAYED, give(&s, &old));
    CHECK_STATUS(PWWB_E_REPLAYED, give(&s, &older));
    CHECK_STATE(PWWB_READY_UP, &s);
    tell(&s, &again, PWWB_HEALTH_STOPPING);
    CHECK_STATUS(PWWB_E_REPLAYED, give(&s, &old));
    CHECK_STATE(PWWB_READY_UNREACHABLE, &s);
    scene_drop(&s);
}

/* What a relay recorded last week lowers a young watch, and raises none. */
static void
an_old_one_of_nobody_known_lowers(void)
{
    scene   s;
    program p = program_of(1, 1);
    sealed  old;

    scene_make(&s);
    old = say(&s, &p, PWWB_HEALTH_UP);
    pass(&s, 7 * 24 * 60 * MINUTE);
    CHECK_STATUS(PWWB_E_EXPIRED, give(&s, &old));
    CHECK_STATE(PWWB_READY_CLOCK_SKEW, &s);
    CHECK_INT(0, report(&s).agents);
    CHECK_STATUS(PWWB_E_REPLAYED, give(&s, &old));
    scene_drop(&s);
}

/* A history of one tenant: programs that speak, change, stop and start again, each heartbeat with the time
 * at which it was sent. */
#define EVENTS 24
#define RUNS   400

typedef struct event {
    int64_t at_ms;
    uint8_t id;
    int32_t health;
    sealed  m;
} event;

static uint32_t random_state;
static int64_t  tolerance; /* by so much clocks differ at most */

static uint32_t
draw(uint32_t below)
{
    random_state = random_state * 1664525u + 1013904223u;
    return (random_state >> 8) % below;
}

static void
live(scene *s, event *events)
{
    static const int32_t healths[] = {PWWB_HEALTH_UP, PWWB_HEALTH_UP, PWWB_HEALTH_DEGRADED,
                                      PWWB_HEALTH_DOWN, PWWB_HEALTH_STOPPING};
    program all[2] = {program_of(1, 1), program_of(2, 1)};
    int     i;

    for (i = 0; i < 2; i++)
        all[i].ahead_ms = tolerance > 0 ? (int64_t)draw(2 * (uint32_t)tolerance) - tolerance : 0;
    for (i = 0; i < EVENTS; i++) {
        program *p = &all[draw(2)];

        pass(s, 1000 + draw(200000));
        events[i].health = healths[draw(5)];
        events[i].id     = p->id;
        events[i].at_ms  = s->clock.wall_ms;
        events[i].m      = say(s, p, events[i].health);
        if (events[i].health == PWWB_HEALTH_STOPPING) {
            p->boot++;
            p->sequence = 0;
        }
    }
}

/* The best that could be said truly now. A liar may hide what he likes, so that is the best of what was said
 * within the time that a heartbeat counts for. */
static int32_t
best_truth(const event *events, int64_t now_ms)
{
    int32_t best = PWWB_READY_UNKNOWN; /* nobody heard: never better than that */
    int     i;

    for (i = 0; i < EVENTS; i++) {
        int64_t age = now_ms - events[i].at_ms;

        if (age < 0 || age > 11 * MINUTE + tolerance)
            continue;
        if (events[i].health == PWWB_HEALTH_UP)
            best = PWWB_READY_UP;
        else if (events[i].health == PWWB_HEALTH_DEGRADED && best < PWWB_READY_DEGRADED)
            best = PWWB_READY_DEGRADED;
    }
    return best;
}

static void
give_in_any_order(long states[PWWB_READY_UP + 1])
{
    static event events[EVENTS];
    long         better = 0;
    int          run, i;

    for (run = 0; run < RUNS; run++) {
        scene s;

        random_state = (uint32_t)run;
        scene_make(&s);
        live(&s, events);
        s.clock = (fake_clock){NOW, 5000};
        for (i = 0; i < 3 * EVENTS; i++) {
            const event *e = &events[draw(EVENTS)];
            int32_t      state;

            pass(&s, draw(120000));
            if (e->at_ms <= s.clock.wall_ms) /* nobody hears what was not said yet */
                (void)give(&s, &e->m);
            state = report(&s).state;
            states[state]++;
            better += state > best_truth(events, s.clock.wall_ms);
        }
        scene_drop(&s);
    }
    CHECK_INT(0, better);
}

static void
in_any_order_and_at_any_time_the_state_is_never_better_than_the_truth(void)
{
    long states[PWWB_READY_UP + 1] = {0};

    give_in_any_order(states);
    tolerance = SKEW;
    give_in_any_order(states);
    tolerance = 0;
    CHECK(states[PWWB_READY_UP] > 100 && states[PWWB_READY_DEGRADED] > 100
          && states[PWWB_READY_UNREACHABLE] > 100 && states[PWWB_READY_CLOCK_SKEW] > 100);
    printf("# %ld up, %ld degraded, %ld unknown, %ld unreachable, %ld skew\n", states[PWWB_READY_UP],
           states[PWWB_READY_DEGRADED], states[PWWB_READY_UNKNOWN], states[PWWB_READY_UNREACHABLE],
           states[PWWB_READY_CLOCK_SKEW]);
}

/* After everything was delivered as it was sent, whatever is given again: the state is what it was, or
 * worse. */
static void
what_is_given_again_changes_nothing_for_the_better(void)
{
    static event events[EVENTS];
    long         better = 0, same = 0;
    int          run, i;

    for (run = 0; run < RUNS; run++) {
        scene   s;
        int32_t before;

        random_state = (uint32_t)run + 1000000;
        scene_make(&s);
        live(&s, events);
        s.clock = (fake_clock){NOW, 5000};
        for (i = 0; i < EVENTS; i++) {
            pass(&s, events[i].at_ms - s.clock.wall_ms);
            CHECK_STATUS(PWWB_OK, give(&s, &events[i].m));
        }
        before = report(&s).state;
        for (i = 0; i < EVENTS; i++) {
            (void)give(&s, &events[draw(EVENTS)].m);
            better += report(&s).state > before;
            same += report(&s).state == before;
        }
        scene_drop(&s);
    }
    CHECK_INT(0, better);
    CHECK_INT(RUNS * EVENTS, same);
}

int
main(void)
{
    make_keys();
    RUN(a_clock_within_the_tolerance_is_right);
    RUN(a_clock_that_is_ahead_is_skew_until_it_is_set_right);
    RUN(a_program_of_a_clock_ahead_may_start_again_with_a_right_one);
    RUN(a_wrong_clock_opens_no_door_for_an_older_boot);
    RUN(a_clock_that_is_far_behind_is_skew_until_it_is_set_right);
    RUN(a_clock_that_is_a_little_behind_is_skew_at_the_second_time);
    RUN(one_wrong_clock_is_worse_than_one_right_clock_is_good);
    RUN(an_old_one_is_no_sign_of_skew_where_a_newer_one_is_known);
    RUN(an_old_one_of_nobody_known_lowers);
    RUN(in_any_order_and_at_any_time_the_state_is_never_better_than_the_truth);
    RUN(what_is_given_again_changes_nothing_for_the_better);
    drop_keys();
    return DONE;
}
