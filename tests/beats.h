/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BEATS_H
#define BEATS_H

/* Processes of several workers, and portal instances that watch them, over the relay, in one thread and on
 * a clock that stands. Each process has two directories, which its workers share. */

#include <stdlib.h>

#include <pwwb/pwwb.h>

#include "fakes.h"
#include "harness.h"
#include "transport.h"

#define NOW         INT64_C(1767225600000) /* 2026-01-01T00:00:00Z */
#define SECOND      INT64_C(1000)
#define MINUTE      (60 * SECOND)
#define WORKERS_MAX 3
#define PROCESSES   2
#define INSTANCES   2
#define USER        0x21

static const uint8_t tenant[PWWB_ID_SIZE] = {0x7e};
static const char *const names[2]         = {"corp.example.test", "emea.example.test"};

typedef struct site { /* a directory that also tells its rules */
    fake_directory fake;
    fake_fault     summary_fault;
    long           summaries;
} site;

static inline pwwb_status
site_summary(void *ctx, int64_t timeout_ms, pwwb_policy_rules *ret_rules, pwwb_error *err)
{
    site       *s  = ctx; /* the fake comes first */
    pwwb_status st = fake_fault_next(&s->summary_fault);

    (void)timeout_ms;
    (void)err;
    s->summaries++;
    if (st == PWWB_OK)
        *ret_rules = s->fake.rules;
    return st;
}

static const pwwb_directory_ops site_ops = {
    .size    = sizeof(pwwb_directory_ops),
    .find    = fake_directory_find,
    .read    = fake_directory_read,
    .set     = fake_directory_set,
    .summary = site_summary,
};

typedef struct worker {
    pwwb_transport *under; /* its end of the relay */
    pwwb_transport *side;  /* the same, while it is not cut */
    int             is_cut;
    long            tries; /* to send while it was cut */
    pwwb_directory *directories[2];
    pwwb_agent     *agent;
} worker;

typedef struct process {
    site   sites[2];
    worker workers[WORKERS_MAX];
} process;

typedef struct instance {
    pwwb_transport *side;
    pwwb_watch     *watch;
    long            heard; /* messages */
    long            news;  /* of them, those that counted */
} instance;

typedef struct world {
    fake_clock      clock;
    pwwb_keyring   *keys;
    pwwb_relay     *relay;
    pwwb_journal   *journal;
    pwwb_transport *replies;
    process         processes[PROCESSES];
    instance        instances[INSTANCES];
    size_t          process_count, worker_count;
    int32_t         heartbeat_s;
} world;

static inline pwwb_status
worker_send(void *ctx, const pwwb_message *message, int64_t timeout_ms, pwwb_error *err)
{
    worker      *k    = ctx;
    pwwb_message copy = *message;

    k->tries += k->is_cut;
    return k->is_cut ? PWWB_E_CONNECT : wb_transport_send(k->under, &copy, timeout_ms, err);
}

static inline pwwb_status
worker_receive(void *ctx, uint8_t *buf, size_t buf_size, pwwb_delivery *ret_delivery, int64_t timeout_ms,
               pwwb_error *err)
{
    worker *k = ctx;

    return k->is_cut ? PWWB_E_TIMEOUT
                     : wb_transport_receive(k->under, buf, buf_size, ret_delivery, timeout_ms, err);
}

static inline pwwb_status
worker_settle(void *ctx, uint64_t tag, int32_t verdict, int64_t timeout_ms, pwwb_error *err)
{
    return wb_transport_settle(((worker *)ctx)->under, tag, verdict, timeout_ms, err);
}

static inline pwwb_status
worker_presence(void *ctx, int32_t *ret_agents, pwwb_error *err)
{
    worker *k = ctx;

    return k->is_cut ? PWWB_E_CONNECT : wb_transport_presence(k->under, ret_agents, err);
}

static const pwwb_transport_ops worker_ops = {
    .size     = sizeof(pwwb_transport_ops),
    .send     = worker_send,
    .receive  = worker_receive,
    .settle   = worker_settle,
    .presence = worker_presence,
};

