/* SPDX-License-Identifier: Apache-2.0 */
/* rows: 6 11 */
/* Messages that come in: taken as they are, or refused; settled, or lost with their connection. */
#include "amqp_world.h"

#define ID "fedcba9876543210"

static amqp_world    w;
static char          text[PWWB_ENVELOPE_MAX + 1];
static pwwb_delivery d;

static void
begin_end(int32_t end, int32_t credit)
{
    pwwb_amqp_options options = world_options(&w, end);

    options.credit = credit;
    world_with(&w, &options);
    (void)world_run(&w);
}

static void
begin(int32_t credit)
{
    begin_end(PWWB_RELAY_AGENT, credit);
}

static void
raw(const void *octets, size_t len)
{
    peer_send_raw(&w.peer, "req", octets, len);
    (void)world_run(&w);
}

static void
come(const char *what, const char *id, int is_first)
{
    peer_send(&w.peer, "req", what, strlen(what), id, is_first);
    (void)world_run(&w);
}

static void
a_message_comes_with_its_id(void)
{
    begin(2);
    come("one", ID, 1);
    come("two", NULL, 1);
    CHECK_STATUS(PWWB_OK, world_receive(&w, text, &d));
    CHECK_STR("one", text);
    CHECK_MEM(ID, 16, d.id, sizeof(d.id));
    CHECK_STATUS(PWWB_OK, world_receive(&w, text, &d));
    CHECK_STR("two", text);
    CHECK_MEM("\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 16, d.id, sizeof(d.id));
    CHECK_STATUS(PWWB_E_TIMEOUT, world_receive(&w, text, &d));
    world_drop(&w);
}

static void
credit_is_what_is_not_settled(void)
{
    uint64_t tag;
    int      i;

    begin(3);
    for (i = 0; i < 10; i++)
        come("x", ID, 1);
    CHECK_INT(7, pn_link_queued(peer_link(&w.peer, "req"))); /* what has not left */
    for (i = 0; i < 3; i++)
        CHECK_STATUS(PWWB_OK, world_receive(&w, text, &d));
    tag = d.tag;
    CHECK_STATUS(PWWB_E_TIMEOUT, world_receive(&w, text, &d));
    CHECK_STATUS(PWWB_OK, pwwb_amqp_settle(w.amqp, tag, PWWB_SETTLE_ACCEPT, NULL));
    (void)world_run(&w);
    CHECK_INT(6, pn_link_queued(peer_link(&w.peer, "req")));
    CHECK_STATUS(PWWB_OK, world_receive(&w, text, &d));
    CHECK_STATUS(PWWB_E_TIMEOUT, world_receive(&w, text, &d));
    world_drop(&w);
}

/* AMQP 1.0 part 2, 2.6.7: what the peer may still send is link-credit. */
static void
a_portal_gives_credit_again_by_halves(void)
{
    static const int credits[] = {4, 3, 4, 3, 4};
    pn_link_t       *link;
    size_t           i;

    begin_end(PWWB_RELAY_PORTAL, 4);
    link = peer_link(&w.peer, "rsp.p1");
    for (i = 0; i < sizeof(credits) / sizeof(credits[0]); i++) {
        CHECK_INT(credits[i], pn_link_credit(link));
        peer_send(&w.peer, "rsp.p1", "x", 1, ID, 1);
        (void)world_run(&w);
        CHECK_STATUS(PWWB_OK, world_receive(&w, text, &d));
        CHECK_STATUS(PWWB_OK, pwwb_amqp_settle(w.amqp, d.tag, PWWB_SETTLE_ACCEPT, NULL));
        (void)world_run(&w);
    }
    world_drop(&w);
    begin_end(PWWB_RELAY_PORTAL, 0);
    CHECK_INT(8, pn_link_credit(peer_link(&w.peer, "rsp.p1")));
    world_drop(&w);
}

static int
credit(void)
{
    (void)world_run(&w);
    return pn_link_credit(peer_link(&w.peer, "req"));
}

/* The same place is not given twice, and nobody is told that more workers are free than are. */
static void
an_answer_asks_for_the_next(void)
{
    begin(1);
    CHECK_INT(1, credit());
    CHECK_STATUS(PWWB_OK, world_send(&w, "p1", "answer to nothing"));
    CHECK_INT(1, credit());
    come("first", ID, 1);
    CHECK_STATUS(PWWB_OK, world_receive(&w, text, &d));
    CHECK_STATUS(PWWB_OK, world_send(&w, PWWB_ADDRESS_HEARTBEATS, "beat"));
    CHECK_INT(0, credit());
    CHECK_STATUS(PWWB_OK, world_send(&w, "p1", "answer"));
    CHECK_STATUS(PWWB_OK, world_send(&w, "p1", "the same again"));
    CHECK_INT(1, credit());
    come("second", ID, 1);
    CHECK_STATUS(PWWB_OK, pwwb_amqp_settle(w.amqp, d.tag, PWWB_SETTLE_ACCEPT, NULL));
    CHECK_INT(0, credit());
    CHECK_STATUS(PWWB_OK, world_receive(&w, text, &d));
    CHECK_STR("second", text);
    CHECK_STATUS(PWWB_OK, pwwb_amqp_settle(w.amqp, d.tag, PWWB_SETTLE_RELEASE, NULL));
    CHECK_INT(1, credit());
    world_drop(&w);
}

static void
what_is_held_gives_its_place_to_another(void)
{
    uint64_t tag;
    int      i;

    begin(1);
    for (i = 0; i < 3; i++)
        come("x", ID, 1);
    CHECK_STATUS(PWWB_OK, world_receive(&w, text, &d));
    tag = d.tag;
    CHECK_STATUS(PWWB_OK, pwwb_amqp_hold(w.amqp, tag, NULL));
    CHECK_STATUS(PWWB_E_NOT_FOUND, pwwb_amqp_hold(w.amqp, tag, NULL));
    (void)world_run(&w);
    CHECK_INT(1, pn_link_queued(peer_link(&w.peer, "req")));
    CHECK_STATUS(PWWB_OK, world_receive(&w, text, &d));

    CHECK_STATUS(PWWB_OK, pwwb_amqp_settle(w.amqp, tag, PWWB_SETTLE_RELEASE, NULL));
    (void)world_run(&w);
    CHECK_INT(1, (intmax_t)w.peer.settled_count);
    CHECK_INT(PN_RELEASED, (intmax_t)w.peer.settled[0]);
    CHECK_INT(1, pn_link_queued(peer_link(&w.peer, "req"))); /* the place is another's */
    CHECK_STATUS(PWWB_E_NOT_FOUND, pwwb_amqp_settle(w.amqp, tag, PWWB_SETTLE_RELEASE, NULL));
    world_drop(&w);
}

static void
so_many_can_be_held(void)
{
    int i;

    begin(1);
    for (i = 0; i < 512; i++) {
        come("x", ID, 1);
        CHECK_STATUS(PWWB_OK, world_receive(&w, text, &d));
        CHECK_STATUS(PWWB_OK, pwwb_amqp_hold(w.amqp, d.tag, NULL));
    }
    come("x", ID, 1);
    CHECK_STATUS(PWWB_OK, world_receive(&w, text, &d));
    CHECK_STATUS(PWWB_E_FULL, pwwb_amqp_hold(w.amqp, d.tag, NULL));
    CHECK_STATUS(PWWB_OK, pwwb_amqp_settle(w.amqp, d.tag, PWWB_SETTLE_ACCEPT, NULL));
    world_drop(&w);
}

/* AMQP 1.0 part 3, 3.4 */
static void
a_verdict_is_said_to_the_broker(void)
{
    static const struct {
        int32_t  verdict;
        uint64_t disposition;
    } verdicts[] = {
        {PWWB_SETTLE_ACCEPT, PN_ACCEPTED},
        {PWWB_SETTLE_RELEASE, PN_RELEASED},
        {PWWB_SETTLE_REJECT, PN_REJECTED},
    };
    size_t i;

    begin(1);
    for (i = 0; i < 3; i++) {
        come("x", ID, 1);
        CHECK_STATUS(PWWB_OK, world_receive(&w, text, &d));
        CHECK_STATUS(PWWB_OK, pwwb_amqp_settle(w.amqp, d.tag, verdicts[i].verdict, NULL));
        (void)world_run(&w);
        CHECK_INT((intmax_t)i + 1, (intmax_t)w.peer.settled_count);
        CHECK_INT((intmax_t)verdicts[i].disposition, (intmax_t)w.peer.settled[i]);
    }
    world_drop(&w);
}

static void
a_tag_is_settled_once_and_by_a_verdict(void)
{
    begin(1);
    come("x", ID, 1);
    CHECK_STATUS(PWWB_E_NOT_FOUND, pwwb_amqp_settle(w.amqp, 1, PWWB_SETTLE_ACCEPT, NULL));
    CHECK_STATUS(PWWB_OK, world_receive(&w, text, &d));
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_amqp_settle(w.amqp, d.tag, 0, NULL));
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_amqp_settle(w.amqp, d.tag, 4, NULL));
    CHECK_STATUS(PWWB_OK, pwwb_amqp_settle(w.amqp, d.tag, PWWB_SETTLE_ACCEPT, NULL));
    CHECK_STATUS(PWWB_E_NOT_FOUND, pwwb_amqp_settle(w.amqp, d.tag, PWWB_SETTLE_ACCEPT, NULL));
    world_drop(&w);
}

