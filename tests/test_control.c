/* SPDX-License-Identifier: Apache-2.0 */
/* rows: 9 10 18 20 */
#include "order.h"

#include "envelope.h"
#include "envelopes.h"

static const uint8_t id[PWWB_ID_SIZE + 1]         = "an order's id 16";
static const uint8_t digest[WB_SHA256_SIZE + 1]   = "the digest of an order, 32 octets";

static wb_control
right(int32_t kind)
{
    wb_control c = {.kind       = kind,
                    .code       = PWWB_EXCHANGE_STALE,
                    .state      = PWWB_TENANT_ENABLED,
                    .generation = 70000,
                    .time_s     = IAT};

    memcpy(c.id, id, sizeof(c.id));
    if (kind == WB_CONTROL_ANSWER)
        memcpy(c.digest, digest, sizeof(c.digest));
    return c;
}

static const uint8_t *
control_key(void)
{
    return wb_keyring_active(env_keys[1])->keys->control;
}

static sealed
seal(const wb_control *c)
{
    sealed s;

    s.len = wb_control_seal(c, control_key(), env_tenant, s.octets, sizeof(s.octets));
    CHECK(s.len <= sizeof(s.octets));
    return s;
}

static pwwb_status
open_it(const sealed *s, wb_control *c, const uint8_t **ret_key)
{
    return wb_control_open(env_keys[1], wb_span_of(s->octets, s->len), c, ret_key, NULL);
}

/* 16([{1: 3, 4: kid}, {5: iv}, ciphertext]), read by hand down to the last pair. */
static void
it_stands_in_octets_as_the_protocol_says(void)
{
    static const uint8_t head[] = {0xd0, 0x83, 0x4d, 0xa2, 0x01, 0x03, 0x04, 0x48};
    int32_t              kind;

    for (kind = WB_CONTROL_ANSWER; kind <= WB_CONTROL_REVOKE; kind++) {
        wb_control    c = right(kind);
        sealed        s = seal(&c);
        uint8_t       labelled[14 + WB_KEY_SIZE], hash[WB_SHA256_SIZE], plain[PWWB_ENVELOPE_MAX];
        wb_cose_layer layer;
        size_t        len = 0;
        wb_cbor       in;

        memcpy(labelled, "pwwb1-control", 14); /* and its NUL */
        memcpy(labelled + 14, control_key(), WB_KEY_SIZE);
        crypto_hash_sha256(hash, labelled, sizeof(labelled));
        CHECK_MEM(head, sizeof(head), s.octets, sizeof(head));
        CHECK_MEM(hash, WB_KID_SIZE, s.octets + sizeof(head), WB_KID_SIZE);

        CHECK_STATUS(PWWB_OK, wb_outer_parse(wb_span_of(s.octets, s.len), &layer, NULL));
        CHECK_STATUS(PWWB_OK, wb_outer_open_by(control_key(), env_tenant, "pwwb1-ctl", &layer, plain,
                                               &len, NULL));
        in = wb_cbor_read(wb_span_of(plain, len));
        CHECK_INT(kind == WB_CONTROL_ANSWER ? 7 : 6, (intmax_t)wb_cbor_map(&in));
        wb_cbor_expect(&in, 1);
        CHECK_INT(kind, wb_cbor_int(&in));
        wb_cbor_expect(&in, 2);
        CHECK_MEM(id, 16, wb_cbor_octets(&in).p, 16);
        wb_cbor_expect(&in, 3);
        CHECK_INT(7, wb_cbor_int(&in));
        wb_cbor_expect(&in, 4);
        CHECK_INT(3, wb_cbor_int(&in));
        wb_cbor_expect(&in, 5);
        CHECK_INT(70000, wb_cbor_int(&in));
        wb_cbor_expect(&in, 6);
        CHECK_INT(IAT, wb_cbor_int(&in));
        if (kind == WB_CONTROL_ANSWER) {
            wb_cbor_expect(&in, 7);
            CHECK_MEM(digest, 32, wb_cbor_octets(&in).p, 32);
        }
        wb_cbor_end(&in);
        CHECK_STATUS(PWWB_OK, in.status);
        printf("# kind %d takes %zu octets\n", (int)kind, s.len);
        CHECK(s.len < 200);
    }
}

static void
what_is_sealed_is_read_again(void)
{
    int32_t kind;

    for (kind = WB_CONTROL_ANSWER; kind <= WB_CONTROL_REVOKE; kind++) {
        wb_control     c = right(kind), got;
        sealed         s = seal(&c);
        const uint8_t *key = NULL;

        CHECK_STATUS(PWWB_OK, open_it(&s, &got, &key));
        CHECK_INT(c.kind, got.kind);
        CHECK_MEM(c.id, sizeof(c.id), got.id, sizeof(got.id));
        CHECK_INT(c.code, got.code);
        CHECK_INT(c.state, got.state);
        CHECK_INT((intmax_t)c.generation, (intmax_t)got.generation);
        CHECK_INT(c.time_s, got.time_s);
        CHECK_MEM(c.digest, sizeof(c.digest), got.digest, sizeof(got.digest));
        CHECK(key == control_key());
    }
}

