/* SPDX-License-Identifier: Apache-2.0 */
#include "policy.h"
#include "result.h"
#include "utf.h"

int32_t
wb_policy_named(const pwwb_findings *findings)
{
    size_t i;

    for (i = 0; i < pwwb_findings_count(findings); i++) {
        const wb_finding *f = &findings->list[i];

        if (f->basis == PWWB_BASIS_STATED && f->code != PWWB_CODE_POLICY_OTHER
            && pwwb_code_class(f->code) == PWWB_CODE_CLASS_POLICY)
            return f->code;
    }
    return PWWB_CODE_POLICY_OTHER;
}

int
wb_policy_is_explained(const pwwb_findings *findings)
{
    size_t i;

    for (i = 0; i < pwwb_findings_count(findings); i++)
        if (findings->list[i].code == PWWB_CODE_POLICY_OTHER
            && findings->list[i].basis == PWWB_BASIS_INFERRED)
            return 1;
    return 0;
}

static void
infer(pwwb_findings *findings, int32_t code, int64_t limit, int64_t actual)
{
    (void)pwwb_findings_add(findings, code, PWWB_BASIS_INFERRED, limit, actual);
}

/* What hangs on earlier passwords. MS-SAMR 3.1.1.7.1: an account that needs none has no history.
 * Whether policy hints bring minimum age to a reset is written down nowhere (Samba 4.25: yes). */
static void
infer_from_past(const wb_refusal *r, const pwwb_policy_rules *rules, pwwb_findings *findings)
{
    int64_t earliest;

    if (rules->history_length != 0 && (r->account->user_account_control & PWWB_UAC_NOTREQD) == 0)
        infer(findings, PWWB_CODE_POLICY_HISTORY, rules->history_length, 0);
    if (r->kind == PWWB_SET_RESET && wb_policy_is_young(rules, r->account, &earliest) != PWWB_NO)
        infer(findings, PWWB_CODE_POLICY_TOO_YOUNG, earliest, r->account->password_last_set_ms);
}

int32_t
wb_policy_explain(const wb_refusal *refusal, pwwb_findings *findings)
{
    pwwb_policy_rules rules     = *refusal->rules;
    int               is_change = refusal->kind == PWWB_SET_CHANGE;
    int32_t           code;

    wb_policy_forget_unreadable(&rules);
    (void)wb_policy_judge(&rules, refusal->account, refusal->kind, refusal->password, findings);
    code = wb_policy_named(findings);
    if (code != PWWB_CODE_POLICY_OTHER)
        return code;
    if (is_change && refusal->account->may_change == PWWB_NO) {
        (void)pwwb_findings_add(findings, PWWB_CODE_USER_CANNOT_CHANGE, PWWB_BASIS_STATED, 0, 0);
        return PWWB_CODE_USER_CANNOT_CHANGE;
    }

    if (refusal->has_past != PWWB_NO)
        infer_from_past(refusal, &rules, findings);
    if (is_change && refusal->account->may_change != PWWB_YES)
        infer(findings, PWWB_CODE_USER_CANNOT_CHANGE, 0, 0);
    infer(findings, PWWB_CODE_POLICY_OTHER, 0, 0);
    return PWWB_CODE_POLICY_OTHER;
}

int64_t
wb_policy_locked_until(const pwwb_policy_rules *rules, const pwwb_account *account)
{
    int64_t since    = account->locked_since_ms;
    int64_t duration = rules->lockout_duration_ms;

    if (account->locked_until_ms > 0)
        return account->locked_until_ms;
    if (since > 0 && duration > 0)
        return since > INT64_MAX - duration ? INT64_MAX : since + duration;
    return duration == 0 || account->locked_until_ms == 0 ? 0 : -1;
}

static int64_t
length_of(const wb_refusal *r)
{
    return r->counts_octets ? (int64_t)r->password.len
                            : wb_utf8_units(r->password.p, r->password.len);
}

int
wb_policy_numbers(const wb_refusal *r, int32_t code, int64_t *ret_limit, int64_t *ret_actual)
{
    const pwwb_policy_rules *rules = r->rules;
    int64_t                  last  = r->account->password_last_set_ms;

    switch (code) {
    case PWWB_CODE_POLICY_TOO_SHORT:
        *ret_limit  = rules->min_length;
        *ret_actual = length_of(r);
        return 1;
    case PWWB_CODE_POLICY_TOO_LONG:
        *ret_limit  = rules->max_length;
        *ret_actual = length_of(r);
        return 1;
    case PWWB_CODE_POLICY_COMPLEXITY:
        *ret_limit  = WB_KINDS_WANTED;
        *ret_actual = wb_kinds_of(r->password).least;
        return 1;
    case PWWB_CODE_POLICY_HISTORY:
        *ret_limit  = rules->history_length;
        *ret_actual = 0;
        return 1;
    case PWWB_CODE_POLICY_TOO_YOUNG:
        *ret_limit  = last >= 0 && rules->min_age_ms >= 0 ? last + rules->min_age_ms : -1;
        *ret_actual = last;
        return 1;
    case PWWB_CODE_LOCKED:
        *ret_limit  = wb_policy_locked_until(rules, r->account);
        *ret_actual = r->account->locked_since_ms;
        return 1;
    default:
        return 0;
    }
}
