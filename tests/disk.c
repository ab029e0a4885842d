/* SPDX-License-Identifier: Apache-2.0 */
#include "disk.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/types.h>
#include <unistd.h>

/* The names are the linker's: with --wrap=f a call of f goes to __wrap_f, and __real_f is f. */
int     __real_open(const char *path, int flags, ...);
int     __real_close(int fd);
int     __real_fsync(int fd);
int     __real_fdatasync(int fd);
int     __real_rename(const char *from, const char *to);
int     __real_unlink(const char *path);
int     __real_ftruncate(int fd, off_t len);
int     __real_flock(int fd, int how);
int     __real_mkostemp(char *path, int flags);
ssize_t __real_read(int fd, void *buf, size_t len);
ssize_t __real_write(int fd, const void *data, size_t len);

int     __wrap_open(const char *path, int flags, ...);
int     __wrap_open64(const char *path, int flags, ...);
int     __wrap_close(int fd);
int     __wrap_fsync(int fd);
int     __wrap_fdatasync(int fd);
int     __wrap_rename(const char *from, const char *to);
int     __wrap_unlink(const char *path);
int     __wrap_ftruncate(int fd, off_t len);
int     __wrap_ftruncate64(int fd, off_t len);
int     __wrap_flock(int fd, int how);
int     __wrap_mkostemp(char *path, int flags);
int     __wrap_mkostemp64(char *path, int flags);
ssize_t __wrap_read(int fd, void *buf, size_t len);
ssize_t __wrap_write(int fd, const void *data, size_t len);

enum { FDS = 256, NAMES = 16, NO_INODE = 0, FOLDER = -1 };

static int (*hook)(void);
static long   calls, hook_at;
static size_t most_at_once;

static const char *recorded; /* the folder, NULL: no recording */
static disk_log   *log_;
static int         inodes;
static struct {
    int    inode;
    size_t pos;
} fds[FDS];
static struct {
    int  inode;
    char name[DISK_NAME];
} names[NAMES];

void
disk_at(long nth, int (*what)(void))
{
    calls   = 0;
    hook_at = nth;
    hook    = what;
}

long
disk_calls(void)
{
    hook = NULL;
    return calls;
}

void
disk_short(size_t most)
{
    most_at_once = most;
}

static int
fails(void)
{
    int code = ++calls == hook_at && hook != NULL ? hook() : 0;

    if (code != 0)
        errno = code;
    return code != 0;
}

void
disk_record(const char *folder, disk_log *log)
{
    memset(fds, 0, sizeof(fds));
    memset(names, 0, sizeof(names));
    log->count = 0;
    inodes     = 0;
    log_       = log;
    recorded   = folder;
}

void
disk_stop(void)
{
    recorded = NULL;
}

static disk_event *
event(enum disk_kind kind, int inode)
{
    disk_event *e;

    if (log_->count == DISK_EVENTS)
        abort();
    e = &log_->events[log_->count++];
    memset(e, 0, sizeof(*e));
    e->kind  = kind;
    e->inode = inode;
    return e;
}

void
disk_mark(enum disk_kind kind, uint64_t version)
{
    event(kind, NO_INODE)->version = version;
}

/* The name in the folder, "" the folder itself, NULL elsewhere. */
static const char *
name_in(const char *path)
{
    size_t len = recorded == NULL ? 0 : strlen(recorded);

    if (len == 0 || strncmp(path, recorded, len) != 0 || (path[len] != '/' && path[len] != '\0'))
        return NULL;

    path += len + (path[len] == '/');
    if (strchr(path, '/') != NULL || strlen(path) >= DISK_NAME)
        abort();
    return path;
}

static int *
inode_of(const char *name)
{
    int i, gap = -1;

    for (i = 0; i < NAMES; i++) {
        if (names[i].inode == NO_INODE)
            gap = i;
        else if (strcmp(names[i].name, name) == 0)
            return &names[i].inode;
    }
    if (gap < 0)
        abort();
    (void)snprintf(names[gap].name, DISK_NAME, "%s", name);
    return &names[gap].inode;
}

static void
opened(int fd, const char *name, int flags)
{
    int *inode = *name == '\0' ? NULL : inode_of(name);

    if (fd >= FDS)
        abort();
    if (inode != NULL && *inode == NO_INODE) {
        *inode = ++inodes;
        (void)strcpy(event(DISK_CREATE, *inode)->name, name);
    } else if (inode != NULL && (flags & O_TRUNC) != 0) {
        (void)event(DISK_TRUNCATE, *inode);
    }
    fds[fd].inode = inode == NULL ? FOLDER : *inode;
    fds[fd].pos   = 0;
}

