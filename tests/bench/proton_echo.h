/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PROTON_ECHO_H
#define PROTON_ECHO_H

/*
 * What a user of Qpid Proton writes: question and answer through the broker, on proton's proactor and its
 * TLS. Nothing is sealed, judged, or kept. Environment RELAY_* as tests/fixtures/rabbit writes it, and
 * RELAY_ECHO, RELAY_ECHO_SECRET: a user for the queue below.
 */

#include <proton/connection.h>
#include <proton/delivery.h>
#include <proton/link.h>
#include <proton/message.h>
#include <proton/proactor.h>
#include <proton/sasl.h>
#include <proton/session.h>
#include <proton/ssl.h>
#include <proton/transport.h>

#include "bench.h"

#define ECHO_REQUEST 555 /* octets: a reset in the X25519 suite */
#define ECHO_REPLY   280
#define ECHO_CLIENTS 8
#define ECHO_QUEUE   "/amq/queue/pwwb.echo" /* as the requests' queue, but its own */
#define ECHO_ANSWERS "/queue/pwwb.rsp."

typedef struct echo {
    pn_proactor_t *proactor;
    pn_link_t     *in, *out;
    pn_link_t     *to[ECHO_CLIENTS];        /* a server's: one for each who asked, */
    char           names[ECHO_CLIENTS][64]; /* by the address of the answers */
    pn_delivery_t *asked;                   /* what it is answering */
    uint64_t       serial, answered;
    int            is_server, is_open, failed;
    pthread_t      thread;
    char           answers[64];
} echo;

static inline const char *
relay(const char *name)
{
    const char *value = getenv(name);

    return value != NULL ? value : "";
}

static inline void
echo_connect(echo *e)
{
    pn_connection_t *connection = pn_connection();
    pn_transport_t  *transport  = pn_transport();
    pn_ssl_domain_t *domain     = pn_ssl_domain(PN_SSL_MODE_CLIENT);
    char             where[96];

    must(pn_ssl_domain_set_trusted_ca_db(domain, relay("RELAY_CA")), "CA");
    must(pn_ssl_domain_set_peer_authentication(domain, PN_SSL_VERIFY_PEER_NAME, NULL), "verify");
    must(pn_ssl_init(pn_ssl(transport), domain, NULL), "TLS");
    pn_ssl_set_peer_hostname(pn_ssl(transport), relay("RELAY_HOSTNAME"));
    pn_ssl_domain_free(domain);
    pn_sasl_allowed_mechs(pn_sasl(transport), "PLAIN");
    pn_connection_set_hostname(connection, relay("RELAY_HOSTNAME"));
    pn_connection_set_user(connection, relay("RELAY_ECHO"));
    pn_connection_set_password(connection, relay("RELAY_ECHO_SECRET"));
    snprintf(where, sizeof(where), "%s:%s", relay("RELAY_ADDR"), relay("RELAY_PORT"));
    e->proactor = pn_proactor();
    pn_proactor_connect2(e->proactor, connection, transport, where);
}

static inline pn_link_t *
echo_sender(pn_session_t *session, const char *to)
{
    pn_link_t *link = pn_sender(session, to);

    pn_terminus_set_address(pn_link_target(link), to);
    pn_link_open(link);
    return link;
}

static inline void
echo_open(echo *e, pn_connection_t *connection)
{
    pn_session_t *session = pn_session(connection);

    pn_connection_open(connection);
    pn_session_open(session);
    e->in = pn_receiver(session, e->is_server ? "requests" : "answers");
    pn_terminus_set_address(pn_link_source(e->in), e->is_server ? ECHO_QUEUE : e->answers);
    pn_link_open(e->in);
    pn_link_flow(e->in, 1);
    if (!e->is_server)
        e->out = echo_sender(session, ECHO_QUEUE);
}

/* One message on a link, its id being the number that the answer repeats. */
static inline void
echo_send(pn_link_t *link, size_t size, uint64_t id, const char *answers)
{
    static const char octets[ECHO_REQUEST];
    pn_message_t     *message = pn_message();
    pn_rwbytes_t      buffer  = {0, NULL};
    ssize_t           len;

    pn_message_set_correlation_id(message, (pn_atom_t){.type = PN_ULONG, .u.as_ulong = id});
    pn_message_set_reply_to(message, answers);
    pn_message_set_ttl(message, 120000);
    pn_message_set_durable(message, true); /* as ours */
    pn_message_set_inferred(message, true);
    pn_data_put_binary(pn_message_body(message), pn_bytes(size, octets));
    pn_delivery(link, pn_dtag((const char *)&id, sizeof(id)));
    len = pn_message_encode2(message, &buffer);
    must(len <= 0, "encode");
    pn_link_send(link, buffer.start, (size_t)len);
    pn_link_advance(link);
    free(buffer.start);
    pn_message_free(message);
}

