/* SPDX-License-Identifier: Apache-2.0 */
/* Processes that share a journal of libpwwb-sqlite, and are killed at any moment. The judges are what each of
 * them was told, in memory that outlives it, and the file as Python's sqlite3 reads it. */
/* rows: 1 19 */
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>

#include "sqlite_world.h"

#define PARTIES  6
#define REQUESTS 20000

/* What the processes were told of each request. */
typedef struct slate {
    uint32_t next;            /* the first that nobody tried */
    uint32_t start;           /* 1 = go */
    uint32_t ready;
    uint32_t failures;
    uint8_t  wins[REQUESTS];  /* how often it was new */
    uint8_t  told[REQUESTS];  /* 1 claimed, 2 recorded, 3 finished */
} slate;

static slate  *shared;
static uint8_t found[REQUESTS]; /* the same, as it stands in the file */

static void
pause_us(long us)
{
    struct timespec pause = {0, us * 1000};

    (void)nanosleep(&pause, NULL);
}

/* Each request once, as fast as it can. */
static int
work(pwwb_journal *journal, uint32_t i)
{
    int32_t state;

    if (claim_until(journal, i, INT64_MAX, &state) != PWWB_OK)
        return -1;
    if (state != PWWB_ENTRY_NEW)
        return 0;
    (void)__atomic_add_fetch(&shared->wins[i], 1, __ATOMIC_SEQ_CST);
    shared->told[i] = 1;
    if (record(journal, i, alice, NOW) != PWWB_OK)
        return -1;
    shared->told[i] = 2;
    if (finish(journal, i, NOW + i) != PWWB_OK)
        return -1;
    shared->told[i] = 3;
    return 0;
}

static pid_t
start(void (*party)(void))
{
    pid_t pid = fork();

    if (pid == 0) {
        party();
        _exit(0);
    }
    return pid;
}

/* 0 when Python found the file undamaged. */
static int
read_file(void)
{
    char     command[300];
    unsigned i, state;
    FILE    *said;

    memset(found, 0, sizeof(found));
    (void)snprintf(command, sizeof(command), "python3 %s %s", READER, path);
    said = popen(command, "r");
    while (said != NULL && fscanf(said, "%u %u", &i, &state) == 2)
        if (i < REQUESTS)
            found[i] = (uint8_t)state;
    return said == NULL ? -1 : pclose(said);
}

static void
contend_with(pwwb_status st, pwwb_journal *journal)
{
    uint32_t i;

    if (st != PWWB_OK)
        (void)__atomic_add_fetch(&shared->failures, 1, __ATOMIC_SEQ_CST);
    (void)__atomic_add_fetch(&shared->ready, 1, __ATOMIC_SEQ_CST);
    while (__atomic_load_n(&shared->start, __ATOMIC_SEQ_CST) == 0)
        pause_us(100);
    for (i = 0; i < 100; i++)
        if (work(journal, i) != 0)
            (void)__atomic_add_fetch(&shared->failures, 1, __ATOMIC_SEQ_CST);
    pwwb_journal_free(journal);
}

static void
contend(void)
{
    pwwb_journal *journal;
    pwwb_status   st = try_open(NULL, &journal);

    contend_with(st, journal);
}

static void
contend_alone(void)
{
    pwwb_journal *journal;
    pwwb_status   st = pwwb_journal_new_memory(200, NULL, NULL, &journal, NULL);

    contend_with(st, journal);
}

static void
let_contend(void (*party)(void))
{
    pid_t pids[PARTIES];
    int   i;

    memset(shared, 0, sizeof(*shared));
    empty_folder(root);
    for (i = 0; i < PARTIES; i++)
        pids[i] = start(party);
    while (__atomic_load_n(&shared->ready, __ATOMIC_SEQ_CST) < PARTIES)
        pause_us(1000);
    __atomic_store_n(&shared->start, 1, __ATOMIC_SEQ_CST);
    for (i = 0; i < PARTIES; i++)
        (void)waitpid(pids[i], NULL, 0);
}

/* They make the file at once, too. */
static void
of_processes_that_claim_the_same_exactly_one_is_told_new(void)
{
    int wrong = 0, i;

    let_contend(contend);
    CHECK_INT(0, shared->failures);
    CHECK_INT(0, read_file());
    for (i = 0; i < 100; i++)
        wrong += shared->wins[i] != 1 || found[i] != 3;
    CHECK_INT(0, wrong);
    CHECK_INT(0, found[100]);
}

