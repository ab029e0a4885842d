/* SPDX-License-Identifier: Apache-2.0 */
/* rows: 5 16 */

/*
 * Windows answers one code, 0000052D, whichever rule a password broke: [MS-ADCAP] 3.3.4.1.8.4 and
 * 3.3.4.5.8.4. What is left when everything that can be checked is excluded, by [MS-SAMR] 3.1.1.7.1
 * (history and age are for changes; not for an account that needs no password) and [MS-ADTS]
 * 3.1.1.3.4.1.27 (for a reset, history by policy hints).
 */

#include <stdlib.h>

#include "harness.h"
#include "policy.h"

#define DAY_MS   INT64_C(86400000)
#define SET_MS   INT64_C(1795334400000) /* 2026-11-22 08:00 UTC */
#define PASSWORD "Tr0ub4dor&3"

static pwwb_policy_rules rules;
static pwwb_account      account;
static pwwb_findings    *findings;

/* The usual domain, an old password, and one that breaks no rule. */
static void
begin(void)
{
    rules   = (pwwb_policy_rules){.size           = sizeof(rules),
                                  .source         = PWWB_POLICY_DOMAIN,
                                  .min_length     = 7,
                                  .complexity     = PWWB_YES,
                                  .history_length = 24,
                                  .min_age_ms     = DAY_MS};
    account = (pwwb_account){.size                 = sizeof(account),
                             .user_account_control = PWWB_UAC_NORMAL,
                             .kind                 = PWWB_ACCOUNT_PERSON,
                             .may_change           = PWWB_YES,
                             .password_last_set_ms = SET_MS,
                             .now_ms               = SET_MS + 2 * DAY_MS,
                             .account_name         = "jdoe",
                             .display_name         = "John Doe"};
}

static int32_t
explain(int32_t kind, int32_t has_past, const char *password)
{
    wb_refusal r = {&rules, &account, kind, has_past, wb_span_of(password, strlen(password)),
                    0};

    pwwb_findings_free(findings);
    findings = pwwb_findings_new();
    if (findings == NULL)
        abort();
    return wb_policy_explain(&r, findings);
}

static int32_t
explain_change(void)
{
    return explain(PWWB_SET_CHANGE, PWWB_YES, PASSWORD);
}

/* The nth finding. */
static void
finding(size_t n, int32_t code, int32_t basis, int64_t limit, int64_t actual)
{
    int32_t got_code, got_basis;
    int64_t got_limit, got_actual;

    CHECK_STATUS(PWWB_OK,
                 pwwb_findings_get(findings, n, &got_code, &got_basis, &got_limit, &got_actual));
    CHECK_STR(pwwb_code_name(code), pwwb_code_name(got_code));
    CHECK_INT(basis, got_basis);
    CHECK_INT(limit, got_limit);
    CHECK_INT(actual, got_actual);
}

/* A password filter can never be excluded, and is what stays last. */
static void
the_last_is_a_filter(size_t count)
{
    CHECK_INT(count, pwwb_findings_count(findings));
    finding(count - 1, PWWB_CODE_POLICY_OTHER, PWWB_BASIS_INFERRED, 0, 0);
    CHECK(wb_policy_is_explained(findings));
}

static void
a_change_of_an_old_password_leaves_history_and_a_filter(void)
{
    begin();
    CHECK_INT(PWWB_CODE_POLICY_OTHER, explain_change());
    finding(0, PWWB_CODE_POLICY_HISTORY, PWWB_BASIS_INFERRED, 24, 0);
    the_last_is_a_filter(2);
}

static void
no_history_leaves_a_filter_alone(void)
{
    begin();
    rules.history_length = 0;
    CHECK_INT(PWWB_CODE_POLICY_OTHER, explain_change());
    the_last_is_a_filter(1);
    begin();
    account.user_account_control |= PWWB_UAC_NOTREQD;
    CHECK_INT(PWWB_CODE_POLICY_OTHER, explain_change());
    the_last_is_a_filter(1);
}

static void
what_is_surely_broken_names_the_refusal_and_nothing_is_inferred(void)
{
    begin();
    CHECK_INT(PWWB_CODE_POLICY_TOO_SHORT, explain(PWWB_SET_CHANGE, PWWB_YES, "aB3-x"));
    CHECK_INT(1, pwwb_findings_count(findings));
    finding(0, PWWB_CODE_POLICY_TOO_SHORT, PWWB_BASIS_STATED, 7, 5);
    CHECK(!wb_policy_is_explained(findings));

    account.now_ms = SET_MS + DAY_MS / 2;
    CHECK_INT(PWWB_CODE_POLICY_TOO_YOUNG, explain_change());
    finding(0, PWWB_CODE_POLICY_TOO_YOUNG, PWWB_BASIS_STATED, SET_MS + DAY_MS, SET_MS);
}

static void
an_age_that_cannot_be_told_is_left_with_the_earliest_time(void)
{
    begin();
    account.now_ms = -1;
    CHECK_INT(PWWB_CODE_POLICY_OTHER, explain_change());
    finding(0, PWWB_CODE_POLICY_TOO_YOUNG, PWWB_BASIS_INFERRED, SET_MS + DAY_MS, SET_MS);
    finding(1, PWWB_CODE_POLICY_HISTORY, PWWB_BASIS_INFERRED, 24, 0);
    the_last_is_a_filter(3);
}

