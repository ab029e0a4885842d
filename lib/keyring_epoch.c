/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "cose.h"
#include "error.h"
#include "keyring.h"
#include "secret.h"

wb_epoch *
wb_keyring_insert(pwwb_keyring *keyring)
{
    wb_epoch *first = &keyring->epochs[0];
    size_t    place = 0;

    if (keyring->epoch_count == PWWB_EPOCHS_MAX)
        return NULL;
    while (keyring->locked->epochs[place].is_taken)
        place++;

    memmove(first + 1, first, keyring->epoch_count * sizeof(*first));
    memset(first, 0, sizeof(*first));
    first->keyring        = keyring;
    first->keys           = &keyring->locked->epochs[place];
    first->keys->is_taken = 1;
    keyring->epoch_count++;
    return first;
}

void
wb_keyring_drop(pwwb_keyring *keyring, size_t index)
{
    wb_epoch *epoch = &keyring->epochs[index];

    wb_rsa_free(epoch->rsa_public);
    wb_rsa_free(epoch->rsa_private);
    wb_wipe(epoch->keys, sizeof(*epoch->keys));
    keyring->epoch_count--;
    memmove(epoch, epoch + 1, (keyring->epoch_count - index) * sizeof(*epoch));
}

void
wb_epoch_enter(wb_epoch *epoch, int32_t state, int64_t now_s)
{
    epoch->state   = state;
    epoch->since_s = now_s;
}

/* RFC 9679: SHA-256 of the canonical COSE_Key, cut to a kid's size. */
static void
thumbprint(const uint8_t *key, size_t len, uint8_t kid[WB_KID_SIZE])
{
    uint8_t hash[WB_SHA256_SIZE];

    wb_sha256(key, len, hash);
    memcpy(kid, hash, WB_KID_SIZE);
}

void
wb_x25519_kid(const uint8_t public_[WB_X25519_SIZE], uint8_t kid[WB_KID_SIZE])
{
    uint8_t key[WB_X25519_SIZE + 16];

    thumbprint(key, wb_cose_key_x25519(key, sizeof(key), wb_span_of(public_, WB_X25519_SIZE)), kid);
}

static void
rsa_kid(wb_rsa *rsa, uint8_t kid[WB_KID_SIZE])
{
    uint8_t key[WB_RSA_SIZE + 16];
    uint8_t n[WB_RSA_SIZE];
    uint8_t e[3];

    wb_rsa_numbers(rsa, n, e);
    thumbprint(key,
               wb_cose_key_rsa(key, sizeof(key), wb_span_of(n, sizeof(n)), wb_span_of(e, sizeof(e))),
               kid);
}

static void
symmetric_kid(const char *label, const uint8_t key[WB_KEY_SIZE], uint8_t kid[WB_KID_SIZE])
{
    uint8_t hash[WB_SHA256_SIZE];

    wb_sha256_labelled(label, key, WB_KEY_SIZE, hash);
    memcpy(kid, hash, WB_KID_SIZE);
}

void
wb_control_kid(const uint8_t key[WB_KEY_SIZE], uint8_t kid[WB_KID_SIZE])
{
    symmetric_kid("pwwb1-control", key, kid);
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

    if (epoch->public_len != WB_X25519_SIZE || (private_.len != 0 && private_.len != WB_X25519_SIZE))
        return wb_fail(err, PWWB_E_CRYPTO, "an X25519 key has %d octets", WB_X25519_SIZE);
    if (private_.len == 0 && epoch->keyring->half == PWWB_HALF_AGENT)
        return wb_fail(err, PWWB_E_CRYPTO, "the private key is missing");
    if (private_.len == 0)
        return PWWB_OK;

    memcpy(epoch->keys->x25519, private_.p, WB_X25519_SIZE);
    wb_x25519_public(epoch->keys->x25519, public_);
    if (memcmp(public_, epoch->public_, WB_X25519_SIZE) != 0)
        return wb_fail(err, PWWB_E_CRYPTO, "public and private key are no pair");

    return PWWB_OK;
}

