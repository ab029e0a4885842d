/* SPDX-License-Identifier: Apache-2.0 */
#include "directory_ldap.h"

#include <stdio.h>

#include "error.h"

/* Policy hints, MS-ADTS 3.1.1.3.4.1.27: the present one, and the form it replaces. */
static const char *const hints[] = {"1.2.840.113556.1.4.2239", "1.2.840.113556.1.4.2066"};

static const char *
best_hints(const wb_ldap_entry *entry, int at)
{
    size_t i;

    for (i = 0; i < sizeof(hints) / sizeof(hints[0]); i++)
        if (wb_ldap_has_value(entry, at, hints[i]))
            return hints[i];
    return NULL;
}

pwwb_status
wb_ldap_look_around(wb_ldap *d)
{
    enum { DOMAIN, HOST_NAME, TIME, CONTROLS };
    static const char *const names[] = {"defaultNamingContext", "dnsHostName", "currentTime",
                                        "supportedControl", NULL};
    wb_ldap_reply reply;
    wb_ldap_entry entry;
    pwwb_status   st;

    st = wb_ldap_entry_find(d, "", names, &reply, &entry);
    if (st != PWWB_OK)
        return st;

    wb_ldap_text(&entry, DOMAIN, d->domain, sizeof(d->domain));
    wb_ldap_text(&entry, HOST_NAME, d->controller, sizeof(d->controller));
    d->server_ms = wb_ldap_time(&entry, TIME);
    d->asked_at  = wb_clock_monotonic_ms(&d->clock);
    d->hints     = best_hints(&entry, CONTROLS);
    wb_ldap_entry_drop(&entry);
    wb_ldap_reply_drop(&reply);

    if (d->domain[0] == '\0')
        return wb_fail(d->err, PWWB_E_DIRECTORY,
                       "the server names no domain: is it an Active Directory controller?");
    if (d->controller[0] == '\0')
        (void)snprintf(d->controller, sizeof(d->controller), "%s", d->host);
    return PWWB_OK;
}
