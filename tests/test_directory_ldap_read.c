/* SPDX-License-Identifier: Apache-2.0 */
/* rows: 5 7 16 */

#include "fake_ldap.h"

#include <pwwb/pwwb.h>

#define TIMEOUT_MS 1000
#define NOW_MS     INT64_C(1795342500000) /* 2026-11-22 10:15:00 UTC, as the fake says */
#define MINUTE_MS  INT64_C(60000)
#define PSO        "CN=strict,CN=Password Settings Container"
#define ADMINS     "\x01\x05\0\0\0\0\0\x05\x15\0\0\0\1\0\0\0\2\0\0\0\3\0\0\0\x00\x02\0\0"
#define RID_500    "\x01\x05\0\0\0\0\0\x05\x15\0\0\0\1\0\0\0\2\0\0\0\3\0\0\0\xf4\1\0\0"
#define OPERATORS  "\x01\x02\0\0\0\0\0\x05\x20\0\0\0\x24\x02\0\0"
#define GUESTS     "\x01\x02\0\0\0\0\0\x05\x20\0\0\0\x22\x02\0\0"

static fake_ldap         f;
static fake_clock        now;
static pwwb_error       *err;
static pwwb_account      account;
static pwwb_policy_rules rules;

static pwwb_ldap_options
options(void)
{
    const pwwb_ldap_options o = {
        .size         = sizeof(o),
        .host         = "dc1.corp",
        .security     = PWWB_LDAP_LDAPS,
        .ca           = (const uint8_t *)fake_ca,
        .ca_len       = sizeof(fake_ca) - 1,
        .bind_dn      = "CN=svc",
        .password     = (const uint8_t *)"secret",
        .password_len = 6,
        .connect      = fake_ldap_connect,
        .connect_ctx  = &f,
        .clock        = &fake_clock_ops,
        .clock_ctx    = &now,
    };

    return o;
}

static pwwb_directory *
open_directory(void)
{
    const pwwb_ldap_options o         = options();
    pwwb_directory         *directory = NULL;

    fake_ldap_current = &f;
    CHECK_STATUS(PWWB_OK, pwwb_directory_new_ldap(&o, &directory, err));
    return directory;
}

/* Read the one person into `account` and `rules`. */
static pwwb_status
read_person(void)
{
    pwwb_directory *directory = open_directory();
    pwwb_status     st;

    account = (pwwb_account){.size = sizeof(account)};
    rules   = (pwwb_policy_rules){.size = sizeof(rules)};
    st      = pwwb_directory_read(directory, fake_guid, TIMEOUT_MS, &account, &rules, err);
    pwwb_directory_free(directory);
    return st;
}

/* The same with one value changed. */
static pwwb_status
read_with(const char *name, const char *value, size_t len)
{
    fake_ldap_make(&f);
    fake_ldap_say(&f, FAKE_GUID_DN, name, value, len);
    return read_person();
}

static void
everything_known_is_told(void)
{
    fake_ldap_make(&f);
    CHECK_STATUS(PWWB_OK, read_person());
    CHECK_INT(PWWB_ACCOUNT_PERSON, account.kind);
    CHECK_INT(512, account.user_account_control);
    CHECK_INT(PWWB_NO, account.is_protected);
    CHECK_INT(PWWB_NO, account.is_locked);
    CHECK_INT(2, account.bad_password_count);
    CHECK_INT(NOW_MS - 5 * MINUTE_MS, account.bad_password_time_ms);
    CHECK_INT(NOW_MS - 135 * MINUTE_MS, account.password_last_set_ms);
    CHECK_INT(0, account.locked_since_ms);
    CHECK_INT(NOW_MS, account.now_ms);
    CHECK_STR("u001", account.account_name);
    CHECK_STR("Una Tester", account.display_name);
    CHECK_STR("dc1.corp", account.controller);
    CHECK_STR(FAKE_GUID_DN, account.dn); /* as the fake names its entries */
    CHECK_INT(PWWB_POLICY_DOMAIN, rules.source);
    CHECK_STR(FAKE_DOMAIN, rules.source_dn);
    CHECK_INT(7, rules.min_length);
    CHECK_INT(24, rules.history_length);
    CHECK_INT(PWWB_YES, rules.complexity);
    CHECK_INT(1440 * MINUTE_MS, rules.min_age_ms);
    CHECK_INT(0, rules.max_age_ms); /* the least interval: never */
    CHECK_INT(30 * MINUTE_MS, rules.lockout_duration_ms);
    CHECK_INT(30 * MINUTE_MS, rules.lockout_window_ms);
    CHECK_INT(5, rules.lockout_threshold);
}

