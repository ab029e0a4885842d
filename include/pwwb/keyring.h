/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PWWB_KEYRING_H
#define PWWB_KEYRING_H

/**
 * @file pwwb/keyring.h
 * @brief A tenant's keys: made at the agent's side, kept sealed, one half given to the portal.
 *
 * The *agent half* opens requests: tenant key and private recipient key. The *portal half* seals
 * them: tenant key and public recipient key. No accessor gives a private key out. A keyring is a
 * snapshot: where it is kept and how it changes is pwwb/keystore.h and pwwb/exchange.h.
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

/** The life of an epoch, one generation of a tenant's keys. It goes forward only. */
enum pwwb_epoch_state {
    PWWB_EPOCH_PENDING   = 1, /**< made, not yet taken by the other side; opens, seals nothing */
    PWWB_EPOCH_ACTIVE    = 2, /**< opens and seals */
    PWWB_EPOCH_OPEN_ONLY = 3, /**< replaced; opens what is still under way */
    PWWB_EPOCH_WIPED     = 4  /**< gone */
};

/** Where a tenant is between "never enabled" and "revoked". */
enum pwwb_tenant_state {
    PWWB_TENANT_NONE      = 1, /**< never enabled, or refused */
    PWWB_TENANT_PENDING   = 2, /**< agent: the bundle is on its way; portal: it waits for the
                                    administrator to compare the fingerprint */
    PWWB_TENANT_ENABLED   = 3, /**< passwords are written back */
    PWWB_TENANT_DISABLING = 4, /**< agent only: the portal is being told */
    PWWB_TENANT_DISABLED  = 5, /**< by the agent's side */
    PWWB_TENANT_REVOKED   = 6  /**< by the portal's side; every key was wiped at once */
};

/** What agents and portals exchange about keys, in two messages each: pwwb/exchange.h. */
enum pwwb_exchange_kind {
    PWWB_EXCHANGE_ENABLE  = 1, /**< agent: new identity and keys for the portal, by a ticket */
    PWWB_EXCHANGE_ROLL    = 2, /**< agent: new keys in place of the active ones */
    PWWB_EXCHANGE_DISABLE = 3, /**< agent: no more requests */
    PWWB_EXCHANGE_REVOKE  = 4  /**< portal: every key is void at once, the agent's host being lost */
};

/** What seals a key file. */
enum pwwb_lock {
    PWWB_LOCK_KEY        = 1, /**< 32 random octets, from a file or a credential store */
    PWWB_LOCK_PASSPHRASE = 2  /**< a passphrase, stretched by Argon2id */
};

/** Octets of a PWWB_LOCK_KEY. */
#define PWWB_LOCK_KEY_SIZE 32
/** The most octets of a sealed keyring. */
#define PWWB_KEYRING_MAX 8192
/** The most epochs in one keyring. */
#define PWWB_EPOCHS_MAX 4
/** Room for a fingerprint, "XXXX-XXXX-XXXX-XXXX", with its NUL. */
#define PWWB_FINGERPRINT_SIZE 20

/** Keys of one tenant. Immutable, counted; any number of threads may use one. */
typedef struct pwwb_keyring pwwb_keyring;

/** What may be known of a keyring. Ages and counts, never keys. */
typedef struct pwwb_keyring_info {
    size_t   size;                               /**< sizeof(pwwb_keyring_info) where compiled */
    uint8_t  tenant[PWWB_ID_SIZE];               /**< the tenant's GUID */
    int32_t  half;                               /**< one of enum pwwb_half */
    int32_t  state;                              /**< one of enum pwwb_tenant_state */
    int32_t  order;                              /**< the exchange under way: one of enum
                                                      pwwb_exchange_kind; 0 = none */
    int32_t  has_ticket;                         /**< 1 = a ticket waits to be used */
    uint64_t generation;                         /**< of the newest epoch there ever was */
    uint64_t version;                            /**< how often the store was written; 0 = never */
    size_t   epoch_count;                        /**< epochs that are there */
    char     fingerprint[PWWB_FINGERPRINT_SIZE]; /**< for people to compare; "" = no identity */
    /* 0.1 ends here. */
} pwwb_keyring_info;

/** What may be known of an epoch. */
typedef struct pwwb_epoch_info {
    size_t   size;       /**< sizeof(pwwb_epoch_info) where compiled */
    uint64_t generation; /**< 1, 2, ... */
    int32_t  state;      /**< one of enum pwwb_epoch_state */
    int32_t  suite;      /**< one of enum pwwb_suite */
    int64_t  created_s;  /**< when its keys were made, seconds since 1970 */
    int64_t  since_s;    /**< when it came into its state, seconds since 1970 */
    int32_t  is_host_key; /**< 1 = the private key is the host's own, see pwwb_unwrap_ops */
    int32_t  slot;       /**< of its relay credential: 0 or 1 */
    /* 0.1 ends here. */
} pwwb_epoch_info;

/** What a host's own private key answers. */
enum pwwb_unwrap_answer {
    PWWB_UNWRAP_OK          = 1, /**< the content key is given */
    PWWB_UNWRAP_REJECTED    = 2, /**< these octets do not open; nobody outside is told apart */
    PWWB_UNWRAP_UNAVAILABLE = 3  /**< not now: the request is released and tried again */
};

/**
 * The host's own RSA-2048 private key: a security module, PKCS#11, OpenSSL. Growing and being
 * called: see pwwb_transport_ops; but by any thread that uses a keyring, several at once.
 */
