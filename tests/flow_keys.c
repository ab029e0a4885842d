/* SPDX-License-Identifier: Apache-2.0 */
/* Two agents on one key file and two portal instances on another, over a relay, on one clock: keys come
 * by a ticket, roll while requests run, and go. */
/* rows: 9 10 18 20 22 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <pwwb/pwwb.h>

#include "fakes.h"
#include "harness.h"
#include "transport.h"

#define USER     0x21
#define HOUR_MS  ((int64_t)3600 * 1000)
#define DAY_MS   (24 * HOUR_MS)
#define EACH(i)  for ((i) = 0; (i) < 2; (i)++)

static const uint8_t tenant[PWWB_ID_SIZE]     = {0x7e};
static const uint8_t lock[PWWB_LOCK_KEY_SIZE] = {0x10, 0xc4};
static const char    new_password[]           = "Neu-Passwort-7";

typedef struct agent_side {
    pwwb_keystore  *store;
    pwwb_exchange  *exchange;
    pwwb_transport *transport;
    pwwb_agent     *agent;
} agent_side;

typedef struct portal_side {
    pwwb_keystore  *store;
    pwwb_exchange  *exchange;
    pwwb_portal    *portal;
    pwwb_transport *replies;
    pwwb_transport *shared; /* orders, for whichever instance comes first */
    pwwb_reply     *reply;
} portal_side;

typedef struct world {
    char            folder[64];
    fake_clock      clock;
    fake_directory  fake;
    pwwb_directory *directory;
    pwwb_journal   *journal;
    pwwb_relay     *relay;
    agent_side      agents[2];
    portal_side     portals[2];
    long            orders; /* that portals took: each has one answer */
    char            ticket[PWWB_TICKET_SIZE];
    size_t          ticket_len;
} world;

static pwwb_keystore *
open_store(const world *w, const char *name)
{
    pwwb_keystore_options options = {.size = sizeof(options), .lock = PWWB_LOCK_KEY,
                                     .secret = lock, .secret_len = sizeof(lock)};
    pwwb_keystore        *store   = NULL;
    char                  path[128];

    (void)snprintf(path, sizeof(path), "%s/%s", w->folder, name);
    CHECK_STATUS(PWWB_OK, pwwb_keystore_new_file(path, &options, &store, NULL));
    return store;
}

static pwwb_exchange *
take_part(world *w, pwwb_keystore *store, int32_t half)
{
    pwwb_exchange_options options  = {.size = sizeof(options), .clock = &fake_clock_ops,
                                      .clock_ctx = &w->clock, .suite = PWWB_SUITE_X25519};
    pwwb_exchange        *exchange = NULL;

    CHECK_STATUS(PWWB_OK, pwwb_exchange_new(store, half, &options, &exchange, NULL));
    return exchange;
}

static void
agent_start(world *w, agent_side *a)
{
    pwwb_writeback_options writeback = {.size = sizeof(writeback), .clock = &fake_clock_ops,
                                        .clock_ctx = &w->clock};
    pwwb_agent_options     options   = {.size = sizeof(options), .journal = w->journal,
                                        .writeback = &writeback};

    a->store    = open_store(w, "agent.key");
    a->exchange = take_part(w, a->store, PWWB_HALF_AGENT);
    CHECK_STATUS(PWWB_OK, pwwb_transport_new_relay(w->relay, PWWB_RELAY_AGENT, &a->transport, NULL));
    options.transport = a->transport;
    options.exchange  = a->exchange;
    CHECK_STATUS(PWWB_OK, pwwb_agent_new(&options, &a->agent, NULL));
    CHECK_STATUS(PWWB_OK, pwwb_agent_add_directory(a->agent, "", w->directory, NULL));
}

