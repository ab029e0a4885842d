/* SPDX-License-Identifier: Apache-2.0 */
#include "load.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define WAIT_MOST   512  /* at once */
#define LONG_MS     2000 /* who was left behind by one that came so much later is not counted */
#define REST_MS     1100 /* of an account: a request of the same second would be superseded */
#define AGAIN_MS    1000 /* after a refusal of the relay's */

void
load_make(load *l, crew *c, uint64_t seed, account *accounts, int count)
{
    int i;

    memset(l, 0, sizeof(*l));
    l->crew           = c;
    l->seed           = seed;
    l->accounts       = accounts;
    l->account_count  = count;
    l->is_asking      = 1;
    l->last_answer_ms = storm_now_ms();
    l->pending        = calloc(WAIT_MOST, sizeof(*l->pending));
    storm_must(l->pending != NULL, "memory");
    for (i = 0; i < count; i++) {
        accounts[i].last    = -1;
        accounts[i].free_ms = 0;
    }
}

void
load_drop(load *l)
{
    free(l->requests);
    free(l->pending);
    memset(l, 0, sizeof(*l));
}

void
load_password(const load *l, int32_t serial, char password[PASSWORD_SIZE])
{
    snprintf(password, PASSWORD_SIZE, "Neu-%llx-%d-Wort", (unsigned long long)l->seed & 0xffffff,
             (int)serial);
}

int32_t
load_who(void *ctx, int32_t account_, int (*is_it)(const void *hash, const char *password),
         const void *hash)
{
    const load *l      = ctx;
    int32_t     serial = l->accounts[account_].last;
    char        password[PASSWORD_SIZE];

    for (; serial >= 0; serial = l->requests[serial].before) {
        load_password(l, serial, password);
        if (is_it(hash, password))
            return serial;
    }
    return -1;
}

/* ---- asking ---- */

/* The next account that is free; -1 = none. */
static int
pick_account(load *l, int64_t now)
{
    int tries;

    for (tries = 0; tries < l->account_count; tries++) {
        int at = l->next_account;

        l->next_account = (at + 1) % l->account_count;
        if (l->accounts[at].free_ms <= now)
            return at;
    }
    return -1;
}

static int
pick_portal(load *l)
{
    int tries;

    for (tries = 0; tries < PORTALS; tries++) {
        l->next_portal = (l->next_portal + 1) % PORTALS;
        if (l->crew->parties[l->next_portal].talk >= 0)
            return l->next_portal;
    }
    return -1;
}

static request *
add(load *l)
{
    if (l->count == l->size) {
        l->size     = l->size * 2 + 1024;
        l->requests = realloc(l->requests, l->size * sizeof(*l->requests));
        storm_must(l->requests != NULL, "memory");
    }
    return &l->requests[l->count++];
}

/* 0 = nobody can ask, or nobody can be asked. */
static int
ask(load *l, int64_t now)
{
    asked    a  = {.what = ASK, .serial = (int32_t)l->count};
    int      at = pick_account(l, now), portal = pick_portal(l);
    request *r;

    if (at < 0 || portal < 0 || l->pending_count >= WAIT_MOST)
        return 0;

    memcpy(a.guid, l->accounts[at].guid, sizeof(a.guid));
    load_password(l, a.serial, a.password);
    if (send(l->crew->parties[portal].talk, &a, sizeof(a), MSG_NOSIGNAL | MSG_DONTWAIT) < 0)
        return 0;

    r  = add(l);
    *r = (request){.account  = at,
                   .before   = l->accounts[at].last,
                   .party    = portal,
                   .sent     = 1,
                   .asked_ms = now};
    l->accounts[at].last    = a.serial;
    l->accounts[at].free_ms = INT64_MAX;
    l->pending[l->pending_count++] = a.serial;
    return 1;
}

/* Under way, and not lost by all appearances. */
static size_t
lively(const load *l)
{
    size_t i, count = 0;

    if (target_is_for_one()) /* they are few */
        return l->pending_count;
    for (i = 0; i < l->pending_count; i++)
        count += l->requests[l->pending[i]].asked_ms > l->newest_ms - LONG_MS;
    return count;
}

