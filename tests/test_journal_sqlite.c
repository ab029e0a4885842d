/* SPDX-License-Identifier: Apache-2.0 */
/* rows: 1 19 */
#include <ctype.h>
#include <pthread.h>

#include "faults.h"
#include "sqlite_world.h"

#define JOURNAL_CLAIMS 400
#include "journal_contract.h"

static pwwb_journal *
new_journal_of(fake_clock *clock)
{
    return fresh_journal(clock);
}

static int64_t
number(const char *sql)
{
    sqlite3      *db = open_raw(path, "");
    sqlite3_stmt *statement;
    int64_t       n = -1;

    if (sqlite3_prepare_v2(db, sql, -1, &statement, NULL) == SQLITE_OK
        && sqlite3_step(statement) == SQLITE_ROW)
        n = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    sqlite3_close(db);
    return n;
}

static void
what_was_told_is_there_when_it_is_opened_again(void)
{
    fake_clock         clock   = {NOW, 0};
    pwwb_journal      *journal = fresh_journal(&clock);
    pwwb_journal_entry entry;
    uint8_t       id[16], reply[64];

    check_claim(journal, 1, PWWB_ENTRY_NEW);
    CHECK_STATUS(PWWB_OK, record(journal, 1, alice, NOW - 5));
    CHECK_STATUS(PWWB_OK, finish(journal, 1, NOW));
    check_claim(journal, 2, PWWB_ENTRY_NEW);
    pwwb_journal_free(journal);

    clock.wall_ms = NOW + 5000;
    journal       = open_journal(&clock);
    CHECK_STATUS(PWWB_OK, wb_journal_claim(journal, cti(1, id), digest, LATE, reply, sizeof(reply),
                                           &entry, NULL));
    CHECK_INT(PWWB_ENTRY_DONE, entry.state);
    CHECK_INT(NOW, entry.since_ms); /* it knows of everything since it was first made */
    CHECK_MEM(reply_text, sizeof(reply_text), reply, entry.reply_len);
    check_claim(journal, 2, PWWB_ENTRY_RUNNING);
    CHECK_INT(1, is_ours(journal, alice, NOW));
    pwwb_journal_free(journal);
}

/* The next file knows nothing of what stood in the one before. */
static void
a_file_that_is_made_anew_says_so(void)
{
    fake_clock         clock   = {NOW, 0};
    pwwb_journal      *journal = fresh_journal(&clock);
    pwwb_journal_entry entry;
    uint8_t       id[16], reply[64];

    pwwb_journal_free(journal);
    clock.wall_ms = NOW + 5000;
    journal       = fresh_journal(&clock);
    CHECK_STATUS(PWWB_OK, wb_journal_claim(journal, cti(1, id), digest, LATE, reply, sizeof(reply),
                                           &entry, NULL));
    CHECK_INT(NOW + 5000, entry.since_ms);
    pwwb_journal_free(journal);
}

static void
handles_see_each_others_entries_at_once(void)
{
    fake_clock    clock = {NOW, 0};
    pwwb_journal *one = fresh_journal(&clock), *other = open_journal(&clock);

    check_claim(one, 1, PWWB_ENTRY_NEW);
    check_claim(other, 1, PWWB_ENTRY_RUNNING);
    CHECK_STATUS(PWWB_OK, record(one, 1, alice, NOW - 5));
    CHECK_STATUS(PWWB_E_STATE, release(other, 1));
    CHECK_STATUS(PWWB_OK, finish(one, 1, NOW));
    CHECK_INT(1, is_ours(other, alice, NOW));
    check_claim(other, 1, PWWB_ENTRY_DONE);
    check_claim(other, 2, PWWB_ENTRY_NEW);
    CHECK_STATUS(PWWB_OK, release(other, 2));
    check_claim(one, 2, PWWB_ENTRY_NEW);
    pwwb_journal_free(one);
    pwwb_journal_free(other);
}

/* Eight a claim: nobody waits for a great tidying, and in the end nothing is left behind. */
static void
what_is_over_is_removed_a_little_at_a_time(void)
{
    fake_clock    clock   = {NOW, 0};
    pwwb_journal *journal = fresh_journal(&clock);
    int32_t       state;
    uint32_t      i;
    int64_t       before;

    for (i = 0; i < 60; i++)
        CHECK_STATUS(PWWB_OK, claim_until(journal, i, NOW + 1 + i, &state));
    CHECK_INT(60, number("SELECT count(*) FROM pwwb_request"));
    clock.wall_ms = NOW + 50; /* 50 of them are over */
    check_claim(journal, 100, PWWB_ENTRY_NEW);
    before = number("SELECT count(*) FROM pwwb_request");
    CHECK(before > 40 && before < 60);
    for (i = 101; i < 150; i++)
        check_claim(journal, i, PWWB_ENTRY_NEW);
    CHECK_INT(10 + 50, number("SELECT count(*) FROM pwwb_request"));
    CHECK_INT(0, number("SELECT count(*) FROM pwwb_request WHERE expires_ms <= 1767225600050"));
    check_claim(journal, 55, PWWB_ENTRY_RUNNING);
    pwwb_journal_free(journal);
}

