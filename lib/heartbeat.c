/* SPDX-License-Identifier: Apache-2.0 */
#include <pwwb/heartbeat.h>

#include <string.h>

#include "clock.h"
#include "envelope.h"
#include "error.h"
#include "guid.h"
#include "ops.h"

/* {1: agent id, 2: boot id, 3: sequence, 4: time, 5: health, 6: key age, 7: [8 counters],
 *  8: [min length, complexity, history, min age, max age, source],
 *  9: [version, directories, those that answer]} in this order, and zeros. */
#define HEARTBEAT_SIZE 384
#define LEAST          WB_SIZE_UP_TO(pwwb_heartbeat, reserved2)

static int
is_rule(int64_t value, int64_t most)
{
    return value >= -1 && value <= most;
}

static int
rules_fit(const pwwb_heartbeat *h)
{
    return is_rule(h->min_length, INT32_MAX) && h->complexity >= PWWB_NO
           && h->complexity <= PWWB_MAYBE && is_rule(h->history_length, INT32_MAX)
           && is_rule(h->min_age_s, INT64_MAX) && is_rule(h->max_age_s, INT64_MAX)
           && h->rules_source >= PWWB_POLICY_HOST && h->rules_source <= PWWB_POLICY_UNREADABLE;
}

static int
fits(const pwwb_heartbeat *h)
{
    size_t i;

    for (i = 0; i < PWWB_HEARTBEAT_COUNTERS; i++)
        if (h->counters[i] > INT64_MAX)
            return 0;
    return !wb_guid_is_zero(h->agent_id) && !wb_guid_is_zero(h->boot_id) && h->sequence > 0
           && h->sequence <= INT64_MAX && h->time_ms >= 0 && h->key_age_s >= 0
           && h->health >= PWWB_HEALTH_UP && h->health <= PWWB_HEALTH_STOPPING && rules_fit(h)
           && h->version >= 0 && h->directories_up >= 0 && h->directories >= h->directories_up;
}

static void
put_int(wb_cbor_out *out, int64_t key, int64_t value)
{
    wb_cbor_put_int(out, key);
    wb_cbor_put_int(out, value);
}

static void
put(uint8_t plain[HEARTBEAT_SIZE], const pwwb_heartbeat *h)
{
    wb_cbor_out out = wb_cbor_write(plain, HEARTBEAT_SIZE);
    size_t      i;

    memset(plain, 0, HEARTBEAT_SIZE);
    wb_cbor_put_map(&out, 9);
    wb_cbor_put_int(&out, 1);
    wb_cbor_put_octets(&out, wb_span_of(h->agent_id, PWWB_ID_SIZE));
    wb_cbor_put_int(&out, 2);
    wb_cbor_put_octets(&out, wb_span_of(h->boot_id, PWWB_ID_SIZE));
    put_int(&out, 3, (int64_t)h->sequence);
    put_int(&out, 4, h->time_ms);
    put_int(&out, 5, h->health);
    put_int(&out, 6, h->key_age_s);
    wb_cbor_put_int(&out, 7);
    wb_cbor_put_array(&out, PWWB_HEARTBEAT_COUNTERS);
    for (i = 0; i < PWWB_HEARTBEAT_COUNTERS; i++)
        wb_cbor_put_int(&out, (int64_t)h->counters[i]);
    wb_cbor_put_int(&out, 8);
    wb_cbor_put_array(&out, 6);
    wb_cbor_put_int(&out, h->min_length);
    wb_cbor_put_int(&out, h->complexity);
    wb_cbor_put_int(&out, h->history_length);
    wb_cbor_put_int(&out, h->min_age_s);
    wb_cbor_put_int(&out, h->max_age_s);
    wb_cbor_put_int(&out, h->rules_source);
    wb_cbor_put_int(&out, 9);
    wb_cbor_put_array(&out, 3);
    wb_cbor_put_int(&out, h->version);
    wb_cbor_put_int(&out, h->directories);
    wb_cbor_put_int(&out, h->directories_up);
}

