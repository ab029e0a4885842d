/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COUNTING_STORIES_H
#define COUNTING_STORIES_H

/* Two messages per password, two to enable, to roll and to disable: what the project promises, and
 * not one more. */

#include "counting.h"

/* What more the program has to print about what it counted. */
static void counting_note(const char *what);

static inline void
keys_cost_two_messages_each_time(void)
{
    world w;

    world_make(&w, PWWB_SUITE_X25519);
    check_counted(0, 0, 0);
    enable(&w);
    CHECK_INT(PWWB_TENANT_ENABLED, info_of(w.portal_store).state);
    counting_note("enable");
    check_counted(1, 1, 0);
    begin_exchange(&w, PWWB_EXCHANGE_ROLL, NULL, 0);
    CHECK_INT(2, (intmax_t)info_of(w.portal_store).generation);
    counting_note("roll");
    check_counted(1, 1, 0);
    begin_exchange(&w, PWWB_EXCHANGE_DISABLE, NULL, 0);
    CHECK_INT(PWWB_TENANT_DISABLED, info_of(w.portal_store).state);
    counting_note("disable");
    check_counted(1, 1, 0);
    world_drop(&w);
}

/* Set or refused, short or long. A typical request takes at most so many octets, a reply 300. */
static inline void
check_passwords(int32_t suite, const char *name, size_t most)
{
    static const char *const passwords[] = {"Neu-Passwort-7", "Ein-viel-laengeres-Passwort-42",
                                            "X-7-x-7-x"};
    world  w;
    size_t i;
    char   what[64];

    world_make(&w, suite);
    enable(&w);
    memset(counted, 0, sizeof(counted));
    counting_note("");
    for (i = 0; i < 3; i++) {
        CHECK_INT(PWWB_CODE_OK, set_password(&w, passwords[i]));
        (void)snprintf(what, sizeof(what), "a password, %s", name);
        counting_note(what);
        printf("# %s: request %zu octets, reply %zu\n", name, w.request_len, w.reply_len);
        CHECK(w.request_len <= most);
        CHECK(w.reply_len <= 300);
        CHECK_INT((intmax_t)i + 1, w.fake.sets);
        check_counted(1, 0, 1);
    }
    w.fake.code = PWWB_CODE_POLICY_HISTORY;
    CHECK_INT(PWWB_CODE_POLICY_HISTORY, set_password(&w, "Neu-Passwort-9"));
    check_counted(1, 0, 1);
    world_drop(&w);
}

static inline void
a_password_costs_two_messages_with_either_suite(void)
{
    check_passwords(PWWB_SUITE_RSA, "RSA-2048", 750);
    check_passwords(PWWB_SUITE_X25519, "X25519", 550);
}

/* An hour of the agent's clock; the first one went when the keys came. */
static inline void
one_heartbeat_goes_every_five_minutes_and_nothing_else(void)
{
    world w;
    int   i;

    counting_agent_id = 0xa9;
    world_make(&w, PWWB_SUITE_X25519);
    enable(&w);
    CHECK(counted[BEATS] > 0);
    memset(counted, 0, sizeof(counted));
    counting_note("");
    for (i = 0; i < 360; i++) {
        pass(&w, 10000);
        (void)step(&w, agent_step, 0);
    }
    counting_note("an hour of heartbeats");
    CHECK_INT(12, counted[BEATS]);
    check_counted(0, 0, 0);
    counting_agent_id = 0;
    world_drop(&w);
}

#endif /* COUNTING_STORIES_H */
