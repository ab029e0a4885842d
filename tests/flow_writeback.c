/* SPDX-License-Identifier: Apache-2.0 */
/* The whole way of a password, from the portal to the directory and back: what comes out, which
 * account is written, and when. */
/* rows: 2 3 5 7 12 13 15 16 17 19 21 */
#include <stdio.h>

#include "flow_world.h"

/* ---- what comes out ---- */

static void
a_reset_is_set_at_once_and_the_reply_says_where(void)
{
    world w;

    world_make(&w);
    w.claims.flags       = PWWB_FLAG_UNLOCK;
    w.claims.must_change = PWWB_MUST_CHANGE_SET;
    CHECK_INT(PWWB_CODE_OK, ask(&w));
    CHECK_INT(PWWB_OUTCOME_SET, outcome(&w));
    CHECK_STR("dc1.example.test", pwwb_reply_controller(w.reply));
    CHECK_INT(NOW_MS, pwwb_reply_time_ms(w.reply));
    CHECK_INT(1, w.fake.sets);
    CHECK_STR(new_password, w.fake.password);
    CHECK_STR("", w.fake.old_password);
    CHECK_INT(PWWB_SET_RESET, w.fake.last_set.kind);
    CHECK_INT(PWWB_MUST_CHANGE_SET, w.fake.last_set.must_change);
    CHECK_INT(1, w.fake.last_set.unlock);
    CHECK_INT(1, (intmax_t)pwwb_agent_count(w.agent, PWWB_COUNT_SET));
    CHECK_INT(PWWB_SETTLE_ACCEPT, w.agent_end.verdict);
    world_drop(&w);
}

static void
a_reset_works_with_rsa_too(void)
{
    pwwb_keyring *rsa;
    world         w;

    CHECK_STATUS(PWWB_OK, pwwb_keyring_new(tenant, PWWB_SUITE_RSA, &rsa, NULL));
    world_prepare(&w);
    CHECK_STATUS(PWWB_OK, world_make_with(&w, rsa, 16));
    CHECK_INT(PWWB_CODE_OK, ask(&w));
    CHECK_STR(new_password, w.fake.password);
    world_drop(&w);
    pwwb_keyring_free(rsa);
}

static void
a_change_proves_the_old_password(void)
{
    world w;

    world_make(&w);
    w.claims = claims_of(PWWB_OPERATION_CHANGE);
    CHECK_INT(PWWB_CODE_OK, ask(&w));
    CHECK_INT(PWWB_SET_CHANGE, w.fake.last_set.kind);
    CHECK_STR(new_password, w.fake.password);
    CHECK_STR(old_password, w.fake.old_password);
    w.claims.operation = PWWB_OPERATION_CHANGE_FORCED; /* at sign-in */
    w.claims.origin    = PWWB_FROM_SIGN_IN;
    CHECK_INT(PWWB_CODE_OK, ask(&w));
    CHECK_INT(PWWB_SET_CHANGE, w.fake.last_set.kind);
    world_drop(&w);
}

static void
an_unlock_brings_no_password(void)
{
    world w;

    world_make(&w);
    w.claims           = claims_of(PWWB_OPERATION_UNLOCK);
    w.claims.user_type = PWWB_USER_HASH_SYNC; /* no hash to follow */
    CHECK_INT(PWWB_CODE_OK, ask(&w));
    CHECK_INT(PWWB_SET_UNLOCK, w.fake.last_set.kind);
    CHECK_INT(1, w.fake.last_set.unlock);
    CHECK(w.fake.last_set.password == NULL);
    world_drop(&w);
}

static void
with_hash_sync_the_cloud_follows(void)
{
    world w;

    world_make(&w);
    w.claims.user_type = PWWB_USER_HASH_SYNC;
    CHECK_INT(PWWB_CODE_OK_PENDING_SYNC, ask(&w));
    CHECK_INT(PWWB_OUTCOME_SET, outcome(&w));
    CHECK_INT(1, w.fake.sets);
    world_drop(&w);
}

