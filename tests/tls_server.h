/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TLS_SERVER_H
#define TLS_SERVER_H

/* A TLS server in the same thread, over two queues of octets: it does what it can when it is
 * called, and never waits. It says `say`, and keeps what it is told. */

#include <mbedtls/net_sockets.h>
#include <mbedtls/pk.h>
#include <mbedtls/ssl.h>
#include <mbedtls/version.h>
#include <mbedtls/x509_crt.h>

#include "crypto.h"
#include "harness.h"

/* server.test, its own authority, of 2020 to 2099; the key is good for nothing else. */
static const char tls_server_cert[] =
    "-----BEGIN CERTIFICATE-----\n"
    "MIIBNjCB3aADAgECAgEBMAoGCCqGSM49BAMCMBYxFDASBgNVBAMMC3NlcnZlci50\n"
    "ZXN0MCAXDTIwMDEwMTAwMDAwMFoYDzIwOTkxMjMxMDAwMDAwWjAWMRQwEgYDVQQD\n"
    "DAtzZXJ2ZXIudGVzdDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABCIXFG2v1sIg\n"
    "cPE4VQbu7jNFwstM9ddPmoacWZx7U5Om10xkTd0MyHaIK+i+USV3zt1PCH/edDr0\n"
    "ewqIfE6E+LKjGjAYMBYGA1UdEQQPMA2CC3NlcnZlci50ZXN0MAoGCCqGSM49BAMC\n"
    "A0gAMEUCIFLPUp4DHYu3lDEWCpilzSpVJAuG0fP0IiYpdNzxphqhAiEAr5riLSk3\n"
    "qBYDiO4SkzwbkZVxz+4A/K4hJY7vj+IDf8A=\n"
    "-----END CERTIFICATE-----\n";
static const char tls_server_key[] =
    "-----BEGIN EC PRIVATE KEY-----\n"
    "MHcCAQEEILGQZF3hR5/kbezeRin1SGD+zwetT1v2Aj3OnBWgkXzaoAoGCCqGSM49\n"
    "AwEHoUQDQgAEIhcUba/WwiBw8ThVBu7uM0XCy0z110+ahpxZnHtTk6bXTGRN3QzI\n"
    "dogr6L5RJXfO3U8If950OvR7Coh8ToT4sg==\n"
    "-----END EC PRIVATE KEY-----\n";

/* Octets on their way; no more than `room` at a time. */
typedef struct queue {
    uint8_t octets[65536];
    size_t  len;
    size_t  room;
} queue;

static inline size_t
queue_put(queue *q, const uint8_t *data, size_t len, size_t most)
{
    size_t some = q->len < q->room ? q->room - q->len : 0;

    some = some < len ? some : len;
    some = some < most ? some : most;
    memcpy(q->octets + q->len, data, some);
    q->len += some;
    return some;
}

static inline size_t
queue_take(queue *q, uint8_t *buf, size_t size, size_t most)
{
    size_t some = q->len < size ? q->len : size;

    some = some < most ? some : most;
    memcpy(buf, q->octets, some);
    q->len -= some;
    memmove(q->octets, q->octets + some, q->len);
    return some;
}

typedef struct tls_server {
    queue               in, out;
    mbedtls_ssl_context ssl;
    mbedtls_ssl_config  conf;
    mbedtls_x509_crt    cert;
    mbedtls_pk_context  key;
    int                 is_up;
    const uint8_t      *say;
    size_t              say_len, said;
    size_t              say_after; /* so much was told */
    uint8_t             told[65536];
    size_t              told_len;
    int                 last; /* what its last call answered */
} tls_server;

static inline int
tls_server_send(void *ctx, const unsigned char *data, size_t len)
{
    size_t some = queue_put(&((tls_server *)ctx)->out, data, len, SIZE_MAX);

    return some > 0 ? (int)some : MBEDTLS_ERR_SSL_WANT_WRITE;
}

