/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "error.h"
#include "exchange_rules.h"
#include "secret.h"

/* How far above the newest one a generation may be: more than stores and tickets that were lost can
 * make it, and too few for whoever has the identity to use the numbers up. */
#define GENERATION_LEAP ((uint64_t)1 << 20)

void
wb_portal_ticket(pwwb_keyring *keyring, wb_ticket *ticket)
{
    wb_party_keys *keys = keyring->keys;

    memcpy(keyring->tenant, ticket->tenant, PWWB_ID_SIZE);
    wb_random(keys->ticket_portal, sizeof(keys->ticket_portal));
    wb_random(keys->token, sizeof(keys->token));
    keyring->party.ticket_expires_s = ticket->expires_s;

    wb_x25519_public(keys->ticket_portal, ticket->portal);
    memcpy(ticket->token, keys->token, sizeof(ticket->token));
    ticket->generation = keyring->generation;
}

static int
is_identity(const pwwb_keyring *keyring, const wb_order *order)
{
    return memcmp(keyring->keys->identity, order->identity, WB_ED25519_SIZE) == 0;
}

/* The bundle's keys, before all others. The oldest gives way: it only served to read replies. */
static pwwb_status
install(pwwb_keyring *keyring, const wb_order *order, const wb_rules *rules, pwwb_error *err)
{
    wb_epoch   *epoch;
    pwwb_status st;

    if (keyring->epoch_count == PWWB_EPOCHS_MAX)
        wb_keyring_drop(keyring, PWWB_EPOCHS_MAX - 1);
    epoch             = wb_keyring_insert(keyring);
    epoch->generation = order->generation;
    epoch->suite      = order->suite;
    epoch->created_s  = order->created_s;
    epoch->public_len = order->public_len;
    memcpy(epoch->public_, order->public_, order->public_len);
    memcpy(epoch->keys->tenant, order->tenant_key, WB_KEY_SIZE);
    memcpy(epoch->keys->control, order->control_key, WB_KEY_SIZE);
    wb_epoch_enter(epoch, PWWB_EPOCH_PENDING, rules->now_ms / 1000);
    keyring->generation = order->generation;
    st = wb_epoch_ready(epoch, wb_span_of(NULL, 0), err);
    if (st == PWWB_E_CRYPTO)
        return wb_fail(err, PWWB_E_MALFORMED, "an order whose public key is none");
    return st;
}

/* Keys that are there already, or that nobody drew, are not taken as new ones. */
static int
keys_are_new(const pwwb_keyring *keyring, const wb_order *order)
{
    size_t i;

    if (wb_is_zero(order->tenant_key, WB_KEY_SIZE) || wb_is_zero(order->control_key, WB_KEY_SIZE))
        return 0;
    for (i = 0; i < keyring->epoch_count; i++)
        if (wb_equal(keyring->epochs[i].keys->tenant, order->tenant_key, WB_KEY_SIZE)
            || wb_equal(keyring->epochs[i].keys->control, order->control_key, WB_KEY_SIZE))
            return 0;
    return 1;
}

/* New keys for a tenant that is enabled are active at once; else they wait for the administrator. */
static pwwb_status
take_bundle(pwwb_keyring *keyring, const wb_order *order, const wb_rules *rules,
            int32_t *ret_code, pwwb_error *err)
{
    int         is_enabled = keyring->state == PWWB_TENANT_ENABLED;
    wb_epoch   *waiting    = wb_keyring_in_state(keyring, PWWB_EPOCH_PENDING);
    pwwb_status st;

    if (!keys_are_new(keyring, order))
        return wb_fail(err, PWWB_E_MALFORMED, "an order whose keys are not new");
    if (order->generation - keyring->generation > GENERATION_LEAP)
        return wb_fail(err, PWWB_E_MALFORMED, "an order whose generation is out of range");
    if (waiting != NULL)
        wb_keyring_drop(keyring, (size_t)(waiting - keyring->epochs));
    st = install(keyring, order, rules, err);
    if (st != PWWB_OK)
        return st;

    if (is_enabled)
        wb_exchange_activate(keyring, &keyring->epochs[0], rules);
    else
        keyring->state = PWWB_TENANT_PENDING;
    *ret_code = is_enabled ? PWWB_EXCHANGE_DONE : PWWB_EXCHANGE_WAITING;
    return PWWB_OK;
}

