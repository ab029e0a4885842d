/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Print the password rules in force for one account of Active Directory, and its state.
 *
 *     08_show_policy HOST ADDRESS CA_FILE BIND_DN WHO
 *
 * WHO is an objectGUID or a source anchor. One line of standard input: the service account's
 * password. Exit: 0 printed, 1 not, 2 usage.
 */
#include <pwwb/pwwb.h>

#include <stdio.h>
#include <string.h>

#include "secret.h"

static pwwb_status
find(pwwb_directory *directory, const char *who, pwwb_found *found, pwwb_error *err)
{
    pwwb_anchor anchor;
    pwwb_status st;

    if (pwwb_guid_parse(who, strlen(who), found->guid, NULL) == PWWB_OK) {
        found->code = PWWB_CODE_OK;
        return PWWB_OK;
    }
    st = pwwb_anchor_parse(who, strlen(who), &anchor, err);
    return st == PWWB_OK ? pwwb_directory_find(directory, &anchor, 10000, found, err) : st;
}

/* 1 when it was printed. */
static int
show(pwwb_directory *directory, const char *who, pwwb_error *err)
{
    pwwb_found        found   = {.size = sizeof(found)};
    pwwb_account      account = {.size = sizeof(account)};
    pwwb_policy_rules rules   = {.size = sizeof(rules)};
    char              text[PWWB_POLICY_TEXT_SIZE];
    size_t            len;
    pwwb_status       st = find(directory, who, &found, err);

    if (st == PWWB_OK && found.code != PWWB_CODE_OK) {
        fprintf(stderr, "%s: %s\n", pwwb_code_name(found.code), pwwb_code_operator_text(found.code));
        return 0;
    }
    if (st == PWWB_OK)
        st = pwwb_directory_read(directory, found.guid, 10000, &account, &rules, err);
    if (st != PWWB_OK) {
        fprintf(stderr, "%s: %s\n", pwwb_status_name(st), pwwb_error_message(err));
        return 0;
    }

    st = pwwb_policy_print(&rules, &account, text, sizeof(text), &len, err);
    fputs(st == PWWB_OK ? text : pwwb_error_message(err), stdout);
    return st == PWWB_OK;
}

int
main(int argc, char **argv)
{
    pwwb_ldap_options options   = {.size = sizeof(options), .security = PWWB_LDAP_LDAPS};
    pwwb_error       *err       = pwwb_error_new();
    pwwb_directory   *directory = NULL;
    int               is_shown  = 0;
    secret            service;
    pwwb_status       st;

    if (argc != 6) {
        fprintf(stderr, "usage: 08_show_policy HOST ADDRESS CA_FILE BIND_DN WHO\n");
        pwwb_error_free(err);
        return 2;
    }

    secret_make(&service);
    if (secret_line(&service, "password of the service account") != 0)
        goto out;

    options.host         = argv[1];
    options.address      = argv[2];
    options.ca_file      = argv[3];
    options.bind_dn      = argv[4];
    options.password     = service.octets;
    options.password_len = service.len;
    st                   = pwwb_directory_new_ldap(&options, &directory, err);
    if (st == PWWB_OK)
        is_shown = show(directory, argv[5], err);
    else
        fprintf(stderr, "%s: %s\n", pwwb_status_name(st), pwwb_error_message(err));
out:
    secret_drop(&service);
    pwwb_directory_free(directory);
    pwwb_error_free(err);
    return is_shown ? 0 : 1;
}