static void
portal_start(world *w, portal_side *p)
{
    pwwb_portal_options options = {.size = sizeof(options), .clock = &fake_clock_ops,
                                   .clock_ctx = &w->clock, .life_s = 300};

    p->store      = open_store(w, "portal.key");
    p->exchange   = take_part(w, p->store, PWWB_HALF_PORTAL);
    options.store = p->store;
    CHECK_STATUS(PWWB_OK, pwwb_portal_new(NULL, &options, &p->portal, NULL));
    CHECK_STATUS(PWWB_OK, pwwb_transport_new_relay(w->relay, PWWB_RELAY_PORTAL, &p->replies, NULL));
    CHECK_STATUS(PWWB_OK, pwwb_transport_new_relay(w->relay, PWWB_RELAY_PORTALS, &p->shared, NULL));
    CHECK_STATUS(PWWB_OK, pwwb_reply_new(&p->reply, NULL));
}

static void
world_make(world *w)
{
    int i;

    memset(w, 0, sizeof(*w));
    (void)snprintf(w->folder, sizeof(w->folder), "/tmp/pwwb-keys-XXXXXX");
    CHECK(mkdtemp(w->folder) != NULL);
    w->clock = (fake_clock){(int64_t)1760000000 * 1000, 5000};
    w->fake  = fake_directory_of(&w->clock, USER);
    CHECK_STATUS(PWWB_OK, pwwb_directory_new(&fake_directory_ops, &w->fake, &w->directory, NULL));
    CHECK_STATUS(PWWB_OK,
                 pwwb_journal_new_memory(1000, &fake_clock_ops, &w->clock, &w->journal, NULL));
    CHECK_STATUS(PWWB_OK, pwwb_relay_new(1000, &fake_clock_ops, &w->clock, &w->relay, NULL));
    EACH(i) agent_start(w, &w->agents[i]);
    EACH(i) portal_start(w, &w->portals[i]);
}

static void
agent_stop(agent_side *a)
{
    pwwb_agent_free(a->agent);
    pwwb_transport_free(a->transport);
    pwwb_exchange_free(a->exchange);
    pwwb_keystore_free(a->store);
}

static void
portal_stop(portal_side *p)
{
    pwwb_reply_free(p->reply);
    pwwb_portal_free(p->portal);
    pwwb_transport_free(p->replies);
    pwwb_transport_free(p->shared);
    pwwb_exchange_free(p->exchange);
    pwwb_keystore_free(p->store);
}

static void
world_drop(world *w)
{
    static const char *const names[] = {"agent.key", "agent.key.lock", "portal.key",
                                        "portal.key.lock"};
    char   path[128];
    size_t i;

    EACH(i) agent_stop(&w->agents[i]);
    EACH(i) portal_stop(&w->portals[i]);
    pwwb_relay_free(w->relay);
    pwwb_journal_free(w->journal);
    pwwb_directory_free(w->directory);
    for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        (void)snprintf(path, sizeof(path), "%s/%s", w->folder, names[i]);
        (void)unlink(path);
    }
    CHECK_INT(0, rmdir(w->folder));
}

static pwwb_status
receive(pwwb_transport *transport, uint8_t *buf, size_t *ret_len)
{
    pwwb_delivery delivery;
    pwwb_status   st = wb_transport_receive(transport, buf, PWWB_ENVELOPE_MAX, &delivery, 0, NULL);

    *ret_len = delivery.len;
    if (st == PWWB_OK)
        st = wb_transport_settle(transport, delivery.tag, PWWB_SETTLE_ACCEPT, 0, NULL);
    return st;
}

static void
portal_work(world *w, portal_side *p)
{
    pwwb_exchange_event event = {.size = sizeof(event)};

    while (pwwb_portal_serve(p->exchange, NULL, p->shared, 0, &event, NULL) == PWWB_OK)
        w->orders++;
}

static void
agent_work(const agent_side *a)
{
    while (pwwb_agent_step(a->agent, 0, NULL) == PWWB_OK)
        continue;
}

static void
pass(world *w, int64_t ms)
{
    w->clock.wall_ms += ms;
    w->clock.monotonic_ms += ms;
}

/* Everybody does what there is to do. */
static void
work(world *w)
{
    int round, i;

    for (round = 0; round < 3; round++) {
        pass(w, 1100);
        EACH(i) agent_work(&w->agents[i]);
        EACH(i) portal_work(w, &w->portals[i]);
    }
    EACH(i) agent_work(&w->agents[i]);
}

