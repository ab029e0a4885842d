/* SPDX-License-Identifier: Apache-2.0 */
#include "tls.h"

#include <mbedtls/asn1.h>
#include <mbedtls/bignum.h>
#include <mbedtls/cipher.h>
#include <mbedtls/ecp.h>
#include <mbedtls/md.h>
#include <mbedtls/net_sockets.h>
#include <mbedtls/pem.h>
#include <mbedtls/pk.h>
#include <mbedtls/ssl.h>
#include <mbedtls/version.h>
#include <mbedtls/x509_crt.h>
#include <stdlib.h>
#include <string.h>

#include "crypto.h"
#include "error.h"

#define CA_MAX ((size_t)4 << 20) /* a system's whole bundle is some 220 KB */

struct wb_tls {
    mbedtls_ssl_context ssl;
    mbedtls_ssl_config  conf;
    mbedtls_x509_crt    ca;
    wb_tls_io           io;
    pwwb_error         *err;       /* of the call at hand */
    pwwb_status         io_status; /* of the last of io's failures in the call at hand */
    pwwb_status         over;      /* what later calls answer; PWWB_OK while there is a session */
    int                 is_up;     /* the handshake is done */
};

static int
receive(void *ctx, unsigned char *buf, size_t buf_size)
{
    wb_tls *tls = ctx;
    size_t  len = 0;

    tls->io_status = tls->io.read(tls->io.ctx, buf, buf_size, &len, tls->err);
    if (tls->io_status == PWWB_E_TIMEOUT)
        return MBEDTLS_ERR_SSL_WANT_READ;
    if (tls->io_status != PWWB_OK)
        return MBEDTLS_ERR_NET_RECV_FAILED;

    return (int)len;
}

/* mbedTLS would count the next data as sent when an alert is left half out: one failure ends it. */
static int
transmit(void *ctx, const unsigned char *data, size_t len)
{
    wb_tls *tls  = ctx;
    size_t  some = 0;

    tls->io_status = tls->io.write(tls->io.ctx, data, len, &some, tls->err);
    if (tls->io_status == PWWB_OK)
        return (int)some;

    tls->over = PWWB_E_CLOSED;
    return tls->io_status == PWWB_E_TIMEOUT ? MBEDTLS_ERR_SSL_WANT_WRITE
                                            : MBEDTLS_ERR_NET_SEND_FAILED;
}

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

static pwwb_status
fail_from(pwwb_error *err, pwwb_status status, int rc, const char *sentence)
{
    if (is_memory(rc)) {
        status   = PWWB_E_NO_MEMORY;
        sentence = "no memory for TLS";
    }
    return wb_fail_from(err, status, PWWB_ORIGIN_MBEDTLS, rc, "%s", sentence);
}

/* Several things may be wrong at once: what is most suspicious is said. */
static pwwb_status
fail_verify(wb_tls *tls, int rc)
{
    uint32_t flags = mbedtls_ssl_get_verify_result(&tls->ssl);

    if (flags == UINT32_MAX)
        return fail_from(tls->err, PWWB_E_TLS, rc, "the certificate cannot be verified");
    if ((flags & MBEDTLS_X509_BADCERT_NOT_TRUSTED) != 0)
        return fail_from(tls->err, PWWB_E_TLS_CA, rc,
                         "the certificate is not signed by the given CA");
    if ((flags & MBEDTLS_X509_BADCERT_CN_MISMATCH) != 0)
        return fail_from(tls->err, PWWB_E_TLS_NAME, rc, "the certificate is for another name");
    if ((flags & MBEDTLS_X509_BADCERT_EXPIRED) != 0)
        return fail_from(tls->err, PWWB_E_TLS_EXPIRED, rc, "the certificate is expired");
    if ((flags & MBEDTLS_X509_BADCERT_FUTURE) != 0)
        return fail_from(tls->err, PWWB_E_TLS_EXPIRED, rc, "the certificate is not yet valid");

    return fail_from(tls->err, PWWB_E_TLS, rc, "the certificate is not one for a server, or weak");
}

