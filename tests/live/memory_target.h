/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MEMORY_TARGET_H
#define MEMORY_TARGET_H

/*
 * The process that is searched: this program once more, executed anew, so that nothing of the test
 * is in it and every call is its first. All it is given comes in messages on descriptor 3, each
 * read into locked memory; of passwords it only ever gets sealed octets, but for the controls. At
 * each stop it says its letter and a number and waits.
 */

#include <ldap.h>

#include "ad.h"
#include "scan.h"
#include "secret.h"
#include "utf.h"

/* The next message, into locked memory that lives until the process ends or it is wiped. */
static inline uint8_t *
hear(size_t *ret_len)
{
    uint8_t *data = wb_secret_new(PWWB_ENVELOPE_MAX + 1);
    ssize_t  got  = data != NULL ? recv(TALK, data, PWWB_ENVELOPE_MAX, 0) : -1;

    if (got < 0)
        _exit(1);
    *ret_len = (size_t)got;
    return data;
}

/* A host's own directory: it passes on to the one in `ctx`, or has one person and answers to `set`
 * what the second argument says. It stops in the middle of `set`. */
static const char *how;
static int         requests = -1; /* written in the set; -1 before it */

static inline pwwb_status
host_find(void *ctx, const pwwb_anchor *anchor, int64_t timeout_ms, pwwb_found *ret_found,
          pwwb_error *error)
{
    if (ctx != NULL)
        return pwwb_directory_find(ctx, anchor, timeout_ms, ret_found, error);

    ret_found->code       = PWWB_CODE_OK;
    ret_found->candidates = 1;
    memcpy(ret_found->guid, anchor->guid, PWWB_ID_SIZE);
    return PWWB_OK;
}

static inline pwwb_status
host_read(void *ctx, const uint8_t *guid, int64_t timeout_ms, pwwb_account *ret_account,
          pwwb_policy_rules *ret_rules, pwwb_error *error)
{
    if (ctx != NULL)
        return pwwb_directory_read(ctx, guid, timeout_ms, ret_account, ret_rules, error);

    ret_account->kind                 = PWWB_ACCOUNT_PERSON;
    ret_account->user_account_control = PWWB_UAC_NORMAL;
    ret_rules->source                 = PWWB_POLICY_DOMAIN; /* so that the password is judged too */
    ret_rules->min_length             = 7;
    ret_rules->complexity             = PWWB_YES;
    return PWWB_OK;
}

static inline pwwb_status
host_set(void *ctx, const pwwb_set *set, int64_t timeout_ms, pwwb_set_result *ret_result,
         pwwb_error *error)
{
    stop(SETTING, 0);
    requests = 0;
    if (ctx != NULL)
        return pwwb_directory_set(ctx, set, timeout_ms, ret_result, error);

    ret_result->code = strcmp(how, "refusal") == 0 ? PWWB_CODE_POLICY_HISTORY : PWWB_CODE_OK;
    return strcmp(how, "timeout") == 0 ? PWWB_E_TIMEOUT : PWWB_OK;
}

/* Takes over the other one. */
static inline void
host_destroy(void *ctx)
{
    pwwb_directory_free(ctx);
}

static inline pwwb_directory *
host_directory(pwwb_directory *other)
{
    static const pwwb_directory_ops ops = {
        .size = sizeof(ops), .find = host_find, .read = host_read, .set = host_set,
        .destroy = host_destroy,
    };
    pwwb_directory *directory;

    return pwwb_directory_new(&ops, other, &directory, NULL) == PWWB_OK ? directory : NULL;
}

/* A connection that loses the answer to the second request of the set, the modify. */
static inline pwwb_status
deaf_read(void *ctx, uint8_t *buf, size_t buf_size, size_t *ret_len, int64_t timeout_ms,
          pwwb_error *error)
{
    if (requests == 2)
        return PWWB_E_TIMEOUT;
    return pwwb_stream_read(ctx, buf, buf_size, ret_len, timeout_ms, error);
}

