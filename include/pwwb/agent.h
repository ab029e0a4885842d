/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PWWB_AGENT_H
#define PWWB_AGENT_H

/**
 * @file pwwb/agent.h
 * @brief The on-premises loop: receive a request, write it back, send the reply, settle.
 */

#include <pwwb/exchange.h>
#include <pwwb/log.h>
#include <pwwb/transport.h>
#include <pwwb/writeback.h>

PWWB_BEGIN_DECLS

/** What an agent counts. */
enum pwwb_agent_counter {
    PWWB_COUNT_RECEIVED = 1, /**< messages taken from the transport */
    PWWB_COUNT_UNOPENED = 2, /**< of them, could not be opened: no reply was given */
    PWWB_COUNT_SET      = 3, /**< passwords set, warnings included */
    PWWB_COUNT_NOT_SET  = 4, /**< refused */
    PWWB_COUNT_UNKNOWN  = 5, /**< outcome unknown */
    PWWB_COUNT_REPEATED = 6, /**< answered from the journal */
    PWWB_COUNT_RELEASED = 7, /**< given back for another agent, or for later */
    PWWB_COUNT_GIVEN_UP = 8, /**< of those, rejected once nobody could answer them any more; not
                                  in heartbeats */
    PWWB_COUNT_UNAUDITED = 9 /**< events that the host's audit did not take; not in heartbeats */
};

/** An agent. One thread at a time, but for pwwb_agent_stop(). */
typedef struct pwwb_agent pwwb_agent;

/**
 * What an agent works with. Handles are borrowed and must outlive it.
 *
 * Heartbeats: one when it begins and a key is active, one every `heartbeat_s`, one within ten seconds
 * when another number of directories answers, and a last one when pwwb_agent_stop() is noticed. A
 * directory is up when it answered last. Before a heartbeat, within the half minute while it is not up,
 * and at once when a request failed there, it is asked: for the summary of its rules, or for an account
 * that is nobody's. Requests wait for that no longer than 3 s at a time.
 *
 * Several workers are several agents in one process, each on a thread of its own. One is the lead: it is
 * made first, with an `agent_id`, and freed last; the others name it as their `lead`. In heartbeats they
 * are one agent: their counters are added up, and a directory that several of them added by the same name
 * is one. Any of them may ask a directory or send a heartbeat, but one that cannot reach the relay leaves that to
 * the others; the one that stops last says so.
 */
typedef struct pwwb_agent_options {
    size_t                        size;       /**< sizeof(pwwb_agent_options) where compiled */
    pwwb_keyring                 *keyring;    /**< the agent half; a reference is taken. NULL with
                                                   an exchange: its store's */
    pwwb_transport               *transport;  /**< where requests come from */
    pwwb_journal                 *journal;    /**< what was done already */
    pwwb_anchors                 *anchors;    /**< NULL = look up in the directories themselves */
    const pwwb_writeback_options *writeback;  /**< copied; NULL = defaults */
    int64_t                       timeout_ms; /**< for one request; 0 = 30000 */
    pwwb_exchange                *exchange;   /**< the agents' side, whose keys then are followed:
                                                   what is due is done each second, orders are sent,
                                                   answers taken. NULL = the keys do not change */
    uint8_t                       agent_id[PWWB_ID_SIZE]; /**< names this process in heartbeats: the
                                                   same after a restart, and no other process has
                                                   it. Any 16 octets; pwwb_guid_parse() reads them
                                                   from text. All zero = it sends none. See above */
    int32_t                       heartbeat_s; /**< between two, 1 to 300; 0 = 300 */
    int32_t                       reserved;    /**< 0 */
    pwwb_agent                   *lead;        /**< with several workers: the agent whose heartbeats
                                                   speak for this one, too; see above. It must
                                                   outlive this one and have no lead itself; agent_id
                                                   and heartbeat_s of this one are 0. NULL = none */
    /* 0.1 ends here. */
} pwwb_agent_options;

