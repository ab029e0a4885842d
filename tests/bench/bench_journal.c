/* SPDX-License-Identifier: Apache-2.0 */
/* bench_journal [FOLDER]: what a request pays for the journal, claim, record and finish together: in memory, and
 * in SQLite by one process and by four that share it, in a folder of one's own below FOLDER (/tmp). Beside
 * it what the disk needs for as many synchronised writes of the same octets. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <pwwb/sqlite.h>

#include "../../lib/journal.h"

#define REQUESTS 500
#define REPLY    300 /* octets, as a typical one */

static char folder[200], path[220];

static double
now_s(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void
must(int is_well, const char *what)
{
    if (!is_well) {
        fprintf(stderr, "bench_journal: %s\n", what);
        exit(1);
    }
}

static void
work(pwwb_journal *journal, uint32_t party)
{
    uint8_t            cti[16] = {0}, digest[32] = {1}, guid[16] = {2}, reply[REPLY] = {3}, buf[REPLY];
    pwwb_journal_entry entry;
    uint32_t           i;

    for (i = 0; i < REQUESTS; i++) {
        memcpy(cti, &i, sizeof(i));
        memcpy(cti + 4, &party, sizeof(party));
        must(wb_journal_claim(journal, cti, digest, INT64_MAX, buf, sizeof(buf), &entry, NULL)
                     == PWWB_OK
                 && entry.state == PWWB_ENTRY_NEW,
             "claim");
        must(wb_journal_record(journal, cti, guid, 1, 1, NULL) == PWWB_OK, "record");
        must(wb_journal_finish(journal, cti, reply, REPLY, 2, NULL) == PWWB_OK, "finish");
    }
    pwwb_journal_free(journal);
}

static void
work_in_file(uint32_t party)
{
    pwwb_journal *journal;

    must(pwwb_journal_new_sqlite(path, NULL, NULL, &journal, NULL) == PWWB_OK, "open");
    work(journal, party);
}

static void
say(const char *what, double took, double requests)
{
    printf("%-34s %9.0f a second %9.3f ms each\n", what, requests / took, took * 1000 / requests);
}

static void
in_memory(void)
{
    pwwb_journal *journal;
    double        begun = now_s();

    must(pwwb_journal_new_memory(REQUESTS, NULL, NULL, &journal, NULL) == PWWB_OK, "memory");
    work(journal, 0);
    say("in memory", now_s() - begun, REQUESTS);
}

static void
by_processes(const char *what, uint32_t count)
{
    double   begun = now_s();
    uint32_t i;
    int      code, bad = 0;

    for (i = 0; i < count; i++)
        if (fork() == 0) {
            work_in_file(i);
            _exit(0);
        }
    while (wait(&code) > 0)
        bad += code != 0;
    must(bad == 0, what);
    say(what, now_s() - begun, (double)count * REQUESTS);
    (void)unlink(path);
}

/* The limit: three synchronised writes a request, and nothing else. */
static void
on_bare_disk(void)
{
    static const uint8_t page[4096];
    int                  fd    = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    double               begun = now_s();
    int                  i;

    must(fd >= 0, "a file");
    for (i = 0; i < 3 * REQUESTS; i++)
        must(write(fd, page, sizeof(page)) == sizeof(page) && fdatasync(fd) == 0, "write");
    say("three bare synchronised writes", now_s() - begun, REQUESTS);
    close(fd);
    (void)unlink(path);
}

int
main(int argc, char **argv)
{
    (void)snprintf(folder, sizeof(folder), "%s/pwwb-bench-XXXXXX", argc > 1 ? argv[1] : "/tmp");
    must(mkdtemp(folder) != NULL, "a folder");
    (void)snprintf(path, sizeof(path), "%s/journal", folder);
    in_memory();
    on_bare_disk();
    by_processes("SQLite, one process", 1);
    by_processes("SQLite, four processes", 4);
    return rmdir(folder);
}
