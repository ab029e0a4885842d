/* SPDX-License-Identifier: Apache-2.0 */
/* rows: 8 */
/* One loop for orders and heartbeats; and a watch that follows the keys of a store. */
#include <pwwb/pwwb.h>

#include "exchanges.h"
#include "transport.h"

typedef struct scene {
    ex_world        w;
    pwwb_relay     *relay;
    pwwb_transport *agent, *portal, *other;
    pwwb_watch     *watch;
    uint64_t        sequence;
} scene;

static void
set_up(scene *s)
{
    pwwb_watch_options o = {.size = sizeof(o), .clock = &fake_clock_ops, .clock_ctx = &s->w.clock};

    ex_make(&s->w);
    s->sequence = 0;
    CHECK_STATUS(PWWB_OK, pwwb_relay_new(16, &fake_clock_ops, &s->w.clock, &s->relay, NULL));
    CHECK_STATUS(PWWB_OK, pwwb_transport_new_relay(s->relay, PWWB_RELAY_AGENT, &s->agent, NULL));
    CHECK_STATUS(PWWB_OK, pwwb_transport_new_relay(s->relay, PWWB_RELAY_PORTALS, &s->portal, NULL));
    CHECK_STATUS(PWWB_OK, pwwb_transport_new_relay(s->relay, PWWB_RELAY_PORTALS, &s->other, NULL));
    CHECK_STATUS(PWWB_OK, pwwb_watch_new(&o, &s->watch, NULL));
}

static void
tear_down(scene *s)
{
    pwwb_watch_free(s->watch);
    pwwb_transport_free(s->agent);
    pwwb_transport_free(s->portal);
    pwwb_transport_free(s->other);
    pwwb_relay_free(s->relay);
    ex_drop(&s->w);
}

static void
send_to(scene *s, const char *to, const uint8_t *data, size_t len)
{
    pwwb_message m = {.data = data, .len = len, .expires_ms = INT64_MAX};

    memcpy(m.to, to, strlen(to));
    CHECK_STATUS(PWWB_OK, wb_transport_send(s->agent, &m, 0, NULL));
}

static void
beat(scene *s)
{
    pwwb_heartbeat h    = {.size = sizeof(h), .agent_id = "agent of a test", .boot_id = "a boot",
                           .sequence = ++s->sequence, .time_ms = s->w.clock.wall_ms,
                           .health = PWWB_HEALTH_UP, .complexity = PWWB_MAYBE,
                           .rules_source = PWWB_POLICY_UNREADABLE,
                           .version = PWWB_VERSION_NUMBER};
    pwwb_keyring  *keys = ex_keys(&s->w.agent);
    ex_message     m    = {.len = 0};

    CHECK_STATUS(PWWB_OK, pwwb_heartbeat_seal(keys, &h, m.octets, sizeof(m.octets), &m.len, NULL));
    send_to(s, PWWB_ADDRESS_HEARTBEATS, m.octets, m.len);
    pwwb_keyring_free(keys);
}

static pwwb_status
serve(scene *s, pwwb_watch *watch, pwwb_exchange_event *event)
{
    memset(event, 0xff, sizeof(*event));
    event->size = sizeof(*event);
    return pwwb_portal_serve(s->w.portal.exchange, watch, s->portal, 0, event, NULL);
}

static int32_t
state(scene *s)
{
    pwwb_watch_info r = {.size = sizeof(r)};

    CHECK_STATUS(PWWB_OK, pwwb_watch_describe(s->watch, &r, NULL));
    return r.state;
}

static void
it_is_not_configured_until_a_key_is_active_and_after_a_disable(void)
{
    scene               s;
    pwwb_exchange_event e;
    ex_message          order;

    set_up(&s);
    CHECK_INT(PWWB_READY_UNKNOWN, state(&s)); /* nobody has looked at the keys */
    CHECK_STATUS(PWWB_E_TIMEOUT, serve(&s, s.watch, &e));
    CHECK_INT(PWWB_READY_NOT_CONFIGURED, state(&s));
    ex_enable(&s.w);
    CHECK_STATUS(PWWB_E_TIMEOUT, serve(&s, s.watch, &e));
    CHECK_INT(PWWB_READY_UNKNOWN, state(&s));
    beat(&s);
    CHECK_STATUS(PWWB_OK, serve(&s, s.watch, &e));
    CHECK_INT(0, e.kind);
    CHECK_INT(PWWB_READY_UP, state(&s));

    CHECK_STATUS(PWWB_OK, ex_begin(&s.w, PWWB_EXCHANGE_DISABLE));
    order = ex_step(&s.w.agent);
    send_to(&s, PWWB_ADDRESS_PORTALS, order.octets, order.len);
    CHECK_STATUS(PWWB_OK, serve(&s, s.watch, &e));
    CHECK_INT(PWWB_EXCHANGE_DISABLE, e.kind);
    CHECK_STATUS(PWWB_E_TIMEOUT, serve(&s, s.watch, &e));
    CHECK_INT(PWWB_READY_NOT_CONFIGURED, state(&s));
    tear_down(&s);
}

