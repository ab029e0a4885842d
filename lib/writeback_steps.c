/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "directory.h"
#include "envelope.h"
#include "error.h"
#include "ops.h"
#include "writeback.h"

#define KEEP_MORE_MS 600000 /* ten minutes: see wb_writeback_keep_ms() */

/* Who writes the cloud's half: for hash sync it follows by itself, and the result says so. */
static int32_t
tell_of_sync(pwwb_writeback *w, int32_t code)
{
    const pwwb_claims *claims = pwwb_request_claims(w->request);

    if (pwwb_code_class(code) != PWWB_CODE_CLASS_DONE || claims->user_type != PWWB_USER_HASH_SYNC
        || claims->operation == PWWB_OPERATION_UNLOCK)
        return code;
    if (code == PWWB_CODE_OK)
        return PWWB_CODE_OK_PENDING_SYNC;

    (void)pwwb_findings_add(&w->findings, PWWB_CODE_OK_PENDING_SYNC, PWWB_BASIS_STATED, 0, 0);
    return code;
}

/* "Not set" only where no earlier delivery can have set it: what a journal cannot tell that began, or
 * ended to remember, in between is unknown, and the code is how it looks now. */
static int32_t
doubt(pwwb_writeback *w, int32_t code)
{
    if (!w->is_blind || w->is_undone || pwwb_code_outcome(code) != PWWB_OUTCOME_NOT_SET)
        return code;

    (void)pwwb_findings_add(&w->findings, code, PWWB_BASIS_INFERRED, 0, 0);
    return PWWB_CODE_OUTCOME_UNKNOWN;
}

pwwb_status
wb_writeback_answer(pwwb_writeback *w, int32_t code, int32_t next, pwwb_error *err)
{
    pwwb_status st;

    wb_request_forget(w->request);
    w->code = tell_of_sync(w, doubt(w, code));
    w->need = next;
    st = pwwb_reply_seal(w->request, w->code, &w->findings, w->controller,
                         wb_clock_wall_ms(&w->clock), w->reply, sizeof(w->reply), &w->reply_len,
                         err);
    if (st != PWWB_OK)
        w->reply_len = 0;
    wb_writeback_ended(w, PWWB_AUDIT_ANSWERED, w->code);
    return st;
}

int64_t
wb_writeback_keep_ms(const pwwb_writeback *w)
{
    return pwwb_request_claims(w->request)->exp * 1000 + 2 * w->skew_ms + KEEP_MORE_MS;
}

int64_t
wb_writeback_life_ms(const pwwb_writeback *w)
{
    int64_t end = pwwb_request_claims(w->request)->exp * 1000 + w->skew_ms;
    int64_t now = wb_clock_wall_ms(&w->clock);

    return end > now ? end - now : 0;
}

/* Why the time of the claims is refused; 0 = it is not. The journal is asked all the same, for the
 * request may have been done in time and come again. */
static int32_t
late_code(pwwb_status st)
{
    switch (st) {
    case PWWB_E_EXPIRED:
        return PWWB_CODE_EXPIRED_MESSAGE;
    case PWWB_E_NOT_YET:
        return PWWB_CODE_CLOCK;
    default:
        return 0;
    }
}

/* Refused whenever it comes: the journal hears nothing. */
static int32_t
early_code(pwwb_status st, const pwwb_claims *claims)
{
    if (st == PWWB_E_WRONG_TENANT)
        return PWWB_CODE_CONFIGURATION;

    return pwwb_operation_check(claims);
}

pwwb_status
pwwb_writeback_begin(pwwb_writeback *writeback, const uint8_t *sealed, size_t sealed_len,
                     pwwb_error *err)
{
    int64_t     began_ms;
    int32_t     code;
    pwwb_status st;

    wb_ok(err);
    if (writeback == NULL || sealed == NULL)
        return wb_fail(err, PWWB_E_INVALID_ARGUMENT, "writeback and sealed must be given");

    pwwb_writeback_wipe(writeback);
    began_ms = wb_clock_monotonic_ms(&writeback->clock);
    st = pwwb_request_open(writeback->request, writeback->keyring, sealed, sealed_len,
                           wb_clock_wall_ms(&writeback->clock) / 1000, writeback->skew_ms / 1000,
                           err);
    if (pwwb_request_claims(writeback->request) == NULL)
        return st;

    wb_sha256(sealed, sealed_len, writeback->digest);
    writeback->began_ms    = began_ms;
    writeback->last_set_ms = -1;
    code                   = early_code(st, pwwb_request_claims(writeback->request));
    if (code != PWWB_CODE_OK)
        return wb_writeback_answer(writeback, code, PWWB_NEED_SEND, err);

    wb_ok(err);
    writeback->late = late_code(st);
    writeback->need = PWWB_NEED_CLAIM;
    return PWWB_OK;
}

