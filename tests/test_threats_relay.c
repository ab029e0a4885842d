/* SPDX-License-Identifier: Apache-2.0 */
/* rows: 9 10 11 18 20 */
#include "threats.h"

#include "journal.h"

/* The relay as the enemy: it keeps every message of a tenant's life and gives each again, in any
 * order, to whomever it likes; it changes a bit, and cuts. */

enum { LIFE_MAX = 64 };

typedef struct life {
    ex_world       w;
    pwwb_journal  *journal;
    pwwb_heartbeat last; /* as the portal keeps it; boot 0 = none yet */
    uint64_t       sequence;
    ex_message     said[LIFE_MAX];
    size_t         count;
    size_t         news; /* heartbeats, requests and replies that were taken for new */
} life;

static void
keep(life *l, const ex_message *m)
{
    if (m->len == 0 || l->count == LIFE_MAX)
        abort();
    l->said[l->count++] = *m;
}

static int
takes_heartbeat(life *l, const pwwb_keyring *k, const ex_message *m)
{
    pwwb_heartbeat h = {.size = sizeof(h)};

    if (pwwb_heartbeat_open(k, m->octets, m->len, &l->last, 1, l->w.clock.wall_ms / 1000, 120, &h,
                            NULL)
        != PWWB_OK)
        return 0;

    l->last = h;
    return 1;
}

/* As an agent does it: a request is new when it opens and the journal does not know it. */
static int
takes_request(life *l, pwwb_keyring *k, const ex_message *m)
{
    pwwb_request *request = NULL;
    uint8_t       reply[PWWB_ENVELOPE_MAX], digest[WB_SHA256_SIZE];
    pwwb_journal_entry entry = {.state = 0};
    int64_t            now_s = l->w.clock.wall_ms / 1000;

    CHECK_STATUS(PWWB_OK, pwwb_request_new(&request, NULL));
    wb_sha256(m->octets, m->len, digest);
    if (pwwb_request_open(request, k, m->octets, m->len, now_s, 120, NULL) == PWWB_OK)
        CHECK_STATUS(PWWB_OK, wb_journal_claim(l->journal, pwwb_request_claims(request)->cti, digest,
                                               (now_s + 600) * 1000, reply, sizeof(reply), &entry,
                                               NULL));
    pwwb_request_free(request);
    return entry.state == PWWB_ENTRY_NEW;
}

/* Whether it is taken for the reply to a request that waits. */
static int
takes_reply(const pwwb_keyring *k, const ex_message *m)
{
    uint8_t     cti[PWWB_ID_SIZE];
    pwwb_reply *reply = NULL;
    int         taken;

    wb_random(cti, sizeof(cti));
    CHECK_STATUS(PWWB_OK, pwwb_reply_new(&reply, NULL));
    taken = pwwb_reply_open(reply, k, cti, m->octets, m->len, NULL) == PWWB_OK;
    pwwb_reply_free(reply);
    return taken;
}

/* To everybody, as every kind of message. */
static void
give_again(life *l, const ex_message *m)
{
    pwwb_keyring       *agent = ex_keys(&l->w.agent), *portal = ex_keys(&l->w.portal);
    ex_message          back;
    pwwb_exchange_event event;

    (void)ex_take(&l->w.portal, m, &back, &event);
    (void)ex_take(&l->w.portal2, m, &back, &event);
    (void)ex_take(&l->w.agent, m, &back, &event);
    (void)ex_take(&l->w.agent2, m, &back, &event);
    if (portal != NULL)
        l->news += (size_t)(takes_heartbeat(l, portal, m) + takes_reply(portal, m));
    if (agent != NULL)
        l->news += (size_t)takes_request(l, agent, m);
    pwwb_keyring_free(agent);
    pwwb_keyring_free(portal);
}

static void
give_all_again(life *l)
{
    th_state before = th_now(&l->w);
    size_t   i;

    l->news = 0;
    for (i = 0; i < l->count; i++)
        give_again(l, &l->said[i]);
    CHECK_INT(0, (intmax_t)l->news);
    CHECK(th_unchanged(&l->w, &before));
}

/* One order, and its answer. */
static void
round_trip(life *l)
{
    pwwb_exchange_event event;
    ex_message          order = ex_step(&l->w.agent), answer, none;

    keep(l, &order);
    CHECK_STATUS(PWWB_OK, ex_take(&l->w.portal, &order, &answer, &event));
    keep(l, &answer);
    CHECK_STATUS(PWWB_OK, ex_take(&l->w.agent, &answer, &none, &event));
    ex_pass(&l->w, 2000);
}

