/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "directory.h"
#include "error.h"
#include "journal.h"
#include "writeback.h"

typedef struct walk {
    pwwb_writeback  *w;
    const wb_tables *tables;
    int64_t          deadline;
    pwwb_error      *err;
} walk;

static int64_t
left(const walk *k)
{
    return wb_deadline_left(&k->w->clock, k->deadline);
}

static pwwb_status
claim(const walk *k)
{
    const pwwb_claims *claims = pwwb_writeback_claims(k->w);
    pwwb_journal_entry entry  = {.size = sizeof(entry)};
    uint8_t            reply[PWWB_ENVELOPE_MAX];
    pwwb_status        st;

    st = wb_journal_claim(k->tables->journal, claims->cti, pwwb_writeback_digest(k->w),
                          wb_writeback_keep_ms(k->w), reply, sizeof(reply), &entry, k->err);
    if (st == PWWB_E_FULL)
        wb_writeback_look_back(k->w, entry.since_ms);
    if (st != PWWB_OK)
        return pwwb_writeback_failed(k->w, st, k->err);

    return pwwb_writeback_claimed(k->w, &entry, entry.reply_len > 0 ? reply : NULL,
                                  entry.reply_len, k->err);
}

/* Without a store: ask every directory. More than one account over all of them is ambiguous; one
 * that cannot be asked could hide a second account, so it fails the request. */
static pwwb_status
find_everywhere(const walk *k, const pwwb_anchor *anchor, pwwb_found *ret_found)
{
    int32_t candidates = 0;
    size_t  i;

    ret_found->code = PWWB_CODE_NOT_FOUND;
    for (i = 0; i < k->tables->directory_count; i++) {
        const wb_named_directory *d   = &k->tables->directories[i];
        pwwb_found                one = {.size = sizeof(one)};
        pwwb_status st = pwwb_directory_find(d->directory, anchor, left(k), &one, k->err);

        if (st != PWWB_OK)
            return st;

        candidates += one.candidates;
        if (one.code == PWWB_CODE_NOT_FOUND)
            continue;
        one.code = ret_found->code == PWWB_CODE_NOT_FOUND ? one.code : PWWB_CODE_AMBIGUOUS;
        memcpy(one.directory, d->name, sizeof(one.directory));
        *ret_found = one;
    }
    ret_found->candidates = candidates;
    return PWWB_OK;
}

static pwwb_status
find(const walk *k)
{
    const pwwb_anchor *anchor = &pwwb_writeback_claims(k->w)->anchor;
    pwwb_found         found  = {.size = sizeof(found)};
    pwwb_status        st;

    if (k->tables->anchors != NULL)
        st = pwwb_anchors_find(k->tables->anchors, anchor, left(k), &found, k->err);
    else
        st = find_everywhere(k, anchor, &found);
    if (st == PWWB_OK && wb_wrong_found(&found) != NULL)
        st = wb_fail(k->err, PWWB_E_CALLBACK, "the lookup answered %s", wb_wrong_found(&found));
    if (st != PWWB_OK)
        return pwwb_writeback_failed(k->w, st, k->err);

    return pwwb_writeback_found(k->w, &found, k->err);
}

/* By the name that the lookup gave; an empty name is the only one there is. */
static pwwb_directory *
pick(const walk *k)
{
    const pwwb_found *target = pwwb_writeback_target(k->w);
    size_t            i;

    if (k->tables->directory_count == 1 && target->directory[0] == '\0')
        return k->tables->directories[0].directory;

    for (i = 0; i < k->tables->directory_count; i++)
        if (strcmp(k->tables->directories[i].name, target->directory) == 0)
            return k->tables->directories[i].directory;
    return NULL;
}

static pwwb_status
read_account(const walk *k)
{
    pwwb_account      account   = {.size = sizeof(account)};
    pwwb_policy_rules rules     = {.size = sizeof(rules)};
    pwwb_directory   *directory = pick(k);
    pwwb_status       st;

    if (directory == NULL)
        return pwwb_writeback_failed(k->w, PWWB_E_NOT_SUPPORTED, k->err);

    st = pwwb_directory_read(directory, pwwb_writeback_target(k->w)->guid, left(k), &account,
                             &rules, k->err);
    if (st != PWWB_OK)
        return pwwb_writeback_failed(k->w, st, k->err);

    return pwwb_writeback_account_read(k->w, &account, &rules, k->err);
}

static pwwb_status
look_up(const walk *k)
{
    int32_t     ours = 0;
    pwwb_status st;

    st = wb_journal_lookup(k->tables->journal, pwwb_writeback_target(k->w)->guid,
                           pwwb_writeback_last_set_ms(k->w), pwwb_writeback_claims(k->w)->iat, &ours,
                           k->err);
    if (st != PWWB_OK)
        return pwwb_writeback_failed(k->w, st, k->err);

    return pwwb_writeback_looked_up(k->w, ours, k->err);
}

static pwwb_status
record(const walk *k)
{
    pwwb_status st;

    st = wb_journal_record(k->tables->journal, pwwb_writeback_claims(k->w)->cti,
                           pwwb_writeback_target(k->w)->guid, pwwb_writeback_last_set_ms(k->w),
                           pwwb_writeback_claims(k->w)->iat, k->err);
    if (st != PWWB_OK)
        return pwwb_writeback_failed(k->w, st, k->err);

    return pwwb_writeback_recorded(k->w, k->err);
}

