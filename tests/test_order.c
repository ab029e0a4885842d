/* SPDX-License-Identifier: Apache-2.0 */
/* rows: 9 10 */
#include "order.h"

#include "envelopes.h"
#include "recipient.h"
#include "wire.h"

static const uint8_t seed[WB_ED25519_SIZE + 1]  = "the seed of an agents' identity.";
static const uint8_t portal[WB_X25519_SIZE + 1] = "a portal's private X25519 key 32";
static uint8_t       external[WB_EXTERNAL_SIZE]; /* "pwwb1-ord" and the tenant */

static int
has_bundle(int32_t kind)
{
    return kind == PWWB_EXCHANGE_ENABLE || kind == PWWB_EXCHANGE_ROLL;
}

static wb_order
right(int32_t kind, int32_t suite)
{
    wb_order o = {.kind = kind, .issued_s = IAT};

    memcpy(o.id, "an order's id 16", 16);
    memcpy(o.tenant, env_tenant, 16);
    wb_x25519_public(portal, o.portal);
    wb_ed25519_public(seed, o.identity);
    memcpy(o.control_key, "a control key of 32 random octet", 32);
    if (kind == PWWB_EXCHANGE_ENABLE)
        memcpy(o.token, "thirty-two random octets, a toke", 32);
    if (!has_bundle(kind))
        return o;

    o.generation = 70000;
    o.suite      = suite;
    o.created_s  = IAT - 1;
    o.public_len = suite == PWWB_SUITE_RSA ? 294 : 32;
    memset(o.public_, 'p', o.public_len);
    memcpy(o.tenant_key, "a tenant key of 32 random octets", 32);
    return o;
}

static sealed
seal(const wb_order *o, uint8_t digest[WB_SHA256_SIZE])
{
    sealed s;

    CHECK_STATUS(PWWB_OK,
                 wb_order_seal(o, seed, s.octets, sizeof(s.octets), &s.len, digest, NULL));
    return s;
}

static pwwb_status
open_it(const sealed *s, wb_order *o, uint8_t digest[WB_SHA256_SIZE])
{
    return wb_order_open(wb_span_of(s->octets, s->len), portal, env_tenant, o, digest, NULL);
}

/* What is signed, taken out of its cover. */
static wb_span
uncover(const sealed *s, uint8_t *plain)
{
    wb_cose_layer     layer;
    wb_recipient_work work;
    uint8_t           aad[64];
    size_t            len;

    CHECK_STATUS(PWWB_OK, wb_cose_parse_encrypt(wb_span_of(s->octets, s->len), &layer));
    CHECK_MEM("\xa1\x01\x03", 3, layer.protected_.p, layer.protected_.len);
    CHECK_INT(-25, layer.recipient.alg);
    CHECK_INT(0, (intmax_t)layer.claims.len);
    wb_recipient_open(portal, &layer.recipient, &work);
    len = wb_cose_aad(aad, sizeof(aad), "Encrypt", layer.protected_,
                      wb_span_of(external, sizeof(external)));
    CHECK_INT(0, wb_gcm_open(work.cek, layer.iv.p, wb_span_of(aad, len), layer.ciphertext, plain));
    return wb_span_of(plain, layer.ciphertext.len - WB_TAG_SIZE);
}

static void
check_octets(wb_cbor *in, int64_t key, const void *expected, size_t len)
{
    wb_span found;

    wb_cbor_expect(in, key);
    found = wb_cbor_octets(in);
    CHECK_MEM(expected, len, found.p, found.len);
}

static void
check_number(wb_cbor *in, int64_t key, int64_t expected)
{
    wb_cbor_expect(in, key);
    CHECK_INT(expected, wb_cbor_int(in));
}

