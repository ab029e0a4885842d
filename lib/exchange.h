/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WB_EXCHANGE_H
#define WB_EXCHANGE_H

/* The handle behind pwwb/exchange.h: rules applied to what a key store holds. */

#include "clock.h"
#include "exchange_rules.h"

/* Everything secret of one call, in one locked piece. */
typedef struct wb_exchange_work {
    wb_order  order;
    wb_ticket ticket;
} wb_exchange_work;

struct pwwb_exchange {
    pwwb_keystore        *store;
    int32_t               half;
    pwwb_exchange_options options;
    wb_clock              clock;
    uint8_t               holder[PWWB_ID_SIZE];  /* of the lease: this handle */
    uint8_t               sent_id[PWWB_ID_SIZE]; /* what was sent last */
    int64_t               sent_ms;               /* monotonic */
    uint64_t              seen_version; /* of the keyring that was loaded or stored last */
    wb_exchange_work     *work;
};

/* The store's keyring, or an empty one of the same half. */
pwwb_status wb_exchange_load(pwwb_exchange *x, pwwb_keyring **ret_keyring, pwwb_error *err);

wb_rules wb_exchange_rules_now(const pwwb_exchange *x);

/* A change of a keyring that nobody shares. `arg` is the caller's; *ret_changed = 0: not stored. */
typedef pwwb_status (*wb_change_fn)(pwwb_exchange *x, pwwb_keyring *keyring, void *arg,
                                    int *ret_changed, pwwb_error *err);

/* Load, change, store; and again when somebody else was first. The keyring, when it is wanted, is
 * as it is stored. */
pwwb_status wb_exchange_change(pwwb_exchange *x, wb_change_fn how, void *arg,
                               pwwb_keyring **ret_keyring, pwwb_error *err);

/* Whether this agent leads, and from now on it does. */
int  wb_exchange_may_lead(const pwwb_exchange *x, const pwwb_keyring *keyring);
void wb_exchange_take_lease(const pwwb_exchange *x, pwwb_keyring *keyring);

#endif /* WB_EXCHANGE_H */
