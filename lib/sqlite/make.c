/* SPDX-License-Identifier: Apache-2.0 */
#include "book.h"

#include <stdlib.h>
#include <time.h>

#include "structs.h"

static int64_t
system_ms(void *ctx)
{
    struct timespec now;

    (void)ctx;
    (void)clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static pwwb_status
take_clock(wb_book *book, const pwwb_clock_ops *clock, void *clock_ctx, pwwb_error *err)
{
    pwwb_clock_ops ours = {.wall_ms = system_ms};
    pwwb_status    st   = PWWB_OK;

    if (clock != NULL)
        st = wb_struct_take(&ours, sizeof(ours), sizeof(ours), clock, "a clock", err);
    if (st != PWWB_OK)
        return st;
    if (clock != NULL && (ours.wall_ms == NULL || ours.monotonic_ms == NULL))
        return wb_say(err, PWWB_E_INVALID_ARGUMENT, "a clock must tell both times");

    book->clock     = ours;
    book->clock_ctx = clock_ctx;
    return PWWB_OK;
}

static pwwb_status
make(wb_book *book, const char *path, pwwb_journal **ret_journal, pwwb_error *err)
{
    pwwb_status st = wb_database_prepare(&wb_book_kind, path, 1, err);

    if (st == PWWB_OK)
        st = wb_book_open(book, path, err);
    if (st != PWWB_OK)
        return st;

    st = pwwb_journal_new(&wb_book_ops, book, ret_journal, err);
    if (st != PWWB_OK)
        wb_book_close(book);
    return st;
}

pwwb_status
pwwb_journal_new_sqlite(const char *path, const pwwb_clock_ops *clock, void *clock_ctx,
                        pwwb_journal **ret_journal, pwwb_error *err)
{
    wb_book    *book;
    pwwb_status st;

    (void)pwwb_error_set(err, PWWB_OK, NULL);
    if (ret_journal != NULL)
        *ret_journal = NULL;
    if (path == NULL || ret_journal == NULL)
        return wb_say(err, PWWB_E_INVALID_ARGUMENT, "path and ret_journal must be given");

    book = calloc(1, sizeof(*book));
    if (book == NULL)
        return wb_say(err, PWWB_E_NO_MEMORY, "no memory for a journal");

    st = take_clock(book, clock, clock_ctx, err);
    if (st == PWWB_OK)
        st = make(book, path, ret_journal, err);
    if (st != PWWB_OK)
        free(book);
    return st;
}