/* From mbedTLS' code to our status. What io answered counts only where mbedTLS passes it on: an
 * alert that could not be sent does not hide why it was to be sent. */
static pwwb_status
fail_call(wb_tls *tls, int rc)
{
    switch (rc) {
    case MBEDTLS_ERR_SSL_WANT_READ:
    case MBEDTLS_ERR_SSL_WANT_WRITE:
    case MBEDTLS_ERR_NET_RECV_FAILED:
    case MBEDTLS_ERR_NET_SEND_FAILED:
        return tls->io_status;
    case MBEDTLS_ERR_X509_CERT_VERIFY_FAILED:
        return fail_verify(tls, rc);
    case MBEDTLS_ERR_SSL_PEER_CLOSE_NOTIFY:
        return fail_from(tls->err, PWWB_E_CLOSED, rc, "the other side closed TLS");
    case MBEDTLS_ERR_SSL_FATAL_ALERT_MESSAGE:
        return fail_from(tls->err, PWWB_E_TLS, rc, "the other side refused with a TLS alert");
    default:
        return fail_from(tls->err, PWWB_E_TLS, rc,
                         tls->is_up ? "a broken TLS record" : "the TLS handshake failed");
    }
}

static pwwb_status
finish(wb_tls *tls, int rc)
{
    pwwb_status st = fail_call(tls, rc);

    if (st != PWWB_E_TIMEOUT)
        tls->over = st == PWWB_E_TLS ? PWWB_E_TLS : PWWB_E_CLOSED;
    return st;
}

static pwwb_status
begin(wb_tls *tls, pwwb_error *err)
{
    tls->err       = err;
    tls->io_status = PWWB_OK;
    if (tls->over != PWWB_OK)
        return wb_fail(err, tls->over, "the TLS session is over since an earlier failure");

    return PWWB_OK;
}

/* mbedTLS also comes back in between, without io having asked for it: after a refused
 * renegotiation, after a ticket. */
static int
goes_on(const wb_tls *tls, int rc)
{
#ifdef MBEDTLS_ERR_SSL_RECEIVED_NEW_SESSION_TICKET
    if (rc == MBEDTLS_ERR_SSL_RECEIVED_NEW_SESSION_TICKET)
        return 1;
#endif
    return (rc == MBEDTLS_ERR_SSL_WANT_READ || rc == MBEDTLS_ERR_SSL_WANT_WRITE) &&
           tls->io_status == PWWB_OK;
}

pwwb_status
wb_tls_handshake(wb_tls *tls, pwwb_error *err)
{
    pwwb_status st;
    int         rc;

    st = begin(tls, err);
    if (st != PWWB_OK)
        return st;

    do
        rc = mbedtls_ssl_handshake(&tls->ssl);
    while (goes_on(tls, rc));
    if (rc != 0)
        return finish(tls, rc);

    tls->is_up = 1;
    return PWWB_OK;
}

pwwb_status
wb_tls_read(wb_tls *tls, uint8_t *buf, size_t buf_size, size_t *ret_len, pwwb_error *err)
{
    pwwb_status st;
    int         rc;

    *ret_len = 0;
    st       = begin(tls, err);
    if (st != PWWB_OK)
        return st;

    do
        rc = mbedtls_ssl_read(&tls->ssl, buf, buf_size);
    while (rc == 0 || goes_on(tls, rc)); /* 0: a record may be empty, RFC 5246 6.2.1 */
    if (rc < 0)
        return finish(tls, rc);

    *ret_len = (size_t)rc;
    return PWWB_OK;
}

pwwb_status
wb_tls_write(wb_tls *tls, const uint8_t *data, size_t len, size_t *ret_len, pwwb_error *err)
{
    pwwb_status st;
    int         rc;

    *ret_len = 0;
    st       = begin(tls, err);
    if (st != PWWB_OK)
        return st;

    rc = mbedtls_ssl_write(&tls->ssl, data, len);
    if (rc <= 0)
        return finish(tls, rc);

    *ret_len = (size_t)rc;
    return PWWB_OK;
}

