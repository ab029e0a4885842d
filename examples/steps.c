/* SPDX-License-Identifier: Apache-2.0 */
#include "steps.h"

#include <string.h>

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

/* The journal is to know a request until it can come no more: its life, what clocks may differ
 * twice, and ten minutes. */
static pwwb_status
claim(steps *s)
{
    const pwwb_claims *claims = pwwb_writeback_claims(s->writeback);
    pwwb_journal_entry entry  = {.size = sizeof(entry)};
    uint8_t            reply[PWWB_ENVELOPE_MAX];
    pwwb_status        st;

    st = small_journal_ops.claim(&s->journal, claims->cti, pwwb_writeback_digest(s->writeback),
                                 (claims->exp + 2 * 120 + 600) * 1000, reply, sizeof(reply), &entry,
                                 s->err);
    if (st != PWWB_OK)
        return pwwb_writeback_failed(s->writeback, st, s->err);

    return pwwb_writeback_claimed(s->writeback, &entry, entry.reply_len > 0 ? reply : NULL,
                                  entry.reply_len, s->err);
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

static pwwb_status
look_up(steps *s)
{
    int32_t     ours = 0;
    pwwb_status st   = small_journal_ops.lookup(
        &s->journal, pwwb_writeback_target(s->writeback)->guid,
        pwwb_writeback_last_set_ms(s->writeback), pwwb_writeback_claims(s->writeback)->iat, &ours,
        s->err);

    return st == PWWB_OK ? pwwb_writeback_looked_up(s->writeback, ours, s->err)
                         : pwwb_writeback_failed(s->writeback, st, s->err);
}

static pwwb_status
record(steps *s)
{
    const pwwb_claims *claims = pwwb_writeback_claims(s->writeback);
    pwwb_status        st     = small_journal_ops.record(
        &s->journal, claims->cti, pwwb_writeback_target(s->writeback)->guid,
        pwwb_writeback_last_set_ms(s->writeback), claims->iat, s->err);

    return st == PWWB_OK ? pwwb_writeback_recorded(s->writeback, s->err)
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

static pwwb_status
finish(steps *s)
{
    size_t         len;
    const uint8_t *reply = pwwb_writeback_reply(s->writeback, &len);
    pwwb_status    st    = small_journal_ops.finish(
        &s->journal, pwwb_writeback_claims(s->writeback)->cti, reply, len,
        pwwb_writeback_last_set_ms(s->writeback), s->err);

    return st == PWWB_OK ? pwwb_writeback_finished(s->writeback, s->err)
                         : pwwb_writeback_failed(s->writeback, st, s->err);
}

static pwwb_status
unclaim(steps *s)
{
    pwwb_status st = small_journal_ops.release(&s->journal,
                                               pwwb_writeback_claims(s->writeback)->cti, s->err);

    return st == PWWB_OK ? pwwb_writeback_unclaimed(s->writeback, s->err)
                         : pwwb_writeback_failed(s->writeback, st, s->err);
}

/* [answer] */
pwwb_status
steps_answer(steps *s)
{
    switch (pwwb_writeback_need(s->writeback)) {
    case PWWB_NEED_CLAIM:
        return claim(s);
    case PWWB_NEED_FIND:
        return find(s);
    case PWWB_NEED_READ:
        return read_account(s);
    case PWWB_NEED_LOOKUP:
        return look_up(s);
    case PWWB_NEED_RECORD:
        return record(s);
    case PWWB_NEED_SET:
        return set(s);
    case PWWB_NEED_FINISH:
        return finish(s);
    case PWWB_NEED_UNCLAIM:
        return unclaim(s);
    default:
        return pwwb_error_set(s->err, PWWB_E_STATE, "nothing is needed");
    }
}
/* [answer] end */
