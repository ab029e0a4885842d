/* SPDX-License-Identifier: Apache-2.0 */
/* rows: 9 17 18 */
/*
 * Private keys of the host's, kept by code that is not ours: OpenSSL, SoftHSM and NSS, by the
 * tables of examples/. What they are to open is wrapped by OpenSSL or by a portal half; they may go
 * away.
 */
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <pthread.h>
#include <unistd.h>

#include "host_world.h"
#include "tokens.h"

#define THREADS 4
#define OPENS   8

static const token_kind *kind; /* the one the test is about now */
static pwwb_keyring     *ours; /* a built-in RSA key, to compare with */

static void
for_each_kind(void (*test)(void))
{
    for (kind = token_kinds; kind < token_kinds + TOKEN_KINDS; kind++) {
        int before = harness_failures;

        test();
        if (harness_failures > before)
            printf("# with %s\n", kind->name);
    }
}

/* A new key there. */
static size_t
make_key(void *ctx, uint8_t public_key[WB_RSA_PUB_MAX])
{
    size_t len = 0;

    CHECK_STATUS(PWWB_OK, kind->ops->make(ctx, public_key, WB_RSA_PUB_MAX, &len, NULL));
    return len;
}

static pwwb_keyring *
keyring_by_hand(void *ctx)
{
    uint8_t       public_key[WB_RSA_PUB_MAX];
    size_t        len     = make_key(ctx, public_key);
    pwwb_keyring *keyring = NULL;

    CHECK_STATUS(PWWB_OK, pwwb_keyring_new_host_key(ex_tenant, public_key, len, kind->ops, ctx,
                                                    &keyring, NULL));
    return keyring;
}

/* ---- opening ---- */

static void
by_hand(void)
{
    pwwb_keyring *keyring = keyring_by_hand(token_new(kind));

    CHECK_STATUS(PWWB_OK, hw_open(keyring, 0, NULL));
    CHECK_STATUS(PWWB_OK, hw_open(keyring, 0, NULL));
    pwwb_keyring_free(keyring);
}

static void
what_the_portal_half_sealed_opens(void)
{
    for_each_kind(by_hand);
}

/* Wrap with OpenSSL; -1 when it would not. */
static int
wrap(const uint8_t *public_key, size_t public_len, const char *hash, const char *mgf,
     const char *label, const uint8_t *plain, size_t len, uint8_t out[WB_RSA_SIZE])
{
    EVP_PKEY     *key     = d2i_PUBKEY(NULL, &public_key, (long)public_len);
    EVP_PKEY_CTX *c       = EVP_PKEY_CTX_new(key, NULL);
    size_t        out_len = WB_RSA_SIZE;
    int           is_bad  = EVP_PKEY_encrypt_init(c) <= 0;

    if (hash == NULL)
        is_bad |= EVP_PKEY_CTX_set_rsa_padding(c, RSA_NO_PADDING) <= 0;
    else
        is_bad |= EVP_PKEY_CTX_set_rsa_padding(c, RSA_PKCS1_OAEP_PADDING) <= 0
                  || EVP_PKEY_CTX_set_rsa_oaep_md(c, EVP_get_digestbyname(hash)) <= 0
                  || EVP_PKEY_CTX_set_rsa_mgf1_md(c, EVP_get_digestbyname(mgf)) <= 0;
    if (label != NULL)
        is_bad |= EVP_PKEY_CTX_set0_rsa_oaep_label(c, OPENSSL_strdup(label), (int)strlen(label))
                  <= 0;
    is_bad |= EVP_PKEY_encrypt(c, out, &out_len, plain, len) <= 0;
    EVP_PKEY_CTX_free(c);
    EVP_PKEY_free(key);
    return is_bad ? -1 : 0;
}

static const struct {
    const char *hash, *mgf, *label;
    size_t      len;
    int32_t     answer;
} wrappings[] = {
    {"SHA256", "SHA256", NULL, 32, PWWB_UNWRAP_OK},
    {"SHA256", "SHA256", NULL, 31, PWWB_UNWRAP_REJECTED},
    {"SHA256", "SHA256", NULL, 33, PWWB_UNWRAP_REJECTED},
    {"SHA256", "SHA256", NULL, 0, PWWB_UNWRAP_REJECTED},
    {"SHA256", "SHA256", NULL, 190, PWWB_UNWRAP_REJECTED},
    {"SHA256", "SHA256", "label", 32, PWWB_UNWRAP_REJECTED},
    {"SHA256", "SHA1", NULL, 32, PWWB_UNWRAP_REJECTED},
    {"SHA1", "SHA1", NULL, 32, PWWB_UNWRAP_REJECTED},
    {"SHA1", "SHA256", NULL, 32, PWWB_UNWRAP_REJECTED},
    {"SHA512", "SHA512", NULL, 32, PWWB_UNWRAP_REJECTED},
};

