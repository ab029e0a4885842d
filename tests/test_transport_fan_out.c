/* SPDX-License-Identifier: Apache-2.0 */
/* rows: 8 20 */
#include <pthread.h>
#include <time.h>

#include "fakes.h"
#include "faults.h"
#include "harness.h"
#include "transport.h"

/* 2026-01-01T00:00:00Z */
#define NOW  INT64_C(1767225600000)
#define LATE (NOW + 300000)

/* An agent, two instances of a portal, and the end where one of them takes its replies. */
struct scene {
    fake_clock      clock;
    pwwb_relay     *relay;
    pwwb_transport *agent, *one, *two, *replies;
};

static pwwb_transport *
connect(pwwb_relay *relay, int32_t end)
{
    pwwb_transport *transport;

    CHECK_STATUS(PWWB_OK, pwwb_transport_new_relay(relay, end, &transport, NULL));
    return transport;
}

static void
set_up(struct scene *s, size_t capacity)
{
    memset(s, 0, sizeof(*s));
    s->clock.wall_ms = NOW;
    CHECK_STATUS(PWWB_OK, pwwb_relay_new(capacity, &fake_clock_ops, &s->clock, &s->relay, NULL));
    s->agent   = connect(s->relay, PWWB_RELAY_AGENT);
    s->one     = connect(s->relay, PWWB_RELAY_PORTALS);
    s->two     = connect(s->relay, PWWB_RELAY_PORTALS);
    s->replies = connect(s->relay, PWWB_RELAY_PORTAL);
}

static void
tear_down(struct scene *s)
{
    pwwb_transport_free(s->agent);
    pwwb_transport_free(s->one);
    pwwb_transport_free(s->two);
    pwwb_transport_free(s->replies);
    pwwb_relay_free(s->relay);
}

static pwwb_status
send_to(struct scene *s, const char *to, const char *text)
{
    pwwb_message m = {.data = (const uint8_t *)text, .len = strlen(text), .expires_ms = LATE};

    memcpy(m.to, to, strlen(to));
    return wb_transport_send(s->agent, &m, 0, NULL);
}

static pwwb_status
beat(struct scene *s, const char *text)
{
    return send_to(s, PWWB_ADDRESS_HEARTBEATS, text);
}

static void
fault(struct scene *s, int32_t kind, uint32_t count)
{
    CHECK_STATUS(PWWB_OK, pwwb_relay_fault(s->relay, kind, count, NULL));
}

/* Receive `text` for the first or another time, without waiting; its tag. */
static uint64_t
check_received(pwwb_transport *transport, const char *text, int32_t is_redelivered)
{
    uint8_t       buf[PWWB_ENVELOPE_MAX];
    pwwb_delivery d;

    CHECK_STATUS(PWWB_OK, wb_transport_receive(transport, buf, sizeof(buf), &d, 0, NULL));
    CHECK_MEM(text, strlen(text), buf, d.len);
    CHECK_INT(is_redelivered, d.is_redelivered);
    return d.tag;
}

static void
take(pwwb_transport *transport, const char *text)
{
    uint64_t tag = check_received(transport, text, PWWB_NO);

    CHECK_STATUS(PWWB_OK, wb_transport_settle(transport, tag, PWWB_SETTLE_ACCEPT, 0, NULL));
}

static void
check_nothing(pwwb_transport *transport)
{
    uint8_t       buf[PWWB_ENVELOPE_MAX];
    pwwb_delivery d;

    CHECK_STATUS(PWWB_E_TIMEOUT,
                 wb_transport_receive(transport, buf, sizeof(buf), &d, 0, NULL));
}

static void
every_instance_gets_each_heartbeat_and_one_gets_an_order(void)
{
    struct scene s;

    set_up(&s, 8);
    CHECK_STATUS(PWWB_OK, send_to(&s, PWWB_ADDRESS_PORTALS, "order"));
    CHECK_STATUS(PWWB_OK, beat(&s, "first"));
    CHECK_STATUS(PWWB_OK, beat(&s, "second"));
    take(s.one, "first");
    take(s.one, "second");
    take(s.one, "order");
    take(s.two, "first");
    take(s.two, "second");
    check_nothing(s.one);
    check_nothing(s.two);
    check_nothing(s.agent);
    check_nothing(s.replies);
    tear_down(&s);
}

