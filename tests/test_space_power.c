/* SPDX-License-Identifier: Apache-2.0 */
/* A space on a disk that is full or broken, and without memory. */
/* rows: 12 */
#include "faults.h"
#include "power.h"
#include "space_world.h"

static const pwwb_anchor user                = {PWWB_ANCHOR_CLOUD, {1}};
static const uint8_t     alice[PWWB_ID_SIZE] = {0xa1};
static char              safe[64];

/* One person, in one directory. */
static void
make_one(void)
{
    sqlite3 *db;

    empty_folder(safe);
    pwwb_space_free(fresh_space());
    db = open_raw();
    put_cloud(db, user.guid, NULL, 1);
    put_link(db, 1, "F1", alice, "User AccountEnabled");
    sqlite3_close(db);
}

static void
check_found(int32_t code)
{
    pwwb_found    found = {.size = sizeof(found)};
    pwwb_anchors *store;

    CHECK_STATUS(PWWB_OK, pwwb_anchors_new_sqlite(path, &store, NULL));
    CHECK_STATUS(PWWB_OK, pwwb_anchors_find(store, &user, 0, &found, NULL));
    CHECK_INT(code, found.code);
    pwwb_anchors_free(store);
}

/* At the nth access to the disk; a half of one is completed when there is room. */
static void
a_space_that_cannot_be_made_says_why(void)
{
    pwwb_error *err = pwwb_error_new();
    pwwb_space *space;
    long        nth = 1, count;

    do {
        pwwb_status st;

        empty_folder(root);
        empty_folder(safe);
        power_fail(nth, 1, SQLITE_FULL);
        st    = pwwb_space_open(path, PWWB_SPACE_WRITE, &space, err);
        count = power_mend();
        if (count >= nth) {
            CHECK_STATUS(PWWB_E_NO_SPACE, st);
            CHECK(strstr(pwwb_error_message(err), "full") != NULL);
        }
        pwwb_space_free(space);
        pwwb_space_free(open_space(PWWB_SPACE_WRITE));
        check_found(PWWB_CODE_NOT_FOUND);
    } while (count >= nth++);
    CHECK(nth > 5);
    pwwb_error_free(err);
}

static void
check_faults(int is_lasting, int code, pwwb_status expected)
{
    pwwb_space *space;
    pwwb_status st;
    long        nth, count;

    for (nth = 1;; nth++) {
        make_one();
        space = open_space(PWWB_SPACE_WRITE);
        power_fail(nth, is_lasting, code);
        st    = pwwb_space_set_staging(space, 1, NULL);
        count = power_mend();
        if (count < nth)
            break;
        CHECK(st == expected || st == PWWB_OK);
        check_found(st == PWWB_OK ? PWWB_CODE_STAGING : PWWB_CODE_OK);
        CHECK_STATUS(PWWB_OK, pwwb_space_set_staging(space, 1, NULL));
        check_found(PWWB_CODE_STAGING);
        pwwb_space_free(space);
    }
    CHECK_STATUS(PWWB_OK, st);
    pwwb_space_free(space);
    CHECK(nth > 2);
}

static void
what_cannot_be_written_changes_nothing(void)
{
    check_faults(0, SQLITE_FULL, PWWB_E_NO_SPACE);
    check_faults(1, SQLITE_FULL, PWWB_E_NO_SPACE);
    check_faults(0, SQLITE_IOERR_WRITE, PWWB_E_SYSTEM);
    check_faults(1, SQLITE_IOERR_WRITE, PWWB_E_SYSTEM);
}

/* It reads, whatever the disk is like. */
static void
a_full_disk_stops_no_lookup(void)
{
    pwwb_found    found = {.size = sizeof(found)};
    pwwb_anchors *store;

    make_one();
    CHECK_STATUS(PWWB_OK, pwwb_anchors_new_sqlite(path, &store, NULL));
    power_fail(1, 1, SQLITE_FULL);
    CHECK_STATUS(PWWB_OK, pwwb_anchors_find(store, &user, 0, &found, NULL));
    CHECK_INT(PWWB_CODE_OK, found.code);
    (void)power_mend();
    pwwb_anchors_free(store);
}

