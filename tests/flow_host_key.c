/* SPDX-License-Identifier: Apache-2.0 */
/* One request whose private key is the host's own: what cannot be used now is put off, not refused. */
/* rows: 1 17 19 */
#include "flow_world.h"
#include "host_keys.h"

static host_key      key;
static pwwb_keyring *host_keys;

/* A world whose agent's key is the host's, with one request on its way. */
static void
world_with_request(world *w, pwwb_journal *journal, size_t capacity)
{
    fake_letter letter;

    key = (host_key){0};
    world_prepare(w);
    w->journal = journal;
    CHECK_STATUS(PWWB_OK, world_make_with(w, host_keys, capacity));
    letter.len = seal(w, letter.data);
    CHECK_STATUS(PWWB_OK, fake_box_put(&w->post.requests, letter.data, letter.len));
}

static int32_t
code_of_reply(world *w)
{
    const fake_letter *letter = &w->post.replies.letters[0];

    CHECK_INT(1, (intmax_t)w->post.replies.count);
    CHECK_STATUS(PWWB_OK, pwwb_reply_open(w->reply, host_keys, w->claims.cti, letter->data,
                                          letter->len, NULL));
    return pwwb_reply_code(w->reply);
}

static void
check_put_off(world *w, pwwb_agent *agent)
{
    CHECK_STATUS(PWWB_OK, pwwb_agent_step(agent, 0, NULL));
    CHECK_INT(PWWB_SETTLE_RELEASE, w->agent_end.verdict);
    CHECK_INT(0, (intmax_t)w->post.replies.count);
    CHECK_INT(1, (intmax_t)w->post.requests.count);
    CHECK_INT(0, w->fake.sets);
}

static void
a_key_of_the_hosts_sets_a_password(void)
{
    world w;

    world_with_request(&w, NULL, 16);
    CHECK_STATUS(PWWB_OK, pwwb_agent_step(w.agent, 0, NULL));
    CHECK_INT(PWWB_CODE_OK, code_of_reply(&w));
    CHECK_STR(new_password, w.fake.password);
    CHECK_INT(1, key.unwraps);
    world_drop(&w);
}

/* Whoever runs the agent hears of it each time. */
static void
count_warnings(void *ctx, int32_t level, const char *room, const char *message)
{
    (void)room;
    if (level == PWWB_LOG_WARN && strstr(message, "private key cannot be used") != NULL)
        ++*(int *)ctx;
}

static pwwb_status
count_ends(void *ctx, const pwwb_audit_event *event)
{
    ((int *)ctx)[event->end] += event->end != PWWB_AUDIT_PUT_OFF || event->code == PWWB_CODE_BUSY;
    return PWWB_OK;
}

static void
while_the_key_cannot_be_used_the_request_waits_and_is_then_done_once(void)
{
    world w;
    int   i, warnings = 0, ends[PWWB_AUDIT_NO_ANSWER + 1] = {0};
    pwwb_limits_options once = {.size = sizeof(once), .per_account = 1, .in_all = 1};

    world_with_request(&w, NULL, 1); /* no room for a claim that is left behind */
    pwwb_agent_free(w.agent);
    CHECK_STATUS(PWWB_OK, pwwb_limits_new(&once, &w.writeback.limits, NULL)); /* only what is done counts */
    w.writeback.audit     = count_ends;
    w.writeback.audit_ctx = ends;
    CHECK_STATUS(PWWB_OK, make_agent(&w, host_keys, &w.agent));
    key.answer = PWWB_UNWRAP_UNAVAILABLE;
    pwwb_agent_set_log(w.agent, count_warnings, &warnings);
    for (i = 0; i < 3; i++)
        check_put_off(&w, w.agent);
    CHECK_INT(3, warnings);
    CHECK_INT(3, (intmax_t)pwwb_agent_count(w.agent, PWWB_COUNT_RELEASED));
    CHECK_INT(0, (intmax_t)pwwb_agent_count(w.agent, PWWB_COUNT_NOT_SET));
    CHECK_INT(3, ends[PWWB_AUDIT_PUT_OFF]);
    CHECK_INT(0, ends[0] + ends[PWWB_AUDIT_ANSWERED]);
    key.answer = 0;
    CHECK_STATUS(PWWB_OK, pwwb_agent_step(w.agent, 0, NULL));
    CHECK_INT(PWWB_CODE_OK, code_of_reply(&w));
    CHECK_INT(1, w.fake.sets);
    CHECK_INT(1, ends[PWWB_AUDIT_ANSWERED]);
    pwwb_limits_free(w.writeback.limits);
    world_drop(&w);
}

