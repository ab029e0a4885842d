/* SPDX-License-Identifier: Apache-2.0 */
#define _POSIX_C_SOURCE 200809L
#include "secret.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

/* Through volatile, so that no compiler leaves it out. */
static void
wipe(secret *s)
{
    volatile uint8_t *p = (volatile uint8_t *)s;
    size_t            n = sizeof(*s);

    while (n-- > 0)
        *p++ = 0;
}

void
secret_process(void)
{
    static const struct rlimit none = {0, 0};

    (void)umask(077);
    (void)setrlimit(RLIMIT_CORE, &none);
    (void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

void
secret_make(secret *s)
{
    (void)mlock(s, sizeof(*s));
    wipe(s);
}

void
secret_drop(secret *s)
{
    wipe(s);
    (void)munlock(s, sizeof(*s));
}

/* Octet by octet: nothing behind the line may stay in a buffer. */
int
secret_fd_line(secret *s, int fd)
{
    for (s->len = 0; s->len < sizeof(s->octets); s->len++) {
        if (read(fd, &s->octets[s->len], 1) != 1)
            return s->len > 0 ? 0 : -1;
        if (s->octets[s->len] == '\n')
            return 0;
    }
    return -1;
}

int
secret_line(secret *s, const char *prompt)
{
    struct termios shown, hidden;
    int            rc;

    if (prompt == NULL || tcgetattr(STDIN_FILENO, &shown) != 0)
        return secret_fd_line(s, STDIN_FILENO);

    fprintf(stderr, "%s: ", prompt);
    hidden = shown;
    hidden.c_lflag &= ~(tcflag_t)ECHO;
    (void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden);
    rc = secret_fd_line(s, STDIN_FILENO);
    (void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &shown);
    fputc('\n', stderr);
    return rc;
}

int
secret_file(secret *s, const char *path, size_t len)
{
    int fd = open(path, O_RDONLY);

    s->len = 0;
    if (fd >= 0 && len <= sizeof(s->octets) && read(fd, s->octets, len) == (ssize_t)len)
        s->len = len;
    if (fd >= 0)
        close(fd);
    return s->len == len ? 0 : -1;
}

int
secret_file_line(secret *s, const char *path)
{
    int     fd   = open(path, O_RDONLY);
    ssize_t got  = fd >= 0 ? read(fd, s->octets, sizeof(s->octets)) : -1;
    void   *line = got > 0 ? memchr(s->octets, '\n', (size_t)got) : NULL;

    if (fd >= 0)
        close(fd);
    s->len = line != NULL ? (size_t)((uint8_t *)line - s->octets) : got > 0 ? (size_t)got : 0;
    return s->len > 0 ? 0 : -1;
}

int
secret_write_new(const secret *s, const char *path)
{
    int fd   = open(path, O_WRONLY | O_CREAT | O_EXCL, 0600);
    int done = fd >= 0 && write(fd, s->octets, s->len) == (ssize_t)s->len && fsync(fd) == 0;

    if (fd >= 0)
        close(fd);
    return done ? 0 : -1;
}

pwwb_status
secret_store(const char *folder, const char *name, pwwb_keystore **ret_store, pwwb_error *err)
{
    pwwb_keystore_options options = {.size = sizeof(options), .lock = PWWB_LOCK_KEY};
    char                  lock[4096], path[4096];

    (void)snprintf(lock, sizeof(lock), "%s/lock.key", folder);
    (void)snprintf(path, sizeof(path), "%s/%s", folder, name);
    options.secret_file = lock;
    return pwwb_keystore_new_file(path, &options, ret_store, err);
}

pwwb_status
secret_keyring(const char *folder, const char *name, pwwb_keyring **ret_keyring, pwwb_error *err)
{
    pwwb_keystore *store = NULL;
    pwwb_status    st    = secret_store(folder, name, &store, err);

    if (st == PWWB_OK)
        st = pwwb_keystore_load(store, ret_keyring, err);
    pwwb_keystore_free(store);
    return st;
}
