/* SPDX-License-Identifier: Apache-2.0 */
#include "import.h"

#include <string.h>
#include <strings.h>

#define ACCOUNT_DISABLE    0x2
#define LINKED_MAILBOX     2
#define NO_PERSON          0x21C07000 /* bits of msExchRecipientTypeDetails: rooms, equipment and so on */
#define SID_SUB_AUTHORITIES 1         /* where their number stands */

static int
begins_with(const char *text, const char *prefix)
{
    return strncasecmp(text, prefix, strlen(prefix)) == 0;
}

static const char *
or_empty(const char *text)
{
    return text != NULL ? text : "";
}

static int
is_contact(const pwwb_object *object)
{
    return object->object_class == PWWB_OBJECT_CONTACT;
}

/* The sync engine looks at mailNickname for the mailboxes of Exchange; the mail begins like it. */
static int
is_of_exchange(const char *name)
{
    return begins_with(name, "SystemMailbox{")
           || (begins_with(name, "CAS_") && strchr(name, '}') != NULL);
}

static int
is_service(const pwwb_object *object)
{
    const char *name = or_empty(object->account_name);

    return begins_with(name, "AAD_") || begins_with(name, "MSOL_")
           || strcasecmp(name, "SUPPORT_388945a0") == 0 || is_of_exchange(name)
           || is_of_exchange(or_empty(object->mail));
}

/* Two controllers made an object of this name; this one was renamed. Its own name alone, not that of the
 * container it is in. */
static int
is_conflict(const char *dn)
{
    static const char mark[] = "\\0ACNF:";

    for (; *dn != '\0' && *dn != ','; dn++) {
        if (strncmp(dn, mark, strlen(mark)) == 0)
            return 1;
        if (*dn == '\\' && dn[1] != '\0')
            dn++;
    }
    return 0;
}

enum pwwb_import_scope
wb_scope_of(const pwwb_object *object)
{
    if (object->is_critical)
        return PWWB_SCOPE_CRITICAL;
    if (!is_contact(object) && or_empty(object->account_name)[0] == '\0')
        return PWWB_SCOPE_NO_NAME;
    if (is_service(object))
        return PWWB_SCOPE_SERVICE;
    if ((object->recipient_type & NO_PERSON) != 0)
        return PWWB_SCOPE_RECIPIENT_TYPE;
    return is_conflict(or_empty(object->dn)) ? PWWB_SCOPE_CONFLICT : PWWB_SCOPE_IN;
}

const char *
wb_scope_rules(const pwwb_object *object)
{
    if (is_contact(object))
        return WB_RULES_CONTACT;
    return (object->account_control & ACCOUNT_DISABLE) == 0
                   && object->recipient_type != LINKED_MAILBOX
               ? WB_RULES_ENABLED
               : WB_RULES_USER;
}

/* As wb_anchor_rule_is_enabled() of lib/anchor.c: a companion has nothing of lib/. */
static int
is_enabled(const char *rule, size_t len)
{
    static const char        family[] = "Microsoft.InfromADUserAccountEnabled";
    static const char *const names[]  = {"User AccountEnabled", "In from AD - User AccountEnabled"};
    size_t                   i;

    if (len >= strlen(family) && begins_with(rule, family))
        return 1;
    for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (len == strlen(names[i]) && begins_with(rule, names[i]))
            return 1;
    return 0;
}

int
wb_scope_is_eligible(const char *rules)
{
    size_t len;

    for (;; rules += len + 1) {
        len = strcspn(rules, "\n");
        if (is_enabled(rules, len))
            return 1;
        if (rules[len] == '\0')
            return 0;
    }
}

static int
is_zero(const uint8_t guid[PWWB_ID_SIZE])
{
    static const uint8_t zero[PWWB_ID_SIZE];

    return memcmp(guid, zero, sizeof(zero)) == 0;
}

const uint8_t *
wb_scope_source(const pwwb_object *object)
{
    if (is_contact(object) || object->recipient_type == LINKED_MAILBOX)
        return NULL;
    return is_zero(object->consistency_guid) ? object->guid : object->consistency_guid;
}

/* Everyone (S-1-1-0), SELF (S-1-5-10) and their like have one sub-authority; accounts have five. */
int
wb_scope_joins_sid(const uint8_t *sid, size_t sid_len)
{
    return sid != NULL && sid_len > 0
           && !(sid_len > SID_SUB_AUTHORITIES && sid[SID_SUB_AUTHORITIES] < 2);
}
