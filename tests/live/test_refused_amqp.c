/* SPDX-License-Identifier: Apache-2.0 */
/* rows: 1 10 */
/* What the broker, or its certificate, refuses: told apart, tried again only after the longest wait,
 * and never taken for a success. On the RabbitMQ of the fixture. */
#include "contract/rabbit.h"
#include "contract/timing.h"

#define SECRET_OF_NOBODY "not-the-secret-0123456789"
#define LONGEST_MS       60000

/* The reason, once there is one; nothing was sent. The error does not hold the secret. */
static pwwb_status
reason_of(pwwb_transport *t, const char *secret)
{
    uint8_t       buf[PWWB_ENVELOPE_MAX];
    pwwb_delivery d;
    pwwb_error   *err   = pwwb_error_new();
    int64_t       until = ct_now_ms() + ct->long_ms;
    int32_t       agents;
    pwwb_status   st = PWWB_OK;

    while (st == PWWB_OK && ct_now_ms() < until) {
        CHECK(wb_transport_receive(t, buf, sizeof(buf), &d, 50, err) != PWWB_OK);
        st = wb_transport_presence(t, &agents, err);
    }
    CHECK(strstr(pwwb_error_message(err), secret) == NULL);
    pwwb_error_free(err);
    return st;
}

static void
check_refused(const rabbit_as *as, int32_t end, pwwb_status reason)
{
    pwwb_transport *t      = rabbit_connect_as(end, as);
    pwwb_amqp_info  status = {.size = sizeof(status)};
    int64_t         begun;
    pwwb_status     st;
    int             made;

    CHECK_STATUS(reason, reason_of(t, as->secret != NULL ? as->secret : "\n"));
    made  = proxy_order(&rabbit_wire, "count").made;
    begun = ct_now_ms();
    st    = ct_send(t, end == PWWB_RELAY_AGENT ? PWWB_ADDRESS_PORTALS : "", "refused", 1500);
    CHECK_INT(0, ct_late_ms(begun, 1500));
    if (st != reason)
        CHECK_STATUS(PWWB_E_CONNECT, st);
    CHECK_INT(made, proxy_order(&rabbit_wire, "count").made); /* it waits, and for long */
    CHECK_STATUS(PWWB_OK, pwwb_amqp_describe(rabbit_inside(t), &status, NULL));
    CHECK_INT(PWWB_AMQP_WAITING, status.phase);
    CHECK(status.next_try_ms > LONGEST_MS / 2);
    CHECK_INT(0, (intmax_t)status.connects);
    pwwb_transport_free(t);
}

static void
a_certificate_of_another_ca_is_refused(void)
{
    const rabbit_as as = {.ca = "RELAY_OTHER_CA", .longest_ms = LONGEST_MS};

    check_refused(&as, PWWB_RELAY_PORTAL, PWWB_E_TLS_CA);
    check_refused(&as, PWWB_RELAY_AGENT, PWWB_E_TLS_CA);
}

static void
a_certificate_for_another_name_is_refused(void)
{
    const rabbit_as as = {.name = "other.example.test", .longest_ms = LONGEST_MS};

    check_refused(&as, PWWB_RELAY_PORTAL, PWWB_E_TLS_NAME);
}

static void
a_wrong_password_is_refused(void)
{
    const rabbit_as as = {.secret = SECRET_OF_NOBODY, .longest_ms = LONGEST_MS};

    check_refused(&as, PWWB_RELAY_PORTAL, PWWB_E_AUTH);
    check_refused(&as, PWWB_RELAY_AGENT, PWWB_E_AUTH);
}

/* The agent may read the queue of requests alone. */
static void
a_queue_without_the_right_to_it_is_refused(void)
{
    const rabbit_as as = {.requests = "/amq/queue/pwwb.portals", .longest_ms = LONGEST_MS};

    check_refused(&as, PWWB_RELAY_AGENT, PWWB_E_AUTH);
}

/* A portal writes requests through their exchange. To a queue by its name, even to that of requests, it
 * may not: that right would be one to every queue. */
static void
a_portal_writes_to_no_queue_by_its_name(void)
{
    const rabbit_as as = {.requests = "/amq/queue/pwwb.req", .longest_ms = LONGEST_MS};
    pwwb_transport *portal, *agent;

    rabbit_begin();
    portal = rabbit_connect_as(PWWB_RELAY_PORTAL, &as);
    agent  = rabbit_wait(rabbit_connect(PWWB_RELAY_AGENT), PWWB_RELAY_AGENT);
    CHECK(ct_send(portal, "", "by name", 1500) != PWWB_OK); /* 4.0 refuses the link, 3.10 the message */
    ct_quiet(agent, NULL);
    pwwb_transport_free(portal);
    pwwb_transport_free(agent);
}

/* Rolled at the broker before it is here: the connection that stands is not touched, the next one is
 * refused, and with the right secret it works again. */
static void
a_password_changed_while_running_is_noticed_at_the_next_connection(void)
{
    const rabbit_as as = {.longest_ms = LONGEST_MS};
    pwwb_transport *t;
    char            order[256];

    rabbit_begin();
    t = rabbit_wait(rabbit_connect_as(PWWB_RELAY_PORTAL, &as), PWWB_RELAY_PORTAL);
    rabbit_order("ctl", "--quiet change_password portal " SECRET_OF_NOBODY);
    ct_sends(t, "", "stands");
    rabbit_fault(CT_LOSE);
    CHECK_STATUS(PWWB_E_CLOSED, reason_of(t, rabbit_setting("RELAY_PORTAL_SECRET")));
    ct_check_receive(t, 6000, 1); /* the broker takes three seconds over a wrong password */
    CHECK_STATUS(PWWB_E_AUTH, reason_of(t, rabbit_setting("RELAY_PORTAL_SECRET")));
    pwwb_transport_free(t);
    snprintf(order, sizeof(order), "--quiet change_password portal '%s'",
             rabbit_setting("RELAY_PORTAL_SECRET"));
    rabbit_order("ctl", order);
    t = rabbit_wait(rabbit_connect(PWWB_RELAY_PORTAL), PWWB_RELAY_PORTAL);
    ct_sends(t, "", "again");
    pwwb_transport_free(t);
    rabbit_begin();
}

int
main(void)
{
    ct = &rabbit_maker;
    rabbit_set_up();
    RUN(a_certificate_of_another_ca_is_refused);
    RUN(a_certificate_for_another_name_is_refused);
    RUN(a_wrong_password_is_refused);
    RUN(a_queue_without_the_right_to_it_is_refused);
    RUN(a_portal_writes_to_no_queue_by_its_name);
    RUN(a_password_changed_while_running_is_noticed_at_the_next_connection);
    rabbit_tear_down();
    return DONE;
}
