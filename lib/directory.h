/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WB_DIRECTORY_H
#define WB_DIRECTORY_H

/* The guarded calls into a directory's table are public: pwwb_directory_find(), _read(), _set(),
 * _changes(). Here is what they are made of, and what those who make or drive directories share with them. */

#include <pwwb/directory.h>

#include "policy.h"

struct pwwb_directory {
    pwwb_directory_ops ops;
    void              *ctx;
    pwwb_gate         *gate;  /* NULL = none */
    int                heard; /* enum wb_heard; 0 = nothing since it was looked at */
};

/* A call is over that went in by wb_gate_enter(). Its status is the last word, for the gate and for whoever
 * looks at the directory's health. What is our own fault shows nothing; a service account that is refused
 * is no use. The code is a set's, else PWWB_CODE_OK. */
void wb_directory_leave(pwwb_directory *directory, int64_t entered_ms, pwwb_status status,
                        int32_t code);

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
const char *wb_wrong_object(const pwwb_object *object);
const char *wb_wrong_pass(const pwwb_pass *pass);

/* Judge a request. The code says what a bad one means for the password: nothing is sent. */
pwwb_status wb_set_check(const pwwb_set *set, int32_t *ret_code, pwwb_error *err);

#endif /* WB_DIRECTORY_H */