static void
an_answer_that_is_nonsense_puts_off_too(void)
{
    world w;

    world_with_request(&w, NULL, 16);
    key.once = 17;
    check_put_off(&w, w.agent);
    CHECK_STATUS(PWWB_OK, pwwb_agent_step(w.agent, 0, NULL));
    CHECK_INT(PWWB_CODE_OK, code_of_reply(&w));
    world_drop(&w);
}

static void
another_agent_does_what_one_cannot(void)
{
    world       w;
    pwwb_agent *second;

    world_with_request(&w, NULL, 16);
    CHECK_STATUS(PWWB_OK, make_agent(&w, host_keys, &second));
    key.once = PWWB_UNWRAP_UNAVAILABLE;
    check_put_off(&w, w.agent);
    CHECK_STATUS(PWWB_OK, pwwb_agent_step(second, 0, NULL));
    CHECK_INT(PWWB_CODE_OK, code_of_reply(&w));
    CHECK_INT(1, w.fake.sets);
    pwwb_agent_free(second);
    world_drop(&w);
}

/* A key that never comes back refuses nothing: the request's own time ends it. */
static void
the_deadline_ends_what_is_put_off(void)
{
    world w;

    world_with_request(&w, NULL, 16);
    key.answer = PWWB_UNWRAP_UNAVAILABLE;
    check_put_off(&w, w.agent);
    w.clock.wall_ms += 300000 + 120000;
    CHECK_STATUS(PWWB_OK, pwwb_agent_step(w.agent, 0, NULL));
    CHECK_INT(PWWB_CODE_EXPIRED_MESSAGE, code_of_reply(&w));
    CHECK_INT(PWWB_OUTCOME_NOT_SET, outcome(&w));
    CHECK_INT(1, key.unwraps);
    world_drop(&w);
}

static void
what_it_rejects_is_refused_and_not_put_off(void)
{
    world        w;
    fake_letter *letter = &w.post.requests.letters[0];

    world_with_request(&w, NULL, 16);
    hk_spoil(host_keys, letter->data, &letter->len);
    CHECK_STATUS(PWWB_OK, pwwb_agent_step(w.agent, 0, NULL));
    CHECK_INT(PWWB_CODE_DECRYPT, code_of_reply(&w));
    CHECK_INT(1, key.unwraps);
    CHECK_INT(0, w.fake.sets);
    world_drop(&w);
}

/* Somebody set a password since the request, and it was us: the key is asked only then. */
static void
after_a_lookup_it_is_put_off_alike(void)
{
    world w;

    world_with_request(&w, NULL, 16);
    CHECK_STATUS(PWWB_OK, pwwb_agent_step(w.agent, 0, NULL));
    CHECK_INT(PWWB_CODE_OK, code_of_reply(&w));
    w.post.replies.count = 0;
    w.post.requests.letters[0].len = seal(&w, w.post.requests.letters[0].data);
    w.post.requests.count          = 1;
    key.once                       = PWWB_UNWRAP_UNAVAILABLE;
    CHECK_STATUS(PWWB_OK, pwwb_agent_step(w.agent, 0, NULL));
    CHECK_INT(PWWB_SETTLE_RELEASE, w.agent_end.verdict);
    CHECK_STATUS(PWWB_OK, pwwb_agent_step(w.agent, 0, NULL));
    CHECK_INT(PWWB_CODE_OK, code_of_reply(&w));
    CHECK_INT(2, w.fake.sets);
    world_drop(&w);
}

/* ---- a journal that takes no claim back ---- */

typedef struct keeper {
    int           claims;
    size_t        reply_len;
    uint8_t       reply[PWWB_ENVELOPE_MAX];
    pwwb_status   release;
    int           releases;
} keeper;

