/* SPDX-License-Identifier: Apache-2.0 */
/* rows: 1 19 */
/* An AMQP peer that misbehaves: what is promised for each way holds, within the deadline. */
#include "bad_amqp.h"

/* What a send is told, and how many messages the peer must have seen by then. */
typedef struct way {
    const char *how;
    int64_t     send_ms; /* long where only the peer's answer ends it, or must have come by then */
    int         connections; /* at most: a quick refusal is tried again, but not at once */
    int         taken;
    pwwb_status told;
    pwwb_status or_told;
    pwwb_status present; /* 0 = any reason will do, NEVER_ENDED = the connection still hopes */
} way;

static const ct_maker bad_maker = {.name = "a bad peer", .long_ms = 10000};

#define NEVER_ENDED 1
#define SURE(how)   {(how), 2000, 5, 0, PWWB_E_CONNECT, PWWB_E_CONNECT, PWWB_OK}
#define HOPES(how)  {(how), 700, 1, 0, PWWB_E_CONNECT, PWWB_E_CONNECT, NEVER_ENDED}
#define RIGHTS(how) {(how), 2000, 1, 0, PWWB_E_CONNECT, PWWB_E_AUTH, PWWB_E_AUTH}

static const way ways[] = {
    {"good", 10000, 1, 1, PWWB_OK, PWWB_OK, NEVER_ENDED},
    HOPES("silent"),
    SURE("hangs_up_at_once"),
    SURE("not_amqp"),
    SURE("other_version"),
    RIGHTS("other_mechanism"),
    RIGHTS("refused"),
    SURE("sasl_system"),
    SURE("sasl_temporary"),
    HOPES("no_open"),
    HOPES("no_begin"),
    HOPES("no_attach"),
    SURE("close:amqp:connection:forced"),
    SURE("close:amqp:internal-error"),
    RIGHTS("close:amqp:unauthorized-access"),
    SURE("close:amqp:resource-limit-exceeded"),
    SURE("close:amqp:not-found"),
    SURE("close:amqp:not-allowed"),
    SURE("close:amqp:connection:framing-error"),
    SURE("close:amqp:connection:redirect"),
    SURE("detach:amqp:not-found"),
    SURE("detach:amqp:link:redirect"),
    RIGHTS("detach:amqp:unauthorized-access"),
    {"garbage", 2000, 5, 0, PWWB_E_CONNECT, PWWB_E_CONNECT, NEVER_ENDED},
    SURE("huge_frame"),
    SURE("tiny_frame"),
    {"no_credit", 2000, 1, 0, PWWB_E_FULL, PWWB_E_FULL, NEVER_ENDED},
    {"never_settles", 3000, 1, 1, PWWB_E_TIMEOUT, PWWB_E_TIMEOUT, NEVER_ENDED},
    {"wrong_disposition", 3000, 5, 1, PWWB_E_TIMEOUT, PWWB_E_CLOSED, NEVER_ENDED},
    {"settles_without_a_word", 10000, 1, 1, PWWB_E_CLOSED, PWWB_E_CLOSED, NEVER_ENDED},
    {"rejected", 10000, 1, 1, PWWB_E_FULL, PWWB_E_NO_AGENT, NEVER_ENDED},
    {"modified", 10000, 1, 1, PWWB_E_FULL, PWWB_E_NO_AGENT, NEVER_ENDED},
    {"released", 10000, 1, 1, PWWB_E_FULL, PWWB_E_NO_AGENT, NEVER_ENDED},
    {"hangs_up", 10000, 1, 1, PWWB_E_CLOSED, PWWB_E_CLOSED, PWWB_OK},
    {"garbage_after", 3000, 5, 1, PWWB_E_TIMEOUT, PWWB_E_CLOSED, NEVER_ENDED},
    {"detach_after:amqp:internal-error", 10000, 1, 1, PWWB_E_CLOSED, PWWB_E_CLOSED, PWWB_OK},
};
#define WAYS (sizeof(ways) / sizeof(ways[0]))

/* Only these reasons stand in the table of transports. */
static int
is_reason(pwwb_status st)
{
    return st == PWWB_E_CONNECT || st == PWWB_E_AUTH || st == PWWB_E_CLOSED || st == PWWB_E_TLS;
}

