/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WB_RESULT_H
#define WB_RESULT_H

#include <pwwb/result.h>

typedef struct wb_finding {
    int32_t code;
    int32_t basis;
    int64_t limit;
    int64_t actual;
} wb_finding;

/* Open to the library, so that other handles hold one in place. */
struct pwwb_findings {
    size_t     count;
    wb_finding list[PWWB_FINDINGS_MAX];
};

void wb_findings_clear(pwwb_findings *findings);

/* Add each of `from` to `to`, as far as there is room. */
void wb_findings_append(pwwb_findings *to, const pwwb_findings *from);

/* Put both together, the stated ones first: those that find no room are inferred where possible. */
void wb_findings_merge(pwwb_findings *to, const pwwb_findings *from);

int wb_code_is_known(int32_t code);

#endif /* WB_RESULT_H */
