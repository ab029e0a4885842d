/* SPDX-License-Identifier: Apache-2.0 */
#include <pwwb/exchange.h>

#include <stdio.h>

#include "pwwb_admin.h"

/* Whether these keys can roll here; the suite of the newest ones, and their generation. */
static pwwb_status
look(pwwb_keystore *store, pwwb_keyring_info *info, pwwb_epoch_info *epoch, pwwb_error *err)
{
    pwwb_keyring *keyring = NULL;
    pwwb_status   st      = pwwb_keystore_load(store, &keyring, err);

    if (st == PWWB_OK)
        st = pwwb_keyring_describe(keyring, info, err);
    if (st == PWWB_OK && info->half != PWWB_HALF_AGENT)
        st = pwwb_error_set(err, PWWB_E_KEY_HALF,
                            "a portal's file: keys roll at the agents' side, on their file");
    if (st == PWWB_OK && info->epoch_count > 0)
        st = pwwb_keyring_describe_epoch(keyring, 0, epoch, err);
    if (st == PWWB_OK && epoch->is_host_key)
        st = pwwb_error_set(err, PWWB_E_NOT_SUPPORTED,
                            "the private key is the host's own: only the agents, which have it, "
                            "can roll it");
    pwwb_keyring_free(keyring);
    return st;
}

/* The agents send what is begun here, and none of them waits for us: our lease is over at once. */
static pwwb_status
begin(const admin_args *args, pwwb_keystore *store, int32_t suite, pwwb_error *err)
{
    pwwb_exchange_options options  = {.size      = sizeof(options),
                                      .suite     = args->suite != 0 ? args->suite : suite,
                                      .resend_ms = 1};
    pwwb_exchange        *exchange = NULL;
    pwwb_status st = pwwb_exchange_new(store, PWWB_HALF_AGENT, &options, &exchange, err);

    if (st == PWWB_OK)
        st = pwwb_exchange_begin(exchange, PWWB_EXCHANGE_ROLL, NULL, 0, err);
    pwwb_exchange_free(exchange);
    return st;
}

int
admin_rotate(const admin_args *args, pwwb_keystore *store, pwwb_error *err)
{
    pwwb_keyring_info before = {.size = sizeof(before)}, after = {.size = sizeof(after)};
    pwwb_epoch_info   epoch  = {.size = sizeof(epoch)};
    pwwb_status       st     = look(store, &before, &epoch, err);

    if (st == PWWB_OK)
        st = begin(args, store, epoch.suite, err);
    if (st == PWWB_OK)
        st = look(store, &after, &epoch, err);
    if (st != PWWB_OK)
        return admin_failed(st, err);

    if (after.generation == before.generation)
        printf("an exchange was under way already (%s); nothing was begun\n",
               admin_kind_name(after.order));
    else
        printf("generation %llu is made. A running agent sends it to the portal; see it become "
               "active with: key show\n",
               (unsigned long long)after.generation);
    return 0;
}

int
admin_rewrap(const admin_args *args, pwwb_keystore *store, pwwb_error *err)
{
    pwwb_keystore_options options = {0};
    secret                s;
    pwwb_status           st;

    secret_make(&s);
    if (admin_lock(&args->fresh, 1, &s, &options) != 0) {
        secret_drop(&s);
        return 1;
    }
    st = pwwb_keystore_rewrap(store, &options, err);
    secret_drop(&s);
    if (st != PWWB_OK)
        return admin_failed(st, err);

    printf("sealed anew. Give the new lock to whatever else uses this file\n");
    return 0;
}
