/* SPDX-License-Identifier: Apache-2.0 */
/* rows: 5 7 12 16 */

#include "ad.h"

typedef struct person {
    pwwb_account      account;
    pwwb_policy_rules rules;
} person;

static person
read_as(const pwwb_ldap_options *o, const char *user)
{
    person          p         = {{.size = sizeof(p.account)}, {.size = sizeof(p.rules)}};
    pwwb_directory *directory = open_as(o);
    uint8_t         guid[PWWB_ID_SIZE];

    guid_of(user, guid);
    CHECK_STATUS(PWWB_OK, pwwb_directory_read(directory, guid, DEADLINE_MS, &p.account, &p.rules,
                                              err));
    pwwb_directory_free(directory);
    return p;
}

static person
read_by_service(const char *user)
{
    const pwwb_ldap_options o = options();

    return read_as(&o, user);
}

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
a_person_is_read_with_the_domains_rules(void)
{
    person  p   = read_by_service("u015");
    int64_t now = (int64_t)time(NULL) * 1000;

    CHECK_INT(PWWB_ACCOUNT_PERSON, p.account.kind);
    CHECK_INT(PWWB_NO, p.account.is_protected);
    CHECK_INT(PWWB_NO, p.account.is_locked);
    CHECK_INT(PWWB_YES, p.account.may_change);
    CHECK_INT(512, p.account.user_account_control);
    CHECK_INT(0, p.account.bad_password_count);
    CHECK_INT(0, p.account.locked_since_ms);
    CHECK_STR("u015", p.account.account_name);
    CHECK_STR(stored("u015", "distinguishedName"), p.account.dn);
    CHECK_STR("Una Tester015", p.account.display_name);
    CHECK_STR(ad("AD_HOSTNAME"), p.account.controller);
    CHECK(p.account.now_ms > now - 5000 && p.account.now_ms < now + 5000);
    /* the server's own record: FILETIME, 100 ns since 1601 */
    CHECK_INT(atoll(stored("u015", "pwdLastSet")) / 10000 - INT64_C(11644473600000),
              p.account.password_last_set_ms);

    CHECK_INT(PWWB_POLICY_DOMAIN, p.rules.source);
    CHECK_STR(ad("AD_BASE"), p.rules.source_dn);
    CHECK_INT(7, p.rules.min_length);
    CHECK_INT(PWWB_YES, p.rules.complexity);
    CHECK_INT(24, p.rules.history_length);
    CHECK_INT(5, p.rules.lockout_threshold);
    CHECK_INT(0, p.rules.min_age_ms);
    CHECK_INT(INT64_C(90) * 86400000, p.rules.max_age_ms);
    CHECK_INT(INT64_C(30) * 60000, p.rules.lockout_duration_ms);
    CHECK_INT(INT64_C(30) * 60000, p.rules.lockout_window_ms);
}

static void
administrators_are_protected_also_by_primary_group(void)
{
    CHECK_INT(PWWB_YES, read_by_service("admin1").account.is_protected);
    CHECK_INT(PWWB_YES, read_by_service("admin2").account.is_protected);
    CHECK_INT(PWWB_YES, read_by_service("Administrator").account.is_protected);
    CHECK_INT(PWWB_NO, read_by_service("svc-pw").account.is_protected);
}

static void
kinds_of_accounts_are_told_apart(void)
{
    CHECK_INT(PWWB_ACCOUNT_KRBTGT, read_by_service("krbtgt").account.kind);
    CHECK_INT(PWWB_ACCOUNT_MACHINE, read_by_service("PC1$").account.kind);
    CHECK_INT(PWWB_ACCOUNT_MACHINE, read_by_service("DC1$").account.kind);
    CHECK_INT(PWWB_ACCOUNT_OTHER, read_by_service("Domain Users").account.kind);
}

/* Readable by administrators alone, as in every domain. */
static void
a_fine_grained_policy_is_effective_or_known_to_be_unknown(void)
{
    const pwwb_ldap_options o = as_administrator();
    char                    out[1024];
    person                  p;

    run(out, sizeof(out),
        "samba-tool domain passwordsettings pso delete strict -H $SAM -s $AD_CONF;"
        "samba-tool domain passwordsettings pso create strict 5 --min-pwd-length=15"
        " --complexity=off --history-length=3 --min-pwd-age=2 --max-pwd-age=0"
        " --account-lockout-threshold=9"
        " --account-lockout-duration=0 --reset-account-lockout-after=20 -H $SAM -s $AD_CONF &&"
        "samba-tool domain passwordsettings pso apply strict u016 -H $SAM -s $AD_CONF");

    p = read_as(&o, "u016");
    CHECK_INT(PWWB_POLICY_PSO, p.rules.source);
    CHECK(strncmp(p.rules.source_dn, "CN=strict,", 10) == 0);
    CHECK_INT(15, p.rules.min_length);
    CHECK_INT(PWWB_NO, p.rules.complexity);
    CHECK_INT(3, p.rules.history_length);
    CHECK_INT(9, p.rules.lockout_threshold);
    CHECK_INT(INT64_C(2) * 86400000, p.rules.min_age_ms);
    CHECK_INT(0, p.rules.max_age_ms);
    CHECK_INT(0, p.rules.lockout_duration_ms);
    CHECK_INT(INT64_C(20) * 60000, p.rules.lockout_window_ms);

    p = read_by_service("u016");
    CHECK_INT(PWWB_POLICY_UNREADABLE, p.rules.source);
    CHECK(strncmp(p.rules.source_dn, "CN=strict,", 10) == 0);
    CHECK_INT(-1, p.rules.min_length);
    CHECK_INT(PWWB_MAYBE, p.rules.complexity);
}

