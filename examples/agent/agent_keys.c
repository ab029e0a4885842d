/* SPDX-License-Identifier: Apache-2.0 */
/* Commands about the tenant's keys. The running agent, or the next one to start, sends what they begin. */
#include <stdio.h>
#include <string.h>

#include "agent_run.h"

typedef struct desk {
    agent_settings *settings;
    pwwb_keystore  *store;
    pwwb_exchange  *exchange;
    pwwb_error     *err;
} desk;

/* 0, or an exit code. */
static int
open_desk(desk *d, const char *path)
{
    pwwb_exchange_options options = {.size = sizeof(options)};
    pwwb_status           st;

    memset(d, 0, sizeof(*d));
    d->err      = pwwb_error_new();
    d->settings = agent_settings_read(path);
    if (d->settings == NULL)
        return SETTINGS_EXIT;

    options.suite     = key_settings_suite(&d->settings->keys);
    options.resend_ms = 1; /* who begins an order may send it for three times as long: the running agent is to */
    st            = key_settings_open(&d->settings->keys, &d->store, d->err);
    if (st == PWWB_OK)
        st = pwwb_exchange_new(d->store, PWWB_HALF_AGENT, &options, &d->exchange, d->err);
    if (st == PWWB_OK)
        return 0;
    fprintf(stderr, "keys: %s (%s)\n", pwwb_error_message(d->err), pwwb_status_name(st));
    return 1;
}

static int
close_desk(desk *d, int code)
{
    pwwb_exchange_free(d->exchange);
    pwwb_keystore_free(d->store);
    agent_settings_free(d->settings);
    pwwb_error_free(d->err);
    return code;
}

static const char *
advice(pwwb_status st)
{
    switch (st) {
    case PWWB_E_MALFORMED:
        return "; copy the whole ticket, it is one line";
    case PWWB_E_EXPIRED:
    case PWWB_E_WRONG_TENANT:
        return "; ask the portal's administrator for a new ticket";
    case PWWB_E_FULL:
        return "; wait until the oldest keys are wiped, an hour at most";
    default:
        return "";
    }
}

static int
begin(desk *d, int32_t kind, const secret *ticket)
{
    pwwb_status st = pwwb_exchange_begin(d->exchange, kind, ticket != NULL ? (const char *)ticket->octets : NULL,
                                         ticket != NULL ? ticket->len : 0, d->err);

    if (st == PWWB_OK)
        return 0;
    fprintf(stderr, "%s (%s)%s\n", pwwb_error_message(d->err), pwwb_status_name(st), advice(st));
    return 1;
}

static int
print_fingerprint(desk *d)
{
    pwwb_keyring_info info = {.size = sizeof(info)};
    pwwb_keyring     *keys = NULL;
    pwwb_status       st   = pwwb_keystore_load(d->store, &keys, d->err);

    if (st == PWWB_OK)
        st = pwwb_keyring_describe(keys, &info, d->err);
    pwwb_keyring_free(keys);
    if (st == PWWB_OK)
        printf("fingerprint: %s\n", info.fingerprint);
    else
        fprintf(stderr, "keys: %s (%s)\n", pwwb_error_message(d->err), pwwb_status_name(st));
    return st == PWWB_OK ? 0 : 1;
}

int
agent_enable(const char *path, const char *ticket_file)
{
    desk   d;
    secret ticket;
    int    code = open_desk(&d, path);

    if (code != 0)
        return close_desk(&d, code);
    secret_make(&ticket);
    if ((strcmp(ticket_file, "-") == 0 ? secret_line(&ticket, "ticket") : secret_file_line(&ticket, ticket_file))
        != 0) {
        /* what was given may be the ticket itself */
        fprintf(stderr, "no ticket is in %s\n", strcmp(ticket_file, "-") == 0 ? "standard input" : "that file");
        code = 1;
    } else {
        code = begin(&d, PWWB_EXCHANGE_ENABLE, &ticket);
    }
    secret_drop(&ticket);
    if (code == 0)
        code = print_fingerprint(&d);
    return close_desk(&d, code);
}

int
agent_begin(const char *path, int32_t kind)
{
    desk d;
    int  code = open_desk(&d, path);

    if (code == 0)
        code = begin(&d, kind, NULL);
    if (code == 0)
        puts(kind == PWWB_EXCHANGE_ROLL ? "new keys are made; the running agent sends them"
                                        : "the running agent tells the portal; keys open for another hour");
    return close_desk(&d, code);
}
