/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PWWB_DIRECTORY_H
#define PWWB_DIRECTORY_H

/**
 * @file pwwb/directory.h
 * @brief What a directory must be able to do: find, read and set. A host may bring its own.
 */

#include <pwwb/anchor.h>
#include <pwwb/gate.h>
#include <pwwb/policy.h>

PWWB_BEGIN_DECLS

/** One password operation. Filled by the library; secrets are borrowed for the call. */
typedef struct pwwb_set {
    size_t         size;               /**< sizeof(pwwb_set), set by the library */
    uint8_t        guid[PWWB_ID_SIZE]; /**< objectGUID, or entryUUID, of the account */
    int32_t        kind;               /**< one of enum pwwb_set_kind */
    int32_t        must_change;        /**< one of enum pwwb_must_change (pwwb/envelope.h) */
    int32_t        unlock;             /**< 1: unlock in the same modify */
    int32_t        reserved;           /**< 0 */
    const uint8_t *password;           /**< the new one, UTF-8; NULL to unlock only */
    size_t         password_len;       /**< octets */
    const uint8_t *old_password;       /**< for a change; else NULL */
    size_t         old_password_len;   /**< octets */
    /* 0.1 ends here. */
} pwwb_set;

/** What became of it. Zeroed by the library, its size and findings set. */
typedef struct pwwb_set_result {
    size_t         size;                 /**< sizeof(pwwb_set_result), set by the library */
    int32_t        code;                 /**< one of enum pwwb_code; PWWB_CODE_OUTCOME_UNKNOWN
                                              when it was sent and the answer was lost */
    int32_t        reserved;             /**< 0 */
    int64_t        password_last_set_ms; /**< read back afterwards; -1 not known */
    pwwb_findings *findings;             /**< add findings and warnings here; borrowed */
    char           controller[260];      /**< the server that was used; "" not known */
    /* 0.1 ends here. */
} pwwb_set_result;

/**
 * What a directory can do. Growing and being called: see pwwb/transport.h.
 *
 * A status other than PWWB_OK from `set` promises that *nothing was sent* when it is one of
 * PWWB_E_CONNECT, PWWB_E_TLS..., PWWB_E_AUTH, PWWB_E_NOT_SUPPORTED or PWWB_E_NO_MEMORY. After any
 * other status the outcome is reported as unknown.
 */
typedef struct pwwb_directory_ops {
    /** sizeof(pwwb_directory_ops) where the caller was compiled. */
    size_t size;
    /**
     * Find an account by its source anchor, when there is no anchor store. Optional.
     * @param ret_found  zeroed, its size set; fill code, guid, candidates
     * @return           PWWB_OK with any lookup code; another status when it could not be asked
     */
    pwwb_status (*find)(void *ctx, const pwwb_anchor *anchor, int64_t timeout_ms,
                        pwwb_found *ret_found, pwwb_error *err);
    /**
     * Read one account and the rules in force for it. Required.
     * @param guid         16 octets
     * @param ret_account  prepared as "nothing known"; fill what is known
     * @param ret_rules    prepared as "nothing known"; fill what is known
     * @return             PWWB_OK; PWWB_E_NOT_FOUND when there is no such entry; or another
     */
    pwwb_status (*read)(void *ctx, const uint8_t *guid, int64_t timeout_ms,
                        pwwb_account *ret_account, pwwb_policy_rules *ret_rules, pwwb_error *err);
    /**
     * Do one operation, all in one step where the directory can. Required.
     * @param timeout_ms  the least of the host's deadline and the request's life
     * @param ret_result  see pwwb_set_result
     * @return            PWWB_OK with any code, refusals included; see above for others
     */
    pwwb_status (*set)(void *ctx, const pwwb_set *set, int64_t timeout_ms,
                       pwwb_set_result *ret_result, pwwb_error *err);
    /** Let go of `ctx`. Optional; called once, by pwwb_directory_free(). */
    void (*destroy)(void *ctx);
    /**
     * The weakest rules that may hold for anybody there, each rule by itself, so that what breaks one
     * is refused whoever it is for; lockout left out. Optional. An agent that sends heartbeats asks
     * once for each.
     * @param ret_rules  prepared as "nothing known"; fill what is known for everybody
     * @return           PWWB_OK; or why the directory cannot be asked
     */
    pwwb_status (*summary)(void *ctx, int64_t timeout_ms, pwwb_policy_rules *ret_rules,
                           pwwb_error *err);
    /* 0.1 ends here. */
} pwwb_directory_ops;

/** A directory. One thread at a time, unless its maker says more. */
typedef struct pwwb_directory pwwb_directory;

