/* SPDX-License-Identifier: Apache-2.0 */
/* parses: control.c */
/* Control messages: the octets as they come from the relay, and sealed by a holder of a control
 * key. One that is read is sealed again, and has the same octets inside. */
#include "fuzz_orders.h"

static const uint8_t *key;

static size_t
seal(wb_span plain, uint8_t sealed[PWWB_ENVELOPE_MAX])
{
    uint8_t kid[WB_KID_SIZE];
    size_t  len;

    wb_control_kid(key, kid);
    len = wb_outer_seal_by(key, kid, fuzz_tenant, WB_LABEL_CONTROL, plain, sealed,
                           PWWB_ENVELOPE_MAX);
    return len <= PWWB_ENVELOPE_MAX ? len : 0;
}

static pwwb_status
open_sealed(wb_span sealed, wb_control *control)
{
    pwwb_error    *err  = pwwb_error_new();
    const uint8_t *with = NULL;
    pwwb_status    st   = wb_control_open(fuzz_keyring(PWWB_SUITE_X25519, PWWB_HALF_AGENT), sealed,
                                          control, &with, err);

    fuzz_check_text(err);
    pwwb_error_free(err);
    FUZZ_CHECK(st != PWWB_OK || with == key);
    FUZZ_CHECK(st == PWWB_OK || st == PWWB_E_MALFORMED || st == PWWB_E_KEY_UNKNOWN
               || st == PWWB_E_NOT_AUTHENTIC || st == PWWB_E_TOO_LARGE);
    return st;
}

static void
seal_again(const wb_control *control, wb_span in)
{
    uint8_t       sealed[PWWB_ENVELOPE_MAX], plain[PWWB_ENVELOPE_MAX];
    wb_cose_layer layer;
    size_t        len = wb_control_seal(control, key, fuzz_tenant, sealed, sizeof(sealed));

    FUZZ_CHECK(wb_control_seal(control, key, fuzz_tenant, NULL, 0) == len);
    FUZZ_CHECK(wb_outer_parse(wb_span_of(sealed, len), &layer, NULL) == PWWB_OK);
    FUZZ_CHECK(wb_outer_open_by(key, fuzz_tenant, WB_LABEL_CONTROL, &layer, plain, &len, NULL)
               == PWWB_OK);
    FUZZ_CHECK(len == in.len && memcmp(plain, in.p, len) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    wb_span    in = {size > 0 ? data : (const uint8_t *)"", size};
    uint8_t    sealed[PWWB_ENVELOPE_MAX];
    wb_control control, got;
    int        is_read;
    size_t     len;

    fuzz_begin();
    key = fuzz_keyring(PWWB_SUITE_X25519, PWWB_HALF_AGENT)->epochs[0].keys->control;
    (void)open_sealed(in, &got);
    is_read = wb_control_read(in, &control) == PWWB_OK;
    len     = seal(in, sealed);
    if (len > 0)
        FUZZ_CHECK(open_sealed(wb_span_of(sealed, len), &got)
                   == (is_read ? PWWB_OK : PWWB_E_MALFORMED));
    if (!is_read)
        return 0;

    FUZZ_CHECK(memcmp(&got, &control, sizeof(got)) == 0);
    FUZZ_CHECK(control.generation <= WB_GENERATION_MAX && control.code >= 0 && control.state >= 0);
    FUZZ_CHECK(control.kind == WB_CONTROL_ANSWER || fuzz_is_zero(control.digest, WB_SHA256_SIZE));
    seal_again(&control, in);
    return 0;
}
