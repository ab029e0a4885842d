/* SPDX-License-Identifier: Apache-2.0 */
/* rows: 1 3 16 */
#include "result.h"

#include "faults.h"
#include "harness.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* The header's own list: no default, so that the compiler misses a code that is not here. */
static const char *
name_in_header(int32_t code)
{
#define NAME(name)         \
    case PWWB_CODE_##name: \
        return #name
    switch ((enum pwwb_code)code) {
        NAME(OK);
        NAME(OK_PENDING_SYNC);
        NAME(OK_EXPIRED_ON_SET);
        NAME(OK_UNLOCK_FAILED);
        NAME(OK_MUST_CHANGE_FAILED);
        NAME(OK_HISTORY_NOT_ENFORCED);
        NAME(POLICY_TOO_SHORT);
        NAME(POLICY_TOO_LONG);
        NAME(POLICY_COMPLEXITY);
        NAME(POLICY_CONTAINS_NAME);
        NAME(POLICY_HISTORY);
        NAME(POLICY_TOO_YOUNG);
        NAME(POLICY_BANNED);
        NAME(POLICY_OTHER);
        NAME(OLD_PASSWORD_WRONG);
        NAME(MUST_CHANGE);
        NAME(EXPIRED);
        NAME(USER_CANNOT_CHANGE);
        NAME(LOCKED);
        NAME(DISABLED);
        NAME(ACCOUNT_EXPIRED);
        NAME(AUTH_RESTRICTED);
        NAME(LOCKOUT_GUARD);
        NAME(NOT_FOUND);
        NAME(NOT_JOINED);
        NAME(AMBIGUOUS);
        NAME(NO_DIRECTORY_OBJECT);
        NAME(NOT_ELIGIBLE);
        NAME(STAGING);
        NAME(PERMISSION);
        NAME(PROTECTED_ACCOUNT);
        NAME(TARGET_REFUSED);
        NAME(INSECURE_CHANNEL);
        NAME(STRONG_AUTH_REQUIRED);
        NAME(HISTORY_NOT_ENFORCEABLE);
        NAME(CONFIGURATION);
        NAME(REFERRAL);
        NAME(INTERNAL);
        NAME(PROTECTION_UNKNOWN);
        NAME(AUDIT);
        NAME(LIMIT_OPERATION);
        NAME(LIMIT_SCOPE);
        NAME(UNREACHABLE);
        NAME(TIMEOUT);
        NAME(AGENT_DOWN);
        NAME(BUSY);
        NAME(LIMIT_RATE);
        NAME(EXPIRED_MESSAGE);
        NAME(REPLAYED);
        NAME(DECRYPT);
        NAME(KEY_UNKNOWN);
        NAME(SUPERSEDED);
        NAME(CLOCK);
        NAME(IN_PROGRESS);
        NAME(USER_TYPE);
        NAME(OPERATION);
        NAME(ORIGIN_POWERSHELL);
        NAME(ORIGIN_GRAPH);
        NAME(ORIGIN_OFFICE_PORTAL);
        NAME(OWN_BY_ADMIN_TOOL);
        NAME(OUTCOME_UNKNOWN);
    }
#undef NAME
    return NULL;
}

static void
every_code_of_the_header_has_a_row_and_no_other_number_has(void)
{
    int32_t code;
    size_t  in_header = 0, in_table = 0;

    for (code = -10; code < 1000; code++) {
        const char *name = name_in_header(code);

        CHECK_STR(name != NULL ? name : "?", pwwb_code_name(code));
        CHECK_INT(name != NULL, wb_code_is_known(code));
        in_header += name != NULL;
    }
    while (pwwb_code_at(in_table) != 0)
        in_table++;
    CHECK_INT(in_header, in_table);
    CHECK_INT(0, pwwb_code_at(SIZE_MAX));
}

static void
codes_stand_in_order_and_each_once(void)
{
    size_t i;

    for (i = 0; pwwb_code_at(i + 1) != 0; i++)
        CHECK(pwwb_code_at(i) < pwwb_code_at(i + 1));
}

