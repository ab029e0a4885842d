/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PWWB_KEYRING_H
#define PWWB_KEYRING_H

/**
 * @file pwwb/keyring.h
 * @brief A tenant's keys: made at the agent's side, kept sealed, one half given to the portal.
 *
 * The *agent half* opens requests: tenant key and private recipient key. The *portal half* seals
 * them: tenant key and public recipient key. No accessor gives a private key out.
 */

#include <pwwb/error.h>

PWWB_BEGIN_DECLS

/** The recipient's algorithm: one per epoch. */
enum pwwb_suite {
    PWWB_SUITE_RSA    = 1, /**< RSAES-OAEP-SHA-256, 2048 bits (RFC 8230); the default */
    PWWB_SUITE_X25519 = 2  /**< ECDH-ES + HKDF-256 with X25519 (RFC 9053 6.3.1); the fast one */
};

/** Which half of the keys. */
enum pwwb_half {
    PWWB_HALF_AGENT  = 1, /**< opens requests */
    PWWB_HALF_PORTAL = 2  /**< seals requests */
};

/** What seals a key file. */
enum pwwb_lock {
    PWWB_LOCK_KEY        = 1, /**< 32 random octets, from a file or a credential store */
    PWWB_LOCK_PASSPHRASE = 2  /**< a passphrase, stretched by Argon2id */
};

/** Octets of a PWWB_LOCK_KEY. */
#define PWWB_LOCK_KEY_SIZE 32
/** The most octets of a sealed keyring. */
#define PWWB_KEYRING_MAX 4096

/** Keys of one tenant. Immutable, counted; any number of threads may use one. */
typedef struct pwwb_keyring pwwb_keyring;

/**
 * Make new keys: the agent half. An RSA pair takes about a tenth of a second.
 *
 * @param tenant            16 octets, the tenant's GUID
 * @param suite             one of enum pwwb_suite
 * @param[out] ret_keyring  owned by the caller, free with pwwb_keyring_free(); NULL on failure
 * @param err               may be NULL
 * @retval PWWB_OK
 * @retval PWWB_E_INVALID_ARGUMENT  NULL or an unknown suite
 * @retval PWWB_E_CRYPTO            no randomness, or no key could be made
 * @retval PWWB_E_NO_MEMORY
 * @threads                 any
 * @since                   0.1
 */
PWWB_API PWWB_MUST_CHECK
pwwb_status pwwb_keyring_new(const uint8_t tenant[PWWB_ID_SIZE], int32_t suite,
                             pwwb_keyring **ret_keyring, pwwb_error *err);

/**
 * Seal one half into octets.
 *
 * @param keyring       the keys
 * @param half          one of enum pwwb_half; the agent half only from an agent half
 * @param lock          one of enum pwwb_lock
 * @param secret        the key or passphrase; borrowed, the caller wipes it
 * @param secret_len    octets: 32 for a key, 1 to 1024 for a passphrase
 * @param[out] buf      sealed octets; may be NULL when buf_size is 0
 * @param buf_size      octets; PWWB_KEYRING_MAX is always enough
 * @param[out] ret_len  octets written, or needed
 * @param err           may be NULL
 * @retval PWWB_OK
 * @retval PWWB_E_INVALID_ARGUMENT
 * @retval PWWB_E_KEY_HALF          the agent half is not there
 * @retval PWWB_E_BUFFER_TOO_SMALL  the need stands in ret_len
 * @retval PWWB_E_CRYPTO            Argon2id found no memory
 * @retval PWWB_E_NO_MEMORY
 * @threads             any
 * @since               0.1
 */
PWWB_API PWWB_MUST_CHECK
pwwb_status pwwb_keyring_seal(const pwwb_keyring *keyring, int32_t half, int32_t lock,
                              const uint8_t *secret, size_t secret_len, uint8_t *buf,
                              size_t buf_size, size_t *ret_len, pwwb_error *err);

