/* SPDX-License-Identifier: Apache-2.0 */
#include "directory.h"

#include <string.h>

#include <pwwb/envelope.h>

#include "error.h"
#include "guid.h"
#include "result.h"
#include "utf.h"

/* Whether a callback's string ends within its array and is UTF-8. */
static int
is_text(const char *text, size_t size)
{
    const char *end = memchr(text, '\0', size);

    return end != NULL && wb_utf8_units((const uint8_t *)text, (size_t)(end - text)) >= 0;
}

static int
is_answer(int32_t value)
{
    return value >= PWWB_NO && value <= PWWB_MAYBE;
}

const char *
wb_wrong_found(const pwwb_found *f)
{
    if (f->code != PWWB_CODE_OK && pwwb_code_class(f->code) != PWWB_CODE_CLASS_LOOKUP)
        return "a code that is not about lookup";
    if (f->candidates < 0)
        return "less than no candidates";
    if (!is_text(f->directory, sizeof(f->directory)))
        return "a directory's name that is no text";
    if (f->code == PWWB_CODE_OK && wb_guid_is_zero(f->guid))
        return "an account without id";
    return NULL;
}

const char *
wb_wrong_account(const pwwb_account *a)
{
    if (a->kind < PWWB_ACCOUNT_PERSON || a->kind > PWWB_ACCOUNT_OTHER)
        return "no kind of account";
    if (!is_answer(a->is_protected) || !is_answer(a->is_locked) || !is_answer(a->may_change))
        return "neither yes, no nor maybe";
    if (a->bad_password_count < -1 || a->bad_password_time_ms < -1 || a->password_last_set_ms < -1
        || a->locked_since_ms < -1 || a->locked_until_ms < -1 || a->account_expires_ms < -1
        || a->password_expires_ms < -1 || a->now_ms < -1 || a->password_written_ms < -1)
        return "a number below -1";
    if (!is_text(a->account_name, sizeof(a->account_name))
        || !is_text(a->display_name, sizeof(a->display_name))
        || !is_text(a->controller, sizeof(a->controller)) || !is_text(a->dn, sizeof(a->dn)))
        return "a name that is no text";
    return NULL;
}

const char *
wb_wrong_rules(const pwwb_policy_rules *r)
{
    if (r->source < PWWB_POLICY_HOST || r->source > PWWB_POLICY_UNREADABLE)
        return "rules from nowhere";
    if (!is_answer(r->complexity))
        return "rules that are neither yes, no nor maybe";
    if (r->min_length < -1 || r->history_length < -1 || r->lockout_threshold < -1
        || r->min_age_ms < -1 || r->max_age_ms < -1 || r->lockout_duration_ms < -1
        || r->lockout_window_ms < -1 || r->max_length < -1)
        return "a rule below -1";
    if (!is_text(r->source_dn, sizeof(r->source_dn)))
        return "a source that is no text";
    return NULL;
}

const char *
wb_wrong_result(const pwwb_set_result *r)
{
    if (!wb_code_is_known(r->code))
        return "no code";
    if (r->password_last_set_ms < -1)
        return "a time below -1";
    if (!is_text(r->controller, sizeof(r->controller)))
        return "a controller that is no text";
    return NULL;
}

/* A password that a request brings: one to 256 units of UTF-8. */
static pwwb_status
check_password(const uint8_t *password, size_t len, int32_t too_long, int32_t *ret_code,
               pwwb_error *err)
{
    int64_t units;

    if (password == NULL || len == 0)
        return wb_fail(err, PWWB_E_INVALID_ARGUMENT, "a password is missing or empty");

    units = wb_utf8_units(password, len);
    if (units < 0)
        return wb_fail(err, PWWB_E_MALFORMED, "a password is not UTF-8, or has NUL inside");
    if (units > PWWB_PASSWORD_MAX_UNITS) {
        *ret_code = too_long;
        return wb_fail(err, PWWB_E_MALFORMED, "a password is longer than %d UTF-16 units",
                       PWWB_PASSWORD_MAX_UNITS);
    }

    return PWWB_OK;
}

pwwb_status
wb_set_check(const pwwb_set *set, int32_t *ret_code, pwwb_error *err)
{
    int         has_new = set->kind != PWWB_SET_UNLOCK;
    int         has_old = set->kind == PWWB_SET_CHANGE;
    pwwb_status st      = PWWB_OK;

    *ret_code = PWWB_CODE_INTERNAL;
    if (set->kind < PWWB_SET_RESET || set->kind > PWWB_SET_UNLOCK)
        return wb_fail(err, PWWB_E_INVALID_ARGUMENT, "%d is no kind of operation", (int)set->kind);
    if (set->must_change < PWWB_MUST_CHANGE_KEEP || set->must_change > PWWB_MUST_CHANGE_CLEAR
        || (set->unlock & ~1) != 0 || set->reserved != 0)
        return wb_fail(err, PWWB_E_INVALID_ARGUMENT,
                       "must_change, unlock or reserved is out of range");
    if ((!has_new && (set->password != NULL || set->password_len != 0))
        || (!has_old && (set->old_password != NULL || set->old_password_len != 0)))
        return wb_fail(err, PWWB_E_INVALID_ARGUMENT, "a password where none belongs");

    if (has_new)
        st = check_password(set->password, set->password_len, PWWB_CODE_POLICY_TOO_LONG, ret_code,
                            err);
    if (st == PWWB_OK && has_old)
        st = check_password(set->old_password, set->old_password_len, PWWB_CODE_OLD_PASSWORD_WRONG,
                            ret_code, err);
    return st;
}
