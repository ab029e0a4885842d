/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EXAMPLES_AGENT_WORLD_H
#define EXAMPLES_AGENT_WORLD_H

/*
 * All handles of one agent, made from its settings. A worker has of each what one thread must have alone; what
 * threads share is the world's. After a change of settings another world takes over what must go on: a journal in
 * memory, and the rates of limits that are as they were.
 */

#include <pthread.h>
#include <stdatomic.h>

#include "../common/audit_file.h"
#include "agent_outside.h"

struct agent_world;

typedef struct agent_worker {
    struct agent_world *world;
    pwwb_keystore      *store;
    pwwb_exchange      *exchange;
    pwwb_transport     *transport;
    pwwb_amqp          *amqp;    /* below the transport; may be NULL */
    pwwb_journal       *journal; /* its own; NULL = the world's in memory */
    pwwb_anchors       *anchors;
    pwwb_directory     *directories[AGENT_DIRECTORIES_MAX];
    pwwb_agent         *agent;
    pwwb_error         *err;
    pthread_t           thread;
    int                 has_thread;
    atomic_int          may_leave; /* between two requests, without a word to the portals */
    atomic_int          is_done;
    _Atomic int64_t     stepped_ms; /* when it last came by, monotonic */
    pthread_mutex_t     mutex;      /* of what follows */
    uint64_t            counts[PWWB_COUNT_UNAUDITED + 1];
    int                 is_connected;
    uint64_t            connects;
    char                why[256]; /* it is not connected */
} agent_worker;

typedef struct agent_world {
    const agent_outside  *outside;
    agent_settings       *settings;
    relay_login           login;
    audit_file           *audit;
    size_t                filter_count;
    pwwb_filter          *filters[2];
    pwwb_journal         *memory; /* NULL = each worker has its own */
    pwwb_limits          *limits; /* NULL = none */
    pwwb_gate            *gates[AGENT_DIRECTORIES_MAX];
    size_t                worker_count;
    agent_worker          workers[AGENT_WORKERS_MAX];
} agent_world;

/* Make it, in place of the one before, or NULL; nothing is connected, nobody runs. The settings are borrowed, the
 * login is copied. An error says which setting it is about. */
pwwb_status agent_world_new(const agent_outside *outside, agent_settings *wanted, const relay_login *login,
                            const uint8_t id[PWWB_ID_SIZE], const agent_world *before, agent_world **ret_world,
                            pwwb_error *err);
/* Nobody runs in it. What it has in common with another, or NULL, stays. */
void        agent_world_free(agent_world *world, const agent_world *other);

/* agent_worker.c: one worker's. */
pwwb_status agent_worker_make(agent_worker *worker, agent_world *world, const uint8_t id[PWWB_ID_SIZE],
                              pwwb_error *err);
void        agent_worker_drop(agent_worker *worker);
/* Wait for a message at most so long and deal with it. PWWB_E_STOPPED: it has nothing more to do. */
pwwb_status agent_worker_step(agent_worker *worker, int64_t timeout_ms);

/* agent_shared.c: parts of it that agent_check.c makes, too. */
/* Say in front of an error what it is about. */
pwwb_status agent_about(pwwb_error *err, pwwb_status status, const char *what);
pwwb_status agent_filters_new(const agent_settings *s, pwwb_filter **filters, size_t *ret_count, pwwb_error *err);
pwwb_status agent_limits_new(const agent_outside *outside, const agent_settings *s, pwwb_limits **ret_limits,
                             pwwb_error *err);
pwwb_status agent_journal_new(const agent_outside *outside, const agent_settings *s, pwwb_journal **ret_journal,
                              pwwb_error *err);
int         agent_journal_is_memory(const agent_settings *s);
int         agent_limits_are(const agent_limits *a, const agent_limits *b);

/* agent_slots.c: a pwwb_exchange_options.relay_set_secret; ctx is the settings. */
pwwb_status agent_set_secret(void *ctx, int32_t slot, const uint8_t *word, size_t word_len, pwwb_error *err);
/* Whom to connect as, by the settings and the keys as they are. NOT_FOUND: nobody, as long as there are no keys. */
pwwb_status agent_login(const agent_settings *s, pwwb_keystore *store, relay_login *login, pwwb_error *err);
int         agent_login_is(const relay_login *a, const relay_login *b);

#endif /* EXAMPLES_AGENT_WORLD_H */
