/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "cbor.h"
#include "error.h"
#include "keyring.h"

/* keyring = {1: version, 2: tenant, 3: [+ epoch]}
 * epoch   = {1: generation, 2: state, 3: suite, 4: created, 5: tenant key, 6: public,
 *            ? 7: private}
 * All keys in this order. Version 1 writes and reads one epoch, which is active. */
enum { VERSION = 1, STATE_ACTIVE = 2 };

size_t
wb_keyring_print(const pwwb_keyring *keyring, int32_t half, uint8_t *buf, size_t size)
{
    const wb_epoch *epoch    = wb_keyring_active(keyring);
    wb_cbor_out     out      = wb_cbor_write(buf, size);
    wb_span         private_ = {epoch->keys->x25519, WB_X25519_SIZE};

    if (half == PWWB_HALF_AGENT && epoch->suite == PWWB_SUITE_RSA)
        private_ = wb_rsa_der(epoch->rsa_private);

    wb_cbor_put_map(&out, 3);
    wb_cbor_put_int(&out, 1);
    wb_cbor_put_int(&out, VERSION);
    wb_cbor_put_int(&out, 2);
    wb_cbor_put_octets(&out, wb_span_of(wb_keyring_tenant(keyring), PWWB_ID_SIZE));
    wb_cbor_put_int(&out, 3);
    wb_cbor_put_array(&out, 1);

    wb_cbor_put_map(&out, half == PWWB_HALF_AGENT ? 7 : 6);
    wb_cbor_put_int(&out, 1);
    wb_cbor_put_int(&out, (int64_t)epoch->generation);
    wb_cbor_put_int(&out, 2);
    wb_cbor_put_int(&out, STATE_ACTIVE);
    wb_cbor_put_int(&out, 3);
    wb_cbor_put_int(&out, epoch->suite);
    wb_cbor_put_int(&out, 4);
    wb_cbor_put_int(&out, epoch->created_s);
    wb_cbor_put_int(&out, 5);
    wb_cbor_put_octets(&out, wb_span_of(epoch->keys->tenant, WB_KEY_SIZE));
    wb_cbor_put_int(&out, 6);
    wb_cbor_put_octets(&out, wb_span_of(epoch->public_, epoch->public_len));
    if (half == PWWB_HALF_AGENT) {
        wb_cbor_put_int(&out, 7);
        wb_cbor_put_octets(&out, private_);
    }
    return out.need;
}

static wb_span
read_epoch(wb_cbor *in, wb_epoch *epoch)
{
    size_t  pairs    = wb_cbor_map(in);
    wb_span private_ = {NULL, 0};
    wb_span public_;

    wb_cbor_expect(in, 1);
    epoch->generation = wb_cbor_uint(in);
    wb_cbor_expect(in, 2);
    wb_cbor_expect(in, STATE_ACTIVE);
    wb_cbor_expect(in, 3);
    epoch->suite = wb_cbor_int32(in);
    if (epoch->suite != PWWB_SUITE_RSA && epoch->suite != PWWB_SUITE_X25519)
        wb_cbor_fail(in);
    wb_cbor_expect(in, 4);
    epoch->created_s = wb_cbor_int(in);
    wb_cbor_expect(in, 5);
    wb_cbor_fixed(in, epoch->keys->tenant, WB_KEY_SIZE);
    wb_cbor_expect(in, 6);
    public_ = wb_cbor_octets(in);
    if (pairs == 7) {
        wb_cbor_expect(in, 7);
        private_ = wb_cbor_octets(in);
        if (private_.len == 0)
            wb_cbor_fail(in);
    }
    if ((pairs != 6 && pairs != 7) || public_.len > sizeof(epoch->public_))
        wb_cbor_fail(in);
    if (in->status == PWWB_OK) {
        memcpy(epoch->public_, public_.p, public_.len);
        epoch->public_len = public_.len;
    }
    return private_;
}

pwwb_status
wb_keyring_parse(wb_span plain, pwwb_keyring **ret_keyring, pwwb_error *err)
{
    wb_cbor       in = wb_cbor_read(plain);
    uint8_t       tenant[PWWB_ID_SIZE];
    pwwb_keyring *keyring;
    wb_span       private_;
    pwwb_status   st;

    if (wb_cbor_map(&in) != 3)
        wb_cbor_fail(&in);
    wb_cbor_expect(&in, 1);
    wb_cbor_expect(&in, VERSION);
    wb_cbor_expect(&in, 2);
    wb_cbor_fixed(&in, tenant, sizeof(tenant));
    wb_cbor_expect(&in, 3);
    if (wb_cbor_array(&in) != 1)
        wb_cbor_fail(&in);

    keyring = wb_keyring_alloc(tenant);
    if (keyring == NULL)
        return wb_fail(err, PWWB_E_NO_MEMORY, "no memory for a keyring");

    private_ = read_epoch(&in, wb_keyring_epoch(keyring));
    wb_cbor_end(&in);
    if (in.status != PWWB_OK)
        st = wb_fail(err, in.status, "not a keyring of version %d", VERSION);
    else
        st = wb_keyring_ready(keyring, private_, err);
    if (st != PWWB_OK) {
        pwwb_keyring_free(keyring);
        return st;
    }
    *ret_keyring = keyring;
    return PWWB_OK;
}
