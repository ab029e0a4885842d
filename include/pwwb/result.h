/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PWWB_RESULT_H
#define PWWB_RESULT_H

/**
 * @file pwwb/result.h
 * @brief What became of a password: four outcomes, one code, and a list of findings.
 *
 * Each code has a name, a class, a text for the person at the portal, a text for the operator, and
 * the name that Microsoft's documentation uses. pwwb_code_at() lists them all.
 */

#include <pwwb/error.h>

PWWB_BEGIN_DECLS

/** What is true of the directory now. */
enum pwwb_outcome {
    PWWB_OUTCOME_SET               = 1, /**< the new password is set */
    PWWB_OUTCOME_SET_WITH_WARNINGS = 2, /**< it is set; something beside it is not as asked */
    PWWB_OUTCOME_NOT_SET           = 3, /**< nothing was changed */
    PWWB_OUTCOME_UNKNOWN           = 4  /**< it may have been set: the answer was lost */
};

/** Every result code. A number, once released, keeps its meaning for ever. */
enum pwwb_code {
    PWWB_CODE_OK                      = 1,   /**< done */
    PWWB_CODE_OK_PENDING_SYNC         = 2,   /**< done; the cloud hash follows by hash sync */
    PWWB_CODE_OK_EXPIRED_ON_SET       = 3,   /**< done, but the directory expired it at once */
    PWWB_CODE_OK_UNLOCK_FAILED        = 4,   /**< done, but the account is still locked */
    PWWB_CODE_OK_MUST_CHANGE_FAILED   = 5,   /**< done, but must-change is not as asked */
    PWWB_CODE_OK_HISTORY_NOT_ENFORCED = 6,   /**< done, but history could not be checked */
    PWWB_CODE_POLICY_TOO_SHORT        = 101, /**< shorter than the minimum */
    PWWB_CODE_POLICY_TOO_LONG         = 102, /**< longer than the maximum */
    PWWB_CODE_POLICY_COMPLEXITY       = 103, /**< too few kinds of characters */
    PWWB_CODE_POLICY_CONTAINS_NAME    = 104, /**< contains the account's or person's name */
    PWWB_CODE_POLICY_HISTORY          = 105, /**< one of the last passwords */
    PWWB_CODE_POLICY_TOO_YOUNG        = 106, /**< changed too recently */
    PWWB_CODE_POLICY_BANNED           = 107, /**< on a list of banned passwords */
    PWWB_CODE_POLICY_OTHER            = 108, /**< refused by a rule that is not known */
    PWWB_CODE_OLD_PASSWORD_WRONG      = 201, /**< the current password is not right */
    PWWB_CODE_MUST_CHANGE             = 202, /**< right, but must be changed now */
    PWWB_CODE_EXPIRED                 = 203, /**< right, but expired */
    PWWB_CODE_USER_CANNOT_CHANGE      = 204, /**< may not change the own password */
    PWWB_CODE_LOCKED                  = 205, /**< the account is locked */
    PWWB_CODE_DISABLED                = 206, /**< the account is disabled */
    PWWB_CODE_ACCOUNT_EXPIRED         = 207, /**< the account is expired */
    PWWB_CODE_AUTH_RESTRICTED         = 208, /**< not at this time or from this place */
    PWWB_CODE_LOCKOUT_GUARD           = 209, /**< not tried: one more failure would lock */
    PWWB_CODE_NOT_FOUND               = 301, /**< no account for the anchor */
    PWWB_CODE_NOT_JOINED              = 302, /**< connector object without metaverse link */
    PWWB_CODE_AMBIGUOUS               = 303, /**< more than one account */
    PWWB_CODE_NO_DIRECTORY_OBJECT     = 304, /**< no object in any directory's connector space */
    PWWB_CODE_NOT_ELIGIBLE            = 305, /**< no link with the account-enabled rule */
    PWWB_CODE_STAGING                 = 306, /**< a staging server's space: it writes nothing */
    PWWB_CODE_PERMISSION              = 401, /**< the service account lacks a right */
    PWWB_CODE_PROTECTED_ACCOUNT       = 402, /**< an administrator: may change, not be reset */
    PWWB_CODE_TARGET_REFUSED          = 403, /**< krbtgt, a machine or a trust: never */
    PWWB_CODE_INSECURE_CHANNEL        = 404, /**< the connection is not protected enough */
    PWWB_CODE_STRONG_AUTH_REQUIRED    = 405, /**< the directory wants signing or TLS */
    PWWB_CODE_HISTORY_NOT_ENFORCEABLE = 406, /**< no policy hints, and the host insists */
    PWWB_CODE_CONFIGURATION           = 407, /**< something is not set up as it must be */
    PWWB_CODE_REFERRAL                = 408, /**< this controller cannot write it */
    PWWB_CODE_INTERNAL                = 409, /**< a defect of this library or a callback */
    PWWB_CODE_PROTECTION_UNKNOWN      = 410, /**< an administrator's or not: it cannot be told */
    PWWB_CODE_AUDIT                   = 411, /**< the audit that the host requires did not take it */
    PWWB_CODE_LIMIT_OPERATION         = 412, /**< the agent's limits leave this operation out */
    PWWB_CODE_LIMIT_SCOPE             = 413, /**< the agent's limits leave this account out */
    PWWB_CODE_UNREACHABLE             = 501, /**< the directory cannot be reached */
    PWWB_CODE_TIMEOUT                 = 502, /**< the deadline came before anything was sent */
    PWWB_CODE_AGENT_DOWN              = 503, /**< no agent took the request */
    PWWB_CODE_BUSY                    = 504, /**< no room now */
    PWWB_CODE_LIMIT_RATE              = 505, /**< more requests than the agent's limits let through */
    PWWB_CODE_EXPIRED_MESSAGE         = 601, /**< the request came too late */
    PWWB_CODE_REPLAYED                = 602, /**< its id was used with other octets */
    PWWB_CODE_DECRYPT                 = 603, /**< the password cannot be read */
    PWWB_CODE_KEY_UNKNOWN             = 604, /**< sealed with a key the agent does not have */
    PWWB_CODE_SUPERSEDED              = 605, /**< a newer password is already set */
    PWWB_CODE_CLOCK                   = 606, /**< issued in the agent's future */
    PWWB_CODE_IN_PROGRESS             = 607, /**< another agent works on the same request */
    PWWB_CODE_USER_TYPE               = 701, /**< cloud-only: writeback does not apply */
    PWWB_CODE_OPERATION               = 702, /**< not an operation that is written back */
    PWWB_CODE_ORIGIN_POWERSHELL       = 703, /**< resets by PowerShell are not written back */
    PWWB_CODE_ORIGIN_GRAPH            = 704, /**< resets by this API are not written back */
    PWWB_CODE_ORIGIN_OFFICE_PORTAL    = 705, /**< resets from that portal are not written back */
    PWWB_CODE_OWN_BY_ADMIN_TOOL       = 706, /**< own password with the administrators' tool */
    PWWB_CODE_OUTCOME_UNKNOWN         = 801  /**< sent, and the answer was lost; or the journal does not
                                                  reach back to the time of the request */
};