/* A sentence as a page shows it. */
static void
check_sentence(const char *text)
{
    size_t len = strlen(text);

    CHECK(len > 10 && len < 200);
    CHECK(len > 0 && strchr(".?", text[len - 1]) != NULL);
    CHECK(strchr(text, '%') == NULL && strchr(text, '\n') == NULL);
}

static void
every_code_has_its_texts_and_its_hundred_as_class(void)
{
    size_t i;

    for (i = 0; pwwb_code_at(i) != 0; i++) {
        int32_t code = pwwb_code_at(i);

        check_sentence(pwwb_code_user_text(code));
        check_sentence(pwwb_code_operator_text(code));
        CHECK_INT(code / 100, pwwb_code_class(code));
        CHECK(pwwb_code_alias(code) != NULL);
    }
}

/* The four outcomes, by the header's words on each code: *set* for two, *with warnings* for the
 * other "done, but", *unknown* where the answer was lost or somebody else is still at work. */
static int32_t
expected_outcome(int32_t code)
{
    switch (code) {
    case PWWB_CODE_OK:
    case PWWB_CODE_OK_PENDING_SYNC:
        return PWWB_OUTCOME_SET;
    case PWWB_CODE_OK_EXPIRED_ON_SET:
    case PWWB_CODE_OK_UNLOCK_FAILED:
    case PWWB_CODE_OK_MUST_CHANGE_FAILED:
    case PWWB_CODE_OK_HISTORY_NOT_ENFORCED:
        return PWWB_OUTCOME_SET_WITH_WARNINGS;
    case PWWB_CODE_OUTCOME_UNKNOWN:
    case PWWB_CODE_IN_PROGRESS:
        return PWWB_OUTCOME_UNKNOWN;
    default:
        return PWWB_OUTCOME_NOT_SET;
    }
}

static void
every_code_says_one_of_four_outcomes(void)
{
    size_t i;

    for (i = 0; pwwb_code_at(i) != 0; i++)
        CHECK_INT(expected_outcome(pwwb_code_at(i)), pwwb_code_outcome(pwwb_code_at(i)));
    CHECK_STR("set", pwwb_outcome_name(PWWB_OUTCOME_SET));
    CHECK_STR("set with warnings", pwwb_outcome_name(PWWB_OUTCOME_SET_WITH_WARNINGS));
    CHECK_STR("not set", pwwb_outcome_name(PWWB_OUTCOME_NOT_SET));
    CHECK_STR("unknown", pwwb_outcome_name(PWWB_OUTCOME_UNKNOWN));
    CHECK_STR("unknown", pwwb_outcome_name(99));
}

static void
a_code_that_is_not_known_is_uncertain_and_has_texts_all_the_same(void)
{
    CHECK_INT(PWWB_CODE_CLASS_UNCERTAIN, pwwb_code_class(999));
    CHECK_INT(PWWB_OUTCOME_UNKNOWN, pwwb_code_outcome(999));
    CHECK_INT(PWWB_OUTCOME_UNKNOWN, pwwb_code_outcome(0));
    CHECK_INT(PWWB_OUTCOME_UNKNOWN, pwwb_code_outcome(-1));
    CHECK_INT(PWWB_OUTCOME_UNKNOWN, pwwb_code_outcome(INT32_MIN));
    CHECK_STR("?", pwwb_code_name(999));
    check_sentence(pwwb_code_user_text(999));
    check_sentence(pwwb_code_operator_text(999));
    CHECK_STR("", pwwb_code_alias(999));
}

/* The names that were agreed on for results, and by which event or code of Microsoft's a reader
 * looks for them; "" where Microsoft has none. Source: entra-docs, troubleshoot-sspr-writeback. */
