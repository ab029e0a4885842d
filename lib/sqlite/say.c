/* SPDX-License-Identifier: Apache-2.0 */
#include "book.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

pwwb_status
wb_book_say(pwwb_error *err, pwwb_status status, const char *format, ...)
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
wb_book_refused(pwwb_error *err, const char *what)
{
    int code = errno;

    if (is_no_room(code))
        return wb_book_say(err, PWWB_E_NO_SPACE, "cannot %s: %s; free some space", what,
                           strerror(code));
    if (is_read_only(code))
        return wb_book_say(err, PWWB_E_READ_ONLY,
                           "cannot %s: %s; its folder must be writable by the user who runs this",
                           what, strerror(code));
    return wb_book_say(err, PWWB_E_SYSTEM, "cannot %s: %s", what, strerror(code));
}

/* SQLite knows why in its own words, or the system does. */
static pwwb_status
failed_on_disk(const wb_book *book, int code, const char *what, pwwb_error *err)
{
    int from = book->db != NULL ? sqlite3_system_errno(book->db) : 0;

    if (code == SQLITE_IOERR_NOMEM)
        return wb_book_say(err, PWWB_E_NO_MEMORY, "no memory to %s", what);
    if (from == 0)
        return wb_book_say(err, PWWB_E_SYSTEM, "cannot %s: SQLite's error %d", what, code);

    errno = from;
    return wb_book_refused(err, what);
}

pwwb_status
wb_book_failed(const wb_book *book, int code, const char *what, pwwb_error *err)
{
    switch (code & 0xff) {
    case SQLITE_NOMEM:
        return wb_book_say(err, PWWB_E_NO_MEMORY, "no memory to %s", what);
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_PROTOCOL:
        return wb_book_say(err, PWWB_E_TIMEOUT,
                           "cannot %s: another process keeps it locked; see lslocks", what);
    case SQLITE_FULL:
        return wb_book_say(err, PWWB_E_NO_SPACE, "cannot %s: the disk is full; free some space",
                           what);
    case SQLITE_READONLY:
        return wb_book_say(err, PWWB_E_READ_ONLY, "cannot %s: it cannot be written", what);
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return wb_book_say(err, PWWB_E_MALFORMED,
                           "the journal is damaged, or is none: stop all agents that use it, move "
                           "PATH, PATH-wal and PATH-shm away, start them again");
    default:
        return failed_on_disk(book, code, what, err);
    }
}
