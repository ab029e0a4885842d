/* SPDX-License-Identifier: Apache-2.0 */
#include "limits_rate.h"

#include <stdlib.h>
#include <string.h>

#include "crypto.h"
#include "dn.h"
#include "error.h"
#include "ops.h"

#define PER_ACCOUNT_S 3600
#define IN_ALL_S      60
#define SECONDS_MAX   (7 * 86400)
#define DN_MAX        1024 /* as an account has it, with its NUL */
#define OPERATIONS                                                                                \
    (1u << PWWB_OPERATION_CHANGE | 1u << PWWB_OPERATION_CHANGE_FORCED                             \
     | 1u << PWWB_OPERATION_RESET_SELF | 1u << PWWB_OPERATION_RESET_ADMIN                         \
     | 1u << PWWB_OPERATION_UNLOCK)

int
wb_limits_allow_operation(const pwwb_limits *l, int32_t operation)
{
    return l == NULL || (operation >= 0 && operation < 32 && (l->operations >> operation & 1) != 0);
}

int
wb_limits_allow_dn(const pwwb_limits *l, const char *dn)
{
    uint8_t folded[WB_DN_FOLDED(DN_MAX)];
    size_t  len, i;

    if (l == NULL || l->scope_count == 0)
        return 1;

    len = wb_dn_fold(dn, folded, sizeof(folded));
    for (i = 0; i < l->scope_count; i++)
        if (wb_dn_is_within(folded, len, l->scopes[i].dn, l->scopes[i].len))
            return 1;
    return 0;
}

static pwwb_status
import_options(const pwwb_limits_options *theirs, pwwb_limits_options *o, pwwb_error *err)
{
    pwwb_status st = wb_ops_import(o, sizeof(*o), WB_SIZE_UP_TO(pwwb_limits_options, clock_ctx), theirs);

    if (st != PWWB_OK)
        return wb_fail(err, st, "options of size %zu do not fit this library", theirs->size);
    if ((o->operations & ~OPERATIONS) != 0 || o->reserved != 0)
        return wb_fail(err, PWWB_E_INVALID_ARGUMENT, "operations or reserved has an unknown bit");
    if (o->scope_count > PWWB_LIMITS_SCOPES_MAX || (o->scope_count > 0 && o->scopes == NULL))
        return wb_fail(err, PWWB_E_INVALID_ARGUMENT, "%d scopes are the most, and they must be given",
                       PWWB_LIMITS_SCOPES_MAX);
    if (o->per_account < 0 || o->per_account > PWWB_LIMITS_PER_ACCOUNT_MAX || o->in_all < 0
        || o->in_all > PWWB_LIMITS_IN_ALL_MAX)
        return wb_fail(err, PWWB_E_INVALID_ARGUMENT, "per_account is 0 to %d, in_all 0 to %d",
                       PWWB_LIMITS_PER_ACCOUNT_MAX, PWWB_LIMITS_IN_ALL_MAX);
    if (o->per_account_s < 0 || o->per_account_s > SECONDS_MAX || o->in_all_s < 0
        || o->in_all_s > SECONDS_MAX)
        return wb_fail(err, PWWB_E_INVALID_ARGUMENT, "a window is a week at most");

    return PWWB_OK;
}

static pwwb_status
add_scope(pwwb_limits *l, const char *dn, pwwb_error *err)
{
    uint8_t   folded[WB_DN_FOLDED(DN_MAX)];
    wb_scope *s   = &l->scopes[l->scope_count];
    size_t    len = dn != NULL ? wb_dn_fold(dn, folded, sizeof(folded)) : 0;

    if (len == 0)
        return wb_fail(err, PWWB_E_INVALID_ARGUMENT, "scope %zu is no distinguished name",
                       l->scope_count + 1);

    s->dn = malloc(len);
    if (s->dn == NULL)
        return wb_fail(err, PWWB_E_NO_MEMORY, "no memory for limits");

    memcpy(s->dn, folded, len);
    s->len = len;
    l->scope_count++;
    return PWWB_OK;
}

