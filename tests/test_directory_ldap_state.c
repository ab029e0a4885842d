/* SPDX-License-Identifier: Apache-2.0 */
/* rows: 5 7 15 */

/* The state of an account, as a controller tells it. */

#include "fake_ldap.h"

#include <pwwb/pwwb.h>

#define TIMEOUT_MS 1000
#define NOW_MS     INT64_C(1795342500000) /* 2026-11-22 10:15:00 UTC, as the fake says */
#define MINUTE_MS  INT64_C(60000)
#define NEVER      "9223372036854775807"
#define AT_1010    "134398158000000000"

static fake_ldap         f;
static fake_clock        now;
static pwwb_error       *err;
static pwwb_account      account;
static pwwb_policy_rules rules;

static pwwb_directory *
open_directory(void)
{
    const pwwb_ldap_options o = {
        .size = sizeof(o), .host = "dc1.corp", .security = PWWB_LDAP_LDAPS,
        .ca = (const uint8_t *)fake_ca, .ca_len = sizeof(fake_ca) - 1,
        .bind_dn = "CN=svc", .password = (const uint8_t *)"secret", .password_len = 6,
        .connect = fake_ldap_connect, .connect_ctx = &f,
        .clock = &fake_clock_ops, .clock_ctx = &now,
    };
    pwwb_directory *directory = NULL;

    fake_ldap_current = &f;
    CHECK_STATUS(PWWB_OK, pwwb_directory_new_ldap(&o, &directory, err));
    return directory;
}

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

static pwwb_status
read_with(const char *name, const char *value, size_t len)
{
    fake_ldap_make(&f);
    fake_ldap_say(&f, FAKE_GUID_DN, name, value, len);
    return read_person();
}

/* ---- times and flags ---- */

static void
an_account_expires_when_it_says(void)
{
    CHECK_STATUS(PWWB_OK, read_with("accountExpires", AT_1010, 0));
    CHECK_INT(NOW_MS - 5 * MINUTE_MS, account.account_expires_ms);
    CHECK_STATUS(PWWB_OK, read_with("accountExpires", "0", 0)); /* MS-ADA1: 0 and the greatest */
    CHECK_INT(0, account.account_expires_ms);
    CHECK_STATUS(PWWB_OK, read_with("accountExpires", NEVER, 0));
    CHECK_INT(0, account.account_expires_ms);
    CHECK_STATUS(PWWB_OK, read_with("accountExpires", NULL, 0));
    CHECK_INT(-1, account.account_expires_ms);
}

/* [MS-ADTS] 3.1.1.4.5.41: pwdLastSet and the effective maximum age, a PSO's where one applies. */
static void
rules_by_which_a_password_does_not_expire_are_not_its_rules(void)
{
    const char *const name  = "msDS-UserPasswordExpiryTimeComputed";
    const char *const day42 = "-36288000000000", *by_42 = "134434368000000000"; /* 08:00, 42 days on */

    fake_ldap_make(&f);
    fake_ldap_say(&f, FAKE_DOMAIN, "maxPwdAge", day42, 0);
    fake_ldap_say(&f, FAKE_GUID_DN, name, by_42, 0);
    CHECK_STATUS(PWWB_OK, read_person());
    CHECK_INT(PWWB_POLICY_DOMAIN, rules.source);
    CHECK_INT(7, rules.min_length);
    fake_ldap_say(&f, FAKE_GUID_DN, name, "134434377000000000", 0); /* a quarter of an hour more */
    CHECK_STATUS(PWWB_OK, read_person());
    CHECK_INT(PWWB_POLICY_UNREADABLE, rules.source);
    CHECK_INT(-1, rules.min_length);
    fake_ldap_say(&f, FAKE_GUID_DN, name, NEVER, 0);
    CHECK_STATUS(PWWB_OK, read_person());
    CHECK_INT(PWWB_POLICY_UNREADABLE, rules.source);
    fake_ldap_say(&f, FAKE_GUID_DN, "userAccountControl", "66048", 0); /* never expires, by itself */
    CHECK_STATUS(PWWB_OK, read_person());
    CHECK_INT(PWWB_POLICY_DOMAIN, rules.source);
}

static void
a_password_expires_as_the_controller_computes_it(void)
{
    const char *const name = "msDS-UserPasswordExpiryTimeComputed";

    CHECK_STATUS(PWWB_OK, read_with(name, AT_1010, 0));
    CHECK_INT(NOW_MS - 5 * MINUTE_MS, account.password_expires_ms);
    CHECK_STATUS(PWWB_OK, read_with(name, NEVER, 0));
    CHECK_INT(0, account.password_expires_ms);
    CHECK_STATUS(PWWB_OK, read_with(name, "0", 0)); /* must be changed: long past */
    CHECK_INT(1, account.password_expires_ms);
    CHECK_STATUS(PWWB_OK, read_with(name, NULL, 0));
    CHECK_INT(-1, account.password_expires_ms);
}

