/* SPDX-License-Identifier: Apache-2.0 */
/* Seeds for what agents and portals tell each other: heartbeats, tickets, orders, control. */
#include "fuzz_orders.h"
#include "seeds.h"

static void
heartbeats(void)
{
    pwwb_keyring   *keyring = fuzz_keyring(PWWB_SUITE_X25519, PWWB_HALF_PORTAL);
    pwwb_heartbeat  h       = {.size = sizeof(h), .sequence = 1, .health = PWWB_HEALTH_UP,
                               .time_ms = (int64_t)FUZZ_NOW * 1000, .min_length = 8,
                               .complexity = PWWB_YES, .history_length = 24, .max_age_s = -1,
                               .rules_source = PWWB_POLICY_DOMAIN, .version = 100,
                               .directories = 2, .directories_up = 1};
    uint8_t         sealed[PWWB_ENVELOPE_MAX], plain[PWWB_ENVELOPE_MAX];
    const wb_epoch *epoch;
    size_t          len, plain_len;
    int             turn;

    memset(h.agent_id, 0x31, sizeof(h.agent_id));
    memset(h.boot_id, 0x32, sizeof(h.boot_id));
    for (turn = 0; turn < 2; turn++) {
        FUZZ_CHECK(pwwb_heartbeat_seal(keyring, &h, sealed, sizeof(sealed), &len, NULL) == PWWB_OK);
        FUZZ_CHECK(wb_outer_open(keyring, WB_LABEL_HEARTBEAT, wb_span_of(sealed, len), plain,
                                 &plain_len, &epoch, NULL)
                   == PWWB_OK);
        put("heartbeat", plain, plain_len);
        h.counters[7] = INT64_MAX;
        h.time_ms     = 0;
    }
    put("heartbeat", sealed, len);
    put_changed("heartbeat", sealed, len, len - 1);
    put_changed("heartbeat", plain, plain_len, plain_len - 1); /* no zero */
    put("heartbeat", plain, plain_len - 1);
}

static void
tickets(void)
{
    wb_ticket ticket = {.expires_s  = FUZZ_IAT,
                        .address    = "amqps://relay.example.test",
                        .credential = "bootstrap",
                        .generation = 7};
    char      text[PWWB_TICKET_SIZE + 2];
    uint8_t   content[PWWB_TICKET_SIZE];
    size_t    len;
    ssize_t   octets_;
    int       turn;

    memcpy(ticket.tenant, fuzz_tenant, PWWB_ID_SIZE);
    memset(ticket.portal, 0x41, sizeof(ticket.portal));
    memset(ticket.token, 0x42, sizeof(ticket.token));
    for (turn = 0; turn < 2; turn++) {
        len = wb_ticket_print(&ticket, text + 1, PWWB_TICKET_SIZE);
        octets_ = wb_base64url_parse(text + 7, len - 7, content, sizeof(content));
        FUZZ_CHECK(octets_ > 4);
        put("ticket", content, (size_t)octets_ - 4);
        put("ticket", text + 1, len - 1);
        put_changed("ticket", (const uint8_t *)text + 1, len - 1, 20);
        memset(ticket.address, 'a', sizeof(ticket.address) - 1);
        memset(ticket.credential, 'c', sizeof(ticket.credential) - 1);
        ticket.generation = WB_GENERATION_MAX;
    }
    text[0]   = ' ';
    text[len] = '\n';
    put("ticket", text, len + 1);
    put("ticket", text + 1, 5);
    ticket.generation++;
    ticket.expires_s = 0;
    len = wb_ticket_print(&ticket, text, PWWB_TICKET_SIZE);
    put("ticket", text, len - 1);
}

static void
put_order(const wb_order *order)
{
    uint8_t payload[PWWB_ENVELOPE_MAX];

    put("bundle", payload, fuzz_print_order(order, payload, sizeof(payload)));
}

