/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What tests of pwwb-admin need and it must not have.
 *
 *     key_helper enable FOLDER               agent.key and portal.key there, of a tenant that was
 *                                            enabled by a ticket, both under lock.key
 *     key_helper find FILE LOCK OUTPUT...    count secrets of a key file, and of its lock, in
 *                                            outputs: raw, as hex, as base64; 1 when there is one
 *     key_helper leak FILE LOCK raw|hex|base64    print a secret so, for find to find
 */
#include "keyring.h"

#include <fcntl.h>
#include <pwwb/exchange.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static pwwb_error *err;

static void
need(int is_so, const char *what)
{
    if (is_so)
        return;
    fprintf(stderr, "key_helper: %s: %s\n", what, pwwb_error_message(err));
    exit(2);
}

static size_t
slurp(const char *path, uint8_t *buf, size_t size)
{
    FILE  *f = fopen(path, "rb");
    size_t len;

    need(f != NULL, path);
    len = fread(buf, 1, size, f);
    need(len < size, "a file is too long");
    fclose(f);
    return len;
}

static pwwb_keystore *
store_at(const char *path, const char *lock)
{
    pwwb_keystore_options options = {
        .size = sizeof(options), .lock = PWWB_LOCK_KEY, .secret_file = lock};
    pwwb_keystore *store = NULL;

    need(pwwb_keystore_new_file(path, &options, &store, err) == PWWB_OK, path);
    return store;
}

static pwwb_exchange *
exchange_of(pwwb_keystore *store, int32_t half)
{
    pwwb_exchange_options options  = {.size = sizeof(options), .suite = PWWB_SUITE_X25519};
    pwwb_exchange        *exchange = NULL;

    need(pwwb_exchange_new(store, half, &options, &exchange, err) == PWWB_OK, "exchange");
    return exchange;
}

static void
confirm(pwwb_exchange *portal, pwwb_keystore *agent_store)
{
    pwwb_keyring_info info = {.size = sizeof(info)};
    pwwb_keyring     *keyring;

    need(pwwb_keystore_load(agent_store, &keyring, err) == PWWB_OK, "load");
    need(pwwb_keyring_describe(keyring, &info, err) == PWWB_OK, "describe");
    need(pwwb_exchange_confirm(portal, info.fingerprint, strlen(info.fingerprint), err) == PWWB_OK,
         "confirm");
    pwwb_keyring_free(keyring);
}

static void
exchange_keys(pwwb_keystore *agent_store, pwwb_keystore *portal_store)
{
    static const pwwb_ticket ticket = {.size             = sizeof(ticket),
                                       .tenant           = "0123456789abcde",
                                       .relay_address    = "relay.example",
                                       .relay_credential = "a bootstrap credential"};
    pwwb_exchange           *agent  = exchange_of(agent_store, PWWB_HALF_AGENT);
    pwwb_exchange           *portal = exchange_of(portal_store, PWWB_HALF_PORTAL);
    char                     text[PWWB_TICKET_SIZE];
    uint8_t                  order[PWWB_ENVELOPE_MAX], answer[PWWB_ENVELOPE_MAX];
    size_t                   len, answer_len;

    need(pwwb_exchange_ticket(portal, &ticket, text, sizeof(text), &len, err) == PWWB_OK, "ticket");
    need(pwwb_exchange_begin(agent, PWWB_EXCHANGE_ENABLE, text, len, err) == PWWB_OK, "begin");
    need(pwwb_exchange_step(agent, order, sizeof(order), &len, err) == PWWB_OK && len > 0, "step");
    need(pwwb_exchange_take(portal, order, len, answer, sizeof(answer), &answer_len, NULL, err)
                 == PWWB_OK
             && answer_len > 0,
         "the portal takes");
    need(pwwb_exchange_take(agent, answer, answer_len, NULL, 0, &len, NULL, err) == PWWB_OK,
         "the agent takes");
    confirm(portal, agent_store);
    pwwb_exchange_free(agent);
    pwwb_exchange_free(portal);
}

static int
enable(const char *folder)
{
    char           lock[4096], path[4096];
    uint8_t        key[PWWB_LOCK_KEY_SIZE];
    pwwb_keystore *agent, *portal;
    int            fd;

    snprintf(lock, sizeof(lock), "%s/lock.key", folder);
    randombytes_buf(key, sizeof(key));
    fd = open(lock, O_WRONLY | O_CREAT | O_EXCL, 0600);
    need(fd >= 0 && write(fd, key, sizeof(key)) == (ssize_t)sizeof(key), lock);
    close(fd);

    snprintf(path, sizeof(path), "%s/agent.key", folder);
    agent = store_at(path, lock);
    snprintf(path, sizeof(path), "%s/portal.key", folder);
    portal = store_at(path, lock);
    exchange_keys(agent, portal);
    pwwb_keystore_free(agent);
    pwwb_keystore_free(portal);
    return 0;
}

