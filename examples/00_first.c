/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What README.md shows: a request is sealed as by a portal, and opened as by an agent.
 *
 *     00_first
 */
/* [program] */
#include <pwwb/pwwb.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

int main(void)
{
    static const uint8_t tenant[PWWB_ID_SIZE] = {0x6f, 0x1c, 0x20, 0x9b}; /* your tenant's GUID */
    static const uint8_t password[] = "Correct-Horse-7";
    uint8_t       sealed[PWWB_ENVELOPE_MAX];
    size_t        len = 0, opened_len = 0;
    pwwb_error   *err     = pwwb_error_new();
    pwwb_keyring *keys    = NULL; /* the agent half; a portal's only seals */
    pwwb_request *request = NULL;
    pwwb_claims   claims  = {.size = sizeof(claims), .operation = PWWB_OPERATION_RESET_SELF,
                             .origin = PWWB_FROM_RESET_PORTAL, .actor = PWWB_ACTOR_USER,
                             .user_type = PWWB_USER_HASH_SYNC};
    pwwb_status   st      = pwwb_anchor_parse("AQIDBAUGBwgJCgsMDQ4PEA==", 24, &claims.anchor, err);

    claims.iat = time(NULL);
    claims.exp = claims.iat + 120;
    if (st == PWWB_OK && (st = pwwb_keyring_new(tenant, PWWB_SUITE_X25519, &keys, err)) == PWWB_OK)
        st = pwwb_request_seal(keys, &claims, password, sizeof(password) - 1, NULL, 0,
                               sealed, sizeof(sealed), &len, err);
    if (st == PWWB_OK && (st = pwwb_request_new(&request, err)) == PWWB_OK)
        st = pwwb_request_open(request, keys, sealed, len, time(NULL), 60, err); /* the claims */
    if (st == PWWB_OK)
        st = pwwb_request_open_secret(request, err); /* and the password, in locked memory */
    if (st == PWWB_OK && pwwb_request_password(request, &opened_len) != NULL)
        printf("sealed %zu octets, opened a password of %zu\n", len, opened_len);
    else
        printf("%s: %s\n", pwwb_status_name(st), pwwb_error_message(err));
    pwwb_request_free(request);
    pwwb_keyring_free(keys);
    pwwb_error_free(err);
    return opened_len != sizeof(password) - 1;
}
/* [program] end */
