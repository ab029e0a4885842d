/* SPDX-License-Identifier: Apache-2.0 */
/* Octets from outside, for libFuzzer, into everything that reads them. The first octet chooses the
 * reader. */
#include <string.h>

#include "cose.h"
#include "diag.h"
#include "envelope.h"
#include "keyring.h"
#include "secret.h"
#include "utf.h"
#include "wire.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
open_request(wb_span in)
{
    static const uint8_t tenant[PWWB_ID_SIZE] = {1};
    static pwwb_keyring *keyring;
    static pwwb_request *request;
    uint8_t              sealed[PWWB_ENVELOPE_MAX];
    size_t               len;

    if (keyring == NULL
        && (pwwb_keyring_new(tenant, PWWB_SUITE_X25519, &keyring, NULL) != PWWB_OK
            || pwwb_request_new(&request, NULL) != PWWB_OK))
        return;

    /* A holder of the tenant key may put anything inside. */
    len = wb_outer_seal(wb_keyring_active(keyring), WB_LABEL_REQUEST, in, sealed,
                        sizeof(sealed));
    if (len <= sizeof(sealed)
        && pwwb_request_open(request, keyring, sealed, len, 1000, 120, NULL) == PWWB_OK)
        (void)!pwwb_request_open_secret(request, NULL);
    (void)!pwwb_request_open(request, keyring, in.p, in.len, 1000, 120, NULL);
}

static void
read_layers(wb_span in)
{
    wb_cose_layer layer;

    (void)!wb_cose_parse_encrypt0(in, &layer);
    (void)!wb_cose_parse_encrypt(in, &layer);
}

static void
read_contents(wb_span in)
{
    pwwb_claims claims;
    wb_reply    reply;
    wb_span     new_one, old_one;
    int         fits;

    (void)!wb_wire_read_claims(in, &claims, &fits);
    (void)!wb_wire_read_reply(in, &reply);
    (void)!wb_wire_read_secret(in, &new_one, &old_one);
}

static void
read_keyring(wb_span in)
{
    static const uint8_t key[PWWB_LOCK_KEY_SIZE] = {0};
    pwwb_keyring        *keyring                 = NULL;

    if (wb_keyring_parse(in, &keyring, NULL) == PWWB_OK)
        pwwb_keyring_free(keyring);
    if (pwwb_keyring_open(in.p, in.len, PWWB_LOCK_KEY, key, sizeof(key), &keyring, NULL) == PWWB_OK)
        pwwb_keyring_free(keyring);
}

static void
read_texts(wb_span in)
{
    char        text[512];
    pwwb_anchor anchor;
    uint8_t     quoted[600];
    size_t      len = in.len < sizeof(text) - 1 ? in.len : sizeof(text) - 1;

    memcpy(text, in.p, len);
    text[len] = '\0';
    (void)!pwwb_anchor_parse(text, len, &anchor, NULL);
    (void)wb_diag_result(WB_DIAG_CHANGE, len > 0 ? text[0] : 0, text);
    (void)wb_diag_code(text, 1);
    (void)wb_diag_detail(text);
    (void)wb_utf16_quoted(in.p, in.len, quoted, sizeof(quoted));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static void (*const readers[])(wb_span)
        = {open_request, read_layers, read_contents, read_keyring, read_texts};

    if (size == 0 || wb_crypto_ready(NULL) != PWWB_OK)
        return 0;

    readers[data[0] % (sizeof(readers) / sizeof(readers[0]))](wb_span_of(data + 1, size - 1));
    return 0;
}
