/* SPDX-License-Identifier: Apache-2.0 */
#include "database.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

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
    wb_database                 *base     = ctx;

    if (count == 0)
        base->waiting_ms = monotonic_ms();
    if (base->wait_ms >= 0 && monotonic_ms() - base->waiting_ms >= base->wait_ms)
        return 0;

    (void)nanosleep(&pauses[count >= 10], NULL);
    return 1;
}

int
wb_database_run(const wb_database *base, const char *sql)
{
    return sqlite3_exec(base->db, sql, NULL, NULL, NULL);
}

int
wb_database_ask(const wb_database *base, const char *sql, int64_t *ret_number)
{
    sqlite3_stmt *statement = NULL;
    int           rc        = sqlite3_prepare_v2(base->db, sql, -1, &statement, NULL);

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

int
wb_database_says(const wb_database *base, const char *sql, const char *word, int *ret_does)
{
    sqlite3_stmt *statement = NULL;
    int           rc        = sqlite3_prepare_v2(base->db, sql, -1, &statement, NULL);

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

int
wb_database_statement(const wb_database *base, const char *sql, sqlite3_stmt **ret_statement)
{
    int rc = sqlite3_prepare_v3(base->db, sql, -1, SQLITE_PREPARE_PERSISTENT, ret_statement, NULL);

    return rc == SQLITE_ERROR ? SQLITE_CORRUPT : rc;
}

/* Our words are right: what SQLite does not understand is the file. */
static pwwb_status
unread(const wb_database *base, int rc, const char *what, pwwb_error *err)
{
    return wb_database_failed(base, rc == SQLITE_ERROR ? SQLITE_CORRUPT : rc, what, err);
}

/* All three of one state: somebody else may be making the tables just now. */
static int
read_mark(const wb_database *base, int64_t *ret_mark, int64_t *ret_version, int64_t *ret_count)
{
    int ended, rc = wb_database_run(base, "SAVEPOINT mark");

    if (rc != SQLITE_OK)
        return rc;

    rc = wb_database_ask(base, "PRAGMA application_id", ret_mark);
    if (rc == SQLITE_OK)
        rc = wb_database_ask(base, "PRAGMA user_version", ret_version);
    if (rc == SQLITE_OK)
        rc = wb_database_ask(base, "SELECT count(*) FROM sqlite_schema", ret_count);
    ended = wb_database_run(base, "RELEASE mark");
    return rc == SQLITE_OK ? ended : rc;
}

/* Whose database it is, before anything in it is changed. Version 0: it is empty. */
static pwwb_status
check_mark(const wb_database *base, int64_t *ret_version, pwwb_error *err)
{
    const wb_kind *kind = base->kind;
    int64_t        mark, count;
    int            rc = read_mark(base, &mark, ret_version, &count);

    if (rc != SQLITE_OK)
        return unread(base, rc, "read", err);

    if (mark == 0 && *ret_version == 0 && count == 0)
        return PWWB_OK;
    if (mark != kind->mark)
        return wb_say(err, PWWB_E_MALFORMED,
                      "the %s's path names a database of something else: name another file", kind->noun);
    if (*ret_version > kind->version)
        return wb_say(err, PWWB_E_NOT_SUPPORTED,
                      "the %s was made by a newer version of this library: %s", kind->noun, kind->newer);
    return *ret_version > 0 ? PWWB_OK : wb_database_failed(base, SQLITE_CORRUPT, "read", err);
}

/* Who comes at the same time is waited for here: SQLite does not, at this. */
static pwwb_status
use_wal(wb_database *base, pwwb_error *err)
{
    int is_wal = 0, count = 0, rc;

    do
        rc = wb_database_says(base, "PRAGMA journal_mode = WAL", "wal", &is_wal);
    while ((rc & 0xff) == SQLITE_BUSY && wait_for_others(base, count++));
    if (rc != SQLITE_OK)
        return wb_database_failed(base, rc, "open", err);

    return is_wal ? PWWB_OK
                  : wb_say(err, PWWB_E_NOT_SUPPORTED,
                           "the %s's file system shares no memory between processes: put it on a disk "
                           "of this machine",
                           base->kind->noun);
}

/* From one version to the next, until it is ours. */
static int
climb(wb_database *base, int64_t version)
{
    const wb_kind *kind = base->kind;
    char           mark[80];
    int64_t        at;
    int            rc = SQLITE_OK;

    for (at = version; at < kind->version && rc == SQLITE_OK; at++)
        rc = wb_database_run(base, kind->steps[at]);
    (void)snprintf(mark, sizeof(mark), "PRAGMA application_id = %d; PRAGMA user_version = %d",
                   (int)kind->mark, (int)kind->version);
    if (rc == SQLITE_OK)
        rc = wb_database_run(base, mark);
    if (rc == SQLITE_OK && version == 0 && kind->fill != NULL)
        rc = kind->fill(base);
    return rc;
}

/* Of several that come at once the first one does it, all of it or nothing. */
static pwwb_status
bring_up_to_date(wb_database *base, pwwb_error *err)
{
    int64_t     version;
    int         rc = wb_database_run(base, "BEGIN IMMEDIATE");
    pwwb_status st;

    if (rc != SQLITE_OK)
        return wb_database_failed(base, rc, "make the tables of", err);

    st = check_mark(base, &version, err);
    if (st == PWWB_OK && version < base->kind->version)
        rc = climb(base, version);
    if (st == PWWB_OK && rc == SQLITE_OK)
        rc = wb_database_run(base, "COMMIT");
    if (rc != SQLITE_OK)
        st = wb_database_failed(base, rc, "make the tables of", err);
    if (st != PWWB_OK)
        (void)wb_database_run(base, "ROLLBACK");
    return st;
}

/* The file decides nothing but what its tables hold. */
static int
settle(const wb_database *base)
{
    int rc = sqlite3_db_config(base->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);

    if (rc == SQLITE_OK)
        rc = sqlite3_db_config(base->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    if (rc == SQLITE_OK)
        rc = sqlite3_db_config(base->db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
    return rc == SQLITE_OK ? wb_database_run(base, base->kind->settings) : rc;
}

static pwwb_status
connect(wb_database *base, const char *path, int is_to_write, pwwb_error *err)
{
    char name[PATH_MAX + 2];
    int  rc;

    /* No name begins like ":memory:" or "file:", which mean something to SQLite. */
    (void)snprintf(name, sizeof(name), "%s%s", path[0] == '/' ? "" : "./", path);
    rc = sqlite3_open_v2(name, &base->db,
                         (is_to_write ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY)
                             | SQLITE_OPEN_NOMUTEX,
                         NULL);
    if (rc == SQLITE_OK)
        rc = sqlite3_extended_result_codes(base->db, 1);
    if (rc == SQLITE_OK)
        rc = sqlite3_busy_handler(base->db, wait_for_others, base);
    if (rc == SQLITE_OK)
        rc = settle(base);
    if (rc != SQLITE_OK)
        return unread(base, rc, "open", err);

    return !is_to_write || sqlite3_db_readonly(base->db, "main") == 0
               ? PWWB_OK
               : wb_say(err, PWWB_E_READ_ONLY, "the %s cannot be written", base->kind->noun);
}

/* Who reads takes it as it is. */
static pwwb_status
check_version(const wb_kind *kind, int64_t version, pwwb_error *err)
{
    if (version == 0)
        return wb_say(err, PWWB_E_NOT_FOUND, "there is nothing in the %s yet: it must be filled first",
                      kind->noun);
    return version == kind->version
               ? PWWB_OK
               : wb_say(err, PWWB_E_NOT_SUPPORTED,
                        "the %s was made by an older version of this library: who next opens it to "
                        "write brings it up to date",
                        kind->noun);
}

pwwb_status
wb_database_open(wb_database *base, const wb_kind *kind, const char *path, int is_to_write,
                 pwwb_error *err)
{
    int64_t     version = 0;
    pwwb_status st      = wb_database_enter(kind, err);

    if (st != PWWB_OK)
        return st;

    base->kind = kind;
    base->pid  = getpid();
    st         = connect(base, path, is_to_write, err);
    if (st == PWWB_OK)
        st = check_mark(base, &version, err);
    if (st == PWWB_OK && is_to_write)
        st = use_wal(base, err);
    if (st == PWWB_OK && !is_to_write)
        st = check_version(kind, version, err);
    if (st == PWWB_OK && version < kind->version)
        st = bring_up_to_date(base, err);
    if (st != PWWB_OK)
        wb_database_close(base);
    return st;
}

void
wb_database_close(wb_database *base)
{
    if (base->pid != getpid())
        return;

    (void)sqlite3_close(base->db);
    base->db = NULL;
    wb_database_leave();
}

pwwb_status
wb_database_check_process(const wb_database *base, pwwb_error *err)
{
    return base->pid == getpid() ? PWWB_OK
                                 : wb_say(err, PWWB_E_STATE,
                                          "this %s is another process': fork first, open then",
                                          base->kind->noun);
}

int
wb_database_has_moved(const wb_database *base)
{
    int has_moved = 0;

    (void)sqlite3_file_control(base->db, "main", SQLITE_FCNTL_HAS_MOVED, &has_moved);
    return has_moved;
}
