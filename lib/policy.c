/* SPDX-License-Identifier: Apache-2.0 */
#include "policy.h"

#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "ops.h"
#include "result.h"
#include "utf.h"

struct pwwb_policy {
    pwwb_policy_rules rules;
};

/* One check under way. */
typedef struct judging {
    const pwwb_policy_rules *rules;
    const pwwb_account      *account;
    wb_span                  password;
    int64_t                  units;
    pwwb_findings           *findings; /* may be NULL */
    int32_t                  basis;    /* the findings that are listed now */
    int32_t                  verdict;
} judging;

static const pwwb_account nobody = {
    .size                 = sizeof(pwwb_account),
    .user_account_control = PWWB_UAC_NORMAL,
    .kind                 = PWWB_ACCOUNT_PERSON,
    .password_last_set_ms = -1,
    .now_ms               = -1,
};

int
wb_policy_is_in_range(const pwwb_policy_rules *r)
{
    return r->source >= PWWB_POLICY_HOST && r->source <= PWWB_POLICY_UNREADABLE
           && r->complexity >= PWWB_NO && r->complexity <= PWWB_MAYBE && r->min_length >= -1
           && r->history_length >= -1 && r->lockout_threshold >= -1 && r->max_length >= -1
           && r->min_age_ms >= -1 && r->max_age_ms >= -1 && r->lockout_duration_ms >= -1
           && r->lockout_window_ms >= -1
           && memchr(r->source_dn, '\0', sizeof(r->source_dn)) != NULL;
}

void
wb_policy_forget_unreadable(pwwb_policy_rules *rules)
{
    if (rules->source != PWWB_POLICY_UNREADABLE)
        return;

    rules->min_length          = -1;
    rules->complexity          = PWWB_MAYBE;
    rules->history_length      = -1;
    rules->lockout_threshold   = -1;
    rules->min_age_ms          = -1;
    rules->max_age_ms          = -1;
    rules->lockout_duration_ms = -1;
    rules->lockout_window_ms   = -1;
}

pwwb_status
pwwb_policy_new(const pwwb_policy_rules *rules, pwwb_policy **ret_policy, pwwb_error *err)
{
    pwwb_policy *policy = NULL;
    pwwb_status  st;

    wb_ok(err);
    if (ret_policy != NULL)
        *ret_policy = NULL;
    if (rules == NULL || ret_policy == NULL)
        return wb_fail(err, PWWB_E_INVALID_ARGUMENT, "rules and ret_policy must be given");

    policy = calloc(1, sizeof(*policy));
    if (policy == NULL)
        return wb_fail(err, PWWB_E_NO_MEMORY, "no memory for a policy");

    st = wb_ops_import(&policy->rules, sizeof(policy->rules),
                       WB_SIZE_UP_TO(pwwb_policy_rules, source_dn), rules);
    if (st != PWWB_OK) {
        (void)wb_fail(err, st, "rules of size %zu do not fit this library", rules->size);
        goto out;
    }
    if (!wb_policy_is_in_range(&policy->rules)) {
        st = wb_fail(err, PWWB_E_INVALID_ARGUMENT, "a rule is out of range");
        goto out;
    }

    wb_policy_forget_unreadable(&policy->rules);
    *ret_policy = policy;
    policy      = NULL;
out:
    pwwb_policy_free(policy);
    return st;
}

void
pwwb_policy_free(pwwb_policy *policy)
{
    free(policy);
}

/* Take one rule's answer to "is it broken?" into verdict and findings. */
static void
take(judging *j, int32_t broken, int32_t code, int64_t limit, int64_t actual)
{
    int32_t basis = broken == PWWB_YES ? PWWB_BASIS_STATED : PWWB_BASIS_INFERRED;

    if (broken == PWWB_NO)
        return;

    if (broken == PWWB_YES)
        j->verdict = PWWB_VERDICT_FAIL;
    else if (j->verdict == PWWB_VERDICT_PASS)
        j->verdict = PWWB_VERDICT_UNKNOWN;
    if (j->findings != NULL && basis == j->basis)
        (void)pwwb_findings_add(j->findings, code, basis, limit, actual);
}

