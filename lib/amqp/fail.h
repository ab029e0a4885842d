/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WB_AMQP_FAIL_H
#define WB_AMQP_FAIL_H

#include <pwwb/error.h>

/* Record a failure, as any host does, and return its status. */
pwwb_status wb_amqp_fail(pwwb_error *err, pwwb_status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* The first line of a public call. */
void wb_amqp_ok(pwwb_error *err);

#endif /* WB_AMQP_FAIL_H */
