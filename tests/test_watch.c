/* SPDX-License-Identifier: Apache-2.0 */
/* rows: 8 */
/* Every state of the service, and how one follows another. */
#include "faults.h"
#include "watches.h"

static void
it_is_unknown_until_somebody_was_heard_and_then_unreachable(void)
{
    scene s;

    scene_make(&s);
    CHECK_STATE(PWWB_READY_UNKNOWN, &s);
    CHECK_INT(PWWB_CODE_OK, report(&s).code);
    pass(&s, 11 * MINUTE);
    CHECK_STATE(PWWB_READY_UNKNOWN, &s);
    pass(&s, 1);
    CHECK_STATE(PWWB_READY_UNREACHABLE, &s);
    CHECK_INT(PWWB_CODE_AGENT_DOWN, report(&s).code);
    CHECK_INT(0, report(&s).heard_ms);
    CHECK_INT(-1, report(&s).key_age_s);
    scene_drop(&s);
}

static void
it_is_up_for_eleven_minutes_after_a_heartbeat(void)
{
    scene           s;
    program         p = program_of(1, 1);
    pwwb_watch_info r;

    scene_make(&s);
    tell(&s, &p, PWWB_HEALTH_UP);
    pass(&s, 11 * MINUTE);
    r = report(&s);
    CHECK_INT(PWWB_READY_UP, r.state);
    CHECK_INT(PWWB_CODE_OK, r.code);
    CHECK_INT(1, r.agents);
    CHECK_INT(1, r.agents_up);
    CHECK_INT(NOW, r.heard_ms);
    CHECK_INT(0, r.skew_ms);
    CHECK_INT(PWWB_VERSION_NUMBER, r.version);
    CHECK_INT(1, (intmax_t)r.counters[PWWB_COUNT_SET]);
    CHECK(r.key_age_s >= 0);
    pass(&s, 1);
    r = report(&s);
    CHECK_INT(PWWB_READY_UNREACHABLE, r.state);
    CHECK_INT(PWWB_CODE_AGENT_DOWN, r.code);
    CHECK_INT(0, r.agents);
    CHECK_INT(1, r.agents_silent);
    CHECK_INT(-1, r.min_length);
    CHECK_INT(PWWB_MAYBE, r.complexity);
    tell(&s, &p, PWWB_HEALTH_UP);
    CHECK_STATE(PWWB_READY_UP, &s);
    scene_drop(&s);
}

/* One that was on its way for four minutes says that somebody was alive four minutes ago. */
static void
what_comes_late_is_as_old_as_it_says(void)
{
    scene   s;
    program p = program_of(1, 1);
    sealed  m;

    scene_make(&s);
    m = say(&s, &p, PWWB_HEALTH_UP);
    pass(&s, 4 * MINUTE);
    CHECK_STATUS(PWWB_OK, give(&s, &m));
    CHECK_STATE(PWWB_READY_UP, &s);
    pass(&s, 7 * MINUTE);
    CHECK_STATE(PWWB_READY_UP, &s);
    pass(&s, 1);
    CHECK_STATE(PWWB_READY_UNREACHABLE, &s);
    scene_drop(&s);
}

static void
stopping_of_the_last_agent_is_unreachable_at_once(void)
{
    scene   s;
    program p = program_of(1, 1), q = program_of(2, 1), again = program_of(1, 2);

    scene_make(&s);
    tell(&s, &p, PWWB_HEALTH_UP);
    tell(&s, &q, PWWB_HEALTH_UP);
    tell(&s, &p, PWWB_HEALTH_STOPPING);
    CHECK_STATE(PWWB_READY_UP, &s);
    CHECK_INT(1, report(&s).agents);
    CHECK_INT(1, report(&s).agents_stopped);
    tell(&s, &q, PWWB_HEALTH_STOPPING);
    CHECK_STATE(PWWB_READY_UNREACHABLE, &s);
    CHECK_INT(PWWB_CODE_AGENT_DOWN, report(&s).code);
    CHECK_INT(2, report(&s).agents_stopped);
    pass(&s, 1000);
    tell(&s, &again, PWWB_HEALTH_UP);
    CHECK_STATE(PWWB_READY_UP, &s);
    CHECK_INT(1, report(&s).agents_stopped);
    scene_drop(&s);
}

