/* SPDX-License-Identifier: Apache-2.0 */
/* The file of libpwwb-sqlite: who may have it, what it may be, who else uses it. */
/* rows: 1 19 */
#include <sys/wait.h>
#include <time.h>

#include "faults.h"
#include "sqlite_world.h"

static mode_t
mode_of(const char *file)
{
    struct stat s;

    return lstat(file, &s) == 0 ? s.st_mode & 07777 : 0;
}

/* What a try says, and that it leaves the file as it was. */
static void
check_refused(pwwb_status expected, const char *advice)
{
    pwwb_error   *err = pwwb_error_new();
    pwwb_journal *journal;
    struct stat   before = {0}, after = {0};

    (void)lstat(path, &before);
    CHECK_STATUS(expected, pwwb_journal_new_sqlite(path, NULL, NULL, &journal, err));
    CHECK(journal == NULL);
    CHECK(strstr(pwwb_error_message(err), advice) != NULL);
    (void)lstat(path, &after);
    CHECK_INT(before.st_size, after.st_size);
    CHECK_INT(before.st_mtim.tv_nsec, after.st_mtim.tv_nsec);
    CHECK_INT(before.st_ino, after.st_ino);
    pwwb_error_free(err);
}

static void
the_file_and_those_beside_it_are_its_owners_alone(void)
{
    pwwb_journal *journal;
    mode_t        mask = umask(0);
    char          beside[100];

    journal = fresh_journal(NULL);
    (void)umask(mask);
    check_claim(journal, 1, PWWB_ENTRY_NEW);
    CHECK_INT(0600, mode_of(path));
    (void)snprintf(beside, sizeof(beside), "%s-wal", path);
    CHECK_INT(0600, mode_of(beside));
    (void)snprintf(beside, sizeof(beside), "%s-shm", path);
    CHECK_INT(0600, mode_of(beside));
    pwwb_journal_free(journal);
    CHECK_INT(1, count_files(root)); /* the last one tidies up */
}

static void
a_file_that_others_may_read_is_refused(void)
{
    static const mode_t modes[] = {0640, 0604, 0660, 0610};
    size_t              i;

    pwwb_journal_free(fresh_journal(NULL));
    for (i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
        CHECK_INT(0, chmod(path, modes[i]));
        check_refused(PWWB_E_PERMISSION, "chmod 600");
    }
    CHECK_INT(0, chmod(path, 0400));
    check_refused(PWWB_E_READ_ONLY, "chmod 600");
    CHECK_INT(0, chmod(path, 0600));
    pwwb_journal_free(open_journal(NULL));
}

/* They could put theirs in the place of the files that SQLite keeps beside it. */
static void
a_folder_that_others_may_write_is_refused(void)
{
    static const mode_t modes[] = {0770, 0707, 01777, 0722};
    size_t              i;

    empty_folder(root);
    for (i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
        CHECK_INT(0, chmod(root, modes[i]));
        check_refused(PWWB_E_PERMISSION, "chmod 700");
    }
    CHECK_INT(0, count_files(root));
    CHECK_INT(0, chmod(root, 0755));
    pwwb_journal_free(open_journal(NULL));
    CHECK_INT(0, chmod(root, 0700));
}

/* Only where it can be tried: as root a file can be given away. */
static void
a_file_of_somebody_else_is_refused(void)
{
    pwwb_journal_free(fresh_journal(NULL));
    CHECK_INT(geteuid() == 0 ? 0 : -1, chown(path, 12345, (gid_t)-1));
    if (geteuid() == 0)
        check_refused(PWWB_E_PERMISSION, "another user");
}

static void
what_is_no_file_is_refused(void)
{
    char aside[100];

    empty_folder(root);
    CHECK_INT(0, symlink("/etc/passwd", path));
    check_refused(PWWB_E_MALFORMED, "no regular file");
    CHECK_INT(0, unlink(path));
    CHECK_INT(0, mkfifo(path, 0600));
    check_refused(PWWB_E_MALFORMED, "no regular file");
    CHECK_INT(0, unlink(path));
    CHECK_INT(0, mkdir(path, 0700));
    check_refused(PWWB_E_MALFORMED, "no regular file");
    CHECK_INT(0, rmdir(path));

    (void)snprintf(aside, sizeof(aside), "%s/nowhere/journal", root);
    CHECK_STATUS(PWWB_E_SYSTEM, pwwb_journal_new_sqlite(aside, NULL, NULL, &(pwwb_journal *){0}, NULL));
}

