/* SPDX-License-Identifier: Apache-2.0 */
/* rows: 17 */
#include "keyring.h"

#include <pthread.h>
#include <pwwb/envelope.h>

#include "cbor.h"
#include "faults.h"
#include "harness.h"
#include "leftover.h"
#include "octets.h"
#include "secret.h"

/* tests/vectors/peers/nested.json: published test keys, and their RFC 9679 thumbprints, which
 * json2c.py computes by itself from a COSE_Key written out by hand. */
static const struct keys {
    octets tenant;
    octets password;
    octets rsa_private;
    octets rsa_public;
    octets rsa_thumbprint;
    octets x25519_secret;
    octets x25519_public;
    octets x25519_thumbprint;
} known[] = {
#include "peers_keys.h"
};

static const uint8_t tenant[PWWB_ID_SIZE]         = "0123456789abcde";
static const uint8_t lock_key[PWWB_LOCK_KEY_SIZE] = "a key file's thirty-two octets!";
static const uint8_t passphrase[]                 = "correct horse battery staple";

static const int32_t suites[] = {PWWB_SUITE_RSA, PWWB_SUITE_X25519};

static pwwb_keyring *
make(int32_t suite)
{
    pwwb_keyring *keyring;

    if (pwwb_keyring_new(tenant, suite, &keyring, NULL) != PWWB_OK)
        abort();
    return keyring;
}

static pwwb_status
seal(const pwwb_keyring *keyring, int32_t half, uint8_t *buf, size_t *ret_len)
{
    return pwwb_keyring_seal(keyring, half, PWWB_LOCK_KEY, lock_key, sizeof(lock_key), buf,
                             PWWB_KEYRING_MAX, ret_len, NULL);
}

static pwwb_status
open_(const uint8_t *sealed, size_t len, pwwb_keyring **ret_keyring)
{
    return pwwb_keyring_open(sealed, len, PWWB_LOCK_KEY, lock_key, sizeof(lock_key), ret_keyring,
                             NULL);
}

static pwwb_keyring *
portal_half_of(const pwwb_keyring *keyring)
{
    uint8_t       sealed[PWWB_KEYRING_MAX];
    size_t        len;
    pwwb_keyring *half = NULL;

    if (seal(keyring, PWWB_HALF_PORTAL, sealed, &len) != PWWB_OK
        || open_(sealed, len, &half) != PWWB_OK)
        abort();
    return half;
}

static void
check_same_keys(const pwwb_keyring *a, const pwwb_keyring *b)
{
    const wb_epoch *x = wb_keyring_active(a);
    const wb_epoch *y = wb_keyring_active(b);

    CHECK_MEM(tenant, sizeof(tenant), b->tenant, sizeof(b->tenant));
    CHECK_INT(x->suite, y->suite);
    CHECK_INT(x->generation, y->generation);
    CHECK(wb_equal(x->keys->control, y->keys->control, WB_KEY_SIZE));
    CHECK_INT(x->created_s, y->created_s);
    CHECK_MEM(x->kid, WB_KID_SIZE, y->kid, WB_KID_SIZE);
    CHECK_MEM(x->recipient_kid, WB_KID_SIZE, y->recipient_kid, WB_KID_SIZE);
    CHECK_MEM(x->public_, x->public_len, y->public_, y->public_len);
    CHECK(wb_equal(x->keys->tenant, y->keys->tenant, WB_KEY_SIZE));
}

static void
new_keys_are_an_agent_half_and_never_the_same(void)
{
    size_t i;

    for (i = 0; i < COUNT(suites); i++) {
        pwwb_keyring *a = make(suites[i]);
        pwwb_keyring *b = make(suites[i]);
        pwwb_keyring_info info  = {.size = sizeof(info)};
        pwwb_epoch_info   epoch = {.size = sizeof(epoch)};

        CHECK_STATUS(PWWB_OK, pwwb_keyring_describe(a, &info, NULL));
        CHECK_STATUS(PWWB_OK, pwwb_keyring_describe_epoch(a, 0, &epoch, NULL));
        CHECK_STATUS(PWWB_E_NOT_FOUND, pwwb_keyring_describe_epoch(a, 1, &epoch, NULL));
        CHECK_MEM(tenant, sizeof(tenant), info.tenant, sizeof(info.tenant));
        CHECK_INT(PWWB_HALF_AGENT, info.half);
        CHECK_INT(PWWB_TENANT_ENABLED, info.state);
        CHECK_INT(1, info.epoch_count);
        CHECK_INT(1, info.generation);
        CHECK_INT(0, info.version);
        CHECK_STR("", info.fingerprint);
        CHECK_INT(suites[i], epoch.suite);
        CHECK_INT(PWWB_EPOCH_ACTIVE, epoch.state);
        CHECK_INT(0, epoch.is_host_key);
        CHECK(llabs((long long)(time(NULL) - wb_keyring_active(a)->created_s)) < 60);
        CHECK(memcmp(wb_keyring_active(a)->kid, wb_keyring_active(b)->kid, WB_KID_SIZE) != 0);
        CHECK(memcmp(wb_keyring_active(a)->recipient_kid, wb_keyring_active(b)->recipient_kid,
                     WB_KID_SIZE)
              != 0);
        pwwb_keyring_free(a);
        pwwb_keyring_free(b);
    }
}

