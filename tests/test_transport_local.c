/* SPDX-License-Identifier: Apache-2.0 */
/* rows: 11 19 */
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "clock.h"
#include "fakes.h"
#include "faults.h"
#include "harness.h"
#include "transport.h"

/* 2026-01-01T00:00:00Z */
#define NOW  INT64_C(1767225600000)
#define LATE (NOW + 300000)

/* A relay on a fake clock, a portal and two agents. */
struct scene {
    fake_clock      clock;
    pwwb_relay     *relay;
    pwwb_transport *portal;
    pwwb_transport *agent;
    pwwb_transport *other;
};

static pwwb_transport *
connect(pwwb_relay *relay, int32_t half)
{
    pwwb_transport *transport;

    CHECK_STATUS(PWWB_OK, pwwb_transport_new_relay(relay, half, &transport, NULL));
    return transport;
}

static void
set_up(struct scene *s, size_t capacity)
{
    memset(s, 0, sizeof(*s));
    s->clock.wall_ms = NOW;
    CHECK_STATUS(PWWB_OK, pwwb_relay_new(capacity, &fake_clock_ops, &s->clock, &s->relay, NULL));
    s->portal = connect(s->relay, PWWB_HALF_PORTAL);
    s->agent  = connect(s->relay, PWWB_HALF_AGENT);
    s->other  = connect(s->relay, PWWB_HALF_AGENT);
}

static void
tear_down(struct scene *s)
{
    pwwb_transport_free(s->portal);
    pwwb_transport_free(s->agent);
    pwwb_transport_free(s->other);
    pwwb_relay_free(s->relay);
}

static pwwb_status
send_to(pwwb_transport *from, const char *to, const char *text, int64_t expires_ms)
{
    pwwb_message message = {.data       = (const uint8_t *)text,
                            .len        = strlen(text),
                            .expires_ms = expires_ms};

    memcpy(message.to, to, strlen(to));
    message.id[0] = (uint8_t)text[0];
    return wb_transport_send(from, &message, 0, NULL);
}

static pwwb_status
send_request(struct scene *s, const char *text)
{
    return send_to(s->portal, "", text, LATE);
}

/* Receive `text`, without waiting; its tag. */
static uint64_t
check_received(pwwb_transport *transport, const char *text)
{
    uint8_t       buf[PWWB_ENVELOPE_MAX];
    pwwb_delivery d;

    CHECK_STATUS(PWWB_OK, wb_transport_receive(transport, buf, sizeof(buf), &d, 0, NULL));
    CHECK_MEM(text, strlen(text), buf, d.len);
    CHECK_INT((uint8_t)text[0], d.id[0]);
    return d.tag;
}

static void
check_nothing(pwwb_transport *transport, pwwb_status expected)
{
    uint8_t       buf[PWWB_ENVELOPE_MAX];
    pwwb_delivery d;

    CHECK_STATUS(expected, wb_transport_receive(transport, buf, sizeof(buf), &d, 0, NULL));
}

static void
check_settled(pwwb_transport *transport, uint64_t tag, int32_t verdict)
{
    CHECK_STATUS(PWWB_OK, wb_transport_settle(transport, tag, verdict, 0, NULL));
}

static void
fault(struct scene *s, int32_t kind, uint32_t count)
{
    CHECK_STATUS(PWWB_OK, pwwb_relay_fault(s->relay, kind, count, NULL));
}

static void
a_request_and_its_reply_find_their_ways(void)
{
    struct scene s;
    char         address[PWWB_ADDRESS_SIZE];
    uint64_t     tag;

    set_up(&s, 4);
    CHECK_STATUS(PWWB_OK, wb_transport_address(s.portal, address, NULL));
    CHECK_STATUS(PWWB_OK, send_request(&s, "request"));
    check_nothing(s.portal, PWWB_E_TIMEOUT);
    tag = check_received(s.agent, "request");
    check_nothing(s.other, PWWB_E_TIMEOUT);
    CHECK_STATUS(PWWB_OK, send_to(s.agent, address, "reply", LATE));
    check_settled(s.agent, tag, PWWB_SETTLE_ACCEPT);
    check_nothing(s.agent, PWWB_E_TIMEOUT);
    tag = check_received(s.portal, "reply");
    check_settled(s.portal, tag, PWWB_SETTLE_ACCEPT);
    tear_down(&s);
}