static void
time_goes_on_by_our_monotonic_clock(void)
{
    pwwb_directory *directory;

    fake_ldap_make(&f);
    directory = open_directory();
    account   = (pwwb_account){.size = sizeof(account)};
    rules     = (pwwb_policy_rules){.size = sizeof(rules)};
    CHECK_STATUS(PWWB_OK, pwwb_directory_read(directory, fake_guid, -1, &account, &rules, err));
    CHECK_INT(NOW_MS, account.now_ms);
    now.monotonic_ms += 26 * MINUTE_MS;
    now.wall_ms -= 999999;
    CHECK_STATUS(PWWB_OK, pwwb_directory_read(directory, fake_guid, -1, &account, &rules, err));
    CHECK_INT(NOW_MS + 26 * MINUTE_MS, account.now_ms);
    CHECK_INT(0, account.bad_password_count); /* the failures are 31 minutes old now */
    CHECK_INT(1, f.connects);
    pwwb_directory_free(directory);
}

static void
administrators_are_known_by_their_groups(void)
{
    CHECK_STATUS(PWWB_OK, read_with("tokenGroups", ADMINS, 28));
    CHECK_INT(PWWB_YES, account.is_protected);
    CHECK_STATUS(PWWB_OK, read_with("tokenGroups", OPERATORS, 16));
    CHECK_INT(PWWB_YES, account.is_protected);
    CHECK_STATUS(PWWB_OK, read_with("tokenGroups", GUESTS, 16));
    CHECK_INT(PWWB_NO, account.is_protected);
    CHECK_STATUS(PWWB_OK, read_with("primaryGroupID", "512", 0));
    CHECK_INT(PWWB_YES, account.is_protected);
    CHECK_STATUS(PWWB_OK, read_with("objectSid", RID_500, 28));
    CHECK_INT(PWWB_YES, account.is_protected);
}

static void
without_token_groups_protection_is_not_known(void)
{
    CHECK_STATUS(PWWB_OK, read_with("tokenGroups", NULL, 0));
    CHECK_INT(PWWB_MAYBE, account.is_protected);

    fake_ldap_say(&f, FAKE_GUID_DN, "tokenGroupsNoGCAcceptable", FAKE_USERS, 28);
    CHECK_STATUS(PWWB_OK, read_person());
    CHECK_INT(PWWB_MAYBE, account.is_protected);
    fake_ldap_say(&f, FAKE_GUID_DN, "tokenGroupsNoGCAcceptable", ADMINS, 28);
    CHECK_STATUS(PWWB_OK, read_person());
    CHECK_INT(PWWB_YES, account.is_protected);
}

static void
a_lock_is_as_the_controller_computes_it(void)
{
    CHECK_STATUS(PWWB_OK, read_with("msDS-User-Account-Control-Computed", "16", 0));
    CHECK_INT(PWWB_YES, account.is_locked);
    /* a lock whose time is over stays in lockoutTime */
    CHECK_STATUS(PWWB_OK, read_with("lockoutTime", "134398080000000000", 0));
    CHECK_INT(PWWB_NO, account.is_locked);
    CHECK_INT(0, account.locked_since_ms);
}