static void
a_warning_makes_it_set_with_warnings(void)
{
    world   w;
    int32_t code;

    world_make(&w);
    w.fake.code = PWWB_CODE_OK_UNLOCK_FAILED;
    CHECK_INT(PWWB_CODE_OK_UNLOCK_FAILED, ask(&w));
    CHECK_INT(PWWB_OUTCOME_SET_WITH_WARNINGS, outcome(&w));

    w.fake.code    = PWWB_CODE_OK;
    w.fake.finding = PWWB_CODE_OK_HISTORY_NOT_ENFORCED;
    CHECK_INT(PWWB_CODE_OK, ask(&w));
    CHECK_INT(PWWB_OUTCOME_SET_WITH_WARNINGS, outcome(&w));
    CHECK_INT(1, (intmax_t)pwwb_findings_count(pwwb_reply_findings(w.reply)));
    CHECK_STATUS(PWWB_OK, pwwb_findings_get(pwwb_reply_findings(w.reply), 0, &code, NULL, NULL,
                                            NULL));
    CHECK_INT(PWWB_CODE_OK_HISTORY_NOT_ENFORCED, code);

    w.fake.code        = PWWB_CODE_OK_UNLOCK_FAILED; /* and who writes the cloud's half is told */
    w.fake.finding     = 0;
    w.claims.user_type = PWWB_USER_HASH_SYNC;
    CHECK_INT(PWWB_CODE_OK_UNLOCK_FAILED, ask(&w));
    CHECK_STATUS(PWWB_OK, pwwb_findings_get(pwwb_reply_findings(w.reply), 0, &code, NULL, NULL,
                                            NULL));
    CHECK_INT(PWWB_CODE_OK_PENDING_SYNC, code);
    world_drop(&w);
}

static void
all_findings_come_back_and_the_directory_is_not_asked(void)
{
    world   w;
    int32_t code, basis;
    int64_t limit, actual;

    world_make(&w);
    w.fake.rules.min_length = 20;
    w.fake.rules.complexity = PWWB_YES;
    CHECK_STATUS(PWWB_OK, call(&w, "xannax"));
    CHECK_INT(PWWB_CODE_POLICY_TOO_SHORT, pwwb_reply_code(w.reply));
    CHECK_INT(PWWB_OUTCOME_NOT_SET, outcome(&w));
    CHECK_INT(3, (intmax_t)pwwb_findings_count(pwwb_reply_findings(w.reply)));
    CHECK_STATUS(PWWB_OK, pwwb_findings_get(pwwb_reply_findings(w.reply), 0, &code, &basis, &limit,
                                            &actual));
    CHECK_INT(PWWB_CODE_POLICY_TOO_SHORT, code);
    CHECK_INT(PWWB_BASIS_STATED, basis);
    CHECK_INT(20, limit);
    CHECK_INT(6, actual);
    CHECK(w.fake.last_set.size == 0);
    CHECK_INT(1, (intmax_t)pwwb_agent_count(w.agent, PWWB_COUNT_NOT_SET));
    world_drop(&w);
}

static void
a_refusal_by_the_directory_is_as_exact_as_its_findings(void)
{
    world w;

    world_make(&w);
    w.fake.code    = PWWB_CODE_POLICY_OTHER;
    w.fake.finding = PWWB_CODE_POLICY_HISTORY;
    CHECK_INT(PWWB_CODE_POLICY_HISTORY, ask(&w));
    CHECK_INT(PWWB_OUTCOME_NOT_SET, outcome(&w));

    w.fake.basis            = PWWB_BASIS_INFERRED; /* one of several that may be why */
    w.fake.rules.complexity = PWWB_MAYBE;
    CHECK_STATUS(PWWB_OK, call(&w, "kleinklein"));
    CHECK_INT(PWWB_CODE_POLICY_OTHER, pwwb_reply_code(w.reply));
    /* and a rule that nobody here knows of */
    CHECK_INT(3, (intmax_t)pwwb_findings_count(pwwb_reply_findings(w.reply)));
    CHECK_INT(0, w.fake.sets);
    world_drop(&w);
}

static void
an_agent_refuses_itself_what_a_portal_should_have_refused(void)
{
    uint8_t sealed[PWWB_ENVELOPE_MAX];
    world   w;
    size_t  len;

    world_make(&w);
    w.claims.user_type = PWWB_USER_CLOUD_ONLY;
    w.claims.iat       = NOW_MS / 1000;
    w.claims.exp       = w.claims.iat + 60;
    CHECK_STATUS(PWWB_OK, pwwb_request_seal(agent_keys, &w.claims, (const uint8_t *)new_password,
                                            strlen(new_password), NULL, 0, sealed, sizeof(sealed),
                                            &len, NULL));
    CHECK_STATUS(PWWB_OK, fake_box_put(&w.post.requests, sealed, len));
    let_agent_work(&w);
    CHECK_STATUS(PWWB_OK, pwwb_reply_open(w.reply, agent_keys, w.claims.cti,
                                          w.post.replies.letters[0].data,
                                          w.post.replies.letters[0].len, NULL));
    CHECK_INT(PWWB_CODE_USER_TYPE, pwwb_reply_code(w.reply));
    CHECK_INT(0, w.fake.reads);
    world_drop(&w);
}

