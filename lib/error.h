/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WB_ERROR_H
#define WB_ERROR_H

#include <pwwb/error.h>

/* Say OK again. Every public call that takes an error does this first. */
void wb_ok(pwwb_error *err);

/* Record and return: `return wb_fail(err, PWWB_E_MALFORMED, "tag %d is unknown", tag);`
 * Never print a secret or a peer's octets. */
pwwb_status wb_fail(pwwb_error *err, pwwb_status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* The same, keeping the code of the layer that refused. */
pwwb_status wb_fail_from(pwwb_error *err, pwwb_status status, int32_t layer, int64_t code,
                         const char *format, ...) __attribute__((format(printf, 5, 6)));

/* Whether a number is a status of ours: what a callback answers is not trusted. */
int wb_status_is_known(pwwb_status status);

/* A callback's status: passed on when it is ours, PWWB_E_CALLBACK otherwise. When the callback
 * said nothing in `err`, a sentence is put there. `what` is static: "the directory's read". */
pwwb_status wb_answer(pwwb_error *err, pwwb_status status, const char *what);

#endif /* WB_ERROR_H */