/* The control: with a journal each, all of them are. */
static void
without_a_shared_journal_all_are_told_new(void)
{
    int wrong = 0, i;

    let_contend(contend_alone);
    for (i = 0; i < 100; i++)
        wrong += shared->wins[i] != PARTIES;
    CHECK_INT(0, wrong);
}

/* Each takes one request after the other, so does nobody the same, until it is killed. */
static void
toil(void)
{
    pwwb_journal *journal;

    if (try_open(NULL, &journal) != PWWB_OK)
        return;
    (void)__atomic_add_fetch(&shared->ready, 1, __ATOMIC_SEQ_CST);
    while (shared->next + PARTIES < REQUESTS)
        if (work(journal, __atomic_fetch_add(&shared->next, 1, __ATOMIC_SEQ_CST)) != 0)
            (void)__atomic_add_fetch(&shared->failures, 1, __ATOMIC_SEQ_CST);
}

static uint32_t random_ = 5;

static uint32_t
random_below(uint32_t n)
{
    random_ = random_ * 1664525u + 1013904223u;
    return (random_ >> 8) % n;
}

/* Two that begin to work, or work, and after a random moment one of them, then the other, is killed. */
static void
kill_some(int do_work)
{
    pid_t pids[2];
    int   i;

    __atomic_store_n(&shared->ready, 0, __ATOMIC_SEQ_CST);
    for (i = 0; i < 2; i++)
        pids[i] = start(toil);
    while (do_work && __atomic_load_n(&shared->ready, __ATOMIC_SEQ_CST) < 2)
        pause_us(1000);
    for (i = 0; i < 2; i++) {
        pause_us((long)random_below(50000));
        (void)kill(pids[i], SIGKILL);
        (void)waitpid(pids[i], NULL, 0);
    }
}

/* How many requests the file knows less of than somebody was told. */
static long
lost(void)
{
    long     count = 0;
    uint32_t i;

    CHECK_INT(0, read_file());
    for (i = 0; i < REQUESTS; i++)
        count += found[i] < shared->told[i];
    return count;
}

static void
whoever_is_killed_what_was_told_is_there(void)
{
    long     wrong = 0, told[4] = {0};
    uint32_t i, round;

    memset(shared, 0, sizeof(*shared));
    empty_folder(root);
    for (round = 0; round < 60; round++) {
        kill_some(round % 3 != 0);
        wrong += round % 10 == 9 ? lost() : 0;
    }
    for (i = 0; i < REQUESTS; i++)
        wrong += shared->wins[i] > 1;
    CHECK_INT(0, wrong);
    CHECK_INT(0, shared->failures); /* nobody waits for the dead */
    for (i = 0; i < shared->next; i++)
        told[shared->told[i]]++;
    CHECK(told[3] > 40);
    printf("# 120 kills; told of %ld finished, %ld recorded, %ld claimed; %ld were told nothing\n",
           told[3], told[2], told[1], told[0]);
}

/* Whoever asks again is told what stands there, and nothing is new twice. */
static void
after_the_kills_nothing_is_new_twice(void)
{
    pwwb_journal *journal = open_journal(NULL);
    long          wrong   = 0;
    uint32_t      i;
    int32_t       state;

    for (i = 0; i < shared->next; i++) {
        CHECK_STATUS(PWWB_OK, claim_until(journal, i, INT64_MAX, &state));
        wrong += state != (found[i] == 3   ? PWWB_ENTRY_DONE
                           : found[i] == 0 ? PWWB_ENTRY_NEW
                                           : PWWB_ENTRY_RUNNING);
        wrong += found[i] == 0 && shared->wins[i] != 0;
    }
    CHECK_INT(0, wrong);
    pwwb_journal_free(journal);
}

/* The control: a row that is not there any more is missed. */
static void
a_lost_claim_is_seen(void)
{
    raw("DELETE FROM pwwb_request WHERE reply IS NOT NULL AND cti IN (SELECT cti FROM pwwb_request "
        "WHERE reply IS NOT NULL LIMIT 3)");
    CHECK_INT(3, lost());
}

int
main(void)
{
    shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED || !world_begin("/tmp"))
        return 1;

    RUN(of_processes_that_claim_the_same_exactly_one_is_told_new);
    RUN(without_a_shared_journal_all_are_told_new);
    RUN(whoever_is_killed_what_was_told_is_there);
    RUN(after_the_kills_nothing_is_new_twice);
    RUN(a_lost_claim_is_seen);
    world_end();
    return DONE;
}
