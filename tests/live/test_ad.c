/* SPDX-License-Identifier: Apache-2.0 */
/* rows: 5 7 15 16 21 */

#include "ad.h"

static void
a_reset_sets_the_password(void)
{
    pwwb_directory *directory = open_directory();
    const char     *password  = fresh();
    pwwb_set        set       = request("u001", PWWB_SET_RESET, NULL, password);
    pwwb_set_result result    = carry_out(directory, &set, "u001", 1, NULL);
    int64_t         now       = (int64_t)time(NULL) * 1000;

    CHECK_INT(done_by_reset(), result.code);
    CHECK(result.password_last_set_ms > now - 60000 && result.password_last_set_ms < now + 60000);
    CHECK_STR(ad("AD_HOSTNAME"), result.controller);
    CHECK(binds("u001", password));
    pwwb_directory_free(directory);
}

static void
one_directory_serves_many_calls_over_starttls(void)
{
    pwwb_ldap_options o = options();
    pwwb_directory   *directory;
    int               i;

    o.security = PWWB_LDAP_STARTTLS;
    directory  = open_as(&o);
    for (i = 0; i < 3; i++) {
        const char     *password = fresh();
        pwwb_set        set      = request("u002", PWWB_SET_RESET, NULL, password);
        pwwb_set_result result   = carry_out(directory, &set, "u002", 1, NULL);

        CHECK_INT(done_by_reset(), result.code);
        CHECK(binds("u002", password));
    }
    pwwb_directory_free(directory);
}

static void
a_change_sets_the_password_and_history_holds(void)
{
    pwwb_directory *directory = open_directory();
    pwwb_findings  *findings  = pwwb_findings_new();
    const char     *password  = fresh();
    pwwb_set        set;
    int64_t         limit, actual;

    begin("u003");
    set = request("u003", PWWB_SET_CHANGE, START, password);
    CHECK_INT(PWWB_CODE_OK, carry_out(directory, &set, "u003", 1, findings).code);
    CHECK_INT(0, pwwb_findings_count(findings));
    CHECK(binds("u003", password));

    set = request("u003", PWWB_SET_CHANGE, password, START);
    CHECK_INT(PWWB_CODE_POLICY_HISTORY, carry_out(directory, &set, "u003", 0, findings).code);
    CHECK(has_finding(findings, PWWB_CODE_POLICY_HISTORY, &limit, &actual));
    CHECK_INT(24, limit);
    pwwb_findings_free(findings);
    pwwb_directory_free(directory);
}

static void
a_wrong_old_password_is_told_and_counts(void)
{
    pwwb_directory   *directory = open_directory();
    pwwb_set          set       = {.size = sizeof(set)};
    pwwb_account      account   = {.size = sizeof(account)};
    pwwb_policy_rules rules     = {.size = sizeof(rules)};

    begin("u004");
    set = request("u004", PWWB_SET_CHANGE, "not-the-old-1!", fresh());
    CHECK_INT(PWWB_CODE_OLD_PASSWORD_WRONG, carry_out(directory, &set, "u004", 0, NULL).code);
    CHECK_STATUS(PWWB_OK,
                 pwwb_directory_read(directory, set.guid, DEADLINE_MS, &account, &rules, err));
    CHECK_INT(1, account.bad_password_count);
    CHECK_INT(5, rules.lockout_threshold);
    CHECK(account.bad_password_time_ms > account.now_ms - 60000);
    pwwb_directory_free(directory);
}

static void
must_change_is_set_and_cleared_with_the_password(void)
{
    pwwb_directory *directory = open_directory();
    pwwb_set        set       = request("u005", PWWB_SET_RESET, NULL, fresh());
    pwwb_set_result result;

    set.must_change = PWWB_MUST_CHANGE_SET;
    result          = carry_out(directory, &set, "u005", 1, NULL);
    CHECK_INT(done_by_reset(), result.code);
    CHECK_INT(0, result.password_last_set_ms);
    CHECK_STR("0", stored("u005", "pwdLastSet"));

    set             = request("u005", PWWB_SET_RESET, NULL, fresh());
    set.must_change = PWWB_MUST_CHANGE_CLEAR;
    result          = carry_out(directory, &set, "u005", 1, NULL);
    CHECK_INT(done_by_reset(), result.code);
    CHECK(result.password_last_set_ms > 0);
    CHECK(strcmp("0", stored("u005", "pwdLastSet")) != 0);
    pwwb_directory_free(directory);
}

