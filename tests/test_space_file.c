/* SPDX-License-Identifier: Apache-2.0 */
/* The file of a space: who may have it, what it may be, which version it is, who else uses it. */
/* rows: 12 */
#include <sys/wait.h>
#include <time.h>

#include "space_world.h"
#include "sqlite/space.h"

static const pwwb_anchor user                = {PWWB_ANCHOR_CLOUD, {1}};
static const uint8_t     alice[PWWB_ID_SIZE] = {0xa1};
static const uint8_t     bob[PWWB_ID_SIZE]   = {0xb0};

static int64_t
now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* What opening it says, and that it leaves the file as it was. */
static void
check_refused_to(int32_t mode, pwwb_status expected, const char *advice)
{
    pwwb_error  *err    = pwwb_error_new();
    pwwb_space  *space  = NULL;
    struct stat  before = {0}, after = {0};

    (void)lstat(path, &before);
    CHECK_STATUS(expected, pwwb_space_open(path, mode, &space, err));
    CHECK(space == NULL);
    CHECK(strstr(pwwb_error_message(err), advice) != NULL);
    (void)lstat(path, &after);
    CHECK_INT(before.st_size, after.st_size);
    CHECK_INT(before.st_mtim.tv_nsec, after.st_mtim.tv_nsec);
    CHECK_INT(before.st_ino, after.st_ino);
    pwwb_error_free(err);
}

static void
check_refused(pwwb_status expected, const char *advice)
{
    check_refused_to(PWWB_SPACE_READ, expected, advice);
    check_refused_to(PWWB_SPACE_WRITE, expected, advice);
}

/* One person, in one directory. */
static void
make_one(void)
{
    sqlite3 *db;

    pwwb_space_free(fresh_space());
    db = open_raw();
    put_cloud(db, user.guid, NULL, 1);
    put_link(db, 1, "F1", alice, "User AccountEnabled");
    sqlite3_close(db);
}

static int32_t
code_of(pwwb_anchors *store)
{
    pwwb_found found = {.size = sizeof(found)};

    CHECK_STATUS(PWWB_OK, pwwb_anchors_find(store, &user, 0, &found, NULL));
    return found.code;
}

static void
check_found(void)
{
    pwwb_anchors *store;

    CHECK_STATUS(PWWB_OK, pwwb_anchors_new_sqlite(path, &store, NULL));
    CHECK_INT(PWWB_CODE_OK, code_of(store));
    pwwb_anchors_free(store);
}

/* ---- whose it is ---- */

static void
what_is_not_there_is_not_made_to_be_read(void)
{
    pwwb_anchors *store;

    empty_folder(root);
    check_refused_to(PWWB_SPACE_READ, PWWB_E_NOT_FOUND, "no space");
    CHECK_STATUS(PWWB_E_NOT_FOUND, pwwb_anchors_new_sqlite(path, &store, NULL));
    CHECK(store == NULL);
    CHECK_INT(0, count_files(root));
    put_file(path, "", 0); /* as if an import had just begun */
    check_refused_to(PWWB_SPACE_READ, PWWB_E_NOT_FOUND, "nothing in the space yet");
    pwwb_space_free(open_space(PWWB_SPACE_WRITE));
    pwwb_space_free(open_space(PWWB_SPACE_READ));
}

static void
a_file_that_others_may_read_is_refused(void)
{
    static const mode_t modes[] = {0640, 0604, 0660, 0610};
    size_t              i;

    make_one();
    for (i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
        CHECK_INT(0, chmod(path, modes[i]));
        check_refused(PWWB_E_PERMISSION, "chmod 600");
    }
    CHECK_INT(0, chmod(path, 0600));
    CHECK_INT(0, chmod(root, 0770));
    check_refused(PWWB_E_PERMISSION, "chmod 700");
    CHECK_INT(0, chmod(root, 0700));
    check_found();
}

static void
a_read_only_file_is_read_and_not_written(void)
{
    make_one();
    CHECK_INT(0, chmod(path, 0400));
    check_refused_to(PWWB_SPACE_WRITE, PWWB_E_READ_ONLY, "chmod 600");
    check_found();
    CHECK_INT(0, chmod(path, 0600));
}

