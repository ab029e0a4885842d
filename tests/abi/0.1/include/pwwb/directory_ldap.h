/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PWWB_DIRECTORY_LDAP_H
#define PWWB_DIRECTORY_LDAP_H

/**
 * @file pwwb/directory_ldap.h
 * @brief Active Directory, or OpenLDAP, as a directory table: LDAPS or StartTLS, simple bind.
 *
 * libldap is used as a codec; the socket, TLS and the deadline are this library's. What ldap.conf,
 * ~/.ldaprc and the environment say to libldap changes nothing. Only person accounts are written;
 * krbtgt, machine and trust accounts are refused, and so is the global catalog.
 *
 * OpenLDAP: an account is found by its entryUUID under the base, so that a renamed one is the same.
 * Its id, and its source anchor, are the UUID's 16 octets **in the order of its text** (RFC 4530):
 * not the mixed order of Active Directory that pwwb_guid_parse() reads. Passwords are set by RFC
 * 3062. A set unlocks; an account that an administrator locked for ever (pwdAccountLockedTime
 * 000001010000Z) is disabled here: requests for it are refused, and only pwwb_directory_set() with
 * `unlock` opens it. A wrong old password is not counted by slapd: limit how often one may try.
 * Must-change works only under a policy with pwdMustChange. Without the ppolicy overlay a password
 * has no time, so that nothing tells whether somebody has set a newer one.
 * The rules are those of pwdPolicySubentry's entry, else of `policy_dn`, else not known; slapd
 * enforces history and age on a reset, too. It binds neither its rootdn nor an account with *manage*
 * on userPassword: for these the pre-check still holds lengths, but nobody looks at the history, and
 * only where the policy has pwdMustChange does a result say so. So give the service account *write*.
 */

#include <pwwb/clock.h>
#include <pwwb/directory.h>
#include <pwwb/resolver.h>
#include <pwwb/stream.h>

PWWB_BEGIN_DECLS

/** What answers there. */
enum pwwb_ldap_server {
    PWWB_LDAP_ACTIVE_DIRECTORY = 0, /**< Windows or Samba: unicodePwd */
    PWWB_LDAP_OPENLDAP         = 1  /**< RFC 3062, with the ppolicy overlay where there is one */
};

/** How the connection is protected. There is no unprotected one. */
enum pwwb_ldap_security {
    PWWB_LDAP_LDAPS    = 1, /**< TLS from the first octet, port 636 */
    PWWB_LDAP_STARTTLS = 2  /**< the StartTLS operation before anything else, port 389 */
};

/** Bits of `flags`. */
enum pwwb_ldap_flag {
    /** Reset even where the controller has no policy hints, so that history is not enforced;
     *  every such result carries the warning OK_HISTORY_NOT_ENFORCED. */
    PWWB_LDAP_ALLOW_NO_HISTORY = 1,
    /** Only the controllers that are named, and the PDC emulator: none that DNS finds else. The PDC
     *  emulator is learnt from a controller over LDAP, or by `domain`. */
    PWWB_LDAP_ONLY_PREFERRED = 2
};

/**
 * Makes a connected stream, in place of TCP, for a host's proxy or tunnel.
 *
 * @param ctx              `connect_ctx`
 * @param host             the controller's name, or its address where the options give one
 * @param port             its port
 * @param timeout_ms       for the connection
 * @param[out] ret_stream  handed over to the library
 * @return                 PWWB_OK, PWWB_E_CONNECT, PWWB_E_TIMEOUT or another
 */
typedef pwwb_status (*pwwb_connect_fn)(void *ctx, const char *host, int32_t port,
                                       int64_t timeout_ms, pwwb_stream **ret_stream,
                                       pwwb_error *err);

