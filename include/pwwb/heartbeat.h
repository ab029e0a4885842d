/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PWWB_HEARTBEAT_H
#define PWWB_HEARTBEAT_H

/**
 * @file pwwb/heartbeat.h
 * @brief An agent's sign of life, sealed under the active tenant key, and whether it is news.
 */

#include <pwwb/envelope.h>

PWWB_BEGIN_DECLS

/** How an agent feels. */
enum pwwb_health {
    PWWB_HEALTH_UP       = 1, /**< every directory answers */
    PWWB_HEALTH_DEGRADED = 2, /**< some do not */
    PWWB_HEALTH_DOWN     = 3, /**< none does */
    PWWB_HEALTH_STOPPING = 4  /**< the last heartbeat of this process */
};

/** The most counters of a heartbeat. */
#define PWWB_HEARTBEAT_COUNTERS 8
/** A heartbeat that is older is not news, seconds; beside the clocks' difference. */
#define PWWB_HEARTBEAT_LIFE_S 600

/** The content of a heartbeat. */
typedef struct pwwb_heartbeat {
    size_t   size;                   /**< sizeof(pwwb_heartbeat) where compiled */
    uint8_t  agent_id[PWWB_ID_SIZE]; /**< which agent; the host's choice, not zero */
    uint8_t  boot_id[PWWB_ID_SIZE];  /**< drawn when the process starts, not zero */
    uint64_t sequence;               /**< 1, 2, ... within the boot */
    int64_t  time_ms;                /**< by the agent's clock, milliseconds since 1970 */
    int32_t  health;                 /**< one of enum pwwb_health */
    int32_t  reserved;               /**< 0 */
    int64_t  key_age_s;              /**< of the active epoch, seconds; set by sealing */
    uint64_t counters[PWWB_HEARTBEAT_COUNTERS]; /**< by enum pwwb_agent_counter; [0] is 0 */
    int32_t  min_length;             /**< of the weakest rules; -1 = not known */
    int32_t  complexity;             /**< one of enum pwwb_answer */
    int32_t  history_length;         /**< passwords remembered; -1 = not known */
    int32_t  rules_source;           /**< where they come from, one of enum pwwb_policy_source:
                                          PWWB_POLICY_PPOLICY counts min_length in octets */
    int64_t  min_age_s;              /**< seconds; -1 = not known */
    int64_t  max_age_s;              /**< seconds; 0 = never expires; -1 = not known */
    int32_t  version;                /**< of the agent's library: pwwb_version_number() */
    int32_t  directories;            /**< that it writes to */
    int32_t  directories_up;         /**< of them, those that answer */
    int32_t  reserved2;              /**< 0 */
    /* 0.1 ends here. */
} pwwb_heartbeat;

/**
 * Seal a heartbeat under the active epoch.
 *
 * @param keyring       either half
 * @param heartbeat     all but key_age_s; a stricter rule than the domain's may apply to a user
 * @param[out] buf      sealed octets; may be NULL when buf_size is 0
 * @param buf_size      octets; PWWB_ENVELOPE_MAX is always enough
 * @param[out] ret_len  octets written, or needed
 * @param err           may be NULL
 * @retval PWWB_OK
 * @retval PWWB_E_INVALID_ARGUMENT  NULL, or a field out of range
 * @retval PWWB_E_ABI
 * @retval PWWB_E_KEY_INACTIVE      no key is active
 * @retval PWWB_E_BUFFER_TOO_SMALL  the need stands in ret_len
 * @threads             any
 * @since               0.1
 */
PWWB_API PWWB_MUST_CHECK
pwwb_status pwwb_heartbeat_seal(const pwwb_keyring *keyring, const pwwb_heartbeat *heartbeat,
                                uint8_t *buf, size_t buf_size, size_t *ret_len, pwwb_error *err);

/**
 * Open a heartbeat, and judge whether it is news of its agent. Only then it is given.
 *
 * Newer is: of the same boot, a greater sequence; of another boot, a later time. The caller keeps
 * the last one of each agent.
 *
 * @param keyring             either half
 * @param sealed              octets from the transport
 * @param sealed_len          octets
 * @param last                the last one of each agent so far, their sizes set; may be NULL
 * @param last_count          how many
 * @param now_s               seconds since 1970
 * @param skew_s              seconds by which clocks may differ
 * @param[out] ret_heartbeat  its size set by the caller
 * @param err                 may be NULL
 * @retval PWWB_OK
 * @retval PWWB_E_INVALID_ARGUMENT
 * @retval PWWB_E_ABI
 * @retval PWWB_E_TOO_LARGE       over PWWB_ENVELOPE_MAX
 * @retval PWWB_E_MALFORMED       not the profile of docs/protocol.md
 * @retval PWWB_E_KEY_UNKNOWN     a key that is not in the keyring
 * @retval PWWB_E_NOT_AUTHENTIC   changed octets
 * @retval PWWB_E_EXPIRED         older than PWWB_HEARTBEAT_LIFE_S and skew_s
 * @retval PWWB_E_NOT_YET         of the future, beyond skew_s
 * @retval PWWB_E_REPLAYED        not newer than the last one of its agent
 * @threads                   any
 * @since                     0.1
 */
PWWB_API PWWB_MUST_CHECK
pwwb_status pwwb_heartbeat_open(const pwwb_keyring *keyring, const uint8_t *sealed,
                                size_t sealed_len, const pwwb_heartbeat *last, size_t last_count,
                                int64_t now_s, int64_t skew_s, pwwb_heartbeat *ret_heartbeat,
                                pwwb_error *err);

PWWB_END_DECLS

#endif /* PWWB_HEARTBEAT_H */
