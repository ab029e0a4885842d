/* SPDX-License-Identifier: Apache-2.0 */
#include "book.h"

#include <stdlib.h>
#include <string.h>

#define DIGEST_SIZE 32

static const uint8_t nobody[PWWB_ID_SIZE];

static void
bind_octets(wb_book *book, enum wb_sql which, int place, const uint8_t *p, size_t len)
{
    (void)sqlite3_bind_blob64(book->sql[which], place, p, len, SQLITE_STATIC);
}

static void
bind_number(wb_book *book, enum wb_sql which, int place, int64_t number)
{
    (void)sqlite3_bind_int64(book->sql[which], place, number);
}

/* Run a statement to its end; SQLITE_ROW = it stands at its first row, and wb_rewind() is due. */
static int
step(wb_book *book, enum wb_sql which)
{
    int rc = sqlite3_step(book->sql[which]);

    if (rc == SQLITE_ROW)
        return rc;
    (void)sqlite3_reset(book->sql[which]);
    return rc == SQLITE_DONE ? SQLITE_OK : rc;
}

/* What it was given is the caller's. */
static void
rewind_all(wb_book *book)
{
    int i;

    for (i = 0; i < WB_SQL_COUNT; i++) {
        (void)sqlite3_reset(book->sql[i]);
        (void)sqlite3_clear_bindings(book->sql[i]);
    }
}

/* One change at a time, of all that share the file. */
static pwwb_status
begin(wb_book *book, pwwb_error *err)
{
    pwwb_status st = wb_database_check_process(&book->base, err);
    int         rc;

    if (st != PWWB_OK)
        return st;
    if (!sqlite3_get_autocommit(book->base.db)) /* the disk failed when it was to be taken back */
        (void)step(book, WB_SQL_ROLLBACK);
    rc = step(book, WB_SQL_BEGIN);
    if (rc != SQLITE_OK)
        return wb_database_failed(&book->base, rc, "lock", err);

    if (!wb_database_has_moved(&book->base))
        return PWWB_OK;

    (void)step(book, WB_SQL_ROLLBACK);
    return wb_say(err, PWWB_E_SYSTEM,
                       "the journal was moved or removed: bring it back, or restart all agents");
}

/* What was done stands on the disk, or nothing was done. */
static pwwb_status
end(wb_book *book, pwwb_status st, pwwb_error *err)
{
    int rc = SQLITE_OK;

    rewind_all(book);
    if (st == PWWB_OK)
        rc = step(book, WB_SQL_COMMIT);
    if (rc != SQLITE_OK)
        st = wb_database_failed(&book->base, rc, "write", err);
    if (!sqlite3_get_autocommit(book->base.db))
        (void)step(book, WB_SQL_ROLLBACK);
    return st;
}

/* Whether there is an entry: then FIND stands at it. */
static pwwb_status
find(wb_book *book, const uint8_t *cti, int *ret_is_there, pwwb_error *err)
{
    int rc;

    bind_octets(book, WB_SQL_FIND, 1, cti, PWWB_ID_SIZE);
    rc            = step(book, WB_SQL_FIND);
    *ret_is_there = rc == SQLITE_ROW;
    return rc == SQLITE_ROW || rc == SQLITE_OK ? PWWB_OK
                                               : wb_database_failed(&book->base, rc, "read", err);
}

/* Octets of a column of FIND; NULL when there are none or, unless `len` is 0, not so many. */
static const uint8_t *
column(wb_book *book, int place, size_t len)
{
    const uint8_t *p = sqlite3_column_blob(book->sql[WB_SQL_FIND], place);
    size_t         n = (size_t)sqlite3_column_bytes(book->sql[WB_SQL_FIND], place);

    return n > 0 && (len == 0 || n == len) ? p : NULL;
}

static int
is_recorded(wb_book *book)
{
    return sqlite3_column_type(book->sql[WB_SQL_FIND], 1) != SQLITE_NULL;
}