static void
a_file_system_that_is_read_only_is_told(void)
{
    pwwb_space *space;

    make_one();
    power_read_only(1);
    CHECK_STATUS(PWWB_E_READ_ONLY, pwwb_space_open(path, PWWB_SPACE_WRITE, &space, NULL));
    power_read_only(0);
    check_found(PWWB_CODE_OK);
}

/* ---- memory ---- */

static void
ignore(void *ctx, const pwwb_chain *chain)
{
    *(uint64_t *)ctx += chain->object;
}

/* All that one does with a space; the first failure. */
static pwwb_status
live(int32_t *ret_code)
{
    pwwb_space_directory directory = {.size = sizeof(directory)};
    pwwb_space_info      info      = {.size = sizeof(info)};
    pwwb_found           found     = {.size = sizeof(found)};
    pwwb_anchors        *store     = NULL;
    pwwb_space          *space     = NULL;
    uint64_t             sum       = 0;
    pwwb_status          st;

    st = pwwb_space_open(path, PWWB_SPACE_WRITE, &space, NULL);
    if (st == PWWB_OK)
        st = pwwb_space_describe(space, &info, NULL);
    if (st == PWWB_OK)
        st = pwwb_space_describe_directory(space, 0, &directory, NULL);
    if (st == PWWB_OK)
        st = pwwb_space_set_staging(space, 0, NULL);
    if (st == PWWB_OK)
        st = pwwb_space_explain(space, &user, ignore, &sum, &found, NULL);
    if (st == PWWB_OK)
        st = pwwb_anchors_new_sqlite(path, &store, NULL);
    if (st == PWWB_OK)
        st = pwwb_anchors_find(store, &user, 0, &found, NULL);
    pwwb_anchors_free(store);
    pwwb_space_free(space);
    *ret_code = found.code;
    return st;
}

/* SQLite does without some allocations, so it may go well all the same. */
static void
without_memory_at_any_moment_nothing_false_is_told(void)
{
    long    nth = 1, failed = 0, count;
    int32_t code;

    make_one();
    do {
        pwwb_status st;

        power_starve(nth);
        st    = live(&code);
        count = power_feed();
        CHECK(st == PWWB_E_NO_MEMORY || (st == PWWB_OK && code == PWWB_CODE_OK));
        failed += st != PWWB_OK;
    } while (count >= nth++);
    printf("# %ld of %ld allocations were missed\n", failed, nth - 2);
    CHECK(failed > 50);
    check_found(PWWB_CODE_OK);
}

static void
our_own_memory_is_survived_too(void)
{
    int32_t code;
    long    nth, count;

    make_one();
    faults_count();
    CHECK_STATUS(PWWB_OK, live(&code));
    count = faults_stop();
    CHECK(count >= 5); /* two spaces with a path each, and a store */
    for (nth = 1; nth <= count; nth++) {
        pwwb_status st;

        faults_fail(nth);
        st = live(&code);
        (void)faults_stop();
        CHECK_STATUS(PWWB_E_NO_MEMORY, st);
    }
    check_found(PWWB_CODE_OK);
}

int
main(void)
{
    power_count_memory();
    if (!world_begin("/tmp"))
        return 1;
    (void)strcpy(safe, "/tmp/pwwb-safe-XXXXXX");
    if (mkdtemp(safe) == NULL)
        return 1;

    power_install(root, safe);
    RUN(a_space_that_cannot_be_made_says_why);
    RUN(what_cannot_be_written_changes_nothing);
    RUN(a_full_disk_stops_no_lookup);
    RUN(a_file_system_that_is_read_only_is_told);
    RUN(without_memory_at_any_moment_nothing_false_is_told);
    RUN(our_own_memory_is_survived_too);
    world_end();
    empty_folder(safe);
    (void)rmdir(safe);
    return DONE;
}
