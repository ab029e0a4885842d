/* SPDX-License-Identifier: Apache-2.0 */
/* rows: 17 */
#include "cose.h"

#include "crypto.h"
#include "harness.h"
#include "octets.h"
#include "wire.h"

/* tests/vectors/cose-wg: github.com/cose-wg/Examples 53c9d63, rows by json2c.py. */
static const struct vector {
    const char *name;
    int         must_fail;
    octets      message;
    octets      external;
    octets      aad;
    octets      cek;
    octets      plain;
    octets      context;
    octets      secret;
    octets      key;
} vectors[] = {
#include "cose_wg.h"
};

/* What our reader makes of each, and why our profile has no use for any but -41 and -25: found by
 * reading the JSON files, not by running the code. */
enum verdict {
    READ,      /* its algorithms are judged by what is read */
    OTHER_TAG, /* tag 995, COSE_Sign1 or COSE_Mac0 */
    NO_TAG,
    ALG_OUTSIDE, /* in the unprotected bucket, or the protected one is an empty map */
    ALG_IN_TEXT,
    OTHER_HEADER /* a content type, a partial IV, a static sender key */
};
enum {
    A128GCM = 1,
    A192GCM,
    A256GCM,
    AES_CCM  = 10,
    DIRECT   = -6,
    ES       = -25,
    OAEP_1   = -40,
    OAEP_256 = -41,
    OAEP_512 = -42
};

static const struct expectation {
    const char  *name;
    enum verdict verdict;
    int          alg;
    int          recipient; /* its algorithm; 0 in a COSE_Encrypt0 */
} expectations[] = {
    {"CWT/A_3", OTHER_TAG, 0, 0},
    {"CWT/A_4", OTHER_TAG, 0, 0},
    {"CWT/A_5", READ, AES_CCM, 0},
    {"CWT/A_6", READ, AES_CCM, 0},
    {"CWT/A_7", OTHER_TAG, 0, 0},
    {"X25519-tests/x25519-hkdf-256-direct", READ, A128GCM, ES},
    {"X25519-tests/x25519-ss-hkdf-256-direct", OTHER_HEADER, 0, 0},
    {"aes-gcm-examples/aes-gcm-01", READ, A128GCM, DIRECT},
    {"aes-gcm-examples/aes-gcm-02", READ, A192GCM, DIRECT},
    {"aes-gcm-examples/aes-gcm-03", READ, A256GCM, DIRECT},
    {"aes-gcm-examples/aes-gcm-04", READ, A128GCM, DIRECT},
    {"aes-gcm-examples/aes-gcm-05", OTHER_HEADER, 0, 0},
    {"aes-gcm-examples/aes-gcm-enc-01", READ, A128GCM, 0},
    {"aes-gcm-examples/aes-gcm-enc-02", READ, A192GCM, 0},
    {"aes-gcm-examples/aes-gcm-enc-03", READ, A256GCM, 0},
    {"aes-gcm-examples/aes-gcm-enc-04", READ, A128GCM, 0},
    {"eddsa-examples/eddsa-01", OTHER_TAG, 0, 0},
    {"eddsa-examples/eddsa-02", OTHER_TAG, 0, 0},
    {"eddsa-examples/eddsa-sig-01", OTHER_TAG, 0, 0},
    {"eddsa-examples/eddsa-sig-02", OTHER_TAG, 0, 0},
    {"encrypted-tests/aes-gcm-01", READ, A128GCM, 0},
    {"encrypted-tests/enc-fail-01", OTHER_TAG, 0, 0},
    {"encrypted-tests/enc-fail-02", READ, A128GCM, 0},
    {"encrypted-tests/enc-fail-03", READ, -999, 0},
    {"encrypted-tests/enc-fail-04", ALG_IN_TEXT, 0, 0},
    {"encrypted-tests/enc-fail-06", OTHER_HEADER, 0, 0},
    {"encrypted-tests/enc-fail-07", READ, A128GCM, 0},
    {"encrypted-tests/enc-pass-01", ALG_OUTSIDE, 0, 0},
    {"encrypted-tests/enc-pass-02", READ, A128GCM, 0},
    {"encrypted-tests/enc-pass-03", NO_TAG, 0, 0},
    {"enveloped-tests/aes-gcm-01", READ, A128GCM, DIRECT},
    {"enveloped-tests/env-fail-01", OTHER_TAG, 0, 0},
    {"enveloped-tests/env-fail-02", READ, A128GCM, DIRECT},
    {"enveloped-tests/env-fail-03", READ, -999, DIRECT},
    {"enveloped-tests/env-fail-04", ALG_IN_TEXT, 0, 0},
    {"enveloped-tests/env-fail-06", OTHER_HEADER, 0, 0},
    {"enveloped-tests/env-fail-07", READ, A128GCM, DIRECT},
    {"enveloped-tests/env-pass-01", ALG_OUTSIDE, 0, 0},
    {"enveloped-tests/env-pass-02", READ, A128GCM, DIRECT},
    {"enveloped-tests/env-pass-03", NO_TAG, 0, 0},
    {"rsa-oaep-examples/ps-128gcm-01", READ, A128GCM, OAEP_1},
    {"rsa-oaep-examples/ps256-128gcm-01", READ, A128GCM, OAEP_256},
    {"rsa-oaep-examples/ps512-256gcm-01", READ, A256GCM, OAEP_512},
};