static void
each_portal_has_its_own_address_and_replies(void)
{
    struct scene    s;
    char            one[PWWB_ADDRESS_SIZE], two[PWWB_ADDRESS_SIZE], none[PWWB_ADDRESS_SIZE];
    pwwb_transport *portal;

    set_up(&s, 4);
    portal = connect(s.relay, PWWB_HALF_PORTAL);
    CHECK_STATUS(PWWB_OK, wb_transport_address(s.portal, one, NULL));
    CHECK_STATUS(PWWB_OK, wb_transport_address(portal, two, NULL));
    CHECK_STATUS(PWWB_OK, wb_transport_address(s.agent, none, NULL));
    CHECK(strcmp(one, two) != 0);
    CHECK(one[0] != '\0' && two[0] != '\0');
    CHECK_STR("", none);

    CHECK_STATUS(PWWB_OK, send_to(s.agent, two, "for two", LATE));
    check_nothing(s.portal, PWWB_E_TIMEOUT);
    check_settled(portal, check_received(portal, "for two"), PWWB_SETTLE_ACCEPT);

    pwwb_transport_free(portal);
    CHECK_STATUS(PWWB_E_NO_AGENT, send_to(s.agent, two, "too late", LATE));
    CHECK_STATUS(PWWB_E_NO_AGENT, send_to(s.agent, "nobody", "lost", LATE));
    portal = connect(s.relay, PWWB_HALF_PORTAL);
    CHECK_STATUS(PWWB_OK, wb_transport_address(portal, one, NULL));
    CHECK(strcmp(one, two) != 0); /* an address never comes again */
    pwwb_transport_free(portal);
    tear_down(&s);
}

static void
requests_wait_while_no_agent_is_there(void)
{
    struct scene s;

    set_up(&s, 4);
    pwwb_transport_free(s.agent);
    pwwb_transport_free(s.other);
    CHECK_STATUS(PWWB_OK, send_request(&s, "waits"));
    s.other = NULL;
    s.agent = connect(s.relay, PWWB_HALF_AGENT);
    (void)check_received(s.agent, "waits");
    tear_down(&s);
}

static void
two_agents_compete_and_each_message_comes_once(void)
{
    struct scene s;
    int          seen[100] = {0};
    int          wrong     = 0;
    int          i;

    set_up(&s, 100);
    for (i = 0; i < 100; i++) {
        char text[8];

        snprintf(text, sizeof(text), "%d", i);
        wrong += send_request(&s, text) != PWWB_OK;
    }
    for (i = 0; i < 100; i++) {
        char          buf[PWWB_ENVELOPE_MAX + 1];
        pwwb_delivery d;

        wrong += wb_transport_receive(i % 3 ? s.agent : s.other, (uint8_t *)buf, PWWB_ENVELOPE_MAX,
                                      &d, 0, NULL) != PWWB_OK;
        buf[d.len] = '\0';
        seen[atoi(buf)]++;
    }
    for (i = 0; i < 100; i++)
        wrong += seen[i] != 1;
    CHECK_INT(0, wrong);
    check_nothing(s.agent, PWWB_E_TIMEOUT);
    tear_down(&s);
}

static void
a_released_message_comes_again_after_the_others(void)
{
    struct scene s;
    uint64_t     tag;

    set_up(&s, 4);
    CHECK_STATUS(PWWB_OK, send_request(&s, "a"));
    CHECK_STATUS(PWWB_OK, send_request(&s, "b"));
    tag = check_received(s.agent, "a");
    check_settled(s.agent, tag, PWWB_SETTLE_RELEASE);
    (void)check_received(s.other, "b");
    CHECK(check_received(s.other, "a") != tag);
    CHECK_STATUS(PWWB_E_NOT_FOUND, wb_transport_settle(s.agent, tag, 1, 0, NULL));
    tear_down(&s);
}

static void
accepted_and_rejected_messages_are_gone(void)
{
    struct scene s;

    set_up(&s, 1);
    CHECK_STATUS(PWWB_OK, send_request(&s, "a"));
    CHECK_STATUS(PWWB_E_FULL, send_request(&s, "b"));
    check_settled(s.agent, check_received(s.agent, "a"), PWWB_SETTLE_ACCEPT);
    CHECK_STATUS(PWWB_OK, send_request(&s, "b"));
    check_settled(s.agent, check_received(s.agent, "b"), PWWB_SETTLE_REJECT);
    CHECK_STATUS(PWWB_OK, send_request(&s, "c"));
    (void)check_received(s.other, "c");
    tear_down(&s);
}

