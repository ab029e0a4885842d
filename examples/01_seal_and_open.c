/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Seal a new password at the portal and open it at the agent: octets in, octets out.
 *
 *     01_seal_and_open
 */
#include <pwwb/pwwb.h>

#include <stdio.h>
#include <string.h>
#include <time.h>

static const uint8_t tenant[PWWB_ID_SIZE] = {0x6f, 0x1c, 0x20, 0x9b}; /* your tenant's GUID */
static const char    password[]           = "Correct-Horse-7";
static const char    anchor_text[]        = "AQIDBAUGBwgJCgsMDQ4PEA=="; /* whose password */

/* The portal gets its half of the keys sealed. In earnest the lock is random: see keys.c. */
static pwwb_status
give_portal_half(const pwwb_keyring *agent_half, pwwb_keyring **ret_portal_half, pwwb_error *err)
{
    static const uint8_t lock[PWWB_LOCK_KEY_SIZE] = {1, 2, 3};
    uint8_t              file[PWWB_KEYRING_MAX];
    size_t               len;
    pwwb_status st = pwwb_keyring_seal(agent_half, PWWB_HALF_PORTAL, PWWB_LOCK_KEY, lock,
                                       sizeof(lock), file, sizeof(file), &len, err);

    return st != PWWB_OK ? st
                         : pwwb_keyring_open(file, len, PWWB_LOCK_KEY, lock, sizeof(lock),
                                             ret_portal_half, err);
}

/* The agent's side. Both phases, the cheap one first: only then is the private key paid for. */
static pwwb_status
open_request(pwwb_request *request, pwwb_keyring *agent_half, const uint8_t *sealed, size_t len,
             pwwb_error *err)
{
    const pwwb_claims *claims;
    char               text[PWWB_ANCHOR_TEXT_SIZE];
    size_t             text_len;
    pwwb_status st = pwwb_request_open(request, agent_half, sealed, len, time(NULL), 60, err);

    if (st != PWWB_OK)
        return st;

    claims = pwwb_request_claims(request);
    st     = pwwb_anchor_print(&claims->anchor, text, sizeof(text), &text_len, err);
    if (st != PWWB_OK)
        return st;

    printf("claims:  operation %d, origin %d, anchor %s, valid for %d s\n", (int)claims->operation,
           (int)claims->origin, text, (int)(claims->exp - claims->iat));
    return pwwb_request_open_secret(request, err);
}

int
main(void)
{
    pwwb_keyring  *agent_half = NULL, *portal_half = NULL;
    pwwb_request  *request = NULL;
    pwwb_error    *err     = pwwb_error_new(); /* says why; NULL would do as well */
    uint8_t        sealed[PWWB_ENVELOPE_MAX];
    const uint8_t *opened;
    size_t         len = 0, opened_len = 0;
    int            is_same = 0;
    pwwb_claims    claims  = {.size      = sizeof(claims), /* what the request is about */
                              .iat       = time(NULL),
                              .exp       = time(NULL) + 120,
                              .operation = PWWB_OPERATION_RESET_SELF,
                              .origin    = PWWB_FROM_RESET_PORTAL,
                              .actor     = PWWB_ACTOR_USER,
                              .user_type = PWWB_USER_HASH_SYNC};
    pwwb_status    st      = pwwb_keyring_new(tenant, PWWB_SUITE_RSA, &agent_half, err);

    if (st == PWWB_OK)
        st = give_portal_half(agent_half, &portal_half, err);
    if (st == PWWB_OK)
        st = pwwb_anchor_parse(anchor_text, strlen(anchor_text), &claims.anchor, err);
    if (st == PWWB_OK)
        st = pwwb_request_seal(portal_half, &claims, (const uint8_t *)password, strlen(password),
                               NULL, 0, sealed, sizeof(sealed), &len, err);
    if (st == PWWB_OK)
        printf("sealed:  %zu octets, whatever the password's length up to its bucket\n", len);
    if (st == PWWB_OK)
        st = pwwb_request_new(&request, err);
    if (st == PWWB_OK)
        st = open_request(request, agent_half, sealed, len, err);
    if (st != PWWB_OK)
        goto out;

    opened  = pwwb_request_password(request, &opened_len); /* locked memory: never printed */
    is_same = opened_len == strlen(password) && memcmp(opened, password, opened_len) == 0;
    printf("opened:  %s\n", is_same ? "the same password" : "ANOTHER password");

    sealed[len / 2] ^= 1; /* one bit, anywhere */
    st = pwwb_request_open(request, agent_half, sealed, len, time(NULL), 60, err);
    printf("changed: %s\n", pwwb_status_name(st));
    is_same = is_same && st == PWWB_E_NOT_AUTHENTIC;
    st      = PWWB_OK;
out:
    if (st != PWWB_OK)
        fprintf(stderr, "%s: %s\n", pwwb_status_name(st), pwwb_error_message(err));
    pwwb_request_free(request); /* wiped */
    pwwb_keyring_free(portal_half);
    pwwb_keyring_free(agent_half);
    pwwb_error_free(err);
    return st == PWWB_OK && is_same ? 0 : 1;
}
