/* SPDX-License-Identifier: Apache-2.0 */
#define _POSIX_C_SOURCE 200809L
#include "unwrap_openssl.h"

#include <fcntl.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/sha.h>
#include <openssl/x509.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define KEY_BITS 2048
#define CEK_SIZE 32
#define IDLE_MAX 8 /* contexts that are kept for the next call */

/* A key, once it was asked for, and contexts that wait for work: to set one up costs more than it
 * should be paid for with each password. */
typedef struct key {
    struct key   *next;
    uint8_t       name[SHA256_DIGEST_LENGTH]; /* SHA-256 of its SubjectPublicKeyInfo */
    EVP_PKEY     *pair;
    size_t        idle_count;
    EVP_PKEY_CTX *idle[IDLE_MAX];
} key;

typedef struct folder {
    pthread_mutex_t mutex; /* held only to take and give, never while a key works */
    key            *keys;
    char            path[4000];
} folder;

static void
file_of(const folder *f, const uint8_t *name, char *path, size_t size)
{
    int    at = snprintf(path, size, "%s/", f->path);
    size_t i;

    for (i = 0; i < SHA256_DIGEST_LENGTH; i++)
        at += snprintf(path + at, size - (size_t)at, "%02x", name[i]);
    (void)snprintf(path + at, size - (size_t)at, ".pem");
}

/* The empty passphrase: without one, OpenSSL would ask at the terminal. */
static EVP_PKEY *
load(const folder *f, const uint8_t *name)
{
    char      path[4096];
    FILE     *file;
    EVP_PKEY *pair = NULL;

    file_of(f, name, path, sizeof(path));
    file = fopen(path, "re");
    if (file != NULL) {
        pair = PEM_read_PrivateKey(file, NULL, NULL, (void *)(uintptr_t)"");
        (void)fclose(file);
    }
    return pair;
}

/* The key of that name; read when it is first asked for. NULL = it cannot be had now. */
static key *
find(folder *f, const uint8_t *name)
{
    key *k;

    for (k = f->keys; k != NULL; k = k->next)
        if (memcmp(k->name, name, sizeof(k->name)) == 0)
            return k;

    k = calloc(1, sizeof(*k));
    if (k == NULL || (k->pair = load(f, name)) == NULL) {
        free(k);
        return NULL;
    }
    memcpy(k->name, name, sizeof(k->name));
    k->next = f->keys;
    f->keys = k;
    return k;
}

static EVP_PKEY_CTX *
context_new(EVP_PKEY *pair)
{
    EVP_PKEY_CTX *c = EVP_PKEY_CTX_new(pair, NULL);

    if (c != NULL
        && (EVP_PKEY_decrypt_init(c) <= 0
            || EVP_PKEY_CTX_set_rsa_padding(c, RSA_PKCS1_OAEP_PADDING) <= 0
            || EVP_PKEY_CTX_set_rsa_oaep_md(c, EVP_sha256()) <= 0
            || EVP_PKEY_CTX_set_rsa_mgf1_md(c, EVP_sha256()) <= 0)) {
        EVP_PKEY_CTX_free(c);
        c = NULL;
    }
    return c;
}

static EVP_PKEY_CTX *
take(folder *f, const uint8_t *name, key **ret_key)
{
    EVP_PKEY_CTX *c = NULL;

    pthread_mutex_lock(&f->mutex);
    *ret_key = find(f, name);
    if (*ret_key != NULL && (*ret_key)->idle_count > 0)
        c = (*ret_key)->idle[--(*ret_key)->idle_count];
    pthread_mutex_unlock(&f->mutex);
    return c != NULL || *ret_key == NULL ? c : context_new((*ret_key)->pair);
}

static void
give(folder *f, key *k, EVP_PKEY_CTX *c)
{
    pthread_mutex_lock(&f->mutex);
    if (k->idle_count < IDLE_MAX) {
        k->idle[k->idle_count++] = c;
        c                        = NULL;
    }
    pthread_mutex_unlock(&f->mutex);
    EVP_PKEY_CTX_free(c);
}

/* Out of memory is this machine's trouble; whatever else fails is the octets' fault. */
static int32_t
answer(int rc, size_t len)
{
    int is_memory = rc <= 0 && ERR_GET_REASON(ERR_peek_error()) == ERR_R_MALLOC_FAILURE;

    ERR_clear_error();
    if (is_memory)
        return PWWB_UNWRAP_UNAVAILABLE;
    return rc > 0 && len == CEK_SIZE ? PWWB_UNWRAP_OK : PWWB_UNWRAP_REJECTED;
}

