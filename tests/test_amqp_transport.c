/* SPDX-License-Identifier: Apache-2.0 */
/* rows: 1 6 8 */
/* The blocking table over the same broker over memory. The clock of the connection is the system's. */
#include <poll.h>
#include <pwwb/policy.h>
#include <time.h>

#include "amqp_world.h"
#include "transport.h"

#define GRACE_MS 250

static amqp_world      w;
static pwwb_transport *transport;
static pwwb_error     *err;
static char            text[PWWB_ENVELOPE_MAX + 1];
static pwwb_delivery   d;

static int64_t
now_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void
begin(int32_t end)
{
    pwwb_amqp_options options = world_options(&w, end);

    memset(&w, 0, sizeof(w));
    w.wall_ms             = (int64_t)time(NULL) * 1000;
    w.script.disposition  = PN_ACCEPTED;
    w.script.credit       = 10;
    options.clock         = NULL;
    CHECK_STATUS(PWWB_OK, pwwb_transport_new_amqp(&options, &transport, err));
    CHECK_INT(0, w.opens);
}

static void
end(void)
{
    pwwb_transport_free(transport);
    peer_drop(&w.peer);
    CHECK_INT(w.made, w.frees);
}

static pwwb_status
send_to(const char *to, int64_t timeout_ms)
{
    pwwb_message m = world_message(&w, to, "x");

    return wb_transport_send(transport, &m, timeout_ms, err);
}

static pwwb_status
receive_within(int64_t timeout_ms)
{
    pwwb_status st =
        wb_transport_receive(transport, (uint8_t *)text, PWWB_ENVELOPE_MAX, &d, timeout_ms, err);

    text[d.len] = '\0';
    return st;
}

static void
a_message_goes_and_another_comes(void)
{
    begin(PWWB_RELAY_PORTAL);
    CHECK_STATUS(PWWB_OK, send_to("", 5000));
    CHECK_INT(1, w.peer.count);
    peer_send(&w.peer, "rsp.p1", "reply", 5, "fedcba9876543210", 1);
    CHECK_STATUS(PWWB_OK, receive_within(-1));
    CHECK_STR("reply", text);
    CHECK_INT(PWWB_NO, d.is_redelivered);
    CHECK_STATUS(PWWB_OK, wb_transport_settle(transport, d.tag, PWWB_SETTLE_ACCEPT, 5000, err));
    CHECK_STATUS(PWWB_E_NOT_FOUND,
                 wb_transport_settle(transport, d.tag, PWWB_SETTLE_ACCEPT, 5000, err));
    end();
}

static void
an_agent_settles_at_once_and_a_portal_with_its_next_call(void)
{
    static const int32_t     ends[]  = {PWWB_RELAY_AGENT, PWWB_RELAY_PORTAL};
    static const char *const names[] = {"req", "rsp.p1"};
    int                      i;

    for (i = 0; i < 2; i++) {
        begin(ends[i]);
        CHECK_STATUS(PWWB_E_TIMEOUT, receive_within(0));
        peer_send(&w.peer, names[i], "x", 1, "fedcba9876543210", 1);
        CHECK_STATUS(PWWB_OK, receive_within(-1));
        CHECK_STATUS(PWWB_OK, wb_transport_settle(transport, d.tag, PWWB_SETTLE_ACCEPT, 5000, err));
        CHECK_INT(1 - i, (intmax_t)w.peer.settled_count);
        CHECK_STATUS(PWWB_E_TIMEOUT, receive_within(0));
        CHECK_INT(1, (intmax_t)w.peer.settled_count);
        CHECK_INT(PN_ACCEPTED, (intmax_t)w.peer.settled[0]);
        end();
    }
}

static void
a_portal_says_it_in_the_packet_of_its_next_call(void)
{
    int before;

    begin(PWWB_RELAY_PORTAL);
    CHECK_STATUS(PWWB_E_TIMEOUT, receive_within(0));
    peer_send(&w.peer, "rsp.p1", "reply", 5, "fedcba9876543210", 1);
    CHECK_STATUS(PWWB_OK, receive_within(-1));
    before = w.writes;
    CHECK_STATUS(PWWB_OK, wb_transport_settle(transport, d.tag, PWWB_SETTLE_ACCEPT, 5000, err));
    CHECK_STATUS(PWWB_OK, send_to("", 5000));
    CHECK_INT(1, w.writes - before);
    CHECK_INT(1, (intmax_t)w.peer.settled_count);
    end();
}

