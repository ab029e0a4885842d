/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "envelope.h"
#include "writeback.h"

/* What is known by now. */
static pwwb_audit_event
event_of(const pwwb_writeback *w, int32_t stage)
{
    pwwb_audit_event e = {.size = sizeof(e), .side = PWWB_AUDIT_AGENT, .stage = stage};

    e.time_ms     = wb_clock_wall_ms(&w->clock);
    e.duration_ms = wb_clock_monotonic_ms(&w->clock) - w->began_ms;
    wb_audit_claims(&e, pwwb_request_claims(w->request));
    if (w->is_found) {
        memcpy(e.guid, w->found.guid, sizeof(e.guid));
        memcpy(e.directory, w->found.directory, sizeof(e.directory));
    }
    memcpy(e.controller, w->controller, sizeof(e.controller));
    return e;
}

int32_t
wb_writeback_last_look(pwwb_writeback *w)
{
    pwwb_audit_event e = event_of(w, PWWB_AUDIT_BEFORE);

    if (wb_writeback_life_ms(w) == 0)
        return PWWB_CODE_EXPIRED_MESSAGE;
    if (!wb_audit_tell(&w->audit, &e))
        return PWWB_CODE_AUDIT;

    return wb_writeback_life_ms(w) == 0 ? PWWB_CODE_EXPIRED_MESSAGE : PWWB_CODE_OK; /* it took its time */
}

/* The first answer, out of the journal's sealed record. */
static void
read_answer(const pwwb_writeback *w, pwwb_audit_event *e)
{
    pwwb_reply reply;

    if (pwwb_reply_open(&reply, w->keyring, e->cti, w->reply, w->reply_len, NULL) != PWWB_OK)
        return; /* not known; it is sent all the same */

    e->code     = reply.content.code;
    e->outcome  = reply.content.outcome;
    e->findings = (int32_t)reply.content.findings.count;
    memcpy(e->controller, reply.content.controller, sizeof(e->controller));
}

static void
say_end(const pwwb_writeback *w, pwwb_audit_event *e)
{
    switch (e->end) {
    case PWWB_AUDIT_ANSWERED:
        e->outcome  = wb_outcome_of(e->code, &w->findings);
        e->findings = (int32_t)w->findings.count;
        break;
    case PWWB_AUDIT_REPEATED:
        read_answer(w, e);
        break;
    case PWWB_AUDIT_GIVEN_UP:
        if (w->need == PWWB_NEED_SET) {
            e->code    = PWWB_CODE_OUTCOME_UNKNOWN;
            e->outcome = PWWB_OUTCOME_UNKNOWN;
        }
        break;
    default:
        break;
    }
}

void
wb_writeback_ended(pwwb_writeback *w, int32_t end, int32_t code)
{
    pwwb_audit_event e;

    if (w->audit.fn == NULL || w->is_audited || pwwb_request_claims(w->request) == NULL)
        return;

    w->is_audited = 1;
    e             = event_of(w, PWWB_AUDIT_AFTER);
    e.end         = end;
    e.code        = code;
    say_end(w, &e);
    (void)wb_audit_tell(&w->audit, &e);
}
