/* SPDX-License-Identifier: Apache-2.0 */
/* Messages that can never be dealt with: they end, nobody spins, and the others are served meanwhile. On a
 * clock of the test's, over the relay of this process, which here removes nothing by itself. */
/* rows: 1 11 19 */
#include <sodium.h>

#include "flow_world.h"
#include "journal.h"
#include "relay.h"
#include "transport.h"

#define EACH     8                   /* messages of each kind */
#define KINDS    3
#define LIFE_MS  (300000 + 2 * 120000) /* of a request, and the skew twice: until then it may be answered */
#define STEP_MS  1000

/* Agents on one relay, and a portal beside them. */
typedef struct office {
    world           world; /* its clock, directory, journal and portal */
    pwwb_relay     *relay;
    pwwb_transport *portal_side;
    pwwb_transport *agent_sides[2];
    pwwb_agent     *agents[2];
} office;

static void
start_agent(office *o, size_t i, pwwb_keyring *keys)
{
    CHECK_STATUS(PWWB_OK, pwwb_transport_new_relay(o->relay, PWWB_RELAY_AGENT, &o->agent_sides[i], NULL));
    o->world.agent_side = o->agent_sides[i];
    CHECK_STATUS(PWWB_OK, make_agent(&o->world, keys, &o->agents[i]));
}

static void
office_make(office *o)
{
    world *w = &o->world;

    memset(o, 0, sizeof(*o));
    world_prepare(w);
    CHECK_STATUS(PWWB_OK, pwwb_directory_new(&fake_directory_ops, &w->fake, &w->directory, NULL));
    w->clock.wall_ms -= JOURNAL_AGE_MS;
    CHECK_STATUS(PWWB_OK,
                 pwwb_journal_new_memory(2000, &fake_clock_ops, &w->clock, &w->journal, NULL));
    w->clock.wall_ms += JOURNAL_AGE_MS;
    CHECK_STATUS(PWWB_OK, make_portal(w, agent_keys));
    CHECK_STATUS(PWWB_OK, pwwb_reply_new(&w->reply, NULL));
    CHECK_STATUS(PWWB_OK, pwwb_relay_new(600, &fake_clock_ops, &w->clock, &o->relay, NULL));
    CHECK_STATUS(PWWB_OK, pwwb_transport_new_relay(o->relay, PWWB_RELAY_PORTAL, &o->portal_side, NULL));
}

static void
office_drop(office *o)
{
    size_t i;

    for (i = 0; i < COUNT(o->agents); i++) {
        pwwb_agent_free(o->agents[i]);
        pwwb_transport_free(o->agent_sides[i]);
    }
    pwwb_transport_free(o->portal_side);
    pwwb_relay_free(o->relay);
    o->world.agent_side = NULL;
    world_drop(&o->world);
}

/* A request on its way, which the relay never removes; its octets, too. */
static size_t
post(office *o, pwwb_portal *from, const char *reply_to, uint8_t sealed[PWWB_ENVELOPE_MAX])
{
    world       *w       = &o->world;
    pwwb_portal *own     = w->portal;
    pwwb_message message = {.size = sizeof(message), .data = sealed, .expires_ms = INT64_MAX};

    memset(w->claims.cti, 0, sizeof(w->claims.cti));
    memset(w->claims.reply_to, 0, sizeof(w->claims.reply_to));
    memcpy(w->claims.reply_to, reply_to, strlen(reply_to));
    w->portal   = from;
    message.len = seal(w, sealed);
    w->portal   = own;
    memcpy(message.id, w->claims.cti, sizeof(message.id));
    CHECK_STATUS(PWWB_OK, wb_transport_send(o->portal_side, &message, 0, NULL));
    return message.len;
}

static const char *
address_of(pwwb_transport *transport, char address[PWWB_ADDRESS_SIZE])
{
    CHECK_STATUS(PWWB_OK, wb_transport_address(transport, address, NULL));
    return address;
}

/* For a key that never comes. */
static void
post_unknown(office *o)
{
    uint8_t      sealed[PWWB_ENVELOPE_MAX];
    world        other = o->world;
    pwwb_portal *portal;

    CHECK_STATUS(PWWB_OK, make_portal(&other, other_keys));
    portal = other.portal;
    (void)post(o, portal, "", sealed);
    pwwb_portal_free(portal);
}

/* Claimed by an agent that has died since. */
static void
post_running(office *o)
{
    uint8_t    sealed[PWWB_ENVELOPE_MAX], digest[32], reply[PWWB_ENVELOPE_MAX];
    char               address[PWWB_ADDRESS_SIZE];
    pwwb_journal_entry entry;
    size_t             len = post(o, o->world.portal, address_of(o->portal_side, address), sealed);

    crypto_hash_sha256(digest, sealed, len);
    CHECK_STATUS(PWWB_OK, wb_journal_claim(o->world.journal, o->world.claims.cti, digest, INT64_MAX,
                                           reply, sizeof(reply), &entry, NULL));
    CHECK_INT(PWWB_ENTRY_NEW, entry.state);
}

