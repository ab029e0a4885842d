/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WB_CRYPTO_H
#define WB_CRYPTO_H

/* The only door to libsodium's ciphers and mbedTLS' RSA. Above it nobody knows which library does
 * what: AES-256-GCM is libsodium's where the CPU has it and mbedTLS' elsewhere; RSA is the legacy
 * mbedtls_rsa_*, since PSA on 2.28 corrupts the heap under threads. */

#include <pwwb/error.h>
#include <sys/types.h>

#include "span.h"

#define WB_KEY_SIZE    32
#define WB_IV_SIZE     12
#define WB_TAG_SIZE    16
#define WB_SHA256_SIZE 32
#define WB_SHA1_SIZE   20
#define WB_X25519_SIZE 32
#define WB_RSA_BITS    2048
#define WB_RSA_SIZE    256
#define WB_RSA_DER_MAX 1400 /* PKCS#1 RSAPrivateKey of 2048 bits is up to 1192 octets */
#define WB_RSA_PUB_MAX 300  /* SubjectPublicKeyInfo of 2048 bits is 294 octets */

/* Start the libraries, once for the process; any thread, any number of times. */
pwwb_status wb_crypto_ready(pwwb_error *err);
int         wb_crypto_has_aesni(void);

void wb_random(void *buf, size_t len);
/* As mbedTLS wants its random source. */
int  wb_random_f(void *ctx, unsigned char *buf, size_t len);
void wb_sha256(const void *data, size_t len, uint8_t out[WB_SHA256_SIZE]);
/* Hash of a label and octets: key ids and digests of different things never meet. */
void wb_sha256_labelled(const char *label, const void *data, size_t len,
                        uint8_t out[WB_SHA256_SIZE]);

/* For lists of leaked passwords alone, which are made with it. 0, or -1 when mbedTLS has none. */
int  wb_sha1(const void *data, size_t len, uint8_t out[WB_SHA1_SIZE]);

/* HKDF-SHA-256 without salt, one block: 32 octets. RFC 5869; RFC 9053 5.1 */
void wb_hkdf32(const uint8_t *ikm, size_t ikm_len, wb_span info, uint8_t out[WB_KEY_SIZE]);

/* AES-256-GCM, RFC 9053 4.1. `sealed` is plain_len + WB_TAG_SIZE octets. Returns 0, or -1 when
 * the tag is wrong; `plain` is then zero. May be done in place. */
int wb_gcm_seal(const uint8_t key[WB_KEY_SIZE], const uint8_t iv[WB_IV_SIZE], wb_span aad,
                const uint8_t *plain, size_t plain_len, uint8_t *sealed);
int wb_gcm_open(const uint8_t key[WB_KEY_SIZE], const uint8_t iv[WB_IV_SIZE], wb_span aad,
                wb_span sealed, uint8_t *plain);

/* X25519, RFC 7748. wb_x25519 returns -1 for an all-zero shared secret. */
void wb_x25519_public(const uint8_t secret[WB_X25519_SIZE], uint8_t out[WB_X25519_SIZE]);
int  wb_x25519(const uint8_t secret[WB_X25519_SIZE], const uint8_t peer[WB_X25519_SIZE],
               uint8_t shared[WB_X25519_SIZE]);

/* Key files: XChaCha20-Poly1305, and Argon2id over a passphrase. */
#define WB_SEAL_NONCE_SIZE 24
#define WB_SALT_SIZE       16
#define WB_ARGON_OPS       3
#define WB_ARGON_MEM       (256u << 20)
#define WB_ARGON_OPS_MAX   10
#define WB_ARGON_MEM_MAX   (1024u << 20)

void wb_xchacha_seal(const uint8_t key[WB_KEY_SIZE], const uint8_t nonce[WB_SEAL_NONCE_SIZE],
                     wb_span aad, wb_span plain, uint8_t *sealed);
