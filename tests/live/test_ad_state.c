/* SPDX-License-Identifier: Apache-2.0 */
/* rows: 5 7 15 16 */

/* Every state of an account, set by Samba's own tools and read back by the library. */

#include "ad.h"

#define CHANGE_RIGHT "ab721a53-1e2f-11d0-9819-00aa0040529b" /* User-Change-Password */
#define TOKEN_GROUPS "b7c69e6d-2cc7-11d2-854e-00a0c983f608" /* the attribute's schemaIDGUID */
#define RESULTANT_PSO "b77ea093-88d0-4780-9a98-911f8e8b1dca" /* likewise */
#define DAY_MS       INT64_C(86400000)

static pwwb_account      account;
static pwwb_policy_rules rules;

static pwwb_ldap_options
as_administrator(void)
{
    pwwb_ldap_options o = options();

    o.bind_dn      = ad("AD_ADMIN_DN");
    o.password     = (const uint8_t *)ad("AD_ADMIN_PW");
    o.password_len = strlen(ad("AD_ADMIN_PW"));
    return o;
}

static void
read_as(const pwwb_ldap_options *o, const char *user)
{
    pwwb_directory *directory = open_as(o);
    uint8_t         guid[PWWB_ID_SIZE];

    account = (pwwb_account){.size = sizeof(account)};
    rules   = (pwwb_policy_rules){.size = sizeof(rules)};
    guid_of(user, guid);
    CHECK_STATUS(PWWB_OK,
                 pwwb_directory_read(directory, guid, DEADLINE_MS, &account, &rules, err));
    pwwb_directory_free(directory);
}

static void
read_by_service(const char *user)
{
    const pwwb_ldap_options o = options();

    read_as(&o, user);
}

/* Run one of Samba's tools on its own database. */
__attribute__((format(printf, 1, 2))) static void
samba(const char *format, ...)
{
    static char out[1 << 16]; /* who reads too little ends the tool */
    char        command[1024];
    va_list     args;
    int         rc;

    va_start(args, format);
    vsnprintf(command, sizeof(command), format, args);
    va_end(args);
    rc = run(out, sizeof(out),
             "sid=$(ldbsearch -H $SAM '(sAMAccountName=svc-pw)' objectSid |"
             " sed -n 's/^objectSid: //p'); samba-tool %s -s $AD_CONF -H $SAM",
             command);
    if (rc != 0)
        printf("# %s: %.2000s\n", command, out);
    CHECK_INT(0, rc);
}

/* A FILETIME that the server's database has, as milliseconds since 1970. */
static int64_t
stored_ms(const char *user, const char *attribute)
{
    return atoll(stored(user, attribute)) / 10000 - INT64_C(11644473600000);
}

static void
set_uac(const char *user, int value)
{
    char rdn[64], lines[128];

    snprintf(rdn, sizeof(rdn), "CN=%s,OU=Sync", user);
    snprintf(lines, sizeof(lines), "replace: userAccountControl\\nuserAccountControl: %d\\n", value);
    modify(rdn, lines);
}

static void
an_ordinary_account_is_told_whole(void)
{
    read_by_service("u020");
    CHECK_INT(0, account.account_expires_ms); /* as Samba makes it: never */
    CHECK_INT(stored_ms("u020", "pwdLastSet") + 90 * DAY_MS, account.password_expires_ms);
    CHECK_INT(0, account.locked_until_ms);
    CHECK_INT(PWWB_YES, account.may_change);
    CHECK_INT(PWWB_NO, account.is_protected);
}

static void
a_disabled_account_is_seen(void)
{
    samba("user disable u021");
    read_by_service("u021");
    CHECK((account.user_account_control & PWWB_UAC_DISABLED) != 0);
    samba("user enable u021");
    read_by_service("u021");
    CHECK((account.user_account_control & PWWB_UAC_DISABLED) == 0);
}

/* That Samba sets the password of one all the same is why the library judges it itself. */
static void
an_expired_account_is_seen_with_its_time(void)
{
    pwwb_directory *directory = open_directory();
    pwwb_set        set       = request("u022", PWWB_SET_RESET, NULL, fresh());

    modify("CN=u022,OU=Sync",
           "replace: accountExpires\\naccountExpires: 132539328000000000\\n"); /* 2021-01-01 */
    read_by_service("u022");
    CHECK_INT(INT64_C(1609459200000), account.account_expires_ms);
    CHECK(account.account_expires_ms < account.now_ms);
    CHECK_INT(PWWB_CODE_OK_HISTORY_NOT_ENFORCED, carry_out(directory, &set, "u022", 1, NULL).code);

    samba("user setexpiry u022 --days=10");
    read_by_service("u022");
    CHECK_INT(stored_ms("u022", "accountExpires"), account.account_expires_ms);
    CHECK(account.account_expires_ms > account.now_ms + 9 * DAY_MS);
    samba("user setexpiry u022 --noexpiry");
    read_by_service("u022");
    CHECK_INT(0, account.account_expires_ms);
    pwwb_directory_free(directory);
}

