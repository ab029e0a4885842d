/* SPDX-License-Identifier: Apache-2.0 */
#include "import.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "csv.h"

#define STEP_ROWS 1000
#define MARK_SIZE 200

/* A file, and how far it is read. */
struct reading {
    wb_fill    *fill;
    int         fd;
    int64_t     pass;
    int64_t     offset;   /* behind the last row that was put in */
    int32_t     line;     /* of the next */
    int         columns;  /* of the header line */
    int         place[WB_CSV_KNOWN]; /* where each column stands; -1 = nowhere */
    const char *wrong;    /* with a line; NULL = nothing */
    struct stat stat;
    size_t      at;
    size_t      len;
    char        chunk[65536];
    wb_csv      csv;
};

static pwwb_status
is_wrong(struct reading *reading, const char *why, pwwb_error *err)
{
    reading->wrong          = why;
    reading->fill->now.line = reading->csv.line;
    return wb_say(err, PWWB_E_MALFORMED, "line %d of the file: %s", (int)reading->csv.line, why);
}

static pwwb_status
open_file(struct reading *reading, const char *path, pwwb_error *err)
{
    reading->fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (reading->fd < 0 && (errno == ENOENT || errno == ENOTDIR))
        return wb_say(err, PWWB_E_NOT_FOUND, "there is no such file");
    if (reading->fd < 0 && (errno == EACCES || errno == EPERM))
        return wb_say(err, PWWB_E_PERMISSION, "the file may not be read");
    if (reading->fd < 0 || fstat(reading->fd, &reading->stat) != 0)
        return wb_refused(err, "open the file");
    return S_ISREG(reading->stat.st_mode)
               ? PWWB_OK
               : wb_say(err, PWWB_E_MALFORMED, "it is no regular file");
}

/* Which file it is, and its state: the mark's beginning. */
static void
name_file(const struct stat *s, char name[MARK_SIZE])
{
    (void)snprintf(name, MARK_SIZE, "%ju %ju %jd %jd %ld ", (uintmax_t)s->st_dev, (uintmax_t)s->st_ino,
                   (intmax_t)s->st_size, (intmax_t)s->st_mtim.tv_sec, s->st_mtim.tv_nsec);
}

static pwwb_status
read_chunk(struct reading *reading, pwwb_error *err)
{
    ssize_t len;

    do
        len = read(reading->fd, reading->chunk, sizeof(reading->chunk));
    while (len < 0 && errno == EINTR);
    reading->at  = 0;
    reading->len = len > 0 ? (size_t)len : 0;
    return len >= 0 ? PWWB_OK : wb_refused(err, "read the file");
}

/* *ret_is_row 0: the file has ended. */
static pwwb_status
next_row(struct reading *reading, int *ret_is_row, pwwb_error *err)
{
    enum wb_csv_step step = WB_CSV_MORE;
    size_t           used;
    pwwb_status      st = PWWB_OK;

    while (step == WB_CSV_MORE) {
        if (reading->at == reading->len)
            st = read_chunk(reading, err);
        if (st != PWWB_OK)
            return st;
        if (reading->len == 0)
            step = wb_csv_end(&reading->csv);
        else
            step = wb_csv_read(&reading->csv, reading->chunk + reading->at, reading->len - reading->at,
                               &used);
        reading->at += reading->len == 0 ? 0 : used;
    }
    *ret_is_row = step == WB_CSV_ROW;
    return step == WB_CSV_WRONG ? is_wrong(reading, reading->csv.wrong, err) : PWWB_OK;
}

static int
column_of(const char *name)
{
    static const char *const names[WB_CSV_KNOWN] = {
        "kind", "cloud_anchor", "source_anchor", "metaverse", "directory", "object_guid", "rules", "dn"};
    int i;

    for (i = 0; i < WB_CSV_KNOWN; i++)
        if (strcmp(name, names[i]) == 0)
            return i;
    return -1;
}

static pwwb_status
take_column(struct reading *reading, int place, pwwb_error *err)
{
    const char *name = wb_csv_field(&reading->csv, place);
    int         i    = column_of(name);
    char        why[120];

    if (i >= 0 && reading->place[i] < 0) {
        reading->place[i] = place;
        return PWWB_OK;
    }
    (void)snprintf(why, sizeof(why), "the column \"%.60s\" is %s", name, i < 0 ? "unknown" : "there twice");
    (void)is_wrong(reading, why, err);
    reading->wrong = "a column is wrong";
    return PWWB_E_MALFORMED;
}

