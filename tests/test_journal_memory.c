/* SPDX-License-Identifier: Apache-2.0 */
/* rows: 1 19 */
#include <pthread.h>

#include "faults.h"

#define JOURNAL_CLAIMS 20000
#include "journal_contract.h"

static pwwb_journal *
journal_for(size_t capacity, fake_clock *clock)
{
    pwwb_journal *journal;

    clock->wall_ms = NOW;
    CHECK_STATUS(PWWB_OK,
                 pwwb_journal_new_memory(capacity, &fake_clock_ops, clock, &journal, NULL));
    return journal;
}

static pwwb_journal *
new_journal_of(fake_clock *clock)
{
    return journal_for(200, clock);
}

static void
a_claim_that_is_taken_back_makes_room(void)
{
    fake_clock    clock;
    pwwb_journal *journal = journal_for(1, &clock);

    check_claim(journal, 1, PWWB_ENTRY_NEW);
    CHECK_STATUS(PWWB_OK, release(journal, 1));
    check_claim(journal, 2, PWWB_ENTRY_NEW);
    CHECK_STATUS(PWWB_OK, release(journal, 2));
    check_claim(journal, 1, PWWB_ENTRY_NEW);
    pwwb_journal_free(journal);
}

static void
a_full_journal_refuses_and_still_answers_repeats(void)
{
    fake_clock    clock;
    pwwb_journal *journal = journal_for(2, &clock);
    int32_t       state;

    check_claim(journal, 1, PWWB_ENTRY_NEW);
    CHECK_STATUS(PWWB_OK, finish(journal, 1, NOW));
    check_claim(journal, 2, PWWB_ENTRY_NEW);
    CHECK_STATUS(PWWB_E_FULL, claim_until(journal, 3, LATE, &state));
    CHECK_INT(0, state);
    check_claim(journal, 1, PWWB_ENTRY_DONE);
    check_claim(journal, 2, PWWB_ENTRY_RUNNING);
    pwwb_journal_free(journal);
}

static void
entries_make_room_when_their_time_is_over_and_not_before(void)
{
    fake_clock    clock;
    pwwb_journal *journal = journal_for(2, &clock);
    int32_t       state;

    CHECK_STATUS(PWWB_OK, claim_until(journal, 1, NOW + 10, &state));
    CHECK_STATUS(PWWB_OK, record(journal, 1, alice, NOW - 5));
    CHECK_STATUS(PWWB_OK, finish(journal, 1, NOW));
    CHECK_STATUS(PWWB_OK, claim_until(journal, 2, NOW + 20, &state));
    CHECK_STATUS(PWWB_OK, record(journal, 2, bob, NOW - 5));
    CHECK_STATUS(PWWB_OK, finish(journal, 2, NOW));

    clock.wall_ms = NOW + 9;
    CHECK_STATUS(PWWB_E_FULL, claim_until(journal, 3, LATE, &state));
    CHECK_INT(1, is_ours(journal, alice, NOW));
    clock.wall_ms = NOW + 10;
    check_claim(journal, 3, PWWB_ENTRY_NEW);
    CHECK_INT(0, is_ours(journal, alice, NOW));
    CHECK_INT(1, is_ours(journal, bob, NOW));
    check_claim(journal, 2, PWWB_ENTRY_DONE);
    CHECK_STATUS(PWWB_E_FULL, claim_until(journal, 4, LATE, &state));
    clock.wall_ms = NOW + 20;
    check_claim(journal, 4, PWWB_ENTRY_NEW);
    check_claim(journal, 3, PWWB_ENTRY_RUNNING);
    pwwb_journal_free(journal);
}

/* Every third request outlives its neighbours: what is swept and what stays is told apart, and
 * found again, though everything has moved. */
static void
a_thousand_entries_are_swept_without_mixing_them_up(void)
{
    fake_clock    clock;
    pwwb_journal *journal = journal_for(1000, &clock);
    int           wrong   = 0;
    int32_t       state;
    uint32_t      i;

    for (i = 0; i < 1000; i++) {
        wrong += claim_until(journal, i, i % 3 == 0 ? LATE : NOW + 10, &state) != PWWB_OK;
        if (i % 2 == 0)
            wrong += finish(journal, i, -1) != PWWB_OK;
    }
    clock.wall_ms = NOW + 10;
    check_claim(journal, 5000, PWWB_ENTRY_NEW);
    for (i = 0; i < 1000; i += 3) {
        wrong += claim_until(journal, i, LATE, &state) != PWWB_OK;
        wrong += state != (i % 2 == 0 ? PWWB_ENTRY_DONE : PWWB_ENTRY_RUNNING);
    }
    for (i = 1; i < 1000; i += 3) {
        wrong += claim_until(journal, i, LATE, &state) != PWWB_OK;
        wrong += state != PWWB_ENTRY_NEW;
    }
    CHECK_INT(0, wrong);
    pwwb_journal_free(journal);
}

/* A clock that uses the journal it serves. Under the journal's mutex this stands still for ever. */
struct nosy_clock {
    pwwb_journal *journal;
    int           calls;
};

static int64_t
nosy_ms(void *ctx)
{
    struct nosy_clock *nosy = ctx;
    int32_t            ours;

    nosy->calls++;
    if (nosy->journal != NULL)
        (void)wb_journal_lookup(nosy->journal, alice, NOW, ISSUED_S, &ours, NULL);
    return NOW;
}

static void
the_clock_is_called_with_no_lock_held(void)
{
    const pwwb_clock_ops ops  = {sizeof(ops), nosy_ms, nosy_ms};
    struct nosy_clock    nosy = {0};

    CHECK_STATUS(PWWB_OK, pwwb_journal_new_memory(1, &ops, &nosy, &nosy.journal, NULL));
    check_claim(nosy.journal, 1, PWWB_ENTRY_NEW);
    CHECK(nosy.calls > 0);
    pwwb_journal_free(nosy.journal);
}

