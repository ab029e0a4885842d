/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A password from end to end, 4 workers, X25519 suite: over the relay of this process, against a bare
 * libldap loop that sends the same requests; over a broker, against that loop and a bare proton echo one
 * after the other, 1 / (1/a + 1/b). Wall time. And what the relay's part alone takes: the same with a
 * directory in memory. Environment OL_* and RELAY_* as tests/fixtures/slapd (20 users) and rabbit write it.
 */

#include "relay_world.h"
#include "slapd_bare.h"
#include "threads.h"

#define WORKERS 4
#define ASKERS  8    /* more than workers: each finds a message waiting */
#define PARTY   1000 /* milliseconds that a crew works */
#define CALLS   2000 /* one after the other, for the times of single ones */

static pwwb_journal *journal;
static user          bare[WORKERS];
static worker        workers[2][WORKERS]; /* here, and at the broker */
static asker         askers[2][ASKERS];
static echo          clients[ASKERS], servers[WORKERS];
static int           calls = CALLS;

static pwwb_transport *(*const connect_to[2])(int32_t end) = {to_here, to_broker};

static int
bare_writeback(void *arg)
{
    return new_password(arg) + same_writeback(arg);
}

static void
crew_of(crew *c, bench_row *row, int size, int (*run)(void *arg), void *first, size_t step)
{
    int i;

    c->size = size;
    for (i = 0; i < size; i++) {
        c->members[i].run = run;
        c->members[i].arg = (char *)first + (size_t)i * step;
    }
    row->ask   = crew_time;
    row->arg   = c;
    row->batch = PARTY;
}

static double
rate(const bench_row *row)
{
    double took[BENCH_ROUNDS_MAX];

    memcpy(took, row->took, sizeof(took));
    return 1e6 / bench_median(took);
}

/* Throughput, as a share of what the bare parts would do one after the other. */
static void
print_share(const char *what, const bench_row *ours, const bench_row *a, const bench_row *b)
{
    double share[BENCH_ROUNDS_MAX], median;
    int    i;

    for (i = 0; i < bench_rounds; i++)
        share[i] = ((a != NULL ? a->took[i] : 0) + b->took[i]) / ours->took[i];
    median = bench_median(share);
    printf("  %s: %.0f a second, %.2f [%.2f..%.2f] of %s\n", what, rate(ours), median, share[0],
           share[bench_rounds - 1], a != NULL ? "1 / (1/a + 1/b)" : "the loop");
}

static void
throughput(void)
{
    static crew crews[4];
    bench_row   rows[4] = {{.name = "libldap: the same 6 requests, 4 connections (b)"},
                           {.name = "proton: a bare echo, 4 servers (a)"},
                           {.name = "ours, the relay of this process"},
                           {.name = "ours, over the broker"}};

    crew_of(&crews[0], &rows[0], WORKERS, bare_writeback, bare, sizeof(bare[0]));
    crew_of(&crews[1], &rows[1], ASKERS, echo_ask, clients, sizeof(clients[0]));
    crew_of(&crews[2], &rows[2], ASKERS, ask, askers[0], sizeof(askers[0][0]));
    crew_of(&crews[3], &rows[3], ASKERS, ask, askers[1], sizeof(askers[1][0]));
    bench_group("one of all, end to end", rows, 4);
    printf("  %-50s %9.0f a second\n", rows[0].name, rate(&rows[0]));
    printf("  %-50s %9.0f a second\n", rows[1].name, rate(&rows[1]));
    print_share("the relay of this process", &rows[2], NULL, &rows[0]);
    print_share("over the broker", &rows[3], &rows[1], &rows[0]);
}

/* Single calls, one after the other: nobody waits for a worker. */
static void
times(const char *what, int (*run)(void *arg), void *arg)
{
    static double took[CALLS];
    double        begin;
    int           i;

    must(run(arg), what); /* to warm up */
    for (i = 0; i < calls; i++) {
        begin = bench_now();
        must(run(arg), what);
        took[i] = bench_now() - begin;
    }
    qsort(took, (size_t)calls, sizeof(took[0]), bench_order);
    printf("  %-50s p50 %7.0f us, p99 %7.0f us\n", what, took[calls / 2], took[calls * 99 / 100]);
}