/* Which column stands where. */
static pwwb_status
read_header(struct reading *reading, pwwb_error *err)
{
    int         i, is_row;
    pwwb_status st;

    wb_csv_begin(&reading->csv, 0, 1, 0);
    for (i = 0; i < WB_CSV_KNOWN; i++)
        reading->place[i] = -1;
    st = next_row(reading, &is_row, err);
    if (st == PWWB_OK && !is_row)
        return is_wrong(reading, "there is no header line", err);
    for (i = 0; i < reading->csv.columns && st == PWWB_OK; i++)
        st = take_column(reading, i, err);
    if (st == PWWB_OK && reading->place[WB_CSV_KIND] < 0)
        st = is_wrong(reading, "there is no column \"kind\"", err);
    reading->columns = reading->csv.columns;
    reading->offset  = reading->csv.offset;
    reading->line    = reading->csv.next;
    return st;
}

/* Where the mark says, when it is this file's: 1. */
static int
goes_on(struct reading *reading, const char *mark)
{
    char    name[MARK_SIZE];
    int64_t offset;
    int32_t line;

    name_file(&reading->stat, name);
    if (strncmp(mark, name, strlen(name)) != 0
        || sscanf(mark + strlen(name), "%" SCNd64 " %" SCNd32, &offset, &line) != 2
        || offset < reading->offset || line < 1 || lseek(reading->fd, offset, SEEK_SET) != offset)
        return 0;

    wb_csv_begin(&reading->csv, offset, line, reading->columns);
    reading->at = reading->len = 0;
    reading->offset            = offset;
    reading->line              = line;
    return 1;
}

static pwwb_status
read_mark(struct reading *reading, char mark[MARK_SIZE], pwwb_error *err)
{
    sqlite3_stmt  *sql = reading->fill->sql[WB_FILL_CSV];
    const uint8_t *p;
    size_t         len;
    int            is_row;
    pwwb_status    st = wb_fill_find(reading->fill, WB_FILL_CSV, &is_row, err);

    mark[0] = '\0';
    if (!is_row)
        return st == PWWB_OK ? wb_space_damaged(reading->fill->space, err) : st;

    p             = wb_space_octets(sql, 0, &len);
    reading->pass = sqlite3_column_int64(sql, 1);
    if (p != NULL && len < MARK_SIZE) {
        memcpy(mark, p, len);
        mark[len] = '\0';
    }
    wb_fill_rewind(reading->fill, WB_FILL_CSV);
    return st;
}

/* Go on where this file was left, or begin with it. */
static pwwb_status
open_pass(struct reading *reading, pwwb_error *err)
{
    wb_fill    *fill = reading->fill;
    char        mark[MARK_SIZE];
    pwwb_status st = read_mark(reading, mark, err);

    if (st != PWWB_OK)
        return st;

    fill->now.is_full    = 1;
    fill->now.is_resumed = !fill->options.is_full && goes_on(reading, mark);
    reading->pass += !fill->now.is_resumed;
    fill->kept = fill->now;
    fill->done = fill->now;
    return PWWB_OK;
}

static pwwb_status
keep_mark(struct reading *reading, int is_last, pwwb_error *err)
{
    char   mark[MARK_SIZE];
    size_t len;

    name_file(&reading->stat, mark);
    len = strlen(mark);
    len += (size_t)snprintf(mark + len, sizeof(mark) - len, "%" PRId64 " %" PRId32, reading->offset,
                            reading->line);
    if (!is_last)
        wb_fill_octets(reading->fill, WB_FILL_CSV_IS, 1, mark, len);
    wb_fill_number(reading->fill, WB_FILL_CSV_IS, 2, reading->pass);
    return wb_fill_do(reading->fill, WB_FILL_CSV_IS, err);
}

