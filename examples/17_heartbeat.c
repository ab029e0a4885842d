/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Is the service up? Heartbeats by hand, for a host that has neither the agent's loop nor the
 * portal's: an agent seals one, a portal instance gives what comes to its watch.
 *
 *     17_heartbeat
 */
#define _POSIX_C_SOURCE 200809L
#include <pwwb/pwwb.h>

#include <stdio.h>
#include <string.h>
#include <time.h>

static const uint8_t tenant[PWWB_ID_SIZE] = {0x6f, 0x1c, 0x20, 0x9b};

static int64_t
wall_ms(void)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_REALTIME, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* [seal] */
/* At the agent: every five minutes, and when something changes. */
static pwwb_status
beat(const pwwb_keyring *keys, uint64_t sequence, int32_t directories_up, uint8_t *buf,
     size_t *ret_len, pwwb_error *err)
{
    pwwb_heartbeat h = {.size           = sizeof(h),
                        .agent_id       = {0xa1}, /* the same after a restart */
                        .boot_id        = {0xb1}, /* another after a restart; random in earnest */
                        .sequence       = sequence,
                        .time_ms        = wall_ms(),
                        .health         = directories_up == 2   ? PWWB_HEALTH_UP
                                          : directories_up == 1 ? PWWB_HEALTH_DEGRADED
                                                                : PWWB_HEALTH_DOWN,
                        .min_length     = 8,
                        .complexity     = PWWB_YES,
                        .history_length = -1,
                        .rules_source   = PWWB_POLICY_DOMAIN,
                        .min_age_s      = -1,
                        .max_age_s      = -1,
                        .version        = pwwb_version_number(),
                        .directories    = 2,
                        .directories_up = directories_up};

    return pwwb_heartbeat_seal(keys, &h, buf, PWWB_ENVELOPE_MAX, ret_len, err);
}
/* [seal] end */

/* Without a watch: whoever opens heartbeats keeps the last one of each agent. */
static pwwb_status
open_twice(const pwwb_keyring *keys, const uint8_t *sealed, size_t len, pwwb_error *err)
{
    pwwb_heartbeat last = {.size = sizeof(last)}, again = {.size = sizeof(again)};
    pwwb_status    st = pwwb_heartbeat_open(keys, sealed, len, NULL, 0, time(NULL), 120, &last, err);

    if (st != PWWB_OK)
        return st;

    printf("news: beat %d, %d of %d directories\n", (int)last.sequence, (int)last.directories_up,
           (int)last.directories);
    st = pwwb_heartbeat_open(keys, sealed, len, &last, 1, time(NULL), 120, &again, err);
    printf("the same again: %s\n", pwwb_status_name(st));
    return st == PWWB_E_REPLAYED ? PWWB_OK : PWWB_E_STATE;
}

static int
is_state(pwwb_watch *watch, int32_t wanted, pwwb_error *err)
{
    pwwb_watch_info report = {.size = sizeof(report)};

    if (pwwb_watch_describe(watch, &report, err) != PWWB_OK)
        return 0;
    printf("state %d: %d agents, %s\n", (int)report.state, (int)report.agents,
           pwwb_code_name(report.code));
    return report.state == wanted;
}

/* [list] */
static void
list(pwwb_watch *watch)
{
    pwwb_heartbeat last = {.size = sizeof(last)};
    int64_t        age_s;
    int32_t        state;
    size_t         i;

    for (i = 0; pwwb_watch_describe_agent(watch, i, &last, &state, &age_s, NULL) == PWWB_OK; i++)
        printf("agent %02x...: %s, %d s ago\n", last.agent_id[0],
               state == PWWB_WATCHED_ALIVE ? "alive" : "stopped, silent, or of a wrong clock",
               (int)age_s);
}
/* [list] end */

/* [watch] */
/* At the portal. What comes, from wherever, is given to the watch; only news counts. */
static int
tell(pwwb_watch *watch, const pwwb_keyring *keys, pwwb_error *err)
{
    uint8_t sealed[PWWB_ENVELOPE_MAX];
    size_t  len   = 0;
    int     wrong = !is_state(watch, PWWB_READY_UNKNOWN, err); /* nobody was heard yet */

    wrong += beat(keys, 2, 2, sealed, &len, err) != PWWB_OK
             || pwwb_watch_take(watch, keys, sealed, len, err) != PWWB_OK
             || !is_state(watch, PWWB_READY_UP, err);
    wrong += beat(keys, 3, 1, sealed, &len, err) != PWWB_OK
             || pwwb_watch_take(watch, keys, sealed, len, err) != PWWB_OK
             || !is_state(watch, PWWB_READY_DEGRADED, err);
    pwwb_watch_presence(watch, PWWB_E_CONNECT, PWWB_MAYBE); /* the relay cannot be reached */
    wrong += !is_state(watch, PWWB_READY_UNREACHABLE, err);
    pwwb_watch_presence(watch, PWWB_OK, PWWB_YES);
    wrong += !is_state(watch, PWWB_READY_DEGRADED, err); /* its word makes nothing better */
    return wrong;
}
/* [watch] end */

int
main(void)
{
    uint8_t            sealed[PWWB_ENVELOPE_MAX];
    pwwb_error        *err     = pwwb_error_new();
    pwwb_keyring      *keys    = NULL;
    pwwb_watch        *watch   = NULL;
    pwwb_watch_options options = {.size = sizeof(options)};
    size_t             len     = 0;
    int                wrong   = 0;
    pwwb_status        st      = pwwb_keyring_new(tenant, PWWB_SUITE_X25519, &keys, err);

    options.keyring = keys; /* a key that is active; without one the tenant is not configured */
    if (st == PWWB_OK)
        st = pwwb_watch_new(&options, &watch, err);
    if (st == PWWB_OK)
        st = beat(keys, 1, 2, sealed, &len, err);
    if (st == PWWB_OK)
        st = open_twice(keys, sealed, len, err);
    if (st == PWWB_OK) {
        wrong = tell(watch, keys, err);
        list(watch);
    }
    if (st != PWWB_OK)
        fprintf(stderr, "%s: %s\n", pwwb_status_name(st), pwwb_error_message(err));
    pwwb_watch_free(watch);
    pwwb_keyring_free(keys);
    pwwb_error_free(err);
    return st == PWWB_OK && wrong == 0 ? 0 : 1;
}