static int32_t
unwrap(void *ctx, const uint8_t *public_key, size_t public_key_len, const uint8_t *wrapped,
       uint8_t *cek)
{
    folder       *f = ctx;
    uint8_t       name[SHA256_DIGEST_LENGTH];
    uint8_t       plain[KEY_BITS / 8] = {0};
    size_t        len = sizeof(plain);
    key          *k;
    EVP_PKEY_CTX *c;
    int           rc;
    int32_t       result;

    (void)SHA256(public_key, public_key_len, name);
    c = take(f, name, &k);
    ERR_clear_error();
    if (c == NULL)
        return PWWB_UNWRAP_UNAVAILABLE;

    rc     = EVP_PKEY_decrypt(c, plain, &len, wrapped, KEY_BITS / 8);
    result = answer(rc, len);
    memcpy(cek, plain, CEK_SIZE); /* whatever it is: without an OK it is not looked at */
    OPENSSL_cleanse(plain, sizeof(plain));
    give(f, k, c);
    return result;
}

/* A new file that only its owner reads, on the disk before anybody is told of its key. */
static int
save(const folder *f, const uint8_t *name, const EVP_PKEY *pair)
{
    char  path[4096];
    int   fd, parent, done;
    FILE *file;

    file_of(f, name, path, sizeof(path));
    fd   = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    file = fd >= 0 ? fdopen(fd, "w") : NULL;
    if (file == NULL) {
        if (fd >= 0)
            close(fd);
        return -1;
    }
    (void)setvbuf(file, NULL, _IONBF, 0); /* no copy in stdio's buffer */
    done   = PEM_write_PrivateKey(file, pair, NULL, NULL, 0, NULL, NULL) == 1 && fsync(fd) == 0;
    done   = fclose(file) == 0 && done;
    parent = open(f->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    done   = done && parent >= 0 && fsync(parent) == 0;
    if (parent >= 0)
        close(parent);
    return done ? 0 : -1;
}

static pwwb_status
make(void *ctx, uint8_t *public_key, size_t size, size_t *ret_len, pwwb_error *err)
{
    EVP_PKEY *pair = EVP_RSA_gen(KEY_BITS);
    int       len  = pair != NULL ? i2d_PUBKEY(pair, NULL) : 0;
    uint8_t   name[SHA256_DIGEST_LENGTH];
    int       is_saved = 0;

    if (len > 0 && (size_t)len <= size) {
        len = i2d_PUBKEY(pair, &public_key); /* moves the pointer behind it */
        (void)SHA256(public_key - len, (size_t)len, name);
        is_saved = save(ctx, name, pair) == 0;
        *ret_len = (size_t)len;
    }
    EVP_PKEY_free(pair);
    ERR_clear_error();
    return is_saved ? PWWB_OK : pwwb_error_set(err, PWWB_E_SYSTEM, "no key was made and stored");
}

static void
destroy(void *ctx)
{
    folder *f = ctx;

    while (f->keys != NULL) {
        key *k = f->keys;

        f->keys = k->next;
        while (k->idle_count > 0)
            EVP_PKEY_CTX_free(k->idle[--k->idle_count]);
        EVP_PKEY_free(k->pair); /* wiped by OpenSSL */
        free(k);
    }
    pthread_mutex_destroy(&f->mutex);
    free(f);
}

const pwwb_unwrap_ops unwrap_openssl_ops = {
    .size = sizeof(pwwb_unwrap_ops), .unwrap = unwrap, .make = make, .destroy = destroy};

pwwb_status
unwrap_openssl_new(const char *path, void **ret_ctx, pwwb_error *err)
{
    folder *f = calloc(1, sizeof(*f));

    if (f == NULL || strlen(path) >= sizeof(f->path) || pthread_mutex_init(&f->mutex, NULL) != 0) {
        free(f);
        return pwwb_error_set(err, PWWB_E_NO_MEMORY, "no memory, or a path that is too long");
    }
    (void)snprintf(f->path, sizeof(f->path), "%s", path);
    *ret_ctx = f;
    return PWWB_OK;
}