/* Every answer begins so: it must be the one that is waited for. */
static pwwb_status
expect(const pwwb_writeback *w, int32_t need, int is_complete, pwwb_error *err)
{
    wb_ok(err);
    if (w == NULL || !is_complete)
        return wb_fail(err, PWWB_E_INVALID_ARGUMENT, "an argument is missing");
    if (w->need != need)
        return wb_fail(err, PWWB_E_STATE, "need %d is open, not %d", (int)w->need, (int)need);

    return PWWB_OK;
}

void
wb_writeback_look_back(pwwb_writeback *w, int64_t since_ms)
{
    int64_t issued_ms = pwwb_request_claims(w->request)->iat * 1000;

    w->is_blind = since_ms > issued_ms || wb_clock_wall_ms(&w->clock) > wb_writeback_keep_ms(w);
    w->is_blind |= (w->flags & PWWB_WRITEBACK_OTHER_AGENTS) != 0;
}

/* It is ours to do, for all that the journal knows. */
static pwwb_status
start(pwwb_writeback *w, int64_t since_ms, pwwb_error *err)
{
    int32_t code = wb_judge_claims(w);

    wb_writeback_look_back(w, since_ms);
    if (code != PWWB_CODE_OK)
        return wb_writeback_answer(w, code, PWWB_NEED_FINISH, err);

    w->need = PWWB_NEED_FIND;
    return PWWB_OK;
}

pwwb_status
pwwb_writeback_claimed(pwwb_writeback *writeback, const pwwb_journal_entry *entry, const uint8_t *reply,
                       size_t reply_len, pwwb_error *err)
{
    pwwb_journal_entry ours;
    pwwb_status        st = expect(writeback, PWWB_NEED_CLAIM, entry != NULL, err);

    if (st != PWWB_OK)
        return st;

    st = wb_ops_import(&ours, sizeof(ours), WB_SIZE_UP_TO(pwwb_journal_entry, since_ms), entry);
    if (st != PWWB_OK)
        return wb_fail(err, st, "an entry of size %zu does not fit this library", entry->size);

    switch (ours.state) {
    case PWWB_ENTRY_NEW:
        return start(writeback, ours.since_ms, err);
    case PWWB_ENTRY_RUNNING:
        writeback->need = PWWB_NEED_RELEASE;
        wb_writeback_ended(writeback, PWWB_AUDIT_PUT_OFF, PWWB_CODE_IN_PROGRESS);
        return PWWB_OK;
    case PWWB_ENTRY_DONE:
        if (reply == NULL || reply_len == 0 || reply_len > sizeof(writeback->reply))
            return wb_fail(err, PWWB_E_INVALID_ARGUMENT, "what is done has a reply");
        memcpy(writeback->reply, reply, reply_len);
        writeback->reply_len = reply_len;
        writeback->need      = PWWB_NEED_SEND;
        wb_writeback_ended(writeback, PWWB_AUDIT_REPEATED, 0);
        return PWWB_OK;
    case PWWB_ENTRY_REPLAY:
        return wb_writeback_answer(writeback, PWWB_CODE_REPLAYED, PWWB_NEED_SEND, err);
    default:
        return wb_fail(err, PWWB_E_INVALID_ARGUMENT, "claim state %d is not known",
                       (int)ours.state);
    }
}

