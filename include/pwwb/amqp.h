/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PWWB_AMQP_H
#define PWWB_AMQP_H

/**
 * @file pwwb/amqp.h
 * @brief Companion libpwwb-amqp: the relay between machines, an AMQP 1.0 broker.
 *
 * Two forms of one thing. A transport that blocks: pwwb_transport_new_amqp(). Or a connection for a
 * host that has an event loop: ask pwwb_amqp_interest() what to wait for, wait, call
 * pwwb_amqp_service(), take what is there; and ask again after every call.
 *
 * A connection that is lost, or cannot be made, is tried again by itself: after 0.1 s, then twice as
 * long each time, up to `longest_ms`. It begins anew only after one that was useful for 5 s. Where
 * trying again soon cannot help (wrong password, no right, a certificate that is not to be trusted)
 * it waits for the longest time at once.
 *
 * What a broker says of a message is a hint: one that "accepted" it may have dropped it since. Only a
 * reply that opens is an answer.
 *
 * A broker is a stranger: each of its frames and messages is judged here before Qpid Proton, which
 * does the rest of AMQP, sees it. Memory that runs out within Qpid Proton ends the process, as it
 * does in every program that uses that library; everywhere else it is survived. Nothing is printed,
 * whatever PN_TRACE_FRM and its like in the environment say.
 */

#include <pwwb/stream.h>
#include <pwwb/transport.h>

PWWB_BEGIN_DECLS

/** Octets of the relay credential's secret, at most. */
#define PWWB_AMQP_SECRET_MAX 256

/** Messages that one connection receives and has not settled, at most; and sent ones whose outcome
 *  is not known or not taken. */
#define PWWB_AMQP_CREDIT_MAX 256

/** How to reach the broker, and what its queues are called. Strings, octets and tables are copied;
 *  what is not wanted is zero. The defaults are those of docs/relay.md for RabbitMQ. */
typedef struct pwwb_amqp_options {
    size_t      size;         /**< sizeof(pwwb_amqp_options) where the caller was compiled */
    int32_t     end;          /**< one of enum pwwb_relay_end */
    int32_t     credit;       /**< messages held unsettled at once, one per free worker, at most
                                   PWWB_AMQP_CREDIT_MAX; 0 = 1, or 8 of a portal's replies. An
                                   agent that answers has a worker free soon: one more may come */
    const char *host;         /**< the broker's name or address; it is said to the broker too. NULL
                                   is only allowed with `open` */
    int32_t     port;         /**< 0 = 5671, or 443 with a WebSocket */
    int32_t     is_websocket; /**< 1 = AMQP inside a WebSocket */
    const char *path;         /**< the WebSocket's; NULL = "/" */
    const char *proxy_host;   /**< an HTTP proxy that understands CONNECT; NULL = none */
    int32_t     proxy_port;   /**< 1 to 65535 */
    int32_t     reserved;     /**< 0 */
    const char *proxy_user;   /**< for the proxy's basic authentication; NULL = none */
    const char *proxy_secret; /**< its password */
    const pwwb_tls_options *tls; /**< required but with `open`; its name NULL = `host` */
    const char    *user;       /**< for SASL PLAIN; a Service Bus rule's name. At most 255 octets */
    const uint8_t *secret;     /**< its password, or the rule's key; kept in locked memory */
    size_t         secret_len; /**< octets, 1 to PWWB_AMQP_SECRET_MAX, none of them 0 */
    const char    *requests;   /**< the queue of requests; NULL = an agent's "/amq/queue/pwwb.req", a
                                    portal's "/exchange/pwwb.requests" */
    const char    *portals;    /**< the queue of orders; NULL = "/amq/queue/pwwb.portals" */
    const char    *heartbeats_to;   /**< NULL = "/exchange/pwwb.heartbeats" */
    const char    *heartbeats_from; /**< NULL = "/exchange/pwwb.heartbeats/" */
    const char    *replies;    /**< stands before a portal's name; NULL = "/queue/pwwb.rsp." */
    const char    *name;       /**< this portal's, 1 to 64 of letters, digits, "-" and "_"; NULL =
                                    128 random bits */
    int64_t        connect_ms; /**< over resolve, connect, TLS, SASL and the attach of every link; 0
                                    = 10000 */
    int64_t        idle_ms;    /**< silence after which the broker is given up; 0 = 20000 */
    int64_t        longest_ms; /**< between two tries, at most; 0 = 60000 */
    /** The host's own way to a stream, TLS and all. Optional: in place of host, proxy and WebSocket.
     *  It should not wait; a stream that is not connected yet answers PWWB_E_TIMEOUT to its first
     *  reads and writes. The stream must have `interest`. The password goes through it.
     *  @param timeout_ms       the most that it may wait
     *  @param[out] ret_stream  given to the library on PWWB_OK */
    pwwb_status (*open)(void *ctx, int64_t timeout_ms, pwwb_stream **ret_stream, pwwb_error *err);
    void                 *open_ctx;  /**< given to `open` */
    const pwwb_clock_ops *clock;     /**< NULL = the system's. The blocking form waits by the
                                          system's in any case */
    void                 *clock_ctx; /**< given to the clock */
    /* 0.1 ends here. */
} pwwb_amqp_options;

