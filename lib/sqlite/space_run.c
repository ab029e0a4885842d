/* SPDX-License-Identifier: Apache-2.0 */
#include "space.h"

#include <string.h>

pwwb_status
wb_space_damaged(pwwb_space *space, pwwb_error *err)
{
    int is_short = sqlite3_errcode(space->base.db) == SQLITE_NOMEM;

    return wb_database_failed(&space->base, is_short ? SQLITE_NOMEM : SQLITE_CORRUPT, "read", err);
}

pwwb_status
wb_space_prepare(pwwb_space *space, const char *sql, sqlite3_stmt **ret_statement, pwwb_error *err)
{
    int rc = wb_database_statement(&space->base, sql, ret_statement);

    return rc == SQLITE_OK ? PWWB_OK : wb_database_failed(&space->base, rc, "read", err);
}

pwwb_status
wb_space_run(pwwb_space *space, const char *sql, const char *what, pwwb_error *err)
{
    int rc = wb_database_run(&space->base, sql);

    return rc == SQLITE_OK ? PWWB_OK : wb_database_failed(&space->base, rc, what, err);
}

pwwb_status
wb_space_step(pwwb_space *space, sqlite3_stmt *statement, int *ret_is_row, const char *what,
              pwwb_error *err)
{
    int rc = sqlite3_step(statement);

    *ret_is_row = rc == SQLITE_ROW;
    if (rc == SQLITE_ROW)
        return PWWB_OK;

    (void)sqlite3_reset(statement);
    return rc == SQLITE_DONE ? PWWB_OK : wb_database_failed(&space->base, rc, what, err);
}

pwwb_status
wb_space_do(pwwb_space *space, sqlite3_stmt *statement, pwwb_error *err)
{
    int         is_row = 1;
    pwwb_status st     = PWWB_OK;

    while (st == PWWB_OK && is_row)
        st = wb_space_step(space, statement, &is_row, "write", err);
    wb_space_rewind(statement);
    return st;
}

void
wb_space_rewind(sqlite3_stmt *statement)
{
    if (statement == NULL)
        return;

    (void)sqlite3_reset(statement);
    (void)sqlite3_clear_bindings(statement);
}

const uint8_t *
wb_space_octets(sqlite3_stmt *row, int column, size_t *ret_len)
{
    const uint8_t *p = sqlite3_column_blob(row, column);

    *ret_len = p != NULL ? (size_t)sqlite3_column_bytes(row, column) : 0;
    return p;
}

const uint8_t *
wb_space_guid(sqlite3_stmt *row, int column)
{
    size_t         len;
    const uint8_t *p = wb_space_octets(row, column, &len);

    return len == PWWB_ID_SIZE ? p : NULL;
}

/* RFC 3629. */
static int
is_utf8(const uint8_t *p)
{
    static const uint32_t least[] = {0, 0x80, 0x800, 0x10000};

    while (*p != '\0') {
        int      more  = *p < 0x80 ? 0 : *p >= 0xf0 ? 3 : *p >= 0xe0 ? 2 : 1, i;
        uint32_t point = more == 0 ? *p : *p & (0x3fu >> more);

        if ((*p >= 0x80 && *p < 0xc0) || *p >= 0xf8)
            return 0;
        for (p++, i = 0; i < more; i++, p++) {
            if ((*p & 0xc0) != 0x80)
                return 0;
            point = point << 6 | (*p & 0x3fu);
        }
        if (point < least[more] || point > 0x10ffff || (point >= 0xd800 && point < 0xe000))
            return 0;
    }
    return 1;
}

const char *
wb_space_text(sqlite3_stmt *row, int column)
{
    const uint8_t *text = sqlite3_column_text(row, column);
    size_t         len  = text != NULL ? (size_t)sqlite3_column_bytes(row, column) : 0;

    return text != NULL && strlen((const char *)text) == len && is_utf8(text) ? (const char *)text
                                                                              : NULL;
}

int
wb_space_is_same_guid(const uint8_t *a, const uint8_t *b)
{
    return (a == NULL) == (b == NULL) && (a == NULL || memcmp(a, b, PWWB_ID_SIZE) == 0);
}

int
wb_space_is_null(sqlite3_stmt *row, int column)
{
    return sqlite3_column_type(row, column) == SQLITE_NULL;
}
