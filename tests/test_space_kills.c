/* SPDX-License-Identifier: Apache-2.0 */
/* Imports that are killed at random moments, 200 times. The judges are SQLite's own check of the file, and the content
 * of a space whose import nobody disturbed. */
/* rows: 12 13 */
#include <signal.h>
#include <sys/wait.h>
#include <time.h>

#include "import_world.h"

#define OBJECTS 3000
#define ROWS    3500
#define KILLS   100 /* of each kind of import */

static fake_changes fake;
static char         file[80];
static uint32_t     random_ = 11;

static uint32_t
below(uint32_t n)
{
    random_ = random_ * 1664525u + 1013904223u;
    return (random_ >> 8) % n;
}

static pwwb_status
wait_a_little(void *ctx, const pwwb_import_result *so_far)
{
    struct timespec pause = {0, 200000};

    (void)ctx, (void)so_far;
    (void)nanosleep(&pause, NULL);
    return PWWB_OK;
}

static pwwb_status
import_directory(void)
{
    pwwb_import_options options = {.size = sizeof(options), .progress = wait_a_little};
    pwwb_space         *space;
    pwwb_status         st = pwwb_space_open(path, PWWB_SPACE_WRITE, &space, NULL);

    if (st == PWWB_OK)
        st = pwwb_space_import(space, "F1", fake.directory, &options, NULL, NULL);
    pwwb_space_free(space);
    return st;
}

static pwwb_status
import_file(void)
{
    const pwwb_import_options options = {.size = sizeof(options), .most_removed = -1};
    pwwb_space               *space;
    pwwb_status               st = pwwb_space_open(path, PWWB_SPACE_WRITE, &space, NULL);

    if (st == PWWB_OK)
        st = pwwb_space_import_csv(space, file, &options, NULL, NULL);
    pwwb_space_free(space);
    return st;
}

/* How long it takes undisturbed, in microseconds. */
static long
time_of(pwwb_status (*run)(void))
{
    struct timespec from, to;

    (void)clock_gettime(CLOCK_MONOTONIC, &from);
    CHECK_STATUS(PWWB_OK, run());
    (void)clock_gettime(CLOCK_MONOTONIC, &to);
    return (long)(to.tv_sec - from.tv_sec) * 1000000 + (long)(to.tv_nsec - from.tv_nsec) / 1000;
}

/* 1: it was killed; 0: it had ended before. */
static int
kill_within(pwwb_status (*run)(void), long us)
{
    struct timespec pause = {0, (long)below((uint32_t)us) * 1000};
    int             status;
    pid_t           pid = fork();

    if (pid == 0)
        _exit(run() == PWWB_OK ? 0 : 1);
    (void)nanosleep(&pause, NULL);
    (void)kill(pid, SIGKILL);
    (void)waitpid(pid, &status, 0);
    if (!WIFSIGNALED(status))
        CHECK_INT(0, WEXITSTATUS(status));
    return WIFSIGNALED(status);
}

/* A part of the import stands in the file. */
static int
is_under_way(void)
{
    return access(path, F_OK) == 0 && number_of("SELECT count(*) FROM sqlite_schema") > 0
           && number_of("SELECT (SELECT count(*) FROM pwwb_directory WHERE is_under_way)"
                  " + (SELECT count(csv_mark) FROM pwwb_space)") > 0;
}

/* Some lives of one import: each is killed a few times, and then it ends. Between two lives `change` gives it work.
 * Within what time is learnt, so that about half of the kills come before the end on any machine. */
