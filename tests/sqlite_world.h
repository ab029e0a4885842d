/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SQLITE_WORLD_H
#define SQLITE_WORLD_H

/* A folder of one's own with a journal in it, for the tests of libpwwb-sqlite. */

#include <sys/stat.h>

#include <pwwb/sqlite.h>
#include <sqlite3.h>

#include "folder.h"
#include "journals.h"

static char root[64];
static char path[80]; /* of the journal: root/journal */

/* 0 = the machine does not let us. */
static inline int
world_begin(const char *where)
{
    (void)snprintf(root, sizeof(root), "%s/pwwb-journal-XXXXXX", where);
    if (mkdtemp(root) == NULL)
        return 0;
    (void)snprintf(path, sizeof(path), "%s/journal", root);
    return 1;
}

static inline void
world_end(void)
{
    empty_folder(root);
    (void)rmdir(root);
}

static inline pwwb_status
try_open(fake_clock *clock, pwwb_journal **ret_journal)
{
    return pwwb_journal_new_sqlite(path, clock != NULL ? &fake_clock_ops : NULL, clock, ret_journal,
                                   NULL);
}

static inline pwwb_journal *
open_journal(fake_clock *clock)
{
    pwwb_journal *journal;

    CHECK_STATUS(PWWB_OK, try_open(clock, &journal));
    return journal;
}

/* One where none was. */
static inline pwwb_journal *
fresh_journal(fake_clock *clock)
{
    empty_folder(root);
    return open_journal(clock);
}

/* Past the journal, as somebody else would. */
static inline sqlite3 *
open_raw(const char *file, const char *sql)
{
    sqlite3 *db = NULL;

    if (sqlite3_open(file, &db) != SQLITE_OK || sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
        abort();
    return db;
}

static inline void
raw(const char *sql)
{
    sqlite3_close(open_raw(path, sql));
}

#endif /* SQLITE_WORLD_H */
