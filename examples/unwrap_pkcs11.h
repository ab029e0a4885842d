/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EXAMPLES_UNWRAP_PKCS11_H
#define EXAMPLES_UNWRAP_PKCS11_H

/*
 * The host's own private key, in a security module: PKCS#11. The module is loaded now, the token is
 * looked for when it is needed, so that one that is away is unavailable until it is back. A token
 * that does not know OAEP with SHA-256 is given bare RSA, and oaep.c does the rest.
 */

#include <pwwb/keyring.h>

typedef struct unwrap_pkcs11_options {
    const char *module;   /* the shared library: /usr/lib/softhsm/libsofthsm2.so */
    const char *token;    /* the token's label */
    const char *pin_file; /* its first line is the user's PIN; read at each login */
    const char *reserved; /* what this module wants in C_Initialize's pReserved; NULL = nothing */
} unwrap_pkcs11_options;

extern const pwwb_unwrap_ops unwrap_pkcs11_ops;

/* Its ctx. The strings are borrowed and must outlive it. */
pwwb_status unwrap_pkcs11_new(const unwrap_pkcs11_options *options, void **ret_ctx,
                              pwwb_error *err);

#endif /* EXAMPLES_UNWRAP_PKCS11_H */
