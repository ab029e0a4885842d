/* SPDX-License-Identifier: Apache-2.0 */
#include "transport.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "ops.h"

static_assert(sizeof(pwwb_transport_ops) == 8 * sizeof(void *),
              "fields are added at the end, with a new WB_SIZE_UP_TO and a line in NEWS");

struct pwwb_transport {
    pwwb_transport_ops ops;
    void              *ctx;
};

pwwb_status
pwwb_transport_new(const pwwb_transport_ops *ops, void *ctx, pwwb_transport **ret_transport,
                   pwwb_error *err)
{
    pwwb_transport_ops ours;
    pwwb_transport    *transport;
    pwwb_status        st;

    wb_ok(err);
    if (ret_transport != NULL)
        *ret_transport = NULL;
    if (ops == NULL || ret_transport == NULL)
        return wb_fail(err, PWWB_E_INVALID_ARGUMENT, "ops and ret_transport must be given");

    st = wb_ops_import(&ours, sizeof(ours), WB_SIZE_UP_TO(pwwb_transport_ops, destroy), ops);
    if (st != PWWB_OK)
        return wb_fail(err, st, "transport ops of size %zu do not fit this library", ops->size);
    if (ours.send == NULL || ours.receive == NULL || ours.settle == NULL)
        return wb_fail(err, PWWB_E_INVALID_ARGUMENT, "a transport must send, receive and settle");

    transport = calloc(1, sizeof(*transport));
    if (transport == NULL)
        return wb_fail(err, PWWB_E_NO_MEMORY, "no memory for a transport");

    transport->ops = ours;
    transport->ctx = ctx;
    *ret_transport = transport;
    return PWWB_OK;
}

void
pwwb_transport_free(pwwb_transport *transport)
{
    if (transport == NULL)
        return;

    if (transport->ops.destroy != NULL)
        transport->ops.destroy(transport->ctx);
    free(transport);
}

static int
is_answer(int32_t value)
{
    return value >= PWWB_NO && value <= PWWB_MAYBE;
}

static int64_t
timeout_of(int64_t timeout_ms)
{
    return timeout_ms < 0 ? -1 : timeout_ms;
}

pwwb_status
wb_transport_send(pwwb_transport *transport, pwwb_message *message, int64_t timeout_ms,
                  pwwb_error *err)
{
    pwwb_status st;

    wb_ok(err);
    message->size = sizeof(*message);
    st            = transport->ops.send(transport->ctx, message, timeout_of(timeout_ms), err);
    return wb_answer(err, st, "the transport's send");
}

pwwb_status
wb_transport_receive(pwwb_transport *transport, uint8_t *buf, size_t buf_size,
                     pwwb_delivery *ret_delivery, int64_t timeout_ms, pwwb_error *err)
{
    pwwb_delivery theirs = {.size = sizeof(theirs), .is_redelivered = PWWB_MAYBE};
    pwwb_status   st;

    wb_ok(err);
    memset(ret_delivery, 0, sizeof(*ret_delivery));
    st =
        transport->ops.receive(transport->ctx, buf, buf_size, &theirs, timeout_of(timeout_ms), err);
    st = wb_answer(err, st, "the transport's receive");
    if (st != PWWB_OK)
        return st;
    if (theirs.len > buf_size)
        return wb_fail(err, PWWB_E_CALLBACK, "the transport's receive filled %zu of %zu octets",
                       theirs.len, buf_size);
    if (!is_answer(theirs.is_redelivered))
        return wb_fail(err, PWWB_E_CALLBACK, "the transport's receive answered %d for redelivered",
                       (int)theirs.is_redelivered);

    *ret_delivery      = theirs;
    ret_delivery->size = sizeof(*ret_delivery);
    return PWWB_OK;
}

pwwb_status
wb_transport_settle(pwwb_transport *transport, uint64_t tag, int32_t verdict, int64_t timeout_ms,
                    pwwb_error *err)
{
    pwwb_status st;

    wb_ok(err);
    st = transport->ops.settle(transport->ctx, tag, verdict, timeout_of(timeout_ms), err);
    return wb_answer(err, st, "the transport's settle");
}

pwwb_status
wb_transport_address(pwwb_transport *transport, char address[PWWB_ADDRESS_SIZE], pwwb_error *err)
{
    const char *theirs;
    size_t      len;

    wb_ok(err);
    memset(address, 0, PWWB_ADDRESS_SIZE);
    if (transport->ops.address == NULL)
        return PWWB_OK;

    theirs = transport->ops.address(transport->ctx);
    if (theirs == NULL)
        return wb_fail(err, PWWB_E_CALLBACK, "the transport's address answered NULL");

    len = strnlen(theirs, PWWB_ADDRESS_SIZE);
    if (len == PWWB_ADDRESS_SIZE)
        return wb_fail(err, PWWB_E_CALLBACK, "the transport's address is too long");

    memcpy(address, theirs, len);
    return PWWB_OK;
}

pwwb_status
wb_transport_presence(pwwb_transport *transport, int32_t *ret_agents, pwwb_error *err)
{
    int32_t     theirs = PWWB_MAYBE;
    pwwb_status st;

    wb_ok(err);
    *ret_agents = PWWB_MAYBE;
    if (transport->ops.presence == NULL)
        return PWWB_OK;

    st = transport->ops.presence(transport->ctx, &theirs, err);
    st = wb_answer(err, st, "the transport's presence");
    if (st != PWWB_OK)
        return st;
    if (!is_answer(theirs))
        return wb_fail(err, PWWB_E_CALLBACK, "the transport's presence answered %d", (int)theirs);

    *ret_agents = theirs;
    return PWWB_OK;
}

pwwb_status
wb_transport_hold(pwwb_transport *transport, uint64_t tag, pwwb_error *err)
{
    pwwb_status st;

    wb_ok(err);
    if (transport->ops.hold == NULL)
        return wb_fail(err, PWWB_E_NOT_SUPPORTED, "the transport keeps no message");

    st = transport->ops.hold(transport->ctx, tag, err);
    return wb_answer(err, st, "the transport's hold");
}