static void
only_what_is_held_can_be_settled_and_once(void)
{
    struct scene s;
    uint64_t     tag;

    set_up(&s, 4);
    CHECK_STATUS(PWWB_OK, send_request(&s, "a"));
    tag = check_received(s.agent, "a");
    CHECK_STATUS(PWWB_E_NOT_FOUND, wb_transport_settle(s.agent, tag + 1, 1, 0, NULL));
    CHECK_STATUS(PWWB_E_NOT_FOUND, wb_transport_settle(s.agent, 0, 1, 0, NULL));
    CHECK_STATUS(PWWB_E_NOT_FOUND, wb_transport_settle(s.other, tag, 1, 0, NULL));
    CHECK_STATUS(PWWB_E_NOT_FOUND, wb_transport_hold(s.other, tag, NULL));
    CHECK_STATUS(PWWB_OK, wb_transport_hold(s.agent, tag, NULL)); /* it stays unsettled */
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, wb_transport_settle(s.agent, tag, 0, 0, NULL));
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, wb_transport_settle(s.agent, tag, 4, 0, NULL));
    check_settled(s.agent, tag, PWWB_SETTLE_ACCEPT);
    CHECK_STATUS(PWWB_E_NOT_FOUND, wb_transport_settle(s.agent, tag, 1, 0, NULL));
    tear_down(&s);
}

static void
what_a_freed_agent_held_comes_again_in_order_and_first(void)
{
    struct scene s;

    set_up(&s, 4);
    CHECK_STATUS(PWWB_OK, send_request(&s, "a"));
    CHECK_STATUS(PWWB_OK, send_request(&s, "b"));
    CHECK_STATUS(PWWB_OK, send_request(&s, "c"));
    (void)check_received(s.agent, "a");
    (void)check_received(s.agent, "b");
    pwwb_transport_free(s.agent);
    s.agent = NULL;
    (void)check_received(s.other, "a");
    (void)check_received(s.other, "b");
    (void)check_received(s.other, "c");
    tear_down(&s);
}

static void
a_message_after_what_was_given_back_to_an_empty_inbox_is_not_lost(void)
{
    struct scene s;

    set_up(&s, 4);
    CHECK_STATUS(PWWB_OK, send_request(&s, "a"));
    (void)check_received(s.agent, "a");
    pwwb_transport_free(s.agent);
    s.agent = NULL;
    CHECK_STATUS(PWWB_OK, send_request(&s, "b"));
    (void)check_received(s.other, "a");
    (void)check_received(s.other, "b");
    tear_down(&s);
}

static void
what_waited_for_a_freed_portal_makes_room(void)
{
    struct scene s;
    char         address[PWWB_ADDRESS_SIZE];

    set_up(&s, 2);
    CHECK_STATUS(PWWB_OK, wb_transport_address(s.portal, address, NULL));
    CHECK_STATUS(PWWB_OK, send_to(s.agent, address, "a", LATE));
    CHECK_STATUS(PWWB_OK, send_to(s.agent, address, "b", LATE));
    (void)check_received(s.portal, "a");
    CHECK_STATUS(PWWB_E_FULL, send_to(s.agent, "", "c", LATE));
    pwwb_transport_free(s.portal);
    s.portal = NULL;
    CHECK_STATUS(PWWB_OK, send_to(s.agent, "", "c", LATE));
    CHECK_STATUS(PWWB_OK, send_to(s.agent, "", "d", LATE));
    tear_down(&s);
}

static void
a_message_is_delivered_until_its_time_and_removed_then(void)
{
    struct scene s;

    set_up(&s, 4);
    CHECK_STATUS(PWWB_OK, send_to(s.portal, "", "in time", NOW + 1000));
    CHECK_STATUS(PWWB_OK, send_to(s.portal, "", "late", NOW + 1000));
    s.clock.wall_ms = NOW + 999;
    (void)check_received(s.agent, "in time");
    s.clock.wall_ms = NOW + 1000;
    check_nothing(s.agent, PWWB_E_TIMEOUT);
    s.clock.wall_ms = NOW; /* removed is removed */
    check_nothing(s.agent, PWWB_E_TIMEOUT);
    tear_down(&s);
}

static void
a_message_behind_an_expired_one_is_delivered(void)
{
    struct scene s;

    set_up(&s, 4);
    CHECK_STATUS(PWWB_OK, send_to(s.portal, "", "short", NOW + 10));
    CHECK_STATUS(PWWB_OK, send_to(s.portal, "", "shorter", NOW + 5));
    CHECK_STATUS(PWWB_OK, send_request(&s, "long"));
    s.clock.wall_ms = NOW + 10;
    (void)check_received(s.agent, "long");
    tear_down(&s);
}

