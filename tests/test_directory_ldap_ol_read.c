/* SPDX-License-Identifier: Apache-2.0 */
/* rows: 5 7 12 16 */
/* Accounts and rules of an OpenLDAP server, as it tells them. */

#include "openldap.h"

static pwwb_account      account;
static pwwb_policy_rules rules;

static pwwb_status
read_as(const pwwb_ldap_options *ours)
{
    pwwb_directory *directory = open_as(ours);
    pwwb_status     st;

    account = (pwwb_account){.size = sizeof(account)};
    rules   = (pwwb_policy_rules){.size = sizeof(rules)};
    st      = pwwb_directory_read(directory, fake_guid, TIMEOUT_MS, &account, &rules, err);
    pwwb_directory_free(directory);
    return st;
}

/* The one person with one value changed, of itself or of the policy. */
static pwwb_status
read_with(const char *dn, const char *name, const char *value)
{
    const pwwb_ldap_options ours = options();

    fake_openldap_make(&o);
    fake_ldap_say(&o.f, dn, name, value, 0);
    return read_as(&ours);
}

static void
everything_known_is_told(void)
{
    CHECK_STATUS(PWWB_OK, read_with(OL_PERSON, "displayName", "Una"));
    CHECK_INT(PWWB_ACCOUNT_PERSON, account.kind);
    CHECK_INT(PWWB_UAC_NORMAL, account.user_account_control);
    CHECK_INT(PWWB_NO, account.is_protected);
    CHECK_INT(PWWB_NO, account.is_locked);
    CHECK_INT(PWWB_YES, account.may_change);
    CHECK_INT(-1, account.bad_password_count);
    CHECK_INT(LAST_SET_MS, account.password_last_set_ms);
    CHECK_INT(0, account.locked_since_ms);
    CHECK_INT(NOW_MS, account.now_ms);
    CHECK_STR("u001", account.account_name);
    CHECK_STR("Una", account.display_name);
    CHECK_STR("ldap1.test", account.controller);
    CHECK_INT(PWWB_POLICY_PPOLICY, rules.source);
    CHECK_STR(OL_POLICY, rules.source_dn);
    CHECK_INT(8, rules.min_length);
    CHECK_INT(200, rules.max_length);
    CHECK_INT(PWWB_NO, rules.complexity);
    CHECK_INT(6, rules.history_length);
    CHECK_INT(86400000, rules.min_age_ms);
    CHECK_INT(INT64_C(7776000000), rules.max_age_ms);
    CHECK_INT(5, rules.lockout_threshold);
    CHECK_INT(1800000, rules.lockout_duration_ms);
    CHECK_INT(-1, rules.lockout_window_ms); /* absent: failures count for ever */
}

static void
only_a_person_is_one(void)
{
    static const struct {
        const char *value;
        int32_t     kind;
    } cases[] = {
        {"account", PWWB_ACCOUNT_PERSON},        {"posixAccount", PWWB_ACCOUNT_PERSON},
        {"person", PWWB_ACCOUNT_PERSON},         {"organizationalPerson", PWWB_ACCOUNT_PERSON},
        {"organizationalUnit", PWWB_ACCOUNT_OTHER}, {"device", PWWB_ACCOUNT_OTHER},
        {"groupOfNames", PWWB_ACCOUNT_OTHER},
    };
    size_t i;

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        pwwb_set set = request(PWWB_SET_RESET);

        CHECK_STATUS(PWWB_OK, read_with(OL_PERSON, "objectClass", cases[i].value));
        CHECK_INT(cases[i].kind, account.kind);
        CHECK_INT(cases[i].kind == PWWB_ACCOUNT_PERSON ? PWWB_CODE_OK : PWWB_CODE_TARGET_REFUSED,
                  code_of(&set));
        CHECK_INT(cases[i].kind == PWWB_ACCOUNT_PERSON, o.seen_count);
    }
}

/* draft-behera-ldap-password-policy 5.3.3 */
static void
a_lock_passes_when_the_policy_says_so(void)
{
    CHECK_STATUS(PWWB_OK, read_with(OL_PERSON, "pwdAccountLockedTime", "20261122094500Z"));
    CHECK_INT(PWWB_NO, account.is_locked); /* half an hour ago to the second */
    CHECK_INT(0, account.locked_since_ms);
    CHECK_STATUS(PWWB_OK, read_with(OL_PERSON, "pwdAccountLockedTime", "20261122094501Z"));
    CHECK_INT(PWWB_YES, account.is_locked);
    CHECK_INT(NOW_MS - 1799000, account.locked_since_ms);
    CHECK_INT(PWWB_UAC_NORMAL, account.user_account_control);
    CHECK_STATUS(PWWB_OK, read_with(OL_PERSON, "pwdAccountLockedTime", "nonsense"));
    CHECK_INT(PWWB_MAYBE, account.is_locked);
    CHECK_STATUS(PWWB_OK, read_with(OL_PERSON, "pwdAccountLockedTime", "000001010000Z"));
    CHECK_INT(PWWB_YES, account.is_locked);
    CHECK_INT(PWWB_UAC_NORMAL | PWWB_UAC_DISABLED, account.user_account_control);
}

