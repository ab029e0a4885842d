/* SPDX-License-Identifier: Apache-2.0 */
#include "writeback.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "envelope.h"
#include "error.h"
#include "ops.h"

#define DEFAULT_SKEW_MS 120000
#define FLAGS                                                                                     \
    (PWWB_WRITEBACK_ALLOW_LOCKOUT | PWWB_WRITEBACK_ALLOW_UNPROVEN | PWWB_WRITEBACK_OTHER_AGENTS)

static pwwb_status
import_filters(pwwb_writeback *w, const pwwb_writeback_options *ours, pwwb_error *err)
{
    size_t i;

    if (ours->filter_count > PWWB_FILTERS_MAX || (ours->filter_count > 0 && ours->filters == NULL))
        return wb_fail(err, PWWB_E_INVALID_ARGUMENT, "%d filters are the most, and each must be given",
                       PWWB_FILTERS_MAX);

    for (i = 0; i < ours->filter_count; i++) {
        if (ours->filters[i] == NULL)
            return wb_fail(err, PWWB_E_INVALID_ARGUMENT, "filter %zu is not given", i + 1);
        w->filters[i] = ours->filters[i];
    }
    w->filter_count = ours->filter_count;
    return PWWB_OK;
}

static pwwb_status
import_options(pwwb_writeback *w, const pwwb_writeback_options *theirs, pwwb_error *err)
{
    pwwb_writeback_options ours = {0};
    pwwb_status            st;

    if (theirs != NULL) {
        st = wb_ops_import(&ours, sizeof(ours), WB_SIZE_UP_TO(pwwb_writeback_options, filter_count),
                           theirs);
        if (st != PWWB_OK)
            return wb_fail(err, st, "options of size %zu do not fit this library", theirs->size);
    }
    if (ours.skew_ms < 0)
        return wb_fail(err, PWWB_E_INVALID_ARGUMENT, "skew_ms must not be negative");
    if ((ours.flags & ~(uint32_t)FLAGS) != 0 || ours.reserved != 0)
        return wb_fail(err, PWWB_E_INVALID_ARGUMENT, "flags or reserved has an unknown bit");

    if (ours.reserved2 != 0)
        return wb_fail(err, PWWB_E_INVALID_ARGUMENT, "reserved2 must be 0");

    w->skew_ms = ours.skew_ms > 0 ? ours.skew_ms : DEFAULT_SKEW_MS;
    w->flags   = ours.flags;
    w->limits  = ours.limits;
    st         = import_filters(w, &ours, err);
    if (st == PWWB_OK)
        st = wb_audit_make(&w->audit, ours.audit, ours.audit_ctx, ours.audit_required, err);
    return st == PWWB_OK ? wb_clock_make(&w->clock, ours.clock, ours.clock_ctx, err) : st;
}

pwwb_status
pwwb_writeback_new(pwwb_keyring *keyring, const pwwb_writeback_options *options,
                   pwwb_writeback **ret_writeback, pwwb_error *err)
{
    pwwb_writeback *w;
    pwwb_status     st;

    wb_ok(err);
    if (ret_writeback != NULL)
        *ret_writeback = NULL;
    if (keyring == NULL || ret_writeback == NULL)
        return wb_fail(err, PWWB_E_INVALID_ARGUMENT, "keyring and ret_writeback must be given");
    if (keyring->half != PWWB_HALF_AGENT)
        return wb_fail(err, PWWB_E_KEY_HALF, "a portal half opens no passwords");

    w = calloc(1, sizeof(*w));
    if (w == NULL)
        return wb_fail(err, PWWB_E_NO_MEMORY, "no memory for a writeback");

    st = import_options(w, options, err);
    if (st == PWWB_OK)
        st = pwwb_request_new(&w->request, err);
    if (st != PWWB_OK) {
        free(w);
        return st;
    }
    w->keyring     = pwwb_keyring_ref(keyring);
    w->limits      = wb_limits_ref(w->limits);
    *ret_writeback = w;
    return PWWB_OK;
}

pwwb_status
pwwb_writeback_set_keyring(pwwb_writeback *writeback, pwwb_keyring *keyring, pwwb_error *err)
{
    wb_ok(err);
    if (writeback == NULL || keyring == NULL)
        return wb_fail(err, PWWB_E_INVALID_ARGUMENT, "writeback and keyring must be given");
    if (keyring->half != PWWB_HALF_AGENT)
        return wb_fail(err, PWWB_E_KEY_HALF, "a portal half opens no passwords");

    pwwb_keyring_free(writeback->keyring);
    writeback->keyring = pwwb_keyring_ref(keyring);
    return PWWB_OK;
}

void
pwwb_writeback_free(pwwb_writeback *writeback)
{
    if (writeback == NULL)
        return;

    pwwb_writeback_wipe(writeback);
    pwwb_request_free(writeback->request);
    pwwb_keyring_free(writeback->keyring);
    pwwb_limits_free(writeback->limits);
    free(writeback);
}

void
pwwb_writeback_wipe(pwwb_writeback *writeback)
{
    pwwb_writeback kept;

    if (writeback == NULL)
        return;

    wb_writeback_ended(writeback, PWWB_AUDIT_GIVEN_UP, 0);
    pwwb_request_wipe(writeback->request);
    kept = (pwwb_writeback){.keyring = writeback->keyring,
                            .clock   = writeback->clock,
                            .skew_ms = writeback->skew_ms,
                            .flags   = writeback->flags,
                            .audit   = writeback->audit,
                            .limits  = writeback->limits,
                            .request = writeback->request};
    memcpy(kept.filters, writeback->filters, sizeof(kept.filters));
    kept.filter_count = writeback->filter_count;
    memcpy(writeback, &kept, sizeof(kept));
}

int32_t
pwwb_writeback_need(const pwwb_writeback *writeback)
{
    return writeback != NULL ? writeback->need : PWWB_NEED_NOTHING;
}

const pwwb_claims *
pwwb_writeback_claims(const pwwb_writeback *writeback)
{
    return writeback != NULL ? pwwb_request_claims(writeback->request) : NULL;
}

const uint8_t *
pwwb_writeback_digest(const pwwb_writeback *writeback)
{
    return pwwb_writeback_claims(writeback) != NULL ? writeback->digest : NULL;
}

const pwwb_found *
pwwb_writeback_target(const pwwb_writeback *writeback)
{
    return writeback != NULL && writeback->is_found ? &writeback->found : NULL;
}

int64_t
pwwb_writeback_last_set_ms(const pwwb_writeback *writeback)
{
    return writeback != NULL ? writeback->last_set_ms : -1;
}

const uint8_t *
pwwb_writeback_reply(const pwwb_writeback *writeback, size_t *ret_len)
{
    int has = writeback != NULL && writeback->reply_len > 0;

    if (ret_len != NULL)
        *ret_len = has ? writeback->reply_len : 0;
    return has ? writeback->reply : NULL;
}

int32_t
pwwb_writeback_code(const pwwb_writeback *writeback)
{
    return writeback != NULL ? writeback->code : 0;
}
