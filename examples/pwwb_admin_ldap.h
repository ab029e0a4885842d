/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EXAMPLES_PWWB_ADMIN_LDAP_H
#define EXAMPLES_PWWB_ADMIN_LDAP_H

/* The options that say which controller is asked, and as whom: the same for every command. */

#include <pwwb/pwwb.h>

#include <getopt.h>

#include "secret.h"

enum { ADMIN_HOST = 0x200, ADMIN_ADDRESS, ADMIN_PORT, ADMIN_STARTTLS, ADMIN_CA, ADMIN_BIND,
       ADMIN_PASSWORD };

#define ADMIN_LDAP_OPTIONS                                                                         \
    {"host", required_argument, NULL, ADMIN_HOST},                                                 \
    {"address", required_argument, NULL, ADMIN_ADDRESS},                                           \
    {"port", required_argument, NULL, ADMIN_PORT},                                                 \
    {"starttls", no_argument, NULL, ADMIN_STARTTLS},                                               \
    {"ca", required_argument, NULL, ADMIN_CA},                                                     \
    {"bind", required_argument, NULL, ADMIN_BIND},                                                 \
    {"bind-dn", required_argument, NULL, ADMIN_BIND},                                              \
    {"password-file", required_argument, NULL, ADMIN_PASSWORD}

#define ADMIN_LDAP_TEXT                                                                            \
    "    --host NAME           a domain controller, as in its certificate\n"                       \
    "    --address ADDRESS     where it is; the host, if not given\n"                              \
    "    --port N              636 or 389, if not given\n"                                         \
    "    --starttls            StartTLS in place of LDAPS\n"                                       \
    "    --ca FILE             certificates of its CA, PEM\n"                                      \
    "    --bind NAME           the service account: DN, UPN or DOMAIN\\name; or --bind-dn\n"       \
    "    --password-file FILE  its password, the first line; else it is asked for, or the first line\n" \
    "                          of standard input\n"

typedef struct admin_ldap {
    pwwb_ldap_options options;
    const char       *password_file; /* NULL = asked for */
    int               given;         /* how many options there were */
} admin_ldap;

/* Nothing said yet: LDAPS. */
void admin_ldap_make(admin_ldap *a);
/* 1: taken; 0: another option; -1: what cannot be. */
int admin_ldap_take(admin_ldap *a, int option, const char *value);
/* Whether what must be said is said. */
int admin_ldap_is_whole(const admin_ldap *a);
/* The password, which `s` keeps, into the options. -1, and why, when none was given. */
int admin_ldap_password(admin_ldap *a, secret *s);

#endif /* EXAMPLES_PWWB_ADMIN_LDAP_H */
