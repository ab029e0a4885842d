/* SPDX-License-Identifier: Apache-2.0 */
#include "space.h"

#include <string.h>

static const char *
text_or_none(sqlite3_stmt *row, int column)
{
    const char *text = wb_space_text(row, column);

    return text != NULL ? text : "";
}

/* 0: it is there and is none. */
static int
take_guid(sqlite3_stmt *row, int column, uint8_t *ret_guid, int32_t *ret_has)
{
    const uint8_t *guid = wb_space_guid(row, column);

    *ret_has = guid != NULL;
    if (guid != NULL)
        memcpy(ret_guid, guid, PWWB_ID_SIZE);
    return guid != NULL || wb_space_is_null(row, column);
}

pwwb_status
wb_space_tell(pwwb_space *space, sqlite3_stmt *row, pwwb_chain_fn each, void *each_ctx,
              pwwb_error *err)
{
    pwwb_chain     chain = {.size = sizeof(chain)};
    const uint8_t *guid  = wb_space_guid(row, WB_COLUMN_GUID);

    if (!take_guid(row, WB_COLUMN_CLOUD_GUID, chain.cloud_guid, &chain.has_cloud)
        || !take_guid(row, WB_COLUMN_SOURCE_GUID, chain.source_guid, &chain.has_source))
        return wb_space_damaged(space, err);

    chain.cloud       = (uint64_t)sqlite3_column_int64(row, WB_COLUMN_CLOUD);
    chain.metaverse   = (uint64_t)sqlite3_column_int64(row, WB_COLUMN_METAVERSE);
    chain.object      = (uint64_t)sqlite3_column_int64(row, WB_COLUMN_OBJECT);
    chain.is_eligible = sqlite3_column_int(row, WB_COLUMN_ELIGIBLE) != 0;
    chain.directory   = text_or_none(row, WB_COLUMN_DIRECTORY);
    chain.dn          = text_or_none(row, WB_COLUMN_DN);
    chain.rules       = text_or_none(row, WB_COLUMN_RULES);
    if (guid != NULL)
        memcpy(chain.object_guid, guid, PWWB_ID_SIZE);
    each(each_ctx, &chain);
    return PWWB_OK;
}