static int
is_finished(wb_book *book)
{
    return sqlite3_column_type(book->sql[WB_SQL_FIND], 3) != SQLITE_NULL;
}

/* An entry that has its reply, or not yet. */
static pwwb_status
show(wb_book *book, uint8_t *reply, size_t reply_size, pwwb_journal_entry *ret_entry, pwwb_error *err)
{
    const uint8_t *guid = column(book, 1, PWWB_ID_SIZE);
    const uint8_t *kept = column(book, 3, 0);
    size_t         len  = (size_t)sqlite3_column_bytes(book->sql[WB_SQL_FIND], 3);

    if ((is_recorded(book) && guid == NULL) || (is_finished(book) && kept == NULL))
        return wb_database_failed(&book->base, SQLITE_CORRUPT, "read", err);
    if (len > reply_size)
        return wb_say(err, PWWB_E_BUFFER_TOO_SMALL, "the reply needs %zu octets", len);

    memcpy(ret_entry->guid, guid != NULL ? guid : nobody, PWWB_ID_SIZE);
    ret_entry->password_last_set_ms = guid != NULL
                                          ? sqlite3_column_int64(book->sql[WB_SQL_FIND], 2)
                                          : -1;
    ret_entry->state                = PWWB_ENTRY_RUNNING;
    if (kept != NULL) {
        ret_entry->state     = PWWB_ENTRY_DONE;
        ret_entry->reply_len = len;
        memcpy(reply, kept, len);
    }
    return PWWB_OK;
}

/* What is over makes room, a little at a time: nobody waits for a great tidying. */
static pwwb_status
claim_new(wb_book *book, const uint8_t *cti, const uint8_t *digest, int64_t expires_ms,
          int64_t now_ms, pwwb_error *err)
{
    int rc;

    bind_number(book, WB_SQL_SWEEP, 1, now_ms);
    bind_octets(book, WB_SQL_CLAIM, 1, cti, PWWB_ID_SIZE);
    bind_octets(book, WB_SQL_CLAIM, 2, digest, DIGEST_SIZE);
    bind_number(book, WB_SQL_CLAIM, 3, expires_ms);
    rc = step(book, WB_SQL_SWEEP);
    if (rc == SQLITE_OK)
        rc = step(book, WB_SQL_CLAIM);
    return rc == SQLITE_OK ? PWWB_OK : wb_database_failed(&book->base, rc, "write", err);
}

/* When the disk is full it has looked all the same, and nothing is claimed. */
static pwwb_status
full_at_last(pwwb_status st, pwwb_error *err)
{
    return st == PWWB_E_NO_SPACE
               ? wb_say(err, PWWB_E_FULL, "the journal's disk is full: free some space")
               : st;
}

static pwwb_status
claim(void *ctx, const uint8_t *cti, const uint8_t *digest, int64_t expires_ms, uint8_t *reply,
      size_t reply_size, pwwb_journal_entry *ret_entry, pwwb_error *err)
{
    wb_book       *book   = ctx;
    int64_t        now_ms = book->clock.wall_ms(book->clock_ctx); /* a callback: without the lock */
    const uint8_t *known;
    int            is_there;
    pwwb_status    st;

    ret_entry->since_ms = book->since_ms;
    st                  = begin(book, err);
    if (st != PWWB_OK)
        return st;

    st = find(book, cti, &is_there, err);
    if (st != PWWB_OK)
        return end(book, st, err);
    if (!is_there) {
        ret_entry->state = PWWB_ENTRY_NEW;
        st               = claim_new(book, cti, digest, expires_ms, now_ms, err);
        return full_at_last(end(book, st, err), err);
    }

    known = column(book, 0, DIGEST_SIZE);
    if (known == NULL)
        st = wb_database_failed(&book->base, SQLITE_CORRUPT, "read", err);
    else if (memcmp(known, digest, DIGEST_SIZE) != 0)
        ret_entry->state = PWWB_ENTRY_REPLAY;
    else
        st = show(book, reply, reply_size, ret_entry, err);
    return end(book, st, err);
}

