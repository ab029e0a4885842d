/* SPDX-License-Identifier: Apache-2.0 */
/* rows: 1 19 */
/* A message comes to an agent that was started after it was issued, or is not the only one: its journal
 * does not know whether it was done before. "Not set" is said only where the password is older. */
#include "flow_world.h"

#define OLDER (NOW_MS - 5000)
#define NEWER (NOW_MS + 5000)

/* How old its journal is when the message is issued. */
#define OLD   3600000
#define YOUNG (-5000)

/* What the agent finds, and the code of one that knows it was never done. */
typedef struct story {
    const char *what;
    int32_t     operation;
    int64_t     last_set_ms, written_ms;
    uint32_t    user_account_control;
    int32_t     is_locked;
    pwwb_status find, read, set;
    int32_t     directory; /* what its set answers */
    int32_t     code;
    int         is_sure; /* nobody can have done it: the blind one says the same */
} story;

static const story stories[] = {
    {.what = "refused, and the password is older", .operation = PWWB_OPERATION_RESET_SELF,
     .last_set_ms = OLDER, .directory = PWWB_CODE_POLICY_HISTORY, .code = PWWB_CODE_POLICY_HISTORY,
     .is_sure = 1},
    {.what = "disabled, and the password is older", .operation = PWWB_OPERATION_RESET_SELF,
     .last_set_ms = OLDER, .user_account_control = PWWB_UAC_DISABLED, .code = PWWB_CODE_DISABLED,
     .is_sure = 1},
    {.what = "the old password is wrong, and must be changed: by us?",
     .operation = PWWB_OPERATION_CHANGE, .last_set_ms = 0,
     .directory = PWWB_CODE_OLD_PASSWORD_WRONG, .code = PWWB_CODE_OLD_PASSWORD_WRONG},
    {.what = "the new one is in the history, and nobody knows since when",
     .operation = PWWB_OPERATION_RESET_SELF, .last_set_ms = -1,
     .directory = PWWB_CODE_POLICY_HISTORY, .code = PWWB_CODE_POLICY_HISTORY},
    {.what = "locked, by trying the old one after it was set?", .operation = PWWB_OPERATION_CHANGE,
     .last_set_ms = NEWER, .is_locked = PWWB_YES, .code = PWWB_CODE_LOCKED},
    {.what = "disabled since", .operation = PWWB_OPERATION_RESET_SELF, .last_set_ms = NEWER,
     .user_account_control = PWWB_UAC_DISABLED, .code = PWWB_CODE_DISABLED},
    {.what = "must be changed, and was written later", .operation = PWWB_OPERATION_RESET_SELF,
     .written_ms = NOW_MS / 1000 * 1000 + 1000, .code = PWWB_CODE_SUPERSEDED},
    {.what = "must be changed, and was written in the same second",
     .operation = PWWB_OPERATION_RESET_SELF, .written_ms = NOW_MS / 1000 * 1000,
     .code = PWWB_CODE_SUPERSEDED},
    {.what = "set in the same second, and no finer time is known",
     .operation = PWWB_OPERATION_RESET_SELF, .last_set_ms = NOW_MS / 1000 * 1000,
     .code = PWWB_CODE_SUPERSEDED},
    {.what = "must be changed, and was written before; refused",
     .operation = PWWB_OPERATION_CHANGE, .written_ms = NOW_MS / 1000 * 1000 - 1000,
     .directory = PWWB_CODE_OLD_PASSWORD_WRONG, .code = PWWB_CODE_OLD_PASSWORD_WRONG,
     .is_sure = 1},
    {.what = "newer", .operation = PWWB_OPERATION_RESET_SELF, .last_set_ms = NEWER,
     .code = PWWB_CODE_SUPERSEDED},
    {.what = "no directory can be asked", .operation = PWWB_OPERATION_RESET_SELF,
     .last_set_ms = OLDER, .find = PWWB_E_CONNECT, .code = PWWB_CODE_UNREACHABLE},
    {.what = "the account cannot be read", .operation = PWWB_OPERATION_RESET_SELF,
     .last_set_ms = OLDER, .read = PWWB_E_TIMEOUT, .code = PWWB_CODE_TIMEOUT},
    {.what = "it cannot be set, and the password is older", .operation = PWWB_OPERATION_RESET_SELF,
     .last_set_ms = OLDER, .set = PWWB_E_CONNECT, .code = PWWB_CODE_UNREACHABLE, .is_sure = 1},
    {.what = "an unlock is refused", .operation = PWWB_OPERATION_UNLOCK, .last_set_ms = OLDER,
     .directory = PWWB_CODE_PERMISSION, .code = PWWB_CODE_PERMISSION},
};

