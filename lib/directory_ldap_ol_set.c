/* SPDX-License-Identifier: Apache-2.0 */
#include "directory_ldap_ol.h"

#include <string.h>

#include <pwwb/envelope.h>

#include "diag.h"
#include "error.h"
#include "policy.h"

#define LOCK  "pwdAccountLockedTime"
#define RESET "pwdReset"

/* One call under way. */
typedef struct job {
    wb_ldap         *d;
    const pwwb_set  *set;
    pwwb_set_result *result;
    wb_ol_person     person;
    wb_ol_answer     answer; /* to the write that counts */
} job;

/* What stands there after a write; absent attributes are not there. */
typedef struct state {
    int     is_known;
    int     is_reset;
    int     is_locked;
    int64_t last_set_ms;
} state;

static void
find_inferred(job *j, int32_t code)
{
    (void)pwwb_findings_add(j->result->findings, code, PWWB_BASIS_INFERRED, 0, 0);
}

/* A refusal's numbers, where it has some. */
static int
numbers_of(const job *j, int64_t *limit, int64_t *actual)
{
    wb_refusal r = {.rules         = &j->person.rules,
                    .account       = &j->person.account,
                    .password      = wb_span_of(j->set->password, j->set->password_len),
                    .counts_octets = 1};

    return wb_policy_numbers(&r, j->result->code, limit, actual);
}

static void
state_numbers(job *j)
{
    int64_t limit, actual;

    if (numbers_of(j, &limit, &actual))
        (void)pwwb_findings_add(j->result->findings, j->result->code, PWWB_BASIS_STATED, limit,
                                actual);
}

/* slapd answers alike when the old password is wrong and when the requester may not have it
 * verified, and nearly so (by another text) when it may write nothing. Who may write may compare. */
static void
tell_old_from_rights(job *j)
{
    switch (wb_ol_may_compare(j->d, j->person.dn)) {
    case PWWB_NO:
        j->result->code = PWWB_CODE_PERMISSION;
        find_inferred(j, PWWB_CODE_OLD_PASSWORD_WRONG);
        break;
    case PWWB_MAYBE:
        find_inferred(j, PWWB_CODE_PERMISSION);
        break;
    default:
        break;
    }
    if (!j->answer.says_old)
        find_inferred(j, PWWB_CODE_CONFIGURATION);
}

/* Refine a refusal, with the numbers of the rules in force. */
static void
explain(job *j)
{
    int64_t limit, actual;

    if (j->result->code == PWWB_CODE_OLD_PASSWORD_WRONG && j->answer.error == WB_DIAG_NO_ERROR
        && j->answer.code == LDAP_UNWILLING_TO_PERFORM)
        tell_old_from_rights(j);
    if (!numbers_of(j, &limit, &actual))
        return;

    j->person.wants_rules = 1;
    if (j->d->ld != NULL)
        (void)wb_ol_read_person(j->d, &j->person);
    state_numbers(j);
}

/* PWWB_CODE_OK, or why it is not even tried. A set unlocks, so one that is not to unlock must not
 * touch what an administrator locked for ever; and what slapd asks of the account itself when it
 * changes its password is asked here, for it is not the account that is bound. */
static int32_t
refusal(const job *j)
{
    const pwwb_account *a       = &j->person.account;
    int                 unlocks = j->set->unlock || j->set->kind == PWWB_SET_UNLOCK;

    if (a->kind != PWWB_ACCOUNT_PERSON)
        return PWWB_CODE_TARGET_REFUSED;
    if ((a->user_account_control & PWWB_UAC_DISABLED) != 0 && !unlocks)
        return PWWB_CODE_DISABLED;
    if (j->set->kind == PWWB_SET_CHANGE && a->may_change == PWWB_NO)
        return PWWB_CODE_USER_CANNOT_CHANGE;
    if (j->set->kind == PWWB_SET_CHANGE && a->is_locked == PWWB_YES && !unlocks)
        return PWWB_CODE_LOCKED;
    return PWWB_CODE_OK;
}

static void
read_back(job *j, state *now)
{
    static const char *const names[] = {"pwdChangedTime", RESET, LOCK, NULL};
    wb_ldap_reply            reply;
    wb_ldap_entry            entry;

    *now = (state){.last_set_ms = -1};
    if (j->d->ld == NULL
        || wb_ldap_entry_find(j->d, j->person.dn, names, &reply, &entry) != PWWB_OK)
        return;

    now->is_known    = 1;
    now->last_set_ms = wb_ol_time(&entry, 0);
    now->is_reset    = wb_ldap_has_value(&entry, 1, "TRUE");
    now->is_locked   = entry.values[2] != NULL;
    wb_ldap_entry_drop(&entry);
    wb_ldap_reply_drop(&reply);
}

