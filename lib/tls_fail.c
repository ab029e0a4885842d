/* SPDX-License-Identifier: Apache-2.0 */
#include "tls_fail.h"

#include <mbedtls/asn1.h>
#include <mbedtls/bignum.h>
#include <mbedtls/cipher.h>
#include <mbedtls/ecp.h>
#include <mbedtls/md.h>
#include <mbedtls/pem.h>
#include <mbedtls/pk.h>
#include <mbedtls/ssl.h>
#include <mbedtls/x509.h>

#include "error.h"

/* mbedTLS adds a low code to a high one. */
static int
is_memory(int rc)
{
    int high = -(-rc & 0xff80);
    int low  = -(-rc & 0x7f);

    return high == MBEDTLS_ERR_SSL_ALLOC_FAILED || high == MBEDTLS_ERR_X509_ALLOC_FAILED ||
           high == MBEDTLS_ERR_PEM_ALLOC_FAILED || high == MBEDTLS_ERR_PK_ALLOC_FAILED ||
           high == MBEDTLS_ERR_MD_ALLOC_FAILED || high == MBEDTLS_ERR_CIPHER_ALLOC_FAILED ||
           high == MBEDTLS_ERR_ECP_ALLOC_FAILED || low == MBEDTLS_ERR_MPI_ALLOC_FAILED ||
           low == MBEDTLS_ERR_ASN1_ALLOC_FAILED;
}

pwwb_status
wb_tls_fail(pwwb_error *err, pwwb_status status, int rc, const char *sentence)
{
    if (is_memory(rc)) {
        status   = PWWB_E_NO_MEMORY;
        sentence = "no memory for TLS";
    }
    return wb_fail_from(err, status, PWWB_LAYER_MBEDTLS, rc, "%s", sentence);
}

pwwb_status
wb_tls_fail_verify(pwwb_error *err, uint32_t flags, int rc)
{
    if (flags == UINT32_MAX)
        return wb_tls_fail(err, PWWB_E_TLS, rc, "the certificate cannot be verified");
    if ((flags & MBEDTLS_X509_BADCERT_NOT_TRUSTED) != 0)
        return wb_tls_fail(err, PWWB_E_TLS_CA, rc, "the certificate is not signed by the given CA");
    if ((flags & MBEDTLS_X509_BADCERT_CN_MISMATCH) != 0)
        return wb_tls_fail(err, PWWB_E_TLS_NAME, rc, "the certificate is for another name");
    if ((flags & MBEDTLS_X509_BADCERT_EXPIRED) != 0)
        return wb_tls_fail(err, PWWB_E_TLS_EXPIRED, rc, "the certificate is expired");
    if ((flags & MBEDTLS_X509_BADCERT_FUTURE) != 0)
        return wb_tls_fail(err, PWWB_E_TLS_EXPIRED, rc, "the certificate is not yet valid");

    return wb_tls_fail(err, PWWB_E_TLS, rc, "the certificate is not one for a server, or weak");
}
