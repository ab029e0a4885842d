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

/** What became of it. Zeroed by the library, but for size, findings and password_last_set_ms, which is -1:
 *  `code` is always to be filled. */
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

/** What a directory tells of an object to whoever keeps a copy. */
enum pwwb_change {
    PWWB_CHANGE_OBJECT  = 1, /**< it is there, and all of it is told */
    PWWB_CHANGE_PRESENT = 2, /**< it is there; nothing else was read */
    PWWB_CHANGE_GONE    = 3  /**< it is deleted, or cannot be seen any more */
};

/** Classes of objects that may stand for a person. */
enum pwwb_object_class {
    PWWB_OBJECT_USER            = 1, /**< a user, but no computer */
    PWWB_OBJECT_INET_ORG_PERSON = 2, /**< as a user, but without password hash sync */
    PWWB_OBJECT_CONTACT         = 3  /**< a contact, which nobody signs in with */
};

/** An object as the directory has it now. Filled by the directory, borrowed for the call; what an object
 *  lacks is zero, "" or NULL. */
typedef struct pwwb_object {
    size_t         size;                           /**< sizeof(pwwb_object) of the filler */
    int32_t        change;                         /**< one of enum pwwb_change */
    int32_t        object_class;                   /**< one of enum pwwb_object_class */
    uint8_t        guid[PWWB_ID_SIZE];             /**< objectGUID */
    uint8_t        consistency_guid[PWWB_ID_SIZE]; /**< mS-DS-ConsistencyGuid; zero = none */
    uint32_t       account_control;                /**< userAccountControl */
    int32_t        is_critical;                    /**< isCriticalSystemObject: 1 = true */
    int64_t        recipient_type;                 /**< msExchRecipientTypeDetails; 0 = none */
    const char    *dn;                             /**< distinguished name, UTF-8 */
    const char    *account_name;                   /**< sAMAccountName */
    const char    *mail;                           /**< mail */
    const uint8_t *sid;                            /**< objectSid, as it is stored */
    size_t         sid_len;                        /**< octets; at most 68 */
    const uint8_t *master_sid;                     /**< msExchMasterAccountSid */
    size_t         master_sid_len;                 /**< octets; at most 68 */
    /* 0.1 ends here. */
} pwwb_object;

/** Take one object. Another status than PWWB_OK ends the call with it. */
typedef pwwb_status (*pwwb_object_fn)(void *ctx, const pwwb_object *object, pwwb_error *err);

/** Octets of a mark at most; a DirSync cookie has 24 for each controller that ever was. */
#define PWWB_MARK_MAX 65536

/** Where a pass stands after one step of it. A pass is all objects (the first one), or what changed. */
typedef struct pwwb_pass {
    size_t   size;      /**< sizeof(pwwb_pass) where compiled */
    int32_t  is_last;   /**< 1: the pass is at its end, and its mark is what the next one begins with */
    int32_t  is_whole;  /**< 1: this pass tells every object; what it did not tell is gone */
    int32_t  permille;  /**< how far it is, 0 to 1000 */
    int32_t  reserved;  /**< 0 */
    uint8_t *mark;      /**< filled; room of PWWB_MARK_MAX octets, the caller's */
    size_t   mark_len;  /**< octets */
    /* 0.1 ends here. */
} pwwb_pass;

