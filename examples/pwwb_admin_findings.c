/* SPDX-License-Identifier: Apache-2.0 */
#include "pwwb_admin_findings.h"

#include <stdio.h>
#include <time.h>

#include "pwwb_admin_print.h"

static const char *
print_time(int64_t ms, char text[32])
{
    time_t    seconds = (time_t)(ms / 1000);
    struct tm tm;

    if (ms <= 0 || gmtime_r(&seconds, &tm) == NULL || strftime(text, 32, "%Y-%m-%dT%H:%M:%SZ", &tm) == 0)
        (void)snprintf(text, 32, "an unknown time");
    return text;
}

static const char *
number(int64_t value, char text[32])
{
    if (value < 0)
        (void)snprintf(text, 32, "?");
    else
        (void)snprintf(text, 32, "%lld", (long long)value);
    return text;
}

static void
print_name(int64_t which)
{
    printf("it holds %s", which == PWWB_NAME_ACCOUNT   ? "the account's name"
                          : which == PWWB_NAME_DISPLAY ? "a part of the person's name"
                                                       : "a name");
}

static void
print_numbers(int32_t code, int64_t limit, int64_t actual, const char *unit)
{
    char wanted[32], there[32];

    switch (code) {
    case PWWB_CODE_POLICY_TOO_SHORT:
        printf("at least %s %s, it has %s", number(limit, wanted), unit, number(actual, there));
        return;
    case PWWB_CODE_POLICY_TOO_LONG:
        printf("at most %s %s, it has %s", number(limit, wanted), unit, number(actual, there));
        return;
    case PWWB_CODE_POLICY_COMPLEXITY:
        printf("%s kinds of characters, it has %s", number(limit, wanted), number(actual, there));
        return;
    case PWWB_CODE_POLICY_CONTAINS_NAME:
        print_name(actual);
        return;
    case PWWB_CODE_POLICY_HISTORY:
        printf("%s are remembered", number(limit, wanted));
        return;
    case PWWB_CODE_POLICY_TOO_YOUNG:
        printf("from %s on; it was set at %s", print_time(limit, wanted), print_time(actual, there));
        return;
    case PWWB_CODE_POLICY_BANNED:
        if (limit == 0)
            printf("it is in the file of leaked ones");
        else
            printf("%s points by the banned words, it has %s", number(limit, wanted), number(actual, there));
        return;
    default:
        printf("limit %s, actual %s", number(limit, wanted), number(actual, there));
        return;
    }
}

void
print_findings(const pwwb_findings *findings, int is_octets)
{
    int32_t code, basis;
    int64_t limit, actual;
    size_t  i;

    for (i = 0; pwwb_findings_get(findings, i, &code, &basis, &limit, &actual) == PWWB_OK; i++) {
        printf("- %s\n  %s, %s: ", pwwb_code_user_text(code), pwwb_code_name(code),
               basis == PWWB_BASIS_STATED ? "stated" : "inferred");
        print_numbers(code, limit, actual, is_octets ? "octets" : "characters");
        putchar('\n');
    }
}

static void
json_number(const char *name, int64_t value)
{
    if (value < 0)
        printf(", \"%s\": null", name);
    else
        printf(", \"%s\": %lld", name, (long long)value);
}

void
print_findings_json(const pwwb_findings *findings)
{
    int32_t code, basis;
    int64_t limit, actual;
    size_t  i;

    printf("[");
    for (i = 0; pwwb_findings_get(findings, i, &code, &basis, &limit, &actual) == PWWB_OK; i++) {
        printf("%s{\"code\": \"%s\", \"code_number\": %d", i == 0 ? "" : ", ", pwwb_code_name(code), (int)code);
        print_json_string(stdout, "basis", basis == PWWB_BASIS_STATED ? "stated" : "inferred");
        json_number("limit", limit);
        json_number("actual", actual);
        print_json_string(stdout, "text", pwwb_code_user_text(code));
        printf("}");
    }
    printf("]");
}