static void
without_a_time_of_the_server_a_lock_is_judged_by_ours(void)
{
    const pwwb_ldap_options ours = options();
    int                     i;

    for (i = 0; i < 2; i++) {
        fake_openldap_make(&o);
        fake_ldap_say(&o.f, i == 0 ? "" : OL_CLOCK, i == 0 ? "monitorContext" : "monitorTimestamp",
                      NULL, 0);
        fake_ldap_say(&o.f, OL_PERSON, "pwdAccountLockedTime", "20261122101000Z", 0);
        CHECK_STATUS(PWWB_OK, read_as(&ours));
        CHECK_INT(-1, account.now_ms);
        CHECK_INT(PWWB_YES, account.is_locked);
        now.wall_ms += 1800000;
        CHECK_STATUS(PWWB_OK, read_as(&ours));
        CHECK_INT(PWWB_NO, account.is_locked);
        now.wall_ms -= 1800000;
    }
}

static void
a_clock_that_may_not_be_seen_is_none(void)
{
    const pwwb_ldap_options ours = options();
    int                     i;

    fake_openldap_make(&o);
    for (i = 0; i < FAKE_VALUES; i++)
        if (o.f.values[i].name != NULL && strcmp(o.f.values[i].dn, OL_CLOCK) == 0)
            o.f.values[i].dn = "cn=elsewhere";
    CHECK_STATUS(PWWB_OK, read_as(&ours));
    CHECK_INT(-1, account.now_ms);
}

static void
the_entrys_own_policy_comes_first_and_stands_for_itself(void)
{
    CHECK_STATUS(PWWB_OK, read_with(OL_PERSON, "pwdPolicySubentry", "cn=nowhere"));
    CHECK_INT(PWWB_POLICY_UNREADABLE, rules.source);
    CHECK_STR("cn=nowhere", rules.source_dn);
    CHECK_INT(-1, rules.min_length);
    CHECK_INT(-1, rules.max_length);
    CHECK_INT(PWWB_MAYBE, account.may_change);
    CHECK_STATUS(PWWB_OK, read_with(OL_PERSON, "pwdPolicySubentry", "\xff"));
    CHECK_INT(PWWB_POLICY_UNREADABLE, rules.source);
    CHECK_STATUS(PWWB_OK, read_with(OL_PERSON, "pwdPolicySubentry", OL_POLICY));
    CHECK_INT(PWWB_POLICY_PPOLICY, rules.source);
}

static void
a_policy_that_nobody_names_is_not_none(void)
{
    pwwb_ldap_options ours = options();

    fake_openldap_make(&o);
    ours.policy_dn = NULL;
    CHECK_STATUS(PWWB_OK, read_as(&ours));
    CHECK_INT(PWWB_POLICY_UNREADABLE, rules.source);
    CHECK_STATUS(PWWB_OK, read_with(OL_POLICY, "pwdAttribute", NULL)); /* nothing may be seen */
    CHECK_INT(PWWB_POLICY_UNREADABLE, rules.source);
}

static void
quality_that_is_not_checked_is_none(void)
{
    CHECK_STATUS(PWWB_OK, read_with(OL_POLICY, "pwdCheckQuality", "0"));
    CHECK_INT(0, rules.min_length);
    CHECK_INT(0, rules.max_length);
    CHECK_STATUS(PWWB_OK, read_with(OL_POLICY, "pwdCheckModule", "check.so"));
    CHECK_INT(PWWB_MAYBE, rules.complexity);
    CHECK_STATUS(PWWB_OK, read_with(OL_POLICY, "pwdUseCheckModule", "TRUE"));
    CHECK_INT(PWWB_MAYBE, rules.complexity);
    CHECK_STATUS(PWWB_OK, read_with(OL_POLICY, "pwdUseCheckModule", "FALSE"));
    CHECK_INT(PWWB_NO, rules.complexity);
}