/* One packet for what is said of a request and the answer to the next, where that is here. */
static void
an_agent_accepts_with_its_next_answer(void)
{
    begin(PWWB_RELAY_AGENT);
    CHECK_STATUS(PWWB_E_TIMEOUT, receive_within(0));
    peer_send(&w.peer, "req", "first", 5, "fedcba9876543210", 1);
    peer_send(&w.peer, "req", "second", 6, "fedcba9876543211", 1);
    peer_send(&w.peer, "req", "third", 5, "fedcba9876543212", 1);
    CHECK_STATUS(PWWB_OK, receive_within(-1));
    CHECK_STATUS(PWWB_OK, send_to("p1", 5000));
    CHECK_STATUS(PWWB_OK, wb_transport_settle(transport, d.tag, PWWB_SETTLE_ACCEPT, 5000, err));
    CHECK_STATUS(PWWB_OK, receive_within(-1));
    CHECK_STR("second", text);
    CHECK_INT(0, (intmax_t)w.peer.settled_count);
    CHECK_STATUS(PWWB_OK, send_to("p1", 5000));
    CHECK_INT(1, (intmax_t)w.peer.settled_count);
    CHECK_STATUS(PWWB_OK, wb_transport_settle(transport, d.tag, PWWB_SETTLE_RELEASE, 5000, err));
    CHECK_INT(2, (intmax_t)w.peer.settled_count); /* somebody else may wait for it */
    CHECK_INT(PN_ACCEPTED, (intmax_t)w.peer.settled[0]);
    CHECK_INT(PN_RELEASED, (intmax_t)w.peer.settled[1]);
    CHECK_STATUS(PWWB_OK, receive_within(-1));
    CHECK_STR("third", text);
    CHECK_STATUS(PWWB_OK, wb_transport_settle(transport, d.tag, PWWB_SETTLE_ACCEPT, 5000, err));
    CHECK_INT(3, (intmax_t)w.peer.settled_count);
    end();
}

static void
a_portal_tells_where_replies_go(void)
{
    char address[PWWB_ADDRESS_SIZE];

    begin(PWWB_RELAY_PORTAL);
    CHECK_STATUS(PWWB_OK, wb_transport_address(transport, address, err));
    CHECK_STR("p1", address);
    end();
}

static void
calls_end_in_time_while_there_is_no_connection(void)
{
    int64_t begun;

    begin(PWWB_RELAY_AGENT);
    w.open_status = PWWB_E_CONNECT;
    begun         = now_ms();
    CHECK_STATUS(PWWB_E_TIMEOUT, receive_within(0));
    CHECK(strstr(pwwb_error_message(err), "as told") != NULL); /* why */
    CHECK_STATUS(PWWB_E_TIMEOUT, receive_within(200));
    CHECK_STATUS(PWWB_E_CONNECT, send_to("p2", 0));
    CHECK_STATUS(PWWB_E_CONNECT, send_to("p2", 200));
    CHECK(now_ms() - begun <= 400 + GRACE_MS);
    CHECK_INT(0, w.peer.count);
    end();
}

static void
a_connection_that_is_late_still_sends(void)
{
    begin(PWWB_RELAY_AGENT);
    w.open_status = PWWB_E_CONNECT;
    CHECK_STATUS(PWWB_E_TIMEOUT, receive_within(0));
    w.open_status = PWWB_OK; /* the next try is in 0.1 s */
    CHECK_STATUS(PWWB_OK, send_to("p2", 5000));
    CHECK_INT(1, w.peer.count);
    end();
}

/* It was sent, and the broker says nothing: it may have it. */
static void
silence_is_a_timeout(void)
{
    int64_t begun;

    begin(PWWB_RELAY_PORTAL);
    w.script.disposition = 0;
    CHECK_STATUS(PWWB_E_TIMEOUT, receive_within(0)); /* connected */
    begun = now_ms();
    CHECK_STATUS(PWWB_E_TIMEOUT, send_to("", 0));
    CHECK_STATUS(PWWB_E_TIMEOUT, send_to("", 200));
    CHECK(now_ms() - begun <= 200 + GRACE_MS);
    CHECK_INT(2, w.peer.count);
    w.script.disposition = PN_ACCEPTED;
    CHECK_STATUS(PWWB_OK, send_to("", 5000)); /* the others' outcomes are not taken for this one's */
    end();
}

static void
no_credit_is_full(void)
{
    begin(PWWB_RELAY_PORTAL);
    w.script.credit = 0;
    CHECK_STATUS(PWWB_E_FULL, send_to("", 100));
    pn_link_flow(peer_link(&w.peer, "req"), 10);
    CHECK_STATUS(PWWB_OK, send_to("", 5000));
    CHECK_INT(1, w.peer.count); /* the first never came */
    end();
}

static void
outcomes_become_statuses_with_a_reason(void)
{
    begin(PWWB_RELAY_AGENT);
    w.script.disposition = PN_RELEASED;
    CHECK_STATUS(PWWB_E_NO_AGENT, send_to("p2", 5000));
    CHECK(pwwb_error_message(err)[0] != '\0');
    w.script.disposition = PN_REJECTED;
    CHECK_STATUS(PWWB_E_FULL, send_to("p2", 5000));
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, send_to("no.name", 5000));
    end();
}

