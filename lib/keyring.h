/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WB_KEYRING_H
#define WB_KEYRING_H

#include <pwwb/keyring.h>

#include "crypto.h"
#include "slab.h"

#define WB_KID_SIZE        8
#define WB_RELAY_SIZE      44 /* 32 random octets in base64url, and a NUL */
#define WB_TOKEN_SIZE      32
#define WB_GENERATION_MAX  ((uint64_t)1 << 48) /* there is always a next one */
#define WB_TIME_MAX_S      253402300799        /* the end of the year 9999 */
#define WB_ADDRESS_MAX     255
#define WB_CREDENTIAL_MAX  127
#define WB_WORK_SIZE       2048 /* of a piece of the keyring's slab */

/* Secrets of an epoch. */
typedef struct wb_epoch_keys {
    uint8_t tenant[WB_KEY_SIZE];
    uint8_t control[WB_KEY_SIZE];
    uint8_t x25519[WB_X25519_SIZE]; /* agent half of the X25519 suite */
    uint8_t relay[WB_RELAY_SIZE];   /* agent half, when has_relay */
    uint8_t is_taken;               /* this place */
} wb_epoch_keys;

/* One generation of the tenant's keys. A kid is 8 octets of SHA-256: of a label and a symmetric key,
 * or of the recipient key's COSE thumbprint (RFC 9679). */
typedef struct wb_epoch {
    const pwwb_keyring *keyring;
    uint64_t            generation;
    int32_t             state;
    int32_t             suite;
    int32_t             has_relay;
    int64_t             created_s;
    int64_t             since_s;
    uint8_t             kid[WB_KID_SIZE];           /* of the tenant key */
    uint8_t             control_kid[WB_KID_SIZE];
    uint8_t             recipient_kid[WB_KID_SIZE];
    wb_epoch_keys      *keys;                       /* in the keyring's locked memory */
    wb_rsa             *rsa_public;
    wb_rsa             *rsa_private;                /* agent half of the RSA suite, unless the host's */
    size_t              public_len;
    uint8_t             public_[WB_RSA_PUB_MAX];    /* SubjectPublicKeyInfo, or x of X25519 */
} wb_epoch;

/* Keys and secrets of a side's part in the exchanges; all zero = not there. */
typedef struct wb_party_keys {
    uint8_t identity[WB_KEY_SIZE];      /* Ed25519: agent the seed, portal the public key */
    uint8_t portal[WB_X25519_SIZE];     /* X25519: agent the public key, portal the private one */
    uint8_t answering[WB_KEY_SIZE];     /* the control key for repeats after disable and revoke */
    uint8_t ticket_portal[WB_X25519_SIZE];
    uint8_t portal_before[WB_X25519_SIZE]; /* portal: of the ticket before */
    uint8_t token[WB_TOKEN_SIZE];
    char    credential[WB_CREDENTIAL_MAX + 1];
} wb_party_keys;

/* Agent: what is not answered yet. Portal: the last one taken, or a revoke that is to be sent. */
typedef struct wb_order_mark {
    int32_t kind; /* one of enum pwwb_exchange_kind; 0 = none */
    uint8_t id[PWWB_ID_SIZE];
    int64_t issued_s;
    uint8_t digest[WB_SHA256_SIZE]; /* zero = none */
} wb_order_mark;

/* What a keyring knows beside its epochs. */
typedef struct wb_party {
    wb_order_mark order;
    int64_t       last_issued_s;    /* agent: of its last order; portal: of the last one taken */
    int64_t       ticket_expires_s; /* 0 = there is no ticket */
    char          ticket_address[WB_ADDRESS_MAX + 1];
    uint8_t       lease_holder[PWWB_ID_SIZE];
    int64_t       lease_until_ms;
} wb_party;

/* The host's own private key, counted. */
typedef struct wb_host_key wb_host_key;

struct pwwb_keyring {
    int32_t           references; /* atomic */
    int32_t           half;
    int32_t           state;
    uint8_t           tenant[PWWB_ID_SIZE];
    uint64_t          generation; /* of the newest epoch there ever was */
    uint64_t          version;    /* as it was loaded; 0 = it was not */
    size_t            epoch_count;
    wb_epoch          epochs[PWWB_EPOCHS_MAX]; /* the newest first */
    wb_party          party;
    struct wb_locked *locked;
    wb_party_keys    *keys; /* in locked memory */
    wb_slab          *work;   /* locked pieces to seal in, for sealing has no handle */
    wb_host_key      *host_key;
    pwwb_key_audit_fn audit;
    void             *audit_ctx;
};

/* Everything secret of a keyring, in one piece of locked memory. */
typedef struct wb_locked {
    wb_epoch_keys epochs[PWWB_EPOCHS_MAX];
    wb_party_keys party;
} wb_locked;

/* Without epochs; NULL when memory is out. */
pwwb_keyring *wb_keyring_alloc(const uint8_t tenant[PWWB_ID_SIZE], int32_t half);

/* One active epoch, without an exchange. */
pwwb_status wb_keyring_new_by_hand(const uint8_t *tenant, int32_t suite, wb_host_key *host_key,
                                   wb_span public_, pwwb_keyring **ret_keyring, pwwb_error *err);