/* A rule that may not be in force can break nothing for certain. */
static int32_t
if_in_force(int32_t in_force, int32_t broken)
{
    if (in_force == PWWB_NO || broken == PWWB_NO)
        return PWWB_NO;
    return in_force == PWWB_YES && broken == PWWB_YES ? PWWB_YES : PWWB_MAYBE;
}

/* userAccountControl that was not filled in is an ordinary account's. */
static int
has_flag(const pwwb_account *account, uint32_t flag)
{
    uint32_t uac = account->user_account_control;

    return ((uac != 0 ? uac : PWWB_UAC_NORMAL) & flag) != 0;
}

/* Whom minimum, names and kinds do not concern: MS-SAMR 3.1.1.7.2 */
static int
is_exempt(const judging *j)
{
    return !has_flag(j->account, PWWB_UAC_NORMAL) || has_flag(j->account, PWWB_UAC_NOTREQD)
           || j->account->kind == PWWB_ACCOUNT_KRBTGT;
}

/* That units and not characters are counted is written down nowhere: over by units alone is not
 * certain. The maximum is this library's own too, so it holds for every directory. */
static void
judge_maximum(judging *j)
{
    int32_t broken = PWWB_NO;

    if (j->units > PWWB_PASSWORD_MAX_UNITS)
        broken = wb_utf8_codes(j->password.p, j->password.len) > PWWB_PASSWORD_MAX_UNITS
                     ? PWWB_YES
                     : PWWB_MAYBE;
    take(j, broken, PWWB_CODE_POLICY_TOO_LONG, PWWB_PASSWORD_MAX_UNITS, j->units);
}

static void
judge_minimum(judging *j, int64_t length)
{
    int64_t least = j->rules->min_length;
    int32_t broken;

    if (least == -1)
        broken = PWWB_MAYBE;
    else
        broken = length < least ? PWWB_YES : PWWB_NO;
    take(j, broken, PWWB_CODE_POLICY_TOO_SHORT, least, length);
}

/* A maximum of the rules' own. */
static void
judge_their_maximum(judging *j, int64_t length)
{
    int64_t most = j->rules->max_length;

    if (most == -1)
        take(j, PWWB_MAYBE, PWWB_CODE_POLICY_TOO_LONG, -1, length);
    else if (most > 0)
        take(j, length > most ? PWWB_YES : PWWB_NO, PWWB_CODE_POLICY_TOO_LONG, most, length);
}

static wb_span
field(const char *text, size_t size)
{
    return wb_span_of(text, strnlen(text, size));
}

static void
judge_names(judging *j)
{
    const pwwb_account *a       = j->account;
    wb_span             account = field(a->account_name, sizeof(a->account_name));
    wb_span             display = field(a->display_name, sizeof(a->display_name));
    int32_t             held    = PWWB_MAYBE;

    if (account.len > 0)
        held = wb_holds_name(j->password, account);
    take(j, if_in_force(j->rules->complexity, held), PWWB_CODE_POLICY_CONTAINS_NAME, 0,
         PWWB_NAME_ACCOUNT);

    held = wb_holds_part(j->password, display);
    take(j, if_in_force(j->rules->complexity, held), PWWB_CODE_POLICY_CONTAINS_NAME, 0,
         PWWB_NAME_DISPLAY);
}

static void
judge_kinds(judging *j)
{
    wb_kinds kinds  = wb_kinds_of(j->password);
    int32_t  broken = PWWB_NO;

    if (kinds.most < WB_KINDS_WANTED)
        broken = PWWB_YES;
    else if (kinds.least < WB_KINDS_WANTED)
        broken = PWWB_MAYBE;
    take(j, if_in_force(j->rules->complexity, broken), PWWB_CODE_POLICY_COMPLEXITY, WB_KINDS_WANTED,
         kinds.least);
}

/* MS-SAMR 3.1.1.7.1: pwdLastSet must be less than now - age. A controller tells whole seconds of its
 * now, so one is open; slapd counts seconds, of two clocks here. An account that needs no password may
 * have an empty one, and no age. */
