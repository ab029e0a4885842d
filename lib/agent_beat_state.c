/* SPDX-License-Identifier: Apache-2.0 */
#include "agent_beat.h"

#include <stdio.h>
#include <string.h>

#include "directory.h"
#include "policy.h"

#define CHANGE_MS    10000 /* the least time between two heartbeats: what comes and goes makes no flood */
#define ROUND_MAX_MS 60000 /* directories that nobody could ask by then are told as they are */

wb_beat_directory *
wb_beat_directory_of(wb_beat *beat, const char *name)
{
    wb_beat_directory *d;
    size_t             i;

    for (i = 0; i < beat->directory_count; i++)
        if (strcmp(beat->directories[i].name, name) == 0)
            return &beat->directories[i];
    if (beat->directory_count == WB_AGENT_DIRECTORIES_MAX)
        return NULL;

    d = &beat->directories[beat->directory_count++];
    (void)snprintf(d->name, sizeof(d->name), "%s", name);
    d->is_asked = 1;
    wb_rules_forget(&d->rules);
    return d;
}

static int32_t
count_up(const wb_beat *beat)
{
    int32_t count = 0;
    size_t  i;

    for (i = 0; i < beat->directory_count; i++)
        count += beat->directories[i].is_up;
    return count;
}

static void
begin_round(wb_beat *beat, int64_t now_ms)
{
    size_t i;

    beat->is_round = 1;
    beat->round_ms = now_ms;
    for (i = 0; i < beat->directory_count; i++)
        beat->directories[i].is_asked = 1;
}

/* Whether a directory is to be asked: for the next heartbeat, because a request failed there, or to
 * notice that it is back. */
static int
has_question(wb_beat *beat, int64_t now_ms)
{
    int    has = 0;
    size_t i;

    for (i = 0; i < beat->directory_count; i++) {
        wb_beat_directory *d = &beat->directories[i];

        if (!d->is_up && now_ms >= d->again_ms)
            d->is_asked = 1;
        has |= d->is_asked;
    }
    return has;
}

int
wb_beat_work(wb_beat *beat, int64_t now_ms)
{
    int is_due = beat->due_ms <= now_ms;

    if (beat->is_busy)
        return WB_BEAT_NOTHING;
    if (is_due && beat->not_before_ms <= now_ms && !beat->is_round)
        begin_round(beat, now_ms);
    if (has_question(beat, now_ms)
        && (!beat->is_round || now_ms - beat->round_ms < ROUND_MAX_MS))
        return WB_BEAT_ASK;
    if (beat->not_before_ms <= now_ms
        && (beat->is_round || (beat->sequence > 0 && beat->told_up != count_up(beat))))
        return WB_BEAT_SEND;
    return WB_BEAT_NOTHING;
}

static int32_t
health_of(const wb_beat *beat, int32_t up)
{
    if (up == 0)
        return PWWB_HEALTH_DOWN;
    return (size_t)up == beat->directory_count ? PWWB_HEALTH_UP : PWWB_HEALTH_DEGRADED;
}

static void
fill_rules(const wb_beat *beat, pwwb_heartbeat *h)
{
    pwwb_policy_rules rules;
    size_t            i;

    wb_rules_forget(&rules);
    for (i = 0; i < beat->directory_count; i++)
        if (i == 0)
            rules = beat->directories[i].rules;
        else
            wb_policy_weaken(&rules, &beat->directories[i].rules);
    h->rules_source   = rules.source;
    h->min_length     = rules.min_length;
    h->complexity     = rules.complexity;
    h->history_length = rules.history_length;
    h->min_age_s      = rules.min_age_ms < 0 ? -1 : rules.min_age_ms / 1000;
    h->max_age_s      = rules.max_age_ms < 0 ? -1 : rules.max_age_ms / 1000;
}

void
wb_beat_fill(wb_beat *beat, int is_last, pwwb_heartbeat *h)
{
    int32_t up = count_up(beat);

    *h = (pwwb_heartbeat){.size           = sizeof(*h),
                          .sequence       = ++beat->sequence,
                          .health         = is_last ? PWWB_HEALTH_STOPPING : health_of(beat, up),
                          .version        = PWWB_VERSION_NUMBER,
                          .directories    = (int32_t)beat->directory_count,
                          .directories_up = up};
    memcpy(h->agent_id, beat->agent_id, PWWB_ID_SIZE);
    memcpy(h->boot_id, beat->boot_id, PWWB_ID_SIZE);
    memcpy(h->counters, beat->counts, sizeof(h->counters));
    fill_rules(beat, h);
}

void
wb_beat_sent(wb_beat *beat, int is_sent, int32_t told_up, int64_t now_ms)
{
    beat->not_before_ms = now_ms + (beat->period_ms < CHANGE_MS ? beat->period_ms : CHANGE_MS);
    if (!is_sent)
        return;

    beat->told_up  = told_up;
    beat->is_round = 0;
    if (beat->due_ms > now_ms)
        return;
    beat->due_ms = beat->due_ms > now_ms - beat->period_ms ? beat->due_ms + beat->period_ms
                                                           : now_ms + beat->period_ms;
}