static void
a_tag_of_a_lost_connection_is_not_found(void)
{
    uint64_t old;

    begin(2);
    come("x", ID, 1);
    come("y", ID, 1);
    CHECK_STATUS(PWWB_OK, world_receive(&w, text, &d));
    old           = d.tag;
    w.read_status = PWWB_E_CLOSED;
    (void)world_run(&w);
    CHECK_STATUS(PWWB_E_NOT_FOUND, pwwb_amqp_settle(w.amqp, old, PWWB_SETTLE_ACCEPT, NULL));
    CHECK_STATUS(PWWB_E_TIMEOUT, world_receive(&w, text, &d)); /* the other comes again */
    w.read_status = PWWB_OK;
    (void)world_wait(&w, 1000);
    CHECK_INT(PWWB_AMQP_READY, world_status(&w).phase);
    come("x", ID, 0);
    CHECK_STATUS(PWWB_OK, world_receive(&w, text, &d));
    CHECK(d.tag != old);
    CHECK_STATUS(PWWB_E_NOT_FOUND, pwwb_amqp_settle(w.amqp, old, PWWB_SETTLE_ACCEPT, NULL));
    CHECK_STATUS(PWWB_OK, pwwb_amqp_settle(w.amqp, d.tag, PWWB_SETTLE_ACCEPT, NULL));
    world_drop(&w);
}