static void
flags_are_told(void)
{
    CHECK_STATUS(PWWB_OK, read_with("userAccountControl", "328194", 0)); /* 0x50202 */
    CHECK((account.user_account_control & PWWB_UAC_SMARTCARD) != 0);
    CHECK((account.user_account_control & PWWB_UAC_NEVER_EXPIRES) != 0);
    CHECK((account.user_account_control & PWWB_UAC_DISABLED) != 0);
    CHECK((account.user_account_control & PWWB_UAC_NOTREQD) == 0);
}

static void
a_lock_ends_after_the_duration(void)
{
    CHECK_STATUS(PWWB_OK, read_with("lockoutTime", "0", 0));
    CHECK_INT(0, account.locked_until_ms);

    fake_ldap_say(&f, FAKE_GUID_DN, "msDS-User-Account-Control-Computed", "16", 0);
    fake_ldap_say(&f, FAKE_GUID_DN, "lockoutTime", AT_1010, 0);
    CHECK_STATUS(PWWB_OK, read_person());
    CHECK_INT(NOW_MS + 25 * MINUTE_MS, account.locked_until_ms);
    fake_ldap_say(&f, FAKE_DOMAIN, "lockoutDuration", "0", 0);
    CHECK_STATUS(PWWB_OK, read_person());
    CHECK_INT(0, account.locked_until_ms);
    fake_ldap_say(&f, FAKE_DOMAIN, "lockoutDuration", NULL, 0);
    CHECK_STATUS(PWWB_OK, read_person());
    CHECK_INT(PWWB_YES, account.is_locked);
    CHECK_INT(-1, account.locked_until_ms);
}

static void
without_token_groups_an_admin_count_is_believed(void)
{
    CHECK_STATUS(PWWB_OK, read_with("adminCount", "1", 0));
    CHECK_INT(PWWB_NO, account.is_protected); /* it was one: groups tell better */
    fake_ldap_say(&f, FAKE_GUID_DN, "tokenGroups", NULL, 0);
    CHECK_STATUS(PWWB_OK, read_person());
    CHECK_INT(PWWB_YES, account.is_protected);
    fake_ldap_say(&f, FAKE_GUID_DN, "adminCount", "0", 0);
    CHECK_STATUS(PWWB_OK, read_person());
    CHECK_INT(PWWB_MAYBE, account.is_protected);
}

static void
malformed_values_are_the_directorys_failure(void)
{
    static const char *const spoils[][2] = {
        {"accountExpires", "soon"},
        {"accountExpires", "-2"},
        {"accountExpires", "9223372036854775808"},
        {"msDS-UserPasswordExpiryTimeComputed", ""},
        {"msDS-UserPasswordExpiryTimeComputed", "-1"},
        {"adminCount", "1.5"},
        {"adminCount", "9999999999"},
    };
    size_t i;

    for (i = 0; i < sizeof(spoils) / sizeof(spoils[0]); i++) {
        fake_ldap_make(&f);
        fake_ldap_say(&f, FAKE_GUID_DN, "tokenGroups", NULL, 0);
        fake_ldap_say(&f, FAKE_GUID_DN, spoils[i][0], spoils[i][1], 0);
        CHECK_STATUS(PWWB_E_DIRECTORY, read_person());
        CHECK(strstr(pwwb_error_message(err), spoils[i][0]) != NULL);
        CHECK_INT(-1, account.account_expires_ms);
        CHECK_INT(-1, account.password_expires_ms);
    }
}

/* ---- may the person change it? ---- */

#define EVERYBODY "\x01\x01\0\0\0\0\0\x01\0\0\0\0"
#define SELF      "\x01\x01\0\0\0\0\0\x05\x0a\0\0\0"
#define USERS     FAKE_USERS
#define GRANT     5 /* ACCESS_ALLOWED_OBJECT_ACE: MS-DTYP 2.4.4.3 */
#define DENY      6 /* ACCESS_DENIED_OBJECT_ACE */

typedef struct ace {
    uint8_t     type;
    const char *sid;
    size_t      sid_len;
} ace;

static char acl[512];