static void
other_paddings(void)
{
    uint8_t public_key[WB_RSA_PUB_MAX], plain[190], wrapped[WB_RSA_SIZE], cek[WB_KEY_SIZE];
    void   *ctx = token_new(kind);
    size_t  len = make_key(ctx, public_key);
    size_t  i;

    memset(plain, 0, sizeof(plain)); /* zeros are what padding is made of */
    plain[0] = 0x5a;
    for (i = 0; i < sizeof(wrappings) / sizeof(wrappings[0]); i++) {
        CHECK_INT(0, wrap(public_key, len, wrappings[i].hash, wrappings[i].mgf, wrappings[i].label,
                          plain, wrappings[i].len, wrapped));
        CHECK_INT(wrappings[i].answer, kind->ops->unwrap(ctx, public_key, len, wrapped, cek));
        if (wrappings[i].answer == PWWB_UNWRAP_OK)
            CHECK_MEM(plain, sizeof(cek), cek, sizeof(cek));
    }
    kind->ops->destroy(ctx);
}

static void
only_oaep_with_sha_256_around_32_octets_is_opened(void)
{
    for_each_kind(other_paddings);
}

/* MGF1 of RFC 8017 B.2.1, by OpenSSL's SHA-256. */
static void
mask(uint8_t *data, size_t len, const uint8_t *seed, size_t seed_len)
{
    uint8_t input[WB_RSA_SIZE + 4], block[32];
    size_t  i;

    memcpy(input, seed, seed_len);
    for (i = 0; i < len; i++) {
        if (i % 32 == 0) {
            memcpy(input + seed_len, (uint8_t[4]){0, 0, 0, (uint8_t)(i / 32)}, 4);
            (void)EVP_Digest(input, seed_len + 4, block, NULL, EVP_sha256(), NULL);
        }
        data[i] ^= block[i % 32];
    }
}

/* OAEP around 32 octets of 0x5a, one octet of it changed before it is masked: at 0 the first of
 * all, from 33 on the label's hash (32), zeros (158), a one, the message (32). -1: none is. */
static int32_t
answer_to_change(void *ctx, const uint8_t *public_key, size_t len, int at)
{
    uint8_t em[WB_RSA_SIZE] = {0}, wrapped[WB_RSA_SIZE], cek[WB_KEY_SIZE];

    (void)EVP_Digest("", 0, em + 33, NULL, EVP_sha256(), NULL);
    em[WB_RSA_SIZE - 33] = 1;
    memset(em + WB_RSA_SIZE - 32, 0x5a, 32);
    wb_random(em + 1, 32);
    if (at > 0)
        em[at] ^= 1;
    mask(em + 33, WB_RSA_SIZE - 33, em + 1, 32);
    mask(em + 1, 32, em + 33, WB_RSA_SIZE - 33);
    if (at == 0)
        em[0] = 1;
    CHECK_INT(0, wrap(public_key, len, NULL, NULL, NULL, em, sizeof(em), wrapped));
    return kind->ops->unwrap(ctx, public_key, len, wrapped, cek);
}

static void
faults_of_padding(void)
{
    static const int wrong[] = {0, 33, 48, 64, 65, 100, 222, 223};
    uint8_t          public_key[WB_RSA_PUB_MAX];
    void            *ctx = token_new(kind);
    size_t           len = make_key(ctx, public_key), i;

    CHECK_INT(PWWB_UNWRAP_OK, answer_to_change(ctx, public_key, len, -1));
    CHECK_INT(PWWB_UNWRAP_OK, answer_to_change(ctx, public_key, len, 255)); /* another message */
    for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
        CHECK_INT(PWWB_UNWRAP_REJECTED, answer_to_change(ctx, public_key, len, wrong[i]));
    kind->ops->destroy(ctx);
}

static void
every_fault_of_the_padding_is_rejected(void)
{
    for_each_kind(faults_of_padding);
}

