/* SPDX-License-Identifier: Apache-2.0 */
/* Agents in threads of their own, over the relay and its faults. */
/* rows: 1 11 19 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <time.h>

#include "flow_world.h"

/* ---- agents in threads of their own, over the relay ---- */

typedef struct station {
    world       world; /* its directory; the rest of it serves nothing here */
    pwwb_agent *agent;
    pthread_t   thread;
    pwwb_status ended;
} station;

typedef struct hub {
    pwwb_relay     *relay;
    pwwb_journal   *journal;
    pwwb_transport *side;
    pwwb_portal    *portal;
    pwwb_reply     *reply;
    pwwb_claims     claims;
    station         stations[2];
    size_t          count;
    atomic_long     told[PWWB_AUDIT_NO_ANSWER + 1]; /* to the one audit of all agents, by its end */
} hub;

static int64_t
real_ms(clockid_t id)
{
    struct timespec now_ts;

    clock_gettime(id, &now_ts);
    return (int64_t)now_ts.tv_sec * 1000 + now_ts.tv_nsec / 1000000;
}

static pwwb_status
count_told(void *ctx, const pwwb_audit_event *event)
{
    atomic_fetch_add(&((hub *)ctx)->told[event->end], 1);
    return PWWB_OK;
}

static void *
run_agent(void *ctx)
{
    station *s = ctx;

    do
        s->ended = pwwb_agent_run(s->agent, NULL);
    while (s->ended == PWWB_E_CLOSED); /* as a host does that connects again */
    return NULL;
}

static void
station_start(station *s, hub *h)
{
    world *w = &s->world;

    world_prepare(w);
    w->clock.wall_ms = real_ms(CLOCK_REALTIME);
    CHECK_STATUS(PWWB_OK, pwwb_directory_new(&fake_directory_ops, &w->fake, &w->directory, NULL));
    CHECK_STATUS(PWWB_OK,
                 pwwb_transport_new_relay(h->relay, PWWB_HALF_AGENT, &w->agent_side, NULL));
    w->writeback = (pwwb_writeback_options){
        .size = sizeof(w->writeback), .audit = count_told, .audit_ctx = h};
    w->journal   = h->journal;
    CHECK_STATUS(PWWB_OK, make_agent(w, agent_keys, &s->agent));
    CHECK_INT(0, pthread_create(&s->thread, NULL, run_agent, s));
}

static void
hub_start(hub *h, size_t count)
{
    memset(h, 0, sizeof(*h));
    h->claims = claims_of(PWWB_OPERATION_RESET_SELF);
    CHECK_STATUS(PWWB_OK, pwwb_relay_new(64, NULL, NULL, &h->relay, NULL));
    CHECK_STATUS(PWWB_OK, pwwb_journal_new_memory(64, NULL, NULL, &h->journal, NULL));
    CHECK_STATUS(PWWB_OK, pwwb_transport_new_relay(h->relay, PWWB_HALF_PORTAL, &h->side, NULL));
    CHECK_STATUS(PWWB_OK, pwwb_portal_new(agent_keys, NULL, &h->portal, NULL));
    CHECK_STATUS(PWWB_OK, pwwb_reply_new(&h->reply, NULL));
    for (h->count = 0; h->count < count; h->count++)
        station_start(&h->stations[h->count], h);
}

/* Stop all agents; they were so often counted. */
static void
hub_stop(hub *h)
{
    size_t i;

    for (i = 0; i < h->count; i++)
        pwwb_agent_stop(h->stations[i].agent);
    for (i = 0; i < h->count; i++) {
        CHECK_INT(0, pthread_join(h->stations[i].thread, NULL));
        CHECK_STATUS(PWWB_OK, h->stations[i].ended);
    }
}

static void
hub_drop(hub *h)
{
    size_t i;

    for (i = 0; i < h->count; i++) {
        pwwb_agent_free(h->stations[i].agent);
        pwwb_transport_free(h->stations[i].world.agent_side);
        pwwb_directory_free(h->stations[i].world.directory);
    }
    pwwb_reply_free(h->reply);
    pwwb_portal_free(h->portal);
    pwwb_transport_free(h->side);
    pwwb_journal_free(h->journal);
    pwwb_relay_free(h->relay);
}

