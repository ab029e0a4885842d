/* SPDX-License-Identifier: Apache-2.0 */
/* rows: 17 */
#include "crypto.h"

#include <mbedtls/bignum.h>
#include <mbedtls/pk.h>
#include <mbedtls/rsa.h>
#include <mbedtls/version.h>
#include <pthread.h>

#include "faults.h"
#include "harness.h"
#include "octets.h"

/* tests/vectors/wycheproof: github.com/C2SP/wycheproof dac1dd4, rows by json2c.py. */
static const struct gcm_case {
    int         id;
    int         is_valid;
    const char *flags;
    octets      key;
    octets      iv;
    octets      aad;
    octets      plain;
    octets      sealed;
} gcm_cases[] = {
#include "wycheproof_gcm.h"
};

static const struct x25519_case {
    int         id;
    int         is_valid;
    const char *flags;
    octets      peer;
    octets      secret;
    octets      shared;
} x25519_cases[] = {
#include "wycheproof_x25519.h"
};

static const struct hkdf_case {
    int         id;
    int         is_valid;
    const char *flags;
    octets      ikm;
    octets      salt;
    octets      info;
    size_t      size;
    octets      okm; /* its first 32 octets */
} hkdf_cases[] = {
#include "wycheproof_hkdf.h"
};

typedef struct oaep_case {
    int         id;
    int         is_valid;
    const char *flags;
    octets      label;
    octets      sealed;
    octets      plain;
} oaep_case;

static const oaep_case oaep_cases[] = {
#include "wycheproof_oaep.h"
};
static const oaep_case oaep_sha1_cases[] = {
#include "wycheproof_oaep_sha1.h"
};

/* The one key of both OAEP files, PKCS #8. */
static const octets oaep_keys[] = {
#include "wycheproof_oaep_key.h"
};

/* The linker sends the library's question for AES-NI here: so both bodies of GCM are tried,
 * whatever this CPU has. */
int __real_crypto_aead_aes256gcm_is_available(void);
int __wrap_crypto_aead_aes256gcm_is_available(void);

static int has_no_aesni;

int
__wrap_crypto_aead_aes256gcm_is_available(void)
{
    return has_no_aesni ? 0 : __real_crypto_aead_aes256gcm_is_available();
}

/* And RSA here, to fail as it does when mbedTLS finds no memory. Version 2 takes a mode too. */
#if MBEDTLS_VERSION_MAJOR >= 3
# define MODE_PARAMETER
# define MODE
#else
# define MODE_PARAMETER int mode,
# define MODE mode,
#endif
#define OAEP_PARAMETERS                                                                       \
    mbedtls_rsa_context *rsa, int (*random)(void *, unsigned char *, size_t), void *ctx,      \
        MODE_PARAMETER const unsigned char *label, size_t label_len, size_t *ret_len,         \
        const unsigned char *in, unsigned char *out, size_t out_size

int __real_mbedtls_rsa_rsaes_oaep_decrypt(OAEP_PARAMETERS);
int __wrap_mbedtls_rsa_rsaes_oaep_decrypt(OAEP_PARAMETERS);

static int rsa_has_no_memory;

int
__wrap_mbedtls_rsa_rsaes_oaep_decrypt(OAEP_PARAMETERS)
{
    if (rsa_has_no_memory)
        return MBEDTLS_ERR_RSA_PRIVATE_FAILED + MBEDTLS_ERR_MPI_ALLOC_FAILED;

    return __real_mbedtls_rsa_rsaes_oaep_decrypt(rsa, random, ctx, MODE label, label_len, ret_len,
                                                 in, out, out_size);
}

static wb_rsa *
vector_key(void)
{
    wb_rsa *rsa;

    if (wb_rsa_new(octets_span(oaep_keys[0]), 1, &rsa, NULL) != PWWB_OK)
        abort();
    return rsa;
}

