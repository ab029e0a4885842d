/* SPDX-License-Identifier: Apache-2.0 */
/* rows: 13 15 */
/* Threads under the same limits: what goes through all together is what include/pwwb/limits.h says. */
#include <pthread.h>
#include <stdatomic.h>

#include "harness.h"
#include "limits_rate.h"

#define THREADS 4
#define TRIES   5000
#define PEOPLE  8

static atomic_int stands_at;

static int64_t
stand(void *ctx)
{
    (void)ctx;
    return atomic_load(&stands_at);
}

static const pwwb_clock_ops standing = {sizeof(standing), stand, stand};

typedef struct worker {
    pthread_t    thread;
    pwwb_limits *limits;
    int          seed, gives_back;
    long         through[PEOPLE];
} worker;

static void *
work(void *ctx)
{
    worker         *me = ctx;
    uint8_t         guid[PWWB_ID_SIZE] = {0};
    wb_limits_place place;
    int             i;

    for (i = 0; i < TRIES; i++) {
        guid[0] = (uint8_t)((i + me->seed) % PEOPLE);
        wb_limits_take(me->limits, guid, &place);
        if (place.is_taken && me->gives_back)
            wb_limits_give_back(me->limits, guid, &place);
        else
            me->through[guid[0]] += place.is_taken;
        if (!wb_limits_allow_dn(me->limits, "CN=a,DC=b") || !wb_limits_allow_operation(me->limits, 1))
            me->through[0] = -1000000;
    }
    pwwb_limits_free(me->limits);
    return NULL;
}

/* How many went through, by person; the sum. */
static long
let_work(int32_t per_account, int32_t in_all, int gives_back, long through[PEOPLE])
{
    static const char *const scope[] = {"DC=b"};
    pwwb_limits_options o      = {.size = sizeof(o), .scopes = scope, .scope_count = 1, .per_account = per_account,
                                  .in_all = in_all, .clock = &standing};
    worker              w[THREADS] = {0};
    pwwb_limits        *limits = NULL;
    long                sum    = 0;
    int                 i, k;

    CHECK_STATUS(PWWB_OK, pwwb_limits_new(&o, &limits, NULL));
    for (i = 0; i < THREADS; i++) {
        w[i].limits     = wb_limits_ref(limits);
        w[i].seed       = i;
        w[i].gives_back = gives_back;
        CHECK_INT(0, pthread_create(&w[i].thread, NULL, work, &w[i]));
    }
    pwwb_limits_free(limits); /* the last thread's is the last */
    for (k = 0; k < PEOPLE; k++)
        through[k] = 0;
    for (i = 0; i < THREADS; i++) {
        CHECK_INT(0, pthread_join(w[i].thread, NULL));
        for (k = 0; k < PEOPLE; k++)
            sum += w[i].through[k], through[k] += w[i].through[k];
    }
    return sum;
}

static void
all_together_no_more_than_one_alone(void)
{
    long through[PEOPLE];
    int  k;

    CHECK_INT(PEOPLE * 50, let_work(50, 0, 0, through));
    for (k = 0; k < PEOPLE; k++)
        CHECK_INT(50, through[k]);
    CHECK_INT(777, let_work(0, 777, 0, through));
    CHECK_INT(300, let_work(100, 300, 0, through));
}

static void
what_all_give_back_is_there_again(void)
{
    long through[PEOPLE];

    CHECK_INT(0, let_work(100, 1000, 1, through));
}

int
main(void)
{
    RUN(all_together_no_more_than_one_alone);
    RUN(what_all_give_back_is_there_again);
    return DONE;
}