/* A keyring's octets, as docs/protocol.md has them, with numbers of one's own. */
typedef struct parts {
    int64_t version;
    int64_t half;
    int64_t tenant_state;
    int64_t newest;
    size_t  epochs;
    int64_t state; /* of each; the generations fall from `newest` on */
    int64_t suite;
    wb_span public_;
    wb_span private_; /* empty: absent */
    wb_span after;
} parts;

static void
put_int(wb_cbor_out *out, int64_t key, int64_t value)
{
    wb_cbor_put_int(out, key);
    wb_cbor_put_int(out, value);
}

static void
put_octets(wb_cbor_out *out, int64_t key, wb_span octets_)
{
    wb_cbor_put_int(out, key);
    wb_cbor_put_octets(out, octets_);
}

static size_t
print(uint8_t *buf, size_t size, const parts *p)
{
    wb_cbor_out out = wb_cbor_write(buf, size);
    size_t      i;

    wb_cbor_put_map(&out, 7);
    put_int(&out, 1, p->version);
    put_octets(&out, 2, wb_span_of(tenant, sizeof(tenant)));
    put_int(&out, 3, p->half);
    put_int(&out, 4, p->tenant_state);
    put_int(&out, 5, p->newest);
    wb_cbor_put_int(&out, 6);
    wb_cbor_put_array(&out, p->epochs);
    for (i = 0; i < p->epochs; i++) {
        uint8_t key[2][WB_KEY_SIZE]; /* the first epoch's tenant key is the vectors' */

        memset(key, (int)i + 1, sizeof(key));
        wb_cbor_put_map(&out, p->private_.len > 0 ? 9 : 8);
        put_int(&out, 1, p->newest - (int64_t)i);
        put_int(&out, 2, p->state);
        put_int(&out, 3, p->suite);
        put_int(&out, 4, 1760000000);
        put_int(&out, 5, 1760000001);
        put_octets(&out, 6, i == 0 ? octets_span(known[0].tenant) : wb_span_of(key[0], WB_KEY_SIZE));
        put_octets(&out, 7, wb_span_of(key[1], WB_KEY_SIZE));
        put_octets(&out, 8, p->public_);
        if (p->private_.len > 0)
            put_octets(&out, 10, p->private_);
    }
    wb_cbor_put_int(&out, 7);
    wb_cbor_put_map(&out, 0);
    wb_cbor_put_raw(&out, p->after);
    return out.need;
}

static parts
parts_of(int32_t suite)
{
    int   rsa = suite == PWWB_SUITE_RSA;
    parts p   = {1,
                 PWWB_HALF_AGENT,
                 PWWB_TENANT_ENABLED,
                 7,
                 1,
                 PWWB_EPOCH_ACTIVE,
                 suite,
                 octets_span(rsa ? known[0].rsa_public : known[0].x25519_public),
                 octets_span(rsa ? known[0].rsa_private : known[0].x25519_secret),
                 {NULL, 0}};

    return p;
}

static pwwb_status
parse(const parts *p, pwwb_keyring **ret_keyring)
{
    uint8_t plain[WB_KEYRING_PLAIN_MAX + 512];

    *ret_keyring = NULL;
    return wb_keyring_parse(wb_span_of(plain, print(plain, sizeof(plain), p)), ret_keyring, NULL);
}

static void
a_kid_is_the_thumbprint_of_rfc_9679(void)
{
    size_t i;

    for (i = 0; i < COUNT(suites); i++) {
        parts  p = parts_of(suites[i]);
        octets expect =
            suites[i] == PWWB_SUITE_RSA ? known[0].rsa_thumbprint : known[0].x25519_thumbprint;
        uint8_t       hash[WB_SHA256_SIZE];
        pwwb_keyring *keyring;

        CHECK_STATUS(PWWB_OK, parse(&p, &keyring));
        CHECK_MEM(expect.p, WB_KID_SIZE, wb_keyring_active(keyring)->recipient_kid, WB_KID_SIZE);

        wb_sha256_labelled("pwwb1-tenant", known[0].tenant.p, known[0].tenant.len, hash);
        CHECK_MEM(hash, WB_KID_SIZE, wb_keyring_active(keyring)->kid, WB_KID_SIZE);
        pwwb_keyring_free(keyring);
    }
}

static void
only_the_whole_kid_finds_an_epoch(void)
{
    pwwb_keyring *keyring              = make(PWWB_SUITE_X25519);
    uint8_t       kid[WB_KID_SIZE + 1] = {0};

    memcpy(kid, wb_keyring_active(keyring)->kid, WB_KID_SIZE);
    CHECK(wb_keyring_find(keyring, wb_span_of(kid, WB_KID_SIZE)) == wb_keyring_active(keyring));
    CHECK(wb_keyring_find(keyring, wb_span_of(kid, WB_KID_SIZE - 1)) == NULL);
    CHECK(wb_keyring_find(keyring, wb_span_of(kid, WB_KID_SIZE + 1)) == NULL);
    CHECK(wb_keyring_find(keyring, wb_span_of(NULL, 0)) == NULL);
    kid[7] ^= 1;
    CHECK(wb_keyring_find(keyring, wb_span_of(kid, WB_KID_SIZE)) == NULL);
    pwwb_keyring_free(keyring);
}

