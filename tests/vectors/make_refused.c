/* SPDX-License-Identifier: Apache-2.0 */
/* What a receiver refuses, and at which step of "Opening, cheap before dear". */
#include "vectors.h"

typedef struct message {
    uint8_t octets[PWWB_ENVELOPE_MAX];
    size_t  len;
} message;

/* Replace what is there once: octets with their NULs. */
typedef struct edit {
    const char *name;
    int         step;
    size_t      base; /* of the requests */
    octets      find;
    octets      put;
} edit;

static void
replace(message *m, octets find, octets put)
{
    uint8_t *at = memmem(m->octets, m->len, find.p, find.len);
    size_t   rest;

    MUST(at != NULL);
    rest = m->len - (size_t)(at - m->octets) - find.len;
    MUST(m->len + put.len - find.len <= sizeof(m->octets));
    memmove(at + put.len, at + find.len, rest);
    memcpy(at, put.p, put.len);
    m->len += put.len - find.len;
}

/* The step that refuses a request; 0 = none does. */
static int
step_of(pwwb_keyring *keyring, const message *m, int64_t now)
{
    wb_span         sealed = {m->octets, m->len};
    pwwb_request   *request;
    wb_cose_layer   layer;
    const wb_epoch *epoch;
    uint8_t         plain[PWWB_ENVELOPE_MAX];
    size_t          len;
    pwwb_status     st;
    int             step = 0;

    if (wb_outer_parse(sealed, &layer, NULL) != PWWB_OK)
        return 1;
    if (wb_keyring_find(keyring, layer.kid) == NULL)
        return 2;
    if (wb_outer_open(keyring, WB_LABEL_REQUEST, sealed, plain, &len, &epoch, NULL) != PWWB_OK)
        return 3;

    MUST(pwwb_request_new(&request, NULL) == PWWB_OK);
    st = pwwb_request_open(request, keyring, m->octets, m->len, now, 120, NULL);
    if (st != PWWB_OK)
        step = st == PWWB_E_MALFORMED ? 4 : 5;
    else if (pwwb_request_open_secret(request, NULL) != PWWB_OK)
        step = 9;
    pwwb_request_free(request);
    return step;
}

static void
put_refused_request(const char *name, int step, int32_t suite, const message *m, int64_t now)
{
    MUST(step_of(w.of[suite], m, now) == step);
    json_begin(NULL, '{');
    json_text("name", name);
    json_text("as", "request");
    json_int("step", step);
    json_int("now", now);
    json_octets("message", m->octets, m->len);
    json_end('}');
}

/* ---- the outer layer ---- */

static const edit outer_edits[] = {
    {"no tag", 1, 0, OCTETS("\xd0\x83"), OCTETS("\x83")},
    {"a tag in two octets", 1, 0, OCTETS("\xd0\x83"), OCTETS("\xd8\x10\x83")},
    {"another tag", 1, 0, OCTETS("\xd0\x83"), OCTETS("\xd8\x60\x83")},
    {"an array without length", 1, 0, OCTETS("\xd0\x83"), OCTETS("\xd0\x9f")},
    {"AES-128", 1, 0, OCTETS("\xa2\x01\x03\x04"), OCTETS("\xa2\x01\x01\x04")},
    {"an unknown header", 1, 0, OCTETS("\xa1\x05\x4c"), OCTETS("\xa1\x06\x4c")},
    {"an algorithm in both buckets", 1, 0, OCTETS("\xa1\x05\x4c"), OCTETS("\xa2\x01\x03\x05\x4c")},
    {"a label twice in one bucket", 1, 0, OCTETS("\x4d\xa2\x01\x03\x04"),
     OCTETS("\x4f\xa3\x01\x03\x01\x03\x04")},
};

static void
put_outer_edits(void)
{
    message base, m;
    size_t  i;

    for (i = 0; i < COUNT(outer_edits); i++) {
        m.len = make_request(outer_edits[i].base, m.octets);
        replace(&m, outer_edits[i].find, outer_edits[i].put);
        put_refused_request(outer_edits[i].name, outer_edits[i].step, 1, &m, NOW);
    }
    base.len = make_request(0, base.octets);
    m        = base;
    m.octets[m.len++] = 0;
    put_refused_request("an octet after the end", 1, 1, &m, NOW);
    m = base;
    m.len--;
    put_refused_request("the last octet missing", 1, 1, &m, NOW);
    m = base;
    m.octets[8] ^= 1;
    put_refused_request("a key that nobody has", 2, 1, &m, NOW);
    m = base;
    m.octets[m.len - 1] ^= 1;
    put_refused_request("another tag of the ciphertext", 3, 1, &m, NOW);
    m.len = wb_outer_seal(&w.of[1]->epochs[0], WB_LABEL_REPLY, wb_span_of("", 0), m.octets,
                          sizeof(m.octets));
    put_refused_request("the label of a reply", 3, 1, &m, NOW);
    put_refused_request("over since a second, skew and all", 5, 1, &base, NOW + 300 + 121);
    put_refused_request("of the future by a second, skew and all", 5, 1, &base, NOW - 121);
}