static void
rules_are_read_as_they_are_meant(void)
{
    CHECK_STATUS(PWWB_OK, read_with(OL_POLICY, "pwdLockout", "FALSE"));
    CHECK_INT(0, rules.lockout_threshold);
    CHECK_STATUS(PWWB_OK, read_with(OL_POLICY, "pwdInHistory", "0"));
    CHECK_INT(0, rules.history_length);
    CHECK_STATUS(PWWB_OK, read_with(OL_POLICY, "pwdAllowUserChange", "FALSE"));
    CHECK_INT(PWWB_NO, account.may_change);
    CHECK_STATUS(PWWB_OK, read_with(OL_POLICY, "pwdFailureCountInterval", "60"));
    CHECK_INT(60000, rules.lockout_window_ms);
    CHECK_STATUS(PWWB_OK, read_with(OL_PERSON, "pwdReset", "TRUE")); /* measured: may at once */
    CHECK_INT(0, rules.min_age_ms);
    CHECK_STATUS(PWWB_OK, read_with(OL_PERSON, "pwdReset", "FALSE"));
    CHECK_INT(86400000, rules.min_age_ms);
    CHECK_STATUS(PWWB_E_DIRECTORY, read_with(OL_POLICY, "pwdMinLength", "-1"));
    CHECK_STATUS(PWWB_E_DIRECTORY, read_with(OL_POLICY, "pwdMinAge", "4294967296"));
}

static void
accounts_are_found_by_entryuuid(void)
{
    pwwb_directory *directory = open_directory();
    pwwb_anchor     anchor    = {.kind = PWWB_ANCHOR_SOURCE};
    pwwb_found      found     = {.size = sizeof(found)};

    memcpy(anchor.guid, fake_guid, PWWB_ID_SIZE);
    fake_openldap_make(&o);
    CHECK_STATUS(PWWB_OK, pwwb_directory_find(directory, &anchor, TIMEOUT_MS, &found, err));
    CHECK_INT(PWWB_CODE_OK, found.code);
    CHECK_MEM(fake_guid, PWWB_ID_SIZE, found.guid, PWWB_ID_SIZE);
    CHECK_STR(OL_BASE " entryUUID=" OL_UUID, o.filter);
    o.f.copies = 1;
    CHECK_STATUS(PWWB_OK, pwwb_directory_find(directory, &anchor, TIMEOUT_MS, &found, err));
    CHECK_INT(PWWB_CODE_AMBIGUOUS, found.code);
    o.is_gone = 1;
    CHECK_STATUS(PWWB_OK, pwwb_directory_find(directory, &anchor, TIMEOUT_MS, &found, err));
    CHECK_INT(PWWB_CODE_NOT_FOUND, found.code);
    o.is_gone  = 0;
    o.f.copies = 5;
    CHECK_STATUS(PWWB_E_DIRECTORY, pwwb_directory_find(directory, &anchor, TIMEOUT_MS, &found, err));
    anchor.kind = PWWB_ANCHOR_CLOUD;
    CHECK_STATUS(PWWB_E_NOT_SUPPORTED,
                 pwwb_directory_find(directory, &anchor, TIMEOUT_MS, &found, err));
    pwwb_directory_free(directory);
}

static void
two_entries_of_one_entryuuid_are_not_written(void)
{
    pwwb_set set = request(PWWB_SET_RESET);
    char     name[1100];

    fake_openldap_make(&o);
    o.f.copies = 1;
    {
        pwwb_directory *directory = open_directory();
        pwwb_set_result result    = {.size = sizeof(result)};

        (void)!pwwb_directory_set(directory, &set, TIMEOUT_MS, &result, err);
        CHECK_INT(PWWB_OUTCOME_NOT_SET, pwwb_code_outcome(result.code));
        o.f.copies = 0;
        memset(name, 'a', sizeof(name) - 1); /* a name that does not fit */
        name[sizeof(name) - 1] = '\0';
        memcpy(name, OL_PERSON, strlen(OL_PERSON));
        o.entry_dn = name;
        (void)!pwwb_directory_set(directory, &set, TIMEOUT_MS, &result, err);
        CHECK_INT(PWWB_OUTCOME_NOT_SET, pwwb_code_outcome(result.code));
        pwwb_directory_free(directory);
    }
    CHECK_INT(0, o.seen_count);
}

int
main(void)
{
    err = pwwb_error_new();
    RUN(everything_known_is_told);
    RUN(only_a_person_is_one);
    RUN(a_lock_passes_when_the_policy_says_so);
    RUN(without_a_time_of_the_server_a_lock_is_judged_by_ours);
    RUN(a_clock_that_may_not_be_seen_is_none);
    RUN(the_entrys_own_policy_comes_first_and_stands_for_itself);
    RUN(a_policy_that_nobody_names_is_not_none);
    RUN(quality_that_is_not_checked_is_none);
    RUN(rules_are_read_as_they_are_meant);
    RUN(accounts_are_found_by_entryuuid);
    RUN(two_entries_of_one_entryuuid_are_not_written);
    pwwb_error_free(err);
    return DONE;
}
