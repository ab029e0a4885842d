/* SPDX-License-Identifier: Apache-2.0 */
#include "book.h"

#include <stdio.h>
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

/* Of a book, whose first member the database is. */
static int
fill(wb_database *base)
{
    wb_book *book = (wb_book *)base;
    char     first[80];

    (void)snprintf(first, sizeof(first), "INSERT INTO pwwb_journal VALUES (%lld)",
                   (long long)book->clock.wall_ms(book->clock_ctx));
    return wb_database_run(base, first);
}

static const char *const steps[] = {tables};

const wb_kind wb_book_kind = {
    .noun     = "journal",
    .mark     = 0x70777762, /* "pwwb" */
    .version  = sizeof(steps) / sizeof(steps[0]),
    .steps    = steps,
    .settings = "PRAGMA synchronous = FULL; PRAGMA mmap_size = 0;"
                "PRAGMA temp_store = MEMORY; PRAGMA cache_size = -256;"
                "PRAGMA wal_autocheckpoint = 250;"
                "PRAGMA journal_size_limit = 1048576",
    .newer    = "use that one for all agents, or stop them for 20 minutes and move the journal away",
    .damaged  = "stop all agents that use it, move PATH, PATH-wal and PATH-shm away, start them again",
    .fill     = fill,
};

static pwwb_status
check_content(wb_book *book, pwwb_error *err)
{
    int is_well;
    int rc = wb_database_says(&book->base, "PRAGMA quick_check(1)", "ok", &is_well);

    if (rc == SQLITE_OK && !is_well)
        rc = SQLITE_CORRUPT;
    if (rc == SQLITE_OK)
        rc = wb_database_ask(&book->base, "SELECT since_ms FROM pwwb_journal", &book->since_ms);
    if (rc == SQLITE_OK && book->since_ms < 0)
        rc = SQLITE_CORRUPT;
    return rc == SQLITE_OK ? PWWB_OK : wb_database_failed(&book->base, rc, "read", err);
}

static pwwb_status
prepare_all(wb_book *book, pwwb_error *err)
{
    int i, rc = SQLITE_OK;

    for (i = 0; i < WB_SQL_COUNT && rc == SQLITE_OK; i++)
        rc = wb_database_statement(&book->base, texts[i], &book->sql[i]);
    return rc == SQLITE_OK ? PWWB_OK : wb_database_failed(&book->base, rc, "read", err);
}

pwwb_status
wb_book_open(wb_book *book, const char *path, pwwb_error *err)
{
    pwwb_status st;

    book->base.wait_ms = WB_DATABASE_WAIT_MS;
    st                 = wb_database_open(&book->base, &wb_book_kind, path, 1, err);
    if (st != PWWB_OK)
        return st;

    st = check_content(book, err);
    if (st == PWWB_OK)
        st = prepare_all(book, err);
    if (st != PWWB_OK)
        wb_book_close(book);
    return st;
}

void
wb_book_close(wb_book *book)
{
    int i;

    if (book->base.pid != getpid())
        return;

    for (i = 0; i < WB_SQL_COUNT; i++) {
        (void)sqlite3_finalize(book->sql[i]);
        book->sql[i] = NULL;
    }
    wb_database_close(&book->base);
}
