/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "wire.h"

static const size_t buckets[3] = {192, 512, WB_REPLY_MAX};

enum {
    KEY_OUTCOME    = 1,
    KEY_CODE       = 2,
    KEY_FINDINGS   = 3,
    KEY_CONTROLLER = 4,
    KEY_TIME       = 6,
    KEY_CTI        = 7
};

static void
put_findings(wb_cbor_out *out, const pwwb_findings *findings)
{
    size_t i;

    wb_cbor_put_array(out, findings->count);
    for (i = 0; i < findings->count; i++) {
        const wb_finding *f = &findings->list[i];

        wb_cbor_put_array(out, 4);
        wb_cbor_put_int(out, f->code);
        wb_cbor_put_int(out, f->basis);
        wb_cbor_put_int(out, f->limit);
        wb_cbor_put_int(out, f->actual);
    }
}

size_t
wb_wire_put_reply(uint8_t out[WB_REPLY_MAX], const wb_reply *reply)
{
    wb_cbor_out map = wb_cbor_write(out, WB_REPLY_MAX);
    size_t      bucket;

    wb_cbor_put_map(&map, 6);
    wb_cbor_put_int(&map, KEY_OUTCOME);
    wb_cbor_put_int(&map, reply->outcome);
    wb_cbor_put_int(&map, KEY_CODE);
    wb_cbor_put_int(&map, reply->code);
    wb_cbor_put_int(&map, KEY_FINDINGS);
    put_findings(&map, &reply->findings);
    wb_cbor_put_int(&map, KEY_CONTROLLER);
    wb_cbor_put_text(&map, reply->controller, strlen(reply->controller));
    wb_cbor_put_int(&map, KEY_TIME);
    wb_cbor_put_int(&map, reply->time_ms);
    wb_cbor_put_int(&map, KEY_CTI);
    wb_cbor_put_octets(&map, wb_span_of(reply->cti, PWWB_ID_SIZE));

    bucket = wb_wire_bucket(buckets, map.need);
    memset(out + map.need, 0, bucket - map.need);
    return bucket;
}

/* A newer agent may know codes that this side does not: they are kept as they are. */
static void
read_findings(wb_cbor *in, pwwb_findings *findings)
{
    size_t count = wb_cbor_array(in);
    size_t i;

    if (count > PWWB_FINDINGS_MAX) {
        wb_cbor_fail(in);
        return;
    }
    for (i = 0; i < count && in->status == PWWB_OK; i++) {
        wb_finding *f = &findings->list[i];

        if (wb_cbor_array(in) != 4)
            wb_cbor_fail(in);
        f->code   = wb_cbor_int32(in);
        f->basis  = wb_cbor_int32(in);
        f->limit  = wb_cbor_int(in);
        f->actual = wb_cbor_int(in);
    }
    findings->count = count;
}

static void
read_controller(wb_cbor *in, wb_reply *reply)
{
    wb_span text = wb_cbor_text(in);

    if (text.len >= sizeof(reply->controller)
        || (text.len > 0 && memchr(text.p, 0, text.len) != NULL))
        wb_cbor_fail(in);
    else if (text.len > 0)
        memcpy(reply->controller, text.p, text.len);
}

pwwb_status
wb_wire_read_reply(wb_span plain, wb_reply *reply)
{
    wb_cbor in = wb_cbor_read(plain);

    memset(reply, 0, sizeof(*reply));
    if (wb_cbor_map(&in) != 6)
        wb_cbor_fail(&in);
    wb_cbor_expect(&in, KEY_OUTCOME);
    reply->outcome = wb_cbor_int32(&in);
    wb_cbor_expect(&in, KEY_CODE);
    reply->code = wb_cbor_int32(&in);
    wb_cbor_expect(&in, KEY_FINDINGS);
    read_findings(&in, &reply->findings);
    wb_cbor_expect(&in, KEY_CONTROLLER);
    read_controller(&in, reply);
    wb_cbor_expect(&in, KEY_TIME);
    reply->time_ms = wb_cbor_int(&in);
    wb_cbor_expect(&in, KEY_CTI);
    wb_cbor_fixed(&in, reply->cti, PWWB_ID_SIZE);

    if (wb_wire_bucket(buckets, plain.len - in.rest.len) != plain.len)
        wb_cbor_fail(&in);
    wb_cbor_zeros(&in);
    if (reply->outcome < PWWB_OUTCOME_SET || reply->outcome > PWWB_OUTCOME_UNKNOWN)
        wb_cbor_fail(&in);
    if (in.status != PWWB_OK)
        memset(reply, 0, sizeof(*reply));
    return in.status;
}
