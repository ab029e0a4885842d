/* SPDX-License-Identifier: Apache-2.0 */
/* rows: 6 11 */
/* How a connection ends, how long it takes to begin, and when it is tried again, on a clock that
 * stands still. A wait is what was asked for, less a quarter at most. */
#include <poll.h>

#include "amqp_world.h"

static amqp_world w;

#define CHECK_WAIT(ms) check_wait(__LINE__, ms)

static void
check_wait(int line, int64_t ms)
{
    int64_t next = world_status(&w).next_try_ms;

    harness_compare(__FILE__, line, "the wait", next > ms - ms / 4 - 1 && next <= ms, "within",
                    "not");
}

/* To the next try, and no further. */
static void
next_try(void)
{
    (void)world_wait(&w, world_status(&w).next_try_ms);
}

static void
the_wait_doubles_up_to_the_longest(void)
{
    int64_t ms;
    int     i;

    world_make(&w, PWWB_RELAY_AGENT);
    w.open_status = PWWB_E_CONNECT;
    (void)world_run(&w);
    for (i = 1, ms = 100; i < 14; i++, ms = ms * 2 < 60000 ? ms * 2 : 60000) {
        CHECK_INT(i, w.opens);
        CHECK_WAIT(ms);
        CHECK_STATUS(PWWB_E_CONNECT, world_status(&w).last);
        CHECK_INT(world_status(&w).next_try_ms, world_run(&w)); /* what it asks to wait for */
        next_try();
    }
    world_drop(&w);
}

static void
nothing_is_tried_before_its_time(void)
{
    world_make(&w, PWWB_RELAY_AGENT);
    w.open_status = PWWB_E_CONNECT;
    (void)world_run(&w);
    (void)world_wait(&w, world_status(&w).next_try_ms - 1);
    CHECK_INT(1, w.opens);
    (void)world_wait(&w, 1);
    CHECK_INT(2, w.opens);
    world_drop(&w);
}

/* Ready, useful for so long, and lost. */
static void
live_for(int64_t ms)
{
    w.read_status = PWWB_OK;
    next_try();
    CHECK_INT(PWWB_AMQP_READY, world_status(&w).phase);
    (void)world_wait(&w, ms);
    w.read_status = PWWB_E_CLOSED;
    (void)world_run(&w);
    CHECK_INT(PWWB_AMQP_WAITING, world_status(&w).phase);
}

/* Resetting at the mere opening made nine tries a second, for ever. */
static void
only_useful_life_begins_the_wait_anew(void)
{
    world_make(&w, PWWB_RELAY_AGENT);
    live_for(0);
    CHECK_WAIT(100);
    live_for(4999);
    CHECK_WAIT(200);
    live_for(4999);
    CHECK_WAIT(400);
    live_for(5000);
    CHECK_WAIT(100);
    CHECK_INT(4, (intmax_t)world_status(&w).connects);
    world_drop(&w);
}

static void
what_needs_a_human_waits_longest_at_once(void)
{
    static const pwwb_status slow[] = {PWWB_E_AUTH, PWWB_E_TLS_CA, PWWB_E_TLS_NAME,
                                       PWWB_E_TLS_EXPIRED};
    size_t i;

    for (i = 0; i < 4; i++) {
        world_make(&w, PWWB_RELAY_AGENT);
        w.read_status = slow[i];
        (void)world_run(&w);
        CHECK_STATUS(slow[i], world_status(&w).last);
        CHECK_WAIT(60000);
        w.read_status = PWWB_E_CLOSED; /* and does not become quick by another failure */
        next_try();
        CHECK_WAIT(60000);
        world_drop(&w);
    }
}

static void
a_wrong_password_waits_longest(void)
{
    world_make(&w, PWWB_RELAY_AGENT);
    w.script.sasl_outcome = 1;
    (void)world_run(&w);
    CHECK_STATUS(PWWB_E_AUTH, world_status(&w).last);
    CHECK_WAIT(60000);
    w.script.sasl_outcome = 0;
    next_try();
    CHECK_INT(PWWB_AMQP_READY, world_status(&w).phase);
    world_drop(&w);
}

/* AMQP 1.0 part 5, 5.3.3.6: 2, 3 and 4 are faults of the broker. */
static void
a_broker_that_cannot_check_is_tried_again(void)
{
    uint8_t code;

    for (code = 2; code <= 4; code++) {
        world_make(&w, PWWB_RELAY_AGENT);
        w.script.sasl_outcome = code;
        (void)world_run(&w);
        CHECK_STATUS(PWWB_E_CONNECT, world_status(&w).last);
        CHECK_WAIT(100);
        world_drop(&w);
    }
}

