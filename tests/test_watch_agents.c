/* SPDX-License-Identifier: Apache-2.0 */
/* rows: 8 */
/* What a watch tells of each agent, for a page that shows them. */
#include "watches.h"

/* Whoever was heard first has the first place. */
static void
each_agent_is_told_with_how_it_is(void)
{
    static const struct {
        int32_t state, health;
        int64_t age_s;
    } expected[] = {{PWWB_WATCHED_SILENT, PWWB_HEALTH_UP, 661},
                    {PWWB_WATCHED_ALIVE, PWWB_HEALTH_DEGRADED, 1},
                    {PWWB_WATCHED_STOPPED, PWWB_HEALTH_STOPPING, 1},
                    {PWWB_WATCHED_SKEWED, PWWB_HEALTH_UP, 1}};
    pwwb_heartbeat h = {.size = sizeof(h)};
    program        p[4];
    scene          s;
    int32_t        state;
    int64_t        age_s;
    sealed         m;
    uint8_t        i;

    scene_make(&s);
    for (i = 0; i < 4; i++)
        p[i] = program_of((uint8_t)(i + 1), 1);
    p[3].ahead_ms = 10 * MINUTE;
    tell(&s, &p[0], PWWB_HEALTH_UP);
    pass(&s, 11 * MINUTE);
    tell(&s, &p[1], PWWB_HEALTH_DEGRADED);
    tell(&s, &p[2], PWWB_HEALTH_STOPPING);
    m = say(&s, &p[3], PWWB_HEALTH_UP);
    CHECK_STATUS(PWWB_E_NOT_YET, give(&s, &m));
    pass(&s, 1000);
    for (i = 0; i < 4; i++) {
        CHECK_STATUS(PWWB_OK, pwwb_watch_describe_agent(s.watch, i, &h, &state, &age_s, NULL));
        CHECK_INT(i + 1, h.agent_id[0]);
        CHECK_INT(expected[i].state, state);
        CHECK_INT(expected[i].health, h.health);
        CHECK_INT(expected[i].age_s, age_s);
    }
    CHECK_STATUS(PWWB_E_NOT_FOUND, pwwb_watch_describe_agent(s.watch, 4, &h, &state, &age_s, NULL));
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_watch_describe_agent(s.watch, 0, NULL, &state, &age_s, NULL));
    h.size = 8;
    CHECK_STATUS(PWWB_E_ABI, pwwb_watch_describe_agent(s.watch, 0, &h, &state, &age_s, NULL));
    scene_drop(&s);
}

int
main(void)
{
    make_keys();
    RUN(each_agent_is_told_with_how_it_is);
    drop_keys();
    return DONE;
}
