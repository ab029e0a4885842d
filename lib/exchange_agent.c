/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "error.h"
#include "exchange_rules.h"
#include "secret.h"

/* Every pending epoch of the agents' side is the newest one. */
static wb_epoch *
pending(const pwwb_keyring *keyring)
{
    return wb_keyring_in_state(keyring, PWWB_EPOCH_PENDING);
}

/* Of new keys: as it is asked for, else as it is. */
static int32_t
suite_of(const pwwb_keyring *keyring, const wb_rules *rules)
{
    if (rules->suite != 0)
        return rules->suite;

    return keyring->epoch_count > 0 ? keyring->epochs[0].suite : PWWB_SUITE_RSA;
}

/* Their relay slot is not the one that agents connect with. */
static pwwb_status
make_epoch(pwwb_keyring *keyring, const wb_rules *rules, pwwb_error *err)
{
    const wb_epoch *active = wb_keyring_in_state(keyring, PWWB_EPOCH_ACTIVE);

    if (active != NULL && ((keyring->generation + 1 - active->generation) & 1) == 0)
        keyring->generation++;

    return wb_keyring_make_epoch(keyring, suite_of(keyring, rules), wb_span_of(NULL, 0),
                                 rules->now_ms / 1000, err);
}

/* New keys, unless some are under way. Known: the generation that the portal is known to have. */
static pwwb_status
make_pending(pwwb_keyring *keyring, uint64_t known, const wb_rules *rules, pwwb_error *err)
{
    if (pending(keyring) != NULL)
        return PWWB_OK;

    wb_exchange_make_room(keyring, known, rules);
    return make_epoch(keyring, rules, err);
}

/* Keys go to one portal key alone: to another, others are made. The ones before may have been taken by
 * the portal, and still open. Room is made first, while it is seen which have no answer. */
static pwwb_status
renew_pending(pwwb_keyring *keyring, uint64_t known, const wb_rules *rules, pwwb_error *err)
{
    wb_epoch *before;

    wb_exchange_make_room(keyring, known, rules);
    before = pending(keyring);
    if (before != NULL)
        wb_epoch_enter(before, PWWB_EPOCH_OPEN_ONLY, rules->now_ms / 1000);
    return make_epoch(keyring, rules, err);
}

static pwwb_status
check_ticket(pwwb_keyring *keyring, const wb_ticket *ticket, int is_fresh, const wb_rules *rules,
             pwwb_error *err)
{
    int is_ours = memcmp(keyring->tenant, ticket->tenant, PWWB_ID_SIZE) == 0;

    if (ticket->expires_s < rules->now_ms / 1000)
        return wb_fail(err, PWWB_E_EXPIRED, "the ticket is expired: make a new one at the portal");
    if (keyring->state == PWWB_TENANT_ENABLED
        && wb_is_zero(keyring->keys->identity, sizeof(keyring->keys->identity)))
        return wb_fail(err, PWWB_E_STATE, "these keys were made by hand: begin with an empty store");
    if (!is_ours && (!is_fresh || keyring->epoch_count > 0))
        return wb_fail(err, PWWB_E_WRONG_TENANT, "a ticket of another tenant than the key store's");

    return PWWB_OK;
}

