/* SPDX-License-Identifier: Apache-2.0 */
/* rows: 8 18 19 20 */
/* A week of the agent program on one clock, without threads: what is asked, what goes wrong and when is written
 * down here; what was told anywhere must add up, each hour. */
#include <sys/stat.h>
#include <unistd.h>

#include "../examples/common/audit_file.h"
#include "week/week.h"

#define LEAK (256 * 1024)

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
# define IS_WATCHED 1
#elif defined(__has_feature)
# if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#  define IS_WATCHED 1
# endif
#endif
#if !defined(IS_WATCHED)
# define IS_WATCHED 0
#endif

static week        w;
static week_reader agent_lines, portal_lines;
static char        day[32];
static long        disagreements, hours;

/* ---- the place ---- */

static void
make_place(void)
{
    (void)snprintf(w.place.folder, sizeof(w.place.folder), "%s/pwwb-week-XXXXXX",
                   access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
    (void)umask(077);
    CHECK(mkdtemp(w.place.folder) != NULL);
#define PUT(what, name) (void)snprintf(w.place.what, sizeof(w.place.what), "%s/" name, w.place.folder)
    PUT(keys, "agent.key");
    PUT(config, "agent.conf");
    PUT(journal, "journal");
    PUT(audit, "agent.audit");
    PUT(metrics, "agent.prom");
    PUT(portal_keys, "portal.key");
    PUT(portal_audit, "portal.audit");
    agent_lines  = (week_reader){.path = w.place.audit, .day = day};
    portal_lines = (week_reader){.path = w.place.portal_audit, .day = day};
}

static void
remove_place(void)
{
    char command[128];

    (void)snprintf(command, sizeof(command), "rm -rf %s", w.place.folder);
    CHECK_INT(0, system(command));
}

/* ---- time ---- */

static void
everybody_works(void)
{
    week_agent_turn(w.agent);
    week_portal_serve(&w.portal);
    week_agent_turn(w.agent);
}

static void
pass(int64_t ms)
{
    w.clock.wall_ms += ms;
    w.clock.monotonic_ms += ms;
}

/* ---- sums, and what is done at night ---- */

static week_sums
sums_now(void)
{
    week_read(&agent_lines);
    week_read(&portal_lines);
    return (week_sums){.agent = agent_lines.seen, .portal = portal_lines.seen, .told = w.portal.told,
                       .writes = w.directory.writes, .asked = w.directory.asked, .repeats = w.repeats,
                       .releases = w.releases, .metrics = w.place.metrics};
}

static void
add_up(void)
{
    week_sums s = sums_now();

    hours++;
    disagreements += week_disagreements(&s, 1);
}

static void
begin_day(int64_t number)
{
    (void)snprintf(day, sizeof(day), "\"time\":\"2026-01-%02dT", (int)number + 1);
}

/* As logrotate does it: a new name, and a SIGHUP. */
static void
rotate(week_reader *r, int64_t number)
{
    char name[128];

    (void)snprintf(name, sizeof(name), "%s.%d", r->path, (int)number);
    CHECK_INT(0, rename(r->path, name));
    r->offset = 0;
}

/* Of a SIGHUP the agent begins anew, a moment later: of another boot only what is later is news. */
static void
hang_up(void)
{
    pass(1);
    week_agent_hup(w.agent);
    week_portal_serve(&w.portal);
}

static void
end_day(int64_t number)
{
    rotate(&agent_lines, number);
    rotate(&portal_lines, number);
    CHECK_STATUS(PWWB_OK, audit_file_reopen(w.portal.audit, NULL));
    hang_up();
    begin_day(number + 1);
}

/* ---- the tests, in the order of time ---- */

static void
a_tenant_is_enabled(void)
{
    pwwb_ticket       ticket = {.size = sizeof(ticket), .relay_address = "relay.week.test"};
    pwwb_keyring_info info   = {.size = sizeof(info)};
    char              text[PWWB_TICKET_SIZE];
    pwwb_keyring     *keys   = NULL;
    size_t            len;
    int               i;

    make_place();
    w.clock = (fake_clock){BEGIN - 10 * MINUTE, 5000};
    week_directory_make(&w.directory, &w.clock);
    CHECK_STATUS(PWWB_OK, pwwb_relay_new(64, &fake_clock_ops, &w.clock, &w.relay, NULL));
    week_portal_start(&w.portal, &w.place, &w.clock, w.relay);
    w.agent = week_agent_start(&w.place, &w.clock, w.relay, &w.directory);
    memcpy(ticket.tenant, week_tenant, sizeof(ticket.tenant));
    CHECK_STATUS(PWWB_OK, pwwb_exchange_ticket(w.portal.exchange, &ticket, text, sizeof(text), &len, NULL));
    week_agent_enable(w.agent, text, len);
    for (i = 0; i < 10; i++) {
        pass(MINUTE);
        everybody_works();
        if (i != 3)
            continue;
        CHECK_STATUS(PWWB_OK, pwwb_keystore_load(w.portal.store, &keys, NULL));
        CHECK_STATUS(PWWB_OK, pwwb_keyring_describe(keys, &info, NULL));
        CHECK_STATUS(PWWB_OK, pwwb_exchange_confirm(w.portal.exchange, info.fingerprint, strlen(info.fingerprint),
                                                    NULL));
        pwwb_keyring_free(keys);
    }
    CHECK_INT(BEGIN, w.clock.wall_ms);
    CHECK_INT(1, week_metric(w.place.metrics, "pwwb_tenant_state{state=\"enabled\"}"));
    CHECK_INT(1, week_metric(w.place.metrics, "pwwb_key_generation"));
}

static void
a_week_passes_and_each_hour_all_sums_agree(void)
{
    long    heap, resident, heap_then = 0, resident_then = 0, heard;
    int64_t of_week;

    begin_day(0);
    w.portal.heartbeats = 0;
    hang_up();
    for (of_week = MINUTE; of_week <= DAYS * DAY; of_week += MINUTE) {
        pass(MINUTE);
        if (week_is_for_work(of_week))
            everybody_works();
        week_change(&w, of_week);
        if (of_week % HOUR == 0)
            add_up();
        if (of_week == DAY)
            week_memory(&heap_then, &resident_then);
        if (of_week == DAYS * DAY)
            break;
        if (of_week % DAY == 0)
            end_day(of_week / DAY - 1);
        if (week_is_for_work(of_week))
            week_ask_what_is_due(&w, of_week);
    }
    week_memory(&heap, &resident);
    heard = w.portal.heartbeats;
    printf("# %ld requests, %ld set, %ld restarts of the relay, %ld outages, %ld sums of 18\n", w.asked,
           w.sets, w.restarts, w.outages, hours);
    printf("# heap %ld octets after a day, %ld after the week; resident %ld and %ld\n", heap_then, heap, resident_then,
           resident);
    CHECK_INT(0, w.wrong_codes);
    CHECK_INT(0, disagreements);
    CHECK_INT(DAYS * 24, hours);
    CHECK_INT(w.sets, w.directory.writes);
    CHECK_INT(DAYS * (DAY / EACH + BURST + 1) - 1, w.asked);
    /* include/pwwb/agent.h: one when it begins, which it does on each SIGHUP; one every 300 s; one within ten
     * seconds when another number of directories answers */
    CHECK_INT(DAYS * DAY / (300 * SECOND) + DAYS + 2 * w.outages, heard);
    CHECK(heap - heap_then < LEAK && heap_then - heap < LEAK);
    if (!IS_WATCHED) /* else most of it is the watcher's */
        CHECK(resident - resident_then < LEAK);
}

static void
keys_have_rolled_once_at_both_sides_and_nothing_was_lost(void)
{
    pwwb_keyring_info info = {.size = sizeof(info)};
    pwwb_keyring     *keys = NULL;

    CHECK_INT(2, week_metric(w.place.metrics, "pwwb_key_generation"));
    CHECK_STATUS(PWWB_OK, pwwb_keystore_load(w.portal.store, &keys, NULL));
    CHECK_STATUS(PWWB_OK, pwwb_keyring_describe(keys, &info, NULL));
    CHECK_INT(2, info.generation);
    CHECK_INT(1, info.epoch_count); /* the old ones are wiped */
    CHECK_INT(PWWB_TENANT_ENABLED, info.state);
    pwwb_keyring_free(keys);
    CHECK_INT(DAYS - ROLL_DAYS, week_metric(w.place.metrics, "pwwb_key_age_seconds") / 86400);
}

static void
the_last_word_is_that_it_stops(void)
{
    pwwb_watch_info r     = {.size = sizeof(r)};
    long            heard = w.portal.heartbeats;

    week_agent_stop(w.agent);
    week_portal_serve(&w.portal);
    CHECK_INT(heard + 1, w.portal.heartbeats);
    CHECK_STATUS(PWWB_OK, pwwb_watch_describe(w.portal.watch, &r, NULL));
    CHECK_INT(1, r.agents_stopped);
    CHECK_INT(0, r.agents);
    add_up();
    CHECK_INT(0, disagreements);
}

/* All files of one side again, with an error in the one of the fourth day. */
static week_lines
read_again(const char *path, long dropped, long doubled)
{
    char        name[128];
    week_lines  seen = {0};
    int         i;

    for (i = 0; i < DAYS; i++) {
        week_reader r = {.path = name, .day = "", .seen = seen};
        long        base = seen.lines;

        (void)snprintf(name, sizeof(name), i < DAYS - 1 ? "%s.%d" : "%s", path, i);
        r.dropped = i == 3 && dropped > 0 ? base + dropped : 0;
        r.doubled = i == 3 && doubled > 0 ? base + doubled : 0;
        week_read(&r);
        seen = r.seen;
    }
    return seen;
}

static void
one_line_less_or_one_more_is_noticed(void)
{
    week_sums s = sums_now();
    long      n;

    s.agent  = read_again(w.place.audit, 0, 0);
    s.portal = read_again(w.place.portal_audit, 0, 0);
    CHECK_INT(0, week_disagreements(&s, 1));
    for (n = 1; n <= 40; n++) {
        s.agent = read_again(w.place.audit, n, 0);
        CHECK(week_disagreements(&s, 0) > 0);
        s.agent = read_again(w.place.audit, 0, n);
        CHECK(week_disagreements(&s, 0) > 0);
    }
    s.agent = read_again(w.place.audit, 0, 0);
    s.portal = read_again(w.place.portal_audit, 5, 0);
    CHECK(week_disagreements(&s, 0) > 0);
    s.portal = read_again(w.place.portal_audit, 0, 0);
    s.writes++;
    CHECK(week_disagreements(&s, 0) > 0);
    week_portal_stop(&w.portal);
    pwwb_relay_free(w.relay);
    remove_place();
}

static void
memory_that_is_not_given_back_would_be_seen(void)
{
    static void *lost[1024];
    long         heap, resident, heap_then, resident_then;
    size_t       i;

    week_memory(&heap_then, &resident_then);
    for (i = 0; i < 1024; i++) {
        lost[i] = malloc(LEAK / 1024);
        CHECK(lost[i] != NULL);
    }
    week_memory(&heap, &resident);
    if (!IS_WATCHED)
        CHECK(heap - heap_then >= LEAK);
    CHECK(resident >= resident_then && resident_then > 0);
    for (i = 0; i < 1024; i++)
        free(lost[i]);
}

int
main(void)
{
    RUN(a_tenant_is_enabled);
    if (harness_bad_tests > 0)
        return DONE;
    RUN(a_week_passes_and_each_hour_all_sums_agree);
    RUN(keys_have_rolled_once_at_both_sides_and_nothing_was_lost);
    RUN(the_last_word_is_that_it_stops);
    RUN(one_line_less_or_one_more_is_noticed);
    RUN(memory_that_is_not_given_back_would_be_seen);
    return DONE;
}
