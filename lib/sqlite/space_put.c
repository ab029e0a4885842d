/* SPDX-License-Identifier: Apache-2.0 */
#include "import.h"

#include <string.h>

pwwb_status
wb_put_rules(wb_fill *fill, const char *names, int64_t *ret_rules, pwwb_error *err)
{
    wb_fill_number(fill, WB_FILL_NEW_RULES, 2, wb_scope_is_eligible(names));
    return wb_fill_name(fill, WB_FILL_RULES, WB_FILL_NEW_RULES, names, ret_rules, err);
}

pwwb_status
wb_put_directory(wb_fill *fill, const char *name, int64_t *ret_directory, pwwb_error *err)
{
    return wb_fill_name(fill, WB_FILL_DIRECTORY, WB_FILL_NEW_DIRECTORY, name, ret_directory, err);
}

void
wb_put_bind(wb_fill *fill, enum wb_fill_sql which, const wb_object_row *row)
{
    wb_fill_number(fill, which, 1, row->directory);
    wb_fill_guid(fill, which, 2, row->guid);
    wb_fill_number(fill, which, 3, row->rules);
    wb_fill_guid(fill, which, 4, row->source);
    wb_fill_octets(fill, which, 5, row->sid, row->sid_len);
    wb_fill_octets(fill, which, 6, row->master, row->master_len);
    wb_fill_text(fill, which, 7, row->mail);
    wb_fill_text(fill, which, 8, row->dn);
    wb_fill_number(fill, which, 9, row->pass);
}

/* In small letters, as far as they are ASCII; NULL = none that joins. */
static const char *
fold(const char *mail, char room[WB_MAIL_SIZE])
{
    size_t len = mail != NULL ? strnlen(mail, WB_MAIL_SIZE) : 0;
    size_t i;

    if (len == 0 || len == WB_MAIL_SIZE)
        return NULL;

    for (i = 0; i <= len; i++)
        room[i] = (char)(mail[i] >= 'A' && mail[i] <= 'Z' ? mail[i] + ('a' - 'A') : mail[i]);
    return room;
}

static const uint8_t *
own_sid(const uint8_t *sid, size_t len)
{
    return len <= WB_SID_SIZE && wb_scope_joins_sid(sid, len) ? sid : NULL;
}

/* What its row is to be; `mail` is room for it. */
static pwwb_status
read_object(wb_fill *fill, const pwwb_object *object, wb_object_row *row, char mail[WB_MAIL_SIZE],
            pwwb_error *err)
{
    row->guid       = object->guid;
    row->source     = wb_scope_source(object);
    row->sid        = own_sid(object->sid, object->sid_len);
    row->sid_len    = object->sid_len;
    row->master     = own_sid(object->master_sid, object->master_sid_len);
    row->master_len = object->master_sid_len;
    row->mail       = fold(object->mail, mail);
    row->dn         = object->dn != NULL && object->dn[0] != '\0' ? object->dn : NULL;
    return wb_put_rules(fill, wb_scope_rules(object), &row->rules, err);
}

static int
is_same(sqlite3_stmt *sql, int column, const void *p, size_t len)
{
    size_t         theirs_len;
    const uint8_t *theirs = wb_space_octets(sql, column, &theirs_len);

    if (theirs == NULL || p == NULL)
        return (sqlite3_column_type(sql, column) == SQLITE_NULL) == (p == NULL) && theirs_len == 0
               && (p == NULL || len == 0);
    return theirs_len == len && memcmp(theirs, p, len) == 0;
}

static int
is_same_text(sqlite3_stmt *sql, int column, const char *text)
{
    return is_same(sql, column, text, text != NULL ? strlen(text) : 0);
}

/* What stands there, of an object that is to be something else. */
struct before {
    int64_t id; /* 0 = nothing */
    int64_t metaverse;
    int     is_same_pass;
    int     is_same_rules;
    int     has_same_keys;
    int     is_same_dn;
};

static pwwb_status
look(wb_fill *fill, const wb_object_row *row, struct before *ret_before, pwwb_error *err)
{
    sqlite3_stmt *sql = fill->sql[WB_FILL_OBJECT];
    int64_t       rules;
    int           is_row;
    pwwb_status   st;

    *ret_before = (struct before){0};
    wb_fill_number(fill, WB_FILL_OBJECT, 1, row->directory);
    wb_fill_guid(fill, WB_FILL_OBJECT, 2, row->guid);
    st = wb_fill_find(fill, WB_FILL_OBJECT, &is_row, err);
    if (!is_row)
        return st;

    ret_before->id            = sqlite3_column_int64(sql, 0);
    ret_before->metaverse     = sqlite3_column_int64(sql, 1);
    rules                     = sqlite3_column_int64(sql, 2);
    ret_before->is_same_rules = rules == row->rules;
    ret_before->has_same_keys = (rules == fill->contacts) == (row->rules == fill->contacts)
                                && is_same(sql, 3, row->source, PWWB_ID_SIZE)
                                && is_same(sql, 4, row->sid, row->sid_len)
                                && is_same(sql, 5, row->master, row->master_len)
                                && is_same_text(sql, 6, row->mail);
    ret_before->is_same_dn    = is_same_text(sql, 7, row->dn);
    ret_before->is_same_pass  = sqlite3_column_int64(sql, 8) == row->pass;
    wb_fill_rewind(fill, WB_FILL_OBJECT);
    return st;
}

