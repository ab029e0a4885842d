/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PWWB_ENVELOPE_H
#define PWWB_ENVELOPE_H

/**
 * @file pwwb/envelope.h
 * @brief Sealed requests and replies: COSE in strict CBOR, as docs/protocol.md describes.
 *
 * Opening is two-phase. pwwb_request_open() costs a symmetric opening and gives the claims, so that
 * time, tenant and replay can be judged; pwwb_request_open_secret() pays for the private key and
 * gives the password. A request's claims are authenticated together with its password.
 */

#include <pwwb/anchor.h>
#include <pwwb/keyring.h>
#include <pwwb/policy.h>

PWWB_BEGIN_DECLS

/** What is asked for. */
enum pwwb_operation {
    PWWB_OPERATION_CHANGE        = 1, /**< a voluntary change, the old password proven */
    PWWB_OPERATION_CHANGE_FORCED = 2, /**< a change forced by expiry or must-change at sign-in */
    PWWB_OPERATION_RESET_SELF    = 3, /**< a self-service reset of a forgotten password */
    PWWB_OPERATION_RESET_ADMIN   = 4, /**< an administrator resets another's password */
    PWWB_OPERATION_UNLOCK        = 5  /**< a self-service unlock, no password */
};

/** Who asks. */
enum pwwb_actor {
    PWWB_ACTOR_USER  = 1, /**< a person without an administrative role */
    PWWB_ACTOR_ADMIN = 2  /**< an administrator of the cloud side */
};

/** Where the asking was done. */
enum pwwb_origin {
    PWWB_FROM_ACCOUNT_PORTAL = 1,  /**< the person's own account page */
    PWWB_FROM_SIGN_IN        = 2,  /**< the sign-in page */
    PWWB_FROM_RESET_PORTAL   = 3,  /**< the self-service reset portal */
    PWWB_FROM_ADMIN_PORTAL   = 4,  /**< the administrators' portal */
    PWWB_FROM_CLASSIC_PORTAL = 5,  /**< the classic portal (2017) */
    PWWB_FROM_GRAPH_BETA     = 6,  /**< the beta Graph API */
    PWWB_FROM_GRAPH          = 7,  /**< any other Graph API */
    PWWB_FROM_AAD_GRAPH      = 8,  /**< the Azure AD Graph API */
    PWWB_FROM_POWERSHELL_V1  = 9,  /**< PowerShell, version 1 module */
    PWWB_FROM_POWERSHELL_V2  = 10, /**< PowerShell, version 2 module */
    PWWB_FROM_OFFICE_PORTAL  = 11  /**< the Office admin portal */
};

/** How the person's cloud sign-in works. */
enum pwwb_user_type {
    PWWB_USER_HASH_SYNC    = 1, /**< password hash synchronisation */
    PWWB_USER_FEDERATED    = 2, /**< federation */
    PWWB_USER_PASS_THROUGH = 3, /**< pass-through authentication */
    PWWB_USER_CLOUD_ONLY   = 4  /**< no on-premises account: writeback does not apply */
};

/** What happens to "must change at next logon". */
enum pwwb_must_change {
    PWWB_MUST_CHANGE_KEEP  = 0, /**< leave it to the directory */
    PWWB_MUST_CHANGE_SET   = 1, /**< the person must change at next logon */
    PWWB_MUST_CHANGE_CLEAR = 2  /**< the person need not */
};

/** Bits of `flags` in the claims. */
enum pwwb_request_flag {
    PWWB_FLAG_UNLOCK      = 1, /**< unlock the account in the same modify */
    PWWB_FLAG_OWN_ACCOUNT = 2  /**< actor and target are the same person */
};

/** The most octets of a sealed request or reply. */
#define PWWB_ENVELOPE_MAX 4096
/** Room for a reply address with its NUL. */
#define PWWB_ADDRESS_SIZE 128
/** Where agents send orders, for any one portal instance to take. */
#define PWWB_ADDRESS_PORTALS "portals"
/** Where agents send heartbeats: every portal instance gets each of them. */
#define PWWB_ADDRESS_HEARTBEATS "heartbeats"
/** The longest life of a request: exp - iat, seconds. */
#define PWWB_REQUEST_LIFE_MAX 300

/** The claims of a request, sealed together with its password. These may stay 0: tenant and cti, which
 *  sealing sets; must_change, flags, actor_id and, where no reply is wanted, reply_to. For
 *  pwwb_portal_begin() iat and exp, too; for pwwb_portal_call() also reply_to. */
