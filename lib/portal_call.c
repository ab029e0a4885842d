/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "envelope.h"
#include "error.h"
#include "portal.h"
#include "result.h"
#include "transport.h"

/* This side's own answer, when no agent gave one. */
static void
answer(const pwwb_portal *portal, pwwb_reply *reply, const pwwb_claims *claims, int32_t code)
{
    memset(reply, 0, sizeof(*reply));
    memcpy(reply->content.cti, claims->cti, sizeof(reply->content.cti));
    reply->content.code    = code;
    reply->content.outcome = pwwb_code_outcome(code);
    reply->content.time_ms = wb_clock_wall_ms(&portal->clock);
}

/* What a transport's answer to a send means. Only these promise that the relay has not got it. */
static int32_t
code_of(pwwb_status status)
{
    switch (status) {
    case PWWB_E_FULL:
    case PWWB_E_NO_MEMORY:
        return PWWB_CODE_BUSY;
    case PWWB_E_NO_AGENT:
        return PWWB_CODE_AGENT_DOWN;
    case PWWB_E_CONNECT:
    case PWWB_E_TLS:
    case PWWB_E_TLS_CA:
    case PWWB_E_TLS_NAME:
    case PWWB_E_TLS_EXPIRED:
    case PWWB_E_AUTH:
        return PWWB_CODE_UNREACHABLE;
    default:
        return PWWB_CODE_OUTCOME_UNKNOWN;
    }
}

static int
is_unsent(pwwb_status status)
{
    return code_of(status) != PWWB_CODE_OUTCOME_UNKNOWN;
}

/* Wait for the one reply to this request; others, duplicates and noise are taken and forgotten. */
static pwwb_status
wait_for_reply(const pwwb_portal *portal, pwwb_transport *transport, const pwwb_claims *claims,
               int64_t deadline, pwwb_reply *reply, pwwb_error *err)
{
    uint8_t     buf[PWWB_ENVELOPE_MAX + 1];
    pwwb_status st;

    do {
        pwwb_delivery delivery = {.size = sizeof(delivery)};
        int64_t       left     = wb_deadline_left(&portal->clock, deadline);

        st = wb_transport_receive(transport, buf, sizeof(buf), &delivery, left, err);
        if (st != PWWB_OK)
            return st;

        st = pwwb_reply_open(reply, portal->keyring, claims->cti, buf, delivery.len, err);
        (void)wb_transport_settle(transport, delivery.tag, PWWB_SETTLE_ACCEPT, left, NULL);
    } while (st != PWWB_OK && wb_deadline_left(&portal->clock, deadline) != 0);
    return st;
}

/* How it ended: one of enum pwwb_audit_end. */
static int32_t
ask(const pwwb_portal *portal, pwwb_transport *transport, const pwwb_claims *claims,
    const uint8_t *sealed, size_t sealed_len, int64_t deadline, pwwb_reply *reply, pwwb_error *err)
{
    pwwb_message message = {.size = sizeof(message), .data = sealed, .len = sealed_len};
    pwwb_status  st;

    memcpy(message.id, claims->cti, sizeof(message.id));
    memcpy(message.reply_to, claims->reply_to, sizeof(message.reply_to));
    message.expires_ms = claims->exp * 1000;
    st = wb_transport_send(transport, &message, wb_deadline_left(&portal->clock, deadline), err);
    if (is_unsent(st)) {
        answer(portal, reply, claims, code_of(st));
        return PWWB_AUDIT_NOT_SENT;
    }

    st = wait_for_reply(portal, transport, claims, deadline, reply, err);
    if (st == PWWB_OK)
        return PWWB_AUDIT_ANSWERED;

    answer(portal, reply, claims, PWWB_CODE_OUTCOME_UNKNOWN);
    return PWWB_AUDIT_NO_ANSWER;
}

/* Where the answer is to go. */
static pwwb_status
reply_address(pwwb_portal *portal, pwwb_transport *transport, pwwb_claims *claims, pwwb_error *err)
{
    pwwb_status st = wb_portal_check(claims, err);

    if (st != PWWB_OK)
        return st;

    st = wb_transport_address(transport, claims->reply_to, err);
    if (st != PWWB_OK) {
        wb_portal_forget(portal, claims);
        wb_portal_refused(portal, claims, PWWB_CODE_INTERNAL);
    }
    return st;
}

