/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PWWB_KEYSTORE_H
#define PWWB_KEYSTORE_H

/**
 * @file pwwb/keystore.h
 * @brief Where one half of a tenant's keys is kept: a table with load and compare-and-swap.
 *
 * All agents of a tenant share one store, all portal instances another. What goes through the
 * table is sealed already: the store's thief has nothing without the lock's secret.
 */

#include <pwwb/keyring.h>

PWWB_BEGIN_DECLS

/**
 * What a key store can do. Growing and being called: see pwwb_transport_ops.
 *
 * A version counts the writes: 0 before the first, then 1, 2, ...
 */
typedef struct pwwb_keystore_ops {
    /** sizeof(pwwb_keystore_ops) where the caller was compiled. */
    size_t size;
    /**
     * Give what was stored last. Required.
     * @param buf          `buf_size` octets to fill, PWWB_KEYRING_MAX
     * @param ret_len      octets
     * @param ret_version  of these octets
     * @return             PWWB_OK; PWWB_E_NOT_FOUND when nothing was ever stored; or another
     */
    pwwb_status (*load)(void *ctx, uint8_t *buf, size_t buf_size, size_t *ret_len,
                        uint64_t *ret_version, pwwb_error *err);
    /**
     * Store, atomically and durably, if the version still is `expected`; it then is one more.
     * Required.
     * @param expected  0 = nothing was ever stored
     * @param data      borrowed for the call; `len` octets
     * @return          PWWB_OK; PWWB_E_CHANGED when it is another version; on any other status
     *                  either was stored or nothing
     */
    pwwb_status (*swap)(void *ctx, uint64_t expected, const uint8_t *data, size_t len,
                        pwwb_error *err);
    /** Let go of `ctx`. Optional; called once, by pwwb_keystore_free(). */
    void (*destroy)(void *ctx);
    /* 0.1 ends here. */
} pwwb_keystore_ops;

/** How a store is locked and used. Everything is copied; zero what is not wanted. */
typedef struct pwwb_keystore_options {
    size_t                 size;        /**< sizeof(pwwb_keystore_options) where compiled */
    int32_t                lock;        /**< one of enum pwwb_lock */
    int32_t                reserved;    /**< 0 */
    const uint8_t         *secret;      /**< the key or passphrase; the caller wipes it */
    size_t                 secret_len;  /**< octets: 32 for a key, 1 to 1024 for a passphrase */
    const char            *secret_file; /**< or a file that holds it, the owner's alone: a systemd
                                             credential, say; a passphrase ends at its first newline */
    const pwwb_unwrap_ops *unwrap;      /**< the host's own private key; NULL = none */
    void                  *unwrap_ctx;  /**< given to unwrap, no other store's; destroyed with this
                                             store's last keyring; not when making the store fails */
    pwwb_key_audit_fn      audit;       /**< NULL = nobody listens */
    void                  *audit_ctx;   /**< given to audit; must outlive the store's keyrings */
    /* 0.1 ends here. */
} pwwb_keystore_options;

/** A key store. One thread at a time; the keyrings it gives are for all. */
typedef struct pwwb_keystore pwwb_keystore;

/**
 * Take a key store of the host's.
 *
 * @param ops             copied
 * @param ctx             the host's; given back to `destroy` once this has succeeded
 * @param options         copied
 * @param[out] ret_store  owned by the caller, free with pwwb_keystore_free(); NULL on failure
 * @param err             may be NULL
 * @retval PWWB_OK
 * @retval PWWB_E_INVALID_ARGUMENT  NULL, a method is missing, or a secret that does not fit
 * @retval PWWB_E_ABI               a table or the options are newer than this library
 * @retval PWWB_E_NOT_FOUND         secret_file is not there
 * @retval PWWB_E_PERMISSION        others may read or write secret_file
 * @retval PWWB_E_MALFORMED         secret_file does not hold such a secret
 * @retval PWWB_E_SYSTEM            secret_file cannot be read; errno in the error
 * @retval PWWB_E_NO_MEMORY
 * @since                 0.1
 */
