/* SPDX-License-Identifier: Apache-2.0 */
#include "limits_rate.h"

#include <string.h>

/* ---- windows ---- */

/* Until one more is allowed; 0 = now. */
static int64_t
window_wait(const wb_window *w, int64_t now_ms)
{
    int64_t past_ms;

    if (w->most == 0 || w->count < w->most)
        return 0;

    past_ms = now_ms - w->times[w->next];
    return past_ms < w->length_ms ? w->length_ms - past_ms : 0;
}

static void
window_take(wb_window *w, int64_t now_ms)
{
    if (w->most == 0)
        return;

    w->times[w->next] = now_ms;
    w->next           = (w->next + 1) % w->most;
    w->count += w->count < w->most;
}

static size_t
before(const wb_window *w, size_t place)
{
    return (place + w->most - 1) % w->most;
}

/* Take one time out; the newer ones close up. What it had pushed out was over by then. */
static void
window_give_back(wb_window *w, int64_t taken_ms)
{
    int64_t newer = 0, here;
    size_t  place = w->next, left = w->count;

    for (; left > 0; left--) {
        place           = before(w, place);
        here            = w->times[place];
        w->times[place] = newer;
        if (here == taken_ms)
            break;
        newer = here;
    }
    if (left == 0)
        return;

    w->next = before(w, w->next);
    w->count--;
}

/* ---- accounts ---- */

static wb_window
window_of(const pwwb_limits *l, uint32_t place)
{
    const wb_limited *a = &l->accounts[place];

    return (wb_window){l->times + (place - 1) * l->per_account, l->per_account, a->count, a->at,
                    l->per_account_ms};
}

static void
keep_window(const pwwb_limits *l, uint32_t place, const wb_window *w)
{
    l->accounts[place].count = (uint32_t)w->count;
    l->accounts[place].at    = (uint32_t)w->next;
}

static uint32_t
find(const pwwb_limits *l, const uint8_t *guid)
{
    uint32_t place = *wb_index_chain(&l->index, guid, PWWB_ID_SIZE);

    while (place != 0 && memcmp(l->accounts[place].guid, guid, PWWB_ID_SIZE) != 0)
        place = l->accounts[place].next;
    return place;
}

static void
leave_row(const pwwb_limits *l, uint32_t place)
{
    const wb_limited *a = &l->accounts[place];

    l->accounts[a->newer].older = a->older;
    l->accounts[a->older].newer = a->newer;
}

static void
enter_row(const pwwb_limits *l, uint32_t place)
{
    wb_limited *ends = &l->accounts[0];

    l->accounts[place].newer         = 0;
    l->accounts[place].older         = ends->older;
    l->accounts[ends->older].newer   = place;
    ends->older                      = place;
}

static void
leave_chain(const pwwb_limits *l, uint32_t place)
{
    uint32_t *link = l->accounts[place].chain;

    while (*link != place)
        link = &l->accounts[*link].next;
    *link = l->accounts[place].next;
}

/* Room for an account that is not there: the next that is free, else the oldest one's. */
static uint32_t
make_room(pwwb_limits *l, const uint8_t *guid)
{
    uint32_t place = l->accounts[0].newer;
    wb_limited *a;

    if (l->used < WB_LIMITS_ACCOUNTS) {
        place = (uint32_t)++l->used;
    } else {
        leave_row(l, place);
        leave_chain(l, place);
    }
    a  = &l->accounts[place];
    *a = (wb_limited){.chain = wb_index_chain(&l->index, guid, PWWB_ID_SIZE)};
    memcpy(a->guid, guid, sizeof(a->guid));
    wb_index_push(a->chain, &a->next, place);
    return place;
}

static void
take_account(pwwb_limits *l, uint32_t place, const uint8_t *guid)
{
    wb_window w;

    if (place != 0)
        leave_row(l, place);
    else
        place = make_room(l, guid);
    enter_row(l, place);
    w = window_of(l, place);
    window_take(&w, l->now_ms);
    keep_window(l, place, &w);
}

static void
look(const wb_window *w, int64_t now_ms, wb_limits_place *place)
{
    int64_t wait_ms = window_wait(w, now_ms);

    if (wait_ms <= place->wait_ms)
        return;
    place->wait_ms = wait_ms;
    place->most    = (int64_t)w->most;
}

static void
take(pwwb_limits *l, const uint8_t *guid, wb_limits_place *place)
{
    uint32_t at = l->per_account > 0 ? find(l, guid) : 0;
    wb_window own;

    look(&l->in_all, l->now_ms, place);
    if (at != 0) {
        own = window_of(l, at);
        look(&own, l->now_ms, place);
    }
    place->is_taken = place->wait_ms == 0;
    if (!place->is_taken)
        return;

    place->taken_ms = l->now_ms;
    window_take(&l->in_all, l->now_ms);
    if (l->per_account > 0)
        take_account(l, at, guid);
}

void
wb_limits_take(pwwb_limits *l, const uint8_t guid[PWWB_ID_SIZE], wb_limits_place *place)
{
    int64_t now_ms;

    *place = (wb_limits_place){.is_taken = 1};
    if (l == NULL)
        return;

    now_ms = wb_clock_monotonic_ms(&l->clock); /* a host's call: not under the lock */
    pthread_mutex_lock(&l->mutex);
    if (now_ms > l->now_ms)
        l->now_ms = now_ms;
    take(l, guid, place);
    pthread_mutex_unlock(&l->mutex);
}

void
wb_limits_give_back(pwwb_limits *l, const uint8_t guid[PWWB_ID_SIZE], wb_limits_place *place)
{
    uint32_t at;
    wb_window own;

    if (l == NULL || !place->is_taken)
        return;

    pthread_mutex_lock(&l->mutex);
    at = l->per_account > 0 ? find(l, guid) : 0;
    window_give_back(&l->in_all, place->taken_ms);
    if (at != 0) {
        own = window_of(l, at);
        window_give_back(&own, place->taken_ms);
        keep_window(l, at, &own);
    }
    pthread_mutex_unlock(&l->mutex);
    place->is_taken = 0;
}
