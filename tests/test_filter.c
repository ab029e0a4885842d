/* SPDX-License-Identifier: Apache-2.0 */
/* The guards: a table that answers what it is told to. */
/* rows: 5 */
#include "filter.h"

#include <stdlib.h>

#include "error.h"
#include "fake_filter.h"
#include "faults.h"
#include "harness.h"

#define PASSWORD     ((const uint8_t *)"Tr0ub4dor&3")
#define PASSWORD_LEN 11

static pwwb_filter *
filter_over(fake_filter *fake)
{
    pwwb_filter *filter;

    CHECK_STATUS(PWWB_OK, pwwb_filter_new(&fake_filter_ops, fake, &filter, NULL));
    return filter;
}

static pwwb_status
check(fake_filter *fake, pwwb_findings *findings, int32_t *verdict)
{
    pwwb_filter *filter = filter_over(fake);
    pwwb_status  st     = pwwb_filter_check(filter, NULL, PWWB_SET_RESET, PASSWORD, PASSWORD_LEN,
                                            findings, verdict, NULL);

    pwwb_filter_free(filter);
    return st;
}

static void
finding_is(const pwwb_findings *findings, size_t index, int32_t code, int32_t basis, int64_t actual)
{
    int32_t got_code, got_basis;
    int64_t got_actual;

    CHECK_STATUS(PWWB_OK,
                 pwwb_findings_get(findings, index, &got_code, &got_basis, NULL, &got_actual));
    CHECK_STR(pwwb_code_name(code), pwwb_code_name(got_code));
    CHECK_INT(basis, got_basis);
    CHECK_INT(actual, got_actual);
}

static void
a_table_that_cannot_check_is_refused(void)
{
    fake_filter     fake = {0};
    pwwb_filter_ops ops  = fake_filter_ops;
    pwwb_filter    *filter;

    ops.check = NULL;
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_filter_new(&ops, &fake, &filter, NULL));
    CHECK(filter == NULL);
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_filter_new(NULL, &fake, &filter, NULL));
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_filter_new(&fake_filter_ops, &fake, NULL, NULL));
    ops      = fake_filter_ops;
    ops.size = sizeof(ops.size);
    CHECK_STATUS(PWWB_E_ABI, pwwb_filter_new(&ops, &fake, &filter, NULL));
    CHECK_INT(0, fake.destroyed);
}

static void
a_longer_table_is_refused_once_the_unknown_part_is_set(void)
{
    struct {
        pwwb_filter_ops ops;
        void           *unknown;
    } newer              = {fake_filter_ops, NULL};
    fake_filter  fake    = {0};
    pwwb_filter *filter;

    newer.ops.size = sizeof(newer);
    CHECK_STATUS(PWWB_OK, pwwb_filter_new(&newer.ops, &fake, &filter, NULL));
    pwwb_filter_free(filter);
    newer.unknown = &fake;
    CHECK_STATUS(PWWB_E_ABI, pwwb_filter_new(&newer.ops, &fake, &filter, NULL));
    CHECK(filter == NULL);
    CHECK_INT(1, fake.destroyed);
}

static void
what_is_behind_a_table_is_let_go_once(void)
{
    fake_filter     fake = {0};
    pwwb_filter_ops ops  = fake_filter_ops;
    pwwb_filter    *filter;

    pwwb_filter_free(NULL);
    pwwb_filter_free(filter_over(&fake));
    CHECK_INT(1, fake.destroyed);
    ops.destroy = NULL;
    CHECK_STATUS(PWWB_OK, pwwb_filter_new(&ops, &fake, &filter, NULL));
    pwwb_filter_free(filter);
    faults_fail(1);
    CHECK_STATUS(PWWB_E_NO_MEMORY, pwwb_filter_new(&fake_filter_ops, &fake, &filter, NULL));
    CHECK_INT(1, faults_stop());
    CHECK(filter == NULL);
    CHECK_INT(1, fake.destroyed);
}

