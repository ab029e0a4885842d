/* SPDX-License-Identifier: Apache-2.0 */
/* parses: keyring_codec.c keyring_party.c keyring_seal.c */
/* Key files: the sealed octets, and as their plaintext what a holder of the lock's secret may put
 * inside. A keyring that parses is printed again, and comes out the same. */
#include "fuzz_keys.h"

static const uint8_t secret[PWWB_LOCK_KEY_SIZE] = "a key file's thirty-two octets!";

/* What is longer holds keys of RSA, whose check takes its time: they are parsed once. */
#define ONCE 1100

enum { HEADER_SIZE = WB_KEYRING_HEADER_SIZE, AT_LOCK = 8, AT_COSTS = 12, AT_NONCE = 36 };

/* A pass over 8 MiB, Argon2id's least costs here, and a salt of zeros. */
static const uint8_t least[8 + WB_SALT_SIZE] = {0, 0, 0, 1, 0, 0x80};

/* A key, or a passphrase of 9 octets that Argon2id has stretched once for the whole process. */
static wb_lock *
lock_of(int32_t kind)
{
    static wb_lock  locks[PWWB_LOCK_PASSPHRASE + 1];
    wb_lock        *lock = &locks[kind];

    lock->kind = kind;
    lock->len  = kind == PWWB_LOCK_KEY ? sizeof(secret) : 9;
    memcpy(lock->secret, secret, sizeof(secret));
    return lock;
}

static int
has_least_costs(wb_span sealed)
{
    return sealed.len > HEADER_SIZE && memcmp(sealed.p + AT_COSTS, least, sizeof(least)) == 0;
}

/* Argon2id takes its time: only with the costs it was paid for already, or with what is refused. */
static int
is_cheap(wb_span sealed)
{
    const uint8_t *mem = sealed.p + AT_COSTS + 4;

    return sealed.len <= HEADER_SIZE || has_least_costs(sealed) || sealed.p[AT_LOCK] != 2
           || (mem[0] == 0 && mem[1] < 0x80) || mem[0] > 0x40;
}

/* The statuses of pwwb_keyring_open(). */
static void
check_status(pwwb_status st, const pwwb_keyring *keyring)
{
    FUZZ_CHECK((st == PWWB_OK) == (keyring != NULL));
    FUZZ_CHECK(st == PWWB_OK || st == PWWB_E_MALFORMED || st == PWWB_E_NOT_AUTHENTIC
               || st == PWWB_E_TOO_LARGE || st == PWWB_E_CRYPTO);
}

static void
open_file(wb_span sealed)
{
    int32_t kind;

    for (kind = PWWB_LOCK_KEY; kind <= PWWB_LOCK_PASSPHRASE; kind++) {
        pwwb_keyring *keyring = NULL;
        const wb_lock *lock   = lock_of(kind);
        pwwb_status   st;

        if (kind == PWWB_LOCK_PASSPHRASE && (!is_cheap(sealed) || has_least_costs(sealed)))
            continue;
        st = pwwb_keyring_open(sealed.p, sealed.len, kind, lock->secret, lock->len, &keyring, NULL);
        check_status(st, keyring);
        pwwb_keyring_free(keyring);
    }
}

/* The header of docs around octets of one's own. */
static void
open_sealed(wb_span plain, int32_t kind, pwwb_status parsed)
{
    uint8_t       sealed[HEADER_SIZE + ONCE + WB_TAG_SIZE] = "PWWBKEY1";
    wb_lock      *lock    = lock_of(kind);
    pwwb_keyring *keyring = NULL;
    uint64_t      version;
    pwwb_status   st;

    if (plain.len > ONCE)
        return;
    sealed[AT_LOCK]         = (uint8_t)kind;
    sealed[HEADER_SIZE - 1] = 3; /* the store's version */
    if (kind == PWWB_LOCK_KEY)
        memcpy(lock->key, secret, WB_KEY_SIZE);
    else
        memcpy(sealed + AT_COSTS, least, sizeof(least));
    if (kind == PWWB_LOCK_PASSPHRASE && !lock->is_stretched)
        FUZZ_CHECK(wb_argon2id(wb_span_of(lock->secret, lock->len), least + 8, 1, 8u << 20,
                               lock->key)
                   == 0);
    wb_xchacha_seal(lock->key, sealed + AT_NONCE, wb_span_of(sealed, HEADER_SIZE), plain,
                    sealed + HEADER_SIZE);
    plain = wb_span_of(sealed, HEADER_SIZE + plain.len + WB_TAG_SIZE);
    FUZZ_CHECK(wb_keyring_version(plain, &version, NULL) == PWWB_OK && version == 3);
    st = wb_keyring_open(plain, lock, &keyring, NULL);
    FUZZ_CHECK(st == parsed);
    FUZZ_CHECK(st != PWWB_OK || keyring->version == 3);
    pwwb_keyring_free(keyring);
}