pwwb_status
wb_epoch_ready(wb_epoch *epoch, wb_span private_, pwwb_error *err)
{
    pwwb_status st = epoch->suite == PWWB_SUITE_RSA ? ready_rsa(epoch, private_, err)
                                                    : ready_x25519(epoch, private_, err);

    if (st != PWWB_OK)
        return st;

    symmetric_kid("pwwb1-tenant", epoch->keys->tenant, epoch->kid);
    wb_control_kid(epoch->keys->control, epoch->control_kid);
    if (epoch->suite == PWWB_SUITE_RSA)
        rsa_kid(epoch->rsa_public, epoch->recipient_kid);
    else
        wb_x25519_kid(epoch->public_, epoch->recipient_kid);
    return PWWB_OK;
}

static pwwb_status
make_pair(wb_epoch *epoch, wb_span public_, uint8_t *private_, size_t *ret_len, pwwb_error *err)
{
    wb_host_key *host_key = epoch->keyring->host_key;

    if (epoch->suite == PWWB_SUITE_X25519) {
        wb_random(private_, WB_X25519_SIZE);
        wb_x25519_public(private_, epoch->public_);
        epoch->public_len = WB_X25519_SIZE;
        *ret_len          = WB_X25519_SIZE;
        return PWWB_OK;
    }
    if (host_key == NULL)
        return wb_rsa_generate(private_, ret_len, epoch->public_, &epoch->public_len, err);
    if (public_.len == 0)
        return wb_host_key_make(host_key, epoch, err);

    memcpy(epoch->public_, public_.p, public_.len);
    epoch->public_len = public_.len;
    return PWWB_OK;
}

static pwwb_status
make_keys(wb_epoch *epoch, wb_span public_, pwwb_error *err)
{
    uint8_t     random[WB_KEY_SIZE];
    uint8_t    *private_ = wb_secret_new(WB_RSA_DER_MAX);
    size_t      len      = 0;
    pwwb_status st;

    if (private_ == NULL)
        return wb_fail(err, PWWB_E_NO_MEMORY, "no locked memory for a key pair");

    wb_random(epoch->keys->tenant, WB_KEY_SIZE);
    wb_random(epoch->keys->control, WB_KEY_SIZE);
    wb_random(random, sizeof(random));
    wb_base64url_print(random, sizeof(random), (char *)epoch->keys->relay, WB_RELAY_SIZE);
    wb_wipe(random, sizeof(random));
    epoch->has_relay = 1;
    st = make_pair(epoch, public_, private_, &len, err);
    if (st == PWWB_OK)
        st = wb_epoch_ready(epoch, wb_span_of(private_, len), err);
    wb_secret_free(private_);
    return st;
}

pwwb_status
wb_keyring_make_epoch(pwwb_keyring *keyring, int32_t suite, wb_span public_, int64_t now_s,
                      pwwb_error *err)
{
    wb_epoch   *epoch = wb_keyring_insert(keyring);
    pwwb_status st;

    if (epoch == NULL)
        return wb_fail(err, PWWB_E_FULL, "%d epochs are still open: wait until the oldest is wiped",
                       PWWB_EPOCHS_MAX);
    if (keyring->generation >= WB_GENERATION_MAX) {
        wb_keyring_drop(keyring, 0);
        return wb_fail(err, PWWB_E_FULL, "no generation is left: begin with an empty store");
    }

    epoch->suite      = suite;
    epoch->generation = keyring->generation + 1;
    epoch->created_s  = now_s;
    wb_epoch_enter(epoch, PWWB_EPOCH_PENDING, now_s);
    st = make_keys(epoch, public_, err);
    if (st != PWWB_OK) {
        wb_keyring_drop(keyring, 0);
        return st;
    }
    keyring->generation = epoch->generation;
    return PWWB_OK;
}