static inline uint64_t
echo_read(pn_delivery_t *d, char *reply_to, size_t size)
{
    char          octets[2048];
    pn_message_t *message = pn_message();
    ssize_t       len     = pn_link_recv(pn_delivery_link(d), octets, sizeof(octets));
    uint64_t      id;

    must(len <= 0 || pn_message_decode(message, octets, (size_t)len) != 0, "decode");
    id = pn_message_get_correlation_id(message).u.as_ulong;
    if (pn_message_get_reply_to(message) != NULL)
        snprintf(reply_to, size, "%s", pn_message_get_reply_to(message));
    pn_message_free(message);
    return id;
}

/* The link to who asked; on a new one the answer waits for credit. */
static inline void
echo_answer(echo *e, const char *to)
{
    int i = 0;

    while (i < ECHO_CLIENTS - 1 && e->to[i] != NULL && strcmp(e->names[i], to) != 0)
        i++;
    if (e->to[i] == NULL) {
        snprintf(e->names[i], sizeof(e->names[i]), "%s", to);
        e->to[i] = echo_sender(pn_link_session(e->in), to);
    }
    e->out = e->to[i];
    if (pn_link_credit(e->out) > 0)
        echo_send(e->out, ECHO_REPLY, e->serial, NULL);
}

/* As pwwb's agent does it: the answer is accepted, then the question is settled. */
static inline void
echo_delivery(echo *e, pn_delivery_t *d)
{
    char to[64] = "";

    if (pn_link_is_sender(pn_delivery_link(d))) {
        if (pn_delivery_remote_state(d) == 0)
            return;
        pn_delivery_settle(d);
        if (e->asked != NULL) {
            pn_delivery_update(e->asked, PN_ACCEPTED);
            pn_delivery_settle(e->asked);
            e->asked = NULL;
            pn_link_flow(e->in, 1);
        }
        return;
    }
    if (!pn_delivery_readable(d) || pn_delivery_partial(d))
        return;

    e->serial = echo_read(d, to, sizeof(to));
    if (!e->is_server) {
        e->answered = e->serial;
        pn_delivery_update(d, PN_ACCEPTED);
        pn_delivery_settle(d);
        pn_link_flow(e->in, 1);
        return;
    }
    e->asked = d;
    echo_answer(e, to);
}

static inline void
echo_event(echo *e, pn_event_t *event)
{
    switch ((int)pn_event_type(event)) {
    case PN_CONNECTION_INIT:
        echo_open(e, pn_event_connection(event));
        break;
    case PN_LINK_FLOW: /* credit: a server's link to a new portal, or a client may begin */
        if (pn_event_link(event) != e->out)
            break;
        if (e->asked != NULL && pn_link_credit(e->out) > 0 && pn_link_unsettled(e->out) == 0)
            echo_send(e->out, ECHO_REPLY, e->serial, NULL);
        e->is_open = 1;
        break;
    case PN_DELIVERY:
        echo_delivery(e, pn_event_delivery(event));
        break;
    case PN_TRANSPORT_ERROR:
    case PN_TRANSPORT_CLOSED:
    case PN_LINK_REMOTE_CLOSE:
    case PN_CONNECTION_REMOTE_CLOSE:
        if (pn_event_link(event) == NULL || pn_event_link(event) == e->in)
            e->failed = 1;
        break;
    case PN_PROACTOR_INTERRUPT:
        e->failed = 1;
        break;
    default:
        break;
    }
}

static inline void
echo_turn(echo *e)
{
    pn_event_batch_t *batch = pn_proactor_wait(e->proactor);
    pn_event_t       *event;

    while ((event = pn_event_batch_next(batch)) != NULL)
        echo_event(e, event);
    pn_proactor_done(e->proactor, batch);
}

static inline void *
echo_serve(void *arg)
{
    echo *e = arg;

    while (!e->failed)
        echo_turn(e);
    return NULL;
}

static inline void
echo_start(echo *e, int is_server, int number)
{
    memset(e, 0, sizeof(*e));
    e->is_server = is_server;
    snprintf(e->answers, sizeof(e->answers), "%secho-%d", ECHO_ANSWERS, number);
    echo_connect(e);
    if (is_server)
        must(pthread_create(&e->thread, NULL, echo_serve, e), "thread");
    while (!is_server && !e->is_open && !e->failed)
        echo_turn(e);
    must(e->failed, "proton does not reach the broker");
}

static inline void
echo_end(echo *e)
{
    if (e->is_server) {
        pn_proactor_interrupt(e->proactor);
        pthread_join(e->thread, NULL);
    }
    pn_proactor_free(e->proactor);
}

/* For a crew: one question, and its answer. */
static inline int
echo_ask(void *arg)
{
    echo    *e  = arg;
    uint64_t id = e->answered + 1;

    while (pn_link_credit(e->out) <= 0 && !e->failed)
        echo_turn(e);
    echo_send(e->out, ECHO_REQUEST, id, e->answers);
    /* Proton writes when the connection is woken, for this is outside its events. */
    pn_connection_wake(pn_session_connection(pn_link_session(e->out)));
    while (e->answered != id && !e->failed)
        echo_turn(e);
    return e->failed;
}

#endif /* PROTON_ECHO_H */
