/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Make the keys of a tenant: FOLDER/agent.key opens requests, FOLDER/portal.key seals them, both
 * sealed under FOLDER/lock.key. Give the portal its two files over a way you trust.
 *
 *     keys FOLDER [rsa|x25519]
 */
#define _POSIX_C_SOURCE 200809L
#include <pwwb/pwwb.h>

#include <stdio.h>
#include <string.h>

#include "secret.h"

static pwwb_status
save(const pwwb_keyring *keys, int32_t half, const char *folder, const char *name, pwwb_error *err)
{
    pwwb_keystore *store = NULL;
    pwwb_status    st    = secret_store(folder, name, &store, err);

    if (st == PWWB_OK)
        st = pwwb_keystore_put(store, keys, half, err);
    pwwb_keystore_free(store);
    return st;
}

int
main(int argc, char **argv)
{
    int32_t       suite = argc == 3 && strcmp(argv[2], "x25519") == 0 ? PWWB_SUITE_X25519
                                                                      : PWWB_SUITE_RSA;
    pwwb_error   *err   = pwwb_error_new();
    pwwb_keyring *keys  = NULL;
    secret        lock, tenant;
    char          path[4096], guid[37];
    pwwb_status   st = PWWB_E_SYSTEM;

    if (argc < 2 || argc > 3
        || (argc == 3 && strcmp(argv[2], "rsa") != 0 && suite != PWWB_SUITE_X25519)) {
        fprintf(stderr, "usage: keys FOLDER [rsa|x25519]\n");
        pwwb_error_free(err);
        return 2;
    }

    secret_make(&lock);
    secret_make(&tenant);
    if (secret_file(&lock, "/dev/urandom", PWWB_LOCK_KEY_SIZE) != 0
        || secret_file(&tenant, "/dev/urandom", PWWB_ID_SIZE) != 0)
        goto out;

    (void)snprintf(path, sizeof(path), "%s/lock.key", argv[1]);
    if (secret_write_new(&lock, path) != 0)
        st = pwwb_error_set(err, PWWB_E_SYSTEM, "lock.key is there, or cannot be made");
    else
        st = PWWB_OK;
    if (st == PWWB_OK)
        st = pwwb_keyring_new(tenant.octets, suite, &keys, err);
    if (st == PWWB_OK)
        st = save(keys, PWWB_HALF_AGENT, argv[1], "agent.key", err);
    if (st == PWWB_OK)
        st = save(keys, PWWB_HALF_PORTAL, argv[1], "portal.key", err);
    if (st != PWWB_OK)
        goto out;

    pwwb_guid_print(tenant.octets, guid);
    printf("tenant %s, %s: lock.key, agent.key, portal.key in %s\n", guid,
           suite == PWWB_SUITE_RSA ? "RSA-2048" : "X25519", argv[1]);
out:
    if (st != PWWB_OK)
        fprintf(stderr, "%s: %s\n", pwwb_status_name(st), pwwb_error_message(err));
    pwwb_keyring_free(keys);
    secret_drop(&tenant);
    secret_drop(&lock);
    pwwb_error_free(err);
    return st == PWWB_OK ? 0 : 1;
}
