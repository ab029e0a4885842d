/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto.h"

#include <mbedtls/aes.h>
#include <mbedtls/gcm.h>
#include <mbedtls/md.h>
#include <mbedtls/version.h>
#if MBEDTLS_VERSION_MAJOR >= 3
# include <psa/crypto.h>
#endif
#include <pthread.h>
#include <sodium.h>
#include <string.h>

#include "error.h"
#include "secret.h"

static pthread_once_t once  = PTHREAD_ONCE_INIT;
static int            ready = 0;

/* mbedTLS 2.28 finds out about AES-NI in a static variable at first use, unlocked: use it once
 * here, before there are threads. */
static int
warm_up_mbedtls(void)
{
    static const uint8_t key[WB_KEY_SIZE];
    mbedtls_aes_context  aes;
    uint8_t              block[16] = {0};
    int                  rc;

    mbedtls_aes_init(&aes);
    rc = mbedtls_aes_setkey_enc(&aes, key, 256);
    if (rc == 0)
        rc = mbedtls_aes_crypt_ecb(&aes, MBEDTLS_AES_ENCRYPT, block, block);
    mbedtls_aes_free(&aes);
    return rc;
}

static void
start(void)
{
    if (sodium_init() < 0 || warm_up_mbedtls() != 0)
        return;
#if MBEDTLS_VERSION_MAJOR >= 3
    if (psa_crypto_init() != PSA_SUCCESS) /* TLS 1.3 needs it */
        return;
#endif
    ready = 1;
}

pwwb_status
wb_crypto_ready(pwwb_error *err)
{
    if (pthread_once(&once, start) != 0 || !ready)
        return wb_fail(err, PWWB_E_CRYPTO, "libsodium or mbedTLS did not start");

    return PWWB_OK;
}

int
wb_crypto_has_aesni(void)
{
    return crypto_aead_aes256gcm_is_available();
}

void
wb_random(void *buf, size_t len)
{
    randombytes_buf(buf, len);
}

int
wb_random_f(void *ctx, unsigned char *buf, size_t len)
{
    (void)ctx;
    randombytes_buf(buf, len);
    return 0;
}

void
wb_sha256(const void *data, size_t len, uint8_t out[WB_SHA256_SIZE])
{
    crypto_hash_sha256(out, data, len);
}

void
wb_sha256_labelled(const char *label, const void *data, size_t len, uint8_t out[WB_SHA256_SIZE])
{
    crypto_hash_sha256_state state;

    crypto_hash_sha256_init(&state);
    crypto_hash_sha256_update(&state, (const unsigned char *)label, strlen(label) + 1);
    crypto_hash_sha256_update(&state, data, len);
    crypto_hash_sha256_final(&state, out);
    wb_wipe(&state, sizeof(state));
}

int
wb_sha1(const void *data, size_t len, uint8_t out[WB_SHA1_SIZE])
{
    const mbedtls_md_info_t *sha1 = mbedtls_md_info_from_type(MBEDTLS_MD_SHA1);

    return sha1 != NULL && mbedtls_md(sha1, data, len, out) == 0 ? 0 : -1;
}

void
wb_hkdf32(const uint8_t *ikm, size_t ikm_len, wb_span info, uint8_t out[WB_KEY_SIZE])
{
    static const uint8_t         no_salt[WB_SHA256_SIZE];
    static const uint8_t         first = 1;
    crypto_auth_hmacsha256_state state;
    uint8_t                      prk[WB_SHA256_SIZE];

    crypto_auth_hmacsha256_init(&state, no_salt, sizeof(no_salt));
    crypto_auth_hmacsha256_update(&state, ikm, ikm_len);
    crypto_auth_hmacsha256_final(&state, prk);

    crypto_auth_hmacsha256_init(&state, prk, sizeof(prk));
    crypto_auth_hmacsha256_update(&state, info.p, info.len);
    crypto_auth_hmacsha256_update(&state, &first, 1);
    crypto_auth_hmacsha256_final(&state, out);

    wb_wipe(prk, sizeof(prk));
    wb_wipe(&state, sizeof(state));
}

