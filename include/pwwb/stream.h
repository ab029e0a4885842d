/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PWWB_STREAM_H
#define PWWB_STREAM_H

/**
 * @file pwwb/stream.h
 * @brief A connected channel of octets. A host may bring its own sockets, TLS or proxy.
 */

#include <pwwb/error.h>

PWWB_BEGIN_DECLS

/**
 * What a stream can do. Growing and being called: see pwwb/transport.h.
 */
typedef struct pwwb_stream_ops {
    /** sizeof(pwwb_stream_ops) where the caller was compiled. */
    size_t size;
    /**
     * Read what is there, waiting for at least one octet. Required.
     * @param buf           `buf_size` octets to fill, never 0
     * @param[out] ret_len  octets read
     * @param timeout_ms    0 = do not wait, -1 = no limit
     * @return              PWWB_OK with ret_len > 0, PWWB_E_CLOSED at the end,
     *                      PWWB_E_TIMEOUT, or another status
     */
    pwwb_status (*read)(void *ctx, uint8_t *buf, size_t buf_size, size_t *ret_len,
                        int64_t timeout_ms, pwwb_error *err);
    /**
     * Write some octets, waiting until at least one is taken. Required.
     * @param data          borrowed for the call; `len` octets, never 0
     * @param[out] ret_len  octets taken
     * @return              PWWB_OK with ret_len > 0, PWWB_E_CLOSED, PWWB_E_TIMEOUT, or another
     */
    pwwb_status (*write)(void *ctx, const uint8_t *data, size_t len, size_t *ret_len,
                         int64_t timeout_ms, pwwb_error *err);
    /** Close and let go of `ctx`. Optional; called once, by pwwb_stream_free(). */
    void (*destroy)(void *ctx);
    /* 0.1 ends here. */
} pwwb_stream_ops;

/** A stream. One thread at a time. */
typedef struct pwwb_stream pwwb_stream;

/** How TLS checks the other side. */
typedef struct pwwb_tls_options {
    size_t         size;       /**< sizeof(pwwb_tls_options) where the caller was compiled */
    const uint8_t *ca;         /**< CA certificates, PEM, or NULL to read ca_file; borrowed */
    size_t         ca_len;     /**< octets of `ca`, without any NUL */
    const char    *ca_file;    /**< a PEM file, when `ca` is NULL */
    const char    *name;       /**< the DNS name the certificate must carry; required */
    /* 0.1 ends here. */
} pwwb_tls_options;

/**
 * Take a stream of the host's.
 *
 * @param ops              copied
 * @param ctx              the host's; given back to `destroy` once this has succeeded
 * @param[out] ret_stream  owned by the caller, free with pwwb_stream_free(); NULL on failure
 * @param err              may be NULL
 * @retval PWWB_OK
 * @retval PWWB_E_INVALID_ARGUMENT  NULL, or `read` or `write` is missing
 * @retval PWWB_E_ABI               the table is newer than this library
 * @retval PWWB_E_NO_MEMORY
 * @since                  0.1
 */
PWWB_API PWWB_MUST_CHECK
pwwb_status pwwb_stream_new(const pwwb_stream_ops *ops, void *ctx, pwwb_stream **ret_stream,
                            pwwb_error *err);

/**
 * Connect a TCP socket: non-blocking, closed on exec, never raising SIGPIPE.
 *
 * A name is resolved by the system's resolver, whose own time-outs are outside the deadline; a
 * numeric address asks nobody.
 *
 * @param host             a name or a numeric address
 * @param port             1 to 65535
 * @param timeout_ms       over every address of the name
 * @param[out] ret_stream  owned by the caller; NULL on failure
 * @param err              may be NULL
 * @retval PWWB_OK
 * @retval PWWB_E_INVALID_ARGUMENT
 * @retval PWWB_E_CONNECT           refused, unreachable, or no such name
 * @retval PWWB_E_SYSTEM            no descriptor is left
 * @retval PWWB_E_TIMEOUT
 * @retval PWWB_E_NO_MEMORY
 * @since                  0.1
 */
