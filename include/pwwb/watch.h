/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PWWB_WATCH_H
#define PWWB_WATCH_H

/**
 * @file pwwb/watch.h
 * @brief Is the service up? What a portal instance knows of the agents, from their heartbeats.
 *
 * Every instance gets every heartbeat, and has one watch for all its threads. pwwb_portal_serve()
 * feeds it; a portal that has it asks it before anything is sealed. docs/protocol.md, *Readiness*, says
 * what an evil relay can make of it: it can make the state worse, not better.
 */

#include <pwwb/clock.h>
#include <pwwb/heartbeat.h>

PWWB_BEGIN_DECLS

/** How the service is. Of all that hold it is the first: the numbers go from worst to best. */
enum pwwb_readiness {
    PWWB_READY_NOT_CONFIGURED = 1, /**< the tenant has no active key: not enabled, or disabled */
    PWWB_READY_CLOCK_SKEW     = 2, /**< the clocks of an agent and of this portal differ too much:
                                          it refuses what it takes */
    PWWB_READY_UNREACHABLE    = 3, /**< the relay cannot be reached, or says that no agent listens;
                                          every agent stopped or fell silent; none was heard for
                                          `stale_s`; or no agent reaches any directory */
    PWWB_READY_UNKNOWN        = 4, /**< no agent was heard yet: this watch is young */
    PWWB_READY_DEGRADED       = 5, /**< an agent does not reach all of its directories */
    PWWB_READY_OUTDATED       = 6, /**< up, but an agent's library is older than `version_least` */
    PWWB_READY_UP             = 7  /**< up */
};

/** The most agents a watch knows. */
#define PWWB_WATCH_AGENTS 64

/** How a watch works. Everything is copied; zero what is not wanted. */
typedef struct pwwb_watch_options {
    size_t                size;          /**< sizeof(pwwb_watch_options) where compiled */
    const pwwb_clock_ops *clock;         /**< NULL = the system's; called by every thread */
    void                 *clock_ctx;     /**< given to clock; must outlive the watch */
    pwwb_keyring         *keyring;       /**< to open heartbeats with where none is given; either half,
                                              a reference is taken. NULL = none */
    int32_t               stale_s;       /**< an agent not heard for longer has fallen silent, 60 to
                                              86400; 0 = 660 */
    int32_t               skew_s;        /**< by which clocks may differ, 1 to 3600; 0 = 120 */
    int32_t               version_least; /**< of an agent that is current; 0 = this library's */
    int32_t               reserved;      /**< 0 */
    /* 0.1 ends here. */
} pwwb_watch_options;

/** What is known. Counts and rules are of agents that are alive: heard in time, not stopped, and of a
 *  right clock. */
typedef struct pwwb_watch_info {
    size_t   size;           /**< sizeof(pwwb_watch_info) where compiled */
    int32_t  state;          /**< one of enum pwwb_readiness */
    int32_t  code;           /**< one of enum pwwb_code, for its texts, but PWWB_CODE_OK when nothing
                                  speaks against trying, UNKNOWN included */
    int32_t  agents;         /**< alive */
    int32_t  agents_up;      /**< of them, those that reach a directory */
    int32_t  agents_stopped; /**< said that they stop, and were not heard since */
    int32_t  agents_silent;  /**< known, not stopped, and not heard in time */
    int32_t  agents_skewed;  /**< heard, by a wrong clock */
    int32_t  version;        /**< of the oldest library of them; 0 = none alive */
    int32_t  directories;    /**< of the agent that reaches the fewest of its own */
    int32_t  directories_up; /**< those that it reaches */
    int64_t  heard_ms;       /**< when the last heartbeat came, by this clock, since 1970; 0 = never */
    int64_t  skew_ms;        /**< an agent's clock less this one, by its last heartbeat: of all that are
                                  heard, the farthest from 0; its way here included */
    int64_t  key_age_s;      /**< of the oldest active key that they tell; -1 = none alive */
    uint64_t counters[PWWB_HEARTBEAT_COUNTERS]; /**< their sums, by enum pwwb_agent_counter */
    int32_t  min_length;     /**< the weakest rules that may hold for anybody, each as in
                                  pwwb_heartbeat: a stricter one may apply to a user */
    int32_t  complexity;     /**< one of enum pwwb_answer */
    int32_t  history_length; /**< -1 = not known */
    int32_t  rules_source;   /**< one of enum pwwb_policy_source */
    int64_t  min_age_s;      /**< -1 = not known */
    int64_t  max_age_s;      /**< 0 = never expires; -1 = not known */
    /* 0.1 ends here. */
} pwwb_watch_info;

