/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EXAMPLES_PWWB_ADMIN_FINDINGS_H
#define EXAMPLES_PWWB_ADMIN_FINDINGS_H

/* What was found against a password, with its numbers as pwwb_findings_get() tells them. */

#include <pwwb/result.h>

/* A line or two for each: what, how sure, and the numbers in words. */
void print_findings(const pwwb_findings *findings, int is_octets);
/* An array of objects. */
void print_findings_json(const pwwb_findings *findings);

#endif /* EXAMPLES_PWWB_ADMIN_FINDINGS_H */