static void
a_password_that_cannot_be_sealed_is_not_set(void)
{
    world w;

    world_make(&w);
    CHECK_INT(PWWB_CODE_OK, ask(&w));
    CHECK_STATUS(PWWB_E_MALFORMED, call(&w, "\xff-No-Text-1"));
    CHECK_INT(PWWB_OUTCOME_NOT_SET, outcome(&w));
    CHECK_INT(1, w.fake.sets);
    world_drop(&w);
}

/* ---- who is never written ---- */

static void
an_administrator_may_change_and_not_be_reset(void)
{
    world w;

    world_make(&w);
    w.fake.account.is_protected = PWWB_YES;
    CHECK_INT(PWWB_CODE_PROTECTED_ACCOUNT, ask(&w));
    CHECK_INT(0, w.fake.sets);
    w.claims = claims_of(PWWB_OPERATION_CHANGE);
    CHECK_INT(PWWB_CODE_OK, ask(&w));
    CHECK_INT(1, w.fake.sets);
    world_drop(&w);
}

static void
only_a_persons_account_is_written(void)
{
    static const int32_t kinds[] = {PWWB_ACCOUNT_KRBTGT, PWWB_ACCOUNT_MACHINE, PWWB_ACCOUNT_TRUST,
                                    PWWB_ACCOUNT_OTHER};
    world  w;
    size_t i;

    world_make(&w);
    for (i = 0; i < COUNT(kinds); i++) {
        w.fake.account.kind = kinds[i];
        CHECK_INT(PWWB_CODE_TARGET_REFUSED, ask(&w));
    }
    CHECK_INT(0, w.fake.sets);
    world_drop(&w);
}

static void
a_disabled_account_is_not_written(void)
{
    world w;

    world_make(&w);
    w.fake.account.user_account_control |= PWWB_UAC_DISABLED;
    CHECK_INT(PWWB_CODE_DISABLED, ask(&w));
    CHECK_INT(0, w.fake.sets);
    world_drop(&w);
}

static void
a_change_that_could_lock_the_account_is_not_tried(void)
{
    world w;

    world_make(&w);
    w.claims                          = claims_of(PWWB_OPERATION_CHANGE);
    w.fake.rules.lockout_threshold    = 5;
    w.fake.account.bad_password_count = 4;
    CHECK_INT(PWWB_CODE_LOCKOUT_GUARD, ask(&w));
    w.fake.account.bad_password_count = 3;
    CHECK_INT(PWWB_CODE_OK, ask(&w));
    world_drop(&w);

    world_prepare(&w);
    w.writeback.flags = PWWB_WRITEBACK_ALLOW_LOCKOUT;
    CHECK_STATUS(PWWB_OK, world_make_with(&w, agent_keys, 16));
    w.claims                          = claims_of(PWWB_OPERATION_CHANGE);
    w.fake.rules.lockout_threshold    = 5;
    w.fake.account.bad_password_count = 4;
    CHECK_INT(PWWB_CODE_OK, ask(&w));
    world_drop(&w);
}

static void
a_locked_or_forbidden_change_says_so(void)
{
    world   w;
    int64_t until, since;

    world_make(&w);
    w.claims                           = claims_of(PWWB_OPERATION_CHANGE);
    w.fake.account.is_locked           = PWWB_YES;
    w.fake.account.locked_since_ms     = NOW_MS - 60000;
    w.fake.rules.lockout_duration_ms   = 1800000;
    CHECK_INT(PWWB_CODE_LOCKED, ask(&w));
    CHECK_STATUS(PWWB_OK, pwwb_findings_get(pwwb_reply_findings(w.reply), 0, NULL, NULL, &until,
                                            &since));
    CHECK_INT(NOW_MS - 60000 + 1800000, until);
    CHECK_INT(NOW_MS - 60000, since);
    w.fake.account.may_change = PWWB_NO;
    CHECK_INT(PWWB_CODE_USER_CANNOT_CHANGE, ask(&w));
    CHECK_INT(0, w.fake.sets);
    w.fake.account.may_change = PWWB_YES;
    w.claims.flags            = PWWB_FLAG_UNLOCK;
    CHECK_INT(PWWB_CODE_OK, ask(&w));
    CHECK_INT(1, w.fake.last_set.unlock);
    world_drop(&w);
}

/* ---- finding the account ---- */

