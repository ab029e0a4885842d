/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COUNTING_H
#define COUNTING_H

/* One agent and one portal instance, in one thread, and every message that goes between them counted
 * by whom it is for. How it is counted is the program's: `counting_connect` gives ends that do. */

#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include <pwwb/pwwb.h>

#include "fakes.h"
#include "harness.h"
#include "transport.h"

#define USER 0x21

/* For the agents: requests and what a portal answers to orders; orders; replies; heartbeats. */
enum counted_kind { FOR_AGENTS, ORDERS, REPLIES, BEATS, COUNTED_KINDS };

static long counted[COUNTED_KINDS];

/* The ends, and how long a message may take between them. */
static pwwb_transport *counting_connect(int32_t end);
static int64_t         counting_wait_ms;
static uint8_t         counting_agent_id; /* 0 = the agent sends no heartbeats */

typedef struct world {
    char            folder[64];
    fake_clock      clock; /* begins now, so that both clocks agree on what is expired */
    fake_directory  fake;
    pwwb_directory *directory;
    pwwb_journal   *journal;
    pwwb_keystore  *agent_store, *portal_store;
    pwwb_exchange  *agent_exchange, *portal_exchange;
    pwwb_transport *agent_end, *replies, *shared;
    pwwb_agent     *agent;
    pwwb_portal    *portal;
    pwwb_reply     *reply;
    size_t          request_len, reply_len; /* octets, the last ones' */
} world;

static inline pwwb_keystore *
open_store(const world *w, const char *name)
{
    static const uint8_t  lock[PWWB_LOCK_KEY_SIZE] = {0x10, 0xc4};
    pwwb_keystore_options options = {.size = sizeof(options), .lock = PWWB_LOCK_KEY,
                                     .secret = lock, .secret_len = sizeof(lock)};
    pwwb_keystore        *store   = NULL;
    char                  path[128];

    (void)snprintf(path, sizeof(path), "%s/%s", w->folder, name);
    CHECK_STATUS(PWWB_OK, pwwb_keystore_new_file(path, &options, &store, NULL));
    return store;
}

static inline pwwb_exchange *
take_part(world *w, pwwb_keystore *store, int32_t half, int32_t suite)
{
    pwwb_exchange_options options  = {.size = sizeof(options), .clock = &fake_clock_ops,
                                      .clock_ctx = &w->clock, .suite = suite};
    pwwb_exchange        *exchange = NULL;

    CHECK_STATUS(PWWB_OK, pwwb_exchange_new(store, half, &options, &exchange, NULL));
    return exchange;
}

static inline void
make_agent(world *w, int32_t suite)
{
    pwwb_writeback_options writeback = {.size = sizeof(writeback), .clock = &fake_clock_ops,
                                        .clock_ctx = &w->clock};
    pwwb_agent_options     options   = {.size = sizeof(options), .writeback = &writeback};

    CHECK_STATUS(PWWB_OK, pwwb_directory_new(&fake_directory_ops, &w->fake, &w->directory, NULL));
    CHECK_STATUS(PWWB_OK,
                 pwwb_journal_new_memory(1000, &fake_clock_ops, &w->clock, &w->journal, NULL));
    w->agent_store    = open_store(w, "agent.key");
    w->agent_exchange = take_part(w, w->agent_store, PWWB_HALF_AGENT, suite);
    w->agent_end      = counting_connect(PWWB_RELAY_AGENT);
    options.journal   = w->journal;
    options.transport = w->agent_end;
    options.exchange  = w->agent_exchange;
    memset(options.agent_id, counting_agent_id, sizeof(options.agent_id));
    CHECK_STATUS(PWWB_OK, pwwb_agent_new(&options, &w->agent, NULL));
    CHECK_STATUS(PWWB_OK, pwwb_agent_add_directory(w->agent, "", w->directory, NULL));
}