pwwb_status
pwwb_writeback_found(pwwb_writeback *writeback, const pwwb_found *found, pwwb_error *err)
{
    const char *wrong;
    pwwb_status st = expect(writeback, PWWB_NEED_FIND, found != NULL, err);

    if (st == PWWB_OK)
        st = wb_ops_import(&writeback->found, sizeof(writeback->found),
                           WB_SIZE_UP_TO(pwwb_found, directory), found);
    if (st != PWWB_OK)
        return st;
    wrong = wb_wrong_found(&writeback->found);
    if (wrong != NULL)
        return wb_fail(err, PWWB_E_INVALID_ARGUMENT, "the lookup gives %s", wrong);
    if (writeback->found.code != PWWB_CODE_OK)
        return wb_writeback_answer(writeback, writeback->found.code, PWWB_NEED_FINISH, err);

    writeback->is_found = 1;
    writeback->need     = PWWB_NEED_READ;
    return PWWB_OK;
}

/* Past every cheap check: pay for the private key, then judge the password. */
static pwwb_status
open_and_judge(pwwb_writeback *w, pwwb_error *err)
{
    int32_t     code;
    pwwb_status st = pwwb_request_open_secret(w->request, err);

    if (st == PWWB_E_KEY_UNAVAILABLE) { /* nothing was begun: another agent may, or later */
        wb_ok(err);
        w->need = PWWB_NEED_UNCLAIM;
        return PWWB_OK;
    }
    if (st == PWWB_E_NOT_AUTHENTIC)
        return wb_writeback_answer(w, PWWB_CODE_DECRYPT, PWWB_NEED_FINISH, err);
    if (st != PWWB_OK)
        return wb_writeback_answer(w, PWWB_CODE_BUSY, PWWB_NEED_FINISH, err);

    code = wb_judge_password(w);
    if (code != PWWB_CODE_OK)
        return wb_writeback_answer(w, code, PWWB_NEED_FINISH, err);

    w->need = PWWB_NEED_RECORD;
    return PWWB_OK;
}

static pwwb_status
import_account(pwwb_writeback *w, const pwwb_account *account, const pwwb_policy_rules *rules,
               pwwb_error *err)
{
    const char *wrong;
    pwwb_status st = wb_ops_import(&w->account, sizeof(w->account),
                                   WB_SIZE_UP_TO(pwwb_account, controller), account);

    wb_rules_forget(&w->rules);
    if (st == PWWB_OK && rules != NULL)
        st = wb_ops_import(&w->rules, sizeof(w->rules), WB_SIZE_UP_TO(pwwb_policy_rules, source_dn),
                           rules);
    if (st != PWWB_OK)
        return wb_fail(err, st, "an account or rules of that size do not fit this library");

    wrong = wb_wrong_account(&w->account);
    if (wrong == NULL)
        wrong = wb_wrong_rules(&w->rules);
    return wrong == NULL ? PWWB_OK
                         : wb_fail(err, PWWB_E_INVALID_ARGUMENT, "account or rules give %s", wrong);
}

pwwb_status
pwwb_writeback_account_read(pwwb_writeback *writeback, const pwwb_account *account,
                       const pwwb_policy_rules *rules, pwwb_error *err)
{
    int32_t     code;
    pwwb_status st = expect(writeback, PWWB_NEED_READ, account != NULL, err);

    if (st == PWWB_OK)
        st = import_account(writeback, account, rules, err);
    if (st != PWWB_OK)
        return st;

    (void)snprintf(writeback->controller, sizeof(writeback->controller), "%s",
                   writeback->account.controller);
    writeback->last_set_ms = wb_judge_written_ms(writeback);
    writeback->is_undone   = wb_judge_is_older(writeback);
    code                   = wb_judge_account(writeback);
    if (code != PWWB_CODE_OK)
        return wb_writeback_answer(writeback, code, PWWB_NEED_FINISH, err);
    if (pwwb_request_claims(writeback->request)->operation != PWWB_OPERATION_UNLOCK
        && wb_judge_is_newer(writeback)) {
        writeback->need = PWWB_NEED_LOOKUP;
        return PWWB_OK;
    }
    return open_and_judge(writeback, err);
}

