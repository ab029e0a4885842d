/* SPDX-License-Identifier: Apache-2.0 */
#include "options.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "fail.h"
#include "import.h"
#include "sasl.h"
#include "way.h"

#define USER_MAX        127 /* so that the SASL frame holds the longest secret too */
#define DEFAULT_PORT    5671
#define WEB_PORT        443
#define CONNECT_MS      10000
#define IDLE_MS         20000
#define LONGEST_MS      60000
#define TIME_MAX_MS     86400000 /* of any of these three */
#define CA_MAX          1048576
#define REPLIES         8 /* the credit of a portal */

/* Where the texts stand in the options, and what stands for NULL; at a portal another, where there is one:
 * it has no right to write to a queue by its name. */
static const struct {
    size_t      at;
    const char *preset, *of_portal;
} texts[] = {
    {offsetof(pwwb_amqp_options, host), NULL, NULL},
    {offsetof(pwwb_amqp_options, path), "/", NULL},
    {offsetof(pwwb_amqp_options, proxy_host), NULL, NULL},
    {offsetof(pwwb_amqp_options, proxy_user), NULL, NULL},
    {offsetof(pwwb_amqp_options, requests), "/amq/queue/pwwb.req", "/exchange/pwwb.requests"},
    {offsetof(pwwb_amqp_options, portals), "/amq/queue/pwwb.portals", NULL},
    {offsetof(pwwb_amqp_options, heartbeats_to), "/exchange/pwwb.heartbeats", NULL},
    {offsetof(pwwb_amqp_options, heartbeats_from), "/exchange/pwwb.heartbeats/", NULL},
    {offsetof(pwwb_amqp_options, replies), "/queue/pwwb.rsp.", NULL},
};

#define TEXT_COUNT (sizeof(texts) / sizeof(texts[0]))

static const char **
text_at(pwwb_amqp_options *of, size_t i)
{
    return (const char **)((char *)of + texts[i].at);
}

int
wb_amqp_is_name(const char *name)
{
    size_t len = strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");

    return len > 0 && len <= WB_AMQP_NAME_MAX && name[len] == '\0'
           && strcmp(name, PWWB_ADDRESS_PORTALS) != 0 && strcmp(name, PWWB_ADDRESS_HEARTBEATS) != 0;
}