/* ---- the inner layer: what is refused before its tag ---- */

#define ID_16 "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"

static const edit inner_edits[] = {
    {"one layer in place of two", 4, 0, OCTETS("\xd8\x60\x84"), OCTETS("\xd0\x84")},
    {"another algorithm of the recipient", 4, 0, OCTETS("\xa2\x01\x38\x28\x04\x48"),
     OCTETS("\xa2\x01\x38\x27\x04\x48")},
    {"two recipients", 4, 0, OCTETS("\x81\x83\x40\xa2"), OCTETS("\x82\x83\x40\xa2")},
    {"an unknown claim", 4, 0, OCTETS("\x03\x6apwwb"), OCTETS("\x05\x6apwwb")},
    {"a claim twice", 4, 0, OCTETS("\x3a\0\1\0\2"), OCTETS("\x3a\0\1\0\1")},
    {"an operation that is none", 4, 0, OCTETS("\x3a\0\1\0\1\4"), OCTETS("\x3a\0\1\0\1\6")},
    {"an actor that is none", 4, 0, OCTETS("\x3a\0\1\0\3\x82\2"), OCTETS("\x3a\0\1\0\3\x82\3")},
    {"a flag that is none", 4, 1, OCTETS("\x3a\0\1\0\6\3"), OCTETS("\x3a\0\1\0\6\7")},
    {"an audience of others", 5, 0, OCTETS("\x6apwwb-agent"), OCTETS("\x6apwwb-angel")},
    {"a life of 301 s", 5, 0, OCTETS("\4\x1a\x68\xe7\x79\x2c"), OCTETS("\4\x1a\x68\xe7\x79\x2d")},
    {"a life of no second", 5, 0, OCTETS("\4\x1a\x68\xe7\x79\x2c"),
     OCTETS("\4\x1a\x68\xe7\x78\0")},
    {"the claims changed", 9, 0, OCTETS("\x3a\0\1\0\2\4"), OCTETS("\x3a\0\1\0\2\5")},
};

static size_t
open_outer(size_t index, message *inner)
{
    message         m;
    int32_t         suite = request_suite(index);
    const wb_epoch *epoch;

    m.len = make_request(index, m.octets);
    MUST(wb_outer_open(w.of[suite], WB_LABEL_REQUEST, wb_span_of(m.octets, m.len), inner->octets,
                       &inner->len, &epoch, NULL)
         == PWWB_OK);
    return inner->len;
}

static void
put_inner(const char *name, int step, size_t base, const message *inner)
{
    int32_t suite = request_suite(base);
    message m;

    m.len = wb_outer_seal(&w.of[suite]->epochs[0], WB_LABEL_REQUEST,
                          wb_span_of(inner->octets, inner->len), m.octets, sizeof(m.octets));
    put_refused_request(name, step, suite, &m, NOW);
}

/* Octets that stand in the message, with one bit of them changed: 8 * octet + bit. */
static void
put_flipped(const char *name, int step, size_t base, wb_span in, size_t bit)
{
    message  inner;
    uint8_t *at;

    open_outer(base, &inner);
    at = memmem(inner.octets, inner.len, in.p, in.len);
    MUST(at != NULL);
    at[bit / 8] ^= (uint8_t)(1 << bit % 8);
    put_inner(name, step, base, &inner);
}

static void
put_inner_edits(void)
{
    wb_cose_layer layer;
    message       inner, m;
    size_t        i;

    for (i = 0; i < COUNT(inner_edits); i++) {
        open_outer(inner_edits[i].base, &inner);
        replace(&inner, inner_edits[i].find, inner_edits[i].put);
        put_inner(inner_edits[i].name, inner_edits[i].step, inner_edits[i].base, &inner);
    }
    put_flipped("another tenant", 5, 0, wb_span_of(tenant, PWWB_ID_SIZE), 0);
    put_flipped("another recipient", 4, 0,
                wb_span_of(w.of[1]->epochs[0].recipient_kid, WB_KID_SIZE), 0);
    open_outer(0, &m);
    MUST(wb_cose_parse_encrypt(wb_span_of(m.octets, m.len), &layer) == PWWB_OK);
    put_flipped("another encrypted key", 9, 0, layer.recipient.ciphertext, 2047);
    open_outer(1, &m);
    MUST(wb_cose_parse_encrypt(wb_span_of(m.octets, m.len), &layer) == PWWB_OK);
    put_flipped("the top bit of x", 4, 1, layer.recipient.ephemeral, 255);
    open_outer(1, &inner);
    replace(&inner, (octets){(const char *)layer.recipient.ephemeral.p, WB_X25519_SIZE},
            (octets)OCTETS(ID_16 ID_16));
    put_inner("an x whose shared secret is zero", 9, 1, &inner);
}

