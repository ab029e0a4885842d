/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "error.h"
#include "exchange.h"
#include "ops.h"
#include "secret.h"

/* One message on its way through: what it is, what comes of it, where the answer goes. */
typedef struct taking {
    wb_span             sealed;
    uint8_t            *buf;
    size_t              buf_size;
    size_t             *ret_len;
    wb_control          control;
    const uint8_t      *control_key; /* of the keyring at hand */
    uint8_t             digest[WB_SHA256_SIZE];
    pwwb_exchange_event event;
} taking;

static void
tell(taking *t, const pwwb_keyring *keyring, int32_t kind, int32_t code, int is_repeat)
{
    t->event = (pwwb_exchange_event){.size       = sizeof(t->event),
                                     .kind       = kind,
                                     .code       = code,
                                     .is_repeat  = is_repeat,
                                     .state      = keyring->state,
                                     .generation = keyring->generation};
}

/* The digest of the order that is under way, which the answer must name. */
static pwwb_status
digest_of_order(pwwb_exchange *x, const pwwb_keyring *keyring, uint8_t digest[WB_SHA256_SIZE],
                pwwb_error *err)
{
    uint8_t     sealed[PWWB_ENVELOPE_MAX];
    size_t      len;
    pwwb_status st;

    memset(digest, 0, WB_SHA256_SIZE);
    if (keyring->party.order.kind == 0)
        return PWWB_OK;

    wb_agent_order(keyring, &x->work->order);
    st = wb_order_seal(&x->work->order, keyring->keys->identity, sealed, sizeof(sealed), &len,
                       digest, err);
    wb_wipe(&x->work->order, sizeof(x->work->order));
    return st;
}

static pwwb_status
answered(pwwb_exchange *x, pwwb_keyring *keyring, taking *t, int *ret_changed, pwwb_error *err)
{
    int32_t     kind  = keyring->party.order.kind;
    wb_rules    rules = wb_exchange_rules_now(x);
    uint8_t     digest[WB_SHA256_SIZE];
    pwwb_status st = digest_of_order(x, keyring, digest, err);

    if (st == PWWB_OK)
        st = wb_agent_answered(keyring, &t->control, digest, &rules, ret_changed, err);
    tell(t, keyring, kind, t->control.code, !*ret_changed);
    return st;
}

static void
revoked(pwwb_keyring *keyring, taking *t, int *ret_changed)
{
    *ret_changed = wb_agent_revoked(keyring, t->control_key);
    tell(t, keyring, PWWB_EXCHANGE_REVOKE, PWWB_EXCHANGE_DONE, !*ret_changed);
}

static pwwb_status
take_control(pwwb_exchange *x, pwwb_keyring *keyring, void *arg, int *ret_changed, pwwb_error *err)
{
    taking     *t  = arg;
    pwwb_status st = wb_control_open(keyring, t->sealed, &t->control, &t->control_key, err);

    *ret_changed = 0;
    if (st != PWWB_OK)
        return st;
    if (t->control.kind == WB_CONTROL_ANSWER)
        return answered(x, keyring, t, ret_changed, err);

    revoked(keyring, t, ret_changed);
    return PWWB_OK;
}

/* That the revoke was obeyed; asked for again and again until the portal hears it. */
static pwwb_status
say_revoked(pwwb_exchange *x, const pwwb_keyring *keyring, taking *t, pwwb_error *err)
{
    wb_order   *order = &x->work->order;
    wb_rules    rules = wb_exchange_rules_now(x);
    pwwb_status st;

    wb_agent_revoked_order(keyring, t->control.id, &rules, order);
    st = wb_order_seal(order, keyring->keys->identity, t->buf, t->buf_size, t->ret_len, t->digest,
                       err);
    wb_wipe(order, sizeof(*order));
    return st;
}

/* The portal's key that the order is sealed to: its own, the one before, or its ticket's. */
static const uint8_t *
find_portal_key(const pwwb_keyring *keyring, const uint8_t kid[WB_KID_SIZE])
{
    const uint8_t *keys[3] = {keyring->keys->portal, keyring->keys->portal_before,
                              keyring->keys->ticket_portal};
    int            i;

    for (i = 0; i < 3; i++) {
        uint8_t public_[WB_X25519_SIZE], ours[WB_KID_SIZE];

        if (wb_is_zero(keys[i], WB_X25519_SIZE))
            continue;
        wb_x25519_public(keys[i], public_);
        wb_x25519_kid(public_, ours);
        if (memcmp(ours, kid, WB_KID_SIZE) == 0)
            return keys[i];
    }
    return NULL;
}