static void
link_user(pwwb_anchors *anchors, uint8_t cloud, uint64_t metaverse, const char *directory,
          uint8_t object, const char *rule)
{
    pwwb_anchor anchor = {.kind = PWWB_ANCHOR_CLOUD};
    uint8_t     guid[PWWB_ID_SIZE];

    memset(anchor.guid, cloud, sizeof(anchor.guid));
    memset(guid, object, sizeof(guid));
    CHECK_STATUS(PWWB_OK, pwwb_anchors_add_object(anchors, &anchor, NULL, metaverse, NULL));
    if (directory != NULL)
        CHECK_STATUS(PWWB_OK,
                     pwwb_anchors_add_link(anchors, metaverse, directory, guid, rule, NULL));
}

static void
each_condition_of_the_lookup_that_fails_is_its_own_result(void)
{
    static const struct {
        uint8_t cloud;
        int32_t code;
    } rows[] = {{1, PWWB_CODE_NOT_JOINED}, {2, PWWB_CODE_NO_DIRECTORY_OBJECT},
                {3, PWWB_CODE_NOT_ELIGIBLE}, {4, PWWB_CODE_AMBIGUOUS},
                {5, PWWB_CODE_NOT_FOUND}};
    static const char enabled[] = "Microsoft.InfromADUserAccountEnabled.corp";
    world  w;
    size_t i;

    world_prepare(&w);
    CHECK_STATUS(PWWB_OK, pwwb_anchors_new_memory(16, &w.anchors, NULL));
    CHECK_STATUS(PWWB_OK, world_make_with(&w, agent_keys, 16));
    link_user(w.anchors, 1, 0, NULL, 0, NULL);
    link_user(w.anchors, 2, 22, NULL, 0, NULL);
    link_user(w.anchors, 3, 33, "", USER, "In from AD - User Join");
    link_user(w.anchors, 4, 44, "", USER, enabled);
    link_user(w.anchors, 4, 44, "", USER + 1, enabled);
    link_user(w.anchors, 6, 66, "", USER, enabled);
    w.claims.anchor.kind = PWWB_ANCHOR_CLOUD;
    for (i = 0; i < COUNT(rows); i++) {
        memset(w.claims.anchor.guid, rows[i].cloud, PWWB_ID_SIZE);
        CHECK_INT(rows[i].code, ask(&w));
        CHECK_INT(PWWB_OUTCOME_NOT_SET, outcome(&w));
    }
    CHECK_INT(0, w.fake.reads);
    memset(w.claims.anchor.guid, 6, PWWB_ID_SIZE);
    CHECK_INT(PWWB_CODE_OK, ask(&w));
    CHECK_INT(1, w.fake.sets);
    world_drop(&w);
}

static void
the_rule_link_picks_the_forest(void)
{
    world           w;
    fake_directory  west;
    pwwb_directory *western;

    world_prepare(&w);
    CHECK_STATUS(PWWB_OK, pwwb_anchors_new_memory(16, &w.anchors, NULL));
    CHECK_STATUS(PWWB_OK, world_make_with(&w, agent_keys, 16));
    west = fake_directory_of(&w.clock, USER + 1);
    CHECK_STATUS(PWWB_OK, pwwb_directory_new(&fake_directory_ops, &west, &western, NULL));
    CHECK_STATUS(PWWB_OK, pwwb_agent_add_directory(w.agent, "west", western, NULL));
    link_user(w.anchors, 1, 11, "west", USER + 1, "User AccountEnabled");
    link_user(w.anchors, 2, 22, "", USER, "User AccountEnabled");
    link_user(w.anchors, 3, 33, "nowhere", USER, "User AccountEnabled");

    w.claims.anchor.kind = PWWB_ANCHOR_CLOUD;
    memset(w.claims.anchor.guid, 1, PWWB_ID_SIZE);
    CHECK_INT(PWWB_CODE_OK, ask(&w));
    CHECK_INT(1, west.sets);
    CHECK_INT(0, w.fake.sets);
    memset(w.claims.anchor.guid, 2, PWWB_ID_SIZE);
    CHECK_INT(PWWB_CODE_OK, ask(&w));
    CHECK_INT(1, west.sets);
    CHECK_INT(1, w.fake.sets);
    memset(w.claims.anchor.guid, 3, PWWB_ID_SIZE);
    CHECK_INT(PWWB_CODE_CONFIGURATION, ask(&w));
    CHECK_INT(2, west.sets + w.fake.sets);
    world_drop(&w);
    pwwb_directory_free(western);
}

