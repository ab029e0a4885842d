/* SPDX-License-Identifier: Apache-2.0 */
#include "policy.h"

#include <string.h>

#include "error.h"
#include "ops.h"
#include "page.h"

static void
say_source(wb_page *p, const pwwb_policy_rules *r)
{
    static const char *const texts[] = {
        "Rules of the host",
        "Rules of the domain",
        "Rules of a password settings object, which replace the domain's",
        "Rules of a password policy entry",
        "The rules are not known, for what holds them cannot be read",
    };

    wb_page_say(p, "%s%s", texts[r->source - 1], r->source_dn[0] != '\0' ? ": " : "");
    wb_page_name(p, r->source_dn, sizeof(r->source_dn));
    wb_page_say(p, ".\n");
}

static void
say_length(wb_page *p, const pwwb_policy_rules *r)
{
    const char *unit = r->source == PWWB_POLICY_PPOLICY ? "octets" : "characters";

    if (r->min_length < 0)
        wb_page_say(p, "How long it must be at least is not known.\n");
    else if (r->min_length == 0)
        wb_page_say(p, "Any length.\n");
    else
        wb_page_say(p, "At least %d %s.\n", (int)r->min_length, unit);
}

static void
say_kinds(wb_page *p, const pwwb_policy_rules *r)
{
    int is_module = r->source == PWWB_POLICY_PPOLICY;

    if (r->complexity == PWWB_MAYBE)
        wb_page_say(p, "Whether several kinds of characters are wanted is not known.\n");
    else if (r->complexity == PWWB_NO)
        wb_page_say(p, "Any characters.\n");
    else if (is_module)
        wb_page_say(p, "Of a quality that the directory checks by rules of its own.\n");
    else
        wb_page_say(p, "Three of these kinds: capital letters, small letters, digits, signs, other letters. "
               "Neither the account's name nor a part of the person's.\n");
}

static void
say_history(wb_page *p, const pwwb_policy_rules *r)
{
    if (r->history_length < 0)
        wb_page_say(p, "How many earlier passwords are remembered is not known.\n");
    else if (r->history_length == 0)
        wb_page_say(p, "Earlier passwords may be used again.\n");
    else if (r->history_length == 1)
        wb_page_say(p, "Not the present password.\n");
    else
        wb_page_say(p, "Not one of the last %d passwords.\n", (int)r->history_length);
}

static void
say_ages(wb_page *p, const pwwb_policy_rules *r)
{
    char text[WB_PAGE_TIME_SIZE];

    if (r->min_age_ms < 0)
        wb_page_say(p, "How soon it may be changed again is not known.\n");
    else if (r->min_age_ms == 0)
        wb_page_say(p, "It may be changed again at once.\n");
    else
        wb_page_say(p, "It may be changed again after %s.\n", wb_page_span(r->min_age_ms, text));

    if (r->max_age_ms < 0)
        wb_page_say(p, "After which time it expires is not known.\n");
    else if (r->max_age_ms == 0)
        wb_page_say(p, "It never expires.\n");
    else
        wb_page_say(p, "It expires after %s.\n", wb_page_span(r->max_age_ms, text));
}

static void
say_lockout(wb_page *p, const pwwb_policy_rules *r)
{
    char text[WB_PAGE_TIME_SIZE];

    if (r->lockout_threshold < 0) {
        wb_page_say(p, "How many wrong passwords lock the account is not known.\n");
        return;
    }
    if (r->lockout_threshold == 0) {
        wb_page_say(p, "Wrong passwords never lock the account.\n");
        return;
    }

    wb_page_say(p, "%d wrong passwords", (int)r->lockout_threshold);
    if (r->lockout_window_ms < 0)
        wb_page_say(p, ", within a time that is not known,");
    else if (r->lockout_window_ms > 0)
        wb_page_say(p, " within %s", wb_page_span(r->lockout_window_ms, text));
    if (r->lockout_duration_ms < 0)
        wb_page_say(p, " lock the account, for how long is not known.\n");
    else if (r->lockout_duration_ms == 0)
        wb_page_say(p, " lock the account until it is unlocked.\n");
    else
        wb_page_say(p, " lock the account for %s.\n", wb_page_span(r->lockout_duration_ms, text));
}

