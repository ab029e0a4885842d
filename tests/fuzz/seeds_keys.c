/* SPDX-License-Identifier: Apache-2.0 */
/* Seeds for key files. */
#include "seeds.h"

/* A generation so high that its number is no int64_t. */
static void
put_generation(const uint8_t *plain, size_t len, size_t at)
{
    static const uint8_t most[] = {0x1b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff};
    uint8_t              changed[WB_KEYRING_PLAIN_MAX];

    FUZZ_CHECK(plain[at] == 1);
    memcpy(changed, plain, at);
    memcpy(changed + at, most, sizeof(most));
    memcpy(changed + at + sizeof(most), plain + at + 1, len - at - 1);
    put("keyfile", changed, len + sizeof(most) - 1);
}

void
seed_keyfiles(int32_t suite)
{
    static const uint8_t lock_key[PWWB_LOCK_KEY_SIZE] = "a key file's thirty-two octets!";
    uint8_t              plain[WB_KEYRING_PLAIN_MAX], sealed[PWWB_KEYRING_MAX];
    int32_t              half;
    size_t               len;

    for (half = PWWB_HALF_AGENT; half <= PWWB_HALF_PORTAL; half++) {
        len = fuzz_print_keyring(suite, half, plain);
        put("keyfile", plain, len);
        put_changed("keyfile", plain, len, len - 1);
    }
    put_generation(plain, len, FUZZ_AT_GENERATION);
    put_generation(plain, len, FUZZ_AT_EPOCH_GENERATION);
    FUZZ_CHECK(pwwb_keyring_seal(fuzz_keyring(suite, PWWB_HALF_AGENT), PWWB_HALF_PORTAL,
                                 PWWB_LOCK_KEY, lock_key, sizeof(lock_key), sealed, sizeof(sealed),
                                 &len, NULL)
               == PWWB_OK);
    put("keyfile", sealed, len);
    put_changed("keyfile", sealed, len, len - 1);
    sealed[8] = PWWB_LOCK_PASSPHRASE; /* costs too small, then too great */
    put("keyfile", sealed, len);
    sealed[16] = 0xff;
    put("keyfile", sealed, len);
}


static void
put_printed(const pwwb_keyring *keyring, int32_t half)
{
    uint8_t plain[WB_KEYRING_PLAIN_MAX];

    put("keyfile", plain, wb_keyring_print(keyring, half, plain, sizeof(plain)));
}

static void
add_epoch(pwwb_keyring *keyring, int32_t state)
{
    wb_epoch *epoch = wb_keyring_insert(keyring);
    int       n     = (int)keyring->epoch_count;

    epoch->generation = ++keyring->generation;
    epoch->state      = state;
    epoch->suite      = PWWB_SUITE_X25519;
    epoch->created_s  = FUZZ_IAT;
    epoch->since_s    = FUZZ_IAT + n;
    epoch->public_len = WB_X25519_SIZE;
    memset(epoch->keys->tenant, n, WB_KEY_SIZE);
    memset(epoch->keys->control, 16 + n, WB_KEY_SIZE);
    memset(epoch->keys->x25519, 32 + n, WB_X25519_SIZE);
    memset(epoch->keys->relay, 'a' + n, WB_RELAY_SIZE - 1);
    wb_x25519_public(epoch->keys->x25519, epoch->public_);
}

/* All that a party can know. */
static void
fill_party(pwwb_keyring *keyring, int32_t kind)
{
    wb_party_keys *keys  = keyring->keys;
    wb_party      *party = &keyring->party;

    memset(keys->identity, 0x61, sizeof(keys->identity));
    memset(keys->portal, 0x62, sizeof(keys->portal));
    memset(keys->answering, 0x63, sizeof(keys->answering));
    memset(keys->ticket_portal, 0x64, sizeof(keys->ticket_portal));
    memset(keys->token, 0x65, sizeof(keys->token));
    memcpy(keys->credential, "bootstrap", 10);
    memcpy(party->ticket_address, "amqps://relay.example.test", 27);
    memset(party->order.id, 0x66, sizeof(party->order.id));
    memset(party->lease_holder, 0x67, sizeof(party->lease_holder));
    party->order.kind       = kind;
    party->order.issued_s   = FUZZ_IAT + 9;
    party->last_issued_s    = FUZZ_IAT + 9;
    party->ticket_expires_s = FUZZ_IAT + 86400;
    party->lease_until_ms   = (int64_t)(FUZZ_IAT + 90) * 1000;
}

/* Every count of epochs, the oldest first; every key of a party; keyrings that nobody stores. */
static void
seed_half(int32_t half)
{
    static const int32_t states[] = {PWWB_EPOCH_OPEN_ONLY, PWWB_EPOCH_OPEN_ONLY, PWWB_EPOCH_ACTIVE,
                                     PWWB_EPOCH_PENDING};
    pwwb_keyring        *keyring = wb_keyring_alloc(fuzz_tenant, half);
    wb_order_mark       *order   = &keyring->party.order;
    size_t               i;

    keyring->state = PWWB_TENANT_NONE;
    put_printed(keyring, half);
    keyring->state = PWWB_TENANT_ENABLED;
    for (i = 0; i < COUNT(states); i++) {
        add_epoch(keyring, states[i]);
        put_printed(keyring, half);
    }
    fill_party(keyring, PWWB_EXCHANGE_ROLL);
    put_printed(keyring, half);
    put_printed(keyring, PWWB_HALF_PORTAL);
    memset(order->digest, 0x68, sizeof(order->digest));
    put_printed(keyring, half);
    order->kind = PWWB_EXCHANGE_REVOKE + 1;
    put_printed(keyring, half);
    order->kind               = 0;
    keyring->epochs[0].state  = PWWB_EPOCH_ACTIVE; /* two are */
    put_printed(keyring, half);
    keyring->epochs[0].state = PWWB_EPOCH_OPEN_ONLY;
    keyring->epochs[1].state = PWWB_EPOCH_PENDING; /* not the newest */
    put_printed(keyring, half);
    keyring->epochs[1].state      = PWWB_EPOCH_ACTIVE;
    keyring->epochs[1].generation = keyring->epochs[0].generation;
    put_printed(keyring, half);
    keyring->epochs[1].generation--;
    memcpy(keyring->epochs[1].keys->control, keyring->epochs[0].keys->control, WB_KEY_SIZE);
    put_printed(keyring, half);
    keyring->generation--;
    put_printed(keyring, half);
    keyring->epochs[0].public_len--;
    put_printed(keyring, half);
    pwwb_keyring_free(keyring);
}

void
seed_parties(void)
{
    seed_half(PWWB_HALF_AGENT);
    seed_half(PWWB_HALF_PORTAL);
}
