/* SPDX-License-Identifier: Apache-2.0 */
/* A connector space in a file: what is found in it, and what it tells of itself. */
/* rows: 12 13 */
#include "anchors_contract.h"
#include "space_world.h"
#include "sqlite/space.h"

static sqlite3 *writer; /* past the library; NULL = none yet */

static pwwb_anchors *
open_store(void)
{
    pwwb_anchors *store;

    CHECK_STATUS(PWWB_OK, pwwb_anchors_new_sqlite(path, &store, NULL));
    return store;
}

static pwwb_anchors *
new_store(void)
{
    sqlite3_close(writer);
    pwwb_space_free(fresh_space());
    writer = open_raw();
    return open_store();
}

static void
add_object_of(pwwb_anchors *store, const pwwb_anchor *cloud, const pwwb_anchor *its_source,
              uint64_t metaverse)
{
    (void)store;
    put_cloud(writer, cloud != NULL ? cloud->guid : NULL,
              its_source != NULL ? its_source->guid : NULL, metaverse);
}

static void
add_link(pwwb_anchors *store, uint64_t metaverse, const char *directory, const uint8_t *guid,
         const char *rule)
{
    (void)store;
    put_link(writer, metaverse, directory, guid, rule);
}

/* ---- staging: a18 ---- */

static void
set_staging(int32_t is_staging)
{
    pwwb_space *space = open_space(PWWB_SPACE_WRITE);

    CHECK_STATUS(PWWB_OK, pwwb_space_set_staging(space, is_staging, NULL));
    pwwb_space_free(space);
}

/* Whatever they would find; and a reader that is open knows at once. */
static void
a_staging_servers_space_refuses_every_lookup(void)
{
    size_t i;

    for (i = 0; i < COUNT(scenarios); i++) {
        pwwb_anchors *store = store_of(&scenarios[i]);
        int32_t       code  = find(store, &user).code;
        pwwb_found    found;

        CHECK(code != PWWB_CODE_STAGING);
        set_staging(1);
        found = find(store, &user);
        CHECK_INT(PWWB_CODE_STAGING, found.code);
        CHECK_MEM(zero, sizeof(zero), found.guid, sizeof(found.guid));
        CHECK_STR("", found.directory);
        set_staging(0);
        CHECK_INT(code, find(store, &user).code);
        pwwb_anchors_free(store);
    }
}

static void
staging_is_kept_and_told(void)
{
    pwwb_space_info info = {.size = sizeof(info)};
    pwwb_space     *space;

    pwwb_space_free(fresh_space());
    set_staging(1);
    space = open_space(PWWB_SPACE_READ);
    CHECK_STATUS(PWWB_OK, pwwb_space_describe(space, &info, NULL));
    CHECK_INT(1, info.is_staging);
    CHECK_STATUS(PWWB_E_READ_ONLY, pwwb_space_set_staging(space, 0, NULL));
    CHECK_STATUS(PWWB_OK, pwwb_space_describe(space, &info, NULL));
    CHECK_INT(1, info.is_staging);
    pwwb_space_free(space);
    space = open_space(PWWB_SPACE_WRITE);
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_space_set_staging(space, 2, NULL));
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_space_set_staging(NULL, 0, NULL));
    pwwb_space_free(space);
}

/* ---- the chain ---- */

#define LINKS 8

typedef struct chains {
    int        count;
    pwwb_chain links[LINKS];
    char       texts[LINKS][3][128]; /* directory, dn, rules */
} chains;

static void
take_link(void *ctx, const pwwb_chain *chain)
{
    chains *all = ctx;

    if (all->count < LINKS) {
        all->links[all->count] = *chain;
        (void)snprintf(all->texts[all->count][0], 128, "%s", chain->directory);
        (void)snprintf(all->texts[all->count][1], 128, "%s", chain->dn);
        (void)snprintf(all->texts[all->count][2], 128, "%s", chain->rules);
    }
    all->count++;
}

