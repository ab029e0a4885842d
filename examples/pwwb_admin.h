/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EXAMPLES_PWWB_ADMIN_H
#define EXAMPLES_PWWB_ADMIN_H

#include <pwwb/keystore.h>

#include "secret.h"

typedef struct admin_lock_args {
    int32_t     kind; /* one of enum pwwb_lock; 0 = not given */
    const char *file; /* NULL = asked for */
} admin_lock_args;

typedef struct admin_args {
    const char     *file;
    admin_lock_args lock;
    admin_lock_args fresh; /* rewrap */
    int32_t         suite; /* rotate; 0 = as it is */
    long            roll_days;
    int             help;
} admin_args;

/* pwwb_admin.c: say what failed; 1. */
int admin_failed(pwwb_status st, const pwwb_error *err);
/* A lock as options; `s` keeps what was asked for. -1, and why, when nothing was given. */
int admin_lock(const admin_lock_args *lock, int is_new, secret *s, pwwb_keystore_options *options);

/* The commands, each gives the exit code. pwwb_admin_show.c: */
int admin_show(const admin_args *args, pwwb_keystore *store, pwwb_error *err);
/* "3 days", "5 hours", of seconds. */
const char *admin_age(int64_t seconds, char text[32]);
const char *admin_kind_name(int32_t kind);
/* pwwb_admin_check.c: */
int admin_check(const admin_args *args, pwwb_keystore *store, pwwb_error *err);
/* pwwb_admin_change.c: */
int admin_rotate(const admin_args *args, pwwb_keystore *store, pwwb_error *err);
int admin_rewrap(const admin_args *args, pwwb_keystore *store, pwwb_error *err);

/* pwwb_admin_preflight.c: its own options; the exit code. */
int admin_preflight(int argc, char **argv);
/* Of a connector space, the same: pwwb_admin_import.c, */
int admin_import(int argc, char **argv);
/* pwwb_admin_lookup.c, */
int admin_lookup(int argc, char **argv);
/* and pwwb_admin_space.c. */
int admin_show_space(int argc, char **argv);
int admin_staging(int argc, char **argv);
/* pwwb_admin_policy.c: the rules of one user; pwwb_admin_password.c: a password by them. */
int admin_policy(int argc, char **argv);
int admin_check_password(int argc, char **argv);
/* pwwb_admin_relay.c: what is to be set up on a broker. */
int admin_relay(int argc, char **argv);

#endif /* EXAMPLES_PWWB_ADMIN_H */
