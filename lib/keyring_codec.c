/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "cbor.h"
#include "error.h"
#include "keyring.h"
#include "secret.h"

/* keyring = {1: version, 2: tenant, 3: half, 4: state, 5: generation, 6: [* epoch], 7: party}
 * epoch   = {1: generation, 2: state, 3: suite, 4: created, 5: since, 6: tenant key, 7: control key,
 *            8: public, ? 9: relay credential, ? 10: private}
 * in this order, the newest epoch first. */
enum { VERSION = 1 };
enum { KEY_RELAY = 9, KEY_PRIVATE = 10, PAIRS_ALWAYS = 8 };

static void
put_pair(wb_cbor_out *out, int64_t key, int64_t value)
{
    wb_cbor_put_int(out, key);
    wb_cbor_put_int(out, value);
}

static void
put_octets(wb_cbor_out *out, int64_t key, const void *octets, size_t len)
{
    wb_cbor_put_int(out, key);
    wb_cbor_put_octets(out, wb_span_of(octets, len));
}

static wb_span
private_of(const wb_epoch *epoch)
{
    if (epoch->suite == PWWB_SUITE_X25519)
        return wb_span_of(epoch->keys->x25519, WB_X25519_SIZE);

    return epoch->rsa_private != NULL ? wb_rsa_der(epoch->rsa_private) : wb_span_of(NULL, 0);
}

static void
put_epoch(wb_cbor_out *out, const wb_epoch *epoch, int32_t half)
{
    int     is_agent  = half == PWWB_HALF_AGENT;
    int     has_relay = is_agent && epoch->has_relay;
    wb_span private_  = is_agent ? private_of(epoch) : wb_span_of(NULL, 0);

    wb_cbor_put_map(out, PAIRS_ALWAYS + (size_t)has_relay + (size_t)(private_.len > 0));
    put_pair(out, 1, (int64_t)epoch->generation);
    put_pair(out, 2, epoch->state);
    put_pair(out, 3, epoch->suite);
    put_pair(out, 4, epoch->created_s);
    put_pair(out, 5, epoch->since_s);
    put_octets(out, 6, epoch->keys->tenant, WB_KEY_SIZE);
    put_octets(out, 7, epoch->keys->control, WB_KEY_SIZE);
    put_octets(out, 8, epoch->public_, epoch->public_len);
    if (has_relay)
        put_octets(out, KEY_RELAY, epoch->keys->relay, WB_RELAY_SIZE - 1);
    if (private_.len > 0)
        put_octets(out, KEY_PRIVATE, private_.p, private_.len);
}

size_t
wb_keyring_print(const pwwb_keyring *keyring, int32_t half, uint8_t *buf, size_t size)
{
    wb_cbor_out out = wb_cbor_write(buf, size);
    size_t      i;

    wb_cbor_put_map(&out, 7);
    put_pair(&out, 1, VERSION);
    put_octets(&out, 2, keyring->tenant, PWWB_ID_SIZE);
    put_pair(&out, 3, half);
    put_pair(&out, 4, keyring->state);
    put_pair(&out, 5, (int64_t)keyring->generation);
    wb_cbor_put_int(&out, 6);
    wb_cbor_put_array(&out, keyring->epoch_count);
    for (i = 0; i < keyring->epoch_count; i++)
        put_epoch(&out, &keyring->epochs[i], half);
    wb_cbor_put_int(&out, 7);
    if (half == keyring->half)
        wb_party_put(&out, keyring);
    else
        wb_cbor_put_map(&out, 0); /* what an agent knows of itself is not for the portal */
    return out.need;
}

static int64_t
pair(wb_cbor *in, int64_t key)
{
    wb_cbor_expect(in, key);
    return wb_cbor_int(in);
}

static int32_t
pair_between(wb_cbor *in, int64_t key, int32_t least, int32_t most)
{
    int64_t value = pair(in, key);

    if (value < least || value > most)
        wb_cbor_fail(in);
    return (int32_t)value;
}

static uint64_t
pair_generation(wb_cbor *in, int64_t key)
{
    int64_t value = pair(in, key);

    if (value < 0 || value > (int64_t)WB_GENERATION_MAX)
        wb_cbor_fail(in);
    return (uint64_t)value;
}

static int64_t
pair_time(wb_cbor *in, int64_t key)
{
    wb_cbor_expect(in, key);
    return wb_time_read(in);
}

static void
read_public(wb_cbor *in, wb_epoch *epoch)
{
    wb_span public_;

    wb_cbor_expect(in, 8);
    public_ = wb_cbor_octets(in);
    if (public_.len > sizeof(epoch->public_))
        wb_cbor_fail(in);
    if (in->status != PWWB_OK || public_.len == 0)
        return;

    memcpy(epoch->public_, public_.p, public_.len);
    epoch->public_len = public_.len;
}

/* What only an agent half may have. */
static wb_span
read_private(wb_cbor *in, wb_epoch *epoch, size_t pairs)
{
    wb_span private_ = {NULL, 0};
    int64_t key      = pairs > 0 ? wb_cbor_int(in) : 0;

    if (key == KEY_RELAY) {
        wb_cbor_fixed(in, epoch->keys->relay, WB_RELAY_SIZE - 1);
        epoch->has_relay = 1;
        key = --pairs > 0 ? wb_cbor_int(in) : 0;
    }
    if (key == KEY_PRIVATE) {
        private_ = wb_cbor_octets(in);
        if (private_.len == 0)
            wb_cbor_fail(in);
        pairs--;
    }
    if (pairs != 0)
        wb_cbor_fail(in);
    return private_;
}