static void
kill_all(pwwb_status (*run)(void), void (*change)(int), long whole_us)
{
    int   life, kills = 0, in_time = 0, went_on = 0;
    char *expected, *got;
    char  kept[100];

    empty_folder(root);
    for (life = 0; kills < KILLS; life++) {
        int i;

        change(life);
        for (i = 0; i < 10; i++, kills++) {
            int is_in_time = kill_within(run, whole_us < 900000 ? whole_us : 900000);

            in_time += is_in_time;
            whole_us += is_in_time ? whole_us / 8 : -whole_us / 8;
            CHECK(access(path, F_OK) != 0 || is_whole_file());
            went_on += is_under_way();
        }
        CHECK_STATUS(PWWB_OK, run());
        got = dump();
        (void)snprintf(kept, sizeof(kept), "%s/kept", root);
        CHECK_INT(0, rename(path, kept));
        CHECK_STATUS(PWWB_OK, run()); /* undisturbed, from nothing */
        expected = dump();
        CHECK_STR(expected, got);
        CHECK_INT(0, rename(kept, path));
        free(expected);
        free(got);
        if (harness_failures > 0)
            return;
    }
    CHECK(in_time > KILLS / 4);
    CHECK(went_on > 0);
    printf("# %d lives, %d kills, %d of them before the end, %d between two steps of it\n", life, kills, in_time,
           went_on);
}

/* Two in three of the objects, in a life of its own: a key, a right, a name, or all of it. */
static void
change_directory(int life)
{
    uint32_t i;

    for (i = 0; i < OBJECTS; i++) {
        fake_object *f;

        if (life > 0 && below(3) == 0)
            continue;
        f                    = i < fake.count ? fake_touch(&fake, i) : fake_user(&fake, i + 1);
        f->is_gone           = below(10) == 0;
        f->o.account_control = below(4) == 0 ? 0x202 : 0x200;
        f->o.object_class    = below(5) == 0 ? PWWB_OBJECT_CONTACT : PWWB_OBJECT_USER;
        (void)snprintf(f->mail, sizeof(f->mail), "a%u@example", (unsigned)below(1000));
        (void)snprintf(f->dn, sizeof(f->dn), "CN=%u", (unsigned)below(1000000));
    }
}

static void
change_file(int life)
{
    FILE    *to;
    uint32_t i;

    (void)snprintf(file, sizeof(file), "%s.csv", root);
    to = fopen(file, "w");
    fprintf(to, "kind,cloud_anchor,metaverse,directory,object_guid,rules\n");
    for (i = 0; i < ROWS; i++) {
        if (below(5) != 0)
            fprintf(to, "cloud,User_00000000-0000-0000-0000-%012x,m%u,,,\n", (unsigned)i,
                    (unsigned)below(ROWS));
        if (below(5) != 0)
            fprintf(to, "link,,m%u,F%u,00000000-0000-0000-0001-%012x,User AccountEnabled\n",
                    (unsigned)below(ROWS), (unsigned)(life % 3), (unsigned)i);
    }
    (void)fclose(to);
}

static void
an_import_of_a_directory_that_is_killed_goes_on(void)
{
    long us;

    fake_begin(&fake, 1, OBJECTS);
    fake.step = 30;
    change_directory(0);
    us = time_of(import_directory);
    kill_all(import_directory, change_directory, us);
    fake_end(&fake);
}

static void
an_import_of_a_file_that_is_killed_goes_on(void)
{
    long us;

    empty_folder(root);
    change_file(0);
    us = time_of(import_file);
    kill_all(import_file, change_file, us);
    (void)unlink(file);
}

/* The control: a row that is not what it was, or is missing, is seen. */
static void
a_lost_row_is_seen(void)
{
    char *before, *after;

    fake_begin(&fake, 1, 10);
    (void)fake_user(&fake, 1);
    empty_folder(root);
    CHECK_STATUS(PWWB_OK, import_directory());
    before = dump();
    raw("UPDATE pwwb_cloud SET metaverse = NULL");
    after = dump();
    CHECK(strcmp(before, after) != 0);
    free(before);
    free(after);
    fake_end(&fake);
}

int
main(void)
{
    if (!world_begin("/dev/shm") && !world_begin("/tmp")) /* who is killed leaves the system's cache as it is */
        return 1;

    RUN(an_import_of_a_directory_that_is_killed_goes_on);
    RUN(an_import_of_a_file_that_is_killed_goes_on);
    RUN(a_lost_row_is_seen);
    world_end();
    return DONE;
}
