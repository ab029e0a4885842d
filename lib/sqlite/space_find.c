/* SPDX-License-Identifier: Apache-2.0 */
#include "space.h"

#include <stdio.h>
#include <string.h>

/* What an index says is read from the table again, in the same statement: `found` and `joined` are entries of
 * indexes, `c` and `o` are rows of the tables. So one damaged octet leads to nobody else's account. */
#define LOOKUP(key)                                                                                  \
    "SELECT s.is_staging, c.id, c.metaverse, o.id, r.is_eligible, o.guid, d.name, c." key ","        \
    " found.id, back.id, joined.id, o.metaverse, c.cloud_guid, c.source_guid, o.dn, r.names"         \
    " FROM pwwb_space s"                                                                             \
    " LEFT JOIN pwwb_cloud found ON found." key " = ?1"                                              \
    " LEFT JOIN pwwb_cloud c ON c.id = found.id"                                                     \
    " LEFT JOIN pwwb_cloud back INDEXED BY pwwb_cloud_metaverse"                                     \
    "  ON back.metaverse = c.metaverse AND back.id = c.id"                                           \
    " LEFT JOIN pwwb_object joined ON joined.metaverse = c.metaverse"                                \
    " LEFT JOIN pwwb_object o ON o.id = joined.id"                                                   \
    " LEFT JOIN pwwb_rules r ON r.id = o.rules"                                                      \
    " LEFT JOIN pwwb_directory d ON d.id = o.directory"                                              \
    " WHERE s.id = 1"

static const char *const texts[WB_SPACE_SQL_COUNT] = {
    [WB_SPACE_BY_CLOUD]  = LOOKUP("cloud_guid"),
    [WB_SPACE_BY_SOURCE] = LOOKUP("source_guid"),
};

#define WAYS 16

/* What an anchor has led to so far. */
struct trail {
    int     is_staging;
    int     is_known; /* there is a connector object */
    size_t  joined;
    int64_t cloud;       /* the one before */
    int     is_repeated; /* its metaverse object was another's, too */
    int64_t ways[WAYS];  /* metaverse objects; of more the answer is "ambiguous" in any case */
    int32_t linked;
    int64_t eligible; /* number of the first such object; 0 = none */
    int     is_ambiguous;
};

pwwb_status
wb_space_remember(pwwb_space *space, pwwb_error *err)
{
    pwwb_status st = PWWB_OK;
    int         i;

    for (i = 0; i < WB_SPACE_SQL_COUNT && st == PWWB_OK; i++)
        st = wb_space_prepare(space, texts[i], &space->sql[i], err);
    return st;
}

void
wb_space_forget(pwwb_space *space)
{
    int i;

    for (i = 0; i < WB_SPACE_SQL_COUNT; i++) {
        (void)sqlite3_finalize(space->sql[i]);
        space->sql[i] = NULL;
    }
}

static int
is_same(sqlite3_stmt *row, int a, int b)
{
    return wb_space_is_null(row, a) == wb_space_is_null(row, b)
           && sqlite3_column_int64(row, a) == sqlite3_column_int64(row, b);
}

static int
is_whole_object(sqlite3_stmt *row)
{
    const char *directory = wb_space_text(row, WB_COLUMN_DIRECTORY);

    return is_same(row, WB_COLUMN_JOINED, WB_COLUMN_OBJECT)
           && is_same(row, WB_COLUMN_METAVERSE, WB_COLUMN_OBJECTS_METAVERSE)
           && !wb_space_is_null(row, WB_COLUMN_ELIGIBLE)
           && wb_space_guid(row, WB_COLUMN_GUID) != NULL && directory != NULL
           && strlen(directory) < PWWB_DIRECTORY_NAME_SIZE;
}

/* Whether the tables say what the indexes said, and have all that a link needs. */
static int
is_whole(sqlite3_stmt *row, const pwwb_anchor *anchor)
{
    const uint8_t *key = wb_space_guid(row, WB_COLUMN_KEY);

    if (wb_space_is_null(row, WB_COLUMN_FOUND))
        return 1;
    if (key == NULL || memcmp(key, anchor->guid, PWWB_ID_SIZE) != 0)
        return 0;
    if (wb_space_is_null(row, WB_COLUMN_METAVERSE))
        return 1;
    return is_same(row, WB_COLUMN_CLOUD, WB_COLUMN_BACK)
           && (wb_space_is_null(row, WB_COLUMN_JOINED) || is_whole_object(row));
}

