/* SPDX-License-Identifier: Apache-2.0 */
#include "judge.h"

#include <stdlib.h>
#include <string.h>

#define ORDER_MS 2000 /* in which two portals may come one before the other */
#define GRACE_MS 1500 /* the rest of the last second, and a modify that was on its way */

static int
compare_ids(const void *a, const void *b)
{
    return memcmp(a, b, PWWB_ID_SIZE);
}

/* One account's passwords, in the order in which they were written; `newest` is by account. */
static void
weigh(verdict *v, const load *l, const stroke *s, int32_t *writes, int32_t *newest)
{
    const request *r;

    if (s->serial < 0) {
        v->foreign++;
        return;
    }
    r = &l->requests[s->serial];
    v->twice += writes[s->serial]++ == 1;
    v->older += s->serial < newest[s->account];
    v->late += r->issued_s > 0
               && s->at_ms > (r->issued_s + l->crew->plan->life_s) * 1000 + GRACE_MS;
    if (s->serial > newest[s->account])
        newest[s->account] = s->serial;
}

static int
was_seen(const control *c, unsigned count, const uint8_t id[PWWB_ID_SIZE])
{
    return bsearch(id, c->seen, count, PWWB_ID_SIZE, compare_ids) != NULL;
}

/* Another that was asked for later was answered while this one lived. */
static int
is_overtaken(const load *l, const request *r)
{
    int64_t end = r->asked_ms + (l->crew->plan->life_s - 1) * 1000; /* it began with a second */
    size_t  i;

    for (i = (size_t)(r - l->requests); i < l->count && l->requests[i].asked_ms < end; i++)
        if (l->requests[i].is_answer && l->requests[i].asked_ms > r->asked_ms + ORDER_MS
            && l->requests[i].told_ms < end)
            return 1;
    return 0;
}

static void
hear_one(verdict *v, const load *l, const request *r, int writes, int is_seen)
{
    int32_t outcome = r->code != 0 ? pwwb_code_outcome(r->code) : 0;

    switch (outcome) {
    case PWWB_OUTCOME_SET:
    case PWWB_OUTCOME_SET_WITH_WARNINGS:
        v->set++;
        v->wrong += writes == 0;
        break;
    case PWWB_OUTCOME_NOT_SET:
        v->refused++;
        v->wrong += writes > 0;
        break;
    case PWWB_OUTCOME_UNKNOWN:
        v->unknown++;
        v->unknown_set += writes > 0;
        v->vanished += r->sent == PWWB_OK && writes == 0 && !is_seen && is_overtaken(l, r);
        break;
    default:
        v->orphans += r->is_orphan;
        v->lost += !r->is_orphan;
    }
}

void
verdict_add(verdict *sum, const verdict *more)
{
    sum->requests += more->requests;
    sum->set += more->set;
    sum->refused += more->refused;
    sum->unknown += more->unknown;
    sum->unknown_set += more->unknown_set;
    sum->orphans += more->orphans;
    sum->lost += more->lost;
    sum->vanished += more->vanished;
    sum->twice += more->twice;
    sum->wrong += more->wrong;
    sum->older += more->older;
    sum->late += more->late;
    sum->foreign += more->foreign;
}

verdict
judge(const load *l, const control *c, const stroke *strokes, size_t count)
{
    verdict  v      = {.requests = (long)l->count};
    int32_t *writes = calloc(l->count + 1, sizeof(*writes));
    int32_t *newest = calloc((size_t)l->account_count, sizeof(*newest));
    control *sorted = malloc(sizeof(*sorted));
    unsigned seen   = atomic_load(&c->seen_count);
    size_t   i;

    storm_must(writes != NULL && newest != NULL && sorted != NULL, "memory");
    storm_must(seen <= SEEN_MAX, "room for every id that was seen");
    memcpy(sorted->seen, c->seen, seen * (size_t)PWWB_ID_SIZE);
    qsort(sorted->seen, seen, PWWB_ID_SIZE, compare_ids);
    for (i = 0; i < count; i++)
        weigh(&v, l, &strokes[i], writes, newest);
    for (i = 0; i < l->count; i++)
        hear_one(&v, l, &l->requests[i], writes[i],
                 was_seen(sorted, seen, l->requests[i].id));
    free(sorted);
    free(newest);
    free(writes);
    return v;
}
