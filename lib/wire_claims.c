/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "guid.h"
#include "utf.h"
#include "wire.h"

/* CWT claim keys, RFC 8392 4, and ours in its private range. */
enum {
    CLAIM_AUD       = 3,
    CLAIM_EXP       = 4,
    CLAIM_IAT       = 6,
    CLAIM_CTI       = 7,
    CLAIM_TENANT    = -65537,
    CLAIM_OPERATION = -65538,
    CLAIM_ORIGIN    = -65539,
    CLAIM_ACTOR     = -65540,
    CLAIM_USER_TYPE = -65541,
    CLAIM_ANCHOR    = -65542,
    CLAIM_FLAGS     = -65543,
    CLAIM_REPLY_TO  = -65544
};

/* FLAGS = flags | must_change << 8 */
enum { MUST_CHANGE_SHIFT = 8, FLAGS_KNOWN = PWWB_FLAG_UNLOCK | PWWB_FLAG_OWN_ACCOUNT };

/* Far enough for every date, near enough for every sum. */
#define TIME_MAX ((int64_t)1 << 40)

#define BIT_ALL 0xfff

void
wb_wire_external(const char *label, const uint8_t tenant[PWWB_ID_SIZE],
                 uint8_t out[WB_EXTERNAL_SIZE])
{
    memcpy(out, label, WB_EXTERNAL_SIZE - PWWB_ID_SIZE);
    memcpy(out + WB_EXTERNAL_SIZE - PWWB_ID_SIZE, tenant, PWWB_ID_SIZE);
}

static int
in_range(int64_t value, int64_t least, int64_t most)
{
    return value >= least && value <= most;
}

/* Text of its own length, NUL and all, is what the other side reads. */
static int
is_text(const char *text, size_t size)
{
    const char *end = memchr(text, 0, size);

    return end != NULL && wb_utf8_units((const uint8_t *)text, (size_t)(end - text)) >= 0;
}

int
wb_wire_claims_fit(const pwwb_claims *c)
{
    return in_range(c->iat, 0, TIME_MAX) && in_range(c->exp, 0, TIME_MAX)
           && in_range(c->operation, PWWB_OPERATION_CHANGE, PWWB_OPERATION_UNLOCK)
           && in_range(c->origin, PWWB_FROM_ACCOUNT_PORTAL, PWWB_FROM_OFFICE_PORTAL)
           && in_range(c->actor, PWWB_ACTOR_USER, PWWB_ACTOR_ADMIN)
           && in_range(c->user_type, PWWB_USER_HASH_SYNC, PWWB_USER_CLOUD_ONLY)
           && in_range(c->must_change, PWWB_MUST_CHANGE_KEEP, PWWB_MUST_CHANGE_CLEAR)
           && (c->flags & ~(uint32_t)FLAGS_KNOWN) == 0
           && in_range(c->anchor.kind, PWWB_ANCHOR_SOURCE, PWWB_ANCHOR_CLOUD)
           && is_text(c->reply_to, sizeof(c->reply_to));
}

static void
put_int_claim(wb_cbor_out *out, int64_t key, int64_t value)
{
    wb_cbor_put_int(out, key);
    wb_cbor_put_int(out, value);
}

static void
put_octets_claim(wb_cbor_out *out, int64_t key, const uint8_t *id)
{
    wb_cbor_put_int(out, key);
    wb_cbor_put_octets(out, wb_span_of(id, PWWB_ID_SIZE));
}

void
wb_wire_put_claims(wb_cbor_out *out, const pwwb_claims *c)
{
    int has_actor_id = !wb_guid_is_zero(c->actor_id);

    wb_cbor_put_map(out, 12);
    wb_cbor_put_int(out, CLAIM_AUD);
    wb_cbor_put_text(out, WB_AUDIENCE, strlen(WB_AUDIENCE));
    put_int_claim(out, CLAIM_EXP, c->exp);
    put_int_claim(out, CLAIM_IAT, c->iat);
    put_octets_claim(out, CLAIM_CTI, c->cti);
    put_octets_claim(out, CLAIM_TENANT, c->tenant);
    put_int_claim(out, CLAIM_OPERATION, c->operation);
    put_int_claim(out, CLAIM_ORIGIN, c->origin);
    wb_cbor_put_int(out, CLAIM_ACTOR);
    wb_cbor_put_array(out, has_actor_id ? 2 : 1);
    wb_cbor_put_int(out, c->actor);
    if (has_actor_id)
        wb_cbor_put_octets(out, wb_span_of(c->actor_id, PWWB_ID_SIZE));
    put_int_claim(out, CLAIM_USER_TYPE, c->user_type);
    wb_cbor_put_int(out, CLAIM_ANCHOR);
    wb_cbor_put_array(out, 2);
    wb_cbor_put_int(out, c->anchor.kind);
    wb_cbor_put_octets(out, wb_span_of(c->anchor.guid, PWWB_ID_SIZE));
    put_int_claim(out, CLAIM_FLAGS,
                  (int64_t)c->flags | (int64_t)c->must_change << MUST_CHANGE_SHIFT);
    wb_cbor_put_int(out, CLAIM_REPLY_TO);
    wb_cbor_put_text(out, c->reply_to, strlen(c->reply_to));
}

