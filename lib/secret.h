/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WB_SECRET_H
#define WB_SECRET_H

#include <stddef.h>
#include <stdint.h>

/* Locked memory between guard pages, out of core dumps, zeroed; NULL when there is none. A handle
 * takes one at birth and keeps it: making one costs 30 us, using it nothing. */
void *wb_secret_new(size_t size);

/* Wipe and free; NULL is fine. */
void wb_secret_free(void *secret);

/* Wipe octets, and let no optimiser know better. */
void wb_wipe(void *p, size_t len);

/* Whether two secrets of one length are equal, in constant time. */
int wb_equal(const void *a, const void *b, size_t len);

/* Whether octets are all zero, in constant time: keys are never. */
int wb_is_zero(const void *p, size_t len);

/* Whether memory can be locked now: sodium_malloc() itself fails softly. */
int wb_secret_can_lock(void);

#endif /* WB_SECRET_H */