/* Two connector objects of one metaverse object are one way. */
static void
take_way(struct trail *trail, int64_t metaverse)
{
    size_t i, known = trail->joined < WAYS ? trail->joined : WAYS;

    trail->is_repeated = 0;
    for (i = 0; i < known; i++)
        trail->is_repeated |= trail->ways[i] == metaverse;
    if (trail->is_repeated)
        return;

    if (known < WAYS)
        trail->ways[known] = metaverse;
    trail->joined++;
}

static void
take_object(struct trail *trail, sqlite3_stmt *row, pwwb_found *found)
{
    int64_t object = sqlite3_column_int64(row, WB_COLUMN_OBJECT);

    if (trail->linked < INT32_MAX)
        trail->linked++;
    if (sqlite3_column_int(row, WB_COLUMN_ELIGIBLE) == 0)
        return;
    if (trail->eligible != 0) {
        trail->is_ambiguous |= trail->eligible != object;
        return;
    }
    trail->eligible = object;
    memcpy(found->guid, wb_space_guid(row, WB_COLUMN_GUID), PWWB_ID_SIZE);
    (void)snprintf(found->directory, sizeof(found->directory), "%s",
                   wb_space_text(row, WB_COLUMN_DIRECTORY));
}

static void
take_row(struct trail *trail, sqlite3_stmt *row, pwwb_found *found)
{
    int64_t cloud = sqlite3_column_int64(row, WB_COLUMN_CLOUD);

    trail->is_staging = sqlite3_column_int(row, WB_COLUMN_STAGING) != 0;
    if (wb_space_is_null(row, WB_COLUMN_CLOUD))
        return;

    if (!wb_space_is_null(row, WB_COLUMN_METAVERSE) && (!trail->is_known || cloud != trail->cloud))
        take_way(trail, sqlite3_column_int64(row, WB_COLUMN_METAVERSE));
    trail->is_known = 1;
    trail->cloud    = cloud;
    if (!wb_space_is_null(row, WB_COLUMN_OBJECT) && !trail->is_repeated)
        take_object(trail, row, found);
}

/* The first condition that is not met. */
static int32_t
judge(const struct trail *trail)
{
    if (trail->is_staging)
        return PWWB_CODE_STAGING;
    if (!trail->is_known)
        return PWWB_CODE_NOT_FOUND;
    if (trail->joined == 0)
        return PWWB_CODE_NOT_JOINED;
    if (trail->linked == 0)
        return PWWB_CODE_NO_DIRECTORY_OBJECT;
    if (trail->eligible == 0)
        return PWWB_CODE_NOT_ELIGIBLE;
    return trail->is_ambiguous ? PWWB_CODE_AMBIGUOUS : PWWB_CODE_OK;
}

/* One statement: what it reads is one state of all tables. */
static pwwb_status
follow(pwwb_space *space, sqlite3_stmt *lookup, const pwwb_anchor *anchor, pwwb_chain_fn each,
       void *each_ctx, struct trail *trail, pwwb_found *found, pwwb_error *err)
{
    int         is_row = 1, rows = 0;
    pwwb_status st = PWWB_OK;

    (void)sqlite3_bind_blob64(lookup, 1, anchor->guid, PWWB_ID_SIZE, SQLITE_STATIC);
    while (st == PWWB_OK && is_row) {
        st = wb_space_step(space, lookup, &is_row, "read", err);
        if (st != PWWB_OK || !is_row)
            break;
        rows++;
        if (!is_whole(lookup, anchor))
            return wb_space_damaged(space, err);
        take_row(trail, lookup, found);
        if (each != NULL && !wb_space_is_null(lookup, WB_COLUMN_CLOUD))
            st = wb_space_tell(space, lookup, each, each_ctx, err);
    }
    return st == PWWB_OK && rows == 0 ? wb_space_damaged(space, err) : st;
}

pwwb_status
wb_space_find(pwwb_space *space, const pwwb_anchor *anchor, pwwb_chain_fn each, void *each_ctx,
              pwwb_found *ret_found, pwwb_error *err)
{
    int           is_cloud = anchor->kind == PWWB_ANCHOR_CLOUD;
    sqlite3_stmt *lookup   = space->sql[is_cloud ? WB_SPACE_BY_CLOUD : WB_SPACE_BY_SOURCE];
    struct trail  trail    = {0};
    pwwb_found    found    = {.size = sizeof(found)};
    pwwb_status   st;

    st = follow(space, lookup, anchor, each, each_ctx, &trail, &found, err);
    wb_space_rewind(lookup);
    *ret_found = (pwwb_found){.size = sizeof(*ret_found)};
    if (st != PWWB_OK)
        return st;

    found.code = judge(&trail);
    if (found.code == PWWB_CODE_OK)
        *ret_found = found;
    ret_found->code       = found.code;
    ret_found->candidates = trail.linked;
    return PWWB_OK;
}
