/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EXCHANGES_H
#define EXCHANGES_H

/* Both sides of a tenant's exchanges: a key store in memory for each, on one clock, with a relay that
 * somebody records. A store can fail at the nth swap, before or after it was done. */

#include <pwwb/exchange.h>
#include <stdlib.h>
#include <string.h>

#include "fakes.h"
#include "harness.h"
#include "keyring.h"

#define DAY_MS  ((int64_t)24 * 3600 * 1000)
#define HOUR_MS ((int64_t)3600 * 1000)

static const uint8_t ex_tenant[PWWB_ID_SIZE + 1] = "tenant of a test";
static const uint8_t ex_lock[PWWB_LOCK_KEY_SIZE] = "the lock of a key store in memor";

/* A key store in memory. */
typedef struct ex_store {
    uint64_t version;
    size_t   len;
    uint8_t  octets[PWWB_KEYRING_MAX];
    long     swaps;
    long     uses[PWWB_KEY_USE_OPEN + 1]; /* by enum pwwb_key_use */
} ex_store;

static inline pwwb_status
ex_load(void *ctx, uint8_t *buf, size_t buf_size, size_t *ret_len, uint64_t *ret_version,
        pwwb_error *err)
{
    const ex_store *s = ctx;

    (void)err;
    if (s->version == 0)
        return PWWB_E_NOT_FOUND;
    if (s->len > buf_size)
        return PWWB_E_TOO_LARGE;

    memcpy(buf, s->octets, s->len);
    *ret_len     = s->len;
    *ret_version = s->version;
    return PWWB_OK;
}

static inline pwwb_status
ex_swap(void *ctx, uint64_t expected, const uint8_t *data, size_t len, pwwb_error *err)
{
    ex_store *s = ctx;

    (void)err;
    s->swaps++;
    if (s->version != expected)
        return PWWB_E_CHANGED;

    memcpy(s->octets, data, len);
    s->len = len;
    s->version++;
    return PWWB_OK;
}

static const pwwb_keystore_ops ex_store_ops = {
    .size = sizeof(pwwb_keystore_ops), .load = ex_load, .swap = ex_swap};

static inline void
ex_audit(void *ctx, int32_t use, uint64_t generation, pwwb_status status)
{
    (void)generation;
    (void)status;
    ((ex_store *)ctx)->uses[use]++;
}

/* One octet string on its way. */
typedef struct ex_message {
    size_t  len;
    uint8_t octets[PWWB_ENVELOPE_MAX];
} ex_message;

/* One participant: a process with a store of its own handle. */
typedef struct ex_side {
    int32_t        half;
    pwwb_keystore *store;
    pwwb_exchange *exchange;
} ex_side;

typedef struct ex_world {
    fake_clock clock;
    ex_store   agent_store, portal_store;
    ex_side    agent, agent2, portal, portal2;
    int32_t    suite;
    char       slots[2][64]; /* what the relay was told, "" = nothing */
    long       slot_calls;
    char       ticket[PWWB_TICKET_SIZE];
    size_t     ticket_len;
} ex_world;

static inline pwwb_status
ex_set_slot(void *ctx, int32_t slot, const uint8_t *secret, size_t secret_len, pwwb_error *err)
{
    ex_world *w = ctx;

    (void)err;
    w->slot_calls++;
    memset(w->slots[slot], 0, sizeof(w->slots[slot]));
    if (secret_len > 0)
        memcpy(w->slots[slot], secret, secret_len);
    return PWWB_OK;
}

