/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PWWB_SQLITE_H
#define PWWB_SQLITE_H

/**
 * @file pwwb/sqlite.h
 * @brief A journal in a file, which all agents of one machine share. Of the companion libpwwb-sqlite.
 *
 * docs/journal.md says what stands in the file, and what a journal that is shared promises.
 */

#include <pwwb/clock.h>
#include <pwwb/error.h>
#include <pwwb/journal.h>

PWWB_BEGIN_DECLS

/**
 * Open a journal in an SQLite database, or make it.
 *
 * Beside `path` SQLite keeps PATH-wal and PATH-shm, so the file stands in a folder that nobody else
 * may write, on a disk of this machine: not on a network's. What is claimed, recorded and finished is
 * on the disk when the call returns. What a call waits for is another agent's few milliseconds; after
 * five seconds it answers PWWB_E_TIMEOUT, nothing was done, and the message is released.
 *
 * Entries are forgotten, a few at each claim, once their time is over; the file does not grow beyond
 * what is alive. When the disk is full nothing new is claimed, and repeats are still answered.
 *
 * Never remove it, or bring back an older copy, while a message may still be on its way: a password
 * could be set twice. A file that is made anew knows nothing of before, and says so.
 *
 * @param path              a file, made for this user alone when it is not there; UTF-8, copied
 * @param clock             copied; NULL = the system's. Of all that share the file the same time
 * @param clock_ctx         given to the clock
 * @param[out] ret_journal  owned by the caller, free with pwwb_journal_free(); NULL on failure
 * @param err               may be NULL
 * @retval PWWB_OK
 * @retval PWWB_E_INVALID_ARGUMENT  NULL, or a path that names no file
 * @retval PWWB_E_ABI               the clock's table is newer than this library
 * @retval PWWB_E_NO_MEMORY
 * @retval PWWB_E_PERMISSION        others have rights on the file, or may write its folder
 * @retval PWWB_E_READ_ONLY         the file, its folder or its file system cannot be written
 * @retval PWWB_E_NO_SPACE          the disk or quota is full
 * @retval PWWB_E_SYSTEM            the operating system refused; errno in the error
 * @retval PWWB_E_MALFORMED         no journal, or a damaged one: it is left as it is
 * @retval PWWB_E_NOT_SUPPORTED     made by a newer version, or not on a disk of this machine
 * @retval PWWB_E_TIMEOUT           somebody else kept it locked for five seconds
 * @retval PWWB_E_STATE             the process was forked from one that had a journal open
 * @threads                         one at a time; every thread and every process makes one of its own
 *                                  for the same path. A process forks first and opens then
 * @since                           0.1
 */
PWWB_API PWWB_MUST_CHECK
pwwb_status pwwb_journal_new_sqlite(const char *path, const pwwb_clock_ops *clock, void *clock_ctx,
                                    pwwb_journal **ret_journal, pwwb_error *err);

PWWB_END_DECLS

#endif /* PWWB_SQLITE_H */
