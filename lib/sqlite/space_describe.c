/* SPDX-License-Identifier: Apache-2.0 */
#include "space.h"

#include <stdio.h>
#include <string.h>

#include "structs.h"

#define LEAST_INFO      WB_STRUCT_UP_TO(pwwb_space_info, directories)
#define LEAST_DIRECTORY WB_STRUCT_UP_TO(pwwb_space_directory, reserved)

static const char counts[] =
    "SELECT (SELECT count(*) FROM pwwb_cloud), (SELECT count(*) FROM pwwb_metaverse),"
    " (SELECT count(*) FROM pwwb_object),"
    " (SELECT count(*) FROM pwwb_object o JOIN pwwb_rules r ON r.id = o.rules WHERE r.is_eligible),"
    " (SELECT page_count FROM pragma_page_count) * (SELECT page_size FROM pragma_page_size),"
    " is_staging, (SELECT count(*) FROM pwwb_directory) FROM pwwb_space WHERE id = 1";

static const char directory_at[] =
    "SELECT name, (SELECT count(*) FROM pwwb_object WHERE directory = d.id), whole_ms, told_ms,"
    " is_under_way FROM pwwb_directory d ORDER BY d.id LIMIT 1 OFFSET ?1";

static void
take_info(sqlite3_stmt *row, pwwb_space_info *info)
{
    info->cloud       = (uint64_t)sqlite3_column_int64(row, 0);
    info->metaverse   = (uint64_t)sqlite3_column_int64(row, 1);
    info->objects     = (uint64_t)sqlite3_column_int64(row, 2);
    info->eligible    = (uint64_t)sqlite3_column_int64(row, 3);
    info->octets      = (uint64_t)sqlite3_column_int64(row, 4);
    info->is_staging  = sqlite3_column_int(row, 5) != 0;
    info->directories = sqlite3_column_int(row, 6);
}

static int64_t
time_of(sqlite3_stmt *row, int column)
{
    return wb_space_is_null(row, column) ? -1 : sqlite3_column_int64(row, column);
}

/* 0: its name is none. */
static int
take_directory(sqlite3_stmt *row, pwwb_space_directory *directory)
{
    const char *name = wb_space_text(row, 0);

    if (name == NULL || strlen(name) >= sizeof(directory->name))
        return 0;

    (void)snprintf(directory->name, sizeof(directory->name), "%s", name);
    directory->objects      = (uint64_t)sqlite3_column_int64(row, 1);
    directory->whole_ms     = time_of(row, 2);
    directory->told_ms      = time_of(row, 3);
    directory->is_under_way = sqlite3_column_int(row, 4) != 0;
    return 1;
}

/* The one row of a statement: NULL in *ret_row when there is none. To be finalized in any case. */
static pwwb_status
ask(pwwb_space *space, const char *sql, int64_t index, sqlite3_stmt **ret_statement, int *ret_is_row,
    pwwb_error *err)
{
    pwwb_status st = wb_space_enter(space, 0, WB_DATABASE_WAIT_MS, err);

    if (st == PWWB_OK)
        st = wb_space_prepare(space, sql, ret_statement, err);
    if (st != PWWB_OK)
        return st;

    if (sqlite3_bind_parameter_count(*ret_statement) > 0)
        (void)sqlite3_bind_int64(*ret_statement, 1, index);
    return wb_space_step(space, *ret_statement, ret_is_row, "read", err);
}

pwwb_status
pwwb_space_describe(pwwb_space *space, pwwb_space_info *ret_info, pwwb_error *err)
{
    pwwb_space_info info = {.size = sizeof(info)};
    sqlite3_stmt   *row  = NULL;
    int             is_row;
    pwwb_status     st;

    (void)pwwb_error_set(err, PWWB_OK, NULL);
    if (space == NULL || ret_info == NULL)
        return wb_say(err, PWWB_E_INVALID_ARGUMENT, "space and ret_info must be given");
    st = wb_struct_give(ret_info, LEAST_INFO, &info, sizeof(info), "ret_info", err);
    if (st != PWWB_OK)
        return st;

    st = ask(space, counts, 0, &row, &is_row, err);
    if (st == PWWB_OK && is_row)
        take_info(row, &info);
    else if (st == PWWB_OK)
        st = wb_space_damaged(space, err);
    (void)sqlite3_finalize(row);
    return st == PWWB_OK
               ? wb_struct_give(ret_info, LEAST_INFO, &info, sizeof(info), "ret_info", err)
               : st;
}

pwwb_status
pwwb_space_describe_directory(pwwb_space *space, size_t index, pwwb_space_directory *ret_directory,
                              pwwb_error *err)
{
    pwwb_space_directory directory = {.size = sizeof(directory), .whole_ms = -1, .told_ms = -1};
    sqlite3_stmt        *row       = NULL;
    int                  is_row;
    pwwb_status          st;

    (void)pwwb_error_set(err, PWWB_OK, NULL);
    if (space == NULL || ret_directory == NULL)
        return wb_say(err, PWWB_E_INVALID_ARGUMENT, "space and ret_directory must be given");
    st = wb_struct_give(ret_directory, LEAST_DIRECTORY, &directory, sizeof(directory),
                        "ret_directory", err);
    if (st != PWWB_OK)
        return st;

    st = ask(space, directory_at, index > INT32_MAX ? INT32_MAX : (int64_t)index, &row, &is_row, err);
    if (st == PWWB_OK && !is_row)
        st = wb_say(err, PWWB_E_NOT_FOUND, "the space has no directory of number %zu", index);
    else if (st == PWWB_OK && !take_directory(row, &directory))
        st = wb_space_damaged(space, err);
    (void)sqlite3_finalize(row);
    return st == PWWB_OK ? wb_struct_give(ret_directory, LEAST_DIRECTORY, &directory,
                                          sizeof(directory), "ret_directory", err)
                         : st;
}

pwwb_status
pwwb_space_set_staging(pwwb_space *space, int32_t is_staging, pwwb_error *err)
{
    pwwb_status st;

    (void)pwwb_error_set(err, PWWB_OK, NULL);
    if (space == NULL || (is_staging != 0 && is_staging != 1))
        return wb_say(err, PWWB_E_INVALID_ARGUMENT, "space must be given, and is_staging be 0 or 1");

    st = wb_space_enter(space, 1, WB_DATABASE_WAIT_MS, err);
    return st == PWWB_OK ? wb_space_run(space,
                                        is_staging ? "UPDATE pwwb_space SET is_staging = 1"
                                                   : "UPDATE pwwb_space SET is_staging = 0",
                                        "write", err)
                         : st;
}
