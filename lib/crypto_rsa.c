/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto.h"

#include <mbedtls/bignum.h>
#include <mbedtls/md.h>
#include <mbedtls/pk.h>
#include <mbedtls/rsa.h>
#include <mbedtls/version.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "secret.h"

/* mbedTLS 3 dropped the padding from init, the mode from encrypt and decrypt, and asks for
 * randomness when it parses. */
#if MBEDTLS_VERSION_MAJOR >= 3
# define RSA_OPEN(rsa, len, in, out, size) \
     mbedtls_rsa_rsaes_oaep_decrypt(rsa, wb_random_f, NULL, NULL, 0, len, in, out, size)
# define RSA_SEAL(rsa, in, in_len, out) \
     mbedtls_rsa_rsaes_oaep_encrypt(rsa, wb_random_f, NULL, NULL, 0, in_len, in, out)
# define PARSE_PRIVATE(pk, der) \
     mbedtls_pk_parse_key(pk, (der).p, (der).len, NULL, 0, wb_random_f, NULL)
#else
# define RSA_OPEN(rsa, len, in, out, size)                                                        \
     mbedtls_rsa_rsaes_oaep_decrypt(rsa, wb_random_f, NULL, MBEDTLS_RSA_PRIVATE, NULL, 0, len, in, \
                                    out, size)
# define RSA_SEAL(rsa, in, in_len, out)                                                            \
     mbedtls_rsa_rsaes_oaep_encrypt(rsa, wb_random_f, NULL, MBEDTLS_RSA_PUBLIC, NULL, 0, in_len, in, \
                                    out)
# define PARSE_PRIVATE(pk, der) mbedtls_pk_parse_key(pk, (der).p, (der).len, NULL, 0)
#endif

#define POOL_MAX 16

/* One parsed key. A kept one saves parsing and blinding: 7.9 times OpenSSL in place of 10.9. */
typedef struct context {
    mbedtls_pk_context pk;
    struct context    *next;
} context;

struct wb_rsa {
    pthread_mutex_t lock;
    context        *idle;
    int             idle_count;
    int             is_private;
    uint8_t         n[WB_RSA_SIZE];
    uint8_t         e[3];
    size_t          der_len;
    uint8_t        *der; /* locked */
};

/* mbedTLS adds a low code to a high one: want of memory must not look like a bad key or message.
 * After a success and after bad padding the low octet is zero, and no more of them is looked at. */
static int
is_out_of_memory(int rc)
{
    if ((rc & 0xFF) == 0)
        return 0;

    return (-rc & 0x7F) == -MBEDTLS_ERR_MPI_ALLOC_FAILED || rc == MBEDTLS_ERR_MD_ALLOC_FAILED
           || rc == MBEDTLS_ERR_PK_ALLOC_FAILED;
}

static pwwb_status
failed(pwwb_error *err, int rc, const char *what)
{
    return wb_fail_from(err, is_out_of_memory(rc) ? PWWB_E_NO_MEMORY : PWWB_E_CRYPTO,
                        PWWB_LAYER_MBEDTLS, rc, "%s", what);
}

static void
context_free(context *c)
{
    if (c == NULL)
        return;

    mbedtls_pk_free(&c->pk);
    free(c);
}

static int
set_oaep(mbedtls_rsa_context *rsa)
{
#if MBEDTLS_VERSION_MAJOR >= 3
    return mbedtls_rsa_set_padding(rsa, MBEDTLS_RSA_PKCS_V21, MBEDTLS_MD_SHA256);
#else
    mbedtls_rsa_set_padding(rsa, MBEDTLS_RSA_PKCS_V21, MBEDTLS_MD_SHA256);
    return 0;
#endif
}

static int
context_load(context *c, const wb_rsa *rsa)
{
    wb_span              der = wb_span_of(rsa->der, rsa->der_len);
    mbedtls_rsa_context *key;
    int                  rc;

    rc = rsa->is_private ? PARSE_PRIVATE(&c->pk, der)
                         : mbedtls_pk_parse_public_key(&c->pk, der.p, der.len);
    if (rc != 0)
        return rc;
    if (mbedtls_pk_get_type(&c->pk) != MBEDTLS_PK_RSA)
        return MBEDTLS_ERR_PK_TYPE_MISMATCH;

    key = mbedtls_pk_rsa(c->pk);
    if (rsa->is_private) {
        rc = mbedtls_rsa_check_privkey(key);
        if (rc != 0)
            return rc;
    }
    return set_oaep(key);
}

