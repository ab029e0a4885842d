/* SPDX-License-Identifier: Apache-2.0 */
#ifndef IMPORT_WORLD_H
#define IMPORT_WORLD_H

/* What stands in a space, as plain SQL tells it. */

#include "fake_changes.h"
#include "space_world.h"

/* A metaverse object by what it is made of. */
#define MADE_OF(metaverse)                                                                           \
    "(SELECT ifnull(m.name, '') || '|' || ifnull(hex(m.source_guid), '') || '|' ||"                  \
    " (SELECT ifnull(group_concat(x, ' '), '') FROM (SELECT d2.name || hex(o2.guid) x"               \
    "  FROM pwwb_object o2 JOIN pwwb_directory d2 ON d2.id = o2.directory"                           \
    "  WHERE o2.metaverse = m.id ORDER BY 1)) FROM pwwb_metaverse m WHERE m.id = " metaverse ")"

static const char dump_sql[] =
    "SELECT 'object ' || d.name || ' ' || hex(o.guid) || ' ' || r.names || r.is_eligible || ' '"
    " || ifnull(hex(o.source_guid), '') || ' ' || ifnull(hex(o.sid), '') || ' '"
    " || ifnull(hex(o.master_sid), '') || ' ' || ifnull(o.mail, '') || ' ' || ifnull(o.dn, '') || ' '"
    " || ifnull(" MADE_OF("o.metaverse") ", 'NOWHERE')"
    " FROM pwwb_object o LEFT JOIN pwwb_directory d ON d.id = o.directory"
    " LEFT JOIN pwwb_rules r ON r.id = o.rules"
    " UNION ALL SELECT 'cloud ' || ifnull(hex(c.cloud_guid), '') || ' ' || ifnull(hex(c.source_guid), '')"
    " || ' ' || c.is_told || ' ' || CASE WHEN c.metaverse IS NULL THEN '' ELSE "
    " ifnull(" MADE_OF("c.metaverse") ", 'NOWHERE') END FROM pwwb_cloud c"
    " UNION ALL SELECT 'metaverse ' || " MADE_OF("v.id") " FROM pwwb_metaverse v"
    " UNION ALL SELECT 'directory ' || name || ' ' || is_under_way FROM pwwb_directory"
    " UNION ALL SELECT 'csv ' || (csv_mark IS NOT NULL) FROM pwwb_space"
    " ORDER BY 1";

/* All that a space holds, but for its own numbers; free it. */
static inline char *
dump(void)
{
    sqlite3      *db  = open_raw();
    sqlite3_stmt *row = NULL;
    char         *out = NULL;
    size_t        len = 0;
    FILE         *to  = open_memstream(&out, &len);

    if (to == NULL || sqlite3_prepare_v2(db, dump_sql, -1, &row, NULL) != SQLITE_OK)
        abort();
    while (sqlite3_step(row) == SQLITE_ROW)
        fprintf(to, "%s\n", (const char *)sqlite3_column_text(row, 0));
    (void)fclose(to);
    (void)sqlite3_finalize(row);
    (void)sqlite3_close(db);
    return out;
}

/* As PRAGMA integrity_check has it. */
static inline int
is_whole_file(void)
{
    sqlite3      *db  = open_raw();
    sqlite3_stmt *row = NULL;
    int           is;

    if (sqlite3_prepare_v2(db, "PRAGMA integrity_check", -1, &row, NULL) != SQLITE_OK)
        abort();
    is = sqlite3_step(row) == SQLITE_ROW
         && strcmp((const char *)sqlite3_column_text(row, 0), "ok") == 0;
    (void)sqlite3_finalize(row);
    (void)sqlite3_close(db);
    return is;
}

static pwwb_import_result result;

static inline pwwb_status
import_with(pwwb_space *space, const char *name, fake_changes *fake, pwwb_import_options options)
{
    options.size = sizeof(options);
    result       = (pwwb_import_result){.size = sizeof(result)};
    return pwwb_space_import(space, name, fake->directory, &options, &result, NULL);
}

static inline pwwb_status
import(pwwb_space *space, const char *name, fake_changes *fake)
{
    return import_with(space, name, fake, (pwwb_import_options){0});
}

static inline void
take_no_link(void *ctx, const pwwb_chain *chain)
{
    (void)ctx, (void)chain;
}

static inline pwwb_found
look_up(pwwb_space *space, int32_t kind, const uint8_t *guid)
{
    pwwb_anchor anchor = {.kind = kind};
    pwwb_found  found  = {.size = sizeof(found)};

    memcpy(anchor.guid, guid, PWWB_ID_SIZE);
    CHECK_STATUS(PWWB_OK, pwwb_space_explain(space, &anchor, take_no_link, NULL, &found, NULL));
    return found;
}

#define CHECK_COUNTS(told_, added_, changed_, removed_)  \
    do {                                                 \
        CHECK_INT(told_, result.told);                   \
        CHECK_INT(added_, result.added);                 \
        CHECK_INT(changed_, result.changed);             \
        CHECK_INT(removed_, result.removed);             \
    } while (0)

#endif /* IMPORT_WORLD_H */