static void
keyrings_that_are_not_of_version_1_are_refused(void)
{
    parts         right = parts_of(PWWB_SUITE_X25519);
    pwwb_keyring *keyring;
    parts         wrong[17];
    size_t        i;

    CHECK_STATUS(PWWB_OK, parse(&right, &keyring));
    pwwb_keyring_free(keyring);
    for (i = 0; i < COUNT(wrong); i++)
        wrong[i] = right;
    wrong[0].version       = 2;
    wrong[1].epochs        = PWWB_EPOCHS_MAX + 1;
    wrong[2].epochs        = 2; /* two active ones */
    wrong[3].state         = 0;
    wrong[4].suite         = 3;
    wrong[5].suite         = 0x100 + PWWB_SUITE_X25519;
    wrong[6].suite         = -2;
    wrong[7].after         = wb_span_of("", 1);
    wrong[8].public_       = wb_span_of(known[0].rsa_private.p, WB_RSA_PUB_MAX + 1);
    wrong[9].state         = PWWB_EPOCH_WIPED;
    wrong[10].half         = 3;
    wrong[11].half         = PWWB_HALF_PORTAL; /* with a private key */
    wrong[12].tenant_state = 0;
    wrong[13].tenant_state = PWWB_TENANT_REVOKED + 1;
    wrong[14].newest       = 0;
    wrong[15].newest       = -1;
    wrong[16].epochs       = 2;
    wrong[16].state        = PWWB_EPOCH_PENDING; /* the older one too */
    for (i = 0; i < COUNT(wrong); i++) {
        CHECK_STATUS(PWWB_E_MALFORMED, parse(&wrong[i], &keyring));
        CHECK(keyring == NULL);
    }
}

static void
a_keyring_cut_anywhere_is_refused_without_reading_on(void)
{
    size_t i, len, whole;

    for (i = 0; i < COUNT(suites); i++) {
        parts   p = parts_of(suites[i]);
        uint8_t plain[WB_KEYRING_PLAIN_MAX];

        whole = print(plain, sizeof(plain), &p);
        for (len = 0; len < whole; len++) {
            uint8_t      *cut     = octets_guarded(plain, len);
            pwwb_keyring *keyring = NULL;

            CHECK_STATUS(PWWB_E_MALFORMED, wb_keyring_parse(wb_span_of(cut, len), &keyring, NULL));
            CHECK(keyring == NULL);
            sodium_free(cut);
        }
    }
}

/* There must be a next one, and the writer takes 2^63 for a negative number: what it writes could not
 * be read again. Found by tests/fuzz/fuzz_keyfile.c. */
static void
a_generation_that_has_no_next_one_is_refused(void)
{
    parts         p       = parts_of(PWWB_SUITE_X25519);
    pwwb_keyring *keyring = NULL;

    p.newest = (int64_t)1 << 48;
    CHECK_STATUS(PWWB_OK, parse(&p, &keyring));
    CHECK_INT((int64_t)1 << 48, keyring->epochs[0].generation);
    pwwb_keyring_free(keyring);
    p.newest++;
    CHECK_STATUS(PWWB_E_MALFORMED, parse(&p, &keyring));
    CHECK(keyring == NULL);
}

/* A keyring as this library prints it, with what some field holds in place of what it held. */
static pwwb_status
parse_changed(const pwwb_keyring *keyring, const void *from, int to, size_t len)
{
    uint8_t       plain[WB_KEYRING_PLAIN_MAX];
    size_t        whole = wb_keyring_print(keyring, keyring->half, plain, sizeof(plain));
    uint8_t      *at    = len > 0 ? memmem(plain, whole, from, len) : plain;
    pwwb_keyring *again = NULL;
    pwwb_status   st;

    if (at == NULL)
        abort();
    memset(at, to, len);
    st = wb_keyring_parse(wb_span_of(plain, whole), &again, NULL);
    pwwb_keyring_free(again);
    return st;
}

/* Zeros stand for what is not there, and are not written: as octets they are no second form of it. */
static void
zeros_in_place_of_what_may_be_absent_are_refused(void)
{
    pwwb_keyring  *keyring = make(PWWB_SUITE_X25519);
    uint8_t        digest[WB_SHA256_SIZE];

    memset(digest, 7, sizeof(digest));
    keyring->epochs[0].state   = PWWB_EPOCH_PENDING;
    keyring->party.order.kind  = PWWB_EXCHANGE_ROLL;
    memcpy(keyring->party.order.digest, digest, sizeof(digest));
    CHECK_STATUS(PWWB_OK, parse_changed(keyring, NULL, 0, 0));
    CHECK_STATUS(PWWB_OK, parse_changed(keyring, digest, 8, sizeof(digest)));
    CHECK_STATUS(PWWB_E_MALFORMED, parse_changed(keyring, digest, 0, sizeof(digest)));
    pwwb_keyring_free(keyring);
}

