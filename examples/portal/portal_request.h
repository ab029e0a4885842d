/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EXAMPLES_PORTAL_REQUEST_H
#define EXAMPLES_PORTAL_REQUEST_H

/* One request: what is asked for, its way over the relay, and what became of it. */

#include <pwwb/amqp.h>

#include "portal.h"

typedef struct portal_request {
    const portal    *of;
    pwwb_portal     *portal;
    pwwb_amqp       *amqp;
    pwwb_reply      *reply;
    audit_file      *audit; /* NULL = none */
    pwwb_claims      claims;
    secret           new_one, old_one;
    int64_t          begun_ms, until_ms;
    int32_t          is_stopped; /* somebody does not want to wait */
    /* What became of it. */
    int32_t              code, outcome;
    const pwwb_findings *findings; /* the portal's or the reply's */
    pwwb_audit_event     event;    /* as the audit is told */
    pwwb_status          relay;    /* why the relay did not take it */
} portal_request;

/* A pwwb_audit_fn; `ctx` is the request. */
pwwb_status portal_request_audit(void *ctx, const pwwb_audit_event *event);

/* It ends here, and no agent can have it. */
void portal_request_refuse(portal_request *r, int32_t code);

/* Over the relay and back: its outcome says what is known of the password. Another status than PWWB_OK:
 * it was no request that could be sealed, and nothing was sent. */
pwwb_status portal_request_fly(portal_request *r);

/* What is said of it, for people or for programs; what the program ends with. */
int portal_request_tell(const portal_request *r);

#endif /* EXAMPLES_PORTAL_REQUEST_H */
