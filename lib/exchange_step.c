/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "error.h"
#include "exchange.h"
#include "secret.h"

/* Tell the relay which credential a slot has; again and again the same, it may have been lost. */
static pwwb_status
set_slot(const pwwb_exchange *x, int32_t slot, const uint8_t *secret, size_t len, pwwb_error *err)
{
    pwwb_status st;

    if (x->options.relay_set_secret == NULL)
        return PWWB_OK;

    st = x->options.relay_set_secret(x->options.relay_ctx, slot, secret, len, err);
    return wb_answer(err, st, "the host's relay_set_secret");
}

/* Keys whose time is over. Their relay slots go first: done twice is no harm, not at all is. */
static pwwb_status
wipe(const pwwb_exchange *x, pwwb_keyring *keyring, int *ret_changed, pwwb_error *err)
{
    wb_rules    rules   = wb_exchange_rules_now(x);
    int         used[2] = {wb_exchange_uses_slot(keyring, 0), wb_exchange_uses_slot(keyring, 1)};
    int32_t     slot;
    pwwb_status st = PWWB_OK;

    *ret_changed |= wb_exchange_wipe(keyring, &rules) > 0;
    for (slot = 0; slot < 2 && st == PWWB_OK && x->half == PWWB_HALF_AGENT; slot++)
        if (used[slot] && !wb_exchange_uses_slot(keyring, slot))
            st = set_slot(x, slot, NULL, 0, err);
    return st;
}

static pwwb_status
roll_when_due(const pwwb_exchange *x, pwwb_keyring *keyring, int *ret_changed, pwwb_error *err)
{
    wb_rules rules = wb_exchange_rules_now(x);

    if (x->half != PWWB_HALF_AGENT || !wb_exchange_may_lead(x, keyring)
        || !wb_agent_roll_is_due(keyring, &rules))
        return PWWB_OK;

    *ret_changed = 1;
    return wb_agent_roll(keyring, &rules, err);
}

/* Whether what is under way is to be sent now, by us. */
static int
is_time(const pwwb_exchange *x, const pwwb_keyring *keyring)
{
    const wb_order_mark *order = &keyring->party.order;
    int is_mine = x->half == PWWB_HALF_PORTAL ? order->kind == PWWB_EXCHANGE_REVOKE
                                              : order->kind != 0 && wb_exchange_may_lead(x, keyring);

    return is_mine
           && (memcmp(order->id, x->sent_id, sizeof(order->id)) != 0
               || wb_clock_monotonic_ms(&x->clock) - x->sent_ms >= x->options.resend_ms);
}

/* All that is due, as one change. */
static pwwb_status
tidy(pwwb_exchange *x, pwwb_keyring *keyring, void *arg, int *ret_changed, pwwb_error *err)
{
    int        *ret_is_time = arg;
    pwwb_status st;

    *ret_changed = 0;
    st           = wipe(x, keyring, ret_changed, err);
    if (st == PWWB_OK)
        st = roll_when_due(x, keyring, ret_changed, err);
    *ret_is_time = is_time(x, keyring);
    if (*ret_is_time && x->half == PWWB_HALF_AGENT) {
        *ret_changed = 1;
        wb_exchange_take_lease(x, keyring);
    }
    return st;
}

static pwwb_status
seal_order(pwwb_exchange *x, const pwwb_keyring *keyring, uint8_t *buf, size_t buf_size,
           size_t *ret_len, pwwb_error *err)
{
    const wb_epoch *newest = &keyring->epochs[0];
    wb_order       *order  = &x->work->order;
    uint8_t         digest[WB_SHA256_SIZE];
    pwwb_status     st = PWWB_OK;

    wb_agent_order(keyring, order);
    if (wb_order_has_bundle(order->kind))
        st = set_slot(x, (int32_t)(newest->generation & 1), newest->keys->relay,
                      WB_RELAY_SIZE - 1, err);
    if (st == PWWB_OK)
        st = wb_order_seal(order, keyring->keys->identity, buf, buf_size, ret_len, digest, err);
    wb_wipe(order, sizeof(*order));
    return st;
}

static pwwb_status
seal_revoke(const pwwb_exchange *x, const pwwb_keyring *keyring, uint8_t *buf, size_t buf_size,
            size_t *ret_len, pwwb_error *err)
{
    wb_control control = {.kind       = WB_CONTROL_REVOKE,
                          .code       = PWWB_EXCHANGE_DONE,
                          .state      = keyring->state,
                          .generation = keyring->generation,
                          .time_s     = wb_clock_wall_ms(&x->clock) / 1000};

    memcpy(control.id, keyring->party.order.id, sizeof(control.id));
    *ret_len = wb_control_seal(&control, keyring->keys->answering, keyring->tenant, buf, buf_size);
    if (*ret_len > buf_size)
        return wb_fail(err, PWWB_E_BUFFER_TOO_SMALL, "a revoke takes %zu octets", *ret_len);

    return PWWB_OK;
}

pwwb_status
pwwb_exchange_step(pwwb_exchange *exchange, uint8_t *buf, size_t buf_size, size_t *ret_len,
                   pwwb_error *err)
{
    pwwb_keyring *keyring = NULL;
    int           is_due  = 0;
    pwwb_status   st;

    wb_ok(err);
    if (ret_len != NULL)
        *ret_len = 0;
    if (exchange == NULL || ret_len == NULL || (buf == NULL && buf_size > 0))
        return wb_fail(err, PWWB_E_INVALID_ARGUMENT, "exchange, buf and ret_len must be given");

    st = wb_exchange_change(exchange, tidy, &is_due, &keyring, err);
    if (st == PWWB_OK && is_due)
        st = exchange->half == PWWB_HALF_AGENT
                 ? seal_order(exchange, keyring, buf, buf_size, ret_len, err)
                 : seal_revoke(exchange, keyring, buf, buf_size, ret_len, err);
    if (st == PWWB_OK && is_due) {
        memcpy(exchange->sent_id, keyring->party.order.id, sizeof(exchange->sent_id));
        exchange->sent_ms = wb_clock_monotonic_ms(&exchange->clock);
    }
    pwwb_keyring_free(keyring);
    return st;
}