static int32_t
hub_ask(hub *h, int64_t timeout_ms)
{
    CHECK_STATUS(PWWB_OK, pwwb_portal_call(h->portal, h->side, &h->claims,
                                           (const uint8_t *)new_password, strlen(new_password),
                                           NULL, 0, timeout_ms, h->reply, NULL));
    return pwwb_reply_code(h->reply);
}

static long
hub_sets(const hub *h)
{
    return h->stations[0].world.fake.sets + h->stations[1].world.fake.sets;
}

static uint64_t
hub_count(const hub *h, int32_t counter)
{
    uint64_t sum = 0;
    size_t   i;

    for (i = 0; i < h->count; i++)
        sum += pwwb_agent_count(h->stations[i].agent, counter);
    return sum;
}

static void
a_message_delivered_twice_is_set_once(void)
{
    hub h;

    hub_start(&h, 1);
    CHECK_STATUS(PWWB_OK, pwwb_relay_fault(h.relay, PWWB_RELAY_DUPLICATE, 1, NULL));
    CHECK_INT(PWWB_CODE_OK, hub_ask(&h, 10000));
    CHECK_INT(PWWB_CODE_OK, hub_ask(&h, 10000)); /* behind the twin, and its reply */
    hub_stop(&h);
    CHECK_INT(2, hub_sets(&h));
    CHECK_INT(3, (intmax_t)hub_count(&h, PWWB_COUNT_RECEIVED));
    CHECK_INT(1, (intmax_t)hub_count(&h, PWWB_COUNT_REPEATED));
    hub_drop(&h);
}

static void
two_agents_with_one_journal_set_each_password_once(void)
{
    hub h;
    int i;

    hub_start(&h, 2);
    CHECK_STATUS(PWWB_OK, pwwb_relay_fault(h.relay, PWWB_RELAY_DUPLICATE, 40, NULL));
    for (i = 0; i < 20; i++)
        CHECK_INT(PWWB_CODE_OK, hub_ask(&h, 10000));
    hub_stop(&h);
    CHECK_INT(20, hub_sets(&h));
    CHECK_INT(20, (intmax_t)hub_count(&h, PWWB_COUNT_SET));
    CHECK_INT(20, h.told[0]); /* before */
    CHECK_INT(20, h.told[PWWB_AUDIT_ANSWERED]);
    CHECK_INT((intmax_t)hub_count(&h, PWWB_COUNT_REPEATED), h.told[PWWB_AUDIT_REPEATED]);
    CHECK_INT((intmax_t)hub_count(&h, PWWB_COUNT_RECEIVED),
              20 + h.told[PWWB_AUDIT_REPEATED] + h.told[PWWB_AUDIT_PUT_OFF]);
    hub_drop(&h);
}

static void
a_message_that_vanishes_is_unknown_at_the_deadline(void)
{
    hub     h;
    int64_t begun;

    hub_start(&h, 1);
    CHECK_STATUS(PWWB_OK, pwwb_relay_fault(h.relay, PWWB_RELAY_DROP, 1, NULL));
    begun = real_ms(CLOCK_MONOTONIC);
    CHECK_INT(PWWB_CODE_OUTCOME_UNKNOWN, hub_ask(&h, 300));
    CHECK(real_ms(CLOCK_MONOTONIC) - begun >= 299);
    CHECK_INT(PWWB_OUTCOME_UNKNOWN, pwwb_reply_outcome(h.reply));
    CHECK_STATUS(PWWB_OK, pwwb_relay_fault(h.relay, PWWB_RELAY_EXPIRE, 1, NULL));
    CHECK_INT(PWWB_CODE_OUTCOME_UNKNOWN, hub_ask(&h, 300));
    CHECK_INT(PWWB_CODE_OK, hub_ask(&h, 10000));
    hub_stop(&h);
    CHECK_INT(1, hub_sets(&h));
    hub_drop(&h);
}

