/* SPDX-License-Identifier: Apache-2.0 */
#ifndef AD_WRITEBACK_H
#define AD_WRITEBACK_H

/* A whole writeback to a real controller: a message as a portal seals it, and an agent's work on it. */

#include "ad_proxy.h"

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

/* Accounts of the test's own, j001 and so on: other programs leave theirs in all kinds of state. */
static inline void
people_make(char letter, int count)
{
    char out[4096];

    run(out, sizeof(out),
        "pw=$(printf '\"%s\"' | iconv -t UTF-16LE | base64 -w0); for i in $(seq -f %%03g 1 %d); do"
        " printf 'dn: CN=%%s,OU=Sync,%%s\nobjectClass: user\nsAMAccountName: %%s\n"
        "userAccountControl: 512\nunicodePwd:: %%s\n\n' %c$i \"$AD_BASE\" %c$i $pw; done |"
        " ldapadd -c -x -H $AD_URI -D \"$AD_ADMIN_DN\" -w \"$AD_ADMIN_PW\"",
        START, count, letter, letter);
    snprintf(out, sizeof(out), "%c%03d", letter, count);
    CHECK(strlen(stored(out, "objectGUID")) > 0);
    sleep(1); /* their passwords are of a second before all that follows */
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
write_back(const message *m, pwwb_journal *journal, pwwb_directory *directory,
           const pwwb_writeback_options *o, int64_t timeout_ms)
{
    pwwb_writeback *w;
    int32_t         code;

    CHECK_STATUS(PWWB_OK, pwwb_writeback_new(keys, o, &w, err));
    CHECK_STATUS(PWWB_OK, pwwb_writeback_begin(w, m->octets, m->len, err));
    CHECK_STATUS(PWWB_OK, pwwb_writeback_run(w, journal, NULL, directory, timeout_ms, err));
    code = pwwb_writeback_need(w) == PWWB_NEED_SEND ? pwwb_writeback_code(w) : 0;
    pwwb_writeback_free(w);
    return code;
}

/* In which turn of a whole writeback the modify is: then it is only read back. */
static inline size_t
turn_of_modify(int32_t security, const char *user)
{
    proxy           between   = before(security);
    pwwb_directory *directory = through(&between, security);
    pwwb_journal   *journal   = journal_make();
    pwwb_claims     claims    = claims_for(user, PWWB_OPERATION_RESET_SELF);
    message         m         = seal(&claims, NULL, fresh());
    int             rose      = -written(user);
    size_t          turns;

    CHECK_INT(PWWB_CODE_OK_HISTORY_NOT_ENFORCED,
              write_back(&m, journal, directory, NULL, DEADLINE_MS));
    turns = proxy_order(&between, "count").turns;
    CHECK_INT(1, rose + written(user));
    pwwb_directory_free(directory);
    pwwb_journal_free(journal);
    proxy_end(&between);
    return turns - 1;
}

#endif /* AD_WRITEBACK_H */