/* AMQP 1.0 part 3, 3.2.1: false is the default, so that only true tells something. */
static void
a_redelivery_is_told_by_a_broker_that_tells(void)
{
    begin(3);
    come("x", ID, 0);
    CHECK_STATUS(PWWB_OK, world_receive(&w, text, &d));
    CHECK_INT(PWWB_MAYBE, d.is_redelivered);
    come("x", ID, 1);
    CHECK_STATUS(PWWB_OK, world_receive(&w, text, &d));
    CHECK_INT(PWWB_NO, d.is_redelivered);
    come("x", ID, 0);
    CHECK_STATUS(PWWB_OK, world_receive(&w, text, &d));
    CHECK_INT(PWWB_YES, d.is_redelivered);
    world_drop(&w);
}

static void
a_failed_delivery_before_is_a_redelivery(void)
{
    begin(1);
    /* header: durable null, priority null, ttl null, first-acquirer true, delivery-count 2 */
    raw("\x00\x53\x70\xc0\x07\x05\x40\x40\x40\x41\x52\x02\x00\x53\x75\xa0\x01x", 18);
    CHECK_STATUS(PWWB_OK, world_receive(&w, text, &d));
    CHECK_INT(PWWB_YES, d.is_redelivered);
    world_drop(&w);
}

/* Refused, and its place is free again. */
static void
refused(const void *octets, size_t len)
{
    begin(1);
    raw(octets, len);
    CHECK_STATUS(PWWB_E_TIMEOUT, world_receive(&w, text, &d));
    CHECK_INT(1, (intmax_t)w.peer.settled_count);
    CHECK_INT(PN_REJECTED, (intmax_t)w.peer.settled[0]);
    come("good", ID, 1);
    CHECK_STATUS(PWWB_OK, world_receive(&w, text, &d));
    CHECK_STR("good", text);
    world_drop(&w);
}

#define REFUSED(literal) refused(literal, sizeof(literal) - 1)

