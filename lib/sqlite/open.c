/* SPDX-License-Identifier: Apache-2.0 */
#include "book.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* As docs/journal.md has it. */
static const char tables[] =
    "CREATE TABLE pwwb_journal (since_ms INTEGER NOT NULL);"
    "CREATE TABLE pwwb_request ("
    " cti BLOB NOT NULL PRIMARY KEY,"
    " digest BLOB NOT NULL,"
    " expires_ms INTEGER NOT NULL,"
    " guid BLOB,"
    " recorded_ms INTEGER,"
    " issued_s INTEGER,"
    " reply BLOB,"
    " written_ms INTEGER"
    " ) WITHOUT ROWID;"
    "CREATE INDEX pwwb_request_expires ON pwwb_request (expires_ms);"
    "CREATE INDEX pwwb_request_written ON pwwb_request (guid, written_ms);";

static const char *const texts[WB_SQL_COUNT] = {
    [WB_SQL_BEGIN]    = "BEGIN IMMEDIATE",
    [WB_SQL_COMMIT]   = "COMMIT",
    [WB_SQL_ROLLBACK] = "ROLLBACK",
    [WB_SQL_FIND]     = "SELECT digest, guid, recorded_ms, reply FROM pwwb_request WHERE cti = ?1",
    [WB_SQL_SWEEP]    = "DELETE FROM pwwb_request WHERE cti IN (SELECT cti FROM pwwb_request"
                        " WHERE expires_ms <= ?1 ORDER BY expires_ms LIMIT 8)",
    [WB_SQL_CLAIM]    = "INSERT INTO pwwb_request (cti, digest, expires_ms) VALUES (?1, ?2, ?3)",
    [WB_SQL_RECORD]   = "UPDATE pwwb_request SET guid = ?2, recorded_ms = ?3, issued_s = ?4"
                        " WHERE cti = ?1",
    [WB_SQL_FINISH]   = "UPDATE pwwb_request SET reply = ?2, written_ms = ?3 WHERE cti = ?1",
    [WB_SQL_RELEASE]  = "DELETE FROM pwwb_request WHERE cti = ?1",
    [WB_SQL_LOOKUP]   = "SELECT 1 FROM pwwb_request WHERE guid = ?1 AND written_ms = ?2"
                        " AND issued_s <= ?3 LIMIT 1",
};