/* libsodium's AES leaves round keys on the stack, whose first is half the key; its frames take less
 * than 1 KiB. */
#define AES_STACK 4096

/* AES-256-GCM where the CPU has no AES-NI. May be table based there, so not constant-time; see
 * docs/secrets.md. */
static int
gcm_by_mbedtls(int mode, const uint8_t *key, const uint8_t *iv, wb_span aad, wb_span in,
               uint8_t *out, uint8_t *tag)
{
    mbedtls_gcm_context gcm;
    int                 rc;

    mbedtls_gcm_init(&gcm);
    rc = mbedtls_gcm_setkey(&gcm, MBEDTLS_CIPHER_ID_AES, key, 256);
    if (rc == 0 && mode == MBEDTLS_GCM_ENCRYPT)
        rc = mbedtls_gcm_crypt_and_tag(&gcm, mode, in.len, iv, WB_IV_SIZE, aad.p, aad.len, in.p,
                                       out, WB_TAG_SIZE, tag);
    else if (rc == 0)
        rc = mbedtls_gcm_auth_decrypt(&gcm, in.len, iv, WB_IV_SIZE, aad.p, aad.len, tag,
                                      WB_TAG_SIZE, in.p, out);
    mbedtls_gcm_free(&gcm);
    return rc == 0 ? 0 : -1;
}

int
wb_gcm_seal(const uint8_t key[WB_KEY_SIZE], const uint8_t iv[WB_IV_SIZE], wb_span aad,
            const uint8_t *plain, size_t plain_len, uint8_t *sealed)
{
    int rc;

    if (wb_crypto_has_aesni())
        rc = crypto_aead_aes256gcm_encrypt(sealed, NULL, plain, plain_len, aad.p, aad.len, NULL, iv,
                                           key);
    else
        rc = gcm_by_mbedtls(MBEDTLS_GCM_ENCRYPT, key, iv, aad, wb_span_of(plain, plain_len), sealed,
                            sealed + plain_len);
    sodium_stackzero(AES_STACK);
    return rc;
}

int
wb_gcm_open(const uint8_t key[WB_KEY_SIZE], const uint8_t iv[WB_IV_SIZE], wb_span aad,
            wb_span sealed, uint8_t *plain)
{
    size_t  plain_len;
    uint8_t tag[WB_TAG_SIZE];
    int     rc;

    if (sealed.len < WB_TAG_SIZE)
        return -1;

    plain_len = sealed.len - WB_TAG_SIZE;
    if (wb_crypto_has_aesni()) {
        rc = crypto_aead_aes256gcm_decrypt(plain, NULL, NULL, sealed.p, sealed.len, aad.p, aad.len,
                                           iv, key);
    } else {
        memcpy(tag, sealed.p + plain_len, sizeof(tag));
        rc = gcm_by_mbedtls(MBEDTLS_GCM_DECRYPT, key, iv, aad, wb_span_of(sealed.p, plain_len),
                            plain, tag);
    }
    sodium_stackzero(AES_STACK);
    if (rc != 0)
        wb_wipe(plain, plain_len);
    return rc;
}

void
wb_x25519_public(const uint8_t secret[WB_X25519_SIZE], uint8_t out[WB_X25519_SIZE])
{
    (void)crypto_scalarmult_base(out, secret);
}

int
wb_x25519(const uint8_t secret[WB_X25519_SIZE], const uint8_t peer[WB_X25519_SIZE],
          uint8_t shared[WB_X25519_SIZE])
{
    return crypto_scalarmult(shared, secret, peer);
}

void
wb_xchacha_seal(const uint8_t key[WB_KEY_SIZE], const uint8_t nonce[WB_SEAL_NONCE_SIZE],
                wb_span aad, wb_span plain, uint8_t *sealed)
{
    (void)crypto_aead_xchacha20poly1305_ietf_encrypt(sealed, NULL, plain.p, plain.len, aad.p,
                                                     aad.len, NULL, nonce, key);
}

