/* SPDX-License-Identifier: Apache-2.0 */
/* rows: 1 19 */
#include <pthread.h>
#include <stdlib.h>

#include "fakes.h"
#include "faults.h"
#include "harness.h"
#include "journal.h"

/* 2026-01-01T00:00:00Z */
#define NOW  INT64_C(1767225600000)
#define ISSUED_S 1000 /* iat of the requests here */
#define LATE (NOW + 300000)

static const uint8_t zero[16]     = {0};
static const uint8_t alice[16]    = {0xa1};
static const uint8_t bob[16]      = {0xb0};
static const uint8_t digest[32]   = {0xd1};
static const uint8_t another[32]  = {0xd2};
static const uint8_t reply_text[] = "a sealed reply";

static pwwb_journal *
new_journal(size_t capacity, fake_clock *clock)
{
    pwwb_journal *journal;

    clock->wall_ms = NOW;
    CHECK_STATUS(PWWB_OK,
                 pwwb_journal_new_memory(capacity, &fake_clock_ops, clock, &journal, NULL));
    return journal;
}

/* The request with that number. */
static const uint8_t *
cti(uint32_t number, uint8_t out[16])
{
    memset(out, 0, 16);
    memcpy(out, &number, sizeof(number));
    return out;
}

static pwwb_status
claim_until(pwwb_journal *journal, uint32_t number, int64_t expires_ms, int32_t *ret_state)
{
    pwwb_entry  entry;
    uint8_t     id[16], reply[64];
    pwwb_status st;

    st = wb_journal_claim(journal, cti(number, id), digest, expires_ms, reply, sizeof(reply),
                          &entry, NULL);
    *ret_state = entry.state;
    return st;
}

static void
check_claim(pwwb_journal *journal, uint32_t number, int32_t expected)
{
    int32_t state;

    CHECK_STATUS(PWWB_OK, claim_until(journal, number, LATE, &state));
    CHECK_INT(expected, state);
}

static pwwb_status
record(pwwb_journal *journal, uint32_t number, const uint8_t *guid, int64_t ms)
{
    uint8_t id[16];

    return wb_journal_record(journal, cti(number, id), guid, ms, ISSUED_S, NULL);
}

static pwwb_status
finish(pwwb_journal *journal, uint32_t number, int64_t ms)
{
    uint8_t id[16];

    return wb_journal_finish(journal, cti(number, id), reply_text, sizeof(reply_text), ms, NULL);
}

static pwwb_status
release(pwwb_journal *journal, uint32_t number)
{
    uint8_t id[16];

    return wb_journal_release(journal, cti(number, id), NULL);
}

static int32_t
is_ours_for(pwwb_journal *journal, const uint8_t *guid, int64_t ms, int64_t issued_s)
{
    int32_t ours = -1;

    CHECK_STATUS(PWWB_OK, wb_journal_lookup(journal, guid, ms, issued_s, &ours, NULL));
    return ours;
}

static int32_t
is_ours(pwwb_journal *journal, const uint8_t *guid, int64_t ms)
{
    return is_ours_for(journal, guid, ms, ISSUED_S);
}

/* Never an older password over a newer one, not even over our own. */
static void
our_write_for_a_newer_request_is_not_ours_to_an_older_one(void)
{
    static const uint8_t somebody[16] = {7};
    fake_clock           clock;
    pwwb_journal        *journal = new_journal(4, &clock);

    check_claim(journal, 1, PWWB_CLAIM_NEW);
    CHECK_STATUS(PWWB_OK, record(journal, 1, somebody, 5));
    CHECK_STATUS(PWWB_OK, finish(journal, 1, 6));
    CHECK_INT(1, is_ours_for(journal, somebody, 6, ISSUED_S));
    CHECK_INT(1, is_ours_for(journal, somebody, 6, ISSUED_S + 1));
    CHECK_INT(0, is_ours_for(journal, somebody, 6, ISSUED_S - 1));
    pwwb_journal_free(journal);
}

static void
a_request_is_new_once(void)
{
    fake_clock    clock;
    pwwb_journal *journal = new_journal(4, &clock);

    check_claim(journal, 1, PWWB_CLAIM_NEW);
    check_claim(journal, 1, PWWB_CLAIM_RUNNING);
    check_claim(journal, 2, PWWB_CLAIM_NEW);
    pwwb_journal_free(journal);
}

