/* SPDX-License-Identifier: Apache-2.0 */
/* rows: 5 15 16 21 */
/* What stands beside a password on a real slapd: rules, locks, must-change, and accounts that the
 * policy does not bind. */

#include "ol.h"

static pwwb_account      account;
static pwwb_policy_rules rules;

static void
read_with(const pwwb_ldap_options *o, const char *user)
{
    pwwb_directory *directory = open_as(o);
    uint8_t         guid[PWWB_ID_SIZE];

    account = (pwwb_account){.size = sizeof(account)};
    rules   = (pwwb_policy_rules){.size = sizeof(rules)};
    uuid_of(user, guid);
    CHECK_STATUS(PWWB_OK,
                 pwwb_directory_read(directory, guid, DEADLINE_MS, &account, &rules, err));
    pwwb_directory_free(directory);
}

static void
read_person(const char *user)
{
    pwwb_ldap_options o = options();

    read_with(&o, user);
}

static void
account_and_rules_are_read(void)
{
    int64_t now = (int64_t)time(NULL) * 1000;

    read_person("u020");
    CHECK_INT(PWWB_ACCOUNT_PERSON, account.kind);
    CHECK_INT(PWWB_UAC_NORMAL, account.user_account_control);
    CHECK_INT(PWWB_NO, account.is_protected);
    CHECK_INT(PWWB_NO, account.is_locked);
    CHECK_INT(PWWB_YES, account.may_change);
    CHECK_INT(-1, account.bad_password_count);
    CHECK(account.now_ms > now - 10000 && account.now_ms < now + 60000);
    CHECK(account.password_last_set_ms > now - 3600000 && account.password_last_set_ms < now);
    CHECK_STR("u020", account.account_name);
    CHECK_STR(stored("u020", "dn"), account.dn);
    CHECK_STR("Una Tester020", account.display_name);
    CHECK_STR(ol("OL_HOSTNAME"), account.controller);
    CHECK_INT(PWWB_POLICY_PPOLICY, rules.source);
    CHECK(strncmp("cn=default,ou=policies,", rules.source_dn, 23) == 0);
    CHECK_INT(8, rules.min_length);
    CHECK_INT(200, rules.max_length);
    CHECK_INT(PWWB_NO, rules.complexity);
    CHECK_INT(6, rules.history_length);
    CHECK_INT(5, rules.lockout_threshold);
    CHECK_INT(0, rules.min_age_ms);
    CHECK_INT(INT64_C(7776000000), rules.max_age_ms);
    CHECK_INT(1800000, rules.lockout_duration_ms);
    CHECK_INT(1800000, rules.lockout_window_ms);
}

static void
the_policy_of_the_entry_is_the_one_in_force(void)
{
    use_policy("u021", "minage");
    read_person("u021");
    CHECK_INT(86400000, rules.min_age_ms);
    modify("u021", "replace: pwdReset\\npwdReset: TRUE\\n");
    read_person("u021");
    CHECK_INT(0, rules.min_age_ms); /* as slapd has it: who must change may */
    use_policy("u021", "noself");
    read_person("u021");
    CHECK_INT(PWWB_NO, account.may_change);
    use_policy("u021", "free");
    read_person("u021");
    CHECK_INT(0, rules.min_length); /* pwdMinLength is 8, and nobody looks */
}

static void
a_policy_that_cannot_be_read_is_not_none(void)
{
    pwwb_ldap_options o = options();

    o.policy_dn = NULL;
    read_with(&o, "u020");
    CHECK_INT(PWWB_POLICY_UNREADABLE, rules.source);
    CHECK_INT(-1, rules.min_length);
    CHECK_INT(PWWB_MAYBE, account.may_change);
    use_policy("u022", "nowhere");
    read_person("u022"); /* never the default in its place */
    CHECK_INT(PWWB_POLICY_UNREADABLE, rules.source);
    o.policy_dn = ol("OL_SVC_DN"); /* an entry, and no policy */
    read_with(&o, "u020");
    CHECK_INT(PWWB_POLICY_UNREADABLE, rules.source);
}

static void
a_locked_account_is_seen_and_a_reset_unlocks_it(void)
{
    const char *password = fresh();
    pwwb_set    set      = request("u023", PWWB_SET_RESET, NULL, password);
    int64_t     now      = (int64_t)time(NULL) * 1000;

    lock("u023");
    read_person("u023");
    CHECK_INT(PWWB_YES, account.is_locked);
    CHECK_INT(PWWB_UAC_NORMAL, account.user_account_control);
    CHECK(account.locked_since_ms >= now - 1000 && account.locked_since_ms < now + 60000);
    set.unlock = 1;
    CHECK_INT(PWWB_CODE_OK, code_by("svc-pw", &set, "u023", 1));
    CHECK_STR("", stored("u023", "pwdAccountLockedTime"));
    CHECK(binds("u023", password));
}