static void
check_gcm_case(const struct gcm_case *c)
{
    const uint8_t *key    = octets_span(c->key).p;
    const uint8_t *iv     = octets_span(c->iv).p;
    uint8_t       *plain  = octets_room(c->plain.len);
    uint8_t       *sealed = octets_room(c->sealed.len);

    CHECK_INT(c->is_valid ? 0 : -1,
              wb_gcm_open(key, iv, octets_span(c->aad), octets_span(c->sealed), plain));
    if (c->is_valid) {
        CHECK_MEM(c->plain.p, c->plain.len, plain, c->plain.len);
        CHECK_INT(0, wb_gcm_seal(key, iv, octets_span(c->aad), octets_span(c->plain).p,
                                 c->plain.len, sealed));
        CHECK_MEM(c->sealed.p, c->sealed.len, sealed, c->sealed.len);
    } else {
        CHECK(sodium_is_zero(plain, c->plain.len));
    }
    sodium_free(sealed);
    sodium_free(plain);
}

static void
run_gcm_cases(void)
{
    size_t i, ran = 0;

    for (i = 0; i < COUNT(gcm_cases); i++) {
        const struct gcm_case *c = &gcm_cases[i];

        if (c->key.len != WB_KEY_SIZE || c->iv.len != WB_IV_SIZE)
            continue;
        check_gcm_case(c);
        ran++;
    }
    printf("# %zu of %zu cases: a key of 256 bits and an IV of 96\n", ran, COUNT(gcm_cases));
    CHECK_INT(66, ran);
}

static void
gcm_of_libsodium_agrees_with_wycheproof(void)
{
    if (!wb_crypto_has_aesni())
        printf("# this CPU has no AES-NI: mbedTLS again\n");
    run_gcm_cases();
}

static void
gcm_of_mbedtls_agrees_with_wycheproof(void)
{
    has_no_aesni = 1;
    CHECK_INT(0, wb_crypto_has_aesni());
    run_gcm_cases();
    has_no_aesni = 0;
}

/* Sealed by one body, opened by the other, in place, with and without additional data. */
static void
check_gcm_in_place(int sealer_lacks, int opener_lacks, wb_span aad, size_t len)
{
    static const uint8_t key[WB_KEY_SIZE] = {1};
    static const uint8_t iv[WB_IV_SIZE]   = {2};
    uint8_t             *buf              = octets_room(len + WB_TAG_SIZE);
    uint8_t              text[100];

    memset(text, 'p', sizeof(text));
    memcpy(buf, text, len);
    has_no_aesni = sealer_lacks;
    CHECK_INT(0, wb_gcm_seal(key, iv, aad, buf, len, buf));
    has_no_aesni = opener_lacks;
    CHECK_INT(0, wb_gcm_open(key, iv, aad, wb_span_of(buf, len + WB_TAG_SIZE), buf));
    CHECK_MEM(text, len, buf, len);
    has_no_aesni = 0;
    sodium_free(buf);
}

static void
both_bodies_of_gcm_open_what_the_other_sealed_in_place(void)
{
    static const size_t lens[] = {0, 1, 15, 16, 17, 100};
    size_t              i;

    for (i = 0; i < COUNT(lens); i++) {
        check_gcm_in_place(0, 1, wb_span_of("aad", 3), lens[i]);
        check_gcm_in_place(1, 0, wb_span_of("aad", 3), lens[i]);
        check_gcm_in_place(1, 1, wb_span_of(NULL, 0), lens[i]);
        check_gcm_in_place(0, 0, wb_span_of(NULL, 0), lens[i]);
    }
}

static void
less_than_a_tag_is_not_opened(void)
{
    static const uint8_t zero[WB_KEY_SIZE];
    uint8_t              plain[1] = {'x'};
    size_t               len;

    for (len = 0; len < WB_TAG_SIZE; len++) {
        uint8_t *sealed = octets_guarded(zero, len);

        CHECK_INT(-1, wb_gcm_open(zero, zero, wb_span_of(NULL, 0), wb_span_of(sealed, len), plain));
        sodium_free(sealed);
    }
    CHECK_INT('x', plain[0]);
}

