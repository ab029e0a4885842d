/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WB_FILTER_H
#define WB_FILTER_H

/* The guarded call into a filter's table is public: pwwb_filter_check(). */

#include <pwwb/filter.h>

/* What a failed check means for the password: always one that says it is not set. */
int32_t wb_filter_failure_code(pwwb_status status);

#endif /* WB_FILTER_H */
