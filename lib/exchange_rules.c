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

/* An answer to an order may still come under the newest one's control key. */
static size_t
wipe(pwwb_keyring *keyring, const wb_rules *rules)
{
    size_t wiped = 0;
    size_t i     = keyring->epoch_count;

    while (i-- > 0) {
        if (!is_over(&keyring->epochs[i], rules))
            continue;
        memcpy(keyring->keys->answering, keyring->epochs[i].keys->control, WB_KEY_SIZE);
        wb_keyring_drop(keyring, i);
        wiped++;
    }
    return wiped;
}

size_t
wb_exchange_wipe(pwwb_keyring *keyring, const wb_rules *rules)
{
    if (keyring->half == PWWB_HALF_AGENT
        && wb_keyring_in_state(keyring, PWWB_EPOCH_PENDING) != NULL)
        return 0;

    return wipe(keyring, rules);
}

int
wb_exchange_has_room(const pwwb_keyring *keyring, const wb_rules *rules)
{
    return keyring->epoch_count < PWWB_EPOCHS_MAX
           || is_over(&keyring->epochs[PWWB_EPOCHS_MAX - 1], rules);
}

void
wb_exchange_make_room(pwwb_keyring *keyring, const wb_rules *rules)
{
    if (keyring->epoch_count == PWWB_EPOCHS_MAX)
        (void)wipe(keyring, rules);
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
