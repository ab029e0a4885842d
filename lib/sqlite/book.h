/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WB_SQLITE_BOOK_H
#define WB_SQLITE_BOOK_H

/* What is inside the journal of pwwb/sqlite.h. */

#include <pwwb/sqlite.h>

#include "database.h"

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
    wb_database    base;
    sqlite3_stmt  *sql[WB_SQL_COUNT];
    pwwb_clock_ops clock;
    void          *clock_ctx;
    int64_t        since_ms;
} wb_book;

/* open.c. On failure there is nothing to close. */
extern const wb_kind wb_book_kind;
pwwb_status wb_book_open(wb_book *book, const char *path, pwwb_error *err);
void        wb_book_close(wb_book *book);

/* journal.c: the table, whose ctx is a book made by malloc(). */
extern const pwwb_journal_ops wb_book_ops;

#endif /* WB_SQLITE_BOOK_H */