/* Two orders may carry the same keys: a ticket's that replaced another's, or a roll's. */
static int
has_bundle(const pwwb_keyring *keyring, const wb_order *order)
{
    size_t i;

    for (i = 0; i < keyring->epoch_count; i++) {
        const wb_epoch *e = &keyring->epochs[i];

        if (e->state != PWWB_EPOCH_OPEN_ONLY && e->generation == order->generation
            && wb_equal(e->keys->tenant, order->tenant_key, WB_KEY_SIZE)
            && wb_equal(e->keys->control, order->control_key, WB_KEY_SIZE))
            return is_identity(keyring, order);
    }
    return 0;
}

static int
has_token(const pwwb_keyring *keyring, const wb_order *order)
{
    return order->kind == PWWB_EXCHANGE_ENABLE && keyring->party.ticket_expires_s != 0
           && wb_equal(keyring->keys->token, order->token, WB_TOKEN_SIZE);
}

/* An agent that does not know yet that its ticket was taken goes on with the key before. */
static void
use_up_ticket(pwwb_keyring *keyring)
{
    memcpy(keyring->keys->portal_before, keyring->keys->portal, WB_X25519_SIZE);
    memcpy(keyring->keys->portal, keyring->keys->ticket_portal, WB_X25519_SIZE);
    wb_exchange_forget_ticket(keyring);
}

/* Why a ticket does not serve; 0 = it does. */
static int32_t
judge_ticket(const pwwb_keyring *keyring, const wb_order *order, const wb_rules *rules)
{
    if (!has_token(keyring, order))
        return PWWB_EXCHANGE_TICKET_UNKNOWN;
    if (keyring->party.ticket_expires_s < rules->now_ms / 1000)
        return PWWB_EXCHANGE_TICKET_EXPIRED;
    if (keyring->state == PWWB_TENANT_ENABLED && !is_identity(keyring, order))
        return PWWB_EXCHANGE_ALREADY_ENABLED;
    if (order->generation <= keyring->generation)
        return PWWB_EXCHANGE_STALE;

    return 0;
}

static pwwb_status
take_enable(pwwb_keyring *keyring, const wb_order *order, const wb_rules *rules, int32_t *ret_code,
            pwwb_error *err)
{
    wb_party_keys *keys = keyring->keys;
    pwwb_status    st;

    *ret_code = judge_ticket(keyring, order, rules);
    if (*ret_code != 0)
        return PWWB_OK;

    st = take_bundle(keyring, order, rules, ret_code, err);
    if (st != PWWB_OK)
        return st;

    memcpy(keys->identity, order->identity, sizeof(keys->identity));
    wb_wipe(keys->answering, sizeof(keys->answering));
    use_up_ticket(keyring);
    return PWWB_OK;
}

static int
is_served(const pwwb_keyring *keyring)
{
    return keyring->state == PWWB_TENANT_ENABLED || keyring->state == PWWB_TENANT_PENDING;
}

static pwwb_status
take_roll(pwwb_keyring *keyring, const wb_order *order, const wb_rules *rules, int32_t *ret_code,
          pwwb_error *err)
{
    if (!is_served(keyring))
        *ret_code = PWWB_EXCHANGE_NOT_ENABLED;
    else if (order->generation <= keyring->generation)
        *ret_code = PWWB_EXCHANGE_STALE;
    else
        return take_bundle(keyring, order, rules, ret_code, err);

    return PWWB_OK;
}

