/* SPDX-License-Identifier: Apache-2.0 */
/* rows: 1 11 19 */
/*
 * storm local|amqp|quorum [INJECTIONS [SEED [NAME...]]]: every fault, or those named, so often.
 *
 * README.md beside this file says what the columns of the table are.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "fault.h"
#include "harness.h"

static const uint8_t tenant[PWWB_ID_SIZE] = {0x57};
static account      *accounts;
static int           account_count;

typedef struct row {
    verdict v;
    long    least;    /* under way when a fault came */
    int64_t pause_ms; /* the longest */
    int     struck;
    int     is_stuck; /* it did not recover */
} row;

static void
over(int signal_)
{
    (void)signal_;
    storm_is_over = 1;
}

static void
print_head(void)
{
    printf("# | fault | injections | in flight | requests | set | not set | unknown | of them set |"
           " vanished | no one told | lost | twice | wrong | older | late | longest pause ms |\n"
           "# | --- |%s\n",
           " ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |"
           " ---: | ---: | ---: |");
}

static void
print_row(const char *name, const row *r)
{
    const verdict *v = &r->v;

    printf("# | %s | %d | %ld | %ld | %ld | %ld | %ld | %ld | %ld | %ld | %ld | %ld | %ld | %ld |"
           " %ld | %ld |\n",
           name, r->struck, r->least, v->requests, v->set, v->refused, v->unknown, v->unknown_set,
           v->vanished, v->orphans, v->lost, v->twice, v->wrong, v->older, v->late,
           (long)r->pause_ms);
    fflush(stdout);
}

static void
strike(storm *s, const fault *f, row *r)
{
    load_run(&s->load, 50 + (int64_t)storm_random(&s->random, 700));
    if (!load_settle(&s->load, 0, 60000)) {
        r->is_stuck = 1;
        return;
    }
    if (r->struck++ == 0 || (long)s->load.pending_count < r->least)
        r->least = (long)s->load.pending_count;
    load_mark(&s->load);
    f->strike(s);
    if (!load_settle(&s->load, IN_FLIGHT, 120000))
        r->is_stuck = 1;
    if (s->load.pause_ms > r->pause_ms)
        r->pause_ms = s->load.pause_ms;
    printf("# %s: %d, %zu requests, %zu in flight, longest pause %d ms\n", f->name, r->struck,
           s->load.count, s->load.pending_count, (int)s->load.pause_ms);
    fflush(stdout);
}

/* Why "not set" was said, and how often. */
static void
print_refusals(const load *l)
{
    int    of[1000] = {0}, code;
    size_t i;

    for (i = 0; i < l->count; i++)
        if (l->requests[i].code > 0 && l->requests[i].code < 1000)
            of[l->requests[i].code]++;
    for (code = 100; code < 1000; code++)
        if (of[code] > 0)
            printf("# %d times %s\n", of[code], pwwb_code_name(code));
}

/* The end of life of what may still be carried out. */
static void
wait_out(storm *s)
{
    int64_t until = storm_now_ms() + 500;
    size_t  i;

    for (i = 0; i < s->load.count; i++) {
        const request *q   = &s->load.requests[i];
        int64_t        end = q->asked_ms + s->plan.life_s * 1000 + 2500;

        if (!q->is_answer && q->sent != PWWB_E_CONNECT && end > until)
            until = end;
    }
    while (storm_now_ms() < until && !storm_is_over)
        load_run(&s->load, 100);
}

/* What is left in the queue must not come in the next weather. */
static void
tidy(storm *s, const fault *f)
{
    if (f->tidy != NULL)
        f->tidy(s);
#ifdef STORM_AMQP
    if (s->plan.relay == NULL)
        faults_amqp_purge(s);
#endif
}

/* Everybody comes, it befalls them so many more times, and all is over. */
static void
weather(storm *s, const fault *f, int injections, row *r)
{
    stroke *strokes;
    size_t  count;
    verdict v;

    s->plan.life_s = f->life_s > 0 ? f->life_s : target_is_for_one() ? 2 * LIFE_S : LIFE_S;
    if (f->prepare != NULL)
        f->prepare(s);
    atomic_store(&s->plan.control->seen_count, 0);
    atomic_store(&s->plan.control->die_at, NOWHERE);
    target_begin(accounts, account_count);
    crew_start(&s->crew, &s->plan);
    load_make(&s->load, &s->crew, storm_random(&s->random, UINT64_MAX), accounts, account_count);
    storm_must(load_settle(&s->load, IN_FLIGHT, 120000), "requests are answered at all");
    for (; injections > 0 && !r->is_stuck && !storm_is_over; injections--, s->nth++)
        strike(s, f, r);
    if (f->finish != NULL && !r->is_stuck)
        f->finish(s);
    (void)load_drain(&s->load, (s->plan.life_s + 10) * 1000);
    wait_out(s);
    crew_end(&s->crew);
    tidy(s, f);
    count = target_record(accounts, account_count, load_who, &s->load, &strokes);
    v     = judge(&s->load, s->plan.control, strokes, count);
    verdict_add(&r->v, &v);
    free(strokes);
    print_refusals(&s->load);
    load_drop(&s->load);
}

/* Where an account serves once only, everybody comes anew for each. */
static row
season(storm *s, const fault *f, int injections)
{
    row r = {.is_stuck = 0};
    int at_once = target_is_for_one() ? 1 : injections;

    for (s->nth = 0; s->nth < injections && !r.is_stuck && !storm_is_over;)
        weather(s, f, at_once, &r);
    return r;
}

