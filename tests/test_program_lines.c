/* SPDX-License-Identifier: Apache-2.0 */
/* What the programs say on stderr and to systemd. rows: 8 */
#include "../examples/common/log_lines.h"
#include "../examples/common/notify.h"

#include <pthread.h>
#include <regex.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "harness.h"

enum { THREADS = 4, EACH = 300 };

/* Everything that a process says on a stderr of its own. In its JOURNAL_STREAM, D and I are its device and inode. */
static char said[1 << 20];

static void
begin(int fd, const char *stream)
{
    char        value[128];
    size_t      len = 0;
    struct stat is;

    (void)fstat(fd, &is);
    for (; *stream != '\0'; stream++)
        if (*stream == 'D' || *stream == 'I')
            len += (size_t)snprintf(value + len, sizeof(value) - len, "%llu",
                                    (unsigned long long)(*stream == 'D' ? is.st_dev : is.st_ino));
        else
            value[len++] = *stream;
    value[len] = '\0';
    (void)(len > 0 ? setenv("JOURNAL_STREAM", value, 1) : unsetenv("JOURNAL_STREAM"));
    (void)dup2(fd, STDERR_FILENO);
}

static const char *
said_by(void (*speak)(void), const char *stream)
{
    size_t  len = 0;
    ssize_t n   = 1;
    int     ends[2], status = -1;
    pid_t   child;

    said[0] = '\0';
    if (pipe(ends) != 0 || (child = fork()) < 0)
        return said;
    if (child == 0) {
        begin(ends[1], stream);
        speak();
        _exit(0);
    }
    (void)close(ends[1]);
    while (n > 0) {
        n = read(ends[0], said + len, sizeof(said) - 1 - len);
        len += n > 0 ? (size_t)n : 0;
    }
    said[len] = '\0';
    (void)close(ends[0]);
    CHECK(waitpid(child, &status, 0) == child && status == 0);
    return said;
}

static int
fits(const char *pattern, const char *text)
{
    regex_t compiled;
    int     found;

    if (regcomp(&compiled, pattern, REG_EXTENDED | REG_NOSUB) != 0)
        return 0;
    found = regexec(&compiled, text, 0, NULL, 0) == 0;
    regfree(&compiled);
    return found;
}

static void
one_of_each(void)
{
    log_lines_from(PWWB_LOG_DEBUG);
    log_lines(NULL, PWWB_LOG_DEBUG, "ldap", "asks dc1");
    log_lines(NULL, PWWB_LOG_INFO, "agent", "begins");
    log_say(PWWB_LOG_WARN, "relay", "gone for %d s", 5);
}

static const char with_priorities[] = "<7>ldap: asks dc1\n<6>agent: begins\n<4>relay: gone for 5 s\n";

static void
lines_have_priorities_where_the_journal_listens(void)
{
    CHECK_STR(with_priorities, said_by(one_of_each, "D:I"));
}

#define TIME "[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9]{3}Z "

/* systemd.exec(5): the variable may be inherited by a process whose stderr goes elsewhere. */
static void
elsewhere_lines_have_times(void)
{
    static const char *const streams[] = {"", "D:1", "1:I", "D:I:1", "D:Ix", "D", "x"};
    size_t                   i;

    for (i = 0; i < sizeof(streams) / sizeof(streams[0]); i++)
        CHECK(fits("^" TIME "debug ldap: asks dc1\n" TIME "info agent: begins\n" TIME
                   "warn relay: gone for 5 s\n$",
                   said_by(one_of_each, streams[i])));
}

static void
all_but_debug(void)
{
    log_lines(NULL, PWWB_LOG_DEBUG, "a", "one");
    log_lines(NULL, PWWB_LOG_INFO, "a", "two");
    log_lines_from(PWWB_LOG_WARN);
    log_lines(NULL, PWWB_LOG_INFO, "a", "three");
    log_say(PWWB_LOG_WARN, "a", "four");
}

static void
what_matters_less_than_was_asked_for_is_not_said(void)
{
    CHECK_STR("<6>a: two\n<4>a: four\n", said_by(all_but_debug, "D:I"));
}

static void
hostile(void)
{
    log_say(PWWB_LOG_WARN, "a", "%s", "x\n<0>b: y\r\t\x1b[2J\x7f\xc2\x9bz \xc3\xa5\xc2\xa0\\");
}

static void
what_would_end_a_line_or_move_a_cursor_is_written_out(void)
{
    CHECK_STR("<4>a: x\\x0a<0>b: y\\x0d\\x09\\x1b[2J\\x7f\\xc2\\x9bz \xc3\xa5\xc2\xa0\\\n",
              said_by(hostile, "D:I"));
}

static void
endless(void)
{
    static char message[20001];
    size_t      i;

    for (i = 0; i < 10000; i++)
        memcpy(message + 2 * i, "\xc3\xa5", 2);
    log_lines(NULL, PWWB_LOG_INFO, "a", message);
    log_lines(NULL, PWWB_LOG_INFO, "ab", message);
    memset(message, 1, 20000);
    log_say(PWWB_LOG_INFO, "a", "%s", message);
}

static void
a_long_line_is_cut_between_characters(void)
{
    CHECK(fits("^<6>a: (\xc3\xa5)+[.]{3}\n<6>ab: (\xc3\xa5)+[.]{3}\n<6>a: (\\\\x01)+[.]{3}\n$",
               said_by(endless, "D:I")));
    CHECK(strlen(said) > 3 * 4000 && strlen(said) <= 3 * 4096);
}

