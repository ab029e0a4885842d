/* SPDX-License-Identifier: Apache-2.0 */
#ifndef AD_WRITEBACK_H
#define AD_WRITEBACK_H

/* A whole writeback to a real controller: a message as a portal seals it, and an agent's work on it. */

#include "ad.h"

static pwwb_keyring *keys;

typedef struct message {
    uint8_t octets[PWWB_ENVELOPE_MAX];
    size_t  len;
} message;

static inline void
keys_make(void)
{
    static const uint8_t tenant[PWWB_ID_SIZE] = {1};

    CHECK_STATUS(PWWB_OK, pwwb_keyring_new(tenant, PWWB_SUITE_X25519, &keys, err));
}

/* What a portal says of one account. */
static inline pwwb_claims
claims_for(const char *user, int32_t operation)
{
    pwwb_claims claims = {.size      = sizeof(claims),
                          .iat       = (int64_t)time(NULL),
                          .operation = operation,
                          .origin    = PWWB_FROM_RESET_PORTAL,
                          .actor     = PWWB_ACTOR_USER,
                          .user_type = PWWB_USER_FEDERATED,
                          .anchor    = {.kind = PWWB_ANCHOR_SOURCE}};

    if (operation == PWWB_OPERATION_CHANGE)
        claims.origin = PWWB_FROM_ACCOUNT_PORTAL;
    claims.exp = claims.iat + 120;
    guid_of(user, claims.anchor.guid);
    return claims;
}

static inline message
seal(pwwb_claims *claims, const char *old_one, const char *new_one)
{
    message m = {.len = 0};

    CHECK_STATUS(PWWB_OK, pwwb_request_seal(keys, claims, (const uint8_t *)new_one,
                                            new_one != NULL ? strlen(new_one) : 0,
                                            (const uint8_t *)old_one,
                                            old_one != NULL ? strlen(old_one) : 0, m.octets,
                                            sizeof(m.octets), &m.len, err));
    return m;
}

/* A journal that is as old as anything, of this agent alone. */
static inline pwwb_journal *
journal_make(void)
{
    pwwb_journal *journal;

    CHECK_STATUS(PWWB_OK, pwwb_journal_new_memory(100, NULL, NULL, &journal, err));
    return journal;
}

/* What an agent with that journal and directory says; 0 when it says nothing. */
static inline int32_t
write_back(const message *m, pwwb_journal *journal, pwwb_directory *directory, uint32_t flags,
           int64_t timeout_ms)
{
    const pwwb_writeback_options options = {.size = sizeof(options), .flags = flags};
    pwwb_writeback              *w;
    int32_t                      code;

    CHECK_STATUS(PWWB_OK, pwwb_writeback_new(keys, &options, &w, err));
    CHECK_STATUS(PWWB_OK, pwwb_writeback_begin(w, m->octets, m->len, err));
    CHECK_STATUS(PWWB_OK, pwwb_writeback_run(w, journal, NULL, directory, timeout_ms, err));
    code = pwwb_writeback_need(w) == PWWB_NEED_SEND ? pwwb_writeback_code(w) : 0;
    pwwb_writeback_free(w);
    return code;
}

#endif /* AD_WRITEBACK_H */
