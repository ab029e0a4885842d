/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "exchange_rules.h"
#include "secret.h"

void
wb_exchange_mark(pwwb_keyring *keyring, int32_t kind, const wb_rules *rules)
{
    wb_order_mark *mark = &keyring->party.order;
    int64_t        now  = rules->now_ms / 1000;

    memset(mark, 0, sizeof(*mark));
    mark->kind = kind;
    mark->issued_s =
        now > keyring->party.last_issued_s ? now : keyring->party.last_issued_s + 1;
    keyring->party.last_issued_s = mark->issued_s;
    wb_random(mark->id, sizeof(mark->id));
}

void
wb_exchange_forget_ticket(pwwb_keyring *keyring)
{
    wb_party_keys *keys = keyring->keys;

    wb_wipe(keys->ticket_portal, sizeof(keys->ticket_portal));
    wb_wipe(keys->token, sizeof(keys->token));
    wb_wipe(keys->credential, sizeof(keys->credential));
    memset(keyring->party.ticket_address, 0, sizeof(keyring->party.ticket_address));
    keyring->party.ticket_expires_s = 0;
}

void
wb_exchange_activate(pwwb_keyring *keyring, wb_epoch *epoch, const wb_rules *rules)
{
    wb_epoch *before = wb_keyring_in_state(keyring, PWWB_EPOCH_ACTIVE);

    if (before != NULL && before != epoch)
        wb_epoch_enter(before, PWWB_EPOCH_OPEN_ONLY, rules->now_ms / 1000);
    if (epoch != NULL)
        wb_epoch_enter(epoch, PWWB_EPOCH_ACTIVE, rules->now_ms / 1000);
}

void
wb_exchange_close(pwwb_keyring *keyring, const wb_rules *rules)
{
    size_t i;

    for (i = 0; i < keyring->epoch_count; i++)
        if (keyring->epochs[i].state != PWWB_EPOCH_OPEN_ONLY)
            wb_epoch_enter(&keyring->epochs[i], PWWB_EPOCH_OPEN_ONLY, rules->now_ms / 1000);
}

/* A second more, since the time of entry was cut to one. */
static int
is_over(const wb_epoch *epoch, const wb_rules *rules)
{
    return epoch->state == PWWB_EPOCH_OPEN_ONLY
           && (epoch->since_s + 1) * 1000 + rules->open_only_ms <= rules->now_ms;
}

/* Replaced by the pending one or by one before it, without an answer: a copy of its order may have
 * been taken. Those before the active one are behind for certain. */
static int
is_unanswered(const pwwb_keyring *keyring, const wb_epoch *epoch)
{
    const wb_epoch *active = wb_keyring_in_state(keyring, PWWB_EPOCH_ACTIVE);

    return keyring->half == PWWB_HALF_AGENT && epoch->state == PWWB_EPOCH_OPEN_ONLY
           && wb_keyring_in_state(keyring, PWWB_EPOCH_PENDING) != NULL
           && (active == NULL || epoch->generation > active->generation);
}

/* A revoke may still come again under the newest one's control key. */
static void
wipe_epoch(pwwb_keyring *keyring, size_t index)
{
    memcpy(keyring->keys->answering, keyring->epochs[index].keys->control, WB_KEY_SIZE);
    wb_keyring_drop(keyring, index);
}

size_t
wb_exchange_wipe(pwwb_keyring *keyring, const wb_rules *rules)
{
    size_t wiped = 0;
    size_t i     = keyring->epoch_count;

    while (i-- > 0) {
        if (!is_over(&keyring->epochs[i], rules) || is_unanswered(keyring, &keyring->epochs[i]))
            continue;
        wipe_epoch(keyring, i);
        wiped++;
    }
    return wiped;
}

static int
gives_way(const pwwb_keyring *keyring, const wb_epoch *epoch, uint64_t keep, const wb_rules *rules)
{
    return is_over(epoch, rules)
           && (!is_unanswered(keyring, epoch)
               || (keep != WB_NOT_KNOWN && epoch->generation != keep));
}

int
wb_exchange_has_room(const pwwb_keyring *keyring, uint64_t keep, const wb_rules *rules)
{
    size_t i;

    for (i = 0; i < keyring->epoch_count; i++)
        if (gives_way(keyring, &keyring->epochs[i], keep, rules))
            return 1;
    return keyring->epoch_count < PWWB_EPOCHS_MAX;
}

void
wb_exchange_make_room(pwwb_keyring *keyring, uint64_t keep, const wb_rules *rules)
{
    size_t i;

    if (keyring->epoch_count == PWWB_EPOCHS_MAX)
        (void)wb_exchange_wipe(keyring, rules);
    for (i = keyring->epoch_count; i-- > 0 && keyring->epoch_count == PWWB_EPOCHS_MAX;)
        if (gives_way(keyring, &keyring->epochs[i], keep, rules))
            wipe_epoch(keyring, i);
}

void
wb_exchange_settle(pwwb_keyring *keyring, const wb_rules *rules)
{
    size_t i;

    for (i = 0; i < keyring->epoch_count; i++)
        if (is_unanswered(keyring, &keyring->epochs[i]))
            wb_epoch_enter(&keyring->epochs[i], PWWB_EPOCH_OPEN_ONLY, rules->now_ms / 1000);
}

void
wb_exchange_drop_to(pwwb_keyring *keyring, uint64_t generation)
{
    while (keyring->epoch_count > 0
           && keyring->epochs[keyring->epoch_count - 1].generation <= generation)
        wb_keyring_drop(keyring, keyring->epoch_count - 1);
}

int
wb_exchange_uses_slot(const pwwb_keyring *keyring, int32_t slot)
{
    size_t i;

    for (i = 0; i < keyring->epoch_count; i++)
        if ((int32_t)(keyring->epochs[i].generation & 1) == slot)
            return 1;
    return 0;
}