static void
enable(life *l)
{
    CHECK_STATUS(PWWB_OK, ex_ticket(&l->w));
    CHECK_STATUS(PWWB_OK, ex_begin(&l->w, PWWB_EXCHANGE_ENABLE));
    round_trip(l);
    give_all_again(l); /* while it is pending, too */
    CHECK_STATUS(PWWB_OK, ex_confirm(&l->w));
}

/* A request, its reply and a heartbeat: each is news once. */
static void
work(life *l)
{
    pwwb_keyring  *agent = ex_keys(&l->w.agent), *portal = ex_keys(&l->w.portal);
    pwwb_request  *request = NULL;
    int64_t        now_s   = l->w.clock.wall_ms / 1000;
    pwwb_heartbeat h       = {.size = sizeof(h), .agent_id = "agent of a test", .boot_id = "a boot",
                              .sequence = ++l->sequence, .time_ms = l->w.clock.wall_ms,
                              .health = PWWB_HEALTH_UP, .complexity = PWWB_MAYBE,
                              .rules_source = PWWB_POLICY_UNREADABLE};
    ex_message     m = {0};

    CHECK_STATUS(PWWB_OK, pwwb_heartbeat_seal(agent, &h, m.octets, sizeof(m.octets), &m.len, NULL));
    CHECK_INT(1, takes_heartbeat(l, portal, &m));
    keep(l, &m);

    CHECK_STATUS(PWWB_OK, ex_seal(portal, now_s, &m));
    CHECK_INT(1, takes_request(l, agent, &m));
    keep(l, &m);
    CHECK_STATUS(PWWB_OK, pwwb_request_new(&request, NULL));
    CHECK_STATUS(PWWB_OK, pwwb_request_open(request, agent, m.octets, m.len, now_s, 120, NULL));
    CHECK_STATUS(PWWB_OK, pwwb_reply_seal(request, PWWB_CODE_OK, NULL, "dc1", now_s * 1000, m.octets,
                                          sizeof(m.octets), &m.len, NULL));
    keep(l, &m);
    pwwb_request_free(request);
    pwwb_keyring_free(agent);
    pwwb_keyring_free(portal);
    ex_pass(&l->w, 2000);
}

static void
revoke(life *l)
{
    pwwb_exchange_event event;
    ex_message          m, notice, none;

    CHECK_STATUS(PWWB_OK, ex_begin(&l->w, PWWB_EXCHANGE_REVOKE));
    m = ex_step(&l->w.portal);
    keep(l, &m);
    CHECK_STATUS(PWWB_OK, ex_take(&l->w.agent, &m, &notice, &event));
    keep(l, &notice);
    CHECK_STATUS(PWWB_OK, ex_take(&l->w.portal, &notice, &none, &event));
    ex_pass(&l->w, 2000);
}

static void
live(life *l)
{
    memset(l, 0, sizeof(*l));
    ex_make(&l->w);
    l->last = (pwwb_heartbeat){.size = sizeof(l->last), .agent_id = "agent of a test"};
    CHECK_STATUS(PWWB_OK, pwwb_journal_new_memory(1000, &fake_clock_ops, &l->w.clock, &l->journal,
                                                  NULL));
    enable(l);
    work(l);
    CHECK_STATUS(PWWB_OK, ex_begin(&l->w, PWWB_EXCHANGE_ROLL));
    round_trip(l);
    work(l);
    give_all_again(l);
    CHECK_STATUS(PWWB_OK, ex_begin(&l->w, PWWB_EXCHANGE_DISABLE));
    round_trip(l);
    give_all_again(l);
    enable(l);
    work(l);
    revoke(l);
    give_all_again(l);
    enable(l);
    work(l);
}

static void
end(life *l)
{
    pwwb_journal_free(l->journal);
    ex_drop(&l->w);
}