static void *
speak_often(void *arg)
{
    int i;

    for (i = 0; i < EACH; i++)
        log_say(PWWB_LOG_INFO, "a", "%s", (const char *)arg);
    return NULL;
}

static void
many(void)
{
    static char words[THREADS][512];
    pthread_t   threads[THREADS];
    size_t      i;

    for (i = 0; i < THREADS; i++) {
        memset(words[i], 'a' + (int)i, 500);
        (void)pthread_create(&threads[i], NULL, speak_often, words[i]);
    }
    for (i = 0; i < THREADS; i++)
        (void)pthread_join(threads[i], NULL);
}

static void
lines_of_several_threads_are_whole(void)
{
    const char *p;
    int         whole = 0;

    (void)said_by(many, "D:I");
    for (p = said; *p != '\0'; p += strcspn(p, "\n") + 1)
        whole += strncmp(p, "<6>a: ", 6) == 0 && strspn(p + 6, (char[]){p[6], '\0'}) == 500 && p[506] == '\n';
    CHECK_INT(THREADS * EACH, whole);
    CHECK_INT(THREADS * EACH * 507, strlen(said));
}

/* Of systemd's end: a socket by the name that NOTIFY_SOCKET holds; '@' = an abstract one. */
static int
listen_at(const char *name)
{
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    socklen_t          len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(name));
    int                fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0);

    memcpy(at.sun_path, name, strlen(name));
    if (name[0] == '@')
        at.sun_path[0] = '\0';
    if (fd < 0 || bind(fd, (struct sockaddr *)&at, len) != 0)
        return -1;
    (void)setenv("NOTIFY_SOCKET", name, 1);
    return fd;
}

/* The next datagram, or "". */
static const char *
heard(int fd)
{
    static char words[1024];
    ssize_t     n = recv(fd, words, sizeof(words) - 1, 0);

    words[n > 0 ? n : 0] = '\0';
    return words;
}

static void
check_words(int fd)
{
    notify_ready();
    CHECK_STR("READY=1", heard(fd));
    notify_alive();
    CHECK_STR("WATCHDOG=1", heard(fd));
    notify_stopping();
    CHECK_STR("STOPPING=1", heard(fd));
    notify_status("%d workers", 4);
    CHECK_STR("STATUS=4 workers", heard(fd));
    notify_status("%s", "a\nMAINPID=1");
    CHECK_STR("STATUS=a MAINPID=1", heard(fd));
    CHECK_STR("", heard(fd));
}

/* The octets: sd_notify(3). */
static void
systemd_hears_what_it_documents(void)
{
    char path[] = "/tmp/pwwb-notify-XXXXXX", name[64];
    int  fd;

    CHECK(mkdtemp(path) != NULL);
    (void)snprintf(name, sizeof(name), "%s/socket", path);
    fd = listen_at(name);
    check_words(fd);
    (void)close(fd);
    (void)unlink(name);
    (void)rmdir(path);
    (void)snprintf(name, sizeof(name), "@pwwb-notify-%d", (int)getpid());
    fd = listen_at(name);
    check_words(fd);
    (void)close(fd);
}

static int64_t
monotonic_us(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static void
a_reload_has_its_time(void)
{
    char    name[64];
    int64_t before, told = -1;
    int     fd;

    (void)snprintf(name, sizeof(name), "@pwwb-reload-%d", (int)getpid());
    fd     = listen_at(name);
    before = monotonic_us();
    notify_reloading();
    CHECK_INT(1, sscanf(heard(fd), "RELOADING=1\nMONOTONIC_USEC=%" SCNd64, &told));
    CHECK(told >= before && told <= monotonic_us());
    (void)close(fd);
}

static void
nothing_is_told_where_nobody_asked(void)
{
    (void)unsetenv("NOTIFY_SOCKET");
    notify_ready();
    notify_status("well");
    (void)setenv("NOTIFY_SOCKET", "/tmp/pwwb-no-such-socket", 1);
    notify_ready();
    CHECK_INT(0, notify_alive_ms());
}

/* sd_watchdog_enabled(3): half of WATCHDOG_USEC, of the process WATCHDOG_PID. */
static void
the_watchdog_is_fed_twice_as_often_as_it_bites(void)
{
    char pid[32];

    (void)snprintf(pid, sizeof(pid), "%d", (int)getpid());
    (void)setenv("WATCHDOG_USEC", "30000000", 1);
    (void)setenv("WATCHDOG_PID", pid, 1);
    CHECK_INT(15000, notify_alive_ms());
    (void)setenv("WATCHDOG_PID", "1", 1);
    CHECK_INT(0, notify_alive_ms());
    (void)unsetenv("WATCHDOG_PID");
    (void)setenv("WATCHDOG_USEC", "nonsense", 1);
    CHECK_INT(0, notify_alive_ms());
    (void)unsetenv("WATCHDOG_USEC");
}

int
main(void)
{
    RUN(lines_have_priorities_where_the_journal_listens);
    RUN(elsewhere_lines_have_times);
    RUN(what_matters_less_than_was_asked_for_is_not_said);
    RUN(what_would_end_a_line_or_move_a_cursor_is_written_out);
    RUN(a_long_line_is_cut_between_characters);
    RUN(lines_of_several_threads_are_whole);
    RUN(systemd_hears_what_it_documents);
    RUN(a_reload_has_its_time);
    RUN(nothing_is_told_where_nobody_asked);
    RUN(the_watchdog_is_fed_twice_as_often_as_it_bites);
    return DONE;
}
