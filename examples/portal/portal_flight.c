/* SPDX-License-Identifier: Apache-2.0 */
#include "portal_request.h"

#include <stdio.h>
#include <string.h>

#include "portal_stop.h"

enum { CONNECT_MS = 10000, WATCHES = 4 };

static void
end_with(portal_request *r, int32_t code, int32_t outcome, const pwwb_findings *findings)
{
    r->code     = code;
    r->outcome  = outcome;
    r->findings = findings;
}

pwwb_status
portal_request_audit(void *ctx, const pwwb_audit_event *event)
{
    portal_request *r = ctx;

    r->event = *event;
    if (r->event.duration_ms < 0)
        r->event.duration_ms = portal_now_ms() - r->begun_ms;
    return r->audit != NULL ? audit_file_take(r->audit, &r->event) : PWWB_OK;
}

void
portal_request_refuse(portal_request *r, int32_t code)
{
    const pwwb_claims *c = &r->claims;
    pwwb_audit_event   e = {.size = sizeof(e), .side = PWWB_AUDIT_PORTAL, .stage = PWWB_AUDIT_AFTER};

    end_with(r, code, pwwb_code_outcome(code), NULL);
    e.end         = PWWB_AUDIT_NOT_SENT;
    e.time_ms     = portal_wall_ms();
    e.code        = code;
    e.outcome     = r->outcome;
    e.operation   = c->operation;
    e.origin      = c->origin;
    e.actor       = c->actor;
    e.user_type   = c->user_type;
    e.must_change = c->must_change;
    e.flags       = c->flags;
    e.anchor      = c->anchor;
    e.duration_ms = -1;
    memcpy(e.tenant, r->of->set.tenant_id, sizeof(e.tenant));
    memcpy(e.cti, c->cti, sizeof(e.cti));
    memcpy(e.actor_id, c->actor_id, sizeof(e.actor_id));
    (void)portal_request_audit(r, &e);
}

/* What is there, or some of the time until then. */
static void
wait_until(portal_request *r, int64_t until_ms)
{
    pwwb_interest list[WATCHES];
    struct pollfd fds[WATCHES];
    size_t        count = 0, i;
    int64_t       left  = until_ms - portal_now_ms(), soon = -1;

    for (i = 0; i < WATCHES; i++)
        list[i] = (pwwb_interest){.size = sizeof(list[i]), .descriptor = -1};
    if (pwwb_amqp_interest(r->amqp, list, WATCHES, &count, &soon, NULL) != PWWB_OK)
        count = 0;
    for (i = 0; i < count; i++)
        fds[i] = (struct pollfd){.fd     = (int)list[i].descriptor,
                                 .events = (short)((list[i].directions & PWWB_READABLE ? POLLIN : 0)
                                                   | (list[i].directions & PWWB_WRITABLE ? POLLOUT : 0))};
    left = left > 0 ? left : 0;
    (void)portal_poll(fds, (nfds_t)count, soon >= 0 && soon < left ? soon : left);
    (void)pwwb_amqp_service(r->amqp, NULL);
}

static int
goes_on(portal_request *r, int64_t until_ms)
{
    r->is_stopped = portal_stopped();
    return !r->is_stopped && portal_now_ms() < until_ms;
}

/* Where trying again soon cannot help. */
static int
is_hopeless(pwwb_status st)
{
    return st == PWWB_E_AUTH || st == PWWB_E_NO_AGENT || st == PWWB_E_TLS || st == PWWB_E_TLS_CA
           || st == PWWB_E_TLS_NAME || st == PWWB_E_TLS_EXPIRED;
}

static int
is_connected(portal_request *r)
{
    pwwb_amqp_info status = {.size = sizeof(status)};
    int64_t        until  = portal_now_ms() + CONNECT_MS;

    until = until < r->until_ms ? until : r->until_ms;
    (void)pwwb_amqp_service(r->amqp, NULL);
    while (pwwb_amqp_describe(r->amqp, &status, NULL) == PWWB_OK && status.phase != PWWB_AMQP_READY) {
        r->relay = status.last;
        if (is_hopeless(status.last) || !goes_on(r, until))
            return 0;
        wait_until(r, until);
    }
    r->relay = PWWB_OK;
    return 1;
}

static void
end_with_reply(portal_request *r)
{
    end_with(r, pwwb_reply_code(r->reply), pwwb_reply_outcome(r->reply), pwwb_reply_findings(r->reply));
}

