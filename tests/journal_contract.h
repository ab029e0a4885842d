/* SPDX-License-Identifier: Apache-2.0 */
#ifndef JOURNAL_CONTRACT_H
#define JOURNAL_CONTRACT_H

/* What every journal does: run over each maker. A program that includes it says how one is made, at NOW by
 * that clock and with room for 200 requests, and how many claims in any order it has the time for. */

#include "journals.h"

static pwwb_journal *new_journal_of(fake_clock *clock);

static pwwb_journal *
new_journal(fake_clock *clock)
{
    clock->wall_ms = NOW;
    return new_journal_of(clock);
}

/* Never an older password over a newer one, not even over our own. */
static void
our_write_for_a_newer_request_is_not_ours_to_an_older_one(void)
{
    static const uint8_t somebody[16] = {7};
    fake_clock           clock;
    pwwb_journal        *journal = new_journal(&clock);

    check_claim(journal, 1, PWWB_ENTRY_NEW);
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
    pwwb_journal *journal = new_journal(&clock);

    check_claim(journal, 1, PWWB_ENTRY_NEW);
    check_claim(journal, 1, PWWB_ENTRY_RUNNING);
    check_claim(journal, 2, PWWB_ENTRY_NEW);
    pwwb_journal_free(journal);
}

static void
the_same_id_with_other_octets_is_a_replay_and_tells_nothing(void)
{
    fake_clock         clock;
    pwwb_journal      *journal = new_journal(&clock);
    pwwb_journal_entry entry;
    uint8_t       id[16], reply[64];

    memset(reply, 0, sizeof(reply));
    check_claim(journal, 1, PWWB_ENTRY_NEW);
    CHECK_STATUS(PWWB_OK, record(journal, 1, alice, NOW));
    CHECK_STATUS(PWWB_OK, finish(journal, 1, NOW));
    CHECK_STATUS(PWWB_OK, wb_journal_claim(journal, cti(1, id), another, LATE, reply, sizeof(reply),
                                           &entry, NULL));
    CHECK_INT(PWWB_ENTRY_REPLAY, entry.state);
    CHECK_INT(0, entry.reply_len);
    CHECK_INT(-1, entry.password_last_set_ms);
    CHECK_MEM(zero, sizeof(zero), entry.guid, sizeof(entry.guid));
    CHECK_MEM(zero, sizeof(zero), reply, sizeof(zero));
    check_claim(journal, 1, PWWB_ENTRY_DONE);
    pwwb_journal_free(journal);
}

static void
what_was_recorded_before_a_crash_is_told(void)
{
    fake_clock         clock;
    pwwb_journal      *journal = new_journal(&clock);
    pwwb_journal_entry entry;
    uint8_t       id[16], reply[64];

    check_claim(journal, 1, PWWB_ENTRY_NEW);
    CHECK_STATUS(PWWB_OK, record(journal, 1, alice, NOW - 5));
    CHECK_STATUS(PWWB_OK, wb_journal_claim(journal, cti(1, id), digest, LATE, reply, sizeof(reply),
                                           &entry, NULL));
    CHECK_INT(PWWB_ENTRY_RUNNING, entry.state);
    CHECK_INT(NOW - 5, entry.password_last_set_ms);
    CHECK_MEM(alice, sizeof(alice), entry.guid, sizeof(entry.guid));
    pwwb_journal_free(journal);
}

