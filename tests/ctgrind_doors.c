/* SPDX-License-Identifier: Apache-2.0 */
/* In front of the doors, see ctgrind.h. Three rules:
 *  - mbedTLS' branches are not ours, nor is the branch in which libsodium acts on a tag: mbedTLS is
 *    given defined octets, and what it gives back is marked. The numbers of an RSA key stand in its
 *    heap, where only mbedTLS reads them, and are not;
 *  - what libsodium computes otherwise is watched as our own code is;
 *  - public are: ciphertexts, public keys, key ids, whether a tag verifies, whether a point has
 *    small order, and the plaintext of an outer layer, which is claims and a sealed password. */
#include "ctgrind.h"

#include <mbedtls/gcm.h>
#include <mbedtls/pk.h>
#include <mbedtls/rsa.h>
#include <mbedtls/version.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <valgrind/memcheck.h>

#include "keyring.h"
#include "octets.h"
#include "wire.h"

struct ctgrind_plant ctgrind_plant;
enum ctgrind_spoil   ctgrind_spoil;
int                  ctgrind_without_aesni;

void
ctgrind_hide(const void *p, size_t len)
{
    (void)VALGRIND_MAKE_MEM_UNDEFINED(p, len);
}

void
ctgrind_reveal(const void *p, size_t len)
{
    (void)VALGRIND_MAKE_MEM_DEFINED(p, len);
}

unsigned
ctgrind_complaints(void)
{
    return VALGRIND_COUNT_ERRORS;
}

static void
look(const uint8_t *p, size_t len)
{
    static const uint8_t    zeros[WB_RSA_DER_MAX];
    static volatile uint8_t table[256];
    static volatile int     seen;

    if (ctgrind_plant.look == BY_BRANCH && p[len - 1] == 1)
        seen++;
    if (ctgrind_plant.look == BY_INDEX)
        seen += table[p[len - 1]];
    if (ctgrind_plant.look == BY_MEMCMP && memcmp(p, zeros, len) == 0)
        seen++;
}

void
ctgrind_pass(enum ctgrind_secret secret, const void *p, size_t len)
{
    if (ctgrind_plant.secret != secret)
        return;

    ctgrind_plant.looks++;
    look(p, len);
}

/* Marks laid aside while somebody looks at the octets who may, and put back. */
static uint8_t marks[WB_SECRET_MAX + WB_RSA_DER_MAX];

static void
lay_aside(const void *p, size_t len)
{
    if (len > sizeof(marks) || VALGRIND_GET_VBITS(p, marks, len) > 1)
        abort();
    ctgrind_reveal(p, len);
}

static void
put_back(const void *p, size_t len)
{
    (void)VALGRIND_SET_VBITS(p, marks, len);
}

/* -- the library's own functions -- */

void __real_wb_random(void *buf, size_t len);
void __wrap_wb_random(void *buf, size_t len);
void __real_wb_sha256_labelled(const char *label, const void *data, size_t len, uint8_t *out);
void __wrap_wb_sha256_labelled(const char *label, const void *data, size_t len, uint8_t *out);
int  __real_wb_wire_password_fits(wb_span password);
int  __wrap_wb_wire_password_fits(wb_span password);
pwwb_status __real_wb_wire_read_secret(wb_span plain, wb_span *password, wb_span *old_password);
pwwb_status __wrap_wb_wire_read_secret(wb_span plain, wb_span *password, wb_span *old_password);

/* Keys are drawn in 32 octets, and nothing else is: an IV has 12, an id 16, a nonce 24. */
void
__wrap_wb_random(void *buf, size_t len)
{
    __real_wb_random(buf, len);
    if (len == WB_KEY_SIZE)
        ctgrind_hide(buf, len);
}

/* A key id is public. */
void
__wrap_wb_sha256_labelled(const char *label, const void *data, size_t len, uint8_t *out)
{
    __real_wb_sha256_labelled(label, data, len, out);
    ctgrind_reveal(out, WB_KEY_SIZE);
}