/* Ages and ends are computed of times. */
static void
times_that_cannot_be_computed_with_are_refused(void)
{
    static const int64_t wrong[] = {INT64_MIN, -1, 253402300800, INT64_MAX};
    pwwb_keyring        *keyring = make(PWWB_SUITE_X25519);
    wb_party            *party   = &keyring->party;
    int64_t             *times[] = {&keyring->epochs[0].created_s, &keyring->epochs[0].since_s,
                                    &party->last_issued_s, &party->order.issued_s,
                                    &party->lease_until_ms};
    size_t               i, j;

    keyring->epochs[0].state = PWWB_EPOCH_PENDING;
    party->order.kind        = PWWB_EXCHANGE_ROLL;
    for (i = 0; i < COUNT(times); i++) {
        int64_t usual = *times[i];
        int     is_ms = times[i] == &party->lease_until_ms;

        for (j = 0; j < COUNT(wrong); j++) {
            *times[i] = is_ms && j == 2 ? wrong[j] * 1000 : wrong[j];
            CHECK_STATUS(PWWB_E_MALFORMED, parse_changed(keyring, NULL, 0, 0));
        }
        *times[i] = is_ms ? 253402300799000 : 253402300799;
        CHECK_STATUS(PWWB_OK, parse_changed(keyring, NULL, 0, 0));
        *times[i] = usual;
    }
    pwwb_keyring_free(keyring);
}

/* What is sent again and again speaks of keys. */
static void
an_agents_order_without_its_keys_is_refused(void)
{
    pwwb_keyring  *keyring = make(PWWB_SUITE_X25519);
    wb_order_mark *order   = &keyring->party.order;

    order->kind = PWWB_EXCHANGE_DISABLE;
    CHECK_STATUS(PWWB_OK, parse_changed(keyring, NULL, 0, 0));
    order->kind = PWWB_EXCHANGE_ROLL; /* nothing is pending */
    CHECK_STATUS(PWWB_E_MALFORMED, parse_changed(keyring, NULL, 0, 0));
    order->kind = PWWB_EXCHANGE_REVOKE;
    CHECK_STATUS(PWWB_E_MALFORMED, parse_changed(keyring, NULL, 0, 0));
    wb_keyring_drop(keyring, 0);
    order->kind = PWWB_EXCHANGE_DISABLE;
    CHECK_STATUS(PWWB_E_MALFORMED, parse_changed(keyring, NULL, 0, 0));
    order->kind = PWWB_EXCHANGE_ENABLE;
    CHECK_STATUS(PWWB_E_MALFORMED, parse_changed(keyring, NULL, 0, 0));
    pwwb_keyring_free(keyring);
}

/* The right form around a key that cannot be used. */
static void
keys_that_are_no_pair_are_refused(void)
{
    static const uint8_t other[32] = {9};
    parts                x         = parts_of(PWWB_SUITE_X25519);
    parts                r         = parts_of(PWWB_SUITE_RSA);
    pwwb_keyring        *foreign   = make(PWWB_SUITE_RSA);
    pwwb_keyring        *keyring;

    x.public_ = wb_span_of(other, 32);
    CHECK_STATUS(PWWB_E_CRYPTO, parse(&x, &keyring));
    x.public_ = wb_span_of(other, 31);
    CHECK_STATUS(PWWB_E_CRYPTO, parse(&x, &keyring));
    x          = parts_of(PWWB_SUITE_X25519);
    x.private_ = wb_span_of(other, 31);
    CHECK_STATUS(PWWB_E_CRYPTO, parse(&x, &keyring));
    CHECK(keyring == NULL);

    r.public_ =
        wb_span_of(wb_keyring_active(foreign)->public_, wb_keyring_active(foreign)->public_len);
    CHECK_STATUS(PWWB_E_CRYPTO, parse(&r, &keyring));
    r          = parts_of(PWWB_SUITE_RSA);
    r.private_ = octets_span(known[0].rsa_public);
    CHECK_STATUS(PWWB_E_CRYPTO, parse(&r, &keyring));
    r         = parts_of(PWWB_SUITE_RSA);
    r.public_ = wb_span_of(other, 0);
    CHECK_STATUS(PWWB_E_CRYPTO, parse(&r, &keyring));
    CHECK(keyring == NULL);
    pwwb_keyring_free(foreign);
}

