/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "error.h"
#include "keystore.h"

static pwwb_status
failed(pwwb_error *err, const char *what, const char *how)
{
    int         code   = errno;
    const char *advice = "";

    if (code == EACCES || code == EPERM)
        advice = "; run this as the file's owner";
    else if (code == ELOOP)
        advice = "; a symbolic link: name the file itself";
    return wb_fail_from(err, PWWB_E_SYSTEM, PWWB_LAYER_ERRNO, code, "cannot %s %s: %s%s", how,
                        what, strerror(code), advice);
}

/* Keys that others may read are no secret, and keys that others may write are no keys. With an
 * access list the group's bits are its mask, so they tell of the others in it, too. */
static pwwb_status
check_owner(int fd, const char *what, pwwb_error *err)
{
    struct stat file;

    if (fstat(fd, &file) != 0)
        return failed(err, what, "look at");
    if (!S_ISREG(file.st_mode))
        return wb_fail(err, PWWB_E_MALFORMED, "%s is no regular file", what);
    if ((file.st_mode & 077) != 0)
        return wb_fail(err, PWWB_E_PERMISSION, "others have rights on %s: chmod 600 it", what);
    if (file.st_uid != geteuid() && file.st_uid != 0)
        return wb_fail(err, PWWB_E_PERMISSION,
                       "%s belongs to another user: run as that user, or chown it", what);

    return PWWB_OK;
}

/* As much as there is, `size` at most. */
static int
read_all(int fd, uint8_t *buf, size_t size, size_t *ret_len)
{
    while (*ret_len < size) {
        ssize_t got = read(fd, buf + *ret_len, size - *ret_len);

        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return (int)got;
        *ret_len += (size_t)got;
    }
    return 0;
}

pwwb_status
wb_private_file_read(const char *path, int flags, const char *what, uint8_t *buf, size_t size,
                     size_t *ret_len, pwwb_error *err)
{
    uint8_t     more;
    int         fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | flags); /* waits for no pipe */
    size_t      extra = 0;
    pwwb_status st;

    *ret_len = 0;
    if (fd < 0 && errno == ENOENT)
        return wb_fail_from(err, PWWB_E_NOT_FOUND, PWWB_LAYER_ERRNO, ENOENT, "%s is not there",
                            what);
    if (fd < 0)
        return failed(err, what, "open");

    st = check_owner(fd, what, err);
    if (st == PWWB_OK
        && (read_all(fd, buf, size, ret_len) != 0 || read_all(fd, &more, 1, &extra) != 0))
        st = failed(err, what, "read");
    if (st == PWWB_OK && extra > 0)
        st = wb_fail(err, PWWB_E_TOO_LARGE, "%s has more than %zu octets", what, size);
    (void)close(fd);
    return st;
}
