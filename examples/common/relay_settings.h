/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EXAMPLES_RELAY_SETTINGS_H
#define EXAMPLES_RELAY_SETTINGS_H

/* The group "relay" of a configuration file: how to reach the broker. */

#include <pwwb/amqp.h>

#include "../secret.h"
#include "settings.h"

typedef struct relay_settings {
    const char    *host, *ca, *name, *path, *user, *secret_file;
    const char    *proxy, *proxy_user, *proxy_secret_file;
    const char    *requests, *portals, *replies, *heartbeats_to, *heartbeats_from;
    const char    *set_secret; /* agents: a program that gives the broker a secret */
    settings_texts slots;      /* agents: the two users whose secrets it sets */
    int64_t        port, proxy_port;
    int32_t        websocket;
} relay_settings;

extern const setting relay_table[];

/* What one connects as. */
typedef struct relay_login {
    const char *user;
    secret      secret;
} relay_login;

/* What no table can tell; how many faults were said. */
int relay_settings_check(const settings *s, const relay_settings *r);

/* The user and secret that the file names. -1, and why on stderr, when there is none. */
int relay_login_read(const relay_settings *r, relay_login *login);

/* One end of the relay; `credit` 0 = its default. Nothing is connected yet. */
pwwb_status relay_open(const relay_settings *r, const relay_login *login, int32_t end, int32_t credit,
                       pwwb_transport **ret_transport, pwwb_error *err);

/* The same in the form that never waits. */
pwwb_status relay_connect(const relay_settings *r, const relay_login *login, int32_t end, pwwb_amqp **ret_amqp,
                          pwwb_error *err);

#endif /* EXAMPLES_RELAY_SETTINGS_H */
