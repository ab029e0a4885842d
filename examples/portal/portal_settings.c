/* SPDX-License-Identifier: Apache-2.0 */
#include "portal_settings.h"

#include <string.h>

#include <pwwb/anchor.h>
#include <pwwb/envelope.h>

#define AT(member) offsetof(portal_settings, member)
#define IN(group, member) (AT(group.member) - AT(group))

static const setting ticket_table[] = {
    {"relay_address", SETTING_TEXT, 0, IN(ticket, relay_address),
     "what a ticket says of where the relay is; else relay.host and relay.port", NULL, 0, 0, NULL, NULL, 0},
    {"credential_file", SETTING_TEXT, 0, IN(ticket, credential_file),
     "a file; its first line is what the agents connect to the relay with at first", NULL, 0, 0, NULL, NULL, 0},
    {NULL, 0, 0, 0, NULL, NULL, 0, 0, NULL, NULL, 0},
};

static const setting audit_table[] = {
    {"file", SETTING_TEXT, 0, IN(audit, file), "lines of JSON are added to it: docs/audit.md", NULL, 0, 0, NULL,
     NULL, 0},
    {"required", SETTING_YES_NO, 0, IN(audit, required), "nothing is sent that could not be written down before",
     "false", 0, 0, NULL, NULL, 0},
    {NULL, 0, 0, 0, NULL, NULL, 0, 0, NULL, NULL, 0},
};

static const setting asking_table[] = {
    {"life", SETTING_NUMBER, 0, IN(portal, life), "how long an agent may take a request, seconds", "120", 1,
     PWWB_REQUEST_LIFE_MAX, NULL, NULL, 0},
    {"timeout", SETTING_NUMBER, 0, IN(portal, timeout), "how long an answer is waited for, seconds", "30", 1,
     PWWB_REQUEST_LIFE_MAX, NULL, NULL, 0},
    {"lang", SETTING_TEXT, 0, IN(portal, lang), "the language where nobody chooses one", "en", 0, 0, NULL, NULL,
     0},
    {NULL, 0, 0, 0, NULL, NULL, 0, 0, NULL, NULL, 0},
};

const setting portal_table[] = {
    {"tenant", SETTING_TEXT, 1, AT(tenant), "whose passwords: a GUID", NULL, 0, 0, NULL, NULL, 0},
    {"state", SETTING_TEXT, 0, AT(state), "a folder for what \"serve\" tells \"ready\"", "/var/lib/pwwb-portal", 0,
     0, NULL, NULL, 0},
    {"keys", SETTING_GROUP, 0, AT(keys), "the tenant's keys, the portal's half", NULL, 0, 0, NULL, key_table, 0},
    {"relay", SETTING_GROUP, 0, AT(relay), "how to reach the broker", NULL, 0, 0, NULL, relay_table, 0},
    {"ticket", SETTING_GROUP, 0, AT(ticket), "what tickets for agents say", NULL, 0, 0, NULL, ticket_table, 0},
    {"audit", SETTING_GROUP, 0, AT(audit), "who asked for what", NULL, 0, 0, NULL, audit_table, 0},
    {"portal", SETTING_GROUP, 0, AT(portal), "how requests are made", NULL, 0, 0, NULL, asking_table, 0},
    {NULL, 0, 0, 0, NULL, NULL, 0, 0, NULL, NULL, 0},
};

static int
check(const settings *s, portal_settings *set)
{
    int faults = key_settings_check(s, &set->keys) + relay_settings_check(s, &set->relay);

    if (pwwb_guid_parse(set->tenant, strlen(set->tenant), set->tenant_id, NULL) != PWWB_OK) {
        settings_complain(s, "tenant", "a GUID was expected, 00000000-0000-0000-0000-000000000000");
        faults++;
    }
    if (set->relay.slots.count > 0 && set->relay.secret_file == NULL) {
        settings_complain(s, "relay.secret_file", "is missing: slots are for agents");
        faults++;
    }
    if (set->audit.required && set->audit.file == NULL) {
        settings_complain(s, "audit.required", "is for an audit that has a file");
        faults++;
    }
    return faults;
}

settings *
portal_settings_read(const char *path, portal_settings *set)
{
    settings *s = settings_read(path, portal_table, set);

    if (s == NULL || check(s, set) == 0)
        return s;
    settings_free(s);
    return NULL;
}
