/* SPDX-License-Identifier: Apache-2.0 */
#include "unwrap_pkcs11.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "oaep.h"
#include "pkcs11_sessions.h"

#define N_SIZE 256 /* octets of the modulus */

/* A SubjectPublicKeyInfo of 2048 bits in DER: this, the modulus, and the exponent 65537. */
static const uint8_t before_n[] = {
    0x30, 0x82, 0x01, 0x22, 0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48,
    0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00, 0x03, 0x82, 0x01,
    0x0f, 0x00, 0x30, 0x82, 0x01, 0x0a, 0x02, 0x82, 0x01, 0x01, 0x00};
static const uint8_t after_n[]  = {0x02, 0x03, 0x01, 0x00, 0x01};

#define PUBLIC_SIZE (sizeof(before_n) + N_SIZE + sizeof(after_n))

typedef struct token {
    sessions sessions;
    int      is_bare; /* atomic: it does not know OAEP with SHA-256 */
} token;

/* The modulus within; NULL when it is a key of another kind. */
static const uint8_t *
modulus_of(const uint8_t *public_key, size_t len)
{
    if (len != PUBLIC_SIZE || memcmp(public_key, before_n, sizeof(before_n)) != 0
        || memcmp(public_key + len - sizeof(after_n), after_n, sizeof(after_n)) != 0)
        return NULL;

    return public_key + sizeof(before_n);
}

/* By its modulus, which no two keys share; labels and ids are the administrator's. */
static CK_RV
find_key(const sessions *s, CK_SESSION_HANDLE session, const uint8_t *n, CK_OBJECT_HANDLE *ret_key)
{
    CK_OBJECT_CLASS class  = CKO_PRIVATE_KEY;
    CK_ATTRIBUTE    what[] = {{CKA_CLASS, &class, sizeof(class)},
                              {CKA_MODULUS, (void *)(uintptr_t)n, N_SIZE}};
    CK_ULONG        count  = 0;
    CK_RV           rv     = s->f->C_FindObjectsInit(session, what, 2);

    if (rv != CKR_OK)
        return rv;

    rv = s->f->C_FindObjects(session, ret_key, 1, &count);
    (void)s->f->C_FindObjectsFinal(session);
    return rv == CKR_OK && count == 0 ? CKR_KEY_HANDLE_INVALID : rv;
}

/* Begin with OAEP; where the token refuses the hash, with bare RSA from then on. */
static CK_RV
begin_decrypt(token *t, CK_SESSION_HANDLE session, CK_OBJECT_HANDLE key, int *ret_is_bare)
{
    CK_RSA_PKCS_OAEP_PARAMS params = {.hashAlg = CKM_SHA256,
                                      .mgf     = CKG_MGF1_SHA256,
                                      .source  = CKZ_DATA_SPECIFIED};
    CK_MECHANISM            oaep   = {CKM_RSA_PKCS_OAEP, &params, sizeof(params)};
    CK_MECHANISM            bare   = {CKM_RSA_X_509, NULL, 0};
    CK_RV                   rv;

    *ret_is_bare = __atomic_load_n(&t->is_bare, __ATOMIC_RELAXED);
    if (!*ret_is_bare) {
        rv = t->sessions.f->C_DecryptInit(session, &oaep, key);
        if (rv != CKR_ARGUMENTS_BAD && rv != CKR_MECHANISM_INVALID
            && rv != CKR_MECHANISM_PARAM_INVALID)
            return rv;
        *ret_is_bare = 1;
    }
    rv = t->sessions.f->C_DecryptInit(session, &bare, key);
    if (rv == CKR_OK)
        __atomic_store_n(&t->is_bare, 1, __ATOMIC_RELAXED);
    return rv;
}

/* What the token says, and whether it is a content key: CKR_ENCRYPTED_DATA_INVALID when not. */
static CK_RV
decrypt(token *t, CK_SESSION_HANDLE session, const uint8_t *n, const uint8_t *wrapped, uint8_t *cek)
{
    uint8_t          plain[N_SIZE] = {0};
    CK_ULONG         len           = sizeof(plain);
    CK_OBJECT_HANDLE key;
    int              is_bare, is_good;
    CK_RV            rv = find_key(&t->sessions, session, n, &key);

    if (rv == CKR_OK)
        rv = begin_decrypt(t, session, key, &is_bare);
    if (rv == CKR_OK)
        rv = t->sessions.f->C_Decrypt(session, (uint8_t *)(uintptr_t)wrapped, N_SIZE, plain, &len);
    if (rv == CKR_OK && is_bare && len != N_SIZE)
        rv = CKR_FUNCTION_FAILED; /* the token's fault, not the message's */
    if (rv != CKR_OK)
        return rv;

    is_good = is_bare ? oaep_open(plain, cek) == 0 : len == OAEP_CEK_SIZE;
    if (!is_bare)
        memcpy(cek, plain, OAEP_CEK_SIZE);
    sodium_memzero(plain, sizeof(plain));
    return is_good ? CKR_OK : CKR_ENCRYPTED_DATA_INVALID;
}

/* Rejected is only what surely lies in the octets. A token that answers a general failure to bad
 * padding gets the request again until its time is over, and nobody is refused for a sick token. */