static void
an_agent_takes_32_directories_of_different_names(void)
{
    char  name[PWWB_DIRECTORY_NAME_SIZE + 1];
    world w;
    int   i;

    world_make(&w); /* it has one, whose name is empty */
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_agent_add_directory(w.agent, "", w.directory, NULL));
    for (i = 1; i < 32; i++) {
        (void)snprintf(name, sizeof(name), "forest-%d", i);
        CHECK_STATUS(PWWB_OK, pwwb_agent_add_directory(w.agent, name, w.directory, NULL));
    }
    CHECK_STATUS(PWWB_E_FULL, pwwb_agent_add_directory(w.agent, "one more", w.directory, NULL));
    memset(name, 'x', sizeof(name) - 1);
    name[sizeof(name) - 1] = '\0';
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT,
                 pwwb_agent_add_directory(w.agent, name, w.directory, NULL));
    world_drop(&w);
}

static void
one_anchor_in_two_directories_is_ambiguous(void)
{
    world           w;
    fake_directory  west;
    pwwb_directory *western;

    world_make(&w);
    west        = fake_directory_of(&w.clock, USER);
    west.lookup = PWWB_CODE_NOT_FOUND;
    CHECK_STATUS(PWWB_OK, pwwb_directory_new(&fake_directory_ops, &west, &western, NULL));
    CHECK_STATUS(PWWB_OK, pwwb_agent_add_directory(w.agent, "west", western, NULL));
    CHECK_INT(PWWB_CODE_OK, ask(&w)); /* in one of two */
    CHECK_INT(1, w.fake.sets);

    west.lookup = PWWB_CODE_OK;
    CHECK_INT(PWWB_CODE_AMBIGUOUS, ask(&w));
    w.fake.lookup = PWWB_CODE_NOT_FOUND;
    CHECK_INT(PWWB_CODE_OK, ask(&w)); /* in the other of two */
    CHECK_INT(1, w.fake.sets);
    CHECK_INT(1, west.sets);
    west.lookup   = PWWB_CODE_AMBIGUOUS;
    CHECK_INT(PWWB_CODE_AMBIGUOUS, ask(&w));
    west.lookup = PWWB_CODE_NOT_FOUND;
    CHECK_INT(PWWB_CODE_NOT_FOUND, ask(&w));

    /* One that is down may hold a second account: nobody may say there is none. */
    w.fake.lookup   = PWWB_CODE_OK;
    west.find_fault = (fake_fault){.nth = 1, .is_persistent = 1, .status = PWWB_E_CONNECT};
    CHECK_INT(PWWB_CODE_UNREACHABLE, ask(&w));
    CHECK_INT(2, w.fake.sets + west.sets);
    world_drop(&w);
    pwwb_directory_free(western);
}

/* ---- time ---- */

static void
a_late_request_is_expired_and_an_early_one_is_of_another_clock(void)
{
    static const struct {
        int64_t later_ms;
        int32_t code;
    } rows[] = {{239000, PWWB_CODE_OK}, /* 120 of life, 120 of skew */
                {241000, PWWB_CODE_EXPIRED_MESSAGE},
                {-119000, PWWB_CODE_OK},
                {-122000, PWWB_CODE_CLOCK}};
    uint8_t sealed[PWWB_ENVELOPE_MAX];
    world   w;
    size_t  i;

    world_make(&w);
    for (i = 0; i < COUNT(rows); i++) {
        size_t len = seal(&w, sealed);

        w.clock.wall_ms = NOW_MS + rows[i].later_ms;
        CHECK_STATUS(PWWB_OK, fake_box_put(&w.post.requests, sealed, len));
        CHECK_STATUS(PWWB_OK, pwwb_agent_step(w.agent, 0, NULL));
        CHECK_STATUS(PWWB_OK,
                     pwwb_reply_open(w.reply, agent_keys, w.claims.cti,
                                     w.post.replies.letters[0].data, w.post.replies.letters[0].len,
                                     NULL));
        CHECK_INT(rows[i].code, pwwb_reply_code(w.reply));
        w.post.replies.count                = 0;
        w.clock.wall_ms                     = NOW_MS;
        w.fake.account.password_last_set_ms = 1000;
    }
    CHECK_INT(2, w.fake.sets);
    world_drop(&w);
}

