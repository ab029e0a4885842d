/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WB_AMQP_HTTP_PROXY_H
#define WB_AMQP_HTTP_PROXY_H

#include <pwwb/stream.h>

/* A stream through an HTTP proxy (CONNECT, RFC 9110 9.3.6), over a stream to that proxy.
 *
 * Returns at once: the first reads and writes do the asking, and answer PWWB_E_TIMEOUT until the
 * way is open. PWWB_E_AUTH: the proxy wants a name and password, or others. PWWB_E_CONNECT: it
 * refuses, and the error says with which number. PWWB_E_MALFORMED, PWWB_E_TOO_LARGE: it does not
 * speak HTTP. A stream that failed answers the same for ever.
 *
 * `user` NULL: no authentication; else basic (RFC 7617), with a user that has no colon. Both are
 * copied into locked memory and wiped once they are sent. `under` is taken over on success. */
pwwb_status wb_amqp_http_proxy(pwwb_stream *under, const char *host, int32_t port, const char *user,
                               const char *secret, pwwb_stream **ret_stream, pwwb_error *err);

#endif /* WB_AMQP_HTTP_PROXY_H */
