/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WB_OPS_H
#define WB_OPS_H

/* Structs and tables that cross the ABI begin with their size; here is the one way in and out. */

#include <pwwb/error.h>

/* The size a struct had when `field` was its last. */
#define WB_SIZE_UP_TO(type, field) (offsetof(type, field) + sizeof(((type *)0)->field))

/* Beyond this a size is not a size. */
#define WB_OPS_SIZE_MAX 8192

/* Copy a caller's struct into ours. Shorter: the rest is zero. Longer: accepted while the part
 * unknown here is all zero. `least` is the size of the oldest struct there is.
 * PWWB_E_ABI otherwise. */
pwwb_status wb_ops_import(void *ours, size_t ours_size, size_t least, const void *theirs);

/* Copy ours into a caller's struct, as far as it reaches; its size stays. PWWB_E_ABI when it is
 * shorter than `least` or no size at all. */
pwwb_status wb_ops_export(void *theirs, size_t least, const void *ours, size_t ours_size);

#endif /* WB_OPS_H */
