/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>
#include <string.h>

#include "cose.h"
#include "envelope.h"
#include "error.h"
#include "guid.h"
#include "ops.h"
#include "recipient.h"

#define CLAIMS_LEAST WB_SIZE_UP_TO(pwwb_claims, reply_to)
#define INNER_MAX    (PWWB_ENVELOPE_MAX - WB_OUTER_MAX_EXTRA)

/* Everything secret of one sealing, in one locked piece that the keyring keeps. */
typedef struct work {
    wb_recipient_work recipient;
    uint8_t           plain[WB_SECRET_MAX];
} work;

static_assert(sizeof(work) <= WB_WORK_SIZE, "a piece holds all that is secret");

/* What a recipient's spans point to. */
typedef struct recipient_room {
    wb_recipient_room x25519;
    uint8_t           rsa[WB_RSA_SIZE];
} recipient_room;

/* The content key, and the recipient that it is sealed to. */
static pwwb_status
seal_key(const wb_epoch *epoch, work *w, recipient_room *room, wb_cose_recipient *r,
         pwwb_error *err)
{
    if (epoch->suite == PWWB_SUITE_RSA) {
        wb_random(w->recipient.cek, sizeof(w->recipient.cek));
        r->alg        = WB_COSE_RSA_OAEP;
        r->ciphertext = wb_span_of(room->rsa, sizeof(room->rsa));
        return wb_rsa_seal(epoch->rsa_public, w->recipient.cek, room->rsa, err);
    }
    if (wb_recipient_seal(epoch->public_, &w->recipient, &room->x25519, r) != 0)
        return wb_fail(err, PWWB_E_CRYPTO, "the recipient's X25519 key is not one");

    return PWWB_OK;
}

/* {1: A256GCM, 15: claims}: the claims are authenticated together with the password. */
static wb_span
put_inner_protected(uint8_t *buf, size_t size, const pwwb_claims *claims)
{
    wb_cbor_out out = wb_cbor_write(buf, size);

    wb_cbor_put_map(&out, 2);
    wb_cbor_put_int(&out, 1);
    wb_cbor_put_int(&out, WB_COSE_A256GCM);
    wb_cbor_put_int(&out, 15);
    wb_wire_put_claims(&out, claims);
    return wb_span_of(buf, out.need);
}

static pwwb_status
seal_inner(const wb_epoch *epoch, const pwwb_claims *claims, wb_span password,
           wb_span old_password, work *w, uint8_t *inner, size_t *ret_len, pwwb_error *err)
{
    wb_cbor_out       out = wb_cbor_write(inner, INNER_MAX);
    wb_cose_recipient r   = {.kid = {epoch->recipient_kid, WB_KID_SIZE}};
    recipient_room    room;
    uint8_t           protected_[512];
    uint8_t           aad[640];
    uint8_t           iv[WB_IV_SIZE];
    wb_span           bucket = put_inner_protected(protected_, sizeof(protected_), claims);
    size_t            aad_len;
    size_t            plain_len;
    uint8_t          *sealed;
    pwwb_status       st;

    st = seal_key(epoch, w, &room, &r, err);
    if (st != PWWB_OK)
        return st;

    plain_len = wb_wire_put_secret(w->plain, password, old_password);
    aad_len   = wb_cose_aad(aad, sizeof(aad), "Encrypt", bucket, wb_span_of(NULL, 0));
    wb_random(iv, sizeof(iv));
    wb_cose_put_encrypt(&out, bucket, wb_span_of(iv, sizeof(iv)));
    sealed = wb_cbor_put_room(&out, plain_len + WB_TAG_SIZE);
    wb_cose_put_recipient(&out, &r);
    if (!wb_cbor_fits(&out) || sealed == NULL)
        return wb_fail(err, PWWB_E_TOO_LARGE, "the request does not fit an envelope");

    (void)wb_gcm_seal(w->recipient.cek, iv, wb_span_of(aad, aad_len), w->plain, plain_len, sealed);
    *ret_len = out.need;
    return PWWB_OK;
}

