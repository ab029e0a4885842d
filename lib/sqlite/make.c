/* SPDX-License-Identifier: Apache-2.0 */
#include "book.h"

#include <stdlib.h>
#include <time.h>

static int64_t
system_ms(void *ctx)
{
    struct timespec now;

    (void)ctx;
    (void)clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Longer is taken while what is unknown here is zero, as everywhere in libpwwb. */
static int
is_too_new(const pwwb_clock_ops *clock)
{
    const uint8_t *p = (const uint8_t *)clock;
    size_t         i;

    for (i = sizeof(*clock); i < clock->size; i++)
        if (p[i] != 0)
            return 1;
    return 0;
}

static pwwb_status
take_clock(wb_book *book, const pwwb_clock_ops *clock, void *clock_ctx, pwwb_error *err)
{
    book->clock.wall_ms = system_ms;
    book->clock_ctx     = clock_ctx;
    if (clock == NULL)
        return PWWB_OK;
    if (clock->size < sizeof(*clock) || is_too_new(clock))
        return wb_book_say(err, PWWB_E_ABI, "a clock of size %zu does not fit this library",
                           clock->size);
    if (clock->wall_ms == NULL || clock->monotonic_ms == NULL)
        return wb_book_say(err, PWWB_E_INVALID_ARGUMENT, "a clock must tell both times");

    book->clock = *clock;
    return PWWB_OK;
}

static pwwb_status
make(wb_book *book, const char *path, pwwb_journal **ret_journal, pwwb_error *err)
{
    pwwb_status st = wb_book_prepare(path, err);

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
        return wb_book_say(err, PWWB_E_INVALID_ARGUMENT, "path and ret_journal must be given");

    book = calloc(1, sizeof(*book));
    if (book == NULL)
        return wb_book_say(err, PWWB_E_NO_MEMORY, "no memory for a journal");

    st = take_clock(book, clock, clock_ctx, err);
    if (st == PWWB_OK)
        st = make(book, path, ret_journal, err);
    if (st != PWWB_OK)
        free(book);
    return st;
}
