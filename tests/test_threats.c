/* SPDX-License-Identifier: Apache-2.0 */
/* rows: 9 10 18 20 */
#include "threats.h"

#include "recipient.h"

/* One test for each "cannot" of the table in docs/secrets.md: a thief with what he stole, and the
 * library's own codecs in his hands. */

/* The tenant key. */

/* Whether an agent half that has that X25519 key, and is told that it is the right one, opens it. */
static pwwb_status
open_with(ex_world *w, const uint8_t *private_, const ex_message *m)
{
    pwwb_keyring *k = ex_keys(&w->agent);
    pwwb_status   st;

    memcpy(k->epochs[0].keys->x25519, private_, WB_X25519_SIZE);
    st = ex_open(k, m, w->clock.wall_ms / 1000);
    pwwb_keyring_free(k);
    return st;
}

static void
a_tenant_key_shows_claims_and_opens_no_password(void)
{
    ex_world      w;
    ex_message    m;
    pwwb_keyring *stolen, *agent;
    uint8_t       plain[PWWB_ENVELOPE_MAX], own[WB_X25519_SIZE];
    size_t        len;

    ex_make(&w);
    ex_enable(&w);
    m      = th_request(&w);
    stolen = ex_keys(&w.portal);
    len    = th_outer_open(stolen, WB_LABEL_REQUEST, &m, plain);
    CHECK(th_contains(plain, len, "pwwb-agent", 10)); /* the claims can be read, honestly */
    CHECK(th_contains(plain, len, "an object's GUI", 15));
    CHECK(!th_contains(plain, len, "Horse", 5));

    wb_random(own, sizeof(own));
    CHECK_STATUS(PWWB_E_NOT_AUTHENTIC, open_with(&w, own, &m));
    CHECK_STATUS(PWWB_E_NOT_AUTHENTIC, open_with(&w, stolen->epochs[0].keys->tenant, &m));
    agent = ex_keys(&w.agent);
    CHECK_STATUS(PWWB_OK, open_with(&w, agent->epochs[0].keys->x25519, &m)); /* the control */
    pwwb_keyring_free(agent);
    pwwb_keyring_free(stolen);
    ex_drop(&w);
}

static wb_control
revoke_of(const ex_world *w)
{
    wb_control c = {.kind   = WB_CONTROL_REVOKE,
                    .code   = PWWB_EXCHANGE_DONE,
                    .state  = PWWB_TENANT_REVOKED,
                    .time_s = w->clock.wall_ms / 1000};

    wb_random(c.id, sizeof(c.id));
    return c;
}

static void
a_tenant_key_makes_no_control_message(void)
{
    ex_world            w;
    th_state            before;
    wb_control          c;
    ex_message          m = {0}, real = {0}, back;
    pwwb_exchange_event event;
    pwwb_keyring       *stolen;
    uint8_t             plain[PWWB_ENVELOPE_MAX];
    const wb_epoch     *epoch;
    size_t              len;

    ex_make(&w);
    ex_enable(&w);
    stolen = ex_keys(&w.portal);
    epoch  = &stolen->epochs[0];
    c      = revoke_of(&w);
    before = th_now(&w);

    m.len = wb_control_seal(&c, epoch->keys->tenant, ex_tenant, m.octets, sizeof(m.octets));
    CHECK_STATUS(PWWB_E_KEY_UNKNOWN, ex_take(&w.agent, &m, &back, &event));

    real.len = wb_control_seal(&c, epoch->keys->control, ex_tenant, real.octets,
                               sizeof(real.octets));
    len      = real.len - 50; /* any plaintext will do: the kid is the point */
    memset(plain, 0, len);
    m.len = wb_outer_seal_by(epoch->keys->tenant, epoch->control_kid, ex_tenant, WB_LABEL_CONTROL,
                             wb_span_of(plain, len), m.octets, sizeof(m.octets));
    CHECK_STATUS(PWWB_E_NOT_AUTHENTIC, ex_take(&w.agent, &m, &back, &event));
    m = th_outer_seal(stolen, WB_LABEL_CONTROL, plain, len);
    CHECK_STATUS(PWWB_E_KEY_UNKNOWN, ex_take(&w.agent, &m, &back, &event));
    CHECK(th_unchanged(&w, &before));
    CHECK_STATUS(PWWB_OK, ex_request(&w));

    CHECK_STATUS(PWWB_OK, ex_take(&w.agent, &real, &back, &event)); /* the control */
    CHECK_INT(PWWB_TENANT_REVOKED, ex_info(&w.agent).state);
    pwwb_keyring_free(stolen);
    ex_drop(&w);
}

