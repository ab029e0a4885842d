/* SPDX-License-Identifier: Apache-2.0 */
/* rows: 5 8 */
/* The weakest rules of a real domain, as the service account and as an administrator see them. */

#include "ad.h"
#include "directory.h"

static pwwb_policy_rules
summary_of(const pwwb_ldap_options *o)
{
    pwwb_directory   *directory = open_as(o);
    pwwb_policy_rules rules;

    CHECK_INT(1, wb_directory_probe(directory, DEADLINE_MS, &rules));
    pwwb_directory_free(directory);
    return rules;
}

/* An account of this test's alone, for what it is granted. */
#define NAME     "svc-sum"
#define PASSWORD "Service-Sum-1!"

static pwwb_policy_rules
by_service(void)
{
    pwwb_ldap_options o = options();
    char              name[128];

    snprintf(name, sizeof(name), NAME "@%s", ad("AD_DNS"));
    o.bind_dn      = name;
    o.password     = (const uint8_t *)PASSWORD;
    o.password_len = strlen(PASSWORD);
    return summary_of(&o);
}

static pwwb_policy_rules
by_administrator(void)
{
    pwwb_ldap_options o = options();

    o.bind_dn      = ad("AD_ADMIN_DN");
    o.password     = (const uint8_t *)ad("AD_ADMIN_PW");
    o.password_len = strlen(ad("AD_ADMIN_PW"));
    return summary_of(&o);
}

/* What the shell says must go well. */
static void
samba(const char *command)
{
    char out[4096];
    int  rc = run(out, sizeof(out),
                  "tool() { samba-tool \"$@\" -H $SAM -s $AD_CONF; };"
                  " pso() { tool domain passwordsettings pso \"$@\"; }; %s",
                  command);

    if (rc != 0)
        printf("# %s\n", out);
    CHECK_INT(0, rc);
}

/* An entry of the container's list, for the account. */
static void
add_ace(const char *head)
{
    char command[512];

    snprintf(command, sizeof(command),
             "sid=$(ldbsearch -H $SAM '(sAMAccountName=" NAME ")' objectSid |"
             " sed -n 's/^objectSid: //p'); tool dsacl set --objectdn="
             "\"CN=Password Settings Container,CN=System,$AD_BASE\" --sddl=\"(%s;;;$sid)\"",
             head);
    samba(command);
}

static void
delete_all(void)
{
    samba("pso delete sum-weak; pso delete sum-long; true");
}

static void
create_all(void)
{
    samba("pso create sum-weak 5 --min-pwd-length=4 --complexity=off --history-length=30"
          " --min-pwd-age=0 --max-pwd-age=10 && pso create sum-long 6 --min-pwd-length=20"
          " --complexity=on --history-length=3 --min-pwd-age=1 --max-pwd-age=0");
}

static void
check_domains(pwwb_policy_rules rules)
{
    CHECK_INT(PWWB_POLICY_DOMAIN, rules.source);
    CHECK_INT(7, rules.min_length);
    CHECK_INT(PWWB_YES, rules.complexity);
    CHECK_INT(24, rules.history_length);
    CHECK_INT(0, rules.min_age_ms);
    CHECK_INT(INT64_C(90) * 86400000, rules.max_age_ms);
    CHECK_INT(0, rules.max_length);
}

/* Nothing is known but what is the weakest anyway. */
static void
check_unknown(pwwb_policy_rules rules)
{
    CHECK_INT(-1, rules.min_length);
    CHECK_INT(PWWB_MAYBE, rules.complexity);
    CHECK_INT(-1, rules.history_length);
    CHECK_INT(0, rules.min_age_ms);
    CHECK_INT(-1, rules.max_age_ms);
}

/* Each rule by itself: the weakest of all objects, whether one is applied yet or not. */
static void
check_weakest(pwwb_policy_rules rules)
{
    CHECK_INT(4, rules.min_length);
    CHECK_INT(PWWB_NO, rules.complexity);
    CHECK_INT(3, rules.history_length);
    CHECK_INT(0, rules.min_age_ms);
    CHECK_INT(0, rules.max_age_ms);
}

static void
an_administrator_sees_the_weakest_of_each(void)
{
    delete_all();
    check_domains(by_administrator());
    create_all();
    check_weakest(by_administrator());
}

/* Which is how a domain is made. */
static void
a_container_that_may_not_be_seen_leaves_what_is_weakest_anyway(void)
{
    check_unknown(by_service());
    delete_all();
    check_unknown(by_service());
}

static void
who_may_list_it_knows_when_it_is_empty_and_when_something_cannot_be_read(void)
{
    add_ace("A;;RPLCRC");
    check_domains(by_service());
    create_all();
    check_unknown(by_service());
}

/* What docs/rights.md grants. */
static void
who_may_read_all_of_it_sees_the_weakest_of_each(void)
{
    delete_all();
    add_ace("A;CI;GR");
    create_all();
    check_weakest(by_service());
}

/* Whoever may not list it sees none of them, and that is not what there is. */
static void
a_container_that_may_not_be_listed_is_not_taken_for_empty(void)
{
    add_ace("D;;LC");
    check_unknown(by_service());
    delete_all();
    check_unknown(by_service());
}

static void
a_directory_that_does_not_answer_is_not_up_and_tells_nothing(void)
{
    pwwb_ldap_options o = options();
    pwwb_directory   *directory;
    pwwb_policy_rules rules;

    o.address = "127.0.0.1"; /* nobody is there */
    o.port    = 1;
    directory = open_as(&o);
    CHECK_INT(0, wb_directory_probe(directory, 2000, &rules));
    CHECK_INT(PWWB_POLICY_UNREADABLE, rules.source);
    CHECK_INT(-1, rules.min_length);
    pwwb_directory_free(directory);
    o          = options();
    o.password = (const uint8_t *)"wrong";
    o.password_len = 5;
    directory      = open_as(&o);
    CHECK_INT(0, wb_directory_probe(directory, DEADLINE_MS, &rules));
    pwwb_directory_free(directory);
}

int
main(void)
{
    err = pwwb_error_new();
    samba("tool user delete " NAME "; tool user create " NAME " '" PASSWORD "'");
    RUN(an_administrator_sees_the_weakest_of_each);
    RUN(a_container_that_may_not_be_seen_leaves_what_is_weakest_anyway);
    RUN(who_may_list_it_knows_when_it_is_empty_and_when_something_cannot_be_read);
    RUN(who_may_read_all_of_it_sees_the_weakest_of_each);
    RUN(a_container_that_may_not_be_listed_is_not_taken_for_empty);
    samba("tool user delete " NAME);
    RUN(a_directory_that_does_not_answer_is_not_up_and_tells_nothing);
    pwwb_error_free(err);
    return DONE;
}