static void
x25519_agrees_with_wycheproof_and_refuses_a_shared_secret_of_zeros(void)
{
    size_t i, zeros = 0;

    for (i = 0; i < COUNT(x25519_cases); i++) {
        const struct x25519_case *c = &x25519_cases[i];
        uint8_t                   shared[WB_X25519_SIZE];
        int rc = wb_x25519(octets_span(c->secret).p, octets_span(c->peer).p, shared);

        if (strstr(c->flags, "ZeroSharedSecret") != NULL) {
            CHECK_INT(-1, rc);
            zeros++;
        } else {
            CHECK_INT(0, rc);
            CHECK_MEM(c->shared.p, c->shared.len, shared, sizeof(shared));
        }
    }
    printf("# %zu of %zu cases, %zu of them refused\n", i, COUNT(x25519_cases), zeros);
    CHECK_INT(31, zeros);
}

static void
hkdf_agrees_with_wycheproof_where_there_is_no_salt(void)
{
    size_t i, ran = 0;

    for (i = 0; i < COUNT(hkdf_cases); i++) {
        const struct hkdf_case *c = &hkdf_cases[i];
        uint8_t                 out[WB_KEY_SIZE];

        if (c->salt.len != 0 || !c->is_valid)
            continue;
        wb_hkdf32(octets_span(c->ikm).p, c->ikm.len, octets_span(c->info), out);
        CHECK_MEM(c->okm.p, c->okm.len, out, c->size < sizeof(out) ? c->size : sizeof(out));
        ran++;
    }
    printf("# %zu of %zu cases: those without salt, their first 32 octets\n", ran,
           COUNT(hkdf_cases));
    CHECK_INT(23, ran);
}

/* What a case says of an opener with SHA-256 in both places and no label. */
static int
is_ours(const oaep_case *c)
{
    return c->is_valid && c->label.len == 0;
}

static void
oaep_opens_wycheproofs_messages_without_a_label_and_no_others(void)
{
    wb_rsa *rsa = vector_key();
    size_t  i, opened = 0;

    for (i = 0; i < COUNT(oaep_cases); i++) {
        const oaep_case *c   = &oaep_cases[i];
        uint8_t         *out = octets_room(WB_RSA_SIZE);
        size_t           len;

        CHECK_INT(is_ours(c) ? 0 : -1,
                  wb_rsa_open_any(rsa, octets_span(c->sealed), out, WB_RSA_SIZE, &len));
        if (is_ours(c)) {
            CHECK_MEM(c->plain.p, c->plain.len, out, len);
            opened++;
        }
        sodium_free(out);
    }
    printf("# %zu cases, %zu of them opened\n", COUNT(oaep_cases), opened);
    CHECK_INT(37, COUNT(oaep_cases));
    CHECK_INT(10, opened);
    wb_rsa_free(rsa);
}

static void
oaep_with_sha1_in_its_mask_is_never_opened(void)
{
    wb_rsa *rsa = vector_key();
    uint8_t out[WB_RSA_SIZE];
    size_t  i, len;

    for (i = 0; i < COUNT(oaep_sha1_cases); i++)
        CHECK_INT(-1, wb_rsa_open_any(rsa, octets_span(oaep_sha1_cases[i].sealed), out, sizeof(out),
                                      &len));
    CHECK_INT(31, i);
    wb_rsa_free(rsa);
}

/* Opened twice: two keys, both random, and no word about it. */
static void
check_gives_random_keys(wb_rsa *rsa, wb_span sealed)
{
    uint8_t     first[WB_KEY_SIZE]  = {0};
    uint8_t     second[WB_KEY_SIZE] = {0};
    pwwb_error *err                 = pwwb_error_new();

    CHECK_STATUS(PWWB_OK, wb_rsa_open(rsa, sealed, first, err));
    CHECK_STATUS(PWWB_OK, wb_rsa_open(rsa, sealed, second, err));
    CHECK_STR("", pwwb_error_message(err));
    CHECK(!sodium_is_zero(first, sizeof(first)));
    CHECK(memcmp(first, second, sizeof(first)) != 0);
    pwwb_error_free(err);
}