/* A link of its own end that is refused: with a reason, or none. */
static void
a_queue_that_is_refused_ends_the_connection(void)
{
    static const struct {
        const char *condition;
        pwwb_status status;
        int64_t     wait_ms;
    } refusals[] = {
        {"amqp:not-found", PWWB_E_NO_AGENT, 100},
        {"amqp:unauthorized-access", PWWB_E_AUTH, 60000},
        {"amqp:resource-limit-exceeded", PWWB_E_FULL, 100},
        {NULL, PWWB_E_CLOSED, 100},
    };
    size_t i;

    for (i = 0; i < 4; i++) {
        world_make(&w, PWWB_RELAY_AGENT);
        w.script.refused   = i % 2 == 0 ? "req" : "hbt";
        w.script.condition = refusals[i].condition;
        (void)world_run(&w);
        CHECK_INT(0, (intmax_t)world_status(&w).connects);
        CHECK_STATUS(refusals[i].status, world_status(&w).last);
        CHECK_WAIT(refusals[i].wait_ms);
        world_drop(&w);
    }
}

static void
one_deadline_is_over_all_of_it(void)
{
    world_make(&w, PWWB_RELAY_AGENT);
    w.script.is_silent = 1;
    CHECK_INT(10000, world_run(&w));
    CHECK_INT(PWWB_AMQP_CONNECTING, world_status(&w).phase);
    (void)world_wait(&w, 4000);
    w.script.is_silent = 0; /* SASL is done, and then it is silent again */
    w.most             = 4;
    CHECK_STATUS(PWWB_OK, pwwb_amqp_service(w.amqp, NULL));
    w.script.is_silent = 1;
    CHECK_INT(6000, world_run(&w));
    (void)world_wait(&w, 5999);
    CHECK_INT(PWWB_AMQP_CONNECTING, world_status(&w).phase);
    (void)world_wait(&w, 1);
    CHECK_INT(PWWB_AMQP_WAITING, world_status(&w).phase);
    CHECK_STATUS(PWWB_E_CONNECT, world_status(&w).last);
    world_drop(&w);
}

static void
a_silent_broker_is_given_up(void)
{
    world_make(&w, PWWB_RELAY_AGENT);
    (void)world_run(&w);
    w.script.is_silent = 1;
    CHECK(world_wait(&w, 10000) <= 10000);
    (void)world_wait(&w, 9999);
    CHECK_INT(PWWB_AMQP_READY, world_status(&w).phase);
    (void)world_wait(&w, 1);
    CHECK_INT(PWWB_AMQP_WAITING, world_status(&w).phase);
    CHECK_STATUS(PWWB_E_CLOSED, world_status(&w).last);
    CHECK_WAIT(100);
    world_drop(&w);
}

/* We are not silent for longer than the broker bears: it ends what is. */
static void
heartbeats_keep_a_connection(void)
{
    uint64_t out;
    int64_t  next = 0;
    int      i;

    world_make(&w, PWWB_RELAY_AGENT);
    w.script.idle_ms = 8000; /* it tells half of it */
    (void)world_run(&w);
    out = world_status(&w).octets_out;
    for (i = 0; i < 100; i++) {
        CHECK(next <= 4000);
        next = world_wait(&w, next > 0 ? next : 1);
    }
    CHECK_INT(PWWB_AMQP_READY, world_status(&w).phase);
    CHECK_INT(1, (intmax_t)world_status(&w).connects);
    CHECK(world_status(&w).octets_out >= out + 8 * 20);
    world_drop(&w);
}

static void
a_stream_that_takes_nothing_is_waited_for(void)
{
    world_make(&w, PWWB_RELAY_AGENT);
    w.is_stuck = 1;
    CHECK_INT(10000, world_run(&w));
    w.is_stuck = 0;
    (void)world_run(&w);
    CHECK_INT(PWWB_AMQP_READY, world_status(&w).phase);
    world_drop(&w);
}

/* It would have to be asked for ever. */
static void
a_stream_that_does_not_tell_is_no_way(void)
{
    world_make(&w, PWWB_RELAY_AGENT);
    w.is_dumb = 1;
    (void)world_run(&w);
    CHECK_INT(PWWB_AMQP_WAITING, world_status(&w).phase);
    CHECK_STATUS(PWWB_E_NOT_SUPPORTED, world_status(&w).last);
    world_drop(&w);
}

