/* SPDX-License-Identifier: Apache-2.0 */
#include "tables.h"

#include "_cgo_export.h"

/* A number as a pointer that nobody follows. */
static void *
context(uintptr_t host)
{
    return (void *)host;
}

static void
let_go(void *ctx)
{
    goDrop((uintptr_t)ctx);
}

static pwwb_status
send_message(void *ctx, const pwwb_message *message, int64_t timeout_ms, pwwb_error *err)
{
    return goSend((uintptr_t)ctx, (pwwb_message *)message, timeout_ms, err);
}

static pwwb_status
receive_message(void *ctx, uint8_t *buf, size_t size, pwwb_delivery *delivery, int64_t timeout_ms,
                pwwb_error *err)
{
    return goReceive((uintptr_t)ctx, buf, size, delivery, timeout_ms, err);
}

static pwwb_status
settle(void *ctx, uint64_t tag, int32_t verdict, int64_t timeout_ms, pwwb_error *err)
{
    return goSettle((uintptr_t)ctx, tag, verdict, timeout_ms, err);
}

static const char *
address(void *ctx)
{
    return goAddress((uintptr_t)ctx);
}

static pwwb_status
presence(void *ctx, int32_t *agents, pwwb_error *err)
{
    return goPresence((uintptr_t)ctx, agents, err);
}

static pwwb_status
hold(void *ctx, uint64_t tag, pwwb_error *err)
{
    return goHold((uintptr_t)ctx, tag, err);
}

pwwb_status
pwwb_go_transport(uintptr_t host, int has_presence, int has_hold, pwwb_transport **ret, pwwb_error *err)
{
    pwwb_transport_ops ops = {
        .size     = sizeof(ops),
        .send     = send_message,
        .receive  = receive_message,
        .settle   = settle,
        .address  = address,
        .destroy  = let_go,
        .presence = has_presence ? presence : NULL,
        .hold     = has_hold ? hold : NULL,
    };

    return pwwb_transport_new(&ops, context(host), ret, err);
}

static pwwb_status
find_account(void *ctx, const pwwb_anchor *anchor, int64_t timeout_ms, pwwb_found *found, pwwb_error *err)
{
    return goFind((uintptr_t)ctx, (pwwb_anchor *)anchor, timeout_ms, found, err);
}

static pwwb_status
read_account(void *ctx, const uint8_t *guid, int64_t timeout_ms, pwwb_account *account,
             pwwb_policy_rules *rules, pwwb_error *err)
{
    return goRead((uintptr_t)ctx, (uint8_t *)guid, timeout_ms, account, rules, err);
}

static pwwb_status
set_password(void *ctx, const pwwb_set *set, int64_t timeout_ms, pwwb_set_result *result, pwwb_error *err)
{
    return goSet((uintptr_t)ctx, (pwwb_set *)set, timeout_ms, result, err);
}

static pwwb_status
summary(void *ctx, int64_t timeout_ms, pwwb_policy_rules *rules, pwwb_error *err)
{
    return goSummary((uintptr_t)ctx, timeout_ms, rules, err);
}

pwwb_status
pwwb_go_directory(uintptr_t host, int has_find, int has_summary, pwwb_directory **ret, pwwb_error *err)
{
    pwwb_directory_ops ops = {
        .size    = sizeof(ops),
        .find    = has_find ? find_account : NULL,
        .read    = read_account,
        .set     = set_password,
        .destroy = let_go,
        .summary = has_summary ? summary : NULL,
    };

    return pwwb_directory_new(&ops, context(host), ret, err);
}

static pwwb_status
load(void *ctx, uint8_t *buf, size_t size, size_t *ret_len, uint64_t *ret_version, pwwb_error *err)
{
    return goLoad((uintptr_t)ctx, buf, size, ret_len, ret_version, err);
}

static pwwb_status
swap(void *ctx, uint64_t expected, const uint8_t *data, size_t len, pwwb_error *err)
{
    return goSwap((uintptr_t)ctx, expected, (uint8_t *)data, len, err);
}

pwwb_status
pwwb_go_keystore(uintptr_t host, const pwwb_keystore_options *options, pwwb_keystore **ret, pwwb_error *err)
{
    pwwb_keystore_ops ops = {.size = sizeof(ops), .load = load, .swap = swap, .destroy = let_go};

    return pwwb_keystore_new(&ops, context(host), options, ret, err);
}

static int64_t
wall_ms(void *ctx)
{
    return goWall((uintptr_t)ctx);
}

static int64_t
monotonic_ms(void *ctx)
{
    return goMonotonic((uintptr_t)ctx);
}

/* Without a clock, 0, the system's. */
pwwb_status
pwwb_go_exchange(pwwb_keystore *store, int32_t half, pwwb_exchange_options *options, uintptr_t clock,
                 pwwb_exchange **ret, pwwb_error *err)
{
    static const pwwb_clock_ops ops = {
        .size = sizeof(ops), .wall_ms = wall_ms, .monotonic_ms = monotonic_ms};

    options->clock     = clock != 0 ? &ops : NULL;
    options->clock_ctx = context(clock);
    return pwwb_exchange_new(store, half, options, ret, err);
}

static void
hear(void *ctx, int32_t level, const char *room, const char *message)
{
    goLog((uintptr_t)ctx, level, (char *)room, (char *)message);
}

void
pwwb_go_set_log(pwwb_agent *agent, uintptr_t host)
{
    pwwb_agent_set_log(agent, host != 0 ? hear : NULL, context(host));
}