pwwb_status
pwwb_portal_call(pwwb_portal *portal, pwwb_transport *transport, pwwb_claims *claims,
                 const uint8_t *password, size_t password_len, const uint8_t *old_password,
                 size_t old_password_len, int64_t timeout_ms, pwwb_reply *reply, pwwb_error *err)
{
    uint8_t     buf[PWWB_ENVELOPE_MAX];
    size_t      len;
    int32_t     code;
    int32_t     end;
    int64_t     life_ms;
    int64_t     deadline;
    pwwb_status st;

    wb_ok(err);
    if (portal == NULL || transport == NULL || claims == NULL || reply == NULL)
        return wb_fail(err, PWWB_E_INVALID_ARGUMENT,
                       "portal, transport, claims and reply must be given");

    life_ms  = (int64_t)portal->life_s * 1000;
    deadline = wb_deadline_in(&portal->clock,
                              timeout_ms < 0 || timeout_ms > life_ms ? life_ms : timeout_ms);
    answer(portal, reply, claims, PWWB_CODE_INTERNAL);
    st = reply_address(portal, transport, claims, err);
    if (st == PWWB_OK)
        st = pwwb_portal_begin(portal, claims, password, password_len, old_password,
                               old_password_len, buf, sizeof(buf), &len, &code, err);
    if (st != PWWB_OK)
        return st;
    if (code != PWWB_CODE_OK) {
        answer(portal, reply, claims, code);
        reply->content.findings = portal->findings;
        return PWWB_OK;
    }
    end = ask(portal, transport, claims, buf, len, deadline, reply, err);
    wb_portal_ended(portal, claims, end, &reply->content,
                    wb_clock_monotonic_ms(&portal->clock) - portal->began_ms);
    return PWWB_OK;
}

pwwb_status
pwwb_portal_sent(pwwb_portal *portal, const pwwb_claims *claims, pwwb_status sent, pwwb_reply *reply,
                 int32_t *ret_is_over, pwwb_error *err)
{
    pwwb_status st;

    wb_ok(err);
    if (ret_is_over != NULL)
        *ret_is_over = 0;
    if (portal == NULL || claims == NULL || reply == NULL || ret_is_over == NULL)
        return wb_fail(err, PWWB_E_INVALID_ARGUMENT,
                       "portal, claims, reply and ret_is_over must be given");
    st = wb_portal_check(claims, err);
    if (st != PWWB_OK)
        return st;

    answer(portal, reply, claims, code_of(sent));
    if (!is_unsent(sent))
        return PWWB_OK;

    wb_portal_ended(portal, claims, PWWB_AUDIT_NOT_SENT, &reply->content, -1);
    *ret_is_over = 1;
    return PWWB_OK;
}

pwwb_status
pwwb_portal_finish(pwwb_portal *portal, const pwwb_claims *claims, const uint8_t *sealed,
                   size_t sealed_len, pwwb_reply *reply, pwwb_error *err)
{
    pwwb_status st;

    wb_ok(err);
    if (portal == NULL || claims == NULL || reply == NULL)
        return wb_fail(err, PWWB_E_INVALID_ARGUMENT, "portal, claims and reply must be given");
    st = wb_portal_check(claims, err);
    if (st != PWWB_OK)
        return st;

    answer(portal, reply, claims, PWWB_CODE_OUTCOME_UNKNOWN);
    if (sealed != NULL)
        st = wb_portal_refresh(portal, err);
    if (st == PWWB_OK && sealed != NULL)
        st = pwwb_reply_open(reply, portal->keyring, claims->cti, sealed, sealed_len, err);
    if (st == PWWB_OK)
        wb_portal_ended(portal, claims, sealed != NULL ? PWWB_AUDIT_ANSWERED : PWWB_AUDIT_NO_ANSWER,
                        &reply->content, -1);
    return st;
}
