/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WB_SQLITE_SPACE_H
#define WB_SQLITE_SPACE_H

/* What is inside the space of pwwb/space.h. */

#include <pwwb/space.h>

#include "database.h"

/* The statements that are kept; space_find.c has their texts. */
enum wb_space_sql { WB_SPACE_BY_CLOUD, WB_SPACE_BY_SOURCE, WB_SPACE_SQL_COUNT };

struct pwwb_space {
    wb_database   base;
    sqlite3_stmt *sql[WB_SPACE_SQL_COUNT];
    int32_t       mode;
    char         *path; /* to open it again */
};

/* space_tables.c */
extern const wb_kind wb_space_kind;

/* space_open.c. Before each use: of this process, to be written when it must be. Who reads takes a file that
 * was put in the place of the old one. At each lock others are waited for for wait_ms; -1 = without end. */
pwwb_status wb_space_enter(pwwb_space *space, int is_to_write, int64_t wait_ms, pwwb_error *err);
/* A transaction: of a writer it has the lock, of a reader it is one state of all tables. What did not come to
 * its end is taken back by the next wb_space_begin(), too. */
pwwb_status wb_space_begin(pwwb_space *space, pwwb_error *err);
pwwb_status wb_space_commit(pwwb_space *space, pwwb_error *err);
void        wb_space_rollback(pwwb_space *space);

/* space_run.c: statements. Those that are prepared end by sqlite3_finalize() or wb_space_rewind(), before the
 * space does. `what` is as of wb_database_failed(). */
pwwb_status wb_space_prepare(pwwb_space *space, const char *sql, sqlite3_stmt **ret_statement,
                             pwwb_error *err);
pwwb_status wb_space_run(pwwb_space *space, const char *sql, const char *what, pwwb_error *err);
/* *ret_is_row 1: it stands at a row; 0: it came to its end and is rewound. */
pwwb_status wb_space_step(pwwb_space *space, sqlite3_stmt *statement, int *ret_is_row,
                          const char *what, pwwb_error *err);
/* Run it to its end, for what it changes. */
pwwb_status wb_space_do(pwwb_space *space, sqlite3_stmt *statement, pwwb_error *err);
/* To its beginning, and forget what was bound. NULL does nothing. */
void wb_space_rewind(sqlite3_stmt *statement);
/* Columns of a row, borrowed until the next step. NULL when they are NULL, or no such thing: not of
 * PWWB_ID_SIZE octets; no UTF-8, or with a NUL in it. */
const uint8_t *wb_space_octets(sqlite3_stmt *row, int column, size_t *ret_len);
const uint8_t *wb_space_guid(sqlite3_stmt *row, int column);
const char    *wb_space_text(sqlite3_stmt *row, int column);
int            wb_space_is_null(sqlite3_stmt *row, int column);
/* NULL is the same as NULL alone. */
int            wb_space_is_same_guid(const uint8_t *a, const uint8_t *b);
/* What stands there is no such thing as must; or there was no memory for it. */
pwwb_status wb_space_damaged(pwwb_space *space, pwwb_error *err);

/* The columns of a lookup. */
enum wb_space_column {
    WB_COLUMN_STAGING,
    WB_COLUMN_CLOUD,
    WB_COLUMN_METAVERSE,
    WB_COLUMN_OBJECT,
    WB_COLUMN_ELIGIBLE,
    WB_COLUMN_GUID,
    WB_COLUMN_DIRECTORY,
    WB_COLUMN_KEY,    /* the anchor, as the table has it */
    WB_COLUMN_FOUND,  /* CLOUD by the anchor's index */
    WB_COLUMN_BACK,   /* CLOUD by the metaverse's index */
    WB_COLUMN_JOINED, /* OBJECT by the metaverse's index */
    WB_COLUMN_OBJECTS_METAVERSE,
    WB_COLUMN_CLOUD_GUID,
    WB_COLUMN_SOURCE_GUID,
    WB_COLUMN_DN,
    WB_COLUMN_RULES
};

/* space_find.c: where an anchor leads; each row is told to `each`, unless that is NULL. */
pwwb_status wb_space_find(pwwb_space *space, const pwwb_anchor *anchor, pwwb_chain_fn each, void *each_ctx,
                          pwwb_found *ret_found, pwwb_error *err);
/* What is kept: prepared, and finalized. */
pwwb_status wb_space_remember(pwwb_space *space, pwwb_error *err);
void        wb_space_forget(pwwb_space *space);

/* space_tell.c: the row of a lookup as a link of the chain. */
pwwb_status wb_space_tell(pwwb_space *space, sqlite3_stmt *row, pwwb_chain_fn each, void *each_ctx,
                          pwwb_error *err);

#endif /* WB_SQLITE_SPACE_H */
