/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PWWB_AUDIT_H
#define PWWB_AUDIT_H

/**
 * @file pwwb/audit.h
 * @brief What is told to the host's audit: one event for each operation, and one before what cannot be
 *        taken back. Never a secret, and no password's length. The names: docs/audit.md.
 */

#include <pwwb/anchor.h>

PWWB_BEGIN_DECLS

/** Which side tells. */
enum pwwb_audit_side {
    PWWB_AUDIT_PORTAL = 1, /**< a pwwb_portal */
    PWWB_AUDIT_AGENT  = 2  /**< a pwwb_writeback, an agent's too */
};

/** When. */
enum pwwb_audit_stage {
    PWWB_AUDIT_BEFORE = 1, /**< next the directory is asked to write; at a portal, the sealed request
                                is handed out */
    PWWB_AUDIT_AFTER  = 2  /**< what became of it: one for each request */
};

/** How it ended, where `stage` is AFTER. */
enum pwwb_audit_end {
    PWWB_AUDIT_ANSWERED  = 1, /**< an agent answered with `code` */
    PWWB_AUDIT_REPEATED  = 2, /**< agent: it came again; the first answer, from the journal */
    PWWB_AUDIT_PUT_OFF   = 3, /**< agent: given back for another agent or for later, `code` says why;
                                   no outcome. It comes again, here or elsewhere, or expires */
    PWWB_AUDIT_GIVEN_UP  = 4, /**< agent: dropped without an answer; an outcome, unknown, only where
                                   the directory may have been asked */
    PWWB_AUDIT_NOT_SENT  = 5, /**< portal: no agent can have it */
    PWWB_AUDIT_NO_ANSWER = 6  /**< portal: handed out, and no answer came in time */
};

/** One event. What is zero, but for numbers that say more, is not known or does not apply. */
typedef struct pwwb_audit_event {
    size_t      size;     /**< sizeof(pwwb_audit_event) where the filler was compiled */
    int64_t     time_ms;  /**< milliseconds since 1970, by the handle's clock */
    int32_t     side;     /**< one of enum pwwb_audit_side */
    int32_t     stage;    /**< one of enum pwwb_audit_stage */
    int32_t     end;      /**< one of enum pwwb_audit_end; 0 before */
    int32_t     code;     /**< one of enum pwwb_code; 0 before. A portal may get a newer one */
    int32_t     outcome;  /**< one of enum pwwb_outcome; 0 before, and where nothing is said */
    int32_t     findings; /**< how many go with the code */
    uint8_t     tenant[PWWB_ID_SIZE];   /**< the tenant's GUID */
    uint8_t     cti[PWWB_ID_SIZE];      /**< request id; zero where nothing was sealed */
    int32_t     operation;              /**< one of enum pwwb_operation (pwwb/envelope.h) */
    int32_t     origin;                 /**< one of enum pwwb_origin */
    int32_t     actor;                  /**< one of enum pwwb_actor */
    int32_t     user_type;              /**< one of enum pwwb_user_type */
    int32_t     must_change;            /**< one of enum pwwb_must_change */
    uint32_t    flags;                  /**< bits of enum pwwb_request_flag */
    uint8_t     actor_id[PWWB_ID_SIZE]; /**< GUID of who asks */
    pwwb_anchor anchor;                 /**< whose password */
    int32_t     reserved;               /**< 0 */
    uint8_t     guid[PWWB_ID_SIZE];     /**< agent: objectGUID, or entryUUID, that the anchor led to */
    int64_t     duration_ms;            /**< since the request was opened, or asked for; -1 not known */
    char        directory[PWWB_DIRECTORY_NAME_SIZE]; /**< agent: its name; "" = the only one */
    char        controller[260];        /**< the server that was used */
    /* 0.1 ends here. */
} pwwb_audit_event;

/**
 * Receives one event, on the thread that called the library, before that call returns: it is part of
 * what a person waits for. Handles in several threads that are given the same one call it at once.
 *
 * @param ctx    the host's
 * @param event  borrowed for the call
 * @return       PWWB_OK once the host has it. Anything else: before, and where the host requires its
 *               audit, the operation is refused as PWWB_CODE_AUDIT; after, nothing changes, and an agent
 *               counts it (PWWB_COUNT_UNAUDITED)
 */
typedef pwwb_status (*pwwb_audit_fn)(void *ctx, const pwwb_audit_event *event);

/** Room for any event's line with its NUL. */
#define PWWB_AUDIT_LINE_SIZE 4096

/**
 * An event as one line: a JSON object (RFC 8259) in UTF-8 without a newline, with the names of
 * docs/audit.md. What is not known is left out; what is no UTF-8 becomes U+FFFD.
 *
 * @param event         the event
 * @param[out] buf      NUL-terminated text; may be NULL when buf_size is 0
 * @param buf_size      octets; PWWB_AUDIT_LINE_SIZE is always enough
 * @param[out] ret_len  octets written or needed, without NUL
 * @param err           may be NULL
 * @retval PWWB_OK
 * @retval PWWB_E_INVALID_ARGUMENT  NULL, or an event without side or stage
 * @retval PWWB_E_ABI               the event is newer than this library
 * @retval PWWB_E_BUFFER_TOO_SMALL  the need stands in ret_len
 * @threads             any
 * @since               0.1
 * @source              RFC 8259; RFC 3339 (times)
 */
PWWB_API PWWB_MUST_CHECK
pwwb_status pwwb_audit_print(const pwwb_audit_event *event, char *buf, size_t buf_size,
                             size_t *ret_len, pwwb_error *err);

PWWB_END_DECLS

#endif /* PWWB_AUDIT_H */