static void
a_tenant_key_makes_no_order_and_installs_no_key(void)
{
    ex_world      w;
    th_state      before;
    wb_order      o;
    pwwb_keyring *stolen;
    int32_t       kind, code;

    ex_make(&w);
    ex_enable(&w);
    stolen = ex_keys(&w.portal);
    before = th_now(&w);
    for (kind = PWWB_EXCHANGE_ROLL; kind <= PWWB_EXCHANGE_REVOKE; kind++) {
        o = th_order(&w, kind);
        CHECK_STATUS(PWWB_E_NOT_AUTHENTIC, th_try(&w, &o, th_seed, &code)); /* his own identity */
        memcpy(o.identity, stolen->keys->identity, WB_ED25519_SIZE);
        CHECK_STATUS(PWWB_E_NOT_AUTHENTIC, th_try(&w, &o, th_seed, &code)); /* the honest name */
        CHECK_STATUS(PWWB_E_NOT_AUTHENTIC,
                     th_try(&w, &o, stolen->epochs[0].keys->tenant, &code));
    }
    o = th_order(&w, PWWB_EXCHANGE_ENABLE); /* and no token */
    CHECK_STATUS(PWWB_OK, th_try(&w, &o, th_seed, &code));
    CHECK_INT(PWWB_EXCHANGE_TICKET_UNKNOWN, code);
    CHECK(th_unchanged(&w, &before));
    CHECK_STATUS(PWWB_OK, ex_request(&w));
    pwwb_keyring_free(stolen);
    ex_drop(&w);
}

/* The inner layer anew, of one's claims and the other's password. */
static ex_message
put_together(const pwwb_keyring *stolen, const ex_message *claims, const ex_message *password)
{
    uint8_t       plain[2][PWWB_ENVELOPE_MAX], inner[PWWB_ENVELOPE_MAX];
    wb_cose_layer layer[2];
    wb_cbor_out   out = wb_cbor_write(inner, sizeof(inner));
    size_t        len[2];

    len[0] = th_outer_open(stolen, WB_LABEL_REQUEST, claims, plain[0]);
    len[1] = th_outer_open(stolen, WB_LABEL_REQUEST, password, plain[1]);
    CHECK_STATUS(PWWB_OK, wb_cose_parse_encrypt(wb_span_of(plain[0], len[0]), &layer[0]));
    CHECK_STATUS(PWWB_OK, wb_cose_parse_encrypt(wb_span_of(plain[1], len[1]), &layer[1]));
    wb_cose_put_encrypt(&out, layer[0].protected_, layer[1].iv);
    wb_cbor_put_octets(&out, layer[1].ciphertext);
    wb_cose_put_recipient(&out, &layer[1].recipient);
    return th_outer_seal(stolen, WB_LABEL_REQUEST, inner, out.need);
}

static void
a_tenant_key_moves_no_claims_to_another_password(void)
{
    ex_world      w;
    ex_message    his, hers, mixed;
    pwwb_keyring *stolen, *agent;
    int64_t       now_s;

    ex_make(&w);
    ex_enable(&w);
    now_s  = w.clock.wall_ms / 1000;
    his    = th_request(&w);
    hers   = th_request(&w);
    stolen = ex_keys(&w.portal);
    agent  = ex_keys(&w.agent);
    mixed  = put_together(stolen, &his, &hers);
    CHECK_STATUS(PWWB_E_NOT_AUTHENTIC, ex_open(agent, &mixed, now_s));
    mixed = put_together(stolen, &his, &his); /* the control */
    CHECK_STATUS(PWWB_OK, ex_open(agent, &mixed, now_s));
    pwwb_keyring_free(agent);
    pwwb_keyring_free(stolen);
    ex_drop(&w);
}

/* Who holds the tenant key and not the recipient's public key seals to a key of his own: the kid is
 * the honest one, the password does not come out. */
static void
a_tenant_key_alone_puts_no_password_in(void)
{
    ex_world      w;
    ex_message    m;
    pwwb_keyring *stolen, *agent;
    int64_t       now_s;

    ex_make(&w);
    ex_enable(&w);
    now_s  = w.clock.wall_ms / 1000;
    stolen = ex_keys(&w.portal);
    agent  = ex_keys(&w.agent);
    wb_x25519_public(th_seed, stolen->epochs[0].public_);
    CHECK_STATUS(PWWB_OK, ex_seal(stolen, now_s, &m));
    CHECK_STATUS(PWWB_E_NOT_AUTHENTIC, ex_open(agent, &m, now_s));
    memcpy(stolen->epochs[0].public_, agent->epochs[0].public_, WB_X25519_SIZE);
    CHECK_STATUS(PWWB_OK, ex_seal(stolen, now_s, &m)); /* with it he does: the table says so */
    CHECK_STATUS(PWWB_OK, ex_open(agent, &m, now_s));
    pwwb_keyring_free(agent);
    pwwb_keyring_free(stolen);
    ex_drop(&w);
}

static ex_message
heartbeat_of(const pwwb_keyring *k, int64_t now_ms)
{
    pwwb_heartbeat h = {.size = sizeof(h), .agent_id = "agent of a test", .boot_id = "a boot",
                        .sequence = 1, .time_ms = now_ms, .health = PWWB_HEALTH_UP,
                        .complexity = PWWB_MAYBE,
                        .rules_source = PWWB_POLICY_UNREADABLE};
    ex_message     m = {0};

    CHECK_STATUS(PWWB_OK, pwwb_heartbeat_seal(k, &h, m.octets, sizeof(m.octets), &m.len, NULL));
    return m;
}

static pwwb_status
open_heartbeat(const pwwb_keyring *k, const ex_message *m, int64_t now_s)
{
    pwwb_heartbeat h = {.size = sizeof(h)};

    return pwwb_heartbeat_open(k, m->octets, m->len, NULL, 0, now_s, 120, &h, NULL);
}

