/* SPDX-License-Identifier: Apache-2.0 */
#include "filter.h"

#include <assert.h>
#include <stdlib.h>

#include "error.h"
#include "ops.h"
#include "result.h"
#include "span.h"
#include "utf.h"

static_assert(sizeof(pwwb_filter_ops) == 3 * sizeof(void *),
              "fields are added at the end, with a new WB_SIZE_UP_TO and a line in NEWS");

struct pwwb_filter {
    pwwb_filter_ops ops;
    void           *ctx;
};

pwwb_status
pwwb_filter_new(const pwwb_filter_ops *ops, void *ctx, pwwb_filter **ret_filter, pwwb_error *err)
{
    pwwb_filter_ops ours;
    pwwb_filter    *filter;
    pwwb_status     st;

    wb_ok(err);
    if (ret_filter != NULL)
        *ret_filter = NULL;
    if (ops == NULL || ret_filter == NULL)
        return wb_fail(err, PWWB_E_INVALID_ARGUMENT, "ops and ret_filter must be given");

    st = wb_ops_import(&ours, sizeof(ours), WB_SIZE_UP_TO(pwwb_filter_ops, destroy), ops);
    if (st != PWWB_OK)
        return wb_fail(err, st, "filter ops of size %zu do not fit this library", ops->size);
    if (ours.check == NULL)
        return wb_fail(err, PWWB_E_INVALID_ARGUMENT, "a filter must check");

    filter = calloc(1, sizeof(*filter));
    if (filter == NULL)
        return wb_fail(err, PWWB_E_NO_MEMORY, "no memory for a filter");

    filter->ops = ours;
    filter->ctx = ctx;
    *ret_filter = filter;
    return PWWB_OK;
}

void
pwwb_filter_free(pwwb_filter *filter)
{
    if (filter == NULL)
        return;

    if (filter->ops.destroy != NULL)
        filter->ops.destroy(filter->ctx);
    free(filter);
}

/* Nobody has judged, so nothing may be set. What passes by itself is busy; a defect is one; the
 * rest, a broken corpus say, an administrator must mend. */
int32_t
wb_filter_failure_code(pwwb_status status)
{
    switch (status) {
    case PWWB_E_NO_MEMORY:
    case PWWB_E_TIMEOUT:
    case PWWB_E_CONNECT:
    case PWWB_E_CLOSED:
    case PWWB_E_FULL:
        return PWWB_CODE_BUSY;
    case PWWB_E_INVALID_ARGUMENT:
    case PWWB_E_ABI:
    case PWWB_E_STATE:
    case PWWB_E_CALLBACK:
        return PWWB_CODE_INTERNAL;
    default:
        return PWWB_CODE_CONFIGURATION;
    }
}

/* Take a filter's findings into the verdict. A filter speaks of the password alone. */
static pwwb_status
judge(const pwwb_findings *findings, int32_t *verdict, pwwb_error *err)
{
    size_t i;

    for (i = 0; i < findings->count; i++) {
        const wb_finding *f = &findings->list[i];

        if (pwwb_code_class(f->code) != PWWB_CODE_CLASS_POLICY)
            return wb_fail(err, PWWB_E_CALLBACK, "the filter's check found %s, which is no policy's",
                           pwwb_code_name(f->code));
        if (f->basis == PWWB_BASIS_STATED)
            *verdict = PWWB_VERDICT_FAIL;
        else if (*verdict == PWWB_VERDICT_PASS)
            *verdict = PWWB_VERDICT_UNKNOWN;
    }
    return PWWB_OK;
}

/* Ask the table: its findings and what they make of the verdict, or why there is none. */
static pwwb_status
ask(const pwwb_filter *filter, const pwwb_account *theirs, int32_t kind, wb_span password,
    pwwb_findings *findings, int32_t *verdict, pwwb_error *err)
{
    pwwb_account account;
    pwwb_status  st;

    if (theirs != NULL) {
        st = wb_ops_import(&account, sizeof(account), WB_SIZE_UP_TO(pwwb_account, controller),
                           theirs);
        if (st != PWWB_OK)
            return wb_fail(err, st, "an account of size %zu does not fit this library",
                           theirs->size);
        account.size = sizeof(account);
    }
    if (wb_utf8_units(password.p, password.len) < 0)
        return wb_fail(err, PWWB_E_MALFORMED, "the password is not UTF-8, or has NUL inside");

    st = filter->ops.check(filter->ctx, theirs != NULL ? &account : NULL, kind, password.p,
                           password.len, findings, err);
    st = wb_answer(err, st, "the filter's check");
    return st == PWWB_OK ? judge(findings, verdict, err) : st;
}

pwwb_status
pwwb_filter_check(const pwwb_filter *filter, const pwwb_account *account, int32_t kind,
                  const uint8_t *password, size_t password_len, pwwb_findings *findings,
                  int32_t *verdict, pwwb_error *err)
{
    pwwb_findings found = {0};
    int32_t       before;
    pwwb_status   st;

    wb_ok(err);
    if (verdict == NULL)
        return wb_fail(err, PWWB_E_INVALID_ARGUMENT, "verdict must be given");
    before = *verdict;
    if (before != PWWB_VERDICT_FAIL)
        *verdict = PWWB_VERDICT_UNKNOWN; /* as long as it is not judged */
    if (filter == NULL || password == NULL)
        return wb_fail(err, PWWB_E_INVALID_ARGUMENT, "filter and password must be given");
    if (kind != PWWB_SET_RESET && kind != PWWB_SET_CHANGE)
        return wb_fail(err, PWWB_E_INVALID_ARGUMENT, "%d is neither reset nor change", (int)kind);
    if (before < PWWB_VERDICT_PASS || before > PWWB_VERDICT_UNKNOWN)
        return wb_fail(err, PWWB_E_INVALID_ARGUMENT, "%d is no verdict to begin with", (int)before);

    st = ask(filter, account, kind, wb_span_of(password, password_len), &found, &before, err);
    if (st != PWWB_OK)
        return st;

    *verdict = before;
    if (findings != NULL)
        wb_findings_merge(findings, &found);
    return PWWB_OK;
}