/* Without it: lockoutTime, and the duration of 30 minutes. */
static void
a_lock_is_judged_by_time_where_nothing_is_computed(void)
{
    CHECK_STATUS(PWWB_OK, read_with("msDS-User-Account-Control-Computed", NULL, 0));
    CHECK_INT(PWWB_NO, account.is_locked);

    fake_ldap_say(&f, FAKE_GUID_DN, "lockoutTime", "134398080000000000", 0); /* 08:00 */
    CHECK_STATUS(PWWB_OK, read_person());
    CHECK_INT(PWWB_NO, account.is_locked);
    fake_ldap_say(&f, FAKE_GUID_DN, "lockoutTime", "134398158000000000", 0); /* 10:10 */
    CHECK_STATUS(PWWB_OK, read_person());
    CHECK_INT(PWWB_YES, account.is_locked);
    CHECK_INT(NOW_MS - 5 * MINUTE_MS, account.locked_since_ms);

    fake_ldap_say(&f, FAKE_DOMAIN, "lockoutDuration", "0", 0); /* until unlocked */
    fake_ldap_say(&f, FAKE_GUID_DN, "lockoutTime", "1", 0);
    CHECK_STATUS(PWWB_OK, read_person());
    CHECK_INT(PWWB_YES, account.is_locked);
    CHECK_INT(1, account.locked_since_ms);

    fake_ldap_say(&f, FAKE_DOMAIN, "lockoutDuration", NULL, 0);
    CHECK_STATUS(PWWB_OK, read_person());
    CHECK_INT(PWWB_MAYBE, account.is_locked);
}

static void
old_failures_do_not_count(void)
{
    CHECK_STATUS(PWWB_OK, read_with("badPasswordTime", "134398080000000000", 0));
    CHECK_INT(0, account.bad_password_count);
    CHECK_STATUS(PWWB_OK, read_with("badPwdCount", NULL, 0));
    CHECK_INT(-1, account.bad_password_count);
    fake_ldap_make(&f);
    fake_ldap_say(&f, FAKE_DOMAIN, "lockOutObservationWindow", NULL, 0);
    CHECK_STATUS(PWWB_OK, read_person());
    CHECK_INT(-1, account.bad_password_count);
    fake_ldap_make(&f);
    fake_ldap_say(&f, "", "currentTime", "yesterday", 0);
    CHECK_STATUS(PWWB_OK, read_person());
    CHECK_INT(-1, account.now_ms);
    CHECK_INT(-1, account.bad_password_count);
}

static void
special_times_keep_their_meaning(void)
{
    CHECK_STATUS(PWWB_OK, read_with("pwdLastSet", "0", 0));
    CHECK_INT(0, account.password_last_set_ms);
    CHECK_STATUS(PWWB_OK, read_with("pwdLastSet", NULL, 0));
    CHECK_INT(-1, account.password_last_set_ms);
    CHECK_STATUS(PWWB_OK, read_with("pwdLastSet", "9223372036854775807", 0));
    CHECK_INT(INT64_C(922337203685477) - INT64_C(11644473600000), account.password_last_set_ms);
}

/* Two of the 26 stamps that Samba 4.17 had of an account, and what its own tool says of them:
 * DRSUAPI_ATTID_unicodePwd, Wed Nov 25 23:48:59 2026 UTC. */
static const uint8_t stamps[] =
    "\1\0\0\0\0\0\0\0\2\0\0\0\0\0\0\0"
    "\x37\0\x09\0\2\0\0\0\xd5\xfc\x17\x21\3\0\0\0\xfd\x6d\x1a\x56\xf1\x38\xaa\x44"
    "\xb1\x5b\x42\x7a\x62\x0c\x14\xd6\x9c\x10\0\0\0\0\0\0\x9c\x10\0\0\0\0\0\0"
    "\x5a\0\x09\0\2\0\0\0\xeb\x04\x18\x21\3\0\0\0\xfd\x6d\x1a\x56\xf1\x38\xaa\x44"
    "\xb1\x5b\x42\x7a\x62\x0c\x14\xd6\x9c\x10\0\0\0\0\0\0\x9c\x10\0\0\0\0\0\0";
#define STAMPS_LEN (sizeof(stamps) - 1)

/* Read where the password must be changed, with so many octets of the stamps, one of them changed. */
static int64_t
written_with(size_t len, size_t at, uint8_t flip)
{
    uint8_t value[STAMPS_LEN];

    memcpy(value, stamps, sizeof(value));
    value[at] ^= flip;
    fake_ldap_make(&f);
    fake_ldap_say(&f, FAKE_GUID_DN, "pwdLastSet", "0", 0);
    fake_ldap_say(&f, FAKE_GUID_DN, "replPropertyMetaData", (const char *)value, len);
    CHECK_STATUS(PWWB_OK, read_person());
    return account.password_written_ms;
}

