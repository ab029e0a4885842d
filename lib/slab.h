/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WB_SLAB_H
#define WB_SLAB_H

#include <stddef.h>

/* Locked pieces of one size, for work that has no handle to keep one: making a piece takes 30 us
 * and more, taking a kept one nothing. Any number of threads may use one slab. */
typedef struct wb_slab wb_slab;

#define WB_SLAB_KEPT_MAX 16 /* so many threads at work at once pay once each */

/* Makes no piece yet; NULL when there is no memory. */
wb_slab *wb_slab_new(size_t size);

/* A piece of zeros, for one thread; NULL when there is no locked memory. */
void *wb_slab_take(wb_slab *slab);

/* Wipe a piece, and keep or free it; NULL is fine. */
void wb_slab_give(wb_slab *slab, void *piece);

/* When every piece is given back; NULL is fine. */
void wb_slab_free(wb_slab *slab);

#endif /* WB_SLAB_H */