static void
what_is_no_space_is_refused_and_left(void)
{
    uint8_t garbage[8192];
    size_t  i;

    empty_folder(root);
    for (i = 0; i < sizeof(garbage); i++)
        garbage[i] = (uint8_t)(i * 31 + 7);
    put_file(path, garbage, sizeof(garbage));
    check_refused(PWWB_E_MALFORMED, "move PATH");
    put_file(path, garbage, 5);
    check_refused(PWWB_E_MALFORMED, "move PATH");
    empty_folder(root);
    raw("CREATE TABLE customers (name TEXT)");
    CHECK_INT(0, chmod(path, 0600));
    check_refused(PWWB_E_MALFORMED, "something else");
    empty_folder(root);
    CHECK_INT(0, symlink("/etc/passwd", path));
    check_refused(PWWB_E_MALFORMED, "no regular file");
    empty_folder(root);
}

/* The journal of the same library is another database, and the other way round is as well. */
static void
a_journal_is_no_space(void)
{
    empty_folder(root);
    raw("PRAGMA application_id = 0x70777762; PRAGMA user_version = 1; CREATE TABLE pwwb_journal (a)");
    CHECK_INT(0, chmod(path, 0600));
    check_refused(PWWB_E_MALFORMED, "something else");
}

/* ---- versions ---- */

static void
a_newer_version_is_refused_with_what_to_do(void)
{
    make_one();
    raw("PRAGMA user_version = 2");
    check_refused(PWWB_E_NOT_SUPPORTED, "newer version");
    raw("PRAGMA user_version = 1");
    check_found();
}

static void
what_lacks_a_table_an_index_or_a_column_is_refused(void)
{
    static const char *const changes[] = {
        "ALTER TABLE pwwb_object DROP COLUMN dn",
        "DROP TABLE pwwb_rules",
        "DROP INDEX pwwb_cloud_metaverse",
        "PRAGMA user_version = 0",
    };
    size_t i;

    for (i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
        make_one();
        raw(changes[i]);
        check_refused(PWWB_E_MALFORMED, "import again");
    }
}

/* A library of the next version, and of one whose step is wrong. */
static pwwb_status
open_as_version_2(const char *step, int is_to_write, pwwb_error *err)
{
    const char *steps[] = {wb_space_kind.steps[0], step};
    wb_kind     next    = wb_space_kind;
    wb_database base    = {.wait_ms = 0};
    pwwb_status st;

    next.version = 2;
    next.steps   = steps;
    st           = wb_database_open(&base, &next, path, is_to_write, err);
    if (st == PWWB_OK)
        wb_database_close(&base);
    return st;
}

static const char second_step[] = "ALTER TABLE pwwb_object ADD COLUMN shoe_size INTEGER;"
                                  "UPDATE pwwb_object SET shoe_size = 42";

static void
an_older_version_is_brought_up_to_date_by_who_writes(void)
{
    pwwb_error *err = pwwb_error_new();

    make_one();
    CHECK_STATUS(PWWB_E_NOT_SUPPORTED, open_as_version_2(second_step, 0, err));
    CHECK(strstr(pwwb_error_message(err), "older version") != NULL);
    CHECK_INT(1, number_of("PRAGMA user_version"));
    CHECK_STATUS(PWWB_OK, open_as_version_2(second_step, 1, NULL));
    CHECK_INT(2, number_of("PRAGMA user_version"));
    CHECK_INT(42, number_of("SELECT shoe_size FROM pwwb_object"));
    CHECK_STATUS(PWWB_OK, open_as_version_2(second_step, 1, NULL)); /* once is enough */
    CHECK_STATUS(PWWB_OK, open_as_version_2(second_step, 0, NULL));
    check_refused(PWWB_E_NOT_SUPPORTED, "newer version");

    empty_folder(root);
    put_file(path, "", 0); /* a new one gets all steps */
    CHECK_STATUS(PWWB_OK, open_as_version_2(second_step, 1, NULL));
    CHECK_INT(2, number_of("PRAGMA user_version"));
    CHECK_INT(0, number_of("SELECT count(shoe_size) FROM pwwb_object"));
    pwwb_error_free(err);
}

static void
a_step_that_fails_has_done_nothing(void)
{
    make_one();
    CHECK_STATUS(PWWB_E_SYSTEM, open_as_version_2("CREATE TABLE half (a); nonsense", 1, NULL));
    CHECK_INT(1, number_of("PRAGMA user_version"));
    CHECK_INT(0, number_of("SELECT count(*) FROM sqlite_schema WHERE name = 'half'"));
    check_found();
}

/* ---- who else uses it ---- */