/* Whether a part beside the password went well. */
static int
write_state(job *j, const char *name, const char *value)
{
    wb_ol_answer answer;

    return wb_ol_write_state(j->d, j->person.dn, name, value, &answer) == PWWB_OK
           && answer.code == LDAP_SUCCESS;
}

/* pwdReset is heeded only by a policy with pwdMustChange; where the policy cannot be read, it may
 * have been written for nothing. */
static void
settle_must_change(job *j, const state *now)
{
    int is_done = 1;

    switch (j->set->must_change) {
    case PWWB_MUST_CHANGE_SET:
        is_done = j->person.heeds_reset != PWWB_NO
                  && (now->is_reset || write_state(j, RESET, "TRUE"));
        if (is_done && j->person.heeds_reset == PWWB_MAYBE)
            find_inferred(j, PWWB_CODE_OK_MUST_CHANGE_FAILED);
        break;
    case PWWB_MUST_CHANGE_CLEAR:
        is_done = (now->is_known && !now->is_reset) || write_state(j, RESET, NULL);
        break;
    default:
        break;
    }
    if (!is_done)
        wb_ldap_warn(j->result, PWWB_CODE_OK_MUST_CHANGE_FAILED);
}

/* The write went well: see what stands there, and do what else was asked for. slapd sets pwdReset by
 * itself only for those whom the policy does not bind, so then nobody looked at the history. */
static void
settle(job *j)
{
    int   is_set = j->set->kind != PWWB_SET_UNLOCK;
    state now;

    read_back(j, &now);
    j->result->password_last_set_ms = now.last_set_ms;
    if (is_set && now.is_reset && j->set->must_change == PWWB_MUST_CHANGE_KEEP)
        wb_ldap_warn(j->result, PWWB_CODE_OK_EXPIRED_ON_SET);
    settle_must_change(j, &now);
    if (is_set && j->set->unlock && (now.is_locked || !now.is_known) && !write_state(j, LOCK, NULL))
        wb_ldap_warn(j->result, PWWB_CODE_OK_UNLOCK_FAILED);
    if (is_set && now.is_reset)
        wb_ldap_warn(j->result, PWWB_CODE_OK_HISTORY_NOT_ENFORCED);
}

static pwwb_status
write_once(job *j)
{
    if (j->set->kind == PWWB_SET_UNLOCK)
        return wb_ol_write_state(j->d, j->person.dn, LOCK, NULL, &j->answer);

    return wb_ol_write_password(j->d, j->set, j->person.dn, &j->answer);
}

/* The entry is written by its name, which may have gone since it was read: look once more. */
static pwwb_status
write_where_it_is(job *j)
{
    char        before[WB_OL_DN_SIZE];
    pwwb_status st = write_once(j);

    if (st != PWWB_OK || j->answer.code != LDAP_NO_SUCH_OBJECT)
        return st;

    memcpy(before, j->person.dn, sizeof(before));
    if (wb_ol_read_person(j->d, &j->person) != PWWB_OK || strcmp(before, j->person.dn) == 0)
        return PWWB_OK; /* not there: as it answered */
    return write_once(j);
}

static int
operation_of(const pwwb_set *set)
{
    if (set->kind == PWWB_SET_UNLOCK)
        return WB_DIAG_OTHER;
    return set->kind == PWWB_SET_RESET ? WB_DIAG_RESET : WB_DIAG_CHANGE;
}

static pwwb_status
carry_out(job *j)
{
    pwwb_status st = write_where_it_is(j);

    if (st != PWWB_OK && !j->d->sent)
        return wb_ldap_not_sent(j->d, j->result, st);

    j->result->code = st != PWWB_OK ? PWWB_CODE_OUTCOME_UNKNOWN
                                    : wb_diag_ppolicy(operation_of(j->set), j->answer.code,
                                                      j->answer.error);
    if (j->result->code == PWWB_CODE_OK)
        settle(j);
    else if (st == PWWB_OK)
        explain(j);
    return PWWB_OK;
}

pwwb_status
wb_ol_set(void *ctx, const pwwb_set *set, int64_t timeout_ms, pwwb_set_result *ret_result,
          pwwb_error *err)
{
    job         j = {.d = ctx, .set = set, .result = ret_result, .person = {.guid = set->guid}};
    pwwb_status st;

    j.person.wants_rules = set->kind == PWWB_SET_CHANGE
                           || set->must_change == PWWB_MUST_CHANGE_SET;
    wb_ldap_begin(j.d, timeout_ms, err);
    st = wb_ldap_reading(j.d, wb_ol_read_person, &j.person);
    memcpy(ret_result->controller, j.d->controller, sizeof(ret_result->controller));
    if (st != PWWB_OK)
        return wb_ldap_not_sent(j.d, ret_result, st);

    ret_result->code = refusal(&j);
    if (ret_result->code == PWWB_CODE_OK)
        return carry_out(&j);

    state_numbers(&j);
    return PWWB_OK;
}