/* Eight lives of requests, one after the other: the file stays as large as what is alive. */
static void
the_file_does_not_grow_for_ever(void)
{
    fake_clock    clock   = {NOW, 0};
    pwwb_journal *journal = fresh_journal(&clock);
    int64_t       pages[8];
    int32_t       state;
    uint32_t      i, round;

    for (round = 0; round < 8; round++) {
        for (i = 0; i < 40; i++) {
            CHECK_STATUS(PWWB_OK,
                         claim_until(journal, round * 40 + i, clock.wall_ms + 1000, &state));
            CHECK_STATUS(PWWB_OK, record(journal, round * 40 + i, alice, -1));
            CHECK_STATUS(PWWB_OK, finish(journal, round * 40 + i, -1));
        }
        clock.wall_ms += 1000;
        pages[round] = number("PRAGMA page_count");
    }
    CHECK(pages[7] <= pages[2] + pages[2] / 2);
    pwwb_journal_free(journal);
}

#define THREADS 4
#define ROUNDS  20

static int               won[THREADS][ROUNDS];
static int               failures[THREADS];
static pthread_barrier_t together; /* before each claim */

static void *
race(void *arg)
{
    int           self = *(int *)arg;
    pwwb_journal *journal;
    int32_t       state;
    uint32_t      i;

    failures[self] = try_open(NULL, &journal) != PWWB_OK;
    for (i = 0; i < ROUNDS; i++) {
        (void)pthread_barrier_wait(&together);
        if (failures[self] != 0)
            continue;
        failures[self] += claim_until(journal, i, INT64_MAX, &state) != PWWB_OK;
        won[self][i] = state == PWWB_ENTRY_NEW;
        if (won[self][i])
            failures[self] += record(journal, i, alice, NOW) != PWWB_OK
                              || finish(journal, i, NOW + i) != PWWB_OK;
    }
    pwwb_journal_free(journal);
    return NULL;
}

/* All of them make the file, too. */
static void
of_threads_with_a_handle_each_exactly_one_claims_each_request(void)
{
    static int    selves[THREADS] = {0, 1, 2, 3};
    pthread_t     threads[THREADS];
    pwwb_journal *journal;
    int           wrong = 0, i, k;

    empty_folder(root);
    CHECK_INT(0, pthread_barrier_init(&together, NULL, THREADS));
    for (i = 0; i < THREADS; i++)
        CHECK_INT(0, pthread_create(&threads[i], NULL, race, &selves[i]));
    for (i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
        CHECK_INT(0, failures[i]);
    }
    pthread_barrier_destroy(&together);
    journal = open_journal(NULL);
    for (k = 0; k < ROUNDS; k++)
        wrong += won[0][k] + won[1][k] + won[2][k] + won[3][k] != 1
                 || is_ours(journal, alice, NOW + k) != 1;
    CHECK_INT(0, wrong);
    pwwb_journal_free(journal);
}

/* Words with one space between them. */
static void
squeeze(char *text)
{
    char *to = text;

    for (; *text != '\0'; text++)
        if (!isspace((unsigned char)*text) || (text[1] != '\0' && !isspace((unsigned char)text[1])))
            *to++ = isspace((unsigned char)*text) ? ' ' : *text;
    *to = '\0';
}

static void
schema_of(const char *file, const char *sql, char *out, size_t size)
{
    sqlite3      *db = open_raw(file, sql);
    sqlite3_stmt *statement;

    *out = '\0';
    if (sqlite3_prepare_v2(db, "SELECT group_concat(sql, '; ') FROM (SELECT sql FROM sqlite_schema "
                               "WHERE sql IS NOT NULL ORDER BY name)",
                           -1, &statement, NULL) == SQLITE_OK
        && sqlite3_step(statement) == SQLITE_ROW)
        (void)snprintf(out, size, "%s", sqlite3_column_text(statement, 0));
    sqlite3_finalize(statement);
    sqlite3_close(db);
    squeeze(out);
}

