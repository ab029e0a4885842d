/* SPDX-License-Identifier: Apache-2.0 */
/* Filters of the host's between portal and directory. */
/* rows: 5 */
#include "fake_filter.h"
#include "flow_world.h"

/* A world whose agent judges with these. */
static void
make_with(world *w, pwwb_filter *const *filters, size_t count)
{
    world_prepare(w);
    w->writeback.filters      = filters;
    w->writeback.filter_count = count;
    CHECK_STATUS(PWWB_OK, world_make_with(w, agent_keys, 16));
}

static pwwb_filter *
filter_over(fake_filter *fake)
{
    pwwb_filter *filter;

    CHECK_STATUS(PWWB_OK, pwwb_filter_new(&fake_filter_ops, fake, &filter, NULL));
    return filter;
}

static void
finding_is(const world *w, size_t index, int32_t code, int32_t basis, int64_t limit, int64_t actual)
{
    int32_t got_code, got_basis;
    int64_t got_limit, got_actual;

    CHECK_STATUS(PWWB_OK, pwwb_findings_get(pwwb_reply_findings(w->reply), index, &got_code,
                                            &got_basis, &got_limit, &got_actual));
    CHECK_STR(pwwb_code_name(code), pwwb_code_name(got_code));
    CHECK_INT(basis, got_basis);
    CHECK_INT(limit, got_limit);
    CHECK_INT(actual, got_actual);
}

static void
policy_and_filters_refuse_in_one_report_and_nothing_is_sent(void)
{
    static const char words[] = "neu-passwort\nalt-passwort\n";
    fake_filter       fake    = {.code = PWWB_CODE_POLICY_OTHER, .basis = PWWB_BASIS_STATED};
    pwwb_filter      *banned;
    pwwb_filter      *other = filter_over(&fake);
    world             w;

    CHECK_STATUS(PWWB_OK, pwwb_filter_new_banned(words, strlen(words), &banned, NULL));
    make_with(&w, (pwwb_filter *const[]){banned, other}, 2);
    w.fake.rules.min_length = 15;
    CHECK_INT(PWWB_CODE_POLICY_TOO_SHORT, ask(&w));
    CHECK_INT(PWWB_OUTCOME_NOT_SET, outcome(&w));
    CHECK_INT(3, pwwb_findings_count(pwwb_reply_findings(w.reply)));
    finding_is(&w, 0, PWWB_CODE_POLICY_TOO_SHORT, PWWB_BASIS_STATED, 15, 14);
    finding_is(&w, 1, PWWB_CODE_POLICY_BANNED, PWWB_BASIS_STATED, 5, 3);
    finding_is(&w, 2, PWWB_CODE_POLICY_OTHER, PWWB_BASIS_STATED, 0, 1);
    CHECK_INT(0, w.fake.set_fault.calls);
    CHECK_STR(new_password, fake.password);
    CHECK_STR("anna", fake.account.account_name);

    w.fake.rules.min_length = 7; /* the filters alone; they are there for the next request too */
    CHECK_INT(PWWB_CODE_POLICY_BANNED, ask(&w));
    CHECK_INT(0, w.fake.set_fault.calls);
    world_drop(&w);
    pwwb_filter_free(other);
    pwwb_filter_free(banned);
}

static void
what_filters_let_pass_is_set(void)
{
    fake_filter  fake   = {0};
    pwwb_filter *filter = filter_over(&fake);
    world        w;

    make_with(&w, (pwwb_filter *const[]){filter}, 1);
    w.claims = claims_of(PWWB_OPERATION_CHANGE);
    CHECK_INT(PWWB_CODE_OK, ask(&w));
    CHECK_INT(1, fake.calls);
    CHECK_INT(PWWB_SET_CHANGE, fake.kind);
    CHECK_STR(new_password, fake.password);
    CHECK_INT(1, w.fake.sets);
    world_drop(&w);
    pwwb_filter_free(filter);
    CHECK_INT(1, fake.destroyed);
}

/* It says nothing when all is well, and explains when the directory refuses. */
static void
a_remark_refuses_nothing_and_is_told_when_the_directory_refuses(void)
{
    fake_filter  fake   = {.code = PWWB_CODE_POLICY_BANNED, .basis = PWWB_BASIS_INFERRED};
    pwwb_filter *filter = filter_over(&fake);
    world        w;

    make_with(&w, (pwwb_filter *const[]){filter}, 1);
    CHECK_INT(PWWB_CODE_OK, ask(&w));
    CHECK_INT(0, pwwb_findings_count(pwwb_reply_findings(w.reply)));
    w.fake.code             = PWWB_CODE_POLICY_OTHER;
    w.clock.wall_ms        += 60000;
    w.fake.account.password_last_set_ms = 1000;
    CHECK_INT(PWWB_CODE_POLICY_OTHER, ask(&w));
    CHECK_INT(2, pwwb_findings_count(pwwb_reply_findings(w.reply)));
    finding_is(&w, 0, PWWB_CODE_POLICY_BANNED, PWWB_BASIS_INFERRED, 0, 1);
    finding_is(&w, 1, PWWB_CODE_POLICY_OTHER, PWWB_BASIS_INFERRED, 0, 0);
    world_drop(&w);
    pwwb_filter_free(filter);
}

