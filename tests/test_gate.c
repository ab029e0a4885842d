/* SPDX-License-Identifier: Apache-2.0 */
/* rows: 13 */
/* What is expected here is what include/pwwb/gate.h says. */
#include <pwwb/directory.h>

#include "fakes.h"
#include "faults.h"
#include "gate.h"
#include "harness.h"

#define DAY 86400000

static fake_clock fake;

/* On the clock that stands. */
static pwwb_gate *
gate_of(int32_t most)
{
    pwwb_gate_options o    = {.size = sizeof(o), .most = most, .clock = &fake_clock_ops};
    pwwb_gate        *gate = NULL;

    fake        = (fake_clock){0, 1000};
    o.clock_ctx = &fake;
    CHECK_STATUS(PWWB_OK, pwwb_gate_new(&o, &gate, NULL));
    return gate;
}

/* Without waiting: whether one gets in, and when he did. */
static int
gets_in(pwwb_gate *gate, int64_t *ret_entered_ms)
{
    int64_t     timeout_ms = 0;
    pwwb_status st         = wb_gate_enter(gate, &timeout_ms, ret_entered_ms, NULL);

    CHECK(st == PWWB_OK || st == PWWB_E_CONNECT);
    return st == PWWB_OK;
}

/* Whether one would get in now: he comes out at once, which changes nothing. */
static int
is_open(pwwb_gate *gate)
{
    int64_t entered;

    if (!gets_in(gate, &entered))
        return 0;
    wb_gate_leave(gate, entered, 0);
    return 1;
}

static void
wrong_options_are_refused(void)
{
    pwwb_gate_options o    = {.size = sizeof(o), .most = 0};
    pwwb_gate        *gate = (pwwb_gate *)&o;

    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_gate_new(&o, &gate, NULL));
    CHECK(gate == NULL);
    o.most = 1;
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_gate_new(&o, NULL, NULL));
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_gate_new(NULL, &gate, NULL));
    o.patience_ms = -1;
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_gate_new(&o, &gate, NULL));
    o.patience_ms = DAY + 1;
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_gate_new(&o, &gate, NULL));
    o.patience_ms = DAY;
    o.rest_ms     = -1;
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_gate_new(&o, &gate, NULL));
    o.rest_ms = DAY;
    o.size    = 8;
    CHECK_STATUS(PWWB_E_ABI, pwwb_gate_new(&o, &gate, NULL));
    o.size = sizeof(o);
    CHECK_STATUS(PWWB_OK, pwwb_gate_new(&o, &gate, NULL));
    pwwb_gate_free(gate);
    pwwb_gate_free(NULL);
    pwwb_directory_set_gate(NULL, NULL);
}

static void
running_out_of_memory_is_survived(void)
{
    pwwb_gate_options o = {.size = sizeof(o), .most = 1};
    pwwb_gate        *gate;
    long              calls, n;

    faults_count();
    CHECK_STATUS(PWWB_OK, pwwb_gate_new(&o, &gate, NULL));
    calls = faults_stop();
    pwwb_gate_free(gate);
    CHECK(calls > 0);
    for (n = 1; n <= calls; n++) {
        faults_fail(n);
        CHECK_STATUS(PWWB_E_NO_MEMORY, pwwb_gate_new(&o, &gate, NULL));
        faults_stop();
        CHECK(gate == NULL);
    }
}

static void
no_more_than_most_are_inside(void)
{
    pwwb_gate *gate = gate_of(2);
    int64_t    a, b, c;

    CHECK(gets_in(gate, &a));
    CHECK(gets_in(gate, &b));
    CHECK(!gets_in(gate, &c));
    wb_gate_leave(gate, b, 1);
    CHECK(gets_in(gate, &c));
    CHECK(!gets_in(gate, &b));
    wb_gate_leave(gate, a, 1);
    wb_gate_leave(gate, c, 1);
    pwwb_gate_free(gate);
}

static void
without_a_gate_all_go_in(void)
{
    int64_t a, timeout_ms = 77;

    CHECK_STATUS(PWWB_OK, wb_gate_enter(NULL, &timeout_ms, &a, NULL));
    CHECK_INT(77, timeout_ms);
    wb_gate_leave(NULL, a, 0);
    CHECK(wb_gate_ref(NULL) == NULL);
}

