/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EXAMPLES_PORTAL_OPTIONS_H
#define EXAMPLES_PORTAL_OPTIONS_H

/* The command line of pwwb-portal. */

#include <stdint.h>

enum portal_command {
    PORTAL_TICKET  = 1,
    PORTAL_CONFIRM = 2,
    PORTAL_REVOKE  = 4,
    PORTAL_SERVE   = 8,
    PORTAL_READY   = 16,
    PORTAL_STATUS  = 32,
    PORTAL_RESET   = 64,
    PORTAL_CHANGE  = 128,
    PORTAL_UNLOCK  = 256
};

/* What was not given is zero, or -1 where zero means something. */
typedef struct portal_options {
    int32_t     command; /* one of enum portal_command; 0 = none was given */
    const char *word;    /* the anchor, or the fingerprint */
    const char *config, *lang;
    int32_t     is_json, is_help, is_version, is_print_config;
    const char *out;               /* of a ticket */
    int64_t     hours;             /* of a ticket's life */
    int32_t     is_wait;           /* for the agent's order */
    int64_t     wait_s;            /* for a heartbeat */
    int32_t     must_change, unlock, anyway;
    const char *admin, *password_file, *user_type, *origin;
    int64_t     timeout_s, password_fd;
} portal_options;

/* 0; or -1, and what is wrong with it is said on stderr. */
int portal_options_read(portal_options *o, int argc, char **argv);

/* Its name, and how it is called. */
const char *portal_command_name(int32_t command);
const char *portal_command_usage(int32_t command);

/* On standard output: of a command, or of all with 0. */
void portal_help(int32_t command);

#endif /* EXAMPLES_PORTAL_OPTIONS_H */
