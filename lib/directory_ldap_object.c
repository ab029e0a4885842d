/* SPDX-License-Identifier: Apache-2.0 */
#include "directory_ldap_changes.h"

#include <string.h>

#include "error.h"
#include "utf.h"

#define DN_MAX   4095
#define MAIL_MAX 1023 /* 256 characters: rangeUpper of mail in the schema */

enum {
    GUID = WB_LDAP_OBJECT_GUID, CLASS = WB_LDAP_OBJECT_CLASS, CONSISTENCY, CONTROL, CRITICAL,
    RECIPIENT, ACCOUNT_NAME, MAIL, SID, MASTER_SID
};

const char *const wb_ldap_object_names[] = {
    "objectGUID", "objectClass", "mS-DS-ConsistencyGuid", "userAccountControl",
    "isCriticalSystemObject", "msExchRecipientTypeDetails", "sAMAccountName", "mail", "objectSid",
    "msExchMasterAccountSid", NULL,
};

pwwb_status
wb_ldap_object_guid(wb_ldap *d, const wb_ldap_entry *entry, uint8_t ret_guid[PWWB_ID_SIZE])
{
    const struct berval *value = entry->values[GUID];

    if (value == NULL || value->bv_len != PWWB_ID_SIZE)
        return wb_fail(d->err, PWWB_E_DIRECTORY, "an entry has no objectGUID of 16 octets");

    memcpy(ret_guid, value->bv_val, PWWB_ID_SIZE);
    return PWWB_OK;
}

/* 0 = it stands for no person. */
static int32_t
class_of(const wb_ldap_entry *entry)
{
    if (wb_ldap_has_value(entry, CLASS, "computer"))
        return 0;
    if (wb_ldap_has_value(entry, CLASS, "inetOrgPerson"))
        return PWWB_OBJECT_INET_ORG_PERSON;
    if (wb_ldap_has_value(entry, CLASS, "user"))
        return PWWB_OBJECT_USER;
    return wb_ldap_has_value(entry, CLASS, "contact") ? PWWB_OBJECT_CONTACT : 0;
}

/* Borrowed from the entry; one that is malformed is remembered. */
static const uint8_t *
sid_of(wb_ldap_entry *entry, int at, size_t *ret_len)
{
    const struct berval *value = entry->values[at];
    wb_sid               sid;

    *ret_len = 0;
    if (value == NULL || value->bv_val == NULL)
        return NULL;
    if (wb_sid_parse(wb_span_of(value->bv_val, value->bv_len), &sid) != 0) {
        entry->bad = entry->names[at];
        return NULL;
    }

    *ret_len = value->bv_len;
    return (const uint8_t *)value->bv_val;
}

pwwb_status
wb_ldap_tell_object(wb_ldap *d, wb_ldap_changes *c, wb_ldap_entry *entry)
{
    const struct berval *anchor = entry->values[CONSISTENCY];
    char                 dn[DN_MAX + 1], account_name[512], mail[MAIL_MAX + 1];
    pwwb_object          object = {.size = sizeof(object), .change = PWWB_CHANGE_OBJECT};
    pwwb_status          st     = wb_ldap_object_guid(d, entry, object.guid);

    object.object_class = class_of(entry);
    if (st != PWWB_OK || object.object_class == 0)
        return st;

    wb_ldap_dn(entry, dn, sizeof(dn));
    wb_ldap_text(entry, ACCOUNT_NAME, account_name, sizeof(account_name));
    wb_ldap_text(entry, MAIL, mail, sizeof(mail));
    object.dn           = dn;
    object.account_name = account_name;
    object.mail         = mail;
    if (anchor != NULL && anchor->bv_len == PWWB_ID_SIZE)
        memcpy(object.consistency_guid, anchor->bv_val, PWWB_ID_SIZE);
    object.account_control = (uint32_t)wb_ldap_number(entry, CONTROL, INT32_MIN, INT32_MAX, 0);
    object.is_critical     = wb_ldap_has_value(entry, CRITICAL, "TRUE");
    object.recipient_type  = wb_ldap_number(entry, RECIPIENT, INT64_MIN, INT64_MAX, 0);
    object.sid             = sid_of(entry, SID, &object.sid_len);
    object.master_sid      = sid_of(entry, MASTER_SID, &object.master_sid_len);

    st = wb_ldap_entry_check(d, entry);
    return st != PWWB_OK ? st : c->each(c->each_ctx, &object, d->err);
}

pwwb_status
wb_ldap_tell_change(wb_ldap *d, wb_ldap_changes *c, int change, const uint8_t guid[PWWB_ID_SIZE])
{
    pwwb_object object = {.size = sizeof(object), .change = change};

    memcpy(object.guid, guid, PWWB_ID_SIZE);
    return c->each(c->each_ctx, &object, d->err);
}
