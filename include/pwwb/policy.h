/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PWWB_POLICY_H
#define PWWB_POLICY_H

/**
 * @file pwwb/policy.h
 * @brief The password rules in force for a user, and what can be said before the directory is asked.
 *
 * The verdict is *fail* only when the directory must refuse, *pass* when no checkable rule is
 * broken, and *unknown* where only the directory can tell. Printable ASCII is judged exactly. Beyond
 * it Microsoft's two texts differ: a letter with case is of the fifth kind to one, a capital or small
 * one to the other; a verdict is what both say, else unknown. Of signs, and of letters in other
 * alphabets, it is open whether they add a kind, so they can make a verdict unknown, never wrong.
 */

#include <pwwb/result.h>

PWWB_BEGIN_DECLS

/** What the pre-check says. */
enum pwwb_verdict {
    PWWB_VERDICT_PASS    = 1, /**< no checkable rule is broken */
    PWWB_VERDICT_FAIL    = 2, /**< the directory must refuse; all findings are listed */
    PWWB_VERDICT_UNKNOWN = 3  /**< ask the directory; what may be wrong is listed as inferred */
};

/** Where rules come from. */
enum pwwb_policy_source {
    PWWB_POLICY_HOST       = 1, /**< the host set them */
    PWWB_POLICY_DOMAIN     = 2, /**< the domain's head */
    PWWB_POLICY_PSO        = 3, /**< a fine-grained password settings object */
    PWWB_POLICY_PPOLICY    = 4, /**< an OpenLDAP password policy entry */
    PWWB_POLICY_UNREADABLE = 5  /**< one applies, and the service account may not read it */
};

/** Which kind of operation is judged: history, age and the old password differ. */
enum pwwb_set_kind {
    PWWB_SET_RESET  = 1, /**< set without the old password */
    PWWB_SET_CHANGE = 2, /**< the old password is proven */
    PWWB_SET_UNLOCK = 3  /**< unlock only, no password */
};

/** Three answers to one question. */
enum pwwb_answer {
    PWWB_NO    = 0, /**< no */
    PWWB_YES   = 1, /**< yes */
    PWWB_MAYBE = 2  /**< not known */
};

/** What an entry in the directory is. Only a person's account is ever written. */
enum pwwb_account_kind {
    PWWB_ACCOUNT_PERSON  = 1, /**< a user */
    PWWB_ACCOUNT_KRBTGT  = 2, /**< the key account of the domain */
    PWWB_ACCOUNT_MACHINE = 3, /**< a computer or controller */
    PWWB_ACCOUNT_TRUST   = 4, /**< a trust between domains */
    PWWB_ACCOUNT_OTHER   = 5  /**< no account at all */
};

/** Bits of userAccountControl that matter here. @source MS-ADTS 2.2.16 */
enum pwwb_uac {
    PWWB_UAC_DISABLED      = 0x2,     /**< ACCOUNTDISABLE */
    PWWB_UAC_NOTREQD       = 0x20,    /**< PASSWD_NOTREQD */
    PWWB_UAC_NORMAL        = 0x200,   /**< NORMAL_ACCOUNT */
    PWWB_UAC_NEVER_EXPIRES = 0x10000, /**< DONT_EXPIRE_PASSWORD */
    PWWB_UAC_SMARTCARD     = 0x40000  /**< SMARTCARD_REQUIRED */
};

/** The most UTF-16 units of a password. @source MS-SAMR 3.1.1.7.2 */
#define PWWB_PASSWORD_MAX_UNITS 256
/** Room for any text of pwwb_policy_print(), with its NUL. */
#define PWWB_POLICY_TEXT_SIZE 4096

/** The most octets of a password in UTF-8. */
#define PWWB_PASSWORD_MAX 768

