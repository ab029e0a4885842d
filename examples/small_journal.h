/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EXAMPLES_SMALL_JOURNAL_H
#define EXAMPLES_SMALL_JOURNAL_H

/* A journal of one's own, as short as it can be: in memory, so that it forgets with the process. One
 * over a database keeps the same columns; docs/journal.md has them. */

#include <pwwb/journal.h>

typedef struct small_entry {
    uint8_t cti[PWWB_ID_SIZE];
    uint8_t digest[32];
    uint8_t guid[PWWB_ID_SIZE];
    int64_t before_ms; /* the account's pwdLastSet before our write; -1 = not recorded */
    int64_t after_ms;  /* and after it; -1 */
    int64_t issued_s;
    size_t  reply_len; /* 0 = not finished */
    uint8_t reply[PWWB_ENVELOPE_MAX];
} small_entry;

typedef struct small_journal {
    int64_t     born_ms; /* it knows nothing of what was before */
    size_t      count;
    small_entry entries[8];
} small_journal;

/* Its context is a small_journal, zero but for born_ms, which the host owns. */
extern const pwwb_journal_ops small_journal_ops;

#endif /* EXAMPLES_SMALL_JOURNAL_H */
