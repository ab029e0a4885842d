/* SPDX-License-Identifier: Apache-2.0 */
/* parses: wire_claims.c wire_secret.c */
/* Claims and secrets, as an envelope holds them. What is read is written again: claims then read as
 * the same, a secret comes out the same, for its keys and its bucket are fixed. */
#include "fuzz.h"
#include "wire.h"

static void
read_claims(wb_span in)
{
    pwwb_claims claims, again;
    uint8_t     written[512];
    wb_cbor_out out = wb_cbor_write(written, sizeof(written));
    int         fits;

    if (wb_wire_read_claims(in, &claims, &fits) != PWWB_OK)
        return;

    FUZZ_CHECK(wb_wire_claims_fit(&claims) && strlen(claims.reply_to) < sizeof(claims.reply_to));
    wb_wire_put_claims(&out, &claims);
    FUZZ_CHECK(wb_cbor_fits(&out));
    FUZZ_CHECK(wb_wire_read_claims(wb_span_of(written, out.need), &again, &fits) == PWWB_OK);
    FUZZ_CHECK(fits && memcmp(&again, &claims, sizeof(claims)) == 0);
}

static void
read_secret(wb_span in)
{
    wb_span password, old_password;
    uint8_t written[WB_SECRET_MAX], external[WB_EXTERNAL_SIZE];

    if (wb_wire_read_secret(in, &password, &old_password) != PWWB_OK)
        return;

    FUZZ_CHECK(password.len == 0 || wb_wire_password_fits(password));
    FUZZ_CHECK(old_password.len == 0 || wb_wire_password_fits(old_password));
    FUZZ_CHECK(wb_wire_put_secret(written, password, old_password) == in.len);
    FUZZ_CHECK(memcmp(written, in.p, in.len) == 0);
    wb_wire_external(WB_LABEL_REQUEST, written, external);
    FUZZ_CHECK(memcmp(external + 9, written, PWWB_ID_SIZE) == 0);
    FUZZ_CHECK(wb_wire_wants_password(PWWB_OPERATION_CHANGE)
               && wb_wire_wants_old_password(PWWB_OPERATION_CHANGE));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_begin();
    read_claims(wb_span_of(data, size));
    read_secret(wb_span_of(data, size));
    return 0;
}
