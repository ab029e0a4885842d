/* SPDX-License-Identifier: Apache-2.0 */
#include "import.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

/* A pass over one directory, as its row has it. */
struct pass {
    wb_fill        *fill;
    const char     *name;
    pwwb_directory *directory;
    int64_t         id; /* 0 = there is no row yet */
    int64_t         number;
    int             is_under_way;
    pwwb_status     failed; /* what kept us from taking an object */
    uint64_t        told;   /* before this step */
    size_t          mark_len; /* 0 = none */
    uint8_t         mark[PWWB_MARK_MAX];
    uint8_t         next[PWWB_MARK_MAX];
};

static int64_t
now_ms(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Its links came with a file: whose are they? */
static pwwb_status
check_empty(struct pass *pass, pwwb_error *err)
{
    int64_t     has;
    pwwb_status st;

    if (pass->id == 0 || pass->number != 0)
        return PWWB_OK;

    wb_fill_number(pass->fill, WB_FILL_HAS_OBJECTS, 1, pass->id);
    st = wb_fill_ask(pass->fill, WB_FILL_HAS_OBJECTS, &has, err);
    return st == PWWB_OK && has != 0
               ? wb_say(err, PWWB_E_STATE,
                        "the links of this directory came from a CSV file: import one without them "
                        "first")
               : st;
}

static pwwb_status
read_row(struct pass *pass, pwwb_error *err)
{
    sqlite3_stmt  *row = pass->fill->sql[WB_FILL_DIRECTORY];
    const uint8_t *mark;
    int            is_row;
    pwwb_status    st;

    wb_fill_text(pass->fill, WB_FILL_DIRECTORY, 1, pass->name);
    st = wb_fill_find(pass->fill, WB_FILL_DIRECTORY, &is_row, err);
    if (!is_row)
        return st;

    pass->id           = sqlite3_column_int64(row, 0);
    pass->number       = sqlite3_column_int64(row, 2);
    pass->is_under_way = sqlite3_column_int(row, 3) != 0;
    mark               = wb_space_octets(row, 1, &pass->mark_len);
    if (pass->mark_len > PWWB_MARK_MAX)
        st = wb_space_damaged(pass->fill->space, err);
    else if (mark != NULL)
        memcpy(pass->mark, mark, pass->mark_len);
    wb_fill_rewind(pass->fill, WB_FILL_DIRECTORY);
    return st;
}

/* Go on with the pass that was interrupted, or begin one. */
static pwwb_status
open_pass(struct pass *pass, pwwb_error *err)
{
    pwwb_import_result *now = &pass->fill->now;
    pwwb_status         st  = read_row(pass, err);

    if (st == PWWB_OK)
        st = check_empty(pass, err);
    if (pass->fill->options.is_full)
        pass->mark_len = 0;
    now->is_full    = pass->mark_len == 0;
    now->is_resumed = pass->is_under_way && pass->mark_len > 0;
    if (!now->is_resumed)
        pass->number++;
    pass->fill->kept = *now;
    pass->fill->done = *now;
    return st;
}

/* The step's transaction begins with what it is first told, not while the directory is waited for. */
static pwwb_status
begin(struct pass *pass, pwwb_error *err)
{
    int         is_begun = pass->fill->is_step;
    pwwb_status st       = wb_fill_begin(pass->fill, err);

    if (st == PWWB_OK && !is_begun)
        st = wb_join_mails(pass->fill, err);
    return st == PWWB_OK && pass->id == 0 ? wb_put_directory(pass->fill, pass->name, &pass->id, err)
                                          : st;
}

static pwwb_status
take(void *ctx, const pwwb_object *object, pwwb_error *err)
{
    struct pass *pass = ctx;

    pass->failed = begin(pass, err);
    if (pass->failed == PWWB_OK)
        pass->failed = wb_put(pass->fill, pass->id, pass->number, object, err);
    return pass->failed;
}

/* The mark is kept together with what was told. */
static pwwb_status
keep_mark(struct pass *pass, const pwwb_pass *told, pwwb_error *err)
{
    wb_fill *fill = pass->fill;
    int64_t  now  = now_ms();

    wb_fill_number(fill, WB_FILL_MARK, 1, pass->id);
    wb_fill_octets(fill, WB_FILL_MARK, 2, told->mark, told->mark_len);
    wb_fill_number(fill, WB_FILL_MARK, 3, pass->number);
    wb_fill_number(fill, WB_FILL_MARK, 4, !told->is_last);
    if (told->is_last && told->is_whole)
        wb_fill_number(fill, WB_FILL_MARK, 5, now);
    if (told->is_last)
        wb_fill_number(fill, WB_FILL_MARK, 6, now);
    return wb_fill_do(fill, WB_FILL_MARK, err);
}

/* A directory that tells nothing and does not move would be asked for ever. */
static pwwb_status
check_moves(const struct pass *pass, const pwwb_pass *told, pwwb_error *err)
{
    int is_same = told->mark_len == pass->mark_len
                  && memcmp(told->mark, pass->mark, told->mark_len) == 0;

    return !told->is_last && is_same && pass->fill->now.told == pass->told
               ? wb_say(err, PWWB_E_CALLBACK, "the directory tells nothing, and where it stood before")
               : PWWB_OK;
}

static pwwb_status
end_step(struct pass *pass, const pwwb_pass *told, pwwb_error *err)
{
    wb_fill    *fill = pass->fill;
    pwwb_status st   = check_moves(pass, told, err);

    if (st == PWWB_OK)
        st = begin(pass, err);
    if (st == PWWB_OK && told->is_last && told->is_whole)
        st = wb_put_end(fill, pass->id, pass->number, err);
    if (st == PWWB_OK)
        st = keep_mark(pass, told, err);
    if (st != PWWB_OK)
        return st;

    fill->now.is_full  = told->is_whole;
    fill->now.permille = told->is_last ? 1000 : told->permille;
    st                 = wb_fill_step(fill, told->is_last, err);
    memcpy(pass->mark, told->mark, told->mark_len);
    pass->mark_len = told->mark_len;
    return st;
}

/* The mark is not this directory's: all over. */
static int
begins_anew(struct pass *pass, pwwb_status st)
{
    if (st != PWWB_E_MALFORMED || pass->failed != PWWB_OK || pass->mark_len == 0)
        return 0;

    wb_fill_undo(pass->fill);
    pass->number++;
    pass->mark_len             = 0;
    pass->fill->now.is_full    = 1;
    pass->fill->now.is_resumed = 0;
    pass->fill->kept           = pass->fill->now;
    return 1;
}

static pwwb_status
step(struct pass *pass, int *ret_is_last, pwwb_error *err)
{
    pwwb_pass   told = {.size = sizeof(told), .mark = pass->next};
    int64_t     id   = pass->id;
    pwwb_status st;

    pass->told   = pass->fill->now.told;
    pass->failed = PWWB_OK;
    st           = pwwb_directory_changes(pass->directory, pass->mark_len > 0 ? pass->mark : NULL,
                                          pass->mark_len, pass->fill->options.step_ms, take, pass,
                                          &told, err);
    if (begins_anew(pass, st)) {
        pass->id = id;
        return PWWB_OK;
    }
    *ret_is_last = told.is_last;
    if (st == PWWB_OK)
        st = end_step(pass, &told, err);
    if (st != PWWB_OK && st != PWWB_E_STOPPED)
        wb_fill_undo(pass->fill);
    return st;
}

static pwwb_status
run(struct pass *pass, pwwb_error *err)
{
    int         is_last = 0;
    pwwb_status st      = open_pass(pass, err);

    while (st == PWWB_OK && !is_last)
        st = step(pass, &is_last, err);
    return st;
}

static pwwb_status
import(wb_fill *fill, const char *name, pwwb_directory *directory, pwwb_error *err)
{
    struct pass *pass = calloc(1, sizeof(*pass));
    pwwb_status  st;

    if (pass == NULL)
        return wb_say(err, PWWB_E_NO_MEMORY, "no memory for a pass");

    pass->fill      = fill;
    pass->name      = name;
    pass->directory = directory;
    st              = run(pass, err);
    free(pass);
    return st;
}

pwwb_status
pwwb_space_import(pwwb_space *space, const char *name, pwwb_directory *directory,
                  const pwwb_import_options *options, pwwb_import_result *ret_result,
                  pwwb_error *err)
{
    wb_fill     fill;
    pwwb_status st;

    (void)pwwb_error_set(err, PWWB_OK, NULL);
    if (space == NULL || name == NULL || directory == NULL)
        return wb_say(err, PWWB_E_INVALID_ARGUMENT, "space, name and directory must be given");
    if (name[0] == '\0' || strnlen(name, PWWB_DIRECTORY_NAME_SIZE) == PWWB_DIRECTORY_NAME_SIZE)
        return wb_say(err, PWWB_E_INVALID_ARGUMENT, "a directory's name has 1 to 63 octets");

    st = wb_fill_open(&fill, space, options, ret_result, err);
    if (st == PWWB_OK)
        st = import(&fill, name, directory, err);
    return wb_fill_close(&fill, ret_result, st, err);
}
