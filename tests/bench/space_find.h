/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SPACE_FIND_H
#define SPACE_FIND_H

/* Two ways from an anchor to an account: a store over a space, and the bare statement that it needs. */

#include <pwwb/space.h>
#include <sqlite3.h>

#include "bench.h"
#include "people.h"

#define FIND_KEYS 1000 /* a round, none twice but by chance */

typedef struct finder {
    const people  *all;
    const char    *path;
    pwwb_anchors  *anchors; /* the one way, or NULL */
    sqlite3       *db;      /* the other */
    sqlite3_stmt  *by_cloud;
    sqlite3_stmt  *by_source;
    uint64_t       round;
    pwwb_anchor    keys[FIND_KEYS];
    int32_t        codes[FIND_KEYS];
} finder;

/* What a lookup cannot do without: each link that an anchor leads to, and whether it is eligible. */
#define BARE(column)                                                                        \
    "SELECT c.metaverse, r.is_eligible, o.guid, d.name FROM pwwb_cloud c"                   \
    " LEFT JOIN pwwb_object o ON o.metaverse = c.metaverse"                                 \
    " LEFT JOIN pwwb_rules r ON r.id = o.rules LEFT JOIN pwwb_directory d ON d.id = o.directory" \
    " WHERE c." column " = ?1"

static inline void
open_bare(finder *f)
{
    must(sqlite3_open_v2(f->path, &f->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL), "open");
    must(sqlite3_exec(f->db, "PRAGMA cache_size = -4096", NULL, NULL, NULL), "as a reader of a space");
    must(sqlite3_prepare_v3(f->db, BARE("cloud_guid"), -1, SQLITE_PREPARE_PERSISTENT, &f->by_cloud, NULL),
         "the statement by cloud anchor");
    must(sqlite3_prepare_v3(f->db, BARE("source_guid"), -1, SQLITE_PREPARE_PERSISTENT, &f->by_source, NULL),
         "the statement by source anchor");
}

static inline void
open_ours(finder *f)
{
    must(pwwb_anchors_new_sqlite(f->path, &f->anchors, NULL), "pwwb_anchors_new_sqlite");
}

static inline void
close_finder(finder *f)
{
    pwwb_anchors_free(f->anchors);
    (void)sqlite3_finalize(f->by_cloud);
    (void)sqlite3_finalize(f->by_source);
    (void)sqlite3_close(f->db);
    f->anchors  = NULL;
    f->db       = NULL;
    f->by_cloud = f->by_source = NULL;
}

/* Of anybody in the whole country, one of his two anchors. */
static inline void
draw_keys(finder *f)
{
    int i;

    for (i = 0; i < FIND_KEYS; i++) {
        const uint64_t chance = people_number(f->all, f->round * FIND_KEYS + (uint64_t)i, 5);
        const person   who    = people_get(f->all, chance % f->all->count);

        f->keys[i]  = chance >> 63 ? who.cloud : who.source;
        f->codes[i] = who.code;
    }
    f->round++;
}

/* Rows are taken to where a caller would want them, and not judged. */
static inline int
find_bare(finder *f, const pwwb_anchor *key)
{
    sqlite3_stmt *sql = key->kind == PWWB_ANCHOR_CLOUD ? f->by_cloud : f->by_source;
    pwwb_found    found;
    int           rc = sqlite3_bind_blob(sql, 1, key->guid, sizeof(key->guid), SQLITE_STATIC);

    if (rc != SQLITE_OK)
        return rc;
    while ((rc = sqlite3_step(sql)) == SQLITE_ROW) {
        const void *guid = sqlite3_column_blob(sql, 2);
        const void *name = sqlite3_column_text(sql, 3);

        found.code = sqlite3_column_type(sql, 0) == SQLITE_NULL ? 0 : sqlite3_column_int(sql, 1);
        if (guid != NULL && name != NULL) {
            memcpy(found.guid, guid, sizeof(found.guid));
            memcpy(found.directory, name, (size_t)sqlite3_column_bytes(sql, 3));
        }
    }
    (void)sqlite3_reset(sql);
    __asm__ volatile("" : : "m"(found)); /* all of it is used */
    return rc == SQLITE_DONE ? 0 : rc;
}

static inline int
find_ours(finder *f, const pwwb_anchor *key, int32_t code)
{
    pwwb_found  found = {.size = sizeof(found)};
    pwwb_status st    = pwwb_anchors_find(f->anchors, key, -1, &found, NULL);

    return st != PWWB_OK || found.code != code;
}

static inline int
find_one(finder *f, int i)
{
    return f->anchors != NULL ? find_ours(f, &f->keys[i], f->codes[i]) : find_bare(f, &f->keys[i]);
}

/* For a bench_row. The keys of its nth round are the same each way. */
static inline double
find_many(void *arg, int batch)
{
    finder *f = arg;
    double  begun, took;
    int     i, rc = 0;

    draw_keys(f);
    begun = bench_now();
    for (i = 0; i < batch && rc == 0; i++)
        rc = find_one(f, i);
    took = bench_now() - begun;
    return rc == 0 ? took / batch : -1;
}

/* Each of some lookups by itself. */
static inline void
find_each(finder *f, double *took, int count)
{
    int i;

    draw_keys(f);
    for (i = 0; i < count; i++) {
        double begun = bench_now();

        must(find_one(f, i), "a lookup");
        took[i] = bench_now() - begun;
    }
}

/* Pages that a bare lookup looks at, and of those the ones that it must ask the system for. */
static inline void
count_pages(finder *f, double *ret_pages, double *ret_misses)
{
    int i, hits, misses, most;

    (void)sqlite3_db_status(f->db, SQLITE_DBSTATUS_CACHE_HIT, &hits, &most, 1);
    (void)sqlite3_db_status(f->db, SQLITE_DBSTATUS_CACHE_MISS, &misses, &most, 1);
    draw_keys(f);
    for (i = 0; i < FIND_KEYS; i++)
        must(find_one(f, i), "a bare lookup");
    (void)sqlite3_db_status(f->db, SQLITE_DBSTATUS_CACHE_HIT, &hits, &most, 1);
    (void)sqlite3_db_status(f->db, SQLITE_DBSTATUS_CACHE_MISS, &misses, &most, 1);
    *ret_pages  = (double)(hits + misses) / FIND_KEYS;
    *ret_misses = (double)misses / FIND_KEYS;
}

#endif /* SPACE_FIND_H */
