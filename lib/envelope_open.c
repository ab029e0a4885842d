/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "cose.h"
#include "envelope.h"
#include "error.h"
#include "recipient.h"
#include "secret.h"

enum state { EMPTY, REFUSED, OPENED, READABLE };

/* Everything secret of one opening, in one locked piece that the handle keeps. */
typedef struct work {
    wb_recipient_work recipient;
    uint8_t           inner[PWWB_ENVELOPE_MAX]; /* the outer layer's plaintext */
    uint8_t           plain[PWWB_ENVELOPE_MAX]; /* the inner layer's */
} work;

struct pwwb_request {
    enum state      state;
    pwwb_keyring   *keyring;
    const wb_epoch *epoch;
    pwwb_claims     claims;
    wb_cose_layer   layer; /* spans into work->inner */
    wb_span         password;
    wb_span         old_password;
    work           *work;
};

pwwb_status
pwwb_request_new(pwwb_request **ret_request, pwwb_error *err)
{
    pwwb_request *request;
    pwwb_status   st;

    wb_ok(err);
    if (ret_request == NULL)
        return wb_fail(err, PWWB_E_INVALID_ARGUMENT, "ret_request must be given");

    *ret_request = NULL;
    st           = wb_crypto_ready(err);
    if (st != PWWB_OK)
        return st;

    request = calloc(1, sizeof(*request));
    if (request != NULL)
        request->work = wb_secret_new(sizeof(*request->work));
    if (request == NULL || request->work == NULL) {
        free(request);
        return wb_fail(err, PWWB_E_NO_MEMORY, "no locked memory for a request");
    }
    *ret_request = request;
    return PWWB_OK;
}

void
pwwb_request_wipe(pwwb_request *request)
{
    work *w;

    if (request == NULL)
        return;

    w = request->work;
    wb_wipe(w, sizeof(*w));
    pwwb_keyring_free(request->keyring);
    memset(request, 0, sizeof(*request));
    request->work = w;
}

void
pwwb_request_free(pwwb_request *request)
{
    if (request == NULL)
        return;

    pwwb_request_wipe(request);
    wb_secret_free(request->work);
    free(request);
}

/* The inner profile: claims in the protected bucket, one recipient of the epoch's own suite and
 * key. RSA has an empty protected bucket there (RFC 9052 8.5.3), ECDH-ES a protected algorithm,
 * an ephemeral key and no wrapped octets. */
static int
is_profile(const wb_cose_layer *layer, const wb_epoch *epoch)
{
    const wb_cose_recipient *r = &layer->recipient;

    if (layer->alg != WB_COSE_A256GCM || layer->kid.len != 0 || layer->claims.len == 0
        || layer->iv.len != WB_IV_SIZE || layer->ciphertext.len < WB_TAG_SIZE
        || r->kid.len != WB_KID_SIZE || memcmp(r->kid.p, epoch->recipient_kid, WB_KID_SIZE) != 0)
        return 0;
    if (epoch->suite == PWWB_SUITE_RSA)
        return r->alg == WB_COSE_RSA_OAEP && r->protected_.len == 0
               && r->ciphertext.len == WB_RSA_SIZE && r->ephemeral.len == 0;

    return wb_recipient_fits(r, epoch->recipient_kid, WB_KID_SIZE);
}

static pwwb_status
judge_claims(const pwwb_claims *c, const uint8_t *tenant, int audience_fits, int64_t now,
             int64_t skew, pwwb_error *err)
{
    if (!audience_fits || memcmp(c->tenant, tenant, PWWB_ID_SIZE) != 0)
        return wb_fail(err, PWWB_E_WRONG_TENANT, "for another tenant or audience");
    if (c->exp <= c->iat || c->exp - c->iat > PWWB_REQUEST_LIFE_MAX || now > c->exp + skew)
        return wb_fail(err, PWWB_E_EXPIRED, "the request is expired");
    if (c->iat > now + skew)
        return wb_fail(err, PWWB_E_NOT_YET, "the request is of the future");

    return PWWB_OK;
}

static pwwb_status
open_claims(pwwb_request *request, wb_span sealed, int64_t now, int64_t skew, pwwb_error *err)
{
    size_t      inner_len = 0;
    int         audience_fits;
    pwwb_status st;

    st = wb_outer_open(request->keyring, WB_LABEL_REQUEST, sealed, request->work->inner,
                       &inner_len, &request->epoch, err);
    if (st != PWWB_OK)
        return st;
    if (wb_cose_parse_encrypt(wb_span_of(request->work->inner, inner_len), &request->layer)
            != PWWB_OK
        || !is_profile(&request->layer, request->epoch)
        || wb_wire_read_claims(request->layer.claims, &request->claims, &audience_fits) != PWWB_OK)
        return wb_fail(err, PWWB_E_MALFORMED, "not a request of this profile");

    st = judge_claims(&request->claims, request->keyring->tenant, audience_fits, now,
                      skew, err);
    request->state = st == PWWB_OK ? OPENED : REFUSED;
    return st;
}

