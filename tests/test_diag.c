/* SPDX-License-Identifier: Apache-2.0 */
/* rows: 16 */

#include <stdlib.h>

#include <pwwb/result.h>

#include "diag.h"
#include "harness.h"

/* cases/directory-errors.json */
static const struct {
    int         operation;
    int         ldap;
    const char *message;
    size_t      message_len;
    const char *expected; /* a class: POLICY stands for any POLICY_* */
} cases[] = {
#include "directory_errors.h"
};

static void
every_documented_and_measured_answer_has_its_code(void)
{
    size_t i;

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const char *name = pwwb_code_name(
            wb_diag_result(cases[i].operation, cases[i].ldap, cases[i].message));

        if (strcmp(cases[i].expected, "POLICY") == 0)
            CHECK(strncmp(name, "POLICY_", 7) == 0);
        else
            CHECK_STR(cases[i].expected, name);
    }
    CHECK(i > 40);
}

/* facts as measured on Samba 4.17.12, the texts verbatim */
static void
answers_of_samba_are_understood(void)
{
    static const char locked[] =
        "00000775: Password change not permitted, account locked out! at "
        "../../source4/dsdb/samdb/ldb_modules/password_hash.c:3929:setup_io";
    static const char rights[] =
        "error in module acl: insufficient access rights during LDB_MODIFY (50)";
    static const char unlock[] =
        "00002098: Object CN=u030,OU=Sync,DC=corp,DC=test has no write property access\n";

    CHECK_INT(PWWB_CODE_OK, wb_diag_result(WB_DIAG_RESET, 0, "00000000: Success"));
    CHECK_INT(PWWB_CODE_LOCKED, wb_diag_result(WB_DIAG_CHANGE, 19, locked));
    CHECK_INT(PWWB_CODE_PERMISSION, wb_diag_result(WB_DIAG_RESET, 50, rights));
    CHECK_INT(PWWB_CODE_PERMISSION, wb_diag_result(WB_DIAG_OTHER, 50, unlock));
    CHECK_INT(PWWB_CODE_NOT_FOUND,
              wb_diag_result(WB_DIAG_RESET, 32, "Base-DN '<GUID=...>' not found"));
    CHECK_INT(PWWB_CODE_INSECURE_CHANNEL,
              wb_diag_result(WB_DIAG_BIND, 8, "BindSimple: Transport encryption required."));
    CHECK_INT(PWWB_CODE_REFERRAL,
              wb_diag_result(WB_DIAG_RESET, 10, "0000202B: RefErr: DSID-0310078B, data 0"));
    CHECK_INT(PWWB_CODE_PERMISSION,
              wb_diag_result(WB_DIAG_RESET, 50, "00000005: SecErr: DSID-031A1190, data 0\n"));
}

/* MS-ERREF 2.2: names that no directory was seen to send */
static void
codes_that_name_one_rule_are_that_rule(void)
{
    CHECK_INT(PWWB_CODE_OLD_PASSWORD_WRONG, wb_diag_result(WB_DIAG_CHANGE, 19, "0000052B: x"));
    CHECK_INT(PWWB_CODE_POLICY_OTHER, wb_diag_result(WB_DIAG_CHANGE, 19, "0000052C: x"));
    CHECK_INT(PWWB_CODE_POLICY_TOO_SHORT, wb_diag_result(WB_DIAG_RESET, 53, "00000267: x"));
    CHECK_INT(PWWB_CODE_POLICY_TOO_YOUNG, wb_diag_result(WB_DIAG_CHANGE, 19, "00000268: x"));
    CHECK_INT(PWWB_CODE_POLICY_HISTORY, wb_diag_result(WB_DIAG_CHANGE, 19, "00000269: x"));
}

static void
sambas_text_states_the_rule(void)
{
#define SAMBA_19 "0000052D: Constraint violation - check_password_restrictions: "
#define SAMBA_53 "0000052D: Unwilling to perform - check_password_restrictions: "
    CHECK_INT(PWWB_CODE_POLICY_TOO_SHORT,
              wb_diag_detail(SAMBA_19 "the password is too short. It should be equal or longer "
                                      "than 7 characters!"));
    CHECK_INT(PWWB_CODE_POLICY_COMPLEXITY,
              wb_diag_detail(SAMBA_19 "the password does not meet the complexity criteria!"));
    CHECK_INT(PWWB_CODE_POLICY_HISTORY,
              wb_diag_detail(SAMBA_19 "the password was already used (previous password)!"));
    CHECK_INT(PWWB_CODE_POLICY_HISTORY,
              wb_diag_detail(SAMBA_53 "the password was already used (in history)!"));
    CHECK_INT(PWWB_CODE_POLICY_TOO_YOUNG,
              wb_diag_detail(SAMBA_19 "password is too young to change!"));
}

