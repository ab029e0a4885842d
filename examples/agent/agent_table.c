/* SPDX-License-Identifier: Apache-2.0 */
/* What may stand in the agent's configuration file. */
#include "agent_settings.h"

#define AT(member)   offsetof(agent_settings, member)
#define IN_D(member) offsetof(agent_directory, member)
#define IN_L(member) offsetof(agent_limits, member)
#define END          {NULL, 0, 0, 0, NULL, NULL, 0, 0, NULL, NULL, 0}

#define TEXT(name, at, help)            {name, SETTING_TEXT, 0, at, help, NULL, 0, 0, NULL, NULL, 0}
#define NEEDED(name, at, help)          {name, SETTING_TEXT, 1, at, help, NULL, 0, 0, NULL, NULL, 0}
#define TEXTS(name, at, help)           {name, SETTING_TEXTS, 0, at, help, NULL, 0, 0, NULL, NULL, 0}
#define YES_NO(name, at, help, or)      {name, SETTING_YES_NO, 0, at, help, or, 0, 0, NULL, NULL, 0}
#define NUMBER(name, at, help, or, a, b) {name, SETTING_NUMBER, 0, at, help, or, a, b, NULL, NULL, 0}
#define WORD(name, at, help, or, words) {name, SETTING_WORD, 0, at, help, or, 0, 0, words, NULL, 0}
#define GROUP(name, at, help, table)    {name, SETTING_GROUP, 0, at, help, NULL, 0, 0, NULL, table, 0}

static const char *const servers[] = {"active-directory", "openldap", NULL};
static const char *const levels[]  = {"debug", "info", "warn", NULL};

static const setting serving_table[] = {
    NUMBER("workers", AT(workers), "requests that are dealt with at once", "4", 1, AGENT_WORKERS_MAX),
    NUMBER("heartbeat", AT(heartbeat_s), "seconds between two signs of life", "300", 1, 300),
    NUMBER("timeout", AT(timeout_s), "seconds for one request", "30", 1, 300),
    YES_NO("other_agents", AT(other_agents), "agents that do not share this journal serve the tenant, too", "false"),
    YES_NO("allow_lockout", AT(allow_lockout),
           "try a change even when one more wrong old password would lock the account", "false"),
    YES_NO("allow_unproven", AT(allow_unproven),
           "reset even where it cannot be told whether the account is an administrator's", "false"),
    END,
};

static const setting directory_table[] = {
    TEXT("name", IN_D(name), "as the connector space names it; with one directory alone, nothing"),
    WORD("server", IN_D(server), "what answers there", "active-directory", servers),
    TEXTS("hosts", IN_D(hosts), "controllers in the order of preference, as in their certificates"),
    TEXT("domain", IN_D(domain), "DNS name of the domain, whose controllers are found by SRV records"),
    TEXT("address", IN_D(address), "where to connect for the first host, if not by its name"),
    NUMBER("port", IN_D(port), "0 = 636, or 389 with StartTLS", "0", 0, 65535),
    YES_NO("starttls", IN_D(starttls), "StartTLS in place of LDAPS", "false"),
    NEEDED("ca", IN_D(ca), "a PEM file of the CA that the certificates are from"),
    NEEDED("bind", IN_D(bind), "the service account: DN, or name@domain"),
    NEEDED("password_file", IN_D(password_file), "a file; its first line is the service account's password"),
    TEXT("base", IN_D(base), "DN below which accounts are looked for; else all of it"),
    TEXT("policy", IN_D(policy), "OpenLDAP: DN of the overlay's default policy"),
    YES_NO("only_preferred", IN_D(only_preferred), "the named hosts and the PDC emulator, no others", "false"),
    YES_NO("allow_no_history", IN_D(allow_no_history),
           "reset even where the controller cannot enforce history then", "false"),
    NUMBER("places", IN_D(places), "workers that may wait for this directory at once, fewer than workers; "
           "0 = half of them", "0", 0, AGENT_WORKERS_MAX),
    END,
};

static const setting limits_table[] = {
    TEXTS("operations", IN_L(operations),
          "what is served, of change, change-forced, reset-self, reset-admin, unlock; else all"),
    TEXTS("scope", IN_L(scope), "DNs: accounts there or below are served, no others; else everybody's"),
    NUMBER("per_account", IN_L(per_account), "passwords of one account in per_account_seconds; 0 = any number",
           "10", 0, 100),
    NUMBER("per_account_seconds", IN_L(per_account_seconds), "see there", "3600", 1, 604800),
    NUMBER("in_all", IN_L(in_all), "passwords of all accounts in in_all_seconds; 0 = any number", "0", 0, 1000000),
    NUMBER("in_all_seconds", IN_L(in_all_seconds), "see there", "60", 1, 604800),
    END,
};

static const setting filters_table[] = {
    TEXT("banned", AT(banned), "a file of words, one a line, that no password may be made of"),
    TEXT("breached", AT(breached), "a file of leaked passwords' SHA-1, as Have I Been Pwned has it"),
    END,
};

static const setting audit_table[] = {
    TEXT("file", AT(audit_file), "a line of JSON for each event"),
    YES_NO("required", AT(audit_required), "what cannot be written there is not done", "false"),
    END,
};

static const setting metrics_table[] = {
    TEXT("file", AT(metrics_file), "figures in the text format of Prometheus"),
    NUMBER("seconds", AT(metrics_s), "between two", "15", 1, 3600),
    END,
};

static const setting log_table[] = {
    WORD("level", AT(level), "the least that is said", "info", levels),
    END,
};

const setting agent_table[] = {
    {"state", SETTING_TEXT, 0, AT(state), "the agent's own folder: its id, and what has no other place",
     "/var/lib/pwwb", 0, 0, NULL, NULL, 0},
    GROUP("agent", 0, "how it serves", serving_table),
    GROUP("keys", AT(keys), "the tenant's keys", key_table),
    GROUP("relay", AT(relay), "the broker", relay_table),
    TEXT("journal", AT(journal), "a file that the agents of one machine share; \"memory\" = of this process alone; "
         "else STATE/journal"),
    TEXT("space", AT(space), "a connector space made by pwwb-admin; else anchors are looked up in the directories"),
    {"directories", SETTING_GROUPS, 1, AT(directories), "where passwords are written", NULL, 0, 0, NULL,
     directory_table, sizeof(agent_directory)},
    GROUP("limits", AT(limits), "what this agent does at most, whatever a portal asks for", limits_table),
    GROUP("filters", 0, "what is refused beside the directory's own rules", filters_table),
    GROUP("audit", 0, "who, for whom, what, and what became of it", audit_table),
    GROUP("metrics", 0, "for who watches", metrics_table),
    GROUP("log", 0, "on standard error", log_table),
    END,
};
