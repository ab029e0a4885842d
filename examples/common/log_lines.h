/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EXAMPLES_LOG_LINES_H
#define EXAMPLES_LOG_LINES_H

/* What a program says on stderr: with the priorities that journald reads where it listens, else with times. Any
 * thread; each line whole. */

#include <pwwb/log.h>

/* Nothing below `least` (enum pwwb_log_level) is said from now on. */
void log_lines_from(int32_t least);

/* A pwwb_log_fn. */
void log_lines(void *ctx, int32_t level, const char *room, const char *message);

void log_say(int32_t level, const char *room, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif /* EXAMPLES_LOG_LINES_H */
