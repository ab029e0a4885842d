/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KEY_POINTS_H
#define KEY_POINTS_H

/*
 * Points at which a process may be killed. The linker sends the file calls in our own objects to
 * key_points.c, each of which is one; point() is one more. Nothing is counted before
 * points_start(), and every process has its own count.
 */

#define POINTS_MAX 4000

/* From now on; at the nth (from 1) the process is killed, 0 = at none. */
void points_start(long nth);
void point(char kind);
/* How many were before a call that changes a file. */
long points_of_files(void);
/* How many there were; their kinds to POINTS_MAX octets. */
long points_so_far(char *to);

#endif /* KEY_POINTS_H */
