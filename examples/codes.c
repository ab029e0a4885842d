/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every result code as a Markdown page: what the person and the operator are told, and under which
 * name Microsoft's documentation knows it. With --gettext: what persons are told as xgettext reads it.
 */
#include <pwwb/pwwb.h>

#include <stdio.h>
#include <string.h>

/* As C, for translators: which code it is, and its text. */
static int
print_gettext(void)
{
    int32_t code;
    size_t  i;

    for (i = 0; (code = pwwb_code_at(i)) != 0; i++)
        printf("/* %s */\ngettext(\"%s\");\n", pwwb_code_name(code), pwwb_code_user_text(code));
    printf("/* a code that is not known here */\ngettext(\"%s\");\n", pwwb_code_user_text(0));
    return i > 0 ? 0 : 1;
}

int
main(int argc, char **argv)
{
    int32_t code;
    size_t  i;

    if (argc > 1 && strcmp(argv[1], "--gettext") == 0)
        return print_gettext();
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