static pwwb_status
open_reply(const pwwb_keyring *k, const ex_message *m)
{
    static const uint8_t cti[PWWB_ID_SIZE] = "a request's cti";
    pwwb_reply          *reply             = NULL;
    pwwb_status          st                = pwwb_reply_new(&reply, NULL);

    if (st == PWWB_OK)
        st = pwwb_reply_open(reply, k, cti, m->octets, m->len, NULL);
    pwwb_reply_free(reply);
    return st;
}

/* One key, other labels: each reader takes its own kind of message alone. */
static void
no_message_is_taken_for_another_kind(void)
{
    static const char *const labels[] = {WB_LABEL_REQUEST, WB_LABEL_REPLY, WB_LABEL_HEARTBEAT,
                                         WB_LABEL_CONTROL, WB_LABEL_ORDER};
    ex_world                 w;
    pwwb_keyring            *k, *agent;
    ex_message               request, heartbeat, m;
    uint8_t                  plain[2][PWWB_ENVELOPE_MAX];
    size_t                   i, len[2];
    int64_t                  now_s;

    ex_make(&w);
    ex_enable(&w);
    now_s     = w.clock.wall_ms / 1000;
    k         = ex_keys(&w.portal);
    agent     = ex_keys(&w.agent);
    request   = th_request(&w);
    heartbeat = heartbeat_of(agent, w.clock.wall_ms);
    len[0]    = th_outer_open(k, WB_LABEL_REQUEST, &request, plain[0]);
    len[1]    = th_outer_open(k, WB_LABEL_HEARTBEAT, &heartbeat, plain[1]);
    for (i = 0; i < COUNT(labels); i++) {
        m = th_outer_seal(k, labels[i], plain[0], len[0]);
        CHECK_STATUS(i == 0 ? PWWB_OK : PWWB_E_NOT_AUTHENTIC, ex_open(agent, &m, now_s));
        CHECK_STATUS(i == 1 ? PWWB_E_MALFORMED : PWWB_E_NOT_AUTHENTIC, open_reply(k, &m));
        m = th_outer_seal(k, labels[i], plain[1], len[1]);
        CHECK_STATUS(i == 2 ? PWWB_OK : PWWB_E_NOT_AUTHENTIC, open_heartbeat(k, &m, now_s));
    }
    pwwb_keyring_free(agent);
    pwwb_keyring_free(k);
    ex_drop(&w);
}

/* The ticket. */

/* A world of the thief's own, with the ticket of another. */
static void
steal_ticket(ex_world *thief, const ex_world *w)
{
    ex_make(thief);
    memcpy(thief->ticket, w->ticket, sizeof(w->ticket));
    thief->ticket_len = w->ticket_len;
    CHECK_STATUS(PWWB_OK, ex_begin(thief, PWWB_EXCHANGE_ENABLE));
}

static void
a_tickets_thief_gets_no_request_without_the_fingerprint(void)
{
    ex_world            w, thief;
    ex_message          order, answer;
    pwwb_exchange_event event;
    char                honest[PWWB_FINGERPRINT_SIZE];

    ex_make(&w);
    CHECK_STATUS(PWWB_OK, ex_ticket(&w));
    steal_ticket(&thief, &w);
    order = ex_step(&thief.agent);
    CHECK_STATUS(PWWB_OK, ex_take(&w.portal, &order, &answer, &event));
    CHECK_INT(PWWB_EXCHANGE_WAITING, event.code);
    CHECK_STATUS(PWWB_E_KEY_INACTIVE, ex_request(&w));

    CHECK_STATUS(PWWB_OK, ex_begin(&w, PWWB_EXCHANGE_ENABLE));
    memcpy(honest, ex_info(&w.agent).fingerprint, sizeof(honest)); /* as its screen shows it */
    CHECK_STATUS(PWWB_E_NOT_AUTHENTIC,
                 pwwb_exchange_confirm(w.portal.exchange, honest, strlen(honest), NULL));
    CHECK_STATUS(PWWB_E_KEY_INACTIVE, ex_request(&w));
    CHECK_INT(PWWB_TENANT_PENDING, ex_info(&w.portal).state);
    ex_drop(&thief);
    ex_drop(&w);
}

static void
a_ticket_opens_no_order_of_the_honest_agent(void)
{
    ex_world   w;
    ex_message order;
    wb_ticket  t;
    wb_order   o;
    uint8_t    digest[WB_SHA256_SIZE];

    ex_make(&w);
    CHECK_STATUS(PWWB_OK, ex_ticket(&w));
    CHECK_STATUS(PWWB_OK, ex_begin(&w, PWWB_EXCHANGE_ENABLE));
    order = ex_step(&w.agent);
    CHECK_STATUS(PWWB_OK, wb_ticket_parse(w.ticket, w.ticket_len, &t, NULL));
    CHECK_STATUS(PWWB_E_NOT_AUTHENTIC, wb_order_open(wb_span_of(order.octets, order.len), t.token,
                                                     ex_tenant, &o, digest, NULL));
    CHECK_STATUS(PWWB_E_NOT_AUTHENTIC, wb_order_open(wb_span_of(order.octets, order.len), t.portal,
                                                     ex_tenant, &o, digest, NULL));
    ex_drop(&w);
}

