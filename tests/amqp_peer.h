/* SPDX-License-Identifier: Apache-2.0 */
#ifndef AMQP_PEER_H
#define AMQP_PEER_H

/*
 * A broker over memory: SASL by the octets of AMQP 1.0 part 5, the rest by Qpid Proton as a server.
 * It attaches what it is asked to, gives credit, and settles what it gets as it was told to.
 */

#include <proton/connection.h>
#include <proton/connection_driver.h>
#include <proton/delivery.h>
#include <proton/link.h>
#include <proton/message.h>
#include <proton/session.h>
#include <proton/transport.h>
#include <stdlib.h>

#include "harness.h"

#define PEER_LINKS 128

/* What it shall do. */
typedef struct amqp_script {
    uint8_t     sasl_outcome; /* 0 = accept */
    const char *mechanisms;   /* the octets of the frame; NULL = PLAIN and another */
    size_t      mechanisms_len;
    const char *refused;      /* an address that is not attached, */
    const char *condition;    /* and why */
    uint64_t    disposition;  /* of what it gets; 0 = none at all */
    int         credit;       /* for each of our senders */
    int         is_silent;    /* takes octets, and answers nothing */
    uint32_t    idle_ms;      /* what it tells of itself */
} amqp_script;

typedef struct amqp_peer {
    const amqp_script *script;

    /* what has happened */
    char       sasl[512]; /* the frame with the password */
    size_t     sasl_len;
    char       got[16384]; /* the last message, as octets */
    size_t     got_len;
    int        count;      /* messages */
    int        detached;     /* links that we closed */
    int        early_credit; /* given before it had attached */
    uint64_t   settled[64]; /* dispositions of what it sent */
    size_t     settled_count;
    pn_link_t *links[PEER_LINKS];
    size_t     link_count;

    pn_connection_driver_t driver;
    int                    stage; /* 0 header, 1 sasl-init, 2 AMQP */
    uint8_t                in[1024];
    size_t                 in_len;
    uint8_t                out[65536]; /* SASL's */
    size_t                 out_len;
} amqp_peer;

static const char peer_header[] = "AMQP\x03\x01\x00\x00";

/* A frame of SASL with sasl-mechanisms: an array of "XOAUTH2" and "PLAIN" */
static const char peer_mechanisms[] = "\x00\x00\x00\x20\x02\x01\x00\x00\x00\x53\x40\xc0\x13\x01"
                                      "\xe0\x10\x02\xa3\x07XOAUTH2\x05PLAIN";

static inline void
peer_make(amqp_peer *peer, const amqp_script *script)
{
    memset(peer, 0, sizeof(*peer));
    peer->script = script;
    CHECK_INT(0, pn_connection_driver_init(&peer->driver, NULL, NULL));
    pn_transport_set_server(peer->driver.transport);
    pn_transport_set_idle_timeout(peer->driver.transport, script->idle_ms);
    pn_connection_set_container(peer->driver.connection, "peer");
}

static inline void
peer_drop(amqp_peer *peer)
{
    pn_connection_driver_destroy(&peer->driver);
}

static inline void
peer_say(amqp_peer *peer, const void *data, size_t len)
{
    memcpy(peer->out + peer->out_len, data, len);
    peer->out_len += len;
}

static inline void
peer_attach(amqp_peer *peer, pn_link_t *link)
{
    pn_terminus_t *theirs = pn_link_is_sender(link) ? pn_link_remote_source(link)
                                                    : pn_link_remote_target(link);
    const char    *name   = pn_terminus_get_address(theirs);
    int is_refused = peer->script->refused != NULL && name != NULL && strcmp(name, peer->script->refused) == 0;

    if ((pn_link_state(link) & PN_LOCAL_UNINIT) == 0)
        return;
    if (!is_refused || !pn_link_is_sender(link))
        (void)pn_terminus_copy(pn_link_source(link), pn_link_remote_source(link));
    if (!is_refused || pn_link_is_sender(link))
        (void)pn_terminus_copy(pn_link_target(link), pn_link_remote_target(link));
    if (pn_link_is_sender(link))
        peer->early_credit += pn_link_credit(link);
    pn_link_open(link);
    if (is_refused) {
        if (peer->script->condition != NULL)
            (void)pn_condition_set_name(pn_link_condition(link), peer->script->condition);
        pn_link_close(link);
        return;
    }
    if (pn_link_is_receiver(link))
        pn_link_flow(link, peer->script->credit);
    if (peer->link_count < PEER_LINKS)
        peer->links[peer->link_count++] = link;
}

static inline void
peer_delivery(amqp_peer *peer, pn_delivery_t *delivery)
{
    pn_link_t *link = pn_delivery_link(delivery);

    if (pn_link_is_sender(link)) {
        if (pn_delivery_updated(delivery) && peer->settled_count < 64) {
            peer->settled[peer->settled_count++] = pn_delivery_remote_state(delivery);
            pn_delivery_settle(delivery);
        }
        return;
    }
    if (!pn_delivery_readable(delivery) || pn_delivery_partial(delivery))
        return;

    peer->got_len = pn_delivery_pending(delivery);
    (void)pn_link_recv(link, peer->got, sizeof(peer->got));
    (void)pn_link_advance(link);
    peer->count++;
    if (peer->script->disposition != 0) {
        pn_delivery_update(delivery, peer->script->disposition);
        pn_delivery_settle(delivery);
        pn_link_flow(link, 1);
    }
}