/* The two that look at a password's characters, as docs/secrets.md says: the portal, which was
 * given it, and the agent, after the inner tag verified. */
int
__wrap_wb_wire_password_fits(wb_span password)
{
    int fits;

    lay_aside(password.p, password.len);
    fits = __real_wb_wire_password_fits(password);
    put_back(password.p, password.len);
    return fits;
}

pwwb_status
__wrap_wb_wire_read_secret(wb_span plain, wb_span *password, wb_span *old_password)
{
    pwwb_status st;

    lay_aside(plain.p, plain.len);
    st = __real_wb_wire_read_secret(plain, password, old_password);
    put_back(plain.p, plain.len);
    return st;
}

/* -- AES-256-GCM by libsodium -- */

#define AEAD_SEAL                                                                              \
    unsigned char *c, unsigned long long *c_len, const unsigned char *m,                       \
        unsigned long long m_len, const unsigned char *ad, unsigned long long ad_len,          \
        const unsigned char *none, const unsigned char *iv, const unsigned char *key
#define AEAD_OPEN                                                                              \
    unsigned char *m, unsigned long long *m_len, unsigned char *none, const unsigned char *c,  \
        unsigned long long c_len, const unsigned char *ad, unsigned long long ad_len,          \
        const unsigned char *iv, const unsigned char *key

int __real_crypto_aead_aes256gcm_is_available(void);
int __wrap_crypto_aead_aes256gcm_is_available(void);
int __real_crypto_aead_aes256gcm_encrypt(AEAD_SEAL);
int __wrap_crypto_aead_aes256gcm_encrypt(AEAD_SEAL);
int __real_crypto_aead_aes256gcm_decrypt(AEAD_OPEN);
int __wrap_crypto_aead_aes256gcm_decrypt(AEAD_OPEN);

int
__wrap_crypto_aead_aes256gcm_is_available(void)
{
    if (__real_crypto_aead_aes256gcm_is_available() == 0)
        abort(); /* valgrind shows AES-NI, or half of this would not be tried */
    return !ctgrind_without_aesni;
}

/* An Enc_structure begins with its context, RFC 9052 5.3: "Encrypt0" outside, "Encrypt" within. */
static int
is_outer(const unsigned char *ad)
{
    return memcmp(ad + 1, "\x68" "Encrypt0", 9) == 0;
}

static void
pass_layer(const unsigned char *ad, const unsigned char *key)
{
    ctgrind_pass(is_outer(ad) ? TENANT_KEY : CONTENT_KEY, key, WB_KEY_SIZE);
}

int
__wrap_crypto_aead_aes256gcm_encrypt(AEAD_SEAL)
{
    int rc;

    pass_layer(ad, key);
    if (!is_outer(ad))
        ctgrind_pass(PASSWORD, m + 3, 8); /* after {1: and the head of a text */
    rc = __real_crypto_aead_aes256gcm_encrypt(c, c_len, m, m_len, ad, ad_len, none, iv, key);
    ctgrind_reveal(c, (size_t)m_len + WB_TAG_SIZE);
    if (!is_outer(ad) && ctgrind_spoil == SPOIL_TAG)
        c[m_len] ^= 1;
    return rc;
}

int
__wrap_crypto_aead_aes256gcm_decrypt(AEAD_OPEN)
{
    int rc;

    pass_layer(ad, key);
    VALGRIND_DISABLE_ERROR_REPORTING;
    rc = __real_crypto_aead_aes256gcm_decrypt(m, m_len, none, c, c_len, ad, ad_len, iv, key);
    VALGRIND_ENABLE_ERROR_REPORTING;
    ctgrind_reveal(&rc, sizeof(rc));
    if (is_outer(ad))
        ctgrind_reveal(m, (size_t)c_len - WB_TAG_SIZE);
    return rc;
}

/* -- and by mbedTLS -- */

