/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WB_SQLITE_STRUCTS_H
#define WB_SQLITE_STRUCTS_H

/* Structs that cross the ABI begin with their size, as everywhere in libpwwb; here is the one way in and out. */

#include <pwwb/error.h>

/* The size a struct had when `field` was its last. */
#define WB_STRUCT_UP_TO(type, field) (offsetof(type, field) + sizeof(((type *)0)->field))

/* Copy a caller's struct into ours. Shorter: the rest is zero. Longer: taken while the part that is unknown here is
 * all zero. `least` is the size of the oldest there is. ABI otherwise. `name` is for the error. */
pwwb_status wb_struct_take(void *ours, size_t size, size_t least, const void *theirs, const char *name,
                           pwwb_error *err);

/* Copy ours into a caller's, as far as it reaches; its size stays. ABI when it is shorter than `least`, or has no
 * size at all. */
pwwb_status wb_struct_give(void *theirs, size_t least, const void *ours, size_t size, const char *name,
                           pwwb_error *err);

#endif /* WB_SQLITE_STRUCTS_H */
