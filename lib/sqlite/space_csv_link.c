/* SPDX-License-Identifier: Apache-2.0 */
#include "import.h"

#include <stdlib.h>
#include <string.h>

/* A link, as the file has it and as it is to stand there. */
struct link {
    wb_object_row row;
    int64_t       metaverse;
    uint8_t       guid[PWWB_ID_SIZE];
};

/* Its row, as it stands there. */
struct known {
    int64_t id; /* 0 = none */
    int     is_same;
    int     is_same_pass;
};

static const char *
wrong_link(struct link *link, const char *const field[WB_CSV_KNOWN])
{
    const char *guid = field[WB_CSV_GUID];
    size_t      len  = strlen(field[WB_CSV_DIRECTORY]);

    if (field[WB_CSV_CLOUD][0] != '\0' || field[WB_CSV_SOURCE][0] != '\0')
        return "a link has no anchor";
    if (field[WB_CSV_METAVERSE][0] == '\0' || strcmp(field[WB_CSV_METAVERSE], "auto") == 0)
        return "a link needs a metaverse object";
    if (len == 0 || len >= PWWB_DIRECTORY_NAME_SIZE)
        return "a directory's name has 1 to 63 octets";
    if (pwwb_guid_parse(guid, strlen(guid), link->guid, NULL) != PWWB_OK)
        return "the objectGUID is not 32 digits and 4 dashes";
    return NULL;
}

/* Of a directory that is imported by itself links are known better. */
static pwwb_status
find_directory(wb_fill *fill, const char *name, int64_t *ret_directory, const char **ret_wrong,
               pwwb_error *err)
{
    int         is_row;
    pwwb_status st;

    wb_fill_text(fill, WB_FILL_DIRECTORY, 1, name);
    st             = wb_fill_find(fill, WB_FILL_DIRECTORY, &is_row, err);
    *ret_directory = is_row ? sqlite3_column_int64(fill->sql[WB_FILL_DIRECTORY], 0) : 0;
    if (is_row && sqlite3_column_int64(fill->sql[WB_FILL_DIRECTORY], 2) > 0)
        *ret_wrong = "its directory is imported by itself";
    wb_fill_rewind(fill, WB_FILL_DIRECTORY);
    if (*ret_wrong != NULL)
        return PWWB_E_MALFORMED;
    return st == PWWB_OK && !is_row ? wb_put_directory(fill, name, ret_directory, err) : st;
}

/* Names with newlines in between, where the file has "|". */
static pwwb_status
find_rules(wb_fill *fill, const char *text, int64_t *ret_rules, pwwb_error *err)
{
    char       *names = strdup(text);
    char       *p;
    pwwb_status st;

    if (names == NULL)
        return wb_say(err, PWWB_E_NO_MEMORY, "no memory for the rules of a link");

    for (p = names; *p != '\0'; p++)
        if (*p == '|')
            *p = '\n';
    st = wb_put_rules(fill, names, ret_rules, err);
    free(names);
    return st;
}

static int
is_same_text(sqlite3_stmt *sql, int column, const char *text)
{
    const char *theirs = wb_space_text(sql, column);

    return (theirs == NULL) == (text == NULL) && (text == NULL || strcmp(theirs, text) == 0);
}

static pwwb_status
look(wb_fill *fill, const struct link *link, struct known *ret_known, pwwb_error *err)
{
    sqlite3_stmt *sql = fill->sql[WB_FILL_OBJECT];
    int           is_row;
    pwwb_status   st;

    *ret_known = (struct known){0};
    wb_fill_number(fill, WB_FILL_OBJECT, 1, link->row.directory);
    wb_fill_guid(fill, WB_FILL_OBJECT, 2, link->guid);
    st = wb_fill_find(fill, WB_FILL_OBJECT, &is_row, err);
    if (!is_row)
        return st;

    ret_known->id           = sqlite3_column_int64(sql, 0);
    ret_known->is_same      = sqlite3_column_int64(sql, 1) == link->metaverse
                              && sqlite3_column_int64(sql, 2) == link->row.rules
                              && is_same_text(sql, 7, link->row.dn);
    ret_known->is_same_pass = sqlite3_column_int64(sql, 8) == link->row.pass;
    wb_fill_rewind(fill, WB_FILL_OBJECT);
    return st;
}

static pwwb_status
add(wb_fill *fill, const struct link *link, pwwb_error *err)
{
    fill->now.added++;
    wb_put_bind(fill, WB_FILL_NEW_OBJECT, &link->row);
    wb_fill_number(fill, WB_FILL_NEW_OBJECT, 10, link->metaverse);
    return wb_fill_do(fill, WB_FILL_NEW_OBJECT, err);
}

static pwwb_status
change(wb_fill *fill, const struct link *link, const struct known *known, pwwb_error *err)
{
    if (known->is_same && known->is_same_pass)
        return PWWB_OK;

    fill->now.changed += !known->is_same;
    wb_fill_number(fill, WB_FILL_LINK_IS, 1, known->id);
    wb_fill_number(fill, WB_FILL_LINK_IS, 2, link->metaverse);
    wb_fill_number(fill, WB_FILL_LINK_IS, 3, link->row.rules);
    wb_fill_text(fill, WB_FILL_LINK_IS, 4, link->row.dn);
    wb_fill_number(fill, WB_FILL_LINK_IS, 5, link->row.pass);
    return wb_fill_do(fill, WB_FILL_LINK_IS, err);
}

static pwwb_status
put(wb_fill *fill, const struct link *link, const char **ret_wrong, pwwb_error *err)
{
    struct known known;
    pwwb_status  st = look(fill, link, &known, err);

    if (st != PWWB_OK)
        return st;
    if (known.id == 0)
        return add(fill, link, err);
    if (known.is_same_pass && !known.is_same) {
        *ret_wrong = "another line of the file says something else of this object";
        return PWWB_E_MALFORMED;
    }
    return change(fill, link, &known, err);
}

pwwb_status
wb_csv_put_link(wb_fill *fill, int64_t pass, const char *const field[WB_CSV_KNOWN],
                const char **ret_wrong, pwwb_error *err)
{
    struct link link = {.row.pass = pass};
    pwwb_status st;

    *ret_wrong = wrong_link(&link, field);
    if (*ret_wrong != NULL)
        return PWWB_E_MALFORMED;

    link.row.guid = link.guid;
    link.row.dn   = field[WB_CSV_DN][0] != '\0' ? field[WB_CSV_DN] : NULL;
    st            = find_directory(fill, field[WB_CSV_DIRECTORY], &link.row.directory, ret_wrong, err);
    if (st == PWWB_OK)
        st = find_rules(fill, field[WB_CSV_RULES], &link.row.rules, err);
    if (st == PWWB_OK)
        st = wb_csv_metaverse(fill, field[WB_CSV_METAVERSE], &link.metaverse, err);
    return st == PWWB_OK ? put(fill, &link, ret_wrong, err) : st;
}
