/* SPDX-License-Identifier: Apache-2.0 */
/* rows: 17 */
/*
 * A private key of the host's own, which the library never sees: make one, seal a new password for
 * it at the portal, and open that at the agent.
 *
 *     07_host_key openssl FOLDER                           a PEM file in FOLDER, its owner's alone
 *     07_host_key pkcs11 MODULE TOKEN PIN_FILE [RESERVED]  in a module, by the token's label
 *
 * In earnest give the table to the key store (pwwb_keystore_options.unwrap): then `make` makes the
 * key of each new epoch, and the key file holds no private key.
 */
#include <pwwb/pwwb.h>

#include <stdio.h>
#include <string.h>
#include <time.h>

#ifdef WITH_OPENSSL
#include "unwrap_openssl.h"
#endif
#ifdef WITH_PKCS11
#include "unwrap_pkcs11.h"
#endif

static const uint8_t tenant[PWWB_ID_SIZE] = {0x6f, 0x1c, 0x20, 0x9b}; /* your tenant's GUID */
static const char    password[]           = "Correct-Horse-7";

static void
usage(FILE *to)
{
    fprintf(to, "usage: 07_host_key openssl FOLDER\n"
                "       07_host_key pkcs11 MODULE TOKEN PIN_FILE [RESERVED]\n");
}

/* The table and its ctx; INVALID_ARGUMENT when the arguments name none. */
static pwwb_status
choose(int argc, char **argv, const pwwb_unwrap_ops **ret_ops, void **ret_ctx, pwwb_error *err)
{
#ifdef WITH_OPENSSL
    if (argc == 3 && strcmp(argv[1], "openssl") == 0) {
        *ret_ops = &unwrap_openssl_ops;
        return unwrap_openssl_new(argv[2], ret_ctx, err);
    }
#endif
#ifdef WITH_PKCS11
    if ((argc == 5 || argc == 6) && strcmp(argv[1], "pkcs11") == 0) {
        unwrap_pkcs11_options options = {argv[2], argv[3], argv[4], argc == 6 ? argv[5] : NULL};

        *ret_ops = &unwrap_pkcs11_ops;
        return unwrap_pkcs11_new(&options, ret_ctx, err);
    }
#endif
    (void)ret_ops, (void)ret_ctx;
    return pwwb_error_set(err, PWWB_E_INVALID_ARGUMENT, "see --help; or it was built without that");
}

/* Until the keyring is made the ctx is ours; then it goes when the last reference does. */
static pwwb_status
make_keys(const pwwb_unwrap_ops *ops, void *ctx, pwwb_keyring **ret_keys, pwwb_error *err)
{
    uint8_t     public_key[300];
    size_t      len;
    pwwb_status st = ops->make(ctx, public_key, sizeof(public_key), &len, err);

    if (st == PWWB_OK)
        st = pwwb_keyring_new_host_key(tenant, public_key, len, ops, ctx, ret_keys, err);
    if (st != PWWB_OK)
        ops->destroy(ctx);
    return st;
}

/* As in 01_seal_and_open.c: what the portal gets has no private key in any case. */
static pwwb_status
give_portal_half(const pwwb_keyring *keys, pwwb_keyring **ret_portal_half, pwwb_error *err)
{
    static const uint8_t lock[PWWB_LOCK_KEY_SIZE] = {1, 2, 3};
    uint8_t              file[PWWB_KEYRING_MAX];
    size_t               len;
    pwwb_status          st;

    st = pwwb_keyring_seal(keys, PWWB_HALF_PORTAL, PWWB_LOCK_KEY, lock, sizeof(lock), file,
                           sizeof(file), &len, err);
    return st != PWWB_OK ? st
                         : pwwb_keyring_open(file, len, PWWB_LOCK_KEY, lock, sizeof(lock),
                                             ret_portal_half, err);
}

static pwwb_status
seal(const pwwb_keyring *portal_half, uint8_t *sealed, size_t size, size_t *ret_len,
     pwwb_error *err)
{
    pwwb_claims claims = {.size      = sizeof(claims),
                          .iat       = time(NULL),
                          .exp       = time(NULL) + 120,
                          .operation = PWWB_OPERATION_RESET_SELF,
                          .origin    = PWWB_FROM_RESET_PORTAL,
                          .actor     = PWWB_ACTOR_USER,
                          .user_type = PWWB_USER_HASH_SYNC,
                          .anchor    = {PWWB_ANCHOR_SOURCE, {1}}};

    return pwwb_request_seal(portal_half, &claims, (const uint8_t *)password, strlen(password),
                             NULL, 0, sealed, size, ret_len, err);
}

int
main(int argc, char **argv)
{
    const pwwb_unwrap_ops *ops;
    void                  *ctx;
    pwwb_keyring          *keys = NULL, *portal_half = NULL;
    pwwb_request          *request = NULL;
    pwwb_error            *err     = pwwb_error_new();
    uint8_t                sealed[PWWB_ENVELOPE_MAX];
    const uint8_t         *opened;
    size_t                 len = 0, opened_len = 0;
    int                    is_same = 0;
    pwwb_status            st;

    if (argc == 2 && strcmp(argv[1], "--help") == 0) {
        usage(stdout);
        pwwb_error_free(err);
        return 0;
    }

    st = choose(argc, argv, &ops, &ctx, err);
    if (st == PWWB_OK)
        st = make_keys(ops, ctx, &keys, err);
    if (st == PWWB_OK)
        st = give_portal_half(keys, &portal_half, err);
    if (st == PWWB_OK)
        st = seal(portal_half, sealed, sizeof(sealed), &len, err);
    if (st == PWWB_OK)
        st = pwwb_request_new(&request, err);
    if (st == PWWB_OK)
        st = pwwb_request_open(request, keys, sealed, len, time(NULL), 60, err);
    if (st == PWWB_OK)
        st = pwwb_request_open_secret(request, err); /* here the host's key works */
    if (st == PWWB_OK) {
        opened  = pwwb_request_password(request, &opened_len);
        is_same = opened_len == strlen(password) && memcmp(opened, password, opened_len) == 0;
        printf("opened with the key of %s: %s\n", argv[1],
               is_same ? "the same password" : "ANOTHER password");
    } else {
        fprintf(stderr, "%s: %s\n", pwwb_status_name(st), pwwb_error_message(err));
    }
    pwwb_request_free(request);
    pwwb_keyring_free(portal_half);
    pwwb_keyring_free(keys); /* and with it the host's key: see destroy */
    pwwb_error_free(err);
    return st == PWWB_OK && is_same ? 0 : st == PWWB_E_INVALID_ARGUMENT ? 2 : 1;
}
