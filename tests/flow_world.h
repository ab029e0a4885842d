/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FLOW_WORLD_H
#define FLOW_WORLD_H

/* All that a request meets between a portal and a directory, made of public calls and fakes, in one
 * thread and on a clock that stands. For the flow_*.c. */

#include <string.h>

#include <pwwb/pwwb.h>

#include "fakes.h"
#include "harness.h"

#define NOW_MS   1500000000500
#define USER     0x21 /* each octet of the account's objectGUID */
#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static const uint8_t tenant[PWWB_ID_SIZE]     = {0x7e};
static const uint8_t lock[PWWB_LOCK_KEY_SIZE] = {0x10, 0xc4};
static const char    new_password[]           = "Neu-Passwort-7";
static const char    old_password[]           = "Alt-Passwort-3";

static pwwb_keyring *agent_keys, *other_keys;

typedef struct world {
    fake_clock             clock;
    fake_directory         fake;
    fake_post              post;
    fake_end               portal_end;
    fake_end               agent_end;
    pwwb_writeback_options writeback;
    pwwb_directory        *directory;
    pwwb_journal          *journal;
    pwwb_anchors          *anchors;
    pwwb_transport        *portal_side;
    pwwb_transport        *agent_side;
    pwwb_agent            *agent;
    pwwb_portal           *portal;
    pwwb_reply            *reply;
    pwwb_claims            claims;
} world;

/* The agent deals once with each message that is there. */
static inline void
let_agent_work(void *ctx)
{
    world      *w  = ctx;
    size_t      n  = w->post.requests.count;
    pwwb_status st = PWWB_OK;

    while (n-- > 0 && st == PWWB_OK)
        st = pwwb_agent_step(w->agent, 0, NULL);
}

static inline pwwb_claims
claims_of(int32_t operation)
{
    pwwb_claims c = {.size = sizeof(c), .operation = operation, .actor = PWWB_ACTOR_USER};

    c.user_type   = PWWB_USER_PASS_THROUGH;
    c.origin      = operation == PWWB_OPERATION_CHANGE ? PWWB_FROM_ACCOUNT_PORTAL
                                                       : PWWB_FROM_RESET_PORTAL;
    c.anchor.kind = PWWB_ANCHOR_SOURCE;
    memset(c.anchor.guid, USER, sizeof(c.anchor.guid));
    return c;
}

static inline void
world_prepare(world *w)
{
    memset(w, 0, sizeof(*w));
    w->clock         = (fake_clock){NOW_MS, 5000};
    w->fake          = fake_directory_of(&w->clock, USER);
    w->post.work     = let_agent_work;
    w->post.work_ctx = w;
    w->portal_end    = (fake_end){.post = &w->post, .is_portal = 1};
    w->agent_end     = (fake_end){.post = &w->post};
    w->claims        = claims_of(PWWB_OPERATION_RESET_SELF);
    w->writeback     = (pwwb_writeback_options){
            .size = sizeof(w->writeback), .clock = &fake_clock_ops, .clock_ctx = &w->clock};
}

static inline pwwb_status
make_agent(const world *w, pwwb_keyring *keys, pwwb_agent **ret_agent)
{
    pwwb_agent_options options = {.size      = sizeof(options),
                                  .keyring   = keys,
                                  .transport = w->agent_side,
                                  .journal   = w->journal,
                                  .anchors   = w->anchors,
                                  .writeback = &w->writeback};
    pwwb_status        st      = pwwb_agent_new(&options, ret_agent, NULL);

    return st == PWWB_OK ? pwwb_agent_add_directory(*ret_agent, "", w->directory, NULL) : st;
}

static inline pwwb_status
make_portal(world *w, pwwb_keyring *keys)
{
    pwwb_portal_options options = {
        .size = sizeof(options), .clock = &fake_clock_ops, .clock_ctx = &w->clock};

    return pwwb_portal_new(keys, &options, &w->portal, NULL);
}

/* It remembers whatever the tests issue. */
#define JOURNAL_AGE_MS 3600000

static inline pwwb_status
world_make_with(world *w, pwwb_keyring *keys, size_t journal_capacity)
{
    pwwb_status st = pwwb_directory_new(&fake_directory_ops, &w->fake, &w->directory, NULL);

    if (st == PWWB_OK && w->journal == NULL) {
        w->clock.wall_ms -= JOURNAL_AGE_MS;
        st = pwwb_journal_new_memory(journal_capacity, &fake_clock_ops, &w->clock, &w->journal,
                                     NULL);
        w->clock.wall_ms += JOURNAL_AGE_MS;
    }
    if (st == PWWB_OK)
        st = pwwb_transport_new(&fake_end_ops, &w->portal_end, &w->portal_side, NULL);
    if (st == PWWB_OK)
        st = pwwb_transport_new(&fake_end_ops, &w->agent_end, &w->agent_side, NULL);
    if (st == PWWB_OK)
        st = make_portal(w, keys);
    if (st == PWWB_OK)
        st = make_agent(w, keys, &w->agent);
    return st == PWWB_OK ? pwwb_reply_new(&w->reply, NULL) : st;
}

static inline void
world_make(world *w)
{
    world_prepare(w);
    CHECK_STATUS(PWWB_OK, world_make_with(w, agent_keys, 16));
}

static inline void
world_drop(world *w)
{
    pwwb_reply_free(w->reply);
    pwwb_agent_free(w->agent);
    pwwb_portal_free(w->portal);
    pwwb_transport_free(w->agent_side);
    pwwb_transport_free(w->portal_side);
    pwwb_anchors_free(w->anchors);
    pwwb_journal_free(w->journal);
    pwwb_directory_free(w->directory);
}

/* Ask for what w->claims say. */
static inline pwwb_status
call(world *w, const char *password)
{
    int is_change = w->claims.operation == PWWB_OPERATION_CHANGE
                    || w->claims.operation == PWWB_OPERATION_CHANGE_FORCED;

    return pwwb_portal_call(w->portal, w->portal_side, &w->claims, (const uint8_t *)password,
                            password != NULL ? strlen(password) : 0,
                            is_change ? (const uint8_t *)old_password : NULL,
                            is_change ? strlen(old_password) : 0, -1, w->reply, NULL);
}

static inline int32_t
ask(world *w)
{
    CHECK_STATUS(PWWB_OK,
                 call(w, w->claims.operation == PWWB_OPERATION_UNLOCK ? NULL : new_password));
    return pwwb_reply_code(w->reply);
}

static inline int32_t
outcome(const world *w)
{
    return pwwb_reply_outcome(w->reply);
}

/* Seal without sending. */
static inline size_t
seal(world *w, uint8_t *buf)
{
    size_t  len = 0;
    int32_t code;

    CHECK_STATUS(PWWB_OK, pwwb_portal_begin(w->portal, &w->claims, (const uint8_t *)new_password,
                                            strlen(new_password), NULL, 0, buf, PWWB_ENVELOPE_MAX,
                                            &len, &code, NULL));
    CHECK_INT(PWWB_CODE_OK, code);
    return len;
}

static inline int
make_keys(void)
{
    return pwwb_keyring_new(tenant, PWWB_SUITE_X25519, &agent_keys, NULL) == PWWB_OK
           && pwwb_keyring_new(tenant, PWWB_SUITE_X25519, &other_keys, NULL) == PWWB_OK;
}

static inline void
drop_keys(void)
{
    pwwb_keyring_free(other_keys);
    pwwb_keyring_free(agent_keys);
}

#endif /* FLOW_WORLD_H */