static void
a_password_that_must_be_changed_is_seen(void)
{
    modify("CN=u023,OU=Sync", "replace: pwdLastSet\\npwdLastSet: 0\\n");
    read_by_service("u023");
    CHECK_INT(0, account.password_last_set_ms);
    CHECK_INT(1, account.password_expires_ms);
}

/* Past the module that knows pwdLastSet, for no tool makes a password old. */
static void
a_password_that_has_expired_is_seen(void)
{
    char out[1024];

    CHECK_INT(0, run(out, sizeof(out),
                     "printf 'dn: CN=u032,OU=Sync,%%s\nchangetype: modify\nreplace: pwdLastSet\n"
                     "pwdLastSet: 132539328000000000\n' \"$AD_BASE\" |"
                     " ldbmodify -H \"$(ls $SAM.d/DC=*.ldb)\""));
    read_by_service("u032");
    CHECK_INT(INT64_C(1609459200000), account.password_last_set_ms); /* 2021-01-01 */
    CHECK_INT(INT64_C(1609459200000) + 90 * DAY_MS, account.password_expires_ms);
    CHECK(account.password_expires_ms < account.now_ms);
}

static void
passwords_that_never_expire_and_smart_cards_are_seen(void)
{
    set_uac("u024", 66048);
    read_by_service("u024");
    CHECK((account.user_account_control & PWWB_UAC_NEVER_EXPIRES) != 0);
    CHECK_INT(0, account.password_expires_ms);
    set_uac("u024", 262656);
    read_by_service("u024");
    CHECK((account.user_account_control & PWWB_UAC_SMARTCARD) != 0);
    CHECK_INT(0, account.password_expires_ms); /* MS-ADTS: nor does one of those */
    set_uac("u024", 512);
}

static void
a_lock_is_seen_with_its_end(void)
{
    begin("u025");
    lock("u025");
    read_by_service("u025");
    CHECK_INT(PWWB_YES, account.is_locked);
    CHECK_INT(stored_ms("u025", "lockoutTime"), account.locked_since_ms);
    CHECK_INT(stored_ms("u025", "lockoutTime") + INT64_C(1800000), account.locked_until_ms);
    begin("u025");
    read_by_service("u025");
    CHECK_INT(PWWB_NO, account.is_locked);
    CHECK_INT(0, account.locked_until_ms);
}

/* By one that only administrators may read: locked until unlocked, and another age. */
static void
a_settings_object_decides_lock_and_expiry(void)
{
    const pwwb_ldap_options o = as_administrator();
    char                    out[1024];

    run(out, sizeof(out), "samba-tool domain passwordsettings pso delete brief -H $SAM -s $AD_CONF");
    samba("domain passwordsettings pso create brief 7 --min-pwd-length=7 --complexity=on"
          " --history-length=3 --min-pwd-age=0 --max-pwd-age=10 --account-lockout-threshold=3"
          " --account-lockout-duration=0 --reset-account-lockout-after=20");
    samba("domain passwordsettings pso apply brief u026");
    begin("u026");
    lock("u026");

    read_as(&o, "u026");
    CHECK_INT(PWWB_POLICY_PSO, rules.source);
    CHECK_INT(PWWB_YES, account.is_locked);
    CHECK_INT(0, account.locked_until_ms);
    CHECK_INT(stored_ms("u026", "pwdLastSet") + 10 * DAY_MS, account.password_expires_ms);

    read_by_service("u026"); /* the controller computes for everybody; how long is not known */
    CHECK_INT(PWWB_POLICY_UNREADABLE, rules.source);
    CHECK_INT(PWWB_YES, account.is_locked);
    CHECK_INT(-1, account.locked_until_ms);
    CHECK_INT(stored_ms("u026", "pwdLastSet") + 10 * DAY_MS, account.password_expires_ms);
}

/* Without the right to see which one applies: that one does shows in when the password expires. */
static void
a_settings_object_that_is_hidden_is_not_taken_for_none(void)
{
    samba("dsacl set --objectdn=\"CN=u026,OU=Sync,$AD_BASE\" --sddl=\"(OD;;RP;" RESULTANT_PSO
          ";;$sid)\"");
    read_by_service("u026");
    CHECK_INT(PWWB_POLICY_UNREADABLE, rules.source);
    CHECK_INT(-1, rules.min_length);
}

/* What "User cannot change password" writes. */
static void
a_right_to_change_that_is_denied_is_seen_and_a_reset_goes_on(void)
{
    pwwb_directory *directory = open_directory();
    pwwb_set        set;

    begin("u027");
    samba("dsacl set --objectdn=\"CN=u027,OU=Sync,$AD_BASE\" --sddl=\"(OD;;CR;" CHANGE_RIGHT ";;WD)"
          "(OD;;CR;" CHANGE_RIGHT ";;PS)\"");
    read_by_service("u027");
    CHECK_INT(PWWB_NO, account.may_change);
    set = request("u027", PWWB_SET_CHANGE, START, fresh());
    CHECK_INT(PWWB_CODE_USER_CANNOT_CHANGE, carry_out(directory, &set, "u027", 0, NULL).code);
    set = request("u027", PWWB_SET_RESET, NULL, fresh());
    CHECK_INT(PWWB_CODE_OK_HISTORY_NOT_ENFORCED, carry_out(directory, &set, "u027", 1, NULL).code);
    pwwb_directory_free(directory);
}

