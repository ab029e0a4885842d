/* SPDX-License-Identifier: Apache-2.0 */
#include <pwwb/portal.h>

#include <string.h>

#include "crypto.h"
#include "envelope.h"
#include "error.h"
#include "exchange.h"
#include "ops.h"
#include "transport.h"
#include "watch.h"

#define LIFE_MS 300000 /* of a control message on the relay; orders are sent again sooner */

/* One call. */
typedef struct service {
    pwwb_exchange  *exchange; /* NULL = orders are another's */
    pwwb_watch     *watch;    /* NULL = heartbeats are nobody's */
    pwwb_transport *transport;
    const wb_clock *clock;
    int64_t         deadline;
    pwwb_error     *err;
} service;

static int64_t
left(const service *s)
{
    return wb_deadline_left(s->clock, s->deadline);
}

static pwwb_status
send_to_agents(const service *s, const uint8_t *data, size_t len)
{
    pwwb_message message = {.size = sizeof(message), .data = data, .len = len};

    wb_random(message.id, sizeof(message.id));
    message.expires_ms = wb_clock_wall_ms(s->clock) + LIFE_MS;
    return wb_transport_send(s->transport, &message, left(s), s->err);
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

/* What is due; and what the keys are like, when they are not as they were. */
static pwwb_status
step(const service *s)
{
    uint8_t       message[PWWB_ENVELOPE_MAX];
    pwwb_keyring *keyring = NULL;
    size_t        len     = 0;
    pwwb_status   st;

    if (s->exchange == NULL)
        return PWWB_OK;

    st = pwwb_exchange_step(s->exchange, message, sizeof(message), &len, s->err);
    if (st == PWWB_OK && len > 0)
        st = send_to_agents(s, message, len);
    if (st != PWWB_OK || s->watch == NULL
        || wb_watch_knows_keys(s->watch, s->exchange->seen_version))
        return st;

    st = wb_exchange_load(s->exchange, &keyring, s->err);
    if (st == PWWB_OK)
        wb_watch_keys(s->watch, keyring);
    pwwb_keyring_free(keyring);
    return st;
}

static void
look_at_relay(const service *s)
{
    int32_t     agents;
    pwwb_status st;

    if (s->watch == NULL)
        return;

    st = wb_transport_presence(s->transport, &agents, NULL);
    pwwb_watch_presence(s->watch, st, agents);
}

static pwwb_status
take_order(const service *s, const uint8_t *data, size_t len, uint64_t tag,
           pwwb_exchange_event *ret_event)
{
    uint8_t     answer[PWWB_ENVELOPE_MAX];
    size_t      answer_len = 0;
    pwwb_status st = pwwb_exchange_take(s->exchange, data, len, answer, sizeof(answer), &answer_len,
                                        ret_event, s->err);

    (void)wb_transport_settle(s->transport, tag, verdict_of(st), left(s), NULL);
    if (st == PWWB_OK && answer_len > 0) /* lost: the order comes again, and is answered again */
        st = send_to_agents(s, answer, answer_len);
    return st;
}

/* A copy is this instance's alone, and the next one makes it old: none comes again. */
static pwwb_status
take_heartbeat(const service *s, const uint8_t *data, size_t len, uint64_t tag,
               pwwb_exchange_event *ret_event)
{
    static const pwwb_exchange_event none = {.size = sizeof(none)};

    pwwb_keyring *keyring = NULL;
    pwwb_status   st      = PWWB_OK;

    if (ret_event != NULL)
        (void)wb_ops_export(ret_event, WB_SIZE_UP_TO(pwwb_exchange_event, generation), &none,
                            sizeof(none));

    if (s->watch != NULL && s->exchange != NULL)
        st = wb_exchange_load(s->exchange, &keyring, s->err);
    if (s->watch != NULL && st == PWWB_OK)
        st = pwwb_watch_take(s->watch, keyring, data, len, s->err);
    pwwb_keyring_free(keyring);
    (void)wb_transport_settle(s->transport, tag,
                              verdict_of(st) == PWWB_SETTLE_REJECT ? PWWB_SETTLE_REJECT
                                                                   : PWWB_SETTLE_ACCEPT,
                              left(s), NULL);
    return st;
}

static pwwb_status
check(const service *s, pwwb_error *err)
{
    if (s->transport == NULL || (s->exchange == NULL && s->watch == NULL)
        || (s->exchange != NULL && s->exchange->half != PWWB_HALF_PORTAL)
        || (s->exchange == NULL && s->watch->keyring == NULL))
        return wb_fail(err, PWWB_E_INVALID_ARGUMENT,
                       "a transport, and a portal's exchange or a watch with a keyring");
    return PWWB_OK;
}

pwwb_status
pwwb_portal_serve(pwwb_exchange *exchange, pwwb_watch *watch, pwwb_transport *transport,
                  int64_t timeout_ms, pwwb_exchange_event *ret_event, pwwb_error *err)
{
    service       s = {.exchange = exchange, .watch = watch, .transport = transport, .err = err};
    uint8_t       buf[PWWB_ENVELOPE_MAX + 1];
    pwwb_delivery delivery;
    pwwb_status   st;

    wb_ok(err);
    st = check(&s, err);
    if (st != PWWB_OK)
        return st;

    s.clock    = exchange != NULL ? &exchange->clock : &watch->clock;
    s.deadline = wb_deadline_in(s.clock, timeout_ms);
    look_at_relay(&s);
    st = step(&s);
    if (st == PWWB_OK)
        st = wb_transport_receive(transport, buf, sizeof(buf), &delivery, left(&s), err);
    if (st != PWWB_OK)
        return st;
    if (exchange == NULL || wb_is_outer(wb_span_of(buf, delivery.len)))
        return take_heartbeat(&s, buf, delivery.len, delivery.tag, ret_event);

    return take_order(&s, buf, delivery.len, delivery.tag, ret_event);
}
