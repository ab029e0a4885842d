/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WB_LOG_H
#define WB_LOG_H

#include <pwwb/log.h>

/* A log hook as a handle keeps it; fn NULL is silence. */
typedef struct wb_log {
    pwwb_log_fn fn;
    void       *ctx;
} wb_log;

/* Finish one line and hand it over. Nothing is formatted when nobody listens. */
void wb_log_say(const wb_log *log, int32_t level, const char *room, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

#endif /* WB_LOG_H */
