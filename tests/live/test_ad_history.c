/* SPDX-License-Identifier: Apache-2.0 */
/* rows: 5 15 16 */
/* History on a reset, on a controller that has policy hints and on one that has not: each has its
 * tests here. What the bare server does is asked with ldapmodify. */

#include "ad_bare.h"

#define DAY_MS INT64_C(86400000)

/* Two passwords, one after the other: the first is in history then. */
static void
give(const char *user, char older[64], char current[64])
{
    snprintf(older, 64, "%s", fresh());
    snprintf(current, 64, "%s", fresh());
    CHECK_INT(0, bare_reset(user, older, ""));
    CHECK_INT(0, bare_reset(user, current, ""));
}

static pwwb_directory *
open_with(uint32_t flags)
{
    pwwb_ldap_options o = options();

    o.flags = flags;
    return open_as(&o);
}

static pwwb_set_result
reset(uint32_t flags, const char *user, const char *password, int writes, pwwb_findings *findings)
{
    pwwb_directory *directory = open_with(flags);
    pwwb_set        set       = request(user, PWWB_SET_RESET, NULL, password);
    pwwb_set_result result    = carry_out(directory, &set, user, writes, findings);

    pwwb_directory_free(directory);
    return result;
}

static void
set_min_age(int days)
{
    char out[256];

    CHECK_INT(0, run(out, sizeof(out),
                     "samba-tool domain passwordsettings set -s $AD_CONF -H $SAM --min-pwd-age=%d",
                     days));
}

/* With hints. */

static void
an_older_password_is_refused_on_a_reset(void)
{
    pwwb_findings *findings = pwwb_findings_new();
    char           older[64], current[64];
    int64_t        limit, actual;

    give("u021", older, current);
    CHECK_INT(PWWB_CODE_POLICY_HISTORY, reset(0, "u021", older, 0, findings).code);
    CHECK_INT(1, pwwb_findings_count(findings));
    CHECK(has_finding(findings, PWWB_CODE_POLICY_HISTORY, &limit, &actual));
    CHECK_INT(24, limit);
    CHECK(binds("u021", current));
    pwwb_findings_free(findings);
}

static void
so_is_the_current_one(void)
{
    char older[64], current[64];

    give("u022", older, current);
    CHECK_INT(PWWB_CODE_POLICY_HISTORY, reset(0, "u022", current, 0, NULL).code);
}

static void
also_where_the_host_would_do_without(void)
{
    char older[64], current[64];

    give("u022", older, current);
    CHECK_INT(PWWB_CODE_POLICY_HISTORY,
              reset(PWWB_LDAP_ALLOW_NO_HISTORY, "u022", older, 0, NULL).code);
}

static void
a_fresh_one_is_set_without_a_warning(void)
{
    pwwb_findings *findings = pwwb_findings_new();
    const char    *password = fresh();

    CHECK_INT(PWWB_CODE_OK, reset(0, "u023", password, 1, findings).code);
    CHECK_INT(0, pwwb_findings_count(findings));
    CHECK(binds("u023", password));
    pwwb_findings_free(findings);
}

static void
the_control_alone_makes_the_difference(void)
{
    char older[64], current[64];

    give("u024", older, current);
    CHECK_INT(53, bare_reset("u024", older, HINTS(ENFORCE)));
    CHECK_INT(0, bare_reset("u024", older, ""));
}

/* Rules of a reset in one modify with lockoutTime and pwdLastSet. */
static void
history_holds_with_unlock_and_must_change_beside(void)
{
    pwwb_directory *directory = open_with(0);
    char            older[64], current[64];
    pwwb_set        set;

    give("u025", older, current);
    set             = request("u025", PWWB_SET_RESET, NULL, older);
    set.unlock      = 1;
    set.must_change = PWWB_MUST_CHANGE_SET;
    CHECK_INT(PWWB_CODE_POLICY_HISTORY, carry_out(directory, &set, "u025", 0, NULL).code);
    CHECK(strcmp("0", stored("u025", "pwdLastSet")) != 0);

    set             = request("u025", PWWB_SET_RESET, NULL, fresh());
    set.unlock      = 1;
    set.must_change = PWWB_MUST_CHANGE_SET;
    CHECK_INT(PWWB_CODE_OK, carry_out(directory, &set, "u025", 1, NULL).code);
    CHECK_STR("0", stored("u025", "pwdLastSet"));
    pwwb_directory_free(directory);
}

