/* SPDX-License-Identifier: Apache-2.0 */
#include "filter.h"
#include "policy.h"
#include "writeback.h"

int32_t
wb_judge_kind(int32_t operation)
{
    switch (operation) {
    case PWWB_OPERATION_CHANGE:
    case PWWB_OPERATION_CHANGE_FORCED:
        return PWWB_SET_CHANGE;
    case PWWB_OPERATION_UNLOCK:
        return PWWB_SET_UNLOCK;
    default:
        return PWWB_SET_RESET;
    }
}

static void
state(pwwb_writeback *w, int32_t code, int64_t limit, int64_t actual)
{
    (void)pwwb_findings_add(&w->findings, code, PWWB_BASIS_STATED, limit, actual);
}

/* A wrong old password counts as a failed logon: do not use up the last one. */
static int
guard_holds(const pwwb_writeback *w)
{
    return (w->flags & PWWB_WRITEBACK_ALLOW_LOCKOUT) == 0 && w->rules.lockout_threshold > 0
           && w->account.bad_password_count >= 0
           && w->account.bad_password_count + 1 >= w->rules.lockout_threshold;
}

static int32_t
judge_change(pwwb_writeback *w)
{
    const pwwb_claims *claims = pwwb_request_claims(w->request);

    if (w->account.may_change == PWWB_NO)
        return PWWB_CODE_USER_CANNOT_CHANGE;
    if (w->account.is_locked == PWWB_YES && (claims->flags & PWWB_FLAG_UNLOCK) == 0) {
        state(w, PWWB_CODE_LOCKED, wb_policy_locked_until(&w->rules, &w->account),
              w->account.locked_since_ms);
        return PWWB_CODE_LOCKED;
    }
    if (guard_holds(w)) {
        state(w, PWWB_CODE_LOCKOUT_GUARD, w->rules.lockout_threshold,
              w->account.bad_password_count);
        return PWWB_CODE_LOCKOUT_GUARD;
    }
    return PWWB_CODE_OK;
}

/* A directory would set its password all the same (Samba), and nobody could sign in there with it;
 * but the cloud, which is not told that accounts expire, would take it. */
static int
is_over(const pwwb_account *a)
{
    return a->account_expires_ms > 0 && a->now_ms > 0 && a->account_expires_ms <= a->now_ms;
}

/* Samba would reset an administrator, so what cannot be told is not left to the directory. */
static int
is_unproven(const pwwb_writeback *w)
{
    return w->account.is_protected == PWWB_MAYBE
           && (w->flags & PWWB_WRITEBACK_ALLOW_UNPROVEN) == 0;
}

int32_t
wb_judge_claims(const pwwb_writeback *w)
{
    if (w->late != 0)
        return w->late;

    return wb_limits_allow_operation(w->limits, pwwb_request_claims(w->request)->operation)
               ? PWWB_CODE_OK
               : PWWB_CODE_LIMIT_OPERATION;
}

/* Before anything is told of the account: also what is refused below has been paid for. */
static int32_t
judge_limits(pwwb_writeback *w)
{
    int64_t wall_ms = wb_clock_wall_ms(&w->clock);

    if (!wb_limits_allow_dn(w->limits, w->account.dn))
        return PWWB_CODE_LIMIT_SCOPE;

    wb_limits_take(w->limits, w->found.guid, &w->place);
    if (w->place.is_taken)
        return PWWB_CODE_OK;

    state(w, PWWB_CODE_LIMIT_RATE, wall_ms + w->place.wait_ms, w->place.most);
    return PWWB_CODE_LIMIT_RATE;
}

int32_t
wb_judge_account(pwwb_writeback *w)
{
    int32_t kind = wb_judge_kind(pwwb_request_claims(w->request)->operation);
    int32_t code = judge_limits(w);

    if (code != PWWB_CODE_OK)
        return code;
    if (w->account.kind != PWWB_ACCOUNT_PERSON)
        return PWWB_CODE_TARGET_REFUSED;
    if (is_over(&w->account)) {
        state(w, PWWB_CODE_ACCOUNT_EXPIRED, 0, w->account.account_expires_ms);
        return PWWB_CODE_ACCOUNT_EXPIRED;
    }
    if ((w->account.user_account_control & PWWB_UAC_DISABLED) != 0)
        return PWWB_CODE_DISABLED;
    if (kind == PWWB_SET_RESET && w->account.is_protected == PWWB_YES)
        return PWWB_CODE_PROTECTED_ACCOUNT;
    if (kind == PWWB_SET_RESET && is_unproven(w))
        return PWWB_CODE_PROTECTION_UNKNOWN;

    return kind == PWWB_SET_CHANGE ? judge_change(w) : PWWB_CODE_OK;
}

/* By how much the controller's clock is ahead of ours. It tells whole seconds (currentTime), so a
 * difference of less is none. */
