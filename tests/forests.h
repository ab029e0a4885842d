/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FORESTS_H
#define FORESTS_H

/* A host program with several forests: workers in threads of their own on one relay, journal and
 * anchor store, each with a directory handle per forest; and people who ask, each with a portal. */

#include <pthread.h>
#include <stdatomic.h>
#include <time.h>

#include <pwwb/pwwb.h>

#include "harness.h"

#define FORESTS_MAX 3
#define WORKERS_MAX 4
#define PEOPLE_MAX  16

static const uint8_t tenant[PWWB_ID_SIZE] = {0x7e};

typedef struct worker {
    pwwb_directory *directories[FORESTS_MAX];
    pwwb_transport *side;
    pwwb_agent     *agent;
    pthread_t       thread;
    pwwb_status     ended;
} worker;

/* Fill it as far as `open_at`; host_make() does the rest. */
typedef struct host {
    size_t     workers, forests;
    int64_t    timeout_ms;          /* of one request */
    pwwb_gate *gates[FORESTS_MAX];  /* given away; NULL = none */
    int        is_without_store;
    pwwb_directory *(*open_at)(size_t forest);

    pwwb_keyring *keys;
    pwwb_relay   *relay;
    pwwb_journal *journal;
    pwwb_anchors *anchors;
    worker        crew[WORKERS_MAX];
    size_t        people; /* known to the anchor store */
} host;

static const char *const forest_names[FORESTS_MAX] = {"corp.example.test", "emea.example.test",
                                                      "apac.example.test"};

static inline int64_t
real_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static inline void
rest(int64_t ms)
{
    struct timespec pause = {(time_t)(ms / 1000), (long)(ms % 1000 * 1000000)};

    (void)nanosleep(&pause, NULL);
}

/* The journal is a minute older than every request, so that it knows of each. */
static inline int64_t
a_minute_ago(void *ctx)
{
    (void)ctx;
    return ((int64_t)time(NULL) - 60) * 1000;
}

static const pwwb_clock_ops journal_clock = {sizeof(journal_clock), a_minute_ago, a_minute_ago};

static inline void
host_make(host *h)
{
    CHECK_STATUS(PWWB_OK, pwwb_keyring_new(tenant, PWWB_SUITE_X25519, &h->keys, NULL));
    CHECK_STATUS(PWWB_OK, pwwb_relay_new(64, NULL, NULL, &h->relay, NULL));
    CHECK_STATUS(PWWB_OK, pwwb_journal_new_memory(256, &journal_clock, NULL, &h->journal, NULL));
    if (!h->is_without_store)
        CHECK_STATUS(PWWB_OK, pwwb_anchors_new_memory(PEOPLE_MAX, &h->anchors, NULL));
}

static inline void *
work(void *ctx)
{
    worker *w = ctx;

    w->ended = pwwb_agent_run(w->agent, NULL);
    return NULL;
}

static inline void
worker_start(host *h, worker *w)
{
    pwwb_agent_options options = {.size       = sizeof(options),
                                  .keyring    = h->keys,
                                  .journal    = h->journal,
                                  .anchors    = h->anchors,
                                  .timeout_ms = h->timeout_ms};
    size_t             i;

    CHECK_STATUS(PWWB_OK, pwwb_transport_new_relay(h->relay, PWWB_RELAY_AGENT, &w->side, NULL));
    options.transport = w->side;
    CHECK_STATUS(PWWB_OK, pwwb_agent_new(&options, &w->agent, NULL));
    for (i = 0; i < h->forests; i++) {
        w->directories[i] = h->open_at(i);
        pwwb_directory_set_gate(w->directories[i], h->gates[i]);
        CHECK_STATUS(PWWB_OK, pwwb_agent_add_directory(w->agent, forest_names[i],
                                                       w->directories[i], NULL));
    }
    CHECK_INT(0, pthread_create(&w->thread, NULL, work, w));
}

static inline void
host_start(host *h)
{
    size_t i;

    for (i = 0; i < h->workers; i++)
        worker_start(h, &h->crew[i]);
}

