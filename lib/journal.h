/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WB_JOURNAL_H
#define WB_JOURNAL_H

/* The guarded calls into a journal's table: what it answers is checked before anybody uses it.
 * Arguments are the library's own and are not. Sizes: cti and guid 16 octets, digest 32. */

#include <pwwb/journal.h>

/* A reply is only there when the entry is DONE. The entry is zero on failure, but for since_ms when it
 * is full. Where no account was recorded, its pwdLastSet is -1. */
pwwb_status wb_journal_claim(pwwb_journal *journal, const uint8_t *cti, const uint8_t *digest,
                             int64_t expires_ms, uint8_t *reply, size_t reply_size,
                             pwwb_journal_entry *ret_entry, pwwb_error *err);

pwwb_status wb_journal_record(pwwb_journal *journal, const uint8_t *cti, const uint8_t *guid,
                              int64_t password_last_set_ms, int64_t issued_s, pwwb_error *err);

pwwb_status wb_journal_finish(pwwb_journal *journal, const uint8_t *cti, const uint8_t *reply,
                              size_t reply_len, int64_t password_last_set_ms, pwwb_error *err);

/* 0 on failure. */
pwwb_status wb_journal_lookup(pwwb_journal *journal, const uint8_t *guid,
                              int64_t password_last_set_ms, int64_t issued_s, int32_t *ret_ours,
                              pwwb_error *err);

/* NOT_SUPPORTED when the table has no such method. */
pwwb_status wb_journal_release(pwwb_journal *journal, const uint8_t *cti, pwwb_error *err);

#endif /* WB_JOURNAL_H */
