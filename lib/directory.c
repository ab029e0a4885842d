/* SPDX-License-Identifier: Apache-2.0 */
#include "directory.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "crypto.h"
#include "error.h"
#include "gate.h"
#include "ops.h"
#include "policy.h"
#include "result.h"

static_assert(sizeof(pwwb_directory_ops) == 7 * sizeof(void *),
              "fields are added at the end, with a new WB_SIZE_UP_TO and a line in NEWS");

#define LEAST_OPS     WB_SIZE_UP_TO(pwwb_directory_ops, destroy)
#define LEAST_FOUND   WB_SIZE_UP_TO(pwwb_found, directory)
#define LEAST_ACCOUNT WB_SIZE_UP_TO(pwwb_account, controller)
#define LEAST_RULES   WB_SIZE_UP_TO(pwwb_policy_rules, source_dn)
#define LEAST_SET     WB_SIZE_UP_TO(pwwb_set, old_password_len)
#define LEAST_RESULT  WB_SIZE_UP_TO(pwwb_set_result, controller)

void *
wb_directory_ctx(pwwb_directory *directory)
{
    return directory->ctx;
}

int32_t
wb_set_failure_code(pwwb_status status)
{
    switch (status) {
    case PWWB_E_CONNECT:
    case PWWB_E_NO_MEMORY:
        return PWWB_CODE_UNREACHABLE;
    case PWWB_E_AUTH:
    case PWWB_E_TLS:
    case PWWB_E_TLS_CA:
    case PWWB_E_TLS_NAME:
    case PWWB_E_TLS_EXPIRED:
    case PWWB_E_NOT_SUPPORTED:
        return PWWB_CODE_CONFIGURATION;
    default:
        return PWWB_CODE_OUTCOME_UNKNOWN;
    }
}

pwwb_status
pwwb_directory_new(const pwwb_directory_ops *ops, void *ctx, pwwb_directory **ret_directory,
                   pwwb_error *err)
{
    pwwb_directory_ops ours;
    pwwb_directory    *directory;
    pwwb_status        st;

    wb_ok(err);
    if (ret_directory != NULL)
        *ret_directory = NULL;
    if (ops == NULL || ret_directory == NULL)
        return wb_fail(err, PWWB_E_INVALID_ARGUMENT, "ops and ret_directory must be given");

    st = wb_ops_import(&ours, sizeof(ours), LEAST_OPS, ops);
    if (st != PWWB_OK)
        return wb_fail(err, st, "directory ops of size %zu do not fit this library", ops->size);
    if (ours.read == NULL || ours.set == NULL)
        return wb_fail(err, PWWB_E_INVALID_ARGUMENT, "a directory must read and set");

    directory = calloc(1, sizeof(*directory));
    if (directory == NULL)
        return wb_fail(err, PWWB_E_NO_MEMORY, "no memory for a directory");

    directory->ops = ours;
    directory->ctx = ctx;
    *ret_directory = directory;
    return PWWB_OK;
}

void
pwwb_directory_free(pwwb_directory *directory)
{
    if (directory == NULL)
        return;

    if (directory->ops.destroy != NULL)
        directory->ops.destroy(directory->ctx);
    pwwb_gate_free(directory->gate);
    free(directory);
}

void
pwwb_directory_set_gate(pwwb_directory *directory, pwwb_gate *gate)
{
    pwwb_gate *before;

    if (directory == NULL)
        return;

    before          = directory->gate;
    directory->gate = wb_gate_ref(gate);
    pwwb_gate_free(before);
}

/* Whether the forest was heard of: a refusal is an answer too. */
static int
is_answered(pwwb_status status, int32_t code)
{
    int32_t class = pwwb_status_class(status);

    return class != PWWB_CLASS_TRANSPORT && class != PWWB_CLASS_MACHINE
           && code != PWWB_CODE_OUTCOME_UNKNOWN && code != PWWB_CODE_UNREACHABLE
           && code != PWWB_CODE_TIMEOUT;
}

void
wb_directory_leave(pwwb_directory *directory, int64_t entered_ms, pwwb_status status,
                   int32_t code)
{
    int32_t class = pwwb_status_class(status);

    wb_gate_leave(directory->gate, entered_ms, is_answered(status, code));
    if (class == PWWB_CLASS_TRANSPORT || class == PWWB_CLASS_DIRECTORY
        || class == PWWB_CLASS_CALLBACK || !is_answered(PWWB_OK, code))
        directory->heard = WB_HEARD_FAILURE;
    else if (class == PWWB_CLASS_OK || class == PWWB_CLASS_ANCHOR)
        directory->heard = WB_HEARD_ANSWER;
}

/* The last word on a callback: its status, or that its answer is nonsense. */
static pwwb_status
judge(pwwb_error *err, pwwb_status status, const char *what, const char *wrong)
{
    status = wb_answer(err, status, what);
    if (status != PWWB_OK)
        return status;
    if (wrong != NULL)
        return wb_fail(err, PWWB_E_CALLBACK, "%s answered %s", what, wrong);

    return PWWB_OK;
}

