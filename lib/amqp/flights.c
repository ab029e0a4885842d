/* SPDX-License-Identifier: Apache-2.0 */
#include "flights.h"

#include <proton/link.h>

wb_amqp_flight *
wb_amqp_flight_new(wb_amqp_flights *flights)
{
    size_t i;

    for (i = 0; i < PWWB_AMQP_CREDIT_MAX; i++)
        if (flights->all[i].ticket == 0)
            return &flights->all[i];
    return NULL;
}

/* Its delivery may be settled only after this. */
static void
land(wb_amqp_flights *flights, wb_amqp_flight *flight, pwwb_status status)
{
    pn_delivery_set_context(flight->delivery, NULL);
    flight->delivery = NULL;
    flight->status   = status;
    flight->done     = ++flights->done;
}

static pwwb_status
outcome_of(const pn_delivery_t *delivery)
{
    /* the parameter is not const in Qpid Proton */
    switch (pn_delivery_remote_state((pn_delivery_t *)(uintptr_t)delivery)) {
    case PN_ACCEPTED:
        return PWWB_OK;
    case PN_REJECTED:
    case PN_MODIFIED:
        return PWWB_E_FULL;
    case PN_RELEASED:
        return PWWB_E_NO_AGENT;
    default:
        return PWWB_E_CLOSED; /* settled without a word */
    }
}

static int
is_over(pn_delivery_t *delivery)
{
    uint64_t state = pn_delivery_remote_state(delivery);

    return pn_delivery_settled(delivery) || state == PN_ACCEPTED || state == PN_REJECTED
           || state == PN_MODIFIED || state == PN_RELEASED;
}

void
wb_amqp_flight_update(wb_amqp_flights *flights, pn_delivery_t *delivery)
{
    wb_amqp_flight *flight = pn_delivery_get_context(delivery);

    if (!is_over(delivery))
        return;
    if (flight != NULL)
        land(flights, flight, outcome_of(delivery));
    else
        flights->forgotten--;
    pn_delivery_settle(delivery);
}

static void
end_some(wb_amqp_flights *flights, const pn_link_t *link, pwwb_status unsent, pwwb_status sent)
{
    size_t i;

    for (i = 0; i < PWWB_AMQP_CREDIT_MAX; i++) {
        wb_amqp_flight *flight = &flights->all[i];

        if (flight->delivery != NULL
            && (link == NULL || pn_delivery_link(flight->delivery) == link))
            land(flights, flight, pn_delivery_buffered(flight->delivery) ? unsent : sent);
    }
}

void
wb_amqp_flights_end(wb_amqp_flights *flights, pwwb_status unsent, pwwb_status sent)
{
    end_some(flights, NULL, unsent, sent);
    flights->forgotten = 0;
}

void
wb_amqp_flights_end_link(wb_amqp_flights *flights, pn_link_t *link, pwwb_status unsent,
                         pwwb_status sent)
{
    int64_t  unsettled = pn_link_unsettled(link);
    uint64_t before    = flights->done;

    end_some(flights, link, unsent, sent);
    flights->forgotten -= unsettled - (int64_t)(flights->done - before);
}

/* One that never left for want of credit is taken back. Another is not settled before the broker has
 * spoken: RabbitMQ 3 takes that for an error, and ends the session. */
static void
give_up(wb_amqp_flights *flights, wb_amqp_flight *flight)
{
    pn_delivery_t *delivery = flight->delivery;
    int            is_here  = pn_delivery_buffered(delivery);

    land(flights, flight, is_here ? PWWB_E_FULL : PWWB_E_TIMEOUT);
    if (is_here)
        pn_delivery_abort(delivery);
    else
        flights->forgotten++;
}

int64_t
wb_amqp_flights_tick(wb_amqp_flights *flights, int64_t now_ms)
{
    int64_t next = -1;
    size_t  i;

    for (i = 0; i < PWWB_AMQP_CREDIT_MAX; i++) {
        wb_amqp_flight *flight = &flights->all[i];

        if (flight->delivery == NULL)
            continue;
        if (flight->deadline_ms <= now_ms)
            give_up(flights, flight);
        else if (next < 0 || flight->deadline_ms < next)
            next = flight->deadline_ms;
    }
    return next;
}

int
wb_amqp_flights_take(wb_amqp_flights *flights, uint64_t *ret_ticket, pwwb_status *ret_status)
{
    wb_amqp_flight *first = NULL;
    size_t          i;

    for (i = 0; i < PWWB_AMQP_CREDIT_MAX; i++) {
        wb_amqp_flight *flight = &flights->all[i];

        if (flight->ticket != 0 && flight->delivery == NULL
            && (first == NULL || flight->done < first->done))
            first = flight;
    }
    if (first == NULL)
        return -1;

    *ret_ticket   = first->ticket;
    *ret_status   = first->status;
    first->ticket = 0;
    return 0;
}

pwwb_status
wb_amqp_flight_give_up(wb_amqp_flights *flights, uint64_t ticket)
{
    size_t i;

    for (i = 0; i < PWWB_AMQP_CREDIT_MAX; i++) {
        wb_amqp_flight *flight = &flights->all[i];

        if (flight->ticket != ticket)
            continue;
        if (flight->delivery != NULL)
            give_up(flights, flight);
        flight->ticket = 0;
        return flight->status;
    }
    return PWWB_E_NOT_FOUND;
}