/** How one agent is, to this watch. */
enum pwwb_watched_state {
    PWWB_WATCHED_ALIVE   = 1, /**< heard in time, not stopped, of a right clock */
    PWWB_WATCHED_STOPPED = 2, /**< said that it stops */
    PWWB_WATCHED_SILENT  = 3, /**< not heard in time */
    PWWB_WATCHED_SKEWED  = 4  /**< heard, by a wrong clock */
};

/** A watch. Any thread, several at once. */
typedef struct pwwb_watch pwwb_watch;

/**
 * Make a watch.
 *
 * @param options         copied; NULL = defaults
 * @param[out] ret_watch  owned by the caller, free with pwwb_watch_free(); NULL on failure
 * @param err             may be NULL
 * @retval PWWB_OK
 * @retval PWWB_E_INVALID_ARGUMENT
 * @retval PWWB_E_ABI               options are newer than this library
 * @retval PWWB_E_NO_MEMORY
 * @since                 0.1
 */
PWWB_API PWWB_MUST_CHECK
pwwb_status pwwb_watch_new(const pwwb_watch_options *options, pwwb_watch **ret_watch,
                           pwwb_error *err);

/**
 * Free a watch, after all that were given it.
 *
 * @param watch  may be NULL
 * @since        0.1
 */
PWWB_API void pwwb_watch_free(pwwb_watch *watch);

/**
 * Take what may be a heartbeat. Only news of an agent counts; an authentic one whose time is wrong
 * counts as a sign of a wrong clock. pwwb_portal_serve() does this for a host.
 *
 * @param watch       the watch
 * @param keyring     to open it with, as it is now; NULL = the options'
 * @param sealed      octets from the transport
 * @param sealed_len  octets
 * @param err         may be NULL
 * @retval PWWB_OK           it is news
 * @retval PWWB_E_EXPIRED    authentic and not known, and too old
 * @retval PWWB_E_NOT_YET    authentic and not known, and of the future
 * @retval PWWB_E_REPLAYED   not newer than the last one of its agent
 * @retval PWWB_E_FULL       PWWB_WATCH_AGENTS others are known
 * @retval "others"          as pwwb_heartbeat_open()
 * @threads           any
 * @since             0.1
 */
PWWB_API
pwwb_status pwwb_watch_take(pwwb_watch *watch, const pwwb_keyring *keyring, const uint8_t *sealed,
                            size_t sealed_len, pwwb_error *err);

/**
 * Tell a watch what a transport's `presence` answers. It is nobody's word, so it may only lower the
 * state: until it is told better, or for `stale_s`. pwwb_portal_serve() does this for a host.
 *
 * @param watch   may be NULL
 * @param status  PWWB_OK, or why the relay cannot be reached
 * @param agents  one of enum pwwb_answer: does an agent listen?
 * @threads       any
 * @since         0.1
 */
PWWB_API void pwwb_watch_presence(pwwb_watch *watch, pwwb_status status, int32_t agents);

/**
 * How the service is now.
 *
 * @param watch          the watch
 * @param[out] ret_info  its size set by the caller
 * @param err            may be NULL
 * @retval PWWB_OK
 * @retval PWWB_E_INVALID_ARGUMENT
 * @retval PWWB_E_ABI
 * @threads              any
 * @since                0.1
 */
PWWB_API
pwwb_status pwwb_watch_describe(pwwb_watch *watch, pwwb_watch_info *ret_info, pwwb_error *err);

/**
 * One of the agents that are known, for whoever shows them. Places change when agents come and go, so
 * that a list may lack one or have it twice; agent_id tells.
 *
 * @param watch           the watch
 * @param index           from 0
 * @param[out] ret_last   its last heartbeat, its size set by the caller
 * @param[out] ret_state  one of enum pwwb_watched_state
 * @param[out] ret_age_s  how old its last word is, seconds
 * @param err             may be NULL
 * @retval PWWB_OK
 * @retval PWWB_E_INVALID_ARGUMENT
 * @retval PWWB_E_NOT_FOUND  no more of them
 * @retval PWWB_E_ABI
 * @threads               any
 * @since                 0.1
 */
PWWB_API
pwwb_status pwwb_watch_describe_agent(pwwb_watch *watch, size_t index, pwwb_heartbeat *ret_last,
                             int32_t *ret_state, int64_t *ret_age_s, pwwb_error *err);

PWWB_END_DECLS

#endif /* PWWB_WATCH_H */