typedef struct pwwb_claims {
    size_t      size;                 /**< sizeof(pwwb_claims) where the filler was compiled */
    uint8_t     tenant[PWWB_ID_SIZE]; /**< GUID, set by sealing and opening; pwwb_guid_print()
                                           writes it as text */
    uint8_t     cti[PWWB_ID_SIZE];    /**< request id, random octets; sealing draws one when all
                                           zero */
    int64_t     iat;                  /**< issued, seconds since 1970 */
    int64_t     exp;                  /**< not valid after; at most 300 s after iat */
    int32_t     operation;            /**< one of enum pwwb_operation */
    int32_t     origin;               /**< one of enum pwwb_origin */
    int32_t     actor;                /**< one of enum pwwb_actor */
    int32_t     user_type;            /**< one of enum pwwb_user_type */
    int32_t     must_change;          /**< one of enum pwwb_must_change */
    uint32_t    flags;                /**< bits of enum pwwb_request_flag */
    pwwb_anchor anchor;               /**< whose password */
    uint8_t     actor_id[PWWB_ID_SIZE];      /**< GUID of who asks, for the record, as
                                                  pwwb_guid_parse() reads it; zero = none */
    char        reply_to[PWWB_ADDRESS_SIZE]; /**< the transport's address for the reply */
    /* 0.1 ends here. */
} pwwb_claims;

/** A request being opened; reusable. Holds secrets in locked memory. One thread at a time. */
typedef struct pwwb_request pwwb_request;

/** An opened reply; reusable. One thread at a time. */
typedef struct pwwb_reply pwwb_reply;

/**
 * Seal a request. Whether it is one that is written back is not asked here, but by pwwb_portal_begin():
 * see pwwb_operation_check().
 *
 * @param keyring           either half
 * @param claims            in: everything but tenant; out: tenant and cti as sealed
 * @param password          the new one, UTF-8; NULL only to unlock; borrowed
 * @param password_len      octets, 1 to PWWB_PASSWORD_MAX
 * @param old_password      for a change; else NULL; borrowed
 * @param old_password_len  octets
 * @param[out] buf          sealed octets; may be NULL when buf_size is 0
 * @param buf_size          octets; PWWB_ENVELOPE_MAX is always enough
 * @param[out] ret_len      octets written, or needed
 * @param err               may be NULL
 * @retval PWWB_OK
 * @retval PWWB_E_INVALID_ARGUMENT  NULL, out of range, or a password where none belongs or the
 *                                  other way round
 * @retval PWWB_E_ABI               claims are newer than this library
 * @retval PWWB_E_MALFORMED         a password is not UTF-8, has NUL inside, or over 256 UTF-16 units
 * @retval PWWB_E_KEY_INACTIVE      no key is active
 * @retval PWWB_E_BUFFER_TOO_SMALL  the need stands in ret_len
 * @retval PWWB_E_CRYPTO
 * @retval PWWB_E_NO_MEMORY
 * @threads                 any
 * @since                   0.1
 * @source                  RFC 9052 5; RFC 8230 3; RFC 9053 6.3; RFC 9597
 */
PWWB_API PWWB_MUST_CHECK
pwwb_status pwwb_request_seal(const pwwb_keyring *keyring, pwwb_claims *claims,
                              const uint8_t *password, size_t password_len,
                              const uint8_t *old_password, size_t old_password_len, uint8_t *buf,
                              size_t buf_size, size_t *ret_len, pwwb_error *err);

/**
 * Make a request to open envelopes with.
 *
 * @param[out] ret_request  owned by the caller, free with pwwb_request_free(); NULL on failure
 * @param err               may be NULL
 * @retval PWWB_OK
 * @retval PWWB_E_INVALID_ARGUMENT
 * @retval PWWB_E_CRYPTO            libsodium did not start
 * @retval PWWB_E_NO_MEMORY
 * @since                   0.1
 */
PWWB_API PWWB_MUST_CHECK
pwwb_status pwwb_request_new(pwwb_request **ret_request, pwwb_error *err);

/**
 * Wipe and free a request.
 *
 * @param request  may be NULL
 * @since          0.1
 */
PWWB_API void pwwb_request_free(pwwb_request *request);

