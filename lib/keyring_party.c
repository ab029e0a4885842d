/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "cbor.h"
#include "keyring.h"
#include "secret.h"

/* party  = {? 1: identity, ? 2: portal key, ? 3: answering, ? 4: order, ? 5: ticket, ? 6: lease,
 *           ? 7: last issued, ? 8: portal key before}
 * order  = [kind, id, issued, ? digest]
 * ticket = [portal key, token, expires, address, credential]
 * lease  = [holder, until]
 * in this order. */
enum {
    KEY_IDENTITY = 1,
    KEY_PORTAL,
    KEY_ANSWERING,
    KEY_ORDER,
    KEY_TICKET,
    KEY_LEASE,
    KEY_ISSUED,
    KEY_BEFORE,
    KEY_LAST = KEY_BEFORE
};

static int
has(const pwwb_keyring *keyring, int key)
{
    const wb_party_keys *k = keyring->keys;

    switch (key) {
    case KEY_IDENTITY:
        return !wb_is_zero(k->identity, sizeof(k->identity));
    case KEY_PORTAL:
        return !wb_is_zero(k->portal, sizeof(k->portal));
    case KEY_ANSWERING:
        return !wb_is_zero(k->answering, sizeof(k->answering));
    case KEY_ORDER:
        return keyring->party.order.kind != 0;
    case KEY_TICKET:
        return keyring->party.ticket_expires_s != 0;
    case KEY_LEASE:
        return keyring->party.lease_until_ms != 0;
    case KEY_ISSUED:
        return keyring->party.last_issued_s != 0;
    default:
        return !wb_is_zero(k->portal_before, sizeof(k->portal_before));
    }
}

static void
put_order(wb_cbor_out *out, const wb_order_mark *order)
{
    int has_digest = !wb_is_zero(order->digest, sizeof(order->digest));

    wb_cbor_put_array(out, has_digest ? 4 : 3);
    wb_cbor_put_int(out, order->kind);
    wb_cbor_put_octets(out, wb_span_of(order->id, sizeof(order->id)));
    wb_cbor_put_int(out, order->issued_s);
    if (has_digest)
        wb_cbor_put_octets(out, wb_span_of(order->digest, sizeof(order->digest)));
}

static void
put_ticket(wb_cbor_out *out, const pwwb_keyring *keyring)
{
    const wb_party_keys *k = keyring->keys;

    wb_cbor_put_array(out, 5);
    wb_cbor_put_octets(out, wb_span_of(k->ticket_portal, sizeof(k->ticket_portal)));
    wb_cbor_put_octets(out, wb_span_of(k->token, sizeof(k->token)));
    wb_cbor_put_int(out, keyring->party.ticket_expires_s);
    wb_cbor_put_text(out, keyring->party.ticket_address, strlen(keyring->party.ticket_address));
    wb_cbor_put_text(out, k->credential, strlen(k->credential));
}

static void
put_lease(wb_cbor_out *out, const wb_party *party)
{
    wb_cbor_put_array(out, 2);
    wb_cbor_put_octets(out, wb_span_of(party->lease_holder, sizeof(party->lease_holder)));
    wb_cbor_put_int(out, party->lease_until_ms);
}

static void
put_key(wb_cbor_out *out, const pwwb_keyring *keyring, int key)
{
    const wb_party_keys *k = keyring->keys;

    wb_cbor_put_int(out, key);
    switch (key) {
    case KEY_IDENTITY:
        wb_cbor_put_octets(out, wb_span_of(k->identity, sizeof(k->identity)));
        break;
    case KEY_PORTAL:
        wb_cbor_put_octets(out, wb_span_of(k->portal, sizeof(k->portal)));
        break;
    case KEY_ANSWERING:
        wb_cbor_put_octets(out, wb_span_of(k->answering, sizeof(k->answering)));
        break;
    case KEY_ORDER:
        put_order(out, &keyring->party.order);
        break;
    case KEY_TICKET:
        put_ticket(out, keyring);
        break;
    case KEY_LEASE:
        put_lease(out, &keyring->party);
        break;
    case KEY_ISSUED:
        wb_cbor_put_int(out, keyring->party.last_issued_s);
        break;
    default:
        wb_cbor_put_octets(out, wb_span_of(k->portal_before, sizeof(k->portal_before)));
    }
}

void
wb_party_put(wb_cbor_out *out, const pwwb_keyring *keyring)
{
    size_t count = 0;
    int    key;

    for (key = KEY_IDENTITY; key <= KEY_LAST; key++)
        count += (size_t)has(keyring, key);
    wb_cbor_put_map(out, count);
    for (key = KEY_IDENTITY; key <= KEY_LAST; key++)
        if (has(keyring, key))
            put_key(out, keyring, key);
}

int64_t
wb_time_read(wb_cbor *in)
{
    int64_t time_s = wb_cbor_int(in);

    if (time_s < 0 || time_s > WB_TIME_MAX_S)
        wb_cbor_fail(in);
    return time_s;
}