pwwb_status
pwwb_directory_find(pwwb_directory *directory, const pwwb_anchor *anchor, int64_t timeout_ms,
                    pwwb_found *ret_found, pwwb_error *err)
{
    static const pwwb_found nothing = {.size = sizeof(pwwb_found)};
    pwwb_found              found   = nothing;
    int64_t                 entered_ms;
    pwwb_status             st;

    wb_ok(err);
    if (ret_found == NULL)
        return wb_fail(err, PWWB_E_INVALID_ARGUMENT, "ret_found must be given");

    st = wb_ops_export(ret_found, LEAST_FOUND, &nothing, sizeof(nothing));
    if (st != PWWB_OK)
        return wb_fail(err, st, "found of size %zu does not fit this library", ret_found->size);
    if (directory == NULL || anchor == NULL)
        return wb_fail(err, PWWB_E_INVALID_ARGUMENT, "directory and anchor must be given");
    if (anchor->kind != PWWB_ANCHOR_SOURCE && anchor->kind != PWWB_ANCHOR_CLOUD)
        return wb_fail(err, PWWB_E_INVALID_ARGUMENT, "%d is no kind of anchor", (int)anchor->kind);
    if (directory->ops.find == NULL)
        return wb_fail(err, PWWB_E_NOT_SUPPORTED, "this directory cannot look up anchors");

    st = wb_gate_enter(directory->gate, &timeout_ms, &entered_ms, err);
    if (st != PWWB_OK)
        return st;

    st = directory->ops.find(directory->ctx, anchor, timeout_ms, &found, err);
    wb_directory_leave(directory, entered_ms, st, PWWB_CODE_OK);
    st = judge(err, st, "the directory's find", wb_wrong_found(&found));
    if (st != PWWB_OK)
        return st;

    if (found.code != PWWB_CODE_OK)
        memset(found.guid, 0, sizeof(found.guid));
    return wb_ops_export(ret_found, LEAST_FOUND, &found, sizeof(found));
}

pwwb_status
pwwb_directory_read(pwwb_directory *directory, const uint8_t guid[PWWB_ID_SIZE],
                    int64_t timeout_ms, pwwb_account *ret_account, pwwb_policy_rules *ret_rules,
                    pwwb_error *err)
{
    pwwb_account      account;
    pwwb_policy_rules rules;
    const char       *wrong;
    int64_t           entered_ms;
    pwwb_status       st;

    wb_ok(err);
    wb_account_forget(&account);
    wb_rules_forget(&rules);
    if (ret_account == NULL || ret_rules == NULL)
        return wb_fail(err, PWWB_E_INVALID_ARGUMENT, "ret_account and ret_rules must be given");

    st = wb_ops_export(ret_account, LEAST_ACCOUNT, &account, sizeof(account));
    if (st == PWWB_OK)
        st = wb_ops_export(ret_rules, LEAST_RULES, &rules, sizeof(rules));
    if (st != PWWB_OK)
        return wb_fail(err, st, "account of size %zu or rules of size %zu do not fit this library",
                       ret_account->size, ret_rules->size);
    if (directory == NULL || guid == NULL)
        return wb_fail(err, PWWB_E_INVALID_ARGUMENT, "directory and guid must be given");

    st = wb_gate_enter(directory->gate, &timeout_ms, &entered_ms, err);
    if (st != PWWB_OK)
        return st;

    st = directory->ops.read(directory->ctx, guid, timeout_ms, &account, &rules, err);
    wb_directory_leave(directory, entered_ms, st, PWWB_CODE_OK);
    wrong = wb_wrong_account(&account);
    st    = judge(err, st, "the directory's read", wrong != NULL ? wrong : wb_wrong_rules(&rules));
    if (st != PWWB_OK)
        return st;

    (void)wb_ops_export(ret_account, LEAST_ACCOUNT, &account, sizeof(account));
    return wb_ops_export(ret_rules, LEAST_RULES, &rules, sizeof(rules));
}

/* Judge the request and, when it is good, the callback's answer. */
static pwwb_status
ask_set(pwwb_directory *directory, const pwwb_set *theirs, int64_t timeout_ms,
        pwwb_set_result *ours, pwwb_error *err)
{
    pwwb_findings *findings = ours->findings;
    pwwb_set       set;
    int64_t        entered_ms;
    pwwb_status    st;

    ours->code = PWWB_CODE_INTERNAL; /* as long as nothing was asked */
    st         = wb_ops_import(&set, sizeof(set), LEAST_SET, theirs);
    if (st != PWWB_OK)
        return wb_fail(err, st, "set of size %zu does not fit this library", theirs->size);

    set.size = sizeof(set);
    st       = wb_set_check(&set, &ours->code, err);
    if (st != PWWB_OK)
        return st;

    st = wb_gate_enter(directory->gate, &timeout_ms, &entered_ms, err);
    if (st != PWWB_OK) {
        ours->code = wb_set_failure_code(st);
        return st;
    }
    ours->code = 0;
    st         = directory->ops.set(directory->ctx, &set, timeout_ms, ours, err);
    wb_directory_leave(directory, entered_ms, st, ours->code);
    st = judge(err, st, "the directory's set", wb_wrong_result(ours));
    if (st != PWWB_OK)
        *ours = (pwwb_set_result){.code = wb_set_failure_code(st), .password_last_set_ms = -1};

    ours->findings = findings;
    return st;
}