static context *
context_new(const wb_rsa *rsa, pwwb_error *err, pwwb_status *st)
{
    context *c = calloc(1, sizeof(*c));
    int      rc;

    if (c == NULL) {
        *st = wb_fail(err, PWWB_E_NO_MEMORY, "no memory for an RSA context");
        return NULL;
    }

    mbedtls_pk_init(&c->pk);
    rc = context_load(c, rsa);
    if (rc != 0) {
        context_free(c);
        *st = failed(err, rc, "not a usable RSA key");
        return NULL;
    }

    *st = PWWB_OK;
    return c;
}

static context *
take(wb_rsa *rsa, pwwb_error *err, pwwb_status *st)
{
    context *c;

    pthread_mutex_lock(&rsa->lock);
    c = rsa->idle;
    if (c != NULL) {
        rsa->idle = c->next;
        rsa->idle_count--;
    }
    pthread_mutex_unlock(&rsa->lock);

    *st = PWWB_OK;
    return c != NULL ? c : context_new(rsa, err, st);
}

static void
give(wb_rsa *rsa, context *c)
{
    pthread_mutex_lock(&rsa->lock);
    if (rsa->idle_count < POOL_MAX) {
        c->next   = rsa->idle;
        rsa->idle = c;
        rsa->idle_count++;
        c = NULL;
    }
    pthread_mutex_unlock(&rsa->lock);
    context_free(c);
}

/* RFC 8230 wants 2048 bits or more; the profile wants exactly that. Its numbers are kept. */
static pwwb_status
check_size(wb_rsa *rsa, context *c, pwwb_error *err)
{
    int rc;

    if (mbedtls_pk_get_bitlen(&c->pk) != WB_RSA_BITS)
        return wb_fail(err, PWWB_E_CRYPTO, "an RSA key of %zu bits: only %d are used",
                       mbedtls_pk_get_bitlen(&c->pk), WB_RSA_BITS);

    rc = mbedtls_rsa_export_raw(mbedtls_pk_rsa(c->pk), rsa->n, sizeof(rsa->n), NULL, 0, NULL, 0,
                                NULL, 0, rsa->e, sizeof(rsa->e));
    if (rc != 0)
        return failed(err, rc, "not a usable RSA key");

    return PWWB_OK;
}

pwwb_status
wb_rsa_new(wb_span der, int is_private, wb_rsa **ret_rsa, pwwb_error *err)
{
    wb_rsa     *rsa;
    context    *c;
    pwwb_status st;

    *ret_rsa = NULL;
    if (der.len == 0 || der.len > WB_RSA_DER_MAX)
        return wb_fail(err, PWWB_E_CRYPTO, "not an RSA key");

    rsa = calloc(1, sizeof(*rsa));
    if (rsa == NULL)
        return wb_fail(err, PWWB_E_NO_MEMORY, "no memory for an RSA key");
    if (pthread_mutex_init(&rsa->lock, NULL) != 0) {
        free(rsa);
        return wb_fail(err, PWWB_E_NO_MEMORY, "no memory for a lock");
    }

    rsa->is_private = is_private;
    rsa->der_len    = der.len;
    rsa->der        = wb_secret_new(der.len);
    if (rsa->der == NULL) {
        st = wb_fail(err, PWWB_E_NO_MEMORY, "no memory for an RSA key");
        goto out;
    }
    memcpy(rsa->der, der.p, der.len);

    c = take(rsa, err, &st); /* the first context also proves the key */
    if (c == NULL)
        goto out;

    st = check_size(rsa, c, err);
    give(rsa, c);
out:
    if (st != PWWB_OK) {
        wb_rsa_free(rsa);
        return st;
    }
    *ret_rsa = rsa;
    return PWWB_OK;
}

void
wb_rsa_free(wb_rsa *rsa)
{
    if (rsa == NULL)
        return;

    while (rsa->idle != NULL) {
        context *next = rsa->idle->next;

        context_free(rsa->idle);
        rsa->idle = next;
    }
    wb_secret_free(rsa->der);
    pthread_mutex_destroy(&rsa->lock);
    free(rsa);
}

void
wb_rsa_numbers(wb_rsa *rsa, uint8_t n[WB_RSA_SIZE], uint8_t e[3])
{
    memcpy(n, rsa->n, sizeof(rsa->n));
    memcpy(e, rsa->e, sizeof(rsa->e));
}

wb_span
wb_rsa_der(const wb_rsa *rsa)
{
    return wb_span_of(rsa->der, rsa->der_len);
}

/* mbedTLS writes DER to the end of a buffer; ours begins at its start. */
static int
to_front(uint8_t *buf, size_t size, int written, size_t *ret_len)
{
    if (written <= 0)
        return -1;

    memmove(buf, buf + size - (size_t)written, (size_t)written);
    *ret_len = (size_t)written;
    return 0;
}

