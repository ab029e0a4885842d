/* SPDX-License-Identifier: Apache-2.0 */
/* One request as steps: a host that answers every need itself. */
/* rows: 1 */
#include <sodium.h>

#include "flow_world.h"

/* ---- by hand ---- */

/* A good answer to each need; the account is such that every need comes up. */
static pwwb_status
answer_well(world *w, pwwb_writeback *wb, int32_t need)
{
    pwwb_journal_entry entry   = {.size = sizeof(entry), .state = PWWB_ENTRY_NEW};
    pwwb_found         found   = {.size = sizeof(found), .code = PWWB_CODE_OK, .candidates = 1};
    pwwb_set_result    result  = {.size = sizeof(result), .code = PWWB_CODE_OK};
    pwwb_account       account = w->fake.account;

    memset(found.guid, USER, sizeof(found.guid));
    account.password_last_set_ms = NOW_MS + 1000;
    switch ((enum pwwb_need)need) {
    case PWWB_NEED_CLAIM:
        return pwwb_writeback_claimed(wb, &entry, NULL, 0, NULL);
    case PWWB_NEED_FIND:
        return pwwb_writeback_found(wb, &found, NULL);
    case PWWB_NEED_READ:
        return pwwb_writeback_account_read(wb, &account, NULL, NULL);
    case PWWB_NEED_LOOKUP:
        return pwwb_writeback_looked_up(wb, 1, NULL);
    case PWWB_NEED_RECORD:
        return pwwb_writeback_recorded(wb, NULL);
    case PWWB_NEED_SET:
        return pwwb_writeback_set_done(wb, &result, NULL);
    case PWWB_NEED_FINISH:
        return pwwb_writeback_finished(wb, NULL);
    case PWWB_NEED_UNCLAIM:
        return pwwb_writeback_unclaimed(wb, NULL);
    case PWWB_NEED_NOTHING:
    case PWWB_NEED_SEND:
    case PWWB_NEED_RELEASE:
        break;
    }
    return PWWB_E_STATE;
}

static const int32_t needs_in_order[] = {PWWB_NEED_CLAIM,  PWWB_NEED_FIND,   PWWB_NEED_READ,
                                         PWWB_NEED_LOOKUP, PWWB_NEED_RECORD, PWWB_NEED_SET,
                                         PWWB_NEED_FINISH};

/* Seal a request and answer well until `need` is open. */
static pwwb_writeback *
walk_to(world *w, int32_t need)
{
    uint8_t         sealed[PWWB_ENVELOPE_MAX], digest[crypto_hash_sha256_BYTES];
    pwwb_writeback *wb;
    size_t          len = seal(w, sealed), i;

    CHECK_STATUS(PWWB_OK, pwwb_writeback_new(agent_keys, &w->writeback, &wb, NULL));
    CHECK_INT(PWWB_NEED_NOTHING, pwwb_writeback_need(wb));
    CHECK_STATUS(PWWB_OK, pwwb_writeback_begin(wb, sealed, len, NULL));
    crypto_hash_sha256(digest, sealed, len);
    CHECK_MEM(digest, sizeof(digest), pwwb_writeback_digest(wb), sizeof(digest));
    for (i = 0; i < COUNT(needs_in_order) && needs_in_order[i] != need; i++) {
        CHECK_INT(needs_in_order[i], pwwb_writeback_need(wb));
        CHECK_STATUS(PWWB_OK, answer_well(w, wb, needs_in_order[i]));
    }
    CHECK_INT(need, pwwb_writeback_need(wb));
    return wb;
}

static int32_t
code_sent(world *w, pwwb_writeback *wb)
{
    size_t         len;
    const uint8_t *reply = pwwb_writeback_reply(wb, &len);

    CHECK_STATUS(PWWB_OK, pwwb_reply_open(w->reply, agent_keys, w->claims.cti, reply, len, NULL));
    return pwwb_reply_code(w->reply);
}

static void
a_host_answers_every_need_itself(void)
{
    pwwb_set        set = {.size = sizeof(set)};
    int64_t         most_ms;
    pwwb_writeback *wb;
    world           w;

    world_make(&w);
    wb = walk_to(&w, PWWB_NEED_SET);
    CHECK_STATUS(PWWB_OK, pwwb_writeback_to_set(wb, &set, &most_ms, NULL));
    CHECK_MEM(new_password, strlen(new_password), set.password, set.password_len);
    CHECK_INT(239500, most_ms);
    CHECK_STATUS(PWWB_OK, answer_well(&w, wb, PWWB_NEED_SET));
    CHECK_STATUS(PWWB_OK, answer_well(&w, wb, PWWB_NEED_FINISH));
    CHECK_INT(PWWB_NEED_SEND, pwwb_writeback_need(wb));
    CHECK_INT(PWWB_CODE_OK, code_sent(&w, wb));
    pwwb_writeback_wipe(wb);
    CHECK_INT(PWWB_NEED_NOTHING, pwwb_writeback_need(wb));
    CHECK(pwwb_writeback_claims(wb) == NULL && pwwb_writeback_reply(wb, NULL) == NULL);
    pwwb_writeback_free(wb);
    world_drop(&w);
}

