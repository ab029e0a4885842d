/* SPDX-License-Identifier: Apache-2.0 */
#include "import.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <unistd.h>

/* Who has the lock wrote his number there. */
static pwwb_status
say_who(int fd, pwwb_error *err)
{
    char    text[24] = "";
    ssize_t len      = pread(fd, text, sizeof(text) - 1, 0);
    long    pid      = len > 0 ? strtol(text, NULL, 10) : 0;

    return pid > 0 ? wb_say(err, PWWB_E_TIMEOUT, "process %ld imports into this space: let it end", pid)
                   : wb_say(err, PWWB_E_TIMEOUT, "another process imports into this space: let it end");
}

/* For people; the lock is what counts, and the system gives it back when a process dies. */
static void
write_who(int fd)
{
    if (ftruncate(fd, 0) == 0)
        (void)dprintf(fd, "%ld\n", (long)getpid());
}

static pwwb_status
take(int fd, pwwb_error *err)
{
    if (flock(fd, LOCK_EX | LOCK_NB) == 0) {
        write_who(fd);
        return PWWB_OK;
    }
    return errno == EWOULDBLOCK ? say_who(fd, err) : wb_refused(err, "lock the space for an import");
}

pwwb_status
wb_fill_lock(const char *path, int *ret_lock, pwwb_error *err)
{
    char        name[PATH_MAX + 8];
    pwwb_status st;

    (void)snprintf(name, sizeof(name), "%s-import", path);
    *ret_lock = open(name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (*ret_lock < 0)
        return wb_refused(err, "open the space's lock, PATH-import");

    st = take(*ret_lock, err);
    if (st != PWWB_OK) {
        (void)close(*ret_lock);
        *ret_lock = -1;
    }
    return st;
}

void
wb_fill_unlock(int lock)
{
    if (lock >= 0)
        (void)close(lock);
}