/* The relay surely does not have it: so that is how it ends. */
static int
is_over(portal_request *r, pwwb_status sent)
{
    int32_t over = 0;

    if (pwwb_portal_sent(r->portal, &r->claims, sent, r->reply, &over, r->of->err) != PWWB_OK || !over)
        return 0;

    r->relay = sent;
    end_with_reply(r);
    return 1;
}

static int
is_refused(portal_request *r, uint64_t ticket)
{
    uint64_t    other;
    pwwb_status sent;

    while (pwwb_amqp_sent(r->amqp, &other, &sent, NULL) == PWWB_OK)
        if (other == ticket && is_over(r, sent))
            return 1;
    return 0;
}

/* What opens is the answer. Others are late, or nobody's. */
static int
is_answered(portal_request *r)
{
    pwwb_delivery delivery = {.size = sizeof(delivery)};
    uint8_t       buf[PWWB_ENVELOPE_MAX];
    int           found = 0;

    while (!found && pwwb_amqp_receive(r->amqp, buf, sizeof(buf), &delivery, NULL) == PWWB_OK) {
        found = pwwb_portal_finish(r->portal, &r->claims, buf, delivery.len, r->reply, NULL) == PWWB_OK;
        (void)pwwb_amqp_settle(r->amqp, delivery.tag, PWWB_SETTLE_ACCEPT, NULL);
    }
    (void)pwwb_amqp_service(r->amqp, NULL);
    return found;
}

static void
give_up(portal_request *r)
{
    if (pwwb_portal_finish(r->portal, &r->claims, NULL, 0, r->reply, r->of->err) != PWWB_OK)
        r->event.code = PWWB_CODE_OUTCOME_UNKNOWN; /* what is told of it, whether or not the audit was */
}

/* Until there is an answer, or nobody waits any more: then it is not known what became of it. */
static void
wait_for_answer(portal_request *r, uint64_t ticket)
{
    end_with(r, PWWB_CODE_OUTCOME_UNKNOWN, PWWB_OUTCOME_UNKNOWN, NULL);
    while (!is_answered(r)) {
        if (is_refused(r, ticket))
            return;
        if (!goes_on(r, r->until_ms)) {
            give_up(r);
            return;
        }
        wait_until(r, r->until_ms);
    }
    end_with_reply(r);
}

static pwwb_status
seal(portal_request *r, uint8_t *sealed, size_t *ret_len)
{
    int         is_set    = r->claims.operation != PWWB_OPERATION_UNLOCK;
    int         is_change = r->old_one.len > 0;
    int32_t     code;
    pwwb_status st;

    st = pwwb_portal_begin(r->portal, &r->claims, is_set ? r->new_one.octets : NULL, r->new_one.len,
                           is_change ? r->old_one.octets : NULL, r->old_one.len, sealed, PWWB_ENVELOPE_MAX,
                           ret_len, &code, r->of->err);
    secret_drop(&r->new_one);
    secret_drop(&r->old_one);
    if (st == PWWB_OK && code != PWWB_CODE_OK)
        end_with(r, code, pwwb_code_outcome(code), pwwb_portal_findings(r->portal));
    return st;
}

pwwb_status
portal_request_fly(portal_request *r)
{
    uint8_t      sealed[PWWB_ENVELOPE_MAX];
    pwwb_message message = {.size = sizeof(message), .data = sealed};
    uint64_t     ticket  = 0;
    pwwb_status  st;

    if (!is_connected(r)) {
        portal_request_refuse(r, r->is_stopped ? PWWB_CODE_TIMEOUT : PWWB_CODE_UNREACHABLE);
        return PWWB_OK;
    }
    (void)snprintf(r->claims.reply_to, sizeof(r->claims.reply_to), "%s", pwwb_amqp_address(r->amqp));
    st = seal(r, sealed, &message.len);
    if (st != PWWB_OK || message.len == 0)
        return st;

    memcpy(message.id, r->claims.cti, sizeof(message.id));
    memcpy(message.reply_to, r->claims.reply_to, sizeof(message.reply_to));
    message.expires_ms = r->claims.exp * 1000;
    st                 = pwwb_amqp_send(r->amqp, &message, &ticket, r->of->err);
    if (st == PWWB_OK)
        wait_for_answer(r, ticket);
    else if (!is_over(r, st))
        (void)is_over(r, PWWB_E_CONNECT); /* it was not taken, whatever the reason */
    return PWWB_OK;
}
