/* SPDX-License-Identifier: Apache-2.0 */
#ifndef POWER_H
#define POWER_H

/* SQLite's files on a disk whose power can be cut, and which can be full or broken: a VFS in front of the
 * system's own. Of every file in one folder it keeps beside what was last synchronised; nothing is really
 * synchronised. For one thread. */

#include <sqlite3.h>

/* From here on SQLite works through it. `safe` is an empty folder for what was synchronised. */
void power_install(const char *folder, const char *safe);

/* What a power failure would leave, into that empty folder. */
void power_cut(const char *folder);

/* From the nth call on (from 1) that writes, cuts, synchronises, or shares memory, SQLite is told this
 * code: once, or until power_mend(). 0 = none, only count. */
void power_fail(long nth, int is_lasting, int code);
/* The calls since power_fail(). */
long power_mend(void);

/* How often files in the folder were synchronised, in all. */
long power_syncs(void);

/* Called after each; NULL = nothing. */
void power_on_sync(void (*hook)(void));

/* SQLite's allocations: to be called before anything else. Then the nth from power_starve() on fails, that
 * one alone; power_feed() says how many there were. */
void power_count_memory(void);
void power_starve(long nth);
long power_feed(void);

/* From now on every file says that it was opened for reading only; 0 = no longer. */
void power_read_only(int is_so);

#endif /* POWER_H */