/* With a directory in memory, nothing else: sealing, the way there, opening, the journal, the way back. */
static void
relay_part(void)
{
    static memory_directory memories[2];
    uint8_t                 guid[PWWB_ID_SIZE];
    pwwb_directory         *directories[2];
    worker                  w[2];
    asker                   a[2];
    int                     i;

    memset(guid, 1, sizeof(guid));
    printf("\nthe relay's part: %d calls one after the other, nothing set but in memory\n", calls);
    for (i = 0; i < 2; i++) {
        directories[i] = in_memory(&memories[i], 1);
        worker_start(&w[i], connect_to[i], journal, directories[i]);
        asker_make(&a[i], connect_to[i], 90 + i, guid, &is_ahead);
    }
    times("ours, the relay of this process", ask, &a[0]);
    times("ours, over the broker", ask, &a[1]);
    for (i = 0; i < 2; i++) {
        worker_end(&w[i]);
        asker_free(&a[i]);
        pwwb_directory_free(directories[i]);
    }
    echo_start(&clients[0], 0, 0);
    echo_start(&servers[0], 1, 0);
    times("proton: a bare echo", echo_ask, &clients[0]);
    echo_end(&clients[0]);
    echo_end(&servers[0]);
}

static void
start(void)
{
    static user ours[2][ASKERS];
    int         i, side;

    for (i = 0; i < WORKERS; i++)
        user_connect(&bare[i], i);
    for (side = 0; side < 2; side++) {
        for (i = 0; i < ASKERS; i++) {
            user_connect(&ours[side][i], WORKERS + side * ASKERS + i);
            ldap_unbind_ext_s(ours[side][i].ld, NULL, NULL);
            asker_make(&askers[side][i], connect_to[side], i, ours[side][i].uuid, &is_ahead);
        }
        for (i = 0; i < WORKERS; i++)
            worker_start(&workers[side][i], connect_to[side], journal, connect_ours());
    }
    for (i = 0; i < WORKERS; i++)
        echo_start(&servers[i], 1, i);
    for (i = 0; i < ASKERS; i++)
        echo_start(&clients[i], 0, i);
}

static void
end(void)
{
    int i, side;

    for (i = 0; i < ASKERS; i++)
        echo_end(&clients[i]);
    for (i = 0; i < WORKERS; i++) {
        echo_end(&servers[i]);
        ldap_unbind_ext_s(bare[i].ld, NULL, NULL);
    }
    for (side = 0; side < 2; side++) {
        for (i = 0; i < WORKERS; i++)
            worker_end(&workers[side][i]);
        for (i = 0; i < ASKERS; i++)
            asker_free(&askers[side][i]);
    }
}

int
main(int argc, char **argv)
{
    static const uint8_t tenant[PWWB_ID_SIZE] = {1};

    bench_arguments(argc, argv, 25, 2);
    bench_clock = CLOCK_MONOTONIC;
    calls       = bench_rounds < 25 ? 100 : CALLS;
    if (ol("OL_URI")[0] == '\0' || relay("RELAY_ADDR")[0] == '\0') {
        fprintf(stderr, "bench_relay: no OL_* or RELAY_*: see tests/fixtures/slapd and rabbit\n");
        return 1;
    }
    must(pwwb_keyring_new(tenant, PWWB_SUITE_X25519, &keys, NULL), "keyring");
    must(pwwb_relay_new(1024, NULL, NULL, &here, NULL), "relay");
    must(pwwb_journal_new_memory(1000000, NULL, NULL, &journal, NULL), "journal");
    printf("%d rounds; wall time; broker, slapd, portal and agent on this machine\n", bench_rounds);
    relay_part();
    start();
    throughput();
    end();
    pwwb_journal_free(journal);
    pwwb_relay_free(here);
    pwwb_keyring_free(keys);
    return 0;
}