static void
the_same_id_with_other_octets_is_a_replay_and_tells_nothing(void)
{
    fake_clock    clock;
    pwwb_journal *journal = new_journal(4, &clock);
    pwwb_entry    entry;
    uint8_t       id[16], reply[64];

    memset(reply, 0, sizeof(reply));
    check_claim(journal, 1, PWWB_CLAIM_NEW);
    CHECK_STATUS(PWWB_OK, record(journal, 1, alice, NOW));
    CHECK_STATUS(PWWB_OK, finish(journal, 1, NOW));
    CHECK_STATUS(PWWB_OK, wb_journal_claim(journal, cti(1, id), another, LATE, reply, sizeof(reply),
                                           &entry, NULL));
    CHECK_INT(PWWB_CLAIM_REPLAY, entry.state);
    CHECK_INT(0, entry.reply_len);
    CHECK_INT(-1, entry.password_last_set_ms);
    CHECK_MEM(zero, sizeof(zero), entry.guid, sizeof(entry.guid));
    CHECK_MEM(zero, sizeof(zero), reply, sizeof(zero));
    check_claim(journal, 1, PWWB_CLAIM_DONE);
    pwwb_journal_free(journal);
}

static void
what_was_recorded_before_a_crash_is_told(void)
{
    fake_clock    clock;
    pwwb_journal *journal = new_journal(4, &clock);
    pwwb_entry    entry;
    uint8_t       id[16], reply[64];

    check_claim(journal, 1, PWWB_CLAIM_NEW);
    CHECK_STATUS(PWWB_OK, record(journal, 1, alice, NOW - 5));
    CHECK_STATUS(PWWB_OK, wb_journal_claim(journal, cti(1, id), digest, LATE, reply, sizeof(reply),
                                           &entry, NULL));
    CHECK_INT(PWWB_CLAIM_RUNNING, entry.state);
    CHECK_INT(NOW - 5, entry.password_last_set_ms);
    CHECK_MEM(alice, sizeof(alice), entry.guid, sizeof(entry.guid));
    pwwb_journal_free(journal);
}

static void
a_finished_request_is_answered_with_its_reply(void)
{
    fake_clock    clock;
    pwwb_journal *journal = new_journal(4, &clock);
    pwwb_entry    entry;
    uint8_t       id[16], reply[sizeof(reply_text)];

    check_claim(journal, 1, PWWB_CLAIM_NEW);
    CHECK_STATUS(PWWB_OK, record(journal, 1, alice, NOW - 5));
    CHECK_STATUS(PWWB_OK, finish(journal, 1, NOW));
    CHECK_STATUS(PWWB_OK, wb_journal_claim(journal, cti(1, id), digest, LATE, reply, sizeof(reply),
                                           &entry, NULL));
    CHECK_INT(PWWB_CLAIM_DONE, entry.state);
    CHECK_MEM(reply_text, sizeof(reply_text), reply, entry.reply_len);
    CHECK_INT(NOW - 5, entry.password_last_set_ms);
    CHECK_MEM(alice, sizeof(alice), entry.guid, sizeof(entry.guid));
    CHECK_STATUS(PWWB_E_BUFFER_TOO_SMALL, wb_journal_claim(journal, cti(1, id), digest, LATE, reply,
                                                           sizeof(reply) - 1, &entry, NULL));
    pwwb_journal_free(journal);
}

static void
only_what_runs_can_be_recorded_and_finished(void)
{
    fake_clock    clock;
    pwwb_journal *journal = new_journal(4, &clock);

    CHECK_STATUS(PWWB_E_NOT_FOUND, record(journal, 1, alice, NOW));
    CHECK_STATUS(PWWB_E_NOT_FOUND, finish(journal, 1, NOW));
    check_claim(journal, 1, PWWB_CLAIM_NEW);
    CHECK_STATUS(PWWB_OK, finish(journal, 1, -1));
    CHECK_STATUS(PWWB_E_STATE, record(journal, 1, alice, NOW));
    CHECK_STATUS(PWWB_E_STATE, finish(journal, 1, NOW));
    check_claim(journal, 2, PWWB_CLAIM_NEW);
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, wb_journal_finish(journal, zero, zero, 0, NOW, NULL));
    pwwb_journal_free(journal);
}

