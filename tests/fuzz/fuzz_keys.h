/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FUZZ_KEYS_H
#define FUZZ_KEYS_H

/* Keyrings that are the same in every build, so that what is sealed in a corpus stays sealed for
 * them: of the published test keys of tests/vectors/peers/nested.json. This file alone knows what a
 * keyring looks like. And what a holder of these keys can make: any octets, sealed. */

#include "cose.h"
#include "envelope.h"
#include "fuzz.h"
#include "keyring.h"
#include "octets.h"

static const struct fuzz_peers {
    octets tenant;
    octets password;
    octets rsa_private;
    octets rsa_public;
    octets rsa_thumbprint;
    octets x25519_secret;
    octets x25519_public;
    octets x25519_thumbprint;
} fuzz_peers[] = {
#include "peers_keys.h"
};

static const uint8_t fuzz_tenant[PWWB_ID_SIZE + 1] = "tenant of a fuzz";
static const uint8_t fuzz_cti[PWWB_ID_SIZE + 1]    = "cti of a request";

/* The claims' time, and when a target opens. */
#define FUZZ_IAT 1760000000
#define FUZZ_NOW (FUZZ_IAT + 1)

/* Where the generations stand, which are 1, in a keyring's octets: its own and its epoch's. */
#define FUZZ_AT_GENERATION       26
#define FUZZ_AT_EPOCH_GENERATION 31

static inline void
fuzz_put_int(wb_cbor_out *out, int64_t key, int64_t value)
{
    wb_cbor_put_int(out, key);
    wb_cbor_put_int(out, value);
}

static inline void
fuzz_put_octets(wb_cbor_out *out, int64_t key, wb_span value)
{
    wb_cbor_put_int(out, key);
    wb_cbor_put_octets(out, value);
}

/* A keyring's octets; returns how many. */
static inline size_t
fuzz_print_keyring(int32_t suite, int32_t half, uint8_t buf[WB_KEYRING_PLAIN_MAX])
{
    int         rsa      = suite == PWWB_SUITE_RSA;
    octets      public_  = rsa ? fuzz_peers[0].rsa_public : fuzz_peers[0].x25519_public;
    octets      private_ = rsa ? fuzz_peers[0].rsa_private : fuzz_peers[0].x25519_secret;
    wb_cbor_out out      = wb_cbor_write(buf, WB_KEYRING_PLAIN_MAX);

    wb_cbor_put_map(&out, 7);
    fuzz_put_int(&out, 1, 1);
    fuzz_put_octets(&out, 2, wb_span_of(fuzz_tenant, PWWB_ID_SIZE));
    fuzz_put_int(&out, 3, half);
    fuzz_put_int(&out, 4, PWWB_TENANT_ENABLED);
    fuzz_put_int(&out, 5, 1);
    wb_cbor_put_int(&out, 6);
    wb_cbor_put_array(&out, 1);
    wb_cbor_put_map(&out, half == PWWB_HALF_AGENT ? 9 : 8);
    fuzz_put_int(&out, 1, 1);
    fuzz_put_int(&out, 2, PWWB_EPOCH_ACTIVE);
    fuzz_put_int(&out, 3, suite);
    fuzz_put_int(&out, 4, FUZZ_IAT);
    fuzz_put_int(&out, 5, FUZZ_IAT);
    fuzz_put_octets(&out, 6, octets_span(fuzz_peers[0].tenant));
    fuzz_put_octets(&out, 7, wb_span_of(fuzz_peers[0].rsa_thumbprint.p, WB_KEY_SIZE));
    fuzz_put_octets(&out, 8, octets_span(public_));
    if (half == PWWB_HALF_AGENT)
        fuzz_put_octets(&out, 10, octets_span(private_));
    wb_cbor_put_int(&out, 7);
    wb_cbor_put_map(&out, 0);
    return out.need;
}

/* Made once, and never freed. */
static inline pwwb_keyring *
fuzz_keyring(int32_t suite, int32_t half)
{
    static pwwb_keyring *made[3][3];
    pwwb_keyring       **keyring = &made[suite][half];
    uint8_t              plain[WB_KEYRING_PLAIN_MAX];

    if (*keyring == NULL)
        FUZZ_CHECK(wb_keyring_parse(wb_span_of(plain, fuzz_print_keyring(suite, half, plain)),
                                    keyring, NULL)
                   == PWWB_OK);
    return *keyring;
}

