/* SPDX-License-Identifier: Apache-2.0 */
/* rows: 6 */
/* Through tinyproxy, with and without a password, to a WebSocket over TLS: all that stands between an
 * agent and a relay on port 443. */
#include "ws.h"

/* To a proxy, and through it to a target. */
static pwwb_stream *
through(const char *proxy_port, const char *target_port, const char *user, const char *secret)
{
    pwwb_stream *stream = NULL;

    CHECK_STATUS(PWWB_OK,
                 wb_amqp_http_proxy(ws_dial(ws_number(proxy_port)), ws("WS_ADDR"),
                                    ws_number(target_port), user, secret, &stream, NULL));
    return stream;
}

static void
check_echo(pwwb_stream *stream)
{
    uint8_t back[6];
    size_t  got;

    CHECK_STATUS(PWWB_OK, pwwb_stream_write(stream, (const uint8_t *)"abcdef", 6, LONG_MS, NULL));
    CHECK_STATUS(PWWB_OK, ws_read_all(stream, back, 6, &got, NULL));
    CHECK_MEM("abcdef", 6, back, got);
    pwwb_stream_free(stream);
}

static void
a_websocket_goes_through_a_proxy(void)
{
    int before = ws_recorded();

    check_echo(ws_upgrade(through("WS_PROXY_PORT", "WS_PORT", NULL, NULL), "/echo"));
    CHECK_STR("echo 1000 0", ws_record(before + 1));
}

static void
a_proxy_takes_the_right_password(void)
{
    int before = ws_recorded();

    check_echo(ws_upgrade(through("WS_AUTH_PORT", "WS_PORT", ws("WS_PROXY_USER"),
                                  ws("WS_PROXY_PW")), "/echo"));
    CHECK_STR("echo 1000 0", ws_record(before + 1));
}

/* The failure goes up through TLS and the WebSocket as it is, with its sentence. tinyproxy says 407 to
 * nobody, and 401 to somebody with a wrong password. */
static void
check_refused(pwwb_stream *proxied, pwwb_status expected, const char *why)
{
    pwwb_stream *stream = ws_upgrade(proxied, "/echo");
    pwwb_error  *err    = pwwb_error_new();
    uint8_t      octet;
    size_t       len;

    CHECK_STATUS(expected, pwwb_stream_read(stream, &octet, 1, &len, LONG_MS, err));
    CHECK_STR(why, pwwb_error_message(err));
    pwwb_stream_free(stream);
    pwwb_error_free(err);
}

static void
a_wrong_password_or_none_is_told_apart_from_other_refusals(void)
{
    static const char why[] = "the HTTP proxy wants another name and password (401)";

    check_refused(through("WS_AUTH_PORT", "WS_PORT", NULL, NULL), PWWB_E_AUTH,
                  "the HTTP proxy wants another name and password (407)");
    check_refused(through("WS_AUTH_PORT", "WS_PORT", ws("WS_PROXY_USER"), "another"), PWWB_E_AUTH,
                  why);
    check_refused(through("WS_AUTH_PORT", "WS_PORT", "nobody", ws("WS_PROXY_PW")), PWWB_E_AUTH,
                  why);
}

/* tinyproxy may only connect to one port (403). */
static void
a_target_that_the_proxy_refuses_is_told_with_its_number(void)
{
    check_refused(through("WS_PROXY_PORT", "WS_AUTH_PORT", NULL, NULL), PWWB_E_CONNECT,
                  "the HTTP proxy refused to connect (403)");
}

static void
what_is_no_proxy_is_not_taken_for_one(void)
{
    pwwb_stream *stream = through("WS_PORT", "WS_PORT", NULL, NULL); /* it speaks TLS */
    uint8_t      octet;
    size_t       len;
    pwwb_status  st = pwwb_stream_read(stream, &octet, 1, &len, LONG_MS, NULL);

    CHECK(st == PWWB_E_CLOSED || st == PWWB_E_MALFORMED);
    pwwb_stream_free(stream);
}

int
main(void)
{
    RUN(a_websocket_goes_through_a_proxy);
    RUN(a_proxy_takes_the_right_password);
    RUN(a_wrong_password_or_none_is_told_apart_from_other_refusals);
    RUN(a_target_that_the_proxy_refuses_is_told_with_its_number);
    RUN(what_is_no_proxy_is_not_taken_for_one);
    return DONE;
}