/**
 * Make an agent.
 *
 * @param options         copied; its handles are borrowed
 * @param[out] ret_agent  owned by the caller, free with pwwb_agent_free(); NULL on failure
 * @param err             may be NULL
 * @retval PWWB_OK
 * @retval PWWB_E_INVALID_ARGUMENT  a handle is missing, or one too many
 * @retval "others"                 the exchange's key store cannot be loaded
 * @retval PWWB_E_KEY_HALF          a portal half
 * @retval PWWB_E_ABI               options are newer than this library
 * @retval PWWB_E_NO_MEMORY
 * @since                 0.1
 */
PWWB_API PWWB_MUST_CHECK
pwwb_status pwwb_agent_new(const pwwb_agent_options *options, pwwb_agent **ret_agent,
                           pwwb_error *err);

/**
 * Free an agent; not what it borrowed.
 *
 * @param agent  may be NULL
 * @since        0.1
 */
PWWB_API void pwwb_agent_free(pwwb_agent *agent);

/**
 * Let the agent write to one more directory, at most 32. With several see pwwb/gate.h.
 *
 * @param agent      the agent
 * @param name       as anchor stores name it; copied; "" = the only one
 * @param directory  borrowed; must outlive the agent
 * @param err        may be NULL
 * @retval PWWB_OK
 * @retval PWWB_E_INVALID_ARGUMENT  NULL, a name too long, or one that is there
 * @retval PWWB_E_FULL              32 directories are there, or with those of its lead
 * @since            0.1
 */
PWWB_API PWWB_MUST_CHECK
pwwb_status pwwb_agent_add_directory(pwwb_agent *agent, const char *name,
                                     pwwb_directory *directory, pwwb_error *err);

/**
 * Listen to what the agent says. Silence is the default.
 *
 * @param agent  the agent
 * @param log    NULL = silence
 * @param ctx    given to log
 * @since        0.1
 */
PWWB_API void pwwb_agent_set_log(pwwb_agent *agent, pwwb_log_fn log, void *ctx);

/**
 * Wait for one message and deal with it.
 *
 * @param agent       the agent
 * @param timeout_ms  how long to wait for a message; dealing with it has its own limit
 * @param err         may be NULL
 * @retval PWWB_OK         one message was dealt with, well or not
 * @retval PWWB_E_TIMEOUT  none came
 * @retval PWWB_E_STOPPED  pwwb_agent_stop() was called
 * @retval PWWB_E_CLOSED   the transport is gone; so do CONNECT, CALLBACK
 * @since             0.1
 */
PWWB_API PWWB_MUST_CHECK
pwwb_status pwwb_agent_step(pwwb_agent *agent, int64_t timeout_ms, pwwb_error *err);

/**
 * Deal with messages until pwwb_agent_stop(). The request at hand is finished first.
 *
 * @param agent  the agent
 * @param err    may be NULL
 * @retval PWWB_OK         stopped
 * @retval PWWB_E_CLOSED   the transport is gone; so do CONNECT, CALLBACK
 * @since        0.1
 */
PWWB_API PWWB_MUST_CHECK
pwwb_status pwwb_agent_run(pwwb_agent *agent, pwwb_error *err);

/**
 * Ask the agent to stop, for good, within a quarter of a second or after the request at hand. It does not
 * wait for that: join the thread that runs the agent before pwwb_agent_free().
 *
 * @param agent  may be NULL
 * @threads      any, also from a signal handler
 * @since        0.1
 */
PWWB_API void pwwb_agent_stop(pwwb_agent *agent);

/**
 * How often something happened.
 *
 * @param agent    the agent
 * @param counter  one of enum pwwb_agent_counter
 * @return         a count since pwwb_agent_new(); 0 for a counter that is not known
 * @since          0.1
 */
PWWB_API uint64_t pwwb_agent_count(const pwwb_agent *agent, int32_t counter);

/**
 * Whether a directory answered when it was last asked, as heartbeats tell it.
 *
 * @param agent      the agent, or any that has the same lead
 * @param directory  the name that it was added by
 * @return           one of enum pwwb_answer: MAYBE while it was not asked yet, and in an agent that sends
 *                   no heartbeats
 * @threads          any, while the agent lives
 * @since            0.1
 */
PWWB_API int32_t pwwb_agent_is_up(const pwwb_agent *agent, const char *directory);

PWWB_END_DECLS

#endif /* PWWB_AGENT_H */