static inline void
make_portal(world *w)
{
    pwwb_portal_options options = {.size = sizeof(options), .clock = &fake_clock_ops,
                                   .clock_ctx = &w->clock, .life_s = 300};

    w->portal_store    = open_store(w, "portal.key");
    w->portal_exchange = take_part(w, w->portal_store, PWWB_HALF_PORTAL, 0);
    options.store      = w->portal_store;
    CHECK_STATUS(PWWB_OK, pwwb_portal_new(NULL, &options, &w->portal, NULL));
    w->replies = counting_connect(PWWB_RELAY_PORTAL);
    w->shared  = counting_connect(PWWB_RELAY_PORTALS);
    CHECK_STATUS(PWWB_OK, pwwb_reply_new(&w->reply, NULL));
}

static inline void
world_make(world *w, int32_t suite)
{
    memset(w, 0, sizeof(*w));
    memset(counted, 0, sizeof(counted));
    (void)snprintf(w->folder, sizeof(w->folder), "/tmp/pwwb-count-XXXXXX");
    CHECK(mkdtemp(w->folder) != NULL);
    w->clock = (fake_clock){(int64_t)time(NULL) * 1000, 5000};
    w->fake  = fake_directory_of(&w->clock, USER);
    make_agent(w, suite);
    make_portal(w);
}

static inline void
world_drop(world *w)
{
    static const char *const names[] = {"agent.key", "agent.key.lock", "portal.key",
                                        "portal.key.lock"};
    char   path[128];
    size_t i;

    pwwb_reply_free(w->reply);
    pwwb_portal_free(w->portal);
    pwwb_agent_free(w->agent);
    pwwb_transport_free(w->agent_end);
    pwwb_transport_free(w->replies);
    pwwb_transport_free(w->shared);
    pwwb_exchange_free(w->agent_exchange);
    pwwb_exchange_free(w->portal_exchange);
    pwwb_keystore_free(w->agent_store);
    pwwb_keystore_free(w->portal_store);
    pwwb_journal_free(w->journal);
    pwwb_directory_free(w->directory);
    for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        (void)snprintf(path, sizeof(path), "%s/%s", w->folder, names[i]);
        (void)unlink(path);
    }
    CHECK_INT(0, rmdir(w->folder));
}

static inline void
pass(world *w, int64_t ms)
{
    w->clock.wall_ms += ms;
    w->clock.monotonic_ms += ms;
}

/* ---- what the portal and the agent do ---- */

static inline int64_t
real_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static inline pwwb_status
agent_step(world *w)
{
    return pwwb_agent_step(w->agent, 0, NULL);
}

static inline pwwb_status
portal_step(world *w)
{
    pwwb_exchange_event event = {.size = sizeof(event)};

    return pwwb_portal_serve(w->portal_exchange, NULL, w->shared, 0, &event, NULL);
}

/* Steps that do not wait, for the clock of their deadlines stands: until one did something. */
static inline pwwb_status
step(world *w, pwwb_status (*once)(world *), int64_t most_ms)
{
    static const struct timespec pause = {.tv_nsec = 5000000};
    int64_t                      until = real_ms() + most_ms;
    pwwb_status                  st    = once(w);

    while (st == PWWB_E_TIMEOUT && real_ms() < until) {
        (void)nanosleep(&pause, NULL);
        st = once(w);
    }
    return st;
}

/* Both, until there is nothing more to do for either. */
static inline void
work(world *w)
{
    int quiet = 0;

    while (quiet < 3) {
        int busy = 0;

        pass(w, 1100);
        while (step(w, agent_step, counting_wait_ms) == PWWB_OK)
            busy = 1;
        while (step(w, portal_step, counting_wait_ms) == PWWB_OK)
            busy = 1;
        quiet = busy ? 0 : quiet + 1;
    }
}

static inline void
begin_exchange(world *w, int32_t kind, const char *ticket, size_t ticket_len)
{
    CHECK_STATUS(PWWB_OK,
                 pwwb_exchange_begin(w->agent_exchange, kind, ticket, ticket_len, NULL));
    work(w);
}

