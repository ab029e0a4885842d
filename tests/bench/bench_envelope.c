/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sealing and opening requests: against the bare private (or public) operation they cannot do
 * without, and against the same made of OpenSSL's EVP. Thread CPU time.
 */

#include <mbedtls/pk.h>
#include <mbedtls/rsa.h>
#include <mbedtls/version.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <openssl/rsa.h>
#include <sodium.h>
#include <time.h>

#include "bench.h"
#include "cose.h"
#include "envelope.h"
#include "fakes.h"

#if MBEDTLS_VERSION_MAJOR >= 3
# define RSA_OPEN(rsa, len, in, out, size) \
     mbedtls_rsa_rsaes_oaep_decrypt(rsa, wb_random_f, NULL, NULL, 0, len, in, out, size)
# define RSA_SEAL(rsa, in, in_len, out) \
     mbedtls_rsa_rsaes_oaep_encrypt(rsa, wb_random_f, NULL, NULL, 0, in_len, in, out)
# define PARSE_PRIVATE(pk, p, len) mbedtls_pk_parse_key(pk, p, len, NULL, 0, wb_random_f, NULL)
#else
# define RSA_OPEN(rsa, len, in, out, size)                                                       \
     mbedtls_rsa_rsaes_oaep_decrypt(rsa, wb_random_f, NULL, MBEDTLS_RSA_PRIVATE, NULL, 0, len, in, \
                                    out, size)
# define RSA_SEAL(rsa, in, in_len, out)                                                          \
     mbedtls_rsa_rsaes_oaep_encrypt(rsa, wb_random_f, NULL, MBEDTLS_RSA_PUBLIC, NULL, 0, in_len, \
                                    in, out)
# define PARSE_PRIVATE(pk, p, len) mbedtls_pk_parse_key(pk, p, len, NULL, 0)
#endif

static const char password[] = "Correct-Horse-16";

/* One suite, its keys as each side wants them, and one request taken apart. */
typedef struct suite {
    pwwb_keyring      *keyring;
    const wb_epoch    *epoch;
    pwwb_request      *request;
    pwwb_claims        claims;
    uint8_t            sealed[PWWB_ENVELOPE_MAX];
    size_t             sealed_len;
    uint8_t            inner[PWWB_ENVELOPE_MAX]; /* what the spans below point into */
    size_t             inner_len;
    wb_cose_layer      layer;
    uint8_t            aad[WB_AAD_MAX];
    size_t             aad_len;
    uint8_t            context[64]; /* of the key derivation */
    size_t             context_len;
    uint8_t            cek[WB_KEY_SIZE];
    uint8_t            plain[PWWB_ENVELOPE_MAX];
    mbedtls_pk_context mbed;
    EVP_PKEY          *key;
    EVP_PKEY_CTX      *opener;
    EVP_PKEY_CTX      *sealer;
    EVP_CIPHER_CTX    *gcm;
    EVP_KDF_CTX       *kdf;
} suite;

static int64_t
now_s(void)
{
    return (int64_t)time(NULL);
}

/* Ours. */
static int
ours_open(void *arg)
{
    suite *s = arg;
    int    rc;

    rc = pwwb_request_open(s->request, s->keyring, s->sealed, s->sealed_len, now_s(), 120, NULL);
    return rc == PWWB_OK ? pwwb_request_open_secret(s->request, NULL) : rc;
}

static int
ours_seal(void *arg)
{
    suite *s = arg;
    size_t len;

    memset(s->claims.cti, 0, sizeof(s->claims.cti));
    return pwwb_request_seal(s->keyring, &s->claims, (const uint8_t *)password, strlen(password),
                             NULL, 0, s->plain, sizeof(s->plain), &len, NULL);
}

/* The bare operations. */
static int
bare_rsa_open(void *arg)
{
    suite *s = arg;
    size_t len;

    return RSA_OPEN(mbedtls_pk_rsa(s->mbed), &len, s->layer.recipient.ciphertext.p, s->plain,
                    sizeof(s->plain));
}

static int
bare_rsa_seal(void *arg)
{
    suite *s = arg;

    return RSA_SEAL(mbedtls_pk_rsa(s->mbed), s->cek, sizeof(s->cek), s->plain);
}

static int
bare_gcm_open(const suite *s, const uint8_t *key, uint8_t *plain)
{
    return crypto_aead_aes256gcm_decrypt(plain, NULL, NULL, s->layer.ciphertext.p,
                                         s->layer.ciphertext.len, s->aad, s->aad_len,
                                         s->layer.iv.p, key);
}

static int
bare_x25519_open(void *arg)
{
    suite  *s = arg;
    uint8_t shared[WB_X25519_SIZE], cek[WB_KEY_SIZE];
    int     rc;

    rc = crypto_scalarmult(shared, s->epoch->keys->x25519, s->layer.recipient.ephemeral.p);
    wb_hkdf32(shared, sizeof(shared), wb_span_of(s->context, s->context_len), cek);
    return rc != 0 ? rc : bare_gcm_open(s, cek, s->plain);
}