static pwwb_status
set(const walk *k)
{
    pwwb_findings   findings = {0};
    pwwb_set_result result   = {.size = sizeof(result), .findings = &findings};
    pwwb_set        set      = {.size = sizeof(set)};
    int64_t         most_ms; /* by the wall clock: time goes on there while a machine sleeps */
    int64_t         limit = left(k);
    pwwb_status     st    = pwwb_writeback_to_set(k->w, &set, &most_ms, k->err);

    if (st != PWWB_OK)
        return st;
    if (limit < 0 || limit > most_ms)
        limit = most_ms;

    st = pwwb_directory_set(pick(k), &set, limit, &result, k->err);
    (void)st; /* a code is there after a failure too */
    return pwwb_writeback_set_done(k->w, &result, k->err);
}

static pwwb_status
finish(const walk *k)
{
    size_t         len;
    const uint8_t *reply = pwwb_writeback_reply(k->w, &len);
    pwwb_status    st;

    st = wb_journal_finish(k->tables->journal, pwwb_writeback_claims(k->w)->cti, reply, len,
                           pwwb_writeback_last_set_ms(k->w), k->err);
    if (st != PWWB_OK)
        return pwwb_writeback_failed(k->w, st, k->err);

    return pwwb_writeback_finished(k->w, k->err);
}

static pwwb_status
unclaim(const walk *k)
{
    pwwb_status st = wb_journal_release(k->tables->journal, pwwb_writeback_claims(k->w)->cti, k->err);

    if (st != PWWB_OK)
        return pwwb_writeback_failed(k->w, st, k->err);

    return pwwb_writeback_unclaimed(k->w, k->err);
}

static pwwb_status
step(const walk *k)
{
    switch (pwwb_writeback_need(k->w)) {
    case PWWB_NEED_CLAIM:
        return claim(k);
    case PWWB_NEED_FIND:
        return find(k);
    case PWWB_NEED_READ:
        return read_account(k);
    case PWWB_NEED_LOOKUP:
        return look_up(k);
    case PWWB_NEED_RECORD:
        return record(k);
    case PWWB_NEED_SET:
        return set(k);
    case PWWB_NEED_FINISH:
        return finish(k);
    case PWWB_NEED_UNCLAIM:
        return unclaim(k);
    default:
        return wb_fail(k->err, PWWB_E_STATE, "nothing was begun");
    }
}

/* Whether the tables have what answers the need; where nothing is needed step() says so. */
static int
is_given(const walk *k)
{
    switch (pwwb_writeback_need(k->w)) {
    case PWWB_NEED_CLAIM:
    case PWWB_NEED_LOOKUP:
    case PWWB_NEED_RECORD:
    case PWWB_NEED_FINISH:
    case PWWB_NEED_UNCLAIM:
        return k->tables->journal != NULL;
    case PWWB_NEED_FIND:
        return k->tables->anchors != NULL || k->tables->directory_count > 0;
    case PWWB_NEED_READ:
    case PWWB_NEED_SET:
        return k->tables->directory_count > 0;
    default:
        return 1;
    }
}

static int
is_over(const pwwb_writeback *w)
{
    int32_t need = pwwb_writeback_need(w);

    return need == PWWB_NEED_SEND || need == PWWB_NEED_RELEASE;
}

/* The earlier of the caller's deadline and the end of the request's life. */
static int64_t
deadline_of(const pwwb_writeback *w, int64_t timeout_ms)
{
    int64_t life_ms = pwwb_writeback_claims(w) != NULL ? wb_writeback_life_ms(w) : 0;

    return wb_deadline_in(&w->clock,
                          timeout_ms < 0 || timeout_ms > life_ms ? life_ms : timeout_ms);
}

pwwb_status
wb_writeback_walk(pwwb_writeback *w, const wb_tables *tables, int64_t timeout_ms, pwwb_error *err)
{
    walk        k  = {w, tables, deadline_of(w, timeout_ms), err};
    pwwb_status st = PWWB_OK;

    while (st == PWWB_OK && !is_over(w))
        st = step(&k);
    if (st == PWWB_OK)
        wb_ok(err);
    return st;
}

pwwb_status
pwwb_writeback_run(pwwb_writeback *writeback, pwwb_journal *journal, pwwb_anchors *anchors,
                   pwwb_directory *directory, int64_t timeout_ms, pwwb_error *err)
{
    wb_named_directory only   = {"", directory};
    wb_tables          tables = {journal, anchors, &only, 1};

    wb_ok(err);
    if (writeback == NULL || journal == NULL || directory == NULL)
        return wb_fail(err, PWWB_E_INVALID_ARGUMENT,
                       "writeback, journal and directory must be given");

    return wb_writeback_walk(writeback, &tables, timeout_ms, err);
}

pwwb_status
pwwb_writeback_step(pwwb_writeback *writeback, pwwb_journal *journal, pwwb_anchors *anchors,
                    pwwb_directory *directory, int64_t timeout_ms, pwwb_error *err)
{
    wb_named_directory only   = {"", directory};
    wb_tables          tables = {journal, anchors, &only, directory != NULL};
    walk               k      = {writeback, &tables, 0, err};
    pwwb_status        st;

    wb_ok(err);
    if (writeback == NULL)
        return wb_fail(err, PWWB_E_INVALID_ARGUMENT, "writeback must be given");
    if (!is_given(&k))
        return wb_fail(err, PWWB_E_INVALID_ARGUMENT,
                       "what answers the need was not given: the journal or the directory");

    k.deadline = deadline_of(writeback, timeout_ms);
    st         = step(&k);
    if (st == PWWB_OK)
        wb_ok(err);
    return st;
}
