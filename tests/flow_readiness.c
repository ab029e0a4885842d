/* SPDX-License-Identifier: Apache-2.0 */
/* rows: 5 8 */
/* What a portal refuses by what its watch knows, before anything is sent; and what it does not. */
#include "beats.h"

/* A portal that asks the first instance's watch. */
static pwwb_portal *
begin(world *w, size_t workers)
{
    world_make(w, 1, workers);
    turn(w);
    return portal_of(w, w->instances[0].watch);
}

static void
end(world *w, pwwb_portal *portal)
{
    pwwb_portal_free(portal);
    world_drop(w);
}

static void
check_finding(const pwwb_findings *findings, size_t at, int32_t code, int64_t limit, int64_t actual)
{
    int32_t got = 0, basis = 0;
    int64_t got_limit = 0, got_actual = 0;

    CHECK_STATUS(PWWB_OK,
                 pwwb_findings_get(findings, at, &got, &basis, &got_limit, &got_actual));
    CHECK_INT(code, got);
    CHECK_INT(PWWB_BASIS_INFERRED, basis);
    CHECK_INT(limit, got_limit);
    CHECK_INT(actual, got_actual);
}

static void
what_breaks_even_the_weakest_rules_is_refused_and_not_sent(void)
{
    static world w;
    pwwb_portal *portal = begin(&w, 2);

    CHECK_INT(PWWB_CODE_POLICY_TOO_SHORT, ask(&w, portal, 0, "Ab-4567"));
    CHECK_INT(1, (intmax_t)pwwb_findings_count(pwwb_portal_findings(portal)));
    check_finding(pwwb_portal_findings(portal), 0, PWWB_CODE_POLICY_TOO_SHORT, 8, 7);
    CHECK_INT(PWWB_CODE_POLICY_COMPLEXITY, ask(&w, portal, 0, "abcdefgh1"));
    check_finding(pwwb_portal_findings(portal), 0, PWWB_CODE_POLICY_COMPLEXITY, 3, 2);
    CHECK_INT(PWWB_CODE_POLICY_TOO_SHORT, ask(&w, portal, 0, "abc"));
    CHECK_INT(2, (intmax_t)pwwb_findings_count(pwwb_portal_findings(portal)));
    check_finding(pwwb_portal_findings(portal), 1, PWWB_CODE_POLICY_COMPLEXITY, 3, 1);
    turn(&w);
    CHECK_INT(0, (intmax_t)received(&w));
    CHECK_INT(PWWB_CODE_OK, ask(&w, portal, 0, "Abc-5678"));
    CHECK_INT(0, (intmax_t)pwwb_findings_count(pwwb_portal_findings(portal)));
    CHECK_INT(1, (intmax_t)received(&w));
    end(&w, portal);
}

static void
the_reply_of_a_call_that_is_refused_so_has_the_findings(void)
{
    static world w;
    pwwb_portal *portal = begin(&w, 1);
    pwwb_claims  claims = {.size = sizeof(claims), .operation = PWWB_OPERATION_CHANGE,
                           .actor = PWWB_ACTOR_USER, .user_type = PWWB_USER_PASS_THROUGH,
                           .origin = PWWB_FROM_ACCOUNT_PORTAL, .anchor.kind = PWWB_ANCHOR_SOURCE};
    pwwb_reply  *reply;

    memset(claims.anchor.guid, USER, PWWB_ID_SIZE);
    CHECK_STATUS(PWWB_OK, pwwb_reply_new(&reply, NULL));
    CHECK_STATUS(PWWB_OK, pwwb_portal_call(portal, w.replies, &claims, (const uint8_t *)"Ab-4567", 7,
                                           (const uint8_t *)"old", 3, 0, reply, NULL));
    CHECK_INT(PWWB_OUTCOME_NOT_SET, pwwb_reply_outcome(reply));
    CHECK_INT(PWWB_CODE_POLICY_TOO_SHORT, pwwb_reply_code(reply));
    check_finding(pwwb_reply_findings(reply), 0, PWWB_CODE_POLICY_TOO_SHORT, 8, 7);
    turn(&w);
    CHECK_INT(0, (intmax_t)received(&w));
    pwwb_reply_free(reply);
    end(&w, portal);
}

/* The agent, who knows the person's own rules, is the one who refuses or not. */
static void
what_is_not_known_refuses_nothing(void)
{
    static world w;
    pwwb_portal *portal;
    site        *sites = w.processes[0].sites;

    world_prepare(&w, 1, 1);
    sites[1].fake.rules.min_length = -1;
    sites[1].fake.rules.complexity = PWWB_MAYBE;
    sites[0].fake.rules.min_length = 4;
    process_start(&w, 0);
    turn(&w);
    portal = portal_of(&w, w.instances[0].watch);
    CHECK_INT(-1, report_of(&w.instances[0]).min_length);
    CHECK_INT(PWWB_CODE_OK, ask(&w, portal, 0, "Ab-4"));
    CHECK_INT(1, (intmax_t)received(&w));
    end(&w, portal);

    portal = begin(&w, 1); /* and nothing is known before somebody was heard */
    pwwb_portal_free(portal);
    portal = portal_of(&w, NULL);
    CHECK_INT(PWWB_CODE_POLICY_TOO_SHORT, ask(&w, portal, 0, "Ab-4567"));
    CHECK_INT(1, (intmax_t)received(&w));
    end(&w, portal);
}

