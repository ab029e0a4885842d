/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WB_SD_H
#define WB_SD_H

/* Security descriptors as controllers send them: who may do what to an object. MS-DTYP 2.4. A reader
 * of octets from outside: it allocates nothing, refuses what does not fit, and is fuzzed. */

#include <stdint.h>

#include "span.h"

/* Rights of an entry. MS-ADTS 5.1.3.2 */
#define WB_SD_LIST_CONTENTS  0x4u
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

/* One entry. What it points to is of the descriptor's octets. */
typedef struct wb_sd_entry {
    int            says; /* WB_SD_GRANTED, WB_SD_DENIED, or WB_SD_SILENT when it is of another kind */
    int            has_condition;
    uint8_t        flags; /* WB_SD_INHERIT_ONLY and others, MS-DTYP 2.4.4.1 */
    uint32_t       mask;
    const uint8_t *type;      /* 16 octets; NULL = every one */
    const uint8_t *inheritor; /* class of those that inherit it; NULL = every one */
    wb_sid         sid;
} wb_sd_entry;

#define WB_SD_INHERIT_ONLY 0x08
#define WB_SD_INHERITED    0x10

/* What a list says of one right to one holder. */
enum {
    WB_SD_SILENT,
    WB_SD_GRANTED,
    WB_SD_DENIED,
    WB_SD_UNCLEAR /* an entry with a condition would change the answer; only the controller can tell */
};

/* A right to ask for: of the SIDs given, for the object type (16 octets as they stand in an ACE), its
 * property set (or NULL), or every type. */
typedef struct wb_sd_question {
    const wb_sid  *holders;
    int            holder_count;
    uint32_t       right;
    const uint8_t *type;
    const uint8_t *set;
} wb_sd_question;

/* Take the next entry off, of `rest` that begins as sd->entries; -1 at the end. */
int wb_sd_next(wb_span *rest, wb_sd_entry *ret_entry);
/* Whether an entry grants or denies what is asked for, conditions aside. */
int wb_sd_concerns(const wb_sd_entry *entry, const wb_sd_question *question);

/* The first entry that decides, in the list's order, as MS-ADTS 5.1.3.3 has it. Entries that are only
 * inherited do not count, nor do kinds that grant and deny nothing. */
int wb_sd_decide(const wb_sd *sd, const wb_sd_question *question);
int wb_sd_check(const wb_sd *sd, const wb_sid *holders, int holder_count, uint32_t right,
                const uint8_t type[16], const uint8_t *set);

#endif /* WB_SD_H */
