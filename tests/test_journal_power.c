/* SPDX-License-Identifier: Apache-2.0 */
/* libpwwb-sqlite on a disk that is full, broken, or loses its power; and without memory. */
/* rows: 1 19 */
#include "faults.h"
#include "power.h"
#include "sqlite_world.h"

static char safe[32], after[32];

static pwwb_journal *
fresh(fake_clock *clock)
{
    empty_folder(safe);
    return fresh_journal(clock);
}

/* ---- power ---- */

/* What the file says of a request that was found after the power failed. */
static int32_t
state_after_cut(uint32_t request)
{
    fake_clock    clock = {NOW, 0};
    pwwb_journal *journal;
    char          file[80];
    int32_t       state = -1;

    power_cut(after);
    (void)snprintf(file, sizeof(file), "%s/journal", after);
    if (pwwb_journal_new_sqlite(file, &fake_clock_ops, &clock, &journal, NULL) != PWWB_OK)
        return -1;
    if (claim_until(journal, request, LATE, &state) != PWWB_OK)
        state = -2;
    pwwb_journal_free(journal);
    return state;
}

static void
what_a_call_answered_survives_a_power_failure(void)
{
    fake_clock    clock   = {NOW, 0};
    pwwb_journal *journal = fresh(&clock);
    long          before  = power_syncs();

    CHECK_INT(PWWB_ENTRY_NEW, state_after_cut(1));
    check_claim(journal, 1, PWWB_ENTRY_NEW);
    CHECK(power_syncs() > before);
    CHECK_INT(PWWB_ENTRY_RUNNING, state_after_cut(1));
    CHECK_STATUS(PWWB_OK, release(journal, 1));
    CHECK_INT(PWWB_ENTRY_NEW, state_after_cut(1));
    check_claim(journal, 1, PWWB_ENTRY_NEW);
    before = power_syncs();
    CHECK_STATUS(PWWB_OK, record(journal, 1, alice, NOW));
    CHECK(power_syncs() > before);
    CHECK_STATUS(PWWB_OK, finish(journal, 1, NOW));
    CHECK_INT(PWWB_ENTRY_DONE, state_after_cut(1));
    pwwb_journal_free(journal);
}

/* The control: a claim by a connection that synchronises nothing is seen to be lost. */
static void
a_claim_that_is_not_synchronised_is_seen_to_be_lost(void)
{
    fake_clock    clock   = {NOW, 0};
    pwwb_journal *journal = fresh(&clock);
    uint8_t       id[16];
    sqlite3      *db;

    check_claim(journal, 1, PWWB_ENTRY_NEW);
    db = open_raw(path, "PRAGMA synchronous = OFF; INSERT INTO pwwb_request (cti, digest, expires_ms) "
                        "VALUES (X'02000000000000000000000000000000', zeroblob(32), 1767225900000)");
    CHECK_INT(PWWB_ENTRY_RUNNING, state_after_cut(1));
    CHECK_INT(PWWB_ENTRY_NEW, state_after_cut(2)); /* where a journal would say RUNNING or REPLAY */
    CHECK_STATUS(PWWB_E_NOT_FOUND, release(journal, 3));
    CHECK_STATUS(PWWB_OK, wb_journal_release(journal, cti(2, id), NULL)); /* it was there */
    sqlite3_close(db);
    pwwb_journal_free(journal);
}

static uint32_t told_done, told_running;
static long     looks, wrong;

/* At each moment at which something reached the disk. */
static void
look(void)
{
    if (looks++ % 7 != 0)
        return;

    power_on_sync(NULL);
    if (told_done > 0)
        wrong += state_after_cut(told_done) != PWWB_ENTRY_DONE;
    if (told_running > told_done)
        wrong += state_after_cut(told_running) == PWWB_ENTRY_NEW;
    power_on_sync(look);
}

/* Past a few checkpoints, at which the octets move from PATH-wal to PATH. */
static void
whenever_the_power_fails_what_was_told_is_there(void)
{
    fake_clock    clock   = {NOW, 0};
    pwwb_journal *journal = fresh(&clock);
    uint32_t      i;

    looks = wrong = 0;
    told_done = told_running = 0;
    power_on_sync(look);
    for (i = 1; i <= 150; i++) {
        check_claim(journal, i, PWWB_ENTRY_NEW);
        told_running = i;
        CHECK_STATUS(PWWB_OK, record(journal, i, alice, NOW));
        CHECK_STATUS(PWWB_OK, finish(journal, i, NOW + i));
        told_done = i;
    }
    power_on_sync(NULL);
    CHECK_INT(0, wrong);
    CHECK(looks > 450 + 2); /* one a call, and those of checkpoints */
    printf("# %ld synchronisations, %ld looked at\n", looks, looks / 7 + 1);
    pwwb_journal_free(journal);
}