/** What one does about a code: its hundred. */
enum pwwb_code_class_code {
    PWWB_CODE_CLASS_DONE      = 0, /**< nothing, or look at the warning */
    PWWB_CODE_CLASS_POLICY    = 1, /**< choose another password */
    PWWB_CODE_CLASS_PERSON    = 2, /**< the state of the account or what the person typed */
    PWWB_CODE_CLASS_LOOKUP    = 3, /**< the account cannot be told */
    PWWB_CODE_CLASS_OPERATOR  = 4, /**< an administrator must mend something */
    PWWB_CODE_CLASS_REACH     = 5, /**< try again later */
    PWWB_CODE_CLASS_MESSAGE   = 6, /**< start again with a new request */
    PWWB_CODE_CLASS_COVERAGE  = 7, /**< writeback does not do this */
    PWWB_CODE_CLASS_UNCERTAIN = 8  /**< sign in with the new password to see */
};

/** How sure a finding is. */
enum pwwb_basis {
    PWWB_BASIS_STATED   = 1, /**< the directory said so, or its rules do */
    PWWB_BASIS_INFERRED = 2  /**< not stated: it may be why, or all else is excluded */
};

/** The names in POLICY_CONTAINS_NAME's `actual`. */
enum pwwb_name_kind {
    PWWB_NAME_ACCOUNT = 1, /**< sAMAccountName */
    PWWB_NAME_DISPLAY = 2  /**< a part of displayName */
};

/** The most findings one list holds. */
#define PWWB_FINDINGS_MAX 16

/** A list of findings and warnings, at most PWWB_FINDINGS_MAX; never allocates once made. One thread at a time. */
typedef struct pwwb_findings pwwb_findings;

/**
 * The code at a place of the table, to list them all.
 *
 * @param index  from 0
 * @return       a code; 0 after the last
 * @threads      any
 * @since        0.1
 */
PWWB_API int32_t pwwb_code_at(size_t index);

/**
 * A code's name, `POLICY_TOO_SHORT`.
 *
 * @param code  one of enum pwwb_code
 * @return      static; `?` for a number that is not known
 * @threads     any
 * @since       0.1
 */
PWWB_API const char *pwwb_code_name(int32_t code);

/**
 * A code's class.
 *
 * @param code  one of enum pwwb_code
 * @return      one of enum pwwb_code_class_code
 * @threads     any
 * @since       0.1
 */
PWWB_API int32_t pwwb_code_class(int32_t code);

