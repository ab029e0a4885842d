/* SPDX-License-Identifier: Apache-2.0 */
#include "import.h"

#include <string.h>

/* One of the keys by which a row finds others. */
struct key {
    enum wb_fill_sql which;
    const void      *p; /* NULL = it has none */
    size_t           len;
    int              is_joint; /* all that have it are one metaverse object already */
};

/* NULL = there is none. */
static const uint8_t *
copy_guid(sqlite3_stmt *row, int column, uint8_t room[PWWB_ID_SIZE])
{
    const uint8_t *guid = wb_space_guid(row, column);

    return guid != NULL ? memcpy(room, guid, PWWB_ID_SIZE) : NULL;
}

static pwwb_status
read_source(wb_fill *fill, enum wb_fill_sql which, int64_t metaverse, uint8_t *room,
            const uint8_t **ret_source, pwwb_error *err)
{
    int         is_row;
    pwwb_status st;

    wb_fill_number(fill, which, 1, metaverse);
    st          = wb_fill_find(fill, which, &is_row, err);
    *ret_source = is_row ? copy_guid(fill->sql[which], 0, room) : NULL;
    wb_fill_rewind(fill, which);
    return st;
}

static pwwb_status
settle_clouds(wb_fill *fill, const uint8_t *source, pwwb_error *err)
{
    return source != NULL ? wb_cloud_settle(fill, source, err) : PWWB_OK;
}

/* That of the account that is enabled; else of any. The least of several, so that it is the same whatever came
 * first. */
pwwb_status
wb_join_settle(wb_fill *fill, int64_t metaverse, pwwb_error *err)
{
    uint8_t        rooms[2][PWWB_ID_SIZE];
    const uint8_t *old, *best = NULL;
    pwwb_status    st = read_source(fill, WB_FILL_METAVERSE_SOURCE, metaverse, rooms[0], &old, err);

    if (st == PWWB_OK)
        st = read_source(fill, WB_FILL_BEST_SOURCE, metaverse, rooms[1], &best, err);
    if (st != PWWB_OK || wb_space_is_same_guid(old, best))
        return st;

    wb_fill_number(fill, WB_FILL_SET_SOURCE, 1, metaverse);
    wb_fill_guid(fill, WB_FILL_SET_SOURCE, 2, best);
    st = wb_fill_do(fill, WB_FILL_SET_SOURCE, err);
    if (st == PWWB_OK)
        st = settle_clouds(fill, old, err);
    return st == PWWB_OK ? settle_clouds(fill, best, err) : st;
}

/* It has no objects any more. */
static pwwb_status
drop(wb_fill *fill, int64_t metaverse, pwwb_error *err)
{
    uint8_t        room[PWWB_ID_SIZE];
    const uint8_t *source;
    pwwb_status    st = read_source(fill, WB_FILL_METAVERSE_SOURCE, metaverse, room, &source, err);

    if (st != PWWB_OK)
        return st;

    wb_fill_number(fill, WB_FILL_METAVERSE_GOES, 1, metaverse);
    st = wb_fill_do(fill, WB_FILL_METAVERSE_GOES, err);
    return st == PWWB_OK ? settle_clouds(fill, source, err) : st;
}

static pwwb_status
move(wb_fill *fill, int64_t from, int64_t to, pwwb_error *err)
{
    wb_fill_number(fill, WB_FILL_MOVE, 1, from);
    wb_fill_number(fill, WB_FILL_MOVE, 2, to);
    return wb_fill_do(fill, WB_FILL_MOVE, err);
}

