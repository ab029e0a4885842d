/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sealing and opening requests, and what refusing one costs: against the bare operation that none
 * can do without, and against the same made of OpenSSL's EVP. Thread CPU time.
 */

#include <pwwb/pwwb.h>

#include "bench.h"
#include "fakes.h"
#include "rivals.h"

#define NOW INT64_C(1700000000)

static const char password[] = "Correct-Horse-16";

static int
ours_open(void *arg)
{
    suite *s = arg;
    int    rc;

    rc = pwwb_request_open(s->request, s->keyring, s->sealed, s->sealed_len, NOW, 120, NULL);
    return rc == PWWB_OK ? pwwb_request_open_secret(s->request, NULL) : rc;
}

static int
ours_seal(void *arg)
{
    suite *s = arg;
    size_t len;

    memset(s->claims.cti, 0, sizeof(s->claims.cti));
    return pwwb_request_seal(s->keyring, &s->claims, (const uint8_t *)password, strlen(password),
                             NULL, 0, s->out, sizeof(s->out), &len, NULL);
}

/* What the gate does: the outer layer and the claims, no private key. */
static int
ours_gate(void *arg)
{
    suite *s = arg;

    return pwwb_request_open(s->request, s->keyring, s->sealed, s->sealed_len, NOW, 120, NULL);
}

static int
late_is_refused(void *arg)
{
    suite *s = arg;

    return pwwb_request_open(s->request, s->keyring, s->sealed, s->sealed_len, NOW + 999, 120, NULL)
           != PWWB_E_EXPIRED;
}

static int
changed_is_refused(void *arg)
{
    suite *s = arg;

    return pwwb_request_open(s->request, s->keyring, s->bad, s->sealed_len, NOW, 120, NULL)
           != PWWB_E_NOT_AUTHENTIC;
}

static int
garbage_is_refused(void *arg)
{
    suite *s = arg;

    return pwwb_request_open(s->request, s->keyring, s->bad + 100, s->sealed_len - 100, NOW, 120,
                             NULL)
           != PWWB_E_MALFORMED;
}

/* A request that was carried out comes again: its kept reply is the answer. */
typedef struct repeat {
    suite          *suite;
    pwwb_writeback *writeback;
    pwwb_journal   *journal;
    pwwb_directory *directory;
} repeat;

static int
replay_is_answered(void *arg)
{
    repeat *r  = arg;
    int     rc = pwwb_writeback_begin(r->writeback, r->suite->sealed, r->suite->sealed_len, NULL);

    if (rc != PWWB_OK)
        return rc;
    return pwwb_writeback_run(r->writeback, r->journal, NULL, r->directory, -1, NULL);
}

