/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WB_GUID_H
#define WB_GUID_H

/* GUIDs between the directory's 16 octets (first three fields little-endian, MS-DTYP 2.3.4) and
 * dashed text. */

#include <pwwb/base.h>

/* 36 characters, either case. -1 when malformed; out is then zero. */
int  wb_guid_parse(const char *text, size_t len, uint8_t out[PWWB_ID_SIZE]);
/* 36 lower-case characters and a NUL. */
void wb_guid_print(const uint8_t guid[PWWB_ID_SIZE], char out[37]);
int  wb_guid_is_zero(const uint8_t guid[PWWB_ID_SIZE]);

#endif /* WB_GUID_H */