/* slapd itself would take it, and unlock. */
static void
a_change_of_a_locked_account_is_refused_with_times(void)
{
    pwwb_directory *directory = open_by("svc-pw");
    pwwb_findings  *findings  = pwwb_findings_new();
    pwwb_set        set       = request("u024", PWWB_SET_CHANGE, START, fresh());
    int64_t         until, since;

    lock("u024");
    CHECK_INT(PWWB_CODE_LOCKED, carry_out(directory, &set, "u024", 0, findings).code);
    CHECK(has_finding(findings, PWWB_CODE_LOCKED, NULL, &until, &since));
    CHECK_INT(1800000, until - since);
    set.unlock = 1;
    CHECK_INT(PWWB_CODE_OK, carry_out(directory, &set, "u024", 1, NULL).code);
    pwwb_findings_free(findings);
    pwwb_directory_free(directory);
}

/* Else the next wrong password locks again. */
static void
unlocking_alone_forgets_the_failures_and_leaves_the_password(void)
{
    pwwb_set set = request("u025", PWWB_SET_UNLOCK, NULL, NULL);

    lock("u025");
    CHECK_INT(PWWB_CODE_OK, code_by("svc-pw", &set, "u025", 0));
    CHECK_STR("", stored("u025", "pwdAccountLockedTime"));
    CHECK_STR("", stored("u025", "pwdFailureTime"));
    CHECK(!binds("u025", "wrong"));
    CHECK(binds("u025", START));
    CHECK_INT(PWWB_CODE_OK, code_by("svc-pw", &set, "u025", 0)); /* one that is open stays so */
}

static void
what_an_administrator_locked_only_an_unlock_opens(void)
{
    pwwb_set set = request("u026", PWWB_SET_RESET, NULL, fresh());

    modify("u026", "replace: pwdAccountLockedTime\\npwdAccountLockedTime: 000001010000Z\\n");
    read_person("u026");
    CHECK_INT(PWWB_YES, account.is_locked);
    CHECK_INT(PWWB_UAC_NORMAL | PWWB_UAC_DISABLED, account.user_account_control);
    CHECK_INT(PWWB_CODE_DISABLED, code_by("svc-pw", &set, "u026", 0));
    CHECK_STR("000001010000Z", stored("u026", "pwdAccountLockedTime"));
    set = request("u026", PWWB_SET_UNLOCK, NULL, NULL);
    CHECK_INT(PWWB_CODE_OK, code_by("svc-pw", &set, "u026", 0));
    CHECK(binds("u026", START));
}

static void
must_change_is_set_and_cleared(void)
{
    const char *password = fresh();
    pwwb_set    set      = request("u027", PWWB_SET_RESET, NULL, password);
    char        out[512];

    use_policy("u027", "mustchange");
    set.must_change = PWWB_MUST_CHANGE_SET;
    CHECK_INT(PWWB_CODE_OK, code_by("svc-pw", &set, "u027", 1));
    CHECK_STR("TRUE", stored("u027", "pwdReset"));
    run(out, sizeof(out), "ldapwhoami $as_any -e ppolicy -D uid=u027,ou=people,$OL_BASE -w '%s'",
        password);
    CHECK(strstr(out, "Password must be changed") != NULL);

    set             = request("u027", PWWB_SET_CHANGE, password, fresh());
    set.must_change = PWWB_MUST_CHANGE_SET;
    CHECK_INT(PWWB_CODE_OK, code_by("svc-pw", &set, "u027", 1));
    CHECK_STR("TRUE", stored("u027", "pwdReset"));

    set             = request("u027", PWWB_SET_UNLOCK, NULL, NULL);
    set.must_change = PWWB_MUST_CHANGE_CLEAR;
    CHECK_INT(PWWB_CODE_OK, code_by("svc-pw", &set, "u027", 0));
    CHECK_STR("", stored("u027", "pwdReset"));
}