/* Agents stay up while an operator puts a new one in its place. */
static void
a_reader_takes_the_file_that_stands_there_now(void)
{
    pwwb_error   *err   = pwwb_error_new();
    pwwb_found    found = {.size = sizeof(found)};
    pwwb_space   *space;
    pwwb_anchors *store;
    char          aside[100];

    make_one();
    space = open_space(PWWB_SPACE_WRITE);
    CHECK_STATUS(PWWB_OK, pwwb_anchors_new_sqlite(path, &store, NULL));
    CHECK_INT(PWWB_CODE_OK, code_of(store));
    (void)snprintf(aside, sizeof(aside), "%s.old", path);
    CHECK_INT(0, rename(path, aside));
    /* No "not found": that would be about an account. */
    CHECK_STATUS(PWWB_E_SYSTEM, pwwb_anchors_find(store, &user, 0, &found, err));
    CHECK(strstr(pwwb_error_message(err), "import again") != NULL);
    CHECK_STATUS(PWWB_E_SYSTEM, pwwb_space_set_staging(space, 1, NULL));
    pwwb_space_free(space);

    pwwb_space_free(open_space(PWWB_SPACE_WRITE)); /* empty */
    CHECK_INT(PWWB_CODE_NOT_FOUND, code_of(store));
    CHECK_INT(0, rename(aside, path));
    CHECK_INT(PWWB_CODE_OK, code_of(store));
    pwwb_anchors_free(store);
    pwwb_error_free(err);
}

/* 1 when a child of this process sees what it should. */
static int
child_says(int (*look)(pwwb_anchors *), pwwb_anchors *store)
{
    pid_t pid = fork();
    int   code;

    if (pid == 0)
        _exit(look(store) ? 42 : 1);
    return waitpid(pid, &code, 0) == pid && WIFEXITED(code) && WEXITSTATUS(code) == 42;
}

static int
look_in_child(pwwb_anchors *store)
{
    pwwb_found    found = {.size = sizeof(found)};
    pwwb_anchors *own;
    int           good = pwwb_anchors_find(store, &user, 0, &found, NULL) == PWWB_E_STATE;

    pwwb_anchors_free(store);
    return good && pwwb_anchors_new_sqlite(path, &own, NULL) == PWWB_E_STATE;
}

static void
who_was_forked_from_an_open_space_is_refused(void)
{
    pwwb_anchors *store;

    make_one();
    CHECK_STATUS(PWWB_OK, pwwb_anchors_new_sqlite(path, &store, NULL));
    CHECK_INT(1, child_says(look_in_child, store));
    CHECK_INT(PWWB_CODE_OK, code_of(store));
    pwwb_anchors_free(store);
}

/* As an import that is stopped in the middle of a step. */
static void
who_writes_waits_and_who_reads_does_not(void)
{
    pwwb_space *space;
    sqlite3    *other;
    int64_t     begun;

    make_one();
    space = open_space(PWWB_SPACE_WRITE);
    other = open_raw();
    run_raw(other, "BEGIN IMMEDIATE; UPDATE pwwb_object SET metaverse = NULL");
    begun = now_ms();
    CHECK_STATUS(PWWB_E_TIMEOUT, pwwb_space_set_staging(space, 1, NULL));
    CHECK(now_ms() - begun >= 5000);
    check_found();
    run_raw(other, "ROLLBACK");
    CHECK_STATUS(PWWB_OK, pwwb_space_set_staging(space, 0, NULL));
    check_found();
    sqlite3_close(other);
    pwwb_space_free(space);
}

/* Who keeps it for himself alone keeps readers out, too: as long as they were told to wait, and no longer. */
static void
a_lookup_waits_as_long_as_it_may(void)
{
    static const int64_t waits[] = {0, 300};
    pwwb_found           found   = {.size = sizeof(found)};
    pwwb_anchors        *store;
    sqlite3             *other;
    size_t               i;

    make_one();
    other = open_raw();
    run_raw(other, "PRAGMA journal_mode = DELETE");
    CHECK_STATUS(PWWB_OK, pwwb_anchors_new_sqlite(path, &store, NULL));
    run_raw(other, "BEGIN EXCLUSIVE");
    for (i = 0; i < 2; i++) {
        int64_t begun = now_ms();

        CHECK_STATUS(PWWB_E_TIMEOUT, pwwb_anchors_find(store, &user, waits[i], &found, NULL));
        CHECK(now_ms() - begun >= waits[i]);
        CHECK(now_ms() - begun <= waits[i] + 250);
    }
    run_raw(other, "COMMIT");
    CHECK_INT(PWWB_CODE_OK, code_of(store));
    pwwb_anchors_free(store);
    sqlite3_close(other);
}

/* ---- many readers and a writer ---- */

/* In one transaction each the person is disabled in one forest and enabled in the other, until it is told
 * to stop. */
