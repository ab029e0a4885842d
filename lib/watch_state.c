/* SPDX-License-Identifier: Apache-2.0 */
#include "watch.h"

#include <stdlib.h>

#include "directory.h"
#include "policy.h"

/* The first of all that hold: a lower number is worse. A code goes with what is worst. */
static void
lower(pwwb_watch_info *r, int32_t state, int32_t code)
{
    if (state >= r->state)
        return;

    r->state = state;
    r->code  = code;
}

/* How old its last word is. One that was under way for a while is as old as it says. */
int64_t
wb_watched_age(const wb_watched *w, int64_t now_ms)
{
    int64_t age = now_ms - w->heard_ms;

    return !w->is_skewed && w->lag_ms > 0 ? age + w->lag_ms : age;
}

int32_t
wb_watched_state(const pwwb_watch *watch, const wb_watched *w, int64_t now_ms)
{
    if (w->last.health == PWWB_HEALTH_STOPPING)
        return PWWB_WATCHED_STOPPED;
    if (wb_watched_age(w, now_ms) > watch->stale_ms)
        return PWWB_WATCHED_SILENT;
    return w->is_skewed ? PWWB_WATCHED_SKEWED : PWWB_WATCHED_ALIVE;
}

static void
add_skew(pwwb_watch_info *r, const wb_watched *w)
{
    if (llabs(w->lag_ms) > llabs(r->skew_ms))
        r->skew_ms = -w->lag_ms;
}

static int64_t
as_ms(int64_t seconds)
{
    if (seconds < 0)
        return -1;
    return seconds < INT64_MAX / 1000 ? seconds * 1000 : INT64_MAX;
}

static pwwb_policy_rules
rules_of(const pwwb_heartbeat *h)
{
    pwwb_policy_rules rules;

    wb_rules_forget(&rules);
    rules.source         = h->rules_source;
    rules.min_length     = h->min_length;
    rules.complexity     = h->complexity;
    rules.history_length = h->history_length;
    rules.min_age_ms     = as_ms(h->min_age_s);
    rules.max_age_ms     = as_ms(h->max_age_s);
    return rules;
}

static void
put_rules(pwwb_watch_info *r, const pwwb_policy_rules *rules)
{
    r->rules_source   = rules->source;
    r->min_length     = rules->min_length;
    r->complexity     = rules->complexity;
    r->history_length = rules->history_length;
    r->min_age_s      = rules->min_age_ms < 0 ? -1 : rules->min_age_ms / 1000;
    r->max_age_s      = rules->max_age_ms < 0 ? -1 : rules->max_age_ms / 1000;
}

static void
add_directories(pwwb_watch_info *r, const pwwb_heartbeat *h)
{
    int32_t lacking = h->directories - h->directories_up;

    if (r->agents > 1 && lacking <= r->directories - r->directories_up)
        return;

    r->directories    = h->directories;
    r->directories_up = h->directories_up;
}

/* One that is alive. */
static void
add_agent(const pwwb_watch *watch, const pwwb_heartbeat *h, pwwb_watch_info *r,
          pwwb_policy_rules *rules)
{
    pwwb_policy_rules theirs = rules_of(h);
    size_t            i;

    r->agents++;
    r->agents_up += h->health != PWWB_HEALTH_DOWN;
    if (h->health != PWWB_HEALTH_UP)
        lower(r, PWWB_READY_DEGRADED, PWWB_CODE_OK);
    if (h->version < watch->version_least)
        lower(r, PWWB_READY_OUTDATED, PWWB_CODE_OK);
    if (r->agents == 1 || h->version < r->version)
        r->version = h->version;
    if (h->key_age_s > r->key_age_s)
        r->key_age_s = h->key_age_s;
    for (i = 0; i < PWWB_HEARTBEAT_COUNTERS; i++)
        r->counters[i] += h->counters[i];
    add_directories(r, h);
    if (r->agents == 1)
        *rules = theirs;
    else
        wb_policy_weaken(rules, &theirs);
}

static void
add(const pwwb_watch *watch, const wb_watched *w, int64_t now_ms, pwwb_watch_info *r,
    pwwb_policy_rules *rules)
{
    switch (wb_watched_state(watch, w, now_ms)) {
    case PWWB_WATCHED_STOPPED:
        r->agents_stopped++;
        break;
    case PWWB_WATCHED_SILENT:
        r->agents_silent++;
        break;
    case PWWB_WATCHED_SKEWED:
        r->agents_skewed++;
        add_skew(r, w);
        lower(r, PWWB_READY_CLOCK_SKEW, PWWB_CODE_CLOCK);
        break;
    default:
        add_skew(r, w);
        add_agent(watch, &w->last, r, rules);
    }
}

static void
judge_silence(const pwwb_watch *watch, int64_t now_ms, pwwb_watch_info *r)
{
    int is_known = r->agents_stopped + r->agents_silent > 0
                   || now_ms - watch->begun_ms > watch->stale_ms;

    if (r->agents > 0 && r->agents_up == 0)
        lower(r, PWWB_READY_UNREACHABLE, PWWB_CODE_UNREACHABLE);
    if (r->agents == 0 && is_known)
        lower(r, PWWB_READY_UNREACHABLE, PWWB_CODE_AGENT_DOWN);
    if (r->agents == 0)
        lower(r, PWWB_READY_UNKNOWN, PWWB_CODE_OK);
}

/* What the relay says; that an agent listens is not listened to. */
static void
judge_relay(const pwwb_watch *watch, int64_t now_ms, pwwb_watch_info *r)
{
    if (now_ms - watch->told_ms > watch->stale_ms)
        return;
    if (watch->relay != PWWB_OK)
        lower(r, PWWB_READY_UNREACHABLE, PWWB_CODE_UNREACHABLE);
    else if (watch->listening == PWWB_NO)
        lower(r, PWWB_READY_UNREACHABLE, PWWB_CODE_AGENT_DOWN);
}

void
wb_watch_judge(const pwwb_watch *watch, int64_t now_ms, pwwb_watch_info *report)
{
    pwwb_policy_rules rules;
    size_t            i;

    wb_rules_forget(&rules);
    report->state     = PWWB_READY_UP;
    report->code      = PWWB_CODE_OK;
    report->heard_ms  = watch->heard_ms;
    report->key_age_s = -1;
    for (i = 0; i < PWWB_WATCH_AGENTS; i++)
        if (watch->agents[i].last.size != 0)
            add(watch, &watch->agents[i], now_ms, report, &rules);
    put_rules(report, &rules);
    judge_silence(watch, now_ms, report);
    judge_relay(watch, now_ms, report);
    if (watch->is_configured == PWWB_NO)
        lower(report, PWWB_READY_NOT_CONFIGURED, PWWB_CODE_CONFIGURATION);
}

int
wb_watch_all_stopped(const pwwb_watch_info *report)
{
    return report->agents_stopped > 0
           && report->agents + report->agents_silent + report->agents_skewed == 0;
}
