/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EXAMPLES_PWWB_ADMIN_RELAY_H
#define EXAMPLES_PWWB_ADMIN_RELAY_H

/* What a RabbitMQ broker needs, as data: docs/relay.md tells why. */

#include <stdio.h>

enum { RELAY_USERS = 64, RELAY_NAME = 128, RELAY_HASH = 49 };

/* One that signs in to the broker. */
typedef struct relay_user {
    int         is_agent;
    char        name[RELAY_NAME];
    const char *file;             /* whose first line is the secret */
    char        hash[RELAY_HASH]; /* base64 of salt and SHA-256, as the broker keeps it */
} relay_user;

typedef struct relay_plan {
    relay_user  users[RELAY_USERS];
    size_t      user_count;
    const char *vhost;
    long        seconds; /* how long a message may wait */
    long        length;  /* how many may wait in a queue */
    int         is_quorum;
} relay_plan;

/* pwwb_admin_relay_user.c: "NAME=FILE" into the plan; 0, or -1 once it is said what is wrong. */
int relay_add_user(relay_plan *plan, int is_agent, const char *value);
/* The file's secret into the hash; the same. */
int relay_hash_user(relay_user *user);
/* Letters, digits, "." "_" "/" "-": what needs no quoting in JSON, nor in a right. */
int relay_is_plain(const char *name);

/* pwwb_admin_relay_print.c: all of it as the broker's JSON. -1 when it could not be written. */
int relay_print(const relay_plan *plan, FILE *to);

/* pwwb_admin_relay_apply.c: give it to the broker of this machine; the exit code. */
int relay_apply(const relay_plan *plan);

#endif /* EXAMPLES_PWWB_ADMIN_RELAY_H */