/* The one epoch whose tenant key a kid names, or NULL: no other is ever tried. */
const wb_epoch *wb_keyring_find(const pwwb_keyring *keyring, wb_span kid);
/* The control key that a kid names: an epoch's, or the one that answers repeats; NULL. */
const uint8_t *wb_keyring_find_control(const pwwb_keyring *keyring, wb_span kid);
/* The epoch in that state, or NULL. */
wb_epoch *wb_keyring_in_state(const pwwb_keyring *keyring, int32_t state);
/* The epoch that seals; NULL when there is none, which wb_keyring_inactive() says. */
const wb_epoch *wb_keyring_active(const pwwb_keyring *keyring);
pwwb_status     wb_keyring_inactive(pwwb_error *err);

/* Tell whoever audits that a key was used. */
void wb_keyring_used(const pwwb_keyring *keyring, int32_t use, uint64_t generation, pwwb_status st);

/* keyring_epoch.c. A keyring that nobody shares yet may be changed. */
/* A place for one more, before the others; NULL when all are taken. */
wb_epoch   *wb_keyring_insert(pwwb_keyring *keyring);
/* Wipe it and close the gap. */
void        wb_keyring_drop(pwwb_keyring *keyring, size_t index);
/* Load what public_, keys and `private_` hold; private_ empty: portal half, or the host's key. */
pwwb_status wb_epoch_ready(wb_epoch *epoch, wb_span private_, pwwb_error *err);
/* Make new keys: a pending epoch of the next generation. Agent half only. With a host's key the
 * private one is made there, or is that of `public_`. */
pwwb_status wb_keyring_make_epoch(pwwb_keyring *keyring, int32_t suite, wb_span public_,
                                  int64_t now_s, pwwb_error *err);
void        wb_epoch_enter(wb_epoch *epoch, int32_t state, int64_t now_s);
/* 8 octets of the thumbprint of an X25519 public key. */
void        wb_x25519_kid(const uint8_t public_[WB_X25519_SIZE], uint8_t kid[WB_KID_SIZE]);
void        wb_control_kid(const uint8_t key[WB_KEY_SIZE], uint8_t kid[WB_KID_SIZE]);

/* keyring_codec.c, keyring_party.c: one half as CBOR in locked memory, and back. */
#define WB_KEYRING_HEADER_SIZE 68
#define WB_KEYRING_PLAIN_MAX   (PWWB_KEYRING_MAX - WB_KEYRING_HEADER_SIZE - WB_TAG_SIZE)
size_t      wb_keyring_print(const pwwb_keyring *keyring, int32_t half, uint8_t *buf, size_t size);
pwwb_status wb_keyring_parse(wb_span plain, pwwb_keyring **ret_keyring, pwwb_error *err);

struct wb_cbor;
struct wb_cbor_out;
void wb_party_put(struct wb_cbor_out *out, const pwwb_keyring *keyring);
void wb_party_read(struct wb_cbor *in, pwwb_keyring *keyring);
/* Text without NUL inside, that fits `size` with its own. */
void wb_text_read(struct wb_cbor *in, char *text, size_t size);
/* Seconds since 1970, not before, and at most WB_TIME_MAX_S: the next time can always be told. */
int64_t wb_time_read(struct wb_cbor *in);
/* What people compare; "" when the other side's key or the identity is not known. */
void wb_fingerprint(const pwwb_keyring *keyring, char text[PWWB_FINGERPRINT_SIZE]);

/* What seals key files: in locked memory. A stretched passphrase is kept with the costs and salt
 * that it was stretched by, for Argon2id takes half a second. */
#define WB_LOCK_SECRET_MAX 1024
typedef struct wb_lock {
    int32_t kind; /* one of enum pwwb_lock */
    int32_t is_stretched;
    size_t  len;
    uint8_t secret[WB_LOCK_SECRET_MAX];
    uint8_t stretched_by[8 + WB_SALT_SIZE]; /* as in the header */
    uint8_t key[WB_KEY_SIZE];
} wb_lock;

/* keyring_seal.c: for a store's version. */
pwwb_status wb_keyring_seal(const pwwb_keyring *keyring, int32_t half, wb_lock *lock,
                            uint64_t version, uint8_t *buf, size_t buf_size, size_t *ret_len,
                            pwwb_error *err);
pwwb_status wb_keyring_open(wb_span sealed, wb_lock *lock, pwwb_keyring **ret_keyring,
                            pwwb_error *err);
/* The version that sealed octets say they are; MALFORMED when they are not a sealed keyring. */
pwwb_status wb_keyring_version(wb_span sealed, uint64_t *ret_version, pwwb_error *err);
/* Whether a secret is one that fits the lock. */
int         wb_lock_fits(int32_t lock, wb_span secret);

/* keyring_host.c */
pwwb_status  wb_host_key_new(const pwwb_unwrap_ops *ops, void *ctx, wb_host_key **ret_key,
                             pwwb_error *err);
wb_host_key *wb_host_key_ref(wb_host_key *key);
void         wb_host_key_free(wb_host_key *key); /* the last one calls destroy */
/* A rejected one gives a random content key, as a bad OAEP does; KEY_UNAVAILABLE. */
pwwb_status  wb_host_key_open(wb_host_key *key, const wb_epoch *epoch, wb_span wrapped,
                              uint8_t cek[WB_KEY_SIZE], pwwb_error *err);
pwwb_status  wb_host_key_make(wb_host_key *key, wb_epoch *epoch, pwwb_error *err);

#endif /* WB_KEYRING_H */
