/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WB_SQLITE_DATABASE_H
#define WB_SQLITE_DATABASE_H

/* What the journal and the space have in common: a file of ours in SQLite. A companion is a host like any
 * other: it includes <pwwb/...> and nothing of lib/. */

#include <pwwb/error.h>
#include <sqlite3.h>
#include <sys/types.h>

#define WB_DATABASE_WAIT_MS 5000 /* for others, at one lock */

struct wb_database;

/* What kind of database it is. */
typedef struct wb_kind {
    const char        *noun;     /* "journal" */
    int32_t            mark;     /* PRAGMA application_id */
    int32_t            version;  /* PRAGMA user_version, of this library; 1 at least */
    const char *const *steps;    /* [n] leads from version n to n + 1; [0] from an empty file */
    const char        *settings; /* of each connection */
    const char        *newer;    /* what one does with a newer version's */
    const char        *damaged;  /* what one does with a damaged one */
    int (*fill)(struct wb_database *base); /* a new one's first rows, SQLite's code; or NULL */
} wb_kind;

typedef struct wb_database {
    sqlite3       *db;
    const wb_kind *kind;
    int64_t        wait_ms;    /* for others, at one lock; -1 = no limit. Set before it is opened */
    int64_t        waiting_ms; /* since when, monotonic */
    pid_t          pid;        /* of another process the database would be damaged */
} wb_database;

/* file.c: the file as nobody else may read or write it, and its folder. To be written it is made empty when it
 * is not there. */
pwwb_status wb_database_prepare(const wb_kind *kind, const char *path, int is_to_write, pwwb_error *err);

/* process.c: each that is open is counted. STATE in a child that was forked meanwhile. */
pwwb_status wb_database_enter(const wb_kind *kind, pwwb_error *err);
void        wb_database_leave(void);

/* database.c. Open a file that was prepared, make its tables, or bring them up to date. What is read is not
 * changed. On failure there is nothing to close. Closing after fork() leaves it as it is: it is the parent's. */
pwwb_status wb_database_open(wb_database *base, const wb_kind *kind, const char *path, int is_to_write,
                             pwwb_error *err);
void        wb_database_close(wb_database *base);
/* STATE in a child of the process that opened it. */
pwwb_status wb_database_check_process(const wb_database *base, pwwb_error *err);
int         wb_database_has_moved(const wb_database *base);

/* SQLite's code. */
int wb_database_run(const wb_database *base, const char *sql);
/* The number that a statement answers; SQLITE_CORRUPT when it answers nothing. */
int wb_database_ask(const wb_database *base, const char *sql, int64_t *ret_number);
/* Whether a statement answers that word. */
int wb_database_says(const wb_database *base, const char *sql, const char *word, int *ret_does);
/* One that is used again and again. A table or column that lacks is SQLITE_CORRUPT. */
int wb_database_statement(const wb_database *base, const char *sql, sqlite3_stmt **ret_statement);

/* say.c */
/* What SQLite's code is to us. `what` was being done to it: "read". */
pwwb_status wb_database_failed(const wb_database *base, int code, const char *what, pwwb_error *err);
pwwb_status wb_say(pwwb_error *err, pwwb_status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* What the system refused, and what one does about it; errno as it is. */
pwwb_status wb_refused(pwwb_error *err, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif /* WB_SQLITE_DATABASE_H */
