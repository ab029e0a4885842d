/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WB_ANCHOR_H
#define WB_ANCHOR_H

#include <pwwb/anchor.h>

/* Whether a link's synchronisation rule, by its name, says that the account is enabled there. */
int wb_anchor_rule_is_enabled(const char *rule);

#endif /* WB_ANCHOR_H */