pwwb_status
wb_rsa_generate(uint8_t der[WB_RSA_DER_MAX], size_t *ret_der_len, uint8_t pub[WB_RSA_PUB_MAX],
                size_t *ret_pub_len, pwwb_error *err)
{
    mbedtls_pk_context pk;
    int                rc;

    mbedtls_pk_init(&pk);
    rc = mbedtls_pk_setup(&pk, mbedtls_pk_info_from_type(MBEDTLS_PK_RSA));
    if (rc == 0)
        rc = mbedtls_rsa_gen_key(mbedtls_pk_rsa(pk), wb_random_f, NULL, WB_RSA_BITS, 65537);
    if (rc == 0)
        rc = to_front(der, WB_RSA_DER_MAX, mbedtls_pk_write_key_der(&pk, der, WB_RSA_DER_MAX),
                      ret_der_len);
    if (rc == 0)
        rc = to_front(pub, WB_RSA_PUB_MAX, mbedtls_pk_write_pubkey_der(&pk, pub, WB_RSA_PUB_MAX),
                      ret_pub_len);
    mbedtls_pk_free(&pk);
    if (rc != 0)
        return failed(err, rc, "no RSA pair was made");

    return PWWB_OK;
}

pwwb_status
wb_rsa_seal(wb_rsa *rsa, const uint8_t cek[WB_KEY_SIZE], uint8_t out[WB_RSA_SIZE], pwwb_error *err)
{
    pwwb_status st;
    context    *c = take(rsa, err, &st);
    int         rc;

    if (c == NULL)
        return st;

    rc = RSA_SEAL(mbedtls_pk_rsa(c->pk), cek, WB_KEY_SIZE, out);
    give(rsa, c);
    if (rc != 0)
        return failed(err, rc, "RSA did not seal");

    return PWWB_OK;
}

/* The status is about this machine. What mbedTLS says of the message is a secret: it comes back in
 * ret_rc, and nothing here branches on it. */
static pwwb_status
open_bare(wb_rsa *rsa, wb_span sealed, uint8_t *out, size_t out_size, size_t *ret_len, int *ret_rc)
{
    pwwb_status st;
    context    *c;

    *ret_len = 0;
    *ret_rc  = -1;
    if (sealed.len != WB_RSA_SIZE)
        return PWWB_OK;

    c = take(rsa, NULL, &st);
    if (c == NULL)
        return st;

    *ret_rc = RSA_OPEN(mbedtls_pk_rsa(c->pk), ret_len, sealed.p, out, out_size);
    give(rsa, c);
    return is_out_of_memory(*ret_rc) ? PWWB_E_NO_MEMORY : PWWB_OK;
}

int
wb_rsa_open_any(wb_rsa *rsa, wb_span sealed, uint8_t *out, size_t out_size, size_t *ret_len)
{
    int         rc;
    pwwb_status st = open_bare(rsa, sealed, out, out_size, ret_len, &rc);

    if (st != PWWB_OK)
        return st;
    return rc == 0 ? 0 : -1;
}

/* Take the other key unless `differs` is zero, in the same steps either way. */
static void
replace_unless_zero(uint8_t key[WB_KEY_SIZE], const uint8_t other[WB_KEY_SIZE], size_t differs)
{
    size_t           one  = (differs | (0 - differs)) >> (8 * sizeof(differs) - 1);
    volatile uint8_t mask = (uint8_t)(0 - one); /* or the compiler finds the branch in it */
    size_t           i;

    for (i = 0; i < WB_KEY_SIZE; i++)
        key[i] = (uint8_t)(key[i] ^ (mask & (key[i] ^ other[i])));
}

pwwb_status
wb_rsa_open(wb_rsa *rsa, wb_span sealed, uint8_t cek[WB_KEY_SIZE], pwwb_error *err)
{
    uint8_t     other[WB_KEY_SIZE];
    size_t      len;
    int         rc;
    pwwb_status st;

    memset(cek, 0, WB_KEY_SIZE);
    wb_random(other, sizeof(other)); /* before, so that both ways take the same steps */
    st = open_bare(rsa, sealed, cek, WB_KEY_SIZE, &len, &rc);
    replace_unless_zero(cek, other, (unsigned)rc | (len ^ WB_KEY_SIZE));
    wb_wipe(other, sizeof(other));
    if (st != PWWB_OK)
        return wb_fail(err, st, "no memory, or no RSA context, to open with");

    return PWWB_OK;
}