static inline int
tls_server_receive(void *ctx, unsigned char *buf, size_t size)
{
    size_t some = queue_take(&((tls_server *)ctx)->in, buf, size, SIZE_MAX);

    return some > 0 ? (int)some : MBEDTLS_ERR_SSL_WANT_READ;
}

static inline int
tls_server_parse_key(mbedtls_pk_context *key)
{
    const uint8_t *pem = (const uint8_t *)tls_server_key;

#if MBEDTLS_VERSION_MAJOR >= 3
    return mbedtls_pk_parse_key(key, pem, sizeof(tls_server_key), NULL, 0, wb_random_f, NULL);
#else
    return mbedtls_pk_parse_key(key, pem, sizeof(tls_server_key), NULL, 0);
#endif
}

/* One may be told to renegotiate, and then speaks TLS 1.2. */
static inline void
tls_server_start(tls_server *s, size_t room, int renegotiates)
{
    memset(s, 0, sizeof(*s));
    s->in.room = s->out.room = room;
    CHECK_STATUS(PWWB_OK, wb_crypto_ready(NULL));
    mbedtls_ssl_init(&s->ssl);
    mbedtls_ssl_config_init(&s->conf);
    mbedtls_x509_crt_init(&s->cert);
    mbedtls_pk_init(&s->key);
    CHECK_INT(0, mbedtls_x509_crt_parse(&s->cert, (const uint8_t *)tls_server_cert,
                                        sizeof(tls_server_cert)));
    CHECK_INT(0, tls_server_parse_key(&s->key));
    CHECK_INT(0, mbedtls_ssl_config_defaults(&s->conf, MBEDTLS_SSL_IS_SERVER,
                                             MBEDTLS_SSL_TRANSPORT_STREAM,
                                             MBEDTLS_SSL_PRESET_DEFAULT));
    mbedtls_ssl_conf_rng(&s->conf, wb_random_f, NULL);
    CHECK_INT(0, mbedtls_ssl_conf_own_cert(&s->conf, &s->cert, &s->key));
    if (renegotiates) {
        mbedtls_ssl_conf_renegotiation(&s->conf, MBEDTLS_SSL_RENEGOTIATION_ENABLED);
#if MBEDTLS_VERSION_MAJOR >= 3
        mbedtls_ssl_conf_max_tls_version(&s->conf, MBEDTLS_SSL_VERSION_TLS1_2);
#endif
    }
    CHECK_INT(0, mbedtls_ssl_setup(&s->ssl, &s->conf));
    mbedtls_ssl_set_bio(&s->ssl, s, tls_server_send, tls_server_receive, NULL);
}

static inline void
tls_server_work(tls_server *s)
{
    if (!s->is_up) {
        s->last  = mbedtls_ssl_handshake(&s->ssl);
        s->is_up = s->last == 0;
    }
    while (s->is_up && s->told_len < sizeof(s->told)) {
        s->last = mbedtls_ssl_read(&s->ssl, s->told + s->told_len, sizeof(s->told) - s->told_len);
        if (s->last <= 0 && (s->last != MBEDTLS_ERR_SSL_WANT_READ || s->in.len == 0))
            break;
        if (s->last <= 0)
            continue; /* it has read over an alert */
        s->told_len += (size_t)s->last;
    }
    while (s->is_up && s->told_len >= s->say_after && s->said < s->say_len) {
        s->last = mbedtls_ssl_write(&s->ssl, s->say + s->said, s->say_len - s->said);
        if (s->last <= 0)
            break;
        s->said += (size_t)s->last;
    }
}

static inline void
tls_server_end(tls_server *s)
{
    mbedtls_ssl_free(&s->ssl);
    mbedtls_ssl_config_free(&s->conf);
    mbedtls_x509_crt_free(&s->cert);
    mbedtls_pk_free(&s->key);
}

#endif /* TLS_SERVER_H */
