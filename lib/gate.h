/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WB_GATE_H
#define WB_GATE_H

/* What the guarded calls of a directory do with its gate. No gate, NULL, lets everybody in. */

#include <pwwb/gate.h>

pwwb_gate *wb_gate_ref(pwwb_gate *gate);

/* Go in, or PWWB_E_CONNECT: nothing may be sent. What waiting cost is taken off timeout_ms. Who is
 * in must leave, and say when he came. */
pwwb_status wb_gate_enter(pwwb_gate *gate, int64_t *timeout_ms, int64_t *ret_entered_ms,
                          pwwb_error *err);
void        wb_gate_leave(pwwb_gate *gate, int64_t entered_ms, int is_answered);

#endif /* WB_GATE_H */
