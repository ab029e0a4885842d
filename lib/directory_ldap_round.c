/* SPDX-License-Identifier: Apache-2.0 */
#include "directory_ldap.h"

#include <stdio.h>

#include "error.h"

#define SHARE_LEAST_MS   1000
#define SHARE_NO_LIMIT_MS 10000 /* where the call may last for ever */

/* The failure that tells most, of those of one round. */
typedef struct failure {
    pwwb_status status;
    int32_t     layer;
    int64_t     code;
    char        text[256];
    int         is_read_only;
    int         tried; /* controllers that failed */
} failure;

void
wb_ldap_begin(wb_ldap *d, int64_t timeout_ms, pwwb_error *err)
{
    d->end          = wb_deadline_in(&d->clock, timeout_ms);
    d->deadline     = d->end;
    d->most         = WB_LDAP_ANSWER_MAX;
    d->budget       = d->most;
    d->err          = err;
    d->broken       = PWWB_OK;
    d->is_read_only = 0;
}

/* Half of what is left, so that a silent one leaves time for others; all of it for the last. */
void
wb_ldap_take_share(wb_ldap *d)
{
    int64_t left  = wb_deadline_left(&d->clock, d->end);
    int64_t share = left < 0 ? SHARE_NO_LIMIT_MS : left / 2;

    if (share < SHARE_LEAST_MS)
        share = left < SHARE_LEAST_MS ? left : SHARE_LEAST_MS;
    d->deadline = wb_ldap_has_next(d) ? wb_deadline_in(&d->clock, share) : d->end;
}

/* What must be mended comes before what passes by itself. */
static int
weight_of(pwwb_status status, int is_read_only)
{
    if (is_read_only)
        return 1;
    switch (status) {
    case PWWB_E_AUTH:
        return 5;
    case PWWB_E_TLS:
    case PWWB_E_TLS_CA:
    case PWWB_E_TLS_NAME:
    case PWWB_E_TLS_EXPIRED:
        return 4;
    case PWWB_E_DIRECTORY:
        return 3;
    default:
        return 2;
    }
}

static void
keep(failure *f, const wb_ldap *d, pwwb_status st)
{
    int is_heavier = weight_of(st, d->is_read_only) > weight_of(f->status, f->is_read_only);

    if (f->tried++ > 0 && !is_heavier)
        return;

    f->status       = st;
    f->is_read_only = d->is_read_only;
    f->layer        = pwwb_error_layer(d->err);
    f->code         = pwwb_error_code(d->err);
    (void)snprintf(f->text, sizeof(f->text), "%s", pwwb_error_message(d->err));
}

static pwwb_status
tell(const failure *f, wb_ldap *d)
{
    d->is_read_only = f->is_read_only;
    if (f->tried == 1)
        return wb_fail_from(d->err, f->status, f->layer, f->code, "%s", f->text);

    return wb_fail_from(d->err, f->status, f->layer, f->code,
                        "none of %d controllers can be used; one of them: %s", f->tried, f->text);
}

/* On this controller, within its share. */
static pwwb_status
attempt(wb_ldap *d, wb_ldap_step step, void *arg)
{
    pwwb_status st;

    wb_ldap_take_share(d);
    d->budget = d->most;
    st        = wb_ldap_ready(d);
    if (st == PWWB_OK)
        st = step(d, arg);
    d->deadline = d->end;
    return st;
}

/* Whether it is the controller that failed, and another may do better. */
static int
goes_on(const wb_ldap *d, pwwb_status st)
{
    return st != PWWB_OK && d->ld == NULL && !d->is_barred && st != PWWB_E_NO_MEMORY
           && st != PWWB_E_SYSTEM;
}

pwwb_status
wb_ldap_reading(wb_ldap *d, wb_ldap_step step, void *arg)
{
    failure     f        = {.tried = 0};
    int         was_kept = d->ld != NULL;
    pwwb_status st;

    wb_ldap_round_begin(d);
    do {
        st = was_kept ? PWWB_OK : wb_ldap_pick_next(d);
        if (st != PWWB_OK)
            return f.tried > 0 ? tell(&f, d) : st;

        st = attempt(d, step, arg);
        if (!goes_on(d, st))
            return st;

        if (was_kept && d->broken != PWWB_E_TIMEOUT) {
            wb_ldap_round_begin(d); /* it was idle for too long, perhaps: it may be tried again */
        } else {
            keep(&f, d, st);
            wb_ldap_put_behind(d);
        }
        was_kept = 0;
    } while (f.tried == 0 || wb_deadline_left(&d->clock, d->end) != 0);
    return tell(&f, d);
}

int
wb_ldap_go_to_pdc(wb_ldap *d)
{
    if (!wb_ldap_looks_further(d))
        return 0;

    wb_ldap_put_behind(d);
    if (wb_ldap_pick_pdc(d) != PWWB_OK)
        return 0;

    wb_ldap_drop(d);
    if (wb_ldap_ready(d) == PWWB_OK)
        return 1;

    wb_ldap_put_behind(d);
    return 0;
}
