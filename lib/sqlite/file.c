/* SPDX-License-Identifier: Apache-2.0 */
#include "database.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int
is_strange(const struct stat *file)
{
    return file->st_uid != geteuid() && file->st_uid != 0;
}

/* The folder of a path, without its last slash but for "/". */
static void
folder_of(const char *path, char folder[PATH_MAX])
{
    const char *slash = strrchr(path, '/');
    size_t      len   = slash == NULL ? 0 : (size_t)(slash - path) + (slash == path);

    memcpy(folder, path, len);
    folder[len] = '\0';
    if (len == 0)
        strcpy(folder, ".");
}

/* Who may write the folder may put his own files there for those that SQLite keeps beside it. */
static pwwb_status
check_folder(const wb_kind *kind, const char *folder, pwwb_error *err)
{
    struct stat s;

    if (stat(folder, &s) != 0)
        return wb_refused(err, "look at the %s's folder", kind->noun);
    if ((s.st_mode & 022) != 0)
        return wb_say(err, PWWB_E_PERMISSION,
                      "others may write the %s's folder: give it one of its own, chmod 700", kind->noun);
    if (is_strange(&s))
        return wb_say(err, PWWB_E_PERMISSION,
                      "the %s's folder belongs to another user: run as that user", kind->noun);
    return PWWB_OK;
}

/* Looked at by its name and never opened: a process that closes any descriptor of a file gives up
 * all of its locks on it, those of SQLite's in other threads, too. */
static pwwb_status
check_file(const wb_kind *kind, const char *path, int is_to_write, pwwb_error *err)
{
    struct stat s;

    if (lstat(path, &s) != 0)
        return wb_refused(err, "look at the %s", kind->noun);
    if (!S_ISREG(s.st_mode))
        return wb_say(err, PWWB_E_MALFORMED,
                      "the %s's path names no regular file: name the file itself", kind->noun);
    if ((s.st_mode & 077) != 0)
        return wb_say(err, PWWB_E_PERMISSION, "others have rights on the %s: chmod 600 it", kind->noun);
    if (is_strange(&s))
        return wb_say(err, PWWB_E_PERMISSION,
                      "the %s belongs to another user: run as that user, or chown it", kind->noun);
    if (is_to_write && (s.st_mode & S_IWUSR) == 0)
        return wb_say(err, PWWB_E_READ_ONLY, "the %s is read-only: chmod 600 it", kind->noun);
    return PWWB_OK;
}

/* The name of a new file reaches the disk, too. */
static pwwb_status
sync_folder(const wb_kind *kind, const char *folder, pwwb_error *err)
{
    int         fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    pwwb_status st = PWWB_OK;

    if (fd < 0 || fsync(fd) != 0)
        st = wb_refused(err, "synchronise the %s's folder", kind->noun);
    if (fd >= 0)
        (void)close(fd);
    return st;
}

/* mknod() makes an empty file without a descriptor of it: see check_file(). */
static pwwb_status
make_file(const wb_kind *kind, const char *path, const char *folder, pwwb_error *err)
{
    if (mknod(path, S_IFREG | 0600, 0) == 0)
        return sync_folder(kind, folder, err);

    return errno == EEXIST ? PWWB_OK : wb_refused(err, "make the %s", kind->noun);
}

static pwwb_status
check_that_it_is_there(const wb_kind *kind, const char *path, pwwb_error *err)
{
    struct stat s;

    return lstat(path, &s) == 0 || (errno != ENOENT && errno != ENOTDIR)
               ? PWWB_OK
               : wb_say(err, PWWB_E_NOT_FOUND, "there is no %s at that path", kind->noun);
}

pwwb_status
wb_database_prepare(const wb_kind *kind, const char *path, int is_to_write, pwwb_error *err)
{
    char        folder[PATH_MAX];
    size_t      len = strlen(path);
    pwwb_status st  = PWWB_OK;

    if (len == 0 || len >= sizeof(folder) - sizeof("-wal") || path[len - 1] == '/')
        return wb_say(err, PWWB_E_INVALID_ARGUMENT, "path must name a file");

    folder_of(path, folder);
    if (!is_to_write)
        st = check_that_it_is_there(kind, path, err);
    if (st == PWWB_OK)
        st = check_folder(kind, folder, err);
    if (st == PWWB_OK && is_to_write)
        st = make_file(kind, path, folder, err);
    if (st == PWWB_OK)
        st = check_file(kind, path, is_to_write, err);
    return st;
}