static void
a_life_given_again_in_any_order_changes_nothing_and_counts_for_nothing(void)
{
    static life l;
    th_state    before;
    uint32_t    seed = 1;
    size_t      i, j, round;

    live(&l);
    give_all_again(&l);
    before = th_now(&l.w);
    for (i = 0; i < l.count; i++) /* every ordered pair */
        for (j = 0; j < l.count; j++) {
            give_again(&l, &l.said[i]);
            give_again(&l, &l.said[j]);
        }
    for (round = 0; round < 20; round++) { /* all of them, shuffled */
        for (i = l.count - 1; i > 0; i--) {
            ex_message m = l.said[i];

            seed      = seed * 1664525u + 1013904223u;
            j         = (seed >> 8) % (i + 1);
            l.said[i] = l.said[j];
            l.said[j] = m;
        }
        give_all_again(&l);
    }
    printf("# %zu messages, %zu pairs, %zu orders of all\n", l.count, l.count * l.count, round);
    CHECK_INT(0, (intmax_t)l.news);
    CHECK(th_unchanged(&l.w, &before));
    CHECK_STATUS(PWWB_OK, ex_request(&l.w));

    work(&l); /* the control: what is new counts yet, and is seen to */
    CHECK(l.last.sequence == l.sequence);
    end(&l);
}

/* A notice that an earlier revoke was obeyed, kept back until there is another. */
static void
an_old_notice_does_not_silence_a_new_revoke(void)
{
    ex_world            w;
    ex_message          late, notice, m, none;
    pwwb_exchange_event event;

    ex_make(&w);
    ex_enable(&w);
    CHECK_STATUS(PWWB_OK, ex_begin(&w, PWWB_EXCHANGE_REVOKE));
    late = ex_step(&w.portal);
    ex_enable(&w); /* by the same identity: the agent has heard nothing of it */
    CHECK_STATUS(PWWB_OK, ex_take(&w.agent, &late, &notice, &event));
    CHECK(notice.len > 0);

    CHECK_STATUS(PWWB_OK, ex_begin(&w, PWWB_EXCHANGE_REVOKE));
    CHECK(ex_step(&w.portal).len > 0); /* dropped */
    CHECK_STATUS(PWWB_OK, ex_take(&w.portal, &notice, &none, &event));
    CHECK_INT(PWWB_EXCHANGE_REVOKE, ex_info(&w.portal).order);
    ex_pass(&w, 30000);
    m = ex_step(&w.portal);
    CHECK(m.len > 0);
    CHECK_STATUS(PWWB_OK, ex_take(&w.agent, &m, &notice, &event));
    CHECK_INT(PWWB_TENANT_REVOKED, ex_info(&w.agent).state);
    CHECK_STATUS(PWWB_OK, ex_take(&w.portal, &notice, &none, &event)); /* the control */
    CHECK_INT(0, ex_info(&w.portal).order);
    ex_drop(&w);
}

/* Bits and lengths. */

typedef pwwb_status (*take_fn)(ex_world *w, const ex_message *m);

static pwwb_status
portal_takes(ex_world *w, const ex_message *m)
{
    ex_message          back;
    pwwb_exchange_event event;

    return ex_take(&w->portal, m, &back, &event);
}

static pwwb_status
agent_takes(ex_world *w, const ex_message *m)
{
    ex_message          back;
    pwwb_exchange_event event;

    return ex_take(&w->agent, m, &back, &event);
}

static pwwb_status
agent_begins(ex_world *w, const ex_message *m)
{
    return pwwb_exchange_begin(w->agent.exchange, PWWB_EXCHANGE_ENABLE, (const char *)m->octets,
                               m->len, NULL);
}

static pwwb_status
heartbeat_opens(ex_world *w, const ex_message *m)
{
    pwwb_keyring  *k  = ex_keys(&w->portal);
    pwwb_heartbeat h  = {.size = sizeof(h)};
    pwwb_status    st = pwwb_heartbeat_open(k, m->octets, m->len, NULL, 0,
                                            w->clock.wall_ms / 1000, 120, &h, NULL);

    pwwb_keyring_free(k);
    return st;
}

static size_t
is_taken(ex_world *w, const ex_message *m, take_fn take, size_t at)
{
    if (take(w, m) != PWWB_OK)
        return 0;

    printf("# taken though damaged at octet %zu\n", at);
    return 1;
}

/* A bit of every octet turned over (all eight where a store is not asked each time), every shorter length, one octet more: refused, and nothing is
 * written. Then the message itself, which is taken. */