int
wb_xchacha_open(const uint8_t key[WB_KEY_SIZE], const uint8_t nonce[WB_SEAL_NONCE_SIZE],
                wb_span aad, wb_span sealed, uint8_t *plain)
{
    return crypto_aead_xchacha20poly1305_ietf_decrypt(plain, NULL, NULL, sealed.p, sealed.len,
                                                      aad.p, aad.len, nonce, key);
}

int
wb_argon2id(wb_span passphrase, const uint8_t salt[WB_SALT_SIZE], uint32_t ops, uint32_t mem,
            uint8_t key[WB_KEY_SIZE])
{
    if (ops < 1 || ops > WB_ARGON_OPS_MAX || mem < (8u << 20) || mem > WB_ARGON_MEM_MAX)
        return -1;

    return crypto_pwhash(key, WB_KEY_SIZE, (const char *)passphrase.p, passphrase.len, salt, ops,
                         mem, crypto_pwhash_ALG_ARGON2ID13);
}

int
wb_base64_print(const uint8_t *data, size_t len, char *text, size_t text_size)
{
    if (sodium_base64_encoded_len(len, sodium_base64_VARIANT_ORIGINAL) > text_size)
        return -1;

    (void)sodium_bin2base64(text, text_size, data, len, sodium_base64_VARIANT_ORIGINAL);
    return 0;
}

/* libsodium 1.0.18 takes each octet above 127 for '/' or '_'. */
static int
is_ascii(const char *text, size_t len)
{
    unsigned all = 0;
    size_t   i;

    for (i = 0; i < len; i++)
        all |= (unsigned char)text[i];
    return all < 0x80;
}

int
wb_base64_parse(const char *text, size_t text_len, uint8_t *data, size_t len)
{
    size_t      got;
    const char *end;

    if (!is_ascii(text, text_len)
        || sodium_base642bin(data, len, text, text_len, NULL, &got, &end,
                             sodium_base64_VARIANT_ORIGINAL)
               != 0)
        return -1;

    return got == len && end == text + text_len ? 0 : -1;
}

size_t
wb_base64url_size(size_t len)
{
    return sodium_base64_encoded_len(len, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

void
wb_base64url_print(const uint8_t *data, size_t len, char *text, size_t text_size)
{
    (void)sodium_bin2base64(text, text_size, data, len, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

ssize_t
wb_base64url_parse(const char *text, size_t text_len, uint8_t *data, size_t size)
{
    size_t      got;
    const char *end;

    if (!is_ascii(text, text_len)
        || sodium_base642bin(data, size, text, text_len, NULL, &got, &end,
                             sodium_base64_VARIANT_URLSAFE_NO_PADDING)
               != 0
        || end != text + text_len)
        return -1;

    return (ssize_t)got;
}

/* libsodium's secret key is seed and public key. */
static void
expand(const uint8_t seed[WB_ED25519_SIZE], uint8_t public_[WB_ED25519_SIZE],
       uint8_t secret[crypto_sign_SECRETKEYBYTES])
{
    (void)crypto_sign_seed_keypair(public_, secret, seed);
}

void
wb_ed25519_public(const uint8_t seed[WB_ED25519_SIZE], uint8_t public_[WB_ED25519_SIZE])
{
    uint8_t secret[crypto_sign_SECRETKEYBYTES];

    expand(seed, public_, secret);
    wb_wipe(secret, sizeof(secret));
}

void
wb_ed25519_sign(const uint8_t seed[WB_ED25519_SIZE], wb_span message,
                uint8_t signature[WB_SIGNATURE_SIZE])
{
    uint8_t public_[WB_ED25519_SIZE];
    uint8_t secret[crypto_sign_SECRETKEYBYTES];

    expand(seed, public_, secret);
    (void)crypto_sign_detached(signature, NULL, message.p, message.len, secret);
    wb_wipe(secret, sizeof(secret));
}

int
wb_ed25519_verify(const uint8_t public_[WB_ED25519_SIZE], wb_span message,
                  const uint8_t signature[WB_SIGNATURE_SIZE])
{
    return crypto_sign_verify_detached(signature, message.p, message.len, public_);
}
