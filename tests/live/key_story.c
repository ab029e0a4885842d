/* SPDX-License-Identifier: Apache-2.0 */
#include "key_story.h"

#include "key_judge.h"
#include "keystore.h"

#define SECOND_MS ((int64_t)1000)
#define MINUTE_MS (60 * SECOND_MS)

/* A control: as if replaced keys were wiped at once. */
static void
drop_open_only(world *w)
{
    pwwb_keyring *agents = judge_load(w, AGENTS_FILE);
    size_t        before = agents == NULL ? 0 : agents->epoch_count;
    size_t        i      = before;

    while (i-- > 0)
        if (agents->epochs[i].state == PWWB_EPOCH_OPEN_ONLY)
            wb_keyring_drop(agents, i);
    if (agents != NULL && agents->epoch_count < before
        && wb_keystore_put(w->stores[AGENTS_FILE], agents, PWWB_HALF_AGENT, NULL) != PWWB_OK)
        abort();
    pwwb_keyring_free(agents);
}

static void
after_each(world *w)
{
    if (w->mood.drops_open_only)
        drop_open_only(w);
    judge_files(w);
}

void
story_tick(world *w, int64_t ms)
{
    int who;

    judge_open(w, ms);
    w->now_ms += ms;
    for (who = 0; who < PARTIES; who++) {
        w->asked.len = 0;
        if (world_ask(w, who, ASK_STEP)) {
            if (w->told.status != PWWB_OK)
                world_complain(w, "a step: %s", pwwb_status_name(w->told.status));
            world_post(w, who < PORTAL);
        }
    }
    world_deliver(w, after_each);
    judge_files(w);
    judge_seal(w);
}

/* As long as it takes: a lease that nobody gave back, messages that were lost. */
static void
until(world *w, int (*is_so)(const pwwb_keyring *agents, const pwwb_keyring *portals))
{
    int i, done = 0;

    for (i = 0; i < 60 && !done && w->complaint[0] == '\0'; i++) {
        pwwb_keyring *agents, *portals;

        story_tick(w, i == 0 ? SECOND_MS : 31 * SECOND_MS);
        agents  = judge_load(w, AGENTS_FILE);
        portals = judge_load(w, PORTALS_FILE);
        done    = agents != NULL && portals != NULL && is_so(agents, portals);
        pwwb_keyring_free(agents);
        pwwb_keyring_free(portals);
    }
    if (!done)
        world_complain(w, "it does not come to an end");
}

static int
is_taken(const pwwb_keyring *agents, const pwwb_keyring *portals)
{
    const wb_epoch *active = wb_keyring_active(agents);

    return agents->state == PWWB_TENANT_ENABLED && agents->party.order.kind == 0 && active != NULL
           && portals->epoch_count > 0 && portals->epochs[0].generation == active->generation
           && (portals->state == PWWB_TENANT_ENABLED || portals->state == PWWB_TENANT_PENDING);
}

static int
is_disabled(const pwwb_keyring *agents, const pwwb_keyring *portals)
{
    return agents->state == PWWB_TENANT_DISABLED && portals->state == PWWB_TENANT_DISABLED
           && agents->party.order.kind == 0;
}

static int
is_revoked(const pwwb_keyring *agents, const pwwb_keyring *portals)
{
    return agents->state == PWWB_TENANT_REVOKED && portals->state == PWWB_TENANT_REVOKED
           && portals->party.order.kind == 0;
}

static int
is_wiped(const pwwb_keyring *agents, const pwwb_keyring *portals)
{
    return wb_keyring_in_state(agents, PWWB_EPOCH_OPEN_ONLY) == NULL
           && wb_keyring_in_state(portals, PWWB_EPOCH_OPEN_ONLY) == NULL;
}

void
story_traffic(world *w)
{
    story_tick(w, 4 * MINUTE_MS);
    story_tick(w, 4 * MINUTE_MS);
    story_tick(w, 4 * MINUTE_MS);
}

static void
administrator(world *w, int who, int what)
{
    world_insist(w, who, what);
    if (w->told.status != PWWB_OK)
        world_complain(w, "an administrator is told %s", pwwb_status_name(w->told.status));
}

static void
begin(world *w, int who, int32_t kind)
{
    if (kind != PWWB_EXCHANGE_ENABLE)
        w->asked.len = 0;
    w->asked.kind = kind;
    administrator(w, who, ASK_BEGIN);
}

void
story_enable(world *w)
{
    pwwb_keyring     *agents;
    pwwb_keyring_info info = {.size = sizeof(info)};

    w->asked.len = 0;
    administrator(w, PORTAL, ASK_TICKET);
    w->asked.len = w->told.len;
    memcpy(w->asked.octets, w->told.octets, w->told.len);
    begin(w, AGENT, PWWB_EXCHANGE_ENABLE);
    until(w, is_taken);

    agents = judge_load(w, AGENTS_FILE);
    if (agents != NULL)
        (void)pwwb_keyring_describe(agents, &info, NULL);
    pwwb_keyring_free(agents);
    w->asked.len = strlen(info.fingerprint);
    memcpy(w->asked.octets, info.fingerprint, w->asked.len);
    administrator(w, PORTAL2, ASK_CONFIRM);
}

static void
roll_now(world *w)
{
    story_tick(w, SECOND_MS); /* requests of the old keys are under way */
    begin(w, AGENT2, PWWB_EXCHANGE_ROLL);
    until(w, is_taken);
}

static void
roll_by_age(world *w)
{
    uint64_t      before = 0;
    pwwb_keyring *agents = judge_load(w, AGENTS_FILE);

    if (agents != NULL)
        before = agents->generation;
    pwwb_keyring_free(agents);
    story_tick(w, 182 * DAY_MS + SECOND_MS);
    until(w, is_taken);
    agents = judge_load(w, AGENTS_FILE);
    if (agents == NULL || agents->generation <= before)
        world_complain(w, "no newer keys after half a year");
    pwwb_keyring_free(agents);
}

static void
wipe_old(world *w)
{
    story_tick(w, 2 * HOUR_MS);
    until(w, is_wiped);
}

static void
disable_all(world *w)
{
    begin(w, AGENT, PWWB_EXCHANGE_DISABLE);
    until(w, is_disabled);
}

static void
revoke_all(world *w)
{
    pwwb_keyring *portals = judge_load(w, PORTALS_FILE);

    if (portals != NULL)
        w->revoked_to = portals->generation;
    pwwb_keyring_free(portals);
    begin(w, PORTAL, PWWB_EXCHANGE_REVOKE);
    until(w, is_revoked);
}

static const struct {
    const char *name;
    void (*tell)(world *w);
} story[] = {
    {"enable", story_enable},
    {"roll", roll_now},
    {"traffic", story_traffic},
    {"wipe", wipe_old},
    {"roll by age", roll_by_age},
    {"disable", disable_all},
    {"traffic while disabled", story_traffic},
    {"enable again", story_enable},
    {"roll again", roll_now},
    {"revoke", revoke_all},
    {"enable anew", story_enable},
    {"wipe at last", wipe_old},
    {"the end", judge_end},
};

const char *
story_tell(world *w, const char *folder, const mood *how)
{
    size_t i;

    world_start(w, folder, how);
    for (i = 0; i < sizeof(story) / sizeof(story[0]) && w->complaint[0] == '\0'; i++) {
        w->phase = story[i].name;
        story[i].tell(w);
    }
    judge_open(w, INT64_MAX / 2);
    return w->complaint[0] == '\0' ? NULL : w->complaint;
}
