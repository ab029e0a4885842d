/* SPDX-License-Identifier: Apache-2.0 */
#include "directory_ldap.h"

#include <stdio.h>
#include <string.h>

#include <pwwb/envelope.h>

#include "diag.h"
#include "directory.h"
#include "error.h"
#include "policy.h"

/* One call under way. */
typedef struct job {
    wb_ldap         *d;
    const pwwb_set  *set;
    pwwb_set_result *result;
    wb_ldap_target   target;
    wb_ldap_reply    reply;   /* to the last modify */
    int64_t          sent_ms; /* the controller's time when it was sent; -1 = not known */
} job;

pwwb_status
wb_ldap_not_sent(wb_ldap *d, pwwb_set_result *result, pwwb_status st)
{
    char why[256];

    if (d->is_read_only) {
        result->code = PWWB_CODE_REFERRAL;
        return PWWB_OK;
    }
    if (wb_set_failure_code(st) != PWWB_CODE_OUTCOME_UNKNOWN)
        return st;

    if (st == PWWB_E_TIMEOUT || st == PWWB_E_NOT_FOUND) {
        result->code = st == PWWB_E_TIMEOUT ? PWWB_CODE_TIMEOUT : PWWB_CODE_NOT_FOUND;
        return PWWB_OK;
    }
    (void)snprintf(why, sizeof(why), "%s", pwwb_error_message(d->err));
    return wb_fail(d->err, PWWB_E_CONNECT, "nothing was sent: %s", why);
}

/* PWWB_CODE_OK, or why it is not even tried. */
static int32_t
refusal(const job *j)
{
    int may_skip_history = (j->d->flags & PWWB_LDAP_ALLOW_NO_HISTORY) != 0;

    if (j->target.kind != PWWB_ACCOUNT_PERSON)
        return PWWB_CODE_TARGET_REFUSED;
    if (j->set->kind == PWWB_SET_RESET && j->d->hints == NULL && !may_skip_history)
        return PWWB_CODE_HISTORY_NOT_ENFORCEABLE;
    return PWWB_CODE_OK;
}

/* Refine a refusal by what the controller states, with the numbers of the rules in force; where it
 * states nothing, one code for every rule, as Windows has it, by what they leave. History and age hold
 * for a reset by policy hints. */
static void
explain(job *j)
{
    pwwb_account      account;
    pwwb_policy_rules rules;
    wb_ldap_person    person   = {j->set->guid, &account, &rules};
    int               has_past = j->set->kind == PWWB_SET_CHANGE || j->d->hints != NULL;
    wb_refusal        r = {&rules, &account, j->set->kind, has_past ? PWWB_YES : PWWB_NO,
                           wb_span_of(j->set->password, j->set->password_len), 0};
    int32_t           detail = wb_diag_detail(j->reply.text);
    int32_t          *code   = &j->result->code;
    int64_t           limit, actual;

    if (*code == PWWB_CODE_POLICY_OTHER && detail != 0)
        *code = detail;
    wb_account_forget(&account);
    wb_rules_forget(&rules);
    if (*code != PWWB_CODE_POLICY_OTHER && !wb_policy_numbers(&r, *code, &limit, &actual))
        return;

    if (wb_ldap_read_person(j->d, &person) != PWWB_OK) {
        wb_account_forget(&account);
        wb_rules_forget(&rules);
    }
    account.now_ms = j->sent_ms; /* what it was judged by, not what it is after one more read */
    if (wb_policy_numbers(&r, *code, &limit, &actual))
        (void)pwwb_findings_add(j->result->findings, *code, PWWB_BASIS_STATED, limit, actual);
    else if (j->set->password != NULL)
        *code = wb_policy_explain(&r, j->result->findings);
}

/* The parts beside the password, each alone; returns those that failed. */
static int
write_apart(job *j, int parts)
{
    int failed = 0, part;

    for (part = WB_LDAP_LOCK; part <= WB_LDAP_MUST_CHANGE; part <<= 1) {
        if ((parts & part) == 0)
            continue;
        if (wb_ldap_write(j->d, j->set, part, &j->reply) != PWWB_OK
            || j->reply.code != LDAP_SUCCESS)
            failed |= part;
    }
    return failed;
}

void
wb_ldap_warn(pwwb_set_result *result, int32_t code)
{
    (void)pwwb_findings_add(result->findings, code, PWWB_BASIS_STATED, 0, 0);
    if (result->code == PWWB_CODE_OK)
        result->code = code;
}

/* Read back pwdLastSet and lockoutTime; -1 where that fails. */
static void
read_back(job *j, int64_t *ret_last_set, int64_t *ret_locked)
{
    static const char *const names[] = {"pwdLastSet", "lockoutTime", NULL};
    char                     dn[WB_LDAP_GUID_DN_SIZE];
    wb_ldap_reply            reply;
    wb_ldap_entry            entry;

    *ret_last_set = -1;
    *ret_locked   = -1;
    wb_ldap_guid_dn(j->set->guid, dn);
    if (j->d->ld == NULL || wb_ldap_entry_find(j->d, dn, names, &reply, &entry) != PWWB_OK)
        return;

    *ret_last_set = wb_ldap_filetime(&entry, 0);
    *ret_locked   = entry.values[1] != NULL ? wb_ldap_filetime(&entry, 1) : 0;
    wb_ldap_entry_drop(&entry);
    wb_ldap_reply_drop(&reply);
}

/* The write went well: what of it is not as asked? What stands there now decides; where it cannot
 * be read, what failed. */
