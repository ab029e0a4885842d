/* SPDX-License-Identifier: Apache-2.0 */
#ifndef POINTS_H
#define POINTS_H

/* An agent's tables, as they are, with a point after every step at which it may have to die. */

#include "storm.h"

/* Each takes over what it is given. */
pwwb_journal   *points_journal(control *c, pwwb_journal *under);
pwwb_transport *points_transport(control *c, pwwb_transport *under);
pwwb_directory *points_directory(control *c, pwwb_directory *under);

/* A control: it knows nothing, and calls every password in the directory its own. */
pwwb_journal *points_blind_journal(void);

#endif /* POINTS_H */