static void
check_payload(wb_span payload, const wb_order *o)
{
    wb_cbor in = wb_cbor_read(payload);

    CHECK_INT(o->kind == 1 ? 9 : o->kind == 2 ? 8 : 7, (intmax_t)wb_cbor_map(&in));
    check_number(&in, 1, o->kind);
    check_octets(&in, 2, o->id, 16);
    check_number(&in, 3, IAT);
    check_octets(&in, 4, env_tenant, 16);
    check_octets(&in, 5, o->portal, 32);
    check_octets(&in, 6, o->identity, 32);
    check_octets(&in, 7, "a control key of 32 random octet", 32);
    if (o->kind == 1)
        check_octets(&in, 8, "thirty-two random octets, a toke", 32);
    if (o->kind <= 2) {
        wb_cbor_expect(&in, 9);
        CHECK_INT(5, (intmax_t)wb_cbor_map(&in));
        check_number(&in, 1, 70000);
        check_number(&in, 2, o->suite);
        check_number(&in, 3, IAT - 1);
        check_octets(&in, 4, "a tenant key of 32 random octets", 32);
        check_octets(&in, 5, o->public_, o->public_len);
    }
    wb_cbor_end(&in);
    CHECK_STATUS(PWWB_OK, in.status);
}

/* 18([h'a10127', {}, payload, signature]), over ["Signature1", h'a10127', external_aad, payload]
 * (RFC 9052 4.4), verified and hashed by libsodium itself. */
static void
check_signed(wb_span signed_, const wb_order *o, const uint8_t *digest)
{
    static const uint8_t sig_head[] = "\x84\x6aSignature1\x43\xa1\x01\x27\x58\x19";
    uint8_t              message[1024], hash[WB_SHA256_SIZE];
    wb_cbor              in  = wb_cbor_read(signed_);
    wb_cbor_out          out = wb_cbor_write(message, sizeof(message));
    wb_span              payload, signature;

    CHECK_MEM("\xd2\x84\x43\xa1\x01\x27\xa0", 7, signed_.p, 7);
    wb_cbor_tag(&in, 18);
    CHECK_INT(4, (intmax_t)wb_cbor_array(&in));
    (void)wb_cbor_octets(&in);
    CHECK_INT(0, (intmax_t)wb_cbor_map(&in));
    payload   = wb_cbor_octets(&in);
    signature = wb_cbor_octets(&in);
    wb_cbor_end(&in);
    CHECK_STATUS(PWWB_OK, in.status);
    check_payload(payload, o);

    wb_cbor_put_raw(&out, wb_span_of(sig_head, sizeof(sig_head) - 1));
    wb_cbor_put_raw(&out, wb_span_of(external, sizeof(external)));
    wb_cbor_put_octets(&out, payload);
    CHECK_INT(64, (intmax_t)signature.len);
    CHECK_INT(0, crypto_sign_verify_detached(signature.p, message, out.need, o->identity));

    out = wb_cbor_write(message, sizeof(message));
    wb_cbor_put_raw(&out, wb_span_of("pwwb1-order", 12)); /* and its NUL */
    wb_cbor_put_raw(&out, signed_);
    crypto_hash_sha256(hash, message, out.need);
    CHECK_MEM(hash, sizeof(hash), digest, sizeof(hash));
}

/* Field by field: what is between them says nothing. */
static int
same(const wb_order *a, const wb_order *b)
{
    return a->kind == b->kind && memcmp(a->id, b->id, sizeof(a->id)) == 0
           && a->issued_s == b->issued_s && memcmp(a->tenant, b->tenant, sizeof(a->tenant)) == 0
           && memcmp(a->portal, b->portal, sizeof(a->portal)) == 0
           && memcmp(a->identity, b->identity, sizeof(a->identity)) == 0
           && memcmp(a->control_key, b->control_key, sizeof(a->control_key)) == 0
           && memcmp(a->token, b->token, sizeof(a->token)) == 0 && a->generation == b->generation
           && a->suite == b->suite && a->created_s == b->created_s
           && memcmp(a->tenant_key, b->tenant_key, sizeof(a->tenant_key)) == 0
           && a->public_len == b->public_len
           && memcmp(a->public_, b->public_, sizeof(a->public_)) == 0;
}