static inline pwwb_status
deaf_write(void *ctx, const uint8_t *data, size_t len, size_t *ret_len, int64_t timeout_ms,
           pwwb_error *error)
{
    requests += requests >= 0;
    *ret_len = len;
    return pwwb_stream_write(ctx, data, len, timeout_ms, error);
}

static inline void
deaf_destroy(void *ctx)
{
    pwwb_stream_free(ctx);
}

static inline pwwb_status
deaf_connect(void *ctx, const char *host, int32_t port, int64_t timeout_ms,
             pwwb_stream **ret_stream, pwwb_error *error)
{
    static const pwwb_stream_ops ops = {
        .size = sizeof(ops), .read = deaf_read, .write = deaf_write, .destroy = deaf_destroy,
    };
    pwwb_stream *under;
    pwwb_status  st;

    (void)ctx;
    (void)host;
    (void)port;
    st = pwwb_stream_new_tcp(ad("AD_ADDR"), LDAPS_PORT, timeout_ms, &under, error);
    return st == PWWB_OK ? pwwb_stream_new(&ops, under, ret_stream, error) : st;
}

/* The service account's password comes in a message, for an environment could not be wiped. */
static inline pwwb_directory *
ldap_directory(void)
{
    pwwb_ldap_options o = options();
    size_t            len;
    uint8_t          *password = hear(&len);
    pwwb_directory   *directory;

    o.password     = password;
    o.password_len = len;
    if (strcmp(how, "timeout") == 0)
        o.connect = deaf_connect;
    directory = open_as(&o);
    wb_secret_free(password);
    return host_directory(directory);
}

/* The keys come sealed. */
static inline pwwb_keyring *
hear_keyring(void)
{
    size_t        sealed_len, key_len;
    uint8_t      *sealed = hear(&sealed_len), *key = hear(&key_len);
    pwwb_keyring *keys;

    if (pwwb_keyring_open(sealed, sealed_len, PWWB_LOCK_KEY, key, key_len, &keys, NULL) != PWWB_OK)
        _exit(1);
    wb_secret_free(sealed);
    wb_secret_free(key);
    return keys;
}

/* What a portal does: here alone the passwords come as they are. */
static inline int
seal(void)
{
    pwwb_keyring *keys = hear_keyring();
    size_t        old_len, new_len, claims_len, len;
    uint8_t      *old_pw = hear(&old_len), *new_pw = hear(&new_len), *claims = hear(&claims_len);
    uint8_t       sealed[PWWB_ENVELOPE_MAX];
    pwwb_claims   ours;

    memcpy(&ours, claims, sizeof(ours));
    if (pwwb_request_seal(keys, &ours, new_pw, new_len, old_pw, old_len, sealed, sizeof(sealed),
                          &len, NULL)
        != PWWB_OK)
        return 1;

    wb_secret_free(old_pw);
    wb_secret_free(new_pw);
    if (send(TALK, sealed, len, 0) != (ssize_t)len)
        return 1;
    stop(DONE_CALL, 0);
    pwwb_keyring_free(keys);
    wb_secret_free(claims);
    stop(FREED, 0);
    return 0;
}

/* One writeback, searched at every stage. */
static inline int
write_back(int is_ldap)
{
    pwwb_keyring   *keys      = hear_keyring();
    pwwb_directory *directory = is_ldap ? ldap_directory() : host_directory(NULL);
    uint8_t        *sealed;
    size_t          len;
    pwwb_writeback *w;
    pwwb_journal   *journal;

    if (pwwb_writeback_new(keys, NULL, &w, NULL) != PWWB_OK
        || pwwb_journal_new_memory(4, NULL, NULL, &journal, NULL) != PWWB_OK)
        return 1;

    stop(READY, 0);
    sealed = hear(&len);
    if (pwwb_writeback_begin(w, sealed, len, NULL) != PWWB_OK
        || pwwb_writeback_run(w, journal, NULL, directory, DEADLINE_MS, NULL) != PWWB_OK)
        return 1;

    stop(DONE_CALL, pwwb_writeback_code(w));
    pwwb_writeback_wipe(w);
    stop(WIPED, 0);
    pwwb_writeback_free(w);
    pwwb_keyring_free(keys);
    pwwb_journal_free(journal);
    pwwb_directory_free(directory);
    wb_secret_free(sealed);
    stop(FREED, 0);
    return 0;
}

