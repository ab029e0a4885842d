/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "keyring.h"
#include "ops.h"
#include "secret.h"

struct wb_host_key {
    int32_t         references; /* atomic */
    pwwb_unwrap_ops ops;
    void           *ctx;
};

pwwb_status
wb_host_key_new(const pwwb_unwrap_ops *ops, void *ctx, wb_host_key **ret_key, pwwb_error *err)
{
    pwwb_unwrap_ops ours;
    pwwb_status     st;

    *ret_key = NULL;
    st       = wb_ops_import(&ours, sizeof(ours), WB_SIZE_UP_TO(pwwb_unwrap_ops, destroy), ops);
    if (st != PWWB_OK)
        return wb_fail(err, st, "unwrap ops of size %zu do not fit this library", ops->size);
    if (ours.unwrap == NULL)
        return wb_fail(err, PWWB_E_INVALID_ARGUMENT, "a host's key must unwrap");

    *ret_key = calloc(1, sizeof(**ret_key));
    if (*ret_key == NULL)
        return wb_fail(err, PWWB_E_NO_MEMORY, "no memory for a host's key");

    **ret_key = (wb_host_key){1, ours, ctx};
    return PWWB_OK;
}

wb_host_key *
wb_host_key_ref(wb_host_key *key)
{
    if (key != NULL)
        (void)__atomic_fetch_add(&key->references, 1, __ATOMIC_RELAXED);
    return key;
}

void
wb_host_key_free(wb_host_key *key)
{
    if (key == NULL || __atomic_fetch_sub(&key->references, 1, __ATOMIC_ACQ_REL) != 1)
        return;

    if (key->ops.destroy != NULL)
        key->ops.destroy(key->ctx);
    free(key);
}

pwwb_status
wb_host_key_open(wb_host_key *key, const wb_epoch *epoch, wb_span wrapped,
                 uint8_t cek[WB_KEY_SIZE], pwwb_error *err)
{
    uint8_t other[WB_KEY_SIZE];
    int32_t answer;

    if (key == NULL)
        return wb_fail(err, PWWB_E_KEY_UNAVAILABLE,
                       "the private key is the host's: give `unwrap` to the key store");

    wb_random(other, sizeof(other)); /* before, so that both ways take the same steps */
    answer = key->ops.unwrap(key->ctx, epoch->public_, epoch->public_len, wrapped.p, cek);
    if (answer != PWWB_UNWRAP_OK)
        memcpy(cek, other, WB_KEY_SIZE); /* as after a bad OAEP: the layer within fails */
    wb_wipe(other, sizeof(other));
    if (answer == PWWB_UNWRAP_OK || answer == PWWB_UNWRAP_REJECTED)
        return PWWB_OK;

    return wb_fail(err, PWWB_E_KEY_UNAVAILABLE,
                   answer == PWWB_UNWRAP_UNAVAILABLE ? "the host's key cannot be used now"
                                                     : "the host's key answered nonsense");
}

pwwb_status
wb_host_key_make(wb_host_key *key, wb_epoch *epoch, pwwb_error *err)
{
    pwwb_status st;

    if (key->ops.make == NULL)
        return wb_fail(err, PWWB_E_NOT_SUPPORTED, "the host's key cannot make another");

    st = key->ops.make(key->ctx, epoch->public_, sizeof(epoch->public_), &epoch->public_len, err);
    st = wb_answer(err, st, "the host key's make");
    if (st != PWWB_OK)
        return st;
    if (epoch->public_len == 0 || epoch->public_len > sizeof(epoch->public_))
        return wb_fail(err, PWWB_E_CALLBACK, "the host's new key has no sensible length");

    return PWWB_OK;
}

pwwb_status
pwwb_keyring_new_host_key(const uint8_t tenant[PWWB_ID_SIZE], const uint8_t *public_key,
                          size_t public_key_len, const pwwb_unwrap_ops *ops, void *ctx,
                          pwwb_keyring **ret_keyring, pwwb_error *err)
{
    wb_host_key *key = NULL;
    pwwb_status  st;

    wb_ok(err);
    if (ret_keyring != NULL)
        *ret_keyring = NULL;
    if (tenant == NULL || public_key == NULL || ops == NULL || ret_keyring == NULL)
        return wb_fail(err, PWWB_E_INVALID_ARGUMENT,
                       "tenant, public_key, ops and ret_keyring must be given");
    if (public_key_len == 0 || public_key_len > WB_RSA_PUB_MAX)
        return wb_fail(err, PWWB_E_CRYPTO, "not an RSA key");

    st = wb_crypto_ready(err);
    if (st == PWWB_OK)
        st = wb_host_key_new(ops, ctx, &key, err);
    if (st != PWWB_OK)
        return st;

    st = wb_keyring_new_by_hand(tenant, PWWB_SUITE_RSA, key,
                                wb_span_of(public_key, public_key_len), ret_keyring, err);
    if (st != PWWB_OK)
        key->ops.destroy = NULL; /* the context stays the host's */
    wb_host_key_free(key);
    return st;
}
