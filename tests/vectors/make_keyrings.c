/* SPDX-License-Identifier: Apache-2.0 */
/* Sealed keyrings. */
#include "vectors.h"

#include "secret.h"

static const uint8_t lock_key[PWWB_LOCK_KEY_SIZE] = "the lock of a vector's key file";
static const char    passphrase[]                 = "nine words, no zo\xc3\xab, of a vector";

static void
put_order_mark(const wb_order_mark *order)
{
    json_begin("order", '[');
    json_int(NULL, order->kind);
    json_octets(NULL, order->id, sizeof(order->id));
    json_int(NULL, order->issued_s);
    if (!wb_is_zero(order->digest, sizeof(order->digest)))
        json_octets(NULL, order->digest, sizeof(order->digest));
    json_end(']');
}

static void
put_key(const char *name, const uint8_t key[WB_KEY_SIZE])
{
    if (!wb_is_zero(key, WB_KEY_SIZE))
        json_octets(name, key, WB_KEY_SIZE);
}

static void
put_party(const wb_party *party, const wb_party_keys *k)
{
    json_begin("party", '{');
    put_key("identity", k->identity);
    put_key("portal_key", k->portal);
    put_key("answering", k->answering);
    if (party->order.kind != 0)
        put_order_mark(&party->order);
    if (party->ticket_expires_s != 0) {
        json_begin("ticket", '[');
        json_octets(NULL, k->ticket_portal, sizeof(k->ticket_portal));
        json_octets(NULL, k->token, sizeof(k->token));
        json_int(NULL, party->ticket_expires_s);
        json_text(NULL, party->ticket_address);
        json_text(NULL, k->credential);
        json_end(']');
    }
    if (party->lease_until_ms != 0) {
        json_begin("lease", '[');
        json_octets(NULL, party->lease_holder, sizeof(party->lease_holder));
        json_int(NULL, party->lease_until_ms);
        json_end(']');
    }
    if (party->last_issued_s != 0)
        json_int("last_issued", party->last_issued_s);
    put_key("portal_before", k->portal_before);
    json_end('}');
}

static void
put_content(const pwwb_keyring *keyring)
{
    size_t i;

    json_begin("keyring", '{');
    json_int("half", keyring->half);
    json_int("state", keyring->state);
    json_int("generation", (int64_t)keyring->generation);
    json_begin("epochs", '[');
    for (i = 0; i < keyring->epoch_count; i++) {
        json_begin(NULL, '{');
        json_text("epoch", keyring->epochs[i].suite == PWWB_SUITE_RSA ? "rsa" : "x25519");
        json_int("state", keyring->epochs[i].state);
        json_int("since", keyring->epochs[i].since_s);
        json_end('}');
    }
    json_end(']');
    put_party(&keyring->party, keyring->keys);
    json_end('}');
}

static int64_t
u32_at(const uint8_t *p)
{
    return (int64_t)p[0] << 24 | (int64_t)p[1] << 16 | (int64_t)p[2] << 8 | p[3];
}

static wb_lock *
new_lock(int32_t kind)
{
    wb_lock *lock   = wb_secret_new(sizeof(*lock));
    wb_span  secret = kind == PWWB_LOCK_KEY ? wb_span_of(lock_key, sizeof(lock_key))
                                            : wb_span_of(passphrase, strlen(passphrase));

    MUST(lock != NULL);
    lock->kind = kind;
    lock->len  = secret.len;
    memcpy(lock->secret, secret.p, secret.len);
    return lock;
}

static void
put_costs(const uint8_t *header)
{
    json_text("passphrase", passphrase);
    json_int("passes", u32_at(header + 12));
    json_int("memory", u32_at(header + 16));
    json_octets("salt", header + 20, WB_SALT_SIZE);
}