static void
read_actor(wb_cbor *in, pwwb_claims *c)
{
    size_t items = wb_cbor_array(in);

    c->actor = wb_cbor_int32(in);
    if (items == 2)
        wb_cbor_fixed(in, c->actor_id, PWWB_ID_SIZE);
    else if (items != 1)
        wb_cbor_fail(in);
}

static void
read_anchor(wb_cbor *in, pwwb_claims *c)
{
    if (wb_cbor_array(in) != 2)
        wb_cbor_fail(in);
    c->anchor.kind = wb_cbor_int32(in);
    wb_cbor_fixed(in, c->anchor.guid, PWWB_ID_SIZE);
}

static void
read_flags(wb_cbor *in, pwwb_claims *c)
{
    int32_t value = wb_cbor_int32(in);

    c->flags       = (uint32_t)value & ((1u << MUST_CHANGE_SHIFT) - 1);
    c->must_change = value >> MUST_CHANGE_SHIFT;
}

static void
read_reply_to(wb_cbor *in, pwwb_claims *c)
{
    wb_span text = wb_cbor_text(in);

    if (text.len >= sizeof(c->reply_to) || (text.len > 0 && memchr(text.p, 0, text.len) != NULL)) {
        wb_cbor_fail(in);
        return;
    }
    if (text.len > 0)
        memcpy(c->reply_to, text.p, text.len);
}

static int
read_audience(wb_cbor *in)
{
    wb_span text = wb_cbor_text(in);

    return text.len == strlen(WB_AUDIENCE) && memcmp(text.p, WB_AUDIENCE, text.len) == 0;
}

/* One claim; its bit, so that each stands exactly once. */
static unsigned
read_claim(wb_cbor *in, pwwb_claims *c, int *audience_fits)
{
    switch (wb_cbor_int(in)) {
    case CLAIM_AUD:
        *audience_fits = read_audience(in);
        return 0x001;
    case CLAIM_EXP:
        c->exp = wb_cbor_int(in);
        return 0x002;
    case CLAIM_IAT:
        c->iat = wb_cbor_int(in);
        return 0x004;
    case CLAIM_CTI:
        wb_cbor_fixed(in, c->cti, PWWB_ID_SIZE);
        return 0x008;
    case CLAIM_TENANT:
        wb_cbor_fixed(in, c->tenant, PWWB_ID_SIZE);
        return 0x010;
    case CLAIM_OPERATION:
        c->operation = wb_cbor_int32(in);
        return 0x020;
    case CLAIM_ORIGIN:
        c->origin = wb_cbor_int32(in);
        return 0x040;
    case CLAIM_ACTOR:
        read_actor(in, c);
        return 0x080;
    case CLAIM_USER_TYPE:
        c->user_type = wb_cbor_int32(in);
        return 0x100;
    case CLAIM_ANCHOR:
        read_anchor(in, c);
        return 0x200;
    case CLAIM_FLAGS:
        read_flags(in, c);
        return 0x400;
    case CLAIM_REPLY_TO:
        read_reply_to(in, c);
        return 0x800;
    default:
        wb_cbor_fail(in);
        return 0;
    }
}

pwwb_status
wb_wire_read_claims(wb_span octets, pwwb_claims *claims, int *ret_audience_fits)
{
    wb_cbor  in   = wb_cbor_read(octets);
    size_t   pairs = wb_cbor_map(&in);
    unsigned seen = 0;

    memset(claims, 0, sizeof(*claims));
    claims->size       = sizeof(*claims);
    *ret_audience_fits = 0;
    while (pairs-- > 0 && in.status == PWWB_OK) {
        unsigned bit = read_claim(&in, claims, ret_audience_fits);

        if ((seen & bit) != 0)
            wb_cbor_fail(&in);
        seen |= bit;
    }
    wb_cbor_end(&in);
    if (seen != BIT_ALL || !wb_wire_claims_fit(claims) || wb_guid_is_zero(claims->cti))
        wb_cbor_fail(&in);
    return in.status;
}