/** Where a connection stands. */
enum pwwb_amqp_phase {
    PWWB_AMQP_WAITING    = 1, /**< until the next try */
    PWWB_AMQP_CONNECTING = 2, /**< up to the attach of every link */
    PWWB_AMQP_READY      = 3  /**< attached */
};

/** What is known of a connection. */
typedef struct pwwb_amqp_info {
    size_t      size;        /**< sizeof(pwwb_amqp_info), set by the caller */
    int32_t     phase;       /**< one of enum pwwb_amqp_phase */
    pwwb_status last;        /**< why the last connection ended or was not made: PWWB_E_AUTH, one of
                                  PWWB_E_TLS*, PWWB_E_CONNECT, PWWB_E_CLOSED, PWWB_E_NO_AGENT (no such
                                  queue), ...; PWWB_OK as long as none has */
    int64_t     next_try_ms; /**< from now; -1 = not waiting */
    uint64_t    connects;    /**< connections that became ready */
    uint64_t    octets_in;   /**< octets of AMQP, over all connections */
    uint64_t    octets_out;  /**< the same, sent */
    /* 0.1 ends here. */
} pwwb_amqp_info;

/** A connection to a broker. One thread at a time, but for pwwb_amqp_wake(). */
typedef struct pwwb_amqp pwwb_amqp;

/**
 * Make a connection's handle. It connects by pwwb_amqp_service().
 *
 * An end PWWB_RELAY_AGENT receives from `requests`, and sends to portals by name, to `portals` and
 * to `heartbeats_to`. PWWB_RELAY_PORTAL receives from `replies` with its name behind it;
 * PWWB_RELAY_PORTALS from `portals` and `heartbeats_from`. Both send to `requests`.
 *
 * SASL is PLAIN alone, and its octets never reach Qpid Proton: they go from locked memory into the
 * stream, which is TLS unless the host brings its own.
 *
 * @param options        borrowed for the call
 * @param[out] ret_amqp  owned by the caller, free with pwwb_amqp_free(); NULL on failure
 * @param err            may be NULL
 * @retval PWWB_OK
 * @retval PWWB_E_INVALID_ARGUMENT  something is missing or out of range
 * @retval PWWB_E_ABI               options, TLS options or clock are newer than this library
 * @retval PWWB_E_NOT_SUPPORTED     a WebSocket, and this build has none
 * @retval PWWB_E_SYSTEM            no descriptor is left
 * @retval PWWB_E_NO_MEMORY
 * @since                0.1
 */
PWWB_API PWWB_MUST_CHECK
pwwb_status pwwb_amqp_new(const pwwb_amqp_options *options, pwwb_amqp **ret_amqp, pwwb_error *err);

/**
 * Close the connection and free it. What is not settled goes back to its queue.
 *
 * @param amqp  may be NULL
 * @since       0.1
 */
PWWB_API void pwwb_amqp_free(pwwb_amqp *amqp);

/**
 * What to wait for: any of these descriptors, or the time. To be asked after every other call, for
 * descriptors change.
 *
 * @param amqp                 the connection
 * @param[out] list            `list_size` of them; two are always enough. The first is the one that
 *                             pwwb_amqp_wake() makes readable
 * @param list_size            elements
 * @param[out] ret_count       elements filled, or needed
 * @param[out] ret_timeout_ms  from now; 0 = call pwwb_amqp_service() at once; -1 = no limit
 * @param err                  may be NULL
 * @retval PWWB_OK
 * @retval PWWB_E_INVALID_ARGUMENT
 * @retval PWWB_E_BUFFER_TOO_SMALL  the need stands in ret_count
 * @since                      0.1
 */