static int
is_one_of(pwwb_status st, pwwb_status a, pwwb_status b)
{
    return st == a || st == b;
}

static int
keeps(const way *w)
{
    pwwb_transport *t;
    bad_counts      c;
    int64_t         begun, late_ms;
    int32_t         agents;
    pwwb_status     st, present;
    int             good;

    ct_test++;
    (void)bad_order(w->how);
    t       = bad_connect(PWWB_RELAY_PORTAL, 0);
    begun   = ct_now_ms();
    st      = ct_send(t, "", "to a bad peer", w->send_ms);
    late_ms = ct_late_ms(begun, w->send_ms);
    present = wb_transport_presence(t, &agents, NULL);
    begun   = ct_now_ms();
    pwwb_transport_free(t);
    late_ms += ct_late_ms(begun, 0);
    c = bad_order("good");

    good = late_ms == 0 && is_one_of(st, w->told, w->or_told) && c.taken == w->taken &&
           c.connections >= 1 && c.connections <= w->connections && agents != PWWB_YES;
    if (w->present == PWWB_OK)
        good = good && is_reason(present);
    else if (w->present != NEVER_ENDED)
        good = good && present == w->present;
    printf("# %-38s %s, presence %s, %d connections, %d taken%s\n", w->how, pwwb_status_name(st),
           pwwb_status_name(present), c.connections, c.taken, good ? "" : "  <-- wrong");
    return good;
}

static void
a_send_is_told_what_is_promised_whatever_the_peer_does(void)
{
    size_t i;

    for (i = 0; i < WAYS; i++)
        CHECK_INT(1, keeps(&ways[i]));
}

/* A peer that takes small frames only gets the message in pieces. */
static void
the_longest_message_passes_in_the_smallest_frames(void)
{
    static const uint8_t octets[PWWB_ENVELOPE_MAX];
    pwwb_message         m = ct_message("", "long", CT_TTL);
    pwwb_transport      *t;

    (void)bad_order("small_frames");
    t      = bad_connect(PWWB_RELAY_PORTAL, 0);
    m.data = octets;
    m.len  = sizeof(octets);
    CHECK_STATUS(PWWB_OK, wb_transport_send(t, &m, ct->long_ms, NULL));
    pwwb_transport_free(t);
    CHECK_INT(1, bad_order("good").taken);
}

/* The deadline over everything up to the attach ends a connection, and it is tried again. */
static void
a_connection_that_gets_nowhere_is_given_up(void)
{
    static const char *const hows[] = {"silent", "no_open", "no_begin", "no_attach"};
    size_t                   i;

    for (i = 0; i < sizeof(hows) / sizeof(hows[0]); i++) {
        pwwb_transport *t;
        int32_t         agents;
        pwwb_status     st;
        bad_counts      c;

        (void)bad_order(hows[i]);
        t = bad_connect(PWWB_RELAY_PORTAL, 300);
        CHECK_STATUS(PWWB_E_CONNECT, ct_send(t, "", "nowhere", 1500));
        st = wb_transport_presence(t, &agents, NULL);
        CHECK(is_reason(st));
        pwwb_transport_free(t);
        c = bad_order("good");
        CHECK(c.connections >= 2);
        CHECK(c.connections <= 5);
    }
}

/* ---- what comes in ---- */

static long
peak_kib(void)
{
    FILE *file = fopen("/proc/self/status", "r");
    char  line[128];
    long  kib = 0;

    while (fgets(line, sizeof(line), file) != NULL)
        (void)sscanf(line, "VmHWM: %ld", &kib);
    fclose(file);
    return kib;
}

