/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "envelope.h"
#include "error.h"
#include "utf.h"

int32_t
wb_outcome_of(int32_t code, const pwwb_findings *findings)
{
    int32_t outcome = pwwb_code_outcome(code);
    size_t  i;

    for (i = 0; outcome == PWWB_OUTCOME_SET && i < pwwb_findings_count(findings); i++)
        if (pwwb_code_outcome(findings->list[i].code) == PWWB_OUTCOME_SET_WITH_WARNINGS)
            outcome = PWWB_OUTCOME_SET_WITH_WARNINGS;
    return outcome;
}

/* As much of it as is UTF-8 and fits: the other side reads nothing else. */
static void
copy_text(char *to, size_t size, const char *from)
{
    size_t len = strnlen(from, size - 1);
    size_t at  = 0;

    while (at < len && wb_utf8_next((const uint8_t *)from, len, &at) >= 0)
        continue;
    memcpy(to, from, at);
    to[at] = '\0';
}

pwwb_status
pwwb_reply_seal(const pwwb_request *request, int32_t code, const pwwb_findings *findings,
                const char *controller, int64_t now_ms, uint8_t *buf, size_t buf_size,
                size_t *ret_len, pwwb_error *err)
{
    const pwwb_claims *claims = pwwb_request_claims(request);
    wb_reply           reply  = {.code = code, .time_ms = now_ms};
    uint8_t            plain[WB_REPLY_MAX];

    wb_ok(err);
    if (ret_len != NULL)
        *ret_len = 0;
    if (ret_len == NULL || (buf == NULL && buf_size > 0) || !wb_code_is_known(code))
        return wb_fail(err, PWWB_E_INVALID_ARGUMENT, "ret_len and a known code must be given");
    if (claims == NULL)
        return wb_fail(err, PWWB_E_STATE, "no request is open");

    memcpy(reply.cti, claims->cti, sizeof(reply.cti));
    reply.outcome = wb_outcome_of(code, findings);
    wb_findings_append(&reply.findings, findings);
    copy_text(reply.controller, sizeof(reply.controller), controller != NULL ? controller : "");

    *ret_len = wb_outer_seal(wb_request_epoch(request), WB_LABEL_REPLY,
                             wb_span_of(plain, wb_wire_put_reply(plain, &reply)), buf, buf_size);
    if (*ret_len > buf_size)
        return wb_fail(err, PWWB_E_BUFFER_TOO_SMALL, "the reply takes %zu octets", *ret_len);

    return PWWB_OK;
}

pwwb_status
pwwb_reply_new(pwwb_reply **ret_reply, pwwb_error *err)
{
    wb_ok(err);
    if (ret_reply == NULL)
        return wb_fail(err, PWWB_E_INVALID_ARGUMENT, "ret_reply must be given");

    *ret_reply = calloc(1, sizeof(**ret_reply));
    if (*ret_reply == NULL)
        return wb_fail(err, PWWB_E_NO_MEMORY, "no memory for a reply");

    return PWWB_OK;
}

void
pwwb_reply_free(pwwb_reply *reply)
{
    free(reply);
}

pwwb_status
pwwb_reply_open(pwwb_reply *reply, const pwwb_keyring *keyring, const uint8_t cti[PWWB_ID_SIZE],
                const uint8_t *sealed, size_t sealed_len, pwwb_error *err)
{
    uint8_t         plain[PWWB_ENVELOPE_MAX];
    size_t          plain_len = 0;
    const wb_epoch *epoch;
    pwwb_status     st;

    wb_ok(err);
    if (reply == NULL || keyring == NULL || cti == NULL || sealed == NULL)
        return wb_fail(err, PWWB_E_INVALID_ARGUMENT,
                       "reply, keyring, cti and sealed must be given");

    memset(reply, 0, sizeof(*reply));
    st = wb_outer_open(keyring, WB_LABEL_REPLY, wb_span_of(sealed, sealed_len), plain, &plain_len,
                       &epoch, err);
    if (st != PWWB_OK)
        return st;
    if (wb_wire_read_reply(wb_span_of(plain, plain_len), &reply->content) != PWWB_OK)
        return wb_fail(err, PWWB_E_MALFORMED, "not a reply of this profile");
    if (memcmp(reply->content.cti, cti, PWWB_ID_SIZE) != 0) {
        memset(reply, 0, sizeof(*reply));
        return wb_fail(err, PWWB_E_NOT_FOUND, "a reply to another request");
    }
    return PWWB_OK;
}

int32_t
pwwb_reply_outcome(const pwwb_reply *reply)
{
    return reply != NULL && reply->content.outcome != 0 ? reply->content.outcome
                                                        : PWWB_OUTCOME_UNKNOWN;
}

int32_t
pwwb_reply_code(const pwwb_reply *reply)
{
    return reply != NULL && reply->content.code != 0 ? reply->content.code
                                                     : PWWB_CODE_OUTCOME_UNKNOWN;
}

const pwwb_findings *
pwwb_reply_findings(const pwwb_reply *reply)
{
    static const pwwb_findings none;

    return reply != NULL ? &reply->content.findings : &none;
}

const char *
pwwb_reply_controller(const pwwb_reply *reply)
{
    return reply != NULL ? reply->content.controller : "";
}

int64_t
pwwb_reply_time_ms(const pwwb_reply *reply)
{
    return reply != NULL ? reply->content.time_ms : 0;
}
