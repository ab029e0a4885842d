/* SPDX-License-Identifier: Apache-2.0 */
/* What the host's audit hears of a request, from portal to directory, whatever becomes of it. */
/* rows: 4 16 19 */
#include "audits.h"
#include "operations.h"

static world  w;
static audits a;

/* ---- the matrix ---- */

/* What is asked for, as the claims have it. */
static void
check_asked(const pwwb_audit_event *e)
{
    CHECK_INT(w.claims.operation, e->operation);
    CHECK_INT(w.claims.origin, e->origin);
    CHECK_INT(w.claims.actor, e->actor);
    CHECK_INT(w.claims.user_type, e->user_type);
    CHECK_INT(w.claims.flags, e->flags);
    CHECK_INT(w.claims.must_change, e->must_change);
    CHECK_MEM(w.claims.actor_id, PWWB_ID_SIZE, e->actor_id, PWWB_ID_SIZE);
    CHECK_MEM(&w.claims.anchor, sizeof(e->anchor), &e->anchor, sizeof(e->anchor));
    CHECK_MEM(tenant, sizeof(tenant), e->tenant, sizeof(e->tenant));
    CHECK_MEM(w.claims.cti, PWWB_ID_SIZE, e->cti, PWWB_ID_SIZE);
    CHECK_INT(NOW_MS, e->time_ms);
    CHECK_INT(0, e->duration_ms);
}

/* The four of a request that is done, in their order. */
static void
check_done(int32_t code)
{
    const pwwb_audit_event *e;
    size_t                  i;

    CHECK_INT(4, a.count);
    (void)audits_check(&a, 0, PWWB_AUDIT_PORTAL, 0, 0);
    e = audits_check(&a, 1, PWWB_AUDIT_AGENT, 0, 0);
    CHECK_MEM(w.fake.guid, PWWB_ID_SIZE, e->guid, PWWB_ID_SIZE);
    e = audits_check(&a, 2, PWWB_AUDIT_AGENT, PWWB_AUDIT_ANSWERED, code);
    CHECK_MEM(w.fake.guid, PWWB_ID_SIZE, e->guid, PWWB_ID_SIZE);
    CHECK_STR("dc1.example.test", e->controller);
    CHECK_INT(PWWB_OUTCOME_SET, e->outcome);
    e = audits_check(&a, 3, PWWB_AUDIT_PORTAL, PWWB_AUDIT_ANSWERED, code);
    CHECK_STR("dc1.example.test", e->controller);
    CHECK_INT(PWWB_OUTCOME_SET, e->outcome);
    for (i = 0; i < 4; i++)
        check_asked(&a.list[i]);
}

static void
check_refused_at_portal(int32_t code)
{
    static const uint8_t none[PWWB_ID_SIZE];
    const pwwb_audit_event *e = audits_check(&a, 0, PWWB_AUDIT_PORTAL, PWWB_AUDIT_NOT_SENT, code);

    CHECK_INT(1, a.count);
    CHECK_INT(PWWB_OUTCOME_NOT_SET, e->outcome);
    CHECK_MEM(none, sizeof(none), e->cti, sizeof(e->cti));
    check_asked(e);
}

/* Sealed by a portal that asks nobody. */
static void
check_refused_at_agent(int32_t code)
{
    fake_letter letter;
    int         has_old = w.claims.operation == PWWB_OPERATION_CHANGE
                  || w.claims.operation == PWWB_OPERATION_CHANGE_FORCED;
    int         has_new = w.claims.operation != PWWB_OPERATION_UNLOCK;

    a.count      = 0;
    w.claims.iat = NOW_MS / 1000;
    w.claims.exp = w.claims.iat + 60;
    CHECK_STATUS(PWWB_OK, pwwb_request_seal(agent_keys, &w.claims,
                                            has_new ? (const uint8_t *)new_password : NULL,
                                            has_new ? strlen(new_password) : 0,
                                            has_old ? (const uint8_t *)old_password : NULL,
                                            has_old ? strlen(old_password) : 0, letter.data,
                                            sizeof(letter.data), &letter.len, NULL));
    CHECK_STATUS(PWWB_OK, fake_box_put(&w.post.requests, letter.data, letter.len));
    let_agent_work(&w);
    CHECK_INT(1, a.count);
    check_asked(audits_check(&a, 0, PWWB_AUDIT_AGENT, PWWB_AUDIT_ANSWERED, code));
    CHECK_INT(PWWB_OUTCOME_NOT_SET, a.list[0].outcome);
    w.post.replies.count = 0;
}

