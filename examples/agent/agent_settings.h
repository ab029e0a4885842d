/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EXAMPLES_AGENT_SETTINGS_H
#define EXAMPLES_AGENT_SETTINGS_H

/* The agent's configuration file. */

#include <pwwb/directory_ldap.h>

#include "../common/key_settings.h"
#include "../common/relay_settings.h"

enum { AGENT_WORKERS_MAX = 64, AGENT_DIRECTORIES_MAX = 32 };

/* One forest. */
typedef struct agent_directory {
    const char    *name; /* NULL = "", the only one */
    const char    *domain, *address, *ca, *bind, *password_file, *base, *policy;
    settings_texts hosts;
    int64_t        port, places;
    int32_t        server; /* one of enum pwwb_ldap_server */
    int32_t        starttls, only_preferred, allow_no_history;
} agent_directory;

typedef struct agent_limits {
    settings_texts operations, scope;
    int64_t        per_account, per_account_seconds, in_all, in_all_seconds;
} agent_limits;

typedef struct agent_settings {
    settings       *file;
    const char     *state, *journal, *space;
    int64_t         workers, heartbeat_s, timeout_s;
    int32_t         other_agents, allow_lockout, allow_unproven;
    key_settings    keys;
    relay_settings  relay;
    settings_groups directories; /* of agent_directory */
    agent_limits    limits;
    const char     *banned, *breached;
    const char     *audit_file;
    int32_t         audit_required;
    const char     *metrics_file;
    int64_t         metrics_s;
    int32_t         level;               /* 0 = all, one of enum pwwb_log_level less 1 */
    char            journal_path[4096];  /* where `journal` is not set */
} agent_settings;

extern const setting agent_table[];

/* The file; NULL, and why on stderr, when anything is wrong with it. */
agent_settings *agent_settings_read(const char *path);
void            agent_settings_free(agent_settings *s);

/* "" = the only one. */
const char *agent_directory_name(const agent_directory *d);

/* The one at a place, from 0. */
const agent_directory *agent_directory_at(const agent_settings *s, size_t place);

/* One of enum pwwb_operation by its word; 0 = none. */
int32_t agent_operation(const char *word);

/* A directory as the library takes it, but for its password. */
void agent_directory_fill(const agent_directory *d, pwwb_ldap_options *options);

#endif /* EXAMPLES_AGENT_SETTINGS_H */
