/* SPDX-License-Identifier: Apache-2.0 */
#include "import.h"

#include <string.h>

/* The first mail behind another, and one that has it. "" when there is none. */
static pwwb_status
next_mail(wb_fill *fill, char mail[WB_MAIL_SIZE], int64_t *ret_metaverse, int64_t *ret_directory,
          pwwb_error *err)
{
    sqlite3_stmt *sql = fill->sql[WB_FILL_NEXT_MAIL];
    size_t        len;
    const void   *p;
    int           is_row;
    pwwb_status   st;

    wb_fill_text(fill, WB_FILL_NEXT_MAIL, 1, mail);
    st      = wb_fill_find(fill, WB_FILL_NEXT_MAIL, &is_row, err);
    mail[0] = '\0';
    if (!is_row)
        return st;

    p = wb_space_octets(sql, 0, &len);
    if (p == NULL || len >= WB_MAIL_SIZE)
        st = wb_space_damaged(fill->space, err);
    if (st == PWWB_OK) {
        memcpy(mail, p, len);
        mail[len] = '\0';
    }
    *ret_metaverse = sqlite3_column_int64(sql, 1);
    *ret_directory = sqlite3_column_int64(sql, 2);
    wb_fill_rewind(fill, WB_FILL_NEXT_MAIL);
    return st;
}

/* Of one that has a mail, when others in other directories have it, too. */
static pwwb_status
join_again(wb_fill *fill, const char *mail, int64_t metaverse, int64_t directory, pwwb_error *err)
{
    int64_t     others;
    pwwb_status st;

    wb_fill_text(fill, WB_FILL_IS_OTHERS, 1, mail);
    wb_fill_number(fill, WB_FILL_IS_OTHERS, 2, directory);
    st = wb_fill_ask(fill, WB_FILL_IS_OTHERS, &others, err);
    return st == PWWB_OK && others != 0 ? wb_join_again(fill, metaverse, err) : st;
}

static pwwb_status
join_all(wb_fill *fill, pwwb_error *err)
{
    char        mail[WB_MAIL_SIZE] = "";
    int64_t     metaverse = 0, directory = 0;
    pwwb_status st;

    do {
        st = next_mail(fill, mail, &metaverse, &directory, err);
        if (st == PWWB_OK && mail[0] != '\0')
            st = join_again(fill, mail, metaverse, directory, err);
    } while (st == PWWB_OK && mail[0] != '\0');
    return st;
}

pwwb_status
wb_join_mails(wb_fill *fill, pwwb_error *err)
{
    int64_t     before;
    int64_t     now = fill->options.joins_mail != 0;
    pwwb_status st  = wb_fill_ask(fill, WB_FILL_MAIL_JOINS, &before, err);

    if (st != PWWB_OK || before == now)
        return st;

    wb_fill_number(fill, WB_FILL_SET_MAIL_JOINS, 1, now);
    st = wb_fill_do(fill, WB_FILL_SET_MAIL_JOINS, err);
    return st == PWWB_OK ? join_all(fill, err) : st;
}
