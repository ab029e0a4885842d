/* SPDX-License-Identifier: Apache-2.0 */
/* rows: 6 10 11 19 */
/* The blocking table over a real broker. */
#include "amqp_live.h"

static void
a_request_and_its_reply_go_round(void)
{
    static const char id[16] = "0123456789abcde";
    pwwb_transport   *agent  = amqp_transport(PWWB_RELAY_AGENT);
    pwwb_transport   *portal = amqp_transport(PWWB_RELAY_PORTAL);
    char              name[PWWB_ADDRESS_SIZE];

    CHECK_STATUS(PWWB_OK, wb_transport_address(portal, name, err));
    CHECK_STATUS(PWWB_OK, amqp_send(portal, "", "request", 60000));
    CHECK_STATUS(PWWB_OK, amqp_receive(agent, WAIT_MS));
    CHECK_TEXT("request");
    CHECK_MEM(id, 16, delivery.id, sizeof(delivery.id));
    CHECK_INT(PWWB_NO, delivery.is_redelivered);
    CHECK_STATUS(PWWB_OK, amqp_send(agent, name, "reply", 60000));
    CHECK_STATUS(PWWB_OK, amqp_settle(agent, PWWB_SETTLE_ACCEPT));
    CHECK_STATUS(PWWB_OK, amqp_receive(portal, WAIT_MS));
    CHECK_TEXT("reply");
    CHECK_MEM(id, 16, delivery.id, sizeof(delivery.id));
    CHECK_STATUS(PWWB_OK, amqp_settle(portal, PWWB_SETTLE_ACCEPT));
    CHECK_STATUS(PWWB_E_TIMEOUT, amqp_receive(agent, 300));
    CHECK_STATUS(PWWB_E_TIMEOUT, amqp_receive(portal, 0));
    pwwb_transport_free(agent);
    pwwb_transport_free(portal);
}

static void
the_largest_message_passes_whole(void)
{
    pwwb_transport *agent  = amqp_transport(PWWB_RELAY_AGENT);
    pwwb_transport *portal = amqp_transport(PWWB_RELAY_PORTAL);
    char            much[PWWB_ENVELOPE_MAX + 1] = {0};
    size_t          i;

    for (i = 0; i < PWWB_ENVELOPE_MAX; i++)
        much[i] = (char)('a' + i % 26);
    CHECK_STATUS(PWWB_OK, amqp_send(portal, "", much, 60000));
    CHECK_STATUS(PWWB_OK, amqp_receive(agent, WAIT_MS));
    CHECK_MEM(much, PWWB_ENVELOPE_MAX, incoming, delivery.len);
    CHECK_STATUS(PWWB_OK, amqp_settle(agent, PWWB_SETTLE_ACCEPT));
    pwwb_transport_free(agent);
    pwwb_transport_free(portal);
}

static void
a_message_that_is_released_comes_again_and_says_so(void)
{
    pwwb_transport *agent  = amqp_transport(PWWB_RELAY_AGENT);
    pwwb_transport *portal = amqp_transport(PWWB_RELAY_PORTAL);

    CHECK_STATUS(PWWB_OK, amqp_send(portal, "", "again", 60000));
    CHECK_STATUS(PWWB_OK, amqp_receive(agent, WAIT_MS));
    CHECK_STATUS(PWWB_OK, amqp_settle(agent, PWWB_SETTLE_RELEASE));
    CHECK_STATUS(PWWB_OK, amqp_receive(agent, WAIT_MS));
    CHECK_TEXT("again");
    CHECK_INT(PWWB_YES, delivery.is_redelivered);
    CHECK_STATUS(PWWB_OK, amqp_settle(agent, PWWB_SETTLE_REJECT));
    CHECK_STATUS(PWWB_E_TIMEOUT, amqp_receive(agent, 300));
    pwwb_transport_free(agent);
    pwwb_transport_free(portal);
}

