/* SPDX-License-Identifier: Apache-2.0 */
/* parses: order.c cose_sign.c recipient.c */
/* Orders: the octets as they come from the relay; as their plaintext, sealed to the portal by a
 * stranger; and as the payload that the agents' identity signs. An order that is taken is sealed
 * again, and has the same digest. */
#include "fuzz_orders.h"

static void
check_order(const wb_order *o)
{
    uint8_t own[WB_X25519_SIZE];
    int     has = wb_order_has_bundle(o->kind);

    wb_x25519_public(fuzz_portal, own);
    FUZZ_CHECK(o->kind >= PWWB_EXCHANGE_ENABLE && o->kind <= PWWB_EXCHANGE_REVOKE);
    FUZZ_CHECK(memcmp(o->tenant, fuzz_tenant, PWWB_ID_SIZE) == 0);
    FUZZ_CHECK(memcmp(o->portal, own, WB_X25519_SIZE) == 0);
    FUZZ_CHECK(o->issued_s >= 0 && o->created_s >= 0);
    FUZZ_CHECK(has == (o->generation > 0) && has == (o->public_len > 0) && has == (o->suite > 0));
    FUZZ_CHECK(o->generation <= WB_GENERATION_MAX && o->public_len <= sizeof(o->public_));
}

/* Nobody else's signature verifies; Ed25519 makes the same one each time. */
static void
seal_again(const wb_order *order, const uint8_t digest[WB_SHA256_SIZE])
{
    uint8_t sealed[PWWB_ENVELOPE_MAX], identity[WB_ED25519_SIZE], again[WB_SHA256_SIZE];
    size_t  len, need;

    wb_ed25519_public(fuzz_identity, identity);
    FUZZ_CHECK(memcmp(order->identity, identity, sizeof(identity)) == 0);
    FUZZ_CHECK(wb_order_seal(order, fuzz_identity, sealed, 10, &need, again, NULL)
               == PWWB_E_BUFFER_TOO_SMALL);
    FUZZ_CHECK(wb_order_seal(order, fuzz_identity, sealed, need, &len, again, NULL) == PWWB_OK);
    FUZZ_CHECK(len == need && memcmp(again, digest, sizeof(again)) == 0);
}

static pwwb_status
open_sealed(wb_span sealed)
{
    uint8_t     digest[WB_SHA256_SIZE], kid[WB_KID_SIZE];
    pwwb_error *err = pwwb_error_new();
    wb_order    order;
    pwwb_status st = wb_order_open(sealed, fuzz_portal, fuzz_tenant, &order, digest, err);

    fuzz_check_text(err);
    pwwb_error_free(err);
    if (st == PWWB_OK) {
        check_order(&order);
        seal_again(&order, digest);
    } else {
        FUZZ_CHECK(st == PWWB_E_MALFORMED || st == PWWB_E_NOT_AUTHENTIC
                   || st == PWWB_E_WRONG_TENANT || st == PWWB_E_TOO_LARGE);
        FUZZ_CHECK(fuzz_is_zero(&order, sizeof(order)));
    }
    FUZZ_CHECK(wb_order_kid(sealed, kid, NULL) == PWWB_OK || st == PWWB_E_MALFORMED
               || st == PWWB_E_TOO_LARGE);
    return st;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    wb_span in = {size > 0 ? data : (const uint8_t *)"", size};
    uint8_t signed_[PWWB_ENVELOPE_MAX], sealed[PWWB_ENVELOPE_MAX];
    size_t  len;

    fuzz_begin();
    (void)open_sealed(in);
    len = fuzz_seal_to_portal(in, sealed);
    if (len > 0)
        (void)open_sealed(wb_span_of(sealed, len));
    len = fuzz_sign(in, signed_);
    len = len > 0 ? fuzz_seal_to_portal(wb_span_of(signed_, len), sealed) : 0;
    if (len > 0)
        (void)open_sealed(wb_span_of(sealed, len));
    return 0;
}