static void
a_full_relay_is_busy(void)
{
    hub h;

    hub_start(&h, 1);
    CHECK_STATUS(PWWB_OK, pwwb_relay_fault(h.relay, PWWB_RELAY_FULL, 1, NULL));
    CHECK_INT(PWWB_CODE_BUSY, hub_ask(&h, 10000));
    CHECK_INT(PWWB_OUTCOME_NOT_SET, pwwb_reply_outcome(h.reply));
    hub_stop(&h);
    CHECK_INT(0, hub_sets(&h));
    hub_drop(&h);
}

static int32_t fault_in_set;

static void
fault_once(void *ctx)
{
    hub *h = ctx;

    if (fault_in_set != 0)
        (void)pwwb_relay_fault(h->relay, fault_in_set, 1, NULL);
    fault_in_set = 0;
}

/* The relay fails while the directory writes. */
static void
hub_start_with_fault(hub *h, int32_t kind)
{
    hub_start(h, 1);
    fault_in_set                          = kind;
    h->stations[0].world.fake.on_set_ctx = h;
    h->stations[0].world.fake.on_set     = fault_once;
}

static void
a_reply_that_vanishes_is_unknown_though_it_is_set(void)
{
    hub h;

    hub_start_with_fault(&h, PWWB_RELAY_DROP);
    CHECK_INT(PWWB_CODE_OUTCOME_UNKNOWN, hub_ask(&h, 300));
    hub_stop(&h);
    CHECK_INT(1, hub_sets(&h));
    hub_drop(&h);
}

static void
a_reply_that_finds_no_room_goes_out_later(void)
{
    hub h;

    hub_start_with_fault(&h, PWWB_RELAY_FULL);
    CHECK_INT(PWWB_CODE_OK, hub_ask(&h, 10000));
    hub_stop(&h);
    CHECK_INT(1, hub_sets(&h));
    CHECK_INT(1, (intmax_t)hub_count(&h, PWWB_COUNT_REPEATED));
    hub_drop(&h);
}

static void
a_relay_restarted_between_receiving_and_settling_sets_once(void)
{
    hub h;

    hub_start_with_fault(&h, PWWB_RELAY_RESTART);
    (void)hub_ask(&h, 10000);
    CHECK(pwwb_reply_outcome(h.reply) != PWWB_OUTCOME_NOT_SET);
    CHECK_INT(PWWB_CODE_OK, hub_ask(&h, 10000));
    hub_stop(&h);
    CHECK_INT(2, hub_sets(&h));
    CHECK_INT(1, (intmax_t)hub_count(&h, PWWB_COUNT_REPEATED));
    hub_drop(&h);
}

static void
an_agent_stops_within_a_quarter_of_a_second(void)
{
    int64_t best = INT64_MAX;
    int     i;

    for (i = 0; i < 3; i++) { /* the machine may be busy elsewhere */
        hub             h;
        int64_t         begun, took;
        struct timespec pause = {0, 30000000};

        hub_start(&h, 1);
        (void)nanosleep(&pause, NULL);
        begun = real_ms(CLOCK_MONOTONIC);
        hub_stop(&h);
        took = real_ms(CLOCK_MONOTONIC) - begun;
        best = took < best ? took : best;
        hub_drop(&h);
    }
    printf("# stopped after %d ms\n", (int)best);
    CHECK(best <= 250);
}

int
main(void)
{
    if (!make_keys())
        return 1;

    RUN(a_message_delivered_twice_is_set_once);
    RUN(two_agents_with_one_journal_set_each_password_once);
    RUN(a_message_that_vanishes_is_unknown_at_the_deadline);
    RUN(a_full_relay_is_busy);
    RUN(a_reply_that_vanishes_is_unknown_though_it_is_set);
    RUN(a_reply_that_finds_no_room_goes_out_later);
    RUN(a_relay_restarted_between_receiving_and_settling_sets_once);
    RUN(an_agent_stops_within_a_quarter_of_a_second);
    drop_keys();
    return DONE;
}