static void
a_reset_has_a_past_by_policy_hints_alone(void)
{
    begin();
    account.now_ms = SET_MS + DAY_MS / 2;
    CHECK_INT(PWWB_CODE_POLICY_OTHER, explain(PWWB_SET_RESET, PWWB_NO, PASSWORD));
    the_last_is_a_filter(1);

    /* that they bring minimum age is seen, and written down nowhere: never more than inferred */
    CHECK_INT(PWWB_CODE_POLICY_OTHER, explain(PWWB_SET_RESET, PWWB_YES, PASSWORD));
    finding(0, PWWB_CODE_POLICY_HISTORY, PWWB_BASIS_INFERRED, 24, 0);
    finding(1, PWWB_CODE_POLICY_TOO_YOUNG, PWWB_BASIS_INFERRED, SET_MS + DAY_MS, SET_MS);
    the_last_is_a_filter(3);

    account.now_ms = SET_MS + 2 * DAY_MS;
    CHECK_INT(PWWB_CODE_POLICY_OTHER, explain(PWWB_SET_RESET, PWWB_YES, PASSWORD));
    the_last_is_a_filter(2);
    CHECK_INT(PWWB_CODE_POLICY_OTHER, explain(PWWB_SET_RESET, PWWB_MAYBE, PASSWORD));
    the_last_is_a_filter(2);
}

static void
a_right_to_change_is_left_unless_it_is_known(void)
{
    begin();
    rules.history_length = 0;
    account.may_change   = PWWB_MAYBE;
    CHECK_INT(PWWB_CODE_POLICY_OTHER, explain_change());
    finding(0, PWWB_CODE_USER_CANNOT_CHANGE, PWWB_BASIS_INFERRED, 0, 0);
    the_last_is_a_filter(2);
    CHECK_INT(PWWB_CODE_POLICY_OTHER, explain(PWWB_SET_RESET, PWWB_YES, PASSWORD));
    the_last_is_a_filter(1);

    account.may_change = PWWB_NO;
    CHECK_INT(PWWB_CODE_USER_CANNOT_CHANGE, explain_change());
    CHECK_INT(1, pwwb_findings_count(findings));
    finding(0, PWWB_CODE_USER_CANNOT_CHANGE, PWWB_BASIS_STATED, 0, 0);
}

/* é may be a letter of a kind of its own or a small one: the two texts of Microsoft's differ. */
static void
what_the_pre_check_left_open_is_left(void)
{
    begin();
    rules.history_length = 0;
    CHECK_INT(PWWB_CODE_POLICY_OTHER, explain(PWWB_SET_RESET, PWWB_YES, "kl\xc3\xa9in-klein"));
    finding(0, PWWB_CODE_POLICY_COMPLEXITY, PWWB_BASIS_INFERRED, 3, 2);
    the_last_is_a_filter(2);
    account.account_name[0] = '\0'; /* not known */
    CHECK_INT(PWWB_CODE_POLICY_OTHER, explain(PWWB_SET_RESET, PWWB_YES, PASSWORD));
    finding(0, PWWB_CODE_POLICY_CONTAINS_NAME, PWWB_BASIS_INFERRED, 0, PWWB_NAME_ACCOUNT);
    the_last_is_a_filter(2);
}

/* Numbers that stand in rules which cannot be read exclude nothing. */
static void
rules_that_cannot_be_read_leave_everything(void)
{
    begin();
    rules.source         = PWWB_POLICY_UNREADABLE;
    rules.history_length = 0;
    CHECK_INT(PWWB_CODE_POLICY_OTHER, explain_change());
    finding(0, PWWB_CODE_POLICY_TOO_SHORT, PWWB_BASIS_INFERRED, -1, 11);
    finding(1, PWWB_CODE_POLICY_TOO_YOUNG, PWWB_BASIS_INFERRED, -1, SET_MS);
    finding(2, PWWB_CODE_POLICY_HISTORY, PWWB_BASIS_INFERRED, -1, 0);
    the_last_is_a_filter(4);
}

static void
a_lock_opens_when_it_is_told_or_can_be_told(void)
{
    begin();
    account.locked_since_ms   = SET_MS;
    account.locked_until_ms   = -1;
    rules.lockout_duration_ms = -1;
    CHECK_INT(-1, wb_policy_locked_until(&rules, &account));
    rules.lockout_duration_ms = 0;
    CHECK_INT(0, wb_policy_locked_until(&rules, &account));
    rules.lockout_duration_ms = DAY_MS;
    CHECK_INT(SET_MS + DAY_MS, wb_policy_locked_until(&rules, &account));
    rules.lockout_duration_ms = INT64_MAX;
    CHECK_INT(INT64_MAX, wb_policy_locked_until(&rules, &account));
    account.locked_until_ms = SET_MS + 5;
    CHECK_INT(SET_MS + 5, wb_policy_locked_until(&rules, &account));
}

int
main(void)
{
    RUN(a_change_of_an_old_password_leaves_history_and_a_filter);
    RUN(no_history_leaves_a_filter_alone);
    RUN(what_is_surely_broken_names_the_refusal_and_nothing_is_inferred);
    RUN(an_age_that_cannot_be_told_is_left_with_the_earliest_time);
    RUN(a_reset_has_a_past_by_policy_hints_alone);
    RUN(a_right_to_change_is_left_unless_it_is_known);
    RUN(what_the_pre_check_left_open_is_left);
    RUN(rules_that_cannot_be_read_leave_everything);
    RUN(a_lock_opens_when_it_is_told_or_can_be_told);
    pwwb_findings_free(findings);
    return DONE;
}