/* All that rates need; what is not used is not touched. */
static pwwb_status
make_rates(pwwb_limits *l, pwwb_error *err)
{
    int lacks = 0;

    if (l->in_all.most > 0) {
        l->in_all.times = calloc(l->in_all.most, sizeof(*l->in_all.times));
        lacks |= l->in_all.times == NULL;
    }
    if (l->per_account > 0 && !lacks) {
        l->accounts = calloc(WB_LIMITS_ACCOUNTS + 1, sizeof(*l->accounts));
        l->times    = calloc(WB_LIMITS_ACCOUNTS, l->per_account * sizeof(*l->times));
        lacks       = wb_index_make(&l->index, WB_LIMITS_ACCOUNTS) != 0 || l->accounts == NULL
                || l->times == NULL;
    }
    return lacks ? wb_fail(err, PWWB_E_NO_MEMORY, "no memory for limits") : PWWB_OK;
}

static pwwb_status
fill(pwwb_limits *l, const pwwb_limits_options *o, pwwb_error *err)
{
    pwwb_status st = wb_clock_make(&l->clock, o->clock, o->clock_ctx, err);
    size_t      i;

    l->operations       = o->operations != 0 ? o->operations : OPERATIONS;
    l->per_account      = (size_t)o->per_account;
    l->per_account_ms   = (o->per_account_s > 0 ? o->per_account_s : PER_ACCOUNT_S) * 1000;
    l->in_all.most      = (size_t)o->in_all;
    l->in_all.length_ms = (o->in_all_s > 0 ? o->in_all_s : IN_ALL_S) * 1000;
    for (i = 0; st == PWWB_OK && i < o->scope_count; i++)
        st = add_scope(l, o->scopes[i], err);
    return st == PWWB_OK ? make_rates(l, err) : st;
}

static void
drop(pwwb_limits *l)
{
    size_t i;

    for (i = 0; i < l->scope_count; i++)
        free(l->scopes[i].dn);
    wb_index_drop(&l->index);
    free(l->in_all.times);
    free(l->accounts);
    free(l->times);
    free(l);
}

pwwb_status
pwwb_limits_new(const pwwb_limits_options *options, pwwb_limits **ret_limits, pwwb_error *err)
{
    pwwb_limits_options ours;
    pwwb_limits        *l;
    pwwb_status         st;

    wb_ok(err);
    if (ret_limits != NULL)
        *ret_limits = NULL;
    if (options == NULL || ret_limits == NULL)
        return wb_fail(err, PWWB_E_INVALID_ARGUMENT, "options and ret_limits must be given");

    st = import_options(options, &ours, err);
    if (st == PWWB_OK)
        st = wb_crypto_ready(err);
    if (st != PWWB_OK)
        return st;

    l = calloc(1, sizeof(*l));
    if (l == NULL)
        return wb_fail(err, PWWB_E_NO_MEMORY, "no memory for limits");

    st = fill(l, &ours, err);
    if (st == PWWB_OK && pthread_mutex_init(&l->mutex, NULL) != 0)
        st = wb_fail(err, PWWB_E_NO_MEMORY, "no memory for limits");
    if (st != PWWB_OK) {
        drop(l);
        return st;
    }
    l->references = 1;
    *ret_limits   = l;
    return PWWB_OK;
}

pwwb_limits *
wb_limits_ref(pwwb_limits *limits)
{
    if (limits != NULL)
        (void)__atomic_fetch_add(&limits->references, 1, __ATOMIC_RELAXED);
    return limits;
}

void
pwwb_limits_free(pwwb_limits *limits)
{
    if (limits == NULL || __atomic_fetch_sub(&limits->references, 1, __ATOMIC_ACQ_REL) != 1)
        return;

    pthread_mutex_destroy(&limits->mutex);
    drop(limits);
}
