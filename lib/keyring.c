/* SPDX-License-Identifier: Apache-2.0 */
#include "keyring.h"

#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "error.h"
#include "ops.h"
#include "secret.h"

pwwb_keyring *
wb_keyring_alloc(const uint8_t tenant[PWWB_ID_SIZE], int32_t half)
{
    pwwb_keyring *keyring = calloc(1, sizeof(*keyring));

    if (keyring == NULL)
        return NULL;

    keyring->references = 1;
    keyring->work       = wb_slab_new(WB_WORK_SIZE);
    keyring->locked     = wb_secret_new(sizeof(*keyring->locked));
    if (keyring->work == NULL || keyring->locked == NULL) {
        pwwb_keyring_free(keyring);
        return NULL;
    }
    keyring->half  = half;
    keyring->state = PWWB_TENANT_NONE;
    keyring->keys  = &keyring->locked->party;
    memcpy(keyring->tenant, tenant, PWWB_ID_SIZE);
    return keyring;
}

pwwb_keyring *
pwwb_keyring_ref(pwwb_keyring *keyring)
{
    if (keyring != NULL)
        (void)__atomic_fetch_add(&keyring->references, 1, __ATOMIC_RELAXED);
    return keyring;
}

void
pwwb_keyring_free(pwwb_keyring *keyring)
{
    if (keyring == NULL || __atomic_fetch_sub(&keyring->references, 1, __ATOMIC_ACQ_REL) != 1)
        return;

    while (keyring->epoch_count > 0)
        wb_keyring_drop(keyring, keyring->epoch_count - 1);
    wb_host_key_free(keyring->host_key);
    wb_secret_free(keyring->locked);
    wb_slab_free(keyring->work);
    free(keyring);
}

const wb_epoch *
wb_keyring_find(const pwwb_keyring *keyring, wb_span kid)
{
    size_t i;

    for (i = 0; kid.len == WB_KID_SIZE && i < keyring->epoch_count; i++)
        if (memcmp(kid.p, keyring->epochs[i].kid, WB_KID_SIZE) == 0)
            return &keyring->epochs[i];
    return NULL;
}

const uint8_t *
wb_keyring_find_control(const pwwb_keyring *keyring, wb_span kid)
{
    uint8_t answering[WB_KID_SIZE];
    size_t  i;

    if (kid.len != WB_KID_SIZE)
        return NULL;
    for (i = 0; i < keyring->epoch_count; i++)
        if (memcmp(kid.p, keyring->epochs[i].control_kid, WB_KID_SIZE) == 0)
            return keyring->epochs[i].keys->control;

    wb_control_kid(keyring->keys->answering, answering);
    if (!wb_is_zero(keyring->keys->answering, WB_KEY_SIZE)
        && memcmp(kid.p, answering, WB_KID_SIZE) == 0)
        return keyring->keys->answering;
    return NULL;
}

wb_epoch *
wb_keyring_in_state(const pwwb_keyring *keyring, int32_t state)
{
    size_t i;

    for (i = 0; i < keyring->epoch_count; i++)
        if (keyring->epochs[i].state == state)
            return (wb_epoch *)(uintptr_t)&keyring->epochs[i];
    return NULL;
}

const wb_epoch *
wb_keyring_active(const pwwb_keyring *keyring)
{
    return wb_keyring_in_state(keyring, PWWB_EPOCH_ACTIVE);
}

pwwb_status
wb_keyring_inactive(pwwb_error *err)
{
    return wb_fail(err, PWWB_E_KEY_INACTIVE,
                   "no key is active: enable the tenant, or compare the fingerprint");
}

void
wb_keyring_used(const pwwb_keyring *keyring, int32_t use, uint64_t generation, pwwb_status st)
{
    if (keyring->audit != NULL)
        keyring->audit(keyring->audit_ctx, use, generation, st);
}

pwwb_status
wb_keyring_new_by_hand(const uint8_t *tenant, int32_t suite, wb_host_key *host_key,
                       wb_span public_, pwwb_keyring **ret_keyring, pwwb_error *err)
{
    pwwb_keyring *keyring = wb_keyring_alloc(tenant, PWWB_HALF_AGENT);
    int64_t       now_s   = wb_clock_system.wall_ms(NULL) / 1000;
    pwwb_status   st;

    if (keyring == NULL)
        return wb_fail(err, PWWB_E_NO_MEMORY, "no memory for a keyring");

    keyring->host_key = wb_host_key_ref(host_key);
    st                = wb_keyring_make_epoch(keyring, suite, public_, now_s, err);
    if (st != PWWB_OK) {
        pwwb_keyring_free(keyring);
        return st;
    }
    wb_epoch_enter(&keyring->epochs[0], PWWB_EPOCH_ACTIVE, now_s);
    keyring->state = PWWB_TENANT_ENABLED;
    *ret_keyring   = keyring;
    return PWWB_OK;
}

