/* SPDX-License-Identifier: Apache-2.0 */
/* rows: 5 7 16 */

/* What the state of an account decides, and what a refusal comes with, from portal to directory. */

#include "flow_world.h"

static world w;

static int32_t
ask_for(int32_t operation)
{
    w.claims = claims_of(operation);
    return ask(&w);
}

static void
finding(size_t n, int32_t code, int32_t basis, int64_t limit, int64_t actual)
{
    int32_t got_code, got_basis;
    int64_t got_limit, got_actual;

    CHECK_STATUS(PWWB_OK, pwwb_findings_get(pwwb_reply_findings(w.reply), n, &got_code, &got_basis,
                                            &got_limit, &got_actual));
    CHECK_STR(pwwb_code_name(code), pwwb_code_name(got_code));
    CHECK_INT(basis, got_basis);
    CHECK_INT(limit, got_limit);
    CHECK_INT(actual, got_actual);
}

static void
an_account_that_may_be_an_administrators_is_not_reset(void)
{
    world_make(&w);
    w.fake.account.is_protected = PWWB_MAYBE;
    CHECK_INT(PWWB_CODE_PROTECTION_UNKNOWN, ask_for(PWWB_OPERATION_RESET_SELF));
    CHECK_INT(PWWB_OUTCOME_NOT_SET, outcome(&w));
    CHECK_INT(0, w.fake.sets);
    CHECK_INT(PWWB_CODE_OK, ask_for(PWWB_OPERATION_CHANGE));
    CHECK_INT(PWWB_CODE_OK, ask_for(PWWB_OPERATION_UNLOCK));
    world_drop(&w);
}

static void
the_host_may_leave_the_unproven_to_the_directory(void)
{
    world_prepare(&w);
    w.writeback.flags = PWWB_WRITEBACK_ALLOW_UNPROVEN;
    CHECK_STATUS(PWWB_OK, world_make_with(&w, agent_keys, 16));
    w.fake.account.is_protected = PWWB_MAYBE;
    CHECK_INT(PWWB_CODE_OK, ask_for(PWWB_OPERATION_RESET_SELF));
    w.fake.account.is_protected = PWWB_YES; /* which is proven */
    CHECK_INT(PWWB_CODE_PROTECTED_ACCOUNT, ask_for(PWWB_OPERATION_RESET_SELF));
    CHECK_INT(1, w.fake.sets);
    world_drop(&w);
}

static void
an_expired_account_is_not_written(void)
{
    static const int32_t operations[] = {PWWB_OPERATION_RESET_SELF, PWWB_OPERATION_CHANGE,
                                         PWWB_OPERATION_UNLOCK};
    size_t i;

    world_make(&w);
    w.fake.account.account_expires_ms = NOW_MS - 1;
    for (i = 0; i < COUNT(operations); i++) {
        CHECK_INT(PWWB_CODE_ACCOUNT_EXPIRED, ask_for(operations[i]));
        finding(0, PWWB_CODE_ACCOUNT_EXPIRED, PWWB_BASIS_STATED, 0, NOW_MS - 1);
    }
    CHECK_INT(0, w.fake.sets);
    world_drop(&w);
}

/* By the controller's clock; and "never", and "not known", are no dates. */
static void
an_account_that_is_not_surely_expired_is_written(void)
{
    world_make(&w);
    w.fake.account.account_expires_ms = NOW_MS + 1;
    CHECK_INT(PWWB_CODE_OK, ask_for(PWWB_OPERATION_CHANGE));
    w.fake.ahead_ms = 1000; /* there it is later */
    CHECK_INT(PWWB_CODE_ACCOUNT_EXPIRED, ask_for(PWWB_OPERATION_CHANGE));
    w.fake.account.account_expires_ms = 0;
    CHECK_INT(PWWB_CODE_OK, ask_for(PWWB_OPERATION_CHANGE));
    w.fake.account.account_expires_ms = -1;
    CHECK_INT(PWWB_CODE_OK, ask_for(PWWB_OPERATION_CHANGE));
    world_drop(&w);
}