typedef struct pwwb_unwrap_ops {
    /** sizeof(pwwb_unwrap_ops) where the caller was compiled. */
    size_t size;
    /**
     * RSAES-OAEP with SHA-256, MGF1 with SHA-256 and no label. Required.
     * @param public_key      which key: its SubjectPublicKeyInfo (DER), as it was given
     * @param public_key_len  octets
     * @param wrapped         256 octets
     * @param cek             32 octets to fill
     * @return                one of enum pwwb_unwrap_answer; REJECTED also for a content key
     *                        that is not of 32 octets
     */
    int32_t (*unwrap)(void *ctx, const uint8_t *public_key, size_t public_key_len,
                      const uint8_t *wrapped, uint8_t *cek);
    /**
     * Make a new pair for the next epoch. Optional: without it keys of the host's cannot roll.
     * @param public_key  `size` octets to fill with the SubjectPublicKeyInfo (DER)
     * @param ret_len     octets of it
     */
    pwwb_status (*make)(void *ctx, uint8_t *public_key, size_t size, size_t *ret_len,
                        pwwb_error *err);
    /** Let go of `ctx`. Optional; called once, when the last keyring that uses it is gone. */
    void (*destroy)(void *ctx);
    /* 0.1 ends here. */
} pwwb_unwrap_ops;

/** What a key was used for. */
enum pwwb_key_use {
    PWWB_KEY_USE_LOAD  = 1, /**< the keyring came out of its store */
    PWWB_KEY_USE_STORE = 2, /**< it was changed there */
    PWWB_KEY_USE_SEAL  = 3, /**< a tenant key sealed a message */
    PWWB_KEY_USE_OPEN  = 4  /**< a tenant key was tried on a message */
};

/**
 * Hears of every use of a key that came from a store. Called by any thread that uses the keys.
 *
 * @param ctx         the host's
 * @param use         one of enum pwwb_key_use
 * @param generation  of the epoch, or of the newest one
 * @param status      how it went
 */
typedef void (*pwwb_key_audit_fn)(void *ctx, int32_t use, uint64_t generation,
                                  pwwb_status status);

/**
 * Make new keys: the agent half. An RSA pair takes about a tenth of a second.
 *
 * @param tenant            16 octets, the tenant's GUID as pwwb_guid_parse() reads it from text
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
 * Make new keys around a private RSA key of the host's own.
 *
 * @param tenant            16 octets, the tenant's GUID as pwwb_guid_parse() reads it from text
 * @param public_key        its SubjectPublicKeyInfo (DER), 2048 bits
 * @param public_key_len    octets
 * @param ops               copied; see pwwb_unwrap_ops
 * @param ctx               the host's; given back to `destroy` once this has succeeded
 * @param[out] ret_keyring  owned by the caller, free with pwwb_keyring_free(); NULL on failure
 * @param err               may be NULL
 * @retval PWWB_OK
 * @retval PWWB_E_INVALID_ARGUMENT
 * @retval PWWB_E_ABI
 * @retval PWWB_E_CRYPTO            not an RSA-2048 public key
 * @retval PWWB_E_NO_MEMORY
 * @threads                 any
 * @since                   0.1
 */
PWWB_API PWWB_MUST_CHECK
pwwb_status pwwb_keyring_new_host_key(const uint8_t tenant[PWWB_ID_SIZE],
                                      const uint8_t *public_key, size_t public_key_len,
                                      const pwwb_unwrap_ops *ops, void *ctx,
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
 * @retval PWWB_E_TOO_LARGE         Argon2id costs beyond 10 passes or 1 GiB are asked for
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
 * What may be known of a keyring.
 *
 * @param keyring        the keys
 * @param[out] ret_info  its size set by the caller
 * @param err            may be NULL
 * @retval PWWB_OK
 * @retval PWWB_E_INVALID_ARGUMENT
 * @retval PWWB_E_ABI
 * @threads              any
 * @since                0.1
 */
PWWB_API pwwb_status pwwb_keyring_describe(const pwwb_keyring *keyring,
                                           pwwb_keyring_info *ret_info, pwwb_error *err);

/**
 * What may be known of one epoch.
 *
 * @param keyring        the keys
 * @param index          0 = the newest
 * @param[out] ret_info  its size set by the caller
 * @param err            may be NULL
 * @retval PWWB_OK
 * @retval PWWB_E_INVALID_ARGUMENT
 * @retval PWWB_E_NOT_FOUND  no more epochs
 * @retval PWWB_E_ABI
 * @threads              any
 * @since                0.1
 */
PWWB_API pwwb_status pwwb_keyring_describe_epoch(const pwwb_keyring *keyring, size_t index,
                                                 pwwb_epoch_info *ret_info, pwwb_error *err);

/**
 * The credential with which an agent connects to the relay: the newest epoch's that the portal
 * has taken, before that the ticket's.
 *
 * @param keyring        an agent half
 * @param[out] ret_slot  0 or 1; -1 = the ticket's bootstrap credential; may be NULL
 * @param[out] ret_len   octets; 0 when there is none; may be NULL
 * @return               borrowed, in locked memory, text without NUL; NULL when there is none
 * @threads              any
 * @since                0.1
 */
PWWB_API const uint8_t *pwwb_keyring_relay_secret(const pwwb_keyring *keyring, int32_t *ret_slot,
                                                  size_t *ret_len);

PWWB_END_DECLS

#endif /* PWWB_KEYRING_H */
