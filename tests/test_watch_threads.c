/* SPDX-License-Identifier: Apache-2.0 */
/* rows: 8 */
/* A watch that all threads of an instance share; and workers in threads that share heartbeats. */
#include <pthread.h>
#include <stdatomic.h>
#include <time.h>

#include "transport.h"
#include "watches.h"

#define EACH 300

static scene      shared;
static atomic_int failures;

static void *
give_all(void *arg)
{
    program p = program_of(*(const uint8_t *)arg, 1);
    int     i;

    for (i = 0; i < EACH; i++) {
        sealed m = say(&shared, &p, i % 2 ? PWWB_HEALTH_UP : PWWB_HEALTH_DEGRADED);

        if (give(&shared, &m) != PWWB_OK || give(&shared, &m) != PWWB_E_REPLAYED)
            atomic_fetch_add(&failures, 1);
    }
    return NULL;
}

static void *
look(void *arg)
{
    int i;

    (void)arg;
    for (i = 0; i < EACH; i++) {
        pwwb_watch_info r = {.size = sizeof(r)};

        if (pwwb_watch_describe(shared.watch, &r, NULL) != PWWB_OK || r.agents > 2)
            atomic_fetch_add(&failures, 1);
        pwwb_watch_presence(shared.watch, PWWB_OK, PWWB_MAYBE);
    }
    return NULL;
}

static void
all_threads_may_use_one_watch_at_once(void)
{
    static uint8_t ids[2] = {1, 2};
    pthread_t      threads[4];
    int            i;

    scene_make(&shared);
    for (i = 0; i < 4; i++)
        CHECK_INT(0, pthread_create(&threads[i], NULL, i < 2 ? give_all : look, &ids[i % 2]));
    for (i = 0; i < 4; i++)
        CHECK_INT(0, pthread_join(threads[i], NULL));
    CHECK_INT(0, atomic_load(&failures));
    CHECK_INT(2, report(&shared).agents);
    CHECK_INT(2 * EACH, (intmax_t)report(&shared).counters[PWWB_COUNT_SET]);
    CHECK_STATE(PWWB_READY_UP, &shared);
    scene_drop(&shared);
}

/* Three workers on the real clock, a heartbeat each second. */
typedef struct worker {
    pwwb_transport *side;
    pwwb_agent     *agent;
    pwwb_directory *directory;
    fake_directory  fake;
    pthread_t       thread;
} worker;

static void *
work(void *arg)
{
    worker *k = arg;

    if (pwwb_agent_run(k->agent, NULL) != PWWB_OK)
        atomic_fetch_add(&failures, 1);
    return NULL;
}

static void
worker_start(worker *k, pwwb_relay *relay, pwwb_journal *journal, pwwb_agent *lead)
{
    static fake_clock  clock = {NOW, 0};
    pwwb_agent_options o     = {.size = sizeof(o), .keyring = keys, .journal = journal, .lead = lead};

    k->fake = fake_directory_of(&clock, 0x21);
    CHECK_STATUS(PWWB_OK, pwwb_directory_new(&fake_directory_ops, &k->fake, &k->directory, NULL));
    CHECK_STATUS(PWWB_OK, pwwb_transport_new_relay(relay, PWWB_RELAY_AGENT, &k->side, NULL));
    o.transport = k->side;
    if (lead == NULL) {
        o.agent_id[0] = 1;
        o.heartbeat_s = 1;
    }
    CHECK_STATUS(PWWB_OK, pwwb_agent_new(&o, &k->agent, NULL));
    CHECK_STATUS(PWWB_OK, pwwb_agent_add_directory(k->agent, "", k->directory, NULL));
}

/* All that came: how many, of which health the last is, and whether each was news. */
static int
take_all(pwwb_transport *side, int32_t *ret_last)
{
    pwwb_heartbeat last = {.size = sizeof(last)};
    uint8_t        buf[PWWB_ENVELOPE_MAX];
    pwwb_delivery  d;
    int            count = 0;

    while (wb_transport_receive(side, buf, sizeof(buf), &d, 0, NULL) == PWWB_OK) {
        CHECK_STATUS(PWWB_OK, pwwb_heartbeat_open(keys, buf, d.len, &last, count > 0, time(NULL), 60,
                                                  &last, NULL));
        count++;
    }
    *ret_last = last.health;
    return count;
}

static void
workers_in_threads_send_one_heartbeat_for_all_and_one_at_the_end(void)
{
    const struct timespec wait = {3, 300000000};
    worker                crew[3] = {{.agent = NULL}};
    pwwb_relay           *relay;
    pwwb_journal         *journal;
    pwwb_transport       *side;
    int32_t               last = 0;
    int                   i, count;

    CHECK_STATUS(PWWB_OK, pwwb_relay_new(64, NULL, NULL, &relay, NULL));
    CHECK_STATUS(PWWB_OK, pwwb_journal_new_memory(16, NULL, NULL, &journal, NULL));
    CHECK_STATUS(PWWB_OK, pwwb_transport_new_relay(relay, PWWB_RELAY_PORTALS, &side, NULL));
    for (i = 0; i < 3; i++)
        worker_start(&crew[i], relay, journal, i > 0 ? crew[0].agent : NULL);
    for (i = 0; i < 3; i++)
        CHECK_INT(0, pthread_create(&crew[i].thread, NULL, work, &crew[i]));
    (void)nanosleep(&wait, NULL);
    for (i = 0; i < 3; i++)
        pwwb_agent_stop(crew[i].agent);
    for (i = 0; i < 3; i++)
        CHECK_INT(0, pthread_join(crew[i].thread, NULL));
    CHECK_INT(0, atomic_load(&failures));
    count = take_all(side, &last);
    printf("# %d heartbeats of three workers in 3.3 s, one each second\n", count);
    CHECK(count >= 3 && count <= 1 + 4 + 1); /* a machine at work may be late, and sends no more then */
    CHECK_INT(PWWB_HEALTH_STOPPING, last);
    for (i = 2; i >= 0; i--) {
        pwwb_agent_free(crew[i].agent);
        pwwb_transport_free(crew[i].side);
        pwwb_directory_free(crew[i].directory);
    }
    pwwb_transport_free(side);
    pwwb_journal_free(journal);
    pwwb_relay_free(relay);
}

int
main(void)
{
    make_keys();
    RUN(all_threads_may_use_one_watch_at_once);
    RUN(workers_in_threads_send_one_heartbeat_for_all_and_one_at_the_end);
    drop_keys();
    return DONE;
}