static void
a_finished_request_is_answered_with_its_reply(void)
{
    fake_clock         clock;
    pwwb_journal      *journal = new_journal(&clock);
    pwwb_journal_entry entry;
    uint8_t       id[16], reply[sizeof(reply_text)];

    check_claim(journal, 1, PWWB_ENTRY_NEW);
    CHECK_STATUS(PWWB_OK, record(journal, 1, alice, NOW - 5));
    CHECK_STATUS(PWWB_OK, finish(journal, 1, NOW));
    CHECK_STATUS(PWWB_OK, wb_journal_claim(journal, cti(1, id), digest, LATE, reply, sizeof(reply),
                                           &entry, NULL));
    CHECK_INT(PWWB_ENTRY_DONE, entry.state);
    CHECK_MEM(reply_text, sizeof(reply_text), reply, entry.reply_len);
    CHECK_INT(NOW - 5, entry.password_last_set_ms);
    CHECK_MEM(alice, sizeof(alice), entry.guid, sizeof(entry.guid));
    CHECK_STATUS(PWWB_E_BUFFER_TOO_SMALL, wb_journal_claim(journal, cti(1, id), digest, LATE, reply,
                                                           sizeof(reply) - 1, &entry, NULL));
    check_claim(journal, 1, PWWB_ENTRY_DONE);
    pwwb_journal_free(journal);
}

static void
only_what_runs_can_be_recorded_and_finished(void)
{
    fake_clock    clock;
    pwwb_journal *journal = new_journal(&clock);

    CHECK_STATUS(PWWB_E_NOT_FOUND, record(journal, 1, alice, NOW));
    CHECK_STATUS(PWWB_E_NOT_FOUND, finish(journal, 1, NOW));
    check_claim(journal, 1, PWWB_ENTRY_NEW);
    CHECK_STATUS(PWWB_OK, finish(journal, 1, -1));
    CHECK_STATUS(PWWB_E_STATE, record(journal, 1, alice, NOW));
    CHECK_STATUS(PWWB_E_STATE, finish(journal, 1, NOW));
    check_claim(journal, 2, PWWB_ENTRY_NEW);
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, wb_journal_finish(journal, zero, zero, 0, NOW, NULL));
    pwwb_journal_free(journal);
}

static void
a_claim_that_is_taken_back_can_be_claimed_again(void)
{
    fake_clock    clock;
    pwwb_journal *journal = new_journal(&clock);

    CHECK_STATUS(PWWB_E_NOT_FOUND, release(journal, 1));
    check_claim(journal, 1, PWWB_ENTRY_NEW);
    check_claim(journal, 1, PWWB_ENTRY_RUNNING);
    CHECK_STATUS(PWWB_OK, release(journal, 1));
    CHECK_STATUS(PWWB_E_NOT_FOUND, release(journal, 1));
    CHECK_STATUS(PWWB_E_NOT_FOUND, record(journal, 1, alice, NOW));
    check_claim(journal, 1, PWWB_ENTRY_NEW);
    check_claim(journal, 1, PWWB_ENTRY_RUNNING);
    pwwb_journal_free(journal);
}

static void
what_may_have_been_written_is_not_taken_back(void)
{
    fake_clock    clock;
    pwwb_journal *journal = new_journal(&clock);

    check_claim(journal, 1, PWWB_ENTRY_NEW);
    CHECK_STATUS(PWWB_OK, record(journal, 1, alice, -1)); /* a time that nobody knew */
    CHECK_STATUS(PWWB_E_STATE, release(journal, 1));
    check_claim(journal, 1, PWWB_ENTRY_RUNNING);
    CHECK_STATUS(PWWB_OK, finish(journal, 1, -1));
    CHECK_STATUS(PWWB_E_STATE, release(journal, 1));
    check_claim(journal, 1, PWWB_ENTRY_DONE);
    check_claim(journal, 2, PWWB_ENTRY_NEW); /* refused before anything was recorded */
    CHECK_STATUS(PWWB_OK, finish(journal, 2, -1));
    CHECK_STATUS(PWWB_E_STATE, release(journal, 2));
    check_claim(journal, 2, PWWB_ENTRY_DONE);
    pwwb_journal_free(journal);
}

/* Claims and their taking back in any order, against a list of what is claimed. */
static void
claims_taken_back_in_any_order_leave_the_others_alone(void)
{
    enum { SOME = 200 };
    char          is_claimed[SOME] = {0};
    fake_clock    clock;
    pwwb_journal *journal = new_journal(&clock);
    uint32_t      n, i, random = 1;

    for (i = 0; i < JOURNAL_CLAIMS; i++) {
        random = random * 1664525u + 1013904223u;
        n      = (random >> 16) % SOME;
        if (is_claimed[n])
            CHECK_STATUS(PWWB_OK, release(journal, n));
        else
            check_claim(journal, n, PWWB_ENTRY_NEW);
        is_claimed[n] = !is_claimed[n];
    }
    for (n = 0; n < SOME; n++)
        check_claim(journal, n, is_claimed[n] ? PWWB_ENTRY_RUNNING : PWWB_ENTRY_NEW);
    pwwb_journal_free(journal);
}

