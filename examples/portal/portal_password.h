/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EXAMPLES_PORTAL_PASSWORD_H
#define EXAMPLES_PORTAL_PASSWORD_H

/* Passwords on their way in: typed on the terminal without being shown, or lines of a descriptor or file. */

#include "../secret.h"
#include "portal_options.h"

/*
 * The new one, and the old one when `is_change`; both made by the caller, who drops them. 0; or what the
 * program ends with, and why is said on stderr. A new one that is typed is asked for twice.
 */
int portal_password_read(const portal_options *o, int is_change, secret *new_one, secret *old_one);

#endif /* EXAMPLES_PORTAL_PASSWORD_H */
