/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KEY_STORY_H
#define KEY_STORY_H

/*
 * Enable, roll, roll by age, disable, enable again, roll, revoke, enable anew: with requests under
 * way all the time, and an administrator who asks again when nobody answers.
 */

#include "key_world.h"

/* The whole of it, from empty stores on. NULL, or what is wrong. world_end() is the caller's. */
const char *story_tell(world *w, const char *folder, const mood *how);

/* Pieces of it. */
void story_enable(world *w);
/* Longer than a portal may go on with old keys, and what it sealed last is under way. */
void story_traffic(world *w);
/* Time passes; everybody does what is due; there is some traffic. */
void story_tick(world *w, int64_t ms);

#endif /* KEY_STORY_H */