static void
what_must_be_changed_was_written_when_the_controllers_record_says(void)
{
    size_t len;

    CHECK_INT(INT64_C(1795650539000), written_with(STAMPS_LEN, 0, 0));
    CHECK_INT(0, account.password_last_set_ms);

    CHECK_INT(0, written_with(STAMPS_LEN, 0, 2));         /* another version */
    CHECK_INT(0, written_with(STAMPS_LEN, 8, 1));         /* another count */
    CHECK_INT(0, written_with(STAMPS_LEN, 16 + 48, 1));   /* no password */
    CHECK_INT(0, written_with(STAMPS_LEN, STAMPS_LEN - 33, 0x80)); /* in no time that can be */
    for (len = 1; len < STAMPS_LEN; len++)
        CHECK_INT(0, written_with(len, 0, 0));

    CHECK_STATUS(PWWB_OK, read_with("pwdLastSet", "0", 0)); /* none may be read */
    CHECK_INT(0, account.password_written_ms);
    CHECK_STATUS(PWWB_OK, read_with("pwdLastSet", "132000000000000000", 0));
    CHECK_INT(-1, account.password_written_ms); /* nor is it asked for */
}

static void
a_fine_grained_policy_replaces_the_domains(void)
{
    fake_ldap_make(&f);
    fake_ldap_say(&f, FAKE_GUID_DN, "msDS-ResultantPSO", PSO, 0);
    fake_ldap_say(&f, PSO, "msDS-MinimumPasswordLength", "15", 0);
    fake_ldap_say(&f, PSO, "msDS-PasswordComplexityEnabled", "FALSE", 0);
    fake_ldap_say(&f, PSO, "msDS-MaximumPasswordAge", "-36288000000000", 0);
    CHECK_STATUS(PWWB_OK, read_person());
    CHECK_INT(PWWB_POLICY_PSO, rules.source);
    CHECK_STR(PSO, rules.source_dn);
    CHECK_INT(15, rules.min_length);
    CHECK_INT(PWWB_NO, rules.complexity);
    CHECK_INT(42 * 1440 * MINUTE_MS, rules.max_age_ms);
    CHECK_INT(-1, rules.history_length); /* never the domain's */
    fake_ldap_say(&f, PSO, "msDS-PasswordComplexityEnabled", "TRUE", 0);
    CHECK_STATUS(PWWB_OK, read_person());
    CHECK_INT(PWWB_YES, rules.complexity);
}

static void
a_policy_that_cannot_be_read_is_unknown(void)
{
    static char long_dn[600];

    fake_ldap_make(&f);
    fake_ldap_say(&f, FAKE_GUID_DN, "msDS-ResultantPSO", PSO, 0);
    fake_ldap_say(&f, PSO, "name", "strict", 0); /* an entry without what is asked for */
    CHECK_STATUS(PWWB_OK, read_person());
    CHECK_INT(PWWB_POLICY_UNREADABLE, rules.source);
    CHECK_STR(PSO, rules.source_dn);
    CHECK_INT(-1, rules.min_length);
    CHECK_INT(PWWB_MAYBE, rules.complexity);

    fake_ldap_say(&f, PSO, "name", NULL, 0); /* no entry */
    CHECK_STATUS(PWWB_OK, read_person());
    CHECK_INT(PWWB_POLICY_UNREADABLE, rules.source);
    f.gone_dn = PSO;
    CHECK_STATUS(PWWB_OK, read_person());
    CHECK_INT(PWWB_POLICY_UNREADABLE, rules.source);

    memset(long_dn, 'x', sizeof(long_dn) - 1);
    CHECK_STATUS(PWWB_OK, read_with("msDS-ResultantPSO", long_dn, 0));
    CHECK_INT(PWWB_POLICY_UNREADABLE, rules.source);
    CHECK_STR("", rules.source_dn);
}

static void
names_that_do_not_fit_are_unknown(void)
{
    static char long_name[800];

    memset(long_name, 'x', sizeof(long_name) - 1);
    CHECK_STATUS(PWWB_OK, read_with("displayName", long_name, 0));
    CHECK_STR("", account.display_name);
    CHECK_STATUS(PWWB_OK, read_with("displayName", "Una\0Tester", 10));
    CHECK_STR("", account.display_name);
    CHECK_STATUS(PWWB_OK, read_with("sAMAccountName", "caf\xe9", 0));
    CHECK_STR("", account.account_name);
    CHECK_STATUS(PWWB_OK, read_with("displayName", "Zo\xc3\xab", 0));
    CHECK_STR("Zo\xc3\xab", account.display_name);
}