static void
it_stands_in_octets_as_the_protocol_says(void)
{
    int32_t kind, suite;

    CHECK_MEM("pwwb1-ordtenant of a test", 25, external, sizeof(external));
    for (kind = PWWB_EXCHANGE_ENABLE; kind <= PWWB_EXCHANGE_REVOKE; kind++)
        for (suite = PWWB_SUITE_RSA; suite <= PWWB_SUITE_X25519; suite++) {
            wb_order o = right(kind, suite), got;
            uint8_t  digest[2][WB_SHA256_SIZE], plain[PWWB_ENVELOPE_MAX], kid[WB_KID_SIZE], ours[8];
            sealed   s = seal(&o, digest[0]);

            check_signed(uncover(&s, plain), &o, digest[0]);
            CHECK_STATUS(PWWB_OK, wb_order_kid(wb_span_of(s.octets, s.len), kid, NULL));
            wb_x25519_kid(o.portal, ours);
            CHECK_MEM(ours, 8, kid, 8);
            CHECK_STATUS(PWWB_OK, open_it(&s, &got, digest[1]));
            CHECK(same(&o, &got));
            CHECK_MEM(digest[0], 32, digest[1], 32);
            printf("# kind %d, suite %d: %zu octets\n", (int)kind, (int)suite, s.len);
            CHECK(s.len < 1100);
        }
}

static void
the_same_order_is_signed_alike_and_sealed_anew(void)
{
    wb_order o = right(PWWB_EXCHANGE_ENABLE, PWWB_SUITE_X25519);
    uint8_t  digest[2][WB_SHA256_SIZE];
    sealed   a = seal(&o, digest[0]), b = seal(&o, digest[1]);

    CHECK_MEM(digest[0], 32, digest[1], 32);
    CHECK_INT((intmax_t)a.len, (intmax_t)b.len);
    CHECK(memcmp(a.octets, b.octets, a.len) != 0);
    o.issued_s++;
    (void)seal(&o, digest[1]);
    CHECK(memcmp(digest[0], digest[1], 32) != 0);
}

static void
what_is_too_short_says_how_much_it_needs(void)
{
    wb_order o = right(PWWB_EXCHANGE_ROLL, PWWB_SUITE_RSA);
    uint8_t  digest[WB_SHA256_SIZE];
    sealed   s   = seal(&o, digest);
    size_t   len = 0;

    CHECK_STATUS(PWWB_E_BUFFER_TOO_SMALL,
                 wb_order_seal(&o, seed, s.octets, s.len - 1, &len, digest, NULL));
    CHECK_INT((intmax_t)s.len, (intmax_t)len);
    CHECK_STATUS(PWWB_E_BUFFER_TOO_SMALL, wb_order_seal(&o, seed, NULL, 0, &len, digest, NULL));
    CHECK_INT((intmax_t)s.len, (intmax_t)len);
}

/* A payload by hand, signed rightly; and how it is signed and covered. */
typedef struct forgery {
    int64_t pairs, kind, id_len, issued, tenant_len, portal_len, control_len, token_len, bundle,
        generation, suite, created, tenant_key_len, public_len, extra, first;
    octets  sign1_head;  /* empty = 18([h'a10127', {}, */
    octets  wrong_tenant, wrong_portal;
    int     signature_len, has_bad_signature, has_other_aad;
} forgery;

static const forgery enable_forgery = {
    .pairs = 9, .kind = 1, .id_len = 16, .issued = IAT, .tenant_len = 16, .portal_len = 32,
    .control_len = 32, .token_len = 32, .bundle = 5, .generation = 1, .suite = 2, .created = IAT,
    .tenant_key_len = 32, .public_len = 32, .first = 1, .signature_len = 64};

