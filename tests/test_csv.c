/* SPDX-License-Identifier: Apache-2.0 */
/* rows: 12 */
/* What is a record, and what is none, comes from RFC 4180 (2) and the Unicode Standard (3.9, table 3-7). */
#include <stdlib.h>

#include "harness.h"
#include "sqlite/csv.h"

static wb_csv csv;

/* All records, fields between <>, a line each: "2<a><b>\n"; then what ended it. */
static const char *
read_in_pieces(const char *data, size_t len, size_t piece)
{
    static char      out[4096];
    size_t           used, at = 0, n = 0;
    enum wb_csv_step step = WB_CSV_MORE;
    int              i;

    wb_csv_begin(&csv, 0, 1, 0);
    out[0] = '\0';
    while (step == WB_CSV_MORE || step == WB_CSV_ROW) {
        size_t give = len - at < piece ? len - at : piece;

        if (give == 0) {
            step = wb_csv_end(&csv);
        } else {
            char *copy = malloc(give); /* in memory of just that size */

            memcpy(copy, data + at, give);
            step = wb_csv_read(&csv, copy, give, &used);
            free(copy);
            at += used;
        }
        if (step != WB_CSV_ROW)
            continue;
        n += (size_t)snprintf(out + n, sizeof(out) - n, "%d", (int)csv.line);
        for (i = 0; i < csv.columns; i++)
            n += (size_t)snprintf(out + n, sizeof(out) - n, "<%s>", wb_csv_field(&csv, i));
        n += (size_t)snprintf(out + n, sizeof(out) - n, "\n");
    }
    (void)snprintf(out + n, sizeof(out) - n, step == WB_CSV_WRONG ? "%d %s" : ".", (int)csv.line,
                   csv.wrong);
    return out;
}

static void
check_octets(const char *expected, const char *data, size_t len)
{
    CHECK_STR(expected, read_in_pieces(data, len, len + 1));
    CHECK_STR(expected, read_in_pieces(data, len, 1));
    CHECK_STR(expected, read_in_pieces(data, len, 3));
}

#define READS(expected, text) check_octets(expected, text, sizeof(text) - 1)

static void
records_are_lines_of_fields(void)
{
    READS("1<aaa><bbb><ccc>\n2<zzz><yyy><xxx>\n.", "aaa,bbb,ccc\r\nzzz,yyy,xxx\r\n");
    READS("1<aaa><bbb><ccc>\n2<zzz><yyy><xxx>\n.", "aaa,bbb,ccc\r\nzzz,yyy,xxx");
    READS("1<a><b>\n2<><>\n.", "a,b\n,\n");
    READS("1< a ><b>\n.", " a ,b\r\n");
    READS(".", "");
}

static void
quotes_hold_commas_quotes_and_lines(void)
{
    READS("1<aaa><bbb><ccc>\n.", "\"aaa\",\"bbb\",\"ccc\"\r\n");
    READS("1<aaa><b\r\nbb><ccc>\n3<zzz><yyy><xxx>\n.",
          "\"aaa\",\"b\r\nbb\",\"ccc\"\r\nzzz,yyy,xxx");
    READS("1<aaa><b\"bb><c,c>\n.", "\"aaa\",\"b\"\"bb\",\"c,c\"\r\n");
    READS("1<><\">\n.", "\"\",\"\"\"\"");
}

static void
a_byte_order_mark_may_stand_first(void)
{
    READS("1<a><b>\n.", "\xef\xbb\xbf" "a,b\n");
    READS("1<a><b>\n.", "\xef\xbb\xbf" "\"a\",b\n");
    READS("1<a><\xef\xbb\xbf" "b>\n.", "a,\xef\xbb\xbf" "b\n");
}

static void
a_wrong_line_is_told_by_its_number(void)
{
    READS("1<a><b>\n2 has another number of columns than the first line", "a,b\nc\n");
    READS("1<a><b>\n2 has another number of columns than the first line", "a,b\n\n");
    READS("1<a><b>\n2 has another number of columns than the first line", "a,b\nc,d,e\n");
    READS("1<a\nb><c>\n3 has another number of columns than the first line", "\"a\nb\",c\nd");
    READS("1<a>\n2 has a quote within a field that does not begin with one", "a\nb\"c\n");
    READS("1<a>\n2 goes on behind a field's last quote", "a\n\"b\"c\n");
    READS("1<a>\n2 begins a field with a quote that is not closed", "a\n\"b\n\n");
    READS("1 has a CR without an LF", "a\rb\n");
    READS("1 has a CR without an LF", "a\r");
    READS("1<a>\n2 has a NUL", "a\nb\0\n");
    READS("1 has too many columns", "0,1,2,3,4,5,6,7,8,9,a,b,c,d,e,f,g\n");
}