static inline pwwb_status
worker_make(world *w, size_t number, size_t which)
{
    process               *p         = &w->processes[number];
    worker                *k         = &p->workers[which];
    pwwb_writeback_options writeback = {.size = sizeof(writeback), .clock = &fake_clock_ops,
                                        .clock_ctx = &w->clock};
    pwwb_agent_options     o         = {.size = sizeof(o), .keyring = w->keys,
                                        .journal = w->journal, .writeback = &writeback};
    pwwb_status            st;
    size_t                 i;

    st = pwwb_transport_new_relay(w->relay, PWWB_RELAY_AGENT, &k->under, NULL);
    if (st == PWWB_OK)
        st = pwwb_transport_new(&worker_ops, k, &k->side, NULL);
    o.transport = k->side;
    if (which == 0) {
        memset(o.agent_id, (int)number + 1, PWWB_ID_SIZE);
        o.heartbeat_s = w->heartbeat_s;
    } else {
        o.lead = p->workers[0].agent;
    }
    if (st == PWWB_OK)
        st = pwwb_agent_new(&o, &k->agent, NULL);
    for (i = 0; i < 2 && st == PWWB_OK; i++) {
        st = pwwb_directory_new(&site_ops, &p->sites[i], &k->directories[i], NULL);
        if (st == PWWB_OK)
            st = pwwb_agent_add_directory(k->agent, names[i], k->directories[i], NULL);
    }
    return st;
}

static inline void
worker_drop(worker *k)
{
    pwwb_agent_free(k->agent);
    pwwb_transport_free(k->side);
    pwwb_transport_free(k->under);
    pwwb_directory_free(k->directories[0]);
    pwwb_directory_free(k->directories[1]);
    *k = (worker){.agent = NULL};
}

static inline void
process_start(world *w, size_t number)
{
    size_t i;

    for (i = 0; i < w->worker_count; i++)
        CHECK_STATUS(PWWB_OK, worker_make(w, number, i));
}

/* A lead goes last. */
static inline void
process_end(world *w, size_t number)
{
    size_t i;

    for (i = WORKERS_MAX; i-- > 0;)
        worker_drop(&w->processes[number].workers[i]);
}

static inline void
instance_make(world *w, instance *n)
{
    pwwb_watch_options o = {.size = sizeof(o), .clock = &fake_clock_ops, .clock_ctx = &w->clock,
                            .keyring = w->keys};

    CHECK_STATUS(PWWB_OK, pwwb_transport_new_relay(w->relay, PWWB_RELAY_PORTALS, &n->side, NULL));
    CHECK_STATUS(PWWB_OK, pwwb_watch_new(&o, &n->watch, NULL));
}

static inline void
world_prepare(world *w, size_t processes, size_t workers)
{
    size_t i, j;

    memset(w, 0, sizeof(*w));
    w->clock         = (fake_clock){NOW, 5000};
    w->process_count = processes;
    w->worker_count  = workers;
    CHECK_STATUS(PWWB_OK, pwwb_keyring_new(tenant, PWWB_SUITE_X25519, &w->keys, NULL));
    CHECK_STATUS(PWWB_OK, pwwb_relay_new(64, &fake_clock_ops, &w->clock, &w->relay, NULL));
    CHECK_STATUS(PWWB_OK,
                 pwwb_journal_new_memory(64, &fake_clock_ops, &w->clock, &w->journal, NULL));
    CHECK_STATUS(PWWB_OK, pwwb_transport_new_relay(w->relay, PWWB_RELAY_PORTAL, &w->replies, NULL));
    for (i = 0; i < INSTANCES; i++)
        instance_make(w, &w->instances[i]);
    for (i = 0; i < PROCESSES; i++)
        for (j = 0; j < 2; j++) {
            site *s = &w->processes[i].sites[j];

            s->fake       = fake_directory_of(&w->clock, (uint8_t)(USER + j));
            s->fake.rules = (pwwb_policy_rules){.size = sizeof(s->fake.rules),
                                                .source = PWWB_POLICY_DOMAIN, .min_length = 8,
                                                .complexity = PWWB_YES, .history_length = 24,
                                                .min_age_ms = 86400000};
        }
}

static inline void
world_make(world *w, size_t processes, size_t workers)
{
    size_t i;

    world_prepare(w, processes, workers);
    for (i = 0; i < processes; i++)
        process_start(w, i);
}

static inline void
world_drop(world *w)
{
    size_t i;

    for (i = 0; i < PROCESSES; i++)
        process_end(w, i);
    for (i = 0; i < INSTANCES; i++) {
        pwwb_transport_free(w->instances[i].side);
        pwwb_watch_free(w->instances[i].watch);
    }
    pwwb_transport_free(w->replies);
    pwwb_journal_free(w->journal);
    pwwb_relay_free(w->relay);
    pwwb_keyring_free(w->keys);
}