static void
a_used_ticket_serves_nobody(void)
{
    ex_world            w, thief;
    th_state            before;
    ex_message          order, answer;
    pwwb_exchange_event event;
    int                 confirmed;

    ex_make(&w);
    CHECK_STATUS(PWWB_OK, ex_ticket(&w));
    steal_ticket(&thief, &w);
    CHECK_STATUS(PWWB_OK, ex_begin(&w, PWWB_EXCHANGE_ENABLE));
    CHECK_INT(PWWB_EXCHANGE_WAITING, ex_round(&w));
    order = ex_step(&thief.agent);
    for (confirmed = 0; confirmed < 2; confirmed++) {
        before = th_now(&w);
        CHECK_STATUS(PWWB_OK, ex_take(&w.portal, &order, &answer, &event));
        CHECK_INT(PWWB_EXCHANGE_TICKET_UNKNOWN, event.code);
        CHECK(th_unchanged(&w, &before));
        CHECK_STATUS(PWWB_OK, ex_confirm(&w));
    }
    CHECK_STATUS(PWWB_OK, ex_request(&w));
    ex_drop(&thief);
    ex_drop(&w);
}

/* Somebody stands between: he gives the agent a ticket with a portal key of his own, and opens what
 * is sealed to it. */
typedef struct between {
    uint8_t   private_[WB_X25519_SIZE];
    wb_ticket real;
    wb_order  seen;
    uint8_t   digest[WB_SHA256_SIZE];
} between;

static void
swap_ticket(ex_world *w, between *b)
{
    wb_ticket theirs;

    CHECK_STATUS(PWWB_OK, wb_ticket_parse(w->ticket, w->ticket_len, &b->real, NULL));
    theirs = b->real;
    wb_random(b->private_, sizeof(b->private_));
    wb_x25519_public(b->private_, theirs.portal);
    w->ticket_len = wb_ticket_print(&theirs, w->ticket, sizeof(w->ticket)) - 1;
}

static void
see_order(ex_world *w, between *b)
{
    ex_message m = ex_step(&w->agent);

    CHECK_STATUS(PWWB_OK, wb_order_open(wb_span_of(m.octets, m.len), b->private_, ex_tenant,
                                        &b->seen, b->digest, NULL));
}

/* The very octets that were signed, sealed to another key. */
static ex_message
seal_on(const uint8_t *private_, const uint8_t *to, const ex_message *m)
{
    wb_cose_layer     layer;
    wb_cose_recipient r = {0};
    wb_recipient_room room;
    wb_recipient_work work;
    wb_cbor_out       out;
    ex_message        on = {0};
    uint8_t           external[WB_EXTERNAL_SIZE], aad[64], kid[WB_KID_SIZE];
    uint8_t           plain[PWWB_ENVELOPE_MAX], iv[WB_IV_SIZE];
    uint8_t          *room_for;
    wb_span           authenticated = {aad, 0};

    CHECK_STATUS(PWWB_OK, wb_cose_parse_encrypt(wb_span_of(m->octets, m->len), &layer));
    wb_wire_external(WB_LABEL_ORDER, ex_tenant, external);
    authenticated.len = wb_cose_aad(aad, sizeof(aad), "Encrypt", layer.protected_,
                                    wb_span_of(external, sizeof(external)));
    wb_recipient_open(private_, &layer.recipient, &work);
    CHECK_INT(0, wb_gcm_open(work.cek, layer.iv.p, authenticated, layer.ciphertext, plain));

    CHECK_INT(0, wb_recipient_seal(to, &work, &room, &r));
    wb_x25519_kid(to, kid);
    wb_random(iv, sizeof(iv));
    r.kid    = wb_span_of(kid, sizeof(kid));
    out      = wb_cbor_write(on.octets, sizeof(on.octets));
    wb_cose_put_encrypt(&out, layer.protected_, wb_span_of(iv, sizeof(iv)));
    room_for = wb_cbor_put_room(&out, layer.ciphertext.len);
    wb_cose_put_recipient(&out, &r);
    (void)wb_gcm_seal(work.cek, iv, authenticated, plain, layer.ciphertext.len - WB_TAG_SIZE,
                      room_for);
    on.len = out.need;
    return on;
}

static void
a_signed_order_is_not_sealed_on_to_another_portal(void)
{
    ex_world            w;
    between             b;
    th_state            before;
    ex_message          order, on, back;
    pwwb_exchange_event event;
    uint8_t             own[WB_X25519_SIZE];

    ex_make(&w);
    CHECK_STATUS(PWWB_OK, ex_ticket(&w));
    swap_ticket(&w, &b);
    CHECK_STATUS(PWWB_OK, ex_begin(&w, PWWB_EXCHANGE_ENABLE));
    order  = ex_step(&w.agent);
    before = th_now(&w);
    CHECK_STATUS(PWWB_E_KEY_UNKNOWN, ex_take(&w.portal, &order, &back, &event));
    on = seal_on(b.private_, b.real.portal, &order);
    CHECK_STATUS(PWWB_E_WRONG_TENANT, ex_take(&w.portal, &on, &back, &event));
    CHECK(th_unchanged(&w, &before));

    wb_x25519_public(b.private_, own); /* the control: sealed on to where it was signed for */
    on = seal_on(b.private_, own, &order);
    CHECK_STATUS(PWWB_OK, wb_order_open(wb_span_of(on.octets, on.len), b.private_, ex_tenant,
                                        &b.seen, b.digest, NULL));
    ex_drop(&w);
}