static void
text_that_is_no_utf_8_is_refused(void)
{
    READS("1<\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80\xf4\x8f\xbf\xbf>\n.",
          "\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80\xf4\x8f\xbf\xbf\n");
    READS("1 is no UTF-8", "\xe4" "a\n");        /* Latin-1 */
    READS("1 is no UTF-8", "\x80\n");
    READS("1 is no UTF-8", "\xc0\xaf\n");        /* longer than it need be */
    READS("1 is no UTF-8", "\xe0\x9f\xbf\n");
    READS("1 is no UTF-8", "\xf0\x8f\xbf\xbf\n");
    READS("1 is no UTF-8", "\xed\xa0\x80\n");    /* a surrogate */
    READS("1 is no UTF-8", "\xf4\x90\x80\x80\n");
    READS("1 is no UTF-8", "\xf5\x80\x80\x80\n");
    READS("1 is no UTF-8", "\xc3");
    READS("1 is no UTF-8", "\xff\xfe" "a\0,\0\n"); /* UTF-16 */
}

/* 65536 octets with a NUL for each field. */
static void
a_line_has_its_limit(void)
{
    static char line[WB_CSV_RECORD + 8];
    size_t      used;

    memset(line, 'x', sizeof(line));
    line[0]                 = '\n';
    line[WB_CSV_RECORD]     = '\n';
    wb_csv_begin(&csv, 7, 3, 1);
    CHECK_INT(WB_CSV_ROW, wb_csv_read(&csv, line + 1, WB_CSV_RECORD, &used));
    CHECK_INT(WB_CSV_RECORD, used);
    CHECK_INT(7 + WB_CSV_RECORD, csv.offset);
    CHECK_INT(WB_CSV_RECORD - 1, strlen(wb_csv_field(&csv, 0)));
    line[WB_CSV_RECORD]     = 'x';
    line[WB_CSV_RECORD + 1] = '\n';
    CHECK_INT(WB_CSV_WRONG, wb_csv_read(&csv, line + 1, sizeof(line) - 1, &used));
    CHECK_STR("is longer than 65536 octets", csv.wrong);
    CHECK_INT(4, csv.line);
    CHECK_INT(WB_CSV_WRONG, wb_csv_read(&csv, "\n", 1, &used));
    CHECK_INT(WB_CSV_WRONG, wb_csv_end(&csv));
}

/* Where a record ends one may begin again, and reads the same. */
static void
it_goes_on_from_any_record(void)
{
    static const char text[] = "a,b\r\n\"c\r\n\",d\ne,f";
    size_t            used;

    wb_csv_begin(&csv, 0, 1, 0);
    CHECK_INT(WB_CSV_ROW, wb_csv_read(&csv, text, sizeof(text) - 1, &used));
    CHECK_INT(5, csv.offset);
    CHECK_INT(2, csv.next);
    wb_csv_begin(&csv, 5, 2, 2);
    CHECK_INT(WB_CSV_ROW, wb_csv_read(&csv, text + 5, sizeof(text) - 6, &used));
    CHECK_STR("c\r\n", wb_csv_field(&csv, 0));
    CHECK_INT(2, csv.line);
    CHECK_INT(13, csv.offset);
    wb_csv_begin(&csv, 13, 4, 2);
    CHECK_INT(WB_CSV_MORE, wb_csv_read(&csv, text + 13, sizeof(text) - 14, &used));
    CHECK_INT(WB_CSV_ROW, wb_csv_end(&csv));
    CHECK_INT(4, csv.line);
    CHECK_INT(WB_CSV_NO_ROW, wb_csv_end(&csv));
}

int
main(void)
{
    RUN(records_are_lines_of_fields);
    RUN(quotes_hold_commas_quotes_and_lines);
    RUN(a_byte_order_mark_may_stand_first);
    RUN(a_wrong_line_is_told_by_its_number);
    RUN(text_that_is_no_utf_8_is_refused);
    RUN(a_line_has_its_limit);
    RUN(it_goes_on_from_any_record);
    return DONE;
}
