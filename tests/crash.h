/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CRASH_H
#define CRASH_H

/*
 * What a folder may look like after a crash. For every prefix of a log of disk.h it is built as the
 * disk could have it then, in all variants:
 *   - octets that were not synchronised are there, or none, or half of them, or others;
 *   - each change of a name that came after the folder was last synchronised has happened, or not.
 * A disk that loses what was synchronised is not in here.
 */

#include "disk.h"

typedef struct crash {
    const char *place; /* an empty folder to build in */
    /* NULL, or what is wrong with what was built there: `told` is the last version that was said to
     * be stored, DISK_END; `begun` the one on its way, DISK_BEGIN, else the same. */
    const char *(*wrong)(uint64_t told, uint64_t begun);
    long points;   /* crash points that were looked at */
    long variants; /* folders that were built */
} crash;

/* NULL, or what is wrong first; it is not looked further then. */
const char *crash_anywhere(crash *c, const disk_log *log);

#endif /* CRASH_H */