/* Whatever has that key becomes part of `into`, or is it. */
static pwwb_status
join_by(wb_fill *fill, const struct key *key, int64_t *into, pwwb_error *err)
{
    int64_t     other;
    pwwb_status st;

    do {
        if (key->which == WB_FILL_BY_MAIL)
            wb_fill_text(fill, key->which, 1, key->p);
        else
            wb_fill_octets(fill, key->which, 1, key->p, key->len);
        wb_fill_number(fill, key->which, 2, key->is_joint ? 0 : *into);
        st = wb_fill_ask(fill, key->which, &other, err);
        if (st != PWWB_OK || other == 0)
            return st;
        if (*into != 0 && other != *into) {
            st = move(fill, other, *into, err);
            if (st == PWWB_OK)
                st = drop(fill, other, err);
        } else {
            *into = other;
        }
    } while (st == PWWB_OK && !key->is_joint);
    return st;
}

static pwwb_status
ask_of_mail(wb_fill *fill, enum wb_fill_sql which, const char *mail, int64_t number, int *ret_is,
            pwwb_error *err)
{
    int64_t     found;
    pwwb_status st;

    wb_fill_text(fill, which, 1, mail);
    wb_fill_number(fill, which, 2, number);
    st      = wb_fill_ask(fill, which, &found, err);
    *ret_is = found != 0;
    return st;
}

/* Whether a mail joins those that have it: one of them is a contact; or that is wanted, and they are of several
 * directories. */
static pwwb_status
does_mail_join(wb_fill *fill, const wb_object_row *row, int *ret_does, pwwb_error *err)
{
    pwwb_status st = PWWB_OK;

    *ret_does = row->mail != NULL && row->rules == fill->contacts;
    if (row->mail == NULL || *ret_does)
        return PWWB_OK;

    st = ask_of_mail(fill, WB_FILL_IS_CONTACTS, row->mail, fill->contacts, ret_does, err);
    if (st == PWWB_OK && !*ret_does && fill->options.joins_mail)
        st = ask_of_mail(fill, WB_FILL_IS_OTHERS, row->mail, row->directory, ret_does, err);
    return st;
}

/* The metaverse object that a row belongs to, of what was several when its keys say so; 0 = none yet. */
static pwwb_status
find_metaverse(wb_fill *fill, const wb_object_row *row, int64_t *ret_metaverse, pwwb_error *err)
{
    struct key  keys[] = {{WB_FILL_BY_SOURCE, row->source, PWWB_ID_SIZE, 1},
                          {WB_FILL_BY_MASTER, row->sid, row->sid_len, 1},
                          {WB_FILL_BY_MASTER, row->master, row->master_len, 1},
                          {WB_FILL_BY_SID, row->master, row->master_len, 0},
                          {WB_FILL_BY_MAIL, row->mail, 0, 0}};
    int         has_mail;
    size_t      i;
    pwwb_status st = does_mail_join(fill, row, &has_mail, err);

    *ret_metaverse = 0;
    if (!has_mail)
        keys[4].p = NULL;
    for (i = 0; i < sizeof(keys) / sizeof(keys[0]) && st == PWWB_OK; i++)
        if (keys[i].p != NULL)
            st = join_by(fill, &keys[i], ret_metaverse, err);
    return st;
}

/* As find_metaverse(); where there is none it is made. */
static pwwb_status
find_or_make(wb_fill *fill, const wb_object_row *row, int64_t *ret_metaverse, int *ret_is_new,
             pwwb_error *err)
{
    pwwb_status st = find_metaverse(fill, row, ret_metaverse, err);

    *ret_is_new = st == PWWB_OK && *ret_metaverse == 0;
    if (!*ret_is_new)
        return st;

    wb_fill_guid(fill, WB_FILL_NEW_METAVERSE, 1, row->source);
    st             = wb_fill_do(fill, WB_FILL_NEW_METAVERSE, err);
    *ret_metaverse = wb_fill_last(fill);
    return st;
}

/* An object was put in. */
static pwwb_status
settle_after(wb_fill *fill, const wb_object_row *row, int64_t metaverse, int is_new,
             pwwb_error *err)
{
    return is_new ? settle_clouds(fill, row->source, err) : wb_join_settle(fill, metaverse, err);
}