static void
it_is_degraded_while_an_agent_lacks_a_directory_and_unreachable_when_all_lack_all(void)
{
    scene           s;
    program         p = program_of(1, 1), q = program_of(2, 1);
    pwwb_watch_info r;

    scene_make(&s);
    tell(&s, &p, PWWB_HEALTH_UP);
    q.up = 1;
    tell(&s, &q, PWWB_HEALTH_DEGRADED);
    r = report(&s);
    CHECK_INT(PWWB_READY_DEGRADED, r.state);
    CHECK_INT(PWWB_CODE_OK, r.code);
    CHECK_INT(2, r.agents_up);
    CHECK_INT(2, r.directories);
    CHECK_INT(1, r.directories_up);
    q.up = 0;
    tell(&s, &q, PWWB_HEALTH_DOWN);
    r = report(&s);
    CHECK_INT(PWWB_READY_DEGRADED, r.state);
    CHECK_INT(1, r.agents_up);
    CHECK_INT(0, r.directories_up);
    p.up = 0;
    tell(&s, &p, PWWB_HEALTH_DOWN);
    r = report(&s);
    CHECK_INT(PWWB_READY_UNREACHABLE, r.state);
    CHECK_INT(PWWB_CODE_UNREACHABLE, r.code);
    CHECK_INT(2, r.agents);
    CHECK_INT(0, r.agents_up);
    q.up = 2;
    tell(&s, &q, PWWB_HEALTH_UP);
    CHECK_STATE(PWWB_READY_DEGRADED, &s);
    p.up = 2;
    tell(&s, &p, PWWB_HEALTH_UP);
    CHECK_STATE(PWWB_READY_UP, &s);
    scene_drop(&s);
}

static void
an_older_library_is_up_but_outdated_and_less_than_degraded_says(void)
{
    scene   s;
    program p = program_of(1, 1), q = program_of(2, 1);

    scene_make_with(&s, (pwwb_watch_options){.keyring = keys, .version_least = 300});
    p.version = 300;
    q.version = 299;
    tell(&s, &p, PWWB_HEALTH_UP);
    CHECK_STATE(PWWB_READY_UP, &s);
    tell(&s, &q, PWWB_HEALTH_UP);
    CHECK_STATE(PWWB_READY_OUTDATED, &s);
    CHECK_INT(PWWB_CODE_OK, report(&s).code);
    CHECK_INT(299, report(&s).version);
    tell(&s, &p, PWWB_HEALTH_DEGRADED);
    CHECK_STATE(PWWB_READY_DEGRADED, &s);
    tell(&s, &q, PWWB_HEALTH_STOPPING);
    tell(&s, &p, PWWB_HEALTH_UP);
    CHECK_STATE(PWWB_READY_UP, &s);
    scene_drop(&s);
}

static void
by_itself_a_watch_takes_its_own_version_for_current(void)
{
    scene   s;
    program p = program_of(1, 1);

    scene_make(&s);
    p.version--;
    tell(&s, &p, PWWB_HEALTH_UP);
    CHECK_STATE(PWWB_READY_OUTDATED, &s);
    p.version += 2;
    tell(&s, &p, PWWB_HEALTH_UP);
    CHECK_STATE(PWWB_READY_UP, &s);
    scene_drop(&s);
}

/* Presence is nobody's word. */
static void
presence_lowers_and_never_raises(void)
{
    static const pwwb_status unreachable[] = {PWWB_E_CONNECT, PWWB_E_AUTH, PWWB_E_TLS_CA,
                                              PWWB_E_CLOSED};
    scene   s;
    program p = program_of(1, 1);
    size_t  i;

    scene_make(&s);
    pwwb_watch_presence(s.watch, PWWB_OK, PWWB_YES);
    CHECK_STATE(PWWB_READY_UNKNOWN, &s);
    pwwb_watch_presence(s.watch, PWWB_OK, PWWB_NO);
    CHECK_STATE(PWWB_READY_UNREACHABLE, &s);
    CHECK_INT(PWWB_CODE_AGENT_DOWN, report(&s).code);
    tell(&s, &p, PWWB_HEALTH_UP);
    CHECK_STATE(PWWB_READY_UNREACHABLE, &s);
    pwwb_watch_presence(s.watch, PWWB_OK, PWWB_MAYBE);
    CHECK_STATE(PWWB_READY_UP, &s);
    for (i = 0; i < COUNT(unreachable); i++) {
        pwwb_watch_presence(s.watch, unreachable[i], PWWB_MAYBE);
        CHECK_STATE(PWWB_READY_UNREACHABLE, &s);
        CHECK_INT(PWWB_CODE_UNREACHABLE, report(&s).code);
    }
    tell(&s, &p, PWWB_HEALTH_DEGRADED);
    pwwb_watch_presence(s.watch, PWWB_OK, PWWB_YES);
    CHECK_STATE(PWWB_READY_DEGRADED, &s);
    tell(&s, &p, PWWB_HEALTH_STOPPING);
    pwwb_watch_presence(s.watch, PWWB_OK, PWWB_YES);
    CHECK_STATE(PWWB_READY_UNREACHABLE, &s);
    pwwb_watch_presence(NULL, PWWB_OK, PWWB_NO);
    scene_drop(&s);
}