static const struct agreed {
    const char *name;
    const char *alias;
} agreed[] = {
    {"OK", "31002"},
    {"OK_EXPIRED_ON_SET", ""},
    {"OK_UNLOCK_FAILED", ""},
    {"OK_PENDING_SYNC", "OnPremisesSuccessCloudFailure"},
    {"POLICY_TOO_SHORT", "33008"},
    {"POLICY_TOO_LONG", "33008"},
    {"POLICY_COMPLEXITY", "33008"},
    {"POLICY_CONTAINS_NAME", "33008"},
    {"POLICY_HISTORY", "33008"},
    {"POLICY_TOO_YOUNG", "33008"},
    {"POLICY_BANNED", "FuzzyPolicy"},
    {"POLICY_OTHER", "33008"},
    {"OLD_PASSWORD_WRONG", "33007"},
    {"MUST_CHANGE", ""},
    {"EXPIRED", ""},
    {"USER_CANNOT_CHANGE", "33008"},
    {"LOCKED", "33006"},
    {"DISABLED", "33005"},
    {"ACCOUNT_EXPIRED", "SSPR_0029"},
    {"NOT_FOUND", "33002"},
    {"NOT_JOINED", "not-joined-to-MV"},
    {"AMBIGUOUS", "33003"},
    {"PERMISSION", "33004"},
    {"PROTECTED_ACCOUNT", "33004"},
    {"INSECURE_CHANNEL", "8023062C"},
    {"STRONG_AUTH_REQUIRED", "SSPR_0029"},
    {"HISTORY_NOT_ENFORCEABLE", "6329"},
    {"UNREACHABLE", "32001"},
    {"TIMEOUT", "SSPR_0030"},
    {"AGENT_DOWN", "31044"},
    {"EXPIRED_MESSAGE", ""},
    {"REPLAYED", ""},
    {"DECRYPT", "32004"},
    {"KEY_UNKNOWN", "32004"},
    {"OUTCOME_UNKNOWN", "32000"},
};

static int32_t
code_named(const char *name)
{
    size_t i;

    for (i = 0; pwwb_code_at(i) != 0; i++)
        if (strcmp(pwwb_code_name(pwwb_code_at(i)), name) == 0)
            return pwwb_code_at(i);
    return 0;
}

static void
every_name_that_was_agreed_on_exists_with_microsofts_alias(void)
{
    size_t i;

    for (i = 0; i < COUNT(agreed); i++) {
        int32_t code = code_named(agreed[i].name);

        if (code == 0 || strstr(pwwb_code_alias(code), agreed[i].alias) == NULL)
            harness_failed(agreed[i].name, 0, "its alias", agreed[i].alias, pwwb_code_alias(code));
        CHECK(code != 0);
    }
}

static void
a_list_holds_sixteen_findings_and_keeps_their_order(void)
{
    pwwb_findings *findings = pwwb_findings_new();
    int32_t        code, basis;
    int64_t        limit, actual;
    int            i;

    CHECK_INT(0, pwwb_findings_count(findings));
    for (i = 0; i < PWWB_FINDINGS_MAX; i++)
        CHECK_STATUS(PWWB_OK, pwwb_findings_add(findings, PWWB_CODE_POLICY_TOO_SHORT,
                                                PWWB_BASIS_STATED, 14, i));
    CHECK_STATUS(PWWB_E_FULL, pwwb_findings_add(findings, PWWB_CODE_POLICY_TOO_SHORT,
                                                PWWB_BASIS_STATED, 14, 16));
    CHECK_STATUS(PWWB_OK, pwwb_findings_add(findings, PWWB_CODE_POLICY_TOO_SHORT, PWWB_BASIS_STATED,
                                            14, 15)); /* is there already */
    CHECK_INT(PWWB_FINDINGS_MAX, pwwb_findings_count(findings));
    for (i = 0; i < PWWB_FINDINGS_MAX; i++) {
        CHECK_STATUS(PWWB_OK,
                     pwwb_findings_get(findings, (size_t)i, &code, &basis, &limit, &actual));
        CHECK_INT(PWWB_CODE_POLICY_TOO_SHORT, code);
        CHECK_INT(PWWB_BASIS_STATED, basis);
        CHECK_INT(14, limit);
        CHECK_INT(i, actual);
    }
    CHECK_STATUS(PWWB_OK, pwwb_findings_get(findings, 0, NULL, NULL, NULL, NULL));
    pwwb_findings_free(findings);
}