/**
 * What a code alone says of the password.
 *
 * @param code  one of enum pwwb_code
 * @return      one of enum pwwb_outcome; UNKNOWN for a number that is not known
 * @threads     any
 * @since       0.1
 */
PWWB_API int32_t pwwb_code_outcome(int32_t code);

/**
 * A sentence for the person who typed the password.
 *
 * @param code  one of enum pwwb_code
 * @return      static, English, never empty
 * @threads     any
 * @since       0.1
 */
PWWB_API const char *pwwb_code_user_text(int32_t code);

/**
 * A sentence for whoever runs the agent: what it means and what to do.
 *
 * @param code  one of enum pwwb_code
 * @return      static, English, never empty
 * @threads     any
 * @since       0.1
 */
PWWB_API const char *pwwb_code_operator_text(int32_t code);

/**
 * The event, code or hresult by which Microsoft's documentation knows it.
 *
 * @param code  one of enum pwwb_code
 * @return      static; an empty string where Microsoft has none
 * @threads     any
 * @since       0.1
 * @source      entra-docs, troubleshoot-sspr-writeback
 */
PWWB_API const char *pwwb_code_alias(int32_t code);

/**
 * An outcome in words, `set with warnings`.
 *
 * @param outcome  one of enum pwwb_outcome
 * @return         static
 * @threads        any
 * @since          0.1
 */
PWWB_API const char *pwwb_outcome_name(int32_t outcome);

/**
 * Make an empty list.
 *
 * @return   owned by the caller, free with pwwb_findings_free(); NULL when memory is out
 * @since    0.1
 */
PWWB_API PWWB_MUST_CHECK pwwb_findings *pwwb_findings_new(void);

/**
 * Free a list.
 *
 * @param findings  may be NULL
 * @since           0.1
 */
PWWB_API void pwwb_findings_free(pwwb_findings *findings);

/**
 * How many findings there are.
 *
 * @param findings  may be NULL: 0
 * @return          0 to PWWB_FINDINGS_MAX
 * @since           0.1
 */
PWWB_API size_t pwwb_findings_count(const pwwb_findings *findings);

/**
 * One finding. Every output may be NULL.
 *
 * The numbers by code: TOO_SHORT and TOO_LONG: limit and length, UTF-16 units (octets
 * where an OpenLDAP policy is why). COMPLEXITY: kinds wanted and kinds there. CONTAINS_NAME: 0 and enum
 * pwwb_name_kind. HISTORY: how many are remembered and 0. TOO_YOUNG: earliest time and last change,
 * milliseconds since 1970. BANNED: points wanted and there, by a list of words; 0 and 0 by a breach
 * corpus. LOCKOUT_GUARD: threshold and failures so far. LOCKED: until when, or 0 = until unlocked, and
 * since when. ACCOUNT_EXPIRED: 0 and when. LIMIT_RATE: when there is room again, milliseconds since 1970, and
 * how many there may be in the window that is full. CONFIGURATION, BUSY and INTERNAL, when a filter cannot
 * judge: its place, from 1, and its status. Others: 0 and 0. Where a number is not known it is -1.
 *
 * Beside PWWB_CODE_OUTCOME_UNKNOWN any code may stand as *inferred* with 0 and 0: it is what would have
 * been answered if it were sure that the request was not done before. A finding of that code with its
 * numbers may stand there, too.
 *
 * @param findings         the list
 * @param index            from 0
 * @param[out] ret_code    one of enum pwwb_code
 * @param[out] ret_basis   one of enum pwwb_basis
 * @param[out] ret_limit   see above
 * @param[out] ret_actual  see above
 * @retval PWWB_OK
 * @retval PWWB_E_INVALID_ARGUMENT  no such index
 * @since                  0.1
 */
PWWB_API PWWB_MUST_CHECK pwwb_status pwwb_findings_get(const pwwb_findings *findings, size_t index,
                                                       int32_t *ret_code, int32_t *ret_basis,
                                                       int64_t *ret_limit, int64_t *ret_actual);

/**
 * Add one finding, as a directory or filter of the host's does. The same finding twice is one.
 *
 * @param findings  the list
 * @param code      one of enum pwwb_code
 * @param basis     one of enum pwwb_basis
 * @param limit     see pwwb_findings_get()
 * @param actual    see pwwb_findings_get()
 * @retval PWWB_OK
 * @retval PWWB_E_INVALID_ARGUMENT  no list, an unknown code or an unknown basis
 * @retval PWWB_E_FULL              PWWB_FINDINGS_MAX are there
 * @since           0.1
 */
PWWB_API pwwb_status pwwb_findings_add(pwwb_findings *findings, int32_t code, int32_t basis,
                                       int64_t limit, int64_t actual);

PWWB_END_DECLS

#endif /* PWWB_RESULT_H */
