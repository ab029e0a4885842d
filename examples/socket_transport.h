/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EXAMPLES_SOCKET_TRANSPORT_H
#define EXAMPLES_SOCKET_TRANSPORT_H

/* A transport of one's own, over a local socket: the portal listens, the agent connects outwards.
 * One packet is one message: 16 octets of id, 8 octets of expiry (big-endian milliseconds since
 * 1970), then the sealed octets. Nothing is stored: what is under way when one side ends is lost,
 * and the portal says honestly that it does not know. */

#include <pwwb/transport.h>

typedef struct socket_link socket_link;

/* The portal's end; an old socket of that name is replaced. Free with socket_link_free(), or hand
 * it to pwwb_transport_new(), whose transport then frees it. */
pwwb_status socket_link_listen(const char *path, socket_link **ret_link, pwwb_error *err);

/* The agent's end. PWWB_E_NOT_FOUND: there is no such socket; PWWB_E_CONNECT: nobody listens. */
pwwb_status socket_link_connect(const char *path, socket_link **ret_link, pwwb_error *err);

/* `link` may be NULL. */
void socket_link_free(void *link);

/* Its context is a socket_link. */
extern const pwwb_transport_ops socket_transport_ops;

#endif /* EXAMPLES_SOCKET_TRANSPORT_H */
