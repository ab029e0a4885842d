/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WB_EXCHANGE_RULES_H
#define WB_EXCHANGE_RULES_H

/* The rules of the exchanges: what an event makes of a keyring that nobody shares yet. Pure: no
 * store, no network; the time comes in. docs/keys.md draws them, tests/model/ checks them. */

#include "order.h"

typedef struct wb_rules {
    int64_t now_ms;
    int32_t suite;        /* 0 = as it is */
    int64_t roll_ms;      /* -1 = only on demand */
    int64_t open_only_ms;
} wb_rules;

/* exchange_agent.c: the agents' side. */
pwwb_status wb_agent_enable(pwwb_keyring *keyring, const wb_ticket *ticket, const wb_rules *rules,
                            pwwb_error *err);
pwwb_status wb_agent_roll(pwwb_keyring *keyring, const wb_rules *rules, pwwb_error *err);
pwwb_status wb_agent_disable(pwwb_keyring *keyring, const wb_rules *rules, pwwb_error *err);
int         wb_agent_roll_is_due(const pwwb_keyring *keyring, const wb_rules *rules);
/* The order that is under way, always the same octets. */
void        wb_agent_order(const pwwb_keyring *keyring, wb_order *order);
/* The portal's answer to the order of that digest. 0 = not to what is under way: nothing changed. */
pwwb_status wb_agent_answered(pwwb_keyring *keyring, const wb_control *answer,
                              const uint8_t digest[WB_SHA256_SIZE], const wb_rules *rules,
                              int *ret_changed, pwwb_error *err);
/* The portal's revoke, under that control key of the keyring's. 0 = it was obeyed before. */
int         wb_agent_revoked(pwwb_keyring *keyring, const uint8_t *key);
/* That it was obeyed. */
void        wb_agent_revoked_order(const pwwb_keyring *keyring, const uint8_t id[PWWB_ID_SIZE],
                                   const wb_rules *rules, wb_order *order);

/* exchange_portal.c: the portal's side. */
void        wb_portal_ticket(pwwb_keyring *keyring, wb_ticket *ticket);
/* One of enum pwwb_exchange_code; NOT_AUTHENTIC and MALFORMED get no answer. */
pwwb_status wb_portal_take(pwwb_keyring *keyring, const wb_order *order,
                           const uint8_t digest[WB_SHA256_SIZE], const wb_rules *rules,
                           int32_t *ret_code, int *ret_changed, pwwb_error *err);
pwwb_status wb_portal_confirm(pwwb_keyring *keyring, const char *fingerprint, size_t len,
                              const wb_rules *rules, pwwb_error *err);
pwwb_status wb_portal_revoke(pwwb_keyring *keyring, const wb_rules *rules, pwwb_error *err);

/* Both. */
/* Wipe what was open-only long enough; how many. At the agents' side not what was replaced without an
 * answer, while keys are pending: it may be what the portal has. */
size_t wb_exchange_wipe(pwwb_keyring *keyring, const wb_rules *rules);
/* For one more epoch even of those the oldest gives way that is over; but not the one of that generation,
 * which is what the portal is known to have, and none when that is not known. */
#define WB_NOT_KNOWN UINT64_MAX
int    wb_exchange_has_room(const pwwb_keyring *keyring, uint64_t keep, const wb_rules *rules);
void   wb_exchange_make_room(pwwb_keyring *keyring, uint64_t keep, const wb_rules *rules);
/* The pending epoch has its answer: the time of those without one begins now. */
void   wb_exchange_settle(pwwb_keyring *keyring, const wb_rules *rules);
/* Every epoch is open-only from now on. */
void   wb_exchange_close(pwwb_keyring *keyring, const wb_rules *rules);
void   wb_exchange_forget_ticket(pwwb_keyring *keyring);
/* A new order, later than every one before. */
void   wb_exchange_mark(pwwb_keyring *keyring, int32_t kind, const wb_rules *rules);
/* The active one becomes open-only, that one active. */
void   wb_exchange_activate(pwwb_keyring *keyring, wb_epoch *epoch, const wb_rules *rules);
/* Whether an epoch still uses a relay slot. */
int    wb_exchange_uses_slot(const pwwb_keyring *keyring, int32_t slot);
/* Wipe every epoch up to that generation. */
void   wb_exchange_drop_to(pwwb_keyring *keyring, uint64_t generation);

#endif /* WB_EXCHANGE_RULES_H */
