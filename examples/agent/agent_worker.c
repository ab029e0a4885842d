/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include <pwwb/space.h>

#include "../common/log_lines.h"
#include "agent_world.h"

enum { DAY_MS = 86400000 };

static pwwb_status
open_keys(agent_worker *w, pwwb_error *err)
{
    const agent_world    *world   = w->world;
    agent_settings       *s       = world->settings;
    pwwb_exchange_options options = {.size      = sizeof(options),
                                     .clock     = world->outside->clock,
                                     .clock_ctx = world->outside->clock_ctx,
                                     .suite     = key_settings_suite(&s->keys),
                                     .roll_ms   = s->keys.roll_days * DAY_MS};
    pwwb_status           st      = key_settings_open(&s->keys, &w->store, err);

    if (s->relay.slots.count > 0) {
        options.relay_set_secret = agent_set_secret;
        options.relay_ctx        = s;
    }
    if (st == PWWB_OK)
        st = pwwb_exchange_new(w->store, PWWB_HALF_AGENT, &options, &w->exchange, err);
    return st == PWWB_OK ? st : agent_about(err, st, "keys");
}

static pwwb_status
open_rest(agent_worker *w, pwwb_error *err)
{
    const agent_world    *world = w->world;
    const agent_settings *s     = world->settings;
    pwwb_status           st;

    st = world->outside->open_transport(world->outside->ctx, s, &world->login, &w->transport, &w->amqp, err);
    if (st != PWWB_OK)
        return agent_about(err, st, "relay");
    if (world->memory == NULL)
        st = agent_journal_new(world->outside, s, &w->journal, err);
    if (st == PWWB_OK && s->space != NULL) {
        /* [space] */
        st = pwwb_anchors_new_sqlite(s->space, &w->anchors, err); /* <pwwb/space.h>, pkg-config pwwb-sqlite */
        /* [space] end */
        if (st != PWWB_OK)
            return agent_about(err, st, "space");
    }
    return st;
}

static void
fill_writeback(const agent_world *world, pwwb_writeback_options *o)
{
    const agent_settings *s = world->settings;

    *o = (pwwb_writeback_options){.size           = sizeof(*o),
                                  .clock          = world->outside->clock,
                                  .clock_ctx      = world->outside->clock_ctx,
                                  .filters        = world->filters,
                                  .filter_count   = world->filter_count,
                                  .audit          = world->audit != NULL ? audit_file_take : NULL,
                                  .audit_ctx      = world->audit,
                                  .audit_required = s->audit_required,
                                  .limits         = world->limits};
    o->flags = (s->allow_lockout ? PWWB_WRITEBACK_ALLOW_LOCKOUT : 0U)
               | (s->allow_unproven ? PWWB_WRITEBACK_ALLOW_UNPROVEN : 0U)
               | (s->other_agents ? PWWB_WRITEBACK_OTHER_AGENTS : 0U);
}

static pwwb_status
make_agent(agent_worker *w, const uint8_t id[PWWB_ID_SIZE], pwwb_error *err)
{
    agent_world           *world = w->world;
    pwwb_writeback_options writeback;
    pwwb_agent_options     options = {.size       = sizeof(options),
                                      .transport  = w->transport,
                                      .journal    = w->journal != NULL ? w->journal : world->memory,
                                      .anchors    = w->anchors,
                                      .writeback  = &writeback,
                                      .timeout_ms = world->settings->timeout_s * 1000,
                                      .exchange   = w->exchange};
    pwwb_status            st;

    fill_writeback(world, &writeback);
    /* [lead] */
    if (w == world->workers) {
        memcpy(options.agent_id, id, PWWB_ID_SIZE);
        options.heartbeat_s = (int32_t)world->settings->heartbeat_s;
    } else {
        options.lead = world->workers[0].agent;
    }
    /* [lead] end */
    st = pwwb_agent_new(&options, &w->agent, err);
    if (st == PWWB_OK)
        pwwb_agent_set_log(w->agent, log_lines, NULL);
    return st == PWWB_OK ? st : agent_about(err, st, "keys");
}

