/* SPDX-License-Identifier: Apache-2.0 */
#include "keystore.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "keyring.h"
#include "ops.h"
#include "secret.h"

static_assert(sizeof(pwwb_keystore_ops) == 4 * sizeof(void *),
              "fields are added at the end, with a new WB_SIZE_UP_TO and a line in NEWS");

struct pwwb_keystore {
    pwwb_keystore_ops ops;
    void             *ctx;
    wb_lock          *lock; /* locked memory */
    wb_host_key      *host_key;
    pwwb_key_audit_fn audit;
    void             *audit_ctx;
};

/* A passphrase in a file ends with its first line. */
static void
cut_line(wb_lock *l)
{
    const uint8_t *end = memchr(l->secret, '\n', l->len);

    if (end != NULL)
        l->len = (size_t)(end - l->secret);
}

static pwwb_status
fill_lock(wb_lock *l, const pwwb_keystore_options *options, pwwb_error *err)
{
    pwwb_status st;

    l->kind = options->lock;
    if ((options->secret == NULL) == (options->secret_file == NULL))
        return wb_fail(err, PWWB_E_INVALID_ARGUMENT, "secret or secret_file must be given");
    if (options->secret != NULL) {
        if (!wb_lock_fits(l->kind, wb_span_of(options->secret, options->secret_len)))
            return wb_fail(err, PWWB_E_INVALID_ARGUMENT, "a key has %d octets, a passphrase 1 to %d",
                           PWWB_LOCK_KEY_SIZE, WB_LOCK_SECRET_MAX);
        l->len = options->secret_len;
        memcpy(l->secret, options->secret, l->len);
        return PWWB_OK;
    }

    st = wb_private_file_read(options->secret_file, 0, "the secret file", l->secret, WB_LOCK_SECRET_MAX,
                              &l->len, err);
    if (st != PWWB_OK)
        return st;
    if (l->kind == PWWB_LOCK_PASSPHRASE)
        cut_line(l);
    if (!wb_lock_fits(l->kind, wb_span_of(l->secret, l->len)))
        return wb_fail(err, PWWB_E_MALFORMED,
                       "the secret file holds no key of %d octets, or no passphrase",
                       PWWB_LOCK_KEY_SIZE);

    return PWWB_OK;
}

static pwwb_status
new_lock(const pwwb_keystore_options *options, wb_lock **ret_lock, pwwb_error *err)
{
    wb_lock    *l  = wb_secret_new(sizeof(*l));
    pwwb_status st;

    if (l == NULL)
        return wb_fail(err, PWWB_E_NO_MEMORY, "no locked memory for a secret");

    st = fill_lock(l, options, err);
    if (st != PWWB_OK) {
        wb_secret_free(l);
        return st;
    }
    *ret_lock = l;
    return PWWB_OK;
}

static pwwb_status
import_options(pwwb_keystore_options *ours, const pwwb_keystore_options *theirs, pwwb_error *err)
{
    pwwb_status st = wb_ops_import(ours, sizeof(*ours),
                                   WB_SIZE_UP_TO(pwwb_keystore_options, audit_ctx), theirs);

    if (st != PWWB_OK)
        return wb_fail(err, st, "options of size %zu do not fit this library", theirs->size);

    return PWWB_OK;
}

static pwwb_status
fill(pwwb_keystore *store, const pwwb_keystore_ops *ops, const pwwb_keystore_options *theirs,
     pwwb_error *err)
{
    pwwb_keystore_options options;
    pwwb_status           st;

    st = wb_ops_import(&store->ops, sizeof(store->ops), WB_SIZE_UP_TO(pwwb_keystore_ops, destroy),
                       ops);
    if (st != PWWB_OK)
        return wb_fail(err, st, "key store ops of size %zu do not fit this library", ops->size);
    if (store->ops.load == NULL || store->ops.swap == NULL)
        return wb_fail(err, PWWB_E_INVALID_ARGUMENT, "a key store must load and swap");

    st = import_options(&options, theirs, err);
    if (st == PWWB_OK)
        st = wb_crypto_ready(err);
    if (st == PWWB_OK)
        st = new_lock(&options, &store->lock, err);
    if (st == PWWB_OK && options.unwrap != NULL)
        st = wb_host_key_new(options.unwrap, options.unwrap_ctx, &store->host_key, err);
    store->audit     = options.audit;
    store->audit_ctx = options.audit_ctx;
    return st;
}

pwwb_status
pwwb_keystore_new(const pwwb_keystore_ops *ops, void *ctx, const pwwb_keystore_options *options,
                  pwwb_keystore **ret_store, pwwb_error *err)
{
    pwwb_keystore *store;
    pwwb_status    st;

    wb_ok(err);
    if (ret_store != NULL)
        *ret_store = NULL;
    if (ops == NULL || options == NULL || ret_store == NULL)
        return wb_fail(err, PWWB_E_INVALID_ARGUMENT, "ops, options and ret_store must be given");

    store = calloc(1, sizeof(*store));
    if (store == NULL)
        return wb_fail(err, PWWB_E_NO_MEMORY, "no memory for a key store");

    st = fill(store, ops, options, err);
    if (st != PWWB_OK) {
        wb_secret_free(store->lock);
        free(store);
        return st;
    }
    store->ctx = ctx;
    *ret_store = store;
    return PWWB_OK;
}

void
pwwb_keystore_free(pwwb_keystore *store)
{
    if (store == NULL)
        return;

    if (store->ops.destroy != NULL)
        store->ops.destroy(store->ctx);
    wb_host_key_free(store->host_key);
    wb_secret_free(store->lock);
    free(store);
}