/* Rolled by another instance, whose store this one's is. */
static void
a_heartbeat_under_rolled_keys_is_opened(void)
{
    scene               s;
    pwwb_exchange_event e;

    set_up(&s);
    ex_enable(&s.w);
    CHECK_STATUS(PWWB_E_TIMEOUT, serve(&s, s.watch, &e));
    CHECK_STATUS(PWWB_OK, ex_begin(&s.w, PWWB_EXCHANGE_ROLL));
    CHECK_INT(PWWB_EXCHANGE_DONE, ex_round(&s.w));
    beat(&s);
    CHECK_STATUS(PWWB_OK, serve(&s, s.watch, &e));
    CHECK_INT(PWWB_READY_UP, state(&s));
    tear_down(&s);
}

static void
heartbeats_of_whoever_has_no_watch_are_taken_and_forgotten(void)
{
    scene               s;
    pwwb_exchange_event e;

    set_up(&s);
    ex_enable(&s.w);
    beat(&s);
    CHECK_STATUS(PWWB_OK, serve(&s, NULL, &e));
    CHECK_INT(0, e.kind);
    CHECK_STATUS(PWWB_E_TIMEOUT, serve(&s, NULL, &e));
    CHECK_INT(PWWB_READY_UNKNOWN, state(&s));
    tear_down(&s);
}

static void
what_is_no_news_is_said_and_does_not_come_again(void)
{
    scene               s;
    pwwb_exchange_event e;

    set_up(&s);
    ex_enable(&s.w);
    CHECK_STATUS(PWWB_OK, pwwb_relay_fault(s.relay, PWWB_RELAY_DUPLICATE, 1, NULL));
    beat(&s);
    CHECK_STATUS(PWWB_OK, serve(&s, s.watch, &e));
    CHECK_STATUS(PWWB_E_REPLAYED, serve(&s, s.watch, &e));
    send_to(&s, PWWB_ADDRESS_HEARTBEATS, (const uint8_t *)"\xd0no heartbeat", 13);
    CHECK_STATUS(PWWB_E_MALFORMED, serve(&s, s.watch, &e));
    send_to(&s, PWWB_ADDRESS_PORTALS, (const uint8_t *)"no order", 8);
    CHECK_STATUS(PWWB_E_MALFORMED, serve(&s, s.watch, &e));
    CHECK_STATUS(PWWB_E_TIMEOUT, serve(&s, s.watch, &e));
    CHECK_INT(PWWB_READY_UP, state(&s));
    tear_down(&s);
}

static void
presence_is_looked_at_each_time(void)
{
    scene               s;
    pwwb_exchange_event e;

    set_up(&s);
    ex_enable(&s.w);
    beat(&s);
    CHECK_STATUS(PWWB_OK, serve(&s, s.watch, &e));
    pwwb_transport_free(s.agent);
    s.agent = NULL;
    CHECK_STATUS(PWWB_E_TIMEOUT, serve(&s, s.watch, &e));
    CHECK_INT(PWWB_READY_UNREACHABLE, state(&s));
    CHECK_STATUS(PWWB_OK, pwwb_transport_new_relay(s.relay, PWWB_RELAY_AGENT, &s.agent, NULL));
    CHECK_STATUS(PWWB_E_TIMEOUT, serve(&s, s.watch, &e));
    CHECK_INT(PWWB_READY_UP, state(&s));
    tear_down(&s);
}

static void
one_of_both_is_needed_and_keys_for_a_watch_alone(void)
{
    scene s;

    set_up(&s);
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT,
                 pwwb_portal_serve(NULL, NULL, s.portal, 0, NULL, NULL));
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT,
                 pwwb_portal_serve(NULL, s.watch, s.portal, 0, NULL, NULL));
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT,
                 pwwb_portal_serve(s.w.portal.exchange, s.watch, NULL, 0, NULL, NULL));
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT,
                 pwwb_portal_serve(s.w.agent.exchange, s.watch, s.portal, 0, NULL, NULL));
    tear_down(&s);
}

int
main(void)
{
    RUN(it_is_not_configured_until_a_key_is_active_and_after_a_disable);
    RUN(a_heartbeat_under_rolled_keys_is_opened);
    RUN(heartbeats_of_whoever_has_no_watch_are_taken_and_forgotten);
    RUN(what_is_no_news_is_said_and_does_not_come_again);
    RUN(presence_is_looked_at_each_time);
    RUN(one_of_both_is_needed_and_keys_for_a_watch_alone);
    return DONE;
}