static void
nonsense_is_the_directorys_failure(void)
{
    static const struct {
        const char *name, *value;
        size_t      len;
    } spoils[] = {
        {"pwdLastSet", "soon", 0},
        {"pwdLastSet", "-1", 0},
        {"pwdLastSet", "1 ", 0},
        {"pwdLastSet", "", 0},
        {"pwdLastSet", "-", 0},
        {"pwdLastSet", "9223372036854775808", 0},
        {"pwdLastSet", "99999999999999999999999999", 0},
        {"badPwdCount", "-3", 0},
        {"badPwdCount", "4294967296", 0},
        {"userAccountControl", "0x200", 0},
        {"sAMAccountType", "4294967296", 0},
        {"primaryGroupID", "5.13", 0},
        {"objectSid", "S-1-5-21-1-2-3-1103", 0},
        {"objectSid", FAKE_SID, 27},
        {"objectSid", "\x02\x01\0\0\0\0\0\x05\x15\0\0\0", 12},
        {"objectSid", "\x01\x10\0\0\0\0\0\x05", 8},
        {"tokenGroups", FAKE_USERS, 24},
        {"tokenGroups", "\x01", 1},
    };
    size_t i;

    for (i = 0; i < sizeof(spoils) / sizeof(spoils[0]); i++) {
        CHECK_STATUS(PWWB_E_DIRECTORY, read_with(spoils[i].name, spoils[i].value, spoils[i].len));
        CHECK_INT(PWWB_ACCOUNT_OTHER, account.kind);
        CHECK(strstr(pwwb_error_message(err), spoils[i].name) != NULL);
    }
    fake_ldap_make(&f);
    fake_ldap_say(&f, FAKE_DOMAIN, "minPwdAge", "5", 0); /* intervals are negative */
    CHECK_STATUS(PWWB_E_DIRECTORY, read_person());
    fake_ldap_make(&f);
    fake_ldap_say(&f, FAKE_DOMAIN, "minPwdLength", "-7", 0);
    CHECK_STATUS(PWWB_E_DIRECTORY, read_person());
}

static void
a_server_that_is_no_controller_is_told(void)
{
    fake_ldap_make(&f);
    fake_ldap_say(&f, "", "defaultNamingContext", NULL, 0);
    CHECK_STATUS(PWWB_E_DIRECTORY, read_person());
    fake_ldap_make(&f);
    fake_ldap_say(&f, "", "dnsHostName", NULL, 0);
    CHECK_STATUS(PWWB_OK, read_person());
    CHECK_STR("dc1.corp", account.controller); /* as the options call it */
}

static void
more_entries_than_one_are_refused(void)
{
    fake_ldap_make(&f);
    f.copies = 1;
    CHECK_STATUS(PWWB_E_DIRECTORY, read_person());
}

static void
an_attribute_that_is_said_twice_counts_once(void)
{
    int i = 0;

    fake_ldap_make(&f);
    while (f.values[i].name != NULL)
        i++;
    f.values[i] = (fake_value){FAKE_GUID_DN, "PWDLASTSET", "0", 0};
    CHECK_STATUS(PWWB_OK, read_person());
    CHECK_INT(NOW_MS - 135 * MINUTE_MS, account.password_last_set_ms);
}

static void
an_endless_answer_is_cut_off(void)
{
    static char huge[60000];
    int         i;

    fake_ldap_make(&f);
    memset(huge, 'x', sizeof(huge) - 1);
    fake_ldap_say(&f, FAKE_GUID_DN, "description", huge, 0);
    CHECK_STATUS(PWWB_OK, read_person()); /* one fits */
    fake_ldap_make(&f);
    f.is_endless = 1;
    for (i = 0; i < 2; i++)
        CHECK_STATUS(PWWB_E_DIRECTORY, read_person());
    CHECK(strstr(pwwb_error_message(err), "more than") != NULL);
}

