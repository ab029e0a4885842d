/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PWWB_EXCHANGE_H
#define PWWB_EXCHANGE_H

/**
 * @file pwwb/exchange.h
 * @brief Enable, roll over, disable, revoke: how both sides come to the same keys. No I/O.
 *
 *     portal: pwwb_exchange_ticket()            a text for the agent's administrator, once
 *     agent:  pwwb_exchange_begin(ENABLE)       then step() gives octets to send, again and again
 *     portal: pwwb_exchange_take()              the agent's order; gives an answer to send
 *     agent:  pwwb_exchange_take()              the answer
 *     both:   compare pwwb_keyring_info.fingerprint;  portal: pwwb_exchange_confirm()
 *
 * Every change is a compare-and-swap in the key store before anything is sent, so any process may
 * die at any moment and another one goes on. Orders are signed by the agent side's Ed25519 identity,
 * which the portal pins at enable; answers are sealed with a key that only both stores know.
 */

#include <pwwb/clock.h>
#include <pwwb/envelope.h>
#include <pwwb/keystore.h>

PWWB_BEGIN_DECLS

/** How an exchange went. Numbers go over the wire and keep their meaning. */
enum pwwb_exchange_code {
    PWWB_EXCHANGE_DONE            = 1, /**< both sides have it */
    PWWB_EXCHANGE_WAITING         = 2, /**< the portal has it; its administrator is to compare the
                                            fingerprint */
    PWWB_EXCHANGE_TICKET_UNKNOWN  = 3, /**< not the ticket that is out, or it was used already */
    PWWB_EXCHANGE_TICKET_EXPIRED  = 4, /**< too late: make a new ticket */
    PWWB_EXCHANGE_ALREADY_ENABLED = 5, /**< by another identity: disable there, or revoke at the
                                            portal */
    PWWB_EXCHANGE_NOT_ENABLED     = 6, /**< the portal knows no such tenant any more */
    PWWB_EXCHANGE_STALE           = 7  /**< the portal has newer keys; a newer order follows */
};

/** How exchanges go. Everything is copied; zero what is not wanted. Times are milliseconds. */
typedef struct pwwb_exchange_options {
    size_t                size;         /**< sizeof(pwwb_exchange_options) where compiled */
    const pwwb_clock_ops *clock;        /**< NULL = the system's */
    void                 *clock_ctx;    /**< given to the clock */
    int32_t               suite;        /**< agent: of new epochs, one of enum pwwb_suite; 0 = as it
                                             is, at first RSA */
    int32_t               reserved;     /**< 0 */
    int64_t               roll_ms;      /**< agent: roll when the active keys are that old; 0 = 182
                                             days; -1 = only on demand */
    int64_t               open_only_ms; /**< replaced keys open that long; 0 = an hour; at least
                                             PWWB_OPEN_ONLY_MIN_MS */
    int64_t               resend_ms;    /**< between two sendings of what is not answered; 0 = 30 s */
    /**
     * Agent: put a relay credential into one of two slots, so that the relay admits it; NULL, 0 =
     * take the slot away. Optional. Called before a new epoch's bundle is sent, again and again with
     * the same until it is answered, and when the last epoch of a slot is wiped.
     */
    pwwb_status (*relay_set_secret)(void *ctx, int32_t slot, const uint8_t *secret,
                                    size_t secret_len, pwwb_error *err);
    void *relay_ctx; /**< given to relay_set_secret */
    /* 0.1 ends here. */
} pwwb_exchange_options;

/** The least open_only_ms: a portal's key cache, a request's life, twice the clocks' difference. */
#define PWWB_OPEN_ONLY_MIN_MS (PWWB_KEY_CACHE_MAX_MS + 1000 * PWWB_REQUEST_LIFE_MAX + 240000)
/** The longest a portal instance may use keys without looking into its store, milliseconds. */
#define PWWB_KEY_CACHE_MAX_MS 300000
/** The most characters of a ticket's text, its NUL included. */
#define PWWB_TICKET_SIZE 768

