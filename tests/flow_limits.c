/* SPDX-License-Identifier: Apache-2.0 */
/* An agent with limits, and a portal that asks for more: what both sides are told, and what is written. */
/* rows: 4 7 15 16 */
#include <stdlib.h>

#include "audits.h"
#include "faults.h"

#define DN       "CN=Anna,OU=Staff,DC=corp,DC=test"
#define PEOPLE   20
#define SECOND   1000
#define OPERATED (1u << PWWB_OPERATION_RESET_SELF | 1u << PWWB_OPERATION_CHANGE)

static world               w;
static audits              a;
static pwwb_limits_options limits_options;
static pwwb_limits        *limits;

static void
no_limits_yet(void)
{
    limits_options = (pwwb_limits_options){
        .size = sizeof(limits_options), .clock = &fake_clock_ops, .clock_ctx = &w.clock};
}

static pwwb_status
new_agent(void)
{
    pwwb_agent_free(w.agent);
    w.agent            = NULL;
    w.writeback.limits = limits;
    return make_agent(&w, agent_keys, &w.agent);
}

/* From here on the agent has what limits_options say; the journal stays. */
static void
limit(void)
{
    pwwb_limits_free(limits);
    limits = NULL;
    CHECK_STATUS(PWWB_OK, pwwb_limits_new(&limits_options, &limits, NULL));
    CHECK_STATUS(PWWB_OK, new_agent());
}

static void
begin(void)
{
    audits_world(&w, &a, 0, 1024);
    strcpy(w.fake.account.dn, DN);
    no_limits_yet();
}

static void
end(void)
{
    world_drop(&w);
    pwwb_limits_free(limits);
    limits = NULL;
}

/* Ask; a refusal is told to both audits, without a before at the agent, and nothing was written. */
static void
ask_for(int32_t expected)
{
    long sets = w.fake.sets;

    a.count = 0;
    CHECK_STR(pwwb_code_name(expected), pwwb_code_name(ask(&w)));
    if (expected == PWWB_CODE_OK) {
        CHECK_INT(sets + 1, w.fake.sets);
        return;
    }
    CHECK_INT(PWWB_OUTCOME_NOT_SET, outcome(&w));
    CHECK_INT(sets, w.fake.sets);
    CHECK_INT(3, a.count);
    (void)audits_check(&a, 0, PWWB_AUDIT_PORTAL, 0, 0);
    CHECK_INT(PWWB_OUTCOME_NOT_SET,
              audits_check(&a, 1, PWWB_AUDIT_AGENT, PWWB_AUDIT_ANSWERED, expected)->outcome);
    (void)audits_check(&a, 2, PWWB_AUDIT_PORTAL, PWWB_AUDIT_ANSWERED, expected);
}

static void
ask_to(int32_t operation, int32_t expected)
{
    w.claims = claims_of(operation);
    ask_for(expected);
}

static void
the_codes_say_who_acts(void)
{
    CHECK_INT(PWWB_CODE_CLASS_OPERATOR, pwwb_code_class(PWWB_CODE_LIMIT_OPERATION));
    CHECK_INT(PWWB_CODE_CLASS_OPERATOR, pwwb_code_class(PWWB_CODE_LIMIT_SCOPE));
    CHECK_INT(PWWB_CODE_CLASS_REACH, pwwb_code_class(PWWB_CODE_LIMIT_RATE));
}

static void
operations_that_are_left_out_ask_no_directory(void)
{
    begin();
    limits_options.operations = OPERATED;
    limit();
    ask_to(PWWB_OPERATION_UNLOCK, PWWB_CODE_LIMIT_OPERATION);
    w.claims        = claims_of(PWWB_OPERATION_RESET_ADMIN);
    w.claims.actor  = PWWB_ACTOR_ADMIN;
    w.claims.origin = PWWB_FROM_ADMIN_PORTAL;
    ask_for(PWWB_CODE_LIMIT_OPERATION);
    CHECK_INT(0, w.fake.find_fault.calls);
    CHECK_INT(0, w.fake.reads);
    ask_to(PWWB_OPERATION_RESET_SELF, PWWB_CODE_OK);
    ask_to(PWWB_OPERATION_CHANGE, PWWB_CODE_OK);
    end();
}

/* Of an account out of scope nothing is told, not even that it is disabled. */
static void
accounts_out_of_scope_are_refused_before_all_else(void)
{
    static const char *const staff[]  = {"ou=staff, dc=CORP, dc=test"};
    static const char        below[]  = "CN=x," DN;
    static const char *const others[] = {"OU=Sta,DC=corp,DC=test", "OU=Staff,DC=corp", below};

    begin();
    limits_options.scopes      = staff;
    limits_options.scope_count = 1;
    limit();
    ask_for(PWWB_CODE_OK);
    w.fake.account.dn[0] = '\0'; /* not known */
    ask_for(PWWB_CODE_LIMIT_SCOPE);
    strcpy(w.fake.account.dn, DN);
    limits_options.scopes      = others;
    limits_options.scope_count = 3;
    limit();
    ask_for(PWWB_CODE_LIMIT_SCOPE);
    w.fake.account.user_account_control |= PWWB_UAC_DISABLED;
    ask_for(PWWB_CODE_LIMIT_SCOPE);
    limits_options.scope_count = 0;
    limit();
    ask_for(PWWB_CODE_DISABLED);
    end();
}

