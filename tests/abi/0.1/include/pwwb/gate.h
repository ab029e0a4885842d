/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PWWB_GATE_H
#define PWWB_GATE_H

/**
 * @file pwwb/gate.h
 * @brief Several forests behind one agent: one that is down or hangs does not delay the others.
 *
 * A host that serves several forests runs several workers: agent handles in threads of their own,
 * each with a directory handle per forest. The handles of one forest share a gate
 * (pwwb_directory_set_gate()), and every find, read and set goes through it:
 *
 * - At most `most` calls are inside at once. One that finds no place waits for it, at most
 *   `patience_ms` and never beyond its own deadline.
 * - When all places were taken for `patience_ms` and no call was answered in that time, the forest is
 *   in doubt. Until a call is answered, one goes in at a time.
 * - A call that comes out without an answer shuts the gate for as long as nothing was heard while it
 *   was inside, at most for `rest_ms`.
 *
 * A call that may not go in is told so at once: PWWB_E_CONNECT, which for a password is
 * PWWB_CODE_UNREACHABLE. Nothing was sent. Every answer counts as one, refusals too.
 *
 * The bound: let the gates of the forests that hang at the same time have places for fewer calls, all
 * together, than there are workers. Then a request for another forest waits for a worker, because of
 * each of them, at most `patience_ms` more than it would without them, whatever the deadline of the
 * calls inside. The anchor's link has to say which forest is meant: without an anchor store every
 * forest is asked for every request, and one that cannot be asked fails it (at once, with a gate).
 */

#include <pwwb/clock.h>
#include <pwwb/error.h>

PWWB_BEGIN_DECLS

/** How a gate works. */
typedef struct pwwb_gate_options {
    size_t                size;        /**< sizeof(pwwb_gate_options) where compiled */
    int32_t               most;        /**< calls that are inside at once, 1 or more: see above */
    int32_t               reserved;    /**< 0 */
    int64_t               patience_ms; /**< how long to wait for a place; 0 = 2000 */
    int64_t               rest_ms;     /**< the longest rest after a call without an answer;
                                            0 = 5000 */
    const pwwb_clock_ops *clock;       /**< judges rest and doubt; NULL = the system's. Called by
                                            every thread that calls one of the directories */
    void                 *clock_ctx;   /**< given to clock; must outlive the gate */
    /* 0.1 ends here. */
} pwwb_gate_options;

/** A gate: counted, and shared by threads. */
typedef struct pwwb_gate pwwb_gate;

/**
 * Make a gate for one forest.
 *
 * @param options        copied
 * @param[out] ret_gate  owned by the caller, free with pwwb_gate_free(); NULL on failure
 * @param err            may be NULL
 * @retval PWWB_OK
 * @retval PWWB_E_INVALID_ARGUMENT  NULL, `most` below 1, a time below 0 or over a day
 * @retval PWWB_E_ABI               options are newer than this library
 * @retval PWWB_E_NO_MEMORY
 * @since                0.1
 */
PWWB_API PWWB_MUST_CHECK
pwwb_status pwwb_gate_new(const pwwb_gate_options *options, pwwb_gate **ret_gate, pwwb_error *err);

/**
 * Let go of a gate. Directories that have it keep it.
 *
 * @param gate  may be NULL
 * @threads     any
 * @since       0.1
 */
PWWB_API void pwwb_gate_free(pwwb_gate *gate);

PWWB_END_DECLS

#endif /* PWWB_GATE_H */