int  wb_xchacha_open(const uint8_t key[WB_KEY_SIZE], const uint8_t nonce[WB_SEAL_NONCE_SIZE],
                     wb_span aad, wb_span sealed, uint8_t *plain);
/* -1 when there is not enough memory, or the numbers are out of range. */
int wb_argon2id(wb_span passphrase, const uint8_t salt[WB_SALT_SIZE], uint32_t ops, uint32_t mem,
                uint8_t key[WB_KEY_SIZE]);

/* Base64 with padding, RFC 4648 4. Return -1 when it does not fit or is not strict. */
int wb_base64_print(const uint8_t *data, size_t len, char *text, size_t text_size);
int wb_base64_parse(const char *text, size_t text_len, uint8_t *data, size_t len);

/* Base64url without padding, RFC 4648 5; printed with a NUL. Parsing returns how many octets there
 * are, -1 when they do not fit or are not strict. */
size_t  wb_base64url_size(size_t len); /* NUL included */
void    wb_base64url_print(const uint8_t *data, size_t len, char *text, size_t text_size);
ssize_t wb_base64url_parse(const char *text, size_t text_len, uint8_t *data, size_t size);

/* Ed25519, RFC 8032, by its 32-octet seed. Verifying returns 0 or -1. */
#define WB_ED25519_SIZE   32
#define WB_SIGNATURE_SIZE 64
void wb_ed25519_public(const uint8_t seed[WB_ED25519_SIZE], uint8_t public_[WB_ED25519_SIZE]);
void wb_ed25519_sign(const uint8_t seed[WB_ED25519_SIZE], wb_span message,
                     uint8_t signature[WB_SIGNATURE_SIZE]);
int  wb_ed25519_verify(const uint8_t public_[WB_ED25519_SIZE], wb_span message,
                       const uint8_t signature[WB_SIGNATURE_SIZE]);

/* An RSA key with its pool of kept contexts, crypto_rsa.c. Any number of threads may use one:
 * each takes a context of its own, for one context is serial and a copy shares its blinding. */
typedef struct wb_rsa wb_rsa;

/* DER: RSAPrivateKey (RFC 8017 A.1.2) when `is_private`, else SubjectPublicKeyInfo (RFC 5280).
 * Only 2048 bits. */
pwwb_status wb_rsa_new(wb_span der, int is_private, wb_rsa **ret_rsa, pwwb_error *err);
void        wb_rsa_free(wb_rsa *rsa);
/* Modulus and public exponent, big-endian. */
void        wb_rsa_numbers(wb_rsa *rsa, uint8_t n[WB_RSA_SIZE], uint8_t e[3]);
/* The octets it was made from, in locked memory. */
wb_span     wb_rsa_der(const wb_rsa *rsa);

/* Make a pair, in the forms wb_rsa_new() takes. `der` is locked memory. */
pwwb_status wb_rsa_generate(uint8_t der[WB_RSA_DER_MAX], size_t *ret_der_len,
                            uint8_t pub[WB_RSA_PUB_MAX], size_t *ret_pub_len, pwwb_error *err);

/* RSAES-OAEP with SHA-256 and MGF1-SHA-256, no label: RFC 8230 3, RFC 8017 7.1. */
pwwb_status wb_rsa_seal(wb_rsa *rsa, const uint8_t cek[WB_KEY_SIZE], uint8_t out[WB_RSA_SIZE],
                        pwwb_error *err);
/* On bad padding the CEK is random and PWWB_OK is returned: the layer within fails instead, so
 * that no caller can tell the two apart. Other statuses are about this machine. */
pwwb_status wb_rsa_open(wb_rsa *rsa, wb_span sealed, uint8_t cek[WB_KEY_SIZE], pwwb_error *err);
/* The bare operation, any length of message, for vectors: 0, or -1, or a status of this machine. */
int wb_rsa_open_any(wb_rsa *rsa, wb_span sealed, uint8_t *out, size_t out_size, size_t *ret_len);

#endif /* WB_CRYPTO_H */
