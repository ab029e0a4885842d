/* SPDX-License-Identifier: Apache-2.0 */
#include "database.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

pwwb_status
wb_say(pwwb_error *err, pwwb_status status, const char *format, ...)
{
    char    message[256];
    va_list args;

    va_start(args, format);
    (void)vsnprintf(message, sizeof(message), format, args);
    va_end(args);
    return pwwb_error_set(err, status, message);
}

static int
is_no_room(int code)
{
    return code == ENOSPC || code == EDQUOT;
}

static int
is_read_only(int code)
{
    return code == EROFS || code == EACCES || code == EPERM;
}

pwwb_status
wb_refused(pwwb_error *err, const char *format, ...)
{
    int     code = errno;
    char    what[100];
    va_list args;

    va_start(args, format);
    (void)vsnprintf(what, sizeof(what), format, args);
    va_end(args);
    if (is_no_room(code))
        return wb_say(err, PWWB_E_NO_SPACE, "cannot %s: %s; free some space", what, strerror(code));
    if (is_read_only(code))
        return wb_say(err, PWWB_E_READ_ONLY,
                      "cannot %s: %s; its folder must be writable by the user who runs this", what,
                      strerror(code));
    return wb_say(err, PWWB_E_SYSTEM, "cannot %s: %s", what, strerror(code));
}

/* SQLite knows why in its own words, or the system does. */
static pwwb_status
failed_on_disk(const wb_database *base, int code, const char *what, pwwb_error *err)
{
    int from = base->db != NULL ? sqlite3_system_errno(base->db) : 0;

    if (code == SQLITE_IOERR_NOMEM)
        return wb_say(err, PWWB_E_NO_MEMORY, "no memory to %s the %s", what, base->kind->noun);
    if (from == 0)
        return wb_say(err, PWWB_E_SYSTEM, "cannot %s the %s: SQLite's error %d", what,
                      base->kind->noun, code);

    errno = from;
    return wb_refused(err, "%s the %s", what, base->kind->noun);
}

pwwb_status
wb_database_failed(const wb_database *base, int code, const char *what, pwwb_error *err)
{
    const char *noun = base->kind->noun;

    switch (code & 0xff) {
    case SQLITE_NOMEM:
        return wb_say(err, PWWB_E_NO_MEMORY, "no memory to %s the %s", what, noun);
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_PROTOCOL:
        return wb_say(err, PWWB_E_TIMEOUT,
                      "cannot %s the %s: another process keeps it locked; see lslocks", what, noun);
    case SQLITE_FULL:
        return wb_say(err, PWWB_E_NO_SPACE, "cannot %s the %s: the disk is full; free some space",
                      what, noun);
    case SQLITE_READONLY:
        return wb_say(err, PWWB_E_READ_ONLY, "cannot %s the %s: it cannot be written", what, noun);
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return wb_say(err, PWWB_E_MALFORMED, "the %s is damaged, or is none: %s", noun,
                      base->kind->damaged);
    default:
        return failed_on_disk(base, code, what, err);
    }
}