/* ---- a disk that is full or broken ---- */

static int
is_expected(pwwb_status st, int code)
{
    if (st == PWWB_OK)
        return 1;
    return (code & 0xff) == SQLITE_FULL ? st == PWWB_E_FULL : st == PWWB_E_SYSTEM;
}

/* The nth access to the disk fails while request 2 is claimed, recorded and finished. What was told to be
 * done is found afterwards, and request 1, from before, stays. 0 = nothing failed: the end. */
static int
one_fault(long nth, int is_lasting, int code)
{
    fake_clock    clock   = {NOW, 0};
    pwwb_journal *journal = fresh(&clock);
    pwwb_status   claimed, recorded, finished;
    int32_t       state;

    check_claim(journal, 1, PWWB_ENTRY_NEW);
    CHECK_STATUS(PWWB_OK, finish(journal, 1, -1));
    power_fail(nth, is_lasting, code);
    claimed  = claim_until(journal, 2, LATE, &state);
    recorded = record(journal, 2, alice, NOW);
    finished = finish(journal, 2, NOW);
    if (power_mend() < nth) {
        pwwb_journal_free(journal);
        return 0;
    }

    CHECK(is_expected(claimed, code));
    CHECK(claimed == PWWB_OK ? is_expected(recorded, code) : recorded == PWWB_E_NOT_FOUND || recorded < 0);
    CHECK(claimed == PWWB_OK ? is_expected(finished, code) : finished < 0);
    CHECK(claimed != PWWB_OK || recorded != PWWB_OK || finished != PWWB_OK);
    check_claim(journal, 1, PWWB_ENTRY_DONE);
    pwwb_journal_free(journal);
    journal = open_journal(&clock);
    check_claim(journal, 1, PWWB_ENTRY_DONE);
    check_claim(journal, 2, finished == PWWB_OK  ? PWWB_ENTRY_DONE
                            : claimed == PWWB_OK ? PWWB_ENTRY_RUNNING
                                                 : PWWB_ENTRY_NEW);
    CHECK_INT(finished == PWWB_OK && recorded == PWWB_OK, is_ours(journal, alice, NOW));
    pwwb_journal_free(journal);
    return 1;
}

static void
check_faults(int is_lasting, int code)
{
    long nth = 1;

    while (one_fault(nth, is_lasting, code))
        nth++;
    CHECK(nth > 6); /* two writes and a synchronisation a call */
    printf("# %ld places\n", nth - 1);
}

static void
a_full_disk_claims_nothing_and_harms_nothing(void)
{
    check_faults(0, SQLITE_FULL);
    check_faults(1, SQLITE_FULL);
}

static void
a_broken_disk_tells_nothing_false(void)
{
    check_faults(0, SQLITE_IOERR_WRITE);
    check_faults(1, SQLITE_IOERR_WRITE);
    check_faults(0, SQLITE_IOERR_FSYNC);
}

/* For as long as it is full: repeats are answered, and nothing new is begun. */
static void
a_full_disk_still_answers_repeats(void)
{
    fake_clock         clock   = {NOW, 0};
    pwwb_journal      *journal = fresh(&clock);
    pwwb_error        *err     = pwwb_error_new();
    pwwb_journal_entry entry;
    uint8_t       id[16], reply[64];

    check_claim(journal, 1, PWWB_ENTRY_NEW);
    CHECK_STATUS(PWWB_OK, finish(journal, 1, -1));
    power_fail(1, 1, SQLITE_FULL);
    CHECK_STATUS(PWWB_E_FULL, wb_journal_claim(journal, cti(2, id), digest, LATE, reply,
                                               sizeof(reply), &entry, err));
    CHECK(strstr(pwwb_error_message(err), "full") != NULL);
    check_claim(journal, 1, PWWB_ENTRY_DONE);
    (void)power_mend();
    check_claim(journal, 2, PWWB_ENTRY_NEW);
    pwwb_journal_free(journal);
    pwwb_error_free(err);
}

static void
a_journal_that_cannot_be_made_says_why(void)
{
    pwwb_journal *journal;
    long          nth = 1, count;

    do {
        pwwb_status st;

        empty_folder(root);
        power_fail(nth, 1, SQLITE_FULL);
        st    = try_open(NULL, &journal);
        count = power_mend();
        if (count >= nth)
            CHECK_STATUS(PWWB_E_NO_SPACE, st);
        pwwb_journal_free(journal);
        pwwb_journal_free(open_journal(NULL)); /* half of one is completed */
    } while (count >= nth++);
    CHECK(nth > 5);
}

