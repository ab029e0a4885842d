/* SPDX-License-Identifier: Apache-2.0 */
#include "directory_ldap_ol.h"

#include <stdio.h>
#include <string.h>

#include "directory.h"
#include "error.h"
#include "policy.h"

#define POLICIES_MAX 8 /* beside the default */
#define SECONDS_MAX  2 /* that slapd may look: the attribute has no index as a rule */
#define FILTER_SIZE  8192

/* Whoever has another policy than those that are in the filter already. */
typedef struct others {
    char   filter[FILTER_SIZE];
    size_t len;
    int    is_cut;
} others;

static void
add(others *o, const char *text, size_t len)
{
    if (o->len + len >= sizeof(o->filter)) {
        o->is_cut = 1;
        return;
    }
    memcpy(o->filter + o->len, text, len);
    o->len += len;
    o->filter[o->len] = '\0';
}

/* RFC 4515 3 */
static void
add_escaped(others *o, const char *text)
{
    for (; *text != '\0'; text++) {
        char escaped[4];

        (void)snprintf(escaped, sizeof(escaped), "\\%02x", (unsigned char)*text);
        if (strchr("*()\\", *text) != NULL)
            add(o, escaped, 3);
        else
            add(o, text, 1);
    }
}

static void
add_known(others *o, const char *policy_dn)
{
    static const char head[] = "(!(pwdPolicySubentry=";

    o->len -= o->len > 0; /* the end of the whole */
    add(o, head, sizeof(head) - 1);
    add_escaped(o, policy_dn);
    add(o, ")))", 3);
}

/* The policy of one of them; "" when there is none, or one without a name that fits. */
static pwwb_status
find_one(wb_ldap *d, const others *o, char policy_dn[WB_LDAP_DN_SIZE], int *ret_is_there)
{
    static const char *const names[] = {"pwdPolicySubentry", NULL};
    wb_ldap_query            query = {wb_ol_base(d), LDAP_SCOPE_SUBTREE, o->filter, names, 1, NULL,
                                      SECONDS_MAX};
    wb_ldap_reply            reply;
    wb_ldap_entry            entry;
    LDAPMessage             *first;
    pwwb_status              st = wb_ldap_search(d, &query, &reply);

    policy_dn[0] = '\0';
    if (st != PWWB_OK)
        return st;

    first         = ldap_first_entry(d->ld, reply.messages);
    *ret_is_there = first != NULL || reply.code != LDAP_SUCCESS;
    if (first != NULL)
        st = wb_ldap_entry_make(d, first, names, &entry);
    if (st == PWWB_OK && first != NULL) {
        wb_ldap_text(&entry, 0, policy_dn, WB_LDAP_DN_SIZE);
        wb_ldap_entry_drop(&entry);
    }
    wb_ldap_reply_drop(&reply);
    return st;
}

static pwwb_status
read_policy(wb_ldap *d, const char *policy_dn, pwwb_policy_rules *rules)
{
    wb_ol_person person = {.guid = NULL};
    pwwb_status  st;

    wb_account_forget(&person.account);
    wb_rules_forget(&person.rules);
    st     = wb_ol_read_rules(d, policy_dn, &person);
    *rules = person.rules;
    return st;
}

/* One policy after the other that somebody has, until there is none, or too many. */
static pwwb_status
weaken_by_others(wb_ldap *d, pwwb_policy_rules *rules, int *ret_is_sure)
{
    pwwb_policy_rules theirs;
    others            o = {.len = 0};
    char              policy_dn[WB_LDAP_DN_SIZE];
    int               i, is_there = 1;
    pwwb_status       st = PWWB_OK;

    add(&o, "(&(pwdPolicySubentry=*))", 24);
    add_known(&o, d->policy_dn);
    for (i = 0; st == PWWB_OK && i <= POLICIES_MAX && !o.is_cut; i++) {
        st = find_one(d, &o, policy_dn, &is_there);
        if (st != PWWB_OK || policy_dn[0] == '\0')
            break;
        st = read_policy(d, policy_dn, &theirs);
        wb_policy_weaken(rules, &theirs);
        add_known(&o, policy_dn);
    }
    *ret_is_sure = st == PWWB_OK && !is_there;
    return st;
}

/* Without the default's name nothing is known of those who have no policy of their own. */
static pwwb_status
read_summary(wb_ldap *d, void *arg)
{
    pwwb_policy_rules *rules = arg;
    pwwb_policy_rules  unknown;
    int                is_sure = 0;
    pwwb_status        st;

    wb_rules_forget(&unknown);
    st = read_policy(d, d->policy_dn != NULL ? d->policy_dn : wb_ol_base(d), rules);
    if (st == PWWB_OK && d->policy_dn != NULL)
        st = weaken_by_others(d, rules, &is_sure);
    if (st != PWWB_OK && d->ld == NULL)
        return st;
    if (!is_sure)
        wb_policy_weaken(rules, &unknown);
    wb_ok(d->err);
    return PWWB_OK;
}

pwwb_status
wb_ol_summary(void *ctx, int64_t timeout_ms, pwwb_policy_rules *ret_rules, pwwb_error *err)
{
    wb_ldap_begin(ctx, timeout_ms, err);
    return wb_ldap_reading(ctx, read_summary, ret_rules);
}