static void
check_fault(storm *s, const fault *f, int injections)
{
    row r;

    harness_checks = harness_failures = 0;
    r                                 = season(s, f, injections);
    if (storm_is_over)
        return;
    print_head();
    print_row(f->name, &r);
    CHECK_INT(injections, r.struck);
    CHECK_INT(0, r.is_stuck);
    CHECK(r.least >= AT_LEAST);
    CHECK(r.v.set >= (long)injections * IN_FLIGHT); /* else nothing was shown */
    CHECK_INT(0, r.v.lost);
    CHECK_INT(0, r.v.twice);
    CHECK_INT(0, r.v.wrong);
    CHECK_INT(0, r.v.older);
    CHECK_INT(0, r.v.late);
    CHECK_INT(0, r.v.foreign);
    if (f->takes_away)
        CHECK(r.v.unknown >= injections);
    else
        CHECK_INT(0, r.v.vanished);
    harness_ran(f->name);
}

static const fault *
named(const fault *list, const char *name)
{
    while (list->name != NULL && strcmp(list->name, name) != 0)
        list++;
    return list;
}

static const fault *
one_that_takes_away(const fault *list)
{
    while (list->name != NULL && !list->takes_away)
        list++;
    return list;
}

/* ---- what the judge must catch ---- */

static void
check_caught(const char *name, const row *r, int is_caught)
{
    print_row(name, r);
    CHECK(is_caught);
    harness_ran(name);
}

static void
check_controls(storm *s, const fault *list)
{
    const fault *again = named(list, "sent again");
    row          r;

    if (again->name == NULL)
        return;
    harness_checks = harness_failures = 0;
    s->plan.is_blind                  = 1;
    r                                 = season(s, again, 2);
    s->plan.is_blind                  = 0;
    check_caught("control no journal and no look at the newer one is caught", &r,
                 r.v.twice > 0 && (r.v.older > 0 || target_is_for_one()));

    harness_checks = harness_failures = 0;
    s->plan.is_hasty                  = 1;
    r                                 = season(s, one_that_takes_away(list), 1);
    s->plan.is_hasty                  = 0;
    check_caught("control silence taken for not set is caught", &r, r.v.wrong > 0);

    harness_checks = harness_failures = 0;
    s->plan.is_silent                 = 1;
    r                                 = season(s, one_that_takes_away(list), 1);
    s->plan.is_silent                 = 0;
    check_caught("control nobody told is caught", &r, r.v.lost > 0);
}

/* ---- */

static int
is_wanted(const char *name, int argc, char **argv)
{
    int i;

    for (i = 4; i < argc; i++)
        if (strcmp(argv[i], name) == 0)
            return 1;
    return argc <= 4;
}

static const fault *
list_of(const char *way)
{
#ifdef STORM_AMQP
    if (strcmp(way, "amqp") == 0)
        return faults_amqp;
    if (strcmp(way, "quorum") == 0)
        return faults_quorum;
#endif
    storm_must(strcmp(way, "local") == 0, "storm local, amqp or quorum; built with it");
    return faults_local;
}

static void
all(storm *s, const fault *list, int injections, int argc, char **argv)
{
    const fault *f;

    for (f = list; f->name != NULL && !storm_is_over; f++)
        if (is_wanted(f->name, argc, argv))
            check_fault(s, f, injections);
    if (is_wanted("controls", argc, argv) && !storm_is_over)
        check_controls(s, list);
}

/* Agents in processes share what stands in a file. */
static void
go_far(plan *p)
{
    static char path[256];
    int         i;

    storm_must(getenv("RELAY_PORT") != NULL && getenv("STORM_FOLDER") != NULL,
               "settings: see tests/storm/run");
    snprintf(path, sizeof(path), "%s/journal", getenv("STORM_FOLDER"));
    p->journal_path = path;
    for (i = 0; i < PARTIES; i++)
        p->ports[i] = atoi(getenv("RELAY_PORT"));
}

static void
plan_make(plan *p, uint64_t seed, int is_local)
{
    memset(p, 0, sizeof(*p));
    p->seed    = seed;
    p->control = mmap(NULL, sizeof(control), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
                      0);
    storm_must(p->control != MAP_FAILED, "shared memory");
    storm_must(pwwb_keyring_new(tenant, PWWB_SUITE_X25519, &p->keys, NULL) == PWWB_OK, "keys");
    if (!is_local) {
        go_far(p);
        return;
    }
    storm_must(pwwb_relay_new(8192, NULL, NULL, &p->relay, NULL) == PWWB_OK
                   && pwwb_journal_new_memory(1000000, NULL, NULL, &p->journal, NULL) == PWWB_OK,
               "a relay and a journal");
}

static void
plan_drop(plan *p)
{
    pwwb_relay_free(p->relay);
    pwwb_journal_free(p->journal);
    pwwb_keyring_free(p->keys);
    munmap(p->control, sizeof(control));
}

int
main(int argc, char **argv)
{
    const char *least      = getenv("FAULTS_INJECTIONS");
    const fault *list      = list_of(argc > 1 ? argv[1] : "local");
    int         injections = argc > 2 ? atoi(argv[2]) : least != NULL ? atoi(least) : 2;
    storm       s          = {.random = argc > 3 ? strtoull(argv[3], NULL, 0) : 1};

    signal(SIGINT, over);
    signal(SIGTERM, over);
    signal(SIGPIPE, SIG_IGN);
    plan_make(&s.plan, s.random, list == faults_local);
    account_count = target_accounts(&accounts);
    storm_must(account_count >= 4 * IN_FLIGHT, "accounts enough: see tests/storm/run");
    printf("# %d accounts, seed %llu, the judge is %s\n", account_count,
           (unsigned long long)s.random, target_name());
    all(&s, list, injections, argc, argv);
    plan_drop(&s.plan);
    free(accounts);
    if (storm_is_over)
        printf("Bail out! interrupted\n");
    return storm_is_over ? 130 : DONE;
}