static void
bad_padding_gives_a_random_key_and_no_error(void)
{
    wb_rsa *rsa = vector_key();
    size_t  i;

    for (i = 0; i < COUNT(oaep_cases); i++)
        if (!is_ours(&oaep_cases[i]))
            check_gives_random_keys(rsa, octets_span(oaep_cases[i].sealed));
    wb_rsa_free(rsa);
}

static void
a_message_that_is_no_key_gives_a_random_key_too(void)
{
    wb_rsa *rsa = vector_key();
    size_t  i, tried = 0;

    for (i = 0; i < COUNT(oaep_cases); i++)
        if (is_ours(&oaep_cases[i]) && oaep_cases[i].plain.len != WB_KEY_SIZE) {
            check_gives_random_keys(rsa, octets_span(oaep_cases[i].sealed));
            tried++;
        }
    CHECK(tried > 0);
    check_gives_random_keys(rsa, wb_span_of("short", 5));
    wb_rsa_free(rsa);
}

static void
want_of_memory_within_rsa_is_no_bad_padding(void)
{
    static const uint8_t cek[WB_KEY_SIZE] = {7};
    wb_rsa              *rsa              = vector_key();
    pwwb_error          *err              = pwwb_error_new();
    uint8_t              sealed[WB_RSA_SIZE];
    uint8_t              out[WB_KEY_SIZE];

    CHECK_STATUS(PWWB_OK, wb_rsa_seal(rsa, cek, sealed, err));
    rsa_has_no_memory = 1;
    CHECK_STATUS(PWWB_E_NO_MEMORY, wb_rsa_open(rsa, wb_span_of(sealed, sizeof(sealed)), out, err));
    rsa_has_no_memory = 0;
    CHECK_STATUS(PWWB_OK, wb_rsa_open(rsa, wb_span_of(sealed, sizeof(sealed)), out, err));
    CHECK_MEM(cek, sizeof(cek), out, sizeof(out));
    pwwb_error_free(err);
    wb_rsa_free(rsa);
}

static void
a_new_pair_seals_and_opens(void)
{
    uint8_t *der = octets_room(WB_RSA_DER_MAX);
    uint8_t *pub = octets_room(WB_RSA_PUB_MAX);
    uint8_t  cek[WB_KEY_SIZE], out[WB_KEY_SIZE], sealed[WB_RSA_SIZE];
    uint8_t  n[2][WB_RSA_SIZE], e[2][3];
    size_t   der_len, pub_len;
    wb_rsa  *private_, *public_;

    CHECK_STATUS(PWWB_OK, wb_rsa_generate(der, &der_len, pub, &pub_len, NULL));
    CHECK_STATUS(PWWB_OK, wb_rsa_new(wb_span_of(der, der_len), 1, &private_, NULL));
    CHECK_STATUS(PWWB_OK, wb_rsa_new(wb_span_of(pub, pub_len), 0, &public_, NULL));
    wb_rsa_numbers(private_, n[0], e[0]);
    wb_rsa_numbers(public_, n[1], e[1]);
    CHECK_MEM(n[0], WB_RSA_SIZE, n[1], WB_RSA_SIZE);
    CHECK_MEM("\x01\x00\x01", 3, e[1], 3);

    wb_random(cek, sizeof(cek));
    CHECK_STATUS(PWWB_OK, wb_rsa_seal(public_, cek, sealed, NULL));
    CHECK_STATUS(PWWB_OK, wb_rsa_open(private_, wb_span_of(sealed, sizeof(sealed)), out, NULL));
    CHECK_MEM(cek, sizeof(cek), out, sizeof(out));

    wb_rsa_free(private_);
    wb_rsa_free(public_);
    sodium_free(der);
    sodium_free(pub);
}

