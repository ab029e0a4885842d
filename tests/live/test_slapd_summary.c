/* SPDX-License-Identifier: Apache-2.0 */
/* rows: 5 8 */
/* The weakest rules of a real slapd: the default policy's, and those of every other that somebody has. */

#include "directory.h"
#include "ol.h"

/* Below the people of the other tests, which leave policies behind. */
#define ONE "s1,ou=sum"
#define TWO "s2,ou=sum"

static pwwb_policy_rules
summary_with(const char *policy_dn)
{
    pwwb_ldap_options o = options();
    pwwb_directory   *directory;
    pwwb_policy_rules rules;
    char              base[256];

    snprintf(base, sizeof(base), "ou=sum,ou=people,%s", ol("OL_BASE"));
    o.base_dn   = base;
    o.policy_dn = policy_dn;
    directory   = open_as(&o);
    CHECK_INT(1, wb_directory_probe(directory, DEADLINE_MS, &rules));
    pwwb_directory_free(directory);
    return rules;
}

static pwwb_policy_rules
summary(void)
{
    char dn[256];

    snprintf(dn, sizeof(dn), "cn=default,ou=policies,%s", ol("OL_BASE"));
    return summary_with(dn);
}

static void
use_default(const char *user)
{
    char out[512];

    run(out, sizeof(out), "printf \"dn: uid=%s,ou=people,$OL_BASE\\nchangetype: modify\\ndelete:"
                          " pwdPolicySubentry\\n\" | ldapmodify $as_admin", user);
}

static void
make_people(void)
{
    ldif("ldapadd", "ou=sum,ou=people", "objectClass: organizationalUnit\\n");
    ldif("ldapadd", "uid=" ONE ",ou=people", "objectClass: account\\n");
    ldif("ldapadd", "uid=" TWO ",ou=people", "objectClass: account\\n");
    ldif("ldapadd", "cn=sum (weak)*,ou=policies",
         "objectClass: device\\nobjectClass: pwdPolicy\\npwdAttribute: userPassword\\n"
         "pwdCheckQuality: 2\\npwdMinLength: 5\\npwdInHistory: 2\\npwdMaxAge: 0\\n");
}

static void
delete_people(void)
{
    char out[512];

    run(out, sizeof(out), "ldapdelete $as_admin 'uid=" ONE ",ou=people,'$OL_BASE"
                          " 'uid=" TWO ",ou=people,'$OL_BASE; ldapdelete $as_admin"
                          " ou=sum,ou=people,$OL_BASE 'cn=sum (weak)*,ou=policies,'$OL_BASE");
}

static void
where_all_have_the_default_they_are_its(void)
{
    pwwb_policy_rules rules = summary();

    CHECK_INT(PWWB_POLICY_PPOLICY, rules.source);
    CHECK_INT(8, rules.min_length);
    CHECK_INT(200, rules.max_length);
    CHECK_INT(PWWB_NO, rules.complexity);
    CHECK_INT(6, rules.history_length);
    CHECK_INT(0, rules.min_age_ms);
    CHECK_INT(INT64_C(7776000000), rules.max_age_ms);
}

static void
a_policy_that_somebody_has_weakens_them(void)
{
    pwwb_policy_rules rules;

    CHECK_INT(8, summary().min_length); /* nobody has it */
    use_policy(ONE, "sum (weak)*");
    use_policy(TWO, "minage");
    rules = summary();
    CHECK_INT(5, rules.min_length);
    CHECK_INT(0, rules.max_length);
    CHECK_INT(3, rules.history_length);
    CHECK_INT(0, rules.max_age_ms);
    use_default(ONE);
    CHECK_INT(8, summary().min_length);
    use_default(TWO);
}

static void
a_policy_that_may_not_be_read_or_is_not_there_is_not_known(void)
{
    use_policy(ONE, "nobody made it");
    CHECK_INT(-1, summary().min_length);
    use_default(ONE);
    CHECK_INT(8, summary().min_length);
}

/* slapd does not tell which policy is its default. */
static void
without_the_defaults_name_nothing_is_known(void)
{
    pwwb_policy_rules rules = summary_with(NULL);

    CHECK_INT(-1, rules.min_length);
    CHECK_INT(-1, rules.history_length);
    CHECK_INT(PWWB_MAYBE, rules.complexity);
    CHECK_INT(-1, summary_with("cn=nobody made it").min_length);
}

int
main(void)
{
    err = pwwb_error_new();
    delete_people(); /* of an earlier run */
    make_people();
    RUN(where_all_have_the_default_they_are_its);
    RUN(a_policy_that_somebody_has_weakens_them);
    RUN(a_policy_that_may_not_be_read_or_is_not_there_is_not_known);
    RUN(without_the_defaults_name_nothing_is_known);
    delete_people();
    pwwb_error_free(err);
    return DONE;
}