enum { PIECE = 9 }; /* octets, so that base64 has no rest */

static size_t
count_in(const uint8_t *hay, size_t hay_len, const void *needle, size_t len)
{
    size_t i, count = 0;

    for (i = 0; i + len <= hay_len; i++)
        count += memcmp(hay + i, needle, len) == 0;
    return count;
}

/* A piece of a secret in every way it may be printed. */
static size_t
count_piece(const uint8_t *hay, size_t hay_len, const uint8_t *piece)
{
    char   text[64];
    size_t count = count_in(hay, hay_len, piece, PIECE), i;

    sodium_bin2hex(text, sizeof(text), piece, PIECE);
    count += count_in(hay, hay_len, text, 2 * PIECE);
    for (i = 0; text[i] != '\0'; i++)
        text[i] = (char)(text[i] >= 'a' ? text[i] - 'a' + 'A' : text[i]);
    count += count_in(hay, hay_len, text, 2 * PIECE);
    sodium_bin2base64(text, sizeof(text), piece, PIECE, sodium_base64_VARIANT_ORIGINAL);
    count += count_in(hay, hay_len, text, strlen(text));
    sodium_bin2base64(text, sizeof(text), piece, PIECE, sodium_base64_VARIANT_URLSAFE);
    return count + count_in(hay, hay_len, text, strlen(text));
}

/* Every piece, so that no place where the printing begins is missed; not of zeros, which are no
 * secret's. */
static size_t
count_secret(const uint8_t *hay, size_t hay_len, const uint8_t *secret, size_t len)
{
    size_t i, count = 0;

    for (i = 0; i + PIECE <= len; i++)
        if (!sodium_is_zero(secret + i, PIECE))
            count += count_piece(hay, hay_len, secret + i);
    return count;
}

static pwwb_keyring *
load(const char *file, const char *lock)
{
    pwwb_keystore *store = store_at(file, lock);
    pwwb_keyring  *keyring;

    need(pwwb_keystore_load(store, &keyring, err) == PWWB_OK, file);
    pwwb_keystore_free(store);
    return keyring;
}

static int
find(int argc, char **argv)
{
    pwwb_keyring  *keyring = load(argv[2], argv[3]);
    static uint8_t hay[1 << 20];
    uint8_t        key[PWWB_LOCK_KEY_SIZE + 1];
    size_t         key_len = slurp(argv[3], key, sizeof(key)), count = 0, octets = 0;
    int            i;

    for (i = 4; i < argc; i++) {
        size_t len = slurp(argv[i], hay, sizeof(hay));

        octets += len;
        count += count_secret(hay, len, (const uint8_t *)keyring->locked, sizeof(*keyring->locked));
        count += count_secret(hay, len, key, key_len);
    }
    printf("%zu pieces of secrets in %zu octets of %d outputs\n", count, octets, argc - 4);
    pwwb_keyring_free(keyring);
    return count == 0 ? 0 : 1;
}

static int
leak(const char *file, const char *lock, const char *how)
{
    pwwb_keyring  *keyring = load(file, lock);
    const uint8_t *secret  = keyring->epochs[0].keys->x25519;
    char           text[128];

    if (strcmp(how, "hex") == 0)
        puts(sodium_bin2hex(text, sizeof(text), secret, WB_X25519_SIZE));
    else if (strcmp(how, "base64") == 0)
        puts(sodium_bin2base64(text, sizeof(text), secret, WB_X25519_SIZE,
                               sodium_base64_VARIANT_ORIGINAL));
    else
        fwrite(secret, 1, WB_X25519_SIZE, stdout);
    pwwb_keyring_free(keyring);
    return 0;
}

int
main(int argc, char **argv)
{
    int rc = 2;

    err = pwwb_error_new();
    need(wb_crypto_ready(err) == PWWB_OK, "libsodium");
    if (argc == 3 && strcmp(argv[1], "enable") == 0)
        rc = enable(argv[2]);
    else if (argc >= 5 && strcmp(argv[1], "find") == 0)
        rc = find(argc, argv);
    else if (argc == 5 && strcmp(argv[1], "leak") == 0)
        rc = leak(argv[2], argv[3], argv[4]);
    pwwb_error_free(err);
    return rc;
}
