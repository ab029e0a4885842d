/* SPDX-License-Identifier: Apache-2.0 */
/* rows: 16 */
/* A directory that is no Active Directory: it speaks LDAP well and answers nothing that the maker
 * for AD can use. Clear codes, nothing set, no hang. Environment OL_* as tests/fixtures/slapd
 * writes it. */
#include <stdlib.h>

#include <pwwb/pwwb.h>

#include "harness.h"

static pwwb_error *err;

static const char *
ol(const char *name)
{
    const char *value = getenv(name);

    return value != NULL ? value : "";
}

static pwwb_ldap_options
options(int32_t security)
{
    const pwwb_ldap_options o = {
        .size         = sizeof(o),
        .host         = ol("OL_HOSTNAME"),
        .address      = ol("OL_ADDR"),
        .port         = security == PWWB_LDAP_LDAPS ? 6360 : 3890,
        .security     = security,
        .ca_file      = ol("OL_CA"),
        .bind_dn      = ol("OL_SVC_DN"),
        .password     = (const uint8_t *)ol("OL_SVC_PW"),
        .password_len = strlen(ol("OL_SVC_PW")),
    };

    return o;
}

static pwwb_status
read_with(const pwwb_ldap_options *o)
{
    static const uint8_t guid[PWWB_ID_SIZE] = {1};
    pwwb_account         account            = {.size = sizeof(account)};
    pwwb_policy_rules    rules              = {.size = sizeof(rules)};
    pwwb_directory      *directory;
    pwwb_status          st;

    CHECK_STATUS(PWWB_OK, pwwb_directory_new_ldap(o, &directory, err));
    st = pwwb_directory_read(directory, guid, 5000, &account, &rules, err);
    printf("# %s\n", pwwb_error_message(err));
    pwwb_directory_free(directory);
    return st;
}

static void
a_server_that_is_no_controller_is_told_so(void)
{
    pwwb_ldap_options o = options(PWWB_LDAP_LDAPS);

    CHECK_STATUS(PWWB_E_DIRECTORY, read_with(&o));
    o = options(PWWB_LDAP_STARTTLS);
    CHECK_STATUS(PWWB_E_DIRECTORY, read_with(&o));
}

static void
nothing_is_set_there_and_it_is_said(void)
{
    static const char password[] = "Any-Pass-1!";
    pwwb_ldap_options o          = options(PWWB_LDAP_LDAPS);
    pwwb_set          set        = {.size         = sizeof(set),
                                    .kind         = PWWB_SET_RESET,
                                    .guid         = {1},
                                    .password     = (const uint8_t *)password,
                                    .password_len = sizeof(password) - 1};
    pwwb_set_result   result     = {.size = sizeof(result)};
    pwwb_directory   *directory;

    CHECK_STATUS(PWWB_OK, pwwb_directory_new_ldap(&o, &directory, err));
    (void)!pwwb_directory_set(directory, &set, 5000, &result, err);
    CHECK_INT(PWWB_OUTCOME_NOT_SET, pwwb_code_outcome(result.code));
    pwwb_directory_free(directory);
}

static void
a_wrong_password_of_the_service_is_an_auth_failure(void)
{
    pwwb_ldap_options o = options(PWWB_LDAP_LDAPS);

    o.password     = (const uint8_t *)"wrong";
    o.password_len = 5;
    CHECK_STATUS(PWWB_E_AUTH, read_with(&o));
    CHECK_INT(PWWB_LAYER_LDAP, pwwb_error_layer(err));
    CHECK_INT(49, pwwb_error_code(err)); /* RFC 4511: invalidCredentials */
}

static void
another_ca_and_another_name_are_told_apart(void)
{
    pwwb_ldap_options o = options(PWWB_LDAP_LDAPS);

    o.ca_file = ol("OL_OTHER_CA");
    CHECK_STATUS(PWWB_E_TLS_CA, read_with(&o));
    o      = options(PWWB_LDAP_STARTTLS);
    o.host = "another.example.test";
    CHECK_STATUS(PWWB_E_TLS_NAME, read_with(&o));
}

int
main(void)
{
    err = pwwb_error_new();
    RUN(a_server_that_is_no_controller_is_told_so);
    RUN(nothing_is_set_there_and_it_is_said);
    RUN(a_wrong_password_of_the_service_is_an_auth_failure);
    RUN(another_ca_and_another_name_are_told_apart);
    pwwb_error_free(err);
    return DONE;
}
