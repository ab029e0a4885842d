/* SPDX-License-Identifier: Apache-2.0 */
/* parses: exchange_take.c */
/* Both sides after an enable, each with a store in memory. The input is a list of what happens next:
 * exchanges begin, messages are sent, taken, lost and taken again, time passes; and what a hostile
 * agent signs, a hostile portal seals, and a stranger sends. The rules behind them parse nothing, and
 * have tests of their own. Whatever comes, take() answers as
 * pwwb/exchange.h says, states move as docs/protocol.md says, and both stores load. */
#include "exchanges.h"
#include "fuzz_keys.h"
#include "exchange_rules.h"

static ex_world   world;
static ex_message order, control; /* last on its way to the portal, to the agent */

/* The input, octet by octet; zeros follow it. */
static wb_span feed;

static uint8_t
next(void)
{
    if (feed.len == 0)
        return 0;

    feed.len--;
    return *feed.p++;
}

/* A number from one octet: near what is usual, and near where numbers end. */
static int64_t
number(int64_t usual)
{
    static const int64_t ends[] = {INT64_MIN, -1, 0, 1, INT64_MAX - 1, INT64_MAX,
                                   WB_GENERATION_MAX - 2, WB_GENERATION_MAX - 1, WB_GENERATION_MAX,
                                   WB_TIME_MAX_S};
    uint8_t              octet  = next();

    return octet < COUNT(ends) ? ends[octet] : usual + octet - 128;
}

/* What is in a side's store. */
typedef struct view {
    uint64_t version;
    uint64_t generation;
    int32_t  state;
} view;

static view
look(ex_side *side)
{
    const ex_store *store = side == &world.agent ? &world.agent_store : &world.portal_store;
    pwwb_keyring   *keys  = NULL;
    view            seen  = {store->version, 0, PWWB_TENANT_NONE};

    FUZZ_CHECK(pwwb_keystore_load(side->store, &keys, NULL) == PWWB_OK);
    seen.generation = keys->generation;
    seen.state      = keys->state;
    pwwb_keyring_free(keys);
    return seen;
}

#define TO(state) (1 << PWWB_TENANT_##state)

/* By a message alone: an agent never enables, a portal never by itself. */
static void
check_move(const ex_side *side, view before, view after)
{
    static const int agents[]  = {0, TO(NONE),
                                  TO(PENDING) | TO(ENABLED) | TO(DISABLED) | TO(REVOKED),
                                  TO(ENABLED) | TO(PENDING) | TO(DISABLED) | TO(REVOKED),
                                  TO(DISABLING) | TO(PENDING) | TO(DISABLED) | TO(REVOKED),
                                  TO(DISABLED) | TO(REVOKED), TO(REVOKED)};
    static const int portals[] = {0, TO(NONE) | TO(PENDING), TO(PENDING) | TO(DISABLED),
                                  TO(ENABLED) | TO(DISABLED), 0, TO(DISABLED) | TO(PENDING),
                                  TO(REVOKED) | TO(PENDING)};
    const int       *to        = side == &world.agent ? agents : portals;

    FUZZ_CHECK(to[before.state] & 1 << after.state);
}

/* The statuses of pwwb_exchange_take(), from a store that does not fail. */
static void
check_status(pwwb_status st)
{
    FUZZ_CHECK(st == PWWB_OK || st == PWWB_E_KEY_UNKNOWN || st == PWWB_E_MALFORMED
               || st == PWWB_E_TOO_LARGE || st == PWWB_E_NOT_AUTHENTIC || st == PWWB_E_WRONG_TENANT
               || st == PWWB_E_REPLAYED);
}

static void
take(ex_side *side, const ex_message *m, ex_message *back)
{
    pwwb_exchange_event event = {.size = sizeof(event)};
    pwwb_error         *err    = pwwb_error_new();
    view                before = look(side), after;
    pwwb_status         st;

    st = pwwb_exchange_take(side->exchange, m->octets, m->len, back->octets, sizeof(back->octets),
                            &back->len, &event, err);
    fuzz_check_text(err);
    pwwb_error_free(err);
    after = look(side);
    check_status(st);
    check_move(side, before, after);
    FUZZ_CHECK(after.generation >= before.generation);
    if (st != PWWB_OK || event.is_repeat)
        FUZZ_CHECK(after.version == before.version);
    if (st != PWWB_OK)
        FUZZ_CHECK(back->len == 0);
    else
        FUZZ_CHECK(event.state == after.state && event.generation == after.generation
                   && event.kind >= 0 && event.kind <= PWWB_EXCHANGE_REVOKE);
}

