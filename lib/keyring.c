/* SPDX-License-Identifier: Apache-2.0 */
#include "keyring.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "cose.h"
#include "error.h"
#include "secret.h"

struct pwwb_keyring {
    atomic_int references;
    int32_t    half;
    uint8_t    tenant[PWWB_ID_SIZE];
    wb_epoch   epoch;
};

pwwb_keyring *
wb_keyring_alloc(const uint8_t tenant[PWWB_ID_SIZE])
{
    pwwb_keyring *keyring = calloc(1, sizeof(*keyring));

    if (keyring == NULL)
        return NULL;

    atomic_init(&keyring->references, 1);
    memcpy(keyring->tenant, tenant, PWWB_ID_SIZE);
    keyring->epoch.keys = wb_secret_new(sizeof(*keyring->epoch.keys));
    if (keyring->epoch.keys == NULL) {
        free(keyring);
        return NULL;
    }
    return keyring;
}

wb_epoch *
wb_keyring_epoch(pwwb_keyring *keyring)
{
    return &keyring->epoch;
}

const uint8_t *
wb_keyring_tenant(const pwwb_keyring *keyring)
{
    return keyring->tenant;
}

const wb_epoch *
wb_keyring_active(const pwwb_keyring *keyring)
{
    return &keyring->epoch;
}

const wb_epoch *
wb_keyring_find(const pwwb_keyring *keyring, wb_span kid)
{
    const wb_epoch *epoch = &keyring->epoch;

    if (kid.len != WB_KID_SIZE || memcmp(kid.p, epoch->kid, WB_KID_SIZE) != 0)
        return NULL;
    return epoch;
}

/* RFC 9679: SHA-256 of the canonical COSE_Key, cut to a kid's size. */
static void
name_recipient(wb_epoch *epoch)
{
    uint8_t key[WB_RSA_SIZE + 16];
    uint8_t n[WB_RSA_SIZE];
    uint8_t e[3];
    uint8_t hash[WB_SHA256_SIZE];
    size_t  len;

    if (epoch->suite == PWWB_SUITE_RSA) {
        wb_rsa_numbers(epoch->rsa_public, n, e);
        len = wb_cose_key_rsa(key, sizeof(key), wb_span_of(n, sizeof(n)), wb_span_of(e, sizeof(e)));
    } else {
        len = wb_cose_key_x25519(key, sizeof(key), wb_span_of(epoch->public_, WB_X25519_SIZE));
    }
    wb_sha256(key, len, hash);
    memcpy(epoch->recipient_kid, hash, WB_KID_SIZE);
}

static pwwb_status
ready_rsa(wb_epoch *epoch, wb_span private_, pwwb_error *err)
{
    uint8_t     n[2][WB_RSA_SIZE];
    uint8_t     e[2][3];
    pwwb_status st;

    st = wb_rsa_new(wb_span_of(epoch->public_, epoch->public_len), 0, &epoch->rsa_public, err);
    if (st != PWWB_OK || private_.len == 0)
        return st;

    st = wb_rsa_new(private_, 1, &epoch->rsa_private, err);
    if (st != PWWB_OK)
        return st;

    wb_rsa_numbers(epoch->rsa_public, n[0], e[0]);
    wb_rsa_numbers(epoch->rsa_private, n[1], e[1]);
    if (memcmp(n[0], n[1], WB_RSA_SIZE) != 0 || memcmp(e[0], e[1], 3) != 0)
        return wb_fail(err, PWWB_E_CRYPTO, "public and private key are no pair");

    return PWWB_OK;
}

static pwwb_status
ready_x25519(wb_epoch *epoch, wb_span private_, pwwb_error *err)
{
    uint8_t public_[WB_X25519_SIZE];

    if (epoch->public_len != WB_X25519_SIZE)
        return wb_fail(err, PWWB_E_CRYPTO, "an X25519 key has %d octets", WB_X25519_SIZE);
    if (private_.len == 0)
        return PWWB_OK;
    if (private_.len != WB_X25519_SIZE)
        return wb_fail(err, PWWB_E_CRYPTO, "an X25519 key has %d octets", WB_X25519_SIZE);

    memcpy(epoch->keys->x25519, private_.p, WB_X25519_SIZE);
    wb_x25519_public(epoch->keys->x25519, public_);
    if (memcmp(public_, epoch->public_, WB_X25519_SIZE) != 0)
        return wb_fail(err, PWWB_E_CRYPTO, "public and private key are no pair");

    return PWWB_OK;
}

