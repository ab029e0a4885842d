/* SPDX-License-Identifier: Apache-2.0 */
#include "watch.h"

#include <stdlib.h>
#include <string.h>

#include "envelope.h"
#include "error.h"
#include "ops.h"

#define STALE_S     660 /* two heartbeats, and a minute */
#define STALE_MIN_S 60
#define STALE_MAX_S 86400
#define SKEW_S      120
#define SKEW_MAX_S  3600
#define LIFE_MS     ((int64_t)PWWB_HEARTBEAT_LIFE_S * 1000)
#define TWICE_MS    60000 /* so far apart, two late heartbeats are a clock and not a delay */
#define LEAST       WB_SIZE_UP_TO(pwwb_watch_options, reserved)
#define LEAST_LAST  WB_SIZE_UP_TO(pwwb_heartbeat, reserved2)
#define LEAST_INFO WB_SIZE_UP_TO(pwwb_watch_info, max_age_s)

static pwwb_status
import_options(pwwb_watch *watch, const pwwb_watch_options *theirs, pwwb_error *err)
{
    pwwb_watch_options ours = {0};
    pwwb_status        st;

    if (theirs != NULL) {
        st = wb_ops_import(&ours, sizeof(ours), LEAST, theirs);
        if (st != PWWB_OK)
            return wb_fail(err, st, "options of size %zu do not fit this library", theirs->size);
    }
    if (ours.stale_s == 0)
        ours.stale_s = STALE_S;
    if (ours.skew_s == 0)
        ours.skew_s = SKEW_S;
    if (ours.stale_s < STALE_MIN_S || ours.stale_s > STALE_MAX_S || ours.skew_s < 1
        || ours.skew_s > SKEW_MAX_S || ours.version_least < 0 || ours.reserved != 0)
        return wb_fail(err, PWWB_E_INVALID_ARGUMENT, "a time or a version is out of range");

    watch->stale_ms      = (int64_t)ours.stale_s * 1000;
    watch->skew_ms       = (int64_t)ours.skew_s * 1000;
    watch->version_least = ours.version_least > 0 ? ours.version_least : PWWB_VERSION_NUMBER;
    watch->keyring       = ours.keyring;
    return wb_clock_make(&watch->clock, ours.clock, ours.clock_ctx, err);
}

pwwb_status
pwwb_watch_new(const pwwb_watch_options *options, pwwb_watch **ret_watch, pwwb_error *err)
{
    pwwb_watch *watch;
    pwwb_status st;

    wb_ok(err);
    if (ret_watch != NULL)
        *ret_watch = NULL;
    if (ret_watch == NULL)
        return wb_fail(err, PWWB_E_INVALID_ARGUMENT, "ret_watch must be given");

    watch = calloc(1, sizeof(*watch));
    if (watch == NULL)
        return wb_fail(err, PWWB_E_NO_MEMORY, "no memory for a watch");

    st = import_options(watch, options, err);
    if (st == PWWB_OK && pthread_mutex_init(&watch->mutex, NULL) != 0)
        st = wb_fail(err, PWWB_E_NO_MEMORY, "no memory for a watch");
    if (st != PWWB_OK) {
        free(watch);
        return st;
    }
    watch->is_configured = PWWB_MAYBE;
    watch->listening     = PWWB_MAYBE;
    watch->begun_ms      = wb_clock_monotonic_ms(&watch->clock);
    watch->told_ms       = watch->begun_ms;
    if (watch->keyring != NULL) {
        (void)pwwb_keyring_ref(watch->keyring);
        wb_watch_keys(watch, watch->keyring);
    }
    *ret_watch = watch;
    return PWWB_OK;
}

void
pwwb_watch_free(pwwb_watch *watch)
{
    if (watch == NULL)
        return;

    pwwb_keyring_free(watch->keyring);
    pthread_mutex_destroy(&watch->mutex);
    free(watch);
}

void
wb_watch_keys(pwwb_watch *watch, const pwwb_keyring *keyring)
{
    int is_active = wb_keyring_active(keyring) != NULL;

    pthread_mutex_lock(&watch->mutex);
    watch->is_configured = is_active ? PWWB_YES : PWWB_NO;
    watch->keys_version  = keyring->version;
    pthread_mutex_unlock(&watch->mutex);
}

