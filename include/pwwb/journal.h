/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PWWB_JOURNAL_H
#define PWWB_JOURNAL_H

/**
 * @file pwwb/journal.h
 * @brief Which requests were taken, and what was answered: replays are refused, repeats answered.
 *
 * A request is known by its id and a hash of its sealed octets. The order is: claim, read the
 * directory, record, write the directory, finish, send the reply, settle.
 */

#include <pwwb/clock.h>
#include <pwwb/envelope.h>

PWWB_BEGIN_DECLS

/** What a claim finds. */
enum pwwb_entry_state {
    PWWB_ENTRY_NEW     = 1, /**< ours now */
    PWWB_ENTRY_RUNNING = 2, /**< claimed and not finished: by another agent, or before a crash */
    PWWB_ENTRY_DONE    = 3, /**< finished: the reply is given */
    PWWB_ENTRY_REPLAY  = 4  /**< the same id with other octets */
};

/** One entry, as far as it is known. */
typedef struct pwwb_journal_entry {
    size_t  size;                 /**< sizeof(pwwb_journal_entry), set by the library */
    int32_t state;                /**< one of enum pwwb_entry_state */
    int32_t reserved;             /**< 0 */
    uint8_t guid[PWWB_ID_SIZE];   /**< the account, once recorded; zero before */
    int64_t password_last_set_ms; /**< the account's, recorded before the modify; -1 before */
    size_t  reply_len;            /**< octets of the reply that were copied */
    int64_t since_ms;             /**< what was claimed before then may be forgotten, milliseconds
                                       since 1970; 0 = nothing is */
    /* 0.1 ends here. */
} pwwb_journal_entry;

/**
 * What a journal can do. Growing and being called: see pwwb_transport_ops.
 */
typedef struct pwwb_journal_ops {
    /** sizeof(pwwb_journal_ops) where the caller was compiled. */
    size_t size;
    /**
     * Claim a request, atomically and durably. Required.
     * @param cti         16 octets: the request's id
     * @param digest      32 octets: SHA-256 of the sealed octets
     * @param expires_ms  keep the entry at least until then, so that a late repeat is known;
     *                    milliseconds since 1970
     * @param reply       `reply_size` octets to fill when it is DONE
     * @param ret_entry   zeroed, its size set
     * @return            PWWB_OK; PWWB_E_FULL when it looked and there is no room: nothing is
     *                    evicted, and `since_ms` is told; PWWB_E_TIMEOUT when somebody else kept it
     *                    busy: nothing was claimed, and the message is released, to come again
     */
    pwwb_status (*claim)(void *ctx, const uint8_t *cti, const uint8_t *digest, int64_t expires_ms,
                         uint8_t *reply, size_t reply_size, pwwb_journal_entry *ret_entry,
                         pwwb_error *err);
    /**
     * Record, durably, which account is about to be written, its pwdLastSet, and when the
     * request was issued. Required.
     * @param issued_s  the request's iat, seconds since 1970
     */
    pwwb_status (*record)(void *ctx, const uint8_t *cti, const uint8_t *guid,
                          int64_t password_last_set_ms, int64_t issued_s, pwwb_error *err);
    /**
     * Keep the reply, and the pwdLastSet that our own write made, or -1. Required.
     */
    pwwb_status (*finish)(void *ctx, const uint8_t *cti, const uint8_t *reply, size_t reply_len,
                          int64_t password_last_set_ms, pwwb_error *err);
    /**
     * Whether an account's pwdLastSet is one that our own write made, for a request that was
     * issued no later than this one. Required.
     * @param issued_s  this request's iat, seconds since 1970
     * @param ret_ours  1 or 0
     */
    pwwb_status (*lookup)(void *ctx, const uint8_t *guid, int64_t password_last_set_ms,
                          int64_t issued_s, int32_t *ret_ours, pwwb_error *err);
    /** Let go of `ctx`. Optional; called once, by pwwb_journal_free(). */
    void (*destroy)(void *ctx);
    /**
     * Forget, durably, a claim under which nothing was begun: it may be claimed again. Optional:
     * without it a request whose key cannot be used now is answered as busy.
     * @return  PWWB_OK; PWWB_E_STATE when an account was recorded or a reply is kept;
     *          PWWB_E_NOT_FOUND; on any other status the claim may still stand
     */
    pwwb_status (*release)(void *ctx, const uint8_t *cti, pwwb_error *err);
    /* 0.1 ends here. */
} pwwb_journal_ops;

/** A journal. One thread at a time, unless its maker says more. */
typedef struct pwwb_journal pwwb_journal;

/**
 * Take a journal of the host's.
 *
 * @param ops               copied
 * @param ctx               the host's; given back to `destroy` once this has succeeded
 * @param[out] ret_journal  owned by the caller, free with pwwb_journal_free(); NULL on failure
 * @param err               may be NULL
 * @retval PWWB_OK
 * @retval PWWB_E_INVALID_ARGUMENT  NULL, or a required method is missing
 * @retval PWWB_E_ABI               the table is newer than this library
 * @retval PWWB_E_NO_MEMORY
 * @since                   0.1
 */
PWWB_API PWWB_MUST_CHECK
pwwb_status pwwb_journal_new(const pwwb_journal_ops *ops, void *ctx, pwwb_journal **ret_journal,
                             pwwb_error *err);

/**
 * Make a bounded journal in memory. It forgets when the process ends.
 *
 * So a request that was issued in the second in which the journal was made, or before, may have been done
 * by a process that is gone. When it is refused, the reply says PWWB_CODE_OUTCOME_UNKNOWN, not the code of
 * the refusal, unless the directory tells that the account's password is older than the request. In a
 * test wait a second before the first request, or use a journal in a file (pwwb/sqlite.h).
 *
 * Agents in several processes set each password once only with a journal between them all
 * (pwwb/sqlite.h, or a table over a database of the host's: docs/journal.md); those
 * that have one each say so by PWWB_WRITEBACK_OTHER_AGENTS, so that nothing false is said.
 *
 * Full, it refuses, and people are told PWWB_CODE_BUSY; only entries whose time is over make room: ten
 * minutes and twice the skew after the request's life. With the defaults that is 16 minutes, and 20000
 * places are 20 requests a second.
 *
 * @param capacity          requests it remembers, 1 to 1000000
 * @param clock             copied; NULL = the system's
 * @param clock_ctx         given to the clock
 * @param[out] ret_journal  owned by the caller, free with pwwb_journal_free(); NULL on failure
 * @param err               may be NULL
 * @retval PWWB_OK
 * @retval PWWB_E_INVALID_ARGUMENT
 * @retval PWWB_E_ABI               the clock's table is newer than this library
 * @retval PWWB_E_NO_MEMORY
 * @threads                 the journal may be shared by the agents of one process
 * @since                   0.1
 */
PWWB_API PWWB_MUST_CHECK
pwwb_status pwwb_journal_new_memory(size_t capacity, const pwwb_clock_ops *clock, void *clock_ctx,
                                    pwwb_journal **ret_journal, pwwb_error *err);

/**
 * Free a journal, after calling its `destroy`.
 *
 * @param journal  may be NULL
 * @since          0.1
 */
PWWB_API void pwwb_journal_free(pwwb_journal *journal);

PWWB_END_DECLS

#endif /* PWWB_JOURNAL_H */
