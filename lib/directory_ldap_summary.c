/* SPDX-License-Identifier: Apache-2.0 */
#include "directory_ldap.h"

#include "directory.h"
#include "error.h"
#include "policy.h"
#include "preflight.h"

static void
forget(pwwb_policy_rules *rules)
{
    pwwb_policy_rules unknown;

    wb_rules_forget(&unknown);
    wb_policy_weaken(rules, &unknown);
}

static int
check(const wb_sd *sd, const wb_sid *sid)
{
    static const uint8_t no_type[16];

    return wb_sd_check(sd, sid, 1, WB_SD_LIST_CONTENTS, no_type, NULL);
}

/* Whether one of the service account's names is granted to list, and none is denied it. In another case it
 * may see nothing where there is something. */
static int
may_list(const wb_sd *sd, const struct berval *group)
{
    const wb_sid everybody[] = {{1, {0}, 1}, {5, {11}, 1}}; /* and whoever has signed in */
    int          is_granted  = 0, says;
    wb_sid       sid;
    size_t       i;

    for (i = 0; i < sizeof(everybody) / sizeof(everybody[0]); i++) {
        says = check(sd, &everybody[i]);
        is_granted |= says == WB_SD_GRANTED;
        if (says == WB_SD_DENIED || says == WB_SD_UNCLEAR)
            return 0;
    }
    for (; group != NULL && group->bv_val != NULL; group++) {
        if (wb_sid_parse(wb_span_of(group->bv_val, group->bv_len), &sid) != 0)
            return 0;
        says = check(sd, &sid);
        is_granted |= says == WB_SD_GRANTED;
        if (says == WB_SD_DENIED || says == WB_SD_UNCLEAR)
            return 0;
    }
    return is_granted;
}

/* The same, with the names that the root entry tells. */
static pwwb_status
judge_list(wb_ldap *d, const wb_ldap_entry *container, int *ret_may_list)
{
    static const char *const names[] = {"tokenGroups", NULL};
    const struct berval     *value   = container->values[0];
    wb_ldap_reply            reply;
    wb_ldap_entry            entry;
    wb_sd                    sd;
    pwwb_status              st;

    if (value == NULL || value[0].bv_val == NULL
        || wb_sd_parse(wb_span_of(value[0].bv_val, value[0].bv_len), &sd) != 0)
        return PWWB_OK;

    st = wb_ldap_entry_find(d, "", names, &reply, &entry);
    if (st != PWWB_OK)
        return st;

    *ret_may_list = may_list(&sd, entry.values[0]);
    wb_ldap_entry_drop(&entry);
    wb_ldap_reply_drop(&reply);
    return PWWB_OK;
}

static pwwb_status
look_into(wb_ldap *d, const char *container, int *ret_may_list)
{
    static const char *const names[] = {"nTSecurityDescriptor", NULL};
    wb_ldap_reply            reply;
    wb_ldap_entry            entry;
    pwwb_status              st = wb_ldap_entry_find_with_acl(d, container, names, &reply, &entry);

    *ret_may_list = 0;
    if (st != PWWB_OK)
        return st;

    st = judge_list(d, &entry, ret_may_list);
    wb_ldap_entry_drop(&entry);
    wb_ldap_reply_drop(&reply);
    return st;
}

/* Settings objects replace the domain's rules for some, and may be weaker. Where it is not sure that all of
 * them are seen, nothing is known for everybody but what is weakest anyway. */
static pwwb_status
read_summary(wb_ldap *d, void *arg)
{
    pwwb_policy_rules *rules = arg;
    char               container[WB_PREFLIGHT_DN_SIZE];
    int                may_see_all;
    pwwb_status        st = wb_ldap_read_rules(d, "", rules);

    if (st != PWWB_OK)
        return st;

    wb_preflight_container(d->domain, container);
    st = look_into(d, container, &may_see_all);
    if (st == PWWB_OK && may_see_all)
        st = wb_ldap_weaken_by_all(d, container, rules);
    if (st != PWWB_OK && d->ld == NULL)
        return st;
    if (st != PWWB_OK || !may_see_all)
        forget(rules);
    wb_ok(d->err);
    return PWWB_OK;
}

pwwb_status
wb_ldap_summary(void *ctx, int64_t timeout_ms, pwwb_policy_rules *ret_rules, pwwb_error *err)
{
    wb_ldap_begin(ctx, timeout_ms, err);
    return wb_ldap_reading(ctx, read_summary, ret_rules);
}