static int64_t
controller_ahead_ms(const pwwb_writeback *w)
{
    int64_t ahead = w->account.now_ms - wb_clock_wall_ms(&w->clock);

    return w->account.now_ms < 0 || (ahead > -1000 && ahead < 1000) ? 0 : ahead;
}

int64_t
wb_judge_written_ms(const pwwb_writeback *w)
{
    const pwwb_account *a = &w->account;

    return a->password_last_set_ms == 0 && a->password_written_ms > 0 ? a->password_written_ms
                                                                      : a->password_last_set_ms;
}

/* A time in full seconds may be of any moment in that second. */
int
wb_judge_is_newer(const pwwb_writeback *w)
{
    int64_t issued  = pwwb_request_claims(w->request)->iat * 1000;
    int64_t written = wb_judge_written_ms(w);
    int64_t most    = written % 1000 == 0 ? written + 999 : written;

    return written > 0 && most - controller_ahead_ms(w) > issued;
}

int
wb_judge_is_older(const pwwb_writeback *w)
{
    return pwwb_request_claims(w->request)->operation != PWWB_OPERATION_UNLOCK
           && wb_judge_written_ms(w) > 0 && !wb_judge_is_newer(w);
}

/* Of one password: by the rules in force. */
static int32_t
judge_rules(pwwb_writeback *w, int32_t kind, wb_span password, int32_t *verdict)
{
    pwwb_policy *policy;
    pwwb_status  st = pwwb_policy_new(&w->rules, &policy, NULL);

    if (st != PWWB_OK)
        return st == PWWB_E_NO_MEMORY ? PWWB_CODE_BUSY : PWWB_CODE_INTERNAL;

    st = pwwb_policy_check(policy, &w->account, kind, password.p, password.len, &w->possible,
                           verdict, NULL);
    pwwb_policy_free(policy);
    return st == PWWB_OK ? PWWB_CODE_OK : PWWB_CODE_INTERNAL;
}

/* By every filter of the host's. One that cannot judge gives the code; the others go on. */
static int32_t
judge_filters(pwwb_writeback *w, int32_t kind, wb_span password, int32_t *verdict,
              pwwb_findings *failed)
{
    int32_t code = PWWB_CODE_OK;
    size_t  i;

    for (i = 0; i < w->filter_count; i++) {
        pwwb_status st = pwwb_filter_check(w->filters[i], &w->account, kind, password.p,
                                           password.len, &w->possible, verdict, NULL);
        int32_t     why = wb_filter_failure_code(st);

        if (st == PWWB_OK)
            continue;
        (void)pwwb_findings_add(failed, why, PWWB_BASIS_STATED, (int64_t)i + 1, st);
        if (code == PWWB_CODE_OK)
            code = why;
    }
    return code;
}

/* A refusal stands whatever a filter that failed would have said; else the failure is the answer. */
int32_t
wb_judge_password(pwwb_writeback *w)
{
    int32_t        kind    = wb_judge_kind(pwwb_request_claims(w->request)->operation);
    int32_t        verdict = PWWB_VERDICT_UNKNOWN;
    pwwb_findings  failed  = {0};
    size_t         len;
    const uint8_t *p = pwwb_request_password(w->request, &len);
    int32_t        code;

    if (p == NULL)
        return PWWB_CODE_OK;

    code = judge_rules(w, kind, wb_span_of(p, len), &verdict);
    if (code != PWWB_CODE_OK)
        return code;

    code = judge_filters(w, kind, wb_span_of(p, len), &verdict, &failed);
    if (verdict == PWWB_VERDICT_FAIL) {
        wb_findings_append(&w->findings, &w->possible);
        code = wb_policy_named(&w->findings);
    }
    wb_findings_append(&w->findings, &failed);
    return code;
}

/* A directory of the host's may have refused for history or age, even a reset. */
static int32_t
explain(pwwb_writeback *w)
{
    int32_t        kind = wb_judge_kind(pwwb_request_claims(w->request)->operation);
    wb_refusal     r    = {&w->rules, &w->account, kind, PWWB_MAYBE, {NULL, 0}, 0};
    const uint8_t *password;
    size_t         len;

    password   = pwwb_request_password(w->request, &len);
    r.password = wb_span_of(password, len);
    return password != NULL ? wb_policy_explain(&r, &w->findings) : PWWB_CODE_POLICY_OTHER;
}

int32_t
wb_judge_refusal(pwwb_writeback *w, int32_t code)
{
    int is_explained = wb_policy_is_explained(&w->findings);

    if (pwwb_code_class(code) != PWWB_CODE_CLASS_POLICY)
        return code;

    wb_findings_append(&w->findings, &w->possible);
    if (code == PWWB_CODE_POLICY_OTHER)
        code = wb_policy_named(&w->findings);
    return code == PWWB_CODE_POLICY_OTHER && !is_explained ? explain(w) : code;
}
