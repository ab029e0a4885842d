/* SPDX-License-Identifier: Apache-2.0 */
/* A host's audit that fails, takes its time or is all that may be told; requests that are put off or dropped; a
 * host that carries messages itself; and no memory. */
/* rows: 1 19 */
#include "audits.h"
#include "faults.h"

static world  w;
static audits a;

static const fake_fault always = {.nth = 1, .is_persistent = 1, .status = PWWB_E_SYSTEM};

/* ---- an audit that fails ---- */

static void
what_a_required_audit_does_not_take_is_not_written(void)
{
    static const int32_t operations[] = {PWWB_OPERATION_RESET_SELF, PWWB_OPERATION_CHANGE,
                                         PWWB_OPERATION_UNLOCK};
    size_t i;

    audits_world(&w, &a, 1, 16);
    CHECK_STATUS(PWWB_OK, audits_portal(&w, &a, 0));
    a.before = always;
    for (i = 0; i < COUNT(operations); i++) {
        w.claims = claims_of(operations[i]);
        a.count  = 0;
        CHECK_INT(PWWB_CODE_AUDIT, ask(&w));
        CHECK_INT(PWWB_OUTCOME_NOT_SET, outcome(&w));
        CHECK_INT(4, a.count);
        (void)audits_check(&a, 1, PWWB_AUDIT_AGENT, 0, 0);
        (void)audits_check(&a, 2, PWWB_AUDIT_AGENT, PWWB_AUDIT_ANSWERED, PWWB_CODE_AUDIT);
        (void)audits_check(&a, 3, PWWB_AUDIT_PORTAL, PWWB_AUDIT_ANSWERED, PWWB_CODE_AUDIT);
    }
    CHECK_INT(0, w.fake.sets);
    CHECK_INT(0, w.fake.set_fault.calls); /* it was not even asked */
    CHECK_INT(0, w.fake.last_set.size);
    CHECK_INT(3, (intmax_t)pwwb_agent_count(w.agent, PWWB_COUNT_UNAUDITED));
    a.before = (fake_fault){0};
    CHECK_INT(PWWB_CODE_OK, ask(&w)); /* once it does again */
    CHECK_INT(1, w.fake.sets);
    world_drop(&w);
}

static void
what_a_required_audit_does_not_take_is_not_handed_out(void)
{
    uint8_t  none[PWWB_ENVELOPE_MAX] = {0}, buf[PWWB_ENVELOPE_MAX];
    size_t   len;
    int32_t  code;

    audits_world(&w, &a, 1, 16);
    a.before = always;
    CHECK_INT(PWWB_CODE_AUDIT, ask(&w));
    CHECK_INT(PWWB_OUTCOME_NOT_SET, outcome(&w));
    CHECK_INT(0, w.post.requests.total);
    CHECK_INT(2, a.count);
    (void)audits_check(&a, 0, PWWB_AUDIT_PORTAL, 0, 0);
    (void)audits_check(&a, 1, PWWB_AUDIT_PORTAL, PWWB_AUDIT_NOT_SENT, PWWB_CODE_AUDIT);
    CHECK_MEM(a.list[0].cti, PWWB_ID_SIZE, a.list[1].cti, PWWB_ID_SIZE);

    memset(buf, 0, sizeof(buf));
    CHECK_STATUS(PWWB_OK, pwwb_portal_begin(w.portal, &w.claims, (const uint8_t *)new_password,
                                            strlen(new_password), NULL, 0, buf, sizeof(buf), &len,
                                            &code, NULL));
    CHECK_INT(PWWB_CODE_AUDIT, code);
    CHECK_INT(0, len);
    CHECK_MEM(none, sizeof(none), buf, sizeof(buf));
    world_drop(&w);
}

static void
one_that_is_not_required_stops_nothing_and_is_counted(void)
{
    audits_world(&w, &a, 0, 16);
    a.before = a.after = always;
    CHECK_INT(PWWB_CODE_OK, ask(&w));
    CHECK_INT(1, w.fake.sets);
    CHECK_INT(4, a.count);
    CHECK_INT(2, (intmax_t)pwwb_agent_count(w.agent, PWWB_COUNT_UNAUDITED));
    world_drop(&w);
}

