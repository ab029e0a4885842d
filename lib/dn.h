/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WB_DN_H
#define WB_DN_H

/* Distinguished names, RFC 4514, to be compared and no more. */

#include <stddef.h>
#include <stdint.h>

/* A folded name needs at most twice the octets of its text. */
#define WB_DN_FOLDED(len) (2 * (len))

/* Fold a name, so that two of one entry are the same octets: escapes undone, attribute types and the
 * letters that letter.h knows in small, spaces as RFC 4518 2.6.1 has them. Returns octets written; 0 when
 * it is empty, is no name, holds NUL or a value in hexadecimal, or does not fit. Two ways to name one type,
 * or two orders of a name's parts that stand with "+", stay different. */
size_t wb_dn_fold(const char *text, uint8_t *out, size_t out_size);

/* Whether a folded name is the entry of another one, or below it. */
int wb_dn_is_within(const uint8_t *dn, size_t len, const uint8_t *top, size_t top_len);

#endif /* WB_DN_H */