static void
text_alone_states_nothing(void)
{
    CHECK_INT(0, wb_diag_detail(NULL));
    CHECK_INT(0, wb_diag_detail(""));
    CHECK_INT(0, wb_diag_detail("the password is too short"));
    CHECK_INT(0, wb_diag_detail("0000052D: SvcErr: DSID-031A126C, problem 5003, data 0"));
    CHECK_INT(0, wb_diag_detail("00000056: Constraint violation - check_password_restrictions: "
                                "the password is too short"));
    CHECK_INT(0, wb_diag_detail(SAMBA_19));
    CHECK_INT(0, wb_diag_detail(SAMBA_19 "no, the password is too short"));
}

static void
a_code_is_eight_digits_at_the_head(void)
{
    CHECK_INT(0x52D, wb_diag_code("0000052D: x", 0));
    CHECK_INT(0x52D, wb_diag_code("0000052d", 0));
    CHECK_INT(0xFFFFFFFF, wb_diag_code("FFFFFFFF: x", 0));
    CHECK_INT(0, wb_diag_code("00000000: Success", 0));
    CHECK_INT(-1, wb_diag_code(NULL, 0));
    CHECK_INT(-1, wb_diag_code("", 0));
    CHECK_INT(-1, wb_diag_code("52D: x", 0));
    CHECK_INT(-1, wb_diag_code("0000052", 0));
    CHECK_INT(-1, wb_diag_code("0000052DA: x", 0));
    CHECK_INT(-1, wb_diag_code("0000052D_: x", 0));
    CHECK_INT(-1, wb_diag_code(" 0000052D: x", 0));
    CHECK_INT(-1, wb_diag_code("0x00052D: x", 0));
    CHECK_INT(-1, wb_diag_code("-000052D: x", 0));
    CHECK_INT(-1, wb_diag_code("error in module acl", 0));
}

static void
a_binds_code_follows_the_word_data(void)
{
    static const char form[] =
        "80090308: LdapErr: DSID-0C0903A9, comment: AcceptSecurityContext error, data 52e, v1db1";

    CHECK_INT(0x52e, wb_diag_code(form, 1));
    CHECK_INT(0x80090308, wb_diag_code(form, 0));
    CHECK_INT(0x775, wb_diag_code("8009030C: LdapErr: x, data 775", 1));
    CHECK_INT(0, wb_diag_code("80090308: LdapErr: x, data 0, v", 1));
    CHECK_INT(-1, wb_diag_code("80090308: LdapErr: x", 1));
    CHECK_INT(-1, wb_diag_code("80090308: LdapErr: x, data ", 1));
    CHECK_INT(-1, wb_diag_code("80090308: LdapErr: x, data zzz", 1));
    CHECK_INT(-1, wb_diag_code("80090308: LdapErr: x, data 52ex", 1));
    CHECK_INT(-1, wb_diag_code("80090308: LdapErr: x, data 123456789", 1));
    CHECK_INT(-1, wb_diag_code("no head, data 52e", 1));
    CHECK_INT(-1, wb_diag_code(NULL, 1));
}

/* A copy that ends at the end of its allocation: a sanitizer sees one octet too many. */
static void
no_message_is_read_beyond_its_end(void)
{
    static const char form[] = "8009052D: - check_password_restrictions: , data 52e, v1db1";
    size_t            len;

    for (len = 0; len < sizeof(form); len++) {
        char *copy = malloc(len + 1);

        if (copy == NULL)
            return;
        memcpy(copy, form, len);
        copy[len] = '\0';
        CHECK(wb_diag_code(copy, 0) >= -1 && wb_diag_code(copy, 1) >= -1);
        CHECK_INT(0, wb_diag_detail(copy));
        free(copy);
    }
}

static void
every_result_of_ldap_has_a_code_and_only_0_is_ok(void)
{
    int operation, ldap;

    for (operation = WB_DIAG_BIND; operation <= WB_DIAG_OTHER; operation++) {
        CHECK_INT(PWWB_CODE_OK, wb_diag_result(operation, 0, NULL));
        CHECK_INT(PWWB_CODE_OUTCOME_UNKNOWN, wb_diag_result(operation, -1, NULL));
        for (ldap = 1; ldap < 5000; ldap++) {
            int32_t code = wb_diag_result(operation, ldap, "deadbeef: nonsense, data deadbeef");

            if (code == PWWB_CODE_OK || pwwb_code_outcome(code) != PWWB_OUTCOME_NOT_SET)
                CHECK_INT(0, ldap);
        }
    }
}