static void
after_nothing_changes_though_it_is_required(void)
{
    audits_world(&w, &a, 1, 16);
    a.after = always;
    CHECK_INT(PWWB_CODE_OK, ask(&w));
    CHECK_INT(1, w.fake.sets);
    CHECK_INT(1, (intmax_t)pwwb_agent_count(w.agent, PWWB_COUNT_UNAUDITED));
    world_drop(&w);
}

static void
warned(void *ctx, int32_t level, const char *room, const char *message)
{
    (void)room;
    *(int *)ctx += level == PWWB_LOG_WARN && strstr(message, "audit") != NULL;
}

static void
whoever_runs_the_agent_hears_of_it(void)
{
    int warnings = 0;

    audits_world(&w, &a, 0, 16);
    pwwb_agent_set_log(w.agent, warned, &warnings);
    CHECK_INT(PWWB_CODE_OK, ask(&w));
    CHECK_INT(0, warnings);
    a.after = always;
    CHECK_INT(PWWB_CODE_OK, ask(&w));
    CHECK_INT(1, warnings);
    world_drop(&w);
}

/* "Not set" is not said where an earlier delivery may have been forgotten. */
static void
what_an_earlier_delivery_may_have_set_stays_unknown(void)
{
    audits_world(&w, &a, 1, 16);
    CHECK_STATUS(PWWB_OK, audits_portal(&w, &a, 0));
    pwwb_agent_free(w.agent);
    w.writeback.flags                   = PWWB_WRITEBACK_OTHER_AGENTS;
    w.fake.account.password_last_set_ms = -1; /* no times */
    CHECK_STATUS(PWWB_OK, make_agent(&w, agent_keys, &w.agent));
    a.before = always;
    CHECK_INT(PWWB_CODE_OUTCOME_UNKNOWN, ask(&w));
    CHECK_INT(0, w.fake.set_fault.calls);
    (void)audits_check(&a, 2, PWWB_AUDIT_AGENT, PWWB_AUDIT_ANSWERED, PWWB_CODE_OUTCOME_UNKNOWN);
    world_drop(&w);
}

static void
one_that_takes_longer_than_the_request_lives_writes_nothing(void)
{
    fake_letter letter;

    audits_world(&w, &a, 0, 16);
    letter.len = seal(&w, letter.data);
    CHECK_STATUS(PWWB_OK, fake_box_put(&w.post.requests, letter.data, letter.len));
    a.clock    = &w.clock;
    a.takes_ms = 300000; /* its life, and the skew */
    let_agent_work(&w);
    CHECK_INT(0, w.fake.set_fault.calls);
    CHECK_INT(3, a.count);
    (void)audits_check(&a, 2, PWWB_AUDIT_AGENT, PWWB_AUDIT_ANSWERED, PWWB_CODE_EXPIRED_MESSAGE);
    CHECK_INT(300000, a.list[2].duration_ms);
    CHECK_INT(NOW_MS + 300000, a.list[2].time_ms);
    world_drop(&w);
}

static void
to_require_one_that_is_not_there_is_refused(void)
{
    pwwb_writeback_options of_agent  = {.size = sizeof(of_agent), .audit_required = 1};
    pwwb_portal_options    of_portal = {.size = sizeof(of_portal), .audit_required = 1};
    pwwb_writeback        *writeback;
    pwwb_portal           *portal;
    int                    i;

    for (i = 0; i < 2; i++) {
        CHECK_STATUS(PWWB_E_INVALID_ARGUMENT,
                     pwwb_writeback_new(agent_keys, &of_agent, &writeback, NULL));
        CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_portal_new(agent_keys, &of_portal, &portal, NULL));
        of_agent.audit = of_portal.audit = audits_take;
        of_agent.audit_required = of_portal.audit_required = 2; /* yes or no */
    }
}

/* ---- steps ---- */

