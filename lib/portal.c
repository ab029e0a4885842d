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
pwwb_status
wb_portal_refresh(pwwb_portal *portal, pwwb_error *err)
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
    pwwb_status st = wb_portal_refresh(portal, err);

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

pwwb_status
wb_portal_check(const pwwb_claims *claims, pwwb_error *err)
{
    return claims->size >= WB_SIZE_UP_TO(pwwb_claims, reply_to)
               ? PWWB_OK
               : wb_fail(err, PWWB_E_ABI, "claims of size %zu do not fit this library", claims->size);
}

/* A new request: sealing gives it a tenant and an id. */
void
wb_portal_forget(pwwb_portal *portal, pwwb_claims *claims)
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
    st = wb_portal_check(claims, err);
    if (st != PWWB_OK)
        return st;

    wb_portal_forget(portal, claims);
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
