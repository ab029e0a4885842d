/* SPDX-License-Identifier: Apache-2.0 */
#include "policy.h"

#include <string.h>

/* What is not known is -1. 0 is the weakest there is, whatever the other is. */
static int64_t
least(int64_t a, int64_t b)
{
    if (a == 0 || b == 0)
        return 0;
    if (a < 0 || b < 0)
        return -1;
    return a < b ? a : b;
}

/* A maximum or an end: the greater is weaker, and 0 is none. */
static int64_t
greatest(int64_t a, int64_t b)
{
    if (a == 0 || b == 0)
        return 0;
    if (a < 0 || b < 0)
        return -1;
    return a > b ? a : b;
}

static int32_t
weaker(int32_t a, int32_t b)
{
    if (a == PWWB_NO || b == PWWB_NO)
        return PWWB_NO;
    return a == PWWB_YES && b == PWWB_YES ? PWWB_YES : PWWB_MAYBE;
}

/* A password has at least as many octets as UTF-16 units, so a length in octets is the weaker. */
static int32_t
source_of(int32_t a, int32_t b)
{
    if (a == b || b == PWWB_POLICY_UNREADABLE)
        return a;
    if (a == PWWB_POLICY_UNREADABLE)
        return b;
    return a == PWWB_POLICY_PPOLICY || b == PWWB_POLICY_PPOLICY ? PWWB_POLICY_PPOLICY
                                                                : PWWB_POLICY_DOMAIN;
}

void
wb_policy_weaken(pwwb_policy_rules *rules, const pwwb_policy_rules *other)
{
    rules->source         = source_of(rules->source, other->source);
    rules->min_length     = (int32_t)least(rules->min_length, other->min_length);
    rules->max_length     = (int32_t)greatest(rules->max_length, other->max_length);
    rules->complexity     = weaker(rules->complexity, other->complexity);
    rules->history_length = (int32_t)least(rules->history_length, other->history_length);
    rules->min_age_ms     = least(rules->min_age_ms, other->min_age_ms);
    rules->max_age_ms     = greatest(rules->max_age_ms, other->max_age_ms);

    rules->lockout_threshold   = -1;
    rules->lockout_duration_ms = -1;
    rules->lockout_window_ms   = -1;
    if (strncmp(rules->source_dn, other->source_dn, sizeof(rules->source_dn)) != 0)
        rules->source_dn[0] = '\0';
}