static void
a_file_system_that_is_read_only_is_told(void)
{
    pwwb_journal *journal;

    pwwb_journal_free(fresh(NULL));
    power_read_only(1);
    CHECK_STATUS(PWWB_E_READ_ONLY, try_open(NULL, &journal));
    power_read_only(0);
    pwwb_journal_free(open_journal(NULL));
}

/* ---- memory ---- */

typedef struct story {
    pwwb_status made, claimed, recorded, finished, looked;
    int32_t     ours;
} story;

static story
tell(fake_clock *clock)
{
    story         s = {0};
    pwwb_journal *journal;
    int32_t       state;

    s.made = try_open(clock, &journal);
    if (s.made != PWWB_OK)
        return s;

    s.claimed  = claim_until(journal, 1, LATE, &state);
    s.recorded = record(journal, 1, alice, NOW);
    s.finished = finish(journal, 1, NOW);
    s.looked   = wb_journal_lookup(journal, alice, NOW, ISSUED_S, &s.ours, NULL);
    pwwb_journal_free(journal);
    return s;
}

static void
check_told(const story *s, fake_clock *clock)
{
    pwwb_journal *journal = open_journal(clock);
    int           is_done = s->made == PWWB_OK && s->claimed == PWWB_OK && s->finished == PWWB_OK;
    int           is_new  = s->made != PWWB_OK || s->claimed != PWWB_OK;

    check_claim(journal, 1, is_done ? PWWB_ENTRY_DONE : is_new ? PWWB_ENTRY_NEW : PWWB_ENTRY_RUNNING);
    pwwb_journal_free(journal);
}

static int
is_memory(pwwb_status st)
{
    return st == PWWB_OK || st == PWWB_E_NO_MEMORY;
}

/* SQLite does without some allocations, so a story may go well all the same. */
static void
without_memory_at_any_moment_nothing_false_is_told(void)
{
    long nth = 1, failed = 0, count;

    do {
        fake_clock clock = {NOW, 0};
        story      s;

        empty_folder(root);
        empty_folder(safe);
        power_starve(nth);
        s     = tell(&clock);
        count = power_feed();
        CHECK(is_memory(s.made) && is_memory(s.looked));
        CHECK(is_memory(s.claimed));
        CHECK(is_memory(s.recorded) || (s.claimed != PWWB_OK && s.recorded == PWWB_E_NOT_FOUND));
        CHECK(is_memory(s.finished) || (s.claimed != PWWB_OK && s.finished == PWWB_E_NOT_FOUND));
        failed += s.made != PWWB_OK || s.claimed != PWWB_OK || s.recorded != PWWB_OK
                  || s.finished != PWWB_OK || s.looked != PWWB_OK;
        check_told(&s, &clock);
    } while (count >= nth++);
    printf("# %ld of %ld allocations were missed\n", failed, nth - 2);
    CHECK(failed > 50);
}

static void
our_own_memory_is_survived_too(void)
{
    pwwb_journal *journal;
    long          nth, count;

    empty_folder(root);
    faults_count();
    CHECK_STATUS(PWWB_OK, try_open(NULL, &journal));
    count = faults_stop();
    pwwb_journal_free(journal);
    CHECK(count > 1);
    for (nth = 1; nth <= count; nth++) {
        pwwb_status st;

        faults_fail(nth);
        st = try_open(NULL, &journal);
        faults_stop();
        CHECK_STATUS(PWWB_E_NO_MEMORY, st);
        CHECK(journal == NULL);
    }
    pwwb_journal_free(open_journal(NULL));
}

static int
folders_begin(const char *where)
{
    (void)snprintf(safe, sizeof(safe), "%s/pwwb-safe-XXXXXX", where);
    (void)snprintf(after, sizeof(after), "%s/pwwb-after-XXXXXX", where);
    return world_begin(where) && mkdtemp(safe) != NULL && mkdtemp(after) != NULL;
}

int
main(void)
{
    power_count_memory();
    if (!folders_begin("/dev/shm") && !folders_begin("/tmp")) /* nothing needs a real disk here */
        return 1;

    power_install(root, safe);
    RUN(what_a_call_answered_survives_a_power_failure);
    RUN(a_claim_that_is_not_synchronised_is_seen_to_be_lost);
    RUN(whenever_the_power_fails_what_was_told_is_there);
    RUN(a_full_disk_claims_nothing_and_harms_nothing);
    RUN(a_broken_disk_tells_nothing_false);
    RUN(a_full_disk_still_answers_repeats);
    RUN(a_journal_that_cannot_be_made_says_why);
    RUN(a_file_system_that_is_read_only_is_told);
    RUN(without_memory_at_any_moment_nothing_false_is_told);
    RUN(our_own_memory_is_survived_too);
    world_end();
    empty_folder(safe);
    empty_folder(after);
    return rmdir(safe) + rmdir(after) + DONE;
}