/* Whether the portal seals with keys that were seen. */
static int
uses_seen_keys(ex_world *w, const between *b)
{
    pwwb_keyring   *k      = ex_keys(&w->portal);
    const wb_epoch *active = wb_keyring_active(k);
    int             same;

    CHECK(active != NULL);
    same = active != NULL
           && (memcmp(active->keys->tenant, b->seen.tenant_key, WB_KEY_SIZE) == 0
               || memcmp(active->keys->control, b->seen.control_key, WB_KEY_SIZE) == 0);
    pwwb_keyring_free(k);
    return same;
}

static void
keys_that_a_false_portal_saw_do_not_come_with_the_next_ticket(void)
{
    ex_world w;
    between  b;

    ex_make(&w);
    CHECK_STATUS(PWWB_OK, ex_ticket(&w));
    swap_ticket(&w, &b);
    CHECK_STATUS(PWWB_OK, ex_begin(&w, PWWB_EXCHANGE_ENABLE));
    see_order(&w, &b);
    ex_enable(&w); /* no portal has answered: the administrator makes another ticket */
    CHECK(!uses_seen_keys(&w, &b));
    CHECK_STATUS(PWWB_OK, ex_request(&w));
    ex_drop(&w);
}

/* The false portal says that the ticket is unknown, and the agent goes on with the true one. */
static void
keys_that_a_false_portal_saw_are_not_rolled_in_at_the_true_one(void)
{
    ex_world            w;
    between             b;
    wb_control          c = {.kind = WB_CONTROL_ANSWER, .code = PWWB_EXCHANGE_TICKET_UNKNOWN,
                             .state = PWWB_TENANT_NONE};
    ex_message          m = {0}, none;
    pwwb_exchange_event event;

    ex_make(&w);
    ex_enable(&w);
    CHECK_STATUS(PWWB_OK, ex_ticket(&w));
    swap_ticket(&w, &b);
    CHECK_STATUS(PWWB_OK, ex_begin(&w, PWWB_EXCHANGE_ENABLE));
    see_order(&w, &b);
    memcpy(c.id, b.seen.id, sizeof(c.id));
    memcpy(c.digest, b.digest, sizeof(c.digest));
    m.len = wb_control_seal(&c, b.seen.control_key, ex_tenant, m.octets, sizeof(m.octets));
    CHECK_STATUS(PWWB_OK, ex_take(&w.agent, &m, &none, &event));
    CHECK_INT(PWWB_EXCHANGE_TICKET_UNKNOWN, event.code);

    CHECK_INT(PWWB_EXCHANGE_DONE, ex_round(&w)); /* by itself, to the key that it has pinned */
    CHECK(!uses_seen_keys(&w, &b));
    CHECK_STATUS(PWWB_OK, ex_request(&w));
    ex_drop(&w);
}

/* The same ticket typed in once more is no reason for other keys. */
static void
the_same_ticket_again_brings_the_same_keys(void)
{
    ex_world w;

    ex_make(&w);
    CHECK_STATUS(PWWB_OK, ex_ticket(&w));
    CHECK_STATUS(PWWB_OK, ex_begin(&w, PWWB_EXCHANGE_ENABLE));
    CHECK_STATUS(PWWB_OK, ex_begin(&w, PWWB_EXCHANGE_ENABLE));
    CHECK_INT(1, (intmax_t)ex_info(&w.agent).epoch_count);
    CHECK_INT(1, (intmax_t)ex_info(&w.agent).generation);
    CHECK_INT(PWWB_EXCHANGE_WAITING, ex_round(&w));
    ex_drop(&w);
}

/* Stores. */

static void
check_hidden(const ex_store *store, const uint8_t *secret, size_t len)
{
    size_t i;

    for (i = 0; i + 8 <= len; i++)
        CHECK(!th_contains(store->octets, store->len, secret + i, 8));
}

static void
check_sealed(const ex_store *store, ex_side *side)
{
    static const uint8_t other[PWWB_LOCK_KEY_SIZE] = "another lock, of the same length";
    pwwb_keyring        *k = ex_keys(side), *opened = NULL;

    check_hidden(store, k->keys->identity, WB_KEY_SIZE);
    check_hidden(store, k->keys->portal, WB_X25519_SIZE);
    check_hidden(store, k->epochs[0].keys->tenant, WB_KEY_SIZE);
    check_hidden(store, k->epochs[0].keys->control, WB_KEY_SIZE);
    check_hidden(store, k->epochs[0].public_, k->epochs[0].public_len);
    if (side->half == PWWB_HALF_AGENT) {
        check_hidden(store, k->epochs[0].keys->x25519, WB_X25519_SIZE);
        check_hidden(store, (const uint8_t *)k->epochs[0].keys->relay, WB_RELAY_SIZE - 1);
    }
    CHECK_STATUS(PWWB_E_NOT_AUTHENTIC, pwwb_keyring_open(store->octets, store->len, PWWB_LOCK_KEY,
                                                         other, sizeof(other), &opened, NULL));
    CHECK_STATUS(PWWB_E_MALFORMED, pwwb_keyring_open(store->octets, store->len,
                                                     PWWB_LOCK_PASSPHRASE, ex_lock,
                                                     sizeof(ex_lock), &opened, NULL));
    CHECK(opened == NULL);
    pwwb_keyring_free(k);
}