/* Whose the needs are says pwwb/writeback.h. */
static int
is_of_directory(int32_t need)
{
    return need == PWWB_NEED_FIND || need == PWWB_NEED_READ || need == PWWB_NEED_SET;
}

/* One table, the journal's or the directory's, answers what is its own; what is not, the host. The
 * account was written after the request was issued: the host says by this agent, the journal that not. */
static void
step_with(world *w, int with_directory)
{
    pwwb_journal   *journal   = with_directory ? NULL : w->journal;
    pwwb_directory *directory = with_directory ? w->directory : NULL;
    pwwb_writeback *wb        = walk_to(w, PWWB_NEED_CLAIM);
    int32_t         need;
    int             own = 0, others = 0;

    w->fake.account.password_last_set_ms = NOW_MS + 1000;
    while ((need = pwwb_writeback_need(wb)) != PWWB_NEED_SEND && own + others < 8) {
        int         is_own = is_of_directory(need) == with_directory;
        pwwb_status st     = pwwb_writeback_step(wb, journal, NULL, directory, -1, NULL);

        own += is_own;
        others += !is_own;
        CHECK_STATUS(is_own ? PWWB_OK : PWWB_E_INVALID_ARGUMENT, st);
        if (is_own)
            continue;
        CHECK_INT(need, pwwb_writeback_need(wb));
        CHECK_STATUS(PWWB_OK, answer_well(w, wb, need));
    }
    CHECK_INT(3, own);
    CHECK_INT(with_directory ? 4 : 2, others);
    CHECK_STATUS(PWWB_E_STATE, pwwb_writeback_step(wb, w->journal, NULL, w->directory, -1, NULL));
    CHECK_INT(with_directory ? PWWB_CODE_OK : PWWB_CODE_SUPERSEDED, code_sent(w, wb));
    CHECK_INT(with_directory, w->fake.sets);
    pwwb_writeback_wipe(wb);
    CHECK_STATUS(PWWB_E_STATE, pwwb_writeback_step(wb, w->journal, NULL, w->directory, -1, NULL));
    pwwb_writeback_free(wb);
}

static void
tables_answer_the_needs_that_are_theirs(void)
{
    world w;
    int   with_directory;

    for (with_directory = 0; with_directory < 2; with_directory++) {
        world_make(&w);
        step_with(&w, with_directory);
        world_drop(&w);
    }
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_writeback_step(NULL, NULL, NULL, NULL, -1, NULL));
}

static void
every_need_can_be_answered_by_a_failure(void)
{
    static const int32_t codes[] = {PWWB_CODE_OUTCOME_UNKNOWN, PWWB_CODE_TIMEOUT, PWWB_CODE_TIMEOUT,
                                    PWWB_CODE_TIMEOUT, PWWB_CODE_TIMEOUT,
                                    PWWB_CODE_OUTCOME_UNKNOWN, PWWB_CODE_OK};
    world  w;
    size_t i;

    world_make(&w);
    for (i = 0; i < COUNT(needs_in_order); i++) {
        pwwb_writeback *wb = walk_to(&w, needs_in_order[i]);

        CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_writeback_failed(wb, PWWB_OK, NULL));
        CHECK_STATUS(PWWB_OK, pwwb_writeback_failed(
                                  wb, i == 0 ? PWWB_E_SYSTEM : PWWB_E_TIMEOUT, NULL));
        if (needs_in_order[i] == PWWB_NEED_SET) /* what stood there before is not our write */
            CHECK_INT(-1, pwwb_writeback_last_set_ms(wb));
        if (pwwb_writeback_need(wb) == PWWB_NEED_FINISH)
            CHECK_STATUS(PWWB_OK, pwwb_writeback_finished(wb, NULL));
        CHECK_INT(PWWB_NEED_SEND, pwwb_writeback_need(wb));
        CHECK_INT(codes[i], code_sent(&w, wb));
        pwwb_writeback_free(wb);
    }
    world_drop(&w);
}

static void
an_answer_that_is_not_waited_for_changes_nothing(void)
{
    world  w;
    size_t i, k;

    world_make(&w);
    for (i = 0; i < COUNT(needs_in_order); i++) {
        pwwb_writeback *wb = walk_to(&w, needs_in_order[i]);

        for (k = 0; k < COUNT(needs_in_order); k++)
            if (k != i)
                CHECK_STATUS(PWWB_E_STATE, answer_well(&w, wb, needs_in_order[k]));
        CHECK_STATUS(PWWB_E_STATE, answer_well(&w, wb, PWWB_NEED_UNCLAIM));
        CHECK_INT(needs_in_order[i], pwwb_writeback_need(wb));
        pwwb_writeback_free(wb);
    }
    world_drop(&w);
}