pwwb_status
wb_agent_enable(pwwb_keyring *keyring, const wb_ticket *ticket, const wb_rules *rules,
                pwwb_error *err)
{
    wb_party_keys *keys     = keyring->keys;
    int            is_fresh = keyring->state == PWWB_TENANT_NONE
                   || keyring->state == PWWB_TENANT_DISABLED
                   || keyring->state == PWWB_TENANT_REVOKED;
    int         is_same = memcmp(keys->ticket_portal, ticket->portal, WB_X25519_SIZE) == 0;
    pwwb_status st      = check_ticket(keyring, ticket, is_fresh, rules, err);

    if (st != PWWB_OK)
        return st;

    memcpy(keyring->tenant, ticket->tenant, PWWB_ID_SIZE);
    if (keyring->generation < ticket->generation)
        keyring->generation = ticket->generation;
    st = is_same ? make_pending(keyring, ticket->generation, rules, err)
                 : renew_pending(keyring, ticket->generation, rules, err);
    if (st != PWWB_OK)
        return st;

    if (is_fresh) {
        wb_wipe(keys, sizeof(*keys));
        wb_random(keys->identity, sizeof(keys->identity));
    }
    keyring->state = wb_keyring_active(keyring) != NULL ? PWWB_TENANT_ENABLED
                                                        : PWWB_TENANT_PENDING;
    memcpy(keys->ticket_portal, ticket->portal, sizeof(keys->ticket_portal));
    memcpy(keys->token, ticket->token, sizeof(keys->token));
    memcpy(keys->credential, ticket->credential, sizeof(keys->credential));
    memcpy(keyring->party.ticket_address, ticket->address, sizeof(ticket->address));
    keyring->party.ticket_expires_s = ticket->expires_s;
    wb_exchange_mark(keyring, PWWB_EXCHANGE_ENABLE, rules);
    return PWWB_OK;
}

/* What is pending was sealed to that ticket's key. */
static int
has_refused_ticket(const pwwb_keyring *keyring)
{
    return !wb_is_zero(keyring->keys->ticket_portal, WB_X25519_SIZE);
}

pwwb_status
wb_agent_roll(pwwb_keyring *keyring, const wb_rules *rules, pwwb_error *err)
{
    pwwb_status st;

    if (keyring->state != PWWB_TENANT_ENABLED
        || wb_is_zero(keyring->keys->identity, sizeof(keyring->keys->identity)))
        return wb_fail(err, PWWB_E_STATE, "not enabled by a ticket: there is nothing to roll");
    if (keyring->party.order.kind != 0)
        return PWWB_OK; /* under way */

    st = has_refused_ticket(keyring) ? renew_pending(keyring, WB_NOT_KNOWN, rules, err)
                                     : make_pending(keyring, WB_NOT_KNOWN, rules, err);
    if (st != PWWB_OK)
        return st;

    wb_exchange_forget_ticket(keyring);
    wb_exchange_mark(keyring, PWWB_EXCHANGE_ROLL, rules);
    return PWWB_OK;
}

pwwb_status
wb_agent_disable(pwwb_keyring *keyring, const wb_rules *rules, pwwb_error *err)
{
    if (keyring->state == PWWB_TENANT_DISABLING)
        return PWWB_OK; /* under way */
    if ((keyring->state != PWWB_TENANT_ENABLED && keyring->state != PWWB_TENANT_PENDING)
        || wb_is_zero(keyring->keys->identity, sizeof(keyring->keys->identity)))
        return wb_fail(err, PWWB_E_STATE, "not enabled by a ticket: there is nothing to disable");

    keyring->state = PWWB_TENANT_DISABLING;
    wb_exchange_mark(keyring, PWWB_EXCHANGE_DISABLE, rules);
    return PWWB_OK;
}

/* Too old; or a refused ticket left new ones behind, while the portal may have taken them by an
 * earlier one; or the portal is known to have newer ones, which this side does not. */
int
wb_agent_roll_is_due(const pwwb_keyring *keyring, const wb_rules *rules)
{
    const wb_epoch *active = wb_keyring_in_state(keyring, PWWB_EPOCH_ACTIVE);

    if (keyring->state != PWWB_TENANT_ENABLED || keyring->party.order.kind != 0 || active == NULL
        || keyring->generation + 2 > WB_GENERATION_MAX
        || wb_is_zero(keyring->keys->identity, sizeof(keyring->keys->identity)))
        return 0;
    if (pending(keyring) != NULL && !has_refused_ticket(keyring))
        return 1;
    if (pending(keyring) != NULL || keyring->generation > active->generation)
        return wb_exchange_has_room(keyring, WB_NOT_KNOWN, rules);

    return rules->roll_ms >= 0 && active->created_s <= (rules->now_ms - rules->roll_ms) / 1000
           && wb_exchange_has_room(keyring, WB_NOT_KNOWN, rules);
}

