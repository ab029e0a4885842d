/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CTGRIND_H
#define CTGRIND_H

/*
 * Secrets as valgrind sees them. A secret is marked undefined when it is born; memcheck carries the
 * mark through all that is computed from it, and complains of a branch or an address that depends
 * on it. The method is Adam Langley's ctgrind. The linker puts ctgrind_doors.c in front of the
 * calls into libsodium and mbedTLS: there, and nowhere in the library, secrets are born, and what
 * the protocol makes public becomes defined again.
 */

#include <stddef.h>
#include <stdint.h>

/* From here on a secret, or public. Neither touches the octets. */
void ctgrind_hide(const void *p, size_t len);
void ctgrind_reveal(const void *p, size_t len);

/* What valgrind complained of until now. */
unsigned ctgrind_complaints(void);

/* Secrets that pass a door, by the name under which a planted error asks for them. */
enum ctgrind_secret {
    TENANT_KEY = 1,
    CONTENT_KEY,
    RECIPIENT_KEY, /* X25519: of the recipient, and the ephemeral one */
    RSA_KEY,       /* its DER */
    SHARED_SECRET,
    OAEP_VERDICT,  /* whether the padding was good */
    OAEP_LENGTH,   /* of the message in it */
    LOCK_KEY,      /* of a key file */
    KEYRING,       /* a key within the plaintext of a key file */
    PASSWORD
};

/* How a planted error looks at a secret. */
enum ctgrind_look { BY_BRANCH = 1, BY_INDEX, BY_MEMCMP };

/* The error that is planted now, zeros for none, and how often it was reached. */
extern struct ctgrind_plant {
    enum ctgrind_secret secret;
    enum ctgrind_look   look;
    unsigned            looks;
} ctgrind_plant;

/* A place where the library has that secret: the planted error, when it is of this secret. */
void ctgrind_pass(enum ctgrind_secret secret, const void *p, size_t len);

/* What goes wrong with the request that is sealed next. */
enum ctgrind_spoil {
    NOTHING,
    SPOIL_OAEP,      /* one octet of what RSA sealed */
    SPOIL_OAEP_SIZE, /* good padding around 16 octets */
    SPOIL_MODULUS,   /* a number that is no residue */
    SPOIL_EPHEMERAL, /* a point of small order */
    SPOIL_TAG        /* the inner one */
};
extern enum ctgrind_spoil ctgrind_spoil;

/* AES-GCM by mbedTLS, as where the CPU has no AES. */
extern int ctgrind_without_aesni;

#endif /* CTGRIND_H */