pwwb_status
wb_join_new(wb_fill *fill, const wb_object_row *row, pwwb_error *err)
{
    int64_t     metaverse;
    int         is_new;
    pwwb_status st = find_or_make(fill, row, &metaverse, &is_new, err);

    if (st != PWWB_OK)
        return st;

    wb_put_bind(fill, WB_FILL_NEW_OBJECT, row);
    wb_fill_number(fill, WB_FILL_NEW_OBJECT, 10, metaverse);
    st = wb_fill_do(fill, WB_FILL_NEW_OBJECT, err);
    return st == PWWB_OK ? settle_after(fill, row, metaverse, is_new, err) : st;
}

static pwwb_status
join_old(wb_fill *fill, const wb_object_row *row, int64_t id, pwwb_error *err)
{
    int64_t     metaverse;
    int         is_new;
    pwwb_status st = find_or_make(fill, row, &metaverse, &is_new, err);

    if (st != PWWB_OK)
        return st;

    wb_fill_number(fill, WB_FILL_OBJECT_JOINS, 1, id);
    wb_fill_number(fill, WB_FILL_OBJECT_JOINS, 2, metaverse);
    st = wb_fill_do(fill, WB_FILL_OBJECT_JOINS, err);
    return st == PWWB_OK ? settle_after(fill, row, metaverse, is_new, err) : st;
}

/* Room for the keys of a row that was read. */
struct keys_read {
    int64_t       id;
    wb_object_row row;
    uint8_t       source[PWWB_ID_SIZE];
    uint8_t       sid[WB_SID_SIZE];
    uint8_t       master[WB_SID_SIZE];
    char          mail[WB_MAIL_SIZE];
};

static const uint8_t *
read_octets(sqlite3_stmt *sql, int column, uint8_t *room, size_t size, size_t *ret_len)
{
    const uint8_t *p = wb_space_octets(sql, column, ret_len);

    if (p == NULL || *ret_len > size)
        return NULL;
    memcpy(room, p, *ret_len);
    return room;
}

/* What waits in a metaverse object that is taken apart: *ret_is_row 0 = nothing more. */
static pwwb_status
read_next(wb_fill *fill, int64_t metaverse, struct keys_read *ret_keys, int *ret_is_row,
          pwwb_error *err)
{
    sqlite3_stmt *sql = fill->sql[WB_FILL_APART];
    size_t        len;
    pwwb_status   st;

    memset(ret_keys, 0, sizeof(*ret_keys));
    wb_fill_number(fill, WB_FILL_APART, 1, metaverse);
    st = wb_fill_find(fill, WB_FILL_APART, ret_is_row, err);
    if (!*ret_is_row)
        return st;

    ret_keys->id            = sqlite3_column_int64(sql, 0);
    ret_keys->row.directory = sqlite3_column_int64(sql, 1);
    ret_keys->row.rules     = sqlite3_column_int64(sql, 3);
    ret_keys->row.source    = copy_guid(sql, 4, ret_keys->source);
    ret_keys->row.sid       = read_octets(sql, 5, ret_keys->sid, WB_SID_SIZE, &ret_keys->row.sid_len);
    ret_keys->row.master    = read_octets(sql, 6, ret_keys->master, WB_SID_SIZE,
                                          &ret_keys->row.master_len);
    ret_keys->row.mail      = (const char *)read_octets(sql, 7, (uint8_t *)ret_keys->mail,
                                                        WB_MAIL_SIZE - 1, &len);
    wb_fill_rewind(fill, WB_FILL_APART);
    return st;
}

pwwb_status
wb_join_again(wb_fill *fill, int64_t metaverse, pwwb_error *err)
{
    struct keys_read keys;
    int              is_row = 1;
    pwwb_status      st     = move(fill, metaverse, -metaverse, err);

    if (st == PWWB_OK)
        st = drop(fill, metaverse, err);
    while (st == PWWB_OK && is_row) {
        st = read_next(fill, -metaverse, &keys, &is_row, err);
        if (st == PWWB_OK && is_row)
            st = join_old(fill, &keys.row, keys.id, err);
    }
    return st;
}
