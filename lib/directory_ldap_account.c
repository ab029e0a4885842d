/* SPDX-License-Identifier: Apache-2.0 */
#include "directory_ldap.h"

#include <stdio.h>
#include <string.h>

#include "directory.h"
#include "error.h"
#include "guid.h"
#include "policy.h"

#define TYPE_USER    0x30000000 /* sAMAccountType: MS-SAMR 2.2.1.9 */
#define TYPE_MACHINE 0x30000001
#define TYPE_TRUST   0x30000002
#define UAC_TRUST    0x800 /* MS-ADTS 2.2.16 */
#define UAC_MACHINE  (0x1000 | 0x2000)
#define UAC_LOCKED   0x10 /* in msDS-User-Account-Control-Computed */
#define RID_ADMIN    500
#define ROUNDING_MS  1000 /* times of 100 ns, counted in milliseconds */
#define RID_KRBTGT   502

/* What tells a target comes first: it is read alone before a write. */
enum {
    CLASS, SID, TYPE, UAC, KRBTGT_NUMBER,
    NAME, DISPLAY, COMPUTED, LAST_SET, LOCKED_SINCE, BAD_COUNT, BAD_TIME, PRIMARY, GROUPS,
    GROUPS_HERE, PSO, ACCOUNT_EXPIRES, PASSWORD_EXPIRES, ADMIN_COUNT, ACL,
};

#define TARGET_NAMES                                                                             \
    "objectClass", "objectSid", "sAMAccountType", "userAccountControl",                          \
        "msDS-SecondaryKrbTgtNumber"

static const char *const target_names[] = {TARGET_NAMES, NULL};
static const char *const person_names[] = {
    TARGET_NAMES,
    "sAMAccountName",
    "displayName",
    "msDS-User-Account-Control-Computed",
    "pwdLastSet",
    "lockoutTime",
    "badPwdCount",
    "badPasswordTime",
    "primaryGroupID",
    "tokenGroups",
    "tokenGroupsNoGCAcceptable",
    "msDS-ResultantPSO",
    "accountExpires",
    "msDS-UserPasswordExpiryTimeComputed",
    "adminCount",
    "nTSecurityDescriptor",
    NULL,
};

void
wb_ldap_guid_dn(const uint8_t guid[PWWB_ID_SIZE], char dn[WB_LDAP_GUID_DN_SIZE])
{
    char text[37];

    wb_guid_print(guid, text);
    (void)snprintf(dn, WB_LDAP_GUID_DN_SIZE, "<GUID=%s>", text);
}

/* The account's own SID; all zero when it cannot be read. A malformed one is remembered. */
static void
own_sid(wb_ldap_entry *entry, wb_sid *sid)
{
    const struct berval *value = entry->values[SID];

    memset(sid, 0, sizeof(*sid));
    if (value != NULL && wb_sid_parse(wb_span_of(value->bv_val, value->bv_len), sid) != 0)
        entry->bad = entry->names[SID];
}

/* Only what is surely a person's account passes for one. */
static int32_t
kind_of(wb_ldap_entry *entry, const wb_sid *sid, int64_t uac)
{
    int64_t type = wb_ldap_number(entry, TYPE, INT32_MIN, UINT32_MAX, 0);

    if (wb_ldap_sid_rid(sid) == RID_KRBTGT || entry->values[KRBTGT_NUMBER] != NULL)
        return PWWB_ACCOUNT_KRBTGT;
    if (type == TYPE_TRUST || (uac & UAC_TRUST) != 0)
        return PWWB_ACCOUNT_TRUST;
    if (type == TYPE_MACHINE || (uac & UAC_MACHINE) != 0
        || wb_ldap_has_value(entry, CLASS, "computer"))
        return PWWB_ACCOUNT_MACHINE;
    if (type == TYPE_USER && (uac & PWWB_UAC_NORMAL) != 0 && wb_ldap_sid_rid(sid) != 0
        && wb_ldap_has_value(entry, CLASS, "user"))
        return PWWB_ACCOUNT_PERSON;
    return PWWB_ACCOUNT_OTHER;
}

static uint32_t
uac_of(wb_ldap_entry *entry)
{
    return (uint32_t)wb_ldap_number(entry, UAC, INT32_MIN, UINT32_MAX, PWWB_UAC_NORMAL);
}