/** The rules, as data. Times are milliseconds; -1 stands for "not known" in every number. */
typedef struct pwwb_policy_rules {
    size_t  size;                 /**< sizeof(pwwb_policy_rules) where the filler was compiled */
    int32_t source;               /**< one of enum pwwb_policy_source */
    int32_t min_length;           /**< UTF-16 units; OpenLDAP: octets */
    int32_t complexity;           /**< one of enum pwwb_answer */
    int32_t history_length;       /**< passwords remembered, the current one included */
    int32_t lockout_threshold;    /**< failures that lock; 0 = never */
    int32_t max_length;           /**< as min_length; 0 = no maximum but the directory's own */
    int64_t min_age_ms;           /**< a change is refused before; 0 = none */
    int64_t max_age_ms;           /**< expires after; 0 = never */
    int64_t lockout_duration_ms;  /**< 0 = until unlocked */
    int64_t lockout_window_ms;    /**< failures older than this do not count */
    char    source_dn[512];       /**< the entry the rules come from; "" when the host's */
    /* 0.1 ends here. */
} pwwb_policy_rules;

/** What a directory knows of one account. Times are milliseconds since 1970 by the
 *  controller's clock; -1 stands for "not known". */
typedef struct pwwb_account {
    size_t   size;                  /**< sizeof(pwwb_account) where the filler was compiled */
    uint32_t user_account_control;  /**< userAccountControl; elsewhere PWWB_UAC_NORMAL, with
                                         PWWB_UAC_DISABLED when locked by an administrator */
    int32_t  kind;                  /**< one of enum pwwb_account_kind */
    int32_t  is_protected;          /**< enum pwwb_answer: in an administrators' group; MAYBE is not
                                         reset, so a host that has none says NO */
    int32_t  is_locked;             /**< enum pwwb_answer */
    int32_t  may_change;            /**< enum pwwb_answer: may change the own password */
    int32_t  bad_password_count;    /**< failures that count now; -1 not known */
    int64_t  bad_password_time_ms;  /**< the last failure; 0 = none */
    int64_t  password_last_set_ms;  /**< 0 = must change at next logon (Active Directory);
                                         OpenLDAP: the last millisecond of its second */
    int64_t  locked_since_ms;       /**< lockoutTime; 0 = not locked */
    int64_t  locked_until_ms;       /**< when it opens by itself; 0 = not locked, or until unlocked */
    int64_t  account_expires_ms;    /**< accountExpires; 0 = never */
    int64_t  password_expires_ms;   /**< 0 = never; 1, long ago, while it must be changed */
    int64_t  now_ms;                /**< the controller's own time */
    char     account_name[260];     /**< sAMAccountName or uid, UTF-8; "" not known */
    char     display_name[772];     /**< displayName, UTF-8; "" none */
    char     controller[260];       /**< the server that was asked; "" not known */
    int64_t  password_written_ms;   /**< where password_last_set_ms is 0: the full second in which
                                         the password was written; 0 too is "not known" */
    char     dn[1024];              /**< distinguished name, UTF-8; "" not known */
    /* 0.1 ends here. */
} pwwb_account;

/** Password rules. Immutable once made; any number of threads may use one. */
typedef struct pwwb_policy pwwb_policy;

/**
 * Begin with rules of which nothing is known: not zero, which says that there are none. What a directory's
 * callbacks are given is begun already.
 *
 * @param[out] ret_rules  its size set by the caller
 * @param err             may be NULL
 * @retval PWWB_OK
 * @retval PWWB_E_INVALID_ARGUMENT
 * @retval PWWB_E_ABI               a size that does not fit this library
 * @threads               any
 * @since                 0.1
 */
PWWB_API
pwwb_status pwwb_policy_rules_init(pwwb_policy_rules *ret_rules, pwwb_error *err);

/**
 * Begin with an account of which nothing is known: not zero, which says that it is not locked, say. Its
 * `kind` is PWWB_ACCOUNT_OTHER, which nobody writes to.
 *
 * @param[out] ret_account  its size set by the caller
 * @param err               may be NULL
 * @retval PWWB_OK
 * @retval PWWB_E_INVALID_ARGUMENT
 * @retval PWWB_E_ABI               a size that does not fit this library
 * @threads                 any
 * @since                   0.1
 */