/* Names that mean something to SQLite are names of files here. */
static void
a_path_is_a_path(void)
{
    static const char *const names[] = {":memory:", "file:x?mode=memory", "a b#c"};
    char                     here[200];
    size_t                   i;

    empty_folder(root);
    if (getcwd(here, sizeof(here)) == NULL || chdir(root) != 0)
        abort();
    for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        pwwb_journal *journal;

        CHECK_STATUS(PWWB_OK, pwwb_journal_new_sqlite(names[i], NULL, NULL, &journal, NULL));
        check_claim(journal, 1, PWWB_ENTRY_NEW);
        pwwb_journal_free(journal);
        CHECK_INT(0600, mode_of(names[i]));
        CHECK_STATUS(PWWB_OK, pwwb_journal_new_sqlite(names[i], NULL, NULL, &journal, NULL));
        check_claim(journal, 1, PWWB_ENTRY_RUNNING);
        pwwb_journal_free(journal);
    }
    CHECK_INT(0, chdir(here));
}

static void
octets_that_are_no_database_are_refused_and_left(void)
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
    put_file(path, "", 0); /* as if it had just been made */
    pwwb_journal_free(open_journal(NULL));
}

/* Each page of it in turn, and the file cut after each. */
static void
a_damaged_journal_is_refused_or_tells_nothing_false(void)
{
    static uint8_t whole[200000], broken[200000];
    pwwb_journal  *journal = fresh_journal(NULL);
    size_t         len, at, refused = 0;
    uint32_t       i;
    int            fd;

    for (i = 0; i < 60; i++)
        check_claim(journal, i, PWWB_ENTRY_NEW);
    pwwb_journal_free(journal);
    fd  = open(path, O_RDONLY);
    len = (size_t)read(fd, whole, sizeof(whole));
    close(fd);
    CHECK(len > 4096 && len < sizeof(whole));
    for (at = 0; at < len; at += 4096) {
        memcpy(broken, whole, len);
        memset(broken + at, 0xa5, 64);
        put_file(path, broken, len);
        if (try_open(NULL, &journal) == PWWB_OK)
            pwwb_journal_free(journal);
        else
            refused++;
        put_file(path, whole, at + 100);
        CHECK_STATUS(PWWB_E_MALFORMED, try_open(NULL, &journal));
    }
    CHECK_INT(len / 4096, refused);
}

static void
somebody_elses_database_is_refused_and_left(void)
{
    empty_folder(root);
    raw("CREATE TABLE customers (name TEXT)");
    CHECK_INT(0, chmod(path, 0600));
    check_refused(PWWB_E_MALFORMED, "something else");
    CHECK_INT(1, count_files(root));
}

static void
a_journal_of_a_newer_version_is_refused_with_what_to_do(void)
{
    pwwb_journal_free(fresh_journal(NULL));
    raw("PRAGMA user_version = 2");
    check_refused(PWWB_E_NOT_SUPPORTED, "newer version");
    raw("PRAGMA user_version = 1");
    pwwb_journal_free(open_journal(NULL));
}

static void
a_journal_without_its_tables_is_refused(void)
{
    pwwb_journal_free(fresh_journal(NULL));
    raw("ALTER TABLE pwwb_request DROP COLUMN recorded_ms");
    check_refused(PWWB_E_MALFORMED, "damaged");
    pwwb_journal_free(fresh_journal(NULL));
    raw("DELETE FROM pwwb_journal");
    check_refused(PWWB_E_MALFORMED, "damaged");
}