PWWB_API PWWB_MUST_CHECK
pwwb_status pwwb_stream_connect(const char *host, int32_t port, int64_t timeout_ms,
                                pwwb_stream **ret_stream, pwwb_error *err);

/**
 * Put TLS on a stream, as its client, and finish the handshake.
 *
 * TLS 1.2 or newer. Nothing is read from the environment. A read that timed out may be repeated;
 * any other failure ends the stream, a write that timed out too, and later calls answer
 * PWWB_E_CLOSED or PWWB_E_TLS.
 *
 * @param under            taken over on success; still the caller's on failure
 * @param options          borrowed for the call
 * @param timeout_ms       for the whole handshake
 * @param[out] ret_stream  owned by the caller; NULL on failure
 * @param err              may be NULL
 * @retval PWWB_OK
 * @retval PWWB_E_INVALID_ARGUMENT  NULL, no CA or no name
 * @retval PWWB_E_ABI               options are newer than this library
 * @retval PWWB_E_MALFORMED         no CA certificate can be read
 * @retval PWWB_E_TLS_CA            not signed by the given CA
 * @retval PWWB_E_TLS_NAME          signed, but for another name
 * @retval PWWB_E_TLS_EXPIRED       signed, and expired or not yet valid
 * @retval PWWB_E_TLS               any other failure of the handshake
 * @retval PWWB_E_CLOSED            the other side hung up
 * @retval PWWB_E_TIMEOUT
 * @retval PWWB_E_NO_MEMORY
 * @since                  0.1
 */
PWWB_API PWWB_MUST_CHECK
pwwb_status pwwb_stream_tls(pwwb_stream *under, const pwwb_tls_options *options,
                            int64_t timeout_ms, pwwb_stream **ret_stream, pwwb_error *err);

/**
 * Read what is there, waiting for at least one octet.
 *
 * @param stream        the stream
 * @param[out] buf      filled with ret_len octets
 * @param buf_size      octets, not 0
 * @param[out] ret_len  octets read; 0 on failure
 * @param timeout_ms    0 = do not wait, -1 = no limit
 * @param err           may be NULL
 * @retval PWWB_OK
 * @retval PWWB_E_INVALID_ARGUMENT
 * @retval PWWB_E_CLOSED            the other side ended it, in order or not
 * @retval PWWB_E_TIMEOUT
 * @retval PWWB_E_TLS               a broken record
 * @retval PWWB_E_CALLBACK          a host's stream answered nonsense
 * @since               0.1
 */
PWWB_API PWWB_MUST_CHECK
pwwb_status pwwb_stream_read(pwwb_stream *stream, uint8_t *buf, size_t buf_size, size_t *ret_len,
                             int64_t timeout_ms, pwwb_error *err);

/**
 * Write all octets, or fail.
 *
 * @param stream      the stream
 * @param data        borrowed
 * @param len         octets, not 0
 * @param timeout_ms  over all of them
 * @param err         may be NULL
 * @retval PWWB_OK
 * @retval PWWB_E_INVALID_ARGUMENT
 * @retval PWWB_E_CLOSED            some octets may have gone out
 * @retval PWWB_E_TIMEOUT           some octets may have gone out
 * @retval PWWB_E_TLS               a TLS session that failed before
 * @retval PWWB_E_CALLBACK          a host's stream answered nonsense
 * @since             0.1
 */
PWWB_API PWWB_MUST_CHECK
pwwb_status pwwb_stream_write(pwwb_stream *stream, const uint8_t *data, size_t len,
                              int64_t timeout_ms, pwwb_error *err);

/**
 * Close and free a stream, and what is under it.
 *
 * @param stream  may be NULL
 * @since         0.1
 */
PWWB_API void pwwb_stream_free(pwwb_stream *stream);

PWWB_END_DECLS

#endif /* PWWB_STREAM_H */
