/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EXAMPLES_PWWB_ADMIN_CONFIG_H
#define EXAMPLES_PWWB_ADMIN_CONFIG_H

/* What an agent's configuration file says of one of its directories. */

#include <pwwb/directory_ldap.h>

typedef struct admin_config {
    const char *password_file;
    const char *banned, *breached; /* NULL = none */
} admin_config;

/* Into the options, but for the password; texts stay until the process ends. `directory` NULL = the only one.
 * 0, or the exit code once it is said what is wrong. */
int admin_config_read(const char *path, const char *directory, pwwb_ldap_options *options, admin_config *ret);

#endif /* EXAMPLES_PWWB_ADMIN_CONFIG_H */