static pwwb_status
check_passwords(const pwwb_claims *claims, wb_span password, wb_span old_password,
                pwwb_error *err)
{
    int wants     = wb_wire_wants_password(claims->operation);
    int wants_old = wb_wire_wants_old_password(claims->operation);

    if ((password.len > 0) != wants)
        return wb_fail(err, PWWB_E_INVALID_ARGUMENT,
                       wants ? "a new password must be given" : "unlocking takes no password");
    if ((old_password.len > 0) != wants_old)
        return wb_fail(err, PWWB_E_INVALID_ARGUMENT,
                       wants_old ? "a change takes the old password"
                                 : "only a change takes the old password");
    if ((wants && !wb_wire_password_fits(password))
        || (wants_old && !wb_wire_password_fits(old_password)))
        return wb_fail(err, PWWB_E_MALFORMED,
                       "a password is UTF-8 without NUL, at most %d UTF-16 units",
                       PWWB_PASSWORD_MAX_UNITS);

    return PWWB_OK;
}

static pwwb_status
prepare_claims(const pwwb_keyring *keyring, const pwwb_claims *theirs, pwwb_claims *claims,
               pwwb_error *err)
{
    pwwb_status st = wb_ops_import(claims, sizeof(*claims), CLAIMS_LEAST, theirs);

    if (st != PWWB_OK)
        return wb_fail(err, st, "claims of size %zu do not fit this library", theirs->size);
    if (!wb_wire_claims_fit(claims) || claims->exp <= claims->iat
        || claims->exp - claims->iat > PWWB_REQUEST_LIFE_MAX)
        return wb_fail(err, PWWB_E_INVALID_ARGUMENT,
                       "a claim is out of range, or the life is not 1 to %d seconds",
                       PWWB_REQUEST_LIFE_MAX);

    memcpy(claims->tenant, keyring->tenant, PWWB_ID_SIZE);
    if (wb_guid_is_zero(claims->cti))
        wb_random(claims->cti, sizeof(claims->cti));
    return PWWB_OK;
}

static pwwb_status
seal(const pwwb_keyring *keyring, const pwwb_claims *claims, wb_span password,
     wb_span old_password, uint8_t *buf, size_t buf_size, size_t *ret_len, pwwb_error *err)
{
    const wb_epoch *epoch = wb_keyring_active(keyring);
    uint8_t         inner[INNER_MAX];
    size_t          inner_len = 0;
    work           *w;
    pwwb_status     st;

    if (epoch == NULL)
        return wb_keyring_inactive(err);

    w = wb_slab_take(keyring->work);
    if (w == NULL)
        return wb_fail(err, PWWB_E_NO_MEMORY, "no locked memory to seal a request");

    st = seal_inner(epoch, claims, password, old_password, w, inner, &inner_len, err);
    wb_slab_give(keyring->work, w);
    if (st != PWWB_OK)
        return st;

    *ret_len = wb_outer_seal(epoch, WB_LABEL_REQUEST, wb_span_of(inner, inner_len), buf, buf_size);
    if (*ret_len > buf_size)
        return wb_fail(err, PWWB_E_BUFFER_TOO_SMALL, "the request takes %zu octets", *ret_len);

    return PWWB_OK;
}

pwwb_status
pwwb_request_seal(const pwwb_keyring *keyring, pwwb_claims *claims, const uint8_t *password,
                  size_t password_len, const uint8_t *old_password, size_t old_password_len,
                  uint8_t *buf, size_t buf_size, size_t *ret_len, pwwb_error *err)
{
    wb_span     new_ = {password, password != NULL ? password_len : 0};
    wb_span     old  = {old_password, old_password != NULL ? old_password_len : 0};
    pwwb_claims ours;
    pwwb_status st;

    wb_ok(err);
    if (ret_len != NULL)
        *ret_len = 0;
    if (keyring == NULL || claims == NULL || ret_len == NULL || (buf == NULL && buf_size > 0))
        return wb_fail(err, PWWB_E_INVALID_ARGUMENT, "keyring, claims and ret_len must be given");

    st = prepare_claims(keyring, claims, &ours, err);
    if (st == PWWB_OK)
        st = check_passwords(&ours, new_, old, err);
    if (st == PWWB_OK)
        st = seal(keyring, &ours, new_, old, buf, buf_size, ret_len, err);
    if (st == PWWB_OK)
        (void)wb_ops_export(claims, CLAIMS_LEAST, &ours, sizeof(ours));
    return st;
}
