/* SPDX-License-Identifier: Apache-2.0 */
#include "judge.h"

#include <stdlib.h>
#include <string.h>

#define GRACE_MS 1000 /* the record's times, and a modify that was on its way */

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
               && s->at_ms > (r->issued_s + LIFE_S) * 1000 + SKEW_MS + GRACE_MS;
    if (s->serial > newest[s->account])
        newest[s->account] = s->serial;
}

static int
was_seen(const control *c, unsigned count, const uint8_t id[PWWB_ID_SIZE])
{
    return bsearch(id, c->seen, count, PWWB_ID_SIZE, compare_ids) != NULL;
}

static void
hear_one(verdict *v, const request *r, int writes, int is_seen)
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
        v->vanished += r->sent == PWWB_OK && writes == 0 && !is_seen;
        break;
    default:
        v->orphans += r->is_orphan;
        v->lost += !r->is_orphan;
    }
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
        hear_one(&v, &l->requests[i], writes[i], was_seen(sorted, seen, l->requests[i].id));
    free(sorted);
    free(newest);
    free(writes);
    return v;
}
