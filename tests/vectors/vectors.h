/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VECTORS_H
#define VECTORS_H

/* What the makers of tests/vectors/pwwb share: JSON on its way out, randomness that is the same
 * every time, and one tenant's keys. */

#include "envelope.h"
#include "octets.h"
#include "order.h"
#include "recipient.h"

/* JSON: objects, arrays, octets in hexadecimal, integers, text. In an array the name is NULL. */
void json_begin(const char *name, char bracket);
void json_end(char bracket);
void json_octets(const char *name, const void *data, size_t len);
void json_span(const char *name, wb_span span);
void json_int(const char *name, int64_t value);
void json_text(const char *name, const char *text);

/* Block i of what is drawn from now on is SHA-256("pwwb1-vectors" ‖ 0x00 ‖ name ‖ i), i as 4
 * octets, big-endian, from 0. */
void random_begin(const char *name);

/* One keyring of each suite with an active epoch, one with both, and who exchanges them. */
typedef struct world {
    pwwb_keyring *of[PWWB_SUITE_X25519 + 1]; /* by suite */
    pwwb_keyring *both;
    uint8_t       seed[WB_ED25519_SIZE];
    uint8_t       identity[WB_ED25519_SIZE];
    uint8_t       portal_private[WB_X25519_SIZE];
    uint8_t       portal[WB_X25519_SIZE];
} world;

extern world         w;
extern const uint8_t tenant[PWWB_ID_SIZE];

#define NOW 1760000000

void world_make(void);
void world_drop(void);
void put_keys(void);

/* Abort, with the words that failed: a maker has no other way out. */
#define MUST(cond) ((cond) ? (void)0 : must_failed(__FILE__, __LINE__, #cond))
_Noreturn void must_failed(const char *file, int line, const char *what);

/* The members of a COSE_Encrypt0 and what they were made from. */
void put_outer(const char *name, const uint8_t *key, const char *label, wb_span message);
/* The first item of padded octets, and then all of them. */
void put_padded(wb_span padded);
/* The content key of a suite 2 recipient, and how it came to be. The key pair is drawn next. */
void put_agreement(const uint8_t *private_, const wb_cose_recipient *r, uint8_t cek[WB_KEY_SIZE]);

/* The vectors of one kind. */
void put_requests(void);
void put_replies(void);
void put_heartbeats(void);
void put_orders(void);
void put_controls(void);
void put_tickets(void);
void put_fingerprint(void);
void put_keyrings(void);
void put_refused(void);
void put_refused_others(void);

/* The requests of put_requests(): octets of one, and its suite. */
size_t  make_request(size_t index, uint8_t sealed[PWWB_ENVELOPE_MAX]);
int32_t request_suite(size_t index);

#endif /* VECTORS_H */