/* The plaintext by hand. */
typedef struct wire {
    int64_t pairs, kind, id_len, code, state, generation, time, digest_len, extra, first;
} wire;

static const wire answer_wire = {.pairs = 7, .kind = 1, .id_len = 16, .code = 1, .state = 3,
                                 .generation = 1, .time = IAT, .digest_len = 32, .first = 1};

static pwwb_status
read_wire(const wire *w)
{
    static const uint8_t zeros[64];
    uint8_t              plain[256] = {0};
    wb_cbor_out          out        = wb_cbor_write(plain, sizeof(plain));
    wb_control           c;

    wb_cbor_put_map(&out, (size_t)w->pairs);
    wb_cbor_put_int(&out, w->first);
    wb_cbor_put_int(&out, w->kind);
    wb_cbor_put_int(&out, 2);
    wb_cbor_put_octets(&out, wb_span_of(zeros, (size_t)w->id_len));
    wb_cbor_put_int(&out, 3);
    wb_cbor_put_int(&out, w->code);
    wb_cbor_put_int(&out, 4);
    wb_cbor_put_int(&out, w->state);
    wb_cbor_put_int(&out, 5);
    wb_cbor_put_int(&out, w->generation);
    wb_cbor_put_int(&out, 6);
    wb_cbor_put_int(&out, w->time);
    if (w->digest_len > 0) {
        wb_cbor_put_int(&out, 7);
        wb_cbor_put_octets(&out, wb_span_of(zeros, (size_t)w->digest_len));
    }
    return wb_control_read(wb_span_of(plain, out.need + (size_t)w->extra), &c);
}

static void
a_field_out_of_range_is_not_read(void)
{
    static const struct {
        size_t  at;
        int64_t value;
    } wrong[] = {
        {offsetof(wire, pairs), 6},       {offsetof(wire, pairs), 8},
        {offsetof(wire, kind), 0},        {offsetof(wire, kind), 2}, /* a revoke with a digest */
        {offsetof(wire, kind), 3},        {offsetof(wire, kind), -1},
        {offsetof(wire, id_len), 15},     {offsetof(wire, id_len), 17},
        {offsetof(wire, code), -1},       {offsetof(wire, code), (int64_t)INT32_MAX + 1},
        {offsetof(wire, state), -1},      {offsetof(wire, generation), -1},
        {offsetof(wire, generation), ((int64_t)1 << 48) + 1},
        {offsetof(wire, digest_len), 31}, {offsetof(wire, digest_len), 33},
        {offsetof(wire, digest_len), 0},  {offsetof(wire, extra), 1},
        {offsetof(wire, first), 2},
    };
    wire   w = answer_wire;
    size_t i;

    CHECK_STATUS(PWWB_OK, read_wire(&w));
    w.generation = (int64_t)1 << 48;
    CHECK_STATUS(PWWB_OK, read_wire(&w));
    w            = answer_wire;
    w.kind       = 2;
    w.digest_len = 0;
    w.pairs      = 6;
    CHECK_STATUS(PWWB_OK, read_wire(&w)); /* a revoke */
    for (i = 0; i < COUNT(wrong); i++) {
        w = answer_wire;
        memcpy((char *)&w + wrong[i].at, &wrong[i].value, sizeof(int64_t));
        CHECK_STATUS(PWWB_E_MALFORMED, read_wire(&w));
    }
}

static void
another_key_or_tenant_opens_none(void)
{
    wb_control     c = right(WB_CONTROL_REVOKE);
    sealed         s = seal(&c);
    const uint8_t *key;
    uint8_t        other[PWWB_ID_SIZE] = "another tenant.";

    CHECK_STATUS(PWWB_E_KEY_UNKNOWN,
                 wb_control_open(env_keys[0], wb_span_of(s.octets, s.len), &c, &key, NULL));
    s.len = wb_control_seal(&c, control_key(), other, s.octets, sizeof(s.octets));
    CHECK_STATUS(PWWB_E_NOT_AUTHENTIC, open_it(&s, &c, &key));
    memset(s.octets, 0, sizeof(s.octets));
    s.len = sizeof(s.octets);
    CHECK_STATUS(PWWB_E_MALFORMED, open_it(&s, &c, &key));
    CHECK_STATUS(PWWB_E_TOO_LARGE,
                 wb_control_open(env_keys[1], wb_span_of(s.octets, s.len + 1), &c, &key, NULL));
}

int
main(void)
{
    env_begin();
    RUN(it_stands_in_octets_as_the_protocol_says);
    RUN(what_is_sealed_is_read_again);
    RUN(a_field_out_of_range_is_not_read);
    RUN(another_key_or_tenant_opens_none);
    env_end();
    return DONE;
}