static void
check_cell(int32_t expected)
{
    long sets = w.fake.sets;

    a.count = 0;
    if (expected != PWWB_CODE_OK) {
        CHECK_INT(expected, ask(&w));
        check_refused_at_portal(expected);
        check_refused_at_agent(expected);
        CHECK_INT(sets, w.fake.sets);
        return;
    }
    if (w.claims.user_type == PWWB_USER_HASH_SYNC && w.claims.operation != PWWB_OPERATION_UNLOCK)
        expected = PWWB_CODE_OK_PENDING_SYNC;
    CHECK_INT(expected, ask(&w));
    check_done(expected);
    CHECK_INT(sets + 1, w.fake.sets);
}

static int
check_line(const struct operations_row *row, int32_t user_type, uint32_t flags)
{
    const char *letters = flags != 0 ? row->of_own : row->of_another;
    int         i;

    for (i = 0; i < ORIGINS; i++) {
        w.claims           = claims_of(row->operation);
        w.claims.actor     = row->actor;
        w.claims.origin    = PWWB_FROM_ACCOUNT_PORTAL + i;
        w.claims.user_type = user_type;
        w.claims.flags     = flags;
        if (row->operation == PWWB_OPERATION_RESET_ADMIN)
            w.claims.must_change = i % 3;
        memset(w.claims.actor_id, 0x33, sizeof(w.claims.actor_id));
        check_cell(user_type == PWWB_USER_CLOUD_ONLY ? PWWB_CODE_USER_TYPE
                                                     : operations_code(letters[i]));
    }
    return i;
}

static void
every_cell_of_the_matrix_is_told_as_it_is_decided(void)
{
    int     cells = 0;
    int32_t type;
    size_t  i;

    audits_world(&w, &a, 0, 1024);
    for (i = 0; i < COUNT(operations); i++)
        for (type = PWWB_USER_HASH_SYNC; type <= PWWB_USER_CLOUD_ONLY; type++) {
            cells += check_line(&operations[i], type, 0);
            cells += check_line(&operations[i], type, PWWB_FLAG_OWN_ACCOUNT);
        }
    printf("# %d cells\n", cells);
    CHECK_INT(5 * 2 * 11 * 2 * 4, cells);
    world_drop(&w);
}

/* ---- what comes again ---- */

static void
seal_and_post(int times)
{
    fake_letter letter;

    letter.len = seal(&w, letter.data);
    while (times-- > 0)
        CHECK_STATUS(PWWB_OK, fake_box_put(&w.post.requests, letter.data, letter.len));
}

static void
a_message_that_comes_again_is_one_operation_and_a_repeat(void)
{
    const pwwb_audit_event *e;

    audits_world(&w, &a, 0, 16);
    w.fake.finding = PWWB_CODE_OK_HISTORY_NOT_ENFORCED;
    seal_and_post(3);
    let_agent_work(&w);
    CHECK_INT(1, w.fake.sets);
    CHECK_INT(5, a.count); /* portal before; agent before, after; twice again */
    (void)audits_check(&a, 1, PWWB_AUDIT_AGENT, 0, 0);
    e = audits_check(&a, 2, PWWB_AUDIT_AGENT, PWWB_AUDIT_ANSWERED, PWWB_CODE_OK);
    CHECK_INT(PWWB_OUTCOME_SET_WITH_WARNINGS, e->outcome);
    CHECK_INT(1, e->findings);
    e = audits_check(&a, 4, PWWB_AUDIT_AGENT, PWWB_AUDIT_REPEATED, PWWB_CODE_OK);
    CHECK_INT(PWWB_OUTCOME_SET_WITH_WARNINGS, e->outcome);
    CHECK_INT(1, e->findings);
    CHECK_STR("dc1.example.test", e->controller);
    CHECK_MEM(w.claims.cti, PWWB_ID_SIZE, e->cti, PWWB_ID_SIZE);
    world_drop(&w);
}