PWWB_API pwwb_status pwwb_amqp_interest(pwwb_amqp *amqp, pwwb_interest *list, size_t list_size,
                                        size_t *ret_count, int64_t *ret_timeout_ms,
                                        pwwb_error *err);

/**
 * Do what can be done without waiting: connect, read, write, notice what is late.
 *
 * The one thing that may wait is the system's resolver, when the host or proxy is a name.
 *
 * @param amqp  the connection
 * @param err   may be NULL
 * @retval PWWB_OK                  also while there is no connection: see pwwb_amqp_describe()
 * @retval PWWB_E_INVALID_ARGUMENT
 * @since       0.1
 */
PWWB_API pwwb_status pwwb_amqp_service(pwwb_amqp *amqp, pwwb_error *err);

/**
 * Make the first descriptor of pwwb_amqp_interest() readable, until the next service.
 *
 * @param amqp  the connection; NULL is ignored
 * @threads     any, and signal handlers
 * @since       0.1
 */
PWWB_API void pwwb_amqp_wake(pwwb_amqp *amqp);

/**
 * Begin to send one message. It goes out by pwwb_amqp_service().
 *
 * It carries a time to live, counted from now to expires_ms, at least 1 ms.
 *
 * @param amqp             the connection
 * @param message          copied. `to` is "", PWWB_ADDRESS_PORTALS, PWWB_ADDRESS_HEARTBEATS or a
 *                         portal's name
 * @param[out] ret_ticket  names it to pwwb_amqp_sent(), which tells exactly one outcome; 0 on failure
 * @param err              may be NULL
 * @retval PWWB_OK
 * @retval PWWB_E_INVALID_ARGUMENT  no octets, or `to` or `reply_to` is no such name
 * @retval PWWB_E_TOO_LARGE         over PWWB_ENVELOPE_MAX
 * @retval PWWB_E_CONNECT           not ready: it is surely not sent
 * @retval PWWB_E_FULL              too many are on their way: it is surely not sent
 * @retval PWWB_E_NO_MEMORY
 * @since                  0.1
 */
PWWB_API PWWB_MUST_CHECK
pwwb_status pwwb_amqp_send(pwwb_amqp *amqp, const pwwb_message *message, uint64_t *ret_ticket,
                           pwwb_error *err);

/**
 * What became of one message that was sent, the one whose outcome has been known longest.
 *
 * @param amqp             the connection
 * @param[out] ret_ticket  as pwwb_amqp_send() gave it; 0 when there is none
 * @param[out] ret_status  PWWB_OK: the broker has accepted it. PWWB_E_FULL, PWWB_E_NO_AGENT,
 *                         PWWB_E_AUTH, PWWB_E_CONNECT: it surely is not on its way. PWWB_E_CLOSED
 *                         (the connection was lost first), PWWB_E_TIMEOUT (its time was over first,
 *                         and connect_ms since it was sent): it may be
 * @param err              may be NULL
 * @retval PWWB_OK
 * @retval PWWB_E_INVALID_ARGUMENT
 * @retval PWWB_E_TIMEOUT           nothing new is known
 * @since                  0.1
 */
PWWB_API PWWB_MUST_CHECK
pwwb_status pwwb_amqp_sent(pwwb_amqp *amqp, uint64_t *ret_ticket, pwwb_status *ret_status,
                           pwwb_error *err);

/**
 * Take one message that came in. It must be settled, or holds a place of `credit`.
 *
 * A message that is none of ours in form (over PWWB_ENVELOPE_MAX, or not one section of data) was
 * rejected by the library. One whose time is over is given: the seal decides.
 *
 * @param amqp               the connection
 * @param[out] buf           filled with `len` octets
 * @param buf_size           octets, at least PWWB_ENVELOPE_MAX
 * @param[out] ret_delivery  its size set by the caller
 * @param err                may be NULL
 * @retval PWWB_OK
 * @retval PWWB_E_INVALID_ARGUMENT
 * @retval PWWB_E_ABI               ret_delivery is no such struct
 * @retval PWWB_E_TIMEOUT           none is there
 * @since                    0.1
 */
PWWB_API PWWB_MUST_CHECK
pwwb_status pwwb_amqp_receive(pwwb_amqp *amqp, uint8_t *buf, size_t buf_size,
                              pwwb_delivery *ret_delivery, pwwb_error *err);

