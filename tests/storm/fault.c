/* SPDX-License-Identifier: Apache-2.0 */
#include "fault.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

int64_t
storm_moment(storm *s, int64_t least_ms, int64_t most_ms)
{
    return least_ms + (int64_t)storm_random(&s->random, (uint64_t)(most_ms - least_ms + 1));
}

static pid_t
begin(const char *command)
{
    pid_t pid;

    fflush(stdout);
    pid = fork();
    storm_must(pid >= 0, "a process");
    if (pid != 0)
        return pid;

    (void)!freopen("/dev/null", "w", stdout);
    execl("/bin/bash", "bash", "-c", command, (char *)NULL);
    _exit(127);
}

void
storm_during(storm *s, const char *format, ...)
{
    char    command[1024];
    va_list args;
    int     status = 0;
    pid_t   pid, ended;

    va_start(args, format);
    vsnprintf(command, sizeof(command), format, args);
    va_end(args);
    pid = begin(command);
    do {
        if (s->load.crew != NULL)
            load_run(&s->load, 10);
        else
            storm_sleep_ms(10);
        ended = waitpid(pid, &status, storm_is_over ? 0 : WNOHANG);
    } while (ended == 0 || (ended < 0 && errno == EINTR));
    storm_must(status == 0 || storm_is_over, command);
}

void
storm_tell(storm *s, int who, asked a)
{
    if (s->crew.parties[who].talk >= 0)
        (void)send(s->crew.parties[who].talk, &a, sizeof(a), MSG_NOSIGNAL);
}

/* When every account has a newer password. */
void
fault_send_late(storm *s)
{
    int i;

    if (!target_is_for_one())
        (void)load_settle(&s->load, s->load.account_count * 5 / 4, 90000);
    for (i = 0; i < PORTALS; i++)
        storm_tell(s, i, (asked){.what = RELEASE});
    load_run(&s->load, 2000);
}

void
fault_send_again(storm *s)
{
    const asked a = {.what = REPEAT, .serial = (int32_t)storm_moment(s, 5, 25)};
    int         i;

    for (i = 0; i < PORTALS; i++)
        storm_tell(s, i, a);
}