static pwwb_found
explain(const pwwb_anchor *anchor, chains *all)
{
    pwwb_found  found = {.size = sizeof(found)};
    pwwb_space *space = open_space(PWWB_SPACE_READ);

    memset(all, 0, sizeof(*all));
    CHECK_STATUS(PWWB_OK, pwwb_space_explain(space, anchor, take_link, all, &found, NULL));
    pwwb_space_free(space);
    return found;
}

static void
the_chain_is_told_link_by_link(void)
{
    pwwb_anchors *store = new_store();
    pwwb_found    found;
    chains        all;

    add_object_of(store, &user, &source, 7);
    add_link(store, 7, "RES", bob, "User Join");
    add_link(store, 7, "ACC", alice, "User Join");
    add_link(store, 7, "ACC", alice, "User AccountEnabled");
    found = explain(&user, &all);
    CHECK_INT(PWWB_CODE_OK, found.code);
    CHECK_INT(2, found.candidates);
    CHECK_MEM(alice, sizeof(alice), found.guid, sizeof(found.guid));
    CHECK_STR("ACC", found.directory);
    CHECK_INT(2, all.count);
    CHECK_INT(sizeof(pwwb_chain), all.links[0].size);
    CHECK_INT(1, all.links[0].cloud);
    CHECK_INT(7, all.links[0].metaverse);
    CHECK_INT(1, all.links[0].object);
    CHECK_INT(0, all.links[0].is_eligible);
    CHECK_INT(1, all.links[0].has_cloud);
    CHECK_INT(1, all.links[0].has_source);
    CHECK_MEM(user.guid, PWWB_ID_SIZE, all.links[0].cloud_guid, PWWB_ID_SIZE);
    CHECK_MEM(source.guid, PWWB_ID_SIZE, all.links[0].source_guid, PWWB_ID_SIZE);
    CHECK_MEM(bob, PWWB_ID_SIZE, all.links[0].object_guid, PWWB_ID_SIZE);
    CHECK_STR("RES", all.texts[0][0]);
    CHECK_STR("CN=Somebody", all.texts[0][1]);
    CHECK_STR("User Join", all.texts[0][2]);
    CHECK_INT(1, all.links[1].is_eligible);
    CHECK_MEM(alice, PWWB_ID_SIZE, all.links[1].object_guid, PWWB_ID_SIZE);
    CHECK_STR("User Join\nUser AccountEnabled", all.texts[1][2]);
    pwwb_anchors_free(store);
}

/* Once for an object that leads nowhere, with what is known of it; not at all where there is none. */
static void
a_chain_that_is_broken_is_told_as_far_as_it_goes(void)
{
    pwwb_anchors *store = new_store();
    chains        all;

    CHECK_INT(PWWB_CODE_NOT_FOUND, explain(&user, &all).code);
    CHECK_INT(0, all.count);

    add_object(store, &user, 0);
    CHECK_INT(PWWB_CODE_NOT_JOINED, explain(&user, &all).code);
    CHECK_INT(1, all.count);
    CHECK_INT(0, all.links[0].metaverse);
    CHECK_INT(0, all.links[0].object);
    CHECK_INT(0, all.links[0].has_source);
    CHECK_STR("", all.texts[0][0]);

    run_raw(writer, "UPDATE pwwb_cloud SET metaverse = 3");
    CHECK_INT(PWWB_CODE_NO_DIRECTORY_OBJECT, explain(&user, &all).code);
    CHECK_INT(1, all.count);
    CHECK_INT(3, all.links[0].metaverse);
    CHECK_INT(0, all.links[0].object);
    CHECK_STR("", all.texts[0][2]);

    set_staging(1);
    CHECK_INT(PWWB_CODE_STAGING, explain(&user, &all).code);
    CHECK_INT(1, all.count);
    pwwb_anchors_free(store);
}