static void
what_is_sealed_with_a_key_opens_with_it_and_no_other(void)
{
    uint8_t other[PWWB_LOCK_KEY_SIZE];
    size_t  i;

    memcpy(other, lock_key, sizeof(other));
    other[31] ^= 1;
    for (i = 0; i < COUNT(suites); i++) {
        pwwb_keyring *keyring = make(suites[i]);
        pwwb_keyring *opened;
        uint8_t       sealed[PWWB_KEYRING_MAX];
        size_t        len;

        CHECK_STATUS(PWWB_OK, seal(keyring, PWWB_HALF_AGENT, sealed, &len));
        CHECK_STATUS(PWWB_OK, open_(sealed, len, &opened));
        CHECK_INT(PWWB_HALF_AGENT, opened->half);
        check_same_keys(keyring, opened);
        pwwb_keyring_free(opened);

        CHECK_STATUS(PWWB_E_NOT_AUTHENTIC, pwwb_keyring_open(sealed, len, PWWB_LOCK_KEY, other,
                                                             sizeof(other), &opened, NULL));
        CHECK(opened == NULL);
        pwwb_keyring_free(keyring);
    }
}

static pwwb_status
open_by_passphrase(const uint8_t *sealed, size_t len, const void *words, size_t words_len,
                   pwwb_keyring **ret_keyring)
{
    return pwwb_keyring_open(sealed, len, PWWB_LOCK_PASSPHRASE, words, words_len, ret_keyring,
                             NULL);
}

static void
what_is_sealed_with_a_passphrase_opens_with_it_and_no_other(void)
{
    pwwb_keyring *keyring = make(PWWB_SUITE_X25519);
    pwwb_keyring *opened;
    uint8_t       sealed[PWWB_KEYRING_MAX];
    size_t        len;

    CHECK_STATUS(PWWB_OK,
                 pwwb_keyring_seal(keyring, PWWB_HALF_AGENT, PWWB_LOCK_PASSPHRASE, passphrase,
                                   sizeof(passphrase) - 1, sealed, sizeof(sealed), &len, NULL));
    CHECK_STATUS(PWWB_OK,
                 open_by_passphrase(sealed, len, passphrase, sizeof(passphrase) - 1, &opened));
    check_same_keys(keyring, opened);
    pwwb_keyring_free(opened);

    CHECK_STATUS(PWWB_E_NOT_AUTHENTIC,
                 open_by_passphrase(sealed, len, passphrase, sizeof(passphrase) - 2, &opened));
    CHECK_STATUS(PWWB_E_MALFORMED, open_(sealed, len, &opened));
    CHECK(opened == NULL);

    CHECK_STATUS(PWWB_OK, seal(keyring, PWWB_HALF_AGENT, sealed, &len));
    CHECK_STATUS(PWWB_E_MALFORMED,
                 open_by_passphrase(sealed, len, passphrase, sizeof(passphrase) - 1, &opened));
    pwwb_keyring_free(keyring);
}

/* Argon2id as libsodium has it, counted. */
int __real_crypto_pwhash(unsigned char *out, unsigned long long out_len, const char *passwd,
                         unsigned long long passwd_len, const unsigned char *salt,
                         unsigned long long ops, size_t mem, int alg);
int __wrap_crypto_pwhash(unsigned char *out, unsigned long long out_len, const char *passwd,
                         unsigned long long passwd_len, const unsigned char *salt,
                         unsigned long long ops, size_t mem, int alg);

static int paid;

int
__wrap_crypto_pwhash(unsigned char *out, unsigned long long out_len, const char *passwd,
                     unsigned long long passwd_len, const unsigned char *salt,
                     unsigned long long ops, size_t mem, int alg)
{
    paid++;
    return __real_crypto_pwhash(out, out_len, passwd, passwd_len, salt, ops, mem, alg);
}

/* Octets 12 to 19 of the header, docs/protocol.md; the control is a cost that is paid. */
static void
forged_argon2_costs_are_refused_before_they_are_paid(void)
{
    static const struct {
        uint32_t    ops;
        uint32_t    mem;
        pwwb_status status;
    } costs[] = {{3, UINT32_MAX, PWWB_E_TOO_LARGE},
                 {3, (1u << 30) + 1, PWWB_E_TOO_LARGE},
                 {3, 0x80000000u, PWWB_E_TOO_LARGE},
                 {UINT32_MAX, 256u << 20, PWWB_E_TOO_LARGE},
                 {11, 1u << 30, PWWB_E_TOO_LARGE},
                 {0, 256u << 20, PWWB_E_CRYPTO},
                 {3, 0, PWWB_E_CRYPTO},
                 {0, 0, PWWB_E_CRYPTO},
                 {3, (8u << 20) - 1, PWWB_E_CRYPTO}};
    pwwb_keyring *opened;
    uint8_t       sealed[300] = "PWWBKEY1";
    size_t        i;

    sealed[8]  = PWWB_LOCK_PASSPHRASE;
    sealed[67] = 1; /* the store's version */
    paid       = 0;
    for (i = 0; i < COUNT(costs); i++) {
        octets_put_u32(sealed + 12, costs[i].ops);
        octets_put_u32(sealed + 16, costs[i].mem);
        CHECK_STATUS(costs[i].status, open_by_passphrase(sealed, sizeof(sealed), passphrase,
                                                         sizeof(passphrase) - 1, &opened));
        CHECK(opened == NULL);
    }
    CHECK_INT(0, paid);
    octets_put_u32(sealed + 12, 1);
    octets_put_u32(sealed + 16, 8u << 20);
    CHECK_STATUS(PWWB_E_NOT_AUTHENTIC, open_by_passphrase(sealed, sizeof(sealed), passphrase,
                                                          sizeof(passphrase) - 1, &opened));
    CHECK_INT(1, paid);
}