static void
put_octets(wb_cbor_out *out, int64_t key, const uint8_t *from, int64_t len)
{
    uint8_t room[512] = {0};

    memcpy(room, from, 32);
    wb_cbor_put_int(out, key);
    wb_cbor_put_octets(out, wb_span_of(room, (size_t)len));
}

static size_t
put_payload(uint8_t *buf, const forgery *f)
{
    wb_order    o   = right(PWWB_EXCHANGE_ENABLE, PWWB_SUITE_X25519);
    wb_cbor_out out = wb_cbor_write(buf, 2048);
    uint8_t     tenant[32] = {0};

    memcpy(tenant, f->wrong_tenant.p != NULL ? f->wrong_tenant.p : (const char *)env_tenant, 16);
    wb_cbor_put_map(&out, (size_t)f->pairs);
    wb_cbor_put_int(&out, f->first);
    wb_cbor_put_int(&out, f->kind);
    put_octets(&out, 2, o.control_key, f->id_len);
    wb_cbor_put_int(&out, 3);
    wb_cbor_put_int(&out, f->issued);
    put_octets(&out, 4, tenant, f->tenant_len);
    put_octets(&out, 5, f->wrong_portal.p != NULL ? (const uint8_t *)f->wrong_portal.p : o.portal,
               f->portal_len);
    put_octets(&out, 6, o.identity, 32);
    put_octets(&out, 7, o.control_key, f->control_len);
    if (f->token_len > 0)
        put_octets(&out, 8, o.token, f->token_len);
    if (f->bundle > 0) {
        wb_cbor_put_int(&out, 9);
        wb_cbor_put_map(&out, (size_t)f->bundle);
        wb_cbor_put_int(&out, 1);
        wb_cbor_put_int(&out, f->generation);
        wb_cbor_put_int(&out, 2);
        wb_cbor_put_int(&out, f->suite);
        wb_cbor_put_int(&out, 3);
        wb_cbor_put_int(&out, f->created);
        put_octets(&out, 4, o.tenant_key, f->tenant_key_len);
        put_octets(&out, 5, o.public_, f->public_len);
    }
    buf[out.need] = 0;
    return out.need + (size_t)f->extra;
}

static size_t
put_signed(uint8_t *buf, const forgery *f)
{
    static const octets usual = OCTETS("\xd2\x84\x43\xa1\x01\x27\xa0");
    uint8_t             payload[2048], message[2500], signature[80] = {0};
    wb_span             inner = {payload, put_payload(payload, f)};
    wb_cbor_out         out   = wb_cbor_write(buf, PWWB_ENVELOPE_MAX);
    uint8_t             aad[WB_EXTERNAL_SIZE];
    size_t              len;

    memcpy(aad, external, sizeof(aad));
    aad[8] ^= (uint8_t)f->has_other_aad;
    len = wb_cose_sig_structure(message, sizeof(message), wb_span_of(aad, sizeof(aad)), inner);
    wb_ed25519_sign(seed, wb_span_of(message, len), signature);
    signature[40] ^= (uint8_t)f->has_bad_signature;
    wb_cbor_put_raw(&out, octets_span(f->sign1_head.p != NULL ? f->sign1_head : usual));
    wb_cbor_put_octets(&out, inner);
    wb_cbor_put_octets(&out, wb_span_of(signature, (size_t)f->signature_len));
    return out.need;
}

