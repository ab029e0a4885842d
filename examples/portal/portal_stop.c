/* SPDX-License-Identifier: Apache-2.0 */
#include "portal_stop.h"

#include <signal.h>
#include <time.h>

static volatile sig_atomic_t stopping;
static sigset_t              outside; /* the mask while something is waited for */

static void
on_signal(int number)
{
    (void)number;
    stopping = 1;
}

void
portal_stop_install(void)
{
    static const int numbers[] = {SIGINT, SIGTERM, SIGHUP};
    struct sigaction action    = {.sa_handler = on_signal}, was;
    sigset_t         inside;
    size_t           i;

    (void)signal(SIGPIPE, SIG_IGN); /* who does not read what is said gets the exit code still */
    (void)sigemptyset(&inside);
    for (i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
        (void)sigaction(numbers[i], NULL, &was);
        if (was.sa_handler == SIG_IGN) /* as nohup(1) wants it */
            continue;
        (void)sigaction(numbers[i], &action, NULL);
        (void)sigaddset(&inside, numbers[i]);
    }
    (void)sigprocmask(SIG_BLOCK, &inside, &outside);
    for (i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
        (void)sigdelset(&outside, numbers[i]);
}

int
portal_poll(struct pollfd *fds, nfds_t count, int64_t timeout_ms)
{
    struct timespec time = {(time_t)(timeout_ms / 1000), (long)(timeout_ms % 1000) * 1000000};

    return ppoll(fds, count, timeout_ms < 0 ? NULL : &time, &outside);
}

int
portal_stopped(void)
{
    (void)portal_poll(NULL, 0, 0); /* what waits to be told */
    return stopping;
}

static int64_t
now(clockid_t clock)
{
    struct timespec t;

    (void)clock_gettime(clock, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

int64_t
portal_now_ms(void)
{
    return now(CLOCK_MONOTONIC);
}

int64_t
portal_wall_ms(void)
{
    return now(CLOCK_REALTIME);
}
