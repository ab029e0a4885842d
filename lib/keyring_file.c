/* SPDX-License-Identifier: Apache-2.0 */
#include <pwwb/keyring.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "error.h"

static pwwb_status
failed(pwwb_error *err, const char *what)
{
    return wb_fail_from(err, PWWB_E_SYSTEM, PWWB_ORIGIN_ERRNO, errno, "cannot %s the key file: %s",
                        what, strerror(errno));
}

static int
write_all(int fd, const uint8_t *data, size_t len)
{
    while (len > 0) {
        ssize_t done = write(fd, data, len);

        if (done < 0 && errno == EINTR)
            continue;
        if (done < 0)
            return -1;
        data += done;
        len -= (size_t)done;
    }
    return 0;
}

/* The rename is durable only once its folder is. The path is cut: after the rename nothing may fail
 * for want of memory. */
static int
sync_folder_of(char *path)
{
    char *slash = strrchr(path, '/');
    int   fd;
    int   rc;

    if (slash != NULL)
        slash[1] = '\0';
    fd = open(slash != NULL ? path : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return -1;

    rc = fsync(fd);
    (void)close(fd);
    return rc;
}

/* Write beside, synchronise, rename: a reader sees the old file or the new one. */
static pwwb_status
replace(const char *path, const uint8_t *data, size_t len, pwwb_error *err)
{
    size_t      size = strlen(path) + sizeof(".XXXXXX");
    char       *temp = malloc(size);
    int         fd;
    pwwb_status st = PWWB_OK;

    if (temp == NULL)
        return wb_fail(err, PWWB_E_NO_MEMORY, "no memory for a file name");

    (void)snprintf(temp, size, "%s.XXXXXX", path);
    fd = mkostemp(temp, O_CLOEXEC); /* mode 0600 */
    if (fd < 0) {
        st = failed(err, "create");
        free(temp);
        return st;
    }

    if (write_all(fd, data, len) != 0 || fsync(fd) != 0)
        st = failed(err, "write");
    if (close(fd) != 0 && st == PWWB_OK)
        st = failed(err, "write");
    if (st == PWWB_OK && rename(temp, path) != 0)
        st = failed(err, "rename");
    if (st != PWWB_OK)
        (void)unlink(temp);
    else if (sync_folder_of(temp) != 0)
        st = failed(err, "synchronise the folder of");
    free(temp);
    return st;
}

pwwb_status
pwwb_keyring_save(const pwwb_keyring *keyring, int32_t half, int32_t lock, const uint8_t *secret,
                  size_t secret_len, const char *path, pwwb_error *err)
{
    uint8_t     sealed[PWWB_KEYRING_MAX];
    size_t      len;
    pwwb_status st;

    wb_ok(err);
    if (path == NULL)
        return wb_fail(err, PWWB_E_INVALID_ARGUMENT, "path must be given");

    st = pwwb_keyring_seal(keyring, half, lock, secret, secret_len, sealed, sizeof(sealed), &len,
                           err);
    if (st != PWWB_OK)
        return st;

    return replace(path, sealed, len, err);
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

static pwwb_status
read_file(const char *path, uint8_t *buf, size_t size, size_t *ret_len, pwwb_error *err)
{
    int         fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    pwwb_status st = PWWB_OK;

    *ret_len = 0;
    if (fd < 0 && errno == ENOENT)
        return wb_fail_from(err, PWWB_E_NOT_FOUND, PWWB_ORIGIN_ERRNO, ENOENT, "no such key file");
    if (fd < 0)
        return failed(err, "open");

    if (read_all(fd, buf, size, ret_len) != 0)
        st = failed(err, "read");
    (void)close(fd);
    return st;
}

pwwb_status
pwwb_keyring_load(const char *path, int32_t lock, const uint8_t *secret, size_t secret_len,
                  pwwb_keyring **ret_keyring, pwwb_error *err)
{
    uint8_t     sealed[PWWB_KEYRING_MAX + 1];
    size_t      len;
    pwwb_status st;

    wb_ok(err);
    if (ret_keyring != NULL)
        *ret_keyring = NULL;
    if (path == NULL)
        return wb_fail(err, PWWB_E_INVALID_ARGUMENT, "path must be given");

    st = read_file(path, sealed, sizeof(sealed), &len, err);
    if (st != PWWB_OK)
        return st;

    return pwwb_keyring_open(sealed, len, lock, secret, secret_len, ret_keyring, err);
}