static pwwb_found
find(pwwb_status expected)
{
    pwwb_directory *directory = open_directory();
    pwwb_anchor     anchor    = {.kind = PWWB_ANCHOR_SOURCE};
    pwwb_found      found     = {.size = sizeof(found)};

    memcpy(anchor.guid, fake_guid, sizeof(anchor.guid));
    CHECK_STATUS(expected, pwwb_directory_find(directory, &anchor, TIMEOUT_MS, &found, err));
    pwwb_directory_free(directory);
    return found;
}

static void
one_hit_is_found_several_are_ambiguous(void)
{
    pwwb_found found;

    fake_ldap_make(&f);
    fake_ldap_say(&f, FAKE_DOMAIN, "objectGUID", (const char *)fake_guid, 16);
    found = find(PWWB_OK);
    CHECK_INT(PWWB_CODE_OK, found.code);
    CHECK_MEM(fake_guid, 16, found.guid, 16);
    CHECK_INT(1 + 1, f.searches); /* the root entry, consistency GUID */
    f.copies = 2;
    found    = find(PWWB_OK);
    CHECK_INT(PWWB_CODE_AMBIGUOUS, found.code);
    CHECK_INT(3, found.candidates);
    f.copies = 3; /* more than was asked for */
    (void)find(PWWB_E_DIRECTORY);
}

static void
no_hit_is_not_found_after_both_filters(void)
{
    fake_ldap_make(&f);
    f.finds_nothing = 1;
    CHECK_INT(PWWB_CODE_NOT_FOUND, find(PWWB_OK).code);
    CHECK_INT(1 + 2, f.searches); /* the root entry, consistency GUID, object GUID */
    f.finds_nothing = 0;
    f.gone_dn       = FAKE_DOMAIN;
    (void)find(PWWB_E_DIRECTORY);
}

static void
a_guid_of_another_size_is_refused(void)
{
    fake_ldap_make(&f);
    fake_ldap_say(&f, FAKE_DOMAIN, "objectGUID", (const char *)fake_guid, 15);
    (void)find(PWWB_E_DIRECTORY);
    fake_ldap_say(&f, FAKE_DOMAIN, "objectGUID", NULL, 0);
    (void)find(PWWB_E_DIRECTORY);
}

static void
refused_binds_are_told_in_words(void)
{
    static const struct {
        fake_answer answer;
        pwwb_status status;
        const char *word;
    } cases[] = {
        {{49, "80090308: LdapErr: x, comment: AcceptSecurityContext error, data 52e, v1db1"},
         PWWB_E_AUTH, "wrong name or password"},
        {{49, "80090308: LdapErr: x, data 533, v1"}, PWWB_E_AUTH, "disabled"},
        {{49, "80090308: LdapErr: x, data 532, v1"}, PWWB_E_AUTH, "expired"},
        {{49, "80090308: LdapErr: x, data 775, v1"}, PWWB_E_AUTH, "locked"},
        {{49, NULL}, PWWB_E_AUTH, "Invalid credentials"},
        {{8, "00002028: LdapErr: x"}, PWWB_E_AUTH, "auth"},
        {{52, NULL}, PWWB_E_CONNECT, "unavailable"},
    };
    size_t i;

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        fake_ldap_make(&f);
        f.bind = cases[i].answer;
        CHECK_STATUS(cases[i].status, read_person());
        CHECK(strstr(pwwb_error_message(err), cases[i].word) != NULL);
        CHECK_INT(PWWB_LAYER_LDAP, pwwb_error_layer(err));
        CHECK_INT(cases[i].answer.code, pwwb_error_code(err));
    }
}

/* Options that cannot work are told before anything is connected. */
#define BAD_OPTIONS(expected, statement)                                              \
    do {                                                                              \
        pwwb_ldap_options o         = options();                                      \
        pwwb_directory   *directory = (void *)&o;                                     \
        statement;                                                                    \
        CHECK_STATUS(expected, pwwb_directory_new_ldap(&o, &directory, err));         \
        CHECK(directory == NULL);                                                     \
        CHECK(pwwb_error_message(err)[0] != '\0');                                    \
    } while (0)
#define INVALID(statement) BAD_OPTIONS(PWWB_E_INVALID_ARGUMENT, statement)

