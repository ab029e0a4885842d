/* SPDX-License-Identifier: Apache-2.0 */
/* rows: 6 */
/* Frames that a broker may not say. Each would reach Qpid Proton, which ends the process on some,
 * works without end on others, and makes room for what nobody asked. Written by hand from AMQP 1.0
 * part 2, 2.7; each test begins with one that may be said. */
#include "amqp_world.h"

static amqp_world w;

static void
begin(void)
{
    world_make(&w, PWWB_RELAY_AGENT);
    (void)world_run(&w);
}

/* The broker says a frame of this body, by itself. Whether the connection lives on. */
static int
says(const void *body, size_t len)
{
    uint8_t head[8] = {0, 0, 0, 0, 2, 0, 0, 0};

    begin();
    head[2] = (uint8_t)((len + 8) >> 8);
    head[3] = (uint8_t)(len + 8);
    peer_say(&w.peer, head, sizeof(head));
    peer_say(&w.peer, body, len);
    (void)world_run(&w);
    return world_status(&w).phase == PWWB_AMQP_READY;
}

static void
end(int was_allowed)
{
    CHECK_STATUS(was_allowed ? PWWB_OK : PWWB_E_CLOSED, world_status(&w).last);
    world_drop(&w);
}

#define ALLOWED(literal) (CHECK(says(literal, sizeof(literal) - 1)), end(1))
#define REFUSED(literal) (CHECK(!says(literal, sizeof(literal) - 1)), end(0))

/* The peer gave the receiver of requests, which we opened third, this handle. */
#define H "\x52\x02"

static void
a_delivery_begins_with_its_id_and_tag(void)
{
    ALLOWED("\x00\x53\x14\xc0\x07\x03" H "\x43\xa0\x01t" "\x00\x53\x75\xa0\x01x");
    REFUSED("\x00\x53\x14\xc0\x04\x01" H "\x40" "\x00\x53\x75\xa0\x01x"); /* a count that is too small */
    REFUSED("\x00\x53\x14\xc0\x07\x03" H "\x40\xa0\x01t" "\x00\x53\x75\xa0\x01x");
    REFUSED("\x00\x53\x14\xc0\x05\x03" H "\x43\x40" "\x00\x53\x75\xa0\x01x");
    REFUSED("\x00\x53\x14\xc0\x0a\x06" H "\x40\xa0\x01t\x40\x40\x41" "\x00\x53\x75\xa0\x01x");
}

static void
a_delivery_comes_over_a_link_of_ours(void)
{
    REFUSED("\x00\x53\x14\xc0\x07\x03\x52\x00\x43\xa0\x01t" "\x00\x53\x75\xa0\x01x"); /* we send there */
    REFUSED("\x00\x53\x14\xc0\x07\x03\x52\x09\x43\xa0\x01t" "\x00\x53\x75\xa0\x01x");
}

static void
fields_have_their_types(void)
{
    ALLOWED("\x00\x53\x13\xc0\x05\x04\x40\x43\x43\x43");
    REFUSED("\x00\x53\x13\xc0\x05\x04\x40\x43\x43\x40");             /* none where one must be */
    REFUSED("\x00\x53\x13\xc0\x05\x04\x40\x43\x43\x41");             /* true for a number */
    REFUSED("\x00\x53\x13\xc0\x04\x03\x40\x43\x43");                 /* too few */
    REFUSED("\x00\x53\x13\xc0\x06\x04\x40\x43\x43\x43\x43");         /* more than counted */
    REFUSED("\x00\x53\x13\xc0\x08\x04\x40\x00\x53\x01\x43\x43\x43"); /* a described one */
    REFUSED("\x00\x53\x13\xc0\x10\x0f\x40\x43\x43\x43\x40\x40\x40\x40\x40\x40\x40\x40\x40\x40\x40");
    REFUSED("\x00\x53\x13\xa0\x01x");                                /* no list */
    REFUSED("\x00\x53\x1f\x45");                                     /* no such performative */
    REFUSED("\x00\xa3\x04open\x45");
    REFUSED("\x45");
    REFUSED("\x00\x53\x13\xc0\x05\x04\x40\x43\x43\x43rest");         /* only a transfer has more */
}

/* It would look at each of four thousand million deliveries. */
static void
a_disposition_speaks_of_few(void)
{
    ALLOWED("\x00\x53\x15\xc0\x05\x03\x41\x43\x52\x05");
    ALLOWED("\x00\x53\x15\xc0\x03\x02\x41\x43");
    REFUSED("\x00\x53\x15\xc0\x08\x03\x41\x43\x70\x7f\xff\xff\xff");
    REFUSED("\x00\x53\x15\xc0\x05\x03\x41\x52\x05\x43"); /* backwards: all but five */
}

static void
links_and_sessions_are_those_we_asked_for(void)
{
    REFUSED("\x00\x53\x12\xc0\x09\x03\xa1\x03new\x52\x20\x41");              /* a link of its own */
    REFUSED("\x00\x53\x12\xc0\x07\x03\xa1\x01" "1\x52\x20\x41");             /* one that is attached */
    REFUSED("\x00\x53\x11\xc0\x07\x04\x40\x43\x52\x10\x52\x10");             /* a session of its own */
    REFUSED("\x00\x53\x11\xc0\x09\x04\x60\x00\x00\x43\x52\x10\x52\x10");     /* ours, once more */
}

static void
a_frame_has_a_sane_head(void)
{
    static const char *const heads[] = {
        "\x00\x00\x00\x07\x02\x00\x00\x00", /* shorter than its head */
        "\x00\x00\x40\x01\x02\x00\x00\x00", /* longer than we said we take */
        "\xff\xff\xff\xff\x02\x00\x00\x00",
        "\x00\x00\x00\x08\x01\x00\x00\x00", /* begins within its head */
        "\x00\x00\x00\x08\x03\x00\x00\x00", /* and behind its end */
        "\x00\x00\x00\x08\x02\x01\x00\x00", /* SASL's, now */
    };
    size_t i;

    begin();
    peer_say(&w.peer, "\x00\x00\x00\x08\x02\x00\x00\x00", 8); /* a heartbeat */
    (void)world_run(&w);
    CHECK_INT(PWWB_AMQP_READY, world_status(&w).phase);
    end(1);
    for (i = 0; i < sizeof(heads) / sizeof(heads[0]); i++) {
        begin();
        peer_say(&w.peer, heads[i], 8);
        (void)world_run(&w);
        CHECK_INT(PWWB_AMQP_WAITING, world_status(&w).phase);
        end(0);
    }
}

/* One that wants to hear from us every millisecond. */
static void
a_broker_without_patience_is_left(void)
{
    world_make(&w, PWWB_RELAY_AGENT);
    w.script.idle_ms = 100; /* it says half of it */
    (void)world_run(&w);
    CHECK_INT(PWWB_AMQP_WAITING, world_status(&w).phase);
    end(0);
}

int
main(void)
{
    RUN(a_delivery_begins_with_its_id_and_tag);
    RUN(a_delivery_comes_over_a_link_of_ours);
    RUN(fields_have_their_types);
    RUN(a_disposition_speaks_of_few);
    RUN(links_and_sessions_are_those_we_asked_for);
    RUN(a_frame_has_a_sane_head);
    RUN(a_broker_without_patience_is_left);
    return DONE;
}
