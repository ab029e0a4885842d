/* SPDX-License-Identifier: Apache-2.0 */
#include "directory_ldap_ol.h"

#include <stdio.h>

#include "error.h"

/* The root entry tells no time. cn=Monitor does, to the second, where it is there and may be read;
 * else it is not known, and nobody takes ours for it. */
static pwwb_status
ask_time(wb_ldap *d, const char *monitor)
{
    static const char *const names[] = {"monitorTimestamp", NULL};
    char                     dn[WB_LDAP_DN_SIZE];
    wb_ldap_reply            reply;
    wb_ldap_entry            entry;
    pwwb_status              st;

    d->server_ms = -1;
    if (monitor[0] == '\0')
        return PWWB_OK;

    (void)snprintf(dn, sizeof(dn), "cn=Current,cn=Time,%s", monitor);
    st = wb_ldap_entry_find(d, dn, names, &reply, &entry);
    if (st != PWWB_OK && d->ld != NULL) { /* it answered, and no more than that matters */
        wb_ok(d->err);
        return PWWB_OK;
    }
    if (st != PWWB_OK)
        return st;

    d->server_ms = wb_ldap_time(&entry, 0);
    d->asked_at  = wb_clock_monotonic_ms(&d->clock);
    wb_ldap_entry_drop(&entry);
    wb_ldap_reply_drop(&reply);
    return PWWB_OK;
}

/* The base is the option's, or the only one that there is. */
static pwwb_status
take_base(wb_ldap *d, const wb_ldap_entry *entry, int at)
{
    const struct berval *contexts = entry->values[at];

    wb_ldap_text(entry, at, d->domain, sizeof(d->domain));
    if (d->base_dn != NULL
        || (d->domain[0] != '\0' && contexts != NULL && contexts[1].bv_val == NULL))
        return PWWB_OK;

    return wb_fail(d->err, PWWB_E_NOT_SUPPORTED,
                   "the server names no naming context, or several: base_dn must name one");
}

pwwb_status
wb_ol_look_around(wb_ldap *d)
{
    enum { CONTEXTS, MONITOR, EXTENSIONS, CONTROLS };
    static const char *const names[] = {"namingContexts", "monitorContext", "supportedExtension",
                                        "supportedControl", NULL};
    char          monitor[WB_LDAP_DN_SIZE - 32];
    int           sets_passwords;
    wb_ldap_reply reply;
    wb_ldap_entry entry;
    pwwb_status   st;

    st = wb_ldap_entry_find(d, "", names, &reply, &entry);
    if (st != PWWB_OK)
        return st;

    (void)snprintf(d->controller, sizeof(d->controller), "%s", d->host); /* it tells no name */
    wb_ldap_text(&entry, MONITOR, monitor, sizeof(monitor));
    sets_passwords = wb_ldap_has_value(&entry, EXTENSIONS, LDAP_EXOP_MODIFY_PASSWD);
    d->has_ppolicy = wb_ldap_has_value(&entry, CONTROLS, LDAP_CONTROL_PASSWORDPOLICYREQUEST);
    st             = take_base(d, &entry, CONTEXTS);
    wb_ldap_entry_drop(&entry);
    wb_ldap_reply_drop(&reply);
    if (st != PWWB_OK)
        return st;
    if (!sets_passwords)
        return wb_fail(d->err, PWWB_E_NOT_SUPPORTED,
                       "the server does not set passwords by RFC 3062: is it an OpenLDAP server?");
    return ask_time(d, monitor);
}
