/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WB_PORTAL_H
#define WB_PORTAL_H

#include <pwwb/portal.h>

#include "span.h"

/* portal_judge.c: whether something is known by which nothing is to be sent: the code, and findings
 * where it is the password; PWWB_CODE_OK to go on. */
int32_t wb_portal_judge(pwwb_watch *watch, int32_t operation, wb_span password,
                        pwwb_findings *findings);

#endif /* WB_PORTAL_H */
