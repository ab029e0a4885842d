/* SPDX-License-Identifier: Apache-2.0 */
#include "directory_ldap_changes.h"

#include <stdio.h>
#include <string.h>

#include "error.h"

#define TERM_SIZE   (sizeof("(objectGUID=)") + WB_LDAP_ESCAPED_SIZE)
#define FILTER_SIZE (WB_LDAP_BATCH * TERM_SIZE + 128)

/* What is told of an object here. Any of these that changes brings it; the answer has only what changed, so
 * one that has a name and no class was renamed or moved, or deleted. */
enum { GUID = WB_LDAP_OBJECT_GUID, CLASS = WB_LDAP_OBJECT_CLASS, NAME };

const char *const wb_ldap_delta_names[] = {
    "objectGUID", "objectClass", "name", "isDeleted", "userAccountControl", "mS-DS-ConsistencyGuid",
    "mail", "sAMAccountName", "objectSid", "isCriticalSystemObject", "msExchMasterAccountSid",
    "msExchRecipientTypeDetails", NULL,
};

/* Some of the objects that an answer names. */
typedef struct batch {
    uint8_t guid[WB_LDAP_BATCH][PWWB_ID_SIZE];
    int     is_moved[WB_LDAP_BATCH];
    int     is_there[WB_LDAP_BATCH];
    int     count;
    int     moved; /* so many of them */
} batch;

/* Any of these objects, or only of those that were moved. */
static void
print_guids(const batch *b, int only_moved, const char *head, char out[FILTER_SIZE])
{
    char guid[WB_LDAP_ESCAPED_SIZE];
    int  len = snprintf(out, FILTER_SIZE, "%s(|", head), i;

    for (i = 0; i < b->count; i++) {
        if (only_moved && !b->is_moved[i])
            continue;
        wb_ldap_escape(b->guid[i], guid);
        len += snprintf(out + len, FILTER_SIZE - (size_t)len, "(objectGUID=%s)", guid);
    }
    (void)snprintf(out + len, FILTER_SIZE - (size_t)len, head[0] != '\0' ? "))" : ")");
}

/* Whether one that was renamed or moved may hold others, wherever it is now. */
static pwwb_status
look_for_containers(wb_ldap *d, const batch *b, int *ret_moved)
{
    char          filter[FILTER_SIZE];
    wb_ldap_query query = {d->domain, LDAP_SCOPE_SUBTREE, filter,
                           (const char *const[]){"objectGUID", NULL}, 0, NULL, 0};
    wb_ldap_reply reply;
    pwwb_status   st;

    if (b->moved == 0 || *ret_moved)
        return PWWB_OK;

    print_guids(b, 1, "(&(!(objectClass=user))(!(objectClass=contact))(!(objectClass=group))", filter);
    st = wb_ldap_search(d, &query, &reply);
    if (st != PWWB_OK)
        return st;

    *ret_moved = ldap_first_entry(d->ld, reply.messages) != NULL;
    wb_ldap_reply_drop(&reply);
    return PWWB_OK;
}

static void
note_there(batch *b, const uint8_t guid[PWWB_ID_SIZE])
{
    int i;

    for (i = 0; i < b->count; i++)
        b->is_there[i] |= memcmp(b->guid[i], guid, PWWB_ID_SIZE) == 0;
}

static pwwb_status
tell_one(wb_ldap *d, wb_ldap_changes *c, LDAPMessage *message, batch *b)
{
    wb_ldap_entry entry;
    uint8_t       guid[PWWB_ID_SIZE];
    pwwb_status   st = wb_ldap_entry_make(d, message, wb_ldap_object_names, &entry);

    if (st != PWWB_OK)
        return st;

    st = wb_ldap_object_guid(d, &entry, guid);
    if (st == PWWB_OK) {
        note_there(b, guid);
        st = wb_ldap_tell_object(d, c, &entry);
    }
    wb_ldap_entry_drop(&entry);
    return st;
}

/* Read them, whole, as they are now; what is not found is gone, or went out of the base. */
static pwwb_status
tell_batch(wb_ldap *d, wb_ldap_changes *c, batch *b)
{
    char          filter[FILTER_SIZE];
    LDAPMessage  *message;
    wb_ldap_reply reply;
    pwwb_status   st;
    int           i;

    print_guids(b, 0, "", filter);
    st = wb_ldap_search_below(d, filter, wb_ldap_object_names, 0, &reply);
    if (st != PWWB_OK)
        return st;

    if (reply.code != LDAP_SUCCESS)
        st = wb_fail_from(d->err, PWWB_E_DIRECTORY, PWWB_LAYER_LDAP, reply.code,
                          "the controller answers with less than %d entries", WB_LDAP_BATCH);
    for (message = ldap_first_entry(d->ld, reply.messages); st == PWWB_OK && message != NULL;
         message = ldap_next_entry(d->ld, message))
        st = tell_one(d, c, message, b);
    for (i = 0; st == PWWB_OK && i < b->count; i++)
        if (!b->is_there[i])
            st = wb_ldap_tell_change(d, c, PWWB_CHANGE_GONE, b->guid[i]);
    wb_ldap_reply_drop(&reply);
    return st;
}

/* Add what an entry of DirSync names. */
static pwwb_status
take_entry(wb_ldap *d, LDAPMessage *message, batch *b)
{
    wb_ldap_entry entry;
    pwwb_status   st = wb_ldap_entry_make(d, message, wb_ldap_delta_names, &entry);

    if (st != PWWB_OK)
        return st;

    st = wb_ldap_object_guid(d, &entry, b->guid[b->count]);
    b->is_moved[b->count] = entry.values[NAME] != NULL && entry.values[CLASS] == NULL;
    b->moved += b->is_moved[b->count];
    b->count++;
    wb_ldap_entry_drop(&entry);
    return st;
}

pwwb_status
wb_ldap_delta_tell(wb_ldap *d, wb_ldap_changes *c, const wb_ldap_dirsync *sync, int *ret_moved)
{
    LDAPMessage *message = ldap_first_entry(d->ld, sync->reply.messages);
    pwwb_status  st      = PWWB_OK;

    while (st == PWWB_OK && message != NULL) {
        batch b = {.count = 0};

        while (st == PWWB_OK && message != NULL && b.count < WB_LDAP_BATCH) {
            st      = take_entry(d, message, &b);
            message = ldap_next_entry(d->ld, message);
        }
        if (st == PWWB_OK)
            st = look_for_containers(d, &b, ret_moved);
        if (st == PWWB_OK)
            st = tell_batch(d, c, &b);
    }
    return st;
}
