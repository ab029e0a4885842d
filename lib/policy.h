/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WB_POLICY_H
#define WB_POLICY_H

/* What a password is made of and whose names are in it: judged straight from its UTF-8, without a
 * copy and without Unicode tables. What needs a table is answered with a range, or with MAYBE.
 * Texts are valid UTF-8 without NUL unless it says otherwise. */

#include <pwwb/policy.h>

#include "span.h"

/* Kinds of characters, of the five of MS-SAMR 3.1.1.7.2 and of Microsoft Learn: those there for
 * certain, and those that may be there under one reading or the other. */
typedef struct wb_kinds {
    int least;
    int most;
} wb_kinds;

wb_kinds wb_kinds_of(wb_span text);

/* Whether text holds the whole name, which counts when longer than two characters, without regard
 * to case: enum pwwb_answer. A name may be any octets: MAYBE when it is not UTF-8. */
int32_t wb_holds_name(wb_span text, wb_span name);

/* The same for the parts of a display name. */
int32_t wb_holds_part(wb_span text, wb_span display_name);

#endif /* WB_POLICY_H */