static void
a_claim_that_is_taken_back_can_be_claimed_again(void)
{
    fake_clock    clock;
    pwwb_journal *journal = new_journal(1, &clock);

    CHECK_STATUS(PWWB_E_NOT_FOUND, release(journal, 1));
    check_claim(journal, 1, PWWB_CLAIM_NEW);
    check_claim(journal, 1, PWWB_CLAIM_RUNNING);
    CHECK_STATUS(PWWB_OK, release(journal, 1));
    CHECK_STATUS(PWWB_E_NOT_FOUND, release(journal, 1));
    CHECK_STATUS(PWWB_E_NOT_FOUND, record(journal, 1, alice, NOW));
    check_claim(journal, 2, PWWB_CLAIM_NEW); /* its room is free */
    CHECK_STATUS(PWWB_OK, release(journal, 2));
    check_claim(journal, 1, PWWB_CLAIM_NEW);
    check_claim(journal, 1, PWWB_CLAIM_RUNNING);
    pwwb_journal_free(journal);
}

static void
what_may_have_been_written_is_not_taken_back(void)
{
    fake_clock    clock;
    pwwb_journal *journal = new_journal(4, &clock);

    check_claim(journal, 1, PWWB_CLAIM_NEW);
    CHECK_STATUS(PWWB_OK, record(journal, 1, alice, -1)); /* a time that nobody knew */
    CHECK_STATUS(PWWB_E_STATE, release(journal, 1));
    check_claim(journal, 1, PWWB_CLAIM_RUNNING);
    CHECK_STATUS(PWWB_OK, finish(journal, 1, -1));
    CHECK_STATUS(PWWB_E_STATE, release(journal, 1));
    check_claim(journal, 1, PWWB_CLAIM_DONE);
    check_claim(journal, 2, PWWB_CLAIM_NEW); /* refused before anything was recorded */
    CHECK_STATUS(PWWB_OK, finish(journal, 2, -1));
    CHECK_STATUS(PWWB_E_STATE, release(journal, 2));
    check_claim(journal, 2, PWWB_CLAIM_DONE);
    pwwb_journal_free(journal);
}

/* Claims and their taking back in any order, against a list of what is claimed. */
static void
claims_taken_back_in_any_order_leave_the_others_alone(void)
{
    enum { SOME = 200 };
    char          is_claimed[SOME] = {0};
    fake_clock    clock;
    pwwb_journal *journal = new_journal(SOME, &clock);
    uint32_t      n, i, random = 1;

    for (i = 0; i < 20000; i++) {
        random = random * 1664525u + 1013904223u;
        n      = (random >> 16) % SOME;
        if (is_claimed[n])
            CHECK_STATUS(PWWB_OK, release(journal, n));
        else
            check_claim(journal, n, PWWB_CLAIM_NEW);
        is_claimed[n] = !is_claimed[n];
    }
    for (n = 0; n < SOME; n++)
        check_claim(journal, n, is_claimed[n] ? PWWB_CLAIM_RUNNING : PWWB_CLAIM_NEW);
    pwwb_journal_free(journal);
}

static void
a_time_is_ours_only_with_its_account_and_once_finished(void)
{
    fake_clock    clock;
    pwwb_journal *journal = new_journal(4, &clock);

    check_claim(journal, 1, PWWB_CLAIM_NEW);
    CHECK_STATUS(PWWB_OK, record(journal, 1, alice, NOW - 5));
    CHECK_INT(0, is_ours(journal, alice, NOW - 5));
    CHECK_STATUS(PWWB_OK, finish(journal, 1, NOW));
    CHECK_INT(1, is_ours(journal, alice, NOW));
    CHECK_INT(0, is_ours(journal, alice, NOW - 5));
    CHECK_INT(0, is_ours(journal, alice, NOW + 1));
    CHECK_INT(0, is_ours(journal, bob, NOW));
    pwwb_journal_free(journal);
}

static void
a_request_that_wrote_nothing_makes_no_time_ours(void)
{
    fake_clock    clock;
    pwwb_journal *journal = new_journal(4, &clock);

    check_claim(journal, 1, PWWB_CLAIM_NEW);
    CHECK_STATUS(PWWB_OK, record(journal, 1, alice, NOW - 5));
    CHECK_STATUS(PWWB_OK, finish(journal, 1, -1));
    CHECK_INT(0, is_ours(journal, alice, -1));
    CHECK_INT(0, is_ours(journal, alice, NOW - 5));
    pwwb_journal_free(journal);
}

static void
a_full_journal_refuses_and_still_answers_repeats(void)
{
    fake_clock    clock;
    pwwb_journal *journal = new_journal(2, &clock);
    int32_t       state;

    check_claim(journal, 1, PWWB_CLAIM_NEW);
    CHECK_STATUS(PWWB_OK, finish(journal, 1, NOW));
    check_claim(journal, 2, PWWB_CLAIM_NEW);
    CHECK_STATUS(PWWB_E_FULL, claim_until(journal, 3, LATE, &state));
    CHECK_INT(0, state);
    check_claim(journal, 1, PWWB_CLAIM_DONE);
    check_claim(journal, 2, PWWB_CLAIM_RUNNING);
    pwwb_journal_free(journal);
}