static void
why_there_is_no_connection_is_told(void)
{
    pwwb_error   *err = pwwb_error_new();
    uint8_t       buf[PWWB_ENVELOPE_MAX];
    pwwb_delivery d = {.size = sizeof(d)};
    pwwb_message  m;
    uint64_t      ticket;

    world_make(&w, PWWB_RELAY_AGENT);
    w.script.sasl_outcome = 1;
    (void)world_run(&w);
    m = world_message(&w, "", "x");
    CHECK_STATUS(PWWB_E_TIMEOUT, pwwb_amqp_receive(w.amqp, buf, sizeof(buf), &d, err));
    CHECK(strstr(pwwb_error_message(err), "password") != NULL);
    CHECK_STATUS(PWWB_E_CONNECT, pwwb_amqp_send(w.amqp, &m, &ticket, err));
    CHECK(strstr(pwwb_error_message(err), "password") != NULL);
    CHECK(strstr(pwwb_error_message(err), AMQP_SECRET) == NULL);
    pwwb_error_free(err);
    world_drop(&w);
}

static int64_t
descriptor_is_ready(amqp_world *world)
{
    pwwb_interest list[2];
    struct pollfd p;
    size_t        count = 0;
    int64_t       timeout_ms;

    CHECK_STATUS(PWWB_OK, pwwb_amqp_interest(world->amqp, list, 2, &count, &timeout_ms, NULL));
    CHECK_INT(PWWB_READABLE, list[0].directions);
    p = (struct pollfd){.fd = (int)list[0].descriptor, .events = POLLIN};
    return poll(&p, 1, 0);
}

static void
a_wake_lasts_until_the_next_service(void)
{
    world_make(&w, PWWB_RELAY_AGENT);
    CHECK_INT(0, descriptor_is_ready(&w));
    pwwb_amqp_wake(w.amqp);
    pwwb_amqp_wake(w.amqp);
    CHECK_INT(1, descriptor_is_ready(&w));
    CHECK_STATUS(PWWB_OK, pwwb_amqp_service(w.amqp, NULL));
    CHECK_INT(0, descriptor_is_ready(&w));
    pwwb_amqp_wake(NULL);
    world_drop(&w);
}

static void
a_list_that_is_too_short_tells_the_need(void)
{
    pwwb_interest list[2];
    size_t        count = 0;
    int64_t       timeout_ms;

    world_make(&w, PWWB_RELAY_AGENT);
    CHECK_STATUS(PWWB_E_BUFFER_TOO_SMALL,
                 pwwb_amqp_interest(w.amqp, NULL, 0, &count, &timeout_ms, NULL));
    CHECK_INT(1, (intmax_t)count);
    CHECK_INT(0, timeout_ms);
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT,
                 pwwb_amqp_interest(w.amqp, list, 2, NULL, &timeout_ms, NULL));
    world_drop(&w);
}

/* What is settled, and that we go: the broker hears it. */
static void
a_connection_that_is_freed_says_goodbye(void)
{
    world_make(&w, PWWB_RELAY_AGENT);
    (void)world_run(&w);
    pwwb_amqp_free(w.amqp);
    CHECK((pn_connection_state(w.peer.driver.connection) & PN_REMOTE_CLOSED) != 0);
    w.amqp = NULL;
    world_drop(&w);
}

int
main(void)
{
    RUN(the_wait_doubles_up_to_the_longest);
    RUN(nothing_is_tried_before_its_time);
    RUN(only_useful_life_begins_the_wait_anew);
    RUN(what_needs_a_human_waits_longest_at_once);
    RUN(a_wrong_password_waits_longest);
    RUN(a_broker_that_cannot_check_is_tried_again);
    RUN(a_queue_that_is_refused_ends_the_connection);
    RUN(one_deadline_is_over_all_of_it);
    RUN(a_silent_broker_is_given_up);
    RUN(heartbeats_keep_a_connection);
    RUN(a_stream_that_takes_nothing_is_waited_for);
    RUN(a_stream_that_does_not_tell_is_no_way);
    RUN(why_there_is_no_connection_is_told);
    RUN(a_wake_lasts_until_the_next_service);
    RUN(a_list_that_is_too_short_tells_the_need);
    RUN(a_connection_that_is_freed_says_goodbye);
    return DONE;
}