int
wb_watch_knows_keys(pwwb_watch *watch, uint64_t version)
{
    int knows;

    pthread_mutex_lock(&watch->mutex);
    knows = watch->is_configured != PWWB_MAYBE && watch->keys_version == version;
    pthread_mutex_unlock(&watch->mutex);
    return knows;
}

void
pwwb_watch_presence(pwwb_watch *watch, pwwb_status status, int32_t agents)
{
    int64_t now_ms;

    if (watch == NULL)
        return;

    now_ms = wb_clock_monotonic_ms(&watch->clock);
    pthread_mutex_lock(&watch->mutex);
    watch->relay     = status;
    watch->listening = agents;
    watch->told_ms   = now_ms;
    pthread_mutex_unlock(&watch->mutex);
}

/* Its time was at most a skew ahead of ours, or is not believed; so that long ago its heartbeats are
 * neither alive nor in time. */
int
wb_watch_is_long_gone(const pwwb_watch *watch, const wb_watched *w, int64_t now_ms)
{
    return now_ms - w->heard_ms > watch->stale_ms + LIFE_MS + 2 * watch->skew_ms;
}

static wb_watched *
find(pwwb_watch *watch, const uint8_t *agent_id)
{
    size_t i;

    for (i = 0; i < PWWB_WATCH_AGENTS; i++) {
        wb_watched *w = &watch->agents[i];

        if (w->last.size != 0 && memcmp(w->last.agent_id, agent_id, PWWB_ID_SIZE) == 0)
            return w;
    }
    return NULL;
}

/* A place that is free, or that of the one that is gone for longest; NULL = all are needed. */
static wb_watched *
make_room(pwwb_watch *watch, int64_t now_ms)
{
    wb_watched *gone = NULL;
    size_t      i;

    for (i = 0; i < PWWB_WATCH_AGENTS; i++) {
        wb_watched *w = &watch->agents[i];

        if (w->last.size == 0)
            return w;
        if (wb_watch_is_long_gone(watch, w, now_ms) && (gone == NULL || w->heard_ms < gone->heard_ms))
            gone = w;
    }
    return gone;
}

/* Whether it is news, as docs/protocol.md says. A time of our future bars nothing in another boot: that
 * clock is wrong, and may have been set right. */
static int
is_news(const pwwb_watch *watch, const wb_watched *w, const pwwb_heartbeat *h, int64_t wall_ms,
        int64_t now_ms)
{
    int is_ahead = w->last.time_ms - watch->skew_ms > wall_ms;

    if (wb_watch_is_long_gone(watch, w, now_ms))
        return 1;
    if (memcmp(h->boot_id, w->last.boot_id, PWWB_ID_SIZE) == 0)
        return h->sequence > w->last.sequence;
    return h->time_ms > (is_ahead ? w->right_ms : w->last.time_ms);
}

/* A heartbeat that comes late was delayed, or its agent's clock is behind. The relay keeps none for
 * longer than its life, and two late ones with time between them are no delay either. */
static void
judge_clock(const pwwb_watch *watch, wb_watched *w, int64_t now_ms)
{
    int is_late = w->lag_ms > watch->skew_ms;

    if (!is_late)
        w->late_ms = -1;
    else if (w->late_ms < 0)
        w->late_ms = now_ms;
    w->is_skewed = w->lag_ms < -watch->skew_ms || w->lag_ms > watch->skew_ms + LIFE_MS
                   || (is_late && now_ms - w->late_ms >= TWICE_MS);
}

static pwwb_status
note(pwwb_watch *watch, const pwwb_heartbeat *h, int64_t wall_ms, int64_t now_ms, pwwb_error *err)
{
    wb_watched *w      = find(watch, h->agent_id);
    int64_t     lag_ms = wall_ms - h->time_ms;

    if (w != NULL && !is_news(watch, w, h, wall_ms, now_ms))
        return wb_fail(err, PWWB_E_REPLAYED, "not newer than the agent's last heartbeat");
    if (w == NULL) {
        w = make_room(watch, now_ms);
        if (w == NULL)
            return wb_fail(err, PWWB_E_FULL, "%d agents are the most", PWWB_WATCH_AGENTS);
    }
    if (w->last.size == 0 || wb_watch_is_long_gone(watch, w, now_ms))
        *w = (wb_watched){.late_ms = -1};
    w->last     = *h;
    w->heard_ms = now_ms;
    w->lag_ms   = lag_ms;
    judge_clock(watch, w, now_ms);
    if (lag_ms < -watch->skew_ms)
        return wb_fail(err, PWWB_E_NOT_YET, "a heartbeat of the future: look at the clocks");

    w->right_ms = h->time_ms > w->right_ms ? h->time_ms : w->right_ms;
    if (lag_ms > watch->skew_ms + LIFE_MS)
        return wb_fail(err, PWWB_E_EXPIRED, "an old heartbeat: look at the clocks");

    watch->heard_ms = wall_ms;
    return PWWB_OK;
}