static void
entries_make_room_when_their_time_is_over_and_not_before(void)
{
    fake_clock    clock;
    pwwb_journal *journal = new_journal(2, &clock);
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
    check_claim(journal, 3, PWWB_CLAIM_NEW);
    CHECK_INT(0, is_ours(journal, alice, NOW));
    CHECK_INT(1, is_ours(journal, bob, NOW));
    check_claim(journal, 2, PWWB_CLAIM_DONE);
    CHECK_STATUS(PWWB_E_FULL, claim_until(journal, 4, LATE, &state));
    clock.wall_ms = NOW + 20;
    check_claim(journal, 4, PWWB_CLAIM_NEW);
    check_claim(journal, 3, PWWB_CLAIM_RUNNING);
    pwwb_journal_free(journal);
}

/* Every third request outlives its neighbours: what is swept and what stays is told apart, and
 * found again, though everything has moved. */
static void
a_thousand_entries_are_swept_without_mixing_them_up(void)
{
    fake_clock    clock;
    pwwb_journal *journal = new_journal(1000, &clock);
    int           wrong   = 0;
    int32_t       state;
    uint32_t      i;

    for (i = 0; i < 1000; i++) {
        wrong += claim_until(journal, i, i % 3 == 0 ? LATE : NOW + 10, &state) != PWWB_OK;
        if (i % 2 == 0)
            wrong += finish(journal, i, -1) != PWWB_OK;
    }
    clock.wall_ms = NOW + 10;
    check_claim(journal, 5000, PWWB_CLAIM_NEW);
    for (i = 0; i < 1000; i += 3) {
        wrong += claim_until(journal, i, LATE, &state) != PWWB_OK;
        wrong += state != (i % 2 == 0 ? PWWB_CLAIM_DONE : PWWB_CLAIM_RUNNING);
    }
    for (i = 1; i < 1000; i += 3) {
        wrong += claim_until(journal, i, LATE, &state) != PWWB_OK;
        wrong += state != PWWB_CLAIM_NEW;
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
    check_claim(nosy.journal, 1, PWWB_CLAIM_NEW);
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
        racer->won[i] = state == PWWB_CLAIM_NEW;
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
    pwwb_journal *journal = new_journal(4, &clock);
    pwwb_status   st;

    check_claim(journal, 1, PWWB_CLAIM_NEW);
    CHECK_STATUS(PWWB_OK, record(journal, 1, alice, NOW - 5));
    faults_fail(1);
    st = finish(journal, 1, NOW);
    CHECK_INT(1, faults_stop());
    CHECK_STATUS(PWWB_E_NO_MEMORY, st);
    CHECK_INT(1, is_ours(journal, alice, NOW));
    check_claim(journal, 1, PWWB_CLAIM_RUNNING);
    CHECK_STATUS(PWWB_OK, finish(journal, 1, NOW));
    check_claim(journal, 1, PWWB_CLAIM_DONE);
    pwwb_journal_free(journal);
}

static void
claims_need_no_memory(void)
{
    fake_clock    clock;
    pwwb_journal *journal = new_journal(2, &clock);

    faults_count();
    check_claim(journal, 1, PWWB_CLAIM_NEW);
    CHECK_STATUS(PWWB_OK, record(journal, 1, alice, NOW));
    CHECK_INT(0, is_ours(journal, alice, NOW));
    CHECK_INT(0, faults_stop());
    pwwb_journal_free(journal);
}

int
main(void)
{
    RUN(our_write_for_a_newer_request_is_not_ours_to_an_older_one);
    RUN(a_request_is_new_once);
    RUN(the_same_id_with_other_octets_is_a_replay_and_tells_nothing);
    RUN(what_was_recorded_before_a_crash_is_told);
    RUN(a_finished_request_is_answered_with_its_reply);
    RUN(only_what_runs_can_be_recorded_and_finished);
    RUN(a_claim_that_is_taken_back_can_be_claimed_again);
    RUN(what_may_have_been_written_is_not_taken_back);
    RUN(claims_taken_back_in_any_order_leave_the_others_alone);
    RUN(a_time_is_ours_only_with_its_account_and_once_finished);
    RUN(a_request_that_wrote_nothing_makes_no_time_ours);
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
