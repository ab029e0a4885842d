/* SPDX-License-Identifier: Apache-2.0 */
#include "agent_world.h"

#include <stdlib.h>
#include <string.h>

#include <pwwb/limits.h>

static pwwb_status
make_gates(agent_world *world, pwwb_error *err)
{
    int64_t     half = world->settings->workers / 2;
    pwwb_status st   = PWWB_OK;
    size_t      i;

    for (i = 0; st == PWWB_OK && i < world->settings->directories.count; i++) {
        int64_t           places = agent_directory_at(world->settings, i)->places;
        pwwb_gate_options o      = {.size      = sizeof(o),
                                    .clock     = world->outside->clock,
                                    .clock_ctx = world->outside->clock_ctx};

        /* [gate] */
        o.most = (int32_t)(places > 0 ? places : half > 0 ? half : 1); /* of the workers */
        st     = pwwb_gate_new(&o, &world->gates[i], err);
        /* [gate] end */
    }
    return st;
}

/* What goes on from the world before, or begins. */
static pwwb_status
make_lasting(agent_world *world, const agent_world *before, pwwb_error *err)
{
    const agent_settings *s  = world->settings;
    pwwb_status           st = PWWB_OK;

    if (before != NULL && agent_limits_are(&before->settings->limits, &s->limits))
        world->limits = before->limits;
    else
        st = agent_limits_new(world->outside, s, &world->limits, err);
    if (st != PWWB_OK || !agent_journal_is_memory(s))
        return st;

    if (before != NULL && before->memory != NULL)
        world->memory = before->memory;
    else
        st = agent_journal_new(world->outside, s, &world->memory, err);
    return st;
}

static pwwb_status
make_shared(agent_world *world, const agent_world *before, pwwb_error *err)
{
    const agent_settings *s  = world->settings;
    pwwb_status           st = make_lasting(world, before, err);

    if (st == PWWB_OK && s->audit_file != NULL) {
        st = audit_file_open(s->audit_file, &world->audit, err);
        if (st != PWWB_OK)
            return agent_about(err, st, "audit.file");
    }
    if (st == PWWB_OK)
        st = agent_filters_new(s, world->filters, &world->filter_count, err);
    if (st == PWWB_OK)
        st = make_gates(world, err);
    return st;
}

pwwb_status
agent_world_new(const agent_outside *outside, agent_settings *wanted, const relay_login *login,
                const uint8_t id[PWWB_ID_SIZE], const agent_world *before, agent_world **ret_world, pwwb_error *err)
{
    agent_world *world = calloc(1, sizeof(*world));
    pwwb_status  st;

    *ret_world = NULL;
    if (world == NULL)
        return pwwb_error_set(err, PWWB_E_NO_MEMORY, "no memory for the agent's handles");
    world->outside  = outside;
    world->settings = wanted;
    secret_make(&world->login.secret);
    world->login = *login;
    st           = make_shared(world, before, err);
    while (st == PWWB_OK && world->worker_count < (size_t)wanted->workers)
        st = agent_worker_make(&world->workers[world->worker_count++], world, id, err);
    if (st != PWWB_OK) {
        agent_world_free(world, before);
        return st;
    }
    *ret_world = world;
    return PWWB_OK;
}

void
agent_world_free(agent_world *world, const agent_world *other)
{
    size_t i;

    if (world == NULL)
        return;

    for (i = world->worker_count; i-- > 0;) /* the lead is the last */
        agent_worker_drop(&world->workers[i]);
    for (i = 0; i < AGENT_DIRECTORIES_MAX; i++)
        pwwb_gate_free(world->gates[i]);
    for (i = 0; i < world->filter_count; i++)
        pwwb_filter_free(world->filters[i]);
    if (other == NULL || other->limits != world->limits)
        pwwb_limits_free(world->limits);
    if (other == NULL || other->memory != world->memory)
        pwwb_journal_free(world->memory);
    audit_file_free(world->audit);
    secret_drop(&world->login.secret);
    free(world);
}