int32_t
wb_policy_is_young(const pwwb_policy_rules *rules, const pwwb_account *account,
                   int64_t *ret_earliest)
{
    int64_t open_ms = rules->source == PWWB_POLICY_PPOLICY ? 2000 : 1000;
    int64_t age     = rules->min_age_ms;
    int64_t last    = account->password_last_set_ms;
    int64_t now     = account->now_ms;

    *ret_earliest = -1;
    if (age == 0 || last == 0 || !has_flag(account, PWWB_UAC_NORMAL))
        return PWWB_NO;

    if (age > 0 && last > 0)
        *ret_earliest = last > INT64_MAX - age ? INT64_MAX : last + age;
    if (*ret_earliest > 0 && now > *ret_earliest)
        return PWWB_NO;
    if (now > 0 && now <= *ret_earliest - open_ms && !has_flag(account, PWWB_UAC_NOTREQD))
        return PWWB_YES;
    return PWWB_MAYBE;
}

/* OpenLDAP judges a reset too, but not by those whom the policy does not bind. */
static void
judge_age(judging *j, int32_t kind)
{
    int64_t earliest;
    int32_t broken = wb_policy_is_young(j->rules, j->account, &earliest);

    if (broken == PWWB_YES && kind != PWWB_SET_CHANGE)
        broken = PWWB_MAYBE;
    take(j, broken, PWWB_CODE_POLICY_TOO_YOUNG, earliest, j->account->password_last_set_ms);
}

/* An OpenLDAP policy counts octets, and its quality is a module's secret. */
static void
judge_ppolicy(judging *j)
{
    judge_minimum(j, (int64_t)j->password.len);
    judge_their_maximum(j, (int64_t)j->password.len);
    take(j, j->rules->complexity != PWWB_NO ? PWWB_MAYBE : PWWB_NO, PWWB_CODE_POLICY_OTHER, 0, 0);
}

/* Every rule. The findings of one basis are listed: a caller that shows one shows the first. */
static void
judge(judging *j, int32_t kind, int32_t basis)
{
    j->basis = basis;
    judge_maximum(j);
    if (j->rules->source == PWWB_POLICY_PPOLICY) {
        judge_ppolicy(j);
    } else if (!is_exempt(j)) {
        judge_minimum(j, j->units);
        judge_names(j);
        judge_kinds(j);
    }
    if (j->rules->source == PWWB_POLICY_HOST && j->rules->max_length > 0)
        judge_their_maximum(j, j->units);
    if (kind == PWWB_SET_CHANGE || j->rules->source == PWWB_POLICY_PPOLICY)
        judge_age(j, kind);
}

int32_t
wb_policy_judge(const pwwb_policy_rules *rules, const pwwb_account *account, int32_t kind,
                wb_span password, pwwb_findings *findings)
{
    judging j = {.rules    = rules,
                 .account  = account,
                 .password = password,
                 .units    = wb_utf8_units(password.p, password.len),
                 .findings = findings,
                 .verdict  = PWWB_VERDICT_PASS};

    judge(&j, kind, PWWB_BASIS_STATED);
    judge(&j, kind, PWWB_BASIS_INFERRED);
    return j.verdict;
}

pwwb_status
pwwb_policy_check(const pwwb_policy *policy, const pwwb_account *account, int32_t kind,
                  const uint8_t *password, size_t password_len, pwwb_findings *findings,
                  int32_t *ret_verdict, pwwb_error *err)
{
    pwwb_account mine;
    pwwb_status  st;

    wb_ok(err);
    if (findings != NULL)
        wb_findings_clear(findings);
    if (ret_verdict != NULL)
        *ret_verdict = PWWB_VERDICT_UNKNOWN;
    if (policy == NULL || password == NULL || ret_verdict == NULL)
        return wb_fail(err, PWWB_E_INVALID_ARGUMENT,
                       "policy, password and ret_verdict must be given");
    if (kind != PWWB_SET_RESET && kind != PWWB_SET_CHANGE)
        return wb_fail(err, PWWB_E_INVALID_ARGUMENT, "%d is neither reset nor change", (int)kind);

    st = wb_ops_import(&mine, sizeof(mine), WB_SIZE_UP_TO(pwwb_account, controller),
                       account != NULL ? account : &nobody);
    if (st != PWWB_OK)
        return wb_fail(err, st, "an account of size %zu does not fit this library", account->size);

    if (wb_utf8_units(password, password_len) < 0)
        return wb_fail(err, PWWB_E_MALFORMED, "the password is not UTF-8, or has NUL inside");

    *ret_verdict = wb_policy_judge(&policy->rules, &mine, kind, wb_span_of(password, password_len),
                                   findings);
    return PWWB_OK;
}