/**
 * First phase: outer layer and claims. What was there before is wiped.
 *
 * @param request     the handle
 * @param keyring     the agent half; a reference is kept until the next open, wipe or free
 * @param sealed      octets from the transport; copied
 * @param sealed_len  octets
 * @param now_s       seconds since 1970
 * @param skew_s      seconds by which clocks may differ
 * @param err         may be NULL
 * @retval PWWB_OK
 * @retval PWWB_E_INVALID_ARGUMENT
 * @retval PWWB_E_TOO_LARGE      over PWWB_ENVELOPE_MAX
 * @retval PWWB_E_MALFORMED      not the profile of docs/protocol.md; no reply may be given
 * @retval PWWB_E_KEY_UNKNOWN    sealed with a key that is not in the keyring; no reply
 * @retval PWWB_E_NOT_AUTHENTIC  changed octets; no reply
 * @retval PWWB_E_WRONG_TENANT   tenant or audience differ; claims can be read, a reply given
 * @retval PWWB_E_EXPIRED        now_s > exp + skew_s, or exp - iat over 300 s; as above
 * @retval PWWB_E_NOT_YET        iat > now_s + skew_s; as above
 * @since             0.1
 */
PWWB_API PWWB_MUST_CHECK
pwwb_status pwwb_request_open(pwwb_request *request, pwwb_keyring *keyring, const uint8_t *sealed,
                              size_t sealed_len, int64_t now_s, int64_t skew_s, pwwb_error *err);

/**
 * The claims, once pwwb_request_open() has authenticated them.
 *
 * @param request  the handle
 * @return         borrowed until the next open, wipe or free; NULL before
 * @since          0.1
 */
PWWB_API const pwwb_claims *pwwb_request_claims(const pwwb_request *request);

/**
 * Second phase: the private key and the password. All its failures are one.
 *
 * @param request  the handle, opened
 * @param err      may be NULL
 * @retval PWWB_OK
 * @retval PWWB_E_STATE          not opened, or the claims were refused
 * @retval PWWB_E_KEY_HALF       the keyring is a portal half
 * @retval PWWB_E_NOT_AUTHENTIC  the password cannot be read
 * @retval PWWB_E_KEY_UNAVAILABLE  the host's own key cannot be used now; release the message
 * @retval PWWB_E_NO_MEMORY
 * @since          0.1
 */
PWWB_API PWWB_MUST_CHECK
pwwb_status pwwb_request_open_secret(pwwb_request *request, pwwb_error *err);

/**
 * The new password, after pwwb_request_open_secret().
 *
 * @param request       the handle
 * @param[out] ret_len  octets; 0 when there is none
 * @return              borrowed, in locked memory, until wipe, open or free; NULL when none
 * @since               0.1
 */
PWWB_API const uint8_t *pwwb_request_password(const pwwb_request *request, size_t *ret_len);

/**
 * The old password of a change, after pwwb_request_open_secret().
 *
 * @param request       the handle
 * @param[out] ret_len  octets; 0 when there is none
 * @return              as pwwb_request_password()
 * @since               0.1
 */
PWWB_API const uint8_t *pwwb_request_old_password(const pwwb_request *request, size_t *ret_len);

/**
 * Wipe what was opened, passwords first, and give the keyring back.
 *
 * @param request  may be NULL
 * @since          0.1
 */
PWWB_API void pwwb_request_wipe(pwwb_request *request);

/**
 * Seal a reply under the key its request used.
 *
 * @param request       opened as far as its claims
 * @param code          one of enum pwwb_code; the outcome is what pwwb_code_outcome() says of it
 * @param findings      findings and warnings to send along; may be NULL
 * @param controller    the server that was used, for the record; may be NULL
 * @param now_ms        milliseconds since 1970
 * @param[out] buf      sealed octets; may be NULL when buf_size is 0
 * @param buf_size      octets; PWWB_ENVELOPE_MAX is always enough
 * @param[out] ret_len  octets written, or needed
 * @param err           may be NULL
 * @retval PWWB_OK
 * @retval PWWB_E_INVALID_ARGUMENT  NULL or an unknown code
 * @retval PWWB_E_STATE             no claims
 * @retval PWWB_E_BUFFER_TOO_SMALL  the need stands in ret_len
 * @retval PWWB_E_NO_MEMORY
 * @since               0.1
 */
PWWB_API PWWB_MUST_CHECK
pwwb_status pwwb_reply_seal(const pwwb_request *request, int32_t code,
                            const pwwb_findings *findings, const char *controller, int64_t now_ms,
                            uint8_t *buf, size_t buf_size, size_t *ret_len, pwwb_error *err);

/**
 * Make a reply to open envelopes with.
 *
 * @param[out] ret_reply  owned by the caller, free with pwwb_reply_free(); NULL on failure
 * @param err             may be NULL
 * @retval PWWB_OK
 * @retval PWWB_E_INVALID_ARGUMENT
 * @retval PWWB_E_NO_MEMORY
 * @since                 0.1
 */
PWWB_API PWWB_MUST_CHECK
pwwb_status pwwb_reply_new(pwwb_reply **ret_reply, pwwb_error *err);

