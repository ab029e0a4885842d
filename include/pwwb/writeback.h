/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PWWB_WRITEBACK_H
#define PWWB_WRITEBACK_H

/**
 * @file pwwb/writeback.h
 * @brief One request, as steps: octets in, needs, answers, octets out. No I/O and no thread.
 *
 *     pwwb_writeback_begin(w, sealed, len, err);
 *     for (;;)
 *         switch (pwwb_writeback_need(w)) { ... answer it ... }
 *
 * pwwb_writeback_run() is that loop over callback tables. A host that answers asynchronously
 * writes its own. Each need has one answer; pwwb_writeback_failed() answers any of them.
 */

#include <pwwb/audit.h>
#include <pwwb/directory.h>
#include <pwwb/filter.h>
#include <pwwb/journal.h>
#include <pwwb/limits.h>

PWWB_BEGIN_DECLS

/** What a writeback needs next. */
enum pwwb_need {
    PWWB_NEED_NOTHING = 0, /**< no request: begin one */
    PWWB_NEED_CLAIM   = 1, /**< claim it in the journal; answer pwwb_writeback_claimed() */
    PWWB_NEED_FIND    = 2, /**< follow the anchor; answer pwwb_writeback_found() */
    PWWB_NEED_READ    = 3, /**< read the account; answer pwwb_writeback_account_read() */
    PWWB_NEED_LOOKUP  = 4, /**< who made that pwdLastSet; answer pwwb_writeback_looked_up() */
    PWWB_NEED_RECORD  = 5, /**< record the claim's account; answer pwwb_writeback_recorded() */
    PWWB_NEED_SET     = 6, /**< write the directory; answer pwwb_writeback_set_done() */
    PWWB_NEED_FINISH  = 7, /**< keep the reply; answer pwwb_writeback_finished() */
    PWWB_NEED_SEND    = 8, /**< done: send the reply, then begin the next or wipe */
    PWWB_NEED_RELEASE = 9, /**< done without reply: another agent has it, or it is to come again;
                                release the message */
    PWWB_NEED_UNCLAIM = 10 /**< the private key cannot be used now: take the claim back in the
                                journal; answer pwwb_writeback_unclaimed() */
};

/** Bits of `flags`. */
enum pwwb_writeback_flag {
    /** Try a change even when one more wrong old password would lock the account. */
    PWWB_WRITEBACK_ALLOW_LOCKOUT = 1,
    /** Reset also where it cannot be told whether the account is an administrator's: the directory
     *  decides, which on Samba is no protection. */
    PWWB_WRITEBACK_ALLOW_UNPROVEN = 2,
    /** Other agents serve the tenant, and their journal is not this one: what they did before a
     *  message came here is not known. "Not set" is then said only of an account whose password is
     *  older than the request, or where it was refused before anything was claimed. */
    PWWB_WRITEBACK_OTHER_AGENTS = 4
};

/** How a writeback judges. Everything is copied, but for the filters themselves; zero what is not
 *  wanted. */
typedef struct pwwb_writeback_options {
    size_t                size;      /**< sizeof(pwwb_writeback_options) where compiled */
    const pwwb_clock_ops *clock;     /**< NULL = the system's */
    void                 *clock_ctx; /**< given to the clock */
    int64_t               skew_ms;   /**< by which clocks may differ; 0 = 120000 */
    uint32_t              flags;     /**< bits of enum pwwb_writeback_flag */
    uint32_t              reserved;  /**< 0 */
    pwwb_filter *const   *filters;  /**< what the host refuses beside the policy, in this order;
                                            borrowed: each must outlive the writeback */
    size_t                filter_count; /**< PWWB_FILTERS_MAX at most */
    pwwb_audit_fn         audit;     /**< told before a write, and once of each request that was opened:
                                          in the call that answers it, puts it off, or drops it (the next
                                          begin, wipe or free). NULL = nobody listens */
    void                 *audit_ctx; /**< given to audit; must outlive the writeback */
    int32_t               audit_required; /**< 1: nothing is written that audit did not take before:
                                               PWWB_CODE_AUDIT */
    int32_t               reserved2; /**< 0 */
    pwwb_limits          *limits;    /**< what is done for a portal, and how often; several may share them;
                                          a reference is taken. NULL = everything */
    /* 0.1 ends here. */
} pwwb_writeback_options;

/** The steps of one request; reusable. Holds secrets in locked memory. One thread at a time. */
typedef struct pwwb_writeback pwwb_writeback;