static void
must_change_that_nobody_heeds_is_a_warning(void)
{
    pwwb_ldap_options o        = options();
    pwwb_findings    *findings = pwwb_findings_new();
    pwwb_set          set      = request("u028", PWWB_SET_RESET, NULL, fresh());
    pwwb_directory   *directory;
    int32_t           basis;

    set.must_change = PWWB_MUST_CHANGE_SET;
    CHECK_INT(PWWB_CODE_OK_MUST_CHANGE_FAILED, code_by("svc-pw", &set, "u028", 1));
    CHECK_STR("", stored("u028", "pwdReset"));

    o.policy_dn     = NULL; /* then it is not known */
    directory       = open_as(&o);
    set             = request("u028", PWWB_SET_RESET, NULL, fresh());
    set.must_change = PWWB_MUST_CHANGE_SET;
    CHECK_INT(PWWB_CODE_OK, carry_out(directory, &set, "u028", 1, findings).code);
    CHECK_STR("TRUE", stored("u028", "pwdReset"));
    CHECK(has_finding(findings, PWWB_CODE_OK_MUST_CHANGE_FAILED, &basis, NULL, NULL));
    CHECK_INT(PWWB_BASIS_INFERRED, basis);
    pwwb_findings_free(findings);
    pwwb_directory_free(directory);
}

/* svc-word writes userPassword alone. */
static void
a_right_that_lacks_for_an_extra_is_a_warning(void)
{
    const char *password = fresh();
    pwwb_set    set      = request("u029", PWWB_SET_RESET, NULL, password);

    use_policy("u029", "mustchange");
    set.must_change = PWWB_MUST_CHANGE_SET;
    CHECK_INT(PWWB_CODE_OK_MUST_CHANGE_FAILED, code_by("svc-word", &set, "u029", 1));
    CHECK_STR("", stored("u029", "pwdReset"));
    CHECK(binds("u029", password));
    set = request("u029", PWWB_SET_UNLOCK, NULL, NULL);
    CHECK_INT(PWWB_CODE_PERMISSION, code_by("svc-word", &set, "u029", 0));
}

/* The truth as it is: nothing tells that nobody looked at the history. */
static void
an_account_that_the_policy_does_not_bind_sets_anything(void)
{
    pwwb_set set = request("u030", PWWB_SET_RESET, NULL, "short");

    CHECK_INT(PWWB_CODE_OK, code_by("svc-manage", &set, "u030", 1));
    set = request("u030", PWWB_SET_RESET, NULL, START);
    CHECK_INT(PWWB_CODE_OK, code_by("svc-manage", &set, "u030", 1));
    CHECK(binds("u030", START));
}

/* slapd sets pwdReset by itself for those alone. */
static void
where_must_change_gives_it_away_history_is_a_warning(void)
{
    pwwb_directory *directory = open_by("svc-manage");
    pwwb_findings  *findings  = pwwb_findings_new();
    pwwb_set        set       = request("u031", PWWB_SET_RESET, NULL, fresh());

    use_policy("u031", "mustchange");
    CHECK_INT(PWWB_CODE_OK_EXPIRED_ON_SET, carry_out(directory, &set, "u031", 1, findings).code);
    CHECK(has_finding(findings, PWWB_CODE_OK_HISTORY_NOT_ENFORCED, NULL, NULL, NULL));
    set             = request("u031", PWWB_SET_RESET, NULL, fresh());
    set.must_change = PWWB_MUST_CHANGE_CLEAR;
    CHECK_INT(PWWB_CODE_OK_HISTORY_NOT_ENFORCED,
              carry_out(directory, &set, "u031", 1, findings).code);
    CHECK_STR("", stored("u031", "pwdReset"));
    pwwb_findings_free(findings);
    pwwb_directory_free(directory);

    set = request("u031", PWWB_SET_RESET, NULL, fresh());
    CHECK_INT(PWWB_CODE_OK, code_by("svc-pw", &set, "u031", 1));
}

int
main(void)
{
    if (ol("OL_CONF")[0] == '\0') {
        printf("1..0 # SKIP no OL_* in the environment: see tests/fixtures/slapd\n");
        return 0;
    }

    err = pwwb_error_new();
    RUN(account_and_rules_are_read);
    RUN(the_policy_of_the_entry_is_the_one_in_force);
    RUN(a_policy_that_cannot_be_read_is_not_none);
    RUN(a_locked_account_is_seen_and_a_reset_unlocks_it);
    RUN(a_change_of_a_locked_account_is_refused_with_times);
    RUN(unlocking_alone_forgets_the_failures_and_leaves_the_password);
    RUN(what_an_administrator_locked_only_an_unlock_opens);
    RUN(must_change_is_set_and_cleared);
    RUN(must_change_that_nobody_heeds_is_a_warning);
    RUN(a_right_that_lacks_for_an_extra_is_a_warning);
    RUN(an_account_that_the_policy_does_not_bind_sets_anything);
    RUN(where_must_change_gives_it_away_history_is_a_warning);
    pwwb_error_free(err);
    return DONE;
}