pwwb_status
pwwb_directory_set(pwwb_directory *directory, const pwwb_set *set, int64_t timeout_ms,
                   pwwb_set_result *ret_result, pwwb_error *err)
{
    pwwb_findings   unwanted = {0};
    pwwb_set_result ours     = {.size = sizeof(ours), .password_last_set_ms = -1};
    pwwb_findings  *findings;
    pwwb_status     st;

    wb_ok(err);
    if (ret_result == NULL)
        return wb_fail(err, PWWB_E_INVALID_ARGUMENT, "ret_result must be given");
    if (ret_result->size < LEAST_RESULT || ret_result->size > WB_OPS_SIZE_MAX)
        return wb_fail(err, PWWB_E_ABI, "a result of size %zu does not fit this library",
                       ret_result->size);

    findings      = ret_result->findings;
    ours.findings = findings != NULL ? findings : &unwanted;
    if (directory == NULL || set == NULL) {
        ours.code = PWWB_CODE_INTERNAL;
        st = wb_fail(err, PWWB_E_INVALID_ARGUMENT, "directory and set must be given");
    } else {
        st = ask_set(directory, set, timeout_ms, &ours, err);
    }

    ours.findings = findings;
    (void)wb_ops_export(ret_result, LEAST_RESULT, &ours, sizeof(ours));
    return st;
}

int
wb_directory_heard(pwwb_directory *directory)
{
    int heard = directory->heard;

    directory->heard = 0;
    return heard;
}

/* The rules stay as they are unless it tells some. */
static pwwb_status
ask_summary(pwwb_directory *directory, int64_t timeout_ms, pwwb_policy_rules *rules, pwwb_error *err)
{
    pwwb_policy_rules theirs;
    int64_t           entered_ms;
    pwwb_status       st = wb_gate_enter(directory->gate, &timeout_ms, &entered_ms, err);

    if (st != PWWB_OK)
        return st;

    wb_rules_forget(&theirs);
    st = directory->ops.summary(directory->ctx, timeout_ms, &theirs, err);
    if (st == PWWB_OK && wb_wrong_rules(&theirs) != NULL)
        st = wb_fail(err, PWWB_E_CALLBACK, "the directory's summary answered %s",
                     wb_wrong_rules(&theirs));
    wb_directory_leave(directory, entered_ms, st, PWWB_CODE_OK);
    if (st == PWWB_OK)
        *rules = theirs;
    wb_policy_forget_unreadable(rules);
    return wb_answer(err, st, "the directory's summary");
}

static pwwb_status
ask_for_nobody(pwwb_directory *directory, int64_t timeout_ms, pwwb_error *err)
{
    pwwb_account      account = {.size = sizeof(account)};
    pwwb_policy_rules rules   = {.size = sizeof(rules)};
    uint8_t           nobody[PWWB_ID_SIZE];
    pwwb_status       st;

    wb_random(nobody, sizeof(nobody));
    st = pwwb_directory_read(directory, nobody, timeout_ms, &account, &rules, err);
    if (st == PWWB_E_NOT_FOUND)
        wb_ok(err);
    return st == PWWB_E_NOT_FOUND ? PWWB_OK : st;
}

pwwb_status
pwwb_directory_summary(pwwb_directory *directory, int64_t timeout_ms, pwwb_policy_rules *ret_rules,
                       pwwb_error *err)
{
    pwwb_policy_rules rules;
    pwwb_status       st;

    wb_ok(err);
    wb_rules_forget(&rules);
    if (ret_rules == NULL)
        return wb_fail(err, PWWB_E_INVALID_ARGUMENT, "ret_rules must be given");

    st = wb_ops_export(ret_rules, LEAST_RULES, &rules, sizeof(rules));
    if (st != PWWB_OK)
        return wb_fail(err, st, "rules of size %zu do not fit this library", ret_rules->size);
    if (directory == NULL)
        return wb_fail(err, PWWB_E_INVALID_ARGUMENT, "directory must be given");

    st = directory->ops.summary != NULL ? ask_summary(directory, timeout_ms, &rules, err)
                                        : ask_for_nobody(directory, timeout_ms, err);
    return st == PWWB_OK ? wb_ops_export(ret_rules, LEAST_RULES, &rules, sizeof(rules)) : st;
}

int
wb_directory_probe(pwwb_directory *directory, int64_t timeout_ms, pwwb_policy_rules *ret_rules)
{
    pwwb_status st;

    ret_rules->size  = sizeof(*ret_rules);
    directory->heard = 0;
    st = pwwb_directory_summary(directory, timeout_ms, ret_rules, NULL);
    (void)st; /* what it showed is noted */
    return wb_directory_heard(directory) == WB_HEARD_ANSWER;
}
