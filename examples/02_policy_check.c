/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Judge passwords by rules and by a list of banned words before any directory is asked, and say
 * everything that is wrong at once.
 *
 *     02_policy_check
 */
#include <pwwb/pwwb.h>

#include <stdio.h>
#include <string.h>

static const struct {
    const char *password;
    int32_t     verdict; /* what it must be */
} tries[] = {
    {"anna17", PWWB_VERDICT_FAIL},            /* too short, contains the name, two kinds only */
    {"Schmidt-2017-x", PWWB_VERDICT_FAIL},    /* contains a part of the name */
    {"\xc3\xbc" "berlegen-klein", PWWB_VERDICT_UNKNOWN}, /* is that letter a third kind? */
    {"Correct-Horse-7", PWWB_VERDICT_PASS},
    {"C0nt0s0-L0nd0n", PWWB_VERDICT_FAIL},    /* two banned words and a sign: three points */
};

static const char words[] = "contoso\nlondon\nwidget\n"; /* one a line, as in a file */

static const char *
verdict_name(int32_t verdict)
{
    return verdict == PWWB_VERDICT_PASS   ? "pass"
           : verdict == PWWB_VERDICT_FAIL ? "fail"
                                          : "only the directory can tell";
}

static void
print_findings(const pwwb_findings *findings)
{
    int32_t code, basis;
    int64_t limit, actual;
    size_t  i;

    for (i = 0; pwwb_findings_get(findings, i, &code, &basis, &limit, &actual) == PWWB_OK; i++)
        printf("    %-22s %s (%s; limit %lld, actual %lld)\n", pwwb_code_name(code),
               pwwb_code_user_text(code), basis == PWWB_BASIS_STATED ? "stated" : "inferred",
               (long long)limit, (long long)actual);
}

/* Rules and an account as a directory would give them; what it does not tell stays "not known". */
static pwwb_status
begin(pwwb_policy_rules *rules, pwwb_account *account, pwwb_error *err)
{
    pwwb_status st = pwwb_policy_rules_init(rules, err);

    if (st == PWWB_OK)
        st = pwwb_account_init(account, err);
    if (st != PWWB_OK)
        return st;

    rules->source         = PWWB_POLICY_HOST;
    rules->min_length     = 12;
    rules->complexity     = PWWB_YES;
    rules->history_length = 24;
    rules->min_age_ms     = 0;
    account->kind         = PWWB_ACCOUNT_PERSON;
    strcpy(account->account_name, "aschmidt");
    strcpy(account->display_name, "Anna Schmidt");
    return PWWB_OK;
}

int
main(void)
{
    pwwb_policy_rules rules    = {.size = sizeof(rules)};
    pwwb_account      account  = {.size = sizeof(account)};
    pwwb_error       *err      = pwwb_error_new();
    pwwb_findings    *findings = pwwb_findings_new();
    pwwb_policy      *policy   = NULL;
    pwwb_filter      *banned   = NULL;
    int               wrong    = 0;
    char              text[PWWB_POLICY_TEXT_SIZE];
    size_t            len;
    int32_t           verdict;
    size_t            i;
    pwwb_status       st = begin(&rules, &account, err);

    if (st == PWWB_OK)
        st = pwwb_policy_new(&rules, &policy, err);
    if (st == PWWB_OK)
        st = pwwb_policy_print(&rules, NULL, text, sizeof(text), &len, err);
    if (st == PWWB_OK)
        printf("%s\n", text);
    if (st == PWWB_OK)
        st = pwwb_filter_new_banned(words, strlen(words), &banned, err);
    for (i = 0; st == PWWB_OK && i < sizeof(tries) / sizeof(tries[0]); i++) {
        const char *password = tries[i].password; /* an example's; yours is never printed */

        /* [check] */
        st = pwwb_policy_check(policy, &account, PWWB_SET_RESET, (const uint8_t *)password,
                               strlen(password), findings, &verdict, err);
        if (st == PWWB_OK)
            st = pwwb_filter_check(banned, &account, PWWB_SET_RESET, (const uint8_t *)password,
                                   strlen(password), findings, &verdict, err);
        /* [check] end */
        printf("%s: %s\n", password, verdict_name(verdict));
        print_findings(findings);
        wrong += verdict != tries[i].verdict;
    }

    if (st != PWWB_OK)
        fprintf(stderr, "%s: %s\n", pwwb_status_name(st), pwwb_error_message(err));
    pwwb_filter_free(banned);
    pwwb_policy_free(policy);
    pwwb_findings_free(findings);
    pwwb_error_free(err);
    return st == PWWB_OK && wrong == 0 ? 0 : 1;
}