/* What the agents' identity may sign, or a stranger: the order under way, or one like it. */
static void
hostile_order(void)
{
    pwwb_keyring *agent = ex_keys(&world.agent), *portal = ex_keys(&world.portal);
    uint8_t       flags  = next();
    const uint8_t *key   = flags & 1 ? portal->keys->ticket_portal : portal->keys->portal;
    uint8_t       seed[WB_ED25519_SIZE] = "a stranger", digest[WB_SHA256_SIZE];
    wb_order      o                     = {.suite = PWWB_SUITE_X25519};
    ex_message    m;

    if ((flags & 2) == 0)
        memcpy(seed, agent->keys->identity, sizeof(seed));
    o.kind       = PWWB_EXCHANGE_ENABLE + (flags >> 2) % 4;
    o.suite      = flags & 0x10 ? PWWB_SUITE_RSA : PWWB_SUITE_X25519;
    o.issued_s   = number(world.clock.wall_ms / 1000);
    o.created_s  = number(world.clock.wall_ms / 1000);
    o.generation = (uint64_t)number((int64_t)portal->generation);
    o.public_len = flags & 0x20 ? next() : WB_X25519_SIZE;
    memcpy(o.tenant, ex_tenant, PWWB_ID_SIZE);
    memcpy(o.token, portal->keys->token, WB_TOKEN_SIZE);
    memset(o.id, next(), PWWB_ID_SIZE);
    memset(o.tenant_key, next(), WB_KEY_SIZE);
    memset(o.control_key, next(), WB_KEY_SIZE);
    memset(o.public_, 9, sizeof(o.public_));
    wb_ed25519_public(seed, o.identity);
    wb_x25519_public(key, o.portal);
    pwwb_keyring_free(agent);
    pwwb_keyring_free(portal);
    if (wb_order_seal(&o, seed, m.octets, sizeof(m.octets), &m.len, digest, NULL) == PWWB_OK)
        take(&world.portal, &m, &control);
}

/* What the portal may seal: an answer to the order under way, or to none, or a revoke. */
static void
hostile_control(void)
{
    pwwb_keyring *agent = ex_keys(&world.agent);
    uint8_t       flags = next(), sealed[PWWB_ENVELOPE_MAX];
    wb_control    c     = {.kind  = WB_CONTROL_ANSWER + (flags & 1),
                           .code  = flags >> 1 & 15,
                           .state = next(),
                           .time_s = number(0),
                           .generation = (uint64_t)number((int64_t)agent->generation)};
    size_t        at    = next();
    wb_order      o;
    ex_message    m;
    size_t        len;

    memcpy(c.id, agent->party.order.id, PWWB_ID_SIZE);
    if (agent->party.order.kind != 0 && flags < 0x80) {
        wb_agent_order(agent, &o);
        FUZZ_CHECK(wb_order_seal(&o, agent->keys->identity, sealed, sizeof(sealed), &len, c.digest,
                                 NULL)
                   == PWWB_OK);
    }
    m.len = wb_control_seal(&c,
                            at < agent->epoch_count ? agent->epochs[at].keys->control
                                                    : agent->keys->answering,
                            agent->tenant, m.octets, sizeof(m.octets));
    pwwb_keyring_free(agent);
    take(&world.agent, &m, &order);
}

static void
stranger(void)
{
    ex_message m = {.len = feed.len < PWWB_ENVELOPE_MAX ? feed.len : PWWB_ENVELOPE_MAX};

    memcpy(m.octets, feed.p, m.len);
    feed.len = 0;
    take(&world.portal, &m, &control);
    take(&world.agent, &m, &order);
}

static void
begin(void)
{
    int32_t     kind = PWWB_EXCHANGE_ENABLE + next() % 4;
    pwwb_status st;

    if (kind == PWWB_EXCHANGE_ENABLE)
        FUZZ_CHECK(ex_ticket(&world) == PWWB_OK);
    st = ex_begin(&world, kind);
    FUZZ_CHECK(st == PWWB_OK || st == PWWB_E_STATE || st == PWWB_E_FULL);
}

static void
step(ex_side *side, ex_message *m)
{
    FUZZ_CHECK(pwwb_exchange_step(side->exchange, m->octets, sizeof(m->octets), &m->len, NULL)
               == PWWB_OK);
}

static void
confirm(void)
{
    pwwb_status st = ex_confirm(&world);

    FUZZ_CHECK(st == PWWB_OK || st == PWWB_E_STATE || st == PWWB_E_NOT_AUTHENTIC);
}

static void
happens(uint8_t what)
{
    switch (what % 10) {
    case 0: begin(); break;
    case 1: step(&world.agent, &order); break;
    case 2: take(&world.portal, &order, &control); break;
    case 3: take(&world.agent, &control, &order); break;
    case 4: step(&world.portal, &control); break;
    case 5: confirm(); break;
    case 6: ex_pass(&world, next() * HOUR_MS / 4); break;
    case 7: hostile_order(); break;
    case 8: hostile_control(); break;
    default: stranger();
    }
}

/* As it is after an enable, for each input. */
static void
make_world(void)
{
    static ex_store agent, portal;

    if (agent.version == 0) {
        ex_make(&world);
        ex_enable(&world);
        agent  = world.agent_store;
        portal = world.portal_store;
        ex_drop(&world);
    }
    fuzz_drawn = 1000; /* no key is drawn twice */
    memset(&world, 0, sizeof(world));
    world.suite        = PWWB_SUITE_X25519;
    world.clock        = (fake_clock){(int64_t)FUZZ_IAT * 1000, 1000};
    world.agent_store  = agent;
    world.portal_store = portal;
    ex_side_make(&world, &world.agent, PWWB_HALF_AGENT);
    ex_side_make(&world, &world.portal, PWWB_HALF_PORTAL);
    order.len = control.len = 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int turns;

    fuzz_begin();
    make_world();
    feed = wb_span_of(data, size);
    for (turns = 0; turns < 40 && feed.len > 0; turns++)
        happens(next());
    (void)look(&world.agent);
    (void)look(&world.portal);
    ex_side_drop(&world.agent);
    ex_side_drop(&world.portal);
    return 0;
}
