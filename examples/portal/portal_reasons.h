/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EXAMPLES_PORTAL_REASONS_H
#define EXAMPLES_PORTAL_REASONS_H

/* What a code or a finding says to the person, in the person's language. */

#include <stddef.h>
#include <stdint.h>

#include <pwwb/result.h>

enum { PORTAL_REASON_SIZE = 1024 };

/* One finding: its sentence, and one with its numbers where it has any. 1 = it has. */
int portal_reason(const pwwb_findings *findings, size_t index, char text[PORTAL_REASON_SIZE]);

/* A result as a whole. `is_unlock`: no password was asked for. */
const char *portal_result(int32_t code, int32_t outcome, int is_unlock);

#endif /* EXAMPLES_PORTAL_REASONS_H */