/* Not one that is taken; the last is. */
static void
wrong_orders(void)
{
    wb_order order = fuzz_order(PWWB_EXCHANGE_ENABLE);

    order.tenant[0] ^= 1;
    put_order(&order);
    order.tenant[0] ^= 1;
    order.portal[0] ^= 1;
    put_order(&order);
    order.portal[0] ^= 1;
    order.identity[0] ^= 1;
    put_order(&order);
    order.identity[0] ^= 1;
    order.generation = 0;
    put_order(&order);
    order.generation = 2;
    order.suite      = 3;
    put_order(&order);
    order.suite    = PWWB_SUITE_X25519;
    order.issued_s = INT64_MAX;
    put_order(&order);
    order.issued_s   = FUZZ_IAT;
    order.public_len = 0;
    put_order(&order);
    order.suite      = PWWB_SUITE_RSA;
    order.public_len = sizeof(order.public_);
    put_order(&order);
}

static void
orders(void)
{
    uint8_t       payload[PWWB_ENVELOPE_MAX], signed_[PWWB_ENVELOPE_MAX];
    uint8_t       sealed[PWWB_ENVELOPE_MAX];
    wb_cose_layer layer;
    int32_t       kind;
    size_t        len;

    for (kind = PWWB_EXCHANGE_ENABLE; kind <= PWWB_EXCHANGE_REVOKE + 1; kind++) {
        wb_order order = fuzz_order(kind);

        put_order(&order);
        len = fuzz_sign(wb_span_of(payload, fuzz_print_order(&order, payload, sizeof(payload))),
                        signed_);
        if (kind == PWWB_EXCHANGE_DISABLE)
            continue;
        put("bundle", signed_, len);
    }
    put_changed("bundle", signed_, len, 3); /* another algorithm; another signature; too short */
    put_changed("bundle", signed_, len, len - 1);
    put("bundle", signed_, len - 1);
    len = fuzz_seal_to_portal(wb_span_of(signed_, len), sealed);
    put("bundle", sealed, len);
    put("cose", sealed, len);
    put_changed("bundle", sealed, len, len - 1);
    FUZZ_CHECK(wb_cose_parse_encrypt(wb_span_of(sealed, len), &layer) == PWWB_OK);
    memset(sealed + (layer.recipient.ephemeral.p - sealed), 0, WB_X25519_SIZE);
    put("bundle", sealed, len); /* a point of low order */
    memset(payload, 0, sizeof(payload));
    put("bundle", payload, 701);
    wrong_orders();
}

static void
controls(void)
{
    pwwb_keyring *keyring = fuzz_keyring(PWWB_SUITE_X25519, PWWB_HALF_AGENT);
    wb_control    control = {.code = PWWB_EXCHANGE_DONE, .state = PWWB_TENANT_ENABLED,
                             .generation = WB_GENERATION_MAX, .time_s = FUZZ_IAT};
    const uint8_t *key    = keyring->epochs[0].keys->control;
    uint8_t        sealed[PWWB_ENVELOPE_MAX], plain[PWWB_ENVELOPE_MAX];
    wb_cose_layer  layer;
    size_t         len, plain_len;

    memset(control.id, 0x51, sizeof(control.id));
    memset(control.digest, 0x52, sizeof(control.digest));
    for (control.kind = 0; control.kind <= 3; control.kind++) {
        len = wb_control_seal(&control, key, fuzz_tenant, sealed, sizeof(sealed));
        FUZZ_CHECK(wb_outer_parse(wb_span_of(sealed, len), &layer, NULL) == PWWB_OK);
        FUZZ_CHECK(wb_outer_open_by(key, fuzz_tenant, WB_LABEL_CONTROL, &layer, plain, &plain_len,
                                    NULL)
                   == PWWB_OK);
        put("control", plain, plain_len);
        control.generation += control.kind == WB_CONTROL_REVOKE;
    }
    put("control", sealed, len);
    put_changed("control", sealed, len, 8);
    put_changed("control", sealed, len, len - 1);
}

void
seed_exchanges(void)
{
    heartbeats();
    tickets();
    orders();
    controls();
}
