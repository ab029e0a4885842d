/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "corpus.h"
#include "error.h"
#include "filter.h"
#include "secret.h"

/* Read, not mapped: a mapped file that somebody cuts would end the host by SIGBUS. */
typedef struct file {
    int       fd;
    wb_corpus corpus;
} file;

static pwwb_status
failed(pwwb_error *err, const char *how)
{
    int code = errno;

    return wb_fail_from(err, code == ENOENT ? PWWB_E_NOT_FOUND : PWWB_E_SYSTEM, PWWB_LAYER_ERRNO,
                        code, "cannot %s the breach corpus: %s", how, strerror(code));
}

static pwwb_status
read_at(void *ctx, int64_t at, uint8_t *buf, size_t len, pwwb_error *err)
{
    const file *f = ctx;

    while (len > 0) {
        ssize_t got = pread(f->fd, buf, len, (off_t)at);

        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return failed(err, "read");
        if (got == 0)
            return wb_fail(err, PWWB_E_MALFORMED, "the breach corpus was cut after it was opened");
        at += got;
        buf += got;
        len -= (size_t)got;
    }
    return PWWB_OK;
}

static pwwb_status
open_file(file *f, const char *path, pwwb_error *err)
{
    struct stat about;

    f->fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* waits for no pipe */
    if (f->fd < 0)
        return failed(err, "open");
    if (fstat(f->fd, &about) != 0)
        return failed(err, "look at");
    if (!S_ISREG(about.st_mode))
        return wb_fail(err, PWWB_E_MALFORMED, "the breach corpus is no regular file");

    f->corpus = (wb_corpus){.size = about.st_size, .read = read_at, .ctx = f};
    return wb_corpus_check(&f->corpus, err);
}

static void
drop(void *ctx)
{
    file *f = ctx;

    if (f->fd >= 0)
        (void)close(f->fd);
    free(f);
}

static pwwb_status
check(void *ctx, const pwwb_account *account, int32_t kind, const uint8_t *password,
      size_t password_len, pwwb_findings *findings, pwwb_error *err)
{
    const file *f     = ctx;
    int         found = 0;
    uint8_t     hash[WB_SHA1_SIZE];
    pwwb_status st;

    (void)account;
    (void)kind;
    if (wb_sha1(password, password_len, hash) != 0)
        return wb_fail(err, PWWB_E_NOT_SUPPORTED, "this mbedTLS has no SHA-1");

    st = wb_corpus_find(&f->corpus, hash, &found, err);
    wb_wipe(hash, sizeof(hash));
    if (found)
        (void)pwwb_findings_add(findings, PWWB_CODE_POLICY_BANNED, PWWB_BASIS_STATED, 0, 0);
    return st;
}

static const pwwb_filter_ops breached_ops = {
    .size = sizeof(pwwb_filter_ops), .check = check, .destroy = drop};

pwwb_status
pwwb_filter_new_breached(const char *path, pwwb_filter **ret_filter, pwwb_error *err)
{
    file       *f;
    pwwb_status st;

    wb_ok(err);
    if (ret_filter != NULL)
        *ret_filter = NULL;
    if (path == NULL || ret_filter == NULL)
        return wb_fail(err, PWWB_E_INVALID_ARGUMENT, "path and ret_filter must be given");

    f = calloc(1, sizeof(*f));
    if (f == NULL)
        return wb_fail(err, PWWB_E_NO_MEMORY, "no memory for a breach corpus");

    st = open_file(f, path, err);
    if (st == PWWB_OK)
        st = pwwb_filter_new(&breached_ops, f, ret_filter, err);
    if (st != PWWB_OK)
        drop(f);
    return st;
}