static inline pwwb_keyring_info
info_of(pwwb_keystore *store)
{
    pwwb_keyring_info info = {.size = sizeof(info)};
    pwwb_keyring     *keys = NULL;

    CHECK_STATUS(PWWB_OK, pwwb_keystore_load(store, &keys, NULL));
    CHECK_STATUS(PWWB_OK, pwwb_keyring_describe(keys, &info, NULL));
    pwwb_keyring_free(keys);
    return info;
}

static inline void
enable(world *w)
{
    pwwb_ticket       given = {.size = sizeof(given), .tenant = {0x7e}, .relay_address = "here"};
    char              ticket[PWWB_TICKET_SIZE];
    size_t            len;
    pwwb_keyring_info info;

    CHECK_STATUS(PWWB_OK, pwwb_exchange_ticket(w->portal_exchange, &given, ticket, sizeof(ticket),
                                               &len, NULL));
    begin_exchange(w, PWWB_EXCHANGE_ENABLE, ticket, len);
    info = info_of(w->agent_store);
    CHECK_STATUS(PWWB_OK, pwwb_exchange_confirm(w->portal_exchange, info.fingerprint,
                                                strlen(info.fingerprint), NULL));
    pass(w, 61000); /* the portal looks again */
}

static inline void
send_request(world *w, pwwb_claims *claims, const char *password)
{
    uint8_t      buf[PWWB_ENVELOPE_MAX];
    pwwb_message m = {.data = buf};
    int32_t      code;

    *claims = (pwwb_claims){.size = sizeof(*claims), .operation = PWWB_OPERATION_RESET_SELF,
                            .actor = PWWB_ACTOR_USER, .user_type = PWWB_USER_PASS_THROUGH,
                            .origin = PWWB_FROM_RESET_PORTAL};
    claims->anchor.kind = PWWB_ANCHOR_SOURCE;
    memset(claims->anchor.guid, USER, sizeof(claims->anchor.guid));
    CHECK_STATUS(PWWB_OK, wb_transport_address(w->replies, claims->reply_to, NULL));
    CHECK_STATUS(PWWB_OK, pwwb_portal_begin(w->portal, claims, (const uint8_t *)password,
                                            strlen(password), NULL, 0, buf, sizeof(buf), &m.len,
                                            &code, NULL));
    CHECK_INT(PWWB_CODE_OK, code);
    m.expires_ms   = claims->exp * 1000;
    w->request_len = m.len;
    memcpy(m.id, claims->cti, sizeof(m.id));
    memcpy(m.reply_to, claims->reply_to, sizeof(m.reply_to));
    CHECK_STATUS(PWWB_OK, wb_transport_send(w->replies, &m, 10000, NULL));
}

/* The code that the agent answers. */
static inline int32_t
set_password(world *w, const char *password)
{
    pwwb_claims   claims;
    pwwb_keyring *keys = NULL;
    pwwb_delivery d;
    uint8_t       buf[PWWB_ENVELOPE_MAX];

    pass(w, 1100);
    send_request(w, &claims, password);
    CHECK_STATUS(PWWB_OK, step(w, agent_step, 10000));
    CHECK_STATUS(PWWB_OK, wb_transport_receive(w->replies, buf, sizeof(buf), &d, 10000, NULL));
    CHECK_STATUS(PWWB_OK, wb_transport_settle(w->replies, d.tag, PWWB_SETTLE_ACCEPT, 0, NULL));
    w->reply_len = d.len;
    CHECK_STATUS(PWWB_OK, pwwb_keystore_load(w->portal_store, &keys, NULL));
    CHECK_STATUS(PWWB_OK, pwwb_reply_open(w->reply, keys, claims.cti, buf, d.len, NULL));
    pwwb_keyring_free(keys);
    work(w);
    return pwwb_reply_code(w->reply);
}

/* ---- counts ---- */

static inline void
check_counted(long for_agents, long orders, long replies)
{
    CHECK_INT(for_agents, counted[FOR_AGENTS]);
    CHECK_INT(orders, counted[ORDERS]);
    CHECK_INT(replies, counted[REPLIES]);
    memset(counted, 0, sizeof(counted));
}

#endif /* COUNTING_H */
