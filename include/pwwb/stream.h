/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PWWB_STREAM_H
#define PWWB_STREAM_H

/**
 * @file pwwb/stream.h
 * @brief A connected channel of octets. A host may bring its own sockets, TLS or proxy.
 */

#include <pwwb/error.h>

PWWB_BEGIN_DECLS

/** What a descriptor is waited for, as bits. */
enum pwwb_direction {
    PWWB_READABLE = 1, /**< POLLIN */
    PWWB_WRITABLE = 2  /**< POLLOUT */
};

/** What to wait for before a stream is called again. */
typedef struct pwwb_interest {
    size_t  size;       /**< sizeof(pwwb_interest) where the caller was compiled */
    int64_t descriptor; /**< for poll() and its like; borrowed; -1 = none, there is only a time */
    int32_t directions; /**< of enum pwwb_direction; 0 = no call waits */
    int32_t reserved;   /**< 0 */
    /* 0.1 ends here. */
} pwwb_interest;

/**
 * What a stream can do. Growing and being called: see pwwb_transport_ops.
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
    /**
     * What the calls wait for that last answered PWWB_E_TIMEOUT, and a read that went well for
     * more; never waits itself. Optional: without it a stream cannot be waited for with others.
     * @param ret_interest    its size set, no descriptor, the rest zero
     * @param ret_timeout_ms  set to -1: at most so long until the next call, 0 = call at once
     */
    pwwb_status (*interest)(void *ctx, pwwb_interest *ret_interest, int64_t *ret_timeout_ms,
                            pwwb_error *err);
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
 * numeric address asks nobody. Who may never wait resolves the name by other means, gives its
 * address here, and the name to TLS.
 *
 * With a timeout of 0 a connection is only begun. Reads and writes answer PWWB_E_TIMEOUT until it
 * is made, PWWB_E_CONNECT or PWWB_E_SYSTEM when it cannot be; see pwwb_stream_interest(). The next
 * address of a name is tried when one fails, or is silent for 2 seconds.
 *
 * @param host             a name or a numeric address
 * @param port             1 to 65535
 * @param timeout_ms       over every address of the name; 0 = do not wait for them, -1 = no limit
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
pwwb_status pwwb_stream_new_tcp(const char *host, int32_t port, int64_t timeout_ms,
                                pwwb_stream **ret_stream, pwwb_error *err);

/**
 * Put TLS on a stream, as its client, and finish the handshake.
 *
 * TLS 1.2 or newer. Nothing is read from the environment. A read that timed out may be repeated,
 * and so may pwwb_stream_write_some() whose timeout was 0; any other failure ends the stream, any
 * other write that timed out too, and later calls answer PWWB_E_CLOSED or PWWB_E_TLS.
 *
 * With a timeout of 0 nothing is said to the other side yet. The first reads and writes do the
 * handshake, whichever is called, and answer PWWB_E_TIMEOUT until it is done; its failures are
 * theirs.
 *
 * @param under            taken over on success; still the caller's on failure
 * @param options          borrowed for the call
 * @param timeout_ms       for the whole handshake; 0 = leave it to reads and writes, -1 = no limit
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
pwwb_status pwwb_stream_new_tls(pwwb_stream *under, const pwwb_tls_options *options,
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
 * How many went out before a failure is not told, so that nothing more can be said afterwards: who
 * does not wait uses pwwb_stream_write_some().
 *
 * @param stream      the stream
 * @param data        borrowed
 * @param len         octets, not 0
 * @param timeout_ms  over all of them, 0 = 1; -1 = no limit
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
 * Write some octets, waiting until at least one is taken: one call of the table.
 *
 * With a timeout of 0 it does not wait. After PWWB_E_TIMEOUT call it again with the same octets,
 * of which TLS may have a part already; more may follow them.
 *
 * @param stream        the stream
 * @param data          borrowed for the call
 * @param len           octets, not 0
 * @param[out] ret_len  octets taken; 0 on failure
 * @param timeout_ms    0 = do not wait, -1 = no limit
 * @param err           may be NULL
 * @retval PWWB_OK
 * @retval PWWB_E_INVALID_ARGUMENT  or fewer octets than those that TLS has already
 * @retval PWWB_E_CLOSED
 * @retval PWWB_E_TIMEOUT
 * @retval PWWB_E_TLS               a TLS session that failed before
 * @retval PWWB_E_CALLBACK          a host's stream answered nonsense
 * @since               0.1
 */
PWWB_API PWWB_MUST_CHECK
pwwb_status pwwb_stream_write_some(pwwb_stream *stream, const uint8_t *data, size_t len,
                                   size_t *ret_len, int64_t timeout_ms, pwwb_error *err);

/**
 * What to wait for, with poll() or an event loop, before a stream is called again.
 *
 * Read and write with a timeout of 0; then this tells what the calls wait for that last answered
 * PWWB_E_TIMEOUT, and what a read that went well has to wait for before there is more. When the
 * descriptor is ready, or the time is over, make those calls again, both where both were waiting.
 * Ask anew after every call: the descriptor may change while a connection is made, and TLS may
 * have to read in order to write.
 *
 * A time of 0 means: call at once. TLS may have octets already, or one call may have brought the
 * other further; no descriptor tells that.
 *
 * @param stream               the stream
 * @param[out] ret_interest    its size set by the caller; no descriptor on failure
 * @param[out] ret_timeout_ms  call again then at the latest; -1 = no such time
 * @param err                  may be NULL
 * @retval PWWB_OK
 * @retval PWWB_E_INVALID_ARGUMENT
 * @retval PWWB_E_ABI            ret_interest has no size of ours
 * @retval PWWB_E_NOT_SUPPORTED  a host's stream, here or under TLS, does not tell
 * @retval PWWB_E_CLOSED         nothing is left to wait for; the next call tells why
 * @retval PWWB_E_CALLBACK       a host's stream answered nonsense
 * @since                      0.1
 */
PWWB_API PWWB_MUST_CHECK
pwwb_status pwwb_stream_interest(pwwb_stream *stream, pwwb_interest *ret_interest,
                                 int64_t *ret_timeout_ms, pwwb_error *err);

/**
 * Close and free a stream, and what is under it.
 *
 * @param stream  may be NULL
 * @since         0.1
 */
PWWB_API void pwwb_stream_free(pwwb_stream *stream);

PWWB_END_DECLS

#endif /* PWWB_STREAM_H */
