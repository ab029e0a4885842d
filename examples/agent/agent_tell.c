/* SPDX-License-Identifier: Apache-2.0 */
/* What is told while the agent runs: figures, lines about the relay, words to systemd. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "../common/log_lines.h"
#include "../common/notify.h"
#include "agent_metrics.h"
#include "agent_run.h"

/* Once. */
static void
tell_waiting(agent_run *run)
{
    if (run->tenant_state != PWWB_TENANT_NONE || run->has_said_waiting)
        return;
    run->has_said_waiting = 1;
    log_say(PWWB_LOG_INFO, "agent", "not enabled yet: waiting for \"pwwb-agent enable TICKETFILE\"");
}

void
agent_look_at_keys(agent_run *run)
{
    pwwb_keyring_info info  = {.size = sizeof(info), .state = PWWB_TENANT_NONE};
    pwwb_epoch_info   epoch = {.size = sizeof(epoch)};
    pwwb_keyring     *keys  = NULL;
    pwwb_status       st    = pwwb_keystore_load(run->store, &keys, NULL);
    size_t            i;

    if (st == PWWB_OK)
        st = pwwb_keyring_describe(keys, &info, NULL);
    if (st == PWWB_OK || st == PWWB_E_NOT_FOUND) {
        if (run->tenant_state != info.state && run->tenant_state != 0)
            log_say(PWWB_LOG_INFO, "keys", "the tenant is %s", agent_tenant_name(info.state));
        run->tenant_state = info.state;
        run->generation   = info.generation;
        run->created_s    = -1;
        for (i = 0; pwwb_keyring_describe_epoch(keys, i, &epoch, NULL) == PWWB_OK; i++)
            if (epoch.state == PWWB_EPOCH_ACTIVE)
                run->created_s = epoch.created_s;
    }
    pwwb_keyring_free(keys);
    tell_waiting(run);
}

const char *
agent_tenant_name(int32_t state)
{
    static const char *const names[] = {"not enabled", "pending", "enabled", "disabling", "disabled", "revoked"};

    return names[state >= PWWB_TENANT_NONE && state <= PWWB_TENANT_REVOKED ? state - PWWB_TENANT_NONE : 0];
}

/* What all workers together have; how many are connected. */
static int32_t
sum(agent_run *run, agent_figures *f, char *why, size_t why_size)
{
    int32_t connected = 0, known = 0;
    size_t  i;
    int     j;

    memcpy(f->counts, run->before, sizeof(f->counts));
    f->relay_connects = run->connects_before;
    for (i = 0; run->world != NULL && i < run->world->worker_count; i++) {
        agent_worker *w = &run->world->workers[i];

        (void)pthread_mutex_lock(&w->mutex);
        for (j = 0; j <= PWWB_COUNT_UNAUDITED; j++)
            f->counts[j] += w->counts[j];
        f->relay_connects += w->connects;
        connected += w->is_connected > 0;
        known += w->is_connected > 0 || w->why[0] != '\0';
        if (w->is_connected == 0 && w->why[0] != '\0')
            (void)snprintf(why, why_size, "%s", w->why);
        (void)pthread_mutex_unlock(&w->mutex);
    }
    f->relay_connected = connected > 0;
    return known > 0 ? connected : -1;
}

static void
fill(const agent_run *run, agent_figures *f)
{
    size_t i;

    f->tenant_state = run->tenant_state;
    f->generation   = run->generation;
    f->key_age_s    = run->created_s >= 0 ? agent_wall_ms(run->outside) / 1000 - run->created_s : -1;
    f->start_s      = run->start_s;
    if (run->world == NULL)
        return;
    f->directory_count = run->world->settings->directories.count;
    for (i = 0; i < f->directory_count; i++) {
        const char *name = agent_directory_name(agent_directory_at(run->world->settings, i));
        int32_t     is   = pwwb_agent_is_up(run->world->workers[0].agent, name);

        f->directory_names[i] = name;
        f->directory_up[i]    = is == PWWB_MAYBE ? -1 : is == PWWB_YES;
    }
}

static void
tell_connection(agent_run *run, int32_t connected, const char *why)
{
    if (run->phase != AGENT_SERVING || connected < 0 || run->was_connected == (connected > 0))
        return;
    run->was_connected = connected > 0;
    if (connected > 0) {
        log_say(PWWB_LOG_INFO, "relay", "connected to %s", run->settings->relay.host);
        notify_status("connected to %.200s; the tenant is %s", run->settings->relay.host,
                      agent_tenant_name(run->tenant_state));
    } else {
        log_say(PWWB_LOG_WARN, "relay", "not connected to %s: %s", run->settings->relay.host, why);
        notify_status("not connected to %.200s", run->settings->relay.host);
    }
}

/* Each worker came by lately: a request, its reply and an order take no longer. */
static int
are_alive(const agent_run *run, int64_t now_ms)
{
    int64_t most_ms = 4000 * run->settings->timeout_s + 60000;
    size_t  i;

    for (i = 0; run->world != NULL && i < run->world->worker_count; i++)
        if (!atomic_load(&run->world->workers[i].is_done)
            && now_ms - atomic_load(&run->world->workers[i].stepped_ms) > most_ms)
            return 0;
    return 1;
}

static void
tell_figures(agent_run *run, int64_t now_ms, int is_forced, const agent_figures *figures)
{
    const agent_settings *s = run->settings;

    if (s->metrics_file == NULL || (!is_forced && run->told_ms != 0 && now_ms - run->told_ms < s->metrics_s * 1000))
        return;
    run->told_ms = now_ms;
    if (agent_metrics_write(s->metrics_file, figures) != 0)
        log_say(PWWB_LOG_WARN, "metrics", "metrics.file %s: %s", s->metrics_file, strerror(errno));
}

void
agent_tell(agent_run *run, int64_t now_ms, int is_forced)
{
    agent_figures figures   = {.key_age_s = -1};
    char          why[256]  = "";
    int64_t       alive_ms  = notify_alive_ms();
    int32_t       connected = sum(run, &figures, why, sizeof(why));

    fill(run, &figures);
    tell_connection(run, connected, why);
    tell_figures(run, now_ms, is_forced, &figures);
    if (alive_ms > 0 && (run->alive_ms == 0 || now_ms - run->alive_ms >= alive_ms) && are_alive(run, now_ms)) {
        run->alive_ms = now_ms;
        notify_alive();
    }
}