static void
an_instance_that_comes_later_gets_the_later_ones(void)
{
    struct scene    s;
    pwwb_transport *three;

    set_up(&s, 8);
    CHECK_STATUS(PWWB_OK, beat(&s, "before"));
    three = connect(s.relay, PWWB_RELAY_PORTALS);
    check_nothing(three);
    CHECK_STATUS(PWWB_OK, beat(&s, "after"));
    take(three, "after");
    pwwb_transport_free(three);
    CHECK_STATUS(PWWB_OK, beat(&s, "last"));
    tear_down(&s);
}

static void
where_no_instance_is_nobody_is_told_and_nothing_kept(void)
{
    struct scene s;

    set_up(&s, 1);
    pwwb_transport_free(s.one);
    pwwb_transport_free(s.two);
    CHECK_STATUS(PWWB_OK, beat(&s, "a"));
    CHECK_STATUS(PWWB_OK, beat(&s, "b"));
    s.one = s.two = NULL;
    CHECK_STATUS(PWWB_OK, send_to(&s, "", "there is room"));
    tear_down(&s);
}

static void
there_is_room_for_all_or_none_gets_it(void)
{
    struct scene s;

    set_up(&s, 3);
    CHECK_STATUS(PWWB_OK, beat(&s, "a"));
    CHECK_STATUS(PWWB_E_FULL, beat(&s, "b"));
    take(s.one, "a");
    check_nothing(s.one);
    CHECK_STATUS(PWWB_OK, beat(&s, "b"));
    take(s.one, "b");
    take(s.two, "a");
    take(s.two, "b");
    tear_down(&s);
}

static void
copies_expire_where_they_wait(void)
{
    struct scene s;

    set_up(&s, 2);
    CHECK_STATUS(PWWB_OK, beat(&s, "old"));
    s.clock.wall_ms = LATE - 1;
    CHECK_STATUS(PWWB_E_FULL, beat(&s, "x"));
    take(s.two, "old");
    s.clock.wall_ms = LATE;
    check_nothing(s.one);
    CHECK_STATUS(PWWB_OK, beat(&s, "late already"));
    CHECK_STATUS(PWWB_OK, beat(&s, "makes room of it"));
    check_nothing(s.one);
    tear_down(&s);
}

static void
what_is_released_comes_again_to_its_instance_alone(void)
{
    struct scene s;
    uint64_t     tag;

    set_up(&s, 8);
    CHECK_STATUS(PWWB_OK, beat(&s, "a"));
    tag = check_received(s.one, "a", PWWB_NO);
    CHECK_STATUS(PWWB_OK, wb_transport_settle(s.one, tag, PWWB_SETTLE_RELEASE, 0, NULL));
    take(s.two, "a");
    check_nothing(s.two);
    (void)check_received(s.one, "a", PWWB_YES);
    pwwb_transport_free(s.one); /* and it holds it still */
    s.one = NULL;
    check_nothing(s.two);
    tear_down(&s);
}

static void
an_order_that_was_given_back_comes_again_as_such(void)
{
    struct scene s;

    set_up(&s, 8);
    CHECK_STATUS(PWWB_OK, send_to(&s, PWWB_ADDRESS_PORTALS, "order"));
    (void)check_received(s.one, "order", PWWB_NO);
    pwwb_transport_free(s.one);
    s.one = NULL;
    (void)check_received(s.two, "order", PWWB_YES);
    tear_down(&s);
}

/* A relay that makes two of one does not know it. */
static void
faults_befall_a_heartbeat_in_all_its_copies(void)
{
    struct scene s;

    set_up(&s, 8);
    fault(&s, PWWB_RELAY_DUPLICATE, 1);
    CHECK_STATUS(PWWB_OK, beat(&s, "twice"));
    take(s.one, "twice");
    take(s.one, "twice");
    take(s.two, "twice");
    take(s.two, "twice");
    fault(&s, PWWB_RELAY_DROP, 1);
    CHECK_STATUS(PWWB_OK, beat(&s, "dropped"));
    fault(&s, PWWB_RELAY_EXPIRE, 1);
    CHECK_STATUS(PWWB_OK, beat(&s, "expired"));
    fault(&s, PWWB_RELAY_FULL, 1);
    CHECK_STATUS(PWWB_E_FULL, beat(&s, "refused"));
    check_nothing(s.one);
    check_nothing(s.two);
    tear_down(&s);
}

static int32_t
agents_seen(pwwb_transport *transport)
{
    int32_t agents = -1;

    CHECK_STATUS(PWWB_OK, wb_transport_presence(transport, &agents, NULL));
    return agents;
}