/** What a ticket says beside its keys. */
typedef struct pwwb_ticket {
    size_t      size;                  /**< sizeof(pwwb_ticket) where compiled */
    uint8_t     tenant[PWWB_ID_SIZE];  /**< the tenant's GUID */
    int64_t     life_s;                /**< until it expires, 1 to 604800 s; 0 = a day */
    const char *relay_address;         /**< where the relay is; UTF-8, at most 255 octets */
    const char *relay_credential;      /**< for the agent's first connection; UTF-8, at most 127 */
    /* 0.1 ends here. */
} pwwb_ticket;

/** What came of a message that was taken. */
typedef struct pwwb_exchange_event {
    size_t   size;       /**< sizeof(pwwb_exchange_event) where compiled */
    int32_t  kind;       /**< one of enum pwwb_exchange_kind */
    int32_t  code;       /**< one of enum pwwb_exchange_code */
    int32_t  is_repeat;  /**< 1 = it was taken before, and changed nothing now */
    int32_t  state;      /**< of the tenant now, one of enum pwwb_tenant_state */
    uint64_t generation; /**< of the newest epoch now */
    /* 0.1 ends here. */
} pwwb_exchange_event;

/** One side of the exchanges of one tenant. One thread at a time. */
typedef struct pwwb_exchange pwwb_exchange;

/**
 * Take part in a tenant's exchanges.
 *
 * @param store              borrowed; must outlive it
 * @param half               one of enum pwwb_half: which side this is
 * @param options            copied; NULL = defaults
 * @param[out] ret_exchange  owned by the caller, free with pwwb_exchange_free(); NULL on failure
 * @param err                may be NULL
 * @retval PWWB_OK
 * @retval PWWB_E_INVALID_ARGUMENT
 * @retval PWWB_E_ABI               options are newer than this library
 * @retval PWWB_E_CRYPTO            libsodium did not start
 * @retval PWWB_E_NO_MEMORY
 * @since                    0.1
 */
PWWB_API PWWB_MUST_CHECK
pwwb_status pwwb_exchange_new(pwwb_keystore *store, int32_t half,
                              const pwwb_exchange_options *options, pwwb_exchange **ret_exchange,
                              pwwb_error *err);

/**
 * Free it; the store stays.
 *
 * @param exchange  may be NULL
 * @since           0.1
 */
PWWB_API void pwwb_exchange_free(pwwb_exchange *exchange);

/**
 * Portal: make a ticket, in place of an older one that was not used. While the tenant is enabled it
 * serves the identity that is pinned; any other needs a revoke first.
 *
 * @param exchange      the portal's side
 * @param ticket        what it is to say; copied
 * @param[out] text     its text: ASCII, one line, a secret; the caller wipes it
 * @param text_size     octets, PWWB_TICKET_SIZE is always enough
 * @param[out] ret_len  octets without the NUL
 * @param err           may be NULL
 * @retval PWWB_OK
 * @retval PWWB_E_INVALID_ARGUMENT  not a portal's side, or a field out of range
 * @retval PWWB_E_WRONG_TENANT      the store is another tenant's
 * @retval PWWB_E_BUFFER_TOO_SMALL
 * @retval "others"                 of the store
 * @since               0.1
 */
PWWB_API PWWB_MUST_CHECK
pwwb_status pwwb_exchange_ticket(pwwb_exchange *exchange, const pwwb_ticket *ticket, char *text,
                                 size_t text_size, size_t *ret_len, pwwb_error *err);

/**
 * Begin an exchange: keys are made and stored, nothing is sent. What is under way already goes on
 * as it is; pwwb_exchange_step() gives what to send.
 *
 * @param exchange    agent: ENABLE, ROLL, DISABLE; portal: REVOKE
 * @param kind        one of enum pwwb_exchange_kind
 * @param ticket      for ENABLE: its text, as it was given; else NULL
 * @param ticket_len  octets
 * @param err         may be NULL
 * @retval PWWB_OK
 * @retval PWWB_E_INVALID_ARGUMENT  not of this side, or a ticket where none belongs
 * @retval PWWB_E_MALFORMED         not a ticket: mistyped, or cut off
 * @retval PWWB_E_EXPIRED           the ticket's time is over
 * @retval PWWB_E_WRONG_TENANT      a ticket of another tenant, while this one is enabled
 * @retval PWWB_E_STATE             not in this state of the tenant: not enabled, or disabling
 * @retval PWWB_E_FULL              too many epochs still open; wait until the oldest is wiped
 * @retval PWWB_E_NOT_SUPPORTED     the host's key cannot make another
 * @retval "others"                 of the store; PWWB_E_CRYPTO, PWWB_E_NO_MEMORY
 * @since             0.1
 */
