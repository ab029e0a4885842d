/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WB_ENVELOPE_H
#define WB_ENVELOPE_H

#include <pwwb/envelope.h>
#include <pwwb/heartbeat.h>

#include "cose.h"
#include "keyring.h"
#include "wire.h"

/* The outer layer of every envelope: COSE_Encrypt0, A256GCM, tenant key; `label` and tenant are
 * external_aad, so that a reply is never taken for a request. */

#define WB_OUTER_MAX_EXTRA 64 /* what the outer layer adds, at most */

/* Octets needed; written only when they fit. */
size_t wb_outer_seal(const wb_epoch *epoch, const char *label, wb_span plain, uint8_t *buf,
                     size_t size);

/* Into `plain`, PWWB_ENVELOPE_MAX octets. TOO_LARGE, MALFORMED, KEY_UNKNOWN, KEY_INACTIVE,
 * NOT_AUTHENTIC. */
/* Whether it begins as one: an order does not. */
int wb_is_outer(wb_span sealed);

pwwb_status wb_outer_open(const pwwb_keyring *keyring, const char *label, wb_span sealed,
                          uint8_t *plain, size_t *ret_len, const wb_epoch **ret_epoch,
                          pwwb_error *err);

/* The same by a key that is no tenant key: parsed first, so that the kid finds it. */
size_t wb_outer_seal_by(const uint8_t key[WB_KEY_SIZE], const uint8_t kid[WB_KID_SIZE],
                        const uint8_t tenant[PWWB_ID_SIZE], const char *label, wb_span plain,
                        uint8_t *buf, size_t size);
pwwb_status wb_outer_parse(wb_span sealed, wb_cose_layer *layer, pwwb_error *err);
pwwb_status wb_outer_open_by(const uint8_t key[WB_KEY_SIZE], const uint8_t tenant[PWWB_ID_SIZE],
                             const char *label, const wb_cose_layer *layer, uint8_t *plain,
                             size_t *ret_len, pwwb_error *err);

/* What an AAD takes: an Enc_structure around a protected bucket of any envelope. */
#define WB_AAD_MAX (PWWB_ENVELOPE_MAX + 64)

/* The epoch whose key sealed the request, for its reply; NULL before. */
const wb_epoch *wb_request_epoch(const pwwb_request *request);

/* Wipe the passwords and keep the claims, so that a reply can still be sealed. */
void wb_request_forget(pwwb_request *request);

/* What the outcome is, when findings are looked at too: a warning turns *set* into *with
 * warnings*. */
int32_t wb_outcome_of(int32_t code, const pwwb_findings *findings);

/* heartbeat.c: the reader alone; and an authentic heartbeat, whatever its time. */
pwwb_status wb_heartbeat_read(wb_span plain, pwwb_heartbeat *heartbeat);
pwwb_status wb_heartbeat_unseal(const pwwb_keyring *keyring, wb_span sealed, pwwb_heartbeat *heartbeat,
                                pwwb_error *err);

/* Open to the library: a portal makes replies of its own. */
struct pwwb_reply {
    wb_reply content;
};

#endif /* WB_ENVELOPE_H */
