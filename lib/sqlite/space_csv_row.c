/* SPDX-License-Identifier: Apache-2.0 */
#include "import.h"

#include <string.h>

#define AUTO     "auto"
#define NAME_MAX 64

/* What the row of a cloud connector object says. */
struct cloud {
    const uint8_t *cloud;  /* or NULL */
    const uint8_t *source; /* or NULL */
    int64_t        metaverse; /* 0 = not joined, or by its source anchor */
    enum wb_told   told;
    pwwb_anchor    anchors[2];
};

/* Its row, as it stands there. */
struct known {
    int64_t id; /* 0 = none */
    int     is_same;
    int     is_same_pass;
    int     has_source;
    uint8_t source[PWWB_ID_SIZE];
};

static pwwb_status
parse_anchor(const char *text, int32_t kind, pwwb_anchor *anchor, const uint8_t **ret_guid)
{
    *ret_guid = NULL;
    if (text[0] == '\0')
        return PWWB_OK;
    if (pwwb_anchor_parse(text, strlen(text), anchor, NULL) != PWWB_OK || anchor->kind != kind)
        return PWWB_E_MALFORMED;

    *ret_guid = anchor->guid;
    return PWWB_OK;
}

static const char *
wrong_cloud(struct cloud *row, const char *const field[WB_CSV_KNOWN])
{
    if (parse_anchor(field[WB_CSV_CLOUD], PWWB_ANCHOR_CLOUD, &row->anchors[0], &row->cloud) != PWWB_OK)
        return "the cloud anchor is not User_ and a GUID";
    if (parse_anchor(field[WB_CSV_SOURCE], PWWB_ANCHOR_SOURCE, &row->anchors[1], &row->source)
        != PWWB_OK)
        return "the source anchor is not the base64 of 16 octets";
    if (row->cloud == NULL && row->source == NULL)
        return "a cloud connector object needs an anchor";
    if (strcmp(field[WB_CSV_METAVERSE], AUTO) == 0 && row->source == NULL)
        return "auto needs a source anchor";
    if (field[WB_CSV_DIRECTORY][0] != '\0' || field[WB_CSV_GUID][0] != '\0'
        || field[WB_CSV_RULES][0] != '\0' || field[WB_CSV_DN][0] != '\0')
        return "a cloud connector object has no directory, objectGUID, rules or name";
    return NULL;
}

pwwb_status
wb_csv_metaverse(wb_fill *fill, const char *name, int64_t *ret_metaverse, pwwb_error *err)
{
    return wb_fill_name(fill, WB_FILL_NAME, WB_FILL_NEW_NAME, name, ret_metaverse, err);
}

static void
note(struct known *known, sqlite3_stmt *sql, const struct cloud *row, int64_t pass)
{
    const uint8_t *source = wb_space_guid(sql, 1);

    known->id           = sqlite3_column_int64(sql, 0);
    known->is_same      = wb_space_is_same_guid(source, row->source) && sqlite3_column_int(sql, 3) == (int)row->told
                          && (row->told == WB_TOLD_SOURCE
                              || sqlite3_column_int64(sql, 2) == row->metaverse);
    known->is_same_pass = sqlite3_column_int64(sql, 4) == pass;
    known->has_source   = source != NULL;
    if (source != NULL)
        memcpy(known->source, source, PWWB_ID_SIZE);
}

/* The same row; else one of its anchor that this file has not told yet. */
static pwwb_status
find(wb_fill *fill, const struct cloud *row, int64_t pass, struct known *ret_known, pwwb_error *err)
{
    enum wb_fill_sql which  = row->cloud != NULL ? WB_FILL_TOLD_BY_CLOUD : WB_FILL_TOLD_BY_SOURCE;
    struct known     known  = {0};
    int              is_row = 0;
    pwwb_status      st;

    *ret_known = known;
    wb_fill_guid(fill, which, 1, row->cloud != NULL ? row->cloud : row->source);
    while ((st = wb_fill_find(fill, which, &is_row, err)) == PWWB_OK && is_row) {
        note(&known, fill->sql[which], row, pass);
        if (known.is_same || !known.is_same_pass)
            *ret_known = known;
        if (known.is_same)
            break;
    }
    wb_fill_rewind(fill, which);
    return st;
}

