/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "result.h"

pwwb_findings *
pwwb_findings_new(void)
{
    return calloc(1, sizeof(pwwb_findings));
}

void
pwwb_findings_free(pwwb_findings *findings)
{
    free(findings);
}

size_t
pwwb_findings_count(const pwwb_findings *findings)
{
    return findings != NULL ? findings->count : 0;
}

pwwb_status
pwwb_findings_get(const pwwb_findings *findings, size_t index, int32_t *ret_code,
                  int32_t *ret_basis, int64_t *ret_limit, int64_t *ret_actual)
{
    static const wb_finding none;
    const wb_finding       *f  = &none;
    pwwb_status             st = PWWB_E_INVALID_ARGUMENT;

    if (index < pwwb_findings_count(findings)) {
        f  = &findings->list[index];
        st = PWWB_OK;
    }
    if (ret_code != NULL)
        *ret_code = f->code;
    if (ret_basis != NULL)
        *ret_basis = f->basis;
    if (ret_limit != NULL)
        *ret_limit = f->limit;
    if (ret_actual != NULL)
        *ret_actual = f->actual;
    return st;
}

static int
is_same(const wb_finding *a, const wb_finding *b)
{
    return a->code == b->code && a->basis == b->basis && a->limit == b->limit
           && a->actual == b->actual;
}

pwwb_status
pwwb_findings_add(pwwb_findings *findings, int32_t code, int32_t basis, int64_t limit,
                  int64_t actual)
{
    wb_finding f = {code, basis, limit, actual};
    size_t     i;

    if (findings == NULL || !wb_code_is_known(code)
        || (basis != PWWB_BASIS_STATED && basis != PWWB_BASIS_INFERRED))
        return PWWB_E_INVALID_ARGUMENT;

    for (i = 0; i < findings->count; i++)
        if (is_same(&findings->list[i], &f))
            return PWWB_OK;
    if (findings->count == PWWB_FINDINGS_MAX)
        return PWWB_E_FULL;

    findings->list[findings->count++] = f;
    return PWWB_OK;
}

void
wb_findings_clear(pwwb_findings *findings)
{
    memset(findings, 0, sizeof(*findings));
}

/* Those of one basis, or of any when it is 0. */
static void
append(pwwb_findings *to, const pwwb_findings *from, int32_t basis)
{
    size_t i;

    for (i = 0; i < pwwb_findings_count(from); i++) {
        const wb_finding *f = &from->list[i];

        if (basis == 0 || f->basis == basis)
            (void)pwwb_findings_add(to, f->code, f->basis, f->limit, f->actual);
    }
}

void
wb_findings_append(pwwb_findings *to, const pwwb_findings *from)
{
    append(to, from, 0);
}

void
wb_findings_merge(pwwb_findings *to, const pwwb_findings *from)
{
    pwwb_findings before = *to;
    int32_t       basis;

    wb_findings_clear(to);
    for (basis = PWWB_BASIS_STATED; basis <= PWWB_BASIS_INFERRED; basis++) {
        append(to, &before, basis);
        append(to, from, basis);
    }
}
