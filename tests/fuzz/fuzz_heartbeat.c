/* SPDX-License-Identifier: Apache-2.0 */
/* parses: heartbeat.c */
/* Heartbeats: the octets as they come from the relay, and sealed by a holder of the tenant key. One
 * that is read is sealed again and says the same, but for the keys' age, which sealing knows. */
#include "fuzz_keys.h"

static pwwb_keyring *keyring;

static pwwb_status
open_with(wb_span sealed, const pwwb_heartbeat *last, size_t count, int64_t now,
          pwwb_heartbeat *ret_heartbeat)
{
    pwwb_error *err = pwwb_error_new();
    pwwb_status st;

    memset(ret_heartbeat, 0, sizeof(*ret_heartbeat));
    ret_heartbeat->size = sizeof(*ret_heartbeat);
    st = pwwb_heartbeat_open(keyring, sealed.p, sealed.len, last, count, now, 120, ret_heartbeat,
                             err);
    fuzz_check_text(err);
    FUZZ_CHECK((st == PWWB_OK) == (ret_heartbeat->sequence > 0)); /* given only when it is news */
    pwwb_error_free(err);
    return st;
}

static void
open_raw(wb_span in)
{
    pwwb_heartbeat h;
    pwwb_status    st = open_with(in, NULL, 0, FUZZ_NOW, &h);

    FUZZ_CHECK(st == PWWB_OK || st == PWWB_E_MALFORMED || st == PWWB_E_KEY_UNKNOWN
               || st == PWWB_E_NOT_AUTHENTIC || st == PWWB_E_TOO_LARGE || st == PWWB_E_EXPIRED
               || st == PWWB_E_NOT_YET);
}

/* News once, and of another boot by its time. */
static void
judge(wb_span sealed, const pwwb_heartbeat *h)
{
    int64_t        now     = h->time_ms / 1000;
    pwwb_heartbeat last[2] = {*h, *h}, got;

    FUZZ_CHECK(open_with(sealed, NULL, 0, now, &got) == PWWB_OK);
    FUZZ_CHECK(memcmp(&got, h, sizeof(got)) == 0);
    last[0].agent_id[0] ^= 1;
    FUZZ_CHECK(open_with(sealed, last, 1, now, &got) == PWWB_OK);
    FUZZ_CHECK(open_with(sealed, last, 2, now, &got) == PWWB_E_REPLAYED);
    last[1].sequence--;
    FUZZ_CHECK(open_with(sealed, last, 2, now, &got) == PWWB_OK);
    last[1].boot_id[0] ^= 1;
    FUZZ_CHECK(open_with(sealed, last, 2, now, &got) == PWWB_E_REPLAYED);
    last[1].time_ms--;
    FUZZ_CHECK(open_with(sealed, last, 2, now, &got) == PWWB_OK);
    FUZZ_CHECK(open_with(sealed, NULL, 0, now + 721, &got) == PWWB_E_EXPIRED);
    FUZZ_CHECK(now < 121 || open_with(sealed, NULL, 0, now - 121, &got) == PWWB_E_NOT_YET);
    last[0].size = 8;
    FUZZ_CHECK(open_with(sealed, last, 2, now, &got) == PWWB_E_ABI);
    got.size = 8;
    FUZZ_CHECK(pwwb_heartbeat_open(keyring, sealed.p, sealed.len, NULL, 0, now, 0, &got, NULL)
               == PWWB_E_ABI);
}

static void
seal_again(const pwwb_heartbeat *h)
{
    uint8_t         sealed[PWWB_ENVELOPE_MAX], plain[PWWB_ENVELOPE_MAX];
    pwwb_heartbeat  ours = *h, again;
    const wb_epoch *epoch;
    size_t          len, need;

    FUZZ_CHECK(pwwb_heartbeat_seal(keyring, h, NULL, 0, &need, NULL) == PWWB_E_BUFFER_TOO_SMALL);
    FUZZ_CHECK(pwwb_heartbeat_seal(keyring, h, sealed, need, &len, NULL) == PWWB_OK && len == need);
    FUZZ_CHECK(wb_outer_open(keyring, WB_LABEL_HEARTBEAT, wb_span_of(sealed, len), plain, &len,
                             &epoch, NULL)
               == PWWB_OK);
    FUZZ_CHECK(wb_heartbeat_read(wb_span_of(plain, len), &again) == PWWB_OK);
    again.key_age_s = h->key_age_s;
    FUZZ_CHECK(memcmp(&again, h, sizeof(again)) == 0);
    ours.health = 0;
    FUZZ_CHECK(pwwb_heartbeat_seal(keyring, &ours, sealed, need, &len, NULL)
               == PWWB_E_INVALID_ARGUMENT);
    ours.size = 8;
    FUZZ_CHECK(pwwb_heartbeat_seal(keyring, &ours, sealed, need, &len, NULL) == PWWB_E_ABI);
    FUZZ_CHECK(pwwb_heartbeat_seal(keyring, NULL, sealed, need, &len, NULL)
               == PWWB_E_INVALID_ARGUMENT);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    wb_span        in = {size > 0 ? data : (const uint8_t *)"", size};
    uint8_t        sealed[PWWB_ENVELOPE_MAX];
    pwwb_heartbeat h, got;
    size_t         len;
    int            is_read;

    fuzz_begin();
    keyring = fuzz_keyring(PWWB_SUITE_X25519, PWWB_HALF_PORTAL);
    open_raw(in);
    is_read = wb_heartbeat_read(in, &h) == PWWB_OK;
    len     = fuzz_seal_outer(keyring, WB_LABEL_HEARTBEAT, in, sealed);
    if (len > 0 && !is_read)
        FUZZ_CHECK(open_with(wb_span_of(sealed, len), NULL, 0, FUZZ_NOW, &got)
                   == PWWB_E_MALFORMED);
    if (!is_read)
        return 0;

    judge(wb_span_of(sealed, len), &h);
    seal_again(&h);
    return 0;
}
