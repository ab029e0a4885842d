/* SPDX-License-Identifier: Apache-2.0 */
#include "way.h"

#include <stdio.h>
#include <string.h>

#include "fail.h"
#include "http_proxy.h"
#ifdef WB_AMQP_WITH_WSLAY
# include "websocket.h"
#endif

#define WEB_PORT 443

/* Each of these puts something on *stream. When that fails, it is the caller's to free. */

static pwwb_status
connect_tcp(const pwwb_amqp_options *of, pwwb_stream **stream, pwwb_error *err)
{
    if (of->proxy_host != NULL)
        return pwwb_stream_new_tcp(of->proxy_host, of->proxy_port, 0, stream, err);
    return pwwb_stream_new_tcp(of->host, of->port, 0, stream, err);
}

static pwwb_status
put_proxy(const pwwb_amqp_options *of, pwwb_stream **stream, pwwb_error *err)
{
    pwwb_stream *upper;
    pwwb_status  st;

    if (of->proxy_host == NULL)
        return PWWB_OK;

    st = wb_amqp_http_proxy(*stream, of->host, of->port, of->proxy_user, of->proxy_secret, &upper,
                            err);
    if (st == PWWB_OK)
        *stream = upper;
    return st;
}

static pwwb_status
put_tls(const pwwb_amqp_options *of, pwwb_stream **stream, pwwb_error *err)
{
    pwwb_stream *upper;
    pwwb_status  st = pwwb_stream_new_tls(*stream, of->tls, 0, &upper, err);

    if (st == PWWB_OK)
        *stream = upper;
    return st;
}

#ifdef WB_AMQP_WITH_WSLAY
int
wb_amqp_has_websocket(void)
{
    return 1;
}

static pwwb_status
put_websocket(const pwwb_amqp_options *of, pwwb_stream **stream, pwwb_error *err)
{
    int          is_v6 = strchr(of->host, ':') != NULL; /* RFC 3986 3.2.2 */
    char         host[WB_AMQP_TEXT_MAX + 10], port[8] = "";
    pwwb_stream *upper;
    pwwb_status  st;

    if (!of->is_websocket)
        return PWWB_OK;

    if (of->port != WEB_PORT)
        (void)snprintf(port, sizeof(port), ":%d", (int)of->port);
    (void)snprintf(host, sizeof(host), "%s%s%s%s", is_v6 ? "[" : "", of->host, is_v6 ? "]" : "",
                   port);
    st = wb_amqp_websocket(*stream, host, of->path, &upper, err);
    if (st == PWWB_OK)
        *stream = upper;
    return st;
}
#else
int
wb_amqp_has_websocket(void)
{
    return 0;
}

static pwwb_status
put_websocket(const pwwb_amqp_options *of, pwwb_stream **stream, pwwb_error *err)
{
    (void)of;
    (void)stream;
    (void)err;
    return PWWB_OK;
}
#endif

static pwwb_status
open_theirs(const pwwb_amqp_options *of, pwwb_stream **stream, pwwb_error *err)
{
    pwwb_status st = of->open(of->open_ctx, of->connect_ms, stream, err);

    if (st == PWWB_OK && *stream == NULL)
        return wb_amqp_fail(err, PWWB_E_CALLBACK, "the host's open gave no stream");
    if (st != PWWB_OK)
        *stream = NULL;
    return st;
}

pwwb_status
wb_amqp_way_open(const wb_amqp_options *options, pwwb_stream **ret_stream, pwwb_error *err)
{
    const pwwb_amqp_options *of     = &options->of;
    pwwb_stream             *stream = NULL;
    pwwb_status              st;

    *ret_stream = NULL;
    if (of->open != NULL)
        return open_theirs(of, ret_stream, err);

    st = connect_tcp(of, &stream, err);
    if (st == PWWB_OK)
        st = put_proxy(of, &stream, err);
    if (st == PWWB_OK)
        st = put_tls(of, &stream, err);
    if (st == PWWB_OK)
        st = put_websocket(of, &stream, err);
    if (st == PWWB_OK)
        *ret_stream = stream;
    else
        pwwb_stream_free(stream);
    return st;
}
