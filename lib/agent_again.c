/* SPDX-License-Identifier: Apache-2.0 */
#include "agent.h"

#include <string.h>
#include <time.h>

#include "transport.h"

/* Messages that nobody could deal with when they came: of an unknown key, running elsewhere, without a reply
 * that went out. Each is given back, first at once, for another agent may know better; when it comes to us
 * again it is kept for a while, which doubles, and others are served meanwhile. Once its time is surely over
 * it is rejected: such a message would come for ever. */

#define HOLD_MS     20    /* the first time, */
#define HOLD_MAX_MS 5000  /* and at most */
#define ALONE_MS    200   /* at most, where none can be kept: nobody is served meanwhile */
#define FORGET_MS   60000 /* what did not come again for so long is somebody else's */

static int64_t
now_of(const pwwb_agent *agent)
{
    return wb_clock_monotonic_ms(&agent->writeback->clock);
}

/* Longer than any agent could answer what has come: it was issued no later than now and the skew, and is
 * answered for its life and the skew. */
static int64_t
longest_ms(const pwwb_agent *agent)
{
    return PWWB_REQUEST_LIFE_MAX * 1000 + 2 * agent->writeback->skew_ms;
}

/* The one of that digest; NULL = it is not known. */
static wb_again *
find(pwwb_agent *agent, const uint8_t *digest)
{
    size_t i;

    for (i = 0; i < agent->again_count; i++)
        if (memcmp(agent->again[i].digest, digest, WB_SHA256_SIZE) == 0)
            return &agent->again[i];
    return NULL;
}

static void
forget(pwwb_agent *agent, wb_again *a)
{
    *a = agent->again[--agent->again_count];
}

/* A place, or that of a message which is not seen any more; NULL = none: those there have their turn first. */
static wb_again *
room(pwwb_agent *agent, int64_t now_ms)
{
    wb_again *oldest = &agent->again[0];
    size_t    i;

    if (agent->again_count < WB_AGAIN_MAX)
        return &agent->again[agent->again_count++];

    for (i = 1; i < WB_AGAIN_MAX; i++)
        if (agent->again[i].seen_ms < oldest->seen_ms)
            oldest = &agent->again[i];
    return now_ms - oldest->seen_ms >= FORGET_MS ? oldest : NULL;
}

static void
remember(pwwb_agent *agent, const uint8_t *digest, int64_t now_ms)
{
    wb_again *a = room(agent, now_ms);

    if (a == NULL) {
        agent->pause_ms = HOLD_MS;
        return;
    }
    *a = (wb_again){.first_ms = now_ms, .seen_ms = now_ms};
    a->hold_ms = agent->pause_ms > HOLD_MS ? agent->pause_ms : HOLD_MS;
    memcpy(a->digest, digest, sizeof(a->digest));
}

/* It is remembered for its twins. */
static int32_t
give_up(pwwb_agent *agent)
{
    agent->counts[PWWB_COUNT_GIVEN_UP]++;
    wb_log_say(&agent->log, PWWB_LOG_WARN, "agent", "a message was given up: its time is over");
    return PWWB_SETTLE_REJECT;
}

/* Kept, or given back after a pause in which nobody is served. */
static int32_t
keep(pwwb_agent *agent, wb_again *a, uint64_t tag)
{
    int32_t hold_ms = a->hold_ms;

    a->hold_ms = 2 * hold_ms < HOLD_MAX_MS ? 2 * hold_ms : HOLD_MAX_MS;
    if (agent->held_count == WB_HELD_MAX
        || wb_transport_hold(agent->transport, tag, NULL) != PWWB_OK) {
        agent->pause_ms = hold_ms < ALONE_MS ? hold_ms : ALONE_MS;
        return PWWB_SETTLE_RELEASE;
    }
    agent->held[agent->held_count++] = (wb_held){tag, a->seen_ms + hold_ms};
    return WB_KEPT;
}

int32_t
wb_agent_again(pwwb_agent *agent, const pwwb_delivery *delivery)
{
    uint8_t   digest[WB_SHA256_SIZE];
    int64_t   now_ms = now_of(agent);
    wb_again *a;

    wb_sha256(agent->buf, delivery->len, digest);
    a = find(agent, digest);
    if (a == NULL) {
        remember(agent, digest, now_ms);
        return PWWB_SETTLE_RELEASE;
    }
    a->seen_ms = now_ms;
    return now_ms - a->first_ms >= longest_ms(agent) ? give_up(agent)
                                                     : keep(agent, a, delivery->tag);
}

void
wb_agent_again_done(pwwb_agent *agent, const pwwb_delivery *delivery)
{
    uint8_t   digest[WB_SHA256_SIZE];
    wb_again *a;

    if (agent->again_count == 0)
        return;

    wb_sha256(agent->buf, delivery->len, digest);
    a = find(agent, digest);
    if (a != NULL)
        forget(agent, a);
}

/* Give back what is due until then; how much that was. */
static size_t
give_back(pwwb_agent *agent, int64_t until_ms)
{
    size_t i = 0, count = 0;

    while (i < agent->held_count) {
        if (agent->held[i].due_ms > until_ms) {
            i++;
            continue;
        }
        /* Lost with its connection, it comes again all the same. */
        (void)wb_transport_settle(agent->transport, agent->held[i].tag, PWWB_SETTLE_RELEASE,
                                  agent->timeout_ms, NULL);
        agent->held[i] = agent->held[--agent->held_count];
        count++;
    }
    return count;
}

void
wb_agent_pause(int32_t ms)
{
    struct timespec pause = {ms / 1000, ms % 1000 * 1000000L};

    (void)nanosleep(&pause, NULL);
}

void
wb_agent_again_step(pwwb_agent *agent)
{
    if (agent->held_count > 0 && give_back(agent, now_of(agent)) > 0)
        wb_agent_pause(WB_PAUSE_MS);
}

int64_t
wb_agent_again_wait(const pwwb_agent *agent, int64_t most_ms)
{
    int64_t now_ms = agent->held_count > 0 ? now_of(agent) : 0;
    size_t  i;

    for (i = 0; i < agent->held_count; i++) {
        int64_t left = agent->held[i].due_ms - now_ms;

        if (left < most_ms)
            most_ms = left > 0 ? left : 0;
    }
    return most_ms;
}

void
wb_agent_again_stop(pwwb_agent *agent)
{
    (void)give_back(agent, INT64_MAX);
}

void
wb_agent_again_lost(pwwb_agent *agent)
{
    agent->held_count = 0;
}