/* Whose reply finds nobody. */
static void
post_unanswerable(office *o)
{
    uint8_t sealed[PWWB_ENVELOPE_MAX];

    (void)post(o, o->world.portal, "portal-that-is-gone", sealed);
}

static void
post_poison(office *o)
{
    int i;

    for (i = 0; i < EACH; i++) {
        post_unknown(o);
        post_running(o);
        post_unanswerable(o);
    }
}

/* Until no message is there now; how many there were. */
static long
work(pwwb_agent *agent)
{
    long count = 0;

    while (count < 1000 && pwwb_agent_step(agent, 0, NULL) == PWWB_OK)
        count++;
    return count;
}

static void
pass(office *o, int64_t ms)
{
    o->world.clock.wall_ms += ms;
    o->world.clock.monotonic_ms += ms;
}

/* One that can be answered: it is, while the clock stands. */
static int
is_served_at_once(office *o)
{
    uint8_t       sealed[PWWB_ENVELOPE_MAX], reply[PWWB_ENVELOPE_MAX + 1];
    char          address[PWWB_ADDRESS_SIZE];
    pwwb_delivery delivery;

    (void)post(o, o->world.portal, address_of(o->portal_side, address), sealed);
    (void)work(o->agents[0]);
    if (wb_transport_receive(o->portal_side, reply, sizeof(reply), &delivery, 0, NULL) != PWWB_OK)
        return 0;
    CHECK_STATUS(PWWB_OK, wb_transport_settle(o->portal_side, delivery.tag, PWWB_SETTLE_ACCEPT, 0,
                                              NULL));
    CHECK_STATUS(PWWB_OK, pwwb_reply_open(o->world.reply, agent_keys, o->world.claims.cti, reply,
                                          delivery.len, NULL));
    return pwwb_reply_code(o->world.reply) == PWWB_CODE_OK;
}

static uint64_t
counted(const office *o, int32_t counter)
{
    return pwwb_agent_count(o->agents[0], counter);
}

static void
poison_ends_and_the_healthy_are_served_at_once(void)
{
    const long poison = EACH * KINDS;
    office     o;
    long       asked = 0, served = 0;
    int64_t    at;

    office_make(&o);
    start_agent(&o, 0, agent_keys);
    post_poison(&o);
    for (at = 0; at < LIFE_MS; at += STEP_MS) {
        asked += at % 20000 == 0;
        served += at % 20000 == 0 && is_served_at_once(&o);
        (void)work(o.agents[0]);
        CHECK_INT(0, (intmax_t)counted(&o, PWWB_COUNT_GIVEN_UP));
        pass(&o, STEP_MS);
    }
    for (at = 0; at < 3 * 5000; at += STEP_MS) { /* each comes once more, within the longest pause */
        (void)work(o.agents[0]);
        pass(&o, STEP_MS);
    }
    CHECK_INT(asked, served);
    CHECK_INT(poison, (intmax_t)counted(&o, PWWB_COUNT_GIVEN_UP));
    CHECK_INT(0, (intmax_t)o.relay->count);
    CHECK_INT(asked + EACH, o.world.fake.sets); /* once each, answered or not */
    printf("# %ld messages that cannot be answered: received %ld times in %d s; %ld others\n", poison,
           (long)counted(&o, PWWB_COUNT_RECEIVED) - asked, LIFE_MS / 1000, asked);
    CHECK((long)counted(&o, PWWB_COUNT_RECEIVED) - asked <= poison * 125); /* every 5 s, and at first sooner */
    office_drop(&o);
}

/* With the clock standing, what is kept does not come: nobody spins. */
static void
while_no_time_passes_nothing_comes_again(void)
{
    office o;
    int    i;

    office_make(&o);
    start_agent(&o, 0, agent_keys);
    for (i = 0; i < EACH; i++)
        post_unknown(&o);
    CHECK_INT(2 * EACH, work(o.agents[0])); /* at once, and kept then */
    CHECK_INT(0, work(o.agents[0]));
    pass(&o, 19);
    CHECK_INT(0, work(o.agents[0]));
    pass(&o, 1);
    CHECK_INT(EACH, work(o.agents[0]));
    pass(&o, 39); /* twice as long */
    CHECK_INT(0, work(o.agents[0]));
    pass(&o, 1);
    CHECK_INT(EACH, work(o.agents[0]));
    office_drop(&o);
}