static void
a_message_of_an_agent_that_is_gone_goes_to_another(void)
{
    pwwb_transport *agent  = amqp_transport(PWWB_RELAY_AGENT);
    pwwb_transport *portal = amqp_transport(PWWB_RELAY_PORTAL);

    CHECK_STATUS(PWWB_OK, amqp_send(portal, "", "orphan", 60000));
    CHECK_STATUS(PWWB_OK, amqp_receive(agent, WAIT_MS));
    pwwb_transport_free(agent);
    agent = amqp_transport(PWWB_RELAY_AGENT);
    CHECK_STATUS(PWWB_OK, amqp_receive(agent, WAIT_MS));
    CHECK_TEXT("orphan");
    CHECK(delivery.is_redelivered != PWWB_NO);
    CHECK_STATUS(PWWB_OK, amqp_settle(agent, PWWB_SETTLE_ACCEPT));
    pwwb_transport_free(agent);
    pwwb_transport_free(portal);
}

static void
one_that_waits_for_too_long_is_removed(void)
{
    pwwb_transport *portal = amqp_transport(PWWB_RELAY_PORTAL);
    pwwb_transport *agent;

    CHECK_STATUS(PWWB_OK, amqp_send(portal, "", "late", 1000));
    (void)sleep(2);
    agent = amqp_transport(PWWB_RELAY_AGENT);
    CHECK_STATUS(PWWB_E_TIMEOUT, amqp_receive(agent, 1000));
    pwwb_transport_free(agent);
    pwwb_transport_free(portal);
}

/* Instances compete for orders; each gets a copy of a heartbeat. */
static void
portal_instances_share_orders_and_all_get_heartbeats(void)
{
    pwwb_transport *agent = amqp_transport(PWWB_RELAY_AGENT);
    pwwb_transport *one   = amqp_transport(PWWB_RELAY_PORTALS);
    pwwb_transport *other = amqp_transport(PWWB_RELAY_PORTALS);
    int             orders;

    CHECK_STATUS(PWWB_E_TIMEOUT, amqp_receive(one, 500)); /* both are there */
    CHECK_STATUS(PWWB_E_TIMEOUT, amqp_receive(other, 500));
    CHECK_STATUS(PWWB_OK, amqp_send(agent, PWWB_ADDRESS_HEARTBEATS, "beat", 60000));
    CHECK_STATUS(PWWB_OK, amqp_receive(one, WAIT_MS));
    CHECK_TEXT("beat");
    CHECK_STATUS(PWWB_OK, amqp_settle(one, PWWB_SETTLE_ACCEPT));
    CHECK_STATUS(PWWB_OK, amqp_receive(other, WAIT_MS));
    CHECK_TEXT("beat");
    CHECK_STATUS(PWWB_OK, amqp_settle(other, PWWB_SETTLE_ACCEPT));
    CHECK_STATUS(PWWB_OK, amqp_send(agent, PWWB_ADDRESS_PORTALS, "order", 60000));
    orders = amqp_receive(one, 1000) == PWWB_OK;
    if (orders > 0)
        CHECK_STATUS(PWWB_OK, amqp_settle(one, PWWB_SETTLE_ACCEPT));
    if (amqp_receive(other, 1000) == PWWB_OK) {
        orders++;
        CHECK_STATUS(PWWB_OK, amqp_settle(other, PWWB_SETTLE_ACCEPT));
    }
    CHECK_INT(1, orders);
    pwwb_transport_free(agent);
    pwwb_transport_free(one);
    pwwb_transport_free(other);
}

/* A send answers within its time, and presence says why. */
static void
refused_for(const amqp_end *end, pwwb_status why)
{
    pwwb_transport *transport = amqp_open(end);
    int32_t         agents    = PWWB_YES;
    int64_t         begun     = monotonic_ms();

    CHECK_STATUS(PWWB_E_TIMEOUT, amqp_receive(transport, 5000));
    CHECK(monotonic_ms() - begun <= 5000 + GRACE_MS);
    CHECK_STATUS(why, wb_transport_presence(transport, &agents, err));
    CHECK_INT(PWWB_MAYBE, agents);
    CHECK(strstr(pwwb_error_message(err), end->of.user) == NULL);
    begun = monotonic_ms();
    CHECK_STATUS(PWWB_E_CONNECT, amqp_send_within(transport, "", "x", 60000, 300));
    CHECK(monotonic_ms() - begun <= 300 + GRACE_MS);
    pwwb_transport_free(transport);
}

