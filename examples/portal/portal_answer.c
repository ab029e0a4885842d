/* SPDX-License-Identifier: Apache-2.0 */
#include "portal_request.h"

#include <stdio.h>
#include <string.h>

#include "../pwwb_admin_print.h"
#include "portal_lang.h"
#include "portal_reasons.h"

static int
exit_of(const portal_request *r)
{
    switch (r->outcome) {
    case PWWB_OUTCOME_SET:
    case PWWB_OUTCOME_SET_WITH_WARNINGS:
        return PORTAL_WELL;
    case PWWB_OUTCOME_NOT_SET:
        return pwwb_code_class(r->code) == PWWB_CODE_CLASS_REACH ? PORTAL_LATER : PORTAL_NOT;
    default:
        return PORTAL_NOT_KNOWN;
    }
}

static int
is_unlock(const portal_request *r)
{
    return r->claims.operation == PWWB_OPERATION_UNLOCK;
}

/* The code is one of the findings, and so said with its numbers. */
static int
is_found(const portal_request *r)
{
    int32_t code;
    size_t  i;

    for (i = 0; pwwb_findings_get(r->findings, i, &code, NULL, NULL, NULL) == PWWB_OK; i++)
        if (code == r->code)
            return 1;
    return 0;
}

/* One of a newer agent has no name here. */
static void
print_code(const char *before, const char *text, int32_t code)
{
    const char *name = pwwb_code_name(code);

    if (strcmp(name, "?") != 0)
        printf("%s%s (%s)\n", before, text, name);
    else
        printf("%s%s (%d)\n", before, text, (int)code);
}

static void
print_head(const portal_request *r)
{
    if (r->outcome != PWWB_OUTCOME_NOT_SET || !is_found(r))
        print_code("", portal_result(r->code, r->outcome, is_unlock(r)), r->code);
    else
        printf("%s\n", is_unlock(r) ? _("Your account was not unlocked:") : _("Your password was not changed:"));
}

/* What the first line has said already is not said again. */
static void
print_reasons(const portal_request *r)
{
    int     is_said = r->outcome != PWWB_OUTCOME_NOT_SET;
    char    text[PORTAL_REASON_SIZE];
    int32_t code;
    size_t  i;

    for (i = 0; pwwb_findings_get(r->findings, i, &code, NULL, NULL, NULL) == PWWB_OK; i++)
        if (portal_reason(r->findings, i, text) || !is_said || code != r->code)
            print_code("  - ", text, code);
}

/* For whoever runs it: the person can do nothing about these. */
static void
print_notes(const portal_request *r)
{
    int32_t class = pwwb_code_class(r->code);

    if (r->relay != PWWB_OK)
        fprintf(stderr, _("relay: %s\n"), pwwb_status_name(r->relay));
    if (r->is_stopped && r->outcome == PWWB_OUTCOME_NOT_SET)
        fprintf(stderr, "%s\n", _("Stopped. Nothing was sent."));
    if (r->is_stopped && r->outcome == PWWB_OUTCOME_UNKNOWN)
        fprintf(stderr, "%s\n", _("Stopped. The request had been sent already."));
    if (class == PWWB_CODE_CLASS_OPERATOR || class == PWWB_CODE_CLASS_LOOKUP || class == PWWB_CODE_CLASS_REACH
        || class == PWWB_CODE_CLASS_MESSAGE)
        fprintf(stderr, "%s: %s\n", pwwb_code_name(r->code), pwwb_code_operator_text(r->code));
}

static void
print_number(const char *name, int64_t value)
{
    if (value >= 0)
        printf(", \"%s\": %lld", name, (long long)value);
}

static void
print_json_reason(const portal_request *r, size_t i)
{
    char    text[PORTAL_REASON_SIZE] = "";
    int32_t code  = 0, basis = 0;
    int64_t limit = -1, actual = -1;

    if (pwwb_findings_get(r->findings, i, &code, &basis, &limit, &actual) == PWWB_OK)
        (void)portal_reason(r->findings, i, text);
    printf("%s{\"code\": \"%s\", \"code_number\": %d, \"basis\": \"%s\"", i > 0 ? ", " : "", pwwb_code_name(code),
           (int)code, basis == PWWB_BASIS_STATED ? "stated" : "inferred");
    print_number("limit", limit);
    print_number("actual", actual);
    print_json_string(stdout, "text", text);
    printf("}");
}

/* The audit's own names, and what a caller shows to the person. */
static void
print_json(const portal_request *r)
{
    char   line[PWWB_AUDIT_LINE_SIZE];
    size_t len, i;

    if (pwwb_audit_print(&r->event, line, sizeof(line), &len, NULL) != PWWB_OK)
        len = (size_t)snprintf(line, sizeof(line), "{\"code\":\"%s\"}", pwwb_code_name(r->code));
    printf("%.*s", (int)len - 1, line); /* without its last brace */
    print_json_string(stdout, "text", portal_result(r->code, r->outcome, is_unlock(r)));
    print_json_string(stdout, "operator_text", pwwb_code_operator_text(r->code));
    if (r->relay != PWWB_OK)
        print_json_string(stdout, "relay", pwwb_status_name(r->relay));
    printf(", \"reasons\": [");
    for (i = 0; i < pwwb_findings_count(r->findings); i++)
        print_json_reason(r, i);
    printf("], \"exit\": %d}\n", exit_of(r));
}

int
portal_request_tell(const portal_request *r)
{
    if (r->of->options.is_json) {
        print_json(r);
        return exit_of(r);
    }
    print_head(r);
    print_reasons(r);
    (void)fflush(stdout);
    print_notes(r);
    return exit_of(r);
}
