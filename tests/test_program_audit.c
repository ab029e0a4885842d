/* SPDX-License-Identifier: Apache-2.0 */
/* The programs' audit file: whole lines, its owner's alone. rows: 9 */
#include "../examples/common/audit_file.h"

#include <pthread.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "faults.h"
#include "folder.h"
#include "harness.h"

enum { THREADS = 8, EACH = 500 };

static char folder[] = "/tmp/pwwb-audit-XXXXXX";
static char path[64], other[96], elsewhere[72];

typedef struct reading {
    int lines, requests, bad, files;
} reading;

/* What stands in every file of the folder, by another reader. */
static reading
read_back(void)
{
    reading r = {-1, -1, -1, -1};
    char    command[512];
    FILE   *said;

    (void)snprintf(command, sizeof(command), "python3 %s %s/*", READER, folder);
    said = popen(command, "r");
    if (said == NULL || fscanf(said, "%d %d %d %d", &r.lines, &r.requests, &r.bad, &r.files) != 4)
        r.lines = -1;
    if (said != NULL)
        (void)pclose(said);
    return r;
}

static pwwb_audit_event
event_of(uint32_t number)
{
    pwwb_audit_event e = {.size = sizeof(e), .time_ms = 1700000000000, .side = PWWB_AUDIT_AGENT,
                          .stage = PWWB_AUDIT_BEFORE, .duration_ms = -1};

    e.cti[0] = 1;
    memcpy(e.cti + 1, &number, sizeof(number));
    (void)snprintf(e.controller, sizeof(e.controller), "dc%u.\n\"example\".test", number);
    return e;
}

static pwwb_status
take(audit_file *file, uint32_t number)
{
    pwwb_audit_event e = event_of(number);

    return audit_file_take(file, &e);
}

static audit_file *
opened(void)
{
    audit_file *file;

    empty_folder(folder);
    CHECK_STATUS(PWWB_OK, audit_file_open(path, &file, NULL));
    return file;
}

typedef struct writer {
    pthread_t   thread;
    audit_file *file;
    uint32_t    first;
    int         failures;
} writer;

static int running;

static void *
write_lines(void *arg)
{
    writer  *w = arg;
    uint32_t i;

    for (i = 0; i < EACH; i++)
        w->failures += take(w->file, w->first + i) != PWWB_OK;
    (void)__atomic_sub_fetch(&running, 1, __ATOMIC_SEQ_CST);
    return NULL;
}

/* As a log rotation does it, until all have ended. */
static int
rotate(audit_file *file)
{
    int turns;

    for (turns = 0; turns < 200 && __atomic_load_n(&running, __ATOMIC_SEQ_CST) > 0; turns++) {
        (void)snprintf(other, sizeof(other), "%s.%d", path, turns);
        if (rename(path, other) != 0 || audit_file_reopen(file, NULL) != PWWB_OK)
            return -1;
        (void)usleep(500);
    }
    return turns;
}

static void
no_line_is_lost_or_torn_while_threads_write_and_the_file_is_rotated(void)
{
    audit_file *file = opened();
    writer      writers[THREADS];
    reading     r;
    uint32_t    i;

    running = THREADS;
    for (i = 0; i < THREADS; i++) {
        writers[i] = (writer){.file = file, .first = i * EACH};
        CHECK_INT(0, pthread_create(&writers[i].thread, NULL, write_lines, &writers[i]));
    }
    CHECK(rotate(file) > 0);
    for (i = 0; i < THREADS; i++) {
        CHECK_INT(0, pthread_join(writers[i].thread, NULL));
        CHECK_INT(0, writers[i].failures);
    }
    audit_file_free(file);
    r = read_back();
    CHECK_INT(THREADS * EACH, r.lines);
    CHECK_INT(THREADS * EACH, r.requests);
    CHECK_INT(0, r.bad);
    CHECK(r.files > 1);
}

static void
the_reader_finds_half_a_line_and_one_that_is_twice(void)
{
    audit_file *file = opened();
    reading     r;

    CHECK_STATUS(PWWB_OK, take(file, 1));
    CHECK_STATUS(PWWB_OK, take(file, 1));
    CHECK_STATUS(PWWB_OK, take(file, 2));
    audit_file_free(file);
    (void)snprintf(other, sizeof(other), "%s.torn", path);
    put_file(other, "{\"time\":\"2\n{\"request\":\"", 23);
    r = read_back();
    CHECK_INT(3, r.lines);
    CHECK_INT(2, r.requests);
    CHECK_INT(2, r.bad);
}

/* Past so many octets a write ends short, then not at all, as on a disk that is full. */
static void
room(rlim_t octets)
{
    struct rlimit limit;

    (void)getrlimit(RLIMIT_FSIZE, &limit);
    limit.rlim_cur = octets == 0 ? limit.rlim_max : octets;
    (void)setrlimit(RLIMIT_FSIZE, &limit);
}

