/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WB_BANNED_H
#define WB_BANNED_H

/* Banned words: a text of them, and how many points a password has beside them. Pure, no malloc.
 * Passwords are valid UTF-8 without NUL. */

#include <pwwb/filter.h>

#include "span.h"

/* One word, folded. */
typedef struct wb_word {
    size_t  count;
    int32_t codes[PWWB_BANNED_WORD_MOST];
} wb_word;

/* Read one word a line; `words` has room for all, or is NULL to count them. */
pwwb_status wb_banned_parse(wb_span text, wb_word *words, size_t *ret_count, pwwb_error *err);

/* The points of a password; PWWB_BANNED_POINTS for any that is so long that it must have them. */
int64_t wb_banned_points(const wb_word *words, size_t count, wb_span password);

/* Whether a part of the display name, of four characters or more, is in the password, both folded.
 * A name may be any octets. */
int wb_banned_holds_name(wb_span password, wb_span display_name);

#endif /* WB_BANNED_H */