static void
give_up(int count)
{
    begin(PWWB_RELAY_PORTAL);
    w.script.disposition = 0;
    CHECK_STATUS(PWWB_E_TIMEOUT, receive_within(0));
    pn_link_flow(peer_link(&w.peer, "req"), 1000);
    while (count-- > 0)
        CHECK_STATUS(PWWB_E_TIMEOUT, send_to("", 0));
    w.script.disposition = PN_ACCEPTED;
}

static void
sends_that_were_given_up_hold_no_place(void)
{
    give_up(PWWB_AMQP_CREDIT_MAX);
    CHECK_STATUS(PWWB_OK, send_to("", 5000));
    CHECK_INT(1, w.opens);
    end();
}

/* Each holds some memory until the broker speaks of it. */
static void
a_broker_that_never_answers_is_left(void)
{
    give_up(PWWB_AMQP_CREDIT_MAX + 1);
    CHECK_STATUS(PWWB_OK, send_to("", 5000));
    CHECK_INT(2, w.opens);
    end();
}

static void
presence_tells_why_the_broker_cannot_be_reached(void)
{
    int32_t agents = PWWB_YES;

    begin(PWWB_RELAY_PORTAL);
    CHECK_STATUS(PWWB_OK, wb_transport_presence(transport, &agents, err));
    CHECK_INT(PWWB_MAYBE, agents);
    CHECK_INT(0, w.opens); /* it may not wait, so it does not connect */
    w.script.sasl_outcome = 1;
    CHECK_STATUS(PWWB_E_TIMEOUT, receive_within(0));
    CHECK_STATUS(PWWB_E_AUTH, wb_transport_presence(transport, &agents, err));
    end();
    begin(PWWB_RELAY_PORTAL);
    w.script.refused   = "req";
    w.script.condition = "amqp:not-found";
    CHECK_STATUS(PWWB_E_TIMEOUT, receive_within(0));
    CHECK_STATUS(PWWB_E_CONNECT, wb_transport_presence(transport, &agents, err));
    end();
    begin(PWWB_RELAY_PORTAL);
    CHECK_STATUS(PWWB_E_TIMEOUT, receive_within(0));
    CHECK_STATUS(PWWB_OK, wb_transport_presence(transport, &agents, err));
    CHECK_INT(PWWB_MAYBE, agents);
    end();
}

static void
a_table_of_wrong_options_is_none(void)
{
    pwwb_amqp_options options = world_options(&w, 7);

    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_transport_new_amqp(&options, &transport, err));
    CHECK(transport == NULL);
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_transport_new_amqp(&options, NULL, err));
}

/* A host that keeps the connection's handle sees where it stands. */
static void
one_over_a_connection_is_watched_by_its_host(void)
{
    pwwb_amqp_options options = world_options(&w, PWWB_RELAY_PORTAL);
    pwwb_amqp_info    now     = {.size = sizeof(now)};
    pwwb_amqp        *amqp    = NULL;

    memset(&w, 0, sizeof(w));
    w.wall_ms            = (int64_t)time(NULL) * 1000;
    w.script.disposition = PN_ACCEPTED;
    w.script.credit      = 10;
    options.clock        = NULL;
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_transport_over_amqp(NULL, &transport, err));
    CHECK(transport == NULL);
    CHECK_STATUS(PWWB_OK, pwwb_amqp_new(&options, &amqp, err));
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_transport_over_amqp(amqp, NULL, err));
    CHECK_STATUS(PWWB_OK, pwwb_transport_over_amqp(amqp, &transport, err));
    CHECK_STATUS(PWWB_OK, pwwb_amqp_describe(amqp, &now, err));
    CHECK_INT(0, now.connects);
    CHECK_STATUS(PWWB_OK, send_to("", 5000));
    CHECK_STATUS(PWWB_OK, pwwb_amqp_describe(amqp, &now, err));
    CHECK_INT(PWWB_AMQP_READY, now.phase);
    CHECK_INT(1, now.connects);
    end();
}

int
main(void)
{
    err = pwwb_error_new();
    RUN(a_message_goes_and_another_comes);
    RUN(an_agent_settles_at_once_and_a_portal_with_its_next_call);
    RUN(a_portal_says_it_in_the_packet_of_its_next_call);
    RUN(an_agent_accepts_with_its_next_answer);
    RUN(a_portal_tells_where_replies_go);
    RUN(calls_end_in_time_while_there_is_no_connection);
    RUN(a_connection_that_is_late_still_sends);
    RUN(silence_is_a_timeout);
    RUN(no_credit_is_full);
    RUN(outcomes_become_statuses_with_a_reason);
    RUN(sends_that_were_given_up_hold_no_place);
    RUN(a_broker_that_never_answers_is_left);
    RUN(presence_tells_why_the_broker_cannot_be_reached);
    RUN(a_table_of_wrong_options_is_none);
    RUN(one_over_a_connection_is_watched_by_its_host);
    pwwb_error_free(err);
    return DONE;
}