static void
sealed_octets_cut_anywhere_are_refused_without_reading_on(void)
{
    size_t i;

    for (i = 0; i < COUNT(suites); i++) {
        pwwb_keyring *keyring = make(suites[i]);
        pwwb_keyring *opened;
        uint8_t       sealed[PWWB_KEYRING_MAX + 1];
        size_t        whole, len;

        CHECK_STATUS(PWWB_OK, seal(keyring, PWWB_HALF_AGENT, sealed, &whole));
        for (len = 0; len < whole; len++) {
            uint8_t *cut = octets_guarded(sealed, len);

            CHECK_STATUS(len < 68 + 16 ? PWWB_E_MALFORMED : PWWB_E_NOT_AUTHENTIC,
                         open_(cut, len, &opened));
            sodium_free(cut);
        }
        sealed[whole] = 0;
        CHECK_STATUS(PWWB_E_NOT_AUTHENTIC, open_(sealed, whole + 1, &opened));
        CHECK_STATUS(PWWB_E_MALFORMED, open_(sealed, sizeof(sealed), &opened));
        pwwb_keyring_free(keyring);
    }
}

static void
one_flipped_bit_of_sealed_octets_is_refused(void)
{
    size_t i;

    for (i = 0; i < COUNT(suites); i++) {
        pwwb_keyring *keyring = make(suites[i]);
        pwwb_keyring *opened;
        uint8_t       sealed[PWWB_KEYRING_MAX];
        size_t        len, bit;

        CHECK_STATUS(PWWB_OK, seal(keyring, PWWB_HALF_AGENT, sealed, &len));
        for (bit = 0; bit < 8 * len; bit++) {
            sealed[bit / 8] ^= (uint8_t)(1 << bit % 8);
            /* magic, lock, and a version that becomes zero */
            CHECK_STATUS(bit / 8 <= 8 || bit == 67 * 8 ? PWWB_E_MALFORMED : PWWB_E_NOT_AUTHENTIC,
                         open_(sealed, len, &opened));
            sealed[bit / 8] ^= (uint8_t)(1 << bit % 8);
        }
        CHECK_STATUS(PWWB_OK, open_(sealed, len, &opened));
        pwwb_keyring_free(opened);
        pwwb_keyring_free(keyring);
    }
}

static void
the_need_is_told_and_nothing_is_written_beyond_the_buffer(void)
{
    pwwb_keyring *keyring = make(PWWB_SUITE_RSA);
    uint8_t       sealed[PWWB_KEYRING_MAX];
    uint8_t      *tight;
    size_t        need, len;

    CHECK_STATUS(PWWB_OK, seal(keyring, PWWB_HALF_AGENT, sealed, &need));
    CHECK_STATUS(PWWB_E_BUFFER_TOO_SMALL, pwwb_keyring_seal(keyring, PWWB_HALF_AGENT, PWWB_LOCK_KEY,
                                                            lock_key, 32, NULL, 0, &len, NULL));
    CHECK_INT(need, len);

    tight = octets_room(need - 1);
    CHECK_STATUS(PWWB_E_BUFFER_TOO_SMALL,
                 pwwb_keyring_seal(keyring, PWWB_HALF_AGENT, PWWB_LOCK_KEY, lock_key, 32, tight,
                                   need - 1, &len, NULL));
    CHECK_INT(need, len);
    sodium_free(tight);

    tight = octets_room(need);
    CHECK_STATUS(PWWB_OK, pwwb_keyring_seal(keyring, PWWB_HALF_AGENT, PWWB_LOCK_KEY, lock_key, 32,
                                            tight, need, &len, NULL));
    sodium_free(tight);
    pwwb_keyring_free(keyring);
}

static void
a_portal_half_holds_no_private_key_and_gives_no_agent_half(void)
{
    size_t i;

    for (i = 0; i < COUNT(suites); i++) {
        pwwb_keyring *keyring = make(suites[i]);
        pwwb_keyring *portal  = portal_half_of(keyring);
        uint8_t       sealed[PWWB_KEYRING_MAX];
        size_t        len;

        CHECK_INT(PWWB_HALF_PORTAL, portal->half);
        check_same_keys(keyring, portal);
        CHECK(wb_keyring_active(portal)->rsa_private == NULL);
        CHECK(sodium_is_zero(wb_keyring_active(portal)->keys->x25519, WB_X25519_SIZE));
        CHECK_STATUS(PWWB_E_KEY_HALF, seal(portal, PWWB_HALF_AGENT, sealed, &len));
        CHECK_INT(0, len);
        pwwb_keyring_free(portal);
        pwwb_keyring_free(keyring);
    }
}