static pwwb_status
touch(wb_fill *fill, const struct before *before, int64_t pass, pwwb_error *err)
{
    if (before->id == 0 || before->is_same_pass)
        return PWWB_OK;

    wb_fill_number(fill, WB_FILL_OBJECT_PASS, 1, before->id);
    wb_fill_number(fill, WB_FILL_OBJECT_PASS, 2, pass);
    return wb_fill_do(fill, WB_FILL_OBJECT_PASS, err);
}

static pwwb_status
change(wb_fill *fill, const wb_object_row *row, const struct before *before, pwwb_error *err)
{
    pwwb_status st;

    if (before->is_same_rules && before->has_same_keys && before->is_same_dn)
        return touch(fill, before, row->pass, err);

    fill->now.changed++;
    wb_put_bind(fill, WB_FILL_OBJECT_IS, row);
    st = wb_fill_do(fill, WB_FILL_OBJECT_IS, err);
    if (st == PWWB_OK && !before->has_same_keys)
        return wb_join_again(fill, before->metaverse, err);
    return st == PWWB_OK && !before->is_same_rules ? wb_join_settle(fill, before->metaverse, err)
                                                   : st;
}

static pwwb_status
put(wb_fill *fill, wb_object_row *row, const pwwb_object *object, pwwb_error *err)
{
    char          mail[WB_MAIL_SIZE];
    struct before before;
    pwwb_status   st = read_object(fill, object, row, mail, err);

    if (st == PWWB_OK)
        st = look(fill, row, &before, err);
    if (st != PWWB_OK)
        return st;
    if (before.id != 0)
        return change(fill, row, &before, err);

    fill->now.added++;
    return wb_join_new(fill, row, err);
}

static pwwb_status
take_away(wb_fill *fill, int64_t id, int64_t metaverse, pwwb_error *err)
{
    pwwb_status st = wb_fill_removes(fill, err);

    if (st != PWWB_OK)
        return st;

    wb_fill_number(fill, WB_FILL_OBJECT_GOES, 1, id);
    st = wb_fill_do(fill, WB_FILL_OBJECT_GOES, err);
    return st == PWWB_OK ? wb_join_again(fill, metaverse, err) : st;
}

static pwwb_status
gone(wb_fill *fill, const wb_object_row *row, pwwb_error *err)
{
    struct before before;
    pwwb_status   st = look(fill, row, &before, err);

    return st == PWWB_OK && before.id != 0 ? take_away(fill, before.id, before.metaverse, err) : st;
}

static pwwb_status
present(wb_fill *fill, const wb_object_row *row, pwwb_error *err)
{
    struct before before;
    pwwb_status   st = look(fill, row, &before, err);

    return st == PWWB_OK ? touch(fill, &before, row->pass, err) : st;
}

pwwb_status
wb_put(wb_fill *fill, int64_t directory, int64_t pass, const pwwb_object *object, pwwb_error *err)
{
    wb_object_row          row = {.directory = directory, .guid = object->guid, .pass = pass};
    enum pwwb_import_scope scope;

    fill->now.told++;
    if (object->change == PWWB_CHANGE_GONE)
        return gone(fill, &row, err);
    if (object->change == PWWB_CHANGE_PRESENT)
        return present(fill, &row, err);

    scope = wb_scope_of(object);
    if (scope == PWWB_SCOPE_IN)
        return put(fill, &row, object, err);

    fill->now.out_of_scope[scope]++;
    return gone(fill, &row, err);
}

pwwb_status
wb_put_end(wb_fill *fill, int64_t directory, int64_t pass, pwwb_error *err)
{
    int64_t     id = 0, metaverse = 0;
    int         is_row = 1;
    pwwb_status st     = PWWB_OK;

    while (st == PWWB_OK && is_row) {
        wb_fill_number(fill, WB_FILL_STALE, 1, directory);
        wb_fill_number(fill, WB_FILL_STALE, 2, pass);
        wb_fill_number(fill, WB_FILL_STALE, 3, id);
        st = wb_fill_find(fill, WB_FILL_STALE, &is_row, err);
        if (!is_row)
            break;
        id        = sqlite3_column_int64(fill->sql[WB_FILL_STALE], 0);
        metaverse = sqlite3_column_int64(fill->sql[WB_FILL_STALE], 1);
        wb_fill_rewind(fill, WB_FILL_STALE);
        st = take_away(fill, id, metaverse, err);
    }
    return st;
}
