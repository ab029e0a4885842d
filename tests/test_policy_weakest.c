/* SPDX-License-Identifier: Apache-2.0 */
/* rows: 5 8 */
/* What lets pass what either lets pass. */
#include "policy.h"

#include "harness.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static pwwb_policy_rules
of(int32_t source, int32_t length, int32_t complexity, int64_t max_age)
{
    return (pwwb_policy_rules){.size              = sizeof(pwwb_policy_rules),
                               .source            = source,
                               .min_length        = length,
                               .complexity        = complexity,
                               .history_length    = length,
                               .max_length        = (int32_t)max_age,
                               .min_age_ms        = length,
                               .max_age_ms        = max_age,
                               .lockout_threshold = 5};
}

/* Each pair both ways round. Minimum: the least, 0 in any case, else not known where one is not.
 * Maximum: the greatest, 0 being none. */
static void
each_rule_is_the_weaker_of_two_or_not_known(void)
{
    static const struct {
        int32_t a, b, least, greatest;
    } cases[] = {
        {8, 6, 6, 8}, {8, 8, 8, 8}, {0, 8, 0, 0}, {-1, 8, -1, -1}, {-1, 0, 0, 0}, {-1, -1, -1, -1},
    };
    size_t i;
    int    turn;

    for (i = 0; i < COUNT(cases); i++)
        for (turn = 0; turn < 2; turn++) {
            int32_t           a = turn ? cases[i].b : cases[i].a, b = turn ? cases[i].a : cases[i].b;
            pwwb_policy_rules r = of(PWWB_POLICY_DOMAIN, a, PWWB_YES, a);
            pwwb_policy_rules o = of(PWWB_POLICY_DOMAIN, b, PWWB_YES, b);

            wb_policy_weaken(&r, &o);
            CHECK_INT(cases[i].least, r.min_length);
            CHECK_INT(cases[i].least, r.history_length);
            CHECK_INT(cases[i].least, r.min_age_ms);
            CHECK_INT(cases[i].greatest, r.max_length);
            CHECK_INT(cases[i].greatest, r.max_age_ms);
            CHECK_INT(-1, r.lockout_threshold);
        }
}

static void
complexity_is_asked_for_when_both_ask(void)
{
    static const int32_t cases[][3] = {{PWWB_YES, PWWB_YES, PWWB_YES},
                                       {PWWB_YES, PWWB_NO, PWWB_NO},
                                       {PWWB_YES, PWWB_MAYBE, PWWB_MAYBE},
                                       {PWWB_NO, PWWB_MAYBE, PWWB_NO},
                                       {PWWB_MAYBE, PWWB_MAYBE, PWWB_MAYBE}};
    size_t i;
    int    turn;

    for (i = 0; i < COUNT(cases); i++)
        for (turn = 0; turn < 2; turn++) {
            pwwb_policy_rules r = of(PWWB_POLICY_PSO, 1, cases[i][turn], 1);
            pwwb_policy_rules o = of(PWWB_POLICY_PSO, 1, cases[i][!turn], 1);

            wb_policy_weaken(&r, &o);
            CHECK_INT(cases[i][2], r.complexity);
        }
}

/* A length in octets lets pass what the same in UTF-16 units lets pass. */
static void
a_length_in_octets_is_the_weaker(void)
{
    static const int32_t cases[][3] = {
        {PWWB_POLICY_DOMAIN, PWWB_POLICY_PPOLICY, PWWB_POLICY_PPOLICY},
        {PWWB_POLICY_DOMAIN, PWWB_POLICY_PSO, PWWB_POLICY_DOMAIN},
        {PWWB_POLICY_DOMAIN, PWWB_POLICY_UNREADABLE, PWWB_POLICY_DOMAIN},
        {PWWB_POLICY_PPOLICY, PWWB_POLICY_UNREADABLE, PWWB_POLICY_PPOLICY},
        {PWWB_POLICY_HOST, PWWB_POLICY_HOST, PWWB_POLICY_HOST},
    };
    size_t i;
    int    turn;

    for (i = 0; i < COUNT(cases); i++)
        for (turn = 0; turn < 2; turn++) {
            pwwb_policy_rules r = of(cases[i][turn], 8, PWWB_YES, 0);
            pwwb_policy_rules o = of(cases[i][!turn], 8, PWWB_YES, 0);

            wb_policy_weaken(&r, &o);
            CHECK_INT(cases[i][2], r.source);
        }
}

int
main(void)
{
    RUN(each_rule_is_the_weaker_of_two_or_not_known);
    RUN(complexity_is_asked_for_when_both_ask);
    RUN(a_length_in_octets_is_the_weaker);
    return DONE;
}
