/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EXAMPLES_PWWB_ADMIN_PERSON_H
#define EXAMPLES_PWWB_ADMIN_PERSON_H

/* One account and the rules in force for it: the same for every command that asks about a person. */

#include "pwwb_admin_config.h"
#include "pwwb_admin_ldap.h"

enum { ADMIN_OPENLDAP = 0x300, ADMIN_POLICY_DN, ADMIN_BASE, ADMIN_JSON, ADMIN_CONFIG,
       ADMIN_DIRECTORY };

#define ADMIN_PERSON_OPTIONS                                                                       \
    ADMIN_LDAP_OPTIONS,                                                                            \
    {"openldap", no_argument, NULL, ADMIN_OPENLDAP},                                               \
    {"policy-dn", required_argument, NULL, ADMIN_POLICY_DN},                                       \
    {"base", required_argument, NULL, ADMIN_BASE},                                                 \
    {"config", required_argument, NULL, ADMIN_CONFIG},                                             \
    {"directory", required_argument, NULL, ADMIN_DIRECTORY},                                       \
    {"json", no_argument, NULL, ADMIN_JSON}

#define ADMIN_PERSON_TEXT                                                                          \
    "    PERSON                objectGUID, with --openldap entryUUID, or a source anchor in base64\n" \
    "    --config FILE         of an agent: its directory, service account and lists; else:\n"      \
    "    --directory NAME      which of its directories, if there are several\n"                    \
    ADMIN_LDAP_TEXT                                                                                \
    "    --base DN             where anchors are looked up; everywhere, if not given\n"            \
    "    --openldap            an OpenLDAP server, not Active Directory\n"                         \
    "    --policy-dn DN        its default policy, which it does not tell\n"                       \
    "    --json                for programs\n"

typedef struct admin_person {
    admin_ldap        ldap;
    const char       *who;
    const char       *config_file, *directory; /* NULL = not given */
    admin_config      config;                  /* of that file */
    int               json;
    uint8_t           guid[PWWB_ID_SIZE];
    pwwb_account      account;
    pwwb_policy_rules rules;
} admin_person;

/* Nothing said yet. */
void admin_person_make(admin_person *p);
/* 1: taken; 0: another option; -1: what cannot be. */
int admin_person_take(admin_person *p, int option, const char *value);
/* The one argument after the options, and the configuration file; 0, -1 when that or what must be said is not
 * there, else the exit code once it is said why. */
int admin_person_end(admin_person *p, int argc, char **argv, int at);
/* Ask the directory; fills guid, account and rules. */
pwwb_status admin_person_read(admin_person *p, pwwb_error *err);
/* Its objectGUID or entryUUID, as an administrator writes it. */
void admin_person_id(const admin_person *p, char text[37]);
/* Say why not, in words or for programs. */
void admin_person_failed(const admin_person *p, pwwb_status st, const pwwb_error *err);

#endif /* EXAMPLES_PWWB_ADMIN_PERSON_H */