pwwb_status
wb_ldap_read_target(wb_ldap *d, void *arg)
{
    wb_ldap_target *target = arg;
    char            dn[WB_LDAP_GUID_DN_SIZE];
    wb_ldap_reply   reply;
    wb_ldap_entry   entry;
    wb_sid          sid;
    pwwb_status     st;

    wb_ldap_guid_dn(target->guid, dn);
    st = wb_ldap_entry_find(d, dn, target_names, &reply, &entry);
    if (st != PWWB_OK)
        return st;

    own_sid(&entry, &sid);
    target->user_account_control = uac_of(&entry);
    target->kind                 = kind_of(&entry, &sid, target->user_account_control);
    st                           = wb_ldap_entry_check(d, &entry);
    wb_ldap_entry_drop(&entry);
    wb_ldap_reply_drop(&reply);
    return st;
}

/* Whether a list of SIDs has a protected group in it. */
static int
has_protected(wb_ldap_entry *entry, int at)
{
    const struct berval *value = entry->values[at];
    wb_sid               sid;
    int                  found = 0;

    for (; value != NULL && value->bv_val != NULL; value++) {
        if (wb_sid_parse(wb_span_of(value->bv_val, value->bv_len), &sid) != 0)
            entry->bad = entry->names[at];
        found |= wb_ldap_sid_protects(&sid);
    }
    return found;
}

/* MS-ADTS 3.1.1.6.1.2: members of administrators' groups, nested or by primary group, and the
 * built-in Administrator. Without tokenGroups "no" cannot be said, and adminCount, which says that it
 * is or was one, is believed. */
static int32_t
is_protected(wb_ldap_entry *entry, const wb_sid *sid)
{
    int64_t primary = wb_ldap_number(entry, PRIMARY, 0, UINT32_MAX, 0);
    int     found   = has_protected(entry, GROUPS) | has_protected(entry, GROUPS_HERE);

    if (found || wb_ldap_sid_rid(sid) == RID_ADMIN || wb_ldap_rid_protects((uint32_t)primary))
        return PWWB_YES;
    if (entry->values[GROUPS] != NULL)
        return PWWB_NO;
    return wb_ldap_number(entry, ADMIN_COUNT, INT32_MIN, INT32_MAX, 0) > 0 ? PWWB_YES : PWWB_MAYBE;
}

/* MS-ADTS 3.1.1.4.5.17: as the controller computes it; else lockoutTime and the rules. */
static void
judge_lock(wb_ldap_entry *entry, const pwwb_policy_rules *rules, pwwb_account *account)
{
    int64_t since    = wb_ldap_filetime(entry, LOCKED_SINCE);
    int64_t computed = wb_ldap_number(entry, COMPUTED, INT32_MIN, UINT32_MAX, 0);
    int64_t duration = rules->lockout_duration_ms;

    if (entry->values[COMPUTED] != NULL)
        account->is_locked = (computed & UAC_LOCKED) != 0 ? PWWB_YES : PWWB_NO;
    else if (since == 0)
        account->is_locked = PWWB_NO;
    else if (since > 0 && duration == 0)
        account->is_locked = PWWB_YES;
    else if (since > 0 && duration > 0 && account->now_ms >= 0)
        account->is_locked = account->now_ms <= since + duration ? PWWB_YES : PWWB_NO;

    account->locked_since_ms = account->is_locked == PWWB_NO ? 0 : since;
    account->locked_until_ms = account->is_locked == PWWB_NO ? 0 : wb_policy_locked_until(rules, account);
}

/* Failures older than the window do not count. */
static void
judge_failures(wb_ldap_entry *entry, const pwwb_policy_rules *rules, pwwb_account *account)
{
    int64_t window = rules->lockout_window_ms;

    account->bad_password_count   = (int32_t)wb_ldap_number(entry, BAD_COUNT, 0, INT32_MAX, -1);
    account->bad_password_time_ms = wb_ldap_filetime(entry, BAD_TIME);
    if (account->bad_password_count <= 0 || account->bad_password_time_ms < 0)
        return;

    if (window < 0 || account->now_ms < 0)
        account->bad_password_count = -1;
    else if (account->bad_password_time_ms + window < account->now_ms)
        account->bad_password_count = 0;
}

/* A time that may be "never", which the greatest number and, for an account, 0 stand for. MS-ADTS
 * 3.1.1.4.5.41 and accountExpires in MS-ADA1 */
static int64_t
end_of(wb_ldap_entry *entry, int at)
{
    int64_t value = wb_ldap_number(entry, at, 0, INT64_MAX, -1);

    return value == INT64_MAX ? 0 : wb_ldap_filetime(entry, at);
}

