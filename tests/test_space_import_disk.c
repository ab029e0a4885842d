/* SPDX-License-Identifier: Apache-2.0 */
/* An import on a disk that is full or broken from some moment on: it says so, the file is whole, and once there
 * is room the next one ends as if nothing had been. */
/* rows: 12 */
#include "import_world.h"
#include "power.h"

#define USERS 40

static fake_changes one;
static char         safe[64];
static char        *undisturbed;

static pwwb_status
try_once(void)
{
    pwwb_space *space;
    pwwb_status st = pwwb_space_open(path, PWWB_SPACE_WRITE, &space, NULL);

    if (st == PWWB_OK)
        st = pwwb_space_import(space, "F1", one.directory, NULL, NULL, NULL);
    pwwb_space_free(space);
    return st;
}

static void
begin(void)
{
    empty_folder(root);
    empty_folder(safe);
}

/* At each call of SQLite's to the disk. */
static void
check_faults(int is_lasting, int code, pwwb_status expected)
{
    long  nth = 0, count, refused = 0;
    char *got;

    do {
        pwwb_status st;

        begin();
        power_fail(++nth, is_lasting, code);
        st    = try_once();
        count = power_mend();
        CHECK(st == expected || st == PWWB_OK);
        refused += st == expected;
        CHECK(access(path, F_OK) != 0 || is_whole_file());
        CHECK_STATUS(PWWB_OK, try_once());
        got = dump();
        CHECK_STR(undisturbed, got);
        free(got);
    } while (count >= nth && harness_failures == 0);
    printf("# %ld moments, %ld of them told\n", nth - 1, refused);
    CHECK(refused > 10);
}

static void
a_full_disk_is_told_and_the_next_import_goes_on(void)
{
    check_faults(1, SQLITE_FULL, PWWB_E_NO_SPACE);
    check_faults(0, SQLITE_FULL, PWWB_E_NO_SPACE);
}

static void
a_broken_disk_is_told_and_the_next_import_goes_on(void)
{
    check_faults(1, SQLITE_IOERR_WRITE, PWWB_E_SYSTEM);
    check_faults(0, SQLITE_IOERR_WRITE, PWWB_E_SYSTEM);
}

static void
another_writer_is_waited_for_and_then_told(void)
{
    pwwb_space *space = fresh_space();
    sqlite3    *db    = open_raw();

    CHECK_INT(SQLITE_OK, sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL));
    CHECK_STATUS(PWWB_E_TIMEOUT,
                 pwwb_space_import(space, "F1", one.directory, NULL, NULL, NULL));
    CHECK_INT(SQLITE_OK, sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL));
    CHECK_STATUS(PWWB_OK, pwwb_space_import(space, "F1", one.directory, NULL, NULL, NULL));
    (void)sqlite3_close(db);
    pwwb_space_free(space);
}

int
main(void)
{
    uint32_t i;

    (void)strcpy(safe, "/tmp/pwwb-safe-XXXXXX");
    if (!world_begin("/tmp") || mkdtemp(safe) == NULL)
        return 1;
    power_install(root, safe);
    fake_begin(&one, 1, USERS);
    for (i = 1; i <= USERS; i++)
        (void)fake_user(&one, i);
    begin();
    CHECK_STATUS(PWWB_OK, try_once());
    undisturbed = dump();
    RUN(a_full_disk_is_told_and_the_next_import_goes_on);
    RUN(a_broken_disk_is_told_and_the_next_import_goes_on);
    RUN(another_writer_is_waited_for_and_then_told);
    free(undisturbed);
    fake_end(&one);
    world_end();
    empty_folder(safe);
    (void)rmdir(safe);
    return DONE;
}
