/* SPDX-License-Identifier: Apache-2.0 */
#include "keystore_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#include "clock.h"
#include "error.h"
#include "keyring.h"
#include "keystore.h"

/* Every name is made at birth: in the middle of a swap nothing may fail for want of memory. */
typedef struct names {
    char *path;
    char *lock;   /* PATH.lock: stays for ever, since a lock on a removed file keeps nobody out */
    char *temp;   /* PATH.new: see create() */
    char *folder;
} names;

/* What the system refused, and what one does about it; errno as it is. */
static pwwb_status
refused(pwwb_error *err, const char *what)
{
    int         code   = errno;
    pwwb_status status = PWWB_E_SYSTEM;
    const char *advice = "";

    if (code == ENOSPC || code == EDQUOT) {
        status = PWWB_E_NO_SPACE;
        advice = "; free some space, the old file is unharmed";
    } else if (code == EROFS || code == EACCES || code == EPERM) {
        status = PWWB_E_READ_ONLY;
        advice = "; its folder must be writable by the user who runs this";
    }
    return wb_fail_from(err, status, PWWB_LAYER_ERRNO, code, "cannot %s: %s%s", what,
                        strerror(code), advice);
}

/* No link is followed, for the rename would replace the link and not the file. */
static pwwb_status
load(void *ctx, uint8_t *buf, size_t buf_size, size_t *ret_len, uint64_t *ret_version,
     pwwb_error *err)
{
    const names *n = ctx;
    pwwb_status  st;

    st = wb_private_file_read(n->path, O_NOFOLLOW, "the key file", buf, buf_size, ret_len, err);
    if (st == PWWB_OK)
        st = wb_keyring_version(wb_span_of(buf, *ret_len), ret_version, err);
    return st;
}

static pwwb_status
wait_for(int fd, pwwb_error *err)
{
    static const struct timespec pause    = {.tv_nsec = 5000000};
    const int64_t                deadline = wb_clock_system.monotonic_ms(NULL)
                                          + WB_KEYSTORE_FILE_WAIT_MS;

    while (flock(fd, LOCK_EX | LOCK_NB) != 0) {
        if (errno != EWOULDBLOCK && errno != EINTR)
            return refused(err, "lock PATH.lock beside the key file");
        if (wb_clock_system.monotonic_ms(NULL) >= deadline)
            return wb_fail(err, PWWB_E_TIMEOUT,
                           "another process keeps PATH.lock locked; see lslocks, and try again");
        (void)nanosleep(&pause, NULL);
    }
    return PWWB_OK;
}

/* The lock is the open file's, not the process': it also keeps threads apart, and it goes with the
 * process, however that ends. */
static pwwb_status
lock(const names *n, int *ret_fd, pwwb_error *err)
{
    int         fd = open(n->lock, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600);
    pwwb_status st;

    if (fd < 0)
        return refused(err, "open PATH.lock beside the key file");

    st = wait_for(fd, err);
    if (st != PWWB_OK) {
        (void)close(fd);
        return st;
    }
    *ret_fd = fd;
    return PWWB_OK;
}

/* Said aloud, and not left to close(): a child forked meanwhile has the same open file. */
static void
unlock(int fd)
{
    (void)flock(fd, LOCK_UN);
    (void)close(fd);
}

static pwwb_status
check_version(void *ctx, uint64_t expected, const uint8_t *data, size_t len, pwwb_error *err)
{
    uint8_t     old[PWWB_KEYRING_MAX];
    size_t      old_len;
    uint64_t    stored = 0, next = 0;
    pwwb_status st;

    st = wb_keyring_version(wb_span_of(data, len), &next, err);
    if (st != PWWB_OK)
        return st;
    if (expected == UINT64_MAX || next != expected + 1)
        return wb_fail(err, PWWB_E_INVALID_ARGUMENT, "what is to be stored has another version");

    st = load(ctx, old, sizeof(old), &old_len, &stored, err);
    if (st != PWWB_OK && st != PWWB_E_NOT_FOUND)
        return st;
    wb_ok(err);
    if (stored != expected)
        return wb_fail(err, PWWB_E_CHANGED, "somebody else stored another version: load it again");

    return PWWB_OK;
}

/* Always the same name, so a process that was killed leaves one such file at most. The lock makes
 * it ours. What stands there is removed and made anew, not truncated: it could be a link, a pipe,
 * or readable by others. */
