/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sealing and opening requests, and what refusing one costs: against the bare operation that none
 * can do without, and against the same made of OpenSSL's EVP, in thread CPU time; against npm jose
 * (BENCH_JOSE is its script), and two threads against one, in wall time.
 */

#include <pwwb/pwwb.h>

#include "bench.h"
#include "fakes.h"
#include "faults.h"
#include "jose.h"
#include "rivals.h"
#include "threads.h"

#define NOW INT64_C(1700000000)

static const char password[] = "Correct-Horse-16";

/* How often the library did it, and how often it called sodium_malloc() meanwhile. */
static long opened, opened_locked;
static long sealed, sealed_locked;

static int
open_one(const suite *s, pwwb_request *request)
{
    int rc = pwwb_request_open(request, s->keyring, s->sealed, s->sealed_len, NOW, 120, NULL);

    return rc == PWWB_OK ? pwwb_request_open_secret(request, NULL) : rc;
}

static int
ours_open(void *arg)
{
    suite *s      = arg;
    long   before = faults_locked();
    int    rc     = open_one(s, s->request);

    opened++;
    opened_locked += faults_locked() - before;
    return rc;
}

static int
ours_seal(void *arg)
{
    suite *s      = arg;
    long   before = faults_locked();
    size_t len;
    int    rc;

    memset(s->claims.cti, 0, sizeof(s->claims.cti));
    rc = pwwb_request_seal(s->keyring, &s->claims, (const uint8_t *)password, strlen(password),
                           NULL, 0, s->out, sizeof(s->out), &len, NULL);
    sealed++;
    sealed_locked += faults_locked() - before;
    return rc;
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
        {.name = "libsodium scalarmult, AES-256-GCM", .run = least_x25519_open, .batch = 50},
        {.name = "OpenSSL X25519, HKDF, AES-256-GCM", .run = evp_x25519_open, .batch = 50},
        {.name = "libsodium scalarmult, HKDF, AES-256-GCM", .run = bare_x25519_open, .batch = 50},
        {.name = "pwwb_request_open and _open_secret", .run = ours_open, .batch = 50},
    };
    static bench_row seals[] = {
        {.name = "libsodium key, scalarmult, HKDF, AES-256-GCM", .run = bare_x25519_seal,
         .batch = 20},
        {.name = "OpenSSL key, X25519, HKDF, AES-256-GCM", .run = evp_x25519_seal, .batch = 20},
        {.name = "pwwb_request_seal", .run = ours_seal, .batch = 20},
    };
    int i;

    for (i = 0; i < 4; i++)
        opens[i].arg = s;
    for (i = 0; i < 3; i++)
        seals[i].arg = s;
    bench_group("open, X25519 suite", opens, 4);
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

/* jose, OpenSSL and ours. jose's CPU time is that of all its threads. */
static void
bench_beside(jose *j, const char *what, bench_row other, bench_row ours, suite *s)
{
    jose_job  job     = {j, what};
    bench_row rows[3] = {{.name = "npm jose, nested JWE", .ask = jose_time, .arg = &job}, other,
                         ours};
    char      title[64];

    rows[0].batch = 4;
    rows[1].arg = rows[2].arg = s;
    snprintf(title, sizeof(title), "beside npm jose: %s, %s time", what,
             bench_clock == CLOCK_MONOTONIC ? "wall" : "CPU");
    bench_group(title, rows, 3);
}

/* The host's own private key, in OpenSSL: the same keys, the private one but here. */
static pwwb_keyring *hosted;

static int32_t
hosted_unwrap(void *ctx, const uint8_t *public_key, size_t public_key_len, const uint8_t *wrapped,
              uint8_t *cek)
{
    (void)public_key;
    (void)public_key_len;
    return evp_unwrap(ctx, wb_span_of(wrapped, WB_RSA_SIZE), cek) == 0 ? PWWB_UNWRAP_OK
                                                                       : PWWB_UNWRAP_REJECTED;
}

static const pwwb_unwrap_ops hosted_ops = {.size = sizeof(pwwb_unwrap_ops), .unwrap = hosted_unwrap};

static void
make_hosted(suite *s)
{
    static const uint8_t lock[PWWB_LOCK_KEY_SIZE];
    uint8_t              octets[PWWB_KEYRING_MAX];
    size_t               len;

    must(pwwb_keyring_seal(s->keyring, PWWB_HALF_AGENT, PWWB_LOCK_KEY, lock, sizeof(lock), octets,
                           sizeof(octets), &len, NULL),
         "sealed keys");
    must(pwwb_keyring_open(octets, len, PWWB_LOCK_KEY, lock, sizeof(lock), &hosted, NULL), "keys");
    wb_rsa_free(hosted->epochs[0].rsa_private);
    hosted->epochs[0].rsa_private = NULL;
    must(wb_host_key_new(&hosted_ops, s->opener, &hosted->host_key, NULL), "host's key");
}

