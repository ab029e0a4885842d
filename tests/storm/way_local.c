/* SPDX-License-Identifier: Apache-2.0 */
#include "way.h"

#include <poll.h>
#include <stdlib.h>

#include "transport.h"

#define OUT_MAX 1024

typedef struct local {
    mouth           base;
    pwwb_transport *transport;
    char            address[PWWB_ADDRESS_SIZE];
    uint64_t        ticket;
    struct {
        uint64_t    ticket;
        pwwb_status status;
    } out[OUT_MAX]; /* what is not told yet */
    size_t out_count;
} local;

static const char *
address(mouth *m)
{
    return ((local *)m)->address;
}

static int
is_ready(mouth *m)
{
    (void)m;
    return 1;
}

/* The relay has no descriptor. */
static void
wait_briefly(mouth *m, int talk, int64_t most_ms)
{
    struct pollfd p = {.fd = talk, .events = POLLIN};

    (void)m;
    (void)poll(&p, 1, most_ms > 2 ? 2 : (int)most_ms);
}

static pwwb_status
send_one(mouth *m, const pwwb_message *message, uint64_t *ret_ticket)
{
    local       *l    = (local *)m;
    pwwb_message copy = *message;

    if (l->out_count == OUT_MAX)
        return PWWB_E_FULL;

    *ret_ticket                   = ++l->ticket;
    l->out[l->out_count].ticket   = l->ticket;
    l->out[l->out_count++].status = wb_transport_send(l->transport, &copy, 0, NULL);
    return PWWB_OK;
}

static pwwb_status
sent(mouth *m, uint64_t *ret_ticket, pwwb_status *ret_status)
{
    local *l = (local *)m;

    if (l->out_count == 0)
        return PWWB_E_TIMEOUT;

    l->out_count--;
    *ret_ticket = l->out[l->out_count].ticket;
    *ret_status = l->out[l->out_count].status;
    return PWWB_OK;
}

static pwwb_status
receive(mouth *m, uint8_t *buf, size_t buf_size, pwwb_delivery *ret_delivery)
{
    return wb_transport_receive(((local *)m)->transport, buf, buf_size, ret_delivery, 0, NULL);
}

static void
settle(mouth *m, uint64_t tag)
{
    (void)wb_transport_settle(((local *)m)->transport, tag, PWWB_SETTLE_ACCEPT, 0, NULL);
}

static void
close_it(mouth *m)
{
    pwwb_transport_free(((local *)m)->transport);
    free(m);
}

static mouth *
open_local(const plan *p)
{
    static const mouth_ops ops = {
        .address = address, .is_ready = is_ready, .wait = wait_briefly, .send = send_one,
        .sent = sent, .receive = receive, .settle = settle, .close = close_it,
    };
    local *l = calloc(1, sizeof(*l));

    storm_must(l != NULL, "memory");
    l->base.ops = &ops;
    storm_must(pwwb_transport_new_relay(p->relay, PWWB_RELAY_PORTAL, &l->transport, NULL) == PWWB_OK,
               "a portal's end");
    (void)wb_transport_address(l->transport, l->address, NULL);
    return &l->base;
}

pwwb_transport *
way_agent(const plan *p, int who)
{
    pwwb_transport *transport;

#ifdef STORM_AMQP
    if (p->relay == NULL)
        return way_agent_amqp(p, who);
#endif
    (void)who;
    storm_must(pwwb_transport_new_relay(p->relay, PWWB_RELAY_AGENT, &transport, NULL) == PWWB_OK,
               "an agent's end");
    return transport;
}

mouth *
way_portal(const plan *p, int who)
{
#ifdef STORM_AMQP
    if (p->relay == NULL)
        return way_portal_amqp(p, who);
#endif
    (void)who;
    return open_local(p);
}