static pwwb_status
add_directory(agent_worker *w, size_t place, pwwb_error *err)
{
    const agent_world     *world = w->world;
    const agent_directory *d     = agent_directory_at(world->settings, place);
    char                   what[128];
    pwwb_status            st;

    st = world->outside->open_directory(world->outside->ctx, d, &w->directories[place], err);
    /* [gate] */
    if (st == PWWB_OK) {
        pwwb_directory_set_gate(w->directories[place], world->gates[place]);
        st = pwwb_agent_add_directory(w->agent, agent_directory_name(d), w->directories[place], err);
    }
    /* [gate] end */
    if (st == PWWB_OK)
        return st;
    (void)snprintf(what, sizeof(what), "directories.[%zu] \"%s\"", place, agent_directory_name(d));
    return agent_about(err, st, what);
}

pwwb_status
agent_worker_make(agent_worker *w, agent_world *world, const uint8_t id[PWWB_ID_SIZE], pwwb_error *err)
{
    pwwb_status st;
    size_t      i;

    w->world        = world;
    w->is_connected = -1;
    w->err          = pwwb_error_new();
    atomic_init(&w->may_leave, 0);
    atomic_init(&w->is_done, 0);
    atomic_init(&w->stepped_ms, agent_monotonic_ms(world->outside));
    (void)pthread_mutex_init(&w->mutex, NULL);
    st = open_keys(w, err);
    if (st == PWWB_OK)
        st = open_rest(w, err);
    if (st == PWWB_OK)
        st = make_agent(w, id, err);
    for (i = 0; st == PWWB_OK && i < world->settings->directories.count; i++)
        st = add_directory(w, i, err);
    return st;
}

void
agent_worker_drop(agent_worker *w)
{
    size_t i;

    pwwb_agent_free(w->agent);
    for (i = 0; i < AGENT_DIRECTORIES_MAX; i++)
        pwwb_directory_free(w->directories[i]);
    pwwb_anchors_free(w->anchors);
    pwwb_journal_free(w->journal);
    pwwb_transport_free(w->transport);
    pwwb_exchange_free(w->exchange);
    pwwb_keystore_free(w->store);
    pwwb_error_free(w->err);
    if (w->world != NULL)
        (void)pthread_mutex_destroy(&w->mutex);
}

/* What others may know of it. */
static void
publish(agent_worker *w)
{
    pwwb_amqp_info now   = {.size = sizeof(now)};
    int            is_up = 1;
    int32_t        i;

    if (w->amqp != NULL && pwwb_amqp_describe(w->amqp, &now, NULL) == PWWB_OK)
        is_up = now.phase == PWWB_AMQP_READY;
    (void)pthread_mutex_lock(&w->mutex);
    for (i = PWWB_COUNT_RECEIVED; i <= PWWB_COUNT_UNAUDITED; i++)
        w->counts[i] = pwwb_agent_count(w->agent, i);
    w->is_connected = is_up;
    w->connects     = now.connects;
    if (!is_up && now.last != PWWB_OK)
        (void)snprintf(w->why, sizeof(w->why), "%s", pwwb_error_message(w->err));
    (void)pthread_mutex_unlock(&w->mutex);
    atomic_store(&w->stepped_ms, agent_monotonic_ms(w->world->outside));
}

pwwb_status
agent_worker_step(agent_worker *w, int64_t timeout_ms)
{
    pwwb_status st = PWWB_E_STOPPED;

    if (!atomic_load(&w->may_leave))
        st = pwwb_agent_step(w->agent, timeout_ms, w->err);
    publish(w);
    if (st == PWWB_E_STOPPED)
        atomic_store(&w->is_done, 1);
    return st;
}