static void
an_answer_that_is_nonsense_is_not_taken(void)
{
    pwwb_found        found  = {.size = sizeof(found), .code = PWWB_CODE_OK};
    pwwb_set_result   result = {.size = sizeof(result), .code = 9999};
    pwwb_policy_rules rules;
    pwwb_account      account;
    pwwb_writeback   *wb;
    world             w;

    world_make(&w);
    wb = walk_to(&w, PWWB_NEED_FIND);
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_writeback_found(wb, &found, NULL)); /* no id */
    memset(found.guid, USER, sizeof(found.guid));
    memset(found.directory, 'x', sizeof(found.directory)); /* no end */
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_writeback_found(wb, &found, NULL));
    found = (pwwb_found){.size = sizeof(found), .code = PWWB_CODE_PERMISSION};
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_writeback_found(wb, &found, NULL));
    CHECK_STATUS(PWWB_OK, answer_well(&w, wb, PWWB_NEED_FIND));

    account = w.fake.account;
    rules   = w.fake.rules;
    memset(account.controller, 'x', sizeof(account.controller));
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_writeback_account_read(wb, &account, &rules, NULL));
    account          = w.fake.account;
    account.now_ms   = -1;
    rules.min_length = -2;
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_writeback_account_read(wb, &account, &rules, NULL));
    rules.size = 8;
    CHECK_STATUS(PWWB_E_ABI, pwwb_writeback_account_read(wb, &account, &rules, NULL));
    CHECK_INT(PWWB_NEED_READ, pwwb_writeback_need(wb));
    CHECK_STATUS(PWWB_OK, pwwb_writeback_account_read(wb, &account, NULL, NULL));
    CHECK_STATUS(PWWB_OK, answer_well(&w, wb, PWWB_NEED_RECORD));
    CHECK_STATUS(PWWB_OK, pwwb_writeback_set_done(wb, &result, NULL));
    CHECK_INT(PWWB_CODE_OUTCOME_UNKNOWN, code_sent(&w, wb));
    pwwb_writeback_free(wb);
    world_drop(&w);
}

static void
a_replay_leaves_the_record_of_the_first(void)
{
    pwwb_journal_entry entry = {.size = sizeof(entry), .state = PWWB_ENTRY_REPLAY};
    pwwb_writeback    *wb;
    world              w;

    world_make(&w);
    wb = walk_to(&w, PWWB_NEED_CLAIM);
    entry.size = 8; /* shorter than any there was */
    CHECK_STATUS(PWWB_E_ABI, pwwb_writeback_claimed(wb, &entry, NULL, 0, NULL));
    entry.size = sizeof(entry);
    CHECK_STATUS(PWWB_OK, pwwb_writeback_claimed(wb, &entry, NULL, 0, NULL));
    CHECK_INT(PWWB_NEED_SEND, pwwb_writeback_need(wb));
    CHECK_INT(PWWB_CODE_REPLAYED, code_sent(&w, wb));
    pwwb_writeback_free(wb);
    world_drop(&w);
}

static void
the_life_is_judged_again_just_before_the_write(void)
{
    pwwb_writeback *wb;
    world           w;

    world_make(&w);
    wb = walk_to(&w, PWWB_NEED_RECORD);
    w.clock.wall_ms += 300000;
    CHECK_STATUS(PWWB_OK, pwwb_writeback_recorded(wb, NULL));
    CHECK_INT(PWWB_NEED_FINISH, pwwb_writeback_need(wb));
    CHECK_INT(PWWB_CODE_EXPIRED_MESSAGE, code_sent(&w, wb));
    pwwb_writeback_free(wb);
    world_drop(&w);
}

static void
the_password_is_wiped_before_the_reply_is_given(void)
{
    static const uint8_t zero[sizeof(new_password)];
    pwwb_set        set = {.size = sizeof(set)};
    pwwb_writeback *wb;
    world           w;
    int             fails;

    world_make(&w);
    for (fails = 0; fails < 2; fails++) {
        wb = walk_to(&w, PWWB_NEED_SET);
        CHECK_STATUS(PWWB_OK, pwwb_writeback_to_set(wb, &set, NULL, NULL));
        CHECK_STATUS(PWWB_OK, fails ? pwwb_writeback_failed(wb, PWWB_E_CLOSED, NULL)
                                    : answer_well(&w, wb, PWWB_NEED_SET));
        CHECK_MEM(zero, set.password_len, set.password, set.password_len);
        CHECK_STATUS(PWWB_E_STATE, pwwb_writeback_to_set(wb, &set, NULL, NULL));
        pwwb_writeback_free(wb);
    }
    world_drop(&w);
}

int
main(void)
{
    if (!make_keys())
        return 1;

    RUN(a_host_answers_every_need_itself);
    RUN(tables_answer_the_needs_that_are_theirs);
    RUN(every_need_can_be_answered_by_a_failure);
    RUN(an_answer_that_is_not_waited_for_changes_nothing);
    RUN(an_answer_that_is_nonsense_is_not_taken);
    RUN(a_replay_leaves_the_record_of_the_first);
    RUN(the_life_is_judged_again_just_before_the_write);
    RUN(the_password_is_wiped_before_the_reply_is_given);
    drop_keys();
    return DONE;
}