static pwwb_writeback *
opened(void)
{
    uint8_t         sealed[PWWB_ENVELOPE_MAX];
    pwwb_writeback *writeback;
    size_t          len = seal(&w, sealed);

    CHECK_STATUS(PWWB_OK, pwwb_writeback_new(agent_keys, &w.writeback, &writeback, NULL));
    CHECK_STATUS(PWWB_OK, pwwb_writeback_begin(writeback, sealed, len, NULL));
    return writeback;
}

static void
to_the_write(pwwb_writeback *writeback)
{
    pwwb_journal_entry entry   = {.size = sizeof(entry), .state = PWWB_ENTRY_NEW};
    pwwb_found         found   = {.size = sizeof(found), .code = PWWB_CODE_OK, .candidates = 1};
    pwwb_account       account = w.fake.account;

    account.now_ms = NOW_MS;
    memcpy(found.guid, w.fake.guid, sizeof(found.guid));
    memcpy(found.directory, "west", 5);
    CHECK_STATUS(PWWB_OK, pwwb_writeback_claimed(writeback, &entry, NULL, 0, NULL));
    CHECK_STATUS(PWWB_OK, pwwb_writeback_found(writeback, &found, NULL));
    CHECK_STATUS(PWWB_OK, pwwb_writeback_account_read(writeback, &account, NULL, NULL));
    CHECK_STATUS(PWWB_OK, pwwb_writeback_recorded(writeback, NULL));
    CHECK_INT(PWWB_NEED_SET, pwwb_writeback_need(writeback));
}

static void
what_is_dropped_is_told_and_unknown_once_the_directory_was_asked(void)
{
    pwwb_writeback *writeback;

    audits_world(&w, &a, 0, 16);
    writeback = opened();
    pwwb_writeback_free(writeback);
    CHECK_INT(2, a.count);
    (void)audits_check(&a, 1, PWWB_AUDIT_AGENT, PWWB_AUDIT_GIVEN_UP, 0);
    CHECK_INT(0, a.list[1].outcome);

    writeback = opened();
    to_the_write(writeback);
    CHECK_STR("west", a.list[3].directory);
    pwwb_writeback_wipe(writeback);
    pwwb_writeback_wipe(writeback);
    pwwb_writeback_free(writeback);
    CHECK_INT(5, a.count);
    (void)audits_check(&a, 4, PWWB_AUDIT_AGENT, PWWB_AUDIT_GIVEN_UP, PWWB_CODE_OUTCOME_UNKNOWN);
    CHECK_INT(PWWB_OUTCOME_UNKNOWN, a.list[4].outcome);
    world_drop(&w);
}

static void
what_a_busy_journal_puts_off_is_told(void)
{
    pwwb_writeback *writeback;

    audits_world(&w, &a, 0, 16);
    writeback = opened();
    CHECK_STATUS(PWWB_OK, pwwb_writeback_failed(writeback, PWWB_E_TIMEOUT, NULL));
    CHECK_INT(PWWB_NEED_RELEASE, pwwb_writeback_need(writeback));
    pwwb_writeback_free(writeback);
    CHECK_INT(2, a.count);
    (void)audits_check(&a, 1, PWWB_AUDIT_AGENT, PWWB_AUDIT_PUT_OFF, PWWB_CODE_BUSY);
    CHECK_INT(0, a.list[1].outcome);
    world_drop(&w);
}

/* ---- a host that carries messages itself ---- */