static void
move_to_and_fro(int stop)
{
    sqlite3 *db   = open_raw();
    int      turn = 0;
    char     octet;

    (void)fcntl(stop, F_SETFL, O_NONBLOCK);
    while (read(stop, &octet, 1) != 0) {
        turn = !turn;
        run_raw(db, "BEGIN IMMEDIATE; UPDATE pwwb_object SET rules = (SELECT id FROM pwwb_rules WHERE "
                    "is_eligible = ((guid = X'a1000000000000000000000000000000') = %d)); COMMIT", turn);
    }
    sqlite3_close(db);
}

/* It has seen each of the two places so often, and nothing else: 0 = well. */
static int
watch(void)
{
    pwwb_anchors *store;
    int           seen[2] = {0, 0}, before = -1, wrong = 0;

    (void)alarm(60); /* for a writer that died */
    if (pwwb_anchors_new_sqlite(path, &store, NULL) != PWWB_OK)
        return 1;
    while (seen[0] < 20 || seen[1] < 20) {
        pwwb_found found = {.size = sizeof(found)};
        int        place;

        if (pwwb_anchors_find(store, &user, 5000, &found, NULL) != PWWB_OK
            || found.code != PWWB_CODE_OK || found.candidates != 2) {
            wrong = 1;
            break;
        }
        place = strcmp(found.directory, "F1") == 0;
        wrong |= memcmp(found.guid, place ? alice : bob, PWWB_ID_SIZE) != 0;
        seen[place] += place != before;
        before = place;
    }
    pwwb_anchors_free(store);
    return wrong;
}

static void
readers_see_each_commit_whole(void)
{
    sqlite3 *db;
    pid_t    writer, readers[3];
    int      stop[2], code, i;

    make_one();
    db = open_raw();
    put_link(db, 1, "F2", bob, "User Join");
    sqlite3_close(db);
    CHECK_INT(0, pipe(stop));
    writer = fork();
    if (writer == 0) {
        close(stop[1]);
        move_to_and_fro(stop[0]);
        _exit(0);
    }
    for (i = 0; i < 3; i++) {
        readers[i] = fork();
        if (readers[i] == 0)
            _exit(watch());
    }
    for (i = 0; i < 3; i++) {
        CHECK_INT(readers[i], waitpid(readers[i], &code, 0));
        CHECK(WIFEXITED(code) && WEXITSTATUS(code) == 0);
    }
    close(stop[0]);
    close(stop[1]);
    CHECK_INT(writer, waitpid(writer, &code, 0));
    CHECK(WIFEXITED(code) && WEXITSTATUS(code) == 0);
}

/* The same file as somebody else sees it. */
static void
python_reads_it_meanwhile(void)
{
    pwwb_anchors *store;
    char          command[400], line[100] = "";
    FILE         *said;

    make_one();
    CHECK_STATUS(PWWB_OK, pwwb_anchors_new_sqlite(path, &store, NULL));
    (void)snprintf(command, sizeof(command),
                   "python3 -c \"import sqlite3; c = sqlite3.connect('file:%s?mode=ro', uri=True); "
                   "print(*c.execute('PRAGMA integrity_check').fetchone(), *c.execute('SELECT d.name, "
                   "hex(o.guid), o.metaverse FROM pwwb_object o JOIN pwwb_directory d ON d.id = "
                   "o.directory').fetchone())\"",
                   path);
    said = popen(command, "r");
    CHECK(said != NULL && fgets(line, sizeof(line), said) != NULL);
    CHECK_INT(0, said == NULL ? -1 : pclose(said));
    CHECK_STR("ok F1 A1000000000000000000000000000000 1\n", line);
    CHECK_INT(PWWB_CODE_OK, code_of(store));
    pwwb_anchors_free(store);
}

int
main(void)
{
    if (!world_begin("/tmp"))
        return 1;

    RUN(what_is_not_there_is_not_made_to_be_read);
    RUN(a_file_that_others_may_read_is_refused);
    RUN(a_read_only_file_is_read_and_not_written);
    RUN(what_is_no_space_is_refused_and_left);
    RUN(a_journal_is_no_space);
    RUN(a_newer_version_is_refused_with_what_to_do);
    RUN(what_lacks_a_table_an_index_or_a_column_is_refused);
    RUN(an_older_version_is_brought_up_to_date_by_who_writes);
    RUN(a_step_that_fails_has_done_nothing);
    RUN(a_reader_takes_the_file_that_stands_there_now);
    RUN(who_was_forked_from_an_open_space_is_refused);
    RUN(who_writes_waits_and_who_reads_does_not);
    RUN(a_lookup_waits_as_long_as_it_may);
    RUN(readers_see_each_commit_whole);
    RUN(python_reads_it_meanwhile);
    world_end();
    return DONE;
}
