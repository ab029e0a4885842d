/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "utf.h"
#include "wire.h"

/* What a secret's plaintext is padded to. 192 holds two passwords of 90 octets; the last holds
 * two of the longest. */
static const size_t buckets[3] = {192, 640, WB_SECRET_MAX};

enum { KEY_NEW = 1, KEY_OLD = 2 };

size_t
wb_wire_bucket(const size_t buckets_[3], size_t need)
{
    return need <= buckets_[0] ? buckets_[0] : need <= buckets_[1] ? buckets_[1] : buckets_[2];
}

int
wb_wire_wants_password(int32_t operation)
{
    return operation != PWWB_OPERATION_UNLOCK;
}

int
wb_wire_wants_old_password(int32_t operation)
{
    return operation == PWWB_OPERATION_CHANGE || operation == PWWB_OPERATION_CHANGE_FORCED;
}

int
wb_wire_password_fits(wb_span password)
{
    int64_t units;

    if (password.len < 1 || password.len > PWWB_PASSWORD_MAX)
        return 0;

    units = wb_utf8_units(password.p, password.len);
    return units >= 1 && units <= PWWB_PASSWORD_MAX_UNITS;
}

static void
put_password(wb_cbor_out *out, int64_t key, wb_span password)
{
    if (password.len == 0)
        return;

    wb_cbor_put_int(out, key);
    wb_cbor_put_text(out, (const char *)password.p, password.len);
}

size_t
wb_wire_put_secret(uint8_t out[WB_SECRET_MAX], wb_span password, wb_span old_password)
{
    wb_cbor_out map = wb_cbor_write(out, WB_SECRET_MAX);
    size_t      bucket;

    wb_cbor_put_map(&map, (size_t)(password.len > 0) + (size_t)(old_password.len > 0));
    put_password(&map, KEY_NEW, password);
    put_password(&map, KEY_OLD, old_password);
    bucket = wb_wire_bucket(buckets, map.need);
    memset(out + map.need, 0, bucket - map.need);
    return bucket;
}

pwwb_status
wb_wire_read_secret(wb_span plain, wb_span *password, wb_span *old_password)
{
    wb_cbor in    = wb_cbor_read(plain);
    size_t  pairs = wb_cbor_map(&in);
    int64_t last  = 0;

    *password     = wb_span_of(NULL, 0);
    *old_password = wb_span_of(NULL, 0);
    while (pairs-- > 0 && in.status == PWWB_OK) {
        int64_t key  = wb_cbor_int(&in);
        wb_span text = wb_cbor_text(&in);

        if (key <= last || key > KEY_OLD || !wb_wire_password_fits(text))
            wb_cbor_fail(&in);
        *(key == KEY_NEW ? password : old_password) = text;
        last                                        = key;
    }
    if (wb_wire_bucket(buckets, plain.len - in.rest.len) != plain.len)
        wb_cbor_fail(&in);
    wb_cbor_zeros(&in);
    return in.status;
}