static void
check_damaged(ex_world *w, const ex_message *m, take_fn take)
{
    th_state   before  = th_now(w);
    ex_message bad     = *m;
    int        is_dear = take == portal_takes || take == agent_takes;
    size_t     i, taken = 0;

    for (i = 0; i < m->len * 8; i += is_dear ? 9 : 1) {
        bad.octets[i / 8] ^= (uint8_t)(1 << i % 8);
        taken += is_taken(w, &bad, take, i / 8);
        bad.octets[i / 8] ^= (uint8_t)(1 << i % 8);
    }
    for (i = 0; i < m->len; i++) {
        bad.len = i;
        taken += is_taken(w, &bad, take, i);
    }
    bad.len                = m->len + 1;
    bad.octets[bad.len - 1] = 0;
    taken += is_taken(w, &bad, take, bad.len);
    CHECK_INT(0, (intmax_t)taken);
    CHECK(th_unchanged(w, &before));
    CHECK_STATUS(PWWB_OK, take(w, m));
}

static void
a_changed_or_cut_order_is_refused(void)
{
    ex_world   w;
    ex_message m;
    int32_t    suite;

    for (suite = PWWB_SUITE_RSA; suite <= PWWB_SUITE_X25519; suite++) {
        ex_make(&w);
        w.suite = suite;
        ex_side_restart(&w, &w.agent);
        CHECK_STATUS(PWWB_OK, ex_ticket(&w));
        CHECK_STATUS(PWWB_OK, ex_begin(&w, PWWB_EXCHANGE_ENABLE));
        m = ex_step(&w.agent);
        check_damaged(&w, &m, portal_takes);
        CHECK_INT(PWWB_TENANT_PENDING, ex_info(&w.portal).state);
        ex_drop(&w);
    }
}

static void
a_changed_or_cut_control_message_is_refused(void)
{
    ex_world            w;
    ex_message          order, m;
    pwwb_exchange_event event;

    ex_make(&w);
    CHECK_STATUS(PWWB_OK, ex_ticket(&w));
    CHECK_STATUS(PWWB_OK, ex_begin(&w, PWWB_EXCHANGE_ENABLE));
    order = ex_step(&w.agent);
    CHECK_STATUS(PWWB_OK, ex_take(&w.portal, &order, &m, &event));
    check_damaged(&w, &m, agent_takes);
    CHECK_INT(PWWB_TENANT_ENABLED, ex_info(&w.agent).state);
    CHECK_STATUS(PWWB_OK, ex_begin(&w, PWWB_EXCHANGE_REVOKE));
    m = ex_step(&w.portal);
    check_damaged(&w, &m, agent_takes);
    CHECK_INT(PWWB_TENANT_REVOKED, ex_info(&w.agent).state);
    ex_drop(&w);
}

static void
a_changed_or_cut_heartbeat_is_refused(void)
{
    ex_world       w;
    pwwb_keyring  *agent;
    ex_message     m = {0};
    pwwb_heartbeat h = {.size = sizeof(h), .agent_id = "agent of a test", .boot_id = "a boot",
                        .sequence = 1, .health = PWWB_HEALTH_UP, .complexity = PWWB_MAYBE,
                        .rules_source = PWWB_POLICY_UNREADABLE};

    ex_make(&w);
    ex_enable(&w);
    h.time_ms = w.clock.wall_ms;
    agent     = ex_keys(&w.agent);
    CHECK_STATUS(PWWB_OK, pwwb_heartbeat_seal(agent, &h, m.octets, sizeof(m.octets), &m.len, NULL));
    check_damaged(&w, &m, heartbeat_opens);
    pwwb_keyring_free(agent);
    ex_drop(&w);
}

static void
a_mistyped_or_cut_ticket_is_refused(void)
{
    ex_world   w;
    ex_message m = {0};

    ex_make(&w);
    CHECK_STATUS(PWWB_OK, ex_ticket(&w));
    memcpy(m.octets, w.ticket, w.ticket_len);
    m.len = w.ticket_len;
    check_damaged(&w, &m, agent_begins);
    CHECK_INT(PWWB_TENANT_PENDING, ex_info(&w.agent).state);
    ex_drop(&w);
}

int
main(void)
{
    RUN(a_life_given_again_in_any_order_changes_nothing_and_counts_for_nothing);
    RUN(an_old_notice_does_not_silence_a_new_revoke);
    RUN(a_changed_or_cut_order_is_refused);
    RUN(a_changed_or_cut_control_message_is_refused);
    RUN(a_changed_or_cut_heartbeat_is_refused);
    RUN(a_mistyped_or_cut_ticket_is_refused);
    return DONE;
}
