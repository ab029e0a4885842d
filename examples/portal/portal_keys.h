/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EXAMPLES_PORTAL_KEYS_H
#define EXAMPLES_PORTAL_KEYS_H

/* How the tenant's keys are, for people and for programs. */

#include "portal.h"

/* What may be known of them; a tenant that was never enabled has none. */
pwwb_status portal_keys_read(const portal *p, pwwb_keyring_info *info, pwwb_epoch_info epochs[PWWB_EPOCHS_MAX]);

const char *portal_keys_state(int32_t state); /* its name */

/* A line of them; or their members, without the braces. */
void portal_keys_print(const pwwb_keyring_info *info);
void portal_keys_print_json(const pwwb_keyring_info *info, const pwwb_epoch_info *epochs);

/* The portal's side of the exchanges; of its store, so freed before that. */
pwwb_status portal_exchange(const portal *p, pwwb_exchange **ret_exchange);

#endif /* EXAMPLES_PORTAL_KEYS_H */