/* Whoever knows better gets it, at the last moment too. */
static void
what_another_agent_may_answer_is_not_given_up(void)
{
    uint8_t sealed[PWWB_ENVELOPE_MAX];
    char    address[PWWB_ADDRESS_SIZE];
    office  o;
    int64_t at;

    office_make(&o);
    start_agent(&o, 0, other_keys);
    (void)post(&o, o.world.portal, address_of(o.portal_side, address), sealed);
    for (at = 0; at < 230000; at += STEP_MS) {
        (void)work(o.agents[0]);
        pass(&o, STEP_MS);
    }
    CHECK_INT(0, o.world.fake.sets);
    start_agent(&o, 1, agent_keys);
    for (at = 0; at < 5000 && o.world.fake.sets == 0; at += STEP_MS) {
        pwwb_agent_stop(o.agents[0]);
        CHECK_STATUS(PWWB_E_STOPPED, pwwb_agent_step(o.agents[0], 0, NULL)); /* gives all back */
        (void)work(o.agents[1]);
        pass(&o, STEP_MS);
    }
    CHECK_INT(1, o.world.fake.sets);
    CHECK_INT(0, (intmax_t)counted(&o, PWWB_COUNT_GIVEN_UP));
    office_drop(&o);
}

/* A twin of what is kept is kept, too. */
static void
twins_of_poison_end_alike(void)
{
    office  o;
    int64_t at;

    office_make(&o);
    start_agent(&o, 0, agent_keys);
    CHECK_STATUS(PWWB_OK, pwwb_relay_fault(o.relay, PWWB_RELAY_DUPLICATE, 3, NULL));
    post_unknown(&o);
    post_running(&o);
    post_unanswerable(&o);
    for (at = 0; at < LIFE_MS + 15000; at += STEP_MS) {
        (void)work(o.agents[0]);
        pass(&o, STEP_MS);
    }
    CHECK_INT(6, (intmax_t)counted(&o, PWWB_COUNT_GIVEN_UP));
    CHECK_INT(0, (intmax_t)o.relay->count);
    CHECK_INT(1, o.world.fake.sets);
    office_drop(&o);
}

/* More than it remembers, and more than it keeps: they end one after the other. */
static void
any_number_of_them_ends(void)
{
    enum { MANY = 514 };
    office  o;
    int64_t at;
    int     i;

    office_make(&o);
    start_agent(&o, 0, agent_keys);
    for (i = 0; i < MANY; i++)
        post_unknown(&o);
    for (at = 0; at < 4 * LIFE_MS && o.relay->count > 0; at += 60000) {
        for (i = 0; i < MANY && pwwb_agent_step(o.agents[0], 0, NULL) == PWWB_OK; i++)
            ;
        pass(&o, 60000);
    }
    CHECK_INT(MANY, (intmax_t)counted(&o, PWWB_COUNT_GIVEN_UP));
    CHECK_INT(0, (intmax_t)o.relay->count);
    office_drop(&o);
}

/* A transport of the host's that keeps nothing: it is given back each time, and ends all the same. */
static void
a_transport_that_keeps_nothing_loses_nothing(void)
{
    uint8_t     sealed[PWWB_ENVELOPE_MAX];
    world       w;
    pwwb_agent *other;
    int64_t     at;

    world_make(&w);
    CHECK_STATUS(PWWB_OK, make_agent(&w, other_keys, &other));
    CHECK_STATUS(PWWB_OK, fake_box_put(&w.post.requests, sealed, seal(&w, sealed)));
    for (at = 0; at < LIFE_MS; at += 30000) {
        CHECK_STATUS(PWWB_OK, pwwb_agent_step(other, 0, NULL));
        CHECK_INT(PWWB_SETTLE_RELEASE, w.agent_end.verdict);
        w.clock.wall_ms += 30000;
        w.clock.monotonic_ms += 30000;
    }
    CHECK_STATUS(PWWB_OK, pwwb_agent_step(other, 0, NULL));
    CHECK_INT(PWWB_SETTLE_REJECT, w.agent_end.verdict);
    CHECK_INT(1, (intmax_t)pwwb_agent_count(other, PWWB_COUNT_GIVEN_UP));
    CHECK_INT(0, (intmax_t)pwwb_agent_count(other, PWWB_COUNT_GIVEN_UP + 1));
    pwwb_agent_free(other);
    world_drop(&w);
}

/* Connections that are lost take what was kept with them; it comes again. */
static void
what_was_kept_comes_again_after_the_relay_was_restarted(void)
{
    office o;

    office_make(&o);
    start_agent(&o, 0, agent_keys);
    post_unknown(&o);
    CHECK_INT(2, work(o.agents[0]));
    CHECK_STATUS(PWWB_OK, pwwb_relay_fault(o.relay, PWWB_RELAY_RESTART, 0, NULL));
    CHECK_STATUS(PWWB_E_CLOSED, pwwb_agent_step(o.agents[0], 0, NULL));
    CHECK_INT(1, work(o.agents[0]));
    CHECK_INT(1, (intmax_t)o.relay->count);
    office_drop(&o);
}

int
main(void)
{
    if (!make_keys())
        return 1;

    RUN(poison_ends_and_the_healthy_are_served_at_once);
    RUN(while_no_time_passes_nothing_comes_again);
    RUN(what_another_agent_may_answer_is_not_given_up);
    RUN(twins_of_poison_end_alike);
    RUN(any_number_of_them_ends);
    RUN(a_transport_that_keeps_nothing_loses_nothing);
    RUN(what_was_kept_comes_again_after_the_relay_was_restarted);
    drop_keys();
    return DONE;
}
