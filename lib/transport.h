/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WB_TRANSPORT_H
#define WB_TRANSPORT_H

/* The guarded calls into a transport's table: what it answers is checked before anybody uses it.
 * Arguments are the library's own and are not. */

#include <pwwb/transport.h>

/* Sets the message's size. */
pwwb_status wb_transport_send(pwwb_transport *transport, pwwb_message *message, int64_t timeout_ms,
                              pwwb_error *err);

/* Sets the delivery's size; its len is at most buf_size. The delivery is zero on failure. */
pwwb_status wb_transport_receive(pwwb_transport *transport, uint8_t *buf, size_t buf_size,
                                 pwwb_delivery *ret_delivery, int64_t timeout_ms, pwwb_error *err);

pwwb_status wb_transport_settle(pwwb_transport *transport, uint64_t tag, int32_t verdict,
                                int64_t timeout_ms, pwwb_error *err);

/* Copy the address for replies; empty where the table names none. Empty on failure. */
pwwb_status wb_transport_address(pwwb_transport *transport, char address[PWWB_ADDRESS_SIZE],
                                 pwwb_error *err);

/* Whether an agent listens, one of enum pwwb_answer; MAYBE where the table does not tell, and on
 * failure. */
pwwb_status wb_transport_presence(pwwb_transport *transport, int32_t *ret_agents, pwwb_error *err);

/* NOT_SUPPORTED where the table keeps none. */
pwwb_status wb_transport_hold(pwwb_transport *transport, uint64_t tag, pwwb_error *err);

#endif /* WB_TRANSPORT_H */
