/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WB_AUDIT_H
#define WB_AUDIT_H

#include <pwwb/audit.h>
#include <pwwb/envelope.h>

/* The host's audit as a handle keeps it. */
typedef struct wb_audit {
    pwwb_audit_fn fn; /* NULL: nobody listens */
    void         *ctx;
    int           is_required;
    uint64_t      failed; /* events that it did not take */
} wb_audit;

/* PWWB_E_INVALID_ARGUMENT, recorded in err, when one is required that is not there. */
pwwb_status wb_audit_make(wb_audit *audit, pwwb_audit_fn fn, void *ctx, int32_t is_required,
                          pwwb_error *err);

/* Who, for whom, what: as the claims have it. */
void wb_audit_claims(pwwb_audit_event *event, const pwwb_claims *claims);

/* Whether to go on. */
int wb_audit_tell(wb_audit *audit, const pwwb_audit_event *event);

#endif /* WB_AUDIT_H */
