/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WB_SQLITE_BOOK_H
#define WB_SQLITE_BOOK_H

/* What is inside the journal of pwwb/sqlite.h. A companion is a host like any other: it includes
 * <pwwb/...> and nothing of lib/. */

#include <pwwb/sqlite.h>
#include <sqlite3.h>
#include <sys/types.h>

#define WB_BOOK_VERSION 1          /* PRAGMA user_version */
#define WB_BOOK_MARK    0x70777762 /* PRAGMA application_id: "pwwb" */
#define WB_BOOK_WAIT_MS 5000       /* for others, at one lock */

/* The statements, in the order of their texts in open.c. */
enum wb_sql {
    WB_SQL_BEGIN,
    WB_SQL_COMMIT,
    WB_SQL_ROLLBACK,
    WB_SQL_FIND,
    WB_SQL_SWEEP,
    WB_SQL_CLAIM,
    WB_SQL_RECORD,
    WB_SQL_FINISH,
    WB_SQL_RELEASE,
    WB_SQL_LOOKUP,
    WB_SQL_COUNT
};

typedef struct wb_book {
    sqlite3       *db;
    sqlite3_stmt  *sql[WB_SQL_COUNT];
    pwwb_clock_ops clock;
    void          *clock_ctx;
    int64_t        since_ms;
    int64_t        waiting_ms; /* since when, monotonic */
    pid_t          pid;        /* of another process the database would be damaged */
} wb_book;

/* file.c: the file as nobody else may read or write it, and its folder; made empty when it is not there. */
pwwb_status wb_book_prepare(const char *path, pwwb_error *err);

/* process.c: each that is open is counted. STATE in a child that was forked meanwhile. */
pwwb_status wb_book_enter(pwwb_error *err);
void        wb_book_leave(void);

/* open.c. On failure there is nothing to close. */
pwwb_status wb_book_open(wb_book *book, const char *path, pwwb_error *err);
void        wb_book_close(wb_book *book);

/* journal.c: the table, whose ctx is a book made by malloc(). */
extern const pwwb_journal_ops wb_book_ops;

/* say.c */
/* What SQLite's code is to us. `what` was being done: "open it". */
pwwb_status wb_book_failed(const wb_book *book, int code, const char *what, pwwb_error *err);
pwwb_status wb_book_say(pwwb_error *err, pwwb_status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* What the system refused, and what one does about it; errno as it is. */
pwwb_status wb_book_refused(pwwb_error *err, const char *what);

#endif /* WB_SQLITE_BOOK_H */