static void
expired_messages_make_room_in_every_inbox(void)
{
    struct scene s;
    char         address[PWWB_ADDRESS_SIZE];

    set_up(&s, 3);
    CHECK_STATUS(PWWB_OK, wb_transport_address(s.portal, address, NULL));
    CHECK_STATUS(PWWB_OK, send_request(&s, "stays"));
    CHECK_STATUS(PWWB_OK, send_to(s.portal, "", "request", NOW + 10));
    CHECK_STATUS(PWWB_OK, send_to(s.agent, address, "reply", NOW + 10));
    s.clock.wall_ms = NOW + 9;
    CHECK_STATUS(PWWB_E_FULL, send_request(&s, "x"));
    s.clock.wall_ms = NOW + 10;
    CHECK_STATUS(PWWB_OK, send_request(&s, "x"));
    CHECK_STATUS(PWWB_OK, send_request(&s, "y"));
    CHECK_STATUS(PWWB_E_FULL, send_request(&s, "z"));
    (void)check_received(s.agent, "stays");
    (void)check_received(s.agent, "x");
    (void)check_received(s.agent, "y");
    tear_down(&s);
}

static void
what_is_being_dealt_with_does_not_expire_but_does_not_come_again(void)
{
    struct scene s;
    uint64_t     a;

    set_up(&s, 4);
    CHECK_STATUS(PWWB_OK, send_to(s.portal, "", "a", NOW + 10));
    CHECK_STATUS(PWWB_OK, send_to(s.portal, "", "b", NOW + 10));
    a = check_received(s.agent, "a");
    (void)check_received(s.other, "b");
    s.clock.wall_ms = NOW + 10;
    check_settled(s.agent, a, PWWB_SETTLE_ACCEPT);
    pwwb_transport_free(s.other);
    s.other = NULL;
    check_nothing(s.agent, PWWB_E_TIMEOUT);
    tear_down(&s);
}

static void
a_duplicated_message_comes_twice(void)
{
    struct scene s;

    set_up(&s, 8);
    fault(&s, PWWB_RELAY_DUPLICATE, 1);
    CHECK_STATUS(PWWB_OK, send_request(&s, "twice"));
    CHECK_STATUS(PWWB_OK, send_request(&s, "once"));
    (void)check_received(s.agent, "twice");
    (void)check_received(s.other, "twice");
    (void)check_received(s.agent, "once");
    check_nothing(s.agent, PWWB_E_TIMEOUT);
    tear_down(&s);
}

static void
no_duplicate_is_made_without_room(void)
{
    struct scene s;

    set_up(&s, 1);
    fault(&s, PWWB_RELAY_DUPLICATE, 1);
    CHECK_STATUS(PWWB_OK, send_request(&s, "a"));
    CHECK_STATUS(PWWB_E_FULL, send_request(&s, "b"));
    check_settled(s.agent, check_received(s.agent, "a"), PWWB_SETTLE_ACCEPT);
    check_nothing(s.agent, PWWB_E_TIMEOUT);
    tear_down(&s);
}

static void
a_dropped_message_is_gone_though_the_sender_is_told_ok(void)
{
    struct scene s;

    set_up(&s, 4);
    fault(&s, PWWB_RELAY_DROP, 2);
    CHECK_STATUS(PWWB_OK, send_request(&s, "a"));
    CHECK_STATUS(PWWB_OK, send_request(&s, "b"));
    CHECK_STATUS(PWWB_OK, send_request(&s, "c"));
    (void)check_received(s.agent, "c");
    check_nothing(s.agent, PWWB_E_TIMEOUT);
    tear_down(&s);
}

static void
a_full_relay_refuses_as_often_as_told(void)
{
    struct scene s;

    set_up(&s, 4);
    fault(&s, PWWB_RELAY_FULL, 2);
    CHECK_STATUS(PWWB_E_FULL, send_request(&s, "a"));
    CHECK_STATUS(PWWB_E_FULL, send_request(&s, "a"));
    CHECK_STATUS(PWWB_OK, send_request(&s, "a"));
    (void)check_received(s.agent, "a");
    tear_down(&s);
}

static void
an_expiring_message_is_removed(void)
{
    struct scene s;

    set_up(&s, 4);
    fault(&s, PWWB_RELAY_EXPIRE, 1);
    CHECK_STATUS(PWWB_OK, send_request(&s, "a"));
    CHECK_STATUS(PWWB_OK, send_request(&s, "b"));
    (void)check_received(s.agent, "b");
    check_nothing(s.agent, PWWB_E_TIMEOUT);
    tear_down(&s);
}