/**
 * Free a reply.
 *
 * @param reply  may be NULL
 * @since        0.1
 */
PWWB_API void pwwb_reply_free(pwwb_reply *reply);

/**
 * Open a sealed reply and check that it answers the request.
 *
 * @param reply       the handle; what was there before is gone
 * @param keyring     either half
 * @param cti         id of the request, 16 octets
 * @param sealed      octets from the transport
 * @param sealed_len  octets
 * @param err         may be NULL
 * @retval PWWB_OK
 * @retval PWWB_E_INVALID_ARGUMENT
 * @retval PWWB_E_TOO_LARGE      over PWWB_ENVELOPE_MAX
 * @retval PWWB_E_MALFORMED      not the profile of docs/protocol.md
 * @retval PWWB_E_KEY_UNKNOWN    a key that is not in the keyring
 * @retval PWWB_E_NOT_AUTHENTIC  changed octets
 * @retval PWWB_E_NOT_FOUND      it answers another request
 * @since             0.1
 */
PWWB_API PWWB_MUST_CHECK
pwwb_status pwwb_reply_open(pwwb_reply *reply, const pwwb_keyring *keyring,
                            const uint8_t cti[PWWB_ID_SIZE], const uint8_t *sealed,
                            size_t sealed_len, pwwb_error *err);

/**
 * What became of the password.
 *
 * @param reply  an opened reply
 * @return       one of enum pwwb_outcome; UNKNOWN before anything was opened
 * @since        0.1
 */
PWWB_API int32_t pwwb_reply_outcome(const pwwb_reply *reply);

/**
 * The result code.
 *
 * @param reply  an opened reply
 * @return       one of enum pwwb_code; a code of a newer agent may not be known here
 * @since        0.1
 */
PWWB_API int32_t pwwb_reply_code(const pwwb_reply *reply);

/**
 * Findings and warnings.
 *
 * @param reply  an opened reply
 * @return       borrowed until the next open or free; never NULL
 * @since        0.1
 */
PWWB_API const pwwb_findings *pwwb_reply_findings(const pwwb_reply *reply);

/**
 * The server that was used.
 *
 * @param reply  an opened reply
 * @return       borrowed until the next open or free; "" when none was
 * @since        0.1
 */
PWWB_API const char *pwwb_reply_controller(const pwwb_reply *reply);

/**
 * When the agent answered.
 *
 * @param reply  an opened reply
 * @return       milliseconds since 1970; 0 before anything was opened
 * @since        0.1
 */
PWWB_API int64_t pwwb_reply_time_ms(const pwwb_reply *reply);

/**
 * Whether an operation is one that is written back, by the one table of who, what and where. Both sides ask
 * it: pwwb_portal_begin() and pwwb_portal_call() before they seal, pwwb_writeback_begin() of what it opens.
 * pwwb_request_seal() does not.
 *
 * - PWWB_OPERATION_CHANGE: by either actor, from PWWB_FROM_ACCOUNT_PORTAL
 * - PWWB_OPERATION_CHANGE_FORCED: by either actor, from PWWB_FROM_SIGN_IN
 * - PWWB_OPERATION_RESET_SELF and PWWB_OPERATION_UNLOCK: by either actor, from PWWB_FROM_RESET_PORTAL
 * - PWWB_OPERATION_RESET_ADMIN: by PWWB_ACTOR_ADMIN, from PWWB_FROM_ADMIN_PORTAL, PWWB_FROM_CLASSIC_PORTAL
 *   or PWWB_FROM_GRAPH_BETA; with PWWB_FLAG_OWN_ACCOUNT it is PWWB_CODE_OWN_BY_ADMIN_TOOL
 *
 * PWWB_USER_CLOUD_ONLY is PWWB_CODE_USER_TYPE. What else is not in the table is PWWB_CODE_ORIGIN_POWERSHELL,
 * PWWB_CODE_ORIGIN_GRAPH or PWWB_CODE_ORIGIN_OFFICE_PORTAL by its origin, else PWWB_CODE_OPERATION.
 *
 * @param claims  operation, origin, actor, user_type and flags are read; size is not
 * @return        PWWB_CODE_OK, or the code that says why not; PWWB_CODE_OPERATION for NULL and for
 *                what is not known
 * @threads       any
 * @since         0.1
 * @source        azure-docs, active-directory-passwords-writeback (2017-08-28)
 */
PWWB_API int32_t pwwb_operation_check(const pwwb_claims *claims);

PWWB_END_DECLS

#endif /* PWWB_ENVELOPE_H */
