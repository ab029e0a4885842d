/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SIZES_WORLD_H
#define SIZES_WORLD_H

/* What the uses of sizes_*.c need beside the struct that is looked at: the least tables, over nothing. */

#include <pwwb/pwwb.h>

#include <string.h>

#include "sizes.h"

#define WORLD_NOW_S 1700000000

static const uint8_t world_id[PWWB_ID_SIZE] = {0x01};
static const uint8_t world_key[PWWB_LOCK_KEY_SIZE] = {0x10};

static const pwwb_keystore_options world_lock = {
    .size = sizeof(world_lock), .lock = PWWB_LOCK_KEY, .secret = world_key, .secret_len = sizeof(world_key)};

static inline int64_t
world_wall_ms(void *ctx)
{
    (void)ctx;
    return (int64_t)WORLD_NOW_S * 1000;
}

static const pwwb_clock_ops world_clock = {
    .size = sizeof(world_clock), .wall_ms = world_wall_ms, .monotonic_ms = world_wall_ms};

#define WORLD_BEAT \
    .agent_id = {1}, .boot_id = {2}, .sequence = 1, .health = PWWB_HEALTH_UP, \
    .time_ms = (int64_t)WORLD_NOW_S * 1000, .complexity = PWWB_MAYBE, .rules_source = PWWB_POLICY_DOMAIN

static inline pwwb_status
world_each(void *ctx, const pwwb_object *object, pwwb_error *err)
{
    (void)ctx, (void)err;
    return object->size == sizeof(*object) ? PWWB_OK : PWWB_E_STATE;
}

static inline pwwb_status
world_find(void *ctx, const pwwb_anchor *anchor, int64_t timeout_ms, pwwb_found *ret_found, pwwb_error *err)
{
    (void)ctx, (void)timeout_ms, (void)err;
    ret_found->code       = PWWB_CODE_OK;
    ret_found->candidates = 1;
    memcpy(ret_found->guid, anchor->guid, PWWB_ID_SIZE);
    return PWWB_OK;
}

static const pwwb_anchors_ops world_anchors = {.size = sizeof(world_anchors), .find = world_find};

static inline pwwb_status
world_read(void *ctx, const uint8_t *guid, int64_t timeout_ms, pwwb_account *ret_account,
           pwwb_policy_rules *ret_rules, pwwb_error *err)
{
    (void)ctx, (void)guid, (void)timeout_ms, (void)err;
    ret_account->kind = PWWB_ACCOUNT_PERSON;
    ret_rules->source = PWWB_POLICY_HOST;
    return PWWB_OK;
}

static inline pwwb_status
world_set(void *ctx, const pwwb_set *set, int64_t timeout_ms, pwwb_set_result *ret_result, pwwb_error *err)
{
    (void)ctx, (void)timeout_ms, (void)err;
    ret_result->code                 = set->size == sizeof(*set) ? PWWB_CODE_OK : PWWB_CODE_INTERNAL;
    ret_result->password_last_set_ms = -1;
    return PWWB_OK;
}

static const pwwb_directory_ops world_plain_directory = {
    .size = sizeof(world_plain_directory), .read = world_read, .set = world_set};

static inline pwwb_status
world_load(void *ctx, uint8_t *buf, size_t buf_size, size_t *ret_len, uint64_t *ret_version, pwwb_error *err)
{
    (void)ctx, (void)buf, (void)buf_size, (void)ret_len, (void)ret_version;
    return pwwb_error_set(err, PWWB_E_NOT_FOUND, "");
}

static inline pwwb_status
world_swap(void *ctx, uint64_t expected, const uint8_t *data, size_t len, pwwb_error *err)
{
    (void)ctx, (void)expected, (void)data, (void)len, (void)err;
    return PWWB_OK;
}

static const pwwb_keystore_ops world_keystore = {
    .size = sizeof(world_keystore), .load = world_load, .swap = world_swap};

static inline pwwb_status
world_stream_read(void *ctx, uint8_t *buf, size_t buf_size, size_t *ret_len, int64_t timeout_ms, pwwb_error *err)
{
    (void)ctx, (void)buf, (void)buf_size, (void)ret_len, (void)timeout_ms;
    return pwwb_error_set(err, PWWB_E_TIMEOUT, "");
}

static inline pwwb_status
world_stream_write(void *ctx, const uint8_t *data, size_t len, size_t *ret_len, int64_t timeout_ms,
                   pwwb_error *err)
{
    (void)ctx, (void)data, (void)len, (void)ret_len, (void)timeout_ms;
    return pwwb_error_set(err, PWWB_E_TIMEOUT, "");
}

static const pwwb_stream_ops world_plain_stream = {
    .size = sizeof(world_plain_stream), .read = world_stream_read, .write = world_stream_write};

static inline pwwb_status
world_send(void *ctx, const pwwb_message *message, int64_t timeout_ms, pwwb_error *err)
{
    (void)ctx, (void)message, (void)timeout_ms;
    return pwwb_error_set(err, PWWB_E_FULL, "");
}

static inline pwwb_status
world_receive(void *ctx, uint8_t *buf, size_t buf_size, pwwb_delivery *ret_delivery, int64_t timeout_ms,
              pwwb_error *err)
{
    (void)ctx, (void)buf, (void)buf_size, (void)ret_delivery, (void)timeout_ms;
    return pwwb_error_set(err, PWWB_E_TIMEOUT, "");
}

static inline pwwb_status
world_settle(void *ctx, uint64_t tag, int32_t verdict, int64_t timeout_ms, pwwb_error *err)
{
    (void)ctx, (void)tag, (void)verdict, (void)timeout_ms, (void)err;
    return PWWB_OK;
}

static const pwwb_transport_ops world_transport = {
    .size = sizeof(world_transport), .send = world_send, .receive = world_receive, .settle = world_settle};

#endif /* SIZES_WORLD_H */