static int
bare_x25519_seal(void *arg)
{
    suite  *s = arg;
    uint8_t secret[WB_X25519_SIZE], public_[WB_X25519_SIZE], shared[WB_X25519_SIZE];
    uint8_t cek[WB_KEY_SIZE];

    randombytes_buf(secret, sizeof(secret));
    if (crypto_scalarmult_base(public_, secret) != 0
        || crypto_scalarmult(shared, secret, s->epoch->public_) != 0)
        return -1;

    wb_hkdf32(shared, sizeof(shared), wb_span_of(s->context, s->context_len), cek);
    return crypto_aead_aes256gcm_encrypt(s->plain, NULL, s->inner,
                                         s->layer.ciphertext.len - WB_TAG_SIZE, s->aad, s->aad_len,
                                         NULL, s->layer.iv.p, cek);
}

/* OpenSSL, contexts kept wherever they can be. */
static int
evp_gcm(suite *s, const uint8_t *key, int seals, wb_span in)
{
    const uint8_t *tag = in.p + in.len - WB_TAG_SIZE;
    uint8_t        made[WB_TAG_SIZE];
    int            n, body = (int)in.len - WB_TAG_SIZE;
    int            ok = EVP_CipherInit_ex(s->gcm, NULL, NULL, key, s->layer.iv.p, seals);

    ok = ok && EVP_CipherUpdate(s->gcm, NULL, &n, s->aad, (int)s->aad_len);
    ok = ok && EVP_CipherUpdate(s->gcm, s->plain, &n, in.p, body);
    if (!seals) {
        memcpy(made, tag, sizeof(made));
        ok = ok && EVP_CIPHER_CTX_ctrl(s->gcm, EVP_CTRL_AEAD_SET_TAG, WB_TAG_SIZE, made);
    }
    ok = ok && EVP_CipherFinal_ex(s->gcm, s->plain + n, &n);
    if (seals)
        ok = ok && EVP_CIPHER_CTX_ctrl(s->gcm, EVP_CTRL_AEAD_GET_TAG, WB_TAG_SIZE, made);
    return ok ? 0 : -1;
}

static int
evp_rsa_open(void *arg)
{
    suite  *s = arg;
    uint8_t cek[WB_RSA_SIZE];
    size_t  len = sizeof(cek);

    if (EVP_PKEY_decrypt(s->opener, cek, &len, s->layer.recipient.ciphertext.p, WB_RSA_SIZE) <= 0)
        return -1;
    return evp_gcm(s, cek, 0, s->layer.ciphertext);
}

static int
evp_rsa_seal(void *arg)
{
    suite  *s = arg;
    uint8_t wrapped[WB_RSA_SIZE];
    size_t  len = sizeof(wrapped);

    randombytes_buf(s->cek, sizeof(s->cek));
    if (EVP_PKEY_encrypt(s->sealer, wrapped, &len, s->cek, sizeof(s->cek)) <= 0)
        return -1;
    return evp_gcm(s, s->cek, 1, wb_span_of(s->inner, s->layer.ciphertext.len));
}

static int
evp_derive(suite *s, EVP_PKEY_CTX *ctx, EVP_PKEY *peer, uint8_t cek[WB_KEY_SIZE])
{
    char       digest[] = "SHA256";
    uint8_t    shared[WB_X25519_SIZE];
    size_t     len      = sizeof(shared);
    OSSL_PARAM params[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, digest, 0),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY, shared, sizeof(shared)),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO, s->context, s->context_len),
        OSSL_PARAM_construct_end(),
    };

    return EVP_PKEY_derive_init(ctx) > 0 && EVP_PKEY_derive_set_peer(ctx, peer) > 0
                   && EVP_PKEY_derive(ctx, shared, &len) > 0
                   && EVP_KDF_derive(s->kdf, cek, WB_KEY_SIZE, params) > 0
               ? 0
               : -1;
}

static int
evp_x25519_open(void *arg)
{
    suite    *s    = arg;
    EVP_PKEY *peer = EVP_PKEY_new_raw_public_key(EVP_PKEY_X25519, NULL,
                                                 s->layer.recipient.ephemeral.p, WB_X25519_SIZE);
    uint8_t   cek[WB_KEY_SIZE];
    int       rc = evp_derive(s, s->opener, peer, cek);

    EVP_PKEY_free(peer);
    return rc != 0 ? rc : evp_gcm(s, cek, 0, s->layer.ciphertext);
}

static int
evp_x25519_seal(void *arg)
{
    suite        *s    = arg;
    EVP_PKEY     *pair = NULL;
    EVP_PKEY_CTX *ctx;
    uint8_t       cek[WB_KEY_SIZE];
    int           rc;

    if (EVP_PKEY_keygen_init(s->sealer) <= 0 || EVP_PKEY_keygen(s->sealer, &pair) <= 0)
        return -1;

    ctx = EVP_PKEY_CTX_new(pair, NULL);
    rc  = evp_derive(s, ctx, s->key, cek);
    EVP_PKEY_CTX_free(ctx);
    EVP_PKEY_free(pair);
    return rc != 0 ? rc : evp_gcm(s, cek, 1, wb_span_of(s->inner, s->layer.ciphertext.len));
}
