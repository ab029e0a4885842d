/* SPDX-License-Identifier: Apache-2.0 */
/* rows: 9 */
/* A key store over a file that was damaged or forged: it is told, and the file is left as it is. */
#include "keyring.h"

#include <errno.h>
#include <sys/stat.h>

#include "faults.h"
#include "folder.h"
#include "harness.h"
#include "keystore_file.h"
#include "octets.h"
#include "secret.h"

static const uint8_t tenant[PWWB_ID_SIZE]         = "0123456789abcde";
static const uint8_t lock_key[PWWB_LOCK_KEY_SIZE] = "a key file's thirty-two octets!";
static const uint8_t passphrase[]                 = "correct horse battery staple";

static const int32_t suites[] = {PWWB_SUITE_RSA, PWWB_SUITE_X25519};

static pwwb_keystore *
store_of(const char *path, int32_t lock, const void *secret, size_t secret_len)
{
    pwwb_keystore_options options = {
        .size = sizeof(options), .lock = lock, .secret = secret, .secret_len = secret_len};
    pwwb_keystore *store;

    if (pwwb_keystore_new_file(path, &options, &store, NULL) != PWWB_OK)
        abort();
    return store;
}

static pwwb_keystore *
store_by_key(void)
{
    return store_of("keys", PWWB_LOCK_KEY, lock_key, sizeof(lock_key));
}

/* A file with new keys, and what is in it. */
static size_t
fill(int32_t suite, uint8_t buf[PWWB_KEYRING_MAX])
{
    pwwb_keystore *store = store_by_key();
    pwwb_keyring  *keyring;
    int            fd;
    ssize_t        len;

    empty_folder(".");
    CHECK_STATUS(PWWB_OK, pwwb_keyring_new(tenant, suite, &keyring, NULL));
    CHECK_STATUS(PWWB_OK, pwwb_keystore_put(store, keyring, PWWB_HALF_AGENT, NULL));
    pwwb_keyring_free(keyring);
    pwwb_keystore_free(store);
    fd  = open("keys", O_RDONLY);
    len = read(fd, buf, PWWB_KEYRING_MAX);
    close(fd);
    return len < 0 ? 0 : (size_t)len;
}

/* Neither loaded nor replaced, and left as it is. */
static void
check_damaged(pwwb_keystore *store, const uint8_t *octets_, size_t len, pwwb_status status)
{
    pwwb_keyring *keyring;
    uint8_t       now[PWWB_KEYRING_MAX];
    int           fd;

    put_file("keys", octets_, len);
    CHECK_STATUS(status, pwwb_keystore_load(store, &keyring, NULL));
    CHECK(keyring == NULL);
    CHECK_STATUS(status, pwwb_keystore_rewrap(store,
                                              &(pwwb_keystore_options){
                                                  .size       = sizeof(pwwb_keystore_options),
                                                  .lock       = PWWB_LOCK_KEY,
                                                  .secret     = lock_key,
                                                  .secret_len = sizeof(lock_key)},
                                              NULL));
    fd = open("keys", O_RDONLY);
    CHECK_INT(len, read(fd, now, sizeof(now)));
    CHECK(memcmp(octets_, now, len) == 0);
    close(fd);
}

static void
a_file_cut_at_any_length_is_refused(void)
{
    pwwb_keystore *store = store_by_key();
    size_t         i, len, whole;

    for (i = 0; i < COUNT(suites); i++) {
        uint8_t buf[PWWB_KEYRING_MAX];

        whole = fill(suites[i], buf);
        CHECK(whole > 300);
        for (len = 0; len < whole; len++)
            check_damaged(store, buf, len, len < 68 + 16 ? PWWB_E_MALFORMED : PWWB_E_NOT_AUTHENTIC);
        buf[whole] = 0;
        check_damaged(store, buf, whole + 1, PWWB_E_NOT_AUTHENTIC);
    }
    pwwb_keystore_free(store);
    empty_folder(".");
}

/* Magic and lock are looked at before anything is opened: octets 0 to 8. A version is believed only
 * once the octets are opened, octets 60 to 67. */