static void
must(int rc, const char *what)
{
    if (rc != 0) {
        fprintf(stderr, "bench_envelope: %s: %d\n", what, rc);
        exit(1);
    }
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

static void
make_suite(suite *s, int32_t number)
{
    static const uint8_t tenant[PWWB_ID_SIZE] = {1};

    s->claims = (pwwb_claims){.size      = sizeof(s->claims),
                              .iat       = NOW,
                              .exp       = NOW + 60,
                              .operation = PWWB_OPERATION_RESET_SELF,
                              .origin    = PWWB_FROM_RESET_PORTAL,
                              .actor     = PWWB_ACTOR_USER,
                              .user_type = PWWB_USER_HASH_SYNC,
                              .anchor    = {.kind = PWWB_ANCHOR_SOURCE, .guid = {7}},
                              .actor_id  = {9},
                              .reply_to  = "replies/portal-1"};
    memset(s->claims.anchor.guid, 7, sizeof(s->claims.anchor.guid));
    must(pwwb_keyring_new(tenant, number, &s->keyring, NULL), "keyring");
    must(pwwb_request_new(&s->request, NULL), "request");
    s->epoch = wb_keyring_active(s->keyring);
    must(pwwb_request_seal(s->keyring, &s->claims, (const uint8_t *)password, strlen(password),
                           NULL, 0, s->sealed, sizeof(s->sealed), &s->sealed_len, NULL),
         "seal");
    memcpy(s->bad, s->sealed, s->sealed_len);
    s->bad[s->sealed_len - 1] ^= 1;
    take_apart(s);
    must(load_rivals(s), "OpenSSL");
}

static void
free_suite(suite *s)
{
    free_rivals(s);
    pwwb_request_free(s->request);
    pwwb_keyring_free(s->keyring);
}

static void
bench_rsa(suite *s)
{
    static bench_row opens[] = {
        {.name = "mbedTLS private operation, context kept", .run = bare_rsa_open, .batch = 2},
        {.name = "OpenSSL RSA, AES-256-GCM", .run = evp_rsa_open, .batch = 8},
        {.name = "pwwb_request_open and _open_secret", .run = ours_open, .batch = 2},
    };
    static bench_row seals[] = {
        {.name = "mbedTLS public operation, context kept", .run = bare_rsa_seal, .batch = 20},
        {.name = "OpenSSL RSA, AES-256-GCM", .run = evp_rsa_seal, .batch = 20},
        {.name = "pwwb_request_seal", .run = ours_seal, .batch = 20},
    };
    int i;

    for (i = 0; i < 3; i++)
        opens[i].arg = seals[i].arg = s;
    bench_group("open, RSA suite", opens, 3);
    bench_group("seal, RSA suite", seals, 3);
}

static void
bench_x25519(suite *s)
{
    static bench_row opens[] = {
        {.name = "libsodium scalarmult, HKDF, AES-256-GCM", .run = bare_x25519_open, .batch = 20},
        {.name = "OpenSSL X25519, HKDF, AES-256-GCM", .run = evp_x25519_open, .batch = 20},
        {.name = "pwwb_request_open and _open_secret", .run = ours_open, .batch = 20},
    };
    static bench_row seals[] = {
        {.name = "libsodium key, scalarmult, HKDF, AES-256-GCM", .run = bare_x25519_seal,
         .batch = 20},
        {.name = "OpenSSL key, X25519, HKDF, AES-256-GCM", .run = evp_x25519_seal, .batch = 20},
        {.name = "pwwb_request_seal", .run = ours_seal, .batch = 20},
    };
    int i;

    for (i = 0; i < 3; i++)
        opens[i].arg = seals[i].arg = s;
    bench_group("open, X25519 suite", opens, 3);
    bench_group("seal, X25519 suite", seals, 3);
}

static void
bench_gate(suite *s)
{
    fake_clock             clock     = {.wall_ms = NOW * 1000, .monotonic_ms = 1};
    fake_directory         directory = fake_directory_of(&clock, 7);
    pwwb_writeback_options options   = {
        .size = sizeof(options), .clock = &fake_clock_ops, .clock_ctx = &clock,
    };
    repeat           again  = {.suite = s};
    static bench_row rows[] = {
        {.name = "libsodium AES-256-GCM of the same octets", .run = bare_gate},
        {.name = "OpenSSL AES-256-GCM of the same octets", .run = evp_gate},
        {.name = "pwwb_request_open: accepted", .run = ours_gate},
        {.name = "pwwb_request_open: expired", .run = late_is_refused},
        {.name = "pwwb_request_open: an octet is changed", .run = changed_is_refused},
        {.name = "pwwb_request_open: garbage", .run = garbage_is_refused},
        {.name = "pwwb_writeback_begin and _run: a repeat is answered", .run = replay_is_answered},
    };
    size_t i, count = sizeof(rows) / sizeof(rows[0]);

    must(pwwb_writeback_new(s->keyring, &options, &again.writeback, NULL), "writeback");
    must(pwwb_journal_new_memory(4, &fake_clock_ops, &clock, &again.journal, NULL), "journal");
    must(pwwb_directory_new(&fake_directory_ops, &directory, &again.directory, NULL), "directory");
    for (i = 0; i < count; i++) {
        rows[i].batch = 500;
        rows[i].arg   = rows[i].run == replay_is_answered ? (void *)&again : (void *)s;
    }
    bench_group("the gate before the private key, RSA suite", rows, count);
    pwwb_directory_free(again.directory);
    pwwb_journal_free(again.journal);
    pwwb_writeback_free(again.writeback);
}

int
main(int argc, char **argv)
{
    static suite rsa, x25519;

    bench_arguments(argc, argv, 101, 9);
    must(wb_crypto_ready(NULL), "crypto");
    if (!crypto_aead_aes256gcm_is_available()) {
        printf("libsodium has no AES-256-GCM on this CPU: nothing to compare with\n");
        return 0;
    }

    make_suite(&rsa, PWWB_SUITE_RSA);
    make_suite(&x25519, PWWB_SUITE_X25519);
    printf("%d rounds; thread CPU time; %zu and %zu octets a request\n", bench_rounds,
           rsa.sealed_len, x25519.sealed_len);
    bench_rsa(&rsa);
    bench_x25519(&x25519);
    bench_gate(&rsa);
    free_suite(&rsa);
    free_suite(&x25519);
    return 0;
}