static int32_t
begin_request(world *w, portal_side *p, pwwb_claims *claims)
{
    uint8_t buf[PWWB_ENVELOPE_MAX];
    size_t  len;
    int32_t code;

    *claims = (pwwb_claims){.size = sizeof(*claims), .operation = PWWB_OPERATION_RESET_SELF,
                            .actor = PWWB_ACTOR_USER, .user_type = PWWB_USER_PASS_THROUGH,
                            .origin = PWWB_FROM_RESET_PORTAL};
    claims->anchor.kind = PWWB_ANCHOR_SOURCE;
    memset(claims->anchor.guid, USER, sizeof(claims->anchor.guid));
    (void)snprintf(claims->reply_to, sizeof(claims->reply_to), "portal-%d",
                   p == &w->portals[0] ? 1 : 2);
    CHECK_STATUS(PWWB_OK, pwwb_portal_begin(p->portal, claims, (const uint8_t *)new_password,
                                            strlen(new_password), NULL, 0, buf, sizeof(buf), &len,
                                            &code, NULL));
    if (code == PWWB_CODE_OK) {
        pwwb_message m = {.data = buf, .len = len, .expires_ms = claims->exp * 1000};

        memcpy(m.id, claims->cti, sizeof(m.id));
        CHECK_STATUS(PWWB_OK, wb_transport_send(p->replies, &m, 0, NULL));
    }
    return code;
}

static int32_t
end_request(portal_side *p, const pwwb_claims *claims)
{
    pwwb_keyring *keys = NULL;
    uint8_t       buf[PWWB_ENVELOPE_MAX];
    size_t        len;
    int32_t       code = PWWB_CODE_OUTCOME_UNKNOWN;

    CHECK_STATUS(PWWB_OK, pwwb_keystore_load(p->store, &keys, NULL)); /* in any process */
    if (receive(p->replies, buf, &len) == PWWB_OK
        && pwwb_reply_open(p->reply, keys, claims->cti, buf, len, NULL) == PWWB_OK)
        code = pwwb_reply_code(p->reply);
    pwwb_keyring_free(keys);
    return code;
}

/* One whole request through that portal instance. */
static int32_t
request(world *w, int instance)
{
    portal_side *p = &w->portals[instance];
    pwwb_claims  claims;
    int32_t      code = begin_request(w, p, &claims);
    int          i;

    if (code != PWWB_CODE_OK)
        return code;

    pass(w, 1000); /* no password is set twice within a second */
    EACH(i) agent_work(&w->agents[i]);
    return end_request(p, &claims);
}

static pwwb_keyring_info
info_of(pwwb_keystore *store)
{
    pwwb_keyring_info info = {.size = sizeof(info)};
    pwwb_keyring     *keys = NULL;

    CHECK_STATUS(PWWB_OK, pwwb_keystore_load(store, &keys, NULL));
    CHECK_STATUS(PWWB_OK, pwwb_keyring_describe(keys, &info, NULL));
    pwwb_keyring_free(keys);
    return info;
}

static void
enable(world *w)
{
    pwwb_ticket       ticket = {.size = sizeof(ticket), .relay_address = "here"};
    pwwb_keyring_info agent;

    memcpy(ticket.tenant, tenant, sizeof(ticket.tenant));
    CHECK_STATUS(PWWB_OK, pwwb_exchange_ticket(w->portals[0].exchange, &ticket, w->ticket,
                                               sizeof(w->ticket), &w->ticket_len, NULL));
    CHECK_STATUS(PWWB_OK, pwwb_exchange_begin(w->agents[0].exchange, PWWB_EXCHANGE_ENABLE,
                                              w->ticket, w->ticket_len, NULL));
    work(w);
    agent = info_of(w->agents[1].store);
    CHECK_STATUS(PWWB_OK, pwwb_exchange_confirm(w->portals[1].exchange, agent.fingerprint,
                                                strlen(agent.fingerprint), NULL));
    pass(w, 60000); /* every instance looks again */
}

