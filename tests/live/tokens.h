/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TOKENS_H
#define TOKENS_H

/* What keeps private keys: three makers of tables from examples/, over what tests/fixtures/tokens
 * made. A token can be taken away: its folder is, whatever the module still remembers. */

#include <dlfcn.h>
#include <dirent.h>
#include <p11-kit/pkcs11.h>
#include <stdio.h>
#include <stdlib.h>

#include "harness.h"
#include "../../examples/unwrap_openssl.h"
#include "../../examples/unwrap_pkcs11.h"

typedef struct token_kind {
    const char            *name;   /* and its folder's */
    const char            *module; /* a variable of the environment; NULL = it is OpenSSL's */
    const char            *label;
    const pwwb_unwrap_ops *ops;
} token_kind;

static const token_kind token_kinds[] = {
    {"pem", NULL, NULL, &unwrap_openssl_ops},
    {"softhsm", "HK_SOFTHSM", "pwwb", &unwrap_pkcs11_ops},
    {"nss", "HK_NSS", "NSS Certificate DB", &unwrap_pkcs11_ops},
};
#define TOKEN_KINDS (sizeof(token_kinds) / sizeof(token_kinds[0]))

static char token_folder[4000], token_pin[4096], token_nss[4096];

static inline void
tokens_begin(void)
{
    if (getenv("HK_FOLDER") == NULL || getenv("HK_SOFTHSM") == NULL || getenv("HK_NSS") == NULL) {
        printf("1..0 # SKIP no tokens: see tests/fixtures/tokens\n");
        exit(0);
    }
    snprintf(token_folder, sizeof(token_folder), "%s", getenv("HK_FOLDER"));
    snprintf(token_pin, sizeof(token_pin), "%s/pin", token_folder);
    snprintf(token_nss, sizeof(token_nss), "configdir='sql:%s/nss'", token_folder);
}

/* A ctx for the kind's table, as a process that starts makes one. */
static inline void *
token_with_pin(const token_kind *kind, const char *pin_file)
{
    static unwrap_pkcs11_options options;
    void                        *ctx = NULL;
    char                         path[4096];

    snprintf(path, sizeof(path), "%s/%s", token_folder, kind->name);
    if (kind->module == NULL) {
        CHECK_STATUS(PWWB_OK, unwrap_openssl_new(path, &ctx, NULL));
        return ctx;
    }
    options = (unwrap_pkcs11_options){getenv(kind->module), kind->label, pin_file,
                                      strcmp(kind->name, "nss") == 0 ? token_nss : NULL};
    CHECK_STATUS(PWWB_OK, unwrap_pkcs11_new(&options, &ctx, NULL));
    return ctx;
}

static inline void *
token_new(const token_kind *kind)
{
    return token_with_pin(kind, token_pin);
}

static inline void
token_move(const token_kind *kind, int is_away)
{
    char here[4096], away[4096];

    snprintf(here, sizeof(here), "%s/%s", token_folder, kind->name);
    snprintf(away, sizeof(away), "%s/%s.away", token_folder, kind->name);
    CHECK_INT(0, is_away ? rename(here, away) : rename(away, here));
}

/* The module as somebody else in this process sees it. */
static inline CK_FUNCTION_LIST *
token_module(const token_kind *kind)
{
    void             *library = dlopen(getenv(kind->module), RTLD_NOW | RTLD_LOCAL);
    CK_FUNCTION_LIST *f       = NULL;
    CK_RV (*get)(CK_FUNCTION_LIST **) = NULL;

    if (library != NULL)
        *(void **)&get = dlsym(library, "C_GetFunctionList");
    if (get == NULL || get(&f) != CKR_OK)
        abort();
    return f;
}

static inline CK_SLOT_ID
token_slot(const token_kind *kind, CK_FUNCTION_LIST *f)
{
    CK_SLOT_ID    slots[16];
    CK_ULONG      count = 16;
    CK_TOKEN_INFO info;

    if (f->C_GetSlotList(CK_TRUE, slots, &count) != CKR_OK)
        abort();
    while (count-- > 0)
        if (f->C_GetTokenInfo(slots[count], &info) == CKR_OK
            && memcmp(info.label, kind->label, strlen(kind->label)) == 0)
            return slots[count];
    abort();
}

#endif /* TOKENS_H */