static void
a_descriptor_that_may_not_be_read_leaves_the_right_open(void)
{
    samba("dsacl set --objectdn=\"CN=u028,OU=Sync,$AD_BASE\" --sddl=\"(D;;RC;;;$sid)\"");
    read_by_service("u028");
    CHECK_INT(PWWB_MAYBE, account.may_change);
    CHECK_STR("u028", account.account_name); /* the rest is there */
}

static void
token_groups_that_may_not_be_read_leave_protection_open(void)
{
    samba("dsacl set --objectdn=\"CN=u029,OU=Sync,$AD_BASE\" --sddl=\"(OD;;RP;" TOKEN_GROUPS
          ";;$sid)\"");
    read_by_service("u029");
    CHECK_INT(PWWB_MAYBE, account.is_protected);
    modify("CN=u029,OU=Sync", "replace: adminCount\\nadminCount: 1\\n");
    read_by_service("u029");
    CHECK_INT(PWWB_YES, account.is_protected);
    modify("CN=u029,OU=Sync", "replace: adminCount\\n");

    /* administrators by their primary group are known all the same */
    samba("dsacl set --objectdn=\"CN=admin2,OU=Sync,$AD_BASE\" --sddl=\"(OD;;RP;" TOKEN_GROUPS
          ";;$sid)\"");
    read_by_service("admin2");
    CHECK_INT(PWWB_YES, account.is_protected);
}

static void
a_change_too_soon_is_refused_with_the_earliest_time(void)
{
    pwwb_directory *directory = open_directory();
    pwwb_findings  *findings  = pwwb_findings_new();
    pwwb_set        set;
    int64_t         earliest, last;

    begin("u030");
    samba("domain passwordsettings set --min-pwd-age=1");
    set = request("u030", PWWB_SET_CHANGE, START, fresh());
    CHECK_INT(PWWB_CODE_POLICY_TOO_YOUNG, carry_out(directory, &set, "u030", 0, findings).code);
    samba("domain passwordsettings set --min-pwd-age=0");
    CHECK(has_finding(findings, PWWB_CODE_POLICY_TOO_YOUNG, &earliest, &last));
    CHECK_INT(stored_ms("u030", "pwdLastSet"), last);
    CHECK_INT(stored_ms("u030", "pwdLastSet") + DAY_MS, earliest);
    CHECK_INT(1, pwwb_findings_count(findings)); /* it is stated: nothing need be inferred */
    pwwb_findings_free(findings);
    pwwb_directory_free(directory);
}

/* What people are told, by the rules that are in force. */
static void
it_all_is_told_in_sentences(void)
{
    char   text[PWWB_POLICY_TEXT_SIZE], line[128];
    size_t len;

    begin("u031");
    read_by_service("u031");
    CHECK_STATUS(PWWB_OK, pwwb_policy_print(&rules, &account, text, sizeof(text), &len, NULL));
    snprintf(line, sizeof(line), "Rules of the domain: %s.\n", ad("AD_BASE"));
    CHECK(strncmp(text, line, strlen(line)) == 0);
    CHECK(strstr(text, "\nAt least 7 characters.\n") != NULL);
    CHECK(strstr(text, "\nNot one of the last 24 passwords.\n") != NULL);
    CHECK(strstr(text, "\n5 wrong passwords within 30 minutes lock the account for 30 minutes.\n")
          != NULL);
    CHECK(strstr(text, "\nAccount u031 (Una Tester031), on ") != NULL);
    CHECK(strstr(text, "\nThe person may change it.\n") != NULL);
    CHECK(strstr(text, "not known") == NULL);
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
    RUN(an_ordinary_account_is_told_whole);
    RUN(a_disabled_account_is_seen);
    RUN(an_expired_account_is_seen_with_its_time);
    RUN(a_password_that_must_be_changed_is_seen);
    RUN(a_password_that_has_expired_is_seen);
    RUN(passwords_that_never_expire_and_smart_cards_are_seen);
    RUN(a_lock_is_seen_with_its_end);
    RUN(a_settings_object_decides_lock_and_expiry);
    RUN(a_settings_object_that_is_hidden_is_not_taken_for_none);
    RUN(a_right_to_change_that_is_denied_is_seen_and_a_reset_goes_on);
    RUN(a_descriptor_that_may_not_be_read_leaves_the_right_open);
    RUN(token_groups_that_may_not_be_read_leave_protection_open);
    RUN(a_change_too_soon_is_refused_with_the_earliest_time);
    RUN(it_all_is_told_in_sentences);
    make_environment_calm();
    pwwb_error_free(err);
    return DONE;
}