static void
options_that_cannot_work_are_refused(void)
{
    static char long_name[2000];

    memset(long_name, 'x', sizeof(long_name) - 1);
    INVALID(o.host = NULL);
    INVALID(o.host = "");
    INVALID(o.host = long_name);
    INVALID(o.address = "");
    INVALID(o.security = 0);
    INVALID(o.security = 3);
    INVALID(o.port = 3268);
    INVALID(o.port = 3269);
    INVALID(o.port = -1);
    INVALID(o.port = 65536);
    INVALID(o.ca = NULL);
    INVALID(o.ca_len = 0);
    INVALID((o.ca = NULL, o.ca_file = ""));
    INVALID(o.bind_dn = NULL);
    INVALID(o.bind_dn = "");
    INVALID(o.bind_dn = long_name);
    INVALID(o.bind_dn = "CN=\xff");
    INVALID(o.password = NULL);
    INVALID(o.password_len = 0); /* a bind without password is anonymous and succeeds */
    INVALID(o.password_len = PWWB_PASSWORD_MAX + 1);
    INVALID(o.base_dn = "");
    INVALID(o.flags = 4);
    INVALID(o.reserved = 1);
    INVALID(o.server = -1);
    INVALID(o.server = 2);
    INVALID(o.reserved2 = 1);
    INVALID(o.policy_dn = "");
    BAD_OPTIONS(PWWB_E_ABI, o.size = 16);
    BAD_OPTIONS(PWWB_E_MALFORMED, o.ca_len = 40);
    BAD_OPTIONS(PWWB_E_MALFORMED, (o.ca = NULL, o.ca_file = "/nowhere/ca.pem"));
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_directory_new_ldap(NULL, NULL, err));
}

static void
names_that_cannot_be_controllers_are_refused(void)
{
    static char              label[65], longest[222];
    static const char *const others[17] = {"dc2.corp", ""};

    memset(label, 'x', sizeof(label) - 1);
    memset(longest, 'x', sizeof(longest) - 1);
    longest[50] = longest[100] = longest[150] = longest[200] = '.';
    INVALID(o.others = others);
    INVALID(o.other_count = 1);
    INVALID((o.others = others, o.other_count = 2));
    INVALID((o.others = others, o.other_count = 3));
    INVALID((o.others = others, o.other_count = 17));
    INVALID((o.host = NULL, o.others = others, o.other_count = 1));
    INVALID((o.host = NULL, o.domain = "corp", o.address = "127.0.0.1"));
    INVALID(o.domain = "");
    INVALID(o.domain = "corp.");
    INVALID(o.domain = ".corp");
    INVALID(o.domain = "a..b");
    INVALID(o.domain = "cor p");
    INVALID(o.domain = "c\xc3\xb6rp");
    INVALID(o.domain = label);
    INVALID(o.domain = longest);
    INVALID((o.domain = "corp", o.server = PWWB_LDAP_OPENLDAP));
}

int
main(void)
{
    now = (fake_clock){.wall_ms = 12345, .monotonic_ms = 5000};
    err = pwwb_error_new();
    RUN(everything_known_is_told);
    RUN(time_goes_on_by_our_monotonic_clock);
    RUN(administrators_are_known_by_their_groups);
    RUN(without_token_groups_protection_is_not_known);
    RUN(a_lock_is_as_the_controller_computes_it);
    RUN(a_lock_is_judged_by_time_where_nothing_is_computed);
    RUN(old_failures_do_not_count);
    RUN(special_times_keep_their_meaning);
    RUN(what_must_be_changed_was_written_when_the_controllers_record_says);
    RUN(a_fine_grained_policy_replaces_the_domains);
    RUN(a_policy_that_cannot_be_read_is_unknown);
    RUN(names_that_do_not_fit_are_unknown);
    RUN(nonsense_is_the_directorys_failure);
    RUN(a_server_that_is_no_controller_is_told);
    RUN(more_entries_than_one_are_refused);
    RUN(an_attribute_that_is_said_twice_counts_once);
    RUN(an_endless_answer_is_cut_off);
    RUN(one_hit_is_found_several_are_ambiguous);
    RUN(no_hit_is_not_found_after_both_filters);
    RUN(a_guid_of_another_size_is_refused);
    RUN(refused_binds_are_told_in_words);
    RUN(options_that_cannot_work_are_refused);
    RUN(names_that_cannot_be_controllers_are_refused);
    pwwb_error_free(err);
    return DONE;
}
