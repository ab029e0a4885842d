/* SPDX-License-Identifier: Apache-2.0 */
/* What the relay in this process can be told to do. */
#include "fault.h"

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

const fault faults_local[] = {
    {.name = "relay restarted", .strike = restart},
    {.name = "relay full", .strike = fill},
    {.name = "messages dropped", .strike = drop, .takes_away = 1},
    {.name = "messages expired", .strike = expire, .takes_away = 1},
    {.name = "delivered twice", .strike = deliver_twice},
    {.name = "sent again", .strike = fault_send_again, .finish = fault_send_late, .life_s = 120},
    {.name = NULL},
};
