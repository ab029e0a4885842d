/* SPDX-License-Identifier: Apache-2.0 */
#define _POSIX_C_SOURCE 200809L
#include "memory_directory.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

static int64_t
now_ms(void)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_REALTIME, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

memory_account *
memory_directory_add(memory_directory *d, uint8_t id, const char *name, const char *display_name,
                     const char *password)
{
    memory_account *a = &d->accounts[d->count];

    if (d->count == sizeof(d->accounts) / sizeof(d->accounts[0]))
        return NULL;

    d->count++;
    memset(a->guid, id, sizeof(a->guid));
    (void)snprintf(a->name, sizeof(a->name), "%s", name);
    (void)snprintf(a->display_name, sizeof(a->display_name), "%s", display_name);
    (void)snprintf(a->password, sizeof(a->password), "%s", password);
    a->last_set_ms = now_ms() - 86400000;
    return a;
}

static memory_account *
account_of(memory_directory *d, const uint8_t *guid)
{
    size_t i;

    for (i = 0; i < d->count; i++)
        if (memcmp(d->accounts[i].guid, guid, PWWB_ID_SIZE) == 0)
            return &d->accounts[i];
    return NULL;
}

/* Here a source anchor is the objectGUID itself. */
static pwwb_status
find(void *ctx, const pwwb_anchor *anchor, int64_t timeout_ms, pwwb_found *ret_found,
     pwwb_error *err)
{
    const memory_account *a = account_of(ctx, anchor->guid);

    (void)timeout_ms; /* memory is at hand */
    (void)err;
    ret_found->code       = a != NULL ? PWWB_CODE_OK : PWWB_CODE_NOT_FOUND;
    ret_found->candidates = a != NULL;
    memcpy(ret_found->guid, anchor->guid, PWWB_ID_SIZE);
    return PWWB_OK;
}

static void
describe(const memory_account *a, pwwb_account *account)
{
    account->kind                 = PWWB_ACCOUNT_PERSON;
    account->is_protected         = PWWB_NO;
    account->is_locked            = PWWB_NO;
    account->may_change           = PWWB_YES;
    account->password_last_set_ms = a->last_set_ms;
    account->now_ms               = now_ms();
    memcpy(account->account_name, a->name, sizeof(a->name));
    memcpy(account->display_name, a->display_name, sizeof(a->display_name));
    memcpy(account->dn, a->dn, sizeof(a->dn));
}

/* Both come prepared as "nothing known"; what is known is filled in. */
static pwwb_status
read_account(void *ctx, const uint8_t *guid, int64_t timeout_ms, pwwb_account *ret_account,
             pwwb_policy_rules *ret_rules, pwwb_error *err)
{
    memory_directory     *d = ctx;
    const memory_account *a = account_of(d, guid);

    (void)timeout_ms;
    if (a == NULL)
        return pwwb_error_set(err, PWWB_E_NOT_FOUND, "there is no such account");

    describe(a, ret_account);
    *ret_rules = d->rules;
    return PWWB_OK;
}

static int
is_password(const memory_account *a, const uint8_t *password, size_t len)
{
    return strlen(a->password) == len && memcmp(a->password, password, len) == 0;
}

static int
breaks_rules(const memory_directory *d, const memory_account *a, const pwwb_set *set)
{
    pwwb_account account = {.size = sizeof(account)};
    pwwb_policy *policy  = NULL;
    int32_t      verdict = PWWB_VERDICT_UNKNOWN;
    pwwb_status  st      = pwwb_policy_new(&d->rules, &policy, NULL);

    describe(a, &account);
    if (st == PWWB_OK)
        st = pwwb_policy_check(policy, &account, set->kind, set->password, set->password_len, NULL,
                               &verdict, NULL);
    pwwb_policy_free(policy);
    return st != PWWB_OK || verdict == PWWB_VERDICT_FAIL;
}

/* A refusal is a result of a call that went well: PWWB_OK, and a code that says why. */
/* [judge] */
static int32_t
judge(const memory_directory *d, const memory_account *a, const pwwb_set *set,
      pwwb_findings *findings)
{
    if (set->kind == PWWB_SET_CHANGE && !is_password(a, set->old_password, set->old_password_len))
        return PWWB_CODE_OLD_PASSWORD_WRONG;
    if (breaks_rules(d, a, set))
        return PWWB_CODE_POLICY_OTHER; /* the pre-check's findings go with it */
    if (!is_password(a, set->password, set->password_len))
        return PWWB_CODE_OK;

    (void)pwwb_findings_add(findings, PWWB_CODE_POLICY_HISTORY, PWWB_BASIS_STATED, 1, 0);
    return PWWB_CODE_POLICY_HISTORY;
}
/* [judge] end */

static pwwb_status
set_password(void *ctx, const pwwb_set *set, int64_t timeout_ms, pwwb_set_result *ret_result,
             pwwb_error *err)
{
    memory_directory *d = ctx;
    memory_account   *a = account_of(d, set->guid);

    (void)timeout_ms;
    (void)err;
    (void)snprintf(ret_result->controller, sizeof(ret_result->controller), "memory");
    ret_result->password_last_set_ms = -1;
    ret_result->code                 = a != NULL ? PWWB_CODE_OK : PWWB_CODE_NOT_FOUND;
    if (a == NULL || set->password == NULL) /* none to unlock only: nobody is locked here */
        return PWWB_OK;

    ret_result->code = judge(d, a, set, ret_result->findings);
    if (ret_result->code != PWWB_CODE_OK)
        return PWWB_OK;

    memcpy(a->password, set->password, set->password_len); /* at most PWWB_PASSWORD_MAX */
    a->password[set->password_len]   = '\0';
    a->last_set_ms                   = now_ms();
    ret_result->password_last_set_ms = a->last_set_ms;
    d->sets++;
    return PWWB_OK;
}

/* [table] */
const pwwb_directory_ops memory_directory_ops = {
    .size = sizeof(pwwb_directory_ops),
    .find = find,
    .read = read_account,
    .set  = set_password,
};
/* [table] end */
