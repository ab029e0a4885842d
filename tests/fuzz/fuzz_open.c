/* SPDX-License-Identifier: Apache-2.0 */
/* parses: envelope_open.c */
/* Requests, both phases, both suites: the octets as they come from the relay; as the inner layer,
 * sealed by a holder of the tenant key; and where they begin with a map, claims and after them a
 * secret, sealed as a portal seals. */
#include "fuzz_keys.h"

/* Made for each input, and used again by all that is opened for it. */
static pwwb_request *request;

static void
check_passwords(int are_readable)
{
    int32_t operation = pwwb_request_claims(request)->operation;
    size_t  len, old_len;

    FUZZ_CHECK((pwwb_request_password(request, &len) != NULL) == (len > 0));
    FUZZ_CHECK((pwwb_request_old_password(request, &old_len) != NULL) == (old_len > 0));
    FUZZ_CHECK((len > 0) == (are_readable && wb_wire_wants_password(operation)));
    FUZZ_CHECK((old_len > 0) == (are_readable && wb_wire_wants_old_password(operation)));
}

/* The first phase has only these answers, and knows claims after four of them. */
static void
check_claims(pwwb_status st, int is_given)
{
    int has_claims = st == PWWB_OK || st == PWWB_E_WRONG_TENANT || st == PWWB_E_EXPIRED
                     || st == PWWB_E_NOT_YET;

    FUZZ_CHECK(is_given == (st != PWWB_E_INVALID_ARGUMENT));
    FUZZ_CHECK(!is_given || has_claims || st == PWWB_E_TOO_LARGE || st == PWWB_E_MALFORMED
               || st == PWWB_E_KEY_UNKNOWN || st == PWWB_E_NOT_AUTHENTIC);
    FUZZ_CHECK(has_claims == (pwwb_request_claims(request) != NULL));
    if (!has_claims)
        return;

    FUZZ_CHECK(wb_wire_claims_fit(pwwb_request_claims(request)));
    FUZZ_CHECK(memcmp(wb_request_epoch(request)->keyring->tenant, fuzz_tenant, PWWB_ID_SIZE) == 0);
    FUZZ_CHECK(wb_request_epoch(request) != NULL);
}

static void
open_both(pwwb_keyring *keyring, wb_span sealed)
{
    pwwb_status st;

    st = pwwb_request_open(request, keyring, sealed.p, sealed.len, FUZZ_NOW, 120, NULL);
    check_claims(st, sealed.p != NULL);
    if (st == PWWB_OK) {
        st = pwwb_request_open_secret(request, NULL);
        FUZZ_CHECK(st
                   == (keyring->half == PWWB_HALF_PORTAL ? PWWB_E_KEY_HALF
                       : st == PWWB_OK                                ? PWWB_OK
                                                                      : PWWB_E_NOT_AUTHENTIC));
        check_passwords(st == PWWB_OK);
        wb_request_forget(request);
        check_passwords(0);
    } else {
        FUZZ_CHECK(pwwb_request_open_secret(request, NULL) == PWWB_E_STATE);
    }
}

static void
open_inner(pwwb_keyring *keyring, wb_span inner)
{
    uint8_t sealed[PWWB_ENVELOPE_MAX];
    size_t  len = fuzz_seal_outer(keyring, WB_LABEL_REQUEST, inner, sealed);

    if (len > 0)
        open_both(keyring, wb_span_of(sealed, len));
}

static void
open_claims_and_secret(pwwb_keyring *keyring, wb_span in)
{
    wb_cbor cbor   = wb_cbor_read(in);
    wb_span claims = wb_cbor_skip(&cbor);
    uint8_t inner[PWWB_ENVELOPE_MAX];
    size_t  len = fuzz_seal_inner(keyring, claims, cbor.rest, inner);

    if (cbor.status == PWWB_OK && len > 0)
        open_inner(keyring, wb_span_of(inner, len));
}

/* Past the content key the suites are one: X25519 does, which is cheaper, and each half of it. */
static void
open_portals(wb_span in)
{
    open_claims_and_secret(fuzz_keyring(PWWB_SUITE_X25519, PWWB_HALF_AGENT), in);
    open_claims_and_secret(fuzz_keyring(PWWB_SUITE_X25519, PWWB_HALF_PORTAL), in);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    wb_span in     = {size > 0 ? data : NULL, size};
    int     is_map = size > 0 && data[0] >> 5 == 5;
    int32_t suite;

    fuzz_begin();
    FUZZ_CHECK(pwwb_request_new(&request, NULL) == PWWB_OK);
    if (is_map)
        open_portals(in);
    for (suite = PWWB_SUITE_RSA; !is_map && suite <= PWWB_SUITE_X25519; suite++) {
        open_both(fuzz_keyring(suite, PWWB_HALF_AGENT), in);
        open_inner(fuzz_keyring(suite, PWWB_HALF_AGENT), in);
    }
    pwwb_request_free(request);
    return 0;
}