static void
a_full_gate_that_hears_nothing_is_in_doubt_until_an_answer(void)
{
    pwwb_gate *gate = gate_of(2);
    int64_t    a, b, c;

    CHECK(gets_in(gate, &a));
    fake.monotonic_ms += 500;
    CHECK(gets_in(gate, &b));
    fake.monotonic_ms += 2000;
    CHECK(!gets_in(gate, &c)); /* full, and now in doubt */
    wb_gate_leave(gate, a, 0);
    wb_gate_leave(gate, b, 0);
    fake.monotonic_ms += 2499; /* a was inside for 2500 ms and heard nothing */
    CHECK(!gets_in(gate, &c));
    fake.monotonic_ms += 1;
    CHECK(gets_in(gate, &c));
    CHECK(!gets_in(gate, &a)); /* a place is free, but one is enough to try */
    wb_gate_leave(gate, c, 1);
    CHECK(gets_in(gate, &a));
    CHECK(gets_in(gate, &b));
    wb_gate_leave(gate, a, 1);
    wb_gate_leave(gate, b, 1);
    pwwb_gate_free(gate);
}

static void
doubt_outlasts_a_try_that_fails(void)
{
    pwwb_gate *gate = gate_of(2);
    int64_t    a, b;

    CHECK(gets_in(gate, &a));
    CHECK(gets_in(gate, &b));
    fake.monotonic_ms += 2000;
    wb_gate_leave(gate, a, 0); /* doubt begins here, too */
    wb_gate_leave(gate, b, 0);
    fake.monotonic_ms += 2000;
    CHECK(gets_in(gate, &a));
    wb_gate_leave(gate, a, 0);
    CHECK(gets_in(gate, &a));
    CHECK(!gets_in(gate, &b));
    wb_gate_leave(gate, a, 1);
    pwwb_gate_free(gate);
}

static void
a_full_gate_that_is_answered_is_not_in_doubt(void)
{
    pwwb_gate *gate = gate_of(2);
    int64_t    a, b, c;

    CHECK(gets_in(gate, &a));
    CHECK(gets_in(gate, &b));
    fake.monotonic_ms += 1999;
    wb_gate_leave(gate, b, 1);
    CHECK(gets_in(gate, &b));
    fake.monotonic_ms += 1999;
    CHECK(!gets_in(gate, &c)); /* full only */
    wb_gate_leave(gate, b, 1);
    CHECK(gets_in(gate, &c)); /* though a hangs for long */
    wb_gate_leave(gate, c, 1);
    wb_gate_leave(gate, a, 1);
    pwwb_gate_free(gate);
}

static void
a_rest_is_as_long_as_the_silence_before(void)
{
    pwwb_gate *gate = gate_of(3);
    int64_t    a;

    CHECK(gets_in(gate, &a));
    wb_gate_leave(gate, a, 0);
    CHECK(is_open(gate)); /* what fails at once delays nobody */
    CHECK(gets_in(gate, &a));
    fake.monotonic_ms += 1500;
    wb_gate_leave(gate, a, 0);
    fake.monotonic_ms += 1499;
    CHECK(!is_open(gate));
    fake.monotonic_ms += 1;
    CHECK(is_open(gate));
    CHECK(gets_in(gate, &a));
    fake.monotonic_ms += 30000;
    wb_gate_leave(gate, a, 0);
    fake.monotonic_ms += 4999; /* rest_ms is 5000 */
    CHECK(!is_open(gate));
    fake.monotonic_ms += 1;
    CHECK(is_open(gate));
    pwwb_gate_free(gate);
}

static void
a_silence_ends_with_an_answer_to_somebody_else(void)
{
    pwwb_gate *gate = gate_of(3);
    int64_t    a, b;

    CHECK(gets_in(gate, &a));
    fake.monotonic_ms += 10000;
    CHECK(gets_in(gate, &b));
    wb_gate_leave(gate, b, 1);
    fake.monotonic_ms += 100;
    wb_gate_leave(gate, a, 0);
    fake.monotonic_ms += 99;
    CHECK(!is_open(gate));
    fake.monotonic_ms += 1;
    CHECK(is_open(gate));
    pwwb_gate_free(gate);
}

static void
an_answer_opens_a_gate_that_is_shut(void)
{
    pwwb_gate *gate = gate_of(3);
    int64_t    a, b;

    CHECK(gets_in(gate, &a));
    CHECK(gets_in(gate, &b));
    fake.monotonic_ms += 3000;
    wb_gate_leave(gate, a, 0);
    CHECK(!is_open(gate));
    wb_gate_leave(gate, b, 1);
    CHECK(is_open(gate));
    pwwb_gate_free(gate);
}

int
main(void)
{
    RUN(wrong_options_are_refused);
    RUN(running_out_of_memory_is_survived);
    RUN(no_more_than_most_are_inside);
    RUN(without_a_gate_all_go_in);
    RUN(a_full_gate_that_hears_nothing_is_in_doubt_until_an_answer);
    RUN(doubt_outlasts_a_try_that_fails);
    RUN(a_full_gate_that_is_answered_is_not_in_doubt);
    RUN(a_rest_is_as_long_as_the_silence_before);
    RUN(a_silence_ends_with_an_answer_to_somebody_else);
    RUN(an_answer_opens_a_gate_that_is_shut);
    return DONE;
}
