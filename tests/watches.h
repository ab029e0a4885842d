/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WATCHES_H
#define WATCHES_H

/* A watch on a clock that stands, and agents that are no more than what they seal. */

#include <stdlib.h>

#include <pwwb/pwwb.h>

#include "fakes.h"
#include "harness.h"

#define NOW      INT64_C(1767225600000) /* 2026-01-01T00:00:00Z */
#define MINUTE   INT64_C(60000)
#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static const uint8_t tenant[PWWB_ID_SIZE] = {0x7e};

static pwwb_keyring *keys, *other_keys;

typedef struct sealed {
    size_t  len;
    uint8_t octets[PWWB_ENVELOPE_MAX];
} sealed;

typedef struct scene {
    fake_clock  clock;
    pwwb_watch *watch;
} scene;

/* A program: who it is, since when, how far its clock is from the portal's, how often it spoke. */
typedef struct program {
    uint8_t  id, boot;
    int64_t  ahead_ms;
    uint64_t sequence;
    int32_t  version;
    int32_t  directories, up;
    int32_t  min_length, complexity, source;
} program;

static inline program
program_of(uint8_t id, uint8_t boot)
{
    return (program){.id          = id,
                     .boot        = boot,
                     .version     = PWWB_VERSION_NUMBER,
                     .directories = 2,
                     .up          = 2,
                     .min_length  = 8,
                     .complexity  = PWWB_YES,
                     .source      = PWWB_POLICY_DOMAIN};
}

static inline void
scene_make_with(scene *s, pwwb_watch_options o)
{
    s->clock    = (fake_clock){NOW, 5000};
    o.size      = sizeof(o);
    o.clock     = &fake_clock_ops;
    o.clock_ctx = &s->clock;
    CHECK_STATUS(PWWB_OK, pwwb_watch_new(&o, &s->watch, NULL));
}

static inline void
scene_make(scene *s)
{
    scene_make_with(s, (pwwb_watch_options){.keyring = keys});
}

static inline void
scene_drop(scene *s)
{
    pwwb_watch_free(s->watch);
}

static inline void
pass(scene *s, int64_t ms)
{
    s->clock.wall_ms += ms;
    s->clock.monotonic_ms += ms;
}

/* What it says now, of this health. */
static inline sealed
say_with(const scene *s, program *p, int32_t health, const pwwb_keyring *with)
{
    pwwb_heartbeat h = {.size           = sizeof(h),
                        .sequence       = ++p->sequence,
                        .time_ms        = s->clock.wall_ms + p->ahead_ms,
                        .health         = health,
                        .min_length     = p->min_length,
                        .complexity     = p->complexity,
                        .history_length = 24,
                        .min_age_s      = -1,
                        .max_age_s      = 0,
                        .rules_source   = p->source,
                        .version        = p->version,
                        .directories    = p->directories,
                        .directories_up = p->up};
    sealed         m;

    memset(h.agent_id, p->id, PWWB_ID_SIZE);
    memset(h.boot_id, p->boot, PWWB_ID_SIZE);
    h.counters[PWWB_COUNT_SET] = p->sequence;
    if (pwwb_heartbeat_seal(with, &h, m.octets, sizeof(m.octets), &m.len, NULL) != PWWB_OK)
        abort();
    return m;
}

static inline sealed
say(const scene *s, program *p, int32_t health)
{
    return say_with(s, p, health, keys);
}

static inline pwwb_status
give(scene *s, const sealed *m)
{
    return pwwb_watch_take(s->watch, NULL, m->octets, m->len, NULL);
}

/* It says so, and the watch hears it. */
static inline void
tell(scene *s, program *p, int32_t health)
{
    sealed m = say(s, p, health);

    CHECK_STATUS(PWWB_OK, give(s, &m));
}

static inline pwwb_watch_info
report(scene *s)
{
    pwwb_watch_info r = {.size = sizeof(r)};

    CHECK_STATUS(PWWB_OK, pwwb_watch_describe(s->watch, &r, NULL));
    return r;
}

#define CHECK_STATE(expected, s) CHECK_INT(expected, report(s).state)

static inline void
make_keys(void)
{
    if (pwwb_keyring_new(tenant, PWWB_SUITE_X25519, &keys, NULL) != PWWB_OK
        || pwwb_keyring_new(tenant, PWWB_SUITE_X25519, &other_keys, NULL) != PWWB_OK)
        abort();
}

static inline void
drop_keys(void)
{
    pwwb_keyring_free(keys);
    pwwb_keyring_free(other_keys);
}

#endif /* WATCHES_H */