static int64_t
system_ms(clockid_t id)
{
    struct timespec now = {0, 0};

    (void)clock_gettime(id, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int64_t
wb_amqp_wall_ms(const wb_amqp_options *options)
{
    const pwwb_clock_ops *clock = options->of.clock;

    return clock != NULL ? clock->wall_ms(options->of.clock_ctx) : system_ms(CLOCK_REALTIME);
}

int64_t
wb_amqp_now_ms(const wb_amqp_options *options)
{
    const pwwb_clock_ops *clock = options->of.clock;
    int64_t               now   = clock != NULL ? clock->monotonic_ms(options->of.clock_ctx)
                                                : system_ms(CLOCK_MONOTONIC);

    return now > 0 ? now : 1; /* to Qpid Proton, 0 is no time */
}

static pwwb_status
bad(pwwb_error *err, const char *sentence)
{
    return pwwb_error_set(err, PWWB_E_INVALID_ARGUMENT, sentence);
}

static pwwb_status
check_texts(pwwb_amqp_options *of, pwwb_error *err)
{
    size_t i;

    for (i = 0; i < TEXT_COUNT; i++) {
        const char **text = text_at(of, i);

        if (*text == NULL && of->end != PWWB_RELAY_AGENT)
            *text = texts[i].of_portal;
        if (*text == NULL)
            *text = texts[i].preset;
        if (*text != NULL && (**text == '\0' || strlen(*text) > WB_AMQP_TEXT_MAX))
            return bad(err, "a text of the options is empty, or longer than 255 octets");
    }
    return PWWB_OK;
}

static pwwb_status
check_secret(const pwwb_amqp_options *of, pwwb_error *err)
{
    if (of->user == NULL || of->user[0] == '\0' || strlen(of->user) > USER_MAX)
        return bad(err, "a user must be given, of at most 127 octets");
    if (of->secret == NULL || of->secret_len == 0 || of->secret_len > PWWB_AMQP_SECRET_MAX
        || memchr(of->secret, 0, of->secret_len) != NULL)
        return bad(err, "a secret must be given, of 1 to 256 octets without a 0");
    if (of->proxy_secret != NULL && strlen(of->proxy_secret) > PWWB_AMQP_SECRET_MAX)
        return bad(err, "the proxy's secret is longer than 256 octets");
    return PWWB_OK;
}

static int
is_time(int64_t ms)
{
    return ms >= 0 && ms <= TIME_MAX_MS;
}

static pwwb_status
check_rest(const pwwb_amqp_options *of, pwwb_error *err)
{
    if (of->end < PWWB_RELAY_AGENT || of->end > PWWB_RELAY_PORTALS)
        return bad(err, "end must be one of enum pwwb_relay_end");
    if (of->credit < 0 || of->credit > PWWB_AMQP_CREDIT_MAX || of->reserved != 0)
        return bad(err, "credit must be 0 to 256");
    if (of->open == NULL && (of->host == NULL || of->tls == NULL))
        return bad(err, "host and TLS options must be given, or the host's own way");
    if (of->port < 0 || of->port > 65535 || of->proxy_port < 0 || of->proxy_port > 65535
        || (of->proxy_host != NULL && of->proxy_port == 0))
        return bad(err, "a port must be 1 to 65535");
    if (of->proxy_user != NULL && of->proxy_secret == NULL)
        return bad(err, "a proxy's user has a secret");
    if (of->path[0] != '/' || (of->proxy_user != NULL && strchr(of->proxy_user, ':') != NULL))
        return bad(err, "a path begins with \"/\", and a proxy's user has no \":\"");
    if (of->is_websocket && !wb_amqp_has_websocket())
        return wb_amqp_fail(err, PWWB_E_NOT_SUPPORTED, "this build has no WebSocket");
    if (!is_time(of->connect_ms) || !is_time(of->idle_ms) || !is_time(of->longest_ms))
        return bad(err, "a time must be 0 to a day");
    if (of->name != NULL && !wb_amqp_is_name(of->name))
        return bad(err, "a portal's name is 1 to 64 letters, digits, \"-\" and \"_\"");
    return PWWB_OK;
}

static void
fill_in(pwwb_amqp_options *of)
{
    if (of->credit == 0)
        of->credit = of->end == PWWB_RELAY_PORTAL ? REPLIES : 1;
    if (of->port == 0)
        of->port = of->is_websocket ? WEB_PORT : DEFAULT_PORT;
    if (of->connect_ms == 0)
        of->connect_ms = CONNECT_MS;
    if (of->idle_ms == 0)
        of->idle_ms = IDLE_MS;
    if (of->longest_ms == 0)
        of->longest_ms = LONGEST_MS;
}

/* Copy octets to *at, move *at behind them, and answer the copy. */
static const char *
keep(char **at, const void *data, size_t len)
{
    char *copy = *at;

    memcpy(copy, data, len);
    *at += len;
    return copy;
}

static void
keep_all(wb_amqp_options *options)
{
    pwwb_amqp_options *of = &options->of;
    pwwb_tls_options  *tls = &options->tls;
    char              *at = options->texts;
    size_t             i;

    for (i = 0; i < TEXT_COUNT; i++)
        if (*text_at(of, i) != NULL)
            *text_at(of, i) = keep(&at, *text_at(of, i), strlen(*text_at(of, i)) + 1);
    of->user = keep(&at, of->user, strlen(of->user) + 1);
    if (tls->name != NULL)
        tls->name = keep(&at, tls->name, strlen(tls->name) + 1);
    if (tls->ca_file != NULL)
        tls->ca_file = keep(&at, tls->ca_file, strlen(tls->ca_file) + 1);
    if (tls->ca != NULL)
        tls->ca = (const uint8_t *)keep(&at, tls->ca, tls->ca_len);
}

static pwwb_status
copy_texts(wb_amqp_options *options, pwwb_error *err)
{
    pwwb_tls_options *tls  = &options->tls;
    size_t            size = TEXT_COUNT * (WB_AMQP_TEXT_MAX + 1) + USER_MAX + 1;

    if (tls->ca_len > CA_MAX)
        return bad(err, "CA certificates of more than 1 MiB");
    if (options->of.tls != NULL && tls->name == NULL)
        tls->name = options->of.host;
    size += tls->name != NULL ? strlen(tls->name) + 1 : 0;
    size += tls->ca_file != NULL ? strlen(tls->ca_file) + 1 : 0;
    size += tls->ca != NULL ? tls->ca_len : 0;

    options->texts = malloc(size);
    if (options->texts == NULL)
        return wb_amqp_fail(err, PWWB_E_NO_MEMORY, "no memory for the options");

    keep_all(options);
    options->of.tls = &options->tls;
    return PWWB_OK;
}

static pwwb_status
copy_secrets(wb_amqp_options *options, pwwb_error *err)
{
    pwwb_amqp_options *of = &options->of;
    wb_amqp_writer     out;

    options->init = sodium_malloc(WB_AMQP_SASL_FRAME_MAX);
    if (options->init == NULL)
        return wb_amqp_fail(err, PWWB_E_NO_MEMORY, "no locked memory for a secret");

    out = (wb_amqp_writer){.buf = options->init, .size = WB_AMQP_SASL_FRAME_MAX};
    if (wb_amqp_sasl_frame(&out, of->user, of->secret, of->secret_len, of->host) != 0)
        return bad(err, "user and secret are too long together");

    options->init_len = out.len;
    of->secret        = NULL;
    if (of->proxy_secret == NULL)
        return PWWB_OK;

    options->proxy_secret = sodium_malloc(PWWB_AMQP_SECRET_MAX + 1);
    if (options->proxy_secret == NULL)
        return wb_amqp_fail(err, PWWB_E_NO_MEMORY, "no locked memory for a secret");

    memcpy(options->proxy_secret, of->proxy_secret, strlen(of->proxy_secret) + 1);
    of->proxy_secret = options->proxy_secret;
    return PWWB_OK;
}

/* A portal without a name draws one: who does not know it cannot send to it. */
static void
name_it(wb_amqp_options *options)
{
    uint8_t bits[16];

    if (options->of.name != NULL) {
        memcpy(options->name, options->of.name, strlen(options->of.name) + 1);
    } else {
        randombytes_buf(bits, sizeof(bits));
        (void)sodium_bin2hex(options->name, sizeof(options->name), bits, sizeof(bits));
    }
    options->of.name = options->name;
}

static pwwb_status
import_clock(wb_amqp_options *options, pwwb_error *err)
{
    const pwwb_clock_ops *theirs = options->of.clock;

    if (theirs == NULL)
        return PWWB_OK;
    if (wb_amqp_import(&options->clock, sizeof(options->clock),
                       WB_AMQP_SIZE_UP_TO(pwwb_clock_ops, monotonic_ms), theirs)
        != PWWB_OK)
        return wb_amqp_fail(err, PWWB_E_ABI, "clock ops do not fit this library");
    if (options->clock.wall_ms == NULL || options->clock.monotonic_ms == NULL)
        return bad(err, "a clock must tell wall and monotonic time");

    options->of.clock = &options->clock;
    return PWWB_OK;
}

static pwwb_status
import(wb_amqp_options *options, const pwwb_amqp_options *theirs, pwwb_error *err)
{
    if (wb_amqp_import(&options->of, sizeof(options->of),
                       WB_AMQP_SIZE_UP_TO(pwwb_amqp_options, clock_ctx), theirs)
        != PWWB_OK)
        return wb_amqp_fail(err, PWWB_E_ABI, "options do not fit this library");
    if (options->of.tls != NULL
        && wb_amqp_import(&options->tls, sizeof(options->tls),
                          WB_AMQP_SIZE_UP_TO(pwwb_tls_options, name), options->of.tls)
               != PWWB_OK)
        return wb_amqp_fail(err, PWWB_E_ABI, "TLS options do not fit this library");
    return import_clock(options, err);
}

pwwb_status
wb_amqp_options_make(wb_amqp_options *options, const pwwb_amqp_options *theirs, pwwb_error *err)
{
    pwwb_status st;

    memset(options, 0, sizeof(*options));
    if (sodium_init() < 0)
        return wb_amqp_fail(err, PWWB_E_SYSTEM, "no source of random octets");

    st = import(options, theirs, err);
    if (st == PWWB_OK)
        st = check_texts(&options->of, err);
    if (st == PWWB_OK)
        st = check_secret(&options->of, err);
    if (st == PWWB_OK)
        st = check_rest(&options->of, err);
    if (st == PWWB_OK)
        st = copy_texts(options, err);
    if (st == PWWB_OK)
        st = copy_secrets(options, err);
    if (st != PWWB_OK) {
        wb_amqp_options_drop(options);
        return st;
    }
    fill_in(&options->of);
    name_it(options);
    return PWWB_OK;
}

void
wb_amqp_options_drop(wb_amqp_options *options)
{
    sodium_free(options->init);
    sodium_free(options->proxy_secret);
    free(options->texts);
    memset(options, 0, sizeof(*options));
}