static void
a_ticket_brings_agents_and_portals_to_the_same_keys(void)
{
    world w;
    int   i;

    world_make(&w);
    EACH(i) CHECK_INT(PWWB_CODE_CONFIGURATION, request(&w, i));
    enable(&w);
    CHECK_INT(1, w.orders);
    EACH(i) CHECK_INT(PWWB_CODE_OK, request(&w, i));
    EACH(i) CHECK_INT(PWWB_CODE_OK, request(&w, i));
    CHECK_STR(new_password, w.fake.password);
    CHECK_INT(4, w.fake.sets);
    world_drop(&w);
}

/* Requests are sealed before, during and after; the agents get them late, in one heap, while they
 * hear of the new keys in any order. */
static void
keys_roll_while_requests_run_and_none_is_lost(void)
{
    static const int rolls = 3;
    world            w;
    pwwb_claims      claims[8];
    long             sets = 0;
    int              roll, i, n;

    world_make(&w);
    enable(&w);
    w.orders = 0;
    for (roll = 0; roll < rolls; roll++) {
        CHECK_STATUS(PWWB_OK, pwwb_exchange_begin(w.agents[roll % 2].exchange, PWWB_EXCHANGE_ROLL,
                                                  NULL, 0, NULL));
        for (n = 0; n < 8; n++) {
            CHECK_INT(PWWB_CODE_OK, begin_request(&w, &w.portals[n % 2], &claims[n]));
            pass(&w, 1000);
            agent_work(&w.agents[roll % 2]);
            portal_work(&w, &w.portals[n % 2]);
        }
        EACH(i) agent_work(&w.agents[i]);
        for (n = 0; n < 8; n++)
            sets += end_request(&w.portals[n % 2], &claims[n]) == PWWB_CODE_OK;
        EACH(i) CHECK_INT(PWWB_CODE_OK, request(&w, i));
        pass(&w, 2 * HOUR_MS);
        work(&w);
        EACH(i) CHECK_INT(1, (intmax_t)info_of(w.agents[i].store).epoch_count);
        EACH(i) CHECK_INT(1, (intmax_t)info_of(w.portals[i].store).epoch_count);
    }
    printf("# %d rolls with 10 requests each\n", rolls);
    CHECK_INT(8 * rolls, sets);
    CHECK_INT(10 * rolls, w.fake.sets);
    CHECK_INT(rolls, w.orders); /* and as many answers: two messages a roll */
    world_drop(&w);
}

static void
a_portal_instance_with_old_keys_is_served_by_agents_that_have_new_ones(void)
{
    world w;

    world_make(&w);
    enable(&w);
    CHECK_INT(PWWB_CODE_OK, request(&w, 0)); /* it has looked now */
    CHECK_STATUS(PWWB_OK, pwwb_exchange_begin(w.agents[0].exchange, PWWB_EXCHANGE_ROLL, NULL, 0,
                                              NULL));
    work(&w);
    CHECK_INT(2, (intmax_t)info_of(w.agents[0].store).epoch_count);
    CHECK_INT(PWWB_CODE_OK, request(&w, 0)); /* under the first keys */
    CHECK_INT(PWWB_CODE_OK, request(&w, 1)); /* under the second ones */
    world_drop(&w);
}

static void
an_agent_that_hears_of_unknown_keys_looks_into_its_store(void)
{
    world w;

    world_make(&w);
    enable(&w);
    CHECK_INT(PWWB_CODE_OK, request(&w, 0));
    /* Only the first agent takes part in the roll; the second gets all that follows. */
    CHECK_STATUS(PWWB_OK, pwwb_exchange_begin(w.agents[0].exchange, PWWB_EXCHANGE_ROLL, NULL, 0,
                                              NULL));
    pass(&w, 1100);
    agent_work(&w.agents[0]);
    portal_work(&w, &w.portals[0]);
    agent_work(&w.agents[0]);
    pass(&w, 61000);
    {
        pwwb_claims claims;

        CHECK_INT(PWWB_CODE_OK, begin_request(&w, &w.portals[0], &claims));
        agent_work(&w.agents[1]);
        CHECK_INT(PWWB_CODE_OK, end_request(&w.portals[0], &claims));
    }
    CHECK_INT(0, (intmax_t)pwwb_agent_count(w.agents[1].agent, PWWB_COUNT_UNOPENED));
    world_drop(&w);
}