static void
ask_some(load *l)
{
    int64_t now  = storm_now_ms();
    size_t  have = lively(l);
    int     most = 32;

    while (l->is_asking && now >= l->rest_until_ms && have < IN_FLIGHT && most-- > 0
           && ask(l, now))
        have++;
}

/* ---- being told ---- */

static void
rest(load *l, const request *r, int64_t now)
{
    if (!target_is_for_one())
        l->accounts[r->account].free_ms = now + REST_MS;
}

static void
forget(load *l, int32_t serial)
{
    size_t i;

    for (i = 0; i < l->pending_count; i++)
        if (l->pending[i] == serial) {
            l->pending[i] = l->pending[--l->pending_count];
            return;
        }
}

static void
was_told(load *l, const told *t)
{
    request *r   = &l->requests[t->serial];
    int64_t  gap = t->at_ms - l->last_answer_ms;

    storm_must(r->code == 0, "nobody is told twice");
    r->code      = t->code;
    r->is_answer = (int8_t)t->is_answer;
    r->told_ms   = t->at_ms;
    rest(l, r, t->at_ms);
    forget(l, t->serial);
    if (!t->is_answer) {
        if (pwwb_code_outcome(t->code) == PWWB_OUTCOME_NOT_SET)
            l->rest_until_ms = t->at_ms + AGAIN_MS;
        return;
    }
    l->answers++;
    if (r->asked_ms > l->newest_ms)
        l->newest_ms = r->asked_ms;
    if (gap > l->pause_ms)
        l->pause_ms = gap;
    l->last_answer_ms = t->at_ms;
}

/* 0 = nothing is there, or nobody. */
static int
hear(load *l, int talk)
{
    told     t;
    request *r;

    if (recv(talk, &t, sizeof(t), MSG_DONTWAIT) != (ssize_t)sizeof(t))
        return 0;

    storm_must(t.serial >= 0 && (size_t)t.serial < l->count, "a request of ours");
    r           = &l->requests[t.serial];
    r->issued_s = t.issued_s;
    memcpy(r->id, t.id, sizeof(r->id));
    if (t.what == SENT)
        r->sent = t.status;
    else
        was_told(l, &t);
    return 1;
}

static void
tick(load *l)
{
    struct pollfd p[PORTALS];
    int           i;

    for (i = 0; i < PORTALS; i++)
        p[i] = (struct pollfd){.fd = l->crew->parties[i].talk, .events = POLLIN};
    (void)poll(p, PORTALS, 10);
    for (i = 0; i < PORTALS; i++)
        while (p[i].fd >= 0 && (p[i].revents & POLLIN) != 0 && hear(l, p[i].fd))
            ;
    ask_some(l);
}

void
load_run(load *l, int64_t ms)
{
    int64_t end = storm_now_ms() + ms;

    do
        tick(l);
    while (storm_now_ms() < end && !storm_is_over);
}

int
load_settle(load *l, long answers, int64_t most_ms)
{
    int64_t end    = storm_now_ms() + most_ms;
    long    wanted = l->answers + answers;

    while ((l->answers < wanted || l->pending_count < AT_LEAST) && !storm_is_over) {
        if (storm_now_ms() > end)
            return 0;
        tick(l);
    }
    return 1;
}

int
load_drain(load *l, int64_t most_ms)
{
    int64_t end = storm_now_ms() + most_ms;

    l->is_asking = 0;
    while (l->pending_count > 0 && storm_now_ms() < end && !storm_is_over)
        tick(l);
    return l->pending_count == 0;
}

void
load_mark(load *l)
{
    l->pause_ms = 0;
}

void
load_orphan(load *l, int who)
{
    int64_t now = storm_now_ms();
    size_t  i   = l->pending_count;

    while (hear(l, l->crew->parties[who].talk))
        ;
    for (i = l->pending_count; i-- > 0;) {
        request *r = &l->requests[l->pending[i]];

        if (r->party != who)
            continue;
        r->is_orphan = 1;
        rest(l, r, now);
        l->pending[i]                   = l->pending[--l->pending_count];
    }
    party_bury(l->crew, who);
}