/* In one modify Samba takes the pwdLastSet for the one that minimum age is judged by. */
static void
must_change_is_set_after_a_change(void)
{
    pwwb_directory *directory = open_directory();
    pwwb_set        set;
    pwwb_set_result result;

    begin("u005");
    set             = request("u005", PWWB_SET_CHANGE, START, fresh());
    set.must_change = PWWB_MUST_CHANGE_SET;
    result          = carry_out(directory, &set, "u005", 1, NULL);
    CHECK_INT(PWWB_CODE_OK, result.code);
    CHECK_STR("0", stored("u005", "pwdLastSet"));
    pwwb_directory_free(directory);
}

static void
must_change_where_passwords_never_expire_is_a_warning(void)
{
    pwwb_directory *directory = open_directory();
    pwwb_findings  *findings  = pwwb_findings_new();
    pwwb_set        set       = request("u006", PWWB_SET_RESET, NULL, fresh());
    int64_t         limit, actual;

    modify("CN=u006,OU=Sync", "replace: userAccountControl\\nuserAccountControl: 66048\\n");
    set.must_change = PWWB_MUST_CHANGE_SET;
    CHECK_INT(PWWB_CODE_OK_MUST_CHANGE_FAILED,
              carry_out(directory, &set, "u006", 1, findings).code);
    CHECK(has_finding(findings, PWWB_CODE_OK_MUST_CHANGE_FAILED, &limit, &actual));
    CHECK_INT(!has_hints(),
              has_finding(findings, PWWB_CODE_OK_HISTORY_NOT_ENFORCED, &limit, &actual));
    CHECK(strcmp("0", stored("u006", "pwdLastSet")) != 0);
    pwwb_findings_free(findings);
    pwwb_directory_free(directory);
}

static void
a_locked_account_is_seen_and_unlocked_with_the_password(void)
{
    pwwb_directory   *directory = open_directory();
    const char       *password  = fresh();
    pwwb_set          set       = request("u007", PWWB_SET_RESET, NULL, password);
    pwwb_account      account   = {.size = sizeof(account)};
    pwwb_policy_rules rules     = {.size = sizeof(rules)};

    begin("u007");
    lock("u007");
    CHECK_STATUS(PWWB_OK,
                 pwwb_directory_read(directory, set.guid, DEADLINE_MS, &account, &rules, err));
    CHECK_INT(PWWB_YES, account.is_locked);
    CHECK(account.locked_since_ms > account.now_ms - 60000);

    set.unlock = 1;
    CHECK_INT(done_by_reset(), carry_out(directory, &set, "u007", 1, NULL).code);
    CHECK_STR("0", stored("u007", "lockoutTime"));
    CHECK(binds("u007", password));
    pwwb_directory_free(directory);
}

static void
a_change_of_a_locked_account_is_refused_with_times(void)
{
    pwwb_directory *directory = open_directory();
    pwwb_findings  *findings  = pwwb_findings_new();
    pwwb_set        set       = request("u008", PWWB_SET_CHANGE, START, fresh());
    int64_t         until, since;

    begin("u008");
    lock("u008");
    CHECK_INT(PWWB_CODE_LOCKED, carry_out(directory, &set, "u008", 0, findings).code);
    CHECK(has_finding(findings, PWWB_CODE_LOCKED, &until, &since));
    CHECK_INT(INT64_C(30) * 60 * 1000, until - since);
    pwwb_findings_free(findings);
    pwwb_directory_free(directory);
}

static void
unlocking_alone_leaves_the_password(void)
{
    pwwb_directory *directory = open_directory();
    pwwb_set        set       = request("u009", PWWB_SET_UNLOCK, NULL, NULL);

    begin("u009");
    lock("u009");
    CHECK_INT(PWWB_CODE_OK, carry_out(directory, &set, "u009", 0, NULL).code);
    CHECK_STR("0", stored("u009", "lockoutTime"));
    CHECK(binds("u009", START));
    pwwb_directory_free(directory);
}

static void
characters_outside_ascii_arrive_as_typed(void)
{
    static const char letters[] = /* Latin, Greek, an astral sign and a quotation mark */
        "Gr\xc3\xbcn-\xce\xa9\xce\xbc\xce\xad\xce\xb3\xce\xb1-\xf0\x9f\x98\x80-7\"q";
    pwwb_directory *directory = open_directory();
    char            password[128];
    pwwb_set        set;

    snprintf(password, sizeof(password), "%s%s", letters, fresh());
    set = request("u010", PWWB_SET_RESET, NULL, password);
    CHECK_INT(done_by_reset(), carry_out(directory, &set, "u010", 1, NULL).code);
    CHECK(binds("u010", password));
    pwwb_directory_free(directory);
}

