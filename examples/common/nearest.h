/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EXAMPLES_NEAREST_H
#define EXAMPLES_NEAREST_H

/* Of two names the one that is nearer to what was written; `best` may be NULL. */
const char *nearest(const char *written, const char *best, const char *name);

#endif /* EXAMPLES_NEAREST_H */
