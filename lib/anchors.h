/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WB_ANCHORS_H
#define WB_ANCHORS_H

/* The guarded call into an anchor store is public: pwwb_anchors_find(). */

#include <pwwb/anchor.h>

/* The ctx of a store that was made with the `find` of these ops; NULL for NULL or another's. */
void *wb_anchors_ctx(const pwwb_anchors *anchors, const pwwb_anchors_ops *ops);

#endif /* WB_ANCHORS_H */