/* Before the first answer the ticket's key is the portal's. */
static const uint8_t *
portal_of(const pwwb_keyring *keyring, int32_t kind)
{
    const wb_party_keys *keys = keyring->keys;

    return kind == PWWB_EXCHANGE_ENABLE || wb_is_zero(keys->portal, sizeof(keys->portal))
               ? keys->ticket_portal
               : keys->portal;
}

static void
begin_order(const pwwb_keyring *keyring, const wb_order_mark *mark, wb_order *order)
{
    wb_wipe(order, sizeof(*order));
    order->kind     = mark->kind;
    order->issued_s = mark->issued_s;
    memcpy(order->id, mark->id, sizeof(order->id));
    memcpy(order->tenant, keyring->tenant, sizeof(order->tenant));
    memcpy(order->portal, portal_of(keyring, mark->kind), sizeof(order->portal));
    wb_ed25519_public(keyring->keys->identity, order->identity);
}

void
wb_agent_order(const pwwb_keyring *keyring, wb_order *order)
{
    const wb_epoch *newest = &keyring->epochs[0];

    begin_order(keyring, &keyring->party.order, order);
    memcpy(order->control_key,
           keyring->epoch_count > 0 ? newest->keys->control : keyring->keys->answering,
           sizeof(order->control_key));
    if (order->kind == PWWB_EXCHANGE_ENABLE)
        memcpy(order->token, keyring->keys->token, sizeof(order->token));
    if (!wb_order_has_bundle(order->kind))
        return;

    order->generation = newest->generation;
    order->suite      = newest->suite;
    order->created_s  = newest->created_s;
    order->public_len = newest->public_len;
    memcpy(order->tenant_key, newest->keys->tenant, sizeof(order->tenant_key));
    memcpy(order->public_, newest->public_, newest->public_len);
}

void
wb_agent_revoked_order(const pwwb_keyring *keyring, const uint8_t id[PWWB_ID_SIZE],
                       const wb_rules *rules, wb_order *order)
{
    wb_order_mark mark = {.kind = PWWB_EXCHANGE_REVOKE, .issued_s = rules->now_ms / 1000};

    memcpy(mark.id, id, sizeof(mark.id));
    begin_order(keyring, &mark, order);
    memcpy(order->control_key, keyring->keys->answering, sizeof(order->control_key));
}

/* The portal has the keys. */
static void
taken(pwwb_keyring *keyring, const wb_rules *rules)
{
    if (keyring->party.order.kind == PWWB_EXCHANGE_ENABLE) {
        memcpy(keyring->keys->portal, keyring->keys->ticket_portal, WB_X25519_SIZE);
        wb_exchange_forget_ticket(keyring);
    }
    wb_exchange_settle(keyring, rules);
    wb_exchange_activate(keyring, pending(keyring), rules);
    keyring->state = PWWB_TENANT_ENABLED;
}

/* The portal has newer keys than these, which may still be in use there. Make others; when there is no
 * room, the same order is sent again until there is. */
static pwwb_status
stale(pwwb_keyring *keyring, uint64_t generation, const wb_rules *rules, int *ret_changed,
      pwwb_error *err)
{
    int32_t     kind  = keyring->party.order.kind;
    uint64_t    known = generation;
    pwwb_status st;

    if (generation < keyring->generation)
        generation = keyring->generation;
    *ret_changed = wb_exchange_has_room(keyring, known, rules) && generation + 2 <= WB_GENERATION_MAX;
    if (!*ret_changed)
        return PWWB_OK;

    keyring->generation = generation;
    st = renew_pending(keyring, known, rules, err);
    if (st == PWWB_OK)
        wb_exchange_mark(keyring, kind, rules);
    return st;
}

