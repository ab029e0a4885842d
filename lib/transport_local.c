/* SPDX-License-Identifier: Apache-2.0 */
#include <pwwb/transport.h>

#include <stdlib.h>

#include "error.h"
#include "relay.h"

#define MAX_CAPACITY 65536

static pwwb_status
send_one(void *ctx, const pwwb_message *message, int64_t timeout_ms, pwwb_error *err)
{
    wb_connection *self   = ctx;
    int64_t        now_ms = wb_clock_wall_ms(&self->relay->clock);
    pwwb_status    st;

    (void)timeout_ms; /* there is room or there is not */
    if (message->data == NULL || message->len == 0)
        return wb_fail(err, PWWB_E_INVALID_ARGUMENT, "a message has at least one octet");
    if (message->len > PWWB_ENVELOPE_MAX)
        return wb_fail(err, PWWB_E_TOO_LARGE, "a message of %zu octets", message->len);

    pthread_mutex_lock(&self->relay->mutex);
    st = wb_connection_send(self, message, now_ms, err);
    pthread_mutex_unlock(&self->relay->mutex);
    return st;
}

static pwwb_status
receive(void *ctx, uint8_t *buf, size_t buf_size, pwwb_delivery *ret_delivery, int64_t timeout_ms,
        pwwb_error *err)
{
    wb_connection *self     = ctx;
    pwwb_relay    *relay    = self->relay;
    int64_t        deadline = wb_deadline_in(&relay->system, timeout_ms);
    int            again;
    pwwb_status    st;

    do {
        int64_t now_ms = wb_clock_wall_ms(&relay->clock);

        pthread_mutex_lock(&relay->mutex);
        st    = wb_connection_receive(self, buf, buf_size, ret_delivery, now_ms, err);
        again = st == PWWB_E_TIMEOUT && wb_deadline_left(&relay->system, deadline) != 0;
        if (again)
            wb_cond_wait(&self->inbox->stirred, &relay->mutex, deadline);
        pthread_mutex_unlock(&relay->mutex);
    } while (again);
    return st;
}

static pwwb_status
settle(void *ctx, uint64_t tag, int32_t verdict, int64_t timeout_ms, pwwb_error *err)
{
    wb_connection *self = ctx;
    pwwb_status    st;

    (void)timeout_ms;
    if (verdict < PWWB_SETTLE_ACCEPT || verdict > PWWB_SETTLE_REJECT)
        return wb_fail(err, PWWB_E_INVALID_ARGUMENT, "%d is no verdict", (int)verdict);

    pthread_mutex_lock(&self->relay->mutex);
    st = wb_connection_settle(self, tag, verdict, err);
    pthread_mutex_unlock(&self->relay->mutex);
    return st;
}

static const char *
address(void *ctx)
{
    const wb_connection *self = ctx;

    return self->address;
}

static pwwb_status
presence(void *ctx, int32_t *ret_agents, pwwb_error *err)
{
    wb_connection *self = ctx;
    pwwb_status    st;

    pthread_mutex_lock(&self->relay->mutex);
    st = wb_connection_presence(self, ret_agents, err);
    pthread_mutex_unlock(&self->relay->mutex);
    return st;
}

static pwwb_status
hold(void *ctx, uint64_t tag, pwwb_error *err)
{
    wb_connection *self = ctx;
    pwwb_status    st;

    pthread_mutex_lock(&self->relay->mutex);
    st = wb_connection_hold(self, tag, err);
    pthread_mutex_unlock(&self->relay->mutex);
    return st;
}

static void
destroy(void *ctx)
{
    wb_connection *self  = ctx;
    pwwb_relay    *relay = self->relay;

    pthread_mutex_lock(&relay->mutex);
    wb_connection_detach(self);
    wb_inbox_drop(relay, &self->own);
    pthread_mutex_unlock(&relay->mutex);
    free(self);
}

static const pwwb_transport_ops local_ops = {
    .size     = sizeof(pwwb_transport_ops),
    .send     = send_one,
    .receive  = receive,
    .settle   = settle,
    .address  = address,
    .destroy  = destroy,
    .presence = presence,
    .hold     = hold,
};