PWWB_API PWWB_MUST_CHECK
pwwb_status pwwb_keystore_new(const pwwb_keystore_ops *ops, void *ctx,
                              const pwwb_keystore_options *options, pwwb_keystore **ret_store,
                              pwwb_error *err);

/**
 * Make a key store of one file, shared by the processes of one machine.
 *
 * Written beside it, synchronised, renamed, its folder synchronised, under a lock on PATH.lock: a
 * reader sees the old file or the new one. Statuses of its load and swap: PWWB_E_PERMISSION (the
 * file is not the owner's alone), PWWB_E_MALFORMED and PWWB_E_TOO_LARGE (it is no sealed keyring;
 * then it is not replaced either), PWWB_E_READ_ONLY, PWWB_E_NO_SPACE, PWWB_E_TIMEOUT (another process
 * kept the lock for five seconds), PWWB_E_SYSTEM. PATH.lock stays; no link is followed.
 *
 * @param path            the file, mode 0600; need not be there yet; copied
 * @param options         copied
 * @param[out] ret_store  owned by the caller, free with pwwb_keystore_free(); NULL on failure
 * @param err             may be NULL
 * @retval PWWB_OK
 * @retval "others"       as pwwb_keystore_new()
 * @since                 0.1
 */
PWWB_API PWWB_MUST_CHECK
pwwb_status pwwb_keystore_new_file(const char *path, const pwwb_keystore_options *options,
                                   pwwb_keystore **ret_store, pwwb_error *err);

/**
 * Free a store, after calling its `destroy`. Keyrings that came from it live on.
 *
 * @param store  may be NULL
 * @since        0.1
 */
PWWB_API void pwwb_keystore_free(pwwb_keystore *store);

/**
 * Load the keyring as it is now.
 *
 * @param store             the store
 * @param[out] ret_keyring  owned by the caller, free with pwwb_keyring_free(); NULL on failure
 * @param err               may be NULL
 * @retval PWWB_OK
 * @retval PWWB_E_INVALID_ARGUMENT
 * @retval PWWB_E_NOT_FOUND         nothing was stored yet
 * @retval PWWB_E_CALLBACK          the table answered nonsense
 * @retval "others"                 as pwwb_keyring_open(), or of the table's load
 * @since                   0.1
 */
PWWB_API PWWB_MUST_CHECK
pwwb_status pwwb_keystore_load(pwwb_keystore *store, pwwb_keyring **ret_keyring, pwwb_error *err);

/**
 * Store one half, in place of the version that the keyring was loaded as; a new keyring, only
 * where nothing is yet.
 *
 * @param store    the store
 * @param keyring  the keys
 * @param half     one of enum pwwb_half; the agent half only from an agent half
 * @param err      may be NULL
 * @retval PWWB_OK
 * @retval PWWB_E_INVALID_ARGUMENT
 * @retval PWWB_E_KEY_HALF          the agent half is not there
 * @retval PWWB_E_CHANGED           somebody else stored another; nothing was done
 * @retval PWWB_E_NO_MEMORY
 * @retval "others"                 of the table's swap: either was stored or nothing
 * @since          0.1
 */
PWWB_API PWWB_MUST_CHECK
pwwb_status pwwb_keystore_put(pwwb_keystore *store, const pwwb_keyring *keyring, int32_t half,
                              pwwb_error *err);

/**
 * Seal what is stored under another secret, which the store then uses. Other processes that share
 * it must be given the new secret: with the old one they load PWWB_E_NOT_AUTHENTIC.
 *
 * @param store    the store
 * @param options  lock, and secret or secret_file, are read; the rest is not
 * @param err      may be NULL
 * @retval PWWB_OK
 * @retval PWWB_E_CHANGED  somebody else was first; nothing was done
 * @retval "others"        as pwwb_keystore_new(), pwwb_keystore_load(), pwwb_keystore_put()
 * @since          0.1
 */
PWWB_API PWWB_MUST_CHECK
pwwb_status pwwb_keystore_rewrap(pwwb_keystore *store, const pwwb_keystore_options *options,
                                 pwwb_error *err);

PWWB_END_DECLS

#endif /* PWWB_KEYSTORE_H */
