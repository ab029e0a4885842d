/* SPDX-License-Identifier: Apache-2.0 */
#include "fail.h"

#include <stdarg.h>
#include <stdio.h>

pwwb_status
wb_amqp_fail(pwwb_error *err, pwwb_status status, const char *format, ...)
{
    char    sentence[256];
    va_list args;

    va_start(args, format);
    (void)vsnprintf(sentence, sizeof(sentence), format, args);
    va_end(args);
    return pwwb_error_set(err, status, sentence);
}

void
wb_amqp_ok(pwwb_error *err)
{
    (void)pwwb_error_set(err, PWWB_OK, NULL);
}
