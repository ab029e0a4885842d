/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WB_SD_H
#define WB_SD_H

/* Security descriptors as controllers send them: who may do what to an object. MS-DTYP 2.4. A reader
 * of octets from outside: it allocates nothing, refuses what does not fit, and is fuzzed. */

#include <stdint.h>

#include "span.h"

/* Rights of an entry. MS-ADTS 5.1.3.2 */
#define WB_SD_READ_PROPERTY  0x10u
#define WB_SD_WRITE_PROPERTY 0x20u
#define WB_SD_CONTROL_ACCESS 0x100u

typedef struct wb_sid {
    uint64_t authority;
    uint32_t sub[15];
    int      count;
} wb_sid;

int wb_sid_parse(wb_span octets, wb_sid *ret_sid); /* 0, or -1 */
int wb_sid_is_same(const wb_sid *a, const wb_sid *b);

/* The discretionary list, checked as a whole: every entry ends within it. */
typedef struct wb_sd {
    wb_span entries;      /* ACEs, one after the other */
    int     count;
    int     has_list;     /* 0: no list at all, which grants everything */
    int     is_protected; /* inheritance is off: SE_DACL_PROTECTED */
} wb_sd;

/* 0, or -1; then the list is empty and grants nothing. It borrows the octets. */
int wb_sd_parse(wb_span octets, wb_sd *ret_sd);

/* What a list says of one right to one holder. */
enum {
    WB_SD_SILENT,
    WB_SD_GRANTED,
    WB_SD_DENIED,
    WB_SD_UNCLEAR /* an entry with a condition would change the answer; only the controller can tell */
};

/* The first entry that decides, in the list's order, as MS-ADTS 5.1.3.3 has it: of the SIDs given, for
 * the right, for the object type (16 octets as they stand in an ACE), its property set (or NULL), or
 * every type. Entries that are only inherited do not count, nor do kinds that grant and deny nothing. */
int wb_sd_check(const wb_sd *sd, const wb_sid *holders, int holder_count, uint32_t right,
                const uint8_t type[16], const uint8_t *set);

#endif /* WB_SD_H */