static int64_t
monotonic_ms(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* SQLite asks how often it has waited: 1 = wait on. */
static int
wait_for_others(void *ctx, int count)
{
    static const struct timespec pauses[] = {{.tv_nsec = 1000000}, {.tv_nsec = 5000000}};
    wb_book                     *book     = ctx;

    if (count == 0)
        book->waiting_ms = monotonic_ms();
    if (monotonic_ms() - book->waiting_ms >= WB_BOOK_WAIT_MS)
        return 0;

    (void)nanosleep(&pauses[count >= 10], NULL);
    return 1;
}

static int
run(const wb_book *book, const char *sql)
{
    return sqlite3_exec(book->db, sql, NULL, NULL, NULL);
}

/* The number that a statement answers. */
static int
ask(const wb_book *book, const char *sql, int64_t *ret_number)
{
    sqlite3_stmt *statement = NULL;
    int           rc        = sqlite3_prepare_v2(book->db, sql, -1, &statement, NULL);

    *ret_number = 0;
    if (rc == SQLITE_OK)
        rc = sqlite3_step(statement);
    if (rc == SQLITE_ROW) {
        *ret_number = sqlite3_column_int64(statement, 0);
        rc          = SQLITE_OK;
    } else if (rc == SQLITE_DONE) {
        rc = SQLITE_CORRUPT; /* nothing where something must be */
    }
    (void)sqlite3_finalize(statement);
    return rc;
}

/* Whether a statement answers that word. */
static int
says(const wb_book *book, const char *sql, const char *word, int *ret_does)
{
    sqlite3_stmt *statement = NULL;
    int           rc        = sqlite3_prepare_v2(book->db, sql, -1, &statement, NULL);

    *ret_does = 0;
    if (rc == SQLITE_OK)
        rc = sqlite3_step(statement);
    if (rc == SQLITE_ROW) {
        const unsigned char *text = sqlite3_column_text(statement, 0);

        *ret_does = text != NULL && strcmp((const char *)text, word) == 0;
        rc        = SQLITE_OK;
    }
    (void)sqlite3_finalize(statement);
    return rc;
}

/* Whose database it is, before anything in it is changed. */
static pwwb_status
check_mark(const wb_book *book, int *ret_is_new, pwwb_error *err)
{
    int64_t mark, version, count;
    int     rc = ask(book, "PRAGMA application_id", &mark);

    if (rc == SQLITE_OK)
        rc = ask(book, "PRAGMA user_version", &version);
    if (rc == SQLITE_OK)
        rc = ask(book, "SELECT count(*) FROM sqlite_schema", &count);
    if (rc != SQLITE_OK)
        return wb_book_failed(book, rc, "read the journal", err);

    *ret_is_new = mark == 0 && version == 0 && count == 0;
    if (*ret_is_new)
        return PWWB_OK;
    if (mark != WB_BOOK_MARK)
        return wb_book_say(err, PWWB_E_MALFORMED,
                           "the journal's path names a database of something else: name another file");
    if (version > WB_BOOK_VERSION)
        return wb_book_say(err, PWWB_E_NOT_SUPPORTED,
                           "the journal was made by a newer version of this library: use that one for "
                           "all agents, or stop them for 20 minutes and move the journal away");
    return version == WB_BOOK_VERSION ? PWWB_OK
                                      : wb_book_failed(book, SQLITE_CORRUPT, "read the journal", err);
}

/* Who comes at the same time is waited for here: SQLite does not, at this. */
static pwwb_status
use_wal(wb_book *book, pwwb_error *err)
{
    int is_wal = 0, count = 0, rc;

    do
        rc = says(book, "PRAGMA journal_mode = WAL", "wal", &is_wal);
    while ((rc & 0xff) == SQLITE_BUSY && wait_for_others(book, count++));
    if (rc != SQLITE_OK)
        return wb_book_failed(book, rc, "open the journal", err);

    return is_wal ? PWWB_OK
                  : wb_book_say(err, PWWB_E_NOT_SUPPORTED,
                                "the journal's file system shares no memory between processes: put it "
                                "on a disk of this machine");
}

static int
fill(const wb_book *book, int64_t now_ms)
{
    char first[160];
    int  rc = run(book, tables);

    (void)snprintf(first, sizeof(first),
                   "INSERT INTO pwwb_journal VALUES (%lld); PRAGMA application_id = %d;"
                   "PRAGMA user_version = %d",
                   (long long)now_ms, WB_BOOK_MARK, WB_BOOK_VERSION);
    return rc == SQLITE_OK ? run(book, first) : rc;
}

/* Of several that come at once the first one makes the tables. */
static pwwb_status
make_tables(const wb_book *book, int64_t now_ms, pwwb_error *err)
{
    int         is_new;
    int         rc = run(book, "BEGIN IMMEDIATE");
    pwwb_status st;

    if (rc != SQLITE_OK)
        return wb_book_failed(book, rc, "make the journal's tables", err);

    st = check_mark(book, &is_new, err);
    if (st == PWWB_OK && is_new)
        rc = fill(book, now_ms);
    if (st == PWWB_OK && rc == SQLITE_OK)
        rc = run(book, "COMMIT");
    if (rc != SQLITE_OK)
        st = wb_book_failed(book, rc, "make the journal's tables", err);
    if (st != PWWB_OK)
        (void)run(book, "ROLLBACK");
    return st;
}

/* The file decides nothing but what its tables hold. */
static int
settle(const wb_book *book)
{
    int rc = sqlite3_db_config(book->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);

    if (rc == SQLITE_OK)
        rc = sqlite3_db_config(book->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    if (rc == SQLITE_OK)
        rc = sqlite3_db_config(book->db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
    return rc == SQLITE_OK ? run(book, "PRAGMA synchronous = FULL; PRAGMA mmap_size = 0;"
                                       "PRAGMA temp_store = MEMORY; PRAGMA cache_size = -256;"
                                       "PRAGMA wal_autocheckpoint = 250;"
                                       "PRAGMA journal_size_limit = 1048576")
                           : rc;
}

static pwwb_status
connect(wb_book *book, const char *path, pwwb_error *err)
{
    char name[PATH_MAX + 2];
    int  rc;

    /* No name begins like ":memory:" or "file:", which mean something to SQLite. */
    (void)snprintf(name, sizeof(name), "%s%s", path[0] == '/' ? "" : "./", path);
    rc = sqlite3_open_v2(name, &book->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);
    if (rc == SQLITE_OK)
        rc = sqlite3_extended_result_codes(book->db, 1);
    if (rc == SQLITE_OK)
        rc = sqlite3_busy_handler(book->db, wait_for_others, book);
    if (rc == SQLITE_OK)
        rc = settle(book);
    if (rc != SQLITE_OK)
        return wb_book_failed(book, rc, "open the journal", err);

    return sqlite3_db_readonly(book->db, "main") == 0
               ? PWWB_OK
               : wb_book_say(err, PWWB_E_READ_ONLY, "the journal cannot be written");
}

static pwwb_status
check_content(wb_book *book, pwwb_error *err)
{
    int is_well;
    int rc = says(book, "PRAGMA quick_check(1)", "ok", &is_well);

    if (rc == SQLITE_OK && !is_well)
        rc = SQLITE_CORRUPT;
    if (rc == SQLITE_OK)
        rc = ask(book, "SELECT since_ms FROM pwwb_journal", &book->since_ms);
    if (rc == SQLITE_OK && book->since_ms < 0)
        rc = SQLITE_CORRUPT;
    return rc == SQLITE_OK ? PWWB_OK : wb_book_failed(book, rc, "read the journal", err);
}

/* A table or column that lacks shows here. */
static pwwb_status
prepare_all(wb_book *book, pwwb_error *err)
{
    int i, rc = SQLITE_OK;

    for (i = 0; i < WB_SQL_COUNT && rc == SQLITE_OK; i++)
        rc = sqlite3_prepare_v3(book->db, texts[i], -1, SQLITE_PREPARE_PERSISTENT, &book->sql[i],
                                NULL);
    if (rc == SQLITE_ERROR)
        rc = SQLITE_CORRUPT;
    return rc == SQLITE_OK ? PWWB_OK : wb_book_failed(book, rc, "read the journal", err);
}

pwwb_status
wb_book_open(wb_book *book, const char *path, pwwb_error *err)
{
    int         is_new = 0;
    pwwb_status st     = wb_book_enter(err);

    if (st != PWWB_OK)
        return st;

    book->pid = getpid();
    st        = connect(book, path, err);
    if (st == PWWB_OK)
        st = check_mark(book, &is_new, err);
    if (st == PWWB_OK)
        st = use_wal(book, err);
    if (st == PWWB_OK && is_new)
        st = make_tables(book, book->clock.wall_ms(book->clock_ctx), err);
    if (st == PWWB_OK)
        st = check_content(book, err);
    if (st == PWWB_OK)
        st = prepare_all(book, err);
    if (st != PWWB_OK)
        wb_book_close(book);
    return st;
}

/* After fork() it is the parent's alone, and stays as it is. */
void
wb_book_close(wb_book *book)
{
    int i;

    if (book->pid != getpid())
        return;

    for (i = 0; i < WB_SQL_COUNT; i++) {
        (void)sqlite3_finalize(book->sql[i]);
        book->sql[i] = NULL;
    }
    (void)sqlite3_close(book->db);
    book->db = NULL;
    wb_book_leave();
}
