/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PWWB_ERROR_H
#define PWWB_ERROR_H

/**
 * @file pwwb/error.h
 * @brief How a call went: a status to act on, and an optional object that says why.
 *
 * A status is about a *call*. What became of a *password* is a result (pwwb/result.h): a refusal by
 * the directory is a result of a call that went well.
 */

#include <pwwb/base.h>

PWWB_BEGIN_DECLS

/** 0 is success, every failure is negative. Decide on pwwb_status_class(). */
typedef int32_t pwwb_status;

/** Every status: what it means, then what to do. Hundreds are classes; a number, once released, keeps its
 *  meaning for ever. */
enum pwwb_status_code {
    PWWB_OK                  = 0,    /**< done */
    PWWB_E_INVALID_ARGUMENT  = -100, /**< an argument is missing or out of range. Mend the calling program */
    PWWB_E_ABI               = -101, /**< a struct or table is newer than this library, or its size is not
                                          set. Set its size; run with a library that is as new as the
                                          headers */
    PWWB_E_BUFFER_TOO_SMALL  = -102, /**< the need stands in ret_len. Call again with that much room */
    PWWB_E_STATE             = -103, /**< not now: another call must come first. Mend the order of the calls */
    PWWB_E_NOT_SUPPORTED     = -104, /**< not in this build, or not by this table. Do without, or take a
                                          build or table that can */
    PWWB_E_NO_MEMORY         = -200, /**< an allocation failed. Free some memory, then try again */
    PWWB_E_SYSTEM            = -201, /**< the operating system refused; errno in the error. Mend what errno
                                          and the message name */
    PWWB_E_PERMISSION        = -202, /**< others may read or write what must be the owner's alone. Let
                                          nobody else (chmod 600); replace a key that others could read */
    PWWB_E_NO_SPACE          = -203, /**< the disk or quota is full. Free some space */
    PWWB_E_READ_ONLY         = -204, /**< the folder or its file system cannot be written. Let the process
                                          write there, or use another place */
    PWWB_E_CHANGED           = -205, /**< somebody else was first. Load it again, then change it again */
    PWWB_E_MALFORMED         = -300, /**< octets that are not what they should be. Throw them away; restore
                                          the file where they are a file's */
    PWWB_E_TOO_LARGE         = -301, /**< beyond a limit of the format. Throw it away, or make it smaller */
    PWWB_E_NOT_AUTHENTIC     = -400, /**< cannot be opened: wrong key or changed octets. Throw it away; when
                                          none opens, look at the keys */
    PWWB_E_KEY_UNKNOWN       = -401, /**< names a key that is not in the keyring. Load the keys again;
                                          release the request, another agent may have it */
    PWWB_E_KEY_HALF          = -402, /**< this half of the keyring cannot do that. Give each side its own
                                          half: only the agent half opens requests */
    PWWB_E_CRYPTO            = -403, /**< a cryptographic library failed. Read the message; that library or
                                          the machine is at fault */
    PWWB_E_KEY_INACTIVE      = -404, /**< no key is active: not enabled, not confirmed, or disabled. Enable
                                          the tenant, and confirm it at the portal */
    PWWB_E_KEY_UNAVAILABLE   = -405, /**< the host's own key cannot be used now. Release the message, and
                                          look at what keeps the key */
    PWWB_E_EXPIRED           = -500, /**< its time is over. Ask again with a new message; when it is each
                                          time, look at the clocks */
    PWWB_E_NOT_YET           = -501, /**< issued in the future. Look at the clocks of both sides */
    PWWB_E_WRONG_TENANT      = -502, /**< another tenant or audience. Look for which tenant each side is set
                                          up */
    PWWB_E_REPLAYED          = -503, /**< not newer than what came before. Throw it away: it needs a new
                                          message */
    PWWB_E_NOT_FOUND         = -600, /**< nothing there by that name. Look at the name, or make it first */
    PWWB_E_TIMEOUT           = -700, /**< the deadline came first. Try again later, or with more time; what
                                          was sent may be done yet */
    PWWB_E_CONNECT           = -701, /**< no connection could be made. Look at host, port, network and
                                          firewall; try again later */
    PWWB_E_CLOSED            = -702, /**< the other side ended the connection. Connect again; when it stays
                                          so, look at the other side */
    PWWB_E_TLS               = -703, /**< the TLS handshake failed. Read the message, and look at what the
                                          server's TLS wants */
    PWWB_E_TLS_CA            = -704, /**< the certificate is not signed by the given CA. Give the CA that
                                          signed it, or get one of the given CA */
    PWWB_E_TLS_NAME          = -705, /**< the certificate is for another name. Connect by the name in it, or
                                          get one for this name */
    PWWB_E_TLS_EXPIRED       = -706, /**< the certificate is expired, or not yet valid. Renew it, or set
                                          this machine's clock right */
    PWWB_E_FULL              = -707, /**< no room. Where things come and go, try again later; else have
                                          fewer, or allow more */
    PWWB_E_NO_AGENT          = -708, /**< nobody listens at the other end. Start an agent, or look at the
                                          queue's name */
    PWWB_E_STOPPED           = -709, /**< a stop was asked for. End the loop; nothing is wrong */
    PWWB_E_DIRECTORY         = -800, /**< the directory answered something unusable. Read the message, and
                                          look at the directory */
    PWWB_E_AUTH              = -801, /**< the directory, or the relay, refused the account. Look at its
                                          name, its password and its state */
    PWWB_E_CALLBACK          = -900  /**< a callback failed or answered nonsense. Look at your own callback */
};