/* A keyring that parsed is sealed for its own half and for the portal's, and opens. */
static void
seal_again(const pwwb_keyring *keyring)
{
    uint8_t     sealed[PWWB_KEYRING_MAX];
    int32_t     half, kind;
    size_t      len, need;
    pwwb_status st;

    FUZZ_CHECK(pwwb_keyring_seal(NULL, 1, 1, secret, 32, sealed, 1, &len, NULL) != PWWB_OK);
    for (half = PWWB_HALF_AGENT; half <= PWWB_HALF_PORTAL; half++) {
        pwwb_keyring *again = NULL;

        kind = keyring->half;
        st   = wb_keyring_seal(keyring, half, lock_of(kind), 3, NULL, 0, &need, NULL);
        FUZZ_CHECK(st == (half < keyring->half ? PWWB_E_KEY_HALF : PWWB_E_BUFFER_TOO_SMALL));
        if (half < keyring->half)
            continue;
        st = kind == PWWB_LOCK_KEY
                 ? pwwb_keyring_seal(keyring, half, kind, secret, 32, sealed, sizeof(sealed), &len,
                                     NULL)
                 : wb_keyring_seal(keyring, half, lock_of(kind), 3, sealed, sizeof(sealed), &len,
                                   NULL);
        FUZZ_CHECK(st == PWWB_OK && len == need);
        FUZZ_CHECK(wb_keyring_open(wb_span_of(sealed, len), lock_of(kind), &again, NULL)
                   == PWWB_OK);
        FUZZ_CHECK(again->half == half && again->epoch_count == keyring->epoch_count);
        pwwb_keyring_free(again);
    }
}

/* What a passphrase's first sealing costs is paid once; and what is no file or no secret. */
static void
stretch_once(const pwwb_keyring *keyring)
{
    static int    is_done;
    uint8_t       sealed[PWWB_KEYRING_MAX];
    pwwb_keyring *again = NULL;
    size_t        len;

    if (is_done++)
        return;
    FUZZ_CHECK(pwwb_keyring_seal(keyring, PWWB_HALF_PORTAL, PWWB_LOCK_PASSPHRASE, secret, 9, sealed,
                                 sizeof(sealed), &len, NULL)
               == PWWB_OK);
    FUZZ_CHECK(pwwb_keyring_open(NULL, 0, 1, secret, 32, &again, NULL) == PWWB_E_INVALID_ARGUMENT);
    FUZZ_CHECK(pwwb_keyring_open(sealed, len, 1, NULL, 32, &again, NULL)
               == PWWB_E_INVALID_ARGUMENT);
}

static void
describe(const pwwb_keyring *keyring)
{
    pwwb_keyring_info info = {.size = sizeof(info)};

    FUZZ_CHECK(pwwb_keyring_describe(keyring, &info, NULL) == PWWB_OK);
    FUZZ_CHECK(info.half == keyring->half && info.epoch_count <= PWWB_EPOCHS_MAX);
    FUZZ_CHECK(info.fingerprint[0] == '\0' || strlen(info.fingerprint) == 19);
}

static void
print_again(const pwwb_keyring *keyring, wb_span in)
{
    uint8_t printed[WB_KEYRING_PLAIN_MAX];

    FUZZ_CHECK(in.len <= sizeof(printed));
    FUZZ_CHECK(wb_keyring_print(keyring, keyring->half, printed, sizeof(printed)) == in.len);
    FUZZ_CHECK(memcmp(printed, in.p, in.len) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    wb_span       in      = {data, size};
    pwwb_keyring *keyring = NULL;
    pwwb_status   st;

    fuzz_begin();
    st = wb_keyring_parse(in, &keyring, NULL);
    check_status(st, keyring);
    open_sealed(in, PWWB_LOCK_KEY, st);
    open_sealed(in, PWWB_LOCK_PASSPHRASE, st);
    if (keyring != NULL) {
        print_again(keyring, in);
        describe(keyring);
        stretch_once(keyring);
        if (size <= ONCE)
            seal_again(keyring);
    }
    pwwb_keyring_free(keyring);
    if (size > 0)
        open_file(in);
    return 0;
}
