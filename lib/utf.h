/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WB_UTF_H
#define WB_UTF_H

/* UTF-8 as people type it, UTF-16LE as Active Directory takes it. No tables, no malloc. */

#include <stddef.h>
#include <stdint.h>

/* Read one code point at *at and move on. -1 for anything that is not UTF-8 (RFC 3629): cut or
 * overlong sequences, surrogates, over U+10FFFF. */
int32_t wb_utf8_next(const uint8_t *text, size_t len, size_t *at);

/* How many UTF-16 units the text has; -1 when it is not UTF-8 or holds NUL. */
int64_t wb_utf8_units(const uint8_t *text, size_t len);

/* How many code points it has; -1 likewise. */
int64_t wb_utf8_codes(const uint8_t *text, size_t len);

/* The unicodePwd value: quotation mark, password, quotation mark, UTF-16LE. Returns octets
 * written, 0 when it is not UTF-8, holds NUL or does not fit. MS-ADTS 3.1.1.3.1.5.1 */
size_t wb_utf16_quoted(const uint8_t *text, size_t len, uint8_t *out, size_t out_size);

#endif /* WB_UTF_H */