/* Control: what is planted is there, in all kinds of memory and both encodings, until wiped. */
static inline int
plant(void)
{
    static uint8_t data[2][NEEDLE_SIZE];
    uint8_t        stack[2][NEEDLE_SIZE];
    size_t         len, wide_len;
    uint8_t       *text = hear(&len), *wide = wb_secret_new(NEEDLE_SIZE);
    uint8_t       *heap[2] = {malloc(NEEDLE_SIZE), malloc(NEEDLE_SIZE)};
    int            i;

    wide_len = wb_utf16_quoted(text, len, wide, NEEDLE_SIZE);
    for (i = 0; i < 2; i++) {
        memcpy(data[i], i ? wide : text, i ? wide_len : len);
        memcpy(stack[i], i ? wide : text, i ? wide_len : len);
        memcpy(heap[i], i ? wide : text, i ? wide_len : len);
    }
    stop(SETTING, 0);
    for (i = 0; i < 2; i++) {
        wb_wipe(data[i], NEEDLE_SIZE);
        wb_wipe(stack[i], NEEDLE_SIZE);
        wb_wipe(heap[i], NEEDLE_SIZE);
        free(heap[i]);
    }
    stop(DONE_CALL, 0);
    wb_secret_free(text);
    wb_secret_free(wide);
    stop(FREED, 0);
    return 0;
}

/* For comparison: the same modify by libldap alone, over its own TLS. */
static inline int
libldap_alone(void)
{
    size_t        len, bind_len;
    uint8_t      *bind_pw = hear(&bind_len), *dn = hear(&len), *text = hear(&len);
    uint8_t      *wide       = wb_secret_new(NEEDLE_SIZE);
    struct berval cred       = {bind_len, (char *)bind_pw};
    struct berval value      = {wb_utf16_quoted(text, len, wide, NEEDLE_SIZE), (char *)wide};
    struct berval *values[2] = {&value, NULL};
    char          type[]     = "unicodePwd";
    LDAPMod       mod  = {.mod_op = LDAP_MOD_REPLACE | LDAP_MOD_BVALUES, .mod_type = type};
    LDAPMod      *mods[2] = {&mod, NULL};
    LDAP         *ld      = NULL;
    int           version = LDAP_VERSION3, rc;

    mod.mod_bvalues = values;
    rc              = ldap_initialize(&ld, ad("AD_URI"));
    if (rc == LDAP_SUCCESS)
        rc = ldap_set_option(ld, LDAP_OPT_PROTOCOL_VERSION, &version);
    if (rc == LDAP_SUCCESS)
        rc = ldap_set_option(ld, LDAP_OPT_X_TLS_CACERTFILE, ad("AD_CA"));
    if (rc == LDAP_SUCCESS)
        rc = ldap_set_option(ld, LDAP_OPT_X_TLS_NEWCTX, &(int){0});
    if (rc == LDAP_SUCCESS)
        rc = ldap_sasl_bind_s(ld, ad("AD_SVC_DN"), LDAP_SASL_SIMPLE, &cred, NULL, NULL, NULL);
    if (rc == LDAP_SUCCESS)
        rc = ldap_modify_ext_s(ld, (char *)dn, mods, NULL, NULL);
    wb_secret_free(text);
    wb_secret_free(wide);
    wb_secret_free(bind_pw);
    stop(DONE_CALL, rc);
    ldap_unbind_ext_s(ld, NULL, NULL);
    stop(FREED, 0);
    return 0;
}

static inline int
target_main(const char *what, const char *second)
{
    err = pwwb_error_new();
    how = second;
    if (strcmp(what, "plant") == 0)
        return plant();
    if (strcmp(what, "libldap") == 0)
        return libldap_alone();
    if (strcmp(what, "seal") == 0)
        return seal();
    return write_back(strcmp(what, "ldap") == 0);
}

#endif /* MEMORY_TARGET_H */
