/* SPDX-License-Identifier: Apache-2.0 */
#include "directory_ldap_ol.h"

#include <stdio.h>
#include <string.h>

#include "error.h"
#include "utf.h"

#define CANDIDATES_MAX 3 /* one is wanted, two are too many */

void
wb_ol_uuid_print(const uint8_t guid[PWWB_ID_SIZE], char text[WB_OL_UUID_SIZE])
{
    int i;

    for (i = 0; i < PWWB_ID_SIZE; i++)
        text += snprintf(text, 4, i == 4 || i == 6 || i == 8 || i == 10 ? "-%02x" : "%02x",
                         guid[i]);
}

const char *
wb_ol_base(const wb_ldap *d)
{
    return d->base_dn != NULL ? d->base_dn : d->domain;
}

/* Every entry with this entryUUID. */
static pwwb_status
look_for(wb_ldap *d, const uint8_t *guid, const char *const *names, wb_ldap_reply *reply,
         int *ret_count)
{
    char          text[WB_OL_UUID_SIZE], filter[64];
    wb_ldap_query query = {wb_ol_base(d), LDAP_SCOPE_SUBTREE, filter, names, CANDIDATES_MAX,
                           NULL, 0};
    pwwb_status   st;

    wb_ol_uuid_print(guid, text);
    (void)snprintf(filter, sizeof(filter), "(entryUUID=%s)", text);
    st = wb_ldap_search(d, &query, reply);
    if (st == PWWB_E_NOT_FOUND)
        return wb_fail(d->err, PWWB_E_DIRECTORY, "the base to look under is not there");
    if (st != PWWB_OK)
        return st;

    *ret_count = ldap_count_entries(d->ld, reply->messages);
    if (*ret_count >= 0 && *ret_count <= CANDIDATES_MAX)
        return PWWB_OK;

    wb_ldap_reply_drop(reply);
    return wb_fail(d->err, PWWB_E_DIRECTORY, "the server answered more than was asked for");
}

static pwwb_status
take_dn(wb_ldap *d, LDAPMessage *message, char dn[WB_OL_DN_SIZE])
{
    struct berval name = {0, NULL};
    BerElement   *ber  = NULL;
    int           fits;

    fits = ldap_get_dn_ber(d->ld, message, &ber, &name) == LDAP_SUCCESS && name.bv_len > 0
           && name.bv_len < WB_OL_DN_SIZE
           && wb_utf8_units((const uint8_t *)name.bv_val, name.bv_len) > 0;
    if (fits)
        (void)snprintf(dn, WB_OL_DN_SIZE, "%.*s", (int)name.bv_len, name.bv_val);
    if (ber != NULL)
        ber_free(ber, 0);
    return fits ? PWWB_OK : wb_fail(d->err, PWWB_E_DIRECTORY, "an entry's name cannot be used");
}

pwwb_status
wb_ol_entry_find(wb_ldap *d, const uint8_t *guid, const char *const *names,
                 char dn[WB_OL_DN_SIZE], wb_ldap_reply *reply, wb_ldap_entry *entry)
{
    LDAPMessage *first;
    int          count;
    pwwb_status  st = look_for(d, guid, names, reply, &count);

    dn[0] = '\0';
    if (st != PWWB_OK)
        return st;

    first = ldap_first_entry(d->ld, reply->messages);
    if (count == 0 || first == NULL)
        st = wb_fail(d->err, PWWB_E_NOT_FOUND, "no entry has this entryUUID, or it may not be seen");
    else if (count > 1)
        st = wb_fail(d->err, PWWB_E_DIRECTORY, "several entries have one entryUUID");
    else
        st = take_dn(d, first, dn);
    if (st == PWWB_OK)
        st = wb_ldap_entry_make(d, first, names, entry);
    if (st != PWWB_OK)
        wb_ldap_reply_drop(reply);
    return st;
}

typedef struct lookup {
    const uint8_t *guid;
    pwwb_found    *found;
} lookup;

static pwwb_status
look_up(wb_ldap *d, void *arg)
{
    static const char *const names[] = {LDAP_NO_ATTRS, NULL};
    lookup                  *l       = arg;
    wb_ldap_reply            reply;
    int                      count;
    pwwb_status              st = look_for(d, l->guid, names, &reply, &count);

    if (st != PWWB_OK)
        return st;

    wb_ldap_reply_drop(&reply);
    l->found->candidates = count;
    l->found->code       = count == 0 ? PWWB_CODE_NOT_FOUND : PWWB_CODE_AMBIGUOUS;
    if (count == 1) {
        memcpy(l->found->guid, l->guid, PWWB_ID_SIZE);
        l->found->code = PWWB_CODE_OK;
    }
    return PWWB_OK;
}

pwwb_status
wb_ol_find(void *ctx, const pwwb_anchor *anchor, int64_t timeout_ms, pwwb_found *ret_found,
           pwwb_error *err)
{
    lookup l = {anchor->guid, ret_found};

    if (anchor->kind != PWWB_ANCHOR_SOURCE)
        return wb_fail(err, PWWB_E_NOT_SUPPORTED, "a directory knows no cloud anchors");

    wb_ldap_begin(ctx, timeout_ms, err);
    return wb_ldap_reading(ctx, look_up, &l);
}
