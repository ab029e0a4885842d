/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PWWB_TRANSPORT_H
#define PWWB_TRANSPORT_H

/**
 * @file pwwb/transport.h
 * @brief Whole messages between portal and agent; and the relay that lives in this process.
 */

#include <pwwb/clock.h>
#include <pwwb/envelope.h>

PWWB_BEGIN_DECLS

/** What becomes of a received message. */
enum pwwb_settle {
    PWWB_SETTLE_ACCEPT  = 1, /**< done with it, or it can never be answered: remove it */
    PWWB_SETTLE_RELEASE = 2, /**< give it to somebody else, or to us again */
    PWWB_SETTLE_REJECT  = 3  /**< not a message of ours: set it aside */
};

/** One message on its way out. */
typedef struct pwwb_message {
    size_t         size;                        /**< sizeof(pwwb_message), set by the library */
    const uint8_t *data;                        /**< the sealed octets; borrowed for the call */
    size_t         len;                         /**< octets */
    uint8_t        id[PWWB_ID_SIZE];            /**< the request's id */
    int64_t        expires_ms;                  /**< remove it then; milliseconds since 1970 */
    char           to[PWWB_ADDRESS_SIZE];       /**< a reply address; "" = the agents;
                                                     PWWB_ADDRESS_PORTALS = any portal instance;
                                                     PWWB_ADDRESS_HEARTBEATS = each of them */
    char           reply_to[PWWB_ADDRESS_SIZE]; /**< where the reply goes; "" = none wanted */
    /* 0.1 ends here. */
} pwwb_message;

/** One message that came in. */
typedef struct pwwb_delivery {
    size_t   size;             /**< sizeof(pwwb_delivery), set by the library */
    size_t   len;              /**< octets in the buffer */
    uint64_t tag;              /**< names it to `settle` */
    uint8_t  id[PWWB_ID_SIZE]; /**< as sent; not authenticated */
    int32_t  is_redelivered;   /**< one of enum pwwb_answer: whether the relay gave it to somebody
                                    before; MAYBE where it does not tell. Not authenticated; one that
                                    was sent twice is two */
    int32_t  reserved;         /**< 0 */
    /* 0.1 ends here. */
} pwwb_delivery;

/**
 * What a transport can do. Fill a static const table, name the fields, set `size`:
 *
 *     static const pwwb_transport_ops my_ops = {
 *         .size = sizeof(pwwb_transport_ops), .send = my_send, .receive = my_receive, ...
 *     };
 *
 * Growing (all tables of this library): fields are only ever added at the end. A shorter table is
 * read as if the rest were NULL; a longer one is accepted while the part unknown here is all zero,
 * and refused with PWWB_E_ABI otherwise. The table is copied; it need not outlive the call.
 *
 * Being called (all tables): on the thread that called the library, with no lock held, never after
 * `destroy`. A callback may call the library, except with the handle it serves. What it answers is
 * not trusted: an unknown status becomes PWWB_E_CALLBACK, lengths are compared with buffers.
 */
typedef struct pwwb_transport_ops {
    /** sizeof(pwwb_transport_ops) where the caller was compiled. */
    size_t size;
    /**
     * Send one whole message; PWWB_OK once the relay has it. Required.
     * @param timeout_ms  0 = do not wait, -1 = no limit
     * @return            PWWB_OK; PWWB_E_FULL, PWWB_E_NO_AGENT, PWWB_E_NO_MEMORY, PWWB_E_CONNECT,
     *                    PWWB_E_AUTH, PWWB_E_TLS and its kind when the relay surely has not;
     *                    PWWB_E_TIMEOUT, PWWB_E_CLOSED when it may have, as any other
     */
    pwwb_status (*send)(void *ctx, const pwwb_message *message, int64_t timeout_ms,
                        pwwb_error *err);
    /**
     * Receive one whole message for this side. Required.
     * @param buf           `buf_size` octets to fill, at least PWWB_ENVELOPE_MAX
     * @param ret_delivery  its size set and is_redelivered MAYBE; fill len, tag, id, and
     *                      is_redelivered where it is known
     * @return              PWWB_OK, PWWB_E_TIMEOUT, PWWB_E_CLOSED, or another
     */
    pwwb_status (*receive)(void *ctx, uint8_t *buf, size_t buf_size, pwwb_delivery *ret_delivery,
                           int64_t timeout_ms, pwwb_error *err);
    /**
     * Say what becomes of a received message, once for each, also of one that was kept by `hold`.
     * Required. ACCEPT removes it for good. RELEASE puts it back: another agent gets it, or this one
     * again, behind those that wait where it can. REJECT sets it aside for people to look at, or removes
     * it where the relay has no such place; it is never given again. What is received and not settled
     * when the connection is lost must come again.
     * @param tag         as `receive` told it
     * @param verdict     one of enum pwwb_settle
     * @param timeout_ms  0 = do not wait, -1 = no limit; it may go out with the next call instead
     * @return            PWWB_OK; PWWB_E_NOT_FOUND when no unsettled message of this connection has that
     *                    tag; PWWB_E_CLOSED when the connection is lost; or another. After a failure the
     *                    agent goes on: the message comes again, and the journal answers it
     */
    pwwb_status (*settle)(void *ctx, uint64_t tag, int32_t verdict, int64_t timeout_ms,
                          pwwb_error *err);
    /** The address to which replies to this side go. Optional: then "" is used.
     *  Borrowed until `destroy`; at most PWWB_ADDRESS_SIZE - 1 octets. */
    const char *(*address)(void *ctx);
    /** Let go of `ctx`. Optional; called once, by pwwb_transport_free(). */
    void (*destroy)(void *ctx);
    /**
     * Whether an agent listens, as far as the relay tells. Optional; never waits.
     * It is nobody's word: it may lower what is thought of the agents, never raise it.
     * @param ret_agents  one of enum pwwb_answer
     * @return            PWWB_OK; or why the relay cannot be reached: PWWB_E_CONNECT, PWWB_E_AUTH,
     *                    PWWB_E_TLS and its kind, PWWB_E_CLOSED
     */
    pwwb_status (*presence)(void *ctx, int32_t *ret_agents, pwwb_error *err);
    /**
     * Keep a received message for a while: it is settled later, and others come meanwhile as if it
     * were settled. Optional; never waits. Without it a message that an agent cannot deal with now is
     * given back at once, and may hold up those behind it.
     * @param tag  as `receive` told it; `settle` ends it by the same one
     * @return  PWWB_OK; PWWB_E_NOT_FOUND; PWWB_E_FULL when no more can be kept; it stays as it was
     */
    pwwb_status (*hold)(void *ctx, uint64_t tag, pwwb_error *err);
    /* 0.1 ends here. */
} pwwb_transport_ops;

