/* SPDX-License-Identifier: Apache-2.0 */
/* The tables of caller.c that are small: filter, key store, stream, resolver, private key. */
#ifndef TABLES_H
#define TABLES_H

#include "caller.h"

typedef struct store {
    uint8_t  octets[PWWB_KEYRING_MAX];
    size_t   len;
    uint64_t version;
} store;

static const uint8_t lock_key[PWWB_LOCK_KEY_SIZE] = {0x10};

static pwwb_status
check(void *ctx, const pwwb_account *account, int32_t kind, const uint8_t *word, size_t len,
      pwwb_findings *findings, pwwb_error *err)
{
    (void)ctx;
    (void)kind;
    (void)err;
    if (strcmp(account->account_name, "anna") != 0 || len < 6 || memcmp(word, "Winter", 6) != 0)
        return PWWB_OK;
    return pwwb_findings_add(findings, PWWB_CODE_POLICY_BANNED, PWWB_BASIS_STATED, 0, 0);
}

static const pwwb_filter_ops filter_ops = {
    .size = sizeof(pwwb_filter_ops), .check = check, .destroy = destroy};

static pwwb_status
load(void *ctx, uint8_t *buf, size_t buf_size, size_t *ret_len, uint64_t *ret_version, pwwb_error *err)
{
    store *s = ctx;

    if (s->version == 0 || s->len > buf_size)
        return pwwb_error_set(err, PWWB_E_NOT_FOUND, "nothing was stored");
    memcpy(buf, s->octets, s->len);
    *ret_len     = s->len;
    *ret_version = s->version;
    return PWWB_OK;
}

static pwwb_status
swap(void *ctx, uint64_t expected, const uint8_t *data, size_t len, pwwb_error *err)
{
    store *s = ctx;

    if (s->version != expected || len > sizeof(s->octets))
        return pwwb_error_set(err, PWWB_E_CHANGED, "somebody was first");
    memcpy(s->octets, data, len);
    s->len = len;
    s->version++;
    return PWWB_OK;
}

static const pwwb_keystore_ops keystore_ops = {
    .size = sizeof(pwwb_keystore_ops), .load = load, .swap = swap, .destroy = destroy};

static pwwb_status
stream_read(void *ctx, uint8_t *buf, size_t buf_size, size_t *ret_len, int64_t timeout_ms, pwwb_error *err)
{
    (void)ctx;
    (void)timeout_ms;
    (void)err;
    *ret_len = buf_size < 3 ? buf_size : 3;
    memcpy(buf, "abc", *ret_len);
    return PWWB_OK;
}

static pwwb_status
stream_write(void *ctx, const uint8_t *data, size_t len, size_t *ret_len, int64_t timeout_ms, pwwb_error *err)
{
    (void)ctx;
    (void)data;
    (void)timeout_ms;
    (void)err;
    *ret_len = len;
    return PWWB_OK;
}

static pwwb_status
interest(void *ctx, pwwb_interest *ret_interest, int64_t *ret_timeout_ms, pwwb_error *err)
{
    (void)ctx;
    (void)err;
    ret_interest->descriptor = 0;
    ret_interest->directions = PWWB_READABLE;
    *ret_timeout_ms          = 1500;
    return PWWB_OK;
}

static const pwwb_stream_ops stream_ops = {.size     = sizeof(pwwb_stream_ops),
                                           .read     = stream_read,
                                           .write    = stream_write,
                                           .destroy  = destroy,
                                           .interest = interest};

static pwwb_status
services(void *ctx, const char *name, int64_t timeout_ms, pwwb_service *list, size_t *ret_count, pwwb_error *err)
{
    (void)ctx;
    (void)name;
    (void)timeout_ms;
    (void)list;
    *ret_count = 0;
    return pwwb_error_set(err, PWWB_E_NOT_FOUND, "there are none");
}

static pwwb_status
addresses(void *ctx, const char *name, int64_t timeout_ms, char (*list)[46], size_t *ret_count, pwwb_error *err)
{
    (void)list;
    return services(ctx, name, timeout_ms, NULL, ret_count, err);
}

static const pwwb_resolver_ops resolver_ops = {.size      = sizeof(pwwb_resolver_ops),
                                               .services  = services,
                                               .addresses = addresses,
                                               .destroy   = destroy};

static int32_t
unwrap(void *ctx, const uint8_t *public_key, size_t public_key_len, const uint8_t *wrapped, uint8_t *cek)
{
    (void)ctx;
    (void)public_key;
    (void)public_key_len;
    (void)wrapped;
    (void)cek;
    return PWWB_UNWRAP_UNAVAILABLE;
}

static const pwwb_unwrap_ops unwrap_ops = {
    .size = sizeof(pwwb_unwrap_ops), .unwrap = unwrap, .destroy = destroy};

#endif /* TABLES_H */
