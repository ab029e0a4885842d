/* SPDX-License-Identifier: Apache-2.0 */
#include <pwwb/portal.h>

#include <string.h>

#include "crypto.h"
#include "error.h"
#include "exchange.h"
#include "transport.h"

#define LIFE_MS 300000 /* of a control message on the relay; orders are sent again sooner */

static pwwb_status
send_to_agents(const pwwb_exchange *exchange, pwwb_transport *transport, const uint8_t *data,
               size_t len, int64_t timeout_ms, pwwb_error *err)
{
    pwwb_message message = {.size = sizeof(message), .data = data, .len = len};

    wb_random(message.id, sizeof(message.id));
    message.expires_ms = wb_clock_wall_ms(&exchange->clock) + LIFE_MS;
    return wb_transport_send(transport, &message, timeout_ms, err);
}

/* What is no order of ours never becomes one; what a store could not take may come again. */
static int32_t
verdict_of(pwwb_status st)
{
    switch (pwwb_status_class(st)) {
    case PWWB_CLASS_OK:
        return PWWB_SETTLE_ACCEPT;
    case PWWB_CLASS_FORMAT:
    case PWWB_CLASS_CRYPTO:
    case PWWB_CLASS_POLICY:
        return PWWB_SETTLE_REJECT;
    default:
        return PWWB_SETTLE_RELEASE;
    }
}

pwwb_status
pwwb_portal_serve(pwwb_exchange *exchange, pwwb_transport *transport, int64_t timeout_ms,
                  pwwb_exchange_event *ret_event, pwwb_error *err)
{
    uint8_t       buf[PWWB_ENVELOPE_MAX + 1], answer[PWWB_ENVELOPE_MAX];
    pwwb_delivery delivery;
    int64_t       deadline;
    size_t        len = 0;
    pwwb_status   st;

    wb_ok(err);
    if (exchange == NULL || exchange->half != PWWB_HALF_PORTAL || transport == NULL)
        return wb_fail(err, PWWB_E_INVALID_ARGUMENT,
                       "a portal's exchange and a transport must be given");

    deadline = wb_deadline_in(&exchange->clock, timeout_ms);
    st       = pwwb_exchange_step(exchange, answer, sizeof(answer), &len, err);
    if (st == PWWB_OK && len > 0)
        st = send_to_agents(exchange, transport, answer, len, timeout_ms, err);
    if (st == PWWB_OK)
        st = wb_transport_receive(transport, buf, sizeof(buf), &delivery,
                                  wb_deadline_left(&exchange->clock, deadline), err);
    if (st != PWWB_OK)
        return st;

    st = pwwb_exchange_take(exchange, buf, delivery.len, answer, sizeof(answer), &len, ret_event,
                            err);
    (void)wb_transport_settle(transport, delivery.tag, verdict_of(st),
                              wb_deadline_left(&exchange->clock, deadline), NULL);
    if (st == PWWB_OK && len > 0) /* lost: the order comes again, and is answered again */
        st = send_to_agents(exchange, transport, answer, len,
                            wb_deadline_left(&exchange->clock, deadline), err);
    return st;
}
