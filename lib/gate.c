/* SPDX-License-Identifier: Apache-2.0 */
#include "gate.h"

#include <pthread.h>
#include <stdlib.h>

#include "clock.h"
#include "error.h"
#include "ops.h"

#define PATIENCE_MS 2000
#define REST_MS     5000
#define TIME_MAX_MS 86400000

typedef enum word { ENTER, WAIT, REFUSED } word;

struct pwwb_gate {
    int32_t         references; /* atomic */
    int32_t         most;
    int64_t         patience_ms;
    int64_t         rest_ms;
    wb_clock        clock;  /* the host's */
    wb_clock        system; /* by it threads wait */
    pthread_mutex_t mutex;
    pthread_cond_t  left; /* somebody came out */
    int32_t         inside;
    int             is_in_doubt;
    int64_t         moved_ms;    /* when somebody last went in, or was answered */
    int64_t         answered_ms; /* when somebody last was answered */
    int64_t         closed_until_ms;
};

static int
is_time(int64_t ms)
{
    return ms >= 0 && ms <= TIME_MAX_MS;
}

pwwb_status
pwwb_gate_new(const pwwb_gate_options *options, pwwb_gate **ret_gate, pwwb_error *err)
{
    pwwb_gate_options ours;
    pwwb_gate        *gate;
    pwwb_status       st;

    wb_ok(err);
    if (ret_gate != NULL)
        *ret_gate = NULL;
    if (options == NULL || ret_gate == NULL)
        return wb_fail(err, PWWB_E_INVALID_ARGUMENT, "options and ret_gate must be given");

    st = wb_ops_import(&ours, sizeof(ours), WB_SIZE_UP_TO(pwwb_gate_options, clock_ctx), options);
    if (st != PWWB_OK)
        return wb_fail(err, st, "options of size %zu do not fit this library", options->size);
    if (ours.most < 1 || !is_time(ours.patience_ms) || !is_time(ours.rest_ms))
        return wb_fail(err, PWWB_E_INVALID_ARGUMENT,
                       "a gate has a place at least, and its times are 0 to a day");

    gate = calloc(1, sizeof(*gate));
    if (gate == NULL)
        return wb_fail(err, PWWB_E_NO_MEMORY, "no memory for a gate");

    gate->references  = 1;
    gate->most        = ours.most;
    gate->patience_ms = ours.patience_ms > 0 ? ours.patience_ms : PATIENCE_MS;
    gate->rest_ms     = ours.rest_ms > 0 ? ours.rest_ms : REST_MS;
    st                = wb_clock_make(&gate->clock, ours.clock, ours.clock_ctx, err);
    if (st == PWWB_OK)
        st = wb_clock_make(&gate->system, NULL, NULL, err);
    if (st != PWWB_OK)
        goto out;

    st = wb_fail(err, PWWB_E_NO_MEMORY, "no memory for a gate");
    if (wb_cond_make(&gate->left) != 0)
        goto out;
    if (pthread_mutex_init(&gate->mutex, NULL) != 0)
        goto drop;

    *ret_gate = gate;
    wb_ok(err);
    return PWWB_OK;
drop:
    pthread_cond_destroy(&gate->left);
out:
    free(gate);
    return st;
}

pwwb_gate *
wb_gate_ref(pwwb_gate *gate)
{
    if (gate != NULL)
        (void)__atomic_fetch_add(&gate->references, 1, __ATOMIC_RELAXED);
    return gate;
}

void
pwwb_gate_free(pwwb_gate *gate)
{
    if (gate == NULL || __atomic_fetch_sub(&gate->references, 1, __ATOMIC_ACQ_REL) != 1)
        return;

    pthread_mutex_destroy(&gate->mutex);
    pthread_cond_destroy(&gate->left);
    free(gate);
}

static int
is_full(const pwwb_gate *gate)
{
    return gate->inside >= gate->most;
}