/* 0 is what a controller computes while it must be changed. */
static int64_t
password_end_of(wb_ldap_entry *entry)
{
    int64_t computed = wb_ldap_number(entry, PASSWORD_EXPIRES, 0, INT64_MAX, -1);

    return computed == 0 ? 1 : end_of(entry, PASSWORD_EXPIRES);
}

int64_t
wb_ldap_time_there(const wb_ldap *d)
{
    return d->server_ms < 0 ? -1
                            : d->server_ms + wb_clock_monotonic_ms(&d->clock) - d->asked_at;
}

static void
fill(wb_ldap *d, wb_ldap_entry *entry, pwwb_account *account)
{
    wb_sid sid;

    own_sid(entry, &sid);
    account->user_account_control = uac_of(entry);
    account->kind                 = kind_of(entry, &sid, account->user_account_control);
    account->is_protected         = is_protected(entry, &sid);
    account->password_last_set_ms = wb_ldap_filetime(entry, LAST_SET);
    account->account_expires_ms   = end_of(entry, ACCOUNT_EXPIRES);
    account->password_expires_ms  = password_end_of(entry);
    account->may_change           = wb_ldap_may_change(entry, ACL, GROUPS, &sid);
    account->now_ms               = wb_ldap_time_there(d);
    wb_ldap_text(entry, NAME, account->account_name, sizeof(account->account_name));
    wb_ldap_text(entry, DISPLAY, account->display_name, sizeof(account->display_name));
    wb_ldap_dn(entry, account->dn, sizeof(account->dn));
    memcpy(account->controller, d->controller, sizeof(account->controller));
}

/* Which rules hold: msDS-ResultantPSO names them, and a name that does not fit is one not known. */
static pwwb_status
read_rules_of(wb_ldap *d, const wb_ldap_entry *entry, pwwb_policy_rules *rules)
{
    char pso[WB_LDAP_DN_SIZE];

    wb_ldap_text(entry, PSO, pso, sizeof(pso));
    if (entry->values[PSO] != NULL && pso[0] == '\0')
        return PWWB_OK;

    return wb_ldap_read_rules(d, pso, rules);
}

/* No name of a PSO is none, or one that may not be seen. When the password expires by other rules than
 * the domain's, it is the latter. MS-ADTS 3.1.1.4.5.41 */
static int
has_hidden_rules(const pwwb_account *account, const pwwb_policy_rules *rules)
{
    int64_t last = account->password_last_set_ms, end = account->password_expires_ms;
    int64_t age     = rules->max_age_ms;
    int     is_kept = (account->user_account_control
                   & (PWWB_UAC_NEVER_EXPIRES | PWWB_UAC_SMARTCARD)) != 0;

    if (rules->source != PWWB_POLICY_DOMAIN || is_kept || last <= 0 || end < 0 || age < 0)
        return 0;
    if (end == 0 || age == 0)
        return (end == 0) != (age == 0);
    return end - last < age - ROUNDING_MS || end - last > age + ROUNDING_MS;
}

pwwb_status
wb_ldap_read_person(wb_ldap *d, void *arg)
{
    wb_ldap_person *person = arg;
    char            dn[WB_LDAP_GUID_DN_SIZE];
    wb_ldap_reply   reply;
    wb_ldap_entry   entry;
    pwwb_status     st;

    wb_account_forget(person->account);
    wb_rules_forget(person->rules);
    wb_ldap_guid_dn(person->guid, dn);
    st = wb_ldap_entry_find_with_acl(d, dn, person_names, &reply, &entry);
    if (st != PWWB_OK)
        return st;

    fill(d, &entry, person->account);
    st = read_rules_of(d, &entry, person->rules);
    if (st == PWWB_OK && has_hidden_rules(person->account, person->rules))
        wb_rules_forget(person->rules);
    if (st == PWWB_OK && person->account->password_last_set_ms == 0)
        st = wb_ldap_read_stamp(d, person->guid, &person->account->password_written_ms);
    if (st == PWWB_OK) {
        judge_lock(&entry, person->rules, person->account);
        judge_failures(&entry, person->rules, person->account);
        st = wb_ldap_entry_check(d, &entry);
    }
    wb_ldap_entry_drop(&entry);
    wb_ldap_reply_drop(&reply);
    return st;
}

pwwb_status
wb_ldap_read(void *ctx, const uint8_t *guid, int64_t timeout_ms, pwwb_account *ret_account,
             pwwb_policy_rules *ret_rules, pwwb_error *err)
{
    wb_ldap_person person = {guid, ret_account, ret_rules};

    wb_ldap_begin(ctx, timeout_ms, err);
    return wb_ldap_reading(ctx, wb_ldap_read_person, &person);
}