static void
a_newer_password_is_never_overwritten(void)
{
    world w;

    world_make(&w);
    w.fake.account.password_last_set_ms = NOW_MS + 30000;
    CHECK_INT(PWWB_CODE_SUPERSEDED, ask(&w));
    CHECK_INT(PWWB_OUTCOME_NOT_SET, outcome(&w));

    /* The controller's clock is an hour ahead, and so are its times. */
    w.fake.ahead_ms                     = 3600000;
    w.fake.account.password_last_set_ms = NOW_MS + 3600000 - 30000;
    CHECK_INT(PWWB_CODE_OK, ask(&w));
    w.fake.account.password_last_set_ms = NOW_MS + 3600000 + 30000;
    CHECK_INT(PWWB_CODE_SUPERSEDED, ask(&w));
    CHECK_INT(1, w.fake.sets);

    /* Less than it can tell is no difference. */
    w.fake.ahead_ms                     = -900;
    w.fake.account.password_last_set_ms = NOW_MS - 600;
    CHECK_INT(PWWB_CODE_OK, ask(&w));
    CHECK_INT(2, w.fake.sets);
    world_drop(&w);
}

static void
our_own_write_supersedes_nothing(void)
{
    world w;

    world_make(&w);
    CHECK_INT(PWWB_CODE_OK, ask(&w));
    CHECK_INT(PWWB_CODE_OK, ask(&w)); /* in the same second */
    CHECK_INT(2, w.fake.sets);
    world_drop(&w);
}

static void
an_older_request_that_comes_late_does_not_overwrite_our_newer_one(void)
{
    uint8_t sealed[PWWB_ENVELOPE_MAX];
    uint8_t cti[PWWB_ID_SIZE];
    world   w;
    size_t  len;

    world_make(&w);
    len = seal(&w, sealed);
    memcpy(cti, w.claims.cti, sizeof(cti));
    w.clock.wall_ms += 10000;
    CHECK_INT(PWWB_CODE_OK, ask(&w));
    w.clock.wall_ms += 10000;
    w.post.replies.count = 0;
    CHECK_STATUS(PWWB_OK, fake_box_put(&w.post.requests, sealed, len));
    CHECK_STATUS(PWWB_OK, pwwb_agent_step(w.agent, 0, NULL));
    CHECK_STATUS(PWWB_OK, pwwb_reply_open(w.reply, agent_keys, cti, w.post.replies.letters[0].data,
                                          w.post.replies.letters[0].len, NULL));
    CHECK_INT(PWWB_CODE_SUPERSEDED, pwwb_reply_code(w.reply));
    CHECK_INT(1, w.fake.sets);
    world_drop(&w);
}

/* What the agent did before it was started anew, or so long ago that it is forgotten. */
static void
a_request_that_may_have_been_done_before_is_unknown_and_not_refused(void)
{
    static const struct {
        int64_t journal_age_ms, last_set_ms, later_ms;
        int32_t code;
    } rows[] = {
        {3600000, NOW_MS + 5000, 10000, PWWB_CODE_SUPERSEDED},
        {-5000, NOW_MS + 5000, 10000, PWWB_CODE_OUTCOME_UNKNOWN}, /* a journal made after it */
        {-5000, NOW_MS - 5000, 10000, PWWB_CODE_OK}, /* and surely not done before */
        {3600000, NOW_MS - 5000, 300000, PWWB_CODE_EXPIRED_MESSAGE},
        {-5000, NOW_MS - 5000, 300000, PWWB_CODE_OUTCOME_UNKNOWN},
        {3600000, NOW_MS - 5000, 1000000, PWWB_CODE_OUTCOME_UNKNOWN}, /* it may be forgotten */
    };
    uint8_t sealed[PWWB_ENVELOPE_MAX];
    size_t  i;

    for (i = 0; i < COUNT(rows); i++) {
        world  w;
        size_t len;

        world_prepare(&w);
        w.clock.wall_ms = NOW_MS - rows[i].journal_age_ms;
        CHECK_STATUS(PWWB_OK, pwwb_journal_new_memory(9, &fake_clock_ops, &w.clock, &w.journal,
                                                      NULL));
        w.clock.wall_ms = NOW_MS;
        CHECK_STATUS(PWWB_OK, world_make_with(&w, agent_keys, 0));
        len                                 = seal(&w, sealed);
        w.fake.account.password_last_set_ms = rows[i].last_set_ms;
        w.clock.wall_ms                     = NOW_MS + rows[i].later_ms;
        CHECK_STATUS(PWWB_OK, fake_box_put(&w.post.requests, sealed, len));
        CHECK_STATUS(PWWB_OK, pwwb_agent_step(w.agent, 0, NULL));
        CHECK_STATUS(PWWB_OK,
                     pwwb_reply_open(w.reply, agent_keys, w.claims.cti,
                                     w.post.replies.letters[0].data, w.post.replies.letters[0].len,
                                     NULL));
        CHECK_INT(rows[i].code, pwwb_reply_code(w.reply));
        world_drop(&w);
    }
}