static void
a_fault_ends_when_its_count_is_set_to_zero(void)
{
    struct scene s;

    set_up(&s, 4);
    fault(&s, PWWB_RELAY_DROP, 1000);
    fault(&s, PWWB_RELAY_DROP, 0);
    CHECK_STATUS(PWWB_OK, send_request(&s, "a"));
    (void)check_received(s.agent, "a");
    tear_down(&s);
}

static void
a_restart_loses_each_connection_once_and_no_message(void)
{
    struct scene s;
    uint64_t     a;

    set_up(&s, 4);
    CHECK_STATUS(PWWB_OK, send_request(&s, "a"));
    CHECK_STATUS(PWWB_OK, send_request(&s, "b"));
    a = check_received(s.agent, "a");
    fault(&s, PWWB_RELAY_RESTART, 0);

    CHECK_STATUS(PWWB_E_CLOSED, send_request(&s, "c"));
    CHECK_STATUS(PWWB_E_CLOSED, wb_transport_settle(s.agent, a, PWWB_SETTLE_ACCEPT, 0, NULL));
    check_nothing(s.other, PWWB_E_CLOSED);

    CHECK_STATUS(PWWB_OK, send_request(&s, "c"));
    CHECK_STATUS(PWWB_E_NOT_FOUND, wb_transport_settle(s.agent, a, 1, 0, NULL));
    (void)check_received(s.other, "a");
    (void)check_received(s.agent, "b");
    (void)check_received(s.other, "c");
    check_nothing(s.agent, PWWB_E_TIMEOUT);
    tear_down(&s);
}

static void
messages_of_any_allowed_size_pass_and_others_do_not(void)
{
    static uint8_t octets[PWWB_ENVELOPE_MAX + 1];
    uint8_t        buf[PWWB_ENVELOPE_MAX];
    struct scene   s;
    pwwb_delivery  d;
    pwwb_message   m = {.data = octets, .len = PWWB_ENVELOPE_MAX, .expires_ms = LATE};

    memset(octets, 0xa5, sizeof(octets));
    set_up(&s, 4);
    CHECK_STATUS(PWWB_OK, wb_transport_send(s.portal, &m, 0, NULL));
    CHECK_STATUS(PWWB_E_BUFFER_TOO_SMALL,
                 wb_transport_receive(s.agent, buf, sizeof(buf) - 1, &d, 0, NULL));
    CHECK_STATUS(PWWB_OK, wb_transport_receive(s.agent, buf, sizeof(buf), &d, 0, NULL));
    CHECK_MEM(octets, PWWB_ENVELOPE_MAX, buf, d.len);

    m.len = PWWB_ENVELOPE_MAX + 1;
    CHECK_STATUS(PWWB_E_TOO_LARGE, wb_transport_send(s.portal, &m, 0, NULL));
    m.len = 0;
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, wb_transport_send(s.portal, &m, 0, NULL));
    m.len = 1;
    CHECK_STATUS(PWWB_OK, wb_transport_send(s.portal, &m, 0, NULL));
    CHECK_STATUS(PWWB_OK, wb_transport_receive(s.agent, buf, sizeof(buf), &d, 0, NULL));
    CHECK_INT(1, d.len);
    tear_down(&s);
}

/* A clock that uses the relay it serves. Under the relay's mutex this stands still for ever. */
struct nosy_clock {
    pwwb_relay *relay;
    int         calls;
};

static int64_t
nosy_ms(void *ctx)
{
    struct nosy_clock *nosy = ctx;

    nosy->calls++;
    if (nosy->relay != NULL)
        (void)pwwb_relay_fault(nosy->relay, PWWB_RELAY_DROP, 0, NULL);
    return NOW;
}

static void
the_clock_is_called_with_no_lock_held(void)
{
    const pwwb_clock_ops ops  = {sizeof(ops), nosy_ms, nosy_ms};
    struct nosy_clock    nosy = {0};
    pwwb_transport      *t;

    CHECK_STATUS(PWWB_OK, pwwb_relay_new(4, &ops, &nosy, &nosy.relay, NULL));
    t = connect(nosy.relay, PWWB_HALF_AGENT);
    CHECK_STATUS(PWWB_OK, send_to(t, "", "a", LATE));
    check_settled(t, check_received(t, "a"), PWWB_SETTLE_RELEASE);
    CHECK(nosy.calls > 1);
    pwwb_transport_free(t);
    pwwb_relay_free(nosy.relay);
}

