/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PWWB_PORTAL_H
#define PWWB_PORTAL_H

/**
 * @file pwwb/portal.h
 * @brief The cloud side: seal a request, wait for its reply, say honestly what became of it.
 *
 * pwwb_portal_begin() gives octets to send, and pwwb_portal_finish() takes octets received, in any
 * process that has the keys. pwwb_portal_call() does both over a transport.
 */

#include <pwwb/audit.h>
#include <pwwb/exchange.h>
#include <pwwb/transport.h>
#include <pwwb/watch.h>

PWWB_BEGIN_DECLS

/** What a portal works with. Everything is copied; zero what is not wanted. */
typedef struct pwwb_portal_options {
    size_t                size;      /**< sizeof(pwwb_portal_options) where compiled */
    const pwwb_clock_ops *clock;     /**< NULL = the system's */
    void                 *clock_ctx; /**< given to the clock */
    int32_t               life_s;    /**< of a request: exp - iat, 1 to 300; 0 = 120 */
    int32_t               cache_ms;  /**< how long keys are used without looking into the store, 1
                                          to PWWB_KEY_CACHE_MAX_MS; 0 = 60000 */
    pwwb_keystore        *store;     /**< whose keys are followed; borrowed, must outlive the
                                          portal. NULL = the given keyring for ever */
    pwwb_watch           *watch;     /**< asked before anything is sealed: see pwwb_portal_begin();
                                          borrowed, must outlive the portal; NULL = nobody is */
    pwwb_audit_fn         audit;     /**< told before a sealed request is handed out, and what became of
                                          it: by begin when nothing is handed out, by finish, by call;
                                          NULL = nobody listens */
    void                 *audit_ctx; /**< given to audit; must outlive the portal */
    int32_t               audit_required; /**< 1: nothing is handed out that audit did not take before:
                                               PWWB_CODE_AUDIT */
    int32_t               reserved;  /**< 0 */
    /* 0.1 ends here. */
} pwwb_portal_options;

/** A portal. One thread at a time, and its store with it. */
typedef struct pwwb_portal pwwb_portal;

/**
 * Make a portal.
 *
 * @param keyring          either half; a reference is taken. NULL with a store
 * @param options          copied; NULL = defaults
 * @param[out] ret_portal  owned by the caller, free with pwwb_portal_free(); NULL on failure
 * @param err              may be NULL
 * @retval PWWB_OK
 * @retval PWWB_E_INVALID_ARGUMENT
 * @retval PWWB_E_ABI               options are newer than this library
 * @retval PWWB_E_NO_MEMORY
 * @since                  0.1
 */
PWWB_API PWWB_MUST_CHECK
pwwb_status pwwb_portal_new(pwwb_keyring *keyring, const pwwb_portal_options *options,
                            pwwb_portal **ret_portal, pwwb_error *err);

/**
 * Free a portal.
 *
 * @param portal  may be NULL
 * @since         0.1
 */
PWWB_API void pwwb_portal_free(pwwb_portal *portal);

/**
 * Seal a request, after asking whether it is one that is written back at all. With a store, keys
 * that are older than cache_ms are looked up there; when it does not answer, nothing is sealed. A
 * tenant that is not enabled, or not confirmed, is PWWB_CODE_CONFIGURATION.
 *
 * With a watch two more things are refused. PWWB_CODE_AGENT_DOWN: every agent that is known has said
 * that it stops; silence is no reason, nor what the relay says, for a request may reach an agent yet.
 * And PWWB_CODE_POLICY_...: a new password that breaks even the weakest rules that may hold for anybody,
 * as the agents tell them; pwwb_portal_findings() has all of it. They may be some minutes old, and what
 * is not known refuses nothing. Accounts that need no password (PASSWD_NOTREQD) are held to them, too.
 *
 * @param portal            the portal
 * @param claims            in: who, what and whose, and reply_to, where replies to this process go; out:
 *                          tenant, a new cti, iat, exp as sealed; tenant and cti are zero when nothing is
 *                          to be sent, unless the audit refused
 * @param password          see pwwb_request_seal()
 * @param password_len      octets
 * @param old_password      see pwwb_request_seal()
 * @param old_password_len  octets
 * @param[out] buf          sealed octets, PWWB_ENVELOPE_MAX is always enough
 * @param buf_size          octets
 * @param[out] ret_len      octets; 0 when nothing is to be sent
 * @param[out] ret_code     PWWB_CODE_OK, or why nothing is to be sent
 * @param err               may be NULL
 * @retval PWWB_OK          sealed, or refused with ret_code
 * @retval "others"         as pwwb_request_seal() and pwwb_keystore_load()
 * @since                   0.1
 */
PWWB_API PWWB_MUST_CHECK
pwwb_status pwwb_portal_begin(pwwb_portal *portal, pwwb_claims *claims, const uint8_t *password,
                              size_t password_len, const uint8_t *old_password,
                              size_t old_password_len, uint8_t *buf, size_t buf_size,
                              size_t *ret_len, int32_t *ret_code, pwwb_error *err);

/**
 * Say what the transport answered to the sending of a request that pwwb_portal_begin() sealed. Where that
 * promises that the relay has not got it the request is over: not sent, so not set, and the audit is told.
 * All else may reach an agent yet: wait, then pwwb_portal_finish().
 *
 * @param portal            the portal, or another with its keys
 * @param claims            as pwwb_portal_begin() left them
 * @param sent              what `send` or pwwb_amqp_sent() said; a host that gave up before it sent at all
 *                          says PWWB_E_CONNECT
 * @param reply             when over: PWWB_CODE_AGENT_DOWN, PWWB_CODE_BUSY or PWWB_CODE_UNREACHABLE, see
 *                          pwwb_portal_call(); else PWWB_CODE_OUTCOME_UNKNOWN
 * @param[out] ret_is_over  1 = over; 0 = an answer may come
 * @param err               may be NULL
 * @retval PWWB_OK
 * @retval PWWB_E_INVALID_ARGUMENT
 * @retval PWWB_E_ABI       the claims are older than this library takes
 * @since                   0.1
 */