/** What a caller can do about a failure: the status' hundred. */
enum pwwb_status_class_code {
    PWWB_CLASS_OK        = 0, /**< nothing to do */
    PWWB_CLASS_CALLER    = 1, /**< mend the calling program */
    PWWB_CLASS_MACHINE   = 2, /**< free memory, disk or descriptors */
    PWWB_CLASS_FORMAT    = 3, /**< throw the octets away */
    PWWB_CLASS_CRYPTO    = 4, /**< look at the keys */
    PWWB_CLASS_POLICY    = 5, /**< ask again with a new message */
    PWWB_CLASS_ANCHOR    = 6, /**< look at the accounts and their links */
    PWWB_CLASS_TRANSPORT = 7, /**< try again later, look at the network */
    PWWB_CLASS_DIRECTORY = 8, /**< look at the directory and the service account */
    PWWB_CLASS_CALLBACK  = 9  /**< look at your own callback */
};

/** Whose number pwwb_error_code() gives. */
enum pwwb_error_layer_code {
    PWWB_LAYER_PWWB    = 0, /**< ours: no other code */
    PWWB_LAYER_ERRNO   = 1, /**< errno */
    PWWB_LAYER_MBEDTLS = 2, /**< an mbedTLS error code */
    PWWB_LAYER_LDAP    = 3, /**< an LDAP result code */
    PWWB_LAYER_CALLER  = 4  /**< a callback's own status */
};

/** Why a call failed. The caller's, reusable from call to call; never allocates once made. One thread at a time. */
typedef struct pwwb_error pwwb_error;

/**
 * Make an error object to pass as the last argument of calls.
 *
 * @return   owned by the caller, free with pwwb_error_free(); NULL when memory is out, which
 *           every call takes as "no details wanted"
 * @threads  any; one object serves one thread at a time
 * @since    0.1
 */
PWWB_API PWWB_MUST_CHECK pwwb_error *pwwb_error_new(void);

/**
 * Free an error object.
 *
 * @param error  may be NULL
 * @since        0.1
 */
PWWB_API void pwwb_error_free(pwwb_error *error);

/**
 * The status of the last call that was given this object.
 *
 * @param error  may be NULL: PWWB_OK
 * @return       a status
 * @since        0.1
 */
PWWB_API pwwb_status pwwb_error_status(const pwwb_error *error);

/**
 * One English sentence about it. Never holds a secret or a peer's octets.
 *
 * @param error  may be NULL: an empty string
 * @return       borrowed, UTF-8, until the next call with this object
 * @since        0.1
 */
PWWB_API const char *pwwb_error_message(const pwwb_error *error);

/**
 * Which layer's number pwwb_error_code() is.
 *
 * @param error  may be NULL
 * @return       one of enum pwwb_error_layer_code
 * @since        0.1
 */
PWWB_API int32_t pwwb_error_layer(const pwwb_error *error);

/**
 * The failing layer's own number.
 *
 * @param error  may be NULL
 * @return       errno, an mbedTLS code, an LDAP result code; 0 when there is none
 * @since        0.1
 */
PWWB_API int64_t pwwb_error_code(const pwwb_error *error);

/**
 * Record a failure from inside a callback, so that the caller of the library reads it.
 *
 * @param error    the object the callback was given; may be NULL
 * @param status   what the callback is about to return
 * @param message  copied, UTF-8, cut after 255 octets; may be NULL
 * @return         status, so that a callback can `return pwwb_error_set(...)`
 * @since          0.1
 */
PWWB_API pwwb_status pwwb_error_set(pwwb_error *error, pwwb_status status, const char *message);

/**
 * A status as its name, `PWWB_E_TIMEOUT`.
 *
 * @param status  any number
 * @return        static; `PWWB_E_?` for a number that is not known
 * @threads       any
 * @since         0.1
 */
PWWB_API const char *pwwb_status_name(pwwb_status status);

/**
 * The class of a status: what one does about it.
 *
 * @param status  any number
 * @return        one of enum pwwb_status_class_code
 * @threads       any
 * @since         0.1
 */
PWWB_API int32_t pwwb_status_class(pwwb_status status);

PWWB_END_DECLS

#endif /* PWWB_ERROR_H */
