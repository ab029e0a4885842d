/* SPDX-License-Identifier: Apache-2.0 */
#include "csv.h"

#include <string.h>

#define BOM "\xef\xbb\xbf"

enum state {
    RECORD, /* nothing of a record is there */
    FIELD,  /* nothing of a field is there */
    PLAIN,
    QUOTED,
    QUOTE,  /* one within quotes: of two, or the last */
    RETURN, /* a CR: an LF must follow */
    BROKEN
};

static enum wb_csv_step
wrong(wb_csv *csv, const char *why)
{
    csv->state = BROKEN;
    csv->wrong = why;
    return WB_CSV_WRONG;
}

void
wb_csv_begin(wb_csv *csv, int64_t offset, int32_t line, int expected)
{
    csv->offset   = offset;
    csv->line     = line;
    csv->next     = line;
    csv->columns  = 0;
    csv->expected = expected;
    csv->wrong    = NULL;
    csv->state    = RECORD;
    csv->owed     = 0;
    csv->len      = 0;
}

static void
owe(wb_csv *csv, int owed, uint8_t least, uint8_t most)
{
    csv->owed  = owed;
    csv->least = least;
    csv->most  = most;
}

/* Whether an octet may stand there: table 3-7 of Unicode. */
static int
is_utf8(wb_csv *csv, uint8_t c)
{
    if (csv->owed > 0) {
        int is_well = c >= csv->least && c <= csv->most;

        owe(csv, csv->owed - 1, 0x80, 0xbf);
        return is_well;
    }
    if (c >= 0xc2 && c <= 0xdf)
        owe(csv, 1, 0x80, 0xbf);
    else if (c >= 0xe0 && c <= 0xef)
        owe(csv, 2, c == 0xe0 ? 0xa0 : 0x80, c == 0xed ? 0x9f : 0xbf);
    else if (c >= 0xf0 && c <= 0xf4)
        owe(csv, 3, c == 0xf0 ? 0x90 : 0x80, c == 0xf4 ? 0x8f : 0xbf);
    else
        return c < 0x80;
    return 1;
}

static enum wb_csv_step
keep(wb_csv *csv, char c)
{
    if (csv->len == sizeof(csv->text))
        return wrong(csv, "is longer than 65536 octets");

    csv->text[csv->len++] = c;
    return WB_CSV_MORE;
}

static enum wb_csv_step
begin_field(wb_csv *csv)
{
    if (csv->columns == WB_CSV_COLUMNS)
        return wrong(csv, "has too many columns");

    csv->starts[csv->columns++] = csv->len;
    csv->state                  = FIELD;
    return WB_CSV_MORE;
}

static enum wb_csv_step
end_record(wb_csv *csv)
{
    if (keep(csv, '\0') != WB_CSV_MORE)
        return WB_CSV_WRONG;
    if (csv->expected == 0)
        csv->expected = csv->columns;
    if (csv->columns != csv->expected)
        return wrong(csv, "has another number of columns than the first line");

    csv->state = RECORD;
    return WB_CSV_ROW;
}

/* Outside of quotes. */
static enum wb_csv_step
take_plain(wb_csv *csv, char c)
{
    switch (c) {
    case ',':
        return keep(csv, '\0') == WB_CSV_MORE ? begin_field(csv) : WB_CSV_WRONG;
    case '\r':
        csv->state = RETURN;
        return WB_CSV_MORE;
    case '\n':
        return end_record(csv);
    case '"':
        if (csv->state != FIELD)
            return wrong(csv, "has a quote within a field that does not begin with one");
        csv->state = QUOTED;
        return WB_CSV_MORE;
    default:
        csv->state = PLAIN;
        return keep(csv, c);
    }
}

static enum wb_csv_step
take_quoted(wb_csv *csv, char c)
{
    if (c != '"')
        return keep(csv, c);

    csv->state = QUOTE;
    return WB_CSV_MORE;
}

static enum wb_csv_step
take_after_quote(wb_csv *csv, char c)
{
    if (c == '"') {
        csv->state = QUOTED;
        return keep(csv, c);
    }
    if (c == ',' || c == '\r' || c == '\n')
        return take_plain(csv, c);
    return wrong(csv, "goes on behind a field's last quote");
}

static enum wb_csv_step
take_by_state(wb_csv *csv, char c)
{
    switch ((enum state)csv->state) {
    case RECORD:
    case FIELD:
    case PLAIN:
        return take_plain(csv, c);
    case QUOTED:
        return take_quoted(csv, c);
    case QUOTE:
        return take_after_quote(csv, c);
    case RETURN:
        return c == '\n' ? end_record(csv) : wrong(csv, "has a CR without an LF");
    case BROKEN:
        break;
    }
    return WB_CSV_WRONG;
}

static void
begin_record(wb_csv *csv)
{
    csv->line    = csv->next;
    csv->columns = 0;
    csv->len     = 0;
    (void)begin_field(csv);
}

static void
forget_bom(wb_csv *csv)
{
    if (csv->offset != 3 || csv->len != 3 || memcmp(csv->text, BOM, 3) != 0)
        return;

    csv->state = FIELD;
    csv->len   = 0;
}

static enum wb_csv_step
take(wb_csv *csv, char c)
{
    enum wb_csv_step step;

    if (csv->state == RECORD)
        begin_record(csv);
    csv->offset++;
    if (c == '\0')
        return wrong(csv, "has a NUL");
    if (!is_utf8(csv, (uint8_t)c))
        return wrong(csv, "is no UTF-8");

    step = take_by_state(csv, c);
    if (c == '\n' && csv->next < INT32_MAX)
        csv->next++;
    forget_bom(csv);
    return step;
}

enum wb_csv_step
wb_csv_read(wb_csv *csv, const char *data, size_t len, size_t *ret_used)
{
    enum wb_csv_step step = csv->state == BROKEN ? WB_CSV_WRONG : WB_CSV_MORE;
    size_t           i;

    for (i = 0; i < len && step == WB_CSV_MORE; i++)
        step = take(csv, data[i]);
    *ret_used = i;
    return step;
}

enum wb_csv_step
wb_csv_end(wb_csv *csv)
{
    switch ((enum state)csv->state) {
    case RECORD:
        return WB_CSV_NO_ROW;
    case QUOTED:
        return wrong(csv, "begins a field with a quote that is not closed");
    case RETURN:
        return wrong(csv, "has a CR without an LF");
    case BROKEN:
        return WB_CSV_WRONG;
    case FIELD:
    case PLAIN:
    case QUOTE:
        break;
    }
    return csv->owed > 0 ? wrong(csv, "is no UTF-8") : end_record(csv);
}

const char *
wb_csv_field(const wb_csv *csv, int column)
{
    return csv->text + csv->starts[column];
}
