/* SPDX-License-Identifier: Apache-2.0 */
#include "directory_ldap.h"

#include <pwwb/preflight.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "directory.h"
#include "error.h"
#include "ops.h"
#include "preflight.h"

#define SID_DN_SIZE  200
#define TRUSTEES_MAX 8

static const wb_sid everyone      = {1, {0}, 1};
static const wb_sid authenticated = {5, {11}, 1};
static const wb_sid self          = {5, {10}, 1};

/* What is read, and the answers that the facts point into. */
typedef struct work {
    const uint8_t     *guid;
    wb_preflight_facts facts;
    wb_ldap_reply      account_reply, head_reply;
    wb_ldap_entry      account, head;
} work;

static int
has(const wb_preflight_sids *sids, const wb_sid *sid)
{
    int i;

    for (i = 0; i < sids->count; i++)
        if (wb_sid_is_same(&sids->list[i], sid))
            return 1;
    return 0;
}

/* More than fit are more than a token holds. */
static void
add_sid(wb_preflight_sids *sids, const wb_sid *sid)
{
    if (!has(sids, sid) && sids->count < WB_PREFLIGHT_SIDS_MAX)
        sids->list[sids->count++] = *sid;
}

static void
add_sids(wb_preflight_sids *sids, wb_ldap_entry *entry, int at)
{
    const struct berval *value = entry->values[at];
    wb_sid               sid;

    for (; value != NULL && value->bv_val != NULL; value++) {
        if (wb_sid_parse(wb_span_of(value->bv_val, value->bv_len), &sid) == 0)
            add_sid(sids, &sid);
        else
            entry->bad = entry->names[at];
    }
}

/* Whoever has signed in is these as well. */
static void
add_everybody(wb_preflight_sids *sids)
{
    add_sid(sids, &everyone);
    add_sid(sids, &authenticated);
}

/* The root entry tells by which SIDs the service account is known there. */
static pwwb_status
read_holders(wb_ldap *d, work *w)
{
    static const char *const names[] = {"tokenGroups", NULL};
    wb_ldap_reply            reply;
    wb_ldap_entry            entry;
    pwwb_status              st;

    st = wb_ldap_entry_find(d, "", names, &reply, &entry);
    if (st != PWWB_OK)
        return st;

    add_sids(&w->facts.holders, &entry, 0);
    st = wb_ldap_entry_check(d, &entry);
    wb_ldap_entry_drop(&entry);
    wb_ldap_reply_drop(&reply);
    if (st == PWWB_OK && w->facts.holders.count == 0)
        st = wb_fail(d->err, PWWB_E_DIRECTORY, "the controller does not tell who is bound");
    if (st != PWWB_OK)
        return st;

    add_everybody(&w->facts.holders);
    return PWWB_OK;
}

static void
sid_dn(const wb_sid *sid, char dn[SID_DN_SIZE])
{
    int i, len = snprintf(dn, SID_DN_SIZE, "<SID=S-1-%llu", (unsigned long long)sid->authority);

    for (i = 0; i < sid->count; i++)
        len += snprintf(dn + len, SID_DN_SIZE - (size_t)len, "-%u", (unsigned)sid->sub[i]);
    (void)snprintf(dn + len, SID_DN_SIZE - (size_t)len, ">");
}

/* Which of its SIDs is its own, and its name: a person's or a service's, and no group's. */
static pwwb_status
try_trustee(wb_ldap *d, work *w, const wb_sid *sid)
{
    enum { CLASS, NAME, DN };
    static const char *const names[] = {"objectClass", "sAMAccountName", "distinguishedName", NULL};
    char                     base[SID_DN_SIZE], name[260], dn[WB_LDAP_DN_SIZE];
    wb_ldap_reply            reply;
    wb_ldap_entry            entry;
    pwwb_status              st;

    sid_dn(sid, base);
    st = wb_ldap_entry_find(d, base, names, &reply, &entry);
    if (d->ld == NULL)
        return st;
    wb_ok(d->err);
    if (st != PWWB_OK)
        return PWWB_OK;

    if (wb_ldap_has_value(&entry, CLASS, "user")) {
        w->facts.trustee = *sid;
        wb_ldap_text(&entry, NAME, name, sizeof(name));
        wb_ldap_text(&entry, DN, dn, sizeof(dn));
        wb_preflight_name(name, dn, w->facts.trustee_name, sizeof(w->facts.trustee_name));
    }
    wb_ldap_entry_drop(&entry);
    wb_ldap_reply_drop(&reply);
    return PWWB_OK;
}