static void
a_time_is_ours_only_with_its_account_and_once_finished(void)
{
    fake_clock    clock;
    pwwb_journal *journal = new_journal(&clock);

    check_claim(journal, 1, PWWB_ENTRY_NEW);
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
    pwwb_journal *journal = new_journal(&clock);

    check_claim(journal, 1, PWWB_ENTRY_NEW);
    CHECK_STATUS(PWWB_OK, record(journal, 1, alice, NOW - 5));
    CHECK_STATUS(PWWB_OK, finish(journal, 1, -1));
    CHECK_INT(0, is_ours(journal, alice, -1));
    CHECK_INT(0, is_ours(journal, alice, NOW - 5));
    pwwb_journal_free(journal);
}

/* A reply of any size that the wire has, and with any octet in it. */
static void
a_long_reply_is_kept_octet_by_octet(void)
{
    fake_clock         clock;
    pwwb_journal      *journal = new_journal(&clock);
    pwwb_journal_entry entry;
    static uint8_t sent[PWWB_ENVELOPE_MAX], got[PWWB_ENVELOPE_MAX];
    uint8_t        id[16];
    size_t         i;

    for (i = 0; i < sizeof(sent); i++)
        sent[i] = (uint8_t)(i * 7);
    check_claim(journal, 1, PWWB_ENTRY_NEW);
    CHECK_STATUS(PWWB_OK, wb_journal_finish(journal, cti(1, id), sent, sizeof(sent), -1, NULL));
    CHECK_STATUS(PWWB_OK,
                 wb_journal_claim(journal, id, digest, LATE, got, sizeof(got), &entry, NULL));
    CHECK_MEM(sent, sizeof(sent), got, entry.reply_len);
    pwwb_journal_free(journal);
}

/* It says from when on it knows everything: from when it was made. */
static void
a_claim_says_since_when_the_journal_knows(void)
{
    fake_clock         clock;
    pwwb_journal      *journal = new_journal(&clock);
    pwwb_journal_entry entry;
    uint8_t       id[16], reply[64];
    int           i;

    for (i = 0; i < 2; i++) {
        clock.wall_ms += 1000;
        CHECK_STATUS(PWWB_OK, wb_journal_claim(journal, cti(1, id), digest, LATE, reply,
                                               sizeof(reply), &entry, NULL));
        CHECK_INT(NOW, entry.since_ms);
    }
    pwwb_journal_free(journal);
}

static void
an_entry_is_known_until_its_time_is_over(void)
{
    fake_clock    clock;
    pwwb_journal *journal = new_journal(&clock);

    check_claim(journal, 1, PWWB_ENTRY_NEW);
    CHECK_STATUS(PWWB_OK, record(journal, 1, alice, NOW - 5));
    CHECK_STATUS(PWWB_OK, finish(journal, 1, NOW));
    check_claim(journal, 2, PWWB_ENTRY_NEW);
    clock.wall_ms = LATE - 1;
    check_claim(journal, 3, PWWB_ENTRY_NEW);
    check_claim(journal, 1, PWWB_ENTRY_DONE);
    check_claim(journal, 2, PWWB_ENTRY_RUNNING);
    CHECK_INT(1, is_ours(journal, alice, NOW));
    pwwb_journal_free(journal);
}

static void
journal_contract(void)
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
    RUN(a_long_reply_is_kept_octet_by_octet);
    RUN(a_claim_says_since_when_the_journal_knows);
    RUN(an_entry_is_known_until_its_time_is_over);
}

#endif /* JOURNAL_CONTRACT_H */
