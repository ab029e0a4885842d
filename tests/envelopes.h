/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ENVELOPES_H
#define ENVELOPES_H

/* What tests of envelopes share: keys of both suites, claims in order, a request of them. */

#include <pwwb/envelope.h>
#include <stdlib.h>
#include <string.h>

#include "crypto.h"
#include "harness.h"
#include "octets.h"

#define IAT 1760000000
#define EXP (IAT + 60)

static const uint8_t env_tenant[PWWB_ID_SIZE + 1] = "tenant of a test";

/* Of both suites, made once: RSA first. */
static pwwb_keyring *env_keys[2];

/* A request to open with, made once. */
static pwwb_request *env_request;

static inline void
env_begin(void)
{
    if (wb_crypto_ready(NULL) != PWWB_OK
        || pwwb_keyring_new(env_tenant, PWWB_SUITE_RSA, &env_keys[0], NULL) != PWWB_OK
        || pwwb_keyring_new(env_tenant, PWWB_SUITE_X25519, &env_keys[1], NULL) != PWWB_OK
        || pwwb_request_new(&env_request, NULL) != PWWB_OK)
        abort();
}

static inline void
env_end(void)
{
    pwwb_request_free(env_request);
    pwwb_keyring_free(env_keys[0]);
    pwwb_keyring_free(env_keys[1]);
}

static inline pwwb_claims
env_claims(int32_t operation)
{
    pwwb_claims claims = {.size        = sizeof(claims),
                          .iat         = IAT,
                          .exp         = EXP,
                          .operation   = operation,
                          .origin      = PWWB_FROM_RESET_PORTAL,
                          .actor       = PWWB_ACTOR_USER,
                          .user_type   = PWWB_USER_HASH_SYNC,
                          .must_change = PWWB_MUST_CHANGE_SET,
                          .flags       = PWWB_FLAG_UNLOCK,
                          .anchor      = {PWWB_ANCHOR_SOURCE, "an object's GUI"},
                          .reply_to    = "replies/portal-00001"};

    return claims;
}

static inline int
env_is_change(int32_t operation)
{
    return operation == PWWB_OPERATION_CHANGE || operation == PWWB_OPERATION_CHANGE_FORCED;
}

/* A sealed request, in a buffer of just its size. */
typedef struct sealed {
    uint8_t octets[PWWB_ENVELOPE_MAX];
    size_t  len;
} sealed;

static inline pwwb_status
env_seal(const pwwb_keyring *keyring, pwwb_claims *claims, octets password, octets old_password,
         sealed *ret_sealed)
{
    return pwwb_request_seal(keyring, claims, octets_span(password).p, password.len,
                             octets_span(old_password).p, old_password.len, ret_sealed->octets,
                             sizeof(ret_sealed->octets), &ret_sealed->len, NULL);
}

/* The request most tests take: a reset to `Horse-Correct-16`. */
static const octets env_password     = OCTETS("Horse-Correct-16");
static const octets env_old_password = OCTETS("staple battery");
static const octets env_none         = {NULL, 0};

static inline sealed
env_sealed(const pwwb_keyring *keyring, int32_t operation)
{
    pwwb_claims claims = env_claims(operation);
    sealed      s;

    if (env_seal(keyring, &claims, operation == PWWB_OPERATION_UNLOCK ? env_none : env_password,
                 env_is_change(operation) ? env_old_password : env_none, &s)
        != PWWB_OK)
        abort();
    return s;
}

static inline pwwb_status
env_open(pwwb_keyring *keyring, const uint8_t *octets_, size_t len)
{
    return pwwb_request_open(env_request, keyring, octets_, len, IAT + 1, 0, NULL);
}

#endif /* ENVELOPES_H */
