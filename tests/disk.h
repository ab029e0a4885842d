/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DISK_H
#define DISK_H

/*
 * System calls on files that are recorded, or fail, on command. The linker sends the calls in our
 * own objects to disk.c; the program that links it needs
 * disk_wrap of tests/meson.build. For one
 * thread. Each name stands twice there, for with large files glibc's headers say open64 and so on.
 */

#include <stddef.h>
#include <stdint.h>

/* Before the nth call from now (from 1) ask `what`: 0 = go on, else the call fails with that errno.
 * NULL: nothing happens, calls are counted. */
void disk_at(long nth, int (*what)(void));

/* Nothing more happens; how many calls there were since disk_at(). */
long disk_calls(void);

/* From now on one call writes this many octets at most; 0 = as many as are given. */
void disk_short(size_t most);

enum disk_kind {
    DISK_CREATE      = 1, /* name, inode */
    DISK_TRUNCATE    = 2, /* inode, len */
    DISK_WRITE       = 3, /* inode, at, data, len */
    DISK_SYNC        = 4, /* inode */
    DISK_SYNC_FOLDER = 5,
    DISK_RENAME      = 6, /* name, to, inode */
    DISK_UNLINK      = 7, /* name */
    DISK_BEGIN       = 8, /* the test's: version */
    DISK_END         = 9  /* the test's: version */
};

#define DISK_EVENTS   512
#define DISK_NAME     16
#define DISK_DATA_MAX 2048

typedef struct disk_event {
    enum disk_kind kind;
    int            inode; /* a number of our own: the system gives those of removed files again */
    char           name[DISK_NAME];
    char           to[DISK_NAME];
    uint64_t       version;
    size_t         at;
    size_t         len;
    uint8_t        data[DISK_DATA_MAX];
} disk_event;

typedef struct disk_log {
    size_t     count;
    disk_event events[DISK_EVENTS];
} disk_log;

/* Record what is done in that folder, which is empty; its path ends without a slash. Nothing is
 * really synchronised meanwhile. */
void disk_record(const char *folder, disk_log *log);
void disk_mark(enum disk_kind kind, uint64_t version);
void disk_stop(void);

#endif /* DISK_H */
