/* SPDX-License-Identifier: Apache-2.0 */
/* parses: keyring_codec.c keyring_party.c */
/* Key files: the sealed octets, and as their plaintext what a holder of the lock's key may put
 * inside. A keyring that parses is printed again, and comes out the same. */
#include "fuzz_keys.h"

static const uint8_t lock_key[PWWB_LOCK_KEY_SIZE] = "a key file's thirty-two octets!";

/* What is longer holds keys of RSA, whose check takes its time: they are parsed once. */
#define ONCE 300

enum { HEADER_SIZE = WB_KEYRING_HEADER_SIZE, AT_MEM = 16, AT_NONCE = 36 };

static pwwb_status
open_locked(wb_span sealed)
{
    pwwb_keyring *keyring = NULL;
    pwwb_status   st;

    st = pwwb_keyring_open(sealed.p, sealed.len, PWWB_LOCK_KEY, lock_key, sizeof(lock_key),
                           &keyring, NULL);
    FUZZ_CHECK((st == PWWB_OK) == (keyring != NULL));
    pwwb_keyring_free(keyring);
    return st;
}

/* Only with costs that are refused: Argon2id takes its time. */
static void
open_passphrase(wb_span sealed)
{
    pwwb_keyring *keyring = NULL;
    const uint8_t least[] = {0, 0x80, 0, 0}; /* 8 MiB */

    if (sealed.len > HEADER_SIZE && memcmp(sealed.p + AT_MEM, least, sizeof(least)) >= 0)
        return;
    FUZZ_CHECK(pwwb_keyring_open(sealed.p, sealed.len, PWWB_LOCK_PASSPHRASE, lock_key, 9, &keyring,
                                 NULL)
               != PWWB_OK);
}

/* The header of docs, lock 1, around octets of one's own. */
static void
open_sealed(wb_span plain, pwwb_status parsed)
{
    uint8_t sealed[HEADER_SIZE + ONCE + WB_TAG_SIZE] = "PWWBKEY1\x01";

    sealed[HEADER_SIZE - 1] = 1; /* the store's version */

    if (plain.len > ONCE)
        return;
    wb_xchacha_seal(lock_key, sealed + AT_NONCE, wb_span_of(sealed, HEADER_SIZE), plain,
                    sealed + HEADER_SIZE);
    FUZZ_CHECK(open_locked(wb_span_of(sealed, HEADER_SIZE + plain.len + WB_TAG_SIZE)) == parsed);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    wb_span       in      = {data, size};
    pwwb_keyring *keyring = NULL;
    uint8_t       printed[WB_KEYRING_PLAIN_MAX];
    pwwb_status   st;

    fuzz_begin();
    st = wb_keyring_parse(in, &keyring, NULL);
    FUZZ_CHECK((st == PWWB_OK) == (keyring != NULL));
    if (keyring != NULL && size <= sizeof(printed)) {
        FUZZ_CHECK(wb_keyring_print(keyring, keyring->half, printed, sizeof(printed))
                   == size);
        FUZZ_CHECK(memcmp(printed, data, size) == 0);
    }
    pwwb_keyring_free(keyring);
    if (size == 0)
        return 0;

    (void)open_locked(in);
    open_passphrase(in);
    open_sealed(in, st);
    return 0;
}
