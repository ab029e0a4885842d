/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SPACE_WORLD_H
#define SPACE_WORLD_H

/* A folder of one's own with a space in it, which is filled past the library. */

#include <stdarg.h>
#include <sys/stat.h>

#include <pwwb/space.h>
#include <sqlite3.h>

#include "folder.h"
#include "harness.h"

static char root[64];
static char path[80]; /* of the space: root/space */

/* 0 = the machine does not let us. */
static inline int
world_begin(const char *where)
{
    (void)snprintf(root, sizeof(root), "%s/pwwb-space-XXXXXX", where);
    if (mkdtemp(root) == NULL)
        return 0;
    (void)snprintf(path, sizeof(path), "%s/space", root);
    return 1;
}

static inline void
world_end(void)
{
    empty_folder(root);
    (void)rmdir(root);
}

static inline pwwb_space *
open_space(int32_t mode)
{
    pwwb_space *space;

    CHECK_STATUS(PWWB_OK, pwwb_space_open(path, mode, &space, NULL));
    return space;
}

/* One where none was, to write. */
static inline pwwb_space *
fresh_space(void)
{
    empty_folder(root);
    return open_space(PWWB_SPACE_WRITE);
}

/* Past the library, as somebody else would. */
static inline sqlite3 *
open_raw(void)
{
    sqlite3 *db = NULL;

    if (sqlite3_open(path, &db) != SQLITE_OK || sqlite3_busy_timeout(db, 10000) != SQLITE_OK
        || sqlite3_exec(db, "PRAGMA synchronous = OFF", NULL, NULL, NULL) != SQLITE_OK)
        abort();
    return db;
}

static inline void
run_raw(sqlite3 *db, const char *format, ...)
{
    va_list args;
    char   *sql, *why = NULL;

    va_start(args, format);
    sql = sqlite3_vmprintf(format, args);
    va_end(args);
    if (sqlite3_exec(db, sql, NULL, NULL, &why) != SQLITE_OK) {
        printf("# %s: %s\n", sql, why);
        abort();
    }
    sqlite3_free(sql);
}

static inline void
raw(const char *sql)
{
    sqlite3 *db = open_raw();

    run_raw(db, "%s", sql);
    sqlite3_close(db);
}

static inline int64_t
number_of(const char *sql)
{
    sqlite3      *db = open_raw();
    sqlite3_stmt *statement;
    int64_t       n = -1;

    if (sqlite3_prepare_v2(db, sql, -1, &statement, NULL) == SQLITE_OK
        && sqlite3_step(statement) == SQLITE_ROW)
        n = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    sqlite3_close(db);
    return n;
}

/* "NULL" or X'...'. */
static inline const char *
literal(const uint8_t *guid, char text[40])
{
    size_t i;

    if (guid == NULL)
        return strcpy(text, "NULL");
    strcpy(text, "X'");
    for (i = 0; i < PWWB_ID_SIZE; i++)
        (void)snprintf(text + 2 + 2 * i, 4, "%02x'", guid[i]);
    return text;
}

/* Metaverse 0: not joined. */
static inline void
put_cloud(sqlite3 *db, const uint8_t *cloud, const uint8_t *its_source, uint64_t metaverse)
{
    char a[40], b[40];

    run_raw(db, "INSERT INTO pwwb_cloud (cloud_guid, source_guid, metaverse, is_told, pass) VALUES "
                "(%s, %s, nullif(%lld, 0), 1, 1)",
            literal(cloud, a), literal(its_source, b), (long long)metaverse);
    run_raw(db, "INSERT OR IGNORE INTO pwwb_metaverse (id) SELECT %lld WHERE %lld", (long long)metaverse,
            (long long)metaverse);
}

/* One more rule of a link, there or new. Which of them say that an account is enabled is told here in SQL, as the
 * scenarios' file has it. */
static inline void
put_link(sqlite3 *db, uint64_t metaverse, const char *directory, const uint8_t *guid, const char *rule)
{
    char  text[40];
    char *before = sqlite3_mprintf(
        "(SELECT r.names || char(10) FROM pwwb_object o JOIN pwwb_rules r ON r.id = o.rules WHERE o.guid "
        "= %s AND o.directory = (SELECT id FROM pwwb_directory WHERE name = %Q))",
        literal(guid, text), directory);

    run_raw(db, "INSERT OR IGNORE INTO pwwb_directory (name, pass, is_under_way) VALUES (%Q, 1, 0)",
            directory);
    run_raw(db, "INSERT OR IGNORE INTO pwwb_rules (names, is_eligible) SELECT names, "
                "char(10) || lower(names) || char(10) LIKE '%%\nmicrosoft.infromaduseraccountenabled%%' OR "
                "char(10) || lower(names) || char(10) LIKE '%%\nuser accountenabled\n%%' OR "
                "char(10) || lower(names) || char(10) LIKE '%%\nin from ad - user accountenabled\n%%' "
                "FROM (SELECT coalesce(%s, '') || %Q AS names)",
            before, rule);
    run_raw(db, "INSERT INTO pwwb_object (directory, guid, metaverse, rules, dn, pass) VALUES ((SELECT id "
                "FROM pwwb_directory WHERE name = %Q), %s, %lld, (SELECT id FROM pwwb_rules WHERE names = "
                "coalesce(%s, '') || %Q), 'CN=Somebody', 1) ON CONFLICT (directory, guid) DO UPDATE SET "
                "rules = excluded.rules",
            directory, text, (long long)metaverse, before, rule);
    sqlite3_free(before);
}

#endif /* SPACE_WORLD_H */
