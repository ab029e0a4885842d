/* SPDX-License-Identifier: Apache-2.0 */
/* Answer lines with what pwwb_policy_check() says, for tests/policy_model.py. A line:
 *   MINIMUM COMPLEXITY USER_ACCOUNT_CONTROL ACCOUNT DISPLAY PASSWORD
 * the last three in hexadecimal, "-" for none. The answer: the verdict, then each finding as
 * code:basis:limit:actual. */
#include <pwwb/policy.h>

#include <sodium.h>
#include <stdio.h>
#include <string.h>

static size_t
from_hex(const char *hex, void *out, size_t out_size)
{
    size_t len = 0;

    if (strcmp(hex, "-") != 0
        && sodium_hex2bin(out, out_size, hex, strlen(hex), NULL, &len, NULL) != 0)
        return (size_t)-1;
    return len;
}

static int
answer(const pwwb_policy_rules *rules, const pwwb_account *account, const uint8_t *password,
       size_t len)
{
    pwwb_findings *findings = pwwb_findings_new();
    pwwb_policy   *policy   = NULL;
    int32_t        verdict  = 0;
    int32_t        code, basis;
    int64_t        limit, actual;
    size_t         i;
    int            failed = 1;

    if (pwwb_policy_new(rules, &policy, NULL) != PWWB_OK)
        goto out;
    if (pwwb_policy_check(policy, account, PWWB_SET_RESET, password, len, findings, &verdict, NULL)
        != PWWB_OK)
        goto out;

    printf("%d", (int)verdict);
    for (i = 0; pwwb_findings_get(findings, i, &code, &basis, &limit, &actual) == PWWB_OK; i++)
        printf(" %d:%d:%d:%d", (int)code, (int)basis, (int)limit, (int)actual);
    printf("\n");
    failed = 0;
out:
    pwwb_policy_free(policy);
    pwwb_findings_free(findings);
    return failed;
}

int
main(void)
{
    char         account_hex[512], display_hex[1600], password_hex[2048];
    uint8_t      password[1024];
    int          minimum, complexity;
    unsigned int control;

    while (scanf("%d %d %u %511s %1599s %2047s", &minimum, &complexity, &control, account_hex,
                 display_hex, password_hex) == 6) {
        pwwb_policy_rules rules   = {.size       = sizeof(rules),
                                     .source     = PWWB_POLICY_DOMAIN,
                                     .min_length = minimum,
                                     .complexity = complexity};
        pwwb_account      account = {.size = sizeof(account), .user_account_control = control};
        size_t            len     = from_hex(password_hex, password, sizeof(password));

        (void)from_hex(account_hex, account.account_name, sizeof(account.account_name) - 1);
        (void)from_hex(display_hex, account.display_name, sizeof(account.display_name) - 1);
        if (len == (size_t)-1 || answer(&rules, &account, password, len) != 0)
            return 1;
    }
    return 0;
}