static void
a_key_cut_anywhere_is_refused(void)
{
    size_t len;

    for (len = 0; len < oaep_keys[0].len; len += 3) {
        uint8_t *cut = octets_guarded(oaep_keys[0].p, len);
        wb_rsa  *rsa;

        CHECK_STATUS(PWWB_E_CRYPTO, wb_rsa_new(wb_span_of(cut, len), 1, &rsa, NULL));
        CHECK(rsa == NULL);
        CHECK_STATUS(PWWB_E_CRYPTO, wb_rsa_new(wb_span_of(cut, len), 0, &rsa, NULL));
        CHECK(rsa == NULL);
        sodium_free(cut);
    }
}

static void
a_key_of_1024_bits_is_refused(void)
{
    mbedtls_pk_context pk;
    uint8_t            der[WB_RSA_DER_MAX];
    int                len = 0;
    wb_rsa            *rsa;

    mbedtls_pk_init(&pk);
    if (mbedtls_pk_setup(&pk, mbedtls_pk_info_from_type(MBEDTLS_PK_RSA)) == 0
        && mbedtls_rsa_gen_key(mbedtls_pk_rsa(pk), wb_random_f, NULL, 1024, 65537) == 0)
        len = mbedtls_pk_write_key_der(&pk, der, sizeof(der));
    mbedtls_pk_free(&pk);
    CHECK(len > 0);
    CHECK_STATUS(PWWB_E_CRYPTO,
                 wb_rsa_new(wb_span_of(der + sizeof(der) - len, (size_t)len), 1, &rsa, NULL));
    CHECK(rsa == NULL);
}

static void
running_out_of_memory_anywhere_is_survived(void)
{
    wb_rsa *rsa;
    long    nth, count;

    faults_count();
    CHECK_STATUS(PWWB_OK, wb_rsa_new(octets_span(oaep_keys[0]), 1, &rsa, NULL));
    count = faults_stop();
    wb_rsa_free(rsa);
    CHECK(count > 0);
    for (nth = 1; nth <= count; nth++) {
        pwwb_status st;

        faults_fail(nth);
        st = wb_rsa_new(octets_span(oaep_keys[0]), 1, &rsa, NULL);
        faults_stop();
        CHECK_STATUS(PWWB_E_NO_MEMORY, st);
        CHECK(rsa == NULL);
    }
}

/* One of the threads that share a key. */
typedef struct worker {
    pthread_t thread;
    wb_rsa   *rsa;
    uint8_t   number;
    int       wrong;
} worker;

static void *
work(void *arg)
{
    worker *w = arg;
    int     i;

    w->wrong += wb_crypto_ready(NULL) != PWWB_OK;
    for (i = 0; i < 8; i++) {
        uint8_t cek[WB_KEY_SIZE], out[WB_KEY_SIZE], sealed[WB_RSA_SIZE];

        memset(cek, w->number * 16 + i, sizeof(cek));
        w->wrong += wb_rsa_seal(w->rsa, cek, sealed, NULL) != PWWB_OK;
        w->wrong += wb_rsa_open(w->rsa, wb_span_of(sealed, sizeof(sealed)), out, NULL) != PWWB_OK;
        w->wrong += memcmp(cek, out, sizeof(cek)) != 0;
    }
    return NULL;
}

static void
four_threads_on_one_key_all_open_right(void)
{
    worker  workers[4] = {{0}};
    wb_rsa *rsa        = vector_key();
    size_t  i;

    for (i = 0; i < COUNT(workers); i++) {
        workers[i].rsa    = rsa;
        workers[i].number = (uint8_t)i;
        CHECK_INT(0, pthread_create(&workers[i].thread, NULL, work, &workers[i]));
    }
    for (i = 0; i < COUNT(workers); i++) {
        CHECK_INT(0, pthread_join(workers[i].thread, NULL));
        CHECK_INT(0, workers[i].wrong);
    }
    wb_rsa_free(rsa);
}