static void
hostile_numbers(void)
{
    uint8_t public_key[WB_RSA_PUB_MAX], wrapped[WB_RSA_SIZE], cek[WB_KEY_SIZE];
    void   *ctx = token_new(kind);
    size_t  len = make_key(ctx, public_key);
    int     filling;

    for (filling = 0; filling < 256; filling += 51) { /* 0xff is above every modulus */
        memset(wrapped, filling, sizeof(wrapped));
        CHECK_INT(PWWB_UNWRAP_REJECTED, kind->ops->unwrap(ctx, public_key, len, wrapped, cek));
    }
    memcpy(wrapped, public_key + len - 5 - WB_RSA_SIZE, WB_RSA_SIZE); /* the modulus itself */
    CHECK_INT(PWWB_UNWRAP_REJECTED, kind->ops->unwrap(ctx, public_key, len, wrapped, cek));
    CHECK_INT(PWWB_UNWRAP_OK, answer_to_change(ctx, public_key, len, -1)); /* and it still works */
    kind->ops->destroy(ctx);
}

static void
numbers_that_nobody_wrapped_are_rejected(void)
{
    for_each_kind(hostile_numbers);
}

static void
rejected(void)
{
    pwwb_keyring *theirs = keyring_by_hand(token_new(kind));
    pwwb_error   *err[2] = {pwwb_error_new(), pwwb_error_new()};

    CHECK_STATUS(PWWB_E_NOT_AUTHENTIC, hw_open(ours, 1, err[0]));
    CHECK_STATUS(PWWB_E_NOT_AUTHENTIC, hw_open(theirs, 1, err[1]));
    CHECK_STR(pwwb_error_message(err[0]), pwwb_error_message(err[1]));
    CHECK_INT(pwwb_error_code(err[0]), pwwb_error_code(err[1]));
    pwwb_error_free(err[0]);
    pwwb_error_free(err[1]);
    pwwb_keyring_free(theirs);
}

static void
what_is_rejected_looks_as_with_a_key_of_ours(void)
{
    for_each_kind(rejected);
}

/* ---- keys that roll ---- */

static void
both_epochs(void)
{
    ex_world      w;
    ex_message    m;
    pwwb_keyring *portal, *agent;

    ex_make(&w);
    hw_restart(&w, kind->ops, token_new(kind));
    ex_enable(&w);
    portal = ex_keys(&w.portal);
    CHECK_STATUS(PWWB_OK, ex_seal(portal, HW_NOW_S, &m));
    CHECK_STATUS(PWWB_OK, ex_begin(&w, PWWB_EXCHANGE_ROLL));
    CHECK_INT(PWWB_EXCHANGE_DONE, ex_round(&w));
    CHECK_STATUS(PWWB_OK, ex_request(&w));
    agent = ex_keys(&w.agent);
    CHECK_INT(2, (intmax_t)agent->epoch_count);
    CHECK_INT(1, ex_epoch(&w.agent, 0).is_host_key);
    CHECK_INT(1, ex_epoch(&w.agent, 1).is_host_key);
    CHECK(memcmp(agent->epochs[0].recipient_kid, agent->epochs[1].recipient_kid, WB_KID_SIZE) != 0);
    CHECK_STATUS(PWWB_OK, ex_open(agent, &m, HW_NOW_S));
    pwwb_keyring_free(agent);

    hw_restart(&w, kind->ops, token_new(kind)); /* another process: it has the file and the token */
    agent = ex_keys(&w.agent);
    CHECK_STATUS(PWWB_OK, ex_open(agent, &m, HW_NOW_S));
    CHECK_STATUS(PWWB_OK, ex_request(&w));
    pwwb_keyring_free(agent);
    pwwb_keyring_free(portal);
    ex_drop(&w);
}

static void
rolled_keys_are_made_there_and_both_epochs_open(void)
{
    for_each_kind(both_epochs);
}

/* ---- where private keys are ---- */

static int
contains(const uint8_t *data, size_t len, const EVP_PKEY *key, const char *number)
{
    uint8_t octets[WB_RSA_SIZE];
    BIGNUM *n = NULL;
    int     size;

    CHECK(EVP_PKEY_get_bn_param(key, number, &n) == 1);
    size = BN_bn2bin(n, octets);
    BN_clear_free(n);
    return memmem(data, len, octets, (size_t)size) != NULL;
}

