/* SPDX-License-Identifier: Apache-2.0 */
#include "import.h"

#include <string.h>

/* The next one that this pass did not tell; 0 = none. */
static pwwb_status
next(wb_fill *fill, enum wb_fill_sql which, int64_t pass, int64_t *id, uint8_t *source,
     int *ret_has_source, pwwb_error *err)
{
    const uint8_t *guid;
    int            is_row;
    pwwb_status    st;

    wb_fill_number(fill, which, 1, pass);
    wb_fill_number(fill, which, 2, *id);
    st              = wb_fill_find(fill, which, &is_row, err);
    *id             = is_row ? sqlite3_column_int64(fill->sql[which], 0) : 0;
    guid            = is_row && which == WB_FILL_STALE_TOLD ? wb_space_guid(fill->sql[which], 1) : NULL;
    *ret_has_source = guid != NULL;
    if (guid != NULL)
        memcpy(source, guid, PWWB_ID_SIZE);
    wb_fill_rewind(fill, which);
    return st;
}

static pwwb_status
remove_stale(wb_fill *fill, enum wb_fill_sql stale, enum wb_fill_sql goes, int64_t pass,
             pwwb_error *err)
{
    uint8_t     source[PWWB_ID_SIZE];
    int64_t     id = 0;
    int         has_source;
    pwwb_status st = next(fill, stale, pass, &id, source, &has_source, err);

    while (st == PWWB_OK && id != 0) {
        st = wb_fill_removes(fill, err);
        if (st != PWWB_OK)
            break;
        wb_fill_number(fill, goes, 1, id);
        st = wb_fill_do(fill, goes, err);
        if (st == PWWB_OK && has_source)
            st = wb_cloud_settle(fill, source, err);
        if (st == PWWB_OK)
            st = next(fill, stale, pass, &id, source, &has_source, err);
    }
    return st;
}

pwwb_status
wb_csv_end_pass(wb_fill *fill, int64_t pass, pwwb_error *err)
{
    pwwb_status st = remove_stale(fill, WB_FILL_STALE_TOLD, WB_FILL_TOLD_GOES, pass, err);

    if (st == PWWB_OK)
        st = remove_stale(fill, WB_FILL_STALE_LINK, WB_FILL_OBJECT_GOES, pass, err);
    if (st == PWWB_OK)
        st = wb_fill_do(fill, WB_FILL_EMPTY_NAMES, err);
    return st == PWWB_OK ? wb_fill_do(fill, WB_FILL_EMPTY_DIRECTORIES, err) : st;
}