static void
argon2id_out_of_range_is_refused_before_it_is_paid(void)
{
    static const uint8_t salt[WB_SALT_SIZE];
    static const struct {
        uint32_t ops;
        uint32_t mem;
    } costs[]          = {{0, WB_ARGON_MEM},
                          {11, WB_ARGON_MEM},
                          {UINT32_MAX, WB_ARGON_MEM},
                          {3, 0},
                          {3, (8u << 20) - 1},
                          {3, (1024u << 20) + 1},
                          {3, UINT32_MAX}};
    wb_span passphrase = wb_span_of("correct horse", 13);
    uint8_t key[WB_KEY_SIZE];
    size_t  i;

    for (i = 0; i < COUNT(costs); i++)
        CHECK_INT(-1, wb_argon2id(passphrase, salt, costs[i].ops, costs[i].mem, key));
}

static void
a_labelled_hash_is_of_label_zero_and_octets(void)
{
    uint8_t labelled[WB_SHA256_SIZE], whole[WB_SHA256_SIZE];

    wb_sha256_labelled("label", "octets", 6, labelled);
    wb_sha256("label\0octets", 12, whole);
    CHECK_MEM(whole, sizeof(whole), labelled, sizeof(labelled));
    wb_sha256("abc", 3, whole); /* FIPS 180-2 B.1 */
    CHECK_MEM("\xba\x78\x16\xbf\x8f\x01\xcf\xea\x41\x41\x40\xde\x5d\xae\x22\x23"
              "\xb0\x03\x61\xa3\x96\x17\x7a\x9c\xb4\x10\xff\x61\xf2\x00\x15\xad",
              32, whole, sizeof(whole));
}

/* RFC 4648 10 */
static void
base64_is_that_of_the_standard_and_strict(void)
{
    static const char *const refused[] = {
        "Zm9v",      "Zm9vYg",     "Zm9vYg=",  "Zm9vYh==", "Zm9vYg== ",
        " Zm9vYg==", "Zm9v\nYg==", "Zm-_Yg==", "Zm9vYg==="};
    char    text[9];
    uint8_t data[4];
    size_t  i;

    CHECK_INT(0, wb_base64_print((const uint8_t *)"foob", 4, text, sizeof(text)));
    CHECK_STR("Zm9vYg==", text);
    CHECK_INT(-1, wb_base64_print((const uint8_t *)"foob", 4, text, 8));
    CHECK_INT(0, wb_base64_parse("Zm9vYg==", 8, data, 4));
    CHECK_MEM("foob", 4, data, 4);
    CHECK_INT(-1, wb_base64_parse("Zm9vYg==", 8, data, 3));
    for (i = 0; i < COUNT(refused); i++)
        CHECK_INT(-1, wb_base64_parse(refused[i], strlen(refused[i]), data, 4));
}

static size_t
unhex(const char *hex, uint8_t *octets_, size_t size)
{
    size_t len = 0;

    if (sodium_hex2bin(octets_, size, hex, strlen(hex), NULL, &len, NULL) != 0)
        abort();
    return len;
}

/* RFC 8032 7.1, TEST 1 to 3: seed, public key, message, signature. */
static const char *const ed25519[3][4] = {
    {"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
     "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
     "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
     "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"},
    {"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
     "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
     "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
     "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"},
    {"c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
     "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
     "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
     "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"},
};

static void
ed25519_is_that_of_the_standard(void)
{
    size_t i, j;

    for (i = 0; i < COUNT(ed25519); i++) {
        uint8_t seed[32], public_[32], message[8], signature[64], got[64];
        wb_span span;

        (void)unhex(ed25519[i][0], seed, sizeof(seed));
        (void)unhex(ed25519[i][1], public_, sizeof(public_));
        span = wb_span_of(message, unhex(ed25519[i][2], message, sizeof(message)));
        (void)unhex(ed25519[i][3], signature, sizeof(signature));
        wb_ed25519_public(seed, got);
        CHECK_MEM(public_, 32, got, 32);
        wb_ed25519_sign(seed, span, got);
        CHECK_MEM(signature, 64, got, 64);
        CHECK_INT(0, wb_ed25519_verify(public_, span, signature));
        for (j = 0; j < sizeof(signature) * 8; j++) {
            signature[j / 8] ^= (uint8_t)(1 << j % 8);
            CHECK_INT(-1, wb_ed25519_verify(public_, span, signature));
            signature[j / 8] ^= (uint8_t)(1 << j % 8);
        }
        message[span.len] = 0;
        span.len++;
        CHECK_INT(-1, wb_ed25519_verify(public_, span, signature));
    }
}

