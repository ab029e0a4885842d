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

/** One SRV record. @source RFC 2782 */
typedef struct pwwb_service {
    char     target[256]; /**< a host's name, no dot at the end */
    uint16_t port;        /**< 1 to 65535 */
    uint16_t priority;    /**< the least is tried first */
    uint16_t weight;      /**< among equals */
    uint16_t reserved;    /**< 0 */
} pwwb_service;

/**
 * What a resolver can do. Growing and being called: see pwwb/transport.h. May be called from
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

/** A resolver. */
typedef struct pwwb_resolver pwwb_resolver;

PWWB_END_DECLS

#endif /* PWWB_RESOLVER_H */
