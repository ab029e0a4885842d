/* SPDX-License-Identifier: Apache-2.0 */
#include "log.h"

#include <stdarg.h>
#include <stdio.h>

void
wb_log_say(const wb_log *log, int32_t level, const char *room, const char *format, ...)
{
    char    line[512];
    va_list args;

    if (log->fn == NULL)
        return;

    va_start(args, format);
    (void)vsnprintf(line, sizeof(line), format, args);
    va_end(args);
    log->fn(log->ctx, level, room, line);
}
