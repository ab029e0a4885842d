/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EXAMPLES_MEMORY_DIRECTORY_H
#define EXAMPLES_MEMORY_DIRECTORY_H

/* A directory of one's own, in memory: a few accounts with their passwords, one set of rules. It
 * refuses what a real one refuses: what breaks the rules, a wrong old password, and the password
 * that is set already. */

#include <pwwb/directory.h>

typedef struct memory_account {
    uint8_t guid[PWWB_ID_SIZE];
    char    name[64];
    char    display_name[64];
    char    dn[128]; /* "" = it has none */
    char    password[PWWB_PASSWORD_MAX + 1];
    int64_t last_set_ms;
} memory_account;

typedef struct memory_directory {
    pwwb_policy_rules rules;
    size_t            count;
    memory_account    accounts[8];
    long              sets; /* how many passwords were really set */
} memory_directory;

/* An account whose password was set long ago; NULL = there is no room. Its objectGUID is filled
 * with `id`. */
memory_account *memory_directory_add(memory_directory *d, uint8_t id, const char *name,
                                     const char *display_name, const char *password);

/* Its context is a memory_directory, which the host owns. */
extern const pwwb_directory_ops memory_directory_ops;

#endif /* EXAMPLES_MEMORY_DIRECTORY_H */
