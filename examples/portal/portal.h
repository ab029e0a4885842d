/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EXAMPLES_PORTAL_H
#define EXAMPLES_PORTAL_H

/* What the commands of pwwb-portal share. Each answers what the program ends with. */

#include <pwwb/portal.h>

#include "../common/audit_file.h"
#include "portal_options.h"
#include "portal_settings.h"

/* What it ends with; beside SETTINGS_EXIT. */
enum {
    PORTAL_WELL      = 0,
    PORTAL_NOT       = 1, /* not set, or a problem */
    PORTAL_MISUSED   = 2,
    PORTAL_NOT_KNOWN = 3, /* it may have been set; nobody knows yet */
    PORTAL_LATER     = 4  /* not set, and later it may be */
};

typedef struct portal {
    portal_options  options;
    portal_settings set;
    settings       *file; /* `set` holds its texts */
    pwwb_keystore  *store;
    pwwb_error     *err;
} portal;

/* What the error says, for people or for programs; PORTAL_NOT. */
int portal_failed(const portal *p, pwwb_status st);

/* An end of the relay that takes orders and heartbeats. */
pwwb_status portal_listen(const portal *p, pwwb_transport **ret_transport);

/* pwwb_portal_serve() for half a second at most; what fails at once takes some time too. `event` may be NULL. */
pwwb_status portal_listen_step(const portal *p, pwwb_exchange *exchange, pwwb_watch *watch,
                               pwwb_transport *transport, pwwb_exchange_event *event);

int portal_ticket(portal *p);
int portal_confirm(portal *p);
int portal_revoke(portal *p);
int portal_serve(portal *p);
int portal_ready(portal *p);
int portal_status(portal *p);
int portal_ask(portal *p); /* reset, change, unlock */

#endif /* EXAMPLES_PORTAL_H */