/* It is rejected without anybody seeing it, and the next one comes. */
static void
check_is_set_aside(const char *how)
{
    pwwb_transport *t;
    ct_taken        taken;
    bad_counts      c;
    long            peak = peak_kib();

    (void)bad_order(how);
    t = bad_connect(PWWB_RELAY_AGENT, 0);
    CHECK_STATUS(PWWB_OK, ct_take(t, &taken, ct->long_ms));
    CHECK_STR("good", taken.text);
    ct_settles(&taken, PWWB_SETTLE_ACCEPT);
    CHECK_STATUS(PWWB_E_TIMEOUT, ct_take(t, &taken, 100));
    pwwb_transport_free(t);
    c = bad_order("good");
    printf("# %-20s settled %s, %ld KiB more\n", how, c.settled, peak_kib() - peak);
    CHECK_STR("rejected,accepted", c.settled);
    CHECK_INT(1, c.connections);
    CHECK(peak_kib() - peak < 2048);
}

static void
what_is_no_message_of_ours_is_set_aside(void)
{
    static const char *const hows[] = {"large", "value", "two_sections", "no_body",
                                       "broken_message"};
    size_t                   i;

    for (i = 0; i < sizeof(hows) / sizeof(hows[0]); i++)
        check_is_set_aside(hows[i]);
}

static void
a_message_of_ten_million_octets_is_set_aside_in_little_memory(void)
{
    check_is_set_aside("big");
}

static void
a_good_message_is_the_control(void)
{
    pwwb_transport *t;
    ct_taken        taken;
    size_t          i;

    (void)bad_order("delivers");
    t = bad_connect(PWWB_RELAY_AGENT, 0);
    CHECK_STATUS(PWWB_OK, ct_take(t, &taken, ct->long_ms));
    CHECK_STR("good", taken.text);
    for (i = 0; i < PWWB_ID_SIZE; i++)
        CHECK_INT(i, taken.delivery.id[i]);
    ct_settles(&taken, PWWB_SETTLE_ACCEPT);
    (void)ct_take(t, &taken, 50);
    pwwb_transport_free(t);
    CHECK_STR("accepted", bad_order("good").settled);
}

/* It has room for one and, while its answer is on the way, for the next: of each connection it gets two at
 * most, and the third ends the connection; before the first was taken, where they come together. */
static void
more_messages_than_there_is_credit_for_are_not_held(void)
{
    pwwb_transport *t;
    ct_taken        taken;
    uint64_t        connection = 0; /* a tag's upper half is its connection's number */
    int             got = 0, of_this = 0, connections;

    (void)bad_order("flood");
    t = bad_connect(PWWB_RELAY_AGENT, 0);
    while (got < 10 && ct_take(t, &taken, 300) == PWWB_OK) {
        of_this    = taken.delivery.tag >> 32 == connection ? of_this + 1 : 1;
        connection = taken.delivery.tag >> 32;
        CHECK(of_this <= 2);
        got++;
    }
    pwwb_transport_free(t);
    connections = bad_order("good").connections;
    CHECK(got > 0 || connections > 1);
    printf("# flood                %d taken over %d connections\n", got, connections);
}

/* More than the window it was given: whether that ends the connection or it is set aside piece by piece as it
 * comes, nothing of it is kept or given. */
static void
a_peer_that_overruns_the_window_takes_no_memory(void)
{
    pwwb_transport *t;
    ct_taken        taken;
    int64_t         begun;
    pwwb_status     st;
    long            peak = peak_kib();

    (void)bad_order("overruns");
    t     = bad_connect(PWWB_RELAY_AGENT, 0);
    begun = ct_now_ms();
    st    = ct_take(t, &taken, 1000);
    CHECK_INT(0, ct_late_ms(begun, 1000));
    if (st == PWWB_OK)
        CHECK_STR("good", taken.text);
    CHECK(peak_kib() - peak < 2048);
    pwwb_transport_free(t);
    CHECK(bad_order("good").connections <= 5);
}

int
main(void)
{
    ct = &bad_maker;
    bad_start();
    RUN(a_send_is_told_what_is_promised_whatever_the_peer_does);
    RUN(the_longest_message_passes_in_the_smallest_frames);
    RUN(a_connection_that_gets_nowhere_is_given_up);
    RUN(what_is_no_message_of_ours_is_set_aside);
    RUN(a_message_of_ten_million_octets_is_set_aside_in_little_memory);
    RUN(a_good_message_is_the_control);
    RUN(more_messages_than_there_is_credit_for_are_not_held);
    RUN(a_peer_that_overruns_the_window_takes_no_memory);
    bad_end();
    return DONE;
}
