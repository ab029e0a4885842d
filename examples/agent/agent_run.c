/* SPDX-License-Identifier: Apache-2.0 */
#include "agent_run.h"

#include <stdlib.h>
#include <string.h>

#include "../common/log_lines.h"
#include "../common/notify.h"

enum { STEP_MS = 200, PAUSE_MS = 200, RETRY_MS = 10000, LOOK_MS = 1000 };

static void
warn(const agent_run *run, const char *what, pwwb_status st)
{
    log_say(PWWB_LOG_WARN, "agent", "%s: %s (%s)", what, pwwb_error_message(run->err), pwwb_status_name(st));
}

static void *
work(void *arg)
{
    static const struct timespec pause = {0, PAUSE_MS * 1000000};
    agent_worker                *w     = arg;
    pwwb_status                  st    = PWWB_OK;

    while (st != PWWB_E_STOPPED) {
        st = agent_worker_step(w, STEP_MS);
        if (st != PWWB_OK && st != PWWB_E_TIMEOUT && st != PWWB_E_STOPPED) {
            log_say(PWWB_LOG_WARN, "agent", "%s (%s)", pwwb_error_message(w->err), pwwb_status_name(st));
            (void)nanosleep(&pause, NULL);
        }
    }
    return NULL;
}

static void
start(agent_run *run)
{
    agent_world *world = run->world;
    size_t       i;

    for (i = 0; run->has_threads && i < world->worker_count; i++) {
        agent_worker *w = &world->workers[i];

        w->has_thread = pthread_create(&w->thread, NULL, work, w) == 0;
        atomic_store(&w->is_done, !w->has_thread);
        if (!w->has_thread)
            log_say(PWWB_LOG_WARN, "agent", "no thread for worker %zu: fewer serve", i + 1);
    }
    run->phase         = AGENT_SERVING;
    run->was_connected = -1;
    log_lines_from(PWWB_LOG_DEBUG + run->settings->level);
    log_say(PWWB_LOG_INFO, "agent", "%zu workers for %zu directories, relay %s as %s", world->worker_count,
            run->settings->directories.count, run->settings->relay.host, world->login.user);
    notify_ready();
}

/* A world by those settings and the keys as they are. KEY_INACTIVE: there is nobody to connect as yet. */
static pwwb_status
build(agent_run *run, agent_settings *wanted, pwwb_keystore *store, agent_world **ret_world)
{
    relay_login login;
    pwwb_status st = agent_login(wanted, store, &login, run->err);

    if (st == PWWB_OK)
        st = agent_world_new(run->outside, wanted, &login, run->id, run->world, ret_world, run->err);
    secret_drop(&login.secret);
    return st;
}

/* The first one, or again while nobody serves. */
static pwwb_status
begin(agent_run *run)
{
    pwwb_status st = build(run, run->settings, run->store, &run->world);

    if (st == PWWB_OK)
        start(run);
    return st == PWWB_E_KEY_INACTIVE ? PWWB_OK : st;
}

int
agent_run_new(const char *path, const agent_outside *outside, int has_threads, agent_run **ret_run)
{
    agent_run  *run = calloc(1, sizeof(*run));
    pwwb_status st;

    *ret_run = run;
    if (run == NULL)
        return 1;
    *run          = (agent_run){.outside = outside, .path = path, .has_threads = has_threads, .was_connected = -1};
    run->err      = pwwb_error_new();
    run->settings = agent_settings_read(path);
    if (run->settings == NULL)
        return SETTINGS_EXIT;

    log_lines_from(PWWB_LOG_DEBUG + run->settings->level);
    run->start_s = agent_wall_ms(outside) / 1000;
    st           = key_settings_open(&run->settings->keys, &run->store, run->err);
    if (st == PWWB_OK)
        st = agent_id_read(run->settings, run->id, run->err);
    if (st == PWWB_OK)
        st = begin(run);
    if (st == PWWB_OK) {
        notify_ready();
        return 0;
    }
    warn(run, "cannot begin", st);
    return 1;
}

/* Those who have threads have ended by themselves. */
static int
are_done(const agent_world *world)
{
    size_t i;

    for (i = 0; i < world->worker_count; i++)
        if (!atomic_load(&world->workers[i].is_done))
            return 0;
    return 1;
}

static void
join(agent_world *world)
{
    size_t i;

    for (i = 0; i < world->worker_count; i++)
        if (world->workers[i].has_thread)
            (void)pthread_join(world->workers[i].thread, NULL);
}

/* Nobody runs in it any more. */
static void
leave_world(agent_run *run)
{
    agent_world *world = run->world;
    size_t       i;
    int          j;

    for (i = 0; i < world->worker_count; i++) {
        for (j = 0; j <= PWWB_COUNT_UNAUDITED; j++)
            run->before[j] += world->workers[i].counts[j];
        run->connects_before += world->workers[i].connects;
    }
    agent_world_free(world, run->next);
    run->world = NULL;
}

/* Take the next world in place of this one. */
static void
change(agent_run *run)
{
    agent_settings *before = run->settings;

    join(run->world);
    leave_world(run);
    run->world    = run->next;
    run->next     = NULL;
    run->settings = run->world->settings;
    if (before != run->settings)
        agent_settings_free(before);
    start(run);
}

/* The others leave first, between two requests. */
static void
begin_change(agent_run *run, agent_world *next)
{
    size_t i;

    run->next  = next;
    run->phase = AGENT_CHANGING;
    for (i = 0; i < run->world->worker_count; i++)
        atomic_store(&run->world->workers[i].may_leave, 1);
}

