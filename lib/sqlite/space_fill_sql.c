/* SPDX-License-Identifier: Apache-2.0 */
#include "import.h"

/* A metaverse object below 0 is one that is taken apart: its objects wait to be joined anew. */
const char *const wb_fill_texts[WB_FILL_SQL_COUNT] = {
    [WB_FILL_DIRECTORY]     = "SELECT id, mark, pass, is_under_way FROM pwwb_directory WHERE name = ?1",
    [WB_FILL_NEW_DIRECTORY] = "INSERT INTO pwwb_directory (name, pass, is_under_way) VALUES (?1, 0, 0)",
    [WB_FILL_MARK]          = "UPDATE pwwb_directory SET mark = ?2, pass = ?3, is_under_way = ?4,"
                              " whole_ms = ifnull(?5, whole_ms), told_ms = ifnull(?6, told_ms) WHERE id = ?1",
    [WB_FILL_HAS_OBJECTS]   = "SELECT 1 FROM pwwb_object WHERE directory = ?1 LIMIT 1",
    [WB_FILL_MAIL_JOINS]    = "SELECT joins_mail FROM pwwb_space",
    [WB_FILL_SET_MAIL_JOINS] = "UPDATE pwwb_space SET joins_mail = ?1",
    [WB_FILL_RULES]         = "SELECT id FROM pwwb_rules WHERE names = ?1",
    [WB_FILL_NEW_RULES]     = "INSERT INTO pwwb_rules (names, is_eligible) VALUES (?1, ?2)",
    [WB_FILL_OBJECT]        = "SELECT id, metaverse, rules, source_guid, sid, master_sid, mail, dn, pass"
                              " FROM pwwb_object WHERE directory = ?1 AND guid = ?2",
    [WB_FILL_NEW_OBJECT]    = "INSERT INTO pwwb_object (directory, guid, rules, source_guid, sid,"
                              " master_sid, mail, dn, pass, metaverse)"
                              " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
    [WB_FILL_OBJECT_IS]     = "UPDATE pwwb_object SET rules = ?3, source_guid = ?4, sid = ?5,"
                              " master_sid = ?6, mail = ?7, dn = ?8, pass = ?9"
                              " WHERE directory = ?1 AND guid = ?2",
    [WB_FILL_OBJECT_PASS]   = "UPDATE pwwb_object SET pass = ?2 WHERE id = ?1",
    [WB_FILL_OBJECT_JOINS]  = "UPDATE pwwb_object SET metaverse = ?2 WHERE id = ?1",
    [WB_FILL_OBJECT_GOES]   = "DELETE FROM pwwb_object WHERE id = ?1",
    [WB_FILL_STALE]         = "SELECT id, metaverse FROM pwwb_object WHERE id > ?3 AND +directory = ?1"
                              " AND pass <> ?2 ORDER BY id LIMIT 1",
    [WB_FILL_BY_SOURCE]     = "SELECT metaverse FROM pwwb_object WHERE source_guid = ?1"
                              " AND +metaverse > 0 AND +metaverse <> ?2 LIMIT 1",
    [WB_FILL_BY_SID]        = "SELECT metaverse FROM pwwb_object WHERE sid = ?1"
                              " AND +metaverse > 0 AND +metaverse <> ?2 LIMIT 1",
    [WB_FILL_BY_MASTER]     = "SELECT metaverse FROM pwwb_object WHERE master_sid = ?1"
                              " AND +metaverse > 0 AND +metaverse <> ?2 LIMIT 1",
    [WB_FILL_BY_MAIL]       = "SELECT metaverse FROM pwwb_object WHERE mail = ?1"
                              " AND +metaverse > 0 AND +metaverse <> ?2 LIMIT 1",
    [WB_FILL_IS_CONTACTS]   = "SELECT 1 FROM pwwb_object WHERE mail = ?1 AND rules = ?2 LIMIT 1",
    [WB_FILL_IS_OTHERS]     = "SELECT 1 FROM pwwb_object WHERE mail = ?1 AND +directory <> ?2 LIMIT 1",
    [WB_FILL_NEXT_MAIL]     = "SELECT mail, metaverse, directory FROM pwwb_object WHERE mail > ?1"
                              " ORDER BY mail LIMIT 1",
    [WB_FILL_NEW_METAVERSE] = "INSERT INTO pwwb_metaverse (source_guid) VALUES (?1)",
    [WB_FILL_METAVERSE_GOES]   = "DELETE FROM pwwb_metaverse WHERE id = ?1",
    [WB_FILL_METAVERSE_SOURCE] = "SELECT source_guid FROM pwwb_metaverse WHERE id = ?1",
    [WB_FILL_SOURCE_METAVERSE] = "SELECT m.id FROM pwwb_object o JOIN pwwb_metaverse m ON m.id = o.metaverse"
                                 " WHERE o.source_guid = ?1 AND m.source_guid = ?1 LIMIT 1",
    [WB_FILL_SET_SOURCE]    = "UPDATE pwwb_metaverse SET source_guid = ?2 WHERE id = ?1",
    [WB_FILL_BEST_SOURCE]   = "SELECT o.source_guid FROM pwwb_object o JOIN pwwb_rules r ON r.id = o.rules"
                              " WHERE o.metaverse = ?1 AND o.source_guid IS NOT NULL"
                              " ORDER BY r.is_eligible DESC, o.source_guid LIMIT 1",
    [WB_FILL_MOVE]          = "UPDATE pwwb_object SET metaverse = ?2 WHERE metaverse = ?1",
    [WB_FILL_APART]         = "SELECT id, directory, guid, rules, source_guid, sid, master_sid, mail"
                              " FROM pwwb_object WHERE metaverse = ?1 LIMIT 1",
    [WB_FILL_CLOUDS]        = "SELECT id, is_told, metaverse FROM pwwb_cloud WHERE source_guid = ?1",
    [WB_FILL_NEW_CLOUD]     = "INSERT INTO pwwb_cloud (source_guid, metaverse, is_told, pass)"
                              " VALUES (?1, ?2, 0, 0)",
    [WB_FILL_CLOUD_IS]      = "UPDATE pwwb_cloud SET metaverse = ?2 WHERE source_guid = ?1"
                              " AND is_told <> 1 AND metaverse IS NOT ?2",
    [WB_FILL_CLOUD_GOES]    = "DELETE FROM pwwb_cloud WHERE source_guid = ?1 AND is_told = 0",

    /* of a file */
    [WB_FILL_CSV]           = "SELECT csv_mark, csv_pass FROM pwwb_space",
    [WB_FILL_CSV_IS]        = "UPDATE pwwb_space SET csv_mark = ?1, csv_pass = ?2",
    [WB_FILL_NAME]          = "SELECT id FROM pwwb_metaverse WHERE name = ?1",
    [WB_FILL_NEW_NAME]      = "INSERT INTO pwwb_metaverse (name) VALUES (?1)",
    [WB_FILL_TOLD_BY_CLOUD] = "SELECT id, source_guid, metaverse, is_told, pass FROM pwwb_cloud"
                              " WHERE cloud_guid = ?1 AND is_told <> 0",
    [WB_FILL_TOLD_BY_SOURCE] = "SELECT id, source_guid, metaverse, is_told, pass FROM pwwb_cloud"
                               " WHERE source_guid = ?1 AND cloud_guid IS NULL AND is_told <> 0",
    [WB_FILL_NEW_TOLD]      = "INSERT INTO pwwb_cloud (source_guid, metaverse, is_told, pass, cloud_guid)"
                              " VALUES (?1, ?2, ?3, ?4, ?5)",
    [WB_FILL_TOLD_IS]       = "UPDATE pwwb_cloud SET source_guid = ?1, metaverse = ?2, is_told = ?3, pass = ?4"
                              " WHERE id = ?5",
    [WB_FILL_TOLD_PASS]     = "UPDATE pwwb_cloud SET pass = ?2 WHERE id = ?1",
    [WB_FILL_TOLD_GOES]     = "DELETE FROM pwwb_cloud WHERE id = ?1",
    [WB_FILL_LINK_IS]       = "UPDATE pwwb_object SET metaverse = ?2, rules = ?3, dn = ?4, pass = ?5 WHERE id = ?1",
    [WB_FILL_STALE_TOLD]    = "SELECT id, source_guid FROM pwwb_cloud WHERE id > ?2 AND is_told <> 0"
                              " AND pass <> ?1 ORDER BY id LIMIT 1",
    [WB_FILL_STALE_LINK]    = "SELECT id FROM pwwb_object WHERE id > ?2 AND pass <> ?1 AND +directory IN"
                              " (SELECT id FROM pwwb_directory WHERE pass = 0) ORDER BY id LIMIT 1",
    [WB_FILL_EMPTY_NAMES]   = "DELETE FROM pwwb_metaverse WHERE name IS NOT NULL"
                              " AND NOT EXISTS (SELECT 1 FROM pwwb_cloud c WHERE c.metaverse = pwwb_metaverse.id)"
                              " AND NOT EXISTS (SELECT 1 FROM pwwb_object o WHERE o.metaverse = pwwb_metaverse.id)",
    [WB_FILL_EMPTY_DIRECTORIES] = "DELETE FROM pwwb_directory WHERE pass = 0 AND NOT EXISTS"
                                  " (SELECT 1 FROM pwwb_object o WHERE o.directory = pwwb_directory.id)",
};