static void
another_process_tells_what_it_knows(void)
{
    pwwb_claims  kept = {.size = sizeof(kept)};
    fake_letter *letter;
    fake_letter  sealed;

    audits_world(&w, &a, 0, 16);
    sealed.len = seal(&w, sealed.data);
    CHECK_STATUS(PWWB_OK, fake_box_put(&w.post.requests, sealed.data, sealed.len));
    let_agent_work(&w);
    letter = &w.post.replies.letters[0];
    a.count = 0;
    memcpy(kept.cti, tenant, sizeof(kept.cti)); /* somebody else's */
    CHECK_STATUS(PWWB_E_NOT_FOUND,
                 pwwb_portal_finish(w.portal, &kept, letter->data, letter->len, w.reply, NULL));
    CHECK_INT(PWWB_OUTCOME_UNKNOWN, outcome(&w));
    CHECK_INT(0, a.count);
    memcpy(kept.cti, w.claims.cti, sizeof(kept.cti));
    CHECK_STATUS(PWWB_OK,
                 pwwb_portal_finish(w.portal, &kept, letter->data, letter->len, w.reply, NULL));
    CHECK_INT(PWWB_OUTCOME_SET, outcome(&w));
    CHECK_INT(1, a.count);
    (void)audits_check(&a, 0, PWWB_AUDIT_PORTAL, PWWB_AUDIT_ANSWERED, PWWB_CODE_OK);
    CHECK_INT(-1, a.list[0].duration_ms);
    CHECK_INT(0, a.list[0].operation);
    CHECK_MEM(tenant, sizeof(tenant), a.list[0].tenant, PWWB_ID_SIZE); /* its keys' */
    world_drop(&w);
}

static void
a_deadline_that_the_host_keeps_is_told_too(void)
{
    fake_letter sealed;

    audits_world(&w, &a, 0, 16);
    sealed.len = seal(&w, sealed.data);
    CHECK_STATUS(PWWB_OK, pwwb_portal_finish(w.portal, &w.claims, NULL, 0, w.reply, NULL));
    CHECK_INT(PWWB_OUTCOME_UNKNOWN, outcome(&w));
    CHECK_INT(PWWB_CODE_OUTCOME_UNKNOWN, pwwb_reply_code(w.reply));
    CHECK_INT(2, a.count);
    (void)audits_check(&a, 1, PWWB_AUDIT_PORTAL, PWWB_AUDIT_NO_ANSWER, PWWB_CODE_OUTCOME_UNKNOWN);
    CHECK_INT(w.claims.operation, a.list[1].operation);
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT,
                 pwwb_portal_finish(w.portal, NULL, NULL, 0, w.reply, NULL));
    world_drop(&w);
}

/* The statuses are those of `send` in pwwb/transport.h. */
static void
what_a_relay_surely_does_not_have_is_over_at_once(void)
{
    static const struct {
        pwwb_status sent;
        int32_t     code;
    } rows[] = {{PWWB_E_FULL, PWWB_CODE_BUSY},           {PWWB_E_NO_MEMORY, PWWB_CODE_BUSY},
                {PWWB_E_NO_AGENT, PWWB_CODE_AGENT_DOWN}, {PWWB_E_CONNECT, PWWB_CODE_UNREACHABLE},
                {PWWB_E_AUTH, PWWB_CODE_UNREACHABLE},    {PWWB_E_TLS, PWWB_CODE_UNREACHABLE},
                {PWWB_E_TLS_CA, PWWB_CODE_UNREACHABLE},  {PWWB_E_TLS_NAME, PWWB_CODE_UNREACHABLE},
                {PWWB_E_TLS_EXPIRED, PWWB_CODE_UNREACHABLE}, {PWWB_OK, PWWB_CODE_OUTCOME_UNKNOWN},
                {PWWB_E_TIMEOUT, PWWB_CODE_OUTCOME_UNKNOWN}, {PWWB_E_CLOSED, PWWB_CODE_OUTCOME_UNKNOWN},
                {PWWB_E_CALLBACK, PWWB_CODE_OUTCOME_UNKNOWN}, {-12345, PWWB_CODE_OUTCOME_UNKNOWN}};
    fake_letter sealed;
    int32_t     is_over;
    size_t      i;

    for (i = 0; i < COUNT(rows); i++) {
        audits_world(&w, &a, 0, 16);
        sealed.len = seal(&w, sealed.data);
        a.count    = 0;
        CHECK_STATUS(PWWB_OK, pwwb_portal_sent(w.portal, &w.claims, rows[i].sent, w.reply, &is_over, NULL));
        CHECK_INT(rows[i].code, pwwb_reply_code(w.reply));
        CHECK_INT(rows[i].code != PWWB_CODE_OUTCOME_UNKNOWN, is_over);
        CHECK_INT(is_over ? PWWB_OUTCOME_NOT_SET : PWWB_OUTCOME_UNKNOWN, outcome(&w));
        CHECK_INT(is_over, a.count);
        if (is_over)
            (void)audits_check(&a, 0, PWWB_AUDIT_PORTAL, PWWB_AUDIT_NOT_SENT, rows[i].code);
        CHECK_STATUS(PWWB_E_INVALID_ARGUMENT,
                     pwwb_portal_sent(w.portal, &w.claims, PWWB_E_FULL, w.reply, NULL, NULL));
        world_drop(&w);
    }
}

