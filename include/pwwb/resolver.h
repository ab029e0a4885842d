/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PWWB_RESOLVER_H
#define PWWB_RESOLVER_H

/**
 * @file pwwb/resolver.h
 * @brief Names to services and addresses. A host may bring its own resolver.
 */

#include <pwwb/error.h>

PWWB_BEGIN_DECLS

/** The most answers to one question. */
#define PWWB_RESOLVER_MAX 32

/** The most name servers of a system resolver. */
#define PWWB_NAME_SERVERS_MAX 8

/** One SRV record. This struct is final: it never grows. @source RFC 2782 */
typedef struct pwwb_service {
    char     target[256]; /**< a host's name, no dot at the end */
    uint16_t port;        /**< 1 to 65535 */
    uint16_t priority;    /**< the least is tried first */
    uint16_t weight;      /**< among equals */
    uint16_t reserved;    /**< 0 */
} pwwb_service;

/**
 * What a resolver can do. Growing and being called: see pwwb_transport_ops. May be called from
 * every thread that uses a directory with it.
 */
typedef struct pwwb_resolver_ops {
    /** sizeof(pwwb_resolver_ops) where the caller was compiled. */
    size_t size;
    /**
     * Look for SRV records. Required.
     * @param name            `_ldap._tcp.pdc._msdcs.example.com`
     * @param timeout_ms      0 = do not wait, -1 = no limit
     * @param[out] list       PWWB_RESOLVER_MAX entries, zeroed; fill the first ret_count
     * @param[out] ret_count  how many there are
     * @return                PWWB_OK with ret_count > 0, PWWB_E_NOT_FOUND when there is no such
     *                        record, PWWB_E_TIMEOUT, PWWB_E_CONNECT or another
     */
    pwwb_status (*services)(void *ctx, const char *name, int64_t timeout_ms, pwwb_service *list,
                            size_t *ret_count, pwwb_error *err);
    /**
     * Look for a host's addresses. Optional: NULL = the system's resolver.
     * @param name            a host's name
     * @param[out] list       PWWB_RESOLVER_MAX numeric addresses, empty; fill the first ret_count
     * @return                as above
     */
    pwwb_status (*addresses)(void *ctx, const char *name, int64_t timeout_ms, char (*list)[46],
                             size_t *ret_count, pwwb_error *err);
    /** Let go of `ctx`. Optional; called once, by pwwb_resolver_free(). */
    void (*destroy)(void *ctx);
    /* 0.1 ends here. */
} pwwb_resolver_ops;

/** A resolver. Several threads may use one at once: a table of the host's must bear it. */
typedef struct pwwb_resolver pwwb_resolver;

/**
 * Take a resolver of the host's.
 *
 * @param ops                copied
 * @param ctx                the host's; given back to `destroy` once this has succeeded
 * @param[out] ret_resolver  owned by the caller, free with pwwb_resolver_free(); NULL on failure
 * @param err                may be NULL
 * @retval PWWB_OK
 * @retval PWWB_E_INVALID_ARGUMENT  NULL, or `services` is missing
 * @retval PWWB_E_ABI               the table is newer than this library
 * @retval PWWB_E_NO_MEMORY
 * @since                    0.1
 */
PWWB_API PWWB_MUST_CHECK
pwwb_status pwwb_resolver_new(const pwwb_resolver_ops *ops, void *ctx,
                              pwwb_resolver **ret_resolver, pwwb_error *err);

/**
 * Make a resolver that asks the machine's name servers, or these.
 *
 * SRV records are asked for over UDP, and over TCP when an answer does not fit, within the
 * deadline; what is found is not kept. Of resolv.conf only the servers count, and it is read anew for each
 * question; the environment changes nothing. Addresses are the system's resolver's, whose own
 * time-outs are outside the deadline. DNSSEC is not checked.
 *
 * @param servers            numeric addresses, `192.0.2.1`, `192.0.2.1:53` or `[2001:db8::1]:53`;
 *                           copied; NULL = those of the machine
 * @param server_count       how many, at most PWWB_NAME_SERVERS_MAX
 * @param[out] ret_resolver  owned by the caller, free with pwwb_resolver_free(); NULL on failure
 * @param err                may be NULL
 * @retval PWWB_OK
 * @retval PWWB_E_INVALID_ARGUMENT  NULL, too many, or a server that is no numeric address
 * @retval PWWB_E_NOT_SUPPORTED     built without libresolv
 * @retval PWWB_E_NO_MEMORY
 * @threads                  any; the resolver serves all threads at once
 * @since                    0.1
 * @source                   RFC 1035, RFC 2782
 */
PWWB_API PWWB_MUST_CHECK
pwwb_status pwwb_resolver_new_system(const char *const *servers, size_t server_count,
                                     pwwb_resolver **ret_resolver, pwwb_error *err);

/**
 * Free a resolver. No directory may use it any more.
 *
 * @param resolver  may be NULL
 * @since           0.1
 */
PWWB_API void pwwb_resolver_free(pwwb_resolver *resolver);

PWWB_END_DECLS

#endif /* PWWB_RESOLVER_H */