/**
 * Make a writeback.
 *
 * @param keyring             the agent half; a reference is taken
 * @param options             copied; NULL = defaults
 * @param[out] ret_writeback  owned by the caller, free with pwwb_writeback_free(); NULL on failure
 * @param err                 may be NULL
 * @retval PWWB_OK
 * @retval PWWB_E_INVALID_ARGUMENT
 * @retval PWWB_E_KEY_HALF          a portal half
 * @retval PWWB_E_ABI               options are newer than this library
 * @retval PWWB_E_NO_MEMORY
 * @since                     0.1
 */
PWWB_API PWWB_MUST_CHECK
pwwb_status pwwb_writeback_new(pwwb_keyring *keyring, const pwwb_writeback_options *options,
                               pwwb_writeback **ret_writeback, pwwb_error *err);

/**
 * Go on with other keys, from the next begin on: after a PWWB_E_KEY_UNKNOWN, say, with what the key
 * store has now.
 *
 * @param writeback  the handle
 * @param keyring    the agent half; a reference is taken
 * @param err        may be NULL
 * @retval PWWB_OK
 * @retval PWWB_E_INVALID_ARGUMENT
 * @retval PWWB_E_KEY_HALF          a portal half
 * @since            0.1
 */
PWWB_API PWWB_MUST_CHECK
pwwb_status pwwb_writeback_set_keyring(pwwb_writeback *writeback, pwwb_keyring *keyring,
                                       pwwb_error *err);

/**
 * Wipe and free a writeback.
 *
 * @param writeback  may be NULL
 * @since            0.1
 */
PWWB_API void pwwb_writeback_free(pwwb_writeback *writeback);

/**
 * Take a sealed request. What was there before is wiped.
 *
 * @param writeback   the handle
 * @param sealed      octets from the transport; copied
 * @param sealed_len  octets
 * @param err         may be NULL
 * @retval PWWB_OK               go on with pwwb_writeback_need(); also when the claims are refused:
 *                               then a reply says so
 * @retval PWWB_E_INVALID_ARGUMENT
 * @retval PWWB_E_TOO_LARGE      no reply may be given; so do MALFORMED, NOT_AUTHENTIC
 * @retval PWWB_E_KEY_UNKNOWN    no reply; release the message, another agent may have the key
 * @since             0.1
 */
PWWB_API PWWB_MUST_CHECK
pwwb_status pwwb_writeback_begin(pwwb_writeback *writeback, const uint8_t *sealed,
                                 size_t sealed_len, pwwb_error *err);

/**
 * What is needed next.
 *
 * @param writeback  may be NULL
 * @return           one of enum pwwb_need
 * @since            0.1
 */
PWWB_API int32_t pwwb_writeback_need(const pwwb_writeback *writeback);

/**
 * The request's claims.
 *
 * @param writeback  the handle
 * @return           borrowed until the next begin, wipe or free; NULL before
 * @since            0.1
 */
PWWB_API const pwwb_claims *pwwb_writeback_claims(const pwwb_writeback *writeback);

/**
 * SHA-256 of the sealed octets, for NEED_CLAIM.
 *
 * @param writeback  the handle
 * @return           32 octets, borrowed until the next begin, wipe or free; NULL before
 * @since            0.1
 */
PWWB_API const uint8_t *pwwb_writeback_digest(const pwwb_writeback *writeback);

/**
 * The account that was found, for NEED_READ and later.
 *
 * @param writeback  the handle
 * @return           borrowed until the next begin, wipe or free; NULL before it was found
 * @since            0.1
 */
PWWB_API const pwwb_found *pwwb_writeback_target(const pwwb_writeback *writeback);

/**
 * The pwdLastSet to look up or record, for NEED_LOOKUP, NEED_RECORD and NEED_FINISH; before the write,
 * where it is 0: password_written_ms of the account.
 *
 * @param writeback  the handle
 * @return           milliseconds since 1970; -1 not known
 * @since            0.1
 */
PWWB_API int64_t pwwb_writeback_last_set_ms(const pwwb_writeback *writeback);

/**
 * The operation to do, for NEED_SET: opens nothing, borrows the secrets in locked memory.
 *
 * @param writeback        the handle
 * @param[out] ret_set     its size set by the caller; valid until the answer is given
 * @param[out] ret_max_ms  the request's life that is left: the longest deadline; may be NULL
 * @param err              may be NULL
 * @retval PWWB_OK
 * @retval PWWB_E_INVALID_ARGUMENT
 * @retval PWWB_E_ABI      ret_set is newer than this library
 * @retval PWWB_E_STATE    not needed now
 * @since                  0.1
 */
