/* SPDX-License-Identifier: Apache-2.0 */
/* rows: 18 20 */
/*
 * The story of a tenant's keys, told by real processes with real key files, of which one is killed:
 * at every point there is, one after the other, and the story must come out as if nothing had been.
 * key_party.h says what a point is, key_judge.h what must hold. The folder is in memory where it can
 * be: what a power failure leaves is not asked here but in test_keystore_crash.c.
 */
#include "key_story.h"

#include <sched.h>

#include "folder.h"
#include "key_judge.h"

static world w_;
static char  folder[64];
static long  survived;
static struct {
    long count;
    char kinds[POINTS_MAX];
} points[PARTIES]; /* of an undisturbed story */

/* NULL, or what is wrong. */
static const char *
story_of(const mood *how)
{
    const char *wrong = story_tell(&w_, folder, how);

    world_end(&w_);
    return wrong != NULL || w_.complaint[0] == '\0' ? wrong : w_.complaint;
}

static void
check_story(const mood *how)
{
    const char *wrong = story_of(how);

    CHECK_STR(NULL, wrong);
    if (wrong != NULL)
        printf("# party %d, point %ld (%c), again %ld, seed %d\n", how->party, how->nth,
               points[how->party].kinds[how->nth - 1], how->again, (int)how->seed);
}

static void
the_story_goes_its_way_when_nobody_is_killed(void)
{
    const mood  calm  = {0};
    const char *wrong = story_tell(&w_, folder, &calm);
    int         who;

    CHECK_STR(NULL, wrong);
    for (who = 0; who < PARTIES; who++) {
        w_.asked.len = 0;
        CHECK(world_ask(&w_, who, ASK_POINTS));
        points[who].count = (long)w_.told.generation;
        memcpy(points[who].kinds, w_.told.octets, w_.told.len);
        CHECK(points[who].count > 80);
    }
    world_end(&w_);
    CHECK_INT(0, w_.kills);
    CHECK(w_.opened > 20 && w_.replies > w_.opened); /* but for one that a revoke voided */
    printf("# in %s: %ld, %ld, %ld, %ld points; %ld requests, %ld replies\n", folder,
           points[0].count, points[1].count, points[2].count, points[3].count, w_.opened,
           w_.replies);
}

/* Every point of those kinds. */
static void
kill_at(const char *kinds, int is_redelivered)
{
    mood how    = {.is_redelivered = is_redelivered};
    long before = survived, killed = 0;

    for (how.party = 0; how.party < PARTIES; how.party++)
        for (how.nth = 1; how.nth <= points[how.party].count; how.nth++)
            if (strchr(kinds, points[how.party].kinds[how.nth - 1]) != NULL) {
                check_story(&how);
                killed += w_.kills;
                survived += w_.complaint[0] == '\0' && w_.kills == 1;
            }
    CHECK_INT(killed, survived - before);
    printf("# %ld points\n", killed);
}

static void
killed_when_a_message_has_come(void)
{
    kill_at("m", 0);
}

static void
killed_before_a_file_is_changed(void)
{
    kill_at("lc", 0);
}

static void
killed_between_the_steps_of_a_swap(void)
{
    kill_at("whsr", 1);
}

static void
killed_after_a_swap_and_before_it_is_told(void)
{
    kill_at("fub", 1);
}

static void
killed_after_an_answer(void)
{
    kill_at("a", 0);
}

static void
no_point_was_left_out(void)
{
    long all = points[0].count + points[1].count + points[2].count + points[3].count;

    CHECK_INT(all, survived);
    printf("# %ld points, %s\n", all, all == survived ? "all survived" : "not all survived");
}

/* One point of every so many again: killed twice, or behind a relay that is not to be relied on. */
static void
some_of(long stride, int is_twice, int is_faulty)
{
    mood how  = {0};
    long told = 0, killed = 0, disturbed = 0, i = 0;

    for (how.party = 0; how.party < PARTIES; how.party++)
        for (how.nth = 1; how.nth <= points[how.party].count; how.nth++) {
            if (++i % stride != 0)
                continue;
            how.seed           = is_faulty ? (uint64_t)i : 0;
            how.again          = is_twice ? 1 + i / stride % 24 : 0;
            how.is_redelivered = (int)(i / stride & 1);
            check_story(&how);
            told++;
            killed += w_.kills;
            disturbed += w_.disturbed;
        }
    CHECK(killed * 10 >= told * (is_twice ? 15 : 9)); /* some disturbed stories have fewer points */
    CHECK((disturbed > told) == is_faulty);
    printf("# %ld stories, %ld times killed, %ld messages disturbed\n", told, killed, disturbed);
}

