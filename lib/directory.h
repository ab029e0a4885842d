/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WB_DIRECTORY_H
#define WB_DIRECTORY_H

/* The guarded calls into a directory's table are public: pwwb_directory_find(), _read(), _set().
 * Here is what they are made of, and what those who make or drive directories share with them. */

#include <pwwb/directory.h>

/* "Nothing known": fail-safe values, no person's account, sizes set. */
void wb_account_forget(pwwb_account *account);
void wb_rules_forget(pwwb_policy_rules *rules);

/* What its table is called with, for the one that made the table. */
void *wb_directory_ctx(pwwb_directory *directory);

/* What a failed `set` means for the password: see pwwb_directory_ops. */
int32_t wb_set_failure_code(pwwb_status status);

/* What the last calls showed, and forget it: 0 = nothing. A gate's refusal shows nothing. */
enum wb_heard { WB_HEARD_ANSWER = 1, WB_HEARD_FAILURE };
int wb_directory_heard(pwwb_directory *directory);

/* Whether it answers now: it is asked for its summary, and its rules are what that says, or for an account
 * that is nobody's. */
int wb_directory_probe(pwwb_directory *directory, int64_t timeout_ms, pwwb_policy_rules *ret_rules);

/* What is wrong with a callback's answer, in words; NULL = nothing. */
const char *wb_wrong_found(const pwwb_found *found);
const char *wb_wrong_account(const pwwb_account *account);
const char *wb_wrong_rules(const pwwb_policy_rules *rules);
const char *wb_wrong_result(const pwwb_set_result *result);

/* Judge a request. The code says what a bad one means for the password: nothing is sent. */
pwwb_status wb_set_check(const pwwb_set *set, int32_t *ret_code, pwwb_error *err);

#endif /* WB_DIRECTORY_H */