PWWB_API PWWB_MUST_CHECK
pwwb_status pwwb_exchange_begin(pwwb_exchange *exchange, int32_t kind, const char *ticket,
                                size_t ticket_len, pwwb_error *err);

/**
 * Do what is due, and give what is to be sent now: call it every second or so. Wipes keys whose time
 * is over, rolls keys that are old enough, sends again what was not answered. Of several agents on
 * one store one holds a lease and sends.
 *
 * @param exchange      the side
 * @param[out] buf      octets for the other side: agent to PWWB_ADDRESS_PORTALS, portal to ""
 * @param buf_size      octets; PWWB_ENVELOPE_MAX is always enough
 * @param[out] ret_len  octets; 0 = nothing to send
 * @param err           may be NULL
 * @retval PWWB_OK
 * @retval PWWB_E_INVALID_ARGUMENT
 * @retval PWWB_E_BUFFER_TOO_SMALL  the need stands in ret_len
 * @retval "others"                 of the store or of relay_set_secret; call it again
 * @since               0.1
 */
PWWB_API PWWB_MUST_CHECK
pwwb_status pwwb_exchange_step(pwwb_exchange *exchange, uint8_t *buf, size_t buf_size,
                               size_t *ret_len, pwwb_error *err);

/**
 * Take a message of the other side.
 *
 * @param exchange       the side
 * @param sealed         octets from the transport
 * @param sealed_len     octets
 * @param[out] buf       octets to send back; may be NULL when buf_size is 0: at the agent's side
 * @param buf_size       octets; PWWB_ENVELOPE_MAX is always enough
 * @param[out] ret_len   octets; 0 = nothing is to be sent back
 * @param[out] ret_event what it was and what came of it, its size set by the caller; may be NULL
 * @param err            may be NULL
 * @retval PWWB_OK
 * @retval PWWB_E_KEY_UNKNOWN    for another key: not an exchange's message, or no longer
 * @retval PWWB_E_MALFORMED      no answer may be given; so do TOO_LARGE, NOT_AUTHENTIC, WRONG_TENANT
 * @retval PWWB_E_REPLAYED       an order that a later one has replaced; no answer either
 * @retval PWWB_E_BUFFER_TOO_SMALL
 * @retval "others"              of the store; let it come again
 * @since                0.1
 */
PWWB_API PWWB_MUST_CHECK
pwwb_status pwwb_exchange_take(pwwb_exchange *exchange, const uint8_t *sealed, size_t sealed_len,
                               uint8_t *buf, size_t buf_size, size_t *ret_len,
                               pwwb_exchange_event *ret_event, pwwb_error *err);

/**
 * Portal: the administrator has compared the fingerprint with the one that the agent shows.
 *
 * @param exchange         the portal's side
 * @param fingerprint      as typed; case and dashes do not matter
 * @param fingerprint_len  octets
 * @param err              may be NULL
 * @retval PWWB_OK              active now, or already
 * @retval PWWB_E_STATE         nothing waits for it
 * @retval PWWB_E_NOT_AUTHENTIC another fingerprint: somebody else used the ticket; revoke
 * @retval "others"             of the store
 * @since                  0.1
 */
PWWB_API PWWB_MUST_CHECK
pwwb_status pwwb_exchange_confirm(pwwb_exchange *exchange, const char *fingerprint,
                                  size_t fingerprint_len, pwwb_error *err);

PWWB_END_DECLS

#endif /* PWWB_EXCHANGE_H */
