/* SPDX-License-Identifier: Apache-2.0 */
/* rows: 6 10 */
/* A connection in pull form to a broker over memory: how it begins, sends and receives. */
#include "amqp_world.h"

static amqp_world w;

static void
every_end_attaches_its_links(void)
{
    static const struct {
        int32_t     end;
        const char *links[4];
    } ends[] = {
        {PWWB_RELAY_AGENT, {"ord", "hbt", "req", NULL}},
        {PWWB_RELAY_PORTAL, {"req", "rsp.p1", NULL}},
        {PWWB_RELAY_PORTALS, {"req", "ord", "hbt/", NULL}},
    };
    size_t i, k;

    for (i = 0; i < 3; i++) {
        world_make(&w, ends[i].end);
        CHECK_INT(PWWB_AMQP_WAITING, world_status(&w).phase);
        CHECK_INT(0, world_status(&w).next_try_ms);
        (void)world_run(&w);
        CHECK_INT(PWWB_AMQP_READY, world_status(&w).phase);
        CHECK_INT(1, (intmax_t)world_status(&w).connects);
        CHECK_STATUS(PWWB_OK, world_status(&w).last);
        for (k = 0; ends[i].links[k] != NULL; k++)
            CHECK(peer_link(&w.peer, ends[i].links[k]) != NULL);
        CHECK_INT((intmax_t)k, (intmax_t)w.peer.link_count);
        CHECK_INT(0, w.peer.early_credit); /* part 2, 2.7.4: delivery-count MUST NOT be set before */
        world_drop(&w);
    }
}

/* RFC 4616: an empty authorisation identity, NUL, name, NUL, password. */
static void
the_password_is_sent_as_plain(void)
{
    static const char plain[] = "\0agent\0" AMQP_SECRET;
    char             *at      = NULL;
    size_t            i;

    world_make(&w, PWWB_RELAY_AGENT);
    (void)world_run(&w);
    for (i = 0; i + sizeof(plain) - 1 <= w.peer.sasl_len && at == NULL; i++)
        if (memcmp(w.peer.sasl + i, plain, sizeof(plain) - 1) == 0)
            at = w.peer.sasl + i;
    CHECK(at != NULL);
    world_drop(&w);
}

static void
one_octet_at_a_time_is_enough(void)
{
    char          text[PWWB_ENVELOPE_MAX + 1];
    pwwb_delivery d;

    world_make(&w, PWWB_RELAY_AGENT);
    w.most = 1;
    (void)world_run(&w);
    CHECK_STATUS(PWWB_OK, world_send(&w, "p2", "a reply"));
    peer_send(&w.peer, "req", "a request", 9, "fedcba9876543210", 1);
    (void)world_run(&w);
    CHECK_STATUS(PWWB_OK, world_receive(&w, text, &d));
    CHECK_STR("a request", text);
    world_drop(&w);
}

/* What the broker reads, by Qpid Proton's decoder. */
static void
a_message_carries_its_time_to_live_and_ids(void)
{
    static const char id[16] = "0123456789abcde";
    pwwb_message      m;
    pn_message_t     *read = pn_message();
    pn_bytes_t        data;
    uint64_t          ticket;

    world_make(&w, PWWB_RELAY_PORTAL);
    (void)world_run(&w);
    m = world_message(&w, "", "sealed");
    snprintf(m.reply_to, sizeof(m.reply_to), "%s", pwwb_amqp_address(w.amqp));
    CHECK_STATUS(PWWB_OK, pwwb_amqp_send(w.amqp, &m, &ticket, NULL));
    (void)world_run(&w);

    CHECK_INT(0, pn_message_decode(read, w.peer.got, w.peer.got_len));
    CHECK_INT(60000, pn_message_get_ttl(read));
    CHECK_INT(w.wall_ms + 60000, pn_message_get_expiry_time(read));
    CHECK_INT(1, pn_message_is_durable(read));
    CHECK_INT(PN_BINARY, pn_message_get_id(read).type);
    CHECK_MEM(id, 16, pn_message_get_id(read).u.as_bytes.start,
              pn_message_get_id(read).u.as_bytes.size);
    CHECK_MEM(id, 16, pn_message_get_correlation_id(read).u.as_bytes.start,
              pn_message_get_correlation_id(read).u.as_bytes.size);
    CHECK_STR("rsp.p1", pn_message_get_reply_to(read));
    CHECK(pn_message_is_inferred(read)); /* a section of data */
    (void)pn_data_next(pn_message_body(read));
    data = pn_data_get_binary(pn_message_body(read));
    CHECK_MEM("sealed", 6, data.start, data.size);
    pn_message_free(read);
    world_drop(&w);
}

static uint32_t
ttl_of(int64_t expires_ms)
{
    pwwb_message  m    = world_message(&w, "", "sealed");
    pn_message_t *read = pn_message();
    uint64_t      ticket;
    uint32_t      ttl;

    m.expires_ms = expires_ms;
    CHECK_STATUS(PWWB_OK, pwwb_amqp_send(w.amqp, &m, &ticket, NULL));
    (void)world_run(&w);
    CHECK_INT(0, pn_message_decode(read, w.peer.got, w.peer.got_len));
    ttl = pn_message_get_ttl(read);
    pn_message_free(read);
    return ttl;
}

