/* SPDX-License-Identifier: Apache-2.0 */
#include "directory_ldap.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "error.h"

#define READ_ONLY   "1.2.840.113556.1.4.1920" /* partial secrets: MS-ADTS 3.1.1.3.4.3.6 */
#define SETTINGS_OF "CN=NTDS Settings,"

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

/* One attribute of one entry; "" when it cannot be seen. Fails with the connection alone. */
static pwwb_status
read_text(wb_ldap *d, const char *dn, const char *name, char *buf, size_t buf_size)
{
    const char *const names[] = {name, NULL};
    wb_ldap_reply     reply;
    wb_ldap_entry     entry;
    pwwb_status       st;

    buf[0] = '\0';
    st     = wb_ldap_entry_find(d, dn, names, &reply, &entry);
    if (st != PWWB_OK)
        return d->ld != NULL ? PWWB_OK : st;

    wb_ldap_text(&entry, 0, buf, buf_size);
    wb_ldap_entry_drop(&entry);
    wb_ldap_reply_drop(&reply);
    return PWWB_OK;
}

/* The role's owner is told as its NTDS settings, which stand under its server: MS-ADTS 3.1.1.1.11.
 * Rights: read on the domain's head and in the configuration. */
static pwwb_status
learn_pdc(wb_ldap *d)
{
    char        owner[WB_LDAP_DN_SIZE], host[256] = "";
    size_t      head = strlen(SETTINGS_OF);
    pwwb_status st;

    st = read_text(d, d->domain, "fSMORoleOwner", owner, sizeof(owner));
    if (st == PWWB_OK && strncasecmp(owner, SETTINGS_OF, head) == 0)
        st = read_text(d, owner + head, "dNSHostName", host, sizeof(host));
    if (st == PWWB_OK && wb_is_host_name(host, sizeof(host)))
        wb_ldap_pdc_is(d, host);
    return st;
}

/* Whether it is the one that is wanted. */
static pwwb_status
judge(wb_ldap *d)
{
    pwwb_status st = PWWB_OK;

    if (d->domain[0] == '\0')
        return wb_fail(d->err, PWWB_E_DIRECTORY,
                       "the server names no domain: is it an Active Directory controller?");
    if (wb_ldap_looks_further(d))
        st = learn_pdc(d);
    if (st == PWWB_OK && d->is_read_only)
        st = wb_fail(d->err, PWWB_E_DIRECTORY,
                     "the controller is read-only: name a writable one, or the domain");
    return st;
}

pwwb_status
wb_ldap_look_around(wb_ldap *d)
{
    enum { DOMAIN, HOST_NAME, TIME, CONTROLS, CAPABILITIES };
    static const char *const names[] = {"defaultNamingContext", "dnsHostName", "currentTime",
                                        "supportedControl", "supportedCapabilities", NULL};
    wb_ldap_reply reply;
    wb_ldap_entry entry;
    pwwb_status   st;

    st = wb_ldap_entry_find(d, "", names, &reply, &entry);
    if (st != PWWB_OK)
        return st;

    wb_ldap_text(&entry, DOMAIN, d->domain, sizeof(d->domain));
    wb_ldap_text(&entry, HOST_NAME, d->controller, sizeof(d->controller));
    d->server_ms    = wb_ldap_time(&entry, TIME);
    d->asked_at     = wb_clock_monotonic_ms(&d->clock);
    d->hints        = best_hints(&entry, CONTROLS);
    d->is_read_only = wb_ldap_has_value(&entry, CAPABILITIES, READ_ONLY);
    wb_ldap_entry_drop(&entry);
    wb_ldap_reply_drop(&reply);

    if (d->controller[0] == '\0')
        (void)snprintf(d->controller, sizeof(d->controller), "%s", d->host);
    return judge(d);
}