static void
what_presence_said_is_forgotten_after_a_while(void)
{
    scene   s;
    program p = program_of(1, 1);

    scene_make(&s);
    pwwb_watch_presence(s.watch, PWWB_OK, PWWB_NO);
    pass(&s, 11 * MINUTE);
    tell(&s, &p, PWWB_HEALTH_UP);
    CHECK_STATE(PWWB_READY_UNREACHABLE, &s);
    pass(&s, 1);
    CHECK_STATE(PWWB_READY_UP, &s);
    scene_drop(&s);
}

static void
a_forged_or_foreign_one_is_nothing(void)
{
    scene   s;
    program p = program_of(1, 1);
    sealed  m;

    scene_make(&s);
    m = say_with(&s, &p, PWWB_HEALTH_UP, other_keys);
    CHECK_STATUS(PWWB_E_KEY_UNKNOWN, give(&s, &m));
    m = say(&s, &p, PWWB_HEALTH_UP);
    m.octets[m.len - 1] ^= 1;
    CHECK_STATUS(PWWB_E_NOT_AUTHENTIC, give(&s, &m));
    m.len = 3;
    CHECK_STATUS(PWWB_E_MALFORMED, give(&s, &m));
    CHECK_STATE(PWWB_READY_UNKNOWN, &s);
    m = say_with(&s, &p, PWWB_HEALTH_UP, other_keys);
    CHECK_STATUS(PWWB_OK, pwwb_watch_take(s.watch, other_keys, m.octets, m.len, NULL));
    CHECK_STATE(PWWB_READY_UP, &s);
    scene_drop(&s);
}

/* The weakest rules of those that are alive. */
static void
rules_are_the_weakest_of_all_that_are_alive(void)
{
    scene   s;
    program p = program_of(1, 1), q = program_of(2, 1);

    scene_make(&s);
    tell(&s, &p, PWWB_HEALTH_UP);
    CHECK_INT(8, report(&s).min_length);
    CHECK_INT(PWWB_YES, report(&s).complexity);
    CHECK_INT(PWWB_POLICY_DOMAIN, report(&s).rules_source);
    CHECK_INT(0, report(&s).max_age_s);
    CHECK_INT(-1, report(&s).min_age_s);
    q.min_length = 6;
    q.complexity = PWWB_NO;
    q.source     = PWWB_POLICY_PPOLICY;
    tell(&s, &q, PWWB_HEALTH_UP);
    CHECK_INT(6, report(&s).min_length);
    CHECK_INT(PWWB_NO, report(&s).complexity);
    CHECK_INT(PWWB_POLICY_PPOLICY, report(&s).rules_source);
    q.min_length = -1;
    q.complexity = PWWB_MAYBE;
    tell(&s, &q, PWWB_HEALTH_UP);
    CHECK_INT(-1, report(&s).min_length);
    CHECK_INT(PWWB_MAYBE, report(&s).complexity);
    tell(&s, &q, PWWB_HEALTH_STOPPING);
    CHECK_INT(8, report(&s).min_length);
    scene_drop(&s);
}