/* Done in time, and its message comes again when its time is over: the first answer stands. */
static void
a_repeat_that_comes_too_late_is_answered_from_the_record(void)
{
    uint8_t sealed[PWWB_ENVELOPE_MAX];
    world   w;
    size_t  len, i;

    world_make(&w);
    len = seal(&w, sealed);
    for (i = 0; i < 2; i++) {
        w.post.replies.count = 0;
        CHECK_STATUS(PWWB_OK, fake_box_put(&w.post.requests, sealed, len));
        CHECK_STATUS(PWWB_OK, pwwb_agent_step(w.agent, 0, NULL));
        CHECK_STATUS(PWWB_OK,
                     pwwb_reply_open(w.reply, agent_keys, w.claims.cti,
                                     w.post.replies.letters[0].data, w.post.replies.letters[0].len,
                                     NULL));
        CHECK_INT(PWWB_CODE_OK, pwwb_reply_code(w.reply));
        w.clock.wall_ms = NOW_MS + 300000;
    }
    CHECK_INT(1, w.fake.sets);
    world_drop(&w);
}

static void
the_directory_has_no_longer_than_the_request_lives(void)
{
    pwwb_portal_options options = {.size = sizeof(options), .clock = &fake_clock_ops, .life_s = 10};
    uint8_t             sealed[PWWB_ENVELOPE_MAX];
    world               w;

    world_make(&w);
    CHECK_INT(PWWB_CODE_OK, ask(&w));
    CHECK_INT(30000, w.fake.last_timeout_ms); /* the agent's own limit */
    world_drop(&w);

    world_prepare(&w);
    w.writeback.skew_ms = 1000;
    CHECK_STATUS(PWWB_OK, world_make_with(&w, agent_keys, 16));
    pwwb_portal_free(w.portal);
    options.clock_ctx = &w.clock;
    CHECK_STATUS(PWWB_OK, pwwb_portal_new(agent_keys, &options, &w.portal, NULL));
    CHECK_STATUS(PWWB_OK, fake_box_put(&w.post.requests, sealed, seal(&w, sealed)));
    w.clock.wall_ms = NOW_MS + 5000;
    CHECK_STATUS(PWWB_OK, pwwb_agent_step(w.agent, 0, NULL));
    CHECK_INT(5500, w.fake.last_timeout_ms); /* issued at the full second before NOW_MS */
    CHECK_INT(5500, w.fake.read_timeout_ms);
    world_drop(&w);
}

/* ---- the same again ---- */

static void
the_same_octets_again_are_answered_from_the_record(void)
{
    uint8_t sealed[PWWB_ENVELOPE_MAX];
    world   w;
    size_t  len;

    world_make(&w);
    len = seal(&w, sealed);
    CHECK_STATUS(PWWB_OK, fake_box_put(&w.post.requests, sealed, len));
    CHECK_STATUS(PWWB_OK, fake_box_put(&w.post.requests, sealed, len));
    let_agent_work(&w);
    CHECK_INT(1, w.fake.sets);
    CHECK_INT(1, w.fake.reads);
    CHECK_INT(1, (intmax_t)pwwb_agent_count(w.agent, PWWB_COUNT_SET));
    CHECK_INT(1, (intmax_t)pwwb_agent_count(w.agent, PWWB_COUNT_REPEATED));
    CHECK_INT(2, (intmax_t)w.post.replies.count);
    CHECK_MEM(w.post.replies.letters[0].data, w.post.replies.letters[0].len,
              w.post.replies.letters[1].data, w.post.replies.letters[1].len);
    world_drop(&w);
}

static void
the_same_id_with_other_octets_is_a_replay(void)
{
    uint8_t sealed[PWWB_ENVELOPE_MAX];
    world   w;
    size_t  len;

    world_make(&w);
    CHECK_INT(PWWB_CODE_OK, ask(&w));
    CHECK_STATUS(PWWB_OK, pwwb_request_seal(agent_keys, &w.claims, (const uint8_t *)"Other-1-Pass",
                                            12, NULL, 0, sealed, sizeof(sealed), &len, NULL));
    CHECK_STATUS(PWWB_OK, fake_box_put(&w.post.requests, sealed, len));
    CHECK_STATUS(PWWB_OK, pwwb_agent_step(w.agent, 0, NULL));
    CHECK_STATUS(PWWB_OK, pwwb_reply_open(w.reply, agent_keys, w.claims.cti,
                                          w.post.replies.letters[0].data,
                                          w.post.replies.letters[0].len, NULL));
    CHECK_INT(PWWB_CODE_REPLAYED, pwwb_reply_code(w.reply));
    CHECK_INT(1, w.fake.sets);
    world_drop(&w);
}