static pwwb_status
keep_claim(void *ctx, const uint8_t *cti, const uint8_t *digest, int64_t expires_ms, uint8_t *reply,
           size_t reply_size, pwwb_journal_entry *ret_entry, pwwb_error *err)
{
    keeper *k = ctx;

    (void)cti, (void)digest, (void)expires_ms, (void)reply_size, (void)err;
    ret_entry->state     = k->reply_len > 0 ? PWWB_ENTRY_DONE
                                            : (k->claims > 0 ? PWWB_ENTRY_RUNNING : PWWB_ENTRY_NEW);
    ret_entry->reply_len = k->reply_len;
    memcpy(reply, k->reply, k->reply_len);
    k->claims++;
    return PWWB_OK;
}

static pwwb_status
keep_record(void *ctx, const uint8_t *cti, const uint8_t *guid, int64_t last_set_ms,
            int64_t issued_s, pwwb_error *err)
{
    (void)ctx, (void)cti, (void)guid, (void)last_set_ms, (void)issued_s, (void)err;
    return PWWB_OK;
}

static pwwb_status
keep_finish(void *ctx, const uint8_t *cti, const uint8_t *reply, size_t reply_len,
            int64_t last_set_ms, pwwb_error *err)
{
    keeper *k = ctx;

    (void)cti, (void)last_set_ms, (void)err;
    memcpy(k->reply, reply, reply_len);
    k->reply_len = reply_len;
    return PWWB_OK;
}

static pwwb_status
keep_lookup(void *ctx, const uint8_t *guid, int64_t last_set_ms, int64_t issued_s,
            int32_t *ret_ours, pwwb_error *err)
{
    (void)ctx, (void)guid, (void)last_set_ms, (void)issued_s, (void)err;
    *ret_ours = 0;
    return PWWB_OK;
}

static pwwb_status
keep_release(void *ctx, const uint8_t *cti, pwwb_error *err)
{
    keeper *k = ctx;

    (void)cti, (void)err;
    k->releases++;
    return k->release;
}

static const pwwb_journal_ops keeper_ops = {.size   = sizeof(pwwb_journal_ops),
                                            .claim  = keep_claim,
                                            .record = keep_record,
                                            .finish = keep_finish,
                                            .lookup = keep_lookup};

/* The claim stands, so nobody else will ever answer: a true "not set" is better than silence. */
static void
check_busy(const pwwb_journal_ops *ops, keeper *k)
{
    world         w;
    pwwb_journal *journal;
    int           i;

    CHECK_STATUS(PWWB_OK, pwwb_journal_new(ops, k, &journal, NULL));
    world_with_request(&w, journal, 0);
    key.answer = PWWB_UNWRAP_UNAVAILABLE;
    for (i = 0; i < 2; i++) { /* a repeat gets the same reply */
        fake_letter again = w.post.requests.letters[0];

        CHECK_STATUS(PWWB_OK, pwwb_agent_step(w.agent, 0, NULL));
        CHECK_INT(PWWB_SETTLE_ACCEPT, w.agent_end.verdict);
        CHECK_INT(PWWB_CODE_BUSY, code_of_reply(&w));
        CHECK_INT(PWWB_OUTCOME_NOT_SET, outcome(&w));
        CHECK_INT(0, w.fake.sets);
        w.post.replies.count = 0;
        CHECK_STATUS(PWWB_OK, fake_box_put(&w.post.requests, again.data, again.len));
    }
    CHECK_INT(1, key.unwraps);
    world_drop(&w);
}

static void
a_journal_that_takes_no_claim_back_makes_it_busy(void)
{
    pwwb_journal_ops shorter = keeper_ops;
    keeper           k       = {0};

    check_busy(&keeper_ops, &k);
    shorter.size = offsetof(pwwb_journal_ops, release); /* of a host that does not know of it */
    k            = (keeper){0};
    check_busy(&shorter, &k);
}

static void
a_journal_that_fails_to_take_it_back_makes_it_busy(void)
{
    pwwb_journal_ops ops = keeper_ops;
    keeper           k   = {.release = PWWB_E_SYSTEM};

    ops.release = keep_release;
    check_busy(&ops, &k);
    CHECK_INT(1, k.releases);
    k = (keeper){.release = 42}; /* no status at all */
    check_busy(&ops, &k);
}

/* ---- by hand ---- */