static inline void
ex_side_make(ex_world *w, ex_side *side, int32_t half)
{
    ex_store             *behind  = half == PWWB_HALF_AGENT ? &w->agent_store : &w->portal_store;
    pwwb_keystore_options keys    = {.size       = sizeof(keys),
                                     .lock       = PWWB_LOCK_KEY,
                                     .secret     = ex_lock,
                                     .secret_len = sizeof(ex_lock),
                                     .audit      = ex_audit,
                                     .audit_ctx  = behind};
    pwwb_exchange_options options = {.size             = sizeof(options),
                                     .clock            = &fake_clock_ops,
                                     .clock_ctx        = &w->clock,
                                     .suite            = w->suite,
                                     .relay_set_secret = ex_set_slot,
                                     .relay_ctx        = w};

    side->half = half;
    if (pwwb_keystore_new(&ex_store_ops, behind, &keys, &side->store, NULL) != PWWB_OK
        || pwwb_exchange_new(side->store, half, &options, &side->exchange, NULL) != PWWB_OK)
        abort();
}

static inline void
ex_side_drop(ex_side *side)
{
    pwwb_exchange_free(side->exchange);
    pwwb_keystore_free(side->store);
}

/* A process dies and comes again: all it has is its store. */
static inline void
ex_side_restart(ex_world *w, ex_side *side)
{
    ex_side_drop(side);
    ex_side_make(w, side, side->half);
}

static inline void
ex_make(ex_world *w)
{
    memset(w, 0, sizeof(*w));
    w->suite = PWWB_SUITE_X25519;
    w->clock = (fake_clock){.wall_ms = (int64_t)1760000000 * 1000, .monotonic_ms = 1000};
    ex_side_make(w, &w->agent, PWWB_HALF_AGENT);
    ex_side_make(w, &w->agent2, PWWB_HALF_AGENT);
    ex_side_make(w, &w->portal, PWWB_HALF_PORTAL);
    ex_side_make(w, &w->portal2, PWWB_HALF_PORTAL);
}

static inline void
ex_drop(ex_world *w)
{
    ex_side_drop(&w->agent);
    ex_side_drop(&w->agent2);
    ex_side_drop(&w->portal);
    ex_side_drop(&w->portal2);
}

static inline void
ex_pass(ex_world *w, int64_t ms)
{
    w->clock.wall_ms += ms;
    w->clock.monotonic_ms += ms;
}

static inline pwwb_status
ex_ticket(ex_world *w)
{
    pwwb_ticket ticket = {.size             = sizeof(ticket),
                          .relay_address    = "amqps://relay.example.test",
                          .relay_credential = "bootstrap-credential"};

    memcpy(ticket.tenant, ex_tenant, PWWB_ID_SIZE);
    return pwwb_exchange_ticket(w->portal.exchange, &ticket, w->ticket, sizeof(w->ticket),
                                &w->ticket_len, NULL);
}

static inline pwwb_status
ex_begin(ex_world *w, int32_t kind)
{
    int is_enable = kind == PWWB_EXCHANGE_ENABLE;

    return pwwb_exchange_begin(kind == PWWB_EXCHANGE_REVOKE ? w->portal.exchange
                                                            : w->agent.exchange,
                               kind, is_enable ? w->ticket : NULL, is_enable ? w->ticket_len : 0,
                               NULL);
}

static inline ex_message
ex_step(ex_side *side)
{
    ex_message m = {0};

    CHECK_STATUS(PWWB_OK, pwwb_exchange_step(side->exchange, m.octets, sizeof(m.octets), &m.len,
                                             NULL));
    return m;
}

/* Give a message to a side; what it sends back. */
static inline pwwb_status
ex_take(ex_side *side, const ex_message *m, ex_message *ret_back, pwwb_exchange_event *ret_event)
{
    memset(ret_event, 0, sizeof(*ret_event));
    ret_event->size = sizeof(*ret_event);
    return pwwb_exchange_take(side->exchange, m->octets, m->len, ret_back->octets,
                              sizeof(ret_back->octets), &ret_back->len, ret_event, NULL);
}

/* What is under way, there and back again: the portal's code. */
static inline int32_t
ex_round(ex_world *w)
{
    pwwb_exchange_event event;
    ex_message          order = ex_step(&w->agent), answer, none;
    int32_t             code;

    CHECK(order.len > 0);
    CHECK_STATUS(PWWB_OK, ex_take(&w->portal, &order, &answer, &event));
    code = event.code;
    CHECK(answer.len > 0);
    CHECK_STATUS(PWWB_OK, ex_take(&w->agent, &answer, &none, &event));
    CHECK_INT(0, none.len);
    CHECK_INT(code, event.code);
    return code;
}

