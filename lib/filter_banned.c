/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "banned.h"
#include "error.h"
#include "filter.h"

typedef struct list {
    size_t  count;
    wb_word words[];
} list;

static pwwb_status
check(void *ctx, const pwwb_account *account, int32_t kind, const uint8_t *password,
      size_t password_len, pwwb_findings *findings, pwwb_error *err)
{
    const list *l      = ctx;
    wb_span     text   = wb_span_of(password, password_len);
    int64_t     points = wb_banned_points(l->words, l->count, text);
    wb_span     name   = {NULL, 0};

    (void)kind;
    (void)err;
    if (account != NULL)
        name = wb_span_of(account->display_name,
                          strnlen(account->display_name, sizeof(account->display_name)));
    if (points < PWWB_BANNED_POINTS)
        (void)pwwb_findings_add(findings, PWWB_CODE_POLICY_BANNED, PWWB_BASIS_STATED,
                                PWWB_BANNED_POINTS, points);
    if (name.len > 0 && wb_banned_holds_name(text, name))
        (void)pwwb_findings_add(findings, PWWB_CODE_POLICY_CONTAINS_NAME, PWWB_BASIS_STATED, 0,
                                PWWB_NAME_DISPLAY);
    return PWWB_OK;
}

static const pwwb_filter_ops banned_ops = {
    .size = sizeof(pwwb_filter_ops), .check = check, .destroy = free};

pwwb_status
pwwb_filter_new_banned(const char *words, size_t words_len, pwwb_filter **ret_filter,
                       pwwb_error *err)
{
    wb_span     text = wb_span_of(words, words_len);
    list       *l;
    size_t      count;
    pwwb_status st;

    wb_ok(err);
    if (ret_filter != NULL)
        *ret_filter = NULL;
    if (ret_filter == NULL || (words == NULL && words_len > 0))
        return wb_fail(err, PWWB_E_INVALID_ARGUMENT, "words and ret_filter must be given");

    st = wb_banned_parse(text, NULL, &count, err);
    if (st != PWWB_OK)
        return st;

    l = calloc(1, sizeof(*l) + count * sizeof(l->words[0]));
    if (l == NULL)
        return wb_fail(err, PWWB_E_NO_MEMORY, "no memory for a list of banned words");

    (void)wb_banned_parse(text, l->words, &l->count, NULL);
    st = pwwb_filter_new(&banned_ops, l, ret_filter, err);
    if (st != PWWB_OK)
        free(l);
    return st;
}