/* A descriptor with a DACL of these entries, all for User-Change-Password. MS-DTYP 2.4.5, 2.4.6 */
static size_t
acl_of(const ace *aces, size_t count)
{
    static const char head[] = "\x01\0\x04\x80\0\0\0\0\0\0\0\0\0\0\0\0\x14\0\0\0";
    static const char body[] = "\x00\x01\0\0\x01\0\0\0" /* the right, and that a type follows */
                               "\x53\x1a\x72\xab\x2f\x1e\xd0\x11\x98\x19\x00\xaa\x00\x40\x52\x9b";
    size_t at = 20 + 8, i;

    memcpy(acl, head, 20);
    for (i = 0; i < count; i++) {
        size_t size = 4 + 24 + aces[i].sid_len;

        acl[at]     = (char)aces[i].type;
        acl[at + 1] = 0;
        acl[at + 2] = (char)size;
        acl[at + 3] = 0;
        memcpy(acl + at + 4, body, 24);
        memcpy(acl + at + 28, aces[i].sid, aces[i].sid_len);
        at += size;
    }
    memset(acl + 20, 0, 8);
    acl[20] = 4;
    acl[22] = (char)((at - 20) & 0xff);
    acl[23] = (char)((at - 20) >> 8);
    acl[24] = (char)count;
    return at;
}

static int32_t
may_change_by(const ace *aces, size_t count)
{
    CHECK_STATUS(PWWB_OK, read_with("nTSecurityDescriptor", acl, acl_of(aces, count)));
    CHECK_INT(1, f.acls_asked);
    return account.may_change;
}

/* "User cannot change password" denies it to both: MS-ADTS 2.2.16. Either denies it to the account. */
static void
a_denied_right_to_change_is_known(void)
{
    static const ace both[] = {{DENY, EVERYBODY, 12}, {DENY, SELF, 12}, {GRANT, SELF, 12}};
    static const ace one[]  = {{DENY, SELF, 12}, {GRANT, EVERYBODY, 12}};
    static const ace own[]  = {{DENY, FAKE_SID, 28}, {GRANT, EVERYBODY, 12}};

    CHECK_INT(PWWB_NO, may_change_by(both, 3));
    CHECK_INT(PWWB_NO, may_change_by(one, 2));
    CHECK_INT(PWWB_NO, may_change_by(own, 2));
}

static void
a_granted_right_holds_unless_a_group_may_be_denied_it(void)
{
    static const ace granted[] = {{GRANT, SELF, 12}, {GRANT, EVERYBODY, 12}};
    static const ace mixed[]   = {{GRANT, EVERYBODY, 12}, {DENY, USERS, 28}};

    CHECK_INT(PWWB_YES, may_change_by(granted, 2));
    fake_ldap_say(&f, FAKE_GUID_DN, "tokenGroups", NULL, 0);
    CHECK_STATUS(PWWB_OK, read_person());
    CHECK_INT(PWWB_MAYBE, account.may_change);
    CHECK_INT(PWWB_MAYBE, may_change_by(mixed, 2));
}

static void
a_list_that_says_nothing_or_cannot_be_read_leaves_it_open(void)
{
    static const ace granted[] = {{GRANT, SELF, 12}, {GRANT, EVERYBODY, 12}};
    size_t           len, cut;

    CHECK_INT(PWWB_MAYBE, may_change_by(NULL, 0));
    fake_ldap_make(&f);
    CHECK_STATUS(PWWB_OK, read_person()); /* no descriptor */
    CHECK_INT(PWWB_MAYBE, account.may_change);

    len = acl_of(granted, 2);
    for (cut = 1; cut < len; cut++) { /* 0 would be its whole length, for the fake */
        CHECK_STATUS(PWWB_OK, read_with("nTSecurityDescriptor", acl, cut));
        CHECK_INT(PWWB_MAYBE, account.may_change);
    }
}

int
main(void)
{
    now = (fake_clock){.wall_ms = 12345, .monotonic_ms = 5000};
    err = pwwb_error_new();
    RUN(an_account_expires_when_it_says);
    RUN(a_password_expires_as_the_controller_computes_it);
    RUN(rules_by_which_a_password_does_not_expire_are_not_its_rules);
    RUN(flags_are_told);
    RUN(a_lock_ends_after_the_duration);
    RUN(without_token_groups_an_admin_count_is_believed);
    RUN(malformed_values_are_the_directorys_failure);
    RUN(a_denied_right_to_change_is_known);
    RUN(a_granted_right_holds_unless_a_group_may_be_denied_it);
    RUN(a_list_that_says_nothing_or_cannot_be_read_leaves_it_open);
    pwwb_error_free(err);
    return DONE;
}
