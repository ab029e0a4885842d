/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PWWB_LOG_H
#define PWWB_LOG_H

/**
 * @file pwwb/log.h
 * @brief The log hook of the long-lived handles. Silence is the default.
 */

#include <pwwb/base.h>

PWWB_BEGIN_DECLS

/** How much a line matters. There is no ERROR: an error is returned. */
enum pwwb_log_level {
    PWWB_LOG_DEBUG = 1, /**< what happens, step by step */
    PWWB_LOG_INFO  = 2, /**< something began or ended */
    PWWB_LOG_WARN  = 3  /**< works, but somebody should look */
};

/**
 * Receives one finished line.
 *
 * @param ctx      the caller's
 * @param level    one of enum pwwb_log_level
 * @param room     static: the part of the library that speaks, such as "ldap"
 * @param message  borrowed for the call; UTF-8, no newline, never a secret
 */
typedef void (*pwwb_log_fn)(void *ctx, int32_t level, const char *room, const char *message);

PWWB_END_DECLS

#endif /* PWWB_LOG_H */
