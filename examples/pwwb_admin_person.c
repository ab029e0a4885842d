/* SPDX-License-Identifier: Apache-2.0 */
#include "pwwb_admin_person.h"

#include <stdio.h>
#include <string.h>

#include "pwwb_admin.h"
#include "pwwb_admin_print.h"

enum { TIMEOUT_MS = 30000 };

void
admin_person_make(admin_person *p)
{
    memset(p, 0, sizeof(*p));
    admin_ldap_make(&p->ldap);
    p->account.size = sizeof(p->account);
    p->rules.size   = sizeof(p->rules);
}

int
admin_person_take(admin_person *p, int option, const char *value)
{
    switch (option) {
    case ADMIN_OPENLDAP:
        p->ldap.options.server = PWWB_LDAP_OPENLDAP;
        return 1;
    case ADMIN_POLICY_DN:
        p->ldap.options.policy_dn = value;
        return 1;
    case ADMIN_BASE:
        p->ldap.options.base_dn = value;
        return 1;
    case ADMIN_CONFIG:
        p->config_file = value;
        return 1;
    case ADMIN_DIRECTORY:
        p->directory = value;
        return 1;
    case ADMIN_JSON:
        p->json = 1;
        return 1;
    default:
        return admin_ldap_take(&p->ldap, option, value);
    }
}

/* A file tells all of it, or the options do. */
static int
is_whole(const admin_person *p)
{
    const pwwb_ldap_options *o = &p->ldap.options;

    if (p->config_file != NULL)
        return p->ldap.given == 0 && o->server == PWWB_LDAP_ACTIVE_DIRECTORY && o->policy_dn == NULL
               && o->base_dn == NULL;
    return admin_ldap_is_whole(&p->ldap) && p->directory == NULL
           && (o->policy_dn == NULL || o->server == PWWB_LDAP_OPENLDAP);
}

int
admin_person_end(admin_person *p, int argc, char **argv, int at)
{
    int rc;

    if (at != argc - 1 || !is_whole(p))
        return -1;
    p->who = argv[at];
    if (p->config_file == NULL)
        return 0;

    rc = admin_config_read(p->config_file, p->directory, &p->ldap.options, &p->config);
    p->ldap.password_file = p->config.password_file;
    return rc;
}

/* An entryUUID is its octets as they are written; Active Directory turns the first three parts. */
static void
turn_parts(uint8_t guid[PWWB_ID_SIZE])
{
    static const uint8_t order[8] = {3, 2, 1, 0, 5, 4, 7, 6};
    uint8_t              turned[8];
    size_t               i;

    for (i = 0; i < sizeof(order); i++)
        turned[i] = guid[order[i]];
    memcpy(guid, turned, sizeof(turned));
}

static pwwb_status
find(admin_person *p, pwwb_directory *directory, pwwb_error *err)
{
    pwwb_found  found = {.size = sizeof(found)};
    pwwb_anchor anchor;
    pwwb_status st;

    if (pwwb_guid_parse(p->who, strlen(p->who), p->guid, NULL) == PWWB_OK) {
        if (p->ldap.options.server == PWWB_LDAP_OPENLDAP)
            turn_parts(p->guid);
        return PWWB_OK;
    }
    st = pwwb_anchor_parse(p->who, strlen(p->who), &anchor, err);
    if (st == PWWB_OK && anchor.kind == PWWB_ANCHOR_CLOUD) {
        st = PWWB_E_NOT_SUPPORTED;
        pwwb_error_set(err, st, "no directory knows cloud anchors: \"pwwb-admin lookup SPACE ANCHOR\" tells "
                                "the objectGUID");
    }
    if (st == PWWB_OK)
        st = pwwb_directory_find(directory, &anchor, TIMEOUT_MS, &found, err);
    if (st == PWWB_OK && found.code != PWWB_CODE_OK) {
        st = found.code == PWWB_CODE_NOT_FOUND ? PWWB_E_NOT_FOUND : PWWB_E_DIRECTORY;
        pwwb_error_set(err, st, pwwb_code_operator_text(found.code));
    }
    memcpy(p->guid, found.guid, sizeof(p->guid));
    return st;
}

pwwb_status
admin_person_read(admin_person *p, pwwb_error *err)
{
    pwwb_directory *directory = NULL;
    pwwb_status     st        = pwwb_directory_new_ldap(&p->ldap.options, &directory, err);

    if (st == PWWB_OK)
        st = find(p, directory, err);
    if (st == PWWB_OK)
        st = pwwb_directory_read(directory, p->guid, TIMEOUT_MS, &p->account, &p->rules, err);
    pwwb_directory_free(directory);
    return st;
}

void
admin_person_id(const admin_person *p, char text[37])
{
    uint8_t guid[PWWB_ID_SIZE];

    memcpy(guid, p->guid, sizeof(guid));
    if (p->ldap.options.server == PWWB_LDAP_OPENLDAP)
        turn_parts(guid);
    pwwb_guid_print(guid, text);
}

void
admin_person_failed(const admin_person *p, pwwb_status st, const pwwb_error *err)
{
    if (!p->json) {
        (void)admin_failed(st, err);
        return;
    }
    printf("{\"status\": \"%s\"", pwwb_status_name(st));
    print_json_string(stdout, "message", pwwb_error_message(err));
    printf("}\n");
}
