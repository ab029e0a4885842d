/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FAKE_FILTER_H
#define FAKE_FILTER_H

/* A filter that finds what it is told to, or fails. */

#include <string.h>

#include <pwwb/filter.h>

#include "fakes.h"

typedef struct fake_filter {
    fake_fault   fault;
    int32_t      code; /* what it finds; 0 = nothing */
    int32_t      basis;
    int          count; /* so many of it, whose `actual` is 1 and up */
    int          calls;
    int          destroyed;
    int          has_account;
    int          found_before; /* findings that were there already */
    int32_t      kind;
    pwwb_account account;
    char         password[64];
} fake_filter;

static inline pwwb_status
fake_filter_check(void *ctx, const pwwb_account *account, int32_t kind, const uint8_t *password,
                  size_t password_len, pwwb_findings *findings, pwwb_error *err)
{
    fake_filter *f = ctx;
    int          i;

    (void)err;
    f->calls++;
    f->kind         = kind;
    f->has_account  = account != NULL;
    f->found_before = (int)pwwb_findings_count(findings);
    if (account != NULL)
        f->account = *account;
    memset(f->password, 0, sizeof(f->password));
    memcpy(f->password, password, password_len < 63 ? password_len : 63);
    for (i = 0; f->code != 0 && i < (f->count > 0 ? f->count : 1); i++)
        (void)pwwb_findings_add(findings, f->code, f->basis, 0, i + 1);
    return fake_fault_next(&f->fault);
}

static inline void
fake_filter_destroy(void *ctx)
{
    ((fake_filter *)ctx)->destroyed++;
}

static const pwwb_filter_ops fake_filter_ops = {
    .size    = sizeof(pwwb_filter_ops),
    .check   = fake_filter_check,
    .destroy = fake_filter_destroy,
};

#endif /* FAKE_FILTER_H */