/* ---- the secret ---- */

static const struct secret {
    const char *name;
    size_t      base;
    size_t      size;
    octets      octets;
} secrets[] = {
    {"padded to more than the least", 0, 640, OCTETS("\xa1\1\x63" "abc")},
    {"padded to less", 0, 191, OCTETS("\xa1\1\x63" "abc")},
    {"an octet of padding that is not zero", 0, 192, OCTETS("\xa1\1\x63" "abc\0\0\1")},
    {"no password to reset to", 0, 192, OCTETS("\xa0")},
    {"an old password beside a reset", 0, 192, OCTETS("\xa2\1\x63" "abc\2\x63" "def")},
    {"an unlock with a password", 4, 192, OCTETS("\xa1\1\x63" "abc")},
    {"a change without the old password", 2, 192, OCTETS("\xa1\1\x63" "abc")},
    {"the old password first", 2, 192, OCTETS("\xa2\2\x63" "def\1\x63" "abc")},
    {"a password with NUL", 0, 192, OCTETS("\xa1\1\x63" "a\0c")},
    {"an empty password", 0, 192, OCTETS("\xa1\1\x60")},
    {"a password that is not UTF-8", 0, 192, OCTETS("\xa1\1\x63\xed\xa0\x80")},
    {"a password in octets", 0, 192, OCTETS("\xa1\1\x43" "abc")},
    {"a length not in its shortest form", 0, 192, OCTETS("\xa1\1\x78\3" "abc")},
};

#define HEAD_257 "\xa1\1\x79\1\1"

/* The same layer and content key around other octets. */
static void
reseal(const wb_epoch *epoch, message *inner, wb_span plain)
{
    wb_cose_layer layer;
    uint8_t       cek[WB_KEY_SIZE], aad[640];
    wb_cbor_out   out;
    message       m;
    size_t        len;
    uint8_t      *sealed;

    MUST(wb_cose_parse_encrypt(wb_span_of(inner->octets, inner->len), &layer) == PWWB_OK);
    MUST(wb_rsa_open(epoch->rsa_private, layer.recipient.ciphertext, cek, NULL) == PWWB_OK);
    len = wb_cose_aad(aad, sizeof(aad), "Encrypt", layer.protected_, wb_span_of(NULL, 0));
    out = wb_cbor_write(m.octets, sizeof(m.octets));
    wb_cose_put_encrypt(&out, layer.protected_, layer.iv);
    sealed = wb_cbor_put_room(&out, plain.len + WB_TAG_SIZE);
    MUST(sealed != NULL);
    wb_cose_put_recipient(&out, &layer.recipient);
    (void)wb_gcm_seal(cek, layer.iv.p, wb_span_of(aad, len), plain.p, plain.len, sealed);
    m.len  = out.need;
    *inner = m;
}

static void
put_secret(const char *name, size_t base, size_t size, octets content)
{
    uint8_t plain[WB_SECRET_MAX] = {0};
    message inner;

    memcpy(plain, content.p, content.len);
    open_outer(base, &inner);
    reseal(&w.of[PWWB_SUITE_RSA]->epochs[0], &inner, wb_span_of(plain, size));
    put_inner(name, 9, base, &inner);
}

static void
put_secrets(void)
{
    char   long_[sizeof(HEAD_257) - 1 + 257];
    size_t i;

    for (i = 0; i < COUNT(secrets); i++)
        put_secret(secrets[i].name, secrets[i].base, secrets[i].size, secrets[i].octets);
    memcpy(long_, HEAD_257, sizeof(HEAD_257) - 1);
    memset(long_ + sizeof(HEAD_257) - 1, 'a', 257);
    put_secret("a password of 257 units", 0, 640, (octets){long_, sizeof(long_)});
}

void
put_refused(void)
{
    random_begin("refused");
    put_outer_edits();
    put_inner_edits();
    put_secrets();
}
