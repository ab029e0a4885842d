/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PWWB_GO_TABLES_H
#define PWWB_GO_TABLES_H

/* Callback tables whose methods are in Go. A host is a runtime/cgo.Handle, a number: it goes through C as
 * the context, and comes back to Go as a number. */

#include <pwwb/pwwb.h>

pwwb_status pwwb_go_transport(uintptr_t host, int has_presence, int has_hold, pwwb_transport **ret,
                              pwwb_error *err);
pwwb_status pwwb_go_directory(uintptr_t host, int has_find, int has_summary, pwwb_directory **ret,
                              pwwb_error *err);
pwwb_status pwwb_go_exchange(pwwb_keystore *store, int32_t half, pwwb_exchange_options *options,
                             uintptr_t clock, pwwb_exchange **ret, pwwb_error *err);
pwwb_status pwwb_go_keystore(uintptr_t host, const pwwb_keystore_options *options,
                             pwwb_keystore **ret, pwwb_error *err);
void        pwwb_go_set_log(pwwb_agent *agent, uintptr_t host);

#endif /* PWWB_GO_TABLES_H */