static void
a_stated_finding_refuses_and_an_inferred_one_leaves_it_open(void)
{
    static const int32_t verdicts[][4] = {
        /* basis, before, after */
        {0, PWWB_VERDICT_PASS, PWWB_VERDICT_PASS},
        {0, PWWB_VERDICT_UNKNOWN, PWWB_VERDICT_UNKNOWN},
        {0, PWWB_VERDICT_FAIL, PWWB_VERDICT_FAIL},
        {PWWB_BASIS_STATED, PWWB_VERDICT_PASS, PWWB_VERDICT_FAIL},
        {PWWB_BASIS_STATED, PWWB_VERDICT_UNKNOWN, PWWB_VERDICT_FAIL},
        {PWWB_BASIS_STATED, PWWB_VERDICT_FAIL, PWWB_VERDICT_FAIL},
        {PWWB_BASIS_INFERRED, PWWB_VERDICT_PASS, PWWB_VERDICT_UNKNOWN},
        {PWWB_BASIS_INFERRED, PWWB_VERDICT_UNKNOWN, PWWB_VERDICT_UNKNOWN},
        {PWWB_BASIS_INFERRED, PWWB_VERDICT_FAIL, PWWB_VERDICT_FAIL},
    };
    size_t i;

    for (i = 0; i < sizeof(verdicts) / sizeof(verdicts[0]); i++) {
        fake_filter fake    = {.code  = verdicts[i][0] != 0 ? PWWB_CODE_POLICY_OTHER : 0,
                               .basis = verdicts[i][0]};
        int32_t     verdict = verdicts[i][1];

        CHECK_STATUS(PWWB_OK, check(&fake, NULL, &verdict));
        CHECK_INT(verdicts[i][2], verdict);
        CHECK_INT(1, fake.calls);
    }
}

static void
its_findings_join_those_that_are_there_the_stated_ones_first(void)
{
    fake_filter    fake     = {.code = PWWB_CODE_POLICY_BANNED, .basis = PWWB_BASIS_STATED};
    pwwb_findings *findings = pwwb_findings_new();
    int32_t        verdict  = PWWB_VERDICT_FAIL;

    (void)pwwb_findings_add(findings, PWWB_CODE_POLICY_TOO_SHORT, PWWB_BASIS_STATED, 7, 4);
    (void)pwwb_findings_add(findings, PWWB_CODE_POLICY_COMPLEXITY, PWWB_BASIS_INFERRED, 3, 2);
    CHECK_STATUS(PWWB_OK, check(&fake, findings, &verdict));
    CHECK_INT(0, fake.found_before);
    CHECK_INT(3, pwwb_findings_count(findings));
    finding_is(findings, 0, PWWB_CODE_POLICY_TOO_SHORT, PWWB_BASIS_STATED, 4);
    finding_is(findings, 1, PWWB_CODE_POLICY_BANNED, PWWB_BASIS_STATED, 1);
    finding_is(findings, 2, PWWB_CODE_POLICY_COMPLEXITY, PWWB_BASIS_INFERRED, 2);
    pwwb_findings_free(findings);
}

static void
a_list_that_is_full_gives_up_what_is_inferred(void)
{
    fake_filter    fake     = {.code  = PWWB_CODE_POLICY_BANNED,
                               .basis = PWWB_BASIS_STATED,
                               .count = 20};
    pwwb_findings *findings = pwwb_findings_new();
    int32_t        verdict  = PWWB_VERDICT_PASS;
    int            i;

    for (i = 0; i < PWWB_FINDINGS_MAX; i++)
        (void)pwwb_findings_add(findings, PWWB_CODE_POLICY_OTHER,
                                i == 7 ? PWWB_BASIS_STATED : PWWB_BASIS_INFERRED, 0, i);
    CHECK_STATUS(PWWB_OK, check(&fake, findings, &verdict));
    CHECK_INT(PWWB_VERDICT_FAIL, verdict);
    CHECK_INT(PWWB_FINDINGS_MAX, pwwb_findings_count(findings));
    finding_is(findings, 0, PWWB_CODE_POLICY_OTHER, PWWB_BASIS_STATED, 7);
    finding_is(findings, 1, PWWB_CODE_POLICY_BANNED, PWWB_BASIS_STATED, 1);
    finding_is(findings, 15, PWWB_CODE_POLICY_BANNED, PWWB_BASIS_STATED, 15);
    pwwb_findings_free(findings);
}