static void
the_longest_passwords_go_through(void)
{
    static char     longest[PWWB_PASSWORD_MAX_UNITS + 1];
    pwwb_directory *directory = open_directory();
    pwwb_set        set;
    size_t          i;

    begin("u011");
    for (i = 0; i < PWWB_PASSWORD_MAX_UNITS; i++)
        longest[i] = "aB3-"[i % 4];
    snprintf(longest, sizeof(longest), "%s", fresh());
    longest[strlen(longest)] = '-';
    set = request("u011", PWWB_SET_CHANGE, START, longest);
    CHECK_INT(PWWB_PASSWORD_MAX_UNITS, set.password_len);
    CHECK_INT(PWWB_CODE_OK, carry_out(directory, &set, "u011", 1, NULL).code);
    CHECK(binds("u011", longest));
    pwwb_directory_free(directory);
}

static void
too_short_is_stated_with_the_limit(void)
{
    pwwb_directory *directory = open_directory();
    pwwb_findings  *findings  = pwwb_findings_new();
    pwwb_set        set       = request("u012", PWWB_SET_RESET, NULL, "aB3-x");
    int64_t         limit, actual;

    CHECK_INT(PWWB_CODE_POLICY_TOO_SHORT, carry_out(directory, &set, "u012", 0, findings).code);
    CHECK(has_finding(findings, PWWB_CODE_POLICY_TOO_SHORT, &limit, &actual));
    CHECK_INT(7, limit);
    CHECK_INT(5, actual);
    pwwb_findings_free(findings);
    pwwb_directory_free(directory);
}

static void
few_kinds_of_characters_are_stated(void)
{
    pwwb_directory *directory = open_directory();
    pwwb_findings  *findings  = pwwb_findings_new();
    pwwb_set        set       = request("u012", PWWB_SET_RESET, NULL, "onlysmallletters");
    int64_t         limit, actual;

    CHECK_INT(PWWB_CODE_POLICY_COMPLEXITY, carry_out(directory, &set, "u012", 0, findings).code);
    CHECK(has_finding(findings, PWWB_CODE_POLICY_COMPLEXITY, &limit, &actual));
    CHECK_INT(3, limit);
    CHECK_INT(1, actual);
    pwwb_findings_free(findings);
    pwwb_directory_free(directory);
}

static void
an_account_outside_the_delegation_is_a_matter_of_rights(void)
{
    pwwb_directory *directory = open_directory();
    pwwb_set        set       = request("svc-none", PWWB_SET_RESET, NULL, fresh());

    CHECK_INT(PWWB_CODE_PERMISSION, carry_out(directory, &set, "svc-none", 0, NULL).code);
    set = request("svc-none", PWWB_SET_UNLOCK, NULL, NULL);
    CHECK_INT(PWWB_CODE_PERMISSION, carry_out(directory, &set, "svc-none", 0, NULL).code);
    pwwb_directory_free(directory);
}

/* An account that may reset and write pwdLastSet, but not lockoutTime. */
static void
add_svc_reset(void)
{
    char out[1024];

    run(out, sizeof(out),
        "samba-tool user add svc-reset 'Service-Pass-1!' --userou=OU=Svc -H $SAM -s $AD_CONF;"
        "sid=$(ldbsearch -H $SAM '(sAMAccountName=svc-reset)' objectSid |"
        " sed -n 's/^objectSid: //p');"
        "user=bf967aba-0de6-11d0-a285-00aa003049e2;"
        "samba-tool dsacl set -s $AD_CONF -H $SAM --objectdn=\"OU=Sync,$AD_BASE\" --sddl=\""
        "(OA;CIIO;CR;00299570-246d-11d0-a768-00aa006e0529;$user;$sid)"
        "(OA;CIIO;RPWP;bf967a0a-0de6-11d0-a285-00aa003049e2;$user;$sid)\"");
}

