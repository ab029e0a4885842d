/* SPDX-License-Identifier: Apache-2.0 */
#include "key_points.h"

#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/file.h>
#include <unistd.h>

#include "key_party.h"

/* The names are the linker's: with --wrap=f a call of f goes to __wrap_f, and __real_f is f. */
int     __real_open(const char *path, int flags, ...);
int     __real_fsync(int fd);
int     __real_rename(const char *from, const char *to);
int     __real_flock(int fd, int how);
ssize_t __real_write(int fd, const void *data, size_t len);

int     __wrap_open(const char *path, int flags, ...);
int     __wrap_open64(const char *path, int flags, ...);
int     __wrap_fsync(int fd);
int     __wrap_rename(const char *from, const char *to);
int     __wrap_flock(int fd, int how);
ssize_t __wrap_write(int fd, const void *data, size_t len);
void   *__wrap_sodium_malloc(size_t size);
void    __wrap_sodium_free(void *data);

static int  is_on, is_renamed, is_half;
static long nth, count, of_files;
static char kinds[POINTS_MAX];

long
points_of_files(void)
{
    return of_files;
}

void
points_start(long at)
{
    is_on = 1;
    nth   = at;
}

long
points_so_far(char *to)
{
    memcpy(to, kinds, sizeof(kinds));
    return count;
}

void
point(char kind)
{
    if (!is_on)
        return;
    if (count == POINTS_MAX)
        abort();
    kinds[count++] = kind;
    if (count == nth)
        kill(getpid(), SIGKILL);
}

static void
file_point(char kind)
{
    of_files += is_on;
    point(kind);
}

/* Until the file beside is there nothing is done, and what only reads leaves nothing behind: to be
 * killed there is to be killed before. */
static int
open_as(const char *path, int flags, int mode)
{
    if ((flags & O_EXCL) != 0)
        file_point(POINT_CREATE);
    return __real_open(path, flags, mode);
}

int
__wrap_open(const char *path, int flags, ...)
{
    va_list args;
    int     mode;

    va_start(args, flags);
    mode = (flags & O_CREAT) != 0 ? va_arg(args, int) : 0;
    va_end(args);
    return open_as(path, flags, mode);
}

int
__wrap_open64(const char *path, int flags, ...)
{
    va_list args;
    int     mode;

    va_start(args, flags);
    mode = (flags & O_CREAT) != 0 ? va_arg(args, int) : 0;
    va_end(args);
    return open_as(path, flags, mode);
}

int
__wrap_fsync(int fd)
{
    file_point(is_renamed ? POINT_RENAMED : POINT_SYNC);
    is_renamed = 0;
    return __real_fsync(fd);
}

int
__wrap_rename(const char *from, const char *to)
{
    file_point(POINT_RENAME);
    is_renamed = is_on;
    return __real_rename(from, to);
}

int
__wrap_flock(int fd, int how)
{
    file_point((how & LOCK_UN) != 0 ? POINT_UNLOCK : POINT_LOCK);
    return __real_flock(fd, how);
}

/* In two: the caller writes the rest. */
ssize_t
__wrap_write(int fd, const void *data, size_t len)
{
    ssize_t half;

    is_half = is_on && !is_half && len > 1;
    if (!is_half)
        return __real_write(fd, data, len);

    file_point(POINT_WRITE);
    half = __real_write(fd, data, len / 2);
    file_point(POINT_HALF);
    return half;
}

/* Eight system calls for a piece of locked memory would be most of what a story takes. */
void *
__wrap_sodium_malloc(size_t size)
{
    return malloc(size);
}

void
__wrap_sodium_free(void *data)
{
    free(data);
}