static void
a_question_without_sense_is_refused(void)
{
    pwwb_space          *space     = fresh_space(), *other;
    pwwb_found           found     = {.size = sizeof(found)};
    pwwb_anchor          odd       = {.kind = 3};
    pwwb_space_info      info      = {0};
    pwwb_space_directory directory = {0};
    chains               all       = {0};

    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_space_explain(space, &odd, take_link, &all, &found, NULL));
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_space_explain(space, NULL, take_link, &all, &found, NULL));
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_space_explain(NULL, &user, take_link, &all, &found, NULL));
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_space_explain(space, &user, NULL, &all, &found, NULL));
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_space_explain(space, &user, take_link, &all, NULL, NULL));
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_space_describe(space, NULL, NULL));
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_space_describe_directory(space, 0, NULL, NULL));
    found.size = 8;
    CHECK_STATUS(PWWB_E_ABI, pwwb_space_explain(space, &user, take_link, &all, &found, NULL));
    CHECK_STATUS(PWWB_E_ABI, pwwb_space_describe(space, &info, NULL));
    CHECK_STATUS(PWWB_E_ABI, pwwb_space_describe_directory(space, 0, &directory, NULL));
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_space_open(path, 3, &other, NULL));
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_space_open(NULL, PWWB_SPACE_READ, &other, NULL));
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_space_open(path, PWWB_SPACE_READ, NULL, NULL));
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_anchors_new_sqlite(path, NULL, NULL));
    CHECK(other == NULL);
    CHECK_INT(0, all.count);
    pwwb_space_free(space);
}

/* ---- what it tells of itself ---- */

static void
it_says_what_it_holds(void)
{
    pwwb_anchors        *store     = new_store();
    pwwb_space          *space     = open_space(PWWB_SPACE_READ);
    pwwb_space_info      info      = {.size = sizeof(info)};
    pwwb_space_directory directory = {.size = sizeof(directory)};
    struct stat          file;

    add_object_of(store, &user, &source, 1);
    add_object(store, &user, 2);
    add_object(store, &user, 0);
    add_link(store, 1, "F1", alice, "User AccountEnabled");
    add_link(store, 1, "F2", alice, "User Join");
    add_link(store, 1, "F2", bob, "User Join");
    run_raw(writer, "UPDATE pwwb_directory SET whole_ms = 123, told_ms = 456, is_under_way = 1 WHERE "
                    "name = 'F2'; PRAGMA wal_checkpoint(TRUNCATE)");
    CHECK_STATUS(PWWB_OK, pwwb_space_describe(space, &info, NULL));
    CHECK_INT(3, info.cloud);
    CHECK_INT(2, info.metaverse);
    CHECK_INT(3, info.objects);
    CHECK_INT(1, info.eligible);
    CHECK_INT(2, info.directories);
    CHECK_INT(0, stat(path, &file));
    CHECK_INT(file.st_size, info.octets);

    CHECK_STATUS(PWWB_OK, pwwb_space_describe_directory(space, 0, &directory, NULL));
    CHECK_STR("F1", directory.name);
    CHECK_INT(1, directory.objects);
    CHECK_INT(-1, directory.whole_ms);
    CHECK_INT(-1, directory.told_ms);
    CHECK_STATUS(PWWB_OK, pwwb_space_describe_directory(space, 1, &directory, NULL));
    CHECK_STR("F2", directory.name);
    CHECK_INT(2, directory.objects);
    CHECK_INT(123, directory.whole_ms);
    CHECK_INT(456, directory.told_ms);
    CHECK_INT(1, directory.is_under_way);
    CHECK_STATUS(PWWB_E_NOT_FOUND, pwwb_space_describe_directory(space, 2, &directory, NULL));
    CHECK_STATUS(PWWB_E_NOT_FOUND, pwwb_space_describe_directory(space, SIZE_MAX, &directory, NULL));
    pwwb_space_free(space);
    pwwb_anchors_free(store);
}

/* ---- many ---- */

