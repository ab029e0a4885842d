/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WB_PORTAL_H
#define WB_PORTAL_H

#include <pwwb/portal.h>

#include "audit.h"
#include "clock.h"
#include "span.h"
#include "wire.h"

struct pwwb_portal {
    pwwb_keyring  *keyring;
    pwwb_keystore *store;     /* NULL: its keys do not change */
    int64_t        loaded_ms; /* when they came out of it, monotonic */
    int32_t        cache_ms;
    int32_t        life_s;
    wb_clock       clock;
    pwwb_watch    *watch;     /* NULL: nobody is asked before */
    pwwb_findings  findings;  /* of the last password that was refused here */
    wb_audit       audit;
    int64_t        began_ms;  /* the last begin, monotonic */
};

/* The store's keys, when those at hand are too old. */
pwwb_status wb_portal_refresh(pwwb_portal *portal, pwwb_error *err);
pwwb_status wb_portal_check(const pwwb_claims *claims, pwwb_error *err);
/* A new request: sealing gives it a tenant and an id. */
void wb_portal_forget(pwwb_portal *portal, pwwb_claims *claims);

/* portal_audit.c: the host's audit is told. Whether a sealed request may be handed out. */
int  wb_portal_may_go(pwwb_portal *portal, const pwwb_claims *claims);
/* How it ended: one of enum pwwb_audit_end, and what the reply says; how long it took, -1 = not known. */
void wb_portal_ended(pwwb_portal *portal, const pwwb_claims *claims, int32_t end,
                     const wb_reply *content, int64_t duration_ms);
/* Nothing was handed out. */
void wb_portal_refused(pwwb_portal *portal, const pwwb_claims *claims, int32_t code);

/* portal_judge.c: whether something is known by which nothing is to be sent: the code, and findings
 * where it is the password; PWWB_CODE_OK to go on. */
int32_t wb_portal_judge(pwwb_watch *watch, int32_t operation, wb_span password,
                        pwwb_findings *findings);

#endif /* WB_PORTAL_H */