/* What it had found until then is not told either. */
static void
a_filter_that_cannot_judge_lets_nothing_pass(void)
{
    static const pwwb_status statuses[] = {PWWB_E_NO_MEMORY, PWWB_E_TIMEOUT, PWWB_E_MALFORMED};
    pwwb_findings           *findings   = pwwb_findings_new();
    size_t                   i;

    for (i = 0; i < sizeof(statuses) / sizeof(statuses[0]); i++) {
        fake_filter fake    = {.fault = {.nth = 1, .is_persistent = 1, .status = statuses[i]},
                               .code  = PWWB_CODE_POLICY_BANNED,
                               .basis = PWWB_BASIS_STATED};
        int32_t     verdict = PWWB_VERDICT_PASS;

        CHECK_STATUS(statuses[i], check(&fake, findings, &verdict));
        CHECK_INT(PWWB_VERDICT_UNKNOWN, verdict);
        verdict = PWWB_VERDICT_FAIL;
        CHECK_STATUS(statuses[i], check(&fake, findings, &verdict));
        CHECK_INT(PWWB_VERDICT_FAIL, verdict);
        CHECK_INT(0, pwwb_findings_count(findings));
    }
    pwwb_findings_free(findings);
}

static void
nonsense_is_not_passed_on(void)
{
    static const int32_t codes[] = {PWWB_CODE_OK, PWWB_CODE_LOCKED, PWWB_CODE_OUTCOME_UNKNOWN};
    fake_filter          wild    = {.fault = {.nth = 1, .status = 7}};
    pwwb_findings       *findings = pwwb_findings_new();
    int32_t              verdict  = PWWB_VERDICT_PASS;
    size_t               i;

    CHECK_STATUS(PWWB_E_CALLBACK, check(&wild, findings, &verdict));
    CHECK_INT(PWWB_VERDICT_UNKNOWN, verdict);
    for (i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
        fake_filter fake = {.code = codes[i], .basis = PWWB_BASIS_STATED};

        verdict = PWWB_VERDICT_PASS;
        CHECK_STATUS(PWWB_E_CALLBACK, check(&fake, findings, &verdict));
        CHECK_INT(PWWB_VERDICT_UNKNOWN, verdict);
        CHECK_INT(0, pwwb_findings_count(findings));
    }
    pwwb_findings_free(findings);
}

static void
a_filter_sees_whom_and_what(void)
{
    fake_filter  fake    = {0};
    pwwb_filter *filter  = filter_over(&fake);
    pwwb_account account = {.size = sizeof(account), .display_name = "Anna Schmidt"};
    int32_t      verdict = PWWB_VERDICT_PASS;

    CHECK_STATUS(PWWB_OK, pwwb_filter_check(filter, &account, PWWB_SET_CHANGE, PASSWORD,
                                            PASSWORD_LEN, NULL, &verdict, NULL));
    CHECK_INT(PWWB_SET_CHANGE, fake.kind);
    CHECK_STR("Tr0ub4dor&3", fake.password);
    CHECK_STR("Anna Schmidt", fake.account.display_name);
    CHECK_INT(sizeof(pwwb_account), fake.account.size);
    CHECK_STATUS(PWWB_OK, pwwb_filter_check(filter, NULL, PWWB_SET_RESET, PASSWORD, PASSWORD_LEN,
                                            NULL, &verdict, NULL));
    CHECK_INT(0, fake.has_account);
    CHECK_INT(PWWB_SET_RESET, fake.kind);
    pwwb_filter_free(filter);
}