#define GCM_SETKEY \
    mbedtls_gcm_context *gcm, mbedtls_cipher_id_t cipher, const unsigned char *key, unsigned bits
#define GCM_SEAL                                                                               \
    mbedtls_gcm_context *gcm, int mode, size_t len, const unsigned char *iv, size_t iv_len,    \
        const unsigned char *ad, size_t ad_len, const unsigned char *in, unsigned char *out,   \
        size_t tag_len, unsigned char *tag
#define GCM_OPEN                                                                               \
    mbedtls_gcm_context *gcm, size_t len, const unsigned char *iv, size_t iv_len,              \
        const unsigned char *ad, size_t ad_len, const unsigned char *tag, size_t tag_len,      \
        const unsigned char *in, unsigned char *out

int __real_mbedtls_gcm_setkey(GCM_SETKEY);
int __wrap_mbedtls_gcm_setkey(GCM_SETKEY);
int __real_mbedtls_gcm_crypt_and_tag(GCM_SEAL);
int __wrap_mbedtls_gcm_crypt_and_tag(GCM_SEAL);
int __real_mbedtls_gcm_auth_decrypt(GCM_OPEN);
int __wrap_mbedtls_gcm_auth_decrypt(GCM_OPEN);

int
__wrap_mbedtls_gcm_setkey(GCM_SETKEY)
{
    int rc;

    lay_aside(key, bits / 8);
    rc = __real_mbedtls_gcm_setkey(gcm, cipher, key, bits);
    put_back(key, bits / 8);
    return rc;
}

int
__wrap_mbedtls_gcm_crypt_and_tag(GCM_SEAL)
{
    int rc;

    lay_aside(in, len);
    rc = __real_mbedtls_gcm_crypt_and_tag(gcm, mode, len, iv, iv_len, ad, ad_len, in, out, tag_len,
                                          tag);
    put_back(in, len);
    if (!is_outer(ad) && ctgrind_spoil == SPOIL_TAG)
        tag[0] ^= 1;
    return rc;
}

int
__wrap_mbedtls_gcm_auth_decrypt(GCM_OPEN)
{
    int rc = __real_mbedtls_gcm_auth_decrypt(gcm, len, iv, iv_len, ad, ad_len, tag, tag_len, in,
                                             out);

    if (!is_outer(ad))
        ctgrind_hide(out, len);
    return rc;
}

/* -- X25519 -- */

int __real_crypto_scalarmult(unsigned char *q, const unsigned char *n, const unsigned char *p);
int __wrap_crypto_scalarmult(unsigned char *q, const unsigned char *n, const unsigned char *p);
int __real_crypto_scalarmult_base(unsigned char *q, const unsigned char *n);
int __wrap_crypto_scalarmult_base(unsigned char *q, const unsigned char *n);

/* A point of small order is one whatever the key is. */
int
__wrap_crypto_scalarmult(unsigned char *q, const unsigned char *n, const unsigned char *p)
{
    int rc;

    ctgrind_pass(RECIPIENT_KEY, n, WB_X25519_SIZE);
    rc = __real_crypto_scalarmult(q, n, p);
    ctgrind_reveal(&rc, sizeof(rc));
    ctgrind_pass(SHARED_SECRET, q, WB_X25519_SIZE);
    return rc;
}

int
__wrap_crypto_scalarmult_base(unsigned char *q, const unsigned char *n)
{
    int rc = __real_crypto_scalarmult_base(q, n);

    ctgrind_reveal(q, WB_X25519_SIZE);
    if (ctgrind_spoil == SPOIL_EPHEMERAL)
        memset(q, 0, WB_X25519_SIZE);
    return rc;
}

/* -- RSA by mbedTLS -- */

