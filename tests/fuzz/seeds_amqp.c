/* SPDX-License-Identifier: Apache-2.0 */
/* What a broker says: SASL, bare messages, and frames, which Qpid Proton writes as one. */
#include "../amqp_peer.h"
#include "../amqp_world.h"
#include "seeds.h"

#define SEED(target, text) put(target, text, sizeof(text) - 1)

static void
seed_sasl(void)
{
    char all[600] = "\x1f";

    memcpy(all + 1, peer_header, 8);
    memcpy(all + 9, peer_mechanisms, sizeof(peer_mechanisms) - 1);
    memcpy(all + 41, "\x00\x00\x00\x10\x02\x01\x00\x00\x00\x53\x44\xc0\x03\x01\x50\x00", 16);
    put("amqp_sasl", all, 57);
    all[56] = 1;
    put("amqp_sasl", all, 57);
    all[56] = 3;
    put("amqp_sasl", all, 57);
    all[40] = '?';
    put("amqp_sasl", all, 57);
    /* one mechanism that is no array; arrays and lists of the long form */
    SEED("amqp_sasl", "\0AMQP\3\1\0\0\0\0\0\x14\2\1\0\0\0\x53\x40\xc0\x08\1\xa3\5PLAIN");
    SEED("amqp_sasl", "\0AMQP\3\1\0\0\0\0\0\x31\2\1\0\0\0\x80\0\0\0\0\0\0\0\x40\xd0\0\0\0\x17\0\0\0\1"
                      "\xf0\0\0\0\x0e\0\0\0\1\xb3\0\0\0\5PLAIN");
    SEED("amqp_sasl", "\0AMQP\3\1\0\0\0\0\0\x0c\2\1\0\0\0\x53\x40\x45");
    SEED("amqp_sasl", "\0AMQP\0\1\0\0");
    memset(all, 0xff, sizeof(all));
    put("amqp_sasl", all, 300);
    all[0] = 4;
    put("amqp_sasl", all, 300);
}

static void
seed_messages(void)
{
    SEED("amqp_message", "\x00\x53\x75\xa0\x01x");
    SEED("amqp_message", "\x00\x53\x70\xc0\x07\x05\x41\x50\x04\x40\x41\x43\x00\x53\x75\xa0\x01x");
    SEED("amqp_message", "\x00\x53\x70\xd0\0\0\0\x0c\0\0\0\x05\x56\x01\x40\x70\0\0\0\1\x56\1\x70\0\0\0\2"
                         "\x00\x53\x75\xb0\0\0\0\x01x");
    SEED("amqp_message", "\x00\x53\x73\xc0\x19\x06\xa1\x01m\x40\x40\x40\x40\x98" "fedcba9876543210"
                         "\x00\x53\x75\xa0\x01x");
    SEED("amqp_message", "\x00\x53\x77\xa1\x01x");
    SEED("amqp_message", "\x00\x53\x76\x45");
    SEED("amqp_message", "\x00\xa3\x01s\x45");
    SEED("amqp_message", "\x00\x53\x73\x45\x00\x53\x75\xa0\x01x\x00\x53\x78\xc1\x01\x00");
}

static amqp_world w;

/* Begin; the peer acts; what it then says is the seed, for an end and in whole frames. */
static void
begin(void)
{
    world_make(&w, PWWB_RELAY_AGENT);
    (void)world_run(&w);
    (void)world_send(&w, PWWB_ADDRESS_PORTALS, "x");
}

static void
keep(void)
{
    static char said[8192];
    size_t      len = 1;

    said[0] = '\xfc'; /* an agent, in pieces of 337 octets */
    len += peer_out(&w.peer, (uint8_t *)said + 1, sizeof(said) - 1);
    put("amqp", said, len < 4200 ? len : 4200);
    said[0] = '\x03';
    put("amqp", said, len < 4200 ? len : 4200);
    world_drop(&w);
}

static void
seed_deliveries(void)
{
    static char much[3000];
    pn_link_t  *link;

    begin();
    peer_send(&w.peer, "req", "odd", 3, "fedcba9876543210", 1);
    peer_send(&w.peer, "req", "even", 4, "fedcba9876543210", 1);
    peer_send(&w.peer, "req", "none", 4, NULL, 0);
    keep();
    begin();
    peer_send_raw(&w.peer, "req", "nonsense", 8);
    peer_send(&w.peer, "req", much, sizeof(much), "fedcba9876543210", 0);
    keep();
    begin();
    link = peer_link(&w.peer, "req");
    (void)pn_delivery(link, pn_dtag("t", 1));
    (void)pn_link_send(link, "\x00\x53\x75\xa0\x03" "0", 6);
    keep();
    begin();
    link = peer_link(&w.peer, "req");
    (void)pn_delivery(link, pn_dtag("t", 1));
    (void)pn_link_send(link, "\x00\x53\x75\xa0\x03" "0", 6);
    (void)world_run(&w);
    pn_delivery_abort(pn_link_current(link));
    keep();
}

