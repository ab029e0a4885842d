/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RELAY_WORLD_H
#define RELAY_WORLD_H

/* Portals that ask and agents that work, a thread each, over one relay: this process's, or the broker that
 * RELAY_* names (tests/fixtures/rabbit). */

#include <pthread.h>

#include <pwwb/amqp.h>
#include <pwwb/pwwb.h>

#include "../../examples/memory_directory.h"
#include "bench.h"
#include "proton_echo.h"

static pwwb_keyring         *keys;
static pwwb_relay           *here;       /* the relay of this process */
static const pwwb_clock_ops *time_there; /* of connections to the broker; NULL = the system's */

typedef struct asker {
    pwwb_portal    *portal;
    pwwb_transport *transport;
    pwwb_reply     *reply;
    uint8_t         guid[PWWB_ID_SIZE];
    char            password[48];
    int             number, serial;
} asker;

typedef struct worker {
    pthread_t       thread;
    pwwb_transport *transport;
    pwwb_agent     *agent;
} worker;

/* Two seconds ahead: what is asked is surely later than the password that stands there. */
static inline int64_t
ahead_wall_ms(void *ctx)
{
    struct timespec now;

    (void)ctx;
    clock_gettime(CLOCK_REALTIME, &now);
    return now.tv_sec * 1000 + now.tv_nsec / 1000000 + 2000;
}

static inline int64_t
ahead_monotonic_ms(void *ctx)
{
    struct timespec now;

    (void)ctx;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static const pwwb_clock_ops ahead = {
    .size = sizeof(pwwb_clock_ops), .wall_ms = ahead_wall_ms, .monotonic_ms = ahead_monotonic_ms};
static const pwwb_portal_options is_ahead = {.size = sizeof(pwwb_portal_options), .clock = &ahead};

/* Accounts whose objectGUIDs are 1, 2, ... in each octet. */
static inline pwwb_directory *
in_memory(memory_directory *memory, uint8_t accounts)
{
    pwwb_directory *directory = NULL;
    uint8_t         id;

    memory->rules = (pwwb_policy_rules){
        .size = sizeof(memory->rules), .source = PWWB_POLICY_HOST, .min_length = 8};
    for (id = 1; id <= accounts; id++)
        memory_directory_add(memory, id, "u", "U", "Start-Pass-1!");
    must(pwwb_directory_new(&memory_directory_ops, memory, &directory, NULL), "directory");
    return directory;
}

static inline pwwb_transport *
to_here(int32_t end)
{
    pwwb_transport *transport = NULL;

    must(pwwb_transport_new_relay(here, end, &transport, NULL), "pwwb_transport_new_relay");
    return transport;
}

static inline pwwb_transport *
to_broker(int32_t end)
{
    pwwb_tls_options  tls       = {.size    = sizeof(tls),
                                   .ca_file = relay("RELAY_CA"),
                                   .name    = relay("RELAY_HOSTNAME")};
    const char       *secret    = relay(end == PWWB_RELAY_AGENT ? "RELAY_AGENT_SECRET" : "RELAY_PORTAL_SECRET");
    pwwb_amqp_options o         = {.size       = sizeof(o),
                                   .end        = end,
                                   .host       = relay("RELAY_ADDR"),
                                   .port       = atoi(relay("RELAY_PORT")),
                                   .tls        = &tls,
                                   .user       = relay(end == PWWB_RELAY_AGENT ? "RELAY_AGENT"
                                                                               : "RELAY_PORTAL"),
                                   .secret     = (const uint8_t *)secret,
                                   .secret_len = strlen(secret),
                                   .clock      = time_there};
    pwwb_transport   *transport = NULL;

    must(pwwb_transport_new_amqp(&o, &transport, NULL), "pwwb_transport_new_amqp");
    return transport;
}

static inline void
asker_make(asker *a, pwwb_transport *(*connect_to)(int32_t end), int number, const uint8_t *guid,
           const pwwb_portal_options *options)
{

    a->number    = number;
    a->transport = connect_to(PWWB_RELAY_PORTAL);
    memcpy(a->guid, guid, sizeof(a->guid));
    must(pwwb_portal_new(keys, options, &a->portal, NULL), "pwwb_portal_new");
    must(pwwb_reply_new(&a->reply, NULL), "pwwb_reply_new");
}

static inline void
asker_free(asker *a)
{
    pwwb_reply_free(a->reply);
    pwwb_portal_free(a->portal);
    pwwb_transport_free(a->transport);
}

/* For a crew: a password that nobody has had, asked and set. */
static inline int
ask(void *arg)
{
    asker      *a      = arg;
    pwwb_claims claims = {.size      = sizeof(claims),
                          .operation = PWWB_OPERATION_RESET_SELF,
                          .origin    = PWWB_FROM_RESET_PORTAL,
                          .actor     = PWWB_ACTOR_USER,
                          .user_type = PWWB_USER_FEDERATED,
                          .anchor    = {.kind = PWWB_ANCHOR_SOURCE}};
    int         rc;

    memcpy(claims.anchor.guid, a->guid, sizeof(claims.anchor.guid));
    snprintf(a->password, sizeof(a->password), "Asked-%d-%ld-%d", a->number, (long)time(NULL),
             ++a->serial);
    rc = pwwb_portal_call(a->portal, a->transport, &claims, (const uint8_t *)a->password,
                          strlen(a->password), NULL, 0, 20000, a->reply, NULL);
    if (rc != 0)
        return rc;
    rc = pwwb_code_class(pwwb_reply_code(a->reply));
    if (rc != 0)
        fprintf(stderr, "bench: %s\n", pwwb_code_name(pwwb_reply_code(a->reply)));
    return rc;
}

static inline void *
work(void *arg)
{
    worker     *w   = arg;
    pwwb_status st  = PWWB_OK;

    do
        st = pwwb_agent_run(w->agent, NULL);
    while (st == PWWB_E_CLOSED || st == PWWB_E_CONNECT);
    return NULL;
}

static inline void
worker_start(worker *w, pwwb_transport *(*connect_to)(int32_t end), pwwb_journal *journal,
             pwwb_directory *directory)
{
    pwwb_agent_options o = {.size = sizeof(o), .keyring = keys, .journal = journal};

    w->transport = connect_to(PWWB_RELAY_AGENT);
    o.transport  = w->transport;
    must(pwwb_agent_new(&o, &w->agent, NULL), "pwwb_agent_new");
    must(pwwb_agent_add_directory(w->agent, "", directory, NULL), "pwwb_agent_add_directory");
    must(pthread_create(&w->thread, NULL, work, w), "thread");
}

static inline void
worker_end(worker *w)
{
    pwwb_agent_stop(w->agent);
    pthread_join(w->thread, NULL);
    pwwb_agent_free(w->agent);
    pwwb_transport_free(w->transport);
}

#endif /* RELAY_WORLD_H */
