/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an agent's process takes: memory after 10,000 and after 1,000,000 requests over a broker, with a
 * directory in memory; and the time from its start to the first answer. Everybody's clock runs fast: a
 * journal remembers for ten minutes after a request's life, which so ends within the first 10,000.
 * Environment RELAY_* as tests/fixtures/rabbit writes it. bench_memory [--small]: 10,000 and 20,000.
 */

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/wait.h>
#include <unistd.h>

#include "relay_world.h"

#define WINDOW   8    /* asked at once, each by a thread and for an account of its own */
#define FIRST    10000
#define FASTER   200  /* times */
#define LIFE_S   240  /* a request's: 1.2 s as the broker and this program see it */
#define SKEW_MS  500
#define CAPACITY 9000 /* full before the first look: what is remembered is 4.2 s, of some 1000 a second */

static asker      askers[WINDOW];
static atomic_int asked, wanted, failed;

static int64_t
fast_wall_ms(void *ctx)
{
    static int64_t begun; /* the same in the agent, a child */
    int64_t        now = ahead_monotonic_ms(ctx);

    if (begun == 0)
        begun = now;
    return 1800000000000 + (now - begun) * FASTER;
}

static const pwwb_clock_ops fast = {
    .size = sizeof(pwwb_clock_ops), .wall_ms = fast_wall_ms, .monotonic_ms = ahead_monotonic_ms};

/* The agent's process: what a host would write, and nothing of the portal's. */
static void
agent_process(void)
{
    pwwb_writeback_options writeback = {
        .size = sizeof(writeback), .clock = &fast, .skew_ms = SKEW_MS};
    pwwb_agent_options     o = {.size = sizeof(o), .keyring = keys, .writeback = &writeback};
    static memory_directory memory;
    pwwb_directory         *directory = in_memory(&memory, WINDOW);
    pwwb_journal           *journal;
    pwwb_agent             *agent;
    pwwb_status             st;

    must(pwwb_journal_new_memory(CAPACITY, &fast, NULL, &journal, NULL), "journal");
    o.journal   = journal;
    o.transport = to_broker(PWWB_RELAY_AGENT);
    must(pwwb_agent_new(&o, &agent, NULL), "agent");
    must(pwwb_agent_add_directory(agent, "", directory, NULL), "add");
    do
        st = pwwb_agent_run(agent, NULL);
    while (st == PWWB_E_CLOSED || st == PWWB_E_CONNECT);
    _exit(1);
}

/* Kibioctets that are its own, as the kernel counts them. */
static long
memory_of(pid_t pid)
{
    char  path[64], line[128];
    long  sum = 0, kib;
    FILE *f;

    snprintf(path, sizeof(path), "/proc/%d/smaps_rollup", (int)pid);
    f = fopen(path, "r");
    must(f == NULL, path);
    while (fgets(line, sizeof(line), f) != NULL)
        if (sscanf(line, "Private_Dirty: %ld", &kib) == 1 || sscanf(line, "Private_Clean: %ld", &kib) == 1)
            sum += kib;
    fclose(f);
    return sum;
}

static void *
ask_on(void *arg)
{
    while (atomic_fetch_add(&asked, 1) < atomic_load(&wanted) && atomic_load(&failed) < 100)
        atomic_fetch_add(&failed, ask(arg) != 0);
    return NULL;
}

static void
ask_until(int count)
{
    pthread_t threads[WINDOW];
    int       i;

    atomic_store(&wanted, count);
    for (i = 0; i < WINDOW; i++)
        must(pthread_create(&threads[i], NULL, ask_on, &askers[i]), "thread");
    for (i = 0; i < WINDOW; i++)
        pthread_join(threads[i], NULL);
    atomic_store(&asked, count);
}

int
main(int argc, char **argv)
{
    static const uint8_t tenant[PWWB_ID_SIZE] = {1};
    pwwb_portal_options  brief = {.size = sizeof(brief), .clock = &fast, .life_s = LIFE_S};
    uint8_t              guid[PWWB_ID_SIZE];
    int                  many = argc > 1 && strcmp(argv[1], "--small") == 0 ? 2 * FIRST : 1000000, i;
    long                 first, last;
    double               begin;
    pid_t                pid;

    bench_clock = CLOCK_MONOTONIC;
    bench_unit  = "ms";
    time_there  = &fast;
    (void)fast_wall_ms(NULL);
    must(pwwb_keyring_new(tenant, PWWB_SUITE_X25519, &keys, NULL), "keyring");
    for (i = 0; i < WINDOW; i++) {
        memset(guid, i + 1, sizeof(guid));
        asker_make(&askers[i], to_broker, i, guid, &brief);
    }
    begin = bench_now();
    pid   = fork();
    must(pid < 0, "fork");
    if (pid == 0)
        agent_process();
    must(ask(&askers[0]), "the first request");
    printf("an agent's start to its first answer over the broker: %.0f ms\n", bench_now() - begin);

    ask_until(FIRST);
    first = memory_of(pid);
    ask_until(many);
    last = memory_of(pid);
    printf("an agent's own memory after %d requests %ld KiB, after %d %ld KiB: %+ld; %d failed\n",
           FIRST, first, many, last, last - first, atomic_load(&failed));
    kill(pid, SIGTERM);
    waitpid(pid, NULL, 0);
    for (i = 0; i < WINDOW; i++)
        asker_free(&askers[i]);
    pwwb_keyring_free(keys);
    return atomic_load(&failed) < 100 ? 0 : 1;
}