static int64_t
monotonic_us(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

/* The limit is time that passes, whatever the host's clock says. */
static void
waiting_ends_at_the_deadline(void)
{
    struct scene  s;
    uint8_t       buf[PWWB_ENVELOPE_MAX];
    pwwb_delivery d;
    pwwb_error   *err   = pwwb_error_new();
    int64_t       start = monotonic_us();
    int64_t       took_us;

    set_up(&s, 4);
    CHECK_STATUS(PWWB_E_TIMEOUT, wb_transport_receive(s.agent, buf, sizeof(buf), &d, 60, err));
    took_us = monotonic_us() - start;
    CHECK(took_us >= 59000);
    CHECK(took_us < 5000000);
    CHECK_STATUS(PWWB_E_TIMEOUT, pwwb_error_status(err));
    pwwb_error_free(err);
    tear_down(&s);
}

/* One thread waits; what it is told, and when. */
struct waiter {
    pwwb_transport *transport;
    int64_t         timeout_ms;
    pwwb_status     status;
    pwwb_status     error_status;
    int64_t         done_us;
};

static void *
wait_in_receive(void *arg)
{
    struct waiter *w = arg;
    uint8_t        buf[PWWB_ENVELOPE_MAX];
    pwwb_delivery  d;
    pwwb_error    *err = pwwb_error_new();

    w->status       = wb_transport_receive(w->transport, buf, sizeof(buf), &d, w->timeout_ms, err);
    w->error_status = pwwb_error_status(err);
    w->done_us      = monotonic_us();
    pwwb_error_free(err);
    return NULL;
}

static void
pause_ms(long ms)
{
    const struct timespec pause = {.tv_nsec = ms * 1000000};

    nanosleep(&pause, NULL);
}

static void
a_message_wakes_who_waits(void)
{
    struct scene  s;
    struct waiter w = {.timeout_ms = -1};
    pthread_t     thread;
    int64_t       sent_us;

    set_up(&s, 4);
    w.transport = s.agent;
    CHECK_INT(0, pthread_create(&thread, NULL, wait_in_receive, &w));
    pause_ms(50);
    sent_us = monotonic_us();
    CHECK_STATUS(PWWB_OK, send_request(&s, "a"));
    pthread_join(thread, NULL);
    CHECK_STATUS(PWWB_OK, w.status);
    CHECK_STATUS(PWWB_OK, w.error_status);
    CHECK(w.done_us - sent_us < 1000000);
    printf("# from send to receive: %ld us\n", (long)(w.done_us - sent_us));
    tear_down(&s);
}

static void
a_restart_wakes_who_waits(void)
{
    struct scene  s;
    struct waiter one = {.timeout_ms = -1}, two = {.timeout_ms = 60000}, three = two;
    pthread_t     threads[3];

    set_up(&s, 4);
    one.transport   = s.agent;
    two.transport   = s.other;
    three.transport = s.portal;
    CHECK_INT(0, pthread_create(&threads[0], NULL, wait_in_receive, &one));
    CHECK_INT(0, pthread_create(&threads[1], NULL, wait_in_receive, &two));
    CHECK_INT(0, pthread_create(&threads[2], NULL, wait_in_receive, &three));
    pause_ms(50);
    fault(&s, PWWB_RELAY_RESTART, 0);
    pthread_join(threads[0], NULL);
    pthread_join(threads[1], NULL);
    pthread_join(threads[2], NULL);
    CHECK_STATUS(PWWB_E_CLOSED, one.status);
    CHECK_STATUS(PWWB_E_CLOSED, two.status);
    CHECK_STATUS(PWWB_E_CLOSED, three.status);
    tear_down(&s);
}

static void
what_is_given_back_wakes_who_waits(void)
{
    struct scene  s;
    struct waiter w = {.timeout_ms = 60000};
    pthread_t     thread;

    set_up(&s, 4);
    CHECK_STATUS(PWWB_OK, send_request(&s, "a"));
    (void)check_received(s.agent, "a");
    w.transport = s.other;
    CHECK_INT(0, pthread_create(&thread, NULL, wait_in_receive, &w));
    pause_ms(50);
    pwwb_transport_free(s.agent);
    s.agent = NULL;
    pthread_join(thread, NULL);
    CHECK_STATUS(PWWB_OK, w.status);
    tear_down(&s);
}

/* Portals and agents, each in a thread. A request is the portal's number and a serial number; the
 * agent counts it and sends the same octets back. Some are released or lost with a restart. */
#define PORTALS 4
#define AGENTS  4
#define EACH    250

struct crowd {
    pwwb_relay     *relay;
    char            addresses[PORTALS][PWWB_ADDRESS_SIZE];
    pthread_mutex_t mutex;
    int             requests[PORTALS][EACH];
    int             replies[PORTALS][EACH];
    int             failures;
    int             done;
};

struct member {
    struct crowd   *crowd;
    pwwb_transport *transport;
    int             number;
};

static int
count(struct crowd *crowd, int *counter, int by)
{
    int now;

    pthread_mutex_lock(&crowd->mutex);
    *counter += by;
    now = *counter;
    pthread_mutex_unlock(&crowd->mutex);
    return now;
}

static pwwb_status
pass(struct member *m, const char *to, const uint8_t octets[2])
{
    pwwb_message message = {.data = octets, .len = 2, .expires_ms = INT64_MAX};

    memcpy(message.to, to, strlen(to));
    return wb_transport_send(m->transport, &message, 0, NULL);
}

static void *
be_portal(void *arg)
{
    struct member *m = arg;
    int            i;

    for (i = 0; i < EACH; i++) {
        uint8_t       octets[2] = {(uint8_t)m->number, (uint8_t)i};
        uint8_t       buf[PWWB_ENVELOPE_MAX];
        pwwb_delivery d;

        if (pass(m, "", octets) != PWWB_OK ||
            wb_transport_receive(m->transport, buf, sizeof(buf), &d, 30000, NULL) != PWWB_OK ||
            wb_transport_settle(m->transport, d.tag, PWWB_SETTLE_ACCEPT, 0, NULL) != PWWB_OK ||
            memcmp(buf, octets, sizeof(octets)) != 0)
            count(m->crowd, &m->crowd->failures, 1);
        else
            count(m->crowd, &m->crowd->replies[m->number][i], 1);
    }
    count(m->crowd, &m->crowd->done, 1);
    return NULL;
}

static void *
be_agent(void *arg)
{
    struct member *m     = arg;
    unsigned       turns = 0;

    while (count(m->crowd, &m->crowd->done, 0) < PORTALS) {
        uint8_t       buf[PWWB_ENVELOPE_MAX];
        pwwb_delivery d;
        int32_t       verdict = ++turns % 5 == 0 ? PWWB_SETTLE_RELEASE : PWWB_SETTLE_ACCEPT;

        if (wb_transport_receive(m->transport, buf, sizeof(buf), &d, 20, NULL) != PWWB_OK)
            continue;
        if (verdict == PWWB_SETTLE_ACCEPT) {
            count(m->crowd, &m->crowd->requests[buf[0]][buf[1]], 1);
            if (pass(m, m->crowd->addresses[buf[0]], buf) != PWWB_OK)
                count(m->crowd, &m->crowd->failures, 1);
        }
        if (wb_transport_settle(m->transport, d.tag, verdict, 0, NULL) != PWWB_OK)
            count(m->crowd, &m->crowd->failures, 1);
    }
    return NULL;
}

static void
check_counts(const struct crowd *crowd)
{
    int wrong = 0;
    int i, k;

    for (i = 0; i < PORTALS; i++)
        for (k = 0; k < EACH; k++)
            wrong += crowd->requests[i][k] != 1 || crowd->replies[i][k] != 1;
    CHECK_INT(0, wrong);
    CHECK_INT(0, crowd->failures);
}

static void
many_portals_and_agents_get_each_message_once(void)
{
    static struct crowd crowd;
    struct member       members[PORTALS + AGENTS];
    pthread_t           threads[PORTALS + AGENTS];
    int                 i;

    pthread_mutex_init(&crowd.mutex, NULL);
    CHECK_STATUS(PWWB_OK, pwwb_relay_new(64, NULL, NULL, &crowd.relay, NULL));
    for (i = 0; i < PORTALS + AGENTS; i++) {
        int is_portal = i < PORTALS;

        members[i].crowd     = &crowd;
        members[i].number    = i;
        members[i].transport = connect(crowd.relay, is_portal ? PWWB_HALF_PORTAL : PWWB_HALF_AGENT);
        if (is_portal)
            CHECK_STATUS(PWWB_OK,
                         wb_transport_address(members[i].transport, crowd.addresses[i], NULL));
    }
    for (i = 0; i < PORTALS + AGENTS; i++)
        pthread_create(&threads[i], NULL, i < PORTALS ? be_portal : be_agent, &members[i]);
    for (i = 0; i < PORTALS + AGENTS; i++)
        pthread_join(threads[i], NULL);
    check_counts(&crowd);

    for (i = 0; i < PORTALS + AGENTS; i++)
        pwwb_transport_free(members[i].transport);
    pwwb_relay_free(crowd.relay);
    pthread_mutex_destroy(&crowd.mutex);
}

static void
a_relay_without_sense_is_not_made(void)
{
    pwwb_clock_ops  broken = fake_clock_ops;
    pwwb_relay     *relay;
    pwwb_transport *transport;

    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_relay_new(0, NULL, NULL, &relay, NULL));
    CHECK(relay == NULL);
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_relay_new(65537, NULL, NULL, &relay, NULL));
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_relay_new(1, NULL, NULL, NULL, NULL));
    broken.wall_ms = NULL;
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_relay_new(1, &broken, NULL, &relay, NULL));
    broken.size = 1;
    CHECK_STATUS(PWWB_E_ABI, pwwb_relay_new(1, &broken, NULL, &relay, NULL));
    CHECK(relay == NULL);

    CHECK_STATUS(PWWB_OK, pwwb_relay_new(65536, NULL, NULL, &relay, NULL));
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_transport_new_relay(relay, 0, &transport, NULL));
    CHECK(transport == NULL);
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_transport_new_relay(relay, 4, &transport, NULL));
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_transport_new_relay(NULL, 1, &transport, NULL));
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_transport_new_relay(relay, 1, NULL, NULL));
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_relay_fault(relay, 0, 1, NULL));
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_relay_fault(relay, 6, 1, NULL));
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_relay_fault(NULL, 1, 1, NULL));
    pwwb_relay_free(relay);
    pwwb_relay_free(NULL);
}