static void
a_disabled_tenant_seals_nothing_and_is_enabled_again(void)
{
    world w;

    world_make(&w);
    enable(&w);
    w.orders = 0;
    CHECK_STATUS(PWWB_OK, pwwb_exchange_begin(w.agents[1].exchange, PWWB_EXCHANGE_DISABLE, NULL, 0,
                                              NULL));
    work(&w);
    CHECK_INT(1, w.orders);
    CHECK_INT(PWWB_TENANT_DISABLED, info_of(w.agents[0].store).state);
    pass(&w, 60000);
    CHECK_INT(PWWB_CODE_CONFIGURATION, request(&w, 0));
    CHECK_INT(PWWB_CODE_CONFIGURATION, request(&w, 1));
    enable(&w);
    CHECK_INT(PWWB_CODE_OK, request(&w, 1));
    world_drop(&w);
}

static void
a_revoke_reaches_the_agents_and_ends_everything(void)
{
    world       w;
    pwwb_claims claims;
    int         i;

    world_make(&w);
    enable(&w);
    CHECK_INT(PWWB_CODE_OK, begin_request(&w, &w.portals[0], &claims));
    w.orders = 0;
    CHECK_STATUS(PWWB_OK, pwwb_exchange_begin(w.portals[1].exchange, PWWB_EXCHANGE_REVOKE, NULL, 0,
                                              NULL));
    EACH(i) portal_work(&w, &w.portals[i]);
    {
        uint8_t buf[PWWB_ENVELOPE_MAX];
        size_t  len;

        CHECK_STATUS(PWWB_OK, receive(w.agents[0].transport, buf, &len)); /* the request is late */
    }
    work(&w);
    EACH(i) CHECK_INT(PWWB_TENANT_REVOKED, info_of(w.agents[i].store).state);
    CHECK_INT(0, w.fake.sets);
    pass(&w, 60000);
    EACH(i) CHECK_INT(PWWB_CODE_CONFIGURATION, request(&w, i));
    world_drop(&w);
}

static void
a_store_that_does_not_answer_ends_the_sealing(void)
{
    world       w;
    pwwb_claims claims = {.size = sizeof(claims), .operation = PWWB_OPERATION_RESET_SELF,
                          .actor = PWWB_ACTOR_USER, .user_type = PWWB_USER_PASS_THROUGH,
                          .origin = PWWB_FROM_RESET_PORTAL, .anchor = {.kind = PWWB_ANCHOR_SOURCE}};
    uint8_t     buf[PWWB_ENVELOPE_MAX];
    char        path[128];
    size_t      len;
    int32_t     code;

    world_make(&w);
    enable(&w);
    CHECK_INT(PWWB_CODE_OK, request(&w, 0));
    (void)snprintf(path, sizeof(path), "%s/portal.key", w.folder);
    CHECK_INT(0, truncate(path, 10));
    CHECK_INT(PWWB_CODE_OK, begin_request(&w, &w.portals[0], &claims)); /* for a minute yet */
    pass(&w, 60000);
    CHECK_STATUS(PWWB_E_MALFORMED,
                 pwwb_portal_begin(w.portals[0].portal, &claims, (const uint8_t *)new_password,
                                   strlen(new_password), NULL, 0, buf, sizeof(buf), &len, &code,
                                   NULL));
    CHECK_INT(0, (intmax_t)len);
    CHECK_INT(PWWB_OUTCOME_NOT_SET, pwwb_code_outcome(code));
    world_drop(&w);
}

int
main(void)
{
    RUN(a_ticket_brings_agents_and_portals_to_the_same_keys);
    RUN(keys_roll_while_requests_run_and_none_is_lost);
    RUN(a_portal_instance_with_old_keys_is_served_by_agents_that_have_new_ones);
    RUN(an_agent_that_hears_of_unknown_keys_looks_into_its_store);
    RUN(a_disabled_tenant_seals_nothing_and_is_enabled_again);
    RUN(a_revoke_reaches_the_agents_and_ends_everything);
    RUN(a_store_that_does_not_answer_ends_the_sealing);
    return DONE;
}
