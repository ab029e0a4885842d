/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every result code as a Markdown page: what the person and the operator are told, and under which
 * name Microsoft's documentation knows it.
 */
#include <pwwb/pwwb.h>

#include <stdio.h>

int
main(void)
{
    int32_t code;
    size_t  i;

    printf("# Result codes of libpwwb %d\n", (int)pwwb_version_number());
    for (i = 0; (code = pwwb_code_at(i)) != 0; i++) {
        printf("\n## %s (%d)\n\nOutcome: %s.\n\n", pwwb_code_name(code), (int)code,
               pwwb_outcome_name(pwwb_code_outcome(code)));
        printf("To the person: %s\n\n", pwwb_code_user_text(code));
        printf("To the operator: %s\n", pwwb_code_operator_text(code));
        if (pwwb_code_alias(code)[0] != '\0')
            printf("\nMicrosoft: %s\n", pwwb_code_alias(code));
    }
    return i > 0 ? 0 : 1;
}
