/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RIVALS_H
#define RIVALS_H

/*
 * What sealing and opening are compared with: the bare operation that neither can do without, and
 * what somebody would make of OpenSSL's EVP. Every context that can be kept is kept.
 */

#include <mbedtls/pk.h>
#include <mbedtls/rsa.h>
#include <mbedtls/version.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <openssl/rsa.h>
#include <sodium.h>
#include <string.h>

#include "bench.h"
#include "cose.h"
#include "envelope.h"

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

/* What AES-256-GCM takes of one layer. */
typedef struct piece {
    wb_cose_layer layer;
    uint8_t       aad[WB_AAD_MAX];
    size_t        aad_len;
} piece;

/* One suite, its keys as each side wants them, and one request taken apart. */
typedef struct suite {
    pwwb_keyring      *keyring;
    const wb_epoch    *epoch;
    pwwb_request      *request;
    pwwb_claims        claims;
    uint8_t            sealed[PWWB_ENVELOPE_MAX];
    size_t             sealed_len;
    uint8_t            bad[PWWB_ENVELOPE_MAX]; /* the same, spoilt */
    uint8_t            inside[PWWB_ENVELOPE_MAX];
    piece              outer;
    piece              inner;
    uint8_t            context[64]; /* of the key derivation */
    size_t             context_len;
    uint8_t            cek[WB_KEY_SIZE];
    uint8_t            out[PWWB_ENVELOPE_MAX];
    mbedtls_pk_context mbed;
    EVP_PKEY          *key;
    EVP_PKEY_CTX      *opener;
    EVP_PKEY_CTX      *sealer;
    EVP_CIPHER_CTX    *gcm;
    EVP_KDF_CTX       *kdf;
} suite;

/* The bare operations. */
static int
bare_rsa_open(void *arg)
{
    suite *s = arg;
    size_t len;

    return RSA_OPEN(mbedtls_pk_rsa(s->mbed), &len, s->inner.layer.recipient.ciphertext.p, s->out,
                    sizeof(s->out));
}

static int
bare_rsa_seal(void *arg)
{
    suite *s = arg;

    return RSA_SEAL(mbedtls_pk_rsa(s->mbed), s->cek, sizeof(s->cek), s->out);
}

static int
sodium_gcm(suite *s, const uint8_t *key, const piece *p)
{
    return crypto_aead_aes256gcm_decrypt(s->out, NULL, NULL, p->layer.ciphertext.p,
                                         p->layer.ciphertext.len, p->aad, p->aad_len,
                                         p->layer.iv.p, key);
}

static int
bare_gate(void *arg)
{
    suite *s = arg;

    return sodium_gcm(s, s->epoch->keys->tenant, &s->outer);
}

/* What no opening of a request can do without: one multiplication, and AES over the message. */
static int
least_x25519_open(void *arg)
{
    suite  *s = arg;
    uint8_t shared[WB_X25519_SIZE];
    int     rc;

    rc = crypto_scalarmult(shared, s->epoch->keys->x25519, s->inner.layer.recipient.ephemeral.p);
    return rc != 0 ? rc : sodium_gcm(s, s->epoch->keys->tenant, &s->outer);
}

static int
bare_x25519_open(void *arg)
{
    suite  *s = arg;
    uint8_t shared[WB_X25519_SIZE], cek[WB_KEY_SIZE];
    int     rc;

    rc = crypto_scalarmult(shared, s->epoch->keys->x25519, s->inner.layer.recipient.ephemeral.p);
    wb_hkdf32(shared, sizeof(shared), wb_span_of(s->context, s->context_len), cek);
    return rc != 0 ? rc : sodium_gcm(s, cek, &s->inner);
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
    return crypto_aead_aes256gcm_encrypt(s->out, NULL, s->inside,
                                         s->inner.layer.ciphertext.len - WB_TAG_SIZE, s->inner.aad,
                                         s->inner.aad_len, NULL, s->inner.layer.iv.p, cek);
}

/* One layer with OpenSSL: open its octets, or seal as many. */
static int
evp_gcm(suite *s, const uint8_t *key, const piece *p, int seals)
{
    wb_span in   = p->layer.ciphertext;
    int     body = (int)in.len - WB_TAG_SIZE;
    int     ok   = EVP_CipherInit_ex(s->gcm, NULL, NULL, key, p->layer.iv.p, seals);
    uint8_t tag[WB_TAG_SIZE];
    int     n;

    memcpy(tag, in.p + body, sizeof(tag));
    ok = ok && EVP_CipherUpdate(s->gcm, NULL, &n, p->aad, (int)p->aad_len);
    ok = ok && EVP_CipherUpdate(s->gcm, s->out, &n, in.p, body);
    if (!seals)
        ok = ok && EVP_CIPHER_CTX_ctrl(s->gcm, EVP_CTRL_AEAD_SET_TAG, WB_TAG_SIZE, tag);
    ok = ok && EVP_CipherFinal_ex(s->gcm, s->out + body, &n);
    if (seals)
        ok = ok && EVP_CIPHER_CTX_ctrl(s->gcm, EVP_CTRL_AEAD_GET_TAG, WB_TAG_SIZE, tag);
    return ok ? 0 : -1;
}

static int
evp_gate(void *arg)
{
    suite *s = arg;

    return evp_gcm(s, s->epoch->keys->tenant, &s->outer, 0);
}