static const struct vector *
find(const char *name)
{
    size_t i;

    for (i = 0; i < COUNT(vectors); i++)
        if (strcmp(vectors[i].name, name) == 0)
            return &vectors[i];
    printf("# no vector %s\n", name);
    abort();
}

/* By whichever of both readers takes it; `is_encrypt` says which. */
static pwwb_status
parse(wb_span message, wb_cose_layer *layer, int *is_encrypt)
{
    wb_cose_layer other;

    *is_encrypt = wb_cose_parse_encrypt(message, layer) == PWWB_OK;
    if (*is_encrypt) {
        CHECK_STATUS(PWWB_E_MALFORMED, wb_cose_parse_encrypt0(message, &other));
        return PWWB_OK;
    }
    return wb_cose_parse_encrypt0(message, layer);
}

static pwwb_status
parse_vector(const char *name, wb_cose_layer *layer)
{
    int is_encrypt;

    return parse(octets_span(find(name)->message), layer, &is_encrypt);
}

static void
each_vector_is_read_or_refused_for_its_reason(void)
{
    wb_cose_layer layer;
    size_t        i;

    CHECK_INT(COUNT(vectors), COUNT(expectations));
    for (i = 0; i < COUNT(expectations); i++) {
        const struct expectation *e  = &expectations[i];
        pwwb_status               st = parse_vector(e->name, &layer);

        CHECK_STATUS(e->verdict == READ ? PWWB_OK : PWWB_E_MALFORMED, st);
        if (st == PWWB_OK) {
            CHECK_INT(e->alg, layer.alg);
            CHECK_INT(e->recipient, layer.recipient.alg);
        }
    }
}

static void
a_message_without_its_tag_is_refused_even_when_all_else_is_right(void)
{
    const struct vector *v = find("aes-gcm-examples/aes-gcm-enc-03");
    wb_cose_layer        layer;
    int                  is_encrypt;

    CHECK_STATUS(PWWB_OK, parse(octets_span(v->message), &layer, &is_encrypt));
    CHECK_STATUS(PWWB_E_MALFORMED,
                 parse(wb_span_of(v->message.p + 1, v->message.len - 1), &layer, &is_encrypt));
}

static void
a_message_cut_anywhere_is_refused_without_reading_on(void)
{
    size_t i, len;

    for (i = 0; i < COUNT(vectors); i++)
        for (len = 0; len < vectors[i].message.len; len++) {
            uint8_t      *cut = octets_guarded(vectors[i].message.p, len);
            wb_cose_layer layer;
            int           is_encrypt;

            if (parse(wb_span_of(cut, len), &layer, &is_encrypt) == PWWB_OK)
                harness_failed(vectors[i].name, (int)len, "a cut message", "refused", "read");
            sodium_free(cut);
        }
    CHECK(i > 0);
}

/* "fail" vectors whose protected header was changed later have another AAD: that is the point. */
static int
is_changed(const char *name)
{
    return strstr(name, "fail-03") != NULL || strstr(name, "fail-07") != NULL;
}