/* A digest of zeros stands for none. */
static void
read_order(wb_cbor *in, wb_order_mark *order)
{
    size_t items = wb_cbor_array(in);

    order->kind = wb_cbor_int32(in);
    wb_cbor_fixed(in, order->id, sizeof(order->id));
    order->issued_s = wb_time_read(in);
    if (items == 4)
        wb_cbor_fixed(in, order->digest, sizeof(order->digest));
    if (items != (wb_is_zero(order->digest, sizeof(order->digest)) ? 3 : 4) || order->kind < PWWB_EXCHANGE_ENABLE
        || order->kind > PWWB_EXCHANGE_REVOKE)
        wb_cbor_fail(in);
}

void
wb_text_read(wb_cbor *in, char *text, size_t size)
{
    wb_span octets = wb_cbor_text(in);

    if (octets.len >= size || (octets.len > 0 && memchr(octets.p, 0, octets.len) != NULL)) {
        wb_cbor_fail(in);
        return;
    }
    if (octets.len > 0)
        memcpy(text, octets.p, octets.len);
    text[octets.len] = '\0';
}

static void
read_ticket(wb_cbor *in, pwwb_keyring *keyring)
{
    wb_party_keys *k = keyring->keys;

    if (wb_cbor_array(in) != 5)
        wb_cbor_fail(in);
    wb_cbor_fixed(in, k->ticket_portal, sizeof(k->ticket_portal));
    wb_cbor_fixed(in, k->token, sizeof(k->token));
    keyring->party.ticket_expires_s = wb_cbor_int(in);
    wb_text_read(in, keyring->party.ticket_address, sizeof(keyring->party.ticket_address));
    wb_text_read(in, k->credential, sizeof(k->credential));
}

static void
read_lease(wb_cbor *in, wb_party *party)
{
    if (wb_cbor_array(in) != 2)
        wb_cbor_fail(in);
    wb_cbor_fixed(in, party->lease_holder, sizeof(party->lease_holder));
    party->lease_until_ms = wb_cbor_int(in);
    if (party->lease_until_ms < 0 || party->lease_until_ms > WB_TIME_MAX_S * 1000)
        wb_cbor_fail(in);
}

static void
read_key(wb_cbor *in, pwwb_keyring *keyring, int64_t key)
{
    wb_party_keys *k = keyring->keys;

    switch (key) {
    case KEY_IDENTITY:
        wb_cbor_fixed(in, k->identity, sizeof(k->identity));
        break;
    case KEY_PORTAL:
        wb_cbor_fixed(in, k->portal, sizeof(k->portal));
        break;
    case KEY_ANSWERING:
        wb_cbor_fixed(in, k->answering, sizeof(k->answering));
        break;
    case KEY_ORDER:
        read_order(in, &keyring->party.order);
        break;
    case KEY_TICKET:
        read_ticket(in, keyring);
        break;
    case KEY_LEASE:
        read_lease(in, &keyring->party);
        break;
    case KEY_ISSUED:
        keyring->party.last_issued_s = wb_time_read(in);
        break;
    case KEY_BEFORE:
        wb_cbor_fixed(in, k->portal_before, sizeof(k->portal_before));
        break;
    default:
        wb_cbor_fail(in);
    }
}

void
wb_party_read(wb_cbor *in, pwwb_keyring *keyring)
{
    size_t  pairs = wb_cbor_map(in);
    int64_t last  = 0;

    while (pairs-- > 0 && in->status == PWWB_OK) {
        int64_t key = wb_cbor_int(in);

        if (key <= last)
            wb_cbor_fail(in);
        read_key(in, keyring, key);
        if (in->status == PWWB_OK && !has(keyring, (int)key))
            wb_cbor_fail(in); /* zero stands for absent */
        last = key;
    }
}

void
wb_fingerprint(const pwwb_keyring *keyring, char text[PWWB_FINGERPRINT_SIZE])
{
    static const char    alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    const wb_party_keys *k          = keyring->keys;
    uint8_t              input[PWWB_ID_SIZE + WB_X25519_SIZE + WB_ED25519_SIZE];
    uint8_t             *portal   = input + PWWB_ID_SIZE;
    uint8_t             *identity = portal + WB_X25519_SIZE;
    uint8_t              hash[WB_SHA256_SIZE];
    const uint8_t       *key = wb_is_zero(k->portal, WB_X25519_SIZE) ? k->ticket_portal : k->portal;
    size_t               i, at = 0;

    memset(text, 0, PWWB_FINGERPRINT_SIZE);
    if (wb_is_zero(k->identity, WB_ED25519_SIZE) || wb_is_zero(key, WB_X25519_SIZE))
        return;

    memcpy(input, keyring->tenant, PWWB_ID_SIZE);
    if (keyring->half == PWWB_HALF_AGENT) {
        memcpy(portal, key, WB_X25519_SIZE);
        wb_ed25519_public(k->identity, identity);
    } else {
        wb_x25519_public(key, portal);
        memcpy(identity, k->identity, WB_ED25519_SIZE);
    }
    wb_sha256_labelled("pwwb1-fingerprint", input, sizeof(input), hash);
    for (i = 0; i < 16; i++) { /* five bits each, the highest first */
        size_t   bit   = 5 * i;
        unsigned two   = (unsigned)hash[bit / 8] << 8 | hash[bit / 8 + 1];
        unsigned digit = two >> (11 - bit % 8) & 31;

        if (i > 0 && i % 4 == 0)
            text[at++] = '-';
        text[at++] = alphabet[digit];
    }
}