static void
what_another_agent_works_on_is_released(void)
{
    uint8_t         sealed[PWWB_ENVELOPE_MAX];
    pwwb_writeback *first, *second;
    pwwb_journal_entry running = {.size = sizeof(running), .state = PWWB_ENTRY_RUNNING};
    world              w;
    size_t             len;

    world_make(&w);
    len = seal(&w, sealed);
    CHECK_STATUS(PWWB_OK, pwwb_writeback_new(agent_keys, &w.writeback, &second, NULL));
    CHECK_STATUS(PWWB_OK, pwwb_writeback_begin(second, sealed, len, NULL));
    CHECK_STATUS(PWWB_OK, pwwb_writeback_claimed(second, &running, NULL, 0, NULL));
    CHECK_INT(PWWB_NEED_RELEASE, pwwb_writeback_need(second));
    CHECK(pwwb_writeback_reply(second, NULL) == NULL);
    CHECK_STATUS(PWWB_E_STATE, pwwb_writeback_failed(second, PWWB_E_TIMEOUT, NULL));
    pwwb_writeback_free(second);

    CHECK_STATUS(PWWB_OK, pwwb_writeback_new(agent_keys, &w.writeback, &first, NULL));
    CHECK_STATUS(PWWB_OK, pwwb_writeback_begin(first, sealed, len, NULL));
    CHECK_STATUS(PWWB_OK,
                 pwwb_writeback_run(first, w.journal, NULL, w.directory, 1000, NULL));
    CHECK_INT(PWWB_NEED_SEND, pwwb_writeback_need(first));
    CHECK_INT(PWWB_CODE_OK, pwwb_writeback_code(first));
    pwwb_writeback_free(first);
    world_drop(&w);
}

static void
a_full_journal_says_busy_and_writes_nothing(void)
{
    world w;

    world_prepare(&w);
    CHECK_STATUS(PWWB_OK, world_make_with(&w, agent_keys, 1));
    CHECK_INT(PWWB_CODE_OK, ask(&w));
    CHECK_INT(PWWB_CODE_BUSY, ask(&w));
    CHECK_INT(1, w.fake.sets);
    w.clock.wall_ms = NOW_MS + 900000; /* longer than it would be taken, it is remembered */
    CHECK_INT(PWWB_CODE_BUSY, ask(&w));
    w.clock.wall_ms = NOW_MS + 1000000;
    CHECK_INT(PWWB_CODE_OK, ask(&w));
    world_drop(&w);
}

int
main(void)
{
    if (!make_keys())
        return 1;

    RUN(a_reset_is_set_at_once_and_the_reply_says_where);
    RUN(a_reset_works_with_rsa_too);
    RUN(a_change_proves_the_old_password);
    RUN(an_unlock_brings_no_password);
    RUN(with_hash_sync_the_cloud_follows);
    RUN(a_warning_makes_it_set_with_warnings);
    RUN(all_findings_come_back_and_the_directory_is_not_asked);
    RUN(a_refusal_by_the_directory_is_as_exact_as_its_findings);
    RUN(an_agent_refuses_itself_what_a_portal_should_have_refused);
    RUN(a_password_that_cannot_be_sealed_is_not_set);
    RUN(an_administrator_may_change_and_not_be_reset);
    RUN(only_a_persons_account_is_written);
    RUN(a_disabled_account_is_not_written);
    RUN(a_change_that_could_lock_the_account_is_not_tried);
    RUN(a_locked_or_forbidden_change_says_so);
    RUN(each_condition_of_the_lookup_that_fails_is_its_own_result);
    RUN(the_rule_link_picks_the_forest);
    RUN(an_agent_takes_32_directories_of_different_names);
    RUN(one_anchor_in_two_directories_is_ambiguous);
    RUN(a_late_request_is_expired_and_an_early_one_is_of_another_clock);
    RUN(a_newer_password_is_never_overwritten);
    RUN(our_own_write_supersedes_nothing);
    RUN(an_older_request_that_comes_late_does_not_overwrite_our_newer_one);
    RUN(a_request_that_may_have_been_done_before_is_unknown_and_not_refused);
    RUN(a_repeat_that_comes_too_late_is_answered_from_the_record);
    RUN(the_directory_has_no_longer_than_the_request_lives);
    RUN(the_same_octets_again_are_answered_from_the_record);
    RUN(the_same_id_with_other_octets_is_a_replay);
    RUN(what_another_agent_works_on_is_released);
    RUN(a_full_journal_says_busy_and_writes_nothing);
    drop_keys();
    return DONE;
}