static void
enc_structures_are_those_of_the_vectors(void)
{
    wb_cose_layer layer;
    uint8_t       aad[128];
    size_t        i, len, compared = 0;
    int           is_encrypt;

    for (i = 0; i < COUNT(vectors); i++) {
        const struct vector *v = &vectors[i];

        if (parse(octets_span(v->message), &layer, &is_encrypt) != PWWB_OK)
            continue;
        len = wb_cose_aad(aad, sizeof(aad), is_encrypt ? "Encrypt" : "Encrypt0", layer.protected_,
                          octets_span(v->external));
        if (is_changed(v->name))
            CHECK(len != v->aad.len || memcmp(aad, v->aad.p, len) != 0);
        else
            CHECK_MEM(v->aad.p, v->aad.len, aad, len);
        compared++;
    }
    printf("# %zu of %zu messages have an AAD to compare\n", compared, COUNT(vectors));
    CHECK_INT(24, compared);
}

static void
contents_under_a256gcm_open_and_changed_ones_do_not(void)
{
    size_t i, opened = 0;

    for (i = 0; i < COUNT(vectors); i++) {
        const struct vector *v = &vectors[i];
        wb_cose_layer        layer;
        uint8_t              plain[64];
        uint8_t              changed[64];
        wb_span              sealed;
        int                  is_encrypt;

        if (parse(octets_span(v->message), &layer, &is_encrypt) != PWWB_OK || layer.alg != A256GCM)
            continue;
        CHECK_INT(WB_KEY_SIZE, v->cek.len);
        CHECK_INT(WB_IV_SIZE, layer.iv.len);
        CHECK_INT(0, wb_gcm_open(octets_span(v->cek).p, layer.iv.p, octets_span(v->aad),
                                 layer.ciphertext, plain));
        CHECK_MEM(v->plain.p, v->plain.len, plain, layer.ciphertext.len - WB_TAG_SIZE);

        sealed = wb_span_of(changed, layer.ciphertext.len);
        memcpy(changed, layer.ciphertext.p, sealed.len);
        changed[sealed.len - 1] ^= 1;
        CHECK_INT(
            -1, wb_gcm_open(octets_span(v->cek).p, layer.iv.p, octets_span(v->aad), sealed, plain));
        opened++;
    }
    CHECK_INT(3, opened);
}

static void
open_recipient(const char *name, int expected)
{
    const struct vector *v = find(name);
    wb_cose_layer        layer;
    wb_rsa              *rsa;
    uint8_t              cek[WB_RSA_SIZE];
    size_t               len;

    CHECK_STATUS(PWWB_OK, parse_vector(name, &layer));
    CHECK_STATUS(PWWB_OK, wb_rsa_new(octets_span(v->key), 1, &rsa, NULL));
    CHECK_INT(0, layer.recipient.protected_.len);
    CHECK_INT(expected, wb_rsa_open_any(rsa, layer.recipient.ciphertext, cek, sizeof(cek), &len));
    if (expected == 0)
        CHECK_MEM(v->cek.p, v->cek.len, cek, len);
    wb_rsa_free(rsa);
}

static void
oaep_with_sha256_gives_the_content_key(void)
{
    open_recipient("rsa-oaep-examples/ps256-128gcm-01", 0);
}

static void
oaep_with_sha1_and_with_sha512_do_not_open(void)
{
    open_recipient("rsa-oaep-examples/ps-128gcm-01", -1);
    open_recipient("rsa-oaep-examples/ps512-256gcm-01", -1);
}

static void
ecdh_es_with_x25519_gives_the_content_key(void)
{
    const struct vector *v = find("X25519-tests/x25519-hkdf-256-direct");
    wb_cose_layer        layer;
    uint8_t              secret[WB_X25519_SIZE];
    uint8_t              context[64];
    uint8_t              cek[WB_KEY_SIZE];
    size_t               len;

    CHECK_STATUS(PWWB_OK, parse_vector(v->name, &layer));
    CHECK_INT(1, layer.recipient.alg_is_protected);
    CHECK_MEM("X25519-1", 8, layer.recipient.kid.p, layer.recipient.kid.len);

    CHECK_INT(0, wb_x25519(octets_span(v->key).p, layer.recipient.ephemeral.p, secret));
    CHECK_MEM(v->secret.p, v->secret.len, secret, sizeof(secret));

    len = wb_cose_kdf_context(context, sizeof(context), A128GCM, 128, layer.recipient.protected_);
    CHECK_MEM(v->context.p, v->context.len, context, len);

    wb_hkdf32(secret, sizeof(secret), octets_span(v->context), cek);
    CHECK_MEM(v->cek.p, v->cek.len, cek, 16);
}

