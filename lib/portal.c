/* SPDX-License-Identifier: Apache-2.0 */
#include <pwwb/portal.h>

#include <stdlib.h>
#include <string.h>

#include "envelope.h"
#include "error.h"
#include "keystore.h"
#include "ops.h"
#include "portal.h"
#include "result.h"
#include "transport.h"
#include "watch.h"

#define DEFAULT_LIFE_S 120

#define DEFAULT_CACHE_MS 60000

static pwwb_status
import_options(pwwb_portal *portal, const pwwb_portal_options *theirs, pwwb_error *err)
{
    pwwb_portal_options ours = {.size = sizeof(ours)};
    pwwb_status         st;

    if (theirs != NULL) {
        st = wb_ops_import(&ours, sizeof(ours), WB_SIZE_UP_TO(pwwb_portal_options, store),
                           theirs);
        if (st != PWWB_OK)
            return wb_fail(err, st, "options of size %zu do not fit this library", theirs->size);
    }
    if (ours.life_s < 0 || ours.life_s > PWWB_REQUEST_LIFE_MAX)
        return wb_fail(err, PWWB_E_INVALID_ARGUMENT, "life_s must be 1 to %d",
                       PWWB_REQUEST_LIFE_MAX);

    if (ours.cache_ms < 0 || ours.cache_ms > PWWB_KEY_CACHE_MAX_MS)
        return wb_fail(err, PWWB_E_INVALID_ARGUMENT, "cache_ms must be 1 to %d",
                       PWWB_KEY_CACHE_MAX_MS);

    if (ours.reserved != 0)
        return wb_fail(err, PWWB_E_INVALID_ARGUMENT, "reserved must be 0");

    portal->life_s   = ours.life_s > 0 ? ours.life_s : DEFAULT_LIFE_S;
    portal->cache_ms = ours.cache_ms > 0 ? ours.cache_ms : DEFAULT_CACHE_MS;
    portal->store    = ours.store;
    portal->watch    = ours.watch;
    st = wb_audit_make(&portal->audit, ours.audit, ours.audit_ctx, ours.audit_required, err);
    return st == PWWB_OK ? wb_clock_make(&portal->clock, ours.clock, ours.clock_ctx, err) : st;
}

pwwb_status
pwwb_portal_new(pwwb_keyring *keyring, const pwwb_portal_options *options,
                pwwb_portal **ret_portal, pwwb_error *err)
{
    pwwb_portal *portal;
    pwwb_status  st;

    wb_ok(err);
    if (ret_portal != NULL)
        *ret_portal = NULL;
    if (ret_portal == NULL)
        return wb_fail(err, PWWB_E_INVALID_ARGUMENT, "ret_portal must be given");

    portal = calloc(1, sizeof(*portal));
    if (portal == NULL)
        return wb_fail(err, PWWB_E_NO_MEMORY, "no memory for a portal");

    st = import_options(portal, options, err);
    if (st == PWWB_OK && (keyring == NULL) == (portal->store == NULL))
        st = wb_fail(err, PWWB_E_INVALID_ARGUMENT, "a portal needs a keyring, or a key store");
    if (st != PWWB_OK) {
        free(portal);
        return st;
    }
    portal->keyring = pwwb_keyring_ref(keyring);
    *ret_portal     = portal;
    return PWWB_OK;
}

void
pwwb_portal_free(pwwb_portal *portal)
{
    if (portal == NULL)
        return;

    pwwb_keyring_free(portal->keyring);
    free(portal);
}

/* Keys that the agents may have wiped by now are not used: a store that does not answer is an end. */
static pwwb_status
refresh(pwwb_portal *portal, pwwb_error *err)
{
    int64_t       now   = wb_clock_monotonic_ms(&portal->clock);
    pwwb_keyring *fresh = NULL;
    pwwb_status   st;

    if (portal->store == NULL
        || (portal->keyring != NULL && now - portal->loaded_ms < portal->cache_ms))
        return PWWB_OK;

    st = wb_keystore_load(portal->store, &fresh, err);
    if (st != PWWB_OK)
        return st;

    pwwb_keyring_free(portal->keyring);
    portal->keyring   = fresh;
    portal->loaded_ms = now;
    if (portal->watch != NULL)
        wb_watch_keys(portal->watch, fresh);
    return PWWB_OK;
}

/* Nothing is sealed for a tenant that is not enabled: not a failed call, but an answer. */
static pwwb_status
seal(pwwb_portal *portal, pwwb_claims *claims, wb_span password, wb_span old_password, uint8_t *buf,
     size_t buf_size, size_t *ret_len, int32_t *ret_code, pwwb_error *err)
{
    pwwb_status st = refresh(portal, err);

    if (st == PWWB_OK)
        st = pwwb_request_seal(portal->keyring, claims, password.p, password.len, old_password.p,
                               old_password.len, buf, buf_size, ret_len, err);
    if (st == PWWB_E_KEY_INACTIVE || (st == PWWB_E_NOT_FOUND && portal->keyring == NULL)) {
        *ret_code = PWWB_CODE_CONFIGURATION;
        wb_ok(err);
        return PWWB_OK;
    }
    if (st != PWWB_OK)
        *ret_code = PWWB_CODE_INTERNAL;
    return st;
}

