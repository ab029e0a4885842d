/* SPDX-License-Identifier: Apache-2.0 */
#include "portal_options.h"

#include <stddef.h>
#include <stdio.h>

#include "portal_lang.h"

enum {
    ASK = PORTAL_RESET | PORTAL_CHANGE | PORTAL_UNLOCK,
    SET = PORTAL_RESET | PORTAL_CHANGE,
    ALL = 0
};

static const struct row {
    int32_t     commands; /* that it belongs to */
    int         is_command;
    const char *words, *text;
} rows[] = {
    {PORTAL_TICKET, 1, "ticket", N_("a ticket for the agents' administrator, on standard output")},
    {PORTAL_TICKET, 0, "--out FILE", N_("into a new file that only its owner reads")},
    {PORTAL_TICKET, 0, "--hours N", N_("how long it may be used (24)")},
    {PORTAL_TICKET, 0, "--wait", N_("wait until an agent has used it, and say the fingerprint")},
    {PORTAL_CONFIRM, 1, "confirm FINGERPRINT", N_("you have compared it with the one that the agent shows")},
    {PORTAL_REVOKE, 1, "revoke", N_("every key is void at once")},
    {PORTAL_SERVE, 1, "serve", N_("take the agents' orders about keys, and heartbeats, until SIGTERM")},
    {PORTAL_READY, 1, "ready", N_("is the service up? 0 yes, 1 no, 3 not known")},
    {PORTAL_READY, 0, "--wait SECONDS", N_("how long to listen where \"serve\" does not run (20)")},
    {PORTAL_STATUS, 1, "status", N_("keys, agents, counters")},
    {PORTAL_RESET, 1, "reset ANCHOR", N_("set a new password")},
    {PORTAL_CHANGE, 1, "change ANCHOR", N_("change a password; the current one is asked for")},
    {PORTAL_UNLOCK, 1, "unlock ANCHOR", N_("unlock an account")},
    {SET, 0, "--must-change", N_("it must be changed at the next sign-in")},
    {SET, 0, "--unlock", N_("unlock the account too")},
    {ASK, 0, "--admin GUID", N_("an administrator asks, with this id")},
    {ASK, 0, "--user-type TYPE", N_("hash-sync, federated, pass-through (else) or cloud-only")},
    {ASK, 0, "--origin NAME", N_("where it was asked; the names are those of the audit")},
    {ASK, 0, "--timeout SECONDS", N_("how long to wait for an answer")},
    {ASK, 0, "--anyway", N_("try also when no agent is known to be up")},
    {SET, 0, "--password-fd N", N_("lines of a descriptor: the new password, then the current one")},
    {SET, 0, "--password-file FILE", N_("the same of a file; without these two they are asked for")},
    {ALL, 0, "--config FILE", N_("the configuration (/etc/pwwb/portal.conf)")},
    {ALL, 0, "--json", N_("one object for programs")},
    {ALL, 0, "--lang CODE", N_("the language: en, sv")},
    {ALL, 0, "--print-config", N_("a whole configuration, with what it means")},
    {ALL, 0, "--version", N_("which one this is")},
};

void
portal_help(int32_t command)
{
    size_t i;

    printf(_("usage: pwwb-portal %s\n"),
           command != 0 ? portal_command_usage(command) : "[--config FILE] [--json] [--lang CODE] COMMAND");
    putchar('\n');
    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        if (command == 0 || rows[i].commands == ALL || (rows[i].commands & command) != 0)
            printf("  %s%-*s  %s\n", rows[i].is_command ? "" : "  ", rows[i].is_command ? 24 : 22, rows[i].words,
                   _(rows[i].text));
    printf("\n%s\n%s\n", _("ANCHOR: base64 of an objectGUID or mS-DS-ConsistencyGuid, or User_ and a GUID."),
           _("Exit: 0 well; 1 not set, or a problem; 2 wrong usage; 3 it may have been set, sign in to see;\n"
             "4 not now, try again later; 78 wrong configuration."));
}