static void
confirm(job *j, int failed)
{
    int32_t must    = j->set->must_change;
    int     is_set  = j->set->kind != PWWB_SET_UNLOCK;
    int     unlocks = j->set->unlock || !is_set;
    int64_t last_set, locked;

    read_back(j, &last_set, &locked);
    j->result->password_last_set_ms = last_set;

    if (is_set && last_set == 0 && must == PWWB_MUST_CHANGE_KEEP)
        wb_ldap_warn(j->result, PWWB_CODE_OK_EXPIRED_ON_SET);
    if ((must == PWWB_MUST_CHANGE_SET && last_set > 0)
        || (must == PWWB_MUST_CHANGE_CLEAR && last_set == 0)
        || (last_set < 0 && (failed & WB_LDAP_MUST_CHANGE) != 0))
        wb_ldap_warn(j->result, PWWB_CODE_OK_MUST_CHANGE_FAILED);
    if (unlocks && (locked > 0 || (locked < 0 && (failed & WB_LDAP_LOCK) != 0)))
        wb_ldap_warn(j->result, PWWB_CODE_OK_UNLOCK_FAILED);
    if (j->set->kind == PWWB_SET_RESET && j->d->hints == NULL)
        wb_ldap_warn(j->result, PWWB_CODE_OK_HISTORY_NOT_ENFORCED);
}

static int
operation_of(const pwwb_set *set)
{
    if (set->kind == PWWB_SET_UNLOCK)
        return WB_DIAG_OTHER;
    return set->kind == PWWB_SET_RESET ? WB_DIAG_RESET : WB_DIAG_CHANGE;
}

/* What of `others` a refused modify is to be tried without: all, where rights are lacking;
 * must-change, where the new pwdLastSet was taken for the one that minimum age is judged by, which
 * Samba 4.25 states of every such reset with policy hints. */
static int
parts_in_the_way(const job *j, int others)
{
    if (j->reply.code == LDAP_INSUFFICIENT_ACCESS)
        return others;
    return wb_diag_detail(j->reply.text) == PWWB_CODE_POLICY_TOO_YOUNG
               ? others & WB_LDAP_MUST_CHANGE
               : 0;
}

/* All in one modify, but for must-change after a change: there Samba 4.17 judges so, too. What is
 * in the way of the password comes after it, and its failure is a warning. */
static pwwb_status
carry_out(job *j)
{
    const pwwb_set *set    = j->set;
    int             first  = set->kind == PWWB_SET_UNLOCK ? WB_LDAP_LOCK : WB_LDAP_PASSWORD;
    int             others = 0, failed = 0, apart = 0, in_the_way;
    pwwb_status     st;

    if (set->unlock)
        others |= WB_LDAP_LOCK & ~first;
    if (set->must_change != PWWB_MUST_CHANGE_KEEP)
        others |= WB_LDAP_MUST_CHANGE;
    if (set->must_change == PWWB_MUST_CHANGE_SET
        && (j->target.user_account_control & PWWB_UAC_NEVER_EXPIRES) != 0) {
        others &= ~WB_LDAP_MUST_CHANGE; /* the directory would take it and not heed it */
        failed = WB_LDAP_MUST_CHANGE;
    }
    if (set->kind == PWWB_SET_CHANGE) {
        apart = others & WB_LDAP_MUST_CHANGE;
        others &= ~apart;
    }

    j->sent_ms = wb_ldap_time_there(j->d);
    st         = wb_ldap_write(j->d, set, first | others, &j->reply);
    while (st == PWWB_OK && (in_the_way = parts_in_the_way(j, others)) != 0) {
        apart |= in_the_way;
        others &= ~in_the_way;
        st = wb_ldap_write(j->d, set, first | others, &j->reply);
    }
    if (st != PWWB_OK && !j->d->sent)
        return wb_ldap_not_sent(j->d, j->result, st);

    j->result->code = st != PWWB_OK
                          ? PWWB_CODE_OUTCOME_UNKNOWN
                          : wb_diag_result(operation_of(set), j->reply.code, j->reply.text);
    if (j->result->code == PWWB_CODE_OK)
        confirm(j, failed | write_apart(j, apart));
    else if (st == PWWB_OK)
        explain(j);
    return PWWB_OK;
}

/* On the controller that is there. */
static pwwb_status
do_job(job *j)
{
    pwwb_status st = wb_ldap_reading(j->d, wb_ldap_read_target, &j->target);

    memcpy(j->result->controller, j->d->controller, sizeof(j->result->controller));
    if (st != PWWB_OK)
        return wb_ldap_not_sent(j->d, j->result, st);

    j->result->code = refusal(j);
    return j->result->code == PWWB_CODE_OK ? carry_out(j) : PWWB_OK;
}

/* A controller that refers to another one has done nothing. Its referral is not followed: the PDC
 * emulator is asked, once. */
pwwb_status
wb_ldap_set(void *ctx, const pwwb_set *set, int64_t timeout_ms, pwwb_set_result *ret_result,
            pwwb_error *err)
{
    job         j = {.d = ctx, .set = set, .result = ret_result, .target = {.guid = set->guid}};
    pwwb_status st;

    wb_ldap_begin(j.d, timeout_ms, err);
    st = do_job(&j);
    if (st == PWWB_OK && ret_result->code == PWWB_CODE_REFERRAL && j.reply.code == LDAP_REFERRAL
        && wb_ldap_go_to_pdc(j.d))
        st = do_job(&j);
    return st;
}