PWWB_API PWWB_MUST_CHECK
pwwb_status pwwb_writeback_to_set(const pwwb_writeback *writeback, pwwb_set *ret_set,
                               int64_t *ret_max_ms, pwwb_error *err);

/**
 * Answer NEED_CLAIM.
 *
 * @param writeback  the handle
 * @param entry      what the journal said; it is to know a request until exp, twice the skew and
 *                   ten minutes are over
 * @param reply      the kept reply when it is DONE; else NULL
 * @param reply_len  octets
 * @param err        may be NULL
 * @retval PWWB_OK
 * @retval PWWB_E_INVALID_ARGUMENT
 * @retval PWWB_E_ABI    the entry is newer than this library
 * @retval PWWB_E_STATE  not needed now
 * @since            0.1
 */
PWWB_API PWWB_MUST_CHECK
pwwb_status pwwb_writeback_claimed(pwwb_writeback *writeback, const pwwb_journal_entry *entry,
                                   const uint8_t *reply, size_t reply_len, pwwb_error *err);

/**
 * Answer NEED_FIND.
 *
 * @param writeback  the handle
 * @param found      any lookup code
 * @param err        may be NULL
 * @retval PWWB_OK
 * @retval PWWB_E_INVALID_ARGUMENT
 * @retval PWWB_E_STATE  not needed now
 * @since            0.1
 */
PWWB_API PWWB_MUST_CHECK
pwwb_status pwwb_writeback_found(pwwb_writeback *writeback, const pwwb_found *found,
                                 pwwb_error *err);

/**
 * Answer NEED_READ. Here scope and rates, protected accounts, states, policy and filters are judged: all findings of
 * policy and filters together. A filter that cannot judge refuses, too: nothing is set, and the code
 * (BUSY, CONFIGURATION or INTERNAL) is also a finding, with the filter's place, from 1, and its status.
 *
 * @param writeback  the handle
 * @param account    what the directory knows
 * @param rules      the rules in force; NULL = not known
 * @param err        may be NULL
 * @retval PWWB_OK
 * @retval PWWB_E_INVALID_ARGUMENT
 * @retval PWWB_E_STATE  not needed now
 * @since            0.1
 */
PWWB_API PWWB_MUST_CHECK
pwwb_status pwwb_writeback_account_read(pwwb_writeback *writeback, const pwwb_account *account,
                                   const pwwb_policy_rules *rules, pwwb_error *err);

/**
 * Answer NEED_LOOKUP.
 *
 * @param writeback  the handle
 * @param ours       1 when our own write made that pwdLastSet, for a request issued no later
 * @param err        may be NULL
 * @retval PWWB_OK
 * @retval PWWB_E_STATE  not needed now
 * @since            0.1
 */
PWWB_API PWWB_MUST_CHECK
pwwb_status pwwb_writeback_looked_up(pwwb_writeback *writeback, int32_t ours, pwwb_error *err);

/**
 * Answer NEED_RECORD: it is durable.
 *
 * @param writeback  the handle
 * @param err        may be NULL
 * @retval PWWB_OK
 * @retval PWWB_E_STATE  not needed now
 * @since            0.1
 */
PWWB_API PWWB_MUST_CHECK
pwwb_status pwwb_writeback_recorded(pwwb_writeback *writeback, pwwb_error *err);

/**
 * Answer NEED_SET. The secrets are wiped.
 *
 * @param writeback  the handle
 * @param result     what the directory said; its findings are copied
 * @param err        may be NULL
 * @retval PWWB_OK
 * @retval PWWB_E_INVALID_ARGUMENT
 * @retval PWWB_E_STATE  not needed now
 * @since            0.1
 */
PWWB_API PWWB_MUST_CHECK
pwwb_status pwwb_writeback_set_done(pwwb_writeback *writeback, const pwwb_set_result *result,
                                  pwwb_error *err);

/**
 * Answer NEED_FINISH: the reply is kept.
 *
 * @param writeback  the handle
 * @param err        may be NULL
 * @retval PWWB_OK
 * @retval PWWB_E_STATE  not needed now
 * @since            0.1
 */
PWWB_API PWWB_MUST_CHECK
pwwb_status pwwb_writeback_finished(pwwb_writeback *writeback, pwwb_error *err);