/**
 * Take a directory of the host's.
 *
 * @param ops                 copied
 * @param ctx                 the host's; given back to `destroy` once this has succeeded
 * @param[out] ret_directory  owned by the caller, free with pwwb_directory_free(); NULL on failure
 * @param err                 may be NULL
 * @retval PWWB_OK
 * @retval PWWB_E_INVALID_ARGUMENT  NULL, or `read` or `set` is missing
 * @retval PWWB_E_ABI               the table is newer than this library
 * @retval PWWB_E_NO_MEMORY
 * @since                     0.1
 */
PWWB_API PWWB_MUST_CHECK
pwwb_status pwwb_directory_new(const pwwb_directory_ops *ops, void *ctx,
                               pwwb_directory **ret_directory, pwwb_error *err);

/**
 * Let every call go through a gate, which the handles of one forest share: see pwwb/gate.h.
 *
 * @param directory  not in a call; may be NULL
 * @param gate       a reference is taken; NULL = none, as at first
 * @since            0.1
 */
PWWB_API void pwwb_directory_set_gate(pwwb_directory *directory, pwwb_gate *gate);

/**
 * Find an account by its source anchor.
 *
 * @param directory       the directory
 * @param anchor          a source anchor
 * @param timeout_ms      0 = do not wait, -1 = no limit
 * @param[out] ret_found  its size set by the caller; zeroed but for size on failure
 * @param err             may be NULL
 * @retval PWWB_OK                 any lookup code, PWWB_CODE_OK included
 * @retval PWWB_E_INVALID_ARGUMENT
 * @retval PWWB_E_ABI
 * @retval PWWB_E_NOT_SUPPORTED    this directory cannot look up
 * @retval PWWB_E_CONNECT          could not be asked, or its gate said so; so do TIMEOUT,
 *                                 CLOSED, TLS..., AUTH
 * @retval PWWB_E_CALLBACK         answered nonsense
 * @since                 0.1
 */
PWWB_API PWWB_MUST_CHECK
pwwb_status pwwb_directory_find(pwwb_directory *directory, const pwwb_anchor *anchor,
                                int64_t timeout_ms, pwwb_found *ret_found, pwwb_error *err);

/**
 * Read one account and the rules in force for it.
 *
 * @param directory         the directory
 * @param guid              objectGUID, or entryUUID, 16 octets
 * @param timeout_ms        0 = do not wait, -1 = no limit
 * @param[out] ret_account  its size set by the caller; "nothing known" on failure
 * @param[out] ret_rules    its size set by the caller; "nothing known" on failure
 * @param err               may be NULL
 * @retval PWWB_OK
 * @retval PWWB_E_INVALID_ARGUMENT
 * @retval PWWB_E_ABI
 * @retval PWWB_E_NOT_FOUND        there is no such entry
 * @retval PWWB_E_CONNECT          could not be asked, or its gate said so; so do TIMEOUT,
 *                                 CLOSED, TLS..., AUTH
 * @retval PWWB_E_CALLBACK         answered nonsense
 * @since                   0.1
 */
PWWB_API PWWB_MUST_CHECK
pwwb_status pwwb_directory_read(pwwb_directory *directory, const uint8_t guid[PWWB_ID_SIZE],
                                int64_t timeout_ms, pwwb_account *ret_account,
                                pwwb_policy_rules *ret_rules, pwwb_error *err);

/**
 * Do one password operation.
 *
 * A result is always given: when the call fails, `code` says what that means for the password,
 * PWWB_CODE_OUTCOME_UNKNOWN unless surely nothing was sent.
 *
 * @param directory        the directory
 * @param set              its size set by the caller; secrets are borrowed
 * @param timeout_ms       over everything, 0 = do not wait, -1 = no limit
 * @param[out] ret_result  its size, and findings if wanted, set by the caller
 * @param err              may be NULL
 * @retval PWWB_OK                 the directory answered; refusals included
 * @retval PWWB_E_INVALID_ARGUMENT NULL, out of range, a password where none belongs
 * @retval PWWB_E_MALFORMED        a password is not UTF-8, has NUL inside, or over 256 units
 * @retval PWWB_E_ABI
 * @retval PWWB_E_CONNECT          could not be asked, or its gate said so; so do TIMEOUT,
 *                                 CLOSED, TLS..., AUTH
 * @retval PWWB_E_CALLBACK         answered nonsense
 * @since                  0.1
 */
PWWB_API PWWB_MUST_CHECK
pwwb_status pwwb_directory_set(pwwb_directory *directory, const pwwb_set *set, int64_t timeout_ms,
                               pwwb_set_result *ret_result, pwwb_error *err);

/**
 * Free a directory, after calling its `destroy`.
 *
 * @param directory  may be NULL
 * @since            0.1
 */
PWWB_API void pwwb_directory_free(pwwb_directory *directory);

PWWB_END_DECLS

#endif /* PWWB_DIRECTORY_H */
