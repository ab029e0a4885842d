/* SPDX-License-Identifier: Apache-2.0 */
#include "directory_ldap.h"

#include <stdio.h>
#include <string.h>

#include "error.h"

#define CANDIDATES_MAX 3 /* one is wanted, two are too many */

typedef struct lookup {
    const uint8_t *guid;
    pwwb_found    *found;
} lookup;

void
wb_ldap_escape(const uint8_t guid[PWWB_ID_SIZE], char out[WB_LDAP_ESCAPED_SIZE])
{
    int i;

    for (i = 0; i < PWWB_ID_SIZE; i++)
        (void)snprintf(out + 3 * i, 4, "\\%02x", guid[i]);
}

/* Take the one hit, or say why there is none. */
static pwwb_status
take_hits(wb_ldap *d, const wb_ldap_reply *reply, const char *const *names, pwwb_found *found)
{
    LDAPMessage  *first = ldap_first_entry(d->ld, reply->messages);
    wb_ldap_entry entry;
    pwwb_status   st;
    int           is_guid;

    found->candidates = ldap_count_entries(d->ld, reply->messages);
    if (found->candidates < 0 || found->candidates > CANDIDATES_MAX)
        return wb_fail(d->err, PWWB_E_DIRECTORY, "the controller answered more than was asked for");

    found->code = found->candidates == 0 ? PWWB_CODE_NOT_FOUND : PWWB_CODE_AMBIGUOUS;
    if (found->candidates != 1)
        return PWWB_OK;

    st = wb_ldap_entry_make(d, first, names, &entry);
    if (st != PWWB_OK)
        return st;

    is_guid = entry.values[0] != NULL && entry.values[0][0].bv_len == PWWB_ID_SIZE;
    if (is_guid)
        memcpy(found->guid, entry.values[0][0].bv_val, PWWB_ID_SIZE);
    wb_ldap_entry_drop(&entry);
    if (!is_guid)
        return wb_fail(d->err, PWWB_E_DIRECTORY, "an entry has no objectGUID of 16 octets");

    found->code = PWWB_CODE_OK;
    return PWWB_OK;
}

static pwwb_status
look_for(wb_ldap *d, const char *filter, pwwb_found *found)
{
    static const char *const names[] = {"objectGUID", NULL};
    wb_ldap_query            query   = {d->base_dn != NULL ? d->base_dn : d->domain,
                                        LDAP_SCOPE_SUBTREE, filter, names, CANDIDATES_MAX,
                                        NULL, 0};
    wb_ldap_reply            reply;
    pwwb_status              st;

    st = wb_ldap_search(d, &query, &reply);
    if (st == PWWB_E_NOT_FOUND)
        return wb_fail(d->err, PWWB_E_DIRECTORY, "the base to look under is not there");
    if (st != PWWB_OK)
        return st;

    st = take_hits(d, &reply, names, found);
    wb_ldap_reply_drop(&reply);
    return st;
}

/* mS-DS-ConsistencyGuid first; objectGUID counts only where that is empty. */
static pwwb_status
look_up(wb_ldap *d, void *arg)
{
    lookup     *l = arg;
    char        guid[WB_LDAP_ESCAPED_SIZE];
    char        filter[128];
    pwwb_status st;

    wb_ldap_escape(l->guid, guid);
    (void)snprintf(filter, sizeof(filter), "(mS-DS-ConsistencyGuid=%s)", guid);
    st = look_for(d, filter, l->found);
    if (st != PWWB_OK || l->found->code != PWWB_CODE_NOT_FOUND)
        return st;

    (void)snprintf(filter, sizeof(filter), "(&(objectGUID=%s)(!(mS-DS-ConsistencyGuid=*)))", guid);
    return look_for(d, filter, l->found);
}

pwwb_status
wb_ldap_find(void *ctx, const pwwb_anchor *anchor, int64_t timeout_ms, pwwb_found *ret_found,
             pwwb_error *err)
{
    lookup l = {anchor->guid, ret_found};

    if (anchor->kind != PWWB_ANCHOR_SOURCE)
        return wb_fail(err, PWWB_E_NOT_SUPPORTED, "a directory knows no cloud anchors");

    wb_ldap_begin(ctx, timeout_ms, err);
    return wb_ldap_reading(ctx, look_up, &l);
}