static void
a_right_that_lacks_for_an_extra_is_a_warning(void)
{
    pwwb_ldap_options o        = options();
    pwwb_findings    *findings = pwwb_findings_new();
    const char       *password = fresh();
    pwwb_set          set      = request("u014", PWWB_SET_RESET, NULL, password);
    char              dn[256];
    pwwb_directory   *directory;
    int64_t           limit, actual;

    add_svc_reset();
    begin("u014");
    lock("u014");
    snprintf(dn, sizeof(dn), "svc-reset@%s", ad("AD_DNS"));
    o.bind_dn       = dn;
    directory       = open_as(&o);
    set.unlock      = 1;
    set.must_change = PWWB_MUST_CHANGE_SET;
    CHECK_INT(PWWB_CODE_OK_UNLOCK_FAILED, carry_out(directory, &set, "u014", 1, findings).code);
    CHECK(has_finding(findings, PWWB_CODE_OK_UNLOCK_FAILED, &limit, &actual));
    CHECK(!has_finding(findings, PWWB_CODE_OK_MUST_CHANGE_FAILED, &limit, &actual));
    CHECK(strlen(stored("u014", "lockoutTime")) > 1);
    CHECK_STR("0", stored("u014", "pwdLastSet"));
    modify("CN=u014,OU=Sync",
           "replace: lockoutTime\\nlockoutTime: 0\\n-\\nreplace: pwdLastSet\\npwdLastSet: -1\\n");
    CHECK(binds("u014", password));
    pwwb_findings_free(findings);
    pwwb_directory_free(directory);
}

static void
krbtgt_and_computers_are_never_written(void)
{
    pwwb_ldap_options o = options();
    pwwb_directory   *directory;
    pwwb_set          set;
    pwwb_set_result   result = {.size = sizeof(result)};

    o.bind_dn      = ad("AD_ADMIN_DN"); /* who could */
    o.password     = (const uint8_t *)ad("AD_ADMIN_PW");
    o.password_len = strlen(ad("AD_ADMIN_PW"));
    directory      = open_as(&o);
    set            = request("krbtgt", PWWB_SET_RESET, NULL, fresh());
    CHECK_INT(PWWB_CODE_TARGET_REFUSED, carry_out(directory, &set, "krbtgt", 0, NULL).code);
    set = request("PC1$", PWWB_SET_RESET, NULL, fresh());
    CHECK_INT(PWWB_CODE_TARGET_REFUSED, carry_out(directory, &set, "PC1$", 0, NULL).code);
    set = request("DC1$", PWWB_SET_UNLOCK, NULL, NULL);
    CHECK_INT(PWWB_CODE_TARGET_REFUSED, carry_out(directory, &set, "DC1$", 0, NULL).code);
    set = request("Domain Admins", PWWB_SET_RESET, NULL, fresh());
    CHECK_INT(PWWB_CODE_TARGET_REFUSED, carry_out(directory, &set, "Domain Admins", 0, NULL).code);

    memset(set.guid, 0x5a, sizeof(set.guid));
    CHECK_STATUS(PWWB_OK, pwwb_directory_set(directory, &set, DEADLINE_MS, &result, err));
    CHECK_INT(PWWB_CODE_NOT_FOUND, result.code);
    pwwb_directory_free(directory);
}

int
main(void)
{
    if (ad("AD_CONF")[0] == '\0') {
        printf("1..0 # SKIP no AD_* in the environment: see tests/fixtures/ad\n");
        return 0;
    }

    err = pwwb_error_new();
    make_environment_hostile();
    RUN(a_reset_sets_the_password);
    RUN(one_directory_serves_many_calls_over_starttls);
    RUN(a_change_sets_the_password_and_history_holds);
    RUN(a_wrong_old_password_is_told_and_counts);
    RUN(must_change_is_set_and_cleared_with_the_password);
    RUN(must_change_is_set_after_a_change);
    RUN(must_change_where_passwords_never_expire_is_a_warning);
    RUN(a_locked_account_is_seen_and_unlocked_with_the_password);
    RUN(a_change_of_a_locked_account_is_refused_with_times);
    RUN(unlocking_alone_leaves_the_password);
    RUN(characters_outside_ascii_arrive_as_typed);
    RUN(the_longest_passwords_go_through);
    RUN(too_short_is_stated_with_the_limit);
    RUN(few_kinds_of_characters_are_stated);
    RUN(an_account_outside_the_delegation_is_a_matter_of_rights);
    RUN(a_right_that_lacks_for_an_extra_is_a_warning);
    RUN(krbtgt_and_computers_are_never_written);
    make_environment_calm();
    pwwb_error_free(err);
    return DONE;
}
