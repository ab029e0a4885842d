/* SPDX-License-Identifier: Apache-2.0 */
#include "directory_ldap.h"

#include <stdio.h>

#include "directory.h"
#include "error.h"
#include "policy.h"

#define PER_MS         10000   /* intervals count 100 ns, and are negative: MS-ADTS 3.1.1.3.4.2 */
#define MOST           1000000 /* no policy counts that far */
#define SETTINGS_MAX   500     /* objects: a page of the controller's has 1000 */
#define DOMAIN_COMPLEX 1       /* in pwdProperties: MS-SAMR 2.2.3.1 */

/* The same rules, as the domain's head and as a password settings object have them. */
enum { MIN_LENGTH, HISTORY, MIN_AGE, MAX_AGE, DURATION, WINDOW, THRESHOLD, COMPLEXITY, RULES };

static const char *const domain_names[] = {
    "minPwdLength",    "pwdHistoryLength",         "minPwdAge",        "maxPwdAge",
    "lockoutDuration", "lockOutObservationWindow", "lockoutThreshold", "pwdProperties", NULL,
};

static const char *const pso_names[] = {
    "msDS-MinimumPasswordLength",
    "msDS-PasswordHistoryLength",
    "msDS-MinimumPasswordAge",
    "msDS-MaximumPasswordAge",
    "msDS-LockoutDuration",
    "msDS-LockoutObservationWindow",
    "msDS-LockoutThreshold",
    "msDS-PasswordComplexityEnabled",
    NULL,
};

/* An interval in milliseconds. The least of all means for ever, which 0 stands for. */
static int64_t
interval(wb_ldap_entry *entry, int at)
{
    int64_t value = wb_ldap_number(entry, at, INT64_MIN, 0, 1);

    if (value == 1)
        return -1;
    return value == INT64_MIN ? 0 : -value / PER_MS;
}

static int32_t
small(wb_ldap_entry *entry, int at)
{
    return (int32_t)wb_ldap_number(entry, at, 0, MOST, -1);
}

static int32_t
complexity_of(wb_ldap_entry *entry, int is_pso)
{
    int64_t bits;

    if (entry->values[COMPLEXITY] == NULL)
        return PWWB_MAYBE;
    if (is_pso)
        return wb_ldap_has_value(entry, COMPLEXITY, "TRUE") ? PWWB_YES : PWWB_NO;

    bits = wb_ldap_number(entry, COMPLEXITY, INT32_MIN, UINT32_MAX, 0);
    return (bits & DOMAIN_COMPLEX) != 0 ? PWWB_YES : PWWB_NO;
}

static int
has_any(const wb_ldap_entry *entry)
{
    int i;

    for (i = 0; i < RULES; i++)
        if (entry->values[i] != NULL)
            return 1;
    return 0;
}

static void
fill(wb_ldap_entry *entry, int is_pso, pwwb_policy_rules *rules)
{
    rules->source              = is_pso ? PWWB_POLICY_PSO : PWWB_POLICY_DOMAIN;
    rules->min_length          = small(entry, MIN_LENGTH);
    rules->max_length          = 0; /* but 256, always: MS-SAMR 3.1.1.7.2 */
    rules->history_length      = small(entry, HISTORY);
    rules->lockout_threshold   = small(entry, THRESHOLD);
    rules->complexity          = complexity_of(entry, is_pso);
    rules->min_age_ms          = interval(entry, MIN_AGE);
    rules->max_age_ms          = interval(entry, MAX_AGE);
    rules->lockout_duration_ms = interval(entry, DURATION);
    rules->lockout_window_ms   = interval(entry, WINDOW);
}

/* An entry without attributes, or one that may not be seen, is a policy that is not known: never
 * take the domain's then, and never none. */
pwwb_status
wb_ldap_read_rules(wb_ldap *d, const char *pso, pwwb_policy_rules *rules)
{
    int           is_pso = pso[0] != '\0';
    const char   *dn     = is_pso ? pso : d->domain;
    wb_ldap_reply reply;
    wb_ldap_entry entry;
    pwwb_status   st;

    wb_rules_forget(rules);
    (void)snprintf(rules->source_dn, sizeof(rules->source_dn), "%s", dn);
    st = wb_ldap_entry_find(d, dn, is_pso ? pso_names : domain_names, &reply, &entry);
    if (st == PWWB_E_NOT_FOUND || (st != PWWB_OK && reply.code == LDAP_INSUFFICIENT_ACCESS)) {
        wb_ok(d->err);
        return PWWB_OK;
    }
    if (st != PWWB_OK)
        return st;

    if (has_any(&entry))
        fill(&entry, is_pso, rules);
    st = wb_ldap_entry_check(d, &entry);
    wb_ldap_entry_drop(&entry);
    wb_ldap_reply_drop(&reply);
    return st;
}

/* One object: what cannot be read of it is not known. */
static pwwb_status
weaken_by(wb_ldap *d, LDAPMessage *message, pwwb_policy_rules *rules)
{
    pwwb_policy_rules theirs;
    wb_ldap_entry     entry;
    pwwb_status       st = wb_ldap_entry_make(d, message, pso_names, &entry);

    if (st != PWWB_OK)
        return st;

    wb_rules_forget(&theirs);
    fill(&entry, 1, &theirs);
    wb_policy_weaken(rules, &theirs);
    st = wb_ldap_entry_check(d, &entry);
    wb_ldap_entry_drop(&entry);
    return st;
}

pwwb_status
wb_ldap_weaken_by_all(wb_ldap *d, const char *container, pwwb_policy_rules *rules)
{
    wb_ldap_query query = {container, LDAP_SCOPE_ONELEVEL, "(objectClass=*)", pso_names,
                           SETTINGS_MAX, NULL, 0};
    wb_ldap_reply reply;
    LDAPMessage  *message;
    pwwb_status   st = wb_ldap_search(d, &query, &reply);

    if (st != PWWB_OK)
        return st;

    for (message = ldap_first_entry(d->ld, reply.messages); st == PWWB_OK && message != NULL;
         message = ldap_next_entry(d->ld, message))
        st = weaken_by(d, message, rules);
    if (st == PWWB_OK && reply.code != LDAP_SUCCESS)
        st = wb_fail(d->err, PWWB_E_NOT_FOUND, "more than %d settings objects", SETTINGS_MAX);
    wb_ldap_reply_drop(&reply);
    return st;
}
