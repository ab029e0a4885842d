/* SPDX-License-Identifier: Apache-2.0 */
#include "log_lines.h"

#include <errno.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* A pipe takes that much at once, or nothing. */
enum { LINE_SIZE = 4096 };

static int32_t        said_from = PWWB_LOG_INFO;
static int            journal_listens;
static pthread_once_t looked = PTHREAD_ONCE_INIT;

/* systemd.exec(5): JOURNAL_STREAM holds device and inode of what was given to the journal. */
static void
look_for_journal(void)
{
    const char        *stream = getenv("JOURNAL_STREAM");
    unsigned long long device, inode;
    struct stat        is;
    char               end;

    journal_listens = stream != NULL && sscanf(stream, "%llu:%llu%c", &device, &inode, &end) == 2 &&
                      fstat(STDERR_FILENO, &is) == 0 && is.st_dev == device && is.st_ino == inode;
}

void
log_lines_from(int32_t least)
{
    __atomic_store_n(&said_from, least, __ATOMIC_RELAXED);
}

static size_t
print_time(char *line)
{
    struct timespec now;
    struct tm       utc;
    size_t          len;

    (void)clock_gettime(CLOCK_REALTIME, &now);
    (void)gmtime_r(&now.tv_sec, &utc);
    len = strftime(line, LINE_SIZE, "%Y-%m-%dT%H:%M:%S", &utc);
    return len + (size_t)snprintf(line + len, LINE_SIZE - len, ".%03ldZ ", now.tv_nsec / 1000000);
}

/* sd-daemon(3): a priority of syslog's in angle brackets. */
static size_t
print_head(char *line, int32_t level, const char *room)
{
    const char *priority = level >= PWWB_LOG_WARN ? "<4>" : level == PWWB_LOG_INFO ? "<6>" : "<7>";
    const char *word     = level >= PWWB_LOG_WARN ? "warn" : level == PWWB_LOG_INFO ? "info" : "debug";
    size_t      len;

    if (journal_listens)
        return (size_t)snprintf(line, LINE_SIZE, "%s%.64s: ", priority, room);
    len = print_time(line);
    return len + (size_t)snprintf(line + len, LINE_SIZE - len, "%s %.64s: ", word, room);
}

/* How many octets of it would move a cursor, or end a line: ASCII's, and U+0080 to U+009F in UTF-8. */
static size_t
control_len(const unsigned char *p)
{
    if (p[0] < 0x20 || p[0] == 0x7f)
        return 1;
    return p[0] == 0xc2 && p[1] >= 0x80 && p[1] < 0xa0 ? 2 : 0;
}

static size_t
print_message(char *line, size_t len, const char *message)
{
    const unsigned char *p = (const unsigned char *)message;

    while (*p != '\0' && len < LINE_SIZE - 16) {
        size_t control = control_len(p);

        if (control == 0)
            line[len++] = (char)*p++;
        for (; control > 0; control--)
            len += (size_t)snprintf(line + len, LINE_SIZE - len, "\\x%02x", *p++);
    }
    if (*p == '\0')
        return len;
    for (; (*p & 0xc0) == 0x80 && len > 0; len--) /* no half a character */
        p--;
    return len + (size_t)snprintf(line + len, LINE_SIZE - len, "...");
}

void
log_lines(void *ctx, int32_t level, const char *room, const char *message)
{
    char   line[LINE_SIZE];
    size_t len, done = 0;

    (void)ctx;
    if (level < __atomic_load_n(&said_from, __ATOMIC_RELAXED))
        return;
    (void)pthread_once(&looked, look_for_journal);
    len         = print_message(line, print_head(line, level, room), message);
    line[len++] = '\n';
    while (done < len) {
        ssize_t n = write(STDERR_FILENO, line + done, len - done);

        if (n < 0 && errno != EINTR)
            return;
        done += n > 0 ? (size_t)n : 0;
    }
}

void
log_say(int32_t level, const char *room, const char *format, ...)
{
    char    message[LINE_SIZE];
    va_list list;

    va_start(list, format);
    (void)vsnprintf(message, sizeof(message), format, list);
    va_end(list);
    log_lines(NULL, level, room, message);
}