static pwwb_status
check_claims(const pwwb_claims *claims, pwwb_error *err)
{
    return claims->size >= WB_SIZE_UP_TO(pwwb_claims, reply_to)
               ? PWWB_OK
               : wb_fail(err, PWWB_E_ABI, "claims of size %zu do not fit this library", claims->size);
}

/* A new request: sealing gives it a tenant and an id. */
static void
forget_last(pwwb_portal *portal, pwwb_claims *claims)
{
    portal->began_ms = wb_clock_monotonic_ms(&portal->clock);
    memset(claims->tenant, 0, sizeof(claims->tenant));
    memset(claims->cti, 0, sizeof(claims->cti));
    wb_findings_clear(&portal->findings);
}

static pwwb_status
prepare(pwwb_portal *portal, pwwb_claims *claims, wb_span password, wb_span old_password,
        uint8_t *buf, size_t buf_size, size_t *ret_len, int32_t *ret_code, pwwb_error *err)
{
    *ret_code = pwwb_operation_check(claims);
    if (*ret_code == PWWB_CODE_OK && portal->watch != NULL)
        *ret_code = wb_portal_judge(portal->watch, claims->operation, password, &portal->findings);
    if (*ret_code != PWWB_CODE_OK)
        return PWWB_OK;

    claims->iat = wb_clock_wall_ms(&portal->clock) / 1000;
    claims->exp = claims->iat + portal->life_s;
    return seal(portal, claims, password, old_password, buf, buf_size, ret_len, ret_code, err);
}

pwwb_status
pwwb_portal_begin(pwwb_portal *portal, pwwb_claims *claims, const uint8_t *password,
                  size_t password_len, const uint8_t *old_password, size_t old_password_len,
                  uint8_t *buf, size_t buf_size, size_t *ret_len, int32_t *ret_code,
                  pwwb_error *err)
{
    pwwb_status st;

    wb_ok(err);
    if (ret_len != NULL)
        *ret_len = 0;
    if (ret_code != NULL)
        *ret_code = PWWB_CODE_INTERNAL;
    if (portal == NULL || claims == NULL || ret_len == NULL || ret_code == NULL)
        return wb_fail(err, PWWB_E_INVALID_ARGUMENT,
                       "portal, claims, ret_len and ret_code must be given");
    st = check_claims(claims, err);
    if (st != PWWB_OK)
        return st;

    forget_last(portal, claims);
    st = prepare(portal, claims, wb_span_of(password, password_len),
                 wb_span_of(old_password, old_password_len), buf, buf_size, ret_len, ret_code, err);
    if (st == PWWB_OK && *ret_code == PWWB_CODE_OK && !wb_portal_may_go(portal, claims)) {
        memset(buf, 0, *ret_len);
        *ret_len  = 0;
        *ret_code = PWWB_CODE_AUDIT;
    }
    if (*ret_code != PWWB_CODE_OK && st != PWWB_E_BUFFER_TOO_SMALL)
        wb_portal_refused(portal, claims, *ret_code);
    return st;
}

const pwwb_findings *
pwwb_portal_findings(const pwwb_portal *portal)
{
    return portal != NULL ? &portal->findings : NULL;
}

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

/* What a failed send means. Only these statuses promise that the relay has not got it. */
static int32_t
unsent_code(pwwb_status status)
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
    if (st != PWWB_OK && unsent_code(st) != PWWB_CODE_OUTCOME_UNKNOWN) {
        answer(portal, reply, claims, unsent_code(st));
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
    pwwb_status st = check_claims(claims, err);

    if (st != PWWB_OK)
        return st;

    st = wb_transport_address(transport, claims->reply_to, err);
    if (st != PWWB_OK) {
        forget_last(portal, claims);
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
pwwb_portal_finish(pwwb_portal *portal, const pwwb_claims *claims, const uint8_t *sealed,
                   size_t sealed_len, pwwb_reply *reply, pwwb_error *err)
{
    pwwb_status st;

    wb_ok(err);
    if (portal == NULL || claims == NULL || reply == NULL)
        return wb_fail(err, PWWB_E_INVALID_ARGUMENT, "portal, claims and reply must be given");
    st = check_claims(claims, err);
    if (st != PWWB_OK)
        return st;

    answer(portal, reply, claims, PWWB_CODE_OUTCOME_UNKNOWN);
    if (sealed != NULL)
        st = refresh(portal, err);
    if (st == PWWB_OK && sealed != NULL)
        st = pwwb_reply_open(reply, portal->keyring, claims->cti, sealed, sealed_len, err);
    if (st == PWWB_OK)
        wb_portal_ended(portal, claims, sealed != NULL ? PWWB_AUDIT_ANSWERED : PWWB_AUDIT_NO_ANSWER,
                        &reply->content, -1);
    return st;
}