/* Every worker has a turn; then every instance takes what there is. */
static inline void
turn(world *w)
{
    size_t i, j;

    for (i = 0; i < w->process_count; i++)
        for (j = 0; j < w->worker_count; j++)
            if (w->processes[i].workers[j].agent != NULL)
                while (pwwb_agent_step(w->processes[i].workers[j].agent, 0, NULL) == PWWB_OK)
                    continue;
    for (i = 0; i < INSTANCES; i++) {
        instance   *n = &w->instances[i];
        pwwb_status st;

        while ((st = pwwb_portal_serve(NULL, n->watch, n->side, 0, NULL, NULL)) != PWWB_E_TIMEOUT) {
            n->heard++;
            n->news += st == PWWB_OK;
        }
    }
}

static inline void
pass(world *w, int64_t ms)
{
    w->clock.wall_ms += ms;
    w->clock.monotonic_ms += ms;
}

/* So long, in steps. */
static inline void
run_for(world *w, int64_t ms, int64_t step)
{
    int64_t done;

    for (done = 0; done < ms; done += step) {
        pass(w, step);
        turn(w);
    }
}

static inline pwwb_watch_info
report_of(const instance *n)
{
    pwwb_watch_info r = {.size = sizeof(r)};

    CHECK_STATUS(PWWB_OK, pwwb_watch_describe(n->watch, &r, NULL));
    return r;
}

/* All instances see the same. */
static inline void
check_state(const world *w, int32_t expected)
{
    size_t i;

    for (i = 0; i < INSTANCES; i++)
        CHECK_INT(expected, report_of(&w->instances[i]).state);
}

/* Whether it is sent, and what its answer is: a reset of the one whose account is in site `which`. */
static inline int32_t
ask(world *w, pwwb_portal *portal, uint8_t which, const char *password)
{
    pwwb_claims   claims = {.size = sizeof(claims), .operation = PWWB_OPERATION_RESET_SELF,
                            .actor = PWWB_ACTOR_USER, .user_type = PWWB_USER_PASS_THROUGH,
                            .origin = PWWB_FROM_RESET_PORTAL, .anchor.kind = PWWB_ANCHOR_SOURCE};
    uint8_t       buf[PWWB_ENVELOPE_MAX];
    pwwb_message  message = {.data = buf, .expires_ms = INT64_MAX};
    pwwb_reply   *reply   = NULL;
    pwwb_delivery d;
    int32_t       code = 0;

    memset(claims.anchor.guid, USER + which, PWWB_ID_SIZE);
    CHECK_STATUS(PWWB_OK, wb_transport_address(w->replies, claims.reply_to, NULL));
    CHECK_STATUS(PWWB_OK, pwwb_portal_begin(portal, &claims, (const uint8_t *)password,
                                            strlen(password), NULL, 0, buf, sizeof(buf),
                                            &message.len, &code, NULL));
    if (code != PWWB_CODE_OK)
        return code;

    CHECK_STATUS(PWWB_OK, wb_transport_send(w->replies, &message, 0, NULL));
    turn(w);
    CHECK_STATUS(PWWB_OK, pwwb_reply_new(&reply, NULL));
    CHECK_STATUS(PWWB_OK, wb_transport_receive(w->replies, buf, sizeof(buf), &d, 0, NULL));
    CHECK_STATUS(PWWB_OK, wb_transport_settle(w->replies, d.tag, PWWB_SETTLE_ACCEPT, 0, NULL));
    CHECK_STATUS(PWWB_OK, pwwb_reply_open(reply, w->keys, claims.cti, buf, d.len, NULL));
    code = pwwb_reply_code(reply);
    pwwb_reply_free(reply);
    return code;
}

static inline pwwb_portal *
portal_of(world *w, pwwb_watch *watch)
{
    pwwb_portal_options o      = {.size = sizeof(o), .clock = &fake_clock_ops,
                                  .clock_ctx = &w->clock, .watch = watch};
    pwwb_portal        *portal = NULL;

    CHECK_STATUS(PWWB_OK, pwwb_portal_new(w->keys, &o, &portal, NULL));
    return portal;
}

static inline uint64_t
received(const world *w)
{
    uint64_t count = 0;
    size_t   i;

    for (i = 0; i < w->worker_count; i++)
        count += pwwb_agent_count(w->processes[0].workers[i].agent, PWWB_COUNT_RECEIVED);
    return count;
}

static inline void
break_site(world *w, size_t number, size_t which, pwwb_status status)
{
    site *s = &w->processes[number].sites[which];

    s->summary_fault = (fake_fault){.nth = status != PWWB_OK, .is_persistent = 1, .status = status};
    s->fake.find_fault = s->fake.read_fault = s->fake.set_fault = s->summary_fault;
}

#endif /* BEATS_H */