/* One directory's rules may not be used on the person of another. */
static void
a_weaker_rule_of_one_directory_is_everybodys(void)
{
    static world w;
    pwwb_portal *portal;

    world_prepare(&w, 1, 1);
    w.processes[0].sites[1].fake.rules = (pwwb_policy_rules){
        .size = sizeof(pwwb_policy_rules), .source = PWWB_POLICY_PPOLICY, .min_length = 6};
    process_start(&w, 0);
    turn(&w);
    portal = portal_of(&w, w.instances[0].watch);
    CHECK_INT(PWWB_POLICY_PPOLICY, report_of(&w.instances[0]).rules_source);
    CHECK_INT(PWWB_CODE_OK, ask(&w, portal, 1, "aaaaaa"));
    CHECK_INT(PWWB_CODE_OK, ask(&w, portal, 1, "\xc3\xa4\xc3\xb6\xc3\xbc")); /* six octets */
    CHECK_INT(PWWB_CODE_POLICY_TOO_SHORT, ask(&w, portal, 1, "aaaaa"));
    CHECK_INT(2, (intmax_t)received(&w));
    end(&w, portal);
}

static void
an_unlock_has_no_password_to_judge(void)
{
    static world w;
    pwwb_portal *portal = begin(&w, 1);
    pwwb_claims  claims = {.size = sizeof(claims), .operation = PWWB_OPERATION_UNLOCK,
                           .actor = PWWB_ACTOR_USER, .user_type = PWWB_USER_PASS_THROUGH,
                           .origin = PWWB_FROM_RESET_PORTAL, .anchor.kind = PWWB_ANCHOR_SOURCE};
    uint8_t      buf[PWWB_ENVELOPE_MAX];
    size_t       len  = 0;
    int32_t      code = 0;

    memset(claims.anchor.guid, USER, PWWB_ID_SIZE);
    CHECK_STATUS(PWWB_OK, pwwb_portal_begin(portal, &claims, NULL, 0, NULL, 0, buf, sizeof(buf), &len,
                                            &code, NULL));
    CHECK_INT(PWWB_CODE_OK, code);
    CHECK(len > 0);
    end(&w, portal);
}

static void
nothing_is_sent_when_all_have_said_that_they_stop(void)
{
    static world w;
    pwwb_portal *portal = begin(&w, 1);

    pwwb_agent_stop(w.processes[0].workers[0].agent);
    CHECK_STATUS(PWWB_E_STOPPED, pwwb_agent_step(w.processes[0].workers[0].agent, 0, NULL));
    turn(&w);
    CHECK_INT(PWWB_CODE_AGENT_DOWN, ask(&w, portal, 0, "Horse-Correct-16"));
    process_end(&w, 0);
    process_start(&w, 0);
    pass(&w, SECOND);
    turn(&w);
    CHECK_INT(PWWB_CODE_OK, ask(&w, portal, 0, "Horse-Correct-16"));
    end(&w, portal);
}

/* It may be the heartbeats that are lost, and the relay is nobody to be believed. */
static void
silence_and_what_the_relay_says_stop_no_request(void)
{
    static world w;
    pwwb_portal *portal = begin(&w, 1);

    pass(&w, 12 * MINUTE);
    CHECK_INT(PWWB_READY_UNREACHABLE, report_of(&w.instances[0]).state);
    CHECK_INT(PWWB_CODE_OK, ask(&w, portal, 0, "Horse-Correct-16"));
    pwwb_watch_presence(w.instances[0].watch, PWWB_OK, PWWB_NO);
    CHECK_INT(PWWB_READY_UNREACHABLE, report_of(&w.instances[0]).state);
    CHECK_INT(PWWB_CODE_OK, ask(&w, portal, 0, "Horse-Correct-16"));
    CHECK(pwwb_portal_findings(NULL) == NULL);
    end(&w, portal);
}

int
main(void)
{
    RUN(what_breaks_even_the_weakest_rules_is_refused_and_not_sent);
    RUN(the_reply_of_a_call_that_is_refused_so_has_the_findings);
    RUN(what_is_not_known_refuses_nothing);
    RUN(a_weaker_rule_of_one_directory_is_everybodys);
    RUN(an_unlock_has_no_password_to_judge);
    RUN(nothing_is_sent_when_all_have_said_that_they_stop);
    RUN(silence_and_what_the_relay_says_stop_no_request);
    return DONE;
}
