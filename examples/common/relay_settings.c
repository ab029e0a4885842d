/* SPDX-License-Identifier: Apache-2.0 */
#include "relay_settings.h"

#include <stdio.h>

#define AT(member) offsetof(relay_settings, member)

const setting relay_table[] = {
    {"host", SETTING_TEXT, 1, AT(host), "the broker's name, or its address", NULL, 0, 0, NULL, NULL, 0},
    {"port", SETTING_NUMBER, 0, AT(port), "its port; 0 = 5671, or 443 with a WebSocket", "0", 0, 65535, NULL,
     NULL, 0},
    {"ca", SETTING_TEXT, 1, AT(ca), "a PEM file of the CA that its certificate is from", NULL, 0, 0, NULL, NULL, 0},
    {"name", SETTING_TEXT, 0, AT(name), "what its certificate says, where that is not the host", NULL, 0, 0,
     NULL, NULL, 0},
    {"user", SETTING_TEXT, 1, AT(user), "whom to connect as", NULL, 0, 0, NULL, NULL, 0},
    {"secret_file", SETTING_TEXT, 0, AT(secret_file), "a file; its first line is that user's secret", NULL, 0,
     0, NULL, NULL, 0},
    {"websocket", SETTING_YES_NO, 0, AT(websocket), "AMQP inside a WebSocket", "false", 0, 0, NULL, NULL, 0},
    {"path", SETTING_TEXT, 0, AT(path), "the WebSocket's", "/", 0, 0, NULL, NULL, 0},
    {"proxy", SETTING_TEXT, 0, AT(proxy), "an HTTP proxy that understands CONNECT", NULL, 0, 0, NULL, NULL, 0},
    {"proxy_port", SETTING_NUMBER, 0, AT(proxy_port), "its port", "3128", 1, 65535, NULL, NULL, 0},
    {"proxy_user", SETTING_TEXT, 0, AT(proxy_user), "for its basic authentication", NULL, 0, 0, NULL, NULL, 0},
    {"proxy_secret_file", SETTING_TEXT, 0, AT(proxy_secret_file), "a file with that user's password", NULL, 0,
     0, NULL, NULL, 0},
    {"requests", SETTING_TEXT, 0, AT(requests), "the queue of requests, if not docs/relay.md's", NULL, 0, 0,
     NULL, NULL, 0},
    {"portals", SETTING_TEXT, 0, AT(portals), "the queue of orders about keys, likewise", NULL, 0, 0, NULL,
     NULL, 0},
    {"replies", SETTING_TEXT, 0, AT(replies), "what stands before a portal's name, likewise", NULL, 0, 0, NULL,
     NULL, 0},
    {"heartbeats_to", SETTING_TEXT, 0, AT(heartbeats_to), "where heartbeats go, likewise", NULL, 0, 0, NULL,
     NULL, 0},
    {"heartbeats_from", SETTING_TEXT, 0, AT(heartbeats_from), "where they come from, likewise", NULL, 0, 0,
     NULL, NULL, 0},
    {"slots", SETTING_TEXTS, 0, AT(slots), "agents: two users in turn, whose secrets roll with the keys", NULL, 0,
     0, NULL, NULL, 0},
    {"set_secret", SETTING_TEXT, 0, AT(set_secret),
     "agents: a program that gives the broker a slot's secret: its word is the user, the secret its input", NULL,
     0, 0, NULL, NULL, 0},
    {NULL, 0, 0, 0, NULL, NULL, 0, 0, NULL, NULL, 0},
};

int
relay_settings_check(const settings *s, const relay_settings *r)
{
    int faults = 0;

    if ((r->slots.count > 0) != (r->set_secret != NULL)) {
        settings_complain(s, "relay.slots", "slots and set_secret belong together");
        faults++;
    }
    if (r->slots.count != 0 && r->slots.count != 2) {
        settings_complain(s, "relay.slots", "two users were expected, in turn each is connected as");
        faults++;
    }
    if (r->slots.count == 0 && r->secret_file == NULL) {
        settings_complain(s, "relay.secret_file", "is missing: a file; its first line is the user's secret");
        faults++;
    }
    if ((r->proxy_user == NULL) != (r->proxy_secret_file == NULL)) {
        settings_complain(s, "relay.proxy_user", "proxy_user and proxy_secret_file belong together");
        faults++;
    }
    return faults;
}

int
relay_login_read(const relay_settings *r, relay_login *login)
{
    secret_make(&login->secret);
    login->user = r->user;
    if (r->secret_file != NULL && secret_file_line(&login->secret, r->secret_file) == 0
        && login->secret.len > 0)
        return 0;
    fprintf(stderr, "relay.secret_file: cannot be read, or has no first line\n"); /* its name may be the secret */
    return -1;
}

static void
fill(pwwb_amqp_options *o, const relay_settings *r, const relay_login *login)
{
    o->host            = r->host;
    o->port            = (int32_t)r->port;
    o->is_websocket    = r->websocket;
    o->path            = r->websocket ? r->path : NULL;
    o->proxy_host      = r->proxy;
    o->proxy_port      = r->proxy != NULL ? (int32_t)r->proxy_port : 0;
    o->proxy_user      = r->proxy_user;
    o->user            = login->user;
    o->secret          = login->secret.octets;
    o->secret_len      = login->secret.len;
    o->requests        = r->requests;
    o->portals         = r->portals;
    o->replies         = r->replies;
    o->heartbeats_to   = r->heartbeats_to;
    o->heartbeats_from = r->heartbeats_from;
}

/* The options of either form; the proxy's secret is theirs until they were used. */
static pwwb_status
prepare(pwwb_amqp_options *o, const relay_settings *r, const relay_login *login, secret *proxy, pwwb_error *err)
{
    fill(o, r, login);
    secret_make(proxy);
    if (r->proxy_secret_file == NULL)
        return PWWB_OK;
    if (secret_file_line(proxy, r->proxy_secret_file) != 0 || proxy->len >= sizeof(proxy->octets))
        return pwwb_error_set(err, PWWB_E_NOT_FOUND, "relay.proxy_secret_file has no first line");
    proxy->octets[proxy->len] = '\0';
    o->proxy_secret           = (const char *)proxy->octets;
    return PWWB_OK;
}

pwwb_status
relay_open(const relay_settings *r, const relay_login *login, int32_t end, int32_t credit,
           pwwb_transport **ret_transport, pwwb_error *err)
{
    pwwb_tls_options  tls     = {.size = sizeof(tls), .ca_file = r->ca, .name = r->name};
    pwwb_amqp_options options = {.size = sizeof(options), .end = end, .credit = credit, .tls = &tls};
    secret            proxy;
    pwwb_status       st = prepare(&options, r, login, &proxy, err);

    if (st == PWWB_OK)
        st = pwwb_transport_new_amqp(&options, ret_transport, err);
    secret_drop(&proxy);
    return st;
}

pwwb_status
relay_connect(const relay_settings *r, const relay_login *login, int32_t end, pwwb_amqp **ret_amqp,
              pwwb_error *err)
{
    pwwb_tls_options  tls     = {.size = sizeof(tls), .ca_file = r->ca, .name = r->name};
    pwwb_amqp_options options = {.size = sizeof(options), .end = end, .tls = &tls};
    secret            proxy;
    pwwb_status       st = prepare(&options, r, login, &proxy, err);

    if (st == PWWB_OK)
        st = pwwb_amqp_new(&options, ret_amqp, err);
    secret_drop(&proxy);
    return st;
}
