/* SPDX-License-Identifier: Apache-2.0 */
#include "agent_settings.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <pwwb/envelope.h>
#include <pwwb/limits.h>

enum { OTHERS_MAX = 16 };

const char *
agent_directory_name(const agent_directory *d)
{
    return d->name != NULL ? d->name : "";
}

const agent_directory *
agent_directory_at(const agent_settings *s, size_t place)
{
    return (const agent_directory *)s->directories.first + place;
}

int32_t
agent_operation(const char *word)
{
    static const char *const words[] = {"change", "change-forced", "reset-self", "reset-admin", "unlock"};
    size_t                   i;

    for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        if (strcmp(words[i], word) == 0)
            return PWWB_OPERATION_CHANGE + (int32_t)i;
    return 0;
}

static int
complain(const agent_settings *s, size_t place, const char *name, const char *what)
{
    char at[64];

    (void)snprintf(at, sizeof(at), "directories.[%zu].%s", place, name);
    settings_complain(s->file, at, "%s", what);
    return 1;
}

static int
is_taken(const agent_settings *s, size_t place)
{
    size_t i;

    for (i = 0; i < place; i++)
        if (strcmp(agent_directory_name(agent_directory_at(s, i)),
                   agent_directory_name(agent_directory_at(s, place)))
            == 0)
            return 1;
    return 0;
}

static int
check_directory(const agent_settings *s, size_t place)
{
    const agent_directory *d      = agent_directory_at(s, place);
    int                    faults = 0;

    if (d->hosts.count == 0 && d->domain == NULL)
        faults += complain(s, place, "hosts", "either hosts or domain was expected");
    if (d->hosts.count > OTHERS_MAX)
        faults += complain(s, place, "hosts", "16 are the most");
    if (strlen(agent_directory_name(d)) >= PWWB_DIRECTORY_NAME_SIZE)
        faults += complain(s, place, "name", "it is too long");
    if (is_taken(s, place))
        faults += complain(s, place, "name", "another directory has the same");
    if (d->address != NULL && d->hosts.count == 0)
        faults += complain(s, place, "address", "it belongs to the first of hosts");
    if (d->port == 3268 || d->port == 3269)
        faults += complain(s, place, "port", "the global catalog cannot be written: 636 or 389");
    if (d->policy != NULL && d->server != PWWB_LDAP_OPENLDAP)
        faults += complain(s, place, "policy", "only with server = \"openldap\"");
    if (d->places > s->workers)
        faults += complain(s, place, "places", "there are fewer workers");
    return faults;
}

static int
check_limits(const agent_settings *s)
{
    const settings_texts *words  = &s->limits.operations;
    int                   faults = 0;
    size_t                i;

    for (i = 0; i < words->count; i++)
        if (agent_operation(words->list[i]) == 0) {
            settings_complain(s->file, "limits.operations",
                              "change, change-forced, reset-self, reset-admin and unlock were expected");
            faults++;
        }
    if (s->limits.scope.count > PWWB_LIMITS_SCOPES_MAX) {
        settings_complain(s->file, "limits.scope", "%d are the most", PWWB_LIMITS_SCOPES_MAX);
        faults++;
    }
    return faults;
}

static int
check(const agent_settings *s)
{
    int    faults = key_settings_check(s->file, &s->keys) + relay_settings_check(s->file, &s->relay) + check_limits(s);
    size_t i;

    if (s->directories.count > AGENT_DIRECTORIES_MAX) {
        settings_complain(s->file, "directories", "%d are the most", AGENT_DIRECTORIES_MAX);
        faults++;
    }
    for (i = 0; i < s->directories.count; i++)
        faults += check_directory(s, i);
    if (s->audit_required && s->audit_file == NULL) {
        settings_complain(s->file, "audit.required", "there is no audit.file");
        faults++;
    }
    return faults;
}

agent_settings *
agent_settings_read(const char *path)
{
    agent_settings *s = calloc(1, sizeof(*s));

    if (s == NULL)
        return NULL;
    s->file = settings_read(path, agent_table, s);
    if (s->file == NULL || check(s) > 0) {
        agent_settings_free(s);
        return NULL;
    }
    if (s->journal == NULL) {
        (void)snprintf(s->journal_path, sizeof(s->journal_path), "%.4000s/journal", s->state);
        s->journal = s->journal_path;
    }
    return s;
}

void
agent_settings_free(agent_settings *s)
{
    if (s == NULL)
        return;

    settings_free(s->file);
    free(s);
}

void
agent_directory_fill(const agent_directory *d, pwwb_ldap_options *o)
{
    *o             = (pwwb_ldap_options){.size = sizeof(*o)};
    o->server      = d->server;
    o->host        = d->hosts.count > 0 ? d->hosts.list[0] : NULL;
    o->others      = d->hosts.count > 1 ? d->hosts.list + 1 : NULL;
    o->other_count = d->hosts.count > 1 ? d->hosts.count - 1 : 0;
    o->address     = d->address;
    o->port        = (int32_t)d->port;
    o->security    = d->starttls ? PWWB_LDAP_STARTTLS : PWWB_LDAP_LDAPS;
    o->ca_file     = d->ca;
    o->bind_dn     = d->bind;
    o->base_dn     = d->base;
    o->domain      = d->domain;
    o->policy_dn   = d->policy;
    o->flags       = (d->only_preferred ? PWWB_LDAP_ONLY_PREFERRED : 0U)
               | (d->allow_no_history ? PWWB_LDAP_ALLOW_NO_HISTORY : 0U);
}