static pwwb_status
put_row(struct reading *reading, pwwb_error *err)
{
    const char *field[WB_CSV_KNOWN];
    const char *why = NULL;
    int         i;
    pwwb_status st;

    for (i = 0; i < WB_CSV_KNOWN; i++)
        field[i] = reading->place[i] >= 0 ? wb_csv_field(&reading->csv, reading->place[i]) : "";
    st = wb_csv_put(reading->fill, reading->pass, field, &why, err);
    if (st != PWWB_OK)
        return why != NULL ? is_wrong(reading, why, err) : st;

    reading->offset         = reading->csv.offset;
    reading->line           = reading->csv.next;
    reading->fill->now.line = reading->csv.line;
    return PWWB_OK;
}

/* Some rows; *ret_is_last 1: there are no more. */
static pwwb_status
put_rows(struct reading *reading, int *ret_is_last, pwwb_error *err)
{
    int         i, is_row = 1;
    pwwb_status st = wb_fill_begin(reading->fill, err);

    for (i = 0; i < STEP_ROWS && st == PWWB_OK && is_row; i++) {
        st = next_row(reading, &is_row, err);
        if (st == PWWB_OK && is_row)
            st = put_row(reading, err);
    }
    *ret_is_last = !is_row;
    return st;
}

/* Somebody wrote it meanwhile: what was read is no state of it. */
static pwwb_status
check_same(struct reading *reading, pwwb_error *err)
{
    struct stat now;
    char        names[2][MARK_SIZE];

    if (fstat(reading->fd, &now) != 0)
        return wb_refused(err, "look at the file");
    name_file(&reading->stat, names[0]);
    name_file(&now, names[1]);
    return strcmp(names[0], names[1]) == 0 ? PWWB_OK
                                           : is_wrong(reading, "the file was changed meanwhile", err);
}

/* What came before a wrong line is kept. */
static pwwb_status
end_step(struct reading *reading, int is_last, pwwb_status st, pwwb_error *err)
{
    wb_fill    *fill = reading->fill;
    int64_t     size = reading->stat.st_size;
    pwwb_status kept;

    if (st == PWWB_OK && is_last)
        st = check_same(reading, err);
    if (st == PWWB_OK && is_last)
        st = wb_csv_end_pass(fill, reading->pass, err);
    if (st != PWWB_OK && reading->wrong == NULL)
        return st;

    fill->now.permille = size > 0 ? (int32_t)(reading->offset * 1000 / size) : 1000;
    kept               = keep_mark(reading, is_last && st == PWWB_OK, st == PWWB_OK ? err : NULL);
    if (kept == PWWB_OK && st == PWWB_OK)
        return wb_fill_step(fill, is_last, err);
    if (kept == PWWB_OK)
        kept = wb_fill_keep(fill, NULL);
    return st != PWWB_OK ? st : kept;
}

static pwwb_status
run(struct reading *reading, pwwb_error *err)
{
    int         is_last = 0;
    pwwb_status st      = read_header(reading, err);

    if (st == PWWB_OK)
        st = open_pass(reading, err);
    if (st != PWWB_OK) {
        reading->fill->done.line = reading->fill->now.line;
        return st;
    }
    while (st == PWWB_OK && !is_last) {
        st = put_rows(reading, &is_last, err);
        st = end_step(reading, is_last, st, err);
    }
    if (st != PWWB_OK && st != PWWB_E_STOPPED)
        wb_fill_undo(reading->fill);
    return st;
}

static pwwb_status
import(wb_fill *fill, const char *path, pwwb_error *err)
{
    struct reading *reading = calloc(1, sizeof(*reading));
    pwwb_status     st;

    if (reading == NULL)
        return wb_say(err, PWWB_E_NO_MEMORY, "no memory to read a file");

    reading->fill = fill;
    st            = open_file(reading, path, err);
    if (st == PWWB_OK)
        st = run(reading, err);
    if (reading->fd >= 0)
        (void)close(reading->fd);
    free(reading);
    return st;
}

pwwb_status
pwwb_space_import_csv(pwwb_space *space, const char *path, const pwwb_import_options *options,
                      pwwb_import_result *ret_result, pwwb_error *err)
{
    wb_fill     fill;
    pwwb_status st;

    (void)pwwb_error_set(err, PWWB_OK, NULL);
    if (space == NULL || path == NULL)
        return wb_say(err, PWWB_E_INVALID_ARGUMENT, "space and path must be given");

    st = wb_fill_open(&fill, space, options, ret_result, err);
    if (st == PWWB_OK)
        st = import(&fill, path, err);
    return wb_fill_close(&fill, ret_result, st, err);
}
