/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pwwb-portal: the cloud side on the command line. Tickets and keys, is the service up, and passwords that are
 * reset, changed or unlocked.
 */
#include "portal.h"

#include <stdio.h>

#include "../pwwb_admin_print.h"
#include "portal_lang.h"
#include "portal_stop.h"

enum { STEP_MS = 500 };

int
portal_failed(const portal *p, pwwb_status st)
{
    if (!p->options.is_json) {
        fprintf(stderr, "%s: %s\n", pwwb_status_name(st), pwwb_error_message(p->err));
        return PORTAL_NOT;
    }
    printf("{\"status\": \"%s\"", pwwb_status_name(st));
    print_json_string(stdout, "message", pwwb_error_message(p->err));
    printf(", \"exit\": %d}\n", PORTAL_NOT);
    return PORTAL_NOT;
}

pwwb_status
portal_listen(const portal *p, pwwb_transport **ret_transport)
{
    relay_login login;
    pwwb_status st = PWWB_E_NOT_FOUND;

    if (relay_login_read(&p->set.relay, &login) == 0)
        st = relay_open(&p->set.relay, &login, PWWB_RELAY_PORTALS, 0, ret_transport, p->err);
    else
        (void)pwwb_error_set(p->err, st, "no secret for the relay");
    secret_drop(&login.secret);
    return st;
}

pwwb_status
portal_listen_step(const portal *p, pwwb_exchange *exchange, pwwb_watch *watch, pwwb_transport *transport,
                   pwwb_exchange_event *event)
{
    int64_t     begun = portal_now_ms();
    pwwb_status st    = pwwb_portal_serve(exchange, watch, transport, STEP_MS, event, p->err);

    if (st != PWWB_OK && portal_now_ms() - begun < STEP_MS / 2)
        (void)portal_poll(NULL, 0, STEP_MS);
    return st;
}

static int
run(portal *p)
{
    switch (p->options.command) {
    case PORTAL_TICKET:
        return portal_ticket(p);
    case PORTAL_CONFIRM:
        return portal_confirm(p);
    case PORTAL_REVOKE:
        return portal_revoke(p);
    case PORTAL_SERVE:
        return portal_serve(p);
    case PORTAL_READY:
        return portal_ready(p);
    case PORTAL_STATUS:
        return portal_status(p);
    default:
        return portal_ask(p);
    }
}

/* What needs no configuration. -1 = it was none of these. */
static int
tell_about_itself(const portal_options *o)
{
    if (o->is_help) {
        portal_lang_choose(o->lang, NULL);
        portal_help(o->command);
    } else if (o->is_version) {
        printf("pwwb-portal %d.%d.%d\n", (int)(pwwb_version_number() / 10000),
               (int)(pwwb_version_number() / 100 % 100), (int)(pwwb_version_number() % 100));
    } else if (o->is_print_config) {
        settings_print(portal_table);
    } else {
        return -1;
    }
    return PORTAL_WELL;
}

int
main(int argc, char **argv)
{
    portal      p = {.err = NULL};
    pwwb_status st;
    int         rc;

    secret_process();
    if (portal_options_read(&p.options, argc, argv) != 0)
        return PORTAL_MISUSED;
    rc = tell_about_itself(&p.options);
    if (rc >= 0)
        return rc;

    p.file = portal_settings_read(p.options.config != NULL ? p.options.config : "/etc/pwwb/portal.conf", &p.set);
    if (p.file == NULL)
        return SETTINGS_EXIT;
    portal_lang_choose(p.options.lang, p.set.portal.lang);
    portal_stop_install();
    p.err = pwwb_error_new();
    st    = key_settings_open(&p.set.keys, &p.store, p.err);
    rc    = st == PWWB_OK ? run(&p) : portal_failed(&p, st);
    pwwb_keystore_free(p.store);
    pwwb_error_free(p.err);
    settings_free(p.file);
    return rc;
}
