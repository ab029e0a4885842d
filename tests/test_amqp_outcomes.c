/* SPDX-License-Identifier: Apache-2.0 */
/* rows: 1 6 */
/* Every message that is sent has one outcome, and none is told as surely not sent that may be. */
#include "amqp_world.h"

static amqp_world w;

static void
begin(int32_t end)
{
    world_make(&w, end);
    (void)world_run(&w);
    CHECK_INT(PWWB_AMQP_READY, world_status(&w).phase);
}

/* Nothing more is told of any message. */
static void
end_of_story(void)
{
    uint64_t    ticket;
    pwwb_status status;

    CHECK_STATUS(PWWB_E_TIMEOUT, pwwb_amqp_sent(w.amqp, &ticket, &status, NULL));
    world_drop(&w);
}

static pwwb_status
told(void)
{
    uint64_t    ticket;
    pwwb_status status;

    if (pwwb_amqp_sent(w.amqp, &ticket, &status, NULL) != PWWB_OK)
        return PWWB_E_NOT_YET;
    return status;
}

/* A minute, in which the broker sends its heartbeats. */
static void
wait_for_its_end(void)
{
    int i;

    for (i = 0; i < 12; i++)
        (void)world_wait(&w, 5000);
}

/* AMQP 1.0 part 3, 3.4 */
static void
the_broker_s_word_becomes_a_status(void)
{
    static const struct {
        uint64_t    disposition;
        pwwb_status status;
    } words[] = {
        {PN_ACCEPTED, PWWB_OK},
        {PN_REJECTED, PWWB_E_FULL},
        {PN_MODIFIED, PWWB_E_FULL},
        {PN_RELEASED, PWWB_E_NO_AGENT},
    };
    size_t i;

    begin(PWWB_RELAY_PORTAL);
    for (i = 0; i < 4; i++) {
        w.script.disposition = words[i].disposition;
        CHECK_STATUS(words[i].status, world_send(&w, "", "x"));
    }
    end_of_story();
}

static void
nothing_is_sent_before_it_is_ready(void)
{
    pwwb_message m;
    uint64_t     ticket;

    world_make(&w, PWWB_RELAY_PORTAL);
    m = world_message(&w, "", "x");
    CHECK_STATUS(PWWB_E_CONNECT, pwwb_amqp_send(w.amqp, &m, &ticket, NULL));
    CHECK_INT(0, (intmax_t)ticket);
    w.script.is_silent = 1;
    (void)world_run(&w);
    CHECK_INT(PWWB_AMQP_CONNECTING, world_status(&w).phase);
    CHECK_STATUS(PWWB_E_CONNECT, pwwb_amqp_send(w.amqp, &m, &ticket, NULL));
    end_of_story();
}

/* The broker has it, and its answer is lost with the connection. */
static void
a_lost_connection_leaves_it_open(void)
{
    begin(PWWB_RELAY_PORTAL);
    w.script.disposition = 0;
    CHECK_STATUS(PWWB_E_NOT_YET, world_send(&w, "", "x"));
    CHECK_INT(1, w.peer.count);
    w.read_status = PWWB_E_CLOSED;
    (void)world_run(&w);
    CHECK_STATUS(PWWB_E_CLOSED, told());
    end_of_story();
}

/* Without credit it has not left: then the same is sure. */
static void
one_that_never_left_is_surely_not_sent(void)
{
    world_make(&w, PWWB_RELAY_PORTAL);
    w.script.credit = 0;
    (void)world_run(&w);
    CHECK_STATUS(PWWB_E_NOT_YET, world_send(&w, "", "x"));
    w.read_status = PWWB_E_CLOSED;
    (void)world_run(&w);
    CHECK_STATUS(PWWB_E_CONNECT, told());
    CHECK_INT(0, w.peer.count);
    end_of_story();
}

static void
silence_until_its_time_is_over_leaves_it_open(void)
{
    int i;

    begin(PWWB_RELAY_PORTAL);
    w.script.disposition = 0;
    CHECK_STATUS(PWWB_E_NOT_YET, world_send(&w, "", "x"));
    for (i = 0; i < 11; i++) {
        (void)world_wait(&w, 5000);
        CHECK_STATUS(PWWB_E_NOT_YET, told());
    }
    (void)world_wait(&w, 4999);
    CHECK_STATUS(PWWB_E_NOT_YET, told());
    (void)world_wait(&w, 1);
    CHECK_STATUS(PWWB_E_TIMEOUT, told());
    CHECK_INT(PWWB_AMQP_READY, world_status(&w).phase);
    end_of_story();
}

/* No credit until its time is over: it is taken back, and never comes. */
static void
one_without_credit_is_taken_back(void)
{
    world_make(&w, PWWB_RELAY_PORTAL);
    w.script.credit = 0;
    (void)world_run(&w);
    CHECK_STATUS(PWWB_E_NOT_YET, world_send(&w, "", "x"));
    wait_for_its_end();
    CHECK_STATUS(PWWB_E_FULL, told());
    pn_link_flow(peer_link(&w.peer, "req"), 10);
    (void)world_run(&w);
    CHECK_INT(0, w.peer.count);
    end_of_story();
}