static pwwb_status
touch(wb_fill *fill, const struct known *known, int64_t pass, pwwb_error *err)
{
    if (known->is_same_pass)
        return PWWB_OK;

    wb_fill_number(fill, WB_FILL_TOLD_PASS, 1, known->id);
    wb_fill_number(fill, WB_FILL_TOLD_PASS, 2, pass);
    return wb_fill_do(fill, WB_FILL_TOLD_PASS, err);
}

static pwwb_status
write_row(wb_fill *fill, const struct cloud *row, int64_t pass, const struct known *known,
          pwwb_error *err)
{
    enum wb_fill_sql which = known->id != 0 ? WB_FILL_TOLD_IS : WB_FILL_NEW_TOLD;

    wb_fill_guid(fill, which, 1, row->source);
    if (row->metaverse != 0)
        wb_fill_number(fill, which, 2, row->metaverse);
    wb_fill_number(fill, which, 3, row->told);
    wb_fill_number(fill, which, 4, pass);
    if (known->id != 0)
        wb_fill_number(fill, which, 5, known->id);
    else
        wb_fill_guid(fill, which, 5, row->cloud);
    return wb_fill_do(fill, which, err);
}

static pwwb_status
put_cloud(wb_fill *fill, const struct cloud *row, int64_t pass, pwwb_error *err)
{
    struct known known;
    pwwb_status  st = find(fill, row, pass, &known, err);

    if (st != PWWB_OK)
        return st;
    if (known.is_same)
        return touch(fill, &known, pass, err);

    fill->now.added += known.id == 0;
    fill->now.changed += known.id != 0;
    st = write_row(fill, row, pass, &known, err);
    if (st == PWWB_OK && row->source != NULL)
        st = wb_cloud_settle(fill, row->source, err);
    if (st == PWWB_OK && known.has_source)
        st = wb_cloud_settle(fill, known.source, err);
    return st;
}

static pwwb_status
read_cloud(wb_fill *fill, int64_t pass, const char *const field[WB_CSV_KNOWN], const char **ret_wrong,
           pwwb_error *err)
{
    struct cloud row = {.told = WB_TOLD_FIXED};
    pwwb_status  st  = PWWB_OK;

    *ret_wrong = wrong_cloud(&row, field);
    if (*ret_wrong != NULL)
        return PWWB_E_MALFORMED;

    if (strcmp(field[WB_CSV_METAVERSE], AUTO) == 0)
        row.told = WB_TOLD_SOURCE;
    else if (field[WB_CSV_METAVERSE][0] != '\0')
        st = wb_csv_metaverse(fill, field[WB_CSV_METAVERSE], &row.metaverse, err);
    return st == PWWB_OK ? put_cloud(fill, &row, pass, err) : st;
}

/* Control characters are in no such text, but maybe in a distinguished name. */
static int
has_control(const char *text)
{
    for (; *text != '\0'; text++)
        if ((unsigned char)*text < 0x20 || *text == 0x7f)
            return 1;
    return 0;
}

static const char *
wrong_text(const char *const field[WB_CSV_KNOWN])
{
    int i;

    for (i = 0; i < WB_CSV_DN; i++)
        if (has_control(field[i]))
            return "a control character stands in it";
    if (strlen(field[WB_CSV_METAVERSE]) > NAME_MAX)
        return "the metaverse object's name is longer than 64 octets";
    return NULL;
}

pwwb_status
wb_csv_put(wb_fill *fill, int64_t pass, const char *const field[WB_CSV_KNOWN], const char **ret_wrong,
           pwwb_error *err)
{
    fill->now.told++;
    *ret_wrong = wrong_text(field);
    if (*ret_wrong != NULL)
        return PWWB_E_MALFORMED;
    if (strcmp(field[WB_CSV_KIND], "cloud") == 0)
        return read_cloud(fill, pass, field, ret_wrong, err);
    if (strcmp(field[WB_CSV_KIND], "link") == 0)
        return wb_csv_put_link(fill, pass, field, ret_wrong, err);

    *ret_wrong = "its kind is neither cloud nor link";
    return PWWB_E_MALFORMED;
}
