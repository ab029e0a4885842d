/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "envelope.h"
#include "error.h"
#include "order.h"
#include "secret.h"

/* {1: kind, 2: id, 3: code, 4: state, 5: generation, 6: time, ? 7: digest} in this order: an answer
 * has a digest, a revoke has none. */
#define CONTROL_MAX 160

static void
put_int(wb_cbor_out *out, int64_t key, int64_t value)
{
    wb_cbor_put_int(out, key);
    wb_cbor_put_int(out, value);
}

size_t
wb_control_seal(const wb_control *control, const uint8_t key[WB_KEY_SIZE],
                const uint8_t tenant[PWWB_ID_SIZE], uint8_t *buf, size_t size)
{
    uint8_t     plain[CONTROL_MAX];
    uint8_t     kid[WB_KID_SIZE];
    wb_cbor_out out       = wb_cbor_write(plain, sizeof(plain));
    int         is_answer = control->kind == WB_CONTROL_ANSWER;

    wb_cbor_put_map(&out, is_answer ? 7 : 6);
    put_int(&out, 1, control->kind);
    wb_cbor_put_int(&out, 2);
    wb_cbor_put_octets(&out, wb_span_of(control->id, sizeof(control->id)));
    put_int(&out, 3, control->code);
    put_int(&out, 4, control->state);
    put_int(&out, 5, (int64_t)control->generation);
    put_int(&out, 6, control->time_s);
    if (is_answer) {
        wb_cbor_put_int(&out, 7);
        wb_cbor_put_octets(&out, wb_span_of(control->digest, sizeof(control->digest)));
    }
    wb_control_kid(key, kid);
    return wb_outer_seal_by(key, kid, tenant, WB_LABEL_CONTROL, wb_span_of(plain, out.need), buf,
                            size);
}

pwwb_status
wb_control_read(wb_span plain, wb_control *control)
{
    wb_cbor in    = wb_cbor_read(plain);
    size_t  pairs = wb_cbor_map(&in);

    memset(control, 0, sizeof(*control));
    wb_cbor_expect(&in, 1);
    control->kind = wb_cbor_int32(&in);
    wb_cbor_expect(&in, 2);
    wb_cbor_fixed(&in, control->id, sizeof(control->id));
    wb_cbor_expect(&in, 3);
    control->code = wb_cbor_int32(&in);
    wb_cbor_expect(&in, 4);
    control->state = wb_cbor_int32(&in);
    wb_cbor_expect(&in, 5);
    control->generation = wb_cbor_uint(&in);
    wb_cbor_expect(&in, 6);
    control->time_s = wb_cbor_int(&in);
    if (control->kind == WB_CONTROL_ANSWER && pairs == 7) {
        wb_cbor_expect(&in, 7);
        wb_cbor_fixed(&in, control->digest, sizeof(control->digest));
    } else if (control->kind != WB_CONTROL_REVOKE || pairs != 6) {
        wb_cbor_fail(&in);
    }
    wb_cbor_end(&in);
    if (control->generation > WB_GENERATION_MAX)
        wb_cbor_fail(&in);
    return in.status;
}

pwwb_status
wb_control_open(const pwwb_keyring *keyring, wb_span sealed, wb_control *control,
                const uint8_t **ret_key, pwwb_error *err)
{
    uint8_t       plain[PWWB_ENVELOPE_MAX];
    size_t        len = 0;
    wb_cose_layer layer;
    pwwb_status   st = wb_outer_parse(sealed, &layer, err);

    if (st != PWWB_OK)
        return st;

    *ret_key = wb_keyring_find_control(keyring, layer.kid);
    if (*ret_key == NULL)
        return wb_fail(err, PWWB_E_KEY_UNKNOWN, "no control message of this keyring");

    st = wb_outer_open_by(*ret_key, keyring->tenant, WB_LABEL_CONTROL, &layer, plain, &len, err);
    if (st != PWWB_OK)
        return st;
    if (wb_control_read(wb_span_of(plain, len), control) != PWWB_OK)
        return wb_fail(err, PWWB_E_MALFORMED, "not a control message of this profile");

    return PWWB_OK;
}