pwwb_status
pwwb_keyring_new(const uint8_t tenant[PWWB_ID_SIZE], int32_t suite, pwwb_keyring **ret_keyring,
                 pwwb_error *err)
{
    pwwb_status st;

    wb_ok(err);
    if (ret_keyring != NULL)
        *ret_keyring = NULL;
    if (tenant == NULL || ret_keyring == NULL)
        return wb_fail(err, PWWB_E_INVALID_ARGUMENT, "tenant and ret_keyring must be given");
    if (suite != PWWB_SUITE_RSA && suite != PWWB_SUITE_X25519)
        return wb_fail(err, PWWB_E_INVALID_ARGUMENT, "suite %d is not known", (int)suite);

    st = wb_crypto_ready(err);
    if (st != PWWB_OK)
        return st;

    return wb_keyring_new_by_hand(tenant, suite, NULL, wb_span_of(NULL, 0), ret_keyring, err);
}

pwwb_status
pwwb_keyring_describe(const pwwb_keyring *keyring, pwwb_keyring_info *ret_info, pwwb_error *err)
{
    pwwb_keyring_info info = {0};
    pwwb_status       st;

    wb_ok(err);
    if (keyring == NULL || ret_info == NULL)
        return wb_fail(err, PWWB_E_INVALID_ARGUMENT, "keyring and ret_info must be given");

    memcpy(info.tenant, keyring->tenant, PWWB_ID_SIZE);
    info.half        = keyring->half;
    info.state       = keyring->state;
    info.order       = keyring->party.order.kind;
    info.has_ticket  = keyring->party.ticket_expires_s != 0;
    info.generation  = keyring->generation;
    info.version     = keyring->version;
    info.epoch_count = keyring->epoch_count;
    wb_fingerprint(keyring, info.fingerprint);
    st = wb_ops_export(ret_info, WB_SIZE_UP_TO(pwwb_keyring_info, fingerprint), &info, sizeof(info));
    if (st != PWWB_OK)
        return wb_fail(err, st, "info of size %zu does not fit this library", ret_info->size);

    return PWWB_OK;
}

pwwb_status
pwwb_keyring_describe_epoch(const pwwb_keyring *keyring, size_t index, pwwb_epoch_info *ret_info,
                            pwwb_error *err)
{
    pwwb_epoch_info info = {0};
    const wb_epoch *epoch;
    pwwb_status     st;

    wb_ok(err);
    if (keyring == NULL || ret_info == NULL)
        return wb_fail(err, PWWB_E_INVALID_ARGUMENT, "keyring and ret_info must be given");
    if (index >= keyring->epoch_count)
        return wb_fail(err, PWWB_E_NOT_FOUND, "there are %zu epochs", keyring->epoch_count);

    epoch            = &keyring->epochs[index];
    info.generation  = epoch->generation;
    info.state       = epoch->state;
    info.suite       = epoch->suite;
    info.created_s   = epoch->created_s;
    info.since_s     = epoch->since_s;
    info.is_host_key = keyring->half == PWWB_HALF_AGENT && epoch->suite == PWWB_SUITE_RSA
                       && epoch->rsa_private == NULL;
    info.slot        = (int32_t)(epoch->generation & 1);
    st = wb_ops_export(ret_info, WB_SIZE_UP_TO(pwwb_epoch_info, slot), &info, sizeof(info));
    if (st != PWWB_OK)
        return wb_fail(err, st, "info of size %zu does not fit this library", ret_info->size);

    return PWWB_OK;
}

/* The newest that the portal has taken: a pending one's is not yet sure to stay. */
static const wb_epoch *
connecting(const pwwb_keyring *keyring)
{
    size_t i;

    for (i = 0; i < keyring->epoch_count; i++)
        if (keyring->epochs[i].state != PWWB_EPOCH_PENDING)
            return &keyring->epochs[i];
    return NULL;
}

const uint8_t *
pwwb_keyring_relay_secret(const pwwb_keyring *keyring, int32_t *ret_slot, size_t *ret_len)
{
    const wb_epoch *epoch  = keyring != NULL ? connecting(keyring) : NULL;
    const uint8_t  *secret = NULL;
    size_t          len    = 0;

    if (epoch != NULL && epoch->has_relay) {
        secret = epoch->keys->relay;
        len    = WB_RELAY_SIZE - 1;
    } else if (epoch == NULL && keyring != NULL && keyring->keys->credential[0] != '\0') {
        secret = (const uint8_t *)keyring->keys->credential;
        len    = strlen(keyring->keys->credential);
    }
    if (ret_slot != NULL)
        *ret_slot = epoch != NULL ? (int32_t)(epoch->generation & 1) : -1;
    if (ret_len != NULL)
        *ret_len = len;
    return secret;
}