static void
a_portal_half_seals_what_only_the_agent_half_opens(void)
{
    size_t i;

    for (i = 0; i < COUNT(suites); i++) {
        pwwb_keyring  *agent  = make(suites[i]);
        pwwb_keyring  *portal = portal_half_of(agent);
        pwwb_claims    claims = {.size      = sizeof(claims),
                                 .iat       = 1000,
                                 .exp       = 1060,
                                 .operation = 3,
                                 .origin    = 3,
                                 .actor     = 1,
                                 .user_type = 1,
                                 .anchor    = {.kind = 1}};
        pwwb_request  *request;
        const uint8_t *password;
        uint8_t        sealed[PWWB_ENVELOPE_MAX];
        size_t         len;

        CHECK_STATUS(PWWB_OK, pwwb_request_new(&request, NULL));
        CHECK_STATUS(PWWB_OK, pwwb_request_seal(portal, &claims, (const uint8_t *)"Passw0rd", 8,
                                                NULL, 0, sealed, sizeof(sealed), &len, NULL));
        CHECK_STATUS(PWWB_OK, pwwb_request_open(request, portal, sealed, len, 1000, 0, NULL));
        CHECK_STATUS(PWWB_E_KEY_HALF, pwwb_request_open_secret(request, NULL));
        CHECK(pwwb_request_password(request, &len) == NULL);

        CHECK_STATUS(PWWB_OK, pwwb_request_seal(portal, &claims, (const uint8_t *)"Passw0rd", 8,
                                                NULL, 0, sealed, sizeof(sealed), &len, NULL));
        CHECK_STATUS(PWWB_OK, pwwb_request_open(request, agent, sealed, len, 1000, 0, NULL));
        CHECK_STATUS(PWWB_OK, pwwb_request_open_secret(request, NULL));
        password = pwwb_request_password(request, &len);
        CHECK_MEM("Passw0rd", 8, password, len);
        pwwb_request_free(request);
        pwwb_keyring_free(portal);
        pwwb_keyring_free(agent);
    }
}

static void
arguments_out_of_range_are_refused(void)
{
    static const struct {
        int32_t half;
        int32_t lock;
        size_t  secret_len;
    } wrong[] = {{0, 1, 32}, {3, 1, 32}, {1, 0, 32}, {1, 3, 32},  {1, 1, 31},
                 {1, 1, 33}, {1, 1, 0},  {1, 2, 0},  {1, 2, 1025}};
    static const uint8_t secret[1025];
    pwwb_keyring        *keyring;
    pwwb_keyring        *opened;
    uint8_t              buf[PWWB_KEYRING_MAX];
    size_t               i, len;

    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_keyring_new(NULL, 1, &keyring, NULL));
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_keyring_new(tenant, 1, NULL, NULL));
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_keyring_new(tenant, 0, &keyring, NULL));
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_keyring_new(tenant, 3, &keyring, NULL));
    CHECK(keyring == NULL);

    keyring = make(PWWB_SUITE_X25519);
    for (i = 0; i < COUNT(wrong); i++) {
        CHECK_STATUS(PWWB_E_INVALID_ARGUMENT,
                     pwwb_keyring_seal(keyring, wrong[i].half, wrong[i].lock, secret,
                                       wrong[i].secret_len, buf, sizeof(buf), &len, NULL));
        if (wrong[i].half == 1)
            CHECK_STATUS(PWWB_E_INVALID_ARGUMENT,
                         pwwb_keyring_open(buf, 100, wrong[i].lock, secret, wrong[i].secret_len,
                                           &opened, NULL));
    }
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT,
                 pwwb_keyring_seal(keyring, 1, 1, NULL, 32, buf, 9, &len, NULL));
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT,
                 pwwb_keyring_seal(keyring, 1, 1, secret, 32, NULL, 9, &len, NULL));
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT,
                 pwwb_keyring_seal(keyring, 1, 1, secret, 32, buf, 9, NULL, NULL));
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, open_(NULL, 0, &opened));
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, open_(buf, 100, NULL));
    pwwb_keyring_free(keyring);
    pwwb_keyring_free(NULL);
    CHECK(pwwb_keyring_ref(NULL) == NULL);
}

/* All that allocates, in a row; what was made goes to `made`. */
static pwwb_status
run_all(pwwb_keyring *made[2])
{
    uint8_t     sealed[PWWB_KEYRING_MAX];
    size_t      len;
    pwwb_status st;

    memset(made, 0, 2 * sizeof(made[0]));
    st = pwwb_keyring_new(tenant, PWWB_SUITE_X25519, &made[0], NULL);
    if (st == PWWB_OK)
        st = seal(made[0], PWWB_HALF_AGENT, sealed, &len);
    if (st == PWWB_OK)
        st = open_(sealed, len, &made[1]);
    return st;
}

static void
free_all(pwwb_keyring *made[2])
{
    int i;

    for (i = 0; i < 2; i++)
        pwwb_keyring_free(made[i]);
}

static void
running_out_of_memory_anywhere_is_survived(void)
{
    pwwb_keyring *made[2];
    long          nth, count;

    faults_count();
    CHECK_STATUS(PWWB_OK, run_all(made));
    count = faults_stop();
    free_all(made);
    CHECK(count > 0);
    for (nth = 1; nth <= count; nth++) {
        pwwb_status st;

        faults_fail(nth);
        st = run_all(made);
        faults_stop();
        CHECK_STATUS(PWWB_E_NO_MEMORY, st);
        free_all(made);
    }
}