static void
take_disable(pwwb_keyring *keyring, const wb_rules *rules, int32_t *ret_code)
{
    *ret_code = PWWB_EXCHANGE_NOT_ENABLED;
    if (!is_served(keyring))
        return;

    wb_exchange_close(keyring, rules);
    keyring->state = PWWB_TENANT_DISABLED;
    *ret_code      = PWWB_EXCHANGE_DONE;
}

/* The last order again: what was done then, as it stands now. */
static int32_t
code_again(const pwwb_keyring *keyring, int32_t kind)
{
    if (kind == PWWB_EXCHANGE_DISABLE)
        return PWWB_EXCHANGE_DONE; /* or NOT_ENABLED, which comes to the same */

    return keyring->state == PWWB_TENANT_PENDING   ? PWWB_EXCHANGE_WAITING
           : keyring->state == PWWB_TENANT_ENABLED ? PWWB_EXCHANGE_DONE
                                                   : PWWB_EXCHANGE_NOT_ENABLED;
}

/* A revoke goes on being sent, whatever its agents order meanwhile. */
static void
remember(pwwb_keyring *keyring, const wb_order *order, const uint8_t *digest)
{
    wb_order_mark *last = &keyring->party.order;

    keyring->party.last_issued_s = order->issued_s;
    memcpy(last->digest, digest, sizeof(last->digest));
    if (keyring->state == PWWB_TENANT_REVOKED && last->kind == PWWB_EXCHANGE_REVOKE)
        return;

    last->kind     = order->kind;
    last->issued_s = order->issued_s;
    memcpy(last->id, order->id, sizeof(last->id));
}

static int
is_last(const pwwb_keyring *keyring, const uint8_t *digest)
{
    return keyring->party.order.kind != 0
           && memcmp(keyring->party.order.digest, digest, WB_SHA256_SIZE) == 0;
}

/* That the revoke was obeyed, and not one before it: no need to say it again. */
static int
take_revoked(pwwb_keyring *keyring, const wb_order *order)
{
    const wb_order_mark *mark = &keyring->party.order;

    if (mark->kind != PWWB_EXCHANGE_REVOKE || memcmp(mark->id, order->id, sizeof(mark->id)) != 0)
        return 0;

    memset(&keyring->party.order, 0, sizeof(keyring->party.order));
    return 1;
}

static pwwb_status
take_new(pwwb_keyring *keyring, const wb_order *order, const wb_rules *rules, int32_t *ret_code,
         pwwb_error *err)
{
    if (wb_order_has_bundle(order->kind) && has_bundle(keyring, order)) {
        *ret_code = code_again(keyring, order->kind);
        if (has_token(keyring, order))
            use_up_ticket(keyring);
        return PWWB_OK;
    }
    if (order->kind == PWWB_EXCHANGE_ENABLE)
        return take_enable(keyring, order, rules, ret_code, err);
    if (order->kind == PWWB_EXCHANGE_ROLL)
        return take_roll(keyring, order, rules, ret_code, err);

    take_disable(keyring, rules, ret_code);
    return PWWB_OK;
}

/* Orders of the pinned identity are taken in the order in which they were issued: one that a later
 * one replaced does not come back. Nobody waits for its answer. The last one itself is answered, also
 * when a revoke has come between. Of anybody else, or while nobody is pinned, only an enable is heard:
 * what is not remembered must not end anything at the agents' side. */
static pwwb_status
check_order(const pwwb_keyring *keyring, const wb_order *order, pwwb_error *err)
{
    int is_pinned = is_identity(keyring, order)
                    && !wb_is_zero(keyring->keys->identity, WB_ED25519_SIZE);

    if (is_pinned && order->kind != PWWB_EXCHANGE_REVOKE
        && order->issued_s < keyring->party.last_issued_s)
        return wb_fail(err, PWWB_E_REPLAYED, "an order that a later one has replaced");
    if (!is_pinned && order->kind != PWWB_EXCHANGE_ENABLE)
        return wb_fail(err, PWWB_E_NOT_AUTHENTIC, "an order of another identity than the pinned one");

    return PWWB_OK;
}

