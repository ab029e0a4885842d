/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The whole story in one process: a portal and an agent in two threads, the relay between them, a
 * directory of the host's own, and a clock that the host can set.
 *
 *     sh examples/demo
 */
#define _POSIX_C_SOURCE 200809L
#include <pwwb/pwwb.h>

#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "memory_directory.h"

static const uint8_t tenant[PWWB_ID_SIZE] = {0x44, 0x65, 0x6d, 0x6f};

/* What is asked, and what must come out. The rows follow each other on the same account. */
static const struct row {
    const char *title;
    int32_t     user_type;
    const char *password;
    int32_t     fault;   /* of the relay; 0 = none */
    int64_t     late_ms; /* how far ahead the agent's clock is then */
    int32_t     code;
    long        sets; /* of all passwords so far */
} rows[] = {
    {"reset", PWWB_USER_PASS_THROUGH, "Correct-Horse-7", 0, 0, PWWB_CODE_OK, 1},
    {"delivered twice", PWWB_USER_HASH_SYNC, "Battery-Staple-8", PWWB_RELAY_DUPLICATE, 0,
     PWWB_CODE_OK_PENDING_SYNC, 2},
    {"breaks three rules", PWWB_USER_PASS_THROUGH, "anna1", 0, 0, PWWB_CODE_POLICY_TOO_SHORT, 2},
    {"the same as now", PWWB_USER_PASS_THROUGH, "Battery-Staple-8", 0, 0, PWWB_CODE_POLICY_HISTORY,
     2},
    {"ten minutes late", PWWB_USER_PASS_THROUGH, "Too-Late-Now-9", 0, 600000,
     PWWB_CODE_EXPIRED_MESSAGE, 2},
    {"cloud-only person", PWWB_USER_CLOUD_ONLY, "No-Directory-1", 0, 0, PWWB_CODE_USER_TYPE, 2},
};

typedef struct demo {
    memory_directory memory;
    int64_t          ahead_ms; /* of the agent's clock; written only while no message travels */
    pwwb_keyring    *keys;
    pwwb_relay      *relay;
    pwwb_transport  *portal_side, *agent_side;
    pwwb_directory  *directory;
    pwwb_journal    *journal;
    pwwb_agent      *agent;
    pwwb_portal     *portal;
    pwwb_reply      *reply;
    pwwb_error      *err;
} demo;