/* The first call that fails says why; all that was made is freed. */
static pwwb_status
make_and_use(void)
{
    pwwb_relay     *relay     = NULL;
    pwwb_transport *transport = NULL;
    uint8_t         buf[PWWB_ENVELOPE_MAX];
    pwwb_delivery   d;
    pwwb_status     st;

    st = pwwb_relay_new(4, NULL, NULL, &relay, NULL);
    if (st == PWWB_OK)
        st = pwwb_transport_new_relay(relay, PWWB_HALF_AGENT, &transport, NULL);
    if (st == PWWB_OK)
        st = send_to(transport, "", "a", INT64_MAX);
    if (st == PWWB_OK)
        st = wb_transport_receive(transport, buf, sizeof(buf), &d, 0, NULL);
    pwwb_transport_free(transport);
    pwwb_relay_free(relay);
    return st;
}

static void
running_out_of_memory_anywhere_is_survived(void)
{
    long calls, nth;

    faults_count();
    CHECK_STATUS(PWWB_OK, make_and_use());
    calls = faults_stop();
    CHECK(calls > 0);

    for (nth = 1; nth <= calls; nth++) {
        pwwb_status st;

        faults_fail(nth);
        st = make_and_use();
        faults_stop();
        CHECK_STATUS(PWWB_E_NO_MEMORY, st);
    }
}