/* cases/ppolicy-replies.json */
static const struct {
    const char *step;
    int         operation;
    int         ldap;
    int         error;
    const char *expected;
} ppolicy_cases[] = {
#include "ppolicy_replies.h"
};

static void
every_measured_answer_of_slapd_has_its_code(void)
{
    size_t i;

    for (i = 0; i < sizeof(ppolicy_cases) / sizeof(ppolicy_cases[0]); i++)
        CHECK_STR(ppolicy_cases[i].expected,
                  pwwb_code_name(wb_diag_ppolicy(ppolicy_cases[i].operation, ppolicy_cases[i].ldap,
                                                 ppolicy_cases[i].error)));
    CHECK_INT(30, i); /* 20 steps, 10 of them as reset and as change */
}

/* Measured on slapd 2.5.13 and 389 Directory Server 2.3.1, RFC 3062, without an error in the control. */
static void
answers_without_a_reason_are_told_by_their_result(void)
{
#define NONE WB_DIAG_NO_ERROR
    CHECK_INT(PWWB_CODE_OLD_PASSWORD_WRONG, wb_diag_ppolicy(WB_DIAG_CHANGE, 53, NONE));
    CHECK_INT(PWWB_CODE_OLD_PASSWORD_WRONG, wb_diag_ppolicy(WB_DIAG_CHANGE, 49, NONE));
    CHECK_INT(PWWB_CODE_CONFIGURATION, wb_diag_ppolicy(WB_DIAG_RESET, 53, NONE));
    CHECK_INT(PWWB_CODE_POLICY_OTHER, wb_diag_ppolicy(WB_DIAG_RESET, 19, NONE));
    CHECK_INT(PWWB_CODE_POLICY_OTHER, wb_diag_ppolicy(WB_DIAG_CHANGE, 19, NONE));
    CHECK_INT(PWWB_CODE_POLICY_OTHER, wb_diag_ppolicy(WB_DIAG_RESET, 19, 5)); /* a module */
    CHECK_INT(PWWB_CODE_PERMISSION, wb_diag_ppolicy(WB_DIAG_RESET, 50, NONE));
    CHECK_INT(PWWB_CODE_PERMISSION, wb_diag_ppolicy(WB_DIAG_OTHER, 50, NONE));
    CHECK_INT(PWWB_CODE_NOT_FOUND, wb_diag_ppolicy(WB_DIAG_CHANGE, 32, NONE));
    CHECK_INT(PWWB_CODE_INSECURE_CHANNEL, wb_diag_ppolicy(WB_DIAG_RESET, 13, NONE));
    CHECK_INT(PWWB_CODE_STRONG_AUTH_REQUIRED, wb_diag_ppolicy(WB_DIAG_RESET, 8, NONE));
    CHECK_INT(PWWB_CODE_REFERRAL, wb_diag_ppolicy(WB_DIAG_RESET, 10, NONE));
    CHECK_INT(PWWB_CODE_UNREACHABLE, wb_diag_ppolicy(WB_DIAG_RESET, 52, NONE));
}

static void
every_result_and_error_of_slapd_has_a_code_and_only_0_is_ok(void)
{
    int operation, ldap, error;

    for (operation = WB_DIAG_RESET; operation <= WB_DIAG_OTHER; operation++)
        for (error = -1; error < 20; error++) {
            CHECK_INT(PWWB_CODE_OK, wb_diag_ppolicy(operation, 0, error));
            CHECK_INT(PWWB_CODE_OUTCOME_UNKNOWN, wb_diag_ppolicy(operation, -1, error));
            for (ldap = 1; ldap < 200; ldap++) {
                int32_t code = wb_diag_ppolicy(operation, ldap, error);

                if (code == PWWB_CODE_OK || pwwb_code_outcome(code) != PWWB_OUTCOME_NOT_SET)
                    CHECK_INT(0, ldap);
            }
        }
}

int
main(void)
{
    RUN(every_documented_and_measured_answer_has_its_code);
    RUN(answers_of_samba_are_understood);
    RUN(codes_that_name_one_rule_are_that_rule);
    RUN(sambas_text_states_the_rule);
    RUN(text_alone_states_nothing);
    RUN(a_code_is_eight_digits_at_the_head);
    RUN(a_binds_code_follows_the_word_data);
    RUN(no_message_is_read_beyond_its_end);
    RUN(every_result_of_ldap_has_a_code_and_only_0_is_ok);
    RUN(every_measured_answer_of_slapd_has_its_code);
    RUN(answers_without_a_reason_are_told_by_their_result);
    RUN(every_result_and_error_of_slapd_has_a_code_and_only_0_is_ok);
    return DONE;
}