static int
do_open(const char *path, int flags, int mode)
{
    int fd;

    if (fails())
        return -1;

    fd = __real_open(path, flags, mode);
    if (fd >= 0 && name_in(path) != NULL)
        opened(fd, name_in(path), flags);
    return fd;
}

static int
mode_of(int flags, va_list more)
{
    return (flags & O_CREAT) != 0 ? va_arg(more, int) : 0;
}

int
__wrap_open(const char *path, int flags, ...)
{
    va_list more;
    int     mode;

    va_start(more, flags);
    mode = mode_of(flags, more);
    va_end(more);
    return do_open(path, flags, mode);
}

int
__wrap_open64(const char *path, int flags, ...)
{
    va_list more;
    int     mode;

    va_start(more, flags);
    mode = mode_of(flags, more);
    va_end(more);
    return do_open(path, flags, mode);
}

int
__wrap_mkostemp(char *path, int flags)
{
    int fd = fails() ? -1 : __real_mkostemp(path, flags);

    if (fd >= 0 && name_in(path) != NULL)
        opened(fd, name_in(path), flags);
    return fd;
}

int
__wrap_mkostemp64(char *path, int flags)
{
    return __wrap_mkostemp(path, flags);
}

/* Closed it is in any case, as on Linux. */
int
__wrap_close(int fd)
{
    int failed = fails(), code = errno, rc = __real_close(fd);

    if (fd >= 0 && fd < FDS)
        fds[fd].inode = NO_INODE;
    if (!failed)
        return rc;
    errno = code;
    return -1;
}

static int
do_sync(int fd, int (*sync_)(int))
{
    if (fails())
        return -1;
    if (recorded == NULL)
        return sync_(fd);

    if (fds[fd].inode == FOLDER)
        (void)event(DISK_SYNC_FOLDER, NO_INODE);
    else if (fds[fd].inode != NO_INODE)
        (void)event(DISK_SYNC, fds[fd].inode);
    return 0;
}

int
__wrap_fsync(int fd)
{
    return do_sync(fd, __real_fsync);
}

int
__wrap_fdatasync(int fd)
{
    return do_sync(fd, __real_fdatasync);
}

int
__wrap_rename(const char *from, const char *to)
{
    disk_event *e;

    if (fails() || __real_rename(from, to) != 0)
        return -1;
    if (name_in(from) == NULL || name_in(to) == NULL)
        return 0;

    e = event(DISK_RENAME, *inode_of(name_in(from)));
    (void)strcpy(e->name, name_in(from));
    (void)strcpy(e->to, name_in(to));
    *inode_of(e->to)   = e->inode;
    *inode_of(e->name) = NO_INODE;
    return 0;
}

int
__wrap_unlink(const char *path)
{
    if (fails() || __real_unlink(path) != 0)
        return -1;
    if (name_in(path) == NULL)
        return 0;

    *inode_of(name_in(path)) = NO_INODE;
    (void)strcpy(event(DISK_UNLINK, NO_INODE)->name, name_in(path));
    return 0;
}

int
__wrap_ftruncate(int fd, off_t len)
{
    if (fails() || __real_ftruncate(fd, len) != 0)
        return -1;
    if (recorded != NULL && fds[fd].inode > NO_INODE)
        event(DISK_TRUNCATE, fds[fd].inode)->len = (size_t)len;
    return 0;
}

int
__wrap_ftruncate64(int fd, off_t len)
{
    return __wrap_ftruncate(fd, len);
}

int
__wrap_flock(int fd, int how)
{
    return fails() ? -1 : __real_flock(fd, how);
}

ssize_t
__wrap_read(int fd, void *buf, size_t len)
{
    return fails() ? -1 : __real_read(fd, buf, len);
}

ssize_t
__wrap_write(int fd, const void *data, size_t len)
{
    disk_event *e;
    ssize_t     done;

    if (fails())
        return -1;
    if (most_at_once > 0 && len > most_at_once)
        len = most_at_once;

    done = __real_write(fd, data, len);
    if (done <= 0 || recorded == NULL || fd >= FDS || fds[fd].inode <= NO_INODE)
        return done;
    if (done > DISK_DATA_MAX)
        abort();
    e      = event(DISK_WRITE, fds[fd].inode);
    e->at  = fds[fd].pos;
    e->len = (size_t)done;
    memcpy(e->data, data, e->len);
    fds[fd].pos += e->len;
    return done;
}