static void
put_keyring(const char *name, const pwwb_keyring *keyring, int32_t kind, uint64_t version)
{
    wb_lock      *lock = new_lock(kind);
    uint8_t       sealed[PWWB_KEYRING_MAX], plain[PWWB_KEYRING_MAX];
    wb_span       header = {sealed, WB_KEYRING_HEADER_SIZE};
    pwwb_keyring *opened;
    size_t        len;

    random_begin(name);
    MUST(wb_keyring_seal(keyring, keyring->half, lock, version, sealed, sizeof(sealed), &len, NULL)
         == PWWB_OK);
    MUST(wb_xchacha_open(lock->key, sealed + 36, header,
                         wb_span_of(sealed + header.len, len - header.len), plain)
         == 0);
    MUST(pwwb_keyring_open(sealed, len, kind, lock->secret, lock->len, &opened, NULL) == PWWB_OK);
    pwwb_keyring_free(opened);
    json_begin(NULL, '{');
    json_text("name", name);
    json_int("lock", kind);
    if (kind == PWWB_LOCK_PASSPHRASE)
        put_costs(sealed);
    json_octets("key", lock->key, sizeof(lock->key));
    json_int("version", (int64_t)version);
    put_content(keyring);
    json_octets("content", plain, len - header.len - WB_TAG_SIZE);
    json_octets("nonce", sealed + 36, WB_SEAL_NONCE_SIZE);
    json_span("header", header);
    json_octets("sealed", sealed, len);
    json_end('}');
    wb_secret_free(lock);
}

/* An agents' half in the middle of a roll: the newest epoch waits for the portal. */
static void
put_agent(void)
{
    wb_epoch      *epochs = w.both->epochs;
    wb_party      *party  = &w.both->party;
    wb_party_keys *k      = w.both->keys;

    random_begin("an agent's part");
    epochs[0].state      = PWWB_EPOCH_PENDING;
    epochs[1].state      = PWWB_EPOCH_ACTIVE;
    party->order         = (wb_order_mark){.kind = PWWB_EXCHANGE_ROLL, .issued_s = NOW};
    party->last_issued_s = NOW;
    wb_random(party->order.id, sizeof(party->order.id));
    wb_random(party->lease_holder, sizeof(party->lease_holder));
    party->lease_until_ms   = INT64_C(1000) * NOW + 20000;
    party->ticket_expires_s = NOW + 86400;
    wb_random(k->token, sizeof(k->token));
    wb_random(k->answering, sizeof(k->answering));
    strcpy(party->ticket_address, "amqps://relay.example.test");
    strcpy(k->credential, "bootstrap-credential");
    memcpy(k->ticket_portal, w.portal, sizeof(w.portal));
    memcpy(k->identity, w.seed, sizeof(w.seed));
    memcpy(k->portal, w.portal, sizeof(w.portal));
    put_keyring("agent's half by a key, all there can be", w.both, PWWB_LOCK_KEY, 258);
    epochs[0].state = PWWB_EPOCH_ACTIVE;
    epochs[1].state = PWWB_EPOCH_OPEN_ONLY;
}

static void
put_portal(void)
{
    uint8_t       sealed[PWWB_KEYRING_MAX];
    size_t        len;
    pwwb_keyring *portal;

    random_begin("a portal's part");
    MUST(pwwb_keyring_seal(w.both, PWWB_HALF_PORTAL, PWWB_LOCK_KEY, lock_key, sizeof(lock_key),
                           sealed, sizeof(sealed), &len, NULL)
         == PWWB_OK);
    MUST(pwwb_keyring_open(sealed, len, PWWB_LOCK_KEY, lock_key, sizeof(lock_key), &portal, NULL)
         == PWWB_OK);
    memcpy(portal->keys->identity, w.identity, sizeof(w.identity));
    memcpy(portal->keys->portal, w.portal_private, sizeof(w.portal_private));
    portal->party.order         = (wb_order_mark){.kind = PWWB_EXCHANGE_ENABLE, .issued_s = NOW};
    portal->party.last_issued_s = NOW;
    wb_random(portal->party.order.id, PWWB_ID_SIZE);
    wb_random(portal->party.order.digest, WB_SHA256_SIZE);
    put_keyring("portal's half by a key", portal, PWWB_LOCK_KEY, 7);
    pwwb_keyring_free(portal);
}

void
put_keyrings(void)
{
    put_agent();
    put_portal();
    put_keyring("agent's half by a passphrase", w.of[PWWB_SUITE_X25519], PWWB_LOCK_PASSPHRASE, 1);
}