static void
a_full_disk_is_told_and_no_half_line_stays(void)
{
    audit_file *file = opened();
    pwwb_status st   = PWWB_OK;
    struct stat is;
    uint32_t    i;
    reading     r;

    room(1000);
    for (i = 0; i < 100 && st == PWWB_OK; i++)
        st = take(file, i);
    room(0);
    CHECK_STATUS(PWWB_E_NO_SPACE, st);
    CHECK(i > 1 && i < 20);
    CHECK_INT(0, stat(path, &is));
    CHECK(is.st_size > 0 && is.st_size < 1000);
    CHECK_STATUS(PWWB_OK, take(file, 99));
    audit_file_free(file);
    r = read_back();
    CHECK_INT((int)i, r.lines); /* all but the one that failed, and the last */
    CHECK_INT(0, r.bad);
}

static void
only_its_owner_reads_it(void)
{
    mode_t      mask = umask(0);
    audit_file *file = opened();
    struct stat is;

    (void)umask(mask);
    CHECK_INT(0, stat(path, &is));
    CHECK_INT(S_IFREG | 0600, is.st_mode);
    audit_file_free(file);
}

static void
refused(pwwb_status expected, const char *name, const char *why)
{
    pwwb_error *err  = pwwb_error_new();
    audit_file *file = NULL;

    CHECK_STATUS(expected, audit_file_open(name, &file, err));
    CHECK(file == NULL);
    CHECK(strstr(pwwb_error_message(err), why) != NULL);
    pwwb_error_free(err);
}

static void
what_others_could_read_or_put_there_is_refused(void)
{
    empty_folder(folder);
    (void)snprintf(other, sizeof(other), "%s.target", path);
    put_file(other, "", 0);
    CHECK_INT(0, symlink(other, path));
    refused(PWWB_E_PERMISSION, path, "is a link");
    CHECK_INT(0, unlink(path));
    CHECK_INT(0, mkfifo(path, 0600));
    refused(PWWB_E_PERMISSION, path, "is no file");
    CHECK_INT(0, unlink(path));
    put_file(path, "", 0);
    CHECK_INT(0, chmod(path, 0640));
    refused(PWWB_E_PERMISSION, path, "chmod 600");
    refused(PWWB_E_PERMISSION, folder, "is no file");
    refused(PWWB_E_PERMISSION, "/dev/full", "");
    refused(PWWB_E_NOT_FOUND, "/tmp/pwwb-no-such-folder/audit", "folder");
    CHECK_INT(0, chmod(path, 0600));
    CHECK(geteuid() != 0 || chown(path, 65534, 65534) == 0);
    refused(PWWB_E_PERMISSION, geteuid() == 0 ? path : "/etc/passwd",
            geteuid() == 0 ? "somebody else's" : "");
}

static void
what_cannot_be_opened_anew_leaves_the_old(void)
{
    audit_file *file = opened();
    reading     r;

    (void)snprintf(other, sizeof(other), "%s.1", path);
    CHECK_INT(0, rename(path, other));
    CHECK_INT(0, symlink(elsewhere, path));
    CHECK_STATUS(PWWB_E_PERMISSION, audit_file_reopen(file, NULL));
    CHECK_STATUS(PWWB_OK, take(file, 7));
    CHECK_INT(0, unlink(path));
    audit_file_free(file);
    r = read_back();
    CHECK_INT(1, r.lines);
    CHECK(access(elsewhere, F_OK) != 0);
}

static void
a_file_that_was_removed_is_made_anew(void)
{
    audit_file *file = opened();
    reading     r;

    CHECK_STATUS(PWWB_OK, take(file, 1));
    CHECK_INT(0, unlink(path));
    CHECK_STATUS(PWWB_OK, take(file, 2));
    CHECK_INT(0, unlink(path));
    CHECK_INT(0, symlink(elsewhere, path));
    CHECK_STATUS(PWWB_E_PERMISSION, take(file, 3));
    CHECK_INT(0, unlink(path));
    CHECK_STATUS(PWWB_OK, take(file, 4));
    audit_file_free(file);
    r = read_back();
    CHECK_INT(1, r.lines);
}

static void
running_out_of_memory_anywhere_is_survived(void)
{
    audit_file *file;
    long        calls, n;

    empty_folder(folder);
    faults_count();
    CHECK_STATUS(PWWB_OK, audit_file_open(path, &file, NULL));
    audit_file_free(file);
    calls = faults_stop();
    CHECK(calls > 0);
    for (n = 1; n <= calls; n++) {
        faults_fail(n);
        CHECK_STATUS(PWWB_E_NO_MEMORY, audit_file_open(path, &file, NULL));
        (void)faults_stop();
        CHECK(file == NULL);
    }
    audit_file_free(NULL);
}

int
main(void)
{
    if (mkdtemp(folder) == NULL)
        return 1;
    (void)snprintf(path, sizeof(path), "%s/audit", folder);
    (void)snprintf(elsewhere, sizeof(elsewhere), "%s-elsewhere", folder);
    (void)signal(SIGXFSZ, SIG_IGN);
    RUN(no_line_is_lost_or_torn_while_threads_write_and_the_file_is_rotated);
    RUN(the_reader_finds_half_a_line_and_one_that_is_twice);
    RUN(a_full_disk_is_told_and_no_half_line_stays);
    RUN(only_its_owner_reads_it);
    RUN(what_others_could_read_or_put_there_is_refused);
    RUN(what_cannot_be_opened_anew_leaves_the_old);
    RUN(a_file_that_was_removed_is_made_anew);
    RUN(running_out_of_memory_anywhere_is_survived);
    empty_folder(folder);
    (void)rmdir(folder);
    return DONE;
}