/* mbedTLS reads PEM only with a NUL behind it, counted. */
static int
parse_octets(mbedtls_x509_crt *crt, wb_span ca)
{
    uint8_t *copy;
    int      rc;

    if (ca.len > CA_MAX)
        return MBEDTLS_ERR_X509_INVALID_FORMAT;

    copy = malloc(ca.len + 1);
    if (copy == NULL)
        return MBEDTLS_ERR_X509_ALLOC_FAILED;

    memcpy(copy, ca.p, ca.len);
    copy[ca.len] = 0;
    rc           = mbedtls_x509_crt_parse(crt, copy, ca.len + 1);
    free(copy);
    return rc;
}

static int
configure(mbedtls_ssl_config *conf, mbedtls_x509_crt *ca)
{
    int rc = mbedtls_ssl_config_defaults(conf, MBEDTLS_SSL_IS_CLIENT, MBEDTLS_SSL_TRANSPORT_STREAM,
                                         MBEDTLS_SSL_PRESET_DEFAULT);

    if (rc != 0)
        return rc;

#if MBEDTLS_VERSION_MAJOR >= 3
    mbedtls_ssl_conf_min_tls_version(conf, MBEDTLS_SSL_VERSION_TLS1_2);
#else
    mbedtls_ssl_conf_min_version(conf, MBEDTLS_SSL_MAJOR_VERSION_3, MBEDTLS_SSL_MINOR_VERSION_3);
#endif
    mbedtls_ssl_conf_authmode(conf, MBEDTLS_SSL_VERIFY_REQUIRED);
    mbedtls_ssl_conf_ca_chain(conf, ca, NULL);
    mbedtls_ssl_conf_rng(conf, wb_random_f, NULL);
    return 0;
}

static pwwb_status
set_up(wb_tls *tls, const wb_tls_peer *peer, pwwb_error *err)
{
    int rc;

    rc = peer->ca.p != NULL ? parse_octets(&tls->ca, peer->ca)
                            : mbedtls_x509_crt_parse_file(&tls->ca, peer->ca_file);
    if (rc < 0) /* above 0: that many of several could not be read, and the others were */
        return fail_from(err, PWWB_E_MALFORMED, rc, "no CA certificate can be read");

    rc = configure(&tls->conf, &tls->ca);
    if (rc == 0)
        rc = mbedtls_ssl_setup(&tls->ssl, &tls->conf);
    if (rc != 0)
        return fail_from(err, PWWB_E_TLS, rc, "TLS cannot be set up");

    rc = mbedtls_ssl_set_hostname(&tls->ssl, peer->name);
    if (rc != 0)
        return fail_from(err, PWWB_E_INVALID_ARGUMENT, rc, "the name is not one of a host");

    mbedtls_ssl_set_bio(&tls->ssl, tls, transmit, receive, NULL);
    return PWWB_OK;
}

pwwb_status
wb_tls_new(const wb_tls_peer *peer, wb_tls_io io, wb_tls **ret_tls, pwwb_error *err)
{
    wb_tls     *tls;
    pwwb_status st;

    *ret_tls = NULL;
    st       = wb_crypto_ready(err);
    if (st != PWWB_OK)
        return st;

    tls = calloc(1, sizeof(*tls));
    if (tls == NULL)
        return wb_fail(err, PWWB_E_NO_MEMORY, "no memory for TLS");

    tls->io = io;
    mbedtls_ssl_init(&tls->ssl);
    mbedtls_ssl_config_init(&tls->conf);
    mbedtls_x509_crt_init(&tls->ca);
    st = set_up(tls, peer, err);
    if (st != PWWB_OK) {
        wb_tls_free(tls);
        return st;
    }

    *ret_tls = tls;
    return PWWB_OK;
}

void
wb_tls_free(wb_tls *tls)
{
    if (tls == NULL)
        return;

    if (tls->is_up && begin(tls, NULL) == PWWB_OK)
        (void)mbedtls_ssl_close_notify(&tls->ssl);
    mbedtls_ssl_free(&tls->ssl);
    mbedtls_ssl_config_free(&tls->conf);
    mbedtls_x509_crt_free(&tls->ca);
    free(tls);
}