static void
presence_is_whether_an_agent_is_connected(void)
{
    struct scene    s;
    pwwb_transport *other;

    set_up(&s, 8);
    CHECK_INT(PWWB_YES, agents_seen(s.one));
    other = connect(s.relay, PWWB_RELAY_AGENT);
    pwwb_transport_free(s.agent);
    CHECK_INT(PWWB_YES, agents_seen(s.replies));
    pwwb_transport_free(other);
    s.agent = NULL;
    CHECK_INT(PWWB_NO, agents_seen(s.one));
    CHECK_INT(PWWB_NO, agents_seen(s.replies));
    tear_down(&s);
}

static void
after_a_restart_each_is_present_once_it_has_noticed(void)
{
    struct scene  s;
    int32_t       agents;
    uint8_t       buf[PWWB_ENVELOPE_MAX];
    pwwb_delivery d;

    set_up(&s, 8);
    fault(&s, PWWB_RELAY_RESTART, 0);
    CHECK_STATUS(PWWB_E_CLOSED, wb_transport_presence(s.one, &agents, NULL));
    CHECK_STATUS(PWWB_E_CLOSED, wb_transport_presence(s.one, &agents, NULL));
    CHECK_STATUS(PWWB_E_CLOSED, wb_transport_receive(s.one, buf, sizeof(buf), &d, 0, NULL));
    CHECK_INT(PWWB_NO, agents_seen(s.one));
    CHECK_STATUS(PWWB_E_CLOSED, beat(&s, "x"));
    CHECK_INT(PWWB_YES, agents_seen(s.one));
    tear_down(&s);
}

struct waiter {
    pwwb_transport *transport;
    pwwb_status     status;
};

static void *
wait_in_receive(void *arg)
{
    struct waiter *w = arg;
    uint8_t        buf[PWWB_ENVELOPE_MAX];
    pwwb_delivery  d;

    w->status = wb_transport_receive(w->transport, buf, sizeof(buf), &d, 60000, NULL);
    return NULL;
}

static void
a_heartbeat_wakes_every_instance(void)
{
    const struct timespec pause = {.tv_nsec = 50000000};
    struct scene          s;
    struct waiter         one, two;
    pthread_t             threads[2];

    set_up(&s, 8);
    one = (struct waiter){.transport = s.one};
    two = (struct waiter){.transport = s.two};
    CHECK_INT(0, pthread_create(&threads[0], NULL, wait_in_receive, &one));
    CHECK_INT(0, pthread_create(&threads[1], NULL, wait_in_receive, &two));
    nanosleep(&pause, NULL);
    CHECK_STATUS(PWWB_OK, beat(&s, "a"));
    pthread_join(threads[0], NULL);
    pthread_join(threads[1], NULL);
    CHECK_STATUS(PWWB_OK, one.status);
    CHECK_STATUS(PWWB_OK, two.status);
    tear_down(&s);
}

static void
without_memory_for_every_copy_none_is_given(void)
{
    struct scene s;
    long         calls, nth;

    set_up(&s, 8);
    faults_count();
    CHECK_STATUS(PWWB_OK, beat(&s, "a"));
    calls = faults_stop();
    CHECK(calls > 1);
    take(s.one, "a");
    take(s.two, "a");
    for (nth = 1; nth <= calls; nth++) {
        faults_fail(nth);
        CHECK_STATUS(PWWB_E_NO_MEMORY, beat(&s, "b"));
        faults_stop();
        check_nothing(s.one);
        check_nothing(s.two);
    }
    CHECK_STATUS(PWWB_OK, beat(&s, "c"));
    take(s.one, "c");
    tear_down(&s);
}

int
main(void)
{
    RUN(every_instance_gets_each_heartbeat_and_one_gets_an_order);
    RUN(an_instance_that_comes_later_gets_the_later_ones);
    RUN(where_no_instance_is_nobody_is_told_and_nothing_kept);
    RUN(there_is_room_for_all_or_none_gets_it);
    RUN(copies_expire_where_they_wait);
    RUN(what_is_released_comes_again_to_its_instance_alone);
    RUN(an_order_that_was_given_back_comes_again_as_such);
    RUN(faults_befall_a_heartbeat_in_all_its_copies);
    RUN(presence_is_whether_an_agent_is_connected);
    RUN(after_a_restart_each_is_present_once_it_has_noticed);
    RUN(a_heartbeat_wakes_every_instance);
    RUN(without_memory_for_every_copy_none_is_given);
    return DONE;
}