/**
 * Say what becomes of a message that was taken. It goes out by pwwb_amqp_service().
 *
 * @param amqp     the connection
 * @param tag      the delivery's
 * @param verdict  one of enum pwwb_settle
 * @param err      may be NULL
 * @retval PWWB_OK
 * @retval PWWB_E_INVALID_ARGUMENT
 * @retval PWWB_E_NOT_FOUND         settled already, or of a connection that was lost: it comes again
 * @since          0.1
 */
PWWB_API pwwb_status pwwb_amqp_settle(pwwb_amqp *amqp, uint64_t tag, int32_t verdict,
                                      pwwb_error *err);

/**
 * Keep a message that was taken, to settle it later: another takes its place of `credit`.
 *
 * @param amqp  the connection
 * @param tag   the delivery's
 * @param err   may be NULL
 * @retval PWWB_OK
 * @retval PWWB_E_INVALID_ARGUMENT
 * @retval PWWB_E_NOT_FOUND         settled or kept already, or of a connection that was lost
 * @retval PWWB_E_FULL              512 are kept
 * @since       0.1
 */
PWWB_API pwwb_status pwwb_amqp_hold(pwwb_amqp *amqp, uint64_t tag, pwwb_error *err);

/**
 * This portal's name, which goes into `reply_to`. It never changes.
 *
 * @param amqp  may be NULL
 * @return      borrowed, as long as the connection; "" for an end that receives no replies
 * @since       0.1
 */
PWWB_API const char *pwwb_amqp_address(const pwwb_amqp *amqp);

/**
 * Where the connection stands.
 *
 * @param amqp           the connection
 * @param[out] ret_info  its size set by the caller
 * @param err            may be NULL
 * @retval PWWB_OK
 * @retval PWWB_E_INVALID_ARGUMENT
 * @retval PWWB_E_ABI               ret_info is no such struct
 * @since                0.1
 */
PWWB_API pwwb_status pwwb_amqp_describe(pwwb_amqp *amqp, pwwb_amqp_info *ret_info, pwwb_error *err);

/**
 * Make a transport over such a connection, with poll() in between.
 *
 * Its receive answers PWWB_E_TIMEOUT while there is no connection, and the error says why there is
 * none; its send answers PWWB_E_CONNECT when none was ready in time: then nothing was sent.
 * PWWB_E_TIMEOUT of a send means that the broker did not say in time whether it has the message.
 * Its settle gives the verdict to the connection, and sends what can be sent at once; but a portal's goes out
 * with its next call, and an agent's PWWB_SETTLE_ACCEPT with the answer to the next request where that is here
 * already; or when it is freed.
 *
 * @param options             borrowed for the call; see pwwb_amqp_new()
 * @param[out] ret_transport  owned by the caller, free with pwwb_transport_free(); NULL on failure
 * @param err                 may be NULL
 * @retval PWWB_OK                  nothing has been connected yet
 * @retval PWWB_E_INVALID_ARGUMENT
 * @retval PWWB_E_ABI
 * @retval PWWB_E_NOT_SUPPORTED
 * @retval PWWB_E_SYSTEM
 * @retval PWWB_E_NO_MEMORY
 * @since                     0.1
 */
PWWB_API PWWB_MUST_CHECK
pwwb_status pwwb_transport_new_amqp(const pwwb_amqp_options *options,
                                    pwwb_transport **ret_transport, pwwb_error *err);

/**
 * Make a transport over a connection, as pwwb_transport_new_amqp() does, and keep an eye on it: as long as the
 * transport lives, its thread may ask pwwb_amqp_describe() between calls of it, and pwwb_amqp_wake() is allowed.
 *
 * @param amqp                given to the transport on PWWB_OK, which frees it
 * @param[out] ret_transport  owned by the caller, free with pwwb_transport_free(); NULL on failure
 * @param err                 may be NULL
 * @retval PWWB_OK
 * @retval PWWB_E_INVALID_ARGUMENT
 * @retval PWWB_E_NO_MEMORY
 * @since                     0.1
 */
PWWB_API PWWB_MUST_CHECK
pwwb_status pwwb_transport_over_amqp(pwwb_amqp *amqp, pwwb_transport **ret_transport, pwwb_error *err);

PWWB_END_DECLS

#endif /* PWWB_AMQP_H */
