/* SPDX-License-Identifier: Apache-2.0 */
#include "portal.h"

#include "directory.h"
#include "policy.h"
#include "result.h"
#include "utf.h"
#include "watch.h"
#include "writeback.h"

/* A person of whom nothing is known: names and ages stay open. */
static const pwwb_account nobody = {
    .size                 = sizeof(pwwb_account),
    .user_account_control = PWWB_UAC_NORMAL,
    .kind                 = PWWB_ACCOUNT_PERSON,
    .password_last_set_ms = -1,
    .now_ms               = -1,
};

/* Length and kinds are all that can be told of somebody unknown. */
static pwwb_policy_rules
rules_of(const pwwb_watch_info *report)
{
    pwwb_policy_rules rules;

    wb_rules_forget(&rules);
    rules.source     = report->rules_source;
    rules.min_length = report->min_length;
    rules.complexity = report->complexity;
    wb_policy_forget_unreadable(&rules);
    return rules;
}

/* What is surely broken, as inferred: the rules are not the person's own. */
static int32_t
take_broken(const pwwb_findings *judged, pwwb_findings *findings)
{
    int32_t code, basis;
    int64_t limit, actual;
    size_t  i;

    for (i = 0; pwwb_findings_get(judged, i, &code, &basis, &limit, &actual) == PWWB_OK; i++)
        if (basis == PWWB_BASIS_STATED)
            (void)pwwb_findings_add(findings, code, PWWB_BASIS_INFERRED, limit, actual);
    return wb_policy_named(judged);
}

int32_t
wb_portal_judge(pwwb_watch *watch, int32_t operation, wb_span password, pwwb_findings *findings)
{
    pwwb_watch_info   report = {.size = sizeof(report)};
    int32_t           kind   = wb_judge_kind(operation);
    pwwb_findings     judged = {0};
    pwwb_policy_rules rules;

    (void)pwwb_watch_describe(watch, &report, NULL);
    if (wb_watch_all_stopped(&report))
        return PWWB_CODE_AGENT_DOWN;
    if (kind == PWWB_SET_UNLOCK || password.p == NULL
        || wb_utf8_units(password.p, password.len) < 0) /* sealing says what is wrong with it */
        return PWWB_CODE_OK;

    rules = rules_of(&report);
    if (wb_policy_judge(&rules, &nobody, kind, password, &judged) != PWWB_VERDICT_FAIL)
        return PWWB_CODE_OK;

    return take_broken(&judged, findings);
}
