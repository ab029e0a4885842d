/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EXAMPLES_PORTAL_SETTINGS_H
#define EXAMPLES_PORTAL_SETTINGS_H

/* The configuration file of pwwb-portal. */

#include "../common/key_settings.h"
#include "../common/relay_settings.h"

typedef struct portal_settings {
    const char    *tenant, *state;
    key_settings   keys;
    relay_settings relay;
    struct {
        const char *relay_address, *credential_file;
    } ticket;
    struct {
        const char *file;
        int32_t     required;
    } audit;
    struct {
        int64_t     life, timeout; /* seconds */
        const char *lang;
    } portal;
    uint8_t tenant_id[PWWB_ID_SIZE]; /* of `tenant`; in no table */
} portal_settings;

extern const setting portal_table[];

/* As settings_read(), and what no table can tell. */
settings *portal_settings_read(const char *path, portal_settings *set);

#endif /* EXAMPLES_PORTAL_SETTINGS_H */
