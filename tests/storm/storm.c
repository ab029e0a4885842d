/* SPDX-License-Identifier: Apache-2.0 */
#include "storm.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

volatile sig_atomic_t storm_is_over;

int64_t
storm_now_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

void
storm_sleep_ms(int64_t ms)
{
    const struct timespec t = {(time_t)(ms / 1000), (long)(ms % 1000 * 1000000)};

    (void)nanosleep(&t, NULL);
}

uint64_t
storm_random(uint64_t *state, uint64_t below)
{
    uint64_t x = *state += 0x9e3779b97f4a7c15;

    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
    x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
    return (x ^ (x >> 31)) % below;
}

void
storm_must(int is_so, const char *what)
{
    if (is_so)
        return;
    printf("Bail out! not so: %s\n", what);
    fflush(stdout);
    _Exit(1);
}