PWWB_API PWWB_MUST_CHECK
pwwb_status pwwb_portal_sent(pwwb_portal *portal, const pwwb_claims *claims, pwwb_status sent,
                             pwwb_reply *reply, int32_t *ret_is_over, pwwb_error *err);

/**
 * Take what came for a request that pwwb_portal_begin() sealed, here or in another process, or say that
 * nothing will. The reply is opened as by pwwb_reply_open(); beyond that, the audit is told how it ended.
 *
 * @param portal      the portal, or another with its keys
 * @param claims      as pwwb_portal_begin() left them. `cti` is what the reply is checked by; what else is
 *                    zero, since this process does not know it, the audit does not learn
 * @param sealed      octets from the transport; NULL = none came, and none is waited for any more
 * @param sealed_len  octets
 * @param reply       what became of it: the agent's answer, or PWWB_CODE_OUTCOME_UNKNOWN of this side's own
 * @param err         may be NULL
 * @retval PWWB_OK    it is over
 * @retval "others"   as pwwb_reply_open() and pwwb_keystore_load(): this was not its answer, or cannot be
 *                    read now; nothing is told, and the reply says UNKNOWN. Call again with what else comes
 * @since             0.1
 */
PWWB_API PWWB_MUST_CHECK
pwwb_status pwwb_portal_finish(pwwb_portal *portal, const pwwb_claims *claims, const uint8_t *sealed,
                               size_t sealed_len, pwwb_reply *reply, pwwb_error *err);

/**
 * What the last pwwb_portal_begin() found wrong with the new password. All of it is *inferred*, for it
 * is judged by the weakest rules: a stricter one may apply to the user.
 *
 * @param portal  the portal
 * @return        empty when that was not why; the portal's, valid until it is called again
 * @since         0.1
 */
PWWB_API const pwwb_findings *pwwb_portal_findings(const pwwb_portal *portal);

/**
 * Ask an agent and wait for its answer. The reply always says what is known of the password:
 * also when this call fails, and when no answer came.
 *
 * That no answer comes is no failure of the call: it returns PWWB_OK, and the reply has a code of this
 * side's own. PWWB_CODE_OUTCOME_UNKNOWN: the time is over, or the connection was lost after sending. Surely
 * not sent, so not set: PWWB_CODE_AGENT_DOWN, nobody listens; PWWB_CODE_BUSY, the relay is full, or the
 * transport is out of memory; PWWB_CODE_UNREACHABLE, the relay cannot be reached. What pwwb_portal_begin()
 * refuses is PWWB_OK with its code, too.
 *
 * @param portal            the portal
 * @param transport         how to reach the agents
 * @param claims            in: who, what and whose; out: as sealed. tenant, a new cti, iat, exp and reply_to,
 *                          the transport's address, are filled here
 * @param password          see pwwb_request_seal()
 * @param password_len      octets
 * @param old_password      see pwwb_request_seal()
 * @param old_password_len  octets
 * @param timeout_ms        over everything, at most the request's life; -1 = that
 * @param reply             what became of it: an agent's answer or this side's own
 * @param err               may be NULL
 * @retval PWWB_OK          the reply says what became of it
 * @retval "others"         as pwwb_request_seal(), and as pwwb_keystore_load() of the portal's store: nothing
 *                          was sent, and the reply says NOT_SET
 * @since                   0.1
 */
PWWB_API PWWB_MUST_CHECK
pwwb_status pwwb_portal_call(pwwb_portal *portal, pwwb_transport *transport, pwwb_claims *claims,
                             const uint8_t *password, size_t password_len,
                             const uint8_t *old_password, size_t old_password_len,
                             int64_t timeout_ms, pwwb_reply *reply, pwwb_error *err);

/**
 * The portal's part in the exchanges, over a transport: do what is due, take one order or heartbeat of
 * the agents, answer an order. Call it again and again: in all instances, for each has a watch of its
 * own. The watch is told what the transport's `presence` answers, too.
 *
 * @param exchange        the portal's side, whose store's keys open heartbeats; NULL = orders are served
 *                        elsewhere, and the watch has a keyring
 * @param watch           NULL = heartbeats are taken and forgotten
 * @param transport       an end that gets what is sent to PWWB_ADDRESS_PORTALS or
 *                        PWWB_ADDRESS_HEARTBEATS, or to both; without an exchange heartbeats alone
 * @param timeout_ms      over everything; -1 = no limit
 * @param[out] ret_event  what order it was and what came of it, its size set by the caller; kind 0 = a
 *                        heartbeat; may be NULL
 * @param err             may be NULL
 * @retval PWWB_OK         one message was taken
 * @retval PWWB_E_TIMEOUT  none came
 * @retval "others"        as pwwb_exchange_step(), pwwb_exchange_take() and pwwb_watch_take(): a message
 *                         that was none is set aside, one that the store could not take comes again;
 *                         or the transport's: it is gone
 * @since                 0.1
 */
PWWB_API PWWB_MUST_CHECK
pwwb_status pwwb_portal_serve(pwwb_exchange *exchange, pwwb_watch *watch, pwwb_transport *transport,
                              int64_t timeout_ms, pwwb_exchange_event *ret_event, pwwb_error *err);

PWWB_END_DECLS

#endif /* PWWB_PORTAL_H */