/**
 * Open sealed octets. Costs that a forged header asks for are capped before they are paid.
 *
 * @param sealed            octets from pwwb_keyring_seal()
 * @param sealed_len        octets, at most PWWB_KEYRING_MAX
 * @param lock              as sealed
 * @param secret            as sealed; borrowed, the caller wipes it
 * @param secret_len        octets
 * @param[out] ret_keyring  owned by the caller, free with pwwb_keyring_free(); NULL on failure
 * @param err               may be NULL
 * @retval PWWB_OK
 * @retval PWWB_E_INVALID_ARGUMENT
 * @retval PWWB_E_MALFORMED         not a sealed keyring, of another version, or another lock
 * @retval PWWB_E_NOT_AUTHENTIC     wrong secret or changed octets
 * @retval PWWB_E_CRYPTO            a key in it is unusable, or Argon2id found no memory
 * @retval PWWB_E_NO_MEMORY
 * @threads                 any
 * @since                   0.1
 */
PWWB_API PWWB_MUST_CHECK
pwwb_status pwwb_keyring_open(const uint8_t *sealed, size_t sealed_len, int32_t lock,
                              const uint8_t *secret, size_t secret_len,
                              pwwb_keyring **ret_keyring, pwwb_error *err);

/**
 * Seal one half into a file: written beside it, synchronised, renamed, its folder synchronised.
 *
 * @param keyring     the keys
 * @param half        one of enum pwwb_half
 * @param lock        one of enum pwwb_lock
 * @param secret      the key or passphrase; borrowed
 * @param secret_len  octets
 * @param path        the file, mode 0600; an old one is replaced whole or not at all
 * @param err         may be NULL
 * @retval PWWB_OK
 * @retval PWWB_E_SYSTEM  the file could not be written; errno in the error
 * @retval "others"       as pwwb_keyring_seal()
 * @threads           any
 * @since             0.1
 */
PWWB_API PWWB_MUST_CHECK
pwwb_status pwwb_keyring_save(const pwwb_keyring *keyring, int32_t half, int32_t lock,
                              const uint8_t *secret, size_t secret_len, const char *path,
                              pwwb_error *err);

/**
 * Open a sealed file.
 *
 * @param path              the file
 * @param lock              as sealed
 * @param secret            as sealed; borrowed
 * @param secret_len        octets
 * @param[out] ret_keyring  owned by the caller; NULL on failure
 * @param err               may be NULL
 * @retval PWWB_OK
 * @retval PWWB_E_NOT_FOUND  no such file
 * @retval PWWB_E_SYSTEM     it could not be read; errno in the error
 * @retval "others"          as pwwb_keyring_open()
 * @threads                 any
 * @since                   0.1
 */
PWWB_API PWWB_MUST_CHECK
pwwb_status pwwb_keyring_load(const char *path, int32_t lock, const uint8_t *secret,
                              size_t secret_len, pwwb_keyring **ret_keyring, pwwb_error *err);

/**
 * Take one more reference.
 *
 * @param keyring  may be NULL
 * @return         keyring
 * @threads        any
 * @since          0.1
 */
PWWB_API pwwb_keyring *pwwb_keyring_ref(pwwb_keyring *keyring);

/**
 * Give a reference back; the last one wipes the keys.
 *
 * @param keyring  may be NULL
 * @threads        any
 * @since          0.1
 */
PWWB_API void pwwb_keyring_free(pwwb_keyring *keyring);

/**
 * The tenant's id.
 *
 * @param keyring      the keys
 * @param[out] tenant  16 octets
 * @threads            any
 * @since              0.1
 */
PWWB_API void pwwb_keyring_tenant(const pwwb_keyring *keyring, uint8_t tenant[PWWB_ID_SIZE]);

/**
 * The suite.
 *
 * @param keyring  the keys
 * @return         one of enum pwwb_suite
 * @threads        any
 * @since          0.1
 */
PWWB_API int32_t pwwb_keyring_suite(const pwwb_keyring *keyring);

/**
 * Which half this is.
 *
 * @param keyring  the keys
 * @return         one of enum pwwb_half
 * @threads        any
 * @since          0.1
 */
PWWB_API int32_t pwwb_keyring_half(const pwwb_keyring *keyring);

PWWB_END_DECLS

#endif /* PWWB_KEYRING_H */
