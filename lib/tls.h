/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WB_TLS_H
#define WB_TLS_H

/* The only door to mbedTLS' TLS and X.509: a client of TLS 1.2 or newer over two callbacks, which
 * alone know about waiting. The certificate must be signed by the given CA, for the given name,
 * and be of today. mbedTLS wipes its record buffers when they are freed. */

#include <pwwb/error.h>

#include "span.h"

typedef struct wb_tls wb_tls;

/* What TLS stands on: both answer as in pwwb_stream_ops, whose answers are already judged.
 * PWWB_E_TIMEOUT from `read` leaves the session usable. So does a `write` that takes nothing,
 * PWWB_OK with 0: the octets are held here and go first in a later call. Every other failure ends
 * the session, for a record that is half out can only be repeated and never be taken back. */
typedef struct wb_tls_io {
    pwwb_status (*read)(void *ctx, uint8_t *buf, size_t buf_size, size_t *ret_len, pwwb_error *err);
    pwwb_status (*write)(void *ctx, const uint8_t *data, size_t len, size_t *ret_len,
                         pwwb_error *err);
    void *ctx;
} wb_tls_io;

/* Whom to trust: PEM octets, or a file when `ca.p` is NULL; and the name to expect. */
typedef struct wb_tls_peer {
    wb_span     ca;
    const char *ca_file;
    const char *name;
} wb_tls_peer;

/* PWWB_E_MALFORMED when no CA certificate can be read. Nothing is said to the other side yet. */
pwwb_status wb_tls_new(const wb_tls_peer *peer, wb_tls_io io, wb_tls **ret_tls, pwwb_error *err);

/* Says close_notify when there is a session, as far as `write` takes it. NULL is fine. */
void wb_tls_free(wb_tls *tls);

pwwb_status wb_tls_handshake(wb_tls *tls, pwwb_error *err);

/* One octet at least, or a status; before that the handshake, where it is not done yet. Once the
 * session is over: PWWB_E_CLOSED or PWWB_E_TLS. A write that answers PWWB_E_TIMEOUT is repeated
 * with the same octets at least. */
pwwb_status wb_tls_read(wb_tls *tls, uint8_t *buf, size_t buf_size, size_t *ret_len,
                        pwwb_error *err);
pwwb_status wb_tls_write(wb_tls *tls, const uint8_t *data, size_t len, size_t *ret_len,
                         pwwb_error *err);

/* How far a session is: what a call has brought further, another that waited may go on with. */
typedef enum wb_tls_stage {
    WB_TLS_OVER  = -1, /* by an earlier failure */
    WB_TLS_BEGUN = 0,
    WB_TLS_HOLDS = 1, /* the handshake is done, and something is held */
    WB_TLS_CLEAR = 2
} wb_tls_stage;

wb_tls_stage wb_tls_stage_of(const wb_tls *tls);

/* Whether the next read needs nobody. */
int wb_tls_has_more(const wb_tls *tls);

#endif /* WB_TLS_H */
