/* SPDX-License-Identifier: Apache-2.0 */
#include "http_proxy.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "deadline.h"
#include "http_ask.h"

#define USER_PASS_MAX 1024 /* user, colon and secret */

typedef struct proxy {
    pwwb_stream *under;
    int          is_open;
    pwwb_status  over;     /* why there is no way; PWWB_OK while there may be */
    char         why[256];
    wb_amqp_ask  ask;
} proxy;

static pwwb_status
end(proxy *p, pwwb_status status, const char *why)
{
    p->over = status;
    snprintf(p->why, sizeof(p->why), "%s", why);
    return status;
}

/* Any 2xx opens the way, whatever else stands in the head. 407 asks for a password; to a wrong one
 * tinyproxy says 401. */
static pwwb_status
judge(proxy *p, const wb_amqp_head *head, pwwb_error *err)
{
    int  is_auth = head->status == 407 || head->status == 401;
    char why[80];

    if (head->status / 100 == 2) {
        p->is_open = 1;
        return pwwb_error_set(err, PWWB_OK, NULL);
    }
    snprintf(why, sizeof(why),
             is_auth ? "the HTTP proxy wants another name and password (%d)"
                     : "the HTTP proxy refused to connect (%d)", (int)head->status);
    return pwwb_error_set(err, end(p, is_auth ? PWWB_E_AUTH : PWWB_E_CONNECT, why), p->why);
}

static pwwb_status
open_way(proxy *p, int64_t deadline, pwwb_error *err)
{
    wb_amqp_head head;
    pwwb_status  st;

    if (p->is_open)
        return PWWB_OK;
    if (p->over != PWWB_OK)
        return pwwb_error_set(err, p->over, p->why);

    st = wb_amqp_ask_step(&p->ask, deadline, &head, err);
    if (st == PWWB_OK)
        return judge(p, &head, err);
    if (st != PWWB_E_TIMEOUT)
        (void)end(p, st, pwwb_error_message(err));
    return st;
}

static pwwb_status
proxy_read(void *ctx, uint8_t *buf, size_t buf_size, size_t *ret_len, int64_t timeout_ms,
           pwwb_error *err)
{
    proxy      *p        = ctx;
    int64_t     deadline = wb_amqp_deadline(timeout_ms);
    pwwb_status st;

    st = open_way(p, deadline, err);
    if (st != PWWB_OK)
        return st;

    *ret_len = wb_amqp_ask_rest(&p->ask, buf, buf_size);
    if (*ret_len > 0)
        return PWWB_OK;

    return pwwb_stream_read(p->under, buf, buf_size, ret_len, wb_amqp_left(deadline), err);
}

static pwwb_status
proxy_write(void *ctx, const uint8_t *data, size_t len, size_t *ret_len, int64_t timeout_ms,
            pwwb_error *err)
{
    proxy      *p        = ctx;
    int64_t     deadline = wb_amqp_deadline(timeout_ms);
    pwwb_status st;

    st = open_way(p, deadline, err);
    if (st != PWWB_OK)
        return st;

    return pwwb_stream_write_some(p->under, data, len, ret_len, wb_amqp_left(deadline), err);
}

static pwwb_status
proxy_interest(void *ctx, pwwb_interest *ret_interest, int64_t *ret_timeout_ms, pwwb_error *err)
{
    const proxy *p = ctx;

    return pwwb_stream_interest(p->under, ret_interest, ret_timeout_ms, err);
}

static void
proxy_destroy(void *ctx)
{
    proxy *p = ctx;

    pwwb_stream_free(p->under);
    sodium_free(p);
}

static const pwwb_stream_ops proxy_ops = {
    .size     = sizeof(pwwb_stream_ops),
    .read     = proxy_read,
    .write    = proxy_write,
    .destroy  = proxy_destroy,
    .interest = proxy_interest,
};

static int
has_control(const char *text)
{
    for (; *text != '\0'; text++)
        if ((unsigned char)*text < 0x20 || *text == 0x7f)
            return 1;
    return 0;
}

