/* SPDX-License-Identifier: Apache-2.0 */
#include "steps.h"

enum { DIRECTORY_MS = 5000 };

const char *
steps_name(int32_t need)
{
    static const char *const names[] = {"nothing", "claim",  "find",   "read", "lookup", "record",
                                        "set",     "finish", "send", "release", "unclaim"};

    return need >= 0 && need < (int32_t)(sizeof(names) / sizeof(names[0])) ? names[need] : "?";
}

int
steps_are_over(const steps *s)
{
    int32_t need = pwwb_writeback_need(s->writeback);

    return need == PWWB_NEED_SEND || need == PWWB_NEED_RELEASE;
}

static pwwb_status
find(steps *s)
{
    pwwb_found  found = {.size = sizeof(found)};
    pwwb_status st = pwwb_directory_find(s->directory, &pwwb_writeback_claims(s->writeback)->anchor,
                                         DIRECTORY_MS, &found, s->err);

    return st == PWWB_OK ? pwwb_writeback_found(s->writeback, &found, s->err)
                         : pwwb_writeback_failed(s->writeback, st, s->err);
}

static pwwb_status
read_account(steps *s)
{
    pwwb_account      account = {.size = sizeof(account)};
    pwwb_policy_rules rules   = {.size = sizeof(rules)};
    pwwb_status       st = pwwb_directory_read(s->directory, pwwb_writeback_target(s->writeback)->guid,
                                               DIRECTORY_MS, &account, &rules, s->err);

    return st == PWWB_OK ? pwwb_writeback_account_read(s->writeback, &account, &rules, s->err)
                         : pwwb_writeback_failed(s->writeback, st, s->err);
}

/* pwwb_directory_set() gives a result also when it fails. A host that writes by itself must not say
 * "not set" of what it has sent: PWWB_CODE_OUTCOME_UNKNOWN, or pwwb_writeback_failed(). */
/* [set] */
static pwwb_status
set(steps *s)
{
    pwwb_set        set    = {.size = sizeof(set)};
    pwwb_set_result result = {.size = sizeof(result), .findings = pwwb_findings_new()};
    int64_t         most_ms; /* of the request's life */
    pwwb_status     st = pwwb_writeback_to_set(s->writeback, &set, &most_ms, s->err);

    if (st == PWWB_OK) {
        int64_t limit_ms = most_ms < DIRECTORY_MS ? most_ms : DIRECTORY_MS;

        st = pwwb_directory_set(s->directory, &set, limit_ms, &result, s->err);
        (void)st; /* a code is there after a failure, too */
        st = pwwb_writeback_set_done(s->writeback, &result, s->err); /* the passwords are gone now */
    }
    pwwb_findings_free(result.findings);
    return st;
}
/* [set] end */

/* [answer] */
/* The directory's needs are answered here, the journal's by the library: it may block for as long as its
 * disk does. */
pwwb_status
steps_answer(steps *s)
{
    switch (pwwb_writeback_need(s->writeback)) {
    case PWWB_NEED_FIND:
        return find(s);
    case PWWB_NEED_READ:
        return read_account(s);
    case PWWB_NEED_SET:
        return set(s);
    default:
        return pwwb_writeback_step(s->writeback, s->journal, NULL, NULL, -1, s->err);
    }
}
/* [answer] end */