static void
say_rules(wb_page *p, const pwwb_policy_rules *r)
{
    say_source(p, r);
    if (r->source == PWWB_POLICY_UNREADABLE)
        return;

    say_length(p, r);
    say_kinds(p, r);
    say_history(p, r);
    say_ages(p, r);
    say_lockout(p, r);
}

static void
say_who(wb_page *p, const pwwb_account *a)
{
    char text[WB_PAGE_TIME_SIZE];

    wb_page_say(p, "Account ");
    if (a->account_name[0] == '\0')
        wb_page_say(p, "without a name that is known");
    wb_page_name(p, a->account_name, sizeof(a->account_name));
    if (a->display_name[0] != '\0') {
        wb_page_say(p, " (");
        wb_page_name(p, a->display_name, sizeof(a->display_name));
        wb_page_say(p, ")");
    }
    if (a->controller[0] != '\0') {
        wb_page_say(p, ", on ");
        wb_page_name(p, a->controller, sizeof(a->controller));
    }
    if (a->now_ms > 0)
        wb_page_say(p, ", at %s", wb_page_time(a->now_ms, text));
    wb_page_say(p, ".\n");
    if (a->kind != PWWB_ACCOUNT_PERSON)
        wb_page_say(p, "Not a person's account: it is never written.\n");
}

/* A time when something ends: none, one that is past, or one to come. */
static void
say_end(wb_page *p, const pwwb_account *a, const char *what, int64_t end_ms)
{
    char text[WB_PAGE_TIME_SIZE];

    if (end_ms < 0)
        wb_page_say(p, "When the %s expires is not known.\n", what);
    else if (end_ms == 0)
        wb_page_say(p, "The %s never expires.\n", what);
    else
        wb_page_say(p, "The %s %s at %s.\n", what, a->now_ms > 0 && end_ms <= a->now_ms ? "expired" : "expires",
            wb_page_time(end_ms, text));
}

static void
say_lock(wb_page *p, const pwwb_policy_rules *r, const pwwb_account *a)
{
    static const pwwb_policy_rules unknown = {.lockout_duration_ms = -1};
    int64_t until = wb_policy_locked_until(r != NULL ? r : &unknown, a);
    char    text[WB_PAGE_TIME_SIZE];

    if (a->is_locked == PWWB_MAYBE)
        wb_page_say(p, "Whether it is locked is not known.\n");
    else if (a->is_locked == PWWB_NO)
        wb_page_say(p, "Not locked.\n");
    if (a->is_locked != PWWB_YES)
        return;

    wb_page_say(p, "Locked");
    if (a->locked_since_ms > 0)
        wb_page_say(p, " since %s", wb_page_time(a->locked_since_ms, text));
    if (until > 0)
        wb_page_say(p, ", until %s.\n", wb_page_time(until, text));
    else
        wb_page_say(p, "%s.\n", until == 0 ? ", until it is unlocked" : ", until when is not known");
}

static void
say_change(wb_page *p, const pwwb_policy_rules *r, const pwwb_account *a)
{
    static const char *const texts[] = {"The person may not change it.\n",
                                        "The person may change it.\n",
                                        "Whether the person may change it is not known.\n"};
    char    text[WB_PAGE_TIME_SIZE];
    int64_t earliest;

    wb_page_say(p, "%s", texts[a->may_change]);
    if (r != NULL && a->may_change != PWWB_NO && wb_policy_is_young(r, a, &earliest) != PWWB_NO
        && earliest > 0)
        wb_page_say(p, "It may be changed after %s.\n", wb_page_time(earliest, text));
}

static void
say_password(wb_page *p, const pwwb_policy_rules *r, const pwwb_account *a)
{
    char text[WB_PAGE_TIME_SIZE];

    if (a->password_last_set_ms == 0) {
        wb_page_say(p, "The password must be changed at the next sign-in.\n");
    } else {
        if (a->password_last_set_ms < 0)
            wb_page_say(p, "When the password was set is not known.\n");
        else
            wb_page_say(p, "The password was set at %s.\n", wb_page_time(a->password_last_set_ms, text));
        say_end(p, a, "password", a->password_expires_ms);
    }
    say_change(p, r, a);
}

