/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WB_WIRE_H
#define WB_WIRE_H

/* The contents of envelopes, as docs/protocol.md describes them: claims, secrets, replies. CBOR
 * in and out; nothing here is sealed. */

#include <pwwb/envelope.h>

#include "cbor.h"
#include "result.h"

#define WB_AUDIENCE "pwwb-agent"

/* external_aad of an outer layer: label and tenant. */
#define WB_LABEL_REQUEST "pwwb1-req"
#define WB_LABEL_REPLY   "pwwb1-rsp"
#define WB_LABEL_HEARTBEAT "pwwb1-hbt"
#define WB_LABEL_CONTROL "pwwb1-ctl"
#define WB_LABEL_ORDER   "pwwb1-ord"
#define WB_EXTERNAL_SIZE (9 + PWWB_ID_SIZE)
void wb_wire_external(const char *label, const uint8_t tenant[PWWB_ID_SIZE],
                      uint8_t out[WB_EXTERNAL_SIZE]);

/* Claims, RFC 8392; private ones below -65536. Reading checks ranges, not time or tenant; whether
 * the audience is ours comes back apart, so that a reply can say so. */
void        wb_wire_put_claims(wb_cbor_out *out, const pwwb_claims *claims);
pwwb_status wb_wire_read_claims(wb_span octets, pwwb_claims *claims, int *ret_audience_fits);
/* Whether every field is in range, for both directions. */
int         wb_wire_claims_fit(const pwwb_claims *claims);

/* The least of three buckets that holds `need` octets; the last when none does. */
size_t wb_wire_bucket(const size_t buckets[3], size_t need);

/* Secrets: {? 1: new, ? 2: old} and zeros up to the bucket, so that neither lengths nor the kind
 * of operation show. Written into locked memory; read as spans into it. */
#define WB_SECRET_MAX 1600
size_t      wb_wire_put_secret(uint8_t out[WB_SECRET_MAX], wb_span password, wb_span old_password);
pwwb_status wb_wire_read_secret(wb_span plain, wb_span *password, wb_span *old_password);

/* Which passwords an operation has. */
int wb_wire_wants_password(int32_t operation);
int wb_wire_wants_old_password(int32_t operation);
/* UTF-8 without NUL, 1 to 256 UTF-16 units, at most PWWB_PASSWORD_MAX octets. */
int wb_wire_password_fits(wb_span password);

/* Replies: {7: cti, 1: outcome, 2: code, 3: findings, 4: controller, 6: time} and zeros up to the
 * bucket. A finding is [code, basis, limit, actual]. */
typedef struct wb_reply {
    uint8_t       cti[PWWB_ID_SIZE];
    int32_t       outcome;
    int32_t       code;
    int64_t       time_ms;
    pwwb_findings findings;
    char          controller[260];
} wb_reply;

#define WB_REPLY_MAX 1024
size_t      wb_wire_put_reply(uint8_t out[WB_REPLY_MAX], const wb_reply *reply);
pwwb_status wb_wire_read_reply(wb_span plain, wb_reply *reply);

#endif /* WB_WIRE_H */
