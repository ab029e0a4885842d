/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A change, which carries the old password too, and its reply: envelopes by hand at both sides, for a
 * host that judges and writes by itself.
 *
 *     13_change_and_reply
 */
#define _POSIX_C_SOURCE 200809L
#include <pwwb/pwwb.h>

#include <stdio.h>
#include <string.h>
#include <time.h>

static const uint8_t tenant[PWWB_ID_SIZE] = {0x6f, 0x1c, 0x20, 0x9b};
static const char    new_password[]       = "Correct-Horse-7";
static const char    old_password[]       = "Battery-Staple-6";

/* What a host of its own would ask its directory. */
static int32_t
judge(const pwwb_request *request, pwwb_findings *findings)
{
    size_t         len, old_len;
    const uint8_t *password = pwwb_request_password(request, &len);
    const uint8_t *old      = pwwb_request_old_password(request, &old_len);

    if (old == NULL || old_len != strlen(old_password) || memcmp(old, old_password, old_len) != 0)
        return PWWB_CODE_OLD_PASSWORD_WRONG;
    if (password == NULL || len >= 20)
        return PWWB_CODE_OK;

    (void)pwwb_findings_add(findings, PWWB_CODE_POLICY_TOO_SHORT, PWWB_BASIS_STATED, 20,
                            (int64_t)len);
    return PWWB_CODE_POLICY_TOO_SHORT;
}

/* The agent's side: octets in, octets out. */
/* [answer] */
static pwwb_status
answer(pwwb_keyring *keys, const uint8_t *sealed, size_t len, uint8_t *reply, size_t *ret_len,
       pwwb_error *err)
{
    pwwb_request  *request  = NULL;
    pwwb_findings *findings = pwwb_findings_new();
    int32_t        code     = PWWB_CODE_DECRYPT; /* whatever is wrong with the inner layer */
    pwwb_status    st       = pwwb_request_new(&request, err);

    if (st == PWWB_OK)
        st = pwwb_request_open(request, keys, sealed, len, time(NULL), 60, err);
    if (st == PWWB_OK && pwwb_request_open_secret(request, err) == PWWB_OK)
        code = judge(request, findings);
    if (st == PWWB_OK)
        st = pwwb_reply_seal(request, code, findings, "dc1.corp.example", (int64_t)time(NULL) * 1000,
                             reply, PWWB_ENVELOPE_MAX, ret_len, err);
    pwwb_request_wipe(request); /* or the next open, or free: the passwords go first */
    pwwb_request_free(request);
    pwwb_findings_free(findings);
    return st;
}
/* [answer] end */

/* The portal's side. */
static pwwb_status
read_reply(const pwwb_keyring *keys, const pwwb_claims *claims, const uint8_t *sealed, size_t len,
           int32_t *ret_code, pwwb_error *err)
{
    pwwb_reply *reply = NULL;
    pwwb_status st    = pwwb_reply_new(&reply, err);

    if (st == PWWB_OK)
        st = pwwb_reply_open(reply, keys, claims->cti, sealed, len, err);
    if (st == PWWB_OK) {
        *ret_code = pwwb_reply_code(reply);
        printf("%s: %s, said by %s at %lld, %zu findings\n",
               pwwb_outcome_name(pwwb_reply_outcome(reply)), pwwb_code_name(*ret_code),
               pwwb_reply_controller(reply), (long long)(pwwb_reply_time_ms(reply) / 1000),
               pwwb_findings_count(pwwb_reply_findings(reply)));
    }
    pwwb_reply_free(reply);
    return st;
}

int
main(void)
{
    uint8_t       request[PWWB_ENVELOPE_MAX], reply[PWWB_ENVELOPE_MAX];
    pwwb_error   *err    = pwwb_error_new();
    pwwb_keyring *keys   = NULL;
    size_t        len    = 0, reply_len = 0;
    int32_t       code   = 0;
    pwwb_claims   claims = {.size      = sizeof(claims),
                            .iat       = time(NULL),
                            .exp       = time(NULL) + 120,
                            .operation = PWWB_OPERATION_CHANGE,
                            .origin    = PWWB_FROM_ACCOUNT_PORTAL,
                            .actor     = PWWB_ACTOR_USER,
                            .user_type = PWWB_USER_HASH_SYNC,
                            .anchor    = {.kind = PWWB_ANCHOR_SOURCE, .guid = {7}}};
    pwwb_status   st     = pwwb_keyring_new(tenant, PWWB_SUITE_X25519, &keys, err);

    if (st == PWWB_OK)
        st = pwwb_request_seal(keys, &claims, (const uint8_t *)new_password, strlen(new_password),
                               (const uint8_t *)old_password, strlen(old_password), request,
                               sizeof(request), &len, err);
    if (st == PWWB_OK)
        st = answer(keys, request, len, reply, &reply_len, err);
    if (st == PWWB_OK)
        st = read_reply(keys, &claims, reply, reply_len, &code, err);
    if (st != PWWB_OK)
        fprintf(stderr, "%s: %s\n", pwwb_status_name(st), pwwb_error_message(err));
    pwwb_keyring_free(keys);
    pwwb_error_free(err);
    return st == PWWB_OK && code == PWWB_CODE_POLICY_TOO_SHORT ? 0 : 1;
}