static void
say_flags(wb_page *p, const pwwb_account *a)
{
    static const char *const texts[] = {
        "Not an administrator's.\n",
        "An administrator's: it may be changed, not reset.\n",
        "Whether it is an administrator's is not known.\n",
    };

    wb_page_say(p, "%s", texts[a->is_protected]);
    if ((a->user_account_control & PWWB_UAC_DISABLED) != 0)
        wb_page_say(p, "Disabled.\n");
    if ((a->user_account_control & PWWB_UAC_SMARTCARD) != 0)
        wb_page_say(p, "A smart card is required.\n");
    if ((a->user_account_control & PWWB_UAC_NOTREQD) != 0)
        wb_page_say(p, "No password is required.\n");
}

static void
say_account(wb_page *p, const pwwb_policy_rules *r, const pwwb_account *a)
{
    say_who(p, a);
    say_flags(p, a);
    say_end(p, a, "account", a->account_expires_ms);
    say_lock(p, r, a);
    if (a->bad_password_count < 0)
        wb_page_say(p, "How many wrong passwords count now is not known.\n");
    else if (a->bad_password_count > 0)
        wb_page_say(p, "Wrong passwords that count now: %d.\n", (int)a->bad_password_count);
    say_password(p, r, a);
}

/* A host's answers are read as they are: what is none is not known. */
static void
mend(int32_t *answer)
{
    if (*answer < PWWB_NO || *answer > PWWB_MAYBE)
        *answer = PWWB_MAYBE;
}

static void
say_all(wb_page *p, const pwwb_policy_rules *r, pwwb_account *a)
{
    if (r != NULL)
        say_rules(p, r);
    if (a == NULL)
        return;

    mend(&a->is_protected);
    mend(&a->is_locked);
    mend(&a->may_change);
    say_account(p, r, a);
}

static pwwb_status
take_rules(pwwb_policy_rules *ours, const pwwb_policy_rules *rules, pwwb_error *err)
{
    pwwb_status st = wb_ops_import(ours, sizeof(*ours), WB_SIZE_UP_TO(pwwb_policy_rules, source_dn), rules);

    if (st != PWWB_OK)
        return wb_fail(err, st, "rules of size %zu do not fit this library", rules->size);
    return wb_policy_is_in_range(ours) ? PWWB_OK
                                       : wb_fail(err, PWWB_E_INVALID_ARGUMENT, "rules out of range");
}

static pwwb_status
take_account(pwwb_account *ours, const pwwb_account *account, pwwb_error *err)
{
    pwwb_status st = wb_ops_import(ours, sizeof(*ours), WB_SIZE_UP_TO(pwwb_account, controller), account);

    return st == PWWB_OK ? st
                         : wb_fail(err, st, "an account of size %zu does not fit this library", account->size);
}

pwwb_status
pwwb_policy_print(const pwwb_policy_rules *rules, const pwwb_account *account, char *buf,
                  size_t buf_size, size_t *ret_len, pwwb_error *err)
{
    char              text[PWWB_POLICY_TEXT_SIZE];
    wb_page           page = {.buf = text, .size = sizeof(text)};
    pwwb_policy_rules r;
    pwwb_account      a;
    pwwb_status       st = PWWB_OK;

    wb_ok(err);
    if (ret_len != NULL)
        *ret_len = 0;
    if (ret_len == NULL || (buf == NULL && buf_size != 0))
        return wb_fail(err, PWWB_E_INVALID_ARGUMENT, "buf and ret_len must be given");
    if (rules != NULL)
        st = take_rules(&r, rules, err);
    if (st == PWWB_OK && account != NULL)
        st = take_account(&a, account, err);
    if (st != PWWB_OK)
        return st;

    text[0] = '\0';
    say_all(&page, rules != NULL ? &r : NULL, account != NULL ? &a : NULL);
    *ret_len = page.len;
    if (buf_size <= page.len)
        return wb_fail(err, PWWB_E_BUFFER_TOO_SMALL, "the text needs %zu octets", page.len + 1);

    memcpy(buf, text, page.len + 1);
    return PWWB_OK;
}