static inline void
host_end(host *h)
{
    size_t i, j;

    for (i = 0; i < h->workers; i++)
        pwwb_agent_stop(h->crew[i].agent);
    for (i = 0; i < h->workers; i++) {
        CHECK_INT(0, pthread_join(h->crew[i].thread, NULL));
        CHECK_STATUS(PWWB_OK, h->crew[i].ended);
        pwwb_agent_free(h->crew[i].agent);
        pwwb_transport_free(h->crew[i].side);
        for (j = 0; j < h->forests; j++)
            pwwb_directory_free(h->crew[i].directories[j]);
    }
    for (j = 0; j < h->forests; j++)
        pwwb_gate_free(h->gates[j]);
    pwwb_anchors_free(h->anchors);
    pwwb_journal_free(h->journal);
    pwwb_relay_free(h->relay);
    pwwb_keyring_free(h->keys);
}

/* Somebody whose cloud anchor leads, by link and rule, to an account of one forest. */
typedef struct person {
    host       *host;
    pwwb_anchor anchor;
    char        password[64];
    int64_t     patience_ms; /* how long to wait for an answer; -1 = as long as a request lives */
    pthread_t   thread;
    atomic_int  is_answered;
    int32_t     code;
    int64_t     took_ms;
} person;

/* Before host_start(): the store is read by all workers then. */
static inline person
person_in(host *h, size_t forest, const uint8_t guid[PWWB_ID_SIZE])
{
    person   p         = {.host = h, .anchor = {.kind = PWWB_ANCHOR_CLOUD}, .patience_ms = -1};
    uint64_t metaverse = ++h->people;

    p.anchor.guid[0] = (uint8_t)metaverse;
    CHECK_STATUS(PWWB_OK,
                 pwwb_anchors_add_object(h->anchors, &p.anchor, NULL, metaverse, NULL));
    CHECK_STATUS(PWWB_OK,
                 pwwb_anchors_add_link(h->anchors, metaverse, forest_names[forest], guid,
                                       "Microsoft.InfromADUserAccountEnabled.1", NULL));
    return p;
}

/* Ask for a reset; on any thread, so it checks nothing: what went wrong is code 0. */
static inline void *
person_asks(void *ctx)
{
    person         *p      = ctx;
    pwwb_transport *side   = NULL;
    pwwb_portal    *portal = NULL;
    pwwb_reply     *reply  = NULL;
    int64_t         begun  = real_ms();
    pwwb_claims     claims = {.size      = sizeof(claims),
                              .operation = PWWB_OPERATION_RESET_SELF,
                              .actor     = PWWB_ACTOR_USER,
                              .user_type = PWWB_USER_PASS_THROUGH,
                              .origin    = PWWB_FROM_RESET_PORTAL,
                              .anchor    = p->anchor};

    p->code = 0;
    if (pwwb_transport_new_relay(p->host->relay, PWWB_RELAY_PORTAL, &side, NULL) == PWWB_OK
        && pwwb_portal_new(p->host->keys, NULL, &portal, NULL) == PWWB_OK
        && pwwb_reply_new(&reply, NULL) == PWWB_OK
        && pwwb_portal_call(portal, side, &claims, (const uint8_t *)p->password,
                            strlen(p->password), NULL, 0, p->patience_ms, reply, NULL)
               == PWWB_OK)
        p->code = pwwb_reply_code(reply);
    p->took_ms = real_ms() - begun;
    pwwb_reply_free(reply);
    pwwb_portal_free(portal);
    pwwb_transport_free(side);
    atomic_store(&p->is_answered, 1);
    return NULL;
}

static inline int32_t
answer_to(person *p, const char *password)
{
    snprintf(p->password, sizeof(p->password), "%s", password);
    (void)person_asks(p);
    return p->code;
}

/* The same in a thread of its own, until person_is_told(). */
static inline void
person_begins(person *p, const char *password)
{
    snprintf(p->password, sizeof(p->password), "%s", password);
    atomic_store(&p->is_answered, 0);
    CHECK_INT(0, pthread_create(&p->thread, NULL, person_asks, p));
}

static inline int32_t
person_is_told(person *p)
{
    CHECK_INT(0, pthread_join(p->thread, NULL));
    return p->code;
}

#endif /* FORESTS_H */