/* By a holder of the tenant key, who may put anything inside. 0 when it does not fit. */
static inline size_t
fuzz_seal_outer(const pwwb_keyring *keyring, const char *label, wb_span inner,
                uint8_t sealed[PWWB_ENVELOPE_MAX])
{
    size_t len = wb_outer_seal(wb_keyring_active(keyring), label, inner, sealed,
                               PWWB_ENVELOPE_MAX);

    return len <= PWWB_ENVELOPE_MAX ? len : 0;
}

/* The content key for the epoch's recipient, and how it is told; `room` is what `r` points to. */
static inline void
fuzz_wrap(const wb_epoch *epoch, uint8_t cek[WB_KEY_SIZE], uint8_t room[WB_RSA_SIZE],
          wb_cose_recipient *r)
{
    static const octets protected_ = OCTETS("\xa1\x01\x38\x18"); /* {1: -25} */
    uint8_t             secret[WB_X25519_SIZE], shared[WB_X25519_SIZE], context[64];
    size_t              len;

    r->kid = wb_span_of(epoch->recipient_kid, WB_KID_SIZE);
    if (epoch->suite == PWWB_SUITE_RSA) {
        wb_random(cek, WB_KEY_SIZE);
        FUZZ_CHECK(wb_rsa_seal(epoch->rsa_public, cek, room, NULL) == PWWB_OK);
        r->alg        = WB_COSE_RSA_OAEP;
        r->ciphertext = wb_span_of(room, WB_RSA_SIZE);
        return;
    }
    wb_random(secret, sizeof(secret));
    wb_x25519_public(secret, room);
    r->protected_ = octets_span(protected_);
    r->ephemeral  = wb_span_of(room, WB_X25519_SIZE);
    FUZZ_CHECK(wb_x25519(secret, epoch->public_, shared) == 0);
    len = wb_cose_kdf_context(context, sizeof(context), WB_COSE_A256GCM, 256, r->protected_);
    wb_hkdf32(shared, sizeof(shared), wb_span_of(context, len), cek);
}

/* By a portal: any claims, any secret. 0 when it does not fit. */
static inline size_t
fuzz_seal_inner(const pwwb_keyring *keyring, wb_span claims, wb_span secret,
                uint8_t inner[PWWB_ENVELOPE_MAX])
{
    static const octets alg_and_15 = OCTETS("\xa2\x01\x03\x0f"); /* {1: A256GCM, 15: */
    uint8_t             bucket[PWWB_ENVELOPE_MAX], aad[PWWB_ENVELOPE_MAX + 64];
    uint8_t             cek[WB_KEY_SIZE], room[WB_RSA_SIZE], iv[WB_IV_SIZE];
    wb_cose_recipient   r         = {0};
    wb_cbor_out         protected_ = wb_cbor_write(bucket, sizeof(bucket));
    wb_cbor_out         out       = wb_cbor_write(inner, PWWB_ENVELOPE_MAX);
    uint8_t            *sealed;
    size_t              len;

    wb_cbor_put_raw(&protected_, octets_span(alg_and_15));
    wb_cbor_put_raw(&protected_, claims);
    if (!wb_cbor_fits(&protected_))
        return 0;
    len = wb_cose_aad(aad, sizeof(aad), "Encrypt", wb_span_of(bucket, protected_.need),
                      wb_span_of(NULL, 0));
    fuzz_wrap(wb_keyring_active(keyring), cek, room, &r);
    wb_random(iv, sizeof(iv));
    wb_cose_put_encrypt(&out, wb_span_of(bucket, protected_.need), wb_span_of(iv, sizeof(iv)));
    sealed = wb_cbor_put_room(&out, secret.len + WB_TAG_SIZE);
    wb_cose_put_recipient(&out, &r);
    if (!wb_cbor_fits(&out) || sealed == NULL)
        return 0;
    FUZZ_CHECK(wb_gcm_seal(cek, iv, wb_span_of(aad, len), secret.p, secret.len, sealed) == 0);
    return out.need;
}

#endif /* FUZZ_KEYS_H */
