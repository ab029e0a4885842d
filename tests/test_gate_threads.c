/* SPDX-License-Identifier: Apache-2.0 */
/* rows: 13 */
/* Threads at one gate. What is expected is what include/pwwb/gate.h says. */
#include <pthread.h>
#include <stdatomic.h>
#include <time.h>

#include "gate.h"
#include "harness.h"

#define DAY 86400000

/* A clock that stands, and knows how often it was looked at: by who asks to go in, and has begun to
 * count his time before. */
static atomic_int looks, stands_at;

static int64_t
stand(void *ctx)
{
    (void)ctx;
    atomic_fetch_add(&looks, 1);
    return atomic_load(&stands_at);
}

static const pwwb_clock_ops standing = {sizeof(standing), stand, stand};

static pwwb_gate *
gate_of(int32_t most, int64_t patience_ms, const pwwb_clock_ops *clock)
{
    pwwb_gate_options o    = {
           .size = sizeof(o), .most = most, .patience_ms = patience_ms, .clock = clock};
    pwwb_gate        *gate = NULL;

    CHECK_STATUS(PWWB_OK, pwwb_gate_new(&o, &gate, NULL));
    return gate;
}

static int64_t
go_in(pwwb_gate *gate)
{
    int64_t timeout_ms = 0, entered;

    CHECK_STATUS(PWWB_OK, wb_gate_enter(gate, &timeout_ms, &entered, NULL));
    return entered;
}

typedef struct guest {
    pwwb_gate  *gate;
    int64_t     timeout_ms, waited_ms;
    pwwb_status st;
} guest;

static int64_t
real_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void *
wait_for_a_place(void *ctx)
{
    guest  *g     = ctx;
    int64_t begun = real_ms(), entered;

    g->st        = wb_gate_enter(g->gate, &g->timeout_ms, &entered, NULL);
    g->waited_ms = real_ms() - begun;
    if (g->st == PWWB_OK)
        wb_gate_leave(g->gate, entered, 1);
    return NULL;
}

#define PAUSE_MS 30

/* A guest before a full gate; after a while the one inside comes out. */
static void
meet(guest *g, int is_answered)
{
    struct timespec pause = {0, PAUSE_MS * 1000000};
    pthread_t       thread;
    int64_t         a;

    g->gate       = gate_of(1, DAY, &standing);
    g->timeout_ms = 100000;
    a             = go_in(g->gate);
    atomic_store(&looks, 0);
    CHECK_INT(0, pthread_create(&thread, NULL, wait_for_a_place, g));
    while (atomic_load(&looks) == 0)
        (void)nanosleep(&pause, NULL);
    (void)nanosleep(&pause, NULL);
    atomic_fetch_add(&stands_at, 1000);
    wb_gate_leave(g->gate, a, is_answered);
    CHECK_INT(0, pthread_join(thread, NULL));
    pwwb_gate_free(g->gate);
}

static void
who_waits_gets_the_place_and_what_is_left_of_his_time(void)
{
    guest g = {0};

    meet(&g, 1);
    CHECK_STATUS(PWWB_OK, g.st);
    CHECK(g.timeout_ms <= 100000 - PAUSE_MS + 1);
}

static void
who_waits_is_told_when_the_gate_is_shut(void)
{
    guest g = {0};

    meet(&g, 0);
    CHECK_STATUS(PWWB_E_CONNECT, g.st);
}

static void
nobody_waits_beyond_his_deadline(void)
{
    pwwb_gate *gate = gate_of(1, DAY, NULL);
    guest      g    = {.gate = gate, .timeout_ms = 20};
    int64_t    a    = go_in(gate);

    (void)wait_for_a_place(&g); /* would wait for a day */
    CHECK_STATUS(PWWB_E_CONNECT, g.st);
    wb_gate_leave(gate, a, 1);
    wb_gate_leave(gate, go_in(gate), 1);
    pwwb_gate_free(gate);
}

static void
nobody_waits_longer_than_patience(void)
{
    pwwb_gate *gate = gate_of(1, 20, NULL);
    guest      g    = {.gate = gate, .timeout_ms = -1};
    int64_t    a    = go_in(gate);

    (void)wait_for_a_place(&g); /* without an end of his own */
    CHECK_STATUS(PWWB_E_CONNECT, g.st);
    CHECK_INT(-1, g.timeout_ms);
    CHECK(g.waited_ms >= 18);
    wb_gate_leave(gate, a, 1);
    pwwb_gate_free(gate);
}

static atomic_int crowd_inside, crowd_most, crowd_entered;

static void *
go_in_and_out(void *ctx)
{
    int i, inside, most;

    for (i = 0; i < 500; i++) {
        int64_t entered, timeout_ms = -1;

        if (wb_gate_enter(ctx, &timeout_ms, &entered, NULL) != PWWB_OK)
            continue;
        inside = atomic_fetch_add(&crowd_inside, 1) + 1;
        most   = atomic_load(&crowd_most);
        while (inside > most && !atomic_compare_exchange_weak(&crowd_most, &most, inside))
            ;
        atomic_fetch_add(&crowd_entered, 1);
        atomic_fetch_sub(&crowd_inside, 1);
        wb_gate_leave(ctx, entered, 1);
    }
    pwwb_gate_free(ctx);
    return NULL;
}

static void
in_a_crowd_all_get_in_and_never_too_many(void)
{
    pwwb_gate *gate = gate_of(3, DAY, NULL);
    pthread_t  threads[8];
    int        i;

    for (i = 0; i < 8; i++)
        CHECK_INT(0, pthread_create(&threads[i], NULL, go_in_and_out, wb_gate_ref(gate)));
    pwwb_gate_free(gate); /* they have it still */
    for (i = 0; i < 8; i++)
        CHECK_INT(0, pthread_join(threads[i], NULL));
    CHECK_INT(8 * 500, crowd_entered);
    CHECK(crowd_most >= 1 && crowd_most <= 3);
}

/* Others may be answered all the time and take every place: here time stands for doubt. */
static void
nobody_waits_longer_though_there_is_no_doubt(void)
{
    guest   g = {.gate = gate_of(1, 20, &standing), .timeout_ms = 60000};
    int64_t a = go_in(g.gate);

    (void)wait_for_a_place(&g);
    CHECK_STATUS(PWWB_E_CONNECT, g.st);
    CHECK(g.waited_ms < 60000);
    wb_gate_leave(g.gate, a, 1);
    pwwb_gate_free(g.gate);
}

int
main(void)
{
    RUN(who_waits_gets_the_place_and_what_is_left_of_his_time);
    RUN(who_waits_is_told_when_the_gate_is_shut);
    RUN(nobody_waits_beyond_his_deadline);
    RUN(nobody_waits_longer_than_patience);
    RUN(nobody_waits_longer_though_there_is_no_doubt);
    RUN(in_a_crowd_all_get_in_and_never_too_many);
    return DONE;
}