/* Nothing but what runs is changed, and a claim is only taken back before anything is recorded. */
static pwwb_status
change(wb_book *book, enum wb_sql which, const uint8_t *cti, pwwb_error *err)
{
    int         is_there = 0, rc;
    pwwb_status st       = begin(book, err);

    if (st == PWWB_OK)
        st = find(book, cti, &is_there, err);
    if (st == PWWB_OK && !is_there)
        st = wb_say(err, PWWB_E_NOT_FOUND, "the request was not claimed, or is forgotten");
    else if (st == PWWB_OK && is_finished(book))
        st = wb_say(err, PWWB_E_STATE, "the request is finished");
    else if (st == PWWB_OK && which == WB_SQL_RELEASE && is_recorded(book))
        st = wb_say(err, PWWB_E_STATE, "an account was recorded: it may have been written");
    if (st != PWWB_OK)
        return end(book, st, err);

    (void)sqlite3_reset(book->sql[WB_SQL_FIND]);
    bind_octets(book, which, 1, cti, PWWB_ID_SIZE);
    rc = step(book, which);
    if (rc != SQLITE_OK)
        st = wb_database_failed(&book->base, rc, "write", err);
    return full_at_last(end(book, st, err), err);
}

static pwwb_status
record(void *ctx, const uint8_t *cti, const uint8_t *guid, int64_t password_last_set_ms,
       int64_t issued_s, pwwb_error *err)
{
    wb_book *book = ctx;

    bind_octets(book, WB_SQL_RECORD, 2, guid, PWWB_ID_SIZE);
    bind_number(book, WB_SQL_RECORD, 3, password_last_set_ms);
    bind_number(book, WB_SQL_RECORD, 4, issued_s);
    return change(book, WB_SQL_RECORD, cti, err);
}

static pwwb_status
finish(void *ctx, const uint8_t *cti, const uint8_t *reply, size_t reply_len,
       int64_t password_last_set_ms, pwwb_error *err)
{
    wb_book *book = ctx;

    if (reply_len == 0)
        return wb_say(err, PWWB_E_INVALID_ARGUMENT, "there is no reply to keep");

    bind_octets(book, WB_SQL_FINISH, 2, reply, reply_len);
    bind_number(book, WB_SQL_FINISH, 3, password_last_set_ms);
    return change(book, WB_SQL_FINISH, cti, err);
}

static pwwb_status
release(void *ctx, const uint8_t *cti, pwwb_error *err)
{
    return change(ctx, WB_SQL_RELEASE, cti, err);
}

/* It reads what is finished, and waits for nobody. */
static pwwb_status
lookup(void *ctx, const uint8_t *guid, int64_t password_last_set_ms, int64_t issued_s,
       int32_t *ret_ours, pwwb_error *err)
{
    wb_book    *book = ctx;
    int         rc;
    pwwb_status st;

    *ret_ours = 0;
    if (password_last_set_ms < 0)
        return PWWB_OK;
    st = wb_database_check_process(&book->base, err);
    if (st != PWWB_OK)
        return st;

    bind_octets(book, WB_SQL_LOOKUP, 1, guid, PWWB_ID_SIZE);
    bind_number(book, WB_SQL_LOOKUP, 2, password_last_set_ms);
    bind_number(book, WB_SQL_LOOKUP, 3, issued_s);
    rc        = step(book, WB_SQL_LOOKUP);
    *ret_ours = rc == SQLITE_ROW;
    rewind_all(book);
    return rc == SQLITE_ROW || rc == SQLITE_OK ? PWWB_OK
                                               : wb_database_failed(&book->base, rc, "read", err);
}

static void
destroy(void *ctx)
{
    wb_book_close(ctx);
    free(ctx);
}

const pwwb_journal_ops wb_book_ops = {
    .size    = sizeof(pwwb_journal_ops),
    .claim   = claim,
    .record  = record,
    .finish  = finish,
    .lookup  = lookup,
    .destroy = destroy,
    .release = release,
};
