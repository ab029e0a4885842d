/* SPDX-License-Identifier: Apache-2.0 */
#include "directory_ldap_ol.h"

#include <stdio.h>

#include "directory.h"
#include "error.h"

/* draft-behera-ldap-password-policy 5.2; the last two are OpenLDAP's own */
enum {
    ATTRIBUTE, QUALITY, MIN_LENGTH, MAX_LENGTH, HISTORY, MIN_AGE, MAX_AGE, LOCKOUT, MAX_FAILURE,
    DURATION, WINDOW, USER_CHANGE, MUST_CHANGE, MODULE, USE_MODULE,
};

static const char *const names[] = {
    "pwdAttribute",
    "pwdCheckQuality",
    "pwdMinLength",
    "pwdMaxLength",
    "pwdInHistory",
    "pwdMinAge",
    "pwdMaxAge",
    "pwdLockout",
    "pwdMaxFailure",
    "pwdLockoutDuration",
    "pwdFailureCountInterval",
    "pwdAllowUserChange",
    "pwdMustChange",
    "pwdCheckModule",
    "pwdUseCheckModule",
    NULL,
};

/* What is absent is 0, "no such rule". */
static int32_t
number(wb_ldap_entry *entry, int at)
{
    return (int32_t)wb_ldap_number(entry, at, 0, INT32_MAX, 0);
}

static int64_t
seconds(wb_ldap_entry *entry, int at)
{
    return (int64_t)1000 * number(entry, at);
}

/* Failures count for ever where the interval is 0, which no number of ours says. */
static int64_t
window_of(wb_ldap_entry *entry)
{
    int64_t window = seconds(entry, WINDOW);

    return window > 0 ? window : -1;
}

/* Only with pwdCheckQuality lengths are looked at, and a module asked, whose rules are its own. */
static void
fill_quality(wb_ldap_entry *entry, pwwb_policy_rules *rules)
{
    int checks   = number(entry, QUALITY) > 0;
    int a_module = entry->values[MODULE] != NULL || wb_ldap_has_value(entry, USE_MODULE, "TRUE");

    rules->min_length = checks ? number(entry, MIN_LENGTH) : 0;
    rules->max_length = checks ? number(entry, MAX_LENGTH) : 0;
    rules->complexity = checks && a_module ? PWWB_MAYBE : PWWB_NO;
}

static void
fill(wb_ldap_entry *entry, pwwb_policy_rules *rules)
{
    int remembered = number(entry, HISTORY);
    int locks      = wb_ldap_has_value(entry, LOCKOUT, "TRUE");

    rules->source              = PWWB_POLICY_PPOLICY;
    rules->history_length      = remembered > 0 && remembered < INT32_MAX ? remembered + 1 : remembered;
    rules->lockout_threshold   = locks ? number(entry, MAX_FAILURE) : 0;
    rules->min_age_ms          = seconds(entry, MIN_AGE);
    rules->max_age_ms          = seconds(entry, MAX_AGE);
    rules->lockout_duration_ms = seconds(entry, DURATION);
    rules->lockout_window_ms   = window_of(entry);
    fill_quality(entry, rules);
}

/* An entry that may not be seen, or without the attribute that every policy has, is a policy that
 * is not known: never take another's then, and never none. */
pwwb_status
wb_ol_read_rules(wb_ldap *d, const char *policy_dn, wb_ol_person *person)
{
    pwwb_policy_rules *rules = &person->rules;
    wb_ldap_reply      reply;
    wb_ldap_entry      entry;
    pwwb_status        st;

    (void)snprintf(rules->source_dn, sizeof(rules->source_dn), "%s", policy_dn);
    st = wb_ldap_entry_find(d, policy_dn, names, &reply, &entry);
    if (st == PWWB_E_NOT_FOUND || (st != PWWB_OK && reply.code == LDAP_INSUFFICIENT_ACCESS)) {
        wb_ok(d->err);
        return PWWB_OK;
    }
    if (st != PWWB_OK)
        return st;

    if (entry.values[ATTRIBUTE] != NULL) {
        fill(&entry, rules);
        person->heeds_reset        = wb_ldap_has_value(&entry, MUST_CHANGE, "TRUE");
        person->account.may_change = !wb_ldap_has_value(&entry, USER_CHANGE, "FALSE");
    }
    st = wb_ldap_entry_check(d, &entry);
    wb_ldap_entry_drop(&entry);
    wb_ldap_reply_drop(&reply);
    return st;
}