/* Version 2 takes a mode too, and no source of randomness to parse a key with. */
#if MBEDTLS_VERSION_MAJOR >= 3
# define MODE_PARAMETER
# define MODE
# define RANDOM_PARAMETERS , int (*random)(void *, unsigned char *, size_t), void *ctx
# define RANDOM            , random, ctx
#else
# define MODE_PARAMETER int mode,
# define MODE           mode,
# define RANDOM_PARAMETERS
# define RANDOM
#endif
#define OAEP_BEGIN                                                                             \
    mbedtls_rsa_context *rsa, int (*random)(void *, unsigned char *, size_t), void *ctx,       \
        MODE_PARAMETER const unsigned char *label, size_t label_len
#define OAEP_SEAL OAEP_BEGIN, size_t in_len, const unsigned char *in, unsigned char *out
#define OAEP_OPEN \
    OAEP_BEGIN, size_t *ret_len, const unsigned char *in, unsigned char *out, size_t out_size
#define PARSE                                                                                  \
    mbedtls_pk_context *pk, const unsigned char *key, size_t len, const unsigned char *pwd,    \
        size_t pwd_len RANDOM_PARAMETERS
#define GENERATE                                                                               \
    mbedtls_rsa_context *rsa, int (*random)(void *, unsigned char *, size_t), void *ctx,       \
        unsigned bits, int exponent
#if MBEDTLS_VERSION_MAJOR >= 3
# define WRITE const mbedtls_pk_context *pk, unsigned char *buf, size_t size
#else
# define WRITE mbedtls_pk_context *pk, unsigned char *buf, size_t size
#endif

int __real_mbedtls_rsa_rsaes_oaep_encrypt(OAEP_SEAL);
int __wrap_mbedtls_rsa_rsaes_oaep_encrypt(OAEP_SEAL);
int __real_mbedtls_rsa_rsaes_oaep_decrypt(OAEP_OPEN);
int __wrap_mbedtls_rsa_rsaes_oaep_decrypt(OAEP_OPEN);
int __real_mbedtls_pk_parse_key(PARSE);
int __wrap_mbedtls_pk_parse_key(PARSE);
int __real_mbedtls_pk_write_key_der(WRITE);
int __wrap_mbedtls_pk_write_key_der(WRITE);
int __wrap_mbedtls_rsa_gen_key(GENERATE);

int
__wrap_mbedtls_rsa_rsaes_oaep_encrypt(OAEP_SEAL)
{
    int rc;

    lay_aside(in, in_len);
    rc = __real_mbedtls_rsa_rsaes_oaep_encrypt(rsa, random, ctx, MODE label, label_len,
                                               ctgrind_spoil == SPOIL_OAEP_SIZE ? 16 : in_len, in,
                                               out);
    put_back(in, in_len);
    if (ctgrind_spoil == SPOIL_OAEP)
        out[200] ^= 1;
    if (ctgrind_spoil == SPOIL_MODULUS)
        memset(out, 0xff, WB_RSA_SIZE);
    return rc;
}

/* Key, length and whether there is one are secrets. A code whose low octet is not zero is not about
 * the padding, but about this machine or a number that is no residue, and stays as it is; so does
 * the low octet of the others, which is zero for good padding and bad. */
int
__wrap_mbedtls_rsa_rsaes_oaep_decrypt(OAEP_OPEN)
{
    static const uint8_t all_but_low[sizeof(int)] = {0, 0xff, 0xff, 0xff};
    int rc = __real_mbedtls_rsa_rsaes_oaep_decrypt(rsa, random, ctx, MODE label, label_len, ret_len,
                                                   in, out, out_size);

    ctgrind_hide(out, out_size);
    ctgrind_hide(ret_len, sizeof(*ret_len));
    if ((rc & 0xff) == 0)
        (void)VALGRIND_SET_VBITS(&rc, all_but_low, sizeof(rc));
    ctgrind_pass(OAEP_VERDICT, &rc, sizeof(rc));
    ctgrind_pass(OAEP_LENGTH, ret_len, sizeof(*ret_len));
    return rc;
}

int
__wrap_mbedtls_pk_parse_key(PARSE)
{
    int rc;

    ctgrind_pass(RSA_KEY, key, len);
    lay_aside(key, len);
    rc = __real_mbedtls_pk_parse_key(pk, key, len, pwd, pwd_len RANDOM);
    put_back(key, len);
    return rc;
}

