/* SPDX-License-Identifier: Apache-2.0 */
/* What the relay in this process can be told to do, and what may be done to both. */
#include "fault.h"

#include <sys/socket.h>

static void
befall(storm *s, int32_t kind, uint32_t most)
{
    storm_must(pwwb_relay_fault(s->plan.relay, kind, 1 + (uint32_t)storm_random(&s->random, most),
                                NULL)
                   == PWWB_OK,
               "a fault");
}

static void
restart(storm *s)
{
    befall(s, PWWB_RELAY_RESTART, 1);
}

static void
fill(storm *s)
{
    befall(s, PWWB_RELAY_FULL, 200);
}

static void
drop(storm *s)
{
    befall(s, PWWB_RELAY_DROP, 10);
}

static void
expire(storm *s)
{
    befall(s, PWWB_RELAY_EXPIRE, 10);
}

static void
deliver_twice(storm *s)
{
    befall(s, PWWB_RELAY_DUPLICATE, 100);
}

static void
send_again(storm *s)
{
    asked a = {.what = REPEAT, .serial = 5 + (int32_t)storm_random(&s->random, 20)};
    int   i;

    for (i = 0; i < PORTALS; i++)
        (void)send(s->crew.parties[i].talk, &a, sizeof(a), MSG_NOSIGNAL);
}

const fault faults_local[] = {
    {.name = "relay restarted", .strike = restart},
    {.name = "relay full", .strike = fill},
    {.name = "messages dropped", .strike = drop, .vanishes = 1},
    {.name = "messages expired", .strike = expire, .vanishes = 1},
    {.name = "delivered twice", .strike = deliver_twice},
    {.name = "sent again", .strike = send_again, .after_ms = LIFE_S * 1000 / 2 + 1000},
    {.name = NULL},
};