static void
go_on(int64_t ms)
{
    w.clock.wall_ms += ms;
    w.clock.monotonic_ms += ms;
}

static void
too_many_for_one_account_are_told_when_there_is_room(void)
{
    int32_t code, basis;
    int64_t when, most;

    begin();
    limits_options.per_account   = 2;
    limits_options.per_account_s = 100;
    limit();
    ask_for(PWWB_CODE_OK);
    go_on(30 * SECOND);
    ask_for(PWWB_CODE_OK);
    go_on(30 * SECOND);
    ask_for(PWWB_CODE_LIMIT_RATE);
    CHECK_INT(1, a.list[1].findings);
    CHECK_STATUS(PWWB_OK, pwwb_findings_get(pwwb_reply_findings(w.reply), 0, &code, &basis, &when, &most));
    CHECK_INT(PWWB_CODE_LIMIT_RATE, code);
    CHECK_INT(PWWB_BASIS_STATED, basis);
    CHECK_INT(NOW_MS + 100 * SECOND, when);
    CHECK_INT(2, most);
    go_on(40 * SECOND - 1);
    ask_for(PWWB_CODE_LIMIT_RATE); /* what was refused costs nothing, */
    go_on(1);
    ask_for(PWWB_CODE_OK);
    end();
}

static void
what_is_refused_for_another_reason_has_been_paid_for(void)
{
    begin();
    limits_options.per_account = 3;
    limit();
    w.fake.rules.min_length = 99;
    ask_for(PWWB_CODE_POLICY_TOO_SHORT);
    w.fake.rules.min_length = 0;
    w.fake.account.user_account_control |= PWWB_UAC_DISABLED;
    ask_for(PWWB_CODE_DISABLED);
    w.fake.account.user_account_control = PWWB_UAC_NORMAL;
    w.fake.code                         = PWWB_CODE_OLD_PASSWORD_WRONG;
    w.claims                            = claims_of(PWWB_OPERATION_CHANGE);
    CHECK_INT(PWWB_CODE_OLD_PASSWORD_WRONG, ask(&w));
    w.fake.code = PWWB_CODE_OK;
    ask_for(PWWB_CODE_LIMIT_RATE);
    end();
}

static void
what_finds_nobody_or_is_out_of_scope_costs_nothing(void)
{
    static const char *const staff[] = {"OU=Staff,DC=corp,DC=test"};
    int                      i;

    begin();
    limits_options.in_all      = 1;
    limits_options.operations  = OPERATED;
    limits_options.scopes      = staff;
    limits_options.scope_count = 1;
    limit();
    for (i = 0; i < 3; i++) {
        w.fake.lookup = PWWB_CODE_NOT_FOUND;
        ask_for(PWWB_CODE_NOT_FOUND);
        w.fake.lookup = PWWB_CODE_OK;
        strcpy(w.fake.account.dn, "CN=Anna,DC=corp,DC=test");
        ask_for(PWWB_CODE_LIMIT_SCOPE);
        strcpy(w.fake.account.dn, DN);
        ask_to(PWWB_OPERATION_UNLOCK, PWWB_CODE_LIMIT_OPERATION);
        w.claims = claims_of(PWWB_OPERATION_RESET_SELF);
    }
    ask_for(PWWB_CODE_OK);
    ask_for(PWWB_CODE_LIMIT_RATE);
    end();
}

/* A thief of the portal's keys, who asks for everybody. */
static void
a_stolen_portal_does_not_reset_everybody(void)
{
    int i, set = 0;

    begin();
    limits_options.per_account = 2;
    limits_options.in_all      = 5;
    limit();
    for (i = 0; i < PEOPLE; i++) {
        memset(w.fake.guid, 0x40 + i, sizeof(w.fake.guid));
        memset(w.claims.anchor.guid, 0x40 + i, sizeof(w.claims.anchor.guid));
        w.fake.account.password_last_set_ms = 1000;
        set += ask(&w) == PWWB_CODE_OK;
    }
    CHECK_INT(5, set);
    CHECK_INT(5, w.fake.sets);
    end();
}

/* ---- what comes again ---- */

static void
post(const fake_letter *letter)
{
    CHECK_STATUS(PWWB_OK, fake_box_put(&w.post.requests, letter->data, letter->len));
    a.count = 0;
    let_agent_work(&w);
    w.post.replies.count = 0;
}