pwwb_status
pwwb_request_open(pwwb_request *request, pwwb_keyring *keyring, const uint8_t *sealed,
                  size_t sealed_len, int64_t now, int64_t skew, pwwb_error *err)
{
    pwwb_status st;

    wb_ok(err);
    if (request == NULL || keyring == NULL || sealed == NULL || now < 0 || skew < 0
        || now > INT64_MAX - skew || skew > INT64_MAX / 2)
        return wb_fail(err, PWWB_E_INVALID_ARGUMENT, "request, keyring and sealed must be given");

    pwwb_request_wipe(request);
    request->keyring = pwwb_keyring_ref(keyring);
    st               = open_claims(request, wb_span_of(sealed, sealed_len), now, skew, err);
    if (request->state == EMPTY)
        pwwb_request_wipe(request);
    return st;
}

const pwwb_claims *
pwwb_request_claims(const pwwb_request *request)
{
    return request != NULL && request->state != EMPTY ? &request->claims : NULL;
}

const wb_epoch *
wb_request_epoch(const pwwb_request *request)
{
    return request->epoch;
}

static pwwb_status
unwrap(pwwb_request *request, pwwb_error *err)
{
    const wb_cose_recipient *r     = &request->layer.recipient;
    const wb_epoch          *epoch = request->epoch;
    wb_recipient_work       *w     = &request->work->recipient;

    if (epoch->suite == PWWB_SUITE_X25519) {
        wb_recipient_open(epoch->keys->x25519, r, w);
        return PWWB_OK;
    }
    if (epoch->rsa_private == NULL)
        return wb_host_key_open(request->keyring->host_key, epoch, r->ciphertext, w->cek, err);

    return wb_rsa_open(epoch->rsa_private, r->ciphertext, w->cek, err);
}

/* Whether what was opened is what the operation takes. */
static int
passwords_fit(const pwwb_request *request)
{
    int32_t operation = request->claims.operation;

    return (request->password.len > 0) == wb_wire_wants_password(operation)
           && (request->old_password.len > 0) == wb_wire_wants_old_password(operation);
}

static pwwb_status
open_inner(pwwb_request *request, pwwb_error *err)
{
    const wb_cose_layer *layer = &request->layer;
    work                *w     = request->work;
    uint8_t              aad[WB_AAD_MAX];
    size_t               aad_len;
    size_t               plain_len = layer->ciphertext.len - WB_TAG_SIZE;

    aad_len = wb_cose_aad(aad, sizeof(aad), "Encrypt", layer->protected_, wb_span_of(NULL, 0));
    if (wb_gcm_open(w->recipient.cek, layer->iv.p, wb_span_of(aad, aad_len), layer->ciphertext, w->plain) != 0
        || wb_wire_read_secret(wb_span_of(w->plain, plain_len), &request->password,
                               &request->old_password)
               != PWWB_OK
        || !passwords_fit(request))
        return wb_fail(err, PWWB_E_NOT_AUTHENTIC, "the password cannot be read");

    return PWWB_OK;
}

pwwb_status
pwwb_request_open_secret(pwwb_request *request, pwwb_error *err)
{
    pwwb_status st;

    wb_ok(err);
    if (request == NULL || request->state != OPENED)
        return wb_fail(err, PWWB_E_STATE, "no request whose claims are accepted is open");
    if (request->keyring->half != PWWB_HALF_AGENT)
        return wb_fail(err, PWWB_E_KEY_HALF, "a portal half opens no passwords");

    st = unwrap(request, err);
    if (st == PWWB_OK)
        st = open_inner(request, err);
    wb_wipe(&request->work->recipient, sizeof(request->work->recipient));
    if (st != PWWB_OK)
        wb_request_forget(request);
    else
        request->state = READABLE;
    return st;
}

void
wb_request_forget(pwwb_request *request)
{
    wb_wipe(request->work->plain, sizeof(request->work->plain));
    request->password     = wb_span_of(NULL, 0);
    request->old_password = wb_span_of(NULL, 0);
    if (request->state == READABLE)
        request->state = OPENED;
}

static const uint8_t *
give(const pwwb_request *request, wb_span secret, size_t *ret_len)
{
    int has = request->state == READABLE && secret.len > 0;

    if (ret_len != NULL)
        *ret_len = has ? secret.len : 0;
    return has ? secret.p : NULL;
}

const uint8_t *
pwwb_request_password(const pwwb_request *request, size_t *ret_len)
{
    return give(request, request->password, ret_len);
}

const uint8_t *
pwwb_request_old_password(const pwwb_request *request, size_t *ret_len)
{
    return give(request, request->old_password, ret_len);
}
