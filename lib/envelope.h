/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WB_ENVELOPE_H
#define WB_ENVELOPE_H

#include <pwwb/envelope.h>

#include "keyring.h"
#include "wire.h"

/* The outer layer of every envelope: COSE_Encrypt0, A256GCM, tenant key; `label` and tenant are
 * external_aad, so that a reply is never taken for a request. */

#define WB_OUTER_MAX_EXTRA 64 /* what the outer layer adds, at most */

/* Octets needed; written only when they fit. */
size_t wb_outer_seal(const wb_epoch *epoch, const uint8_t tenant[PWWB_ID_SIZE], const char *label,
                     wb_span plain, uint8_t *buf, size_t size);

/* Into `plain`, PWWB_ENVELOPE_MAX octets. TOO_LARGE, MALFORMED, KEY_UNKNOWN, NOT_AUTHENTIC. */
pwwb_status wb_outer_open(const pwwb_keyring *keyring, const char *label, wb_span sealed,
                          uint8_t *plain, size_t *ret_len, const wb_epoch **ret_epoch,
                          pwwb_error *err);

/* What an AAD takes: an Enc_structure around a protected bucket of any envelope. */
#define WB_AAD_MAX (PWWB_ENVELOPE_MAX + 64)

/* The epoch whose key sealed the request, for its reply; NULL before. */
const wb_epoch *wb_request_epoch(const pwwb_request *request);
/* The tenant whose keys opened it, whatever the claims say: the reply is sealed for that one. */
const uint8_t  *wb_request_tenant(const pwwb_request *request);

/* Wipe the passwords and keep the claims, so that a reply can still be sealed. */
void wb_request_forget(pwwb_request *request);

/* Open to the library: a portal makes replies of its own. */
struct pwwb_reply {
    wb_reply content;
};

#endif /* WB_ENVELOPE_H */
