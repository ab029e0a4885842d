/* SPDX-License-Identifier: Apache-2.0 */
#include "audit.h"

#include <string.h>

#include "error.h"

pwwb_status
wb_audit_make(wb_audit *audit, pwwb_audit_fn fn, void *ctx, int32_t is_required, pwwb_error *err)
{
    if (is_required < 0 || is_required > 1 || (is_required && fn == NULL))
        return wb_fail(err, PWWB_E_INVALID_ARGUMENT,
                       "audit_required must be 0, or 1 with an audit that is given");

    *audit = (wb_audit){.fn = fn, .ctx = ctx, .is_required = is_required};
    return PWWB_OK;
}

void
wb_audit_claims(pwwb_audit_event *event, const pwwb_claims *claims)
{
    memcpy(event->tenant, claims->tenant, sizeof(event->tenant));
    memcpy(event->cti, claims->cti, sizeof(event->cti));
    memcpy(event->actor_id, claims->actor_id, sizeof(event->actor_id));
    event->operation   = claims->operation;
    event->origin      = claims->origin;
    event->actor       = claims->actor;
    event->user_type   = claims->user_type;
    event->must_change = claims->must_change;
    event->flags       = claims->flags;
    event->anchor      = claims->anchor;
}

int
wb_audit_tell(wb_audit *audit, const pwwb_audit_event *event)
{
    if (audit->fn == NULL || audit->fn(audit->ctx, event) == PWWB_OK)
        return 1;

    audit->failed++;
    return event->stage != PWWB_AUDIT_BEFORE || !audit->is_required;
}
