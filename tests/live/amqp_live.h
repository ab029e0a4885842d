/* SPDX-License-Identifier: Apache-2.0 */
#ifndef AMQP_LIVE_H
#define AMQP_LIVE_H

/* Ends of a real broker, as tests/fixtures/rabbit writes it into the environment: RELAY_*. */

#include <pwwb/amqp.h>
#include <pwwb/policy.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "harness.h"
#include "transport.h"

#define WAIT_MS  10000
#define GRACE_MS 250

static pwwb_error   *err;
static uint8_t       incoming[PWWB_ENVELOPE_MAX];
static pwwb_delivery delivery;

static inline const char *
relay_env(const char *name)
{
    const char *value = getenv(name);

    return value != NULL ? value : "";
}

/* What the options point to. */
typedef struct amqp_end {
    pwwb_tls_options  tls;
    pwwb_amqp_options of;
} amqp_end;

static inline void
amqp_end_make(amqp_end *end, int32_t kind)
{
    int         is_agent = kind == PWWB_RELAY_AGENT;
    const char *secret   = relay_env(is_agent ? "RELAY_AGENT_SECRET" : "RELAY_PORTAL_SECRET");

    memset(end, 0, sizeof(*end));
    end->tls = (pwwb_tls_options){.size    = sizeof(end->tls),
                                  .ca_file = relay_env("RELAY_CA"),
                                  .name    = relay_env("RELAY_HOSTNAME")};
    end->of  = (pwwb_amqp_options){.size       = sizeof(end->of),
                                   .end        = kind,
                                   .host       = relay_env("RELAY_ADDR"),
                                   .port       = (int32_t)atoi(relay_env("RELAY_PORT")),
                                   .tls        = &end->tls,
                                   .user       = relay_env(is_agent ? "RELAY_AGENT" : "RELAY_PORTAL"),
                                   .secret     = (const uint8_t *)secret,
                                   .secret_len = strlen(secret)};
}

static inline pwwb_transport *
amqp_open(const amqp_end *end)
{
    pwwb_transport *transport = NULL;

    CHECK_STATUS(PWWB_OK, pwwb_transport_new_amqp(&end->of, &transport, err));
    return transport;
}

static inline pwwb_transport *
amqp_transport(int32_t kind)
{
    amqp_end end;

    amqp_end_make(&end, kind);
    return amqp_open(&end);
}

static inline int64_t
monotonic_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static inline pwwb_status
amqp_send_within(pwwb_transport *transport, const char *to, const char *text, int64_t life_ms,
                 int64_t timeout_ms)
{
    pwwb_message m = {.size       = sizeof(m),
                      .data       = (const uint8_t *)text,
                      .len        = strlen(text),
                      .id         = "0123456789abcde",
                      .expires_ms = (int64_t)time(NULL) * 1000 + life_ms};

    snprintf(m.to, sizeof(m.to), "%s", to);
    (void)wb_transport_address(transport, m.reply_to, NULL);
    return wb_transport_send(transport, &m, timeout_ms, err);
}

static inline pwwb_status
amqp_send(pwwb_transport *transport, const char *to, const char *text, int64_t life_ms)
{
    return amqp_send_within(transport, to, text, life_ms, WAIT_MS);
}

static inline pwwb_status
amqp_receive(pwwb_transport *transport, int64_t timeout_ms)
{
    delivery = (pwwb_delivery){.size = sizeof(delivery)};
    return wb_transport_receive(transport, incoming, sizeof(incoming), &delivery, timeout_ms, err);
}

static inline pwwb_status
amqp_settle(pwwb_transport *transport, int32_t verdict)
{
    return wb_transport_settle(transport, delivery.tag, verdict, WAIT_MS, err);
}

#define CHECK_TEXT(text) CHECK_MEM(text, strlen(text), incoming, delivery.len)

#endif /* AMQP_LIVE_H */
