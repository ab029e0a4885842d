/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WB_SQLITE_IMPORT_H
#define WB_SQLITE_IMPORT_H

/* How a space is filled. */

#include "space.h"

/* space_scope.c: what a sync engine's standard rules make of an object. */
#define WB_RULES_ENABLED \
    "In from AD - User Join\nIn from AD - User AccountEnabled\nIn from AD - User Common"
#define WB_RULES_USER    "In from AD - User Join\nIn from AD - User Common"
#define WB_RULES_CONTACT "In from AD - Contact Join"

enum pwwb_import_scope wb_scope_of(const pwwb_object *object);
/* Of its link, with newlines in between. */
const char *wb_scope_rules(const pwwb_object *object);
/* Whether one of them says that the account is enabled: see pwwb_anchors_add_link(). */
int wb_scope_is_eligible(const char *rules);
/* The source anchor's octets; NULL = it has none. */
const uint8_t *wb_scope_source(const pwwb_object *object);
/* Whether a SID may join: not when it is nobody's own, as SELF of a shared mailbox. */
int wb_scope_joins_sid(const uint8_t *sid, size_t sid_len);

/* The statements, whose texts are in space_fill_sql.c. */
enum wb_fill_sql {
    WB_FILL_DIRECTORY,
    WB_FILL_NEW_DIRECTORY,
    WB_FILL_MARK,
    WB_FILL_HAS_OBJECTS,
    WB_FILL_MAIL_JOINS,
    WB_FILL_SET_MAIL_JOINS,
    WB_FILL_RULES,
    WB_FILL_NEW_RULES,
    WB_FILL_OBJECT,
    WB_FILL_NEW_OBJECT,
    WB_FILL_OBJECT_IS,
    WB_FILL_OBJECT_PASS,
    WB_FILL_OBJECT_JOINS,
    WB_FILL_OBJECT_GOES,
    WB_FILL_STALE,
    WB_FILL_BY_SOURCE,
    WB_FILL_BY_SID,
    WB_FILL_BY_MASTER,
    WB_FILL_BY_MAIL,
    WB_FILL_IS_CONTACTS,
    WB_FILL_IS_OTHERS,
    WB_FILL_NEXT_MAIL,
    WB_FILL_NEW_METAVERSE,
    WB_FILL_METAVERSE_GOES,
    WB_FILL_METAVERSE_SOURCE,
    WB_FILL_SOURCE_METAVERSE,
    WB_FILL_SET_SOURCE,
    WB_FILL_BEST_SOURCE,
    WB_FILL_MOVE,
    WB_FILL_APART,
    WB_FILL_CLOUDS,
    WB_FILL_NEW_CLOUD,
    WB_FILL_CLOUD_IS,
    WB_FILL_CLOUD_GOES,
    WB_FILL_CSV,
    WB_FILL_CSV_IS,
    WB_FILL_NAME,
    WB_FILL_NEW_NAME,
    WB_FILL_TOLD_BY_CLOUD,
    WB_FILL_TOLD_BY_SOURCE,
    WB_FILL_NEW_TOLD,
    WB_FILL_TOLD_IS,
    WB_FILL_TOLD_PASS,
    WB_FILL_TOLD_GOES,
    WB_FILL_LINK_IS,
    WB_FILL_STALE_TOLD,
    WB_FILL_STALE_LINK,
    WB_FILL_EMPTY_NAMES,
    WB_FILL_EMPTY_DIRECTORIES,
    WB_FILL_SQL_COUNT
};

extern const char *const wb_fill_texts[WB_FILL_SQL_COUNT];

/* One import. */
typedef struct wb_fill {
    pwwb_space         *space;
    pwwb_import_options options;
    pwwb_import_result  now;  /* with what the step that runs has done */
    pwwb_import_result  kept; /* with the steps that went well */
    pwwb_import_result  done; /* what is committed */
    int                 lock; /* a descriptor; -1 = none */
    int                 is_begun; /* a transaction is */
    int                 is_step;  /* and a step within it */
    int64_t             begun_ms; /* since when, monotonic */
    int64_t             contacts; /* the rules of a contact, in this transaction */
    sqlite3_stmt       *sql[WB_FILL_SQL_COUNT];
} wb_fill;

/* space_lock.c: one import at a time. TIMEOUT at once when another has the lock. */
pwwb_status wb_fill_lock(const char *path, int *ret_lock, pwwb_error *err);
void        wb_fill_unlock(int lock);

/* space_fill.c */
pwwb_status wb_fill_open(wb_fill *fill, pwwb_space *space, const pwwb_import_options *options,
                         pwwb_import_result *ret_result, pwwb_error *err);
/* How it went is given back, and the result told; nothing that is not committed stays. */
pwwb_status wb_fill_close(wb_fill *fill, pwwb_import_result *ret_result, pwwb_status st,
                          pwwb_error *err);
/* Where none is, begin a step, which is whole or not at all. */
pwwb_status wb_fill_begin(wb_fill *fill, pwwb_error *err);
/* A step went well: keep it, and tell it. STOPPED when that is wanted and it was not the last. */
pwwb_status wb_fill_step(wb_fill *fill, int is_last, pwwb_error *err);
/* A step ends early: keep it, and tell nobody. */
pwwb_status wb_fill_keep(wb_fill *fill, pwwb_error *err);
/* An object or a row is about to go: count it. STATE when they are too many. */
pwwb_status wb_fill_removes(wb_fill *fill, pwwb_error *err);
/* It failed: take it back, and it alone. */
void wb_fill_undo(wb_fill *fill);