/* Its own comes first; commands alone need it, so that it is not looked for for long. */
static pwwb_status
read_trustee(wb_ldap *d, work *w)
{
    pwwb_status st = PWWB_OK;
    int         i;

    for (i = 0; st == PWWB_OK && w->facts.trustee.count == 0 && i < TRUSTEES_MAX
                && i < w->facts.holders.count; i++)
        if (wb_ldap_sid_rid(&w->facts.holders.list[i]) != 0)
            st = try_trustee(d, w, &w->facts.holders.list[i]);
    return st;
}

/* A descriptor that is absent may not be read; one that is malformed is remembered. */
static int
take_acl(wb_ldap_entry *entry, int at, wb_sd *sd)
{
    const struct berval *value = entry->values[at];

    if (value == NULL || value[0].bv_val == NULL)
        return 0;
    if (wb_sd_parse(wb_span_of(value[0].bv_val, value[0].bv_len), sd) == 0)
        return 1;

    entry->bad = entry->names[at];
    return 0;
}

static pwwb_status
read_account(wb_ldap *d, work *w)
{
    enum { DN, SID, ADMIN_COUNT, GROUPS, WRITABLE, ACL };
    static const char *const names[] = {"distinguishedName", "objectSid", "adminCount", "tokenGroups",
                                        "allowedAttributesEffective", "nTSecurityDescriptor", NULL};
    wb_preflight_facts      *f = &w->facts;
    char                     base[WB_LDAP_GUID_DN_SIZE];
    pwwb_status              st;

    wb_ldap_guid_dn(w->guid, base);
    st = wb_ldap_entry_find_with_acl(d, base, names, &w->account_reply, &w->account);
    if (st != PWWB_OK)
        return st;

    wb_ldap_text(&w->account, DN, f->dn, sizeof(f->dn));
    add_sids(&f->own, &w->account, SID);
    if (f->own.count > 0 && has(&f->holders, &f->own.list[0]))
        add_sid(&f->holders, &self);
    add_sids(&f->own, &w->account, GROUPS);
    add_sid(&f->own, &self);
    add_everybody(&f->own);
    f->admin_count        = wb_ldap_number(&w->account, ADMIN_COUNT, INT32_MIN, INT32_MAX, 0);
    f->has_groups         = w->account.values[GROUPS] != NULL;
    f->lists_any          = w->account.values[WRITABLE] != NULL;
    f->lists_lockout_time = wb_ldap_has_value(&w->account, WRITABLE, "lockoutTime");
    f->lists_pwd_last_set = wb_ldap_has_value(&w->account, WRITABLE, "pwdLastSet");
    f->has_acl            = take_acl(&w->account, ACL, &f->acl);
    return wb_ldap_entry_check(d, &w->account);
}

static pwwb_status
read_head(wb_ldap *d, work *w)
{
    static const char *const names[] = {"nTSecurityDescriptor", NULL};
    wb_preflight_facts      *f       = &w->facts;
    pwwb_status              st;

    st = wb_ldap_entry_find_with_acl(d, d->domain, names, &w->head_reply, &w->head);
    if (st != PWWB_OK)
        return st;

    f->has_head = take_acl(&w->head, 0, &f->head);
    return wb_ldap_entry_check(d, &w->head);
}

/* Whether the container of password settings shows what is in it, itself to begin with. */
static pwwb_status
read_container(wb_ldap *d, work *w)
{
    static const char *const names[] = {"objectClass", "cn", NULL};
    char                     dn[WB_PREFLIGHT_DN_SIZE];
    wb_ldap_reply            reply;
    wb_ldap_entry            entry;
    pwwb_status              st;

    w->facts.pso = WB_PSO_UNKNOWN;
    wb_preflight_container(d->domain, dn);
    st = wb_ldap_entry_find(d, dn, names, &reply, &entry);
    if (d->ld == NULL)
        return st;
    wb_ok(d->err);
    if (st != PWWB_OK)
        return PWWB_OK;

    if (entry.values[0] != NULL || entry.values[1] != NULL)
        w->facts.pso = WB_PSO_NONE;
    wb_ldap_entry_drop(&entry);
    wb_ldap_reply_drop(&reply);
    return PWWB_OK;
}