static void
a_wrong_password_is_told(void)
{
    amqp_end end;

    amqp_end_make(&end, PWWB_RELAY_AGENT);
    end.of.secret     = (const uint8_t *)"not the password";
    end.of.secret_len = 16;
    refused_for(&end, PWWB_E_AUTH);
}

static void
a_wrong_certificate_is_told(void)
{
    amqp_end end;

    amqp_end_make(&end, PWWB_RELAY_AGENT);
    end.tls.ca_file = relay_env("RELAY_OTHER_CA");
    refused_for(&end, PWWB_E_TLS_CA);
    amqp_end_make(&end, PWWB_RELAY_AGENT);
    end.tls.name = "other.example.test";
    refused_for(&end, PWWB_E_TLS_NAME);
}

/* A portal may not read requests: least rights. */
static void
a_right_that_lacks_is_told(void)
{
    amqp_end end;

    amqp_end_make(&end, PWWB_RELAY_AGENT);
    end.of.user       = relay_env("RELAY_PORTAL");
    end.of.secret     = (const uint8_t *)relay_env("RELAY_PORTAL_SECRET");
    end.of.secret_len = strlen(relay_env("RELAY_PORTAL_SECRET"));
    refused_for(&end, PWWB_E_AUTH);
}

static void
nobody_at_the_port_is_told(void)
{
    amqp_end end;

    amqp_end_make(&end, PWWB_RELAY_AGENT);
    end.of.port = 1;
    refused_for(&end, PWWB_E_CONNECT);
}

static int
compare(const void *a, const void *b)
{
    const int64_t *x = a, *y = b;

    return *x < *y ? -1 : *x > *y;
}

static int64_t
microseconds(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

/* Printed, not judged: there and back, one after the other, both ends in one thread. */
static void
many_go_round(void)
{
    enum { COUNT = 300 };
    pwwb_transport *agent  = amqp_transport(PWWB_RELAY_AGENT);
    pwwb_transport *portal = amqp_transport(PWWB_RELAY_PORTAL);
    int64_t         took[COUNT];
    char            name[PWWB_ADDRESS_SIZE];
    int             i;

    CHECK_STATUS(PWWB_OK, wb_transport_address(portal, name, err));
    CHECK_STATUS(PWWB_E_TIMEOUT, amqp_receive(agent, 300)); /* connected */
    for (i = 0; i < COUNT; i++) {
        took[i] = microseconds();
        CHECK_STATUS(PWWB_OK, amqp_send(portal, "", "request", 60000));
        CHECK_STATUS(PWWB_OK, amqp_receive(agent, WAIT_MS));
        CHECK_STATUS(PWWB_OK, amqp_send(agent, name, "reply", 60000));
        CHECK_STATUS(PWWB_OK, amqp_settle(agent, PWWB_SETTLE_ACCEPT));
        CHECK_STATUS(PWWB_OK, amqp_receive(portal, WAIT_MS));
        CHECK_STATUS(PWWB_OK, amqp_settle(portal, PWWB_SETTLE_ACCEPT));
        took[i] = microseconds() - took[i];
    }
    qsort(took, COUNT, sizeof(took[0]), compare);
    printf("# %d round trips, each send awaited: p50 %.1f ms, p99 %.1f ms\n", COUNT,
           (double)took[COUNT / 2] / 1e3, (double)took[COUNT * 99 / 100] / 1e3);
    pwwb_transport_free(agent);
    pwwb_transport_free(portal);
}

int
main(void)
{
    err = pwwb_error_new();
    RUN(a_request_and_its_reply_go_round);
    RUN(the_largest_message_passes_whole);
    RUN(a_message_that_is_released_comes_again_and_says_so);
    RUN(a_message_of_an_agent_that_is_gone_goes_to_another);
    RUN(one_that_waits_for_too_long_is_removed);
    RUN(portal_instances_share_orders_and_all_get_heartbeats);
    RUN(a_wrong_password_is_told);
    RUN(a_wrong_certificate_is_told);
    RUN(a_right_that_lacks_is_told);
    RUN(nobody_at_the_port_is_told);
    RUN(many_go_round);
    pwwb_error_free(err);
    return DONE;
}
