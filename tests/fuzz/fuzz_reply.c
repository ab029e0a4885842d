/* SPDX-License-Identifier: Apache-2.0 */
/* parses: wire_reply.c envelope.c */
/* Replies: the octets as they come from the relay, and sealed by a holder of the tenant key. A
 * reply that is read is written again and comes out the same: its order, its forms and its bucket
 * are fixed. */
#include "fuzz_keys.h"

static void
open_raw(wb_span in)
{
    pwwb_keyring *keyring = fuzz_keyring(PWWB_SUITE_X25519, PWWB_HALF_PORTAL);
    pwwb_reply   *reply   = NULL;
    uint8_t       wrong[PWWB_ID_SIZE] = {0};
    uint8_t       sealed[PWWB_ENVELOPE_MAX];
    pwwb_status   st, raw, read;
    wb_reply      content;
    size_t        len = fuzz_seal_outer(keyring, WB_LABEL_REPLY, in, sealed);

    FUZZ_CHECK(pwwb_reply_new(&reply, NULL) == PWWB_OK);
    raw = pwwb_reply_open(reply, keyring, fuzz_cti, in.p, in.len, NULL);
    FUZZ_CHECK(raw == PWWB_OK || pwwb_reply_outcome(reply) == PWWB_OUTCOME_UNKNOWN);
    FUZZ_CHECK(raw != PWWB_OK || wb_is_outer(in));
    FUZZ_CHECK((raw == PWWB_E_TOO_LARGE) == (in.len > PWWB_ENVELOPE_MAX));

    read = wb_wire_read_reply(in, &content);
    st   = pwwb_reply_open(reply, keyring, fuzz_cti, sealed, len, NULL);
    FUZZ_CHECK(st != PWWB_OK || (read == PWWB_OK && pwwb_reply_time_ms(reply) == content.time_ms));
    FUZZ_CHECK(st == PWWB_OK || pwwb_reply_code(reply) == PWWB_CODE_OUTCOME_UNKNOWN);
    FUZZ_CHECK(len == 0 || read == PWWB_OK || st == PWWB_E_MALFORMED);
    FUZZ_CHECK(len == 0 || read != PWWB_OK || st == PWWB_OK || st == PWWB_E_NOT_FOUND);
    FUZZ_CHECK(pwwb_reply_open(reply, keyring, wrong, sealed, len, NULL) != PWWB_OK
               || memcmp(content.cti, wrong, sizeof(wrong)) == 0);
    pwwb_reply_free(reply);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    wb_reply reply;
    uint8_t  written[WB_REPLY_MAX];

    fuzz_begin();
    if (size == 0)
        return 0;

    open_raw(wb_span_of(data, size));
    if (wb_wire_read_reply(wb_span_of(data, size), &reply) != PWWB_OK)
        return 0;

    FUZZ_CHECK(strlen(reply.controller) < sizeof(reply.controller));
    FUZZ_CHECK(wb_wire_put_reply(written, &reply) == size && memcmp(written, data, size) == 0);
    return 0;
}