static void
a_sealed_store_gives_nothing_away(void)
{
    static const char secret[] = "a secret in clear text";
    ex_store          bare     = {.len = sizeof(secret)};
    ex_world          w;

    ex_make(&w);
    ex_enable(&w);
    check_sealed(&w.portal_store, &w.portal);
    check_sealed(&w.agent_store, &w.agent);
    memcpy(bare.octets, secret, sizeof(secret)); /* the control: the search finds */
    CHECK(th_contains(bare.octets, bare.len, secret + 3, 8));
    ex_drop(&w);
}

static void
a_portals_store_opened_opens_no_password(void)
{
    ex_world       w;
    ex_message     m;
    pwwb_keyring  *stolen;
    const uint8_t *all;
    size_t         i;

    ex_make(&w);
    ex_enable(&w);
    CHECK_STATUS(PWWB_OK, ex_ticket(&w)); /* so that every field is there */
    m      = th_request(&w);
    stolen = ex_keys(&w.portal);
    CHECK_STATUS(PWWB_E_KEY_HALF, ex_open(stolen, &m, w.clock.wall_ms / 1000));
    all = (const uint8_t *)stolen->locked; /* any 32 octets of all its secrets, taken for the key */
    for (i = 0; i + WB_X25519_SIZE <= sizeof(*stolen->locked); i++)
        CHECK_STATUS(PWWB_E_NOT_AUTHENTIC, open_with(&w, all + i, &m));
    pwwb_keyring_free(stolen);
    ex_drop(&w);
}

static void
a_portals_store_opened_signs_no_order(void)
{
    ex_world      w;
    th_state      before;
    wb_order      o;
    pwwb_keyring *stolen;
    int32_t       code;

    ex_make(&w);
    ex_enable(&w);
    stolen = ex_keys(&w.portal);
    before = th_now(&w);
    o      = th_order(&w, PWWB_EXCHANGE_ROLL);
    memcpy(o.identity, stolen->keys->identity, WB_ED25519_SIZE);
    CHECK_STATUS(PWWB_E_NOT_AUTHENTIC, th_try(&w, &o, stolen->keys->identity, &code));
    CHECK_STATUS(PWWB_E_NOT_AUTHENTIC, th_try(&w, &o, stolen->keys->portal, &code));
    CHECK_STATUS(PWWB_E_NOT_AUTHENTIC, th_try(&w, &o, stolen->epochs[0].keys->control, &code));
    CHECK(th_unchanged(&w, &before));
    pwwb_keyring_free(stolen);
    ex_drop(&w);
}

static void
an_old_backup_opens_nothing_that_newer_keys_sealed(void)
{
    ex_world            w;
    ex_message          m;
    pwwb_keyring       *agent, *portal;
    int64_t             now_s;

    ex_make(&w);
    ex_enable(&w);
    agent  = ex_keys(&w.agent);
    portal = ex_keys(&w.portal);
    CHECK_STATUS(PWWB_OK, ex_begin(&w, PWWB_EXCHANGE_ROLL));
    CHECK_INT(PWWB_EXCHANGE_DONE, ex_round(&w));
    m     = th_request(&w);
    now_s = w.clock.wall_ms / 1000;
    CHECK_STATUS(PWWB_E_KEY_UNKNOWN, ex_open(agent, &m, now_s));
    CHECK_STATUS(PWWB_E_KEY_UNKNOWN, ex_open(portal, &m, now_s));

    CHECK_STATUS(PWWB_OK, ex_seal(portal, now_s, &m)); /* the other way: under way yet, then wiped */
    ex_pass(&w, 2 * HOUR_MS);
    (void)ex_step(&w.agent);
    pwwb_keyring_free(agent);
    agent = ex_keys(&w.agent);
    CHECK_STATUS(PWWB_E_KEY_UNKNOWN, ex_open(agent, &m, now_s));
    pwwb_keyring_free(portal);
    pwwb_keyring_free(agent);
    ex_drop(&w);
}

/* The agents' host. */

static void
a_stolen_agent_is_shut_out_by_a_revoke(void)
{
    ex_world      w;
    th_state      before;
    wb_order      o;
    ex_message    m;
    pwwb_keyring *stolen;
    int32_t       kind, code;

    ex_make(&w);
    ex_enable(&w);
    stolen = ex_keys(&w.agent);
    CHECK_STATUS(PWWB_OK, ex_begin(&w, PWWB_EXCHANGE_REVOKE));
    for (kind = PWWB_EXCHANGE_ROLL; kind <= PWWB_EXCHANGE_DISABLE; kind++) {
        o = th_order(&w, kind);
        o.issued_s += kind;
        wb_ed25519_public(stolen->keys->identity, o.identity);
        CHECK_STATUS(PWWB_OK, th_try(&w, &o, stolen->keys->identity, &code));
        CHECK_INT(PWWB_EXCHANGE_NOT_ENABLED, code);
        CHECK_INT(0, (intmax_t)ex_info(&w.portal).epoch_count);
    }
    w.agent_store = (ex_store){0}; /* a new host, an empty store */
    ex_enable(&w);
    before = th_now(&w);
    o      = th_order(&w, PWWB_EXCHANGE_ROLL);
    wb_ed25519_public(stolen->keys->identity, o.identity);
    CHECK_STATUS(PWWB_E_NOT_AUTHENTIC, th_try(&w, &o, stolen->keys->identity, &code));
    CHECK(th_unchanged(&w, &before));
    m = th_request(&w);
    CHECK_STATUS(PWWB_E_KEY_UNKNOWN, ex_open(stolen, &m, w.clock.wall_ms / 1000));
    pwwb_keyring_free(stolen);
    ex_drop(&w);
}