static pwwb_status
open_order(pwwb_exchange *x, const pwwb_keyring *keyring, taking *t, pwwb_error *err)
{
    uint8_t        kid[WB_KID_SIZE];
    const uint8_t *key;
    pwwb_status    st = wb_order_kid(t->sealed, kid, err);

    if (st != PWWB_OK)
        return st;

    key = find_portal_key(keyring, kid);
    if (key == NULL)
        return wb_fail(err, PWWB_E_KEY_UNKNOWN, "an order for another portal, or no longer ours");

    return wb_order_open(t->sealed, key, keyring->tenant, &x->work->order, t->digest, err);
}

static pwwb_status
take_order(pwwb_exchange *x, pwwb_keyring *keyring, void *arg, int *ret_changed, pwwb_error *err)
{
    taking     *t     = arg;
    wb_order   *order = &x->work->order;
    wb_rules    rules = wb_exchange_rules_now(x);
    int32_t     code  = 0;
    pwwb_status st    = open_order(x, keyring, t, err);

    *ret_changed = 0;
    if (st == PWWB_OK)
        st = wb_portal_take(keyring, order, t->digest, &rules, &code, ret_changed, err);
    if (st == PWWB_OK)
        tell(t, keyring, order->kind, code, !*ret_changed);
    return st;
}

static pwwb_status
answer(const pwwb_exchange *x, const pwwb_keyring *keyring, taking *t, pwwb_error *err)
{
    const wb_order *order   = &x->work->order;
    wb_control      control = {.kind       = WB_CONTROL_ANSWER,
                               .code       = t->event.code,
                               .state      = keyring->state,
                               .generation = keyring->generation,
                               .time_s     = wb_clock_wall_ms(&x->clock) / 1000};

    if (order->kind == PWWB_EXCHANGE_REVOKE)
        return PWWB_OK; /* it was the answer */

    memcpy(control.id, order->id, sizeof(control.id));
    memcpy(control.digest, t->digest, sizeof(control.digest));
    *t->ret_len = wb_control_seal(&control, order->control_key, keyring->tenant, t->buf,
                                  t->buf_size);
    if (*t->ret_len > t->buf_size)
        return wb_fail(err, PWWB_E_BUFFER_TOO_SMALL, "an answer takes %zu octets", *t->ret_len);

    return PWWB_OK;
}

static pwwb_status
take(pwwb_exchange *x, taking *t, pwwb_error *err)
{
    pwwb_keyring *keyring  = NULL;
    int           is_agent = x->half == PWWB_HALF_AGENT;
    pwwb_status   st       = wb_exchange_change(x, is_agent ? take_control : take_order, t, &keyring,
                                                err);

    if (st == PWWB_OK && !is_agent)
        st = answer(x, keyring, t, err);
    else if (st == PWWB_OK && t->control.kind == WB_CONTROL_REVOKE)
        st = say_revoked(x, keyring, t, err);
    pwwb_keyring_free(keyring);
    wb_wipe(x->work, sizeof(*x->work));
    return st;
}

static pwwb_status
give_event(pwwb_exchange_event *ret_event, const taking *t)
{
    return wb_ops_export(ret_event, WB_SIZE_UP_TO(pwwb_exchange_event, generation), &t->event,
                         sizeof(t->event));
}

pwwb_status
pwwb_exchange_take(pwwb_exchange *exchange, const uint8_t *sealed, size_t sealed_len, uint8_t *buf,
                   size_t buf_size, size_t *ret_len, pwwb_exchange_event *ret_event,
                   pwwb_error *err)
{
    taking      t = {.sealed = {sealed, sealed_len}, .buf = buf, .buf_size = buf_size,
                     .ret_len = ret_len};
    pwwb_status st;

    wb_ok(err);
    if (ret_len != NULL)
        *ret_len = 0;
    if (exchange == NULL || sealed == NULL || ret_len == NULL || (buf == NULL && buf_size > 0))
        return wb_fail(err, PWWB_E_INVALID_ARGUMENT,
                       "exchange, sealed, buf and ret_len must be given");

    st = ret_event != NULL ? give_event(ret_event, &t) : PWWB_OK; /* before anything is done */
    if (st != PWWB_OK)
        return wb_fail(err, st, "an event of size %zu does not fit this library", ret_event->size);

    st = take(exchange, &t, err);
    return st == PWWB_OK && ret_event != NULL ? give_event(ret_event, &t) : st;
}