/* Whether it is an administrator's, and which rules are said to hold for it. */
static pwwb_status
read_person(wb_ldap *d, work *w)
{
    pwwb_account      account = {.size = sizeof(account)};
    pwwb_policy_rules rules   = {.size = sizeof(rules)};
    wb_ldap_person    person  = {w->guid, &account, &rules};
    pwwb_status       st      = wb_ldap_read_person(d, &person);
    int               is_domain;

    if (st != PWWB_OK)
        return st;

    w->facts.is_admin = account.is_protected;
    is_domain         = strcmp(rules.source_dn, d->domain) == 0;
    if (is_domain)
        return read_container(d, w);
    (void)snprintf(w->facts.pso_dn, sizeof(w->facts.pso_dn), "%s", rules.source_dn);
    w->facts.pso = rules.source == PWWB_POLICY_PSO ? WB_PSO_READ : WB_PSO_UNREADABLE;
    return PWWB_OK;
}

static void
drop(work *w)
{
    wb_ldap_entry_drop(&w->account);
    wb_ldap_entry_drop(&w->head);
    wb_ldap_reply_drop(&w->account_reply);
    wb_ldap_reply_drop(&w->head_reply);
}

/* Read it all, on one connection. A step for wb_ldap_reading(), which may come twice. */
static pwwb_status
look(wb_ldap *d, void *arg)
{
    work       *w    = arg;
    const void *guid = w->guid;
    pwwb_status st;

    drop(w);
    memset(w, 0, sizeof(*w));
    w->guid = guid;
    (void)snprintf(w->facts.domain, sizeof(w->facts.domain), "%s", d->domain);
    (void)snprintf(w->facts.controller, sizeof(w->facts.controller), "%s", d->controller);
    w->facts.has_hints         = d->hints != NULL;
    w->facts.allows_no_history = (d->flags & PWWB_LDAP_ALLOW_NO_HISTORY) != 0;

    st = read_holders(d, w);
    if (st == PWWB_OK)
        st = read_trustee(d, w);
    if (st == PWWB_OK)
        st = read_account(d, w);
    if (st == PWWB_OK)
        st = read_head(d, w);
    if (st == PWWB_OK)
        st = read_person(d, w);
    return st;
}

static pwwb_status
run(const pwwb_ldap_options *options, work *w, int64_t timeout_ms, pwwb_error *err)
{
    pwwb_directory *directory = NULL;
    pwwb_status     st        = pwwb_directory_new_ldap(options, &directory, err);
    wb_ldap        *d;

    if (st != PWWB_OK)
        return st;

    d = wb_directory_ctx(directory);
    wb_ldap_begin(d, timeout_ms, err);
    st = wb_ldap_reading(d, look, w);
    pwwb_directory_free(directory);
    return st;
}

pwwb_status
pwwb_preflight_run(const pwwb_ldap_options *options, const uint8_t guid[PWWB_ID_SIZE],
                   int64_t timeout_ms, pwwb_preflight **ret_preflight, pwwb_error *err)
{
    pwwb_ldap_options ours;
    pwwb_preflight   *preflight;
    work             *w;
    pwwb_status       st;

    wb_ok(err);
    if (ret_preflight != NULL)
        *ret_preflight = NULL;
    if (options == NULL || guid == NULL || ret_preflight == NULL)
        return wb_fail(err, PWWB_E_INVALID_ARGUMENT, "options, guid and ret_preflight must be given");
    st = wb_ops_import(&ours, sizeof(ours), sizeof(ours.size), options);
    if (st != PWWB_OK)
        return wb_fail(err, st, "LDAP options of size %zu do not fit this library", options->size);
    if (ours.server != PWWB_LDAP_ACTIVE_DIRECTORY)
        return wb_fail(err, PWWB_E_NOT_SUPPORTED, "OpenLDAP has no descriptors that a preflight could read");

    preflight = calloc(1, sizeof(*preflight));
    w         = calloc(1, sizeof(*w));
    if (preflight == NULL || w == NULL) {
        st = wb_fail(err, PWWB_E_NO_MEMORY, "no memory for a preflight");
    } else {
        w->guid = guid;
        st      = run(options, w, timeout_ms, err);
        if (st == PWWB_OK)
            wb_preflight_judge(&w->facts, preflight);
        drop(w);
    }
    free(w);
    if (st == PWWB_OK)
        *ret_preflight = preflight;
    else
        free(preflight);
    return st;
}
