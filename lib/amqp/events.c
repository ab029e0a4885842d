/* SPDX-License-Identifier: Apache-2.0 */
#include "events.h"

#include <proton/condition.h>
#include <proton/connection.h>
#include <proton/event.h>
#include <proton/session.h>
#include <proton/transport.h>
#include <string.h>

/* What a peer says is not repeated: these are our words for the conditions we know. */
static const struct {
    const char *name;
    pwwb_status status;
    const char *why;
} conditions[] = {
    {"amqp:not-found", PWWB_E_NO_AGENT, "the broker has no such queue"},
    {"amqp:unauthorized-access", PWWB_E_AUTH, "the broker gives no right to a queue"},
    {"amqp:resource-limit-exceeded", PWWB_E_FULL, "a limit of the broker is reached"},
};

static const char closed[] = "the broker ended the connection";

static pwwb_status
status_of(pn_condition_t *condition, const char **ret_why)
{
    const char *name = pn_condition_is_set(condition) ? pn_condition_get_name(condition) : NULL;
    size_t      i;

    for (i = 0; name != NULL && i < sizeof(conditions) / sizeof(conditions[0]); i++)
        if (strcmp(name, conditions[i].name) == 0) {
            *ret_why = conditions[i].why;
            return conditions[i].status;
        }
    *ret_why = closed;
    return PWWB_E_CLOSED;
}

static void
end_by(wb_amqp_engine *engine, pn_condition_t *condition)
{
    const char *why;
    pwwb_status st = status_of(condition, &why);

    wb_amqp_engine_end(engine, st, why);
}

/* A link that the end needs takes the connection with it; another only what was sent over it. */
static void
link_closed(wb_amqp_engine *engine, pn_link_t *link)
{
    wb_amqp_sender *sender = wb_amqp_sender_of(&engine->links, link);
    const char     *why;
    pwwb_status     st;

    if ((pn_link_state(link) & PN_LOCAL_CLOSED) != 0)
        return; /* we began */
    if (sender == NULL || sender->is_kept) {
        end_by(engine, pn_link_remote_condition(link));
        return;
    }
    st = status_of(pn_link_remote_condition(link), &why);
    wb_amqp_flights_end_link(&engine->flights, link, st == PWWB_E_CLOSED ? PWWB_E_CONNECT : st, st);
    wb_amqp_sender_close(sender);
}

/* The octets that are there, as far as a message of ours may have some. */
static void
gather(wb_amqp_receiver *receiver)
{
    uint8_t rest[1024];
    ssize_t len = 1;

    while (len > 0) {
        size_t   room = sizeof(receiver->octets) - receiver->len;
        uint8_t *at   = room > 0 ? receiver->octets + receiver->len : rest;

        len = pn_link_recv(receiver->link, (char *)at, room > 0 ? room : sizeof(rest));
        if (len > 0 && room > 0)
            receiver->len += (size_t)len;
        else if (len > 0)
            receiver->is_too_large = 1;
    }
}

/* Nobody sees it: it is settled here, and its credit given again. */
static void
refuse(wb_amqp_engine *engine, pn_delivery_t *delivery, uint64_t disposition)
{
    pn_link_t *link = pn_delivery_link(delivery);

    if (disposition != 0)
        pn_delivery_update(delivery, disposition);
    pn_delivery_settle(delivery);
    wb_amqp_links_owe(&engine->links, engine->options, link);
}

static void
arrived(wb_amqp_engine *engine, wb_amqp_receiver *receiver, pn_delivery_t *delivery)
{
    int put = -1;

    if (!receiver->is_too_large)
        put = wb_amqp_inbox_put(&engine->inbox, delivery, engine->generation, receiver->octets,
                                receiver->len);
    if (put < 0)
        refuse(engine, delivery, PN_REJECTED);
    if (put == 0)
        wb_amqp_engine_end(engine, PWWB_E_CLOSED, "the broker sent more messages than it may");
}

/* Deliveries of a link come one after the other, each in one piece or in several. */
static void
receive(wb_amqp_engine *engine, wb_amqp_receiver *receiver)
{
    pn_link_t     *link = receiver->link;
    pn_delivery_t *delivery;

    while ((delivery = pn_link_current(link)) != NULL && engine->state != WB_AMQP_ENDED) {
        int is_aborted = pn_delivery_aborted(delivery);

        if (!is_aborted)
            gather(receiver);
        if (!is_aborted && pn_delivery_partial(delivery))
            return;

        (void)pn_link_advance(link);
        if (is_aborted)
            refuse(engine, delivery, 0);
        else
            arrived(engine, receiver, delivery);
        receiver->len          = 0;
        receiver->is_too_large = 0;
    }
}

static void
delivery_event(wb_amqp_engine *engine, pn_delivery_t *delivery)
{
    pn_link_t        *link     = pn_delivery_link(delivery);
    wb_amqp_receiver *receiver = wb_amqp_receiver_of(&engine->links, link);

    if (receiver != NULL)
        receive(engine, receiver);
    else if (pn_link_is_sender(link))
        wb_amqp_flight_update(&engine->flights, delivery);
}

/* Credit counts from the peer's own delivery-count, which its attach tells (2.6.7). RabbitMQ 4 begins below
 * zero: what was given before would be too much. */
static void
attached(wb_amqp_engine *engine, pn_link_t *link)
{
    if (wb_amqp_receiver_of(&engine->links, link) != NULL)
        pn_link_flow(link, engine->options->of.credit);
    if (engine->state == WB_AMQP_OPENING && wb_amqp_links_are_attached(&engine->links))
        engine->state = WB_AMQP_OPEN;
}

static void
transport_error(wb_amqp_engine *engine)
{
    const char *why;
    pwwb_status st = status_of(pn_transport_condition(engine->driver.transport), &why);

    wb_amqp_engine_end(engine, PWWB_E_CLOSED,
                       st == PWWB_E_FULL ? "the broker was silent for too long"
                                         : "the broker broke AMQP's protocol");
}

static void
act(wb_amqp_engine *engine, pn_event_t *event)
{
    switch ((int)pn_event_type(event)) {
    case PN_LINK_REMOTE_OPEN:
        attached(engine, pn_event_link(event));
        break;
    case PN_LINK_REMOTE_CLOSE:
    case PN_LINK_REMOTE_DETACH:
        link_closed(engine, pn_event_link(event));
        break;
    case PN_SESSION_REMOTE_CLOSE:
        end_by(engine, pn_session_remote_condition(pn_event_session(event)));
        break;
    case PN_CONNECTION_REMOTE_CLOSE:
        end_by(engine, pn_connection_remote_condition(pn_event_connection(event)));
        break;
    case PN_DELIVERY:
        delivery_event(engine, pn_event_delivery(event));
        break;
    case PN_TRANSPORT_ERROR:
        transport_error(engine);
        break;
    case PN_TRANSPORT_TAIL_CLOSED:
    case PN_TRANSPORT_CLOSED:
        wb_amqp_engine_end(engine, PWWB_E_CLOSED, closed);
        break;
    default:
        break;
    }
}

void
wb_amqp_events(wb_amqp_engine *engine)
{
    pn_event_t *event;

    while ((event = pn_connection_driver_next_event(&engine->driver)) != NULL)
        act(engine, event);
}
