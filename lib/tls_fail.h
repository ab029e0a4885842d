/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WB_TLS_FAIL_H
#define WB_TLS_FAIL_H

/* mbedTLS' codes in our words; of tls.c alone. */

#include <pwwb/error.h>

/* PWWB_E_NO_MEMORY where the code means that, else `status`. */
pwwb_status wb_tls_fail(pwwb_error *err, pwwb_status status, int rc, const char *sentence);

/* Why a certificate was refused. Several things may be wrong at once: what is most suspicious is
 * said. */
pwwb_status wb_tls_fail_verify(pwwb_error *err, uint32_t flags, int rc);

#endif /* WB_TLS_FAIL_H */
