/* SPDX-License-Identifier: Apache-2.0 */
/* To a broker: RELAY_* as tests/fixtures/rabbit writes it. */
#include "way.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include <pwwb/amqp.h>

/* Shorter than the library's own, so that many injections go into an hour. */
#define CONNECT_MS 3000
#define IDLE_MS    3000
#define LONGEST_MS 1000

typedef struct remote {
    mouth      base;
    pwwb_amqp *amqp;
} remote;

static const char *
relay(const char *name)
{
    const char *value = getenv(name);

    storm_must(value != NULL, name);
    return value;
}

/* The other two point into `tls` and the environment. */
static pwwb_amqp_options
options(const plan *p, int who, int32_t end, pwwb_tls_options *tls)
{
    int         is_agent = end == PWWB_RELAY_AGENT;
    const char *secret   = relay(is_agent ? "RELAY_AGENT_SECRET" : "RELAY_PORTAL_SECRET");

    *tls = (pwwb_tls_options){
        .size = sizeof(*tls), .ca_file = relay("RELAY_CA"), .name = relay("RELAY_HOSTNAME")};
    return (pwwb_amqp_options){
        .size       = sizeof(pwwb_amqp_options),
        .end        = end,
        .host       = relay("RELAY_ADDR"),
        .port       = p->ports[who],
        .tls        = tls,
        .user       = relay(is_agent ? "RELAY_AGENT" : "RELAY_PORTAL"),
        .secret     = (const uint8_t *)secret,
        .secret_len = strlen(secret),
        .requests   = is_agent ? NULL : p->requests,
        .connect_ms = CONNECT_MS,
        .idle_ms    = IDLE_MS,
        .longest_ms = LONGEST_MS,
    };
}

pwwb_transport *
way_agent_amqp(const plan *p, int who)
{
    pwwb_tls_options  tls;
    pwwb_amqp_options o = options(p, who, PWWB_RELAY_AGENT, &tls);
    pwwb_transport   *transport;

    storm_must(pwwb_transport_new_amqp(&o, &transport, NULL) == PWWB_OK, "an agent's end");
    return transport;
}

static const char *
address(mouth *m)
{
    return pwwb_amqp_address(((remote *)m)->amqp);
}

static int
is_ready(mouth *m)
{
    pwwb_amqp_info status = {.size = sizeof(status)};

    return pwwb_amqp_describe(((remote *)m)->amqp, &status, NULL) == PWWB_OK
           && status.phase == PWWB_AMQP_READY;
}

static void
wait_for_it(mouth *m, int talk, int64_t most_ms)
{
    remote       *r = (remote *)m;
    pwwb_interest list[2];
    struct pollfd p[3] = {{.fd = talk, .events = POLLIN}};
    size_t        count, i;
    int64_t       timeout;

    storm_must(pwwb_amqp_interest(r->amqp, list, 2, &count, &timeout, NULL) == PWWB_OK, "interest");
    for (i = 0; i < count; i++) {
        p[i + 1].fd     = (int)list[i].descriptor;
        p[i + 1].events = (short)(((list[i].directions & PWWB_READABLE) != 0 ? POLLIN : 0)
                                  | ((list[i].directions & PWWB_WRITABLE) != 0 ? POLLOUT : 0));
    }
    (void)poll(p, count + 1, (int)(timeout < 0 || timeout > most_ms ? most_ms : timeout));
    storm_must(pwwb_amqp_service(r->amqp, NULL) == PWWB_OK, "service");
}

static pwwb_status
send_one(mouth *m, const pwwb_message *message, uint64_t *ret_ticket)
{
    return pwwb_amqp_send(((remote *)m)->amqp, message, ret_ticket, NULL);
}

static pwwb_status
sent(mouth *m, uint64_t *ret_ticket, pwwb_status *ret_status)
{
    return pwwb_amqp_sent(((remote *)m)->amqp, ret_ticket, ret_status, NULL);
}

static pwwb_status
receive(mouth *m, uint8_t *buf, size_t buf_size, pwwb_delivery *ret_delivery)
{
    return pwwb_amqp_receive(((remote *)m)->amqp, buf, buf_size, ret_delivery, NULL);
}

static void
settle(mouth *m, uint64_t tag)
{
    (void)pwwb_amqp_settle(((remote *)m)->amqp, tag, PWWB_SETTLE_ACCEPT, NULL);
}

static void
close_it(mouth *m)
{
    pwwb_amqp_free(((remote *)m)->amqp);
    free(m);
}

mouth *
way_portal_amqp(const plan *p, int who)
{
    static const mouth_ops ops = {
        .address = address, .is_ready = is_ready, .wait = wait_for_it, .send = send_one,
        .sent = sent, .receive = receive, .settle = settle, .close = close_it,
    };
    pwwb_tls_options  tls;
    pwwb_amqp_options o = options(p, who, PWWB_RELAY_PORTAL, &tls);
    remote           *r = calloc(1, sizeof(*r));

    storm_must(r != NULL, "memory");
    o.credit    = 64;
    r->base.ops = &ops;
    storm_must(pwwb_amqp_new(&o, &r->amqp, NULL) == PWWB_OK, "a portal's end");
    return &r->base;
}