/* The private operation as a host would do it: `ctx` is kept, OAEP is set in it. */
static int
evp_unwrap(EVP_PKEY_CTX *ctx, wb_span wrapped, uint8_t cek[WB_KEY_SIZE])
{
    uint8_t out[WB_RSA_SIZE];
    size_t  len = sizeof(out);

    if (EVP_PKEY_decrypt(ctx, out, &len, wrapped.p, wrapped.len) <= 0 || len != WB_KEY_SIZE)
        return -1;

    memcpy(cek, out, WB_KEY_SIZE);
    OPENSSL_cleanse(out, sizeof(out));
    return 0;
}

static int
evp_rsa_open(void *arg)
{
    suite  *s = arg;
    uint8_t cek[WB_KEY_SIZE];
    int     rc = evp_unwrap(s->opener, s->inner.layer.recipient.ciphertext, cek);

    return rc != 0 ? rc : evp_gcm(s, cek, &s->inner, 0);
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
    return evp_gcm(s, s->cek, &s->inner, 1);
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
    suite    *s         = arg;
    wb_span   ephemeral = s->inner.layer.recipient.ephemeral;
    EVP_PKEY *peer      = EVP_PKEY_new_raw_public_key(EVP_PKEY_X25519, NULL, ephemeral.p,
                                                      ephemeral.len);
    uint8_t   cek[WB_KEY_SIZE];
    int       rc = evp_derive(s, s->opener, peer, cek);

    EVP_PKEY_free(peer);
    return rc != 0 ? rc : evp_gcm(s, cek, &s->inner, 0);
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
    return rc != 0 ? rc : evp_gcm(s, cek, &s->inner, 1);
}

/* Take the request apart, for those who only do what is within. */
static void
take_apart(suite *s)
{
    uint8_t external[WB_EXTERNAL_SIZE];
    size_t  len;

    must(wb_cose_parse_encrypt0(wb_span_of(s->sealed, s->sealed_len), &s->outer.layer), "outer");
    wb_wire_external(WB_LABEL_REQUEST, s->claims.tenant, external);
    s->outer.aad_len = wb_cose_aad(s->outer.aad, sizeof(s->outer.aad), "Encrypt0",
                                   s->outer.layer.protected_,
                                   wb_span_of(external, sizeof(external)));
    must(sodium_gcm(s, s->epoch->keys->tenant, &s->outer), "outer AES");
    len = s->outer.layer.ciphertext.len - WB_TAG_SIZE;
    memcpy(s->inside, s->out, len);
    must(wb_cose_parse_encrypt(wb_span_of(s->inside, len), &s->inner.layer), "inner");
    s->inner.aad_len = wb_cose_aad(s->inner.aad, sizeof(s->inner.aad), "Encrypt",
                                   s->inner.layer.protected_, wb_span_of(NULL, 0));
    s->context_len   = wb_cose_kdf_context(s->context, sizeof(s->context), WB_COSE_A256GCM, 256,
                                           s->inner.layer.recipient.protected_);
}

/* The same keys for everybody. */
static int
load_rivals(suite *s)
{
    wb_span        der = s->epoch->suite == PWWB_SUITE_RSA ? wb_rsa_der(s->epoch->rsa_private)
                                                           : wb_span_of(NULL, 0);
    const uint8_t *p   = der.p;
    EVP_KDF       *hkdf = EVP_KDF_fetch(NULL, "HKDF", NULL);
    int            ok;

    s->gcm = EVP_CIPHER_CTX_new();
    s->kdf = EVP_KDF_CTX_new(hkdf);
    EVP_KDF_free(hkdf);
    ok = EVP_CipherInit_ex(s->gcm, EVP_aes_256_gcm(), NULL, NULL, NULL, 0);
    if (der.p == NULL) {
        s->key    = EVP_PKEY_new_raw_private_key(EVP_PKEY_X25519, NULL, s->epoch->keys->x25519,
                                                 WB_X25519_SIZE);
        s->opener = EVP_PKEY_CTX_new(s->key, NULL);
        s->sealer = EVP_PKEY_CTX_new_id(EVP_PKEY_X25519, NULL);
        return ok ? 0 : -1;
    }

    mbedtls_pk_init(&s->mbed);
    ok = ok && PARSE_PRIVATE(&s->mbed, der.p, der.len) == 0;
    mbedtls_rsa_set_padding(mbedtls_pk_rsa(s->mbed), MBEDTLS_RSA_PKCS_V21, MBEDTLS_MD_SHA256);
    s->key    = d2i_AutoPrivateKey(NULL, &p, (long)der.len);
    s->opener = EVP_PKEY_CTX_new(s->key, NULL);
    s->sealer = EVP_PKEY_CTX_new(s->key, NULL);
    ok        = ok && EVP_PKEY_decrypt_init(s->opener) > 0 && EVP_PKEY_encrypt_init(s->sealer) > 0
         && EVP_PKEY_CTX_set_rsa_padding(s->opener, RSA_PKCS1_OAEP_PADDING) > 0
         && EVP_PKEY_CTX_set_rsa_padding(s->sealer, RSA_PKCS1_OAEP_PADDING) > 0
         && EVP_PKEY_CTX_set_rsa_oaep_md(s->opener, EVP_sha256()) > 0
         && EVP_PKEY_CTX_set_rsa_oaep_md(s->sealer, EVP_sha256()) > 0;
    return ok ? 0 : -1;
}

static void
free_rivals(suite *s)
{
    mbedtls_pk_free(&s->mbed);
    EVP_PKEY_CTX_free(s->opener);
    EVP_PKEY_CTX_free(s->sealer);
    EVP_PKEY_free(s->key);
    EVP_CIPHER_CTX_free(s->gcm);
    EVP_KDF_CTX_free(s->kdf);
}

#endif /* RIVALS_H */