pwwb_status
wb_portal_take(pwwb_keyring *keyring, const wb_order *order, const uint8_t digest[WB_SHA256_SIZE],
               const wb_rules *rules, int32_t *ret_code, int *ret_changed, pwwb_error *err)
{
    pwwb_status st;

    *ret_changed = 0;
    *ret_code    = code_again(keyring, order->kind);
    if (is_last(keyring, digest))
        return PWWB_OK;

    st = check_order(keyring, order, err);
    if (st == PWWB_OK && order->kind == PWWB_EXCHANGE_REVOKE) {
        *ret_changed = take_revoked(keyring, order);
        return PWWB_OK;
    }
    if (st == PWWB_OK)
        st = take_new(keyring, order, rules, ret_code, err);
    if (st != PWWB_OK)
        return st;

    *ret_changed = *ret_code == PWWB_EXCHANGE_DONE || *ret_code == PWWB_EXCHANGE_WAITING
                   || (*ret_code == PWWB_EXCHANGE_NOT_ENABLED && is_identity(keyring, order));
    if (*ret_changed)
        remember(keyring, order, digest);
    return PWWB_OK;
}

/* As people type it: dashes and spaces left out, small letters, and O, I, L for what they look like. */
static int
same_fingerprint(const char *ours, const char *typed, size_t len)
{
    size_t i;

    for (i = 0; i < len; i++) {
        char c = typed[i];

        if (c == '-' || c == ' ')
            continue;
        c = (char)(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
        c = (char)(c == 'O' ? '0' : c == 'I' || c == 'L' ? '1' : c);
        while (*ours == '-')
            ours++;
        if (*ours == '\0' || *ours++ != c)
            return 0;
    }
    return *ours == '\0';
}

pwwb_status
wb_portal_confirm(pwwb_keyring *keyring, const char *fingerprint, size_t len,
                  const wb_rules *rules, pwwb_error *err)
{
    char ours[PWWB_FINGERPRINT_SIZE];

    if (keyring->state != PWWB_TENANT_PENDING && keyring->state != PWWB_TENANT_ENABLED)
        return wb_fail(err, PWWB_E_STATE, "no agent waits for its fingerprint to be compared");

    wb_fingerprint(keyring, ours);
    if (ours[0] == '\0' || !same_fingerprint(ours, fingerprint, len))
        return wb_fail(err, PWWB_E_NOT_AUTHENTIC,
                       "another fingerprint: if it was not mistyped, revoke and make a new ticket");

    if (keyring->state == PWWB_TENANT_PENDING) {
        wb_exchange_activate(keyring, wb_keyring_in_state(keyring, PWWB_EPOCH_PENDING), rules);
        keyring->state = PWWB_TENANT_ENABLED;
    }
    return PWWB_OK;
}

/* The last order's time stays: it is by the agents' clock. */
static void
begin_revoke(pwwb_keyring *keyring, const wb_rules *rules)
{
    int64_t last = keyring->party.last_issued_s;

    wb_exchange_mark(keyring, PWWB_EXCHANGE_REVOKE, rules);
    keyring->party.last_issued_s = last;
}

pwwb_status
wb_portal_revoke(pwwb_keyring *keyring, const wb_rules *rules, pwwb_error *err)
{
    if (keyring->state == PWWB_TENANT_REVOKED)
        return PWWB_OK;
    if (keyring->state == PWWB_TENANT_NONE)
        return wb_fail(err, PWWB_E_STATE, "never enabled: there is nothing to revoke");

    memset(&keyring->party.order, 0, sizeof(keyring->party.order));
    if (keyring->epoch_count > 0) {
        memcpy(keyring->keys->answering, keyring->epochs[0].keys->control, WB_KEY_SIZE);
        begin_revoke(keyring, rules);
    }
    wb_exchange_drop_to(keyring, keyring->generation);
    wb_exchange_forget_ticket(keyring);
    keyring->state = PWWB_TENANT_REVOKED;
    return PWWB_OK;
}