pwwb_status
pwwb_heartbeat_seal(const pwwb_keyring *keyring, const pwwb_heartbeat *heartbeat, uint8_t *buf,
                    size_t buf_size, size_t *ret_len, pwwb_error *err)
{
    pwwb_heartbeat  ours;
    uint8_t         plain[HEARTBEAT_SIZE];
    const wb_epoch *epoch;
    pwwb_status     st;

    wb_ok(err);
    if (ret_len != NULL)
        *ret_len = 0;
    if (keyring == NULL || heartbeat == NULL || ret_len == NULL || (buf == NULL && buf_size > 0))
        return wb_fail(err, PWWB_E_INVALID_ARGUMENT,
                       "keyring, heartbeat and ret_len must be given");

    st = wb_ops_import(&ours, sizeof(ours), LEAST, heartbeat);
    if (st != PWWB_OK)
        return wb_fail(err, st, "a heartbeat of size %zu does not fit this library",
                       heartbeat->size);
    epoch = wb_keyring_active(keyring);
    if (epoch == NULL)
        return wb_keyring_inactive(err);

    ours.key_age_s = ours.time_ms / 1000 - epoch->created_s;
    if (ours.key_age_s < 0)
        ours.key_age_s = 0;
    if (!fits(&ours))
        return wb_fail(err, PWWB_E_INVALID_ARGUMENT, "a field of the heartbeat is out of range");

    put(plain, &ours);
    *ret_len = wb_outer_seal(epoch, WB_LABEL_HEARTBEAT, wb_span_of(plain, sizeof(plain)), buf,
                             buf_size);
    if (*ret_len > buf_size)
        return wb_fail(err, PWWB_E_BUFFER_TOO_SMALL, "the heartbeat takes %zu octets", *ret_len);

    return PWWB_OK;
}

/* An integer of 32 bits, -1 included. */
static int32_t
read_small(wb_cbor *in)
{
    int64_t value = wb_cbor_int(in);

    if (value < -1 || value > INT32_MAX)
        wb_cbor_fail(in);
    return (int32_t)value;
}

static void
read_rules(wb_cbor *in, pwwb_heartbeat *h)
{
    if (wb_cbor_array(in) != 6)
        wb_cbor_fail(in);
    h->min_length     = read_small(in);
    h->complexity     = read_small(in);
    h->history_length = read_small(in);
    h->min_age_s      = wb_cbor_int(in);
    h->max_age_s      = wb_cbor_int(in);
    h->rules_source   = wb_cbor_int32(in);
}

static void
read_agent(wb_cbor *in, pwwb_heartbeat *h)
{
    if (wb_cbor_array(in) != 3)
        wb_cbor_fail(in);
    h->version        = wb_cbor_int32(in);
    h->directories    = wb_cbor_int32(in);
    h->directories_up = wb_cbor_int32(in);
}

pwwb_status
wb_heartbeat_read(wb_span plain, pwwb_heartbeat *h)
{
    wb_cbor in = wb_cbor_read(plain);
    size_t  i;

    memset(h, 0, sizeof(*h));
    h->size = sizeof(*h);
    if (wb_cbor_map(&in) != 9 || plain.len != HEARTBEAT_SIZE)
        wb_cbor_fail(&in);
    wb_cbor_expect(&in, 1);
    wb_cbor_fixed(&in, h->agent_id, PWWB_ID_SIZE);
    wb_cbor_expect(&in, 2);
    wb_cbor_fixed(&in, h->boot_id, PWWB_ID_SIZE);
    wb_cbor_expect(&in, 3);
    h->sequence = wb_cbor_uint(&in);
    wb_cbor_expect(&in, 4);
    h->time_ms = wb_cbor_int(&in);
    wb_cbor_expect(&in, 5);
    h->health = wb_cbor_int32(&in);
    wb_cbor_expect(&in, 6);
    h->key_age_s = wb_cbor_int(&in);
    wb_cbor_expect(&in, 7);
    if (wb_cbor_array(&in) != PWWB_HEARTBEAT_COUNTERS)
        wb_cbor_fail(&in);
    for (i = 0; i < PWWB_HEARTBEAT_COUNTERS; i++)
        h->counters[i] = wb_cbor_uint(&in);
    wb_cbor_expect(&in, 8);
    read_rules(&in, h);
    wb_cbor_expect(&in, 9);
    read_agent(&in, h);
    wb_cbor_zeros(&in);
    if (!fits(h))
        wb_cbor_fail(&in);
    return in.status;
}

