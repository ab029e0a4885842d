/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KEY_JUDGE_H
#define KEY_JUDGE_H

/*
 * What must hold at every moment of rest, looked up in the two key files themselves:
 *   - both can be read;
 *   - what the portals would seal with is there at the agents, and opens;
 *   - every request that was accepted is opened before it expires, and its reply too, unless a
 *     revoke voided its keys.
 */

#include "key_world.h"

/* Both files; and a request of the portals' keys is opened by the agents', when there are any. */
void judge_files(world *w);

/* Each portal instance seals a request, unless it has no key. */
void judge_seal(world *w);
/* Agents open what is under way; what is held, only if it would expire within that time. */
void judge_open(world *w, int64_t within_ms);

/* At the end: enabled, one key active on both sides, every pair of instances at work. */
void judge_end(world *w);

/* What stands in the files; epoch_count 0 when there is none. The caller frees. */
pwwb_keyring *judge_load(world *w, int which);

#endif /* KEY_JUDGE_H */