static void
the_same_finding_twice_is_one_and_another_basis_or_number_is_another(void)
{
    pwwb_findings *findings = pwwb_findings_new();

    CHECK_STATUS(PWWB_OK, pwwb_findings_add(findings, 105, PWWB_BASIS_INFERRED, 24, 0));
    CHECK_STATUS(PWWB_OK, pwwb_findings_add(findings, 105, PWWB_BASIS_INFERRED, 24, 0));
    CHECK_INT(1, pwwb_findings_count(findings));
    CHECK_STATUS(PWWB_OK, pwwb_findings_add(findings, 105, PWWB_BASIS_STATED, 24, 0));
    CHECK_STATUS(PWWB_OK, pwwb_findings_add(findings, 105, PWWB_BASIS_INFERRED, 23, 0));
    CHECK_STATUS(PWWB_OK, pwwb_findings_add(findings, 105, PWWB_BASIS_INFERRED, 24, 1));
    CHECK_STATUS(PWWB_OK, pwwb_findings_add(findings, 106, PWWB_BASIS_INFERRED, 24, 0));
    CHECK_INT(5, pwwb_findings_count(findings));
    wb_findings_clear(findings);
    CHECK_INT(0, pwwb_findings_count(findings));
    pwwb_findings_free(findings);
}

static void
findings_that_mean_nothing_are_refused(void)
{
    pwwb_findings *findings = pwwb_findings_new();
    int32_t        code = 7, basis = 7;
    int64_t        limit = 7, actual = 7;

    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_findings_add(NULL, 101, 1, 0, 0));
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_findings_add(findings, 0, 1, 0, 0));
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_findings_add(findings, 999, 1, 0, 0));
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_findings_add(findings, 101, 0, 0, 0));
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_findings_add(findings, 101, 3, 0, 0));
    CHECK_INT(0, pwwb_findings_count(findings));

    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT,
                 pwwb_findings_get(findings, 0, &code, &basis, &limit, &actual));
    CHECK(code == 0 && basis == 0 && limit == 0 && actual == 0);
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_findings_get(NULL, 0, NULL, NULL, NULL, NULL));
    CHECK_INT(0, pwwb_findings_count(NULL));
    pwwb_findings_free(findings);
    pwwb_findings_free(NULL);
}

static void
appending_takes_what_is_new_as_far_as_there_is_room(void)
{
    pwwb_findings *to   = pwwb_findings_new();
    pwwb_findings *from = pwwb_findings_new();
    int            i;

    for (i = 0; i < 10; i++) {
        CHECK_STATUS(PWWB_OK, pwwb_findings_add(to, 101, PWWB_BASIS_STATED, i, 0));
        CHECK_STATUS(PWWB_OK, pwwb_findings_add(from, 101, PWWB_BASIS_STATED, i + 1, 0));
    }
    wb_findings_append(to, from);
    CHECK_INT(11, pwwb_findings_count(to));
    wb_findings_append(to, to);
    wb_findings_append(to, NULL);
    CHECK_INT(11, pwwb_findings_count(to));

    wb_findings_clear(from);
    for (i = 0; i < 10; i++)
        CHECK_STATUS(PWWB_OK, pwwb_findings_add(from, 102, PWWB_BASIS_STATED, i, 0));
    wb_findings_append(to, from);
    CHECK_INT(PWWB_FINDINGS_MAX, pwwb_findings_count(to));
    pwwb_findings_free(to);
    pwwb_findings_free(from);
}

static void
running_out_of_memory_is_survived(void)
{
    faults_fail(1);
    CHECK(pwwb_findings_new() == NULL);
    faults_stop();
}

int
main(void)
{
    RUN(every_code_of_the_header_has_a_row_and_no_other_number_has);
    RUN(codes_stand_in_order_and_each_once);
    RUN(every_code_has_its_texts_and_its_hundred_as_class);
    RUN(every_code_says_one_of_four_outcomes);
    RUN(a_code_that_is_not_known_is_uncertain_and_has_texts_all_the_same);
    RUN(every_name_that_was_agreed_on_exists_with_microsofts_alias);
    RUN(a_list_holds_sixteen_findings_and_keeps_their_order);
    RUN(the_same_finding_twice_is_one_and_another_basis_or_number_is_another);
    RUN(findings_that_mean_nothing_are_refused);
    RUN(appending_takes_what_is_new_as_far_as_there_is_room);
    RUN(running_out_of_memory_is_survived);
    return DONE;
}