static void
no_such_entry_is_not_found(void)
{
    pwwb_directory   *directory          = open_directory();
    const uint8_t     guid[PWWB_ID_SIZE] = {0x5a, 0x5a};
    pwwb_account      account            = {.size = sizeof(account)};
    pwwb_policy_rules rules              = {.size = sizeof(rules)};

    CHECK_STATUS(PWWB_E_NOT_FOUND,
                 pwwb_directory_read(directory, guid, DEADLINE_MS, &account, &rules, err));
    CHECK_INT(PWWB_ACCOUNT_OTHER, account.kind);
    CHECK_INT(PWWB_LAYER_LDAP, pwwb_error_layer(err));
    CHECK_INT(32, pwwb_error_code(err));
    pwwb_directory_free(directory);
}

static pwwb_found
find_as(const pwwb_ldap_options *o, const uint8_t guid[PWWB_ID_SIZE], pwwb_status expected)
{
    pwwb_directory *directory = open_as(o);
    pwwb_anchor     anchor    = {.kind = PWWB_ANCHOR_SOURCE};
    pwwb_found      found     = {.size = sizeof(found)};

    memcpy(anchor.guid, guid, sizeof(anchor.guid));
    CHECK_STATUS(expected, pwwb_directory_find(directory, &anchor, DEADLINE_MS, &found, err));
    pwwb_directory_free(directory);
    return found;
}

static void
anchors_are_found_by_consistency_guid_before_object_guid(void)
{
    static const uint8_t    consistency[PWWB_ID_SIZE] = "sixteen octets\\*";
    const pwwb_ldap_options o                         = options();
    uint8_t                 u017[PWWB_ID_SIZE], u018[PWWB_ID_SIZE];
    pwwb_found              found;

    guid_of("u017", u017);
    guid_of("u018", u018);
    modify("CN=u017,OU=Sync",
           "replace: mS-DS-ConsistencyGuid\\nmS-DS-ConsistencyGuid:: c2l4dGVlbiBvY3RldHNcKg==\\n");
    modify("CN=u018,OU=Sync", "replace: mS-DS-ConsistencyGuid\\n");

    found = find_as(&o, consistency, PWWB_OK);
    CHECK_INT(PWWB_CODE_OK, found.code);
    CHECK_INT(1, found.candidates);
    CHECK_MEM(u017, sizeof(u017), found.guid, sizeof(found.guid));
    CHECK_INT(PWWB_CODE_NOT_FOUND, find_as(&o, u017, PWWB_OK).code); /* it has another anchor */

    found = find_as(&o, u018, PWWB_OK);
    CHECK_INT(PWWB_CODE_OK, found.code);
    CHECK_MEM(u018, sizeof(u018), found.guid, sizeof(found.guid));

    modify("CN=u018,OU=Sync",
           "replace: mS-DS-ConsistencyGuid\\nmS-DS-ConsistencyGuid:: c2l4dGVlbiBvY3RldHNcKg==\\n");
    found = find_as(&o, consistency, PWWB_OK);
    CHECK_INT(PWWB_CODE_AMBIGUOUS, found.code);
    CHECK_INT(2, found.candidates);
}

static void
accounts_are_looked_up_under_the_base_alone(void)
{
    pwwb_ldap_options o = options();
    uint8_t           guid[PWWB_ID_SIZE];
    char              base[256];

    guid_of("u001", guid);
    o.base_dn = base;
    snprintf(base, sizeof(base), "OU=Sync,%s", ad("AD_BASE"));
    CHECK_INT(PWWB_CODE_OK, find_as(&o, guid, PWWB_OK).code);
    snprintf(base, sizeof(base), "OU=Svc,%s", ad("AD_BASE"));
    CHECK_INT(PWWB_CODE_NOT_FOUND, find_as(&o, guid, PWWB_OK).code);
    snprintf(base, sizeof(base), "OU=Nowhere,%s", ad("AD_BASE"));
    (void)find_as(&o, guid, PWWB_E_DIRECTORY);
}