static void
the_claims_of_another_application_are_refused(void)
{
    static const char *const names[] = {"CWT/A_3", "CWT/A_4", "CWT/A_5", "CWT/A_7"};
    pwwb_claims              claims;
    int                      audience_fits;
    size_t                   i;

    for (i = 0; i < COUNT(names); i++)
        CHECK_STATUS(PWWB_E_MALFORMED, wb_wire_read_claims(octets_span(find(names[i])->plain),
                                                           &claims, &audience_fits));
}

/* Headers that COSE allows and our profile does not, put into a message that is right otherwise. */
static const struct headers {
    const char *why;
    octets      message;
} headers[] = {
    {"alg twice in one bucket", OCTETS("\xd0\x83\x45\xa2\x01\x03\x01\x03\xa1\x05\x41\0\x40")},
    {"alg in both buckets", OCTETS("\xd0\x83\x43\xa1\x01\x03\xa2\x01\x03\x05\x41\0\x40")},
    {"IV in both buckets", OCTETS("\xd0\x83\x46\xa2\x01\x03\x05\x41\0\xa1\x05\x41\0\x40")},
    {"IV twice", OCTETS("\xd0\x83\x43\xa1\x01\x03\xa2\x05\x41\0\x05\x41\0\x40")},
    {"kid unprotected", OCTETS("\xd0\x83\x43\xa1\x01\x03\xa2\x04\x41k\x05\x41\0\x40")},
    {"kid empty", OCTETS("\xd0\x83\x45\xa2\x01\x03\x04\x40\xa1\x05\x41\0\x40")},
    {"an empty map in the protected bucket", OCTETS("\xd0\x83\x41\xa0\xa1\x05\x41\0\x40")},
    {"crit", OCTETS("\xd0\x83\x46\xa2\x01\x03\x02\x81\x01\xa1\x05\x41\0\x40")},
    {"a label that is text", OCTETS("\xd0\x83\x46\xa2\x01\x03\x61x\x01\xa1\x05\x41\0\x40")},
    {"the protected bucket a map", OCTETS("\xd0\x83\xa1\x01\x03\xa1\x05\x41\0\x40")},
    {"more after the protected map", OCTETS("\xd0\x83\x44\xa1\x01\x03\x00\xa1\x05\x41\0\x40")},
    {"detached ciphertext", OCTETS("\xd0\x83\x43\xa1\x01\x03\xa1\x05\x41\0\xf6")},
    {"four parts", OCTETS("\xd0\x84\x43\xa1\x01\x03\xa1\x05\x41\0\x40\x40")},
    {"four parts, three there", OCTETS("\xd0\x84\x43\xa1\x01\x03\xa1\x05\x41\0\x40")},
    {"two parts", OCTETS("\xd0\x82\x43\xa1\x01\x03\xa1\x05\x41\0")},
    {"octets after the message", OCTETS("\xd0\x83\x43\xa1\x01\x03\xa1\x05\x41\0\x40\0")},
    {"tagged twice", OCTETS("\xd0\xd0\x83\x43\xa1\x01\x03\xa1\x05\x41\0\x40")},
    {"no recipient", OCTETS("\xd8\x60\x84\x43\xa1\x01\x03\xa1\x05\x41\0\x40\x80")},
    {"two recipients", OCTETS("\xd8\x60\x84\x43\xa1\x01\x03\xa1\x05\x41\0\x40\x82"
                              "\x83\x40\xa1\x01\x38\x28\x40\x83\x40\xa1\x01\x38\x28\x40")},
    {"two recipients, one there", OCTETS("\xd8\x60\x84\x43\xa1\x01\x03\xa1\x05\x41\0\x40\x82"
                                         "\x83\x40\xa1\x01\x38\x28\x40")},
    {"a recipient in a recipient", OCTETS("\xd8\x60\x84\x43\xa1\x01\x03\xa1\x05\x41\0\x40\x81"
                                          "\x84\x40\xa1\x01\x38\x28\x40\x80")},
    {"an IV of the recipient", OCTETS("\xd8\x60\x84\x43\xa1\x01\x03\xa1\x05\x41\0\x40\x81"
                                      "\x83\x40\xa2\x01\x38\x28\x05\x41\0\x40")},
    {"alg in both of the recipient's", OCTETS("\xd8\x60\x84\x43\xa1\x01\x03\xa1\x05\x41\0\x40\x81"
                                              "\x83\x44\xa1\x01\x38\x18\xa1\x01\x38\x18\x40")},
};