/* An outcome that comes after the story is over changes nothing. */
static void
a_late_word_is_not_told(void)
{
    pn_delivery_t *late;

    begin(PWWB_RELAY_PORTAL);
    w.script.disposition = 0;
    CHECK_STATUS(PWWB_E_NOT_YET, world_send(&w, "", "x"));
    wait_for_its_end();
    CHECK_STATUS(PWWB_E_TIMEOUT, told());
    late = pn_unsettled_head(peer_link(&w.peer, "req"));
    if (late != NULL) {
        pn_delivery_update(late, PN_ACCEPTED);
        pn_delivery_settle(late);
    }
    (void)world_run(&w);
    CHECK_STATUS(PWWB_E_NOT_YET, told());
    w.script.disposition = PN_ACCEPTED;
    CHECK_STATUS(PWWB_OK, world_send(&w, "", "x"));
    end_of_story();
}

/* AMQP 1.0 part 2, 2.8.15 */
static void
a_refused_link_says_why(void)
{
    static const struct {
        const char *condition;
        pwwb_status status;
    } refusals[] = {
        {"amqp:not-found", PWWB_E_NO_AGENT},
        {"amqp:unauthorized-access", PWWB_E_AUTH},
        {"amqp:resource-limit-exceeded", PWWB_E_FULL},
        {"amqp:internal-error", PWWB_E_CONNECT},
        {NULL, PWWB_E_CONNECT},
    };
    size_t i;

    begin(PWWB_RELAY_AGENT);
    w.script.refused = "rsp.gone";
    for (i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++) {
        w.script.condition = refusals[i].condition;
        CHECK_STATUS(refusals[i].status, world_send(&w, "gone", "x"));
        CHECK_STATUS(PWWB_OK, world_send(&w, "p2", "x"));
    }
    CHECK_INT(PWWB_AMQP_READY, world_status(&w).phase);
    end_of_story();
}

/* A queue that is deleted while a message is on its way there. */
static void
a_link_that_ends_leaves_what_was_sent_open(void)
{
    begin(PWWB_RELAY_AGENT);
    w.script.disposition = 0;
    CHECK_STATUS(PWWB_E_NOT_YET, world_send(&w, "p2", "x"));
    pn_link_close(peer_link(&w.peer, "rsp.p2"));
    (void)world_run(&w);
    CHECK_STATUS(PWWB_E_CLOSED, told());
    end_of_story();
}

static void
places_are_bounded_and_come_back(void)
{
    pwwb_message m;
    uint64_t     ticket, other;
    pwwb_status  status;
    int          i, is_told[PWWB_AMQP_CREDIT_MAX + 1] = {0};

    begin(PWWB_RELAY_PORTAL);
    m = world_message(&w, "", "x");
    for (i = 0; i < PWWB_AMQP_CREDIT_MAX; i++)
        CHECK_STATUS(PWWB_OK, pwwb_amqp_send(w.amqp, &m, &ticket, NULL));
    CHECK_STATUS(PWWB_E_FULL, pwwb_amqp_send(w.amqp, &m, &ticket, NULL));
    (void)world_run(&w);
    CHECK_STATUS(PWWB_E_FULL, pwwb_amqp_send(w.amqp, &m, &ticket, NULL)); /* not taken yet */
    for (i = 0; i < PWWB_AMQP_CREDIT_MAX; i++) {
        CHECK_STATUS(PWWB_OK, pwwb_amqp_sent(w.amqp, &other, &status, NULL));
        CHECK(other <= PWWB_AMQP_CREDIT_MAX && !is_told[other]);
        is_told[other % (PWWB_AMQP_CREDIT_MAX + 1)] = 1;
        CHECK_STATUS(PWWB_OK, status);
    }
    CHECK_STATUS(PWWB_OK, world_send(&w, "", "x"));
    CHECK_INT(PWWB_AMQP_CREDIT_MAX + 1, w.peer.count);
    end_of_story();
}

static void
a_message_that_cannot_be_is_refused(void)
{
    static uint8_t much[PWWB_ENVELOPE_MAX + 1];
    pwwb_message   m;
    uint64_t       ticket;

    begin(PWWB_RELAY_PORTAL);
    m     = world_message(&w, "", "x");
    m.len = 0;
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_amqp_send(w.amqp, &m, &ticket, NULL));
    m.data = much;
    m.len  = sizeof(much);
    CHECK_STATUS(PWWB_E_TOO_LARGE, pwwb_amqp_send(w.amqp, &m, &ticket, NULL));
    m.len = PWWB_ENVELOPE_MAX;
    CHECK_STATUS(PWWB_OK, pwwb_amqp_send(w.amqp, &m, &ticket, NULL));
    m.size = 8;
    CHECK_STATUS(PWWB_E_ABI, pwwb_amqp_send(w.amqp, &m, &ticket, NULL));
    (void)world_run(&w);
    CHECK_STATUS(PWWB_OK, told());
    end_of_story();
}

int
main(void)
{
    RUN(the_broker_s_word_becomes_a_status);
    RUN(nothing_is_sent_before_it_is_ready);
    RUN(a_lost_connection_leaves_it_open);
    RUN(one_that_never_left_is_surely_not_sent);
    RUN(silence_until_its_time_is_over_leaves_it_open);
    RUN(one_without_credit_is_taken_back);
    RUN(a_late_word_is_not_told);
    RUN(a_refused_link_says_why);
    RUN(a_link_that_ends_leaves_what_was_sent_open);
    RUN(places_are_bounded_and_come_back);
    RUN(a_message_that_cannot_be_is_refused);
    return DONE;
}