/**
 * Answer NEED_UNCLAIM: the claim is taken back, the request can be claimed again. Nothing was
 * written for it; the message is to be released, for another agent or for later.
 *
 * @param writeback  the handle
 * @param err        may be NULL
 * @retval PWWB_OK
 * @retval PWWB_E_STATE  not needed now
 * @since            0.1
 */
PWWB_API PWWB_MUST_CHECK
pwwb_status pwwb_writeback_unclaimed(pwwb_writeback *writeback, pwwb_error *err);

/**
 * Answer any need: it could not be done.
 *
 * A directory that failed at NEED_SET leaves the outcome unknown unless the status promises that
 * nothing was sent (see pwwb_directory_ops): give the directory's own status, never one that another call
 * failed with after the directory was asked. A journal that failed to claim or record stops the
 * request before anything is written. What could not be claimed is unknown, for an earlier delivery
 * may have been done; unless the journal was full (PWWB_E_FULL), for then it has looked, or busy
 * (PWWB_E_TIMEOUT): then the message is to be released. What could not be unclaimed is answered as
 * busy.
 *
 * @param writeback  the handle
 * @param status     why: not PWWB_OK
 * @param err        may be NULL
 * @retval PWWB_OK
 * @retval PWWB_E_INVALID_ARGUMENT  PWWB_OK was given
 * @retval PWWB_E_STATE             nothing is needed now
 * @since            0.1
 */
PWWB_API PWWB_MUST_CHECK
pwwb_status pwwb_writeback_failed(pwwb_writeback *writeback, pwwb_status status, pwwb_error *err);

/**
 * The sealed reply, for NEED_FINISH and NEED_SEND.
 *
 * @param writeback     the handle
 * @param[out] ret_len  octets; 0 when there is none
 * @return              borrowed until the next begin, wipe or free; NULL when there is none
 * @since               0.1
 */
PWWB_API const uint8_t *pwwb_writeback_reply(const pwwb_writeback *writeback, size_t *ret_len);

/**
 * The code that the reply carries.
 *
 * @param writeback  the handle
 * @return           one of enum pwwb_code; 0 before there is one, and for a kept reply
 * @since            0.1
 */
PWWB_API int32_t pwwb_writeback_code(const pwwb_writeback *writeback);

/**
 * Wipe everything of the request.
 *
 * @param writeback  may be NULL
 * @since            0.1
 */
PWWB_API void pwwb_writeback_wipe(pwwb_writeback *writeback);

/**
 * Walk the steps with callback tables until NEED_SEND or NEED_RELEASE.
 *
 * @param writeback   the handle, begun
 * @param journal     required
 * @param anchors     NULL = look up in the directory itself
 * @param directory   used for an anchor that leads to no named directory, and without a store
 * @param timeout_ms  over everything, -1 = as long as the request lives
 * @param err         may be NULL
 * @retval PWWB_OK    a reply is there, or the message is to be released
 * @retval PWWB_E_INVALID_ARGUMENT
 * @retval PWWB_E_STATE  nothing was begun
 * @since             0.1
 */
PWWB_API PWWB_MUST_CHECK
pwwb_status pwwb_writeback_run(pwwb_writeback *writeback, pwwb_journal *journal,
                               pwwb_anchors *anchors, pwwb_directory *directory,
                               int64_t timeout_ms, pwwb_error *err);

/**
 * Answer what is needed now, and no more, by callback tables: one step of pwwb_writeback_run(), for a host
 * that answers other needs by itself, or has something else to do between them.
 *
 * @param writeback   the handle, begun
 * @param journal     answers CLAIM, LOOKUP, RECORD, FINISH and UNCLAIM; NULL = the host does
 * @param anchors     answers FIND; NULL = the directory does
 * @param directory   answers READ and SET, and FIND without a store; NULL = the host does
 * @param timeout_ms  over this step, -1 = as long as the request lives
 * @param err         may be NULL
 * @retval PWWB_OK    answered, also where the table failed: pwwb_writeback_need() has what is next
 * @retval PWWB_E_INVALID_ARGUMENT  what answers this need is NULL: nothing has changed
 * @retval PWWB_E_STATE             nothing was begun, or it is done
 * @since             0.1
 */
PWWB_API PWWB_MUST_CHECK
pwwb_status pwwb_writeback_step(pwwb_writeback *writeback, pwwb_journal *journal,
                                pwwb_anchors *anchors, pwwb_directory *directory,
                                int64_t timeout_ms, pwwb_error *err);

PWWB_END_DECLS

#endif /* PWWB_WRITEBACK_H */