static inline pwwb_keyring *
ex_keys(ex_side *side)
{
    pwwb_keyring *keyring = NULL;

    if (pwwb_keystore_load(side->store, &keyring, NULL) != PWWB_OK)
        return NULL;
    return keyring;
}

static inline pwwb_keyring_info
ex_info(ex_side *side)
{
    pwwb_keyring_info info    = {.size = sizeof(info)};
    pwwb_keyring     *keyring = ex_keys(side);

    if (keyring != NULL)
        (void)pwwb_keyring_describe(keyring, &info, NULL);
    pwwb_keyring_free(keyring);
    return info;
}

static inline pwwb_epoch_info
ex_epoch(ex_side *side, size_t index)
{
    pwwb_epoch_info info    = {.size = sizeof(info)};
    pwwb_keyring   *keyring = ex_keys(side);

    if (keyring != NULL)
        (void)pwwb_keyring_describe_epoch(keyring, index, &info, NULL);
    pwwb_keyring_free(keyring);
    return info;
}

static inline pwwb_status
ex_confirm(ex_world *w)
{
    pwwb_keyring_info agent = ex_info(&w->agent);

    return pwwb_exchange_confirm(w->portal.exchange, agent.fingerprint, strlen(agent.fingerprint),
                                 NULL);
}

/* Enabled and confirmed: the first time generation 1 is active on both sides. */
static inline void
ex_enable(ex_world *w)
{
    int32_t code;

    CHECK_STATUS(PWWB_OK, ex_ticket(w));
    CHECK_STATUS(PWWB_OK, ex_begin(w, PWWB_EXCHANGE_ENABLE));
    code = ex_round(w);
    if (code == PWWB_EXCHANGE_STALE) /* keys left from a ticket that was refused */
        code = ex_round(w);
    CHECK_INT(PWWB_EXCHANGE_WAITING, code);
    CHECK_STATUS(PWWB_OK, ex_confirm(w));
}

/* Seal a request with one keyring, open it with another. */
static inline pwwb_status
ex_seal(const pwwb_keyring *from, int64_t now_s, ex_message *m)
{
    pwwb_claims claims = {.size = sizeof(claims), .iat = now_s, .exp = now_s + 300,
                          .operation = PWWB_OPERATION_RESET_SELF,
                          .origin = PWWB_FROM_RESET_PORTAL, .actor = PWWB_ACTOR_USER,
                          .user_type = PWWB_USER_FEDERATED, .anchor = {PWWB_ANCHOR_SOURCE, "an object's GUI"}};

    return pwwb_request_seal(from, &claims, (const uint8_t *)"Horse-Correct-16", 16, NULL, 0,
                             m->octets, sizeof(m->octets), &m->len, NULL);
}

static inline pwwb_status
ex_open(pwwb_keyring *keyring, const ex_message *m, int64_t now_s)
{
    pwwb_request *request;
    pwwb_status   st = pwwb_request_new(&request, NULL);

    if (st == PWWB_OK)
        st = pwwb_request_open(request, keyring, m->octets, m->len, now_s, 120, NULL);
    if (st == PWWB_OK)
        st = pwwb_request_open_secret(request, NULL);
    pwwb_request_free(request);
    return st;
}

/* Whether a request that a portal instance seals now is opened by an agent now. */
static inline pwwb_status
ex_request(ex_world *w)
{
    pwwb_keyring *from = ex_keys(&w->portal), *to = ex_keys(&w->agent);
    int64_t       now_s = w->clock.wall_ms / 1000;
    ex_message    m;
    pwwb_status   st = ex_seal(from, now_s, &m);

    if (st == PWWB_OK)
        st = ex_open(to, &m, now_s);
    pwwb_keyring_free(from);
    pwwb_keyring_free(to);
    return st;
}

#endif /* EXCHANGES_H */
