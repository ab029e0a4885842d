/* SPDX-License-Identifier: Apache-2.0 */
#include "notify.h"

#include <stdarg.h>
#include <stdio.h>
#include <time.h>

#ifdef WITH_SYSTEMD
#include <systemd/sd-daemon.h>

static void
tell(const char *state)
{
    (void)sd_notify(0, state);
}

/* Half of what systemd waits: sd_watchdog_enabled(3). */
int64_t
notify_alive_ms(void)
{
    uint64_t limit_us = 0;

    return sd_watchdog_enabled(0, &limit_us) > 0 ? (int64_t)(limit_us / 2000) : 0;
}
#else
static void
tell(const char *state)
{
    (void)state;
}

int64_t
notify_alive_ms(void)
{
    return 0;
}
#endif

void
notify_ready(void)
{
    tell("READY=1");
}

/* With the time that Type=notify-reload asks for. */
void
notify_reloading(void)
{
    struct timespec now;
    char            state[96];

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    (void)snprintf(state, sizeof(state), "RELOADING=1\nMONOTONIC_USEC=%lld%06ld", (long long)now.tv_sec,
                   now.tv_nsec / 1000);
    tell(state);
}

void
notify_stopping(void)
{
    tell("STOPPING=1");
}

void
notify_alive(void)
{
    tell("WATCHDOG=1");
}

/* A newline would begin another assignment. */
void
notify_status(const char *format, ...)
{
    char    state[512] = "STATUS=";
    char   *p;
    va_list list;

    va_start(list, format);
    (void)vsnprintf(state + 7, sizeof(state) - 7, format, list);
    va_end(list);
    for (p = state; *p != '\0'; p++)
        if ((unsigned char)*p < 0x20 || *p == 0x7f)
            *p = ' ';
    tell(state);
}
