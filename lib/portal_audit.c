/* SPDX-License-Identifier: Apache-2.0 */
#include "portal.h"

#include <string.h>

#include "envelope.h"
#include "guid.h"

/* Before it is sealed, a request has no tenant: it is the keys'. */
static pwwb_audit_event
event_of(const pwwb_portal *portal, const pwwb_claims *claims, int32_t stage)
{
    pwwb_audit_event e = {.size = sizeof(e), .side = PWWB_AUDIT_PORTAL, .stage = stage};

    e.time_ms = wb_clock_wall_ms(&portal->clock);
    wb_audit_claims(&e, claims);
    if (wb_guid_is_zero(e.tenant) && portal->keyring != NULL)
        memcpy(e.tenant, portal->keyring->tenant, sizeof(e.tenant));
    return e;
}

static int64_t
since_begin(const pwwb_portal *portal)
{
    return wb_clock_monotonic_ms(&portal->clock) - portal->began_ms;
}

int
wb_portal_may_go(pwwb_portal *portal, const pwwb_claims *claims)
{
    pwwb_audit_event e = event_of(portal, claims, PWWB_AUDIT_BEFORE);

    e.duration_ms = since_begin(portal);
    return wb_audit_tell(&portal->audit, &e);
}

void
wb_portal_ended(pwwb_portal *portal, const pwwb_claims *claims, int32_t end, const wb_reply *content,
                int64_t duration_ms)
{
    pwwb_audit_event e = event_of(portal, claims, PWWB_AUDIT_AFTER);

    e.end         = end;
    e.code        = content->code;
    e.outcome     = content->outcome;
    e.findings    = (int32_t)content->findings.count;
    e.duration_ms = duration_ms;
    memcpy(e.controller, content->controller, sizeof(e.controller));
    (void)wb_audit_tell(&portal->audit, &e);
}

void
wb_portal_refused(pwwb_portal *portal, const pwwb_claims *claims, int32_t code)
{
    wb_reply content = {.code     = code,
                        .outcome  = pwwb_code_outcome(code),
                        .findings = portal->findings};

    wb_portal_ended(portal, claims, PWWB_AUDIT_NOT_SENT, &content, since_begin(portal));
}
