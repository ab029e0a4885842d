/* SPDX-License-Identifier: Apache-2.0 */
#include "way.h"

#include "fail.h"

/* Put TLS on it, or close it. */
static pwwb_status
secure(const wb_amqp_options *options, pwwb_stream *under, pwwb_stream **ret_stream,
       pwwb_error *err)
{
    pwwb_status st = pwwb_stream_tls(under, &options->tls, 0, ret_stream, err);

    if (st != PWWB_OK)
        pwwb_stream_free(under);
    return st;
}

static pwwb_status
open_theirs(const pwwb_amqp_options *of, pwwb_stream **ret_stream, pwwb_error *err)
{
    pwwb_status st = of->open(of->open_ctx, of->connect_ms, ret_stream, err);

    if (st == PWWB_OK && *ret_stream == NULL)
        return wb_amqp_fail(err, PWWB_E_CALLBACK, "the host's open gave no stream");
    if (st != PWWB_OK)
        *ret_stream = NULL;
    return st;
}

pwwb_status
wb_amqp_way_open(const wb_amqp_options *options, pwwb_stream **ret_stream, pwwb_error *err)
{
    const pwwb_amqp_options *of = &options->of;
    pwwb_stream             *tcp;
    pwwb_status              st;

    *ret_stream = NULL;
    if (of->open != NULL)
        return open_theirs(of, ret_stream, err);
    if (of->is_websocket || of->proxy_host != NULL)
        return wb_amqp_fail(err, PWWB_E_NOT_SUPPORTED, "no WebSocket and no proxy in this build");

    st = pwwb_stream_connect(of->host, of->port, 0, &tcp, err);
    if (st != PWWB_OK)
        return st;
    return secure(options, tcp, ret_stream, err);
}