static void
one_flipped_bit_in_any_octet_is_refused(void)
{
    pwwb_keystore *store = store_by_key();
    size_t         i, at, len;

    for (i = 0; i < COUNT(suites); i++) {
        uint8_t       buf[PWWB_KEYRING_MAX];
        pwwb_keyring *keyring;

        len = fill(suites[i], buf);
        for (at = 0; at < len; at++) {
            uint8_t bit = (uint8_t)(1 << at % 8);
            int     is_version_0;

            buf[at] ^= bit;
            is_version_0 = sodium_is_zero(buf + 60, 8);
            check_damaged(store, buf, len,
                          at <= 8 || is_version_0 ? PWWB_E_MALFORMED : PWWB_E_NOT_AUTHENTIC);
            buf[at] ^= bit;
        }
        put_file("keys", buf, len);
        CHECK_STATUS(PWWB_OK, pwwb_keystore_load(store, &keyring, NULL));
        pwwb_keyring_free(keyring);
    }
    pwwb_keystore_free(store);
    empty_folder(".");
}

/* Octets 12 to 19 of the header, docs/protocol.md. That none is paid, test_keyring counts. */
static void
forged_argon2_costs_are_refused(void)
{
    static const struct {
        uint32_t ops;
        uint32_t mem;
    } too_dear[] = {{3, UINT32_MAX},
                    {3, (1u << 30) + 1},
                    {3, 0x80000000u},
                    {UINT32_MAX, 256u << 20},
                    {11, 1u << 30}};
    uint8_t        sealed[300] = "PWWBKEY1\x02";
    pwwb_keystore *store = store_of("keys", PWWB_LOCK_PASSPHRASE, passphrase, sizeof(passphrase));
    size_t         i;

    sealed[67] = 1;
    for (i = 0; i < COUNT(too_dear); i++) {
        octets_put_u32(sealed + 12, too_dear[i].ops);
        octets_put_u32(sealed + 16, too_dear[i].mem);
        check_damaged(store, sealed, sizeof(sealed), PWWB_E_TOO_LARGE);
    }
    pwwb_keystore_free(store);
    empty_folder(".");
}

static void
another_secret_or_lock_opens_nothing_and_harms_nothing(void)
{
    uint8_t        buf[PWWB_KEYRING_MAX], other[PWWB_LOCK_KEY_SIZE];
    size_t         len = fill(PWWB_SUITE_X25519, buf);
    pwwb_keystore *store;

    memcpy(other, lock_key, sizeof(other));
    other[0] ^= 1;
    store = store_of("keys", PWWB_LOCK_KEY, other, sizeof(other));
    check_damaged(store, buf, len, PWWB_E_NOT_AUTHENTIC);
    pwwb_keystore_free(store);
    store = store_of("keys", PWWB_LOCK_PASSPHRASE, passphrase, sizeof(passphrase));
    check_damaged(store, buf, len, PWWB_E_MALFORMED);
    pwwb_keystore_free(store);
    empty_folder(".");
}

/* Of two that have loaded the same version, the second to put is told. */
static void
two_stores_of_one_file_do_not_overwrite_each_other(void)
{
    uint8_t           buf[PWWB_KEYRING_MAX];
    pwwb_keystore    *a, *b;
    pwwb_keyring     *first, *second, *now;
    pwwb_keyring_info info = {.size = sizeof(info)};

    (void)fill(PWWB_SUITE_X25519, buf);
    a = store_by_key();
    b = store_by_key();
    CHECK_STATUS(PWWB_OK, pwwb_keystore_load(a, &first, NULL));
    CHECK_STATUS(PWWB_OK, pwwb_keystore_load(b, &second, NULL));
    CHECK_STATUS(PWWB_OK, pwwb_keystore_put(a, first, PWWB_HALF_AGENT, NULL));
    CHECK_STATUS(PWWB_E_CHANGED, pwwb_keystore_put(b, second, PWWB_HALF_AGENT, NULL));
    CHECK_STATUS(PWWB_OK, pwwb_keystore_load(b, &now, NULL));
    CHECK_STATUS(PWWB_OK, pwwb_keyring_describe(now, &info, NULL));
    CHECK_INT(2, info.version);
    CHECK_STATUS(PWWB_OK, pwwb_keystore_put(b, now, PWWB_HALF_AGENT, NULL));
    pwwb_keyring_free(first);
    pwwb_keyring_free(second);
    pwwb_keyring_free(now);
    pwwb_keystore_free(a);
    pwwb_keystore_free(b);
    empty_folder(".");
}