/* The last one of the same agent; entries are as long as whoever compiled them says. */
static const pwwb_heartbeat *
find_last(const pwwb_heartbeat *last, size_t count, const uint8_t *agent_id)
{
    size_t i;

    for (i = 0; i < count; i++) {
        const uint8_t        *at    = (const uint8_t *)last + i * last->size;
        const pwwb_heartbeat *entry = (const void *)at;

        if (memcmp(entry->agent_id, agent_id, PWWB_ID_SIZE) == 0)
            return entry;
    }
    return NULL;
}

static int
is_newer(const pwwb_heartbeat *h, const pwwb_heartbeat *last)
{
    if (memcmp(h->boot_id, last->boot_id, PWWB_ID_SIZE) == 0)
        return h->sequence > last->sequence;

    return h->time_ms > last->time_ms;
}

static pwwb_status
judge(const pwwb_heartbeat *h, const pwwb_heartbeat *last, int64_t now, int64_t skew,
      pwwb_error *err)
{
    int64_t time_s = h->time_ms / 1000;

    if (time_s > now + skew)
        return wb_fail(err, PWWB_E_NOT_YET, "a heartbeat of the future: look at the clocks");
    if (time_s < now - skew - PWWB_HEARTBEAT_LIFE_S)
        return wb_fail(err, PWWB_E_EXPIRED, "an old heartbeat");
    if (last != NULL && !is_newer(h, last))
        return wb_fail(err, PWWB_E_REPLAYED, "not newer than the agent's last heartbeat");

    return PWWB_OK;
}

pwwb_status
wb_heartbeat_unseal(const pwwb_keyring *keyring, wb_span sealed, pwwb_heartbeat *heartbeat,
                    pwwb_error *err)
{
    uint8_t         plain[PWWB_ENVELOPE_MAX];
    size_t          len = 0;
    const wb_epoch *epoch;
    pwwb_status     st;

    st = wb_outer_open(keyring, WB_LABEL_HEARTBEAT, sealed, plain, &len, &epoch, err);
    if (st != PWWB_OK)
        return st;
    if (wb_heartbeat_read(wb_span_of(plain, len), heartbeat) != PWWB_OK)
        return wb_fail(err, PWWB_E_MALFORMED, "not a heartbeat of this profile");

    return PWWB_OK;
}

pwwb_status
pwwb_heartbeat_open(const pwwb_keyring *keyring, const uint8_t *sealed, size_t sealed_len,
                    const pwwb_heartbeat *last, size_t last_count, int64_t now, int64_t skew,
                    pwwb_heartbeat *ret_heartbeat, pwwb_error *err)
{
    pwwb_heartbeat h;
    pwwb_status    st;

    wb_ok(err);
    if (keyring == NULL || sealed == NULL || ret_heartbeat == NULL || now < 0 || skew < 0
        || now > INT64_MAX / 2 || skew > INT64_MAX / 2 || (last == NULL && last_count > 0))
        return wb_fail(err, PWWB_E_INVALID_ARGUMENT,
                       "keyring, sealed and ret_heartbeat must be given");
    if (last_count > 0 && last->size < LEAST)
        return wb_fail(err, PWWB_E_ABI, "heartbeats of size %zu do not fit this library",
                       last->size);

    st = wb_heartbeat_unseal(keyring, wb_span_of(sealed, sealed_len), &h, err);
    if (st == PWWB_OK)
        st = judge(&h, find_last(last, last_count, h.agent_id), now, skew, err);
    if (st != PWWB_OK)
        return st;

    st = wb_ops_export(ret_heartbeat, LEAST, &h, sizeof(h));
    if (st != PWWB_OK)
        return wb_fail(err, st, "a heartbeat of size %zu does not fit this library",
                       ret_heartbeat->size);

    return PWWB_OK;
}