pwwb_status
pwwb_watch_take(pwwb_watch *watch, const pwwb_keyring *keyring, const uint8_t *sealed,
                size_t sealed_len, pwwb_error *err)
{
    int64_t        wall_ms, now_ms;
    pwwb_heartbeat h;
    pwwb_status    st;

    wb_ok(err);
    if (watch == NULL || sealed == NULL || (keyring == NULL && watch->keyring == NULL))
        return wb_fail(err, PWWB_E_INVALID_ARGUMENT, "watch, sealed and a keyring must be given");
    if (keyring == NULL)
        keyring = watch->keyring;

    wb_watch_keys(watch, keyring);
    st = wb_heartbeat_unseal(keyring, wb_span_of(sealed, sealed_len), &h, err);
    if (st != PWWB_OK)
        return st;

    wall_ms = wb_clock_wall_ms(&watch->clock);
    now_ms  = wb_clock_monotonic_ms(&watch->clock);
    pthread_mutex_lock(&watch->mutex);
    st = note(watch, &h, wall_ms, now_ms, err);
    pthread_mutex_unlock(&watch->mutex);
    return st;
}

pwwb_status
pwwb_watch_describe(pwwb_watch *watch, pwwb_watch_info *ret_info, pwwb_error *err)
{
    pwwb_watch_info ours = {.size = sizeof(ours)};
    int64_t         now_ms;
    pwwb_status     st;

    wb_ok(err);
    if (watch == NULL || ret_info == NULL)
        return wb_fail(err, PWWB_E_INVALID_ARGUMENT, "watch and ret_info must be given");

    now_ms = wb_clock_monotonic_ms(&watch->clock);
    pthread_mutex_lock(&watch->mutex);
    wb_watch_judge(watch, now_ms, &ours);
    pthread_mutex_unlock(&watch->mutex);
    st = wb_ops_export(ret_info, LEAST_INFO, &ours, sizeof(ours));
    if (st != PWWB_OK)
        return wb_fail(err, st, "an info of size %zu does not fit this library", ret_info->size);

    return PWWB_OK;
}

/* A copy of the agent at a place. size 0: there is none. */
static wb_watched
watched_at(const pwwb_watch *watch, size_t index)
{
    static const wb_watched none = {.last = {.size = 0}};
    size_t                  i;

    for (i = 0; i < PWWB_WATCH_AGENTS; i++)
        if (watch->agents[i].last.size != 0 && index-- == 0)
            return watch->agents[i];
    return none;
}

pwwb_status
pwwb_watch_describe_agent(pwwb_watch *watch, size_t index, pwwb_heartbeat *ret_last, int32_t *ret_state,
                 int64_t *ret_age_s, pwwb_error *err)
{
    wb_watched  w;
    int64_t     now_ms;
    pwwb_status st;

    wb_ok(err);
    if (watch == NULL || ret_last == NULL || ret_state == NULL || ret_age_s == NULL)
        return wb_fail(err, PWWB_E_INVALID_ARGUMENT, "watch and what is returned must be given");

    now_ms = wb_clock_monotonic_ms(&watch->clock);
    pthread_mutex_lock(&watch->mutex);
    w = watched_at(watch, index);
    pthread_mutex_unlock(&watch->mutex);
    if (w.last.size == 0)
        return wb_fail(err, PWWB_E_NOT_FOUND, "no more agents are known");

    st = wb_ops_export(ret_last, LEAST_LAST, &w.last, sizeof(w.last));
    if (st != PWWB_OK)
        return wb_fail(err, st, "a heartbeat of size %zu does not fit this library", ret_last->size);
    *ret_state = wb_watched_state(watch, &w, now_ms);
    *ret_age_s = wb_watched_age(&w, now_ms) / 1000;
    return PWWB_OK;
}
