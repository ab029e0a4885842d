/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EXAMPLES_UNWRAP_OPENSSL_H
#define EXAMPLES_UNWRAP_OPENSSL_H

/*
 * The host's own private key, with OpenSSL 3: keys are PEM files in a folder, each named by its
 * public key. A key whose file is not there is unavailable, not wrong: another machine may have it.
 */

#include <pwwb/keyring.h>

extern const pwwb_unwrap_ops unwrap_openssl_ops;

/* Its ctx. The folder is there, and its owner's alone. */
pwwb_status unwrap_openssl_new(const char *folder, void **ret_ctx, pwwb_error *err);

#endif /* EXAMPLES_UNWRAP_OPENSSL_H */