int
__wrap_mbedtls_pk_write_key_der(WRITE)
{
    int written = __real_mbedtls_pk_write_key_der(pk, buf, size);

    if (written > 0)
        ctgrind_hide(buf + size - written, (size_t)written);
    return written;
}

/* tests/vectors/peers/nested.json: a key is not made anew, which takes minutes under valgrind. */
static const struct keys {
    octets tenant;
    octets password;
    octets rsa_private;
    octets rsa_public;
    octets rsa_thumbprint;
    octets x25519_secret;
    octets x25519_public;
    octets x25519_thumbprint;
} peers_keys[] = {
#include "peers_keys.h"
};

int
__wrap_mbedtls_rsa_gen_key(GENERATE)
{
    wb_span            der = octets_span(peers_keys[0].rsa_private);
    mbedtls_pk_context pk;
    int                rc;

    (void)bits, (void)exponent;
    mbedtls_pk_init(&pk);
#if MBEDTLS_VERSION_MAJOR >= 3
    rc = __real_mbedtls_pk_parse_key(&pk, der.p, der.len, NULL, 0, random, ctx);
#else
    (void)random, (void)ctx;
    rc = __real_mbedtls_pk_parse_key(&pk, der.p, der.len, NULL, 0);
#endif
    if (rc == 0)
        rc = mbedtls_rsa_copy(rsa, mbedtls_pk_rsa(pk));
    mbedtls_pk_free(&pk);
    return rc;
}

/* -- key files: XChaCha20-Poly1305 -- */

int __real_crypto_aead_xchacha20poly1305_ietf_encrypt(AEAD_SEAL);
int __wrap_crypto_aead_xchacha20poly1305_ietf_encrypt(AEAD_SEAL);
int __real_crypto_aead_xchacha20poly1305_ietf_decrypt(AEAD_OPEN);
int __wrap_crypto_aead_xchacha20poly1305_ietf_decrypt(AEAD_OPEN);

/* The shape of a keyring is public, the keys in it are not: when it comes back, secret is what was
 * when it was sealed. */
static struct {
    uint8_t marks[WB_KEYRING_PLAIN_MAX];
    size_t  len;
} sealed_keyring;

int
__wrap_crypto_aead_xchacha20poly1305_ietf_encrypt(AEAD_SEAL)
{
    int rc;

    sealed_keyring.len = (size_t)m_len;
    if (m_len > sizeof(sealed_keyring.marks)
        || VALGRIND_GET_VBITS(m, sealed_keyring.marks, sealed_keyring.len) > 1)
        abort();
    ctgrind_pass(LOCK_KEY, key, WB_KEY_SIZE);
    ctgrind_pass(KEYRING, m + m_len - 10, 8); /* of the private key: 7: {} stands behind it */
    rc = __real_crypto_aead_xchacha20poly1305_ietf_encrypt(c, c_len, m, m_len, ad, ad_len, none, iv,
                                                           key);
    ctgrind_reveal(c, (size_t)m_len + WB_TAG_SIZE);
    return rc;
}

int
__wrap_crypto_aead_xchacha20poly1305_ietf_decrypt(AEAD_OPEN)
{
    int rc;

    if (c_len - WB_TAG_SIZE != sealed_keyring.len)
        abort();
    ctgrind_pass(LOCK_KEY, key, WB_KEY_SIZE);
    VALGRIND_DISABLE_ERROR_REPORTING;
    rc = __real_crypto_aead_xchacha20poly1305_ietf_decrypt(m, m_len, none, c, c_len, ad, ad_len, iv,
                                                           key);
    VALGRIND_ENABLE_ERROR_REPORTING;
    ctgrind_reveal(&rc, sizeof(rc));
    (void)VALGRIND_SET_VBITS(m, sealed_keyring.marks, sealed_keyring.len);
    return rc;
}
