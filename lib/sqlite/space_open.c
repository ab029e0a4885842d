/* SPDX-License-Identifier: Apache-2.0 */
#include "space.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Who writes touches pages all over the file; who reads has many beside him, and the system's cache. */
static const char writers_cache[] = "PRAGMA cache_size = -65536";
static const char readers_cache[] = "PRAGMA cache_size = -8192; PRAGMA query_only = 1";

static void
close_it(pwwb_space *space)
{
    if (space->base.db == NULL || space->base.pid != getpid())
        return;

    wb_space_forget(space);
    wb_database_close(&space->base);
}

static pwwb_status
open_it(pwwb_space *space, const char *path, pwwb_error *err)
{
    int         is_to_write = space->mode == PWWB_SPACE_WRITE;
    pwwb_status st          = wb_database_prepare(&wb_space_kind, path, is_to_write, err);

    if (st == PWWB_OK)
        st = wb_database_open(&space->base, &wb_space_kind, path, is_to_write, err);
    if (st != PWWB_OK)
        return st;

    st = wb_space_run(space, is_to_write ? writers_cache : readers_cache, "open", err);
    if (st == PWWB_OK)
        st = wb_space_remember(space, err);
    if (st != PWWB_OK)
        close_it(space);
    return st;
}

/* Whatever the host's folder is later. */
static pwwb_status
keep_path(pwwb_space *space, pwwb_error *err)
{
    space->path = strdup(sqlite3_db_filename(space->base.db, "main"));
    return space->path != NULL ? PWWB_OK : wb_say(err, PWWB_E_NO_MEMORY, "no memory for a space");
}

pwwb_status
pwwb_space_open(const char *path, int32_t mode, pwwb_space **ret_space, pwwb_error *err)
{
    pwwb_space *space;
    pwwb_status st;

    (void)pwwb_error_set(err, PWWB_OK, NULL);
    if (ret_space != NULL)
        *ret_space = NULL;
    if (path == NULL || ret_space == NULL || (mode != PWWB_SPACE_READ && mode != PWWB_SPACE_WRITE))
        return wb_say(err, PWWB_E_INVALID_ARGUMENT,
                      "path, ret_space and one of the modes must be given");

    space = calloc(1, sizeof(*space));
    if (space == NULL)
        return wb_say(err, PWWB_E_NO_MEMORY, "no memory for a space");

    space->mode         = mode;
    space->base.wait_ms = WB_DATABASE_WAIT_MS;
    st                  = open_it(space, path, err);
    if (st == PWWB_OK)
        st = keep_path(space, err);
    if (st != PWWB_OK) {
        pwwb_space_free(space);
        return st;
    }
    *ret_space = space;
    return PWWB_OK;
}

void
pwwb_space_free(pwwb_space *space)
{
    if (space == NULL)
        return;

    close_it(space);
    free(space->path);
    free(space);
}

/* What was moved away is no agent's any more: the new file has what an import found. */
static pwwb_status
take_the_new_one(pwwb_space *space, pwwb_error *err)
{
    if (space->mode == PWWB_SPACE_WRITE)
        return wb_say(err, PWWB_E_SYSTEM,
                      "the space was moved or removed: bring it back, or open the new one");

    close_it(space);
    return open_it(space, space->path, err);
}

pwwb_status
wb_space_enter(pwwb_space *space, int is_to_write, int64_t wait_ms, pwwb_error *err)
{
    pwwb_status st = wb_database_check_process(&space->base, err);

    if (st != PWWB_OK)
        return st;
    if (is_to_write && space->mode != PWWB_SPACE_WRITE)
        return wb_say(err, PWWB_E_READ_ONLY, "the space is opened to read");

    space->base.wait_ms = wait_ms;
    return space->base.db == NULL || wb_database_has_moved(&space->base)
               ? take_the_new_one(space, err)
               : PWWB_OK;
}

pwwb_status
wb_space_begin(pwwb_space *space, pwwb_error *err)
{
    int is_to_write = space->mode == PWWB_SPACE_WRITE;

    wb_space_rollback(space);
    return wb_space_run(space, is_to_write ? "BEGIN IMMEDIATE" : "BEGIN", "lock", err);
}

pwwb_status
wb_space_commit(pwwb_space *space, pwwb_error *err)
{
    pwwb_status st = wb_space_run(space, "COMMIT", "write", err);

    if (st != PWWB_OK)
        wb_space_rollback(space);
    return st;
}

void
wb_space_rollback(pwwb_space *space)
{
    if (!sqlite3_get_autocommit(space->base.db))
        (void)wb_database_run(&space->base, "ROLLBACK");
}
