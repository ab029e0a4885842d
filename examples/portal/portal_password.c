/* SPDX-License-Identifier: Apache-2.0 */
#include "portal_password.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "portal.h"
#include "portal_lang.h"
#include "portal_stop.h"

static int
end(int code, const char *why)
{
    fprintf(stderr, "%s\n", why);
    return code;
}

/* One line, octet by octet: what is behind it stays where it is. */
static int
read_line(int fd, secret *s)
{
    ssize_t got = 0;

    for (s->len = 0; s->len < sizeof(s->octets); s->len++) {
        struct pollfd in = {.fd = fd, .events = POLLIN};

        do
            got = portal_poll(&in, 1, -1) == 1 ? read(fd, &s->octets[s->len], 1) : -1;
        while (got < 0 && errno == EINTR && !portal_stopped());
        if (got != 1 || s->octets[s->len] == '\n')
            break;
    }
    return (got == 1 && s->len < sizeof(s->octets)) || (got == 0 && s->len > 0) ? 0 : -1;
}

/* The terminal shows nothing, and knows no Ctrl-Z that would leave it so. */
static void
hide(const struct termios *shown, int fd)
{
    struct termios hidden = *shown;

    hidden.c_lflag &= ~(tcflag_t)ECHO;
    hidden.c_lflag |= ICANON | ISIG;
    hidden.c_cc[VSUSP] = hidden.c_cc[VQUIT] = _POSIX_VDISABLE;
    (void)tcsetattr(fd, TCSAFLUSH, &hidden);
}

static int
prompt(int tty, const char *text, secret *s)
{
    struct termios shown;
    int            rc;

    if (tcgetattr(tty, &shown) != 0)
        return end(PORTAL_MISUSED, _("No terminal is here: use --password-fd or --password-file."));
    hide(&shown, tty);
    dprintf(tty, "%s: ", text);
    rc = read_line(tty, s);
    (void)tcsetattr(tty, TCSAFLUSH, &shown);
    dprintf(tty, "\n");
    if (portal_stopped())
        return end(PORTAL_NOT, _("Stopped. Nothing was sent."));
    if (rc != 0 || s->len == 0)
        return end(PORTAL_NOT, _("No password, or one that is too long. Nothing was sent."));
    return PORTAL_WELL;
}

static int
type_twice(int tty, secret *new_one)
{
    secret again;
    int    rc, is_same;

    secret_make(&again);
    rc = prompt(tty, _("New password"), new_one);
    if (rc == 0)
        rc = prompt(tty, _("New password, once more"), &again);
    is_same = again.len == new_one->len && memcmp(again.octets, new_one->octets, again.len) == 0;
    secret_drop(&again);
    return rc == 0 && !is_same ? end(PORTAL_NOT, _("The two are not the same. Nothing was sent.")) : rc;
}

static int
type(int is_change, secret *new_one, secret *old_one)
{
    int tty = open("/dev/tty", O_RDWR | O_CLOEXEC);
    int rc  = PORTAL_WELL;

    if (tty < 0)
        return end(PORTAL_MISUSED, _("No terminal is here: use --password-fd or --password-file."));
    if (is_change)
        rc = prompt(tty, _("Current password"), old_one);
    if (rc == 0)
        rc = type_twice(tty, new_one);
    close(tty);
    return rc;
}

static int
take_lines(int fd, int is_change, secret *new_one, secret *old_one)
{
    if (read_line(fd, new_one) != 0 || new_one->len == 0
        || (is_change && (read_line(fd, old_one) != 0 || old_one->len == 0)))
        return end(PORTAL_NOT, is_change ? _("Two lines were expected: the new password and the current one.")
                                         : _("One line was expected: the new password."));
    return PORTAL_WELL;
}

int
portal_password_read(const portal_options *o, int is_change, secret *new_one, secret *old_one)
{
    int fd = (int)o->password_fd;
    int rc;

    if (fd < 0 && o->password_file == NULL)
        return type(is_change, new_one, old_one);
    if (o->password_file != NULL)
        fd = open(o->password_file, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return end(PORTAL_NOT, _("The file with the password cannot be opened."));
    rc = take_lines(fd, is_change, new_one, old_one);
    if (o->password_file != NULL)
        close(fd);
    return rc;
}
