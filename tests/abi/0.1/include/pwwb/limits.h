/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PWWB_LIMITS_H
#define PWWB_LIMITS_H

/**
 * @file pwwb/limits.h
 * @brief What an agent does for a portal, and how often: a stolen portal cannot reset everybody.
 *
 * Who holds a portal's keys can ask for anything. Limits stand at the agent's side, where he has no say:
 *
 * - Which operations: PWWB_CODE_LIMIT_OPERATION. Judged once the journal knows the request, before any
 *   directory is asked.
 * - Whose accounts: PWWB_CODE_LIMIT_SCOPE. Judged by the distinguished name that the directory read, before
 *   anything else about the account. One whose name is not known is in no scope.
 * - How often: PWWB_CODE_LIMIT_RATE, for one account and in all, in a window that slides. Judged next, before
 *   the account's state, the secret or the password. Nothing was written then.
 *
 * What counts: every request for an account in scope that is let through, whatever becomes of it. One that is
 * refused later (locked, a rule, a wrong old password) has told the portal something, so it is paid for. What
 * costs nothing: a request that is refused by a limit, or for which no account was found; one that is answered
 * from the journal, which gets its first answer, whatever the limits are now; one that is put off.
 *
 * Rates are of a process: N agents let through N times as much. They begin anew with the handle, so whoever
 * reads his settings again and finds these as they were should keep it. 16384 accounts are remembered; then
 * the one that was let through longest ago is forgotten, and may begin anew: only `in_all` holds against one
 * who asks for so many.
 */

#include <pwwb/clock.h>
#include <pwwb/error.h>

PWWB_BEGIN_DECLS

/** The most scopes. */
#define PWWB_LIMITS_SCOPES_MAX 64
/** The most of `per_account`. */
#define PWWB_LIMITS_PER_ACCOUNT_MAX 100
/** The most of `in_all`. */
#define PWWB_LIMITS_IN_ALL_MAX 1000000

/** What is allowed. All zero: everything. */
typedef struct pwwb_limits_options {
    size_t             size;          /**< sizeof(pwwb_limits_options) where compiled */
    uint32_t           operations;    /**< 1 << PWWB_OPERATION_RESET_SELF and so on; 0 = all */
    uint32_t           reserved;      /**< 0 */
    const char *const *scopes;        /**< distinguished names, UTF-8, RFC 4514; an account is one of them
                                           or below. Compared without regard to case, spaces and escapes */
    size_t             scope_count;   /**< 0 = every account; 64 at most */
    int32_t            per_account;   /**< so many for one account ... ; 100 at most, 0 = no limit */
    int32_t            in_all;        /**< so many in all ... ; a million at most, 0 = no limit */
    int64_t            per_account_s; /**< ... in so many seconds, a week at most; 0 = 3600 */
    int64_t            in_all_s;      /**< ... in so many seconds, a week at most; 0 = 60 */
    const pwwb_clock_ops *clock;      /**< its monotonic time judges; NULL = the system's. Called by every
                                           thread that asks */
    void              *clock_ctx;     /**< given to clock; must outlive the limits */
    /* 0.1 ends here. */
} pwwb_limits_options;

/** Limits: counted, and shared by the agents in several threads (pwwb_writeback_options). */
typedef struct pwwb_limits pwwb_limits;

/**
 * Make limits. All memory is taken here.
 *
 * @param options          copied
 * @param[out] ret_limits  owned by the caller, free with pwwb_limits_free(); NULL on failure
 * @param err              may be NULL
 * @retval PWWB_OK
 * @retval PWWB_E_INVALID_ARGUMENT  NULL, an operation that is not known, a number out of range, or a scope
 *                                  that is no name, told by its place
 * @retval PWWB_E_ABI               options are newer than this library
 * @retval PWWB_E_NO_MEMORY
 * @since                  0.1
 */
PWWB_API PWWB_MUST_CHECK
pwwb_status pwwb_limits_new(const pwwb_limits_options *options, pwwb_limits **ret_limits,
                            pwwb_error *err);

/**
 * Let go of limits. Writebacks that have them keep them.
 *
 * @param limits  may be NULL
 * @threads       any
 * @since         0.1
 */
PWWB_API void pwwb_limits_free(pwwb_limits *limits);

PWWB_END_DECLS

#endif /* PWWB_LIMITS_H */
