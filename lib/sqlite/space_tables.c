/* SPDX-License-Identifier: Apache-2.0 */
#include "space.h"

/* As docs/space.md has it. */
static const char version_1[] =
    "CREATE TABLE pwwb_space ("
    " id INTEGER PRIMARY KEY CHECK (id = 1),"
    " is_staging INTEGER NOT NULL,"
    " csv_mark BLOB,"
    " csv_pass INTEGER NOT NULL,"
    " joins_mail INTEGER NOT NULL"
    " );"
    "INSERT INTO pwwb_space VALUES (1, 0, NULL, 0, 0);"
    "CREATE TABLE pwwb_directory ("
    " id INTEGER PRIMARY KEY,"
    " name TEXT NOT NULL UNIQUE,"
    " mark BLOB,"
    " pass INTEGER NOT NULL,"
    " is_under_way INTEGER NOT NULL,"
    " whole_ms INTEGER,"
    " told_ms INTEGER"
    " );"
    "CREATE TABLE pwwb_metaverse ("
    " id INTEGER PRIMARY KEY,"
    " name TEXT UNIQUE,"
    " source_guid BLOB"
    " );"
    "CREATE TABLE pwwb_cloud ("
    " id INTEGER PRIMARY KEY,"
    " cloud_guid BLOB,"
    " source_guid BLOB,"
    " metaverse INTEGER,"
    " is_told INTEGER NOT NULL,"
    " pass INTEGER NOT NULL"
    " );"
    "CREATE INDEX pwwb_cloud_cloud ON pwwb_cloud (cloud_guid) WHERE cloud_guid IS NOT NULL;"
    "CREATE INDEX pwwb_cloud_source ON pwwb_cloud (source_guid) WHERE source_guid IS NOT NULL;"
    "CREATE INDEX pwwb_cloud_metaverse ON pwwb_cloud (metaverse) WHERE metaverse IS NOT NULL;"
    "CREATE TABLE pwwb_rules ("
    " id INTEGER PRIMARY KEY,"
    " names TEXT NOT NULL UNIQUE,"
    " is_eligible INTEGER NOT NULL"
    " );"
    "CREATE TABLE pwwb_object ("
    " id INTEGER PRIMARY KEY,"
    " directory INTEGER NOT NULL,"
    " guid BLOB NOT NULL,"
    " metaverse INTEGER,"
    " rules INTEGER NOT NULL,"
    " source_guid BLOB,"
    " sid BLOB,"
    " master_sid BLOB,"
    " mail TEXT,"
    " dn TEXT,"
    " pass INTEGER NOT NULL,"
    " UNIQUE (directory, guid)"
    " );"
    "CREATE INDEX pwwb_object_metaverse ON pwwb_object (metaverse) WHERE metaverse IS NOT NULL;"
    "CREATE INDEX pwwb_object_source ON pwwb_object (source_guid) WHERE source_guid IS NOT NULL;"
    "CREATE INDEX pwwb_object_sid ON pwwb_object (sid) WHERE sid IS NOT NULL;"
    "CREATE INDEX pwwb_object_master ON pwwb_object (master_sid) WHERE master_sid IS NOT NULL;"
    "CREATE INDEX pwwb_object_mail ON pwwb_object (mail) WHERE mail IS NOT NULL;";

/* A new version adds a step at the end; those that were released stay as they are. */
static const char *const steps[] = {version_1};

/* An import can be repeated: a commit that a power failure takes back is told again, and with NORMAL nothing else
 * can be lost. Nothing here reads the whole file to see whether it is well, as the journal does: of a country it
 * would take minutes. SQLite says so when it comes to a damaged page, and the lookup compares index and table. */
const wb_kind wb_space_kind = {
    .noun     = "space",
    .mark     = 0x70777773, /* "pwws" */
    .version  = sizeof(steps) / sizeof(steps[0]),
    .steps    = steps,
    .settings = "PRAGMA synchronous = NORMAL; PRAGMA mmap_size = 0; PRAGMA temp_store = MEMORY;"
                "PRAGMA wal_autocheckpoint = 10000;"
                "PRAGMA journal_size_limit = 67108864",
    .newer    = "use that one here, too",
    .damaged  = "move PATH, PATH-wal and PATH-shm away, and import again",
};