static inline void
peer_events(amqp_peer *peer)
{
    pn_event_t *e;

    while ((e = pn_connection_driver_next_event(&peer->driver)) != NULL) {
        switch ((int)pn_event_type(e)) {
        case PN_CONNECTION_REMOTE_OPEN:
            pn_connection_open(pn_event_connection(e));
            break;
        case PN_SESSION_REMOTE_OPEN:
            pn_session_open(pn_event_session(e));
            break;
        case PN_LINK_REMOTE_OPEN:
            peer_attach(peer, pn_event_link(e));
            break;
        case PN_LINK_REMOTE_CLOSE:
            peer->detached++;
            pn_link_close(pn_event_link(e));
            break;
        case PN_DELIVERY:
            peer_delivery(peer, pn_event_delivery(e));
            break;
        default:
            break;
        }
    }
}

static inline void
peer_sasl(amqp_peer *peer)
{
    char outcome[] = "\x00\x00\x00\x10\x02\x01\x00\x00\x00\x53\x44\xc0\x03\x01\x50?";

    if (peer->stage == 0 && peer->in_len == 8) {
        CHECK_MEM(peer_header, 8, peer->in, 8);
        peer_say(peer, peer_header, 8);
        if (peer->script->mechanisms != NULL)
            peer_say(peer, peer->script->mechanisms, peer->script->mechanisms_len);
        else
            peer_say(peer, peer_mechanisms, sizeof(peer_mechanisms) - 1);
        peer->stage  = 1;
        peer->in_len = 0;
    } else if (peer->stage == 1 && peer->in_len >= 4
               && peer->in_len == ((size_t)peer->in[2] << 8 | peer->in[3])) {
        memcpy(peer->sasl, peer->in, peer->in_len);
        peer->sasl_len = peer->in_len;
        outcome[15]    = (char)peer->script->sasl_outcome;
        peer_say(peer, outcome, 16);
        peer->stage = 2;
    }
}

/* Octets of ours reach it. */
static inline void
peer_in(amqp_peer *peer, const uint8_t *data, size_t len)
{
    for (; len > 0 && peer->stage < 2; data++, len--) {
        peer->in[peer->in_len++] = *data;
        peer_sasl(peer);
    }
    while (len > 0) {
        pn_rwbytes_t room = pn_connection_driver_read_buffer(&peer->driver);
        size_t       some = len < room.size ? len : room.size;

        if (some == 0)
            return;
        memcpy(room.start, data, some);
        pn_connection_driver_read_done(&peer->driver, some);
        peer_events(peer);
        data += some;
        len -= some;
    }
}

static inline pn_bytes_t
peer_pending(amqp_peer *peer)
{
    peer_events(peer);
    return pn_connection_driver_write_buffer(&peer->driver);
}

/* What it says next, at most so much of it. */
static inline size_t
peer_out(amqp_peer *peer, uint8_t *buf, size_t most)
{
    pn_bytes_t pending;
    size_t     len = peer->out_len < most ? peer->out_len : most;

    if (peer->script->is_silent)
        return 0;
    if (len > 0) {
        memcpy(buf, peer->out, len);
        peer->out_len -= len;
        memmove(peer->out, peer->out + len, peer->out_len);
        return len;
    }
    if (peer->stage < 2)
        return 0;

    pending = peer_pending(peer);
    len     = pending.size < most ? pending.size : most;
    if (len > 0) {
        memcpy(buf, pending.start, len);
        pn_connection_driver_write_done(&peer->driver, len);
    }
    peer_events(peer);
    return len;
}

/* Whether there is something to be had from it. */
static inline int
peer_has_out(amqp_peer *peer)
{
    if (peer->script->is_silent)
        return 0;
    return peer->out_len > 0 || (peer->stage == 2 && peer_pending(peer).size > 0);
}

/* The link to or from an address; the last one of that name. */
static inline pn_link_t *
peer_link(amqp_peer *peer, const char *address)
{
    pn_link_t *found = NULL;
    size_t     i;

    for (i = 0; i < peer->link_count; i++) {
        pn_link_t     *link = peer->links[i];
        pn_terminus_t *theirs = pn_link_is_sender(link) ? pn_link_remote_source(link)
                                                        : pn_link_remote_target(link);

        if (strcmp(pn_terminus_get_address(theirs), address) == 0)
            found = link;
    }
    CHECK(found != NULL);
    return found;
}

/* Send raw octets of a message. */
static inline void
peer_send_raw(amqp_peer *peer, const char *address, const void *octets, size_t len)
{
    static uint32_t tag;
    pn_link_t      *link = peer_link(peer, address);

    if (link == NULL)
        return;
    tag++;
    (void)pn_delivery(link, pn_dtag((const char *)&tag, sizeof(tag)));
    (void)pn_link_send(link, octets, len);
    (void)pn_link_advance(link);
}

/* Send a message with one section of data, encoded by Qpid Proton. */
static inline void
peer_send(amqp_peer *peer, const char *address, const void *data, size_t len, const char id[16],
          int is_first)
{
    char          octets[65536];
    size_t        size    = sizeof(octets);
    pn_message_t *message = pn_message();

    pn_message_set_inferred(message, true);
    pn_message_set_first_acquirer(message, is_first);
    if (id != NULL)
        pn_message_set_correlation_id(message, (pn_atom_t){.type = PN_BINARY,
                                                           .u.as_bytes = {16, id}});
    (void)pn_data_put_binary(pn_message_body(message), pn_bytes(len, data));
    CHECK_INT(0, pn_message_encode(message, octets, &size));
    pn_message_free(message);
    peer_send_raw(peer, address, octets, size);
}

#endif /* AMQP_PEER_H */