pwwb_status
pwwb_writeback_looked_up(pwwb_writeback *writeback, int32_t ours, pwwb_error *err)
{
    pwwb_status st = expect(writeback, PWWB_NEED_LOOKUP, 1, err);

    if (st != PWWB_OK)
        return st;

    return ours ? open_and_judge(writeback, err)
                : wb_writeback_answer(writeback, PWWB_CODE_SUPERSEDED, PWWB_NEED_FINISH, err);
}

pwwb_status
pwwb_writeback_recorded(pwwb_writeback *writeback, pwwb_error *err)
{
    int32_t     code;
    pwwb_status st = expect(writeback, PWWB_NEED_RECORD, 1, err);

    if (st != PWWB_OK)
        return st;

    code = wb_writeback_last_look(writeback);
    if (code != PWWB_CODE_OK)
        return wb_writeback_answer(writeback, code, PWWB_NEED_FINISH, err);

    writeback->need = PWWB_NEED_SET;
    return PWWB_OK;
}

pwwb_status
pwwb_writeback_to_set(const pwwb_writeback *writeback, pwwb_set *ret_set, int64_t *ret_max_ms,
                   pwwb_error *err)
{
    const pwwb_claims *claims;
    pwwb_set           set = {.size = sizeof(set)};
    pwwb_status        st  = expect(writeback, PWWB_NEED_SET, ret_set != NULL, err);

    if (st != PWWB_OK)
        return st;

    claims = pwwb_request_claims(writeback->request);
    memcpy(set.guid, writeback->found.guid, sizeof(set.guid));
    set.kind         = wb_judge_kind(claims->operation);
    set.must_change  = claims->must_change;
    set.unlock       = (claims->flags & PWWB_FLAG_UNLOCK) != 0 || set.kind == PWWB_SET_UNLOCK;
    set.password     = pwwb_request_password(writeback->request, &set.password_len);
    set.old_password = pwwb_request_old_password(writeback->request, &set.old_password_len);
    if (ret_max_ms != NULL)
        *ret_max_ms = wb_writeback_life_ms(writeback);
    return wb_ops_export(ret_set, WB_SIZE_UP_TO(pwwb_set, old_password_len), &set, sizeof(set));
}

pwwb_status
pwwb_writeback_set_done(pwwb_writeback *writeback, const pwwb_set_result *result, pwwb_error *err)
{
    pwwb_set_result ours;
    int32_t         code;
    pwwb_status     st = expect(writeback, PWWB_NEED_SET, result != NULL, err);

    if (st == PWWB_OK)
        st = wb_ops_import(&ours, sizeof(ours), WB_SIZE_UP_TO(pwwb_set_result, controller), result);
    if (st != PWWB_OK)
        return st;

    wb_findings_append(&writeback->findings, ours.findings);
    if (ours.controller[0] != '\0')
        (void)snprintf(writeback->controller, sizeof(writeback->controller), "%.*s",
                       (int)sizeof(ours.controller) - 1, ours.controller);
    code = wb_code_is_known(ours.code) ? ours.code : PWWB_CODE_OUTCOME_UNKNOWN;
    code = wb_judge_refusal(writeback, code);
    writeback->last_set_ms
        = pwwb_code_class(code) == PWWB_CODE_CLASS_DONE ? ours.password_last_set_ms : -1;
    return wb_writeback_answer(writeback, code, PWWB_NEED_FINISH, err);
}

pwwb_status
pwwb_writeback_finished(pwwb_writeback *writeback, pwwb_error *err)
{
    pwwb_status st = expect(writeback, PWWB_NEED_FINISH, 1, err);

    if (st == PWWB_OK)
        writeback->need = PWWB_NEED_SEND;
    return st;
}

pwwb_status
pwwb_writeback_unclaimed(pwwb_writeback *writeback, pwwb_error *err)
{
    pwwb_status st = expect(writeback, PWWB_NEED_UNCLAIM, 1, err);

    if (st != PWWB_OK)
        return st;

    wb_limits_give_back(writeback->limits, writeback->found.guid, &writeback->place);
    writeback->put_off = WB_PUT_OFF_KEY;
    writeback->need    = PWWB_NEED_RELEASE;
    wb_writeback_ended(writeback, PWWB_AUDIT_PUT_OFF, PWWB_CODE_BUSY);
    return PWWB_OK;
}