static void
cloud_anchors_are_not_the_directorys(void)
{
    pwwb_directory   *directory = open_directory();
    const pwwb_anchor anchor    = {.kind = PWWB_ANCHOR_CLOUD};
    pwwb_found        found     = {.size = sizeof(found)};

    CHECK_STATUS(PWWB_E_NOT_SUPPORTED,
                 pwwb_directory_find(directory, &anchor, DEADLINE_MS, &found, err));
    pwwb_directory_free(directory);
}

/* A set over options that do not work: the status, and that nothing was written. */
static void
set_fails(const pwwb_ldap_options *o, pwwb_status status, int32_t code)
{
    pwwb_directory *directory = open_as(o);
    pwwb_set        set       = request("u019", PWWB_SET_RESET, NULL, fresh());
    pwwb_set_result result    = {.size = sizeof(result)};
    int             before    = written("u019");

    CHECK_STATUS(status, pwwb_directory_set(directory, &set, DEADLINE_MS, &result, err));
    CHECK_INT(code, result.code);
    CHECK_INT(before, written("u019"));
    pwwb_directory_free(directory);
}

static void
certificates_are_checked_whatever_the_environment_says(void)
{
    pwwb_ldap_options o = options();

    o.ca_file = ad("AD_OTHER_CA");
    set_fails(&o, PWWB_E_TLS_CA, PWWB_CODE_CONFIGURATION);
    o.security = PWWB_LDAP_STARTTLS;
    set_fails(&o, PWWB_E_TLS_CA, PWWB_CODE_CONFIGURATION);

    o      = options();
    o.host = "dc2.example.test";
    set_fails(&o, PWWB_E_TLS_NAME, PWWB_CODE_CONFIGURATION);
    o.security = PWWB_LDAP_STARTTLS;
    set_fails(&o, PWWB_E_TLS_NAME, PWWB_CODE_CONFIGURATION);
}

static void
a_refused_service_account_is_told_with_the_reason(void)
{
    pwwb_ldap_options o = options();

    o.password     = (const uint8_t *)"wrong";
    o.password_len = 5;
    set_fails(&o, PWWB_E_AUTH, PWWB_CODE_CONFIGURATION);
    CHECK_INT(PWWB_LAYER_LDAP, pwwb_error_layer(err));
    CHECK_INT(49, pwwb_error_code(err));
    CHECK(strstr(pwwb_error_message(err), "wrong name or password") != NULL);

    o.password_len = 1; /* the shortest stand-in */
    set_fails(&o, PWWB_E_AUTH, PWWB_CODE_CONFIGURATION);
}

static void
a_controller_that_is_not_there_cannot_be_asked(void)
{
    pwwb_ldap_options o = options();

    o.port = 1;
    set_fails(&o, PWWB_E_CONNECT, PWWB_CODE_UNREACHABLE);
}

static void
a_deadline_that_is_over_sends_nothing(void)
{
    pwwb_directory   *directory = open_directory();
    pwwb_set          set       = request("u019", PWWB_SET_RESET, NULL, fresh());
    pwwb_set_result   result    = {.size = sizeof(result)};
    pwwb_account      account   = {.size = sizeof(account)};
    pwwb_policy_rules rules     = {.size = sizeof(rules)};
    int               before    = written("u019");

    CHECK_STATUS(PWWB_OK,
                 pwwb_directory_read(directory, set.guid, DEADLINE_MS, &account, &rules, err));
    CHECK_STATUS(PWWB_OK, pwwb_directory_set(directory, &set, 0, &result, err));
    CHECK_INT(PWWB_CODE_TIMEOUT, result.code);
    CHECK_INT(before, written("u019"));
    CHECK_STATUS(PWWB_OK, /* and the next call connects again */
                 pwwb_directory_read(directory, set.guid, DEADLINE_MS, &account, &rules, err));
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
    RUN(a_person_is_read_with_the_domains_rules);
    RUN(administrators_are_protected_also_by_primary_group);
    RUN(kinds_of_accounts_are_told_apart);
    RUN(a_fine_grained_policy_is_effective_or_known_to_be_unknown);
    RUN(no_such_entry_is_not_found);
    RUN(anchors_are_found_by_consistency_guid_before_object_guid);
    RUN(accounts_are_looked_up_under_the_base_alone);
    RUN(cloud_anchors_are_not_the_directorys);
    RUN(certificates_are_checked_whatever_the_environment_says);
    RUN(a_refused_service_account_is_told_with_the_reason);
    RUN(a_controller_that_is_not_there_cannot_be_asked);
    RUN(a_deadline_that_is_over_sends_nothing);
    make_environment_calm();
    pwwb_error_free(err);
    return DONE;
}