/* To many, a time to live of 0 is none. */
static void
a_message_whose_time_is_over_lives_for_a_millisecond(void)
{
    world_make(&w, PWWB_RELAY_PORTAL);
    (void)world_run(&w);
    CHECK_INT(1, ttl_of(w.wall_ms - 1));
    CHECK_INT(1, ttl_of(0));
    CHECK_INT(1, ttl_of(INT64_MIN));
    CHECK_INT(1, ttl_of(w.wall_ms + 1));
    CHECK_INT(UINT32_MAX, ttl_of(INT64_MAX));
    world_drop(&w);
}

/* No other address can be made of what a request says. */
static void
a_destination_is_a_word_or_a_name(void)
{
    static const char *const bad[] = {"a/b", "a.b", "../x", "a b", "p1;", "\xc3\xa4", "/queue/x"};
    pwwb_message             m;
    uint64_t                 ticket;
    size_t                   i;

    world_make(&w, PWWB_RELAY_AGENT);
    (void)world_run(&w);
    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        m = world_message(&w, bad[i], "x");
        CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_amqp_send(w.amqp, &m, &ticket, NULL));
        m = world_message(&w, "", "x");
        snprintf(m.reply_to, sizeof(m.reply_to), "%s", bad[i]);
        CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_amqp_send(w.amqp, &m, &ticket, NULL));
    }
    m = world_message(&w, "", "x");
    memset(m.to, 'a', 64);
    CHECK_STATUS(PWWB_OK, pwwb_amqp_send(w.amqp, &m, &ticket, NULL));
    memset(m.to, 'a', 65);
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_amqp_send(w.amqp, &m, &ticket, NULL));
    memset(m.to, 'a', sizeof(m.to));
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_amqp_send(w.amqp, &m, &ticket, NULL));
    world_drop(&w);
}

static void
each_destination_has_its_address(void)
{
    world_make(&w, PWWB_RELAY_AGENT);
    (void)world_run(&w);
    CHECK_STATUS(PWWB_OK, world_send(&w, PWWB_ADDRESS_PORTALS, "x"));
    CHECK_STATUS(PWWB_OK, world_send(&w, PWWB_ADDRESS_HEARTBEATS, "x"));
    CHECK_INT(3, (intmax_t)w.peer.link_count);
    CHECK_STATUS(PWWB_OK, world_send(&w, "p2", "x"));
    CHECK_STATUS(PWWB_OK, world_send(&w, "p2", "x"));
    CHECK_INT(4, (intmax_t)w.peer.link_count);
    CHECK(peer_link(&w.peer, "rsp.p2") != NULL);
    CHECK_INT(4, w.peer.count);
    world_drop(&w);
}

/* 64 places, two of them kept. */
static void
links_to_portals_are_bounded(void)
{
    char name[8];
    int  i;

    world_make(&w, PWWB_RELAY_AGENT);
    (void)world_run(&w);
    for (i = 0; i < 70; i++) {
        snprintf(name, sizeof(name), "p%d", i);
        CHECK_STATUS(PWWB_OK, world_send(&w, name, "x"));
        CHECK_STATUS(PWWB_OK, world_send(&w, "p0", "x")); /* used all the time: it stays */
    }
    CHECK_INT(8, w.peer.detached);
    CHECK_INT(73, (intmax_t)w.peer.link_count);
    CHECK_INT(140, w.peer.count);
    world_drop(&w);
}

static void
a_portal_without_a_name_draws_one(void)
{
    pwwb_amqp_options options = world_options(&w, PWWB_RELAY_PORTAL);
    char              first[65];

    options.name = NULL;
    world_with(&w, &options);
    snprintf(first, sizeof(first), "%s", pwwb_amqp_address(w.amqp));
    CHECK_INT(32, (intmax_t)strlen(first));
    CHECK_INT(32, (intmax_t)strspn(first, "0123456789abcdef"));
    (void)world_run(&w);
    CHECK_STR(first, pwwb_amqp_address(w.amqp));
    world_drop(&w);
    world_with(&w, &options);
    CHECK(strcmp(first, pwwb_amqp_address(w.amqp)) != 0);
    world_drop(&w);
}

static void
only_a_portal_has_an_address(void)
{
    world_make(&w, PWWB_RELAY_AGENT);
    CHECK_STR("", pwwb_amqp_address(w.amqp));
    world_drop(&w);
    world_make(&w, PWWB_RELAY_PORTALS);
    CHECK_STR("", pwwb_amqp_address(w.amqp));
    world_drop(&w);
    CHECK_STR("", pwwb_amqp_address(NULL));
}

int
main(void)
{
    RUN(every_end_attaches_its_links);
    RUN(the_password_is_sent_as_plain);
    RUN(one_octet_at_a_time_is_enough);
    RUN(a_message_carries_its_time_to_live_and_ids);
    RUN(a_message_whose_time_is_over_lives_for_a_millisecond);
    RUN(a_destination_is_a_word_or_a_name);
    RUN(each_destination_has_its_address);
    RUN(links_to_portals_are_bounded);
    RUN(a_portal_without_a_name_draws_one);
    RUN(only_a_portal_has_an_address);
    return DONE;
}