/** How to reach and use one domain. Everything is copied; zero what is not wanted. */
typedef struct pwwb_ldap_options {
    size_t                size;         /**< sizeof(pwwb_ldap_options) where compiled */
    const char           *host;         /**< the first controller to try, as in its certificate;
                                             NULL = those that `domain` finds */
    const char           *address;      /**< where to connect; NULL = host */
    int32_t               port;         /**< of every controller; 0 = 636, or for StartTLS what
                                             SRV records tell, else 389; 3268 and 3269 are
                                             refused */
    int32_t               security;     /**< one of enum pwwb_ldap_security */
    const uint8_t        *ca;           /**< CA certificates, PEM, or NULL */
    size_t                ca_len;       /**< octets of `ca` */
    const char           *ca_file;      /**< a PEM file, when `ca` is NULL */
    const char           *bind_dn;      /**< the service account: DN, UPN or DOMAIN\\name */
    const uint8_t        *password;     /**< its password; kept in locked memory */
    size_t                password_len; /**< octets */
    const char           *base_dn;      /**< where accounts are looked up; NULL = whole domain;
                                             OpenLDAP: the server's only naming context */
    uint32_t              flags;        /**< bits of enum pwwb_ldap_flag */
    uint32_t              reserved;     /**< 0 */
    const pwwb_clock_ops *clock;        /**< NULL = the system's */
    void                 *clock_ctx;    /**< given to the clock */
    pwwb_connect_fn       connect;      /**< NULL = TCP to `address` */
    void                 *connect_ctx;  /**< given to `connect`; must outlive the directory */
    int32_t               server;       /**< one of enum pwwb_ldap_server */
    int32_t               reserved2;    /**< 0 */
    const char *const    *others;       /**< further controllers to prefer, in order, as in their
                                             certificates; or NULL */
    size_t                other_count;  /**< how many, at most 16 */
    const char           *domain;       /**< DNS name of the domain: its PDC emulator and other
                                             controllers are found by SRV records, and only
                                             names within it are believed; or NULL */
    pwwb_resolver        *resolver;     /**< for `domain`, and for addresses where `connect` is
                                             NULL; borrowed, must outlive the directory; NULL =
                                             the system's */
    const char           *policy_dn;    /**< OpenLDAP: the default policy of the overlay, which it
                                             does not tell; or NULL = not known */
    /* 0.1 ends here. */
} pwwb_ldap_options;

/**
 * Make a directory of one Active Directory domain, or of one OpenLDAP tree. No connection is made
 * yet.
 *
 * A connection is kept from call to call. A new one is made to the first that serves of: the
 * controllers that are named, in order; the PDC emulator; what else DNS tells of `domain`, by
 * priority, then by weight, the greatest first. One that failed comes after the others for 30
 * seconds; while there are others each gets half of the time that is left, but a second at least,
 * and 10 seconds where there is no limit. One that says it is read-only is passed over. With one name
 * alone no other is looked for: the PDC emulator, which two more requests per connection learn, is for
 * those who give `others`, `domain` or PWWB_LDAP_ONLY_PREFERRED.
 *
 * What only reads is done again elsewhere when its controller fails; what was sent to be written
 * never is. A controller that answers a write with a referral has done nothing: the PDC emulator is
 * asked, once; the referral's own address is not used. A service account that is refused for its
 * name or password is not tried elsewhere, for each controller would count it towards a lock.
 *
 * When none serves, the error is the one that tells most: the account, then TLS, then what a
 * controller answered, then that it could not be reached.
 *
 * Rights of the service account, on the users to be served: Reset Password, Change Password, Write
 * lockoutTime, Write pwdLastSet; and Unexpire Password on the domain's head; to learn the PDC
 * emulator: read the domain's head and the configuration, as every account may. Without read access to
 * tokenGroups, which Windows Authorization Access Group has, nobody is reset. On OpenLDAP: write on
 * userPassword, pwdReset and pwdAccountLockedTime; read on the entry, its operational attributes,
 * its policy and, for the server's time, cn=Monitor.
 *
 * @param options             copied
 * @param[out] ret_directory  owned by the caller, free with pwwb_directory_free(); NULL on failure
 * @param err                 may be NULL
 * @retval PWWB_OK
 * @retval PWWB_E_INVALID_ARGUMENT  no host or domain, CA, account or security; a port of the global
 *                                  catalog; a name that is none
 * @retval PWWB_E_ABI               options are newer than this library
 * @retval PWWB_E_MALFORMED         the CA cannot be read
 * @retval PWWB_E_NOT_SUPPORTED     built without libldap; `domain` without `resolver` where
 *                                  pwwb_resolver_new_system() is not supported
 * @retval PWWB_E_NO_MEMORY
 * @threads                   any; the directory serves one thread at a time
 * @since                     0.1
 * @source                    MS-ADTS 3.1.1.3.1.5.1 (unicodePwd), 3.1.1.3.4.1.27 (policy hints),
 *                            6.3.2.3 (SRV records); RFC 2782, RFC 3062, RFC 4530,
 *                            draft-behera-ldap-password-policy
 */
PWWB_API PWWB_MUST_CHECK
pwwb_status pwwb_directory_new_ldap(const pwwb_ldap_options *options,
                                    pwwb_directory **ret_directory, pwwb_error *err);

PWWB_END_DECLS

#endif /* PWWB_DIRECTORY_LDAP_H */