static void
killed_once_more_soon_after(void)
{
    some_of(5, 1, 0);
}

static void
killed_while_the_relay_loses_repeats_and_delays(void)
{
    some_of(3, 0, 1);
}

/* The controls: each must make the judge complain. */

static void
control_keys_without_an_overlap_are_caught(void)
{
    const mood  how   = {.drops_open_only = 1};
    const char *wrong = story_of(&how);

    CHECK(wrong != NULL);
    printf("# %s\n", wrong != NULL ? wrong : "nothing");
}

static void
control_an_order_sent_before_it_is_stored_is_caught(void)
{
    const mood calm = {0};
    world     *w    = &w_;

    world_start(w, folder, &calm);
    story_enable(w);
    story_traffic(w);
    CHECK_STR("", w->complaint);
    w->phase     = "sent before stored";
    w->asked.len = 0;
    CHECK(world_ask(w, AGENT, ASK_EARLY));
    CHECK_STATUS(PWWB_OK, w->told.status);
    world_post(w, 1);
    world_kill(w, AGENT);
    story_tick(w, 1000);
    CHECK(w->complaint[0] != '\0');
    printf("# %s\n", w->complaint);
    world_end(w);
}

/* The disk said that it was stored. Where the swap was the last thing that was done, that is no
 * harm; so not every kill is caught. */
static void
control_a_swap_that_is_forgotten_is_caught(void)
{
    mood how    = {.forgets = 1, .party = PORTAL};
    long caught = 0, tried = 0;

    for (; how.party < PARTIES; how.party++)
        for (how.nth = 1; how.nth <= points[how.party].count; how.nth++)
            if (points[how.party].kinds[how.nth - 1] == POINT_AFTER && ++tried % 3 == 0
                && story_of(&how) != NULL && caught++ == 0)
                printf("# %s\n", w_.complaint);
    CHECK(caught > 0);
    printf("# caught %ld times of %ld\n", caught, tried / 3);
}

static void
control_a_key_file_that_is_cut_off_is_caught(void)
{
    const mood calm = {0};
    world     *w    = &w_;

    world_start(w, folder, &calm);
    story_enable(w);
    CHECK_STR("", w->complaint);
    w->phase = "cut off";
    CHECK_INT(0, truncate(w->paths[AGENTS_FILE], 300));
    judge_files(w);
    CHECK(w->complaint[0] != '\0');
    printf("# %s\n", w->complaint);
    world_end(w);
}

static int
tell_all(void)
{
    RUN(the_story_goes_its_way_when_nobody_is_killed);
    RUN(killed_when_a_message_has_come);
    RUN(killed_before_a_file_is_changed);
    RUN(killed_between_the_steps_of_a_swap);
    RUN(killed_after_a_swap_and_before_it_is_told);
    RUN(killed_after_an_answer);
    RUN(no_point_was_left_out);
    RUN(killed_once_more_soon_after);
    RUN(killed_while_the_relay_loses_repeats_and_delays);
    RUN(control_keys_without_an_overlap_are_caught);
    RUN(control_an_order_sent_before_it_is_stored_is_caught);
    RUN(control_a_swap_that_is_forgotten_is_caught);
    RUN(control_a_key_file_that_is_cut_off_is_caught);
    return DONE;
}

/* One is at work at a time: on one core waking the next one is cheapest. */
static void
stay_on_one_core(void)
{
    cpu_set_t one;

    CPU_ZERO(&one);
    CPU_SET((size_t)sched_getcpu(), &one);
    (void)sched_setaffinity(0, sizeof(one), &one);
}

int
main(int argc, char **argv)
{
    int code;

    if (argc == 5 && strcmp(argv[1], PARTY_ARG) == 0)
        return party_main(argv);

    stay_on_one_core();
    (void)snprintf(folder, sizeof(folder), "%s/pwwb-kill-XXXXXX",
                   access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
    fflush(stdout);
    if (mkdtemp(folder) == NULL)
        return 1;
    code = tell_all();
    empty_folder(folder);
    rmdir(folder);
    return code;
}
