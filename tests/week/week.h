/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEEK_H
#define WEEK_H

/* Seven days of a tenant on one clock: an agent with two workers, made of the program's own parts; a relay that is
 * restarted; a directory in memory that goes away; a portal with a watch. One thread, nobody waits. */

#include <stdio.h>
#include <stdlib.h>

#include <pwwb/pwwb.h>

#include "../fakes.h"
#include "../harness.h"

#define SECOND    INT64_C(1000)
#define MINUTE    (60 * SECOND)
#define HOUR      (60 * MINUTE)
#define DAY       (24 * HOUR)
#define DAYS      7
#define BEGIN     INT64_C(1767225600000) /* 2026-01-01T00:00:00Z */
#define WORKERS   2
#define PEOPLE    12
#define ROLL_DAYS 4
#define PER_HOUR  10 /* for one account */
#define EACH      (5 * MINUTE) /* somebody asks, and a sign of life is due */
#define BURST     12

static const uint8_t week_tenant[PWWB_ID_SIZE]   = {0x7e};
static const uint8_t week_lock[PWWB_LOCK_KEY_SIZE] = {0x10, 0xc4};

/* ---- directory.c: people, and what is written about them ---- */

typedef struct week_person {
    char    name[16];
    char    dn[64];
    char    password[64];
    int32_t min_length; /* the domain's, or stricter */
    int     is_disabled;
    int64_t last_set_ms;
} week_person;

typedef struct week_directory {
    fake_clock *clock;
    int         is_away;
    long        writes; /* passwords and unlocks that were really written */
    long        asked;  /* how often it was asked to write */
    void (*on_set)(void *ctx); /* once, in the middle of the next write */
    void       *on_set_ctx;
    week_person people[PEOPLE];
} week_directory;

extern const pwwb_directory_ops week_directory_ops;

enum { WEEK_STRICT = 8, WEEK_DISABLED, WEEK_OUTSIDE, WEEK_GREEDY }; /* those before are as usual */
void week_directory_make(week_directory *d, fake_clock *clock);

/* ---- sums.c: what was told, and where ---- */

/* Of one audit's lines with "stage":"after". */
typedef struct week_lines {
    long lines, before;
    long set, not_set, unknown; /* answered */
    long repeated, put_off, given_up, not_sent, no_answer;
    long wrong; /* lines that are no whole object, or of another day than their file */
} week_lines;

/* Of the audit's files from the offset on; it is moved to the end. `day` is as in "time"; "" = any. One line may be
 * left out or read twice, by its number: a control. */
typedef struct week_reader {
    const char *path;
    const char *day;
    long        offset;
    long        dropped, doubled; /* numbers of lines, from 1; 0 = none */
    week_lines  seen;
} week_reader;
void week_read(week_reader *r);

/* Of the metrics file, by the name with its labels; -1 = it is not there. */
long week_metric(const char *path, const char *name);

/* What the portal was told by replies, and what it refused itself. */
typedef struct week_told {
    long set, not_set, unknown, refused;
} week_told;

typedef struct week_sums {
    week_lines agent, portal;
    week_told  told;
    long       writes, asked, repeats, releases;
    const char *metrics;
} week_sums;

/* How many of the sums do not agree; each is said when `says`. */
int week_disagreements(const week_sums *s, int says);

/* Octets that are in use of the heap, and that the process has of the machine. */
void week_memory(long *ret_heap, long *ret_resident);

/* ---- agent.c: the program's parts ---- */

typedef struct week_agent week_agent;

typedef struct week_place {
    char folder[64];
    char keys[96], config[96], journal[96], audit[96], metrics[96];
    char portal_keys[96], portal_audit[96];
} week_place;

week_agent *week_agent_start(const week_place *place, fake_clock *clock, pwwb_relay *relay, week_directory *directory);
/* Each worker deals with all there is, then the program's own duties are done. */
void        week_agent_turn(week_agent *a);
void        week_agent_enable(week_agent *a, const char *ticket, size_t len);
void        week_agent_hup(week_agent *a);
/* A stop is asked for and noticed. */
void        week_agent_stop(week_agent *a);

/* ---- portal.c ---- */

typedef struct week_portal {
    fake_clock     *clock;
    pwwb_keystore  *store;
    pwwb_exchange  *exchange;
    pwwb_watch     *watch;
    pwwb_portal    *portal;
    pwwb_transport *replies, *shared;
    pwwb_reply     *reply;
    struct audit_file *audit;
    long            heartbeats, orders, lost; /* lost: how often a connection was */
    week_told       told;
} week_portal;

void week_portal_start(week_portal *p, const week_place *place, fake_clock *clock, pwwb_relay *relay);
void week_portal_stop(week_portal *p);
/* Takes heartbeats and orders. */
void week_portal_serve(week_portal *p);

typedef struct week_ask {
    int         person;
    int32_t     operation, user_type;
    const char *password, *old;
} week_ask;

/* Ask, let the agent work, take what it says: the code. */
int32_t week_portal_ask(week_portal *p, const week_ask *ask, week_agent *agent);

/* ---- days.c: what happens when ---- */

typedef struct week {
    week_place     place;
    fake_clock     clock;
    week_directory directory;
    week_portal    portal;
    week_agent    *agent;
    pwwb_relay    *relay;
    long           asked, sets, wrong_codes;           /* requests, those that had to be set, wrong answers */
    long           repeats, releases, restarts, outages; /* that were made */
} week;

/* Times are of the week. Whether anything would happen then. */
int  week_is_for_work(int64_t of_week);
void week_change(week *w, int64_t of_week);
void week_ask_what_is_due(week *w, int64_t of_week);

#endif /* WEEK_H */