static pwwb_status
read_epoch(wb_cbor *in, wb_epoch *epoch, pwwb_error *err)
{
    size_t  pairs = wb_cbor_map(in);
    wb_span private_;

    epoch->generation = pair_generation(in, 1);
    epoch->state      = pair_between(in, 2, PWWB_EPOCH_PENDING, PWWB_EPOCH_OPEN_ONLY);
    epoch->suite      = pair_between(in, 3, PWWB_SUITE_RSA, PWWB_SUITE_X25519);
    epoch->created_s  = pair_time(in, 4);
    epoch->since_s    = pair_time(in, 5);
    wb_cbor_expect(in, 6);
    wb_cbor_fixed(in, epoch->keys->tenant, WB_KEY_SIZE);
    wb_cbor_expect(in, 7);
    wb_cbor_fixed(in, epoch->keys->control, WB_KEY_SIZE);
    read_public(in, epoch);
    if (pairs < PAIRS_ALWAYS)
        wb_cbor_fail(in);
    private_ = read_private(in, epoch, pairs - PAIRS_ALWAYS);
    if (epoch->keyring->half == PWWB_HALF_PORTAL && pairs != PAIRS_ALWAYS)
        wb_cbor_fail(in);
    if (in->status != PWWB_OK)
        return in->status;

    return wb_epoch_ready(epoch, private_, err);
}

/* Epochs come the newest first; each was read into the first place, and the order turned. */
static void
reverse(pwwb_keyring *keyring)
{
    size_t i, j;

    for (i = 0, j = keyring->epoch_count; i + 1 < j; i++) {
        wb_epoch kept = keyring->epochs[i];

        keyring->epochs[i] = keyring->epochs[--j];
        keyring->epochs[j] = kept;
    }
}

static pwwb_status
read_epochs(wb_cbor *in, pwwb_keyring *keyring, pwwb_error *err)
{
    size_t      count = wb_cbor_array(in);
    size_t      i;
    pwwb_status st    = in->status;

    if (count > PWWB_EPOCHS_MAX)
        wb_cbor_fail(in);
    for (i = 0; i < count && in->status == PWWB_OK && st == PWWB_OK; i++)
        st = read_epoch(in, wb_keyring_insert(keyring), err);
    reverse(keyring);
    return in->status != PWWB_OK ? in->status : st;
}

/* The one key that a kid names is tried: no two may have one. Generations fall, the newest may be
 * pending, one may be active. */
static int
epochs_fit(const pwwb_keyring *keyring)
{
    size_t active = 0;
    size_t i, j;

    for (i = 0; i < keyring->epoch_count; i++) {
        const wb_epoch *e = &keyring->epochs[i];

        active += e->state == PWWB_EPOCH_ACTIVE;
        if (e->generation > (i == 0 ? keyring->generation : keyring->epochs[i - 1].generation - 1)
            || e->generation == 0 || (i > 0 && e->state == PWWB_EPOCH_PENDING))
            return 0;
        for (j = 0; j < i; j++)
            if (memcmp(e->kid, keyring->epochs[j].kid, WB_KID_SIZE) == 0
                || memcmp(e->control_kid, keyring->epochs[j].control_kid, WB_KID_SIZE) == 0)
                return 0;
    }
    return active <= 1;
}

/* An agent's order speaks of the newest epoch, and brings a pending one. */
static int
order_fits(const pwwb_keyring *keyring)
{
    int32_t kind = keyring->party.order.kind;

    if (keyring->half != PWWB_HALF_AGENT || kind == 0)
        return 1;
    if (kind == PWWB_EXCHANGE_DISABLE)
        return keyring->epoch_count > 0;

    return kind != PWWB_EXCHANGE_REVOKE && keyring->epoch_count > 0
           && keyring->epochs[0].state == PWWB_EPOCH_PENDING;
}

static pwwb_status
read_keyring(wb_cbor *in, pwwb_keyring *keyring, pwwb_error *err)
{
    pwwb_status st;

    keyring->state      = pair_between(in, 4, PWWB_TENANT_NONE, PWWB_TENANT_REVOKED);
    keyring->generation = pair_generation(in, 5);
    wb_cbor_expect(in, 6);
    st = read_epochs(in, keyring, err);
    if (in->status == PWWB_OK && st != PWWB_OK)
        return st;

    wb_cbor_expect(in, 7);
    wb_party_read(in, keyring);
    wb_cbor_end(in);
    if (in->status == PWWB_OK && (!epochs_fit(keyring) || !order_fits(keyring)))
        wb_cbor_fail(in);
    if (in->status != PWWB_OK)
        return wb_fail(err, in->status, "not a keyring of version %d", VERSION);

    return PWWB_OK;
}

pwwb_status
wb_keyring_parse(wb_span plain, pwwb_keyring **ret_keyring, pwwb_error *err)
{
    wb_cbor       in = wb_cbor_read(plain);
    uint8_t       tenant[PWWB_ID_SIZE];
    int32_t       half;
    pwwb_keyring *keyring;
    pwwb_status   st;

    if (wb_cbor_map(&in) != 7)
        wb_cbor_fail(&in);
    wb_cbor_expect(&in, 1);
    wb_cbor_expect(&in, VERSION);
    wb_cbor_expect(&in, 2);
    wb_cbor_fixed(&in, tenant, sizeof(tenant));
    half = pair_between(&in, 3, PWWB_HALF_AGENT, PWWB_HALF_PORTAL);
    if (in.status != PWWB_OK)
        return wb_fail(err, in.status, "not a keyring of version %d", VERSION);

    keyring = wb_keyring_alloc(tenant, half);
    if (keyring == NULL)
        return wb_fail(err, PWWB_E_NO_MEMORY, "no memory for a keyring");

    st = read_keyring(&in, keyring, err);
    if (st != PWWB_OK) {
        pwwb_keyring_free(keyring);
        return st;
    }
    *ret_keyring = keyring;
    return PWWB_OK;
}