static int
create(const names *n)
{
    if (unlink(n->temp) != 0 && errno != ENOENT)
        return -1;
    return open(n->temp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
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

/* The octets reach the disk before the name does: after a crash no reader may find half of them. */
static pwwb_status
write_beside(const names *n, const uint8_t *data, size_t len, pwwb_error *err)
{
    int         fd = create(n);
    pwwb_status st = PWWB_OK;

    if (fd < 0)
        return refused(err, "create PATH.new beside the key file");

    if (write_all(fd, data, len) != 0)
        st = refused(err, "write PATH.new beside the key file");
    else if (fsync(fd) != 0)
        st = refused(err, "synchronise PATH.new beside the key file");
    if (close(fd) != 0 && st == PWWB_OK)
        st = refused(err, "close PATH.new beside the key file");
    return st;
}

/* The folder is opened first: once the file is renamed only fsync() can still fail. */
static pwwb_status
replace(const names *n, const uint8_t *data, size_t len, pwwb_error *err)
{
    int         folder = open(n->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    pwwb_status st;

    if (folder < 0)
        return refused(err, "open the key file's folder");

    st = write_beside(n, data, len, err);
    if (st == PWWB_OK && rename(n->temp, n->path) != 0)
        st = refused(err, "rename PATH.new to the key file");
    if (st != PWWB_OK)
        (void)unlink(n->temp);
    else if (fsync(folder) != 0)
        st = wb_fail_from(err, PWWB_E_SYSTEM, PWWB_LAYER_ERRNO, errno,
                          "the key file is stored, but a power failure may bring back the one "
                          "before: cannot synchronise its folder: %s; look at the disk, load again",
                          strerror(errno));
    (void)close(folder);
    return st;
}

static pwwb_status
swap(void *ctx, uint64_t expected, const uint8_t *data, size_t len, pwwb_error *err)
{
    const names *n = ctx;
    int          fd = -1;
    pwwb_status  st;

    st = lock(n, &fd, err);
    if (st != PWWB_OK)
        return st;

    st = check_version(ctx, expected, data, len, err);
    if (st == PWWB_OK)
        st = replace(n, data, len, err);
    unlock(fd);
    return st;
}

static void
destroy(void *ctx)
{
    names *n = ctx;

    free(n->path);
    free(n->lock);
    free(n->temp);
    free(n->folder);
    free(n);
}

const pwwb_keystore_ops wb_keystore_file = {
    .size = sizeof(pwwb_keystore_ops), .load = load, .swap = swap, .destroy = destroy};

static char *
joined(const char *path, size_t len, const char *end)
{
    size_t size = len + strlen(end) + 1;
    char  *name = malloc(size);

    if (name != NULL)
        (void)snprintf(name, size, "%.*s%s", (int)len, path, end);
    return name;
}

pwwb_status
wb_keystore_file_new(const char *path, void **ret_ctx, pwwb_error *err)
{
    const char *slash;
    size_t      len = path == NULL ? 0 : strlen(path);
    names      *n;

    if (len == 0 || path[len - 1] == '/' || len > 4095)
        return wb_fail(err, PWWB_E_INVALID_ARGUMENT, "path must name a file");
    n = calloc(1, sizeof(*n));
    if (n == NULL)
        return wb_fail(err, PWWB_E_NO_MEMORY, "no memory for a key store");

    slash     = strrchr(path, '/');
    n->path   = joined(path, len, "");
    n->lock   = joined(path, len, ".lock");
    n->temp   = joined(path, len, ".new");
    n->folder = joined(path, slash == NULL ? 0 : (size_t)(slash - path), slash == NULL ? "." : "/");
    if (n->path == NULL || n->lock == NULL || n->temp == NULL || n->folder == NULL) {
        destroy(n);
        return wb_fail(err, PWWB_E_NO_MEMORY, "no memory for a file name");
    }
    *ret_ctx = n;
    return PWWB_OK;
}

pwwb_status
pwwb_keystore_new_file(const char *path, const pwwb_keystore_options *options,
                       pwwb_keystore **ret_store, pwwb_error *err)
{
    void       *ctx;
    pwwb_status st;

    wb_ok(err);
    if (ret_store != NULL)
        *ret_store = NULL;

    st = wb_keystore_file_new(path, &ctx, err);
    if (st != PWWB_OK)
        return st;

    st = pwwb_keystore_new(&wb_keystore_file, ctx, options, ret_store, err);
    if (st != PWWB_OK)
        destroy(ctx);
    return st;
}