/* Answer well until the key is asked, and says that it cannot be used. */
static pwwb_writeback *
walk_to_unclaim(world *w)
{
    uint8_t            sealed[PWWB_ENVELOPE_MAX];
    pwwb_journal_entry entry   = {.size = sizeof(entry), .state = PWWB_ENTRY_NEW};
    pwwb_found         found   = {.size = sizeof(found), .code = PWWB_CODE_OK, .candidates = 1};
    pwwb_account       account = w->fake.account;
    pwwb_writeback    *wb;

    key.answer     = PWWB_UNWRAP_UNAVAILABLE;
    account.now_ms = NOW_MS;
    memset(found.guid, USER, sizeof(found.guid));
    CHECK_STATUS(PWWB_OK, pwwb_writeback_new(host_keys, &w->writeback, &wb, NULL));
    CHECK_STATUS(PWWB_OK, pwwb_writeback_begin(wb, sealed, seal(w, sealed), NULL));
    CHECK_STATUS(PWWB_OK, pwwb_writeback_claimed(wb, &entry, NULL, 0, NULL));
    CHECK_STATUS(PWWB_OK, pwwb_writeback_found(wb, &found, NULL));
    CHECK_STATUS(PWWB_E_STATE, pwwb_writeback_unclaimed(wb, NULL));
    CHECK_STATUS(PWWB_OK, pwwb_writeback_account_read(wb, &account, NULL, NULL));
    CHECK_INT(PWWB_NEED_UNCLAIM, pwwb_writeback_need(wb));
    return wb;
}

static void
a_host_takes_the_claim_back_itself(void)
{
    world           w;
    pwwb_writeback *wb;

    world_with_request(&w, NULL, 16);
    wb = walk_to_unclaim(&w);
    CHECK_STATUS(PWWB_E_STATE, pwwb_writeback_recorded(wb, NULL));
    CHECK_STATUS(PWWB_E_STATE, pwwb_writeback_finished(wb, NULL));
    CHECK(pwwb_writeback_reply(wb, NULL) == NULL);
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_writeback_unclaimed(NULL, NULL));
    CHECK_STATUS(PWWB_OK, pwwb_writeback_unclaimed(wb, NULL));
    CHECK_INT(PWWB_NEED_RELEASE, pwwb_writeback_need(wb));
    CHECK_INT(0, pwwb_writeback_code(wb));
    CHECK(pwwb_writeback_reply(wb, NULL) == NULL);
    CHECK_STATUS(PWWB_E_STATE, pwwb_writeback_unclaimed(wb, NULL));
    CHECK_STATUS(PWWB_E_STATE, pwwb_writeback_failed(wb, PWWB_E_SYSTEM, NULL));
    pwwb_writeback_free(wb);
    world_drop(&w);
}

static void
a_host_that_cannot_take_it_back_answers_busy(void)
{
    world           w;
    pwwb_writeback *wb;

    world_with_request(&w, NULL, 16);
    wb = walk_to_unclaim(&w);
    CHECK_STATUS(PWWB_OK, pwwb_writeback_failed(wb, PWWB_E_NOT_SUPPORTED, NULL));
    CHECK_INT(PWWB_NEED_FINISH, pwwb_writeback_need(wb));
    CHECK_INT(PWWB_CODE_BUSY, pwwb_writeback_code(wb));
    CHECK_STATUS(PWWB_OK, pwwb_writeback_finished(wb, NULL));
    CHECK_INT(PWWB_NEED_SEND, pwwb_writeback_need(wb));
    pwwb_writeback_free(wb);
    world_drop(&w);
}

int
main(void)
{
    hk_begin();
    if (pwwb_keyring_new_host_key(tenant, hk_public, hk_public_len, &hk_ops, &key, &host_keys, NULL)
        != PWWB_OK)
        return 1;

    RUN(a_key_of_the_hosts_sets_a_password);
    RUN(while_the_key_cannot_be_used_the_request_waits_and_is_then_done_once);
    RUN(an_answer_that_is_nonsense_puts_off_too);
    RUN(another_agent_does_what_one_cannot);
    RUN(the_deadline_ends_what_is_put_off);
    RUN(what_it_rejects_is_refused_and_not_put_off);
    RUN(after_a_lookup_it_is_put_off_alike);
    RUN(a_journal_that_takes_no_claim_back_makes_it_busy);
    RUN(a_journal_that_fails_to_take_it_back_makes_it_busy);
    RUN(a_host_takes_the_claim_back_itself);
    RUN(a_host_that_cannot_take_it_back_answers_busy);
    pwwb_keyring_free(host_keys);
    hk_end();
    return DONE;
}
