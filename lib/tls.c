/* SPDX-License-Identifier: Apache-2.0 */
#include "tls.h"

#include <mbedtls/net_sockets.h>
#include <mbedtls/ssl.h>
#include <mbedtls/version.h>
#include <mbedtls/x509_crt.h>
#include <stdlib.h>
#include <string.h>

#include "crypto.h"
#include "error.h"
#include "tls_fail.h"

#define CA_MAX   ((size_t)4 << 20)  /* a system's whole bundle is some 220 KB */
#define HELD_MAX ((size_t)32 << 10) /* a record, RFC 8446 5.2, and some alerts */
#define EARLY    4096               /* octets: some records of what is said here */

struct wb_tls {
    mbedtls_ssl_context ssl;
    mbedtls_ssl_config  conf;
    mbedtls_x509_crt    ca;
    wb_tls_io           io;
    pwwb_error         *err;       /* of the call at hand */
    pwwb_status         io_status; /* of the last of io's failures in the call at hand */
    pwwb_status         over;      /* what later calls answer; PWWB_OK while there is a session */
    int                 is_up;     /* the handshake is done */
    uint8_t            *held;      /* what nobody has taken yet: */
    size_t              held_at;   /* from here, */
    size_t              held_len;  /* so many octets, */
    size_t              held_size; /* in so many */
    size_t              pending;   /* of the caller's octets are in a record that is held */
    size_t              early_at;  /* what was read before mbedTLS asked for it: from here, */
    size_t              early_len; /* so many octets; none when it was told to wait */
    uint8_t             early[EARLY];
};

/* mbedTLS asks for a record's head, then for its rest: both come with one read of io. */
static int
receive(void *ctx, unsigned char *buf, size_t buf_size)
{
    wb_tls *tls = ctx;
    size_t  len;

    tls->io_status = PWWB_OK;
    if (tls->early_len == 0) {
        tls->early_at  = 0;
        tls->io_status = tls->io.read(tls->io.ctx, tls->early, EARLY, &tls->early_len, tls->err);
    }
    if (tls->io_status == PWWB_E_TIMEOUT)
        return MBEDTLS_ERR_SSL_WANT_READ;
    if (tls->io_status != PWWB_OK)
        return MBEDTLS_ERR_NET_RECV_FAILED;

    len = buf_size < tls->early_len ? buf_size : tls->early_len;
    memcpy(buf, tls->early + tls->early_at, len);
    tls->early_at += len;
    tls->early_len -= len;
    return (int)len;
}

/* PWWB_OK also when nobody takes them. */
static pwwb_status
flush(wb_tls *tls)
{
    size_t      some = 1;
    pwwb_status st   = PWWB_OK;

    while (st == PWWB_OK && tls->held_len > 0 && some > 0) {
        some = 0;
        st   = tls->io.write(tls->io.ctx, tls->held + tls->held_at, tls->held_len, &some, tls->err);
        tls->held_at += some;
        tls->held_len -= some;
    }
    if (st != PWWB_OK)
        tls->over = PWWB_E_CLOSED;
    return st;
}

static pwwb_status
hold(wb_tls *tls, const uint8_t *data, size_t len)
{
    uint8_t *bigger;

    if (len > HELD_MAX - tls->held_len)
        return wb_fail(tls->err, PWWB_E_CLOSED, "the other side asks and asks, and takes nothing");

    if (tls->held_at > 0)
        memmove(tls->held, tls->held + tls->held_at, tls->held_len);
    tls->held_at = 0;
    if (tls->held_len + len > tls->held_size) {
        bigger = realloc(tls->held, tls->held_len + len);
        if (bigger == NULL)
            return wb_fail(tls->err, PWWB_E_NO_MEMORY, "no memory for a TLS record");

        tls->held      = bigger;
        tls->held_size = tls->held_len + len;
    }
    memcpy(tls->held + tls->held_len, data, len);
    tls->held_len += len;
    return PWWB_OK;
}

/* What nobody takes is held here and not left to mbedTLS, which would count the next data as sent
 * when an alert is left half out. */
