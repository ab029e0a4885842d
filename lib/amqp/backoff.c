/* SPDX-License-Identifier: Apache-2.0 */
#include "backoff.h"

#define FIRST_MS  100
#define USEFUL_MS 5000 /* a connection that lives on for less proves nothing */

/* Trying again soon would only fill somebody's log, or lock an account. */
static int
needs_a_human(pwwb_status status)
{
    return status == PWWB_E_AUTH || status == PWWB_E_TLS_CA || status == PWWB_E_TLS_NAME
           || status == PWWB_E_TLS_EXPIRED;
}

int64_t
wb_amqp_backoff_wait(wb_amqp_backoff *backoff, pwwb_status last, int64_t useful_ms, uint32_t chance)
{
    int64_t wait = useful_ms >= USEFUL_MS || backoff->next_ms == 0 ? FIRST_MS : backoff->next_ms;

    if (needs_a_human(last) || wait > backoff->longest_ms)
        wait = backoff->longest_ms;
    backoff->next_ms = wait * 2;
    return wait - (int64_t)((uint64_t)wait * (chance % 1024) / 4096);
}