PWWB_API
pwwb_status pwwb_account_init(pwwb_account *ret_account, pwwb_error *err);

/**
 * Make a policy from rules.
 *
 * @param rules            copied
 * @param[out] ret_policy  owned by the caller, free with pwwb_policy_free(); NULL on failure
 * @param err              may be NULL
 * @retval PWWB_OK
 * @retval PWWB_E_INVALID_ARGUMENT  NULL, an unknown source or a number out of range
 * @retval PWWB_E_ABI               the struct is newer than this library
 * @retval PWWB_E_NO_MEMORY
 * @threads                any
 * @since                  0.1
 */
PWWB_API PWWB_MUST_CHECK
pwwb_status pwwb_policy_new(const pwwb_policy_rules *rules, pwwb_policy **ret_policy,
                            pwwb_error *err);

/**
 * Free a policy.
 *
 * @param policy  may be NULL
 * @since         0.1
 */
PWWB_API void pwwb_policy_free(pwwb_policy *policy);

/**
 * Judge a new password before the directory is asked. Every rule is tried; none hides another.
 *
 * History, password filters and access rights cannot be judged here: *pass* does not promise them.
 *
 * @param policy            the rules
 * @param account           the account; NULL = an ordinary user's of which nothing is known, so
 *                          that names and age stay open
 * @param kind              PWWB_SET_RESET or PWWB_SET_CHANGE
 * @param password          UTF-8, no terminator; borrowed for the call
 * @param password_len      octets; more than PWWB_PASSWORD_MAX is judged too
 * @param[out] findings     cleared, then filled, the stated ones first; may be NULL
 * @param[out] ret_verdict  one of enum pwwb_verdict; UNKNOWN on failure
 * @param err               may be NULL
 * @retval PWWB_OK
 * @retval PWWB_E_INVALID_ARGUMENT  NULL, or kind is neither
 * @retval PWWB_E_ABI               the account struct is newer than this library
 * @retval PWWB_E_MALFORMED         not UTF-8, or with NUL inside
 * @threads                 any; findings serve one thread at a time
 * @since                   0.1
 * @source                  MS-SAMR 3.1.1.7.2; Microsoft Learn "Strong password enforcement and
 *                          passfilt.dll"
 */
PWWB_API PWWB_MUST_CHECK
pwwb_status pwwb_policy_check(const pwwb_policy *policy, const pwwb_account *account, int32_t kind,
                              const uint8_t *password, size_t password_len,
                              pwwb_findings *findings, int32_t *ret_verdict, pwwb_error *err);

/**
 * Rules, and the state of an account, as lines of English for people. Programs read the structs.
 *
 * Each line is a sentence. What is not known is said to be not known; times are UTC, ISO 8601.
 *
 * @param rules     NULL = leave them out
 * @param account   NULL = leave it out
 * @param[out] buf      UTF-8 with a NUL; may be NULL when buf_size is 0
 * @param buf_size      octets; PWWB_POLICY_TEXT_SIZE is always enough
 * @param[out] ret_len  octets of text without the NUL, written or needed
 * @param err           may be NULL
 * @retval PWWB_OK
 * @retval PWWB_E_INVALID_ARGUMENT  NULL, or rules out of range
 * @retval PWWB_E_ABI               rules or account are newer than this library
 * @retval PWWB_E_BUFFER_TOO_SMALL  the need, without NUL, stands in ret_len
 * @threads             any
 * @since               0.1
 */
PWWB_API PWWB_MUST_CHECK
pwwb_status pwwb_policy_print(const pwwb_policy_rules *rules, const pwwb_account *account, char *buf,
                              size_t buf_size, size_t *ret_len, pwwb_error *err);

PWWB_END_DECLS

#endif /* PWWB_POLICY_H */
