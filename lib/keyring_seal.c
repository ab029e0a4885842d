/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "error.h"
#include "keyring.h"
#include "secret.h"

/* A sealed keyring: header, then XChaCha20-Poly1305 over the codec's octets with the header as
 * additional data.
 *
 *     0  8  "PWWBKEY1"
 *     8  1  lock: 1 key, 2 passphrase
 *     9  3  zero
 *    12  4  Argon2id passes, big-endian; zero for a key
 *    16  4  Argon2id memory in octets, big-endian; zero for a key
 *    20 16  salt; zero for a key
 *    36 24  nonce
 *    60 8  version of the store, big-endian
 *    68    sealed octets */
enum {
    AT_LOCK     = 8,
    AT_OPS      = 12,
    AT_MEM      = 16,
    AT_SALT     = 20,
    AT_NONCE    = 36,
    AT_VERSION  = 60,
    HEADER_SIZE = WB_KEYRING_HEADER_SIZE
};

static const uint8_t magic[8] = {'P', 'W', 'W', 'B', 'K', 'E', 'Y', '1'};

static void
put_u32(uint8_t *p, uint32_t value)
{
    int i;

    for (i = 0; i < 4; i++)
        p[i] = (uint8_t)(value >> 8 * (3 - i));
}

static uint32_t
get_u32(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static void
put_u64(uint8_t *p, uint64_t value)
{
    put_u32(p, (uint32_t)(value >> 32));
    put_u32(p + 4, (uint32_t)value);
}

static uint64_t
get_u64(const uint8_t *p)
{
    return (uint64_t)get_u32(p) << 32 | get_u32(p + 4);
}

int
wb_lock_fits(int32_t lock, wb_span secret)
{
    if (secret.p == NULL)
        return 0;
    if (lock == PWWB_LOCK_KEY)
        return secret.len == PWWB_LOCK_KEY_SIZE;

    return lock == PWWB_LOCK_PASSPHRASE && secret.len >= 1 && secret.len <= 1024;
}

/* In locked memory; NULL when there is none. */
static wb_lock *
new_lock(int32_t kind, const uint8_t *secret, size_t secret_len)
{
    wb_lock *lock = wb_secret_new(sizeof(*lock));

    if (lock == NULL)
        return NULL;

    lock->kind = kind;
    lock->len  = secret_len;
    memcpy(lock->secret, secret, secret_len);
    return lock;
}

/* A passphrase that is stretched already is not stretched by another salt. */
static void
make_header(const wb_lock *lock, uint64_t version, uint8_t header[WB_KEYRING_HEADER_SIZE])
{
    memset(header, 0, HEADER_SIZE);
    memcpy(header, magic, sizeof(magic));
    header[AT_LOCK] = (uint8_t)lock->kind;
    put_u64(header + AT_VERSION, version);
    wb_random(header + AT_NONCE, WB_SEAL_NONCE_SIZE);
    if (lock->kind != PWWB_LOCK_PASSPHRASE)
        return;
    if (lock->is_stretched) {
        memcpy(header + AT_OPS, lock->stretched_by, sizeof(lock->stretched_by));
        return;
    }
    put_u32(header + AT_OPS, WB_ARGON_OPS);
    put_u32(header + AT_MEM, WB_ARGON_MEM);
    wb_random(header + AT_SALT, WB_SALT_SIZE);
}

/* The key that a header asks for, into lock->key. */
static pwwb_status
derive(const uint8_t *header, wb_lock *lock, pwwb_error *err)
{
    uint32_t ops = get_u32(header + AT_OPS), mem = get_u32(header + AT_MEM);

    if (lock->kind == PWWB_LOCK_KEY) {
        memcpy(lock->key, lock->secret, WB_KEY_SIZE);
        return PWWB_OK;
    }
    if (lock->is_stretched
        && memcmp(lock->stretched_by, header + AT_OPS, sizeof(lock->stretched_by)) == 0)
        return PWWB_OK;
    if (ops > WB_ARGON_OPS_MAX || mem > WB_ARGON_MEM_MAX)
        return wb_fail(err, PWWB_E_TOO_LARGE, "Argon2id costs beyond what is ever paid");

    lock->is_stretched = 0;
    if (wb_argon2id(wb_span_of(lock->secret, lock->len), header + AT_SALT, ops, mem, lock->key) != 0)
        return wb_fail(err, PWWB_E_CRYPTO, "Argon2id: no memory, or costs too small");

    memcpy(lock->stretched_by, header + AT_OPS, sizeof(lock->stretched_by));
    lock->is_stretched = 1;
    return PWWB_OK;
}

pwwb_status
wb_keyring_seal(const pwwb_keyring *keyring, int32_t half, wb_lock *lock, uint64_t version,
                uint8_t *buf, size_t buf_size, size_t *ret_len, pwwb_error *err)
{
    uint8_t     header[HEADER_SIZE];
    uint8_t    *plain;
    size_t      plain_len;
    pwwb_status st;

    *ret_len = 0;
    if (half == PWWB_HALF_AGENT && keyring->half != PWWB_HALF_AGENT)
        return wb_fail(err, PWWB_E_KEY_HALF, "a portal half holds no agent half");

    plain = wb_secret_new(WB_KEYRING_PLAIN_MAX);
    if (plain == NULL)
        return wb_fail(err, PWWB_E_NO_MEMORY, "no locked memory to seal a keyring");

    plain_len = wb_keyring_print(keyring, half, plain, WB_KEYRING_PLAIN_MAX);
    if (HEADER_SIZE + plain_len + WB_TAG_SIZE > buf_size) {
        *ret_len = HEADER_SIZE + plain_len + WB_TAG_SIZE;
        st = wb_fail(err, PWWB_E_BUFFER_TOO_SMALL, "a sealed keyring takes %zu octets", *ret_len);
        goto out;
    }

    make_header(lock, version, header);
    st = derive(header, lock, err);
    if (st != PWWB_OK)
        goto out;

    *ret_len = HEADER_SIZE + plain_len + WB_TAG_SIZE;
    memcpy(buf, header, HEADER_SIZE);
    wb_xchacha_seal(lock->key, header + AT_NONCE, wb_span_of(header, HEADER_SIZE),
                    wb_span_of(plain, plain_len), buf + HEADER_SIZE);
out:
    wb_secret_free(plain);
    return st;
}

pwwb_status
pwwb_keyring_seal(const pwwb_keyring *keyring, int32_t half, int32_t lock, const uint8_t *secret,
                  size_t secret_len, uint8_t *buf, size_t buf_size, size_t *ret_len,
                  pwwb_error *err)
{
    wb_lock    *ours;
    pwwb_status st;

    wb_ok(err);
    if (ret_len != NULL)
        *ret_len = 0;
    if (keyring == NULL || ret_len == NULL || (buf == NULL && buf_size > 0)
        || (half != PWWB_HALF_AGENT && half != PWWB_HALF_PORTAL)
        || !wb_lock_fits(lock, wb_span_of(secret, secret_len)))
        return wb_fail(err, PWWB_E_INVALID_ARGUMENT,
                       "keyring, half, ret_len and a fitting secret must be given");

    ours = new_lock(lock, secret, secret_len);
    if (ours == NULL)
        return wb_fail(err, PWWB_E_NO_MEMORY, "no locked memory to seal a keyring");

    st = wb_keyring_seal(keyring, half, ours, 1, buf, buf_size, ret_len, err);
    wb_secret_free(ours);
    return st;
}

pwwb_status
wb_keyring_version(wb_span sealed, uint64_t *ret_version, pwwb_error *err)
{
    *ret_version = 0;
    if (sealed.len < HEADER_SIZE + WB_TAG_SIZE || sealed.len > PWWB_KEYRING_MAX
        || memcmp(sealed.p, magic, sizeof(magic)) != 0 || get_u64(sealed.p + AT_VERSION) == 0)
        return wb_fail(err, PWWB_E_MALFORMED, "not a sealed keyring of version 1");

    *ret_version = get_u64(sealed.p + AT_VERSION);
    return PWWB_OK;
}

static pwwb_status
unseal(wb_span sealed, wb_lock *lock, uint8_t *plain, pwwb_error *err)
{
    pwwb_status st = derive(sealed.p, lock, err);

    if (st != PWWB_OK)
        return st;
    if (wb_xchacha_open(lock->key, sealed.p + AT_NONCE, wb_span_of(sealed.p, HEADER_SIZE),
                        wb_span_of(sealed.p + HEADER_SIZE, sealed.len - HEADER_SIZE), plain)
        != 0)
        return wb_fail(err, PWWB_E_NOT_AUTHENTIC, "wrong key or passphrase, or changed octets");

    return PWWB_OK;
}

pwwb_status
wb_keyring_open(wb_span sealed, wb_lock *lock, pwwb_keyring **ret_keyring, pwwb_error *err)
{
    uint8_t    *plain;
    uint64_t    version;
    pwwb_status st = wb_keyring_version(sealed, &version, err);

    if (st != PWWB_OK)
        return st;
    if (sealed.p[AT_LOCK] != lock->kind)
        return wb_fail(err, PWWB_E_MALFORMED, "sealed with %s",
                       sealed.p[AT_LOCK] == PWWB_LOCK_KEY ? "a key" : "a passphrase");

    plain = wb_secret_new(WB_KEYRING_PLAIN_MAX);
    if (plain == NULL)
        return wb_fail(err, PWWB_E_NO_MEMORY, "no locked memory to open a keyring");

    st = unseal(sealed, lock, plain, err);
    if (st == PWWB_OK)
        st = wb_keyring_parse(wb_span_of(plain, sealed.len - HEADER_SIZE - WB_TAG_SIZE), ret_keyring,
                              err);
    if (st == PWWB_OK)
        (*ret_keyring)->version = version;
    wb_secret_free(plain);
    return st;
}

pwwb_status
pwwb_keyring_open(const uint8_t *sealed, size_t sealed_len, int32_t lock, const uint8_t *secret,
                  size_t secret_len, pwwb_keyring **ret_keyring, pwwb_error *err)
{
    wb_lock    *ours;
    pwwb_status st;

    wb_ok(err);
    if (ret_keyring != NULL)
        *ret_keyring = NULL;
    if (sealed == NULL || ret_keyring == NULL
        || !wb_lock_fits(lock, wb_span_of(secret, secret_len)))
        return wb_fail(err, PWWB_E_INVALID_ARGUMENT,
                       "sealed, ret_keyring and a fitting secret must be given");

    st = wb_crypto_ready(err);
    if (st != PWWB_OK)
        return st;

    ours = new_lock(lock, secret, secret_len);
    if (ours == NULL)
        return wb_fail(err, PWWB_E_NO_MEMORY, "no locked memory to open a keyring");

    st = wb_keyring_open(wb_span_of(sealed, sealed_len), ours, ret_keyring, err);
    wb_secret_free(ours);
    return st;
}
