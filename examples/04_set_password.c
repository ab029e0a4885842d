/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reset one password in Active Directory or OpenLDAP, without portal or agent: find, read, check, set.
 *
 *     04_set_password HOST ADDRESS CA_FILE BIND_DN WHO [--allow-no-history | --openldap [POLICY]]
 *
 * ADDRESS may be followed by a comma and a port. WHO is an objectGUID, an entryUUID or a source anchor.
 * POLICY is the DN of the default policy. Two lines of standard input: the service account's
 * password, and the new one. Exit: 0 set, 1 not set, 2 usage, 3 it is not known.
 * --allow-no-history: also where the controller cannot check the history of a reset.
 */
#include <pwwb/pwwb.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "secret.h"

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
find(pwwb_directory *directory, const char *who, int32_t server, pwwb_found *found,
     pwwb_error *err)
{
    pwwb_anchor anchor;
    pwwb_status st;

    if (pwwb_guid_parse(who, strlen(who), found->guid, NULL) == PWWB_OK) {
        if (server == PWWB_LDAP_OPENLDAP)
            turn_parts(found->guid);
        found->code = PWWB_CODE_OK;
        return PWWB_OK;
    }
    st = pwwb_anchor_parse(who, strlen(who), &anchor, err);
    return st == PWWB_OK ? pwwb_directory_find(directory, &anchor, 10000, found, err) : st;
}

/* By the rules in force for this account: what the directory must refuse is not even sent. */
static pwwb_status
check(const pwwb_policy_rules *rules, const pwwb_account *account, const secret *password,
      pwwb_findings *findings, int32_t *ret_verdict, pwwb_error *err)
{
    pwwb_policy *policy = NULL;
    pwwb_status  st     = pwwb_policy_new(rules, &policy, err);

    if (st == PWWB_OK)
        st = pwwb_policy_check(policy, account, PWWB_SET_RESET, password->octets, password->len,
                               findings, ret_verdict, err);
    pwwb_policy_free(policy);
    return st;
}

/* result->code stays 0 as long as no account could be judged. */
static pwwb_status
reset(pwwb_directory *directory, const char *who, int32_t server, const secret *password,
      pwwb_set_result *result, pwwb_error *err)
{
    pwwb_found        found   = {.size = sizeof(found)};
    pwwb_account      account = {.size = sizeof(account)};
    pwwb_policy_rules rules   = {.size = sizeof(rules)};
    pwwb_set          set     = {.size = sizeof(set), .kind = PWWB_SET_RESET};
    int32_t           verdict = PWWB_VERDICT_UNKNOWN;
    pwwb_status       st      = find(directory, who, server, &found, err);

    if (st != PWWB_OK || found.code != PWWB_CODE_OK) {
        result->code = found.code;
        return st;
    }
    st = pwwb_directory_read(directory, found.guid, 10000, &account, &rules, err);
    if (st != PWWB_OK)
        return st;

    printf("account: %s on %s\n", account.account_name, account.controller);
    st = check(&rules, &account, password, result->findings, &verdict, err);
    if (st != PWWB_OK)
        return st;
    if (verdict == PWWB_VERDICT_FAIL) /* the first of the findings stands for them all */
        return pwwb_findings_get(result->findings, 0, &result->code, NULL, NULL, NULL);

    memcpy(set.guid, found.guid, sizeof(set.guid));
    set.password     = password->octets;
    set.password_len = password->len;
    return pwwb_directory_set(directory, &set, 10000, result, err);
}

static void
print_result(const pwwb_set_result *result)
{
    int32_t code;
    size_t  i;

    printf("%s: %s\n", pwwb_outcome_name(pwwb_code_outcome(result->code)),
           pwwb_code_name(result->code));
    printf("the person is told:   %s\n", pwwb_code_user_text(result->code));
    printf("the operator is told: %s\n", pwwb_code_operator_text(result->code));
    for (i = 0; pwwb_findings_get(result->findings, i, &code, NULL, NULL, NULL) == PWWB_OK; i++)
        printf("  %s: %s\n", pwwb_code_name(code), pwwb_code_user_text(code));
}

int
main(int argc, char **argv)
{
    pwwb_ldap_options options   = {.size = sizeof(options), .security = PWWB_LDAP_LDAPS};
    pwwb_set_result   result    = {.size = sizeof(result)};
    pwwb_error       *err       = pwwb_error_new();
    pwwb_directory   *directory = NULL;
    secret            service, password;
    int               has_flag = argc == 7 && strcmp(argv[6], "--allow-no-history") == 0;
    const char       *port     = argc > 2 ? strchr(argv[2], ',') : NULL;
    int               is_ol    = (argc == 7 || argc == 8) && strcmp(argv[6], "--openldap") == 0;
    pwwb_status       st       = PWWB_E_INVALID_ARGUMENT;

    if (argc != 6 && !has_flag && !is_ol) {
        fprintf(stderr, "usage: 04_set_password HOST ADDRESS CA_FILE BIND_DN WHO "
                        "[--allow-no-history | --openldap [POLICY]]\n");
        pwwb_error_free(err);
        return 2;
    }

    secret_make(&service);
    secret_make(&password);
    result.findings = pwwb_findings_new();
    if (result.findings == NULL || secret_line(&service, "password of the service account") != 0
        || secret_line(&password, "new password") != 0)
        goto out;

    options.host         = argv[1];
    options.address      = strtok(argv[2], ",");
    options.port         = port != NULL ? atoi(port + 1) : 0; /* 0: of LDAPS */
    options.ca_file      = argv[3];
    options.bind_dn      = argv[4];
    options.password     = service.octets;
    options.password_len = service.len;
    options.flags        = has_flag ? PWWB_LDAP_ALLOW_NO_HISTORY : 0;
    options.server       = is_ol ? PWWB_LDAP_OPENLDAP : PWWB_LDAP_ACTIVE_DIRECTORY;
    options.policy_dn    = is_ol && argc == 8 ? argv[7] : NULL;
    st                   = pwwb_directory_new_ldap(&options, &directory, err);
    if (st == PWWB_OK)
        st = reset(directory, argv[5], options.server, &password, &result, err);
out:
    secret_drop(&password);
    secret_drop(&service);
    if (st != PWWB_OK)
        fprintf(stderr, "%s: %s\n", pwwb_status_name(st), pwwb_error_message(err));
    if (result.code != 0)
        print_result(&result);
    pwwb_findings_free(result.findings);
    pwwb_directory_free(directory);
    pwwb_error_free(err);
    if (result.code == 0 || pwwb_code_outcome(result.code) == PWWB_OUTCOME_NOT_SET)
        return 1;
    return pwwb_code_outcome(result.code) == PWWB_OUTCOME_UNKNOWN ? 3 : 0;
}