static void
thousands_of_objects_are_each_found(void)
{
    pwwb_anchors *store = new_store();
    uint64_t      wrong = 0;
    uint64_t      i;

    run_raw(writer, "BEGIN");
    for (i = 1; i <= 3000; i++) {
        pwwb_anchor cloud              = {.kind = PWWB_ANCHOR_CLOUD};
        uint8_t     guid[PWWB_ID_SIZE] = {0};

        memcpy(cloud.guid, &i, sizeof(i));
        memcpy(guid + 8, &i, sizeof(i));
        add_object(store, &cloud, i);
        add_link(store, i, "", guid, "User AccountEnabled");
    }
    CHECK_INT(PWWB_CODE_NOT_FOUND, find(store, &user).code); /* nothing of it before it is committed */
    run_raw(writer, "COMMIT");
    for (i = 1; i <= 3000; i++) {
        pwwb_anchor cloud = {.kind = PWWB_ANCHOR_CLOUD};
        pwwb_found  found = {.size = sizeof(found)};

        memcpy(cloud.guid, &i, sizeof(i));
        wrong += pwwb_anchors_find(store, &cloud, 0, &found, NULL) != PWWB_OK;
        wrong += found.code != PWWB_CODE_OK || memcmp(found.guid + 8, &i, sizeof(i)) != 0;
    }
    CHECK_INT(0, wrong);
    pwwb_anchors_free(store);
}

/* More ways than are remembered one by one: still no account. */
static void
an_anchor_of_twenty_people_is_ambiguous(void)
{
    pwwb_anchors *store            = new_store();
    uint8_t       guid[PWWB_ID_SIZE] = {0};
    uint64_t      i;

    for (i = 1; i <= 20; i++) {
        guid[0] = (uint8_t)i;
        add_object(store, &user, i);
        add_object(store, &user, i);
        add_link(store, i, "F1", guid, "User AccountEnabled");
    }
    CHECK_INT(PWWB_CODE_AMBIGUOUS, find(store, &user).code);
    pwwb_anchors_free(store);
}

/* How SQLite answers a statement: "" = never by reading a whole table or index, nor by sorting. */
static const char *
plan_of(sqlite3 *db, const char *sql, int *ret_steps)
{
    static char   wrong[200];
    char         *question = sqlite3_mprintf("EXPLAIN QUERY PLAN %s", sql);
    sqlite3_stmt *plan;

    *wrong = '\0';
    CHECK_INT(SQLITE_OK, sqlite3_prepare_v2(db, question, -1, &plan, NULL));
    for (*ret_steps = 0; sqlite3_step(plan) == SQLITE_ROW; ++*ret_steps) {
        const char *step = (const char *)sqlite3_column_text(plan, 3);

        if (strstr(step, "SCAN") != NULL || strstr(step, "TEMP B-TREE") != NULL
            || strstr(step, "AUTOMATIC") != NULL)
            (void)snprintf(wrong, sizeof(wrong), "%s", step);
    }
    sqlite3_finalize(plan);
    sqlite3_free(question);
    return wrong;
}

static void
a_lookup_is_answered_by_indexes_alone(void)
{
    pwwb_space *space = fresh_space();
    int         steps, i;

    for (i = 0; i < WB_SPACE_SQL_COUNT; i++) {
        CHECK_STR("", plan_of(space->base.db, sqlite3_sql(space->sql[i]), &steps));
        CHECK_INT(8, steps);
    }
    CHECK(plan_of(space->base.db, "SELECT * FROM pwwb_object WHERE dn = ?1", &steps)[0] != '\0');
    pwwb_space_free(space);
}

int
main(void)
{
    if (!world_begin("/tmp"))
        return 1;

    anchors_contract();
    RUN(a_staging_servers_space_refuses_every_lookup);
    RUN(staging_is_kept_and_told);
    RUN(the_chain_is_told_link_by_link);
    RUN(a_chain_that_is_broken_is_told_as_far_as_it_goes);
    RUN(a_question_without_sense_is_refused);
    RUN(it_says_what_it_holds);
    RUN(thousands_of_objects_are_each_found);
    RUN(an_anchor_of_twenty_people_is_ambiguous);
    RUN(a_lookup_is_answered_by_indexes_alone);
    sqlite3_close(writer);
    world_end();
    return DONE;
}