static double
clock_ms(clockid_t id)
{
    struct timespec t;

    (void)clock_gettime(id, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static int64_t
agent_wall_ms(void *ctx)
{
    return (int64_t)clock_ms(CLOCK_REALTIME) + ((demo *)ctx)->ahead_ms;
}

static int64_t
agent_monotonic_ms(void *ctx)
{
    (void)ctx;
    return (int64_t)clock_ms(CLOCK_MONOTONIC);
}

static const pwwb_clock_ops agent_clock = {.size         = sizeof(pwwb_clock_ops),
                                           .wall_ms      = agent_wall_ms,
                                           .monotonic_ms = agent_monotonic_ms};

static pwwb_status
make_agent(demo *d)
{
    pwwb_writeback_options judging = {
        .size = sizeof(judging), .clock = &agent_clock, .clock_ctx = d};
    pwwb_agent_options     options = {.size = sizeof(options), .writeback = &judging};
    pwwb_status            st;

    st = pwwb_directory_new(&memory_directory_ops, &d->memory, &d->directory, d->err);
    if (st == PWWB_OK)
        st = pwwb_journal_new_memory(100, NULL, NULL, &d->journal, d->err);
    if (st == PWWB_OK)
        st = pwwb_transport_new_relay(d->relay, PWWB_RELAY_AGENT, &d->agent_side, d->err);
    if (st != PWWB_OK)
        return st;

    /* [agent] */
    options.keyring   = d->keys;
    options.transport = d->agent_side;
    options.journal   = d->journal;
    st                = pwwb_agent_new(&options, &d->agent, d->err);
    return st == PWWB_OK ? pwwb_agent_add_directory(d->agent, "", d->directory, d->err) : st;
    /* [agent] end */
}

static pwwb_status
make(demo *d)
{
    pwwb_status st;

    d->memory.rules = (pwwb_policy_rules){.size       = sizeof(d->memory.rules),
                                          .source     = PWWB_POLICY_HOST,
                                          .min_length = 8,
                                          .complexity = PWWB_YES};
    (void)memory_directory_add(&d->memory, 0xa1, "anna", "Anna Schmidt", "Long-Forgotten-1");
    st = pwwb_keyring_new(tenant, PWWB_SUITE_X25519, &d->keys, d->err);
    if (st == PWWB_OK)
        st = pwwb_relay_new(100, NULL, NULL, &d->relay, d->err);
    if (st == PWWB_OK)
        st = pwwb_transport_new_relay(d->relay, PWWB_RELAY_PORTAL, &d->portal_side, d->err);
    if (st == PWWB_OK)
        st = pwwb_portal_new(d->keys, NULL, &d->portal, d->err);
    if (st == PWWB_OK)
        st = pwwb_reply_new(&d->reply, d->err);
    return st == PWWB_OK ? make_agent(d) : st;
}

static void
drop(demo *d)
{
    pwwb_agent_free(d->agent); /* handles first, then what they borrow */
    pwwb_portal_free(d->portal);
    pwwb_reply_free(d->reply);
    pwwb_journal_free(d->journal);
    pwwb_directory_free(d->directory);
    pwwb_transport_free(d->agent_side);
    pwwb_transport_free(d->portal_side);
    pwwb_relay_free(d->relay);
    pwwb_keyring_free(d->keys);
    pwwb_error_free(d->err);
}

static void
print_findings(const pwwb_findings *findings)
{
    int32_t code;
    int64_t limit, actual;
    size_t  i;

    for (i = 0; pwwb_findings_get(findings, i, &code, NULL, &limit, &actual) == PWWB_OK; i++)
        printf("    %s (limit %lld, actual %lld)\n", pwwb_code_user_text(code), (long long)limit,
               (long long)actual);
}

/* Ask, print, and compare with what must be: 1 when it is so. */
static int
ask(demo *d, const struct row *r)
{
    pwwb_claims claims = {.size      = sizeof(claims),
                          .operation = PWWB_OPERATION_RESET_SELF,
                          .origin    = PWWB_FROM_RESET_PORTAL,
                          .actor     = PWWB_ACTOR_USER,
                          .user_type = r->user_type,
                          .anchor    = {.kind = PWWB_ANCHOR_SOURCE}};
    double      begun  = clock_ms(CLOCK_MONOTONIC);
    pwwb_status st     = PWWB_OK;

    if (d->ahead_ms != r->late_ms)
        d->ahead_ms = r->late_ms;
    memcpy(claims.anchor.guid, d->memory.accounts[0].guid, PWWB_ID_SIZE);
    if (r->fault != 0)
        st = pwwb_relay_fault(d->relay, r->fault, 1, d->err);
    /* [call] */
    if (st == PWWB_OK)
        st = pwwb_portal_call(d->portal, d->portal_side, &claims, (const uint8_t *)r->password,
                              strlen(r->password), NULL, 0, 10000, d->reply, d->err);
    /* [call] end */
    printf("%-19s %-8s %-17s %6.1f ms  %ld set so far\n", r->title,
           pwwb_outcome_name(pwwb_reply_outcome(d->reply)),
           pwwb_code_name(pwwb_reply_code(d->reply)),
           clock_ms(CLOCK_MONOTONIC) - begun, d->memory.sets);
    print_findings(pwwb_reply_findings(d->reply));
    return st == PWWB_OK && pwwb_reply_code(d->reply) == r->code && d->memory.sets == r->sets;
}

/* [thread] */
static void *
run_agent(void *ctx)
{
    pwwb_status st = pwwb_agent_run(ctx, NULL); /* until pwwb_agent_stop() */

    return st == PWWB_OK ? ctx : NULL;
}
/* [thread] end */

int
main(void)
{
    demo        d       = {.err = pwwb_error_new()};
    void       *stopped = NULL;
    int         wrong   = 0;
    pthread_t   thread;
    size_t      i;
    pwwb_status st = make(&d);

    if (st != PWWB_OK || pthread_create(&thread, NULL, run_agent, d.agent) != 0) {
        fprintf(stderr, "%s: %s\n", pwwb_status_name(st), pwwb_error_message(d.err));
        drop(&d);
        return 1;
    }

    /* A journal in memory knows nothing of before it was made. Of a request issued in that very
     * second an agent says "unknown" where it would say "too late". */
    (void)sleep(1);
    printf("%-19s %-8s %-17s\n", "WHAT", "OUTCOME", "CODE");
    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        wrong += !ask(&d, &rows[i]);
    pwwb_agent_stop(d.agent); /* from another thread: within a quarter of a second */
    (void)pthread_join(thread, &stopped);
    printf("the agent received %d messages and answered %d from its record\n",
           (int)pwwb_agent_count(d.agent, PWWB_COUNT_RECEIVED),
           (int)pwwb_agent_count(d.agent, PWWB_COUNT_REPEATED));
    wrong += stopped == NULL || pwwb_agent_count(d.agent, PWWB_COUNT_REPEATED) != 1;
    printf("%s\n", wrong == 0 ? "all as it must be" : "NOT as it must be");
    drop(&d);
    return wrong == 0 ? 0 : 1;
}