pwwb_status
wb_keyring_ready(pwwb_keyring *keyring, wb_span private_, pwwb_error *err)
{
    wb_epoch   *epoch = &keyring->epoch;
    uint8_t     hash[WB_SHA256_SIZE];
    pwwb_status st;

    st = epoch->suite == PWWB_SUITE_RSA ? ready_rsa(epoch, private_, err)
                                        : ready_x25519(epoch, private_, err);
    if (st != PWWB_OK)
        return st;

    keyring->half = private_.len > 0 ? PWWB_HALF_AGENT : PWWB_HALF_PORTAL;
    wb_sha256_labelled("pwwb1-tenant", epoch->keys->tenant, WB_KEY_SIZE, hash);
    memcpy(epoch->kid, hash, WB_KID_SIZE);
    name_recipient(epoch);
    return PWWB_OK;
}

static pwwb_status
make_pair(wb_epoch *epoch, uint8_t *private_, size_t *ret_len, pwwb_error *err)
{
    if (epoch->suite == PWWB_SUITE_RSA)
        return wb_rsa_generate(private_, ret_len, epoch->public_, &epoch->public_len, err);

    wb_random(private_, WB_X25519_SIZE);
    wb_x25519_public(private_, epoch->public_);
    epoch->public_len = WB_X25519_SIZE;
    *ret_len          = WB_X25519_SIZE;
    return PWWB_OK;
}

static pwwb_status
generate(pwwb_keyring *keyring, int32_t suite, pwwb_error *err)
{
    wb_epoch   *epoch    = &keyring->epoch;
    uint8_t    *private_ = wb_secret_new(WB_RSA_DER_MAX);
    size_t      len      = 0;
    pwwb_status st;

    if (private_ == NULL)
        return wb_fail(err, PWWB_E_NO_MEMORY, "no locked memory for a key pair");

    epoch->suite      = suite;
    epoch->generation = 1;
    epoch->created_s  = wb_clock_system.wall_ms(NULL) / 1000;
    wb_random(epoch->keys->tenant, WB_KEY_SIZE);
    st = make_pair(epoch, private_, &len, err);
    if (st == PWWB_OK)
        st = wb_keyring_ready(keyring, wb_span_of(private_, len), err);
    wb_secret_free(private_);
    return st;
}

pwwb_status
pwwb_keyring_new(const uint8_t tenant[PWWB_ID_SIZE], int32_t suite, pwwb_keyring **ret_keyring,
                 pwwb_error *err)
{
    pwwb_keyring *keyring;
    pwwb_status   st;

    wb_ok(err);
    if (ret_keyring != NULL)
        *ret_keyring = NULL;
    if (tenant == NULL || ret_keyring == NULL)
        return wb_fail(err, PWWB_E_INVALID_ARGUMENT, "tenant and ret_keyring must be given");
    if (suite != PWWB_SUITE_RSA && suite != PWWB_SUITE_X25519)
        return wb_fail(err, PWWB_E_INVALID_ARGUMENT, "suite %d is not known", (int)suite);

    st = wb_crypto_ready(err);
    if (st != PWWB_OK)
        return st;

    keyring = wb_keyring_alloc(tenant);
    if (keyring == NULL)
        return wb_fail(err, PWWB_E_NO_MEMORY, "no memory for a keyring");

    st = generate(keyring, suite, err);
    if (st != PWWB_OK) {
        pwwb_keyring_free(keyring);
        return st;
    }
    *ret_keyring = keyring;
    return PWWB_OK;
}

pwwb_keyring *
pwwb_keyring_ref(pwwb_keyring *keyring)
{
    if (keyring != NULL)
        atomic_fetch_add_explicit(&keyring->references, 1, memory_order_relaxed);
    return keyring;
}

void
pwwb_keyring_free(pwwb_keyring *keyring)
{
    if (keyring == NULL
        || atomic_fetch_sub_explicit(&keyring->references, 1, memory_order_acq_rel) != 1)
        return;

    wb_rsa_free(keyring->epoch.rsa_public);
    wb_rsa_free(keyring->epoch.rsa_private);
    wb_secret_free(keyring->epoch.keys);
    free(keyring);
}

void
pwwb_keyring_tenant(const pwwb_keyring *keyring, uint8_t tenant[PWWB_ID_SIZE])
{
    memcpy(tenant, keyring->tenant, PWWB_ID_SIZE);
}

int32_t
pwwb_keyring_suite(const pwwb_keyring *keyring)
{
    return keyring->epoch.suite;
}

int32_t
pwwb_keyring_half(const pwwb_keyring *keyring)
{
    return keyring->half;
}