#define THREADS 8
#define ROUNDS  500

struct racer {
    pwwb_journal      *journal;
    pthread_barrier_t *start;
    int                won[ROUNDS];
    int                failures;
};

/* Claim each request as fast as the others do; the winner records and finishes it. */
static void *
race(void *arg)
{
    struct racer *racer = arg;
    uint32_t      i;
    int32_t       state;

    pthread_barrier_wait(racer->start);
    for (i = 0; i < ROUNDS; i++) {
        racer->failures += claim_until(racer->journal, i, INT64_MAX, &state) != PWWB_OK;
        racer->won[i] = state == PWWB_ENTRY_NEW;
        if (!racer->won[i])
            continue;

        racer->failures += record(racer->journal, i, alice, NOW) != PWWB_OK;
        racer->failures += finish(racer->journal, i, NOW + i) != PWWB_OK;
    }
    return NULL;
}

static void
of_eight_threads_exactly_one_claims_each_request(void)
{
    static struct racer racers[THREADS];
    pthread_t           threads[THREADS];
    pthread_barrier_t   start;
    pwwb_journal       *journal;
    int                 wrong = 0;
    int                 i, k;

    pthread_barrier_init(&start, NULL, THREADS);
    CHECK_STATUS(PWWB_OK, pwwb_journal_new_memory(ROUNDS, NULL, NULL, &journal, NULL));
    for (i = 0; i < THREADS; i++) {
        racers[i].journal = journal;
        racers[i].start   = &start;
        pthread_create(&threads[i], NULL, race, &racers[i]);
    }
    for (i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
        wrong += racers[i].failures;
    }
    for (k = 0; k < ROUNDS; k++) {
        int winners = 0;

        for (i = 0; i < THREADS; i++)
            winners += racers[i].won[k];
        wrong += winners != 1 || is_ours(journal, alice, NOW + k) != 1;
    }
    CHECK_INT(0, wrong);
    pwwb_journal_free(journal);
    pthread_barrier_destroy(&start);
}

static void
a_journal_without_sense_is_not_made(void)
{
    pwwb_clock_ops broken = fake_clock_ops;
    pwwb_journal  *journal;

    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_journal_new_memory(0, NULL, NULL, &journal, NULL));
    CHECK(journal == NULL);
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT,
                 pwwb_journal_new_memory(1000001, NULL, NULL, &journal, NULL));
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_journal_new_memory(1, NULL, NULL, NULL, NULL));
    broken.size = 8;
    CHECK_STATUS(PWWB_E_ABI, pwwb_journal_new_memory(1, &broken, NULL, &journal, NULL));
    CHECK(journal == NULL);
}

static void
running_out_of_memory_while_it_is_made_is_survived(void)
{
    pwwb_journal *journal;
    long          count, nth;

    faults_count();
    CHECK_STATUS(PWWB_OK, pwwb_journal_new_memory(4, NULL, NULL, &journal, NULL));
    count = faults_stop();
    pwwb_journal_free(journal);
    CHECK(count > 0);

    for (nth = 1; nth <= count; nth++) {
        pwwb_status st;

        faults_fail(nth);
        st = pwwb_journal_new_memory(4, NULL, NULL, &journal, NULL);
        faults_stop();
        CHECK_STATUS(PWWB_E_NO_MEMORY, st);
        CHECK(journal == NULL);
    }
}

/* The password is set by then: that the write is ours must not be lost with the reply. */
static void
without_memory_for_the_reply_the_write_is_still_ours(void)
{
    fake_clock    clock;
    pwwb_journal *journal = journal_for(4, &clock);
    pwwb_status   st;

    check_claim(journal, 1, PWWB_ENTRY_NEW);
    CHECK_STATUS(PWWB_OK, record(journal, 1, alice, NOW - 5));
    faults_fail(1);
    st = finish(journal, 1, NOW);
    CHECK_INT(1, faults_stop());
    CHECK_STATUS(PWWB_E_NO_MEMORY, st);
    CHECK_INT(1, is_ours(journal, alice, NOW));
    check_claim(journal, 1, PWWB_ENTRY_RUNNING);
    CHECK_STATUS(PWWB_OK, finish(journal, 1, NOW));
    check_claim(journal, 1, PWWB_ENTRY_DONE);
    pwwb_journal_free(journal);
}

static void
claims_need_no_memory(void)
{
    fake_clock    clock;
    pwwb_journal *journal = journal_for(2, &clock);

    faults_count();
    check_claim(journal, 1, PWWB_ENTRY_NEW);
    CHECK_STATUS(PWWB_OK, record(journal, 1, alice, NOW));
    CHECK_INT(0, is_ours(journal, alice, NOW));
    CHECK_INT(0, faults_stop());
    pwwb_journal_free(journal);
}

int
main(void)
{
    journal_contract();
    RUN(a_claim_that_is_taken_back_makes_room);
    RUN(a_full_journal_refuses_and_still_answers_repeats);
    RUN(entries_make_room_when_their_time_is_over_and_not_before);
    RUN(a_thousand_entries_are_swept_without_mixing_them_up);
    RUN(the_clock_is_called_with_no_lock_held);
    RUN(of_eight_threads_exactly_one_claims_each_request);
    RUN(a_journal_without_sense_is_not_made);
    RUN(running_out_of_memory_while_it_is_made_is_survived);
    RUN(without_memory_for_the_reply_the_write_is_still_ours);
    RUN(claims_need_no_memory);
    return DONE;
}