/* ---- no memory ---- */

static pwwb_status
flow(void)
{
    pwwb_status st;

    memset(&a, 0, sizeof(a));
    world_prepare(&w);
    w.writeback.audit          = audits_take;
    w.writeback.audit_ctx      = &a;
    w.writeback.audit_required = 1;
    st = world_make_with(&w, agent_keys, 4);
    if (st == PWWB_OK)
        st = audits_portal(&w, &a, 1);
    return st == PWWB_OK ? call(&w, new_password) : st;
}

static long
told(int32_t side, int32_t stage)
{
    long   count = 0;
    size_t i;

    for (i = 0; i < a.count; i++)
        count += a.list[i].side == side && a.list[i].stage == stage;
    return count;
}

static void
without_memory_nothing_is_written_that_is_not_told(void)
{
    long count, nth, lies = 0, begun = 0;

    faults_count();
    CHECK_STATUS(PWWB_OK, flow());
    count = faults_stop();
    CHECK_INT(4, a.count);
    world_drop(&w);
    for (nth = 1; nth <= count; nth++) {
        faults_fail(nth);
        (void)flow();
        faults_stop();
        begun += a.count > 0;
        lies += w.fake.sets != 0 && told(PWWB_AUDIT_AGENT, PWWB_AUDIT_BEFORE) != 1;
        world_drop(&w);
        lies += told(PWWB_AUDIT_PORTAL, PWWB_AUDIT_BEFORE) > told(PWWB_AUDIT_PORTAL, PWWB_AUDIT_AFTER);
        lies += told(PWWB_AUDIT_AGENT, PWWB_AUDIT_BEFORE) > told(PWWB_AUDIT_AGENT, PWWB_AUDIT_AFTER);
        lies += told(PWWB_AUDIT_AGENT, PWWB_AUDIT_AFTER) > 1 || told(PWWB_AUDIT_PORTAL, PWWB_AUDIT_AFTER) > 1;
    }
    printf("# %ld allocations, each failed once; %ld times something was told\n", count, begun);
    CHECK(begun > 0);
    CHECK_INT(0, lies);
}

int
main(int argc, char **argv)
{
    if (!audits_begin(argc, argv))
        return 1;

    RUN(what_a_required_audit_does_not_take_is_not_written);
    RUN(what_a_required_audit_does_not_take_is_not_handed_out);
    RUN(one_that_is_not_required_stops_nothing_and_is_counted);
    RUN(after_nothing_changes_though_it_is_required);
    RUN(whoever_runs_the_agent_hears_of_it);
    RUN(what_an_earlier_delivery_may_have_set_stays_unknown);
    RUN(one_that_takes_longer_than_the_request_lives_writes_nothing);
    RUN(to_require_one_that_is_not_there_is_refused);
    RUN(what_is_dropped_is_told_and_unknown_once_the_directory_was_asked);
    RUN(what_a_busy_journal_puts_off_is_told);
    RUN(another_process_tells_what_it_knows);
    RUN(a_deadline_that_the_host_keeps_is_told_too);
    RUN(what_a_relay_surely_does_not_have_is_over_at_once);
    RUN(without_memory_nothing_is_written_that_is_not_told);
    RUN(no_event_holds_a_secret_and_a_planted_one_is_found);
    audits_end();
    return DONE;
}