/* A stack that held the secret is wiped here. */
static int
add_basic(wb_amqp_ask *ask, const char *user, const char *secret)
{
    char pair[USER_PASS_MAX + 1];
    char text[sodium_base64_ENCODED_LEN(USER_PASS_MAX, sodium_base64_VARIANT_ORIGINAL)];
    int  len = snprintf(pair, sizeof(pair), "%s:%s", user, secret);
    int  ok  = len > 0 && (size_t)len < sizeof(pair);

    if (ok) {
        sodium_bin2base64(text, sizeof(text), (const uint8_t *)pair, (size_t)len,
                          sodium_base64_VARIANT_ORIGINAL);
        ok = wb_amqp_ask_add(ask, "Proxy-Authorization: Basic ") && wb_amqp_ask_add(ask, text)
             && wb_amqp_ask_add(ask, "\r\n");
    }
    sodium_memzero(pair, sizeof(pair));
    sodium_memzero(text, sizeof(text));
    return ok;
}

/* RFC 9112 3.2.3: host and port, in both places. */
static int
add_request(wb_amqp_ask *ask, const char *host, int32_t port, const char *user, const char *secret)
{
    int  is_v6 = strchr(host, ':') != NULL && *host != '[';
    char authority[300];

    snprintf(authority, sizeof(authority), is_v6 ? "[%s]:%d" : "%s:%d", host, (int)port);
    return wb_amqp_ask_add(ask, "CONNECT ") && wb_amqp_ask_add(ask, authority)
           && wb_amqp_ask_add(ask, " HTTP/1.1\r\nHost: ") && wb_amqp_ask_add(ask, authority)
           && wb_amqp_ask_add(ask, "\r\n") && (user == NULL || add_basic(ask, user, secret))
           && wb_amqp_ask_add(ask, "\r\n");
}

static pwwb_status
check(const pwwb_stream *under, const char *host, int32_t port, const char *user,
      const char *secret, pwwb_error *err)
{
    if (under == NULL || host == NULL || !wb_amqp_is_host(host) || port < 1 || port > 65535)
        return pwwb_error_set(err, PWWB_E_INVALID_ARGUMENT, "a host and port must be given");
    if (user != NULL && (secret == NULL || strchr(user, ':') != NULL || has_control(user)
                         || has_control(secret)))
        return pwwb_error_set(err, PWWB_E_INVALID_ARGUMENT,
                              "the proxy's user has no colon, and both no control characters");

    return PWWB_OK;
}

static pwwb_status
new_proxy(proxy **ret_proxy, pwwb_error *err)
{
    proxy *p;

    *ret_proxy = NULL;
    if (sodium_init() < 0)
        return pwwb_error_set(err, PWWB_E_CRYPTO, "libsodium does not start");
    p = sodium_malloc(sizeof(*p));
    if (p == NULL)
        return pwwb_error_set(err, PWWB_E_NO_MEMORY, "no memory for a proxy");

    memset(p, 0, sizeof(*p));
    *ret_proxy = p;
    return PWWB_OK;
}

pwwb_status
wb_amqp_http_proxy(pwwb_stream *under, const char *host, int32_t port, const char *user,
                   const char *secret, pwwb_stream **ret_stream, pwwb_error *err)
{
    proxy      *p;
    pwwb_status st;

    *ret_stream = NULL;
    st          = check(under, host, port, user, secret, err);
    if (st != PWWB_OK)
        return st;
    st = new_proxy(&p, err);
    if (st != PWWB_OK)
        return st;

    p->under     = under;
    p->ask.under = under;
    if (!add_request(&p->ask, host, port, user, secret))
        st = pwwb_error_set(err, PWWB_E_INVALID_ARGUMENT, "the proxy's user or secret is too long");
    if (st == PWWB_OK)
        st = pwwb_stream_new(&proxy_ops, p, ret_stream, err);
    if (st != PWWB_OK)
        sodium_free(p);
    return st;
}