/* Orders that are signed rightly, by numbers that leave no room for the next. */
static void
a_stolen_identity_does_not_wear_the_portal_out(void)
{
    ex_world      w;
    wb_order      o;
    pwwb_keyring *stolen;
    int32_t       code;
    size_t        i;

    for (i = 0; i < 4; i++) {
        ex_make(&w);
        ex_enable(&w);
        stolen = ex_keys(&w.agent);
        o      = th_order(&w, PWWB_EXCHANGE_ROLL);
        wb_ed25519_public(stolen->keys->identity, o.identity);
        if (i == 0)
            o.generation = INT64_MAX;
        else if (i == 1)
            o.generation = INT64_MAX / 2;
        else if (i == 2)
            o.issued_s = INT64_MAX;
        else
            o.created_s = INT64_MIN;
        CHECK_STATUS(PWWB_E_MALFORMED, th_try(&w, &o, stolen->keys->identity, &code));
        pwwb_keyring_free(stolen);

        CHECK_STATUS(PWWB_OK, ex_begin(&w, PWWB_EXCHANGE_REVOKE));
        w.agent_store = (ex_store){0};
        ex_enable(&w);
        CHECK_STATUS(PWWB_OK, ex_request(&w));
        ex_drop(&w);
    }
}

static void
a_relay_credential_opens_and_makes_nothing(void)
{
    ex_world            w;
    th_state            before;
    wb_order            o;
    wb_control          c;
    ex_message          m = {0}, back;
    pwwb_exchange_event event;
    uint8_t             drawn[WB_KEY_SIZE];
    const char         *text;
    int32_t             code;

    ex_make(&w);
    ex_enable(&w);
    text = w.slots[1];
    CHECK_INT(sizeof(drawn), wb_base64url_parse(text, strlen(text), drawn, sizeof(drawn)));
    before = th_now(&w);
    m      = th_request(&w);
    CHECK_STATUS(PWWB_E_NOT_AUTHENTIC, open_with(&w, drawn, &m));
    c     = revoke_of(&w);
    m.len = wb_control_seal(&c, drawn, ex_tenant, m.octets, sizeof(m.octets));
    CHECK_STATUS(PWWB_E_KEY_UNKNOWN, ex_take(&w.agent, &m, &back, &event));
    o = th_order(&w, PWWB_EXCHANGE_DISABLE);
    wb_ed25519_public(drawn, o.identity);
    CHECK_STATUS(PWWB_E_NOT_AUTHENTIC, th_try(&w, &o, drawn, &code));
    o = th_order(&w, PWWB_EXCHANGE_ENABLE);
    memcpy(o.token, drawn, sizeof(o.token));
    CHECK_STATUS(PWWB_OK, th_try(&w, &o, th_seed, &code));
    CHECK_INT(PWWB_EXCHANGE_TICKET_UNKNOWN, code);
    CHECK(th_unchanged(&w, &before));
    ex_drop(&w);
}

/* Suites, identities, ends. */

static void
a_request_of_the_other_suite_is_refused(void)
{
    ex_world      w, other;
    ex_message    m;
    pwwb_keyring *forged, *agent, *from;
    int64_t       now_s;
    int           i;

    for (i = 0; i < 2; i++) {
        ex_make(&w);
        ex_make(&other);
        w.suite     = i == 0 ? PWWB_SUITE_RSA : PWWB_SUITE_X25519;
        other.suite = i == 0 ? PWWB_SUITE_X25519 : PWWB_SUITE_RSA;
        ex_side_restart(&w, &w.agent);
        ex_side_restart(&other, &other.agent);
        ex_enable(&w);
        ex_enable(&other);
        forged = ex_keys(&other.portal); /* its suite and recipient, the honest tenant key and kids */
        from   = ex_keys(&w.portal);
        agent  = ex_keys(&w.agent);
        now_s  = w.clock.wall_ms / 1000;
        memcpy(forged->epochs[0].keys->tenant, from->epochs[0].keys->tenant, WB_KEY_SIZE);
        memcpy(forged->epochs[0].kid, from->epochs[0].kid, WB_KID_SIZE);
        memcpy(forged->epochs[0].recipient_kid, from->epochs[0].recipient_kid, WB_KID_SIZE);
        CHECK_STATUS(PWWB_OK, ex_seal(forged, now_s, &m));
        CHECK_STATUS(PWWB_E_MALFORMED, ex_open(agent, &m, now_s));
        CHECK_STATUS(PWWB_OK, ex_seal(from, now_s, &m)); /* the control */
        CHECK_STATUS(PWWB_OK, ex_open(agent, &m, now_s));
        pwwb_keyring_free(forged);
        pwwb_keyring_free(from);
        pwwb_keyring_free(agent);
        ex_drop(&other);
        ex_drop(&w);
    }
}

