/* SPDX-License-Identifier: Apache-2.0 */
/* rows: 9 10 18 */
#include "exchanges.h"

#include "faults.h"

/* A tenant's life in steps: enabled, rolled, revoked. Any allocation of any step fails once: the step
 * says so, both stores still load, and the same step again goes on to the same end. */

typedef struct story {
    ex_world   w;
    ex_message message; /* the last one that was sent */
} story;

static pwwb_status
take_last(story *s, ex_side *side)
{
    pwwb_exchange_event event;
    ex_message          back = {0};
    pwwb_status         st   = ex_take(side, &s->message, &back, &event);

    if (st == PWWB_OK)
        s->message = back;
    return st;
}

static pwwb_status
step_side(story *s, ex_side *side)
{
    ex_message  m  = {0};
    pwwb_status st = pwwb_exchange_step(side->exchange, m.octets, sizeof(m.octets), &m.len, NULL);

    if (st == PWWB_OK) {
        s->message = m;
        CHECK(m.len > 0);
    }
    return st;
}

static pwwb_status
confirm(story *s, const char *fingerprint)
{
    return pwwb_exchange_confirm(s->w.portal.exchange, fingerprint, strlen(fingerprint), NULL);
}

enum { STEPS = 14 };

static pwwb_status
do_step(story *s, int step, const char *fingerprint)
{
    ex_world *w = &s->w;

    switch (step) {
    case 0:
        return ex_ticket(w);
    case 1:
        return ex_begin(w, PWWB_EXCHANGE_ENABLE);
    case 5:
        return confirm(s, fingerprint);
    case 6:
        return ex_begin(w, PWWB_EXCHANGE_ROLL);
    case 10:
        return ex_begin(w, PWWB_EXCHANGE_REVOKE);
    case 2:
    case 7:
        return step_side(s, &w->agent);
    case 11:
        return step_side(s, &w->portal);
    case 3:
    case 8:
    case 13:
        return take_last(s, &w->portal);
    default:
        return take_last(s, &w->agent);
    }
}

static void
run_steps(story *s, int from, int to)
{
    int step;

    for (step = from; step < to; step++)
        CHECK_STATUS(PWWB_OK, do_step(s, step, ex_info(&s->w.agent).fingerprint));
}

/* What one step allocates, and whether it worked with the nth failing; 0 = none. */
static pwwb_status
fail_in_step(story *s, int step, long nth, long *ret_count)
{
    char        fingerprint[PWWB_FINGERPRINT_SIZE];
    pwwb_status st;

    memcpy(fingerprint, ex_info(&s->w.agent).fingerprint, sizeof(fingerprint));
    faults_fail(nth);
    st         = do_step(s, step, fingerprint);
    *ret_count = faults_stop();
    return st;
}

static void
check_loads(ex_side *side)
{
    pwwb_keyring *keyring = NULL;
    pwwb_status   st      = pwwb_keystore_load(side->store, &keyring, NULL);

    CHECK(st == PWWB_OK || st == PWWB_E_NOT_FOUND);
    pwwb_keyring_free(keyring);
}

static void
fail_each(int step, int32_t suite)
{
    static story s;
    long         nth = 0, count = 1, ignored;

    for (nth = 0; nth <= count; nth++) {
        ex_make(&s.w);
        s.w.suite = suite;
        ex_side_restart(&s.w, &s.w.agent);
        run_steps(&s, 0, step);
        if (nth == 0) {
            CHECK_STATUS(PWWB_OK, fail_in_step(&s, step, 0, &count));
            CHECK(count > 0);
        } else {
            CHECK_STATUS(PWWB_E_NO_MEMORY, fail_in_step(&s, step, nth, &ignored));
            check_loads(&s.w.agent);
            check_loads(&s.w.portal);
            CHECK_STATUS(PWWB_OK, do_step(&s, step, ex_info(&s.w.agent).fingerprint));
        }
        run_steps(&s, step + 1, STEPS);
        CHECK_INT(PWWB_TENANT_REVOKED, ex_info(&s.w.agent).state);
        CHECK_INT(PWWB_TENANT_REVOKED, ex_info(&s.w.portal).state);
        CHECK_INT(0, ex_info(&s.w.portal).order);
        ex_drop(&s.w);
    }
}

static void
any_allocation_of_any_step_may_fail(void)
{
    int step;

    for (step = 0; step < STEPS; step++)
        fail_each(step, PWWB_SUITE_X25519);
}

static void
taking_rsa_keys_may_find_no_memory(void)
{
    fail_each(3, PWWB_SUITE_RSA);
}

static void
making_an_exchange_may_find_no_memory(void)
{
    ex_world       w;
    pwwb_exchange *x = NULL;
    long           nth, count;

    ex_make(&w);
    faults_count();
    CHECK_STATUS(PWWB_OK, pwwb_exchange_new(w.agent.store, PWWB_HALF_AGENT, NULL, &x, NULL));
    count = faults_stop();
    pwwb_exchange_free(x);
    for (nth = 1; nth <= count; nth++) {
        pwwb_status st;

        faults_fail(nth);
        st = pwwb_exchange_new(w.agent.store, PWWB_HALF_AGENT, NULL, &x, NULL);
        faults_stop();
        CHECK_STATUS(PWWB_E_NO_MEMORY, st);
        CHECK(x == NULL);
    }
    ex_drop(&w);
}

int
main(void)
{
    RUN(any_allocation_of_any_step_may_fail);
    RUN(taking_rsa_keys_may_find_no_memory);
    RUN(making_an_exchange_may_find_no_memory);
    return DONE;
}