static void
a_filter_that_cannot_judge_refuses_and_says_which_and_why(void)
{
    static const struct {
        pwwb_status status;
        int32_t     code;
        pwwb_status told;
    } rows[] = {
        {PWWB_E_NO_MEMORY, PWWB_CODE_BUSY, PWWB_E_NO_MEMORY},
        {PWWB_E_MALFORMED, PWWB_CODE_CONFIGURATION, PWWB_E_MALFORMED},
        {PWWB_E_CALLBACK, PWWB_CODE_INTERNAL, PWWB_E_CALLBACK},
        {77, PWWB_CODE_INTERNAL, PWWB_E_CALLBACK}, /* no status at all */
    };
    size_t i;

    for (i = 0; i < COUNT(rows); i++) {
        fake_filter  good = {0};
        fake_filter  bad  = {.fault = {.nth = 1, .status = rows[i].status}};
        pwwb_filter *both[] = {filter_over(&good), filter_over(&bad)};
        world        w;

        make_with(&w, (pwwb_filter *const[]){both[0], both[1], both[0]}, 3);
        CHECK_INT(rows[i].code, ask(&w));
        CHECK_INT(PWWB_OUTCOME_NOT_SET, outcome(&w));
        CHECK_INT(1, pwwb_findings_count(pwwb_reply_findings(w.reply)));
        finding_is(&w, 0, rows[i].code, PWWB_BASIS_STATED, 2, rows[i].told);
        CHECK_INT(0, w.fake.set_fault.calls);
        CHECK_INT(2, good.calls);
        world_drop(&w);
        pwwb_filter_free(both[0]);
        pwwb_filter_free(both[1]);
    }
}

/* What is certain comes first: another password is needed anyhow. */
static void
a_refusal_stands_beside_a_filter_that_cannot_judge(void)
{
    fake_filter  bad    = {.fault = {.nth = 1, .is_persistent = 1, .status = PWWB_E_SYSTEM}};
    fake_filter  strict = {.code = PWWB_CODE_POLICY_BANNED, .basis = PWWB_BASIS_STATED};
    pwwb_filter *both[] = {filter_over(&bad), filter_over(&strict)};
    world        w;

    make_with(&w, both, 2);
    w.fake.rules.min_length = 15;
    CHECK_INT(PWWB_CODE_POLICY_TOO_SHORT, ask(&w));
    CHECK_INT(3, pwwb_findings_count(pwwb_reply_findings(w.reply)));
    finding_is(&w, 1, PWWB_CODE_POLICY_BANNED, PWWB_BASIS_STATED, 0, 1);
    finding_is(&w, 2, PWWB_CODE_CONFIGURATION, PWWB_BASIS_STATED, 1, PWWB_E_SYSTEM);
    CHECK_INT(0, w.fake.set_fault.calls);
    world_drop(&w);
    pwwb_filter_free(both[0]);
    pwwb_filter_free(both[1]);
}

/* Before the private key is paid for, the account is judged; and an unlock has no password. */
static void
a_filter_is_shown_no_password_that_is_not_to_be_set(void)
{
    fake_filter  fake   = {.code = PWWB_CODE_POLICY_BANNED, .basis = PWWB_BASIS_STATED};
    pwwb_filter *filter = filter_over(&fake);
    world        w;

    make_with(&w, (pwwb_filter *const[]){filter}, 1);
    w.fake.account.is_protected = PWWB_YES;
    CHECK_INT(PWWB_CODE_PROTECTED_ACCOUNT, ask(&w));
    w.fake.account.is_protected = PWWB_NO;
    w.claims                    = claims_of(PWWB_OPERATION_UNLOCK);
    CHECK_INT(PWWB_CODE_OK, ask(&w));
    CHECK_INT(0, fake.calls);
    world_drop(&w);
    pwwb_filter_free(filter);
}

static void
too_many_or_missing_filters_are_refused(void)
{
    fake_filter            fake     = {0};
    pwwb_filter           *filter   = filter_over(&fake);
    pwwb_filter     *many[9]  = {filter, filter, filter, filter, filter,
                                       filter, filter, filter, filter};
    pwwb_writeback_options options  = {.size = sizeof(options), .filters = many};
    pwwb_writeback        *writeback;

    options.filter_count = PWWB_FILTERS_MAX;
    CHECK_STATUS(PWWB_OK, pwwb_writeback_new(agent_keys, &options, &writeback, NULL));
    pwwb_writeback_free(writeback);
    options.filter_count = PWWB_FILTERS_MAX + 1;
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT,
                 pwwb_writeback_new(agent_keys, &options, &writeback, NULL));
    CHECK(writeback == NULL);
    options.filter_count = 3;
    many[2]              = NULL;
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT,
                 pwwb_writeback_new(agent_keys, &options, &writeback, NULL));
    options.filters = NULL;
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT,
                 pwwb_writeback_new(agent_keys, &options, &writeback, NULL));
    pwwb_filter_free(filter);
}

int
main(void)
{
    if (!make_keys())
        return 1;

    RUN(policy_and_filters_refuse_in_one_report_and_nothing_is_sent);
    RUN(what_filters_let_pass_is_set);
    RUN(a_remark_refuses_nothing_and_is_told_when_the_directory_refuses);
    RUN(a_filter_that_cannot_judge_refuses_and_says_which_and_why);
    RUN(a_refusal_stands_beside_a_filter_that_cannot_judge);
    RUN(a_filter_is_shown_no_password_that_is_not_to_be_set);
    RUN(too_many_or_missing_filters_are_refused);
    drop_keys();
    return DONE;
}
