/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WB_COSE_H
#define WB_COSE_H

/* COSE_Encrypt0, COSE_Encrypt (RFC 9052 5) and COSE_Sign1 as structures: what stands where, and the octets
 * that are authenticated. Which algorithms and headers are admitted is the envelope's business,
 * but a header that nobody here understands is refused at once. */

#include <pwwb/error.h>

#include "cbor.h"

#define WB_COSE_A256GCM   3
#define WB_COSE_RSA_OAEP  (-41) /* RSAES-OAEP w/ SHA-256, RFC 8230 3 */
#define WB_COSE_ECDH_ES   (-25) /* ECDH-ES + HKDF-256, RFC 9053 6.3.1 */
#define WB_COSE_X25519    4
#define WB_COSE_OKP       1
#define WB_COSE_RSA       3

/* One recipient of a COSE_Encrypt. */
typedef struct wb_cose_recipient {
    int64_t alg;
    wb_span protected_; /* as received; empty when the bucket is */
    wb_span kid;        /* empty when there is none */
    wb_span ephemeral;  /* x of an X25519 ephemeral key, 32 octets; else empty */
    wb_span ciphertext;
    int     alg_is_protected;
} wb_cose_recipient;

/* One layer. All spans are borrowed from the message. */
typedef struct wb_cose_layer {
    int64_t           alg; /* 0 when it is not in the protected bucket */
    wb_span           protected_;
    wb_span           kid;    /* from the protected bucket; empty when there is none */
    wb_span           claims; /* value of header 15, RFC 9597; empty when there is none */
    wb_span           iv;
    wb_span           ciphertext;
    wb_cose_recipient recipient; /* COSE_Encrypt only */
} wb_cose_layer;

pwwb_status wb_cose_parse_encrypt0(wb_span message, wb_cose_layer *layer);
pwwb_status wb_cose_parse_encrypt(wb_span message, wb_cose_layer *layer);

/* Enc_structure, RFC 9052 5.3. Context is "Encrypt0" or "Encrypt". Returns octets needed. */
size_t wb_cose_aad(uint8_t *buf, size_t size, const char *context, wb_span protected_,
                   wb_span external);

/* COSE_KDF_Context without party information, RFC 9053 5.2. Returns octets needed. */
size_t wb_cose_kdf_context(uint8_t *buf, size_t size, int64_t alg, int64_t key_bits,
                           wb_span recipient_protected);

/* The parts of a message, written in order. */
void wb_cose_put_encrypt0(wb_cbor_out *out, wb_span protected_, wb_span iv);
void wb_cose_put_encrypt(wb_cbor_out *out, wb_span protected_, wb_span iv);
void wb_cose_put_recipient(wb_cbor_out *out, const wb_cose_recipient *recipient);

/* COSE_Sign1 with EdDSA, cose_sign.c: what is signed (RFC 9052 4.4), the message, and back. The
 * first two return octets needed. */
size_t      wb_cose_sig_structure(uint8_t *buf, size_t size, wb_span external, wb_span payload);
size_t      wb_cose_put_sign1(uint8_t *buf, size_t size, wb_span payload, wb_span signature);
pwwb_status wb_cose_parse_sign1(wb_span message, wb_span *payload, wb_span *signature);

/* The canonical COSE_Key that a thumbprint hashes, RFC 9679 3. Returns octets needed. */
size_t wb_cose_key_rsa(uint8_t *buf, size_t size, wb_span n, wb_span e);
size_t wb_cose_key_x25519(uint8_t *buf, size_t size, wb_span x);

#endif /* WB_COSE_H */