/* AMQP 1.0 part 3, 3.2 */
static void
what_is_not_one_section_of_data_is_rejected(void)
{
    REFUSED("\x00\x53\x77\xa0\x01x");                       /* a value, of octets */
    REFUSED("\x00\x53\x77\xa1\x01x");                       /* a value, of text */
    REFUSED("\x00\x53\x76\x45");                            /* a sequence */
    REFUSED("\x00\x53\x75\xa0\x01x\x00\x53\x75\xa0\x01y");  /* two sections of data */
    REFUSED("\x00\x53\x75\xa0\x00");                        /* none */
    REFUSED("\x00\x53\x70\x45");                            /* a header alone */
    REFUSED("\x00\x53\x75\xa1\x01x");                       /* data that is text */
    REFUSED("\x00\x53\x75\xa0\x01x\x00\x53\x70\x45");       /* a header behind */
    REFUSED("\x00\x53\x75\xa0\x02x");                       /* cut */
    REFUSED("\x00\x53\x75\xb0\xff\xff\xff\xff");            /* far too long */
    REFUSED("\x53\x75\xa0\x01x");                           /* no section */
    REFUSED("\x00\x53\x79\xa0\x01x");                       /* no such section */
    REFUSED("\x00\xa3\x01y\xa0\x01x");                      /* one by another's name */
    REFUSED("nonsense");
}

/* All that may stand around it: annotations, properties, a footer; a UUID as id. */
static void
what_else_a_message_has_is_passed_over(void)
{
    static const char all[] =
        "\x00\x53\x70\xc0\x07\x05\x41\x50\x04\x40\x41\x43" /* header */
        "\x00\x53\x71\xc1\x01\x00" "\x00\x53\x72\xc1\x06\x02\xa3\x01x\xa1\x00" /* annotations */
        "\x00\x53\x73\xc0\x19\x06\xa1\x01m\x40\x40\x40\x40\x98" ID /* properties */
        "\x00\x53\x74\xd1\x00\x00\x00\x04\x00\x00\x00\x00"
        "\x00\x80\x00\x00\x00\x00\x00\x00\x00\x75\xb0\x00\x00\x00\x04" "data"
        "\x00\x53\x78\xc1\x01\x00";

    begin(1);
    raw(all, sizeof(all) - 1);
    CHECK_STATUS(PWWB_OK, world_receive(&w, text, &d));
    CHECK_STR("data", text);
    CHECK_MEM(ID, 16, d.id, sizeof(d.id));
    world_drop(&w);
}

