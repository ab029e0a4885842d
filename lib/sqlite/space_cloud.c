/* SPDX-License-Identifier: Apache-2.0 */
#include "import.h"

/* What there is with one source anchor. */
struct clouds {
    int told;
    int made;
    int stray; /* those that are to be joined, and are to something else */
};

static pwwb_status
count(wb_fill *fill, const uint8_t *source, int64_t metaverse, struct clouds *ret_clouds,
      pwwb_error *err)
{
    sqlite3_stmt *sql    = fill->sql[WB_FILL_CLOUDS];
    int           is_row = 0;
    pwwb_status   st;

    *ret_clouds = (struct clouds){0};
    wb_fill_guid(fill, WB_FILL_CLOUDS, 1, source);
    while ((st = wb_fill_find(fill, WB_FILL_CLOUDS, &is_row, err)) == PWWB_OK && is_row) {
        int is_told = sqlite3_column_int(sql, 1);

        ret_clouds->told += is_told != WB_TOLD_MADE;
        ret_clouds->made += is_told == WB_TOLD_MADE;
        ret_clouds->stray += is_told != WB_TOLD_FIXED && sqlite3_column_int64(sql, 2) != metaverse;
    }
    return st;
}

static void
bind(wb_fill *fill, enum wb_fill_sql which, const uint8_t *source, int64_t metaverse)
{
    wb_fill_guid(fill, which, 1, source);
    if (metaverse != 0)
        wb_fill_number(fill, which, 2, metaverse);
}

pwwb_status
wb_cloud_settle(wb_fill *fill, const uint8_t *source, pwwb_error *err)
{
    struct clouds clouds;
    int64_t       metaverse;
    pwwb_status   st;

    wb_fill_guid(fill, WB_FILL_SOURCE_METAVERSE, 1, source);
    st = wb_fill_ask(fill, WB_FILL_SOURCE_METAVERSE, &metaverse, err);
    if (st == PWWB_OK)
        st = count(fill, source, metaverse, &clouds, err);
    if (st != PWWB_OK)
        return st;

    if (clouds.made > 0 && (clouds.told > 0 || metaverse == 0)) {
        wb_fill_guid(fill, WB_FILL_CLOUD_GOES, 1, source);
        st = wb_fill_do(fill, WB_FILL_CLOUD_GOES, err);
    }
    if (st == PWWB_OK && clouds.stray > 0) {
        bind(fill, WB_FILL_CLOUD_IS, source, metaverse);
        st = wb_fill_do(fill, WB_FILL_CLOUD_IS, err);
    }
    if (st == PWWB_OK && clouds.told == 0 && clouds.made == 0 && metaverse != 0) {
        bind(fill, WB_FILL_NEW_CLOUD, source, metaverse);
        st = wb_fill_do(fill, WB_FILL_NEW_CLOUD, err);
    }
    return st;
}