/* Cover it for the portal, and let it be opened. */
static pwwb_status
try_forgery(const forgery *f)
{
    uint8_t           plain[PWWB_ENVELOPE_MAX], aad[64], iv[WB_IV_SIZE] = {1}, kid[8];
    uint8_t           digest[WB_SHA256_SIZE], public_[WB_X25519_SIZE];
    size_t            len = put_signed(plain, f), aad_len;
    wb_span           bucket = wb_span_of("\xa1\x01\x03", 3);
    wb_recipient_work work;
    wb_recipient_room room;
    wb_cose_recipient r = {0};
    wb_order          o;
    sealed            s;
    wb_cbor_out       out = wb_cbor_write(s.octets, sizeof(s.octets));

    wb_x25519_public(portal, public_);
    wb_x25519_kid(public_, kid);
    CHECK_INT(0, wb_recipient_seal(public_, &work, &room, &r));
    r.kid   = wb_span_of(kid, sizeof(kid));
    aad_len = wb_cose_aad(aad, sizeof(aad), "Encrypt", bucket,
                          wb_span_of(external, sizeof(external)));
    wb_cose_put_encrypt(&out, bucket, wb_span_of(iv, sizeof(iv)));
    (void)wb_gcm_seal(work.cek, iv, wb_span_of(aad, aad_len), plain, len,
                      wb_cbor_put_room(&out, len + WB_TAG_SIZE));
    wb_cose_put_recipient(&out, &r);
    s.len = out.need;
    return open_it(&s, &o, digest);
}

static void
a_field_out_of_range_is_not_read_though_it_is_signed(void)
{
    static const struct {
        size_t  at;
        int64_t value;
    } wrong[] = {
        {offsetof(forgery, pairs), 8},           {offsetof(forgery, pairs), 10},
        {offsetof(forgery, kind), 0},            {offsetof(forgery, kind), 2}, /* with a token */
        {offsetof(forgery, kind), 3},            {offsetof(forgery, kind), 4},
        {offsetof(forgery, kind), 5},            {offsetof(forgery, kind), -1},
        {offsetof(forgery, id_len), 15},         {offsetof(forgery, id_len), 17},
        {offsetof(forgery, issued), -1},         {offsetof(forgery, issued), 253402300800},
        {offsetof(forgery, tenant_len), 15},     {offsetof(forgery, tenant_len), 17},
        {offsetof(forgery, portal_len), 31},     {offsetof(forgery, portal_len), 33},
        {offsetof(forgery, control_len), 31},    {offsetof(forgery, control_len), 33},
        {offsetof(forgery, token_len), 31},      {offsetof(forgery, token_len), 33},
        {offsetof(forgery, token_len), 0},       {offsetof(forgery, bundle), 4},
        {offsetof(forgery, bundle), 6},          {offsetof(forgery, bundle), 0},
        {offsetof(forgery, generation), 0},      {offsetof(forgery, generation), -1},
        {offsetof(forgery, generation), ((int64_t)1 << 48) + 1},
        {offsetof(forgery, suite), 0},           {offsetof(forgery, suite), 3},
        {offsetof(forgery, created), -1},        {offsetof(forgery, created), 253402300800},
        {offsetof(forgery, tenant_key_len), 31}, {offsetof(forgery, tenant_key_len), 33},
        {offsetof(forgery, public_len), 0},      {offsetof(forgery, public_len), 301},
        {offsetof(forgery, public_len), 500},    {offsetof(forgery, extra), 1},
        {offsetof(forgery, first), 2},
    };
    forgery f = enable_forgery;
    size_t  i;

    CHECK_STATUS(PWWB_OK, try_forgery(&f)); /* the control */
    f.issued = f.created = 253402300799;
    f.generation         = (int64_t)1 << 48;
    CHECK_STATUS(PWWB_OK, try_forgery(&f));
    f           = enable_forgery; /* a disable */
    f.kind      = 3;
    f.pairs     = 7;
    f.token_len = f.bundle = 0;
    CHECK_STATUS(PWWB_OK, try_forgery(&f));
    for (i = 0; i < COUNT(wrong); i++) {
        f = enable_forgery;
        memcpy((char *)&f + wrong[i].at, &wrong[i].value, sizeof(int64_t));
        CHECK_STATUS(PWWB_E_MALFORMED, try_forgery(&f));
    }
}