static void
a_store_that_cannot_be_made_leaves_nothing(void)
{
    pwwb_keystore_options wrong = {.size       = sizeof(wrong),
                                   .lock       = PWWB_LOCK_KEY,
                                   .secret     = lock_key,
                                   .secret_len = 31};
    pwwb_keystore        *store;

    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_keystore_new_file("keys", &wrong, &store, NULL));
    CHECK(store == NULL);
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_keystore_new_file("keys", NULL, &store, NULL));
    wrong.secret_len = 32;
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_keystore_new_file(NULL, &wrong, &store, NULL));
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_keystore_new_file("keys", &wrong, NULL, NULL));
    CHECK_INT(0, count_files("."));
}

/* All that allocates, in a row. */
static pwwb_status
put_and_load(void)
{
    pwwb_keystore_options options = {.size       = sizeof(options),
                                     .lock       = PWWB_LOCK_KEY,
                                     .secret     = lock_key,
                                     .secret_len = sizeof(lock_key)};
    pwwb_keystore        *store   = NULL;
    pwwb_keyring         *made = NULL, *loaded = NULL;
    pwwb_status           st;

    st = pwwb_keystore_new_file("./keys", &options, &store, NULL);
    if (st == PWWB_OK)
        st = pwwb_keyring_new(tenant, PWWB_SUITE_X25519, &made, NULL);
    if (st == PWWB_OK)
        st = pwwb_keystore_put(store, made, PWWB_HALF_AGENT, NULL);
    if (st == PWWB_OK)
        st = pwwb_keystore_rewrap(store, &options, NULL);
    if (st == PWWB_OK)
        st = pwwb_keystore_load(store, &loaded, NULL);
    pwwb_keyring_free(made);
    pwwb_keyring_free(loaded);
    pwwb_keystore_free(store);
    return st;
}

static void
running_out_of_memory_anywhere_is_survived(void)
{
    long nth, count;

    empty_folder(".");
    faults_count();
    CHECK_STATUS(PWWB_OK, put_and_load());
    count = faults_stop();
    CHECK(count >= 10);
    for (nth = 1; nth <= count; nth++) {
        pwwb_status    st;
        pwwb_keystore *store;
        pwwb_keyring  *keyring;

        empty_folder(".");
        faults_fail(nth);
        st = put_and_load();
        faults_stop();
        CHECK_STATUS(PWWB_E_NO_MEMORY, st);
        if (access("keys", F_OK) != 0)
            continue;
        store = store_by_key(); /* what was stored before is whole */
        CHECK_STATUS(PWWB_OK, pwwb_keystore_load(store, &keyring, NULL));
        CHECK_INT(2, count_files("."));
        pwwb_keyring_free(keyring);
        pwwb_keystore_free(store);
    }
    empty_folder(".");
}

int
main(void)
{
    char folder[] = "/tmp/pwwb-damage-XXXXXX";

    if (wb_crypto_ready(NULL) != PWWB_OK || mkdtemp(folder) == NULL || chdir(folder) != 0)
        return 1;

    RUN(a_file_cut_at_any_length_is_refused);
    RUN(one_flipped_bit_in_any_octet_is_refused);
    RUN(forged_argon2_costs_are_refused);
    RUN(another_secret_or_lock_opens_nothing_and_harms_nothing);
    RUN(two_stores_of_one_file_do_not_overwrite_each_other);
    RUN(a_store_that_cannot_be_made_leaves_nothing);
    RUN(running_out_of_memory_anywhere_is_survived);
    rmdir(folder);
    return DONE;
}
