/* SPDX-License-Identifier: Apache-2.0 */
#include "audit_file.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

struct audit_file {
    pthread_mutex_t mutex; /* around fd, and each line */
    int             fd;
    char            path[4096];
};

static pwwb_status
refuse(const audit_file *file, pwwb_status st, const char *why, pwwb_error *err)
{
    char said[256];

    (void)snprintf(said, sizeof(said), "the audit file %.160s %s", file->path, why);
    return pwwb_error_set(err, st, said);
}

static pwwb_status
refuse_errno(const audit_file *file, int code, pwwb_error *err)
{
    switch (code) {
    case ELOOP:
        return refuse(file, PWWB_E_PERMISSION, "is a link", err);
    case EACCES:
    case EPERM:
        return refuse(file, PWWB_E_PERMISSION, "may not be written", err);
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
        return refuse(file, PWWB_E_NO_SPACE, "has no room", err);
    case EROFS:
        return refuse(file, PWWB_E_READ_ONLY, "is where nothing can be written", err);
    case ENOENT:
        return refuse(file, PWWB_E_NOT_FOUND, "is in a folder that is not there", err);
    default:
        return refuse(file, PWWB_E_SYSTEM, "cannot be written", err);
    }
}

/* Whatever anybody else could read, or put there, is none. */
static pwwb_status
judge(const audit_file *file, int fd, pwwb_error *err)
{
    struct stat is;

    if (fstat(fd, &is) != 0)
        return refuse_errno(file, errno, err);
    if (!S_ISREG(is.st_mode))
        return refuse(file, PWWB_E_PERMISSION, "is no file", err);
    if (is.st_uid != geteuid())
        return refuse(file, PWWB_E_PERMISSION, "is somebody else's", err);
    if ((is.st_mode & 077) != 0)
        return refuse(file, PWWB_E_PERMISSION, "is open to others; chmod 600", err);
    return PWWB_OK;
}

/* What is no file would make open() wait without O_NONBLOCK. */
static pwwb_status
open_it(const audit_file *file, int *ret_fd, pwwb_error *err)
{
    int flags = O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
    int fd    = open(file->path, flags, 0600);

    pwwb_status st;

    *ret_fd = -1;
    if (fd < 0 && (errno == ENXIO || errno == EISDIR))
        return refuse(file, PWWB_E_PERMISSION, "is no file", err);
    if (fd < 0)
        return refuse_errno(file, errno, err);
    st = judge(file, fd, err);
    if (st == PWWB_OK)
        *ret_fd = fd;
    else
        (void)close(fd);
    return st;
}

pwwb_status
audit_file_open(const char *path, audit_file **ret_file, pwwb_error *err)
{
    audit_file *file;
    pwwb_status st;

    *ret_file = NULL;
    if (strlen(path) >= sizeof(file->path))
        return pwwb_error_set(err, PWWB_E_TOO_LARGE, "the audit file's name is too long");
    file = calloc(1, sizeof(*file));
    if (file == NULL)
        return pwwb_error_set(err, PWWB_E_NO_MEMORY, "no memory");
    (void)snprintf(file->path, sizeof(file->path), "%s", path);
    st = open_it(file, &file->fd, err);
    if (st == PWWB_OK && pthread_mutex_init(&file->mutex, NULL) != 0) {
        (void)close(file->fd);
        st = pwwb_error_set(err, PWWB_E_SYSTEM, "no mutex could be made");
    }
    if (st == PWWB_OK)
        *ret_file = file;
    else
        free(file);
    return st;
}

void
audit_file_free(audit_file *file)
{
    if (file == NULL)
        return;

    (void)pthread_mutex_destroy(&file->mutex);
    (void)close(file->fd);
    free(file);
}

static pwwb_status
reopen(audit_file *file, pwwb_error *err)
{
    int         fd;
    pwwb_status st = open_it(file, &fd, err);

    if (st != PWWB_OK)
        return st;
    (void)close(file->fd);
    file->fd = fd;
    return PWWB_OK;
}

pwwb_status
audit_file_reopen(audit_file *file, pwwb_error *err)
{
    pwwb_status st;

    (void)pthread_mutex_lock(&file->mutex);
    st = reopen(file, err);
    (void)pthread_mutex_unlock(&file->mutex);
    return st;
}

/* A part of it that found room is taken back. */
static pwwb_status
add(const audit_file *file, const char *line, size_t len)
{
    struct stat is;
    size_t      done = 0;
    int         code;

    if (fstat(file->fd, &is) != 0)
        return PWWB_E_SYSTEM;
    while (done < len) {
        ssize_t n = write(file->fd, line + done, len - done);

        if (n > 0)
            done += (size_t)n;
        else if (n == 0 || errno != EINTR)
            break;
    }
    if (done == len)
        return PWWB_OK;
    code = errno;
    if (done > 0 && ftruncate(file->fd, is.st_size) != 0)
        return PWWB_E_SYSTEM;
    return refuse_errno(file, code, NULL);
}

/* Other processes may add lines, too; and what was removed would take lines that nobody ever reads. */
static pwwb_status
add_alone(audit_file *file, const char *line, size_t len)
{
    struct stat is;
    pwwb_status st = PWWB_OK;

    if (fstat(file->fd, &is) != 0)
        return PWWB_E_SYSTEM;
    if (is.st_nlink == 0)
        st = reopen(file, NULL);
    if (st != PWWB_OK)
        return st;
    while (flock(file->fd, LOCK_EX) != 0)
        if (errno != EINTR)
            return PWWB_E_SYSTEM;
    st = add(file, line, len);
    (void)flock(file->fd, LOCK_UN);
    return st;
}

pwwb_status
audit_file_take(void *ctx, const pwwb_audit_event *event)
{
    audit_file *file = ctx;
    char        line[PWWB_AUDIT_LINE_SIZE + 1];
    size_t      len;
    pwwb_status st = pwwb_audit_print(event, line, PWWB_AUDIT_LINE_SIZE, &len, NULL);

    if (st != PWWB_OK)
        return st;
    line[len++] = '\n';
    (void)pthread_mutex_lock(&file->mutex);
    st = add_alone(file, line, len);
    (void)pthread_mutex_unlock(&file->mutex);
    return st;
}