/* Of one bad call after the other: the table is not asked, and nothing passes. */
static void
a_bad_call_does_not_reach_the_table(void)
{
    fake_filter  fake    = {0};
    pwwb_filter *filter  = filter_over(&fake);
    pwwb_account account = {.size = 8};
    int32_t      verdict = PWWB_VERDICT_PASS;

    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT,
                 pwwb_filter_check(NULL, NULL, PWWB_SET_RESET, PASSWORD, 3, NULL, &verdict, NULL));
    CHECK_INT(PWWB_VERDICT_UNKNOWN, verdict);
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT,
                 pwwb_filter_check(filter, NULL, PWWB_SET_RESET, NULL, 0, NULL, &verdict, NULL));
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT,
                 pwwb_filter_check(filter, NULL, PWWB_SET_RESET, PASSWORD, 3, NULL, NULL, NULL));
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT,
                 pwwb_filter_check(filter, NULL, PWWB_SET_UNLOCK, PASSWORD, 3, NULL, &verdict, NULL));
    verdict = 0;
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT,
                 pwwb_filter_check(filter, NULL, PWWB_SET_RESET, PASSWORD, 3, NULL, &verdict, NULL));
    CHECK_INT(PWWB_VERDICT_UNKNOWN, verdict);
    verdict = PWWB_VERDICT_PASS;
    CHECK_STATUS(PWWB_E_ABI, pwwb_filter_check(filter, &account, PWWB_SET_RESET, PASSWORD, 3, NULL,
                                               &verdict, NULL));
    CHECK_STATUS(PWWB_E_MALFORMED,
                 pwwb_filter_check(filter, NULL, PWWB_SET_RESET, (const uint8_t *)"a\0b", 3, NULL,
                                   &verdict, NULL));
    CHECK_STATUS(PWWB_E_MALFORMED,
                 pwwb_filter_check(filter, NULL, PWWB_SET_RESET, (const uint8_t *)"\xff", 1, NULL,
                                   &verdict, NULL));
    CHECK_INT(PWWB_VERDICT_UNKNOWN, verdict);
    CHECK_INT(0, fake.calls);
    pwwb_filter_free(filter);
}

/* "Not set" by every status there is, and never "choose another password". */
static void
no_failure_of_a_filter_sets_anything_or_blames_the_password(void)
{
    pwwb_status st;
    int         known = 0;

    for (st = -1; st > -1000; st--) {
        if (!wb_status_is_known(st))
            continue;
        known++;
        CHECK_INT(PWWB_OUTCOME_NOT_SET, pwwb_code_outcome(wb_filter_failure_code(st)));
        CHECK(pwwb_code_class(wb_filter_failure_code(st)) != PWWB_CODE_CLASS_POLICY);
    }
    CHECK(known > 30);
    CHECK_INT(PWWB_CODE_BUSY, wb_filter_failure_code(PWWB_E_NO_MEMORY));
    CHECK_INT(PWWB_CODE_CONFIGURATION, wb_filter_failure_code(PWWB_E_MALFORMED));
    CHECK_INT(PWWB_CODE_INTERNAL, wb_filter_failure_code(PWWB_E_CALLBACK));
}

int
main(void)
{
    RUN(a_table_that_cannot_check_is_refused);
    RUN(a_longer_table_is_refused_once_the_unknown_part_is_set);
    RUN(what_is_behind_a_table_is_let_go_once);
    RUN(a_stated_finding_refuses_and_an_inferred_one_leaves_it_open);
    RUN(its_findings_join_those_that_are_there_the_stated_ones_first);
    RUN(a_list_that_is_full_gives_up_what_is_inferred);
    RUN(a_filter_that_cannot_judge_lets_nothing_pass);
    RUN(nonsense_is_not_passed_on);
    RUN(a_filter_sees_whom_and_what);
    RUN(a_bad_call_does_not_reach_the_table);
    RUN(no_failure_of_a_filter_sets_anything_or_blames_the_password);
    return DONE;
}