static void
headers_that_the_profile_does_not_know_are_refused(void)
{
    static const octets right  = OCTETS("\xd0\x83\x43\xa1\x01\x03\xa1\x05\x41\0\x40");
    static const octets right2 = OCTETS("\xd8\x60\x84\x43\xa1\x01\x03\xa1\x05\x41\0\x40\x81"
                                        "\x83\x40\xa1\x01\x38\x28\x40");
    wb_cose_layer       layer;
    int                 is_encrypt;
    size_t              i;

    CHECK_STATUS(PWWB_OK, parse(octets_span(right), &layer, &is_encrypt));
    CHECK_STATUS(PWWB_OK, parse(octets_span(right2), &layer, &is_encrypt));
    for (i = 0; i < COUNT(headers); i++)
        if (parse(octets_span(headers[i].message), &layer, &is_encrypt) == PWWB_OK)
            harness_failed(headers[i].why, 0, "a message", "PWWB_E_MALFORMED", "PWWB_OK");
}

/* A COSE_Encrypt whose recipient has this ephemeral key. */
static pwwb_status
parse_ephemeral(const char *before_x, size_t before_len, uint8_t last, size_t x_len)
{
    static const octets begin = OCTETS("\xd8\x60\x84\x43\xa1\x01\x03\xa1\x05\x41\0\x40\x81"
                                       "\x83\x44\xa1\x01\x38\x18\xa1\x20");
    uint8_t             message[128];
    uint8_t             x[40] = {0};
    wb_cbor_out         out   = wb_cbor_write(message, sizeof(message));
    wb_cose_layer       layer;

    x[x_len - 1] = last;
    wb_cbor_put_raw(&out, octets_span(begin));
    wb_cbor_put_raw(&out, wb_span_of(before_x, before_len));
    wb_cbor_put_octets(&out, wb_span_of(x, x_len));
    wb_cbor_put_octets(&out, wb_span_of(NULL, 0));
    return wb_cose_parse_encrypt(wb_span_of(message, out.need), &layer);
}

#define PARSE_EPHEMERAL(before_x, last, x_len) \
    parse_ephemeral(before_x, sizeof(before_x) - 1, last, x_len)

static void
an_ephemeral_key_is_x25519_of_32_octets_and_canonical(void)
{
    CHECK_STATUS(PWWB_OK, PARSE_EPHEMERAL("\xa3\x01\x01\x20\x04\x21", 0x7f, 32));
    CHECK_STATUS(PWWB_OK, PARSE_EPHEMERAL("\xa3\x20\x04\x01\x01\x21", 0x7f, 32));

    CHECK_STATUS(PWWB_E_MALFORMED, PARSE_EPHEMERAL("\xa3\x01\x01\x20\x04\x21", 0x80, 32));
    CHECK_STATUS(PWWB_E_MALFORMED, PARSE_EPHEMERAL("\xa3\x01\x01\x20\x04\x21", 0, 31));
    CHECK_STATUS(PWWB_E_MALFORMED, PARSE_EPHEMERAL("\xa3\x01\x01\x20\x04\x21", 0, 33));
    CHECK_STATUS(PWWB_E_MALFORMED, PARSE_EPHEMERAL("\xa3\x01\x02\x20\x04\x21", 0, 32)); /* EC2 */
    CHECK_STATUS(PWWB_E_MALFORMED, PARSE_EPHEMERAL("\xa3\x01\x01\x20\x05\x21", 0, 32)); /* X448 */
    CHECK_STATUS(PWWB_E_MALFORMED, PARSE_EPHEMERAL("\xa2\x01\x01\x21", 0, 32));
    CHECK_STATUS(PWWB_E_MALFORMED, PARSE_EPHEMERAL("\xa3\x01\x01\x01\x01\x21", 0, 32));
    CHECK_STATUS(PWWB_E_MALFORMED, PARSE_EPHEMERAL("\xa4\x01\x01\x20\x04\x01\x01\x21", 0, 32));
    CHECK_STATUS(PWWB_E_MALFORMED, PARSE_EPHEMERAL("\xa4\x01\x01\x20\x04\x02\x41x\x21", 0, 32));
}

