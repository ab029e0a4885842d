/* SPDX-License-Identifier: Apache-2.0 */
#include "import.h"

#include <string.h>
#include <time.h>

#include "structs.h"

#define STEP_MS       60000
#define MOST_REMOVED  500 /* as Azure AD Connect has it */
#define GROUP_LEAST   500 /* objects or rows of a transaction, when they come fast */
#define GROUP_MOST    100000
#define GROUP_MS      3000
#define LEAST_OPTIONS WB_STRUCT_UP_TO(pwwb_import_options, progress_ctx)
#define LEAST_RESULT  WB_STRUCT_UP_TO(pwwb_import_result, line)

/* Fewer checkpoints, each of more pages: what is written is the keys' pages, which are all over the file. */
static const char settings[] = "PRAGMA wal_autocheckpoint = 50000; PRAGMA cache_size = -131072";

static int64_t
monotonic_ms(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static pwwb_status
take_options(wb_fill *fill, const pwwb_import_options *options, pwwb_error *err)
{
    pwwb_status st = PWWB_OK;

    if (options != NULL)
        st = wb_struct_take(&fill->options, sizeof(fill->options), LEAST_OPTIONS, options, "options",
                            err);
    if (st == PWWB_OK && (fill->options.step_ms < 0 || fill->options.most_removed < -1))
        st = wb_say(err, PWWB_E_INVALID_ARGUMENT, "step_ms is 0 or more, and most_removed -1 or more");
    if (fill->options.step_ms == 0)
        fill->options.step_ms = STEP_MS;
    if (fill->options.most_removed == 0)
        fill->options.most_removed = MOST_REMOVED;
    return st;
}

static pwwb_status
prepare_all(wb_fill *fill, pwwb_error *err)
{
    pwwb_status st = PWWB_OK;
    int         i;

    for (i = 0; i < WB_FILL_SQL_COUNT && st == PWWB_OK; i++)
        st = wb_space_prepare(fill->space, wb_fill_texts[i], &fill->sql[i], err);
    return st;
}

static pwwb_status
tell(const wb_fill *fill, pwwb_import_result *ret_result, pwwb_error *err)
{
    return ret_result == NULL ? PWWB_OK
                              : wb_struct_give(ret_result, LEAST_RESULT, &fill->done,
                                               sizeof(fill->done), "ret_result", err);
}

pwwb_status
wb_fill_open(wb_fill *fill, pwwb_space *space, const pwwb_import_options *options,
             pwwb_import_result *ret_result, pwwb_error *err)
{
    pwwb_status st;

    memset(fill, 0, sizeof(*fill));
    fill->space     = space;
    fill->lock      = -1;
    fill->now.size  = sizeof(fill->now);
    fill->kept      = fill->now;
    fill->done      = fill->now;
    st              = tell(fill, ret_result, err);
    if (st == PWWB_OK)
        st = take_options(fill, options, err);
    if (st == PWWB_OK)
        st = wb_space_enter(space, 1, WB_DATABASE_WAIT_MS, err);
    if (st == PWWB_OK)
        st = wb_fill_lock(space->path, &fill->lock, err);
    if (st == PWWB_OK)
        st = wb_space_run(space, settings, "settle", err);
    return st == PWWB_OK ? prepare_all(fill, err) : st;
}

/* As a sync engine does, whose account may have lost its rights: nobody could reset a password any more. */
pwwb_status
wb_fill_removes(wb_fill *fill, pwwb_error *err)
{
    int32_t most = fill->options.most_removed;

    fill->now.removed++;
    if (most < 0 || fill->now.removed <= (uint64_t)most)
        return PWWB_OK;

    return wb_say(err, PWWB_E_STATE,
                  "more than %d objects would be removed: if they are gone indeed, allow it; else see what "
                  "the account may read, or the file lacks, and read all anew",
                  (int)most);
}

/* What is kept so far stands in the file; a dry run is one transaction to its end. */
static pwwb_status
commit(wb_fill *fill, pwwb_error *err)
{
    pwwb_status st = PWWB_OK;

    if (!fill->options.is_dry_run && fill->is_begun) {
        st             = wb_space_commit(fill->space, err);
        fill->is_begun = 0;
    }
    if (st == PWWB_OK)
        fill->done = fill->kept;
    return st;
}

/* What the import wrote goes from PATH-wal into the file, unless somebody reads just now: then the next one does it. */
static void
tidy(wb_fill *fill)
{
    fill->space->base.wait_ms = 0;
    if (fill->done.told > 0 && !fill->options.is_dry_run)
        (void)wb_space_run(fill->space, "PRAGMA wal_checkpoint(TRUNCATE)", "tidy", NULL);
    fill->space->base.wait_ms = WB_DATABASE_WAIT_MS;
    (void)wb_space_run(fill->space, wb_space_kind.settings, "settle", NULL);
}

pwwb_status
wb_fill_close(wb_fill *fill, pwwb_import_result *ret_result, pwwb_status st, pwwb_error *err)
{
    pwwb_status last = PWWB_OK;
    int         i;

    for (i = 0; i < WB_FILL_SQL_COUNT; i++)
        (void)sqlite3_finalize(fill->sql[i]);
    if (fill->is_begun) /* steps went well before one failed */
        last = commit(fill, st == PWWB_OK ? err : NULL);
    if (fill->is_begun)
        wb_space_rollback(fill->space);
    if (fill->lock >= 0)
        tidy(fill);
    wb_fill_unlock(fill->lock);
    if (st == PWWB_OK)
        st = last;
    return st != PWWB_E_ABI && tell(fill, ret_result, err) != PWWB_OK ? PWWB_E_ABI : st;
}

static pwwb_status
begin_transaction(wb_fill *fill, pwwb_error *err)
{
    pwwb_status st = wb_space_begin(fill->space, err);

    fill->is_begun = st == PWWB_OK;
    fill->begun_ms = monotonic_ms();
    return st == PWWB_OK ? wb_put_rules(fill, WB_RULES_CONTACT, &fill->contacts, err) : st;
}

pwwb_status
wb_fill_begin(wb_fill *fill, pwwb_error *err)
{
    pwwb_status st = PWWB_OK;

    if (fill->is_step)
        return PWWB_OK;

    if (!fill->is_begun)
        st = begin_transaction(fill, err);
    if (st == PWWB_OK)
        st = wb_space_run(fill->space, "SAVEPOINT step", "write", err);
    fill->is_step = st == PWWB_OK;
    return st;
}

/* Small steps share a transaction: each page is written once for all of them, and the more there is the more pages
 * there are. */
static int
is_enough(const wb_fill *fill)
{
    uint64_t most = fill->done.told < GROUP_LEAST ? GROUP_LEAST : fill->done.told;

    return fill->kept.told - fill->done.told >= (most < GROUP_MOST ? most : GROUP_MOST)
           || monotonic_ms() - fill->begun_ms >= GROUP_MS;
}

pwwb_status
wb_fill_keep(wb_fill *fill, pwwb_error *err)
{
    pwwb_status st = wb_space_run(fill->space, "RELEASE step", "write", err);

    if (st != PWWB_OK)
        return st;

    fill->is_step = 0;
    fill->kept    = fill->now;
    return PWWB_OK;
}

pwwb_status
wb_fill_step(wb_fill *fill, int is_last, pwwb_error *err)
{
    pwwb_status st   = wb_fill_keep(fill, err);
    pwwb_status over = PWWB_OK;

    if (st != PWWB_OK)
        return st;

    if (fill->options.is_dry_run || is_last || is_enough(fill))
        st = commit(fill, err);
    if (st == PWWB_OK && fill->options.progress != NULL)
        over = fill->options.progress(fill->options.progress_ctx, &fill->kept);
    if (pwwb_status_class(over) == PWWB_CLASS_CALLBACK) /* or a number that is none */
        over = PWWB_E_CALLBACK;
    if (st != PWWB_OK || over == PWWB_OK || is_last)
        return st;

    st = commit(fill, err);
    return st == PWWB_OK ? wb_say(err, over, "the import was stopped; the next one goes on from here") : st;
}

void
wb_fill_undo(wb_fill *fill)
{
    int i;

    for (i = 0; i < WB_FILL_SQL_COUNT; i++)
        wb_space_rewind(fill->sql[i]);
    if (fill->is_step)
        (void)wb_space_run(fill->space, "ROLLBACK TO step; RELEASE step", "write", NULL);
    fill->is_step = 0;
    if (sqlite3_get_autocommit(fill->space->base.db)) { /* SQLite took all of it back */
        fill->is_begun = 0;
        fill->kept     = fill->done;
    }
    fill->now = fill->kept;
}

void
wb_fill_number(wb_fill *fill, enum wb_fill_sql which, int place, int64_t number)
{
    (void)sqlite3_bind_int64(fill->sql[which], place, number);
}

void
wb_fill_octets(wb_fill *fill, enum wb_fill_sql which, int place, const void *p, size_t len)
{
    (void)sqlite3_bind_blob64(fill->sql[which], place, p, len, SQLITE_STATIC);
}

void
wb_fill_guid(wb_fill *fill, enum wb_fill_sql which, int place, const uint8_t *guid)
{
    wb_fill_octets(fill, which, place, guid, PWWB_ID_SIZE);
}

void
wb_fill_text(wb_fill *fill, enum wb_fill_sql which, int place, const char *text)
{
    (void)sqlite3_bind_text(fill->sql[which], place, text, -1, SQLITE_STATIC);
}

pwwb_status
wb_fill_do(wb_fill *fill, enum wb_fill_sql which, pwwb_error *err)
{
    return wb_space_do(fill->space, fill->sql[which], err);
}

pwwb_status
wb_fill_find(wb_fill *fill, enum wb_fill_sql which, int *ret_is_row, pwwb_error *err)
{
    pwwb_status st = wb_space_step(fill->space, fill->sql[which], ret_is_row, "read", err);

    if (!*ret_is_row)
        wb_fill_rewind(fill, which);
    return st;
}

pwwb_status
wb_fill_ask(wb_fill *fill, enum wb_fill_sql which, int64_t *ret_number, pwwb_error *err)
{
    int         is_row;
    pwwb_status st = wb_fill_find(fill, which, &is_row, err);

    *ret_number = is_row ? sqlite3_column_int64(fill->sql[which], 0) : 0;
    wb_fill_rewind(fill, which);
    return st;
}

pwwb_status
wb_fill_name(wb_fill *fill, enum wb_fill_sql find, enum wb_fill_sql make, const char *text,
             int64_t *ret_number, pwwb_error *err)
{
    pwwb_status st;

    wb_fill_text(fill, find, 1, text);
    st = wb_fill_ask(fill, find, ret_number, err);
    if (st != PWWB_OK || *ret_number != 0)
        return st;

    wb_fill_text(fill, make, 1, text);
    st          = wb_fill_do(fill, make, err);
    *ret_number = wb_fill_last(fill);
    return st;
}

void
wb_fill_rewind(wb_fill *fill, enum wb_fill_sql which)
{
    wb_space_rewind(fill->sql[which]);
}

int64_t
wb_fill_last(const wb_fill *fill)
{
    return sqlite3_last_insert_rowid(fill->space->base.db);
}