pwwb_status
pwwb_transport_new_relay(pwwb_relay *relay, int32_t end, pwwb_transport **ret_transport, pwwb_error *err)
{
    wb_connection *self;
    pwwb_status    st;

    wb_ok(err);
    if (ret_transport != NULL)
        *ret_transport = NULL;
    if (relay == NULL || ret_transport == NULL)
        return wb_fail(err, PWWB_E_INVALID_ARGUMENT, "relay and ret_transport must be given");
    if (end < PWWB_RELAY_AGENT || end > PWWB_RELAY_PORTALS)
        return wb_fail(err, PWWB_E_INVALID_ARGUMENT, "%d is no end of a relay", (int)end);

    self = calloc(1, sizeof(*self));
    if (self == NULL || wb_inbox_make(&self->own) != 0) {
        free(self);
        return wb_fail(err, PWWB_E_NO_MEMORY, "no memory for a connection");
    }
    self->relay = relay;
    self->end   = end;

    pthread_mutex_lock(&relay->mutex);
    wb_connection_attach(self);
    pthread_mutex_unlock(&relay->mutex);

    st = pwwb_transport_new(&local_ops, self, ret_transport, err);
    if (st != PWWB_OK)
        destroy(self);
    return st;
}

pwwb_status
pwwb_relay_new(size_t capacity, const pwwb_clock_ops *clock, void *clock_ctx,
               pwwb_relay **ret_relay, pwwb_error *err)
{
    pwwb_relay *relay;
    pwwb_status st;

    wb_ok(err);
    if (ret_relay != NULL)
        *ret_relay = NULL;
    if (ret_relay == NULL || capacity < 1 || capacity > MAX_CAPACITY)
        return wb_fail(err, PWWB_E_INVALID_ARGUMENT,
                       "ret_relay must be given, and capacity be 1 to %d", MAX_CAPACITY);

    relay = calloc(1, sizeof(*relay));
    if (relay == NULL)
        return wb_fail(err, PWWB_E_NO_MEMORY, "no memory for a relay");

    st = wb_clock_make(&relay->clock, clock, clock_ctx, err);
    if (st == PWWB_OK)
        st = wb_clock_make(&relay->system, NULL, NULL, err);
    if (st != PWWB_OK)
        goto out;

    st = wb_fail(err, PWWB_E_NO_MEMORY, "no memory for a relay");
    if (wb_inbox_make(&relay->requests) != 0)
        goto out;
    if (wb_inbox_make(&relay->portals) != 0)
        goto drop_requests;
    if (pthread_mutex_init(&relay->mutex, NULL) != 0)
        goto drop;

    relay->capacity = capacity;
    *ret_relay      = relay;
    wb_ok(err);
    return PWWB_OK;
drop:
    wb_inbox_drop(relay, &relay->portals);
drop_requests:
    wb_inbox_drop(relay, &relay->requests);
out:
    free(relay);
    return st;
}

pwwb_status
pwwb_relay_fault(pwwb_relay *relay, int32_t kind, uint32_t count, pwwb_error *err)
{
    wb_ok(err);
    if (relay == NULL || kind < PWWB_RELAY_DUPLICATE || kind > PWWB_RELAY_RESTART)
        return wb_fail(err, PWWB_E_INVALID_ARGUMENT, "relay and a kind of fault must be given");

    pthread_mutex_lock(&relay->mutex);
    if (kind == PWWB_RELAY_RESTART)
        wb_relay_restart(relay);
    else
        relay->faults[kind] = count;
    pthread_mutex_unlock(&relay->mutex);
    return PWWB_OK;
}

void
pwwb_relay_free(pwwb_relay *relay)
{
    if (relay == NULL)
        return;

    wb_inbox_drop(relay, &relay->requests);
    wb_inbox_drop(relay, &relay->portals);
    pthread_mutex_destroy(&relay->mutex);
    free(relay);
}
