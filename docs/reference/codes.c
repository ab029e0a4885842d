/* SPDX-License-Identifier: Apache-2.0 */
/* What the library itself says of every status and every result code, as JSON. */
#include <pwwb/pwwb.h>

#include <stdio.h>
#include <string.h>

static void
print_text(const char *name, const char *text)
{
    printf(", \"%s\": \"", name);
    for (; *text != '\0'; text++)
        printf(*text == '"' || *text == '\\' ? "\\%c" : "%c", *text);
    printf("\"");
}

static void
print_statuses(void)
{
    const char *between = "";
    int32_t     status;

    for (status = 0; status > -1000; status--) {
        if (strcmp(pwwb_status_name(status), "PWWB_E_?") == 0)
            continue;
        printf("%s\n  {\"number\": %d, \"class\": %d", between, (int)status, (int)pwwb_status_class(status));
        print_text("name", pwwb_status_name(status));
        printf("}");
        between = ",";
    }
}

static void
print_codes(void)
{
    int32_t code;
    size_t  i;

    for (i = 0; (code = pwwb_code_at(i)) != 0; i++) {
        printf("%s\n  {\"number\": %d, \"class\": %d", i > 0 ? "," : "", (int)code, (int)pwwb_code_class(code));
        print_text("name", pwwb_code_name(code));
        print_text("outcome", pwwb_outcome_name(pwwb_code_outcome(code)));
        print_text("user", pwwb_code_user_text(code));
        print_text("operator", pwwb_code_operator_text(code));
        print_text("alias", pwwb_code_alias(code));
        printf("}");
    }
}

int
main(void)
{
    printf("{\"version\": %d, \"statuses\": [", (int)pwwb_version_number());
    print_statuses();
    printf("],\n \"codes\": [");
    print_codes();
    printf("]}\n");
    return 0;
}
