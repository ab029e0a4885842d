/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WB_SQLITE_CSV_H
#define WB_SQLITE_CSV_H

/* Comma-separated values as they come, octets in, records out: RFC 4180 in UTF-8. An LF alone ends a
 * line, too, and a byte order mark may stand before the first. Nothing is allocated. */

#include <stddef.h>
#include <stdint.h>

#define WB_CSV_COLUMNS 16
#define WB_CSV_RECORD  65536 /* octets of a record at most, with a NUL for each field */

enum wb_csv_step {
    WB_CSV_MORE   = 0, /* all octets are used, and no record has ended */
    WB_CSV_ROW    = 1, /* one has */
    WB_CSV_WRONG  = 2, /* `wrong` says why; there is no way on */
    WB_CSV_NO_ROW = 3  /* the file has ended, and so had the last record */
};

typedef struct wb_csv {
    int64_t     offset;   /* octets that were used */
    int32_t     line;     /* where the record begins */
    int32_t     next;     /* where we are */
    int         columns;  /* of the record */
    int         expected; /* of every record; 0 = as many as the first has */
    const char *wrong;
    int         state;
    int         owed;     /* octets of a character that lack */
    uint8_t     least;    /* of the next one of them */
    uint8_t     most;
    size_t      len;
    size_t      starts[WB_CSV_COLUMNS];
    char        text[WB_CSV_RECORD];
} wb_csv;

/* At the beginning of a line: its place in the file, its number from 1, columns or 0. */
void wb_csv_begin(wb_csv *csv, int64_t offset, int32_t line, int expected);

/* Use octets up to the end of a record; what is not used is given again. */
enum wb_csv_step wb_csv_read(wb_csv *csv, const char *data, size_t len, size_t *ret_used);

/* There are no more. */
enum wb_csv_step wb_csv_end(wb_csv *csv);

/* Text of a column of the record, with a NUL and none in it; until the next call. */
const char *wb_csv_field(const wb_csv *csv, int column);

#endif /* WB_SQLITE_CSV_H */