/* Sixty-four; then one that is gone for half an hour makes room, and none before. */
static void
the_number_of_agents_is_bounded_and_who_is_long_gone_makes_room(void)
{
    scene   s;
    program p, last = program_of(200, 1), gone = program_of(1, 1);
    uint8_t i;

    scene_make(&s);
    tell(&s, &gone, PWWB_HEALTH_UP);
    tell(&s, &gone, PWWB_HEALTH_STOPPING);
    for (i = 2; i <= PWWB_WATCH_AGENTS; i++) {
        p = program_of(i, 1);
        tell(&s, &p, PWWB_HEALTH_UP);
    }
    pass(&s, 10 * MINUTE);
    CHECK_STATUS(PWWB_E_FULL, give(&s, (sealed[]){say(&s, &last, PWWB_HEALTH_UP)}));
    CHECK_STATE(PWWB_READY_UP, &s);
    CHECK_INT(63, report(&s).agents);
    for (i = 2; i <= PWWB_WATCH_AGENTS; i++) {
        p          = program_of(i, 1);
        p.sequence = 1;
        tell(&s, &p, PWWB_HEALTH_UP);
    }
    pass(&s, 15 * MINUTE + 1); /* 660 s, 600 s, and twice 120 s */
    tell(&s, &last, PWWB_HEALTH_UP);
    CHECK_INT(1, report(&s).agents);
    CHECK_INT(63, report(&s).agents_silent);
    CHECK_INT(0, report(&s).agents_stopped);
    scene_drop(&s);
}

static void
options_and_reports_without_sense_are_refused(void)
{
    static const pwwb_watch_options wrong[] = {
        {.stale_s = 59}, {.stale_s = 86401}, {.skew_s = -1}, {.skew_s = 3601},
        {.version_least = -1}, {.reserved = 1},
    };
    pwwb_watch     *watch;
    pwwb_watch_info r = {.size = 8};
    scene           s;
    sealed          m;
    program         p = program_of(1, 1);
    size_t          i;

    for (i = 0; i < COUNT(wrong); i++) {
        pwwb_watch_options o = wrong[i];

        o.size = sizeof(o);
        CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_watch_new(&o, &watch, NULL));
        CHECK(watch == NULL);
        o.size = 8;
        CHECK_STATUS(PWWB_E_ABI, pwwb_watch_new(&o, &watch, NULL));
    }
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_watch_new(NULL, NULL, NULL));
    scene_make(&s);
    CHECK_STATUS(PWWB_E_ABI, pwwb_watch_describe(s.watch, &r, NULL));
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_watch_describe(s.watch, NULL, NULL));
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_watch_describe(NULL, &r, NULL));
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_watch_take(s.watch, NULL, NULL, 0, NULL));
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_watch_take(NULL, keys, m.octets, 1, NULL));
    m = say(&s, &p, PWWB_HEALTH_UP);
    CHECK_STATUS(PWWB_OK, pwwb_watch_new(NULL, &watch, NULL));
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_watch_take(watch, NULL, m.octets, m.len, NULL));
    pwwb_watch_free(watch);
    pwwb_watch_free(NULL);
    scene_drop(&s);
}

static void
without_memory_no_watch_is_made(void)
{
    pwwb_watch_options o = {.size = sizeof(o), .keyring = keys};
    pwwb_watch        *watch;
    long               calls, nth;

    faults_count();
    CHECK_STATUS(PWWB_OK, pwwb_watch_new(&o, &watch, NULL));
    calls = faults_stop();
    pwwb_watch_free(watch);
    CHECK(calls > 0);
    for (nth = 1; nth <= calls; nth++) {
        faults_fail(nth);
        CHECK_STATUS(PWWB_E_NO_MEMORY, pwwb_watch_new(&o, &watch, NULL));
        faults_stop();
        CHECK(watch == NULL);
    }
}

int
main(void)
{
    make_keys();
    RUN(it_is_unknown_until_somebody_was_heard_and_then_unreachable);
    RUN(it_is_up_for_eleven_minutes_after_a_heartbeat);
    RUN(what_comes_late_is_as_old_as_it_says);
    RUN(stopping_of_the_last_agent_is_unreachable_at_once);
    RUN(it_is_degraded_while_an_agent_lacks_a_directory_and_unreachable_when_all_lack_all);
    RUN(an_older_library_is_up_but_outdated_and_less_than_degraded_says);
    RUN(by_itself_a_watch_takes_its_own_version_for_current);
    RUN(presence_lowers_and_never_raises);
    RUN(what_presence_said_is_forgotten_after_a_while);
    RUN(a_forged_or_foreign_one_is_nothing);
    RUN(rules_are_the_weakest_of_all_that_are_alive);
    RUN(the_number_of_agents_is_bounded_and_who_is_long_gone_makes_room);
    RUN(options_and_reports_without_sense_are_refused);
    RUN(without_memory_no_watch_is_made);
    drop_keys();
    return DONE;
}
