/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EXAMPLES_KEY_SETTINGS_H
#define EXAMPLES_KEY_SETTINGS_H

/* The group "keys" of a configuration file: where the tenant's keys are, and what seals them. */

#include <pwwb/keystore.h>

#include "settings.h"

typedef struct key_settings {
    const char *file, *lock_file, *passphrase_file;
    int64_t     roll_days; /* agents */
    int32_t     suite;     /* agents: as in words */
} key_settings;

extern const setting key_table[];

/* What no table can tell; how many faults were said. */
int key_settings_check(const settings *s, const key_settings *k);

/* The store of that file. */
pwwb_status key_settings_open(const key_settings *k, pwwb_keystore **ret_store, pwwb_error *err);

/* The suite of new keys, one of enum pwwb_suite. */
int32_t key_settings_suite(const key_settings *k);

#endif /* EXAMPLES_KEY_SETTINGS_H */
