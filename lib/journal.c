/* SPDX-License-Identifier: Apache-2.0 */
#include "journal.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "guid.h"
#include "ops.h"

static_assert(sizeof(pwwb_journal_ops) == 7 * sizeof(void *),
              "fields are added at the end, with a new WB_SIZE_UP_TO and a line in NEWS");

struct pwwb_journal {
    pwwb_journal_ops ops;
    void            *ctx;
};

pwwb_status
pwwb_journal_new(const pwwb_journal_ops *ops, void *ctx, pwwb_journal **ret_journal,
                 pwwb_error *err)
{
    pwwb_journal_ops ours;
    pwwb_journal    *journal;
    pwwb_status      st;

    wb_ok(err);
    if (ret_journal != NULL)
        *ret_journal = NULL;
    if (ops == NULL || ret_journal == NULL)
        return wb_fail(err, PWWB_E_INVALID_ARGUMENT, "ops and ret_journal must be given");

    st = wb_ops_import(&ours, sizeof(ours), WB_SIZE_UP_TO(pwwb_journal_ops, destroy), ops);
    if (st != PWWB_OK)
        return wb_fail(err, st, "journal ops of size %zu do not fit this library", ops->size);
    if (ours.claim == NULL || ours.record == NULL || ours.finish == NULL || ours.lookup == NULL)
        return wb_fail(err, PWWB_E_INVALID_ARGUMENT,
                       "a journal must claim, record, finish and look up");

    journal = calloc(1, sizeof(*journal));
    if (journal == NULL)
        return wb_fail(err, PWWB_E_NO_MEMORY, "no memory for a journal");

    journal->ops = ours;
    journal->ctx = ctx;
    *ret_journal = journal;
    return PWWB_OK;
}

void
pwwb_journal_free(pwwb_journal *journal)
{
    if (journal == NULL)
        return;

    if (journal->ops.destroy != NULL)
        journal->ops.destroy(journal->ctx);
    free(journal);
}

/* What is wrong with a journal's answer to a claim; NULL = nothing. */
static const char *
nonsense(const pwwb_journal_entry *entry, size_t reply_size)
{
    int is_done = entry->state == PWWB_ENTRY_DONE;

    if (entry->state < PWWB_ENTRY_NEW || entry->state > PWWB_ENTRY_REPLAY)
        return "an unknown state";
    if (entry->reply_len > reply_size)
        return "a reply longer than its buffer";
    if (is_done != (entry->reply_len != 0))
        return is_done ? "done, without a reply" : "a reply to what is not done";
    if (entry->password_last_set_ms < -1 || entry->since_ms < 0)
        return "an impossible time";
    return NULL;
}

pwwb_status
wb_journal_claim(pwwb_journal *journal, const uint8_t *cti, const uint8_t *digest,
                 int64_t expires_ms, uint8_t *reply, size_t reply_size, pwwb_journal_entry *ret_entry,
                 pwwb_error *err)
{
    pwwb_journal_entry theirs = {.size = sizeof(theirs)};
    const char        *wrong;
    pwwb_status        st;

    wb_ok(err);
    memset(ret_entry, 0, sizeof(*ret_entry));
    st = journal->ops.claim(journal->ctx, cti, digest, expires_ms, reply, reply_size, &theirs, err);
    st = wb_answer(err, st, "the journal's claim");
    if (st == PWWB_E_FULL) /* how far back it has looked */
        ret_entry->since_ms = theirs.since_ms;
    if (st != PWWB_OK)
        return st;

    wrong = nonsense(&theirs, reply_size);
    if (wrong != NULL)
        return wb_fail(err, PWWB_E_CALLBACK, "the journal's claim answered %s", wrong);

    ret_entry->size                 = sizeof(*ret_entry);
    ret_entry->state                = theirs.state;
    ret_entry->reply_len            = theirs.reply_len;
    ret_entry->since_ms             = theirs.since_ms;
    ret_entry->password_last_set_ms = -1;
    if (wb_guid_is_zero(theirs.guid) || theirs.state == PWWB_ENTRY_NEW ||
        theirs.state == PWWB_ENTRY_REPLAY)
        return PWWB_OK;

    ret_entry->password_last_set_ms = theirs.password_last_set_ms;
    memcpy(ret_entry->guid, theirs.guid, sizeof(ret_entry->guid));
    return PWWB_OK;
}

pwwb_status
wb_journal_record(pwwb_journal *journal, const uint8_t *cti, const uint8_t *guid,
                  int64_t password_last_set_ms, int64_t issued_s, pwwb_error *err)
{
    pwwb_status st;

    wb_ok(err);
    st = journal->ops.record(journal->ctx, cti, guid, password_last_set_ms, issued_s, err);
    return wb_answer(err, st, "the journal's record");
}

pwwb_status
wb_journal_finish(pwwb_journal *journal, const uint8_t *cti, const uint8_t *reply, size_t reply_len,
                  int64_t password_last_set_ms, pwwb_error *err)
{
    pwwb_status st;

    wb_ok(err);
    st = journal->ops.finish(journal->ctx, cti, reply, reply_len, password_last_set_ms, err);
    return wb_answer(err, st, "the journal's finish");
}

pwwb_status
wb_journal_lookup(pwwb_journal *journal, const uint8_t *guid, int64_t password_last_set_ms,
                  int64_t issued_s, int32_t *ret_ours, pwwb_error *err)
{
    int32_t     ours = -1; /* an answer must be written */
    pwwb_status st;

    wb_ok(err);
    *ret_ours = 0;
    st = journal->ops.lookup(journal->ctx, guid, password_last_set_ms, issued_s, &ours, err);
    st        = wb_answer(err, st, "the journal's lookup");
    if (st != PWWB_OK)
        return st;
    if (ours != 0 && ours != 1)
        return wb_fail(err, PWWB_E_CALLBACK, "the journal's lookup answered neither 1 nor 0");

    *ret_ours = ours;
    return PWWB_OK;
}

pwwb_status
wb_journal_release(pwwb_journal *journal, const uint8_t *cti, pwwb_error *err)
{
    pwwb_status st;

    wb_ok(err);
    if (journal->ops.release == NULL)
        return wb_fail(err, PWWB_E_NOT_SUPPORTED, "the journal takes no claim back");

    st = journal->ops.release(journal->ctx, cti, err);
    return wb_answer(err, st, "the journal's release");
}