static void
a_repeat_gets_its_first_answer_and_costs_nothing(void)
{
    static const char *const nowhere[] = {"OU=Nowhere,DC=corp"};
    fake_letter              first, second;
    int                      i;

    begin();
    limits_options.per_account = 2;
    limit();
    first.len = seal(&w, first.data);
    for (i = 0; i < 5; i++)
        post(&first);
    (void)audits_check(&a, 0, PWWB_AUDIT_AGENT, PWWB_AUDIT_REPEATED, PWWB_CODE_OK);
    CHECK_INT(1, w.fake.sets);
    ask_for(PWWB_CODE_OK);
    second.len = seal(&w, second.data);
    post(&second);
    (void)audits_check(&a, 0, PWWB_AUDIT_AGENT, PWWB_AUDIT_ANSWERED, PWWB_CODE_LIMIT_RATE);

    limits_options.operations  = 1u << PWWB_OPERATION_UNLOCK; /* whatever the limits are by now */
    limits_options.scopes      = nowhere;
    limits_options.scope_count = 1;
    limit();
    post(&first);
    (void)audits_check(&a, 0, PWWB_AUDIT_AGENT, PWWB_AUDIT_REPEATED, PWWB_CODE_OK);
    post(&second);
    (void)audits_check(&a, 0, PWWB_AUDIT_AGENT, PWWB_AUDIT_REPEATED, PWWB_CODE_LIMIT_RATE);
    ask_for(PWWB_CODE_LIMIT_OPERATION);
    CHECK_INT(2, w.fake.sets);
    end();
}

/* Another agent, whose journal is not this one, may have set it. */
static void
not_set_is_said_only_of_what_cannot_have_been_set(void)
{
    begin();
    w.writeback.flags         = PWWB_WRITEBACK_OTHER_AGENTS;
    limits_options.operations = 1u << PWWB_OPERATION_UNLOCK;
    limit();
    CHECK_INT(PWWB_CODE_OUTCOME_UNKNOWN, ask(&w)); /* it is not known how old the password is */
    limits_options.operations = 0;
    limits_options.in_all     = 1;
    limit();
    ask_for(PWWB_CODE_OK);
    w.fake.account.password_last_set_ms = NOW_MS - 10 * SECOND;
    ask_for(PWWB_CODE_LIMIT_RATE); /* the password is older than the request */
    w.fake.account.password_last_set_ms = NOW_MS + 10 * SECOND;
    CHECK_INT(PWWB_CODE_OUTCOME_UNKNOWN, ask(&w));
    end();
}

static void
agents_share_limits_and_free_them_in_any_order(void)
{
    pwwb_agent *other = NULL;

    begin();
    limits_options.in_all = 2;
    limit();
    ask_for(PWWB_CODE_OK);
    other   = w.agent;
    w.agent = NULL;
    CHECK_STATUS(PWWB_OK, new_agent());
    ask_for(PWWB_CODE_OK);
    ask_for(PWWB_CODE_LIMIT_RATE);
    pwwb_limits_free(limits);
    limits = NULL;
    pwwb_agent_free(other);
    ask_for(PWWB_CODE_LIMIT_RATE);
    end();
}

static void
without_memory_nothing_is_let_through_that_is_too_much(void)
{
    long calls, n, lies = 0;

    begin();
    limits_options.in_all = 1;
    faults_count();
    CHECK_STATUS(PWWB_OK, pwwb_limits_new(&limits_options, &limits, NULL));
    CHECK_STATUS(PWWB_OK, new_agent());
    calls = faults_stop();
    for (n = 1; n <= calls; n++) {
        pwwb_limits_free(limits);
        limits = NULL;
        faults_fail(n);
        if (pwwb_limits_new(&limits_options, &limits, NULL) == PWWB_OK)
            lies += new_agent() == PWWB_OK;
        faults_stop();
    }
    printf("# %ld allocations, each failed once\n", calls);
    CHECK_INT(0, lies);
    limit();
    ask_for(PWWB_CODE_OK);
    ask_for(PWWB_CODE_LIMIT_RATE);
    end();
}

int
main(int argc, char **argv)
{
    if (!audits_begin(argc, argv))
        return 1;

    RUN(the_codes_say_who_acts);
    RUN(operations_that_are_left_out_ask_no_directory);
    RUN(accounts_out_of_scope_are_refused_before_all_else);
    RUN(too_many_for_one_account_are_told_when_there_is_room);
    RUN(what_is_refused_for_another_reason_has_been_paid_for);
    RUN(what_finds_nobody_or_is_out_of_scope_costs_nothing);
    RUN(a_stolen_portal_does_not_reset_everybody);
    RUN(a_repeat_gets_its_first_answer_and_costs_nothing);
    RUN(not_set_is_said_only_of_what_cannot_have_been_set);
    RUN(agents_share_limits_and_free_them_in_any_order);
    RUN(without_memory_nothing_is_let_through_that_is_too_much);
    RUN(no_event_holds_a_secret_and_a_planted_one_is_found);
    audits_end();
    return DONE;
}