int
main(void)
{
    RUN(a_request_and_its_reply_find_their_ways);
    RUN(each_portal_has_its_own_address_and_replies);
    RUN(requests_wait_while_no_agent_is_there);
    RUN(two_agents_compete_and_each_message_comes_once);
    RUN(a_released_message_comes_again_after_the_others);
    RUN(accepted_and_rejected_messages_are_gone);
    RUN(only_what_is_held_can_be_settled_and_once);
    RUN(what_a_freed_agent_held_comes_again_in_order_and_first);
    RUN(a_message_after_what_was_given_back_to_an_empty_inbox_is_not_lost);
    RUN(what_waited_for_a_freed_portal_makes_room);
    RUN(a_message_is_delivered_until_its_time_and_removed_then);
    RUN(a_message_behind_an_expired_one_is_delivered);
    RUN(expired_messages_make_room_in_every_inbox);
    RUN(what_is_being_dealt_with_does_not_expire_but_does_not_come_again);
    RUN(a_duplicated_message_comes_twice);
    RUN(no_duplicate_is_made_without_room);
    RUN(a_dropped_message_is_gone_though_the_sender_is_told_ok);
    RUN(a_full_relay_refuses_as_often_as_told);
    RUN(an_expiring_message_is_removed);
    RUN(a_fault_ends_when_its_count_is_set_to_zero);
    RUN(a_restart_loses_each_connection_once_and_no_message);
    RUN(messages_of_any_allowed_size_pass_and_others_do_not);
    RUN(the_clock_is_called_with_no_lock_held);
    RUN(waiting_ends_at_the_deadline);
    RUN(a_message_wakes_who_waits);
    RUN(a_restart_wakes_who_waits);
    RUN(what_is_given_back_wakes_who_waits);
    RUN(many_portals_and_agents_get_each_message_once);
    RUN(a_relay_without_sense_is_not_made);
    RUN(running_out_of_memory_anywhere_is_survived);
    return DONE;
}