static int
transmit(void *ctx, const unsigned char *data, size_t len)
{
    wb_tls *tls  = ctx;
    size_t  some = 0;

    tls->io_status = flush(tls);
    if (tls->io_status == PWWB_OK && tls->held_len == 0)
        tls->io_status = tls->io.write(tls->io.ctx, data, len, &some, tls->err);
    if (tls->io_status == PWWB_OK && some == 0) {
        tls->io_status = hold(tls, data, len);
        some           = len;
    }
    if (tls->io_status == PWWB_OK)
        return (int)some;

    tls->over = PWWB_E_CLOSED;
    return tls->io_status == PWWB_E_TIMEOUT ? MBEDTLS_ERR_SSL_WANT_WRITE
                                            : MBEDTLS_ERR_NET_SEND_FAILED;
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
        return wb_tls_fail_verify(tls->err, mbedtls_ssl_get_verify_result(&tls->ssl), rc);
    case MBEDTLS_ERR_SSL_PEER_CLOSE_NOTIFY:
        return wb_tls_fail(tls->err, PWWB_E_CLOSED, rc, "the other side closed TLS");
    case MBEDTLS_ERR_SSL_FATAL_ALERT_MESSAGE:
        return wb_tls_fail(tls->err, PWWB_E_TLS, rc, "the other side refused with a TLS alert");
    default:
        return wb_tls_fail(tls->err, PWWB_E_TLS, rc,
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

wb_tls_stage
wb_tls_stage_of(const wb_tls *tls)
{
    if (tls->over != PWWB_OK)
        return WB_TLS_OVER;
    if (!tls->is_up)
        return WB_TLS_BEGUN;

    return tls->held_len > 0 ? WB_TLS_HOLDS : WB_TLS_CLEAR;
}

int
wb_tls_has_more(const wb_tls *tls)
{
    return tls->early_len > 0 || mbedtls_ssl_check_pending(&tls->ssl) != 0;
}

/* What an earlier call left goes first. */
static pwwb_status
begin(wb_tls *tls, pwwb_error *err)
{
    tls->err       = err;
    tls->io_status = PWWB_OK;
    if (tls->over != PWWB_OK)
        return wb_fail(err, tls->over, "the TLS session is over since an earlier failure");

    return flush(tls);
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

static pwwb_status
shake_hands(wb_tls *tls)
{
    int rc;

    if (tls->is_up)
        return PWWB_OK;

    do
        rc = mbedtls_ssl_handshake(&tls->ssl);
    while (goes_on(tls, rc));
    if (rc != 0)
        return finish(tls, rc);

    tls->is_up = 1;
    return PWWB_OK;
}

pwwb_status
wb_tls_handshake(wb_tls *tls, pwwb_error *err)
{
    pwwb_status st = begin(tls, err);

    return st == PWWB_OK ? shake_hands(tls) : st;
}

pwwb_status
wb_tls_read(wb_tls *tls, uint8_t *buf, size_t buf_size, size_t *ret_len, pwwb_error *err)
{
    pwwb_status st = wb_tls_handshake(tls, err);
    int         rc;

    *ret_len = 0;
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

/* A record of some of the octets, unless one of them is held already. */
static pwwb_status
make_record(wb_tls *tls, const uint8_t *data, size_t len)
{
    int rc;

    if (tls->pending > 0)
        return PWWB_OK;

    do
        rc = mbedtls_ssl_write(&tls->ssl, data, len);
    while (goes_on(tls, rc));
    if (rc <= 0)
        return finish(tls, rc);

    tls->pending = (size_t)rc;
    return PWWB_OK;
}

pwwb_status
wb_tls_write(wb_tls *tls, const uint8_t *data, size_t len, size_t *ret_len, pwwb_error *err)
{
    pwwb_status st;

    *ret_len = 0;
    if (len < tls->pending)
        return wb_fail(err, PWWB_E_INVALID_ARGUMENT, "%zu octets are in a TLS record already",
                       tls->pending);

    st = wb_tls_handshake(tls, err);
    if (st == PWWB_OK && tls->held_len == 0)
        st = make_record(tls, data, len);
    if (st == PWWB_OK && tls->held_len > 0)
        st = wb_fail(err, PWWB_E_TIMEOUT, "the other side takes nothing yet");
    if (st != PWWB_OK)
        return st;

    *ret_len     = tls->pending;
    tls->pending = 0;
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
        return wb_tls_fail(err, PWWB_E_MALFORMED, rc, "no CA certificate can be read");

    rc = configure(&tls->conf, &tls->ca);
    if (rc == 0)
        rc = mbedtls_ssl_setup(&tls->ssl, &tls->conf);
    if (rc != 0)
        return wb_tls_fail(err, PWWB_E_TLS, rc, "TLS cannot be set up");

    rc = mbedtls_ssl_set_hostname(&tls->ssl, peer->name);
    if (rc != 0)
        return wb_tls_fail(err, PWWB_E_INVALID_ARGUMENT, rc, "the name is not one of a host");

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

    if (tls->is_up && begin(tls, NULL) == PWWB_OK && tls->held_len == 0)
        (void)mbedtls_ssl_close_notify(&tls->ssl);
    mbedtls_ssl_free(&tls->ssl);
    mbedtls_ssl_config_free(&tls->conf);
    mbedtls_x509_crt_free(&tls->ca);
    free(tls->held);
    free(tls);
}