/* Bind, from 1; NULL = none. What is given must stay until the statement was run. */
void wb_fill_number(wb_fill *fill, enum wb_fill_sql which, int place, int64_t number);
void wb_fill_octets(wb_fill *fill, enum wb_fill_sql which, int place, const void *p, size_t len);
void wb_fill_guid(wb_fill *fill, enum wb_fill_sql which, int place, const uint8_t *guid);
void wb_fill_text(wb_fill *fill, enum wb_fill_sql which, int place, const char *text);
/* Run to its end. */
pwwb_status wb_fill_do(wb_fill *fill, enum wb_fill_sql which, pwwb_error *err);
/* *ret_is_row 1: it stands at a row, and wb_fill_rewind() is due. */
pwwb_status wb_fill_find(wb_fill *fill, enum wb_fill_sql which, int *ret_is_row, pwwb_error *err);
/* The number of its first row, 0 when there is none. */
pwwb_status wb_fill_ask(wb_fill *fill, enum wb_fill_sql which, int64_t *ret_number, pwwb_error *err);
/* The number of the row with that text, by `find`; where there is none it is made by `make`, whose first place
 * the text is. Other places were bound before. */
pwwb_status wb_fill_name(wb_fill *fill, enum wb_fill_sql find, enum wb_fill_sql make, const char *text,
                         int64_t *ret_number, pwwb_error *err);
void        wb_fill_rewind(wb_fill *fill, enum wb_fill_sql which);
int64_t     wb_fill_last(const wb_fill *fill);

/* What an object's row is to be. Text and octets are the caller's; NULL = none. */
typedef struct wb_object_row {
    int64_t        directory;
    const uint8_t *guid;
    int64_t        rules;
    const uint8_t *source;
    const uint8_t *sid;
    size_t         sid_len;
    const uint8_t *master;
    size_t         master_len;
    const char    *mail; /* in small letters */
    const char    *dn;
    int64_t        pass;
} wb_object_row;

#define WB_SID_SIZE  68   /* octets at most */
#define WB_MAIL_SIZE 1024 /* with its NUL; a longer one joins nobody */

/* space_put.c: rows of one directory, of an import of its own. What is done is counted. */
void        wb_put_bind(wb_fill *fill, enum wb_fill_sql which, const wb_object_row *row);
pwwb_status wb_put_rules(wb_fill *fill, const char *names, int64_t *ret_rules, pwwb_error *err);
pwwb_status wb_put_directory(wb_fill *fill, const char *name, int64_t *ret_directory,
                             pwwb_error *err);
pwwb_status wb_put(wb_fill *fill, int64_t directory, int64_t pass, const pwwb_object *object,
                   pwwb_error *err);
/* Take away what has another pass. */
pwwb_status wb_put_end(wb_fill *fill, int64_t directory, int64_t pass, pwwb_error *err);

/* space_join.c: which objects are one metaverse object: the connected components of a graph, whose edges
 * are keys. docs/space.md says which. */
pwwb_status wb_join_new(wb_fill *fill, const wb_object_row *row, pwwb_error *err);
/* The rules of one of its objects are others: choose its source anchor. */
pwwb_status wb_join_settle(wb_fill *fill, int64_t metaverse, pwwb_error *err);
/* The keys of one of its objects are others, or it has left: take them apart, and join each anew. */
pwwb_status wb_join_again(wb_fill *fill, int64_t metaverse, pwwb_error *err);
/* When the last import was otherwise: join all anew that have their mail in common. */
pwwb_status wb_join_mails(wb_fill *fill, pwwb_error *err);

/* space_cloud.c: what the cloud connector objects with that source anchor are joined to; one is made for a
 * metaverse object when the engine tells none. */
pwwb_status wb_cloud_settle(wb_fill *fill, const uint8_t *source, pwwb_error *err);

/* The columns of a file. */
enum wb_csv_column {
    WB_CSV_KIND,
    WB_CSV_CLOUD,
    WB_CSV_SOURCE,
    WB_CSV_METAVERSE,
    WB_CSV_DIRECTORY,
    WB_CSV_GUID,
    WB_CSV_RULES,
    WB_CSV_DN,
    WB_CSV_KNOWN
};

/* space_csv_row.c: one row, "" where it has nothing. *ret_wrong: what is wrong with it, with the status MALFORMED;
 * NULL when something else failed. */
pwwb_status wb_csv_put(wb_fill *fill, int64_t pass, const char *const field[WB_CSV_KNOWN], const char **ret_wrong,
                       pwwb_error *err);
/* space_csv_link.c: a row of a link. */
pwwb_status wb_csv_put_link(wb_fill *fill, int64_t pass, const char *const field[WB_CSV_KNOWN],
                            const char **ret_wrong, pwwb_error *err);
/* The metaverse object of a name, which is made when there is none. */
pwwb_status wb_csv_metaverse(wb_fill *fill, const char *name, int64_t *ret_metaverse, pwwb_error *err);
/* space_csv_end.c: take away what has another pass. */
pwwb_status wb_csv_end_pass(wb_fill *fill, int64_t pass, pwwb_error *err);

/* Of pwwb_cloud.is_told */
enum wb_told {
    WB_TOLD_MADE   = 0, /* for a metaverse object */
    WB_TOLD_FIXED  = 1, /* by the engine, with what it is joined to */
    WB_TOLD_SOURCE = 2  /* by the engine: joined by its source anchor */
};

#endif /* WB_SQLITE_IMPORT_H */