static void
disabled(pwwb_keyring *keyring, const wb_rules *rules)
{
    wb_exchange_settle(keyring, rules);
    wb_exchange_close(keyring, rules);
    wb_exchange_forget_ticket(keyring);
    keyring->state = PWWB_TENANT_DISABLED;
}

/* 0 = a code that makes no sense here. */
static int
apply(pwwb_keyring *keyring, const wb_control *answer, const wb_rules *rules)
{
    int is_disable = keyring->party.order.kind == PWWB_EXCHANGE_DISABLE;

    switch (answer->code) {
    case PWWB_EXCHANGE_DONE:
    case PWWB_EXCHANGE_WAITING:
        if (is_disable)
            disabled(keyring, rules);
        else
            taken(keyring, rules);
        return 1;
    case PWWB_EXCHANGE_NOT_ENABLED:
        disabled(keyring, rules);
        return 1;
    case PWWB_EXCHANGE_TICKET_UNKNOWN:
    case PWWB_EXCHANGE_TICKET_EXPIRED:
    case PWWB_EXCHANGE_ALREADY_ENABLED:
        return !is_disable; /* the keys stay: a copy of the order may have been taken */
    default:
        return 0;
    }
}

pwwb_status
wb_agent_answered(pwwb_keyring *keyring, const wb_control *answer,
                  const uint8_t digest[WB_SHA256_SIZE], const wb_rules *rules, int *ret_changed,
                  pwwb_error *err)
{
    wb_order_mark *order = &keyring->party.order;

    *ret_changed = 0;
    if (order->kind == 0 || (wb_order_has_bundle(order->kind) && pending(keyring) == NULL)
        || memcmp(order->id, answer->id, sizeof(order->id)) != 0
        || memcmp(digest, answer->digest, WB_SHA256_SIZE) != 0)
        return PWWB_OK;
    if (answer->code == PWWB_EXCHANGE_STALE && order->kind != PWWB_EXCHANGE_DISABLE)
        return stale(keyring, answer->generation, rules, ret_changed, err);

    *ret_changed = apply(keyring, answer, rules);
    if (*ret_changed)
        memset(order, 0, sizeof(*order));
    return PWWB_OK;
}

/* The generation of the epoch that has that control key; 0 = none. */
static uint64_t
generation_of(const pwwb_keyring *keyring, const uint8_t *key)
{
    size_t i;

    for (i = 0; i < keyring->epoch_count; i++)
        if (keyring->epochs[i].keys->control == key)
            return keyring->epochs[i].generation;
    return 0;
}

static int32_t
state_after_revoke(const pwwb_keyring *keyring)
{
    if (keyring->epoch_count == 0)
        return PWWB_TENANT_REVOKED;
    if (wb_keyring_active(keyring) != NULL)
        return keyring->state;

    return pending(keyring) != NULL ? PWWB_TENANT_PENDING : PWWB_TENANT_DISABLED;
}

/* It speaks of the epoch whose control key it has, and of those before: one that was long on its way
 * must not end what was enabled since. */
int
wb_agent_revoked(pwwb_keyring *keyring, const uint8_t *key)
{
    uint64_t       generation = generation_of(keyring, key);
    wb_party_keys *keys       = keyring->keys;

    if (generation == 0)
        return 0;

    memcpy(keys->answering, key, WB_KEY_SIZE);
    if (wb_is_zero(keys->portal, WB_X25519_SIZE)) /* revoked before the first answer */
        memcpy(keys->portal, keys->ticket_portal, WB_X25519_SIZE);
    wb_exchange_drop_to(keyring, generation);
    keyring->state = state_after_revoke(keyring);
    if (keyring->state == PWWB_TENANT_REVOKED || keyring->state == PWWB_TENANT_DISABLED) {
        wb_exchange_forget_ticket(keyring);
        memset(&keyring->party.order, 0, sizeof(keyring->party.order));
    }
    return 1;
}