/* Which of the private numbers are in what a key file holds, before it is sealed. */
static int
numbers_inside(const pwwb_keyring *keyring, const EVP_PKEY *key)
{
    static const char *const numbers[] = {OSSL_PKEY_PARAM_RSA_D, OSSL_PKEY_PARAM_RSA_FACTOR1,
                                          OSSL_PKEY_PARAM_RSA_FACTOR2,
                                          OSSL_PKEY_PARAM_RSA_EXPONENT1,
                                          OSSL_PKEY_PARAM_RSA_COEFFICIENT1};
    uint8_t                 *plain     = malloc(WB_KEYRING_PLAIN_MAX);
    size_t len = wb_keyring_print(keyring, PWWB_HALF_AGENT, plain, WB_KEYRING_PLAIN_MAX), i;
    int    inside = 0;

    CHECK(len > 100 && len <= WB_KEYRING_PLAIN_MAX);
    CHECK(contains(plain, len, key, OSSL_PKEY_PARAM_RSA_N)); /* the right key, in the right file */
    for (i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
        inside += contains(plain, len, key, numbers[i]);
    free(plain);
    return inside;
}

/* The only key in an empty folder of OpenSSL's. */
static EVP_PKEY *
only_pem(const char *folder)
{
    DIR           *dir  = opendir(folder);
    EVP_PKEY      *key  = NULL;
    struct dirent *entry;
    char           path[4400];
    FILE          *file;

    while (dir != NULL && (entry = readdir(dir)) != NULL) {
        if (strstr(entry->d_name, ".pem") == NULL)
            continue;
        CHECK(key == NULL);
        snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
        file = fopen(path, "r");
        key  = PEM_read_PrivateKey(file, NULL, NULL, NULL);
        (void)fclose(file);
    }
    (void)closedir(dir);
    return key;
}

static void
a_key_file_holds_no_private_key_of_the_hosts(void)
{
    char          folder[] = "/tmp/pwwb-pem-XXXXXX", command[64];
    wb_span       der      = wb_rsa_der(ours->epochs[0].rsa_private);
    EVP_PKEY     *key      = d2i_PrivateKey(EVP_PKEY_RSA, NULL, &der.p, (long)der.len);
    void         *ctx      = NULL;
    ex_world      w;
    pwwb_keyring *keyring;

    CHECK_INT(5, numbers_inside(ours, key)); /* the control: ours holds them all */
    EVP_PKEY_free(key);

    CHECK(mkdtemp(folder) != NULL);
    CHECK_STATUS(PWWB_OK, unwrap_openssl_new(folder, &ctx, NULL));
    ex_make(&w);
    hw_restart(&w, &unwrap_openssl_ops, ctx);
    ex_enable(&w);
    key     = only_pem(folder);
    keyring = ex_keys(&w.agent);
    CHECK(key != NULL);
    CHECK_INT(0, numbers_inside(keyring, key));
    pwwb_keyring_free(keyring);
    EVP_PKEY_free(key);
    ex_drop(&w);
    snprintf(command, sizeof(command), "rm -rf %s", folder);
    CHECK_INT(0, system(command));
}

/* What the token says of every private key that was made there. */
static void
sealed_in_the_token(void)
{
    CK_OBJECT_CLASS   class  = CKO_PRIVATE_KEY;
    CK_ATTRIBUTE      what   = {CKA_CLASS, &class, sizeof(class)};
    CK_BBOOL          is_sensitive, is_extractable;
    uint8_t           secret[WB_RSA_SIZE];
    CK_ATTRIBUTE      known[] = {{CKA_SENSITIVE, &is_sensitive, sizeof(is_sensitive)},
                                 {CKA_EXTRACTABLE, &is_extractable, sizeof(is_extractable)}};
    CK_ATTRIBUTE      d       = {CKA_PRIVATE_EXPONENT, secret, sizeof(secret)};
    pwwb_keyring     *keyring;
    CK_FUNCTION_LIST *f;
    CK_SESSION_HANDLE session;
    CK_OBJECT_HANDLE  key;
    CK_ULONG          count, seen = 0;

    if (kind->module == NULL)
        return;
    keyring = keyring_by_hand(token_new(kind));
    CHECK_STATUS(PWWB_OK, hw_open(keyring, 0, NULL));
    f = token_module(kind);
    CHECK_INT(CKR_OK, f->C_OpenSession(token_slot(kind, f), CKF_SERIAL_SESSION, NULL, NULL,
                                       &session));
    CHECK_INT(CKR_OK, f->C_FindObjectsInit(session, &what, 1));
    while (f->C_FindObjects(session, &key, 1, &count) == CKR_OK && count == 1) {
        seen++;
        is_sensitive   = 0;
        is_extractable = 1;
        d.ulValueLen   = sizeof(secret);
        CHECK_INT(CKR_OK, f->C_GetAttributeValue(session, key, known, 2));
        CHECK_INT(1, is_sensitive);
        CHECK_INT(0, is_extractable);
        CHECK_INT(CKR_ATTRIBUTE_SENSITIVE, f->C_GetAttributeValue(session, key, &d, 1));
    }
    CHECK(seen > 0);
    (void)f->C_FindObjectsFinal(session);
    (void)f->C_CloseSession(session);
    pwwb_keyring_free(keyring);
}

static void
a_token_gives_no_private_key_out(void)
{
    for_each_kind(sealed_in_the_token);
}

/* ---- tokens that go away ---- */

static void
check_unavailable(pwwb_keyring *keyring)
{
    pwwb_error *err = pwwb_error_new();

    CHECK_STATUS(PWWB_E_KEY_UNAVAILABLE, hw_open(keyring, 0, err));
    CHECK_STR("the host's key cannot be used now", pwwb_error_message(err));
    CHECK_STATUS(PWWB_E_KEY_UNAVAILABLE, hw_open(keyring, 1, err)); /* nor are bad octets refused */
    pwwb_error_free(err);
}

static void
away_at_the_start(void)
{
    ex_world      w;
    pwwb_keyring *keyring;

    ex_make(&w);
    hw_restart(&w, kind->ops, token_new(kind));
    ex_enable(&w);
    ex_side_drop(&w.agent); /* the process ends, the token goes, the process comes again */
    w.agent = (ex_side){.half = PWWB_HALF_AGENT};
    token_move(kind, 1);
    hw_restart(&w, kind->ops, token_new(kind));
    keyring = ex_keys(&w.agent);
    check_unavailable(keyring);
    CHECK(ex_begin(&w, PWWB_EXCHANGE_ROLL) != PWWB_OK);
    CHECK_INT(1, (intmax_t)ex_info(&w.agent).epoch_count);
    token_move(kind, 0);
    CHECK_STATUS(PWWB_OK, hw_open(keyring, 0, NULL)); /* without a restart */
    CHECK_STATUS(PWWB_E_NOT_AUTHENTIC, hw_open(keyring, 1, NULL));
    pwwb_keyring_free(keyring);
    ex_drop(&w);
}

static void
a_token_that_is_away_at_the_start_is_found_when_it_is_back(void)
{
    for_each_kind(away_at_the_start);
}

static void
a_token_that_goes_while_it_is_used_is_found_when_it_is_back(void)
{
    pwwb_keyring *keyring;

    kind    = &token_kinds[1]; /* SoftHSM reads its files each time, the others remember the key */
    keyring = keyring_by_hand(token_new(kind));
    CHECK_STATUS(PWWB_OK, hw_open(keyring, 0, NULL));
    token_move(kind, 1);
    check_unavailable(keyring);
    check_unavailable(keyring);
    token_move(kind, 0);
    CHECK_STATUS(PWWB_OK, hw_open(keyring, 0, NULL));
    pwwb_keyring_free(keyring);
}

/* ---- sessions that end ---- */

enum { CLOSED, LOGGED_OUT, FINALIZED, WAYS };

/* Somebody else in the process does that to the module; the next one but one opens. */
static void
check_recovers(pwwb_keyring *keyring, int way)
{
    CK_FUNCTION_LIST *f = token_module(kind);
    CK_SESSION_HANDLE session;

    if (way == CLOSED)
        CHECK_INT(CKR_OK, f->C_CloseAllSessions(token_slot(kind, f)));
    if (way == LOGGED_OUT) {
        CHECK_INT(CKR_OK, f->C_OpenSession(token_slot(kind, f), CKF_SERIAL_SESSION, NULL, NULL,
                                           &session));
        CHECK_INT(CKR_OK, f->C_Logout(session));
        CHECK_INT(CKR_OK, f->C_CloseSession(session));
    }
    if (way == FINALIZED)
        CHECK_INT(CKR_OK, f->C_Finalize(NULL));
    CHECK_STATUS(PWWB_E_KEY_UNAVAILABLE, hw_open(keyring, 0, NULL));
    CHECK_STATUS(PWWB_OK, hw_open(keyring, 0, NULL));
}

static void
sessions_end(void)
{
    pwwb_keyring *keyring;
    int           way;

    if (kind->module == NULL)
        return;
    keyring = keyring_by_hand(token_new(kind));
    for (way = CLOSED; way < WAYS; way++) {
        CHECK_STATUS(PWWB_OK, hw_open(keyring, 0, NULL));
        check_recovers(keyring, way);
    }
    pwwb_keyring_free(keyring);
}

static void
a_session_that_ended_is_unavailable_once_and_then_anew(void)
{
    for_each_kind(sessions_end);
}

/* Another try with a wrong PIN could lock the token: the process has to begin again. */
static void
wrong_pin(void)
{
    uint8_t public_key[WB_RSA_PUB_MAX], wrapped[WB_RSA_SIZE] = {1}, cek[WB_KEY_SIZE];
    char    path[4096];
    void   *ctx;
    size_t  len;
    FILE   *file;

    if (kind->module == NULL)
        return;
    ctx = token_new(kind);
    len = make_key(ctx, public_key);
    kind->ops->destroy(ctx);

    snprintf(path, sizeof(path), "%s/wrong-pin", token_folder);
    file = fopen(path, "w");
    CHECK(file != NULL && fputs("no such pin\n", file) >= 0 && fclose(file) == 0);
    ctx = token_with_pin(kind, path);
    CHECK_INT(PWWB_UNWRAP_UNAVAILABLE, kind->ops->unwrap(ctx, public_key, len, wrapped, cek));
    CHECK_INT(0, unlink(path));
    CHECK_INT(0, symlink(token_pin, path)); /* the right one now: it is not read again */
    CHECK_INT(PWWB_UNWRAP_UNAVAILABLE, kind->ops->unwrap(ctx, public_key, len, wrapped, cek));
    kind->ops->destroy(ctx);
    ctx = token_with_pin(kind, path);
    CHECK_INT(PWWB_UNWRAP_REJECTED, kind->ops->unwrap(ctx, public_key, len, wrapped, cek));
    kind->ops->destroy(ctx);
    CHECK_INT(0, unlink(path));
}

static void
a_wrong_pin_is_tried_once(void)
{
    for_each_kind(wrong_pin);
}

/* ---- threads ---- */

static void *
open_many(void *ctx)
{
    pwwb_keyring *keyring = ctx;
    long          bad     = 0;
    ex_message    m;
    int           i;

    for (i = 0; i < OPENS; i++)
        bad += ex_seal(keyring, HW_NOW_S, &m) != PWWB_OK
               || ex_open(keyring, &m, HW_NOW_S) != PWWB_OK;
    return (void *)bad;
}

static void
at_once(void)
{
    pwwb_keyring *keyring = keyring_by_hand(token_new(kind));
    pthread_t     threads[THREADS];
    void         *bad;
    int           i;

    for (i = 0; i < THREADS; i++)
        CHECK_INT(0, pthread_create(&threads[i], NULL, open_many, keyring));
    for (i = 0; i < THREADS; i++) {
        CHECK_INT(0, pthread_join(threads[i], &bad));
        CHECK_INT(0, (long)bad);
    }
    pwwb_keyring_free(keyring);
}

static void
four_threads_open_at_once(void)
{
    for_each_kind(at_once);
}

int
main(void)
{
    tokens_begin();
    if (wb_crypto_ready(NULL) != PWWB_OK
        || pwwb_keyring_new(ex_tenant, PWWB_SUITE_RSA, &ours, NULL) != PWWB_OK)
        return 1;

    RUN(what_the_portal_half_sealed_opens);
    RUN(only_oaep_with_sha_256_around_32_octets_is_opened);
    RUN(every_fault_of_the_padding_is_rejected);
    RUN(numbers_that_nobody_wrapped_are_rejected);
    RUN(what_is_rejected_looks_as_with_a_key_of_ours);
    RUN(rolled_keys_are_made_there_and_both_epochs_open);
    RUN(a_key_file_holds_no_private_key_of_the_hosts);
    RUN(a_token_gives_no_private_key_out);
    RUN(a_token_that_is_away_at_the_start_is_found_when_it_is_back);
    RUN(a_token_that_goes_while_it_is_used_is_found_when_it_is_back);
    RUN(a_session_that_ended_is_unavailable_once_and_then_anew);
    RUN(a_wrong_pin_is_tried_once);
    RUN(four_threads_open_at_once);
    pwwb_keyring_free(ours);
    return DONE;
}
