/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CONTRACT_STORM_H
#define CONTRACT_STORM_H

/* Threads with an end each: first in good weather, then thousands of messages while faults come and
 * go at seeded moments. */

#include <pthread.h>
#include <stdatomic.h>

#include "ledger.h"
#include "timing.h"

#define CT_SENDERS 2
#define CT_TAKERS  2

typedef struct ct_storm {
    ct_ledger       ledger;
    pthread_mutex_t mutex;
    atomic_int      sending; /* senders that have not done */
    atomic_int      stop;
    atomic_int      slept_ms; /* so late the machine itself woke somebody */
    atomic_int      late;     /* calls that ended too late */
    atomic_int      worst_ms; /* the latest of them */
    int64_t         pace_ms;
} ct_storm;

typedef struct ct_member {
    ct_storm       *storm;
    pwwb_transport *transport;
    int             number;
} ct_member;

static inline void
ct_storm_timed(ct_storm *storm, int64_t begun_ms, int64_t timeout_ms)
{
    int late_ms = (int)ct_late_ms(begun_ms, timeout_ms);

    storm->late += late_ms > 0;
    if (late_ms > storm->worst_ms)
        storm->worst_ms = late_ms;
}

/* What the machine is too busy for is no fault of a transport's. */
static inline void *
ct_storm_sleeps(void *arg)
{
    ct_storm *storm = arg;

    while (!storm->stop) {
        int64_t begun = ct_now_ms();
        int     late_ms;

        ct_pause(10);
        late_ms = (int)(ct_now_ms() - begun - 10);
        if (late_ms > storm->slept_ms)
            storm->slept_ms = late_ms;
    }
    return NULL;
}

static inline void *
ct_storm_sends(void *arg)
{
    ct_member *m = arg;
    int        i;

    for (i = m->number; i < m->storm->ledger.count; i += CT_SENDERS) {
        int64_t     begun = ct_now_ms();
        pwwb_status st    = ct_ledger_send(&m->storm->ledger, i, m->transport, 1500);

        ct_storm_timed(m->storm, begun, 1500);
        ct_pause(st == PWWB_OK ? m->storm->pace_ms : 20);
    }
    m->storm->sending--;
    return NULL;
}

static inline void
ct_storm_note(ct_storm *storm, const ct_taken *taken)
{
    int number;

    pthread_mutex_lock(&storm->mutex);
    number = ct_ledger_number(&storm->ledger, taken);
    if (number < 0)
        storm->ledger.strange++;
    else
        storm->ledger.came[number]++;
    pthread_mutex_unlock(&storm->mutex);
}

/* Every ninth is given back once. */
static inline void *
ct_storm_takes(void *arg)
{
    ct_member *m     = arg;
    unsigned   turns = 0;
    ct_taken   taken;

    while (!m->storm->stop) {
        int64_t begun = ct_now_ms();
        int     again = ++turns % 9 == 0;

        ct_take(m->transport, &taken, 100);
        ct_storm_timed(m->storm, begun, 100);
        if (taken.status == PWWB_OK && !again)
            ct_storm_note(m->storm, &taken);
        if (taken.status == PWWB_OK)
            (void)ct_settle(&taken, again ? PWWB_SETTLE_RELEASE : PWWB_SETTLE_ACCEPT);
        else if (taken.status != PWWB_E_TIMEOUT)
            ct_pause(10);
    }
    return NULL;
}

/* The same weather for the same seed. */
static inline unsigned
ct_random(unsigned *seed)
{
    *seed = *seed * 1103515245U + 12345U;
    return *seed >> 16 & 0x7fff;
}

static inline int32_t
ct_next_fault(unsigned *seed)
{
    static const int32_t all[] = {CT_LOSE, CT_CUT,  CT_FREEZE, CT_RESTART,
                                  CT_LOSE, CT_CUT, CT_FREEZE, CT_LOSE};
    int32_t              fault;

    do
        fault = all[ct_random(seed) % 8];
    while ((ct->can & (unsigned)fault) == 0);
    return fault;
}