static void
a_bundle_of_another_suite_needs_the_pinned_identity(void)
{
    ex_world w;
    wb_order o;
    int32_t  code;

    ex_make(&w);
    w.suite = PWWB_SUITE_RSA;
    ex_side_restart(&w, &w.agent);
    ex_enable(&w);
    o = th_order(&w, PWWB_EXCHANGE_ROLL); /* X25519 */
    CHECK_STATUS(PWWB_E_NOT_AUTHENTIC, th_try(&w, &o, th_seed, &code));
    CHECK_INT(PWWB_SUITE_RSA, ex_epoch(&w.portal, 0).suite);

    w.suite = PWWB_SUITE_X25519; /* the agents' administrator changes it */
    ex_side_restart(&w, &w.agent);
    CHECK_STATUS(PWWB_OK, ex_begin(&w, PWWB_EXCHANGE_ROLL));
    CHECK_INT(PWWB_EXCHANGE_DONE, ex_round(&w));
    CHECK_INT(PWWB_SUITE_X25519, ex_epoch(&w.portal, 0).suite);
    CHECK_STATUS(PWWB_OK, ex_request(&w));
    ex_drop(&w);
}

static void
an_order_of_an_identity_that_is_not_pinned_gets_no_answer(void)
{
    ex_world            w;
    th_state            before;
    wb_order            o;
    ex_message          back;
    pwwb_exchange_event event;
    int32_t             kind;
    int                 is_pending;

    for (is_pending = 0; is_pending < 2; is_pending++) {
        ex_make(&w);
        if (is_pending) {
            CHECK_STATUS(PWWB_OK, ex_ticket(&w));
            CHECK_STATUS(PWWB_OK, ex_begin(&w, PWWB_EXCHANGE_ENABLE));
            CHECK_INT(PWWB_EXCHANGE_WAITING, ex_round(&w));
        } else {
            ex_enable(&w);
        }
        before = th_now(&w);
        for (kind = PWWB_EXCHANGE_ROLL; kind <= PWWB_EXCHANGE_REVOKE; kind++) {
            o = th_order(&w, kind);
            CHECK_STATUS(PWWB_E_NOT_AUTHENTIC, th_give(&w, &o, th_seed, &back, &event));
            CHECK_INT(0, back.len);
        }
        CHECK(th_unchanged(&w, &before));
        ex_drop(&w);
    }
}

static void
a_wiped_epoch_opens_nothing(void)
{
    ex_world      w;
    ex_message    request, heartbeat;
    pwwb_keyring *agent, *portal;
    int64_t       now_s;

    ex_make(&w);
    ex_enable(&w);
    agent     = ex_keys(&w.agent);
    request   = th_request(&w);
    heartbeat = heartbeat_of(agent, w.clock.wall_ms);
    now_s     = w.clock.wall_ms / 1000;
    pwwb_keyring_free(agent);
    CHECK_STATUS(PWWB_OK, ex_begin(&w, PWWB_EXCHANGE_ROLL));
    CHECK_INT(PWWB_EXCHANGE_DONE, ex_round(&w));
    agent = ex_keys(&w.agent);
    CHECK_STATUS(PWWB_OK, ex_open(agent, &request, now_s)); /* open-only: the control */
    pwwb_keyring_free(agent);

    ex_pass(&w, HOUR_MS + 2000);
    (void)ex_step(&w.agent);
    (void)ex_step(&w.portal);
    agent  = ex_keys(&w.agent);
    portal = ex_keys(&w.portal);
    CHECK_STATUS(PWWB_E_KEY_UNKNOWN, ex_open(agent, &request, now_s));
    CHECK_STATUS(PWWB_E_KEY_UNKNOWN, open_heartbeat(portal, &heartbeat, now_s));
    pwwb_keyring_free(portal);
    pwwb_keyring_free(agent);
    ex_drop(&w);
}

int
main(void)
{
    RUN(a_tenant_key_shows_claims_and_opens_no_password);
    RUN(a_tenant_key_makes_no_control_message);
    RUN(a_tenant_key_makes_no_order_and_installs_no_key);
    RUN(a_tenant_key_moves_no_claims_to_another_password);
    RUN(a_tenant_key_alone_puts_no_password_in);
    RUN(no_message_is_taken_for_another_kind);
    RUN(a_tickets_thief_gets_no_request_without_the_fingerprint);
    RUN(a_ticket_opens_no_order_of_the_honest_agent);
    RUN(a_used_ticket_serves_nobody);
    RUN(a_signed_order_is_not_sealed_on_to_another_portal);
    RUN(keys_that_a_false_portal_saw_do_not_come_with_the_next_ticket);
    RUN(keys_that_a_false_portal_saw_are_not_rolled_in_at_the_true_one);
    RUN(the_same_ticket_again_brings_the_same_keys);
    RUN(a_sealed_store_gives_nothing_away);
    RUN(a_portals_store_opened_opens_no_password);
    RUN(a_portals_store_opened_signs_no_order);
    RUN(an_old_backup_opens_nothing_that_newer_keys_sealed);
    RUN(a_stolen_agent_is_shut_out_by_a_revoke);
    RUN(a_stolen_identity_does_not_wear_the_portal_out);
    RUN(a_relay_credential_opens_and_makes_nothing);
    RUN(a_request_of_the_other_suite_is_refused);
    RUN(a_bundle_of_another_suite_needs_the_pinned_identity);
    RUN(an_order_of_an_identity_that_is_not_pinned_gets_no_answer);
    RUN(a_wiped_epoch_opens_nothing);
    return DONE;
}