static int32_t
answer(CK_RV rv)
{
    switch (rv) {
    case CKR_OK:
        return PWWB_UNWRAP_OK;
    case CKR_ENCRYPTED_DATA_INVALID:
    case CKR_ENCRYPTED_DATA_LEN_RANGE:
    case CKR_DATA_INVALID:
    case CKR_DATA_LEN_RANGE:
        return PWWB_UNWRAP_REJECTED;
    default: /* removed, not present, no session, not logged in, no such key here, ... */
        return PWWB_UNWRAP_UNAVAILABLE;
    }
}

static int32_t
unwrap(void *ctx, const uint8_t *public_key, size_t public_key_len, const uint8_t *wrapped,
       uint8_t *cek)
{
    token            *t = ctx;
    const uint8_t    *n = modulus_of(public_key, public_key_len);
    CK_SESSION_HANDLE session;
    int32_t           result;

    if (n == NULL)
        return PWWB_UNWRAP_UNAVAILABLE;
    if (memcmp(wrapped, n, N_SIZE) >= 0) /* tokens differ in what they say of such a number */
        return PWWB_UNWRAP_REJECTED;
    if (sessions_take(&t->sessions, &session) != CKR_OK)
        return PWWB_UNWRAP_UNAVAILABLE;

    result = answer(decrypt(t, session, n, wrapped, cek));
    sessions_give(&t->sessions, session, result == PWWB_UNWRAP_UNAVAILABLE);
    return result;
}

/* The private half never leaves the token, not even wrapped. */
static CK_RV
generate(const sessions *s, CK_SESSION_HANDLE session, uint8_t n[N_SIZE])
{
    CK_BBOOL         yes = CK_TRUE, no = CK_FALSE;
    CK_ULONG         bits       = 8 * N_SIZE;
    uint8_t          exponent[] = {1, 0, 1};
    uint8_t          id[16];
    char             label[]      = "pwwb";
    CK_MECHANISM     mechanism    = {CKM_RSA_PKCS_KEY_PAIR_GEN, NULL, 0};
    CK_ATTRIBUTE     public_[]    = {{CKA_TOKEN, &yes, sizeof(yes)},
                                     {CKA_ID, id, sizeof(id)},
                                     {CKA_LABEL, label, sizeof(label) - 1},
                                     {CKA_ENCRYPT, &yes, sizeof(yes)},
                                     {CKA_MODULUS_BITS, &bits, sizeof(bits)},
                                     {CKA_PUBLIC_EXPONENT, exponent, sizeof(exponent)}};
    CK_ATTRIBUTE     private_[]   = {{CKA_TOKEN, &yes, sizeof(yes)},
                                     {CKA_ID, id, sizeof(id)},
                                     {CKA_LABEL, label, sizeof(label) - 1},
                                     {CKA_PRIVATE, &yes, sizeof(yes)},
                                     {CKA_SENSITIVE, &yes, sizeof(yes)},
                                     {CKA_EXTRACTABLE, &no, sizeof(no)},
                                     {CKA_DECRYPT, &yes, sizeof(yes)}};
    CK_ATTRIBUTE     modulus      = {CKA_MODULUS, n, N_SIZE};
    CK_OBJECT_HANDLE key, other;
    CK_RV            rv;

    randombytes_buf(id, sizeof(id));
    rv = s->f->C_GenerateKeyPair(session, &mechanism, public_, sizeof(public_) / sizeof(public_[0]),
                                 private_, sizeof(private_) / sizeof(private_[0]), &key, &other);
    if (rv == CKR_OK)
        rv = s->f->C_GetAttributeValue(session, key, &modulus, 1);
    return rv == CKR_OK && modulus.ulValueLen != N_SIZE ? CKR_FUNCTION_FAILED : rv;
}

static pwwb_status
make(void *ctx, uint8_t *public_key, size_t size, size_t *ret_len, pwwb_error *err)
{
    token            *t = ctx;
    char              why[64];
    CK_SESSION_HANDLE session;
    CK_RV             rv = size < PUBLIC_SIZE ? CKR_BUFFER_TOO_SMALL
                                              : sessions_take(&t->sessions, &session);

    if (rv == CKR_OK) {
        rv = generate(&t->sessions, session, public_key + sizeof(before_n));
        sessions_give(&t->sessions, session, rv != CKR_OK);
    }
    if (rv != CKR_OK) {
        (void)snprintf(why, sizeof(why), "the token made no key: CKR 0x%lx", (unsigned long)rv);
        return pwwb_error_set(err, PWWB_E_KEY_UNAVAILABLE, why);
    }

    memcpy(public_key, before_n, sizeof(before_n));
    memcpy(public_key + sizeof(before_n) + N_SIZE, after_n, sizeof(after_n));
    *ret_len = PUBLIC_SIZE;
    return PWWB_OK;
}

static void
destroy(void *ctx)
{
    sessions_drop(&((token *)ctx)->sessions);
    free(ctx);
}

const pwwb_unwrap_ops unwrap_pkcs11_ops = {
    .size = sizeof(pwwb_unwrap_ops), .unwrap = unwrap, .make = make, .destroy = destroy};

pwwb_status
unwrap_pkcs11_new(const unwrap_pkcs11_options *options, void **ret_ctx, pwwb_error *err)
{
    token      *t = calloc(1, sizeof(*t));
    pwwb_status st;

    if (t == NULL)
        return pwwb_error_set(err, PWWB_E_NO_MEMORY, "no memory for a token");

    st = sessions_make(&t->sessions, options, err);
    if (st != PWWB_OK) {
        free(t);
        return st;
    }
    *ret_ctx = t;
    return PWWB_OK;
}