/* Other keys, maybe, and so another store to look into. */
static pwwb_status
take_settings(agent_run *run, agent_settings *wanted)
{
    pwwb_keystore *store = NULL;
    agent_world   *next  = NULL;
    pwwb_status    st    = key_settings_open(&wanted->keys, &store, run->err);

    if (st == PWWB_OK)
        st = build(run, wanted, store, &next);
    if (st != PWWB_OK && !(st == PWWB_E_KEY_INACTIVE && run->world == NULL)) {
        pwwb_keystore_free(store);
        return st;
    }
    pwwb_keystore_free(run->store);
    run->store = store;
    if (run->world != NULL) {
        begin_change(run, next);
        return PWWB_OK;
    }
    agent_settings_free(run->settings);
    run->settings = wanted;
    run->world    = next;
    if (next != NULL)
        start(run);
    return PWWB_OK;
}

static void
reload(agent_run *run)
{
    agent_settings *wanted;
    pwwb_status     st = PWWB_OK;

    run->is_asked_to_reload = 0;
    notify_reloading();
    wanted = agent_settings_read(run->path);
    if (wanted != NULL)
        st = take_settings(run, wanted);
    if (wanted != NULL && st == PWWB_OK) {
        log_say(PWWB_LOG_INFO, "agent", "%s was read again", run->path);
    } else {
        if (wanted != NULL)
            warn(run, run->path, st);
        log_say(PWWB_LOG_WARN, "agent", "%s is wrong: it goes on as before", run->path);
        agent_settings_free(wanted);
        if (run->world != NULL && run->world->audit != NULL
            && audit_file_reopen(run->world->audit, run->err) != PWWB_OK)
            warn(run, "audit.file", pwwb_error_status(run->err));
    }
    if (run->phase != AGENT_CHANGING)
        notify_ready();
}

/* The keys have rolled, and the relay's secret with them. */
static void
follow_login(agent_run *run)
{
    agent_world *next = NULL;
    relay_login  login;
    pwwb_status  st;

    if (run->settings->relay.slots.count == 0)
        return;
    st = agent_login(run->settings, run->store, &login, run->err);
    if (st == PWWB_OK && !agent_login_is(&login, &run->world->login)) {
        st = agent_world_new(run->outside, run->settings, &login, run->id, run->world, &next, run->err);
        if (st == PWWB_OK)
            log_say(PWWB_LOG_INFO, "relay", "another secret: connecting as %s", login.user);
        else
            warn(run, "the relay's new secret cannot be used", st);
    }
    secret_drop(&login.secret);
    if (next != NULL)
        begin_change(run, next);
}

/* Once a second. */
static void
look(agent_run *run, int64_t now_ms)
{
    pwwb_status st;

    if (run->phase == AGENT_SERVING) {
        agent_look_at_keys(run);
        follow_login(run);
        return;
    }
    if (run->phase != AGENT_WAITING || (run->tried_ms != 0 && now_ms - run->tried_ms < RETRY_MS))
        return;
    agent_look_at_keys(run);
    st = begin(run);
    if (st == PWWB_OK)
        return;
    warn(run, "cannot begin", st);
    run->tried_ms = now_ms;
}

/* Whoever left for a change has said nothing yet. */
static void
end(agent_run *run)
{
    size_t i;

    join(run->world);
    for (i = 0; i < run->world->worker_count; i++) {
        atomic_store(&run->world->workers[i].may_leave, 0);
        (void)agent_worker_step(&run->world->workers[i], 0);
    }
    agent_tell(run, agent_monotonic_ms(run->outside), 1);
    leave_world(run);
    run->phase = AGENT_ENDED;
}

void
agent_duties(agent_run *run)
{
    int64_t now_ms = agent_monotonic_ms(run->outside);

    if (run->phase == AGENT_CHANGING && are_done(run->world))
        change(run);
    if (run->phase == AGENT_DRAINING && are_done(run->world))
        end(run);
    if (run->phase == AGENT_ENDED)
        return;
    if (run->is_asked_to_reload && (run->phase == AGENT_SERVING || run->phase == AGENT_WAITING))
        reload(run);
    if (run->looked_ms == 0 || now_ms - run->looked_ms >= LOOK_MS) {
        run->looked_ms = now_ms;
        look(run, now_ms);
    }
    agent_tell(run, now_ms, 0);
}

void
agent_reload(agent_run *run)
{
    run->is_asked_to_reload = 1;
}

void
agent_drain(agent_run *run)
{
    size_t i;

    if (run->phase >= AGENT_DRAINING)
        return;

    notify_stopping();
    log_say(PWWB_LOG_INFO, "agent", "stopping: what is at hand is finished first");
    if (run->next != NULL) {
        if (run->next->settings != run->settings)
            agent_settings_free(run->next->settings);
        agent_world_free(run->next, run->world);
        run->next = NULL;
    }
    run->phase = run->world != NULL ? AGENT_DRAINING : AGENT_ENDED;
    for (i = 0; run->world != NULL && i < run->world->worker_count; i++)
        pwwb_agent_stop(run->world->workers[i].agent);
}

void
agent_run_free(agent_run *run)
{
    if (run == NULL)
        return;

    agent_world_free(run->world, NULL);
    pwwb_keystore_free(run->store);
    agent_settings_free(run->settings);
    pwwb_error_free(run->err);
    free(run);
}