static void
a_locked_account_says_until_when(void)
{
    world_make(&w);
    w.fake.account.is_locked         = PWWB_YES;
    w.fake.account.locked_since_ms   = NOW_MS - 60000;
    w.fake.account.locked_until_ms   = -1;
    w.fake.rules.lockout_duration_ms = -1;
    CHECK_INT(PWWB_CODE_LOCKED, ask_for(PWWB_OPERATION_CHANGE));
    finding(0, PWWB_CODE_LOCKED, PWWB_BASIS_STATED, -1, NOW_MS - 60000);
    w.fake.account.locked_until_ms = NOW_MS + 5;
    CHECK_INT(PWWB_CODE_LOCKED, ask_for(PWWB_OPERATION_CHANGE));
    finding(0, PWWB_CODE_LOCKED, PWWB_BASIS_STATED, NOW_MS + 5, NOW_MS - 60000);
    world_drop(&w);
}

/* A directory of the host's that says no more than "policy". */
static void
a_refusal_without_a_reason_is_explained_by_exclusion(void)
{
    world_make(&w);
    w.fake.code                 = PWWB_CODE_POLICY_OTHER;
    w.fake.rules.history_length = 24;
    w.fake.rules.min_age_ms     = -1;
    w.fake.account.may_change   = PWWB_MAYBE;
    CHECK_INT(PWWB_CODE_POLICY_OTHER, ask_for(PWWB_OPERATION_CHANGE));
    CHECK_INT(4, (intmax_t)pwwb_findings_count(pwwb_reply_findings(w.reply)));
    finding(0, PWWB_CODE_POLICY_TOO_YOUNG, PWWB_BASIS_INFERRED, -1, 1000);
    finding(1, PWWB_CODE_POLICY_HISTORY, PWWB_BASIS_INFERRED, 24, 0);
    finding(2, PWWB_CODE_USER_CANNOT_CHANGE, PWWB_BASIS_INFERRED, 0, 0);
    finding(3, PWWB_CODE_POLICY_OTHER, PWWB_BASIS_INFERRED, 0, 0);

    w.fake.rules.history_length = 0;
    w.fake.rules.min_age_ms     = 0;
    CHECK_INT(PWWB_CODE_POLICY_OTHER, ask_for(PWWB_OPERATION_RESET_SELF));
    CHECK_INT(1, (intmax_t)pwwb_findings_count(pwwb_reply_findings(w.reply)));
    CHECK_INT(PWWB_OUTCOME_NOT_SET, outcome(&w));
    world_drop(&w);
}

/* Its inferred POLICY_OTHER says that it has excluded what it could: the built-in one does so. */
static void
a_directory_that_has_explained_itself_is_left_alone(void)
{
    world_make(&w);
    w.fake.code                 = PWWB_CODE_POLICY_OTHER;
    w.fake.finding              = PWWB_CODE_POLICY_OTHER;
    w.fake.basis                = PWWB_BASIS_INFERRED;
    w.fake.rules.history_length = 24;
    CHECK_INT(PWWB_CODE_POLICY_OTHER, ask_for(PWWB_OPERATION_RESET_SELF));
    CHECK_INT(1, (intmax_t)pwwb_findings_count(pwwb_reply_findings(w.reply)));

    w.fake.code    = PWWB_CODE_POLICY_HISTORY; /* a reason */
    w.fake.finding = 0;
    CHECK_INT(PWWB_CODE_POLICY_HISTORY, ask_for(PWWB_OPERATION_RESET_SELF));
    CHECK_INT(0, (intmax_t)pwwb_findings_count(pwwb_reply_findings(w.reply)));

    w.fake.code = PWWB_CODE_POLICY_OTHER; /* of what has no password */
    CHECK_INT(PWWB_CODE_POLICY_OTHER, ask_for(PWWB_OPERATION_UNLOCK));
    CHECK_INT(0, (intmax_t)pwwb_findings_count(pwwb_reply_findings(w.reply)));
    world_drop(&w);
}

int
main(void)
{
    if (!make_keys())
        return 1;
    RUN(an_account_that_may_be_an_administrators_is_not_reset);
    RUN(the_host_may_leave_the_unproven_to_the_directory);
    RUN(an_expired_account_is_not_written);
    RUN(an_account_that_is_not_surely_expired_is_written);
    RUN(a_locked_account_says_until_when);
    RUN(a_refusal_without_a_reason_is_explained_by_exclusion);
    RUN(a_directory_that_has_explained_itself_is_left_alone);
    drop_keys();
    return DONE;
}