static void
a_lost_reply_is_unknown_at_the_portal_and_told_once_at_the_agent(void)
{
    audits_world(&w, &a, 0, 16);
    w.agent_end.send_fault = (fake_fault){.nth = 1, .status = PWWB_E_CLOSED};
    CHECK_INT(PWWB_CODE_OUTCOME_UNKNOWN, ask(&w));
    CHECK_INT(4, a.count);
    (void)audits_check(&a, 2, PWWB_AUDIT_AGENT, PWWB_AUDIT_ANSWERED, PWWB_CODE_OK);
    (void)audits_check(&a, 3, PWWB_AUDIT_PORTAL, PWWB_AUDIT_NO_ANSWER, PWWB_CODE_OUTCOME_UNKNOWN);
    CHECK_INT(PWWB_OUTCOME_UNKNOWN, a.list[3].outcome);
    let_agent_work(&w);
    CHECK_INT(5, a.count);
    (void)audits_check(&a, 4, PWWB_AUDIT_AGENT, PWWB_AUDIT_REPEATED, PWWB_CODE_OK);
    world_drop(&w);
}

static void
step_second(void *ctx)
{
    CHECK_STATUS(PWWB_OK, pwwb_agent_step(ctx, 0, NULL));
}

/* The second gets its copy while the first writes, and once more when that is done. */
static void
of_two_agents_one_answers_and_the_other_puts_off(void)
{
    pwwb_agent *second;

    audits_world(&w, &a, 0, 16);
    CHECK_STATUS(PWWB_OK, make_agent(&w, agent_keys, &second));
    seal_and_post(2);
    w.fake.on_set     = step_second;
    w.fake.on_set_ctx = second;
    CHECK_STATUS(PWWB_OK, pwwb_agent_step(w.agent, 0, NULL));
    CHECK_STATUS(PWWB_OK, pwwb_agent_step(second, 0, NULL));
    CHECK_INT(1, w.fake.sets);
    CHECK_INT(5, a.count);
    (void)audits_check(&a, 1, PWWB_AUDIT_AGENT, 0, 0);
    (void)audits_check(&a, 2, PWWB_AUDIT_AGENT, PWWB_AUDIT_PUT_OFF, PWWB_CODE_IN_PROGRESS);
    CHECK_INT(0, a.list[2].outcome);
    (void)audits_check(&a, 3, PWWB_AUDIT_AGENT, PWWB_AUDIT_ANSWERED, PWWB_CODE_OK);
    (void)audits_check(&a, 4, PWWB_AUDIT_AGENT, PWWB_AUDIT_REPEATED, PWWB_CODE_OK);
    pwwb_agent_free(second);
    world_drop(&w);
}

/* ---- what is not done ---- */

static void
what_comes_too_late_and_what_is_replayed_is_told(void)
{
    audits_world(&w, &a, 0, 16);
    seal_and_post(1);
    w.clock.wall_ms += 300000; /* its life and the skew */
    let_agent_work(&w);
    CHECK_INT(2, a.count);
    (void)audits_check(&a, 1, PWWB_AUDIT_AGENT, PWWB_AUDIT_ANSWERED, PWWB_CODE_EXPIRED_MESSAGE);
    CHECK_INT(PWWB_OUTCOME_NOT_SET, a.list[1].outcome);
    world_drop(&w);

    audits_world(&w, &a, 0, 16);
    CHECK_INT(PWWB_CODE_OK, ask(&w));
    check_refused_at_agent(PWWB_CODE_REPLAYED); /* the same id, sealed again */
    world_drop(&w);
}

/* Only who has the tenant's key is somebody of whom one could tell. */
static void
what_cannot_be_opened_is_no_operation(void)
{
    fake_letter letter;

    audits_world(&w, &a, 0, 16);
    letter.len = seal(&w, letter.data);
    letter.data[letter.len - 1] ^= 1;
    CHECK_STATUS(PWWB_OK, fake_box_put(&w.post.requests, letter.data, letter.len));
    let_agent_work(&w);
    CHECK_INT(1, a.count); /* the portal's */
    CHECK_INT(1, (intmax_t)pwwb_agent_count(w.agent, PWWB_COUNT_UNOPENED));
    world_drop(&w);
}

