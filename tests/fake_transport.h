/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FAKE_TRANSPORT_H
#define FAKE_TRANSPORT_H

/* A transport's table that answers what it is told to. */

#include "fakes.h"
#include "harness.h"

struct fake_table {
    fake_fault    fault;
    pwwb_delivery answer;
    const char   *address;
    int64_t       timeout_ms;
    uint64_t      tag;
    int32_t       verdict;
    size_t        message_size;
    int32_t       redelivered_before; /* what stood there when receive was called */
    int32_t       agents;
    int           destroyed;
    int           called_after_destroy;
};

static inline pwwb_status
next(struct fake_table *fake, int64_t timeout_ms)
{
    fake->timeout_ms = timeout_ms;
    fake->called_after_destroy += fake->destroyed;
    return fake_fault_next(&fake->fault);
}

static inline pwwb_status
fake_send(void *ctx, const pwwb_message *message, int64_t timeout_ms, pwwb_error *err)
{
    struct fake_table *fake = ctx;

    (void)err;
    fake->message_size = message->size;
    return next(fake, timeout_ms);
}

static inline pwwb_status
fake_receive(void *ctx, uint8_t *buf, size_t buf_size, pwwb_delivery *ret_delivery,
             int64_t timeout_ms, pwwb_error *err)
{
    struct fake_table *fake = ctx;

    (void)err;
    memset(buf, 'x', buf_size);
    fake->redelivered_before = ret_delivery->is_redelivered;
    *ret_delivery            = fake->answer;
    return next(fake, timeout_ms);
}

static inline pwwb_status
fake_settle(void *ctx, uint64_t tag, int32_t verdict, int64_t timeout_ms, pwwb_error *err)
{
    struct fake_table *fake = ctx;

    (void)err;
    fake->tag     = tag;
    fake->verdict = verdict;
    return next(fake, timeout_ms);
}

static const char *
fake_address(void *ctx)
{
    return ((struct fake_table *)ctx)->address;
}

static inline void
fake_destroy(void *ctx)
{
    ((struct fake_table *)ctx)->destroyed++;
}

static inline pwwb_status
fake_presence(void *ctx, int32_t *ret_agents, pwwb_error *err)
{
    struct fake_table *fake = ctx;

    (void)err;
    *ret_agents = fake->agents;
    return next(fake, 0);
}

static inline pwwb_status
fake_hold(void *ctx, uint64_t tag, pwwb_error *err)
{
    struct fake_table *fake = ctx;

    (void)err;
    fake->tag = tag;
    return next(fake, 0);
}

static const pwwb_transport_ops fake_ops = {
    .size     = sizeof(pwwb_transport_ops),
    .send     = fake_send,
    .receive  = fake_receive,
    .settle   = fake_settle,
    .address  = fake_address,
    .destroy  = fake_destroy,
    .presence = fake_presence,
    .hold     = fake_hold,
};

static inline pwwb_transport *
transport_over(struct fake_table *fake)
{
    pwwb_transport *transport;

    CHECK_STATUS(PWWB_OK, pwwb_transport_new(&fake_ops, fake, &transport, NULL));
    return transport;
}

#endif /* FAKE_TRANSPORT_H */