/**
 * What a directory can do. Growing and being called: see pwwb_transport_ops.
 *
 * A status other than PWWB_OK from `set` promises that *nothing was sent* when it is one of
 * PWWB_E_CONNECT, PWWB_E_TLS..., PWWB_E_AUTH, PWWB_E_NOT_SUPPORTED or PWWB_E_NO_MEMORY. After any
 * other status the outcome is reported as unknown.
 *
 * The least that `read` fills for a reset is `kind` PWWB_ACCOUNT_PERSON and `is_protected` PWWB_NO. What is
 * prepared for the rest refuses nothing: user_account_control is PWWB_UAC_NORMAL, numbers are not known.
 * For a refusal to be *not set* rather than unknown where the journal is young or there are other agents,
 * fill password_last_set_ms, and now_ms where the directory's clock is another's than the agent's. With
 * limits of scope fill `dn`.
 *
 * Before `set` is called, the library has refused by what `read` told: who is no person, is expired,
 * disabled or, on a reset, protected or maybe so; on a change who may not change, is locked, or would be
 * locked by one more failure; a request older than the password; what is outside the agent's limits; and
 * a password that surely breaks a rule or filter. What is not known to it `set` refuses itself.
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
    /**
     * One step of a pass over users and contacts, for whoever keeps a copy of them: some hundred
     * objects. Optional. The mark is this directory's own; kept on a disk it is good in another
     * process. `each` is called in no order, and maybe twice for one object: the later one counts.
     * Whoever keeps what a step told together with its mark loses nothing, wherever it is interrupted.
     * @param mark      where the step begins; NULL = a first pass, over all objects
     * @param mark_len  octets
     * @param ret_pass  its size, mark and room set; fill the rest
     * @return          PWWB_OK; PWWB_E_MALFORMED when the mark is not of this directory: begin a
     *                  first pass; what `each` returned, with which it ends; or why the directory
     *                  cannot be asked
     */
    pwwb_status (*changes)(void *ctx, const uint8_t *mark, size_t mark_len, int64_t timeout_ms,
                           pwwb_object_fn each, void *each_ctx, pwwb_pass *ret_pass,
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
 * Tell the objects of a directory to whoever keeps a copy, one step of a pass at each call; see `changes`
 * of pwwb_directory_ops.
 *
 * A directory of pwwb_directory_new_ldap() for Active Directory tells users, inetOrgPersons and contacts
 * under its base. The first pass reads all of them, a later one what has changed since. An account that
 * may "Replicating Directory Changes" is told what is deleted; for another one a later pass also tells
 * what is still PRESENT. When a container with others in it is renamed or moved, a later pass reads all of
 * them again. A step reads at most 64 MiB.
 *
 * @param directory      the directory
 * @param mark           where to begin: the mark of the last step, or NULL for a first pass; may be the
 *                       octets that ret_pass has room for
 * @param mark_len       octets
 * @param timeout_ms     for this step; 0 = do not wait, -1 = no limit
 * @param each           called once and more for each object, during the call
 * @param each_ctx       given to it
 * @param[out] ret_pass  its size and mark set by the caller; untouched on failure, so that the step can
 *                       be tried again
 * @param err            may be NULL
 * @retval PWWB_OK
 * @retval PWWB_E_INVALID_ARGUMENT
 * @retval PWWB_E_ABI
 * @retval PWWB_E_NO_MEMORY
 * @retval PWWB_E_NOT_SUPPORTED    this directory tells no changes
 * @retval PWWB_E_MALFORMED        the mark is not of this directory: begin a first pass
 * @retval PWWB_E_CONNECT          could not be asked, or its gate said so; so do TIMEOUT,
 *                                 CLOSED, TLS..., AUTH, DIRECTORY
 * @retval PWWB_E_CALLBACK         answered nonsense; or another status, which `each` returned
 * @since                0.1
 * @source               MS-ADTS 3.1.1.3.4.1.3 (LDAP_SERVER_DIRSYNC_OID)
 */
PWWB_API PWWB_MUST_CHECK
pwwb_status pwwb_directory_changes(pwwb_directory *directory, const uint8_t *mark, size_t mark_len,
                                   int64_t timeout_ms, pwwb_object_fn each, void *each_ctx,
                                   pwwb_pass *ret_pass, pwwb_error *err);

/**
 * Ask a directory for the weakest rules that it has for people, or whether it answers at all: see `summary` of
 * pwwb_directory_ops. Without it, it is asked for an account that is nobody's, and the rules stay unknown.
 *
 * @param directory       the directory
 * @param timeout_ms      0 = do not wait, -1 = no limit
 * @param[out] ret_rules  its size set by the caller; "nothing known" where it does not tell, and on failure
 * @param err             may be NULL
 * @retval PWWB_OK                 it answered
 * @retval PWWB_E_INVALID_ARGUMENT
 * @retval PWWB_E_ABI
 * @retval PWWB_E_CONNECT          could not be asked, or its gate said so; so do TIMEOUT,
 *                                 CLOSED, TLS..., AUTH, DIRECTORY
 * @retval PWWB_E_CALLBACK         answered nonsense
 * @since                 0.1
 */
PWWB_API PWWB_MUST_CHECK
pwwb_status pwwb_directory_summary(pwwb_directory *directory, int64_t timeout_ms,
                                   pwwb_policy_rules *ret_rules, pwwb_error *err);

/**
 * Free a directory, after calling its `destroy`.
 *
 * @param directory  may be NULL
 * @since            0.1
 */
PWWB_API void pwwb_directory_free(pwwb_directory *directory);

PWWB_END_DECLS

#endif /* PWWB_DIRECTORY_H */