/* What a host puts into its own database by docs/journal.md. */
static void
the_tables_are_those_that_are_documented(void)
{
    static char page[32768], documented[2000], made[2000];
    int         fd    = open(DOCS "/journal.md", O_RDONLY);
    ssize_t     len   = read(fd, page, sizeof(page) - 1);
    char       *begin = strstr(page, "```sql sqlite\n");
    char       *end   = begin == NULL ? NULL : strstr(begin + 3, "```");

    close(fd);
    CHECK(len > 0 && (size_t)len < sizeof(page) - 1 && end != NULL);
    if (end == NULL)
        return;
    *end = '\0';
    schema_of(":memory:", begin + strlen("```sql sqlite\n"), documented, sizeof(documented));
    pwwb_journal_free(fresh_journal(NULL));
    schema_of(path, "", made, sizeof(made));
    CHECK(strlen(made) > 200);
    CHECK_STR(documented, made);
}

/* What lookup asks for at every request must not read the whole table. */
static void
lookup_is_answered_by_an_index(void)
{
    fake_clock    clock = {NOW, 0};
    sqlite3      *db;
    sqlite3_stmt *plan;

    pwwb_journal_free(fresh_journal(&clock));
    db = open_raw(path, "");
    CHECK_INT(SQLITE_OK, sqlite3_prepare_v2(db,
                                            "EXPLAIN QUERY PLAN SELECT 1 FROM pwwb_request WHERE guid "
                                            "= 1 AND written_ms = 2 AND issued_s <= 3 LIMIT 1",
                                            -1, &plan, NULL));
    CHECK_INT(SQLITE_ROW, sqlite3_step(plan));
    CHECK(strstr((const char *)sqlite3_column_text(plan, 3), "pwwb_request_written") != NULL);
    sqlite3_finalize(plan);
    sqlite3_close(db);
}

/* The order in which it is freed, and an error object, are as everywhere. */
static void
a_failure_says_why(void)
{
    pwwb_error   *err = pwwb_error_new();
    pwwb_journal *journal = (pwwb_journal *)root;

    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_journal_new_sqlite(NULL, NULL, NULL, &journal, err));
    CHECK(journal == NULL);
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_error_status(err));
    CHECK(pwwb_error_message(err)[0] != '\0');
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_journal_new_sqlite(path, NULL, NULL, NULL, err));
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_journal_new_sqlite("", NULL, NULL, &journal, err));
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT,
                 pwwb_journal_new_sqlite("/tmp/", NULL, NULL, &journal, err));
    empty_folder(root);
    CHECK_STATUS(PWWB_OK, pwwb_journal_new_sqlite(path, NULL, NULL, &journal, err));
    CHECK_STATUS(PWWB_OK, pwwb_error_status(err));
    pwwb_journal_free(journal);
    pwwb_error_free(err);
}

static void
a_clock_without_sense_is_refused(void)
{
    struct {
        pwwb_clock_ops ops;
        void          *unknown;
    } longer               = {.ops = fake_clock_ops};
    fake_clock     clock   = {NOW, 0};
    pwwb_clock_ops broken  = fake_clock_ops;
    pwwb_journal  *journal;

    empty_folder(root);
    broken.size = 8;
    CHECK_STATUS(PWWB_E_ABI, pwwb_journal_new_sqlite(path, &broken, &clock, &journal, NULL));
    broken         = fake_clock_ops;
    broken.wall_ms = NULL;
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT,
                 pwwb_journal_new_sqlite(path, &broken, &clock, &journal, NULL));
    longer.ops.size = sizeof(longer);
    longer.unknown  = &clock;
    CHECK_STATUS(PWWB_E_ABI, pwwb_journal_new_sqlite(path, &longer.ops, &clock, &journal, NULL));
    CHECK_INT(0, count_files(root));
    longer.unknown = NULL;
    CHECK_STATUS(PWWB_OK, pwwb_journal_new_sqlite(path, &longer.ops, &clock, &journal, NULL));
    pwwb_journal_free(journal);
}

int
main(void)
{
    if (!world_begin("/tmp"))
        return 1;

    journal_contract();
    RUN(what_was_told_is_there_when_it_is_opened_again);
    RUN(a_file_that_is_made_anew_says_so);
    RUN(handles_see_each_others_entries_at_once);
    RUN(what_is_over_is_removed_a_little_at_a_time);
    RUN(the_file_does_not_grow_for_ever);
    RUN(of_threads_with_a_handle_each_exactly_one_claims_each_request);
    RUN(the_tables_are_those_that_are_documented);
    RUN(lookup_is_answered_by_an_index);
    RUN(a_failure_says_why);
    RUN(a_clock_without_sense_is_refused);
    world_end();
    return DONE;
}
