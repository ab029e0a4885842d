/* SPDX-License-Identifier: Apache-2.0 */
#include "pwwb_admin_config.h"

#include <stdio.h>
#include <string.h>

#ifdef WITH_PROGRAMS

#include "agent/agent_settings.h"

static agent_settings *settings_of_agent; /* until the process ends */

static const agent_directory *
find(const char *name)
{
    const agent_directory *d;
    size_t                 i;

    if (name == NULL && settings_of_agent->directories.count == 1)
        return agent_directory_at(settings_of_agent, 0);
    for (i = 0; name != NULL && i < settings_of_agent->directories.count; i++) {
        d = agent_directory_at(settings_of_agent, i);
        if (strcmp(agent_directory_name(d), name) == 0)
            return d;
    }
    fprintf(stderr, name == NULL ? "which of the directories? --directory with one of these names:\n"
                                 : "there is no directory of that name; there are:\n");
    for (i = 0; i < settings_of_agent->directories.count; i++)
        fprintf(stderr, "    %s\n", agent_directory_name(agent_directory_at(settings_of_agent, i)));
    return NULL;
}

int
admin_config_read(const char *path, const char *directory, pwwb_ldap_options *options, admin_config *ret)
{
    const agent_directory *d;

    settings_of_agent = agent_settings_read(path);
    if (settings_of_agent == NULL)
        return SETTINGS_EXIT;
    d = find(directory);
    if (d == NULL)
        return 2;

    agent_directory_fill(d, options);
    ret->password_file = d->password_file;
    ret->banned        = settings_of_agent->banned;
    ret->breached      = settings_of_agent->breached;
    return 0;
}

#else

int
admin_config_read(const char *path, const char *directory, pwwb_ldap_options *options, admin_config *ret)
{
    (void)path, (void)directory, (void)options, (void)ret;
    fprintf(stderr, "this build reads no configuration file: it was built without pwwb-agent; use --host\n");
    return 2;
}

#endif