/* Two agents of which each has another file would set a password twice. */
static void
a_journal_that_was_moved_away_claims_nothing_more(void)
{
    pwwb_journal *journal = fresh_journal(NULL);
    char          aside[100];
    int32_t       state;

    check_claim(journal, 1, PWWB_ENTRY_NEW);
    (void)snprintf(aside, sizeof(aside), "%s.old", path);
    CHECK_INT(0, rename(path, aside));
    CHECK_STATUS(PWWB_E_SYSTEM, claim_until(journal, 2, LATE, &state));
    CHECK_STATUS(PWWB_E_SYSTEM, record(journal, 1, alice, NOW));
    CHECK_INT(0, rename(aside, path));
    check_claim(journal, 2, PWWB_ENTRY_NEW);
    pwwb_journal_free(journal);
}

/* 1 when a child of this process sees what it should. */
static int
child_says(int (*look)(pwwb_journal *), pwwb_journal *journal)
{
    pid_t pid = fork();
    int   code;

    if (pid == 0)
        _exit(look(journal) ? 42 : 1);
    return waitpid(pid, &code, 0) == pid && WIFEXITED(code) && WEXITSTATUS(code) == 42;
}

static int
look_in_child(pwwb_journal *journal)
{
    pwwb_journal *own;
    int32_t       state, ours;
    int           good;

    good = claim_until(journal, 1, LATE, &state) == PWWB_E_STATE
           && wb_journal_lookup(journal, alice, NOW, 1, &ours, NULL) == PWWB_E_STATE;
    pwwb_journal_free(journal);
    return good && try_open(NULL, &own) == PWWB_E_STATE;
}

static int
claim_in_child(pwwb_journal *journal)
{
    pwwb_journal *own;
    int32_t       state;

    (void)journal;
    return try_open(NULL, &own) == PWWB_OK && claim_until(own, 2, LATE, &state) == PWWB_OK
           && state == PWWB_ENTRY_RUNNING;
}

/* SQLite's locks are not inherited, but its notes of them are. */
static void
who_was_forked_from_an_open_journal_is_refused(void)
{
    pwwb_journal *journal = fresh_journal(NULL);

    check_claim(journal, 1, PWWB_ENTRY_NEW);
    CHECK_INT(1, child_says(look_in_child, journal));
    check_claim(journal, 2, PWWB_ENTRY_NEW);
    pwwb_journal_free(journal);
    CHECK_INT(1, child_says(claim_in_child, NULL)); /* from one that has closed it */
    pwwb_journal_free(open_journal(NULL));
}

static int64_t
now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* As an agent that is stopped in the middle of a claim. */
static void
a_lock_that_somebody_keeps_is_not_waited_for_for_ever(void)
{
    pwwb_journal *journal = fresh_journal(NULL);
    sqlite3      *other   = open_raw(path, "BEGIN IMMEDIATE");
    int64_t       begun   = now_ms();
    int32_t       state;

    CHECK_STATUS(PWWB_E_TIMEOUT, claim_until(journal, 1, LATE, &state));
    CHECK_INT(0, state);
    CHECK(now_ms() - begun >= 5000);
    CHECK_INT(0, is_ours(journal, alice, NOW)); /* who only reads waits for nobody */
    CHECK_INT(SQLITE_OK, sqlite3_exec(other, "ROLLBACK", NULL, NULL, NULL));
    sqlite3_close(other);
    check_claim(journal, 1, PWWB_ENTRY_NEW);
    pwwb_journal_free(journal);
}

int
main(void)
{
    if (!world_begin("/tmp"))
        return 1;

    RUN(the_file_and_those_beside_it_are_its_owners_alone);
    RUN(a_file_that_others_may_read_is_refused);
    RUN(a_folder_that_others_may_write_is_refused);
    RUN(a_file_of_somebody_else_is_refused);
    RUN(what_is_no_file_is_refused);
    RUN(a_path_is_a_path);
    RUN(octets_that_are_no_database_are_refused_and_left);
    RUN(a_damaged_journal_is_refused_or_tells_nothing_false);
    RUN(somebody_elses_database_is_refused_and_left);
    RUN(a_journal_of_a_newer_version_is_refused_with_what_to_do);
    RUN(a_journal_without_its_tables_is_refused);
    RUN(a_journal_that_was_moved_away_claims_nothing_more);
    RUN(who_was_forked_from_an_open_journal_is_refused);
    RUN(a_lock_that_somebody_keeps_is_not_waited_for_for_ever);
    world_end();
    return DONE;
}