/* Samba holds a reset to the minimum age, too, when it is asked to hold it to history. */
static void
minimum_age_holds_on_a_reset_then(void)
{
    pwwb_findings *findings = pwwb_findings_new();
    int64_t        set_at, until, since;

    begin("u026");
    set_min_age(1);
    CHECK_INT(PWWB_CODE_POLICY_TOO_YOUNG, reset(0, "u026", fresh(), 0, findings).code);
    CHECK(has_finding(findings, PWWB_CODE_POLICY_TOO_YOUNG, &until, &since));
    set_at = atoll(stored("u026", "pwdLastSet")) / 10000 - INT64_C(11644473600000);
    CHECK_INT(set_at, since);
    CHECK_INT(set_at + DAY_MS, until);
    set_min_age(0);
    pwwb_findings_free(findings);
}

/* Without. */

static void
a_reset_is_refused_and_nothing_is_sent(void)
{
    pwwb_findings *findings = pwwb_findings_new();
    char           before[64];

    snprintf(before, sizeof(before), "%s", stored("u021", "uSNChanged"));
    CHECK_INT(PWWB_CODE_HISTORY_NOT_ENFORCEABLE, reset(0, "u021", fresh(), 0, findings).code);
    CHECK_STR(before, stored("u021", "uSNChanged"));
    pwwb_findings_free(findings);
}

static void
where_the_host_does_without_an_older_password_is_set_with_a_warning(void)
{
    pwwb_findings *findings = pwwb_findings_new();
    char           older[64], current[64];
    int64_t        limit, actual;

    give("u021", older, current);
    CHECK_INT(PWWB_CODE_OK_HISTORY_NOT_ENFORCED,
              reset(PWWB_LDAP_ALLOW_NO_HISTORY, "u021", older, 1, findings).code);
    CHECK_INT(1, pwwb_findings_count(findings));
    CHECK(has_finding(findings, PWWB_CODE_OK_HISTORY_NOT_ENFORCED, &limit, &actual));
    CHECK(binds("u021", older));
    pwwb_findings_free(findings);
}

static void
a_change_needs_no_hints(void)
{
    pwwb_directory *directory = open_with(0);
    const char     *password  = fresh();
    pwwb_set        set;

    begin("u022");
    set = request("u022", PWWB_SET_CHANGE, START, password);
    CHECK_INT(PWWB_CODE_OK, carry_out(directory, &set, "u022", 1, NULL).code);
    CHECK(binds("u022", password));
    pwwb_directory_free(directory);
}

/* Only a critical control fails where it is not known: RFC 4511 4.1.11. */
static void
the_server_refuses_the_control_when_it_is_critical_alone(void)
{
    char older[64], current[64];
    int  before;

    give("u023", older, current);
    before = written("u023");
    CHECK_INT(12, bare_reset("u023", older, HINTS(ENFORCE)));
    CHECK_INT(before, written("u023"));
    CHECK_INT(0, bare_reset("u023", older, "'" HINTS_OID "=" ENFORCE "'"));
    CHECK_INT(before + 1, written("u023"));
}

static void
with_hints(void)
{
    RUN(an_older_password_is_refused_on_a_reset);
    RUN(so_is_the_current_one);
    RUN(also_where_the_host_would_do_without);
    RUN(a_fresh_one_is_set_without_a_warning);
    RUN(the_control_alone_makes_the_difference);
    RUN(history_holds_with_unlock_and_must_change_beside);
    RUN(minimum_age_holds_on_a_reset_then);
}

static void
without_hints(void)
{
    RUN(a_reset_is_refused_and_nothing_is_sent);
    RUN(where_the_host_does_without_an_older_password_is_set_with_a_warning);
    RUN(a_change_needs_no_hints);
    RUN(the_server_refuses_the_control_when_it_is_critical_alone);
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
    if (has_hints())
        with_hints();
    else
        without_hints();
    make_environment_calm();
    pwwb_error_free(err);
    return DONE;
}
