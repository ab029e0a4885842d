/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HOST_WORLD_H
#define HOST_WORLD_H

/* A tenant whose agents' private key is the host's own: any table, made here or by an example. */

#include "exchanges.h"
#include "host_keys.h"

#define HW_NOW_S 1760000000

/* Open a fresh request, as it is or spoiled; the sentence stays in `err`. */
static inline pwwb_status
hw_open(pwwb_keyring *keyring, int is_spoiled, pwwb_error *err)
{
    ex_message    m;
    pwwb_request *request = NULL;
    pwwb_status   st;

    CHECK_STATUS(PWWB_OK, ex_seal(keyring, HW_NOW_S, &m));
    if (is_spoiled)
        hk_spoil(keyring, m.octets, &m.len);
    CHECK_STATUS(PWWB_OK, pwwb_request_new(&request, NULL));
    CHECK_STATUS(PWWB_OK,
                 pwwb_request_open(request, keyring, m.octets, m.len, HW_NOW_S, 120, NULL));
    st = pwwb_request_open_secret(request, err);
    CHECK((pwwb_request_password(request, NULL) != NULL) == (st == PWWB_OK));
    pwwb_request_free(request);
    return st;
}

static inline pwwb_status
hw_store(ex_store *behind, const pwwb_unwrap_ops *ops, void *ctx, pwwb_keystore **ret_store)
{
    pwwb_keystore_options options = {.size       = sizeof(options),
                                     .lock       = PWWB_LOCK_KEY,
                                     .secret     = ex_lock,
                                     .secret_len = sizeof(ex_lock),
                                     .unwrap     = ops,
                                     .unwrap_ctx = ctx};

    return pwwb_keystore_new(&ex_store_ops, behind, &options, ret_store, NULL);
}

/* The agent's process comes again, with this table. */
static inline void
hw_restart(ex_world *w, const pwwb_unwrap_ops *ops, void *ctx)
{
    pwwb_exchange_options options = {.size             = sizeof(options),
                                     .clock            = &fake_clock_ops,
                                     .clock_ctx        = &w->clock,
                                     .suite            = PWWB_SUITE_RSA,
                                     .relay_set_secret = ex_set_slot,
                                     .relay_ctx        = w};

    ex_side_drop(&w->agent);
    CHECK_STATUS(PWWB_OK, hw_store(&w->agent_store, ops, ctx, &w->agent.store));
    CHECK_STATUS(PWWB_OK, pwwb_exchange_new(w->agent.store, PWWB_HALF_AGENT, &options,
                                            &w->agent.exchange, NULL));
}

#endif /* HOST_WORLD_H */