static void
a_send_that_surely_failed_is_not_sent_and_any_other_without_an_answer(void)
{
    audits_world(&w, &a, 0, 16);
    w.portal_end.send_fault = (fake_fault){.nth = 1, .status = PWWB_E_NO_AGENT};
    CHECK_INT(PWWB_CODE_AGENT_DOWN, ask(&w));
    CHECK_INT(2, a.count);
    (void)audits_check(&a, 1, PWWB_AUDIT_PORTAL, PWWB_AUDIT_NOT_SENT, PWWB_CODE_AGENT_DOWN);
    CHECK_MEM(w.claims.cti, PWWB_ID_SIZE, a.list[1].cti, PWWB_ID_SIZE);
    w.portal_end.send_fault = (fake_fault){.nth = 1, .status = PWWB_E_CLOSED};
    CHECK_INT(PWWB_CODE_OUTCOME_UNKNOWN, ask(&w));
    (void)audits_check(&a, 3, PWWB_AUDIT_PORTAL, PWWB_AUDIT_NO_ANSWER, PWWB_CODE_OUTCOME_UNKNOWN);
    CHECK_INT(4, a.count);
    world_drop(&w);
}

static void
a_password_that_cannot_be_sealed_is_told(void)
{
    audits_world(&w, &a, 0, 16);
    CHECK_STATUS(PWWB_E_MALFORMED, call(&w, "\xff-No-Text-1"));
    CHECK_INT(1, a.count);
    (void)audits_check(&a, 0, PWWB_AUDIT_PORTAL, PWWB_AUDIT_NOT_SENT, pwwb_reply_code(w.reply));
    CHECK_INT(PWWB_OUTCOME_NOT_SET, a.list[0].outcome);
    world_drop(&w);
}

static void
a_refused_request_does_not_carry_the_id_of_the_last_one(void)
{
    audits_world(&w, &a, 0, 16);
    CHECK_INT(PWWB_CODE_OK, ask(&w));
    w.claims.origin = PWWB_FROM_GRAPH;
    a.count         = 0;
    CHECK_INT(PWWB_CODE_ORIGIN_GRAPH, ask(&w));
    check_refused_at_portal(PWWB_CODE_ORIGIN_GRAPH);
    world_drop(&w);
}

/* How much room a request takes is a question, and no request. */
static void
to_ask_for_the_room_is_no_operation(void)
{
    size_t  len;
    int32_t code;

    audits_world(&w, &a, 0, 16);
    CHECK_STATUS(PWWB_E_BUFFER_TOO_SMALL,
                 pwwb_portal_begin(w.portal, &w.claims, (const uint8_t *)new_password,
                                   strlen(new_password), NULL, 0, NULL, 0, &len, &code, NULL));
    CHECK(len > 0);
    CHECK_INT(0, a.count);
    world_drop(&w);
}

int
main(int argc, char **argv)
{
    if (!audits_begin(argc, argv))
        return 1;

    RUN(every_cell_of_the_matrix_is_told_as_it_is_decided);
    RUN(a_message_that_comes_again_is_one_operation_and_a_repeat);
    RUN(a_lost_reply_is_unknown_at_the_portal_and_told_once_at_the_agent);
    RUN(of_two_agents_one_answers_and_the_other_puts_off);
    RUN(what_comes_too_late_and_what_is_replayed_is_told);
    RUN(what_cannot_be_opened_is_no_operation);
    RUN(a_send_that_surely_failed_is_not_sent_and_any_other_without_an_answer);
    RUN(a_password_that_cannot_be_sealed_is_told);
    RUN(a_refused_request_does_not_carry_the_id_of_the_last_one);
    RUN(to_ask_for_the_room_is_no_operation);
    RUN(no_event_holds_a_secret_and_a_planted_one_is_found);
    audits_end();
    return DONE;
}