static void
seed_ends(void)
{
    pn_link_t *link;

    begin();
    (void)pn_condition_set_name(pn_link_condition(peer_link(&w.peer, "hbt")), "amqp:not-found");
    pn_link_close(peer_link(&w.peer, "hbt"));
    keep();
    begin();
    link = peer_link(&w.peer, "req");
    (void)pn_condition_set_name(pn_session_condition(pn_link_session(link)),
                                "amqp:unauthorized-access");
    pn_session_close(pn_link_session(link));
    keep();
    begin();
    pn_connection_close(w.peer.driver.connection);
    keep();
    begin();
    pn_link_detach(peer_link(&w.peer, "ord"));
    pn_link_flow(peer_link(&w.peer, "ord"), 5);
    keep();
}

/* Frames by hand, to an agent or a portal. */
static char   frames[4000];
static size_t frames_len;

static void
say(const void *body, size_t len)
{
    char head[8] = {0, 0, 0, (char)(len + 8), 2, 0, 0, 0};

    memcpy(frames + frames_len, head, sizeof(head));
    memcpy(frames + frames_len + sizeof(head), body, len);
    frames_len += sizeof(head) + len;
}

#define AGENT        (frames[0] = '\xfc', frames_len = 1)
#define PORTAL       (frames[0] = '\xfd', frames_len = 1)
#define SAY(literal) say(literal, sizeof(literal) - 1)
#define SAID         put("amqp", frames, frames_len)

/* More than the credit of two; a second try; over no link of ours; without an id. */
static void
seed_transfers(void)
{
    AGENT;
    SAY("\x00\x53\x14\xc0\x07\x03\x52\x02\x43\xa0\x01t\x00\x53\x75\xa0\x02xy");
    SAY("\x00\x53\x14\xc0\x08\x03\x52\x02\x52\x01\xa0\x01u\x00\x53\x75\xa0\x02xy");
    SAY("\x00\x53\x14\xc0\x08\x03\x52\x02\x52\x02\xa0\x01v\x00\x53\x75\xa0\x02xy");
    SAID;
    AGENT;
    SAY("\x00\x53\x14\xc0\x07\x03\x52\x02\x43\xa0\x01t"
        "\x00\x53\x70\xc0\x07\x05\x40\x40\x40\x41\x52\x02\x00\x53\x75\xa0\x01x");
    SAID;
    AGENT;
    SAY("\x00\x53\x14\xc0\x07\x03\x52\x07\x43\xa0\x01t\x00\x53\x75\xa0\x02xy");
    SAID;
    AGENT;
    SAY("\x00\x53\x14\xc0\x07\x03\x52\x02\x40\xa0\x01t\x00\x53\x75\xa0\x02xy");
    SAID;
}

/* What a broker says of what a portal has sent; and of links and sessions. */
static void
seed_words(void)
{
    PORTAL;
    SAY("\x00\x53\x15\xc0\x09\x05\x41\x43\x40\x41\x00\x53\x24\x45");
    SAY("\x00\x53\x15\xc0\x0a\x05\x41\x43\x52\x01\x41\x00\x53\x26\x45");
    SAID;
    PORTAL;
    SAY("\x00\x53\x15\xc0\x08\x03\x41\x43\x70\x7f\xff\xff\xff");
    SAID;
    PORTAL; /* the link to p2 is attached, and then closed */
    SAY("\x00\x53\x12\xc0\x11\x07\xa1\x01" "4\x52\x05\x41\x40\x40\x00\x53\x28\x45\x00\x53\x29\x45");
    SAY("\x00\x53\x16\xc0\x1a\x03\x52\x05\x41\x00\x53\x1d\xc0\x11\x01\xa3\x0e" "amqp:not-found");
    SAID;
    PORTAL;
    SAY("\x00\x53\x12\xc0\x11\x07\xa1\x01" "9\x52\x05\x42\x40\x40\x00\x53\x28\x45\x00\x53\x29\x45");
    SAID;
    PORTAL;
    SAY("\x00\x53\x11\xc0\x09\x04\x60\x00\x00\x43\x52\x10\x52\x10");
    SAID;
}

void
seed_amqp(void)
{
    seed_transfers();
    seed_words();
    seed_sasl();
    seed_messages();
    seed_deliveries();
    seed_ends();
}