static void
prepare(world *w, const story *s, int64_t journal_age_ms, uint32_t flags)
{
    world_prepare(w);
    w->writeback.flags = flags;
    w->clock.wall_ms = NOW_MS - journal_age_ms;
    CHECK_STATUS(PWWB_OK,
                 pwwb_journal_new_memory(9, &fake_clock_ops, &w->clock, &w->journal, NULL));
    w->clock.wall_ms                     = NOW_MS;
    w->claims                            = claims_of(s->operation);
    w->claims.user_type                  = PWWB_USER_FEDERATED;
    w->fake.account.password_last_set_ms = s->last_set_ms;
    w->fake.account.password_written_ms  = s->written_ms;
    w->fake.account.is_locked            = s->is_locked;
    w->fake.account.user_account_control |= s->user_account_control;
    w->fake.code       = s->directory != 0 ? s->directory : PWWB_CODE_OK;
    w->fake.find_fault = (fake_fault){.nth = s->find != PWWB_OK, .status = s->find};
    w->fake.read_fault = (fake_fault){.nth = s->read != PWWB_OK, .status = s->read};
    w->fake.set_fault  = (fake_fault){.nth = s->set != PWWB_OK, .status = s->set};
    CHECK_STATUS(PWWB_OK, world_make_with(w, agent_keys, 0));
}

static int
is_inferred(const pwwb_reply *reply, int32_t wanted)
{
    const pwwb_findings *findings = pwwb_reply_findings(reply);
    size_t               i;
    int32_t              code, basis;

    for (i = 0; pwwb_findings_get(findings, i, &code, &basis, NULL, NULL) == PWWB_OK; i++)
        if (code == wanted && basis == PWWB_BASIS_INFERRED)
            return 1;
    return 0;
}

static void
tell(const story *s, int64_t journal_age_ms, uint32_t flags)
{
    int   is_blind = journal_age_ms < 0 || flags != 0;
    int   failures = harness_failures;
    world w;

    prepare(&w, s, journal_age_ms, flags);
    if (!is_blind || s->is_sure) {
        CHECK_INT(s->code, ask(&w));
        CHECK_INT(PWWB_OUTCOME_NOT_SET, outcome(&w));
    } else {
        CHECK_INT(PWWB_CODE_OUTCOME_UNKNOWN, ask(&w));
        CHECK(is_inferred(w.reply, s->code));
    }
    if (harness_failures > failures)
        printf("# %s\n", s->what);
    CHECK_INT(0, w.fake.sets);
    world_drop(&w);
}

static void
who_cannot_know_says_not_set_only_of_an_older_password(void)
{
    size_t i;

    for (i = 0; i < COUNT(stories); i++)
        tell(&stories[i], YOUNG, 0);
}

static void
who_is_not_alone_cannot_know_either(void)
{
    size_t i;

    for (i = 0; i < COUNT(stories); i++)
        tell(&stories[i], OLD, PWWB_WRITEBACK_OTHER_AGENTS);
}

static void
who_knows_says_what_is(void)
{
    size_t i;

    for (i = 0; i < COUNT(stories); i++)
        tell(&stories[i], OLD, 0);
}

/* A flag of a later library means something that this one would not do. */
static void
flags_that_are_not_known_are_refused(void)
{
    pwwb_writeback_options options   = {.size = sizeof(options), .flags = 8};
    pwwb_writeback        *writeback = NULL;

    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT,
                 pwwb_writeback_new(agent_keys, &options, &writeback, NULL));
    options.flags    = 0;
    options.reserved = 1;
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT,
                 pwwb_writeback_new(agent_keys, &options, &writeback, NULL));
    CHECK(writeback == NULL);
}

int
main(void)
{
    if (!make_keys())
        return 1;

    RUN(who_cannot_know_says_not_set_only_of_an_older_password);
    RUN(who_is_not_alone_cannot_know_either);
    RUN(who_knows_says_what_is);
    RUN(flags_that_are_not_known_are_refused);
    drop_keys();
    return DONE;
}