static int
hosted_opens(void *arg)
{
    suite      *s  = arg;
    pwwb_status st = pwwb_request_open(s->request, hosted, s->sealed, s->sealed_len, NOW, 120, NULL);

    return st == PWWB_OK ? pwwb_request_open_secret(s->request, NULL) : st;
}

/* By the clock that is set. */
static void
bench_beside_all(jose *j, suite *rsa, suite *x25519)
{
    bench_row ours_opens = {.name = "pwwb_request_open and _open_secret", .run = ours_open,
                            .batch = 20};
    bench_row ours_seals = {.name = "pwwb_request_seal", .run = ours_seal, .batch = 20};
    bench_row ours_rsa   = ours_opens;

    ours_rsa.batch = 2;
    bench_beside(j, "open rsa",
                 (bench_row){.name = "ours, the private key in OpenSSL", .run = hosted_opens,
                             .batch = 8},
                 ours_rsa, rsa);
    bench_beside(j, "seal rsa",
                 (bench_row){.name = "OpenSSL RSA, AES-256-GCM", .run = evp_rsa_seal, .batch = 20},
                 ours_seals, rsa);
    bench_beside(j, "open x25519",
                 (bench_row){.name = "OpenSSL X25519, HKDF, AES-256-GCM", .run = evp_x25519_open,
                             .batch = 20},
                 ours_opens, x25519);
    bench_beside(j, "seal x25519",
                 (bench_row){.name = "OpenSSL key, X25519, HKDF, AES-256-GCM",
                             .run = evp_x25519_seal, .batch = 20},
                 ours_seals, x25519);
}

static void
bench_jose(const char *script, suite *rsa, suite *x25519)
{
    jose j;

    signal(SIGPIPE, SIG_IGN); /* an answer that does not come is told */
    must(jose_start(&j, script), "node");
    printf("\na request of npm jose: %.0f and %.0f octets\n", jose_ask(&j, "size rsa", 1),
           jose_ask(&j, "size x25519", 1));
    make_hosted(rsa);
    bench_beside_all(&j, rsa, x25519);
    bench_clock = CLOCK_MONOTONIC;
    bench_beside_all(&j, rsa, x25519);
    jose_stop(&j);
    pwwb_keyring_free(hosted);
}

/* A handle of its own for each thread, one keyring for all. */
typedef struct opener {
    const suite  *suite;
    pwwb_request *request;
} opener;

static int
opener_open(void *arg)
{
    opener *o = arg;

    return open_one(o->suite, o->request);
}

static int
multiply(void *arg)
{
    opener *o = arg;
    uint8_t shared[WB_X25519_SIZE];

    return crypto_scalarmult(shared, o->suite->epoch->keys->x25519,
                             o->suite->inner.layer.recipient.ephemeral.p);
}

static void
bench_threads(const char *title, const suite *s, int (*run)(void *))
{
    opener    openers[2] = {{s, NULL}, {s, NULL}};
    crew      two = {.size = 2}, one = {.size = 1};
    bench_row rows[2] = {
        {.name = "two threads, one of all", .ask = crew_time, .arg = &two, .batch = 300},
        {.name = "one thread; the ratio is the gain", .ask = crew_time, .arg = &one, .batch = 300},
    };
    int i;

    for (i = 0; i < 2; i++) {
        must(pwwb_request_new(&openers[i].request, NULL), "request");
        two.members[i] = (crew_member){.run = run, .arg = &openers[i]};
    }
    one.members[0] = two.members[0];
    bench_clock    = CLOCK_MONOTONIC;
    bench_group(title, rows, 2);
    for (i = 0; i < 2; i++)
        pwwb_request_free(openers[i].request);
}

static void
print_machine(void)
{
    double load[1] = {-1};

    (void)getloadavg(load, 1);
    printf("%ld cores, load %.1f now\n", sysconf(_SC_NPROCESSORS_ONLN), load[0]);
}

int
main(int argc, char **argv)
{
    static suite rsa, x25519;
    const char  *script = getenv("BENCH_JOSE");

    bench_arguments(argc, argv, 101, 9);
    print_machine();
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
    if (script != NULL)
        bench_jose(script, &rsa, &x25519);
    bench_rounds = bench_rounds / 4 | 1; /* longer ones */
    bench_threads("threads: what the machine gives, scalarmult", &x25519, multiply);
    bench_threads("threads: open, RSA suite", &rsa, opener_open);
    bench_threads("threads: open, X25519 suite", &x25519, opener_open);
    printf("\nsodium_malloc: %ld calls in %ld openings, %ld in %ld sealings\n", opened_locked,
           opened, sealed_locked, sealed);
    print_machine();
    free_suite(&rsa);
    free_suite(&x25519);
    return 0;
}