/** A transport. One thread at a time, unless its maker says more. */
typedef struct pwwb_transport pwwb_transport;

/** A relay in this process: one queue for the agents, one for orders, one for each portal, and one
 *  for the heartbeats of each instance. Any thread. */
typedef struct pwwb_relay pwwb_relay;

/** Whose end of a relay a transport is. */
enum pwwb_relay_end {
    PWWB_RELAY_AGENT   = 1, /**< takes requests and control messages; agents compete for them */
    PWWB_RELAY_PORTAL  = 2, /**< takes the replies to this portal instance */
    PWWB_RELAY_PORTALS = 3  /**< takes what is sent to PWWB_ADDRESS_PORTALS, for which instances
                                 compete, and a copy of each heartbeat of its own */
};

/** Faults a relay makes on command, to test what is built on it. */
enum pwwb_relay_fault_kind {
    PWWB_RELAY_DUPLICATE = 1, /**< the next messages are delivered twice */
    PWWB_RELAY_DROP      = 2, /**< the next messages vanish, though the sender is told PWWB_OK */
    PWWB_RELAY_FULL      = 3, /**< the next messages are refused with PWWB_E_FULL */
    PWWB_RELAY_EXPIRE    = 4, /**< the next messages expire at once and are removed */
    PWWB_RELAY_RESTART   = 5  /**< now: unsettled messages come again, connections are lost once */
};

/**
 * Take a transport of the host's.
 *
 * @param ops                 copied
 * @param ctx                 the host's; given back to `destroy` once this has succeeded
 * @param[out] ret_transport  owned by the caller, free with pwwb_transport_free(); NULL on failure
 * @param err                 may be NULL
 * @retval PWWB_OK
 * @retval PWWB_E_INVALID_ARGUMENT  NULL, or a required method is missing
 * @retval PWWB_E_ABI               the table is newer than this library
 * @retval PWWB_E_NO_MEMORY
 * @since                     0.1
 */
PWWB_API PWWB_MUST_CHECK
pwwb_status pwwb_transport_new(const pwwb_transport_ops *ops, void *ctx,
                               pwwb_transport **ret_transport, pwwb_error *err);

/**
 * Free a transport, after calling its `destroy`.
 *
 * @param transport  may be NULL
 * @since            0.1
 */
PWWB_API void pwwb_transport_free(pwwb_transport *transport);

/**
 * Make a relay in this process.
 *
 * @param capacity        messages it holds in all, 1 to 65536; more are refused as full
 * @param clock           copied; NULL = the system's
 * @param clock_ctx       given to the clock
 * @param[out] ret_relay  owned by the caller, free with pwwb_relay_free() after its transports; NULL on
 *                        failure
 * @param err             may be NULL
 * @retval PWWB_OK
 * @retval PWWB_E_INVALID_ARGUMENT
 * @retval PWWB_E_ABI               the clock's table is newer than this library
 * @retval PWWB_E_NO_MEMORY
 * @since                 0.1
 */
PWWB_API PWWB_MUST_CHECK
pwwb_status pwwb_relay_new(size_t capacity, const pwwb_clock_ops *clock, void *clock_ctx,
                           pwwb_relay **ret_relay, pwwb_error *err);

/**
 * Connect to a relay.
 *
 * @param relay               the relay; must outlive the transport
 * @param end                 one of enum pwwb_relay_end
 * @param[out] ret_transport  owned by the caller, free with pwwb_transport_free(); NULL on failure
 * @param err                 may be NULL
 * @retval PWWB_OK
 * @retval PWWB_E_INVALID_ARGUMENT
 * @retval PWWB_E_NO_MEMORY
 * @threads                   any; each transport serves one thread at a time
 * @since                     0.1
 */
PWWB_API PWWB_MUST_CHECK
pwwb_status pwwb_transport_new_relay(pwwb_relay *relay, int32_t end, pwwb_transport **ret_transport,
                               pwwb_error *err);

/**
 * Make a fault.
 *
 * @param relay  the relay
 * @param kind   one of enum pwwb_relay_fault_kind
 * @param count  how many messages it befalls; 0 ends it; ignored by RESTART
 * @param err    may be NULL
 * @retval PWWB_OK
 * @retval PWWB_E_INVALID_ARGUMENT
 * @threads      any
 * @since        0.1
 */
PWWB_API pwwb_status pwwb_relay_fault(pwwb_relay *relay, int32_t kind, uint32_t count,
                                      pwwb_error *err);

/**
 * Free a relay. Its transports must be freed before.
 *
 * @param relay  may be NULL
 * @since        0.1
 */
PWWB_API void pwwb_relay_free(pwwb_relay *relay);

PWWB_END_DECLS

#endif /* PWWB_TRANSPORT_H */