static void
an_id_of_another_form_is_none(void)
{
    begin(2);
    /* message-id as text of 16 octets; correlation-id of 15 octets */
    raw("\x00\x53\x73\xc0\x28\x06\xa1\x10" ID "\x40\x40\x40\x40\xa0\x0f" "fedcba987654321"
        "\x00\x53\x75\xa0\x01x", 51);
    CHECK_STATUS(PWWB_OK, world_receive(&w, text, &d));
    CHECK_MEM("\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 16, d.id, sizeof(d.id));
    world_drop(&w);
}

static void
the_largest_message_is_taken_and_a_larger_one_rejected(void)
{
    static char much[PWWB_ENVELOPE_MAX + 1];

    memset(much, 'x', sizeof(much));
    begin(1);
    peer_send(&w.peer, "req", much, PWWB_ENVELOPE_MAX, ID, 1);
    (void)world_run(&w);
    CHECK_STATUS(PWWB_OK, world_receive(&w, text, &d));
    CHECK_INT(PWWB_ENVELOPE_MAX, (intmax_t)d.len);
    CHECK_STATUS(PWWB_OK, pwwb_amqp_settle(w.amqp, d.tag, PWWB_SETTLE_ACCEPT, NULL));
    peer_send(&w.peer, "req", much, PWWB_ENVELOPE_MAX + 1, ID, 1);
    (void)world_run(&w);
    CHECK_STATUS(PWWB_E_TIMEOUT, world_receive(&w, text, &d));
    CHECK_INT(PN_REJECTED, (intmax_t)w.peer.settled[1]);
    come("good", ID, 1);
    CHECK_STATUS(PWWB_OK, world_receive(&w, text, &d));
    world_drop(&w);
}

/* Four frames and more of it: what is too large is not kept, and the next one comes. */
static void
a_flood_in_one_message_is_rejected(void)
{
    static char much[60000];

    begin(1);
    peer_send(&w.peer, "req", much, sizeof(much), ID, 1);
    (void)world_run(&w);
    CHECK_INT(PN_REJECTED, (intmax_t)w.peer.settled[0]);
    come("good", ID, 1);
    CHECK_STATUS(PWWB_OK, world_receive(&w, text, &d));
    CHECK_STR("good", text);
    world_drop(&w);
}

/* In several transfers, as a broker with small frames sends it. */
static void
a_message_in_pieces_is_put_together(void)
{
    static const char octets[] = "\x00\x53\x75\xa0\x0a" "0123456789";
    pn_link_t        *link;
    size_t            i;

    begin(1);
    link = peer_link(&w.peer, "req");
    (void)pn_delivery(link, pn_dtag("t", 1));
    for (i = 0; i < sizeof(octets) - 1; i++) {
        (void)pn_link_send(link, octets + i, 1);
        (void)world_run(&w);
        CHECK_STATUS(PWWB_E_TIMEOUT, world_receive(&w, text, &d));
    }
    (void)pn_link_advance(link);
    (void)world_run(&w);
    CHECK_STATUS(PWWB_OK, world_receive(&w, text, &d));
    CHECK_STR("0123456789", text);
    world_drop(&w);
}

static void
a_message_that_is_broken_off_is_forgotten(void)
{
    pn_link_t     *link;
    pn_delivery_t *half;

    begin(1);
    link = peer_link(&w.peer, "req");
    half = pn_delivery(link, pn_dtag("t", 1));
    (void)pn_link_send(link, "\x00\x53\x75\xa0\x0a" "01", 7);
    (void)world_run(&w);
    pn_delivery_abort(half);
    (void)world_run(&w);
    CHECK_STATUS(PWWB_E_TIMEOUT, world_receive(&w, text, &d));
    come("good", ID, 1);
    CHECK_STATUS(PWWB_OK, world_receive(&w, text, &d));
    CHECK_STR("good", text);
    world_drop(&w);
}

static void
portal_instances_get_orders_and_heartbeats(void)
{
    world_make(&w, PWWB_RELAY_PORTALS);
    (void)world_run(&w);
    peer_send(&w.peer, "ord", "order", 5, ID, 1);
    (void)world_run(&w);
    peer_send(&w.peer, "hbt/", "heartbeat", 9, ID, 1);
    (void)world_run(&w);
    CHECK_STATUS(PWWB_OK, world_receive(&w, text, &d));
    CHECK_STR("order", text);
    CHECK_STATUS(PWWB_OK, world_receive(&w, text, &d));
    CHECK_STR("heartbeat", text);
    world_drop(&w);
}

static void
arguments_are_checked(void)
{
    uint8_t       small[PWWB_ENVELOPE_MAX - 1];
    pwwb_delivery bad = {.size = 8};

    begin(1);
    d = (pwwb_delivery){.size = sizeof(d)};
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT,
                 pwwb_amqp_receive(w.amqp, small, sizeof(small), &d, NULL));
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT,
                 pwwb_amqp_receive(NULL, (uint8_t *)text, PWWB_ENVELOPE_MAX, &d, NULL));
    CHECK_STATUS(PWWB_E_ABI,
                 pwwb_amqp_receive(w.amqp, (uint8_t *)text, PWWB_ENVELOPE_MAX, &bad, NULL));
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_amqp_settle(NULL, 1, PWWB_SETTLE_ACCEPT, NULL));
    world_drop(&w);
}

int
main(void)
{
    RUN(a_message_comes_with_its_id);
    RUN(credit_is_what_is_not_settled);
    RUN(a_portal_gives_credit_again_by_halves);
    RUN(an_answer_asks_for_the_next);
    RUN(what_is_held_gives_its_place_to_another);
    RUN(so_many_can_be_held);
    RUN(a_verdict_is_said_to_the_broker);
    RUN(a_tag_is_settled_once_and_by_a_verdict);
    RUN(a_tag_of_a_lost_connection_is_not_found);
    RUN(a_redelivery_is_told_by_a_broker_that_tells);
    RUN(a_failed_delivery_before_is_a_redelivery);
    RUN(what_is_not_one_section_of_data_is_rejected);
    RUN(what_else_a_message_has_is_passed_over);
    RUN(an_id_of_another_form_is_none);
    RUN(the_largest_message_is_taken_and_a_larger_one_rejected);
    RUN(a_flood_in_one_message_is_rejected);
    RUN(a_message_in_pieces_is_put_together);
    RUN(a_message_that_is_broken_off_is_forgotten);
    RUN(portal_instances_get_orders_and_heartbeats);
    RUN(arguments_are_checked);
    return DONE;
}