/* Faults until all is sent; how many. Some come before the last one is over. */
static inline int
ct_weather(ct_storm *storm, unsigned seed)
{
    int faults = 0;

    while (storm->sending > 0) {
        ct_pause(ct_random(&seed) % ct->heal_ms);
        if (storm->sending == 0)
            break;
        ct->fault(ct_next_fault(&seed));
        ct_pause(ct_random(&seed) % ct->heal_ms);
        ct->fault(CT_HEAL);
        faults++;
    }
    return faults;
}

/* How many faults there were. */
static inline int
ct_storm_run(ct_storm *storm, int count, int is_bad_weather)
{
    ct_member members[CT_SENDERS + CT_TAKERS];
    pthread_t threads[CT_SENDERS + CT_TAKERS], sleeper;
    int       i, faults = 0;

    memset(storm, 0, sizeof(*storm));
    storm->ledger.count = count;
    storm->sending      = CT_SENDERS;
    storm->pace_ms      = is_bad_weather ? ct->pace_ms : 0;
    pthread_mutex_init(&storm->mutex, NULL);
    CHECK_INT(0, pthread_create(&sleeper, NULL, ct_storm_sleeps, storm));
    for (i = 0; i < CT_SENDERS + CT_TAKERS; i++) {
        int is_sender = i < CT_SENDERS;

        members[i] = (ct_member){
            storm, ct_connect(is_sender ? PWWB_RELAY_PORTAL : PWWB_RELAY_AGENT), i};
        CHECK_INT(0, pthread_create(&threads[i], NULL, is_sender ? ct_storm_sends : ct_storm_takes,
                                    &members[i]));
    }
    if (is_bad_weather)
        faults = ct_weather(storm, 5);
    for (i = 0; i < CT_SENDERS; i++)
        pthread_join(threads[i], NULL);
    ct_pause(ct->heal_ms + ct->quiet_ms);
    storm->stop = 1;
    for (i = CT_SENDERS; i < CT_SENDERS + CT_TAKERS; i++)
        pthread_join(threads[i], NULL);
    pthread_join(sleeper, NULL);
    ct_ledger_drain(&storm->ledger, members[CT_SENDERS].transport,
                    members[CT_SENDERS + 1].transport, ct->heal_ms + ct->quiet_ms);
    for (i = 0; i < CT_SENDERS + CT_TAKERS; i++)
        pwwb_transport_free(members[i].transport);
    pthread_mutex_destroy(&storm->mutex);
    return faults;
}

static inline void
two_senders_and_two_takers_get_each_message_once(void)
{
    static ct_storm storm;
    int             i, wrong = 0;

    ct_test++;
    ct->begin();
    CHECK_INT(0, ct_storm_run(&storm, 300, 0));
    ct_ledger_check(&storm.ledger);
    for (i = 0; i < storm.ledger.count; i++)
        wrong += storm.ledger.told[i] != PWWB_OK || storm.ledger.came[i] != 1;
    CHECK_INT(0, wrong);
    CHECK_INT(0, storm.late);
    ct->end();
}

static inline void
thousands_of_messages_through_faults_keep_every_promise(void)
{
    static ct_storm storm;
    int             i, faults, accepted = 0;

    ct_test++;
    ct->begin();
    faults = ct_storm_run(&storm, ct->storm, 1);
    printf("# %d faults; the latest call %d ms after deadline and slack, the machine %d ms\n", faults,
           (int)storm.worst_ms, (int)storm.slept_ms);
    CHECK(faults >= 5);
    ct_ledger_check(&storm.ledger);
    for (i = 0; i < storm.ledger.count; i++)
        accepted += storm.ledger.told[i] == PWWB_OK;
    CHECK(accepted > storm.ledger.count / 4); /* else nothing was tried */
    CHECK(storm.worst_ms <= storm.slept_ms);
    ct->end();
}

static inline void
ct_run_storm(void)
{
    RUN(two_senders_and_two_takers_get_each_message_once);
    if (ct_is_for(CT_LOSE, 0, "thousands of messages through faults"))
        RUN(thousands_of_messages_through_faults_keep_every_promise);
}

#endif /* CONTRACT_STORM_H */