static void
running_out_of_memory_with_rsa_is_survived_too(void)
{
    parts         p = parts_of(PWWB_SUITE_RSA);
    pwwb_keyring *keyring;
    long          nth, count;

    faults_count();
    CHECK_STATUS(PWWB_OK, parse(&p, &keyring));
    count = faults_stop();
    pwwb_keyring_free(keyring);
    for (nth = 1; nth <= count; nth++) {
        pwwb_status st;

        faults_fail(nth);
        st = parse(&p, &keyring);
        faults_stop();
        CHECK_STATUS(PWWB_E_NO_MEMORY, st);
        CHECK(keyring == NULL);
    }
    CHECK(count >= 7);
}

static void *
take_and_give(void *arg)
{
    pwwb_keyring *keyring = arg;
    int           i;

    for (i = 0; i < 1000; i++)
        pwwb_keyring_free(pwwb_keyring_ref(keyring));
    pwwb_keyring_free(keyring);
    return NULL;
}

static void
threads_share_a_keyring_and_the_last_one_frees_it(void)
{
    pwwb_keyring *keyring = make(PWWB_SUITE_X25519);
    pthread_t     threads[4];
    size_t        i;

    for (i = 0; i < COUNT(threads); i++)
        CHECK_INT(0, pthread_create(&threads[i], NULL, take_and_give, pwwb_keyring_ref(keyring)));
    pwwb_keyring_free(keyring);
    for (i = 0; i < COUNT(threads); i++)
        CHECK_INT(0, pthread_join(threads[i], NULL));
}

static void
no_key_stays_in_memory_once_the_keyring_is_freed(void)
{
    pwwb_keyring   *made[2];
    const wb_epoch *epoch;
    leftover        tenant_key, private_key;

    CHECK_STATUS(PWWB_OK, run_all(made));
    epoch       = wb_keyring_active(made[0]);
    tenant_key  = leftover_of(epoch->keys->tenant, WB_KEY_SIZE);
    private_key = leftover_of(epoch->keys->x25519, WB_X25519_SIZE);
    CHECK(leftover_count(&tenant_key) >= 2);
    CHECK(leftover_count(&private_key) >= 2);
    free_all(made);
    CHECK_INT(0, leftover_count(&tenant_key));
    CHECK_INT(0, leftover_count(&private_key));
}

static void
no_rsa_key_stays_in_memory_once_the_keyring_is_freed(void)
{
    pwwb_keyring *keyring = make(PWWB_SUITE_RSA);
    pwwb_keyring *portal  = portal_half_of(keyring);
    wb_span       der     = wb_rsa_der(wb_keyring_active(keyring)->rsa_private);
    leftover      prime   = leftover_of(der.p + der.len - 300, 64); /* of an exponent or prime */

    CHECK(leftover_count(&prime) >= 1);
    pwwb_keyring_free(keyring);
    CHECK_INT(0, leftover_count(&prime));
    pwwb_keyring_free(portal);
}

int
main(void)
{
    if (wb_crypto_ready(NULL) != PWWB_OK)
        return 1;

    RUN(new_keys_are_an_agent_half_and_never_the_same);
    RUN(a_kid_is_the_thumbprint_of_rfc_9679);
    RUN(only_the_whole_kid_finds_an_epoch);
    RUN(keyrings_that_are_not_of_version_1_are_refused);
    RUN(a_keyring_cut_anywhere_is_refused_without_reading_on);
    RUN(a_generation_that_has_no_next_one_is_refused);
    RUN(zeros_in_place_of_what_may_be_absent_are_refused);
    RUN(times_that_cannot_be_computed_with_are_refused);
    RUN(an_agents_order_without_its_keys_is_refused);
    RUN(keys_that_are_no_pair_are_refused);
    RUN(what_is_sealed_with_a_key_opens_with_it_and_no_other);
    RUN(what_is_sealed_with_a_passphrase_opens_with_it_and_no_other);
    RUN(forged_argon2_costs_are_refused_before_they_are_paid);
    RUN(sealed_octets_cut_anywhere_are_refused_without_reading_on);
    RUN(one_flipped_bit_of_sealed_octets_is_refused);
    RUN(the_need_is_told_and_nothing_is_written_beyond_the_buffer);
    RUN(a_portal_half_holds_no_private_key_and_gives_no_agent_half);
    RUN(a_portal_half_seals_what_only_the_agent_half_opens);
    RUN(arguments_out_of_range_are_refused);
    RUN(running_out_of_memory_anywhere_is_survived);
    RUN(running_out_of_memory_with_rsa_is_survived_too);
    RUN(threads_share_a_keyring_and_the_last_one_frees_it);
    RUN(no_key_stays_in_memory_once_the_keyring_is_freed);
    RUN(no_rsa_key_stays_in_memory_once_the_keyring_is_freed);
    return DONE;
}