/* RFC 8032 5.1.7: S is below the group's order L, so that there is one signature and not a second;
 * and a key of small order, which verifies what nobody signed, is none. */
static void
ed25519_takes_no_second_form_and_no_key_of_small_order(void)
{
    static const char *const order =
        "edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010";
    uint8_t  public_[32], message[1] = {0x72}, signature[64], l[32], zero[32] = {0}, one[32] = {1};
    unsigned carry = 0;
    size_t   i;

    (void)unhex(ed25519[1][1], public_, sizeof(public_));
    (void)unhex(ed25519[1][3], signature, sizeof(signature));
    (void)unhex(order, l, sizeof(l));
    for (i = 0; i < 32; i++) { /* S + L, little-endian */
        carry += (unsigned)signature[32 + i] + l[i];
        signature[32 + i] = (uint8_t)carry;
        carry >>= 8;
    }
    CHECK_INT(-1, wb_ed25519_verify(public_, wb_span_of(message, 1), signature));
    memset(signature, 0, sizeof(signature));
    signature[0] = 1; /* R the neutral element, S zero */
    CHECK_INT(-1, wb_ed25519_verify(one, wb_span_of(message, 1), signature));
    CHECK_INT(-1, wb_ed25519_verify(zero, wb_span_of(message, 1), signature));
}

/* RFC 4648 4 and 5, letter by letter: libsodium 1.0.18 alone takes each octet above 127 for the last
 * character of its alphabet. */
static void
no_octet_outside_its_alphabet_is_base64(void)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    uint8_t           data[3];
    char              text[5] = "AAAA";
    int               c;

    for (c = 0; c < 256; c++) {
        int is_letter = c != 0 && strchr(letters, c) != NULL;

        text[1] = (char)c;
        CHECK_INT(is_letter || c == '+' || c == '/' ? 0 : -1, wb_base64_parse(text, 4, data, 3));
        CHECK_INT(is_letter || c == '-' || c == '_' ? 3 : -1,
                  wb_base64url_parse(text, 4, data, sizeof(data)));
    }
}

int
main(void)
{
    if (wb_crypto_ready(NULL) != PWWB_OK)
        return 1;

    RUN(gcm_of_libsodium_agrees_with_wycheproof);
    RUN(gcm_of_mbedtls_agrees_with_wycheproof);
    RUN(both_bodies_of_gcm_open_what_the_other_sealed_in_place);
    RUN(less_than_a_tag_is_not_opened);
    RUN(x25519_agrees_with_wycheproof_and_refuses_a_shared_secret_of_zeros);
    RUN(hkdf_agrees_with_wycheproof_where_there_is_no_salt);
    RUN(oaep_opens_wycheproofs_messages_without_a_label_and_no_others);
    RUN(oaep_with_sha1_in_its_mask_is_never_opened);
    RUN(bad_padding_gives_a_random_key_and_no_error);
    RUN(a_message_that_is_no_key_gives_a_random_key_too);
    RUN(want_of_memory_within_rsa_is_no_bad_padding);
    RUN(a_new_pair_seals_and_opens);
    RUN(a_key_cut_anywhere_is_refused);
    RUN(a_key_of_1024_bits_is_refused);
    RUN(running_out_of_memory_anywhere_is_survived);
    RUN(four_threads_on_one_key_all_open_right);
    RUN(argon2id_out_of_range_is_refused_before_it_is_paid);
    RUN(a_labelled_hash_is_of_label_zero_and_octets);
    RUN(base64_is_that_of_the_standard_and_strict);
    RUN(ed25519_is_that_of_the_standard);
    RUN(ed25519_takes_no_second_form_and_no_key_of_small_order);
    RUN(no_octet_outside_its_alphabet_is_base64);
    return DONE;
}