/* Nobody inside has been heard of for too long. */
static void
judge(pwwb_gate *gate, int64_t now_ms)
{
    if (is_full(gate) && now_ms - gate->moved_ms >= gate->patience_ms)
        gate->is_in_doubt = 1;
}

static word
ask(pwwb_gate *gate, int64_t now_ms)
{
    judge(gate, now_ms);
    if (now_ms < gate->closed_until_ms || (gate->is_in_doubt && gate->inside > 0))
        return REFUSED;
    if (is_full(gate))
        return WAIT;

    gate->inside++;
    gate->moved_ms = now_ms;
    return ENTER;
}

/* Until somebody comes out, there is doubt, or the caller gives up. */
static void
wait_outside(pwwb_gate *gate, int64_t now_ms, int64_t give_up)
{
    int64_t quiet_ms = now_ms > gate->moved_ms ? now_ms - gate->moved_ms : 0;
    int64_t doubt    = wb_deadline_in(&gate->system, gate->patience_ms - quiet_ms);

    wb_cond_wait(&gate->left, &gate->mutex, doubt < give_up ? doubt : give_up);
}

static word
ask_and_wait(pwwb_gate *gate, int64_t give_up, int64_t *ret_now_ms)
{
    int64_t now_ms = wb_clock_monotonic_ms(&gate->clock); /* a host's call: not under the lock */
    word    said;

    pthread_mutex_lock(&gate->mutex);
    said = ask(gate, now_ms);
    if (said == WAIT && wb_deadline_left(&gate->system, give_up) == 0)
        said = REFUSED;
    if (said == WAIT)
        wait_outside(gate, now_ms, give_up);
    pthread_mutex_unlock(&gate->mutex);
    *ret_now_ms = now_ms;
    return said;
}

pwwb_status
wb_gate_enter(pwwb_gate *gate, int64_t *timeout_ms, int64_t *ret_entered_ms, pwwb_error *err)
{
    int64_t deadline, give_up;
    word    said;

    *ret_entered_ms = 0;
    if (gate == NULL)
        return PWWB_OK;

    deadline = wb_deadline_in(&gate->system, *timeout_ms);
    give_up  = wb_deadline_in(&gate->system, gate->patience_ms);
    if (deadline != WB_NO_DEADLINE && deadline < give_up)
        give_up = deadline;
    do
        said = ask_and_wait(gate, give_up, ret_entered_ms);
    while (said == WAIT);
    if (said == REFUSED)
        return wb_fail(err, PWWB_E_CONNECT, "others got no answer there just now: nothing was sent");

    *timeout_ms = wb_deadline_left(&gate->system, deadline);
    return PWWB_OK;
}

static void
hear_nothing(pwwb_gate *gate, int64_t entered_ms, int64_t now_ms)
{
    int64_t since_ms = entered_ms > gate->answered_ms ? entered_ms : gate->answered_ms;
    int64_t rest_ms  = now_ms - since_ms < gate->rest_ms ? now_ms - since_ms : gate->rest_ms;
    int64_t until_ms = now_ms > INT64_MAX - TIME_MAX_MS ? now_ms : now_ms + rest_ms;

    if (gate->closed_until_ms < until_ms)
        gate->closed_until_ms = until_ms;
}

static void
hear(pwwb_gate *gate, int64_t now_ms)
{
    gate->is_in_doubt     = 0;
    gate->closed_until_ms = 0;
    gate->answered_ms     = now_ms;
    gate->moved_ms        = now_ms;
}

void
wb_gate_leave(pwwb_gate *gate, int64_t entered_ms, int is_answered)
{
    int64_t now_ms;

    if (gate == NULL)
        return;

    now_ms = wb_clock_monotonic_ms(&gate->clock);
    pthread_mutex_lock(&gate->mutex);
    judge(gate, now_ms);
    if (is_answered)
        hear(gate, now_ms);
    else
        hear_nothing(gate, entered_ms, now_ms);
    gate->inside--;
    pthread_cond_broadcast(&gate->left);
    pthread_mutex_unlock(&gate->mutex);
}