/* The sealed octets, and a version that they bear out. */
static pwwb_status
load_sealed(pwwb_keystore *store, uint8_t *buf, size_t size, size_t *ret_len, pwwb_error *err)
{
    uint64_t    version = 0;
    uint64_t    inside;
    pwwb_status st;

    *ret_len = 0;
    st       = store->ops.load(store->ctx, buf, size, ret_len, &version, err);
    st       = wb_answer(err, st, "the key store's load");
    if (st != PWWB_OK)
        return st;
    if (*ret_len > size)
        return wb_fail(err, PWWB_E_CALLBACK, "the key store's load filled %zu of %zu octets",
                       *ret_len, size);

    st = wb_keyring_version(wb_span_of(buf, *ret_len), &inside, err);
    if (st == PWWB_OK && inside != version)
        return wb_fail(err, PWWB_E_CALLBACK, "the key store gave octets of another version");

    return st;
}

void
wb_keystore_adopt(const pwwb_keystore *store, pwwb_keyring *keyring)
{
    keyring->host_key  = wb_host_key_ref(store->host_key);
    keyring->audit     = store->audit;
    keyring->audit_ctx = store->audit_ctx;
}

pwwb_status
wb_keystore_load(pwwb_keystore *store, pwwb_keyring **ret_keyring, pwwb_error *err)
{
    uint8_t       sealed[PWWB_KEYRING_MAX];
    size_t        len;
    pwwb_keyring *keyring = NULL;
    pwwb_status   st      = load_sealed(store, sealed, sizeof(sealed), &len, err);

    *ret_keyring = NULL;
    if (st == PWWB_OK)
        st = wb_keyring_open(wb_span_of(sealed, len), store->lock, &keyring, err);
    if (st == PWWB_OK) {
        wb_keystore_adopt(store, keyring);
        *ret_keyring = keyring;
    }
    if (store->audit != NULL)
        store->audit(store->audit_ctx, PWWB_KEY_USE_LOAD, st == PWWB_OK ? keyring->generation : 0,
                     st);
    return st;
}

pwwb_status
pwwb_keystore_load(pwwb_keystore *store, pwwb_keyring **ret_keyring, pwwb_error *err)
{
    wb_ok(err);
    if (ret_keyring != NULL)
        *ret_keyring = NULL;
    if (store == NULL || ret_keyring == NULL)
        return wb_fail(err, PWWB_E_INVALID_ARGUMENT, "store and ret_keyring must be given");

    return wb_keystore_load(store, ret_keyring, err);
}

/* What could not be read again is not stored: better an error now than no keys later. */
static pwwb_status
check_sealed(wb_span sealed, wb_lock *l, pwwb_error *err)
{
    pwwb_keyring *again = NULL;
    pwwb_status   st    = wb_keyring_open(sealed, l, &again, err);

    pwwb_keyring_free(again);
    return st;
}

/* Seal by a lock, and swap. */
static pwwb_status
put_by(pwwb_keystore *store, wb_lock *l, const pwwb_keyring *keyring, int32_t half,
       pwwb_error *err)
{
    uint8_t     sealed[PWWB_KEYRING_MAX];
    size_t      len;
    pwwb_status st;

    st = wb_keyring_seal(keyring, half, l, keyring->version + 1, sealed, sizeof(sealed), &len, err);
    if (st == PWWB_OK)
        st = check_sealed(wb_span_of(sealed, len), l, err);
    if (st != PWWB_OK)
        return st;

    st = store->ops.swap(store->ctx, keyring->version, sealed, len, err);
    st = wb_answer(err, st, "the key store's swap");
    if (store->audit != NULL)
        store->audit(store->audit_ctx, PWWB_KEY_USE_STORE, keyring->generation, st);
    return st;
}

pwwb_status
wb_keystore_put(pwwb_keystore *store, const pwwb_keyring *keyring, int32_t half, pwwb_error *err)
{
    return put_by(store, store->lock, keyring, half, err);
}

pwwb_status
pwwb_keystore_put(pwwb_keystore *store, const pwwb_keyring *keyring, int32_t half, pwwb_error *err)
{
    wb_ok(err);
    if (store == NULL || keyring == NULL
        || (half != PWWB_HALF_AGENT && half != PWWB_HALF_PORTAL))
        return wb_fail(err, PWWB_E_INVALID_ARGUMENT, "store, keyring and half must be given");

    return wb_keystore_put(store, keyring, half, err);
}

pwwb_status
pwwb_keystore_rewrap(pwwb_keystore *store, const pwwb_keystore_options *options, pwwb_error *err)
{
    pwwb_keystore_options ours;
    pwwb_keyring         *keyring = NULL;
    wb_lock              *fresh   = NULL;
    pwwb_status           st;

    wb_ok(err);
    if (store == NULL || options == NULL)
        return wb_fail(err, PWWB_E_INVALID_ARGUMENT, "store and options must be given");

    st = import_options(&ours, options, err);
    if (st == PWWB_OK)
        st = new_lock(&ours, &fresh, err);
    if (st == PWWB_OK)
        st = wb_keystore_load(store, &keyring, err);
    if (st == PWWB_OK)
        st = put_by(store, fresh, keyring, keyring->half, err);
    if (st == PWWB_OK) {
        wb_lock *old = store->lock;

        store->lock = fresh;
        fresh       = old;
    }
    wb_secret_free(fresh);
    pwwb_keyring_free(keyring);
    return st;
}
