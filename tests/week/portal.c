/* SPDX-License-Identifier: Apache-2.0 */
#include "week.h"

#include "../../examples/common/audit_file.h"
#include "../../lib/transport.h"

void
week_portal_start(week_portal *p, const week_place *place, fake_clock *clock, pwwb_relay *relay)
{
    pwwb_keystore_options keys     = {.size = sizeof(keys), .lock = PWWB_LOCK_KEY, .secret = week_lock,
                                      .secret_len = sizeof(week_lock)};
    pwwb_exchange_options exchange = {.size = sizeof(exchange), .clock = &fake_clock_ops, .clock_ctx = clock};
    pwwb_watch_options    watch    = {.size = sizeof(watch), .clock = &fake_clock_ops, .clock_ctx = clock};
    pwwb_portal_options   o        = {.size = sizeof(o), .clock = &fake_clock_ops, .clock_ctx = clock,
                                      .audit = audit_file_take};

    *p = (week_portal){.clock = clock};
    CHECK_STATUS(PWWB_OK, pwwb_keystore_new_file(place->portal_keys, &keys, &p->store, NULL));
    CHECK_STATUS(PWWB_OK, pwwb_exchange_new(p->store, PWWB_HALF_PORTAL, &exchange, &p->exchange, NULL));
    CHECK_STATUS(PWWB_OK, pwwb_watch_new(&watch, &p->watch, NULL));
    CHECK_STATUS(PWWB_OK, audit_file_open(place->portal_audit, &p->audit, NULL));
    o.audit_ctx = p->audit;
    o.store     = p->store;
    o.watch     = p->watch;
    CHECK_STATUS(PWWB_OK, pwwb_portal_new(NULL, &o, &p->portal, NULL));
    CHECK_STATUS(PWWB_OK, pwwb_transport_new_relay(relay, PWWB_RELAY_PORTAL, &p->replies, NULL));
    CHECK_STATUS(PWWB_OK, pwwb_transport_new_relay(relay, PWWB_RELAY_PORTALS, &p->shared, NULL));
    CHECK_STATUS(PWWB_OK, pwwb_reply_new(&p->reply, NULL));
}

void
week_portal_stop(week_portal *p)
{
    pwwb_reply_free(p->reply);
    pwwb_portal_free(p->portal);
    pwwb_transport_free(p->replies);
    pwwb_transport_free(p->shared);
    pwwb_watch_free(p->watch);
    pwwb_exchange_free(p->exchange);
    pwwb_keystore_free(p->store);
    audit_file_free(p->audit);
}

void
week_portal_serve(week_portal *p)
{
    pwwb_exchange_event event = {.size = sizeof(event)};
    pwwb_status         st;

    while ((st = pwwb_portal_serve(p->exchange, p->watch, p->shared, 0, &event, NULL)) != PWWB_E_TIMEOUT) {
        p->heartbeats += st == PWWB_OK && event.kind == 0;
        p->orders += st == PWWB_OK && event.kind != 0;
        p->lost += st == PWWB_E_CLOSED;
    }
}

/* The claims of what is asked for. */
static pwwb_claims
claims_of(week_portal *p, const week_ask *ask)
{
    pwwb_claims c = {.size = sizeof(c), .operation = ask->operation, .actor = PWWB_ACTOR_USER,
                     .user_type = ask->user_type};

    c.origin = ask->operation == PWWB_OPERATION_CHANGE ? PWWB_FROM_ACCOUNT_PORTAL : PWWB_FROM_RESET_PORTAL;
    if (ask->operation == PWWB_OPERATION_RESET_ADMIN) {
        c.actor  = PWWB_ACTOR_ADMIN;
        c.origin = PWWB_FROM_ADMIN_PORTAL;
    }
    c.anchor.kind = PWWB_ANCHOR_SOURCE;
    memset(c.anchor.guid, 0x40 + ask->person, PWWB_ID_SIZE);
    (void)wb_transport_address(p->replies, c.reply_to, NULL);
    return c;
}

static size_t
length(const char *text)
{
    return text != NULL ? strlen(text) : 0;
}

/* One message for this instance; a connection that was lost says so once. */
static pwwb_status
receive(week_portal *p, uint8_t *buf, size_t *ret_len)
{
    pwwb_delivery d;
    pwwb_status   st;

    do {
        st = wb_transport_receive(p->replies, buf, PWWB_ENVELOPE_MAX, &d, 0, NULL);
        p->lost += st == PWWB_E_CLOSED;
    } while (st == PWWB_E_CLOSED);
    if (st == PWWB_OK)
        (void)wb_transport_settle(p->replies, d.tag, PWWB_SETTLE_ACCEPT, 0, NULL);
    *ret_len = d.len;
    return st;
}

static void
send(week_portal *p, const pwwb_claims *claims, const uint8_t *sealed, size_t len)
{
    pwwb_message m = {.data = sealed, .len = len, .expires_ms = claims->exp * SECOND};
    pwwb_status  st;

    memcpy(m.id, claims->cti, sizeof(m.id));
    while ((st = wb_transport_send(p->replies, &m, 0, NULL)) == PWWB_E_CLOSED)
        p->lost++;
    CHECK_STATUS(PWWB_OK, st);
}

/* What an agent says of it; a second answer of the same must say the same. */
static int32_t
take_answers(week_portal *p, const pwwb_claims *claims)
{
    uint8_t buf[PWWB_ENVELOPE_MAX];
    int32_t code = 0;
    size_t  len;

    while (receive(p, buf, &len) == PWWB_OK) {
        if (code == 0) {
            CHECK_STATUS(PWWB_OK, pwwb_portal_finish(p->portal, claims, buf, len, p->reply, NULL));
            code = pwwb_reply_code(p->reply);
            p->told.set += pwwb_reply_outcome(p->reply) <= PWWB_OUTCOME_SET_WITH_WARNINGS;
            p->told.not_set += pwwb_reply_outcome(p->reply) == PWWB_OUTCOME_NOT_SET;
            p->told.unknown += pwwb_reply_outcome(p->reply) == PWWB_OUTCOME_UNKNOWN;
        } else {
            pwwb_keyring *keys = NULL;

            CHECK_STATUS(PWWB_OK, pwwb_keystore_load(p->store, &keys, NULL));
            CHECK_STATUS(PWWB_OK, pwwb_reply_open(p->reply, keys, claims->cti, buf, len, NULL));
            CHECK_INT(code, pwwb_reply_code(p->reply));
            pwwb_keyring_free(keys);
        }
    }
    return code;
}

int32_t
week_portal_ask(week_portal *p, const week_ask *ask, week_agent *agent)
{
    pwwb_claims claims = claims_of(p, ask);
    uint8_t     buf[PWWB_ENVELOPE_MAX];
    size_t      len;
    int32_t     code;

    CHECK_STATUS(PWWB_OK, pwwb_portal_begin(p->portal, &claims, (const uint8_t *)ask->password, length(ask->password),
                                            (const uint8_t *)ask->old, length(ask->old), buf, sizeof(buf), &len,
                                            &code, NULL));
    if (code != PWWB_CODE_OK) {
        p->told.refused++;
        return code;
    }
    send(p, &claims, buf, len);
    week_agent_turn(agent);
    return take_answers(p, &claims);
}