static void
what_is_not_signed_in_the_one_way_is_refused(void)
{
    static const octets heads[] = {
        OCTETS("\x84\x43\xa1\x01\x27\xa0"),                 /* no tag */
        OCTETS("\xd1\x84\x43\xa1\x01\x27\xa0"),             /* COSE_Mac0 */
        OCTETS("\xd2\x84\x43\xa1\x01\x26\xa0"),             /* ES256 */
        OCTETS("\xd2\x84\x40\xa0"),                         /* no algorithm */
        OCTETS("\xd2\x84\x41\xa0\xa1\x01\x27"),             /* one that is not protected */
        OCTETS("\xd2\x84\x43\xa1\x01\x27\xa1\x04\x41\x31"), /* a kid */
        OCTETS("\xd2\x84\x45\xa2\x01\x27\x03\x00\xa0"),     /* a content type */
        OCTETS("\xd2\x85\x43\xa1\x01\x27\xa0"),             /* one item more */
    };
    forgery f = enable_forgery;
    size_t  i;

    for (i = 0; i < COUNT(heads); i++) {
        f.sign1_head = heads[i];
        CHECK_STATUS(PWWB_E_MALFORMED, try_forgery(&f));
    }
    f               = enable_forgery;
    f.signature_len = 63;
    CHECK_STATUS(PWWB_E_MALFORMED, try_forgery(&f));
    f.signature_len = 65;
    CHECK_STATUS(PWWB_E_MALFORMED, try_forgery(&f));
    f                   = enable_forgery;
    f.has_bad_signature = 1;
    CHECK_STATUS(PWWB_E_NOT_AUTHENTIC, try_forgery(&f));
    f               = enable_forgery;
    f.has_other_aad = 1;
    CHECK_STATUS(PWWB_E_NOT_AUTHENTIC, try_forgery(&f));
    f              = enable_forgery;
    f.wrong_tenant = (octets)OCTETS("another tenant..");
    CHECK_STATUS(PWWB_E_WRONG_TENANT, try_forgery(&f));
    f              = enable_forgery;
    f.wrong_portal = (octets)OCTETS("another portal's X25519 key, 32 ");
    CHECK_STATUS(PWWB_E_WRONG_TENANT, try_forgery(&f));
}

static void
what_is_refused_leaves_no_keys_behind(void)
{
    wb_order o = right(PWWB_EXCHANGE_ENABLE, PWWB_SUITE_X25519), got;
    uint8_t  digest[WB_SHA256_SIZE], other[PWWB_ID_SIZE] = "another tenant.";
    sealed   s = seal(&o, digest);

    memset(&got, 0x5a, sizeof(got));
    CHECK_STATUS(PWWB_E_NOT_AUTHENTIC, wb_order_open(wb_span_of(s.octets, s.len), portal, other,
                                                     &got, digest, NULL));
    CHECK(sodium_is_zero((const uint8_t *)&got, sizeof(got)));
    memset(o.portal, 'x', sizeof(o.portal)); /* sealed to another portal */
    s = seal(&o, digest);
    memset(&got, 0x5a, sizeof(got));
    CHECK_STATUS(PWWB_E_NOT_AUTHENTIC, open_it(&s, &got, digest));
    CHECK(sodium_is_zero((const uint8_t *)&got, sizeof(got)));
    s.len = PWWB_ENVELOPE_MAX;
    CHECK_STATUS(PWWB_E_TOO_LARGE,
                 wb_order_open(wb_span_of(s.octets, s.len + 1), portal, env_tenant, &got, digest,
                               NULL));
}

int
main(void)
{
    env_begin();
    wb_wire_external("pwwb1-ord", env_tenant, external);
    RUN(it_stands_in_octets_as_the_protocol_says);
    RUN(the_same_order_is_signed_alike_and_sealed_anew);
    RUN(what_is_too_short_says_how_much_it_needs);
    RUN(a_field_out_of_range_is_not_read_though_it_is_signed);
    RUN(what_is_not_signed_in_the_one_way_is_refused);
    RUN(what_is_refused_leaves_no_keys_behind);
    env_end();
    return DONE;
}
