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

int
main(void)
{
    /* Rules as a directory would give them; -1 and PWWB_MAYBE stand for "not known". */
    pwwb_policy_rules rules    = {.size           = sizeof(rules),
                                  .source         = PWWB_POLICY_HOST,
                                  .min_length     = 12,
                                  .complexity     = PWWB_YES,
                                  .history_length = 24,
                                  .min_age_ms     = 0,
                                  .max_age_ms     = -1};
    pwwb_account      account  = {.size                 = sizeof(account),
                                  .user_account_control = PWWB_UAC_NORMAL,
                                  .kind                 = PWWB_ACCOUNT_PERSON,
                                  .password_last_set_ms = -1,
                                  .now_ms               = -1,
                                  .account_name         = "aschmidt",
                                  .display_name         = "Anna Schmidt"};
    pwwb_error       *err      = pwwb_error_new();
    pwwb_findings    *findings = pwwb_findings_new();
    pwwb_policy      *policy   = NULL;
    pwwb_filter      *banned   = NULL;
    int               wrong    = 0;
    char              text[4096];
    int32_t           verdict;
    size_t            i;
    pwwb_status       st = pwwb_policy_new(&rules, &policy, err);

    if (st == PWWB_OK && pwwb_policy_describe(&rules, NULL, text, sizeof(text)) < sizeof(text))
        printf("%s\n", text);
    if (st == PWWB_OK)
        st = pwwb_filter_new_banned(words, strlen(words), &banned, err);
    for (i = 0; st == PWWB_OK && i < sizeof(tries) / sizeof(tries[0]); i++) {
        const char *password = tries[i].password; /* an example's; yours is never printed */

        st = pwwb_policy_check(policy, &account, PWWB_SET_RESET, (const uint8_t *)password,
                               strlen(password), findings, &verdict, err);
        if (st == PWWB_OK)
            st = pwwb_filter_check(banned, &account, PWWB_SET_RESET, (const uint8_t *)password,
                                   strlen(password), findings, &verdict, err);
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
