/* SPDX-License-Identifier: Apache-2.0 */
#include "directory_ldap_ol.h"

#include <string.h>

#include "directory.h"
#include "error.h"

#define FOR_EVER "000001010000Z" /* pwdAccountLockedTime of an account that an administrator locked */

enum { CLASS, NAME, DISPLAY, COMMON, CHANGED, RESET, LOCKED, POLICY };

static const char *const names[] = {
    "objectClass", "uid", "displayName", "cn", "pwdChangedTime", "pwdReset",
    "pwdAccountLockedTime", "pwdPolicySubentry", NULL,
};

static int32_t
kind_of(const wb_ldap_entry *entry)
{
    static const char *const classes[] = {"person", "organizationalPerson", "inetOrgPerson",
                                          "account", "posixAccount"};
    size_t                   i;

    for (i = 0; i < sizeof(classes) / sizeof(classes[0]); i++)
        if (wb_ldap_has_value(entry, CLASS, classes[i]))
            return PWWB_ACCOUNT_PERSON;
    return PWWB_ACCOUNT_OTHER;
}

int64_t
wb_ol_time(const wb_ldap_entry *entry, int at)
{
    int64_t ms = wb_ldap_time(entry, at);

    return ms < 0 ? -1 : ms + 999;
}

/* Failures stay unknown: slapd counts binds, and a wrong old password of RFC 3062 not, so that no
 * change can use up the last one. Without rights on them the state's attributes are absent as they
 * are on an account in order; who may not read them may not write them either. */
static void
fill(wb_ldap *d, wb_ldap_entry *entry, pwwb_account *account)
{
    account->kind                 = kind_of(entry);
    account->is_protected         = PWWB_NO; /* there is no such thing */
    account->password_last_set_ms = wb_ol_time(entry, CHANGED);
    account->now_ms               = wb_ldap_time_there(d);
    wb_ldap_text(entry, NAME, account->account_name, sizeof(account->account_name));
    wb_ldap_text(entry, DISPLAY, account->display_name, sizeof(account->display_name));
    if (account->display_name[0] == '\0')
        wb_ldap_text(entry, COMMON, account->display_name, sizeof(account->display_name));
    wb_ldap_dn(entry, account->dn, sizeof(account->dn));
    memcpy(account->controller, d->controller, sizeof(account->controller));
}

/* A lock passes by itself or not, as the policy says. The server's time, or ours: a lock lasts
 * minutes, and what is refused is told until when. One that an administrator made for ever is what
 * disables an account here. */
static void
judge_lock(const wb_ldap *d, const wb_ldap_entry *entry, const pwwb_policy_rules *rules,
           pwwb_account *account)
{
    int64_t now   = account->now_ms >= 0 ? account->now_ms : wb_clock_wall_ms(&d->clock);
    int64_t since = wb_ldap_time(entry, LOCKED);

    account->is_locked       = PWWB_NO;
    account->locked_since_ms = 0;
    if (entry->values[LOCKED] == NULL)
        return;

    account->is_locked       = PWWB_YES;
    account->locked_since_ms = since;
    if (wb_ldap_has_value(entry, LOCKED, FOR_EVER))
        account->user_account_control |= PWWB_UAC_DISABLED;
    else if (since < 0 || rules->lockout_duration_ms < 0)
        account->is_locked = PWWB_MAYBE;
    else if (rules->lockout_duration_ms > 0 && now >= since + rules->lockout_duration_ms)
        account->is_locked = PWWB_NO;
    if (account->is_locked == PWWB_NO)
        account->locked_since_ms = 0;
}

/* The entry's own policy; one without has the overlay's default, which only the host can name. A
 * name that cannot be used is a policy that is not known. */
static pwwb_status
read_rules_of(wb_ldap *d, const wb_ldap_entry *entry, wb_ol_person *person)
{
    char        dn[WB_LDAP_DN_SIZE];
    pwwb_status st;

    wb_ldap_text(entry, POLICY, dn, sizeof(dn));
    if (entry->values[POLICY] != NULL && dn[0] == '\0')
        return PWWB_OK;
    if (entry->values[POLICY] == NULL && d->policy_dn == NULL)
        return PWWB_OK;

    st = wb_ol_read_rules(d, entry->values[POLICY] != NULL ? dn : d->policy_dn, person);
    if (person->rules.min_age_ms > 0 && wb_ldap_has_value(entry, RESET, "TRUE"))
        person->rules.min_age_ms = 0; /* who must change may */
    return st;
}

pwwb_status
wb_ol_read_person(wb_ldap *d, void *arg)
{
    wb_ol_person *person = arg;
    wb_ldap_reply reply;
    wb_ldap_entry entry;
    pwwb_status   st;

    wb_account_forget(&person->account);
    wb_rules_forget(&person->rules);
    person->heeds_reset = PWWB_MAYBE;
    st = wb_ol_entry_find(d, person->guid, names, person->dn, &reply, &entry);
    if (st != PWWB_OK)
        return st;

    fill(d, &entry, &person->account);
    if (person->wants_rules)
        st = read_rules_of(d, &entry, person);
    judge_lock(d, &entry, &person->rules, &person->account);
    wb_ldap_entry_drop(&entry);
    wb_ldap_reply_drop(&reply);
    return st;
}

pwwb_status
wb_ol_read(void *ctx, const uint8_t *guid, int64_t timeout_ms, pwwb_account *ret_account,
           pwwb_policy_rules *ret_rules, pwwb_error *err)
{
    wb_ol_person person = {.guid = guid, .wants_rules = 1};
    pwwb_status  st;

    wb_ldap_begin(ctx, timeout_ms, err);
    st = wb_ldap_reading(ctx, wb_ol_read_person, &person);
    if (st != PWWB_OK)
        return st;

    *ret_account = person.account;
    *ret_rules   = person.rules;
    return PWWB_OK;
}