static const struct signed_vector {
    const char *name;
    int         is_ed25519;
    octets      message, to_be_signed, content, seed, public_;
} signed_vectors[] = {
#include "cose_wg_sign.h"
};

/* A COSE_Sign1 ends in its signature. */
static void
signatures_are_those_of_the_vectors(void)
{
    size_t i, signed_ = 0;

    for (i = 0; i < COUNT(signed_vectors); i++) {
        const struct signed_vector *v = &signed_vectors[i];
        const uint8_t              *at;
        uint8_t                     signature[WB_SIGNATURE_SIZE];

        if (!v->is_ed25519)
            continue;
        at = octets_span(v->message).p + v->message.len - WB_SIGNATURE_SIZE;
        wb_ed25519_sign(octets_span(v->seed).p, octets_span(v->to_be_signed), signature);
        CHECK_MEM(at, WB_SIGNATURE_SIZE, signature, sizeof(signature));
        CHECK_INT(0, wb_ed25519_verify(octets_span(v->public_).p, octets_span(v->to_be_signed), at));
        signed_++;
    }
    CHECK_INT(2, COUNT(signed_vectors));
    CHECK_INT(1, signed_);
}

/* eddsa-sig-02 has our protected bucket, and a kid beside it, which our profile has no use for; -01
 * has a content type, too. Without the kid the structure is ours. */
static void
a_sig_structure_and_a_sign1_are_those_of_the_vectors(void)
{
    static const octets         kid = OCTETS("\xa1\x04\x45" "ed448");
    const struct signed_vector *v   = &signed_vectors[1];
    uint8_t                     buf[256], bare[256];
    const uint8_t              *at = octets_span(v->message).p;
    wb_span                     payload, signature;
    size_t                      len;

    CHECK_STR("eddsa-examples/eddsa-sig-02", v->name);
    len = wb_cose_sig_structure(buf, sizeof(buf), wb_span_of(NULL, 0), octets_span(v->content));
    CHECK_MEM(v->to_be_signed.p, v->to_be_signed.len, buf, len);
    CHECK_STATUS(PWWB_E_MALFORMED,
                 wb_cose_parse_sign1(octets_span(signed_vectors[0].message), &payload, &signature));
    CHECK_STATUS(PWWB_E_MALFORMED,
                 wb_cose_parse_sign1(octets_span(v->message), &payload, &signature));

    CHECK_MEM(kid.p, kid.len, at + 6, kid.len); /* after 18([h'a10127', */
    memcpy(bare, at, 6);
    bare[6] = 0xa0;
    len     = v->message.len - 6 - kid.len;
    memcpy(bare + 7, at + 6 + kid.len, len);
    CHECK_STATUS(PWWB_OK, wb_cose_parse_sign1(wb_span_of(bare, 7 + len), &payload, &signature));
    CHECK_MEM(v->content.p, v->content.len, payload.p, payload.len);
    CHECK_INT(114, (intmax_t)signature.len); /* Ed448: an order refuses it by its length */
    CHECK_INT((intmax_t)(7 + len), (intmax_t)wb_cose_put_sign1(buf, sizeof(buf), payload, signature));
    CHECK_MEM(bare, 7 + len, buf, 7 + len);
}

int
main(void)
{
    if (wb_crypto_ready(NULL) != PWWB_OK)
        return 1;

    RUN(each_vector_is_read_or_refused_for_its_reason);
    RUN(a_message_without_its_tag_is_refused_even_when_all_else_is_right);
    RUN(a_message_cut_anywhere_is_refused_without_reading_on);
    RUN(enc_structures_are_those_of_the_vectors);
    RUN(contents_under_a256gcm_open_and_changed_ones_do_not);
    RUN(oaep_with_sha256_gives_the_content_key);
    RUN(oaep_with_sha1_and_with_sha512_do_not_open);
    RUN(ecdh_es_with_x25519_gives_the_content_key);
    RUN(the_claims_of_another_application_are_refused);
    RUN(headers_that_the_profile_does_not_know_are_refused);
    RUN(an_ephemeral_key_is_x25519_of_32_octets_and_canonical);
    RUN(signatures_are_those_of_the_vectors);
    RUN(a_sig_structure_and_a_sign1_are_those_of_the_vectors);
    return DONE;
}
